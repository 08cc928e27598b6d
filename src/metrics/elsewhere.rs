//! Bills of people who are insured in another pooling area: paid here, claimed at home. Must never hold what the
//! city's own funds pay: they pay nothing for them.

use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Such bills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Claims settled here and not reversed.
    pub claims: u64,
    /// What they themselves paid or owe, to be claimed at home.
    pub own: Fen,
    /// Of it, drawn on a line.
    pub on_line: Fen,
    /// Of it, what comes back from home.
    pub to_come: Fen,
    /// The patients' own money that will come back × days until it does, fen-days.
    pub locked_fen_days: i64,
}

impl Elsewhere {
    /// Adds more bills.
    pub fn add(&mut self, more: &Elsewhere) {
        self.claims += more.claims;
        self.own += more.own;
        self.on_line += more.on_line;
        self.to_come += more.to_come;
        self.locked_fen_days += more.locked_fen_days;
    }

    /// Takes bills out again that were reversed on the same day.
    pub fn take(&mut self, less: &Elsewhere) {
        self.claims -= less.claims;
        self.own -= less.own;
        self.on_line -= less.on_line;
        self.to_come -= less.to_come;
        self.locked_fen_days -= less.locked_fen_days;
    }
}
