//! `aftercare load record | import | headroom`: a simulated city's day as a load, somebody's log as a load,
//! and what a city's peak minute asks of a core whose capacity was measured. Must never call a part of a
//! city the whole without saying by what it was multiplied.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::city::City;
use crate::domain::Day;
use crate::loadtest::import::{self, Mapping};
use crate::loadtest::topology::Topology;
use crate::loadtest::{LoadWorld, peak};
use crate::report;
use crate::scenario::{self, Scenario};
use crate::sim::{RecordedDay, Stopped, World, record_day};
use crate::store::{Census, midnight};
use crate::wire::text::time_text;
use crate::wire::write_trace;
use clap::Args;
use serde_json::{Map, Value, json};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Arguments of `load record`.
#[derive(Clone, Debug, Args)]
pub(super) struct RecordArgs {
    /// Scenario to simulate.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Folder of the recording: an empty or a new one.
    #[arg(long, default_value = "output/recording")]
    out: PathBuf,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Root seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Day to record, from 0; the days before it are simulated.
    #[arg(long, default_value_t = 30, conflicts_with = "month_end")]
    day: u32,
    /// Records the first last day of a month on or after this day, with its debits.
    #[arg(long)]
    month_end: Option<u32>,
}

/// Arguments of `load import`.
#[derive(Clone, Debug, Args)]
pub(super) struct ImportArgs {
    /// The log: CSV with a header, or NDJSON.
    log: PathBuf,
    /// What its columns are (`aftercare.mapping/1`).
    #[arg(long)]
    mapping: PathBuf,
    /// Scenario onto whose people the log is laid.
    #[arg(long, default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Root seed of the people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Trace to write.
    #[arg(long, default_value = "output/imported.csv")]
    out: PathBuf,
}

/// Arguments of `load headroom`.
#[derive(Clone, Debug, Args)]
pub(super) struct HeadroomArgs {
    /// Folder of a recording.
    #[arg(long)]
    recorded: PathBuf,
    /// Reports of `load --search --format json`, one a store.
    #[arg(long, required = true)]
    report: Vec<PathBuf>,
    /// Systems around the core (`aftercare.topology/1`).
    #[arg(long, default_value = "docs/core_topology.json")]
    topology: PathBuf,
    /// People of the province whose hub would carry all of its cities.
    #[arg(long, default_value_t = 127_060_000)]
    province_people: u64,
    /// Page to write; the numbers of its pictures go into a CSV of the same name.
    #[arg(long)]
    page: Option<PathBuf>,
}

/// The people of a scenario, sampled where that is asked for, and how many it has in full.
fn sampled(path: &Path, population: Option<u32>) -> Result<(Scenario, u64), Fault> {
    let mut scenario = scenario::load(path)?;
    let full = u64::from(scenario.city.people.population);
    if let Some(people) = population {
        scenario.city = City::sample(&scenario.city, people).0;
    }
    Ok((scenario, full))
}

/// Simulates up to a day and writes its midnight, its commands and what they come to.
pub(super) fn record(arguments: &RecordArgs, common: &Common) -> Result<Exit, Fault> {
    let (scenario, full) = sampled(&arguments.scenario, arguments.population)?;
    let day = match arguments.month_end {
        None => arguments.day,
        Some(from) => from + days_to_month_end(scenario.city.start + from as i32),
    };
    fs::create_dir_all(&arguments.out)?;
    let pool = super::run::pool(common)?;
    let world = pool.install(|| World::new(&scenario, arguments.seed));
    let recorded = pool.install(|| record_day(&world, 1, day, &mut |_| true));
    let recorded = recorded.map_err(|stopped| match stopped {
        Stopped::Invalid(invalid) => Fault::invalid(invalid),
        Stopped::Interrupted => Fault::interrupted("the recording was stopped"),
    })?;
    let load = LoadWorld::new(&scenario, None, arguments.seed).at_midnight(&recorded);
    let place = |name: &str| arguments.out.join(name);
    midnight::write(&load.census, File::create(place("midnight.bin"))?).map_err(Fault::internal)?;
    write_trace(&recorded.commands, File::create(place("day.csv"))?).map_err(Fault::internal)?;
    let mut answer = summary(&recorded, &load.census);
    answer["scenario"] = json!(scenario.name);
    answer["people"] = json!(full);
    answer["seed"] = json!(arguments.seed);
    let text = serde_json::to_string_pretty(&answer).map_err(Fault::internal)?;
    fs::write(place("recording.json"), text + "\n")?;
    out::print_json(&answer)?;
    Ok(Exit::Done)
}

/// Days until the last day of a month.
fn days_to_month_end(from: Day) -> u32 {
    let month = from.civil().month;
    (0..31).find(|&days| (from + (days + 1)).civil().month != month).unwrap_or(0).unsigned_abs()
}

/// What a recorded day comes to.
fn summary(recorded: &RecordedDay, census: &Census) -> Value {
    let peak = peak::of(&recorded.commands);
    let visits = peak.visits.max(1) as f64;
    let by_command: Map<String, Value> = peak
        .by_command
        .iter()
        .map(|(word, &requests)| {
            let row = json!({"requests": requests, "a_visit": requests as f64 / visits});
            ((*word).to_owned(), row)
        })
        .collect();
    json!({
        "schema": "aftercare.recording/1",
        "day": recorded.day.to_string(),
        "people_recorded": census.rows.len(),
        "open_lines": census.credit.len(),
        "visits": peak.visits,
        "commands": recorded.commands.len(),
        "by_command": by_command,
        "peak_minute": {
            "from": time_text(peak.minute),
            "requests": peak.requests,
            "requests_through_bank": peak.through_bank,
        },
        "busiest_hospital": {"hospital": peak.hospital, "requests": peak.hospital_requests},
    })
}

/// Turns a masked log into a trace.
pub(super) fn import(arguments: &ImportArgs) -> Result<Exit, Fault> {
    let place = |path: &Path, error: &dyn std::fmt::Display| {
        Fault::input(format!("{}: {error}", path.display()))
    };
    let text = fs::read_to_string(&arguments.mapping);
    let text = text.map_err(|error| place(&arguments.mapping, &error))?;
    let mapping = Mapping::parse(&text).map_err(|error| place(&arguments.mapping, &error))?;
    let (scenario, _) = sampled(&arguments.scenario, arguments.population)?;
    let world = LoadWorld::new(&scenario, None, arguments.seed);
    let file = File::open(&arguments.log).map_err(|error| place(&arguments.log, &error))?;
    let rows = import::rows(BufReader::new(file)).map_err(|error| place(&arguments.log, &error))?;
    let batch = import::import(rows, &mapping, &world.census.sizes);
    let batch = batch.map_err(|error| place(&arguments.log, &error))?;
    if let Some(folder) = arguments.out.parent() {
        fs::create_dir_all(folder)?;
    }
    write_trace(&batch, File::create(&arguments.out)?).map_err(Fault::internal)?;
    out::print_json(&json!({
        "schema": "aftercare.imported/1",
        "commands": batch.len(),
        "out": arguments.out.display().to_string(),
    }))?;
    Ok(Exit::Done)
}

fn read_json(path: &Path) -> Result<Value, Fault> {
    let place =
        |error: &dyn std::fmt::Display| Fault::input(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| place(&error))?;
    serde_json::from_str(&text).map_err(|error| place(&error))
}

/// Holds a recorded peak minute against measured capacities.
pub(super) fn headroom(arguments: &HeadroomArgs, common: &Common) -> Result<Exit, Fault> {
    let recorded = read_json(&arguments.recorded.join("recording.json"))?;
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let people = number(&recorded["people"]);
    let scale = people / number(&recorded["people_recorded"]).max(1.0);
    let a_second = |value: &Value| number(value) / 60.0;
    let city = a_second(&recorded["peak_minute"]["requests"]) * scale;
    let bank = a_second(&recorded["peak_minute"]["requests_through_bank"]) * scale;
    let hospital = a_second(&recorded["busiest_hospital"]["requests"]);
    let province = city * arguments.province_people as f64 / people.max(1.0);
    let text = fs::read_to_string(&arguments.topology);
    let text = text.map_err(|e| Fault::input(format!("{}: {e}", arguments.topology.display())))?;
    let topology = Topology::parse(&text).map_err(Fault::input)?;
    let mut stores = Vec::new();
    let mut tiers = vec![
        tier("hospital", None, hospital, Some(topology.hospital_per_s())),
        tier("bank", None, bank, Some(topology.bank_per_s())),
    ];
    tiers.extend(topology.network_per_s().map(|per_s| tier("network", None, city, Some(per_s))));
    for path in &arguments.report {
        let report = read_json(path)?;
        let store = report["store"].as_str().unwrap_or("?").to_owned();
        let searched = report["capacity_per_s"].as_f64();
        // One run without a search shows what the store does at least; a search in vain shows nothing.
        let single = report["steps"].as_array().is_none_or(Vec::is_empty);
        let capacity = searched.or_else(|| report["achieved_per_s"].as_f64().filter(|_| single));
        let at_least = capacity.is_some()
            && (searched.is_none() || report["capacity_is_a_lower_bound"] == true);
        tiers.push(tier("city_core", Some(&store), city, capacity));
        tiers.push(tier("province_hub", Some(&store), province, capacity));
        stores.push(json!({
            "store": store,
            "capacity_per_s": capacity,
            "at_least": at_least,
            "verdict": report["verdict"],
            "objective_ms": report["objective"]["ms"],
            "objective_quantile": report["objective"]["quantile"],
            "steps": report["steps"],
        }));
    }
    // The strongest store that was measured stands for the core.
    let best = |name: &str| {
        let of = tiers.iter().filter(|row| row["tier"] == name);
        of.filter_map(|row| row["headroom"].as_f64()).fold(f64::NAN, f64::max)
    };
    let names = ["hospital", "network", "bank", "city_core", "province_hub"];
    let first = names.into_iter().min_by(|a, b| best(a).total_cmp(&best(b)));
    let answer = json!({
        "schema": "aftercare.headroom/1",
        "scenario": recorded["scenario"],
        "day": recorded["day"],
        "people": recorded["people"],
        "people_recorded": recorded["people_recorded"],
        "province_people": arguments.province_people,
        "peak_minute": recorded["peak_minute"]["from"],
        "multiplied_by": scale,
        "visits": recorded["visits"],
        "by_command": recorded["by_command"],
        "tiers": tiers,
        "first_to_saturate": first,
        "stores": stores,
    });
    if let Some(path) = &arguments.page {
        write_page(path, &answer)?;
    }
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&shown(&answer, common))?;
    }
    Ok(Exit::Done)
}

/// The page, and beside it the numbers of its pictures.
fn write_page(path: &Path, answer: &Value) -> Result<(), Fault> {
    let beside = path.with_extension("csv");
    let name = beside.file_name().unwrap_or_default().to_string_lossy();
    let page = report::capacity(answer, &name).map_err(Fault::internal)?;
    fs::write(path, page)?;
    let mut steps = csv::Writer::from_path(&beside).map_err(Fault::internal)?;
    steps.write_record(report::CAPACITY_STEPS).map_err(Fault::internal)?;
    for row in report::capacity_steps(answer) {
        steps.write_record(row).map_err(Fault::internal)?;
    }
    Ok(steps.flush()?)
}

fn tier(name: &str, store: Option<&str>, demand: f64, capacity: Option<f64>) -> Value {
    let room = capacity.and_then(|capacity| report::headroom(demand, capacity));
    json!({
        "tier": name,
        "store": store,
        "demand_per_s": demand,
        "capacity_per_s": capacity,
        "headroom": room.map(|room| room.times),
        "cities": room.map(|room| room.cities),
    })
}

fn shown(answer: &Value, common: &Common) -> String {
    let head = match common.lang {
        super::args::Language::En => {
            ["tier", "store", "requests/s", "capacity/s", "headroom", "cities"]
        }
        super::args::Language::Zh => ["层级", "存储", "每秒请求", "容量", "余量", "可容城市"],
    };
    let cell = |value: &Value, decimals| out::cell(value.as_f64(), decimals);
    let rows = answer["tiers"].as_array().into_iter().flatten().map(|row| {
        vec![
            row["tier"].as_str().unwrap_or_default().to_owned(),
            row["store"].as_str().unwrap_or("-").to_owned(),
            cell(&row["demand_per_s"], 1),
            cell(&row["capacity_per_s"], 0),
            cell(&row["headroom"], 1),
            cell(&row["cities"], 0),
        ]
    });
    let first = answer["first_to_saturate"].as_str().unwrap_or_default();
    let said = common.say("first to saturate", "最先饱和");
    format!("{}\n{said}: {first}\n", out::table(&head, rows.collect(), 2))
}
