//! The life of claims at the desk, transaction by transaction: stages sum to the whole, reversal goes newest
//! first and leaves identical books, late fees and retroactive changes of status end where an early one would
//! have, forgotten bills settle themselves, and a request id is answered once.

mod luck;

use aftercare::domain::{
    AssistanceClass, CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel,
    InsuranceScheme, ItemClass, Refusal, TimeMs, VisitId,
};
use aftercare::engine::{
    Desk, DeskAnswer, DeskRules, Engine, Facts, Funding, GroupRows, PersonRow, Place, Transaction,
    tags,
};
use aftercare::ledger::{Audit, Role};
use aftercare::scenario;
use aftercare::settlement::spec::Rules;
use aftercare::settlement::{BillLine, Member};
use luck::Luck;
use std::path::Path;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rules/county_one_stop.toml");
    scenario::load_rules(&path).expect("the committed rules are valid")
});

const OWN: Funding = Funding::Own { deposit: Fen::ZERO };

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

/// One resident and one employee at a desk, with the books.
struct Office {
    desk: Desk<'static>,
    audit: Audit,
    now: TimeMs,
    requests: u128,
}

impl Office {
    fn open(rules: DeskRules) -> Office {
        let today = day("2023-03-01");
        let mut rows = GroupRows::default();
        rows.clear(0, 2);
        let (year_tag, month_tag) = tags(today);
        for (member, scheme) in
            [InsuranceScheme::Resident, InsuranceScheme::Employee].into_iter().enumerate()
        {
            let member_facts = Member { scheme, ..Member::default() };
            rows.set_facts(member, Facts { member: member_facts, age: 40, ..Facts::default() });
            rows.people[member] = PersonRow { year_tag, month_tag, ..PersonRow::default() };
        }
        let engine = Engine { rules: &RULES, policy: None };
        let now = today.start();
        Office { desk: Desk::new(engine, rules, rows), audit: Audit::new(), now, requests: 0 }
    }

    fn ask(&mut self, asked: Transaction) -> DeskAnswer {
        self.requests += 1;
        self.ask_as(self.requests, asked)
    }

    fn ask_as(&mut self, id: u128, asked: Transaction) -> DeskAnswer {
        self.now = TimeMs(self.now.0 + 1_000);
        let answer = self.desk.answer(id, self.now, asked, &mut self.audit);
        assert_eq!(self.audit.imbalance(), None);
        answer
    }

    fn done(&mut self, asked: Transaction) {
        let told = format!("{asked:?}");
        let answer = self.ask(asked);
        assert!(matches!(answer, DeskAnswer::Done(_)), "{answer:?} to {told}");
    }

    fn upload(&mut self, visit: VisitId, care: CareKind, lines: &[BillLine]) {
        self.done(upload(visit, care, lines));
    }

    fn settle(&mut self, visit: VisitId) {
        self.done(Transaction::Settle { visit, funding: OWN, stage: false });
    }

    /// Sums of all roles, as the books have them.
    fn totals(&self) -> Vec<i64> {
        self.audit.totals().to_vec()
    }
}

fn visit(number: u32) -> VisitId {
    VisitId::new(number, GroupId(0), 0)
}

fn upload(visit: VisitId, care: CareKind, lines: &[BillLine]) -> Transaction {
    let place = Place {
        hospital: HospitalId(1),
        level: HospitalLevel::Tertiary,
        care,
        cause: CostCause::Illness,
        in_scheme: true,
    };
    Transaction::Upload { visit, member: 0, place, agreed: OWN, lines: lines.to_vec() }
}

fn yuan(amount: u32) -> BillLine {
    BillLine { amount_fen: amount * 100, class: ItemClass::A, prepay_bp: 0 }
}

fn line(luck: &mut Luck) -> BillLine {
    let (class, prepay_bp) = match luck.below(6) {
        0 => (ItemClass::C, 0),
        1 | 2 => (ItemClass::B, luck.below(3_001) as u16),
        _ => (ItemClass::A, 0),
    };
    BillLine { amount_fen: 1 + luck.below(900_000), class, prepay_bp }
}

#[test]
fn stages_of_a_stay_sum_to_its_settlement_at_the_end_whoever_pays() {
    let mut luck = Luck::new(7);
    for _ in 0..300 {
        let lines: Vec<BillLine> = (0..12).map(|_| line(&mut luck)).collect();
        let status = Member {
            scheme: InsuranceScheme::Resident,
            assistance: luck.pick([AssistanceClass::None, AssistanceClass::MinimumLiving]),
            commercial: luck.flag(),
            ..Member::default()
        };
        let stay = |staged: bool, luck: &mut Luck| {
            let mut office = Office::open(DeskRules::default());
            office.desk.rows.set_facts(0, Facts { member: status, ..Facts::default() });
            let before = [yuan(20_000)];
            office.upload(visit(1), CareKind::Inpatient, &before);
            office.settle(visit(1));
            for part in lines.chunks(3) {
                office.upload(visit(2), CareKind::Inpatient, part);
                if staged && luck.flag() {
                    office.done(Transaction::Settle { visit: visit(2), funding: OWN, stage: true });
                }
            }
            office.upload(visit(2), CareKind::Inpatient, &[yuan(1)]);
            office.done(Transaction::Discharge { visit: visit(2), bedside: Some(OWN) });
            office
        };
        let (whole, staged) = (stay(false, &mut luck), stay(true, &mut luck));
        assert_eq!(whole.totals(), staged.totals(), "{lines:?}");
        assert_eq!(whole.desk.rows.people[0], staged.desk.rows.people[0]);
        assert_eq!(whole.desk.rows.people[0].year.admissions, 2);
        assert_eq!(whole.desk.rows.more[0], staged.desk.rows.more[0]);
    }
}

#[test]
fn long_and_costly_stays_are_settled_in_stages_and_a_forgotten_bill_settles_itself() {
    let rules = DeskRules {
        stage_every_days: Some(10),
        stage_at_open: Some(Fen::from_yuan(30_000)),
        settle_forgotten_after_days: Some(3),
        message_cost: None,
    };
    let mut office = Office::open(rules);
    let mut told = Vec::new();
    for number in 0..25_u32 {
        if number < 20 {
            let amount = if number == 13 { 31_000 } else { 100 };
            office.upload(visit(1), CareKind::Inpatient, &[yuan(amount)]);
        }
        if number == 20 {
            office.done(Transaction::Discharge { visit: visit(1), bedside: None });
        }
        let night = TimeMs(office.now.day().start().0 + 86_300_000);
        for (_, decision) in office.desk.midnight(night, &mut office.audit) {
            told.push((number, decision.total));
        }
        office.now = (office.now.day() + 1).start();
    }
    let expected = [(10, 1_100), (13, 31_200), (23, 600)];
    assert_eq!(told, expected.map(|(night, amount)| (night, Fen::from_yuan(amount))));
    assert_eq!(office.desk.rows.people[0].year.admissions, 1, "one stay is one admission");
}

#[test]
fn reversal_goes_newest_first_and_leaves_identical_books() {
    let mut office = Office::open(DeskRules::default());
    let empty = (office.totals(), office.desk.rows.people);
    for number in 1..=3 {
        office.upload(visit(number), CareKind::Outpatient, &[yuan(150)]);
        office.settle(visit(number));
    }
    let settled = (office.totals(), office.desk.rows.people);
    for wrong in [1, 2] {
        let answer = office.ask(Transaction::Reverse { visit: visit(wrong) });
        assert_eq!(answer, DeskAnswer::Refused(Refusal::LaterClaimFirst), "2208 of visit {wrong}");
    }
    for number in [3, 2, 1] {
        office.done(Transaction::Reverse { visit: visit(number) });
    }
    assert_eq!((office.totals(), office.desk.rows.people), empty);
    for number in 1..=3 {
        office.settle(visit(number));
    }
    assert_eq!((office.totals(), office.desk.rows.people), settled, "settled again, the same");
    let gone = office.ask(Transaction::Reverse { visit: visit(9) });
    assert_eq!(gone, DeskAnswer::Refused(Refusal::NothingOpen));
}

#[test]
fn a_settlement_is_undone_by_its_request_and_twice_is_nothing_open() {
    let mut office = Office::open(DeskRules::default());
    office.upload(visit(1), CareKind::Outpatient, &[yuan(500)]);
    office.ask_as(77, Transaction::Settle { visit: visit(1), funding: OWN, stage: false });
    office.done(Transaction::Undo { of: 77 });
    let again = office.ask(Transaction::Undo { of: 77 });
    assert_eq!(again, DeskAnswer::Refused(Refusal::NothingOpen));
    office.done(Transaction::CancelFees { visit: visit(1) });
    let settle = Transaction::Settle { visit: visit(1), funding: OWN, stage: false };
    assert_eq!(office.ask(settle), DeskAnswer::Refused(Refusal::NothingOpen));
}

#[test]
fn a_request_id_is_answered_once_and_refused_with_another_body() {
    let mut office = Office::open(DeskRules::default());
    office.upload(visit(1), CareKind::Outpatient, &[yuan(500)]);
    let settle = Transaction::Settle { visit: visit(1), funding: OWN, stage: false };
    let first = office.ask_as(99, settle.clone());
    let after = office.totals();
    assert_eq!(office.ask_as(99, settle), first, "replayed");
    let other = Transaction::Settle { visit: visit(1), funding: OWN, stage: true };
    assert_eq!(office.ask_as(99, other), DeskAnswer::KeyReused);
    assert_eq!(office.totals(), after, "neither moves a fen");
}

#[test]
fn a_pre_settlement_tells_what_the_settlement_gives_and_changes_nothing() {
    let mut office = Office::open(DeskRules::default());
    office.upload(visit(1), CareKind::Inpatient, &[yuan(9_000)]);
    let before = (office.totals(), office.desk.rows.people);
    let DeskAnswer::PreSettled(split) = office.ask(Transaction::PreSettle { visit: visit(1) })
    else {
        panic!("a pre-settlement gives a split");
    };
    assert_eq!((office.totals(), office.desk.rows.people), before);
    let settle = Transaction::Settle { visit: visit(1), funding: OWN, stage: false };
    let DeskAnswer::Done(decisions) = office.ask(settle) else { panic!("settled") };
    let got = (decisions[0].fund, decisions[0].person);
    assert_eq!(got, (split.fund_pay_sumamt, split.psn_part_amt));
}

#[test]
fn a_late_fee_ends_where_an_early_one_would_have() {
    let late_fee = [yuan(3_000)];
    let mut late = Office::open(DeskRules::default());
    let mut early = Office::open(DeskRules::default());
    for (office, is_late) in [(&mut late, true), (&mut early, false)] {
        office.upload(visit(1), CareKind::Inpatient, &[yuan(12_000)]);
        if !is_late {
            office.upload(visit(1), CareKind::Inpatient, &late_fee);
        }
        office.settle(visit(1));
        office.upload(visit(2), CareKind::Inpatient, &[yuan(40_000)]);
        office.settle(visit(2));
    }
    late.done(Transaction::LateFee { visit: visit(1), lines: late_fee.to_vec() });
    assert_eq!(late.totals(), early.totals());
    assert_eq!(late.desk.rows.people, early.desk.rows.people);
}

#[test]
fn a_retroactive_status_ends_where_an_early_one_would_have_in_each_year() {
    let poor = Member {
        scheme: InsuranceScheme::Resident,
        assistance: AssistanceClass::Destitute,
        ..Member::default()
    };
    // A visit before the change, one after it in the same year, one in the next year.
    let play = |early: bool, told_on: &str| {
        let mut office = Office::open(DeskRules::default());
        office.upload(visit(1), CareKind::Inpatient, &[yuan(12_000)]);
        office.settle(visit(1));
        let change =
            |from: &str| Transaction::ChangeStatus { member: 0, to: poor, from: day(from) };
        for (number, on) in [(2, "2023-04-01"), (3, "2023-11-05"), (4, "2024-02-03")] {
            office.now = day(on).start();
            if early && number == 2 {
                office.done(change("2023-04-01"));
            }
            if office.now >= day(told_on).start() && !early && number == 4 {
                office.done(change("2023-04-01"));
            }
            office.upload(visit(number), CareKind::Inpatient, &[yuan(30_000)]);
            office.settle(visit(number));
        }
        if !early && day(told_on) > day("2024-02-03") {
            office.now = day(told_on).start();
            office.done(change("2023-04-01"));
        }
        office
    };
    let early = play(true, "2023-04-01");
    for told_on in ["2024-01-05", "2024-03-01"] {
        let late = play(false, told_on);
        assert_eq!(early.desk.rows.people[0].year, late.desk.rows.people[0].year, "{told_on}");
        // Inflows of personal accounts run on to the day of the last request.
        let apart =
            |role: &Role| !matches!(role, Role::PersonalAccount | Role::AccountContributions);
        for role in Role::ALL.iter().copied().filter(apart) {
            let total = |office: &Office| office.audit.total(role);
            assert_eq!(total(&early), total(&late), "{}, told on {told_on}", role.word());
        }
    }
}

/// A reversal of last year's stay gives last year's accumulators back and leaves this year's alone; settled
/// again it is what it was. What the books never saw cannot be corrected.
#[test]
fn a_reversal_across_the_year_is_last_years_matter() {
    let mut office = Office::open(DeskRules::default());
    office.upload(visit(1), CareKind::Inpatient, &[yuan(60_000)]);
    office.settle(visit(1));
    office.now = day("2024-01-10").start();
    office.upload(visit(2), CareKind::Inpatient, &[yuan(9_000)]);
    office.settle(visit(2));
    let (books, rows) = (office.totals(), office.desk.rows.people[0]);
    office.done(Transaction::Reverse { visit: visit(1) });
    assert_eq!(office.desk.rows.people[0].year, rows.year, "this year's accumulators");
    office.done(Transaction::Reverse { visit: visit(2) });
    assert_eq!(office.desk.rows.people[0].year.admissions, 0);
    office.settle(visit(2));
    let late = Transaction::LateFee { visit: visit(1), lines: vec![yuan(5)] };
    assert_eq!(office.ask(late), DeskAnswer::Refused(Refusal::NothingOpen), "it is reversed");
    office.done(Transaction::CancelFees { visit: visit(1) });
    assert_ne!(office.totals(), books);
    let before =
        Transaction::ChangeStatus { member: 0, to: Member::default(), from: day("2023-01-01") };
    office.done(before);
}
