//! The walk of one hospital-day: every patient from station to station in true time. No randomness
//! happens here, so the same program walks the same way in every arm but for the stops to pay.
//! Must never know an amount, and never allocate per visit once warm.

use super::hall::Halls;
use super::help::{self, DESK_STEP, HELP_DESK};
use super::hospital::Hospital;
use super::outage::{self, Outage};
use super::pathway::{Step, StepKind};
use super::pay::{Payment, after_tests, declines, detour, payment, payment_service};
use super::regime::{Channel, PAYMENT_POINTS, Stops};
use super::spec::Station;
use super::stats::{DayStats, kind};
use super::tables::LevelTables;
use super::told::Told;
use super::ward::{BED_STEP, BedAnswer, BedUse, Beds};
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
    /// Length of the program, at most 253 steps.
    pub steps: u32,
    /// How each payment point is passed.
    pub stops: Stops,
    /// Sign-up and help before the first step, at the help desk if it is open, ms.
    pub extra_desk_ms: Ms,
    /// Word of the patience in clinical queues.
    pub patience_word: u32,
    /// First step to do: above 0 for a plan carried over from another day.
    pub resume_at: u8,
    /// What the visit does with a bed.
    pub bed: BedUse,
    /// How each payment point is passed while the settlement core is down.
    pub stops_down: Stops,
    /// What messages told the patient.
    pub told: Told,
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
    /// Found no bed all day.
    NoBed,
    /// Could not leave the deposit.
    TurnedAway,
}

/// What became of a visit. `exit_ms - at_ms` is exactly the sum of the clinical, wait, bed, pay
/// and desk times, whatever the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When the patient left, ms from midnight.
    pub exit_ms: Ms,
    /// Walks between stations, services, and waits for reports, ms.
    pub clinical_ms: Ms,
    /// Queues of clinical stations, ms.
    pub wait_ms: Ms,
    /// Wait for a bed, ms.
    pub bed_ms: Ms,
    /// Detours to pay and back, ms.
    pub pay_walk_ms: Ms,
    /// Queues to pay, ms.
    pub pay_queue_ms: Ms,
    /// Payments themselves, on the phone too, ms.
    pub pay_service_ms: Ms,
    /// Sign-up and help, ms.
    pub desk_ms: Ms,
    /// Queue at the help desk before them, ms.
    pub desk_queue_ms: Ms,
    /// When each payment point was passed; [`NOT_REACHED`] if it was not.
    pub point_ms: [Ms; PAYMENT_POINTS],
    /// Trips made to a kiosk, window or discharge desk.
    pub stops: u8,
    /// The first step of the program that was not done: where a carried plan resumes.
    pub steps_done: u8,
    /// Payment points that an outage sent to a window, a bit each.
    pub diverted: u8,
    /// Whether a bed was taken.
    pub has_bed: bool,
    /// How the visit ended.
    pub end: End,
}

impl Default for Outcome {
    fn default() -> Outcome {
        Outcome {
            exit_ms: 0,
            clinical_ms: 0,
            wait_ms: 0,
            bed_ms: 0,
            pay_walk_ms: 0,
            pay_queue_ms: 0,
            pay_service_ms: 0,
            desk_ms: 0,
            desk_queue_ms: 0,
            point_ms: [NOT_REACHED; PAYMENT_POINTS],
            stops: 0,
            steps_done: 0,
            diverted: 0,
            has_bed: false,
            end: End::Done,
        }
    }
}

impl Outcome {
    /// The parts of the time in hospital, summed; ms.
    pub fn accounted_ms(&self) -> Ms {
        let payment = self.pay_walk_ms + self.pay_queue_ms + self.pay_service_ms;
        self.clinical_ms + self.wait_ms + self.bed_ms + payment + self.at_desk_ms()
    }

    /// Sign-up and help with the queue before them, ms.
    pub fn at_desk_ms(&self) -> Ms {
        self.desk_ms + self.desk_queue_ms
    }
}

/// The visits of one hospital-day in one arm and the programs they walk.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// Visits sorted by arrival.
    pub arrivals: &'a [Arrival],
    /// Programs, shared by the arms.
    pub steps: &'a [Step],
    /// A closed weekday: whoever needs a department ends `Closed` on arrival.
    pub weekday_closed: bool,
    /// From a discharge until its bed can be taken, ms.
    pub handover_ms: Ms,
    /// Outages in rising order, without overlap.
    pub outages: &'a [Outage],
}

impl Day<'_> {
    /// The program of a visit.
    #[inline]
    pub(super) fn program(&self, arrival: &Arrival) -> &[Step] {
        let first = arrival.first_step as usize;
        &self.steps[first..first + arrival.steps as usize]
    }

    /// How a visit passes a point at an instant, and the outage that sends it to a window, if one does.
    #[inline]
    pub(super) fn channel(
        &self,
        arrival: &Arrival,
        point: u8,
        now: Ms,
    ) -> (Channel, Option<usize>) {
        let up = arrival.stops.at(point);
        let Some(index) = outage::at(self.outages, now) else { return (up, None) };
        let down = self.outages[index].channel(arrival.stops_down.at(point));
        (down, (down != up).then_some(index))
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
    halls: Halls,
    reports_ready_ms: Vec<Ms>,
    /// By outage: the last start of a payment that it sent to a window.
    last_start_ms: Vec<Ms>,
    /// By rank: the channel and the outage of a payment that was sent to a window.
    diverted: Vec<(Channel, usize)>,
}

/// Walks a day. `out` receives one outcome a visit in the order of arrivals; counts are added to
/// `stats`. On a closed weekday nobody travels to find a closed door. Panics when arrivals are not
/// sorted.
pub fn walk(
    hospital: &Hospital,
    tables: &LevelTables,
    day: Day<'_>,
    beds: &mut Beds,
    scratch: &mut Scratch,
    out: &mut Vec<Outcome>,
    stats: &mut DayStats,
) {
    let Scratch { calendar, rooms } = scratch;
    beds.begin();
    let walker = Walker::new(Place { hospital, tables }, day, (beds, calendar), rooms, out, stats);
    walker.run();
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
    beds: &'a mut Beds,
    calendar: &'a mut C,
    stations: &'a mut [(Servers, QueueMeter)],
    halls: &'a mut Halls,
    reports_ready_ms: &'a mut [Ms],
    last_start_ms: &'a mut [Ms],
    diverted: &'a mut [(Channel, usize)],
    out: &'a mut [Outcome],
    stats: &'a mut DayStats,
}

impl<'a, C: Calendar> Walker<'a, C> {
    pub(super) fn new(
        place: Place<'a>,
        day: Day<'a>,
        (beds, calendar): (&'a mut Beds, &'a mut C),
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
        rooms.halls.reset(place.hospital.hall_places().is_some());
        rooms.reports_ready_ms.clear();
        rooms.reports_ready_ms.resize(arrivals.len(), 0);
        rooms.last_start_ms.clear();
        rooms.last_start_ms.resize(day.outages.len(), 0);
        let may_divert = if day.outages.is_empty() { 0 } else { arrivals.len() };
        rooms.diverted.clear();
        rooms.diverted.resize(may_divert, (Channel::None, 0));
        out.clear();
        out.resize(arrivals.len(), Outcome::default());
        let Rooms { stations, halls, reports_ready_ms, last_start_ms, diverted } = rooms;
        Walker {
            place,
            day,
            beds,
            calendar,
            stations,
            halls,
            reports_ready_ms,
            last_start_ms,
            diverted,
            out,
            stats,
        }
    }

    pub(super) fn run(mut self) {
        for (rank, arrival) in (0_u32..).zip(self.day.arrivals) {
            if self.day.weekday_closed && needs_department(self.day.program(arrival)) {
                self.finish(rank, arrival.resume_at, arrival.at_ms, End::Closed);
                continue;
            }
            if help::queues(self.place.hospital, &self.day, arrival) {
                self.schedule(arrival.at_ms, rank, DESK_STEP);
            } else {
                self.begin(rank, (arrival.extra_desk_ms, 0));
            }
        }
        while let Some(event) = self.calendar.pop() {
            match (event.step(), event.class()) {
                (BED_STEP, EventClass::Release) => self.hand_over_bed(event.ms()),
                (BED_STEP, _) => self.ask_for_bed(event),
                (DESK_STEP, _) => self.join_help_desk(event),
                _ => self.join(event),
            }
        }
        while let Some(rank) = self.beds.left_over() {
            let arrival = &self.day.arrivals[rank as usize];
            let left_ms = arrival.at_ms + self.out[rank as usize].at_desk_ms();
            self.finish(rank, arrival.resume_at, left_ms, End::NoBed);
        }
        if let Some(places) = self.place.hospital.hall_places() {
            self.halls.close(places, &mut self.stats.halls);
        }
        self.stats.outage.count(self.day.outages, self.last_start_ms);
        self.stats.ward.census += u64::from(self.beds.at_midnight());
        self.stats.ward.bed_days += u64::from(self.beds.open());
        let rosters = (0_u8..).zip(self.place.hospital.rosters()).zip(self.stations.iter());
        for ((station, roster), (_, meter)) in rosters {
            self.stats.count_station(station, roster, meter.longest());
        }
    }

    /// Begins a visit after its time at the help desk and in the line before it.
    fn begin(&mut self, rank: u32, (desk_ms, desk_queue_ms): (Ms, Ms)) {
        let arrival = &self.day.arrivals[rank as usize];
        let outcome = &mut self.out[rank as usize];
        (outcome.desk_ms, outcome.desk_queue_ms) = (desk_ms, desk_queue_ms);
        let begins_ms = arrival.at_ms + desk_ms + desk_queue_ms;
        if arrival.bed.asks() {
            self.schedule(begins_ms, rank, BED_STEP);
        } else {
            self.advance(rank, arrival.resume_at, begins_ms);
        }
    }

    /// A patient joins the line of the help desk. Nobody leaves it: signing up was the reason to come.
    fn join_help_desk(&mut self, event: EventKey) {
        let (now, rank) = (event.ms(), event.rank());
        let service_ms = self.day.arrivals[rank as usize].extra_desk_ms;
        let (servers, meter) = &mut self.stations[usize::from(HELP_DESK)];
        let Some(slot) = servers.find(self.place.hospital.roster(HELP_DESK), now) else {
            panic!("invariant: visit of rank {rank} queues at a closed help desk at {now} ms");
        };
        servers.occupy(slot, slot.start_ms + service_ms);
        meter.join(now, slot.start_ms);
        self.waited(HELP_DESK, now, slot.start_ms);
        self.stats.count_service(HELP_DESK, service_ms);
        self.begin(rank, (service_ms, slot.start_ms - now));
    }

    fn ask_for_bed(&mut self, event: EventKey) {
        let (now, rank) = (event.ms(), event.rank());
        let Arrival { bed, resume_at, .. } = self.day.arrivals[rank as usize];
        match self.beds.ask(self.place.hospital, bed, rank, now) {
            BedAnswer::Taken => {
                let emergency = bed == BedUse::Emergency;
                self.stats.ward.emergencies += u64::from(emergency);
                let extra = emergency && self.beds.taken() > self.beds.open();
                self.stats.ward.extra_beds += u64::from(extra);
                self.out[rank as usize].has_bed = true;
                self.advance(rank, resume_at, now);
            }
            BedAnswer::Waits => {}
            BedAnswer::TooLate => self.finish(rank, resume_at, now, End::Closed),
        }
    }

    fn hand_over_bed(&mut self, now: Ms) {
        let Some(rank) = self.beds.hand_over(self.place.hospital, now) else { return };
        let arrival = &self.day.arrivals[rank as usize];
        let outcome = &mut self.out[rank as usize];
        let waited_ms = now - arrival.at_ms - outcome.at_desk_ms();
        (outcome.bed_ms, outcome.has_bed) = (waited_ms, true);
        self.stats.ward.bed_wait_ms += u64::from(waited_ms);
        self.advance(rank, arrival.resume_at, now);
    }

    /// Does steps until the patient joins a line or leaves.
    fn advance(&mut self, rank: u32, from: u8, mut now: Ms) {
        let arrival = &self.day.arrivals[rank as usize];
        let program = self.day.program(arrival);
        let tables = self.place.tables;
        let outcome = &mut self.out[rank as usize];
        let mut next = from;
        while let Some(&step) = program.get(usize::from(next)) {
            let index = next;
            next += 1;
            match step.kind {
                StepKind::Walk => {
                    let guided = arrival.told.guided;
                    let walk_ms = if guided { tables.guided_ms(step.value) } else { step.value };
                    outcome.clinical_ms += walk_ms;
                    now += walk_ms;
                }
                StepKind::Report => {
                    let ready = &mut self.reports_ready_ms[rank as usize];
                    *ready = (*ready).max(now + step.value);
                }
                StepKind::AwaitReports | StepKind::AwaitRelease => {
                    let ready = self.reports_ready_ms[rank as usize].max(now);
                    outcome.clinical_ms += ready - now;
                    now = ready;
                }
                StepKind::Pay => {
                    let (channel, outage) = self.day.channel(arrival, step.place, now);
                    match payment(tables, arrival.stops, channel, step) {
                        Payment::Passed { service_ms, trips } => {
                            outcome.pay_service_ms += service_ms;
                            outcome.stops += trips;
                            now += service_ms;
                            outcome.point_ms[usize::from(step.place)] = now;
                            if declines(arrival.stops, step) {
                                next = after_tests(program, next);
                            }
                        }
                        Payment::Trip { before_ms } => {
                            let there = detour(tables, step).0;
                            outcome.pay_service_ms += before_ms;
                            outcome.pay_walk_ms += there;
                            if let Some(index) = outage {
                                self.diverted[rank as usize] = (channel, index);
                                self.stats.outage.visits += u64::from(outcome.diverted == 0);
                                self.stats.outage.payments += 1;
                                outcome.diverted |= 1 << step.place;
                            }
                            return self.schedule(now + before_ms + there, rank, index);
                        }
                        Payment::Declined => next = after_tests(program, next),
                        Payment::TurnedAway => {
                            return self.finish(rank, index, now, End::TurnedAway);
                        }
                    }
                }
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
            self.join_clinical(event, step, (arrival.patience_word, arrival.told.called));
        } else {
            self.join_payment(event, step);
        }
    }

    fn join_clinical(&mut self, event: EventKey, step: Step, (patience_word, called): (u32, bool)) {
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
            if slot.start_ms > leaves && !called {
                outcome.wait_ms += leaves - now;
                self.waited(station, now, leaves);
                self.stats.stations[kind(station)].reneged += 1;
                return self.finish(rank, event.step(), leaves, End::Reneged);
            }
        }
        servers.occupy(slot, slot.start_ms + step.value);
        meter.join(now, slot.start_ms);
        outcome.wait_ms += slot.start_ms - now;
        outcome.clinical_ms += step.value;
        if called {
            self.stats.count_wait(station, now, slot.start_ms - now);
        } else {
            self.waited(station, now, slot.start_ms);
        }
        self.stats.count_service(station, step.value);
        self.advance(rank, event.step() + 1, slot.start_ms + step.value);
    }

    fn join_payment(&mut self, event: EventKey, step: Step) {
        let (now, rank) = (event.ms(), event.rank());
        let arrival = &self.day.arrivals[rank as usize];
        let (channel, outage) = if self.out[rank as usize].diverted & 1 << step.place == 0 {
            (arrival.stops.at(step.place), None)
        } else {
            let (channel, index) = self.diverted[rank as usize];
            (channel, Some(index))
        };
        let Some(station) = channel.station() else {
            panic!("invariant: visit of rank {rank} queues to pay by {channel:?}");
        };
        let station = station as u8;
        let (servers, meter) = &mut self.stations[usize::from(station)];
        let Some(slot) = servers.find(self.place.hospital.roster(station), now) else {
            return self.turned_away(event, station);
        };
        let extra_ms = outage.map_or(0, |index| self.day.outages[index].window_extra_ms);
        let service_ms =
            payment_service(self.place.tables, arrival.stops, channel, step) + extra_ms;
        let paid_ms = slot.start_ms + service_ms;
        servers.occupy(slot, paid_ms);
        meter.join(now, slot.start_ms);
        if let Some(index) = outage {
            let last_ms = &mut self.last_start_ms[index];
            *last_ms = (*last_ms).max(slot.start_ms);
            self.stats.outage.wait_ms += u64::from(slot.start_ms - now);
        }
        let back = detour(self.place.tables, step).1;
        let outcome = &mut self.out[rank as usize];
        outcome.pay_queue_ms += slot.start_ms - now;
        outcome.pay_service_ms += service_ms;
        outcome.pay_walk_ms += back;
        outcome.stops += 1;
        outcome.point_ms[usize::from(step.place)] = paid_ms;
        self.waited(station, now, slot.start_ms);
        self.stats.count_service(station, service_ms);
        self.advance(rank, event.step() + 1, paid_ms + back);
    }

    /// Counts somebody who stood in the line of a station from one instant to another.
    #[inline]
    fn waited(&mut self, station: u8, from: Ms, until: Ms) {
        self.stats.count_wait(station, from, until - from);
        self.halls.stand(station, from, until);
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
            End::NoBed => &mut self.stats.ward.no_bed,
            End::TurnedAway => &mut self.stats.ward.turned_away,
        } += 1;
        let arrival = &self.day.arrivals[rank as usize];
        if let Some(ms) = frees_bed(arrival, outcome, self.day.handover_ms) {
            self.calendar.push(EventKey::new(ms, EventClass::Release, rank, BED_STEP));
        }
    }
}

/// When a visit that has ended frees a bed: a discharge after the handover, whoever had a bed and was
/// not admitted after all at once.
pub(super) fn frees_bed(arrival: &Arrival, outcome: &Outcome, handover_ms: Ms) -> Option<Ms> {
    let admitted = outcome.end == End::Done;
    match arrival.bed {
        BedUse::Frees if admitted => Some(outcome.exit_ms + handover_ms),
        BedUse::Elective if !admitted && outcome.has_bed => Some(outcome.exit_ms),
        _ => None,
    }
}

pub(super) fn needs_department(program: &[Step]) -> bool {
    let first = Station::Department0 as u8;
    program.iter().any(|step| step.kind == StepKind::Serve && step.place >= first)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
