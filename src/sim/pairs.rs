//! The same visit in every arm, side by side: what it took, and whether the scheme is meant for it.
//! Must never count a visit that did not end in both arms of a pair.

use super::arm::takes_part;
use super::block::{Block, Kind, Plan};
use super::purses::cell_of;
use super::settle::SettleDay;
use crate::city::Orders;
use crate::domain::{Fen, Ms};
use crate::flow::{End, Outcome};
use crate::metrics::{ArmSums, Cells, GroupSums, PairSums, Times};

impl SettleDay<'_, '_> {
    /// Counts a visit against the same visit under each baseline; `month` is the first institution's
    /// place in this month.
    pub(super) fn count_pair(&self, block: &mut Block, visit: usize, month: usize) {
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
        let eligible = is_visit && self.is_eligible(plan);
        let ahead = plan.want.orders.has(Orders::AHEAD);
        let after = times(plan.comes_ms, &self.outcome(plan, policy));
        let cell = cell_of(&self.world.city.people[plan.want.person.0 as usize]);
        for baseline in (0..policy).filter(|&baseline| ended(baseline)) {
            let before = times(plan.want.arrival_ms, &self.outcome(plan, baseline));
            let group = &mut pairs.groups[baseline][cell];
            if !is_visit {
                group.count_stay(&before, &after);
                pairs.stays[baseline].count(&before, &after);
                continue;
            }
            group.count_visit(eligible, class, &before, &after);
            pairs.against[baseline][class].count(&before, &after);
            pairs.count_waits((baseline, class), &before, &after);
            pairs.eligible[baseline] += u64::from(eligible);
            pairs.registered_ahead[baseline] += u64::from(ahead);
            if baseline == 0 {
                let today = &mut block.arms[policy].sums.day;
                today.matched += 1;
                let [then, now] = [before.in_hospital_ms, after.in_hospital_ms];
                today.saved_ms += then.cast_signed() - now.cast_signed();
                let site = pairs.site_month(month + usize::from(plan.want.site.0));
                site.visits += 1;
                site.credit += u64::from(class == 0);
                site.saved_ms += then.cast_signed() - now.cast_signed();
                pairs
                    .count_saved(class, before.in_hospital_ms as i64 - after.in_hospital_ms as i64);
                self.count_cells(pairs, plan, &before, &after);
            }
        }
    }

    fn count_cells(&self, pairs: &mut PairSums, plan: &Plan, before: &Times, after: &Times) {
        let person = &self.world.city.people[plan.want.person.0 as usize];
        let site = usize::from(plan.want.site.0);
        pairs.site_spread(site).count(before.in_hospital_ms);
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

    /// Counts a stay that ends, and whether what it held at last was more than its household earns in a
    /// month.
    pub(super) fn count_peak(&self, sums: &mut ArmSums, arm: usize, plan: &Plan) {
        let held = Fen::unpacked(plan.deposit_fen[arm]);
        let income = self.world.household_income(plan.want.visit.group());
        let peak = u64::from(held > income);
        sums.inpatient.bills += 1;
        sums.inpatient.peaks_over_income += peak;
        let group = self.stay_group(sums, plan);
        group.bills += 1;
        group.peaks_over_income += peak;
    }

    /// Counts cash that a stay locks up.
    pub(super) fn count_locked(&self, sums: &mut ArmSums, plan: &Plan, fen_days: i64) {
        sums.inpatient.locked_fen_days += fen_days;
        self.stay_group(sums, plan).locked_fen_days += fen_days;
    }

    /// The patient's group of people.
    pub(super) fn stay_group<'s>(&self, sums: &'s mut ArmSums, plan: &Plan) -> &'s mut GroupSums {
        sums.group(cell_of(self.world.city.person(plan.want.person)))
    }

    /// Whether a visit is one that the scheme is meant for: somebody who may open a line, at an
    /// institution that takes part today.
    fn is_eligible(&self, plan: &Plan) -> bool {
        let site = &self.world.city.sites[usize::from(plan.want.site.0)];
        takes_part(site.in_scheme_from, self.day) && self.world.may_open(plan.want.person)
    }
}

/// A visit's times for the sums.
fn times(arrival_ms: Ms, outcome: &Outcome) -> Times {
    let payment = outcome.pay_walk_ms + outcome.pay_queue_ms + outcome.pay_service_ms;
    Times {
        wait_ms: u64::from(outcome.wait_ms + outcome.pay_queue_ms + outcome.desk_queue_ms),
        payment_ms: u64::from(payment),
        in_hospital_ms: u64::from(outcome.exit_ms - arrival_ms - outcome.bed_ms),
        stops: u64::from(outcome.stops),
        clinical_wait_ms: u64::from(outcome.wait_ms),
        desk_ms: u64::from(outcome.at_desk_ms()),
        desk_queue_ms: u64::from(outcome.desk_queue_ms),
    }
}
