//! `[uncertainty]`, `[gates]` and `[calibration]`: what a scenario says about the doubt in its inputs, the
//! figures that it must reach, and the outcomes that its values were set from. Must never run anything: keys and metrics are checked where they are
//! used.

use super::form::{self, Bounds, count, number, text};
use super::reader::{Reader, tidy};

/// Uncertain inputs: the second interval beside each headline is made of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// Points of the Latin hypercube; 0 = only when the command line asks for some.
    pub points: u32,
    /// Replications of each point.
    pub replications: u16,
    /// Value of an hour of a patient, yuan; prices what it is worth to measure an input.
    pub value_of_hour_yuan: Option<f64>,
    /// The inputs.
    pub inputs: Vec<UncertainInput>,
}

/// One uncertain input: a range that should hold the true value with 95 % confidence or better.
#[derive(Clone, Debug, PartialEq)]
pub struct UncertainInput {
    /// Dotted key of the scenario; elements of arrays as `tiers[0].limit_yuan`.
    pub key: String,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
    /// The likeliest value: a triangle with its top there; an even spread without one.
    pub mode: Option<f64>,
    /// Readings of a rule that is no number, each as likely, as the scenario would have them; then `low`
    /// and `high` are the first and the last place in this list.
    pub readings: Vec<String>,
}

/// Reads `[uncertainty]`.
pub(super) fn uncertainty(r: &mut Reader<'_>) -> Option<Uncertainty> {
    r.maybe_table("uncertainty", "inputs that nobody knows exactly, with their ranges", |r| {
        let points = "points of the second interval, 0 = only with --uncertainty N";
        let hour = "value of a patient's hour, yuan, for the worth of measuring";
        Uncertainty {
            points: r.count("points", points, 0, 10_000),
            replications: r
                .maybe(
                    "replications",
                    "replications of each point, 1 if not given",
                    &count(1, 1_000),
                )
                .map_or(1, |count| count as u16),
            value_of_hour_yuan: r.maybe("value_of_hour_yuan", hour, &number(Bounds::POSITIVE)),
            inputs: r.list("inputs", "the uncertain inputs", input),
        }
    })
}

fn input(r: &mut Reader<'_>) -> UncertainInput {
    let mark = r.mark();
    let key = r.text("key", "dotted key of this scenario");
    let doc = "readings of a rule that is no number, each as likely; in place of low and high";
    if let Some(readings) = r.maybe_several("readings", doc, &form::literal()) {
        if r.clean_since(mark) && readings.len() < 2 {
            let message = "one reading is no choice".to_owned();
            r.fault("readings", message, "two readings or more", "");
        }
        let high = readings.len().saturating_sub(1) as f64;
        return UncertainInput { key, low: 0.0, high, mode: None, readings };
    }
    let mut end = |name: &str, doc: &str| {
        let given = r.maybe(name, doc, &number(Bounds::ANY));
        if given.is_none() && r.clean_since(mark) {
            r.fault(name, "missing".to_owned(), "both ends of a range, or readings", "");
        }
        given.unwrap_or_default()
    };
    let (low, high) = (end("low", "low end of its range"), end("high", "high end of its range"));
    let input = UncertainInput {
        key,
        low,
        high,
        mode: r.maybe("mode", "likeliest value, if one is likelier", &number(Bounds::ANY)),
        readings: Vec::new(),
    };
    if r.clean_since(mark) && input.high <= input.low {
        let message = format!("not above low = {}", tidy(input.low));
        r.fault("high", message, "a range from low to high", "");
    }
    let outside = |mode: &f64| *mode < input.low || *mode > input.high;
    if r.clean_since(mark) && input.mode.as_ref().is_some_and(outside) {
        let message = format!("outside {} to {}", tidy(input.low), tidy(input.high));
        r.fault("mode", message, "a value within the range", "");
    }
    input
}

/// What values of a scenario were set from: the results say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// What was observed: "calibrated on ...".
    pub on: String,
    /// Metrics that were fitted, by their dotted paths: the scenario does not predict them.
    pub metrics: Vec<String>,
}

/// Reads `[calibration]`.
pub(super) fn calibration(r: &mut Reader<'_>) -> Option<Calibration> {
    let doc = "what values of this scenario were set from; results are labelled with it";
    r.maybe_table("calibration", doc, |r| Calibration {
        on: r.text("on", "what was observed, for the label \"calibrated on ...\""),
        metrics: r.several("metrics", "metrics that were fitted: they are no predictions", &text()),
    })
}

/// Reads `[gates]`.
pub(super) fn gates(r: &mut Reader<'_>) -> Vec<String> {
    let doc = "figures that a run must reach; missed = exit code 99";
    let must = r.maybe_table("gates", doc, |r| {
        r.several("must", "conditions such as \"credit.net_credit_loss <= 50000\"", &text())
    });
    must.unwrap_or_default()
}
