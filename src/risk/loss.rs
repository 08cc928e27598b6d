//! Expected losses: insurance layers over a pool, provisions of plans and lines, concentration.
//! Must never share a single loss: that is `credit::share_loss`, to the fen.

use super::bivariate::bivariate_normal_cdf;
use crate::random::{normal_cdf, normal_quantile};
use libm::{pow, sqrt};

/// Expected loss of an insurer who pays the layer `attach..detach` (fractions of exposure) of an
/// infinitely granular pool's loss, and the probability that the layer is used up.
pub fn layer_loss(pd: f64, rho: f64, lgd: f64, attach: f64, detach: f64) -> (f64, f64) {
    let threshold = normal_quantile(pd);
    let factor_at =
        |loss: f64| (threshold - sqrt(1.0 - rho) * normal_quantile(loss / lgd)) / sqrt(rho);
    // E[min(L, K)]: below factor_at(K) the loss exceeds K.
    let capped = |cap: f64| {
        if cap <= 0.0 {
            return 0.0;
        }
        if cap >= lgd {
            return lgd * pd;
        }
        let z = factor_at(cap);
        cap * normal_cdf(z) + lgd * (pd - bivariate_normal_cdf(threshold, z, sqrt(rho)))
    };
    let exhausted = if detach >= lgd { 0.0 } else { normal_cdf(factor_at(detach)) };
    (capped(detach) - capped(attach), exhausted)
}

/// A provision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Provision {
    /// Exposure at default at the start, in the caller's unit of money.
    pub exposure: f64,
    /// Expected credit loss over the next twelve months (stage 1), discounted one year.
    pub twelve_months: f64,
    /// Expected credit loss over the remaining life (stage 2), discounted monthly.
    pub lifetime: f64,
}

/// Lifetime expected loss of an annuity plan under a constant monthly hazard: the month's opening
/// balance is lost at the month's end. Returns the loss and the cumulative default probability.
pub fn amortising_ecl(
    principal: f64,
    rate_year: f64,
    months: u32,
    hazard: f64,
    lgd: f64,
) -> (f64, f64) {
    let rate = rate_year / 12.0;
    let growth = pow(1.0 + rate, f64::from(months));
    let payment = if rate > 0.0 {
        principal * rate * growth / (growth - 1.0)
    } else {
        principal / f64::from(months)
    };
    let (mut balance, mut alive, mut discount, mut loss) = (principal, 1.0, 1.0, 0.0);
    for _ in 0..months {
        discount /= 1.0 + rate;
        loss += alive * hazard * lgd * balance * discount;
        alive *= 1.0 - hazard;
        balance = balance * (1.0 + rate) - payment;
    }
    (loss, 1.0 - alive)
}

/// Provision of a revolving line: exposure = drawn + `ccf` × undrawn, held over the behavioural
/// life that `marginal_pd` (by month) spans; `rate_year` is the effective interest rate.
pub fn revolving_ecl(
    drawn: f64,
    undrawn: f64,
    ccf: f64,
    lgd: f64,
    pd_12_months: f64,
    rate_year: f64,
    marginal_pd: &[f64],
) -> Provision {
    let exposure = drawn + ccf * undrawn;
    let monthly = 1.0 + rate_year / 12.0;
    let discounted = |(month, pd): (i32, &f64)| pd * pow(monthly, f64::from(-month));
    Provision {
        exposure,
        twelve_months: pd_12_months * lgd * exposure / (1.0 + rate_year),
        lifetime: lgd * exposure * (1..).zip(marginal_pd).map(discounted).sum::<f64>(),
    }
}

/// Concentration of exposures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// Herfindahl–Hirschman index, Σ of squared shares.
    pub herfindahl: f64,
    /// 1 ÷ index: the number of equal exposures that would be as concentrated.
    pub effective_number: f64,
    /// Gini coefficient.
    pub gini: f64,
}

/// Concentration of non-negative exposures; `None` when they sum to nothing.
pub fn concentration(exposures: &[f64]) -> Option<Concentration> {
    let mut sorted = exposures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let total: f64 = sorted.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let n = sorted.len() as f64;
    let herfindahl = sorted.iter().map(|x| (x / total) * (x / total)).sum::<f64>();
    let ranked = sorted.iter().zip(1_u32..).map(|(x, rank)| (2.0 * f64::from(rank) - n - 1.0) * x);
    let gini = ranked.sum::<f64>() / (n * total);
    Some(Concentration { herfindahl, effective_number: 1.0 / herfindahl, gini })
}
