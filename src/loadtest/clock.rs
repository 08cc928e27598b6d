//! The monotonic clock of the load test, the only one in the library. Must never be read by anything
//! that decides an amount, and never be passed below this module.

use std::time::{Duration, Instant};

/// Below this the thread spins: sleeping is only exact to a scheduler tick.
const SPIN_BELOW: Duration = Duration::from_micros(80);

/// Nanoseconds since a start.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    #[expect(clippy::disallowed_methods, reason = "the load test measures wall-clock time")]
    pub fn start() -> Clock {
        Clock { start: Instant::now() }
    }

    /// Nanoseconds since the start; 64 bits last 584 years.
    #[inline]
    pub fn ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Waits until a time; sleeps while it is far, then spins.
    pub fn wait_until(&self, ns: u64) {
        loop {
            let left = Duration::from_nanos(ns.saturating_sub(self.ns()));
            if left.is_zero() {
                return;
            }
            if left > SPIN_BELOW {
                std::thread::sleep(left.saturating_sub(SPIN_BELOW));
            } else {
                std::hint::spin_loop();
            }
        }
    }
}
