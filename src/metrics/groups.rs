//! What happened to each group of people: sums by age, income and insurance at once, so that every group by
//! one of them is a sum of cells. Must never hold a rate: the answer divides.

use super::Times;
use crate::domain::{AGE_BANDS, Fen, INCOME_BANDS, SCHEMES};
use serde::{Deserialize, Serialize};

/// Cells: age band × income fifth × insurance scheme.
pub const JOINT_GROUPS: usize = AGE_BANDS * INCOME_BANDS * SCHEMES;

/// The cell of an age band, income fifth and insurance scheme.
#[inline]
pub fn joint_group(age: usize, income: usize, scheme: usize) -> usize {
    (age * INCOME_BANDS + income) * SCHEMES + scheme
}

/// Places of a cell's groups among [`super::SEGMENTS`].
pub fn segments_of_joint(cell: usize) -> [usize; 3] {
    let income = cell / SCHEMES % INCOME_BANDS;
    let age = cell / (SCHEMES * INCOME_BANDS);
    [age, AGE_BANDS + income, AGE_BANDS + INCOME_BANDS + cell % SCHEMES]
}

/// What people bore of their bills and what they paid, by the party of each posting: whoever's account, line or
/// cash it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// Their part of bills when it arose: at once, on a line or on a hospital's books.
    pub own_part: Fen,
    /// Money that left them, accounts and premiums counted.
    pub paid: Fen,
    /// Owed on lines × days.
    pub line_fen_days: i64,
    /// Owed on hospitals' books × days.
    pub books_fen_days: i64,
}

impl Purse {
    /// Adds another cell's or block's sums.
    pub fn add(&mut self, other: &Purse) {
        self.own_part += other.own_part;
        self.paid += other.paid;
        self.line_fen_days += other.line_fen_days;
        self.books_fen_days += other.books_fen_days;
    }
}

/// One group in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSums {
    /// People; those below count each person of a household.
    pub people: u64,
    /// Of them, in households that owe a catastrophic part of their means, the run as a whole.
    pub beyond_owed: u64,
    /// In households that pay such a part in cash in some 30 days.
    pub beyond_cash: u64,
    /// What they bore and paid.
    pub purse: Purse,
    /// Admissions.
    pub admissions: u64,
    /// Deposits held times days held.
    pub locked_fen_days: i64,
    /// Stays whose bill was settled at a discharge.
    pub bills: u64,
    /// Of them, with deposits above a month's income of the household.
    pub peaks_over_income: u64,
    /// Lines opened.
    pub lines: u64,
    /// Of them, drawn at least once.
    pub users: u64,
    /// Drawn on them.
    pub drawn: Fen,
    /// Holders with a record or suspended benefits, and those of them who never drew 500 yuan in all.
    pub recorded: [u64; 2],
}

impl GroupSums {
    /// Adds another cell's or block's sums.
    pub fn add(&mut self, other: &GroupSums) {
        self.people += other.people;
        self.beyond_owed += other.beyond_owed;
        self.beyond_cash += other.beyond_cash;
        self.purse.add(&other.purse);
        self.admissions += other.admissions;
        self.locked_fen_days += other.locked_fen_days;
        self.bills += other.bills;
        self.peaks_over_income += other.peaks_over_income;
        self.lines += other.lines;
        self.users += other.users;
        self.drawn += other.drawn;
        self.recorded[0] += other.recorded[0];
        self.recorded[1] += other.recorded[1];
    }
}

/// One group's matched visits and stays against one baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairGroup {
    /// Visits that the scheme is meant for.
    pub eligible: u64,
    /// Time in hospital saved on all visits and stays, ms.
    pub saved_ms: i64,
    /// Visits that no line paid.
    pub others: u64,
    /// Time saved on these, ms.
    pub others_saved_ms: i64,
}

impl PairGroup {
    /// Counts a visit or stay; `other` = a visit that no line paid.
    pub fn count(&mut self, eligible: bool, other: bool, before: &Times, after: &Times) {
        let saved = before.in_hospital_ms.cast_signed() - after.in_hospital_ms.cast_signed();
        self.eligible += u64::from(eligible);
        self.saved_ms += saved;
        self.others += u64::from(other);
        self.others_saved_ms += if other { saved } else { 0 };
    }

    /// Adds another cell's or block's sums.
    pub fn add(&mut self, other: &PairGroup) {
        self.eligible += other.eligible;
        self.saved_ms += other.saved_ms;
        self.others += other.others;
        self.others_saved_ms += other.others_saved_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::super::SEGMENTS;
    use super::*;

    #[test]
    fn every_cell_has_one_group_of_each_kind_and_no_two_cells_share_all_three() {
        let mut seen = Vec::new();
        for age in 0..AGE_BANDS {
            for income in 0..INCOME_BANDS {
                for scheme in 0..SCHEMES {
                    let cell = joint_group(age, income, scheme);
                    assert!(cell < JOINT_GROUPS);
                    let groups = [age, AGE_BANDS + income, AGE_BANDS + INCOME_BANDS + scheme];
                    assert_eq!(segments_of_joint(cell), groups);
                    assert!(groups[2] < SEGMENTS);
                    seen.push(cell);
                }
            }
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), JOINT_GROUPS);
    }
}
