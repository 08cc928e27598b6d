//! What the service counted, in the text form of Prometheus. Must never count money.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets of a call's time, ms.
const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/// A count that only grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All counts of a service.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Commands answered.
    pub(super) commands: Count,
    /// Of these, commands whose key was known: they were given their first answer again.
    pub(super) replayed: Count,
    /// Flushes.
    pub(super) flushes: Count,
    /// Bodies refused because the queue or the store was full.
    pub(super) busy: Count,
    /// Bodies refused because they had waited longer than their deadline.
    pub(super) late: Count,
    /// Messages that the signing program did not check, or replies that it did not sign, in time.
    pub(super) unsigned: Count,
    /// Bodies that were not understood.
    pub(super) bad: Count,
    /// Calls answered, by the bucket that their time falls into; the last is beyond all bounds.
    took: [Count; BUCKETS_MS.len() + 1],
    /// Their time in all, µs.
    took_us: Count,
}

impl Meter {
    /// Notes how long a call took that was answered.
    pub(super) fn took(&self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_MS.partition_point(|bound| bound * 1_000 < us);
        self.took[bucket].add(1);
        self.took_us.add(us);
    }

    /// The page that a scraper reads.
    pub(super) fn text(&self, waiting: u64) -> String {
        let rows = [
            ("aftercare_commands_total", "Commands answered.", &self.commands),
            ("aftercare_replayed_total", "Commands whose key was known.", &self.replayed),
            ("aftercare_flushes_total", "Flushes of the store.", &self.flushes),
            ("aftercare_refused_busy_total", "Bodies refused: no room.", &self.busy),
            ("aftercare_refused_late_total", "Bodies refused: waited too long.", &self.late),
            ("aftercare_bad_bodies_total", "Bodies not understood.", &self.bad),
            ("aftercare_unsigned_total", "No answer of the signing program.", &self.unsigned),
        ];
        let mut text = String::new();
        for (name, help, count) in rows {
            let count = count.read();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}");
        }
        let name = "aftercare_waiting_bodies";
        let _ = writeln!(text, "# HELP {name} Bodies in the queue.\n# TYPE {name} gauge");
        let _ = writeln!(text, "{name} {waiting}");
        self.times(&mut text);
        text
    }

    /// The histogram of a call's time: each bucket counts all that is not slower than its bound.
    fn times(&self, text: &mut String) {
        let name = "aftercare_call_seconds";
        let help = "Time of a call that was answered, from its head to its answer.";
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram");
        let mut count = 0;
        for (bound, bucket) in BUCKETS_MS.iter().zip(&self.took) {
            count += bucket.read();
            let (s, ms) = (bound / 1_000, bound % 1_000);
            let _ = writeln!(text, "{name}_bucket{{le=\"{s}.{ms:03}\"}} {count}");
        }
        count += self.took[BUCKETS_MS.len()].read();
        let us = self.took_us.read();
        let (s, us) = (us / 1_000_000, us % 1_000_000);
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum {s}.{us:06}\n{name}_count {count}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_as_prometheus_reads_them() {
        let meter = Meter::default();
        meter.commands.add(41);
        let text = meter.text(3);
        assert!(
            text.contains("# TYPE aftercare_commands_total counter\naftercare_commands_total 41\n")
        );
        assert!(text.contains("\naftercare_waiting_bodies 3\n"));
    }

    #[test]
    fn a_slower_bucket_holds_all_the_faster_ones() {
        let meter = Meter::default();
        for us in [900, 1_000, 1_001, 40_000, 9_000_000] {
            meter.took(Duration::from_micros(us));
        }
        let text = meter.text(0);
        for row in [
            "_bucket{le=\"0.001\"} 2",
            "_bucket{le=\"0.002\"} 3",
            "_bucket{le=\"0.050\"} 4",
            "_bucket{le=\"5.000\"} 4",
            "_bucket{le=\"+Inf\"} 5",
            "_sum 9.042901",
            "_count 5",
        ] {
            assert!(text.contains(&format!("aftercare_call_seconds{row}\n")), "{row}: {text}");
        }
    }
}
