//! Designs of points in the unit cube, drawn at addresses. Must never run a model.

use super::sobol::{MAX_DIMENSIONS, Sobol};
use crate::random::{Address, Philox, Purpose, unit};
use rand::Rng;

/// A design's own place among the addresses of experiments.
const LATIN: u16 = u16::MAX - 1;

/// A Latin hypercube (`McKay`, Beckman & Conover 1979): each of `points` equal slices of each dimension
/// holds exactly one point, at a random place within its slice.
pub fn latin_hypercube(points: u32, dimensions: usize, philox: Philox) -> Vec<Vec<f64>> {
    let mut design = vec![vec![0.0; dimensions]; points as usize];
    for dimension in 0..dimensions {
        let mut rng = philox.rng(Address::new(dimension as u64, LATIN, Purpose::Experiment));
        let mut slices: Vec<u32> = (0..points).collect();
        for last in (1..slices.len()).rev() {
            let other = (u64::from(rng.next_u32()) * (last as u64 + 1)) >> 32;
            slices.swap(last, other as usize);
        }
        for (point, slice) in design.iter_mut().zip(slices) {
            point[dimension] = (f64::from(slice) + unit(rng.next_u32())) / f64::from(points);
        }
    }
    design
}

/// The first `points` points of a shifted Sobol sequence; `None` beyond its dimensions.
pub fn sobol_points(points: u32, dimensions: usize, philox: Philox) -> Option<Vec<Vec<f64>>> {
    let sobol = (1..=MAX_DIMENSIONS).contains(&dimensions).then(|| Sobol::new(dimensions))?;
    let sobol = sobol.shifted(philox, 0);
    Some((0..points).map(|index| sobol.point(index)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_of_every_dimension_has_one_point() {
        let design = latin_hypercube(16, 3, Philox::new(5));
        for dimension in 0..3 {
            let mut slices: Vec<u32> =
                design.iter().map(|point| (point[dimension] * 16.0) as u32).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..16).collect::<Vec<u32>>(), "dimension {dimension}");
        }
        assert_eq!(design, latin_hypercube(16, 3, Philox::new(5)));
        assert_ne!(design, latin_hypercube(16, 3, Philox::new(6)));
    }

    #[test]
    fn sobol_points_of_a_power_of_two_fill_the_halves_evenly() {
        let points = sobol_points(32, 4, Philox::new(1)).expect("four dimensions");
        for dimension in 0..4 {
            let low = points.iter().filter(|point| point[dimension] < 0.5).count();
            assert_eq!(low, 16, "dimension {dimension}");
        }
    }
}
