//! `aftercare load`: the capacity test of the engine behind a store.
//! Must never print a ceiling that the generator set: its verdict decides the exit code.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::loadtest::{
    self, Arrivals, LoadError, LoadPlan, LoadWorld, Mix, Objective, Skew, Workload,
};
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
    /// Latency objective, such as `settle p99 < 50ms`; missing it gives exit 99.
    #[arg(long, value_name = "OBJECTIVE")]
    slo: Option<Objective>,
    /// Searches for the highest rate within the objective.
    #[arg(long, requires = "slo")]
    search: bool,
    /// Repeats of the best step of a search.
    #[arg(long, default_value_t = 0, requires = "search")]
    repeats: u32,
    /// What is sent: `city`, one kind, or weights such as `settle=50,draw=15,query=10`.
    #[arg(long, default_value = "city")]
    mix: String,
    /// Replays a trace (`aftercare.trace/1`) at its own times in place of the mix.
    #[arg(long, conflicts_with_all = ["search", "closed", "mix"])]
    trace: Option<PathBuf>,
    /// Speed of the trace: 10 sends ten of its hours in one.
    #[arg(long, default_value_t = 1.0, value_parser = positive, requires = "trace")]
    speed: f64,
    /// How the rate moves within a run: poisson, bursts or ramp.
    #[arg(long, default_value = "poisson")]
    arrivals: Arrivals,
    /// Who is asked for more often than others: none, hospital or account.
    #[arg(long, default_value = "none")]
    skew: Skew,
    /// A closed loop of so many clients in place of the open one.
    #[arg(long, conflicts_with_all = ["search", "rate"])]
    closed: Option<usize>,
    /// Runs at so many times the capacity at the end; what waits too long is refused at once.
    #[arg(long, value_parser = positive)]
    overload: Option<f64>,
    /// Longest that a request may wait under overload, ms.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    patience_ms: u64,
    /// Most requests in one batch.
    #[arg(long, default_value_t = MOST_A_BATCH)]
    batch: usize,
    /// Database of the store `postgres`, such as `host=localhost user=me dbname=test`.
    #[arg(long)]
    database_url: Option<String>,
    /// Starts a throw-away local cluster from the installed PostgreSQL server.
    #[arg(long, conflicts_with = "database_url")]
    start_postgres: bool,
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
    let database = Database::of(arguments)?;
    let duration = Duration::from_secs(arguments.seconds);
    let plan = LoadPlan {
        rate: arguments.rate,
        duration,
        warmup: duration / 5,
        most_a_batch: arguments.batch,
        objective: arguments.slo,
        search: arguments.search,
        seed: arguments.seed,
        folder: arguments.journal.clone().unwrap_or_else(|| PathBuf::from("output/journal")),
        segment_bytes: SEGMENT_BYTES,
        database: database.url(arguments),
        label: arguments.mix.clone(),
        arrivals: arguments.arrivals,
        skew: arguments.skew,
        closed: arguments.closed,
        repeats: arguments.repeats,
        overload: arguments.overload,
        patience: Duration::from_millis(arguments.patience_ms),
    };
    let mix: Mix = arguments.mix.parse().map_err(Fault::input)?;
    let workload = match &arguments.trace {
        None => Workload::Mix(mix),
        Some(path) => {
            let place = |error: &dyn std::fmt::Display| {
                Fault::input(format!("{}: {error}", path.display()))
            };
            let file = std::fs::File::open(path).map_err(|error| place(&error))?;
            let batch = crate::wire::read_trace(file).map_err(|error| place(&error))?;
            Workload::Trace { batch, speed: arguments.speed }
        }
    };
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

/// The database under test: a cluster of our own, or somebody's.
struct Database {
    #[cfg(feature = "postgres")]
    cluster: Option<crate::store::postgres::cluster::Cluster>,
}

impl Database {
    #[cfg(feature = "postgres")]
    fn of(arguments: &LoadArgs) -> Result<Database, Fault> {
        use crate::store::postgres::cluster::Cluster;
        let needed = arguments.store == StoreKind::Postgres;
        if needed && arguments.database_url.is_none() && !arguments.start_postgres {
            return Err(Fault::input(
                "the store `postgres` needs --database-url, or --start-postgres for a throw-away \
                 local cluster",
            ));
        }
        let start = needed && arguments.start_postgres;
        let cluster = start.then(|| Cluster::start(&std::env::temp_dir())).transpose();
        Ok(Database { cluster: cluster.map_err(Fault::input)? })
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unnecessary_wraps, reason = "the signature of the build with the feature")]
    fn of(_: &LoadArgs) -> Result<Database, Fault> {
        Ok(Database {})
    }

    #[cfg(feature = "postgres")]
    fn url(&self, arguments: &LoadArgs) -> Option<String> {
        let own = self.cluster.as_ref().map(crate::store::postgres::cluster::Cluster::url);
        own.or_else(|| arguments.database_url.clone())
    }

    #[cfg(not(feature = "postgres"))]
    fn url(&self, arguments: &LoadArgs) -> Option<String> {
        arguments.database_url.clone().filter(|_| !arguments.start_postgres)
    }
}
