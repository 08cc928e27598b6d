//! What was given back after it was paid, under each baseline and under the policy. Must never count what was taken out
//! of a bill before it was paid.

use super::figures::{count, money};
use super::replicate::Setup;
use crate::domain::Fen;
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
    let number = |read: fn(&RefundSums) -> u64| {
        count(runs.iter().map(|run| read(&run.arms[arm].sums.refunds)))
    };
    let amount = |read: fn(&RefundSums) -> Fen| {
        money(runs.iter().map(|run| read(&run.arms[arm].sums.refunds)))
    };
    json!({
        "visits": number(|sums| sums.visits),
        "trips": number(|sums| sums.trips),
        "settlements_cancelled": number(|sums| sums.cancelled),
        "given_back": amount(|sums| sums.total),
        "to_funds": amount(|sums| sums.funds),
        "to_lines": amount(|sums| sums.lines),
        "off_hospital_books": amount(|sums| sums.books),
        "to_patients": amount(|sums| sums.patients),
    })
}
