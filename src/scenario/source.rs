//! Input files as text: places in them, lines, columns and the comments at the ends of lines.
//! Must never interpret a value.

use super::problem::{Problem, Severity};
use std::path::{Path, PathBuf};

/// A stretch of text in one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Index of the file in `Sources`.
    pub(super) file: usize,
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last one.
    pub(super) end: usize,
}

impl Place {
    /// True when this stretch lies within another one.
    pub(super) fn is_inside(self, other: Place) -> bool {
        self.file == other.file && self.start >= other.start && self.end <= other.end
    }
}

/// One file that was read.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// Path as shown in messages.
    pub(super) name: String,
    /// Path on disk; `None` for parts that came with the program.
    pub(super) disk: Option<PathBuf>,
    /// Whole text.
    pub(super) text: String,
    line_starts: Vec<usize>,
    comments: Vec<Option<String>>,
}

impl SourceFile {
    /// Takes a text apart into lines and comments.
    pub(super) fn new(name: String, disk: Option<PathBuf>, text: String) -> SourceFile {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        let mut file = SourceFile { name, disk, text, line_starts, comments: Vec::new() };
        file.comments = vec![None; file.line_starts.len()];
        for start in comment_starts(&file.text) {
            let line = file.line(start);
            let comment = file.text[start..].lines().next().unwrap_or("");
            file.comments[line - 1] = Some(comment.trim_start_matches('#').trim().to_owned());
        }
        file
    }

    /// Line number, from 1, of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }

    /// The comment on a line (from 1), without its `#`.
    pub(super) fn comment(&self, line: usize) -> Option<&str> {
        self.comments.get(line - 1)?.as_deref()
    }

    fn line_text(&self, line: usize) -> &str {
        self.text[self.line_starts[line - 1]..].lines().next().unwrap_or("")
    }
}

/// Offsets of the `#` that open comments, strings skipped.
fn comment_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                starts.push(at);
                at = text[at..].find('\n').map_or(bytes.len(), |length| at + length);
            }
            b'"' | b'\'' => at = string_end(bytes, at),
            _ => at += 1,
        }
    }
    starts
}

/// The offset after the string that opens at `at`; an unclosed one ends with its line.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let long = bytes[at..].starts_with(&[quote; 3]);
    let width = if long { 3 } else { 1 };
    let mut next = at + width;
    while next < bytes.len() {
        if bytes[next] == b'\\' && quote == b'"' {
            next += 2;
        } else if bytes[next..].starts_with(&[quote; 3][..width]) {
            return next + width;
        } else if bytes[next] == b'\n' && !long {
            return next;
        } else {
            next += 1;
        }
    }
    bytes.len()
}

/// All files of one load, the scenario's own file first.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    /// The files in the order in which they were opened.
    pub(super) files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its index; a file that is known already is not added again.
    pub(super) fn add(&mut self, file: SourceFile) -> usize {
        let known = self.files.iter().position(|other| other.name == file.name);
        known.unwrap_or_else(|| {
            self.files.push(file);
            self.files.len() - 1
        })
    }

    /// Line, from 1, at which a place begins.
    pub(super) fn line(&self, place: Place) -> usize {
        self.files[place.file].line(place.start)
    }

    /// A problem at a place, without expectation or hint.
    pub(super) fn problem(&self, place: Place, key: &str, message: String) -> Problem {
        let file = &self.files[place.file];
        let line = file.line(place.start);
        let line_start = file.line_starts[line - 1];
        let source_line = file.line_text(line).to_owned();
        let line_end = line_start + source_line.len();
        let start = place.start.min(line_end);
        let end = place.end.clamp(start, line_end);
        Problem {
            severity: Severity::Error,
            file: file.name.clone(),
            line,
            column: file.text[line_start..start].chars().count() + 1,
            key: key.to_owned(),
            message,
            expected: String::new(),
            hint: String::new(),
            source_line,
            width: file.text[start..end].chars().count().max(1),
        }
    }
}

/// A problem of a file that has no text.
pub(super) fn unreadable(path: &Path, message: String) -> Problem {
    Problem {
        severity: Severity::Error,
        file: shown(path),
        line: 0,
        column: 0,
        key: String::new(),
        message,
        expected: String::new(),
        hint: String::new(),
        source_line: String::new(),
        width: 1,
    }
}

/// A path as shown in messages: forward slashes, `.` and resolvable `..` removed.
pub(super) fn shown(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.to_string_lossy().replace('\\', "/").split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| last != ".." && !last.is_empty()) => {
                parts.pop();
            }
            other => parts.push(other.to_owned()),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_outside_strings_only() {
        let text =
            "a = \"x # no\" # yes\nb = '''\n# no\n''' # two\nc = 1\n# alone\nd = \"\\\"#\" #e";
        let file = SourceFile::new("f".to_owned(), None, text.to_owned());
        let found: Vec<_> = (1..=7).map(|line| file.comment(line)).collect();
        let expected = [Some("yes"), None, None, Some("two"), None, Some("alone"), Some("e")];
        assert_eq!(found, expected);
    }

    #[test]
    fn columns_count_characters_and_paths_are_tidied() {
        let text = "名 = 1\n名字 = 25 # x\n";
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("f".to_owned(), None, text.to_owned()));
        let start = text.find("25").expect("the value");
        let problem = sources.problem(Place { file, start, end: start + 2 }, "k", String::new());
        assert_eq!((problem.line, problem.column, problem.width), (2, 6, 2));
        assert_eq!(shown(Path::new("a/./b/../c.toml")), "a/c.toml");
        assert_eq!(shown(Path::new("../c.toml")), "../c.toml");
    }
}
