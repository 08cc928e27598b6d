//! Four falls and two rises, as a city counts them: queues a visit, queueing, waiting, the hospitals' running cost;
//! appointments, satisfaction. Must never put a number to satisfaction, which is not simulated: the share of visits with
//! more than ten minutes around payment stands for what of it a run can show. Nor a zero where no visit was of a class.

use super::answer::running_cost;
use super::figures::{estimate, share};
use super::replicate::Setup;
use crate::domain::MessageKind;
use crate::metrics::{Match, PairSums, Times, WAIT_STEP_S};
use crate::sim::Replication;
use serde_json::{Map, Value, json};

/// Minutes around payment above which a visit counts as long; a convention of the project, no published figure.
const LONG_MIN: u64 = 10;
const MS_PER_MINUTE: f64 = 60_000.0;

/// A figure of a visit, read from the sums of matched visits.
type Read = fn(&Times) -> f64;

/// Figures a visit: lines joined to pay; time in those lines; time in all lines of the visit.
const FIGURES: [(&str, Read); 3] = [
    ("queues_per_visit", |times| times.stops as f64),
    ("queueing_min", |times| {
        (times.wait_ms - times.clinical_wait_ms - times.desk_queue_ms) as f64 / MS_PER_MINUTE
    }),
    ("waiting_min", |times| times.wait_ms as f64 / MS_PER_MINUTE),
];

/// Visits that drew on a line, those that did not; `all` are both.
const CLASSES: [(&str, &[usize]); 2] = [("all", &[0, 1]), ("credit_users", &[0])];

/// The block of the summary, against each baseline.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Value {
    let mut against = Map::new();
    for (index, arm) in setup.scenario.baselines.iter().enumerate() {
        against.insert(arm.name.clone(), Value::Object(beside(setup, runs, index)));
    }
    json!({ "long_around_payment_min": LONG_MIN, "against": against })
}

fn beside(setup: &Setup, runs: &[Replication], baseline: usize) -> Map<String, Value> {
    let mut said = Map::new();
    for (name, read) in FIGURES {
        let classes = CLASSES.map(|(class, parts)| {
            let sides = sides(runs, |run| {
                let both = merged(&run.pairs, baseline, parts);
                let visits = both.visits as f64;
                let a_visit = |times: &Times| share(read(times), visits);
                (both.visits > 0).then(|| [a_visit(&both.baseline), a_visit(&both.policy)])
            });
            (class.to_owned(), sides)
        });
        said.insert(name.into(), classes.into_iter().collect());
    }
    let long = CLASSES.map(|(class, parts)| {
        let sides = sides(runs, |run| long_shares(&run.pairs, baseline, parts));
        (class.to_owned(), sides)
    });
    said.insert("long_around_payment_share".into(), long.into_iter().collect());
    let costs: Option<Vec<[f64; 2]>> =
        runs.iter().map(|run| running_cost(setup, run, baseline)).collect();
    if let Some(costs) = costs {
        said.insert("running_cost_yuan".into(), both_sides(&costs));
    }
    let registered = sides(runs, |run| Some(registered(run, baseline)));
    said.insert("registered_ahead_share".into(), registered);
    said.insert("hour_by_notice_share".into(), sides(runs, |run| Some(by_notice(run))));
    said.insert("satisfaction".into(), "not_comparable".into());
    said
}

fn merged(pairs: &PairSums, baseline: usize, parts: &[usize]) -> Match {
    parts.iter().fold(Match::default(), |mut sum, &class| {
        sum.merge(&pairs.against[baseline][class]);
        sum
    })
}

/// Share of the visits of some classes with more than [`LONG_MIN`] minutes around payment, on both sides of a pair;
/// nothing where there is no such visit.
fn long_shares(pairs: &PairSums, baseline: usize, parts: &[usize]) -> Option<[f64; 2]> {
    let steps = (LONG_MIN * 60 / WAIT_STEP_S) as usize;
    let of_side = |side: usize| {
        let waits = &pairs.waits[baseline][side].around_payment;
        let counts = parts.iter().map(|&class| waits[class].longer_than(steps));
        counts.fold([0, 0], |sum, one| [sum[0] + one[0], sum[1] + one[1]])
    };
    let counts = [0, 1].map(of_side);
    let any = counts.iter().all(|&[_, all]| all > 0);
    any.then(|| counts.map(|[long, all]| share(long as f64, all as f64)))
}

/// Visits registered by appointment: the same visits, so the same share in both arms.
fn registered(run: &Replication, baseline: usize) -> [f64; 2] {
    let visits = merged(&run.pairs, baseline, &[0, 1]).visits;
    [share(run.pairs.registered_ahead[baseline] as f64, visits as f64); 2]
}

/// Visits that came at the hour which a notice named.
fn by_notice(run: &Replication) -> [f64; 2] {
    let told = run.arms.last().map_or(0.0, |arm| {
        let visits: u64 = arm.days.iter().map(|day| day.visits).sum();
        share(arm.sums.messages.of(MessageKind::Previsit).acted as f64, visits as f64)
    });
    [0.0, told]
}

/// Both sides of the replications that have such visits.
fn sides(runs: &[Replication], read: impl Fn(&Replication) -> Option<[f64; 2]>) -> Value {
    both_sides(&runs.iter().filter_map(read).collect::<Vec<_>>())
}

fn both_sides(values: &[[f64; 2]]) -> Value {
    let side = |at: usize| estimate(&values.iter().map(|both| both[at]).collect::<Vec<_>>());
    json!({ "baseline": side(0), "policy": side(1) })
}
