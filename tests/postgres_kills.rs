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

/// A served core that ends with the test.
#[cfg(feature = "server")]
struct Core(std::process::Child);

#[cfg(feature = "server")]
impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(feature = "server")]
#[test]
fn the_engine_is_served_over_a_database_in_both_interfaces() {
    use aftercare::store::postgres::cluster::Cluster;
    use std::io::{BufRead, BufReader};
    let people = ["scenarios/smoke.toml", "--population", "2000", "--seed", "1"];
    let national = ["--interface", "national", "--mix", "settle=60,pre_settle=30,reverse=10"];
    for (interface, rate) in [(&[][..], "200"), (&national, "60")] {
        let cluster = Cluster::start(&std::env::temp_dir()).expect("a server is installed");
        let mut process = std::process::Command::new(assert_cmd::cargo::cargo_bin("aftercare"))
            .args(["--quiet", "serve-core"])
            .args(people)
            .args(["--addr", "127.0.0.1:0", "--database-url", &cluster.url()])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdout = process.stdout.take().expect("piped");
        let core = Core(process);
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).expect("its address");
        let at = ["--store", "http", "--url", url.trim().trim_end_matches('/')];
        let (report, _, text) =
            load(&[&people[..], &at, interface, &["--rate", rate, "--seconds", "2"]].concat());
        for field in ["lost", "doubled", "imbalance_fen"] {
            assert_eq!(report["audit"][field], 0, "{text}");
        }
        assert_ne!(report["verdict"], "unsound", "{report}");
        assert!(report["measured"].as_u64() > Some(60), "{report}");
        drop(core);
    }
}
