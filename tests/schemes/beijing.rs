//! Beijing: a commitment, 2,000 yuan, no bank, no age limit, rising levels, a credit insurer, six breaches.

use super::town::*;
use aftercare::credit::LineStatus;
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;

const YUAN: fn(i64) -> Fen = Fen::from_yuan;

#[test]
fn a_line_starts_at_2000_yuan() {
    let base = sums(town("beijing", &[]), 1);
    assert_eq!(base.limit_total, YUAN(2_000 * base.opened as i64));
    let keys = ["credit.limits.tiers=[{ score_from = 0, limit_yuan = 2500 }]"];
    let more = sums(town("beijing", &keys), 1);
    assert_eq!(more.limit_total, YUAN(2_500 * more.opened as i64));
}

#[test]
fn there_is_no_age_limit() {
    let base = sums(town("beijing", &[]), 1);
    assert_eq!(shut_out(&base, Refusal::TooYoung) + shut_out(&base, Refusal::TooOldForScheme), 0);
    let gated = sums(town("beijing", &["credit.eligibility.age_min_years=18"]), 1);
    assert!(shut_out(&gated, Refusal::TooYoung) > 1_000);
}

#[test]
fn serious_dishonesty_is_refused() {
    let base = sums(town("beijing", &[]), 1);
    let open = sums(town("beijing", &["credit.eligibility.refuses_judgment_debtors=false"]), 1);
    assert!(shut_out(&base, Refusal::JudgmentDebtor) > 0);
    assert_eq!(shut_out(&open, Refusal::JudgmentDebtor), 0);
    let (before, after) = (shut_out(&base, Refusal::JudgmentDebtor), open.eligible - base.eligible);
    assert_eq!(after, before, "they, and nobody else, come in");
}

#[test]
fn no_score_and_no_bureau_is_asked() {
    let base = sums(town("beijing", &[]), 1);
    assert_eq!(shut_out(&base, Refusal::ScoreTooLow), 0);
    let gate = "credit.eligibility.score_min=600";
    assert_eq!(shut_out(&sums(town("beijing", &[gate]), 1), Refusal::ScoreTooLow), 0, "unasked");
    let keys = [gate, "credit.onboarding.source=\"public_platform\""];
    assert!(shut_out(&sums(town("beijing", &keys), 1), Refusal::ScoreTooLow) > 1_000);
}

#[test]
fn no_step_is_paid_in_advance() {
    let stops = |set: &[&str]| visits(&run(town("beijing", set), 2))[0].policy.stops;
    assert_eq!(stops(&[]), 0);
    assert!(stops(&["scheme_flow.final_stop_share=1"]) > 0);
    assert!(stops(&["scheme_flow.when=\"before_each_step\""]) > 0);
}

#[test]
fn repayment_on_time_raises_the_level() {
    let mut holder = Holder::of("beijing", &[]);
    let start = holder.line.limit();
    for _ in 0..3 {
        holder.draw_and_pay(YUAN(100), true).expect("a draw");
    }
    assert_eq!((start, holder.line.limit()), (YUAN(2_000), YUAN(3_000)));
    let exhausted = |key: &str| {
        let keys = ["credit.free_window.fixed_days.free_days=1", key];
        let mut town = town("beijing", &keys);
        town.city.demand.visits_per_person_year = 60.0;
        refused(&sums(town, 14), Refusal::LimitExhausted)
    };
    let (rises, stays) =
        ("credit.limits.raise_after_on_time=1", "credit.limits.raise_after_on_time=0");
    assert!(exhausted(rises) < exhausted(stays), "a higher level refuses fewer bills");
}

#[test]
fn the_limit_revolves() {
    let mut holder = Holder::of("beijing", &[]);
    for _ in 0..20 {
        holder.draw_and_pay(YUAN(2_000), true).expect("paid back, it may be used again");
    }
    let _open = holder.draw(holder.line.limit()).expect("all of it");
    assert_eq!(holder.draw(YUAN(1)).expect_err("used up"), Refusal::LimitExhausted);
}

#[test]
fn the_insurer_pays_the_hospital_first() {
    let losses = |set: &[&str]| {
        let run = run(late_town("beijing", set), 2);
        let arm = policy(&run);
        (arm.losses, arm.sums.written_off)
    };
    let ([insurer, hospital, _, bank, _], lost) = losses(&[]);
    assert!(lost > Fen::ZERO);
    assert_eq!((insurer, hospital, bank), (lost, Fen::ZERO, Fen::ZERO));
    let ([insurer, hospital, _, bank, _], lost) = losses(&["credit.loss.insurer_share=0"]);
    assert_eq!((insurer, hospital, bank), (Fen::ZERO, lost, Fen::ZERO));
}

#[test]
fn the_seventh_breach_cancels_and_the_sixth_does_not() {
    for (key, last) in [
        ("credit.sanctions.cancel_after_missed=6", 7),
        ("credit.sanctions.cancel_after_missed=5", 6),
    ] {
        let mut holder = Holder::of("beijing", &[key]);
        for breach in 1..=last {
            assert_eq!(holder.line.status(), LineStatus::Active, "{key}: before breach {breach}");
            holder.draw_and_pay(YUAN(100), false).expect("a draw");
        }
        assert_eq!(holder.line.status(), LineStatus::Cancelled, "{key}");
        assert_eq!(holder.draw(YUAN(1)).expect_err("gone"), Refusal::LineCancelled);
    }
    let cancelled = |set: &[&str]| {
        let mut town = late_town("beijing", set);
        town.behaviour.repayment.roll = [0.0; 3];
        town.city.demand.visits_per_person_year = 80.0;
        sums(town, 40).cancelled
    };
    let six = cancelled(&[]);
    assert!(six > 0, "breaches of 40 days cancel some lines");
    assert!(cancelled(&["credit.sanctions.cancel_after_missed=3"]) > six);
    assert_eq!(cancelled(&["credit.sanctions.cancel_after_missed=0"]), 0);
}

#[test]
fn old_and_young_are_bound_to_relatives() {
    let gate = "credit.eligibility.age_min_years=18";
    let family = sums(town("beijing", &[gate]), 4);
    let alone = sums(town("beijing", &[gate, "credit.family.minors_use_parents_line=false"]), 4);
    assert!(alone.draws < family.draws);
    let proxy = "credit.eligibility.age_max_years=60";
    let family = sums(town("beijing", &[proxy]), 4);
    let keys = [proxy, "credit.family.parents_use_adult_childs_line=false"];
    assert!(sums(town("beijing", &keys), 4).draws < family.draws);
}

#[test]
fn no_bank_takes_part() {
    let run = run(late_town("beijing", &[]), 2);
    assert_eq!(booked(&run, Role::BankInterest), Fen::ZERO);
    assert_eq!(booked(&run, Role::BankPenalty), Fen::ZERO);
    let bank = |set: &[&str]| policy(&super::town::run(late_town("beijing", set), 2)).losses[3];
    let keys = ["credit.loss.insurer_share=0", "credit.loss.rest_weights.bank=1"];
    assert!(bank(&[]) == Fen::ZERO && bank(&keys) > Fen::ZERO, "a bank would bear a loss");
}

#[test]
fn a_signed_commitment_opens_the_service() {
    let refusals = |needed: bool| {
        let keys = [
            "behaviour.applying.unsigned_share=0.3",
            &format!("credit.onboarding.needs_commitment={needed}"),
        ];
        let sums = sums(whole_town("beijing", &keys), 2);
        (refused(&sums, Refusal::CommitmentNotSigned), sums.opened)
    };
    let ((unsigned, fewer), (none, more)) = (refusals(true), refusals(false));
    assert!(unsigned > 100 && none == 0 && fewer < more);
}

/// Lines by grade of the city's platform, the lowest first, when everything is repaid.
fn grades(set: &[&str], late: bool) -> Vec<u64> {
    let town = if late { slow_town("beijing", set) } else { town("beijing", set) };
    policy(&run(town, 8)).codes.iter().map(|code| code.lines).collect()
}

#[test]
fn kept_and_broken_promises_feed_back_into_the_citys_score() {
    let none =
        ["credit.limit_extras.score_on_time_points=0", "credit.limit_extras.score_missed_points=0"];
    let kept = grades(&["credit.limit_extras.score_on_time_points=30"], false);
    let still = grades(&none, false);
    assert!(kept[3] > still[3], "kept promises lift lines into the best grade: {kept:?} {still:?}");
    let broken = grades(&["credit.limit_extras.score_missed_points=60"], true);
    let unmoved = grades(&none, true);
    assert!(broken[0] > unmoved[0] && broken[3] < unmoved[3], "{broken:?} {unmoved:?}");
}

#[test]
fn the_hospital_pays_the_insurer_a_premium_on_what_is_drawn() {
    let premium = |ratio: &str| {
        let key = format!("credit.waterfall.premium_ratio={ratio}");
        let run = run(town("beijing", &[&key]), 3);
        (policy(&run).premium, policy(&run).sums.drawn)
    };
    let (paid, drawn) = premium("0.01");
    assert!((paid.0 - drawn.0 / 100).abs() <= 1_000 && drawn > Fen::ZERO, "{paid} on {drawn}");
    assert_eq!(premium("0").0, Fen::ZERO);
}

#[test]
fn twenty_eight_institutions_of_four_districts_take_part() {
    assert_eq!(institutions("beijing"), 28);
    assert_eq!(scheme("beijing", &[]).city.districts.len(), 4);
}
