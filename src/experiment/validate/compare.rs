//! Expected against got, leaf by leaf. Must never widen a case's own tolerance.

use serde_json::Value;

/// How an expected output compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Within the tolerance.
    Met,
    /// Outside it.
    Missed,
    /// Nothing was got.
    NotComputed,
}

/// One expected output.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// Dotted path within `expected`.
    pub path: String,
    /// How it compares.
    pub check: Check,
    /// What was got; null when nothing.
    pub got: Value,
    /// What was expected.
    pub expected: Value,
}

/// A case's pass rule: either suffices, a missing one is not usable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    absolute: Option<f64>,
    relative: Option<f64>,
}

impl Tolerance {
    pub(super) fn of(case: &Value) -> Tolerance {
        let number = |value: &Value| {
            value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        };
        Tolerance { absolute: number(&case["abs_tol"]), relative: number(&case["rel_tol"]) }
    }

    fn admits(self, got: f64, expected: f64) -> bool {
        let off = (got - expected).abs();
        self.absolute.is_some_and(|tolerance| off <= tolerance)
            || self.relative.is_some_and(|tolerance| off <= tolerance * expected.abs())
            || off == 0.0
    }
}

/// Every leaf of `expected` beside what stands at the same place in `got`.
pub(super) fn compare(got: &Value, expected: &Value, tolerance: Tolerance) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk(Some(got), expected, tolerance, String::new(), &mut leaves);
    leaves
}

fn walk(
    got: Option<&Value>,
    expected: &Value,
    tolerance: Tolerance,
    path: String,
    leaves: &mut Vec<Leaf>,
) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (expected, got) {
        (Value::Object(map), _) => {
            for (key, inner) in map {
                walk(got.and_then(|got| got.get(key)), inner, tolerance, below(key), leaves);
            }
        }
        // A list of another length is another answer, not a shorter one.
        (Value::Array(items), Some(Value::Array(found))) if items.len() == found.len() => {
            for (at, (inner, found)) in items.iter().zip(found).enumerate() {
                walk(Some(found), inner, tolerance, below(&at.to_string()), leaves);
            }
        }
        _ => {
            let check = match got {
                None => Check::NotComputed,
                Some(got) if agrees(got, expected, tolerance) => Check::Met,
                Some(_) => Check::Missed,
            };
            let got = got.cloned().unwrap_or(Value::Null);
            leaves.push(Leaf { path, check, got, expected: expected.clone() });
        }
    }
}

fn agrees(got: &Value, expected: &Value, tolerance: Tolerance) -> bool {
    match (amount(got), amount(expected)) {
        (Some(got), Some(expected)) => tolerance.admits(got, expected),
        _ => got == expected,
    }
}

/// Numbers, and money written as text.
fn amount(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            text.parse().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_leaf_is_met_missed_or_not_computed() {
        let expected =
            json!({"a": 1.0, "b": ["2.00", 3], "c": {"d": "词"}, "e": true, "f": null, "g": [1]});
        let got = json!({"a": 1.001, "b": ["2.01", 3], "c": {"d": "词"}, "f": null, "g": [1, 2]});
        let tolerance = Tolerance::of(&json!({"abs_tol": 0.002, "rel_tol": null}));
        let found: Vec<_> = compare(&got, &expected, tolerance)
            .into_iter()
            .map(|leaf| (leaf.path, leaf.check))
            .collect();
        let rows = [
            ("a", Check::Met),
            ("b.0", Check::Missed),
            ("b.1", Check::Met),
            ("c.d", Check::Met),
            ("e", Check::NotComputed),
            ("f", Check::Met),
            ("g", Check::Missed),
        ];
        assert_eq!(found, rows.map(|(path, check)| (path.to_owned(), check)));
    }

    #[test]
    fn either_tolerance_suffices_and_nan_never_does() {
        let both = Tolerance { absolute: Some(0.1), relative: Some(0.01) };
        assert!(both.admits(0.05, 0.0) && both.admits(100.9, 100.0) && !both.admits(102.0, 100.0));
        assert!(!both.admits(f64::NAN, 1.0));
        let none = Tolerance { absolute: None, relative: None };
        assert!(none.admits(1.0, 1.0) && !none.admits(1.0 + 1e-15, 1.0));
    }
}
