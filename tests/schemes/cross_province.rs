//! Cross-province direct settlement: one bill for basic and critical illness insurance, a deposit for the own part.

use super::town::*;
use aftercare::domain::Fen;
use aftercare::ledger::Role;
use aftercare::scenario::Scenario;

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

#[test]
fn a_deposit_is_left_for_the_own_part_only() {
    let deposits = |set: &[&str]| sums(county(set), 10).deposits;
    let own = deposits(&[]);
    assert!(own > Fen::ZERO && own < deposits(&["policy.deposit=\"deposit_free_amount\""]));
}
