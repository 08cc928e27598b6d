//! `[refunds]`: items that are given back after their bill was paid. Must never know who paid it.

use super::form::ratio;
use super::reader::Reader;
use crate::domain::Ratio;

/// Items given back after their bill was paid, alike in every arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefundSpec {
    /// Share of outpatient and emergency visits with tests or drugs that give back an item of one of them.
    pub visits: f64,
    /// The item's part of that order's bill.
    pub item: Ratio,
    /// Share of the visits that paid everything in place whose money comes back in place too; the others go to a window.
    pub in_place: f64,
}

/// Reads `[refunds]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<RefundSpec> {
    let doc = "items given back after their bill was paid, in every arm; absent = none";
    r.maybe_table("refunds", doc, |r| RefundSpec {
        visits: r.share("visits_share", "visits with tests or drugs that give one of their items back"),
        item: r.get("item_ratio", "the item's part of that order's bill", &ratio(1)),
        in_place: r.share(
            "in_place_share",
            "of the visits that paid everything in place, refunds in place; the others go to a window",
        ),
    })
}
