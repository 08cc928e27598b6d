//! Optional rules of a scheme through the engine, with every invariant of the books checked after each
//! command: sweep, hardship, lapsing reservations, expiry, late fee, emergencies, family ceiling.

use super::support::{House, claim, date, person, policy, self_paid, visit};
use aftercare::credit::DrawRow;
use aftercare::credit::spec::{
    Bank, Banks, BlacklistScope, Cover, CreditPolicy, LateFee, LineChoice, LineOrder,
};
use aftercare::domain::{
    AssistanceClass, CareKind, Fen, HospitalId, InsuranceScheme, Ratio, Refusal, VisitId,
};
use aftercare::engine::{Body, Facts, Funding, Settle};
use aftercare::ledger::Role;

const LINE: Funding = Funding::Line { partial: false, deposit: Fen::ZERO };

fn with(change: impl FnOnce(&mut CreditPolicy)) -> CreditPolicy {
    let mut policy = policy();
    change(&mut policy);
    policy
}

fn adult() -> Facts {
    person(InsuranceScheme::Resident, 40, 1, 720)
}

/// A house whose first member has drawn so many fen on visit 1.
fn drawn(policy: &CreditPolicy, facts: Facts, fen: u32) -> House<'_> {
    let mut house = House::new(Some(policy), &[facts], date("2023-02-01"));
    assert_eq!(house.send(0, Body::OpenLine).refusal, None);
    let bill = self_paid(fen);
    let settle = Body::Settle { claim: claim(visit(1), &bill), funding: LINE };
    assert_eq!(house.send(0, settle).refusal, None);
    house
}

#[test]
fn the_personal_account_is_swept_on_the_due_date_as_far_as_it_goes() {
    for (balance, missed) in [(30_000, true), (150_000, false)] {
        let policy = with(|policy| policy.more.repayment.account_sweep = true);
        let mut house = drawn(&policy, adult(), 100_000).with_account(0, Fen(balance));
        house.pass_days(57);
        assert_eq!(house.line(0).missed() > 0, missed);
        let swept = balance.min(100_000);
        assert_eq!(-house.total(Role::PersonalAccount), balance - swept);
        assert_eq!(house.total(Role::LineReceivable), 100_000 - swept);
    }
}

#[test]
fn assistance_pays_for_those_entitled_to_it_and_for_nobody_else() {
    let policy = with(|policy| policy.more.delinquency.hardship_from_dpd = Some(91));
    let mut poor = adult();
    poor.member.assistance = AssistanceClass::MinimumLiving;
    for (facts, helped) in [(poor, true), (adult(), false)] {
        let mut house = drawn(&policy, facts, 100_000);
        house.pass_days(56 + 91);
        assert_eq!(house.total(Role::HardshipAid), 0, "not before the day");
        house.pass_days(1);
        assert_eq!(house.total(Role::HardshipAid) > 100_000, helped, "principal and penalty");
        assert_eq!(house.total(Role::LineReceivable) == 0, helped);
        house.pass_days(120);
        assert_eq!(house.total(Role::BankLoss) == 0, helped, "what is aided is not written off");
    }
}

#[test]
fn reservations_lapse_and_lines_expire() {
    let policy = with(|policy| {
        policy.more.repayment.hold_days = Some(3);
        policy.more.limits.valid_days = Some(10);
    });
    let mut house = House::new(Some(&policy), &[adult()], date("2023-02-01"));
    house.send(0, Body::OpenLine);
    let (first, second) = (self_paid(200_000), self_paid(250_000));
    let reserve =
        |number, bill| Body::Reserve { claim: claim(visit(number), bill), partial: false };
    assert_eq!(house.send(0, reserve(1, &first)).refusal, None);
    house.today = house.today + 2;
    assert_eq!(house.send(0, reserve(2, &second)).refusal, Some(Refusal::LimitExhausted));
    house.today = house.today + 1;
    assert_eq!(house.send(0, reserve(2, &second)).refusal, None, "the first has lapsed");
    assert_eq!(house.line(0).reserved(), Fen(250_000));
    house.today = house.today + 7;
    assert_eq!(house.send(0, reserve(3, &first)).refusal, Some(Refusal::LineExpired));
}

#[test]
fn a_late_fee_is_posted_and_owed() {
    let policy = with(|policy| {
        policy.sanctions.penalty_rate_day = Ratio::ZERO;
        let (least, most) = (Fen(1_000), Fen(5_000));
        policy.more.repayment.late_fee = Some(LateFee { ratio: Ratio::percent(2), least, most });
    });
    let mut house = drawn(&policy, adult(), 100_000);
    house.pass_days(70);
    assert_eq!(house.total(Role::BankPenalty), -2_000);
    assert_eq!(house.total(Role::LineReceivable), 102_000);
}

/// The exemption of emergencies is a rule: without it a suspension reaches them too.
#[test]
fn emergencies_keep_their_benefits_unless_the_scheme_says_otherwise() {
    for (exempt, paid_by_fund) in [(true, true), (false, false)] {
        let policy = with(|policy| policy.more.delinquency.emergencies_exempt = exempt);
        let mut house = drawn(&policy, adult(), 100_000);
        house.pass_days(56 + 92);
        let bill = super::support::insured(500_000);
        let emergency = Settle { care: CareKind::Emergency, ..claim(visit(2), &bill) };
        let own = Funding::Own { deposit: Fen::ZERO };
        let answer = house.send(0, Body::Settle { claim: emergency, funding: own });
        assert_eq!(answer.fund > Fen::ZERO, paid_by_fund, "{answer:?}");
        assert_eq!(answer.benefits_refused == Some(Refusal::BenefitsSuspended), !exempt);
    }
}

#[test]
fn a_family_s_limits_stop_at_their_ceiling() {
    let policy = with(|policy| policy.more.limits.family_ceiling = Some(Fen::from_yuan(4_000)));
    let mut house = House::new(Some(&policy), &[adult(), adult(), adult()], date("2023-02-01"));
    let limits: Vec<_> = (0..3).map(|member| house.send(member, Body::OpenLine)).collect();
    assert_eq!((limits[0].line, limits[1].line), (Fen::from_yuan(3_000), Fen::from_yuan(1_000)));
    assert_eq!(limits[2].refusal, Some(Refusal::FamilyCeiling));
}

/// Blacklisted at one hospital: that hospital takes the line no more, any other one does, and insurance
/// benefits stay everywhere; all is lifted by paying.
#[test]
fn a_blacklisting_by_hospital_stops_the_line_there_and_nothing_else() {
    let policy = with(|policy| {
        policy.more.delinquency.blacklist = BlacklistScope::Hospital;
        policy.sanctions.freeze_from_dpd = 3_650;
    });
    let mut house = drawn(&policy, adult(), 30_000);
    let ask = |house: &mut House<'_>, number, hospital| {
        let bill = super::support::insured(20_000);
        let claim = Settle { hospital: HospitalId(hospital), ..claim(visit(number), &bill) };
        house.send(0, Body::Reserve { claim, partial: false })
    };
    house.pass_days(56 + 89);
    assert_eq!(ask(&mut house, 2, 3).refusal, None, "one day before");
    house.pass_days(1);
    assert_eq!(ask(&mut house, 3, 3).refusal, Some(Refusal::BlacklistedHere));
    let elsewhere = ask(&mut house, 4, 5);
    assert_eq!((elsewhere.refusal, elsewhere.benefits_refused), (None, None));
    let bill = visit(1).bill(4);
    assert!(house.send(0, Body::Repay { bill, offered: Fen(100_000) }).closed);
    assert_eq!(ask(&mut house, 5, 3).refusal, None, "paid");
}

/// Pays whatever is owed on each open draw.
fn pay_all(house: &mut House<'_>) {
    let bills: Vec<_> = house.rows.credit.draws.iter().map(DrawRow::visit).collect();
    for bill in bills.into_iter().map(VisitId::from_raw) {
        assert!(house.send(0, Body::Repay { bill, offered: Fen(100_000) }).closed);
    }
}

/// A score that falls below the lowest admitted one stops new draws by its own word.
#[test]
fn broken_promises_lower_limit_and_score_until_nothing_more_is_lent() {
    let policy = with(|policy| {
        policy.more.limits.follows_score = true;
        policy.more.limits.score_missed = 30;
        policy.limits.cut_by = Ratio::ZERO;
    });
    let mut house = drawn(&policy, adult(), 30_000);
    assert_eq!(house.line(0).limit(), Fen::from_yuan(3_000));
    house.pass_days(57);
    assert_eq!(house.line(0).limit(), Fen::from_yuan(500), "690 points: the lower tier");
    let bill = self_paid(10_000);
    let ask = |number| Body::Settle { claim: claim(visit(number), &bill), funding: LINE };
    for number in 2..6 {
        pay_all(&mut house);
        assert_eq!(house.send(0, ask(number)).refusal, None, "{number}");
        house.pass_days(57);
    }
    assert_eq!(house.line(0).score(), 720 - 5 * 30);
    pay_all(&mut house);
    assert_eq!(house.send(0, ask(9)).refusal, Some(Refusal::ScoreTooLow));
}

/// A surety's premium is the patient's, on each draw, and goes back with a reversed one; a trade-credit
/// insurer's is not the patient's.
#[test]
fn a_bond_is_paid_by_its_policyholder() {
    for (cover, premium) in [(Cover::SuretyBond, 1_500), (Cover::TradeCredit, 0)] {
        let policy = with(|policy| {
            policy.more.waterfall.cover = cover;
            policy.more.waterfall.premium = Ratio::new(15, 1_000);
        });
        let mut house = drawn(&policy, adult(), 100_000);
        assert_eq!(house.total(Role::PremiumPaid), premium);
        assert_eq!(house.total(Role::PremiumIncome), -premium);
        assert_eq!(house.send(0, Body::Reverse { visit: visit(1), point: 4 }).refusal, None);
        assert_eq!(house.total(Role::PremiumPaid), 0);
    }
}

/// The line pays a hospital's overdue bill as far as its free limit goes; the rest stays owed.
#[test]
fn a_line_pays_an_overdue_hospital_bill_where_the_scheme_agreed_so() {
    let agreed = with(|policy| policy.more.repayment.pays_overdue_after = Some(30));
    let not_agreed = policy();
    for (policy, amount, pays, word) in [
        (&agreed, 120_000, 120_000, None),
        (&agreed, 350_000, 300_000, None),
        (&not_agreed, 120_000, 0, Some(Refusal::NoLine)),
    ] {
        let mut house = House::new(Some(policy), &[adult()], date("2023-02-01"));
        house.send(0, Body::OpenLine);
        let bill = self_paid(amount);
        let unpaid = Funding::Receivable { deposit: Fen::ZERO };
        let settle = Body::Settle { claim: claim(visit(1), &bill), funding: unpaid };
        assert_eq!(house.send(0, settle).receivable, Fen(i64::from(amount)));
        house.pass_days(30);
        let (bill, hospital) = (visit(1).bill(4), HospitalId(3));
        let debit = Body::DebitOverdue { bill, hospital, amount: Fen(i64::from(amount)) };
        let answer = house.send(0, debit);
        assert_eq!((answer.refusal, answer.line), (word, Fen(pays)));
        assert_eq!(house.total(Role::LineReceivable), pays);
        assert_eq!(house.total(Role::HospitalReceivable), i64::from(amount) - pays);
        let due = word.is_none().then(|| house.today + 56);
        assert_eq!(answer.due, due, "the free days count from the debit");
        assert_eq!(house.line(0).drawn(), Fen(pays));
        if pays > 0 {
            assert_eq!(house.send(0, debit).refusal, Some(Refusal::AlreadySettled), "once only");
        }
        assert_eq!(house.send(0, Body::Reverse { visit: visit(1), point: 4 }).refusal, None);
        assert_eq!(
            (house.total(Role::LineReceivable), house.total(Role::HospitalReceivable)),
            (0, 0)
        );
    }
}

/// A bank with this factor on the scheme's limits of 3,000 yuan.
fn bank(name: &str, percent: i64) -> Bank {
    Bank {
        name: name.to_owned(),
        joins: None,
        weight: 1,
        scorecard: None,
        score_min: 0,
        limit_factor: Ratio::percent(percent),
        funding_rate_year: Ratio::percent(2),
    }
}

/// Two lines of one person, 600 yuan at the bank of first choice and 3,000 at the second: which of them pays a
/// hospital's overdue bill, and which a bill at the desk, is the scheme's stated choice.
#[test]
fn of_two_lines_the_stated_one_is_asked() {
    use LineOrder::{FirstOpened, LastOpened, MostFree};
    // order, enough first, bill in fen → line asked (by bank), what it pays
    let table = [
        (FirstOpened, false, 40_000, (0, 40_000)),
        (FirstOpened, false, 120_000, (0, 60_000)),
        (FirstOpened, true, 40_000, (0, 40_000)),
        (FirstOpened, true, 120_000, (1, 120_000)),
        (FirstOpened, true, 400_000, (0, 60_000)),
        (LastOpened, false, 40_000, (1, 40_000)),
        (LastOpened, true, 400_000, (1, 300_000)),
        (MostFree, false, 40_000, (1, 40_000)),
    ];
    for (order, enough_first, amount, (asked, pays)) in table {
        let what = format!("{order:?} {enough_first} {amount}");
        let policy = with(|policy| {
            policy.more.repayment.pays_overdue_after = Some(30);
            policy.more.banks = Banks {
                list: vec![bank("first", 20), bank("second", 100)],
                lines_each: 2,
                asked: LineChoice { order, enough_first },
            };
        });
        let mut house = House::new(Some(&policy), &[adult()], date("2023-02-01"));
        (0..2).for_each(|_| assert_eq!(house.send(0, Body::OpenLine).refusal, None, "{what}"));
        let (bill, hospital) = (visit(1).bill(4), HospitalId(3));
        let lines = self_paid(amount);
        let unpaid = Funding::Receivable { deposit: Fen::ZERO };
        house.send(0, Body::Settle { claim: claim(visit(1), &lines), funding: unpaid });
        let amount = Fen(i64::from(amount));
        let debit = house.send(0, Body::DebitOverdue { bill, hospital, amount });
        assert_eq!((debit.refusal, debit.line), (None, Fen(pays)), "{what}");
        assert_eq!(house.rows.credit.lines[asked].drawn(), Fen(pays), "{what}");
        assert_eq!(house.rows.credit.lines[1 - asked].drawn(), Fen::ZERO, "{what}");
        assert_eq!(house.total(Role::HospitalReceivable), amount.0 - pays, "{what}");
    }
}
