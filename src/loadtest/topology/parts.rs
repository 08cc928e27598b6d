//! What a topology is made of: an agenda in virtual time, pools with queues, breakers, and the draws of
//! times and losses. Must never read a clock.

use super::spec::{LineSpec, SystemSpec};
use crate::random::{Address, Philox, Purpose, unit};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::f64::consts::TAU;

/// Events in the order of their times, then of their entry.
#[derive(Debug)]
pub(super) struct Agenda<E> {
    heap: BinaryHeap<Reverse<(u64, u64, E)>>,
    entered: u64,
}

impl<E: Ord> Agenda<E> {
    pub(super) fn new() -> Agenda<E> {
        Agenda { heap: BinaryHeap::new(), entered: 0 }
    }

    pub(super) fn at(&mut self, us: u64, event: E) {
        self.entered += 1;
        self.heap.push(Reverse((us, self.entered, event)));
    }

    pub(super) fn next(&mut self) -> Option<(u64, E)> {
        self.heap.pop().map(|Reverse((us, _, event))| (us, event))
    }
}

/// A system's pool and its queue.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    size: usize,
    most_waiting: usize,
    busy: usize,
    waiting: VecDeque<usize>,
    since_us: u64,
    busy_us: u64,
}

/// What became of a call that came to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    Served,
    Waits,
    Full,
}

impl Pool {
    pub(super) fn new(spec: &SystemSpec) -> Pool {
        Pool {
            size: spec.pool,
            most_waiting: spec.queue,
            busy: 0,
            waiting: VecDeque::new(),
            since_us: 0,
            busy_us: 0,
        }
    }

    fn tick(&mut self, now_us: u64) {
        self.busy_us += self.busy as u64 * (now_us - self.since_us);
        self.since_us = now_us;
    }

    pub(super) fn enter(&mut self, call: usize, now_us: u64) -> Entered {
        self.tick(now_us);
        if self.busy < self.size {
            self.busy += 1;
            return Entered::Served;
        }
        if self.waiting.len() >= self.most_waiting {
            return Entered::Full;
        }
        self.waiting.push_back(call);
        Entered::Waits
    }

    /// Frees a place; the next call takes it.
    pub(super) fn leave(&mut self, now_us: u64) -> Option<usize> {
        self.tick(now_us);
        let next = self.waiting.pop_front();
        self.busy -= usize::from(next.is_none());
        next
    }

    /// Takes a call that gave up out of the queue; false when it is not there.
    pub(super) fn give_up(&mut self, call: usize) -> bool {
        let found = self.waiting.iter().position(|&waits| waits == call);
        found.is_some_and(|at| self.waiting.remove(at).is_some())
    }

    /// When something last came or went.
    pub(super) fn last_us(&self) -> u64 {
        self.since_us
    }

    /// Share of the pool in use up to a time.
    pub(super) fn utilisation(&mut self, now_us: u64) -> f64 {
        self.tick(now_us);
        self.busy_us as f64 / (self.size as f64 * now_us.max(1) as f64)
    }
}

/// A breaker: after so many failures in a row nothing is sent for a while.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    open_until_us: u64,
    pub(super) opened: u64,
}

impl Breaker {
    pub(super) fn lets_through(&self, now_us: u64) -> bool {
        now_us >= self.open_until_us
    }

    pub(super) fn heard(&mut self, line: &LineSpec, well: bool, now_us: u64) {
        if well {
            self.failures = 0;
            return;
        }
        self.failures += 1;
        if self.failures >= line.breaker_failures {
            self.failures = 0;
            self.opened += 1;
            self.open_until_us = now_us + line.breaker_open_ms * 1_000;
        }
    }
}

/// Draws of one topology.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws(pub(super) Philox);

impl Draws {
    /// A log-normal time with this mean, µs, and whether the message was lost, by call and stage.
    pub(super) fn time(self, call: usize, stage: u16, mean_ms: f64, cv: f64) -> u64 {
        let [a, b, ..] = self.words(call, stage);
        let sigma2 = libm::log1p(cv * cv);
        let normal = libm::sqrt(-2.0 * libm::log(unit(a))) * libm::cos(TAU * unit(b));
        let ms = mean_ms * libm::exp(libm::sqrt(sigma2) * normal - sigma2 / 2.0);
        (ms * 1_000.0) as u64
    }

    pub(super) fn lost(self, call: usize, stage: u16, per_million: u32) -> bool {
        let [.., word, _] = self.words(call, stage);
        u64::from(word) * 1_000_000 >> 32 < u64::from(per_million)
    }

    pub(super) fn words(self, call: usize, stage: u16) -> [u32; 4] {
        self.0.block(Address::new(call as u64, stage, Purpose::Load))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: SystemSpec = SystemSpec { pool: 1, queue: 1, service_ms: 10.0, cv: 0.5 };
    const LINE: LineSpec = LineSpec {
        latency_ms: 1.0,
        cv: 0.0,
        lost_per_million: 100_000,
        time_out_ms: 10,
        tries: 1,
        breaker_failures: 2,
        breaker_open_ms: 5,
    };

    #[test]
    fn a_pool_serves_queues_and_turns_away() {
        let mut pool = Pool::new(&SYSTEM);
        let entered = [0, 1, 2].map(|call| pool.enter(call, 0));
        assert_eq!(entered, [Entered::Served, Entered::Waits, Entered::Full]);
        assert_eq!((pool.leave(50), pool.leave(100), pool.give_up(7)), (Some(1), None, false));
        assert!((pool.utilisation(200) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_breaker_opens_after_failures_in_a_row_and_closes_by_itself() {
        let mut breaker = Breaker::default();
        breaker.heard(&LINE, false, 0);
        breaker.heard(&LINE, true, 1);
        breaker.heard(&LINE, false, 2);
        assert!(breaker.lets_through(3));
        breaker.heard(&LINE, false, 3);
        assert!(!breaker.lets_through(4) && breaker.lets_through(5_003));
        assert_eq!(breaker.opened, 1);
    }

    #[test]
    fn times_have_their_mean_and_losses_their_share() {
        let draws = Draws(Philox::new(5));
        let n = 40_000;
        let sum: u64 = (0..n).map(|call| draws.time(call, 1, 80.0, 0.8)).sum();
        let mean = sum as f64 / n as f64 / 1_000.0;
        // Five standard errors: 80 * 0.8 / 200 * 5.
        assert!((mean - 80.0).abs() < 1.6, "{mean}");
        let lost = (0..n).filter(|&call| draws.lost(call, 2, LINE.lost_per_million)).count();
        assert!((lost as f64 - 4_000.0).abs() < 5.0 * 60.0, "{lost}");
    }
}
