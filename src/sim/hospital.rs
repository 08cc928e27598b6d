//! Pass 3: the walk. Each site gathers today's visits from all blocks, decides beds, and walks every
//! arm with the same service draws. Must never decide money.

use super::block::{Block, Kind, Plan};
use super::city_view::World;
use super::stays::start_of;
use crate::domain::{Day, HospitalId};
use crate::flow::{self, Arrival, BedUse, Beds, DayStats, Outage, Outcome, Scratch, Step, Told};
use crate::random::{Address, Purpose};
use rayon::prelude::*;

/// A visit of today at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    arrival_ms: u32,
    visit: u64,
    /// Kind and resumption tell plans of one visit apart.
    kind: Kind,
    resume_at: u8,
    carried: bool,
    block: u32,
    plan: u32,
    /// Position in block order, where the outcome is kept.
    place: u32,
}

/// A site's state in one arm.
#[derive(Debug, Default)]
pub(super) struct SiteArm {
    beds: Beds,
    /// Beds taken when the day began.
    beds_before: u32,
    /// Today's outcomes in block order.
    outcomes: Vec<Outcome>,
    pub(super) stats: DayStats,
    arrivals: Vec<Arrival>,
    ranks: Vec<u32>,
    walked: Vec<Outcome>,
    scratch: Scratch,
}

impl SiteArm {
    /// Puts arrivals in the order of their times; those of one instant stay as they are.
    fn sort_arrivals(&mut self) {
        let each = self.ranks.drain(..).zip(self.arrivals.drain(..));
        let mut sorted: Vec<(u32, Arrival)> = each.collect();
        sorted.sort_by_key(|(_, arrival)| arrival.at_ms);
        (self.ranks, self.arrivals) = sorted.into_iter().unzip();
    }
}

/// A site: its arms, and today's visits in order of arrival.
#[derive(Debug)]
pub(super) struct SiteDay {
    site: HospitalId,
    keys: Vec<Key>,
    /// Where each block's visits begin in block order.
    offsets: Vec<u32>,
    steps: Vec<Step>,
    first_steps: Vec<u32>,
    outages: Vec<Outage>,
    /// Beds taken on the first day that come free on each day after it.
    leaving: Vec<u32>,
    pub(super) arms: Vec<SiteArm>,
}

impl SiteDay {
    /// An empty site.
    pub(super) fn new(world: &World<'_>, site: usize) -> SiteDay {
        let (beds, leaving) = start_of(world, world.city.sites[site].beds);
        let arm = || SiteArm { beds: beds.clone(), ..SiteArm::default() };
        SiteDay {
            site: HospitalId(site as u16),
            outages: Vec::new(),
            leaving,
            keys: Vec::new(),
            offsets: Vec::new(),
            steps: Vec::new(),
            first_steps: Vec::new(),
            arms: world.arms.iter().map(|_| arm()).collect(),
        }
    }

    /// The outcome of a block's plan with this slot.
    pub(super) fn outcome(&self, arm: usize, block: usize, slot: u32) -> &Outcome {
        &self.arms[arm].outcomes[(self.offsets[block] + slot) as usize]
    }

    /// Walks today's visits of all arms.
    pub(super) fn walk(&mut self, world: &World<'_>, blocks: &[Block], replication: u16, day: Day) {
        self.gather(blocks);
        let weekday = usize::from(day.civil().weekday);
        let closed = world.scenario.flow.closed_weekdays[weekday];
        self.outages.clear();
        self.outages.extend(world.outages(self.site, day));
        let left = self.leaving.get(world.index(day) as usize).copied().unwrap_or(0);
        let SiteDay { site, keys, steps, first_steps, outages, arms, .. } = self;
        let site = *site;
        let today =
            SiteToday { world, blocks, site, keys, steps, first_steps, outages, closed, left };
        arms.par_iter_mut()
            .enumerate()
            .for_each(|(arm, state)| today.walk_arm(state, arm, replication, day));
    }

    /// The outcome of a visit of today after each step that it did in one arm. The day is walked again
    /// with the visit's program cut off behind that step: departures are known at arrival, so what a
    /// patient would have done later changes nothing that came before.
    pub(super) fn follow(
        &self,
        world: &World<'_>,
        arm: usize,
        (block, plan): (usize, usize),
        day: Day,
    ) -> Vec<Outcome> {
        let is_it = |key: &Key| key.block as usize == block && key.plan as usize == plan;
        let state = &self.arms[arm];
        let at = state.ranks.iter().position(|&rank| is_it(&self.keys[rank as usize]));
        let Some(at) = at else { return Vec::new() };
        let level = world.city.sites[usize::from(self.site.0)].level as usize;
        let closed = world.scenario.flow.closed_weekdays[usize::from(day.civil().weekday)];
        let mut arrivals = state.arrivals.clone();
        let (mut scratch, mut walked) = (Scratch::default(), Vec::new());
        let done = state.walked[at].steps_done;
        let until = |steps: u8| {
            arrivals[at].steps = u32::from(steps);
            flow::walk(
                world.hospital(arm, self.site, day),
                &world.tables[arm][level],
                self.flow_day(world, &arrivals, closed),
                &mut Beds::new(state.beds.open(), state.beds_before),
                &mut scratch,
                &mut walked,
                &mut DayStats::default(),
            );
            walked[at]
        };
        (state.arrivals[at].resume_at + 1..=done).map(until).collect()
    }

    fn flow_day<'a>(
        &'a self,
        world: &World<'_>,
        arrivals: &'a [Arrival],
        weekday_closed: bool,
    ) -> flow::Day<'a> {
        let handover_ms = world.scenario.inpatient.handover_ms;
        let (steps, outages) = (&self.steps, &self.outages);
        flow::Day { arrivals, steps, weekday_closed, handover_ms, outages }
    }

    fn gather(&mut self, blocks: &[Block]) {
        let site = usize::from(self.site.0);
        self.keys.clear();
        self.offsets.clear();
        for (index, block) in blocks.iter().enumerate() {
            self.offsets.push(self.keys.len() as u32);
            let today = &block.today;
            let from = today.site_start[site] as usize;
            let to = today.site_start[site + 1] as usize;
            for &plan in &today.by_site[from..to] {
                let place = self.keys.len() as u32;
                let entry = &today.plans[plan as usize];
                self.keys.push(Key {
                    arrival_ms: entry.want.arrival_ms,
                    visit: entry.want.visit.raw(),
                    kind: entry.kind,
                    resume_at: entry.resume_at,
                    carried: entry.carried,
                    block: index as u32,
                    plan,
                    place,
                });
            }
        }
        self.keys.sort_unstable();
        self.steps.clear();
        self.first_steps.clear();
        for key in &self.keys {
            let today = &blocks[key.block as usize].today;
            let plan = &today.plans[key.plan as usize];
            self.first_steps.push(self.steps.len() as u32);
            let program = &today.steps[plan.first_step as usize..][..plan.steps as usize];
            self.steps.extend_from_slice(program);
        }
    }
}

/// What the arms of a site share today.
struct SiteToday<'a, 's> {
    world: &'a World<'s>,
    blocks: &'a [Block],
    site: HospitalId,
    keys: &'a [Key],
    steps: &'a [Step],
    first_steps: &'a [u32],
    outages: &'a [Outage],
    closed: bool,
    /// Beds of the first day that came free this morning.
    left: u32,
}

impl SiteToday<'_, '_> {
    fn walk_arm(&self, state: &mut SiteArm, arm: usize, replication: u16, day: Day) {
        state.beds.release(self.left);
        state.beds_before = state.beds.taken();
        state.outcomes.clear();
        state.outcomes.resize(self.keys.len(), Outcome::default());
        state.arrivals.clear();
        state.ranks.clear();
        let arms = self.world.arms.len();
        let is_policy = arm == self.world.policy();
        for (rank, key) in self.keys.iter().enumerate() {
            let today = &self.blocks[key.block as usize].today;
            let plan = &today.plans[key.plan as usize];
            if !plan.is_in(arm) {
                continue;
            }
            let rehearsed = &today.rehearsed[key.plan as usize * arms + arm];
            let address = Address::new(key.visit, replication, Purpose::Course).at(PATIENCE_STEP);
            state.ranks.push(rank as u32);
            state.arrivals.push(Arrival {
                at_ms: plan.arrival_ms(is_policy),
                first_step: self.first_steps[rank],
                steps: plan.steps,
                stops: rehearsed.code.up,
                stops_down: rehearsed.code.down,
                bed: bed_use(plan),
                extra_desk_ms: rehearsed.desk_ms,
                patience_word: self.world.philox.block(address)[0],
                resume_at: plan.resume_at,
                told: if is_policy { plan.told } else { Told::default() },
            });
        }
        if self.world.moves_arrivals(arm) {
            state.sort_arrivals();
        }
        let level = self.world.city.sites[usize::from(self.site.0)].level as usize;
        state.walked.clear();
        flow::walk(
            self.world.hospital(arm, self.site, day),
            &self.world.tables[arm][level],
            flow::Day {
                arrivals: &state.arrivals,
                steps: self.steps,
                weekday_closed: self.closed,
                handover_ms: self.world.scenario.inpatient.handover_ms,
                outages: self.outages,
            },
            &mut state.beds,
            &mut state.scratch,
            &mut state.walked,
            &mut state.stats,
        );
        for at in 0..state.ranks.len() {
            let (key, outcome) = (&self.keys[state.ranks[at] as usize], state.walked[at]);
            state.outcomes[key.place as usize] = outcome;
        }
    }
}

/// What a plan does with a bed. A discharge frees one wherever the patient was admitted.
fn bed_use(plan: &Plan) -> BedUse {
    match plan.kind {
        Kind::Admission if plan.emergency => BedUse::Emergency,
        Kind::Admission => BedUse::Elective,
        Kind::Discharge => BedUse::Frees,
        Kind::Visit | Kind::TopUp => BedUse::None,
    }
}

/// The semantic step of a visit's patience.
const PATIENCE_STEP: u32 = 64;
