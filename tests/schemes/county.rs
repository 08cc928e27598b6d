//! A county's poor inpatients: who is entitled, no deposit, instalments with the hospital, suspension.

use super::town::*;
use aftercare::domain::{AssistanceClass, Fen, InsuranceScheme, Refusal};
use aftercare::ledger::Role;

/// The town with the poverty of a county.
fn poor_town(set: &[&str]) -> aftercare::scenario::Scenario {
    let mut town = town("county", set);
    town.city.people.assistance_shares = [0.05, 0.15, 0.05];
    town.city.demand.admissions_per_person_year *= 3.0;
    town
}

#[test]
fn only_destitute_and_minimum_living_members_of_the_residents_scheme_are_entitled() {
    let base = sums(poor_town(&[]), 1);
    let entitled = people(&poor_town(&[]), |city, person| {
        let row = city.person(person);
        row.scheme() == InsuranceScheme::Resident
            && row.assistance() >= AssistanceClass::MinimumLiving
    });
    assert!(entitled > 100);
    assert_eq!(base.eligible, entitled);
    assert!(shut_out(&base, Refusal::NotEntitled) > 1_000);
    let all = sums(poor_town(&["credit.eligibility.assistance_only=false"]), 1);
    assert_eq!(shut_out(&all, Refusal::NotEntitled), 0);
    assert!(all.eligible > entitled);
}

#[test]
fn employees_are_not_in_the_scheme() {
    let base = sums(poor_town(&[]), 1);
    let open = sums(poor_town(&["credit.eligibility.schemes.employee=true"]), 1);
    assert!(open.eligible > base.eligible);
    assert!(shut_out(&base, Refusal::InsuranceNotAdmitted) > 0);
    assert_eq!(shut_out(&open, Refusal::InsuranceNotAdmitted), 0);
}

#[test]
fn a_card_that_is_held_is_given_back_at_the_desk() {
    let desk = |held: bool| {
        let keys = [format!("scheme_flow.card_held={held}")];
        let run = run(poor_town(&[&keys[0]]), 10);
        run.pairs.stays[0].policy.desk_ms
    };
    let (copies, held) = (desk(false), desk(true));
    assert!(held > copies, "{held} ms at desks, {copies} where copies are kept");
}

#[test]
fn the_deposit_is_zero() {
    let deposits = |set: &[&str]| sums(poor_town(set), 10).deposits;
    assert!(deposits(&[]) < deposits(&["credit.deposit_free=false"]));
}

#[test]
fn only_stays_are_treated_first() {
    let base = sums(poor_town(&[]), 8);
    let wider = sums(poor_town(&["credit.covers.outpatient=true"]), 8);
    assert!(base.draws > 0 && wider.draws > 2 * base.draws);
}

#[test]
fn insurers_and_assistance_pay_before_the_patient() {
    let run = run(poor_town(&[]), 12);
    let assistance = booked(&run, aftercare::ledger::Role::Assistance);
    assert!(assistance > Fen::ZERO);
    assert!(policy(&run).sums.drawn < policy(&run).sums.billed - assistance);
}

#[test]
fn what_cannot_be_paid_is_paid_in_instalments_with_a_date_and_without_interest() {
    let late = |set: &[&str]| {
        let mut town = late_town("county", set);
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        town.behaviour.repayment.roll = [0.0; 3];
        town.behaviour.repayment.miss_due = 0.6;
        run(town, 6)
    };
    let base = late(&[]);
    assert_eq!(booked(&base, aftercare::ledger::Role::BankInterest), Fen::ZERO);
    let one = late(&["credit.instalments=\"none\""]);
    assert!(policy(&base).books_closed > policy(&one).books_closed, "a year of instalments");
}

#[test]
fn benefits_stop_after_reminders_until_paid_and_never_for_emergencies() {
    let late = |key: &str, emergencies: f64| {
        let keys = [
            "credit.instalments=\"none\"",
            "credit.free_window.fixed_days.free_days=1",
            "credit.covers.outpatient=true",
            key,
        ];
        let mut town = late_town("county", &keys);
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        town.city.demand.visits_per_person_year = 30.0;
        town.city.demand.emergency_share = emergencies;
        town.city.demand.admissions_per_person_year = 0.0;
        rules(&mut town).credit.covers = [true; 3];
        refused(&sums(town, 12), Refusal::BenefitsSuspended)
    };
    assert!(late("credit.sanctions.blacklist_from_dpd_days=2", 0.0) > 0);
    assert_eq!(late("credit.sanctions.blacklist_from_dpd_days=2", 1.0), 0);
    assert_eq!(late("credit.sanctions.blacklist_from_dpd_days=\"none\"", 0.0), 0);
}

#[test]
fn the_hospital_bears_the_loss() {
    // But for those in hardship, whom assistance helps first.
    let mut town = late_town("county", &["credit.delinquency.hardship_from_dpd_days=\"none\""]);
    town.city.people.assistance_shares = [0.05, 0.15, 0.05];
    let run = run(town, 8);
    let [insurer, hospital, pool, bank, _] = policy(&run).losses;
    assert!(hospital > Fen::ZERO && [insurer, pool, bank] == [Fen::ZERO; 3]);
}

/// The county's town with its payers, supplements, stays and money between institutions.
fn poor_county(set: &[&str]) -> aftercare::scenario::Scenario {
    let mut town = whole_town("county", set);
    town.city.people.assistance_shares = [0.05, 0.15, 0.05];
    town.city.demand.admissions_per_person_year *= 3.0;
    town
}

#[test]
fn payers_are_asked_in_order_and_the_patient_last() {
    let paid = |set: &[&str]| {
        let run = run(poor_county(set), 12);
        [Role::SecondLayer, Role::CommercialInsurer, Role::Assistance]
            .map(|role| booked(&run, role))
    };
    let order = |names: &str| format!("rules.payer_order=[{names}]");
    let all = "\"civil_servant\", \"enterprise\", \"relief\", \"charity\"";
    let usual = paid(&[]);
    assert!(usual.iter().all(|part| *part > Fen::ZERO), "{usual:?}");
    let last = order(&format!("\"second_layer\", \"assistance\", \"commercial\", {all}"));
    let [_, commercial, assistance] = paid(&[&last]);
    assert!(assistance > usual[2], "assistance before the commercial supplement bears more");
    assert!(commercial < usual[1], "{commercial} against {}", usual[1]);
}

#[test]
fn the_commercial_supplement_bears_what_its_holders_owe() {
    let paid = |share: &str| {
        let key = format!("people.covers.commercial_share={share}");
        booked(&run(poor_county(&[&key]), 8), Role::CommercialInsurer)
    };
    assert!(paid("0") == Fen::ZERO && paid("0.3") < paid("1"));
}

#[test]
fn long_stays_are_settled_in_stages() {
    let staged = |days: u32| {
        let key = format!("inpatient.staged_every_days={days}");
        sums(poor_county(&[&key]), 12).inpatient.staged
    };
    assert!(staged(3) > staged(8) && staged(8) > staged(60));
}

#[test]
fn funds_prepay_and_shorten_the_cycle() {
    let money = |set: &[&str]| {
        let run = run(poor_county(set), 3);
        let totals = policy(&run).clearing.clone().expect("money between institutions");
        (totals.advanced, totals.fund_fen_days as f64 / totals.funds_paid.0 as f64)
    };
    let (advanced, days) = money(&[]);
    let (none, _) = money(&["clearing.policy.advance_ratio=0"]);
    assert!(advanced > Fen::ZERO && none == Fen::ZERO);
    let (_, slow) = money(&["clearing.policy.funds_pay_after_days=40"]);
    assert!(slow > days + 20.0, "{slow} against {days} days");
}

#[test]
fn real_hardship_gets_assistance_instead_of_a_write_off() {
    let aid = |key: &str| {
        let mut town = late_town("county", &[key, "credit.instalments=\"none\""]);
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        let sums = sums(town, 6);
        (sums.hardship_aid, sums.written_off)
    };
    let (helped, lost) = aid("credit.delinquency.hardship_from_dpd_days=180");
    let (none, more) = aid("credit.delinquency.hardship_from_dpd_days=\"none\"");
    assert!(helped > Fen::ZERO && none == Fen::ZERO && lost < more, "{helped} helped, {lost} lost");
}

#[test]
fn the_hospital_may_report_who_will_not_pay() {
    let reported = |steps: &[&str]| {
        let keys =
            ["credit.instalments=\"none\"", "credit.sanctions.blacklist_from_dpd_days=\"none\""];
        let mut town = late_town("county", &[&keys, steps].concat());
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        policy(&run(town, 6)).recorded()[0]
    };
    let reminded = "credit.collections=[{ dpd_days = 1, action = \"reminder\", cost_yuan = 0.1 }]";
    assert!(reported(&[]) > 0, "the file's own steps have a report");
    assert_eq!(reported(&[reminded]), 0);
}

#[test]
fn who_is_in_hardship_keeps_the_benefits_where_ability_to_pay_is_looked_at() {
    let listed = |months: &str| {
        let key = format!("credit.delinquency.wilful_up_to_income_months={months}");
        let mut town = late_town("county", &["credit.instalments=\"none\"", &key]);
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        sums(town, 8).blacklisted
    };
    let [by_days, month, nothing] = ["\"none\"", "1", "0"].map(listed);
    assert!(month < by_days && month > 0 && nothing == 0, "{month} of {by_days}");
}

#[test]
fn the_hospital_may_sue_who_will_not_pay() {
    let cost = |steps: &str| {
        let keys = ["credit.instalments=\"none\"", &format!("credit.collections=[{steps}]")];
        let mut town = late_town("county", &keys);
        town.city.people.assistance_shares = [0.05, 0.15, 0.05];
        sums(town, 6).collection_cost
    };
    let reminder = "{ dpd_days = 1, action = \"reminder\", cost_yuan = 0.1 }";
    let suit = "{ dpd_days = 120, action = \"lawsuit\", cost_yuan = 500 }";
    let (reminded, sued) = (cost(reminder), cost(&format!("{reminder}, {suit}")));
    assert!(reminded > Fen::ZERO && sued > reminded + reminded, "{reminded} and {sued}");
}

#[test]
fn designated_hospitals_of_the_county_take_part() {
    let all = institutions("county");
    assert!((3..20).contains(&all), "{all}");
}

/// Drift of the price per stay and of stays, without the scheme and with it, over eight weeks of a small town.
fn drift_per_case(set: &[&str]) -> [[f64; 2]; 2] {
    let mut town = town("county", set);
    let keys = scheme("county", set);
    town.city.demand.price_rise_per_year = keys.city.demand.price_rise_per_year;
    town.behaviour.more.induced_bill = keys.behaviour.more.induced_bill;
    // Deposits and beds for everybody: who is admitted is alike in both arms, but for few who come to a closed desk.
    town.inpatient.means = None;
    town.city.sites.iter_mut().for_each(|site| site.beds *= 100);
    town.city.people.population = 3_000;
    town.city.demand.visits_per_person_year = 0.1;
    town.city.demand.admissions_per_person_year = 4.0;
    let credit = &mut rules(&mut town).credit;
    credit.eligibility.assistance_only = false;
    credit.eligibility.schemes = [true; 3];
    let names = [town.baselines[0].name.clone(), town.policy.name.clone()];
    let setup = aftercare::experiment::Setup::new(town, 1, 1, 56, None);
    let outcome = aftercare::experiment::replicate(&setup, &mut |_| true).expect("a valid run");
    let summary = aftercare::experiment::summary(&setup, &outcome);
    names.map(|name| {
        let of = |path: &str| {
            let found = summary["per_case"]["arms"][&name].pointer(path);
            found.and_then(serde_json::Value::as_f64).unwrap_or_else(|| panic!("{path}"))
        };
        [of("/bill_yuan/drift_share/mean"), of("/bill_yuan/last_quarter/mean")]
    })
}

#[test]
fn insurers_see_a_drift_of_price_per_case_and_what_of_it_is_the_schemes() {
    let [[still, _], [same, before]] = drift_per_case(&[]);
    assert!((still - same).abs() < 0.01, "the same bills in both arms: {still} and {same}");
    let [[drift, plain], [alike, last]] = drift_per_case(&["demand.price_rise_rate_per_year=2"]);
    // The middles of the first and of the last fortnight: days 7 and 49.
    let planted = (1.0 + 2.0 * 49.0 / 365.0) / (1.0 + 2.0 * 7.0 / 365.0) * (1.0 + still) - 1.0;
    assert!((drift - planted).abs() < 0.04, "{drift} seen, {planted} planted");
    assert!(
        (drift - alike).abs() < 0.01 && (last / plain - 1.0).abs() < 0.01,
        "{drift} {alike} {plain} {last}"
    );
    let [[_, usual], [_, more]] = drift_per_case(&["behaviour.induced_bill_ratio=0.2"]);
    assert!(
        (usual / before - 1.0).abs() < 0.01 && more > usual * 1.05,
        "{usual} and {more} yuan a stay"
    );
}

/// What it took to show entitlement, in the baseline and in the policy.
fn shown(set: &[&str]) -> [aftercare::metrics::EntitlementSums; 2] {
    let run = run(poor_county(set), 12);
    [&run.arms[0], policy(&run)].map(|arm| arm.sums.entitlement)
}

#[test]
fn a_one_stop_window_takes_fewer_minutes_than_each_payers_counter() {
    let [usual, scheme] = shown(&[]);
    assert!(usual.entitled > 20 && usual.entitled < usual.stays, "{usual:?}");
    assert!(usual.payers > usual.entitled, "some stays have several payers: {usual:?}");
    assert_eq!(usual.counters, usual.payers, "each payer has a counter of its own");
    assert!(scheme.counters < scheme.payers && scheme.patient_min < usual.patient_min);
    let [same, counters] = shown(&["entitlement.scheme.place=\"counters\""]);
    assert_eq!(same, usual, "stays outside the scheme are as before");
    assert_eq!(counters.counters, counters.payers);
    assert!(counters.patient_min > scheme.patient_min && counters.clerk_min > scheme.clerk_min);
    let [_, longer] = shown(&["entitlement.one_stop_window.patient_min=60"]);
    assert!(longer.patient_min > scheme.patient_min && longer.clerk_min == scheme.clerk_min);
}

#[test]
fn data_matching_takes_fewer_minutes_than_paper_proofs() {
    let ([usual, matched], [same, paper]) =
        (shown(&[]), shown(&["entitlement.scheme.proof=\"paper\""]));
    assert_eq!(same, usual);
    assert_eq!(paper.counters, matched.counters);
    assert!(paper.patient_min > matched.patient_min && paper.clerk_min > matched.clerk_min);
}

#[test]
fn emergency_disease_relief_and_charity_are_payers_too() {
    let paid = |set: &[&str]| {
        let mut county = poor_county(set);
        county.city.people.uninsured_share = 0.2;
        county.city.demand.emergency_share = 0.3;
        let run = run(county, 12);
        let cash = booked(&run, Role::PersonCash) + policy(&run).sums.drawn;
        ([Role::EmergencyRelief, Role::Charity].map(|role| booked(&run, role)), cash)
    };
    let ([relief, charity], own) = paid(&[]);
    assert!(relief > Fen::ZERO && charity > Fen::ZERO, "{relief} and {charity}");
    let nothing = |payer: &str| {
        let tiers = format!("rules.payers.{payer}.tiers=[{{ from_yuan = 0, ratio = 0 }}]");
        paid(&[&tiers, &format!("rules.payers.{payer}.outside.ratio=0")])
    };
    let ([none, _], more) = nothing("relief");
    assert!(none == Fen::ZERO && more > own, "without relief the patients bear it");
    let ([_, none], more) = nothing("charity");
    assert!(none == Fen::ZERO && more > own, "without charity the patients bear it");
}
