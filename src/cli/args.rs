//! The command line as types. Must never hold a default of the model: those live in scenarios.

use super::backtest::BacktestArgs;
use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::flow::FlowArgs;
use super::load::LoadArgs;
use super::runs::RunsArgs;
use super::scenarios::{InitArgs, ScenariosArgs};
use super::schedule::ScheduleArgs;
use super::schema::SchemaArgs;
use super::serve::{CoreArgs, ServeArgs};
use super::settle::SettleArgs;
use super::validate::ValidateArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Simulates a city whose hospitals treat first and are paid after, and load-tests its settlement core.
#[derive(Debug, Parser)]
#[command(name = "aftercare", version, about, propagate_version = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    /// Worker threads; results are the same for any number.
    #[arg(long, global = true, value_name = "N|all", default_value = "all", value_parser = threads)]
    pub(super) threads: usize,
    /// Form of what is printed on stdout.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
    /// Language of tables and messages.
    #[arg(long, global = true, value_enum, default_value_t = Language::En)]
    pub(super) lang: Language,
    /// No progress and no notes on stderr.
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

/// Number of threads; 0 stands for all cores.
fn threads(text: &str) -> Result<usize, String> {
    if text == "all" {
        return Ok(0);
    }
    match text.parse() {
        Ok(threads @ 1..=1024) => Ok(threads),
        _ => Err("expected `all` or a whole number from 1 to 1024".into()),
    }
}

/// Output forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables for people.
    Human,
    /// One JSON document.
    Json,
}

/// Languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// English.
    En,
    /// 中文.
    Zh,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulates a scenario against its baselines and writes the run folder.
    Run(RunArgs),
    /// Runs the queueing engine alone on a network given as data.
    Flow(FlowArgs),
    /// The capacity test: how much load the engine behind a store takes.
    Load(LoadArgs),
    /// Settles a claim: the benefit split, step by step, or held against somebody's replies.
    Settle(SettleArgs),
    /// Prints one repayment plan with its effective rates.
    Schedule(ScheduleArgs),
    /// Back-tests a score on your own accounts: AUC, KS, PSI, calibration, fairness.
    Backtest(BacktestArgs),
    /// Holds the program to theory and to reference cases.
    Validate(ValidateArgs),
    /// Says everything that is wrong with input files.
    Check(CheckArgs),
    /// Prints an outside form as JSON Schema.
    Schema(SchemaArgs),
    /// Lists the scenarios of a folder.
    Scenarios(ScenariosArgs),
    /// Writes a commented scenario to start from.
    Init(InitArgs),
    /// Prints tab completion for a shell.
    Completions(CompletionsArgs),
    /// Lists, shows, compares, verifies and removes finished runs.
    Runs(RunsArgs),
    /// Serves the planner's page: scenarios and finished runs.
    Serve(ServeArgs),
    /// Serves the engine behind the memory store over HTTP.
    ServeCore(CoreArgs),
    #[command(flatten)]
    Study(super::study::StudyCommand),
}

/// Arguments of `run`.
#[derive(Clone, Debug, Args)]
pub(super) struct RunArgs {
    /// Scenario file.
    pub(super) scenario: PathBuf,
    /// Run folder; `output/<scenario>` if not given.
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
    /// Root seed.
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Number of replications.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) replications: Option<u16>,
    /// Days with visits.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub(super) days: Option<u32>,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    pub(super) population: Option<u32>,
    /// Overrides of the scenario, such as `--set people.population=5000`.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Goes on with an interrupted run of the same input. An interrupted run keeps no parts yet, so
    /// this runs anew; a finished run of the same input is left as it is, with or without it.
    #[arg(long)]
    pub(super) resume: bool,
    /// Replaces an existing run of another input; the old folder is renamed.
    #[arg(long)]
    pub(super) force: bool,
    /// Drops one fen from the n-th posting, to prove that the audit stops the run.
    #[arg(long, hide = true, value_name = "POSTING")]
    pub(super) plant_dropped_fen: Option<u64>,
}
