//! `aftercare flow`: the queueing engine alone on a network given as data.
//! Must never print a wall-clock figure among the deterministic ones of the human table.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::{flow_out, out};
use crate::archive::FileEntry;
use crate::experiment::mser_warm_up_s;
use crate::flow::network::{
    NetworkResult, NetworkSpec, Options, Problem, Replication, StationResult, methods,
    simulate_with,
};
use crate::scenario;
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.flow/1";
pub(super) const MS_PER_SECOND: f64 = 1_000.0;
/// Word for the warm-up that is looked for.
const MSER: &str = "mser5";

/// Arguments of `flow`.
#[derive(Clone, Debug, Args)]
pub(super) struct FlowArgs {
    /// Network file (`aftercare schema network` prints its form).
    pub(super) network: PathBuf,
    /// Independent replications.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) replications: u16,
    /// Root seed.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Leaves out customers who come earlier: seconds, or `mser5` to look for the end of the warm-up.
    #[arg(long, value_name = "SECONDS|mser5", value_parser = warm_up)]
    warm_up: Option<WarmUp>,
    /// Folder for CSV tables, charts and a picture of the network.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Runs by explicit events on one binary heap: the same results, slowly.
    #[arg(long)]
    plain: bool,
}

/// How the warm-up is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
enum WarmUp {
    Given(f64),
    Mser,
}

fn warm_up(text: &str) -> Result<WarmUp, String> {
    if text == MSER {
        return Ok(WarmUp::Mser);
    }
    match text.parse() {
        Ok(seconds @ 0.0..=2_592_000.0) => Ok(WarmUp::Given(seconds)),
        _ => Err(format!("expected `{MSER}` or seconds from 0 to 2592000")),
    }
}

/// What was run: the file's network and how.
pub(super) struct Ran<'a> {
    pub(super) name: &'a str,
    pub(super) spec: &'a NetworkSpec,
    /// Every file that was read.
    pub(super) inputs: &'a [FileEntry],
    pub(super) warm_up_s: f64,
    pub(super) result: &'a NetworkResult,
}

/// Simulates a network and prints its stations.
pub(super) fn run(arguments: &FlowArgs, common: &Common) -> Result<Exit, Fault> {
    let input = scenario::load_network(&arguments.network)?;
    if !input.warnings.is_empty() {
        common.note(&input.warnings.to_string());
    }
    let pool = super::run::pool(common)?;
    let warm_up_s = match arguments.warm_up {
        None => 0.0,
        Some(WarmUp::Given(seconds)) => seconds,
        Some(WarmUp::Mser) => pool
            .install(|| mser_warm_up_s(&input.spec, arguments.seed))
            .map_err(|problems| refused(&problems))?,
    };
    let options = Options { warm_up_s, interval_s: None, plain: arguments.plain };
    let simulate =
        |options| simulate_with(&input.spec, arguments.seed, arguments.replications, options);
    let started = now();
    let result = pool.install(|| simulate(options)).map_err(|problems| refused(&problems))?;
    let seconds = started.elapsed().as_secs_f64().max(1e-9);
    let inputs = inputs(&input.files);
    let (name, spec) = (&input.name, &input.spec);
    let ran = Ran { name, spec, inputs: &inputs, warm_up_s, result: &result };
    let answer = answer(&ran, arguments, seconds);
    if let Some(folder) = &arguments.out {
        // Series over time cost more than the run: they are kept in a second pass, the same run.
        let interval_s = Some(flow_out::interval_s(&result));
        let again = pool
            .install(|| simulate(Options { interval_s, ..options }))
            .map_err(|problems| refused(&problems))?;
        let ran = Ran { result: &again, ..ran };
        flow_out::write(folder, &ran, &answer, common)?;
    }
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&human(&answer, common))?;
    }
    if answer["conserved"] != true {
        return Err(Fault::invalid("customers were lost or Little's law is broken"));
    }
    Ok(Exit::Done)
}

/// The files that were read, by their names alone: a folder is no part of a network.
fn inputs(files: &[scenario::InputFile]) -> Vec<FileEntry> {
    let entry = |file: &scenario::InputFile| {
        let name = Path::new(&file.path).file_name().unwrap_or_default();
        FileEntry::of(&name.to_string_lossy(), file.text.as_bytes())
    };
    files.iter().map(entry).collect()
}

fn refused(problems: &[Problem]) -> Fault {
    let lines = problems.iter().map(|p| format!("{}: {}", p.place, p.message));
    Fault::input(lines.collect::<Vec<_>>().join("\n"))
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the clock, once, for rates")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn answer(ran: &Ran, arguments: &FlowArgs, seconds: f64) -> Value {
    let replications = &ran.result.replications;
    let total = |of: fn(&Replication) -> u64| replications.iter().map(of).sum::<u64>();
    let each = |of: &dyn Fn(&Replication) -> f64| {
        out::estimate(&replications.iter().map(of).collect::<Vec<_>>())
    };
    let (patients, events) = (total(|r| r.customers), total(|r| r.events));
    let rate = |count: u64| libm::round(count as f64 / seconds) as u64;
    let methods = methods(ran.spec);
    let mut stations = Map::new();
    for (index, station) in ran.result.stations.iter().enumerate() {
        let (method, windows) = methods[index];
        let mut of_station = of_station(ran, index);
        of_station["method"] = json!(method.name());
        of_station["in_windows"] = json!(windows);
        stations.insert(station.clone(), of_station);
    }
    json!({
        "schema": SCHEMA,
        "network": ran.name,
        "inputs": ran.inputs,
        "seed": arguments.seed,
        "replications": arguments.replications,
        "warm_up_s": out::rounded(ran.warm_up_s),
        "warm_up": match arguments.warm_up {
            None => "none",
            Some(WarmUp::Given(_)) => "given",
            Some(WarmUp::Mser) => MSER,
        },
        "patients": patients,
        "done": total(|r| r.done),
        "turned_away": total(|r| r.turned_away),
        "blocked": total(|r| r.blocked),
        "balked": total(|r| r.balked),
        "reneged": total(|r| r.reneged),
        "no_shows": total(|r| r.no_shows),
        "conserved": replications.iter().all(Replication::is_conserved),
        "events": events,
        "patients_per_replication": each(&|r| r.customers as f64),
        "time_in_system_mean_s": each(&Replication::time_in_system_mean_s),
        "end_s": each(&|r| f64::from(r.end_ms) / MS_PER_SECOND),
        "stations": stations,
        "seconds": out::rounded(seconds),
        "patients_per_s": rate(patients),
        "events_per_s": rate(events),
    })
}

fn of_station(ran: &Ran, index: usize) -> Value {
    let replications = &ran.result.replications;
    let rows = || replications.iter().map(move |r| &r.stations[index]);
    let each =
        |of: &dyn Fn(&StationResult) -> f64| out::estimate(&rows().map(of).collect::<Vec<_>>());
    let total = |of: fn(&StationResult) -> u64| rows().map(of).sum::<u64>();
    let wait = |k: usize| each(&|s| f64::from(s.wait_quantiles_ms[k]) / MS_PER_SECOND);
    let line = |r: &Replication| {
        let span = f64::from(r.end_ms) - ran.warm_up_s * MS_PER_SECOND;
        r.stations[index].queue_area_ms as f64 / span.max(1.0)
    };
    let seconds = |ms: u64| out::rounded(ms as f64 / MS_PER_SECOND);
    let (area, waits) = (total(|s| s.queue_area_ms), total(|s| s.wait_sum_ms));
    let loaded = ran.spec.stations[index].delay.is_none();
    json!({
        "served": total(|s| s.served),
        "wait_mean_s": each(&StationResult::wait_mean_s),
        "wait_p50_s": wait(0),
        "wait_p90_s": wait(1),
        "wait_p95_s": wait(2),
        "wait_p99_s": wait(3),
        "waited_share": each(&|s| s.share(s.waited)),
        "over_target_share": ran.spec.stations[index]
            .target_wait_s
            .map(|_| each(&|s| s.share(s.over_target))),
        "utilisation": if loaded { each(&StationResult::utilisation) } else { Value::Null },
        "utilisation_to_end": if loaded {
            each(&StationResult::utilisation_to_end)
        } else {
            Value::Null
        },
        "queue_mean": out::estimate(&replications.iter().map(line).collect::<Vec<_>>()),
        "longest_queue": each(&|s| f64::from(s.longest_queue)),
        "longest_queue_max": rows().map(|s| s.longest_queue).max(),
        "turned_away": total(|s| s.turned_away),
        "blocked": total(|s| s.blocked),
        "balked": total(|s| s.balked),
        "reneged": total(|s| s.reneged),
        "little": {
            "queue_area_s": seconds(area),
            "wait_sum_s": seconds(waits),
            "exact": rows().all(|s| s.queue_area_ms == s.wait_sum_ms),
        },
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
    format!("{table}\n{}{}", lost(answer, common), figures(answer, common))
}

/// Who did not get through, where anybody did not; and whether the books of the queues close.
fn lost(answer: &Value, common: &Common) -> String {
    let words = [
        ("turned_away", common.say("after closing", "关门后到达")),
        ("blocked", common.say("no room", "无空位")),
        ("balked", common.say("put off by the line", "见队长而离开")),
        ("reneged", common.say("left a line", "排队中离开")),
        ("no_shows", common.say("did not come", "未赴约")),
    ];
    let some = words.iter().filter(|(key, _)| answer[key].as_u64() != Some(0));
    let some: Vec<String> = some.map(|(key, word)| format!("{} {word}", answer[key])).collect();
    let mut text = if some.is_empty() { String::new() } else { some.join(", ") + "\n" };
    if answer["warm_up"] != "none" {
        let word = common.say("warm-up left out", "剔除预热期");
        text += &format!("{word}: {} s ({})\n", answer["warm_up_s"], common.word(answer));
    }
    text + match answer["conserved"].as_bool() {
        Some(true) => common.say(
            "Little's law and conservation: exact in every replication\n",
            "利特尔法则与人数守恒：每次重复均精确成立\n",
        ),
        _ => common.say("Little's law or conservation: BROKEN\n", "利特尔法则或人数守恒：不成立\n"),
    }
}

impl Common {
    fn word(&self, answer: &Value) -> &str {
        if answer["warm_up"] == MSER { "MSER-5" } else { self.say("given", "给定") }
    }
}

fn figures(answer: &Value, common: &Common) -> String {
    format!(
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
    )
}
