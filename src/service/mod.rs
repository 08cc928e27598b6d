//! The engine over HTTP, and what every page of this program shares: loopback names, bounds, a clean
//! end. Must never decide anything itself, and never answer what the store did not.
#![cfg(feature = "server")]

pub mod answer;
mod core;
mod http;
mod meter;

pub use core::{COMMANDS_TYPE, Stopped, serve_core};
pub use http::{Place, listen};
