//! The evening at the retail pharmacies: today's purchases are settled by the pharmacy rules, from the line where
//! the scheme lets it and the buyer uses it, else from accounts and own money. Must never queue anybody.

use super::arm::takes_part;
use super::block::{ArmBlock, Block};
use super::booker::Booker;
use super::city_view::World;
use super::group::{GroupDay, GroupScratch, Witness as _};
use super::payments::{purse, receipt_of};
use super::till::{SiteSink, Till};
use crate::city::{Purchase, Retail};
use crate::domain::{CareKind, CostCause, Day, Fen, HospitalId, HospitalLevel};
use crate::engine::{Body, Command, Decision, Funding, PersonRow, Settle};
use crate::flow::PaymentPoint;
use crate::settlement::BillLine;
use serde::{Deserialize, Serialize};

/// What a replication's purchases at retail pharmacies come to in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetailTotals {
    /// Purchases.
    pub purchases: u64,
    /// Their prices.
    pub billed: Fen,
    /// Paid by funds.
    pub funds: Fen,
    /// Paid from personal accounts.
    pub account: Fen,
    /// Drawn on lines.
    pub line: Fen,
    /// Paid with own money.
    pub own: Fen,
}

impl RetailTotals {
    /// Adds another block's totals.
    pub(super) fn merge(&mut self, other: &RetailTotals) {
        self.purchases += other.purchases;
        self.billed += other.billed;
        self.funds += other.funds;
        self.account += other.account;
        self.line += other.line;
        self.own += other.own;
    }

    fn count(&mut self, decision: &Decision) {
        self.purchases += 1;
        self.billed += decision.total;
        self.funds += decision.fund;
        self.account += decision.account;
        self.line += decision.line;
        self.own += decision.cash;
    }
}

impl World<'_> {
    /// The institution that stands for all retail pharmacies: the one after the last hospital.
    pub(super) fn pharmacies(&self) -> HospitalId {
        HospitalId(self.city.sites.len() as u16)
    }

    /// Institutions with books of their own: hospitals, and the retail pharmacies where there are any.
    pub(super) fn institutions(&self) -> usize {
        self.city.sites.len() + usize::from(self.retail.is_some())
    }
}

/// One evening.
pub(super) struct Evening<'a, 's> {
    pub(super) world: &'a World<'s>,
    pub(super) replication: u16,
    pub(super) day: Day,
}

impl Evening<'_, '_> {
    /// Settles today's purchases of a block in every arm.
    pub(super) fn run(&self, block: &mut Block, scratch: &mut GroupScratch) {
        let Some(retail) = &self.world.retail else { return };
        let world = self.world;
        let index = u32::try_from(world.index(self.day)).unwrap_or(0);
        let mut purchases = Vec::new();
        let when = (self.replication, index);
        retail.purchases(&world.city, world.philox, when, block.groups.clone(), &mut purchases);
        let same_group = |a: &Purchase, b: &Purchase| a.visit.group() == b.visit.group();
        for arm in 0..world.arms.len() {
            for of_group in purchases.chunk_by(same_group) {
                self.group(block, (arm, retail), of_group, scratch);
            }
        }
    }

    fn group(
        &self,
        block: &mut Block,
        (arm, retail): (usize, &Retail),
        purchases: &[Purchase],
        scratch: &mut GroupScratch,
    ) {
        let group = purchases[0].visit.group().0;
        let state = &mut block.arms[arm];
        state.gather(&self.world.city, block.first_person, group, &mut scratch.rows);
        for purchase in purchases {
            let parts = retail.lines(purchase).into_iter().filter(|part| part.amount_fen > 0);
            scratch.lines.clear();
            scratch.lines.extend(parts.map(|part| BillLine {
                amount_fen: part.amount_fen,
                class: part.class,
                prepay_bp: part.prepay_bp,
            }));
            self.buy(state, arm, purchase, scratch);
        }
        state.scatter(block.first_person, group, &scratch.rows);
    }

    /// Settles one purchase: on the line if it may and does, else at once.
    fn buy(
        &self,
        state: &mut ArmBlock,
        arm: usize,
        purchase: &Purchase,
        scratch: &mut GroupScratch,
    ) {
        let Evening { world, replication, day } = *self;
        let chosen = purse(world, purchase.visit, purchase.person, replication);
        let claim = Settle {
            visit: purchase.visit,
            point: PaymentPoint::Drugs as u8,
            hospital: world.pharmacies(),
            level: HospitalLevel::Primary,
            care: CareKind::Pharmacy,
            cause: CostCause::Illness,
            in_scheme: takes_part(world.pharmacies_join(), day),
            continues: false,
            purse: chosen.as_ref(),
            lines: &scratch.lines,
        };
        let rows = &mut scratch.rows;
        let member = (purchase.person.0 - rows.first) as usize;
        let (own, line) = (
            Funding::Own { deposit: Fen::ZERO },
            Funding::Line { partial: true, deposit: Fen::ZERO },
        );
        let on_line = claim.in_scheme && self.uses_line(arm, purchase, rows, member);
        let group = purchase.visit.group().0;
        let run = GroupDay { world, arm, replication, day };
        let ArmBlock {
            audit,
            sums,
            calendar,
            pending,
            sites,
            files,
            pay,
            retail,
            homes,
            purses,
            ..
        } = state;
        let mut till = Till::new(audit, sites).of(world, (homes, purses), group, day);
        let (plans, away) = (&[][..], None);
        let mut witness = Booker { run, plans, group, sums, calendar, pending, away, files, pay };
        let tries = [on_line.then_some(line), Some(own)];
        for (number, funding) in (0_u128..).zip(tries.into_iter().flatten()) {
            let body = Body::Settle { claim, funding };
            let id = u128::from(purchase.visit.raw()) << 16 | number;
            let at = day.start() + i64::from(purchase.at_ms);
            till.at(claim.hospital);
            let command = Command { id, at, member, body };
            let decision = world.arms[arm].engine.apply(rows, &command, &mut till);
            witness.decided(purchase.at_ms, 0, &claim, &body, &decision);
            if decision.refusal.is_some() {
                continue;
            }
            if world.city.person(purchase.person).insured_elsewhere() {
                witness.sums.elsewhere.add(&world.elsewhere(arm, day, &decision));
            }
            if let Some(receipt) = receipt_of(rows, &claim, &body) {
                witness.receipt(&claim, &receipt, false);
            }
            if !decision.line.is_zero() {
                rows.people[member].flags |= PersonRow::HAS_USED_LINE;
            }
            return retail.count(&decision);
        }
    }

    /// Whether the buyer has a line, or may use a relative's, and puts this purchase on it.
    fn uses_line(
        &self,
        arm: usize,
        purchase: &Purchase,
        rows: &crate::engine::GroupRows,
        member: usize,
    ) -> bool {
        let world = self.world;
        let income = world.city.monthly_income(purchase.person);
        let (visit, care) = (purchase.visit.raw(), CareKind::Pharmacy);
        world.arms[arm].engine.may_use_line(rows, member)
            && world.behaviour.uses_line(world.philox, visit, self.replication, care)
            && !world.behaviour.keeps_in_reserve(purchase.amount, income)
    }
}
