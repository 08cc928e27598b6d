//! Weighted least squares by damped Gauss–Newton steps inside a box: the algebra of a calibration.
//! Must never run a model: it is handed residuals and slopes and says where to go next.

/// What the data say about the parameters at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Information {
    /// Covariance of the parameters for residuals of unit variance; `None` when the targets do not
    /// determine them all.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Ratio of the largest to the smallest pivot of the scaled normal equations: above about a
    /// million the parameters cannot be told apart.
    pub condition: f64,
}

/// Share of the largest diagonal element that is added to each.
const FLOOR: f64 = 1e-9;

/// J'J of slopes `jacobian[target][parameter]`.
fn normal(jacobian: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let parameters = jacobian.first().map_or(0, Vec::len);
    let cell = |a: usize, b: usize| jacobian.iter().map(|row| row[a] * row[b]).sum();
    (0..parameters).map(|a| (0..parameters).map(|b| cell(a, b)).collect()).collect()
}

/// The step that minimises the squared residuals of the straight-line model, with Levenberg's damping
/// (a share of each diagonal element); `None` when no parameter moves a target.
pub fn step(jacobian: &[Vec<f64>], residuals: &[f64], damping: f64) -> Option<Vec<f64>> {
    let mut system = normal(jacobian);
    let largest = (0..system.len()).map(|i| system[i][i]).fold(0.0, f64::max);
    for (index, row) in system.iter_mut().enumerate() {
        // A parameter that moves nothing here stays where it is instead of stopping the others.
        row[index] += damping * row[index] + FLOOR * largest;
        let slope: f64 = jacobian.iter().zip(residuals).map(|(j, r)| j[index] * r).sum();
        row.push(-slope);
    }
    let (solution, _) = eliminate(system)?;
    Some(solution.into_iter().map(|row| row[0]).collect())
}

/// Covariance and condition at a point.
pub fn information(jacobian: &[Vec<f64>]) -> Information {
    let mut system = normal(jacobian);
    let scales: Vec<f64> = (0..system.len()).map(|i| libm::sqrt(system[i][i])).collect();
    if scales.iter().any(|scale| *scale <= 0.0) {
        return Information { covariance: None, condition: f64::INFINITY };
    }
    let count = system.len();
    for (a, row) in system.iter_mut().enumerate() {
        for (b, cell) in row.iter_mut().enumerate() {
            *cell /= scales[a] * scales[b];
        }
        row.extend((0..count).map(|b| f64::from(u8::from(a == b))));
    }
    let Some((inverse, condition)) = eliminate(system) else {
        return Information { covariance: None, condition: f64::INFINITY };
    };
    let cell = |a: usize, b: usize| inverse[a][b] / (scales[a] * scales[b]);
    let covariance = (0..count).map(|a| (0..count).map(|b| cell(a, b)).collect()).collect();
    Information { covariance: Some(covariance), condition }
}

/// Gauss–Jordan elimination of a square system with right-hand sides; the solutions by row and the
/// ratio of the pivots. `None` for a singular system.
fn eliminate(mut system: Vec<Vec<f64>>) -> Option<(Vec<Vec<f64>>, f64)> {
    let count = system.len();
    let (mut largest, mut smallest) = (0.0_f64, f64::INFINITY);
    for column in 0..count {
        let pivot = (column..count)
            .max_by(|&a, &b| system[a][column].abs().total_cmp(&system[b][column].abs()))?;
        system.swap(column, pivot);
        let head = system[column].clone();
        let size = head[column].abs();
        if size < 1e-14 {
            return None;
        }
        (largest, smallest) = (largest.max(size), smallest.min(size));
        for (_, row) in system.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = row[column] / head[column];
            for (cell, above) in row.iter_mut().zip(&head) {
                *cell -= factor * above;
            }
        }
    }
    let solved = system.into_iter().enumerate().map(|(index, row)| {
        let pivot = row[index];
        row[count..].iter().map(|cell| cell / pivot).collect()
    });
    Some((solved.collect(), largest / smallest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_model_is_solved_in_one_step() {
        // Targets 2a + b = 7, a - b = -1, a + 3b = 11 from a = b = 0: a = 2, b = 3 fits all.
        let jacobian = vec![vec![2.0, 1.0], vec![1.0, -1.0], vec![1.0, 3.0]];
        let found = step(&jacobian, &[-7.0, 1.0, -11.0], 0.0).expect("a step");
        assert!((found[0] - 2.0).abs() < 1e-7 && (found[1] - 3.0).abs() < 1e-7, "{found:?}");
        let damped = step(&jacobian, &[-7.0, 1.0, -11.0], 1.0).expect("a step");
        assert!(damped[0].abs() < 2.0 && damped[1].abs() < 3.0, "{damped:?}");
    }

    #[test]
    fn the_covariance_is_the_inverse_and_twins_cannot_be_told_apart() {
        let found = information(&[vec![2.0, 0.0], vec![0.0, 0.5]]);
        let covariance = found.covariance.expect("determined");
        assert!((covariance[0][0] - 0.25).abs() < 1e-12 && (covariance[1][1] - 4.0).abs() < 1e-12);
        assert!((found.condition - 1.0).abs() < 1e-12, "scales alone do no harm");
        let twins = information(&[vec![1.0, 1.0], vec![2.0, 2.0]]);
        assert!(twins.covariance.is_none() && twins.condition > 1e6, "{twins:?}");
        assert_eq!(step(&[vec![0.0]], &[1.0], 0.0), None);
        let still = step(&[vec![2.0, 0.0]], &[-4.0], 0.0).expect("a step");
        assert!((still[0] - 2.0).abs() < 1e-6 && still[1].abs() < 1e-12, "{still:?}");
    }
}
