//! Back-test of a score on somebody's own accounts: discrimination, stability, calibration,
//! fairness. Must never guess a column's meaning: the caller names each.

use super::figures::rounded;
use crate::random::normal_quantile;
use crate::risk::{self, Decisions};
use crate::stats::special::{chi_square_upper, incomplete_beta};
use libm::sqrt;
use serde_json::{Value, json};

/// Name and version of the answer.
pub const BACKTEST_SCHEMA: &str = "aftercare.backtest/1";

/// One account of the user's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Score; high means good.
    pub score: f64,
    /// Whether it went bad.
    pub bad: bool,
    /// Predicted probability of going bad, if there is one.
    pub pd: Option<f64>,
    /// Whether it belongs to the sample on which the score was built (else to the later one).
    pub development: bool,
    /// Whether it belongs to the protected group, if groups are named.
    pub protected: Option<bool>,
}

/// An interval of a rate of so many among so many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateInterval {
    /// Rate.
    pub rate: f64,
    /// Wilson's 95 % interval.
    pub wilson: [f64; 2],
    /// Clopper and Pearson's exact 95 % interval.
    pub exact: [f64; 2],
}

/// The rate of `hits` among `n` with its 95 % intervals.
pub fn rate_interval(hits: f64, n: f64) -> RateInterval {
    let (missed, z) = (n - hits, normal_quantile(0.975));
    let rate = hits / n;
    let middle = (rate + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * sqrt(rate * (1.0 - rate) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n);
    let low = if hits > 0.0 { beta_quantile(0.025, hits, missed + 1.0) } else { 0.0 };
    let high = if missed > 0.0 { beta_quantile(0.975, hits + 1.0, missed) } else { 1.0 };
    RateInterval { rate, wilson: [middle - half, middle + half], exact: [low, high] }
}

/// By halving until floats run out.
fn beta_quantile(level: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if incomplete_beta(a, b, middle, 1.0 - middle) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// One-sided tests of a grade's probability against its defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Binomial p-value: this many defaults or more.
    pub binomial_p: f64,
    /// Jeffreys p-value.
    pub jeffreys_p: f64,
    /// Observed default rate.
    pub observed: f64,
}

/// Tests `defaults` of `n` accounts against the probability `pd`, 0 < `pd` < 1.
pub fn calibration(n: f64, defaults: f64, pd: f64) -> Calibration {
    let above = |a: f64, b: f64| incomplete_beta(a, b, pd, 1.0 - pd);
    Calibration {
        binomial_p: if defaults > 0.0 { above(defaults, n - defaults + 1.0) } else { 1.0 },
        jeffreys_p: above(defaults + 0.5, n - defaults + 0.5),
        observed: defaults / n,
    }
}

/// Hosmer and Lemeshow's test over grades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HosmerLemeshow {
    /// Statistic.
    pub statistic: f64,
    /// p-value for probabilities given in advance (as many degrees as grades).
    pub p_given: f64,
    /// p-value for probabilities fitted on the same data (two degrees fewer).
    pub p_fitted: Option<f64>,
}

/// The test over grades `[n, defaults, pd]`.
pub fn hosmer_lemeshow(grades: &[[f64; 3]]) -> HosmerLemeshow {
    let term = |&[n, d, pd]: &[f64; 3]| (d - n * pd) * (d - n * pd) / (n * pd * (1.0 - pd));
    let statistic = grades.iter().map(term).sum();
    let p = |lost: f64| chi_square_upper(statistic, grades.len() as f64 - lost);
    let p_fitted = (grades.len() > 2).then(|| p(2.0));
    HosmerLemeshow { statistic, p_given: p(0.0), p_fitted }
}

/// Bins of stability and grades of calibration.
const BINS: usize = 10;

/// The whole back-test. `cut_off`: accounts with at least this score count as approved. `None` where
/// the accounts hold no good or no bad one.
pub fn backtest(accounts: &[Account], cut_off: Option<f64>) -> Option<Value> {
    let pairs: Vec<(f64, bool)> = accounts.iter().map(|a| (a.score, a.bad)).collect();
    let got = risk::discrimination(&pairs)?;
    Some(json!({
        "schema": BACKTEST_SCHEMA,
        "accounts": accounts.len(),
        "bad": got.bad,
        "auc": rounded(got.auc),
        "gini": rounded(got.gini),
        "ks": rounded(got.ks),
        "stability": stability(accounts),
        "calibration": graded(accounts),
        "fairness": cut_off.and_then(|cut_off| fairness(accounts, cut_off)),
    }))
}

/// Stability between the sample of development and the later one, by deciles of the former. A bin
/// that one of them leaves empty counts as half an account there.
fn stability(accounts: &[Account]) -> Option<Value> {
    let mut built: Vec<f64> =
        accounts.iter().filter(|a| a.development).map(|account| account.score).collect();
    let later: Vec<f64> =
        accounts.iter().filter(|a| !a.development).map(|account| account.score).collect();
    if built.len() < BINS || later.is_empty() {
        return None;
    }
    built.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..BINS).map(|k| built[k * built.len() / BINS]).collect();
    edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
    let shares = |scores: &[f64]| {
        let mut counts = vec![0.0_f64; edges.len() + 1];
        for score in scores {
            counts[edges.partition_point(|edge| edge <= score)] += 1.0;
        }
        counts.iter().map(|n| n.max(0.5) / scores.len() as f64).collect::<Vec<f64>>()
    };
    let (expected, actual) = (shares(&built), shares(&later));
    let psi = risk::psi(&expected, &actual);
    let rounded_all = |shares: &[f64]| shares.iter().map(|&s| rounded(s)).collect::<Vec<_>>();
    Some(json!({
        "psi": rounded(psi),
        "flag": psi_flag(psi),
        "edges": edges,
        "development_share": rounded_all(&expected),
        "later_share": rounded_all(&actual),
    }))
}

/// The usual reading of a stability index.
pub fn psi_flag(psi: f64) -> &'static str {
    match psi {
        psi if psi < 0.10 => "green",
        psi if psi < 0.25 => "amber",
        _ => "red",
    }
}

/// Calibration over ten grades of rising predicted probability.
fn graded(accounts: &[Account]) -> Option<Value> {
    let mut sorted: Vec<(f64, bool)> =
        accounts.iter().map(|a| a.pd.map(|pd| (pd, a.bad))).collect::<Option<_>>()?;
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = sorted.len();
    let cuts = (0..BINS).map(|k| &sorted[k * n / BINS..(k + 1) * n / BINS]);
    let grades: Vec<[f64; 3]> = cuts
        .filter(|grade| !grade.is_empty())
        .map(|grade| {
            let people = grade.len() as f64;
            let bad = grade.iter().filter(|account| account.1).count() as f64;
            [people, bad, grade.iter().map(|account| account.0).sum::<f64>() / people]
        })
        .collect();
    let inside = |grade: &&[f64; 3]| 0.0 < grade[2] && grade[2] < 1.0;
    let usable: Vec<[f64; 3]> = grades.iter().filter(inside).copied().collect();
    let test = hosmer_lemeshow(&usable);
    let rows = usable.iter().map(|&[people, bad, pd]| {
        let got = calibration(people, bad, pd);
        let interval = rate_interval(bad, people);
        json!({
            "accounts": people, "bad": bad, "predicted": rounded(pd),
            "observed": rounded(got.observed), "observed_ci95": interval.exact.map(rounded),
            "binomial_p": rounded(got.binomial_p), "jeffreys_p": rounded(got.jeffreys_p),
        })
    });
    Some(json!({
        "grades": rows.collect::<Vec<_>>(),
        "hosmer_lemeshow": rounded(test.statistic),
        "p": rounded(test.p_given),
    }))
}

fn fairness(accounts: &[Account], cut_off: f64) -> Option<Value> {
    let mut groups = [Decisions::default(); 2];
    for account in accounts {
        let approved = usize::from(account.score >= cut_off);
        let group = usize::from(!account.protected?);
        groups[group].counts[approved][usize::from(!account.bad)] += 1.0;
    }
    let got = risk::fairness(&groups[0], &groups[1]);
    Some(json!({
        "cut_off": cut_off,
        "approval_protected": rounded(got.approval[0]),
        "approval_reference": rounded(got.approval[1]),
        "disparate_impact": rounded(got.disparate_impact),
        "demographic_parity_difference": rounded(got.demographic_parity),
        "equal_opportunity_difference": rounded(got.equal_opportunity),
        "equalised_odds_gap": rounded(got.equalised_odds_gap),
        "four_fifths_met": got.disparate_impact >= risk::FOUR_FIFTHS,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(score: f64, bad: bool) -> Account {
        Account { score, bad, pd: Some(0.2), development: true, protected: None }
    }

    #[test]
    fn one_sided_data_have_no_answer_and_alike_samples_are_stable() {
        assert_eq!(backtest(&[account(1.0, false)], None), None);
        let mut accounts: Vec<Account> =
            (0..100).map(|k| account(f64::from(k % 50), k % 5 == 0)).collect();
        for (at, account) in accounts.iter_mut().enumerate() {
            account.development = at < 50;
        }
        let got = backtest(&accounts, None).expect("both kinds");
        assert_eq!(got["stability"]["flag"], "green");
        assert_eq!(got["stability"]["psi"], 0.0);
        assert_eq!(got["calibration"]["grades"].as_array().map(Vec::len), Some(10));
        assert_eq!(got["fairness"], Value::Null);
    }
}
