//! What the service counted, in the text form of Prometheus. Must never count money.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// A count that only grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

/// All counts of a service.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Commands answered.
    pub(super) commands: Count,
    /// Flushes.
    pub(super) flushes: Count,
    /// Bodies refused because the queue or the store was full.
    pub(super) busy: Count,
    /// Bodies refused because they had waited longer than their deadline.
    pub(super) late: Count,
    /// Bodies that were not understood.
    pub(super) bad: Count,
}

impl Meter {
    /// The page that a scraper reads.
    pub(super) fn text(&self, waiting: u64) -> String {
        let rows = [
            ("aftercare_commands_total", "Commands answered.", &self.commands),
            ("aftercare_flushes_total", "Flushes of the store.", &self.flushes),
            ("aftercare_refused_busy_total", "Bodies refused: no room.", &self.busy),
            ("aftercare_refused_late_total", "Bodies refused: waited too long.", &self.late),
            ("aftercare_bad_bodies_total", "Bodies not understood.", &self.bad),
        ];
        let mut text = String::new();
        for (name, help, count) in rows {
            let count = count.0.load(Ordering::Relaxed);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}");
        }
        let name = "aftercare_waiting_bodies";
        let _ = writeln!(text, "# HELP {name} Bodies in the queue.\n# TYPE {name} gauge");
        let _ = writeln!(text, "{name} {waiting}");
        text
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
        assert!(text.ends_with("aftercare_waiting_bodies 3\n"));
    }
}
