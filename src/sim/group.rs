//! The day of one kin group in one arm: its commands in time order, through the engine. The rehearsal
//! and the settlement are this one function with other times and another sink. Must never look at
//! another group, and never decide what the engine should.

use super::arm::takes_part;
use super::block::{Kind, Plan};
use super::cards::Card;
use super::city_view::World;
use super::payments::{purse, receipt_of};
use super::till::SiteSink;
pub(super) use super::visit_day::{
    Event, GroupScratch, NoWitness, VisitDay, Walked, What, Witness,
};
use crate::city::WantKind;
use crate::domain::{CareKind, Day, Fen, HospitalLevel, ItemClass, Ms};
use crate::engine::{Body, Command, Decision, Funding, GroupRows, PersonRow, Settle};
use crate::flow::spec::PayWhen;
use crate::flow::{PAYMENT_POINTS, PaymentPoint};
use crate::random::{Address, Purpose};
use crate::scenario::DepositRule;
use crate::settlement::{BillLine, Purse, Source};

mod entitlement;
mod entries;
mod on_card;
mod own_money;
mod returned;
mod short;
mod sign_up;

use own_money::Books;

/// One group's day in one arm.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupDay<'w, 's> {
    pub(super) world: &'w World<'s>,
    pub(super) arm: usize,
    pub(super) replication: u16,
    pub(super) day: Day,
}

impl GroupDay<'_, '_> {
    /// Runs the entered events in time order.
    pub(super) fn run<S: SiteSink, W: Witness>(
        &self,
        scratch: &mut GroupScratch,
        plans: &[Plan],
        sink: &mut S,
        witness: &mut W,
    ) {
        self.enter_captures(scratch);
        scratch.events.sort_unstable();
        for at in 0..scratch.events.len() {
            let Event { at_ms, visit, what } = scratch.events[at];
            let visit = usize::from(visit);
            let mut hand = Hand {
                day: self,
                plan: &plans[visit],
                at_ms,
                visit,
                rows: &mut scratch.rows,
                state: &mut scratch.visits[visit],
                lines: &mut scratch.lines,
                cards: &mut scratch.cards,
                sink,
                witness,
            };
            match what {
                What::Arrive if hand.plan.kind == Kind::TopUp => {}
                What::Arrive => hand.arrive(),
                What::Point(point) => hand.point(point),
                What::Leave => hand.leave(),
                What::Capture => hand.capture(),
            }
        }
    }

    /// The scheme's hour of automatic drawdown.
    fn capture_at(&self) -> Option<Ms> {
        let policy = self.world.arms[self.arm].engine.policy;
        policy.and_then(|policy| policy.more.repayment.capture_at)
    }

    /// Visits that have ended by the hour of automatic drawdown are captured then.
    fn enter_captures(&self, scratch: &mut GroupScratch) {
        let Some(at_ms) = self.capture_at() else {
            return;
        };
        for at in 0..scratch.events.len() {
            let Event { at_ms: left, visit, what } = scratch.events[at];
            if what == What::Leave && left <= at_ms {
                scratch.events.push(Event { at_ms, visit, what: What::Capture });
            }
        }
    }

    /// What of a bill no line of the arm pays, however large: fully self-paid items, unless the policy
    /// lets it.
    pub(super) fn outside_the_line(&self, claim: &Settle<'_>) -> Fen {
        let policy = self.world.arms[self.arm].engine.policy;
        if policy.is_none_or(|policy| policy.pays_out_of_catalogue) {
            return Fen::ZERO;
        }
        let outside =
            |line: &&BillLine| line.class == ItemClass::C && line.prepay_bp != BillLine::OVER_LIMIT;
        claim.lines.iter().filter(outside).map(|line| Fen::unpacked(line.amount_fen)).sum()
    }

    /// Whether a plan's hospital takes part in the scheme today.
    pub(super) fn in_scheme(&self, plan: &Plan) -> bool {
        let site = &self.world.city.sites[usize::from(plan.want.site.0)];
        takes_part(site.in_scheme_from, self.day)
    }
}

/// One event in hand: the visit, its rows, and where decisions go.
struct Hand<'a, 'w, 's, S: SiteSink, W: Witness> {
    day: &'a GroupDay<'w, 's>,
    plan: &'a Plan,
    at_ms: Ms,
    visit: usize,
    rows: &'a mut GroupRows,
    state: &'a mut VisitDay,
    lines: &'a mut Vec<BillLine>,
    cards: &'a mut Vec<Card>,
    sink: &'a mut S,
    witness: &'a mut W,
}

const TESTS: u8 = PaymentPoint::Tests as u8;
const FINAL: u8 = PaymentPoint::Final as u8;
const DEPOSIT: u8 = PaymentPoint::Deposit as u8;
const STAY: u8 = PaymentPoint::Stay as u8;
/// Bill numbers of a visit: eight a day, for the day wanted and those it is carried over to.
pub(super) const BILLS_A_DAY: u8 = 8;
const MOST_DAYS_LATER: i32 = 30;

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    fn member(&self) -> usize {
        (self.plan.want.person.0 - self.rows.first) as usize
    }

    fn arrive(&mut self) {
        self.take_up_line();
        if self.plan.emergency {
            self.admit_emergency();
        }
    }

    /// Signs up at the desk if that was meant, and decides about using a line.
    fn take_up_line(&mut self) {
        let arm = &self.day.world.arms[self.day.arm];
        if arm.scheme().is_none() || !self.day.in_scheme(self.plan) {
            return;
        }
        self.sign_up();
        let (member, care) = (self.member(), self.care());
        if let Some(holder) = arm.engine.line_shown(self.rows, member) {
            self.rows.people[holder].flags |= PersonRow::LINE_SHOWN;
            let world = self.day.world;
            let visit = self.plan.want.visit.raw();
            let replication = self.day.replication;
            self.note_line(holder);
            let chosen = world.behaviour.uses_line(world.philox, visit, replication, care)
                && !self.kept_in_reserve();
            self.state.uses_line =
                chosen || self.state.opened_on_ward || world.may_go_without(self.plan, replication);
            self.state.first_use =
                self.state.uses_line && !self.rows.people[member].has(PersonRow::HAS_USED_LINE);
        }
    }

    /// Whether the bill is too small for a line that its holder keeps for larger ones.
    fn kept_in_reserve(&self) -> bool {
        let (world, want) = (self.day.world, &self.plan.want);
        let bill: i64 = want.bill_fen.iter().map(|&part| i64::from(part)).sum();
        world.behaviour.keeps_in_reserve(Fen(bill), world.city.monthly_income(want.person))
    }

    fn point(&mut self, point: u8) {
        match (self.plan.kind, point) {
            (Kind::Admission, _) => self.admit(),
            (Kind::TopUp, _) => self.top_up(),
            (Kind::Discharge, _) => {
                self.discharge();
                self.show_entitlement();
            }
            (Kind::Visit, FINAL) => self.settle_at_end(),
            (Kind::Visit, DEPOSIT) => self.give_back(),
            (Kind::Visit, _) if self.amount(point).is_zero() => {}
            (Kind::Visit, _) if self.may_use_line(point) && self.on_line(point) => {}
            (Kind::Visit, _) => self.own(point),
        }
    }

    /// Whether the visit is put on the line and the core answers.
    fn may_use_line(&self, point: u8) -> bool {
        self.state.uses_line && self.state.diverted & 1 << point == 0
    }

    /// Tries to put a point on the line; false when refused.
    fn on_line(&mut self, point: u8) -> bool {
        let arm = &self.day.world.arms[self.day.arm];
        let Some(scheme) = arm.scheme() else {
            return false;
        };
        let bit = 1 << point;
        let at_end = matches!(scheme.flow.when, PayWhen::OnceAtEnd | PayWhen::AfterLeaving);
        let decision = if at_end {
            self.reserve(self.state.held | bit)
        } else {
            let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
            let decision = self.claim(bit, point, funding);
            self.state.tests_charged |= point == TESTS && decision.refusal.is_none();
            decision
        };
        if decision.refusal.is_some() {
            return false;
        }
        if at_end {
            self.state.held |= bit;
        } else {
            self.pay_rest(bit, &decision);
        }
        if decision.cash.is_zero() || self.state.held & bit != 0 {
            self.state.granted |= bit;
        }
        self.state.drew |= !decision.line.is_zero() && decision.due.is_some();
        true
    }

    /// Pays a point oneself: now, or collected for the end where the regime says so.
    fn own(&mut self, point: u8) {
        let regime = &self.day.world.arms[self.day.arm].spec.regime;
        match regime.when {
            PayWhen::BeforeEachStep | PayWhen::AtOrder => {
                let funding = self.own_funding(Fen::ZERO, Books::None);
                if matches!(funding, Funding::Own { .. }) {
                    self.fill_card(1 << point, point);
                }
                self.claim(1 << point, point, funding);
                self.state.tests_charged |= point == TESTS;
            }
            PayWhen::OnceAtEnd | PayWhen::AfterLeaving => self.state.collected |= 1 << point,
        }
    }

    /// Whether what the line holds is left to the scheme's hour: nobody settles on leaving there.
    fn is_left_to_capture(&self) -> bool {
        let scheme = self.day.world.arms[self.day.arm].scheme();
        let after = scheme.is_some_and(|scheme| scheme.flow.when == PayWhen::AfterLeaving);
        after && self.day.capture_at().is_some_and(|at_ms| self.at_ms < at_ms)
    }

    /// The one settlement before leaving: what the line holds, then what the patient owes himself.
    fn settle_at_end(&mut self) {
        let waits = self.is_left_to_capture();
        if self.state.refunds && self.state.held & 1 << TESTS != 0 {
            self.strike(TESTS);
        }
        let held = if waits { 0 } else { std::mem::take(&mut self.state.held) };
        if held != 0 && !self.on_line_at_end(held) {
            self.release();
            self.state.granted &= !held;
            self.state.paid_own_at_end = true;
            let funding = self.own_funding(Fen::ZERO, Books::ToTheEnd);
            self.claim(held, FINAL, funding);
        }
        let collected = std::mem::take(&mut self.state.collected);
        if collected != 0 {
            self.state.paid_own_at_end = true;
            let books = match self.day.world.arms[self.day.arm].spec.regime.when {
                PayWhen::AfterLeaving => Books::Longer,
                _ => Books::ToTheEnd,
            };
            let funding = self.own_funding(Fen::ZERO, books);
            self.claim(collected, FINAL, funding);
        }
    }

    /// Remembers how the patient pays what the line left of a point's bill: on the phone with a card or
    /// wallet, or as he pays otherwise; where the regime collects, with the rest at the end.
    fn pay_rest(&mut self, bit: u8, decision: &Decision) {
        if decision.cash.is_zero() {
            return;
        }
        let in_cash = |purse: Purse| !purse.in_cash(decision.cash).is_zero();
        let as_usual = self.purse().is_none_or(in_cash);
        let points =
            if as_usual { &mut self.state.rest_as_usual } else { &mut self.state.rest_on_phone };
        *points |= bit;
        self.state.paid_own_at_end = true;
    }

    /// Settles what the line holds; false when it is refused or the core is down.
    fn on_line_at_end(&mut self, held: u8) -> bool {
        if !self.may_use_line(FINAL) {
            return false;
        }
        let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
        let decision = self.claim(held, FINAL, funding);
        self.state.drew |= !decision.line.is_zero();
        self.pay_rest(1 << FINAL, &decision);
        decision.refusal.is_none()
    }

    /// Deposit at admission, waived or held on the line for those who may.
    fn admit(&mut self) {
        self.estimate_stay();
        if self.line_for_deposit() {
            return;
        }
        let amount = (self.deposit_asked() - self.state.money.line).max(Fen::ZERO);
        if !amount.is_zero() {
            self.state.money.deposit = amount;
            self.send(DEPOSIT, Body::Deposit { hospital: self.plan.want.site, amount });
        }
    }

    /// An emergency is in bed at once; the deposit is asked for on the next day.
    fn admit_emergency(&mut self) {
        self.estimate_stay();
        if !self.line_for_deposit() {
            let amount = self.deposit_asked() - self.state.money.line;
            self.state.money.asked_later = amount.max(Fen::ZERO);
        }
    }

    /// Whether a line stands in for the deposit as a whole; what it holds is noted.
    fn line_for_deposit(&mut self) -> bool {
        let arm = &self.day.world.arms[self.day.arm];
        let may = self.may_use_line(DEPOSIT);
        let rules = arm.scheme().map(|scheme| &scheme.credit).filter(|_| may);
        let Some(rules) = rules.filter(|rules| rules.deposit_free || rules.funds_deposit) else {
            return false;
        };
        let decision = self.reserve_partial(1 << STAY);
        if decision.refusal.is_some() || decision.line.is_zero() {
            return false;
        }
        self.state.money.line = decision.line;
        let whole = rules.deposit_free || decision.cash.is_zero();
        self.state.granted |= u8::from(whole) << DEPOSIT;
        whole
    }

    /// The expected personal part, where payments on the way depend on it.
    fn estimate_stay(&mut self) {
        let inpatient = &self.day.world.scenario.inpatient;
        let staged = inpatient.staged_every_days.is_some() || inpatient.staged_over.is_some();
        if inpatient.top_up.is_some() || staged {
            self.state.money.person_part = self.expected_person_part();
        }
    }

    fn expected_person_part(&mut self) -> Fen {
        self.write_lines(1 << STAY);
        let claim = self.settle_with(STAY, self.lines);
        let engine = &self.day.world.arms[self.day.arm].engine;
        engine.person_part(self.rows, self.member(), &claim, self.day.day)
    }

    /// A payment towards the stay.
    fn top_up(&mut self) {
        let amount = Fen::unpacked(self.plan.deposit_fen[self.day.arm]);
        if !amount.is_zero() {
            self.state.money.deposit = amount;
            self.send(DEPOSIT, Body::Deposit { hospital: self.plan.want.site, amount });
        }
    }

    fn deposit_asked(&mut self) -> Fen {
        match self.day.world.arms[self.day.arm].deposit_rule() {
            DepositRule::None => Fen::ZERO,
            DepositRule::Amount { by_level } => by_level[self.level() as usize],
            DepositRule::ShareOfExpectedPersonPart { share, usual } => {
                let ceiling = share.of(self.expected_person_part());
                usual.map_or(ceiling, |by_level| ceiling.min(by_level[self.level() as usize]))
            }
        }
    }

    /// The stay's bill: deposit first, then the line as far as it goes, else the patient.
    fn discharge(&mut self) {
        let deposit = Fen::unpacked(self.plan.deposit_fen[self.day.arm]);
        if self.may_use_line(STAY) {
            let funding = Funding::Line { partial: true, deposit };
            let decision = self.claim(1 << STAY, STAY, funding);
            if decision.refusal.is_none() {
                if decision.cash.is_zero() {
                    self.state.granted |= 1 << STAY;
                }
                self.state.drew |= !decision.line.is_zero();
                return;
            }
        }
        self.release();
        let funding = self.own_funding(deposit, Books::None);
        self.claim(1 << STAY, STAY, funding);
    }

    /// Ends the visit's day: settles what the line still holds, takes back what was paid for nothing.
    fn leave(&mut self) {
        if self.state.refunds && self.state.tests_charged {
            self.take_back(TESTS);
        } else if let Walked::Left { cancel: Some(point) } = self.state.walked {
            if (self.state.held | self.state.collected) & 1 << point != 0 {
                self.strike(point);
            } else {
                self.take_back(point);
            }
        }
        let later = self.day.capture_at().is_some_and(|at_ms| self.at_ms <= at_ms);
        if self.state.collected != 0 || (self.state.held != 0 && !later) {
            self.settle_at_end();
        }
        self.remember_use();
    }

    /// Draws what the patient left without settling.
    fn capture(&mut self) {
        if self.state.held != 0 {
            self.settle_at_end();
            self.remember_use();
        }
    }

    fn remember_use(&mut self) {
        if self.state.drew {
            let member = self.member();
            self.rows.people[member].flags |= PersonRow::HAS_USED_LINE;
        }
    }

    fn release(&mut self) {
        let visit = self.plan.want.visit;
        if self.rows.credit.holds.iter().all(|hold| hold.visit != visit) {
            return;
        }
        self.send(FINAL, Body::Release { visit: self.plan.want.visit });
    }

    fn reserve(&mut self, points: u8) -> Decision {
        self.write_lines(points);
        let lines = std::mem::take(self.lines);
        let purse = self.purse();
        let claim = Settle { purse: purse.as_ref(), ..self.settle_with(FINAL, &lines) };
        let decision = self.send_claim(claim, Body::Reserve { claim, partial: false });
        *self.lines = lines;
        decision
    }

    fn reserve_partial(&mut self, points: u8) -> Decision {
        self.write_lines(points);
        let lines = std::mem::take(self.lines);
        let purse = self.purse();
        let claim = Settle { purse: purse.as_ref(), ..self.settle_with(STAY, &lines) };
        let decision = self.send_claim(claim, Body::Reserve { claim, partial: true });
        *self.lines = lines;
        decision
    }

    /// Settles the bills of some points as one claim.
    fn claim(&mut self, points: u8, point: u8, funding: Funding) -> Decision {
        self.write_lines(points);
        let lines = std::mem::take(self.lines);
        let purse = self.purse();
        let claim = Settle { purse: purse.as_ref(), ..self.settle_with(point, &lines) };
        let decision = self.send_claim(claim, Body::Settle { claim, funding });
        *self.lines = lines;
        if point == FINAL && decision.refusal.is_none() {
            self.state.at_end = points;
        }
        decision
    }

    /// The payment means that the patient chose, where the scenario follows them.
    fn purse(&self) -> Option<Purse> {
        let want = &self.plan.want;
        let GroupDay { world, arm, replication, .. } = *self.day;
        let mut purse = purse(world, want.visit, want.person, replication)?;
        if world.card_rules(arm).is_some() {
            purse.holds[Purse::CARD] = self.card_balance();
        }
        Some(purse)
    }

    fn send(&mut self, point: u8, body: Body<'_>) -> Decision {
        let claim = self.settle_with(point, &[]);
        self.send_claim(claim, body)
    }

    fn send_claim(&mut self, claim: Settle<'_>, body: Body<'_>) -> Decision {
        let number = self.state.commands;
        self.state.commands += 1;
        let command = Command {
            id: u128::from(claim.visit.raw()) << 16
                | u128::from(self.plan.resume_at.min(15)) << 12
                | u128::from(self.plan.kind as u8) << 8
                | u128::from(number),
            at: self.day.day.start() + i64::from(self.at_ms),
            member: self.member(),
            body,
        };
        let engine = &self.day.world.arms[self.day.arm].engine;
        self.sink.at(self.plan.want.site);
        let standing = receipt_of(self.rows, &claim, &command.body);
        let holder = self.holder_of_reversed(&command.body);
        let decision = engine.apply(self.rows, &command, self.sink);
        let decision = Decision { holder: decision.holder.or(holder), ..decision };
        self.witness.decided(self.at_ms, self.visit, &claim, &command.body, &decision);
        self.note_money(&claim, &command.body, &decision);
        if claim.purse.is_some() && decision.refusal.is_none() {
            let given = receipt_of(self.rows, &claim, &command.body);
            if let Some(receipt) = standing.or(given) {
                let taken_back = standing.is_some();
                self.witness.receipt(&claim, &receipt, taken_back);
                let by_card = receipt.own[Source::TopUpCard as usize];
                self.paid_with_card(if taken_back { -by_card } else { by_card });
            }
        }
        decision
    }

    fn care(&self) -> CareKind {
        match (self.plan.kind, self.plan.want.kind) {
            (Kind::Visit, WantKind::Emergency) => CareKind::Emergency,
            (Kind::Visit, _) => CareKind::Outpatient,
            (Kind::Admission | Kind::TopUp | Kind::Discharge, _) => CareKind::Inpatient,
        }
    }

    fn level(&self) -> HospitalLevel {
        self.day.world.city.sites[usize::from(self.plan.want.site.0)].level
    }

    /// The number of a point's bill: a plan carried over to another day makes bills of its own.
    fn number(&self, point: u8) -> u8 {
        let days_later = (self.day.world.index(self.day.day) - self.plan.want.visit.day() as i32)
            .clamp(0, MOST_DAYS_LATER);
        let carried = if self.plan.carried { days_later as u8 } else { 0 };
        point + carried * BILLS_A_DAY
    }

    fn settle_with<'l>(&self, point: u8, lines: &'l [BillLine]) -> Settle<'l> {
        Settle {
            visit: self.plan.want.visit,
            point: self.number(point),
            hospital: self.plan.want.site,
            level: self.level(),
            care: self.care(),
            cause: self.day.world.cause(self.plan.want.visit, self.day.replication),
            in_scheme: self.day.in_scheme(self.plan),
            continues: false,
            purse: None,
            lines,
        }
    }

    fn amount(&self, point: u8) -> Fen {
        let index = if point == STAY { 0 } else { usize::from(point) };
        let bill = Fen::unpacked(self.plan.want.bill_fen[index]);
        let induced = self.day.world.induced_bill;
        let more = self.state.uses_line && !induced.is_zero();
        let bill = if more { bill + induced.of(bill) } else { bill };
        let back = self.state.given_back & 1 << point != 0;
        let spec = self.day.world.scenario.refunds.filter(|_| back);
        spec.map_or(bill, |spec| bill - spec.item.of(bill))
    }

    /// Writes the bill lines of some points into the buffer.
    fn write_lines(&mut self, points: u8) {
        self.lines.clear();
        let world = self.day.world;
        let address = Address::new(self.plan.want.visit.raw(), self.day.replication, Purpose::Bill);
        for point in (0..PAYMENT_POINTS as u8).filter(|point| points & 1 << point != 0) {
            let word = world.philox.block(address.at(u32::from(point)))[0];
            let parts = world.demand.bill_lines(self.level(), self.amount(point), word);
            let parts = parts.into_iter().filter(|part| part.amount_fen > 0);
            self.lines.extend(parts.map(|part| BillLine {
                amount_fen: part.amount_fen,
                class: part.class,
                prepay_bp: part.prepay_bp,
            }));
        }
    }
}
