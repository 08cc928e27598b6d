//! Gates: conditions on a run's figures that decide an exit code. Must never pass a gate whose metric
//! does not exist: that is an error before anything runs.

use super::figures::rounded;
use super::frame::Trouble;
use super::measures::{checked, number, plain_paths};
use super::replicate::Setup;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

/// Comparisons, the longer signs first so that `>=` is not read as `>`.
const SIGNS: [(&str, Sign); 5] = [
    (">=", Sign::AtLeast),
    ("<=", Sign::AtMost),
    ("==", Sign::Equal),
    (">", Sign::Above),
    ("<", Sign::Below),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    AtLeast,
    AtMost,
    Equal,
    Above,
    Below,
}

impl Sign {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Sign::AtLeast => value >= bound,
            Sign::AtMost => value <= bound,
            Sign::Equal => (value - bound).abs() < 1e-9,
            Sign::Above => value > bound,
            Sign::Below => value < bound,
        }
    }
}

/// One condition: `PATH SIGN NUMBER`, where the path may end in `.low` or `.high` for an end of the
/// 95 % interval instead of the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    text: String,
    path: String,
    end: Option<usize>,
    sign: Sign,
    bound: f64,
}

/// What became of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The gate as it was written.
    pub gate: String,
    /// The figure that was held against it; `None` when it has no such figure.
    pub value: Option<f64>,
    /// The 95 % interval of the metric.
    pub ci95: Option<[f64; 2]>,
    /// Whether it holds; a figure that does not exist holds nothing.
    pub held: bool,
    /// Whether the whole interval is on the side of the mean; `None` without an interval.
    pub interval_agrees: Option<bool>,
}

impl Gate {
    /// Reads a gate and checks its metric against everything that a run of this setup can give.
    pub fn parse(text: &str, setup: &Setup) -> Result<Gate, Trouble> {
        let found = SIGNS.iter().find_map(|(sign, meaning)| {
            text.split_once(sign).map(|(path, bound)| (path.trim(), *meaning, bound.trim()))
        });
        let Some((path, sign, bound)) = found else {
            let message = "expected a gate such as 'queue.time_in_hospital.all.saved > 5'";
            return Err(Trouble::Question(format!("`{text}`: {message}")));
        };
        let bound = super::vary::decimal(bound)?.to_f64().unwrap_or_default();
        let (path, end) = match (path.strip_suffix(".low"), path.strip_suffix(".high")) {
            (Some(path), _) => (path, Some(0)),
            (_, Some(path)) => (path, Some(1)),
            _ => (path, None),
        };
        let plain = end.is_none() && plain_paths(setup).iter().any(|known| known == path);
        let path = if plain { path.to_owned() } else { checked(setup, path)? };
        Ok(Gate { text: text.trim().to_owned(), path, end, sign, bound })
    }

    /// Holds the gate against a summary.
    pub fn judge(&self, summary: &Value) -> Judged {
        let found = summary.pointer(&format!("/{}", self.path.replace('.', "/")));
        let estimate = found.and_then(|value| value.get("mean"));
        let refused = self.path.starts_with("settlement.refused_by_reason.");
        let mean = match (estimate.or(found), refused) {
            (Some(mean), _) => number(mean),
            // A reason that nobody heard has no entry: it was heard zero times.
            (None, true) => Some(0.0),
            (None, false) => None,
        };
        let ends = found.and_then(|value| value.get("ci95"));
        let ci95 = ends.and_then(|ends| Some([number(&ends[0])?, number(&ends[1])?]));
        let value = self.end.map_or(mean, |end| ci95.map(|ends| ends[end]));
        let holds = |value: f64| self.sign.holds(value, self.bound);
        let held = value.is_some_and(holds);
        let interval_agrees = ci95.map(|ends| ends.into_iter().all(|end| holds(end) == held));
        Judged { gate: self.text.clone(), value, ci95, held, interval_agrees }
    }
}

impl Judged {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "gate": self.gate,
            "value": self.value.map(rounded),
            "ci95": self.ci95.map(|[low, high]| [rounded(low), rounded(high)]),
            "held": self.held,
            "interval_agrees": self.interval_agrees,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use std::path::Path;

    fn setup() -> Setup {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
        Setup::new(scenario::load(&path).expect("the smoke district"), 1, 2, 1, None)
    }

    #[test]
    fn gates_read_means_ends_money_and_whole_numbers() {
        let setup = setup();
        let summary = json!({
            "queue": { "time_in_hospital": { "all": { "saved": { "mean": 5.5, "ci95": [4.0, 7.0] } } } },
            "credit": { "net_credit_loss": { "mean": "-12.50", "ci95": null } },
            "settlement": { "ledger_imbalance_fen": 0, "refused_by_reason": {} },
        });
        let table = [
            ("queue.time_in_hospital.all.saved > 5", true, Some(false)),
            ("queue.time_in_hospital.all.saved.low > 5", false, Some(false)),
            ("queue.time_in_hospital.all.saved.high>=7", true, Some(false)),
            ("queue.time_in_hospital.all.saved.mean < 8", true, Some(true)),
            ("credit.net_credit_loss <= -12.5", true, None),
            ("credit.net_credit_loss.low < 5", false, None),
            ("settlement.ledger_imbalance_fen == 0", true, None),
            ("settlement.refused_by_reason.over_limit <= 0", true, None),
        ];
        for (text, held, agrees) in table {
            let judged = match Gate::parse(text, &setup) {
                Ok(gate) => gate.judge(&summary),
                Err(trouble) => {
                    assert!(text.contains("over_limit"), "{text}: {trouble:?}");
                    continue;
                }
            };
            assert_eq!((judged.held, judged.interval_agrees), (held, agrees), "{text}");
        }
    }

    #[test]
    fn an_unknown_metric_and_a_gate_without_a_sign_are_errors() {
        let setup = setup();
        let table = [
            ("queue.time_in_hospital.all.save > 5", "queue.time_in_hospital.all.saved"),
            ("queue.time_in_hospital.all.saved", "expected a gate"),
            ("queue.time_in_hospital.all.saved > five", "not a number"),
        ];
        for (text, expected) in table {
            match Gate::parse(text, &setup) {
                Err(Trouble::Question(message)) => assert!(message.contains(expected), "{message}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
