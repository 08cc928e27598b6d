//! Replications of a scenario, their summary and tables, and the experiments made of many of them.
//! Must never read a clock or write a file.

mod answer;
mod attribution;
mod away;
pub mod backtest;
mod banks;
mod between;
mod calibrate;
mod choice;
mod compare;
mod dictionary;
mod figures;
mod fit;
mod frame;
mod funnel;
mod gates;
mod growth;
mod inpatient;
mod measures;
mod optimise;
pub mod outcomes;
mod parts;
mod payments;
mod pictures;
mod published;
mod quality;
mod replicate;
mod reporting;
mod risk_report;
mod risk_tables;
mod risk_views;
mod rollout;
mod sensitivity;
mod story;
mod summary;
mod sweep;
mod tables;
mod uncertainty;
pub mod validate;
mod vary;
mod warm_up;

pub use attribution::{ATTRIBUTION_SCHEMA, Attribution};
pub use calibrate::{CALIBRATE_SCHEMA, Calibrate};
pub use compare::{COMPARE_SCHEMA, Compare};
pub use dictionary::dictionary;
pub use fit::{FIT_SCHEMA, Fit, Observed};
pub use frame::{Frame, Tell, Trouble};
pub use gates::{Gate, Judged};
pub use measures::{Measures, paths};
pub use optimise::{OPTIMISE_SCHEMA, Optimise};
pub use parts::{
    Lab, PART_SCHEMA, Share, Task, Unit, replicate_in, replicate_until, run_task, units,
};
pub use published::{HEADLINES, PUBLISHED, Published, better, published, unit};
pub use quality::{Until, quality};
pub use replicate::{Outcome, Setup, replicate};
pub use reporting::reporting;
pub use rollout::{Order, ROLLOUT_ORDER_SCHEMA, ROLLOUT_SCHEMA, Rollout, RolloutPlan};
pub use sensitivity::{Looks, SENSITIVITY_SCHEMA, Sensitivity};
pub use story::{STORY_SCHEMA, story};
pub use summary::{SUMMARY_SCHEMA, run_summary, summary};
pub use sweep::{Design, SWEEP_SCHEMA, Sweep};
pub use tables::{Table, tables};
pub use uncertainty::{Doubt, Spread};
pub use vary::{Point, Span, Vary};
pub use warm_up::mser_warm_up_s;
