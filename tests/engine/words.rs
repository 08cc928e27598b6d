//! Why things are refused: every word of the engine can be heard, and of several that apply the first
//! in the order of `Refusal` is the answer. `too_old` is the store's word: the engine has no log.

use super::support::{House, claim, date, insured, person, policy, self_paid, visit};
use aftercare::credit::LineStatus;
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{CareKind, Fen, HospitalId, InsuranceScheme, Refusal};
use aftercare::engine::{Body, Facts, Funding, PersonRow, Settle};
use std::collections::BTreeSet;

use Refusal::{
    AlreadyOpen, AmountNotPositive, CareKindNotCovered, InstitutionNotInScheme, JudgmentDebtor,
    LimitExhausted, LineCancelled, LineFrozen, NoLine, NotInsured, NothingOpen, ScoreTooLow,
    TooOldForScheme, TooYoung, UnknownPerson,
};

/// Every set of obstacles of a list.
fn sets(words: &[Refusal]) -> impl Iterator<Item = BTreeSet<Refusal>> + '_ {
    (0..1_u32 << words.len()).map(|mask| {
        let chosen = words.iter().enumerate().filter(move |(bit, _)| mask & 1 << bit != 0);
        chosen.map(|(_, &word)| word).collect()
    })
}

#[test]
fn opening_a_line_is_refused_by_the_first_word_that_applies() {
    let policy = policy();
    let obstacles = [
        UnknownPerson,
        NotInsured,
        JudgmentDebtor,
        TooYoung,
        TooOldForScheme,
        ScoreTooLow,
        AlreadyOpen,
    ];
    for set in
        sets(&obstacles).filter(|set| !(set.contains(&TooYoung) && set.contains(&TooOldForScheme)))
    {
        let good = person(InsuranceScheme::Employee, 40, 1, 700);
        let mut house = House::new(Some(&policy), &[good], date("2023-05-08"));
        if set.contains(&AlreadyOpen) {
            assert_eq!(house.send(0, Body::OpenLine).refusal, None);
        }
        house.rows.set_facts(0, applicant(&set));
        let member = usize::from(set.contains(&UnknownPerson));
        let answer = house.send(member, Body::OpenLine);
        assert_eq!(answer.refusal, set.first().copied(), "{set:?}");
    }
}

fn applicant(set: &BTreeSet<Refusal>) -> Facts {
    let uninsured = set.contains(&NotInsured);
    let scheme = if uninsured { InsuranceScheme::Uninsured } else { InsuranceScheme::Employee };
    let age = match (set.contains(&TooYoung), set.contains(&TooOldForScheme)) {
        (true, _) => 17,
        (_, true) => 76,
        _ => 40,
    };
    let score = if set.contains(&ScoreTooLow) { 579 } else { 580 };
    Facts { judgment_debtor: set.contains(&JudgmentDebtor), ..person(scheme, age, 1, score) }
}

/// A bill on a line may be refused for the patient, the place, the care, the line and the amount.
#[test]
fn a_claim_on_a_line_is_refused_by_the_first_word_that_applies() {
    let policy = CreditPolicy { covers: [true, false, true], ..policy() };
    let lines = [TooYoung, NoLine, LineFrozen, LineCancelled, LimitExhausted];
    let others = [UnknownPerson, InstitutionNotInScheme, CareKindNotCovered, AmountNotPositive];
    for line in lines.map(Some).into_iter().chain([None]) {
        for mut set in sets(&others) {
            let mut house = house_with(&policy, line);
            set.extend(line);
            let bill = self_paid(if set.contains(&AmountNotPositive) { 0 } else { 100 });
            let claim = Settle {
                in_scheme: !set.contains(&InstitutionNotInScheme),
                care: if set.contains(&CareKindNotCovered) {
                    CareKind::Emergency
                } else {
                    CareKind::Outpatient
                },
                ..claim(visit(9), &bill)
            };
            let member = if set.contains(&UnknownPerson) { 9 } else { 0 };
            let expected = set.first().copied();
            for partial in [false, true] {
                let funding = Funding::Line { partial, deposit: Fen::ZERO };
                let mut other = house_with(&policy, line);
                let held = house.send(member, Body::Reserve { claim, partial });
                let paid = other.send(member, Body::Settle { claim, funding });
                assert_eq!(held.refusal, expected, "reserve {set:?}, partial: {partial}");
                assert_eq!(paid.refusal, expected, "settle {set:?}, partial: {partial}");
            }
        }
    }
}

/// A person whose line stands in the way as a word says.
fn house_with(policy: &CreditPolicy, line: Option<Refusal>) -> House<'_> {
    let age = if line == Some(TooYoung) { 17 } else { 40 };
    let people = [person(InsuranceScheme::Resident, age, 1, 600)];
    let mut house = House::new(Some(policy), &people, date("2023-01-09"));
    if matches!(line, Some(TooYoung | NoLine)) {
        return house;
    }
    assert_eq!(house.send(0, Body::OpenLine).refusal, None);
    let bill = self_paid(50_000);
    let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
    let drawn = Body::Settle { claim: claim(visit(1), &bill), funding };
    match line {
        Some(LimitExhausted) => assert_eq!(house.send(0, drawn).refusal, None),
        Some(LineFrozen | LineCancelled) => {
            assert_eq!(house.send(0, drawn).refusal, None);
            let late = if line == Some(LineFrozen) { 10 } else { 190 };
            house.pass_days(56 + late);
        }
        _ => {}
    }
    let status = match line {
        Some(LineFrozen) => LineStatus::Frozen,
        Some(LineCancelled) => LineStatus::Cancelled,
        _ => LineStatus::Active,
    };
    assert_eq!(house.line(0).status(), status);
    house
}

#[test]
fn money_that_is_not_positive_is_named_before_what_is_not_open() {
    let policy = policy();
    let people = [person(InsuranceScheme::Resident, 40, 1, 600)];
    let mut house = House::new(Some(&policy), &people, date("2023-05-08"));
    let (hospital, written_off) = (HospitalId(1), false);
    let own = Funding::Own { deposit: Fen::ZERO };
    let empty = self_paid(0);
    let table = [
        (Body::Repay { bill: visit(1).bill(4), offered: Fen::ZERO }, AmountNotPositive),
        (Body::Repay { bill: visit(1).bill(4), offered: Fen(-1) }, AmountNotPositive),
        (Body::Repay { bill: visit(1).bill(4), offered: Fen(1) }, NothingOpen),
        (Body::Tick { bill: visit(1).bill(4) }, NothingOpen),
        (Body::Release { visit: visit(1) }, NothingOpen),
        (Body::Reverse { visit: visit(1), point: 4 }, NothingOpen),
        (Body::Deposit { hospital, amount: Fen::ZERO }, AmountNotPositive),
        (Body::Arrears { hospital, amount: Fen(-5), written_off }, AmountNotPositive),
        (Body::Settle { claim: claim(visit(1), &empty), funding: own }, AmountNotPositive),
        (Body::Settle { claim: claim(visit(1), &[]), funding: own }, AmountNotPositive),
    ];
    for (body, word) in table {
        assert_eq!(house.send(0, body).refusal, Some(word), "{body:?}");
        assert_eq!(house.send(1, body).refusal, Some(UnknownPerson), "{body:?}");
    }
}

#[test]
fn without_a_scheme_there_is_no_line() {
    let people = [person(InsuranceScheme::Resident, 40, 1, 600)];
    let mut house = House::new(None, &people, date("2023-05-08"));
    let bill = self_paid(100);
    let reserve = Body::Reserve { claim: claim(visit(1), &bill), partial: false };
    for body in [Body::OpenLine, reserve] {
        assert_eq!(house.send(0, body).refusal, Some(NoLine), "{body:?}");
    }
}

/// Benefits are withheld while the holder is on the blacklist, but never in an emergency, and come back
/// on the day of the payment.
#[test]
fn a_blacklisted_holder_has_benefits_in_emergencies_only_until_the_payment() {
    let policy = policy();
    let people =
        [person(InsuranceScheme::Resident, 40, 1, 600), person(InsuranceScheme::Resident, 9, 2, 0)];
    let mut house = House::new(Some(&policy), &people, date("2023-01-09"));
    house.send(0, Body::OpenLine);
    let bill = self_paid(50_000);
    let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
    house.send(1, Body::Settle { claim: claim(visit(1), &bill), funding });
    house.pass_days(56 + 90);
    assert!(!house.rows.people[0].has(PersonRow::BLACKLISTED), "on the 89th day not yet");
    house.pass_days(1);
    assert!(house.rows.people[0].has(PersonRow::BLACKLISTED), "the holder, from the 90th day");
    let suspended = Some(Refusal::BenefitsSuspended);
    let (outpatient, emergency) = (CareKind::Outpatient, CareKind::Emergency);
    let before = [(0, outpatient, suspended), (0, emergency, None), (1, outpatient, None)];
    for (member, care, word) in before {
        assert_benefits(&mut house, member, care, word);
    }
    let owed = house.engine.asked(&house.rows, visit(1).bill(4), house.today);
    let paid = house.send(0, Body::Repay { bill: visit(1).bill(4), offered: owed });
    assert!(paid.closed);
    assert_benefits(&mut house, 0, outpatient, None);
}

fn assert_benefits(
    house: &mut House<'_>,
    member: usize,
    care: CareKind,
    withheld: Option<Refusal>,
) {
    let bill = insured(200_000);
    let claim = Settle { care, ..claim(visit(50), &bill) };
    let funding = Funding::Own { deposit: Fen::ZERO };
    let decision = house.send(member, Body::Settle { claim, funding });
    assert_eq!(decision.refusal, None, "care is paid for, by whomever");
    assert_eq!(decision.benefits_refused, withheld, "{care:?} of member {member}");
    assert_eq!(decision.fund.is_zero(), withheld.is_some(), "{care:?} of member {member}");
    house.send(member, Body::Reverse { visit: visit(50), point: 4 });
}
