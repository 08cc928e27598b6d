//! What was given back after it was paid, and to whom. Must never count what was taken back before leaving.

use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Bills cancelled and settled again without an item: the differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSums {
    /// Visits that gave an item back after they had paid.
    pub visits: u64,
    /// Of all that gave one back, trips to a window or kiosk for it.
    pub trips: u64,
    /// Settlements cancelled for it: the item's own and those that stand on it.
    pub cancelled: u64,
    /// Bills less.
    pub total: Fen,
    /// Of it, back to funds.
    pub funds: Fen,
    /// Back to lines: the limit is free again.
    pub lines: Fen,
    /// Off the hospitals' books.
    pub books: Fen,
    /// Back to patients: personal accounts, cash, phone, card.
    pub patients: Fen,
}

impl RefundSums {
    /// Adds another visit's or block's refunds.
    pub fn add(&mut self, other: &RefundSums) {
        self.visits += other.visits;
        self.trips += other.trips;
        self.cancelled += other.cancelled;
        self.total += other.total;
        self.funds += other.funds;
        self.lines += other.lines;
        self.books += other.books;
        self.patients += other.patients;
    }

    /// What nobody got back of what the bills are less.
    pub fn gap(&self) -> Fen {
        self.total - self.funds - self.lines - self.books - self.patients
    }
}
