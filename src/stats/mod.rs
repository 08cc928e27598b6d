//! Statistics of simulation output: intervals, comparisons, tests and designs, as pure functions of
//! numbers. Must never draw at random except at an `Address`, never keep state, never see a patient.
//! Transcendental functions come from `libm`, so results are bit-equal on every platform.

pub mod bootstrap;
pub mod compare;
pub mod concentration;
pub mod design;
pub mod estimate;
pub mod fit;
pub mod goodness;
pub mod histogram;
pub mod order;
pub mod ranking;
pub mod regression;
pub mod replications;
pub mod sensitivity;
pub mod series;
pub mod sobol;
pub mod special;
pub mod stepped_wedge;
pub mod student;
pub mod sums;

pub use compare::{Better, Comparison, Verdict, compare};
pub use concentration::concentration_index;
pub use estimate::{Estimate, Moments};
pub use histogram::Histogram;
pub use sobol::Sobol;
pub use student::{student_cdf, student_critical, student_quantile};
pub use sums::IntSums;
