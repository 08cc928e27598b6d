//! What stays cost patients besides their bills: days before a bed, deposits, cash locked, desks.
//! Must never hold a float.

use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Stays of one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InpatientSums {
    /// Admissions.
    pub admissions: u64,
    /// Days from the wish for a bed to the bed, added over admissions.
    pub bed_wait_days: u64,
    /// Elective patients turned away because they could not leave the deposit.
    pub turned_away: u64,
    /// Those of them who did not come back.
    pub gave_up: u64,
    /// Admissions whose deposit a line stands in for.
    pub on_line: u64,
    /// Admissions through the emergency room without a usable line, at institutions in the scheme.
    pub unsigned: u64,
    /// Of them, those who signed up on the ward and got a line.
    pub signed_on_ward: u64,
    /// Of the others, those who left a deposit after all: it is asked on the next day.
    pub unsigned_deposits: u64,
    /// Payments towards a stay under way because a deposit was used up.
    pub top_ups: u64,
    /// Payments towards a stay under way at a stage of it.
    pub staged: u64,
    /// Sum of both.
    pub paid_on_the_way: Fen,
    /// Deposits held times days held.
    pub locked_fen_days: i64,
    /// Stays settled after the patient had left without a stop.
    pub settled_after_leaving: u64,
    /// Discharges.
    pub discharges: u64,
    /// From asking to leave until leaving, added over discharges, ms.
    pub discharge_ms: u64,
    /// Stays whose bill was settled at a discharge.
    pub bills: u64,
    /// Of them, with deposits above a month's income of the household when they ended.
    pub peaks_over_income: u64,
    /// Detours, queues and payments of stays: deposit, on the way, discharge; ms.
    pub payment_ms: u64,
}

impl InpatientSums {
    /// Adds another block's sums.
    pub fn merge(&mut self, other: &InpatientSums) {
        self.admissions += other.admissions;
        self.bed_wait_days += other.bed_wait_days;
        self.turned_away += other.turned_away;
        self.gave_up += other.gave_up;
        self.on_line += other.on_line;
        self.unsigned += other.unsigned;
        self.signed_on_ward += other.signed_on_ward;
        self.unsigned_deposits += other.unsigned_deposits;
        self.top_ups += other.top_ups;
        self.staged += other.staged;
        self.paid_on_the_way += other.paid_on_the_way;
        self.locked_fen_days += other.locked_fen_days;
        self.settled_after_leaving += other.settled_after_leaving;
        self.discharges += other.discharges;
        self.discharge_ms += other.discharge_ms;
        self.bills += other.bills;
        self.peaks_over_income += other.peaks_over_income;
        self.payment_ms += other.payment_ms;
    }
}
