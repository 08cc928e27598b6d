//! The monotonic clock of the load test, the only one in the library. Must never be read by anything
//! that decides an amount, and never be passed below this module.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Below this the thread spins: sleeping is only exact to a scheduler tick.
const SPIN_BELOW: Duration = Duration::from_micros(80);

/// Nanoseconds since a start.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    /// The hands of a test's clock, which only the test moves.
    #[cfg(test)]
    hands: Option<&'static AtomicU64>,
}

impl Clock {
    /// A clock that starts now.
    #[expect(clippy::disallowed_methods, reason = "the load test measures wall-clock time")]
    pub fn start() -> Clock {
        Clock {
            start: Instant::now(),
            #[cfg(test)]
            hands: None,
        }
    }

    /// A clock that stands still until it is moved, or until somebody waits.
    #[cfg(test)]
    pub(super) fn by_hand() -> Clock {
        Clock { hands: Some(Box::leak(Box::default())), ..Clock::start() }
    }

    /// Moves the hands.
    #[cfg(test)]
    pub(super) fn advance(&self, ns: u64) {
        self.hands.expect("a clock with hands").fetch_add(ns, Ordering::Relaxed);
    }

    /// Nanoseconds since the start; 64 bits last 584 years.
    #[inline]
    pub fn ns(&self) -> u64 {
        #[cfg(test)]
        if let Some(hands) = self.hands {
            return hands.load(Ordering::Relaxed);
        }
        self.start.elapsed().as_nanos() as u64
    }

    /// Waits until a time; sleeps while it is far, then spins.
    pub fn wait_until(&self, ns: u64) {
        #[cfg(test)]
        if let Some(hands) = self.hands {
            hands.fetch_max(ns, Ordering::Relaxed);
            return;
        }
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
