//! A queueing network given as data: stations, activities at them, routes between activities,
//! arrivals. One replication starts empty and runs until the last customer has left. Must never
//! know that customers are patients, and never draw a number outside its customer's address.

mod problems;
mod run;

pub use problems::{Problem, Severity};
pub use run::{NetworkResult, Replication, StationResult, simulate};

use crate::random::Distribution;

/// The name by which routes say where customers come from.
pub const ARRIVAL: &str = "arrival";
/// The name by which routes say that customers leave.
pub const EXIT: &str = "exit";

/// A network. Names tie its parts together; [`NetworkSpec::problems`] says what does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSpec {
    /// Where customers queue.
    pub stations: Vec<NetworkStation>,
    /// What customers do there; one station may serve several activities from one line.
    pub activities: Vec<Activity>,
    /// How customers come.
    pub arrivals: Arrivals,
    /// Where they go next, with what probability.
    pub routes: Vec<Route>,
}

/// A FIFO line with identical servers.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkStation {
    /// Name, unique among stations.
    pub name: String,
    /// Servers, all the time; counts only without shifts.
    pub servers: u32,
    /// Opening intervals; none means always open. After the last one ends newcomers are turned away.
    pub shifts: Vec<NetworkShift>,
}

/// An interval in which a station works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkShift {
    /// Opens, seconds from the start.
    pub from_s: f64,
    /// Accepts until, seconds from the start; those in line by then are still served.
    pub to_s: f64,
    /// Servers at work.
    pub servers: u32,
}

/// A kind of service at a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Name, unique among activities.
    pub name: String,
    /// The station's name.
    pub station: String,
    /// Service time of a customer's first pass, seconds.
    pub service_s: Distribution,
    /// Service time of later passes (a review), seconds; `None` means as the first.
    pub again_s: Option<Distribution>,
}

/// A branch of a route. The branches from one place add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// An activity, or [`ARRIVAL`].
    pub from: String,
    /// An activity, or [`EXIT`].
    pub to: String,
    /// Share of customers who take it.
    pub probability: f64,
}

/// How customers come.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Poisson arrivals at a constant rate.
    Poisson {
        /// Mean time between arrivals, seconds.
        mean_gap_s: f64,
        /// No arrivals from here on, seconds.
        duration_s: f64,
    },
    /// Poisson arrivals whose rate changes by steps.
    Piecewise {
        /// Intervals in rising order; between them nobody comes.
        pieces: Vec<RatePiece>,
    },
}

/// An interval of constant arrival rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePiece {
    /// From, seconds.
    pub from_s: f64,
    /// To, seconds.
    pub to_s: f64,
    /// Arrivals per hour.
    pub per_hour: f64,
}

impl Arrivals {
    /// The arrivals as intervals of constant rate.
    pub fn pieces(&self) -> Vec<RatePiece> {
        match self {
            Arrivals::Poisson { mean_gap_s, duration_s } => {
                vec![RatePiece { from_s: 0.0, to_s: *duration_s, per_hour: 3_600.0 / mean_gap_s }]
            }
            Arrivals::Piecewise { pieces } => pieces.clone(),
        }
    }
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
