//! Quanzhou: age 23 to 55, 5,000 to 20,000 yuan, 56 days, the deposit on the line, relatives, instalments.

use super::town::*;
use aftercare::credit::{self, Applicant, counts_as_poor};
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;

fn admitted_but_for_age(scenario: &aftercare::scenario::Scenario, ages: &[u8]) -> u64 {
    let mut open = scenario.clone();
    rules(&mut open).credit.eligibility.age_min = 0;
    rules(&mut open).credit.eligibility.age_max = 120;
    let policy = rules(&mut open).credit.clone();
    people(scenario, |city, person| {
        let row = city.person(person);
        let applicant = Applicant {
            age: row.age,
            scheme: row.scheme(),
            score: row.score,
            judgment_debtor: row.judgment_debtor(),
            poor: counts_as_poor(row.assistance()),
            ..Applicant::default()
        };
        ages.contains(&row.age) && credit::eligible(&policy, &applicant).is_ok()
    })
}

#[test]
fn ages_22_and_56_are_refused_and_ages_23_and_55_are_not() {
    let base = sums(town("quanzhou", &[]), 1);
    assert!(
        shut_out(&base, Refusal::TooYoung) > 0 && shut_out(&base, Refusal::TooOldForScheme) > 0
    );
    let table = [
        ("credit.eligibility.age_min_years=22", 22, 1),
        ("credit.eligibility.age_min_years=24", 23, -1),
        ("credit.eligibility.age_max_years=56", 56, 1),
        ("credit.eligibility.age_max_years=54", 55, -1),
    ];
    for (key, age, sign) in table {
        let changed = sums(town("quanzhou", &[key]), 1);
        let people = admitted_but_for_age(&town("quanzhou", &[]), &[age]) as i64;
        assert!(people > 0, "nobody of {age} lives in the town");
        assert_eq!(changed.eligible as i64 - base.eligible as i64, sign * people, "{key}");
        assert_eq!(changed.opened, changed.eligible, "everybody admitted opens a line");
    }
}

#[test]
fn insurance_must_be_normal() {
    let base = sums(town("quanzhou", &[]), 1);
    let open = sums(town("quanzhou", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0);
    assert_eq!(shut_out(&open, Refusal::NotInsured), 0);
}

#[test]
fn limits_run_from_5000_to_20000() {
    let base = sums(town("quanzhou", &[]), 1);
    let mean = base.limit_total.0 / base.opened as i64;
    assert!(Fen::from_yuan(5_000).0 <= mean && mean <= Fen::from_yuan(20_000).0, "{mean} fen");
    let all = |limit: &str| {
        let key = format!("credit.limits.tiers=[{{ score_from = 560, limit_yuan = {limit} }}]");
        sums(town("quanzhou", &[&key]), 1)
    };
    let (low, high) = (all("5000"), all("20000"));
    assert_eq!(low.limit_total, Fen::from_yuan(5_000 * low.opened as i64));
    assert_eq!(high.limit_total, Fen::from_yuan(20_000 * high.opened as i64));
}

#[test]
fn a_draw_is_free_for_56_days() {
    let run_out = |set: &[&str]| days_of_run_out(town("quanzhou", set), 3);
    assert_eq!(run_out(&[]), 56, "the last draw falls due 56 days after the last visit");
    assert_eq!(run_out(&["credit.free_window.fixed_days.free_days=30"]), 30);
}

#[test]
fn the_line_may_fund_the_deposit() {
    let funded = sums(town("quanzhou", &[]), 6);
    let cash = sums(town("quanzhou", &["credit.funds_deposit=false"]), 6);
    assert!(funded.deposits < cash.deposits, "{} against {}", funded.deposits, cash.deposits);
    assert!(funded.deposits > Fen::ZERO, "a deposit is asked: it is not waived");
    let waived = sums(town("quanzhou", &["credit.deposit_free=true"]), 6);
    assert!(waived.deposits < funded.deposits);
}

#[test]
fn outpatient_and_inpatient_bills_go_on_the_line() {
    let base = sums(town("quanzhou", &[]), 4);
    assert_eq!(refused(&base, Refusal::CareKindNotCovered), 0);
    for kind in ["outpatient", "inpatient"] {
        let less = sums(town("quanzhou", &[&format!("credit.covers.{kind}=false")]), 4);
        assert!(less.drawn < base.drawn, "{kind}");
    }
}

#[test]
fn what_is_unpaid_becomes_instalments() {
    let interest = |set: &[&str]| booked(&run(slow_town("quanzhou", set), 2), Role::BankInterest);
    assert!(interest(&[]) < Fen::ZERO, "the bank earns interest");
    assert!(interest(&["credit.instalments.rate_per_year=0.10"]) < interest(&[]));
    assert_eq!(interest(&["credit.instalments=\"none\""]), Fen::ZERO);
}

#[test]
fn bound_relatives_use_the_line_whatever_their_own_age() {
    let base = sums(town("quanzhou", &[]), 4);
    for key in ["minors_use_parents_line", "parents_use_adult_childs_line"] {
        let less = sums(town("quanzhou", &[&format!("credit.family.{key}=false")]), 4);
        assert!(less.draws < base.draws, "{key}");
        assert_eq!(less.opened, base.opened, "relatives open no line of their own");
    }
}

#[test]
fn only_members_of_a_basic_scheme_are_applicants() {
    let all = sums(town("quanzhou", &[]), 1);
    let fewer = sums(town("quanzhou", &["credit.eligibility.schemes.resident=false"]), 1);
    let residents = all.eligible - fewer.eligible;
    assert!(residents > 1_000, "{residents}");
    assert_eq!(shut_out(&fewer, Refusal::InsuranceNotAdmitted), residents);
}

#[test]
fn three_hospitals_take_part() {
    assert_eq!(institutions("quanzhou"), 3);
}
