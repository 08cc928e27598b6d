//! Facts to sums: integer accumulators that merge in a fixed order to the same bytes whatever the thread
//! count. Must never hold a float, a percentile guess or a decision.

mod arm;
mod elsewhere;
mod entitlement;
mod finance;
mod groups;
mod inpatient;
mod messages;
mod pair;
mod refunds;
mod risk;

pub use arm::{ArmDay, ArmSums, Buckets, MINUTES_A_DAY};
pub use elsewhere::Elsewhere;
pub use entitlement::EntitlementSums;
pub use finance::{FinanceSums, LENDERS, Need};
pub use groups::{
    FLOWS, Flow, GroupSums, JOINT_GROUPS, PairGroup, Purse, income_of_joint, joint_group,
    segments_of_joint,
};
pub use inpatient::InpatientSums;
pub use messages::{MessageSums, Sent};
pub use pair::{
    Cells, HISTOGRAM_BINS, HISTOGRAM_FROM_MIN, HISTOGRAM_STEP_MIN, Match, PairSums, SiteMonth,
    SiteSpread, Times, WAIT_BINS, WAIT_STEP_S, Waits, WaitsOf,
};
pub use refunds::RefundSums;
pub use risk::{CodeSums, MONTHS_ON_BOOK, OnBook, RiskSums, SEGMENTS, STAGES, Segment, Vintage};
