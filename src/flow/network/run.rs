//! Replications of a network. Each customer's luck is addressed by its number, its step and the
//! replication, so a change of one station's servers leaves everybody's services as they were.
//! Must never share state between replications.

use super::{ARRIVAL, NetworkSpec, Problem, RatePiece, Severity};
use crate::des::{BucketCalendar, Calendar, EventClass, EventKey, QueueMeter, Roster, Servers};
use crate::domain::Ms;
use crate::random::{
    Address, Distribution, Philox, Purpose, QuantileTable, chance, probability_to_word,
};
use libm::round;
use rayon::prelude::*;

const MS_PER_SECOND: f64 = 1_000.0;
const US_PER_SECOND: f64 = 1_000_000.0;
/// Exponential draws of mean 1 in units of 2^-24; their largest, 15.9, fits 32 bits.
const UNIT_BITS: u32 = 24;

/// What a network did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkResult {
    /// Station names, in the order of [`Replication::stations`].
    pub stations: Vec<String>,
    /// By replication.
    pub replications: Vec<Replication>,
}

/// One replication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replication {
    /// Customers who came.
    pub customers: u64,
    /// Customers turned away by a station that had closed.
    pub turned_away: u64,
    /// Arrivals, starts of service and completions.
    pub events: u64,
    /// Sum of times from arrival to exit, ms.
    pub time_in_system_sum_ms: u64,
    /// When the last customer left, ms.
    pub end_ms: Ms,
    /// By station.
    pub stations: Vec<StationResult>,
}

/// One station in one replication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StationResult {
    /// Services given.
    pub served: u64,
    /// Sum of waits, ms.
    pub wait_sum_ms: u64,
    /// Area under the length of the line, ms × customers, swept from events: Little's law says
    /// that it equals the sum of waits.
    pub queue_area_ms: u64,
    /// Median wait, ms.
    pub wait_p50_ms: Ms,
    /// Nine in ten waits are at most this, ms.
    pub wait_p90_ms: Ms,
    /// 99 in 100 waits are at most this, ms.
    pub wait_p99_ms: Ms,
    /// Longest line.
    pub longest_queue: u32,
    /// Sum of services, ms.
    pub busy_ms: u64,
    /// Server time on duty until the end of the replication, ms.
    pub capacity_ms: u64,
}

impl StationResult {
    /// Mean wait, seconds; 0 when nobody was served.
    pub fn wait_mean_s(&self) -> f64 {
        self.wait_sum_ms as f64 / self.served.max(1) as f64 / MS_PER_SECOND
    }

    /// Share of the servers' time on duty that was spent serving.
    pub fn utilisation(&self) -> f64 {
        self.busy_ms as f64 / self.capacity_ms.max(1) as f64
    }
}

/// Runs replications `0..replications` on the current rayon pool; the result depends on the seed
/// alone. The errors of [`NetworkSpec::problems`] stop it, warnings do not.
pub fn simulate(
    spec: &NetworkSpec,
    seed: u64,
    replications: u16,
) -> Result<NetworkResult, Vec<Problem>> {
    let problems = spec.problems();
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(problems);
    }
    let network = Network::new(spec);
    let philox = Philox::new(seed);
    let run = |state: &mut State, replication| state.run(&network, philox, replication);
    Ok(NetworkResult {
        stations: spec.stations.iter().map(|station| station.name.clone()).collect(),
        replications: (0..replications)
            .into_par_iter()
            .map_init(|| State::new(&network), run)
            .collect(),
    })
}

/// A compiled network.
struct Network {
    rosters: Vec<Roster>,
    activities: Vec<CompiledActivity>,
    first: Branches,
    pieces: Vec<Piece>,
    exponential: QuantileTable,
}

struct CompiledActivity {
    station: usize,
    service: QuantileTable,
    again: Option<QuantileTable>,
    next: Branches,
}

/// Cumulative thresholds and targets; no target is the exit.
type Branches = Vec<(u32, Option<u8>)>;

/// Arrivals of constant rate; µs.
struct Piece {
    from: u64,
    to: u64,
    mean_gap: f64,
}

impl Network {
    fn new(spec: &NetworkSpec) -> Network {
        let activities = spec.activities.iter().map(|activity| CompiledActivity {
            station: spec
                .station_index(&activity.station)
                .expect("invariant: `problems` has checked that each activity has its station"),
            service: activity.service_s.table(MS_PER_SECOND),
            again: activity.again_s.as_ref().map(|service| service.table(MS_PER_SECOND)),
            next: branches(spec, &activity.name),
        });
        Network {
            rosters: spec.stations.iter().map(roster).collect(),
            activities: activities.collect(),
            first: branches(spec, ARRIVAL),
            pieces: spec.arrivals.pieces().iter().filter_map(piece).collect(),
            exponential: Distribution::Exponential { mean: 1.0 }
                .table(f64::from(1_u32 << UNIT_BITS)),
        }
    }
}

fn roster(station: &super::NetworkStation) -> Roster {
    if station.shifts.is_empty() {
        return Roster::always(station.servers);
    }
    let ms = |seconds: f64| round(seconds * MS_PER_SECOND) as Ms;
    Roster::new(station.shifts.iter().map(|s| (ms(s.from_s), ms(s.to_s), s.servers)))
}

fn branches(spec: &NetworkSpec, from: &str) -> Branches {
    let mut sum = 0.0;
    let mut branches: Branches = spec
        .routes
        .iter()
        .filter(|route| route.from == from && route.probability > 0.0)
        .map(|route| {
            sum += route.probability;
            (probability_to_word(sum), spec.activity_index(&route.to).map(|k| k as u8))
        })
        .collect();
    if let Some(last) = branches.last_mut() {
        last.0 = u32::MAX;
    }
    branches
}

#[inline]
fn choose(branches: &Branches, word: u32) -> Option<u8> {
    branches.iter().find(|(threshold, _)| chance(word, *threshold)).and_then(|(_, to)| *to)
}

fn piece(piece: &RatePiece) -> Option<Piece> {
    let us = |seconds: f64| round(seconds * US_PER_SECOND) as u64;
    (piece.per_hour > 0.0).then(|| Piece {
        from: us(piece.from_s),
        to: us(piece.to_s),
        mean_gap: 3_600.0 * US_PER_SECOND / piece.per_hour,
    })
}

/// A customer on the way.
#[derive(Clone, Copy, Default)]
struct Customer {
    /// Activities passed at least once, a bit each.
    passed: u64,
    step: u32,
    came_ms: Ms,
    activity: u8,
}

/// Two words of a customer's step; two steps share a block.
#[inline]
fn words(philox: Philox, replication: u16, customer: u32, step: u32) -> (u32, u32) {
    let address = Address::new(u64::from(customer), replication, Purpose::Network).at(step / 2);
    let [a, b, c, d] = philox.block(address);
    if step.is_multiple_of(2) { (a, b) } else { (c, d) }
}

/// Buffers of one worker.
struct State {
    calendar: BucketCalendar,
    customers: Vec<Customer>,
    stations: Vec<Line>,
}

#[derive(Default)]
struct Line {
    servers: Servers,
    meter: QueueMeter,
    served: u64,
    /// Waits above 0: most customers of a good station do not wait, and need not be ranked.
    waits_ms: Vec<Ms>,
    busy_ms: u64,
}

impl State {
    fn new(network: &Network) -> State {
        State {
            calendar: BucketCalendar::default(),
            customers: Vec::new(),
            stations: network.rosters.iter().map(|_| Line::default()).collect(),
        }
    }

    fn run(&mut self, network: &Network, philox: Philox, replication: u16) -> Replication {
        for (line, roster) in self.stations.iter_mut().zip(&network.rosters) {
            line.servers.reset(roster);
            line.meter.reset();
            line.waits_ms.clear();
            (line.served, line.busy_ms) = (0, 0);
        }
        self.arrive(network, philox, replication);
        let customers = self.customers.len() as u64;
        let mut totals = Replication { customers, ..Replication::default() };
        while let Some(event) = self.calendar.pop() {
            self.serve(network, (philox, replication), event, &mut totals);
        }
        let lines = self.stations.iter_mut().zip(&network.rosters);
        totals.stations = lines.map(|(line, roster)| line.result(roster, totals.end_ms)).collect();
        let served: u64 = totals.stations.iter().map(|station| station.served).sum();
        totals.events = customers + 2 * served;
        totals
    }

    /// Draws all arrivals: a Poisson process of rate 1 in operational time, mapped to the clock.
    fn arrive(&mut self, network: &Network, philox: Philox, replication: u16) {
        self.customers.clear();
        let mut pieces = network.pieces.iter();
        let mut current = pieces.next();
        let mut now_us = current.map_or(0, |piece| piece.from);
        loop {
            let rank = self.customers.len() as u32;
            let (route, gap) = words(philox, replication, rank, 0);
            let unit = f64::from(1_u32 << UNIT_BITS);
            let mut left = f64::from(network.exponential.sample(gap)) / unit;
            while let Some(piece) = current {
                let span = (piece.to - now_us) as f64 / piece.mean_gap;
                if left < span {
                    now_us += (left * piece.mean_gap) as u64;
                    break;
                }
                left -= span;
                current = pieces.next();
                now_us = current.map_or(now_us, |piece| piece.from);
            }
            let (Some(_), Some(activity)) = (current, choose(&network.first, route)) else { break };
            let came_ms = (now_us / 1_000) as Ms;
            self.customers.push(Customer { passed: 0, step: 1, came_ms, activity });
        }
        self.calendar.reset(self.customers.len());
        for (rank, customer) in (0_u32..).zip(&self.customers) {
            self.calendar.push(EventKey::new(customer.came_ms, EventClass::Arrival, rank, 1));
        }
    }

    fn serve(
        &mut self,
        network: &Network,
        (philox, replication): (Philox, u16),
        event: EventKey,
        totals: &mut Replication,
    ) {
        let (now, rank) = (event.ms(), event.rank());
        let customer = &mut self.customers[rank as usize];
        let activity = &network.activities[usize::from(customer.activity)];
        let line = &mut self.stations[activity.station];
        let Some(slot) = line.servers.find(&network.rosters[activity.station], now) else {
            totals.turned_away += 1;
            return totals.leave(customer.came_ms, now);
        };
        let (service_word, route_word) = words(philox, replication, rank, customer.step);
        let bit = 1_u64 << customer.activity;
        let table = match &activity.again {
            Some(again) if customer.passed & bit != 0 => again,
            _ => &activity.service,
        };
        let service_ms = table.sample(service_word);
        let done_ms = slot.start_ms + service_ms;
        line.servers.occupy(slot, done_ms);
        if slot.start_ms > now {
            line.meter.join(now, slot.start_ms);
            line.waits_ms.push(slot.start_ms - now);
        }
        line.served += 1;
        line.busy_ms += u64::from(service_ms);
        customer.passed |= bit;
        customer.step += 1;
        match choose(&activity.next, route_word) {
            Some(next) => {
                customer.activity = next;
                let step = customer.step as u8;
                self.calendar.push(EventKey::new(done_ms, EventClass::Arrival, rank, step));
            }
            None => totals.leave(customer.came_ms, done_ms),
        }
    }
}

impl Replication {
    fn leave(&mut self, came_ms: Ms, now: Ms) {
        self.time_in_system_sum_ms += u64::from(now - came_ms);
        self.end_ms = self.end_ms.max(now);
    }
}

impl Line {
    fn result(&mut self, roster: &Roster, end_ms: Ms) -> StationResult {
        let waits = &mut self.waits_ms;
        let at_once = self.served as usize - waits.len();
        StationResult {
            served: self.served,
            wait_sum_ms: waits.iter().map(|&wait| u64::from(wait)).sum(),
            queue_area_ms: self.meter.finish(),
            wait_p50_ms: quantile(waits, at_once, 50),
            wait_p90_ms: quantile(waits, at_once, 90),
            wait_p99_ms: quantile(waits, at_once, 99),
            longest_queue: self.meter.longest(),
            busy_ms: self.busy_ms,
            capacity_ms: roster.capacity_ms(0, end_ms),
        }
    }
}

/// The smallest value that at least `percent` in 100 of all values do not exceed, where `zeros`
/// further values are 0; 0 of nothing.
fn quantile(values: &mut [Ms], zeros: usize, percent: usize) -> Ms {
    let place = ((values.len() + zeros) * percent).div_ceil(100);
    match place.checked_sub(zeros + 1) {
        Some(place) => *values.select_nth_unstable(place).1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_count_the_zeros_that_are_not_stored() {
        let rows = [(50, 0), (80, 0), (81, 10), (90, 10), (91, 20), (99, 20), (100, 20)];
        for (percent, expected) in rows {
            assert_eq!(quantile(&mut [20, 10], 8, percent), expected, "{percent} in 100");
        }
        assert_eq!(quantile(&mut [], 0, 50), 0);
        assert_eq!(quantile(&mut [7], 0, 1), 7);
    }
}
