//! A histogram of whole numbers in equal fixed buckets: mergeable, so quantiles do not depend on
//! threads. Must never hold a float.

use serde::{Deserialize, Serialize};

/// Counts of non-negative integers in equal buckets; the last bucket also takes all that is larger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    width: u64,
    counts: Vec<u64>,
}

impl Histogram {
    /// An empty histogram of `buckets` buckets, each `width` units wide.
    pub fn new(width: u64, buckets: usize) -> Histogram {
        assert!(width > 0 && buckets > 0, "invariant: a histogram needs width and buckets");
        Histogram { width, counts: vec![0; buckets] }
    }

    /// Counts one observation.
    #[inline]
    pub fn push(&mut self, value: u64) {
        let bucket = (value / self.width) as usize;
        let last = self.counts.len() - 1;
        self.counts[bucket.min(last)] += 1;
    }

    /// Adds another histogram of the same shape.
    pub fn merge(&mut self, other: &Histogram) {
        let same = self.width == other.width && self.counts.len() == other.counts.len();
        assert!(same, "invariant: only histograms of the same shape merge");
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// Observations counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Observations that fell into the last bucket, where the value is only bounded from below.
    pub fn in_last_bucket(&self) -> u64 {
        self.counts[self.counts.len() - 1]
    }

    /// Upper edge of the bucket that holds the observation of rank ⌈q·n⌉; `None` when empty. The true
    /// quantile lies less than one bucket below, unless it is in the last bucket.
    pub fn quantile(&self, per_mille: u64) -> Option<u64> {
        let total = self.total();
        let rank = (total * per_mille.min(1_000)).div_ceil(1_000).max(1);
        let mut seen = 0;
        self.counts.iter().zip(1_u64..).find_map(|(&count, bucket)| {
            seen += count;
            (seen >= rank).then_some(bucket * self.width)
        })
    }

    /// The counts in bucket order.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Width of a bucket, in the observations' unit.
    pub fn width(&self) -> u64 {
        self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_upper_edge_of_the_bucket_of_that_rank() {
        let mut histogram = Histogram::new(10, 10);
        assert_eq!(histogram.quantile(500), None);
        (0..100).for_each(|value| histogram.push(value));
        for (per_mille, expected) in [(0, 10), (100, 10), (101, 20), (500, 50), (1_000, 100)] {
            assert_eq!(histogram.quantile(per_mille), Some(expected), "{per_mille}");
        }
        histogram.push(1_000_000);
        assert_eq!((histogram.total(), histogram.in_last_bucket()), (101, 11));
    }

    #[test]
    fn merging_equals_counting_together() {
        let (mut left, mut right) = (Histogram::new(7, 5), Histogram::new(7, 5));
        let mut both = Histogram::new(7, 5);
        for value in 0..50 {
            if value % 3 == 0 { &mut left } else { &mut right }.push(value);
            both.push(value);
        }
        left.merge(&right);
        assert_eq!(left, both);
    }
}
