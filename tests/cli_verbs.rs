//! The command line as other programs meet it: exit codes, what goes to stdout, what to stderr.
//! Must never run more than a few days of the smallest city.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

const CLAIM: &str = "tests/data/examples/claim.json";
const RULES: &str = "scenarios/rules/urban_2023.toml";
const NETWORK: &str = "scenarios/networks/outpatient_day.toml";

/// What a call of the program left.
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn json(&self) -> Value {
        assert_eq!(self.stderr, "", "a quiet call that succeeds says nothing");
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

fn call(arguments: &[&str]) -> Ended {
    call_in(Path::new("."), arguments)
}

fn call_in(dir: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::cargo_bin("aftercare").expect("the binary is built");
    let output = command.current_dir(dir).args(arguments).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        code: output.status.code().expect("it ends by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn json(arguments: &[&str]) -> Value {
    let ended = call(&[arguments, &["--format", "json", "--quiet"]].concat());
    assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.stderr);
    ended.json()
}

#[test]
fn help_lists_the_verbs_of_the_contract() {
    let help = call(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    let verbs = [
        "run",
        "flow",
        "settle",
        "schedule",
        "validate",
        "check",
        "schema",
        "scenarios",
        "init",
        "completions",
        "runs",
        "serve",
    ];
    for verb in verbs {
        let listed = help.stdout.lines().any(|line| line.trim_start().starts_with(verb));
        assert!(listed, "{verb} is not in\n{}", help.stdout);
        assert_eq!(call(&[verb, "--help"]).code, 0, "{verb} --help");
    }
}

#[test]
fn wrong_input_ends_with_2_and_leaves_stdout_empty() {
    let broken = "scenarios/broken/five_mistakes.toml";
    let rows: [(&[&str], &str); 16] = [
        (&["fly"], "fly"),
        (&["run", broken], "five_mistakes.toml:6:1"),
        (&["flow", "scenarios/broken/network.toml"], "network.toml"),
        (&["flow", NETWORK, "--replications", "0"], "--replications"),
        (&["settle", "nowhere.json", "--rules", RULES], "nowhere.json"),
        (&["settle", RULES, "--rules", RULES], "schema claim"),
        (&["settle", CLAIM, "--rules", "scenarios/broken/rules.toml"], "rules.toml"),
        (&["schedule", "--principal", "0", "--apr", "4", "--months", "3"], "more than 0"),
        (&["schedule", "--principal", "600", "--apr", "0.0498", "--months", "3"], "4.98"),
        (&["schedule", "--principal", "600", "--apr", "900", "--months", "600"], "repay"),
        (&["check", broken, "nowhere.toml"], "nowhere.toml"),
        (&["schema", "poem"], "poem"),
        (&["scenarios", "src"], "no scenario"),
        (&["init", "../x"], "--dir"),
        (&["runs", "show", "nowhere"], "nowhere"),
        (&["validate", "--cases", "nowhere.json"], "nowhere.json"),
    ];
    for (arguments, word) in rows {
        let ended = call(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(word), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn flow_gives_the_same_waits_for_any_number_of_threads() {
    let waits = |threads: &str| {
        let answer =
            json(&["flow", NETWORK, "--replications", "3", "--seed", "5", "--threads", threads]);
        (answer["stations"].clone(), answer["events"].clone(), answer["patients"].clone())
    };
    let (stations, events, patients) = waits("1");
    assert_eq!(waits("3"), (stations.clone(), events.clone(), patients.clone()));
    let wait = &stations["cashier"]["wait_mean_s"];
    let mean = wait["mean"].as_f64().expect("a mean");
    assert!(wait["ci95"][0].as_f64() < Some(mean) && Some(mean) < wait["ci95"][1].as_f64());
    let a_patient = events.as_f64().expect("events") / patients.as_f64().expect("patients");
    assert!((11.0..12.5).contains(&a_patient), "{a_patient} events a patient");
    for station in ["registration", "doctors", "cashier", "laboratory", "pharmacy"] {
        let station = &stations[station];
        for key in ["wait_p50_s", "wait_p90_s", "wait_p99_s", "utilisation", "longest_queue"] {
            assert!(station[key]["mean"].is_f64(), "{key}: {station}");
        }
    }
    let human = call(&["flow", NETWORK, "--replications", "2", "--lang", "zh"]);
    assert!(human.stdout.contains("站点") && human.stdout.contains("pharmacy"));
    assert!(human.stdout.lines().all(|line| line.chars().count() <= 80), "{}", human.stdout);
}

#[test]
fn settle_answers_in_national_field_names_and_tells_differences() {
    let reply = json(&["settle", CLAIM, "--rules", RULES]);
    let yuan = |key: &str| -> i64 {
        let text = reply[key].as_str().unwrap_or_else(|| panic!("{key} is text in {reply}"));
        text.replace('.', "").parse().expect("two decimals")
    };
    assert_eq!(yuan("medfee_sumamt"), 1_845_075);
    assert_eq!(yuan("fund_pay_sumamt") + yuan("psn_part_amt"), yuan("medfee_sumamt"));
    assert_eq!(yuan("acct_pay") + yuan("psn_cash_pay"), yuan("psn_part_amt"));

    let steps = json(&["settle", CLAIM, "--rules", RULES, "--explain"]);
    let last = steps["steps"].as_array().and_then(|steps| steps.last()).expect("steps");
    assert_eq!(last["amount"], reply["psn_part_amt"]);
    let told = call(&["settle", CLAIM, "--rules", RULES, "--explain", "--lang", "zh"]);
    assert!(told.stdout.contains("个人负担总金额"), "{}", told.stdout);

    let room = tempfile::tempdir().expect("a folder");
    let theirs = room.path().join("replies.ndjson");
    let against = |reply: &Value| {
        std::fs::write(&theirs, format!("{reply}\n")).expect("written");
        call(&["settle", CLAIM, "--rules", RULES, "--against", &theirs.to_string_lossy()])
    };
    assert_eq!(against(&reply).code, 0);
    let mut other = reply.clone();
    other["hifp_pay"] = Value::from("1.00");
    let differs = against(&other);
    assert_eq!(differs.code, 99);
    let line = differs.stdout.lines().find(|line| line.contains("hifp_pay: "));
    assert!(line.is_some_and(|line| line.ends_with("theirs 1.00")), "{}", differs.stdout);
    other["mdtrt_id"] = Value::from("d9-g9-9");
    assert_eq!(against(&other).code, 99, "a claim without a reply differs");
}

#[test]
fn schedule_prints_a_plan_that_clears_the_principal() {
    let plan = json(&[
        "schedule",
        "--principal",
        "6000",
        "--apr",
        "4.98",
        "--months",
        "12",
        "--first-due",
        "2024-01-31",
    ]);
    assert_eq!(plan["total_paid"], "6163.09");
    let rows = plan["schedule"].as_array().expect("rows");
    assert_eq!((rows.len(), &rows[11]["balance"]), (12, &Value::from("0.00")));
    assert_eq!((&rows[1]["due"], &rows[0]["payment"]), (&"2024-02-29".into(), &"513.59".into()));
    let flat = call(&[
        "schedule",
        "--principal",
        "6000",
        "--apr",
        "4.98%",
        "--months",
        "12",
        "--method",
        "flat-fee",
    ]);
    assert!(flat.stdout.contains("9.0687%") && flat.stdout.contains("524.90"), "{}", flat.stdout);
}

#[test]
fn check_knows_every_form_by_its_content() {
    let forms = [
        "scenarios/smoke.toml",
        NETWORK,
        RULES,
        CLAIM,
        "tests/data/examples/commands.ndjson",
        "tests/data/examples/replies.ndjson",
        "tests/data/examples/trace.csv",
    ];
    let fine = call(&[&["check"][..], &forms].concat());
    assert_eq!((fine.code, fine.stderr.as_str()), (0, ""), "{}", fine.stdout);
    assert_eq!(fine.stdout.lines().filter(|line| line.ends_with(": ok")).count(), forms.len());
    let wrong = call(&["check", "scenarios/broken/five_mistakes.toml"]);
    assert!(wrong.stderr.contains("5 errors"), "{}", wrong.stderr);
    let told = call(&["check", "scenarios/broken/five_mistakes.toml", "--format", "json"]);
    let told: Value = serde_json::from_str(&told.stdout).expect("one document");
    assert_eq!(told["files"][0]["problems"].as_array().map(Vec::len), Some(5));
}

#[test]
fn schemas_are_json_and_name_their_version() {
    let rows = [
        ("scenario", "aftercare.scenario/1"),
        ("network", "aftercare.network/1"),
        ("claim", "aftercare.claim/1"),
        ("reply", "aftercare.setlinfo/1"),
        ("rules", "aftercare.rules"),
        ("command", "aftercare.command/1"),
        ("trace", "aftercare.trace/1"),
        ("summary", "aftercare.summary/1"),
    ];
    for (form, title) in rows {
        let schema = json(&["schema", form]);
        assert_eq!(schema["title"], title, "{form}");
        assert!(schema["properties"].as_object().is_some_and(|p| !p.is_empty()), "{form}");
    }
}

#[test]
fn scenarios_are_listed_and_a_new_one_is_fit_to_run() {
    let listed = json(&["scenarios"]);
    let names: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|row| row["name"].as_str()).collect();
    assert!(names.contains(&"smoke") && names.contains(&"xiamen"), "{names:?}");
    let room = tempfile::tempdir().expect("a folder");
    let made = call_in(room.path(), &["init", "my_city"]);
    assert_eq!((made.code, made.stdout.trim()), (0, "./my_city.toml"));
    let checked = call_in(room.path(), &["check", "my_city.toml"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    let again = call_in(room.path(), &["init", "my_city"]);
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
}

#[test]
fn completions_name_the_verbs() {
    for shell in ["bash", "zsh", "fish"] {
        let script = call(&["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.stdout.contains("settle") && script.stdout.contains("validate"), "{shell}");
    }
}

#[test]
fn a_run_goes_through_its_history() {
    let room = tempfile::tempdir().expect("a folder");
    let scenario = std::path::absolute("scenarios/smoke.toml").expect("a path");
    let scenario = scenario.to_string_lossy();
    let run = |seed: &str, out: &str| {
        let size = ["--days", "2", "--replications", "1", "--seed", seed, "--out", out, "--quiet"];
        let ended = call_in(room.path(), &[&["run", &*scenario][..], &size].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    };
    run("1", "output/a");
    run("2", "output/b");
    let quiet = |arguments: &[&str]| {
        call_in(room.path(), &[&["runs"][..], arguments, &["--format", "json", "-q"]].concat())
    };
    assert_eq!(quiet(&["list"]).json().as_array().map(Vec::len), Some(2));
    let summary = quiet(&["show", "a"]).json()["summary"].clone();
    assert_eq!((&summary["scenario"], &summary["seed"]), (&"smoke".into(), &1.into()));
    every_key_is_documented(&summary);
    let paths = quiet(&["diff", "a", "b"]).json();
    assert!(paths.as_array().is_some_and(|rows| rows.iter().any(|row| row["path"] == "seed")));
    assert_eq!(quiet(&["verify"]).code, 0);
    std::fs::write(room.path().join("output/a/summary.json"), "{}").expect("written");
    let touched = call_in(room.path(), &["runs", "verify", "a"]);
    assert_eq!(touched.code, 99);
    assert!(touched.stdout.contains("changed: summary.json"), "{}", touched.stdout);
    assert_eq!(quiet(&["rm", "b"]).code, 0);
    assert!(!room.path().join("output/b").exists());
}

/// `schema summary` names every key that a run writes.
fn every_key_is_documented(summary: &Value) {
    let schema = json(&["schema", "summary"]);
    let mut todo = vec![(summary, &schema["properties"], "summary".to_owned())];
    while let Some((value, known, path)) = todo.pop() {
        for (key, inner) in value.as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            let here = &known[key];
            assert!(here.is_object(), "{path} is not in the schema");
            todo.push((inner, &here["properties"], path));
            if here["properties"].is_null() {
                todo.pop();
            }
        }
    }
}

#[test]
fn validate_passes_the_shipped_cases_and_fails_a_wrong_one() {
    let results = json(&["validate"]);
    assert_eq!((&results["failed"], &results["partly"]), (&0.into(), &0.into()));
    assert!(results["passed"].as_u64() >= Some(75), "{}", results["passed"]);
    assert_eq!(call(&["validate", "--strict"]).code, 99, "some topics are not covered");

    let room = tempfile::tempdir().expect("a folder");
    let file = room.path().join("mine.json");
    let case = |expected: &str| {
        let text = format!(
            r#"{{"cases": [{{"id": "MINE-1", "topic": "pooling", "abs_tol": null, "rel_tol": 1e-9,
            "inputs": {{"lambda_": 48.0, "mu": 14.0, "c": 4}}, "expected": {{"ratio": {expected}}}}}]}}"#
        );
        std::fs::write(&file, text).expect("written");
        call(&["validate", "--strict", "--cases", &file.to_string_lossy()])
    };
    assert_eq!(case("4.876736111111111").code, 0);
    let wrong = case("5.0");
    assert_eq!(wrong.code, 99);
    let told = wrong.stdout.contains("FAILED  MINE-1") && wrong.stdout.contains("expected 5.0");
    assert!(told, "{}", wrong.stdout);
}

#[test]
fn serve_refuses_an_address_that_others_can_reach() {
    let open = call(&["serve", "--addr", "0.0.0.0:0"]);
    assert_eq!((open.code, open.stdout.as_str()), (2, ""));
    assert!(open.stderr.contains("--allow-remote"), "{}", open.stderr);
}

#[cfg(not(feature = "server"))]
#[test]
fn serve_says_how_to_get_a_program_that_serves() {
    let ended = call(&["serve"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("--features server"), "{}", ended.stderr);
}

#[cfg(feature = "server")]
mod page {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Child, Command, Stdio};

    /// A page of the shipped scenarios, ended with the test.
    struct Page(Child);

    impl Drop for Page {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn get(address: &str, host: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let ask = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    #[test]
    fn the_page_answers_this_machine_only() {
        let program = assert_cmd::cargo::cargo_bin("aftercare");
        let mut page = Page(
            Command::new(program)
                .args(["serve", "--addr", "127.0.0.1:0", "--quiet", "--output", "nowhere"])
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts"),
        );
        let mut line = String::new();
        let stdout = page.0.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("the address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/');
        let home = get(address, address, "/?lang=zh");
        assert!(home.starts_with("HTTP/1.1 200") && home.contains("已完成的运行"), "{home}");
        assert!(get(address, address, "/api/scenarios").contains("\"smoke\""));
        assert!(get(address, address, "/runs/..%2F..%2Fetc/passwd").starts_with("HTTP/1.1 404"));
        assert!(get(address, "evil.example", "/").starts_with("HTTP/1.1 403"));
    }
}
