//! Kill -9 of a real PostgreSQL server, and a load test on one. The server must be installed: these tests
//! are never skipped where the feature is built. Must never time anything.
#![cfg(feature = "postgres")]

use assert_cmd::Command;
use serde_json::Value;

fn load(arguments: &[&str]) -> (Value, Option<i32>, String) {
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let output = command.args(["--format", "json", "load"]).args(arguments).output();
    let output = output.expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"));
    (value, output.status.code(), text)
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("kills").display().to_string();
    let kills = ["kills", "--store", "postgres", "--kills", "50", "--folder", &place];
    let (report, code, text) = load(&kills);
    assert_eq!(code, Some(0), "{report} {text}");
    for field in ["lost", "doubled", "imbalance_fen"] {
        assert_eq!(report[field], 0, "{report}");
    }
    assert!(report["at_times"].as_u64() >= Some(25), "{report}");
    assert!(report["acknowledged"].as_u64() > Some(1_000), "{report}");
}

#[test]
fn a_load_test_of_a_throw_away_cluster_is_sound() {
    let arguments =
        ["--store", "postgres", "--start-postgres", "--population", "2000", "--rate", "500"];
    let (report, _, text) = load(&[&arguments[..], &["--seconds", "2"]].concat());
    assert_eq!(report["audit"]["lost"], 0, "{text}");
    assert_eq!(report["audit"]["imbalance_fen"], 0, "{report}");
    assert_ne!(report["verdict"], "unsound", "{report}");
    assert!(report["measured"].as_u64() > Some(300), "{report}");
}
