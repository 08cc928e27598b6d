//! Loss distribution of a book of unequal draws under one macro factor, by two-step importance
//! sampling (Glasserman & Li 2005): the factor is shifted into a bad year, then conditional default
//! probabilities are twisted so that the loss of interest becomes the mean one. Must never be used
//! without its standard error.

use super::portfolio::conditional_pd;
use crate::random::{Address, Philox, Purpose, chance, normal_quantile, probability_to_word, unit};
use libm::{exp, log, log1p, sqrt};

/// Like obligors of a book.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Obligors {
    /// How many.
    pub count: u32,
    /// Probability of default of each.
    pub pd: f64,
    /// Loss if one defaults, in any unit of money.
    pub loss: f64,
}

/// A book under one factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Obligors.
    pub obligors: Vec<Obligors>,
    /// Asset correlation.
    pub rho: f64,
}

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampled {
    /// Estimate.
    pub value: f64,
    /// Standard error.
    pub standard_error: f64,
}

/// Tail figures of a book.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookTail {
    /// Mean loss (exact).
    pub expected_loss: f64,
    /// Smallest loss that is exceeded with at most the probability 1 − confidence.
    pub value_at_risk: f64,
    /// Mean loss in the tail, with the atom at the value at risk counted as far as it belongs there.
    pub expected_shortfall: f64,
    /// Probability of a larger loss than the value at risk, estimated.
    pub beyond: Sampled,
}

/// Factor values that are tried for the shift (bad side).
const SHIFT_STEPS: u32 = 60;
const SHIFT_REACH: f64 = 6.0;

impl Book {
    /// Mean loss.
    pub fn expected_loss(&self) -> f64 {
        self.obligors.iter().map(|o| f64::from(o.count) * o.pd * o.loss).sum()
    }

    /// Loss if everybody defaults.
    pub fn exposure(&self) -> f64 {
        self.obligors.iter().map(|o| f64::from(o.count) * o.loss).sum()
    }

    /// P(loss ≥ `level`) from `paths` samples.
    pub fn tail_probability(&self, level: f64, philox: Philox, paths: u32) -> Sampled {
        let samples = self.samples(level, philox, paths);
        let hits = samples.iter().map(|&(loss, weight)| if loss >= level { weight } else { 0.0 });
        mean(hits, paths)
    }

    /// Value at risk and expected shortfall at a confidence. The sampling is aimed at the loss of a
    /// 1 − confidence bad year of an even book.
    pub fn tail(&self, confidence: f64, philox: Philox, paths: u32) -> BookTail {
        let bad_year = normal_quantile(1.0 - confidence);
        let at =
            |o: &Obligors| f64::from(o.count) * o.loss * conditional_pd(o.pd, self.rho, bad_year);
        let aim: f64 = self.obligors.iter().map(at).sum();
        let mut samples = self.samples(aim, philox, paths);
        samples.sort_by(|a, b| b.0.total_cmp(&a.0));
        let paths_f = f64::from(paths);
        let tail = 1.0 - confidence;
        let (mut beyond, mut mass, mut value_at_risk) = (0.0, 0.0, 0.0);
        for tied in samples.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let weight: f64 = tied.iter().map(|sample| sample.1).sum::<f64>() / paths_f;
            value_at_risk = tied[0].0;
            if mass + weight > tail {
                break;
            }
            mass += weight;
            beyond += weight * tied[0].0;
        }
        let hits = samples.iter().map(|&(l, w)| if l > value_at_risk { w } else { 0.0 });
        BookTail {
            expected_loss: self.expected_loss(),
            value_at_risk,
            expected_shortfall: (beyond + value_at_risk * (tail - mass)) / tail,
            beyond: mean(hits, paths),
        }
    }

    /// Losses with their likelihood ratios, aimed at a loss.
    fn samples(&self, aim: f64, philox: Philox, paths: u32) -> Vec<(f64, f64)> {
        let shift = self.shift(aim);
        (0..paths).map(|path| self.sample(aim, shift, philox, path)).collect()
    }

    fn sample(&self, aim: f64, shift: f64, philox: Philox, path: u32) -> (f64, f64) {
        let address = Address::new(u64::from(path), 0, Purpose::Experiment).item(TAIL_ITEM);
        let badness = normal_quantile(unit(philox.block(address)[0])) + shift;
        let pds: Vec<f64> =
            self.obligors.iter().map(|o| conditional_pd(o.pd, self.rho, -badness)).collect();
        let theta = self.twist(&pds, aim);
        let (mut loss, mut step) = (0.0, 1);
        let (mut words, mut left) = ([0; 4], 0);
        for (obligors, &pd) in self.obligors.iter().zip(&pds) {
            let word = probability_to_word(twisted(pd, theta * obligors.loss));
            for _ in 0..obligors.count {
                if left == 0 {
                    (words, left) = (philox.block(address.at(step)), 4);
                    step += 1;
                }
                left -= 1;
                if chance(words[left], word) {
                    loss += obligors.loss;
                }
            }
        }
        let factor = -shift * badness + 0.5 * shift * shift;
        (loss, exp(factor - theta * loss + self.cumulant(&pds, theta)))
    }

    /// The shift of the factor that makes the bound of P(loss ≥ aim) largest.
    fn shift(&self, aim: f64) -> f64 {
        let value = |step: u32| {
            let badness = SHIFT_REACH * f64::from(step) / f64::from(SHIFT_STEPS);
            let pds: Vec<f64> =
                self.obligors.iter().map(|o| conditional_pd(o.pd, self.rho, -badness)).collect();
            let theta = self.twist(&pds, aim);
            (badness, self.cumulant(&pds, theta) - theta * aim - 0.5 * badness * badness)
        };
        let best = (0..=SHIFT_STEPS).map(value).max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(0.0, |(badness, _)| badness)
    }

    /// The twist under which the mean loss is the aim; 0 where it is larger anyway.
    fn twist(&self, pds: &[f64], aim: f64) -> f64 {
        let largest = self.obligors.iter().map(|o| o.loss).fold(0.0, f64::max);
        if largest <= 0.0 || aim >= self.exposure() {
            return 0.0;
        }
        let mean_at = |theta: f64| {
            let each = |(o, &pd): (&Obligors, &f64)| {
                f64::from(o.count) * o.loss * twisted(pd, theta * o.loss)
            };
            self.obligors.iter().zip(pds).map(each).sum::<f64>()
        };
        if mean_at(0.0) >= aim {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0 / largest);
        while mean_at(high) < aim && high * largest < MOST_TWIST {
            (low, high) = (high, 2.0 * high);
        }
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if mean_at(middle) < aim {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// ln E[exp(θ·loss)] given the factor.
    fn cumulant(&self, pds: &[f64], theta: f64) -> f64 {
        let each = |(o, &pd): (&Obligors, &f64)| {
            f64::from(o.count) * log1p(pd * (exp(theta * o.loss) - 1.0))
        };
        self.obligors.iter().zip(pds).map(each).sum()
    }
}

/// Item of the address of these samples.
const TAIL_ITEM: u8 = 1;
/// Largest exponent of a twist.
const MOST_TWIST: f64 = 60.0;

fn twisted(pd: f64, exponent: f64) -> f64 {
    let odds = exp(log(pd / (1.0 - pd)) + exponent);
    odds / (1.0 + odds)
}

fn mean(values: impl Iterator<Item = f64>, n: u32) -> Sampled {
    let (sum, squares) = values.fold((0.0, 0.0), |(sum, squares), v| (sum + v, squares + v * v));
    let n = f64::from(n);
    let value = sum / n;
    Sampled { value, standard_error: sqrt((squares / n - value * value).max(0.0) / n) }
}

#[cfg(test)]
mod tests {
    use super::super::{FinitePool, tail_risk};
    use super::*;

    fn even(count: u32, pd: f64, rho: f64) -> Book {
        Book { obligors: vec![Obligors { count, pd, loss: 1.0 }], rho }
    }

    /// P(D ≥ 100) of 1,000 obligors is 1.456e-6: crude sampling of 4,000 paths would see nothing.
    #[test]
    fn a_rare_tail_is_met_within_its_standard_error() {
        let pool = FinitePool { size: 1_000, pd: 0.01, rho: 0.05 };
        let exact = pool.tail(100);
        let got = even(1_000, 0.01, 0.05).tail_probability(100.0, Philox::new(7), 4_000);
        assert!((got.value - exact).abs() < 4.0 * got.standard_error, "{got:?} {exact:e}");
        assert!(got.standard_error < 0.05 * exact, "{got:?}: worse than crude sampling");
    }

    /// Quantile and shortfall against the exact pool, and against the infinite pool for a large book.
    /// With 4,000 aimed paths the tail beyond is known to about 3 %.
    #[test]
    fn value_at_risk_and_shortfall_agree_with_the_exact_pool() {
        let pool = FinitePool { size: 500, pd: 0.02, rho: 0.05 };
        let (quantile, ..) = pool.quantile(0.999);
        let got = even(500, 0.02, 0.05).tail(0.999, Philox::new(8), 4_000);
        assert!((got.value_at_risk - f64::from(quantile)).abs() <= 1.0, "{got:?} {quantile}");
        let limit = tail_risk(0.02, 0.05, 1.0, 0.999);
        let large = even(20_000, 0.02, 0.05).tail(0.999, Philox::new(9), 1_000);
        let close = |got: f64, exact: f64| (got / 20_000.0 / exact - 1.0).abs() < 0.03;
        assert!(close(large.value_at_risk, limit.value_at_risk), "{large:?} {limit:?}");
        assert!(close(large.expected_shortfall, limit.expected_shortfall), "{large:?} {limit:?}");
    }

    #[test]
    fn unequal_draws_lose_their_own_amounts() {
        let obligors = vec![
            Obligors { count: 200, pd: 0.02, loss: 1.0 },
            Obligors { count: 10, pd: 0.01, loss: 20.0 },
        ];
        let book = Book { obligors, rho: 0.04 };
        assert!((book.expected_loss() - 6.0).abs() < 1e-12);
        let got = book.tail(0.99, Philox::new(3), 4_000);
        assert!(got.value_at_risk > 20.0 && got.expected_shortfall > got.value_at_risk, "{got:?}");
        assert!(got.beyond.value <= 0.01 + 1e-12);
    }
}
