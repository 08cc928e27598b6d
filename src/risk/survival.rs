//! Survival of accounts with right censoring: Kaplan–Meier with Greenwood's error, Nelson–Aalen.
//! Must never drop a censored account before its time.

use libm::sqrt;

/// The estimate just after a time at which somebody defaulted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Time, in the caller's unit (months on book).
    pub time: f64,
    /// Accounts at risk just before.
    pub at_risk: f64,
    /// Defaults at this time.
    pub defaults: f64,
    /// Share that survives it.
    pub survival: f64,
    /// Greenwood's standard error of that share.
    pub standard_error: f64,
    /// Cumulative hazard (Nelson–Aalen).
    pub hazard: f64,
}

/// The survival curve of accounts (time, defaulted); others are censored at their time.
pub fn kaplan_meier(accounts: &[(f64, bool)]) -> Vec<Step> {
    let mut sorted = accounts.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut at_risk = sorted.len() as f64;
    let (mut survival, mut greenwood, mut hazard) = (1.0, 0.0, 0.0);
    let mut steps = Vec::new();
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let defaults = tied.iter().filter(|account| account.1).count() as f64;
        if defaults > 0.0 {
            survival *= 1.0 - defaults / at_risk;
            hazard += defaults / at_risk;
            if at_risk > defaults {
                greenwood += defaults / (at_risk * (at_risk - defaults));
            }
            let standard_error = survival * sqrt(greenwood);
            let time = tied[0].0;
            steps.push(Step { time, at_risk, defaults, survival, standard_error, hazard });
        }
        at_risk -= tied.len() as f64;
    }
    steps
}

/// The curve's last step at or before `time`; `None` before the first default.
pub fn survival_at(steps: &[Step], time: f64) -> Option<&Step> {
    steps.iter().take_while(|step| step.time <= time).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_censoring_the_curve_is_the_share_left_and_all_may_default() {
        let steps = kaplan_meier(&[(1.0, true), (2.0, true), (4.0, true)]);
        let shares: Vec<f64> = steps.iter().map(|step| step.survival).collect();
        assert!((shares[0] - 2.0 / 3.0).abs() < 1e-15 && shares[2].abs() < 1e-15);
        assert_eq!(survival_at(&steps, 0.5), None);
        assert_eq!(survival_at(&steps, 3.0).map(|step| step.time), Some(2.0));
    }
}
