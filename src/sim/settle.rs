//! Pass 4: the same function as the rehearsal, from the midnight rows, in true-time order, now posting.
//! Schedules what falls due later and counts what happened. Must never change how a visit walked.

use super::away::{Stay, is_elsewhere};
use super::block::{ArmBlock, Block, Calendar, Due, Entry, Kind, Later, Plan, Rehearsed};
use super::city_view::World;
use super::draws::Draws;
use super::files::{Clerks, DayFiles};
use super::group::{GroupDay, GroupScratch, VisitDay, Walked, Witness};
use super::hospital::SiteDay;
use super::payments::{PayDay, over_network};
use super::stays::{StayMoney, on_the_way};
use super::till::Till;
use crate::behaviour::{ARREARS_HORIZON_DAYS, Arrears};
use crate::city::{Want, WantKind};
use crate::domain::{CareKind, Day, Fen, MS_PER_DAY, Ms, Refusal, VisitId};
use crate::engine::{Body, Decision, Settle};
use crate::flow::{Channel, End, NOT_REACHED, Outcome, PaymentPoint, Step, StepKind};
use crate::metrics::{ArmSums, Cells, PairSums, Times};
use crate::settlement::Receipt;

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
            let month = self.world.month(self.day) * self.world.city.sites.len();
            for visit in 0..block.today.plans.len() {
                self.count_pair(block, visit, month);
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
            let stayed_out = matches!(outcome.end, End::Closed | End::NoBed);
            if stayed_out && outcome.steps_done == plan.resume_at {
                continue;
            }
            let rehearsed = &block.today.rehearsed[(from + visit) * self.world.arms.len() + arm];
            let state = &mut scratch.visits[visit];
            state.walked = walked(plan, &outcome, &block.today.steps);
            state.diverted = outcome.diverted;
            state.refunds = rehearsed.code.up.declines_tests();
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
        let ArmBlock { audit, sums, calendar, pending, sites, away, files, pay, .. } = state;
        let away = (arm == self.world.policy()).then_some(away);
        let mut till = Till::new(audit, sites);
        let mut witness = Booker { run, plans, group, sums, calendar, pending, away, files, pay };
        run.run(scratch, plans, &mut till, &mut witness);
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
        // A line that an outage kept from answering is no conflict: both passes knew of it.
        let end_diverted = outcome.diverted & PaymentPoint::Final.bit() != 0;
        let compared = if end_diverted { 0 } else { reached_points(&outcome) & !outcome.diverted };
        if (done.granted ^ rehearsed.granted) & compared != 0 {
            sums.stop_conflicts += 1;
        }
        count_second_thoughts(sums, &rehearsed, &outcome);
        count_stay(sums, plan, &outcome, done, &rehearsed);
        sums.deposit_refused += u64::from(outcome.end == End::TurnedAway);
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
                sums.day.spilled += 1;
                if kind == Kind::Discharge {
                    sums.inpatient.locked_fen_days += Fen::unpacked(plan.deposit_fen[arm]).0;
                }
                later.want.arrival_ms = self.world.morning(plan.want.arrival_ms);
                block.put_off(self.day + 1, later);
            }
            (End::NoBed, _) => {
                sums.day.no_bed += 1;
                later.want.arrival_ms = self.world.morning(plan.want.arrival_ms);
                block.put_off(self.day + 1, later);
            }
            (End::TurnedAway, _) => match self.world.returns(plan.want.visit, self.replication) {
                Some(days) => {
                    later.resume_at = 0;
                    later.want.arrival_ms = self.world.morning(plan.want.arrival_ms);
                    block.put_off(self.day + days, later);
                }
                None => sums.inpatient.gave_up += 1,
            },
            (End::Reneged, _) => sums.day.reneged += 1,
            (End::Done, Kind::Admission) => {
                sums.day.admissions += 1;
                sums.deposits += done.money.deposit;
                let waited = self.world.index(self.day) - plan.want.visit.day() as i32;
                sums.inpatient.bed_wait_days += u64::from(waited.max(0).cast_unsigned());
                let stay_days = i64::from(plan.want.stay_days.max(1));
                sums.inpatient.locked_fen_days += done.money.deposit.0 * stay_days;
                later.kind = Kind::Discharge;
                later.resume_at = 0;
                later.carried = plan.carried;
                later.deposit_fen = Default::default();
                later.deposit_fen[arm] = done.money.deposit.packed();
                later.want.arrival_ms = self.world.discharge_ms(plan.want.visit, self.replication);
                block.put_off(self.day + i32::from(plan.want.stay_days.max(1)), later);
                self.plan_payments(block, arm, plan, done.money);
            }
            (End::Done, Kind::TopUp) => self.paid_on_the_way(block, arm, plan, done.money.deposit),
            (End::Done, Kind::Visit) => self.end_visit(block, arm, plan, done),
            (End::Done, Kind::Discharge) => {}
        }
    }

    /// Counts a visit; one that a line paid may lead to a further one, in this arm alone.
    fn end_visit(&self, block: &mut Block, arm: usize, plan: &Plan, done: &VisitDay) {
        block.arms[arm].sums.day.visits += 1;
        let visit = plan.want.visit;
        let after = self.world.behaviour.more().induced_after_days;
        let again = done.drew
            && plan.want.kind == WantKind::Outpatient
            && visit.k() < INDUCED
            && self.world.behaviour.comes_again(self.world.philox, visit.raw(), self.replication);
        if !again {
            return;
        }
        let number = visit.k() + INDUCED;
        let further = VisitId::new(visit.day() + u32::from(after), visit.group(), number);
        block.arms[arm].sums.induced_visits += 1;
        block.put_off(
            self.day + i32::from(after),
            Later {
                want: Want { visit: further, ..plan.want },
                kind: Kind::Visit,
                arms: 1 << arm,
                resume_at: 0,
                carried: false,
                deposit_fen: Default::default(),
            },
        );
    }

    /// Enters the payments towards a stay that has begun.
    fn plan_payments(&self, block: &mut Block, arm: usize, plan: &Plan, money: StayMoney) {
        let stay_days = plan.want.stay_days.max(1);
        let spec = &self.world.scenario.inpatient;
        let day = self.day;
        let mut counts = [0, 0];
        on_the_way(spec, money, stay_days, |payment| {
            let mut later = Later {
                want: plan.want,
                kind: Kind::TopUp,
                arms: 1 << arm,
                resume_at: 0,
                carried: false,
                deposit_fen: Default::default(),
            };
            later.deposit_fen[arm] = payment.amount.packed();
            later.want.arrival_ms = self.world.morning(plan.want.arrival_ms);
            counts[usize::from(payment.top_up)] += 1;
            block.put_off(day + i32::from(payment.after_days), later);
        });
        let sums = &mut block.arms[arm].sums.inpatient;
        sums.staged += counts[0];
        sums.top_ups += counts[1];
    }

    /// A payment towards a stay was made: it is held until the discharge.
    fn paid_on_the_way(&self, block: &mut Block, arm: usize, plan: &Plan, amount: Fen) {
        let Some(until) = block.hold_more(plan, arm, amount) else {
            let visit = plan.want.visit.raw();
            panic!("invariant: visit {visit} pays {amount} towards a stay that has ended");
        };
        let sums = &mut block.arms[arm].sums;
        sums.deposits += amount;
        sums.inpatient.paid_on_the_way += amount;
        sums.inpatient.locked_fen_days += amount.0 * i64::from(until - self.day);
    }

    /// Counts a visit against the same visit under each baseline; `month` is the first institution's
    /// place in this month.
    fn count_pair(&self, block: &mut Block, visit: usize, month: usize) {
        let plan = &block.today.plans[visit];
        let policy = self.world.policy();
        let ended = |arm: usize| {
            plan.is_in(arm) && !plan.carried && self.outcome(plan, arm).end == End::Done
        };
        let pairs = &mut block.pairs;
        if plan.kind == Kind::TopUp {
            return;
        }
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
                let site = pairs.site_month(month + usize::from(plan.want.site.0));
                site.visits += 1;
                site.credit += u64::from(class == 0);
                site.saved_ms += then.cast_signed() - now.cast_signed();
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
        pairs.count_waits(before, after);
        let person = &self.world.city.people[plan.want.person.0 as usize];
        let site = usize::from(plan.want.site.0);
        let cells = [
            person.age_band(),
            Cells::LEVELS + self.world.city.sites[site].level as usize,
            Cells::INCOMES + usize::from(person.income_band),
            Cells::SCHEMES + person.scheme() as usize,
            Cells::DISTRICTS + usize::from(person.district),
            self.world.cells().first_site() + site,
        ];
        for cell in cells {
            pairs.cells[cell].count(before, after);
        }
    }
}

/// Numbers of induced visits within their day: above those of wants, so that no two are alike.
const INDUCED: u32 = 128;

/// Counts tests declined and trips for a refund.
fn count_second_thoughts(sums: &mut ArmSums, rehearsed: &Rehearsed, outcome: &Outcome) {
    let tests = outcome.point_ms[PaymentPoint::Tests as usize] != NOT_REACHED;
    let declines = rehearsed.code.up.declines_tests() && outcome.end == End::Done;
    sums.declined += u64::from(declines);
    sums.refund_trips += u64::from(declines && tests);
}

/// Counts what a stay costs its patient besides the bill.
fn count_stay(
    sums: &mut ArmSums,
    plan: &Plan,
    outcome: &Outcome,
    done: &VisitDay,
    rehearsed: &Rehearsed,
) {
    let stays = &mut sums.inpatient;
    let finished = outcome.end == End::Done;
    match plan.kind {
        Kind::Visit => return,
        Kind::Admission => {
            let deposit = PaymentPoint::Deposit.bit();
            stays.admissions += u64::from(finished);
            stays.on_line += u64::from(finished && done.granted & deposit != 0);
            stays.turned_away += u64::from(outcome.end == End::TurnedAway);
        }
        Kind::Discharge if finished => {
            let stay = PaymentPoint::Stay;
            let no_stop = rehearsed.code.up.get(stay) == Channel::None;
            stays.discharges += 1;
            stays.discharge_ms += u64::from(outcome.exit_ms - plan.want.arrival_ms);
            stays.settled_after_leaving +=
                u64::from(no_stop && done.granted & stay.bit() != 0 && outcome.diverted == 0);
        }
        Kind::TopUp | Kind::Discharge => {}
    }
    let payment = outcome.pay_walk_ms + outcome.pay_queue_ms + outcome.pay_service_ms;
    stays.payment_ms += u64::from(payment);
}

/// A visit's times for the sums.
fn times(plan: &Plan, outcome: &Outcome) -> Times {
    let payment = outcome.pay_walk_ms + outcome.pay_queue_ms + outcome.pay_service_ms;
    Times {
        wait_ms: u64::from(outcome.wait_ms + outcome.pay_queue_ms),
        payment_ms: u64::from(payment),
        in_hospital_ms: u64::from(outcome.exit_ms - plan.want.arrival_ms - outcome.bed_ms),
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
    away: Option<&'a mut Vec<Stay>>,
    files: &'a mut DayFiles,
    pay: &'a mut PayDay,
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
        self.write_files(claim, decision);
        let sums = &mut *self.sums;
        if claim.lines.is_empty() {
            reversed(sums, decision);
            return self.calendar.forget(claim.visit.bill(claim.point));
        }
        sums.claims += 1;
        sums.billed += decision.total;
        if !decision.line.is_zero() {
            sums.line_bills += 1;
            let outside = self.run.outside_the_line(claim);
            sums.line_bills_whole += u64::from(decision.cash <= outside);
        }
        self.keep_stay(at_ms, visit, claim);
        if let (Some(due), Some(holder)) = (decision.due, decision.holder) {
            self.drawn(claim, decision, due, u32::from(holder));
        }
        if !decision.receivable.is_zero() {
            self.owed(visit, claim, decision.receivable);
        }
    }

    fn receipt(&mut self, claim: &Settle<'_>, receipt: &Receipt, taken_back: bool) {
        let GroupDay { world, replication, .. } = self.run;
        let bill = (claim.hospital, claim.visit.bill(claim.point));
        self.pay.count(world, replication, bill, receipt, taken_back);
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
        let Booker { run, group, .. } = *self;
        let person = run.world.city.group_first[group as usize] + holder;
        let mut draws = Draws { run, group, sums: self.sums, calendar: self.calendar };
        draws.made(claim.visit.bill(claim.point), decision.line, due, person);
    }

    /// Enters the settlement in the daily files, where they are followed.
    fn write_files(&mut self, claim: &Settle<'_>, decision: &Decision) {
        let GroupDay { world, arm, replication, day } = self.run;
        if let Some(spec) = &world.arms[arm].spec.clearing {
            let clerks = Clerks { philox: world.philox, replication };
            let bill = claim.visit.bill(claim.point).raw();
            let taken_back = claim.lines.is_empty();
            let card = match claim.purse {
                Some(purse) => over_network(purse, decision.cash),
                None => spec.network_share.of(decision.cash),
            };
            self.files.write(spec, clerks, (bill, day), (decision, card), taken_back);
        }
    }

    /// Keeps a stay of somebody who is insured elsewhere.
    fn keep_stay(&mut self, at_ms: Ms, visit: usize, claim: &Settle<'_>) {
        let world = self.run.world;
        let (Some(away), Some(cross)) = (&mut self.away, &world.scenario.cross_province) else {
            return;
        };
        let person = self.plans[visit].want.person;
        if claim.care == CareKind::Inpatient && is_elsewhere(world, cross, person) {
            away.push(Stay {
                visit: claim.visit.raw(),
                person,
                hospital: claim.hospital,
                at: self.run.day.start() + i64::from(at_ms),
                lines: claim.lines.to_vec(),
            });
        }
    }

    /// Monthly parts in which the scheme lets an unpaid bill be paid.
    fn agreement_months(&self) -> u8 {
        let policy = self.run.world.arms[self.run.arm].engine.policy;
        policy.map_or(1, |policy| policy.more.delinquency.agreement_months)
    }

    /// Days after which the line is asked to pay an unpaid bill of a hospital that takes part.
    fn debit_after(&self, plan: &Plan) -> Option<i32> {
        let policy = self.run.world.arms[self.run.arm].engine.policy?;
        let after = policy.more.repayment.pays_overdue_after?;
        self.run.in_scheme(plan).then_some(i32::from(after))
    }

    /// A bill was left unpaid: is it ever paid?
    fn owed(&mut self, visit: usize, claim: &Settle<'_>, amount: Fen) {
        let world = self.run.world;
        let plan = &self.plans[visit];
        let person = plan.want.person.0;
        self.sums.arrears += amount;
        let replication = self.run.replication;
        let view = world.view_on(plan.want.person, self.run.day, replication);
        let raw = plan.want.visit.raw();
        let bill = (claim.care, self.agreement_months() > 1);
        let fate = world.behaviour.window_arrears(world.philox, raw, replication, &view, bill);
        let (days, written_off) = match fate {
            Arrears::Pays => (1, false),
            Arrears::PaysAfter { days } => (i32::from(days), false),
            Arrears::Never => (ARREARS_HORIZON_DAYS as i32, true),
        };
        let hospital = plan.want.site.0;
        let bill = claim.visit.bill(claim.point);
        if let Some(after) = self.debit_after(plan).filter(|&after| after < days) {
            let rest_on = self.run.day + days;
            let due = Due::Debit { hospital, amount, rest_on, written_off };
            let entry = Entry { group: self.group, person, bill, due };
            return self.calendar.enter(self.run.day + after, entry);
        }
        let parts = if written_off { 1 } else { self.agreement_months() };
        let each = Fen(amount.0 / i64::from(parts));
        for month in 0..parts {
            let part = if month == 0 { amount - Fen(each.0 * i64::from(parts - 1)) } else { each };
            let due = Due::Arrears { hospital, amount: part, written_off };
            let on = (self.run.day + days).plus_months(i32::from(month));
            if !part.is_zero() {
                self.calendar.enter(on, Entry { group: self.group, person, bill, due });
            }
        }
    }
}
