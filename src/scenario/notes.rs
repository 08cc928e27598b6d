//! Where each number comes from, read from the comments beside it; a choice in words may carry one
//! too. Must never judge a value.

use super::include::COMMAND_LINE;
use super::problem::{Problem, Severity};
use super::source::Sources;
use super::tree::{Node, Value};

/// Words that open the comment beside a number, and whether they mean an assumption.
pub const ORIGINS: [(&str, bool); 4] =
    [("source", false), ("derived", false), ("choice", false), ("assumed", true)];

/// One input and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputNote {
    /// Full key.
    pub key: String,
    /// The value as written (an array of numbers in one piece).
    pub value: String,
    /// The comment, beginning with its word of origin; empty when there is none.
    pub source: String,
    /// Whether the number is an assumption (or nothing is said about it).
    pub assumed: bool,
    /// File of the value that won.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// Collects a note per number (or array of numbers) in the order of the merged tree, and a warning
/// for each one without an origin.
pub(super) fn collect(tree: &Node, sources: &Sources) -> (Vec<InputNote>, Vec<Problem>) {
    let mut collector = Collector { sources, notes: Vec::new(), warnings: Vec::new() };
    collector.walk(tree, "", None);
    (collector.notes, collector.warnings)
}

struct Collector<'a> {
    sources: &'a Sources,
    notes: Vec<InputNote>,
    warnings: Vec<Problem>,
}

impl Collector<'_> {
    /// `around` is the origin on the first line of the enclosing array or inline table.
    fn walk(&mut self, node: &Node, key: &str, around: Option<&str>) {
        let own = self.origin(node);
        let origin = own.as_deref().or(around);
        match &node.value {
            Value::Integer(_) | Value::Float(_) => self.note(node, key, origin),
            Value::Array(items) if !items.is_empty() && items.iter().all(is_number) => {
                self.note(node, key, origin);
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &format!("{key}[{index}]"), origin);
                }
            }
            Value::Table(entries) => {
                for (name, entry) in entries {
                    let full = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    self.walk(entry, &full, origin.filter(|_| entry.at.is_inside(node.at)));
                }
            }
            Value::Text(_) | Value::Flag(_) | Value::Date(_) => {
                if own.is_some() && around.is_none() {
                    self.note(node, key, own.as_deref());
                }
            }
        }
    }

    /// The comment that opens with a word of origin on the line on which a value begins or ends.
    fn origin(&self, node: &Node) -> Option<String> {
        let file = &self.sources.files[node.at.file];
        let lines = [file.line(node.at.start), file.line(node.at.end.max(1) - 1)];
        let comments = lines.iter().filter_map(|&line| file.comment(line));
        let found = comments.into_iter().find(|comment| word_of(comment).is_some());
        let unsaid = (file.name == COMMAND_LINE).then_some("choice: set on the command line");
        found.or(unsaid).map(str::to_owned)
    }

    fn note(&mut self, node: &Node, key: &str, origin: Option<&str>) {
        let word = origin.and_then(word_of);
        self.notes.push(InputNote {
            key: key.to_owned(),
            value: written(node),
            source: origin.unwrap_or("").to_owned(),
            assumed: word.is_none_or(|(_, assumed)| assumed),
            file: self.sources.files[node.at.file].name.clone(),
            line: self.sources.line(node.at),
        });
        if word.is_none() {
            let message = "nothing beside this number says where it comes from".to_owned();
            let problem = self.sources.problem(node.at, key, message);
            self.warnings.push(Problem {
                severity: Severity::Warning,
                expected: "a comment `# source: ...`, `# derived: ...`, `# choice: ...` or \
                           `# assumed: ...` on its line"
                    .to_owned(),
                ..problem
            });
        }
    }
}

fn is_number(node: &Node) -> bool {
    node.digits().is_some()
}

fn written(node: &Node) -> String {
    match &node.value {
        Value::Array(items) => {
            let digits: Vec<&str> = items.iter().filter_map(Node::digits).collect();
            format!("[{}]", digits.join(", "))
        }
        Value::Text(text) | Value::Date(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
        _ => node.digits().unwrap_or("").to_owned(),
    }
}

/// The word of origin that opens a comment.
fn word_of(comment: &str) -> Option<(&'static str, bool)> {
    let opens = |&(word, _): &(&str, bool)| {
        comment.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    ORIGINS.into_iter().find(opens)
}
