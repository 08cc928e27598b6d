//! What a load test says: figures, the verdict on the test itself, and the exit code. Must never give a
//! throughput without saying whether the generator or the books spoil it.

use super::LoadPlan;
use super::books::ClientBooks;
use super::driver::Measured;
use super::world::LoadWorld;
use crate::store::journal::Recovery;
use crate::store::{AuditReport, StoreKind};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Name and version of the report.
pub const SCHEMA: &str = "aftercare.load/1";

/// Most requests that may be sent late although the driver was free, before the test is about the
/// generator.
const LATE_SHARE: f64 = 0.01;
/// A store fell behind when its last answer came later than this share of the run after the last
/// intended start, the objective on top.
const BACKLOG_SHARE: f64 = 0.03;
/// Above this share of the wall time, the driver's own work was the bottleneck.
const DRIVER_SHARE: f64 = 0.5;
/// A disk that flushes at less than this share of its better probe was disturbed.
const DISTURBED: f64 = 0.5;

/// A latency objective.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// Most that the 99th percentile may be, ms from the intended start.
    pub p99_ms: f64,
}

/// Quantiles of a time, microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Median.
    pub p50_us: f64,
    /// 90th percentile.
    pub p90_us: f64,
    /// 99th percentile.
    pub p99_us: f64,
    /// 99.9th percentile.
    pub p999_us: f64,
    /// Largest.
    pub max_us: f64,
}

impl Quantiles {
    fn of(histogram: &Histogram<u64>) -> Quantiles {
        let at = |q: f64| histogram.value_at_quantile(q) as f64 / 1e3;
        Quantiles {
            p50_us: at(0.5),
            p90_us: at(0.9),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: histogram.max() as f64 / 1e3,
        }
    }
}

/// One step of a search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Rate offered, requests a second.
    pub offered_per_s: f64,
    /// Rate answered.
    pub achieved_per_s: f64,
    /// 99th percentile of the latency, ms.
    pub p99_ms: f64,
    /// Whether the store kept up within the objective.
    pub held: bool,
    /// Whether the generator could not make requests at this rate.
    pub generator_was_late: bool,
}

impl Step {
    pub(super) fn of(measured: &Measured, objective: Objective) -> Step {
        let p99_ms = measured.latency_ns.value_at_quantile(0.99) as f64 / 1e6;
        let achieved_per_s = measured.achieved_per_s();
        let generator_was_late = generator_was_late(measured);
        let kept_up = !fell_behind(measured, objective.p99_ms);
        Step {
            offered_per_s: measured.offered_per_s,
            achieved_per_s,
            p99_ms,
            held: kept_up && p99_ms <= objective.p99_ms && !generator_was_late,
            generator_was_late,
        }
    }

    /// The step in one line.
    pub fn line(&self) -> String {
        let outcome = match (self.generator_was_late, self.held) {
            (true, _) => "the generator was late",
            (false, true) => "held",
            (false, false) => "missed",
        };
        format!(
            "{:>12.0}/s offered, {:>12.0}/s answered, p99 {:.3} ms: {outcome}",
            self.offered_per_s, self.achieved_per_s, self.p99_ms
        )
    }
}

/// The generator set the pace: too many requests came late from it, or the driver's own work filled
/// the time of a run that did not keep up.
fn generator_was_late(measured: &Measured) -> bool {
    let own_work = fell_behind(measured, 0.0) && measured.driver_share() > DRIVER_SHARE;
    measured.late_share() > LATE_SHARE || own_work
}

/// Requests piled up faster than they were answered.
fn fell_behind(measured: &Measured, allowed_ms: f64) -> bool {
    let allowed_ns = BACKLOG_SHARE * measured.last_due_ns as f64 + allowed_ms * 1e6;
    measured.backlog_ns() as f64 > allowed_ns
}

/// Whether the test may be believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "reasons")]
pub enum Verdict {
    /// Nothing speaks against it.
    Valid,
    /// It says nothing about the store (exit 4).
    Invalid(Vec<String>),
}

/// What the disk did under a journal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Flushes of the log.
    pub flushes: u64,
    /// Bytes logged.
    pub bytes_logged: u64,
    /// Single-page flushes a second of the idle disk, before the run and after.
    pub probe_per_s: [f64; 2],
    /// Commands replayed when the journal was opened again, and how long that took.
    pub recovered_commands: u64,
    /// Seconds of recovery.
    pub recovery_s: f64,
    /// Whether the recovered books equal those before.
    pub recovered_equal: bool,
}

/// The report of a load test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// `aftercare.load/1`.
    pub schema: String,
    /// Store under test.
    pub store: String,
    /// Scenario whose people and rules were used.
    pub scenario: String,
    /// People.
    pub population: u64,
    /// Kin groups.
    pub groups: u64,
    /// Threads of the pool.
    pub threads: u64,
    /// Whether this is an optimised build; figures of any other are worthless.
    pub optimised_build: bool,
    /// Root seed.
    pub seed: u64,
    /// Rate offered, requests a second.
    pub offered_per_s: f64,
    /// Answers a second, over the measured part.
    pub achieved_per_s: f64,
    /// Requests measured.
    pub measured: u64,
    /// Seconds of the run.
    pub wall_s: f64,
    /// Seconds sent and not measured at the front.
    pub warmup_s: f64,
    /// Intended start to final answer.
    pub latency: Quantiles,
    /// Intended start to submission.
    pub lag: Quantiles,
    /// Mean requests a batch.
    pub mean_batch: f64,
    /// Share of the wall time inside the store.
    pub store_share: f64,
    /// Share of the wall time of the driver's own work.
    pub driver_share: f64,
    /// Share of requests sent late although the driver was free.
    pub generator_late_share: f64,
    /// The disk, for a journal.
    pub disk: Option<Disk>,
    /// What clients were told.
    pub client: ClientBooks,
    /// What the store's books say.
    pub audit: AuditReport,
    /// The objective, if there was one.
    pub objective: Option<Objective>,
    /// Whether the run held it; for a search, whether any rate did.
    pub objective_met: Option<bool>,
    /// Highest rate within the objective, from a search.
    pub capacity_per_s: Option<f64>,
    /// Whether the true capacity is higher than the one given, which the generator bounded.
    pub capacity_is_a_lower_bound: bool,
    /// Steps of a search.
    pub steps: Vec<Step>,
    /// Whether the test may be believed.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl LoadReport {
    pub(super) fn new(
        kind: StoreKind,
        world: &LoadWorld<'_>,
        plan: &LoadPlan,
        measured: Measured,
        audit: &AuditReport,
    ) -> LoadReport {
        let per_wall = |ns: u64| ns as f64 / measured.wall_ns.max(1) as f64;
        let held = measured.steps.iter().filter(|step| step.held).map(|step| step.offered_per_s);
        let capacity = held.reduce(f64::max);
        let single = plan.objective.map(|objective| Step::of(&measured, objective).held);
        let mut report = LoadReport {
            schema: SCHEMA.to_owned(),
            store: kind.word().to_owned(),
            scenario: world.scenario.name.clone(),
            population: world.census.facts.len() as u64,
            groups: world.census.sizes.len() as u64,
            threads: rayon::current_num_threads() as u64,
            optimised_build: !cfg!(debug_assertions),
            seed: plan.seed,
            offered_per_s: measured.offered_per_s,
            achieved_per_s: measured.achieved_per_s(),
            measured: measured.count,
            wall_s: measured.wall_ns as f64 / 1e9,
            warmup_s: plan.warmup.as_secs_f64(),
            latency: Quantiles::of(&measured.latency_ns),
            lag: Quantiles::of(&measured.lag_ns),
            mean_batch: measured.sent as f64 / measured.batches.max(1) as f64,
            store_share: per_wall(measured.store_ns),
            driver_share: measured.driver_share(),
            generator_late_share: measured.late_share(),
            disk: None,
            objective: plan.objective,
            objective_met: if plan.search { Some(capacity.is_some()) } else { single },
            capacity_per_s: capacity,
            capacity_is_a_lower_bound: measured.steps.iter().any(|step| step.generator_was_late),
            verdict: Verdict::Valid,
            audit: audit.clone(),
            client: ClientBooks::default(),
            steps: Vec::new(),
        };
        report.judge(&measured);
        report.client = measured.books;
        report.steps = measured.steps;
        report
    }

    fn judge(&mut self, measured: &Measured) {
        self.audit.findings.clone().into_iter().for_each(|finding| self.invalidate(finding));
        for finding in measured.books.against(&self.audit) {
            self.invalidate(finding);
        }
        if generator_was_late(measured) || self.capacity_is_a_lower_bound {
            let (late, own) = (100.0 * measured.late_share(), 100.0 * measured.driver_share());
            self.invalidate(format!(
                "the generator was the bottleneck: {late:.1} % of requests were made late or woken for \
                 late by a busy machine, {own:.0} % of the time was the driver's own; the store \
                 does at least this rate"
            ));
        }
        if measured.count == 0 {
            self.invalidate("nothing was measured".to_owned());
        }
    }

    /// Marks the test as saying nothing about the store.
    fn invalidate(&mut self, reason: String) {
        match &mut self.verdict {
            Verdict::Invalid(reasons) => reasons.push(reason),
            Verdict::Valid => self.verdict = Verdict::Invalid(vec![reason]),
        }
    }

    pub(super) fn set_disk(&mut self, flushes: u64, bytes_logged: u64, probe_per_s: [f64; 2]) {
        let [before, after] = probe_per_s;
        if after < DISTURBED * before || before < DISTURBED * after {
            self.invalidate(format!(
                "the machine was disturbed: the idle disk flushed {before:.0}/s before the run and \
                 {after:.0}/s after it"
            ));
        }
        self.disk = Some(Disk {
            flushes,
            bytes_logged,
            probe_per_s,
            recovered_commands: 0,
            recovery_s: 0.0,
            recovered_equal: false,
        });
    }

    pub(super) fn set_recovery(&mut self, recovery: &Recovery, ns: u64, equal: bool) {
        if !equal {
            self.invalidate("the recovered books differ from those before".to_owned());
        }
        if let Some(disk) = &mut self.disk {
            disk.recovered_commands = recovery.commands;
            disk.recovery_s = ns as f64 / 1e9;
            disk.recovered_equal = equal;
        }
    }

    /// 4 when the test is invalid, 99 when the objective was missed, else 0.
    pub fn exit_code(&self) -> u8 {
        match (&self.verdict, self.objective_met) {
            (Verdict::Invalid(_), _) => 4,
            (Verdict::Valid, Some(false)) => 99,
            (Verdict::Valid, _) => 0,
        }
    }

    /// Label (English, Chinese) and value of each row of the printed table.
    pub fn rows(&self) -> Vec<([&'static str; 2], String)> {
        let ms = |us: f64| format!("{:.3} ms", us / 1e3);
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let (latency, lag) = (&self.latency, &self.lag);
        let tails =
            |q: &Quantiles| format!("{} / {} / {}", ms(q.p50_us), ms(q.p99_us), ms(q.p999_us));
        let mut rows = vec![
            (["store", "存储"], self.store.clone()),
            (["people", "人数"], self.population.to_string()),
            (["offered", "施加速率"], format!("{:.0}/s", self.offered_per_s)),
            (["answered", "完成速率"], format!("{:.0}/s", self.achieved_per_s)),
            (["latency p50 / p99 / p99.9", "时延 p50 / p99 / p99.9"], tails(latency)),
            (["largest latency", "最大时延"], ms(latency.max_us)),
            (["lag p50 / p99 / p99.9", "发出滞后 p50 / p99 / p99.9"], tails(lag)),
            (["requests a batch", "每批请求数"], format!("{:.1}", self.mean_batch)),
            (["time in the store", "存储占用时间"], percent(self.store_share)),
            (["late from the generator", "发生器迟到"], percent(self.generator_late_share)),
            (["commands decided", "已决命令"], self.audit.commands.to_string()),
            (["postings", "分录"], self.audit.postings.to_string()),
            (["ledger imbalance", "账本差额"], format!("{} fen", self.audit.ledger_imbalance_fen)),
        ];
        if let Some(disk) = &self.disk {
            let [before, after] = disk.probe_per_s;
            rows.push((["flushes", "落盘次数"], disk.flushes.to_string()));
            rows.push((["idle disk", "空闲磁盘"], format!("{before:.0}/s, {after:.0}/s")));
            let recovery = format!("{} in {:.2} s", disk.recovered_commands, disk.recovery_s);
            rows.push((["recovered", "恢复"], recovery));
        }
        if let Some(capacity) = self.capacity_per_s {
            let least = if self.capacity_is_a_lower_bound { "at least " } else { "" };
            rows.push((["capacity", "容量"], format!("{least}{capacity:.0}/s")));
        }
        rows
    }
}
