//! The reference workload "outpatient day": about 9,600 patients through five stations, 5.3 services
//! each. Shared by the theory test and the bench; must never change, published speeds refer to it.

use aftercare::flow::network::{
    ARRIVAL, Activity, Arrivals, EXIT, NetworkSpec, NetworkStation, Route, Stream,
};
use aftercare::random::Distribution;

/// Poisson arrivals for eight hours, run until empty.
pub(crate) fn outpatient_day() -> NetworkSpec {
    let exponential = |mean| Distribution::Exponential { mean };
    let consult = |mean| Distribution::LogNormal { mean, cv: 0.6 };
    let station = |name: &str, servers| NetworkStation::new(name, servers);
    let activity = |name: &str, station: &str, service_s| Activity {
        name: name.into(),
        station: station.into(),
        service_s,
        again_s: None,
    };
    let route =
        |from: &str, to: &str, probability| Route { from: from.into(), to: to.into(), probability };
    NetworkSpec {
        stations: vec![
            station("registration", 8),
            station("consult", 120),
            station("cashier", 14),
            station("lab", 60),
            station("pharmacy", 9),
        ],
        activities: vec![
            activity("register", "registration", exponential(20.0)),
            activity("consult", "consult", consult(240.0)),
            activity("pay_tests", "cashier", exponential(25.0)),
            activity("lab", "lab", consult(240.0)),
            activity("review", "consult", consult(90.0)),
            activity("pay_drugs", "cashier", exponential(25.0)),
            activity("pharmacy", "pharmacy", exponential(30.0)),
        ],
        streams: vec![Stream::new(
            "patients",
            Arrivals::Poisson { mean_gap_s: 3.0, duration_s: 28_800.0 },
        )],
        routes: vec![
            route(ARRIVAL, "register", 1.0),
            route("register", "consult", 1.0),
            route("consult", "pay_tests", 0.6),
            route("consult", "pay_drugs", 0.3),
            route("consult", EXIT, 0.1),
            route("pay_tests", "lab", 1.0),
            route("lab", "review", 1.0),
            route("review", "pay_drugs", 0.75),
            route("review", EXIT, 0.25),
            route("pay_drugs", "pharmacy", 1.0),
            route("pharmacy", EXIT, 1.0),
        ],
    }
}
