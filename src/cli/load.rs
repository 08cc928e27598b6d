//! `aftercare load`: the capacity test of the engine behind a store.
//! Must never print a ceiling that the generator set: its verdict decides the exit code.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::loadtest::{self, LoadError, LoadPlan, LoadWorld, Mix, Objective, Workload};
use crate::scenario;
use crate::store::StoreKind;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `load`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LoadArgs {
    #[command(subcommand)]
    faults: Option<super::load_faults::FaultCommand>,
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Store under test: memory, journal, postgres or http.
    #[arg(long, default_value = "memory")]
    store: StoreKind,
    /// Requests a second; the search starts from it.
    #[arg(long, default_value_t = 10_000.0, value_parser = positive)]
    rate: f64,
    /// Length of the run, or of each step of a search, seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Most that the 99th percentile of the latency may be, ms; missing it gives exit 99.
    #[arg(long, value_parser = positive)]
    objective_p99_ms: Option<f64>,
    /// Searches for the highest rate within the objective.
    #[arg(long, requires = "objective_p99_ms")]
    search: bool,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Root seed of the synthetic load.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder of the journal; a new one in the output folder if not given.
    #[arg(long)]
    journal: Option<PathBuf>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number above 0".into()),
    }
}

/// Most requests in one batch, and bytes of a journal segment.
const MOST_A_BATCH: usize = 4_096;
const SEGMENT_BYTES: u64 = 64 << 20;

/// Runs the capacity test.
pub(super) fn run(arguments: &LoadArgs, common: &Common) -> Result<Exit, Fault> {
    if let Some(faults) = &arguments.faults {
        return faults.run(common);
    }
    if let Some(message) = arguments.store.missing() {
        return Err(Fault::input(message));
    }
    let scenario = scenario::load(&arguments.scenario)?;
    let world = LoadWorld::new(&scenario, arguments.population, arguments.seed);
    let duration = Duration::from_secs(arguments.seconds);
    let plan = LoadPlan {
        rate: arguments.rate,
        duration,
        warmup: duration / 5,
        most_a_batch: MOST_A_BATCH,
        objective: arguments.objective_p99_ms.map(|p99_ms| Objective { p99_ms }),
        search: arguments.search,
        seed: arguments.seed,
        folder: arguments.journal.clone().unwrap_or_else(|| PathBuf::from("output/journal")),
        segment_bytes: SEGMENT_BYTES,
    };
    let workload = Workload::Mix(Mix::default());
    let report = super::run::pool(common)?.install(|| {
        loadtest::run(&world, arguments.store, &workload, &plan, &mut |line| common.note(line))
    });
    let report = report.map_err(|error| match error {
        LoadError::Usage(message) => Fault::input(message),
        LoadError::Store(error) => Fault::internal(error),
    })?;
    if common.wants_json() {
        out::print_json(&serde_json::to_value(&report).map_err(Fault::internal)?)?;
    } else {
        let zh = usize::from(common.lang == Language::Zh);
        let rows = report.rows().into_iter();
        let lines = rows.map(|(label, value)| format!("{}: {value}\n", label[zh]));
        out::print(&lines.collect::<String>())?;
    }
    match report.exit_code() {
        0 => Ok(Exit::Done),
        99 => Ok(Exit::Missed),
        _ => Ok(Exit::Invalid),
    }
}
