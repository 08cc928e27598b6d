//! The house rules that no compiler holds: what a file, a function, an attribute, a page may look like.
//! Must never have an exception without a reason beside it.

mod house_support;

use aftercare::domain::Refusal;
use house_support::{Source, files, is_kind, root, sources, text};

/// Longest file, lines.
const FILE_LINES: usize = 600;
/// Longest function from `fn` to its closing brace, lines. Clippy warns above 70 lines of body.
const FUNCTION_LINES: usize = 75;
/// Largest committed file, bytes.
const FILE_BYTES: u64 = 500_000;
/// Most packages in Cargo.lock. Raising it is a decision: say in the commit what the package is for.
const PACKAGES: usize = 295;
/// Where money is decided: whole fen and exact ratios only.
const MONEY: [&str; 7] = [
    "src/domain/money",
    "src/ledger/",
    "src/settlement/",
    "src/credit/",
    "src/clearing/",
    "src/economics/",
    "src/engine/",
];
/// Who may read a clock: the terminal, the capacity test, and what serves over the network.
const CLOCKS: [&str; 4] = ["src/cli/", "src/loadtest/", "src/service/", "src/web/"];
const FOLDERS: [&str; 4] = ["src", "tests", "examples", "benches"];

fn rust() -> Vec<Source> {
    FOLDERS.iter().flat_map(|folder| sources(folder)).collect()
}

/// Fails with every finding at once.
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// `path:line` of every line of code that a test accepts.
fn lines(source: &Source, code: &str, accept: impl Fn(&str) -> bool) -> Vec<String> {
    let numbered = code.lines().enumerate().filter(|(_, line)| accept(line));
    numbered.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())).collect()
}

/// Whether a word stands alone in a line.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent = rust().into_iter().filter(|source| !source.text.starts_with("//!"));
    none(
        &silent.map(|source| format!("{}: begins without `//!`", source.path)).collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_for_later() {
    let mut found = Vec::new();
    for source in rust() {
        let left = |line: &str| ["todo!", "unimplemented!"].iter().any(|call| line.contains(call));
        found.extend(lines(&source, &source.code, left));
        if source.path != "tests/house_tidy.rs" {
            let marks =
                |line: &str| ["FIXME", "XXX", "TODO"].iter().any(|mark| has_word(line, mark));
            found.extend(lines(&source, &source.text, marks));
        }
    }
    none(&found);
}

#[test]
fn no_float_comes_near_money() {
    let mut found = Vec::new();
    for source in sources("src") {
        if MONEY.iter().any(|folder| source.path.starts_with(folder)) {
            let float = |line: &str| has_word(line, "f64") || has_word(line, "f32");
            found.extend(lines(&source, &source.code, float));
        }
    }
    none(&found);
}

#[test]
fn files_fit_a_head_and_functions_fit_a_screen() {
    let mut found = Vec::new();
    for source in rust() {
        let length = source.text.lines().count();
        if length > FILE_LINES {
            found.push(format!("{}: {length} lines, at most {FILE_LINES}", source.path));
        }
        for (name, line, length) in functions(&source.code) {
            if length > FUNCTION_LINES {
                found.push(format!(
                    "{}:{line}: `{name}` has {length} lines, at most {FUNCTION_LINES}",
                    source.path
                ));
            }
        }
    }
    none(&found);
}

/// Name, first line and length of every function with a body, in code as rustfmt leaves it.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let signature =
            lines[at..].iter().position(|line| line.contains('{') || line.ends_with(';'));
        let Some(open) = signature.map(|lines| at + lines) else { continue };
        if !lines[open].contains('{') || lines[open].trim_end().ends_with('}') {
            continue;
        }
        let closing = format!("{indent}}}");
        let body = lines[open..].iter().position(|line| *line == closing);
        found.push((name, at + 1, body.map_or(0, |body| open + body - at + 1)));
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let qualifiers = before.split_whitespace();
    let known = |word: &str| {
        word.starts_with("pub") || ["const", "async", "extern", "super)", "crate)"].contains(&word)
    };
    let name: String =
        after.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
    (qualifiers.into_iter().all(known) && !name.is_empty()).then_some(name)
}

#[test]
fn whoever_silences_a_lint_says_why() {
    let mut found = Vec::new();
    for source in rust() {
        for word in ["allow(", "expect("] {
            for mark in ["#[", "#!["] {
                let attribute = format!("{mark}{word}");
                for (at, _) in source.code.match_indices(&attribute) {
                    let rest = &source.code[at..];
                    let whole = &rest[..rest.find(")]").unwrap_or(rest.len())];
                    if !whole.contains("reason") {
                        let line = source.code[..at].matches('\n').count() + 1;
                        found.push(format!("{}:{line}: {attribute} without a reason", source.path));
                    }
                }
            }
        }
    }
    none(&found);
}

#[test]
fn only_scenario_knows_toml() {
    let mut found = Vec::new();
    for source in sources("src") {
        if !source.path.starts_with("src/scenario/") {
            let toml = |line: &str| line.contains("toml::") || has_word(line, "use toml");
            found.extend(lines(&source, source.shipped(), toml));
        }
    }
    none(&found);
}

#[test]
fn clocks_are_read_by_terminal_and_capacity_test_only() {
    let calls = ["Instant::now", "SystemTime::now", "Zoned::now", "Timestamp::now", ".elapsed()"];
    let mut found = Vec::new();
    for source in sources("src") {
        if !CLOCKS.iter().any(|folder| source.path.starts_with(folder)) {
            let clock = |line: &str| calls.iter().any(|call| line.contains(call));
            found.extend(lines(&source, source.shipped(), clock));
        }
    }
    none(&found);
}

fn pages() -> Vec<String> {
    let mut pages: Vec<String> =
        files("").into_iter().filter(|path| !path.contains('/') && is_kind(path, "md")).collect();
    pages.extend(files("docs").into_iter().filter(|path| is_kind(path, "md")));
    pages
}

#[test]
fn every_scenario_is_named_in_the_readme_or_the_docs() {
    let told: String = pages().iter().map(|page| text(page)).collect();
    let scenarios = files("scenarios")
        .into_iter()
        .filter(|path| is_kind(path, "toml") && path.matches('/').count() == 1);
    let silent = scenarios.filter(|path| !told.contains(path.as_str()));
    none(&silent.map(|path| format!("{path}: named on no page")).collect::<Vec<_>>());
}

#[test]
fn every_word_of_refusal_is_explained() {
    let told: String = pages().iter().map(|page| text(page)).collect();
    let silent = Refusal::ALL.iter().filter(|word| !told.contains(&format!("`{}`", word.word())));
    none(&silent.map(|word| format!("{}: on no page", word.word())).collect::<Vec<_>>());
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = text(&page);
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (_, rest) in text.match_indices("](").map(|(at, mark)| text.split_at(at + mark.len())) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            let outside = target.is_empty() || target.contains("://");
            if !outside && !root().join(folder).join(target).exists() {
                dead.push(format!("{page}: `{target}` does not exist"));
            }
        }
    }
    none(&dead);
}

#[test]
fn the_lock_file_stays_small() {
    let packages = text("Cargo.lock").matches("[[package]]").count();
    assert!(packages <= PACKAGES, "{packages} packages in Cargo.lock, at most {PACKAGES}");
}

#[test]
fn no_large_file_and_no_path_of_a_machine_is_committed() {
    let homes = ["/wo rk/", "/ho me/", "/ro ot/", "/Us ers/", "/t mp/", "C:\\Us ers"];
    let homes = homes.map(|home| home.replace(' ', ""));
    let mut found = Vec::new();
    for path in files("").into_iter().chain(files(".ci")) {
        let size = root().join(&path).metadata().map_or(0, |file| file.len());
        if size > FILE_BYTES {
            found.push(format!("{path}: {size} bytes, at most {FILE_BYTES}"));
        }
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue };
        let machine = homes.iter().find(|home| text.contains(home.as_str()));
        found.extend(machine.map(|home| format!("{path}: names a machine's path ({home}…)")));
    }
    none(&found);
}

#[test]
fn the_rules_see_what_they_look_for() {
    let code = "fn long(\n    a: u8,\n) -> u8 {\n    a\n}\nfn short() {}\ntrait T {\n    fn none(&self);\n}\n";
    assert_eq!(functions(code), [("long".to_string(), 1, 5)]);
    let text =
        "let a = \"f64\"; // f64\nlet b: &str = r#\"todo!\"#; let c = 'f'; /* f64 */ x::<'a>();\n";
    let seen = house_support::code_of(text);
    assert!(!seen.contains("f64") && !seen.contains("todo"), "{seen}");
    assert!(seen.contains("x::<'a>()") && seen.lines().count() == 2, "{seen}");
    assert!(has_word("x as f64)", "f64") && !has_word("to_f64()", "f64"));
}
