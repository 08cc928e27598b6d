//! The progress of a long run on stderr: a bar with ETA on a terminal, plain lines elsewhere.
//! Must never write to stdout.

use crate::sim::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shows how far the replications are, and carries the wish to stop.
#[derive(Debug)]
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    quiet: bool,
    replications: u16,
    days: u32,
    stop: Arc<AtomicBool>,
}

impl Meter {
    /// A meter of so many replications of so many days; Ctrl-C sets `stop`.
    pub(super) fn new(replications: u16, days: u32, quiet: bool) -> Meter {
        let stop = Arc::new(AtomicBool::new(false));
        let wish = Arc::clone(&stop);
        // A second handler in one process is refused; the first one's wish then holds.
        let _ = ctrlc::set_handler(move || wish.store(true, Ordering::SeqCst));
        let terminal = std::io::stderr().is_terminal();
        let bar = (terminal && !quiet).then(|| {
            let length = u64::from(replications) * u64::from(days);
            let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
            let style = "{wide_bar} {percent:>3}% {msg} eta {eta}";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar
        });
        Meter { bar, quiet, replications, days, stop }
    }

    /// Hears one day's progress; false when somebody asked to stop.
    pub(super) fn tell(&mut self, progress: Progress) -> bool {
        let Progress { replication, day, visits } = progress;
        let message = format!(
            "replication {replication}/{}, day {day}/{}, {visits} visits",
            self.replications, self.days
        );
        match &self.bar {
            Some(bar) => {
                bar.set_message(message);
                bar.set_position(
                    u64::from(replication - 1) * u64::from(self.days) + u64::from(day),
                );
            }
            None if !self.quiet && (day == self.days || day.is_multiple_of(90)) => {
                let _ = writeln!(std::io::stderr(), "{message}");
            }
            None => {}
        }
        !self.stop.load(Ordering::SeqCst)
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
