//! Money as a counted thing: whole fen in an `i64`, split only by `allot`, whose parts always sum.
//! Must never meet a float; overflow panics (release keeps `overflow-checks`).
//!
//! | operation | result |
//! |---|---|
//! | `Fen + Fen`, `Fen - Fen`, `-Fen`, sum | exact |
//! | `Ratio::of(Fen)` | rounded half up at the fen, the only rounding in the crate |
//! | `allot(Fen, weights)` | largest-remainder parts; they sum to the whole |
//! | parse "12.34", print "12.34" | yuan with two decimals at the edges |
#![deny(clippy::float_arithmetic, clippy::cast_sign_loss, clippy::cast_possible_truncation)]

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount of money in fen (1 yuan = 100 fen). Negative amounts are legal (credits, refunds).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// Whole yuan as fen.
    pub const fn from_yuan(yuan: i64) -> Fen {
        Fen(yuan * 100)
    }

    /// Parses an exact amount in yuan; `None` when it has more than two decimals or overflows.
    pub fn from_decimal_yuan(yuan: Decimal) -> Option<Fen> {
        let fen = yuan.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
        if fen.scale() != 0 {
            return None;
        }
        i64::try_from(fen.mantissa()).ok().map(Fen)
    }

    /// The amount in yuan as an exact decimal with two places.
    pub fn to_decimal_yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// The amount packed into a row's `u32`; panics below zero or above 42,949,672.95 yuan.
    pub fn packed(self) -> u32 {
        u32::try_from(self.0).unwrap_or_else(|_| {
            panic!("invariant: {self} does not fit a row's unsigned 32-bit fen")
        })
    }

    /// Reads a row's packed amount.
    pub fn unpacked(fen: u32) -> Fen {
        Fen(i64::from(fen))
    }

    /// The larger of this amount and zero.
    pub fn at_least_zero(self) -> Fen {
        self.max(Fen::ZERO)
    }

    /// True for exactly no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl std::str::FromStr for Fen {
    type Err = String;

    /// Parses yuan with at most two decimals, as in "51423.22".
    fn from_str(text: &str) -> Result<Fen, String> {
        let yuan: Decimal = text
            .trim()
            .parse()
            .map_err(|_| format!("`{text}` is not an amount in yuan such as 51423.22"))?;
        Fen::from_decimal_yuan(yuan)
            .ok_or_else(|| format!("`{text}` has more than two decimals or is too large"))
    }
}

/// Money crosses every edge as a string in yuan with two decimals.
impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Add for Fen {
    type Output = Fen;
    fn add(self, other: Fen) -> Fen {
        Fen(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Fen;
    fn sub(self, other: Fen) -> Fen {
        Fen(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Fen;
    fn neg(self) -> Fen {
        Fen(-self.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Fen) {
        self.0 += other.0;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Fen) {
        self.0 -= other.0;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, Add::add)
    }
}

/// Splits `whole` in proportion to `weights` (non-negative, not all zero): each part is rounded down,
/// then the left-over fen go one each to the largest remainders, earlier parts first on a tie.
/// The parts always sum to `whole`, which must not be negative.
pub fn allot<const N: usize>(whole: Fen, weights: [u64; N]) -> [Fen; N] {
    assert!(whole >= Fen::ZERO, "invariant: allot splits a non-negative amount, got {whole}");
    let total: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    assert!(total > 0, "invariant: allot needs a positive weight");
    let mut parts = [Fen::ZERO; N];
    let mut remainders = [(0_i128, 0_usize); N];
    let mut left = whole;
    for (index, &weight) in weights.iter().enumerate() {
        let exact = i128::from(whole.0) * i128::from(weight);
        let part = i64::try_from(exact / total).unwrap_or_else(|_| {
            panic!("invariant: a part of {whole} is never larger than the whole")
        });
        parts[index] = Fen(part);
        remainders[index] = (exact % total, index);
        left -= Fen(part);
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for &(_, index) in remainders.iter().cycle().take(usize::try_from(left.0).unwrap_or(0)) {
        parts[index] += Fen(1);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn yuan_text_round_trips() {
        for (text, fen) in [("0.00", 0), ("51423.22", 5_142_322), ("-0.05", -5), ("-12.30", -1230)]
        {
            assert_eq!(text.parse::<Fen>(), Ok(Fen(fen)));
            assert_eq!(Fen(fen).to_string(), text);
        }
        assert_eq!("7".parse::<Fen>(), Ok(Fen(700)));
        assert!("1.005".parse::<Fen>().is_err());
        assert!("ten".parse::<Fen>().is_err());
    }

    proptest! {
        #[test]
        fn allotted_parts_sum_to_the_whole_and_grow_with_it(
            whole in 0_i64..1_000_000_000_000, weights in proptest::array::uniform4(0_u64..10_000),
        ) {
            prop_assume!(weights.iter().any(|&w| w > 0));
            let parts = allot(Fen(whole), weights);
            prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(whole));
            for (part, weight) in parts.iter().zip(weights) {
                prop_assert!(part.0 >= 0 && (weight > 0 || part.0 == 0));
            }
        }
    }
}
