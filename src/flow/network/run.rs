//! Replications of a network, each on the buffers of its worker. Must never share state between
//! replications.

use super::agenda::Agenda;
use super::calendar::{Boxes, Heap};
use super::compile::{Method, Network, ms};
use super::desk::{Desk, Place};
use super::direct::{Line, Tree};
use super::draw::{Luck, Program};
use super::events::Events;
use super::plan::How;
use super::problems::{Problem, Severity};
use super::ranked::Ranked;
use super::record::{Record, Visit};
use super::result::{NetworkResult, Replication};
use super::series::Series;
use super::spec::NetworkSpec;
use super::windows::{Inbox, Leavers, Passed, Windows, key};
use crate::domain::Ms;
use crate::random::Philox;
use rayon::prelude::*;

/// What is wanted of a run besides its sums.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Customers who come earlier are simulated but not counted, seconds.
    pub warm_up_s: f64,
    /// Width of the intervals of [`Series`], seconds; `None` keeps none.
    pub interval_s: Option<f64>,
    /// Runs every station by explicit starts and completions on one binary heap: the oracle, slow.
    pub plain: bool,
}

/// Runs replications `0..replications` on the current rayon pool; the result depends on the seed
/// alone. The errors of [`NetworkSpec::problems`] stop it, warnings do not.
pub fn simulate(
    spec: &NetworkSpec,
    seed: u64,
    replications: u16,
) -> Result<NetworkResult, Vec<Problem>> {
    simulate_with(spec, seed, replications, Options::default())
}

/// The same with options.
pub fn simulate_with(
    spec: &NetworkSpec,
    seed: u64,
    replications: u16,
    options: Options,
) -> Result<NetworkResult, Vec<Problem>> {
    let problems = spec.problems();
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(problems);
    }
    let network = Network::new(spec);
    let philox = Philox::new(seed);
    let run =
        |state: &mut State, replication| state.run(&network, Luck { philox, replication }, options);
    Ok(NetworkResult {
        stations: spec.stations.iter().map(|station| station.name.clone()).collect(),
        replications: (0..replications)
            .into_par_iter()
            .map_init(|| State::new(&network), run)
            .collect(),
    })
}

/// The method of each station, in order; a stage whose stations are passed in windows says so.
pub fn methods(spec: &NetworkSpec) -> Vec<(Method, bool)> {
    let network = Network::new(spec);
    let in_windows = |k: usize| {
        let mut stages = network.stages.iter();
        let stage = stages.find(|stage| stage.stations.contains(&(k as u8)));
        stage.is_some_and(|stage| matches!(stage.how, How::Windows { .. }))
    };
    let stations = network.stations.iter().enumerate();
    stations.map(|(k, station)| (station.method, in_windows(k))).collect()
}

/// Buffers of one worker.
struct State {
    program: Program,
    inboxes: Vec<Inbox>,
    records: Vec<Record>,
    trees: Vec<Tree>,
    lines: Vec<Line>,
    ranked: Vec<Ranked>,
    desks: Vec<Desk>,
    agendas: Vec<Agenda>,
    places: Vec<Place>,
    gathered: Vec<Vec<(Ms, u32)>>,
    leavers: Leavers,
    boxes: Boxes,
    heap: Heap,
    batch: Vec<u64>,
    passed: Vec<Passed>,
}

impl State {
    fn new(network: &Network) -> State {
        fn each<T: Default>(network: &Network) -> Vec<T> {
            network.stations.iter().map(|_| T::default()).collect()
        }
        State {
            program: Program::default(),
            // The last one is the exit's.
            inboxes: (0..=network.stations.len()).map(|_| Inbox::default()).collect(),
            records: each(network),
            trees: each(network),
            lines: each(network),
            ranked: each(network),
            desks: each(network),
            agendas: each(network),
            places: Vec::new(),
            gathered: each(network),
            leavers: Leavers::default(),
            boxes: Boxes::default(),
            heap: Heap::default(),
            batch: Vec::new(),
            passed: Vec::new(),
        }
    }

    fn run(&mut self, network: &Network, luck: Luck, options: Options) -> Replication {
        self.program.draw(network, luck);
        self.reset(network, options);
        if options.plain {
            let all: Vec<u8> = (0..network.stations.len()).map(|k| k as u8).collect();
            self.run_events(network, &all, true);
        } else {
            for stage in &network.stages {
                let done = match &stage.how {
                    How::Windows { back } => self.run_windows(network, &stage.stations, back),
                    How::Events => false,
                };
                if !done {
                    self.run_events(network, &stage.stations, false);
                }
            }
        }
        self.results(network, options)
    }

    fn reset(&mut self, network: &Network, options: Options) {
        let warm_up_ms = ms(options.warm_up_s);
        let customers = &self.program.customers;
        let first = customers.partition_point(|&(came_ms, _)| came_ms < warm_up_ms);
        let first_counted = self.program.first_step(first);
        self.leavers = Leavers { first_counted, ..Leavers::default() };
        let activities = network.activities.len();
        let last_came_ms = customers.last().map_or(0, |&(came_ms, _)| came_ms);
        self.inboxes.iter_mut().for_each(Inbox::reset);
        for (k, station) in network.stations.iter().enumerate() {
            self.records[k].reset(activities, options.interval_s.is_some(), last_came_ms);
            let method = if options.plain { Method::Desk } else { station.method };
            match method {
                Method::Tree => self.trees[k].reset(station.roster.servers()),
                Method::Line => self.lines[k].reset(station),
                Method::Ranked => {
                    self.ranked[k].reset(station);
                    self.desks[k].reset(station);
                }
                Method::Desk => {
                    self.desks[k].reset(station);
                    self.agendas[k].reset();
                }
                Method::Delay | Method::Batch => {}
            }
            self.gathered[k].clear();
        }
        for &(came_ms, first) in &self.program.customers {
            let station = usize::from(self.program.steps[first as usize].station);
            self.inboxes[station].lay_outside(key(came_ms, first));
        }
    }

    /// Where each step stands at its desk: nowhere yet.
    fn clear_places(&mut self) {
        self.places.clear();
        self.places.resize(self.program.steps.len(), Place::default());
    }

    fn run_windows(&mut self, network: &Network, stations: &[u8], back: &[u8]) -> bool {
        if stations.iter().any(|&k| network.stations[usize::from(k)].method == Method::Desk) {
            self.clear_places();
        }
        let mut windows = Windows {
            network,
            program: &self.program,
            inboxes: &mut self.inboxes,
            records: &mut self.records,
            trees: &mut self.trees,
            lines: &mut self.lines,
            ranked: &mut self.ranked,
            desks: &mut self.desks,
            agendas: &mut self.agendas,
            places: &mut self.places,
            leavers: &mut self.leavers,
            batch: &mut self.batch,
            passed: &mut self.passed,
        };
        windows.run(stations, back)
    }

    fn run_events(&mut self, network: &Network, stations: &[u8], plain: bool) {
        let desk = |&k: &u8| {
            matches!(network.stations[usize::from(k)].method, Method::Desk | Method::Ranked)
        };
        if plain || stations.iter().any(desk) {
            self.clear_places();
        }
        macro_rules! run_on {
            ($queue:expr) => {
                Events {
                    network,
                    program: &self.program,
                    inboxes: &mut self.inboxes,
                    records: &mut self.records,
                    trees: &mut self.trees,
                    lines: &mut self.lines,
                    desks: &mut self.desks,
                    places: &mut self.places,
                    gathered: &mut self.gathered,
                    leavers: &mut self.leavers,
                    queue: $queue,
                    plain,
                }
                .run(stations)
            };
        }
        if plain { run_on!(&mut self.heap) } else { run_on!(&mut self.boxes) }
    }

    fn results(&mut self, network: &Network, options: Options) -> Replication {
        let from_ms = ms(options.warm_up_s);
        let mut leavers = self.leavers;
        leavers.pass(self.inboxes[usize::from(network.exit())].outside());
        let customers = &self.program.customers;
        let first = customers.partition_point(|&(_, step)| step < leavers.first_counted);
        let counted = &customers[first..];
        let came: u64 = counted.iter().map(|&(came_ms, _)| u64::from(came_ms)).sum();
        let both = self.records.iter_mut().zip(&network.stations);
        let stations: Vec<_> =
            both.map(|(record, station)| record.finish(station, from_ms, leavers.end_ms)).collect();
        let sum = |of: fn(&super::StationResult) -> u64| stations.iter().map(of).sum::<u64>();
        let series = options.interval_s.map_or_else(Vec::new, |interval_s| {
            let visits =
                |record: &mut Record| -> Vec<Visit> { record.visits.take().unwrap_or_default() };
            let width_ms = ms(interval_s).max(1);
            let mut all = self.records.iter_mut().map(visits);
            all.by_ref().map(|visits| Series::of(&visits, width_ms, leavers.end_ms)).collect()
        });
        Replication {
            customers: counted.len() as u64,
            done: leavers.done,
            turned_away: sum(|s| s.turned_away),
            blocked: sum(|s| s.blocked),
            balked: sum(|s| s.balked),
            reneged: sum(|s| s.reneged),
            no_shows: self.program.no_shows,
            events: counted.len() as u64 + 2 * sum(|s| s.served) + sum(|s| s.reneged),
            time_in_system_sum_ms: leavers.exit_sum_ms - came,
            end_ms: leavers.end_ms,
            stations,
            series,
        }
    }
}
