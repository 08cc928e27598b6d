//! Credit lines: eligibility, limits, family use, reservation, draw, due dates, delinquency,
//! losses. Must never draw a random number, meet a float or post money: what people do comes in as
//! a fact, and every amount that moves goes back to the caller.
//!
//! A draw's life, with the calls that the engine makes:
//!
//! ```text
//! eligible → LineRow::open → usable_line → reserve → draw (or release) → refund
//! on each day that next_event_day names: pay what is paid, then fall_due, then age
//! age ends in a write-off → share_loss; pay on a written-off draw is a recovery
//! where claim_due: Claim::file before the write-off, bring_to as money comes in
//! ```
#![deny(clippy::float_arithmetic)]

mod apply;
mod claim;
mod draw;
mod due;
mod family;
mod late;
mod line;
mod loss;
mod more;
mod packing;
mod plan;
mod repay;
mod score;
pub mod spec;

pub use apply::{
    Applicant, INSURED_MONTHS, counts_as_poor, covers, eligible, line_limit, signs_up_here,
    starting_limit,
};
pub use claim::{Claim, claim_due};
pub use draw::{Accrued, DrawRow, DrawStage, draw, draw_ceiling, draw_more};
pub use due::{debit_days, due_day, next_event_day};
pub use family::{ADULT_AGE, Kin, candidates, has_guardian, usable_line};
pub use late::{
    Aged, Bucket, Due, DueOutcome, FiveTier, Levers, WriteOff, age, bucket, dpd, fall_due,
    five_tier, is_wilful, levers,
};
pub use line::{LineRow, LineStatus, free_limit, release, reserve};
pub use loss::{BEARERS, Bearer, LossShares, share_down, share_loss, share_recovery};
pub use packing::{Corrupt, ROW_BYTES};
pub use plan::{EarlyPayoff, PlanLine, pay_off_early, schedule};
pub use repay::{Payment, Refund, amount_due, pay, payoff, refund};
pub use score::{application_score, code_place, credit_code};

#[cfg(test)]
pub(crate) use due::planted;

#[cfg(test)]
mod tests;
