//! A run beside what its city has published: the shipped rows that name the run's scenario, each with the figure of
//! this run, defined as in the comparison of all cities. Must never show a run that ends before the published day
//! as if it had reached it.

use super::evidence::{self, Kind, Published, Reason};
use super::facts::{Facts, quantity};
use super::{computed, joins, own_value};
use crate::experiment::figures::estimate;
use crate::experiment::replicate::{Outcome, Setup};
use serde_json::{Value, json};

const OUTCOMES: &str = include_str!("../../../scenarios/evidence/outcomes.csv");
const REASONS: &str = include_str!("../../../scenarios/evidence/reasons.csv");

/// The summary's block; nothing where no city has published anything about this scenario, or where it has other
/// rules than its own.
pub(in crate::experiment) fn beside(setup: &Setup, outcome: &Outcome) -> Option<Value> {
    let scenario = &setup.scenario;
    let about = |row: &Published| row.scenario == scenario.name && row.kind != Kind::Input;
    let rows: Vec<Published> =
        shipped(evidence::read(OUTCOMES)).into_iter().filter(about).collect();
    let own = scenario.scheme_of.is_none() && !rows.is_empty();
    let reasons = shipped(evidence::read_reasons(REASONS));
    own.then(|| {
        let reached = setup.days >= scenario.run.days;
        let row = |row: &Published| {
            let values = if reached { values(row, setup, outcome) } else { Vec::new() };
            told(row, &values, reasons.iter().find(|reason| reason.id == row.id))
        };
        json!({
            "days_of_the_published_period": scenario.run.days,
            "reached": reached,
            "rows": rows.iter().map(row).collect::<Vec<_>>(),
        })
    })
}

/// A table that comes with the program.
fn shipped<T>(read: Result<T, String>) -> T {
    read.unwrap_or_else(|what| panic!("invariant: the shipped evidence is sound: {what}"))
}

/// The row's quantity, one value a replication; none where it cannot be computed here.
fn values(row: &Published, setup: &Setup, outcome: &Outcome) -> Vec<f64> {
    let baselines = &setup.scenario.baselines;
    let against = baselines.iter().position(|arm| arm.name == row.baseline);
    if !computed(row) || (against.is_none() && !row.baseline.is_empty()) {
        return Vec::new();
    }
    let people = outcome.people as f64;
    let whole = own_value(&setup.scenario.resolved, "people.population").unwrap_or(people);
    let of = (people, f64::from(setup.days), whole / people);
    let value = |run| {
        let facts = Facts { joins: joins(&setup.scenario), ..Facts::of(run, of, against) };
        quantity(row, &facts, &facts)
    };
    outcome.replications.iter().map(value).collect()
}

fn told(row: &Published, values: &[f64], reason: Option<&Reason>) -> Value {
    let reason = |pick: fn(&Reason) -> &str| reason.map(pick);
    json!({
        "id": row.id,
        "city": row.city,
        "quantity": row.quantity,
        "unit": row.unit,
        "baseline": row.baseline,
        "kind": row.kind.word(),
        "held_out": row.held_out,
        "as_of": row.as_of,
        "published": [row.low, row.reported, row.high],
        "this_run": (!values.is_empty()).then(|| estimate(values)),
        "definition_en": row.definition_en,
        "definition_zh": row.definition_zh,
        "reason_en": reason(|reason| &reason.reason_en),
        "reason_zh": reason(|reason| &reason.reason_zh),
        "shown_by": reason(|reason| &reason.shown_by),
        "found_en": reason(|reason| &reason.found_en),
        "found_zh": reason(|reason| &reason.found_zh),
    })
}
