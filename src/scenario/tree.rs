//! The parsed form of an input: values that know their place and their layer, merged key by key.
//! Must never know which keys exist.

use super::source::Place;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with the place it came from.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The value.
    pub(super) value: Value,
    /// Where the value stands.
    pub(super) at: Place,
    /// Where its key stands (the value itself for elements of arrays).
    pub(super) key_at: Place,
    /// Number of the file in merging order: the higher one wins.
    pub(super) layer: usize,
}

/// A TOML value. Numbers keep their digits, so that money and rates stay exact.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// String.
    Text(String),
    /// Integer in decimal digits.
    Integer(String),
    /// Float as written, without underscores.
    Float(String),
    /// Boolean.
    Flag(bool),
    /// Date or time as written.
    Date(String),
    /// Array.
    Array(Vec<Node>),
    /// Table in the order of its keys.
    Table(Vec<(String, Node)>),
}

impl Node {
    /// An empty table at the beginning of a file.
    pub(super) fn empty(file: usize) -> Node {
        let at = Place { file, start: 0, end: 0 };
        Node { value: Value::Table(Vec::new()), at, key_at: at, layer: 0 }
    }

    /// The entry of a table.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries of a table; none for other values.
    pub(super) fn entries(&self) -> &[(String, Node)] {
        if let Value::Table(entries) = &self.value { entries } else { &[] }
    }

    /// The node at a path such as `tiers[1].score_from`.
    pub(super) fn find(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, step| {
            let mut pieces = step.split('[');
            let start = node.get(pieces.next()?)?;
            pieces.try_fold(start, |node, piece| {
                let Value::Array(items) = &node.value else { return None };
                items.get(piece.trim_end_matches(']').parse::<usize>().ok()?)
            })
        })
    }

    /// The kind of value, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a decimal number",
            Value::Flag(_) => "a boolean",
            Value::Date(_) => "a date or time",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }

    /// The digits of a number.
    pub(super) fn digits(&self) -> Option<&str> {
        match &self.value {
            Value::Integer(text) | Value::Float(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON, for the echo of the resolved scenario.
    pub(super) fn to_json(&self) -> Json {
        match &self.value {
            Value::Text(text) | Value::Date(text) => Json::from(text.as_str()),
            Value::Integer(text) => text.parse::<i64>().map_or(Json::Null, Json::from),
            Value::Float(text) => text.parse::<f64>().map_or(Json::Null, Json::from),
            Value::Flag(flag) => Json::from(*flag),
            Value::Array(items) => items.iter().map(Node::to_json).collect(),
            Value::Table(entries) => {
                Json::Object(entries.iter().map(|(key, n)| (key.clone(), n.to_json())).collect())
            }
        }
    }
}

/// Takes over a parsed document.
pub(super) fn from_toml(table: &Spanned<DeTable<'_>>, file: usize, layer: usize) -> Node {
    let at = Place { file, start: 0, end: 0 };
    let value = Value::Table(entries(table.get_ref(), file, layer));
    Node { value, at, key_at: at, layer }
}

fn entries(table: &DeTable<'_>, file: usize, layer: usize) -> Vec<(String, Node)> {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key_at = place(file, key.span());
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        (name.to_string(), node(value, key_at, layer))
    };
    table.iter().map(entry).collect()
}

fn node(value: &Spanned<DeValue<'_>>, key_at: Place, layer: usize) -> Node {
    let file = key_at.file;
    let at = place(file, value.span());
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Integer(
            i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| number.to_string(), |number| number.to_string()),
        ),
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            let item = |item: &Spanned<DeValue<'_>>| node(item, place(file, item.span()), layer);
            Value::Array(items.iter().map(item).collect())
        }
        DeValue::Table(table) => Value::Table(entries(table, file, layer)),
    };
    Node { value, at, key_at, layer }
}

fn place(file: usize, span: std::ops::Range<usize>) -> Place {
    Place { file, start: span.start, end: span.end }
}

/// Lays one tree over another: tables merge key by key, everything else is replaced.
pub(super) fn merge(base: &mut Node, over: Node) {
    let Value::Table(new) = over.value else {
        *base = over;
        return;
    };
    let Value::Table(old) = &mut base.value else {
        *base = Node { value: Value::Table(new), ..over };
        return;
    };
    for (key, node) in new {
        match old.iter_mut().find(|(name, _)| *name == key) {
            Some((_, below)) => merge(below, node),
            None => old.push((key, node)),
        }
    }
    base.at = over.at;
    base.key_at = over.key_at;
    base.layer = over.layer;
}
