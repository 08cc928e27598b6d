//! Weighted choice by one word: cumulative thresholds, so that a choice costs a search and no draw
//! of its own. Must never hold a generator.

use crate::random::probability_to_word;

/// Number of words.
const WORDS: f64 = 4_294_967_296.0;

/// Items with weights; `pick` maps a uniform word to an item, monotone in the word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weighted {
    /// `edges[i]` is the first word beyond item i; the last item with weight has none.
    edges: Vec<u32>,
}

impl Weighted {
    /// Builds the thresholds; `None` when no weight is positive. Weights need not sum to 1.
    pub(super) fn new(weights: &[f64]) -> Option<Weighted> {
        let total: f64 = weights.iter().sum();
        let last = weights.iter().rposition(|&weight| weight > 0.0)?;
        let mut sum = 0.0;
        let edge = |&weight: &f64| {
            sum += weight;
            probability_to_word(sum / total)
        };
        Some(Weighted { edges: weights[..last].iter().map(edge).collect() })
    }

    /// The item at a word.
    #[inline]
    pub(super) fn pick(&self, word: u32) -> usize {
        self.edges.partition_point(|&edge| edge <= word)
    }

    /// The share of the words that an item has.
    pub(super) fn share(&self, item: usize) -> f64 {
        let edge = |at: usize| match self.edges.get(at) {
            Some(&edge) => f64::from(edge),
            None => WORDS,
        };
        if item > self.edges.len() {
            return 0.0;
        }
        let low = if item == 0 { 0.0 } else { edge(item - 1) };
        (edge(item) - low) / WORDS
    }

    /// The item at a word, and how far into the item the word lies, in units of 2^-32.
    #[inline]
    pub(super) fn pick_within(&self, word: u32) -> (usize, u32) {
        let item = self.pick(word);
        let low = if item == 0 { 0 } else { u64::from(self.edges[item - 1]) };
        let high = self.edges.get(item).map_or(1 << 32, |&edge| u64::from(edge));
        let within = ((u64::from(word) - low) << 32) / (high - low);
        (item, within as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_get_words_in_proportion_and_items_without_weight_get_none() {
        let weighted = Weighted::new(&[0.0, 1.0, 0.0, 3.0, 0.0]).expect("two positive weights");
        let table = [(0, 1), ((1 << 30) - 1, 1), (1 << 30, 3), (u32::MAX, 3)];
        for (word, item) in table {
            assert_eq!(weighted.pick(word), item, "word {word}");
        }
        let shares: Vec<f64> = (0..6).map(|item| weighted.share(item)).collect();
        assert_eq!(shares, [0.0, 0.25, 0.0, 0.75, 0.0, 0.0]);
        assert!(Weighted::new(&[0.0, 0.0]).is_none());
        assert!(Weighted::new(&[]).is_none());
    }

    #[test]
    fn the_place_within_an_item_runs_over_the_whole_item() {
        let weighted = Weighted::new(&[1.0, 3.0]).expect("positive weights");
        assert_eq!(weighted.pick_within(0), (0, 0));
        assert_eq!(weighted.pick_within(1 << 29), (0, 1 << 31));
        assert_eq!(weighted.pick_within(1 << 30), (1, 0));
        assert!(weighted.pick_within(u32::MAX).1 > u32::MAX - 4);
    }
}
