//! What is wrong with an input file, said so that its writer can mend it: place, key, what was
//! expected, and the way out. Must never decide whether something is wrong.

use std::fmt;

/// Whether a problem stops the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but its writer should look.
    Warning,
}

/// One problem at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the load.
    pub severity: Severity,
    /// File as it was named by the user or by the including file.
    pub file: String,
    /// Line, from 1; 0 when the problem has no place in the text.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Full key, such as `people.age_shares[2]`; empty for syntax errors.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What was expected; empty when the message says it.
    pub expected: String,
    /// The nearest valid key or another way out; empty when there is none.
    pub hint: String,
    /// The line of source text; empty when there is none.
    pub source_line: String,
    /// Number of characters to underline, at least 1.
    pub width: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        if self.severity == Severity::Warning {
            write!(f, " warning:")?;
        }
        if !self.key.is_empty() {
            write!(f, " {}:", self.key)?;
        }
        writeln!(f, " {}", self.message)?;
        if !self.source_line.is_empty() {
            self.excerpt(f)?;
        }
        if !self.expected.is_empty() {
            writeln!(f, "  expected: {}", self.expected)?;
        }
        if !self.hint.is_empty() {
            writeln!(f, "  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl Problem {
    /// The source line with a caret below, cut to what stands around the caret.
    fn excerpt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.source_line.chars().count();
        let whole = length <= LINE_MAX;
        let first = if whole { 0 } else { self.column.saturating_sub(LINE_MAX / 2) };
        let shown = || self.source_line.chars().skip(first).take(LINE_MAX);
        let (open, close) = (cut(first > 0), cut(first + LINE_MAX < length));
        let number = self.line.to_string();
        writeln!(f, "  {number} | {open}{}{close}", shown().collect::<String>())?;
        let before: String = shown().take(self.column - 1 - first).map(pad).collect();
        let gutter = " ".repeat(number.len());
        let open = " ".repeat(open.len());
        let width = self.width.min(LINE_MAX + first + 1 - self.column);
        writeln!(f, "  {gutter} | {open}{before}{}", "^".repeat(width))
    }
}

/// Characters of a source line that are shown.
const LINE_MAX: usize = 96;

fn cut(is_cut: bool) -> &'static str {
    if is_cut { "..." } else { "" }
}

/// Blank of the width of a character, so that the caret stands under its word in Chinese lines too.
fn pad(character: char) -> &'static str {
    match character {
        '\t' => "\t",
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' => "  ",
        _ => " ",
    }
}

/// All problems of an input, in the order of the files and of their text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// The problems.
    pub list: Vec<Problem>,
}

impl Problems {
    /// True when nothing is wrong, not even a warning.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of problems that stop the load.
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// Number of warnings.
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.iter().try_for_each(|problem| problem.fmt(f))
    }
}

impl std::error::Error for Problems {}
