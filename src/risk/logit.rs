//! Logistic regression on grouped data by Newton's method. Must never answer when the data are
//! separable: the coefficients would run to infinity.

use super::roll::eliminate;
use libm::{exp, sqrt};

/// People of one combination of characteristics.
#[derive(Clone, Debug, PartialEq)]
pub struct LogitGroup {
    /// Characteristics, without the constant.
    pub x: Vec<f64>,
    /// People.
    pub people: f64,
    /// Of them, defaults.
    pub defaults: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Logit {
    /// Intercept, then a coefficient for each characteristic.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
}

const MOST_STEPS: usize = 60;
const CONVERGED: f64 = 1e-12;
/// Coefficients beyond this are a sign of separation.
const LARGEST: f64 = 50.0;

impl Logit {
    /// Fits log-odds of default = b₀ + Σ bⱼxⱼ by maximum likelihood; `None` when it has no finite
    /// answer or the groups differ in length.
    pub fn fit(groups: &[LogitGroup]) -> Option<Logit> {
        let k = groups.first()?.x.len() + 1;
        if groups.iter().any(|group| group.x.len() + 1 != k) {
            return None;
        }
        let mut coefficients = vec![0.0; k];
        for _ in 0..MOST_STEPS {
            let (gradient, information) = derivatives(groups, &coefficients);
            let step = solve(&information, &gradient)?;
            for (coefficient, step) in coefficients.iter_mut().zip(&step) {
                *coefficient += step;
            }
            if coefficients.iter().any(|b| b.abs() > LARGEST) {
                return None;
            }
            if step.iter().all(|step| step.abs() < CONVERGED) {
                let (_, information) = derivatives(groups, &coefficients);
                let variance = |at: usize| {
                    let unit: Vec<f64> = (0..k).map(|to| f64::from(u8::from(to == at))).collect();
                    solve(&information, &unit).map(|column| sqrt(column[at]))
                };
                let standard_errors = (0..k).map(variance).collect::<Option<_>>()?;
                return Some(Logit { coefficients, standard_errors });
            }
        }
        None
    }

    /// Probability of default at these characteristics.
    pub fn pd(&self, x: &[f64]) -> f64 {
        logistic(&self.coefficients, x)
    }
}

fn logistic(coefficients: &[f64], x: &[f64]) -> f64 {
    let sum: f64 = coefficients[1..].iter().zip(x).map(|(b, x)| b * x).sum();
    1.0 / (1.0 + exp(-(coefficients[0] + sum)))
}

/// Gradient and information of the log-likelihood.
fn derivatives(groups: &[LogitGroup], coefficients: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let k = coefficients.len();
    let (mut gradient, mut information) = (vec![0.0; k], vec![vec![0.0; k]; k]);
    for group in groups {
        let p = logistic(coefficients, &group.x);
        let x = |at: usize| if at == 0 { 1.0 } else { group.x[at - 1] };
        for row in 0..k {
            gradient[row] += x(row) * (group.defaults - group.people * p);
            for (column, cell) in information[row].iter_mut().enumerate() {
                *cell += x(row) * x(column) * group.people * p * (1.0 - p);
            }
        }
    }
    (gradient, information)
}

fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    let mut system: Vec<Vec<f64>> = matrix
        .iter()
        .zip(right)
        .map(|(row, right)| row.iter().copied().chain([*right]).collect())
        .collect();
    eliminate(&mut system)?;
    Some(system.into_iter().map(|row| row[right.len()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_gives_its_log_odds_and_separable_data_give_nothing() {
        let group = |x: f64, people, defaults| LogitGroup { x: vec![x], people, defaults };
        let fit = Logit::fit(&[group(0.0, 100.0, 20.0), group(1.0, 100.0, 50.0)]).expect("finite");
        assert!((fit.coefficients[0] - libm::log(0.25)).abs() < 1e-9);
        assert!((fit.pd(&[1.0]) - 0.5).abs() < 1e-9);
        assert_eq!(Logit::fit(&[group(0.0, 100.0, 0.0), group(1.0, 100.0, 100.0)]), None);
        assert_eq!(Logit::fit(&[]), None);
    }
}
