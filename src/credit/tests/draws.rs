//! Draws: due days, conversion, misses, penalties, sanctions, write-off, recovery, refund.

use super::super::spec::{CreditPolicy, InstalmentMethod};
use super::super::{
    Bucket, DrawRow, DrawStage, Due, DueOutcome, LineRow, LineStatus, age, amount_due, dpd,
    fall_due, free_limit, next_event_day, pay, payoff, refund, schedule,
};
use super::{date, drawn, line, policy, policy_with_instalments, yuan};
use crate::domain::{Day, Fen, Ratio};

#[test]
fn a_draw_paid_in_the_window_costs_nothing() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    assert_eq!(amount_due(&policy, &draw, due + -1), Fen::ZERO);
    assert_eq!(payoff(&policy, &draw, due + -1), yuan(600));
    assert_eq!(amount_due(&policy, &draw, due), yuan(600));
    let part = pay(&policy, &mut row, &mut draw, yuan(250), due + -20);
    assert_eq!((part.principal, part.closed), (yuan(250), false));
    let rest = pay(&policy, &mut row, &mut draw, yuan(400), due);
    assert_eq!((rest.principal, rest.left_over), (yuan(350), yuan(50)));
    assert!(rest.closed && !rest.cured && row.in_good_standing());
    assert_eq!((row.drawn(), row.on_time_run()), (Fen::ZERO, 1));
    assert_eq!(fall_due(&policy, &mut row, &mut draw, due).outcome, DueOutcome::Met);
    assert_eq!(next_event_day(&policy, &draw, due), None);
}

#[test]
fn a_missed_due_day_freezes_cuts_and_ends_the_run() {
    let policy = policy();
    let mut row = line(&policy);
    let mut first = drawn(&policy, &mut row, yuan(100), date("2023-01-01"));
    pay(&policy, &mut row, &mut first, yuan(100), date("2023-01-02"));
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    let Due { outcome: DueOutcome::Missed(missed), .. } =
        fall_due(&policy, &mut row, &mut draw, due)
    else {
        panic!("nobody paid")
    };
    assert_eq!((missed.dpd, missed.frozen, missed.entered), (0, false, None));
    assert_eq!((row.missed(), row.on_time_run(), row.overdue_draws()), (1, 0, 1));
    assert_eq!(row.limit(), yuan(1_500));
    assert_eq!(next_event_day(&policy, &draw, due), Some(due + 1));
    let aged = age(&policy, &mut row, &mut draw, due + 1);
    assert!(aged.frozen && !aged.blacklisted && aged.write_off.is_none());
    assert_eq!((aged.entered, aged.steps), (Some(Bucket::D1To30), 0..1));
    assert_eq!(aged.accrued.penalty, Fen(30), "5 in 10,000 of 600 yuan a day");
    assert_eq!((row.status(), free_limit(&row)), (LineStatus::Frozen, Fen::ZERO));

    let cured = pay(&policy, &mut row, &mut draw, yuan(601), due + 10);
    assert_eq!((cured.penalty, cured.principal, cured.left_over), (yuan(3), yuan(598), Fen::ZERO));
    assert!(!cured.cured);
    let cured = pay(&policy, &mut row, &mut draw, yuan(2), due + 10);
    assert!(cured.cured && cured.closed && cured.unfrozen && row.in_good_standing());
    assert_eq!((row.status(), row.on_time_run()), (LineStatus::Active, 0));
}

#[test]
fn a_draw_ages_through_every_event_once() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    let mut log = Vec::new();
    let mut day = draw.drawn_on();
    while let Some(next) = next_event_day(&policy, &draw, day) {
        day = next;
        fall_due(&policy, &mut row, &mut draw, day);
        let aged = age(&policy, &mut row, &mut draw, day);
        let again = age(&policy, &mut row, &mut draw, day);
        assert_eq!((again.steps.len(), again.accrued.penalty), (0, Fen::ZERO), "day {day}");
        let write_off = aged.write_off.map(|lost| lost.principal);
        log.push((day - due, aged.entered, aged.steps, aged.blacklisted, write_off));
    }
    let expected = [
        (0, None, 0..0, false, None),
        (1, Some(Bucket::D1To30), 0..1, false, None),
        (15, None, 1..2, false, None),
        (31, Some(Bucket::D31To60), 2..2, false, None),
        (61, Some(Bucket::D61To90), 2..2, false, None),
        (90, None, 2..3, true, None),
        (91, Some(Bucket::D90Plus), 3..3, false, None),
        (120, None, 3..4, false, None),
        (181, None, 4..4, false, Some(yuan(600))),
    ];
    // `steps` of an event without collections is an empty range wherever it stands.
    for ((got, want), nth) in log.iter().zip(&expected).zip(0..) {
        assert_eq!((got.0, got.1, got.3, got.4), (want.0, want.1, want.3, want.4), "event {nth}");
        assert_eq!(got.2.len(), want.2.len(), "event {nth}");
    }
    assert_eq!(log.len(), expected.len());
    assert_eq!((draw.stage(), row.status()), (DrawStage::WrittenOff, LineStatus::Cancelled));
    assert_eq!((row.drawn(), row.due_charges(), row.worst_dpd()), (Fen::ZERO, Fen::ZERO, 181));
    assert_eq!((row.open_draws(), row.overdue_draws(), row.written_off_draws()), (0, 0, 1));
    assert_eq!(dpd(&draw, due + 200), 200);

    let part = pay(&policy, &mut row, &mut draw, yuan(100), due + 200);
    assert_eq!((part.recovered, part.principal, part.closed), (yuan(100), Fen::ZERO, false));
    let rest = pay(&policy, &mut row, &mut draw, yuan(600), due + 300);
    assert_eq!((rest.recovered, rest.left_over), (yuan(500), yuan(100)));
    assert!(rest.closed && row.in_good_standing() && !rest.unfrozen);
    assert_eq!(row.status(), LineStatus::Cancelled, "a write-off costs the line for good");
}

#[test]
fn skipped_days_are_caught_up_in_one_call() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let late = draw.due_on() + 100;
    let Due { accrued, outcome: DueOutcome::Missed(aged) } =
        fall_due(&policy, &mut row, &mut draw, late)
    else {
        panic!("nobody paid")
    };
    assert_eq!((aged.dpd, aged.entered, aged.steps), (100, Some(Bucket::D90Plus), 0..3));
    assert!(aged.blacklisted && aged.frozen);
    assert_eq!(aged.collection_cost, Fen(510));
    assert_eq!((accrued.penalty, aged.accrued.penalty), (Fen::ZERO, yuan(30)));
}

#[test]
fn penalty_stops_at_its_ceiling_and_follows_the_overdue_amount() {
    let mut policy = policy();
    policy.write_off_dpd = 2_000;
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, due);
    age(&policy, &mut row, &mut draw, due + 399);
    assert_eq!(draw.penalty(), Fen(60_000 * 5 * 399 / 10_000));
    age(&policy, &mut row, &mut draw, due + 1_500);
    assert_eq!(draw.penalty(), yuan(120), "a fifth of 600 yuan");

    let mut draw = drawn_half_paid(&policy);
    age(&policy, &mut draw.0, &mut draw.1, draw.2 + 20);
    // 600 for ten days, then 303 (a payment of 300 met 3 of penalty first) for ten days: 3.00, then
    // 1.52.
    assert_eq!(draw.1.penalty(), Fen(152));
}

fn drawn_half_paid(policy: &CreditPolicy) -> (LineRow, DrawRow, Day) {
    let mut row = line(policy);
    let mut draw = drawn(policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    fall_due(policy, &mut row, &mut draw, due);
    pay(policy, &mut row, &mut draw, yuan(300), due + 10);
    (row, draw, due)
}

#[test]
fn an_unpaid_window_becomes_instalments_that_follow_the_published_plan() {
    for method in
        [InstalmentMethod::Annuity, InstalmentMethod::EqualPrincipal, InstalmentMethod::FlatFee]
    {
        let mut policy = policy_with_instalments(method);
        policy.limits.tiers[2].limit = yuan(6_000);
        policy.limits.ceiling = yuan(6_000);
        let mut row = line(&policy);
        let mut draw = drawn(&policy, &mut row, yuan(6_000), date("2023-12-05"));
        let due = draw.due_on();
        assert_eq!(due, date("2024-01-30"));
        let converted = fall_due(&policy, &mut row, &mut draw, due).outcome;
        let first = date("2024-02-29");
        let expected = DueOutcome::Converted { principal: yuan(6_000), months: 12, first };
        assert_eq!((converted, draw.stage()), (expected, DrawStage::Instalments));
        assert_eq!((draw.due_now(), row.missed()), (Fen::ZERO, 0), "conversion is no miss");

        let plan = schedule(yuan(6_000), Ratio::new(498, 10_000), 12, method, due);
        for (expected, number) in plan.iter().zip(1_u8..) {
            let day = next_event_day(&policy, &draw, draw.due_on() + -1).expect("a due day");
            assert_eq!(day, due.plus_months(i32::from(number)), "{method:?} line {number}");
            assert_eq!(amount_due(&policy, &draw, day), expected.payment, "{method:?} {number}");
            let paid = pay(&policy, &mut row, &mut draw, expected.payment, day);
            assert_eq!((paid.interest, paid.principal), (expected.interest, expected.principal));
            assert_eq!(paid.closed, number == 12);
            assert_eq!(fall_due(&policy, &mut row, &mut draw, day).outcome, DueOutcome::Met);
        }
        assert_eq!((row.drawn(), row.due_charges()), (Fen::ZERO, Fen::ZERO));
        assert_eq!(row.on_time_run(), 1, "a plan kept counts once");
    }
}

#[test]
fn a_missed_instalment_cures_back_onto_the_plan() {
    let policy = policy_with_instalments(InstalmentMethod::Annuity);
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(3_000), date("2023-12-05"));
    let due = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, due);
    let first = draw.due_on();
    let missed = fall_due(&policy, &mut row, &mut draw, first);
    assert!(matches!(missed.outcome, DueOutcome::Missed(_)));
    assert_eq!((draw.stage(), draw.instalment()), (DrawStage::Overdue, 2));
    let second = draw.due_on();
    assert_eq!(dpd(&draw, second), u16::try_from(second - first).expect("a month"));
    let joined = fall_due(&policy, &mut row, &mut draw, second);
    assert_eq!(joined.outcome, DueOutcome::AlreadyOverdue);
    assert!(joined.accrued.interest > Fen::ZERO, "the second line is due too");
    assert_eq!(row.missed(), 1, "one episode is one miss");

    let owed = amount_due(&policy, &draw, second + 5);
    let paid = pay(&policy, &mut row, &mut draw, owed, second + 5);
    assert!(paid.cured && !paid.closed && paid.left_over.is_zero());
    assert_eq!((draw.stage(), dpd(&draw, second + 6)), (DrawStage::Cured, 0));
    assert_eq!(next_event_day(&policy, &draw, second + 5), Some(draw.due_on()));
    let all = payoff(&policy, &draw, second + 6);
    assert_eq!(all, draw.principal(), "interest not yet due is not asked");
    let closed = pay(&policy, &mut row, &mut draw, all, second + 6);
    assert!(closed.closed);
    assert_eq!(row.on_time_run(), 0, "a draw once missed is no on-time repayment");
    assert_eq!(next_event_day(&policy, &draw, second + 6), None);
}

/// Twelve instalments without interest; penalty stops at 1 % of the overdue principal.
fn plan_of(amount: Fen) -> (CreditPolicy, LineRow, DrawRow) {
    let mut policy = policy_with_instalments(InstalmentMethod::EqualPrincipal);
    if let Some(rules) = &mut policy.instalments {
        rules.rate_year = Ratio::ZERO;
    }
    policy.sanctions.penalty_ceiling = Ratio::percent(1);
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, amount, date("2023-12-05"));
    let due = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, due);
    (policy, row, draw)
}

/// One instalment of 200.25 yuan for 30 days, then two for 24: 3.00375 and 4.806 yuan, each rounded.
#[test]
fn penalty_of_a_later_instalment_runs_from_its_own_due_day() {
    let (mut policy, mut row, mut draw) = plan_of(yuan(2_403));
    policy.sanctions.penalty_ceiling = Ratio::ONE;
    let first = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, first);
    let second = draw.due_on();
    assert_eq!(second - first, 30);
    fall_due(&policy, &mut row, &mut draw, second);
    age(&policy, &mut row, &mut draw, second + 24);
    assert_eq!(draw.penalty(), Fen(300 + 481));
}

#[test]
fn a_second_episode_starts_afresh() {
    let (policy, mut row, mut draw) = plan_of(yuan(2_400));
    for episode in 1_u8..=2 {
        let due = draw.due_on();
        let missed = fall_due(&policy, &mut row, &mut draw, due);
        assert!(matches!(missed.outcome, DueOutcome::Missed(_)), "episode {episode}");
        assert_eq!(next_event_day(&policy, &draw, due), Some(due + 1));
        let aged = age(&policy, &mut row, &mut draw, due + 20);
        assert_eq!((aged.dpd, aged.steps.len(), aged.frozen), (20, 2, true));
        assert_eq!(aged.accrued.penalty, Fen(200), "episode {episode}");
        let owed = amount_due(&policy, &draw, due + 20);
        assert_eq!(owed, yuan(202));
        let paid = pay(&policy, &mut row, &mut draw, owed, due + 20);
        assert!(paid.cured && paid.unfrozen);
        assert_eq!(row.missed(), episode);
    }
}

#[test]
fn a_refund_undoes_principal_then_charges_and_hands_back_the_rest() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    pay(&policy, &mut row, &mut draw, yuan(200), due + -30);
    let back = refund(&policy, &mut row, &mut draw, yuan(100), due + -20);
    assert_eq!((back.principal, back.to_person, back.closed), (yuan(100), Fen::ZERO, false));
    assert_eq!((draw.principal(), row.drawn(), draw.original()), (yuan(300), yuan(300), yuan(600)));
    fall_due(&policy, &mut row, &mut draw, due);
    let back = refund(&policy, &mut row, &mut draw, yuan(500), due + 10);
    assert_eq!((back.principal, back.penalty), (yuan(300), Fen(150)));
    assert_eq!(back.to_person, yuan(200) - Fen(150));
    assert!(back.cured && back.closed && row.in_good_standing());
    assert_eq!(row.on_time_run(), 0, "a refund is no repayment");
}

#[test]
fn charges_left_by_a_refund_are_waived_in_the_end_and_cost_no_line() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let due = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, due);
    refund(&policy, &mut row, &mut draw, yuan(600), due + 10);
    assert_eq!((draw.principal(), draw.penalty()), (Fen::ZERO, yuan(3)));
    let aged = age(&policy, &mut row, &mut draw, due + 181);
    let lost = aged.write_off.expect("nobody paid");
    assert_eq!((lost.principal, lost.penalty, aged.cancelled), (Fen::ZERO, yuan(3), false));
    assert_eq!((row.status(), row.due_charges()), (LineStatus::Active, Fen::ZERO));
    assert!(row.in_good_standing() && draw.outstanding().is_zero());
}

#[test]
fn a_second_overdue_draw_keeps_the_line_frozen() {
    let policy = policy();
    let mut row = line(&policy);
    let day = date("2023-01-10");
    let mut draws = [100, 200].map(|amount| drawn(&policy, &mut row, yuan(amount), day));
    let due = draws[0].due_on();
    for draw in &mut draws {
        fall_due(&policy, &mut row, draw, due);
        age(&policy, &mut row, draw, due + 1);
    }
    let first = pay(&policy, &mut row, &mut draws[0], yuan(200), due + 1);
    assert!(first.cured && !first.unfrozen && !row.in_good_standing());
    let second = pay(&policy, &mut row, &mut draws[1], yuan(300), due + 1);
    assert!(second.cured && second.unfrozen && row.in_good_standing());
}

#[test]
#[should_panic(expected = "nobody closed that day")]
fn a_due_day_that_nobody_closed_is_caught() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(600), date("2023-01-10"));
    let late = draw.due_on() + 1;
    pay(&policy, &mut row, &mut draw, yuan(600), late);
}
