//! What one input says about an output: the conditional mean by a parabola, and from it the share of
//! the spread that would go and the value of knowing. Must never claim more than the points hold:
//! shares are adjusted for the coefficients that were fitted.

use super::estimate::Moments;

/// A fitted conditional mean E\[output | input\].
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    /// Fitted value at each point.
    pub fitted: Vec<f64>,
    /// Share of the output's variance that goes when the input is known (adjusted R², not below 0).
    pub narrowed: f64,
}

/// Coefficients of the parabola.
const COEFFICIENTS: usize = 3;

/// Fits a parabola of `input` to `output`; `None` below five points or when either does not vary.
pub fn conditional_mean(input: &[f64], output: &[f64]) -> Option<Conditional> {
    let (x, y) = (Moments::of(input)?, Moments::of(output)?);
    if x.n < 5 || x.n != y.n || x.variance <= 0.0 || y.variance <= 0.0 {
        return None;
    }
    // Centred and scaled, the normal equations are well conditioned.
    let scale = x.sd();
    let basis: Vec<[f64; COEFFICIENTS]> = input
        .iter()
        .map(|value| {
            let z = (value - x.mean) / scale;
            [1.0, z, z * z]
        })
        .collect();
    let coefficients = solve(normal(&basis, output))?;
    let at = |row: &[f64; COEFFICIENTS]| -> f64 {
        row.iter().zip(coefficients).map(|(basis, coefficient)| basis * coefficient).sum()
    };
    let fitted: Vec<f64> = basis.iter().map(at).collect();
    let residual: f64 = output.iter().zip(&fitted).map(|(y, f)| (y - f) * (y - f)).sum();
    let n = f64::from(x.n);
    let left = residual / (n - COEFFICIENTS as f64) / y.variance;
    Some(Conditional { fitted, narrowed: (1.0 - left).clamp(0.0, 1.0) })
}

type Augmented = [[f64; COEFFICIENTS + 1]; COEFFICIENTS];

fn normal(basis: &[[f64; COEFFICIENTS]], output: &[f64]) -> Augmented {
    let mut system = [[0.0; COEFFICIENTS + 1]; COEFFICIENTS];
    for (row, y) in basis.iter().zip(output) {
        for (equation, left) in system.iter_mut().zip(row) {
            for (cell, right) in equation.iter_mut().zip(row.iter().chain([y])) {
                *cell += left * right;
            }
        }
    }
    system
}

/// Gaussian elimination with the largest pivot; `None` when the points lie on fewer than three values.
fn solve(mut system: Augmented) -> Option<[f64; COEFFICIENTS]> {
    for column in 0..COEFFICIENTS {
        let pivot = (column..COEFFICIENTS)
            .max_by(|&a, &b| system[a][column].abs().total_cmp(&system[b][column].abs()))?;
        system.swap(column, pivot);
        let head = system[column];
        if head[column].abs() < 1e-9 {
            return None;
        }
        for row in (0..COEFFICIENTS).filter(|&row| row != column) {
            let factor = system[row][column] / head[column];
            for (cell, above) in system[row].iter_mut().zip(head) {
                *cell -= factor * above;
            }
        }
    }
    let mut solution = [0.0; COEFFICIENTS];
    for (index, value) in solution.iter_mut().enumerate() {
        *value = system[index][COEFFICIENTS] / system[index][index];
    }
    Some(solution)
}

/// Expected value of partial perfect information on one input (Strong, Oakley & Brennan, Medical
/// Decision Making 34, 2014) when the choice is between doing it (the net benefit by point) and not
/// doing it (zero): mean of the better of both, knowing the input, less the better of both in the mean.
pub fn evppi(conditional: &Conditional) -> f64 {
    let n = conditional.fitted.len() as f64;
    let knowing = conditional.fitted.iter().map(|benefit| benefit.max(0.0)).sum::<f64>() / n;
    let mean = conditional.fitted.iter().sum::<f64>() / n;
    (knowing - mean.max(0.0)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A full grid: x and w are independent.
    fn grid() -> Vec<(f64, f64)> {
        let steps = || (0..21).map(|step| f64::from(step) / 10.0 - 1.0);
        steps().flat_map(|x| steps().map(move |w| (x, w))).collect()
    }

    #[test]
    fn the_share_that_goes_is_the_first_order_index() {
        let points = grid();
        let y: Vec<f64> = points.iter().map(|(x, w)| 2.0 * x + w).collect();
        let x: Vec<f64> = points.iter().map(|(x, _)| *x).collect();
        let w: Vec<f64> = points.iter().map(|(_, w)| *w).collect();
        let share = |input: &[f64]| conditional_mean(input, &y).expect("a fit").narrowed;
        // Var(2x) : Var(w) = 4 : 1.
        assert!((share(&x) - 0.8).abs() < 0.005, "{}", share(&x));
        assert!((share(&w) - 0.2).abs() < 0.005, "{}", share(&w));
        let bent: Vec<f64> = points.iter().map(|(x, _)| x * x).collect();
        let fit = conditional_mean(&x, &bent).expect("a fit");
        assert!(fit.narrowed > 0.999_999, "a parabola is followed exactly: {}", fit.narrowed);
    }

    #[test]
    fn knowing_is_worth_what_it_changes_of_the_choice() {
        let points = grid();
        let x: Vec<f64> = points.iter().map(|(x, _)| *x).collect();
        let around_zero: Vec<f64> = points.iter().map(|(x, w)| 3.0 * x + w).collect();
        let fit = conditional_mean(&x, &around_zero).expect("a fit");
        // E max(3x, 0) for x on -1, -0.9 .. 1: 3 x (0.1 + .. + 1) / 21 = 0.7857; without it 0.
        assert!((evppi(&fit) - 3.0 * 5.5 / 21.0).abs() < 1e-9, "{}", evppi(&fit));
        let always: Vec<f64> = around_zero.iter().map(|y| y + 10.0).collect();
        let fit = conditional_mean(&x, &always).expect("a fit");
        assert!(evppi(&fit) < 1e-9, "the choice never changes");
    }

    #[test]
    fn nothing_is_said_of_too_few_or_constant_points() {
        assert_eq!(conditional_mean(&[1.0, 2.0, 3.0, 4.0], &[1.0; 4]), None);
        assert_eq!(conditional_mean(&[1.0; 6], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), None);
    }
}
