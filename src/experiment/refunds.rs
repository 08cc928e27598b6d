//! What was given back after it was paid, under each baseline and under the policy. Must never count what was taken out
//! of a bill before it was paid.

use super::figures::{amounts, counts};
use super::replicate::Setup;
use crate::metrics::RefundSums;
use crate::sim::Replication;
use serde_json::{Map, Value, json};

/// The block of the summary, where the scenario has refunds.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.refunds?;
    let baselines = setup.scenario.baselines.iter().enumerate();
    let before: Map<String, Value> =
        baselines.map(|(arm, spec)| (spec.name.clone(), of_arm(runs, arm))).collect();
    let policy = of_arm(runs, setup.scenario.baselines.len());
    Some(json!({ "baselines": before, "policy": policy }))
}

fn of_arm(runs: &[Replication], arm: usize) -> Value {
    let each: Vec<RefundSums> = runs.iter().map(|run| run.arms[arm].sums.refunds).collect();
    json!({
        "visits": counts(&each, |sums| sums.visits),
        "trips": counts(&each, |sums| sums.trips),
        "settlements_cancelled": counts(&each, |sums| sums.cancelled),
        "given_back": amounts(&each, |sums| sums.total),
        "to_funds": amounts(&each, |sums| sums.funds),
        "to_lines": amounts(&each, |sums| sums.lines),
        "off_hospital_books": amounts(&each, |sums| sums.books),
        "to_patients": amounts(&each, |sums| sums.patients),
    })
}
