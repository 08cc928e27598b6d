//! Pass 5: from a due-day calendar, never a sweep over all people: repayments, due dates, ageing,
//! collections, write-offs, unpaid hospital bills, sign-ups at home. Must never draw on a line.

use super::block::{ArmBlock, Block, Due, Entry, OfDraw};
use super::booker::{count_asked, count_opened};
use super::city_view::World;
use super::draws::Draws;
use super::group::{GroupDay, GroupScratch};
use super::till::{SiteSink, Till};
use crate::behaviour::{ARREARS_HORIZON_DAYS, Late, LateStage, Pressure};
use crate::credit;
use crate::domain::{Day, Fen, HospitalId, MS_PER_DAY, PersonId, TimeMs};
use crate::engine::{Body, Command, Decision, GroupRows, PersonRow, TickEvents};
use crate::metrics::MONTHS_ON_BOOK;

/// One block's midnight.
pub(super) struct Midnight<'a, 's> {
    pub(super) world: &'a World<'s>,
    pub(super) replication: u16,
    pub(super) day: Day,
}

impl Midnight<'_, '_> {
    /// Does what falls due at the end of the day, in every arm.
    pub(super) fn run(&self, block: &mut Block, scratch: &mut GroupScratch) {
        block.lost.clear();
        block.claimed.clear();
        for arm in 0..block.arms.len() {
            let mut entries = block.arms[arm].calendar.take(self.day);
            entries.sort_by_key(|entry| entry.group);
            for run in entries.chunk_by(|a, b| a.group == b.group) {
                self.group(block, arm, run, scratch);
            }
            let night = self.day.start() + (MS_PER_DAY - 1);
            self.sign_ups(block, arm, night, scratch);
            let ArmBlock { banks, credit, .. } = &mut block.arms[arm];
            banks.end(self.day, credit.values());
            let is_policy = arm == self.world.policy();
            block.arms[arm].files.reconcile(self.day, is_policy);
        }
    }

    /// Before the first day: those who had their line already have it when the doors open.
    pub(super) fn eve(&self, block: &mut Block, scratch: &mut GroupScratch) {
        for arm in 0..block.arms.len() {
            self.sign_ups(block, arm, self.day.start(), scratch);
        }
    }

    fn group(&self, block: &mut Block, arm: usize, entries: &[Entry], scratch: &mut GroupScratch) {
        let (first, group) = (block.first_person, entries[0].group);
        let state = &mut block.arms[arm];
        let rows = &mut scratch.rows;
        state.gather(&self.world.city, first, group, rows);
        let overdue_before = overdue(rows);
        for (number, entry) in entries.iter().enumerate() {
            let member = (entry.person - rows.first) as usize;
            let body = match entry.due {
                Due::Repay => {
                    let offered = self.world.arms[arm].engine.asked(rows, entry.bill, self.day);
                    if offered.is_zero() {
                        continue;
                    }
                    Body::Repay { bill: entry.bill, offered }
                }
                Due::Tick => {
                    self.show_income(arm, rows, member);
                    Body::Tick { bill: entry.bill }
                }
                Due::HandIn { hospital } => {
                    let Some(amount) = self.hands_in(state, arm, entry, HospitalId(hospital))
                    else {
                        continue;
                    };
                    Body::ReturnDeposit { amount }
                }
                Due::FirstCard => Body::CarryAccount,
                Due::Arrears { hospital, amount, written_off } => {
                    Body::Arrears { hospital: HospitalId(hospital), amount, written_off }
                }
                Due::Debit { hospital, amount, .. } => {
                    let hospital = HospitalId(hospital);
                    Body::DebitOverdue { bill: entry.bill, hospital, amount }
                }
            };
            let (id, at) = (night_id(entry, self.day, number), self.day.start() + (MS_PER_DAY - 1));
            let command = Command { id, at, member, body };
            let of = (&mut state.homes, &mut state.purses);
            let till = Till::new(&mut state.audit, &mut state.sites);
            let mut till = till.of(self.world, of, group, self.day);
            if let Due::Arrears { hospital, .. }
            | Due::Debit { hospital, .. }
            | Due::HandIn { hospital } = entry.due
            {
                till.at(HospitalId(hospital));
            }
            let bank = state.banks.of_bill(rows, entry.bill);
            let decision = self.world.arms[arm].engine.apply(rows, &command, &mut till);
            if matches!(entry.due, Due::Debit { .. }) {
                self.debited(state, arm, rows.first, entry, &decision);
            } else if decision.refusal.is_none() {
                let (holder, bill) = (entry.person, entry.bill);
                let of = |amount| OfDraw { arm, holder, bank, bill, amount };
                if !decision.tick.written_off.is_zero() {
                    block.lost.push(of(decision.tick.written_off));
                } else if self.is_claimed(arm, entry, &decision.tick) {
                    block.claimed.push(of(decision.tick.principal));
                }
                state.banks.decided(bank, &decision);
                Self::count(state, entry, &decision);
                self.count_risk(state, entry, &decision);
                if let Due::Arrears { amount, written_off: true, .. } = entry.due {
                    let uses = self.world.arms[arm].engine.may_use_line(rows, member);
                    self.count_bad_debt(state, entry.person, amount, uses);
                }
                self.follow(state, arm, entry, &decision);
            }
        }
        state.sums.day.overdue_change += overdue(rows) - overdue_before;
        state.scatter(first, group, rows);
    }

    /// Whether the credit insurer is asked to pay a draw that is still on the books: a draw that is written
    /// off needs no further look.
    fn is_claimed(&self, arm: usize, entry: &Entry, tick: &TickEvents) -> bool {
        let policy = self.world.arms[arm].engine.policy;
        matches!(entry.due, Due::Tick)
            && tick.next.is_some()
            && !tick.principal.is_zero()
            && policy.is_some_and(|policy| credit::claim_due(policy, tick.dpd))
    }

    /// Puts the income into the gathered rows where the policy looks at it before it lists anybody.
    fn show_income(&self, arm: usize, rows: &mut GroupRows, member: usize) {
        let policy = self.world.arms[arm].engine.policy;
        if policy.is_some_and(|policy| policy.more.delinquency.wilful_income_months.is_some()) {
            let person = PersonId(rows.first + member as u32);
            rows.facts[member].monthly_income = self.world.city.monthly_income(person);
        }
    }

    fn count(state: &mut ArmBlock, entry: &Entry, decision: &Decision) {
        let sums = &mut state.sums;
        match entry.due {
            Due::Repay => {
                sums.recovered += decision.recovered;
                sums.repaid += decision.principal;
                sums.day.repaid += decision.principal;
                sums.charges += decision.charges;
            }
            Due::Tick => {
                let tick = &decision.tick;
                sums.repaid += decision.principal;
                sums.day.repaid += decision.principal;
                sums.charges += decision.charges;
                sums.swept += decision.account;
                sums.hardship_aid += decision.fund;
                sums.written_off += tick.written_off;
                sums.day.written_off += tick.written_off;
                sums.collection_cost += tick.collection_cost;
                sums.cancelled += u64::from(tick.cancelled);
                sums.blacklisted += u64::from(tick.blacklisted);
                if tick.entered == 4 {
                    sums.dpd90 += tick.principal;
                }
            }
            Due::Arrears { amount, written_off, .. } => {
                if written_off {
                    sums.arrears_written_off += amount;
                }
            }
            Due::FirstCard => {
                let totals = &mut state.pay.totals;
                totals.first_cards += 1;
                totals.carried += decision.account;
            }
            Due::Debit { .. } | Due::HandIn { .. } => {}
        }
    }

    /// A line was asked to pay an unpaid bill: the draw is followed, and so is what is left of the bill.
    fn debited(
        &self,
        state: &mut ArmBlock,
        arm: usize,
        first: u32,
        entry: &Entry,
        decision: &Decision,
    ) {
        let Due::Debit { hospital, amount, rest_on, written_off } = entry.due else { return };
        let ArmBlock { sums, calendar, .. } = state;
        if let (Some(due), Some(holder)) = (decision.due, decision.holder) {
            let Midnight { world, replication, day } = *self;
            let run = GroupDay { world, arm, replication, day };
            sums.debited += decision.line;
            let mut draws = Draws { run, group: entry.group, sums, calendar };
            draws.made(entry.bill, decision.line, due, first + u32::from(holder));
        } else if let Some(word) = decision.refusal {
            sums.refuse(word);
        }
        let rest = amount - decision.line;
        if !rest.is_zero() {
            let due = Due::Arrears { hospital, amount: rest, written_off };
            calendar.enter(rest_on.max(self.day + 1), Entry { due, ..*entry });
        }
    }

    /// Counts stages entered and recoveries for the risk report.
    fn count_risk(&self, state: &mut ArmBlock, entry: &Entry, decision: &Decision) {
        let tick = &decision.tick;
        let entered = matches!(entry.due, Due::Tick) && tick.entered > 0;
        if !entered && decision.recovered.is_zero() {
            return;
        }
        let risk = &mut state.sums.risk;
        let principal = if tick.entered == 5 { tick.written_off } else { tick.principal };
        let drawn_in = self.world.vintage(entry.bill);
        let vintage = risk.vintage(drawn_in);
        vintage.recovered += decision.recovered;
        let months = self.world.month(self.day).saturating_sub(drawn_in);
        let on_book = &mut vintage.on_book[months.min(MONTHS_ON_BOOK - 1)];
        on_book.recovered += decision.recovered;
        match tick.entered {
            2 => on_book.late_31 += principal,
            4 => on_book.late_91 += principal,
            5 => on_book.written_off += principal,
            _ => {}
        }
        if entered {
            vintage.entered[usize::from(tick.entered) - 1] += 1;
            vintage.principal[usize::from(tick.entered) - 1] += principal;
        }
        for at in self.world.segments(entry.person) {
            let segment = &mut risk.segments[at];
            segment.defaults += u64::from(entered && tick.entered == 4);
            segment.written_off += tick.written_off;
            segment.recovered += decision.recovered;
        }
    }

    /// Counts a bill that a hospital gave up for the groups of its patient.
    fn count_bad_debt(&self, state: &mut ArmBlock, person: u32, amount: Fen, uses_line: bool) {
        let risk = &mut state.sums.risk;
        for at in self.world.segments(person) {
            risk.segments[at].bad_debt += amount;
        }
        risk.participants_bad_debt += if uses_line { amount } else { Fen::ZERO };
    }

    /// Enters what comes next for a draw: a payment that the person will make, and the next day on which
    /// the engine wants to look.
    fn follow(&self, state: &mut ArmBlock, arm: usize, entry: &Entry, decision: &Decision) {
        let tick = &decision.tick;
        let looks = matches!(entry.due, Due::Tick) || !decision.closed;
        let next = if looks { tick.next } else { None };
        if let (Due::Tick, Some(late)) = (entry.due, self.late(arm, tick)) {
            let (philox, replication) = (self.world.philox, self.replication);
            let view = self.world.view_on(PersonId(entry.person), self.day, replication);
            let raw = entry.bill.raw();
            let cure = self.world.behaviour.after_stage(philox, raw, replication, &view, late);
            if let Some(days) = cure {
                let until = self.day + i32::from(late.days);
                let on = self.day + i32::from(days).max(1);
                let behaviour = &self.world.behaviour;
                let on = behaviour.pays_on(philox, raw, replication, on, until);
                state.calendar.enter(on, Entry { due: Due::Repay, ..*entry });
            }
        }
        if let Some(on) = self.retry(arm, tick, entry.bill.raw()) {
            state.calendar.enter(on, Entry { due: Due::Repay, ..*entry });
        }
        if let Some(day) = next {
            let due = if tick.on_plan { self.instalment(entry, decision) } else { Due::Tick };
            state.calendar.enter(day.max(self.day + 1), Entry { due, ..*entry });
        }
    }

    /// The stage of delinquency that begins tonight, with its length.
    fn late(&self, arm: usize, tick: &TickEvents) -> Option<Late> {
        let (stage, days) = match tick.entered {
            1 => (LateStage::D1To30, STAGE_DAYS),
            2 => (LateStage::D31To60, STAGE_DAYS),
            3 => (LateStage::D61To90, STAGE_DAYS),
            4 => (LateStage::D90Plus, self.days_to_write_off(arm)),
            5 => (LateStage::WrittenOff, ARREARS_HORIZON_DAYS as u16),
            _ => return None,
        };
        let pressure = self.pressure(arm, stage, days);
        Some(Late { stage, episode: tick.instalment, days, pressure })
    }

    /// What the scheme does to a late payer in a stage.
    fn pressure(&self, arm: usize, stage: LateStage, days: u16) -> Pressure {
        let Some(policy) = self.world.arms[arm].engine.policy else {
            return Pressure::default();
        };
        let from = STAGE_DAYS * (stage as u16 - 1) + 1;
        let levers = credit::levers(policy, from, from + days.saturating_sub(1));
        Pressure {
            reminded: levers.reminded,
            called: levers.called,
            penalty: levers.penalty,
            suspended: levers.suspended,
            reported: levers.reported,
            pursued: levers.pursued,
        }
    }

    /// The day on which a retry of the automatic debit finds the money that the due date did not.
    fn retry(&self, arm: usize, tick: &TickEvents, bill: u64) -> Option<Day> {
        let rules = self.world.arms[arm].engine.policy.filter(|_| tick.missed)?.auto_debit;
        let behaviour = &self.world.behaviour;
        let (philox, replication) = (self.world.philox, self.replication);
        let retry = behaviour.retry_that_succeeds(philox, bill, replication, rules.retries)?;
        credit::debit_days(rules, self.day).nth(usize::from(retry))
    }

    fn days_to_write_off(&self, arm: usize) -> u16 {
        let policy = self.world.arms[arm].engine.policy;
        policy.map_or(0, |policy| policy.write_off_dpd.saturating_sub(3 * STAGE_DAYS + 1))
    }

    /// Whether the next instalment will be paid on its day.
    fn instalment(&self, entry: &Entry, decision: &Decision) -> Due {
        let view = self.world.view_on(PersonId(entry.person), self.day, self.replication);
        let number = decision.tick.instalment;
        let raw = entry.bill.raw();
        let (philox, replication) = (self.world.philox, self.replication);
        let behaviour = &self.world.behaviour;
        if behaviour.misses_instalment(philox, raw, replication, &view, number) {
            Due::Tick
        } else {
            Due::Repay
        }
    }

    /// People who sign up at home today get their line; those who will sign up at the desk are marked.
    fn sign_ups(&self, block: &mut Block, arm: usize, at: TimeMs, scratch: &mut GroupScratch) {
        let index = self.world.index(self.day);
        let first = block.first_person;
        let state = &mut block.arms[arm];
        while let Some(&(day, person, at_desk)) = state.sign_ups.last()
            && day <= index
        {
            state.sign_ups.pop();
            if at_desk {
                state.rows[(person - first) as usize].flags |= PersonRow::SIGN_UP_PENDING;
                state.pending += 1;
                continue;
            }
            let group = self.world.city.group_of(PersonId(person)).0;
            let rows = &mut scratch.rows;
            state.gather(&self.world.city, first, group, rows);
            self.world.show_file(rows, (person - rows.first) as usize, self.replication);
            let command = Command {
                id: sign_up_id(person, self.day),
                at,
                member: (person - rows.first) as usize,
                body: Body::OpenLine,
            };
            let decision = self.world.arms[arm].engine.apply(rows, &command, &mut state.audit);
            if decision.refusal.is_none() {
                rows.people[0].flags |= PersonRow::GROUP_HAS_LINE;
            }
            count_asked(&mut state.sums, &decision);
            if decision.refusal.is_none() && self.world.opens_second_line(arm, person) {
                let again = Command { id: command.id | 1 << 125, ..command };
                let engine = &self.world.arms[arm].engine;
                let decision = engine.apply(rows, &again, &mut state.audit);
                state.sums.opened_second += u64::from(decision.refusal.is_none());
                count_opened(&mut state.sums, &decision);
            }
            state.scatter(first, group, rows);
        }
    }
}

/// Length of a stage of delinquency: the buckets of 30 days past due.
const STAGE_DAYS: u16 = 30;

/// Overdue principal of a group.
fn overdue(rows: &crate::engine::GroupRows) -> Fen {
    let draws = rows.credit.draws.iter();
    draws
        .filter(|draw| draw.stage() == crate::credit::DrawStage::Overdue)
        .map(crate::credit::DrawRow::principal)
        .sum()
}

/// A request id that no visit's command has: the second highest bit, the person, the day.
fn sign_up_id(person: u32, day: Day) -> u128 {
    1 << 126 | u128::from(person) << 64 | u128::from(day.0.unsigned_abs())
}

/// A request id that no visit's command has: the top bit, the bill, the day, the number of the night.
fn night_id(entry: &Entry, day: Day, number: usize) -> u128 {
    1 << 127
        | u128::from(entry.bill.raw()) << 48
        | u128::from(day.0.unsigned_abs()) << 16
        | number as u128 & 0xffff
}
