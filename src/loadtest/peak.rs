//! What a recorded day comes to: requests by kind, its busiest minute, its busiest hospital, and parts of the
//! day to be played alone. Must never count a request twice.

use crate::domain::{TimeMs, VisitId};
use crate::engine::Funding;
use crate::wire::{Batch, Request, RequestBody};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE_MS: i64 = 60_000;
/// What is asked in the last second of a day is the midnight's.
const NIGHT_MS: i64 = 24 * 60 * MINUTE_MS - 1_000;

/// A day's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peak {
    /// Requests by kind.
    pub by_command: BTreeMap<&'static str, u64>,
    /// Visits that sent at least one claim.
    pub visits: u64,
    /// Start of the busiest minute of the day; the midnight's second is not the day's.
    pub minute: TimeMs,
    /// Requests in it.
    pub requests: u64,
    /// Of these, requests that go on to the bank.
    pub through_bank: u64,
    /// The hospital with the busiest minute of its own.
    pub hospital: u16,
    /// Requests in that minute.
    pub hospital_requests: u64,
}

/// Part of a recorded day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    #[default]
    Day,
    /// Its busiest minute.
    Peak,
    /// What its midnight does: repayments, ticks, debits.
    Night,
}

impl std::str::FromStr for Part {
    type Err = String;

    fn from_str(word: &str) -> Result<Part, String> {
        match word {
            "day" => Ok(Part::Day),
            "peak" => Ok(Part::Peak),
            "night" => Ok(Part::Night),
            _ => Err(format!("`{word}` is not day, peak or night")),
        }
    }
}

fn of_day(at: TimeMs) -> i64 {
    at.0 - at.day().start().0
}

fn minute(at: TimeMs) -> i64 {
    at.0.div_euclid(MINUTE_MS)
}

/// Whether a request moves a line's money, so that the bank hears of it.
fn goes_to_bank(request: &Request) -> bool {
    match request.body {
        RequestBody::Settle { funding, .. } => matches!(funding, Funding::Line { .. }),
        RequestBody::Repay { .. } | RequestBody::DebitOverdue { .. } => true,
        _ => false,
    }
}

/// The figures of a day.
pub fn of(day: &Batch) -> Peak {
    let mut peak = Peak::default();
    let mut visits: BTreeSet<VisitId> = BTreeSet::new();
    let mut minutes: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let mut hospitals: BTreeMap<(u16, i64), u64> = BTreeMap::new();
    for request in day.requests() {
        let word = RequestBody::WORDS[usize::from(request.body.kind())];
        *peak.by_command.entry(word).or_insert(0) += 1;
        if of_day(request.at) >= NIGHT_MS {
            continue;
        }
        let count = minutes.entry(minute(request.at)).or_default();
        count.0 += 1;
        count.1 += u64::from(goes_to_bank(request));
        if let Some(claim) = request.body.claim() {
            visits.insert(claim.visit.visit());
            *hospitals.entry((claim.hospital.0, minute(request.at))).or_insert(0) += 1;
        }
    }
    peak.visits = visits.len() as u64;
    if let Some((at, (requests, bank))) = minutes.into_iter().max_by_key(|(_, count)| count.0) {
        (peak.minute, peak.requests, peak.through_bank) = (TimeMs(at * MINUTE_MS), requests, bank);
    }
    if let Some(((hospital, _), requests)) = hospitals.into_iter().max_by_key(|(_, count)| *count) {
        (peak.hospital, peak.hospital_requests) = (hospital, requests);
    }
    peak
}

/// A part of a day, its own times kept.
pub fn part(day: &Batch, part: Part) -> Batch {
    let busiest = minute(of(day).minute);
    let wanted = |request: &Request| match part {
        Part::Day => true,
        Part::Peak => minute(request.at) == busiest && of_day(request.at) < NIGHT_MS,
        Part::Night => of_day(request.at) >= NIGHT_MS,
    };
    let mut batch = Batch::default();
    for (at, request) in day.requests().iter().enumerate() {
        if wanted(request) {
            batch.extend_from(day, at, at + 1);
        }
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, GroupId};
    use crate::wire::RequestId;

    #[test]
    fn the_midnight_is_not_the_peak_and_parts_add_up() {
        let start = Day(19_662).start();
        let mut day = Batch::default();
        let mut push = |ms: i64, body| {
            let at = start + ms;
            let id = RequestId::new(at, 0);
            day.push(Request { id, at, group: GroupId(0), member: 0, body }, &[]);
        };
        for second in 0..30 {
            push(9 * 60 * MINUTE_MS + second * 1_000, RequestBody::OpenLine);
        }
        push(10 * 60 * MINUTE_MS, RequestBody::OpenLine);
        for _ in 0..50 {
            push(24 * 60 * MINUTE_MS - 1, RequestBody::Tick { bill: VisitId::default() });
        }
        let found = of(&day);
        assert_eq!((found.requests, of_day(found.minute)), (30, 9 * 60 * MINUTE_MS));
        assert_eq!(found.by_command["tick"], 50);
        let lengths = [Part::Day, Part::Peak, Part::Night].map(|which| part(&day, which).len());
        assert_eq!(lengths, [81, 30, 50]);
    }
}
