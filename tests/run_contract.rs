//! The contract of `aftercare run` with other programs: exit codes, `summary.json`, the run folder, what
//! happens to a folder that is there already. The keys are written out here on purpose.

mod run_support;

use run_support::{files, json, names, program, run, scenario, text};
use serde_json::Value;

/// Echoed inputs: whole numbers.
const ECHOES: [&str; 4] = ["seed", "replications", "population", "days"];
/// Estimates of the run as a whole.
const ESTIMATES: [&str; 3] = ["visits", "admissions", "stop_conflicts"];
const TIMES: [&str; 5] = ["wait", "clinical_wait", "payment", "time_in_hospital", "payment_stops"];
const CLASSES: [&str; 3] = ["all", "credit_users", "others"];
const SIDES: [&str; 3] = ["baseline", "policy", "saved"];
const CREDIT_ESTIMATES: [&str; 6] =
    ["eligible", "opened", "used", "draws", "dpd90_rate_accounts", "dpd90_rate_balance"];
const CREDIT_MONEY: [&str; 13] = [
    "limit_total",
    "drawn_total",
    "net_credit_loss",
    "recovered",
    "loss_by_bearer.insurer",
    "loss_by_bearer.hospital",
    "loss_by_bearer.risk_pool",
    "loss_by_bearer.bank",
    "overdue_patient_receivables.baseline",
    "overdue_patient_receivables.policy",
    "deposits.baseline",
    "deposits.policy",
    "collection_cost",
];
const FUNDS: [&str; 6] = [
    "pooled_employee",
    "pooled_resident",
    "second_layer",
    "assistance",
    "personal_account",
    "person",
];
const CLEARING_DAYS: [&str; 2] = ["days_sales_outstanding", "days_to_fund_payment"];
const CLEARING_MONEY: [&str; 13] = [
    "owed_by_funds",
    "owed_by_banks",
    "in_transit",
    "unpaid_by_patients",
    "deposits_held",
    "advance_funding",
    "hospital_cash_at_end",
    "owed_by_funds_at_end",
    "funds_paid",
    "banks_paid",
    "patients_paid",
    "network_carried",
    "network_fees",
];
const CHECK: [&str; 6] = [
    "stops_removed_per_visit",
    "minutes_per_stop",
    "other_queues_min",
    "sign_up_and_help_min",
    "explained_min",
    "simulated_min",
];
/// Figures by arm: baseline and policy.
const BY_ARM: [&str; 28] = [
    "inpatient.admissions",
    "inpatient.emergencies",
    "inpatient.extra_beds",
    "inpatient.occupancy_share",
    "inpatient.sent_home_without_bed",
    "inpatient.bed_wait_days_mean",
    "inpatient.bed_wait_min_mean",
    "inpatient.turned_away",
    "inpatient.gave_up",
    "inpatient.deposits_on_line",
    "inpatient.top_ups",
    "inpatient.staged_payments",
    "inpatient.settled_after_leaving",
    "inpatient.discharges",
    "inpatient.discharge_min_mean",
    "inpatient.payment_min_mean",
    "help_desk.visits",
    "help_desk.wait_min_mean",
    "help_desk.utilisation_share",
    "help_desk.staff_hours",
    "outages.site_outages",
    "outages.diverted_payments",
    "outages.diverted_visits",
    "outages.diverted_wait_min_mean",
    "outages.recovery_min_mean",
    "outages.recovery_min_longest",
    "prices.declined_tests",
    "prices.refund_trips",
];
const MONEY_BY_ARM: [&str; 3] = [
    "inpatient.deposits_yuan",
    "inpatient.paid_on_the_way_yuan",
    "inpatient.cash_locked_yuan_days",
];
/// Merged into the printed summary from the manifest.
const WALL: [&str; 2] = ["visits_simulated_per_s", "events_per_s"];
/// Measured by the load test only.
const UNMEASURED: [&str; 2] = ["core_capacity_per_s", "headroom"];
const TABLES: [&str; 26] = [
    "answer_by_group.csv",
    "assumptions.csv",
    "by_group.csv",
    "by_hour.csv",
    "by_station_hour.csv",
    "clearing.csv",
    "credit_buckets.csv",
    "credit_classes.csv",
    "credit_loss_curve.csv",
    "credit_rolls.csv",
    "credit_segments.csv",
    "credit_vintage_curves.csv",
    "credit_vintages.csv",
    "daily.csv",
    "dictionary.csv",
    "flows.csv",
    "funds.csv",
    "hospitals.csv",
    "inpatient.csv",
    "losses.csv",
    "npv_by_party.csv",
    "reconciliation.csv",
    "refusals.csv",
    "replications.csv",
    "saved_histogram.csv",
    "stations.csv",
];

/// The value at a path of keys.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, key| {
        value.get(key).unwrap_or_else(|| panic!("`{path}` is missing at `{key}`"))
    })
}

/// A number with its interval over two replications, lower end first.
fn assert_estimate(summary: &Value, path: &str) {
    let value = at(summary, path);
    assert_eq!(value.as_object().map(serde_json::Map::len), Some(2), "{path}: {value}");
    let ends = at(value, "ci95").as_array().unwrap_or_else(|| panic!("{path}: {value}"));
    let ends: Vec<f64> = ends.iter().map(|end| end.as_f64().expect("a number")).collect();
    let mean = at(value, "mean").as_f64().unwrap_or_else(|| panic!("{path}: {value}"));
    assert!(ends.len() == 2 && ends[0] <= mean && mean <= ends[1], "{path}: {value}");
}

/// The same in yuan text with two decimals.
fn assert_money(summary: &Value, path: &str) {
    let value = at(summary, path);
    let ends = at(value, "ci95").as_array().unwrap_or_else(|| panic!("{path}: {value}"));
    for amount in ends.iter().chain([at(value, "mean")]) {
        let text = amount.as_str().unwrap_or_else(|| panic!("{path}: {value} is no text"));
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (yuan, fen) = digits.split_once('.').unwrap_or_else(|| panic!("{path}: {text}"));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        assert!(plain(yuan) && plain(fen) && !yuan.is_empty() && fen.len() == 2, "{path}: {text}");
    }
}

fn assert_queue(summary: &Value, base: &str) {
    for time in TIMES {
        for class in CLASSES {
            for side in SIDES {
                assert_estimate(summary, &format!("{base}.{time}.{class}.{side}"));
            }
        }
    }
    assert_estimate(summary, &format!("{base}.saved_hours_total"));
    for key in CHECK {
        assert_estimate(summary, &format!("{base}.check.{key}"));
    }
}

fn assert_contract(summary: &Value) {
    assert_eq!(at(summary, "schema"), "aftercare.summary/1");
    assert_eq!(at(summary, "scenario"), "smoke");
    assert_eq!(at(summary, "baseline"), "mobile_2023");
    let echoes = ECHOES.map(|key| at(summary, key).as_u64().expect("a whole number"));
    assert_eq!(echoes, [1, 2, 20_000, 3]);
    for key in ESTIMATES {
        assert_estimate(summary, key);
    }
    assert_queue(summary, "queue");
    assert_estimate(summary, "queue.unmatched");
    for key in CREDIT_ESTIMATES {
        assert_estimate(summary, &format!("credit.{key}"));
    }
    for key in CREDIT_MONEY {
        assert_money(summary, &format!("credit.{key}"));
    }
    for side in ["baseline", "policy"] {
        for key in BY_ARM {
            assert_estimate(summary, &format!("{key}.{side}"));
        }
        for key in MONEY_BY_ARM {
            assert_money(summary, &format!("{key}.{side}"));
        }
        for key in CLEARING_DAYS {
            assert_estimate(summary, &format!("clearing.{key}.{side}"));
        }
        for key in CLEARING_MONEY {
            assert_money(summary, &format!("clearing.{key}.{side}"));
        }
    }
    assert_estimate(summary, "settlement.claims");
    assert_money(summary, "settlement.total");
    for fund in FUNDS {
        assert_money(summary, &format!("settlement.by_fund.{fund}"));
    }
    let refused = at(summary, "settlement.refused_by_reason").as_object().expect("a table");
    assert!(!refused.is_empty(), "the smoke district refuses somebody");
    for word in refused.keys() {
        assert_estimate(summary, &format!("settlement.refused_by_reason.{word}"));
    }
    assert_eq!(at(summary, "settlement.ledger_imbalance_fen"), 0);
    for key in ["peak_requests_per_s", "requests_per_visit"] {
        assert_estimate(summary, &format!("throughput.{key}"));
    }
}

#[test]
fn the_printed_summary_keeps_the_contract_and_equals_the_file() {
    let room = tempfile::tempdir().expect("a folder");
    let done = run(room.path(), "out").args(["--format", "json"]).assert().code(0);
    let mut printed: Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    assert_contract(&printed);
    let names: Vec<&str> = at(&printed, "baselines")
        .as_array()
        .expect("a list")
        .iter()
        .map(|arm| at(arm, "name").as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["mobile_2023", "windows_2015"]);
    assert_queue(&printed, "queue.against.windows_2015");
    for key in WALL {
        assert!(at(&printed, &format!("throughput.{key}")).as_f64().expect("a number") > 0.0);
    }
    for key in UNMEASURED {
        assert!(at(&printed, &format!("throughput.{key}")).is_null());
    }
    let file = json(&room.path().join("out/summary.json"));
    let throughput = printed["throughput"].as_object_mut().expect("a table");
    throughput.retain(|key, _| file["throughput"].get(key).is_some());
    assert_eq!(printed, file, "the file holds the same, without wall-clock figures");
}

#[test]
fn one_replication_has_no_interval() {
    let room = tempfile::tempdir().expect("a folder");
    let mut once = program(room.path());
    once.arg("run").arg(scenario("smoke.toml"));
    once.args(["--out", "out", "--days", "2", "--replications", "1"]).assert().code(0);
    let summary = json(&room.path().join("out/summary.json"));
    let mut seen = 0;
    assert_no_interval(&summary, &mut seen);
    assert!(seen > 60, "{seen} estimates");
}

fn assert_no_interval(value: &Value, seen: &mut usize) {
    if let Some(interval) = value.get("ci95") {
        assert!(interval.is_null(), "{value}");
        *seen += 1;
    }
    let children: Vec<&Value> = match value {
        Value::Object(entries) => entries.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    for child in children {
        assert_no_interval(child, seen);
    }
}

#[test]
fn the_folder_holds_what_the_manifest_lists_and_the_manifest_has_the_hashes() {
    let room = tempfile::tempdir().expect("a folder");
    run(room.path(), "deep/out").assert().code(0);
    assert_eq!(names(room.path()), ["deep"]);
    assert_eq!(names(&room.path().join("deep")), ["out"], "no hidden part is left");
    let found = files(&room.path().join("deep/out"));
    for name in TABLES.into_iter().chain(["summary.json", "scenario.resolved.json", "report.html"])
    {
        assert!(found.contains_key(name), "{name} is missing");
    }
    assert!(found.contains_key("charts/time_in_hospital.svg"), "{:?}", found.keys());
    let manifest: Value = serde_json::from_slice(&found["manifest.json"]).expect("JSON");
    let listed = manifest["files"].as_array().expect("a list");
    assert_eq!(listed.len(), found.len() - 1, "every file but the manifest is listed");
    for entry in listed {
        let bytes = &found[entry["name"].as_str().expect("a name")];
        assert_eq!(entry["bytes"], bytes.len());
        assert_eq!(entry["blake3"], blake3::hash(bytes).to_hex().as_str());
    }
    for table in TABLES {
        let mut reader = csv::Reader::from_reader(found[table].as_slice());
        let rows: Result<Vec<_>, _> = reader.records().collect();
        let rows = rows.expect("as many cells as the header");
        assert!(!rows.is_empty(), "{table} is empty");
    }
}

#[test]
fn the_same_input_again_leaves_the_folder_as_it_is() {
    let room = tempfile::tempdir().expect("a folder");
    run(room.path(), "out").args(["--format", "json"]).assert().code(0);
    let before = files(room.path());
    let again = run(room.path(), "out").args(["--format", "json"]).assert().code(0);
    assert!(before == files(room.path()), "nothing was touched, the clock in the manifest neither");
    let printed: Value = serde_json::from_slice(&again.get_output().stdout).expect("JSON");
    assert_contract(&printed);
    run(room.path(), "out").args(["--threads", "1", "--force"]).assert().code(0);
    assert!(before == files(room.path()), "threads are no input, and --force has nothing to force");
}

#[test]
fn another_input_is_refused_or_the_old_folder_is_renamed() {
    let room = tempfile::tempdir().expect("a folder");
    run(room.path(), "out").assert().code(0);
    let before = files(room.path());
    for other in [["--seed", "2"], ["--set", "people.population=10000"]] {
        let refused = run(room.path(), "out").args(other).assert().code(2);
        let message = text(&refused.get_output().stderr);
        assert!(message.contains("--force") && message.contains("--out"), "{message}");
        assert!(before == files(room.path()), "{other:?} changed something");
    }
    run(room.path(), "out").args(["--seed", "2", "--force"]).assert().code(0);
    assert_eq!(names(room.path()), ["out", "out.1"]);
    assert_eq!(json(&room.path().join("out/summary.json"))["seed"], 2);
    assert_eq!(files(&room.path().join("out.1"))["summary.json"], before["out/summary.json"]);
}

#[test]
fn a_folder_of_somebody_else_is_left_alone_even_with_force() {
    let room = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(room.path().join("thesis")).expect("a folder");
    std::fs::write(room.path().join("thesis/chapter.txt"), "years of work").expect("a file");
    for force in [&[][..], &["--force"]] {
        let refused = run(room.path(), "thesis").args(force).assert().code(2);
        assert!(text(&refused.get_output().stderr).contains("left alone"));
    }
    assert_eq!(names(&room.path().join("thesis")), ["chapter.txt"]);
}

#[test]
fn a_dropped_fen_stops_the_run_and_is_named() {
    let room = tempfile::tempdir().expect("a folder");
    for posting in ["0", "7", "300"] {
        let mut faulty = run(room.path(), "out");
        let stopped = faulty.args(["--plant-dropped-fen", posting]).assert().code(4);
        let output = stopped.get_output();
        let message = text(&output.stderr);
        let fen = message.contains("by 1 fen") || message.contains("by -1 fen");
        assert!(fen && message.contains("0.01 yuan"), "{message}");
        assert!(message.contains("replication 1, arm smoke_credit, 2023-03-"), "{message}");
        assert!(message.contains("command 0x") && message.contains("legs sum to"), "{message}");
        assert!(
            message.contains("[hospital_income#") || message.contains("_account#"),
            "{message}"
        );
        assert!(output.stdout.is_empty());
        assert_eq!(names(room.path()), [""; 0], "nothing is written");
    }
}

#[test]
fn an_answer_whose_books_do_not_close_stops_the_run_and_is_named() {
    let room = tempfile::tempdir().expect("a folder");
    let mut faulty = run(room.path(), "out");
    let stopped = faulty.arg("--plant-unpaid-fen").assert().code(4);
    let output = stopped.get_output();
    let message = text(&output.stderr);
    let named = "who gains and who pays, against mobile_2023: flows of patients";
    assert!(message.contains(named) && message.contains("1 fen"), "{message}");
    assert!(output.stdout.is_empty());
    assert!(!room.path().join("out").exists(), "no result is written");
}

#[test]
fn five_mistakes_get_five_messages_with_their_places() {
    let room = tempfile::tempdir().expect("a folder");
    let wrong = scenario("broken/five_mistakes.toml");
    let refused = program(room.path()).arg("run").arg(wrong).assert().code(2);
    let message = text(&refused.get_output().stderr);
    let places: Vec<&str> = message
        .lines()
        .filter_map(|line| line.split_once("five_mistakes.toml:").map(|(_, rest)| rest))
        .map(|rest| rest.split_once(": ").expect("a message after the place").0)
        .collect();
    assert_eq!(places, ["6:1", "7:19", "8:14", "11:22", "15:17"], "{message}");
    assert!(message.contains("did you mean `population`?"), "{message}");
    assert_eq!(names(room.path()), [""; 0], "no output folder");
}

#[test]
fn wrong_usage_is_exit_2_and_help_is_exit_0() {
    let room = tempfile::tempdir().expect("a folder");
    let smoke = scenario("smoke.toml");
    let smoke = smoke.to_str().expect("UTF-8");
    let wrong: [&[&str]; 12] = [
        &[],
        &["walk"],
        &["run"],
        &["run", "nowhere.toml"],
        &["run", smoke, "--threads", "0"],
        &["run", smoke, "--replications", "0"],
        &["run", smoke, "--days", "0"],
        &["run", smoke, "--days", "three"],
        &["run", smoke, "--format", "xml"],
        &["run", smoke, "--seed", "-1"],
        &["run", smoke, "--population", "7"],
        &["run", smoke, "--set", "people.populaton=5"],
    ];
    for arguments in wrong {
        let refused = program(room.path()).args(arguments).assert().code(2);
        let output = refused.get_output();
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"]] {
        let done = program(room.path()).args(arguments).assert().code(0);
        assert!(done.get_output().stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(names(room.path()), [""; 0], "nothing is written");
}

#[test]
fn quiet_says_nothing_and_both_languages_name_the_baseline() {
    let room = tempfile::tempdir().expect("a folder");
    let english = run(room.path(), "out").arg("--quiet").assert().code(0);
    assert_eq!(text(&english.get_output().stderr), "");
    let english = text(&english.get_output().stdout);
    let chinese = run(room.path(), "out").args(["--quiet", "--lang", "zh"]).assert().code(0);
    let chinese = text(&chinese.get_output().stdout);
    let titles = [(&english, "mobile payment before each step"), (&chinese, "手机缴费、逐项先付")];
    for (words, baseline) in titles {
        let named = words.contains(baseline) && words.contains("mobile_2023");
        assert!(named, "no saving without its baseline:\n{words}");
    }
}
