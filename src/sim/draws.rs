//! A draw that was just made: it is counted, and what its holder will do about it is entered in the
//! calendar. Must never change an amount.

use super::block::{Calendar, Due, Entry};
use super::group::GroupDay;
use crate::behaviour::Intent;
use crate::domain::{Day, Fen, PersonId, VisitId};
use crate::metrics::ArmSums;

/// Where new draws of a group are written down.
pub(super) struct Draws<'a, 'w, 's> {
    pub(super) run: GroupDay<'w, 's>,
    pub(super) group: u32,
    pub(super) sums: &'a mut ArmSums,
    pub(super) calendar: &'a mut Calendar,
}

impl Draws<'_, '_, '_> {
    /// `holder` (position within the city) owes `amount` for a bill by `due`: when will it be paid?
    pub(super) fn made(&mut self, bill: VisitId, amount: Fen, due: Day, holder: u32) {
        let GroupDay { world, replication, day: today, .. } = self.run;
        self.count(bill, amount, holder);
        let window = (due - today).max(0) as u32;
        let view = world.view_on(PersonId(holder), today, replication);
        let mut intent =
            world.behaviour.repayment(world.philox, bill.raw(), replication, &view, amount, window);
        if intent == Intent::Misses
            && world.pays_as_told(self.run.arm, bill, replication, &mut self.sums.messages)
        {
            intent = Intent::OnDue;
        }
        let on = match intent {
            Intent::FirstDay => today + 1,
            Intent::Early { after_days } => today + after_days.min(window) as i32,
            Intent::OnDue | Intent::Misses => due,
        };
        let due = if intent == Intent::Misses { Due::Tick } else { Due::Repay };
        let entry = Entry { group: self.group, person: holder, bill, due };
        self.calendar.enter(on.max(today), entry);
    }

    /// Takes a draw of today that was cancelled out of the sums again.
    pub(super) fn undone(&mut self, bill: VisitId, amount: Fen, holder: u32) {
        let world = self.run.world;
        let sums = &mut *self.sums;
        sums.draws -= 1;
        sums.drawn -= amount;
        sums.day.drawn -= amount;
        let vintage = sums.risk.vintage(world.vintage(bill));
        vintage.draws -= 1;
        vintage.drawn -= amount;
        for at in world.segments(holder) {
            sums.risk.segments[at].draws -= 1;
            sums.risk.segments[at].drawn -= amount;
        }
    }

    fn count(&mut self, bill: VisitId, amount: Fen, holder: u32) {
        let world = self.run.world;
        let sums = &mut *self.sums;
        sums.draws += 1;
        sums.drawn += amount;
        sums.day.drawn += amount;
        let vintage = sums.risk.vintage(world.vintage(bill));
        vintage.draws += 1;
        vintage.drawn += amount;
        for at in world.segments(holder) {
            sums.risk.segments[at].draws += 1;
            sums.risk.segments[at].drawn += amount;
        }
    }
}
