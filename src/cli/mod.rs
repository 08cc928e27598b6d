//! Words and terminal: arguments in, exit code out. Data goes to stdout, progress and messages to stderr.
//! Must never simulate, settle or decide anything itself.

mod args;
mod calibrate;
mod compare;
mod fault;
mod optimise;
mod progress;
mod rollout;
mod run;
mod sensitivity;
mod study;
mod sweep;

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
        Command::Study(study) => study.run(&cli.common),
    };
    match ended {
        Ok(exit) => exit.code(),
        Err(fault) => fault.report(),
    }
}
