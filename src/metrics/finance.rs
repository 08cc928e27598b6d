//! Bills above what patients have at hand: what paid for the rest, and what lines could have paid. Must never hold a
//! price: prices are the file's.

use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Sources that lend: a card, relatives.
pub const LENDERS: usize = 2;

/// The other finance of patients in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceSums {
    /// Visits and stays whose part in money was above what was at hand, by what paid for the rest.
    pub bills: [u64; LENDERS],
    /// That rest.
    pub lent: [Fen; LENDERS],
    /// What it costs patients.
    pub cost: Fen,
    /// What is owed of it × days.
    pub fen_days: i64,
    /// Visits that went without their tests.
    pub without: u64,
    /// The bills of these tests.
    pub without_billed: Fen,
    /// Bills above own means of people who might put them on a line: on one not drawn
    /// until then and not by them, and others.
    pub need: [Need; 2],
}

impl FinanceSums {
    /// Adds another block's sums.
    pub fn merge(&mut self, other: &FinanceSums) {
        for at in 0..LENDERS {
            self.bills[at] += other.bills[at];
            self.lent[at] += other.lent[at];
        }
        self.cost += other.cost;
        self.fen_days += other.fen_days;
        self.without += other.without;
        self.without_billed += other.without_billed;
        for (mine, theirs) in self.need.iter_mut().zip(&other.need) {
            mine.merge(theirs);
        }
    }
}

/// Bills above own means beside the free limits of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Bills.
    pub bills: u64,
    /// What their patients lacked.
    pub lacked: Fen,
    /// Bills of which the free limit covers all that lacked.
    pub met_bills: u64,
    /// What free limits cover of it, by where it would come from otherwise: card, relatives, nowhere.
    pub met: [Fen; 3],
}

impl Need {
    /// Adds other bills.
    pub fn merge(&mut self, other: &Need) {
        self.bills += other.bills;
        self.lacked += other.lacked;
        self.met_bills += other.met_bills;
        for (mine, theirs) in self.met.iter_mut().zip(other.met) {
            *mine += theirs;
        }
    }
}
