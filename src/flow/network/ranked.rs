//! A station with priorities or appointments that is never closed, run over windows of time: everybody who
//! joins within a window is known when it begins, so who starts at an instant is known without an event.
//! Must never let somebody start before all who joined until then are in line.

use super::compile::CompiledStation;
use super::direct::Tree;
use super::draw::Temper;
use super::record::Lost;
use crate::domain::Ms;
use crate::random::chance;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The next of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Takes the earliest server.
    Starts { joined_ms: Ms, step: u32 },
    /// Had gone before that server was free.
    GaveUp { joined_ms: Ms, step: u32, at_ms: Ms },
}

/// The servers' free times and those in line; whoever gave up stays in it until his turn comes.
#[derive(Debug, Default)]
pub(super) struct Ranked {
    servers: Tree,
    /// Order of service, time of joining and step in one number.
    line: BinaryHeap<Reverse<u128>>,
    /// When somebody joined last: nobody in line starts earlier.
    joined_ms: Ms,
}

impl Ranked {
    pub(super) fn reset(&mut self, station: &CompiledStation) {
        self.servers.reset(station.roster.servers());
        self.line.clear();
        self.joined_ms = 0;
    }

    /// Those in line, whoever gave up included.
    pub(super) fn in_line(&self) -> usize {
        self.line.len()
    }

    /// Why somebody who comes now does not join, if so. Whoever starts before has been taken out of the
    /// line, and nobody in it gives up where this is asked.
    #[inline]
    pub(super) fn refuses(
        &self,
        station: &CompiledStation,
        now: Ms,
        tempers: &[Temper],
        step: u32,
    ) -> Option<Lost> {
        let line = self.line.len() as u32;
        let fits = station.room == u32::MAX || line + station.roster.servers() < station.room;
        if !fits && line + self.servers.busy(now) >= station.room {
            return Some(Lost::Blocked);
        }
        let threshold = station.balk_threshold(line);
        let balks = threshold > 0 && chance(tempers[step as usize].balk_word, threshold);
        balks.then_some(Lost::Balked)
    }

    /// Whether somebody who joins now as the only one would start at once.
    #[inline]
    pub(super) fn is_free(&self, now: Ms) -> bool {
        self.line.is_empty() && self.servers.earliest_ms() <= now
    }

    /// Somebody joins: arrival and step as one key.
    pub(super) fn join(&mut self, order: u64, key: u64) {
        self.joined_ms = (key >> 32) as Ms;
        self.line.push(Reverse(u128::from(order) << 64 | u128::from(key)));
    }

    /// Who is next, if the earliest server is free for him before an instant. Starts come before
    /// customers give up at the same instant.
    pub(super) fn next_before(&mut self, until_ms: u64, tempers: &[Temper]) -> Option<Next> {
        let start_ms = self.servers.earliest_ms().max(self.joined_ms);
        if self.line.is_empty() || u64::from(start_ms) >= until_ms {
            return None;
        }
        let Reverse(first) = self.line.pop()?;
        let (joined_ms, step) = ((first >> 32) as Ms, first as u32);
        let patience_ms = tempers.get(step as usize).map_or(Ms::MAX, |temper| temper.patience_ms);
        let at_ms = joined_ms.saturating_add(patience_ms);
        Some(if at_ms < start_ms {
            Next::GaveUp { joined_ms, step, at_ms }
        } else {
            Next::Starts { joined_ms, step }
        })
    }

    /// Gives the earliest server to somebody who is ready at an instant: start and end of service.
    #[inline]
    pub(super) fn serve(&mut self, ready_ms: Ms, service_ms: Ms) -> (Ms, Ms) {
        self.servers.serve(ready_ms, service_ms)
    }

    /// The same for the next in line.
    #[inline]
    pub(super) fn serve_next(&mut self, service_ms: Ms) -> (Ms, Ms) {
        self.servers.serve(self.joined_ms, service_ms)
    }
}
