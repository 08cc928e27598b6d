//! The capacity test: an open-loop driver against a store, the auditor behind it, and the search for the
//! highest rate within an objective. The only module with a clock (`clock`) and the only one besides
//! `service` that starts a thread. Must never publish a ceiling that the generator set, nor a latency
//! that starts later than the intended start.
//!
//! Requests are due on a schedule made beforehand (a trace, or Poisson arrivals of a synthetic mix) and
//! are sent when due, whatever has been answered by then; what is due together is sent as one batch.
//! Latency runs from the intended start to the durable answer, so a stall of the store is paid by every
//! request that became due meanwhile. The lag (intended start to submission) is reported beside it.

pub mod auditor;
pub mod books;
pub mod clock;
#[cfg(feature = "postgres")]
pub mod database_kills;
mod driver;
mod feed;
pub mod fuzz;
pub mod import;
pub mod kills;
pub mod mix;
pub mod over_time;
mod overload;
pub mod peak;
pub mod probe;
pub mod report;
mod search;
pub mod source;
pub mod stalls;
pub mod swarm;
pub mod topology;
pub mod world;

pub use books::ClientBooks;
pub use clock::Clock;
pub use mix::Mix;
pub use overload::Overload;
pub use report::{LoadAudit, LoadReport, Objective, Quantiles, Step, Verdict};
pub use source::{Arrivals, Skew, Workload};
pub use world::LoadWorld;

use crate::store::{Journal, JournalOptions, Memory, Store, StoreError, StoreKind};
use driver::{Driver, Measured};
use feed::Feed;
use source::{Synthetic, Traced};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to run.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// Requests a second; the search starts from it, a trace replaces it.
    pub rate: f64,
    /// Length of the run, or of each step of a search.
    pub duration: Duration,
    /// Part at the front that is sent but not measured.
    pub warmup: Duration,
    /// Windows that the run is cut into; 0 = none.
    pub windows: u32,
    /// Most requests sent as one batch.
    pub most_a_batch: usize,
    /// Latency objective.
    pub objective: Option<Objective>,
    /// Whether to search for the highest rate within the objective.
    pub search: bool,
    /// Root seed of the synthetic load.
    pub seed: u64,
    /// Folder of the journal.
    pub folder: PathBuf,
    /// Bytes of a journal segment.
    pub segment_bytes: u64,
    /// Where the database is.
    pub database: Option<String>,
    /// What is sent, in words.
    pub label: String,
    /// How the rate moves within a run.
    pub arrivals: Arrivals,
    /// Who is asked for more often than others.
    pub skew: Skew,
    /// A closed loop of so many clients in place of the open one.
    pub closed: Option<usize>,
    /// How often the best step of a search is repeated.
    pub repeats: u32,
    /// A run at so many times the capacity, after the others.
    pub overload: Option<f64>,
    /// Flushes a second that the idle disk usually makes.
    pub usual_flushes: Option<f64>,
    /// Where a core behind HTTP is, and how it is spoken to.
    #[cfg(feature = "server")]
    pub http: Option<crate::store::http::HttpOptions>,
}

impl LoadPlan {
    /// Whether only transactions of the national interface can be sent.
    #[cfg(feature = "server")]
    fn is_national(&self) -> bool {
        self.http.as_ref().is_some_and(|http| http.dialect.is_national())
    }

    /// The same where there is no core behind HTTP.
    #[cfg(not(feature = "server"))]
    #[expect(clippy::unused_self, reason = "the signature of the build with the feature")]
    fn is_national(&self) -> bool {
        false
    }
}

/// Why a load test did not produce a report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store stopped.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something was asked that cannot be run (bad usage, exit 2).
    #[error("{0}")]
    Usage(String),
}

/// Runs a load test; `told` hears one line whenever something is finished.
pub fn run(
    world: &LoadWorld<'_>,
    kind: StoreKind,
    workload: &Workload,
    plan: &LoadPlan,
    told: &mut dyn FnMut(&str),
) -> Result<LoadReport, LoadError> {
    if let Some(message) = kind.missing() {
        return Err(LoadError::Usage(message));
    }
    check(workload, plan)?;
    let clock = Clock::start();
    if kind == StoreKind::Journal {
        return run_journal(world, workload, plan, &clock, told);
    }
    #[cfg(feature = "postgres")]
    if kind == StoreKind::Postgres {
        told("opening the books in the database");
        let url = plan.database.as_deref().unwrap_or_default();
        let mut store = crate::store::postgres::Postgres::open(world.engine(), &world.census, url)?;
        let place = std::env::temp_dir();
        let before = probe::flushes_a_second(&place, &clock)?;
        let mut report = measured_report(kind, world, &mut store, workload, plan, (&clock, told))?;
        let after = probe::flushes_a_second(&place, &clock)?;
        report.judge_probe([before, after], plan.usual_flushes);
        return Ok(report);
    }
    #[cfg(feature = "server")]
    if kind == StoreKind::Http {
        return run_http(world, workload, plan, &clock, told);
    }
    told("opening the books in memory");
    let mut store = Memory::open(world.engine(), &world.census);
    measured_report(kind, world, &mut store, workload, plan, (&clock, told))
}

fn measured_report<S: Store>(
    kind: StoreKind,
    world: &LoadWorld<'_>,
    store: &mut S,
    workload: &Workload,
    plan: &LoadPlan,
    (clock, told): (&Clock, &mut dyn FnMut(&str)),
) -> Result<LoadReport, LoadError> {
    let (measured, overload) = measure(world, store, workload, plan, clock, told)?;
    let mut report = LoadReport::new(kind, world, plan, measured, &store.audit());
    report.overload = overload;
    Ok(report)
}

/// A core behind HTTP: its books are read before and after.
#[cfg(feature = "server")]
fn run_http(
    world: &LoadWorld<'_>,
    workload: &Workload,
    plan: &LoadPlan,
    clock: &Clock,
    told: &mut dyn FnMut(&str),
) -> Result<LoadReport, LoadError> {
    let missing = || LoadError::Usage("the store `http` needs --url".to_owned());
    let mut store = crate::store::http::Http::open(plan.http.as_ref().ok_or_else(missing)?)?;
    told("reading the core's books");
    let before = store.audit();
    let (measured, overload) = measure(world, &mut store, workload, plan, clock, told)?;
    let audit = store.audit().since(&before);
    let mut report = LoadReport::new(StoreKind::Http, world, plan, measured, &audit);
    report.overload = overload;
    report.network = Some(store.counts());
    Ok(report)
}

fn run_journal(
    world: &LoadWorld<'_>,
    workload: &Workload,
    plan: &LoadPlan,
    clock: &Clock,
    told: &mut dyn FnMut(&str),
) -> Result<LoadReport, LoadError> {
    refuse_used_folder(&plan.folder)?;
    told("opening a journal and probing the disk");
    let options = JournalOptions { segment_bytes: plan.segment_bytes, ..JournalOptions::default() };
    let engine = world.engine();
    let disk = stalls::WatchedDisk::at(&plan.folder, clock);
    let (mut store, _) = Journal::open_on(&disk, engine, &world.census, options)?;
    let before = probe::flushes_a_second(&plan.folder, clock)?;
    let mut tell = |line: &str| told(line);
    let (kind, ears) = (StoreKind::Journal, (clock, &mut tell as &mut dyn FnMut(&str)));
    let mut report = measured_report(kind, world, &mut store, workload, plan, ears)?;
    let after = probe::flushes_a_second(&plan.folder, clock)?;
    let audit = store.audit();
    report.set_disk(store.flushes(), store.bytes_logged(), disk.flushes(), [before, after]);
    report.judge_probe([before, after], plan.usual_flushes);
    drop(store);
    told("recovering the journal to see that nothing was lost");
    let from = clock.ns();
    let (recovered, recovery) = Journal::open(engine, &world.census, &plan.folder, options)?;
    report.set_recovery(&recovery, clock.ns() - from, recovered.audit() == audit);
    Ok(report)
}

/// A journal with commands in it would be replayed first, under keys that the load uses again.
fn refuse_used_folder(folder: &Path) -> Result<(), LoadError> {
    let used = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if used {
        let folder = folder.display();
        return Err(LoadError::Usage(format!("{folder} is not empty; name a new folder")));
    }
    Ok(())
}

fn check(workload: &Workload, plan: &LoadPlan) -> Result<(), LoadError> {
    let fault = |message: &str| Err(LoadError::Usage(message.to_owned()));
    if !(plan.rate.is_finite() && plan.rate > 0.0) {
        return fault("the rate must be a positive number of requests a second");
    }
    if plan.duration <= plan.warmup {
        return fault("the run must be longer than its warm-up");
    }
    if plan.most_a_batch == 0 {
        return fault("a batch holds at least one request");
    }
    if plan.search && plan.objective.is_none() {
        return fault("a search needs a latency objective");
    }
    match workload {
        Workload::Trace { batch, .. } if batch.is_empty() => fault("the trace is empty"),
        Workload::Trace { .. } if plan.search => {
            fault("a trace has its own rate: nothing to search")
        }
        Workload::Trace { speed, .. } if !(speed.is_finite() && *speed > 0.0) => {
            fault("the speed of a trace must be positive")
        }
        Workload::Mix(mix) if mix.total() == 0 => fault("the mix is empty"),
        Workload::Mix(mix) if plan.is_national() && !mix.is_national() => fault(
            "the national interface has settle, pre_settle and reverse; name such a mix, as in \
             --mix settle=45,pre_settle=50,reverse=5",
        ),
        _ => Ok(()),
    }
}

/// Opens lines, then runs the workload once, or step by step in a search, and then overloads the store.
fn measure<S: Store>(
    world: &LoadWorld<'_>,
    store: &mut S,
    workload: &Workload,
    plan: &LoadPlan,
    clock: &Clock,
    told: &mut dyn FnMut(&str),
) -> Result<(Measured, Option<Overload>), LoadError> {
    let mut driver = Driver::new(clock, plan);
    match workload {
        Workload::Mix(mix) => {
            let source = Synthetic::new(world, mix, plan.seed);
            let mut source = source.shaped(plan.arrivals, plan.skew);
            told("opening credit lines");
            if !plan.is_national() {
                driver.prepare(store, &source.lines_to_open())?;
            }
            if plan.search {
                let (measured, back) = search::search(&mut driver, store, source, plan, told)?;
                driver.put_back(measured);
                source = back;
            } else if let Some(clients) = plan.closed {
                told("running");
                source.begin(FASTEST, plan.duration);
                let feed = Feed::start(source, plan.most_a_batch);
                let limits = (clients, plan.duration.as_nanos() as u64);
                source = driver.run_closed(store, feed, limits)?;
            } else {
                told("running");
                source.begin(plan.rate, plan.duration);
                let feed = Feed::start(source, plan.most_a_batch);
                source = driver.run(store, feed, plan.rate)?;
            }
            let overload = match plan.overload {
                Some(times) => {
                    Some(overload::run(&mut driver, store, source, (plan, times), told)?)
                }
                None => None,
            };
            Ok((driver.into_measured(), overload))
        }
        Workload::Trace { batch, speed, cities } => {
            let groups = world.census.sizes.len() as u32 / (*cities).max(1);
            let source = Traced::new(batch, *speed, plan.duration, (*cities, groups));
            let rate = source.rate();
            told("replaying the trace");
            driver.run(store, Feed::start(source, plan.most_a_batch), rate)?;
            Ok((driver.into_measured(), None))
        }
    }
}

/// Rate at which requests are made for a closed loop: more than any store answers.
const FASTEST: f64 = 20_000_000.0;

#[cfg(test)]
mod tests;
