//! The open loop: sends what is due, takes what is answered, and accounts for every nanosecond that
//! was not the store's. Must never delay a request because an earlier one is unanswered.

use super::LoadPlan;
use super::books::ClientBooks;
use super::clock::Clock;
use super::feed::{Feed, Hand, Source};
use super::over_time::{OverTime, Window};
use super::stalls::{SlowGroup, Slowest};
use crate::store::{Answer, Answered, Store, StoreError, StoreRefusal, Submission};
use crate::wire::{Batch, RequestBody};
use hdrhistogram::Histogram;

/// Requests on their way, by serial: twice what any store may hold undrained, and a power of two.
const IN_FLIGHT: usize = 1 << 18;

/// What one run showed.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) offered_per_s: f64,
    pub(super) wall_ns: u64,
    pub(super) span_ns: u64,
    pub(super) last_due_ns: u64,
    pub(super) last_answer_ns: u64,
    pub(super) sent: u64,
    pub(super) count: u64,
    pub(super) batches: u64,
    pub(super) latency_ns: Histogram<u64>,
    /// The same by kind of request.
    pub(super) by_kind: Vec<Histogram<u64>>,
    /// Requests never sent, because they found the room before the store full.
    pub(super) refused_at_once: u64,
    pub(super) lag_ns: Histogram<u64>,
    /// Requests sent late for the generator's sake.
    pub(super) late: u64,
    /// Time inside the store's calls, and time with nothing due.
    pub(super) store_ns: u64,
    pub(super) idle_ns: u64,
    pub(super) books: ClientBooks,
    pub(super) steps: Vec<super::report::Step>,
    pub(super) slowest: Slowest,
    pub(super) windows: Vec<Window>,
    /// Sum of latencies, ns, and requests due in either half of what is measured, and its length.
    pub(super) halves: [(u64, u64); 2],
    pub(super) length_ns: u64,
}

/// A request that waits for its answer; `kind` 255 = none.
#[derive(Clone, Copy)]
struct Waiting {
    serial: u64,
    due_ns: u64,
    kind: u8,
}

const NOBODY: Waiting = Waiting { serial: u64::MAX, due_ns: 0, kind: u8::MAX };

const NO_GROUP: SlowGroup =
    SlowGroup { at_ms: 0.0, requests: 0, before_ms: 0.0, submit_ms: 0.0, flush_ms: 0.0 };

/// Drives one store, run after run.
pub(super) struct Driver<'c> {
    clock: &'c Clock,
    most_a_batch: usize,
    warmup_ns: u64,
    waiting: Vec<Waiting>,
    answers: Vec<Answered>,
    batch: Batch,
    dues: Vec<u64>,
    start_ns: u64,
    unflushed: usize,
    /// How a run is cut into windows, and those of the run under way.
    cut: (u32, u64),
    middle_ns: u64,
    over_time: OverTime,
    /// The group in hand, and when the store gave its last answers.
    group: SlowGroup,
    freed_ns: u64,
    measured: Measured,
}

impl<'c> Driver<'c> {
    pub(super) fn new(clock: &'c Clock, plan: &LoadPlan) -> Driver<'c> {
        Driver {
            clock,
            most_a_batch: plan.most_a_batch,
            warmup_ns: plan.warmup.as_nanos() as u64,
            waiting: vec![NOBODY; IN_FLIGHT],
            answers: Vec::new(),
            batch: Batch::default(),
            dues: Vec::new(),
            start_ns: 0,
            unflushed: 0,
            cut: (plan.windows, plan.duration.as_nanos() as u64),
            middle_ns: (plan.warmup + plan.duration).as_nanos() as u64 / 2,
            over_time: OverTime::new(0, 0, histogram()),
            group: NO_GROUP,
            freed_ns: 0,
            measured: Measured::nothing(),
        }
    }

    pub(super) fn into_measured(self) -> Measured {
        self.measured
    }

    /// The last run's figures and everything the clients were told so far.
    pub(super) fn measured(&self) -> &Measured {
        &self.measured
    }

    /// Puts the figures of an earlier run back, with the books as they are now.
    pub(super) fn put_back(&mut self, earlier: Measured) {
        let books = std::mem::take(&mut self.measured.books);
        self.measured = Measured { books, ..earlier };
    }

    pub(super) fn keep_steps(&mut self, steps: Vec<super::report::Step>) {
        self.measured.steps = steps;
    }

    /// Sends batches outside of any measurement.
    pub(super) fn prepare<S: Store>(
        &mut self,
        store: &mut S,
        batches: &[Batch],
    ) -> Result<(), StoreError> {
        for batch in batches {
            self.batch.clear();
            self.batch.extend_from(batch, 0, batch.len());
            self.dues.clear();
            self.dues.resize(batch.len(), 0);
            self.submit(store)?;
            self.take(store, true)?;
        }
        Ok(())
    }

    /// One run at a rate; gives the source back for the next.
    pub(super) fn run<S: Store, G: Source>(
        &mut self,
        store: &mut S,
        feed: Feed<G>,
        rate: f64,
    ) -> Result<G, StoreError> {
        let books = std::mem::take(&mut self.measured.books);
        self.measured = Measured { offered_per_s: rate, books, ..Measured::nothing() };
        let (source, result) = feed.with_generator(|hand| self.drive(store, hand));
        result?;
        Ok(source)
    }

    fn drive<S: Store>(&mut self, store: &mut S, hand: &mut Hand) -> Result<(), StoreError> {
        self.over_time = OverTime::new(self.cut.0, self.cut.1, histogram());
        let clock = self.clock;
        // The first chunk is made before the run begins.
        hand.next_due(|| 0, &mut 0);
        self.start_ns = clock.ns();
        self.freed_ns = self.start_ns;
        let start_ns = self.start_ns;
        let now = || clock.ns() - start_ns;
        loop {
            self.gather(hand, now);
            if !self.batch.is_empty() {
                self.submit(store)?;
                let due = hand.next_due(now, &mut self.measured.late);
                let more_is_due = due.is_some_and(|due| due <= now());
                self.take(store, !more_is_due)?;
            } else if self.unflushed > 0 {
                self.take(store, true)?;
            } else {
                let Some(due) = hand.next_due(now, &mut self.measured.late) else { break };
                let from = clock.ns();
                clock.wait_until(start_ns + due);
                self.freed_ns = clock.ns();
                self.measured.idle_ns += self.freed_ns - from;
                self.measured.late += hand.overdue(now());
            }
        }
        self.measured.refused_at_once += hand.refused;
        self.finish();
        Ok(())
    }

    /// A closed loop: so many clients, each of whom asks again as soon as it is answered, all in step.
    /// Latency runs from the sending, because nobody intended an earlier start.
    pub(super) fn run_closed<S: Store, G: Source>(
        &mut self,
        store: &mut S,
        feed: Feed<G>,
        (clients, duration_ns): (usize, u64),
    ) -> Result<G, StoreError> {
        let books = std::mem::take(&mut self.measured.books);
        self.measured = Measured { books, ..Measured::nothing() };
        let (source, result) = feed.with_generator(|hand| {
            self.over_time = OverTime::new(self.cut.0, self.cut.1, histogram());
            self.start_ns = self.clock.ns();
            self.freed_ns = self.start_ns;
            loop {
                self.batch.clear();
                self.dues.clear();
                let now_ns = self.clock.ns() - self.start_ns;
                while self.batch.len() < clients && hand.next_due(|| 0, &mut 0).is_some() {
                    self.batch.extend_from(&hand.chunk.batch, hand.next, hand.next + 1);
                    self.dues.push(now_ns);
                    hand.next += 1;
                }
                hand.give_back();
                if self.batch.is_empty() || now_ns > duration_ns {
                    break;
                }
                self.submit(store)?;
                self.take(store, true)?;
            }
            self.finish();
            self.measured.offered_per_s = self.measured.achieved_per_s();
            Ok::<_, StoreError>(())
        });
        result?;
        Ok(source)
    }

    /// Moves what is due into the batch, as far as it goes in.
    fn gather(&mut self, hand: &mut Hand, now: impl Fn() -> u64 + Copy) {
        let now_ns = now();
        self.batch.clear();
        self.dues.clear();
        while self.batch.len() < self.most_a_batch {
            let next = hand.next_due(now, &mut self.measured.late);
            if next.is_none_or(|due| due > now_ns) {
                break;
            }
            let room = self.most_a_batch - self.batch.len();
            let rest = &hand.chunk.due_ns[hand.next..];
            let due = rest.iter().take(room).take_while(|&&due| due <= now_ns).count();
            self.batch.extend_from(&hand.chunk.batch, hand.next, hand.next + due);
            self.dues.extend_from_slice(&rest[..due]);
            hand.next += due;
        }
        if self.batch.len() == self.most_a_batch {
            hand.full(now_ns);
        }
        hand.give_back();
    }

    /// Hands the batch to the store, draining it while it is busy.
    fn submit<S: Store>(&mut self, store: &mut S) -> Result<(), StoreError> {
        let now_ns = self.clock.ns() - self.start_ns;
        for (request, &due_ns) in self.batch.requests().iter().zip(&self.dues) {
            let serial = request.id.serial();
            let place = &mut self.waiting[serial as usize % IN_FLIGHT];
            *place = Waiting { serial, due_ns, kind: request.body.kind() };
            self.measured.last_due_ns = due_ns;
            if due_ns >= self.warmup_ns {
                self.measured.lag_ns.saturating_record(now_ns.saturating_sub(due_ns));
            }
        }
        let count = self.batch.len();
        self.measured.sent += count as u64;
        self.measured.books.sent += count as u64;
        self.measured.batches += 1;
        let handed = self.clock.ns();
        self.group = SlowGroup {
            at_ms: ms(handed - self.start_ns),
            requests: count as u64,
            before_ms: ms(handed.saturating_sub(self.freed_ns)),
            ..NO_GROUP
        };
        loop {
            let from = self.clock.ns();
            let submission = store.try_submit(&self.batch)?;
            let spent = self.clock.ns() - from;
            self.measured.store_ns += spent;
            self.group.submit_ms += ms(spent);
            if submission == Submission::Accepted {
                self.unflushed += count;
                return Ok(());
            }
            self.take(store, true)?;
        }
    }

    /// Takes what is answered; with `flush`, everything accepted.
    fn take<S: Store>(&mut self, store: &mut S, flush: bool) -> Result<(), StoreError> {
        let from = self.clock.ns();
        if flush {
            store.flush()?;
        }
        store.drain(&mut self.answers);
        let now = self.clock.ns();
        self.measured.store_ns += now - from;
        self.freed_ns = now;
        self.measured.slowest.see(SlowGroup { flush_ms: ms(now - from), ..self.group });
        (self.group.before_ms, self.group.submit_ms) = (0.0, 0.0);
        let now_ns = now - self.start_ns;
        for answered in self.answers.drain(..) {
            let serial = answered.id.serial();
            let place = &mut self.waiting[serial as usize % IN_FLIGHT];
            let waited = std::mem::replace(place, NOBODY);
            if waited.serial != serial {
                self.measured.books.unexpected += 1;
                continue;
            }
            self.measured.books.enter(waited.kind, &answered.answer);
            if answered.answer == Answer::Refused(StoreRefusal::Busy) {
                self.measured.refused_at_once += 1;
                continue;
            }
            let latency = now_ns.saturating_sub(waited.due_ns);
            self.over_time.see(now_ns, latency);
            if waited.due_ns >= self.warmup_ns {
                self.measured.latency_ns.saturating_record(latency);
                self.measured.by_kind[usize::from(waited.kind)].saturating_record(latency);
                self.measured.count += 1;
                let half = &mut self.measured.halves[usize::from(waited.due_ns >= self.middle_ns)];
                *half = (half.0 + latency, half.1 + 1);
            }
            self.measured.last_answer_ns = now_ns;
        }
        if flush {
            // By the contract everything accepted is answered now; what is not is lost, and counted.
            self.unflushed = 0;
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.measured.wall_ns = self.clock.ns() - self.start_ns;
        let last = self.measured.last_answer_ns;
        self.measured.span_ns = last.saturating_sub(self.warmup_ns);
        self.measured.length_ns = self.cut.1.saturating_sub(self.warmup_ns);
        let over_time = std::mem::replace(&mut self.over_time, OverTime::new(0, 0, histogram()));
        self.measured.windows = over_time.windows(last);
    }
}

fn histogram() -> Histogram<u64> {
    // From a microsecond to an hour, three digits.
    Histogram::new_with_bounds(1_000, 3_600_000_000_000, 3)
        .unwrap_or_else(|error| panic!("invariant: the bounds are sound: {error}"))
}

fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

impl Measured {
    fn nothing() -> Measured {
        Measured {
            offered_per_s: 0.0,
            wall_ns: 0,
            span_ns: 0,
            last_due_ns: 0,
            last_answer_ns: 0,
            sent: 0,
            count: 0,
            batches: 0,
            latency_ns: histogram(),
            by_kind: RequestBody::WORDS.map(|_| histogram()).to_vec(),
            refused_at_once: 0,
            lag_ns: histogram(),
            late: 0,
            store_ns: 0,
            idle_ns: 0,
            books: ClientBooks::default(),
            steps: Vec::new(),
            slowest: Slowest::default(),
            windows: Vec::new(),
            halves: [(0, 0); 2],
            length_ns: 0,
        }
    }

    /// Answers a second over the measured part.
    pub(super) fn achieved_per_s(&self) -> f64 {
        self.count as f64 * 1e9 / self.span_ns.max(1) as f64
    }

    /// By which share more requests came than were answered: with a backlog that grows, latency grows in a
    /// straight line, and its means in two halves differ by half of what it grew. Noise of either sign where
    /// the store keeps up.
    pub(super) fn excess(&self) -> f64 {
        let [first, second] = self.halves.map(|(sum, count)| sum as f64 / count.max(1) as f64);
        let both = self.halves.iter().all(|(_, count)| *count > 0);
        if both { 2.0 * (second - first) / self.length_ns.max(1) as f64 } else { 0.0 }
    }

    /// Time from the last intended start to the last answer.
    pub(super) fn backlog_ns(&self) -> u64 {
        self.last_answer_ns.saturating_sub(self.last_due_ns)
    }

    /// Share of the wall time that was neither the store's nor idle: the driver's own.
    pub(super) fn driver_share(&self) -> f64 {
        let own = self.wall_ns.saturating_sub(self.store_ns + self.idle_ns);
        own as f64 / self.wall_ns.max(1) as f64
    }

    /// Share of requests sent late for the generator's sake.
    pub(super) fn late_share(&self) -> f64 {
        self.late as f64 / self.sent.max(1) as f64
    }
}
