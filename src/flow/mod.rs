//! Hospitals as queueing networks: stations, pathways, payment regimes, the walk of a hospital-day.
//! Must never know money, insurance or credit; no randomness while walking.

#[cfg(test)]
mod fixtures;
mod hall;
mod help;
mod hospital;
pub mod network;
#[cfg(test)]
mod oracle;
mod outage;
mod pathway;
mod pay;
mod regime;
pub mod spec;
mod stats;
mod tables;
mod told;
mod walk;
mod ward;

pub use hall::{HALLS, HallStats};
pub use hospital::Hospital;
pub use outage::{Down, Outage, OutageStats};
pub use pathway::{
    Orders, Step, StepKind, admission_steps, carried_in_steps, course, discharge_steps,
    outpatient_steps, points_of, refund_step, top_up_steps,
};
pub use regime::{
    Channel, PAYMENT_POINTS, Payer, PaymentPoint, Regime, SchemeFlow, StopCode, Stops,
    confirmed_stops, place_of_rest, scheme_stops, stops_without_core,
};
pub use stats::{DayStats, HOURS, Hourly, STATION_KINDS, StationStats};
pub use tables::LevelTables;
pub use told::Told;
pub use walk::{Arrival, Day, End, NOT_REACHED, Outcome, Scratch, walk};
pub use ward::{BedUse, Beds, WardStats};
