//! Lianyungang: one commitment, charges entered, one bill within three days, the hospitals carry the credit.

use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;

#[test]
fn the_single_bill_is_due_on_day_3() {
    assert_eq!(days_of_run_out(town("lianyungang", &[]), 3), 3);
    let key = "credit.free_window.fixed_days.free_days=5";
    assert_eq!(days_of_run_out(town("lianyungang", &[key]), 3), 5);
}

#[test]
fn charges_are_entered_and_billed_once_a_visit() {
    let bills = |set: &[&str]| {
        let run = run(town("lianyungang", set), 3);
        (policy(&run).sums.draws, visits(&run)[0].visits)
    };
    let (draws, users) = bills(&[]);
    assert!(users > 300 && draws.abs_diff(users) <= users / 20, "{draws} bills, {users} visits");
    let (draws, users) = bills(&["scheme_flow.when=\"at_order\""]);
    assert!(draws > users * 3 / 2, "each order its own bill: {draws} bills, {users} visits");
}

#[test]
fn some_pay_on_the_way_out() {
    let stops = |share: &str| {
        let key = format!("scheme_flow.final_stop_share={share}");
        visits(&run(town("lianyungang", &[&key]), 2))[0].policy.stops
    };
    assert!(stops("0") == 0 && stops("0") < stops("0.25") && stops("0.25") < stops("1"));
}

#[test]
fn one_commitment_is_valid_at_every_hospital_in_the_scheme() {
    let all = sums(town("lianyungang", &[]), 3);
    let mut one = town("lianyungang", &[]);
    one.city.sites[1].in_scheme_from = None;
    one.city.sites[2].in_scheme_from = None;
    let one = sums(one, 3);
    assert_eq!(all.opened, one.opened, "nobody signs a second time for the other hospitals");
    assert_eq!(refused(&all, Refusal::InstitutionNotInScheme), 0);
    assert!(one.draws < all.draws, "without mutual recognition the other hospitals are paid first");
}

#[test]
fn who_is_late_is_restricted_everywhere() {
    let frozen = |set: &[&str]| {
        let mut town = late_town("lianyungang", set);
        town.city.demand.visits_per_person_year = 30.0;
        refused(&sums(town, 10), Refusal::LineFrozen)
    };
    assert!(frozen(&[]) > 0);
    assert_eq!(frozen(&["credit.sanctions.freeze_from_dpd_days=3650"]), 0);
}

#[test]
fn the_hospital_carries_the_credit() {
    let losses = |set: &[&str]| {
        let run = run(late_town("lianyungang", set), 2);
        assert_eq!(booked(&run, Role::BankPenalty), Fen::ZERO, "no interest, no penalty");
        (policy(&run).losses, policy(&run).sums.written_off)
    };
    let ([_, hospital, _, bank, _], lost) = losses(&[]);
    assert!(lost > Fen::ZERO && hospital == lost && bank == Fen::ZERO);
    let keys = ["credit.loss.rest_weights.bank=1", "credit.loss.rest_weights.hospital=0"];
    let ([_, hospital, _, bank, _], lost) = losses(&keys);
    assert!(bank == lost && hospital == Fen::ZERO);
}

#[test]
fn no_limit_is_stated() {
    let base = sums(town("lianyungang", &[]), 4);
    assert_eq!(refused(&base, Refusal::LimitExhausted), 0);
    let keys = [
        "credit.limits.floor_yuan=100",
        "credit.limits.tiers=[{ score_from = 0, limit_yuan = 100 }]",
    ];
    assert!(refused(&sums(town("lianyungang", &keys), 4), Refusal::LimitExhausted) > 0);
}

#[test]
fn only_outpatients_and_emergencies_take_part() {
    let base = sums(town("lianyungang", &[]), 8);
    let stays = sums(town("lianyungang", &["credit.covers.inpatient=true"]), 8);
    assert!(stays.drawn > base.drawn);
}

#[test]
fn a_signed_commitment_and_nothing_else_is_asked() {
    let refusals = |set: &[&str]| {
        let keys = [&["behaviour.applying.unsigned_share=0.3"], set].concat();
        let sums = sums(whole_town("lianyungang", &keys), 2);
        (refused(&sums, Refusal::CommitmentNotSigned), sums.opened)
    };
    let (unsigned, fewer) = refusals(&[]);
    let (none, more) = refusals(&["credit.onboarding.needs_commitment=false"]);
    assert!(unsigned > 100 && none == 0 && fewer < more);
    let scored = sums(town("lianyungang", &["credit.eligibility.score_min=700"]), 1);
    assert_eq!(shut_out(&scored, Refusal::ScoreTooLow), 0, "no score is looked up");
}

#[test]
fn six_tertiary_hospitals_take_part() {
    assert_eq!(institutions("lianyungang"), 6);
    let joined = |site: &&aftercare::city::spec::SiteSpec| site.in_scheme_from.is_some();
    let sites = scheme("lianyungang", &[]).city.sites;
    let tertiary = aftercare::domain::HospitalLevel::Tertiary;
    assert!(sites.iter().filter(joined).all(|site| site.level == tertiary));
}

#[test]
fn who_is_late_is_reminded_and_tracked() {
    let followed = |set: &[&str]| {
        let run = run(late_town("lianyungang", set), 2);
        (policy(&run).sums.collection_cost, policy(&run).recorded()[0])
    };
    let step = |action: &str, yuan: &str| {
        let step = format!("dpd_days = 2, action = \"{action}\", cost_yuan = {yuan}");
        format!("credit.collections=[{{ {step} }}]")
    };
    let cost = |yuan: &str| followed(&[&step("reminder", yuan)]).0;
    let (once, twice) = (cost("0.1"), cost("0.2"));
    assert!(once > Fen::ZERO && twice == once + once, "{once} and {twice} for messages");
    let [reminded, tracked] =
        ["reminder", "report"].map(|action| followed(&[&step(action, "0.1")]).1);
    assert!(reminded == 0 && tracked > 0, "{reminded} and {tracked} on the record");
}
