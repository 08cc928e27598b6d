//! Inverse-quantile tables: one uniform word → a whole number (milliseconds, fen), monotone in the word.
//! Must never consume a second draw: the same word gives longer times under a longer distribution.

use super::gamma::gamma_quantile;
use super::normal::normal_quantile;
use libm::{exp, log, pow, sqrt, tgamma};

const CELLS: usize = 2048;
const CELL_BITS: u32 = 32 - CELLS.ilog2();

/// Values at the edges of cells. The length is part of the type, so that a word's cell needs no check.
type Edges = [u32; CELLS + 1];

/// A distribution of non-negative values, given by its mean (in the table's unit) and shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same value.
    Deterministic {
        /// The value.
        value: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Log-normal by mean and coefficient of variation.
    LogNormal {
        /// Mean.
        mean: f64,
        /// Standard deviation ÷ mean.
        cv: f64,
    },
    /// Uniform between two values.
    Uniform {
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Smallest value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Largest value.
        high: f64,
    },
    /// Weibull by scale and shape.
    Weibull {
        /// Scale.
        scale: f64,
        /// Shape.
        shape: f64,
    },
    /// Gamma by mean and coefficient of variation; cv 1/√k gives Erlang's k stages.
    Gamma {
        /// Mean.
        mean: f64,
        /// Standard deviation ÷ mean.
        cv: f64,
    },
    /// A table of observed values: uniform within each interval between two edges.
    Empirical {
        /// Edges, not falling; two equal ones make a single value.
        edges: Vec<f64>,
        /// Shares of the intervals, one fewer than edges; they sum to 1.
        shares: Vec<f64>,
    },
}

impl Distribution {
    /// The value below which a share `p` of draws falls, 0 < p < 1.
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Distribution::Deterministic { value } => value,
            Distribution::Gamma { mean, cv } => {
                let shape = 1.0 / (cv * cv);
                mean / shape * gamma_quantile(shape, p)
            }
            Distribution::Empirical { ref edges, ref shares } => from_table(edges, shares, p),
            Distribution::Exponential { mean } => -mean * log(1.0 - p),
            Distribution::LogNormal { mean, cv } => {
                let variance = log(1.0 + cv * cv);
                mean * exp(sqrt(variance) * normal_quantile(p) - 0.5 * variance)
            }
            Distribution::Uniform { low, high } => low + p * (high - low),
            Distribution::Triangular { low, mode, high } => {
                let width = high - low;
                let split = if width > 0.0 { (mode - low) / width } else { 0.0 };
                if p < split {
                    low + sqrt(p * width * (mode - low))
                } else {
                    high - sqrt((1.0 - p) * width * (high - mode))
                }
            }
            Distribution::Weibull { scale, shape } => scale * pow(-log(1.0 - p), 1.0 / shape),
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Deterministic { value } => *value,
            Distribution::Exponential { mean }
            | Distribution::LogNormal { mean, .. }
            | Distribution::Gamma { mean, .. } => *mean,
            Distribution::Uniform { low, high } => f64::midpoint(*low, *high),
            Distribution::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Distribution::Weibull { scale, shape } => scale * tgamma(1.0 + 1.0 / shape),
            Distribution::Empirical { edges, shares } => {
                let middles = edges.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
                middles.zip(shares).map(|(middle, share)| middle * share).sum()
            }
        }
    }

    /// The table of this distribution with values multiplied by `units` (1,000 for seconds → ms).
    pub fn table(&self, units: f64) -> QuantileTable {
        QuantileTable::new(|p| self.quantile(p) * units)
    }
}

/// The quantile of a table of shares.
fn from_table(edges: &[f64], shares: &[f64], p: f64) -> f64 {
    let mut left = p;
    for (pair, &share) in edges.windows(2).zip(shares) {
        if left <= share && share > 0.0 {
            return pair[0] + (pair[1] - pair[0]) * left / share;
        }
        left -= share;
    }
    edges.last().copied().unwrap_or(0.0)
}

/// A piecewise-linear inverse distribution: 2,048 equal cells, and the last one refined by another
/// 2,048, so that the upper tail is kept to a probability of 1 in 4 million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantileTable {
    body: Box<Edges>,
    tail: Box<Edges>,
}

impl QuantileTable {
    /// Builds the table of a quantile function, rounding edges to whole units.
    pub fn new(quantile: impl Fn(f64) -> f64) -> QuantileTable {
        let width = 1.0 / CELLS as f64;
        let first = 0.25 * width * width;
        let edge = |p: f64| {
            let value = quantile(p.clamp(first, 1.0 - first));
            assert!(value.is_finite(), "invariant: a quantile at {p} is not finite");
            value.round().clamp(0.0, f64::from(u32::MAX)) as u32
        };
        QuantileTable {
            body: Box::new(std::array::from_fn(|cell| edge(cell as f64 * width))),
            tail: Box::new(std::array::from_fn(|cell| {
                edge(1.0 - width + cell as f64 * width * width)
            })),
        }
    }

    /// The value at a uniform word; monotone, so a larger word never gives a smaller value.
    #[inline]
    pub fn sample(&self, word: u32) -> u32 {
        let cell = (word >> CELL_BITS) as usize;
        if cell < CELLS - 1 {
            interpolate(&self.body, cell, word << (32 - CELL_BITS))
        } else {
            let rest = word << (32 - CELL_BITS);
            interpolate(&self.tail, (rest >> CELL_BITS) as usize, rest << (32 - CELL_BITS))
        }
    }
}

/// Between two edges, `fraction` in units of 2^-32, rounded to nearest.
#[inline]
fn interpolate(edges: &Edges, cell: usize, fraction: u32) -> u32 {
    let (low, high) = (edges[cell], edges[cell + 1]);
    low + ((u64::from(high - low) * u64::from(fraction) + (1 << 31)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(table: &QuantileTable) -> f64 {
        let words = (0..1_u32 << 22).map(|i| (i << 10) | 512);
        words.map(|word| f64::from(table.sample(word))).sum::<f64>() / f64::from(1 << 22)
    }

    #[test]
    fn tables_keep_the_mean_within_three_parts_in_ten_thousand() {
        let cases = [
            (Distribution::Exponential { mean: 20.0 }, 20_000.0),
            (Distribution::LogNormal { mean: 240.0, cv: 0.6 }, 240_000.0),
            (Distribution::LogNormal { mean: 90.0, cv: 1.5 }, 90_000.0),
            (Distribution::Uniform { low: 10.0, high: 30.0 }, 20_000.0),
            (Distribution::Triangular { low: 10.0, mode: 20.0, high: 60.0 }, 30_000.0),
            (Distribution::Deterministic { value: 7.5 }, 7_500.0),
            (Distribution::Gamma { mean: 30.0, cv: 0.7 }, 30_000.0),
            (
                Distribution::Empirical {
                    edges: vec![5.0, 10.0, 10.0, 40.0],
                    shares: vec![0.25, 0.5, 0.25],
                },
                13_125.0,
            ),
        ];
        for (distribution, expected) in cases {
            let got = mean_of(&distribution.table(1_000.0));
            assert!((got / expected - 1.0).abs() < 3e-4, "{distribution:?}: {got}");
            assert!((distribution.mean() * 1_000.0 / expected - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn samples_never_decrease_with_the_word() {
        let table = Distribution::LogNormal { mean: 100.0, cv: 1.0 }.table(1_000.0);
        let mut last = 0;
        for word in (0..=u32::MAX).step_by(9_973).chain([u32::MAX - 1, u32::MAX]) {
            let value = table.sample(word);
            assert!(value >= last, "word {word}");
            last = value;
        }
    }
}
