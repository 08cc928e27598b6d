//! What people insured in another pooling area paid here and claim at home, and how long their own money is locked
//! until it comes back. Must never say what the place of insurance's rules are: the scenario says what comes back.

use super::figures::{count, estimate, money, share};
use super::replicate::Setup;
use super::tables::arm_names;
use crate::metrics::Elsewhere;
use crate::sim::Replication;
use serde_json::{Map, Value, json};

const FEN_DAYS_PER_YUAN_DAY: f64 = 100.0;

/// The summary's part, where the scenario has such people.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    if setup.scenario.city.people.elsewhere_share <= 0.0 {
        return None;
    }
    let of_arm =
        |arm: usize| runs.iter().map(|run| run.arms[arm].sums.elsewhere).collect::<Vec<_>>();
    let names = arm_names(setup);
    let policy = of_arm(names.len() - 1);
    let mut said = json!({
        "claims": count(policy.iter().map(|sums| sums.claims)),
        "to_claim_at_home": money(policy.iter().map(|sums| sums.own)),
        "of_it_on_lines": money(policy.iter().map(|sums| sums.on_line)),
    });
    if setup.scenario.claims_at_home.is_some() {
        let arms = names.into_iter().enumerate();
        let arms = arms.map(|(arm, name)| (name.to_owned(), locked(&of_arm(arm))));
        said["locked"] = Value::Object(arms.collect::<Map<_, _>>());
    }
    Some(said)
}

/// An arm's patients, who wait for the place of insurance.
fn locked(each: &[Elsewhere]) -> Value {
    let of = |read: fn(&Elsewhere) -> f64| estimate(&each.iter().map(read).collect::<Vec<_>>());
    json!({
        "paid_here": money(each.iter().map(|sums| sums.own)),
        "comes_back": money(each.iter().map(|sums| sums.to_come)),
        "patients_yuan_days": of(|sums| sums.locked_fen_days as f64 / FEN_DAYS_PER_YUAN_DAY),
        "days_out_of_pocket": of(|sums| share(sums.locked_fen_days as f64, sums.to_come.0 as f64)),
    })
}
