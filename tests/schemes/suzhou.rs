//! Suzhou: insured, self-paying and out-of-area patients; a bank limit for who wants one.

use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;
use aftercare::settlement::Source;

#[test]
fn self_paying_patients_take_part() {
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
    let (first, end) = (institutions_on("suzhou", scenario.city.start), institutions("suzhou"));
    assert!(first < end && (70..90).contains(&end), "{first} at first, {end} at the end");
    let year_end = aftercare::domain::Day::parse("2024-01-01").expect("a day");
    assert!(institutions_on("suzhou", year_end) >= end + 10, "more join at the end of the year");
    let primary = aftercare::domain::HospitalLevel::Primary;
    let joined = scenario.city.sites.iter().filter(|site| site.in_scheme_from.is_some());
    assert!(joined.clone().count() >= end && joined.into_iter().all(|site| site.level > primary));
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
fn out_of_area_patients_take_part_by_a_rule_of_their_own() {
    let with = |may: bool| {
        let town = whole_town("suzhou", &[&format!("credit.eligibility.insured_elsewhere={may}")]);
        let elsewhere = people(&town, |city, person| city.person(person).insured_elsewhere());
        let sums = sums(town, 1);
        (elsewhere, shut_out(&sums, Refusal::NotInsured), sums.eligible)
    };
    let ((elsewhere, none, all), (_, refused, fewer)) = (with(true), with(false));
    assert!(elsewhere > 100 && none == 0);
    assert_eq!(refused, elsewhere, "they, and nobody who is self-paying");
    assert!(fewer < all && all - fewer < elsewhere, "a bank's own gates hold for them too");
}

#[test]
fn out_of_area_patients_pay_here_and_claim_at_home() {
    let paid = |share: &str, set: &[&str]| {
        let key = format!("people.insured_elsewhere_share={share}");
        let run = run(whole_town("suzhou", &[&[key.as_str()], set].concat()), 3);
        (policy(&run).sums.elsewhere, booked(&run, Role::PooledEmployee))
    };
    let ((none, insured), (some, fewer), (many, fewest)) =
        (paid("0", &[]), paid("0.06", &[]), paid("0.21", &[]));
    assert_eq!((none.claims, none.own), (0, Fen::ZERO));
    assert!(some.claims > 50 && many.claims > 2 * some.claims && many.own > some.own);
    assert!(insured > fewer && fewer > fewest, "the city's own fund pays nothing for them");
    assert!(
        Fen::ZERO < many.on_line && many.on_line < many.own,
        "a line bears some of it meanwhile"
    );
    let (barred, _) = paid("0.21", &["credit.eligibility.insured_elsewhere=false"]);
    assert_eq!(barred.on_line, Fen::ZERO);
    assert_eq!(barred.own, many.own, "with a line or without, it is theirs to claim");
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

#[test]
fn nine_banks_offer_a_limit() {
    let lines = |set: &[&str]| {
        let run = run(whole_town("suzhou", set), 1);
        policy(&run).banks.iter().map(|bank| bank.lines).collect::<Vec<u64>>()
    };
    let nine = lines(&[]);
    assert!(nine.len() == 9 && nine.iter().all(|&lines| lines > 0), "{nine:?}");
    let one = "{ name = \"A\", weight = 1, funding_rate_per_year = 0.02 }";
    let alone = lines(&[&format!("credit.banks=[{one}]")]);
    assert_eq!(alone, [nine.iter().sum::<u64>()], "the same people hold all lines at one bank");
}

#[test]
fn out_of_area_patients_money_is_locked_until_home_has_paid() {
    let locked = |set: &[&str]| {
        let run =
            run(whole_town("suzhou", &[&["people.insured_elsewhere_share=0.21"], set].concat()), 3);
        [&run.arms[0], policy(&run)].map(|arm| arm.sums.elsewhere)
    };
    let [before, with_lines] = locked(&[]);
    assert!(before.on_line.is_zero() && before.to_come > Fen::ZERO);
    let by_days = |sums: aftercare::metrics::Elsewhere, days: i64| sums.to_come.0 * days;
    assert_eq!(before.locked_fen_days, by_days(before, 60), "all of it from the day of the visit");
    assert!(
        with_lines.locked_fen_days < by_days(with_lines, 60),
        "a line keeps some of it free until the statement is due"
    );
    let [slow, _] = locked(&["claims_at_home.paid_after_days=120"]);
    assert_eq!((slow.locked_fen_days, slow.to_come), (by_days(before, 120), before.to_come));
    let [more, _] = locked(&["claims_at_home.reimbursed_ratio=0.7"]);
    assert!(more.to_come > before.to_come && more.own == before.own);
}
