//! Stations whose departures are known at arrival: FIFO is never overtaken, so the start of service
//! follows from the servers' free times alone. Must be asked in order of arrival.

use super::compile::CompiledStation;
use super::draw::{Program, Step, Temper};
use super::record::{Lost, Visit};
use super::spec::Lines;
use super::windows::Passed;
use crate::des::{Servers, Slot};
use crate::domain::Ms;
use crate::random::chance;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Free times of servers that are always there, as a tree whose root is the earliest: a path of
/// minima is rewritten at each service, without a branch that could be guessed wrong.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Free time in the upper half, leaf in the lower; the root is 1.
    nodes: Vec<u64>,
    /// From a leaf to the root.
    levels: u32,
}

impl Tree {
    pub(super) fn reset(&mut self, servers: u32) {
        let width = (servers as usize).next_power_of_two().max(2);
        self.nodes.clear();
        self.nodes.resize(2 * width, u64::MAX);
        self.levels = width.ilog2();
        for server in 0..servers as usize {
            self.nodes[width + server] = (width + server) as u64;
        }
        for node in (1..width).rev() {
            self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
        }
    }

    /// When the earliest server is free.
    #[inline]
    pub(super) fn earliest_ms(&self) -> Ms {
        (self.nodes[1] >> 32) as Ms
    }

    /// Servers who are not free yet.
    pub(super) fn busy(&self, now: Ms) -> u32 {
        let leaves = &self.nodes[self.nodes.len() / 2..];
        leaves.iter().filter(|&&leaf| leaf != u64::MAX && (leaf >> 32) as Ms > now).count() as u32
    }

    /// Gives the earliest server to somebody who arrives now: start and end of service.
    #[inline]
    pub(super) fn serve(&mut self, now: Ms, service_ms: Ms) -> (Ms, Ms) {
        let (visit, root) = self.give(self.nodes[1], now, service_ms);
        self.nodes[1] = root;
        (visit.left_line_ms, visit.left_ms)
    }

    /// Serves customers in the order of their keys, and writes down who passed.
    pub(super) fn serve_all(&mut self, keys: &[u64], program: &Program, passed: &mut [Passed]) {
        let mut root = self.nodes[1];
        for (passed, &key) in passed.iter_mut().zip(keys) {
            let index = key as u32;
            let step = program.steps[index as usize];
            let (visit, next) = self.give(root, (key >> 32) as Ms, step.service_ms);
            root = next;
            *passed = (visit, index, step);
        }
        self.nodes[1] = root;
    }

    /// Gives the server of the root to somebody; the visit, and the next root.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as a call it costs more than what it does")]
    fn give(&mut self, root: u64, now: Ms, service_ms: Ms) -> (Visit, u64) {
        let start = now.max((root >> 32) as Ms);
        let done = start.saturating_add(service_ms);
        let visit = Visit { joined_ms: now, left_line_ms: start, left_ms: done };
        let leaf = root as u32;
        let free = u64::from(done) << 32 | u64::from(leaf);
        // The same for any number of levels; few of them are worth a way without a loop.
        let nodes = &mut self.nodes[..];
        let next = match self.levels {
            1 => climb(nodes, leaf, free, 1),
            2 => climb(nodes, leaf, free, 2),
            3 => climb(nodes, leaf, free, 3),
            4 => climb(nodes, leaf, free, 4),
            5 => climb(nodes, leaf, free, 5),
            6 => climb(nodes, leaf, free, 6),
            7 => climb(nodes, leaf, free, 7),
            levels => climb(nodes, leaf, free, levels),
        };
        (visit, next)
    }
}

/// Writes a leaf and the minima on its way to the root, which is given back.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a known number of levels is what it is for")]
fn climb(nodes: &mut [u64], leaf: u32, mut earliest: u64, levels: u32) -> u64 {
    let nodes = &mut nodes[..2 << levels];
    let leaf = leaf as usize & ((2 << levels) - 1);
    for level in 0..levels {
        let node = leaf >> level;
        nodes[node] = earliest;
        earliest = earliest.min(nodes[node ^ 1]);
    }
    earliest
}

/// What becomes of somebody who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Served { start_ms: Ms, done_ms: Ms },
    Reneged { at_ms: Ms },
    Lost(Lost),
}

/// A FIFO station with everything that FIFO allows.
#[derive(Debug, Default)]
pub(super) struct Line {
    servers: Servers,
    /// When those in line leave it; [`Leaving`].
    waiting: Leaving,
    /// When those present leave the station.
    present: Leaving,
    /// Those present at each window, when each has its own line.
    windows: Vec<Leaving>,
    /// Those in line at each window.
    queues: Vec<Leaving>,
    counts: bool,
}

/// Times of leaving. Somebody who gives up at an instant is still seen by those who come at that
/// instant, somebody whose service ends then is not, somebody whose service starts then is: each
/// time is stored as the first instant at which the customer is seen no more.
#[derive(Debug, Default)]
struct Leaving(BinaryHeap<Reverse<Ms>>);

impl Leaving {
    fn count(&mut self, now: Ms) -> u32 {
        while self.0.peek().is_some_and(|&Reverse(gone)| gone <= now) {
            self.0.pop();
        }
        self.0.len() as u32
    }

    fn push(&mut self, gone: Ms) {
        self.0.push(Reverse(gone));
    }
}

impl Line {
    pub(super) fn reset(&mut self, station: &CompiledStation) {
        self.servers.reset(&station.roster);
        self.waiting.0.clear();
        self.present.0.clear();
        self.counts = station.room < u32::MAX || !station.balking.is_empty();
        let own = if station.lines == Lines::PerWindow { station.roster.servers() } else { 0 };
        for queues in [&mut self.windows, &mut self.queues] {
            queues.clear();
            queues.resize_with(own as usize, Leaving::default);
        }
    }

    /// Somebody joins now, or does not.
    pub(super) fn join(
        &mut self,
        station: &CompiledStation,
        now: Ms,
        step: Step,
        temper: Option<Temper>,
    ) -> Fate {
        let window = self.shortest(now);
        let slot = match window {
            Some(window) => self.servers.find_at(&station.roster, now, window),
            None => self.servers.find(&station.roster, now),
        };
        let Some(slot) = slot else { return Fate::Lost(Lost::Closed) };
        if self.counts && self.present.count(now) >= station.room {
            return Fate::Lost(Lost::Blocked);
        }
        if let Some(temper) = temper.filter(|_| !station.balking.is_empty()) {
            let line = match window {
                Some(window) => self.queues[window as usize].count(now),
                None => self.waiting.count(now),
            };
            let threshold = station.balk_threshold(line);
            if threshold > 0 && chance(temper.balk_word, threshold) {
                return Fate::Lost(Lost::Balked);
            }
        }
        let patience = temper.map_or(Ms::MAX, |temper| temper.patience_ms);
        let fate = self.serve(now, slot, step.service_ms, patience);
        self.remember(window, fate);
        fate
    }

    fn serve(&mut self, now: Ms, slot: Slot, service_ms: Ms, patience_ms: Ms) -> Fate {
        if slot.start_ms - now > patience_ms {
            return Fate::Reneged { at_ms: now + patience_ms };
        }
        let done_ms = slot.start_ms.saturating_add(service_ms);
        self.servers.occupy(slot, done_ms);
        Fate::Served { start_ms: slot.start_ms, done_ms }
    }

    /// The window with the fewest present, where each has its own line.
    fn shortest(&mut self, now: Ms) -> Option<u32> {
        let counts = (0_u32..).zip(&mut self.windows).map(|(k, there)| (there.count(now), k));
        counts.min().map(|(_, window)| window)
    }

    fn remember(&mut self, window: Option<u32>, fate: Fate) {
        let (in_line, present) = match fate {
            Fate::Served { start_ms, done_ms } => (start_ms.saturating_add(1), done_ms),
            Fate::Reneged { at_ms } => (at_ms.saturating_add(1), at_ms.saturating_add(1)),
            Fate::Lost(_) => return,
        };
        if let Some(window) = window {
            self.windows[window as usize].push(present);
            self.queues[window as usize].push(in_line);
        }
        if self.counts {
            self.waiting.push(in_line);
            self.present.push(present);
        }
    }
}
