//! Policies of several scenarios in the first one's city, against its baselines, on the same luck.
//! Must never call a difference better or worse without an interval that excludes zero.

use super::choice;
use super::figures;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, checked, chosen, paths, shown};
use super::published::{better, unit};
use super::replicate::Setup;
use crate::scenario::Scenario;
use crate::stats::compare::pairing;
use crate::stats::{Better, Comparison, Verdict, compare};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Version of the document's form.
pub const COMPARE_SCHEMA: &str = "aftercare.compare/1";

/// What policies are ranked by when the user does not say.
const OBJECTIVE: &str = "queue.time_in_hospital.all.saved";

/// Confidence left out by the intervals of a pairing.
const ALPHA: f64 = 0.05;

/// Parts of a scenario that are taken from the first one only.
const CITY_PARTS: [&str; 7] =
    ["city", "people", "demand", "flow", "rules", "behaviour", "baselines"];

const METHOD: &str = "delta = second - first, paired by replication on common random numbers; \
    ci95 is Student's interval of the paired differences; better or worse only where it excludes \
    zero";

/// A comparison that is ready to run.
#[derive(Clone, Debug)]
pub struct Compare {
    contestants: Vec<Contestant>,
    metrics: Vec<String>,
    rank: String,
}

#[derive(Clone, Debug)]
struct Contestant {
    label: String,
    /// The first scenario with this policy.
    setup: Setup,
    /// The scenario that brought the policy, as it was read.
    source: Scenario,
    not_taken: Vec<&'static str>,
}

impl Compare {
    /// Loads the scenarios (the frame's own first) and checks the metrics; all of them when none is
    /// named.
    pub fn new(frame: &Frame, others: &[PathBuf], asked: &[String]) -> Result<Compare, Trouble> {
        if others.is_empty() {
            let message = "a comparison needs two scenarios (the same one twice shows exactly 0)";
            return Err(Trouble::Question(message.into()));
        }
        let first = frame.load()?;
        let setup = frame.setup(first.clone())?;
        let mut metrics = chosen(&setup, asked, &paths(&setup))?;
        runs(others.len() + 1, setup.replications)?;
        let (label, source) = (first.name.clone(), first.clone());
        let mut contestants = vec![Contestant { label, setup, source, not_taken: Vec::new() }];
        for path in others {
            let other = Frame { scenario: path.clone(), ..frame.clone() }.load()?;
            let setup = contestants[0].setup.clone();
            let mut next = contestant(&first, other, setup)?;
            // The same file twice, or two of one name: each needs a name of its own.
            if contestants.iter().any(|contestant| contestant.label == next.label) {
                next.label = format!("{}#{}", next.label, contestants.len() + 1);
            }
            // What only one policy has, such as a bank's own lines, cannot be compared.
            let both = chosen(&next.setup, asked, &paths(&next.setup))?;
            metrics.retain(|path| both.contains(path));
            contestants.push(next);
        }
        let rank = OBJECTIVE.to_owned();
        Ok(Compare { contestants, metrics, rank })
    }

    /// Ranks by another metric, which must have a better side.
    pub fn ranked_by(self, path: &str) -> Result<Compare, Trouble> {
        let rank = checked(&self.contestants[0].setup, path)?;
        if better(&rank).is_none() {
            let message = format!("`{rank}` has no better side, so nothing can be ranked by it");
            return Err(Trouble::Question(message));
        }
        Ok(Compare { rank, ..self })
    }

    /// Replications of all policies together.
    pub fn runs(&self) -> u16 {
        self.contestants[0].setup.replications * self.contestants.len() as u16
    }

    /// The resolved scenarios, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        self.contestants.iter().map(|contestant| &contestant.source).collect()
    }

    /// The setups of all policies, in order.
    pub fn setups(&self) -> Vec<Setup> {
        self.contestants.iter().map(|contestant| contestant.setup.clone()).collect()
    }

    /// Runs every policy and compares each pair.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let measures = self
            .contestants
            .iter()
            .map(|contestant| bench.measure(&contestant.setup))
            .collect::<Result<Vec<Measures>, Trouble>>()?;
        let mut pairs = Vec::new();
        for second in 1..self.contestants.len() {
            for first in 0..second {
                let metrics = self.metrics.iter().map(|path| {
                    (path.clone(), difference(path, &measures[first], &measures[second]))
                });
                pairs.push(json!({
                    "first": self.contestants[first].label,
                    "second": self.contestants[second].label,
                    "metrics": metrics.collect::<Map<_, _>>(),
                    "variance_ratio": choice::variance_ratio(&measures[first], &measures[second]),
                    "groups": choice::groups(&measures[first], &measures[second]),
                    "losses_by_group": choice::losses(&measures[first], &measures[second]),
                    "break_even": choice::break_even(&measures[first], &measures[second]),
                }));
            }
        }
        let mut document = head(COMPARE_SCHEMA, &self.contestants[0].setup);
        document.insert("method".into(), METHOD.into());
        document.insert("policies".into(), self.policies());
        document.insert("pairs".into(), pairs.into());
        let labels: Vec<&str> = self.contestants.iter().map(|c| c.label.as_str()).collect();
        document.insert("ranking".into(), choice::ranking(&self.rank, &labels, &measures));
        document.insert("pareto".into(), choice::pareto(&labels, &measures));
        Ok(Value::Object(document))
    }

    fn policies(&self) -> Value {
        let of = |contestant: &Contestant| {
            json!({
                "name": contestant.label,
                "policy": contestant.setup.scenario.policy.name,
                "titles": { "en": contestant.source.title_en, "zh": contestant.source.title_zh },
                "not_taken": contestant.not_taken,
            })
        };
        self.contestants.iter().map(of).collect()
    }
}

/// The policy of a scenario in the first one's city.
fn contestant(first: &Scenario, other: Scenario, mut setup: Setup) -> Result<Contestant, Trouble> {
    let name = &other.policy.name;
    if first.baselines.iter().any(|baseline| baseline.name == *name) {
        let message = format!(
            "the policy `{name}` of {} has the name of a baseline of {}; set `policy.name`",
            other.name, first.name
        );
        return Err(Trouble::Question(message));
    }
    let differs = |part: &&str| other.resolved.get(*part) != first.resolved.get(*part);
    let not_taken = CITY_PARTS.into_iter().filter(differs).collect();
    setup.scenario.policy = other.policy.clone();
    Ok(Contestant { label: other.name.clone(), setup, source: other, not_taken })
}

/// One metric of a pair.
fn difference(path: &str, first: &Measures, second: &Measures) -> Value {
    let (a, b) = (first.get(path), second.get(path));
    let direction = better(path);
    let found = judged(&a, &b, direction);
    let ratio = pairing(&b, &a, ALPHA).map(|pairing| figures::rounded(pairing.variance_ratio));
    json!({
        "delta": figures::rounded(found.delta.mean),
        "ci95": shown(&found.delta)["ci95"],
        "verdict": found.verdict,
        "p_better": direction.and(found.p_better).map(figures::rounded),
        "direction": direction,
        "unit": unit(path),
        "first": shown(&first.estimate(path)),
        "second": shown(&second.estimate(path)),
        "variance_ratio": ratio,
    })
}

/// Second − first by replication; nothing can be told of a metric without a better side.
pub(super) fn judged(first: &[f64], second: &[f64], direction: Option<Better>) -> Comparison {
    let Some(found) = compare(first, second, direction.unwrap_or(Better::Higher)) else {
        panic!("invariant: a comparison of no replications")
    };
    let verdict = if direction.is_some() { found.verdict } else { Verdict::CannotTell };
    Comparison { verdict, ..found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_without_a_better_side_gets_no_verdict() {
        let (first, second) = ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]);
        assert_eq!(judged(&first, &second, Some(Better::Higher)).verdict, Verdict::Better);
        assert_eq!(judged(&first, &second, Some(Better::Lower)).verdict, Verdict::Worse);
        let neutral = judged(&first, &second, None);
        assert_eq!((neutral.verdict, neutral.delta.mean), (Verdict::CannotTell, 1.0));
    }
}
