//! The plain, event-driven server pool with explicit completions: the oracle of [`super::Servers`].
//! Must never use the departure-at-arrival argument that it checks.

use super::Roster;
use crate::domain::Ms;
use std::collections::VecDeque;

/// A line and its servers, changed only by events.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    roster: Roster,
    busy: Vec<bool>,
    line: VecDeque<(u32, Ms)>,
}

impl Pool {
    pub(crate) fn new(roster: &Roster) -> Pool {
        let busy = vec![false; roster.servers() as usize];
        Pool { roster: roster.clone(), busy, line: VecDeque::new() }
    }

    /// Somebody joins the line; false when the station has closed.
    pub(crate) fn join(&mut self, rank: u32, now: Ms) -> bool {
        let open = self.roster.closes_ms().is_some_and(|closes| now < closes);
        if open {
            self.line.push_back((rank, now));
        }
        open
    }

    /// Takes somebody out of the line; false when already served.
    pub(crate) fn leave(&mut self, rank: u32) -> bool {
        let place = self.line.iter().position(|&(other, _)| other == rank);
        place.and_then(|place| self.line.remove(place)).is_some()
    }

    /// Gives the head of the line to the lowest idle server on duty: who and which server.
    pub(crate) fn seize(&mut self, now: Ms) -> Option<(u32, u32)> {
        let &(rank, arrived) = self.line.front()?;
        let idle = (0_u32..).zip(&self.busy).filter(|&(_, &busy)| !busy);
        let server = idle.map(|(i, _)| i).find(|&i| self.roster.on_duty(i, now, arrived))?;
        self.line.pop_front();
        self.busy[server as usize] = true;
        Some((rank, server))
    }

    /// A server has finished.
    pub(crate) fn release(&mut self, server: u32) {
        self.busy[server as usize] = false;
    }
}
