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

/// Odd numbers of months, a month-end start through a leap February, no interest: each plan clears to the
/// fen, its days are the month's own or its last, and its effective rate is (1 + r/12)^12 − 1.
#[test]
fn schedule_is_right_for_odd_months_and_leap_days() {
    let rows = [
        ("10000", "4.98", "12", "2023-12-31", ["2023-12-31", "2024-01-31", "2024-02-29"]),
        ("10000", "4.98", "7", "2024-01-30", ["2024-01-30", "2024-02-29", "2024-03-30"]),
        ("999.99", "4.98", "13", "2022-12-31", ["2022-12-31", "2023-01-31", "2023-02-28"]),
        ("10000", "0", "3", "2024-02-29", ["2024-02-29", "2024-03-29", "2024-04-29"]),
    ];
    for (principal, apr, months, first, days) in rows {
        let flags =
            ["--principal", principal, "--apr", apr, "--months", months, "--first-due", first];
        let plan = json(&[&["schedule"][..], &flags].concat());
        let lines = plan["schedule"].as_array().expect("rows");
        assert_eq!(lines.len().to_string(), months);
        for (line, day) in lines.iter().zip(days) {
            assert_eq!(line["due"], day);
        }
        let sum = |key: &str| -> i64 {
            let fen =
                |line: &Value| line[key].as_str().expect("yuan").replace('.', "").parse::<i64>();
            lines.iter().map(|line| fen(line).expect("fen")).sum()
        };
        let fen = |text: &str| libm::round(text.parse::<f64>().expect("yuan") * 100.0) as i64;
        assert_eq!(sum("principal"), fen(principal), "{months} months");
        assert_eq!(sum("interest"), fen(plan["total_interest"].as_str().expect("yuan")));
        assert_eq!(sum("payment"), sum("principal") + sum("interest"));
        let rate = apr.parse::<f64>().expect("a rate") / 1_200.0;
        let effective = plan["effective_annual_rate"].as_f64().expect("a rate");
        // Rounding of each payment to the fen moves the rate by less than 1e-5.
        assert!((effective - (libm::pow(1.0 + rate, 12.0) - 1.0)).abs() < 1e-5, "{effective}");
    }
    let one = json(&["schedule", "--principal", "100", "--apr", "12", "--months", "1"]);
    assert_eq!(one["total_interest"], "1.00");
}

/// Paid off on the leap day: two lines have fallen due by then, the third and later interest is saved.
#[test]
fn schedule_settles_early_to_the_fen() {
    let arguments = "schedule --principal 6000 --apr 4.98 --months 12 --first-due 2023-12-31";
    let plan: Vec<&str> = arguments.split(' ').collect();
    let early = json(&[&plan[..], &["--pay-off", "2024-02-28"]].concat());
    let whole = json(&plan);
    let amount = |value: &Value| -> f64 { value.as_str().expect("yuan").parse().expect("yuan") };
    let balance = amount(&whole["schedule"][1]["balance"]);
    assert!((amount(&early["pay_off"]["payoff"]) - balance).abs() < 0.001);
    assert!((amount(&early["pay_off"]["paid_by_plan"]) - 2.0 * 513.59).abs() < 0.001);
    let saved: f64 = (2..12).map(|k| amount(&whole["schedule"][k]["interest"])).sum();
    assert!((amount(&early["pay_off"]["interest_saved"]) - saved).abs() < 0.001);
    let on_the_leap_day = json(&[&plan[..], &["--pay-off", "2024-02-29"]].concat());
    assert!(amount(&on_the_leap_day["pay_off"]["payoff"]) < balance, "the third line is due");
    assert_eq!(whole["pay_off"], Value::Null);
}

#[test]
fn backtest_reads_accounts_and_says_where_a_cell_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("accounts.csv");
    let case =
        |k: usize| format!("{},{},{},{},{}", k % 17, u8::from(k % 17 < 4), 0.23, k % 2, k % 3 / 2);
    let rows: Vec<String> = (0..170).map(case).collect();
    let text = format!("score,bad,pd,dev,old\n{}\n", rows.join("\n"));
    std::fs::write(&file, text).expect("written");
    let path = file.to_str().expect("a path");
    let columns = ["--pd", "pd", "--development", "dev", "--protected", "old", "--cut-off", "5"];
    let got = json(&[&["backtest", path][..], &columns].concat());
    assert_eq!((&got["auc"], &got["ks"], &got["bad"]), (&1.0.into(), &1.0.into(), &40.into()));
    assert_eq!(got["stability"]["flag"], "green");
    assert_eq!(got["calibration"]["grades"].as_array().map(Vec::len), Some(10));
    assert_eq!(got["fairness"]["four_fifths_met"], true);
    assert!(call(&["backtest", path]).stdout.contains("AUC"));
    let wrong = call(&["backtest", path, "--bad", "score"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains(":4:1: expected 0 or 1"), "{}", wrong.stderr);
    let missing = call(&["backtest", path, "--score", "points"]);
    assert!(missing.stderr.contains("it has score, bad"), "{}", missing.stderr);
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
    let results = json(&["validate", "--only", "cases", "--formulas-only"]);
    assert_eq!((&results["failed"], &results["partly"]), (&0.into(), &0.into()));
    assert!(results["passed"].as_u64() >= Some(75), "{}", results["passed"]);
    assert_eq!(
        call(&["validate", "--only", "cases", "--formulas-only", "--strict"]).code,
        0,
        "every topic is covered"
    );

    let room = tempfile::tempdir().expect("a folder");
    let file = room.path().join("mine.json");
    let case = |expected: &str| {
        let text = format!(
            r#"{{"cases": [{{"id": "MINE-1", "topic": "pooling", "abs_tol": null, "rel_tol": 1e-9,
            "inputs": {{"lambda_": 48.0, "mu": 14.0, "c": 4}}, "expected": {{"ratio": {expected}}}}}]}}"#
        );
        std::fs::write(&file, text).expect("written");
        call(&["validate", "--strict", "--formulas-only", "--cases", &file.to_string_lossy()])
    };
    assert_eq!(case("4.876736111111111").code, 0);
    let wrong = case("5.0");
    assert_eq!(wrong.code, 99);
    let told = wrong.stdout.contains("FAILED  MINE-1 ratio: got 4.8767361111, expected 5");
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
    for arguments in [&["serve"][..], &["serve-core", "scenarios/smoke.toml"]] {
        let ended = call(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
        assert!(ended.stderr.contains("--features server"), "{}", ended.stderr);
    }
}

#[cfg(feature = "server")]
mod server {
    use super::json_lines;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Child, Command, Stdio};

    /// A running server, ended with the test.
    struct Server {
        child: Child,
        address: String,
    }

    impl Server {
        fn start(arguments: &[&str]) -> Server {
            let mut child = Command::new(assert_cmd::cargo::cargo_bin("aftercare"))
                .args(arguments)
                .args(["--addr", "127.0.0.1:0", "--quiet"])
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut line = String::new();
            let stdout = child.stdout.take().expect("piped");
            BufReader::new(stdout).read_line(&mut line).expect("the address");
            let address = line.trim().trim_start_matches("http://").trim_end_matches('/');
            Server { child, address: address.to_owned() }
        }

        fn ask(&self, request: &str, headers: &str, body: &str) -> String {
            let mut stream = TcpStream::connect(&self.address).expect("it listens");
            let length = body.len();
            let ask = format!(
                "{request} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            stream.write_all(ask.as_bytes()).expect("asked");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answered");
            answer
        }

        fn get(&self, path: &str) -> String {
            self.ask(&format!("GET {path}"), &format!("Host: {}\r\n", self.address), "")
        }

        fn post(&self, body: &str) -> String {
            let headers =
                format!("Host: {}\r\nContent-Type: application/x-ndjson\r\n", self.address);
            self.ask("POST /commands", &headers, body)
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[test]
    fn the_page_answers_this_machine_only() {
        let page = Server::start(&["serve", "--output", "nowhere"]);
        let home = page.get("/?lang=zh");
        assert!(home.starts_with("HTTP/1.1 200") && home.contains("已完成的运行"), "{home}");
        assert!(page.get("/api/scenarios").contains("\"smoke\""));
        assert!(page.get("/runs/..%2F..%2Fetc/passwd").starts_with("HTTP/1.1 404"));
        let stranger = page.ask("GET /", "Host: evil.example\r\n", "");
        assert!(stranger.starts_with("HTTP/1.1 403"), "{stranger}");
    }

    #[test]
    fn a_core_with_a_journal_remembers_its_answers_after_a_kill() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("journal").display().to_string();
        let start = ["serve-core", "scenarios/smoke.toml", "--population", "1000", "--journal"];
        let start = [&start[..], &[&place]].concat();
        let body = [
            r#"{"schema": "aftercare.command/1"}"#,
            r#"{"request_id": "018b89f0788000000000000000000001", "at": "2023-11-01T08:12:00", "command": "deposit", "kin_group": 3, "member": 0, "fixmedins": 0, "amount": "20.00"}"#,
        ]
        .join("\n");
        let core = Server::start(&start);
        assert_eq!(json_lines(&core.post(&body))[1]["answer"], "decided");
        drop(core);
        let core = Server::start(&start);
        assert_eq!(json_lines(&core.post(&body))[1]["answer"], "replayed");
    }

    #[cfg(unix)]
    #[test]
    fn a_core_that_is_told_to_stop_ends_in_good_order() {
        let mut core =
            Server::start(&["serve-core", "scenarios/smoke.toml", "--population", "300"]);
        assert!(core.get("/health").ends_with("ok\n"));
        let process = core.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-TERM", &process]).status();
        assert!(told.expect("it runs").success());
        let ended = core.child.wait().expect("it ends");
        assert!(ended.success(), "the books are audited at the end: {ended}");
    }

    #[test]
    fn the_core_answers_in_order_and_a_retry_gets_the_first_answer() {
        let core = Server::start(&["serve-core", "scenarios/smoke.toml", "--population", "1000"]);
        assert!(core.get("/health").ends_with("ok\n"));
        let command = |serial: u32, group: u32, rest: &str| {
            format!(
                r#"{{"request_id": "018b89f07880{serial:020x}", "at": "2023-11-01T08:12:00",
                "kin_group": {group}, "member": 0, {rest}}}"#
            )
            .replace('\n', " ")
        };
        let bill = r#""command": "settle", "mdtrt_id": "d0-g3-0", "chrg_bchno": 0, "fixmedins": 0,
            "hospital_level": "tertiary", "med_type": "11", "in_scheme": true, "funding": "own",
            "feedetail": [{"det_item_fee_sumamt": "120.50", "chrgitm_lv": "01"}]"#;
        let lines = [
            r#"{"schema": "aftercare.command/1"}"#.to_owned(),
            command(1, 3, bill),
            command(2, 4_000_000, r#""command": "open_line""#),
            command(3, 3, r#""command": "query""#),
        ];
        let body = lines.join("\n");
        let first = json_lines(&core.post(&body));
        let words: Vec<&str> = first.iter().filter_map(|line| line["answer"].as_str()).collect();
        assert_eq!(words, ["decided", "refused", "view"], "{first:#?}");
        assert_eq!(
            (&first[1]["medfee_sumamt"], &first[2]["refusal"]),
            (&"120.50".into(), &"unknown_group".into())
        );
        let again = json_lines(&core.post(&body));
        assert_eq!(again[1]["answer"], "replayed");
        assert_eq!(again[1]["psn_part_amt"], first[1]["psn_part_amt"]);
        let audit = core.get("/audit");
        assert!(audit.contains("\"ledger_imbalance_fen\":0"), "{audit}");

        let wrong = core.post("{\"schema\": \"aftercare.command/1\"}\n{\"command\": \"fly\"}");
        assert!(wrong.starts_with("HTTP/1.1 400") && wrong.contains("line 2"), "{wrong}");
        let host = format!("Host: {}\r\nContent-Type: text/plain\r\n", core.address);
        assert!(core.ask("POST /commands", &host, &body).starts_with("HTTP/1.1 415"));
        let kind = "Content-Type: application/x-ndjson\r\nx-deadline-ms: 0\r\n";
        let late = core.ask("POST /commands", &format!("Host: {}\r\n{kind}", core.address), &body);
        assert!(late.starts_with("HTTP/1.1 429") && late.contains("retry-after: 1"), "{late}");
        let outcomes = json_lines(&core.get("/outcomes"));
        assert_eq!(outcomes.len(), 2, "the one command that was decided: {outcomes:?}");
        let metrics = core.get("/metrics");
        assert!(metrics.contains("aftercare_refused_late_total 1\n"), "{metrics}");
        assert!(metrics.contains("aftercare_bad_bodies_total 1\n"), "{metrics}");
    }
}

/// The JSON lines of an HTTP answer, its header line first.
#[cfg(feature = "server")]
fn json_lines(answer: &str) -> Vec<Value> {
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let objects = answer.lines().filter(|line| line.starts_with('{'));
    objects.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
