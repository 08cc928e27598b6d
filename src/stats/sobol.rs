//! The Sobol sequence in up to 40 dimensions and its digital shift at an address. Must never be used
//! with a number of points that is not a power of two when its balance matters.

use crate::random::{Address, Philox, Purpose};

const BITS: usize = 32;
/// Most dimensions served.
pub const MAX_DIMENSIONS: usize = DIRECTIONS.len() + 1;

/// Degree, coefficients and initial numbers of the primitive polynomials of dimensions 2 to 40, from
/// Joe & Kuo's `new-joe-kuo-6` (SIAM J. Scientific Computing 30, 2008).
#[rustfmt::skip]
const DIRECTIONS: [(usize, u32, &[u32]); 39] = [
    (1, 0, &[1]), (2, 1, &[1, 3]), (3, 1, &[1, 3, 1]), (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]), (4, 4, &[1, 3, 5, 13]), (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]), (5, 7, &[1, 1, 7, 11, 19]), (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]), (5, 14, &[1, 3, 5, 5, 31]), (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]), (6, 16, &[1, 3, 1, 13, 27, 49]),
    (6, 19, &[1, 1, 1, 15, 7, 5]), (6, 22, &[1, 3, 1, 15, 13, 25]),
    (6, 25, &[1, 1, 5, 5, 19, 61]), (7, 1, &[1, 3, 7, 11, 23, 15, 103]),
    (7, 4, &[1, 3, 7, 13, 13, 15, 69]), (7, 7, &[1, 1, 3, 13, 7, 35, 63]),
    (7, 8, &[1, 3, 5, 9, 1, 25, 53]), (7, 14, &[1, 3, 1, 13, 9, 35, 107]),
    (7, 19, &[1, 3, 1, 5, 27, 61, 31]), (7, 21, &[1, 1, 5, 11, 19, 41, 61]),
    (7, 28, &[1, 3, 5, 3, 3, 13, 69]), (7, 31, &[1, 1, 7, 13, 1, 19, 1]),
    (7, 32, &[1, 3, 7, 5, 13, 19, 59]), (7, 37, &[1, 1, 3, 9, 25, 29, 41]),
    (7, 41, &[1, 3, 5, 13, 23, 1, 55]), (7, 42, &[1, 3, 7, 3, 13, 59, 17]),
    (7, 50, &[1, 3, 1, 3, 5, 53, 69]), (7, 55, &[1, 1, 5, 5, 23, 33, 13]),
    (7, 56, &[1, 1, 7, 7, 1, 61, 123]), (7, 59, &[1, 1, 7, 9, 13, 61, 49]),
    (7, 62, &[1, 3, 3, 5, 3, 55, 33]), (8, 14, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (8, 21, &[1, 3, 5, 15, 31, 59, 63, 97]), (8, 22, &[1, 3, 1, 11, 11, 11, 77, 249]),
];

/// A Sobol sequence; point 0 is the origin unless shifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    shift: Vec<u32>,
}

impl Sobol {
    /// The unshifted sequence in 1 to 40 dimensions.
    pub fn new(dimensions: usize) -> Sobol {
        let served = (1..=MAX_DIMENSIONS).contains(&dimensions);
        assert!(served, "invariant: Sobol points have 1 to {MAX_DIMENSIONS} dimensions");
        let first: [u32; BITS] = std::array::from_fn(|bit| 1 << (BITS - 1 - bit));
        let rest = DIRECTIONS[..dimensions - 1].iter();
        let directions = std::iter::once(first).chain(rest.map(direction_numbers)).collect();
        Sobol { directions, shift: vec![0; dimensions] }
    }

    /// The same points moved by a random digital shift: each `randomisation` is an unbiased estimate,
    /// and ten or more of them give an interval.
    pub fn shifted(self, philox: Philox, randomisation: u16) -> Sobol {
        let address = Address::new(u64::MAX, randomisation, Purpose::Experiment);
        let word = |dimension: usize| philox.block(address.at(dimension as u32))[0];
        Sobol { shift: (0..self.shift.len()).map(word).collect(), ..self }
    }

    /// The point with this index (in Gray-code order), each coordinate in [0, 1).
    pub fn point(&self, index: u32) -> Vec<f64> {
        let gray = index ^ (index >> 1);
        let coordinate = |(numbers, shift): (&[u32; BITS], &u32)| {
            let chosen = (0..BITS).filter(|bit| gray >> bit & 1 == 1);
            let word = chosen.fold(*shift, |word, bit| word ^ numbers[bit]);
            f64::from(word) / 4_294_967_296.0
        };
        self.directions.iter().zip(&self.shift).map(coordinate).collect()
    }
}

/// Expands a polynomial's initial numbers to all bits (Bratley & Fox, ACM TOMS 14, 1988).
fn direction_numbers(&(degree, coefficients, initial): &(usize, u32, &[u32])) -> [u32; BITS] {
    let mut numbers = [0; BITS];
    for bit in 0..BITS {
        numbers[bit] = if bit < degree {
            initial[bit] << (BITS - 1 - bit)
        } else {
            let oldest = numbers[bit - degree];
            (1..degree).fold(oldest ^ oldest >> degree, |word, back| {
                let taken = coefficients >> (degree - 1 - back) & 1;
                word ^ (taken * numbers[bit - back])
            })
        };
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_is_balanced_in_each_block_of_a_power_of_two() {
        let points = |sobol: &Sobol| (0..256).map(|i| sobol.point(i)).collect::<Vec<_>>();
        let plain = Sobol::new(MAX_DIMENSIONS);
        let shifted = plain.clone().shifted(Philox::new(5), 3);
        assert_ne!(plain, shifted);
        for cloud in [points(&plain), points(&shifted)] {
            for dimension in 0..MAX_DIMENSIONS {
                let mut cells = [0_u32; 256];
                for point in &cloud {
                    cells[(point[dimension] * 256.0) as usize] += 1;
                }
                assert!(cells.iter().all(|&count| count == 1), "dimension {dimension}");
            }
        }
    }
}
