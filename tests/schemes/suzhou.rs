//! Suzhou: insured, self-paying and out-of-area patients; a bank limit for who wants one.

use super::town::*;
use aftercare::domain::Refusal;
use aftercare::settlement::Source;

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

#[test]
fn wechat_alipay_and_e_cny_pay_beside_the_line() {
    let paid = |order: &str| {
        let all = "weight_by_age = [1, 1, 1, 1, 1, 1]";
        let key = format!("payment_means.habits=[{{ name = \"all\", {all}, order = {order} }}]");
        policy(&run(whole_town("suzhou", &[&key]), 2)).payments.paid
    };
    let of = |order: &str, source: Source| paid(order)[source as usize].0;
    for source in [Source::WeChat, Source::Alipay, Source::ECny] {
        let first = format!("[\"{}\", \"cash\"]", source.word());
        assert!(of(&first, source) > 0, "{}", source.word());
        assert_eq!(of("[\"line\", \"cash\"]", source), 0, "{}", source.word());
    }
    let own = policy(&run(whole_town("suzhou", &[]), 2)).payments.paid;
    for source in [Source::WeChat, Source::Alipay, Source::ECny, Source::Line] {
        assert!(own[source as usize].0 > 0, "the file's own habits use {}", source.word());
    }
}

#[test]
fn the_more_come_from_elsewhere_the_more_take_part_without_insurance() {
    let eligible = |share: &str, set: &[&str]| {
        let key = format!("people.uninsured_share={share}");
        sums(whole_town("suzhou", &[&[key.as_str()], set].concat()), 1).eligible
    };
    let (few, many) = (eligible("0.05", &[]), eligible("0.25", &[]));
    assert!(few.abs_diff(many) < few / 20, "whoever they are, they may: {few} and {many}");
    let closed = ["credit.eligibility.schemes.uninsured=false"];
    assert!(eligible("0.25", &closed) < eligible("0.05", &closed));
}

#[test]
fn without_a_bank_limit_payment_is_before_each_step_unless_the_other_reading_holds() {
    let stops = |regime: &str| {
        let key = format!("policy.regime=\"{regime}\"");
        let mut town = town("suzhou", &[&key]);
        town.behaviour.adoption.share_at_start = 0.0;
        town.behaviour.adoption.share_at_end = 0.0;
        visits(&run(town, 2))[1].policy.stops
    };
    assert!(stops("pay_once_hospital_books") < stops("mobile_2023"));
}
