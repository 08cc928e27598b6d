//! Estimates over replications: a mean with its Student interval. Must never make an interval from
//! one replication, nor from observations within a run.

use super::student::{root, student_critical};
use serde::{Deserialize, Serialize};

/// Confidence left out by the published interval.
const ALPHA_95: f64 = 0.05;

/// Mean and sample variance of a list of numbers, by the two-pass method in list order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Number of values.
    pub n: u32,
    /// Arithmetic mean.
    pub mean: f64,
    /// Unbiased variance; 0 for a single value.
    pub variance: f64,
}

impl Moments {
    /// The moments of `values`; `None` when there are none.
    pub fn of(values: &[f64]) -> Option<Moments> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let square = |&value: &f64| (value - mean) * (value - mean);
        let variance = match n {
            1 => 0.0,
            _ => values.iter().map(square).sum::<f64>() / (n - 1) as f64,
        };
        Some(Moments { n: n as u32, mean, variance })
    }

    /// Standard deviation.
    pub fn sd(&self) -> f64 {
        root(self.variance)
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        root(self.variance / f64::from(self.n))
    }

    /// Half-width of the two-sided Student interval that misses with probability `alpha`; `None`
    /// with fewer than two values.
    pub fn half_width(&self, alpha: f64) -> Option<f64> {
        (self.n >= 2)
            .then(|| student_critical(alpha, f64::from(self.n - 1)) * self.standard_error())
    }

    /// Half-width when `measures` intervals are to hold together with probability 1 − `alpha`
    /// (Bonferroni).
    pub fn half_width_bonferroni(&self, alpha: f64, measures: u32) -> Option<f64> {
        self.half_width(alpha / f64::from(measures.max(1)))
    }
}

/// A published number: mean over replications and its 95 % Student interval, absent for one
/// replication. Serialised as `{"mean": …, "ci95": [lo, hi] | null}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean over replications.
    pub mean: f64,
    /// 95 % interval, `None` when there is one replication.
    pub ci95: Option<[f64; 2]>,
    /// Number of replications; not serialised, since the document names it once.
    #[serde(skip)]
    pub n: u32,
}

impl Estimate {
    /// The estimate from one value a replication; `None` when there are none.
    pub fn of(values: &[f64]) -> Option<Estimate> {
        let moments = Moments::of(values)?;
        let ci95 = moments.half_width(ALPHA_95).map(|half| around(moments.mean, half));
        Some(Estimate { mean: moments.mean, ci95, n: moments.n })
    }

    /// The estimate from whole numbers (fen, ms, counts), each multiplied by `unit` first.
    pub fn of_integers(values: &[i64], unit: f64) -> Option<Estimate> {
        let scaled: Vec<f64> = values.iter().map(|&value| value as f64 * unit).collect();
        Estimate::of(&scaled)
    }

    /// A number known without error, as an estimate of `n` equal replications.
    pub fn exact(value: f64, n: u32) -> Estimate {
        Estimate { mean: value, ci95: (n >= 2).then_some([value, value]), n }
    }

    /// Half the interval's width; `None` when there is no interval.
    pub fn half_width(&self) -> Option<f64> {
        self.ci95.map(|[low, high]| 0.5 * (high - low))
    }

    /// Half-width ÷ |mean|; `None` without an interval or for a mean of zero.
    pub fn relative_half_width(&self) -> Option<f64> {
        let magnitude = self.mean.abs();
        self.half_width().filter(|_| magnitude > 0.0).map(|half| half / magnitude)
    }
}

/// The symmetric interval around a centre.
pub(super) fn around(centre: f64, half_width: f64) -> [f64; 2] {
    [centre - half_width, centre + half_width]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_replication_has_no_interval_and_none_has_no_estimate() {
        assert_eq!(Estimate::of(&[]), None);
        let one = Estimate::of(&[3.5]).expect("a value");
        assert_eq!((one.ci95, one.n), (None, 1));
        let json = serde_json::to_string(&one).expect("plain numbers");
        assert_eq!(json, r#"{"mean":3.5,"ci95":null}"#);
    }

    #[test]
    fn integers_are_scaled_to_their_unit_first() {
        let minutes = Estimate::of_integers(&[60_000, 120_000, 180_000], 1.0 / 60_000.0)
            .expect("three values");
        assert!((minutes.mean - 2.0).abs() < 1e-12);
        // t_{2, .975} = 4.302652729911275, s/√n = 1/√3.
        let expected = 4.302_652_729_911_275 / libm::sqrt(3.0);
        assert!((minutes.half_width().expect("an interval") - expected).abs() < 1e-9);
    }
}
