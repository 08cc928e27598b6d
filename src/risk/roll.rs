//! Monthly roll-rate matrices as Markov chains. Must never be taken to a fraction of a month: such
//! a matrix need not have a root (the embedding problem).

/// A stochastic matrix over delinquency states, row = from, column = to.
#[derive(Clone, Debug, PartialEq)]
pub struct RollMatrix {
    rows: Vec<Vec<f64>>,
}

/// How far a row may be from summing to 1.
const ROW_TOLERANCE: f64 = 1e-9;

impl RollMatrix {
    /// A matrix from its rows; `None` unless square, non-negative and with rows that sum to 1.
    pub fn new(rows: Vec<Vec<f64>>) -> Option<RollMatrix> {
        let states = rows.len();
        let sound = |row: &Vec<f64>| {
            row.len() == states
                && row.iter().all(|&p| p >= 0.0)
                && (row.iter().sum::<f64>() - 1.0).abs() < ROW_TOLERANCE
        };
        (states > 0 && rows.iter().all(sound)).then_some(RollMatrix { rows })
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.rows.len()
    }

    /// The distribution over states `months` after being in state `from`.
    pub fn after(&self, from: usize, months: u32) -> Vec<f64> {
        let mut start = vec![0.0; self.states()];
        start[from] = 1.0;
        (0..months).fold(start, |shares, _| self.step(&shares))
    }

    /// One month of a distribution.
    pub fn step(&self, shares: &[f64]) -> Vec<f64> {
        let into =
            |to: usize| shares.iter().zip(&self.rows).map(move |(share, row)| share * row[to]);
        (0..self.states()).map(|to| into(to).sum()).collect()
    }

    /// The probability of having been in state `at_least` or a later one by month `months`, from
    /// `from`.
    pub fn ever_reaches(&self, from: usize, at_least: usize, months: u32) -> f64 {
        let rows = self.rows.iter().enumerate().map(|(state, row)| {
            let stay = || (0..row.len()).map(|to| f64::from(u8::from(to == state))).collect();
            if state >= at_least { stay() } else { row.clone() }
        });
        let stopped = RollMatrix { rows: rows.collect() };
        stopped.after(from, months)[at_least..].iter().sum()
    }

    /// Expected months until state `end` from each state before it, in order: (I − Q)⁻¹ 1. `None`
    /// when `end` is not reached with certainty.
    pub fn expected_months_to(&self, end: usize) -> Option<Vec<f64>> {
        let mut system: Vec<Vec<f64>> = (0..end)
            .map(|state| {
                let coefficient =
                    |to: usize| f64::from(u8::from(to == state)) - self.rows[state][to];
                (0..end).map(coefficient).chain([1.0]).collect()
            })
            .collect();
        eliminate(&mut system)?;
        Some(system.into_iter().map(|row| row[end]).collect())
    }

    /// The share that rolls straight through all states from the first to `to`, one a month.
    pub fn straight_roll(&self, to: usize) -> f64 {
        (0..to).map(|state| self.rows[state][state + 1]).product()
    }
}

/// Gauss–Jordan elimination with partial pivoting of an augmented system; `None` when singular.
pub(super) fn eliminate(system: &mut [Vec<f64>]) -> Option<()> {
    let n = system.len();
    for column in 0..n {
        let largest = (column..n)
            .max_by(|&a, &b| system[a][column].abs().total_cmp(&system[b][column].abs()))?;
        system.swap(column, largest);
        let pivot = system[column].clone();
        if pivot[column].abs() < 1e-12 {
            return None;
        }
        for (at, row) in system.iter_mut().enumerate() {
            let factor = row[column] / pivot[column];
            if at == column {
                for cell in row {
                    *cell /= pivot[column];
                }
            } else {
                for (cell, pivot) in row.iter_mut().zip(&pivot) {
                    *cell -= factor * pivot;
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fair_step_waits_its_expected_months_and_bad_matrices_are_refused() {
        let matrix = RollMatrix::new(vec![vec![0.75, 0.25], vec![0.0, 1.0]]).expect("stochastic");
        assert_eq!(matrix.expected_months_to(1), Some(vec![4.0]));
        assert!((matrix.ever_reaches(0, 1, 2) - (1.0 - 0.75 * 0.75)).abs() < 1e-15);
        let never = RollMatrix::new(vec![vec![1.0, 0.0], vec![0.0, 1.0]]).expect("stochastic");
        assert_eq!(never.expected_months_to(1), None);
        assert_eq!(RollMatrix::new(vec![vec![0.5, 0.4], vec![0.0, 1.0]]), None);
        assert_eq!(RollMatrix::new(vec![vec![1.0], vec![1.0]]), None);
        assert_eq!(RollMatrix::new(Vec::new()), None);
    }
}
