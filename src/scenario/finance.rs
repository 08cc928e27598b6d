//! `[behaviour.other_finance]`: what pays for the part of a bill that is above the patient's own means where no
//! line does. Must never hold a rate of its own.

use super::InpatientSpec;
use super::distribution;
use super::form::{Bounds, number};
use super::reader::Reader;
use crate::behaviour::spec::{BehaviourSpec, CardInstalments, OtherFinance, Relatives};
use crate::domain::INCOME_BANDS;

/// Reads the table, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<OtherFinance> {
    let doc = "what pays for bills above own means where no line does; absent = not followed";
    r.maybe_table("other_finance", doc, |r| OtherFinance {
        at_hand: distribution::maybe(
            r,
            "at_hand",
            "money at hand for a bill, in monthly incomes; absent = [inpatient.means].at_once",
            "months",
        ),
        go_without: by_income(
            r,
            "go_without_shares",
            "people who go without tests that they cannot pay themselves",
        ),
        on_card: by_income(
            r,
            "card_shares",
            "of the others, those who pay in instalments on a card; all others ask relatives",
        ),
        card: r.table("card", "instalments on a credit card", |r| CardInstalments {
            fee_month: r.ratio("fee_ratio_per_month", "of the first sum"),
            months: r.count("months", "equal monthly parts", 1, 60),
        }),
        relatives: r.table("relatives", "loans of relatives", |r| Relatives {
            days: r.count("days", "until they are paid back", 1, 3_650),
            cost: r.ratio("cost_ratio", "of the loan: interest, gifts, favours"),
        }),
    })
}

fn by_income(r: &mut Reader<'_>, key: &str, doc: &str) -> [f64; INCOME_BANDS] {
    r.array(key, doc, "by fifth of income, poorest first", &number(Bounds::SHARE))
}

/// Money at hand is said once: here, or with the deposits of stays.
pub(super) fn check(r: &Reader<'_>, behaviour: &BehaviourSpec, inpatient: &InpatientSpec) {
    let Some(finance) = &behaviour.more.other_finance else { return };
    let key = "behaviour.other_finance.at_hand";
    match (&finance.at_hand, &inpatient.means) {
        (Some(_), Some(_)) => {
            let message = "[inpatient.means].at_once says so too".to_owned();
            r.fault(key, message, "one of the two", "drop this one");
        }
        (None, None) => {
            let message = "neither here nor in [inpatient.means]".to_owned();
            let hint = "write at_hand = { lognormal = { mean_months = 10, cv = 1.0 } }";
            r.fault(key, message, "money at hand, in monthly incomes", hint);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::load_with;
    use std::path::Path;

    const FINANCE: &str = "behaviour.other_finance={ go_without_shares = [0, 0, 0, 0, 0], card_shares = [1, 1, 1, 1, 1], \
         card = { fee_ratio_per_month = 0.006, months = 12 }, relatives = { days = 90, cost_ratio = 0 } }";

    fn trouble(file: &str, set: &str) -> Option<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{file}.toml"));
        load_with(&path, &[set.to_owned()]).err().map(|problems| problems.to_string())
    }

    #[test]
    fn money_at_hand_is_said_exactly_once() {
        assert_eq!(trouble("smoke", FINANCE), None);
        let neither = trouble("lianyungang", FINANCE).expect("nothing at hand");
        assert!(neither.contains("neither here nor in [inpatient.means]"), "{neither}");
        let at_hand = "behaviour.other_finance.at_hand={ fixed = { value_months = 3 } }";
        let both = trouble("dalian_2022", at_hand).expect("said twice");
        assert!(both.contains("says so too"), "{both}");
        let few = trouble("dalian_2022", "behaviour.other_finance.card_shares=[0.1, 0.2]");
        assert!(few.expect("five are needed").contains("2 values where there must be 5"));
    }
}
