//! Student's t distribution through the incomplete beta. Must never be replaced by a table of a few
//! degrees of freedom.

use super::special::{incomplete_beta, ln_beta};
use crate::random::{normal_cdf, normal_quantile};
use libm::{exp, fabs, log, log1p, sqrt};

/// From here Fisher's expansion serves; its next term is of the order of the inverse cube, 1e-15.
const EXPANSION_FROM: f64 = 1e5;
const MAX_STEPS: u32 = 200;

/// P(T > t) for t ≥ 0.
fn upper_tail(t: f64, df: f64) -> f64 {
    let square = t * t;
    if df >= EXPANSION_FROM {
        return normal_cdf(-t) + normal_density(t) * fisher_correction(t, df);
    }
    let total = df + square;
    0.5 * incomplete_beta(0.5 * df, 0.5, df / total, square / total)
}

/// The first two terms of Fisher's expansion of the tail in inverse degrees of freedom (Metron 5, 1925).
fn fisher_correction(t: f64, df: f64) -> f64 {
    let square = t * t;
    let first = t * (square + 1.0) / 4.0;
    let second = t * (((3.0 * square - 7.0) * square - 5.0) * square - 3.0) / 96.0;
    (first + second / df) / df
}

/// φ(x).
fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / sqrt(std::f64::consts::TAU)
}

/// P(T ≤ t) with `df` > 0 degrees of freedom (need not be whole).
pub fn student_cdf(t: f64, df: f64) -> f64 {
    let tail = upper_tail(fabs(t), df);
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// The density of t.
fn density(t: f64, df: f64) -> f64 {
    exp(-0.5 * (df + 1.0) * log1p(t * t / df) - 0.5 * log(df) - ln_beta(0.5 * df, 0.5))
}

/// The value below which T falls with probability `p`, 0 < p < 1, `df` > 0.
pub fn student_quantile(p: f64, df: f64) -> f64 {
    assert!(p > 0.0 && p < 1.0 && df > 0.0, "invariant: t quantile of p {p} with {df} d.f.");
    if p < 0.5 {
        return -student_quantile(1.0 - p, df);
    }
    upper_quantile(1.0 - p, df)
}

/// The t exceeded with probability `tail` ≤ 1/2. The tail is convex in t > 0 and the normal quantile
/// lies to the left of the root, so Newton's steps climb to it and never overshoot.
fn upper_quantile(tail: f64, df: f64) -> f64 {
    if tail >= 0.5 {
        return 0.0;
    }
    let mut t = -normal_quantile(tail);
    for _ in 0..MAX_STEPS {
        let step = (upper_tail(t, df) - tail) / density(t, df);
        t += step;
        if fabs(step) <= 1e-15 * t {
            break;
        }
    }
    t
}

/// The half-width multiplier of a two-sided interval: exceeded in absolute value with probability
/// `alpha`.
pub fn student_critical(alpha: f64, df: f64) -> f64 {
    assert!(alpha > 0.0 && alpha < 1.0 && df > 0.0, "invariant: alpha {alpha}, {df} d.f.");
    upper_quantile(0.5 * alpha, df)
}

/// P(|T| > |t|): the two-sided p-value.
pub fn student_two_sided(t: f64, df: f64) -> f64 {
    2.0 * upper_tail(fabs(t), df)
}

/// `sqrt` of a non-negative number through `libm`; a rounding-error negative counts as zero.
pub(super) fn root(value: f64) -> f64 {
    sqrt(value.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: one degree is the Cauchy distribution, two have t = (2p−1)/√(2p(1−p)).
    #[test]
    fn one_and_two_degrees_match_their_closed_forms() {
        for p in [0.6, 0.75, 0.9, 0.975, 0.995, 0.999_95] {
            let cauchy = libm::tan(std::f64::consts::PI * (p - 0.5));
            assert!((student_quantile(p, 1.0) / cauchy - 1.0).abs() < 1e-12, "p = {p}");
            let two = (2.0 * p - 1.0) / sqrt(2.0 * p * (1.0 - p));
            assert!((student_quantile(p, 2.0) / two - 1.0).abs() < 1e-12, "p = {p}");
        }
    }

    /// Published t_{.975} (R 4.2 `qt`), and the limit at many degrees.
    #[test]
    fn critical_values_match_published_ones() {
        let table = [
            (4.0, 2.776_445_105_197_799),
            (9.0, 2.262_157_162_798_205),
            (30.0, 2.042_272_456_301_238),
            (1e6, 1.959_966_356_784_155),
            (1e14, 1.959_963_984_540_054),
        ];
        for (df, expected) in table {
            let got = student_critical(0.05, df);
            assert!((got - expected).abs() < 1e-9, "{df} d.f.: {got}");
        }
        assert!(student_quantile(0.5, 3.0).abs() < 1e-300);
        assert!((student_quantile(0.025, 9.0) + 2.262_157_162_798_205).abs() < 1e-12);
    }

    #[test]
    fn quantiles_invert_the_distribution() {
        for df in [1.0, 1.5, 3.0, 7.3, 19.0, 120.0, 5_000.0, 1e8] {
            for p in [0.001, 0.3, 0.501, 0.8, 0.975, 0.999_9] {
                let t = student_quantile(p, df);
                assert!((student_cdf(t, df) - p).abs() < 1e-13, "p {p}, {df} d.f.: t = {t}");
            }
        }
    }
}
