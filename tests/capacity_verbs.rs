//! `aftercare load` as its user types it: a masked log is imported and replayed, a day is recorded and
//! replayed, wrong rows get their place and a way out, the report has its promised keys, verdicts their exit
//! codes, a soak its windows, and a core that dies is taken over. Must never judge how fast a machine is.

use assert_cmd::Command;
use serde_json::Value;

struct Ended {
    code: i32,
    said: String,
    complained: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.said).unwrap_or_else(|_| panic!("{}", self.complained))
    }
}

fn load(arguments: &[&str]) -> Ended {
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let command = command.args(["--quiet", "--format", "json", "load"]).args(arguments);
    let output = command.output().expect("it runs");
    Ended {
        code: output.status.code().unwrap_or(-1),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
        complained: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Nothing lost, nothing doubled, not a fen off.
fn sound(report: &Value) {
    for field in ["lost", "doubled", "imbalance_fen"] {
        assert_eq!(report["audit"][field], 0, "{}", report["reasons"]);
    }
}

const PEOPLE: [&str; 3] = ["scenarios/smoke.toml", "--population", "2000"];
const MAPPING: &str = r#"{
  "schema": "aftercare.mapping/1",
  "columns": {"at": "req_time", "command": "infno", "person": "psn_hash", "visit": "mdtrt", "hospital": "inst", "care": "type", "amount": "total"},
  "time": "%Y-%m-%d %H:%M:%S",
  "commands": {"2206": "pre_settle", "2207": "settle", "2208": "reverse", "5203": "lookup"},
  "levels": {"H1": "tertiary", "H2": "primary"},
  "care": {"MZ": "11"}
}"#;

/// A gateway's log of so many visits: a trial, a settlement, a look, and one reversal in five.
fn log(visits: u32) -> Vec<[String; 7]> {
    let mut rows = Vec::new();
    for visit in 0..visits {
        let mut push = |second: u32, infno: &str, total: &str| {
            rows.push([
                format!("2023-11-01 09:{:02}:{:02}", visit / 30, (visit % 30) * 2 + second),
                infno.to_owned(),
                format!("hash{:04}", visit % 70),
                format!("v{visit}"),
                format!("H{}", 1 + visit % 2),
                "MZ".to_owned(),
                total.to_owned(),
            ]);
        };
        let total = format!("{}.50", 20 + visit);
        push(0, "2206", &total);
        push(0, "2207", &total);
        push(1, "5203", &total);
        if visit % 5 == 0 {
            push(1, "2208", "");
        }
    }
    rows
}

const COLUMNS: [&str; 7] = ["req_time", "infno", "psn_hash", "mdtrt", "inst", "type", "total"];

fn csv(rows: &[[String; 7]]) -> String {
    let head = COLUMNS.join(",");
    rows.iter().fold(head, |text, row| text + "\n" + &row.join(",")) + "\n"
}

fn ndjson(rows: &[[String; 7]]) -> String {
    let one = |row: &[String; 7]| {
        let fields =
            COLUMNS.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value.clone().into()));
        Value::Object(fields.collect()).to_string() + "\n"
    };
    rows.iter().map(one).collect()
}

#[test]
fn a_masked_log_of_either_form_becomes_one_trace_that_replays() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (mapping, rows) = (place("mapping.json"), log(90));
    std::fs::write(&mapping, MAPPING).expect("written");
    std::fs::write(place("log.csv"), csv(&rows)).expect("written");
    std::fs::write(place("log.ndjson"), ndjson(&rows)).expect("written");
    let import = |log: &str, out: &str| {
        let arguments = ["import", &place(log), "--mapping", &mapping, "--out", &place(out)];
        load(
            &[&arguments[..], &["--scenario", "scenarios/smoke.toml", "--population", "2000"]]
                .concat(),
        )
    };
    for (log, out) in [("log.csv", "a.csv"), ("log.ndjson", "b.csv")] {
        let ended = import(log, out);
        assert_eq!(ended.json()["commands"], rows.len(), "{}", ended.complained);
    }
    let read = |name: &str| std::fs::read_to_string(place(name)).expect("a trace");
    assert_eq!(read("a.csv"), read("b.csv"), "both forms say the same");
    assert!(
        read("a.csv").starts_with("# aftercare.trace/1\nrequest_id,at,command,"),
        "{}",
        read("a.csv")
    );
    assert!(!read("a.csv").contains("hash00"), "masked numbers stay where they are");
    let trace = place("a.csv");
    let replay = ["replay", &trace, "--speed", "100", "--seconds", "3"];
    let report = load(&[&replay[..], &PEOPLE].concat()).json();
    sound(&report);
    assert_eq!(report["client"]["sent"], rows.len());
    let kinds = &report["client"]["by_command"];
    assert_eq!((&kinds["settle"], &kinds["pre_settle"]), (&90.into(), &90.into()), "{kinds}");
    assert_eq!(kinds["reverse"], 18, "{kinds}");
    // Wrong rows: the file, the line, what is wrong, and what to do.
    let table = [
        (csv(&rows).replacen("2208", "9001", 1), "line 5", "add it to the mapping"),
        (csv(&rows).replacen("09:00:02", "9 o'clock", 1), "line 6", "`time` of the mapping"),
        (csv(&rows).replacen("20.50", "much", 1), "line 2", "column `total`"),
        (csv(&rows).replace("psn_hash", "person"), "line 2", "name one of"),
        (ndjson(&rows).replacen("\"MZ\"", "\"??\"", 1), "line 1", "`care` of the mapping"),
        (ndjson(&rows).replacen('}', "", 1), "line 1", "EOF"),
    ];
    for (text, line, words) in table {
        std::fs::write(place("wrong"), &text).expect("written");
        let ended = import("wrong", "c.csv");
        assert_eq!(ended.code, 2, "{words}");
        let told = &ended.complained;
        assert!(told.contains("wrong: ") && told.contains(line) && told.contains(words), "{told}");
    }
    // A trace whose row was spoilt is told the same way.
    let spoilt = read("a.csv").replacen(",settle,", ",fly,", 1);
    std::fs::write(place("spoilt.csv"), spoilt).expect("written");
    let ended = load(&[&["replay", &place("spoilt.csv")], &PEOPLE[..]].concat());
    assert_eq!(ended.code, 2);
    assert!(ended.complained.contains("spoilt.csv: line 4"), "{}", ended.complained);
}

#[test]
fn a_recorded_day_is_replayed_whole_at_its_peak_and_at_its_midnight() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("recording").display().to_string();
    let record = ["record", "scenarios/smoke.toml", "--month-end", "20", "--out", &out];
    let recording = load(&record).json();
    assert_eq!(recording["day"], "2023-03-31", "the last day of a month");
    let commands = recording["commands"].as_u64().expect("a count");
    let peak = recording["peak_minute"]["requests"].as_u64().expect("a count");
    let sent = |more: &[&str]| {
        let replay = ["replay", &out, "scenarios/smoke.toml", "--seconds", "3"];
        let report = load(&[&replay, more].concat()).json();
        sound(&report);
        report["client"]["sent"].as_u64().expect("a count")
    };
    assert_eq!(sent(&["--speed", "40000", "--cities", "2"]), 2 * commands);
    assert_eq!(sent(&["--part", "peak", "--speed", "40"]), peak);
    let night = sent(&["--part", "night"]);
    assert!(night > 0 && night < commands, "{night} of {commands}");
    let both = load(&["replay", &out, "--recorded", &out]);
    assert_eq!(both.code, 2, "{}", both.complained);
    let mixed = load(&["replay", &out, "--with-mix", "--seconds", "1", "--rate", "500"]).json();
    sound(&mixed);
}

#[test]
fn the_report_has_its_promised_keys_and_its_verdict_an_exit_code() {
    let run =
        |more: &[&str]| load(&[&PEOPLE[..], &["--rate", "20", "--seconds", "1"], more].concat());
    let ended = run(&["--slo", "settle p99 < 60s", "--search", "--repeats", "2"]);
    let report = ended.json();
    for key in ["store", "mix", "verdict"] {
        assert!(report[key].is_string(), "{key}: {report}");
    }
    for key in ["p50_ms", "p99_ms", "p999_ms"] {
        assert!(report[key].is_number(), "{key}: {report}");
    }
    // A machine too busy to make twenty requests a second on time shows no capacity, and says so.
    let bound = report["verdict"] == "generator_bound";
    assert!(report["capacity_per_s"].is_number() || bound, "{report}");
    for key in ["lost", "doubled", "imbalance_fen"] {
        assert!(report["audit"][key].is_i64() || report["audit"][key].is_u64(), "{key}: {report}");
    }
    let [times, held] = [0, 1].map(|at| report["repeats"][at].as_u64().expect("a count"));
    if times > 0 {
        let sure = report["holds_at_least"].as_f64().expect("two repeats");
        assert!(times == 2 && held <= 2 && sure < 0.23, "two runs prove little: {report}");
    }
    let code_of = |report: &Value| match report["verdict"].as_str().expect("a word") {
        "ok" => 0,
        "slo_missed" => 99,
        _ => 4,
    };
    assert_eq!(ended.code, code_of(&report));
    let missed = run(&["--slo", "p50 < 0.001us"]);
    let report = missed.json();
    assert_eq!((missed.code, report["objective_met"].as_bool()), (code_of(&report), Some(false)));
    assert!([99, 4].contains(&missed.code), "{report}");
    for (wrong, words) in [
        (&["--mix", "pay"][..], "`pay` is not city"),
        (&["--slo", "fast"], "such as `settle p99 < 50ms`"),
        (&["--search"], "--slo"),
        (&["--skew", "moon"], "hospital"),
    ] {
        let ended = run(wrong);
        assert!(ended.code == 2 && ended.complained.contains(words), "{}", ended.complained);
    }
}

#[test]
fn every_shape_of_load_is_sound_and_a_soak_is_told_window_by_window() {
    let shapes: [&[&str]; 5] = [
        &["--arrivals", "bursts", "--skew", "hospital"],
        &["--arrivals", "ramp", "--skew", "account"],
        &["--closed", "8"],
        &["--mix", "pre_settle=30,settle=30,reserve=10,draw=10,reverse=5,repay=10,query=5"],
        &["--windows", "4"],
    ];
    for shape in shapes {
        let rate: &[&str] = if shape[0] == "--closed" { &[] } else { &["--rate", "800"] };
        let report = load(&[&PEOPLE[..], rate, &["--seconds", "2"], shape].concat()).json();
        sound(&report);
        let windows = report["windows"].as_array().expect("a list");
        if shape[0] == "--windows" {
            assert!(windows.len() >= 4, "{windows:?}");
            let answered: f64 =
                windows[..4].iter().filter_map(|window| window["answered_per_s"].as_f64()).sum();
            assert!(answered > 800.0, "four windows of half a second: {windows:?}");
        } else {
            assert!(windows.is_empty(), "{windows:?}");
        }
    }
}

#[cfg(feature = "server")]
#[test]
fn a_core_that_dies_under_load_is_taken_over_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("journal").display().to_string();
    let load = load(&[
        "failover",
        "--population",
        "2000",
        "--rate",
        "200",
        "--seconds",
        "6",
        "--dies-after",
        "2",
        "--journal",
        &journal,
    ]);
    let report = load.json();
    assert_eq!(load.code, 0, "{report}");
    assert!(report["recovery_time_ms"].as_f64() > Some(0.0), "{report}");
    assert_eq!(report["recovery_point"]["acknowledged_lost"], 0, "{report}");
    assert_eq!(
        (&report["recovery_point"]["doubled"], &report["imbalance_fen"]),
        (&0.into(), &0.into())
    );
    assert!(
        report["answered"].as_u64() > Some(600),
        "clients went on after the take-over: {report}"
    );
    assert!(report["network"]["unknown"].as_u64() > Some(0), "some were under way: {report}");
}
