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

/// Income fifth of a cell.
pub fn income_of_joint(cell: usize) -> usize {
    cell / SCHEMES % INCOME_BANDS
}

/// Places of a cell's groups among [`super::SEGMENTS`].
pub fn segments_of_joint(cell: usize) -> [usize; 3] {
    let age = cell / (SCHEMES * INCOME_BANDS);
    [age, AGE_BANDS + income_of_joint(cell), AGE_BANDS + INCOME_BANDS + cell % SCHEMES]
}

/// Money between people and others besides their bills, whoever's line, deposit or book it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flow {
    /// Principal of lines that was written off, less recoveries.
    NotRepaid,
    /// Bills that hospitals gave up.
    GivenUp,
    /// Deposits that stay with hospitals.
    LeftOnCards,
    /// Draws in hardship that assistance paid.
    HardshipAid,
    /// Interest, less what was written off of it.
    Interest,
    /// Penalties, likewise.
    Penalty,
    /// Premiums of credit insurance that patients paid.
    Premium,
    /// Steps of collections.
    Collection,
}

/// Number of [`Flow`]s.
pub const FLOWS: usize = 8;

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
    /// By [`Flow`].
    pub flows: [Fen; FLOWS],
}

impl Purse {
    /// Adds another cell's or block's sums.
    pub fn add(&mut self, other: &Purse) {
        self.own_part += other.own_part;
        self.paid += other.paid;
        self.line_fen_days += other.line_fen_days;
        self.books_fen_days += other.books_fen_days;
        for (mine, theirs) in self.flows.iter_mut().zip(other.flows) {
            *mine += theirs;
        }
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
    /// What other finance of bills above own means costs.
    pub lent_cost: Fen,
    /// What is owed of it × days.
    pub lent_fen_days: i64,
    /// Stays whose bill was settled at a discharge.
    pub bills: u64,
    /// Of them, with deposits above a month's income of the household.
    pub peaks_over_income: u64,
    /// Adults, in an arm with lines.
    pub adults: u64,
    /// Of them, those who may open one.
    pub eligible: u64,
    /// Lines opened.
    pub lines: u64,
    /// Limits with which they started.
    pub limits: Fen,
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
        self.lent_cost += other.lent_cost;
        self.lent_fen_days += other.lent_fen_days;
        self.bills += other.bills;
        self.peaks_over_income += other.peaks_over_income;
        self.adults += other.adults;
        self.eligible += other.eligible;
        self.lines += other.lines;
        self.limits += other.limits;
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
    /// Visits without stays: those on a line, and others.
    pub visits: [u64; 2],
    /// Time saved on these, ms.
    pub visits_saved_ms: [i64; 2],
}

impl PairGroup {
    /// Counts a stay.
    pub fn count_stay(&mut self, before: &Times, after: &Times) {
        self.saved_ms += before.in_hospital_ms.cast_signed() - after.in_hospital_ms.cast_signed();
    }

    /// Counts a visit; `class` 0 = a line paid, 1 = none did.
    pub fn count_visit(&mut self, eligible: bool, class: usize, before: &Times, after: &Times) {
        let saved = before.in_hospital_ms.cast_signed() - after.in_hospital_ms.cast_signed();
        self.eligible += u64::from(eligible);
        self.saved_ms += saved;
        self.visits[class] += 1;
        self.visits_saved_ms[class] += saved;
    }

    /// Adds another cell's or block's sums.
    pub fn add(&mut self, other: &PairGroup) {
        self.eligible += other.eligible;
        self.saved_ms += other.saved_ms;
        for class in 0..2 {
            self.visits[class] += other.visits[class];
            self.visits_saved_ms[class] += other.visits_saved_ms[class];
        }
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
