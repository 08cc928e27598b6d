//! Dalian: the outpatient line of 2021 and the inpatient version of 2022.

use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;

fn whole(year: &str, set: &[&str]) -> aftercare::scenario::Scenario {
    let reserve = "behaviour.use_of_line.reserve_above_income_ratio=0";
    town(year, &[set, &[reserve]].concat())
}

#[test]
fn members_of_the_basic_insurance_take_part() {
    let base = sums(whole("dalian_2022", &[]), 1);
    let open = sums(whole("dalian_2022", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0 && shut_out(&open, Refusal::NotInsured) == 0);
}

#[test]
fn limits_were_1000_to_8000_and_became_5000_to_20000() {
    let mean = |year: &str| {
        let sums = sums(whole(year, &[]), 1);
        sums.limit_total.0 / sums.opened as i64
    };
    let (before, after) = (mean("dalian_2021"), mean("dalian_2022"));
    assert!((100_000..=800_000).contains(&before), "{before}");
    assert!((500_000..=2_000_000).contains(&after), "{after}");
    let keys = ["credit.limits.tiers=[{ score_from = 560, limit_yuan = 5000 }]"];
    let less = sums(whole("dalian_2022", &keys), 1);
    assert!(less.limit_total < sums(whole("dalian_2022", &[]), 1).limit_total);
}

#[test]
fn who_signed_leaves_no_deposit() {
    let free = sums(whole("dalian_2022", &[]), 6).deposits;
    let asked = sums(whole("dalian_2022", &["credit.deposit_free=false"]), 6).deposits;
    assert!(free < asked, "{free} against {asked}");
}

#[test]
fn only_the_personal_part_is_charged() {
    let run = run(whole("dalian_2022", &[]), 4);
    let arm = policy(&run);
    assert!(arm.sums.drawn > Fen::ZERO && booked(&run, Role::PooledEmployee) > Fen::ZERO);
    assert!(arm.sums.drawn < arm.sums.billed - booked(&run, Role::PooledEmployee));
}

#[test]
fn settlement_is_automatic_when_the_patient_forgets() {
    let stops = |set: &[&str]| visits(&run(whole("dalian_2022", set), 2))[0].policy.stops;
    assert_eq!(stops(&[]), 0);
    assert!(stops(&["scheme_flow.final_stop_share=1"]) > 0);
}

#[test]
fn a_draw_is_free_for_59_days() {
    let run_out = |set: &[&str]| days_of_run_out(whole("dalian_2021", set), 3);
    assert_eq!(run_out(&[]), 59);
    assert_eq!(run_out(&["credit.free_window.fixed_days.free_days=56"]), 56);
}

#[test]
fn then_the_loan_becomes_instalments_at_4_98_percent() {
    let earned = |set: &[&str]| {
        let reserve = "behaviour.use_of_line.reserve_above_income_ratio=0";
        let run = run(slow_town("dalian_2022", &[set, &[reserve]].concat()), 4);
        -booked(&run, Role::BankInterest)
    };
    let base = earned(&[]);
    assert!(base > Fen::ZERO);
    assert!(earned(&["credit.instalments.rate_per_year=0.0996"]) > base);
    assert!(earned(&["credit.instalments.method=\"flat_fee\""]) > base);
    assert_eq!(earned(&["credit.instalments=\"none\""]), Fen::ZERO);
}

#[test]
fn the_bound_card_is_debited_on_the_due_day() {
    let mut town = whole("dalian_2021", &[]);
    town.behaviour.repayment.first_day = 0.0;
    let all = run(town, 2);
    assert_eq!(policy(&all).sums.repaid, policy(&all).sums.drawn, "nothing is left to collect");
}

#[test]
fn family_members_share_the_limit_since_2022() {
    let base = sums(whole("dalian_2022", &[]), 3);
    let alone = sums(whole("dalian_2022", &["credit.family.minors_use_parents_line=false"]), 3);
    assert!(alone.draws < base.draws);
    let before = whole("dalian_2021", &[]);
    let mut before = before;
    assert!(!rules(&mut before).credit.family.minors_use_parents_line);
}

#[test]
fn costs_outside_the_catalogue_are_excluded_unless_the_switch_is_on() {
    let base = sums(whole("dalian_2022", &[]), 3);
    let more = sums(whole("dalian_2022", &["credit.pays_out_of_catalogue=true"]), 3);
    assert!(base.drawn < more.drawn);
}

#[test]
fn people_on_the_courts_list_are_excluded() {
    let base = sums(whole("dalian_2022", &[]), 1);
    let keys = ["credit.eligibility.refuses_judgment_debtors=false"];
    let open = sums(whole("dalian_2022", &keys), 1);
    assert!(shut_out(&base, Refusal::JudgmentDebtor) > 0);
    assert_eq!(shut_out(&open, Refusal::JudgmentDebtor), 0);
}

#[test]
fn stays_came_into_the_scheme_in_2022() {
    let drawn = |year: &str, set: &[&str]| sums(whole(year, set), 10).drawn;
    assert!(drawn("dalian_2022", &["credit.covers.inpatient=false"]) < drawn("dalian_2022", &[]));
    assert!(drawn("dalian_2021", &["credit.covers.inpatient=true"]) > drawn("dalian_2021", &[]));
}

#[test]
fn nine_pilot_hospitals_are_listed() {
    let pilots = |year: &str| {
        let sites = scheme(year, &[]).city.sites;
        sites.into_iter().filter(|site| site.in_scheme_from.is_some()).count()
    };
    assert_eq!((pilots("dalian_2021"), pilots("dalian_2022")), (9, 9));
}

#[test]
fn the_line_is_a_reserve_that_hardly_anybody_draws() {
    let draws = |ratio: &str| {
        let key = format!("behaviour.use_of_line.reserve_above_income_ratio={ratio}");
        let mut town = town("dalian_2021", &[&key]);
        town.city.demand.visits_per_person_year = 30.0;
        sums(town, 8).draws
    };
    let (any, tenth, half) = (draws("0"), draws("0.1"), draws("0.5"));
    assert!(half * 5 < any && half < tenth && tenth < any, "{any}, {tenth}, {half} draws");
}
