//! The image of a store's state: rows, keys, audit sums, sealed with BLAKE3. Must never be read when
//! it was written for other people, rules or another version of the format.
//!
//! `AFCI`, version `u16`, identity 32 bytes, place in the journal (next block `u64`, chain 32 bytes), then
//! the shards in order, then the BLAKE3 digest of all before it. Little-endian throughout.

use super::audit::Base;
use super::book::Group;
use super::core::Core;
use super::keys::{Keys, foreign};
use super::shard::Shard;
use crate::credit::{DrawRow, LineRow, ROW_BYTES};
use crate::domain::{Day, Fen, TimeMs, VisitId};
use crate::engine::{Facts, GroupCredit, Hold, PersonRow};
use crate::ledger::Audit;
use crate::settlement::{YearMore, YearToDate};
use crate::store::StoreError;
use crate::wire::{Reader, WireError};
use std::io::{Read, Write};

const MAGIC: [u8; 4] = *b"AFCI";
const VERSION: u16 = 4;
const SEAL: usize = 32;
const FILE: &str = "image";

/// Where in a journal an image was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Number of the next block.
    pub(super) next: u64,
    /// Seal of the block before it.
    pub(super) chain: [u8; 32],
}

/// Writes the state after all decided commands.
pub(super) fn write<W: Write>(core: &Core<'_>, place: Place, mut out: W) -> Result<(), StoreError> {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = Vec::from(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&core.identity());
    bytes.extend_from_slice(&place.next.to_le_bytes());
    bytes.extend_from_slice(&place.chain);
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(StoreError::io("writing an image"));
    for shard in &core.shards {
        put_shard(&mut bytes, shard);
        hasher.update(&bytes);
        write(&bytes)?;
        bytes.clear();
    }
    write(hasher.finalize().as_bytes())
}

/// Replaces the state of all shards.
pub(super) fn read<R: Read>(core: &mut Core<'_>, mut input: R) -> Result<Place, StoreError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(StoreError::io("reading an image"))?;
    let Some(body) = bytes.len().checked_sub(SEAL) else {
        return Err(StoreError::corrupt(FILE, "it is too short"));
    };
    let (body, seal) = bytes.split_at(body);
    if blake3::hash(body).as_bytes() != seal {
        return Err(StoreError::corrupt(FILE, "its seal does not fit its bytes"));
    }
    let mut reader = Reader::new(body);
    let fault = |error: WireError| foreign(&error);
    let magic: [u8; 4] = reader.array().map_err(fault)?;
    let version = reader.u16().map_err(fault)?;
    let identity: [u8; 32] = reader.array().map_err(fault)?;
    if magic != MAGIC || version != VERSION || identity != core.identity() {
        return Err(StoreError::Foreign { file: FILE.to_owned() });
    }
    let place = Place { next: reader.u64().map_err(fault)?, chain: reader.array().map_err(fault)? };
    for shard in &mut core.shards {
        take_shard(&mut reader, shard).map_err(fault)?;
    }
    if reader.remaining() > 0 {
        return Err(StoreError::corrupt(FILE, "bytes are left over"));
    }
    Ok(place)
}

fn put_shard(out: &mut Vec<u8>, shard: &Shard) {
    out.extend_from_slice(&shard.newest.0.to_le_bytes());
    shard.base.plus(&shard.audit).put(out);
    shard.book.people.iter().for_each(|person| put_person(out, &person.row));
    shard.book.more.iter().for_each(|more| put_more(out, more));
    shard.book.groups.iter().for_each(|group| put_group(out, group));
    shard.keys.put(out);
}

fn take_shard(reader: &mut Reader<'_>, shard: &mut Shard) -> Result<(), WireError> {
    shard.newest = Day(reader.u32()?.cast_signed());
    shard.base = Base::take(reader)?;
    shard.audit = Audit::new();
    for person in &mut shard.book.people {
        person.row = take_person(reader)?;
    }
    for more in &mut shard.book.more {
        *more = take_more(reader)?;
    }
    for group in &mut shard.book.groups {
        take_group(reader, group)?;
    }
    shard.keys = Keys::take(reader)?;
    shard.inbox.clear();
    shard.answers.clear();
    shard.log.clear();
    Ok(())
}

/// Appends what never changes about a person.
pub(super) fn put_facts(out: &mut Vec<u8>, facts: Facts) {
    let Facts {
        member,
        age,
        generation,
        score,
        judgment_debtor,
        insured_elsewhere,
        monthly_income,
        insured_months,
        thin_file,
        unsigned,
        unregistered,
        bank,
    } = facts;
    out.extend_from_slice(&[
        member.scheme as u8,
        member.status as u8,
        member.assistance as u8,
        age,
        generation,
        u8::from(judgment_debtor) | u8::from(insured_elsewhere) << 1 | insured_months << 2,
        member.employer as u8,
        u8::from(member.commercial),
        u8::from(thin_file),
        u8::from(unsigned) | u8::from(unregistered) << 1,
        bank,
    ]);
    out.extend_from_slice(&monthly_income.0.to_le_bytes());
    out.extend_from_slice(&score.to_le_bytes());
}

/// Appends a person's row.
pub(super) fn put_person(out: &mut Vec<u8>, row: &PersonRow) {
    let PersonRow { year, account, year_tag, month_tag, flags } = *row;
    let YearToDate {
        outpatient_eligible,
        outpatient_fund,
        inpatient_eligible,
        inpatient_fund,
        burden,
        second_layer,
        assistance,
        admissions,
    } = year;
    let words = [
        outpatient_eligible,
        outpatient_fund,
        inpatient_eligible,
        inpatient_fund,
        burden,
        second_layer,
        assistance,
        account,
    ];
    for word in words {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(&month_tag.to_le_bytes());
    out.extend_from_slice(&[year_tag, flags, admissions]);
}

pub(super) fn take_person(reader: &mut Reader<'_>) -> Result<PersonRow, WireError> {
    let mut words = [0; 8];
    for word in &mut words {
        *word = reader.u32()?;
    }
    let month_tag = reader.u16()?;
    let [year_tag, flags, admissions] = reader.array()?;
    let year = YearToDate {
        outpatient_eligible: words[0],
        outpatient_fund: words[1],
        inpatient_eligible: words[2],
        inpatient_fund: words[3],
        burden: words[4],
        second_layer: words[5],
        assistance: words[6],
        admissions,
    };
    Ok(PersonRow { year, account: words[7], year_tag, month_tag, flags })
}

pub(super) fn put_more(out: &mut Vec<u8>, more: &YearMore) {
    let YearMore { chronic_eligible, chronic_fund, extra } = *more;
    for word in [chronic_eligible, chronic_fund].into_iter().chain(extra) {
        out.extend_from_slice(&word.to_le_bytes());
    }
}

pub(super) fn take_more(reader: &mut Reader<'_>) -> Result<YearMore, WireError> {
    let mut next = || reader.u32();
    Ok(YearMore {
        chronic_eligible: next()?,
        chronic_fund: next()?,
        extra: [next()?, next()?, next()?, next()?],
    })
}

pub(super) fn put_group(out: &mut Vec<u8>, group: &Group) {
    out.extend_from_slice(&group.last.0.to_le_bytes());
    put_credit(out, &group.credit);
    group.claims.put(out);
}

pub(super) fn put_credit(out: &mut Vec<u8>, credit: &GroupCredit) {
    let GroupCredit { lines, draws, holds } = credit;
    for count in [lines.len(), draws.len(), holds.len()] {
        out.extend_from_slice(&(count as u32).to_le_bytes());
    }
    for line in lines {
        out.extend_from_slice(&line.to_bytes());
    }
    for draw in draws {
        out.extend_from_slice(&draw.to_bytes());
    }
    for Hold { visit, holder, amount, on } in holds {
        out.extend_from_slice(&visit.raw().to_le_bytes());
        out.push(*holder);
        out.extend_from_slice(&amount.0.to_le_bytes());
        out.extend_from_slice(&on.0.to_le_bytes());
    }
}

pub(super) fn take_group(reader: &mut Reader<'_>, group: &mut Group) -> Result<(), WireError> {
    group.last = TimeMs(reader.i64()?);
    group.credit = take_credit(reader)?;
    group.claims.take(reader)
}

pub(super) fn take_credit(reader: &mut Reader<'_>) -> Result<GroupCredit, WireError> {
    let [lines, draws, holds] = [reader.u32()?, reader.u32()?, reader.u32()?];
    let mut credit = GroupCredit::default();
    for _ in 0..lines {
        let bytes = reader.array::<ROW_BYTES>()?;
        let line = LineRow::from_bytes(&bytes).map_err(|_| reader.fault("no line of credit"))?;
        credit.lines.push(line);
    }
    for _ in 0..draws {
        let bytes = reader.array::<ROW_BYTES>()?;
        let draw = DrawRow::from_bytes(&bytes).map_err(|_| reader.fault("no draw"))?;
        credit.draws.push(draw);
    }
    for _ in 0..holds {
        let (visit, holder) = (VisitId::from_raw(reader.u64()?), reader.u8()?);
        credit.holds.push(Hold {
            visit,
            holder,
            amount: Fen(reader.i64()?),
            on: Day(reader.u32()?.cast_signed()),
        });
    }
    Ok(credit)
}
