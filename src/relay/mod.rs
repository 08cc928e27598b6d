//! The hops of a settlement request: hospital system, insurer's core, bank, or from province to
//! province over the national hub; which transactions a visit sends, and what each takes when
//! nothing queues. Must never hold a latency of its own (they
//! are data) and must never model load: that is the capacity test's business.

mod capacity;
mod cross;
pub mod spec;

pub use capacity::Capacity;
pub use cross::{Asking, At, Draw, Exchange, Link, Outage, Route, of_million, pick};

use crate::domain::{CareKind, Ms};
use std::ops::AddAssign;

/// Transactions of the national settlement interface that a payment can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Transaction {
    /// Outpatient trial settlement.
    OutpatientTrial,
    /// Outpatient settlement.
    OutpatientSettle,
    /// Cancellation of an outpatient settlement.
    OutpatientCancel,
    /// Inpatient trial settlement.
    InpatientTrial,
    /// Inpatient settlement.
    InpatientSettle,
    /// Cancellation of an inpatient settlement.
    InpatientCancel,
    /// Reversal of a request whose answer never came.
    Reversal,
    /// Query of a settlement.
    Query,
}

impl Transaction {
    /// Number of transactions.
    pub const COUNT: usize = 8;
    /// Every transaction in the order of its code's group.
    pub const ALL: [Transaction; Transaction::COUNT] = [
        Transaction::OutpatientTrial,
        Transaction::OutpatientSettle,
        Transaction::OutpatientCancel,
        Transaction::InpatientTrial,
        Transaction::InpatientSettle,
        Transaction::InpatientCancel,
        Transaction::Reversal,
        Transaction::Query,
    ];

    /// The interface's transaction code (`infno`).
    pub const fn code(self) -> u16 {
        match self {
            Transaction::OutpatientTrial => 2206,
            Transaction::OutpatientSettle => 2207,
            Transaction::OutpatientCancel => 2208,
            Transaction::InpatientTrial => 2303,
            Transaction::InpatientSettle => 2304,
            Transaction::InpatientCancel => 2305,
            Transaction::Reversal => 2601,
            Transaction::Query => 5203,
        }
    }

    /// Trials and queries change nothing, so they end at the insurer's core.
    const fn moves_money(self) -> bool {
        !matches!(
            self,
            Transaction::OutpatientTrial | Transaction::InpatientTrial | Transaction::Query
        )
    }
}

/// A system on the way, outwards from the hospital's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Node {
    /// The hospital's information system.
    HospitalSystem = 0,
    /// The insurer's core.
    InsurerCore = 1,
    /// The bank that holds the credit line or the bound account.
    Bank = 2,
}

/// What one node costs a request that passes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// Network time from the previous node, one way; paid again by the answer.
    pub network_ms: Ms,
    /// Service time inside the node when nothing waits.
    pub service_ms: Ms,
}

/// The hops by `Node`, built by `scenario`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relay {
    /// From the cashier's screen to the hospital system, on to the insurer's core, on to the bank.
    pub hops: [Hop; 3],
}

/// From what the person's part is paid, as far as it decides how far a request travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paid {
    /// Cash, card or account: the request ends at the insurer's core.
    #[default]
    AtInsurer,
    /// Credit line or automatic debit: the request goes on to the bank.
    ThroughBank,
}

impl Relay {
    /// The last node that a transaction reaches.
    pub fn last_node(transaction: Transaction, paid: Paid) -> Node {
        match paid {
            Paid::ThroughBank if transaction.moves_money() => Node::Bank,
            _ => Node::InsurerCore,
        }
    }

    /// Time from request to answer when nothing queues anywhere.
    pub fn unloaded_ms(&self, transaction: Transaction, paid: Paid) -> Ms {
        let last = Relay::last_node(transaction, paid) as usize;
        self.hops[..=last].iter().map(|hop| 2 * hop.network_ms + hop.service_ms).sum()
    }
}

/// What happened at the payment points of one visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Outpatient and emergency visits send 22xx, stays 23xx.
    pub care: CareKind,
    /// Bills settled.
    pub settled: u32,
    /// Trial settlements, whether or not a settlement followed.
    pub trials: u32,
    /// Settlements cancelled.
    pub cancelled: u32,
    /// Requests whose answer never came: each is queried once.
    pub unanswered: u32,
    /// Of these, how many the query found half done and a reversal undid.
    pub reversed: u32,
}

/// Requests by transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls([u64; Transaction::COUNT]);

impl Calls {
    /// The requests of one visit.
    pub fn of_visit(traffic: &Traffic) -> Calls {
        assert!(
            traffic.reversed <= traffic.unanswered,
            "invariant: only unanswered requests are reversed, {traffic:?}"
        );
        let [trial, settle, cancel] = match traffic.care {
            CareKind::Outpatient | CareKind::Emergency | CareKind::Chronic | CareKind::Pharmacy => {
                [
                    Transaction::OutpatientTrial,
                    Transaction::OutpatientSettle,
                    Transaction::OutpatientCancel,
                ]
            }
            CareKind::Inpatient => [
                Transaction::InpatientTrial,
                Transaction::InpatientSettle,
                Transaction::InpatientCancel,
            ],
        };
        let mut calls = Calls::default();
        calls.add(trial, u64::from(traffic.trials));
        calls.add(settle, u64::from(traffic.settled));
        calls.add(cancel, u64::from(traffic.cancelled));
        calls.add(Transaction::Query, u64::from(traffic.unanswered));
        calls.add(Transaction::Reversal, u64::from(traffic.reversed));
        calls
    }

    /// Counts requests of one kind.
    #[inline]
    pub fn add(&mut self, transaction: Transaction, requests: u64) {
        self.0[transaction as usize] += requests;
    }

    /// Requests of one kind.
    pub fn count(&self, transaction: Transaction) -> u64 {
        self.0[transaction as usize]
    }

    /// Requests of all kinds.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Unloaded time of all these requests one after the other.
    pub fn unloaded_ms(&self, relay: &Relay, paid: Paid) -> u64 {
        let time = |each: Transaction| u64::from(relay.unloaded_ms(each, paid));
        Transaction::ALL.into_iter().map(|each| self.count(each) * time(each)).sum()
    }
}

impl AddAssign<&Calls> for Calls {
    fn add_assign(&mut self, other: &Calls) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELAY: Relay = Relay {
        hops: [
            Hop { network_ms: 1, service_ms: 20 },
            Hop { network_ms: 15, service_ms: 200 },
            Hop { network_ms: 10, service_ms: 80 },
        ],
    };

    #[test]
    fn a_trial_stops_at_the_insurer_and_a_credit_settlement_goes_on_to_the_bank() {
        let table = [
            (Transaction::OutpatientTrial, Paid::ThroughBank, 22 + 230),
            (Transaction::OutpatientSettle, Paid::AtInsurer, 22 + 230),
            (Transaction::OutpatientSettle, Paid::ThroughBank, 22 + 230 + 100),
            (Transaction::InpatientCancel, Paid::ThroughBank, 352),
            (Transaction::Reversal, Paid::ThroughBank, 352),
            (Transaction::Query, Paid::ThroughBank, 252),
        ];
        for (transaction, paid, ms) in table {
            assert_eq!(RELAY.unloaded_ms(transaction, paid), ms, "{transaction:?} {paid:?}");
        }
    }

    #[test]
    fn a_visit_paid_at_three_windows_sends_six_requests_and_one_paid_once_two() {
        let windows = Traffic { settled: 3, trials: 3, ..Traffic::default() };
        let once = Traffic { settled: 1, trials: 1, ..Traffic::default() };
        assert_eq!(Calls::of_visit(&windows).total(), 6);
        let mut calls = Calls::of_visit(&once);
        assert_eq!(calls.total(), 2);
        assert_eq!(calls.unloaded_ms(&RELAY, Paid::ThroughBank), 252 + 352);
        let stay = Traffic {
            care: CareKind::Inpatient,
            settled: 1,
            trials: 2,
            cancelled: 1,
            unanswered: 2,
            reversed: 1,
        };
        calls += &Calls::of_visit(&stay);
        let by_code: Vec<(u16, u64)> =
            Transaction::ALL.iter().map(|each| (each.code(), calls.count(*each))).collect();
        let expected = [
            (2206, 1),
            (2207, 1),
            (2208, 0),
            (2303, 2),
            (2304, 1),
            (2305, 1),
            (2601, 1),
            (5203, 2),
        ];
        assert_eq!(by_code, expected);
    }
}
