//! Bootstrap intervals over replications, drawn at addresses: the same list gives the same interval.
//! Must never resample within a replication, whose days are not independent.

use super::order::quantile_of_sorted;
use crate::random::{Address, Philox, Purpose};
use rand::Rng;

/// Resamples of a published interval.
const RESAMPLES: u32 = 2_000;
/// The seed of published intervals; a result does not choose it.
const SEED: u64 = 1;

/// The 95 % percentile interval of a statistic of rows drawn with repetition (Efron & Tibshirani
/// 1993, ch. 13); `None` below two rows or when the statistic does not exist for a resample.
pub fn interval<R: Copy>(rows: &[R], statistic: impl Fn(&[R]) -> f64) -> Option<[f64; 2]> {
    if rows.len() < 2 {
        return None;
    }
    let philox = Philox::new(SEED);
    let mut drawn = rows.to_vec();
    let mut values = Vec::with_capacity(RESAMPLES as usize);
    for resample in 0..RESAMPLES {
        let mut rng = philox.rng(Address::new(u64::from(resample), 0, Purpose::Experiment));
        for place in &mut drawn {
            let position = (u64::from(rng.next_u32()) * rows.len() as u64) >> 32;
            *place = rows[position as usize];
        }
        let value = statistic(&drawn);
        if !value.is_finite() {
            return None;
        }
        values.push(value);
    }
    values.sort_by(f64::total_cmp);
    Some([quantile_of_sorted(&values, 0.025)?, quantile_of_sorted(&values, 0.975)?])
}

/// The interval of a mean.
pub fn mean_interval(values: &[f64]) -> Option<[f64; 2]> {
    interval(values, |drawn| drawn.iter().sum::<f64>() / drawn.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Estimate;

    #[test]
    fn the_bootstrap_is_near_student_where_both_are_right() {
        let values: Vec<f64> = (0..60_i32).map(|n| f64::from(n * 37 % 60)).collect();
        let student = Estimate::of(&values).and_then(|e| e.ci95).expect("an interval");
        let found = mean_interval(&values).expect("an interval");
        // Both are mean ± about 2 standard errors of 2.25; the resampled ends differ by a tenth of one.
        for (a, b) in student.iter().zip(found) {
            assert!((a - b).abs() < 0.4, "{student:?} {found:?}");
        }
        assert_eq!(mean_interval(&values), Some(found), "the same list, the same interval");
    }

    #[test]
    fn a_constant_has_no_width_and_one_value_no_interval() {
        assert_eq!(mean_interval(&[3.0, 3.0, 3.0]), Some([3.0, 3.0]));
        assert_eq!(mean_interval(&[3.0]), None);
        assert_eq!(interval(&[1.0, 2.0], |_| f64::NAN), None);
    }
}
