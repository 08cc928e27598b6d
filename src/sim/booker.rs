//! The witness of settlements: counts every decision of a group's day and enters what falls due later. Must
//! never decide anything.

use super::away::{Stay, is_elsewhere, treats_away};
use super::block::{Calendar, Due, Entry, Plan};
use super::cards::CardEvent;
use super::draws::Draws;
use super::files::{Clerks, DayFiles};
use super::group::{GroupDay, Witness};
use super::payments::{PayDay, over_network};
use crate::behaviour::{ARREARS_HORIZON_DAYS, Arrears, WindowBill};
use crate::domain::{CareKind, Day, Fen, MS_PER_DAY, Ms, Refusal};
use crate::engine::{Body, Decision, Settle};
use crate::metrics::{ArmSums, EntitlementSums, RefundSums};
use crate::settlement::Receipt;

/// The witness of the settlement: counts every decision and enters what falls due.
pub(super) struct Booker<'a, 'w, 's> {
    pub(super) run: GroupDay<'w, 's>,
    pub(super) plans: &'a [Plan],
    pub(super) group: u32,
    pub(super) sums: &'a mut ArmSums,
    pub(super) calendar: &'a mut Calendar,
    pub(super) pending: &'a mut u32,
    pub(super) away: Option<&'a mut Vec<Stay>>,
    pub(super) files: &'a mut DayFiles,
    pub(super) pay: &'a mut PayDay,
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
            sums.line_bills[claim.level as usize][0] += 1;
        }
        if decision.total.is_zero() {
            return;
        }
        self.write_files(claim, decision);
        let sums = &mut *self.sums;
        // Purchases at pharmacies have no plan; they are counted there.
        let plan = self.plans.get(visit);
        let stranger = plan
            .is_some_and(|plan| self.run.world.city.person(plan.want.person).insured_elsewhere());
        if claim.lines.is_empty() {
            if stranger {
                sums.elsewhere.take(&self.run.world.elsewhere(
                    self.run.arm,
                    self.run.day,
                    decision,
                ));
            }
            self.reversed(claim, decision);
            return;
        }
        sums.claims += 1;
        sums.billed += decision.total;
        if stranger {
            sums.elsewhere.add(&self.run.world.elsewhere(self.run.arm, self.run.day, decision));
        }
        if !decision.line.is_zero() {
            let outside = self.run.outside_the_line(claim);
            let bills = &mut sums.line_bills[claim.level as usize];
            *bills = [bills[0] + 1, bills[1] + u64::from(decision.cash <= outside)];
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

    fn entitled(&mut self, by_scheme: bool, payers: u64) {
        let Some(spec) = &self.run.world.scenario.entitlement else { return };
        let (counters, minutes) = spec.work(by_scheme, payers);
        self.sums.entitlement.merge(&EntitlementSums {
            stays: 1,
            entitled: payers.min(1),
            payers,
            counters,
            patient_min: minutes.patient,
            clerk_min: minutes.clerk,
        });
    }

    fn given_back(&mut self, refund: &RefundSums) {
        self.sums.refunds.add(refund);
    }

    fn card(&mut self, event: CardEvent) {
        self.pay.totals.cards.count(event);
    }

    fn opened(&mut self, on_the_ward: bool, decision: &Decision) {
        if on_the_ward {
            self.sums.applied += 1;
        } else {
            *self.pending -= 1;
        }
        self.sums.opened_at_desk += u64::from(decision.refusal.is_none());
        count_asked(self.sums, decision);
    }

    fn refused(&mut self, decision: &Decision) {
        count_opened(self.sums, decision);
    }
}

/// Counts the answer to an applicant.
pub(super) fn count_asked(sums: &mut ArmSums, decision: &Decision) {
    if let Some(word) = decision.refusal {
        sums.turned_down[word as usize] += 1;
    }
    count_opened(sums, decision);
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

    /// Takes a reversed bill out of the sums again, and what it would have brought out of the calendar; it was
    /// counted today.
    fn reversed(&mut self, claim: &Settle<'_>, decision: &Decision) {
        let Booker { run, group, .. } = *self;
        let sums = &mut *self.sums;
        sums.claims -= 1;
        sums.billed -= decision.total;
        sums.arrears -= decision.receivable;
        let bill = claim.visit.bill(claim.point);
        if let (false, Some(holder)) = (decision.line.is_zero(), decision.holder) {
            let person = run.world.city.group_first[group as usize] + u32::from(holder);
            let mut draws = Draws { run, group, sums: self.sums, calendar: self.calendar };
            draws.undone(bill, decision.line, person);
        }
        self.calendar.forget(bill);
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
        let here = treats_away(world, cross, claim.hospital);
        if claim.care == CareKind::Inpatient && here && is_elsewhere(world, cross, person) {
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
        let in_parts = self.agreement_months() > 1;
        let owed = WindowBill { care: claim.care, in_parts, on_books: true };
        let fate = world.behaviour.window_arrears(world.philox, raw, replication, &view, owed);
        let (days, written_off) = match fate {
            Arrears::Pays => (1, false),
            Arrears::PaysAfter { days } => (i32::from(days), false),
            Arrears::Never => (ARREARS_HORIZON_DAYS as i32, true),
        };
        let bill = claim.visit.bill(claim.point);
        let hospital = plan.want.site.0;
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
