//! Reading a case's inputs. Must never panic on somebody's file.

use crate::domain::{Day, Fen, Ratio};
use rust_decimal::Decimal;
use serde_json::Value;

/// The inputs of a case, or a part of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a>(pub(super) &'a Value);

impl<'a> Inputs<'a> {
    /// The value under a key; null when absent.
    pub(super) fn at(self, key: &str) -> &'a Value {
        &self.0[key]
    }

    pub(super) fn number(self, key: &str) -> Result<f64, String> {
        number(self.at(key)).map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn count(self, key: &str) -> Result<u32, String> {
        let value = self.at(key);
        let whole = value.as_u64().or_else(|| value.as_f64().and_then(whole));
        let count = whole.and_then(|count| u32::try_from(count).ok());
        count.ok_or_else(|| format!("{key}: expected a count, got {value}"))
    }

    pub(super) fn numbers(self, key: &str) -> Result<Vec<f64>, String> {
        numbers(self.at(key)).map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn list(self, key: &str) -> Result<&'a [Value], String> {
        list(self.at(key)).map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn rows(self, key: &str) -> Result<Vec<Vec<f64>>, String> {
        let rows = self.list(key)?.iter().map(numbers).collect::<Result<_, String>>();
        rows.map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn yuan(self, key: &str) -> Result<Fen, String> {
        yuan(self.at(key)).map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn ratio(self, key: &str) -> Result<Ratio, String> {
        ratio(self.at(key)).map_err(|message| format!("{key}: {message}"))
    }

    pub(super) fn text(self, key: &str) -> Result<&'a str, String> {
        self.at(key).as_str().ok_or_else(|| format!("{key}: expected text, got {}", self.at(key)))
    }

    pub(super) fn flag(self, key: &str) -> bool {
        self.at(key).as_bool().unwrap_or(false)
    }
}

fn whole(value: f64) -> Option<u64> {
    let fits = (0.0..9e15).contains(&value) && value.fract().abs() < f64::EPSILON;
    fits.then_some(value as u64)
}

pub(super) fn number(value: &Value) -> Result<f64, String> {
    value.as_f64().ok_or_else(|| format!("expected a number, got {value}"))
}

pub(super) fn numbers(value: &Value) -> Result<Vec<f64>, String> {
    list(value)?.iter().map(number).collect()
}

pub(super) fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("expected a list, got {value}"))
}

/// The text of a number or a string as an exact decimal.
pub(super) fn decimal(value: &Value) -> Result<Decimal, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let parsed = text.parse().or_else(|_| Decimal::from_scientific(&text));
    parsed.map_err(|_| format!("expected a decimal, got {value}"))
}

pub(super) fn yuan(value: &Value) -> Result<Fen, String> {
    let amount = Fen::from_decimal_yuan(decimal(value)?);
    let bounded = amount.filter(|amount| (Fen::ZERO..=LARGEST).contains(amount));
    bounded.ok_or_else(|| format!("expected yuan in whole fen up to {LARGEST}, got {value}"))
}

/// Largest amount that packed rows hold.
const LARGEST: Fen = Fen(u32::MAX as i64);

pub(super) fn ratio(value: &Value) -> Result<Ratio, String> {
    let ratio = Ratio::from_decimal(decimal(value)?);
    ratio.ok_or_else(|| format!("expected a ratio of at most nine decimals, got {value}"))
}

pub(super) fn day(value: &Value) -> Result<Day, String> {
    Day::parse(value.as_str().ok_or_else(|| format!("expected a date, got {value}"))?)
}
