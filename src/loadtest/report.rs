//! What a load test says: figures, the verdict on the test itself, and the exit code. Must never give a
//! throughput without saying whether the generator or the books spoil it.

use super::LoadPlan;
use super::books::ClientBooks;
use super::driver::Measured;
use super::over_time::{Drift, Window};
use super::overload::Overload;
use super::search;
use super::stalls::{DiskReport, SlowGroup};
use super::world::LoadWorld;
use crate::store::journal::Recovery;
use crate::store::{AuditReport, NetworkCounts, StoreKind};
use crate::wire::RequestBody;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the report.
pub const SCHEMA: &str = "aftercare.load/1";

/// Most requests that may be sent late although the driver was free, before the test is about the
/// generator.
const LATE_SHARE: f64 = 0.01;
/// A store fell behind when its last answer came later than this share of the run after the last
/// intended start, the objective on top, or when so much more of the requests came than were answered.
const BACKLOG_SHARE: f64 = 0.03;
/// Above this share of the wall time, the driver's own work was the bottleneck.
const DRIVER_SHARE: f64 = 0.5;
/// A disk that flushes at less than this share of its better probe was disturbed.
const DISTURBED: f64 = 0.5;

/// A latency objective, such as `settle p99 < 50ms`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// Kind of request that it is about (`RequestBody::kind`); all where it names none.
    pub kind: Option<u8>,
    /// Quantile, 0 to 1.
    pub quantile: f64,
    /// Most that the quantile may be, ms from the intended start.
    pub ms: f64,
}

impl std::str::FromStr for Objective {
    type Err = String;

    fn from_str(text: &str) -> Result<Objective, String> {
        let wrong = || format!("`{text}` is not an objective such as `settle p99 < 50ms`");
        let (left, right) = text.split_once('<').ok_or_else(wrong)?;
        let words: Vec<&str> = left.split_whitespace().collect();
        let (kind, quantile) = match words[..] {
            [quantile] => (None, quantile),
            [kind, quantile] => {
                let at = RequestBody::WORDS.iter().position(|word| *word == kind);
                let names = || format!("`{kind}` is none of {}", RequestBody::WORDS.join(", "));
                (Some(at.ok_or_else(names)? as u8), quantile)
            }
            _ => return Err(wrong()),
        };
        let quantile = if quantile == "max" {
            1.0
        } else {
            let digits = quantile.strip_prefix('p').ok_or_else(wrong)?;
            // p999 is the 99.9th percentile, p99.9 too.
            let plain: f64 = digits.parse().map_err(|_| wrong())?;
            let count = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
            if plain > 100.0 { plain / libm::pow(10.0, f64::from(count)) } else { plain / 100.0 }
        };
        let right = right.trim();
        let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
        let (digits, unit) = units
            .into_iter()
            .find_map(|(word, unit)| Some((right.strip_suffix(word)?, unit)))
            .ok_or_else(wrong)?;
        let ms = digits.trim().parse::<f64>().map_err(|_| wrong())? * unit;
        let sound = ms > 0.0 && ms.is_finite() && quantile > 0.0 && quantile <= 1.0;
        if sound { Ok(Objective { kind, quantile, ms }) } else { Err(wrong()) }
    }
}

impl Objective {
    /// What was measured of the quantile, ms.
    pub(super) fn measured_ms(&self, measured: &Measured) -> f64 {
        let histogram = match self.kind {
            Some(kind) => &measured.by_kind[usize::from(kind)],
            None => &measured.latency_ns,
        };
        histogram.value_at_quantile(self.quantile) as f64 / 1e6
    }
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
    pub(super) fn of(histogram: &Histogram<u64>) -> Quantiles {
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
    /// Median of the latency, ms.
    pub p50_ms: f64,
    /// 99th percentile of the latency, ms.
    pub p99_ms: f64,
    /// What the objective is about, ms.
    pub objective_ms: f64,
    /// Whether the store kept up within the objective.
    pub held: bool,
    /// Whether the generator could not make requests at this rate.
    pub generator_was_late: bool,
    /// Whether the step repeats the best one, to see how sure it is.
    pub again: bool,
}

impl Step {
    pub(super) fn of(measured: &Measured, objective: Objective) -> Step {
        let at = |quantile: f64| measured.latency_ns.value_at_quantile(quantile) as f64 / 1e6;
        let objective_ms = objective.measured_ms(measured);
        let achieved_per_s = measured.achieved_per_s();
        let generator_was_late = generator_was_late(measured);
        // A backlog within the objective is still one that grows.
        let kept_up = !fell_behind(measured, objective.ms) && measured.excess() <= BACKLOG_SHARE;
        Step {
            offered_per_s: measured.offered_per_s,
            achieved_per_s,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            objective_ms,
            held: kept_up && objective_ms <= objective.ms && !generator_was_late,
            generator_was_late,
            again: false,
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

/// What the test comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The figures are the store's, and the objective, if any, was held.
    Ok,
    /// The figures are the store's, and the objective was missed (exit 99).
    SloMissed,
    /// The generator was the bottleneck: the figures are not the store's (exit 4).
    GeneratorBound,
    /// The machine was disturbed: run it again (exit 4).
    Disturbed,
    /// Books, answers or acknowledgements do not agree (exit 4).
    Unsound,
}

/// The money of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadAudit {
    /// Requests without an answer, or whose answer the store lost when it was opened again.
    pub lost: u64,
    /// Answers to requests that waited for none.
    pub doubled: u64,
    /// Fen by which debits and credits, or answers and books, differ.
    pub imbalance_fen: i64,
}

/// The report of a load test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// `aftercare.load/1`.
    pub schema: String,
    /// Store under test.
    pub store: String,
    /// What was sent, in words.
    pub mix: String,
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
    /// Median of the latency, intended start to final answer, ms.
    pub p50_ms: f64,
    /// Its 99th percentile, ms.
    pub p99_ms: f64,
    /// Its 99.9th percentile, ms.
    pub p999_ms: f64,
    /// Intended start to final answer.
    pub latency: Quantiles,
    /// The same by kind of request.
    pub by_operation: BTreeMap<String, Quantiles>,
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
    /// Windows of the run, where it was cut into some.
    pub windows: Vec<Window>,
    /// How its end differs from its beginning; nothing where too few windows tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The slowest groups, slowest first.
    pub slowest_groups: Vec<SlowGroup>,
    /// The disk, for a journal.
    pub disk: Option<DiskReport>,
    /// What clients were told.
    pub client: ClientBooks,
    /// What the store's books say.
    pub books: AuditReport,
    /// What was lost or booked twice.
    pub audit: LoadAudit,
    /// Requests refused at once because too many were waiting.
    pub refused_at_once: u64,
    /// At a multiple of the capacity.
    pub overload: Option<Overload>,
    /// What the network did, for a core behind HTTP.
    #[serde(default)]
    pub network: Option<NetworkCounts>,
    /// The objective, if there was one.
    pub objective: Option<Objective>,
    /// Whether the run held it; for a search, whether any rate did.
    pub objective_met: Option<bool>,
    /// Highest rate within the objective, from a search.
    pub capacity_per_s: Option<f64>,
    /// Whether the true capacity is higher than the one given, which the generator bounded.
    pub capacity_is_a_lower_bound: bool,
    /// Repeats of the best step, and how many of them held the objective.
    pub repeats: [u64; 2],
    /// Share of such runs that hold it at least, with 95 % confidence.
    pub holds_at_least: Option<f64>,
    /// Steps of a search: the curve of latency against load.
    pub steps: Vec<Step>,
    /// What the test comes to.
    pub verdict: Verdict,
    /// Why, where it is not `ok`.
    pub reasons: Vec<String>,
}

impl LoadReport {
    pub(super) fn new(
        kind: StoreKind,
        world: &LoadWorld<'_>,
        plan: &LoadPlan,
        measured: Measured,
        audit: &AuditReport,
    ) -> LoadReport {
        let at = |quantile: f64| measured.latency_ns.value_at_quantile(quantile) as f64 / 1e6;
        let per_wall = |ns: u64| ns as f64 / measured.wall_ns.max(1) as f64;
        let first = measured.steps.iter().filter(|step| !step.again);
        // Never more than was answered.
        let per_s = |step: &Step| step.offered_per_s.min(step.achieved_per_s);
        let held = first.filter(|step| step.held).map(per_s);
        let capacity = held.reduce(f64::max);
        let single = plan.objective.map(|objective| Step::of(&measured, objective).held);
        let mut report = LoadReport {
            schema: SCHEMA.to_owned(),
            store: kind.word().to_owned(),
            mix: plan.label.clone(),
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
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            latency: Quantiles::of(&measured.latency_ns),
            by_operation: by_operation(&measured),
            lag: Quantiles::of(&measured.lag_ns),
            mean_batch: measured.sent as f64 / measured.batches.max(1) as f64,
            store_share: per_wall(measured.store_ns),
            driver_share: measured.driver_share(),
            generator_late_share: measured.late_share(),
            disk: None,
            objective: plan.objective,
            objective_met: if plan.search { Some(capacity.is_some()) } else { single },
            capacity_per_s: capacity,
            capacity_is_a_lower_bound: measured
                .steps
                .iter()
                .any(|step| step.generator_was_late && !step.again),
            repeats: repeats(&measured.steps),
            holds_at_least: search::holds_at_least(repeats(&measured.steps)),
            verdict: Verdict::Ok,
            reasons: Vec::new(),
            books: audit.clone(),
            audit: LoadAudit::default(),
            refused_at_once: measured.refused_at_once,
            overload: None,
            network: None,
            client: ClientBooks::default(),
            steps: Vec::new(),
            windows: Vec::new(),
            drift: None,
            slowest_groups: Vec::new(),
        };
        report.judge(&measured);
        report.drift = Drift::of(&measured.windows);
        report.windows.clone_from(&measured.windows);
        report.client = measured.books;
        report.steps = measured.steps;
        report.slowest_groups = measured.slowest.into_groups();
        report
    }

    fn judge(&mut self, measured: &Measured) {
        let told = &measured.books;
        self.audit = LoadAudit {
            lost: told.sent.saturating_sub(told.answered),
            doubled: told.unexpected,
            imbalance_fen: self.books.ledger_imbalance_fen + told.off_by(&self.books),
        };
        let findings = self.books.findings.clone();
        for finding in findings.into_iter().chain(told.against(&self.books)) {
            self.spoil(Verdict::Unsound, finding);
        }
        if generator_was_late(measured) || self.capacity_is_a_lower_bound {
            let (late, own) = (100.0 * measured.late_share(), 100.0 * measured.driver_share());
            let reason = format!(
                "the generator was the bottleneck: {late:.1} % of requests were made late or woken for \
                 late by a busy machine, {own:.0} % of the time was the driver's own; the store \
                 does at least this rate"
            );
            self.spoil(Verdict::GeneratorBound, reason);
        }
        if measured.count == 0 {
            self.spoil(Verdict::GeneratorBound, "nothing was measured".to_owned());
        }
        if self.objective_met == Some(false) {
            self.spoil(Verdict::SloMissed, "the objective was missed".to_owned());
        }
    }

    /// Enters what speaks against the test; the worst word stands.
    fn spoil(&mut self, verdict: Verdict, reason: String) {
        self.reasons.push(reason);
        let rank = |verdict: Verdict| match verdict {
            Verdict::Ok => 0,
            Verdict::SloMissed => 1,
            Verdict::GeneratorBound => 2,
            Verdict::Disturbed => 3,
            Verdict::Unsound => 4,
        };
        if rank(verdict) > rank(self.verdict) {
            self.verdict = verdict;
        }
    }

    /// Calls a durable run disturbed whose disk, idle, flushed at less than half its usual rate.
    pub(super) fn judge_probe(&mut self, [before, after]: [f64; 2], usual: Option<f64>) {
        let usual = usual.unwrap_or_else(|| before.max(after));
        if before.min(after) < DISTURBED * usual {
            let reason = format!(
                "the machine was disturbed: the idle disk flushed {before:.0}/s before the run and \
                 {after:.0}/s after it, {usual:.0}/s is usual"
            );
            self.spoil(Verdict::Disturbed, reason);
        }
    }

    pub(super) fn set_disk(
        &mut self,
        flushes: u64,
        bytes_logged: u64,
        [flush, flush_ahead]: [Quantiles; 2],
        probe_per_s: [f64; 2],
    ) {
        self.disk = Some(DiskReport {
            flushes,
            flush,
            flush_ahead,
            bytes_logged,
            probe_per_s,
            recovered_commands: 0,
            recovery_s: 0.0,
            recovered_equal: false,
        });
    }

    pub(super) fn set_recovery(&mut self, recovery: &Recovery, ns: u64, equal: bool) {
        if !equal {
            let reason = "the recovered books differ from those before".to_owned();
            self.spoil(Verdict::Unsound, reason);
            self.audit.lost += 1;
        }
        if let Some(disk) = &mut self.disk {
            disk.recovered_commands = recovery.commands;
            disk.recovery_s = ns as f64 / 1e9;
            disk.recovered_equal = equal;
        }
    }

    /// The exit code of the verdict.
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Ok => 0,
            Verdict::SloMissed => 99,
            Verdict::GeneratorBound | Verdict::Disturbed | Verdict::Unsound => 4,
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
            (["commands decided", "已决命令"], self.books.commands.to_string()),
            (["postings", "分录"], self.books.postings.to_string()),
            (["ledger imbalance", "账本差额"], format!("{} fen", self.audit.imbalance_fen)),
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
        if self.repeats[0] > 0 {
            let [times, held] = self.repeats;
            let sure = 100.0 * self.holds_at_least.unwrap_or_default();
            let text = format!("{held} of {times}: at least {sure:.0} % of such runs (95 %)");
            rows.push((["held again", "复测达标"], text));
        }
        let windows = self.windows.iter().map(Window::told);
        rows.extend(windows.map(|text| (["  from second", "  自第几秒"], text)));
        rows.extend(self.drift.map(|drift| (["  drift", "  漂移"], drift.told())));
        for (word, quantiles) in &self.by_operation {
            rows.push((["  of which", "  其中"], format!("{word}: {}", tails(quantiles))));
        }
        if let Some(overload) = &self.overload {
            rows.push((["overload", "过载"], overload.told()));
        }
        if let Some(NetworkCounts { calls, unknown, found_done, undone, busy }) = self.network {
            let text = format!(
                "{calls} calls, {unknown} outcomes unknown ({found_done} found done, {undone} \
                 undone), {busy} refused for want of room"
            );
            rows.push((["network", "网络"], text));
        }
        for reason in &self.reasons {
            rows.push((["because", "原因"], reason.clone()));
        }
        rows
    }
}

/// How many steps were repeats, and how many of them held.
fn repeats(steps: &[Step]) -> [u64; 2] {
    let again = || steps.iter().filter(|step| step.again);
    [again().count() as u64, again().filter(|step| step.held).count() as u64]
}

/// Quantiles of each kind of request that was measured.
fn by_operation(measured: &Measured) -> BTreeMap<String, Quantiles> {
    let kinds = RequestBody::WORDS.iter().zip(&measured.by_kind);
    let measured = kinds.filter(|(_, histogram)| !histogram.is_empty());
    measured.map(|(word, histogram)| ((*word).to_owned(), Quantiles::of(histogram))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_read_as_people_write_them() {
        let rows = [
            ("settle p99 < 50ms", (Some(3), 0.99, 50.0)),
            ("p99<5ms", (None, 0.99, 5.0)),
            ("query p50 < 300us", (Some(0), 0.5, 0.3)),
            ("p999 < 1s", (None, 0.999, 1_000.0)),
            ("p99.9 < 2ms", (None, 0.999, 2.0)),
            ("max < 2 s", (None, 1.0, 2_000.0)),
        ];
        for (text, (kind, quantile, ms)) in rows {
            let read: Objective = text.parse().expect(text);
            assert_eq!(read.kind, kind, "{text}");
            assert!(
                (read.quantile - quantile).abs() < 1e-12 && (read.ms - ms).abs() < 1e-9,
                "{text}"
            );
        }
        for wrong in ["", "p99", "p99 < 5", "p0 < 5ms", "pay p99 < 5ms", "p99 < -1ms", "a b c < 1s"]
        {
            assert!(wrong.parse::<Objective>().is_err(), "{wrong}");
        }
    }
}
