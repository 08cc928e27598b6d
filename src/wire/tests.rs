//! Every form carries every command there and back.

use super::answer::{put_decision, take_decision};
use super::packed::{read_records, write_records};
use super::*;
use crate::domain::{
    CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel, ItemClass, Refusal, TimeMs,
    VisitId,
};
use crate::engine::{Decision, Funding, TickEvents};
use crate::settlement::BillLine;
use proptest::prelude::*;

fn visit() -> impl Strategy<Value = VisitId> {
    (0_u32..1 << 16, any::<u32>(), 0_u32..256)
        .prop_map(|(day, group, k)| VisitId::new(day, GroupId(group), k))
}

fn line() -> impl Strategy<Value = BillLine> {
    (any::<u32>(), 0_u16..=10_000, 0..4).prop_map(|(amount_fen, prepay_bp, kind)| match kind {
        0 => BillLine { amount_fen, class: ItemClass::A, prepay_bp: 0 },
        1 => BillLine { amount_fen, class: ItemClass::B, prepay_bp },
        2 => BillLine { amount_fen, class: ItemClass::C, prepay_bp: 0 },
        _ => BillLine::over_limit(amount_fen.max(1)),
    })
}

fn claim() -> impl Strategy<Value = ClaimBody> {
    let level = prop_oneof![
        Just(HospitalLevel::Primary),
        Just(HospitalLevel::Secondary),
        Just(HospitalLevel::Tertiary)
    ];
    let care = prop_oneof![
        Just(CareKind::Outpatient),
        Just(CareKind::Emergency),
        Just(CareKind::Inpatient),
        Just(CareKind::Chronic),
        Just(CareKind::Pharmacy)
    ];
    let cause = prop_oneof![
        5 => Just(CostCause::Illness), 1 => Just(CostCause::WorkInjury),
        1 => Just(CostCause::ThirdParty), 1 => Just(CostCause::PublicHealth),
    ];
    (visit(), 0_u8..255, any::<u16>(), level, (care, cause), any::<bool>()).prop_map(
        |(visit, point, hospital, level, (care, cause), in_scheme)| ClaimBody {
            visit,
            point,
            hospital: HospitalId(hospital),
            level,
            care,
            cause,
            in_scheme,
            lines_from: 0,
            lines: 0,
        },
    )
}

fn fen() -> impl Strategy<Value = Fen> {
    (0_i64..1 << 40).prop_map(Fen)
}

fn funding() -> impl Strategy<Value = Funding> {
    (0..3, any::<bool>(), fen()).prop_map(|(kind, partial, deposit)| match kind {
        0 => Funding::Own { deposit },
        1 => Funding::Line { partial, deposit },
        _ => Funding::Receivable { deposit },
    })
}

fn body() -> impl Strategy<Value = RequestBody> {
    let bill = || (visit(), 0_u8..255).prop_map(|(visit, point)| visit.bill(point));
    prop_oneof![
        Just(RequestBody::Query),
        Just(RequestBody::OpenLine),
        (claim(), any::<bool>())
            .prop_map(|(claim, partial)| RequestBody::Reserve { claim, partial }),
        (claim(), funding()).prop_map(|(claim, funding)| RequestBody::Settle { claim, funding }),
        (visit(), 0_u8..255).prop_map(|(visit, point)| RequestBody::Reverse { visit, point }),
        visit().prop_map(|visit| RequestBody::Release { visit }),
        (any::<u16>(), fen()).prop_map(|(hospital, amount)| RequestBody::Deposit {
            hospital: HospitalId(hospital),
            amount
        }),
        (bill(), fen()).prop_map(|(bill, offered)| RequestBody::Repay { bill, offered }),
        bill().prop_map(|bill| RequestBody::Tick { bill }),
        (any::<u16>(), fen(), any::<bool>()).prop_map(|(hospital, amount, written_off)| {
            RequestBody::Arrears { hospital: HospitalId(hospital), amount, written_off }
        }),
        (bill(), any::<u16>(), fen()).prop_map(|(bill, hospital, amount)| {
            RequestBody::DebitOverdue { bill, hospital: HospitalId(hospital), amount }
        }),
    ]
}

fn batch() -> impl Strategy<Value = Batch> {
    let lines = || proptest::collection::vec(line(), 1..6);
    let one = (any::<u64>(), 0_i64..1 << 40, any::<u32>(), any::<u8>(), body(), lines());
    proptest::collection::vec(one, 0..12).prop_map(|rows| {
        let mut batch = Batch::default();
        for (serial, at, group, member, body, lines) in rows {
            let id = RequestId::new(TimeMs(at), u128::from(serial));
            let group = GroupId(group);
            batch.push(Request { id, at: TimeMs(at), group, member, body }, &lines);
        }
        batch
    })
}

proptest! {
    #[test]
    fn binary_records_round_trip(batch in batch()) {
        prop_assert_eq!(read_records(&write_records(&batch)), Ok(batch));
    }

    #[test]
    fn json_commands_round_trip(batch in batch()) {
        let mut text = Vec::new();
        write_commands(&batch, &mut text).expect("memory takes everything");
        prop_assert_eq!(read_commands(text.as_slice()), Ok(batch));
    }

    #[test]
    fn traces_round_trip(batch in batch()) {
        let mut order: Vec<Request> = batch.requests().to_vec();
        order.sort_by_key(|request| request.at);
        let mut sorted = Batch::default();
        for request in &order {
            sorted.push(*request, batch.lines_of(request));
        }
        let mut text = Vec::new();
        write_trace(&sorted, &mut text).expect("memory takes everything");
        let read = read_trace(text.as_slice());
        prop_assert_eq!(read, Ok(sorted));
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut framed = write_records(&Batch::default());
        framed.extend(&bytes);
        let _ = read_records(&framed);
        let _ = take_decision(&mut Reader::new(&bytes));
    }

    #[test]
    fn decisions_round_trip(
        amounts in proptest::collection::vec(prop_oneof![Just(0), any::<i64>()], 14),
        words in proptest::collection::vec(proptest::option::of(0_usize..Refusal::ALL.len()), 2),
        days in proptest::collection::vec(proptest::option::of(any::<i32>()), 2),
        holder in proptest::option::of(any::<u8>()),
        flags in proptest::collection::vec(any::<bool>(), 6),
        counts in (any::<u8>(), any::<u16>(), any::<u8>(), any::<u8>()),
    ) {
        let fen = |index: usize| Fen(amounts[index]);
        let word = |index: usize| words[index].map(|at: usize| Refusal::ALL[at]);
        let tick = TickEvents {
            missed: flags[0],
            instalments: flags[1],
            cancelled: flags[2],
            blacklisted: flags[3],
            entered: counts.2,
            principal: fen(12),
            written_off: fen(10),
            collection_cost: fen(11),
            collection_steps: counts.0,
            dpd: counts.1,
            next: days[1].map(Day),
            on_plan: flags[5],
            instalment: counts.3,
        };
        let decision = Decision {
            refusal: word(0),
            benefits_refused: word(1),
            total: fen(0),
            fund: fen(1),
            person: fen(2),
            account: fen(3),
            cash: fen(4),
            line: fen(5),
            receivable: fen(6),
            handed_back: fen(7),
            principal: fen(8),
            charges: fen(9),
            recovered: fen(13),
            holder,
            due: days[0].map(Day),
            closed: flags[4],
            tick,
        };
        let mut out = Vec::new();
        put_decision(&mut out, &decision);
        prop_assert_eq!(take_decision(&mut Reader::new(&out)), Ok(decision));
    }
}

#[test]
fn wrong_commands_say_where_and_what() {
    let common = r#""request_id":"018b8a3c5e0000000000000000000001","at":"2023-11-01T09:30:00","kin_group":1,"member":0"#;
    let table = [
        (r#""command":"setle""#, "unknown command `setle`; the nearest word is `settle`"),
        (r#""command":"release""#, "command `release` needs `mdtrt_id`"),
        (r#""command":"query","amount":"1.00""#, "command `query` takes no `amount`"),
        (r#""command":"query","amuont":"1.00""#, "unknown field `amuont`"),
        (r#""command":"repay","mdtrt_id":"x","chrg_bchno":0,"amount":"1.00""#, "mdtrt_id `x`"),
        (r#""command":"deposit","fixmedins":1,"amount":1.5"#, "expected a string"),
    ];
    for (fields, expected) in table {
        let text = format!("{{\"schema\":\"aftercare.command/1\"}}\n\n{{{common},{fields}}}\n");
        let error = read_commands(text.as_bytes()).expect_err(fields);
        let WireError::Text { line, message, .. } = error else { panic!("{error}") };
        assert_eq!(line, 3, "{fields}");
        assert!(message.contains(expected), "{fields}: {message}");
    }
}

#[test]
fn other_versions_are_refused_by_name() {
    let wrong = "{\"schema\":\"aftercare.command/2\"}\n";
    let found = "aftercare.command/2".to_owned();
    let expected = WireError::Schema { found, expected: "aftercare.command/1" };
    assert_eq!(read_commands(wrong.as_bytes()), Err(expected));
    assert!(matches!(read_trace("at,command\n".as_bytes()), Err(WireError::Schema { .. })));
    let mut bytes = write_records(&Batch::default());
    bytes[4] = 9;
    assert!(matches!(read_records(&bytes), Err(WireError::Schema { .. })));
    assert!(matches!(read_records(b"PK\x03\x04"), Err(WireError::Bytes { at: 0, .. })));
}

#[test]
fn each_schema_describes_its_fields_and_allows_no_other() {
    for (name, schema) in schemas() {
        let text = serde_json::to_value(&schema).expect("plain data");
        let fields = text["properties"].as_object().expect("an object");
        assert!(fields.contains_key("mdtrt_id"), "{name}");
        let described = |field: &serde_json::Value| field["description"].is_string();
        assert!(
            fields.values().all(|field| described(field) || field["$ref"].is_string()),
            "{name}"
        );
        assert_eq!(text["additionalProperties"], false, "{name}");
    }
}
