//! Comparisons: paired on common random numbers, unpaired (Welch), and control variates. Must never
//! call a difference real when its interval contains zero or does not exist.

use super::estimate::{Estimate, Moments, around};
use super::student::{root, student_cdf, student_critical};
use serde::{Deserialize, Serialize};

/// Which way a measure improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Minutes, losses.
    Lower,
    /// Hours saved, recoveries.
    Higher,
}

/// What may be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The 95 % interval lies wholly on the better side of zero.
    Better,
    /// The 95 % interval lies wholly on the worse side of zero.
    Worse,
    /// The interval contains zero, or there is no interval.
    CannotTell,
}

/// A policy against the baseline on the same luck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Alternative − baseline over paired replications.
    pub delta: Estimate,
    /// One-sided Student probability that the true difference is on the better side (flat prior);
    /// `None` with one replication.
    pub p_better: Option<f64>,
    /// What the interval allows to be said.
    pub verdict: Verdict,
}

/// Compares the i-th replication of one arm with the i-th of the other; `None` when there are none.
/// The lists must be equally long.
pub fn compare(baseline: &[f64], alternative: &[f64], better: Better) -> Option<Comparison> {
    let differences = differences(alternative, baseline);
    let moments = Moments::of(&differences)?;
    let delta = Estimate::of(&differences)?;
    let towards = match better {
        Better::Lower => -1.0,
        Better::Higher => 1.0,
    };
    let verdict = match delta.ci95.map(|[low, high]| [low * towards, high * towards]) {
        Some([a, b]) if a > 0.0 && b > 0.0 => Verdict::Better,
        Some([a, b]) if a < 0.0 && b < 0.0 => Verdict::Worse,
        _ => Verdict::CannotTell,
    };
    let p_better = (moments.n >= 2).then(|| probability_positive(&moments, towards));
    Some(Comparison { delta, p_better, verdict })
}

/// P(towards × true mean > 0) by the Student distribution; exact differences give 0, ½ or 1.
fn probability_positive(moments: &Moments, towards: f64) -> f64 {
    let error = moments.standard_error();
    let mean = towards * moments.mean;
    if error > 0.0 {
        return student_cdf(mean / error, f64::from(moments.n - 1));
    }
    if mean > 0.0 {
        1.0
    } else if mean < 0.0 {
        0.0
    } else {
        0.5
    }
}

/// Elementwise first − second; panics when the lists differ in length.
pub fn differences(first: &[f64], second: &[f64]) -> Vec<f64> {
    let (left, right) = (first.len(), second.len());
    assert!(left == right, "invariant: paired replications, got {left} and {right}");
    first.iter().zip(second).map(|(a, b)| a - b).collect()
}

/// What pairing bought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pairing {
    /// Mean of first − second.
    pub mean_difference: f64,
    /// Interval over paired differences.
    pub paired_ci: [f64; 2],
    /// Welch's interval, which ignores the pairing.
    pub welch_ci: [f64; 2],
    /// Welch–Satterthwaite degrees of freedom.
    pub welch_df: f64,
    /// Correlation of the two lists.
    pub correlation: f64,
    /// Variance of the difference ÷ sum of the variances; below 1, common random numbers help.
    pub variance_ratio: f64,
}

/// Paired and unpaired intervals of first − second side by side; `None` below two replications or
/// when either list is constant.
pub fn pairing(first: &[f64], second: &[f64], alpha: f64) -> Option<Pairing> {
    let differences = Moments::of(&differences(first, second))?;
    let (a, b) = (Moments::of(first)?, Moments::of(second)?);
    let half = differences.half_width(alpha)?;
    if a.variance <= 0.0 || b.variance <= 0.0 {
        return None;
    }
    let n = f64::from(a.n);
    let (ea, eb) = (a.variance / n, b.variance / n);
    let welch_df = (ea + eb) * (ea + eb) * (n - 1.0) / (ea * ea + eb * eb);
    let welch_half = student_critical(alpha, welch_df) * root(ea + eb);
    let covariance = 0.5 * (a.variance + b.variance - differences.variance);
    Some(Pairing {
        mean_difference: differences.mean,
        paired_ci: around(differences.mean, half),
        welch_ci: around(a.mean - b.mean, welch_half),
        welch_df,
        correlation: covariance / root(a.variance * b.variance),
        variance_ratio: differences.variance / (a.variance + b.variance),
    })
}

/// A mean adjusted by a control whose expectation is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ControlVariate {
    /// Regression coefficient of the output on the control.
    pub beta: f64,
    /// The adjusted mean.
    pub mean: f64,
    /// Its standard error, n − 2 degrees of freedom.
    pub standard_error: f64,
    /// Its interval.
    pub ci: [f64; 2],
    /// Moments of the unadjusted output.
    pub raw: Moments,
}

/// Regression on one control with known mean; `None` below three pairs or for a constant control.
pub fn control_variate(
    output: &[f64],
    control: &[f64],
    known_mean: f64,
    alpha: f64,
) -> Option<ControlVariate> {
    let (raw, c) = (Moments::of(output)?, Moments::of(control)?);
    if raw.n < 3 || raw.n != c.n || c.variance <= 0.0 {
        return None;
    }
    let n = f64::from(raw.n);
    let cross = |(y, x): (&f64, &f64)| (y - raw.mean) * (x - c.mean);
    let covariance = output.iter().zip(control).map(cross).sum::<f64>() / (n - 1.0);
    let beta = covariance / c.variance;
    let offset = c.mean - known_mean;
    let mean = raw.mean - beta * offset;
    let residual = |(y, x): (&f64, &f64)| {
        let error = y - raw.mean - beta * (x - c.mean);
        error * error
    };
    let squares: f64 = output.iter().zip(control).map(residual).sum();
    let leverage = 1.0 / n + offset * offset / (c.variance * (n - 1.0));
    let standard_error = root(squares / (n - 2.0) * leverage);
    let half = student_critical(alpha, n - 2.0) * standard_error;
    Some(ControlVariate { beta, mean, standard_error, ci: around(mean, half), raw })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_follow_the_interval_and_the_direction() {
        let base = [10.0, 11.0, 12.0, 13.0];
        let lower = [8.0, 9.1, 9.9, 11.0];
        let noisy = [6.0, 15.0, 9.0, 17.0];
        let table = [
            (&lower, Better::Lower, Verdict::Better),
            (&lower, Better::Higher, Verdict::Worse),
            (&noisy, Better::Lower, Verdict::CannotTell),
            (&base, Better::Lower, Verdict::CannotTell),
        ];
        for (alternative, better, expected) in table {
            let got = compare(&base, alternative, better).expect("four pairs");
            assert_eq!(got.verdict, expected, "{alternative:?} {better:?}");
        }
        let same = compare(&base, &base, Better::Lower).expect("four pairs");
        assert_eq!((same.delta.mean, same.p_better), (0.0, Some(0.5)));
    }

    #[test]
    fn one_pair_never_decides() {
        let one = compare(&[10.0], &[1.0], Better::Lower).expect("one pair");
        assert_eq!((one.verdict, one.p_better), (Verdict::CannotTell, None));
    }
}
