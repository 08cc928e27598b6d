//! The command line as types. Must never hold a default of the model: those live in scenarios.

use super::backtest::BacktestArgs;
use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::export::ExportArgs;
use super::flow::FlowArgs;
use super::init::InitArgs;
use super::load::LoadArgs;
use super::plan::WorkArgs;
use super::runs::RunsArgs;
use super::scenarios::ScenariosArgs;
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
    /// The report as a Word document beside the run folder; only `run` and `merge` write one, and `export
    /// --docx` for a run that is there already.
    Docx,
}

/// Languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// English.
    En,
    /// 中文.
    Zh,
}

impl Language {
    /// The same language for reports.
    pub(super) fn of_reports(self) -> crate::report::Lang {
        match self {
            Language::En => crate::report::Lang::En,
            Language::Zh => crate::report::Lang::Zh,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulates a scenario against its baselines and writes the run folder.
    Run(RunArgs),
    /// Lists the units of work of a run, or of a sweep with `--vary`, and which are done.
    Plan(WorkArgs),
    /// Makes the result of a run, or of a sweep with `--vary`, out of parts; simulates nothing.
    Merge(WorkArgs),
    /// Writes the tables of a run for other programs, with a mark for Excel if asked.
    Export(ExportArgs),
    /// Runs the queueing engine alone on a network given as data.
    Flow(FlowArgs),
    /// The capacity test: how much load the engine behind a store takes.
    Load(Box<LoadArgs>),
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
    /// Writes a commented scenario to start from, or a city out of a filled request for data.
    Init(InitArgs),
    /// Prints tab completion for a shell.
    Completions(CompletionsArgs),
    /// Lists, shows, compares, verifies and removes finished runs.
    Runs(RunsArgs),
    /// Serves the planner's page: scenarios and finished runs.
    Serve(ServeArgs),
    /// Serves the engine behind a store over HTTP.
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
    /// Scenario file whose scheme takes the place of this one's, on this one's city.
    #[arg(long, value_name = "FILE")]
    pub(super) scheme: Option<PathBuf>,
    /// Points of the second interval, from uncertain inputs; the number in `[uncertainty]` if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(super) uncertainty: Option<u32>,
    /// A figure that must be reached, such as `queue.time_in_hospital.all.saved > 5`; missed = exit 99.
    #[arg(long, value_name = "PATH SIGN NUMBER")]
    pub(super) gate: Vec<String>,
    /// Goes on with replications until a metric's interval is within a share of its mean, such as
    /// `queue.time_in_hospital.all.saved=5%`; at most `--replications-max`.
    #[arg(long, value_name = "PATH=P%", conflicts_with_all = ["task", "replications"])]
    pub(super) until: Option<String>,
    /// Most replications that --until may take.
    #[arg(long, value_name = "N", default_value_t = 100, requires = "until")]
    #[arg(value_parser = clap::value_parser!(u16).range(3..=10_000))]
    pub(super) replications_max: u16,
    /// Goes on with an interrupted run of the same input: replications whose parts lie in
    /// `<out>.parts` are not simulated again. A finished run is left as it is.
    #[arg(long)]
    pub(super) resume: bool,
    /// Does one of N tasks and leaves its parts in `<out>.parts`; `env/N` takes the number from
    /// `SLURM_ARRAY_TASK_ID` or `JOB_COMPLETION_INDEX`. `aftercare merge` makes the result of all parts.
    #[arg(long, value_name = "I/N", value_parser = super::plan::task)]
    #[arg(conflicts_with_all = ["resume", "force"])]
    pub(super) task: Option<crate::experiment::Task>,
    /// Replications that are worked off and kept together.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) block: u16,
    /// Replaces an existing run of another input; the old folder is renamed.
    #[arg(long)]
    pub(super) force: bool,
    /// Drops one fen from the n-th posting, to prove that the audit stops the run.
    #[arg(long, hide = true, value_name = "POSTING")]
    pub(super) plant_dropped_fen: Option<u64>,
    /// Leaves a fen of the answer without a payer, to prove that its audit stops the run.
    #[arg(long, hide = true)]
    pub(super) plant_unpaid_fen: bool,
}
