//! How good a run's own figures are: Student beside bootstrap, how many replications would do, and
//! whether a warm-up shows. Must never change a figure: it only judges them.

use super::figures::rounded;
use super::frame::Trouble;
use super::measures::{Measures, checked};
use super::published::HEADLINES;
use super::replicate::{Outcome, Setup};
use super::vary::decimal;
use crate::stats::Moments;
use crate::stats::bootstrap::mean_interval;
use crate::stats::replications::ReplicationRule;
use crate::stats::replications::{adjusted_precision, replications_needed};
use crate::stats::series::mser5;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

/// Confidence left out by intervals.
const ALPHA: f64 = 0.05;
/// Relative precisions for which the number of replications is told.
const PRECISIONS: [(&str, f64); 2] = [("within_5_percent", 0.05), ("within_1_percent", 0.01)];
/// Replications before the first look of the stop rule, and its look-ahead (Hoad et al. 2010).
const INITIAL: usize = 3;
const LOOK_AHEAD: usize = 5;

const METHOD: &str = "student95 and bootstrap95 (percentile, 2000 resamples) over replications; \
    needed: Law's fixed-sample rule with gamma/(1+gamma), if the variance seen here holds; warm_up: \
    MSER-5 on the mean time in hospital saved a visit by day, averaged over replications";

/// The rule "until the interval is within so much of the mean".
fn stop_rule(precision: f64) -> ReplicationRule {
    ReplicationRule { precision, alpha: ALPHA, initial: INITIAL, look_ahead: LOOK_AHEAD }
}

/// The wish "until the interval of this metric is within so much of its mean".
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    path: String,
    precision: f64,
}

impl Until {
    /// Reads `PATH=5%` or `PATH=0.05`.
    pub fn parse(text: &str, setup: &Setup) -> Result<Until, Trouble> {
        let expected = || {
            let message = "expected PATH=5%, the half-width over the mean";
            Trouble::Question(format!("`{text}`: {message}"))
        };
        let (path, precision) = text.split_once('=').ok_or_else(expected)?;
        let path = checked(setup, path)?;
        let (number, scale) = match precision.trim().strip_suffix('%') {
            Some(percent) => (percent, 0.01),
            None => (precision, 1.0),
        };
        let precision = decimal(number)?.to_f64().unwrap_or_default() * scale;
        if precision <= 0.0 || precision >= 1.0 {
            return Err(expected());
        }
        Ok(Until { path, precision })
    }

    /// Whether the rule would stop after the replications so far.
    pub fn met(&self, setup: &Setup, outcome: &Outcome) -> bool {
        let values = Measures::read(setup, outcome).get(&self.path);
        stop_rule(self.precision).stop(&values).is_some()
    }

    /// What became of the wish.
    pub fn told(&self, measures: &Measures) -> Value {
        let stop = stop_rule(self.precision).stop(&measures.get(&self.path));
        json!({
            "rule": "Hoad, Robinson and Davies 2010, look-ahead 5",
            "path": self.path,
            "precision": rounded(self.precision),
            "reached": stop.is_some(),
            "precise_from_replication": stop.map(|stop| stop.n),
        })
    }
}

/// The judgement on a run.
pub fn quality(outcome: &Outcome, measures: &Measures) -> Value {
    let headline = |path: &&str| {
        let values = measures.get(path);
        let estimate = measures.estimate(path);
        let needed: Map<String, Value> = PRECISIONS
            .into_iter()
            .map(|(name, gamma)| (name.to_owned(), needed(&values, gamma)))
            .collect();
        let ends = |ends: Option<[f64; 2]>| ends.map(|[low, high]| [rounded(low), rounded(high)]);
        let found = json!({
            "student95": ends(estimate.ci95),
            "bootstrap95": ends(mean_interval(&values)),
            "relative_half_width": estimate.relative_half_width().map(rounded),
            "replications_needed": needed,
        });
        ((*path).to_owned(), found)
    };
    json!({
        "method": METHOD,
        "headlines": HEADLINES.iter().map(headline).collect::<Map<_, _>>(),
        "warm_up": warm_up(outcome),
    })
}

/// Replications that a precision needs by what was seen; null without a variance or for a mean of 0.
fn needed(values: &[f64], gamma: f64) -> Value {
    let pilot = Moments::of(values).filter(|pilot| pilot.n >= 2);
    json!(pilot.and_then(|pilot| replications_needed(&pilot, adjusted_precision(gamma), ALPHA)))
}

/// Days that MSER-5 would leave out. A clinic day starts empty, so a cut shows that the scheme or the
/// carried-over work was still growing: then a figure over all days is a mean of unlike days.
fn warm_up(outcome: &Outcome) -> Value {
    let days = outcome.replications.iter().filter_map(|run| run.arms.last()).map(|arm| &arm.days);
    let days: Vec<_> = days.collect();
    let length = days.iter().map(|days| days.len()).min().unwrap_or(0);
    let series: Vec<f64> = (0..length)
        .filter_map(|day| {
            let here = days.iter().map(|days| &days[day]);
            let visits: u64 = here.clone().map(|day| day.matched).sum();
            let saved: i64 = here.map(|day| day.saved_ms).sum();
            (visits > 0).then(|| saved as f64 / 60_000.0 / visits as f64)
        })
        .collect();
    let cut = mser5(&series);
    json!({
        "days": series.len(),
        "days_to_leave_out": cut.as_ref().map(|cut| cut.observations),
        "mean_of_all_days_min": Moments::of(&series).map(|all| rounded(all.mean)),
        "mean_after_cut_min": cut.as_ref().map(|cut| rounded(cut.mean)),
        "too_short_to_tell": series.len() < 20,
    })
}
