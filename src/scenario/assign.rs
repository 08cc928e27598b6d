//! A value as a line that `load_with` lays over a scenario. Must never read a file.

use serde_json::Value;
use std::fmt::Write;

/// The line `key = value` for `load_with`, from a value as the resolved scenario shows it.
pub fn set_line(key: &str, value: &Value) -> String {
    let mut line = format!("{key} = ");
    write_toml(value, &mut line);
    line
}

/// The right side of such a line.
pub(super) fn literal(value: &Value) -> String {
    let mut text = String::new();
    write_toml(value, &mut text);
    text
}

/// A resolved scenario as the text of a scenario file: the same values without their comments.
pub fn resolved_text(resolved: &Value) -> String {
    let entries = resolved.as_object().into_iter().flatten();
    // Included parts are merged already; naming them again would only look for their files.
    let own = entries.filter(|(key, _)| key.as_str() != "include");
    own.map(|(key, value)| set_line(key, value) + "\n").collect()
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
    fn a_resolved_scenario_reads_back_to_the_same_values() {
        let path = std::path::Path::new("scenarios/smoke.toml");
        let first = crate::scenario::load(path).expect("the smoke district");
        let room = tempfile::tempdir().expect("a folder");
        let copy = room.path().join("smoke.toml");
        std::fs::write(&copy, resolved_text(&first.resolved)).expect("a copy");
        let again = crate::scenario::load(&copy).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(again.city, first.city);
        assert_eq!(again.policy, first.policy);
        assert_eq!(again.baselines, first.baselines);
        assert_eq!((again.flow, again.rules), (first.flow, first.rules));
    }

    #[test]
    fn an_array_is_written_as_a_scenario_has_it() {
        let value = json!([{ "score_from": 500, "note": "a \"b\"" }, 0.5, true]);
        let line = set_line("x", &value);
        let read: toml::Table = line.parse().expect("TOML");
        let expected = r#"[{ score_from = 500, note = 'a "b"' }, 0.5, true]"#;
        assert_eq!(read, format!("x = {expected}").parse().expect("TOML"));
    }
}
