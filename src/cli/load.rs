//! `aftercare load`: the capacity test of the engine behind a store.
//! Must never print a ceiling that the generator set: its verdict decides the exit code.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::loadtest::{
    self, Arrivals, LoadError, LoadPlan, LoadReport, LoadWorld, Mix, Objective, Skew, Verdict,
    Workload, peak,
};
use crate::scenario;
use crate::store::{StoreKind, midnight};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `load`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LoadArgs {
    #[command(subcommand)]
    faults: Option<super::load_faults::FaultCommand>,
    #[command(flatten)]
    test: TestArgs,
}

/// Arguments of `load replay`.
#[derive(Clone, Debug, Args)]
pub(super) struct ReplayArgs {
    /// What is played: a trace (`aftercare.trace/1`), or the folder of a recording.
    played: PathBuf,
    #[command(flatten)]
    test: TestArgs,
}

impl ReplayArgs {
    /// Plays the trace or the recording.
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Fault> {
        let mut test = self.test.clone();
        if test.trace.is_some() || test.recorded.is_some() {
            return Err(Fault::input(
                "`load replay` plays one thing: leave --trace and --recorded out",
            ));
        }
        let place = if self.played.is_dir() { &mut test.recorded } else { &mut test.trace };
        *place = Some(self.played.clone());
        self::test(&test, common)
    }
}

/// Arguments of a test.
#[derive(Clone, Debug, Args)]
struct TestArgs {
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
    /// Cuts the run into so many windows and reports each: a soak shows what drifts.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    windows: u32,
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
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    speed: f64,
    /// Folder of a recording of the same scenario, population and seed: its midnight opens the books,
    /// and its day is played unless --with-mix is given.
    #[arg(long, conflicts_with = "trace")]
    recorded: Option<PathBuf>,
    /// Sends the mix to the recorded midnight's books.
    #[arg(long)]
    with_mix: bool,
    /// Part of a recorded day: day, peak (its busiest minute) or night (its midnight).
    #[arg(long, default_value = "day")]
    part: peak::Part,
    /// Such cities side by side, each with people of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    cities: u32,
    /// How the rate moves within a run: poisson, bursts or ramp.
    #[arg(long, default_value = "poisson")]
    arrivals: Arrivals,
    /// Who is asked for more often than others: none, hospital or account.
    #[arg(long, default_value = "none")]
    skew: Skew,
    /// A closed loop of so many clients in place of the open one.
    #[arg(long, conflicts_with_all = ["search", "rate"])]
    closed: Option<usize>,
    /// Runs at so many times the capacity at the end; what finds a full batch waiting is refused at once.
    #[arg(long, value_parser = positive)]
    overload: Option<f64>,
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
    /// Flushes a second that the idle disk usually makes; below half of it a run counts as disturbed.
    #[arg(long, value_parser = positive)]
    usual_flushes: Option<f64>,
    /// Times that a disturbed run is tried again.
    #[arg(long, default_value_t = 0)]
    retry_disturbed: u32,
    #[cfg(feature = "server")]
    #[command(flatten)]
    http: super::load_http::HttpArgs,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number above 0".into()),
    }
}

/// A fifth of a run is its warm-up, and of a soak so much.
const LONGEST_WARMUP: Duration = Duration::from_secs(10);
/// Most requests in one batch, and bytes of a journal segment.
const MOST_A_BATCH: usize = 4_096;
const SEGMENT_BYTES: u64 = 64 << 20;

/// Runs the capacity test, or another verb of `load`.
pub(super) fn run(arguments: &LoadArgs, common: &Common) -> Result<Exit, Fault> {
    match &arguments.faults {
        Some(faults) => faults.run(common),
        None => test(&arguments.test, common),
    }
}

fn test(arguments: &TestArgs, common: &Common) -> Result<Exit, Fault> {
    if let Some(message) = arguments.store.missing() {
        return Err(Fault::input(message));
    }
    if arguments.with_mix && arguments.recorded.is_none() {
        return Err(Fault::input("--with-mix needs the folder of a recording"));
    }
    let scenario = scenario::load(&arguments.scenario)?;
    let mut world = LoadWorld::new(&scenario, arguments.population, arguments.seed);
    if let Some(folder) = &arguments.recorded {
        let path = folder.join("midnight.bin");
        let place =
            |error: &dyn std::fmt::Display| Fault::input(format!("{}: {error}", path.display()));
        let file = std::fs::File::open(&path).map_err(|error| place(&error))?;
        midnight::read(&mut world.census, file).map_err(|error| place(&error))?;
    }
    let world = world.cities(arguments.cities);
    let database = Database::of(arguments)?;
    let duration = Duration::from_secs(arguments.seconds);
    let plan = LoadPlan {
        rate: arguments.rate,
        duration,
        warmup: (duration / 5).min(LONGEST_WARMUP),
        windows: arguments.windows,
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
        usual_flushes: arguments.usual_flushes,
        #[cfg(feature = "server")]
        http: arguments.http.options()?,
    };
    let mix: Mix = arguments.mix.parse().map_err(Fault::input)?;
    let day = arguments.recorded.as_ref().map(|folder| folder.join("day.csv"));
    let day = day.filter(|_| !arguments.with_mix);
    let workload = match arguments.trace.as_ref().or(day.as_ref()) {
        None => Workload::Mix(mix),
        Some(path) => {
            let place = |error: &dyn std::fmt::Display| {
                Fault::input(format!("{}: {error}", path.display()))
            };
            let file = std::fs::File::open(path).map_err(|error| place(&error))?;
            let batch = crate::wire::read_trace(file).map_err(|error| place(&error))?;
            let batch = peak::part(&batch, arguments.part);
            Workload::Trace { batch, speed: arguments.speed, cities: arguments.cities }
        }
    };
    let report = tried(arguments, common, &world, &workload, plan)?;
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

/// Runs the test, and again where the machine was disturbed and that is allowed.
fn tried(
    arguments: &TestArgs,
    common: &Common,
    world: &LoadWorld<'_>,
    workload: &Workload,
    mut plan: LoadPlan,
) -> Result<LoadReport, Fault> {
    let pool = super::run::pool(common)?;
    let folder = plan.folder.clone();
    for again in 0.. {
        let report = pool.install(|| {
            loadtest::run(world, arguments.store, workload, &plan, &mut |line| common.note(line))
        });
        let report = report.map_err(|error| match error {
            LoadError::Usage(message) => Fault::input(message),
            LoadError::Store(error) => Fault::internal(error),
        })?;
        if report.verdict != Verdict::Disturbed || again == arguments.retry_disturbed {
            return Ok(report);
        }
        common.note(common.say("the machine was disturbed: once more", "机器受到干扰，重测一次"));
        // Keys are used again, so a journal needs a new folder.
        let name = folder.file_name().map_or_else(Default::default, |name| name.to_string_lossy());
        plan.folder = folder.with_file_name(format!("{name}-again-{}", again + 1));
    }
    Err(Fault::input("no run was asked for"))
}

/// The database under test: a cluster of our own, or somebody's.
struct Database {
    #[cfg(feature = "postgres")]
    cluster: Option<crate::store::postgres::cluster::Cluster>,
}

impl Database {
    #[cfg(feature = "postgres")]
    fn of(arguments: &TestArgs) -> Result<Database, Fault> {
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
    fn of(_: &TestArgs) -> Result<Database, Fault> {
        Ok(Database {})
    }

    #[cfg(feature = "postgres")]
    fn url(&self, arguments: &TestArgs) -> Option<String> {
        let own = self.cluster.as_ref().map(crate::store::postgres::cluster::Cluster::url);
        own.or_else(|| arguments.database_url.clone())
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_self, reason = "the signature of the build with the feature")]
    fn url(&self, arguments: &TestArgs) -> Option<String> {
        arguments.database_url.clone().filter(|_| !arguments.start_postgres)
    }
}
