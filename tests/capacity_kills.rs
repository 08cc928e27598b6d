//! Kill -9 on the journal, audited by a process of its own: a small count here, the full one by
//! `aftercare load kills`. Must never time anything.

use assert_cmd::Command;
use serde_json::Value;

fn load(arguments: &[&str]) -> (Value, i32) {
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let output = command.args(["--quiet", "load"]).args(arguments).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"));
    (value, output.status.code().unwrap_or(-1))
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("kills").display().to_string();
    let (report, code) = load(&["kills", "--kills", "50", "--seed", "7", "--folder", &place]);
    assert_eq!(code, 0, "{report}");
    for field in ["lost", "doubled", "imbalance_fen"] {
        assert_eq!(report[field], 0, "{report}");
    }
    let count = |field: &str| report[field].as_u64().unwrap_or(0);
    assert!(count("at_writes") >= 10 && count("at_times") >= 5, "{report}");
    assert_eq!(count("at_writes") + count("at_times"), 50, "as many as were asked for: {report}");
    assert!(count("in_recovery") > 0 && count("acknowledged") > 1_000, "{report}");
}

#[test]
fn a_swarm_is_sound_and_prints_how_to_replay_a_seed() {
    let (report, code) = load(&["swarm", "--seeds", "60", "--from", "100000"]);
    assert_eq!((code, report["failed"].as_u64()), (0, Some(0)), "{report}");
    assert!(report["crashes"].as_u64() > Some(60), "{report}");
}

#[test]
fn foreign_bytes_cause_no_panic_and_no_wrong_posting() {
    let (report, code) = load(&["fuzz", "--inputs", "3000", "--seconds", "60", "--keep"]);
    assert_eq!(code, 0, "{report}");
    assert!(report["understood"].as_u64() > Some(30), "{report}");
    assert!(report["decided"].as_u64() > Some(30), "{report}");
}

#[test]
fn an_acknowledgement_that_the_journal_does_not_hold_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (journal, acks) = (place("journal"), place("acks"));
    let common = ["--journal", &journal, "--acknowledged", &acks];
    let mut victim = Command::cargo_bin("aftercare").expect("the program is built");
    victim.args(["load", "victim"]).args(common).args(["--life", "3"]).assert().success();
    let (sound, code) = load(&[&["audit"], &common[..]].concat());
    assert_eq!(code, 0, "{sound}");
    // The client was told something that never reached the log.
    let text = std::fs::read_to_string(&acks).expect("the client's log");
    let told = text.lines().rfind(|line| line.starts_with("A ")).expect("an answer");
    let digit = if &told[6..7] == "f" { "e" } else { "f" };
    std::fs::write(&acks, format!("{text}{}{digit}{}\n", &told[..6], &told[7..])).expect("written");
    let (findings, code) = load(&[&["audit"], &common[..]].concat());
    assert_eq!(code, 4, "{findings}");
}

/// A deliberate fault is found by its seed, and the command that is printed finds it again.
#[cfg(feature = "planted-bugs")]
#[test]
fn each_planted_bug_is_caught_and_its_seed_replays_as_printed() {
    let words = [
        "lost_posting",
        "doubled_draw",
        "limit_off_by_one",
        "stale_answer",
        "flush_too_early",
        "flush_error_ignored",
        "key_forgotten",
        "body_not_compared",
        "snapshot_unflushed",
        "damage_skipped",
        "lost_update",
        "refused_but_booked",
    ];
    for word in words {
        let (report, code) = load(&["swarm", "--seeds", "60", "--plant", word]);
        assert_eq!(code, 4, "{word}: {report}");
        let first = &report["failures"][0];
        let printed = first["replay"].as_str().expect("a command");
        let arguments: Vec<&str> = printed.split(' ').collect();
        assert_eq!(arguments[..2], ["aftercare", "load"], "{printed}");
        let (again, code) = load(&arguments[2..]);
        assert_eq!((code, &again["failures"][0]["found"]), (4, &first["found"]), "{printed}");
    }
}
