//! Incomplete beta and gamma functions and the distributions built on them, through `libm`.
//! Must never be used where an exact integer count would do.

use crate::random::Lentz;
use libm::{exp, lgamma, log, log1p};

pub use crate::random::incomplete_gamma_upper;

const MAX_TERMS: u32 = 100_000;

/// ln B(a, b). For a large argument Stirling's remainder avoids the cancellation of two `lgamma`s.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 20.0 {
        return lgamma(small) + lgamma(large) - lgamma(small + large);
    }
    // ln Γ(L) − ln Γ(s+L), each by Stirling, with the leading terms subtracted analytically.
    let sum = small + large;
    let difference =
        -(large - 0.5) * log1p(small / large) - small * log(sum) + small + stirling(large)
            - stirling(sum);
    lgamma(small) + difference
}

/// The remainder of Stirling's formula for x ≥ 20 (Abramowitz & Stegun 6.1.42).
fn stirling(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    inverse
        * (1.0 / 12.0
            - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square * (1.0 / 1_680.0))))
}

/// The regularised incomplete beta function `I_x(a, b)`, with `complement` = 1 − x given separately so
/// that neither end loses digits.
pub fn incomplete_beta(a: f64, b: f64, x: f64, complement: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if complement <= 0.0 {
        return 1.0;
    }
    let front = exp(a * ln_share(x, complement) + b * ln_share(complement, x) - ln_beta(a, b));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, complement) / b
    }
}

/// ln x where 1 − x is known too: near one it is taken from the complement, which has the digits.
fn ln_share(x: f64, complement: f64) -> f64 {
    if complement < 0.5 { log1p(-complement) } else { log(x) }
}

/// The continued fraction of the incomplete beta (DLMF 8.17.22).
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut fraction = Lentz::new(1.0 - (a + b) * x / (a + 1.0), 1.0);
    for term in 1..MAX_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        fraction.append(even, 1.0);
        if fraction.append(odd, 1.0) {
            break;
        }
    }
    fraction.value
}

/// P(χ² > `statistic`) with `df` degrees of freedom.
pub fn chi_square_upper(statistic: f64, df: f64) -> f64 {
    incomplete_gamma_upper(0.5 * df, 0.5 * statistic)
}

/// P(X ≤ k) for X binomial with `n` trials of probability `p`.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    incomplete_beta((n - k) as f64, k as f64 + 1.0, 1.0 - p, p)
}

/// The smallest k with P(X ≤ k) ≥ `level` for X binomial.
pub fn binomial_quantile(level: f64, n: u64, p: f64) -> u64 {
    smallest(n, |k| binomial_cdf(k, n, p) >= level)
}

/// P(X ≤ k) for X Poisson with the given mean.
pub fn poisson_cdf(k: u64, mean: f64) -> f64 {
    incomplete_gamma_upper(k as f64 + 1.0, mean)
}

/// The smallest k with P(X ≤ k) ≥ `level` for X Poisson, searched up to 16 times the mean plus 64.
pub fn poisson_quantile(level: f64, mean: f64) -> u64 {
    let top = (16.0 * mean) as u64 + 64;
    smallest(top, |k| poisson_cdf(k, mean) >= level)
}

/// The smallest k in 0..=top for which a monotone predicate holds, or `top`.
fn smallest(top: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, top);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use libm::expm1;
    use libm::fabs;

    /// `I_x(1,b) = 1−(1−x)^b`, `I_x(a,1) = x^a`, `Q(1,x) = e^(−x)`.
    #[test]
    fn incomplete_functions_match_their_closed_forms() {
        for step in 1..40 {
            let x = f64::from(step) / 40.0;
            for shape in [0.5, 1.0, 3.0, 25.0, 400.0] {
                let lower = incomplete_beta(1.0, shape, x, 1.0 - x);
                let exact = -expm1(shape * log1p(-x));
                assert!(fabs(lower - exact) < 1e-14, "I_{x}(1,{shape}) = {lower}, not {exact}");
                let upper = incomplete_beta(shape, 1.0, x, 1.0 - x);
                let exact = exp(shape * log(x));
                assert!(fabs(upper - exact) < 1e-13, "I_{x}({shape},1) = {upper}, not {exact}");
            }
            let tail = incomplete_gamma_upper(1.0, 10.0 * x);
            assert!(fabs(tail - exp(-10.0 * x)) < 1e-15, "Q(1,{x})");
        }
    }

    #[test]
    fn ln_beta_is_continuous_where_the_method_changes() {
        for small in [0.5, 2.5, 19.0] {
            let direct = |large: f64| lgamma(small) + lgamma(large) - lgamma(small + large);
            for large in [20.0, 33.0, 80.0] {
                let got = ln_beta(small, large);
                assert!(fabs(got - direct(large)) < 1e-12, "ln B({small},{large}) = {got}");
            }
        }
    }

    #[test]
    fn discrete_quantiles_invert_the_sums_of_their_probabilities() {
        let (n, p) = (200_u64, 0.95);
        let mut sum = 0.0;
        let mut mass = exp(200.0 * log(0.05));
        for k in 0..n {
            sum += mass;
            assert!(fabs(binomial_cdf(k, n, p) - sum) < 1e-12, "k = {k}");
            mass *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        assert_eq!(binomial_quantile(0.025, n, p), 184);
        let mut sum = 0.0;
        let mut mass = exp(-12.0);
        for k in 0..40_u64 {
            sum += mass;
            assert!(fabs(poisson_cdf(k, 12.0) - sum) < 1e-13, "k = {k}");
            mass *= 12.0 / (k + 1) as f64;
        }
    }
}
