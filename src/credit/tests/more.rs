//! Rules that a scheme may add: each does what it says, and none is there unless it is asked for.

use super::super::spec::{
    Bearer, Characteristic, Cover, CreditPolicy, EligibilitySource, LateFee, Layer, LimitExtras,
    OnTheWard, Onboarding, Scorecard, Trait, Waterfall,
};
use super::super::{
    Applicant, BEARERS, DueOutcome, Kin, LineRow, application_score, candidates, credit_code,
    eligible, fall_due, levers, line_limit, pay, payoff, share_down, share_recovery, signs_up_here,
};
use super::{applicant, date, drawn, line, policy, yuan};
use crate::domain::{CareKind, Fen, Ratio, Refusal};
use proptest::prelude::*;

fn with(change: impl FnOnce(&mut CreditPolicy)) -> CreditPolicy {
    let mut policy = policy();
    change(&mut policy);
    policy
}

#[test]
fn each_onboarding_rule_refuses_by_its_own_name_and_only_when_it_is_on() {
    let thin = Applicant { thin_file: true, ..applicant() };
    let unsigned = Applicant { unsigned: true, ..applicant() };
    let child = Applicant { age: 17, has_guardian: false, ..applicant() };
    let off = with(|policy| policy.eligibility.age_min = 0);
    for applicant in [&thin, &unsigned, &child] {
        assert_eq!(eligible(&off, applicant), Ok(()));
    }
    let rules = |onboarding: Onboarding| {
        with(|policy| {
            policy.eligibility.age_min = 0;
            policy.more.onboarding = onboarding;
        })
    };
    let source = EligibilitySource::CentralBankRecord;
    let record = rules(Onboarding { source, ..Onboarding::default() });
    assert_eq!(eligible(&record, &thin), Err(Refusal::ThinFile));
    let pledge = rules(Onboarding { needs_commitment: true, ..Onboarding::default() });
    assert_eq!(eligible(&pledge, &unsigned), Err(Refusal::CommitmentNotSigned));
    let guarded = rules(Onboarding { minors_need_guardian: true, ..Onboarding::default() });
    assert_eq!(eligible(&guarded, &child), Err(Refusal::NoGuardian));
    assert_eq!(eligible(&guarded, &Applicant { has_guardian: true, ..child }), Ok(()));
    let source = EligibilitySource::CommitmentOnly;
    let anybody = rules(Onboarding { source, ..Onboarding::default() });
    assert_eq!(eligible(&anybody, &Applicant { score: 0, ..applicant() }), Ok(()));
    let before = rules(Onboarding { on_the_ward: OnTheWard::Nobody, ..Onboarding::default() });
    assert_eq!(signs_up_here(&before, CareKind::Inpatient, false), Err(Refusal::SignedUpTooLate));
    assert_eq!(signs_up_here(&before, CareKind::Outpatient, false), Ok(()));
    assert_eq!(signs_up_here(&before, CareKind::Inpatient, true), Err(Refusal::SignedUpTooLate));
    let but = rules(Onboarding { on_the_ward: OnTheWard::Emergencies, ..Onboarding::default() });
    assert_eq!(signs_up_here(&but, CareKind::Inpatient, true), Ok(()));
    assert_eq!(signs_up_here(&but, CareKind::Inpatient, false), Err(Refusal::SignedUpTooLate));
}

#[test]
fn starting_limits_follow_score_income_floor_and_family() {
    let policy = with(|policy| {
        policy.more.limits = LimitExtras {
            months_of_income: Some(Ratio::new(1, 2)),
            start_floor: yuan(400),
            family_ceiling: Some(yuan(4_000)),
            ..LimitExtras::default()
        };
    });
    let earns = |income| Applicant { monthly_income: yuan(income), ..applicant() };
    let rows = [
        (12_000, 0, Ok(yuan(3_000))),
        (3_000, 0, Ok(yuan(1_500))),
        (200, 0, Ok(yuan(400))),
        (12_000, 2_500, Ok(yuan(1_500))),
        (12_000, 4_000, Err(Refusal::FamilyCeiling)),
    ];
    for (income, family, expected) in rows {
        assert_eq!(
            line_limit(&policy, &earns(income), yuan(family)),
            expected,
            "{income} {family}"
        );
    }
}

#[test]
fn a_scorecard_adds_its_points_and_the_code_is_the_grade() {
    let card = Scorecard {
        base: 500,
        characteristics: vec![
            Characteristic { of: Trait::Age, bins: vec![(0, -20), (30, 10), (60, -5)] },
            Characteristic { of: Trait::MonthlyIncome, bins: vec![(0, -30), (5_000, 40)] },
        ],
    };
    let policy = with(|policy| {
        policy.more.onboarding.scorecard = Some(card);
        policy.more.onboarding.codes = vec![(480, "B".to_owned()), (540, "A".to_owned())];
    });
    let rows = [(29, 4_999, 450, None), (30, 4_999, 480, Some("B")), (59, 5_000, 550, Some("A"))];
    for (age, income, score, code) in rows {
        let applicant = Applicant { age, monthly_income: yuan(income), ..applicant() };
        assert_eq!(application_score(&policy, &applicant), score);
        assert_eq!(credit_code(&policy, score), code);
    }
    assert_eq!(application_score(&super::policy(), &applicant()), applicant().score);
}

/// A missed draw of 1,000 yuan with a fee of 5 % (least 20, most 30) under a ceiling of 20 %; the score
/// falls with the miss.
#[test]
fn a_late_fee_is_charged_once_within_its_bounds_and_the_ceiling() {
    let rows = [(5, 20, 30, 1_000, 30), (1, 20, 30, 1_000, 20), (5, 20, 900, 50, 10)];
    for (percent, least, most, amount, expected) in rows {
        let policy = with(|policy| {
            policy.sanctions.penalty_rate_day = Ratio::ZERO;
            policy.more.repayment.late_fee = Some(LateFee {
                ratio: Ratio::percent(percent),
                least: yuan(least),
                most: yuan(most),
            });
            policy.more.limits.score_missed = 15;
        });
        let mut line = line(&policy);
        let before = line.score();
        let mut draw = drawn(&policy, &mut line, yuan(amount), date("2023-02-01"));
        let due = draw.due_on();
        let fallen = fall_due(&policy, &mut line, &mut draw, due);
        let DueOutcome::Missed(aged) = fallen.outcome else { panic!("{fallen:?}") };
        assert_eq!((aged.accrued.penalty, draw.penalty()), (yuan(expected), yuan(expected)));
        assert_eq!(line.due_charges(), yuan(expected));
        assert_eq!(before - line.score(), 15);
        fall_due(&policy, &mut line, &mut draw, due);
        assert_eq!(draw.penalty(), yuan(expected), "once");
    }
}

/// Draws one after the other, each missed and paid later, or paid on its due day, and the score after each.
#[test]
fn points_are_lost_from_the_stated_miss_in_a_row_on() {
    let rows: [(u8, &str, &[u16]); 5] = [
        (0, "mm", &[690, 660]),
        (1, "mm", &[690, 660]),
        (3, "mmmm", &[720, 720, 690, 660]),
        (3, "mmpmmm", &[720, 720, 720, 720, 720, 690]),
        (2, "mpmpmm", &[720, 720, 720, 720, 720, 690]),
    ];
    for (in_a_row, fates, scores) in rows {
        let policy = with(|policy| {
            policy.more.limits.score_missed = 30;
            policy.more.limits.missed_in_a_row = in_a_row;
        });
        let mut line = line(&policy);
        let mut today = date("2023-02-01");
        let mut score_after = |fate: char| {
            let mut draw = drawn(&policy, &mut line, yuan(100), today);
            today = draw.due_on();
            if fate == 'm' {
                fall_due(&policy, &mut line, &mut draw, today);
                today = today + 1;
            }
            let owed = payoff(&policy, &draw, today);
            assert!(pay(&policy, &mut line, &mut draw, owed, today).closed);
            let copy = LineRow::from_bytes(&line.to_bytes());
            assert_eq!(copy.map(|row| row.missed_run()), Ok(line.missed_run()));
            line.score()
        };
        let found: Vec<u16> = fates.chars().map(&mut score_after).collect();
        assert_eq!(found, scores, "{in_a_row} in a row: {fates}");
        assert!(in_a_row > 1 || line.missed_run() == 0, "nothing is counted where nobody asks");
    }
}

#[test]
fn long_overdue_money_goes_to_principal_first_where_the_policy_says_so() {
    for (from, principal_paid) in [(None, 0), (Some(91), 10)] {
        let policy = with(|policy| policy.more.repayment.principal_first_from_dpd = from);
        let mut line = line(&policy);
        let mut draw = drawn(&policy, &mut line, yuan(1_000), date("2023-02-01"));
        let due = draw.due_on();
        fall_due(&policy, &mut line, &mut draw, due);
        let paid = pay(&policy, &mut line, &mut draw, yuan(10), due + 95);
        assert_eq!(paid.principal, yuan(principal_paid), "{from:?}");
        assert_eq!(paid.principal + paid.penalty, yuan(10));
        let rest = draw.outstanding();
        let last = pay(&policy, &mut line, &mut draw, rest, due + 95);
        assert!(last.closed && last.left_over.is_zero(), "{last:?}");
    }
}

#[test]
fn lines_expire_and_bound_relatives_need_no_age_of_their_own() {
    let policy = with(|policy| {
        policy.more.limits.valid_days = Some(365);
        policy.family = super::super::spec::FamilyRules::default();
        policy.more.relatives_may_be_bound = true;
    });
    let line: LineRow = line(&policy);
    assert!(!line.has_expired(&policy, line.opened() + 364));
    assert!(line.has_expired(&policy, line.opened() + 365));
    // A grandfather of 80 uses his son's line, the son his father's, the child its parent's.
    let kin = [
        Kin { age: 80, generation: 0, insured: true },
        Kin { age: 45, generation: 1, insured: true },
        Kin { age: 9, generation: 2, insured: true },
    ];
    let of = |user| candidates(&policy, user, &kin).collect::<Vec<_>>();
    assert_eq!((of(0), of(1), of(2)), (vec![0, 1], vec![1, 0], vec![2, 1]));
    // Who is not insured cannot be bound; the others may still be.
    let mut uninsured = kin;
    uninsured[0].insured = false;
    let of = |user| candidates(&policy, user, &uninsured).collect::<Vec<_>>();
    assert_eq!((of(0), of(2)), (vec![0], vec![2, 1]));
    let unbound = with(|policy| policy.family = super::super::spec::FamilyRules::default());
    assert_eq!(candidates(&unbound, 0, &kin).collect::<Vec<_>>(), [0]);
}

/// The moved score moves the limit to its tier: down at once, up again with kept promises, as far as no
/// other rule stands against it.
#[test]
fn a_limit_follows_its_score_both_ways() {
    let rules = |extras: LimitExtras| {
        with(|policy| {
            policy.limits.cut_by = Ratio::ZERO;
            policy.limits.raise_after_on_time = 0;
            policy.more.limits =
                LimitExtras { score_missed: 90, score_on_time: 50, follows_score: true, ..extras };
        })
    };
    let free = LimitExtras::default();
    let by_income = LimitExtras { months_of_income: Some(Ratio::new(1, 5)), ..free };
    let rows = [(free, 3_000, 1_000, 1_000, 3_000), (by_income, 1_000, 1_000, 1_000, 1_000)];
    for (extras, start, after_miss, after_one, after_three) in rows {
        let policy = rules(extras);
        let earns = Applicant { monthly_income: yuan(5_000), ..applicant() };
        let mut line = LineRow::open(&policy, &earns, 1_000, date("2023-01-01"))
            .expect("an eligible applicant");
        assert_eq!((line.score(), line.limit()), (720, yuan(start)));
        let mut draw = drawn(&policy, &mut line, yuan(100), date("2023-02-01"));
        let due = draw.due_on();
        fall_due(&policy, &mut line, &mut draw, due);
        assert_eq!((line.score(), line.limit()), (630, yuan(after_miss)));
        pay(&policy, &mut line, &mut draw, yuan(100), due);
        let mut limits = Vec::new();
        for day in 1..=3 {
            let mut draw = drawn(&policy, &mut line, yuan(100), due + day);
            pay(&policy, &mut line, &mut draw, yuan(100), due + day);
            limits.push(line.limit());
        }
        assert_eq!((limits[0], limits[2]), (yuan(after_one), yuan(after_three)), "{extras:?}");
    }
}

#[test]
fn a_surety_comes_first_in_recoveries_unless_an_order_is_stated() {
    let cover = |cover, recovery_order: Vec<Bearer>| Waterfall {
        cover,
        recovery_order,
        ..Waterfall::default()
    };
    assert_eq!(cover(Cover::SuretyBond, vec![]).order(), [Bearer::Insurer]);
    assert_eq!(cover(Cover::TradeCredit, vec![]).order(), []);
    assert_eq!(cover(Cover::SuretyBond, vec![Bearer::Bank]).order(), [Bearer::Bank]);
}

#[test]
fn levers_are_the_steps_and_sanctions_that_act_within_a_stage() {
    let policy = policy();
    let first = levers(&policy, 1, 30);
    assert!(first.reminded && first.called && first.penalty);
    assert!(!first.suspended && !first.reported && !first.pursued);
    let last = levers(&policy, 91, 181);
    assert!(!last.reminded && last.suspended && last.reported && last.pursued);
}

fn any_waterfall() -> impl Strategy<Value = Waterfall> {
    let bearer = || prop::sample::select(Bearer::ALL.to_vec());
    let layer = (bearer(), 0_i64..=100, 0_i64..100_000, 0_i64..300_000).prop_map(
        |(bearer, share, each, year)| Layer {
            bearer,
            share: Ratio::percent(share),
            limit_each: Fen(each),
            limit_year: Fen(year),
        },
    );
    (prop::collection::vec(layer, 0..4), prop::collection::vec(bearer(), 0..5)).prop_map(
        |(layers, recovery_order)| Waterfall { layers, recovery_order, ..Waterfall::default() },
    )
}

proptest! {
    /// Shares sum to the loss, limits of the year hold, recoveries go back in the stated order and never
    /// exceed what a bearer bears.
    #[test]
    fn every_waterfall_is_exact_and_gives_back_in_order(
        waterfall in any_waterfall(),
        losses in prop::collection::vec(1_i64..500_000, 1..30),
        part in 0_i64..=100,
    ) {
        let policy = with(|policy| policy.more.waterfall = waterfall.clone());
        let mut borne = [Fen::ZERO; BEARERS];
        for &loss in &losses {
            let shares = share_down(&policy, Fen(loss), &borne);
            prop_assert_eq!(shares.total(), Fen(loss));
            for (total, part) in borne.iter_mut().zip(shares.by_bearer()) {
                prop_assert!(part >= Fen::ZERO);
                *total += part;
            }
        }
        prop_assert!(borne[Bearer::Insurer as usize] <= policy.loss.insurer_limit_year
            || policy.more.waterfall.layers.iter().any(|layer| layer.bearer == Bearer::Insurer));
        let whole: Fen = borne.into_iter().sum();
        let recovered = Ratio::percent(part).of(whole);
        let back = share_recovery(&waterfall.recovery_order, recovered, &borne);
        prop_assert_eq!(back.into_iter().sum::<Fen>(), recovered);
        for (back, borne) in back.iter().zip(borne) {
            prop_assert!(Fen::ZERO <= *back && *back <= borne);
        }
        if let Some(&first) = waterfall.recovery_order.first() {
            prop_assert_eq!(back[first as usize], recovered.min(borne[first as usize]));
        }
    }
}
