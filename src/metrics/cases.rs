//! Volume and price of stays by month: what an insurer watches. Must never hold a mean.

use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Stays that were settled in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMonth {
    /// Stays.
    pub stays: u64,
    /// Their bills.
    pub billed: Fen,
    /// What funds paid of them.
    pub funds: Fen,
}

/// Stays by month of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cases(Vec<CaseMonth>);

impl Cases {
    /// Counts a stay of so much, of which funds paid so much.
    pub fn count(&mut self, month: usize, billed: Fen, funds: Fen) {
        if self.0.len() <= month {
            self.0.resize(month + 1, CaseMonth::default());
        }
        let row = &mut self.0[month];
        row.stays += 1;
        row.billed += billed;
        row.funds += funds;
    }

    /// The first so many months together.
    pub fn until(&self, month: usize) -> CaseMonth {
        let mut all = CaseMonth::default();
        self.0.iter().take(month).for_each(|row| all.add(row));
        all
    }

    /// Months.
    pub fn months(&self) -> usize {
        self.0.len()
    }

    /// All months together.
    pub fn all(&self) -> CaseMonth {
        self.until(self.0.len())
    }

    /// Adds another block's stays.
    pub fn merge(&mut self, other: &Cases) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), CaseMonth::default());
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.add(theirs);
        }
    }
}

impl CaseMonth {
    fn add(&mut self, other: &CaseMonth) {
        self.stays += other.stays;
        self.billed += other.billed;
        self.funds += other.funds;
    }
}
