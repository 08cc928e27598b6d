//! Correlated defaults: the one-factor Gaussian copula (Vasicek) for infinite and finite pools.
//! Must never be run as a simulation: every figure is a closed form or an integral over the factor.

use super::bivariate::{bivariate_normal_cdf, joint_default};
use crate::random::{normal_cdf, normal_quantile};
use libm::{exp, lgamma, log, log1p, sqrt};
use std::f64::consts::PI;

/// Default probability given macro factor `z` (negative = bad year) under asset correlation `rho`.
pub fn conditional_pd(pd: f64, rho: f64, z: f64) -> f64 {
    normal_cdf((normal_quantile(pd) - sqrt(rho) * z) / sqrt(1.0 - rho))
}

/// Loss figures of an infinitely granular pool, as fractions of exposure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailRisk {
    /// Mean loss.
    pub expected_loss: f64,
    /// Loss not exceeded with the confidence.
    pub value_at_risk: f64,
    /// Mean loss in the tail beyond the confidence.
    pub expected_shortfall: f64,
    /// Value at risk − expected loss.
    pub unexpected_loss: f64,
    /// Standard deviation of the loss.
    pub sd: f64,
    /// Probability that two obligors both default.
    pub joint_default: f64,
    /// Correlation of two obligors' default indicators.
    pub default_correlation: f64,
}

/// Loss figures for default probability `pd`, asset correlation `rho`, loss given default `lgd`.
pub fn tail_risk(pd: f64, rho: f64, lgd: f64, confidence: f64) -> TailRisk {
    let threshold = normal_quantile(pd);
    let bad = normal_quantile(1.0 - confidence);
    let tail = bivariate_normal_cdf(threshold, bad, sqrt(rho));
    let joint = joint_default(pd, rho);
    let value_at_risk = lgd * conditional_pd(pd, rho, bad);
    TailRisk {
        expected_loss: pd * lgd,
        value_at_risk,
        expected_shortfall: lgd * tail / (1.0 - confidence),
        unexpected_loss: value_at_risk - pd * lgd,
        sd: lgd * sqrt(joint - pd * pd),
        joint_default: joint,
        default_correlation: (joint - pd * pd) / (pd * (1.0 - pd)),
    }
}

/// Nodes of the trapezoid over the factor; on an analytic integrand that vanishes at both ends it
/// converges faster than any power.
const NODES: u32 = 6_000;
/// The factor's range, ± standard deviations.
const REACH: f64 = 12.0;

/// A pool of `size` like obligors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FinitePool {
    /// Number of obligors.
    pub size: u32,
    /// Default probability of each.
    pub pd: f64,
    /// Asset correlation.
    pub rho: f64,
}

impl FinitePool {
    /// Probability of exactly `defaults` defaults.
    pub fn probability(&self, defaults: u32) -> f64 {
        self.over_factor(|p| exp(self.log_binomial(defaults, p)))
    }

    /// Probability of `defaults` or more, exact far into the tail.
    pub fn tail(&self, defaults: u32) -> f64 {
        self.over_factor(|p| self.binomial_tail(defaults, p))
    }

    /// The smallest number of defaults whose cumulative probability reaches `level`, with the
    /// cumulative probability below it and at it.
    pub fn quantile(&self, level: f64) -> (u32, f64, f64) {
        let mut below = 0.0;
        for defaults in 0..self.size {
            let at = below + self.probability(defaults);
            if at >= level {
                return (defaults, below, at);
            }
            below = at;
        }
        (self.size, below, 1.0)
    }

    /// Mean and standard deviation of the number of defaults.
    pub fn moments(&self) -> (f64, f64) {
        let n = f64::from(self.size);
        let covariance = joint_default(self.pd, self.rho) - self.pd * self.pd;
        let variance = n * self.pd * (1.0 - self.pd) + n * (n - 1.0) * covariance;
        (n * self.pd, sqrt(variance))
    }

    fn over_factor(&self, f: impl Fn(f64) -> f64) -> f64 {
        let step = 2.0 * REACH / f64::from(NODES);
        let at = |node: u32| {
            let z = step * f64::from(node) - REACH;
            exp(-0.5 * z * z) * f(conditional_pd(self.pd, self.rho, z))
        };
        (1..NODES).map(at).sum::<f64>() * step / sqrt(2.0 * PI)
    }

    fn log_binomial(&self, k: u32, p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            let certain = (p <= 0.0 && k == 0) || (p >= 1.0 && k == self.size);
            return if certain { 0.0 } else { f64::NEG_INFINITY };
        }
        let (n, k) = (f64::from(self.size), f64::from(k));
        let ways = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
        ways + k * log(p) + (n - k) * log1p(-p)
    }

    fn binomial_tail(&self, from: u32, p: f64) -> f64 {
        (from..=self.size).map(|k| exp(self.log_binomial(k, p))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independence_and_totals_are_limits() {
        let pool = FinitePool { size: 40, pd: 0.1, rho: 1e-12 };
        let binomial = 0.9_f64;
        let none = (0..40).fold(1.0, |product, _| product * binomial);
        assert!((pool.probability(0) / none - 1.0).abs() < 1e-4);
        let pool = FinitePool { rho: 0.3, ..pool };
        let total: f64 = (0..=40).map(|k| pool.probability(k)).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        let tail: f64 = (7..=40).map(|k| pool.probability(k)).sum();
        assert!((pool.tail(7) - tail).abs() < 1e-12);
    }

    #[test]
    fn a_worse_year_and_a_higher_confidence_lose_more() {
        assert!(conditional_pd(0.02, 0.04, -2.0) > conditional_pd(0.02, 0.04, 0.0));
        let (p99, p999) = (tail_risk(0.02, 0.1, 0.6, 0.99), tail_risk(0.02, 0.1, 0.6, 0.999));
        assert!(p999.value_at_risk > p99.value_at_risk);
        assert!(p99.expected_shortfall > p99.value_at_risk);
    }
}
