//! The layers of the house: who may import whom. The table of ARCHITECTURE.md is the only list; this test
//! holds the code to it, both ways. Must never hold an edge of its own.

mod house_support;

use house_support::{files, sources, text};
use std::collections::{BTreeMap, BTreeSet};

/// A row of the table: the layer's number, what the module may import, and what it must never do.
struct Room {
    layer: u32,
    imports: BTreeSet<String>,
    invariant: String,
}

/// The table between `<!-- layers -->` and `<!-- /layers -->`.
fn rooms() -> BTreeMap<String, Room> {
    let page = text("ARCHITECTURE.md");
    let (_, rest) = page.split_once("<!-- layers -->").expect("the table's beginning is marked");
    let (table, _) = rest.split_once("<!-- /layers -->").expect("the table's end is marked");
    let rows = table.trim().lines().skip(2);
    let mut rooms = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [layer, name, imports, invariant] = cells[..] else { panic!("four cells: {row}") };
        let name = name.trim_matches('`').to_string();
        let imports = imports.split_whitespace().filter(|word| *word != "–").map(String::from);
        let room = Room {
            layer: layer.parse().unwrap_or_else(|_| panic!("a layer's number: {row}")),
            imports: imports.collect(),
            invariant: invariant.to_string(),
        };
        assert!(rooms.insert(name.clone(), room).is_none(), "{name} has two rows");
    }
    rooms
}

/// Every import between modules in the code that ships: (from, to) and one file that has it.
fn edges() -> BTreeMap<(String, String), String> {
    let mut edges = BTreeMap::new();
    for source in sources("src") {
        let from = source.module();
        if matches!(from, "lib" | "main") {
            continue;
        }
        for to in imports(source.shipped()) {
            if to != from {
                edges.insert((from.to_string(), to), source.path.clone());
            }
        }
    }
    edges
}

/// Modules that a piece of code names after `crate::`, in groups too.
fn imports(code: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
    };
    let mut found = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        match rest.strip_prefix('{') {
            None => {
                found.insert(name(rest));
            }
            Some(group) => found.extend(members(group).into_iter().map(|member| name(&member))),
        }
    }
    found
}

/// The outermost members of a `{…}` group whose brace is already open.
fn members(group: &str) -> Vec<String> {
    let mut depth = 1;
    let mut members = vec![String::new()];
    for char in group.chars() {
        depth += match char {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        match (depth, char) {
            (0, _) => break,
            (1, ',') => members.push(String::new()),
            _ => members.last_mut().expect("one at least").push(char),
        }
    }
    let trimmed = members.iter().map(|member| member.trim().to_string());
    trimmed.filter(|member| !member.is_empty()).collect()
}

#[test]
fn every_import_between_modules_is_listed_in_the_architecture_and_goes_down() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for ((from, to), path) in edges() {
        let (Some(upper), Some(lower)) = (rooms.get(&from), rooms.get(&to)) else {
            wrong.push(format!("{path}: `{from}` or `{to}` has no row in ARCHITECTURE.md"));
            continue;
        };
        if upper.layer <= lower.layer {
            wrong.push(format!(
                "{path}: `{from}` (layer {}) imports `{to}` (layer {}): not a row below",
                upper.layer, lower.layer
            ));
        }
        if !upper.imports.contains(&to) {
            wrong.push(format!("{path}: `{from}` imports `{to}`, which its row does not list"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_listed_import_is_unused() {
    let edges = edges();
    let listed = rooms()
        .into_iter()
        .flat_map(|(from, room)| room.imports.into_iter().map(move |to| (from.clone(), to)));
    let unused: Vec<_> = listed.filter(|edge| !edges.contains_key(edge)).collect();
    assert!(unused.is_empty(), "listed in ARCHITECTURE.md and used nowhere: {unused:?}");
}

#[test]
fn every_module_has_a_row_with_an_invariant_and_every_row_a_module() {
    let library = text("src/lib.rs");
    let declared: BTreeSet<String> = library
        .lines()
        .filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_string()))
        .collect();
    let rooms = rooms();
    let listed: BTreeSet<String> = rooms.keys().cloned().collect();
    assert_eq!(declared, listed, "modules of src/lib.rs against rows of ARCHITECTURE.md");
    for (name, room) in rooms {
        assert!(room.invariant.len() > 20, "{name} has an invariant line");
    }
}

#[test]
fn every_module_says_what_it_is_for_and_what_it_must_never_do() {
    let roots = files("src")
        .into_iter()
        .filter(|path| path.ends_with("/mod.rs") && path.matches('/').count() == 2);
    let mut seen = 0;
    for path in roots {
        let text = text(&path);
        let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(head.to_lowercase().contains("never"), "{path}: the head says no `must never`");
        seen += 1;
    }
    assert!(seen > 15, "the rooms were found");
}

#[test]
fn imports_are_read_in_all_their_forms() {
    let code = "use crate::city::{City, Want};\nuse crate::{des, flow::{self, walk}, random};\n\
                fn f(x: &crate::ledger::Audit) {}";
    let found: Vec<String> = imports(code).into_iter().collect();
    assert_eq!(found, ["city", "des", "flow", "ledger", "random"]);
}
