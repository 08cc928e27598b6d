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

/// Fewest windows from which a drift can be told.
const FEWEST: usize = 6;

/// How the last third of a soak differs from its first third, by the median of their windows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Requests answered a second, last by first.
    pub answered_ratio: f64,
    /// Median latency, last by first.
    pub p50_ratio: f64,
    /// 99th percentile of the latency, last by first.
    pub p99_ratio: f64,
    /// Growth of resident memory, MiB an hour; where the system tells it.
    pub mib_per_hour: Option<f64>,
}

impl Drift {
    /// The drift of a soak of enough windows.
    pub(super) fn of(windows: &[Window]) -> Option<Drift> {
        if windows.len() < FEWEST {
            return None;
        }
        let third = windows.len() / 3;
        let (first, last) = (&windows[..third], &windows[windows.len() - third..]);
        let ratio = |of: fn(&Window) -> f64| {
            middle(last.iter().map(of)) / middle(first.iter().map(of)).max(f64::MIN_POSITIVE)
        };
        let mib = |part: &[Window]| -> Option<Vec<f64>> {
            part.iter().map(|window| window.resident_mib).collect()
        };
        let from_s = |part: &[Window]| middle(part.iter().map(|window| window.from_s));
        let hours = (from_s(last) - from_s(first)) / 3_600.0;
        let grown = mib(first)
            .zip(mib(last))
            .map(|(first, last)| middle(last.into_iter()) - middle(first.into_iter()));
        Some(Drift {
            answered_ratio: ratio(|window| window.answered_per_s),
            p50_ratio: ratio(|window| window.p50_ms),
            p99_ratio: ratio(|window| window.p99_ms),
            mib_per_hour: grown.map(|mib| mib / hours),
        })
    }

    /// The drift in one line.
    pub(super) fn told(&self) -> String {
        let Drift { answered_ratio, p50_ratio, p99_ratio, mib_per_hour } = self;
        let memory = mib_per_hour.map_or(String::new(), |mib| format!(", memory {mib:+.0} MiB/h"));
        format!(
            "last third by first: answered x {answered_ratio:.3}, p50 x {p50_ratio:.2}, \
             p99 x {p99_ratio:.2}{memory}"
        )
    }
}

/// The median.
fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) }
}

/// Windows of the run under way.
#[derive(Clone, Debug)]
pub(super) struct OverTime {
    /// Windows of the run; 0 = none are kept.
    count: u64,
    width_ns: u64,
    /// The window in hand.
    number: u64,
    latency_ns: Histogram<u64>,
    done: Vec<Window>,
}

impl OverTime {
    /// So many windows of a run of this length; an empty histogram to begin with.
    pub(super) fn new(windows: u32, run_ns: u64, latency_ns: Histogram<u64>) -> OverTime {
        let count = u64::from(windows);
        let width_ns = (run_ns / count.max(1)).max(1);
        OverTime { count, width_ns, number: 0, latency_ns, done: Vec::new() }
    }

    /// Enters an answer at a time of the run.
    #[inline]
    pub(super) fn see(&mut self, now_ns: u64, latency_ns: u64) {
        if self.count > 0 {
            self.reach(now_ns);
            self.latency_ns.saturating_record(latency_ns);
        }
    }

    /// Closes the windows that end before a time. One in which nothing was answered says so; the last one ends
    /// with the last answer.
    fn reach(&mut self, now_ns: u64) {
        while self.number + 1 < self.count && now_ns >= (self.number + 1) * self.width_ns {
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
        if self.count > 0 && !self.latency_ns.is_empty() {
            let since_ns = end_ns.saturating_sub(self.number * self.width_ns);
            self.close(since_ns.max(self.width_ns));
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
            [2.0, 0.0, 0.0, 1.5],
            "the last answers come after the last second, and belong to it"
        );
        assert!((found[3].max_ms - 2_000.0).abs() < 5.0 && found[0].max_ms < 7.1, "{found:?}");
        assert!((found[3].from_s - 3.0).abs() < 1e-9, "{found:?}");
        assert_eq!(windows(0, &answers, 5_000), []);
    }

    #[test]
    fn what_drifts_shows_in_the_last_third_by_the_first() {
        let window = |number: u32, p99_ms: f64| Window {
            from_s: f64::from(number) * 600.0,
            answered_per_s: 1_000.0 - 10.0 * f64::from(number),
            p50_ms: 1.0,
            p99_ms,
            max_ms: 9.0,
            resident_mib: Some(100.0 + 2.0 * f64::from(number)),
        };
        // One stall in either third does not move its median.
        let windows: Vec<Window> = (0_u32..9)
            .map(|number| {
                window(number, if number % 7 == 1 { 50.0 } else { 2.0 + f64::from(number / 6) })
            })
            .collect();
        let drift = Drift::of(&windows).expect("nine windows");
        assert!((drift.answered_ratio - 930.0 / 990.0).abs() < 1e-9, "{drift:?}");
        assert!(
            (drift.p50_ratio - 1.0).abs() < 1e-9 && (drift.p99_ratio - 1.5).abs() < 1e-9,
            "{drift:?}"
        );
        // Two MiB in ten minutes.
        assert!((drift.mib_per_hour.expect("told") - 12.0).abs() < 1e-9, "{drift:?}");
        assert_eq!(Drift::of(&windows[..5]), None);
    }
}
