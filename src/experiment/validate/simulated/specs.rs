//! Networks of the reference cases, in seconds. Must never depend on an expected value.

use crate::flow::network::{
    ARRIVAL, Activity, Arrivals, EXIT, NetworkSpec, NetworkStation, RatePiece, Route, Stream,
};
use crate::random::Distribution;

/// Mean time between arrivals; all other times are scaled to it. A millisecond is far below it.
pub(super) const GAP_S: f64 = 40.0;
/// Length of a replication and its warm-up, in arrivals: tens of relaxation times of every case.
pub(super) const LENGTH_S: f64 = 20_000.0 * GAP_S;
pub(super) const WARM_UP_S: f64 = 2_000.0 * GAP_S;

pub(super) fn route(from: &str, to: &str, probability: f64) -> Route {
    Route { from: from.to_owned(), to: to.to_owned(), probability }
}

pub(super) fn activity(name: &str, station: &str, service_s: Distribution) -> Activity {
    Activity { name: name.to_owned(), station: station.to_owned(), service_s, again_s: None }
}

/// One stream of Poisson arrivals.
pub(super) fn poisson() -> Vec<Stream> {
    vec![Stream::new("customers", Arrivals::Poisson { mean_gap_s: GAP_S, duration_s: LENGTH_S })]
}

/// One station that serves everybody once.
pub(super) fn single(station: NetworkStation, service_s: Distribution) -> NetworkSpec {
    let name = station.name.clone();
    NetworkSpec {
        stations: vec![station],
        activities: vec![activity("serve", &name, service_s)],
        streams: poisson(),
        routes: vec![route(ARRIVAL, "serve", 1.0), route("serve", EXIT, 1.0)],
    }
}

/// One station that serves several streams, each with a rank of its own: rate per second, service.
pub(super) fn ranked(station: NetworkStation, classes: &[(f64, Distribution)]) -> NetworkSpec {
    let name = station.name.clone();
    let (serve, come) = (|k: usize| format!("serve {k}"), |k: usize| format!("class {k}"));
    let numbered = || classes.iter().enumerate();
    NetworkSpec {
        stations: vec![station],
        activities: numbered().map(|(k, (_, s))| activity(&serve(k), &name, s.clone())).collect(),
        streams: numbered()
            .map(|(k, (per_s, _))| Stream {
                priority: k as u8,
                ..Stream::new(
                    come(k),
                    Arrivals::Poisson { mean_gap_s: 1.0 / per_s, duration_s: LENGTH_S },
                )
            })
            .collect(),
        routes: numbered()
            .flat_map(|(k, _)| [route(&come(k), &serve(k), 1.0), route(&serve(k), EXIT, 1.0)])
            .collect(),
    }
}

/// Days of a rate that swings over the period, in steps of a 240th of it.
pub(super) fn swinging(mean: f64, swing: f64, period: f64, days: u32, unit_s: f64) -> Arrivals {
    const STEPS: u32 = 240;
    let step = period / f64::from(STEPS);
    let piece = |k: u32| {
        let (from, to) = (f64::from(k) * step, f64::from(k + 1) * step);
        let turn = 2.0 * std::f64::consts::PI / period;
        // The mean rate over the step.
        let area = libm::cos(turn * from) - libm::cos(turn * to);
        let rate = mean + swing * area / (turn * step);
        RatePiece { from_s: from * unit_s, to_s: to * unit_s, per_hour: rate * 3_600.0 / unit_s }
    };
    Arrivals::Piecewise { pieces: (0..days * STEPS).map(piece).collect() }
}
