//! Hospitals as queueing networks: stations, pathways, payment regimes, the walk of a hospital-day.
//! Must never know money, insurance or credit; no randomness while walking.

#[cfg(test)]
mod fixtures;
mod hospital;
pub mod network;
#[cfg(test)]
mod oracle;
mod pathway;
mod regime;
pub mod spec;
mod stats;
mod tables;
mod walk;

pub use hospital::Hospital;
pub use pathway::{
    Orders, Step, StepKind, admission_steps, course, discharge_steps, outpatient_steps, points_of,
};
pub use regime::{
    Channel, PAYMENT_POINTS, Payer, PaymentPoint, Regime, SchemeFlow, StopCode, Stops, scheme_stops,
};
pub use stats::{DayStats, HOURS, Hourly, STATION_KINDS, StationStats};
pub use tables::LevelTables;
pub use walk::{Arrival, Day, End, NOT_REACHED, Outcome, Scratch, walk};
