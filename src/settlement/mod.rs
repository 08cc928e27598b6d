//! Benefits and claims: how one bill is split between funds and person, and the year's accumulators.
//! Must never draw a random number, see a queue or know a credit line.

pub mod spec;
