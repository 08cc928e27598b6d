//! Cross-province direct settlement: one bill for basic and critical illness insurance, a deposit for the own part.

use super::town::*;
use aftercare::domain::Fen;
use aftercare::ledger::Role;
use aftercare::scenario::Scenario;
use aftercare::sim::AwayTotals;

fn county(set: &[&str]) -> Scenario {
    let mut county = scheme("cross_province", set);
    county.city.people.population /= 10;
    county.city.demand.admissions_per_person_year *= 5.0;
    county.city.demand.visits_per_person_year /= 10.0;
    county
}

#[test]
fn basic_and_critical_illness_insurance_settle_on_one_bill() {
    let paid = |set: &[&str]| {
        let run = run(county(set), 40);
        (booked(&run, Role::PooledResident), booked(&run, Role::SecondLayer))
    };
    let (basic, critical) = paid(&[]);
    assert!(basic > Fen::ZERO && critical > Fen::ZERO);
    let (same, less) = paid(&["rules.second_layer.resident.threshold_yuan=15000"]);
    assert!(same == basic && less < critical, "{less} against {critical}");
    let (more, _) =
        paid(&["rules.resident.inpatient.active.deductible_by_level_yuan.tertiary=1000"]);
    assert!(more > basic);
}

/// The study beside the county: what the file says about the sub-account and about Hebei's terms changes what it tells.
#[test]
fn the_sub_account_and_the_terms_of_the_province_of_insurance_bite() {
    let told = |scenario: Scenario| run(scenario, 75).away.expect("the study");
    let as_written = told(county(&[]));
    assert!(as_written.stays > 20, "{} stays in Beijing", as_written.stays);
    assert!(as_written.prepaid[1] > Fen::ZERO && as_written.from_sub_account[0] > Fen::ZERO);
    assert!(as_written.sub_account_fen_days > 0);
    let none = told(county(&["cross_province.clearing.sub_account_prepaid_ratio=0"]));
    assert_eq!((none.prepaid[1], none.from_sub_account), (Fen::ZERO, [Fen::ZERO; 2]));
    let waits = |totals: &AwayTotals| totals.direct.province_fen_days;
    let full = told(county(&[
        "cross_province.clearing.sub_account_prepaid_ratio=2",
        "cross_province.clearing.deposit_ratio=0",
    ]));
    let empty = told(county(&[
        "cross_province.clearing.sub_account_prepaid_ratio=0",
        "cross_province.clearing.deposit_ratio=0",
    ]));
    assert!(waits(&full) < waits(&empty), "the insurer pays sooner");
    assert_eq!(full.funds, empty.funds, "and not more");
    let mut referred = county(&[]);
    referred.cross_province.as_mut().expect("the study").rules = None;
    let referred = told(referred);
    assert_eq!((referred.stays, referred.billed), (as_written.stays, as_written.billed));
    assert!(referred.funds > as_written.funds, "ten points more");
    assert_eq!(referred.funds + referred.person, referred.billed);
}

#[test]
fn a_deposit_is_left_for_the_own_part_only() {
    let deposits = |set: &[&str]| sums(county(set), 10).deposits;
    let own = deposits(&[]);
    assert!(own > Fen::ZERO && own < deposits(&["policy.deposit=\"deposit_free_amount\""]));
}

/// What the stays of people insured elsewhere came to.
fn away(set: &[&str]) -> aftercare::sim::AwayTotals {
    run(county(set), 40).away.expect("stays through the relay")
}

#[test]
fn months_become_minutes() {
    let direct = away(&[]);
    assert!(direct.stays > 20 && direct.at_once > direct.stays / 2, "{} stays", direct.stays);
    let days = |side: &aftercare::sim::AwaySide| side.benefit_days as f64 / side.benefited as f64;
    assert!(days(&direct.manual) > 60.0 && days(&direct.direct) < 10.0);
    let median = direct.answer_ms[direct.answer_ms.len() / 2];
    assert!(median < 180_000, "an answer within three minutes: {median} ms");
    let slower = away(&["cross_province.manual.days_to_payment=[120]"]);
    assert!(days(&slower.manual) > days(&direct.manual));
    let clerks = away(&["cross_province.clerk_min=9"]);
    assert!(clerks.direct.clerk_min > direct.direct.clerk_min);
}

#[test]
fn each_hop_of_the_relay_adds_to_the_answer() {
    let median = |set: &[&str]| {
        let totals = away(set);
        totals.answer_ms[totals.answer_ms.len() / 2]
    };
    let (through, past) = (median(&[]), median(&["cross_province.direct_connection=true"]));
    assert!(past < through, "a private line leaves out a system: {past} against {through} ms");
}

#[test]
fn faults_are_cleared_within_a_day_except_special_cases() {
    let diverted = |hours: u32| {
        let mut county = county(&[&format!("cross_province.waits_for_repair_h={hours}")]);
        let cross = county.cross_province.as_mut().expect("the relay");
        cross.spec.links.iter_mut().for_each(|link| link.outages_per_year = 60);
        let totals = run(county, 40).away.expect("stays through the relay");
        (totals.diverted, totals.after_repair, totals.faults)
    };
    let (few, repaired, [faults, within]) = diverted(24);
    let (many, none, _) = diverted(0);
    assert!(faults > within && within > faults / 2, "{within} of {faults} within a day");
    assert!(few < many && repaired > none, "{few} against {many} sent home to claim by hand");
}

#[test]
fn a_lost_invoice_means_no_reimbursement() {
    let forgone = |share: &str| {
        let totals = away(&[&format!("cross_province.manual.invoice_lost_share={share}")]);
        (totals.manual.forgone_stays, totals.manual.interrupted)
    };
    assert!(forgone("0.5").0 > forgone("0").0);
    let poor = away(&["cross_province.manual.can_raise_yuan=[100]"]);
    assert!(poor.manual.interrupted >= away(&[]).manual.interrupted);
}

#[test]
fn provinces_leave_a_deposit_and_prepay_the_critical_illness_account() {
    let prepaid = |set: &[&str]| away(set).prepaid;
    let [deposit, sub_account] = prepaid(&[]);
    assert!(deposit > Fen::ZERO && sub_account > Fen::ZERO);
    assert_eq!(prepaid(&["cross_province.clearing.deposit_ratio=0"])[0], Fen::ZERO);
    assert_eq!(prepaid(&["cross_province.clearing.sub_account_prepaid_ratio=0"])[1], Fen::ZERO);
}

#[test]
fn hospitals_wait_for_the_place_of_insurance_where_it_pays_them_itself() {
    let waits = |days: &str| {
        let key = format!("cross_province.clearing.home_pays_hospital_after_days={days}");
        let away = run(county(&[&key]), 75).away.expect("the study");
        let yuan_days = away.hospital_fen_days / i128::from(away.funds_to_hospitals.0);
        (yuan_days, away.direct.province_fen_days, away.funds_to_hospitals)
    };
    let ((first, lends, paid), (later, none, same)) = (waits("\"none\""), waits("60"));
    assert_eq!(first, 20, "the place of care pays after 20 days");
    assert!((60..=92).contains(&later), "60 days after the month's end: {later}");
    assert!(lends > 0 && none == 0, "the place of care advances nothing then");
    assert_eq!(paid, same);
}

/// Whole yuan by route: a year of 1,000 requests a second, the least for the hospitals, a million requests.
fn capacity(set: &[&str]) -> [[i64; 3]; 2] {
    let setup = aftercare::experiment::Setup::new(county(set), 1, 1, 40, None);
    let outcome = aftercare::experiment::replicate(&setup, &mut |_| true).expect("a valid run");
    let summary = aftercare::experiment::summary(&setup, &outcome);
    let routes = &summary["cross_province"]["capacity"];
    let keys = ["per_1000_requests_per_s", "least_for_these_hospitals", "per_million_requests"];
    let mean = |value: &serde_json::Value| {
        let yuan: f64 = match &value["mean"] {
            serde_json::Value::String(yuan) => yuan.parse().expect("yuan"),
            number => number.as_f64().expect("a number"),
        };
        yuan.round() as i64
    };
    ["private_line", "through_the_city"].map(|route| keys.map(|key| mean(&routes[route][key])))
}

#[test]
fn a_private_line_and_ordinary_servers_cost_yuan_per_unit_of_capacity() {
    let [private, city] = capacity(&[]);
    // Three systems and lines behind a private one; four systems and shared lines: by hand from the file, a server
    // for 300 requests a second, a line for 100.
    let by_hand = |systems: i64, lines: i64| 25_000 * systems * 10 / 3 + lines * 10;
    assert_eq!(private[0], by_hand(3, 48_000 + 2 * 9_000));
    assert_eq!(city[0], by_hand(4, 4 * 9_000));
    assert_eq!([private[1], city[1]], [141_000, 136_000], "one hospital");
    assert!(private[2] > private[1], "this county asks less than a million times a year");
    let [cheap, same] = capacity(&["cross_province.capacity.private_line_yuan_per_year=9000"]);
    assert!(same == city && cheap[0] < city[0], "a system less at the price of a shared line");
    let [servers, _] = capacity(&["cross_province.capacity.server_yuan_per_year=50000"]);
    assert_eq!(servers[0] - private[0], by_hand(3, 0));
    let [stronger, _] = capacity(&["cross_province.capacity.requests_per_s_per_server=600"]);
    assert!(stronger[0] < private[0] && stronger[1] == private[1]);
}

#[test]
fn hospitals_have_fewer_arrears_than_with_claims_by_hand() {
    let unpaid = |never: &str| {
        let poor = "cross_province.manual.can_raise_yuan=[100]";
        let key = format!("cross_province.manual.never_found_share={never}");
        let totals = away(&[poor, &key]);
        (totals.direct.unpaid, totals.manual.unpaid)
    };
    let (direct, manual) = unpaid("0.5");
    assert!(direct < manual, "{direct} left unpaid directly, {manual} by hand");
    assert_eq!(unpaid("0").1, Fen::ZERO);
}

#[test]
fn claims_by_hand_cost_trips_and_clerks_minutes() {
    let usual = away(&[]).manual;
    let more =
        away(&["cross_province.manual.return_trips=[5]", "cross_province.manual.clerk_min=90"])
            .manual;
    assert!(more.trips > usual.trips && more.trip_cost > usual.trip_cost);
    assert!(more.clerk_min > usual.clerk_min);
}

#[test]
fn an_unpaid_bill_means_no_invoice_and_treatment_stops() {
    let poor = "cross_province.manual.can_raise_yuan=[100]";
    let never = "cross_province.manual.never_found_share=1";
    let found = away(&[poor, never]).manual;
    let usual = away(&[]).manual;
    assert!(found.interrupted > usual.interrupted, "{} stop", found.interrupted);
    assert_eq!(found.benefited, 0, "nobody claims without an invoice");
    assert!(found.forgone > usual.forgone);
}
