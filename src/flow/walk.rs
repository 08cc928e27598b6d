//! The walk of one hospital-day: every patient from station to station in true time. No randomness
//! happens here, so the same program walks the same way in every arm but for the stops to pay.
//! Must never know an amount, and never allocate per visit once warm.

use super::hospital::Hospital;
use super::pathway::{Step, StepKind};
use super::regime::{Channel, PAYMENT_POINTS, Stops};
use super::spec::Station;
use super::stats::{DayStats, kind};
use super::tables::LevelTables;
use crate::des::{BucketCalendar, Calendar, EventClass, EventKey, QueueMeter, Servers};
use crate::domain::Ms;

/// The time of a payment point that was not reached.
pub const NOT_REACHED: Ms = Ms::MAX;

/// One visit as it comes through the door. Arrivals of a day are sorted by `at_ms`; the position is
/// the visit's rank, which breaks every tie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Arrival, ms from midnight.
    pub at_ms: Ms,
    /// Position of the visit's program in the day's steps.
    pub first_step: u32,
    /// Length of the program, at most 255 steps.
    pub steps: u32,
    /// How each payment point is passed.
    pub stops: Stops,
    /// Sign-up and help at the desk before the first step, ms.
    pub extra_desk_ms: Ms,
    /// Word of the patience in clinical queues.
    pub patience_word: u32,
    /// First step to do: above 0 for a plan carried over from another day.
    pub resume_at: u8,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum End {
    /// Every step done.
    #[default]
    Done,
    /// Left a clinical queue out of impatience.
    Reneged,
    /// Came to a station after it had closed.
    Closed,
}

/// What became of a visit. `exit_ms - at_ms` is exactly the sum of the clinical, wait, pay and desk
/// times, whatever the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When the patient left, ms from midnight.
    pub exit_ms: Ms,
    /// Walks between stations, services, and waits for reports, ms.
    pub clinical_ms: Ms,
    /// Queues of clinical stations, ms.
    pub wait_ms: Ms,
    /// Detours to pay and back, ms.
    pub pay_walk_ms: Ms,
    /// Queues to pay, ms.
    pub pay_queue_ms: Ms,
    /// Payments themselves, on the phone too, ms.
    pub pay_service_ms: Ms,
    /// Sign-up and help at the desk, ms.
    pub desk_ms: Ms,
    /// When each payment point was passed; [`NOT_REACHED`] if it was not.
    pub point_ms: [Ms; PAYMENT_POINTS],
    /// Trips made to a kiosk, window or discharge desk.
    pub stops: u8,
    /// The first step of the program that was not done: where a carried plan resumes.
    pub steps_done: u8,
    /// How the visit ended.
    pub end: End,
}

impl Default for Outcome {
    fn default() -> Outcome {
        Outcome {
            exit_ms: 0,
            clinical_ms: 0,
            wait_ms: 0,
            pay_walk_ms: 0,
            pay_queue_ms: 0,
            pay_service_ms: 0,
            desk_ms: 0,
            point_ms: [NOT_REACHED; PAYMENT_POINTS],
            stops: 0,
            steps_done: 0,
            end: End::Done,
        }
    }
}

impl Outcome {
    /// The parts of the time in hospital, summed; ms.
    pub fn accounted_ms(&self) -> Ms {
        let payment = self.pay_walk_ms + self.pay_queue_ms + self.pay_service_ms;
        self.clinical_ms + self.wait_ms + payment + self.desk_ms
    }
}

/// The visits of one hospital-day in one arm and the programs they walk.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// Visits sorted by arrival.
    pub arrivals: &'a [Arrival],
    /// Programs, shared by the arms.
    pub steps: &'a [Step],
}

impl Day<'_> {
    /// The program of a visit.
    #[inline]
    pub(super) fn program(&self, arrival: &Arrival) -> &[Step] {
        let first = arrival.first_step as usize;
        &self.steps[first..first + arrival.steps as usize]
    }
}

/// Buffers of the walk, reused from day to day and from site to site.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    calendar: BucketCalendar,
    rooms: Rooms,
}

/// The day's state of stations and patients.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms {
    stations: Vec<(Servers, QueueMeter)>,
    reports_ready_ms: Vec<Ms>,
}

/// Walks a day. `out` receives one outcome a visit in the order of arrivals; counts are added to
/// `stats`. On a closed weekday whoever needs a department ends `Closed` on arrival: nobody
/// travels to find a closed door. Panics when arrivals are not sorted.
pub fn walk(
    hospital: &Hospital,
    tables: &LevelTables,
    day: Day<'_>,
    weekday_closed: bool,
    scratch: &mut Scratch,
    out: &mut Vec<Outcome>,
    stats: &mut DayStats,
) {
    let Scratch { calendar, rooms } = scratch;
    let walker = Walker::new(Place { hospital, tables }, day, calendar, rooms, out, stats);
    walker.run(weekday_closed);
}

/// The compiled site.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) hospital: &'a Hospital,
    pub(super) tables: &'a LevelTables,
}

/// One day under way, over any calendar.
pub(super) struct Walker<'a, C> {
    place: Place<'a>,
    day: Day<'a>,
    calendar: &'a mut C,
    stations: &'a mut [(Servers, QueueMeter)],
    reports_ready_ms: &'a mut [Ms],
    out: &'a mut [Outcome],
    stats: &'a mut DayStats,
}

impl<'a, C: Calendar> Walker<'a, C> {
    pub(super) fn new(
        place: Place<'a>,
        day: Day<'a>,
        calendar: &'a mut C,
        rooms: &'a mut Rooms,
        out: &'a mut Vec<Outcome>,
        stats: &'a mut DayStats,
    ) -> Walker<'a, C> {
        let arrivals = day.arrivals;
        assert!(
            arrivals.is_sorted_by_key(|arrival| arrival.at_ms),
            "invariant: the {} arrivals of a day are sorted by time",
            arrivals.len()
        );
        calendar.reset(arrivals.len());
        let rosters = place.hospital.rosters();
        rooms.stations.resize_with(rooms.stations.len().max(rosters.len()), Default::default);
        for ((servers, meter), roster) in rooms.stations.iter_mut().zip(rosters) {
            servers.reset(roster);
            meter.reset();
        }
        rooms.reports_ready_ms.clear();
        rooms.reports_ready_ms.resize(arrivals.len(), 0);
        out.clear();
        out.resize(arrivals.len(), Outcome::default());
        let Rooms { stations, reports_ready_ms } = rooms;
        Walker { place, day, calendar, stations, reports_ready_ms, out, stats }
    }

    pub(super) fn run(mut self, weekday_closed: bool) {
        for (rank, arrival) in (0_u32..).zip(self.day.arrivals) {
            if weekday_closed && needs_department(self.day.program(arrival)) {
                self.finish(rank, arrival.resume_at, arrival.at_ms, End::Closed);
                continue;
            }
            self.out[rank as usize].desk_ms = arrival.extra_desk_ms;
            self.advance(rank, arrival.resume_at, arrival.at_ms + arrival.extra_desk_ms);
        }
        while let Some(event) = self.calendar.pop() {
            self.join(event);
        }
        let rosters = (0_u8..).zip(self.place.hospital.rosters()).zip(self.stations.iter());
        for ((station, roster), (_, meter)) in rosters {
            self.stats.count_station(station, roster, meter.longest());
        }
    }

    /// Does steps until the patient joins a line or leaves.
    fn advance(&mut self, rank: u32, from: u8, mut now: Ms) {
        let arrival = &self.day.arrivals[rank as usize];
        let program = self.day.program(arrival);
        let tables = self.place.tables;
        let outcome = &mut self.out[rank as usize];
        for (index, step) in (from..).zip(&program[usize::from(from)..]) {
            match step.kind {
                StepKind::Walk => {
                    outcome.clinical_ms += step.value;
                    now += step.value;
                }
                StepKind::Report => {
                    let ready = &mut self.reports_ready_ms[rank as usize];
                    *ready = (*ready).max(now + step.value);
                }
                StepKind::AwaitReports => {
                    let ready = self.reports_ready_ms[rank as usize].max(now);
                    outcome.clinical_ms += ready - now;
                    now = ready;
                }
                StepKind::Pay => match in_place(tables, arrival.stops, *step) {
                    InPlace::Passed { service_ms, trips } => {
                        outcome.pay_service_ms += service_ms;
                        outcome.stops += trips;
                        now += service_ms;
                        outcome.point_ms[usize::from(step.place)] = now;
                    }
                    InPlace::Trip => {
                        let there = detour(tables, *step).0;
                        outcome.pay_walk_ms += there;
                        return self.schedule(now + there, rank, index);
                    }
                },
                StepKind::Serve => return self.schedule(now, rank, index),
            }
        }
        self.finish(rank, program.len() as u8, now, End::Done);
    }

    #[inline]
    fn schedule(&mut self, ms: Ms, rank: u32, step: u8) {
        self.calendar.push(EventKey::new(ms, EventClass::Arrival, rank, step));
    }

    /// A patient joins the line of a station.
    fn join(&mut self, event: EventKey) {
        let (rank, index) = (event.rank(), event.step());
        let arrival = &self.day.arrivals[rank as usize];
        let step = self.day.program(arrival)[usize::from(index)];
        if step.kind == StepKind::Serve {
            self.join_clinical(event, step, arrival.patience_word);
        } else {
            self.join_payment(event, step, arrival.stops);
        }
    }

    fn join_clinical(&mut self, event: EventKey, step: Step, patience_word: u32) {
        let (now, rank, station) = (event.ms(), event.rank(), step.place);
        let roster = self.place.hospital.roster(station);
        let (servers, meter) = &mut self.stations[usize::from(station)];
        let Some(slot) = servers.find(roster, now) else {
            return self.turned_away(event, station);
        };
        let outcome = &mut self.out[rank as usize];
        let patient_from = now.max(roster.opens_ms().unwrap_or(0));
        if slot.start_ms > patient_from {
            let leaves = patient_from + self.place.tables.patience.sample(patience_word);
            if slot.start_ms > leaves {
                outcome.wait_ms += leaves - now;
                self.stats.count_wait(station, now, leaves - now);
                self.stats.stations[kind(station)].reneged += 1;
                return self.finish(rank, event.step(), leaves, End::Reneged);
            }
        }
        servers.occupy(slot, slot.start_ms + step.value);
        meter.join(now, slot.start_ms);
        outcome.wait_ms += slot.start_ms - now;
        outcome.clinical_ms += step.value;
        self.stats.count_wait(station, now, slot.start_ms - now);
        self.stats.count_service(station, step.value);
        self.advance(rank, event.step() + 1, slot.start_ms + step.value);
    }

    fn join_payment(&mut self, event: EventKey, step: Step, stops: Stops) {
        let (now, rank) = (event.ms(), event.rank());
        let channel = stops.at(step.place);
        let Some(station) = channel.station() else {
            panic!("invariant: visit of rank {rank} queues to pay by {channel:?}");
        };
        let station = station as u8;
        let (servers, meter) = &mut self.stations[usize::from(station)];
        let Some(slot) = servers.find(self.place.hospital.roster(station), now) else {
            return self.turned_away(event, station);
        };
        let service_ms = payment_service(self.place.tables, stops, channel, step);
        let paid_ms = slot.start_ms + service_ms;
        servers.occupy(slot, paid_ms);
        meter.join(now, slot.start_ms);
        let back = detour(self.place.tables, step).1;
        let outcome = &mut self.out[rank as usize];
        outcome.pay_queue_ms += slot.start_ms - now;
        outcome.pay_service_ms += service_ms;
        outcome.pay_walk_ms += back;
        outcome.stops += 1;
        outcome.point_ms[usize::from(step.place)] = paid_ms;
        self.stats.count_wait(station, now, slot.start_ms - now);
        self.stats.count_service(station, service_ms);
        self.advance(rank, event.step() + 1, paid_ms + back);
    }

    fn turned_away(&mut self, event: EventKey, station: u8) {
        self.stats.stations[kind(station)].closed += 1;
        self.finish(event.rank(), event.step(), event.ms(), End::Closed);
    }

    fn finish(&mut self, rank: u32, steps_done: u8, exit_ms: Ms, end: End) {
        let outcome = &mut self.out[rank as usize];
        *outcome = Outcome { exit_ms, steps_done, end, ..*outcome };
        let at_ms = self.day.arrivals[rank as usize].at_ms;
        assert!(
            exit_ms - at_ms == outcome.accounted_ms(),
            "invariant: visit of rank {rank} came at {at_ms}, its times do not add up: {outcome:?}"
        );
        self.stats.visits += 1;
        self.stats.events += 1;
        *match end {
            End::Done => &mut self.stats.done,
            End::Reneged => &mut self.stats.reneged,
            End::Closed => &mut self.stats.closed,
        } += 1;
    }
}

/// How a payment point is passed without joining a line, if it is.
pub(super) enum InPlace {
    /// No line: no stop, the phone, or a place that takes no time at all.
    Passed { service_ms: Ms, trips: u8 },
    /// There is a line to join.
    Trip,
}

#[inline]
pub(super) fn in_place(tables: &LevelTables, stops: Stops, step: Step) -> InPlace {
    match stops.at(step.place) {
        Channel::None => InPlace::Passed { service_ms: 0, trips: 0 },
        Channel::Phone => InPlace::Passed { service_ms: tables.phone.sample(step.value), trips: 0 },
        channel if tables.free[channel as usize] => InPlace::Passed { service_ms: 0, trips: 1 },
        _ => InPlace::Trip,
    }
}

/// The detour of a payment: there and back.
#[inline]
pub(super) fn detour(tables: &LevelTables, step: Step) -> (Ms, Ms) {
    let whole = tables.payment_walk.sample(step.detour_word());
    (whole / 2, whole - whole / 2)
}

#[inline]
pub(super) fn payment_service(
    tables: &LevelTables,
    stops: Stops,
    channel: Channel,
    step: Step,
) -> Ms {
    let Some(station) = channel.station() else { return 0 };
    let extra = if stops.insured() && station == Station::Cashier {
        tables.insured_window_extra_ms
    } else {
        0
    };
    tables.service_ms(station as u8, step.value) + extra
}

pub(super) fn needs_department(program: &[Step]) -> bool {
    let first = Station::Department0 as u8;
    program.iter().any(|step| step.kind == StepKind::Serve && step.place >= first)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
