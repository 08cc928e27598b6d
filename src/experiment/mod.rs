//! Replications of a scenario, their summary and tables. Must never read a clock or write a file.

mod figures;
mod replicate;
mod summary;
mod tables;
pub mod validate;

pub use replicate::{Outcome, Setup, replicate};
pub use summary::{SUMMARY_SCHEMA, summary};
pub use tables::{Table, tables};
