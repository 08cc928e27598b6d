//! `aftercare flow`: the queueing engine alone on a network given as data.
//! Must never print a wall-clock figure among the deterministic ones of the human table.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::flow::network::{NetworkResult, Replication, StationResult, simulate};
use crate::scenario;
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.flow/1";
const MS_PER_SECOND: f64 = 1_000.0;

/// Arguments of `flow`.
#[derive(Clone, Debug, Args)]
pub(super) struct FlowArgs {
    /// Network file (`aftercare schema network` prints its form).
    network: PathBuf,
    /// Independent replications.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    replications: u16,
    /// Root seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Simulates a network and prints its stations.
pub(super) fn run(arguments: &FlowArgs, common: &Common) -> Result<Exit, Fault> {
    let input = scenario::load_network(&arguments.network)?;
    if !input.warnings.is_empty() {
        common.note(&input.warnings.to_string());
    }
    let pool = super::run::pool(common)?;
    let started = now();
    let result = pool.install(|| simulate(&input.spec, arguments.seed, arguments.replications));
    let seconds = started.elapsed().as_secs_f64().max(1e-9);
    let result = result.map_err(|problems| {
        let lines = problems.iter().map(|p| format!("{}: {}", p.place, p.message));
        Fault::input(lines.collect::<Vec<_>>().join("\n"))
    })?;
    let answer = answer(&input.name, arguments, &result, seconds);
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&human(&answer, common))?;
    }
    Ok(Exit::Done)
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the clock, once, for rates")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn answer(name: &str, arguments: &FlowArgs, result: &NetworkResult, seconds: f64) -> Value {
    let total = |of: fn(&Replication) -> u64| result.replications.iter().map(of).sum::<u64>();
    let each = |of: &dyn Fn(&Replication) -> f64| {
        out::estimate(&result.replications.iter().map(of).collect::<Vec<_>>())
    };
    let (patients, events) = (total(|r| r.customers), total(|r| r.events));
    let rate = |count: u64| libm::round(count as f64 / seconds) as u64;
    let mut stations = Map::new();
    for (index, station) in result.stations.iter().enumerate() {
        stations.insert(station.clone(), of_station(result, index));
    }
    let stay = |r: &Replication| {
        r.time_in_system_sum_ms as f64 / r.customers.max(1) as f64 / MS_PER_SECOND
    };
    json!({
        "schema": SCHEMA,
        "network": name,
        "seed": arguments.seed,
        "replications": arguments.replications,
        "patients": patients,
        "turned_away": total(|r| r.turned_away),
        "events": events,
        "patients_per_replication": each(&|r| r.customers as f64),
        "time_in_system_mean_s": each(&stay),
        "end_s": each(&|r| f64::from(r.end_ms) / MS_PER_SECOND),
        "stations": stations,
        "seconds": out::rounded(seconds),
        "patients_per_s": rate(patients),
        "events_per_s": rate(events),
    })
}

fn of_station(result: &NetworkResult, index: usize) -> Value {
    let rows = || result.replications.iter().map(move |r| &r.stations[index]);
    let each =
        |of: &dyn Fn(&StationResult) -> f64| out::estimate(&rows().map(of).collect::<Vec<_>>());
    let seconds = |ms: u32| f64::from(ms) / MS_PER_SECOND;
    json!({
        "served": rows().map(|s| s.served).sum::<u64>(),
        "wait_mean_s": each(&StationResult::wait_mean_s),
        "wait_p50_s": each(&|s| seconds(s.wait_quantiles_ms[0])),
        "wait_p90_s": each(&|s| seconds(s.wait_quantiles_ms[1])),
        "wait_p99_s": each(&|s| seconds(s.wait_quantiles_ms[3])),
        "utilisation": each(&StationResult::utilisation),
        "longest_queue": each(&|s| f64::from(s.longest_queue)),
        "longest_queue_max": rows().map(|s| s.longest_queue).max(),
    })
}

fn human(answer: &Value, common: &Common) -> String {
    let header = [
        common.say("station", "站点"),
        common.say("served", "服务人次"),
        common.say("wait s", "等候 秒"),
        "± 95%",
        "p50",
        "p90",
        "p99",
        common.say("load", "负荷"),
        common.say("longest", "最长队"),
    ];
    let empty = Map::new();
    let stations = answer["stations"].as_object().unwrap_or(&empty).iter();
    let rows = stations.map(|(name, station)| {
        let mean = |key: &str, decimals| out::cell(station[key]["mean"].as_f64(), decimals);
        let ci = &station["wait_mean_s"]["ci95"];
        let half = ci[1].as_f64().zip(ci[0].as_f64()).map(|(high, low)| (high - low) / 2.0);
        vec![
            name.clone(),
            station["served"].to_string(),
            mean("wait_mean_s", 2),
            out::cell(half, 2),
            mean("wait_p50_s", 1),
            mean("wait_p90_s", 1),
            mean("wait_p99_s", 1),
            mean("utilisation", 3),
            mean("longest_queue", 1),
        ]
    });
    let table = out::table(&header, rows.collect(), 1);
    let figures = format!(
        "{} {}, {} {}, {} {}, {} {:.1} s\n{} {}/s, {} {}/s ({} s)\n",
        answer["replications"],
        common.say("replications", "次重复"),
        answer["patients"],
        common.say("patients", "名患者"),
        answer["events"],
        common.say("events", "个事件"),
        common.say("mean time in system", "平均在院时间"),
        answer["time_in_system_mean_s"]["mean"].as_f64().unwrap_or(0.0),
        answer["patients_per_s"],
        common.say("patients", "患者"),
        answer["events_per_s"],
        common.say("events", "事件"),
        answer["seconds"],
    );
    format!("{table}\n{figures}")
}
