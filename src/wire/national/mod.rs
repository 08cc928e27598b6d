//! The national settlement interface: its envelope, the eight transactions of a settlement, and the words
//! around them. Must never guess a code, an area or a signature.
//!
//! | `infno` | is |
//! |---|---|
//! | 2206, 2303 | pre-settlement: nothing is booked |
//! | 2207, 2304 | settlement |
//! | 2208, 2305 | cancellation of a settlement |
//! | 2601 | reversal of a request whose answer never came |
//! | 5203 | query of a settlement |
//!
//! What differs from a province's connector: the fee list (`feedetail`) travels with the transaction, so
//! that the core keeps no unsettled fees; `psn_no` is `g17-2` (kin group 17, position 2), `setl_id` is
//! `d3-g17-0/2` (visit and payment point), and what the scheme needs stands in `input.exp`.

mod areas;
mod ask;
mod reply;
mod sign;

pub use areas::{AREAS_SCHEMA, Area, Areas};
pub use ask::{Asked, Data, Envelope, Exp, Input, Sender, psn_no, setl_id};
pub use reply::{Output, Reply, Settled};
pub use sign::{Keyed, Sign, Unread, Unsigned};

#[cfg(test)]
mod tests;
