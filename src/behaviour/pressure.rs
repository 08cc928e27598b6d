//! Kinds of payers, what presses on them, the macro factor and bad times.
//! Must never use a transcendental function where no scenario asks for one.

use super::more::{LeverOdds, MoreBehaviour, Shock};
use super::{Behaviour, PersonView};
use crate::domain::{Day, Fen, VisitId};
use crate::random::{
    Address, Philox, Purpose, chance, normal_cdf, normal_quantile, probability_to_word, unit,
};
use libm::sqrt;

/// Days of a macro year.
const YEAR_DAYS: u32 = 365;
/// Step of the address of retries; instalments have the ones below.
const STEP_RETRIES: u32 = 1_000;

/// The way in which somebody is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// Has the money and not the mind.
    Forgetful,
    /// Has the mind and not the money.
    Strained,
    /// Weighs what not paying costs.
    Strategic,
}

/// What presses on a late payer during a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent rules of a scheme")]
pub struct Pressure {
    /// A reminder is sent.
    pub reminded: bool,
    /// A call is made.
    pub called: bool,
    /// Penalty interest or a late fee runs.
    pub penalty: bool,
    /// Benefits are suspended.
    pub suspended: bool,
    /// The credit record has been told.
    pub reported: bool,
    /// An agency or a court has the case.
    pub pursued: bool,
}

/// The odds ratio of paying for a payer under some pressure; `None` where nothing acts.
pub(super) fn lever_odds(odds: &LeverOdds, payer: Payer, pressure: Pressure) -> Option<f64> {
    use Payer::{Forgetful, Strained, Strategic};
    let levers = [
        (pressure.reminded, odds.reminder, payer == Forgetful),
        (pressure.called, odds.call, matches!(payer, Forgetful | Strained)),
        (pressure.penalty, odds.penalty, matches!(payer, Forgetful | Strategic)),
        (pressure.suspended, odds.suspension, true),
        (pressure.reported, odds.report, payer == Strategic),
        (pressure.pursued, odds.pursuit, payer == Strategic),
    ];
    let acts = |&&(in_force, odds, reacts): &&(bool, f64, bool)| {
        in_force && reacts && odds.to_bits() != 1.0_f64.to_bits()
    };
    levers.iter().filter(acts).map(|&(_, odds, _)| odds).reduce(|all, odds| all * odds)
}

/// A probability with its odds multiplied.
pub(super) fn with_odds(p: f64, odds: f64) -> f64 {
    p * odds / (1.0 - p + p * odds)
}

/// The macro factor of a year: standard normal, negative = bad, alike for everybody and every arm.
pub fn macro_factor(philox: Philox, replication: u16, year: u32) -> f64 {
    let address = Address::new(u64::from(year), replication, Purpose::Macro);
    normal_quantile(unit(philox.block(address)[0]))
}

/// A probability of default in a year of factor `z`; its mean over years is `p`.
pub(super) fn in_year(p: f64, correlation: f64, z: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return p;
    }
    let rest = sqrt(1.0 - correlation);
    normal_cdf((normal_quantile(p) - sqrt(correlation) * z) / rest)
}

impl Behaviour {
    /// How a person is late: by willingness first, then by ability.
    pub fn payer(&self, view: &PersonView) -> Payer {
        let below = |quantile: u16, share: f64| f64::from(quantile) < share * 65_536.0;
        if below(view.willingness, self.more.payers.strategic) {
            Payer::Strategic
        } else if below(view.ability, self.more.payers.strained) {
            Payer::Strained
        } else {
            Payer::Forgetful
        }
    }

    /// Whether a due date is missed that somebody misses with threshold `word` in ordinary times.
    pub(super) fn misses_now(
        &self,
        philox: Philox,
        bill: u64,
        replication: u16,
        word: u32,
        threshold: u32,
    ) -> bool {
        let more = &self.more;
        if more.macro_correlation == 0.0 && more.stress.is_empty() && more.debit.unbound == 0.0 {
            return chance(word, threshold);
        }
        let day = VisitId::from_raw(bill).day();
        let mut p = f64::from(threshold) / 4_294_967_296.0;
        let unbound = more.debit.unbound;
        p = (1.0 - unbound) * p + unbound * with_odds(p, more.debit.unbound_odds);
        for spell in more.stress.iter().filter(|spell| spell.lasts(day)) {
            p = (1.0 - spell.hit) * p + spell.hit * with_odds(p, spell.miss_odds);
        }
        if more.macro_correlation > 0.0 {
            let z = macro_factor(philox, replication, day / YEAR_DAYS);
            p = in_year(p, more.macro_correlation, z);
        }
        chance(word, probability_to_word(p))
    }

    /// The number of the retry (from 1) at which an automatic debit that failed finds the money.
    pub fn retry_that_succeeds(
        &self,
        philox: Philox,
        bill: u64,
        replication: u16,
        retries: u8,
    ) -> Option<u8> {
        let threshold = probability_to_word(self.more.debit.retry_success);
        if threshold == 0 {
            return None;
        }
        let address = Address::new(bill, replication, Purpose::Repayment);
        let finds = |retry: &u8| {
            let step = STEP_RETRIES + u32::from(*retry);
            chance(philox.block(address.at(step))[0], threshold)
        };
        (1..=retries).find(finds)
    }

    /// The day on which a late payment meant for `day` is made: some wait for the next pay day, as far
    /// as it lies before `until`.
    pub fn pays_on(
        &self,
        philox: Philox,
        bill: u64,
        replication: u16,
        day: Day,
        until: Day,
    ) -> Day {
        let debit = &self.more.debit;
        let threshold = probability_to_word(debit.on_pay_day);
        if threshold == 0 {
            return day;
        }
        let step = STEP_RETRIES + 500 + u32::from(day.civil().month);
        let address = Address::new(bill, replication, Purpose::Repayment).at(step);
        if !chance(philox.block(address)[0], threshold) {
            return day;
        }
        let to_pay_day = i32::from(debit.pay_day) - i32::from(day.civil().day);
        let this_month = day + to_pay_day;
        let next = if to_pay_day >= 0 { this_month } else { this_month.plus_months(1) };
        if next <= until { next } else { day }
    }

    /// Whether an applicant's file is too thin, and whether the commitment is not signed.
    pub fn file(&self, philox: Philox, person: u32, replication: u16) -> (bool, bool) {
        let applying = &self.more.applying;
        if applying.thin_file == 0.0 && applying.unsigned == 0.0 {
            return (false, false);
        }
        let address = Address::new(u64::from(person), replication, Purpose::SignUp).at(STEP_FILE);
        let [thin, unsigned, ..] = philox.block(address);
        (
            chance(thin, probability_to_word(applying.thin_file)),
            chance(unsigned, probability_to_word(applying.unsigned)),
        )
    }

    /// Whether an applicant is not registered by real name with the hospital.
    pub fn is_unregistered(&self, philox: Philox, person: u32, replication: u16) -> bool {
        let threshold = probability_to_word(self.more.applying.unregistered);
        let address = Address::new(u64::from(person), replication, Purpose::SignUp);
        threshold > 0 && chance(philox.block(address.at(STEP_REGISTERED))[0], threshold)
    }

    /// Whether somebody outside the gates applies all the same.
    pub fn applies_unaware(&self, philox: Philox, person: u32, replication: u16) -> bool {
        let address = Address::new(u64::from(person), replication, Purpose::SignUp).at(STEP_FILE);
        let threshold = probability_to_word(self.more.applying.unaware);
        threshold > 0 && chance(philox.block(address)[2], threshold)
    }

    /// Whether an applicant gives up within so many days of waiting.
    pub fn abandons(&self, philox: Philox, person: u32, replication: u16, days: u16) -> bool {
        let stays = libm::pow(1.0 - self.more.applying.abandon_per_day, f64::from(days));
        let address = Address::new(u64::from(person), replication, Purpose::SignUp).at(STEP_FILE);
        days > 0 && chance(philox.block(address)[3], probability_to_word(1.0 - stays))
    }

    /// Whether an unsigned patient of the emergency room signs up on the ward.
    pub fn signs_on_the_ward(&self, philox: Philox, visit: u64, replication: u16) -> bool {
        let threshold = probability_to_word(self.more.applying.on_the_ward);
        let address = Address::new(visit, replication, Purpose::UseLine).at(STEP_WARD);
        threshold > 0 && chance(philox.block(address)[0], threshold)
    }

    /// Whether somebody who opens a line opens one at a second bank too.
    pub fn opens_second_line(&self, philox: Philox, person: u32) -> bool {
        let address = Address::new(u64::from(person), 0, Purpose::SignUp).item(8);
        chance(philox.block(address)[0], probability_to_word(self.more.second_line))
    }

    /// A person on a day of the run: whoever has lost a job has less income, and less ability in the
    /// same proportion.
    pub fn in_spells(
        &self,
        philox: Philox,
        person: u32,
        replication: u16,
        run_day: u32,
        view: PersonView,
    ) -> PersonView {
        let mut view = view;
        for (number, spell) in (1..).zip(&self.more.stress) {
            let Shock::JobLoss { income_kept } = spell.shock else { continue };
            let address = Address::new(u64::from(person), replication, Purpose::Macro).at(number);
            let threshold = probability_to_word(spell.hit);
            if spell.lasts(run_day) && chance(philox.block(address)[0], threshold) {
                let kept = libm::round(view.monthly_income.0 as f64 * income_kept);
                view.monthly_income = Fen(kept as i64);
                view.ability = libm::floor(f64::from(view.ability) * income_kept) as u16;
            }
        }
        view
    }

    /// Whether a visit that a line paid leads to a further one.
    pub fn comes_again(&self, philox: Philox, visit: u64, replication: u16) -> bool {
        let threshold = probability_to_word(self.more.induced_visits);
        let address = Address::new(visit, replication, Purpose::UseLine).at(STEP_AGAIN);
        threshold > 0 && chance(philox.block(address)[0], threshold)
    }

    /// What was added to the plain behaviour.
    pub fn more(&self) -> &MoreBehaviour {
        &self.more
    }
}

/// The step of addresses that sign-up does not use.
const STEP_FILE: u32 = 1;
/// Another.
const STEP_REGISTERED: u32 = 2;
/// A step that the use of a line does not use.
const STEP_AGAIN: u32 = 1;
/// Another.
const STEP_WARD: u32 = 2;
