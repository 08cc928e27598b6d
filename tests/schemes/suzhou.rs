//! Suzhou: insured, self-paying and out-of-area patients; a bank limit for who wants one.

use super::town::*;
use aftercare::domain::Refusal;

#[test]
fn self_paying_and_out_of_area_patients_take_part() {
    let base = sums(town("suzhou", &[]), 1);
    let closed = sums(town("suzhou", &["credit.eligibility.schemes.uninsured=false"]), 1);
    assert_eq!(shut_out(&base, Refusal::NotInsured), 0);
    assert!(shut_out(&closed, Refusal::NotInsured) > 0 && closed.eligible < base.eligible);
}

#[test]
fn no_trip_to_a_kiosk_or_window_is_left() {
    let stops = |set: &[&str]| visits(&run(town("suzhou", set), 2))[0].policy.stops;
    assert_eq!(stops(&[]), 0);
    assert!(stops(&["scheme_flow.final_stop_share=1"]) > 0);
}

#[test]
fn who_has_no_bank_limit_pays_as_before() {
    let use_of_line = |share: f64| {
        let mut town = town("suzhou", &[]);
        town.behaviour.adoption.share_at_start = share;
        town.behaviour.adoption.share_at_end = share;
        sums(town, 2).draws
    };
    assert!(use_of_line(0.0) == 0 && use_of_line(0.2) < use_of_line(1.0));
}

#[test]
fn hospitals_of_level_2_and_more_join_until_the_end_of_the_year() {
    let scenario = scheme("suzhou", &[]);
    let joined = |days: i32| {
        let sites = scenario.city.sites.iter();
        let by = scenario.city.start + days;
        sites.filter(|site| site.in_scheme_from.is_some_and(|from| from <= by)).count()
    };
    assert!(joined(0) < joined(300));
    let end = scenario.run.days as i32 - 1;
    assert!((50..=79).contains(&joined(end)), "{}", joined(end));
}
