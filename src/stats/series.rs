//! One long run: where its warm-up ends (MSER-5) and an interval by batch means. Must never be used
//! across replications, which are independent and need neither.

use super::estimate::Moments;

/// Observations averaged into one point before MSER looks at the series.
const MSER_BATCH: usize = 5;

/// The deletion that MSER-5 proposes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Batches of five deleted at the front.
    pub batches: usize,
    /// Observations deleted at the front.
    pub observations: usize,
    /// The statistic at its minimum: squared standard error of the rest, as if independent.
    pub statistic: f64,
    /// Mean of all remaining whole batches.
    pub mean: f64,
}

/// MSER-5 (White, Cobb & Spratt 2000): the deletion of at most half the batches that minimises
/// Σ(z − z̄)²/m² over the m batches kept; earliest on a tie. `None` below two batches.
pub fn mser5(series: &[f64]) -> Option<Truncation> {
    let average = |batch: &[f64]| batch.iter().sum::<f64>() / MSER_BATCH as f64;
    let batches: Vec<f64> = series.chunks_exact(MSER_BATCH).map(average).collect();
    if batches.len() < 2 {
        return None;
    }
    let mut best: Option<Truncation> = None;
    for deleted in 0..=batches.len() / 2 {
        let kept = &batches[deleted..];
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        let squares: f64 = kept.iter().map(|z| (z - mean) * (z - mean)).sum();
        let statistic = squares / (kept.len() * kept.len()) as f64;
        if best.is_none_or(|best| statistic < best.statistic) {
            let observations = deleted * MSER_BATCH;
            best = Some(Truncation { batches: deleted, observations, statistic, mean });
        }
    }
    best
}

/// Non-overlapping batch means of a stationary series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchMeans {
    /// Observations in a batch; what is left over at the end is dropped.
    pub batch_size: usize,
    /// Mean of the batch means.
    pub mean: f64,
    /// Half-width of the Student interval over batch means.
    pub half_width: f64,
    /// Correlation of neighbouring batch means; far from zero, the batches are too short.
    pub lag1: f64,
}

/// Batch means with `batches` ≥ 2 equal batches; `None` when the series is shorter than that.
pub fn batch_means(series: &[f64], batches: usize, alpha: f64) -> Option<BatchMeans> {
    let batch_size = series.len().checked_div(batches)?;
    if batches < 2 || batch_size == 0 {
        return None;
    }
    let average = |batch: &[f64]| batch.iter().sum::<f64>() / batch_size as f64;
    let means: Vec<f64> = series.chunks_exact(batch_size).take(batches).map(average).collect();
    let moments = Moments::of(&means)?;
    let half_width = moments.half_width(alpha)?;
    Some(BatchMeans { batch_size, mean: moments.mean, half_width, lag1: lag1(&means) })
}

/// Pearson's correlation of each batch mean with the next; 0 when either list is constant.
fn lag1(values: &[f64]) -> f64 {
    let (earlier, later) = (&values[..values.len() - 1], &values[1..]);
    super::compare::pairing(later, earlier, 0.05).map_or(0.0, |pair| pair.correlation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mser_deletes_the_ramp_and_keeps_a_steady_series() {
        let steady: Vec<f64> = (0..200).map(|i| f64::from(i * 7 % 5)).collect();
        assert_eq!(mser5(&steady).map(|cut| cut.batches), Some(0));
        let ramp = (0..20).map(|i| 100.0 - 5.0 * f64::from(i));
        let joined: Vec<f64> = ramp.chain(steady.iter().copied()).collect();
        let cut = mser5(&joined).expect("a long series");
        assert_eq!(cut.observations, 20);
        assert!((cut.mean - 2.0).abs() < 1e-12);
        assert_eq!(mser5(&joined[..9]), None);
    }

    #[test]
    fn batch_means_drop_the_remainder_and_need_two_batches() {
        let series: Vec<f64> = (0..23).map(f64::from).collect();
        let result = batch_means(&series, 4, 0.05).expect("four batches of five");
        assert_eq!((result.batch_size, result.mean), (5, 9.5));
        assert_eq!(batch_means(&series, 1, 0.05), None);
        assert_eq!(batch_means(&series, 24, 0.05), None);
    }
}
