//! Kunming: the whole way on the phone, the bank advances tests and drugs, institutions of every level.

use super::town::*;
use aftercare::domain::{Day, Fen, HospitalLevel};
use aftercare::flow::spec::PayWhen;

#[test]
fn the_insurance_is_checked_before_the_limit_is_given() {
    use aftercare::domain::Refusal;
    let base = sums(town("kunming", &[]), 1);
    let open = sums(town("kunming", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0 && open.opened > base.opened);
}

#[test]
fn the_bank_advances_each_step() {
    let draws = |when: PayWhen| {
        let mut town = town("kunming", &[]);
        rules(&mut town).flow.when = when;
        let run = run(town, 3);
        policy(&run).sums.draws as f64 / visits(&run)[0].visits as f64
    };
    assert!(draws(PayWhen::AtOrder) > 1.4 * draws(PayWhen::OnceAtEnd));
}

#[test]
fn the_duty_moves_from_the_hospital_to_patient_and_bank() {
    let losses = |set: &[&str]| policy(&run(late_town("kunming", set), 2)).losses;
    let [_, hospital, _, bank, _] = losses(&[]);
    assert!(bank > Fen::ZERO && hospital == Fen::ZERO);
    let [_, hospital, ..] = losses(&["credit.loss.rest_weights.hospital=1"]);
    assert!(hospital > Fen::ZERO);
}

#[test]
fn community_centres_take_part() {
    let sites = scheme("kunming", &[]).city.sites;
    let primary = |site: &&aftercare::city::spec::SiteSpec| site.level == HospitalLevel::Primary;
    let centres = sites.iter().filter(primary).filter(|site| site.in_scheme_from.is_some());
    assert!(institutions("kunming") > 40 && centres.count() >= 30);
    let mut without = town("kunming", &[]);
    without.city.sites[2].in_scheme_from = None;
    assert!(sums(without, 3).draws < sums(town("kunming", &[]), 3).draws);
}

#[test]
fn seven_provincial_hospitals_join_later() {
    let last = last_day("kunming");
    let december = Day::from_civil(2023, 12, 1).expect("a day");
    let [now, later] = [last, december].map(|day| institutions_on("kunming", day));
    assert_eq!(later, now + 7);
}

/// The target of the year beside what there was when it was named; the centres that make it up are assumed.
#[test]
fn a_hundred_institutions_are_planned_by_the_end_of_the_year() {
    let at_end = Day::from_civil(2023, 12, 31).expect("a day");
    let sites = scheme("kunming", &[]).city.sites;
    let joined = |by: Day| {
        sites.iter().filter(|site| site.in_scheme_from.is_some_and(|from| from <= by)).count()
    };
    let [now, planned] = [last_day("kunming"), at_end].map(joined);
    assert!((41..50).contains(&now) && planned == 100, "{now} in November, {planned} planned");
    assert_eq!(institutions_on("kunming", at_end), 100, "lines are used at each of them");
}

#[test]
fn each_step_is_confirmed_on_the_phone() {
    let confirmed = |set: &[&str]| {
        let users = visits(&run(town("kunming", set), 2))[0];
        (users.policy.payment_ms as f64 / users.visits as f64, users.policy.stops)
    };
    let (answered, none) = confirmed(&["scheme_flow.confirm.unanswered_share=0"]);
    let (longer, trips) = confirmed(&["scheme_flow.confirm.unanswered_share=0.3"]);
    let (unasked, no_trip) = confirmed_not(&[]);
    assert!(answered > unasked + 5_000.0, "{answered} against {unasked} ms a visit to confirm");
    assert!(none == 0 && no_trip == 0 && trips > 0, "{none}, {no_trip}, {trips} trips");
    assert!(
        longer > answered,
        "{longer} ms where three in ten get no answer, {answered} where all do"
    );
}

/// The same visits where nothing has to be confirmed.
fn confirmed_not(set: &[&str]) -> (f64, u64) {
    let mut town = town("kunming", set);
    rules(&mut town).flow.confirm_unanswered_share = None;
    let users = visits(&run(town, 2))[0];
    (users.policy.payment_ms as f64 / users.visits as f64, users.policy.stops)
}

#[test]
fn a_confirmation_belongs_to_orders_charged_when_they_are_issued() {
    let key = "scheme_flow.when=\"once_at_end\"".to_owned();
    let problems = aftercare::scenario::load_with(&file("kunming"), &[key]).expect_err("no orders");
    assert!(problems.to_string().contains("no order is charged when it is issued"), "{problems}");
}

#[test]
fn visits_are_booked_on_the_phone() {
    let registration = |share: u8| {
        let key = format!("demand.course.tertiary.registered_ahead_share={share}");
        let mut town = town("kunming", &[]);
        town.city.demand.course = scheme("kunming", &[&key]).city.demand.course;
        let users = visits(&run(town, 2))[0];
        users.policy.in_hospital_ms as f64 / users.visits as f64
    };
    let (queued, booked) = (registration(0), registration(1));
    assert!(booked < queued, "{booked} ms in hospital, {queued} where all register on arrival");
}
