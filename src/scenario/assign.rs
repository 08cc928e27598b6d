//! A value as a line that `load_with` lays over a scenario. Must never read a file.

use serde_json::Value;
use std::fmt::Write;

/// The line `key = value` for `load_with`, from a value as the resolved scenario shows it.
pub fn set_line(key: &str, value: &Value) -> String {
    let mut line = format!("{key} = ");
    write_toml(value, &mut line);
    line
}

/// A value as the right side of a line: JSON but for the signs between keys and values.
fn write_toml(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_toml(item, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push_str("{ ");
            for (index, (key, inner)) in entries.iter().enumerate() {
                let comma = if index == 0 { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = write!(out, "{comma}{} = ", Value::from(key.as_str()));
                write_toml(inner, out);
            }
            out.push_str(" }");
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_array_is_written_as_a_scenario_has_it() {
        let value = json!([{ "score_from": 500, "note": "a \"b\"" }, 0.5, true]);
        let line = set_line("x", &value);
        let read: toml::Table = line.parse().expect("TOML");
        let expected = r#"[{ score_from = 500, note = 'a "b"' }, 0.5, true]"#;
        assert_eq!(read, format!("x = {expected}").parse().expect("TOML"));
    }
}
