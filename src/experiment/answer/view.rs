//! One replication against one baseline: its book and its hours. Must never round: outputs do.

use super::super::figures::share;
use super::super::replicate::Setup;
use super::facts;
use crate::domain::Fen;
use crate::economics::spec::CostSpec;
use crate::economics::{ArmFacts, Book, Compared, Party, Row, book};
use crate::ledger::Role;
use crate::metrics::Match;
use crate::sim::Replication;

pub(super) const MS_PER_HOUR: f64 = 3_600_000.0;
const S_PER_HOUR: f64 = 3_600.0;

/// A replication against a baseline.
pub(super) struct View {
    pub(super) spec: CostSpec,
    pub(super) book: Book,
    pub(super) policy: ArmFacts,
    pub(super) baseline: ArmFacts,
    /// Limits of the lines opened.
    pub(super) limits: Fen,
    /// Hours saved on matched visits and stays, sign-up at desks, help and refund trips counted.
    hours: f64,
    /// Hours of sign-up at home, once.
    home_hours: f64,
    /// Visits that the scheme is meant for.
    pub(super) eligible: u64,
}

impl View {
    /// The view; `None` without costs.
    pub(super) fn of(setup: &Setup, run: &Replication, baseline: usize) -> Option<View> {
        let spec = setup.scenario.costs.clone()?;
        let arm = run.arms.last()?;
        let both = facts::matched(run, baseline);
        let mut policy = facts::of(arm);
        let mut before = facts::of(&run.arms[baseline]);
        policy.messages = super::super::messages::cost(setup, arm);
        policy.told = facts::told(setup, arm);
        policy.roles[Role::PersonCash as usize] += i64::from(setup.unpaid_fen);
        // Clerks work while somebody signs up, not while he stands in line.
        (before.desk_ms, policy.desk_ms) = (both.baseline.helped_ms(), both.policy.helped_ms());
        let compared = Compared { policy: &policy, baseline: &before };
        let at_home = arm.sums.opened - arm.sums.opened_at_desk.min(arm.sums.opened);
        Some(View {
            book: book(&spec, compared, &facts::scheme(setup)),
            limits: arm.sums.limit_total,
            hours: hours(&both),
            home_hours: at_home as f64 * f64::from(spec.sign_up_at_home_s) / S_PER_HOUR,
            eligible: run.pairs.eligible[baseline],
            policy,
            baseline: before,
            spec,
        })
    }

    /// Hours saved during the run; sign-up at home, which comes once, is spread over the horizon.
    pub(super) fn net_hours(&self) -> f64 {
        self.net(self.hours, self.home_hours)
    }

    /// Hours of sign-up at home, once.
    pub(super) fn home_hours(&self) -> f64 {
        self.home_hours
    }

    /// Hours of the run less a run's part of hours that come once.
    pub(super) fn net(&self, hours: f64, once: f64) -> f64 {
        let horizon = self.book.horizon();
        hours - once / (horizon.year_of_run().to_f64() * f64::from(horizon.years))
    }

    /// Hours of the run over the horizon, discounted like money, less hours that come once.
    pub(super) fn present(&self, hours: f64, once: f64) -> f64 {
        let horizon = self.book.horizon();
        hours * (horizon.year_of_run().to_f64() * horizon.annuity().to_f64()) - once
    }

    /// Net hours a thousand eligible visits.
    pub(super) fn net_hours_per_1000(&self) -> f64 {
        share(self.net_hours() * 1_000.0, self.eligible as f64)
    }

    /// Hours over the horizon, discounted like money; sign-up at home comes once.
    pub(super) fn hours_present(&self) -> f64 {
        self.present(self.hours, self.home_hours)
    }

    /// What the hours are worth, present value.
    pub(super) fn time_worth(&self) -> Fen {
        let hour = self.spec.value_of_hour.0 as f64;
        Fen(libm::round(self.hours_present() * hour) as i64)
    }

    /// Present value of the resources that the way of paying uses; care itself stands apart.
    pub(super) fn resources(&self) -> Fen {
        self.book.resources(|row| !row.kind.is_care())
    }

    /// Present value of what public purses pay for it: funds and treasury, care apart.
    pub(super) fn public_purse(&self) -> Fen {
        let pays = |party| -self.book.gain(party, not_care, |row| row.npv);
        pays(Party::Funds) + pays(Party::Treasury)
    }

    /// Yuan an hour of what costs so much; `None` where no hour is saved.
    pub(super) fn an_hour(&self, cost: Fen) -> Option<f64> {
        let hours = self.hours_present();
        (hours > 0.0).then(|| cost.0 as f64 / 100.0 / hours)
    }
}

pub(super) fn not_care(row: &Row) -> bool {
    !row.kind.is_care()
}

/// Hours saved on visits and stays that took place in both arms.
pub(super) fn hours(both: &Match) -> f64 {
    both.saved_ms() as f64 / MS_PER_HOUR
}
