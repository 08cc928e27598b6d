//! Integer accumulators: count, sum and sum of squares of whole numbers (ms, fen), so that merging
//! in any grouping gives the same bits. Must never hold a float.

use serde::{Deserialize, Serialize};

/// Count, sum and sum of squares of integer observations; merging is associative and exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntSums {
    /// Number of observations.
    pub n: u64,
    /// Their sum.
    pub sum: i64,
    /// The sum of their squares.
    pub sum_sq: i128,
}

impl IntSums {
    /// No observations.
    pub const ZERO: IntSums = IntSums { n: 0, sum: 0, sum_sq: 0 };

    /// Adds one observation.
    #[inline]
    pub fn push(&mut self, value: i64) {
        self.n += 1;
        self.sum += value;
        self.sum_sq += i128::from(value) * i128::from(value);
    }

    /// Adds everything another accumulator has seen.
    pub fn merge(&mut self, other: &IntSums) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_sq += other.sum_sq;
    }

    /// The mean; `None` without observations.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / self.n as f64)
    }

    /// The unbiased sample variance; `None` below two observations. The numerator is exact.
    pub fn variance(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let (n, sum) = (i128::from(self.n), i128::from(self.sum));
        // n·Σx² − (Σx)² with (Σx)² = n·q·Σx + r·Σx: the large terms cancel before they are multiplied.
        let (quotient, remainder) = (sum.div_euclid(n), sum.rem_euclid(n));
        let numerator = n * (self.sum_sq - quotient * sum) - remainder * sum;
        Some(numerator as f64 / self.n as f64 / (self.n - 1) as f64)
    }
}

impl FromIterator<i64> for IntSums {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> IntSums {
        let mut sums = IntSums::ZERO;
        values.into_iter().for_each(|value| sums.push(value));
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variance_survives_a_large_offset() {
        let sums: IntSums = (0..1_000).map(|i| 9_000_000_000_000_000 / 1_000 + i % 2).collect();
        let variance = sums.variance().expect("a thousand observations");
        assert!((variance - 250.0 / 999.0).abs() < 1e-12, "{variance}");
        assert_eq!(IntSums::ZERO.mean(), None);
        assert_eq!([7].into_iter().collect::<IntSums>().variance(), None);
    }

    proptest! {
        #[test]
        fn merging_parts_equals_pushing_all(
            values in proptest::collection::vec(-1_000_000_i64..1_000_000, 2..60), cut in 0_usize..60,
        ) {
            let cut = cut.min(values.len());
            let mut left: IntSums = values[..cut].iter().copied().collect();
            left.merge(&values[cut..].iter().copied().collect());
            let whole: IntSums = values.iter().copied().collect();
            prop_assert_eq!(left, whole);
            let mean = whole.mean().expect("observations");
            let direct = values.iter().map(|&v| (v as f64 - mean) * (v as f64 - mean)).sum::<f64>()
                / (values.len() - 1) as f64;
            let got = whole.variance().expect("two observations");
            prop_assert!((got - direct).abs() <= 1e-9 * direct.max(1.0));
        }
    }
}
