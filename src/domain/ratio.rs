//! Exact ratios (rates, shares, relativities), parsed from decimals and multiplied without floats.
//! Must never round anywhere but in `of`, half up at the fen.
#![deny(clippy::float_arithmetic)]

use super::money::Fen;
use rust_decimal::Decimal;
use std::fmt;

/// An exact ratio `num / den`, `den > 0`. Built once from a scenario's decimals, used everywhere after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i64,
    den: i64,
}

impl Default for Ratio {
    fn default() -> Ratio {
        Ratio::ZERO
    }
}

impl Ratio {
    /// Nothing of the amount.
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };
    /// All of the amount.
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// `num / den`; panics unless `den > 0`.
    pub const fn new(num: i64, den: i64) -> Ratio {
        assert!(den > 0, "invariant: a ratio's denominator is positive");
        Ratio { num, den }
    }

    /// A whole number of per cent.
    pub const fn percent(percent: i64) -> Ratio {
        Ratio { num: percent, den: 100 }
    }

    /// The exact value of a decimal with at most nine places; `None` otherwise.
    pub fn from_decimal(value: Decimal) -> Option<Ratio> {
        let value = value.normalize();
        let den = 10_i64.checked_pow(value.scale())?;
        if den > 1_000_000_000 {
            return None;
        }
        i64::try_from(value.mantissa()).ok().map(|num| Ratio { num, den })
    }

    /// The ratio as a decimal, for edges and messages.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from(self.num) / Decimal::from(self.den)
    }

    /// The ratio as a float, for statistics and quantile thresholds only; money never takes this way.
    pub fn to_f64(self) -> f64 {
        #[expect(clippy::float_arithmetic, reason = "the one door out, away from money")]
        {
            self.num as f64 / self.den as f64
        }
    }

    /// This share of `amount`, rounded half up (away from zero for negative amounts) at the fen.
    pub fn of(self, amount: Fen) -> Fen {
        if let Some(product) = amount.0.checked_mul(self.num) {
            let half = self.den / 2;
            return Fen(if product >= 0 {
                (product + half) / self.den
            } else {
                -((half - product) / self.den)
            });
        }
        let product = i128::from(amount.0) * i128::from(self.num);
        let half = i128::from(self.den / 2) * product.signum();
        let fen = i64::try_from((product + half) / i128::from(self.den));
        Fen(fen.unwrap_or_else(|_| panic!("invariant: {self} of {amount} overflows 64-bit fen")))
    }

    /// `1 - self`.
    pub fn complement(self) -> Ratio {
        Ratio { num: self.den - self.num, den: self.den }
    }

    /// The product of two ratios; panics when it does not fit 64 bits.
    pub fn times(self, other: Ratio) -> Ratio {
        Ratio::new(self.num * other.num, self.den * other.den)
    }

    /// The exact sum of two ratios; panics when it does not fit 64 bits.
    pub fn plus(self, other: Ratio) -> Ratio {
        if self.den == other.den {
            return Ratio::new(self.num + other.num, self.den);
        }
        Ratio::new(self.num * other.den + other.num * self.den, self.den * other.den)
    }

    /// This ratio divided by a positive whole number (a yearly rate by 12 months).
    pub fn divided_by(self, parts: i64) -> Ratio {
        Ratio::new(self.num, self.den * parts)
    }

    /// True for exactly zero.
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Compares two ratios exactly.
    pub fn compare(self, other: Ratio) -> std::cmp::Ordering {
        let left = i128::from(self.num) * i128::from(other.den);
        left.cmp(&(i128::from(other.num) * i128::from(self.den)))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

    proptest! {
        #[test]
        fn of_rounds_half_up_like_the_decimal_oracle(
            fen in -1_000_000_000_i64..1_000_000_000_000, num in 0_i64..1_000_000, places in 0_u32..7,
        ) {
            let rate = Decimal::new(num, places);
            let oracle = (Decimal::from(fen) * rate).round_dp_with_strategy(0, MidpointAwayFromZero);
            let ratio = Ratio::from_decimal(rate).expect("at most six places");
            prop_assert_eq!(Decimal::from(ratio.of(Fen(fen)).0), oracle);
        }
    }
}
