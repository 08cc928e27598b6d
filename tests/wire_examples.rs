//! Each outside form has one committed example; what this build reads from it, it writes back to the
//! same bytes. Must never be updated without a new schema version or a reason in the changelog.

use aftercare::domain::{CareKind, Fen, ItemClass, MemberStatus};
use aftercare::settlement::BillLine;
use aftercare::wire::packed::{read_records, write_records};
use aftercare::wire::{
    Batch, Claim, RequestBody, SetlInfo, WireError, read_commands, read_trace, write_commands,
    write_trace,
};

const COMMANDS: &str = include_str!("data/examples/commands.ndjson");
const TRACE: &str = include_str!("data/examples/trace.csv");
const RECORDS: &[u8] = include_bytes!("data/examples/commands.bin");
const CLAIM: &str = include_str!("data/examples/claim.json");
const REPLIES: &str = include_str!("data/examples/replies.ndjson");

fn commands() -> Batch {
    read_commands(COMMANDS.as_bytes()).expect("the example is sound")
}

#[test]
fn the_json_example_holds_every_kind_of_command_and_writes_back_to_its_bytes() {
    let batch = commands();
    let mut kinds: Vec<u8> = batch.requests().iter().map(|request| request.body.kind()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), RequestBody::WORDS.len());
    let mut text = Vec::new();
    write_commands(&batch, &mut text).expect("memory takes everything");
    assert_eq!(String::from_utf8(text).expect("text"), COMMANDS);
}

#[test]
fn the_binary_example_holds_the_same_commands() {
    assert_eq!(read_records(RECORDS), Ok(commands()));
    assert_eq!(write_records(&commands()), RECORDS);
}

#[test]
fn the_trace_example_holds_the_same_commands() {
    assert_eq!(read_trace(TRACE.as_bytes()), Ok(commands()));
    let mut text = Vec::new();
    write_trace(&commands(), &mut text).expect("memory takes everything");
    assert_eq!(String::from_utf8(text).expect("text"), TRACE);
}

#[test]
fn a_trace_out_of_order_is_refused_at_its_line() {
    let mut rows: Vec<&str> = TRACE.lines().collect();
    rows.swap(2, 3);
    let error = read_trace((rows.join("\n") + "\n").as_bytes()).expect_err("out of order");
    assert!(matches!(error, WireError::Text { line: 4, .. }), "{error}");
}

#[test]
fn the_claim_example_is_read_in_the_settlements_terms_and_writes_back() {
    let claim = Claim::parse(CLAIM).expect("the example is sound");
    assert_eq!(serde_json::to_string_pretty(&claim).expect("text") + "\n", CLAIM);
    let input = claim.input().expect("the fields make sense");
    assert_eq!((input.care, input.member.status), (CareKind::Inpatient, MemberStatus::Retired));
    assert_eq!(input.account, Fen(125_040));
    let class_b = BillLine { amount_fen: 450_000, class: ItemClass::B, prepay_bp: 1_000 };
    assert_eq!(input.lines[1..3], [class_b, BillLine::over_limit(15_075)]);
}

#[test]
fn a_claim_that_contradicts_itself_is_refused_by_field() {
    let claim = Claim::parse(CLAIM).expect("the example is sound");
    let table = [
        (Claim { medfee_sumamt: Fen(1), ..claim.clone() }, "medfee_sumamt is 0.01"),
        (Claim { insutype: Some("999".into()), ..claim.clone() }, "insutype `999`"),
        (Claim { med_type: "99".into(), ..claim.clone() }, "med_type `99`"),
        (Claim { acct_used_flag: "yes".into(), ..claim.clone() }, "acct_used_flag `yes`"),
    ];
    for (claim, expected) in table {
        let message = claim.input().expect_err(expected);
        assert!(message.contains(expected), "{message}");
    }
    let typo = CLAIM.replace("\"balc\"", "\"balance\"");
    let Err(WireError::Text { line, message, .. }) = Claim::parse(&typo) else { panic!("typo") };
    assert_eq!(line, 12);
    assert!(message.contains("unknown field `balance`"), "{message}");
}

#[test]
fn replies_are_compared_field_by_field() {
    let replies = SetlInfo::parse_lines(REPLIES).expect("the example is sound");
    assert_eq!(serde_json::to_string(&replies[0]).expect("text") + "\n", REPLIES);
    let other = SetlInfo { hifp_pay: Fen(1_426_501), ..replies[0].clone() };
    let expected = vec![("hifp_pay", Fen(1_426_500), Fen(1_426_501))];
    assert_eq!(replies[0].differences(&other), expected);
}
