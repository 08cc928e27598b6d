//! `[claims_at_home]`: what becomes of the bills of people insured in another pooling area, who pay here. Must never
//! say who they are: `people` does.

use super::form::ratio;
use super::reader::Reader;
use crate::domain::Ratio;

/// How a bill that was paid here is reimbursed at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeClaims {
    /// Days from leaving until the reimbursement arrives.
    pub paid_after_days: u16,
    /// Share of what was paid that comes back.
    pub reimbursed: Ratio,
}

/// Reads `[claims_at_home]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<HomeClaims> {
    let doc = "how people insured in another pooling area claim at home; absent = not followed";
    r.maybe_table("claims_at_home", doc, |r| HomeClaims {
        paid_after_days: r.count(
            "paid_after_days",
            "days from leaving until the reimbursement arrives",
            0,
            3_650,
        ),
        reimbursed: r.get("reimbursed_ratio", "of what was paid, what comes back", &ratio(1)),
    })
}
