//! Random networks, with and without what the fast methods need: every method must give what the
//! plain heap of explicit starts and completions gives, to the last bit. Must never pin a number.

use aftercare::flow::network::{
    ARRIVAL, Activity, Appointments, Arrivals, Balking, Batch, Delay, Discipline, EXIT, Lines,
    NetworkShift, NetworkSpec, NetworkStation, Options, RatePiece, Route, Severity, Stream,
    methods, simulate_with,
};
use aftercare::random::{Distribution, Philox};
use proptest::prelude::*;

/// What the stations of a random network may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Everything.
    Any,
    /// What the fastest methods ask for, and services that are long enough for windows.
    Plain,
    /// The same with priorities, appointments, and patience or room and balking.
    Ranked,
}

/// Words of one seed, one after the other.
struct Words {
    philox: Philox,
    at: u32,
}

impl Words {
    fn below(&mut self, end: u32) -> u32 {
        self.at += 1;
        self.philox.words([self.at, 0, 0, 77])[0] % end
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn service(&mut self, slow: bool) -> Distribution {
        let scale = if slow { 8.0 } else { 1.0 };
        let mean = scale * (10.0 + f64::from(self.below(60)));
        match self.below(7) {
            0 => Distribution::Exponential { mean },
            1 => Distribution::LogNormal { mean, cv: 0.6 },
            2 => Distribution::Deterministic { value: mean },
            3 => Distribution::Uniform { low: 0.8 * mean, high: 1.2 * mean },
            4 => Distribution::Gamma { mean, cv: 0.5 },
            5 => Distribution::Weibull { scale: mean, shape: 2.0 },
            _ => Distribution::Empirical {
                edges: vec![0.5 * mean, mean, mean, 2.0 * mean],
                shares: vec![0.3, 0.5, 0.2],
            },
        }
    }

    fn station(&mut self, name: String, kind: Kind) -> NetworkStation {
        let mut station = NetworkStation::new(name, 1 + self.below(6));
        if kind == Kind::Plain {
            return station;
        }
        if kind == Kind::Ranked {
            station.discipline = [Discipline::Priority, Discipline::Appointment, Discipline::Fifo]
                [self.below(3) as usize];
            let patience = Distribution::Uniform { low: 0.0, high: 900.0 };
            match self.below(5) {
                0 | 1 => station.patience_s = Some(patience),
                2 => station.room = Some(station.servers + self.below(9)),
                3 => {
                    let balking = |line, share| Balking { line, share };
                    station.balking = vec![balking(self.below(3), 0.3), balking(6, 0.9)];
                    station.room = self.chance(50).then_some(20);
                }
                _ => {}
            }
            return station;
        }
        if self.chance(15) {
            let batch = Batch { size: 1 + self.below(5), longest_s: 300.0 };
            let delay = Delay {
                every_s: self.chance(50).then_some(120.0),
                batch: self.chance(50).then_some(batch),
            };
            return NetworkStation { servers: 0, delay: Some(delay), ..station };
        }
        match self.below(4) {
            0 => station.lines = Lines::PerWindow,
            1 => station.discipline = Discipline::Priority,
            2 => station.discipline = Discipline::Appointment,
            _ => {}
        }
        if self.chance(40) {
            let shift = |from_s, to_s, servers| NetworkShift { from_s, to_s, servers };
            let later = if station.lines == Lines::PerWindow { station.servers } else { 2 };
            station.shifts =
                vec![shift(300.0, 1_500.0, station.servers), shift(2_000.0, 3_000.0, later)];
            if station.lines == Lines::Shared && self.chance(50) {
                station.breaks = vec![shift(900.0, 1_000.0, 1)];
            }
        }
        if self.chance(30) {
            station.room = Some(8 + self.below(8));
        }
        if self.chance(30) {
            let balking = |line, share| Balking { line, share };
            station.balking = vec![balking(2, 0.3), balking(6, 0.9)];
        }
        if self.chance(40) {
            station.patience_s = Some(Distribution::Uniform { low: 0.0, high: 400.0 });
        }
        station
    }

    fn arrivals(&mut self) -> Arrivals {
        let piece = |from_s, to_s, per_hour| RatePiece { from_s, to_s, per_hour };
        match self.below(5) {
            0 => Arrivals::Poisson { mean_gap_s: 12.0, duration_s: 3_000.0 },
            1 => Arrivals::Piecewise {
                pieces: vec![piece(0.0, 900.0, 300.0), piece(1_200.0, 2_400.0, 200.0)],
            },
            2 => Arrivals::Renewal {
                gap_s: Distribution::Gamma { mean: 15.0, cv: 0.7 },
                duration_s: 3_000.0,
            },
            3 => Arrivals::Appointments(Appointments {
                from_s: 600.0,
                to_s: 3_000.0,
                every_s: 60.0,
                per_slot: 3,
                no_show: 0.1,
                early_s: 200.0,
                late_s: Distribution::Uniform { low: 0.0, high: 300.0 },
            }),
            _ => Arrivals::Trace { times_s: (0..150).map(|k| f64::from(k / 3) * 40.0).collect() },
        }
    }

    fn network(&mut self, kind: Kind) -> NetworkSpec {
        let slow = kind != Kind::Any;
        let stations = 1 + self.below(5);
        let station = |k| format!("station {k}");
        let activities = stations + self.below(3);
        let name = |k| format!("activity {k}");
        let streams = if kind == Kind::Plain { 1 } else { 1 + self.below(3) };
        let mut routes = Vec::new();
        let mut from: Vec<String> = vec![ARRIVAL.to_owned()];
        from.extend((0..activities).map(name));
        for (place, from) in from.into_iter().enumerate() {
            // Everybody may leave after each activity; each one is somebody's first.
            let mut targets: Vec<String> = (0..activities).map(name).collect();
            if place > 0 {
                targets = vec![name(self.below(activities)), name(self.below(activities))];
                targets.push(EXIT.to_owned());
            }
            let probability = 1.0 / targets.len() as f64;
            routes.extend(targets.into_iter().map(|to| Route {
                from: from.clone(),
                to,
                probability,
            }));
        }
        NetworkSpec {
            stations: (0..stations).map(|k| self.station(station(k), kind)).collect(),
            activities: (0..activities)
                .map(|k| Activity {
                    name: name(k),
                    station: station(k % stations),
                    service_s: self.service(slow),
                    again_s: self.chance(30).then(|| self.service(slow)),
                })
                .collect(),
            streams: (0..streams)
                .map(|k| Stream {
                    name: format!("stream {k}"),
                    priority: self.below(3) as u8,
                    arrivals: self.arrivals(),
                    groups: if self.chance(20) { vec![0.6, 0.3, 0.1] } else { Vec::new() },
                })
                .collect(),
            routes,
        }
    }
}

/// Runs a network fast and plainly and compares everything.
fn check(spec: &NetworkSpec, seed: u64) -> Result<(), TestCaseError> {
    let errors: Vec<_> =
        spec.problems().into_iter().filter(|p| p.severity == Severity::Error).collect();
    prop_assert!(errors.is_empty(), "{errors:?}");
    for warm_up_s in [0.0, 700.0] {
        let options = |plain| Options { warm_up_s, interval_s: Some(60.0), plain };
        let fast = simulate_with(spec, seed, 3, options(false)).expect("a valid network");
        let plain = simulate_with(spec, seed, 3, options(true)).expect("a valid network");
        for (fast, plain) in fast.replications.iter().zip(&plain.replications) {
            for (k, (a, b)) in fast.stations.iter().zip(&plain.stations).enumerate() {
                prop_assert_eq!(a, b, "{:?} of {:#?}", methods(spec)[k], &spec.stations[k]);
            }
            prop_assert_eq!(fast, plain);
            prop_assert!(fast.is_conserved(), "{:?}", fast);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]
    #[test]
    fn any_network_runs_as_on_the_plain_heap(seed: u64) {
        let mut words = Words { philox: Philox::new(seed), at: 0 };
        check(&words.network(Kind::Any), seed)?;
    }

    #[test]
    fn networks_of_plain_stations_run_as_on_the_plain_heap(seed: u64) {
        let mut words = Words { philox: Philox::new(seed), at: 0 };
        check(&words.network(Kind::Plain), seed)?;
    }

    #[test]
    fn networks_of_ranked_lines_run_as_on_the_plain_heap(seed: u64) {
        let mut words = Words { philox: Philox::new(seed), at: 0 };
        check(&words.network(Kind::Ranked), seed)?;
    }
}

/// Without this the property above could be one of the calendar alone.
#[test]
fn random_networks_meet_every_method() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..300 {
        let mut words = Words { philox: Philox::new(seed), at: 0 };
        let kind = [Kind::Any, Kind::Plain, Kind::Ranked][seed as usize % 3];
        let spec = words.network(kind);
        seen.extend(methods(&spec).into_iter().map(|(method, windows)| (method.name(), windows)));
    }
    let direct = ["tree", "line", "ranked", "events", "delay"];
    for method in direct {
        assert!(seen.contains(&(method, true)) && seen.contains(&(method, false)), "{seen:?}");
    }
    assert!(seen.contains(&("batch", false)), "{seen:?}");
}

/// The shipped example with every feature at once.
#[test]
fn the_clinic_s_morning_runs_as_on_the_plain_heap() {
    let path = std::path::Path::new("scenarios/networks/clinic_morning.toml");
    let input = aftercare::scenario::load_network(path).expect("a sound file");
    check(&input.spec, 11).expect("the same result");
    let options = Options::default();
    let result = simulate_with(&input.spec, 3, 4, options).expect("a valid network");
    for day in &result.replications {
        assert!(day.done > 200 && day.no_shows > 0, "{day:?}");
        let doctors = &day.stations[1];
        assert!(doctors.over_target > 0 && doctors.over_target < doctors.joined(), "{doctors:?}");
        let emergencies = day.stations[0].joined() < doctors.joined();
        assert!(emergencies, "the ambulance does not register");
    }
}
