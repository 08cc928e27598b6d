//! The engine over HTTP, and what every page of this program shares: loopback names, bounds, a clean
//! end. Must never decide anything itself, and never answer what the store did not.
#![cfg(feature = "server")]

mod core;
mod http;
mod meter;
mod national;
mod signer;

pub use core::{COMMANDS_TYPE, Stopped, serve_core};
pub use http::{Crowd, Place, listen};
pub use national::National;
pub use signer::{SignerLimits, SigningProgram};
