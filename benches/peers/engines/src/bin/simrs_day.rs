//! The outpatient day in simrs 0.2: one component that owns the hospital, its lines in plain queues.
//! Must never work around the crate: events go through its scheduler, one an arrival and one a service.

use outpatient_peers::{DAY_MS, Day, Luck, SERVERS, Stage};
use simrs::{Component, ComponentId, Executor, Key, Scheduler, Simulation, State};
use std::collections::VecDeque;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrival,
    Done(Patient),
}

#[derive(Clone, Copy, Debug)]
struct Patient {
    stage: Stage,
    joined_ms: u64,
}

struct Room {
    idle: u32,
    line: VecDeque<Patient>,
}

struct World {
    luck: Luck,
    rooms: [Room; 5],
    day: Day,
}

struct Hospital {
    world: Key<World>,
}

struct Now<'a> {
    id: ComponentId<Event>,
    ms: u64,
    scheduler: &'a mut Scheduler,
}

impl World {
    fn join(&mut self, now: &mut Now, stage: Stage) {
        let patient = Patient { stage, joined_ms: now.ms };
        let room = &mut self.rooms[stage.room()];
        if room.idle > 0 {
            room.idle -= 1;
            self.start(now, patient);
        } else {
            room.line.push_back(patient);
        }
    }

    fn start(&mut self, now: &mut Now, patient: Patient) {
        self.day.serve(patient.stage.room(), now.ms - patient.joined_ms);
        let service = Duration::from_millis(self.luck.service_ms(patient.stage));
        now.scheduler.schedule(service, now.id, Event::Done(patient));
    }

    fn finish(&mut self, now: &mut Now, patient: Patient) {
        let room = patient.stage.room();
        match self.rooms[room].line.pop_front() {
            Some(next) => self.start(now, next),
            None => self.rooms[room].idle += 1,
        }
        if let Some(next) = self.luck.next(patient.stage) {
            self.join(now, next);
        }
    }
}

impl Component for Hospital {
    type Event = Event;

    fn process_event(
        &self,
        id: ComponentId<Event>,
        event: &Event,
        scheduler: &mut Scheduler,
        state: &mut State,
    ) {
        let ms = scheduler.time().as_millis() as u64;
        let world = state.get_mut(self.world).expect("the world is there");
        let now = &mut Now { id, ms, scheduler };
        match *event {
            Event::Arrival => {
                let gap = world.luck.gap_ms();
                if ms + gap < DAY_MS {
                    now.scheduler.schedule(Duration::from_millis(gap), id, Event::Arrival);
                }
                world.day.patients += 1;
                world.join(now, Stage::Register);
            }
            Event::Done(patient) => world.finish(now, patient),
        }
    }
}

fn day(seed: u64) -> Day {
    let mut simulation = Simulation::default();
    let mut luck = Luck::new(seed);
    let first = Duration::from_millis(luck.gap_ms());
    let rooms = SERVERS.map(|idle| Room { idle, line: VecDeque::new() });
    let world = simulation.state.insert(World { luck, rooms, day: Day::default() });
    let hospital = simulation.add_component(Hospital { world });
    simulation.schedule(first, hospital, Event::Arrival);
    simulation.execute(Executor::unbound());
    simulation.state.remove(world).expect("the world is there").day
}

fn main() {
    outpatient_peers::report("simrs 0.2.0", 50, day);
}
