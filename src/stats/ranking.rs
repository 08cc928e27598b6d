//! Selecting the best of several policies: Kim–Nelson's constants and the OCBA allocation. Must
//! never promise more than an indifference zone: differences below δ count as equal.

use super::compare::Better;
use libm::{floor, pow, sqrt};

/// The fully sequential procedure of Kim & Nelson (ACM TOMACS 11, 2001) with c = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KimNelson {
    /// η of the screening boundary.
    pub eta: f64,
    /// h² = 2η(n₀ − 1).
    pub h_squared: f64,
    /// Indifference zone, in the measure's unit.
    pub delta: f64,
}

impl KimNelson {
    /// Constants for `systems` ≥ 2 policies compared on common random numbers (Bonferroni), from
    /// `first_stage` ≥ 2 replications each, with error probability `alpha`.
    pub fn new(systems: u32, first_stage: u32, alpha: f64, delta: f64) -> KimNelson {
        KimNelson::with_level(alpha / f64::from(systems - 1), first_stage, delta)
    }

    /// Constants for independently simulated policies (Šidák).
    pub fn independent(systems: u32, first_stage: u32, alpha: f64, delta: f64) -> KimNelson {
        let level = 1.0 - pow(1.0 - alpha, 1.0 / f64::from(systems - 1));
        KimNelson::with_level(level, first_stage, delta)
    }

    fn with_level(level: f64, first_stage: u32, delta: f64) -> KimNelson {
        let freedom = f64::from(first_stage - 1);
        let eta = 0.5 * (pow(2.0 * level, -2.0 / freedom) - 1.0);
        KimNelson { eta, h_squared: 2.0 * eta * freedom, delta }
    }

    /// Half-width of the continuation region after `replications`, for a pair whose differences have
    /// first-stage variance `variance`: a policy further behind than this is out.
    pub fn boundary(&self, replications: u32, variance: f64) -> f64 {
        let r = f64::from(replications);
        let reach = self.h_squared * variance / (self.delta * self.delta) - r;
        (self.delta / (2.0 * r) * reach).max(0.0)
    }

    /// Replications after which, at the latest, the pair is decided (the procedure stops at one more).
    pub fn most_replications(&self, variance: f64) -> u32 {
        floor(self.h_squared * variance / (self.delta * self.delta)) as u32
    }
}

/// Index of the best mean; the first on a tie, `None` when empty.
pub fn best_of(means: &[f64], better: Better) -> Option<usize> {
    let key = |index: usize| match better {
        Better::Lower => means[index],
        Better::Higher => -means[index],
    };
    (0..means.len()).min_by(|&a, &b| key(a).total_cmp(&key(b)))
}

/// Fractions of a simulation budget by OCBA (Chen et al., Discrete Event Dynamic Systems 10, 2000);
/// `None` below two policies, for a zero variance, or when another policy ties with the best.
pub fn ocba_fractions(means: &[f64], variances: &[f64], better: Better) -> Option<Vec<f64>> {
    let best = best_of(means, better)?;
    let mut weights = vec![0.0; means.len()];
    let mut sum = 0.0;
    for (index, weight) in weights.iter_mut().enumerate() {
        if index == best {
            continue;
        }
        let gap = means[index] - means[best];
        *weight = variances[index] / (gap * gap);
        sum += *weight * *weight / variances[index];
    }
    weights[best] = sqrt(variances[best] * sum);
    let total: f64 = weights.iter().sum();
    let sound = means.len() >= 2 && weights.iter().all(|w| w.is_finite() && *w > 0.0);
    sound.then(|| weights.iter().map(|weight| weight / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_closes_when_the_most_replications_are_reached() {
        let kn = KimNelson::new(3, 10, 0.05, 0.5);
        let most = kn.most_replications(2.0);
        assert!(kn.boundary(most, 2.0) > 0.0);
        assert!(kn.boundary(most + 1, 2.0).abs() < 1e-15);
        let looser = KimNelson::independent(3, 10, 0.05, 0.5);
        assert!(looser.eta < kn.eta, "independence needs no more than Bonferroni");
    }

    #[test]
    fn ocba_gives_most_to_the_closest_rival_and_refuses_ties() {
        let shares = ocba_fractions(&[5.0, 5.5, 9.0], &[1.0, 1.0, 1.0], Better::Lower)
            .expect("three policies");
        assert!(shares[1] > 10.0 * shares[2]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(ocba_fractions(&[5.0, 5.0], &[1.0, 1.0], Better::Lower), None);
    }
}
