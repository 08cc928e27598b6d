//! Who gains and who pays: transfers between parties and resources used, read from what the ledger posted in
//! two arms and from counted facts, then discounted. Must never meet a float, and never price a thing on
//! one side only: a transfer is one row with a payer and a payee.
//!
//! **Exact by construction.** Each row is scaled to a year and discounted once, and the same fen stands
//! against its payer and for its payee. So the gains of all parties sum to minus the resources used, to
//! the fen. [`Book::audit`] proves two further things: that the rows made from postings give each party
//! what the ledger's roles give it by another route, and that no role was forgotten.

mod book;
mod horizon;
mod rows;
pub mod spec;

pub use book::{Book, Broken, Kind, Party, Row};
pub use horizon::{Horizon, use_of_money};
pub use rows::{ArmFacts, Compared, SchemeFacts, book, campaign_cost};

#[cfg(test)]
mod tests;
