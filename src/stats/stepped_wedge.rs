//! Power of a stepped-wedge trial by the closed form of Hussey and Hughes (Contemporary Clinical Trials 28,
//! 2007): hospitals begin group by group, every period is measured at all of them. Must never be used
//! where hospitals differ in their trends: the model has one level a hospital and one a period.

use crate::random::{normal_cdf, normal_quantile};

/// Clusters that begin at each step; before the first step nobody has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SteppedWedge {
    starting: Vec<u32>,
}

/// What the measurements vary by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Variance of one observation about its cluster's mean.
    pub within: f64,
    /// Variance of the clusters' means.
    pub between: f64,
}

impl SteppedWedge {
    /// A design by the clusters that begin at each step; `None` without a cluster or a step.
    pub fn new(starting: Vec<u32>) -> Option<SteppedWedge> {
        (starting.iter().sum::<u32>() > 0).then_some(SteppedWedge { starting })
    }

    /// Clusters dealt out over steps as evenly as they go, the earlier steps first.
    pub fn even(clusters: u32, steps: u32) -> Option<SteppedWedge> {
        let steps = steps.min(clusters);
        let of = |step: u32| clusters / steps + u32::from(step < clusters % steps);
        (steps > 0).then(|| SteppedWedge { starting: (0..steps).map(of).collect() })
    }

    /// Clusters.
    pub fn clusters(&self) -> u32 {
        self.starting.iter().sum()
    }

    /// Clusters that begin at each step.
    pub fn starting(&self) -> &[u32] {
        &self.starting
    }

    /// Periods: one before the first step, one after each.
    pub fn periods(&self) -> u32 {
        self.starting.len() as u32 + 1
    }

    /// Variance of the estimated effect with so many observations a cluster and period.
    pub fn variance(&self, spread: Spread, observations: f64) -> f64 {
        let (clusters, periods) = (f64::from(self.clusters()), f64::from(self.periods()));
        let mean = spread.within / observations;
        let (mut u, mut w, mut v, mut begun) = (0.0, 0.0, 0.0, 0.0);
        for (step, &starting) in self.starting.iter().enumerate() {
            let starting = f64::from(starting);
            let under = periods - 1.0 - step as f64;
            u += starting * under;
            v += starting * under * under;
            begun += starting;
            w += begun * begun;
        }
        let top = clusters * mean * (mean + periods * spread.between);
        let bottom = (clusters * u - w) * mean
            + (u * u + clusters * periods * u - periods * w - clusters * v) * spread.between;
        top / bottom
    }

    /// Probability that a two-sided test at `alpha` finds an effect of this size.
    pub fn power(&self, effect: f64, spread: Spread, observations: f64, alpha: f64) -> f64 {
        let at = effect / libm::sqrt(self.variance(spread, observations));
        let critical = normal_quantile(1.0 - alpha / 2.0);
        normal_cdf(at - critical) + normal_cdf(-at - critical)
    }

    /// The smallest effect that is found with such a power.
    pub fn detectable(&self, spread: Spread, observations: f64, alpha: f64, power: f64) -> f64 {
        let both = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
        both * libm::sqrt(self.variance(spread, observations))
    }

    /// The fewest observations a cluster and period with which the effect is found; `None` where even a
    /// thousand million are too few.
    pub fn needed(&self, effect: f64, spread: Spread, alpha: f64, power: f64) -> Option<u64> {
        const MOST: u64 = 1_000_000_000;
        let enough = |n: u64| self.power(effect, spread, n as f64, alpha) >= power;
        if !enough(MOST) {
            return None;
        }
        let (mut low, mut high) = (0, MOST);
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if enough(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example on the front page of the R package swCRTdesign, whose second author is Hughes:
    /// `swPwr(swDsn(c(6,6,6,6)), distn="binomial", n=120, mu0=0.05, mu1=0.035, tau=0.01)` = 0.7861896.
    #[test]
    fn the_published_example_has_its_power() {
        let design = SteppedWedge::new(vec![6; 4]).expect("24 clusters");
        let mean = 0.0425;
        let spread = Spread { within: mean * (1.0 - mean), between: 0.01 * 0.01 };
        let power = design.power(0.015, spread, 120.0, 0.05);
        assert!((power - 0.786_189_6).abs() < 1e-6, "{power}");
        assert_eq!(design.needed(0.015, spread, 0.05, power), Some(120));
        let found = design.detectable(spread, 120.0, 0.05, power);
        // The far tail, which `detectable` leaves out, is 1.2e-6 of the power.
        assert!((found - 0.015).abs() < 1e-6, "{found}");
    }

    /// The same variance by weighted least squares: (X'V⁻¹X)⁻¹ with the design written out.
    fn by_least_squares(starting: &[u32], spread: Spread, observations: f64) -> f64 {
        let periods = starting.len() + 1;
        let mean = spread.within / observations;
        // V⁻¹ of one cluster: (I − τ²/(σ²+Tτ²) J)/σ².
        let off = spread.between / (mean + periods as f64 * spread.between);
        let inverse = |a: usize, b: usize| (f64::from(u8::from(a == b)) - off) / mean;
        // Columns: one a period, then the effect.
        let width = periods + 1;
        let mut normal = vec![vec![0.0; width]; width];
        for (step, &count) in starting.iter().enumerate() {
            for _ in 0..count {
                let row = |period: usize, column: usize| match column {
                    effect if effect == periods => f64::from(u8::from(period > step)),
                    other => f64::from(u8::from(period == other)),
                };
                for (i, line) in normal.iter_mut().enumerate() {
                    for (j, entry) in line.iter_mut().enumerate() {
                        for a in 0..periods {
                            for b in 0..periods {
                                *entry += row(a, i) * inverse(a, b) * row(b, j);
                            }
                        }
                    }
                }
            }
        }
        // The last entry of the inverse, by elimination: 1 over the last pivot.
        for pivot in 0..width {
            let (above, below) = normal.split_at_mut(pivot + 1);
            let top = &above[pivot];
            for line in below {
                let factor = line[pivot] / top[pivot];
                for (entry, over) in line.iter_mut().zip(top).skip(pivot) {
                    *entry -= factor * over;
                }
            }
        }
        1.0 / normal[width - 1][width - 1]
    }

    #[test]
    fn the_closed_form_is_that_of_weighted_least_squares() {
        let designs = [vec![1, 1], vec![6, 6, 6, 6], vec![3, 1, 0, 2], vec![2, 5, 1]];
        for starting in designs {
            let design = SteppedWedge::new(starting.clone()).expect("clusters");
            for (within, between) in [(400.0, 30.0), (400.0, 0.0), (1.0, 900.0)] {
                let spread = Spread { within, between };
                for observations in [1.0, 40.0, 9_000.0] {
                    let exact = by_least_squares(&starting, spread, observations);
                    let found = design.variance(spread, observations);
                    assert!((found / exact - 1.0).abs() < 1e-6, "{starting:?}: {found} {exact}");
                }
            }
        }
    }

    #[test]
    fn clusters_are_dealt_out_evenly() {
        let of = |clusters, steps| SteppedWedge::even(clusters, steps).map(|d| d.starting);
        assert_eq!(of(10, 4), Some(vec![3, 3, 2, 2]));
        assert_eq!(of(2, 4), Some(vec![1, 1]));
        assert_eq!((of(0, 4), of(4, 0)), (None, None));
    }
}
