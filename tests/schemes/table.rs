//! The page of rules holds: each key is in its file, each test exists, and no test of a rule is missing there.

use super::town::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Scheme, key and test of each row of the page.
fn rows() -> Vec<(String, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scheme_rules.md");
    let text = std::fs::read_to_string(path).expect("the page");
    let (mut scheme, mut rows) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut scheme);
        }
        let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        if let (true, [key, test]) = (line.starts_with("| "), quoted.as_slice()) {
            rows.push((scheme.clone(), (*key).to_owned(), (*test).to_owned()));
        }
    }
    assert!(rows.len() > 120, "{} rows", rows.len());
    rows
}

#[test]
fn each_key_of_the_page_is_in_its_scenario() {
    let mut loaded = std::collections::BTreeMap::new();
    for (name, key, test) in rows() {
        if key.starts_with("networks/") {
            assert!(file("").with_file_name(&key).exists(), "{key}");
            continue;
        }
        let scenario = loaded.entry(name.clone()).or_insert_with(|| scheme(&name, &[]));
        let pointer = format!("/{}", key.replace('.', "/"));
        assert!(scenario.resolved.pointer(&pointer).is_some(), "{name}: `{key}` of {test}");
    }
}

#[test]
fn each_test_of_the_page_exists_and_each_test_of_a_rule_is_on_the_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemes");
    let mut tests = BTreeSet::new();
    let about = ["town", "table", "pairs", "cards", "files", "sizes"];
    for entry in std::fs::read_dir(folder).expect("the tests") {
        let path = entry.expect("a file").path();
        let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a test file");
        let after = text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next());
        if !about.contains(&module.as_str()) {
            tests.extend(after.map(|name| format!("{module}::{name}")));
        }
    }
    let named: BTreeSet<String> = rows().into_iter().map(|(_, _, test)| test).collect();
    let missing: Vec<_> = named.difference(&tests).collect();
    assert!(missing.is_empty(), "no such test: {missing:?}");
    let silent: Vec<_> = tests.difference(&named).collect();
    assert!(silent.is_empty(), "not on the page: {silent:?}");
}
