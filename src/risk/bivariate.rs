//! The bivariate normal distribution. Must never be asked for a correlation outside [−1, 1].

use crate::random::{normal_cdf, normal_quantile};
use libm::{asin, cos, exp, sin};
use std::f64::consts::PI;

/// Positive abscissae and weights of the 20-point Gauss–Legendre rule (Abramowitz & Stegun, table
/// 25.4).
const GAUSS_20: [(f64, f64); 10] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_118),
];
/// Panels of the integral; the integrand bends sharply only as the correlation nears ±1.
const PANELS: u32 = 32;

/// P(X ≤ h, Y ≤ k) for standard normals with correlation `rho`, to about 1e-14, by Plackett's
/// integral over the correlation (substituted by its arcsine).
pub fn bivariate_normal_cdf(h: f64, k: f64, rho: f64) -> f64 {
    assert!((-1.0..=1.0).contains(&rho), "invariant: a correlation of {rho}");
    let end = asin(rho);
    let panel = end / f64::from(PANELS);
    let integral: f64 = (0..PANELS)
        .map(|at| gauss(panel * f64::from(at), panel * f64::from(at + 1), |t| slope(h, k, t)))
        .sum();
    (normal_cdf(h) * normal_cdf(k) + integral / (2.0 * PI)).clamp(0.0, 1.0)
}

/// The integrand at correlation sin `angle`.
fn slope(h: f64, k: f64, angle: f64) -> f64 {
    let (rho, cosine) = (sin(angle), cos(angle));
    exp(-(h * h + k * k - 2.0 * h * k * rho) / (2.0 * cosine * cosine))
}

fn gauss(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let pair = |&(x, weight): &(f64, f64)| weight * (f(middle - half * x) + f(middle + half * x));
    half * GAUSS_20.iter().map(pair).sum::<f64>()
}

/// P(both default) of two obligors of probability `pd` with asset correlation `rho`.
pub(super) fn joint_default(pd: f64, rho: f64) -> f64 {
    let threshold = normal_quantile(pd);
    bivariate_normal_cdf(threshold, threshold, rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_the_correlation_are_met() {
        let points = [-2.5, -1.0, -0.2, 0.0, 0.4, 1.3, 3.0];
        for h in points {
            for k in points {
                let (p, q) = (normal_cdf(h), normal_cdf(k));
                let table = [(0.0, p * q), (1.0, p.min(q)), (-1.0, (p + q - 1.0).max(0.0))];
                for (rho, expected) in table {
                    let got = bivariate_normal_cdf(h, k, rho);
                    assert!((got - expected).abs() < 2e-9, "{h} {k} {rho}: {got} {expected}");
                }
            }
        }
    }

    /// Sheppard: Φ₂(0, 0; ρ) = 1/4 + asin(ρ)/2π. Symmetries: in the arguments, and
    /// Φ₂(h, k; ρ) + Φ₂(h, −k; −ρ) = Φ(h).
    #[test]
    fn closed_forms_and_symmetries_hold() {
        for rho in [-0.999, -0.95, -0.5, -0.1, 0.0, 0.2, 0.7, 0.93, 0.99, 0.999] {
            let sheppard = 0.25 + asin(rho) / (2.0 * PI);
            assert!((bivariate_normal_cdf(0.0, 0.0, rho) - sheppard).abs() < 1e-14, "{rho}");
            for (h, k) in [(-2.0, 0.3), (1.1, 1.2), (-3.1, -2.05)] {
                let direct = bivariate_normal_cdf(h, k, rho);
                assert!((direct - bivariate_normal_cdf(k, h, rho)).abs() < 1e-14);
                let split = direct + bivariate_normal_cdf(h, -k, -rho);
                assert!((split - normal_cdf(h)).abs() < 1e-13, "{h} {k} {rho}: {split}");
            }
        }
    }
}
