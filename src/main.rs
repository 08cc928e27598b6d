//! The thin binary: hands the arguments to `aftercare::cli` and its exit code to the system.

fn main() -> std::process::ExitCode {
    aftercare::cli::main(std::env::args_os())
}
