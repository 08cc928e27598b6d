//! What must fit between the parts of a city: planned visits against demand, and doctors and
//! windows against the peak hour. Must never change a value.

use super::reader::Reader;
use super::staffing::mean;
use crate::city::spec::CitySpec;
use crate::flow::spec::FlowSpec;

/// Warns where a city cannot be what its writer means.
pub(super) fn city(r: &Reader<'_>, city: &CitySpec, flow: &FlowSpec) {
    planned_visits(r, city);
    inpatient(r, city);
    closed_days(r, city, flow);
}

/// A site's share of the plans is its share of demand; a large gap means that one of them is
/// mistaken.
fn planned_visits(r: &Reader<'_>, city: &CitySpec) {
    let planned: f64 = city.sites.iter().map(|site| site.visits_per_year).sum();
    let people = f64::from(city.people.population);
    let demand = people * city.demand.visits_per_person_year;
    if (planned / demand - 1.0).abs() > 0.05 {
        let message = format!(
            "the sites plan {planned:.0} visits a year, but {people:.0} people make {demand:.0}"
        );
        r.warn(
            "city.sites",
            message,
            "within 5 % of each other: plans are scaled to demand otherwise",
        );
    }
}

fn inpatient(r: &Reader<'_>, city: &CitySpec) {
    let beds: u32 = city.sites.iter().map(|site| site.beds).sum();
    let stays = f64::from(city.people.population) * city.demand.admissions_per_person_year;
    let days = stays * mean(&city.demand.stay_days);
    if days > 0.95 * 365.0 * f64::from(beds) {
        let message = format!("{days:.0} days in hospital a year for {beds} beds");
        let key = "demand.admissions_per_person_per_year";
        r.warn(key, message, "at most 0.95 of the beds' days");
    }
}

fn closed_days(r: &Reader<'_>, city: &CitySpec, flow: &FlowSpec) {
    let days = flow.closed_weekdays.iter().zip(city.demand.weekday_weights);
    if days.clone().all(|(&closed, weight)| closed || weight <= 0.0) {
        r.fault(
            "demand.weekday_weights",
            "no elective care on any day of the week".to_owned(),
            "a weight above 0 on a day that is not closed",
            "",
        );
    }
}
