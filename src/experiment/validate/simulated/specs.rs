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

/// A rate that swings over the period, from one time of day to a later one, in steps of a 240th of the
/// period; the first time is the start of the run.
pub(super) fn swinging(swing: Swing, from: f64, to: f64, unit_s: f64) -> Arrivals {
    let step = swing.period / STEPS_PER_PERIOD;
    let count = libm::ceil((to - from) / step - 1e-9) as u32;
    let piece = |k: u32| {
        let (begins, ends) = (f64::from(k) * step, (f64::from(k + 1) * step).min(to - from));
        let per_hour = swing.mean_between(from + begins, from + ends) * 3_600.0 / unit_s;
        RatePiece { from_s: begins * unit_s, to_s: ends * unit_s, per_hour }
    };
    Arrivals::Piecewise { pieces: (0..count).map(piece).collect() }
}

const STEPS_PER_PERIOD: f64 = 240.0;

/// A rate that follows a sine over the day, in a case's unit of time.
#[derive(Clone, Copy)]
pub(super) struct Swing {
    pub(super) mean: f64,
    pub(super) amplitude: f64,
    pub(super) period: f64,
}

impl Swing {
    /// The mean rate between two instants.
    pub(super) fn mean_between(self, from: f64, to: f64) -> f64 {
        let turn = 2.0 * std::f64::consts::PI / self.period;
        let area = libm::cos(turn * from) - libm::cos(turn * to);
        self.mean + self.amplitude * area / (turn * (to - from))
    }

    /// When fewest come.
    pub(super) fn trough(self) -> f64 {
        if self.amplitude >= 0.0 { 0.75 * self.period } else { 0.25 * self.period }
    }

    /// Whether servers that together do so much work a unit of time have worked off a day's crowd, as a
    /// fluid, well before fewest come: then a run may begin there, with nobody, like the day before it.
    pub(super) fn clears(self, work: f64, service: f64) -> bool {
        let (step, trough) = (self.period / STEPS_PER_PERIOD, self.trough());
        let (mut crowd, mut last) = (0.0_f64, 0.0);
        for k in 0..2 * STEPS_PER_PERIOD as u32 {
            let now = trough - 2.0 * self.period + f64::from(k) * step;
            crowd = (crowd + (self.mean_between(now, now + step) - work) * step).max(0.0);
            if crowd > 0.0 {
                last = now + step;
            }
        }
        (trough - last).min(0.25 * self.period) >= SERVICES_TO_CALM * service
    }
}

/// Mean services between the end of a crowd and the start of a run, and from there to what is read.
const SERVICES_TO_CALM: f64 = 20.0;
