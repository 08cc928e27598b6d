//! Pass 2: without randomness of its own and without a clock, which payment points of today's visits
//! need a stop. Only groups with a line are run, on a copy of their rows, postings discarded; every
//! other visit takes its regime's stops. Must never write a row.

use super::arm::{Arm, Place};
use super::block::{ArmBlock, Block, Kind, Plan, Rehearsed};
use super::city_view::World;
use super::group::{GroupDay, GroupScratch, NoWitness, VisitDay};
use super::plan::{orders_of, unloaded};
use super::returns::with_refund;
use crate::domain::{Day, InsuranceScheme};
use crate::engine::PersonRow;
use crate::flow::{self, PAYMENT_POINTS, Payer, PaymentPoint, StopCode, Stops};
use crate::ledger::Discard;

impl Block {
    /// Rehearses today's plans in every arm.
    pub(super) fn rehearse(
        &mut self,
        world: &World<'_>,
        replication: u16,
        day: Day,
        scratch: &mut GroupScratch,
    ) {
        let mut from = 0;
        self.touch(&world.city, world.policy()..world.arms.len());
        while from < self.today.plans.len() {
            let to = self.today.group_end(from);
            for arm in 0..world.arms.len() {
                self.rehearse_group(world, replication, day, arm, (from, to), scratch);
            }
            from = to;
        }
    }

    fn rehearse_group(
        &mut self,
        world: &World<'_>,
        replication: u16,
        day: Day,
        arm: usize,
        (from, to): (usize, usize),
        scratch: &mut GroupScratch,
    ) {
        let group = self.today.group_at(from).0;
        let plans = &self.today.plans[from..to];
        let arms = world.arms.len();
        let state = &self.arms[arm];
        scratch.begin(plans.len());
        let runs = world.arms[arm].takes_card || state.has_line(world, self.first_person, group);
        let deposits = plans.iter().any(|plan| plan.kind == Kind::Admission);
        let short = plans.iter().any(|plan| world.may_go_without(plan, replication));
        if runs || deposits || short {
            state.gather(&world.city, self.first_person, group, &mut scratch.rows);
            state.cards.gather(group, &mut scratch.cards);
            let mut points = [0; PAYMENT_POINTS];
            for (visit, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.is_in(arm)) {
                let comes_ms = plan.arrival_ms(arm == world.policy());
                let exit = unloaded(plan, comes_ms, &self.today.steps, &mut points);
                scratch.enter(visit, plan, comes_ms, &points, exit);
            }
            let run = GroupDay { world, arm, replication, day };
            run.run(scratch, plans, &mut Discard, &mut NoWitness);
            for (plan, done) in plans.iter().zip(&mut scratch.visits) {
                done.lacks_deposit = plan.kind == Kind::Admission
                    && world.lacks_deposit(plan, done.money.deposit, replication, day);
                done.short.without = world.goes_without(plan, done.short.tests, replication);
            }
        }
        for (visit, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.is_in(arm)) {
            let place = Place { philox: world.philox, visit: plan.want.visit.raw(), replication };
            let done = scratch.visits[visit];
            self.today.rehearsed[(from + visit) * arms + arm] =
                stops_of(world, arm, plan, &done, place);
        }
    }
}

impl Plan {
    /// Whether the plan takes place today in an arm.
    pub(super) fn is_in(&self, arm: usize) -> bool {
        self.arms & 1 << arm != 0
    }
}

impl ArmBlock {
    /// Whether a group has a line, or somebody who wants to sign up at the desk.
    pub(super) fn has_line(&self, world: &World<'_>, block_first: u32, group: u32) -> bool {
        if self.credit.is_empty() && self.pending == 0 {
            return false;
        }
        let first = world.city.group_first[group as usize] - block_first;
        let last = world.city.group_first[group as usize + 1] - block_first;
        let rows = &self.rows[first as usize..last as usize];
        rows.iter().any(|row| row.has(PersonRow::SIGN_UP_PENDING | PersonRow::GROUP_HAS_LINE))
    }
}

/// The stop code of a visit from what the rehearsal granted it.
fn stops_of(
    world: &World<'_>,
    arm: usize,
    plan: &Plan,
    done: &VisitDay,
    place: Place,
) -> Rehearsed {
    let compiled = &world.arms[arm];
    let person = &world.city.people[plan.want.person.0 as usize];
    let site = usize::from(plan.want.site.0);
    let payer = Payer {
        age_band: person.age_band() as u8,
        level: world.city.sites[site].level,
        site_takes_phone: compiled.site_takes_phone[site],
        registered_ahead: orders_of(&plan.want).registered_ahead,
        phone_word: u32::from(person.phone) << 16,
        insured: person.scheme() != InsuranceScheme::Uninsured,
    };
    let points = match plan.kind {
        Kind::Visit => plan.points & !PaymentPoint::REFUND.bit(),
        _ => plan.points,
    };
    let mut own = compiled.own_stops(payer, points, place);
    if compiled.takes_card {
        let of_card = (done.carded, done.topped);
        let words = |point| place.channel_words(point);
        own = compiled.regime.card_stops(own, payer.level, of_card, words);
    }
    if plan.kind == Kind::Admission && done.money.deposit.is_zero() {
        own = own.with(PaymentPoint::Deposit, flow::Channel::None);
    }
    let mut up = rest_on_phone(own, done);
    let mut owed = compiled.regime.charged(plan.points, compiled.regime.paid_ahead(payer));
    let mut desk_ms = 0;
    if let Some(scheme) = &compiled.scheme_flow {
        let [stop, sign_up, help, again] = place.words(DESK_STEP);
        if done.granted != 0 {
            let line = flow::scheme_stops(scheme, own, true, stop);
            let word = |point: u8| place.words(u32::from(point))[2];
            let line = flow::confirmed_stops(scheme, (line, own), done.granted, word);
            let bears_end = (done.granted & !PaymentPoint::Deposit.bit()) != 0;
            let end = if bears_end { PaymentPoint::Final.bit() } else { 0 };
            up = up.with_points(done.granted | end, merged_end(own, line, done));
            owed |= scheme.owed_without_core(done.granted);
            if scheme.settled_after_leaving(place.words(LEAVING_STEP)[0]) {
                up = up.with_points(done.granted & PaymentPoint::Stay.bit(), Stops::default());
            }
        }
        if done.signed_up {
            desk_ms += scheme.sign_up_ms(sign_up);
        }
        if plan.kind == Kind::Discharge && done.granted & PaymentPoint::Stay.bit() != 0 {
            desk_ms += scheme.papers_back_ms(place.words(LEAVING_STEP)[1]);
        }
        let uses = done.granted != 0;
        if uses && (done.first_use || done.uses_line && scheme.needs_help_again(again)) {
            desk_ms += scheme.help_ms(help);
        }
    }
    let up = with_second_thoughts(compiled, plan, done, place, up);
    let up = with_refund(world, compiled, (plan, done.granted), place.replication, up);
    let up = if done.lacks_deposit { up.lacking_deposit() } else { up };
    let code = StopCode { up, down: flow::stops_without_core(up, owed) };
    Rehearsed {
        code,
        granted: done.granted,
        topped: done.topped,
        without: done.short.without,
        desk_ms,
        deposit_fen: done.money.deposit.packed(),
    }
}

/// Tests declined at their price: not taken, or charged already and refunded at a window at the end.
fn with_second_thoughts(
    arm: &Arm<'_>,
    plan: &Plan,
    done: &VisitDay,
    place: Place,
    up: Stops,
) -> Stops {
    let tests = PaymentPoint::Tests.bit();
    let orders = orders_of(&plan.want);
    if plan.kind != Kind::Visit || plan.points & tests == 0 || orders.emergency {
        return up;
    }
    let on_line = done.granted & tests != 0;
    let declines = done.short.without
        || if let (Some(scheme), true) = (&arm.scheme_flow, on_line) {
            scheme.may_refund() && scheme.refunds_tests(place.words(PRICE_STEP)[0])
        } else {
            let by_hand = up.get(PaymentPoint::Tests) != flow::Channel::None;
            let regime = &arm.regime;
            regime.may_decline() && regime.declines_tests(place.words(PRICE_STEP)[0], by_hand)
        };
    match (declines, up.get(PaymentPoint::Tests)) {
        (false, _) => up,
        (true, flow::Channel::None) => {
            up.declining_tests().with(PaymentPoint::Final, flow::Channel::Window)
        }
        (true, _) => up.declining_tests(),
    }
}

/// Semantic steps of a visit's payment words; payment points count from 0.
const DESK_STEP: u32 = 64;
/// Whether a stay is settled after leaving, and how long papers take to be given back.
const LEAVING_STEP: u32 = 65;
/// What is thought of a price.
const PRICE_STEP: u32 = 66;

/// Own stops, but on the phone where a card or wallet pays what the line left of an order's bill.
fn rest_on_phone(own: Stops, done: &VisitDay) -> Stops {
    let rest = |point: &&PaymentPoint| done.rest_on_phone & point.bit() != 0;
    let stops = PaymentPoint::ALL.iter().filter(rest);
    let asked = stops.filter(|&&point| own.get(point) != flow::Channel::None);
    asked.fold(own, |stops, &point| stops.with(point, flow::Channel::Phone))
}

/// The line's stops, but with a final stop where part of the bill is paid oneself at the end: what the line
/// left of it, or what was collected.
fn merged_end(own: Stops, line: Stops, done: &VisitDay) -> Stops {
    let end = PaymentPoint::Final;
    if line.get(end) != flow::Channel::None {
        line
    } else if done.rest_as_usual & end.bit() != 0 {
        line.with(end, flow::place_of_rest(own))
    } else if done.rest_on_phone & end.bit() != 0 {
        line.with(end, flow::Channel::Phone)
    } else if done.paid_own_at_end {
        line.with(end, own.get(end))
    } else {
        line
    }
}
