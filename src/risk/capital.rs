//! Basel retail IRB capital (CRE31), without maturity adjustment. Must never round.

use super::portfolio::conditional_pd;
use crate::random::normal_quantile;
use libm::exp;

/// Retail asset classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetailClass {
    /// Qualifying revolving retail exposures: R = 0.04.
    QualifyingRevolving,
    /// Residential mortgages: R = 0.15.
    Mortgage,
    /// Other retail: R falls with PD from 0.16 to 0.03.
    Other,
}

/// One performing exposure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetailExposure {
    /// Asset class.
    pub class: RetailClass,
    /// Probability of default within a year, before the floor.
    pub pd: f64,
    /// Lowest probability of default that the rule accepts.
    pub pd_floor: f64,
    /// Loss given default.
    pub lgd: f64,
    /// Exposure at default, in any unit of money.
    pub ead: f64,
}

/// Capital figures of an exposure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capital {
    /// Asset correlation R.
    pub correlation: f64,
    /// Capital requirement K per unit of exposure.
    pub k: f64,
    /// Risk weight 12.5 K.
    pub risk_weight: f64,
    /// Risk-weighted assets.
    pub rwa: f64,
    /// Capital of 8 % of risk-weighted assets.
    pub capital: f64,
    /// Expected loss.
    pub expected_loss: f64,
}

/// The asset correlation of a class at probability `pd`.
fn correlation(class: RetailClass, pd: f64) -> f64 {
    match class {
        RetailClass::QualifyingRevolving => 0.04,
        RetailClass::Mortgage => 0.15,
        RetailClass::Other => {
            let weight = (1.0 - exp(-35.0 * pd)) / (1.0 - exp(-35.0));
            0.03 * weight + 0.16 * (1.0 - weight)
        }
    }
}

/// Capital of an exposure: K = LGD · (PD in a 1-in-1,000 bad year − PD).
pub fn capital(exposure: &RetailExposure) -> Capital {
    let RetailExposure { class, lgd, ead, .. } = *exposure;
    let pd = exposure.pd.max(exposure.pd_floor);
    let correlation = correlation(class, pd);
    let k = lgd * (conditional_pd(pd, correlation, -normal_quantile(0.999)) - pd);
    let rwa = 12.5 * k * ead;
    Capital {
        correlation,
        k,
        risk_weight: 12.5 * k,
        rwa,
        capital: 0.08 * rwa,
        expected_loss: pd * lgd * ead,
    }
}
