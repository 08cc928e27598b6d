//! A desk run over windows of time: its own releases, openings and ends of patience on an agenda of its own,
//! merged with the window's arrivals. Must never look behind the end of the window.

use super::compile::CompiledStation;
use super::desk::{Joined, Seized};
use super::events::{CLASS, RELEASE, RENEGE, SEIZE};
use super::record::Visit;
use super::windows::{Grid, Windows, at, key, served};
use crate::domain::Ms;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is to happen at one desk.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    events: BinaryHeap<Reverse<u64>>,
    /// The opening for which the line waits.
    opening_ms: Option<Ms>,
}

impl Agenda {
    pub(super) fn reset(&mut self) {
        self.events.clear();
        self.opening_ms = None;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// When the next event is, behind all time if there is none.
    fn next_ms(&self) -> u64 {
        self.events.peek().map_or(u64::MAX, |&Reverse(event)| event >> 32)
    }

    fn push(&mut self, ms: Ms, what: u32, grid: &mut Grid) {
        self.events.push(Reverse(key(ms, what)));
        grid.pending += 1;
    }

    /// Takes the next event if it is of this instant and of a class not behind the given one.
    #[inline]
    fn pop_until(&mut self, now: Ms, class: u32, grid: &mut Grid) -> Option<u32> {
        let &Reverse(event) = self.events.peek()?;
        if (event >> 32) as Ms != now || event as u32 & CLASS > class {
            return None;
        }
        self.events.pop();
        grid.pending -= 1;
        Some(event as u32)
    }
}

impl Windows<'_> {
    /// Serves a window's arrivals, and whoever else can be served before it ends.
    pub(super) fn serve_desk(
        &mut self,
        k: usize,
        compiled: &CompiledStation,
        keys: &[u64],
        grid: &mut Grid,
    ) {
        let mut coming = keys;
        loop {
            let arrival = coming.first().map_or(u64::MAX, |&key| key >> 32);
            let next = arrival.min(self.agendas[k].next_ms());
            if next >= grid.end_ms {
                break;
            }
            let now = next as Ms;
            while let Some(event) = self.agendas[k].pop_until(now, SEIZE, grid) {
                if event & CLASS == RELEASE {
                    self.desks[k].release(now, event);
                }
            }
            let together = coming.iter().take_while(|&&key| (key >> 32) as Ms == now).count();
            let (joining, later) = coming.split_at(together);
            coming = later;
            for &key in joining {
                self.join_desk(k, compiled, key, grid);
            }
            self.seize(k, compiled, now, grid);
            while let Some(event) = self.agendas[k].pop_until(now, RENEGE, grid) {
                self.lose_patience(k, now, event & !CLASS);
            }
            self.await_opening(k, compiled, now, grid);
        }
    }

    fn join_desk(&mut self, k: usize, compiled: &CompiledStation, key: u64, grid: &mut Grid) {
        let (now, index, _) = at(self.program, key);
        let temper = self.program.tempers.get(index as usize).copied();
        let owner = self.program.owners.get(index as usize);
        let rank = owner.map(|&customer| self.program.ranks[customer as usize]);
        let who = (index, self.leavers.is_counted(index));
        match self.desks[k].join(compiled, now, who, (temper, rank), self.places) {
            Joined::Lost(how) => self.lost(k, index, now, how),
            Joined::InLine { .. } => {
                if let Some(temper) = temper.filter(|_| compiled.patience.is_some()) {
                    let until = now.saturating_add(temper.patience_ms);
                    self.agendas[k].push(until, RENEGE | index, grid);
                }
            }
        }
    }

    fn seize(&mut self, k: usize, compiled: &CompiledStation, now: Ms, grid: &mut Grid) {
        let first_counted = self.leavers.first_counted;
        while let Some(seized) = self.desks[k].seize(compiled, now, first_counted, self.places) {
            self.start(k, now, seized, grid);
        }
    }

    fn start(&mut self, k: usize, now: Ms, seized: Seized, grid: &mut Grid) {
        let Seized { step: index, joined_ms, server } = seized;
        let step = self.program.steps[index as usize];
        let left_ms = now.saturating_add(step.service_ms);
        self.agendas[k].push(left_ms, RELEASE | server, grid);
        let visit = Visit { joined_ms, left_line_ms: now, left_ms };
        let Windows { inboxes, records, leavers, .. } = self;
        records[k].expect(1);
        served(&mut records[k], leavers, inboxes, visit, (index, step), grid);
    }

    fn lose_patience(&mut self, k: usize, now: Ms, index: u32) {
        let first_counted = self.leavers.first_counted;
        if let Some(joined_ms) = self.desks[k].leave(now, index, first_counted, self.places) {
            self.leavers.leave(index, now);
            if self.leavers.is_counted(index) {
                let activity = self.program.steps[index as usize].activity;
                self.records[k].renege(activity, joined_ms, now);
            }
        }
    }

    /// Notes when servers come next, if somebody waits for them.
    fn await_opening(&mut self, k: usize, compiled: &CompiledStation, now: Ms, grid: &mut Grid) {
        if compiled.always || self.desks[k].is_line_empty() {
            return;
        }
        let next = compiled.roster.next_opening(now);
        let agenda = &mut self.agendas[k];
        if agenda.opening_ms != next {
            agenda.opening_ms = next;
            if let Some(opening_ms) = next {
                agenda.push(opening_ms, SEIZE, grid);
            }
        }
    }
}
