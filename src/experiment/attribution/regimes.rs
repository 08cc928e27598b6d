//! Payment regimes made of components, as the data of a scenario: every set of them is a regime that can
//! be written down and run. Must never hold a share or a time: each comes from a regime's file.

use crate::scenario::{Scenario, shipped_regime};
use serde_json::{Value, json};

/// Number of components.
pub(super) const COMPONENTS: usize = 4;
/// Number of sets of components.
pub(super) const SETS: usize = 1 << COMPONENTS;

/// What a scheme is made of, in the order of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Component {
    /// Phones and kiosks as in 2023 instead of 2015.
    Phone = 0,
    /// Terminals in the consulting room and at the bedside.
    InRoom = 1,
    /// Automatic charge at each order from the patient's own account.
    AutoDebit = 2,
    /// The scenario's scheme: its line, its sign-up, its final stop.
    CreditLine = 3,
}

impl Component {
    /// Every component, by bit.
    pub(super) const ALL: [Component; COMPONENTS] =
        [Component::Phone, Component::InRoom, Component::AutoDebit, Component::CreditLine];

    /// Its key in documents.
    pub(super) fn key(self) -> &'static str {
        ["phone", "in_room", "auto_debit", "credit_line"][self as usize]
    }

    /// The bit of the component in a set.
    pub(super) fn bit(self) -> usize {
        1 << self as usize
    }
}

/// Where nothing has come yet.
pub(super) const BASE: &str = "windows_2015";
/// One payment before leaving, on the hospital's books.
pub(super) const PAY_ONCE: &str = "pay_once_hospital_books";

/// The regime of a set without the credit line, and the shipped one that it equals, if any.
pub(super) fn composed(scenario: &Scenario, set: usize) -> Value {
    let has = |component: Component| set & component.bit() != 0;
    let mut regime = regime(scenario, if has(Component::Phone) { "mobile_2023" } else { BASE });
    if has(Component::InRoom) {
        let room = self::regime(scenario, "in_room");
        let (own, other) = (&mut regime["channels"], &room["channels"]);
        for key in ["phone_shares_by_age", "phone_site_shares"] {
            own[key] = larger(&own[key], &other[key]);
        }
        own["phone"] = other["phone"].clone();
        regime["discharge_at_desk"] = room["discharge_at_desk"].clone();
    }
    if has(Component::AutoDebit) {
        let auto = self::regime(scenario, "auto_debit_no_credit");
        for key in ["when", "debit", "discharge_at_desk", "refund_trip_share"] {
            if !auto[key].is_null() {
                regime[key] = auto[key].clone();
            }
        }
    }
    // The base of the ladder keeps its title: the page holds everything against it.
    if set & !Component::CreditLine.bit() != 0 {
        let key = set_key(set & !Component::CreditLine.bit());
        regime["title_en"] = json!(key);
        regime["title_zh"] = json!(key);
    }
    regime
}

/// The name of the shipped regime that a set without the credit line equals.
pub(super) fn shipped_name(scenario: &Scenario, set: usize) -> Option<&'static str> {
    let bare = |mut regime: Value| {
        for key in ["title_en", "title_zh"] {
            regime[key] = Value::Null;
        }
        // False where it is not given.
        if regime["ahead_pays_on_arrival"].is_null() {
            regime["ahead_pays_on_arrival"] = false.into();
        }
        regime
    };
    let own = bare(composed(scenario, set));
    let names = [BASE, "mobile_2023", "in_room", "auto_debit_no_credit"];
    names.into_iter().find(|name| bare(regime(scenario, name)) == own)
}

/// A regime as the scenario has it, else as it is shipped.
pub(super) fn regime(scenario: &Scenario, name: &str) -> Value {
    let own = &scenario.resolved["regimes"][name];
    if !own.is_null() {
        return own.clone();
    }
    let Some(shipped) = shipped_regime(name) else {
        panic!("invariant: the regime {name} is shipped")
    };
    shipped
}

/// A set's components with `+` between them.
pub(super) fn set_key(set: usize) -> String {
    let parts = Component::ALL.into_iter().filter(|component| set & component.bit() != 0);
    let words: Vec<&str> = parts.map(Component::key).collect();
    if words.is_empty() { "none".to_owned() } else { words.join("+") }
}

/// The larger of two shares, entry by entry.
fn larger(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.iter().zip(b).map(|(a, b)| larger(a, b)).collect(),
        (Value::Object(a), Value::Object(b)) => {
            let pair = |(key, own): (&String, &Value)| {
                (key.clone(), b.get(key).map_or(own.clone(), |other| larger(own, other)))
            };
            Value::Object(a.iter().map(pair).collect())
        }
        _ if b.as_f64() > a.as_f64() => b.clone(),
        _ => a.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn smoke() -> Scenario {
        crate::scenario::load(Path::new("scenarios/smoke.toml")).expect("the smoke district")
    }

    #[test]
    fn the_shipped_regimes_are_sets_of_components() {
        let scenario = smoke();
        let table = [
            (0b0000, Some("windows_2015")),
            (0b0001, Some("mobile_2023")),
            (0b0011, Some("in_room")),
            (0b0101, Some("auto_debit_no_credit")),
            (0b0111, None),
            (0b0010, None),
        ];
        for (set, name) in table {
            assert_eq!(shipped_name(&scenario, set), name, "{}", set_key(set));
        }
        assert_eq!(set_key(0b1101), "phone+auto_debit+credit_line");
    }

    #[test]
    fn a_component_only_ever_adds_payers_in_place() {
        let scenario = smoke();
        for set in 0..SETS {
            for component in [Component::Phone, Component::InRoom] {
                let more = composed(&scenario, set | component.bit());
                let less = composed(&scenario, set);
                let age = |regime: &Value, at: usize| {
                    regime["channels"]["phone_shares_by_age"][at].as_f64().expect("a share")
                };
                assert!((0..6).all(|at| age(&more, at) >= age(&less, at)), "{}", set_key(set));
            }
        }
    }

    #[test]
    fn a_scenarios_own_regime_goes_before_the_shipped_one() {
        let set = ["regimes.mobile_2023.channels.insured_window_extra_s = 30".to_owned()];
        let scenario = crate::scenario::load_with(Path::new("scenarios/smoke.toml"), &set)
            .expect("the smoke district");
        assert_eq!(composed(&scenario, 1)["channels"]["insured_window_extra_s"], 30);
    }
}
