//! Reads the repository as text for the house rules. Must never judge: it only finds files, takes comments
//! and strings out of code, and tells test code from the rest.

#![allow(dead_code, reason = "each test binary uses its part of the support")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file under a folder of the repository, as paths from its root, sorted. Leaves out what is built or
/// hidden; `.ci` and its like are listed when asked for by name.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    gather(&root().join(folder), &mut found);
    let root = root();
    let strip = |path: &PathBuf| {
        let short = path.strip_prefix(root).expect("a path below the root");
        short.to_string_lossy().replace('\\', "/")
    };
    let mut names: Vec<String> = found.iter().map(strip).collect();
    names.sort();
    names
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') || name == "target" || name == "output" {
            continue;
        }
        if path.is_dir() {
            gather(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Whether a file's name ends in `.kind`.
pub(crate) fn is_kind(path: &str, kind: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == kind)
}

/// One Rust file.
pub(crate) struct Source {
    /// Path from the repository's root.
    pub(crate) path: String,
    /// As written.
    pub(crate) text: String,
    /// Without comments and without what stands in strings; the lines stay where they are.
    pub(crate) code: String,
    /// Compiled for tests only.
    pub(crate) test_only: bool,
}

impl Source {
    /// The room that a file under `src` belongs to: its first folder or file.
    pub(crate) fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").expect("a file under src");
        inside.split(['/', '.']).next().expect("a first part")
    }

    /// The code without its test module at the end; nothing of a file for tests only.
    pub(crate) fn shipped(&self) -> &str {
        if self.test_only {
            return "";
        }
        let tests = self.code.match_indices("#[cfg(test)]");
        let of_module = |&(at, _): &(usize, &str)| {
            let rest = self.code[at..].lines().skip(1).find(|line| !line.starts_with("#["));
            rest.is_some_and(|line| line.contains("mod ") && line.ends_with('{'))
        };
        tests.into_iter().find(of_module).map_or(&self.code, |(at, _)| &self.code[..at])
    }
}

/// Every Rust file under a folder.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let rust = files(folder).into_iter().filter(|path| is_kind(path, "rs"));
    let mut sources: Vec<Source> = rust
        .map(|path| {
            let text = text(&path);
            Source { code: code_of(&text), text, path, test_only: false }
        })
        .collect();
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        let stem = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        source.test_only = tests.iter().any(|test| stem == test || is_below(stem, test));
    }
    sources
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Stems of the files that a file declares under `#[cfg(test)]`.
fn test_files(source: &Source) -> Vec<String> {
    let stem = source.path.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "mod" | "lib")) => folder.to_string(),
        _ => stem.to_string(),
    };
    let beside = stem.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    let lines: Vec<&str> = source.text.lines().collect();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| **line == "#[cfg(test)]") {
        let path =
            lines[at + 1].strip_prefix("#[path = \"").and_then(|rest| rest.split('"').next());
        let module = lines[at + 1..].iter().find(|line| !line.starts_with("#["));
        let name = module.and_then(|line| line.split_once("mod ")?.1.strip_suffix(';'));
        match (path, name) {
            (Some(path), Some(_)) => {
                found.push(format!("{beside}/{}", path.trim_end_matches(".rs")));
            }
            (None, Some(name)) => found.push(format!("{folder}/{name}")),
            _ => {}
        }
    }
    found
}

/// Code without comments and string contents, line by line as before.
pub(crate) fn code_of(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (taken, kept) = match rest {
            ['/', '/', ..] => (line_length(rest), ""),
            ['/', '*', ..] => (block_length(rest), ""),
            ['r' | 'b', ..] if is_start(&bytes, at) && string_length(rest) > 0 => {
                (string_length(rest), "\"\"")
            }
            ['"', ..] => (string_length(rest), "\"\""),
            ['\'', '\\', ..] => (char_length(rest), "' '"),
            ['\'', _, '\'', ..] => (3, "' '"),
            _ => {
                code.push(rest[0]);
                at += 1;
                continue;
            }
        };
        code.push_str(kept);
        code.extend(rest[..taken].iter().filter(|char| **char == '\n'));
        at += taken;
    }
    code
}

/// Whether a prefix of a string literal could begin here, and no name goes on.
fn is_start(text: &[char], at: usize) -> bool {
    at == 0 || !(text[at - 1].is_alphanumeric() || text[at - 1] == '_')
}

fn line_length(rest: &[char]) -> usize {
    rest.iter().position(|char| *char == '\n').unwrap_or(rest.len())
}

fn block_length(rest: &[char]) -> usize {
    let end = rest.windows(2).position(|pair| pair == ['*', '/']);
    end.map_or(rest.len(), |end| end + 2)
}

fn char_length(rest: &[char]) -> usize {
    let end = rest[2..].iter().skip(1).position(|char| *char == '\'');
    end.map_or(rest.len(), |end| end + 4)
}

/// Length of the string literal that begins here, with its prefix; 0 when there is none.
fn string_length(rest: &[char]) -> usize {
    let prefix = rest.iter().take_while(|char| matches!(char, 'b' | 'r')).count();
    let raw = rest[..prefix].contains(&'r');
    let hashes = rest[prefix..].iter().take_while(|char| **char == '#').count();
    if prefix > 2 || rest.get(prefix + hashes) != Some(&'"') || (hashes > 0 && !raw) {
        return 0;
    }
    let mut at = prefix + hashes + 1;
    while at < rest.len() {
        match rest[at] {
            '\\' if !raw => at += 2,
            '"' if rest[at + 1..].iter().take_while(|char| **char == '#').count() >= hashes => {
                return at + 1 + hashes;
            }
            _ => at += 1,
        }
    }
    rest.len()
}
