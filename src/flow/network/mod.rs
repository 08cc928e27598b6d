//! A queueing network given as data: stations, activities at them, routes between activities,
//! arrivals. One replication starts empty and runs until the last customer has left. Must never
//! know that customers are patients, and never draw a number outside its customer's address.

mod agenda;
mod calendar;
mod compile;
mod desk;
mod direct;
mod draw;
mod events;
mod load;
mod plan;
mod problems;
mod ranked;
mod record;
mod result;
mod run;
mod series;
mod spec;
mod windows;

pub use compile::Method;
pub use problems::{Problem, Severity};
pub use result::{ActivityResult, NetworkResult, Replication, StationResult};
pub use run::{Options, methods, simulate, simulate_with};
pub use series::{Interval, Series};
pub use spec::{
    ARRIVAL, Activity, Appointments, Arrivals, Balking, Batch, Delay, Discipline, EXIT, Lines,
    NetworkShift, NetworkSpec, NetworkStation, RatePiece, Route, Stream,
};

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;

#[cfg(test)]
mod feature_tests;
