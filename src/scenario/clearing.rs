//! `[clearing]`: when money moves between funds, banks, the card network and hospitals. Must never
//! switch the rule on where the file does not.

use super::form::{count, ratio};
use super::reader::Reader;
use crate::clearing::spec::{ClearingSpec, Mistakes};

/// Reads `[clearing]`: what holds for every arm, and for the policy where `[clearing.policy]` gives
/// its own.
pub(super) fn read(r: &mut Reader<'_>) -> (Option<ClearingSpec>, Option<ClearingSpec>) {
    let both = r.maybe_table("clearing", "when institutions pay each other", |r| {
        let usual = spec(r);
        let own = r.maybe_table("policy", "the same where the policy's institutions differ", spec);
        let own = own.unwrap_or(usual);
        // Clerks err in the policy as everywhere unless the file says otherwise.
        (usual, ClearingSpec { mistakes: own.mistakes.or(usual.mistakes), ..own })
    });
    (both.map(|(usual, _)| usual), both.map(|(_, own)| own))
}

/// Mistakes of a million settlements, by kind.
fn mistakes(r: &mut Reader<'_>) -> Mistakes {
    let rate = count(0, 250_000);
    let mut per_million =
        |key: &str, doc: &str| u32::try_from(r.get(key, doc, &rate)).unwrap_or(u32::MAX);
    Mistakes {
        per_million: [
            per_million("missing_per_million", "a side has no record"),
            per_million("duplicate_per_million", "a side has a record twice"),
            per_million("wrong_amount_per_million", "a side has another amount"),
            per_million("wrong_day_per_million", "a side booked it on a later day"),
        ],
    }
}

fn spec(r: &mut Reader<'_>) -> ClearingSpec {
    ClearingSpec {
        funds_pay_after_days: r.count(
            "funds_pay_after_days",
            "days from a month's end to the funds' payment of its statement",
            0,
            360,
        ),
        retained: r.ratio("retained_ratio", "share of a statement kept back for the assessment"),
        retained_paid_after_days: r.count(
            "retained_paid_after_days",
            "days from the year's end to the payment of what was kept back",
            0,
            360,
        ),
        advance: r.get(
            "advance_ratio",
            "advance funding as a share of the first month's statement",
            &ratio(12),
        ),
        banks_pay_after_days: r.count(
            "banks_pay_after_days",
            "days from a draw to the bank's payment to the hospital",
            0,
            60,
        ),
        network_pays_after_days: r.count(
            "network_pays_after_days",
            "days from a card or wallet payment to its arrival",
            0,
            60,
        ),
        network_fee: r.ratio("network_fee_ratio", "the network's fee, borne by the hospital"),
        network_share: r
            .ratio("network_share", "share of patients' own payments by card or wallet"),
        mistakes: r.maybe_table(
            "mistakes",
            "clerical mistakes in the daily files; absent = the files are not followed, for the policy as for all arms",
            mistakes,
        ),
        late: None,
    }
}
