//! How demand moves over months and weekdays. Must never know a single patient.

use super::spec::{DemandSpec, Wave};
use crate::domain::Day;

/// Days over which yearly rates are spread: the factors of the first 365 days average to 1.
pub const YEAR_DAYS: f64 = 365.0;

/// What a day's rate is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DayFactor {
    /// Elective outpatient visits: month and weekday.
    pub(super) elective: f64,
    /// Emergencies and admissions: month only, Sundays are like any day.
    pub(super) acute: f64,
}

/// Month and weekday factors, normalised over the run's first 365 days.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    start: Day,
    month_weights: [f64; 12],
    weekday_weights: [f64; 7],
    scale: DayFactor,
    waves: Vec<Wave>,
    /// The largest factors that any day can have.
    pub(super) envelope: DayFactor,
}

impl Calendar {
    /// Normalises the weights over the first 365 days from `start`.
    pub(super) fn new(start: Day, demand: &DemandSpec) -> Calendar {
        let mut calendar = Calendar {
            start,
            month_weights: demand.month_weights,
            weekday_weights: demand.weekday_weights,
            scale: DayFactor { elective: 1.0, acute: 1.0 },
            waves: Vec::new(),
            envelope: DayFactor { elective: 0.0, acute: 0.0 },
        };
        let year = (0..YEAR_DAYS as u32).map(|day| calendar.factor(day));
        let sum = year.fold((0.0, 0.0), |sum, f| (sum.0 + f.elective, sum.1 + f.acute));
        assert!(sum.0 > 0.0 && sum.1 > 0.0, "invariant: the first year has demand on some day");
        calendar.scale = DayFactor { elective: YEAR_DAYS / sum.0, acute: YEAR_DAYS / sum.1 };
        let month = calendar.month_weights.iter().copied().fold(0.0, f64::max);
        let weekday = calendar.weekday_weights.iter().copied().fold(0.0, f64::max);
        calendar.waves.clone_from(&demand.waves);
        let crest = calendar.waves.iter().map(|wave| wave.factor).fold(1.0, f64::max);
        calendar.envelope = DayFactor {
            elective: month * weekday * calendar.scale.elective * crest,
            acute: month * calendar.scale.acute * crest,
        };
        calendar
    }

    /// The factors of a day, counted from the run's first.
    pub(super) fn factor(&self, day_index: u32) -> DayFactor {
        let civil = (self.start + day_index.cast_signed()).civil();
        let month = self.month_weights[usize::from(civil.month) - 1];
        let weekday = self.weekday_weights[usize::from(civil.weekday)];
        let wave = self.wave(day_index);
        DayFactor {
            elective: month * weekday * self.scale.elective * wave,
            acute: month * self.scale.acute * wave,
        }
    }

    /// The strongest wave of a day; 1 without one.
    fn wave(&self, day_index: u32) -> f64 {
        let today = |wave: &&Wave| (wave.from_day..=wave.to_day).contains(&day_index);
        let factors = self.waves.iter().filter(today).map(|wave| wave.factor);
        factors.reduce(f64::max).unwrap_or(1.0)
    }
}
