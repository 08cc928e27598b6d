//! `[desk]` of a rules file: when a hospital settles without being asked, the message of a settlement, and the
//! orders of payment means that a patient may name. Must never switch a rule on where the file does not.

use super::form::{count, text, yuan};
use super::payment_means::order;
use super::reader::Reader;
use crate::engine::DeskRules;
use crate::settlement::SourceOrder;

/// What a desk obeys beside the benefit rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskSpec {
    /// When it settles without being asked.
    pub rules: DeskRules,
    /// Orders of sources by name.
    pub orders: Vec<(String, SourceOrder)>,
}

/// Reads `[desk]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> DeskSpec {
    let doc = "when a desk settles without being asked, and with what people pay";
    r.maybe_table("desk", doc, |r| {
        let days = |r: &mut Reader<'_>, key: &str, doc: &str| {
            let found = r.maybe(key, doc, &count(1, 3_650));
            found.and_then(|days| u16::try_from(days).ok())
        };
        let rules = DeskRules {
            stage_every_days: days(
                r,
                "stage_every_days",
                "a stay is settled in a stage after so many days",
            ),
            stage_at_open: r.maybe(
                "stage_at_open_yuan",
                "a stay is settled in a stage when so much is open",
                &yuan(),
            ),
            settle_forgotten_after_days: days(
                r,
                "settle_forgotten_after_days",
                "days after discharge after which a forgotten bill is settled",
            ),
            message_cost: r.maybe(
                "message_cost_yuan",
                "cost of the message of a settlement; absent = none goes out",
                &yuan(),
            ),
        };
        let orders =
            r.maybe_list("orders", "orders of payment means that a patient may name", |r| {
                let name = r.get("name", "name of the order", &text());
                (name, order(r, "sources", "sources, first asked first"))
            });
        DeskSpec { rules, orders: orders.unwrap_or_default() }
    })
    .unwrap_or_default()
}
