//! The plain walk: one binary heap, explicit completions, openings and renege events, server pools
//! changed only by events. The oracle of [`super::walk`]. Must never use departure-at-arrival.

use super::pathway::StepKind;
use super::regime::PaymentPoint;
use super::walk::{
    Day, End, InPlace, Outcome, Place, detour, in_place, needs_department, payment_service,
};
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
}

pub(super) struct Oracle<'a> {
    place: Place<'a>,
    day: Day<'a>,
    calendar: HeapCalendar,
    pools: Vec<Pool>,
    patients: Vec<Patient>,
    out: Vec<Outcome>,
}

/// Outcomes of a day by explicit events; services are at least 1 ms.
pub(super) fn walk(place: Place<'_>, day: Day<'_>, weekday_closed: bool) -> Vec<Outcome> {
    let count = day.arrivals.len();
    let mut oracle = Oracle {
        place,
        day,
        calendar: HeapCalendar::default(),
        pools: place.hospital.rosters().iter().map(Pool::new).collect(),
        patients: vec![Patient::default(); count],
        out: vec![Outcome::default(); count],
    };
    oracle.run(weekday_closed);
    oracle.out
}

impl Oracle<'_> {
    fn run(&mut self, weekday_closed: bool) {
        for (rank, arrival) in (0_u32..).zip(self.day.arrivals) {
            if weekday_closed && needs_department(self.day.program(arrival)) {
                self.finish(rank, arrival.resume_at, arrival.at_ms, End::Closed);
            } else {
                self.out[rank as usize].desk_ms = arrival.extra_desk_ms;
                self.advance(rank, arrival.resume_at, arrival.at_ms + arrival.extra_desk_ms);
            }
        }
        for (station, roster) in (0_u8..).zip(self.place.hospital.rosters()) {
            for opening in roster.openings() {
                self.calendar.push(EventKey::new(opening, EventClass::Seize, 0, station));
            }
        }
        while let Some(event) = self.calendar.pop() {
            match event.class() {
                EventClass::Release => self.complete(event),
                EventClass::Arrival => self.join(event),
                EventClass::Seize => self.seize(event.ms(), event.step()),
                EventClass::Renege => self.renege(event),
            }
        }
    }

    fn station(&self, rank: u32, step: u8) -> u8 {
        let arrival = &self.day.arrivals[rank as usize];
        let step = self.day.program(arrival)[usize::from(step)];
        if step.kind == StepKind::Serve {
            step.place
        } else {
            let point = PaymentPoint::ALL[usize::from(step.place)];
            arrival.stops.get(point).station().expect("a queue to pay has a station") as u8
        }
    }

    fn advance(&mut self, rank: u32, from: u8, mut now: Ms) {
        let arrival = self.day.arrivals[rank as usize];
        let tables = self.place.tables;
        for index in from..arrival.steps as u8 {
            let step = self.day.program(&arrival)[usize::from(index)];
            let (patient, outcome) =
                (&mut self.patients[rank as usize], &mut self.out[rank as usize]);
            let mut joins_ms = None;
            match step.kind {
                StepKind::Walk => {
                    outcome.clinical_ms += step.value;
                    now += step.value;
                }
                StepKind::Report => {
                    patient.reports_ready_ms = patient.reports_ready_ms.max(now + step.value);
                }
                StepKind::AwaitReports => {
                    let wait = patient.reports_ready_ms.saturating_sub(now);
                    outcome.clinical_ms += wait;
                    now += wait;
                }
                StepKind::Pay => match in_place(tables, arrival.stops, step) {
                    InPlace::Passed { service_ms, trips } => {
                        outcome.pay_service_ms += service_ms;
                        outcome.stops += trips;
                        now += service_ms;
                        outcome.point_ms[usize::from(step.place)] = now;
                    }
                    InPlace::Trip => {
                        let (there, _) = detour(tables, step);
                        outcome.pay_walk_ms += there;
                        joins_ms = Some(now + there);
                    }
                },
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
        if self.day.program(arrival)[usize::from(step)].kind == StepKind::Serve {
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
            let program_step = self.day.program(arrival)[usize::from(step)];
            let outcome = &mut self.out[rank as usize];
            let service = if program_step.kind == StepKind::Serve {
                outcome.wait_ms += wait;
                outcome.clinical_ms += program_step.value;
                program_step.value
            } else {
                let channel = arrival.stops.get(PaymentPoint::ALL[usize::from(program_step.place)]);
                let service =
                    payment_service(self.place.tables, arrival.stops, channel, program_step);
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
    }
}
