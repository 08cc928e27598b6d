//! The second interval, gates and the stop rule, from outside: what a run says about its own figures.

mod run_support;

use run_support::{json, program, scenario, text};
use serde_json::Value;
use std::path::Path;

const UNCERTAIN: &str = "uncertainty = { points = 8, value_of_hour_yuan = 20, inputs = [\
    { key = \"behaviour.use_of_line.outpatient_share\", low = 0.2, high = 0.9 }, \
    { key = \"credit.sanctions.penalty_rate_per_day\", low = 0.0004, high = 0.0006, mode = 0.0005 }] }";
const SAVED: &str = "queue.time_in_hospital.all.saved";

fn smoke(room: &Path, more: &[&str]) -> assert_cmd::Command {
    let mut command = program(room);
    command.arg("run").arg(scenario("smoke.toml")).args(["--out", "out", "--quiet"]);
    command.args(["--days", "3", "--population", "6000"]).args(more);
    command
}

fn printed(command: &mut assert_cmd::Command, code: i32) -> Value {
    let done = command.args(["--format", "json"]).assert().code(code);
    serde_json::from_slice(&done.get_output().stdout).expect("JSON")
}

#[test]
fn every_headline_has_two_labelled_intervals_and_the_telling_input_leads() {
    let room = tempfile::tempdir().expect("a folder");
    // The whole district: in a part of it chance hides what the input does.
    let whole = ["--days", "7", "--population", "20000", "--replications", "3", "--set", UNCERTAIN];
    let mut run = program(room.path());
    run.arg("run").arg(scenario("smoke.toml")).args(["--out", "out", "--quiet"]).args(whole);
    let summary = printed(&mut run, 0);
    let doubt = &summary["uncertainty"];
    assert_eq!(doubt["points"], 8);
    assert_eq!(doubt["labels"]["spread95"]["zh"], "输入不确定性带来的范围");
    for (path, both) in doubt["headlines"].as_object().expect("headlines") {
        for interval in ["monte_carlo95", "spread95"] {
            assert_eq!(both[interval].as_array().map(Vec::len), Some(2), "{path}: {both}");
        }
    }
    let used = &doubt["headlines"]["credit.used"];
    let width = |interval: &Value| interval[1].as_f64().unwrap() - interval[0].as_f64().unwrap();
    assert!(width(&used["spread95"]) > width(&used["monte_carlo95"]), "{used}");
    let next = doubt["measure_next"].as_array().expect("a list");
    assert_eq!(next[0]["key"], "behaviour.use_of_line.outpatient_share");
    assert!(next[0]["narrows_share"].as_f64() > Some(0.5), "{next:?}");
    assert!(next[0]["evppi_yuan"].is_string() && next.len() == 2, "{next:?}");
    let table = std::fs::read_to_string(room.path().join("out/uncertainty.csv")).expect("a table");
    assert_eq!(table.lines().count(), 9);
    let mut again = program(room.path());
    again.arg("run").arg(scenario("smoke.toml")).args(["--out", "out", "--quiet"]).args(whole);
    let human = again.assert().code(0);
    let told = text(&human.get_output().stdout);
    assert!(told.contains("spread from uncertain inputs"), "{told}");
    let page = std::fs::read_to_string(room.path().join("out/report.zh.html")).expect("a page");
    assert!(page.contains("输入不确定性带来的范围"));
}

#[test]
fn an_uncertain_cost_spreads_the_answer_that_the_simulation_hardly_does() {
    let room = tempfile::tempdir().expect("a folder");
    let cost = "uncertainty = { points = 5, inputs = [\
        { key = \"costs.bank.running_yuan_per_year\", low = 100000, high = 2000000 }] }";
    let summary = printed(&mut smoke(room.path(), &["--set", cost]), 0);
    let answer = &summary["uncertainty"]["answer"];
    let both = &answer["answer.bank.fixed_cost_per_year"];
    let width = |interval: &Value| -> f64 {
        let end = |at: usize| interval[at].as_str().expect("yuan").parse::<f64>().expect("yuan");
        end(1) - end(0)
    };
    assert!(width(&both["spread95"]) > 10.0 * width(&both["monte_carlo95"]), "{both}");
    let hours = &answer["answer.against.mobile_2023.net_hours_per_1000_eligible_visits"];
    assert_eq!(hours["unit"], "h");
    let page = std::fs::read_to_string(room.path().join("out/report.html")).expect("a page");
    assert!(page.contains("inputs: "), "the spread stands in the answer's tables");
}

/// The three answers say minutes, yuan and the peak, each with both intervals.
#[test]
fn the_peak_and_the_yuan_have_their_second_interval_in_the_answers() {
    let room = tempfile::tempdir().expect("a folder");
    let inputs = "uncertainty = { points = 6, inputs = [\
        { key = \"demand.visits_per_person_per_year\", low = 3, high = 9 }, \
        { key = \"behaviour.repayment.miss_due_share\", low = 0.05, high = 0.9 }, \
        { key = \"costs.it.set_up_yuan\", low = 1000000, high = 9000000 }] }";
    let more = ["--set", inputs, "--set", "demand.admissions_per_person_per_year=0.5"];
    let summary = printed(&mut smoke(room.path(), &more), 0);
    let doubt = &summary["uncertainty"];
    let ends = |path: &str, block: &str, interval: &str| -> [f64; 2] {
        let both = &doubt[block][path][interval];
        [0, 1].map(|at| {
            let end = &both[at];
            end.as_f64()
                .or_else(|| end.as_str()?.parse().ok())
                .unwrap_or_else(|| panic!("{path}: {both}"))
        })
    };
    let peak = "throughput.peak_requests_per_s";
    let value = "answer.against.mobile_2023.npv_by_party.treasury";
    for (path, block) in
        [(peak, "answer"), ("credit.net_credit_loss", "headlines"), (value, "answer")]
    {
        let [low, high] = ends(path, block, "spread95");
        let [from, to] = ends(path, block, "monte_carlo95");
        assert!(low < high && from <= to, "{path}");
    }
    // Thrice the visits are a higher peak, and eight million more are dearer: both far beyond the luck of runs.
    let [low, high] = ends(peak, "answer", "spread95");
    assert!(high > 1.3 * low, "{low} {high}");
    let [low, high] = ends(value, "answer", "spread95");
    let [from, to] = ends(value, "answer", "monte_carlo95");
    assert!(high - low > 10.0 * (to - from), "{low} {high} {from} {to}");
    let said = [
        ("report.html", "In its busiest minute", "uncertain inputs "),
        ("report.zh.html", "最繁忙的一分钟内", "输入不确定性"),
    ];
    for (name, peak, words) in said {
        let page = std::fs::read_to_string(room.path().join("out").join(name)).expect("a page");
        let (_, sentence) = page.split_once(peak).expect("the load");
        let (sentence, _) = sentence.split_once([')', '）']).expect("its intervals");
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[test]
fn points_with_other_numbers_and_wrong_ranges_are_told() {
    let room = tempfile::tempdir().expect("a folder");
    let table = [
        (UNCERTAIN.replace("high = 0.9", "high = 0.1"), "not above low"),
        (UNCERTAIN.replace("mode = 0.0005", "mode = 0.5"), "outside"),
        (UNCERTAIN.replace("outpatient_share", "outpatient_shar"), "outpatient_shar"),
        (UNCERTAIN.replace("points = 8", "points = 2"), "5 or more"),
    ];
    for (set, expected) in table {
        let refused = smoke(room.path(), &["--set", &set]).assert().code(2);
        let message = text(&refused.get_output().stderr);
        assert!(message.contains(expected), "{expected}: {message}");
    }
    let refused = smoke(room.path(), &["--uncertainty", "8"]).assert().code(2);
    assert!(text(&refused.get_output().stderr).contains("[uncertainty]"));
}

#[test]
fn a_missed_gate_is_exit_99_and_an_unknown_metric_is_an_error() {
    let room = tempfile::tempdir().expect("a folder");
    let low = format!("{SAVED} > -1000");
    let high = format!("{SAVED} > 1000");
    let in_file = format!("gates.must = [\"{SAVED} > 999\"]");
    let two = ["--replications", "2"];
    let held = printed(smoke(room.path(), &two).args(["--gate", &low]), 0);
    assert_eq!(held["gates"][0]["held"], true);
    let missed = printed(smoke(room.path(), &two).args(["--gate", &low, "--gate", &high]), 99);
    assert_eq!(
        (&missed["gates"][0]["held"], &missed["gates"][1]["held"]),
        (&true.into(), &false.into())
    );
    let summary = json(&room.path().join("out/summary.json"));
    assert!(summary.get("gates").is_none(), "a gate is no part of the result");
    let told = smoke(room.path(), &two).args(["--gate", &high]).assert().code(99);
    assert!(text(&told.get_output().stderr).contains("gate missed"), "even with --quiet");
    smoke(room.path(), &two).args(["--set", &in_file, "--force"]).assert().code(99);
    let unknown = smoke(room.path(), &two).args(["--gate", "credit.net_los < 5"]).assert().code(2);
    let message = text(&unknown.get_output().stderr);
    assert!(message.contains("net_credit_loss") || message.contains("did you mean"), "{message}");
}

#[test]
fn replications_go_on_until_the_interval_is_narrow_enough() {
    let room = tempfile::tempdir().expect("a folder");
    let until = "queue.payment_stops.all.saved=25%";
    let wide = printed(&mut smoke(room.path(), &["--until", until, "--replications-max", "40"]), 0);
    let stopped = &wide["quality"]["stopped"];
    let n = wide["replications"].as_u64().expect("a number");
    assert_eq!(stopped["reached"], true, "{stopped}");
    assert!((8..40).contains(&n), "3 to begin and 5 to look ahead: {n}");
    let needed =
        &wide["quality"]["headlines"]["queue.payment_stops.all.saved"]["replications_needed"];
    let (five, one) = (&needed["within_5_percent"], &needed["within_1_percent"]);
    assert!(five.as_u64() < one.as_u64(), "{needed}");
    let both = &wide["quality"]["headlines"]["queue.payment_stops.all.saved"];
    assert!(both["bootstrap95"][0].as_f64() < both["bootstrap95"][1].as_f64(), "{both}");
    let never = format!("{SAVED}=0.01%");
    let arguments = ["--until", &never, "--replications-max", "4", "--force"];
    let wide = printed(&mut smoke(room.path(), &arguments), 0);
    assert_eq!(
        (&wide["quality"]["stopped"]["reached"], &wide["replications"]),
        (&false.into(), &4.into())
    );
}

#[test]
fn tables_for_excel_begin_with_its_mark_and_are_otherwise_the_same() {
    let room = tempfile::tempdir().expect("a folder");
    smoke(room.path(), &["--replications", "2"]).assert().code(0);
    let export = |to: &str| {
        let mut command = program(room.path());
        command.args(["export", "out", "--bom", "--out", to]);
        command
    };
    export("tables").assert().code(0);
    for name in run_support::names(&room.path().join("tables")) {
        let bytes = std::fs::read(room.path().join("tables").join(&name)).expect("a table");
        let own = std::fs::read(room.path().join("out").join(&name)).expect("its own");
        assert!(bytes.starts_with(b"\xef\xbb\xbf") && bytes[3..] == own, "{name}");
    }
    export("tables").assert().code(2);
}

#[test]
#[cfg(feature = "exports")]
fn parquet_and_workbook_are_the_same_bytes_again_and_leave_the_run_alone() {
    let room = tempfile::tempdir().expect("a folder");
    smoke(room.path(), &["--replications", "2"]).assert().code(0);
    let before = run_support::files(&room.path().join("out"));
    let export = |to: &str| {
        let mut command = program(room.path());
        command.args(["export", "out", "--parquet", "--xlsx", "--out", to]).assert().code(0);
        run_support::files(&room.path().join(to))
    };
    let (first, second) = (export("a"), export("b"));
    assert!(first == second, "no clock in the files");
    assert!(before == run_support::files(&room.path().join("out")));
    let names: Vec<&String> = first.keys().collect();
    let daily = "daily/scenario=smoke/arm=smoke_credit/replication=2/part-0.parquet";
    assert!(first.contains_key(daily), "{names:?}");
    assert!(first.contains_key("losses/scenario=smoke/part-0.parquet"), "{names:?}");
    assert!(first["smoke.xlsx"].starts_with(b"PK"));
    let ends_in_csv = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "csv");
    assert_eq!(names.iter().filter(|name| ends_in_csv(name)).count(), 0, "only what was asked for");
}

#[test]
fn a_run_is_verified_by_running_it_again_from_what_lies_in_its_folder() {
    let room = tempfile::tempdir().expect("a folder");
    let set = "behaviour.repayment.miss_due_share = 0.3";
    smoke(room.path(), &["--replications", "2", "--set", set]).assert().code(0);
    let page = std::fs::read_to_string(room.path().join("out/reporting.md")).expect("a page");
    assert!(page.contains("STRESS-DES") && page.contains("CHEERS") && page.contains("mobile_2023"));
    let verify = || {
        let mut command = program(room.path());
        command.args(["runs", "verify", "out", "--rerun", "--quiet"]);
        command
    };
    let found = printed(&mut verify(), 0);
    assert_eq!(found[0]["differ"], Value::Array(Vec::new()), "{found}");
    assert!(found[0]["same"].as_u64() > Some(10), "{found}");
    assert_eq!(run_support::names(room.path()), ["out"], "the second run leaves nothing");
    let path = room.path().join("out/losses.csv");
    let text = std::fs::read_to_string(&path).expect("a table");
    std::fs::write(&path, text.replace("bank", "bonk")).expect("a changed table");
    let found = printed(&mut verify(), 99);
    assert_eq!(found[0]["differ"], serde_json::json!(["losses.csv"]));
}
