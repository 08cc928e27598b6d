//! Where a network's warm-up ends. Must never look at the replications that are then reported: the
//! proposal comes from pilot runs of their own.

use crate::flow::network::{NetworkSpec, Options, Problem, Series, Stream, simulate_with};
use crate::stats::series::mser5;

/// Replications of the pilot, averaged before MSER-5 looks at them.
const PILOTS: u16 = 8;
/// Intervals of the pilot's series.
const INTERVALS: f64 = 500.0;

/// The end of the warm-up that MSER-5 proposes, seconds: on the mean number of customers in line and in
/// service, up to the last arrival; what comes after is a network running empty.
pub fn mser_warm_up_s(spec: &NetworkSpec, seed: u64) -> Result<f64, Vec<Problem>> {
    let end_s = spec.streams.iter().flat_map(Stream::pieces).map(|p| p.to_s);
    let width_s = (end_s.fold(0.0, f64::max) / INTERVALS).max(0.001);
    let options = Options { interval_s: Some(width_s), ..Options::default() };
    let result = simulate_with(spec, !seed, PILOTS, options)?;
    let mut present = vec![0.0; INTERVALS as usize];
    for series in result.replications.iter().flat_map(|r| &r.series) {
        add(series, &mut present);
    }
    Ok(mser5(&present).map_or(0.0, |cut| cut.observations as f64 * width_s))
}

fn add(series: &Series, present: &mut [f64]) {
    for (sum, interval) in present.iter_mut().zip(&series.intervals) {
        *sum += (interval.queue_area_ms + interval.busy_area_ms) as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::network::{ARRIVAL, Activity, Arrivals, EXIT, NetworkStation, Route};
    use crate::random::Distribution;

    /// A station at load 0.95 that starts empty: it takes some 3,000 services to forget that. One that
    /// is never busy has nothing to forget but its first services.
    #[test]
    fn a_busy_station_is_warmed_up_longer_than_an_idle_one() {
        let spec = |servers| NetworkSpec {
            stations: vec![NetworkStation::new("station", servers)],
            activities: vec![Activity {
                name: "serve".into(),
                station: "station".into(),
                service_s: Distribution::Exponential { mean: 9.5 },
                again_s: None,
            }],
            streams: vec![Stream::new(
                "customers",
                Arrivals::Poisson { mean_gap_s: 10.0, duration_s: 400_000.0 },
            )],
            routes: [(ARRIVAL, "serve"), ("serve", EXIT)]
                .map(|(from, to)| Route { from: from.into(), to: to.into(), probability: 1.0 })
                .into(),
        };
        let warm_up = |servers| mser_warm_up_s(&spec(servers), 1).expect("a valid network");
        let (busy, idle) = (warm_up(1), warm_up(50));
        assert!((4_000.0..=200_000.0).contains(&busy), "{busy} s");
        assert!(idle < busy, "{idle} s of {busy} s");
    }
}
