//! Distributions as sub-tables, such as `service = { lognormal = { mean_s = 240, cv = 0.6 } }`.
//! Must never give a default shape.

use super::form::{Bounds, number};
use super::reader::{Case, Reader};
use crate::random::Distribution;

/// Reads a distribution of non-negative values; `unit` ends the key of every value (`mean_s`).
pub(super) fn read(r: &mut Reader<'_>, key: &str, doc: &str, unit: &'static str) -> Distribution {
    r.one_of(key, doc, &cases(unit))
}

/// Reads a distribution that may be absent.
pub(super) fn maybe(
    r: &mut Reader<'_>,
    key: &str,
    doc: &str,
    unit: &'static str,
) -> Option<Distribution> {
    r.maybe_one_of(key, doc, &cases(unit))
}

fn cases(unit: &'static str) -> [Case<Distribution>; 8] {
    [
        Case::new("fixed", "always the same value", move |r| Distribution::Deterministic {
            value: r.non_negative(&format!("value_{unit}"), "the value"),
        }),
        Case::new("exponential", "exponential", move |r| Distribution::Exponential {
            mean: r.positive(&format!("mean_{unit}"), "mean"),
        }),
        Case::new("lognormal", "log-normal", move |r| Distribution::LogNormal {
            mean: r.positive(&format!("mean_{unit}"), "mean"),
            cv: r.positive("cv", "standard deviation divided by the mean"),
        }),
        Case::new("uniform", "uniform between two values", move |r| uniform(r, unit)),
        Case::new("triangular", "triangular", move |r| triangular(r, unit)),
        Case::new("weibull", "Weibull", move |r| Distribution::Weibull {
            scale: r.positive(&format!("scale_{unit}"), "scale"),
            shape: r.positive("shape", "shape"),
        }),
        Case::new("gamma", "gamma; cv 1/sqrt(k) is Erlang's k stages", move |r| {
            Distribution::Gamma {
                mean: r.positive(&format!("mean_{unit}"), "mean"),
                cv: r.positive("cv", "standard deviation divided by the mean"),
            }
        }),
        Case::new("table", "observed shares, uniform within each interval", move |r| {
            table(r, unit)
        }),
    ]
}

fn uniform(r: &mut Reader<'_>, unit: &str) -> Distribution {
    let mark = r.mark();
    let low = r.non_negative(&format!("low_{unit}"), "smallest value");
    let high_key = format!("high_{unit}");
    let high = r.non_negative(&high_key, "largest value");
    if r.clean_since(mark) && high < low {
        r.fault(&high_key, format!("{high} is below the smallest value {low}"), "", "");
    }
    Distribution::Uniform { low, high }
}

fn triangular(r: &mut Reader<'_>, unit: &str) -> Distribution {
    let mark = r.mark();
    let low = r.non_negative(&format!("low_{unit}"), "smallest value");
    let mode_key = format!("mode_{unit}");
    let mode = r.non_negative(&mode_key, "most likely value");
    let high = r.non_negative(&format!("high_{unit}"), "largest value");
    if r.clean_since(mark) && !(low <= mode && mode <= high) {
        let message = format!("{mode} is not between {low} and {high}");
        r.fault(&mode_key, message, "smallest <= most likely <= largest", "");
    }
    Distribution::Triangular { low, mode, high }
}

fn table(r: &mut Reader<'_>, unit: &str) -> Distribution {
    let mark = r.mark();
    let edges_key = format!("edges_{unit}");
    let edges = r.several(
        &edges_key,
        "edges of the intervals, not falling; two equal ones make a single value",
        &number(Bounds::NON_NEGATIVE),
    );
    let shares = r.several("shares", "share of each interval", &number(Bounds::SHARE));
    if r.clean_since(mark) {
        r.check_sum("shares", shares.iter().sum());
        if edges.len() != shares.len() + 1 || !edges.is_sorted() {
            let message = format!("{} edges for {} intervals", edges.len(), shares.len());
            r.fault(&edges_key, message, "one edge more than shares, not falling", "");
        }
    }
    Distribution::Empirical { edges, shares }
}
