//! The outpatient day written by hand on the standard binary heap: compact integers, the five stations
//! and the routes in code, sums of waits and nothing else. The speed that a general engine is held to.
//! Must never gain a feature: it is a yardstick.

use outpatient_peers::{DAY_MS, Day, Luck, SERVERS, Stage};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

struct Patient {
    stage: Stage,
    joined_ms: u64,
}

struct Room {
    idle: u32,
    line: VecDeque<u32>,
}

struct World {
    luck: Luck,
    /// Ends of service, `ms << 32 | patient`.
    heap: BinaryHeap<Reverse<u64>>,
    patients: Vec<Patient>,
    rooms: [Room; 5],
    day: Day,
}

impl World {
    fn join(&mut self, now: u64, patient: u32) {
        let who = &mut self.patients[patient as usize];
        who.joined_ms = now;
        let room = who.stage.room();
        if self.rooms[room].idle > 0 {
            self.rooms[room].idle -= 1;
            self.start(now, patient);
        } else {
            self.rooms[room].line.push_back(patient);
        }
    }

    fn start(&mut self, now: u64, patient: u32) {
        let Patient { stage, joined_ms } = self.patients[patient as usize];
        self.day.serve(stage.room(), now - joined_ms);
        let done = now + self.luck.service_ms(stage);
        self.heap.push(Reverse(done << 32 | u64::from(patient)));
    }

    fn finish(&mut self, now: u64, patient: u32) {
        let stage = self.patients[patient as usize].stage;
        let room = stage.room();
        match self.rooms[room].line.pop_front() {
            Some(next) => self.start(now, next),
            None => self.rooms[room].idle += 1,
        }
        if let Some(next) = self.luck.next(stage) {
            self.patients[patient as usize].stage = next;
            self.join(now, patient);
        }
    }
}

fn day(seed: u64) -> Day {
    let mut world = World {
        luck: Luck::new(seed),
        heap: BinaryHeap::with_capacity(512),
        patients: Vec::with_capacity(11_000),
        rooms: SERVERS.map(|idle| Room { idle, line: VecDeque::new() }),
        day: Day::default(),
    };
    let mut next = world.luck.gap_ms();
    loop {
        let event = world.heap.peek().map(|Reverse(event)| event >> 32);
        if next < DAY_MS && event.is_none_or(|ms| next <= ms) {
            let patient = world.patients.len() as u32;
            world.patients.push(Patient { stage: Stage::Register, joined_ms: next });
            world.day.patients += 1;
            world.join(next, patient);
            next += world.luck.gap_ms();
        } else {
            let Some(Reverse(event)) = world.heap.pop() else { break };
            world.finish(event >> 32, event as u32);
        }
    }
    world.day
}

fn main() {
    outpatient_peers::report("heap by hand", 200, day);
}
