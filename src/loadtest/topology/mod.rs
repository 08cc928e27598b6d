//! More than one system: hospitals, the insurer's core and the bank with the lines between them, in virtual
//! time over the real engine. Each system has a pool and a queue, each line a latency, losses, a time-out
//! and a breaker. A settlement whose answer does not come is looked for (5203) and, where it is not found,
//! undone (2601). Must never count a bill as paid that the store does not hold, nor the other way round.

mod core;
mod network;
mod parts;
mod run;
mod spec;

pub use run::{Load, Paying, TopologyReport, run};
pub use spec::{LineSpec, SystemSpec, TOPOLOGY_SCHEMA, Topology};

#[cfg(test)]
mod tests;
