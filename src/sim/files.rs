//! The daily files of hospital, insurer, bank and card network in one arm: written as settlements
//! happen, with clerical mistakes planted at their addresses, and reconciled each night. Must never
//! tell the reconciliation what was planted.

use crate::clearing::spec::ClearingSpec;
use crate::clearing::{Fault, Finding, Record, reconcile, records_of};
use crate::domain::{Day, Fen};
use crate::engine::Decision;
use crate::random::{Address, Philox, Purpose};
use crate::relay::{of_million, pick};
use serde::{Deserialize, Serialize};

/// What the reconciliations of a replication came to, by kind of fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTotals {
    /// Records in all files.
    pub records: u64,
    /// Mistakes planted.
    pub planted: [u64; Fault::KINDS],
    /// Of these, found with the right name: settlement, part, side, kind and size.
    pub named: [u64; Fault::KINDS],
    /// Findings that nobody planted.
    pub false_alarms: u64,
    /// Amounts that wrong, missing and double records moved.
    pub at_stake: Fen,
    /// Every discrepancy of the policy arm, as the reconciliation named it.
    pub named_each: Vec<Named>,
}

/// A discrepancy with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Day of the settlement.
    pub made: Day,
    /// The bill (`VisitId::bill`).
    pub bill: u64,
    /// Place of the part among `Part::ALL`.
    pub part: u8,
    /// Place of the side among `Side::ALL`.
    pub side: u8,
    /// Place of the fault among `Fault::NAMES`.
    pub fault: u8,
    /// Fen or days by which it is off; zero for missing and duplicate.
    pub off_by: i64,
    /// Planted and found, found though nobody planted it, or planted and not found.
    pub found: Found,
}

/// How a discrepancy compares with what was planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Found {
    /// Planted and named right.
    NamedRight,
    /// Named though nobody planted it.
    FalseAlarm,
    /// Planted and not named.
    Missed,
}

impl Named {
    fn of(finding: &Finding, made: Day, bills: &[u64], found: Found) -> Named {
        let Finding { key, part, side, fault } = *finding;
        let off_by = match fault {
            Fault::Missing | Fault::Duplicate => 0,
            Fault::WrongAmount(by) => by.0,
            Fault::WrongDay(days) => i64::from(days),
        };
        let (part, side, fault) = (part as u8, side as u8, fault.kind() as u8);
        let bill = bills[key as usize - 1];
        Named { made, bill, part, side, fault, off_by, found }
    }
}

impl FileTotals {
    /// Adds another block's totals.
    pub(super) fn merge(&mut self, other: &FileTotals) {
        self.records += other.records;
        for kind in 0..Fault::KINDS {
            self.planted[kind] += other.planted[kind];
            self.named[kind] += other.named[kind];
        }
        self.false_alarms += other.false_alarms;
        self.at_stake += other.at_stake;
        self.named_each.extend_from_slice(&other.named_each);
    }
}

/// Today's files of one block and arm.
#[derive(Debug, Default)]
pub(super) struct DayFiles {
    records: Vec<Record>,
    planted: Vec<Finding>,
    /// Bills of today's settlements, by their number less one.
    bills: Vec<u64>,
    pub(super) totals: FileTotals,
}

/// Where the mistakes of a settlement are drawn.
#[derive(Clone, Copy)]
pub(super) struct Clerks {
    pub(super) philox: Philox,
    pub(super) replication: u16,
}

impl DayFiles {
    /// Writes a settlement into the files, or one taken back.
    pub(super) fn write(
        &mut self,
        spec: &ClearingSpec,
        clerks: Clerks,
        (bill, made): (u64, Day),
        (decision, card): (&Decision, Fen),
        taken_back: bool,
    ) {
        let Some(mistakes) = &spec.mistakes else { return };
        let sign = if taken_back { -1 } else { 1 };
        let insurance = decision.fund + decision.account;
        let counter = decision.total - insurance - decision.line - card;
        let parts = [insurance, decision.line, card, counter].map(|part| Fen(part.0 * sign));
        // A visit may be settled twice at one point: the file counts its settlements.
        self.bills.push(bill);
        let number = self.bills.len() as u64;
        let from = self.records.len();
        self.records.extend(records_of(number, made, parts));
        let address = Address::new(bill, clerks.replication, Purpose::Files);
        let words = clerks.philox.block(address.item(u8::from(taken_back)));
        let mut up_to = 0;
        let kind = mistakes.per_million.iter().position(|&per_million| {
            up_to += per_million;
            of_million(words[0], up_to)
        });
        if let Some(kind) = kind {
            self.plant(kind, from, words);
        }
    }

    /// Plants a mistake in the records of the last settlement, which begin at `from`.
    fn plant(&mut self, kind: usize, from: usize, [_, which, size, _]: [u32; 4]) {
        let own = self.records.iter().enumerate().skip(from);
        let mut shared = own.filter(|(_, record)| record.part.sides().len() > 1);
        let nth = ((u64::from(which) * shared.clone().count() as u64) >> 32) as usize;
        let Some((at, &victim)) = shared.nth(nth) else { return };
        let fault = match kind {
            0 => {
                self.records.remove(at);
                Fault::Missing
            }
            1 => {
                self.records.insert(at, victim);
                Fault::Duplicate
            }
            2 => {
                let by = Fen(i64::from(size % 10_000) + 1);
                self.records[at].amount += by;
                self.totals.at_stake += by;
                Fault::WrongAmount(by)
            }
            _ => {
                let days = pick(&[1, 1, 1, 2], size);
                self.records[at].booked = victim.made + days;
                Fault::WrongDay(days)
            }
        };
        if kind < 2 {
            self.totals.at_stake += Fen(victim.amount.0.abs());
        }
        self.totals.planted[kind] += 1;
        let Record { key, part, side, .. } = victim;
        self.planted.push(Finding { key, part, side, fault });
    }

    /// Reconciles the day's files and counts what was found beside what was planted; `lists` keeps each by
    /// its name.
    pub(super) fn reconcile(&mut self, today: Day, lists: bool) {
        self.totals.records += self.records.len() as u64;
        self.planted.sort_unstable();
        let found = reconcile(&mut self.records);
        let bills = &self.bills;
        let mut list = |finding: &Finding, found| {
            if lists {
                self.totals.named_each.push(Named::of(finding, today, bills, found));
            }
        };
        for finding in &found {
            if self.planted.binary_search(finding).is_ok() {
                self.totals.named[finding.fault.kind()] += 1;
                list(finding, Found::NamedRight);
            } else {
                self.totals.false_alarms += 1;
                list(finding, Found::FalseAlarm);
            }
        }
        for planted in self.planted.iter().filter(|planted| !found.contains(planted)) {
            list(planted, Found::Missed);
        }
        self.records.clear();
        self.planted.clear();
        self.bills.clear();
    }
}
