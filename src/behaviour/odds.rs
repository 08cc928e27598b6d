//! Probabilities that differ between people: odds × exp(spread × z), calibrated to a mean, compiled
//! to threshold words. Must never use a float after compilation; levers multiply odds in `pressure`.

use super::PersonView;
use crate::random::{chance, normal_quantile, probability_to_word, unit};
use libm::{exp, log};

/// Cells into which each latent quantile is cut.
const CELLS: usize = 256;
/// Steps of the integer score per standard deviation of one latent trait.
const STEPS: f64 = 64.0;

/// Integer normal scores of the latent traits. A person's score is the sum of two: high = bad.
#[derive(Clone, Debug)]
pub(super) struct Scores {
    cells: Vec<i16>,
    top: i16,
}

impl Scores {
    pub(super) fn new() -> Scores {
        let score = |cell: usize| {
            let middle = (cell as f64 + 0.5) / CELLS as f64;
            libm::round(-STEPS * normal_quantile(middle)) as i16
        };
        let cells: Vec<i16> = (0..CELLS).map(score).collect();
        let top = cells[0];
        Scores { cells, top }
    }

    /// The person's position among the scores, 0 = best.
    pub(super) fn of(&self, view: &PersonView) -> usize {
        let cell = |quantile: u16| self.cells[usize::from(quantile >> 8)];
        self.position(cell(view.ability) + cell(view.willingness))
    }

    /// People (of 256 × 256) at each position, independent traits.
    pub(super) fn population(&self) -> Vec<f64> {
        let mut people = vec![0.0; self.position(2 * self.top) + 1];
        for &ability in &self.cells {
            for &willingness in &self.cells {
                people[self.position(ability + willingness)] += 1.0;
            }
        }
        people
    }

    fn position(&self, score: i16) -> usize {
        usize::try_from(score + 2 * self.top)
            .unwrap_or_else(|_| panic!("invariant: score {score} lies above the best one"))
    }
}

/// One probability as a threshold word by position of the score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Odds {
    words: Vec<u32>,
}

impl Odds {
    /// The odds whose mean over `people` (weights by position) is `mean`, with `spread` per
    /// standard deviation of z. A mean of 0 or 1 (or nobody at all) is the same for everybody.
    pub(super) fn calibrated(mean: f64, spread: f64, people: &[f64]) -> Odds {
        let total: f64 = people.iter().sum();
        if mean <= 0.0 || mean >= 1.0 || total <= 0.0 {
            return Odds { words: vec![probability_to_word(mean); people.len()] };
        }
        let mean_at = |intercept: f64| {
            let at = |(position, weight): (usize, &f64)| {
                weight * logistic(intercept + spread * z(position, people.len()))
            };
            people.iter().enumerate().map(at).sum::<f64>() / total
        };
        let intercept = bisect(|intercept| mean_at(intercept) < mean);
        let word = |position| {
            probability_to_word(logistic(intercept + spread * z(position, people.len())))
        };
        Odds { words: (0..people.len()).map(word).collect() }
    }

    /// The same with all odds multiplied.
    pub(super) fn multiplied(&self, factor: f64) -> Odds {
        let word = |&word: &u32| {
            let p = share(word);
            let odds = factor * p;
            probability_to_word(odds / (1.0 - p + odds))
        };
        Odds { words: self.words.iter().map(word).collect() }
    }

    /// How many of `people` it happens to.
    pub(super) fn weigh(&self, people: &[f64]) -> Vec<f64> {
        people.iter().zip(&self.words).map(|(people, &word)| people * share(word)).collect()
    }

    /// The threshold word at a position.
    pub(super) fn word(&self, position: usize) -> u32 {
        self.words[position]
    }

    pub(super) fn happens(&self, word: u32, position: usize) -> bool {
        chance(word, self.words[position])
    }
}

/// The probability of a threshold word.
pub(super) fn share(word: u32) -> f64 {
    match word {
        0 => 0.0,
        u32::MAX => 1.0,
        word => unit(word) - 0.5 / 4_294_967_296.0,
    }
}

/// z of a position: the scores lie symmetrically around the middle one.
pub(super) fn z(position: usize, positions: usize) -> f64 {
    let middle = (positions - 1) as f64 / 2.0;
    (position as f64 - middle) / (STEPS * std::f64::consts::SQRT_2)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// The point in ±`log(1e30)` where `too_low` turns false, by halving.
fn bisect(too_low: impl Fn(f64) -> bool) -> f64 {
    let edge = log(1e30);
    let (mut low, mut high) = (-edge, edge);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if too_low(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}
