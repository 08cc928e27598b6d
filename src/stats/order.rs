//! Quantiles and their distribution-free intervals by order statistics. Must never assume a shape.

use super::special::{binomial_cdf, binomial_quantile};

/// Ranks (from 1) of the order statistics that enclose a quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInterval {
    /// Rank of the lower end.
    pub low: u64,
    /// Rank of the upper end.
    pub high: u64,
    /// Exact probability that the two enclose the quantile of a continuous distribution.
    pub coverage: f64,
}

/// The interval for quantile `q` from `n` independent observations; `None` when n is too small for
/// both ends to exist.
pub fn quantile_ranks(n: u64, q: f64, alpha: f64) -> Option<RankInterval> {
    let low = binomial_quantile(0.5 * alpha, n, q);
    let high = binomial_quantile(1.0 - 0.5 * alpha, n, q) + 1;
    if low == 0 || high > n {
        return None;
    }
    let coverage = binomial_cdf(high - 1, n, q) - binomial_cdf(low - 1, n, q);
    Some(RankInterval { low, high, coverage })
}

/// The sample quantile of ascending values by linear interpolation between order statistics
/// (Hyndman & Fan's type 7, R's default); `None` when empty.
pub fn quantile_of_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = (libm::floor(place) as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_needs_six_observations_for_a_95_percent_interval() {
        // P(all six on one side) = 2/2^6 = 3.1 % < 5 %; with five it is 6.25 %.
        assert_eq!(quantile_ranks(5, 0.5, 0.05), None);
        let six = quantile_ranks(6, 0.5, 0.05).expect("six are enough");
        assert_eq!((six.low, six.high), (1, 6));
        assert!((six.coverage - 62.0 / 64.0).abs() < 1e-14);
    }

    #[test]
    fn sample_quantiles_interpolate_like_type_7() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (q, expected) in [(0.0, 1.0), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            let got = quantile_of_sorted(&sorted, q).expect("values");
            assert!((got - expected).abs() < 1e-12, "{q}: {got}");
        }
        assert_eq!(quantile_of_sorted(&[], 0.5), None);
    }
}
