//! From a run to several years: scaling to a year, discounting. Must be the only place that discounts.

use crate::domain::{Fen, Ratio};

/// Days of a year.
const YEAR_DAYS: i64 = 365;
/// Discount factors are kept in billionths.
const UNIT: i64 = 1_000_000_000;

/// Several years, each like the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Years.
    pub years: u8,
    year_of_run: Ratio,
    annuity: Ratio,
}

impl Horizon {
    /// Years at a discount rate, after a run of so many days with visits.
    pub fn new(years: u8, rate_year: Ratio, days: u32) -> Horizon {
        let growth = i128::from(UNIT + rate_year.of(Fen(UNIT)).0);
        let mut factor = i128::from(UNIT);
        let mut sum = 0;
        for _ in 0..years {
            factor = (factor * i128::from(UNIT) + growth / 2) / growth;
            sum += factor;
        }
        let sum = i64::try_from(sum)
            .unwrap_or_else(|_| panic!("invariant: {years} factors of at most one fit 64 bits"));
        Horizon {
            years,
            year_of_run: Ratio::new(YEAR_DAYS, i64::from(days.max(1))),
            annuity: Ratio::new(sum, UNIT),
        }
    }

    /// What came up during the run, as a year's worth.
    pub fn a_year(&self, run: Fen) -> Fen {
        self.year_of_run.of(run)
    }

    /// Present value of a year's worth that comes at the end of each year.
    pub fn present(&self, yearly: Fen) -> Fen {
        self.annuity.of(yearly)
    }

    /// Sum of the discount factors of all years.
    pub fn annuity(&self) -> Ratio {
        self.annuity
    }

    /// A year's share of the run.
    pub fn year_of_run(&self) -> Ratio {
        self.year_of_run
    }
}

/// What the use of money costs: fen × days at a rate a year, half up at the fen.
pub fn use_of_money(fen_days: i128, rate_year: Ratio) -> Fen {
    let rate = i128::from(rate_year.of(Fen(UNIT)).0);
    let whole = i128::from(UNIT) * i128::from(YEAR_DAYS);
    let product = fen_days * rate;
    let fen = (product + product.signum() * (whole / 2)) / whole;
    let fen = i64::try_from(fen);
    Fen(fen.unwrap_or_else(|_| panic!("invariant: the use of {fen_days} fen-days fits 64 bits")))
}
