//! How many replications are enough: a fixed number from a pilot, and a stopping rule. Must never
//! stop on the first lucky interval.

use super::estimate::Moments;
use super::student::{root, student_critical};

/// Law's correction: to be within `gamma` of the true mean, the interval must be within
/// gamma / (1 + gamma) of the estimated one (Simulation Modeling and Analysis, 5th ed., 9.4.1).
pub fn adjusted_precision(gamma: f64) -> f64 {
    gamma / (1.0 + gamma)
}

/// The smallest number of replications, not below the pilot's, whose relative half-width is at most
/// `precision` if the pilot's mean and variance hold; `None` beyond a million or for a zero mean.
pub fn replications_needed(pilot: &Moments, precision: f64, alpha: f64) -> Option<u32> {
    const MOST: u32 = 1_000_000;
    let target = precision * pilot.mean.abs();
    let enough = |n: u32| {
        let critical = student_critical(alpha, f64::from(n - 1));
        critical * root(pilot.variance / f64::from(n)) <= target
    };
    let (mut low, mut high) = (pilot.n.max(2), MOST);
    if target <= 0.0 || !enough(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

/// The sequential rule of Hoad, Robinson and Davies (J. Operational Research Society 61, 2010).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicationRule {
    /// Largest relative half-width that counts as precise.
    pub precision: f64,
    /// Confidence left out by the interval.
    pub alpha: f64,
    /// Replications before the first look, at least 2.
    pub initial: usize,
    /// Further replications for which the precision must hold (5 in the paper), scaled by n/100 above
    /// one hundred replications.
    pub look_ahead: usize,
}

/// Where the sequential rule stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Replications at which the precision was first met for good.
    pub n: usize,
    /// Relative half-width at that number.
    pub relative_half_width: f64,
}

impl ReplicationRule {
    /// The first number of replications that is precise and stays so while looking ahead; `None`
    /// when the observations given do not reach that far.
    pub fn stop(&self, observations: &[f64]) -> Option<Stop> {
        let mut candidate: Option<Stop> = None;
        for n in self.initial.max(2)..=observations.len() {
            let width = self.relative_half_width(&observations[..n]);
            if width > self.precision {
                candidate = None;
                continue;
            }
            let stop = candidate.unwrap_or(Stop { n, relative_half_width: width });
            candidate = Some(stop);
            if n >= stop.n + self.look_ahead * stop.n.max(100) / 100 {
                return Some(stop);
            }
        }
        None
    }

    fn relative_half_width(&self, observations: &[f64]) -> f64 {
        let moments = Moments::of(observations);
        let relative = moments.and_then(|moments| {
            let half = moments.half_width(self.alpha)?;
            (moments.mean.abs() > 0.0).then(|| half / moments.mean.abs())
        });
        relative.unwrap_or(f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lucky_narrow_interval_does_not_stop_the_rule() {
        let rule = ReplicationRule { precision: 0.05, alpha: 0.05, initial: 3, look_ahead: 5 };
        let mut values = vec![10.0, 10.01, 9.99, 10.0, 16.0];
        assert_eq!(rule.stop(&values), None, "the fifth value breaks the early precision");
        values.extend(std::iter::repeat_n(10.0, 200));
        let stop = rule.stop(&values).expect("two hundred equal values are precise");
        assert!(stop.n > 20 && stop.relative_half_width <= 0.05, "{stop:?}");
        assert_eq!(rule.stop(&values[..stop.n + 4]), None, "the look-ahead is five long");
        assert!(rule.stop(&values[..stop.n + 5]).is_some());
    }

    #[test]
    fn a_zero_mean_never_reaches_a_relative_precision() {
        let pilot = Moments { n: 10, mean: 0.0, variance: 1.0 };
        assert_eq!(replications_needed(&pilot, 0.05, 0.05), None);
    }
}
