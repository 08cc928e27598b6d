//! Stations and networks against queueing theory: values of `tests/data/queueing.json` must lie in
//! the 99 % interval of seeded replications. Must never pin a simulated number.

use aftercare::des::{Roster, Servers};
use aftercare::domain::Ms;
use aftercare::flow::network::{
    ARRIVAL, Activity, Arrivals, EXIT, NetworkResult, NetworkSpec, NetworkStation, Route, Stream,
    simulate,
};
use aftercare::random::{Address, Distribution, Philox, Purpose, QuantileTable};
use serde_json::Value;

#[path = "support/outpatient_day.rs"]
mod outpatient_day;

/// Student's t, two-sided 99 %, 19 degrees of freedom.
const T99_19: f64 = 2.861;
const REPLICATIONS: u16 = 20;
/// Ticks of the mean gap between arrivals: far finer than any wait that is compared.
const GAP: f64 = 20_000.0;
const WARM_UP: u32 = 5_000;
const CUSTOMERS: u32 = 80_000;

fn case(id: &str) -> Value {
    let text = include_str!("data/queueing.json");
    let file: Value = serde_json::from_str(text).expect("the reference file is JSON");
    let cases = file["cases"].as_array().expect("a list of cases");
    cases.iter().find(|case| case["id"] == id).expect("the case is in the file").clone()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("{key} is a number"))
}

/// Mean and half-width of the 99 % interval over 20 replications.
fn interval(values: &[f64]) -> (f64, f64) {
    assert_eq!(values.len(), usize::from(REPLICATIONS));
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    (mean, T99_19 * libm::sqrt(variance / n))
}

/// Asserts that the expected value lies in the interval, widened by a stated share for what the
/// simulated system lacks of the theoretical one.
fn check(what: &str, values: &[f64], expected: f64, allowance: f64) {
    let (mean, half) = interval(values);
    let slack = half + allowance * expected;
    assert!(
        (mean - expected).abs() <= slack,
        "{what}: {mean} ± {half}, expected {expected} (allowance {allowance})"
    );
    assert!(half < 0.05 * expected, "{what}: the interval ± {half} of {mean} is too wide to tell");
}

/// A single station with times in units of the mean gap between arrivals.
struct Station {
    gap: QuantileTable,
    service: QuantileTable,
    patience: Option<QuantileTable>,
    servers: u32,
}

/// What a replication saw after its warm-up, in ticks.
#[derive(Default)]
struct Seen {
    waits: Vec<Ms>,
    abandoned: u32,
}

impl Seen {
    fn count(&self) -> f64 {
        self.waits.len() as f64
    }

    fn mean(&self) -> f64 {
        self.waits.iter().map(|&w| f64::from(w)).sum::<f64>() / self.count()
    }

    fn share(&self, over: f64) -> f64 {
        self.waits.iter().filter(|&&w| f64::from(w) > over).count() as f64 / self.count()
    }
}

impl Station {
    /// Poisson arrivals; `service` in units of the mean gap.
    fn new(servers: u32, service: &Distribution) -> Station {
        let gap = Distribution::Exponential { mean: 1.0 }.table(GAP);
        Station { gap, service: service.table(GAP), patience: None, servers }
    }

    fn run(&self, replication: u16) -> Seen {
        let (philox, roster) = (Philox::new(20_231_101), Roster::always(self.servers));
        let (mut servers, mut seen, mut now) = (Servers::default(), Seen::default(), 0);
        servers.reset(&roster);
        for customer in 0..WARM_UP + CUSTOMERS {
            let address = Address::new(u64::from(customer), replication, Purpose::Network);
            let [gap, service, patience, _] = philox.block(address);
            now += self.gap.sample(gap);
            let slot = servers.find(&roster, now).expect("always open");
            let patience = self.patience.as_ref().map_or(Ms::MAX, |table| table.sample(patience));
            let wait = (slot.start_ms - now).min(patience);
            if wait == slot.start_ms - now {
                servers.occupy(slot, slot.start_ms + self.service.sample(service));
            } else if customer >= WARM_UP {
                seen.abandoned += 1;
            }
            if customer >= WARM_UP {
                seen.waits.push(wait);
            }
        }
        seen
    }

    fn replications(&self) -> Vec<Seen> {
        (0..REPLICATIONS).map(|replication| self.run(replication)).collect()
    }
}

fn each(seen: &[Seen], value: impl Fn(&Seen) -> f64) -> Vec<f64> {
    seen.iter().map(value).collect()
}

#[test]
fn mmc_waits_are_those_of_erlang_c() {
    let case = case("Q-MMC-01");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let (lambda, mu) = (number(inputs, "lambda_"), number(inputs, "mu"));
    let service = Distribution::Exponential { mean: lambda / mu };
    let seen = Station::new(number(inputs, "c") as u32, &service).replications();
    let hour = lambda * GAP;
    check("M/M/c mean wait", &each(&seen, |s| s.mean() / hour), number(expected, "wq"), 0.0);
    check("M/M/c P(wait)", &each(&seen, |s| s.share(0.0)), number(expected, "p_wait"), 0.0);
    let late = each(&seen, |s| s.share(number(inputs, "t") * hour));
    check("M/M/c P(wait > t)", &late, number(expected, "p_wait_gt_t"), 0.0);
}

#[test]
fn md1_and_mdc_waits_are_exact() {
    let single = case("Q-MD1-01");
    let (inputs, expected) = (&single["inputs"], &single["expected"]);
    let (lambda, value) = (number(inputs, "lambda_"), number(inputs, "service"));
    let service = Distribution::Deterministic { value: lambda * value };
    let seen = Station::new(1, &service).replications();
    let minute = lambda * GAP;
    check("M/D/1 mean wait", &each(&seen, |s| s.mean() / minute), number(expected, "wq"), 0.0);
    let soon = each(&seen, |s| 1.0 - s.share(number(inputs, "t") * minute));
    check("M/D/1 P(wait <= t)", &soon, number(expected, "p_wait_le_t"), 0.0);

    let several = case("Q-MDC-01");
    let (inputs, expected) = (&several["inputs"], &several["expected"]);
    let lambda = number(inputs, "lambda_");
    let service = Distribution::Deterministic { value: lambda * number(inputs, "service") };
    let seen = Station::new(number(inputs, "c") as u32, &service).replications();
    let unit = lambda * GAP;
    check("M/D/c mean wait", &each(&seen, |s| s.mean() / unit), number(expected, "wq"), 0.0);
    check("M/D/c P(wait)", &each(&seen, |s| s.share(0.0)), number(expected, "p_wait"), 0.0);
}

#[test]
fn mg1_waits_follow_pollaczek_and_khinchine() {
    let case = case("Q-MG1-01");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let lambda = number(inputs, "lambda_");
    let mean = lambda * number(inputs, "mean_service");
    let service = Distribution::LogNormal { mean, cv: number(inputs, "cv_service") };
    let seen = Station::new(1, &service).replications();
    let minute = lambda * GAP;
    check("M/G/1 mean wait", &each(&seen, |s| s.mean() / minute), number(expected, "wq"), 0.0);
}

#[test]
fn impatient_customers_abandon_as_erlang_a_says() {
    let case = case("Q-ERLA-01");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let lambda = number(inputs, "lambda_");
    let service = Distribution::Exponential { mean: lambda / number(inputs, "mu") };
    let mut station = Station::new(number(inputs, "c") as u32, &service);
    let patience = Distribution::Exponential { mean: lambda / number(inputs, "theta") };
    station.patience = Some(patience.table(GAP));
    let seen = station.replications();
    let hour = lambda * GAP;
    let waits = each(&seen, |s| s.mean() / hour);
    check("M/M/c+M mean wait", &waits, number(expected, "mean_wait_all"), 0.0);
    let abandoned = each(&seen, |s| f64::from(s.abandoned) / s.count());
    check("M/M/c+M abandonment", &abandoned, number(expected, "p_abandon"), 0.0);
}

fn station(name: &str, servers: u32) -> NetworkStation {
    NetworkStation::new(name, servers)
}

fn activity(name: &str, station: &str, service_s: Distribution) -> Activity {
    Activity { name: name.into(), station: station.into(), service_s, again_s: None }
}

/// Q-JACK-01 for 28 days with the routing of one arm.
fn outpatient_department(routing: &Value, inputs: &Value) -> NetworkSpec {
    let table = inputs["stations_mu_c"].as_object().expect("stations");
    let routing = routing.as_object().expect("routes");
    let used = |name: &str| routing.keys().any(|key| key.ends_with(&format!("->{name}")));
    let mut spec = NetworkSpec {
        stations: Vec::new(),
        activities: Vec::new(),
        streams: vec![Stream::new(
            "patients",
            Arrivals::Poisson {
                mean_gap_s: 3_600.0 / number(inputs, "arrival_rate"),
                duration_s: 28.0 * 86_400.0,
            },
        )],
        routes: Vec::new(),
    };
    for (name, rate_servers) in table.iter().filter(|(name, _)| used(name)) {
        let mean = 3_600.0 / rate_servers[0].as_f64().expect("a rate");
        let servers = rate_servers[1].as_u64().expect("a count") as u32;
        spec.stations.push(station(name, servers));
        spec.activities.push(activity(name, name, Distribution::Exponential { mean }));
    }
    for (key, probability) in routing {
        let (from, to) = key.split_once("->").expect("a route");
        let place = |name: &str| match name {
            "in" => ARRIVAL.to_string(),
            "out" => EXIT.to_string(),
            name => name.to_string(),
        };
        let probability = probability.as_f64().expect("a probability");
        spec.routes.push(Route { from: place(from), to: place(to), probability });
    }
    spec
}

fn mean_hours_in_system(result: &NetworkResult) -> Vec<f64> {
    let mean = |ms: u64, customers: u64| ms as f64 / customers as f64 / 3_600_000.0;
    let replications = result.replications.iter();
    replications.map(|r| mean(r.time_in_system_sum_ms, r.customers)).collect()
}

/// The runs start empty. The slowest mode of the busiest station (22 servers at load 0.885) decays
/// in about an hour, so of 672 hours at most one or two are lighter: 0.3 % is allowed for it.
#[test]
fn a_jackson_network_with_and_without_the_cashier_takes_the_published_times() {
    const EMPTY_START: f64 = 0.003;
    let case = case("Q-JACK-01");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    for (routing, arm, key) in [
        ("routing_baseline", "baseline", "mean_time_baseline"),
        ("routing_credit", "credit", "mean_time_credit"),
    ] {
        let spec = outpatient_department(&inputs[routing], inputs);
        let result = simulate(&spec, 5, REPLICATIONS).expect("a valid network");
        check(arm, &mean_hours_in_system(&result), number(expected, key), EMPTY_START);
        for (k, name) in result.stations.iter().enumerate() {
            let loads: Vec<f64> =
                result.replications.iter().map(|r| r.stations[k].utilisation()).collect();
            let expected = number(&expected[arm][name], "utilisation");
            check(&format!("{arm}: load of {name}"), &loads, expected, EMPTY_START);
        }
    }
}

/// Waits were published as means over 8,333 days, in seconds with two decimals: besides our own
/// interval, half a unit of the last decimal and their error (1 % of a mean that varies by about
/// 30 % from day to day, ÷ √8,333 × 2.6) are allowed.
#[test]
fn the_outpatient_day_has_the_published_long_run_waits() {
    let published = [7.95, 0.13, 2.99, 0.90, 9.83];
    let days = 8 * REPLICATIONS;
    let result = simulate(&outpatient_day::outpatient_day(), 3, days).expect("a valid network");
    for (k, expected) in published.into_iter().enumerate() {
        let eighths: Vec<f64> = result
            .replications
            .chunks(8)
            .map(|days| {
                let wait: u64 = days.iter().map(|day| day.stations[k].wait_sum_ms).sum();
                let served: u64 = days.iter().map(|day| day.stations[k].served).sum();
                wait as f64 / served as f64 / 1_000.0
            })
            .collect();
        let (mean, half) = interval(&eighths);
        let slack = half + 0.005 + 0.01 * expected;
        let name = &result.stations[k];
        assert!((mean - expected).abs() <= slack, "{name}: {mean} ± {half}, published {expected}");
    }
    let patients: u64 = result.replications.iter().map(|day| day.customers).sum();
    let events: u64 = result.replications.iter().map(|day| day.events).sum();
    let events_per_patient = events as f64 / patients as f64;
    assert!((events_per_patient - 11.6).abs() < 0.05, "{events_per_patient} events a patient");
    for day in &result.replications {
        for station in &day.stations {
            assert_eq!(station.queue_area_ms, station.wait_sum_ms, "Little's law, exactly");
        }
    }
}
