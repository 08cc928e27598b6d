//! A network made ready to run: names become numbers, distributions tables, probabilities
//! thresholds, shifts rosters; and for each station the cheapest method that is exact for it. Must
//! never depend on a seed.

use super::draw::NOWHERE;
use super::plan::{Stage, stages};
use super::spec::{
    ARRIVAL, Activity, Arrivals, Discipline, EXIT, Lines, NetworkShift, NetworkSpec,
    NetworkStation, Stream,
};
use crate::des::Roster;
use crate::domain::Ms;
use crate::random::{Distribution, QuantileTable, probability_to_word};
use libm::round;

pub(super) const MS_PER_SECOND: f64 = 1_000.0;
const US_PER_SECOND: f64 = 1_000_000.0;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// Days for which daily shifts are written out: the longest run, and a fortnight to serve it out.
const DAYS: u32 = 44;
/// Exponential draws of mean 1 in units of 2^-24; their largest, 15.9, fits 32 bits.
const UNIT_BITS: u32 = 24;

/// How a station is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// FIFO, never closed, nobody leaves: a tree of the servers' free times.
    Tree,
    /// FIFO with shifts, lines of their own, patience, room or balking: departure known at arrival.
    Line,
    /// Priorities or appointments, never closed, with patience or with room and balking: starts follow
    /// window by window from the servers' free times.
    Ranked,
    /// Priorities or appointments with more than that: starts of service are events of the station's own.
    Desk,
    /// Time without a server.
    Delay,
    /// Time without a server that begins together.
    Batch,
}

impl Method {
    /// Name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Tree => "tree",
            Method::Line => "line",
            Method::Ranked => "ranked",
            Method::Desk => "events",
            Method::Delay => "delay",
            Method::Batch => "batch",
        }
    }

    /// Whether a window's departures follow from its arrivals.
    pub(super) const fn has_windows(self) -> bool {
        !matches!(self, Method::Batch)
    }
}

/// A compiled network.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) stations: Vec<CompiledStation>,
    pub(super) activities: Vec<CompiledActivity>,
    pub(super) streams: Vec<CompiledStream>,
    /// Service times, ms; equal distributions share one table.
    pub(super) tables: Vec<QuantileTable>,
    pub(super) keeps: Keeps,
    /// What is run after what.
    pub(super) stages: Vec<Stage>,
}

/// What some station asks to be kept of customers and steps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keeps {
    pub(super) ranks: bool,
    pub(super) owners: bool,
    pub(super) tempers: bool,
}

#[derive(Debug)]
pub(super) struct CompiledStation {
    pub(super) method: Method,
    pub(super) roster: Roster,
    /// Never closed, all servers always there.
    pub(super) always: bool,
    pub(super) discipline: Discipline,
    pub(super) lines: Lines,
    pub(super) room: u32,
    /// Length of line and threshold of going away, rising.
    pub(super) balking: Vec<(u32, u32)>,
    pub(super) patience: Option<QuantileTable>,
    pub(super) target_ms: Ms,
    /// Customers go on at multiples of this.
    pub(super) every_ms: Ms,
    /// Size and longest gathering of a batch.
    pub(super) batch: Option<(u32, Ms)>,
}

impl CompiledStation {
    /// Threshold of going away with so many in line.
    pub(super) fn balk_threshold(&self, line: u32) -> u32 {
        let reached = self.balking.iter().rev().find(|&&(from, _)| from <= line);
        reached.map_or(0, |&(_, threshold)| threshold)
    }

    /// When a time without a server ends that begins now.
    #[inline]
    pub(super) fn released_ms(&self, now: Ms, time_ms: Ms) -> Ms {
        let done = now.saturating_add(time_ms);
        if self.every_ms > 1 {
            done.checked_next_multiple_of(self.every_ms).unwrap_or(Ms::MAX)
        } else {
            done
        }
    }
}

#[derive(Debug)]
pub(super) struct CompiledActivity {
    pub(super) station: u8,
    /// Index of the table of the first pass and of later ones.
    pub(super) service: usize,
    pub(super) again: usize,
    pub(super) next: Branches,
}

#[derive(Debug)]
pub(super) struct CompiledStream {
    pub(super) coming: Coming,
    /// Thresholds of one more in the group.
    pub(super) groups: Vec<u32>,
    pub(super) priority: u8,
    pub(super) first: Branches,
}

/// Thresholds that are compared at once.
const FEW: usize = 2;

/// Branches with their cumulative thresholds; the last branch needs none. Thresholds are filled up to
/// whole groups, behind which the last target is repeated.
#[derive(Debug, Default)]
pub(super) struct Branches {
    thresholds: Vec<[u32; FEW]>,
    targets: Vec<Target>,
}

/// Where a branch leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// [`NOWHERE`] out of the network.
    pub(super) activity: u8,
    /// The activity's, or the exit.
    pub(super) station: u8,
}

impl Branches {
    /// Where a word leads: a way is as good as a coin, so it is counted and not branched on.
    #[inline]
    pub(super) fn choose(&self, word: u32) -> Target {
        let mut place = 0;
        for group in &self.thresholds {
            for &threshold in group {
                place += usize::from(word >= threshold);
            }
        }
        self.targets[place]
    }

    /// Stations to which a branch leads, the exit included.
    pub(super) fn stations(&self) -> impl Iterator<Item = u8> {
        self.targets.iter().map(|target| target.station)
    }
}

/// When a stream's customers come; ms.
#[derive(Debug)]
pub(super) enum Coming {
    Rates(Rates),
    Renewal { gap_ms: QuantileTable, until_ms: Ms },
    Appointments(Slots),
    Trace { times_ms: Vec<Ms> },
}

#[derive(Debug)]
pub(super) struct Slots {
    pub(super) from_ms: Ms,
    pub(super) every_ms: Ms,
    pub(super) count: u32,
    pub(super) per_slot: u32,
    pub(super) no_show: u32,
    pub(super) early_ms: Ms,
    pub(super) late: QuantileTable,
}

/// A Poisson process whose rate changes by steps.
#[derive(Debug)]
pub(super) struct Rates {
    pieces: Vec<Piece>,
    /// Exponential of mean 1.
    pub(super) unit: QuantileTable,
}

/// Arrivals of constant rate; µs.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: u64,
    to: u64,
    mean_gap: f64,
}

/// Where a Poisson process has got to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    piece: usize,
    now_us: u64,
}

impl Rates {
    pub(super) fn clock(&self) -> Clock {
        Clock { piece: 0, now_us: self.pieces.first().map_or(0, |piece| piece.from) }
    }
}

impl Clock {
    /// The next arrival, ms: a process of rate 1 in operational time, mapped to the clock.
    #[inline]
    pub(super) fn after(&mut self, rates: &Rates, unit: u32) -> Option<Ms> {
        let mut left = f64::from(unit) / f64::from(1_u32 << UNIT_BITS);
        loop {
            let piece = rates.pieces.get(self.piece)?;
            let gap = (left * piece.mean_gap) as u64;
            let span = piece.to - self.now_us;
            if gap < span {
                self.now_us += gap;
                return Some((self.now_us / 1_000) as Ms);
            }
            left -= span as f64 / piece.mean_gap;
            self.piece += 1;
            self.now_us = rates.pieces.get(self.piece).map_or(self.now_us, |next| next.from);
        }
    }
}

impl Keeps {
    /// Whether anything is asked of steps.
    pub(super) fn of_steps(self) -> bool {
        self.owners || self.tempers
    }
}

impl Network {
    /// Compiles a spec without errors.
    pub(super) fn new(spec: &NetworkSpec) -> Network {
        let mut tables = Tables::default();
        let activities = spec.activities.iter().map(|activity| CompiledActivity {
            station: station_of(spec, activity),
            service: tables.index(&activity.service_s),
            again: tables.index(activity.again_s.as_ref().unwrap_or(&activity.service_s)),
            next: branches(spec, &activity.name),
        });
        let activities: Vec<CompiledActivity> = activities.collect();
        let stations: Vec<CompiledStation> = spec.stations.iter().map(station).collect();
        let ranks = spec.stations.iter().any(|station| station.discipline != Discipline::Fifo);
        let leaving = |s: &NetworkStation| s.patience_s.is_some() || !s.balking.is_empty();
        let keeps = Keeps { ranks, owners: ranks, tempers: spec.stations.iter().any(leaving) };
        let mut network = Network {
            stations,
            activities,
            streams: spec.streams.iter().map(|stream| compiled_stream(spec, stream)).collect(),
            tables: tables.tables,
            keeps,
            stages: Vec::new(),
        };
        network.stages = stages(spec, &network);
        network
    }

    /// Where customers go who leave: behind the last station.
    pub(super) fn exit(&self) -> u8 {
        self.stations.len() as u8
    }
}

/// Tables of distributions, each kept once.
#[derive(Default)]
struct Tables {
    known: Vec<Distribution>,
    tables: Vec<QuantileTable>,
}

impl Tables {
    fn index(&mut self, distribution: &Distribution) -> usize {
        if let Some(index) = self.known.iter().position(|known| known == distribution) {
            return index;
        }
        self.known.push(distribution.clone());
        self.tables.push(distribution.table(MS_PER_SECOND));
        self.tables.len() - 1
    }
}

pub(super) fn ms(seconds: f64) -> Ms {
    round(seconds * MS_PER_SECOND) as Ms
}

fn station(spec: &NetworkStation) -> CompiledStation {
    let always = spec.shifts.is_empty() && spec.breaks.is_empty() && spec.closed_days.is_empty();
    let delay = spec.delay.unwrap_or_default();
    let batch = delay.batch.map(|batch| (batch.size, ms(batch.longest_s)));
    let leaving = spec.patience_s.is_some() || !spec.balking.is_empty() || spec.room.is_some();
    let method = if spec.delay.is_some() {
        if batch.is_some() { Method::Batch } else { Method::Delay }
    } else if spec.discipline != Discipline::Fifo {
        // Whoever counts a line out of which others have given up must know when.
        let looks = !spec.balking.is_empty() || spec.room.is_some();
        let counts = looks && spec.patience_s.is_some();
        let simple = always && !counts && spec.lines == Lines::Shared;
        if simple { Method::Ranked } else { Method::Desk }
    } else if always && !leaving && spec.lines == Lines::Shared {
        Method::Tree
    } else {
        Method::Line
    };
    CompiledStation {
        method,
        roster: if always { Roster::always(spec.servers) } else { roster(spec) },
        always,
        discipline: spec.discipline,
        lines: spec.lines,
        room: spec.room.unwrap_or(u32::MAX),
        balking: spec.balking.iter().map(|b| (b.line, probability_to_word(b.share))).collect(),
        patience: spec.patience_s.as_ref().map(|patience| patience.table(MS_PER_SECOND)),
        target_ms: spec.target_wait_s.map_or(Ms::MAX, ms),
        every_ms: delay.every_s.map_or(1, ms).max(1),
        batch,
    }
}

/// Shifts less breaks on every open day.
pub(super) fn roster(spec: &NetworkStation) -> Roster {
    let day = |k: u32| f64::from(k) * SECONDS_PER_DAY;
    let whole = [NetworkShift { from_s: 0.0, to_s: day(DAYS), servers: spec.servers }];
    let shifts = if spec.shifts.is_empty() { &whole[..] } else { &spec.shifts };
    let days = if spec.daily { DAYS } else { 1 };
    let over_days = |intervals: &[NetworkShift]| -> Vec<NetworkShift> {
        let of_day = |k| {
            let moved = move |s: &NetworkShift| NetworkShift {
                from_s: s.from_s + day(k),
                to_s: s.to_s + day(k),
                ..*s
            };
            intervals.iter().map(moved).collect::<Vec<_>>()
        };
        (0..days).flat_map(of_day).collect()
    };
    let closed = spec.closed_days.iter().map(|&k| NetworkShift {
        from_s: day(k),
        to_s: day(k + 1),
        servers: u32::MAX,
    });
    let shifts = if spec.shifts.is_empty() { shifts.to_vec() } else { over_days(shifts) };
    let away: Vec<NetworkShift> = over_days(&spec.breaks).into_iter().chain(closed).collect();
    Roster::new(shifts.iter().flat_map(|shift| without(shift, &away)))
}

/// A shift cut where somebody goes or comes back: intervals with the servers who are there.
fn without(shift: &NetworkShift, away: &[NetworkShift]) -> Vec<(Ms, Ms, u32)> {
    let (from, to) = (ms(shift.from_s), ms(shift.to_s));
    let mut cuts = vec![from, to];
    let ends = away.iter().flat_map(|gap| [ms(gap.from_s), ms(gap.to_s)]);
    cuts.extend(ends.filter(|&cut| from < cut && cut < to));
    cuts.sort_unstable();
    cuts.dedup();
    let servers = |at: Ms| {
        let missing = away.iter().filter(|gap| ms(gap.from_s) <= at && at < ms(gap.to_s));
        missing.fold(shift.servers, |left, gap| left.saturating_sub(gap.servers))
    };
    let mut pieces: Vec<(Ms, Ms, u32)> = Vec::new();
    for pair in cuts.windows(2) {
        let there = servers(pair[0]);
        match pieces.last_mut() {
            Some(last) if last.2 == there => last.1 = pair[1],
            _ => pieces.push((pair[0], pair[1], there)),
        }
    }
    pieces
}

fn branches(spec: &NetworkSpec, from: &str) -> Branches {
    let mut sum = 0.0;
    let (mut thresholds, mut targets) = (Vec::new(), Vec::new());
    for route in spec.routes.iter().filter(|route| route.from == from && route.probability > 0.0) {
        sum += route.probability;
        thresholds.push(probability_to_word(sum));
        targets.push(target(spec, &route.to));
    }
    thresholds.pop();
    thresholds.resize(thresholds.len().next_multiple_of(FEW), u32::MAX);
    let last = targets.last().copied().unwrap_or(target(spec, EXIT));
    targets.resize(thresholds.len() + 1, last);
    Branches { thresholds: thresholds.as_chunks().0.to_vec(), targets }
}

fn target(spec: &NetworkSpec, name: &str) -> Target {
    let Some(activity) = spec.activity_index(name) else {
        return Target { activity: NOWHERE, station: spec.stations.len() as u8 };
    };
    Target { activity: activity as u8, station: station_of(spec, &spec.activities[activity]) }
}

fn station_of(spec: &NetworkSpec, activity: &Activity) -> u8 {
    let station = spec.station_index(&activity.station);
    station.expect("invariant: `problems` has checked that each activity has its station") as u8
}

fn compiled_stream(spec: &NetworkSpec, stream: &Stream) -> CompiledStream {
    let mut sum = 0.0;
    let mut groups: Vec<u32> = Vec::new();
    for share in &stream.groups {
        sum += share;
        groups.push(probability_to_word(sum));
    }
    groups.pop();
    CompiledStream {
        coming: coming(stream),
        groups,
        priority: stream.priority,
        first: branches(spec, spec.routes_of(&stream.name)),
    }
}

impl NetworkSpec {
    /// The name under which a stream's first steps are found.
    pub(super) fn routes_of<'a>(&self, stream: &'a str) -> &'a str {
        let own = self.routes.iter().any(|route| route.from == stream);
        if own { stream } else { ARRIVAL }
    }
}

fn coming(stream: &Stream) -> Coming {
    match &stream.arrivals {
        Arrivals::Poisson { duration_s, mean_gap_s } => {
            let us = |seconds: f64| round(seconds * US_PER_SECOND);
            let mean_gap = mean_gap_s * US_PER_SECOND;
            rates(vec![Piece { from: 0, to: us(*duration_s) as u64, mean_gap }])
        }
        Arrivals::Piecewise { pieces } => {
            let us = |seconds: f64| round(seconds * US_PER_SECOND) as u64;
            let coming = pieces.iter().filter(|piece| piece.per_hour > 0.0);
            let pieces = coming.map(|piece| Piece {
                from: us(piece.from_s),
                to: us(piece.to_s),
                mean_gap: 3_600.0 * US_PER_SECOND / piece.per_hour,
            });
            rates(pieces.collect())
        }
        Arrivals::Renewal { gap_s, duration_s } => {
            Coming::Renewal { gap_ms: gap_s.table(MS_PER_SECOND), until_ms: ms(*duration_s) }
        }
        Arrivals::Trace { times_s } => {
            Coming::Trace { times_ms: times_s.iter().map(|&time| ms(time)).collect() }
        }
        Arrivals::Appointments(a) => Coming::Appointments(Slots {
            from_ms: ms(a.from_s),
            every_ms: ms(a.every_s),
            count: a.slots(),
            per_slot: a.per_slot,
            no_show: probability_to_word(a.no_show),
            early_ms: ms(a.early_s),
            late: a.late_s.table(MS_PER_SECOND),
        }),
    }
}

fn rates(pieces: Vec<Piece>) -> Coming {
    let unit = Distribution::Exponential { mean: 1.0 }.table(f64::from(1_u32 << UNIT_BITS));
    Coming::Rates(Rates { pieces, unit })
}
