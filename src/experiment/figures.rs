//! Figures of replications as JSON: estimates with their intervals, money as yuan text.
//! Must never decide what a figure means.

use crate::domain::Fen;
use crate::stats::Estimate;
use serde_json::{Value, json};

/// Decimals of minutes, rates and shares in outputs.
const DECIMALS: f64 = 1e6;

/// A number rounded for output; -0 becomes 0.
pub(super) fn rounded(value: f64) -> f64 {
    let value = libm::round(value * DECIMALS) / DECIMALS;
    if value == 0.0 { 0.0 } else { value }
}

/// One value a replication → `{"mean", "ci95"}`.
pub(super) fn estimate(values: &[f64]) -> Value {
    match Estimate::of(values) {
        Some(estimate) => json!({
            "mean": rounded(estimate.mean),
            "ci95": estimate.ci95.map(|[low, high]| [rounded(low), rounded(high)]),
        }),
        None => json!({ "mean": null, "ci95": null }),
    }
}

/// One count a replication → an estimate.
pub(super) fn count(values: impl Iterator<Item = u64>) -> Value {
    estimate(&values.map(|value| value as f64).collect::<Vec<_>>())
}

/// A count of each → an estimate.
pub(super) fn counts<T>(each: &[T], read: fn(&T) -> u64) -> Value {
    count(each.iter().map(read))
}

/// An amount of each → an estimate in yuan text.
pub(super) fn amounts<T>(each: &[T], read: fn(&T) -> Fen) -> Value {
    money(each.iter().map(read))
}

/// One amount a replication → an estimate in yuan text.
pub(super) fn money(values: impl Iterator<Item = Fen>) -> Value {
    let fen: Vec<i64> = values.map(|value| value.0).collect();
    match Estimate::of_integers(&fen, 1.0) {
        Some(estimate) => json!({
            "mean": yuan(estimate.mean),
            "ci95": estimate.ci95.map(|[low, high]| [yuan(low), yuan(high)]),
        }),
        None => json!({ "mean": null, "ci95": null }),
    }
}

fn yuan(fen: f64) -> String {
    Fen(libm::round(fen) as i64).to_string()
}

/// `part / whole`, 0 when there is no whole.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
