//! Pass 1: today's plans of a block — new wants, stays that end, visits carried over — and the program
//! of steps of each, alike in every arm. Must never know an arm's rules.

use super::block::{Block, Kind, Later, Plan, Rehearsed, Today};
use super::city_view::World;
use crate::city::{self, Want, WantKind};
use crate::domain::{Day, GroupId, Ms, VisitId};
use crate::flow::{self, Orders, PaymentPoint};
use crate::random::{Address, Purpose};

impl Block {
    /// Gathers today's plans in group order and writes their steps.
    pub(super) fn plan(&mut self, world: &World<'_>, replication: u16, day_index: u32) {
        let today = &mut self.today;
        today.clear();
        let all_arms = world.all_arms();
        world.demand.wants(
            &world.city,
            world.philox,
            replication,
            day_index,
            self.groups.clone(),
            &mut today.wants,
        );
        let mut later = self.later.remove(&world.day(day_index).0).unwrap_or_default();
        later.sort_unstable_by_key(order);
        let mut later = later.into_iter().peekable();
        for &want in &today.wants {
            let kind = if want.kind == WantKind::Admission { Kind::Admission } else { Kind::Visit };
            let fresh = Later::fresh(want, kind, all_arms);
            while let Some(earlier) = later.next_if(|plan| order(plan) < order(&fresh)) {
                today.plans.push(plan_of(earlier));
            }
            today.plans.push(plan_of(fresh));
        }
        today.plans.extend(later.map(plan_of));
        self.tell(world, replication, world.day(day_index));
        let today = &mut self.today;
        today.write_steps(world, replication);
        today.sort_by_site(world.city.sites.len());
        today.rehearsed.resize(today.plans.len() * world.arms.len(), Rehearsed::default());
    }
}

impl Later {
    /// A plan of today's wants.
    fn fresh(want: Want, kind: Kind, arms: u8) -> Later {
        Later { want, kind, arms, resume_at: 0, carried: false, deposit_fen: Default::default() }
    }
}

/// The order of a block's plans: by kin group, then visit.
fn order(plan: &Later) -> (GroupId, VisitId, Kind, bool, u8) {
    let visit = plan.want.visit;
    (visit.group(), visit, plan.kind, plan.carried, plan.resume_at)
}

fn plan_of(later: Later) -> Plan {
    Plan {
        want: later.want,
        kind: later.kind,
        arms: later.arms,
        resume_at: later.resume_at,
        carried: later.carried,
        emergency: false,
        first_step: 0,
        steps: 0,
        points: 0,
        slot: 0,
        comes_ms: later.want.arrival_ms,
        told: flow::Told::default(),
        deposit_fen: later.deposit_fen,
    }
}

/// The orders of a want, as flow reads them.
pub(super) fn orders_of(want: &Want) -> Orders {
    Orders {
        emergency: want.kind == WantKind::Emergency,
        registered_ahead: want.orders.has(city::Orders::AHEAD),
        lab: want.orders.has(city::Orders::LAB),
        imaging: want.orders.has(city::Orders::IMAGING),
        treatment: want.orders.has(city::Orders::TREATMENT),
        drugs: want.orders.has(city::Orders::DRUGS),
    }
}

impl Today {
    fn clear(&mut self) {
        self.wants.clear();
        self.plans.clear();
        self.steps.clear();
        self.rehearsed.clear();
    }

    /// Plans of the group that starts at `from`: the end of its run.
    pub(super) fn group_end(&self, from: usize) -> usize {
        let group = self.group_at(from);
        let rest = &self.plans[from..];
        from + rest.iter().take_while(|plan| plan.want.visit.group() == group).count()
    }

    /// The group of a plan.
    pub(super) fn group_at(&self, plan: usize) -> GroupId {
        self.plans[plan].want.visit.group()
    }

    fn write_steps(&mut self, world: &World<'_>, replication: u16) {
        for plan in &mut self.plans {
            let want = &plan.want;
            let tables = world.tables(want.site);
            let address = Address::new(want.visit.raw(), replication, Purpose::Course);
            let words = |step: u32| world.philox.block(address.at(step));
            let first = self.steps.len();
            match plan.kind {
                Kind::Visit => {
                    let orders = orders_of(want);
                    let departments = u64::from(world.departments(want.site));
                    let department =
                        ((u64::from(want.department_word) * departments) >> DEPARTMENT_BITS) as u8;
                    plan.points = flow::points_of(orders);
                    flow::outpatient_steps(tables, orders, department, words, &mut self.steps);
                    if world.gives_back(want, replication).is_some() {
                        plan.points |= PaymentPoint::REFUND.bit();
                        flow::refund_step(words, &mut self.steps);
                    }
                }
                Kind::Admission if world.is_emergency_stay(want.visit, replication) => {
                    (plan.emergency, plan.points) = (true, 0);
                    flow::carried_in_steps(tables, words, &mut self.steps);
                }
                Kind::TopUp => {
                    plan.points = PaymentPoint::Deposit.bit();
                    flow::top_up_steps(words, &mut self.steps);
                }
                Kind::Admission => {
                    plan.points = PaymentPoint::Deposit.bit();
                    flow::admission_steps(tables, words, &mut self.steps);
                }
                Kind::Discharge => {
                    plan.points = PaymentPoint::Stay.bit();
                    flow::discharge_steps(tables, words, &mut self.steps);
                }
            }
            plan.first_step = first as u32;
            plan.steps = (self.steps.len() - first) as u32;
        }
    }

    /// Counting sort of the plans by site, and each plan's position among its site's.
    fn sort_by_site(&mut self, sites: usize) {
        self.site_start.clear();
        self.site_start.resize(sites + 1, 0);
        for plan in &mut self.plans {
            let count = &mut self.site_start[usize::from(plan.want.site.0) + 1];
            plan.slot = *count;
            *count += 1;
        }
        for site in 0..sites {
            self.site_start[site + 1] += self.site_start[site];
        }
        self.by_site.clear();
        self.by_site.resize(self.plans.len(), 0);
        for (index, plan) in self.plans.iter().enumerate() {
            let at = self.site_start[usize::from(plan.want.site.0)] + plan.slot;
            self.by_site[at as usize] = index as u32;
        }
    }
}

/// Bits of a want's department word.
const DEPARTMENT_BITS: u32 = 16;

/// Times of a visit that nobody keeps waiting: when each payment point would be passed, and the exit.
pub(super) fn unloaded(
    plan: &Plan,
    arrival_ms: Ms,
    steps: &[flow::Step],
    points: &mut [Ms; 7],
) -> Ms {
    *points = [Ms::MAX; 7];
    let mut now = arrival_ms;
    let mut ready = now;
    let program = &steps[plan.first_step as usize..][..plan.steps as usize];
    for step in &program[usize::from(plan.resume_at).min(program.len())..] {
        match step.kind {
            flow::StepKind::Walk | flow::StepKind::Serve => now += step.value,
            flow::StepKind::Report => ready = ready.max(now + step.value),
            flow::StepKind::AwaitReports | flow::StepKind::AwaitRelease => now = now.max(ready),
            flow::StepKind::Pay => points[usize::from(step.place)] = now,
        }
    }
    now
}

impl Block {
    /// After the last day: only the stays that end on a day.
    pub(super) fn plan_stays(&mut self, world: &World<'_>, replication: u16, day: Day) {
        self.today.clear();
        let mut stays = self.later.remove(&day.0).unwrap_or_default();
        stays.sort_unstable_by_key(order);
        self.today.plans.extend(stays.into_iter().map(plan_of));
        self.today.write_steps(world, replication);
        self.today
            .rehearsed
            .resize(self.today.plans.len() * world.arms.len(), Rehearsed::default());
    }
}
