//! Pass 4: the same function as the rehearsal, from the midnight rows, in true-time order, now posting.
//! Schedules what falls due later and counts what happened. Must never change how a visit walked.

use super::block::{ArmBlock, Block, Calendar, Due, Entry, Kind, Later, Plan};
use super::city_view::World;
use super::group::{GroupDay, GroupScratch, VisitDay, Walked, Witness};
use super::hospital::SiteDay;
use crate::behaviour::{ARREARS_HORIZON_DAYS, Arrears, Intent};
use crate::domain::{Day, Fen, MS_PER_DAY, Ms, PersonId, Refusal};
use crate::engine::{Body, Decision, Settle};
use crate::flow::{End, Outcome, PaymentPoint, Step, StepKind};
use crate::metrics::{ArmSums, Cells, PairSums, Times};

/// One block's settling of one day.
pub(super) struct SettleDay<'a, 's> {
    pub(super) world: &'a World<'s>,
    /// Today's walks; `None` after the last day.
    pub(super) sites: Option<&'a [SiteDay]>,
    pub(super) replication: u16,
    pub(super) day: Day,
    /// Position of the block among the blocks.
    pub(super) block: usize,
}

impl SettleDay<'_, '_> {
    /// Settles today's visits of a block in every arm, and counts them.
    pub(super) fn run(&self, block: &mut Block, scratch: &mut GroupScratch) {
        let arms = self.world.arms.len();
        let mut from = 0;
        block.touch(&self.world.city, 0..arms);
        block.today.drew.clear();
        block.today.drew.resize(block.today.plans.len(), false);
        while from < block.today.plans.len() {
            let to = block.today.group_end(from);
            for arm in 0..arms {
                self.settle_group(block, arm, (from, to), scratch);
                if arm == self.world.policy() {
                    for (drew, done) in block.today.drew[from..to].iter_mut().zip(&scratch.visits) {
                        *drew = done.drew;
                    }
                }
            }
            from = to;
        }
        if self.sites.is_some() {
            for visit in 0..block.today.plans.len() {
                self.count_pair(block, visit);
            }
        }
    }

    /// How a plan walked; after the last day nobody walks, and stays end at their hour without a queue.
    pub(super) fn outcome(&self, plan: &Plan, arm: usize) -> Outcome {
        if let Some(sites) = self.sites {
            return *sites[usize::from(plan.want.site.0)].outcome(arm, self.block, plan.slot);
        }
        let mut outcome = Outcome { exit_ms: plan.want.arrival_ms, ..Outcome::default() };
        outcome.point_ms[PaymentPoint::Stay as usize] = plan.want.arrival_ms;
        outcome
    }

    /// Gathers a group's rows as they were at midnight and enters the true times of its visits.
    pub(super) fn enter_group(
        &self,
        block: &Block,
        arm: usize,
        (from, to): (usize, usize),
        scratch: &mut GroupScratch,
    ) {
        let group = block.today.group_at(from).0;
        let plans = &block.today.plans[from..to];
        scratch.begin(plans.len());
        block.arms[arm].gather(&self.world.city, block.first_person, group, &mut scratch.rows);
        for (visit, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.is_in(arm)) {
            let outcome = self.outcome(plan, arm);
            if outcome.end == End::Closed && outcome.steps_done == plan.resume_at {
                continue;
            }
            scratch.visits[visit].walked = walked(plan, &outcome, &block.today.steps);
            scratch.enter(visit, plan, &outcome.point_ms, outcome.exit_ms);
        }
    }

    /// The day of a group in one arm.
    pub(super) fn group_day(&self, arm: usize) -> GroupDay<'_, '_> {
        GroupDay { world: self.world, arm, replication: self.replication, day: self.day }
    }

    fn settle_group(
        &self,
        block: &mut Block,
        arm: usize,
        (from, to): (usize, usize),
        scratch: &mut GroupScratch,
    ) {
        self.enter_group(block, arm, (from, to), scratch);
        let group = block.today.group_at(from).0;
        let state = &mut block.arms[arm];
        let plans = &block.today.plans[from..to];
        let run = self.group_day(arm);
        let ArmBlock { audit, sums, calendar, pending, .. } = state;
        let mut witness = Booker { run, plans, group, sums, calendar, pending };
        run.run(scratch, plans, audit, &mut witness);
        state.scatter(block.first_person, group, &scratch.rows);
        for visit in from..to {
            let plan = block.today.plans[visit];
            if plan.is_in(arm) {
                self.close_visit(block, arm, visit, &plan, &scratch.visits[visit - from]);
            }
        }
    }

    /// Counts a visit in one arm and puts off what is left of it.
    fn close_visit(
        &self,
        block: &mut Block,
        arm: usize,
        visit: usize,
        plan: &Plan,
        done: &VisitDay,
    ) {
        let outcome = self.outcome(plan, arm);
        let rehearsed = block.today.rehearsed[visit * self.world.arms.len() + arm];
        let sums = &mut block.arms[arm].sums;
        let reached = reached_points(&outcome);
        if (done.granted ^ rehearsed.granted) & reached != 0 {
            sums.stop_conflicts += 1;
        }
        sums.requesting_visits += u64::from(done.commands > 0);
        let mut later = Later {
            want: plan.want,
            kind: plan.kind,
            arms: 1 << arm,
            resume_at: outcome.steps_done,
            carried: true,
            deposit_fen: plan.deposit_fen,
        };
        match (outcome.end, plan.kind) {
            (End::Closed, kind) => {
                let no_bed = kind == Kind::Admission && outcome.exit_ms == plan.want.arrival_ms;
                sums.day.no_bed += u64::from(no_bed);
                sums.day.spilled += u64::from(!no_bed);
                later.want.arrival_ms = self.world.morning(plan.want.arrival_ms);
                block.put_off(self.day + 1, later);
            }
            (End::Reneged, _) => sums.day.reneged += 1,
            (End::Done, Kind::Admission) if done.turned_back => sums.deposit_refused += 1,
            (End::Done, Kind::Admission) => {
                sums.day.admissions += 1;
                sums.deposits += done.deposit;
                later.kind = Kind::Discharge;
                later.resume_at = 0;
                later.carried = plan.carried;
                later.deposit_fen = Default::default();
                later.deposit_fen[arm] = done.deposit.packed();
                later.want.arrival_ms = self.world.discharge_ms(plan.want.visit, self.replication);
                block.put_off(self.day + i32::from(plan.want.stay_days.max(1)), later);
            }
            (End::Done, Kind::Visit) => sums.day.visits += 1,
            (End::Done, Kind::Discharge) => {}
        }
    }

    /// Counts a visit against the same visit under each baseline.
    fn count_pair(&self, block: &mut Block, visit: usize) {
        let plan = &block.today.plans[visit];
        let policy = self.world.policy();
        let ended = |arm: usize| {
            plan.is_in(arm) && !plan.carried && self.outcome(plan, arm).end == End::Done
        };
        let pairs = &mut block.pairs;
        let is_visit = plan.kind == Kind::Visit;
        if is_visit && !(ended(0) && ended(policy)) {
            pairs.unmatched += u64::from(plan.is_in(0) || plan.is_in(policy));
        }
        if !ended(policy) {
            return;
        }
        let class = usize::from(!block.today.drew[visit]);
        let after = times(plan, &self.outcome(plan, policy));
        for baseline in (0..policy).filter(|&baseline| ended(baseline)) {
            let before = times(plan, &self.outcome(plan, baseline));
            if !is_visit {
                pairs.stays[baseline].count(&before, &after);
                continue;
            }
            pairs.against[baseline][class].count(&before, &after);
            if baseline == 0 {
                let today = &mut block.arms[policy].sums.day;
                today.matched += 1;
                let [then, now] = [before.in_hospital_ms, after.in_hospital_ms];
                today.saved_ms += then.cast_signed() - now.cast_signed();
                self.count_cells(pairs, plan, class, &before, &after);
            }
        }
    }

    fn count_cells(
        &self,
        pairs: &mut PairSums,
        plan: &Plan,
        class: usize,
        before: &Times,
        after: &Times,
    ) {
        pairs.count_saved(class, before.in_hospital_ms as i64 - after.in_hospital_ms as i64);
        let person = &self.world.city.people[plan.want.person.0 as usize];
        let site = usize::from(plan.want.site.0);
        let cells = [
            person.age_band(),
            Cells::LEVELS + self.world.city.sites[site].level as usize,
            Cells::INCOMES + usize::from(person.income_band),
            Cells::DISTRICTS + usize::from(person.district),
            self.world.cells().first_site() + site,
        ];
        for cell in cells {
            pairs.cells[cell].count(before, after);
        }
    }
}

/// A visit's times for the sums.
fn times(plan: &Plan, outcome: &Outcome) -> Times {
    let payment = outcome.pay_walk_ms + outcome.pay_queue_ms + outcome.pay_service_ms;
    Times {
        wait_ms: u64::from(outcome.wait_ms + outcome.pay_queue_ms),
        payment_ms: u64::from(payment),
        in_hospital_ms: u64::from(outcome.exit_ms - plan.want.arrival_ms),
        stops: u64::from(outcome.stops),
        clinical_wait_ms: u64::from(outcome.wait_ms),
        desk_ms: u64::from(outcome.desk_ms),
    }
}

/// Points that the walk passed.
fn reached_points(outcome: &Outcome) -> u8 {
    let points = outcome.point_ms.iter().enumerate();
    points.filter(|&(_, &at)| at != Ms::MAX).fold(0, |mask, (point, _)| mask | 1 << point)
}

/// Who leaves a queue takes back the last payment if nothing that it paid for was had.
fn walked(plan: &Plan, outcome: &Outcome, steps: &[Step]) -> Walked {
    if outcome.end != End::Reneged {
        return Walked::Through;
    }
    let done = usize::from(outcome.steps_done);
    let program = &steps[plan.first_step as usize..][..done];
    for (at, step) in program.iter().enumerate().rev() {
        match step.kind {
            StepKind::Serve => return Walked::Left { cancel: None },
            StepKind::Pay if at >= usize::from(plan.resume_at) => {
                return Walked::Left { cancel: Some(step.place) };
            }
            _ => {}
        }
    }
    Walked::Left { cancel: None }
}

/// The witness of the settlement: counts every decision and enters what falls due.
struct Booker<'a, 'w, 's> {
    run: GroupDay<'w, 's>,
    plans: &'a [Plan],
    group: u32,
    sums: &'a mut ArmSums,
    calendar: &'a mut Calendar,
    pending: &'a mut u32,
}

impl Witness for Booker<'_, '_, '_> {
    fn decided(
        &mut self,
        at_ms: Ms,
        visit: usize,
        claim: &Settle<'_>,
        _: &Body<'_>,
        decision: &Decision,
    ) {
        let sums = &mut *self.sums;
        sums.request(at_ms % MS_PER_DAY as Ms);
        for word in [decision.refusal, decision.benefits_refused].into_iter().flatten() {
            sums.refuse(word);
        }
        if decision.refusal == Some(Refusal::LimitExhausted) {
            sums.line_bills += 1;
        }
        if decision.total.is_zero() {
            return;
        }
        if claim.lines.is_empty() {
            reversed(sums, decision);
            return self.calendar.forget(claim.visit.bill(claim.point));
        }
        sums.claims += 1;
        sums.billed += decision.total;
        if !decision.line.is_zero() {
            sums.line_bills += 1;
            sums.line_bills_whole += u64::from(decision.cash.is_zero());
        }
        if let (Some(due), Some(holder)) = (decision.due, decision.holder) {
            self.drawn(claim, decision, due, u32::from(holder));
        }
        if !decision.receivable.is_zero() {
            self.owed(visit, claim, decision.receivable);
        }
    }

    fn opened(&mut self, _: Ms, _: usize, decision: &Decision) {
        *self.pending -= 1;
        count_opened(self.sums, decision);
    }

    fn refused(&mut self, decision: &Decision) {
        count_opened(self.sums, decision);
    }
}

/// Takes a reversed bill out of the sums again; it was counted today.
fn reversed(sums: &mut ArmSums, decision: &Decision) {
    sums.claims -= 1;
    sums.billed -= decision.total;
    sums.draws -= u64::from(!decision.line.is_zero());
    sums.drawn -= decision.line;
    sums.day.drawn -= decision.line;
    sums.arrears -= decision.receivable;
}

/// Counts a line opened or refused.
pub(super) fn count_opened(sums: &mut ArmSums, decision: &Decision) {
    match decision.refusal {
        None => {
            sums.opened += 1;
            sums.limit_total += decision.line;
        }
        Some(word) => sums.refuse(word),
    }
}

impl Booker<'_, '_, '_> {
    /// A draw was made: when will it be paid?
    fn drawn(&mut self, claim: &Settle<'_>, decision: &Decision, due: Day, holder: u32) {
        let world = self.run.world;
        let person = world.city.group_first[self.group as usize] + holder;
        let sums = &mut *self.sums;
        sums.draws += 1;
        sums.drawn += decision.line;
        sums.day.drawn += decision.line;
        let vintage = sums.risk.vintage(world.vintage(claim.visit));
        vintage.draws += 1;
        vintage.drawn += decision.line;
        for at in world.segments(person) {
            sums.risk.segments[at].draws += 1;
            sums.risk.segments[at].drawn += decision.line;
        }
        let bill = claim.visit.bill(claim.point);
        let today = self.run.day;
        let window = (due - today).max(0) as u32;
        let view = world.person_view(PersonId(person));
        let intent = world.behaviour.repayment(
            world.philox,
            bill.raw(),
            self.run.replication,
            &view,
            decision.line,
            window,
        );
        let on = match intent {
            Intent::FirstDay => today + 1,
            Intent::Early { after_days } => today + after_days.min(window) as i32,
            Intent::OnDue | Intent::Misses => due,
        };
        let due = if intent == Intent::Misses { Due::Tick } else { Due::Repay };
        self.calendar.enter(on.max(today), Entry { group: self.group, person, bill, due });
    }

    /// Monthly parts in which the scheme lets an unpaid bill be paid.
    fn agreement_months(&self) -> u8 {
        let policy = self.run.world.arms[self.run.arm].engine.policy;
        policy.map_or(1, |policy| policy.more.delinquency.agreement_months)
    }

    /// A bill was left unpaid: is it ever paid?
    fn owed(&mut self, visit: usize, claim: &Settle<'_>, amount: Fen) {
        let world = self.run.world;
        let plan = &self.plans[visit];
        let person = plan.want.person.0;
        self.sums.arrears += amount;
        let view = world.person_view(plan.want.person);
        let replication = self.run.replication;
        let raw = plan.want.visit.raw();
        let fate =
            world.behaviour.window_arrears(world.philox, raw, replication, &view, claim.care);
        let (days, written_off) = match fate {
            Arrears::Pays => (1, false),
            Arrears::PaysAfter { days } => (i32::from(days), false),
            Arrears::Never => (ARREARS_HORIZON_DAYS as i32, true),
        };
        let bill = claim.visit.bill(claim.point);
        let parts = if written_off { 1 } else { self.agreement_months() };
        let each = Fen(amount.0 / i64::from(parts));
        for month in 0..parts {
            let part = if month == 0 { amount - Fen(each.0 * i64::from(parts - 1)) } else { each };
            let due = Due::Arrears { hospital: plan.want.site.0, amount: part, written_off };
            let on = (self.run.day + days).plus_months(i32::from(month));
            if !part.is_zero() {
                self.calendar.enter(on, Entry { group: self.group, person, bill, due });
            }
        }
    }
}
