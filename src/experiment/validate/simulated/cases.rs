//! Which network stands for which topic, and what is read from it. Must never skip a topic because its
//! simulation would miss.

use super::super::inputs::Inputs;
use super::super::networks::{Network, adoption_routing};
use super::specs::{
    GAP_S, LENGTH_S, Swing, WARM_UP_S, activity, poisson, ranked, route, single, swinging,
};
use super::{Experiment, Read};
use crate::flow::network::{
    ARRIVAL, Arrivals, Delay, Discipline, EXIT, Interval, NetworkSpec, NetworkStation, Options,
    Replication, StationResult, Stream,
};
use crate::random::Distribution;
use serde_json::Value;

/// Experiments, or why the inputs make none.
type Made = Result<Vec<Experiment>, String>;

/// Replications to begin with.
const REPLICATIONS: u32 = 60;
/// Loads above this take longer to forget their start than the warm-up.
const HIGHEST_LOAD: f64 = 0.95;
const MS_PER_SECOND: f64 = 1_000.0;

pub(super) fn experiments(topic: &str, inputs: Inputs) -> Made {
    match topic {
        "erlang_b" => loss(inputs),
        "mmc" => mmc(inputs),
        "mm1_steady_and_transient" => mm1(inputs),
        "mm1_asymptotic_variance" => mm1_delay(inputs),
        "mmck" => finite_room(inputs),
        "erlang_a_reneging" => impatient(inputs),
        "mg1_pollaczek_khinchine" => mg1(inputs),
        "md1" | "mdc_exact" => constant(inputs),
        "gi_m_c_exact" => renewal(inputs),
        "mmc_nonpreemptive_priority" => priority(inputs),
        "mg1_priority" => mg1_priority(inputs),
        "jackson_outpatient_credit_saving" => jackson(inputs),
        "jackson_partial_adoption" => adoption(inputs),
        "pooling" => pooling(inputs),
        "batch_arrivals" => batches(inputs),
        "mt_g_inf_sinusoidal" => infinite(inputs),
        "mt_m_c_periodic" => periodic(inputs),
        _ => Ok(Vec::new()),
    }
}

/// A steady state: the warm-up is left out.
fn steady(spec: NetworkSpec, outputs: Vec<(&str, Read)>) -> Experiment {
    let outputs = outputs.into_iter().map(|(path, read)| (path.to_owned(), read)).collect();
    let options = Options { warm_up_s: WARM_UP_S, ..Options::default() };
    let replications = REPLICATIONS;
    Experiment { spec, options, replications, outputs, smallest: 0.0, read_from: 0.0 }
}

/// Reads the only station.
fn of_station(read: impl Fn(&StationResult) -> f64 + 'static) -> Read {
    Box::new(move |replication| read(&replication.stations[0]))
}

fn wait(unit_s: f64) -> Read {
    of_station(move |station| station.wait_mean_s() / unit_s)
}

fn p_wait() -> Read {
    of_station(|station| station.share(station.waited))
}

fn exponential(mean: f64) -> Distribution {
    Distribution::Exponential { mean }
}

fn servers(inputs: Inputs) -> Result<u32, String> {
    if inputs.at("c").is_null() { Ok(1) } else { inputs.count("c") }
}

/// A load at which the simulation can tell something.
fn fits(load: f64) -> bool {
    load > 0.0 && load <= HIGHEST_LOAD
}

fn loss(inputs: Inputs) -> Made {
    let (offered, servers) = (inputs.number("offered_load")?, inputs.count("servers")?);
    let station = NetworkStation { room: Some(servers), ..NetworkStation::new("beds", servers) };
    let spec = single(station, exponential(GAP_S * offered));
    let blocked: Read = Box::new(|r| r.blocked as f64 / r.customers as f64);
    let span_ms = (LENGTH_S - WARM_UP_S) * MS_PER_SECOND;
    let carried = of_station(move |station| station.busy_ms as f64 / span_ms);
    Ok(vec![steady(spec, vec![("blocking", blocked), ("carried", carried)])])
}

fn mmc(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let servers = servers(inputs)?;
    let unit_s = GAP_S * lambda;
    if !fits(lambda / mu / f64::from(servers)) {
        return Ok(Vec::new());
    }
    let target_wait_s = inputs.number("t").ok().map(|t| t * unit_s);
    let station = NetworkStation { target_wait_s, ..NetworkStation::new("windows", servers) };
    let given =
        of_station(move |s| s.wait_sum_ms as f64 / s.waited.max(1) as f64 / MS_PER_SECOND / unit_s);
    let mut outputs = vec![("wq", wait(unit_s)), ("p_wait", p_wait()), ("wq_given_wait", given)];
    if target_wait_s.is_some() {
        outputs.push(("p_wait_gt_t", of_station(|s| s.share(s.over_target))));
    }
    Ok(vec![steady(single(station, exponential(unit_s / mu)), outputs)])
}

fn mm1(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let unit_s = GAP_S * lambda;
    if !fits(lambda / mu) {
        return Ok(Vec::new());
    }
    let spec = || single(NetworkStation::new("window", 1), exponential(unit_s / mu));
    let mut experiments = vec![steady(spec(), vec![("wq", wait(unit_s))])];
    for (k, t) in inputs.numbers("times")?.into_iter().enumerate().filter(|(_, t)| *t > 0.0) {
        // The mean over a tenth of the time around the instant.
        let width_s = t * unit_s / 20.0;
        let mut spec = spec();
        spec.streams[0].arrivals =
            Arrivals::Poisson { mean_gap_s: GAP_S, duration_s: t * unit_s + width_s };
        let read: Read =
            Box::new(move |r| around(r, 20, width_s, |i| i.queue_area_ms + i.busy_area_ms));
        experiments.push(Experiment {
            spec,
            options: Options { interval_s: Some(width_s), ..Options::default() },
            replications: 4_000,
            outputs: vec![(format!("mean_n_from_empty.{k}"), read)],
            smallest: 0.0,
            read_from: 0.0,
        });
    }
    Ok(experiments)
}

/// Mean number over the interval that ends at an instant and the one that begins there.
fn around(r: &Replication, place: usize, width_s: f64, area: fn(&Interval) -> u64) -> f64 {
    let intervals = &r.series[0].intervals;
    let both = [place - 1, place].into_iter().filter_map(|k| intervals.get(k));
    both.map(area).sum::<u64>() as f64 / (2.0 * width_s * MS_PER_SECOND)
}

fn mm1_delay(inputs: Inputs) -> Made {
    let (rho, mu) = (inputs.number("rho")?, inputs.number("mu")?);
    let unit_s = GAP_S * rho * mu;
    if !fits(rho) {
        return Ok(Vec::new());
    }
    let spec = single(NetworkStation::new("window", 1), exponential(unit_s / mu));
    Ok(vec![steady(spec, vec![("mean_delay", wait(unit_s))])])
}

fn finite_room(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let (servers, room) = (inputs.count("c")?, inputs.count("K")?);
    let unit_s = GAP_S * lambda;
    let station = NetworkStation { room: Some(room), ..NetworkStation::new("hall", servers) };
    let blocked: Read = Box::new(|r| r.blocked as f64 / r.customers as f64);
    let spec = single(station, exponential(unit_s / mu));
    Ok(vec![steady(spec, vec![("p_block", blocked), ("wq_admitted", wait(unit_s))])])
}

fn impatient(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let unit_s = GAP_S * lambda;
    let patience_s = Some(exponential(unit_s / inputs.number("theta")?));
    let station = NetworkStation { patience_s, ..NetworkStation::new("hall", servers(inputs)?) };
    let left: Read = Box::new(|r| r.reneged as f64 / r.customers as f64);
    let outputs = vec![("p_abandon", left), ("p_wait", p_wait()), ("mean_wait_all", wait(unit_s))];
    Ok(vec![steady(single(station, exponential(unit_s / mu)), outputs)])
}

fn mg1(inputs: Inputs) -> Made {
    let (lambda, mean) = (inputs.number("lambda_")?, inputs.number("mean_service")?);
    let cv = inputs.number("cv_service")?;
    if !fits(lambda * mean) {
        return Ok(Vec::new());
    }
    let unit_s = GAP_S * lambda;
    let service = Distribution::LogNormal { mean: unit_s * mean, cv };
    Ok(vec![steady(single(NetworkStation::new("doctor", 1), service), vec![("wq", wait(unit_s))])])
}

fn constant(inputs: Inputs) -> Made {
    let (lambda, value) = (inputs.number("lambda_")?, inputs.number("service")?);
    let (servers, unit_s) = (servers(inputs)?, GAP_S * lambda);
    if !fits(lambda * value / f64::from(servers)) {
        return Ok(Vec::new());
    }
    let target_wait_s = inputs.number("t").ok().map(|t| t * unit_s);
    let station = NetworkStation { target_wait_s, ..NetworkStation::new("terminal", servers) };
    let outputs = vec![
        ("wq", wait(unit_s)),
        ("p_wait", p_wait()),
        ("p_no_wait", of_station(|s| 1.0 - s.share(s.waited))),
        ("p_wait_le_t", of_station(|s| 1.0 - s.share(s.over_target))),
    ];
    let service = Distribution::Deterministic { value: unit_s * value };
    Ok(vec![steady(single(station, service), outputs)])
}

fn renewal(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let (servers, unit_s) = (inputs.count("c")?, GAP_S * lambda);
    if !fits(lambda / mu / f64::from(servers)) {
        return Ok(Vec::new());
    }
    let gap_s = match inputs.text("arrival")?.split('/').next() {
        Some("D") => Distribution::Deterministic { value: GAP_S },
        Some(name) if name.starts_with('E') => {
            Distribution::Gamma { mean: GAP_S, cv: 1.0 / libm::sqrt(inputs.number("erlang_k")?) }
        }
        _ => exponential(GAP_S),
    };
    let mut spec = single(NetworkStation::new("hall", servers), exponential(unit_s / mu));
    spec.streams[0].arrivals = Arrivals::Renewal { gap_s, duration_s: LENGTH_S };
    Ok(vec![steady(spec, vec![("wq", wait(unit_s)), ("p_wait", p_wait())])])
}

/// One station with ranks: rate and service of each class in the case's unit.
fn by_rank(classes: &[(f64, Distribution)], servers: u32, unit_s: f64, path: &str) -> Experiment {
    let discipline = Discipline::Priority;
    let station = NetworkStation { discipline, ..NetworkStation::new("hall", servers) };
    let per_s: Vec<(f64, Distribution)> =
        classes.iter().map(|(rate, service)| (rate / unit_s, service.clone())).collect();
    let mut experiment = steady(ranked(station, &per_s), Vec::new());
    for k in 0..classes.len() {
        let read = of_station(move |s| s.activities[k].wait_mean_s() / unit_s);
        experiment.outputs.push((format!("{path}.{k}"), read));
    }
    experiment
}

fn priority(inputs: Inputs) -> Made {
    let rates = inputs.numbers("lambda_by_class")?;
    let (mu, servers) = (inputs.number("mu")?, inputs.count("c")?);
    let total: f64 = rates.iter().sum();
    if !fits(total / mu / f64::from(servers)) {
        return Ok(Vec::new());
    }
    let unit_s = GAP_S * total;
    let classes: Vec<_> = rates.iter().map(|&rate| (rate, exponential(unit_s / mu))).collect();
    let mut experiment = by_rank(&classes, servers, unit_s, "wq_by_class");
    experiment.outputs.push(("wq_overall".to_owned(), wait(unit_s)));
    Ok(vec![experiment])
}

fn mg1_priority(inputs: Inputs) -> Made {
    let rows = inputs.rows("classes_lambda_mean_cv")?;
    let total: f64 = rows.iter().map(|row| row[0]).sum();
    if !fits(rows.iter().map(|row| row[0] * row[1]).sum()) {
        return Ok(Vec::new());
    }
    let unit_s = GAP_S * total;
    let service = |row: &Vec<f64>| Distribution::LogNormal { mean: unit_s * row[1], cv: row[2] };
    let classes: Vec<_> = rows.iter().map(|row| (row[0], service(row))).collect();
    Ok(vec![by_rank(&classes, 1, unit_s, "wq_nonpreemptive")])
}

fn spec_of(network: &Network, unit_s: f64) -> NetworkSpec {
    let mut spec = NetworkSpec {
        stations: Vec::new(),
        activities: Vec::new(),
        streams: poisson(),
        routes: Vec::new(),
    };
    for (name, mu, servers) in &network.stations {
        spec.stations.push(NetworkStation::new(name, *servers));
        spec.activities.push(activity(name, name, exponential(unit_s / mu)));
    }
    for (from, to, probability) in &network.routes {
        let from = if from == "in" { ARRIVAL } else { from };
        let to = if to == "out" { EXIT } else { to };
        spec.routes.push(route(from, to, *probability));
    }
    spec
}

fn stay(unit_s: f64) -> Read {
    Box::new(move |r| r.time_in_system_mean_s() / unit_s)
}

/// Mean time in all lines of a customer.
fn queueing(unit_s: f64) -> Read {
    Box::new(move |r| {
        let waits: u64 = r.stations.iter().map(|station| station.wait_sum_ms).sum();
        waits as f64 / r.customers as f64 / MS_PER_SECOND / unit_s
    })
}

/// Both arms of an outpatient department, in hours.
fn jackson(inputs: Inputs) -> Made {
    let mut experiments = Vec::new();
    for (routing, arm) in [("routing_baseline", "baseline"), ("routing_credit", "credit")] {
        let network = Network::new(inputs, inputs.at(routing))?;
        let unit_s = GAP_S * network.arrivals;
        let mut experiment = steady(spec_of(&network, unit_s), Vec::new());
        experiment.outputs.push((format!("mean_time_{arm}"), stay(unit_s)));
        experiment.outputs.push((format!("queue_time_{arm}"), queueing(unit_s)));
        for (k, (name, ..)) in network.stations.iter().enumerate() {
            let read: Read = Box::new(move |r| r.stations[k].wait_mean_s() / unit_s);
            experiment.outputs.push((format!("{arm}.{name}.wq"), read));
        }
        experiments.push(experiment);
    }
    Ok(experiments)
}

fn adoption(inputs: Inputs) -> Made {
    let routing: Value = adoption_routing(inputs.number("alpha")?);
    let network = Network::new(inputs, &routing)?;
    let unit_s = GAP_S * network.arrivals;
    let mut experiment =
        steady(spec_of(&network, unit_s), vec![("mean_time_average", stay(unit_s))]);
    for (k, (name, ..)) in network.stations.iter().enumerate() {
        let read: Read = Box::new(move |r| r.stations[k].wait_mean_s() / unit_s);
        experiment.outputs.push((format!("stations.{name}.wq"), read));
    }
    Ok(vec![experiment])
}

/// One line for all windows, and a window chosen blindly.
fn pooling(inputs: Inputs) -> Made {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let (windows, unit_s) = (inputs.count("c")?, GAP_S * lambda);
    if !fits(lambda / mu / f64::from(windows)) {
        return Ok(Vec::new());
    }
    let pooled = single(NetworkStation::new("hall", windows), exponential(unit_s / mu));
    let mut apart = NetworkSpec {
        stations: Vec::new(),
        activities: Vec::new(),
        routes: Vec::new(),
        ..pooled.clone()
    };
    for k in 0..windows {
        let name = format!("window {k}");
        apart.stations.push(NetworkStation::new(&name, 1));
        apart.activities.push(activity(&name, &name, exponential(unit_s / mu)));
        apart.routes.push(route(ARRIVAL, &name, 1.0 / f64::from(windows)));
        apart.routes.push(route(&name, EXIT, 1.0));
    }
    Ok(vec![
        steady(pooled, vec![("wq_pooled", wait(unit_s))]),
        steady(apart, vec![("wq_separate", queueing(unit_s))]),
    ])
}

fn batches(inputs: Inputs) -> Made {
    let (rate, mu) = (inputs.number("batch_rate")?, inputs.number("mu")?);
    let groups = inputs.numbers("batch_pmf_from_1")?;
    let unit_s = GAP_S * rate;
    let mut spec = single(NetworkStation::new("window", 1), exponential(unit_s / mu));
    spec.streams[0].groups = groups;
    Ok(vec![steady(spec, vec![("wq", wait(unit_s)), ("w", stay(unit_s))])])
}

/// Seconds of the unit of a case over days: hours.
const HOUR_S: f64 = 3_600.0;
/// Days of a replication of a daily swing, and of its warm-up.
const DAYS: u32 = 26;
const FIRST_DAYS: u32 = 6;
/// Intervals of a period.
const PER_PERIOD: u32 = 480;

/// Reads the days after the first ones at a time of day.
fn at_time_of_day(t: f64, period: f64, read: impl Fn(&[&Interval]) -> f64 + 'static) -> Read {
    let place = libm::round(t / period * f64::from(PER_PERIOD)) as u32;
    Box::new(move |r| {
        let intervals = &r.series[0].intervals;
        let places = (FIRST_DAYS..DAYS).flat_map(|day| {
            let at = day * PER_PERIOD + place;
            [at - 1, at]
        });
        let found: Vec<&Interval> = places.filter_map(|k| intervals.get(k as usize)).collect();
        read(&found)
    })
}

/// Mean of an area over intervals, as a number of customers.
fn mean_number(intervals: &[&Interval], width_ms: f64, area: fn(&Interval) -> u64) -> f64 {
    let sum: u64 = intervals.iter().map(|interval| area(interval)).sum();
    sum as f64 / width_ms / intervals.len().max(1) as f64
}

fn swing(inputs: Inputs) -> Result<Swing, String> {
    let (mean, period) = (inputs.number("mean_rate")?, inputs.number("period")?);
    Ok(Swing { mean, amplitude: inputs.number("amplitude")?, period })
}

/// A station under a daily swing for some weeks, in hours.
fn daily(inputs: Inputs, station: NetworkStation) -> Result<(Experiment, f64, f64), String> {
    let swing = swing(inputs)?;
    let Swing { period, .. } = swing;
    if period * f64::from(DAYS) * HOUR_S > 30.0 * 86_400.0 {
        return Err("period: too long to simulate".to_owned());
    }
    let mut spec = single(station, exponential(HOUR_S / inputs.number("mu")?));
    let arrivals = swinging(swing, 0.0, f64::from(DAYS) * period, HOUR_S);
    spec.streams = vec![Stream::new("customers", arrivals)];
    let interval_s = period * HOUR_S / f64::from(PER_PERIOD);
    let options = Options {
        warm_up_s: f64::from(FIRST_DAYS) * period * HOUR_S,
        interval_s: Some(interval_s),
        plain: false,
    };
    let read_from = swing.mean * period / f64::from(PER_PERIOD) * f64::from(DAYS - FIRST_DAYS);
    let outputs = Vec::new();
    let experiment =
        Experiment { spec, options, replications: 40, outputs, smallest: 0.0, read_from };
    Ok((experiment, period, interval_s * MS_PER_SECOND))
}

fn infinite(inputs: Inputs) -> Made {
    let station =
        NetworkStation { delay: Some(Delay::default()), ..NetworkStation::new("wards", 0) };
    let (mut experiment, period, width_ms) = daily(inputs, station)?;
    // The first days of the warm-up leave nobody behind: their last customers are counted too.
    experiment.options.warm_up_s -= period * HOUR_S;
    for (k, t) in inputs.numbers("times")?.into_iter().enumerate() {
        let read = at_time_of_day(t, period, move |found| {
            mean_number(found, width_ms, |i| i.busy_area_ms)
        });
        experiment.outputs.push((format!("m.{k}"), read));
    }
    Ok(vec![experiment])
}

/// Probabilities and lines below this would need millions of days.
const SMALLEST: f64 = 0.01;
/// Days to begin with.
const SINGLE_DAYS: u32 = 2_000;

/// Days apart, each from the hour at which fewest come until what is read.
fn periodic(inputs: Inputs) -> Made {
    let (servers, mu) = (inputs.count("c")?, inputs.number("mu")?);
    let swing = swing(inputs)?;
    if !swing.clears(f64::from(servers) * mu, 1.0 / mu) {
        return weeks(inputs);
    }
    let from = swing.trough() - swing.period;
    // Busy days are also those on which more come: sums are divided by how many are expected, as the
    // mean of each day's own mean would be another number.
    let expected = swing.mean * swing.period;
    let until = |to: f64, interval_s: Option<f64>| {
        let mut spec = single(NetworkStation::new("hall", servers), exponential(HOUR_S / mu));
        spec.streams = vec![Stream::new("customers", swinging(swing, from, to, HOUR_S))];
        let options = Options { interval_s, ..Options::default() };
        let (replications, smallest) = (SINGLE_DAYS, SMALLEST);
        let outputs = Vec::new();
        Experiment { spec, options, replications, outputs, smallest, read_from: expected }
    };
    let mut day = until(from + swing.period, None);
    let waits = of_station(move |s| s.wait_sum_ms as f64 / expected / HOUR_S / MS_PER_SECOND);
    day.outputs.push(("mean_wq_hours".to_owned(), waits));
    day.outputs.push(("p_delay".to_owned(), of_station(move |s| s.waited as f64 / expected)));
    let mut experiments = vec![day];
    let interval = swing.period / f64::from(PER_PERIOD);
    for (k, t) in inputs.numbers("times")?.into_iter().enumerate() {
        // Of the two troughs before the instant the later one, if it is far enough away.
        let t = if t - from > 1.2 * swing.period { t - swing.period } else { t };
        let place = libm::round((t - from) / interval) as usize;
        let mut instant = until(t + interval, Some(interval * HOUR_S));
        let expected = swing.mean_between(t - interval, t + interval) * 2.0 * interval;
        instant.read_from = expected;
        let width_ms = interval * HOUR_S * MS_PER_SECOND;
        // The two intervals that meet at the instant.
        let of_both = move |r: &Replication, of: fn(&Interval) -> u64| {
            let intervals = &r.series[0].intervals;
            let both = [place - 1, place].into_iter().filter_map(|k| intervals.get(k));
            both.map(of).sum::<u64>() as f64
        };
        let line: Read = Box::new(move |r| of_both(r, |i| i.queue_area_ms) / width_ms / 2.0);
        instant.outputs.push((format!("lq.{k}"), line));
        // Poisson arrivals see time averages: who finds all servers busy waits.
        let busy: Read = Box::new(move |r| of_both(r, |i| i.waited) / expected);
        instant.outputs.push((format!("p_all_busy.{k}"), busy));
        experiments.push(instant);
    }
    Ok(experiments)
}

/// Weeks of days, where a crowd may stay overnight.
fn weeks(inputs: Inputs) -> Made {
    let station = NetworkStation::new("hall", inputs.count("c")?);
    let (mut experiment, period, width_ms) = daily(inputs, station)?;
    experiment.outputs.push(("mean_wq_hours".to_owned(), wait(HOUR_S)));
    experiment.outputs.push(("p_delay".to_owned(), p_wait()));
    experiment.smallest = SMALLEST;
    // A day's line depends on the day before; the day before the first counted one is simulated too.
    experiment.options.warm_up_s -= period * HOUR_S;
    for (k, t) in inputs.numbers("times")?.into_iter().enumerate() {
        let line = at_time_of_day(t, period, move |found| {
            mean_number(found, width_ms, |i| i.queue_area_ms)
        });
        experiment.outputs.push((format!("lq.{k}"), line));
        // Poisson arrivals see time averages: who finds all servers busy waits.
        let busy = at_time_of_day(t, period, |found| {
            let waited: u64 = found.iter().map(|i| i.waited).sum();
            let joined: u64 = found.iter().map(|i| i.joined).sum();
            waited as f64 / joined.max(1) as f64
        });
        experiment.outputs.push((format!("p_all_busy.{k}"), busy));
    }
    Ok(vec![experiment])
}
