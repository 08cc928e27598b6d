//! People in kin groups, hospitals, and the demand for care. Random, by address.
//! Must never know how anything is paid.

pub mod spec;
