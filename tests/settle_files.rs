//! `aftercare settle` on whole files: each kind of broken line gets its name with line and field while the
//! good claims are settled and both are counted; NDJSON and CSV give the same replies; differences to
//! somebody's replies are grouped by the rule that explains them.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const RULES: &str = "scenarios/rules/urban_2023.toml";
const COUNTY: &str = "scenarios/rules/county_one_stop.toml";

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

fn answer(file: &Path, rules: &str, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec![file.to_str().expect("a path"), "--rules", rules, "--format", "json"];
    arguments.extend_from_slice(more);
    let (code, out, err) = settle(&arguments);
    (code, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}")))
}

fn claim(visit: u32) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples/claim.json");
    let text = std::fs::read_to_string(path).expect("the committed claim");
    let mut claim: Value = serde_json::from_str(&text).expect("JSON");
    claim["mdtrt_id"] = json!(format!("d0-g{visit}-0"));
    claim
}

/// A good claim with one change, as a line.
fn broken(visit: u32, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut claim = claim(visit);
    change(&mut claim);
    claim.to_string().into_bytes()
}

/// Kind, field and the line that shows it.
fn broken_lines() -> Vec<(&'static str, Option<&'static str>, Vec<u8>)> {
    let whole = broken(50, |_| {});
    let mut gbk = broken(51, |c| c["psn_no"] = json!("name"));
    let at = gbk.windows(4).position(|part| part == b"name").expect("the name");
    gbk.splice(at..at + 4, [0xd5, 0xc5, 0xc8, 0xfd]);
    vec![
        (
            "bad_amount",
            Some("medfee_sumamt"),
            broken(52, |c| c["medfee_sumamt"] = json!("18,450.75")),
        ),
        (
            "bad_amount",
            Some("det_item_fee_sumamt"),
            broken(53, |c| c["feedetail"][0]["det_item_fee_sumamt"] = json!("12800.005")),
        ),
        ("unknown_field", Some("medfee"), broken(54, |c| c["medfee"] = json!("1.00"))),
        (
            "missing_field",
            Some("med_type"),
            broken(55, |c| {
                c.as_object_mut().expect("an object").remove("med_type");
            }),
        ),
        (
            "negative_quantity",
            Some("cnt"),
            broken(56, |c| {
                c["feedetail"][0]["cnt"] = json!("-2");
                c["feedetail"][0]["pric"] = json!("6400.00");
            }),
        ),
        (
            "negative_amount",
            Some("det_item_fee_sumamt"),
            broken(57, |c| c["feedetail"][0]["det_item_fee_sumamt"] = json!("-12800.00")),
        ),
        ("not_utf8", None, gbk),
        ("truncated", Some("chrgitm_lv"), whole[..whole.len() - 6].to_vec()),
        ("line_too_long", None, vec![b' '; 10 << 20].into_iter().chain(*b"{}").collect()),
        ("wrong_schema", Some("schema"), broken(58, |c| c["schema"] = json!("aftercare.claim/9"))),
        ("wrong_type", Some("psn_no"), broken(59, |c| c["psn_no"] = json!(35))),
        ("unknown_code", Some("med_type"), broken(60, |c| c["med_type"] = json!("99"))),
        ("unknown_code", Some("status"), broken(61, |c| c["status"] = json!("tired"))),
        ("sum_mismatch", Some("medfee_sumamt"), broken(62, |c| c["medfee_sumamt"] = json!("1.00"))),
        (
            "sum_mismatch",
            Some("det_item_fee_sumamt"),
            broken(63, |c| {
                c["feedetail"][0]["cnt"] = json!("2");
                c["feedetail"][0]["pric"] = json!("6400.01");
            }),
        ),
        ("duplicate_bill", Some("mdtrt_id"), broken(1, |_| {})),
        ("syntax", None, b"no claim at all".to_vec()),
    ]
}

#[test]
fn every_kind_of_broken_line_is_named_and_the_good_claims_are_settled() {
    let room = tempfile::tempdir().expect("a folder");
    let file = room.path().join("claims.ndjson");
    let kinds = broken_lines();
    let mut bytes = Vec::new();
    for (number, (_, _, line)) in (1..).zip(&kinds) {
        bytes.extend_from_slice(&broken(number, |_| {}));
        bytes.push(b'\n');
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    std::fs::write(&file, bytes).expect("written");
    let (code, told) = answer(&file, RULES, &[]);
    assert_eq!(code, 2, "broken lines are bad input");
    assert_eq!((&told["settled"], &told["broken"]), (&json!(kinds.len()), &json!(kinds.len())));
    let faults = told["faults"].as_array().expect("faults");
    for ((at, (kind, field, _)), fault) in kinds.iter().enumerate().zip(faults) {
        assert_eq!(fault["kind"], *kind, "{fault}");
        assert_eq!(fault["line"], 2 * at + 2, "{fault}");
        assert_eq!(fault["field"].as_str(), *field, "{fault}");
    }
    let replies = told["replies"].as_array().expect("replies");
    assert!(replies.iter().all(|reply| reply["hifp_pay"] == "14066.88"));
    let (code, out, err) = settle(&[file.to_str().expect("a path"), "--rules", RULES]);
    assert_eq!(code, 2);
    assert!(out.ends_with("17 claims settled, 17 lines broken\n"), "{out}");
    assert!(err.contains("line 10, cnt: negative_quantity"), "{err}");
}

#[test]
fn csv_lines_are_the_same_claims() {
    let room = tempfile::tempdir().expect("a folder");
    let file = room.path().join("claims.csv");
    let header = "schema,psn_no,mdtrt_id,insutype,status,med_type,hospital_level,medfee_sumamt,balc,\
                  cumulative.outpatient_inscp_scp_amt,cumulative.compliant_burden,feedetail";
    let good = "aftercare.claim/1,7,d0-g1-0,310,retired,21,tertiary,18450.75,1250.40,2100.00,1260.00,\
                01:12800.00;02:4650.75@0.1000>150.75;03:1000.00";
    let few = "aftercare.claim/1,7,d0-g2-0,310";
    let bad = good.replace("1250.40", "12.5.0").replace("g1", "g3");
    std::fs::write(&file, format!("{header}\n{good}\n{few}\n{bad}\n")).expect("written");
    let (code, told) = answer(&file, RULES, &[]);
    assert_eq!((code, &told["settled"], &told["broken"]), (2, &json!(1), &json!(2)), "{told}");
    assert_eq!(told["replies"][0]["psn_part_amt"], "4383.87");
    let fault =
        |at: usize| (told["faults"][at]["kind"].clone(), told["faults"][at]["field"].clone());
    assert_eq!(fault(0), (json!("truncated"), json!("status")));
    assert_eq!(fault(1), (json!("bad_amount"), json!("balc")));
}

/// A bill whose initial self-payments are 0.5 fen a line.
fn three_half_fen(visit: u32) -> Value {
    let mut claim = claim(visit);
    let line = json!({"det_item_fee_sumamt": "0.05", "chrgitm_lv": "02", "selfpay_prop": "0.1"});
    claim["feedetail"] = json!([line, line, line]);
    claim["medfee_sumamt"] = json!("0.15");
    claim
}

#[test]
fn differences_are_grouped_by_the_rule_that_explains_them() {
    let room = tempfile::tempdir().expect("a folder");
    let path = |name: &str| room.path().join(name);
    let lines =
        |values: &[Value]| values.iter().map(|v| format!("{v}\n")).collect::<Vec<_>>().concat();
    let mut claims: Vec<Value> = (0..20).map(three_half_fen).collect();
    claims.extend((20..30).map(claim));
    let file = path("claims.ndjson");
    std::fs::write(&file, lines(&claims)).expect("written");

    // Somebody else rounds on the bill's sum, and forgets the factor on a retiree's share.
    let text = std::fs::read_to_string(COUNTY).expect("the rules");
    let on_sum = text.replace("\"half_up_per_line\"", "\"half_up_on_sum\"");
    let no_factor = text.replace("person_share_factor = 0.6 ", "person_share_factor = 1 ");
    assert!(on_sum != text && no_factor != text);
    let reply = |name: &str, text: &str| {
        let rules = path(name);
        std::fs::write(&rules, text).expect("written");
        answer(&file, rules.to_str().expect("a path"), &[]).1["replies"].clone()
    };
    let (rounded, factor) = (reply("on_sum.toml", &on_sum), reply("factor.toml", &no_factor));
    let mut theirs: Vec<Value> = rounded.as_array().expect("replies")[..20].to_vec();
    theirs.extend_from_slice(&factor.as_array().expect("replies")[20..28]);
    let mut odd = factor[28].clone();
    odd["maf_pay"] = json!("77.00");
    theirs.push(odd);
    theirs.push(json!({ "mdtrt_id": "d0-g99-0", "psn_part_amt": "5.00" }));
    let replies = path("replies.ndjson");
    std::fs::write(&replies, lines(&theirs)).expect("written");

    let against = ["--against", replies.to_str().expect("a path")];
    let (code, told) = answer(&file, COUNTY, &against);
    assert_eq!(code, 99);
    let groups: Vec<(&str, u64)> = told["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|g| (g["cause"].as_str().expect("a word"), g["claims"].as_u64().expect("a count")))
        .collect();
    let expected = [
        ("rounded_on_sum", 20),
        ("person_factor_forgotten", 8),
        ("unexplained", 1),
        ("no_reply", 1),
        ("no_claim", 1),
    ];
    assert_eq!(groups, expected, "{told}");
    let mut arguments = vec![file.to_str().expect("a path"), "--rules", COUNTY];
    arguments.extend(against);
    let (_, out, _) = settle(&arguments);
    assert!(out.contains("20 differ by 0.01: rounded once on the bill's sum"), "{out}");
    arguments.extend(["--lang", "zh"]);
    assert!(settle(&arguments).1.contains("20 笔相差 0.01：按合计四舍五入"));
}

#[test]
fn explained_steps_carry_the_years_accumulators() {
    let claim = Path::new("tests/data/examples/claim.json");
    let (_, told) = answer(claim, RULES, &["--explain"]);
    let steps = told["steps"].as_array().expect("steps");
    let pooled = steps.iter().find(|step| step["rule"] == "pooled").expect("the fund's step");
    let accumulator =
        json!({ "name": "inpatient_hifp_pay", "before": "0.00", "after": "14066.88" });
    assert_eq!(pooled["accumulator"], accumulator);
    let (_, out, _) = settle(&["tests/data/examples/claim.json", "--rules", RULES, "--explain"]);
    assert!(out.contains("0.00>14066.88"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
}

#[test]
fn work_injury_is_a_named_refusal_and_no_fund_pays() {
    let room = tempfile::tempdir().expect("a folder");
    let file = room.path().join("claim.json");
    let mut injured = claim(1);
    injured["cost_cause"] = json!("work_injury");
    std::fs::write(&file, injured.to_string()).expect("written");
    let (code, told) = answer(&file, RULES, &[]);
    assert_eq!((code, &told["benefits_refused"]), (0, &json!("work_injury")));
    assert_eq!(told["psn_part_amt"], told["medfee_sumamt"]);
    assert_eq!(told["fund_pay_sumamt"], "0.00");
}
