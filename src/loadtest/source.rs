//! Where requests come from: the synthetic generator and a trace. Must never wait for an answer: what is due
//! when is fixed beforehand.

use super::feed::{Chunk, Source};
use super::mix::{Mix, Operation};
use super::world::LoadWorld;
use crate::domain::{
    CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, ItemClass, TimeMs, VisitId,
};
use crate::engine::Funding;
use crate::random::{Address, Distribution, Philox, Purpose, QuantileTable, unit};
use crate::settlement::BillLine;
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use rand_distr::{Distribution as _, Poisson};
use std::collections::VecDeque;
use std::time::Duration;

/// What is sent.
#[derive(Clone, Debug)]
pub enum Workload {
    /// Poisson arrivals of a mix over the whole population.
    Mix(Mix),
    /// A recorded trace at so many times its own speed.
    Trace {
        /// The commands in order of time.
        batch: Batch,
        /// 1 = as recorded.
        speed: f64,
        /// Cities side by side that send it, each with kin groups of its own.
        cities: u32,
    },
}

/// Requests in one batch of those that open lines before the run.
const LINES_A_BATCH: usize = 1_024;
/// Longest stretch over which a moving rate counts as one when requests are left out, ns.
const STRETCH_NS: f64 = 1e6;
/// One of how many kin groups opens a line before the run, among those with an eligible member.
const GROUP_OPENS_A_LINE: u32 = 4;
/// Visits remembered of a kind before the oldest is used again by a later operation.
const MATURE: usize = 64;
/// Most visits remembered of a kind.
const REMEMBERED: usize = 1 << 20;
/// Mean and spread of a bill line in yuan, for a load only: amounts do not change the work.
const LINE_YUAN: Distribution = Distribution::LogNormal { mean: 90.0, cv: 1.2 };

/// A visit that a later operation works on.
#[derive(Clone, Copy, Debug)]
struct Past {
    visit: VisitId,
    group: GroupId,
    member: u8,
}

/// Poisson arrivals of a mix.
#[derive(Debug)]
pub(super) struct Synthetic {
    mix: Mix,
    /// Visits remembered of a kind before the oldest is used again.
    mature: usize,
    philox: Philox,
    amounts: QuantileTable,
    sizes: Vec<u8>,
    hospitals: Vec<HospitalLevel>,
    /// Groups with a line and their holder.
    holders: Vec<(GroupId, u8)>,
    /// Visits sent by each group so far.
    visits: Vec<u32>,
    open_at: TimeMs,
    serial: u64,
    held: VecDeque<Past>,
    paid: VecDeque<Past>,
    drawn: VecDeque<Past>,
    mean_gap_ns: f64,
    /// Stretches left out so far.
    stretches: u64,
    due_ns: f64,
    end_ns: f64,
    arrivals: Arrivals,
    skew: Skew,
    lines: Vec<BillLine>,
}

/// How the rate moves within a run; its mean is the plan's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// The same rate all the time.
    #[default]
    Poisson,
    /// A fifth of each second at four times the rate, the rest at a quarter.
    Bursts,
    /// From a fifth of the rate to nine fifths, in a straight line.
    Ramp,
}

impl Arrivals {
    /// The rate at a time, as a share of the mean.
    fn share(self, due_ns: f64, end_ns: f64) -> f64 {
        match self {
            Arrivals::Poisson => 1.0,
            Arrivals::Bursts if due_ns % 1e9 < 0.2e9 => 4.0,
            Arrivals::Bursts => 0.25,
            Arrivals::Ramp => 0.2 + 1.6 * (due_ns / end_ns.max(1.0)),
        }
    }
}

/// Who is asked for more often than others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skew {
    /// Nobody.
    #[default]
    None,
    /// Half of all bills come from one big hospital.
    Hospital,
    /// A fifth of all bills are one kin group's: a hot shared account.
    Account,
}

impl std::str::FromStr for Arrivals {
    type Err = String;

    fn from_str(word: &str) -> Result<Arrivals, String> {
        match word {
            "poisson" => Ok(Arrivals::Poisson),
            "bursts" => Ok(Arrivals::Bursts),
            "ramp" => Ok(Arrivals::Ramp),
            _ => Err(format!("`{word}` is not poisson, bursts or ramp")),
        }
    }
}

impl std::str::FromStr for Skew {
    type Err = String;

    fn from_str(word: &str) -> Result<Skew, String> {
        match word {
            "none" => Ok(Skew::None),
            "hospital" => Ok(Skew::Hospital),
            "account" => Ok(Skew::Account),
            _ => Err(format!("`{word}` is not none, hospital or account")),
        }
    }
}

impl Synthetic {
    pub(super) fn new(world: &LoadWorld<'_>, mix: &Mix, seed: u64) -> Synthetic {
        let census = &world.census;
        let with_line = (0_u32..).zip(&world.may_open);
        let with_line = with_line.filter(|(group, _)| group % GROUP_OPENS_A_LINE == 0);
        let holders = with_line.filter_map(|(group, member)| Some((GroupId(group), (*member)?)));
        Synthetic {
            mix: *mix,
            mature: MATURE,
            philox: Philox::new(seed),
            amounts: LINE_YUAN.table(100.0),
            sizes: census.sizes.clone(),
            hospitals: world.hospitals.clone(),
            holders: holders.collect(),
            visits: vec![0; census.sizes.len()],
            // Eight in the morning: a run of hours stays within the day that keys are kept for.
            open_at: census.first_day.start() + 8 * 3_600_000,
            serial: 0,
            held: VecDeque::new(),
            paid: VecDeque::new(),
            drawn: VecDeque::new(),
            mean_gap_ns: 0.0,
            stretches: 0,
            due_ns: 0.0,
            end_ns: 0.0,
            arrivals: Arrivals::default(),
            skew: Skew::default(),
            lines: Vec::new(),
        }
    }

    /// The same with a rate that moves, and with some asked for more than others.
    pub(super) fn shaped(mut self, arrivals: Arrivals, skew: Skew) -> Synthetic {
        (self.arrivals, self.skew) = (arrivals, skew);
        self
    }

    /// The same over few people: every visit is used again soon, and any group may open a line.
    pub(super) fn eager(mut self, world: &LoadWorld<'_>) -> Synthetic {
        self.mature = 2;
        let holders = (0_u32..).zip(&world.may_open);
        let holders = holders.filter_map(|(group, member)| Some((GroupId(group), (*member)?)));
        self.holders = holders.collect();
        self
    }

    /// The same with keys and visits of its own among other lives of the same load.
    pub(super) fn reborn(mut self, life: u64) -> Synthetic {
        self.serial = life << 32;
        self.visits.iter_mut().for_each(|visits| *visits = (life as u32 & 0x7fff) << 8);
        self
    }

    /// So many requests, a second of the city's time apart.
    pub(super) fn some(&mut self, count: usize) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..count {
            self.due_ns += 1e9;
            let request = self.request();
            batch.push(request, &self.lines);
            self.serial += 1;
        }
        batch
    }

    /// One command a line to open, sent before anything is measured.
    pub(super) fn lines_to_open(&mut self) -> Vec<Batch> {
        let mut batches = Vec::new();
        for holders in self.holders.chunks(LINES_A_BATCH) {
            let mut batch = Batch::default();
            for &(group, member) in holders {
                let id = RequestId::new(self.open_at, u128::from(self.serial));
                let body = RequestBody::OpenLine;
                batch.push(Request { id, at: self.open_at, group, member, body }, &[]);
                self.serial += 1;
            }
            batches.push(batch);
        }
        batches
    }

    /// Sets rate and length of the next run; the city's time goes on from the last one.
    pub(super) fn begin(&mut self, rate: f64, duration: Duration) {
        self.open_at = self.now();
        self.mean_gap_ns = 1e9 / rate;
        self.due_ns = 0.0;
        self.end_ns = duration.as_secs_f64() * 1e9;
    }

    fn now(&self) -> TimeMs {
        self.open_at + (self.due_ns / 1e6) as i64
    }

    fn new_visit(&mut self, group: GroupId) -> VisitId {
        let count = &mut self.visits[group.0 as usize];
        *count += 1;
        VisitId::new(*count >> 8, group, *count & 0xff)
    }

    fn remember(queue: &mut VecDeque<Past>, past: Past) {
        if queue.len() < REMEMBERED {
            queue.push_back(past);
        }
    }

    /// The oldest visit of a kind, once enough are remembered.
    fn oldest(queue: &mut VecDeque<Past>, mature: usize) -> Option<Past> {
        if queue.len() >= mature { queue.pop_front() } else { None }
    }

    fn claim(&self, past: Past, word: u32) -> ClaimBody {
        let big = self.skew == Skew::Hospital && word & 1 == 0;
        let hospital = if big { 0 } else { pick(word, self.hospitals.len()) };
        ClaimBody {
            visit: past.visit,
            point: 0,
            hospital: HospitalId(hospital as u16),
            level: self.hospitals[hospital],
            care: CareKind::Outpatient,
            cause: CostCause::Illness,
            in_scheme: true,
            lines_from: 0,
            lines: 0,
        }
    }

    /// One to four lines; the class by the word's low bits.
    fn bill(&mut self, words: [u32; 4]) {
        let count = 1 + (words[0] >> 30) as usize;
        self.lines.clear();
        for word in words.into_iter().take(count) {
            let amount_fen = self.amounts.sample(word).max(1);
            let line = match word & 7 {
                0 => BillLine { amount_fen, class: ItemClass::C, prepay_bp: 0 },
                1 | 2 => BillLine { amount_fen, class: ItemClass::B, prepay_bp: 1_000 },
                _ => BillLine { amount_fen, class: ItemClass::A, prepay_bp: 0 },
            };
            self.lines.push(line);
        }
    }

    /// Somebody of the whole population, with a new visit.
    fn anybody(&mut self, word: u32, second: u32) -> Past {
        let hot = self.skew == Skew::Account && second.is_multiple_of(5);
        let group = if hot { 0 } else { pick(word, self.sizes.len()) };
        let member = pick(second, usize::from(self.sizes[group])) as u8;
        let group = GroupId(group as u32);
        Past { visit: self.new_visit(group), group, member }
    }

    /// A line's holder with a new visit; anybody where nobody has a line.
    fn holder(&mut self, word: u32, second: u32) -> Past {
        if self.holders.is_empty() {
            return self.anybody(word, second);
        }
        let (group, member) = self.holders[pick(word, self.holders.len())];
        Past { visit: self.new_visit(group), group, member }
    }

    fn request(&mut self) -> Request {
        let address = Address::new(self.serial, 0, Purpose::Load);
        let [kind, who, second, site] = self.philox.block(address);
        self.bill(self.philox.block(address.item(1)));
        let deposit = Fen::ZERO;
        let (past, body) = match self.mix.pick(kind) {
            Operation::Settle => self.settle(who, second, site),
            Operation::Reserve => {
                let past = self.holder(who, second);
                Synthetic::remember(&mut self.held, past);
                let claim = self.claim(past, site);
                (past, RequestBody::Reserve { claim, partial: false })
            }
            Operation::Draw => {
                let held = Synthetic::oldest(&mut self.held, self.mature);
                let past = held.unwrap_or_else(|| self.holder(who, second));
                Synthetic::remember(&mut self.drawn, past);
                let funding = Funding::Line { partial: false, deposit };
                (past, RequestBody::Settle { claim: self.claim(past, site), funding })
            }
            Operation::Reverse => match Synthetic::oldest(&mut self.paid, self.mature) {
                Some(past) => (past, RequestBody::Reverse { visit: past.visit, point: 0 }),
                None => self.settle(who, second, site),
            },
            Operation::Repay => match Synthetic::oldest(&mut self.drawn, self.mature) {
                Some(past) => {
                    let offered = Fen(i64::from(self.amounts.sample(second)) + 1);
                    (past, RequestBody::Repay { bill: past.visit.bill(0), offered })
                }
                None => self.settle(who, second, site),
            },
            Operation::PreSettle => {
                let past = self.anybody(who, second);
                (past, RequestBody::PreSettle { claim: self.claim(past, site) })
            }
            Operation::Query => {
                let group = GroupId(pick(who, self.sizes.len()) as u32);
                let member = pick(second, usize::from(self.sizes[group.0 as usize])) as u8;
                (Past { visit: VisitId::default(), group, member }, RequestBody::Query)
            }
        };
        let at = self.now();
        let id = RequestId::new(at, u128::from(self.serial));
        Request { id, at, group: past.group, member: past.member, body }
    }

    fn settle(&mut self, who: u32, second: u32, site: u32) -> (Past, RequestBody) {
        let past = self.anybody(who, second);
        // Only recent bills can be reversed, so few are remembered.
        if self.paid.len() < 2 * MATURE {
            self.paid.push_back(past);
        }
        let funding = Funding::Own { deposit: Fen::ZERO };
        (past, RequestBody::Settle { claim: self.claim(past, site), funding })
    }
}

/// A whole number below `n` at a uniform word.
fn pick(word: u32, n: usize) -> usize {
    ((u64::from(word) * n as u64) >> 32) as usize
}

impl Source for Synthetic {
    fn fill(&mut self, count: usize, chunk: &mut Chunk) {
        for _ in 0..count {
            let address = Address::new(self.serial, 0, Purpose::Load).item(2);
            let word = self.philox.block(address)[0];
            let share = self.arrivals.share(self.due_ns, self.end_ns);
            let due_ns = self.due_ns - self.mean_gap_ns / share * libm::log(unit(word));
            if due_ns >= self.end_ns {
                return;
            }
            self.due_ns = due_ns;
            let request = self.request();
            chunk.batch.push(request, &self.lines);
            chunk.due_ns.push(due_ns as u64);
            self.serial += 1;
        }
    }

    /// The process has no memory: a stretch holds a Poisson number of requests, whatever came before it.
    fn pass_over(&mut self, before_ns: u64) -> u64 {
        let until = self.end_ns.min(before_ns as f64);
        let mut passed = 0;
        while self.due_ns < until {
            let stretch = STRETCH_NS.min(until - self.due_ns);
            let share = self.arrivals.share(self.due_ns, self.end_ns);
            self.stretches += 1;
            let address = Address::new(self.stretches, 0, Purpose::Load).at(1);
            let count = Poisson::new(stretch * share / self.mean_gap_ns);
            // A stretch too short for a mean above zero holds nothing.
            passed += count.map_or(0, |count| count.sample(&mut self.philox.rng(address)) as u64);
            self.due_ns += stretch;
        }
        passed
    }
}

/// A trace, with fresh keys so that it can be run again.
#[derive(Debug)]
pub(super) struct Traced<'b> {
    batch: &'b Batch,
    cities: usize,
    /// Kin groups of one city.
    groups: u32,
    /// Requests made so far, over all cities.
    next: usize,
    /// Nanoseconds of the run per millisecond of the trace.
    ns_per_ms: f64,
    end_ns: f64,
}

impl<'b> Traced<'b> {
    /// A trace at a speed; `cities` of so many kin groups each send it.
    pub(super) fn new(
        batch: &'b Batch,
        speed: f64,
        duration: Duration,
        (cities, groups): (u32, u32),
    ) -> Traced<'b> {
        let (ns_per_ms, end_ns) = (1e6 / speed, duration.as_secs_f64() * 1e9);
        Traced { batch, cities: cities as usize, groups, next: 0, ns_per_ms, end_ns }
    }

    fn due_ns(&self, index: usize) -> f64 {
        let rows = self.batch.requests();
        (rows[index].at - rows[0].at) as f64 * self.ns_per_ms
    }

    /// Mean rate of the part that fits the run, requests a second.
    pub(super) fn rate(&self) -> f64 {
        let rows = self.batch.len();
        let fits = (0..rows).take_while(|&index| self.due_ns(index) < self.end_ns).count();
        let span = self.due_ns(fits.saturating_sub(1)).max(1.0);
        (fits * self.cities) as f64 * 1e9 / span
    }
}

impl Source for Traced<'_> {
    fn fill(&mut self, count: usize, chunk: &mut Chunk) {
        for _ in 0..count {
            let (row, city) = (self.next / self.cities, self.next % self.cities);
            let Some(&request) = self.batch.requests().get(row) else { return };
            let due_ns = self.due_ns(row);
            if due_ns >= self.end_ns {
                return;
            }
            let id = RequestId::new(request.at, self.next as u128);
            let lines = self.batch.lines_of(&request);
            let moved = request.moved(self.groups * city as u32);
            chunk.batch.push(Request { id, ..moved }, lines);
            chunk.due_ns.push(due_ns as u64);
            self.next += 1;
        }
    }

    fn pass_over(&mut self, before_ns: u64) -> u64 {
        let until = self.end_ns.min(before_ns as f64);
        let from = self.next;
        let mut rows = from / self.cities..self.batch.len();
        let behind = rows.find(|&row| self.due_ns(row) >= until);
        self.next = from.max(behind.unwrap_or(self.batch.len()) * self.cities);
        (self.next - from) as u64
    }
}
