//! Who signs up when: a latent rank against the ramp of the share of line holders.
//! Must never draw a second time for another ramp: a larger share contains the smaller one.

use super::PersonView;
use super::odds::z;
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
    /// Share of people and factor of the rate, by class of risk; one class without selection.
    risks: Vec<(f64, f64)>,
    selection: f64,
    positions: usize,
    at_desk: u32,
}

/// Classes of risk into which the population is cut for adverse selection.
const RISK_CLASSES: usize = 32;

/// People and factor of the rate by class of risk.
fn risks(selection: f64, people: &[f64]) -> Vec<(f64, f64)> {
    let all: f64 = people.iter().sum();
    if selection == 0.0 {
        return vec![(1.0, 1.0)];
    }
    let width = people.len().div_ceil(RISK_CLASSES);
    let class = |(number, class): (usize, &[f64])| {
        let share: f64 = class.iter().sum();
        let factor = |(at, weight): (usize, &f64)| {
            weight * exp(selection * z(number * width + at, people.len()))
        };
        let mean = class.iter().enumerate().map(factor).sum::<f64>() / share.max(f64::MIN_POSITIVE);
        (share / all, mean)
    };
    people.chunks(width).enumerate().map(class).collect()
}

impl Ramp {
    pub(super) fn new(
        spec: &AdoptionSpec,
        mix: &EligibleMix,
        selection: f64,
        people: &[f64],
    ) -> Ramp {
        let need = 1.0 / (1.0 - spec.need_weight.clamp(0.0, MOST_NEED_WEIGHT));
        let old = spec.over_60_factor;
        Ramp {
            from: spec.share_at_start,
            to: spec.share_at_end,
            rates: [[1.0, old], [need, need * old]],
            mix: *mix,
            risks: risks(selection, people),
            selection,
            positions: people.len(),
            at_desk: probability_to_word(spec.at_desk_share),
        }
    }

    pub(super) fn sign_up(
        &self,
        luck: u32,
        desk: u32,
        view: &PersonView,
        position: usize,
        days: u32,
    ) -> Option<SignUp> {
        let rank = self.rank(luck, view, position)?;
        let day_index = self.day_of(rank, days)?;
        Some(SignUp { day_index, at_desk: chance(desk, self.at_desk) })
    }

    /// Sign-up on visits: `exposure[day]` is the sum of the chances of sign-up a visit a day, from the
    /// scheme's beginning to the end of that day, and `visits_per_day` how often the person comes. The
    /// first of these chances that is taken has an exponential clock: no draw but the rank's own. Chances
    /// before day `from` are not this person's.
    pub(super) fn sign_up_by_exposure(
        &self,
        (luck, desk): (u32, u32),
        (view, position): (&PersonView, usize),
        visits_per_day: f64,
        (exposure, from): (&[f64], i32),
    ) -> Option<SignUp> {
        let (_, old) = EligibleMix::cell(view);
        let rate = visits_per_day * self.rates[0][old] * self.selected(position);
        let clock = -log(1.0 - unit(luck));
        let from = usize::try_from(from).unwrap_or(0);
        let before = if from == 0 { 0.0 } else { *exposure.get(from - 1)? };
        let reached = exposure.partition_point(|&sum| rate * (sum - before) <= clock);
        let day = reached.max(from);
        let day_index = i32::try_from(day).ok().filter(|_| day < exposure.len())?;
        Some(SignUp { day_index, at_desk: chance(desk, self.at_desk) })
    }

    /// The factor by which adverse selection moves a person's propensity.
    fn selected(&self, position: usize) -> f64 {
        if self.selection == 0.0 { 1.0 } else { exp(self.selection * z(position, self.positions)) }
    }

    /// The share of the eligible who come before this person; `None` for a group that never signs
    /// up.
    fn rank(&self, luck: u32, view: &PersonView, position: usize) -> Option<f64> {
        let (chronic, old) = EligibleMix::cell(view);
        let rate = self.rates[chronic][old];
        if rate <= 0.0 {
            return None;
        }
        let clock = -log(1.0 - unit(luck)) / (rate * self.selected(position));
        let groups = self.rates.iter().flatten().zip(self.mix.shares.iter().flatten());
        let ahead = |(rate, share): (&f64, &f64)| {
            let of = |&(people, factor): &(f64, f64)| people * (1.0 - exp(-rate * factor * clock));
            share * self.risks.iter().map(of).sum::<f64>()
        };
        Some(groups.map(ahead).sum())
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
