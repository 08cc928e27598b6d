//! Tables of the rules: eligibility, limits, family, due days, buckets, losses, plans.

use super::super::spec::{CreditPolicy, FamilyRules, FreeWindow, InstalmentMethod, LossRules};
use super::super::{
    Applicant, Bucket, FiveTier, Kin, LineRow, age, amount_due, bucket, candidates, covers,
    debit_days, due_day, eligible, fall_due, five_tier, is_wilful, pay, pay_off_early, payoff,
    reserve, schedule, share_loss, starting_limit, usable_line,
};
use super::{applicant, date, drawn, line, policy, policy_with_instalments, yuan};
use crate::domain::{CareKind, Fen, InsuranceScheme, Ratio, Refusal};
use proptest::prelude::*;

/// Each row breaks one more rule than the row below it: the first word that applies is the answer.
#[test]
fn refusals_come_in_their_order() {
    let policy = policy();
    let wrong = Applicant {
        age: 10,
        scheme: InsuranceScheme::Uninsured,
        score: 100,
        judgment_debtor: true,
        poor: false,
        has_line: true,
        thin_file: true,
        ..applicant()
    };
    let insured = Applicant { scheme: InsuranceScheme::Resident, ..wrong };
    let no_debtor = Applicant { judgment_debtor: false, ..insured };
    let too_old = Applicant { age: 71, ..no_debtor };
    let of_age = Applicant { age: 70, ..no_debtor };
    let scored = Applicant { score: 580, ..of_age };
    let table = [
        (wrong, Err(Refusal::NotInsured)),
        (insured, Err(Refusal::JudgmentDebtor)),
        (no_debtor, Err(Refusal::TooYoung)),
        (too_old, Err(Refusal::TooOldForScheme)),
        (of_age, Err(Refusal::ScoreTooLow)),
        (scored, Err(Refusal::AlreadyOpen)),
        (Applicant { has_line: false, ..scored }, Ok(())),
        (Applicant { age: 18, ..applicant() }, Ok(())),
    ];
    for (applicant, answer) in table {
        assert_eq!(eligible(&policy, &applicant), answer, "{applicant:?}");
    }
    let words: Vec<u8> = table.iter().filter_map(|row| row.1.err()).map(|w| w as u8).collect();
    assert!(words.is_sorted(), "the table follows Refusal's order");
    let mut policy = policy;
    policy.eligibility.assistance_only = true;
    let table = [(false, Err(Refusal::NotEntitled)), (true, Ok(()))];
    for (poor, answer) in table {
        assert_eq!(eligible(&policy, &Applicant { poor, ..applicant() }), answer);
    }
}

#[test]
fn limits_follow_the_tier_reached_and_the_ceiling() {
    let mut policy = policy();
    let table =
        [(0, 0), (579, 0), (580, 500), (619, 500), (620, 1_000), (700, 3_000), (950, 3_000)];
    for (score, limit) in table {
        assert_eq!(starting_limit(&policy, score), yuan(limit), "score {score}");
    }
    policy.limits.ceiling = yuan(800);
    assert_eq!(starting_limit(&policy, 700), yuan(800));
    assert_eq!(covers(&policy, CareKind::Emergency), Err(Refusal::CareKindNotCovered));
    assert_eq!(covers(&policy, CareKind::Inpatient), Ok(()));
}

/// Grandparents 0 and 1, parents 2 and 3, an aunt 4, children 5 and 6 (6 is grown up).
fn three_generations() -> [Kin; 7] {
    let kin = |age, generation| Kin { age, generation, insured: true };
    [kin(70, 0), kin(68, 0), kin(42, 1), kin(40, 1), kin(35, 1), kin(10, 2), kin(20, 2)]
}

#[test]
fn candidates_come_nearest_first() {
    let kin = three_generations();
    let order = |rules: FamilyRules, user| {
        let mut policy = policy();
        policy.family = rules;
        candidates(&policy, user, &kin).collect::<Vec<_>>()
    };
    let all = policy().family;
    let none = FamilyRules::default();
    let table: [(FamilyRules, usize, &[usize]); 11] = [
        (all, 0, &[0, 1, 2, 3, 4]),
        (all, 1, &[1, 0, 2, 3, 4]),
        (all, 2, &[2, 3, 6]),
        (all, 3, &[3, 2, 6]),
        (all, 4, &[4, 6]),
        (all, 5, &[5, 2, 3, 4]),
        (all, 6, &[6]),
        (none, 0, &[0]),
        (none, 5, &[5]),
        (FamilyRules { spouses_share: true, ..none }, 2, &[2, 3]),
        (FamilyRules { parents_use_adult_childs_line: true, ..none }, 2, &[2, 6]),
    ];
    for (rules, user, expected) in table {
        assert_eq!(order(rules, user), expected, "member {user} under {rules:?}");
    }
}

/// How a member's line stands in the table below.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Nothing,
    Full,
    Frozen,
    Used,
    Cancelled,
    Closed,
}

fn row(held: Held) -> Option<LineRow> {
    let mut row = line(&policy());
    match held {
        Held::Nothing => return None,
        Held::Full => {}
        Held::Frozen => assert!(row.freeze()),
        Held::Used => reserve(&mut row, yuan(2_999)).expect("free"),
        Held::Cancelled => assert!(row.cancel()),
        Held::Closed => assert!(row.close()),
    }
    Some(row)
}

#[test]
fn the_first_usable_line_of_the_family_pays() {
    use Held::{Cancelled, Closed, Frozen, Full, Nothing, Used};
    let kin = three_generations();
    let policy = policy();
    // user, lines of members 0–6, answer for a bill of 100 yuan
    let table = [
        (2, [Nothing, Nothing, Full, Full, Nothing, Nothing, Full], Ok(2)),
        (2, [Nothing, Nothing, Used, Full, Nothing, Nothing, Full], Ok(3)),
        (2, [Nothing, Nothing, Used, Used, Nothing, Nothing, Full], Ok(6)),
        (2, [Full, Full, Nothing, Nothing, Full, Full, Nothing], Err(Refusal::NoLine)),
        (2, [Nothing, Nothing, Frozen, Full, Nothing, Nothing, Full], Err(Refusal::LineFrozen)),
        (
            2,
            [Nothing, Nothing, Cancelled, Full, Nothing, Nothing, Full],
            Err(Refusal::LineCancelled),
        ),
        (
            2,
            [Nothing, Nothing, Used, Frozen, Nothing, Nothing, Nothing],
            Err(Refusal::LimitExhausted),
        ),
        (2, [Nothing, Nothing, Nothing, Frozen, Nothing, Nothing, Used], Err(Refusal::LineFrozen)),
        (2, [Nothing, Nothing, Closed, Closed, Nothing, Nothing, Full], Ok(6)),
        (5, [Full, Full, Nothing, Full, Nothing, Nothing, Full], Ok(3)),
        (5, [Full, Full, Nothing, Nothing, Nothing, Nothing, Full], Err(Refusal::TooYoung)),
        (5, [Nothing, Nothing, Frozen, Nothing, Full, Nothing, Nothing], Ok(4)),
        (0, [Nothing, Nothing, Nothing, Nothing, Full, Nothing, Full], Ok(4)),
    ];
    for (user, held, answer) in table {
        let rows = held.map(row);
        let got = usable_line(&policy, user, yuan(100), &kin, |member| rows[member].as_ref());
        assert_eq!(got, answer, "member {user} with {held:?}");
    }
    let rows = [Full; 7].map(row);
    let nothing = usable_line(&policy, 2, Fen::ZERO, &kin, |member| rows[member].as_ref());
    assert_eq!(nothing, Err(Refusal::AmountNotPositive));
}

#[test]
fn due_days_at_month_ends_and_in_leap_years() {
    let fixed = |days| FreeWindow::FixedDays { days };
    let statement = |statement_day, grace_days| FreeWindow::Statement { statement_day, grace_days };
    let table = [
        (fixed(56), "2023-11-01", "2023-12-27"),
        (fixed(3), "2024-02-27", "2024-03-01"),
        (fixed(3), "2023-02-27", "2023-03-02"),
        (fixed(0), "2023-02-28", "2023-02-28"),
        (statement(1, 25), "2024-01-01", "2024-02-26"),
        (statement(1, 25), "2024-01-31", "2024-02-26"),
        (statement(1, 25), "2024-02-01", "2024-03-26"),
        (statement(1, 25), "2023-12-31", "2024-01-26"),
        (statement(28, 28), "2024-02-27", "2024-03-27"),
        (statement(28, 28), "2024-02-28", "2024-04-25"),
        (statement(28, 28), "2024-02-29", "2024-04-25"),
        (statement(28, 28), "2023-12-28", "2024-02-25"),
        (statement(15, 20), "2024-01-14", "2024-02-04"),
        (statement(15, 20), "2024-01-15", "2024-03-06"),
    ];
    for (window, drawn_on, due) in table {
        assert_eq!(due_day(window, date(drawn_on)), date(due), "{window:?} {drawn_on}");
    }
    let tries: Vec<_> = debit_days(policy().auto_debit, date("2024-02-28")).collect();
    assert_eq!(tries, ["2024-02-28", "2024-03-02", "2024-03-05"].map(date));
}

proptest! {
    /// The published maxima of 56 and 59 days come out of a cycle with grace 25 and 28.
    #[test]
    fn free_days_lie_between_grace_and_a_month_more(
        day in 0_i32..40_000, statement_day in 1_u8..29, grace_days in 0_u16..40,
    ) {
        let drawn_on = crate::domain::Day(day);
        let due = due_day(FreeWindow::Statement { statement_day, grace_days }, drawn_on);
        let free = due - drawn_on - i32::from(grace_days);
        prop_assert!((1..=31).contains(&free), "{free}");
        prop_assert_eq!((due + -i32::from(grace_days)).civil().day, statement_day);
    }

    #[test]
    fn shares_of_a_loss_sum_to_it(
        loss in 0_i64..1_000_000_000, paid in 0_i64..2_000_000, share in 0_i64..=100,
        deductible in 0_i64..100_000, weights in proptest::array::uniform3(1_u64..1_000),
    ) {
        let rules = LossRules {
            insurer_share: Ratio::percent(share),
            insurer_deductible: Fen(deductible),
            insurer_limit_year: Fen(900_000),
            rest_weights: weights,
        };
        let shares = share_loss(&rules, Fen(loss), Fen(paid));
        prop_assert_eq!(shares.total(), Fen(loss));
        let all = [shares.insurer, shares.hospital, shares.risk_pool, shares.bank];
        prop_assert!(all.iter().all(|&part| part >= Fen::ZERO));
        prop_assert!(shares.insurer <= Fen((900_000 - paid).max(0)));
        prop_assert!(shares.insurer <= Ratio::percent(share).of(Fen(loss)));
    }

    #[test]
    fn every_plan_clears_its_principal(
        principal in 1_i64..10_000_000, months in 1_u16..61, rate in 0_i64..3_000, which in 0..3,
    ) {
        let method = [
            InstalmentMethod::Annuity, InstalmentMethod::EqualPrincipal, InstalmentMethod::FlatFee,
        ][which as usize];
        let lines =
            schedule(Fen(principal), Ratio::new(rate, 10_000), months, method, date("2024-01-31"));
        prop_assert_eq!(lines.len(), usize::from(months));
        prop_assert_eq!(lines.iter().map(|l| l.principal).sum::<Fen>(), Fen(principal));
        prop_assert_eq!(lines[lines.len() - 1].balance, Fen::ZERO);
        for line in &lines {
            prop_assert_eq!(line.payment, line.principal + line.interest);
            prop_assert!(line.principal >= Fen::ZERO && line.balance >= Fen::ZERO);
        }
        // Level payments differ in the last line only, by what rounding left: half a fen a line at
        // most (grown by interest) and half a fen of the payment itself.
        let even = method == InstalmentMethod::Annuity && principal > 100 * i64::from(months);
        if even && months > 1 {
            let level = lines[0].payment;
            prop_assert!(lines[..lines.len() - 1].iter().all(|line| line.payment == level));
            let off = (lines[lines.len() - 1].payment - level).0.abs();
            prop_assert!(off <= 4 * i64::from(months), "last line off by {off} fen");
        }
    }
}

#[test]
fn instalments_fall_due_on_the_same_day_of_each_month_or_its_last() {
    let lines = schedule(yuan(100), Ratio::ZERO, 4, InstalmentMethod::Annuity, date("2023-12-31"));
    let days: Vec<String> = lines.iter().map(|line| line.due.to_string()).collect();
    assert_eq!(days, ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]);
    assert!(lines.iter().all(|line| line.payment == yuan(25)), "no interest at rate zero");
}

#[test]
fn buckets_and_tiers_begin_on_their_days() {
    let table = [
        (0, Bucket::Current, FiveTier::Normal),
        (1, Bucket::D1To30, FiveTier::SpecialMention),
        (30, Bucket::D1To30, FiveTier::SpecialMention),
        (31, Bucket::D31To60, FiveTier::SpecialMention),
        (60, Bucket::D31To60, FiveTier::SpecialMention),
        (61, Bucket::D61To90, FiveTier::SpecialMention),
        (90, Bucket::D61To90, FiveTier::SpecialMention),
        (91, Bucket::D90Plus, FiveTier::Substandard),
        (121, Bucket::D90Plus, FiveTier::Doubtful),
        (181, Bucket::D90Plus, FiveTier::Loss),
        (u16::MAX, Bucket::D90Plus, FiveTier::Loss),
    ];
    for (dpd, expected, tier) in table {
        assert_eq!((bucket(dpd), five_tier(dpd)), (expected, tier), "{dpd} days past due");
    }
}

/// The plan that `aftercare schedule` settles early is the one that the engine runs: on every day of a
/// converted draw's plan `payoff` asks what `pay_off_early` says.
#[test]
fn an_early_payoff_is_the_engine_s_own() {
    for method in [InstalmentMethod::Annuity, InstalmentMethod::EqualPrincipal] {
        let policy = policy_with_instalments(method);
        let mut line = line(&policy);
        let amount = yuan(1_234);
        let mut draw = drawn(&policy, &mut line, amount, date("2023-11-06"));
        let converted = draw.due_on();
        fall_due(&policy, &mut line, &mut draw, converted);
        let rules = policy.instalments.expect("a plan");
        let plan = schedule(amount, rules.rate_year, 12, method, draw.due_on());
        for number in 0..=5 {
            let day = plan[number].due + -1;
            let early = pay_off_early(amount, &plan, day);
            assert_eq!(payoff(&policy, &draw, day), early.payoff, "before line {number}");
            let due = plan[number].due;
            let asked = amount_due(&policy, &draw, due);
            pay(&policy, &mut line, &mut draw, asked, due);
            let early = pay_off_early(amount, &plan, due);
            assert_eq!(payoff(&policy, &draw, due), early.payoff, "on line {number}");
        }
    }
}

/// A restriction of seven days: the line takes nothing new until the seventh day after everything overdue was paid,
/// and a row that carries it survives its bytes.
#[test]
fn a_restriction_outlasts_the_payment_by_its_days_and_no_more() {
    let restricted_on = |days: u16| {
        let mut policy = policy();
        policy.sanctions.restriction_days = days;
        let mut line = line(&policy);
        let mut draw = drawn(&policy, &mut line, yuan(100), date("2023-03-01"));
        let due = draw.due_on();
        fall_due(&policy, &mut line, &mut draw, due);
        age(&policy, &mut line, &mut draw, due + 5);
        let owed = payoff(&policy, &draw, due + 5);
        assert!(pay(&policy, &mut line, &mut draw, owed, due + 5).unfrozen);
        assert_eq!(LineRow::from_bytes(&line.to_bytes()), Ok(line));
        let still = |after: i32| line.stands_still(&policy, due + 5 + after);
        [0, 6, 7].map(still)
    };
    let frozen = Some(Refusal::LineFrozen);
    assert_eq!(restricted_on(7), [frozen, frozen, None]);
    assert_eq!(restricted_on(0), [None; 3]);
}

/// Days past due say who is listed; ability to pay, where it is looked at, says who is not.
#[test]
fn who_owes_more_than_the_stated_months_of_income_is_in_hardship() {
    let mut policy = policy();
    let mut line = line(&policy);
    let mut draw = drawn(&policy, &mut line, yuan(900), date("2023-03-01"));
    let due = draw.due_on();
    fall_due(&policy, &mut line, &mut draw, due);
    let wilful = |months: Option<Ratio>, income: i64, policy: &mut CreditPolicy| {
        policy.more.delinquency.wilful_income_months = months;
        is_wilful(policy, &draw, yuan(income))
    };
    let table = [
        (None, 0, true),
        (Some(Ratio::ONE), 900, true),
        (Some(Ratio::ONE), 899, false),
        (Some(Ratio::percent(50)), 1_800, true),
        (Some(Ratio::percent(50)), 1_799, false),
        (Some(Ratio::ONE), 0, false),
    ];
    for (months, income, listed) in table {
        assert_eq!(wilful(months, income, &mut policy), listed, "{months:?} of {income}");
    }
}
