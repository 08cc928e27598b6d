//! A long run cut into windows: what drifts shows here and in no quantile of the whole. Must never slow a run
//! that asked for no windows.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// One window of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Its start, seconds into the run.
    pub from_s: f64,
    /// Requests answered in it, a second.
    pub answered_per_s: f64,
    /// Median of their latency, ms.
    pub p50_ms: f64,
    /// 99th percentile, ms.
    pub p99_ms: f64,
    /// Largest, ms.
    pub max_ms: f64,
    /// Resident memory of this process at its end, MiB; where the system tells it.
    pub resident_mib: Option<f64>,
}

impl Window {
    /// The window in one line.
    pub(super) fn told(&self) -> String {
        let Window { from_s, answered_per_s, p50_ms, p99_ms, max_ms, resident_mib } = self;
        let memory = resident_mib.map_or(String::new(), |mib| format!(", {mib:.0} MiB"));
        format!(
            "{from_s:.0}: {answered_per_s:.0}/s, p50 / p99 / max {p50_ms:.3} / {p99_ms:.3} / \
             {max_ms:.3} ms{memory}"
        )
    }
}

/// Windows of the run under way.
#[derive(Clone, Debug)]
pub(super) struct OverTime {
    /// Length of a window; 0 = none are kept.
    width_ns: u64,
    /// The window in hand.
    number: u64,
    latency_ns: Histogram<u64>,
    done: Vec<Window>,
}

impl OverTime {
    /// So many windows of a run of this length; an empty histogram to begin with.
    pub(super) fn new(windows: u32, run_ns: u64, latency_ns: Histogram<u64>) -> OverTime {
        let width_ns = if windows == 0 { 0 } else { (run_ns / u64::from(windows)).max(1) };
        OverTime { width_ns, number: 0, latency_ns, done: Vec::new() }
    }

    /// Enters an answer at a time of the run.
    #[inline]
    pub(super) fn see(&mut self, now_ns: u64, latency_ns: u64) {
        if self.width_ns > 0 {
            self.reach(now_ns);
            self.latency_ns.saturating_record(latency_ns);
        }
    }

    /// Closes the windows that end before a time. One in which nothing was answered says so.
    fn reach(&mut self, now_ns: u64) {
        while now_ns >= (self.number + 1) * self.width_ns {
            self.close(self.width_ns);
        }
    }

    fn close(&mut self, width_ns: u64) {
        let at = |quantile: f64| self.latency_ns.value_at_quantile(quantile) as f64 / 1e6;
        self.done.push(Window {
            from_s: (self.number * self.width_ns) as f64 / 1e9,
            answered_per_s: self.latency_ns.len() as f64 * 1e9 / width_ns.max(1) as f64,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: self.latency_ns.max() as f64 / 1e6,
            resident_mib: resident_kib().map(|kib| kib as f64 / 1024.0),
        });
        self.latency_ns.reset();
        self.number += 1;
    }

    /// The windows of a run that ended at a time.
    pub(super) fn windows(mut self, end_ns: u64) -> Vec<Window> {
        if self.width_ns > 0 && !self.latency_ns.is_empty() {
            let width_ns = end_ns.saturating_sub(self.number * self.width_ns);
            self.close(width_ns);
        }
        self.done
    }
}

/// Resident memory of this process, KiB; where the system tells it.
pub fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(count: u32, answers: &[(u64, u64)], end_ms: u64) -> Vec<Window> {
        let latency = Histogram::new_with_bounds(1_000, 3_600_000_000_000, 3).expect("bounds");
        let mut over = OverTime::new(count, 4_000_000_000, latency);
        for &(at_ms, latency_ms) in answers {
            over.see(at_ms * 1_000_000, latency_ms * 1_000_000);
        }
        over.windows(end_ms * 1_000_000)
    }

    #[test]
    fn each_answer_is_in_the_window_of_its_time_and_a_stall_shows_as_an_empty_one() {
        let answers = [(100, 5), (900, 7), (3_100, 2_000), (3_200, 10), (4_500, 20)];
        let found = windows(4, &answers, 5_000);
        let counts: Vec<f64> = found.iter().map(|window| window.answered_per_s).collect();
        assert_eq!(
            counts,
            [2.0, 0.0, 0.0, 2.0, 1.0],
            "the last answers come after the last second"
        );
        assert!((found[3].max_ms - 2_000.0).abs() < 5.0 && found[0].max_ms < 7.1, "{found:?}");
        assert!((found[4].from_s - 4.0).abs() < 1e-9, "{found:?}");
        assert_eq!(windows(0, &answers, 5_000), []);
    }
}
