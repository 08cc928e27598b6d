//! The interfaces of a served core against their documents: every transaction of the national envelope by
//! its number, signatures, areas, keys; every body against the schema in `docs/core_openapi.json`; bounds
//! that hold. Must never time anything.
#![cfg(feature = "server")]

mod core_support;

use core_support::{Core, Said};
use serde_json::{Value, json};

const PEOPLE: [&str; 5] = ["scenarios/smoke.toml", "--population", "2000", "--seed", "1"];

fn openapi() -> Value {
    serde_json::from_str(include_str!("../docs/core_openapi.json")).expect("it is JSON")
}

/// Holds a value to a schema of the file; a keyword that this does not know is a fault of the test.
fn fits(page: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let wrong = |words: &str| Err(format!("{words}: {value} does not fit {schema}"));
    for (keyword, wanted) in schema.as_object().expect("a schema") {
        match keyword.as_str() {
            "$ref" => {
                let name =
                    wanted.as_str().and_then(|path| path.rsplit('/').next()).expect("a name");
                fits(page, &page["components"]["schemas"][name], value)?;
            }
            "anyOf" | "oneOf" => {
                let mut any = wanted.as_array().expect("a list").iter();
                if !any.any(|one| fits(page, one, value).is_ok()) {
                    return wrong("none fits");
                }
            }
            "type" => {
                let is = |name: &Value| match name.as_str().expect("a name") {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    _ => value.is_i64() || value.is_u64(),
                };
                let names = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                if !names.iter().any(is) {
                    return wrong("another type");
                }
            }
            "required" => {
                let mut names = wanted.as_array().expect("a list").iter();
                if names.any(|name| value.get(name.as_str().expect("a name")).is_none()) {
                    return wrong("something is missing");
                }
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let known = &wanted[name];
                    if known.is_null() {
                        return wrong(name);
                    }
                    fits(page, known, value)?;
                }
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    fits(page, wanted, item)?;
                }
            }
            "const" if wanted != value => return wrong("another word"),
            "enum" if !wanted.as_array().expect("a list").contains(value) => {
                return wrong("unknown");
            }
            "const" | "enum" | "title" | "description" | "default" | "format" | "minimum"
            | "maximum" => {}
            "additionalProperties" => assert_eq!(wanted, false, "properties are listed"),
            other => panic!("the test does not know `{other}`"),
        }
    }
    Ok(())
}

fn holds(name: &str, value: &Value) {
    let page = openapi();
    fits(&page, &page["components"]["schemas"][name], value)
        .unwrap_or_else(|words| panic!("{words}"));
}

/// The head of a message of the person `g3-0`, and what it asks.
#[expect(clippy::needless_pass_by_value, reason = "callers make it in place")]
fn message(infno: &str, serial: u32, input: Value) -> Value {
    json!({
        "infno": infno,
        "msgid": format!("H0000000000020231101093000{serial:04}"),
        "mdtrtarea_admvs": "440100", "insuplc_admdvs": "440100",
        "infver": "V1.0", "opter_type": "1", "opter": "desk 7",
        "inf_time": "2023-11-01 09:30:00", "fixmedins_code": "H00000000000",
        "input": input,
    })
}

/// A bill of two fees at a point of a visit.
fn bill(visit: &str, med_type: &str) -> Value {
    json!({
        "data": {
            "psn_no": "g3-0", "mdtrt_id": visit, "chrg_bchno": "0", "med_type": med_type,
            "medfee_sumamt": "120.50", "psn_setlway": "01", "mdtrt_cert_type": "01",
            "mdtrt_cert_no": "masked", "insutype": "310", "invono": "7",
        },
        "feedetail": [
            {"det_item_fee_sumamt": "100.50", "chrgitm_lv": "01"},
            {"det_item_fee_sumamt": "20.00", "chrgitm_lv": "03"},
        ],
        "exp": {"hospital_level": "tertiary", "in_scheme": true, "funding": "own"},
    })
}

fn about(visit: &str) -> Value {
    json!({"data": {"psn_no": "g3-0", "setl_id": format!("{visit}/0")}})
}

fn national(core: &Core, message: &Value) -> Value {
    let said = core.post("/national", "application/json", message.to_string().as_bytes());
    assert_eq!(said.status, 200, "{said:?}");
    let reply = said.json();
    holds("Reply", &reply);
    reply
}

fn word(reply: &Value) -> &str {
    reply["err_msg"].as_str().expect("a word")
}

fn done(reply: &Value) -> &Value {
    assert_eq!((&reply["infcode"], word(reply)), (&json!(0), ""), "{reply}");
    &reply["output"]["setlinfo"]
}

#[test]
fn each_transaction_of_the_national_interface_is_answered_by_its_number() {
    let core = Core::start(&PEOPLE);
    // Outpatient: trial, settlement, query, cancellation; then the same for a stay.
    let ways =
        [("d0-g3-0", "11", ["2206", "2207", "2208"]), ("d0-g3-1", "21", ["2303", "2304", "2305"])];
    for (number, (visit, med_type, [trial, settle, cancel])) in (0..).step_by(100).zip(ways) {
        let send = |infno: &str, serial: u32, input: Value| {
            let message = message(infno, number + serial, input);
            holds("Envelope", &message);
            national(&core, &message)
        };
        let tried = send(trial, 1, bill(visit, med_type));
        let tried = done(&tried).clone();
        assert_eq!(tried["setl_id"], format!("{visit}/0"));
        assert_eq!(tried["medfee_sumamt"], "120.50");
        assert_eq!(word(&send("5203", 2, about(visit))), "nothing_open", "{trial} settles nothing");
        let settled = send(settle, 3, bill(visit, med_type));
        let settled = done(&settled).clone();
        assert_eq!(settled, tried, "what was settled is what the trial said");
        let again = send(settle, 3, bill(visit, med_type));
        assert_eq!(done(&again)["exp_replayed"], true, "one message, one settlement");
        assert_eq!(again["output"]["setlinfo"]["psn_part_amt"], settled["psn_part_amt"]);
        let mut other = bill(visit, med_type);
        other["feedetail"][0]["det_item_fee_sumamt"] = json!("90.50");
        other["data"]["medfee_sumamt"] = json!("110.50");
        assert_eq!(word(&send(settle, 3, other)), "key_reused");
        let found = send("5203", 4, about(visit));
        assert_eq!(done(&found)["fund_pay_sumamt"], settled["fund_pay_sumamt"]);
        done(&send(cancel, 5, about(visit)));
        assert_eq!(word(&send(cancel, 6, about(visit))), "nothing_open");
        let crossed =
            send(if med_type == "11" { "2304" } else { "2207" }, 7, bill(visit, med_type));
        assert!(word(&crossed).contains("does not take this med_type"), "{crossed}");
    }
    sound(&core);
}

#[test]
fn a_reversal_undoes_a_message_whether_it_has_come_or_not() {
    let core = Core::start(&PEOPLE);
    let undo = |serial: u32, of: &Value| {
        let data = json!({"psn_no": "g3-0", "omsgid": of["msgid"], "oinfno": "2207"});
        national(&core, &message("2601", serial, json!({ "data": data })))
    };
    let came = message("2207", 1, bill("d0-g3-0", "11"));
    done(&national(&core, &came));
    assert_eq!(undo(2, &came)["infcode"], 0);
    assert_eq!(undo(3, &came)["infcode"], 0, "a reversal may come again");
    let missing = message("5203", 4, about("d0-g3-0"));
    assert_eq!(national(&core, &missing)["infcode"], -1, "nothing stands");
    assert_eq!(word(&national(&core, &came)), "undone", "a late copy is kept out");
    let late = message("2207", 5, bill("d0-g3-1", "11"));
    assert_eq!(undo(6, &late)["infcode"], 0);
    assert_eq!(word(&national(&core, &late)), "undone", "undone before it came");
    sound(&core);
}

fn sound(core: &Core) {
    let audit = core.get("/audit").json();
    holds("AuditReport", &audit);
    assert_eq!(
        (&audit["ledger_imbalance_fen"], &audit["faults"]),
        (&json!(0), &json!(0)),
        "{audit}"
    );
}

#[test]
fn what_a_message_lacks_is_said_and_nothing_is_booked() {
    let core = Core::start(&PEOPLE);
    let good = message("2207", 1, bill("d0-g3-0", "11"));
    let with = |path: &str, value: Value| {
        let mut message = good.clone();
        *message.pointer_mut(path).expect(path) = value;
        message
    };
    let table = [
        (with("/infno", json!("2201")), "is not 2206"),
        (with("/mdtrtarea_admvs", json!("999999")), "is not served; 440100 are"),
        (with("/insuplc_admdvs", json!("310000")), "insuplc_admdvs"),
        (with("/msgid", json!("H00000000001202311010930000001")), "msgid"),
        (with("/inf_time", json!("2023-11-01T09:30:00")), "inf_time"),
        (with("/infver", json!("V2.0")), "is not V1.0"),
        (with("/input/data/medfee_sumamt", json!("1.00")), "does not fit the fees: 120.50"),
        (with("/input/data/psn_no", json!("g4000000-0")), "unknown_group"),
        (with("/input/exp", json!(null)), "needs exp"),
    ];
    for (wrong, words) in table {
        let reply = national(&core, &wrong);
        assert_eq!(reply["infcode"], -1, "{words}");
        assert!(word(&reply).contains(words), "{words}: {reply}");
    }
    let kind = core.post("/national", "text/plain", good.to_string().as_bytes());
    assert_eq!(kind.status, 415);
    let broken = core.post("/national", "application/json", b"{\"infno\"").json();
    assert!(word(&broken).contains("EOF"), "{broken}");
    let huge = vec![b' '; 9 << 20];
    assert_eq!(core.post("/national", "application/json", &huge).status, 413);
    let late = core.call(
        "POST /national",
        "Content-Type: application/json\r\nx-deadline-ms: 0\r\n",
        good.to_string().as_bytes(),
    );
    assert_eq!(late.status, 429);
    assert!(late.head.contains("retry-after: 1"), "{late:?}");
    assert_eq!(core.get("/audit").json()["commands"], 0, "nothing was booked");
}

#[test]
fn a_program_signs_and_checks_every_message_and_an_area_has_its_own_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("sign.sh");
    // A checksum stands for a province's SM2: the protocol is what is tested.
    let text = r#"sum() { printf %s "$1" | cksum | cut -d' ' -f1; }
while IFS= read -r line; do
  case $line in
    '{"sign":'*) t=${line#'{"sign":'}; printf '{"signature":"%s"}\n' "$(sum "${t%\}}")" ;;
    *) t=${line#'{"check":'}; s=${t##*'"signature":"'}; t=${t%',"signature":'*}
       if [ "$(sum "$t")" = "${s%\"\}}" ]; then echo '{"fits":true}'; else echo '{"fits":false}'; fi ;;
  esac
done
"#;
    std::fs::write(&script, text).expect("written");
    let areas = folder.path().join("areas.json");
    let own = json!({"schema": "aftercare.areas/1", "areas": {"440100": {
        "name": "Guangzhou 广州", "codes": {"med_type": {"1101": "11"}, "psn_setlway": {"A": "01"}}}}});
    std::fs::write(&areas, own.to_string()).expect("written");
    let program = format!("sh {}", script.display());
    let areas = areas.display().to_string();
    // How fast this machine starts the shell's own programs is no test.
    let patient = ["--sign-deadline-ms", "20000"];
    let signing = ["--sign-with", &program, "--sign-type", "TEST", "--areas", &areas];
    let signing = [&signing[..], &patient].concat();
    let core = Core::start(&[&PEOPLE[..], &signing].concat());
    let unsigned = message("2206", 1, bill("d0-g3-0", "1101"));
    let refused = national(&core, &unsigned);
    assert!(word(&refused).contains("expected signtype: TEST"), "{refused}");
    assert_eq!(refused["signtype"], "TEST", "refusals are signed too");
    // The client signs with the same program, writes the area's codes, and checks what it is told.
    let url = core.url();
    let load = |signing: &[&str]| {
        let mix = ["--mix", "settle=60,pre_settle=30,reverse=10", "--rate", "60", "--seconds", "2"];
        let national = ["--store", "http", "--url", &url, "--interface", "national"];
        let mut command =
            assert_cmd::Command::cargo_bin("aftercare").expect("the program is built");
        let command = command.args(["--quiet", "--format", "json", "load"]).args(PEOPLE);
        command.args(national).args(mix).args(signing).output().expect("it runs")
    };
    let output = load(&signing);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    for field in ["lost", "doubled", "imbalance_fen"] {
        assert_eq!(report["audit"][field], 0, "{}", report["reasons"]);
    }
    assert!(report["client"]["by_command"]["settle"].as_u64() > Some(30), "{report}");
    let stranger = load(&[]);
    assert_eq!(stranger.status.code(), Some(1), "an unsigned client is told so and stops");
    let said = String::from_utf8_lossy(&stranger.stderr);
    assert!(said.contains("signature"), "{said}");
    sound(&core);
}

#[test]
fn a_program_that_hangs_or_dies_costs_a_message_and_the_core_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("sign.sh");
    // Whoever is `hang` is never checked, and whoever is `die` ends the program; every other signature fits.
    let text = r#"while IFS= read -r line; do
  case $line in
    *'"signature":"hang"'*) sleep 600 ;;
    *'"signature":"die"'*) exit 3 ;;
    '{"sign":'*) echo '{"signature":"x"}' ;;
    *) echo '{"fits":true}' ;;
  esac
done
"#;
    std::fs::write(&script, text).expect("written");
    let program = format!("sh {}", script.display());
    let signing = ["--sign-with", &program, "--sign-type", "TEST", "--sign-deadline-ms", "4000"];
    let core = Core::start(&[&PEOPLE[..], &signing].concat());
    let send = |serial: u32, signature: &str| {
        let visit = format!("d0-g{serial}-0");
        let mut message = message("2207", serial, bill(&visit, "11"));
        message["signtype"] = json!("TEST");
        message["cainfo"] = json!(signature);
        core.post("/national", "application/json", message.to_string().as_bytes())
    };
    assert_eq!(done(&send(1, "x").json())["setl_id"], "d0-g1-0/0");
    std::thread::scope(|scope| {
        // More of them than the service has threads, and none keeps another call waiting.
        let hung: Vec<_> =
            (2..10).map(|serial| scope.spawn(move || send(serial, "hang"))).collect();
        for _ in 0..5 {
            assert_eq!(core.get("/health").status, 200, "the core is well");
        }
        assert!(!hung.iter().all(std::thread::ScopedJoinHandle::is_finished), "some still wait");
        for call in hung {
            let said = call.join().expect("it ends");
            assert_eq!(said.status, 502, "{said:?}");
            assert!(said.body.contains("nothing was decided"), "{said:?}");
        }
    });
    assert_eq!(done(&send(10, "x").json())["setl_id"], "d0-g10-0/0", "a new program answers");
    let died = send(11, "die");
    assert!(died.status == 502 && died.body.contains("it ended"), "{died:?}");
    assert_eq!(done(&send(11, "x").json())["exp_replayed"], false, "nothing of it was decided");
    let metrics = core.get("/metrics").body;
    assert!(metrics.contains("aftercare_unsigned_total 9\n"), "{metrics}");
    assert!(metrics.contains("aftercare_commands_total 3\n"), "{metrics}");
    sound(&core);
}

fn lines(said: &Said) -> Vec<Value> {
    assert_eq!(said.status, 200, "{said:?}");
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{said:?}"));
    said.body.lines().filter(|line| line.starts_with('{')).map(read).collect()
}

#[test]
fn every_command_of_the_examples_and_its_answer_fit_the_openapi_file() {
    let core = Core::start(&PEOPLE);
    let commands = include_str!("data/examples/commands.ndjson");
    for line in commands.lines().skip(1) {
        holds("Command", &serde_json::from_str(line).expect("JSON"));
    }
    let said = core.post("/commands", "application/x-ndjson", commands.as_bytes());
    let answers = lines(&said);
    assert_eq!(answers[0]["schema"], "aftercare.answer/1");
    assert_eq!(answers.len(), commands.lines().count());
    answers[1..].iter().for_each(|answer| holds("Answer", answer));
    let kinds: std::collections::BTreeSet<&str> =
        answers[1..].iter().filter_map(|answer| answer["answer"].as_str()).collect();
    assert!(kinds.len() >= 3, "{kinds:?}");
    lines(&core.get("/outcomes"))[1..].iter().for_each(|answer| holds("Answer", answer));
    sound(&core);
    let statuses = [
        core.post("/commands", "text/plain", b"").status,
        core.post("/commands", "application/x-ndjson", b"{}").status,
        core.call("GET /health", "Origin: http://evil.example\r\n", b"").status,
        core.get("/health").status,
        core.get("/metrics").status,
    ];
    assert_eq!(statuses, [415, 400, 403, 200, 200]);
    let page = openapi();
    for (path, status) in [("/commands", 415), ("/commands", 400), ("/health", 403)] {
        let calls = page["paths"][path].as_object().expect("calls");
        let call = calls.values().next().expect("a call");
        assert!(call["responses"].get(status.to_string()).is_some(), "{path} {status}");
    }
}

/// Bodies that are not understood or not finished: nothing falls over, nothing is booked wrong, and the
/// process does not grow.
#[test]
fn foreign_bodies_over_http_leave_the_core_sound_and_as_small_as_before() {
    let core = Core::start(&PEOPLE);
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let mut inputs: Vec<std::path::PathBuf> = std::fs::read_dir(corpus)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.is_file())
        .collect();
    inputs.sort();
    let mut grown = Vec::new();
    for round in 0..3_u8 {
        for (number, path) in inputs.iter().enumerate() {
            let mut body = std::fs::read(path).expect("a file");
            if let Some(byte) = body.get_mut(number * 31 + usize::from(round) * 7) {
                *byte ^= 1 << round;
            }
            for (path, kind) in
                [("/commands", "application/x-ndjson"), ("/national", "application/json")]
            {
                let said = core.post(path, kind, &body);
                assert!([200, 400].contains(&said.status), "{said:?}");
                // Half a body, and the line is cut.
                drop(half(&core, path, kind, &body));
            }
        }
        grown.push(resident_kib(core.id()));
    }
    assert_eq!(core.get("/health").body, "ok\n");
    sound(&core);
    if let [Some(first), .., Some(last)] = grown[..] {
        assert!(last < first + 16_384, "it grows: {grown:?} KiB");
    }
}

/// A call whose client goes away in the middle of its body.
fn half(core: &Core, path: &str, kind: &str, body: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(&core.address)?;
    let (host, length) = (&core.address, body.len() + 1);
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(&body[..body.len() / 2])
}

/// Resident memory of a process, where the system tells it.
fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
