//! The settled claims of a kin group at rest: the bill numbers side by side, where every settlement looks
//! for its own, and the rest packed behind them, about fifty bytes a claim. Must never lose what a
//! reversal needs, nor reach beyond the newest few.
//!
//! A packed claim: length of what follows `u16`, hospital `u16`, member, care, holder, year tag and stage a
//! byte each, a `u64` mask of the amounts that are not zero, then these as variable-length numbers in the
//! order of `split_amounts`, `tender_amounts` and the members' aid. Little-endian.

use crate::domain::{Fen, HospitalId, VisitId};
use crate::engine::{Body, ClaimRow, GROUP_MAX};
use crate::settlement::{Split, Tender};
use crate::wire::bytes::put_chosen;
use crate::wire::packed::take_care;
use crate::wire::{Reader, WireError};

/// Settled claims of a group that can still be reversed, newest last. The national interface reverses
/// the latest claims first, so older ones are out of reach.
pub(super) const CLAIMS_KEPT: usize = 8;

const SPLIT: usize = 25;
const TENDER: usize = 7;
const AMOUNTS: usize = SPLIT + TENDER + GROUP_MAX;
const _: () = assert!(AMOUNTS < u64::BITS as usize, "one mask holds every amount");
/// Bytes of dropped claims that stay in front of the others: moving these up at every settlement would cost
/// more than the settlement's own claim.
const DROPPED: usize = 192;
/// Bytes kept free for a group's claims from the start: threads that ask the system for a little more memory
/// now and then make one another wait.
const USUAL: usize = 48 * CLAIMS_KEPT + DROPPED;
/// Bytes of the length before a packed claim.
const LENGTH: usize = 2;

/// Claims that can be reversed.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims {
    visits: [u64; CLAIMS_KEPT],
    points: [u8; CLAIMS_KEPT],
    count: u8,
    /// Where the oldest begins.
    from: u16,
    packed: Vec<u8>,
}

impl Claims {
    /// No claims, with room for the usual ones.
    pub(super) fn with_room() -> Claims {
        Claims { packed: Vec::with_capacity(USUAL), ..Claims::default() }
    }

    /// Number of claims.
    pub(super) fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        (self.count, self.from) = (0, 0);
        self.packed.clear();
    }

    /// Visits and payment points of the claims, oldest first.
    fn bills(&self) -> impl Iterator<Item = (u64, u8)> {
        self.visits.iter().copied().zip(self.points).take(self.len())
    }

    /// Reads the bill numbers, to have them in cache when they are looked at.
    #[inline]
    pub(super) fn touch(&self) -> u64 {
        self.visits[0] ^ self.visits[CLAIMS_KEPT - 1] ^ u64::from(self.count)
    }

    /// Reads where the oldest claim ends and where the next one goes.
    #[inline]
    pub(super) fn touch_end(&self) -> u64 {
        let oldest = self.kept().first().copied().map_or(0, u64::from);
        self.packed.last().copied().map_or(0, u64::from) ^ oldest
    }

    /// The packed claims, oldest first.
    fn kept(&self) -> &[u8] {
        &self.packed[usize::from(self.from)..]
    }

    /// Whether a visit has a claim here.
    #[inline]
    pub(super) fn has(&self, visit: VisitId) -> bool {
        self.bills().any(|(raw, _)| raw == visit.raw())
    }

    /// The newest claim of a bill.
    pub(super) fn find(&self, visit: VisitId, point: u8) -> Option<ClaimRow> {
        let is = |row: &ClaimRow| row.visit == visit && row.point == point;
        if self.has(visit) { self.rows().filter(is).last() } else { None }
    }

    /// The claims, oldest first.
    pub(super) fn rows(&self) -> impl Iterator<Item = ClaimRow> {
        let mut reader = Reader::new(self.kept());
        self.bills().map(move |(visit, point)| {
            let row = take(&mut reader, VisitId::from_raw(visit), point);
            row.unwrap_or_else(|error| panic!("invariant: claim of visit {visit:#x}: {error}"))
        })
    }

    /// Keeps one more; the oldest goes when there is no room.
    pub(super) fn push(&mut self, row: &ClaimRow) {
        if self.len() == CLAIMS_KEPT {
            self.drop_oldest();
        }
        let at = self.len();
        (self.visits[at], self.points[at]) = (row.visit.raw(), row.point);
        self.count += 1;
        put(&mut self.packed, row);
    }

    fn drop_oldest(&mut self) {
        let from = usize::from(self.from);
        let oldest = u16::from_le_bytes([self.packed[from], self.packed[from + 1]]);
        self.from += LENGTH as u16 + oldest;
        if usize::from(self.from) > DROPPED {
            self.packed.drain(..usize::from(self.from));
            self.from = 0;
        }
        self.visits.rotate_left(1);
        self.points.rotate_left(1);
        self.count -= 1;
    }

    /// The claims that the decision of a command may look at, oldest first: a settlement those of its own
    /// visit, a reversal and a bill's move to a line all of them, everything else none.
    #[inline]
    pub(super) fn rows_for(&self, body: &Body<'_>) -> impl Iterator<Item = ClaimRow> {
        let (some, of_visit) = match body {
            Body::Settle { claim, .. } => (self.has(claim.visit), Some(claim.visit)),
            Body::Reverse { .. } | Body::DebitOverdue { .. } => (true, None),
            _ => (false, None),
        };
        let seen = move |row: &ClaimRow| of_visit.is_none_or(|visit| row.visit == visit);
        some.then(|| self.rows().filter(seen)).into_iter().flatten()
    }

    /// Takes over what a command made of the `seen` claims that `rows_for` gave it.
    #[inline]
    pub(super) fn write_back(&mut self, body: &Body<'_>, rows: &[ClaimRow], seen: usize) {
        let all = matches!(body, Body::Reverse { .. } | Body::DebitOverdue { .. });
        if all {
            self.clear();
        }
        let new = if all { rows } else { &rows[seen..] };
        for row in new {
            self.push(row);
        }
    }

    /// Appends the claims to an image.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.push(self.count);
        for (visit, point) in self.bills() {
            out.extend_from_slice(&visit.to_le_bytes());
            out.push(point);
        }
        out.extend_from_slice(self.kept());
    }

    /// Reads what `put` wrote.
    pub(super) fn take(&mut self, reader: &mut Reader<'_>) -> Result<(), WireError> {
        self.clear();
        let count = reader.u8()?;
        if usize::from(count) > CLAIMS_KEPT {
            return Err(reader.fault("more claims than are kept"));
        }
        let mut bills = [(VisitId::default(), 0); CLAIMS_KEPT];
        for bill in &mut bills[..usize::from(count)] {
            *bill = (VisitId::from_raw(reader.u64()?), reader.u8()?);
        }
        for &(visit, point) in &bills[..usize::from(count)] {
            self.push(&take(reader, visit, point)?);
        }
        Ok(())
    }
}

/// Appends a claim without its bill's number.
fn put(out: &mut Vec<u8>, claim: &ClaimRow) {
    let ClaimRow { member, care, hospital, ref split, ref tender, holder, .. } = *claim;
    let ClaimRow { ref aid, year_tag, stage, .. } = *claim;
    let start = out.len();
    let mut amounts = [0_i64; AMOUNTS];
    let (of_split, rest) = amounts.split_at_mut(SPLIT);
    let (of_tender, of_aid) = rest.split_at_mut(TENDER);
    of_split.iter_mut().zip(&split_amounts(split)).for_each(|(to, fen)| *to = fen.0);
    of_tender.iter_mut().zip(&tender_amounts(tender)).for_each(|(to, fen)| *to = fen.0);
    of_aid.iter_mut().zip(aid).for_each(|(to, &fen)| *to = i64::from(fen));
    let bits = amounts.iter().enumerate();
    let mask = bits.fold(0_u64, |mask, (bit, &fen)| mask | u64::from(fen != 0) << bit);
    let [low, high] = hospital.0.to_le_bytes();
    out.extend_from_slice(&[0, 0, low, high, member, care as u8, holder, year_tag, stage]);
    out.extend_from_slice(&mask.to_le_bytes());
    put_chosen(out, &amounts, mask);
    let length = (out.len() - start - LENGTH) as u16;
    out[start..start + LENGTH].copy_from_slice(&length.to_le_bytes());
}

/// Reads a claim.
fn take(reader: &mut Reader<'_>, visit: VisitId, point: u8) -> Result<ClaimRow, WireError> {
    let length = usize::from(reader.u16()?);
    let end = reader.position() + length;
    let hospital = HospitalId(reader.u16()?);
    let member = reader.u8()?;
    let care = take_care(reader)?;
    let (holder, year_tag, stage) = (reader.u8()?, reader.u8()?, reader.u8()?);
    let mask = reader.u64()?;
    if mask >> AMOUNTS != 0 {
        return Err(reader.fault("a claim has no such amount"));
    }
    let mut amounts = [0_i64; AMOUNTS];
    for (bit, amount) in amounts.iter_mut().enumerate() {
        if mask >> bit & 1 == 1 {
            *amount = reader.zigzag()?;
        }
    }
    if reader.position() != end {
        return Err(reader.fault("a claim's length does not fit its amounts"));
    }
    let mut aid = [0; GROUP_MAX];
    for (fen, &amount) in aid.iter_mut().zip(&amounts[SPLIT + TENDER..]) {
        *fen = u32::try_from(amount).map_err(|_| reader.fault("aid is out of range"))?;
    }
    let mut amounts = amounts.into_iter().map(Fen);
    let mut next = || amounts.next().unwrap_or_default();
    let split = split_of(&mut next);
    let tender = tender_of(&mut next);
    let claim = ClaimRow {
        visit,
        point,
        member,
        care,
        hospital,
        split,
        tender,
        holder,
        aid,
        year_tag,
        stage,
    };
    Ok(claim)
}

fn split_amounts(split: &Split) -> [Fen; SPLIT] {
    let [commercial, relief, charity] = split.other;
    let [supplement_in, commercial_in, relief_in, charity_in] = split.extra_in_policy;
    [
        split.medfee_sumamt,
        split.fulamt_ownpay_amt,
        split.overlmt_selfpay,
        split.preselfpay_amt,
        split.inscp_scp_amt,
        split.act_pay_dedc,
        split.hifp_pay,
        split.cvlserv_pay,
        split.hifes_pay,
        split.hifmi_pay,
        split.hifob_pay,
        split.maf_pay,
        split.oth_pay,
        split.fund_pay_sumamt,
        split.psn_part_amt,
        split.eligible_over_ceiling,
        split.compliant_burden,
        commercial,
        relief,
        charity,
        supplement_in,
        commercial_in,
        relief_in,
        charity_in,
        split.fulamt_borne,
    ]
}

/// A split from its amounts in the same order; it names every field, so that none is forgotten.
fn split_of(next: &mut impl FnMut() -> Fen) -> Split {
    Split {
        medfee_sumamt: next(),
        fulamt_ownpay_amt: next(),
        overlmt_selfpay: next(),
        preselfpay_amt: next(),
        inscp_scp_amt: next(),
        act_pay_dedc: next(),
        hifp_pay: next(),
        cvlserv_pay: next(),
        hifes_pay: next(),
        hifmi_pay: next(),
        hifob_pay: next(),
        maf_pay: next(),
        oth_pay: next(),
        fund_pay_sumamt: next(),
        psn_part_amt: next(),
        eligible_over_ceiling: next(),
        compliant_burden: next(),
        other: [next(), next(), next()],
        extra_in_policy: [next(), next(), next(), next()],
        fulamt_borne: next(),
    }
}

fn tender_amounts(tender: &Tender) -> [Fen; TENDER] {
    let Tender { account_own, account_family, line, deposit, prepaid, cash, receivable } = *tender;
    [account_own, account_family, line, deposit, prepaid, cash, receivable]
}

/// A tender from its amounts in the same order.
fn tender_of(next: &mut impl FnMut() -> Fen) -> Tender {
    Tender {
        account_own: next(),
        account_family: next(),
        line: next(),
        deposit: next(),
        prepaid: next(),
        cash: next(),
        receivable: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CareKind;
    use proptest::prelude::*;

    fn claim(visit: u64, point: u8, amounts: &[i64]) -> ClaimRow {
        let mut amounts = amounts.iter().copied().cycle().map(Fen);
        let mut next = || amounts.next().unwrap_or_default();
        let (split, tender) = (split_of(&mut next), tender_of(&mut next));
        let mut aid = [0; GROUP_MAX];
        aid[GROUP_MAX - 1] = next().0.unsigned_abs() as u32;
        ClaimRow {
            visit: VisitId::from_raw(visit),
            point,
            member: 3,
            care: CareKind::Chronic,
            hospital: HospitalId(513),
            split,
            tender,
            holder: 1,
            aid,
            year_tag: 23,
            stage: 2,
        }
    }

    fn text(rows: impl IntoIterator<Item = ClaimRow>) -> Vec<String> {
        rows.into_iter().map(|row| format!("{row:?}")).collect()
    }

    proptest! {
        #[test]
        fn the_newest_claims_are_kept_to_the_last_field(
            kept in proptest::collection::vec(
                (any::<u64>(), any::<u8>(), proptest::collection::vec(-9_i64..4_000_000_000, 1..49)),
                0..20,
            ),
        ) {
            let (mut claims, mut oracle) = (Claims::default(), Vec::new());
            for (visit, point, amounts) in kept {
                let row = claim(visit, point, &amounts);
                claims.push(&row);
                oracle.push(row);
                prop_assert!(claims.has(row.visit));
                let found = claims.find(row.visit, row.point);
                prop_assert_eq!(text(found), text([row]));
            }
            let newest = oracle.split_off(oracle.len().saturating_sub(CLAIMS_KEPT));
            prop_assert_eq!(text(claims.rows()), text(newest.iter().copied()));
            let mut bytes = Vec::new();
            claims.put(&mut bytes);
            let mut copy = Claims::default();
            let mut reader = Reader::new(&bytes);
            copy.take(&mut reader).expect("what was put is read");
            prop_assert_eq!(reader.remaining(), 0);
            prop_assert_eq!(text(copy.rows()), text(newest));
        }
    }

    #[test]
    fn bytes_that_are_no_claims_are_refused() {
        let mut claims = Claims::default();
        claims.push(&claim(7, 1, &[0, 5]));
        let mut bytes = Vec::new();
        claims.put(&mut bytes);
        // The count, the length, the kind of care, the mask.
        for (at, byte) in [(0, 9), (10, 200), (15, 99), (26, 255)] {
            let mut wrong = bytes.clone();
            wrong[at] = byte;
            assert!(Claims::default().take(&mut Reader::new(&wrong)).is_err(), "byte {at}");
        }
        assert!(Claims::default().take(&mut Reader::new(&bytes[..bytes.len() - 1])).is_err());
    }
}
