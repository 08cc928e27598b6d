//! Pass 3: the walk. Each site gathers today's visits from all blocks, decides beds, and walks every
//! arm with the same service draws. Must never decide money.

use super::block::{Block, Kind};
use super::city_view::World;
use crate::domain::{Day, HospitalId};
use crate::flow::{self, Arrival, DayStats, End, Outcome, Scratch, Step};
use crate::random::{Address, Purpose};
use rayon::prelude::*;
use std::collections::BTreeMap;

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
    beds_taken: u32,
    /// Beds that come free, by civil day.
    leaving: BTreeMap<i32, u32>,
    /// Today's outcomes in block order.
    outcomes: Vec<Outcome>,
    pub(super) stats: DayStats,
    arrivals: Vec<Arrival>,
    ranks: Vec<u32>,
    walked: Vec<Outcome>,
    scratch: Scratch,
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
    pub(super) arms: Vec<SiteArm>,
}

impl SiteDay {
    /// An empty site.
    pub(super) fn new(site: usize, arms: usize) -> SiteDay {
        SiteDay {
            site: HospitalId(site as u16),
            keys: Vec::new(),
            offsets: Vec::new(),
            steps: Vec::new(),
            first_steps: Vec::new(),
            arms: (0..arms).map(|_| SiteArm::default()).collect(),
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
        let SiteDay { site, keys, steps, first_steps, arms, .. } = self;
        let today = SiteToday { world, blocks, site: *site, keys, steps, first_steps, closed };
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
                flow::Day { arrivals: &arrivals, steps: &self.steps },
                closed,
                &mut scratch,
                &mut walked,
                &mut DayStats::default(),
            );
            walked[at]
        };
        (state.arrivals[at].resume_at + 1..=done).map(until).collect()
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
    closed: bool,
}

impl SiteToday<'_, '_> {
    fn walk_arm(&self, state: &mut SiteArm, arm: usize, replication: u16, day: Day) {
        state.beds_taken -= state.leaving.remove(&day.0).unwrap_or(0);
        state.outcomes.clear();
        state.outcomes.resize(self.keys.len(), Outcome::default());
        state.arrivals.clear();
        state.ranks.clear();
        let arms = self.world.arms.len();
        for (rank, key) in self.keys.iter().enumerate() {
            let today = &self.blocks[key.block as usize].today;
            let plan = &today.plans[key.plan as usize];
            if !plan.is_in(arm) {
                continue;
            }
            if plan.kind == Kind::Admission && !self.take_bed(state, plan.want.stay_days, day) {
                state.outcomes[key.place as usize] = Outcome {
                    exit_ms: key.arrival_ms,
                    steps_done: plan.resume_at,
                    end: End::Closed,
                    ..Outcome::default()
                };
                continue;
            }
            let rehearsed = &today.rehearsed[key.plan as usize * arms + arm];
            let address = Address::new(key.visit, replication, Purpose::Course).at(PATIENCE_STEP);
            state.ranks.push(rank as u32);
            state.arrivals.push(Arrival {
                at_ms: key.arrival_ms,
                first_step: self.first_steps[rank],
                steps: plan.steps,
                stops: rehearsed.code.up,
                extra_desk_ms: rehearsed.desk_ms,
                patience_word: self.world.philox.block(address)[0],
                resume_at: plan.resume_at,
            });
        }
        let level = self.world.city.sites[usize::from(self.site.0)].level as usize;
        state.walked.clear();
        flow::walk(
            self.world.hospital(arm, self.site, day),
            &self.world.tables[arm][level],
            flow::Day { arrivals: &state.arrivals, steps: self.steps },
            self.closed,
            &mut state.scratch,
            &mut state.walked,
            &mut state.stats,
        );
        for at in 0..state.ranks.len() {
            let (key, outcome) = (&self.keys[state.ranks[at] as usize], state.walked[at]);
            state.outcomes[key.place as usize] = outcome;
            if key.kind == Kind::Admission && outcome.end != End::Done {
                let today = &self.blocks[key.block as usize].today;
                give_bed_back(state, today.plans[key.plan as usize].want.stay_days, day);
            }
        }
    }

    /// Takes a bed for a stay; false when all are taken.
    fn take_bed(&self, state: &mut SiteArm, stay_days: u16, day: Day) -> bool {
        if state.beds_taken >= self.world.city.sites[usize::from(self.site.0)].beds {
            return false;
        }
        state.beds_taken += 1;
        *state.leaving.entry(day.0 + i32::from(stay_days.max(1))).or_default() += 1;
        true
    }
}

/// Frees the bed of somebody who was not admitted after all.
fn give_bed_back(state: &mut SiteArm, stay_days: u16, day: Day) {
    state.beds_taken -= 1;
    let until = day.0 + i32::from(stay_days.max(1));
    let Some(leaving) = state.leaving.get_mut(&until) else {
        panic!("invariant: a bed that is given back on {day} was taken until day {until}")
    };
    *leaving -= 1;
}

/// The semantic step of a visit's patience.
const PATIENCE_STEP: u32 = 64;
