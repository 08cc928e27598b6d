//! Zhuhai: score, automatic payment, stays without a deposit, bedside settlement, 56 days, citywide blacklist.

use super::town::*;
use aftercare::domain::{Fen, Refusal};

#[test]
fn the_blacklist_stops_benefits_in_the_whole_city() {
    let keys = |days: &'static str| ["credit.free_window.fixed_days.free_days=1", days];
    let suspended = |days: &'static str| {
        let mut town = late_town("zhuhai", &keys(days));
        town.city.demand.visits_per_person_year = 40.0;
        sums(town, 14)
    };
    let with = suspended("credit.sanctions.blacklist_from_dpd_days=3");
    let without = suspended("credit.sanctions.blacklist_from_dpd_days=\"none\"");
    assert!(with.blacklisted > 0 && refused(&with, Refusal::BenefitsSuspended) > 0);
    assert_eq!((without.blacklisted, refused(&without, Refusal::BenefitsSuspended)), (0, 0));
    // Institutions outside the scheme refuse the benefits too.
    let mut alone = late_town("zhuhai", &keys("credit.sanctions.blacklist_from_dpd_days=3"));
    alone.city.demand.visits_per_person_year = 40.0;
    alone.city.sites[1].in_scheme_from = None;
    alone.city.sites[2].in_scheme_from = None;
    let one = sums(alone, 14);
    let refusals = [&one, &with]
        .map(|sums| refused(sums, Refusal::BenefitsSuspended) as f64 / sums.blacklisted as f64);
    assert!(refusals[0] > 0.5 * refusals[1], "{refusals:?} refusals a blacklisted person");
}

#[test]
fn the_blacklist_is_lifted_on_payment() {
    let refusals = |cured: f64| {
        let keys = [
            "credit.free_window.fixed_days.free_days=1",
            "credit.sanctions.blacklist_from_dpd_days=1",
        ];
        let mut town = late_town("zhuhai", &keys);
        town.behaviour.repayment.roll = [1.0 - cured; 3];
        town.city.demand.visits_per_person_year = 30.0;
        let sums = sums(town, 45);
        refused(&sums, Refusal::BenefitsSuspended) as f64 / sums.blacklisted as f64
    };
    let (pays, never) = (refusals(1.0), refusals(0.0));
    assert!(
        pays > 0.0 && pays < 0.8 * never,
        "{pays} against {never} refusals a blacklisted person"
    );
}

#[test]
fn emergencies_keep_their_benefits() {
    let refusals = |emergencies: f64| {
        let keys = [
            "credit.free_window.fixed_days.free_days=1",
            "credit.sanctions.blacklist_from_dpd_days=1",
        ];
        let mut town = late_town("zhuhai", &keys);
        town.city.demand.visits_per_person_year = 30.0;
        town.city.demand.emergency_share = emergencies;
        town.city.demand.admissions_per_person_year = 0.0;
        sums(town, 12)
    };
    let all = refusals(1.0);
    assert!(all.blacklisted > 0 && refused(&refusals(0.0), Refusal::BenefitsSuspended) > 0);
    assert_eq!(refused(&all, Refusal::BenefitsSuspended), 0);
}

#[test]
fn the_service_is_suspended_for_who_is_late() {
    let frozen = |set: &[&str]| {
        let mut town = late_town("zhuhai", set);
        town.city.demand.visits_per_person_year = 30.0;
        refused(&sums(town, 20), Refusal::LineFrozen)
    };
    let short = "credit.free_window.fixed_days.free_days=1";
    assert!(frozen(&[short]) > 0);
    assert_eq!(frozen(&[short, "credit.sanctions.freeze_from_dpd_days=3650"]), 0);
}

#[test]
fn stays_need_no_deposit() {
    let free = sums(town("zhuhai", &[]), 6).deposits;
    let asked = sums(town("zhuhai", &["credit.deposit_free=false"]), 6).deposits;
    assert!(free < asked, "{free} against {asked}");
}

#[test]
fn stays_are_settled_at_the_bedside() {
    let stops = |set: &[&str]| run(town("zhuhai", set), 14).pairs.stays[0].policy.stops;
    assert!(stops(&[]) < stops(&["scheme_flow.bedside=false"]));
}

#[test]
fn outpatients_are_charged_without_a_stop() {
    let stops = |set: &[&str]| visits(&run(town("zhuhai", set), 2))[0].policy.stops;
    assert_eq!(stops(&["credit.covers.inpatient=false"]), 0);
    assert!(stops(&["scheme_flow.when=\"once_at_end\"", "scheme_flow.final_stop_share=1"]) > 0);
}

#[test]
fn a_draw_is_free_for_56_days() {
    let run_out = |set: &[&str]| days_of_run_out(town("zhuhai", set), 2);
    assert_eq!(run_out(&[]), 56);
    assert_eq!(run_out(&["credit.free_window.fixed_days.free_days=59"]), 59);
}

#[test]
fn the_score_sets_eligibility_and_limit() {
    let base = sums(town("zhuhai", &[]), 1);
    let strict = sums(town("zhuhai", &["credit.eligibility.score_min=640"]), 1);
    assert!(strict.eligible < base.eligible);
    assert!(shut_out(&strict, Refusal::ScoreTooLow) > shut_out(&base, Refusal::ScoreTooLow));
    let higher = sums(
        town("zhuhai", &["credit.limits.tiers=[{ score_from = 560, limit_yuan = 20000 }]"]),
        1,
    );
    assert!(higher.limit_total > base.limit_total && higher.opened == base.opened);
}

/// What each of the four sources of the score is worth to one person, and what it moves in a run.
#[test]
fn record_benefits_account_and_bank_credit_make_the_score_and_the_limit() {
    use aftercare::credit::{self, Applicant};
    let person = Applicant {
        score: 650,
        insured_months: 24,
        benefits_used: Fen::ZERO,
        account: Fen::from_yuan(4_000),
        ..Applicant::default()
    };
    let limit = |set: &[&str], person: &Applicant| {
        let mut town = scheme("zhuhai", set);
        credit::line_limit(&rules(&mut town).credit, person, Fen::ZERO).expect("a limit")
    };
    let yuan = |person: &Applicant| limit(&[], person).0 / 100;
    // 250 + 0.7 x 200 + 150 + 75 + 75 = 690.
    assert_eq!(yuan(&person), 8_000);
    assert_eq!(yuan(&Applicant { score: 690, ..person }), 20_000, "60 points of bank credit");
    assert_eq!(yuan(&Applicant { insured_months: 11, ..person }), 0, "150 points of record");
    assert_eq!(yuan(&Applicant { insured_months: 12, ..person }), 3_000, "75 of them");
    let used = Applicant { benefits_used: Fen::from_yuan(25_000), ..person };
    let poor = Applicant { account: Fen::ZERO, ..person };
    assert_eq!((yuan(&used), yuan(&poor)), (8_000, 8_000), "52 and 60 points: still the tier");
    assert_eq!(yuan(&Applicant { account: Fen::ZERO, ..used }), 3_000, "both");
    let components =
        &scheme("zhuhai", &[]).resolved["credit"]["onboarding"]["points"]["components"];
    let weight = |component: usize, points: u32| {
        let mut changed = components.clone();
        changed[component]["weight_points"] = points.into();
        aftercare::scenario::set_line("credit.onboarding.points.components", &changed)
    };
    for component in 0..4 {
        let heavy = weight(component, 300);
        assert_eq!(limit(&[&heavy], &person).0 / 100, 20_000, "component {component}");
        let total = |points| sums(whole_town("zhuhai", &[&weight(component, points)]), 2);
        let (none, much) = (total(0), total(300));
        assert!(none.limit_total < much.limit_total, "component {component} in a run");
    }
}

#[test]
fn who_has_a_gap_in_the_insurance_record_has_a_smaller_limit() {
    let total = |share: &str| {
        let key = format!("people.insurance_gap_share={share}");
        let mut town = whole_town("zhuhai", &[&key]);
        town.city.people.insurance_gap = share.parse().expect("a share");
        sums(town, 1)
    };
    let (none, half) = (total("0"), total("0.5"));
    assert!(half.limit_total < none.limit_total && half.eligible < none.eligible);
    assert!(shut_out(&half, Refusal::ScoreTooLow) > shut_out(&none, Refusal::ScoreTooLow));
}

#[test]
fn families_pay_for_each_other() {
    let base = sums(town("zhuhai", &[]), 3);
    let alone = sums(town("zhuhai", &["credit.family.minors_use_parents_line=false"]), 3);
    assert!(alone.draws < base.draws && alone.drawn < base.drawn);
}

#[test]
fn hospital_and_bank_share_the_loss() {
    let losses = |set: &[&str]| policy(&run(late_town("zhuhai", set), 2)).losses;
    let [_, hospital, _, bank, _] = losses(&[]);
    assert!(hospital > Fen::ZERO && (bank - hospital).0.abs() <= bank.0 / 1_000);
    let [_, hospital, ..] = losses(&["credit.loss.rest_weights.hospital=0"]);
    assert_eq!(hospital, Fen::ZERO);
}

#[test]
fn a_hospitals_own_blacklist_would_leave_the_citys_benefits_alone() {
    let suspended = |scope: &str| {
        let keys = [
            "credit.free_window.fixed_days.free_days=1",
            "credit.sanctions.blacklist_from_dpd_days=1",
            &format!("credit.delinquency.blacklist_scope=\"{scope}\""),
        ];
        let mut town = late_town("zhuhai", &keys);
        town.city.demand.visits_per_person_year = 30.0;
        refused(&sums(town, 12), Refusal::BenefitsSuspended)
    };
    assert!(suspended("city") > 0);
    assert_eq!(suspended("hospital"), 0);
}

/// Listed by days late alone; or only who owes no more than some months of own income.
#[test]
fn who_is_in_hardship_is_not_listed_where_ability_to_pay_is_looked_at() {
    let listed = |months: &str| {
        let key = format!("credit.delinquency.wilful_up_to_income_months={months}");
        let sums = sums(late_town("zhuhai", &[&key]), 12);
        (sums.blacklisted, sums.draws)
    };
    let [by_days, year, little, nothing] = ["\"none\"", "100", "0.05", "0"].map(listed);
    assert_eq!(by_days, year, "nobody owes more than years of income");
    assert!(little.0 < by_days.0 && little.0 > 0, "{little:?} of {by_days:?}");
    assert_eq!(nothing.0, 0);
}

#[test]
fn the_exemption_of_emergencies_is_a_switch() {
    let suspended = |exempt: bool| {
        let keys = [
            "credit.free_window.fixed_days.free_days=1",
            "credit.sanctions.blacklist_from_dpd_days=1",
            &format!("credit.delinquency.emergencies_exempt={exempt}"),
        ];
        let mut town = late_town("zhuhai", &keys);
        town.city.demand.visits_per_person_year = 30.0;
        town.city.demand.emergency_share = 1.0;
        town.city.demand.admissions_per_person_year = 0.0;
        refused(&sums(town, 12), Refusal::BenefitsSuspended)
    };
    assert_eq!(suspended(true), 0);
    assert!(suspended(false) > 0, "the reading that the sensitivity page sweeps");
}

#[test]
fn seventeen_public_institutions_take_part() {
    assert_eq!(institutions("zhuhai"), 17);
}
