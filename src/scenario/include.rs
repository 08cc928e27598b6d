//! Opens a scenario file and the shared parts that it names, and lays them over each other.
//! Must never know what a key means, except `include`.

use super::problem::Problem;
use super::shipped::SHIPPED;
use super::source::{Place, SourceFile, Sources, shown, unreadable};
use super::tree::{Node, Value, from_toml, merge};
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Everything that was read: the files, the merged tree and what went wrong on the way.
pub(super) struct Assembly {
    /// Files in the order in which they were opened.
    pub(super) sources: Sources,
    /// Merged tree; the scenario's own keys win over the included ones, later ones over earlier.
    pub(super) tree: Node,
    /// Syntax errors, missing and cyclic includes.
    pub(super) problems: Vec<Problem>,
}

/// Name of the lines of the command line among the files.
pub(super) const COMMAND_LINE: &str = "--set";

struct Assembler {
    sources: Sources,
    problems: Vec<Problem>,
    layers: usize,
    folder: PathBuf,
    open: Vec<String>,
}

/// Reads a file with its includes; `set` lines (`key = value`) are laid over everything.
pub(super) fn assemble(path: &Path, set: &[String]) -> Assembly {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut assembler = Assembler {
        sources: Sources::default(),
        problems: Vec::new(),
        layers: 0,
        folder,
        open: Vec::new(),
    };
    let mut tree = match std::fs::read_to_string(path) {
        Ok(text) => assembler.file(SourceFile::new(shown(path), Some(path.to_owned()), text)),
        Err(error) => {
            let message = format!("cannot be read: {error}");
            assembler.problems.push(unreadable(path, message));
            Node::empty(0)
        }
    };
    if !set.is_empty() {
        let lines = SourceFile::new(COMMAND_LINE.to_owned(), None, set.join("\n"));
        merge(&mut tree, assembler.file(lines));
    }
    Assembly { sources: assembler.sources, tree, problems: assembler.problems }
}

impl Assembler {
    /// Parses one file and returns its includes with its own keys on top.
    fn file(&mut self, file: SourceFile) -> Node {
        let name = file.name.clone();
        let text = file.text.clone();
        let index = self.sources.add(file);
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let place = Place { file: index, start: span.start, end: span.end };
            let message = format!("not TOML: {}", error.message().replace('\n', ", "));
            self.problems.push(self.sources.problem(place, "", message));
        }
        let own = from_toml(&table, index, 0);
        let mut tree = Node::empty(index);
        self.open.push(name);
        for include in includes(&own) {
            let below = self.include(include);
            merge(&mut tree, below);
        }
        self.open.pop();
        self.layers += 1;
        merge(&mut tree, from_toml(&table, index, self.layers));
        tree
    }

    /// Opens the file that an element of `include` names.
    fn include(&mut self, element: &Node) -> Node {
        let nothing = Node::empty(element.at.file);
        let Value::Text(name) = &element.value else {
            let message = format!("an include is the name of a file, not {}", element.kind());
            self.fault(element.at, message, String::new());
            return nothing;
        };
        let Some(file) = self.find(name, element.at.file) else {
            let message = format!("there is no file `{name}`");
            let nearest = super::reader::nearest(name, SHIPPED.iter().map(|&(known, _)| known));
            let hint = nearest.map_or_else(
                || {
                    "a name is looked up beside this file, then beside the scenario, then \
                    among the shipped parts"
                        .to_owned()
                },
                |known| format!("did you mean `{known}`?"),
            );
            self.fault(element.at, message, hint);
            return nothing;
        };
        if let Some(start) = self.open.iter().position(|open| *open == file.name) {
            let mut circle = self.open[start..].to_vec();
            circle.push(file.name);
            let message = format!("includes go in a circle: {}", circle.join(" -> "));
            self.fault(element.at, message, "remove one of these includes".to_owned());
            return nothing;
        }
        self.file(file)
    }

    /// Beside the including file, beside the scenario, among the shipped parts.
    fn find(&self, name: &str, from: usize) -> Option<SourceFile> {
        let beside = self.sources.files[from].disk.as_deref().and_then(Path::parent);
        for folder in beside.into_iter().chain([self.folder.as_path()]) {
            let path = folder.join(name);
            if let Ok(text) = std::fs::read_to_string(&path) {
                return Some(SourceFile::new(shown(&path), Some(path), text));
            }
        }
        let (known, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
        Some(SourceFile::new(format!("<shipped>/{known}"), None, (*text).to_owned()))
    }

    fn fault(&mut self, at: Place, message: String, hint: String) {
        let problem = self.sources.problem(at, "include", message);
        self.problems.push(Problem { hint, ..problem });
    }
}

/// The elements of the key `include`; its type is checked with the other keys.
fn includes(own: &Node) -> &[Node] {
    match own.get("include").map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}
