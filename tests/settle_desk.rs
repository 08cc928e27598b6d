//! `aftercare settle` on a stream of transactions: the life of claims from outside. Stages, reversal, late fee,
//! retroactive status and request ids reach the desk, across the year too; payment means are used in the
//! order that the patient chose, and every receipt sums to the fen.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const RULES: &str = "scenarios/rules/county_desk.toml";
const EXAMPLE: &str = "tests/data/examples/transactions.ndjson";

fn settle(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_aftercare"))
        .arg("settle")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn answer(file: &Path, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec![file.to_str().expect("a path"), "--rules", RULES, "--format", "json"];
    arguments.extend_from_slice(more);
    let (code, out, err) = settle(&arguments);
    (code, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}")))
}

fn file(room: &tempfile::TempDir, lines: &[Value]) -> PathBuf {
    let path = room.path().join("transactions.ndjson");
    let header = json!({ "schema": "aftercare.transaction/1" });
    let text =
        lines.iter().fold(format!("{header}\n"), |text, line| text + &line.to_string() + "\n");
    std::fs::write(&path, text).expect("written");
    path
}

/// A transaction with its number as request id.
fn sent(number: usize, time: &str, infno: &str, fields: Value) -> Value {
    let mut line = json!({ "msgid": format!("m{number}"), "inf_time": time, "infno": infno });
    let Value::Object(fields) = fields else { panic!("fields are an object: {fields}") };
    line.as_object_mut().expect("an object").extend(fields);
    line
}

fn fees(visit: &str, amounts: &[&str]) -> Value {
    let fee = |amount: &&str| json!({ "det_item_fee_sumamt": amount, "chrgitm_lv": "01" });
    let fees: Vec<Value> = amounts.iter().map(fee).collect();
    json!({
        "psn_no": "P", "mdtrt_id": visit, "fixmedins": 1, "hospital_level": "tertiary",
        "feedetail": fees,
    })
}

fn resident() -> Value {
    json!({ "psn_no": "P", "insutype": "390", "status": "active", "balc": "100.00" })
}

fn words(told: &Value) -> Vec<&str> {
    let answers = told["answers"].as_array().expect("answers");
    answers.iter().map(|answer| answer["answer"].as_str().expect("a word")).collect()
}

#[test]
fn the_example_reaches_every_kind_of_answer() {
    let (code, told) = answer(Path::new(EXAMPLE), &[]);
    assert_eq!((code, &told["broken"]), (0, &json!(0)), "{}", told["faults"]);
    let expected = [
        "done",
        "done",
        "done",
        "done",
        "pre_settled",
        "done",
        "done",
        "key_reused",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "nothing_open",
    ];
    assert_eq!(words(&told), expected, "{told:#}");
    assert_eq!(told["replayed"], 1, "the same request again");
    let answers = told["answers"].as_array().expect("answers");
    // Deposit for the stay, a stage, and the end: the deposit is used at the end.
    let end = &answers[13]["receipts"][0];
    assert_eq!(end["own"]["deposit"], "624.00", "{end}");
    assert_eq!(answers[13]["decisions"][0]["handed_back"], "2376.00", "the rest is refunded");
    for told in answers.iter().flat_map(|answer| answer["receipts"].as_array().expect("a list")) {
        let fen = |value: &Value| -> i64 {
            value.as_str().expect("an amount").replace('.', "").parse().expect("fen")
        };
        assert_eq!(fen(&told["booked"]) + fen(&told["own_part"]), fen(&told["total"]), "{told}");
        let own: i64 = told["own"].as_object().expect("parts").values().map(&fen).sum();
        assert_eq!(own + fen(&told["unpaid"]), fen(&told["own_part"]), "{told}");
        assert_eq!(told["message"]["cost"], "0.05");
    }
    let (code, out, _) = settle(&[EXAMPLE, "--rules", RULES, "--explain", "--lang", "zh"]);
    assert_eq!(code, 0);
    assert!(out.contains("电子票据") && out.contains("冲红"), "{out}");
}

/// Card first: the card's 300 and the wallet's 80 run out, the line is not there, the account goes on, cash is
/// the rest; after a reversal the same sources pay the same again.
#[test]
fn a_source_that_falls_short_goes_on_to_the_next_and_gets_back_what_it_gave() {
    let room = tempfile::tempdir().expect("a folder");
    let time = "2023-11-20T08:00:00";
    let holds = json!({ "debit_card": "30.00", "wechat": "8.00" });
    let means = json!({ "psn_no": "P", "order": "card_first", "holds": holds });
    let settle = json!({ "mdtrt_id": "V" });
    let lines = [
        sent(1, time, "1101", resident()),
        sent(2, time, "means", means),
        sent(3, time, "2204", fees("V", &["900.00"])),
        sent(4, time, "2207", settle.clone()),
        sent(5, time, "2208", settle.clone()),
        sent(6, time, "2207", settle),
        sent(
            7,
            time,
            "means",
            json!({ "psn_no": "P", "order": ["account", "wechat"], "holds": {"wechat": "5.00"} }),
        ),
        sent(8, time, "2204", fees("W", &["500.00"])),
        sent(9, time, "2207", json!({ "mdtrt_id": "W" })),
    ];
    let (code, told) = answer(&file(&room, &lines), &[]);
    assert_eq!((code, &told["refused"]), (0, &json!(0)), "{told:#}");
    let receipt = |at: usize| told["answers"][at]["receipts"][0].clone();
    let own = receipt(3)["own"].clone();
    assert_eq!((&own["debit_card"], &own["wechat"]), (&json!("30.00"), &json!("8.00")), "{own}");
    assert_eq!(own["account"], "100.00", "{own}");
    assert!(own["cash"].is_string(), "{own}");
    assert_eq!(receipt(4)["taken_back"], true);
    assert_eq!(receipt(5)["own"], own, "the same again");
    let last = receipt(8);
    assert_eq!(last["own"], json!({ "wechat": "5.00" }), "the account is empty by now");
    assert_ne!(last["unpaid"], "0.00", "no source reaches the rest: {last}");
}

#[test]
fn a_top_up_card_is_charged_used_and_closed_and_an_account_is_carried_over_to_the_fen() {
    let room = tempfile::tempdir().expect("a folder");
    let time = "2023-11-20T08:00:00";
    let person = json!({ "psn_no": "P" });
    let amount = |amount: &str| json!({ "psn_no": "P", "amount": amount });
    let lines = [
        sent(1, time, "1101", resident()),
        sent(
            2,
            time,
            "means",
            json!({ "psn_no": "P", "order": ["top_up_card", "account", "cash"] }),
        ),
        sent(3, time, "top_up", amount("50.00")),
        sent(4, time, "2204", fees("V", &["20.00"])),
        sent(5, time, "2207", json!({ "mdtrt_id": "V" })),
        sent(6, time, "close_card", person.clone()),
        sent(7, time, "close_card", person.clone()),
        sent(8, time, "issue_card", json!({ "psn_no": "P", "bank": 7 })),
        sent(9, time, "issue_card", json!({ "psn_no": "P", "bank": 7 })),
        sent(10, time, "top_up", amount("-1.00")),
    ];
    let (code, told) = answer(&file(&room, &lines), &[]);
    assert_eq!(code, 0);
    let paid = told["answers"][4]["receipts"][0]["own"]["top_up_card"].clone();
    assert_eq!(paid, "20.00", "{told:#}");
    assert_eq!(told["answers"][5]["decisions"][0]["handed_back"], "30.00");
    assert_eq!(told["answers"][7]["decisions"][0]["account"], "100.00", "to the fen");
    let expected = [
        "done",
        "done",
        "done",
        "done",
        "done",
        "done",
        "amount_not_positive",
        "done",
        "already_open",
    ];
    assert_eq!(words(&told)[..9], expected);
    assert_eq!(words(&told)[9], "amount_not_positive");
    let deposits = &told["books"]["hospital_deposits"];
    assert!(deposits.is_null(), "nothing is held at the end: {deposits}");
}

/// A stay of December whose fee comes late in January is settled again by December's accumulators: it ends where
/// it would have ended in December, and January's accumulators do not see it.
#[test]
fn a_late_fee_across_the_year_ends_where_an_early_one_would_have() {
    let room = tempfile::tempdir().expect("a folder");
    let december = "2023-12-20T08:00:00";
    let january = "2024-01-10T08:00:00";
    let stay = |amounts: &[&str]| {
        let mut stay = fees("S", amounts);
        stay["med_type"] = json!("21");
        stay
    };
    let settle = |visit: &str| json!({ "mdtrt_id": visit });
    let late = [
        sent(1, december, "1101", resident()),
        sent(2, december, "2301", stay(&["30000.00"])),
        sent(3, december, "2304", settle("S")),
        sent(4, january, "2204", fees("V", &["400.00"])),
        sent(5, january, "2207", settle("V")),
        sent(
            6,
            january,
            "late_fee",
            json!({ "mdtrt_id": "S", "feedetail": stay(&["2500.00"])["feedetail"] }),
        ),
        sent(7, january, "2204", fees("W", &["400.00"])),
        sent(8, january, "2207", settle("W")),
    ];
    let early = [
        late[0].clone(),
        sent(2, december, "2301", stay(&["30000.00", "2500.00"])),
        late[2].clone(),
        late[3].clone(),
        late[4].clone(),
        late[6].clone(),
        late[7].clone(),
    ];
    let told = |lines: &[Value]| answer(&file(&room, lines), &[]).1;
    let (late, early) = (told(&late), told(&early));
    assert_eq!((&late["refused"], &early["refused"]), (&json!(0), &json!(0)), "{late:#}");
    let fund = |told: &Value, at: usize, nth: usize| {
        told["answers"][at]["setlinfo"][nth]["fund_pay_sumamt"].clone()
    };
    assert_eq!(fund(&late, 5, 0), fund(&early, 2, 0), "the stay");
    assert_eq!(fund(&late, 4, 0), fund(&early, 4, 0), "January's first visit");
    assert_eq!(fund(&late, 7, 0), fund(&early, 6, 0), "January's second visit");
    let pooled = |told: &Value| told["books"]["pooled_resident"].clone();
    assert_eq!(pooled(&late), pooled(&early));
}

#[test]
fn broken_lines_are_named_and_the_others_are_answered() {
    let room = tempfile::tempdir().expect("a folder");
    let time = "2023-11-20T08:00:00";
    let lines = [
        sent(1, time, "1101", resident()),
        sent(2, time, "2999", json!({})),
        sent(
            3,
            time,
            "2204",
            json!({ "psn_no": "P", "mdtrt_id": "V", "fixmedins": 1, "hospital_level": "tertiary" }),
        ),
        sent(4, "yesterday", "2207", json!({ "mdtrt_id": "V" })),
        sent(5, time, "2204", {
            let mut f = fees("V", &["9.00"]);
            f["wallet"] = json!(1);
            f
        }),
        sent(6, time, "means", json!({ "psn_no": "P", "order": "gold_first" })),
        sent(7, time, "means", json!({ "psn_no": "P", "order": ["cash", "cash"] })),
        sent(8, time, "2204", fees("V", &["9.00"])),
        sent(9, time, "2207", json!({ "mdtrt_id": "V" })),
    ];
    let (code, told) = answer(&file(&room, &lines), &[]);
    assert_eq!((code, &told["done"], &told["broken"]), (2, &json!(3), &json!(6)), "{told:#}");
    let faults = told["faults"].as_array().expect("faults");
    let seen: Vec<_> = faults
        .iter()
        .map(|f| (f["line"].as_u64().unwrap_or(0), f["kind"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(seen[0], (3, "unknown_code"));
    assert_eq!(seen[1], (4, "missing_field"));
    assert_eq!((seen[3].0, seen[3].1), (6, "unknown_field"));
    let room = tempfile::tempdir().expect("a folder");
    let path = room.path().join("t.ndjson");
    std::fs::write(&path, "{\"schema\": \"aftercare.transaction/9\"}\n").expect("written");
    let (code, _, err) = settle(&[path.to_str().expect("a path"), "--rules", RULES]);
    assert_eq!(code, 2);
    assert!(err.contains("aftercare.transaction/1"), "{err}");
}

/// With a scheme: a line is opened, pays what the account leaves, and is repaid from the account next month.
#[test]
fn a_line_is_drawn_and_repaid_from_the_personal_account() {
    let room = tempfile::tempdir().expect("a folder");
    let time = "2023-11-20T08:00:00";
    let person = json!({
        "psn_no": "P", "insutype": "310", "status": "active", "balc": "0.00", "age": 40, "score": 900,
    });
    let lines = [
        sent(1, time, "1101", person),
        sent(2, time, "open_line", json!({ "psn_no": "P" })),
        sent(3, time, "2204", fees("V", &["900.00"])),
        sent(4, time, "2207", json!({ "mdtrt_id": "V", "funding": "line", "partial": true })),
        sent(
            5,
            "2023-12-02T08:00:00",
            "repay",
            json!({ "mdtrt_id": "V", "amount": "50.00", "from_account": true }),
        ),
        sent(6, "2023-12-02T08:01:00", "repay", json!({ "mdtrt_id": "V", "amount": "10.00" })),
    ];
    let (code, told) = answer(&file(&room, &lines), &["--scheme", "scenarios/smoke.toml"]);
    assert_eq!((code, &told["refused"]), (0, &json!(0)), "{told:#}");
    assert!(told["answers"][3]["receipts"][0]["own"]["line"].is_string(), "{told:#}");
    assert_eq!(told["answers"][4]["decisions"][0]["account"], "50.00");
    assert_eq!(told["answers"][5]["decisions"][0]["cash"], "10.00");
}
