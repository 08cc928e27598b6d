//! Inputs that an experiment moves: `KEY=A..B:N`, `KEY=V1,V2` and `KEY=LOW..HIGH`, exact decimals
//! laid over a scenario as `key = value` lines. Must never know what a key means: the loader judges
//! it.

use super::frame::{Frame, Trouble};
use super::measures::nearest;
use crate::scenario::{self, Scenario, UncertainInput};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde_json::{Map, Value};

/// Most values of one key.
const VALUES_MAX: u32 = 10_000;
/// Decimals that are tried for values between two ends: six, fen, whole numbers.
const PLACES: [u32; 3] = [6, 2, 0];

/// One input with the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// Dotted key of the scenario; elements of arrays as `tiers[0].limit_yuan`.
    pub key: String,
    /// Values as the scenario would have them.
    pub values: Vec<String>,
}

/// One input with its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Dotted key of the scenario.
    pub key: String,
    /// One end.
    pub low: Decimal,
    /// The other end.
    pub high: Decimal,
    /// Readings of a rule that is no number; the ends are then places in this list.
    pub readings: Vec<String>,
}

/// One point: keys with their values.
pub type Point = Vec<(String, String)>;

fn question(text: String) -> Trouble {
    Trouble::Question(text)
}

/// Key and the rest; keys of `[run]` are the command line's own.
fn split(text: &str) -> Result<(String, &str), Trouble> {
    let (key, rest) = text
        .split_once('=')
        .filter(|(key, rest)| !key.trim().is_empty() && !rest.trim().is_empty())
        .ok_or_else(|| {
            question(format!("`{text}`: expected KEY=..., with a key of the scenario"))
        })?;
    let key = key.trim().to_owned();
    if key.starts_with("run.") {
        let way_out = "use --days, --replications or --seed";
        return Err(question(format!("`{key}` is not an input of the model: {way_out}")));
    }
    Ok((key, rest.trim()))
}

/// A decimal number as written.
pub(super) fn decimal(text: &str) -> Result<Decimal, Trouble> {
    let text = text.trim();
    let parsed = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
    parsed.map_err(|_| question(format!("`{text}` is not a number")))
}

impl Span {
    /// Reads `KEY=LOW..HIGH`.
    pub fn parse(text: &str) -> Result<Span, Trouble> {
        let (key, rest) = split(text)?;
        let (low, high) = rest
            .split_once("..")
            .ok_or_else(|| question(format!("`{text}`: expected KEY=LOW..HIGH")))?;
        Ok(Span { key, low: decimal(low)?, high: decimal(high)?, readings: Vec::new() })
    }

    /// The range of an uncertain input.
    pub(super) fn of(input: &UncertainInput) -> Span {
        let decimal = |value: f64| Decimal::from_f64(value).unwrap_or_default();
        Span {
            key: input.key.clone(),
            low: decimal(input.low),
            high: decimal(input.high),
            readings: input.readings.clone(),
        }
    }

    /// A value between the ends as the scenario would have it: the number, or the reading at its place.
    pub(super) fn text(&self, value: Decimal) -> String {
        let last = self.readings.len().saturating_sub(1);
        let place = value.round().to_usize().unwrap_or_default().min(last);
        self.readings.get(place).cloned().unwrap_or_else(|| text_of(value))
    }

    /// The most decimals that the key takes between its ends: found by asking the loader.
    pub(super) fn places(&self, frame: &Frame, base: &Scenario) -> Result<u32, Trouble> {
        let load = |value: Decimal| {
            let point = vec![(self.key.clone(), self.text(value))];
            frame.load_with(&lines(base, &point)?)
        };
        if !self.readings.is_empty() {
            (0..self.readings.len()).try_for_each(|place| load(Decimal::from(place)).map(drop))?;
            return Ok(0);
        }
        load(self.low)?;
        load(self.high)?;
        // A share of the way, root 2 less 1, whose decimals no width makes end.
        let share = Decimal::new(4_142_135_623_730_950, 16);
        let between = self.low + (self.high - self.low) * share;
        let taken = |places: &u32| load(between.round_dp(*places)).is_ok();
        Ok(PLACES.into_iter().find(taken).unwrap_or(0))
    }

    /// The value at a share of the way (0 to 1), to so many decimals.
    pub(super) fn at(&self, share: f64, places: u32) -> Decimal {
        let share = Decimal::from_f64(share).unwrap_or_default();
        if !self.readings.is_empty() {
            // Equal parts of the way belong to each reading.
            let count = Decimal::from(self.readings.len());
            return (share * count).floor().min(count - Decimal::ONE);
        }
        (self.low + (self.high - self.low) * share).round_dp(places)
    }
}

impl Vary {
    /// Reads `KEY=A..B:N` (N values, ends included) or `KEY=V1,V2,...` (values as in a scenario).
    pub fn parse(text: &str, frame: &Frame, base: &Scenario) -> Result<Vary, Trouble> {
        let (key, rest) = split(text)?;
        let Some((ends, count)) = rest.rsplit_once(':').filter(|(ends, _)| ends.contains(".."))
        else {
            if rest.contains("..") {
                let message = "how many values? expected KEY=A..B:N";
                return Err(question(format!("`{text}`: {message}")));
            }
            return Ok(Vary { key, values: list(rest) });
        };
        let span = Span::parse(&format!("{key}={ends}"))?;
        let n: u32 =
            count.trim().parse().ok().filter(|n| (1..=VALUES_MAX).contains(n)).ok_or_else(
                || question(format!("`{text}`: expected 1 to {VALUES_MAX} values after the colon")),
            )?;
        if (n == 1) != (span.low == span.high) {
            return Err(question(format!("`{text}`: two ends need two values or more")));
        }
        let places = span.places(frame, base)?;
        let values = grid(&span, n, places);
        if values.windows(2).any(|pair| pair[0] == pair[1]) {
            let message = format!("`{text}`: `{key}` has fewer than {n} values between the ends");
            return Err(question(message));
        }
        Ok(Vary { key, values })
    }
}

/// Equal steps in exact decimals; steps that do not come out are rounded to what the key takes.
fn grid(span: &Span, n: u32, places: u32) -> Vec<String> {
    let steps = Decimal::from(n.max(2) - 1);
    let value = |step: u32| {
        let exact = span.low + (span.high - span.low) * Decimal::from(step) / steps;
        text_of(if step + 1 == n { span.high } else { exact.round_dp(places) })
    };
    (0..n).map(value).collect()
}

/// Values between commas outside quotes and brackets.
fn list(text: &str) -> Vec<String> {
    let (mut values, mut depth, mut quoted) = (vec![String::new()], 0_i32, false);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(value) = values.last_mut() {
            value.push(character);
        }
    }
    values.into_iter().map(|value| value.trim().to_owned()).collect()
}

/// A decimal as a scenario would have it.
pub(super) fn text_of(value: Decimal) -> String {
    value.normalize().to_string()
}

/// A value for a document: a number where it is one.
pub(super) fn shown(text: &str) -> Value {
    let number = text.parse::<i64>().map(Value::from).ok();
    let decimal = || text.parse::<Decimal>().ok()?.to_f64().map(Value::from);
    let flag = || text.parse::<bool>().map(Value::from).ok();
    number.or_else(decimal).or_else(flag).unwrap_or_else(|| Value::from(text.trim_matches('"')))
}

/// `{key: value}` of a point.
pub(super) fn inputs(point: &Point) -> Value {
    let entries = point.iter().map(|(key, value)| (key.clone(), shown(value)));
    Value::Object(entries.collect::<Map<_, _>>())
}

/// Every combination, the last key fastest.
pub(super) fn combinations(vary: &[Vary]) -> Vec<Point> {
    let mut points: Vec<Point> = vec![Vec::new()];
    for input in vary {
        let longer = |point: &Point| {
            let point = point.clone();
            input.values.iter().map(move |value| {
                let mut point = point.clone();
                point.push((input.key.clone(), value.clone()));
                point
            })
        };
        points = points.iter().flat_map(longer).collect();
    }
    points
}

/// The value of a key in the scenario as it was read.
pub(super) fn value_at<'s>(scenario: &'s Scenario, key: &str) -> Option<&'s Value> {
    scenario.resolved.pointer(&pointer(key))
}

/// `a.b[2].c` as a JSON pointer.
fn pointer(key: &str) -> String {
    let flat = key.replace('[', ".").replace(']', "");
    format!("/{}", flat.replace('.', "/"))
}

/// The `key = value` lines of a point. A key within an array gives the whole array anew.
pub(super) fn lines(base: &Scenario, point: &Point) -> Result<Vec<String>, Trouble> {
    let mut resolved = None;
    let mut arrays: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for (key, value) in point {
        let Some((array, _)) = key.split_once('[') else {
            lines.push(format!("{key} = {value}"));
            continue;
        };
        let whole = resolved.get_or_insert_with(|| base.resolved.clone());
        let Some(place) = whole.pointer_mut(&pointer(key)) else {
            return Err(unknown(base, key));
        };
        *place = shown(value);
        if !arrays.contains(&array) {
            arrays.push(array);
        }
    }
    for array in arrays {
        let value = resolved.as_ref().and_then(|whole| whole.pointer(&pointer(array)));
        lines.push(scenario::set_line(array, value.unwrap_or(&Value::Null)));
    }
    Ok(lines)
}

fn unknown(base: &Scenario, key: &str) -> Trouble {
    let mut known = Vec::new();
    leaf_keys(&base.resolved, String::new(), &mut known);
    let near = nearest(key, known.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    question(format!("there is no key `{key}` in {}{hint}", base.name))
}

fn leaf_keys(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                leaf_keys(inner, format!("{path}{dot}{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                leaf_keys(inner, format!("{path}[{index}]"), found);
            }
        }
        _ => found.push(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn grids_are_exact_decimals_with_both_ends() {
        let table = [
            ("0.1..0.3:3", 6, vec!["0.1", "0.2", "0.3"]),
            ("500..1000:3", 6, vec!["500", "750", "1000"]),
            ("0..1:4", 2, vec!["0", "0.33", "0.67", "1"]),
            ("5..1:3", 0, vec!["5", "3", "1"]),
            ("-1..1:2", 6, vec!["-1", "1"]),
        ];
        for (text, places, expected) in table {
            let (ends, n) = text.split_once(':').expect("a count");
            let span = Span::parse(&format!("k={ends}")).expect("two ends");
            assert_eq!(grid(&span, n.parse().expect("a number"), places), expected, "{text}");
        }
    }

    #[test]
    fn lists_are_cut_at_commas_outside_quotes_and_brackets() {
        assert_eq!(list("true, false"), ["true", "false"]);
        assert_eq!(
            list(r#""a, b",[1, 2],{ x = 1, y = 2 }"#),
            [r#""a, b""#, "[1, 2]", "{ x = 1, y = 2 }"]
        );
    }

    #[test]
    fn the_last_key_is_the_fastest() {
        let vary = |key: &str, values: &[&str]| Vary {
            key: key.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let points = combinations(&[vary("a", &["1", "2"]), vary("b", &["x", "y", "z"])]);
        assert_eq!(points.len(), 6);
        assert_eq!(inputs(&points[1]), json!({ "a": 1, "b": "y" }));
        assert_eq!(inputs(&points[3]), json!({ "a": 2, "b": "x" }));
    }

    #[test]
    fn a_key_in_yuan_takes_fen_whatever_the_width_of_its_span() {
        let frame = Frame {
            scenario: "scenarios/smoke.toml".into(),
            set: Vec::new(),
            seed: None,
            replications: None,
            days: None,
            population: None,
        };
        let base = frame.load().expect("the smoke district");
        for ends in ["500..1200", "500..1600", "500..1800", "500..1501"] {
            let span = Span::parse(&format!("credit.limits.tiers[0].limit_yuan={ends}"));
            let places = span.expect("two ends").places(&frame, &base).expect("a limit");
            assert_eq!(places, 2, "{ends}");
        }
    }

    #[test]
    fn mistakes_in_a_span_are_told() {
        for text in ["k", "=1..2", "k=", "k=1", "k=a..b", "run.days=1..3"] {
            assert!(matches!(Span::parse(text), Err(Trouble::Question(_))), "{text}");
        }
    }
}
