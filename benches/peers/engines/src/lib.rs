//! What the peers of the reference workload share: the way of a patient, times from one generator, what
//! is counted, and one line of result. Must never touch the engine that they are compared with.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use std::time::Instant;

/// Arrivals come until then, ms.
pub const DAY_MS: u64 = 28_800_000;
/// Servers of registration, doctors, cashier, laboratory and pharmacy.
pub const SERVERS: [u32; 5] = [8, 120, 14, 60, 9];
/// Mean time between arrivals, ms.
const MEAN_GAP_MS: f64 = 3_000.0;

/// What a patient does next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// At registration.
    Register,
    /// First time at the doctor's.
    Consult,
    /// At the cashier before the tests.
    PayTests,
    /// In the laboratory.
    Test,
    /// Back at the doctor's.
    Review,
    /// At the cashier before the drugs.
    PayDrugs,
    /// At the pharmacy.
    Collect,
}

impl Stage {
    /// Where it is done.
    pub fn room(self) -> usize {
        match self {
            Stage::Register => 0,
            Stage::Consult | Stage::Review => 1,
            Stage::PayTests | Stage::PayDrugs => 2,
            Stage::Test => 3,
            Stage::Collect => 4,
        }
    }
}

/// Random times and ways.
#[derive(Debug)]
pub struct Luck {
    rng: SmallRng,
    sigma: f64,
}

impl Luck {
    /// The luck of a day.
    pub fn new(seed: u64) -> Luck {
        Luck { rng: SmallRng::seed_from_u64(seed), sigma: (1.0_f64 + 0.36).ln().sqrt() }
    }

    /// Time to the next arrival, ms.
    pub fn gap_ms(&mut self) -> u64 {
        self.exponential(MEAN_GAP_MS)
    }

    fn exponential(&mut self, mean_ms: f64) -> u64 {
        let unit: f64 = Exp1.sample(&mut self.rng);
        (unit * mean_ms) as u64
    }

    fn log_normal(&mut self, mean_ms: f64) -> u64 {
        let z: f64 = StandardNormal.sample(&mut self.rng);
        (mean_ms * (self.sigma * z - 0.5 * self.sigma * self.sigma).exp()) as u64
    }

    /// Time of a service, ms.
    pub fn service_ms(&mut self, stage: Stage) -> u64 {
        match stage {
            Stage::Register => self.exponential(20_000.0),
            Stage::PayTests | Stage::PayDrugs => self.exponential(25_000.0),
            Stage::Collect => self.exponential(30_000.0),
            Stage::Consult | Stage::Test => self.log_normal(240_000.0),
            Stage::Review => self.log_normal(90_000.0),
        }
    }

    /// What comes after; nothing at the end.
    pub fn next(&mut self, stage: Stage) -> Option<Stage> {
        let decides = matches!(stage, Stage::Consult | Stage::Review);
        let luck: f64 = if decides { self.rng.random() } else { 0.0 };
        Some(match stage {
            Stage::Register => Stage::Consult,
            Stage::Consult if luck < 0.6 => Stage::PayTests,
            Stage::Consult if luck < 0.9 => Stage::PayDrugs,
            Stage::PayTests => Stage::Test,
            Stage::Test => Stage::Review,
            Stage::Review if luck < 0.75 => Stage::PayDrugs,
            Stage::PayDrugs => Stage::Collect,
            Stage::Consult | Stage::Review | Stage::Collect => return None,
        })
    }
}

/// What a day has brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Day {
    /// Who came.
    pub patients: u64,
    /// Services by room.
    pub visits: [u64; 5],
    /// Sums of waits by room, ms.
    pub wait_ms: [u64; 5],
}

impl Day {
    /// A service begins.
    pub fn serve(&mut self, room: usize, wait_ms: u64) {
        self.visits[room] += 1;
        self.wait_ms[room] += wait_ms;
    }
}

/// Runs days (or as many as the first argument says) and prints one line of JSON.
pub fn report(engine: &str, days: u64, run: impl Fn(u64) -> Day) {
    let days = std::env::args().nth(1).map_or(days, |text| text.parse().expect("a number of days"));
    let started = Instant::now();
    let mut all = Day::default();
    for seed in 1..=days {
        let day = run(seed);
        all.patients += day.patients;
        for room in 0..5 {
            all.visits[room] += day.visits[room];
            all.wait_ms[room] += day.wait_ms[room];
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let events = all.patients + 2 * all.visits.iter().sum::<u64>();
    let wait = |room: usize| all.wait_ms[room] as f64 / all.visits[room].max(1) as f64 / 1_000.0;
    let waits: Vec<String> = (0..5).map(|room| format!("{:.2}", wait(room))).collect();
    println!(
        r#"{{"engine": "{engine}", "patients": {}, "events": {events}, "seconds": {seconds:.3}, "patients_per_s": {:.0}, "wait_mean_s": [{}]}}"#,
        all.patients,
        all.patients as f64 / seconds,
        waits.join(", "),
    );
}
