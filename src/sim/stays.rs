//! Stays between admission and discharge: who can leave a deposit, when more is asked, whose bed is
//! whose. Must never post money: amounts go to the engine as deposits.

use super::block::{Block, Kind, Later, Plan};
use super::city_view::World;
use crate::domain::{Day, Fen, PersonId, VisitId};
use crate::flow::Beds;
use crate::random::{Address, Purpose, chance, probability_to_word};
use crate::scenario::InpatientSpec;

/// The semantic step of a stay's draws: emergency, money at hand, return.
const STAY_STEP: u32 = 66;
/// Most payments on the way of one stay.
const MOST_PAYMENTS: u32 = 24;

/// What is known of a stay's money when it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StayMoney {
    /// Deposit left at admission.
    pub(super) deposit: Fen,
    /// Deposit asked on the day after an emergency.
    pub(super) asked_later: Fen,
    /// Held on a line.
    pub(super) line: Fen,
    /// Expected personal part of the whole stay.
    pub(super) person_part: Fen,
}

/// A payment on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnTheWay {
    /// Days after the admission.
    pub(super) after_days: u16,
    /// Amount.
    pub(super) amount: Fen,
    /// Because the deposit was used up, not because a stage was reached.
    pub(super) top_up: bool,
}

impl World<'_> {
    pub(super) fn stay_words(&self, visit: VisitId, replication: u16) -> [u32; 4] {
        self.philox.block(Address::new(visit.raw(), replication, Purpose::Course).at(STAY_STEP))
    }

    /// Whether an admission comes through the emergency room.
    pub(super) fn is_emergency_stay(&self, visit: VisitId, replication: u16) -> bool {
        let share = self.scenario.inpatient.emergency_share;
        share > 0.0 && chance(self.stay_words(visit, replication)[0], probability_to_word(share))
    }

    /// Whether an elective patient cannot leave a deposit today. Who has waited as long as it takes to
    /// find the money has found it.
    pub(super) fn lacks_deposit(
        &self,
        plan: &Plan,
        deposit: Fen,
        replication: u16,
        day: Day,
    ) -> bool {
        let Some(means) = &self.scenario.inpatient.means else {
            return false;
        };
        let waited = self.index(day) - plan.want.visit.day() as i32;
        if deposit.is_zero() || waited >= i32::from(means.return_after_days) {
            return false;
        }
        deposit > self.at_hand(plan.want.visit, plan.want.person, replication)
    }

    /// Money that somebody has at hand for the bill or deposit of a visit; any amount where the scenario does not say.
    pub(super) fn at_hand(&self, visit: VisitId, person: PersonId, replication: u16) -> Fen {
        let Some(months) = &self.means else { return Fen(i64::MAX) };
        let word = self.stay_words(visit, replication)[1];
        // Where bills are followed, a minor's are paid from a grown-up's means; without that he has none.
        let income = match self.other_finance() {
            Some(_) => self.city.income_of_household(person).0,
            None => self.city.monthly_income(person).0,
        };
        Fen(income * i64::from(months.sample(word)) / MONTH_UNITS as i64)
    }

    /// Whether somebody who was turned away comes back with the money.
    pub(super) fn returns(&self, visit: VisitId, replication: u16) -> Option<i32> {
        let means = self.scenario.inpatient.means.as_ref()?;
        let comes =
            chance(self.stay_words(visit, replication)[2], probability_to_word(means.returns));
        comes.then_some(i32::from(means.return_after_days))
    }
}

/// Money at hand is tabulated in thousandths of a month's income.
pub(super) const MONTH_UNITS: f64 = 1_000.0;

/// The beds of a site on the first day, and how many of the taken ones come free on each later day:
/// a renewal in equilibrium, so day d sees the share of stays that last longer than d.
pub(super) fn start_of(world: &World<'_>, open: u32) -> (Beds, Vec<u32>) {
    let spec = &world.scenario.inpatient;
    let taken = libm::round(spec.taken_at_start * f64::from(open)) as u32;
    if taken == 0 {
        return (Beds::new(open, 0), Vec::new());
    }
    let stays = world.scenario.city.demand.stay_days.table(1.0);
    let days = |k: u32| stays.sample((k << 22) + (1 << 21)).max(1);
    let all: u64 = (0..SAMPLES).map(|k| u64::from(days(k))).sum();
    let longest = days(SAMPLES - 1);
    let (mut seen, mut freed, mut leaving) = (0_u64, 0, Vec::new());
    for day in 0..longest {
        seen += (0..SAMPLES).filter(|&k| days(k) > day).count() as u64;
        let by_now = (u64::from(taken) * seen / all) as u32;
        leaving.push(by_now - freed);
        freed = by_now;
    }
    (Beds::new(open, taken), leaving)
}

/// Quantiles of the length of stay from which the first day's patients are made.
const SAMPLES: u32 = 1 << 10;

/// Payments on the way of a stay: a top-up when the personal part so far has used the stated part of
/// what is held, else what lacks at a stage, which comes with days or with the amount that lacks. The personal part grows evenly with the days.
pub(super) fn on_the_way(
    spec: &InpatientSpec,
    money: StayMoney,
    stay_days: u16,
    mut each: impl FnMut(OnTheWay),
) {
    let mut held = money.deposit;
    let mut asked = 0;
    if !money.asked_later.is_zero() && stay_days > 1 {
        held += money.asked_later;
        each(OnTheWay { after_days: 1, amount: money.asked_later, top_up: false });
    }
    let first = money.deposit + money.asked_later;
    for day in 1..stay_days {
        let so_far = Fen(money.person_part.0 * i64::from(day) / i64::from(stay_days));
        let used_up = spec.top_up.is_some_and(|rule| {
            !first.is_zero() && so_far > rule.used.of(held) && !rule.amount.of(first).is_zero()
        });
        let lacking = so_far - held - money.line;
        let stage = spec.staged_every_days.is_some_and(|every| i64::from(day) % every == 0)
            || spec.staged_over.is_some_and(|most| lacking >= most);
        let payment = match (spec.top_up, used_up, stage && lacking > Fen::ZERO) {
            (Some(rule), true, _) => rule.amount.of(first),
            (_, _, true) => lacking,
            _ => continue,
        };
        held += payment;
        each(OnTheWay { after_days: day, amount: payment, top_up: used_up });
        asked += 1;
        if asked == MOST_PAYMENTS {
            return;
        }
    }
}

impl Block {
    /// Adds a payment on the way to what the pending discharge holds; the day of that discharge.
    pub(super) fn hold_more(&mut self, plan: &Plan, arm: usize, amount: Fen) -> Option<Day> {
        let is_it = |later: &&mut Later| {
            later.kind == Kind::Discharge
                && later.want.visit == plan.want.visit
                && later.arms & 1 << arm != 0
        };
        self.later.iter_mut().find_map(|(&day, plans)| {
            let discharge = plans.iter_mut().find(is_it)?;
            discharge.deposit_fen[arm] += amount.packed();
            Some(Day(day))
        })
    }
}
