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
mod driver;
pub mod kills;
pub mod mix;
pub mod probe;
pub mod report;
mod search;
pub mod source;
pub mod swarm;
pub mod world;

pub use books::ClientBooks;
pub use clock::Clock;
pub use mix::Mix;
pub use report::{LoadReport, Objective, Quantiles, Step, Verdict};
pub use source::Workload;
pub use world::LoadWorld;

use crate::store::{Journal, JournalOptions, Memory, Store, StoreError, StoreKind};
use driver::{Driver, Measured};
use source::{Feed, Synthetic, Traced};
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
    told("opening the books in memory");
    let mut store = Memory::open(world.engine(), &world.census);
    let measured = measure(world, &mut store, workload, plan, &clock, told)?;
    Ok(LoadReport::new(kind, world, plan, measured, &store.audit()))
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
    let (mut store, _) = Journal::open(engine, &world.census, &plan.folder, options)?;
    let before = probe::flushes_a_second(&plan.folder, clock)?;
    let measured = measure(world, &mut store, workload, plan, clock, told)?;
    let after = probe::flushes_a_second(&plan.folder, clock)?;
    let audit = store.audit();
    let mut report = LoadReport::new(StoreKind::Journal, world, plan, measured, &audit);
    report.set_disk(store.flushes(), store.bytes_logged(), [before, after]);
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
        _ => Ok(()),
    }
}

/// Opens lines, then runs the workload once, or step by step in a search.
fn measure<S: Store>(
    world: &LoadWorld<'_>,
    store: &mut S,
    workload: &Workload,
    plan: &LoadPlan,
    clock: &Clock,
    told: &mut dyn FnMut(&str),
) -> Result<Measured, LoadError> {
    let mut driver = Driver::new(clock, plan);
    match workload {
        Workload::Mix(mix) => {
            let mut source = Synthetic::new(world, mix, plan.seed);
            told("opening credit lines");
            driver.prepare(store, &source.lines_to_open())?;
            if plan.search {
                return search::search(&mut driver, store, source, plan, told);
            }
            told("running");
            source.begin(plan.rate, plan.duration);
            driver.run(store, Feed::start(source, plan.most_a_batch), plan.rate)?;
        }
        Workload::Trace { batch, speed } => {
            let source = Traced::new(batch, *speed, plan.duration);
            let rate = source.rate();
            told("replaying the trace");
            driver.run(store, Feed::start(source, plan.most_a_batch), rate)?;
        }
    }
    Ok(driver.into_measured())
}

#[cfg(test)]
mod tests;
