//! The page's HTML. Must never put a word of a run on it unescaped.

use minijinja::{AutoEscape, Environment, Value as Shown, context};
use serde_json::Value;
use std::fmt::Write;

const TEMPLATE: &str = include_str!("page.html");

/// The page in Chinese or English.
pub(super) fn render(
    chinese: bool,
    scenarios: &Value,
    runs: &Value,
) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("link", link);
    environment.add_template("page", TEMPLATE)?;
    let (scenarios, runs) = (shown(scenarios), shown(runs));
    environment.get_template("page")?.render(context! { chinese, scenarios, runs })
}

/// JSON as the template sees it.
fn shown(value: &Value) -> Shown {
    match value {
        Value::Null => Shown::from(()),
        Value::Bool(flag) => Shown::from(*flag),
        Value::Number(number) => Shown::from(number.to_string()),
        Value::String(text) => Shown::from(text.as_str()),
        Value::Array(items) => Shown::from(items.iter().map(shown).collect::<Vec<Shown>>()),
        Value::Object(map) => {
            Shown::from_pairs(map.iter().map(|(key, inner)| (key.as_str(), shown(inner))))
        }
    }
}

/// The address of a run's file; encoded, so it holds nothing to escape.
fn link(file: &str, run: &str) -> Shown {
    Shown::from_safe_string(format!("/runs/{}/{}", path(run), path(file)))
}

/// A name as part of an address: all but letters, digits and `-_.~/` as per cent codes.
fn path(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_become_addresses_that_lead_back_to_them() {
        let rows =
            [("charts/a.svg", "charts/a.svg"), ("a b#?%", "a%20b%23%3F%25"), ("厦", "%E5%8E%A6")];
        for (name, expected) in rows {
            assert_eq!(super::path(name), expected);
        }
    }
}
