//! What it takes to show what payers beyond basic insurance owe for a stay, arm by arm. Must never price a minute.

use super::figures::{counts, estimate, share};
use super::replicate::Setup;
use super::tables::arm_names;
use crate::metrics::EntitlementSums;
use crate::sim::Replication;
use serde_json::{Map, Value, json};

const MIN_PER_HOUR: f64 = 60.0;

/// The summary's part, where the scenario follows it.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.entitlement?;
    let arm = |(arm, name): (usize, &str)| {
        let each: Vec<_> = runs.iter().map(|run| run.arms[arm].sums.entitlement).collect();
        (name.to_owned(), of_arm(&each))
    };
    Some(Value::Object(arm_names(setup).into_iter().enumerate().map(arm).collect::<Map<_, _>>()))
}

fn of_arm(each: &[EntitlementSums]) -> Value {
    let a_stay = |read: fn(&EntitlementSums) -> u64| {
        let mean = |sums: &EntitlementSums| share(read(sums) as f64, sums.entitled as f64);
        estimate(&each.iter().map(mean).collect::<Vec<_>>())
    };
    let hours = |read: fn(&EntitlementSums) -> u64| {
        let hours = each.iter().map(|sums| read(sums) as f64 / MIN_PER_HOUR);
        estimate(&hours.collect::<Vec<_>>())
    };
    json!({
        "stays": counts(each, |sums| sums.stays),
        "entitled_stays": counts(each, |sums| sums.entitled),
        "payers_per_stay": a_stay(|sums| sums.payers),
        "counters_per_stay": a_stay(|sums| sums.counters),
        "patient_min_per_stay": a_stay(|sums| sums.patient_min),
        "clerk_min_per_stay": a_stay(|sums| sums.clerk_min),
        "patient_hours": hours(|sums| sums.patient_min),
        "clerk_hours": hours(|sums| sums.clerk_min),
    })
}
