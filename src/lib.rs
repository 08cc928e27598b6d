//! Care first, pay after: simulation and capacity testing of treat-first, pay-later medical schemes.
//! ARCHITECTURE.md holds the layers; `docs/life_of_a_visit.md` follows one patient through them.

pub mod archive;
pub mod behaviour;
pub mod city;
pub mod credit;
pub mod domain;
pub mod flow;
pub mod random;
pub mod report;
pub mod settlement;
