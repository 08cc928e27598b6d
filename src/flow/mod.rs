//! Hospitals as queueing networks: stations, pathways, payment regimes, the walk of a hospital-day.
//! Must never know money, insurance or credit; no randomness while walking.

pub mod spec;
