//! A decision as bytes, for replayed answers and for the digest that recovery compares. Must never leave
//! out a field: two decisions with the same bytes are the same decision.
//!
//! A `u32` mask of what is not empty, then the values in the order of `values`, each as a
//! variable-length number; flags are mask bits alone.

use super::WireError;
use super::bytes::{Reader, put_chosen};
use crate::domain::{Day, Fen, Refusal};
use crate::engine::{Decision, TickEvents};

const AMOUNTS: usize = 14;
const OPTIONAL: usize = 5;
const COUNTS: usize = 4;
const FLAGS: usize = 6;
const VALUES: usize = AMOUNTS + OPTIONAL + COUNTS;
const _: () = assert!(VALUES + FLAGS <= u32::BITS as usize, "one mask holds every field");

/// Everything but the flags, and a mask of what is there: amounts and counts that are zero are not.
fn values(decision: &Decision) -> ([i64; VALUES], u32) {
    let tick = &decision.tick;
    let optional = [
        decision.refusal.map(|word| i64::from(word as u8)),
        decision.benefits_refused.map(|word| i64::from(word as u8)),
        decision.holder.map(i64::from),
        decision.due.map(|day| i64::from(day.0)),
        tick.next.map(|day| i64::from(day.0)),
    ];
    let [refusal, benefits_refused, holder, due, next] = optional;
    let values = [
        decision.total.0,
        decision.fund.0,
        decision.person.0,
        decision.account.0,
        decision.cash.0,
        decision.line.0,
        decision.receivable.0,
        decision.handed_back.0,
        decision.principal.0,
        decision.charges.0,
        tick.written_off.0,
        tick.collection_cost.0,
        tick.principal.0,
        decision.recovered.0,
        refusal.unwrap_or_default(),
        benefits_refused.unwrap_or_default(),
        holder.unwrap_or_default(),
        due.unwrap_or_default(),
        next.unwrap_or_default(),
        i64::from(tick.collection_steps),
        i64::from(tick.dpd),
        i64::from(tick.entered),
        i64::from(tick.instalment),
    ];
    let mut mask = 0;
    for (bit, &value) in values.iter().enumerate() {
        mask |= u32::from(value != 0) << bit;
    }
    for (bit, value) in optional.iter().enumerate() {
        mask |= u32::from(value.is_some()) << (AMOUNTS + bit);
    }
    (values, mask)
}

fn flags(decision: &Decision) -> [bool; FLAGS] {
    let tick = &decision.tick;
    [decision.closed, tick.missed, tick.instalments, tick.cancelled, tick.blacklisted, tick.on_plan]
}

/// Appends a decision.
pub fn put_decision(out: &mut Vec<u8>, decision: &Decision) {
    let (values, present) = values(decision);
    let flags = flags(decision).into_iter().enumerate();
    let mask = flags.fold(present, |mask, (bit, set)| mask | u32::from(set) << (VALUES + bit));
    out.extend_from_slice(&mask.to_le_bytes());
    put_chosen(out, &values, u64::from(present));
}

/// Reads a decision.
pub fn take_decision(reader: &mut Reader<'_>) -> Result<Decision, WireError> {
    let mask = reader.u32()?;
    let mut values = [None; VALUES];
    for (bit, value) in values.iter_mut().enumerate() {
        if mask >> bit & 1 == 1 {
            *value = Some(reader.zigzag()?);
        }
    }
    let flag = |index: usize| mask >> (VALUES + index) & 1 == 1;
    let amount = |index: usize| Fen(values[index].unwrap_or(0));
    let after = |index: usize| values[AMOUNTS + index];
    let day = |index: usize| after(index).map(|day| Day(day as i32));
    let count = |index: usize| after(OPTIONAL + index).unwrap_or(0) as u16;
    let tick = TickEvents {
        missed: flag(1),
        instalments: flag(2),
        cancelled: flag(3),
        blacklisted: flag(4),
        written_off: amount(10),
        collection_cost: amount(11),
        principal: amount(12),
        next: day(4),
        collection_steps: count(0) as u8,
        dpd: count(1),
        entered: count(2) as u8,
        instalment: count(3) as u8,
        on_plan: flag(5),
    };
    Ok(Decision {
        refusal: word(reader, after(0))?,
        benefits_refused: word(reader, after(1))?,
        total: amount(0),
        fund: amount(1),
        person: amount(2),
        account: amount(3),
        cash: amount(4),
        line: amount(5),
        receivable: amount(6),
        handed_back: amount(7),
        principal: amount(8),
        charges: amount(9),
        recovered: amount(13),
        holder: after(2).map(|member| member as u8),
        due: day(3),
        closed: flag(0),
        tick,
    })
}

fn word(reader: &Reader<'_>, value: Option<i64>) -> Result<Option<Refusal>, WireError> {
    let find = |number: i64| {
        let found = usize::try_from(number).ok().and_then(|at| Refusal::ALL.get(at)).copied();
        found.ok_or_else(|| reader.fault("no word of refusal has this number"))
    };
    value.map(find).transpose()
}
