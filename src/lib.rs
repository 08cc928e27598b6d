//! Care first, pay after: simulation and capacity testing of treat-first, pay-later medical schemes.
//! ARCHITECTURE.md holds the layers; `docs/life_of_a_visit.md` follows one patient through them.

pub mod archive;
pub mod behaviour;
pub mod city;
pub mod clearing;
pub mod cli;
pub mod credit;
pub mod des;
pub mod domain;
pub mod economics;
pub mod engine;
pub mod experiment;
pub mod flow;
pub mod ledger;
pub mod loadtest;
pub mod metrics;
pub mod random;
pub mod relay;
pub mod report;
pub mod risk;
pub mod scenario;
pub mod service;
pub mod settlement;
pub mod sim;
pub mod stats;
pub mod store;
pub mod web;
pub mod wire;
