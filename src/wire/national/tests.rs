//! Messages go out and come back the same; what is wrong is named.

use super::*;
use crate::domain::{
    CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, ItemClass, TimeMs, VisitId,
};
use crate::engine::{Decision, Funding};
use crate::settlement::BillLine;
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};

const AREA: &str = "440100";
const LINES: [BillLine; 2] = [
    BillLine { amount_fen: 3_000, class: ItemClass::A, prepay_bp: 0 },
    BillLine { amount_fen: 1_000, class: ItemClass::B, prepay_bp: 1_000 },
];

fn areas() -> Areas {
    Areas::parse(
        r#"{"schema": "aftercare.areas/1", "areas": {"440100": {"name": "Guangzhou 广州",
            "codes": {"med_type": {"1101": "11"}}}}}"#,
    )
    .expect("a dictionary")
}

fn claim() -> ClaimBody {
    ClaimBody {
        visit: VisitId::new(3, GroupId(17), 1),
        point: 2,
        hospital: HospitalId(9),
        level: HospitalLevel::Tertiary,
        care: CareKind::Outpatient,
        cause: CostCause::Illness,
        in_scheme: true,
        lines_from: 0,
        lines: 2,
    }
}

fn request(body: RequestBody) -> Request {
    let at = TimeMs(1_698_830_400_000);
    Request { id: RequestId::new(at, 41), at, group: GroupId(17), member: 2, body }
}

fn message(body: RequestBody, areas: &Areas, sign: &dyn Sign) -> Envelope {
    let lines: &[BillLine] = if body.claim().is_some() { &LINES } else { &[] };
    Sender { area: AREA, areas, sign }.message(&request(body), lines).expect("in the interface")
}

#[test]
fn a_request_goes_out_and_comes_in_the_same() {
    let stay = ClaimBody { care: CareKind::Inpatient, ..claim() };
    let deposit = Fen(500);
    let rows = [
        ("2206", RequestBody::PreSettle { claim: claim() }),
        ("2303", RequestBody::PreSettle { claim: stay }),
        ("2207", RequestBody::Settle { claim: claim(), funding: Funding::Own { deposit } }),
        (
            "2304",
            RequestBody::Settle { claim: stay, funding: Funding::Line { partial: true, deposit } },
        ),
        ("2208", RequestBody::Reverse { visit: claim().visit, point: 2 }),
        ("5203", RequestBody::Lookup { visit: claim().visit, point: 2 }),
    ];
    let key = Keyed::new(b"secret");
    for (infno, body) in rows {
        let sent = message(body, &areas(), &key);
        assert_eq!(sent.infno, infno);
        let text = serde_json::to_string(&sent).expect("text");
        let (_, asked) = Envelope::read(&text, &areas(), &key).expect(infno);
        let Asked::Request(batch) = asked else { panic!("{infno} is a request") };
        let [read] = batch.requests() else { panic!("one request") };
        assert_eq!((read.group, read.member, read.body), (GroupId(17), 2, body), "{infno}");
        assert_eq!(batch.lines_of(read).len(), if body.claim().is_some() { 2 } else { 0 });
        let (_, again) = Envelope::read(&text, &areas(), &key).expect(infno);
        assert_eq!(Asked::Request(batch), again, "one message, one key");
    }
}

#[test]
fn an_area_writes_its_own_codes() {
    let sent = message(RequestBody::PreSettle { claim: claim() }, &areas(), &Unsigned);
    assert_eq!(sent.input.data.med_type.as_deref(), Some("1101"));
    let text = serde_json::to_string(&sent).expect("text");
    let (read, _) = Envelope::read(&text, &areas(), &Unsigned).expect("understood");
    assert_eq!(read.input.data.med_type.as_deref(), Some("11"));
}

#[test]
fn what_is_wrong_is_named() {
    let sent = message(RequestBody::PreSettle { claim: claim() }, &areas(), &Unsigned);
    let text = serde_json::to_string(&sent).expect("text");
    let rows = [
        ("\"440100\"", "\"999999\"", "is not served"),
        ("V1.0", "V2.0", "not V1.0"),
        ("\"2206\"", "\"2201\"", "is not 2206"),
        ("\"2206\"", "\"2303\"", "does not take this med_type"),
        ("\"g17-2\"", "\"17\"", "not a person"),
        ("\"40.00\"", "\"41.00\"", "does not fit the fees"),
        ("\"psn_setlway\":\"01\"", "\"psn_setlway\":\"02\"", "served as 01 only"),
        ("\"signtype\":\"\"", "\"signtype\":\"SM2\"", "signature"),
        ("H00000000009", "X00000000009", "msgid"),
        ("\"infno\"", "\"infn\"", "unknown field"),
    ];
    for (from, to, expected) in rows {
        assert!(text.contains(from), "{from}: {text}");
        let wrong = text.replacen(from, to, if from == "\"440100\"" { 9 } else { 1 });
        let error = Envelope::read(&wrong, &areas(), &Unsigned).expect_err(to);
        assert!(error.to_string().contains(expected), "{to}: {error}");
    }
    let tampered = serde_json::to_string(&message(
        RequestBody::Reverse { visit: claim().visit, point: 2 },
        &areas(),
        &Keyed::new(b"a"),
    ));
    let tampered = tampered.expect("text").replace("d3-g17-1/2", "d3-g17-1/3");
    assert!(Envelope::read(&tampered, &areas(), &Keyed::new(b"a")).is_err());
    let error = Sender { area: AREA, areas: &areas(), sign: &Unsigned }
        .message(&request(RequestBody::OpenLine), &[]);
    assert_eq!(error, Err("open_line".to_owned()));
}

#[test]
fn an_answer_tells_the_decision_and_a_reversal_names_its_message() {
    let sent = message(RequestBody::PreSettle { claim: claim() }, &areas(), &Unsigned);
    let mut batch = Batch::default();
    batch.push(request(RequestBody::PreSettle { claim: claim() }), &LINES);
    let decision = Decision {
        total: Fen(4_000),
        fund: Fen(2_500),
        person: Fen(1_500),
        cash: Fen(1_500),
        ..Decision::default()
    };
    let reply = Reply::decided(&sent, &batch, &decision, false);
    let text = serde_json::to_string(&reply).expect("text");
    let read: Reply = serde_json::from_str(&text).expect("its own text");
    assert_eq!(read.output.expect("an output").setlinfo.decision(), Ok(decision));
    assert_eq!(reply.inf_refmsgid.len(), 30);
    let sender = Sender { area: AREA, areas: &areas(), sign: &Unsigned };
    let undo = sender.undo(&sent, &request(RequestBody::Query)).expect("an undo");
    let text = serde_json::to_string(&undo).expect("text");
    let (_, asked) = Envelope::read(&text, &areas(), &Unsigned).expect("understood");
    assert!(matches!(asked, Asked::Undo { omsgid, .. } if omsgid == sent.msgid));
}
