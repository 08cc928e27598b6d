//! Words and terminal: arguments in, exit code out. Data goes to stdout, progress and messages to stderr.
//! Must never simulate, settle or decide anything itself.

mod args;
mod attribute;
mod backtest;
mod calibrate;
mod card_results;
mod cards;
mod check;
mod compare;
mod completions;
mod export;
mod fault;
mod flow;
mod flow_out;
mod init;
#[cfg(feature = "exports")]
mod init_book;
mod keep;
mod load;
mod load_city;
#[cfg(feature = "server")]
mod load_failover;
mod load_faults;
#[cfg(feature = "server")]
mod load_http;
mod load_systems;
mod national;
mod optimise;
mod out;
mod outcomes;
mod plan;
mod progress;
mod rerun;
mod rollout;
mod run;
mod runs;
mod scenarios;
mod schedule;
mod schema;
mod sensitivity;
mod serve;
mod settle;
mod study;
mod sweep;
mod validate;
mod word;

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
    let common = &cli.common;
    if let Err(fault) = word::wanted(&cli.command, common) {
        return fault.report();
    }
    let ended = match cli.command {
        Command::Run(arguments) => run::run(&arguments, common),
        Command::Plan(arguments) => plan::plan(&arguments, common),
        Command::Merge(arguments) => plan::merge(&arguments, common),
        Command::Export(arguments) => export::run(&arguments, common),
        Command::Flow(arguments) => flow::run(&arguments, common),
        Command::Load(arguments) => load::run(&arguments, common),
        Command::Settle(arguments) => settle::run(&arguments, common),
        Command::Schedule(arguments) => schedule::run(&arguments, common),
        Command::Backtest(arguments) => backtest::run(&arguments, common),
        Command::Validate(arguments) => validate::run(&arguments, common),
        Command::Check(arguments) => check::run(&arguments, common),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Scenarios(arguments) => scenarios::list(&arguments, common),
        Command::Init(arguments) => init::init(&arguments, common),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments, common),
        Command::Serve(arguments) => serve::page(&arguments, common),
        Command::ServeCore(arguments) => serve::core(&arguments, common),
        Command::Study(study) => study.run(common),
    };
    match ended {
        Ok(exit) => exit.code(),
        Err(fault) => fault.report(),
    }
}
