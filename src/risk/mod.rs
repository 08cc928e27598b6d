//! Portfolio risk for reports: correlated defaults, capital, effective rates, roll-rate matrices,
//! scores. Must never post money or decide anything about a person: floats live here, far from the
//! engine.
//!
//! Sign of the macro factor: a *bad* year has negative z (some libraries flip it).

mod bivariate;
mod capital;
mod fairness;
mod logit;
mod loss;
mod portfolio;
mod rates;
mod roll;
mod scores;
mod survival;
mod tail;

pub use bivariate::bivariate_normal_cdf;
pub use capital::{Capital, RetailClass, RetailExposure, capital};
pub use fairness::{Decisions, FOUR_FIFTHS, Fairness, fairness};
pub use logit::{Logit, LogitGroup};
pub use loss::{
    Concentration, Provision, amortising_ecl, concentration, layer_loss, revolving_ecl,
};
pub use portfolio::{FinitePool, TailRisk, conditional_pd, tail_risk};
pub use rates::{
    DayCount, dated_rate, effective_annual_rate, monthly_rate, nominal_rate, year_fraction,
};
pub use roll::RollMatrix;
pub use scores::{Discrimination, PointsScale, discrimination, information_value, psi, woe};
pub use survival::{Step, kaplan_meier, survival_at};
pub use tail::{Book, BookTail, Obligors, Sampled};
