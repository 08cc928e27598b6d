//! `aftercare completions`: tab completion for a shell. Must never write anywhere but to stdout.

use super::args::Cli;
use super::fault::{Exit, Fault};
use super::out;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

/// Arguments of `completions`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completion script.
pub(super) fn run(arguments: &CompletionsArgs) -> Result<Exit, Fault> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "aftercare", &mut script);
    out::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
