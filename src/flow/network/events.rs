//! A stage, or a whole network, run by a calendar of events. Stations whose departures are known at
//! arrival need one event a visit; the others have explicit starts and completions. Run with a plain
//! binary heap and explicit completions everywhere it is the oracle of every faster method.
//! Must never break a tie by insertion order.

use super::calendar::Queue;
use super::compile::{CompiledStation, Method, Network};
use super::desk::{Desk, Joined, Place, Seized};
use super::direct::{Fate, Line, Tree};
use super::draw::{Program, Step};
use super::record::{Record, Visit};
use super::windows::{Inbox, Leavers, key};
use crate::domain::Ms;

/// Classes of events at one instant, in their order; an event is `ms << 32 | class << 30 | what`.
pub(super) const RELEASE: u32 = 0;
pub(super) const ARRIVAL: u32 = 1 << 30;
pub(super) const SEIZE: u32 = 2 << 30;
pub(super) const RENEGE: u32 = 3 << 30;
pub(super) const CLASS: u32 = 3 << 30;

/// The running stage's part of a replication.
pub(super) struct Events<'a, Q> {
    pub(super) network: &'a Network,
    pub(super) program: &'a Program,
    pub(super) inboxes: &'a mut [Inbox],
    pub(super) records: &'a mut [Record],
    pub(super) trees: &'a mut [Tree],
    pub(super) lines: &'a mut [Line],
    pub(super) desks: &'a mut [Desk],
    /// By step.
    pub(super) places: &'a mut [Place],
    /// Batches that gather, by station.
    pub(super) gathered: &'a mut [Vec<(Ms, u32)>],
    pub(super) leavers: &'a mut Leavers,
    pub(super) queue: &'a mut Q,
    /// Every station with servers by explicit events.
    pub(super) plain: bool,
}

impl<Q: Queue> Events<'_, Q> {
    /// Runs the stations of a stage with whoever is on the way to them.
    pub(super) fn run(&mut self, stations: &[u8]) {
        let of_stage = || stations.iter().map(|&k| usize::from(k));
        let keys = || of_stage().flat_map(|k| self.inboxes[k].outside());
        let last = keys().map(|key| (key >> 32) as Ms).max().unwrap_or(0);
        self.queue.reset(last, keys().count());
        for k in of_stage() {
            for &key in self.inboxes[k].outside() {
                self.queue.push(key | u64::from(ARRIVAL));
            }
        }
        for k in of_stage() {
            self.inboxes[k].set_inside(true);
            let compiled = &self.network.stations[k];
            if self.method(compiled) == Method::Desk && !compiled.always {
                for opening in compiled.roster.openings() {
                    self.queue.push(key(opening, SEIZE | k as u32));
                }
            }
        }
        while let Some(event) = self.queue.pop() {
            let (now, what) = ((event >> 32) as Ms, event as u32);
            let index = what & !CLASS;
            match what & CLASS {
                RELEASE => self.release(now, index),
                ARRIVAL => self.arrive(now, index),
                SEIZE => self.seize(now, index as usize),
                _ => self.lose_patience(now, index),
            }
        }
        for k in of_stage() {
            self.inboxes[k].set_inside(false);
            if self.method(&self.network.stations[k]) == Method::Desk {
                self.records[k].swept = Some(self.desks[k].swept());
            }
        }
    }

    fn method(&self, station: &CompiledStation) -> Method {
        match station.method {
            Method::Tree | Method::Line if self.plain => Method::Desk,
            Method::Ranked => Method::Desk,
            method => method,
        }
    }

    fn arrive(&mut self, now: Ms, index: u32) {
        let step = self.program.steps[index as usize];
        let k = usize::from(step.station);
        let compiled = &self.network.stations[k];
        match self.method(compiled) {
            Method::Tree => {
                let (start, done) = self.trees[k].serve(now, step.service_ms);
                self.served((now, start, done), (index, step));
                self.pass_on(done, index, step);
            }
            Method::Delay => {
                let done = compiled.released_ms(now, step.service_ms);
                self.served((now, now, done), (index, step));
                self.pass_on(done, index, step);
            }
            Method::Line => self.join_line(now, index, step),
            Method::Ranked | Method::Desk => self.join_desk(now, index, step),
            Method::Batch => self.gather(now, index, step),
        }
    }

    fn served(&mut self, (joined_ms, left_line_ms, left_ms): (Ms, Ms, Ms), at: (u32, Step)) {
        let (index, step) = at;
        if self.leavers.is_counted(index) {
            let visit = Visit { joined_ms, left_line_ms, left_ms };
            let record = &mut self.records[usize::from(step.station)];
            record.expect(1);
            record.serve(step.activity, visit);
        }
    }

    fn pass_on(&mut self, now: Ms, index: u32, step: Step) {
        let inbox = &mut self.inboxes[usize::from(step.next)];
        if inbox.is_inside() {
            self.queue.push(key(now, ARRIVAL | (index + 1)));
        } else {
            inbox.lay_outside(key(now, index + 1));
        }
    }

    fn join_line(&mut self, now: Ms, index: u32, step: Step) {
        let k = usize::from(step.station);
        let temper = self.program.tempers.get(index as usize).copied();
        match self.lines[k].join(&self.network.stations[k], now, step, temper) {
            Fate::Served { start_ms, done_ms } => {
                self.served((now, start_ms, done_ms), (index, step));
                self.pass_on(done_ms, index, step);
            }
            Fate::Reneged { at_ms } => self.give_up(now, at_ms, (index, step)),
            Fate::Lost(how) => {
                self.leavers.leave(index, now);
                if self.leavers.is_counted(index) {
                    self.records[k].lose(how);
                }
            }
        }
    }

    fn give_up(&mut self, joined: Ms, now: Ms, (index, step): (u32, Step)) {
        self.leavers.leave(index, now);
        if self.leavers.is_counted(index) {
            self.records[usize::from(step.station)].renege(step.activity, joined, now);
        }
    }

    fn join_desk(&mut self, now: Ms, index: u32, step: Step) {
        let k = usize::from(step.station);
        let compiled = &self.network.stations[k];
        let temper = self.program.tempers.get(index as usize).copied();
        let counted = self.leavers.is_counted(index);
        let owner = self.program.owners.get(index as usize);
        let rank = owner.map(|&customer| self.program.ranks[customer as usize]);
        let joined =
            self.desks[k].join(compiled, now, (index, counted), (temper, rank), self.places);
        match joined {
            Joined::Lost(how) => {
                self.leavers.leave(index, now);
                if counted {
                    self.records[k].lose(how);
                }
            }
            Joined::InLine { first_now } => {
                if first_now {
                    self.queue.push(key(now, SEIZE | k as u32));
                }
                if let Some(temper) = temper.filter(|_| compiled.patience.is_some()) {
                    let until = now.saturating_add(temper.patience_ms);
                    self.queue.push(key(until, RENEGE | index));
                }
            }
        }
    }

    fn seize(&mut self, now: Ms, k: usize) {
        let compiled = &self.network.stations[k];
        let first_counted = self.leavers.first_counted;
        while let Some(Seized { step: index, joined_ms, .. }) =
            self.desks[k].seize(compiled, now, first_counted, self.places)
        {
            let step = self.program.steps[index as usize];
            let done = now.saturating_add(step.service_ms);
            self.served((joined_ms, now, done), (index, step));
            self.queue.push(key(done, RELEASE | index));
        }
    }

    fn release(&mut self, now: Ms, index: u32) {
        let step = self.program.steps[index as usize];
        let k = usize::from(step.station);
        let server = Desk::server_of(index, self.places);
        if self.desks[k].release(now, server) {
            self.queue.push(key(now, SEIZE | u32::from(step.station)));
        }
        self.pass_on(now, index, step);
    }

    fn lose_patience(&mut self, now: Ms, index: u32) {
        let step = self.program.steps[index as usize];
        let k = usize::from(step.station);
        if self.network.stations[k].method == Method::Batch {
            if self.gathered[k].first().is_some_and(|&(_, first)| first == index) {
                self.send_batch(now, k);
            }
            return;
        }
        let first_counted = self.leavers.first_counted;
        if let Some(joined) = self.desks[k].leave(now, index, first_counted, self.places) {
            self.give_up(joined, now, (index, step));
        }
    }

    fn gather(&mut self, now: Ms, index: u32, step: Step) {
        let k = usize::from(step.station);
        let (size, longest_ms) = self.network.stations[k]
            .batch
            .unwrap_or_else(|| panic!("invariant: station {k} gathers and has no batch"));
        self.gathered[k].push((now, index));
        if self.gathered[k].len() as u32 == size {
            self.send_batch(now, k);
        } else if self.gathered[k].len() == 1 {
            self.queue.push(key(now.saturating_add(longest_ms), RENEGE | index));
        }
    }

    fn send_batch(&mut self, now: Ms, k: usize) {
        let members = std::mem::take(&mut self.gathered[k]);
        for &(joined, index) in &members {
            let step = self.program.steps[index as usize];
            let done = self.network.stations[k].released_ms(now, step.service_ms);
            self.served((joined, now, done), (index, step));
            self.pass_on(done, index, step);
        }
        self.gathered[k] = members;
        self.gathered[k].clear();
    }
}
