//! A station whose starts of service are events: any order of service, everything that a line can
//! have. Must never know at arrival when somebody will leave.

use super::compile::CompiledStation;
use super::draw::Temper;
use super::record::Lost;
use super::spec::{Discipline, Lines};
use crate::domain::Ms;
use crate::random::chance;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Somebody in line: order of service, then time of joining and step.
type Waiting = Reverse<(u64, u64)>;

/// Where a step stands at its desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    joined_ms: Ms,
    at: At,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Elsewhere,
    InLine(u32),
    Served(u32),
}

/// A customer's place in the order of service, by priority and appointment; smaller goes first.
pub(super) fn order_of(discipline: Discipline, (priority, due_ms): (u8, Ms)) -> u64 {
    match discipline {
        Discipline::Fifo => 0,
        Discipline::Priority => u64::from(priority),
        Discipline::Appointment => u64::from(due_ms),
    }
}

/// Who starts with which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seized {
    pub(super) step: u32,
    pub(super) joined_ms: Ms,
    pub(super) server: u32,
}

/// What becomes of somebody who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// In line; whether nobody has looked for free servers at this instant yet.
    InLine {
        first_now: bool,
    },
    Lost(Lost),
}

/// A line, or one a window, and the servers.
#[derive(Debug, Default)]
pub(super) struct Desk {
    lines: Vec<BinaryHeap<Waiting>>,
    /// In line and in service, by line.
    lengths: Vec<u32>,
    serving: Vec<u32>,
    busy: Vec<bool>,
    idle: u32,
    looked_ms: Option<Ms>,
    aside: Vec<Waiting>,
    keeps_places: bool,
    /// When the present or last pause began that was looked at, and how many who came before it wait.
    before_pause: (Ms, usize),
    length: u32,
    longest: u32,
    area_ms: u64,
    changed_ms: Ms,
}

impl Desk {
    pub(super) fn reset(&mut self, station: &CompiledStation) {
        self.keeps_places = true;
        let servers = station.roster.servers();
        let lines = if station.lines == Lines::PerWindow { servers } else { 1 };
        self.lines.resize_with(lines as usize, BinaryHeap::new);
        self.lines.iter_mut().for_each(BinaryHeap::clear);
        for counts in [&mut self.lengths, &mut self.serving] {
            counts.clear();
            counts.resize(lines as usize, 0);
        }
        self.busy.clear();
        self.busy.resize(servers as usize, false);
        self.idle = servers;
        self.looked_ms = None;
        self.before_pause = (Ms::MAX, 0);
        (self.length, self.longest, self.area_ms, self.changed_ms) = (0, 0, 0, 0);
    }

    /// Keeps places only for those who may give up: nobody will ask for a step's server.
    pub(super) fn spare_places(&mut self, station: &CompiledStation) {
        self.keeps_places = station.patience.is_some();
    }

    /// Area under the line of those who count, and its longest length.
    pub(super) fn swept(&self) -> (u64, u32) {
        (self.area_ms, self.longest)
    }

    /// Somebody joins now, or does not; `rank` is the customer's priority and appointment.
    pub(super) fn join(
        &mut self,
        station: &CompiledStation,
        now: Ms,
        (step, counted): (u32, bool),
        (temper, rank): (Option<Temper>, Option<(u8, Ms)>),
        places: &mut [Place],
    ) -> Joined {
        if !station.always && station.roster.closes_ms().is_none_or(|closes| now >= closes) {
            return Joined::Lost(Lost::Closed);
        }
        let present = || self.lengths.iter().zip(&self.serving).map(|(a, b)| a + b).sum::<u32>();
        if station.room < u32::MAX && present() >= station.room {
            return Joined::Lost(Lost::Blocked);
        }
        let line = if self.lines.len() > 1 { self.shortest() } else { 0 };
        let threshold = station.balk_threshold(self.lengths[line as usize]);
        if threshold > 0 && temper.is_some_and(|temper| chance(temper.balk_word, threshold)) {
            return Joined::Lost(Lost::Balked);
        }
        let order = rank.map_or(0, |rank| order_of(station.discipline, rank));
        self.lines[line as usize].push(Reverse((order, u64::from(now) << 32 | u64::from(step))));
        self.lengths[line as usize] += 1;
        if self.keeps_places {
            places[step as usize] = Place { joined_ms: now, at: At::InLine(line) };
        }
        self.change(now, counted, 1);
        Joined::InLine { first_now: self.look(now) }
    }

    /// Whether nobody is in any line.
    pub(super) fn is_line_empty(&self) -> bool {
        self.lengths.iter().all(|&length| length == 0)
    }

    /// Whether nobody has asked yet for a look at this instant.
    fn look(&mut self, now: Ms) -> bool {
        self.looked_ms.replace(now) != Some(now)
    }

    fn change(&mut self, now: Ms, counted: bool, by: i32) {
        if now > self.changed_ms {
            self.longest = self.longest.max(self.length);
            self.area_ms += u64::from(now - self.changed_ms) * u64::from(self.length);
            self.changed_ms = now;
        }
        if counted {
            self.length = self.length.wrapping_add_signed(by);
        }
    }

    /// Gives a free server on duty to whoever is next.
    pub(super) fn seize(
        &mut self,
        station: &CompiledStation,
        now: Ms,
        first_counted: u32,
        places: &mut [Place],
    ) -> Option<Seized> {
        self.looked_ms = None;
        if self.idle == 0 || self.is_line_empty() || self.has_only_newcomers(station, now, places) {
            return None;
        }
        let lines = 0..self.lines.len();
        let mut found = lines.filter_map(|line| self.next_of(station, now, line, places));
        let (seized, line) = found.next()?;
        self.takes_leave(seized.joined_ms);
        self.idle -= 1;
        self.busy[seized.server as usize] = true;
        self.lengths[line] -= 1;
        self.serving[line] += 1;
        if self.keeps_places {
            places[seized.step as usize].at = At::Served(seized.server);
        }
        self.change(now, seized.step >= first_counted, -1);
        Some(seized)
    }

    /// The line with the fewest customers, those in service included.
    fn shortest(&self) -> u32 {
        let sizes = self.lengths.iter().zip(&self.serving).map(|(a, b)| a + b);
        sizes.zip(0_u32..).min().map_or(0, |(_, line)| line)
    }

    /// Whether the station pauses and everybody in line has come since: they wait for the opening.
    fn has_only_newcomers(&mut self, station: &CompiledStation, now: Ms, places: &[Place]) -> bool {
        let pause = if station.always { None } else { station.roster.pause_at(now) };
        let Some(pause_ms) = pause else { return false };
        if self.before_pause.0 != pause_ms {
            let waits = |&&Reverse((_, who)): &&Waiting| {
                ((who >> 32) as Ms) < pause_ms && self.waits(who as u32, places)
            };
            let count = self.lines.iter().map(|line| line.iter().filter(waits).count()).sum();
            self.before_pause = (pause_ms, count);
        }
        self.before_pause.1 == 0
    }

    /// Whether a step that is still on a line's list has not given up.
    fn waits(&self, step: u32, places: &[Place]) -> bool {
        !self.keeps_places || matches!(places[step as usize].at, At::InLine(_))
    }

    /// Somebody leaves the line.
    fn takes_leave(&mut self, joined_ms: Ms) {
        if joined_ms < self.before_pause.0 {
            self.before_pause.1 = self.before_pause.1.saturating_sub(1);
        }
    }

    /// Takes the next of a line out of it.
    fn next_of(
        &mut self,
        station: &CompiledStation,
        now: Ms,
        line: usize,
        places: &[Place],
    ) -> Option<(Seized, usize)> {
        let mut found = None;
        while let Some(next) = self.lines[line].pop() {
            let Reverse((_, who)) = next;
            let (joined_ms, step) = ((who >> 32) as Ms, who as u32);
            if !self.waits(step, places) {
                continue;
            }
            if let Some(server) = self.server(station, now, joined_ms, line) {
                found = Some((Seized { step, joined_ms, server }, line));
                break;
            }
            self.aside.push(next);
            // While the station is open all who wait are alike; in a pause the earlier are served.
            if station.always || station.roster.is_open(now) {
                break;
            }
        }
        self.lines[line].extend(self.aside.drain(..));
        found
    }

    /// The lowest free server who may take somebody of that line. Servers that are always there are
    /// alike: one number stands for all of them.
    fn server(&self, station: &CompiledStation, now: Ms, joined: Ms, line: usize) -> Option<u32> {
        let may = |server: u32| {
            !self.busy[server as usize]
                && (station.always || station.roster.on_duty(server, now, joined))
        };
        match (station.lines, station.always) {
            (Lines::PerWindow, _) => Some(line as u32).filter(|&server| may(server)),
            (Lines::Shared, true) => Some(0),
            (Lines::Shared, false) => (0..self.busy.len() as u32).find(|&server| may(server)),
        }
    }

    /// The server of a step whose service ends.
    pub(super) fn server_of(step: u32, places: &[Place]) -> u32 {
        let At::Served(server) = places[step as usize].at else {
            panic!("invariant: step {step} ends a service that did not begin")
        };
        server
    }

    /// A server has ended a service; whether free servers are to be looked for.
    pub(super) fn release(&mut self, now: Ms, server: u32) -> bool {
        self.busy[server as usize] = false;
        self.idle += 1;
        let line = if self.lines.len() > 1 { server as usize } else { 0 };
        self.serving[line] -= 1;
        self.lengths.iter().any(|&length| length > 0) && self.look(now)
    }

    /// Somebody's patience has ended: when he had joined, if he is still in line.
    pub(super) fn leave(
        &mut self,
        now: Ms,
        step: u32,
        first_counted: u32,
        places: &mut [Place],
    ) -> Option<Ms> {
        let Place { joined_ms, at: At::InLine(line) } = places[step as usize] else { return None };
        places[step as usize] = Place::default();
        self.lengths[line as usize] -= 1;
        self.takes_leave(joined_ms);
        self.change(now, step >= first_counted, -1);
        Some(joined_ms)
    }
}
