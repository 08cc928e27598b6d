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
//! | initial self-payment of class B, rounded per line | `preselfpay_amt` |
//! | what is left is eligible | `inscp_scp_amt` |
//! | deductible: outpatient once a year, inpatient per admission with falling factors | `act_pay_dedc` |
//! | pooled fund by bands, up to its ceiling | `hifp_pay` |
//! | second layer on the increase of the year's compliant burden | `hifmi_pay`, `hifob_pay` |
//! | medical assistance on the increase of what is still left | `maf_pay` |
//! | the person's part | `psn_part_amt` |
//!
//! Each share is rounded half up at the fen, per band; the person bears what remains, so the shares
//! always sum to the bill.

mod bill;
mod explain;
mod postings;
pub mod spec;
mod split;
mod tender;

pub use bill::{BillLine, Member, Split, YearToDate};
pub use explain::{Step, StepRule, explain};
pub use postings::{Parties, claim_postings, reversal_postings};
pub use split::split;
pub use tender::{Means, Remainder, Reply, Tender};
