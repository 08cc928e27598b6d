//! What capacity costs on the way across provinces: over a private line to the provincial system and through the
//! systems in between. Must never hold a price: the scenario says what servers and lines cost.

use super::figures::{estimate, money, share};
use super::replicate::Setup;
use crate::relay::Capacity;
use crate::scenario::CrossProvince;
use crate::sim::Replication;
use serde_json::{Value, json};

const DAYS_PER_YEAR: f64 = 365.0;
const FEN_PER_YUAN: f64 = 100.0;
const MILLION: f64 = 1e6;

/// The part of `cross_province`, where the scenario says what capacity costs.
pub(super) fn capacity(
    setup: &Setup,
    cross: &CrossProvince,
    runs: &[Replication],
) -> Option<Value> {
    let costs = cross.spec.capacity?;
    let named = cross.spec.sites.len();
    let hospitals = if named == 0 { setup.scenario.city.sites.len() } else { named } as i64;
    let side = |direct: bool| route(setup, cross, (costs, hospitals), direct, runs);
    Some(json!({ "private_line": side(true), "through_the_city": side(false) }))
}

fn route(
    setup: &Setup,
    cross: &CrossProvince,
    (costs, hospitals): (Capacity, i64),
    direct: bool,
    runs: &[Replication],
) -> Value {
    let links = &cross.spec.links;
    let of_1000 = costs.year_of(links, direct, 1_000);
    let least = costs.least_year(links, direct, hospitals);
    let a_million = runs.iter().map(|run| {
        let attempts = run.away.as_ref().map_or(0, |away| away.messages[0]) as f64;
        let millions = attempts * DAYS_PER_YEAR / f64::from(setup.days.max(1)) / MILLION;
        share(least.0 as f64 / FEN_PER_YUAN, millions)
    });
    json!({
        "per_1000_requests_per_s": money(runs.iter().map(|_| of_1000)),
        "least_for_these_hospitals": money(runs.iter().map(|_| least)),
        "per_million_requests": estimate(&a_million.collect::<Vec<_>>()),
    })
}
