//! Which inputs matter: Morris screening and Sobol indices (design, then estimates). Must never run
//! the model itself: designs are points in the unit cube, results come back as numbers.

use super::estimate::Moments;
use super::sobol::Sobol;
use crate::random::{Address, Philox, Purpose};
use rand::Rng;

/// One factor's elementary effects over all trajectories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Mean effect per unit of the factor's range.
    pub mu: f64,
    /// Mean absolute effect: the screening measure.
    pub mu_star: f64,
    /// Standard deviation of the effects: interaction or curvature.
    pub sigma: f64,
}

/// Morris's trajectories (Technometrics 33, 1991): `trajectories` × (`factors` + 1) points on a grid of
/// `levels` (even, ≥ 2), each point differing from the last in one factor by levels / (2(levels − 1)).
pub fn morris_design(
    factors: usize,
    trajectories: u32,
    levels: u32,
    philox: Philox,
) -> Vec<Vec<f64>> {
    assert!(levels >= 2 && levels.is_multiple_of(2), "invariant: an even number of levels");
    let jump = f64::from(levels) / (2.0 * f64::from(levels - 1));
    let mut points = Vec::with_capacity(trajectories as usize * (factors + 1));
    for trajectory in 0..trajectories {
        let address = Address::new(u64::from(trajectory), u16::MAX, Purpose::Experiment);
        let mut rng = philox.rng(address);
        let mut below = |n: usize| ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize;
        let start = |low: usize, down: usize| {
            low as f64 / f64::from(levels - 1) + if down == 1 { jump } else { 0.0 }
        };
        let moves: Vec<(usize, usize)> =
            (0..factors).map(|_| (below(levels as usize / 2), below(2))).collect();
        let mut order: Vec<usize> = (0..factors).collect();
        (1..factors).rev().for_each(|last| order.swap(last, below(last + 1)));
        let mut point: Vec<f64> = moves.iter().map(|&(low, down)| start(low, down)).collect();
        points.push(point.clone());
        for factor in order {
            let (low, down) = moves[factor];
            point[factor] = start(low, 1 - down);
            points.push(point.clone());
        }
    }
    points
}

/// Elementary effects from a Morris design and its results, in design order; `None` unless the points
/// form whole trajectories that move one factor at a time.
pub fn morris_effects(points: &[Vec<f64>], results: &[f64]) -> Option<Vec<Effect>> {
    let factors = points.first()?.len();
    let length = factors + 1;
    if points.len() != results.len() || !points.len().is_multiple_of(length) {
        return None;
    }
    let mut effects = vec![Vec::new(); factors];
    for (walk, values) in points.chunks_exact(length).zip(results.chunks_exact(length)) {
        for (pair, value) in walk.windows(2).zip(values.windows(2)) {
            let moved = |&factor: &usize| (pair[1][factor] - pair[0][factor]).abs() > 0.0;
            let mut changed = (0..factors).filter(moved);
            let factor = changed.next().filter(|_| changed.next().is_none())?;
            let step = pair[1][factor] - pair[0][factor];
            effects[factor].push((value[1] - value[0]) / step);
        }
    }
    effects.iter().map(|list| effect(list)).collect()
}

fn effect(list: &[f64]) -> Option<Effect> {
    let moments = Moments::of(list)?;
    let mu_star = list.iter().map(|e| e.abs()).sum::<f64>() / list.len() as f64;
    Some(Effect { mu: moments.mean, mu_star, sigma: moments.sd() })
}

/// Saltelli's design for first-order and total indices: for each of `base` points (a power of two) the
/// point of A, then for each factor that point with the factor taken from B, then the point of B.
/// `base` × (`factors` + 2) model runs.
pub fn saltelli_design(factors: usize, base: u32, sobol: &Sobol) -> Vec<Vec<f64>> {
    assert!(base.is_power_of_two(), "invariant: a power of two keeps the sequence balanced");
    let mut points = Vec::with_capacity(base as usize * (factors + 2));
    for index in 0..base {
        let both = sobol.point(index);
        let (a, b) = both.split_at(factors);
        points.push(a.to_vec());
        for factor in 0..factors {
            let mut mixed = a.to_vec();
            mixed[factor] = b[factor];
            points.push(mixed);
        }
        points.push(b[..factors].to_vec());
    }
    points
}

/// Shares of the output's variance that belong to one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// First-order index: the factor alone (Saltelli et al. 2010).
    pub first: f64,
    /// Total index: the factor with all its interactions (Jansen 1999).
    pub total: f64,
}

/// Sobol indices from results in the order of `saltelli_design`; `None` when the length does not fit or
/// the output does not vary.
pub fn sobol_indices(factors: usize, results: &[f64]) -> Option<Vec<Indices>> {
    let rows: Vec<&[f64]> = results.chunks_exact(factors + 2).collect();
    let all: Vec<usize> = (0..rows.len()).collect();
    let whole = results.len().is_multiple_of(factors + 2);
    if whole { indices_of(factors, &rows, &all) } else { None }
}

/// The indices from the design rows chosen (with repetition, for a bootstrap).
fn indices_of(factors: usize, rows: &[&[f64]], chosen: &[usize]) -> Option<Vec<Indices>> {
    let ends: Vec<f64> = chosen.iter().flat_map(|&r| [rows[r][0], rows[r][factors + 1]]).collect();
    let moments = Moments::of(&ends)?;
    if moments.variance <= 0.0 {
        return None;
    }
    let n = chosen.len() as f64;
    let index = |factor: usize| {
        let (mut first, mut total) = (0.0, 0.0);
        for &r in chosen {
            let (a, mixed, b) = (rows[r][0], rows[r][factor + 1], rows[r][factors + 1]);
            // Centring changes no expectation and takes away most of the noise.
            first += (b - moments.mean) * (mixed - a);
            total += (mixed - a) * (mixed - a);
        }
        Indices { first: first / n / moments.variance, total: total / (2.0 * n) / moments.variance }
    };
    Some((0..factors).map(index).collect())
}

/// 95 % bootstrap intervals (percentile) of first-order and total indices, a factor each, from
/// `resamples` resamples of the design's rows; `None` as for `sobol_indices`.
pub fn sobol_intervals(
    factors: usize,
    results: &[f64],
    resamples: u32,
    philox: Philox,
) -> Option<Vec<[[f64; 2]; 2]>> {
    sobol_indices(factors, results)?;
    let rows: Vec<&[f64]> = results.chunks_exact(factors + 2).collect();
    let mut chosen = vec![0; rows.len()];
    let mut samples = Vec::with_capacity(resamples as usize);
    for resample in 0..resamples {
        resampled(philox, resample, &mut chosen);
        samples.extend(indices_of(factors, &rows, &chosen));
    }
    let interval = |pick: &dyn Fn(&Vec<Indices>) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        let at = |q| super::order::quantile_of_sorted(&values, q);
        Some([at(0.025)?, at(0.975)?])
    };
    (0..factors).map(|f| Some([interval(&|s| s[f].first)?, interval(&|s| s[f].total)?])).collect()
}

/// Fills `chosen` with uniform positions at the addresses of one resample.
fn resampled(philox: Philox, resample: u32, chosen: &mut [usize]) {
    let n = chosen.len() as u64;
    let address = Address::new(u64::from(resample), u16::MAX - 1, Purpose::Experiment);
    for (step, four) in chosen.chunks_mut(4).enumerate() {
        let words = philox.block(address.at(step as u32));
        for (place, word) in four.iter_mut().zip(words) {
            *place = ((u64::from(word) * n) >> 32) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn morris_designs_move_one_factor_a_step_and_recover_a_linear_model() {
        let points = morris_design(5, 12, 4, Philox::new(3));
        assert_eq!(points.len(), 12 * 6);
        assert!(points.iter().flatten().all(|x| (0.0..=1.0 + 1e-12).contains(x)));
        let slopes = [3.0, -2.0, 0.0, 0.5, 10.0];
        let model = |x: &Vec<f64>| x.iter().zip(slopes).map(|(x, s)| x * s).sum();
        let results: Vec<f64> = points.iter().map(model).collect();
        let effects = morris_effects(&points, &results).expect("whole trajectories");
        for (effect, slope) in effects.iter().zip(slopes) {
            assert!((effect.mu - slope).abs() < 1e-9 && effect.sigma < 1e-9, "{effect:?}");
        }
        assert_eq!(morris_effects(&points[1..], &results[1..]), None);
    }

    #[test]
    fn a_linear_model_has_equal_first_and_total_indices_inside_their_intervals() {
        let sobol = Sobol::new(4);
        let points = saltelli_design(2, 1_024, &sobol);
        let results: Vec<f64> = points.iter().map(|x| 3.0 * x[0] + 4.0 * x[1]).collect();
        let indices = sobol_indices(2, &results).expect("a varying output");
        let intervals = sobol_intervals(2, &results, 200, Philox::new(1)).expect("intervals");
        for ((got, interval), exact) in indices.iter().zip(intervals).zip([0.36, 0.64]) {
            for (value, [low, high]) in [got.first, got.total].into_iter().zip(interval) {
                assert!((value - exact).abs() < 0.01, "{got:?}");
                assert!(low < exact && exact < high, "{low}..{high} misses {exact}");
            }
        }
        assert_eq!(sobol_indices(2, &[1.0; 8]), None, "a constant output has no shares");
    }
}
