//! Goodness of fit: Kolmogorov–Smirnov with its exact distribution, and chi-square. Must never be
//! read as proof that a model is right, only that a difference was not found.

use super::special::chi_square_upper;
use libm::{ceil, exp, frexp, ldexp};

/// A test statistic with its p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestResult {
    /// The statistic.
    pub statistic: f64,
    /// Probability of a statistic at least this large if the hypothesis holds.
    pub p_value: f64,
}

/// Largest n·d² for which the exact distribution is computed; beyond, the p-value is below 1e-15.
const FAR_TAIL: f64 = 18.0;
/// Sample size up to which the exact distribution is computed.
const EXACT_UP_TO: usize = 2_000;

/// One-sample Kolmogorov–Smirnov test of ascending observations against a continuous `cdf`; `None`
/// when there are none. The p-value is exact up to 2,000 observations, Kolmogorov's limit above.
pub fn kolmogorov_smirnov(sorted: &[f64], cdf: impl Fn(f64) -> f64) -> Option<TestResult> {
    let n = sorted.len();
    let gap = |(index, &x): (usize, &f64)| {
        let value = cdf(x);
        (value - index as f64 / n as f64).max((index + 1) as f64 / n as f64 - value)
    };
    let statistic = sorted.iter().enumerate().map(gap).reduce(f64::max)?;
    let reach = n as f64 * statistic * statistic;
    let p_value = if reach > FAR_TAIL {
        2.0 * exp(-2.0 * reach)
    } else if n <= EXACT_UP_TO {
        1.0 - kolmogorov_cdf(n, statistic)
    } else {
        kolmogorov_limit(reach)
    };
    Some(TestResult { statistic, p_value: p_value.clamp(0.0, 1.0) })
}

/// The limit distribution's upper tail at √n·d, as a function of n·d².
fn kolmogorov_limit(reach: f64) -> f64 {
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        sign * exp(-2.0 * f64::from(k * k) * reach)
    };
    2.0 * (1..=100).map(term).sum::<f64>()
}

/// P(D ≤ d) for n observations: Marsaglia, Tsang & Wang (J. Statistical Software 8(18), 2003).
fn kolmogorov_cdf(n: usize, d: f64) -> f64 {
    let product = n as f64 * d;
    let k = ceil(product).max(1.0) as usize;
    let size = 2 * k - 1;
    let power = scaled_power(&step_matrix(size, k as f64 - product), size, n);
    let mut value = power.cells[(k - 1) * size + k - 1];
    let mut exponent = power.exponent;
    for i in 1..=n {
        let (mantissa, shift) = frexp(value * i as f64 / n as f64);
        value = mantissa;
        exponent += shift;
    }
    ldexp(value, exponent)
}

/// The transition matrix of the algorithm, row-major, with h = k − n·d.
fn step_matrix(size: usize, h: f64) -> Vec<f64> {
    let at = |row: usize, column: usize| row * size + column;
    let mut cells = vec![0.0; size * size];
    for row in 0..size {
        (0..=(row + 1).min(size - 1)).for_each(|column| cells[at(row, column)] = 1.0);
    }
    let mut h_power = 1.0;
    for i in 0..size {
        h_power *= h;
        cells[at(i, 0)] -= h_power;
        cells[at(size - 1, size - 1 - i)] -= h_power;
    }
    if 2.0 * h > 1.0 {
        cells[at(size - 1, 0)] += (0..size).fold(1.0, |power, _| power * (2.0 * h - 1.0));
    }
    for row in 0..size {
        let mut factorial = 1.0;
        for column in (0..=row + 1).rev() {
            let distance = row + 1 - column;
            factorial *= distance.max(1) as f64;
            if column < size {
                cells[at(row, column)] /= factorial;
            }
        }
    }
    cells
}

/// A matrix times 2^exponent, so that high powers stay in range.
struct Scaled {
    cells: Vec<f64>,
    exponent: i32,
}

/// `matrix`^n by repeated squaring.
fn scaled_power(matrix: &[f64], size: usize, n: usize) -> Scaled {
    let mut base = Scaled { cells: matrix.to_vec(), exponent: 0 };
    let mut result: Option<Scaled> = None;
    let mut left = n;
    while left > 0 {
        if left % 2 == 1 {
            result = Some(match result {
                Some(so_far) => multiply(&so_far, &base, size),
                None => Scaled { cells: base.cells.clone(), exponent: base.exponent },
            });
        }
        left /= 2;
        if left > 0 {
            base = multiply(&base, &base, size);
        }
    }
    result.unwrap_or_else(|| panic!("invariant: a power of {n} observations is at least one"))
}

/// The product, rescaled by the exponent of its middle cell.
fn multiply(a: &Scaled, b: &Scaled, size: usize) -> Scaled {
    let mut cells = vec![0.0; size * size];
    for (row, left) in cells.chunks_exact_mut(size).zip(a.cells.chunks_exact(size)) {
        for (&factor, right) in left.iter().zip(b.cells.chunks_exact(size)) {
            for (cell, &value) in row.iter_mut().zip(right) {
                *cell += factor * value;
            }
        }
    }
    let (_, shift) = frexp(cells[size / 2 * size + size / 2]);
    for cell in &mut cells {
        *cell = ldexp(*cell, -shift);
    }
    Scaled { cells, exponent: a.exponent + b.exponent + shift }
}

/// Pearson's chi-square of observed against expected counts, with k − 1 − `fitted` degrees of
/// freedom; `None` when lengths differ, no freedom is left or an expected count is not positive.
pub fn chi_square(observed: &[f64], expected: &[f64], fitted: usize) -> Option<TestResult> {
    let freedom = observed.len().checked_sub(1 + fitted).filter(|&df| df > 0)?;
    if observed.len() != expected.len() || expected.iter().any(|&e| e <= 0.0) {
        return None;
    }
    let statistic = observed.iter().zip(expected).map(|(o, e)| (o - e) * (o - e) / e).sum();
    Some(TestResult { statistic, p_value: chi_square_upper(statistic, freedom as f64) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marsaglia, Tsang & Wang's published check, and the closed form for n = 1 and n = 2.
    #[test]
    fn the_exact_distribution_matches_published_values() {
        assert!((kolmogorov_cdf(10, 0.274) - 0.628_479_615_456_504_3).abs() < 1e-12);
        for d in [0.55, 0.7, 0.95] {
            assert!((kolmogorov_cdf(1, d) - (2.0 * d - 1.0)).abs() < 1e-14, "n = 1, d = {d}");
            let exact = 1.0 - 2.0 * (1.0 - d) * (1.0 - d);
            assert!((kolmogorov_cdf(2, d) - exact).abs() < 1e-13, "n = 2, d = {d}");
        }
    }

    #[test]
    fn the_limit_agrees_with_the_exact_distribution_for_many_observations() {
        for d in [0.02, 0.03, 0.04] {
            let exact = 1.0 - kolmogorov_cdf(2_000, d);
            let limit = kolmogorov_limit(2_000.0 * d * d);
            assert!((exact - limit).abs() < 0.01, "d = {d}: {exact} and {limit}");
        }
    }

    #[test]
    fn chi_square_refuses_what_has_no_degree_of_freedom() {
        assert_eq!(chi_square(&[1.0, 2.0], &[1.0, 2.0], 1), None);
        assert_eq!(chi_square(&[1.0, 2.0], &[0.0, 3.0], 0), None);
    }
}
