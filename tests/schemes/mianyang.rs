//! Mianyang: 18 and more, at least 3,000 yuan, outpatients, each step charged, 56 days.

use super::town::*;
use aftercare::domain::{Fen, Refusal};

#[test]
fn the_outpatient_limit_is_at_least_3000() {
    let base = sums(town("mianyang", &[]), 1);
    assert!(base.limit_total >= Fen::from_yuan(3_000 * base.opened as i64));
    let keys = [
        "credit.limits.tiers=[{ score_from = 540, limit_yuan = 2000 }]",
        "credit.limits.floor_yuan=2000",
    ];
    assert!(sums(town("mianyang", &keys), 1).limit_total < base.limit_total);
    let mut holder = Holder::of("mianyang", &["credit.limits.cut_by_ratio=0.9"]);
    holder.draw_and_pay(Fen::from_yuan(10), false).expect("a draw");
    assert_eq!(holder.line.limit(), Fen::from_yuan(3_000), "no cut goes below the floor");
}

#[test]
fn people_under_18_are_refused() {
    let base = sums(town("mianyang", &[]), 1);
    let open = sums(town("mianyang", &["credit.eligibility.age_min_years=0"]), 1);
    assert!(shut_out(&base, Refusal::TooYoung) > 0 && shut_out(&open, Refusal::TooYoung) == 0);
}

#[test]
fn social_insurance_must_be_paid() {
    let base = sums(town("mianyang", &[]), 1);
    let open = sums(town("mianyang", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0 && open.eligible > base.eligible);
}

#[test]
fn stays_are_not_covered_yet() {
    let base = sums(town("mianyang", &[]), 60);
    assert!(sums(town("mianyang", &["credit.covers.inpatient=true"]), 60).drawn > base.drawn);
}

#[test]
fn the_code_is_shown_once_and_each_step_is_charged() {
    let charged = |set: &[&str]| {
        let run = run(town("mianyang", set), 3);
        let users = visits(&run)[0];
        (policy(&run).sums.draws as f64 / users.visits as f64, users.policy.stops)
    };
    let (each, stops) = charged(&[]);
    let (once, _) = charged(&["scheme_flow.when=\"once_at_end\""]);
    assert!(each > 1.4 * once && stops == 0, "{each} against {once} debits a visit, {stops} stops");
}

#[test]
fn a_draw_is_free_for_56_days() {
    assert_eq!(days_of_run_out(town("mianyang", &[]), 2), 56);
    let key = "credit.free_window.fixed_days.free_days=20";
    assert_eq!(days_of_run_out(town("mianyang", &[key]), 2), 20);
}

#[test]
fn it_may_be_repaid_at_any_time() {
    let lent = |first_day: f64, early: f64| {
        let mut town = town("mianyang", &[]);
        let repayment = &mut town.behaviour.repayment;
        (repayment.first_day, repayment.early) = (first_day, early);
        policy(&run(town, 2)).lent_fen_days
    };
    let (at_once, between, due) = (lent(1.0, 0.0), lent(0.0, 1.0), lent(0.0, 0.0));
    assert!(at_once < between && between < due, "{at_once}, {between}, {due} fen days");
}

#[test]
fn five_municipal_hospitals_take_part() {
    assert_eq!(institutions("mianyang"), 5);
}

#[test]
fn no_bank_card_is_bound_and_everybody_pays_by_hand() {
    let lent = |unbound: u8| {
        let key = format!("behaviour.debit.unbound_share={unbound}");
        let mut town = whole_town("mianyang", &[&key]);
        town.behaviour.repayment.miss_due = 0.1;
        town.behaviour.repayment.roll = [0.0; 3];
        policy(&run(town, 3)).lent_fen_days
    };
    let (bound, by_hand) = (lent(0), lent(1));
    assert!(by_hand > bound, "{by_hand} against {bound} fen days: more miss the due day");
}

/// The scheme against payment by phone, as the city says itself, and against windows.
#[test]
fn with_payment_by_phone_nobody_needs_the_window_but_each_step_is_paid_before_the_next() {
    let against = |regime: &str, set: &[&str]| {
        let mut town = town("mianyang", &[]);
        let arm =
            format!("baselines=[{{ regime = \"{regime}\", deposit = \"deposit_free_amount\" }}]");
        town.baselines = scheme("mianyang", &[set, &[arm.as_str()]].concat()).baselines;
        let users = visits(&run(town, 2))[0];
        (users.baseline.stops, users.saved_ms())
    };
    let (phone, saved) = against("mobile_2023", &[]);
    let (windows, more) = against("windows_2015", &[]);
    assert!(0 < phone && phone < windows, "{phone} trips with the phone, {windows} without");
    assert!(0 < saved && saved < more, "{saved} ms against the phone, {more} against windows");
    let (once, less) = against("mobile_2023", &["regimes.mobile_2023.when=\"once_at_end\""]);
    assert!(once < phone && less < saved, "each step is paid before the next: {once}, {less}");
}
