//! The length of a FIFO line over time, kept from arrivals and starts alone. Its area under the
//! curve is counted by sweeping events, not by adding waits, so that Little's law is a real check.
//! Must never influence who is served when.

use crate::domain::Ms;
use std::collections::VecDeque;

/// Meter of one line: current length, longest length, area (ms × people).
#[derive(Clone, Debug, Default)]
pub struct QueueMeter {
    leaving: VecDeque<Ms>,
    last_ms: Ms,
    area_ms: u64,
    longest: u32,
}

impl QueueMeter {
    /// An empty line at the start of a day.
    pub fn reset(&mut self) {
        self.leaving.clear();
        (self.last_ms, self.area_ms, self.longest) = (0, 0, 0);
    }

    /// Somebody joins at `now` who will leave the line at `start_ms`; starts must not fall.
    #[inline]
    pub fn join(&mut self, now: Ms, start_ms: Ms) {
        if start_ms == now {
            return;
        }
        self.sweep(now);
        self.leaving.push_back(start_ms);
        self.longest = self.longest.max(self.leaving.len() as u32);
    }

    /// Longest line so far.
    pub fn longest(&self) -> u32 {
        self.longest
    }

    /// Empties the line and gives the area under its length, ms × people.
    pub fn finish(&mut self) -> u64 {
        self.sweep(Ms::MAX);
        self.area_ms
    }

    fn sweep(&mut self, now: Ms) {
        while let Some(&start) = self.leaving.front() {
            if start > now {
                break;
            }
            self.advance(start);
            self.leaving.pop_front();
        }
        if !self.leaving.is_empty() {
            self.advance(now);
        } else if now < Ms::MAX {
            self.last_ms = now;
        }
    }

    fn advance(&mut self, to: Ms) {
        self.area_ms += u64::from(to - self.last_ms) * self.leaving.len() as u64;
        self.last_ms = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_is_the_sum_of_waits_and_the_longest_line_counts_those_waiting_together() {
        let mut meter = QueueMeter::default();
        let joins = [(0, 0), (5, 10), (6, 12), (12, 12), (12, 20), (30, 31)];
        for (now, start) in joins {
            meter.join(now, start);
        }
        assert_eq!(meter.longest(), 2);
        assert_eq!(meter.finish(), 5 + 6 + 8 + 1);
    }
}
