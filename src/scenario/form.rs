//! The forms that a single value can take: what is accepted, how it is called when it is not, and
//! how an editor's schema says it. Must never know a key.

use super::tree::{Node, Value};
use crate::domain::{Day, Fen, Ms, Ratio};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// Why a value was refused.
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// A way out; may be empty.
    pub(super) hint: String,
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault { message, hint: String::new() }
    }
}

type Parse<T> = Box<dyn Fn(&Node) -> Result<T, Fault>>;

/// A form of value.
pub(super) struct Form<T> {
    /// What goes on with the check when a value was refused; never leaves the loader.
    pub(super) stand_in: T,
    /// What is accepted, in words.
    pub(super) expected: String,
    /// JSON Schema of what is accepted.
    pub(super) schema: Json,
    /// Reads a value.
    pub(super) parse: Parse<T>,
}

/// Limits of a number.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    low: f64,
    high: f64,
    open_low: bool,
    words: &'static str,
}

impl Bounds {
    /// A share or probability.
    pub(super) const SHARE: Bounds =
        Bounds { low: 0.0, high: 1.0, open_low: false, words: "a share between 0 and 1" };
    /// Log-odds.
    pub(super) const LOG_ODDS: Bounds =
        Bounds { low: -20.0, high: 20.0, open_low: false, words: "a number from -20 to 20" };
    /// Above zero.
    pub(super) const POSITIVE: Bounds =
        Bounds { low: 0.0, high: f64::MAX, open_low: true, words: "a number above 0" };
    /// Zero or more.
    pub(super) const NON_NEGATIVE: Bounds =
        Bounds { low: 0.0, high: f64::MAX, open_low: false, words: "a number, 0 or more" };
    /// Any finite number.
    pub(super) const ANY: Bounds =
        Bounds { low: f64::MIN, high: f64::MAX, open_low: false, words: "a number" };

    fn check(&self, value: f64, digits: &str) -> Result<f64, Fault> {
        if value > self.high {
            let hint = if self.high <= 1.0 && (2.0..=100.0).contains(&value) {
                format!("for {digits} % write {}", super::reader::tidy(value / 100.0))
            } else {
                String::new()
            };
            return Err(Fault { message: format!("{digits} is above {}", self.high), hint });
        }
        if value < self.low || !value.is_finite() {
            let what = if self.low == 0.0 { "negative" } else { "out of range" };
            return Err(format!("{digits} is {what}").into());
        }
        if self.open_low && value <= self.low {
            return Err(format!("{digits} is not above {}", self.low).into());
        }
        Ok(value)
    }

    fn schema(&self) -> Json {
        let mut schema = json!({ "type": "number" });
        if self.low > f64::MIN {
            let word = if self.open_low { "exclusiveMinimum" } else { "minimum" };
            schema[word] = json!(self.low);
        }
        if self.high < f64::MAX {
            schema["maximum"] = json!(self.high);
        }
        schema
    }
}

/// A number within bounds.
pub(super) fn number(bounds: Bounds) -> Form<f64> {
    Form {
        stand_in: 0.0,
        expected: bounds.words.to_owned(),
        schema: bounds.schema(),
        parse: Box::new(move |node| {
            let digits = digits(node)?;
            let value = digits.parse().map_err(|_| format!("{digits} is too large"))?;
            bounds.check(value, digits)
        }),
    }
}

/// A whole number between two limits, inclusive.
pub(super) fn count(low: i64, high: i64) -> Form<i64> {
    Form {
        stand_in: low,
        expected: format!("a whole number from {low} to {high}"),
        schema: json!({ "type": "integer", "minimum": low, "maximum": high }),
        parse: Box::new(move |node| {
            let digits = digits(node)?;
            let Value::Integer(_) = node.value else {
                return Err(format!("{digits} is not a whole number").into());
            };
            let value: i64 = digits.parse().map_err(|_| format!("{digits} is too large"))?;
            match value {
                _ if value < 0 && low >= 0 => Err(format!("{value} is negative").into()),
                _ if value < low => Err(format!("{value} is below {low}").into()),
                _ if value > high => Err(format!("{value} is above {high}").into()),
                _ => Ok(value),
            }
        }),
    }
}

/// An amount of money in yuan, exact to the fen, zero or more.
pub(super) fn yuan() -> Form<Fen> {
    Form {
        stand_in: Fen::ZERO,
        expected: "an amount in yuan, 0 or more, with at most two decimals".to_owned(),
        schema: json!({ "type": "number", "minimum": 0 }),
        parse: Box::new(|node| {
            let digits = digits(node)?;
            let amount = decimal(digits)
                .and_then(Fen::from_decimal_yuan)
                .ok_or_else(|| format!("{digits} has more than two decimals or is too large"))?;
            if amount < Fen::ZERO {
                return Err(format!("{digits} is negative").into());
            }
            Ok(amount)
        }),
    }
}

/// An exact ratio between 0 and `high`, with at most nine decimals.
pub(super) fn ratio(high: i64) -> Form<Ratio> {
    Form {
        stand_in: Ratio::ZERO,
        expected: format!("a ratio between 0 and {high}, with at most nine decimals"),
        schema: json!({ "type": "number", "minimum": 0, "maximum": high }),
        parse: Box::new(move |node| {
            let digits = digits(node)?;
            let value = decimal(digits).ok_or_else(|| format!("{digits} is too large"))?;
            let limit = Bounds { high: high as f64, ..Bounds::SHARE };
            limit.check(digits.parse().unwrap_or(f64::MAX), digits)?;
            let exact = Ratio::from_decimal(value);
            exact.ok_or_else(|| format!("{digits} has more than nine decimals").into())
        }),
    }
}

/// Another form, or the word "none".
pub(super) fn or_none<T: 'static>(form: Form<T>) -> Form<Option<T>> {
    let parse = form.parse;
    Form {
        stand_in: None,
        expected: format!("{}, or \"none\"", form.expected),
        schema: json!({ "anyOf": [form.schema, { "const": "none" }] }),
        parse: Box::new(move |node| match &node.value {
            Value::Text(text) if text == "none" => Ok(None),
            Value::Text(text) if matches!(text.as_str(), "never" | "no" | "off" | "null" | "") => {
                let hint = "write \"none\" to leave it out".to_owned();
                Err(Fault { message: format!("`{text}` is not known here"), hint })
            }
            _ => parse(node).map(Some),
        }),
    }
}

/// `true` or `false`.
pub(super) fn flag() -> Form<bool> {
    Form {
        stand_in: false,
        expected: "true or false".to_owned(),
        schema: json!({ "type": "boolean" }),
        parse: Box::new(|node| match &node.value {
            Value::Flag(flag) => Ok(*flag),
            Value::Text(text) => {
                let meant = match text.to_lowercase().as_str() {
                    "true" | "yes" | "on" => "write true, without quotes",
                    "false" | "no" | "off" | "none" => "write false, without quotes",
                    _ => "",
                };
                Err(Fault { hint: meant.to_owned(), ..wrong_type(node) })
            }
            _ => Err(wrong_type(node)),
        }),
    }
}

/// A text that is not empty.
pub(super) fn text() -> Form<String> {
    Form {
        stand_in: String::new(),
        expected: "a text in quotes".to_owned(),
        schema: json!({ "type": "string", "minLength": 1 }),
        parse: Box::new(|node| match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                Err("the text is empty".to_owned().into())
            }
            Value::Text(text) => Ok(text.clone()),
            _ => Err(wrong_type(node)),
        }),
    }
}

/// A day, such as 2023-01-01 (bare or in quotes).
pub(super) fn date() -> Form<Day> {
    Form {
        stand_in: Day(0),
        expected: "a date such as 2023-01-01".to_owned(),
        schema: json!({ "type": "string", "format": "date" }),
        parse: Box::new(|node| match &node.value {
            Value::Date(text) | Value::Text(text) => Day::parse(text).map_err(|message| {
                let dashes = text.replace(['/', '.'], "-");
                let known = dashes != *text && Day::parse(&dashes).is_ok();
                let hint = if known { format!("write {dashes}") } else { String::new() };
                Fault { message, hint }
            }),
            _ => Err(wrong_type(node)),
        }),
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> String {
        fault.message
    }
}

/// A time of day such as "08:00", up to "24:00".
pub(super) fn clock() -> Form<Ms> {
    Form {
        stand_in: 0,
        expected: "a time of day such as \"08:00\", at most \"24:00\"".to_owned(),
        schema: json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$" }),
        parse: Box::new(|node| {
            let Value::Text(text) = &node.value else { return Err(wrong_type(node)) };
            minutes(text)
                .map(|minutes| minutes * 60_000)
                .ok_or_else(|| format!("`{text}` is not a time of day").into())
        }),
    }
}

fn minutes(text: &str) -> Option<Ms> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (Ms, Ms) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 24 * 60).then_some(minutes)
}

/// One of several words. The first one stands in.
pub(super) fn word<T: Clone + 'static>(words: &[(&'static str, T)]) -> Form<T> {
    let words = words.to_vec();
    let names: Vec<&str> = words.iter().map(|&(name, _)| name).collect();
    Form {
        stand_in: words[0].1.clone(),
        expected: format!("one of \"{}\"", names.join("\", \"")),
        schema: json!({ "enum": names }),
        parse: Box::new(move |node| {
            let Value::Text(text) = &node.value else { return Err(wrong_type(node)) };
            if let Some((_, value)) = words.iter().find(|(name, _)| name == text) {
                return Ok(value.clone());
            }
            let nearest = super::reader::nearest(text, words.iter().map(|&(name, _)| name));
            let hint = nearest.map_or_else(String::new, |name| format!("did you mean \"{name}\"?"));
            Err(Fault { message: format!("`{text}` is not known here"), hint })
        }),
    }
}

/// Any value, as a line of a scenario would have it.
pub(super) fn literal() -> Form<String> {
    Form {
        stand_in: String::new(),
        expected: "a value".to_owned(),
        schema: json!({}),
        parse: Box::new(|node| Ok(super::assign::literal(&node.to_json()))),
    }
}

/// The digits of a number, or what it is instead.
fn digits(node: &Node) -> Result<&str, Fault> {
    node.digits().ok_or_else(|| match &node.value {
        Value::Text(text) if text.parse::<f64>().is_ok() => Fault {
            message: format!("\"{text}\" is a string"),
            hint: format!("remove the quotes: {text}"),
        },
        _ => wrong_type(node),
    })
}

fn wrong_type(node: &Node) -> Fault {
    match &node.value {
        Value::Text(text) => format!("\"{text}\" is a string").into(),
        Value::Integer(text) | Value::Float(text) | Value::Date(text) => {
            format!("{text} is {}", node.kind()).into()
        }
        Value::Flag(flag) => format!("{flag} is a boolean").into(),
        Value::Array(_) | Value::Table(_) => format!("this is {}", node.kind()).into(),
    }
}

fn decimal(digits: &str) -> Option<Decimal> {
    digits.parse().or_else(|_| Decimal::from_scientific(digits)).ok()
}
