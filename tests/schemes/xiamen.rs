//! Xiamen: limits of 500 to 3,000 by score, family rules both ways, one settlement, the top-up card before.

use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::experiment::{Setup, replicate, summary};

#[test]
fn limits_run_from_500_to_3000_by_score() {
    let base = sums(town("xiamen", &[]), 1);
    let mean = base.limit_total.0 / base.opened as i64;
    assert!((50_000..=300_000).contains(&mean), "{mean} fen");
    let lower =
        sums(town("xiamen", &["credit.limits.tiers=[{ score_from = 550, limit_yuan = 500 }]"]), 1);
    assert!(lower.limit_total < base.limit_total);
}

#[test]
fn minors_share_their_parents_limit() {
    let base = sums(town("xiamen", &[]), 4);
    let alone = sums(town("xiamen", &["credit.family.minors_use_parents_line=false"]), 4);
    assert!(alone.draws < base.draws);
    assert!(shut_out(&base, Refusal::TooYoung) > 0, "minors hold no line of their own");
}

#[test]
fn adult_children_may_bear_their_parents_repayment() {
    let gate = "credit.eligibility.age_max_years=60";
    let base = sums(town("xiamen", &[gate]), 4);
    let keys = [gate, "credit.family.parents_use_adult_childs_line=false"];
    assert!(sums(town("xiamen", &keys), 4).draws < base.draws);
}

#[test]
fn one_settlement_before_leaving() {
    let run_of = |set: &[&str]| run(town("xiamen", set), 3);
    let base = run_of(&[]);
    let users = visits(&base)[0];
    assert!(users.policy.stops <= users.visits, "one stop a visit at most");
    let each = visits(&run_of(&["scheme_flow.when=\"before_each_step\""]))[0];
    assert!(each.policy.stops > users.policy.stops);
}

#[test]
fn with_the_insurers_mobile_payment_no_trip_is_left() {
    let stops = |share: &str| {
        let key = format!("scheme_flow.final_stop_share={share}");
        visits(&run(town("xiamen", &[&key]), 2))[0].policy.stops
    };
    assert!(stops("0") == 0 && stops("1") > stops("0.4"));
}

/// A run of the file itself, with few people.
fn own_run(set: &[&str]) -> serde_json::Value {
    let setup = Setup::new(scheme("xiamen", set), 1, 1, 20, Some(4_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    summary(&setup, &outcome)
}

#[test]
fn the_top_up_card_is_a_baseline() {
    let against = |told: &serde_json::Value| {
        let minutes = "queue.against.topup_card.time_in_hospital.all";
        let locked = "answer.stays.locked_yuan_days_per_stay.against.topup_card";
        let told = |path: &str| mean(told, path);
        assert!(told(locked) > 0.0, "cash locked beside it");
        [told(&format!("{minutes}.baseline")), told(&format!("{minutes}.saved"))]
    };
    let base = own_run(&[]);
    assert_eq!(base["baseline"], "mobile_2023", "the first one stays");
    let [card, saved] = against(&base);
    let [once, saved_against_once] =
        against(&own_run(&["regimes.topup_card.when=\"once_at_end\""]));
    assert!(card > once && saved > saved_against_once, "{card} and {once} minutes");
}

#[test]
fn breaches_suspend_the_service() {
    let frozen = |days: &str| {
        let keys = [
            "credit.free_window.fixed_days.free_days=1".to_owned(),
            format!("credit.sanctions.freeze_from_dpd_days={days}"),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut town = late_town("xiamen", &keys);
        town.city.demand.visits_per_person_year = 30.0;
        refused(&sums(town, 12), Refusal::LineFrozen)
    };
    assert!(frozen("1") > frozen("8") && frozen("3650") == 0);
}

#[test]
fn the_bank_advances_and_bears_the_loss() {
    let run = run(late_town("xiamen", &[]), 2);
    let [insurer, hospital, pool, bank, _] = policy(&run).losses;
    assert!(bank > Fen::ZERO && [insurer, hospital, pool] == [Fen::ZERO; 3]);
}

#[test]
fn fifty_nine_public_institutions_take_part() {
    assert_eq!(institutions("xiamen"), 59);
}
