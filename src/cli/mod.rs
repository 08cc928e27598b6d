//! Words and terminal: arguments in, exit code out. Data goes to stdout, progress and messages to stderr.
//! Must never simulate, settle or decide anything itself.

mod args;
mod fault;
mod progress;
mod run;

pub use fault::{Exit, Fault};

use args::{Cli, Command};
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with the given arguments.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            // A broken pipe while printing help is nobody's fault.
            let _ = error.print();
            return if usage { Exit::BadInput.code() } else { Exit::Done.code() };
        }
    };
    let ended = match cli.command {
        Command::Run(arguments) => run::run(&arguments, &cli.common),
    };
    match ended {
        Ok(exit) => exit.code(),
        Err(fault) => fault.report(),
    }
}
