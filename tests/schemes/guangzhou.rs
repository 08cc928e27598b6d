//! Guangzhou: employees, a card-like limit of 5,000 and more, settlement at each order, a statement.

use super::town::*;
use aftercare::domain::{Fen, Refusal};

#[test]
fn only_members_of_the_employees_scheme_take_part() {
    let base = sums(town("guangzhou", &[]), 1);
    let open = sums(town("guangzhou", &["credit.eligibility.schemes.resident=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > shut_out(&open, Refusal::NotInsured));
    assert!(open.eligible > base.eligible);
}

#[test]
fn the_limit_is_at_least_5000() {
    let base = sums(town("guangzhou", &[]), 1);
    assert!(base.limit_total >= Fen::from_yuan(5_000 * base.opened as i64));
    let keys = [
        "credit.limits.tiers=[{ score_from = 560, limit_yuan = 4000 }]",
        "credit.limits.floor_yuan=4000",
    ];
    assert!(sums(town("guangzhou", &keys), 1).limit_total < base.limit_total);
}

#[test]
fn each_order_is_settled_when_it_is_issued() {
    let draws = |set: &[&str]| {
        let run = run(town("guangzhou", set), 3);
        policy(&run).sums.draws as f64 / visits(&run)[0].visits as f64
    };
    let (each, once) = (draws(&[]), draws(&["scheme_flow.when=\"once_at_end\""]));
    assert!(each > 1.4 * once, "{each} against {once} debits a visit");
    assert_eq!(visits(&run(town("guangzhou", &[]), 2))[0].policy.stops, 0);
}

#[test]
fn the_pooled_part_is_never_advanced_by_the_patient() {
    let run = run(town("guangzhou", &[]), 3);
    let pooled = booked(&run, aftercare::ledger::Role::PooledEmployee);
    assert!(pooled > Fen::ZERO && policy(&run).sums.drawn < policy(&run).sums.billed - pooled);
}

#[test]
fn the_statement_sets_the_due_day() {
    // The last visit is on 8 March; the statement of the 10th is due 25 days later, on 4 April.
    let run_out = |set: &[&str]| days_of_run_out(town("guangzhou", set), 3);
    let base = run_out(&[]);
    assert_eq!(run_out(&["credit.free_window.statement.grace_days=20"]), base - 5);
    assert_eq!(run_out(&["credit.free_window.statement.statement_day=12"]), base + 2);
}

#[test]
fn hospitals_join_in_waves() {
    let scenario = scheme("guangzhou", &[]);
    let joined = |day: aftercare::domain::Day| {
        let sites = scenario.city.sites.iter();
        sites.filter(|site| site.in_scheme_from.is_some_and(|from| from <= day)).count()
    };
    let end = scenario.city.start + 364;
    assert_eq!(joined(end), 19);
    assert!(joined(scenario.city.start) < 19);
}

#[test]
fn who_is_not_in_an_institution_of_the_scheme_pays_as_before() {
    let mut town = town("guangzhou", &[]);
    town.city.sites.iter_mut().for_each(|site| site.in_scheme_from = None);
    let none = sums(town, 2);
    assert_eq!((none.draws, none.drawn), (0, Fen::ZERO));
}
