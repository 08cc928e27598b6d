//! Who signs up when: a latent rank against the ramp of the share of line holders.
//! Must never draw a second time for another ramp: a larger share contains the smaller one.

use super::PersonView;
use super::spec::AdoptionSpec;
use crate::random::{chance, probability_to_word, unit};
use libm::{ceil, exp, log};

/// Age from which `AdoptionSpec::over_60_factor` applies.
const OLD_FROM: u8 = 60;
/// Largest weight of need; at 1 the chronically ill would come before everybody else without
/// exception.
const MOST_NEED_WEIGHT: f64 = 0.999;

/// How the eligible people are mixed: shares by chronic illness (no, yes) and age (under 60, 60 and
/// over). The ramp's shares are met for this mix; one mix must serve all ramps that are to be
/// nested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EligibleMix {
    shares: [[f64; 2]; 2],
}

impl EligibleMix {
    /// The mix of counted people, `counts[chronic][over 60]`. With nobody counted all groups are
    /// alike.
    pub fn from_counts(counts: [[u64; 2]; 2]) -> EligibleMix {
        let total: u64 = counts.iter().flatten().sum();
        if total == 0 {
            return EligibleMix { shares: [[0.25; 2]; 2] };
        }
        EligibleMix { shares: counts.map(|row| row.map(|n| n as f64 / total as f64)) }
    }

    /// The cell of a person in `counts`.
    pub fn cell(view: &PersonView) -> (usize, usize) {
        (usize::from(view.chronic), usize::from(view.age >= OLD_FROM))
    }
}

/// A sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignUp {
    /// Day of the run, from 0; 0 = holds a line from the start.
    pub day_index: i32,
    /// Whether it takes place at the hospital's desk (else on the phone, at home).
    pub at_desk: bool,
}

/// A compiled ramp.
///
/// Each person has a clock, exponential with rate = relative propensity: 1/(1 − `need_weight`) for
/// the chronically ill, × `over_60_factor` from 60 on. The rank is the share of the eligible whose
/// clock is ahead: uniform over the population, and ordered by propensity and luck.
#[derive(Clone, Debug)]
pub(super) struct Ramp {
    from: f64,
    to: f64,
    rates: [[f64; 2]; 2],
    mix: EligibleMix,
    at_desk: u32,
}

impl Ramp {
    pub(super) fn new(spec: &AdoptionSpec, mix: &EligibleMix) -> Ramp {
        let need = 1.0 / (1.0 - spec.need_weight.clamp(0.0, MOST_NEED_WEIGHT));
        let old = spec.over_60_factor;
        Ramp {
            from: spec.share_at_start,
            to: spec.share_at_end,
            rates: [[1.0, old], [need, need * old]],
            mix: *mix,
            at_desk: probability_to_word(spec.at_desk_share),
        }
    }

    pub(super) fn sign_up(
        &self,
        luck: u32,
        desk: u32,
        view: &PersonView,
        days: u32,
    ) -> Option<SignUp> {
        let rank = self.rank(luck, view)?;
        let day_index = self.day_of(rank, days)?;
        Some(SignUp { day_index, at_desk: chance(desk, self.at_desk) })
    }

    /// Sign-up on visits: `exposure[day]` is the sum of the chances of sign-up a visit a day, from the
    /// scheme's beginning to the end of that day, and `visits_per_day` how often the person comes. The
    /// first of these chances that is taken has an exponential clock: no draw but the rank's own.
    pub(super) fn sign_up_by_exposure(
        &self,
        luck: u32,
        desk: u32,
        view: &PersonView,
        visits_per_day: f64,
        exposure: &[f64],
    ) -> Option<SignUp> {
        let (_, old) = EligibleMix::cell(view);
        let rate = visits_per_day * self.rates[0][old];
        let clock = -log(1.0 - unit(luck));
        let day = exposure.partition_point(|&sum| rate * sum <= clock);
        let day_index = i32::try_from(day).ok().filter(|_| day < exposure.len())?;
        Some(SignUp { day_index, at_desk: chance(desk, self.at_desk) })
    }

    /// The share of the eligible who come before this person; `None` for a group that never signs
    /// up.
    fn rank(&self, luck: u32, view: &PersonView) -> Option<f64> {
        let (chronic, old) = EligibleMix::cell(view);
        let rate = self.rates[chronic][old];
        if rate <= 0.0 {
            return None;
        }
        let clock = -log(1.0 - unit(luck)) / rate;
        let groups = self.rates.iter().flatten().zip(self.mix.shares.iter().flatten());
        Some(groups.map(|(rate, share)| share * (1.0 - exp(-rate * clock))).sum())
    }

    /// The first day whose share exceeds the rank; shares run linearly from the first day to the
    /// last.
    fn day_of(&self, rank: f64, days: u32) -> Option<i32> {
        if rank < self.from {
            return Some(0);
        }
        if rank >= self.to || days < 2 {
            return None;
        }
        let last = f64::from(days - 1);
        let day = ceil((rank - self.from) / (self.to - self.from) * last);
        Some(day.clamp(1.0, last) as i32)
    }
}
