//! Stations run one after the other over windows of time. Customers on the way to a station lie in
//! the box of the window in which they arrive; no service that leads back is shorter than a window,
//! so a window's boxes are complete when it begins. Must never let a customer join out of order.

use super::agenda::Agenda;
use super::compile::{CompiledStation, Method, Network};
use super::desk::{Desk, Place, order_of};
use super::direct::{Fate, Line, Tree};
use super::draw::{Program, Step};
use super::ranked::{Next, Ranked};
use super::record::{Lost, Record, Visit};
use crate::domain::Ms;

/// Windows ahead of the present one that have a box each.
const AHEAD: u64 = 128;
/// The box of all others.
const LATER: usize = AHEAD as usize;
/// Customers aimed at in a window.
const PER_WINDOW: usize = 9;
/// Longer boxes are sorted, shorter ones ranked by comparing each with each.
const RANKED: usize = 32;

/// Customers on the way to a station, as `arrival << 32 | step`.
#[derive(Debug)]
pub(super) struct Inbox {
    /// From the station's own stage by window, and in the last box those who come later or, before
    /// the stage runs, everybody.
    boxes: Box<[Vec<u64>; LATER + 1]>,
    /// Boxes in use: none before the stage runs.
    reach: u64,
    /// Customers from outside by window, and where each window begins.
    scattered: Vec<u64>,
    begins: Vec<u32>,
}

/// Sums of a replication that no station has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leavers {
    /// Steps before this one belong to customers of the warm-up.
    pub(super) first_counted: u32,
    pub(super) exit_sum_ms: u64,
    pub(super) end_ms: Ms,
    pub(super) done: u64,
}

impl Leavers {
    #[inline]
    pub(super) fn is_counted(&self, step: u32) -> bool {
        step >= self.first_counted
    }

    /// Somebody leaves before his way has ended.
    pub(super) fn leave(&mut self, step: u32, now: Ms) {
        self.end_ms = self.end_ms.max(now);
        if self.is_counted(step) {
            self.exit_sum_ms += u64::from(now);
        }
    }

    /// Those who have passed their whole way, as keys of when and the step behind their last.
    pub(super) fn pass(&mut self, keys: &[u64]) {
        for &key in keys {
            let counted = u64::from(key as u32 > self.first_counted);
            self.end_ms = self.end_ms.max((key >> 32) as Ms);
            self.exit_sum_ms += counted * (key >> 32);
            self.done += counted;
        }
    }
}

/// The running stage's part of a replication.
pub(super) struct Windows<'a> {
    pub(super) network: &'a Network,
    pub(super) program: &'a Program,
    pub(super) inboxes: &'a mut [Inbox],
    pub(super) records: &'a mut [Record],
    pub(super) trees: &'a mut [Tree],
    pub(super) lines: &'a mut [Line],
    pub(super) ranked: &'a mut [Ranked],
    pub(super) desks: &'a mut [Desk],
    pub(super) agendas: &'a mut [Agenda],
    /// By step.
    pub(super) places: &'a mut [Place],
    pub(super) leavers: &'a mut Leavers,
    pub(super) batch: &'a mut Vec<u64>,
    pub(super) passed: &'a mut Vec<Passed>,
}

/// A visit of a step.
pub(super) type Passed = (Visit, u32, Step);

/// A grid of windows: the window of an instant is `ms × scale`, in units of 2^-32.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    scale: u64,
    current: u64,
    /// The first instant behind the present window.
    pub(super) end_ms: u64,
    /// Customers and events that a later window will meet.
    pub(super) pending: u64,
}

impl Grid {
    /// Windows of at most this width, so that whoever is served as long arrives in a later one.
    fn new(width_ms: Ms) -> Grid {
        let scale = (1_u64 << 32).div_ceil(u64::from(width_ms));
        Grid { scale, current: 0, end_ms: (1_u64 << 32).div_ceil(scale), pending: 0 }
    }

    #[inline]
    fn window(self, ms: Ms) -> u64 {
        (u64::from(ms) * self.scale) >> 32
    }

    /// Goes on to the next window.
    fn advance(&mut self) {
        self.current += 1;
        self.end_ms = ((self.current + 1) << 32).div_ceil(self.scale);
    }
}

#[inline]
pub(super) const fn key(ms: Ms, step: u32) -> u64 {
    (ms as u64) << 32 | step as u64
}

impl Windows<'_> {
    /// Runs a stage; false when its shortest way back is so short in this replication that a
    /// calendar is cheaper, and nothing has been done.
    pub(super) fn run(&mut self, stations: &[u8], back: &[u8]) -> bool {
        let shortest = back.iter().map(|&activity| self.program.shortest[usize::from(activity)]);
        let lookahead = shortest.min().unwrap_or(Ms::MAX);
        let of_stage = || stations.iter().map(|&k| usize::from(k));
        let count: usize = of_stage().map(|k| self.inboxes[k].outside().len()).sum();
        let keys = of_stage().flat_map(|k| self.inboxes[k].outside());
        let last = keys.map(|key| (key >> 32) as Ms).max().unwrap_or(0);
        if let [only] = stations
            && back.is_empty()
            && self.inboxes[usize::from(*only)].outside().is_sorted()
        {
            let inbox = &mut self.inboxes[usize::from(*only)];
            let keys = std::mem::take(&mut inbox.boxes[LATER]);
            self.batch.clear();
            self.spare_places(stations);
            // One window without end.
            let mut grid = Grid { end_ms: u64::MAX, ..Grid::new(Ms::MAX) };
            self.serve(*only, &keys, &mut grid);
            self.inboxes[usize::from(*only)].boxes[LATER] = keys;
            self.sweep_desks(stations);
            return true;
        }
        let aimed = u64::from(last) * PER_WINDOW as u64 / (count as u64 + 1) + 1;
        let width = lookahead.min(aimed.min(u64::from(Ms::MAX)) as Ms);
        let mut grid = Grid::new(width);
        let windows = grid.window(last) as usize + 1;
        if windows > 8 * count + 4_096 {
            return false;
        }
        self.spare_places(stations);
        for k in of_stage() {
            self.inboxes[k].scatter(grid, windows);
            self.inboxes[k].set_inside(stations.len() > 1 || !back.is_empty());
        }
        while grid.current < windows as u64 || grid.pending > 0 {
            for &station in stations {
                self.open(station, &mut grid);
            }
            grid.advance();
            if grid.current.is_multiple_of(AHEAD / 2) {
                of_stage().for_each(|k| self.inboxes[k].fetch(grid));
            }
        }
        of_stage().for_each(|k| self.inboxes[k].set_inside(false));
        self.sweep_desks(stations);
        true
    }

    fn spare_places(&mut self, stations: &[u8]) {
        for k in stations.iter().map(|&k| usize::from(k)) {
            self.desks[k].spare_places(&self.network.stations[k]);
        }
    }

    /// Desks have counted their lines themselves.
    fn sweep_desks(&mut self, stations: &[u8]) {
        for k in stations.iter().map(|&k| usize::from(k)) {
            if self.network.stations[k].method == Method::Desk {
                self.records[k].swept = Some(self.desks[k].swept());
            }
        }
    }

    /// Serves everybody who arrives at a station in the present window.
    fn open(&mut self, station: u8, grid: &mut Grid) {
        let inbox = &mut self.inboxes[usize::from(station)];
        let own = &mut inbox.boxes[(grid.current % AHEAD) as usize];
        let window = grid.current as usize;
        let outside = match inbox.begins.get(window..window + 2) {
            Some(&[from, to]) => &inbox.scattered[from as usize..to as usize],
            _ => &[],
        };
        let count = own.len() + outside.len();
        if count == 0 {
            let k = usize::from(station);
            let idle = self.ranked[k].in_line() == 0 && self.agendas[k].is_empty();
            if !idle {
                self.serve(station, &[], grid);
            }
            return;
        }
        grid.pending -= own.len() as u64;
        if count <= RANKED {
            let mut ranked = [0; RANKED];
            match count {
                0..=8 => rank::<8>([own, outside], &mut ranked),
                9..=16 => rank::<16>([own, outside], &mut ranked),
                _ => rank::<RANKED>([own, outside], &mut ranked),
            }
            own.clear();
            return self.serve(station, &ranked[..count], grid);
        }
        let mut batch = std::mem::take(self.batch);
        batch.clear();
        batch.extend_from_slice(outside);
        batch.append(own);
        batch.sort_unstable();
        self.serve(station, &batch, grid);
        *self.batch = batch;
    }

    fn serve(&mut self, station: u8, keys: &[u64], grid: &mut Grid) {
        let k = usize::from(station);
        let compiled = &self.network.stations[k];
        self.records[k].expect(keys.len() + self.ranked[k].in_line() + 1);
        match compiled.method {
            Method::Ranked => self.serve_ranked(k, compiled, keys, grid),
            Method::Tree => self.serve_tree(k, keys, grid),
            Method::Delay => self.serve_delay(k, compiled, keys, grid),
            Method::Desk => self.serve_desk(k, compiled, keys, grid),
            _ => self.serve_line(k, compiled, keys, grid),
        }
    }

    /// Serving, telling and passing on are a loop each: all at once is more than a processor has
    /// registers for.
    fn serve_tree(&mut self, k: usize, keys: &[u64], grid: &mut Grid) {
        let Windows { program, inboxes, records, trees, leavers, passed, .. } = self;
        if passed.len() < keys.len() {
            passed.resize(keys.len(), Passed::default());
        }
        let passed = &mut passed[..keys.len()];
        trees[k].serve_all(keys, program, passed);
        records[k].serve_all(passed, leavers.first_counted);
        for &(visit, index, step) in passed.iter() {
            let inbox = &mut inboxes[usize::from(step.next)];
            inbox.post(key(visit.left_ms, index + 1), visit.left_ms, grid);
        }
    }

    fn serve_delay(&mut self, k: usize, station: &CompiledStation, keys: &[u64], grid: &mut Grid) {
        let Windows { program, inboxes, records, leavers, .. } = self;
        for &key in keys {
            let (now, index, step) = at(program, key);
            let left_ms = station.released_ms(now, step.service_ms);
            let visit = Visit { joined_ms: now, left_line_ms: now, left_ms };
            served(&mut records[k], leavers, inboxes, visit, (index, step), grid);
        }
    }

    fn serve_line(&mut self, k: usize, compiled: &CompiledStation, keys: &[u64], grid: &mut Grid) {
        for &key in keys {
            let (now, index, step) = at(self.program, key);
            let temper = self.program.tempers.get(index as usize).copied();
            let Windows { inboxes, records, lines, leavers, .. } = self;
            match lines[k].join(compiled, now, step, temper) {
                Fate::Served { start_ms, done_ms } => {
                    let visit = Visit { joined_ms: now, left_line_ms: start_ms, left_ms: done_ms };
                    served(&mut records[k], leavers, inboxes, visit, (index, step), grid);
                }
                Fate::Reneged { at_ms } => {
                    leavers.leave(index, at_ms);
                    if leavers.is_counted(index) {
                        records[k].renege(step.activity, now, at_ms);
                    }
                }
                Fate::Lost(how) => self.lost(k, index, now, how),
            }
        }
    }

    fn serve_ranked(
        &mut self,
        k: usize,
        compiled: &CompiledStation,
        keys: &[u64],
        grid: &mut Grid,
    ) {
        for (place, &key) in keys.iter().enumerate() {
            let (now, index, step) = at(self.program, key);
            self.start_ranked(k, u64::from(now), grid);
            let refused = self.ranked[k].refuses(compiled, now, &self.program.tempers, index);
            if let Some(how) = refused {
                self.lost(k, index, now, how);
                continue;
            }
            let alone = keys.get(place + 1).is_none_or(|&next| (next >> 32) as Ms > now);
            let station = &mut self.ranked[k];
            if alone && station.is_free(now) {
                let (left_line_ms, left_ms) = station.serve(now, step.service_ms);
                let visit = Visit { joined_ms: now, left_line_ms, left_ms };
                let Windows { inboxes, records, leavers, .. } = self;
                served(&mut records[k], leavers, inboxes, visit, (index, step), grid);
            } else {
                let customer = self.program.owners[index as usize];
                let rank = self.program.ranks[customer as usize];
                station.join(order_of(compiled.discipline, rank), key);
                grid.pending += 1;
            }
        }
        self.start_ranked(k, grid.end_ms, grid);
    }

    /// Starts everybody who can start before an instant.
    fn start_ranked(&mut self, k: usize, until_ms: u64, grid: &mut Grid) {
        let Windows { program, inboxes, records, ranked, leavers, .. } = self;
        while let Some(next) = ranked[k].next_before(until_ms, &program.tempers) {
            grid.pending -= 1;
            match next {
                Next::Starts { joined_ms, step: index } => {
                    let step = program.steps[index as usize];
                    let (left_line_ms, left_ms) = ranked[k].serve_next(step.service_ms);
                    let visit = Visit { joined_ms, left_line_ms, left_ms };
                    served(&mut records[k], leavers, inboxes, visit, (index, step), grid);
                }
                Next::GaveUp { joined_ms, step: index, at_ms } => {
                    leavers.leave(index, at_ms);
                    if leavers.is_counted(index) {
                        let activity = program.steps[index as usize].activity;
                        records[k].renege(activity, joined_ms, at_ms);
                    }
                }
            }
        }
    }

    pub(super) fn lost(&mut self, k: usize, index: u32, now: Ms, how: Lost) {
        self.leavers.leave(index, now);
        if self.leavers.is_counted(index) {
            self.records[k].lose(how);
        }
    }
}

/// Puts few keys in order, each where as many lie before it as come earlier: no comparison is a
/// branch, and the customers are counted side by side. Those of one instant are told apart afterwards.
#[inline]
fn rank<const WIDTH: usize>(lists: [&[u64]; 2], ranked: &mut [u64; RANKED]) {
    let (mut all, mut times, mut before) = ([0; WIDTH], [0_u32; WIDTH], [0_u32; WIDTH]);
    let mut count = 0;
    for list in lists {
        for &key in list {
            (all[count], times[count]) = (key, (key >> 32) as Ms);
            count += 1;
        }
    }
    for &time in &times[..count] {
        for (before, &other) in before.iter_mut().zip(&times) {
            *before = before.wrapping_add(u32::from(time < other));
        }
    }
    let mut sum = 0_u32;
    for (&key, &place) in all[..count].iter().zip(&before) {
        ranked[place as usize % RANKED] = key;
        sum = sum.wrapping_add(place);
    }
    if sum as usize != count * count.saturating_sub(1) / 2 {
        ranked[..count].copy_from_slice(&all[..count]);
        ranked[..count].sort_unstable();
    }
}

/// Who a key is: arrival, step and what the step is.
#[inline]
pub(super) fn at(program: &Program, key: u64) -> (Ms, u32, Step) {
    let index = key as u32;
    ((key >> 32) as Ms, index, program.steps[index as usize])
}

/// Somebody is served and goes on, or leaves.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as a call it costs more than what it does")]
pub(super) fn served(
    record: &mut Record,
    leavers: &Leavers,
    inboxes: &mut [Inbox],
    visit: Visit,
    (index, step): (u32, Step),
    grid: &mut Grid,
) {
    if leavers.is_counted(index) {
        record.serve(step.activity, visit);
    }
    inboxes[usize::from(step.next)].post(key(visit.left_ms, index + 1), visit.left_ms, grid);
}

impl Default for Inbox {
    fn default() -> Inbox {
        let boxes = Box::new(std::array::from_fn(|_| Vec::new()));
        Inbox { boxes, reach: 0, scattered: Vec::new(), begins: Vec::new() }
    }
}

impl Inbox {
    pub(super) fn reset(&mut self) {
        self.boxes.iter_mut().for_each(Vec::clear);
        self.reach = 0;
    }

    /// From earlier stages, in any order.
    pub(super) fn outside(&self) -> &[u64] {
        &self.boxes[LATER]
    }

    pub(super) fn lay_outside(&mut self, key: u64) {
        self.boxes[LATER].push(key);
    }

    /// Whether the station belongs to the stage that is running.
    pub(super) fn is_inside(&self) -> bool {
        self.reach > 0
    }

    pub(super) fn set_inside(&mut self, inside: bool) {
        self.reach = if inside { AHEAD } else { 0 };
    }

    /// Lays down a customer; whether that is inside the stage is as good as a coin, so it is no branch.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as a call it costs more than what it does")]
    fn post(&mut self, key: u64, ms: Ms, grid: &mut Grid) {
        let window = grid.window(ms);
        let near = window - grid.current < self.reach;
        self.boxes[if near { (window % AHEAD) as usize } else { LATER }].push(key);
        grid.pending += self.reach / AHEAD;
    }

    /// Lays customers from outside into their windows.
    fn scatter(&mut self, grid: Grid, windows: usize) {
        self.begins.clear();
        self.begins.resize(windows + 1, 0);
        for key in &self.boxes[LATER] {
            self.begins[grid.window((key >> 32) as Ms) as usize + 1] += 1;
        }
        let mut sum = 0;
        for begin in &mut self.begins {
            sum += *begin;
            *begin = sum;
        }
        // Each window's begin runs to its end while it is filled, and is put back afterwards.
        self.scattered.clear();
        self.scattered.resize(self.boxes[LATER].len(), 0);
        for &key in &self.boxes[LATER] {
            let place = &mut self.begins[grid.window((key >> 32) as Ms) as usize];
            self.scattered[*place as usize] = key;
            *place += 1;
        }
        self.begins.rotate_right(1);
        self.begins[0] = 0;
        self.boxes[LATER].clear();
    }

    /// Takes customers out of the last box whose window has come near.
    fn fetch(&mut self, grid: Grid) {
        let mut later = std::mem::take(&mut self.boxes[LATER]);
        later.retain(|&key| {
            let window = grid.window((key >> 32) as Ms);
            let near = window - grid.current < self.reach;
            if near {
                self.boxes[(window % AHEAD) as usize].push(key);
            }
            !near
        });
        self.boxes[LATER] = later;
    }
}
