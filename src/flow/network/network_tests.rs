//! Networks as data: what is refused, what is warned of, and that results depend on the seed alone.

use super::*;
use crate::random::Distribution;
use proptest::prelude::*;

fn station(name: &str, servers: u32) -> NetworkStation {
    NetworkStation::new(name, servers)
}

fn activity(name: &str, station: &str, mean: f64) -> Activity {
    let service_s = Distribution::Exponential { mean };
    Activity { name: name.into(), station: station.into(), service_s, again_s: None }
}

fn route(from: &str, to: &str, probability: f64) -> Route {
    Route { from: from.into(), to: to.into(), probability }
}

/// A doctor whom a third of customers see again, 60 an hour for an hour.
fn clinic() -> NetworkSpec {
    NetworkSpec {
        stations: vec![station("desk", 1), station("doctor", 3)],
        activities: vec![activity("register", "desk", 20.0), activity("consult", "doctor", 90.0)],
        streams: vec![Stream::new(
            "walk-ins",
            Arrivals::Poisson { mean_gap_s: 60.0, duration_s: 3_600.0 },
        )],
        routes: vec![
            route(ARRIVAL, "register", 1.0),
            route("register", "consult", 1.0),
            route("consult", "consult", 0.25),
            route("consult", EXIT, 0.75),
        ],
    }
}

type Breakage = (&'static str, fn(&mut NetworkSpec), Severity, &'static str, &'static str);

#[test]
fn each_fault_is_named_with_its_place() {
    use Severity::{Error, Warning};
    let rows: [Breakage; 13] = [
        ("no server", |n| n.stations[0].servers = 0, Error, "stations[0]", "no server"),
        ("twice", |n| n.stations[1].name = "desk".into(), Error, "stations[1]", "used twice"),
        ("no such", |n| n.activities[0].station = "x".into(), Error, "activities[0]", "no station"),
        ("reserved", |n| n.activities[0].name = EXIT.into(), Error, "activities[0]", "reserved"),
        (
            "negative time",
            |n| n.activities[1].service_s = Distribution::Exponential { mean: -1.0 },
            Error,
            "activities[1]",
            "not a distribution of times",
        ),
        ("sum", |n| n.routes[2].probability = 0.2, Error, "routes", "not 1"),
        ("range", |n| n.routes[2].probability = -0.2, Error, "routes[2]", "within 0 and 1"),
        ("unknown", |n| n.routes[1].to = "x".into(), Error, "routes[1]", "no activity `x`"),
        (
            "unreachable",
            |n| n.routes[0].to = "consult".into(),
            Error,
            "activities[0]",
            "no route reaches `register`",
        ),
        (
            "trap",
            |n| (n.routes[2].probability, n.routes[3].probability) = (1.0, 0.0),
            Error,
            "activities[0]",
            "can never leave",
        ),
        (
            "rate",
            |n| n.streams[0].arrivals = Arrivals::Poisson { mean_gap_s: 0.0, duration_s: 10.0 },
            Error,
            "arrivals",
            "not valid",
        ),
        ("idle", |n| n.stations.push(station("spare", 1)), Warning, "stations[2]", "nothing"),
        ("load", |n| n.stations[1].servers = 2, Warning, "stations[1]", "overloaded"),
    ];
    assert_eq!(clinic().problems(), []);
    for (what, break_it, severity, place, words) in rows {
        let mut network = clinic();
        break_it(&mut network);
        let problems = network.problems();
        let found = problems.iter().any(|problem| {
            problem.severity == severity
                && problem.place == place
                && problem.message.contains(words)
        });
        assert!(found, "{what}: {problems:?}");
        assert_eq!(simulate(&network, 1, 1).is_err(), severity == Error, "{what}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut network = clinic();
    network.stations[0].servers = 0;
    network.activities[1].station = "x".into();
    network.routes[3].probability = 0.5;
    assert_eq!(network.problems().len(), 3);
}

/// Consultations: 1 / 0.75 passes a customer, a first of 90 s and then reviews of 30 s.
#[test]
fn the_work_of_a_customer_follows_the_traffic_equations() {
    let mut network = clinic();
    network.activities[1].again_s = Some(Distribution::Deterministic { value: 30.0 });
    let work = network.work_per_customer_s();
    assert!((work[0] - 20.0).abs() < 1e-9);
    assert!((work[1] - (90.0 + 30.0 / 3.0)).abs() < 1e-9, "{work:?}");
}

#[test]
fn later_passes_take_the_time_of_a_review() {
    let mut network = clinic();
    network.activities[1].service_s = Distribution::Deterministic { value: 40.0 };
    network.activities[1].again_s = Some(Distribution::Deterministic { value: 7.0 });
    let result = simulate(&network, 4, 3).expect("a valid network");
    for day in &result.replications {
        let passes = day.stations[1].served;
        let reviews = passes - day.customers;
        assert!(reviews > 0);
        assert_eq!(day.stations[1].busy_ms, 40_000 * day.customers + 7_000 * reviews);
    }
}

#[test]
fn a_station_with_shifts_turns_newcomers_away_after_closing() {
    let mut network = clinic();
    network.stations[0].shifts = vec![NetworkShift { from_s: 600.0, to_s: 1_800.0, servers: 1 }];
    let result = simulate(&network, 4, 1).expect("a valid network");
    let day = &result.replications[0];
    assert!(day.turned_away > 0 && day.stations[0].served > 0);
    assert_eq!(day.turned_away + day.stations[0].served, day.customers);
    assert!(
        day.stations[0].wait_quantiles_ms[3] >= 300_000,
        "the first came minutes before opening"
    );
}

#[test]
fn piecewise_rates_bring_customers_only_in_their_intervals() {
    let piece = |from_s, to_s, per_hour| RatePiece { from_s, to_s, per_hour };
    let mut network = clinic();
    network.streams[0].arrivals = Arrivals::Piecewise {
        pieces: vec![piece(0.0, 3_600.0, 30.0), piece(7_200.0, 10_800.0, 90.0)],
    };
    let result = simulate(&network, 9, 200).expect("a valid network");
    let customers: u64 = result.replications.iter().map(|day| day.customers).sum();
    let expected = 200.0 * 120.0;
    let sd = libm::sqrt(expected);
    assert!((customers as f64 - expected).abs() < 3.0 * sd, "{customers}, expected {expected}");
    assert!(result.replications.iter().all(|day| day.end_ms > 7_200_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn results_depend_on_the_seed_alone_and_little_s_law_is_exact(seed: u64) {
        let pool = |threads| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
        };
        let one = pool(1).install(|| simulate(&clinic(), seed, 5));
        let three = pool(3).install(|| simulate(&clinic(), seed, 5));
        prop_assert_eq!(&one, &three);
        for day in one.expect("a valid network").replications {
            for station in &day.stations {
                prop_assert_eq!(station.queue_area_ms, station.wait_sum_ms);
            }
            prop_assert_eq!(day.customers, day.stations[0].served);
        }
    }

    #[test]
    fn more_servers_leave_arrivals_and_services_as_they_were(seed: u64) {
        let mut wider = clinic();
        wider.stations[1].servers = 9;
        let few = simulate(&clinic(), seed, 1).expect("a valid network");
        let many = simulate(&wider, seed, 1).expect("a valid network");
        let (few, many) = (&few.replications[0], &many.replications[0]);
        prop_assert_eq!(few.customers, many.customers);
        prop_assert_eq!(few.stations[1].busy_ms, many.stations[1].busy_ms);
        prop_assert!(many.time_in_system_sum_ms <= few.time_in_system_sum_ms);
    }
}
