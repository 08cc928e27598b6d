//! One leg of a command and the places it can go. Must never decide an amount.

use super::role::{Code, Role};
use crate::domain::Fen;

/// One signed leg. The legs of a command sum to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Account.
    pub role: Role,
    /// Reason.
    pub code: Code,
    /// Index of the person or hospital (`Role::party` says which).
    pub party: u32,
    /// Signed amount.
    pub amount: Fen,
}

const _: () = assert!(size_of::<Posting>() == 16, "four postings a cache line");

impl std::fmt::Display for Posting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{} {} {}", self.role.word(), self.party, self.code.word(), self.amount)
    }
}

/// Where postings go. Every command ends with one `close`.
pub trait Sink {
    /// Takes one leg of the open command.
    fn post(&mut self, posting: Posting);
    /// Ends the command with this request id.
    fn close(&mut self, command: u128);
}

/// The sink of the rehearsal: throws postings away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Sink for Discard {
    #[inline]
    fn post(&mut self, _: Posting) {}
    #[inline]
    fn close(&mut self, _: u128) {}
}

/// Posts `amount` as two legs: up on `plus`, down on `minus` (role and party each). Nothing for
/// zero.
#[inline]
pub fn transfer<S: Sink>(
    sink: &mut S,
    code: Code,
    plus: (Role, u32),
    minus: (Role, u32),
    amount: Fen,
) {
    if amount.is_zero() {
        return;
    }
    sink.post(Posting { role: plus.0, code, party: plus.1, amount });
    sink.post(Posting { role: minus.0, code, party: minus.1, amount: -amount });
}
