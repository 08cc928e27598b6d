//! A desk run over windows of time: its own releases, openings and ends of patience on an agenda of its own,
//! merged with the window's arrivals. Must never look behind the end of the window.

use super::compile::CompiledStation;
use super::desk::{Joined, Seized};
use super::events::{CLASS, RELEASE, SEIZE};
use super::record::Visit;
use super::windows::{Grid, Windows, at, key, served};
use crate::domain::Ms;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is to happen at one desk.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    /// Ends of service and the next opening, latest first: few, so that a place in their order is found
    /// and made without a heap.
    soon: Vec<u64>,
    /// Ends of patience.
    patience: BinaryHeap<Reverse<u64>>,
    /// The opening for which the line waits.
    opening_ms: Option<Ms>,
}

impl Agenda {
    pub(super) fn reset(&mut self) {
        self.soon.clear();
        self.patience.clear();
        self.opening_ms = None;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.soon.is_empty() && self.patience.is_empty()
    }

    /// When the next event is, behind all time if there is none.
    fn next_ms(&self) -> u64 {
        let soon = self.soon.last().map_or(u64::MAX, |event| event >> 32);
        self.patience.peek().map_or(soon, |&Reverse(event)| soon.min(event >> 32))
    }

    fn push(&mut self, ms: Ms, what: u32, grid: &mut Grid) {
        let event = key(ms, what);
        let place = self.soon.partition_point(|&other| other > event);
        self.soon.insert(place, event);
        grid.pending += 1;
    }

    fn push_patience(&mut self, ms: Ms, index: u32, grid: &mut Grid) {
        self.patience.push(Reverse(key(ms, index)));
        grid.pending += 1;
    }

    /// Takes an end of service or an opening of this instant.
    #[inline]
    fn pop(&mut self, now: Ms, grid: &mut Grid) -> Option<u32> {
        let event = self.soon.pop_if(|event| (*event >> 32) as Ms == now)?;
        grid.pending -= 1;
        Some(event as u32)
    }

    /// Takes a customer whose patience ends at this instant.
    #[inline]
    fn pop_patience(&mut self, now: Ms, grid: &mut Grid) -> Option<u32> {
        self.patience.peek().filter(|Reverse(event)| (event >> 32) as Ms == now)?;
        grid.pending -= 1;
        self.patience.pop().map(|Reverse(event)| event as u32)
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
            while let Some(event) = self.agendas[k].pop(now, grid) {
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
            while let Some(index) = self.agendas[k].pop_patience(now, grid) {
                self.lose_patience(k, now, index);
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
                    self.agendas[k].push_patience(until, index, grid);
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
