//! The same seed gives the same bytes: for any number of threads, again and again, in debug and release.

mod run_support;

use aftercare::experiment::{Setup, replicate, summary};
use aftercare::scenario;
use run_support::{files, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The only file that may hold a clock reading or a number of threads.
const MANIFEST: &str = "manifest.json";
/// Files that hold no figure of the simulation but the words of inputs and pages.
const WORDS: [&str; 3] = ["assumptions.csv", "dictionary.csv", "scenario.resolved.json"];

fn outputs(room: &Path, name: &str, threads: &str) -> BTreeMap<String, Vec<u8>> {
    run(room, name).args(["--threads", threads]).assert().code(0);
    let mut found = files(&room.join(name));
    assert!(found.remove(MANIFEST).is_some());
    found
}

#[test]
fn every_file_but_the_manifest_is_the_same_for_any_number_of_threads() {
    let room = tempfile::tempdir().expect("a folder");
    let one = outputs(room.path(), "one", "1");
    for (name, threads) in [("again", "1"), ("two", "2"), ("seven", "7"), ("all", "all")] {
        let other = outputs(room.path(), name, threads);
        assert!(one.keys().eq(other.keys()), "{name}: other files");
        for (file, bytes) in &one {
            assert!(*bytes == other[file], "{file} differs with {threads} threads ({name})");
        }
    }
}

/// Below the files: every sum of every block, arm and pair.
#[test]
fn a_replication_is_the_same_in_any_pool() {
    let scenario =
        scenario::load(&run_support::scenario("smoke.toml")).expect("the smoke district");
    let setup = Setup::new(scenario, 11, 2, 4, None);
    let in_pool = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let outcome = pool.install(|| replicate(&setup, &mut |_| true)).expect("a valid run");
        let sums: Vec<String> = outcome.replications.iter().map(|run| format!("{run:?}")).collect();
        (sums, summary(&setup, &outcome))
    };
    let (one, answer) = in_pool(1);
    let (three, other_answer) = in_pool(3);
    assert!(one == three, "a sum depends on the number of threads");
    assert_eq!(answer, other_answer);
    assert_ne!(one[0], one[1], "replications have luck of their own");
}

/// The summary without printed titles and notes.
fn without_words(summary: &[u8]) -> Vec<u8> {
    let mut summary: Value = serde_json::from_slice(summary).expect("JSON");
    let entries = summary.as_object_mut().expect("a table");
    for words in ["titles", "baselines", "uncertainty_note"] {
        assert!(entries.remove(words).is_some(), "{words} is a key of the summary");
    }
    summary.to_string().into_bytes()
}

/// What the shipped program computes, in one hash. It holds in every profile and on every platform.
#[test]
fn the_program_computes_what_it_always_computed() {
    let room = tempfile::tempdir().expect("a folder");
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in outputs(room.path(), "out", "2") {
        let table = Path::new(&name).extension().is_some_and(|kind| kind == "csv");
        if (table || name == "summary.json") && !WORDS.contains(&name.as_str()) {
            let bytes = if name == "summary.json" { without_words(&bytes) } else { bytes };
            hasher.update(name.as_bytes()).update(&[0]).update(&bytes).update(&[0]);
        }
    }
    let got = hasher.finalize().to_hex().to_string();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fingerprint.txt");
    if std::env::var_os("AFTERCARE_RENEW_FINGERPRINT").is_some() {
        std::fs::write(&path, format!("{got}\n")).expect("a place for the fingerprint");
    }
    let expected = std::fs::read_to_string(&path).expect("the committed fingerprint");
    assert!(
        got == expected.trim(),
        "the results changed: the run's figures hash to {got}, committed is {expected}\
         If that is meant, renew it with\n  \
         AFTERCARE_RENEW_FINGERPRINT=1 cargo test --test determinism\n\
         and give CHANGELOG.md a line that begins with \"Results changed\" and says why."
    );
}
