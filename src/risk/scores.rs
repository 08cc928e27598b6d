//! How well scores tell good from bad, and how stable they are. Must never hide ties: they count ½.

use libm::log;

/// Discrimination of a score where a high score means good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrimination {
    /// P(bad scores lower than good) + ½ P(same score).
    pub auc: f64,
    /// 2 AUC − 1.
    pub gini: f64,
    /// Largest distance between the two cumulative distributions, at distinct scores.
    pub ks: f64,
    /// Number of bad accounts.
    pub bad: usize,
}

/// Discrimination over scored accounts (score, went bad); `None` unless there are both good and
/// bad.
pub fn discrimination(accounts: &[(f64, bool)]) -> Option<Discrimination> {
    let mut sorted = accounts.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bad = accounts.iter().filter(|account| account.1).count();
    let (all_bad, all_good) = (bad as f64, (accounts.len() - bad) as f64);
    if bad == 0 || bad == accounts.len() {
        return None;
    }
    let (mut seen_bad, mut seen_good, mut pairs, mut ks) = (0.0, 0.0, 0.0, 0.0_f64);
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let bad_here = tied.iter().filter(|account| account.1).count() as f64;
        let good_here = tied.len() as f64 - bad_here;
        pairs += good_here * (seen_bad + 0.5 * bad_here);
        seen_bad += bad_here;
        seen_good += good_here;
        ks = ks.max((seen_bad / all_bad - seen_good / all_good).abs());
    }
    let auc = pairs / (all_bad * all_good);
    Some(Discrimination { auc, gini: 2.0 * auc - 1.0, ks, bad })
}

/// Population stability index of `actual` against `expected` shares by bin (no empty bins): below
/// 0.10 stable, 0.10 to 0.25 moderate, above a shift.
pub fn psi(expected: &[f64], actual: &[f64]) -> f64 {
    expected.iter().zip(actual).map(|(e, a)| (a - e) * log(a / e)).sum()
}

/// Weight of evidence by bin, ln(share of bad ÷ share of good), unsmoothed.
pub fn woe(good: &[f64], bad: &[f64]) -> Vec<f64> {
    shares(good, bad).map(|(good, bad)| log(bad / good)).collect()
}

/// Information value of a binned characteristic.
pub fn information_value(good: &[f64], bad: &[f64]) -> f64 {
    shares(good, bad).map(|(good, bad)| (bad - good) * log(bad / good)).sum()
}

fn shares<'a>(good: &'a [f64], bad: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    let (all_good, all_bad) = (good.iter().sum::<f64>(), bad.iter().sum::<f64>());
    good.iter().zip(bad).map(move |(g, b)| (g / all_good, b / all_bad))
}

/// Points of a scorecard: `score = offset + factor · ln(good : bad odds)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointsScale {
    /// Points per unit of log-odds.
    pub factor: f64,
    /// Points at even odds.
    pub offset: f64,
}

impl PointsScale {
    /// The scale with `base_score` at `base_odds` (good : bad) and `pdo` points to double the odds.
    pub fn new(base_score: f64, base_odds: f64, pdo: f64) -> PointsScale {
        let factor = pdo / std::f64::consts::LN_2;
        PointsScale { factor, offset: base_score - factor * log(base_odds) }
    }

    /// Score of a probability of default.
    pub fn score(&self, pd: f64) -> f64 {
        self.offset + self.factor * log((1.0 - pd) / pd)
    }

    /// Probability of default at a score.
    pub fn pd(&self, score: f64) -> f64 {
        1.0 / (1.0 + libm::exp((score - self.offset) / self.factor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_useless_and_one_sided_scores() {
        let perfect = discrimination(&[(1.0, true), (2.0, false), (3.0, false)]).expect("both");
        assert!((perfect.auc - 1.0).abs() < 1e-15 && (perfect.ks - 1.0).abs() < 1e-15);
        let tied = discrimination(&[(1.0, true), (1.0, false)]).expect("both");
        assert!((tied.auc - 0.5).abs() < 1e-15 && tied.ks.abs() < 1e-15);
        assert_eq!(discrimination(&[(1.0, false)]), None);
    }
}
