//! Pass 4: the same function as the rehearsal, from the midnight rows, in true-time order, now posting.
//! Schedules what falls due later and counts what happened. Must never change how a visit walked.

use super::block::{ArmBlock, Block, Kind, Later, Plan, Rehearsed};
use super::booker::Booker;
use super::city_view::World;
use super::group::{GroupDay, GroupScratch, VisitDay, Walked};
use super::hospital::SiteDay;
use super::stays::{StayMoney, on_the_way};
use super::till::Till;
use crate::city::{Want, WantKind};
use crate::domain::{Day, Fen, Ms, Ratio, VisitId};
use crate::flow::{Channel, End, NOT_REACHED, Outcome, PaymentPoint, Step, StepKind};
use crate::metrics::ArmSums;

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
        block.arms[arm].cards.gather(group, &mut scratch.cards);
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
            let comes_ms = plan.arrival_ms(arm == self.world.policy());
            scratch.enter(visit, plan, comes_ms, &outcome.point_ms, outcome.exit_ms);
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
        let ArmBlock {
            audit, sums, calendar, pending, sites, away, files, pay, homes, purses, ..
        } = state;
        let away = (arm == self.world.policy()).then_some(away);
        let till = Till::new(audit, sites);
        let mut till = till.of(self.world, (homes, purses), group, self.day);
        let mut witness = Booker { run, plans, group, sums, calendar, pending, away, files, pay };
        run.run(scratch, plans, &mut till, &mut witness);
        state.scatter(block.first_person, group, &scratch.rows);
        run.keep_cards(state, group, &scratch.cards);
        for visit in from..to {
            let plan = block.today.plans[visit];
            if plan.is_in(arm) {
                let done = &scratch.visits[visit - from];
                self.close_visit(block, arm, visit, &plan, done);
                self.count_finance(&mut block.arms[arm].sums, &plan, done);
                if arm == self.world.policy() {
                    let charged = done.granted & reached_points(&self.outcome(&plan, arm));
                    let messages = &mut block.arms[arm].sums.messages;
                    self.world.tell_of_charges(&plan, charged, self.replication, messages);
                }
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
        let differs = (done.granted ^ rehearsed.granted) | (done.topped ^ rehearsed.topped);
        if differs & compared != 0 {
            sums.stop_conflicts += 1;
        }
        count_second_thoughts(sums, plan, &rehearsed, &outcome);
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
                    self.count_locked(sums, plan, Fen::unpacked(plan.deposit_fen[arm]).0);
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
                self.count_admission(sums, plan, done);
                sums.deposits += done.money.deposit;
                let waited = self.world.index(self.day) - plan.want.visit.day() as i32;
                sums.inpatient.bed_wait_days += u64::from(waited.max(0).cast_unsigned());
                let stay_days = i64::from(plan.want.stay_days.max(1));
                self.stay_group(sums, plan).admissions += 1;
                self.count_locked(sums, plan, done.money.deposit.0 * stay_days);
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
            (End::Done, Kind::Discharge) => self.count_peak(sums, arm, plan),
        }
    }

    /// Counts a stay that begins, and its bill with what a line adds to it.
    fn count_admission(&self, sums: &mut ArmSums, plan: &Plan, done: &VisitDay) {
        let bill = Fen::unpacked(plan.want.bill_fen[0]);
        let more = if done.uses_line { self.world.induced_bill } else { Ratio::ZERO };
        sums.day.admissions += 1;
        sums.day.stays_billed += bill + more.of(bill);
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
        self.count_locked(sums, plan, amount.0 * i64::from(until - self.day));
    }
}

/// Numbers of induced visits within their day: above those of wants, so that no two are alike.
const INDUCED: u32 = 128;

/// Counts tests declined and trips for a refund, before or after the bill was paid.
fn count_second_thoughts(
    sums: &mut ArmSums,
    plan: &Plan,
    rehearsed: &Rehearsed,
    outcome: &Outcome,
) {
    let gives_back = plan.kind == Kind::Visit
        && outcome.point_ms[PaymentPoint::REFUND as usize] != NOT_REACHED
        && rehearsed.code.up.get(PaymentPoint::REFUND).station().is_some();
    sums.refunds.trips += u64::from(gives_back);
    let tests = outcome.point_ms[PaymentPoint::Tests as usize] != NOT_REACHED;
    let declines = rehearsed.code.up.declines_tests() && outcome.end == End::Done;
    sums.declined += u64::from(declines);
    sums.refund_trips += u64::from(declines && tests);
    if declines && rehearsed.without {
        let billed = Fen::unpacked(plan.want.bill_fen[PaymentPoint::Tests as usize]);
        sums.finance.without += 1;
        sums.finance.without_billed += billed;
    }
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
            stays.unsigned += u64::from(finished && done.unsigned);
            stays.signed_on_ward += u64::from(finished && done.opened_on_ward);
            let later = !done.money.asked_later.is_zero() && plan.want.stay_days > 1;
            let asked = done.unsigned && !done.opened_on_ward && later;
            stays.unsigned_deposits += u64::from(finished && asked);
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
