//! Benefits and claims: how one bill is split between funds and person, and the year's
//! accumulators. Must never draw a random number, see a queue or know a credit line.
//!
//! The order of one split, with the national field that each step fills:
//!
//! | step | field |
//! |---|---|
//! | total of the lines | `medfee_sumamt` |
//! | class C, wholly the person's | `fulamt_ownpay_amt` |
//! | above a price limit | `overlmt_selfpay` |
//! | initial self-payment of class B, rounded as the rules say | `preselfpay_amt` |
//! | what is left is eligible | `inscp_scp_amt` |
//! | deductible: outpatient and chronic once a year, inpatient per admission with falling factors | `act_pay_dedc` |
//! | pooled fund by bands, up to its ceiling | `hifp_pay` |
//! | the payers of the stated order, each on what the earlier ones left: | |
//! | … second layer on the increase of the year's compliant burden | `hifmi_pay`, `hifob_pay` |
//! | … medical assistance on the increase of what is still left | `maf_pay` |
//! | … employer's supplement, commercial supplement, relief, charity | `cvlserv_pay`, `hifes_pay`, `oth_pay` |
//! | the person's part | `psn_part_amt` |
//!
//! Each share is rounded half up at the fen, per band; the person bears what remains, so the shares
//! always sum to the bill.

mod bill;
mod causes;
mod chain;
mod explain;
mod payers;
mod postings;
mod purse;
pub mod spec;
mod split;
mod tender;

pub use bill::{BillLine, Member, Split, YearMore, YearToDate};
pub use causes::{Cause, OtherWay, other_ways};
pub use explain::{Accumulator, Step, StepRule, explain};
pub use payers::Payer;
pub use postings::{Parties, claim_postings, reversal_postings};
pub use purse::{
    CardRules, Habit, NetworkRules, OwnParts, PaymentHabits, Purse, Receipt, Source, SourceOrder,
};
pub use split::{self_paid, split, split_with};
pub use tender::{Means, Remainder, Reply, Tender};
