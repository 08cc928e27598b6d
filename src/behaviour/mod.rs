//! What people do about money: sign-up, use of a line, repayment. Random, by address.
//! Must never post money or hold an amount of its own.

mod adoption;
mod finance;
mod joining;
mod late;
mod more;
mod odds;
mod pressure;
pub mod spec;

pub use adoption::{EligibleMix, SignUp};
pub use finance::Source;
pub use late::{ARREARS_HORIZON_DAYS, Arrears, Late, LateStage, WindowBill};
pub use pressure::{Payer, Pressure, macro_factor};

use crate::domain::{CareKind, Fen};
use crate::random::{Address, Philox, Purpose, chance, probability_to_word};
use adoption::Ramp;
use odds::{Odds, Scores};
use spec::BehaviourSpec;

/// What the room needs to know of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Latent ability to pay as a quantile of the population (65,535 = ablest).
    pub ability: u16,
    /// Latent willingness to pay as a quantile of the population, independent of ability.
    pub willingness: u16,
    /// Whether the person is chronically ill.
    pub chronic: bool,
    /// Age in years.
    pub age: u8,
    /// Monthly income, fen.
    pub monthly_income: Fen,
}

/// What becomes of a draw by its due date, if nothing stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Repaid within 24 hours.
    FirstDay,
    /// Repaid this many days after the draw, before the due date.
    Early {
        /// Days after the draw, 1 to the window's length less one.
        after_days: u32,
    },
    /// Repaid on the due date (auto-debit finds enough).
    OnDue,
    /// The due date is missed.
    Misses,
}

/// A behaviour spec compiled to integer thresholds. Every decision is a pure function of its
/// address.
#[derive(Clone, Debug)]
pub struct Behaviour {
    ramp: Ramp,
    use_outpatient: u32,
    use_inpatient: u32,
    reserve_above_income: f64,
    first_day: u32,
    first_day_or_early: u32,
    scores: Scores,
    misses: Odds,
    misses_large: Odds,
    rolls: [Odds; 5],
    /// Of stays, emergencies, ordinary visits on the hospital's books.
    arrears: [ArrearsOdds; 3],
    more: more::MoreBehaviour,
}

/// Odds of leaving a bill unpaid, and of never paying it once it is.
#[derive(Clone, Debug)]
struct ArrearsOdds {
    unpaid: Odds,
    never: Odds,
}

/// Steps of the address of repayment: the due date, the stages of delinquency, the instalments.
const STEP_DUE: u32 = 0;
const STEP_STAGES: u32 = 0;
const STEP_INSTALMENTS: u32 = 100;

impl Behaviour {
    /// Compiles a spec for a city whose eligible people are mixed like `mix`.
    ///
    /// Heterogeneity multiplies odds by exp(heterogeneity × z), z = −(Φ⁻¹(ability) +
    /// Φ⁻¹(willingness))/√2. Intercepts are solved so that the mean over those *who get that far*
    /// is the spec's number: missing over the population, the first roll over those who miss, and
    /// so on. Whoever rolls is worse than whoever does not, so a plain population mean would come
    /// out too high.
    pub fn new(spec: &BehaviourSpec, mix: &EligibleMix) -> Behaviour {
        let scores = Scores::new();
        let repayment = &spec.repayment;
        let spread = repayment.heterogeneity;
        let everybody = scores.population();
        let misses = Odds::calibrated(repayment.miss_due, spread, &everybody);
        let misses_large = misses.multiplied(repayment.large_draw_odds);
        let [r1, r2, r3] = repayment.roll;
        let stays =
            [r1, r2, r3, 1.0 - repayment.cure_90_plus, 1.0 - repayment.recover_after_write_off];
        let mut reach = misses.weigh(&everybody);
        let rolls = stays.map(|mean| {
            let odds = Odds::calibrated(mean, spread, &reach);
            reach = odds.weigh(&reach);
            odds
        });
        let window = &spec.window_arrears;
        let shares = [window.inpatient_share, window.emergency_share, window.on_books_share];
        let arrears = shares.map(|share| {
            let unpaid = Odds::calibrated(share, spread, &everybody);
            let reach = unpaid.weigh(&everybody);
            let never = Odds::calibrated(1.0 - window.recovered_share, spread, &reach);
            ArrearsOdds { unpaid, never }
        });
        Behaviour {
            ramp: Ramp::new(&spec.adoption, mix, spec.more.selection, &everybody),
            more: spec.more.clone(),
            use_outpatient: probability_to_word(spec.use_of_line.outpatient),
            use_inpatient: probability_to_word(spec.use_of_line.inpatient),
            reserve_above_income: spec.use_of_line.reserve_above_income,
            first_day: probability_to_word(repayment.first_day),
            first_day_or_early: probability_to_word(repayment.first_day + repayment.early),
            scores,
            misses,
            misses_large,
            rolls,
            arrears,
        }
    }

    /// The day on which `person` signs up in a run of `days`, if at all. A latent rank, uniform
    /// over the eligible, meets the ramp: a larger share contains the smaller one.
    pub fn sign_up_day(
        &self,
        philox: Philox,
        person: u32,
        replication: u16,
        view: &PersonView,
        days: u32,
    ) -> Option<SignUp> {
        let address = Address::new(u64::from(person), replication, Purpose::SignUp);
        let [luck, desk, ..] = philox.block(address);
        self.ramp.sign_up(luck, desk, view, self.scores.of(view), days)
    }

    /// The day on which `person` signs up at an institution, if at all: see
    /// [`spec::InstitutionCurve`]. `exposure` holds the sum of chances a visit a day by day of the run;
    /// those before day `from` do not count for this person.
    pub fn sign_up_day_at_institutions(
        &self,
        philox: Philox,
        (person, replication): (u32, u16),
        view: &PersonView,
        visits_per_day: f64,
        (exposure, from): (&[f64], i32),
    ) -> Option<SignUp> {
        let address = Address::new(u64::from(person), replication, Purpose::SignUp);
        let [luck, desk, ..] = philox.block(address);
        let who = (view, self.scores.of(view));
        self.ramp.sign_up_by_exposure((luck, desk), who, visits_per_day, (exposure, from))
    }

    /// The word that says when the scheme's fame reaches a person; its uniform also says who opts out.
    pub fn fame_word(philox: Philox, person: u32, replication: u16) -> u32 {
        let address = Address::new(u64::from(person), replication, Purpose::SignUp);
        let [_, _, fame, _] = philox.block(address);
        fame
    }

    /// Whether a holder with this income keeps the line in reserve and pays such a bill himself.
    pub fn keeps_in_reserve(&self, bill: Fen, monthly_income: Fen) -> bool {
        let least = self.reserve_above_income * monthly_income.0 as f64;
        self.reserve_above_income > 0.0 && (bill.0 as f64) < least
    }

    /// Whether a visit of somebody with a usable line is put on it.
    pub fn uses_line(&self, philox: Philox, visit: u64, replication: u16, care: CareKind) -> bool {
        let threshold = match care {
            CareKind::Inpatient => self.use_inpatient,
            _ => self.use_outpatient,
        };
        let [word, ..] = philox.block(Address::new(visit, replication, Purpose::UseLine));
        chance(word, threshold)
    }

    /// What the holder means to do about a draw with `window_days` days to its due date.
    pub fn repayment(
        &self,
        philox: Philox,
        visit: u64,
        replication: u16,
        view: &PersonView,
        draw: Fen,
        window_days: u32,
    ) -> Intent {
        let address = Address::new(visit, replication, Purpose::Repayment).at(STEP_DUE);
        let [when, day, due, _] = philox.block(address);
        if chance(when, self.first_day) {
            return Intent::FirstDay;
        }
        if chance(when, self.first_day_or_early) && window_days >= 2 {
            return Intent::Early { after_days: 1 + below(day, window_days - 1) };
        }
        let odds = if draw > view.monthly_income { &self.misses_large } else { &self.misses };
        let threshold = odds.word(self.scores.of(view));
        let misses = self.misses_now(philox, visit, replication, due, threshold);
        if misses { Intent::Misses } else { Intent::OnDue }
    }

    /// Whether the holder misses instalment `number` of a converted draw on its due day.
    pub fn misses_instalment(
        &self,
        philox: Philox,
        visit: u64,
        replication: u16,
        view: &PersonView,
        number: u8,
    ) -> bool {
        let step = STEP_INSTALMENTS + u32::from(number);
        let address = Address::new(visit, replication, Purpose::Repayment).at(step);
        let [word, ..] = philox.block(address);
        let threshold = self.misses.word(self.scores.of(view));
        self.misses_now(philox, visit, replication, word, threshold)
    }
}

/// A word as a whole number below `bound`, each equally likely up to one part in 2^32/bound.
fn below(word: u32, bound: u32) -> u32 {
    ((u64::from(word) * u64::from(bound)) >> 32) as u32
}

#[cfg(test)]
mod tests;
