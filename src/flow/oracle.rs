//! The plain walk: one binary heap, explicit completions, openings and renege events, server pools
//! changed only by events. The oracle of [`super::walk`]. Must never use departure-at-arrival.

use super::help::{self, DESK_STEP, HELP_DESK};
use super::pathway::StepKind;
use super::pay::{Payment, after_tests, declines, detour, payment, payment_service};
use super::regime::Channel;
use super::walk::{Day, End, Outcome, Place, frees_bed, needs_department};
use super::ward::{BED_STEP, BedAnswer, Beds};
use crate::des::pool::Pool;
use crate::des::{Calendar, EventClass, EventKey, HeapCalendar};
use crate::domain::Ms;

/// Where a patient is.
#[derive(Clone, Copy, Default)]
struct Patient {
    step: u8,
    joined_ms: Ms,
    server: u32,
    reports_ready_ms: Ms,
    /// The channel of the payment under way, and the outage that chose it.
    pays_by: (Channel, Option<usize>),
}

pub(super) struct Oracle<'a> {
    place: Place<'a>,
    day: Day<'a>,
    beds: &'a mut Beds,
    calendar: HeapCalendar,
    pools: Vec<Pool>,
    patients: Vec<Patient>,
    out: Vec<Outcome>,
}

/// Outcomes of a day by explicit events; services are at least 1 ms.
pub(super) fn walk(place: Place<'_>, day: Day<'_>, beds: &mut Beds) -> Vec<Outcome> {
    let count = day.arrivals.len();
    let mut oracle = Oracle {
        place,
        day,
        beds,
        calendar: HeapCalendar::default(),
        pools: place.hospital.rosters().iter().map(Pool::new).collect(),
        patients: vec![Patient::default(); count],
        out: vec![Outcome::default(); count],
    };
    oracle.run();
    oracle.out
}

impl Oracle<'_> {
    fn run(&mut self) {
        self.beds.begin();
        for (rank, arrival) in (0_u32..).zip(self.day.arrivals) {
            if self.day.weekday_closed && needs_department(self.day.program(arrival)) {
                self.finish(rank, arrival.resume_at, arrival.at_ms, End::Closed);
                continue;
            }
            if help::queues(self.place.hospital, &self.day, arrival) {
                let joins = EventKey::new(arrival.at_ms, EventClass::Arrival, rank, DESK_STEP);
                self.calendar.push(joins);
            } else {
                self.out[rank as usize].desk_ms = arrival.extra_desk_ms;
                self.begin(rank, arrival.at_ms + arrival.extra_desk_ms);
            }
        }
        for (station, roster) in (0_u8..).zip(self.place.hospital.rosters()) {
            for opening in roster.openings() {
                self.calendar.push(EventKey::new(opening, EventClass::Seize, 0, station));
            }
        }
        while let Some(event) = self.calendar.pop() {
            let bed = event.step() == BED_STEP;
            match event.class() {
                EventClass::Release if bed => self.hand_over(event.ms()),
                EventClass::Arrival if bed => self.ask(event),
                EventClass::Release => self.complete(event),
                EventClass::Arrival => self.join(event),
                EventClass::Seize => self.seize(event.ms(), event.step()),
                EventClass::Renege => self.renege(event),
            }
        }
        while let Some(rank) = self.beds.left_over() {
            let arrival = self.day.arrivals[rank as usize];
            let left_ms = arrival.at_ms + self.out[rank as usize].at_desk_ms();
            self.finish(rank, arrival.resume_at, left_ms, End::NoBed);
        }
    }

    fn begin(&mut self, rank: u32, now: Ms) {
        let arrival = self.day.arrivals[rank as usize];
        if arrival.bed.asks() {
            self.calendar.push(EventKey::new(now, EventClass::Arrival, rank, BED_STEP));
        } else {
            self.advance(rank, arrival.resume_at, now);
        }
    }

    fn ask(&mut self, event: EventKey) {
        let (now, rank) = (event.ms(), event.rank());
        let arrival = self.day.arrivals[rank as usize];
        match self.beds.ask(self.place.hospital, arrival.bed, rank, now) {
            BedAnswer::Taken => self.go_to_bed(rank, now),
            BedAnswer::Waits => {}
            BedAnswer::TooLate => self.finish(rank, arrival.resume_at, now, End::Closed),
        }
    }

    fn hand_over(&mut self, now: Ms) {
        if let Some(rank) = self.beds.hand_over(self.place.hospital, now) {
            self.go_to_bed(rank, now);
        }
    }

    fn go_to_bed(&mut self, rank: u32, now: Ms) {
        let arrival = self.day.arrivals[rank as usize];
        let outcome = &mut self.out[rank as usize];
        outcome.has_bed = true;
        outcome.bed_ms = now - arrival.at_ms - outcome.at_desk_ms();
        self.advance(rank, arrival.resume_at, now);
    }

    fn station(&self, rank: u32, step: u8) -> u8 {
        if step == DESK_STEP {
            return HELP_DESK;
        }
        let arrival = &self.day.arrivals[rank as usize];
        let step = self.day.program(arrival)[usize::from(step)];
        if step.kind == StepKind::Serve {
            step.place
        } else {
            let (channel, _) = self.patients[rank as usize].pays_by;
            channel.station().expect("a queue to pay has a station") as u8
        }
    }

    fn advance(&mut self, rank: u32, from: u8, mut now: Ms) {
        let arrival = self.day.arrivals[rank as usize];
        let tables = self.place.tables;
        let mut next = from;
        while u32::from(next) < arrival.steps {
            let index = next;
            next += 1;
            let step = self.day.program(&arrival)[usize::from(index)];
            let (patient, outcome) =
                (&mut self.patients[rank as usize], &mut self.out[rank as usize]);
            let mut joins_ms = None;
            match step.kind {
                StepKind::Walk => {
                    let guided = arrival.told.guided;
                    let ms = if guided { tables.guided_ms(step.value) } else { step.value };
                    outcome.clinical_ms += ms;
                    now += ms;
                }
                StepKind::Report => {
                    patient.reports_ready_ms = patient.reports_ready_ms.max(now + step.value);
                }
                StepKind::AwaitReports | StepKind::AwaitRelease => {
                    let wait = patient.reports_ready_ms.saturating_sub(now);
                    outcome.clinical_ms += wait;
                    now += wait;
                }
                StepKind::Pay => {
                    patient.pays_by = self.day.channel(&arrival, step.place, now);
                    let (channel, outage) = patient.pays_by;
                    match payment(tables, arrival.stops, channel, step) {
                        Payment::Passed { service_ms, trips } => {
                            outcome.pay_service_ms += service_ms;
                            outcome.stops += trips;
                            now += service_ms;
                            outcome.point_ms[usize::from(step.place)] = now;
                            if declines(arrival.stops, step) {
                                next = after_tests(self.day.program(&arrival), next);
                            }
                        }
                        Payment::Trip { before_ms } => {
                            let (there, _) = detour(tables, step);
                            outcome.pay_service_ms += before_ms;
                            outcome.pay_walk_ms += there;
                            outcome.diverted |= u8::from(outage.is_some()) << step.place;
                            joins_ms = Some(now + before_ms + there);
                        }
                        Payment::Declined => next = after_tests(self.day.program(&arrival), next),
                        Payment::TurnedAway => {
                            return self.finish(rank, index, now, End::TurnedAway);
                        }
                    }
                }
                StepKind::Serve => joins_ms = Some(now),
            }
            if let Some(ms) = joins_ms {
                self.calendar.push(EventKey::new(ms, EventClass::Arrival, rank, index));
                return;
            }
        }
        self.finish(rank, arrival.steps as u8, now, End::Done);
    }

    fn join(&mut self, event: EventKey) {
        let (now, rank, step) = (event.ms(), event.rank(), event.step());
        let station = self.station(rank, step);
        let patient = &mut self.patients[rank as usize];
        (patient.step, patient.joined_ms) = (step, now);
        if !self.pools[usize::from(station)].join(rank, now) {
            return self.finish(rank, step, now, End::Closed);
        }
        self.calendar.push(EventKey::new(now, EventClass::Seize, 0, station));
        let arrival = &self.day.arrivals[rank as usize];
        let serves =
            |step: u8| self.day.program(arrival)[usize::from(step)].kind == StepKind::Serve;
        if step != DESK_STEP && serves(step) && !arrival.told.called {
            let opens = self.place.hospital.roster(station).opens_ms().unwrap_or(0);
            let patience = self.place.tables.patience.sample(arrival.patience_word);
            let leaves = now.max(opens) + patience;
            self.calendar.push(EventKey::new(leaves, EventClass::Renege, rank, step));
        }
    }

    fn seize(&mut self, now: Ms, station: u8) {
        while let Some((rank, server)) = self.pools[usize::from(station)].seize(now) {
            let patient = &mut self.patients[rank as usize];
            patient.server = server;
            let (step, wait) = (patient.step, now - patient.joined_ms);
            let arrival = &self.day.arrivals[rank as usize];
            if step == DESK_STEP {
                let outcome = &mut self.out[rank as usize];
                (outcome.desk_ms, outcome.desk_queue_ms) = (arrival.extra_desk_ms, wait);
                let done = now + arrival.extra_desk_ms;
                self.calendar.push(EventKey::new(done, EventClass::Release, rank, step));
                continue;
            }
            let program_step = self.day.program(arrival)[usize::from(step)];
            let outcome = &mut self.out[rank as usize];
            let service = if program_step.kind == StepKind::Serve {
                outcome.wait_ms += wait;
                outcome.clinical_ms += program_step.value;
                program_step.value
            } else {
                let (channel, outage) = patient.pays_by;
                let extra = outage.map_or(0, |index| self.day.outages[index].window_extra_ms);
                let service =
                    payment_service(self.place.tables, arrival.stops, channel, program_step)
                        + extra;
                outcome.pay_queue_ms += wait;
                outcome.pay_service_ms += service;
                service
            };
            self.calendar.push(EventKey::new(now + service, EventClass::Release, rank, step));
        }
    }

    fn complete(&mut self, event: EventKey) {
        let (now, rank, step) = (event.ms(), event.rank(), event.step());
        let station = self.station(rank, step);
        self.pools[usize::from(station)].release(self.patients[rank as usize].server);
        self.calendar.push(EventKey::new(now, EventClass::Seize, 0, station));
        if step == DESK_STEP {
            return self.begin(rank, now);
        }
        let arrival = &self.day.arrivals[rank as usize];
        let program_step = self.day.program(arrival)[usize::from(step)];
        let mut next = now;
        if program_step.kind == StepKind::Pay {
            let (_, back) = detour(self.place.tables, program_step);
            let outcome = &mut self.out[rank as usize];
            outcome.pay_walk_ms += back;
            outcome.stops += 1;
            outcome.point_ms[usize::from(program_step.place)] = now;
            next += back;
        }
        self.advance(rank, step + 1, next);
    }

    fn renege(&mut self, event: EventKey) {
        let (now, rank, step) = (event.ms(), event.rank(), event.step());
        let patient = self.patients[rank as usize];
        let station = self.station(rank, step);
        if patient.step == step && self.pools[usize::from(station)].leave(rank) {
            self.out[rank as usize].wait_ms += now - patient.joined_ms;
            self.finish(rank, step, now, End::Reneged);
        }
    }

    fn finish(&mut self, rank: u32, steps_done: u8, exit_ms: Ms, end: End) {
        let outcome = &mut self.out[rank as usize];
        *outcome = Outcome { exit_ms, steps_done, end, ..*outcome };
        let arrival = &self.day.arrivals[rank as usize];
        if let Some(ms) = frees_bed(arrival, outcome, self.day.handover_ms) {
            self.calendar.push(EventKey::new(ms, EventClass::Release, rank, BED_STEP));
        }
    }
}
