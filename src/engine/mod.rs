//! The engine under test: one pure state machine over settlement, credit and ledger.
//! `apply(rows, command, sink) → decision`; time is passed in. Must never draw a random number, read a
//! clock, do IO or know an illness; a decision reads one kin group's rows and one rules version, nothing else.
#![deny(clippy::float_arithmetic)]

mod apply;
mod command;
mod desk;
mod lines;
mod means;
mod night;
mod rows;

pub use apply::Engine;
pub use command::{Body, Command, Decision, Funding, Settle, TickEvents};
pub use desk::{Desk, DeskAnswer, DeskRules, Notice, Place, Transaction};
pub use rows::{ClaimRow, Facts, GROUP_MAX, GroupCredit, GroupRows, Hold, PersonRow, tags};
