//! Requests made ahead on a thread of their own, and the waiting room before a store. Must never put a
//! request off because an earlier one is unanswered, nor leave one uncounted that found the room full.
//!
//! A fixed number of chunks goes round: the generator fills what the driver has used up. With a bounded room
//! they hold together what one group takes, and a chunk more. Nothing leaves the room between two groups, so of
//! what is due meanwhile the first that fit are waiting, and the rest found it full at their intended start.
//! The driver sees that when it takes the group and refuses the rest of the slice by one number: what was made
//! already is counted, and the generator passes over the others, which it counts without making them. All
//! chunks go back when the group is taken and not before, with the time of it: a chunk that went back earlier
//! would be filled with requests that find the room full, and the store's cores would make them in vain.

use crate::wire::Batch;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// A request is late for the generator's sake when it could only be sent this much after its intended
/// start although the driver was free: it was not made in time, or the machine ran something else.
const LATE_NS: u64 = 200_000;
/// Chunks that go round where the room has no bound.
const CHUNKS_AHEAD: usize = 64;
const CHUNK: usize = 1_024;
/// Parts of a bounded room, one of which may be made in vain.
const PARTS: usize = 16;

/// Requests with their intended starts, in nanoseconds from the start of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) batch: Batch,
    pub(super) due_ns: Vec<u64>,
    /// Requests before these that found the room full: counted, and not made.
    refused: u64,
    /// On its way back to the generator: what is due before this found the room full.
    full_until_ns: u64,
}

/// Makes requests in order of their intended starts; the serials of their ids rise by one.
pub(super) trait Source: Send {
    /// Appends up to `count` requests; appends nothing at the end of the run.
    fn fill(&mut self, count: usize, chunk: &mut Chunk);
    /// Leaves out what is due before a time; how many requests that are.
    fn pass_over(&mut self, before_ns: u64) -> u64;
}

/// A source and how its chunks go round.
#[derive(Debug)]
pub(super) struct Feed<G> {
    source: G,
    chunk: usize,
    chunks: usize,
    bounded: bool,
}

impl<G: Source> Feed<G> {
    /// Any number may wait: what is due is sent, however late.
    pub(super) fn start(source: G, most_a_batch: usize) -> Feed<G> {
        Feed { source, chunk: most_a_batch.min(CHUNK), chunks: CHUNKS_AHEAD, bounded: false }
    }

    /// As many may wait as one group takes; one more is refused at its intended start.
    pub(super) fn bounded(source: G, most_a_batch: usize) -> Feed<G> {
        let chunk = most_a_batch.div_ceil(PARTS).min(CHUNK);
        // What is left of a chunk in hand and all others are a whole group.
        Feed { source, chunk, chunks: most_a_batch.div_ceil(chunk) + 1, bounded: true }
    }

    /// Runs `drive` with the generator working ahead on a thread of its own; gives the source back.
    pub(super) fn with_generator<T>(self, drive: impl FnOnce(&mut Hand) -> T) -> (G, T) {
        let Feed { mut source, chunk: size, chunks, bounded } = self;
        let (full_in, full) = channel();
        let (empties, empty_out) = channel::<Chunk>();
        std::thread::scope(|scope| {
            let generator = scope.spawn(move || {
                while let Ok(mut chunk) = empty_out.recv() {
                    chunk.refused = source.pass_over(chunk.full_until_ns);
                    chunk.batch.clear();
                    chunk.due_ns.clear();
                    source.fill(size, &mut chunk);
                    let over = chunk.due_ns.is_empty() && chunk.refused == 0;
                    if over || full_in.send(chunk).is_err() {
                        break;
                    }
                }
                source
            });
            let mut hand = Hand::new(full, empties, chunks, bounded);
            let result = drive(&mut hand);
            drop(hand);
            let source = generator.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (source, result)
        })
    }
}

/// The driver's end of a feed: the chunk in hand and how far it is used.
#[derive(Debug)]
pub(super) struct Hand {
    full: Receiver<Chunk>,
    empties: Sender<Chunk>,
    pub(super) chunk: Chunk,
    pub(super) next: usize,
    has_chunk: bool,
    /// Used up, and not given back yet.
    used: Vec<Chunk>,
    /// Chunks that the generator has.
    away: usize,
    over: bool,
    bounded: bool,
    full_until_ns: u64,
    /// Requests that found the room full.
    pub(super) refused: u64,
}

impl Hand {
    fn new(full: Receiver<Chunk>, empties: Sender<Chunk>, chunks: usize, bounded: bool) -> Hand {
        Hand {
            full,
            empties,
            chunk: Chunk::default(),
            next: 0,
            has_chunk: false,
            used: vec![Chunk::default(); chunks],
            away: 0,
            over: false,
            bounded,
            full_until_ns: 0,
            refused: 0,
        }
    }

    /// The intended start of the next request; fetches a chunk where the last one is used up.
    pub(super) fn next_due(&mut self, now: impl Fn() -> u64, late: &mut u64) -> Option<u64> {
        while self.next == self.chunk.due_ns.len() && !self.over {
            self.put_down();
            match self.fetch(&now, late) {
                Some(chunk) => {
                    self.refused += chunk.refused;
                    (self.chunk, self.has_chunk) = (chunk, true);
                    self.refuse_made();
                }
                None => self.over = true,
            }
        }
        self.chunk.due_ns.get(self.next).copied()
    }

    fn fetch(&mut self, now: impl Fn() -> u64, late: &mut u64) -> Option<Chunk> {
        if self.away == 0 {
            self.give_back();
        }
        let chunk = match self.full.try_recv() {
            Ok(chunk) => chunk,
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                let asked = now();
                let chunk = self.full.recv().ok()?;
                // Each request could have gone at its due time, but not before the driver asked.
                let before = now().saturating_sub(LATE_NS);
                let delayed = |due: &&u64| asked.max(**due) < before;
                *late += chunk.due_ns.iter().filter(delayed).count() as u64;
                chunk
            }
        };
        self.away -= 1;
        Some(chunk)
    }

    /// Requests that are late when the driver wakes from waiting for the first of them: the machine did
    /// not run it in time, and no store can be blamed.
    pub(super) fn overdue(&self, now_ns: u64) -> u64 {
        let before = now_ns.saturating_sub(LATE_NS);
        self.chunk.due_ns[self.next..].iter().take_while(|&&due| due < before).count() as u64
    }

    /// A group was taken, and it was as large as may be: what else was due found the room full.
    pub(super) fn full(&mut self, now_ns: u64) {
        if self.bounded {
            self.full_until_ns = now_ns + 1;
            self.refuse_made();
        }
    }

    /// Refuses what was made before the room was seen to be full.
    fn refuse_made(&mut self) {
        let due = &self.chunk.due_ns[self.next..];
        let late = due.partition_point(|&due| due < self.full_until_ns);
        self.next += late;
        self.refused += late as u64;
        if self.next == self.chunk.due_ns.len() {
            self.put_down();
        }
    }

    /// Puts the chunk in hand, all used, among those to give back.
    fn put_down(&mut self) {
        // None is in hand at the start, and after one was put down.
        if self.has_chunk {
            self.used.push(std::mem::take(&mut self.chunk));
            self.has_chunk = false;
            self.next = 0;
        }
    }

    /// Gives used chunks back to be filled again.
    pub(super) fn give_back(&mut self) {
        for mut chunk in self.used.drain(..) {
            chunk.full_until_ns = self.full_until_ns;
            // The generator may already be done.
            if self.empties.send(chunk).is_ok() {
                self.away += 1;
            }
        }
    }
}
