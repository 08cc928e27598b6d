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

/// What people pay with where a hospital's card is carried: account, prepaid balance, credit, in the order of the pilot
/// of 2020, or another.
fn with_cards(order: [&str; 2]) -> String {
    let [first, second] = order;
    format!(
        "payment_means={{ message_cost_yuan = 0, message_reached_per_million = 0, \
         top_up_card = {{ regimes = [\"topup_card\"], top_up_yuan = [200], card_price_yuan = 0, \
         idle_days = 30, handed_in_per_million = 0 }}, \
         habits = [{{ name = \"pilot\", weight_by_age = [1, 1, 1, 1, 1, 1], \
         order = [\"account\", \"{first}\", \"{second}\", \"debit_card\"] }}] }}"
    )
}

#[test]
fn what_lies_on_top_up_cards_is_locked() {
    let told = |when: &str| {
        let when = format!("regimes.topup_card.when=\"{when}\"");
        own_run(&[&with_cards(["top_up_card", "line"]), &when])
    };
    let each_step = told("before_each_step");
    let of = |figure: &str| mean(&each_step, &format!("hospital_cards.topup_card.{figure}"));
    let (left, put_on) = (of("left"), of("put_on"));
    assert!(0.0 < left && left < put_on, "{left} of {put_on} yuan lie on cards at the end");
    let cards = each_step["hospital_cards"].as_object().expect("cards by arm");
    assert!(cards.keys().eq(["topup_card"]), "and on no other arm's: {cards:?}");
    let once = told("once_at_end");
    assert!(once.get("hospital_cards").is_none(), "nothing is put on a card to pay at the end");
}

#[test]
fn in_the_pilot_a_prepaid_balance_was_used_before_credit() {
    let drawn = |regime: &str, order: [&str; 2]| {
        let regime = format!("policy.regime=\"{regime}\"");
        let mut town = whole_town("xiamen", &[&regime, &with_cards(order)]);
        town.behaviour.use_of_line.outpatient = 0.5;
        town.city.people.population = 4_000;
        town.city.demand.visits_per_person_year = 150.0;
        sums(town, 8).drawn
    };
    let [pilot, credit_first] =
        [["top_up_card", "line"], ["line", "top_up_card"]].map(|order| drawn("topup_card", order));
    let no_card = drawn("mobile_2023", ["top_up_card", "line"]);
    assert!(pilot < credit_first && pilot < no_card, "{pilot}, {credit_first}, {no_card}");
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
fn three_breaches_in_a_row_lower_the_score_and_the_limit_with_it() {
    let after = |set: &[&str], promises: &[bool]| {
        let mut holder = Holder::of("xiamen", set);
        for &kept in promises {
            holder.draw_and_pay(Fen::from_yuan(100), kept).expect("a line in use");
        }
        (holder.line.score(), holder.line.limit())
    };
    let (kept, broken) = (true, false);
    let high = (700, Fen::from_yuan(2_000));
    assert_eq!(after(&[], &[broken; 2]), high, "two are forgiven");
    assert_eq!(after(&[], &[broken; 3]), (670, Fen::from_yuan(2_000)), "the third costs points");
    assert_eq!(
        after(&[], &[broken; 4]),
        (640, Fen::from_yuan(1_000)),
        "and so does each further one"
    );
    let anew = [broken, broken, kept, broken, broken];
    assert_eq!(after(&[], &anew), high, "a bill repaid on time ends the row");
    assert_eq!(after(&[], &[&anew[..], &[broken]].concat()).0, 670);
    let key = "credit.limit_extras.score_missed_in_a_row=2";
    assert_eq!(after(&[key], &[broken; 2]).0, 670);
    // In a run: who has fallen below the lowest score is lent nothing.
    let shut = |in_a_row: &str| {
        let in_a_row = format!("credit.limit_extras.score_missed_in_a_row={in_a_row}");
        let keys = ["credit.free_window.fixed_days.free_days=1", &in_a_row];
        let mut town = slow_town("xiamen", &keys);
        town.city.people.population = 5_000;
        town.city.demand.visits_per_person_year = 150.0;
        refused(&sums(town, 15), Refusal::ScoreTooLow)
    };
    let [each, third] = ["1", "3"].map(shut);
    assert!(each > third && third > 0, "{each} and {third} refused for their score");
}

#[test]
fn the_bank_may_report_who_does_not_pay() {
    let recorded = |set: &[&str]| {
        let mut town = late_town("xiamen", set);
        town.behaviour.repayment.roll = [0.5; 3];
        policy(&run(town, 2)).recorded()[0]
    };
    let reminder = "{ dpd_days = 1, action = \"reminder\", cost_yuan = 0.1 }";
    let on = |day: &str| {
        let report = format!("{{ dpd_days = {day}, action = \"report\", cost_yuan = 1 }}");
        recorded(&[&format!("credit.collections=[{reminder}, {report}]")])
    };
    let [soon, as_written, late] = [on("30"), recorded(&[]), on("89")];
    assert!(soon > as_written && as_written > late && late > 0, "{soon}, {as_written}, {late}");
    assert_eq!(recorded(&[&format!("credit.collections=[{reminder}]")]), 0);
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
