//! Price and volume per case of stays, as insurers watch them: the first fourth of the run against the last, in every arm.
//! Must never call a drift the scheme's that the baseline has too.

use super::figures::{estimate, share};
use super::replicate::{Outcome, Setup};
use crate::metrics::ArmDay;
use crate::sim::ArmResult;
use serde_json::{Map, Value, json};

/// Days below which a fourth of a run does not have every weekday.
const LEAST_DAYS: u32 = 28;

/// The block of the summary, where a run is long enough and has stays.
pub(super) fn summary(setup: &Setup, outcome: &Outcome) -> Option<Value> {
    let stays = setup.scenario.city.demand.admissions_per_person_year > 0.0;
    (stays && setup.days >= LEAST_DAYS).then(|| {
        let arms = setup.scenario.baselines.iter().chain([&setup.scenario.policy]).enumerate();
        let arms = arms.map(|(at, spec)| (spec.name.clone(), of_arm(outcome, at)));
        json!({ "days_of_a_quarter": setup.days / 4, "arms": arms.collect::<Map<_, _>>() })
    })
}

fn of_arm(outcome: &Outcome, arm: usize) -> Value {
    let thousands = outcome.people as f64 / 1_000.0;
    let bill = |days: &[ArmDay]| {
        let billed: i64 = days.iter().map(|day| day.stays_billed.0).sum();
        share(billed as f64 / 100.0, cases(days))
    };
    json!({
        "bill_yuan": drift(outcome, arm, &bill),
        "cases_per_1000_people": drift(outcome, arm, &|days| share(cases(days), thousands)),
    })
}

fn cases(days: &[ArmDay]) -> f64 {
    days.iter().map(|day| day.admissions).sum::<u64>() as f64
}

/// A figure of the first and of the last fourth of the run, and how much more the last is.
fn drift(outcome: &Outcome, arm: usize, read: &dyn Fn(&[ArmDay]) -> f64) -> Value {
    let ends = |arm: &ArmResult| {
        let fourth = arm.days.len() / 4;
        [read(&arm.days[..fourth]), read(&arm.days[arm.days.len() - fourth..])]
    };
    let ends: Vec<[f64; 2]> = outcome.replications.iter().map(|run| ends(&run.arms[arm])).collect();
    let of = |of: fn(&[f64; 2]) -> f64| estimate(&ends.iter().map(of).collect::<Vec<_>>());
    json!({
        "first_quarter": of(|[first, _]| *first),
        "last_quarter": of(|[_, last]| *last),
        "drift_share": of(|[first, last]| share(last - first, *first)),
    })
}
