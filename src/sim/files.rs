//! The daily files of hospital, insurer, bank and card network in one arm: written as settlements
//! happen, with clerical mistakes planted at their addresses, and reconciled each night. Must never
//! tell the reconciliation what was planted.

use crate::clearing::spec::{ClearingSpec, Mistakes};
use crate::clearing::{Fault, Finding, Record, reconcile, records_of};
use crate::domain::{Day, Fen};
use crate::engine::Decision;
use crate::random::{Address, Philox, Purpose};
use crate::relay::{of_million, pick};
use serde::{Deserialize, Serialize};

/// What the reconciliations of a replication came to, by kind of fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    }
}

/// Today's files of one block and arm.
#[derive(Debug, Default)]
pub(super) struct DayFiles {
    records: Vec<Record>,
    planted: Vec<Finding>,
    own: Vec<Record>,
    written: u64,
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
        bill: u64,
        made: Day,
        decision: &Decision,
        taken_back: bool,
    ) {
        let Some(mistakes) = &spec.mistakes else { return };
        let sign = if taken_back { -1 } else { 1 };
        let insurance = decision.fund + decision.account;
        let card = spec.network_share.of(decision.cash);
        let counter = decision.total - insurance - decision.line - card;
        let parts = [insurance, decision.line, card, counter].map(|part| Fen(part.0 * sign));
        // A visit may be settled twice at one point: the file counts its settlements.
        self.written += 1;
        self.own.clear();
        self.own.extend(records_of(self.written, made, parts));
        let address = Address::new(bill, clerks.replication, Purpose::Files);
        let address = address.item(u8::from(taken_back));
        self.plant(mistakes, clerks.philox.block(address));
        self.records.append(&mut self.own);
    }

    /// Plants at most one mistake in a settlement's records.
    fn plant(&mut self, mistakes: &Mistakes, [happens, which, size, _]: [u32; 4]) {
        let mut from = 0;
        let kind = mistakes.per_million.iter().position(|&per_million| {
            from += per_million;
            of_million(happens, from)
        });
        let shared = self.own.iter().filter(|record| record.part.sides().len() > 1).count();
        let (Some(kind), true) = (kind, shared > 0) else { return };
        let at = ((u64::from(which) * shared as u64) >> 32) as usize;
        let is_shared = |&(_, record): &(usize, &Record)| record.part.sides().len() > 1;
        let Some((at, &victim)) = self.own.iter().enumerate().filter(is_shared).nth(at) else {
            return;
        };
        let fault = match kind {
            0 => {
                self.own.remove(at);
                Fault::Missing
            }
            1 => {
                self.own.push(victim);
                Fault::Duplicate
            }
            2 => {
                let by = Fen(i64::from(size % 10_000) + 1);
                self.own[at].amount += by;
                self.totals.at_stake += by;
                Fault::WrongAmount(by)
            }
            _ => {
                let days = pick(&[1, 1, 1, 2], size);
                self.own[at].booked = victim.made + days;
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

    /// Reconciles the day's files and counts what was found beside what was planted.
    pub(super) fn reconcile(&mut self) {
        self.totals.records += self.records.len() as u64;
        self.planted.sort_unstable();
        for finding in reconcile(&mut self.records) {
            match self.planted.binary_search(&finding) {
                Ok(_) => self.totals.named[finding.fault.kind()] += 1,
                Err(_) => self.totals.false_alarms += 1,
            }
        }
        self.records.clear();
        self.planted.clear();
        self.written = 0;
    }
}
