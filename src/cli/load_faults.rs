//! `aftercare load swarm | kills | audit`: faults on purpose. Must never call a store sound that was not
//! audited.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::loadtest::kills::{self, Life, Starts};
use crate::loadtest::{self, LoadWorld, swarm};
use crate::scenario::{self, Scenario};
use crate::store::StoreKind;
use crate::store::planted::Bugs;
use clap::{Args, Subcommand};
use rayon::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Kin groups of a swarm's village.
const VILLAGE: usize = 12;
/// People from whom the village is taken, and people of a victim.
const PEOPLE: u32 = 200;

/// Faults on purpose.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum FaultCommand {
    /// Runs seeded faults of disk, network and clocks on a simulated machine.
    Swarm(SwarmArgs),
    /// Kills a client with its journal again and again and audits what is left.
    Kills(KillArgs),
    /// Holds a client's acknowledgement log against a journal or a database.
    Audit(AuditArgs),
    /// Feeds mutated bodies, traces and records to the readers and a store.
    Fuzz(FuzzArgs),
    /// Records a day of a simulated city: its midnight and its commands.
    Record(super::load_city::RecordArgs),
    /// Plays a trace or a recording.
    Replay(Box<super::load::ReplayArgs>),
    /// Turns a masked gateway log into a trace.
    Import(super::load_city::ImportArgs),
    /// Holds a recorded peak minute against measured capacities, tier by tier.
    Headroom(super::load_city::HeadroomArgs),
    /// Several systems with pools, time-outs and breakers, in virtual time.
    Topology(super::load_systems::TopologyArgs),
    /// Measures two builds or stores turn by turn.
    Ab(super::load_systems::AbArgs),
    /// Kills a served core under load and lets another take over its journal.
    #[cfg(feature = "server")]
    Failover(super::load_failover::FailoverArgs),
    /// Lives until it is killed.
    #[command(hide = true)]
    Victim(VictimArgs),
}

/// Arguments of `load swarm`.
#[derive(Clone, Debug, Args)]
pub(super) struct SwarmArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Number of seeds.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// First seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Deliberate fault to switch on.
    #[cfg(feature = "planted-bugs")]
    #[arg(long, value_parser = bug)]
    plant: Option<crate::store::planted::Bug>,
}

impl SwarmArgs {
    /// The deliberate fault that is switched on, and its word.
    #[cfg(feature = "planted-bugs")]
    fn planted(&self) -> (Bugs, Option<&'static str>) {
        let Some(bug) = self.plant else { return (Bugs::NONE, None) };
        let mut all = crate::store::planted::Bug::ALL.into_iter();
        (Bugs::planted(bug), all.find(|(_, known)| *known == bug).map(|(word, _)| word))
    }

    /// None in a build without them.
    #[cfg(not(feature = "planted-bugs"))]
    #[expect(clippy::unused_self, reason = "the signature of the build with the feature")]
    fn planted(&self) -> (Bugs, Option<&'static str>) {
        (Bugs::NONE, None)
    }
}

#[cfg(feature = "planted-bugs")]
fn bug(word: &str) -> Result<crate::store::planted::Bug, String> {
    let all = crate::store::planted::Bug::ALL;
    let found = all.into_iter().find(|(name, _)| *name == word);
    let names = || all.map(|(name, _)| name).join(", ");
    found.map(|(_, bug)| bug).ok_or_else(|| format!("expected one of {}", names()))
}

/// Arguments of `load kills`.
#[derive(Clone, Debug, Args)]
pub(super) struct KillArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Store under test: journal or postgres (a throw-away local cluster).
    #[arg(long, default_value = "journal")]
    store: StoreKind,
    /// Number of kills.
    #[arg(long, default_value_t = 1_000)]
    kills: u64,
    /// Seed of when to kill.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder of the journals: an empty or a new one.
    #[arg(long, default_value = "output/kills")]
    folder: PathBuf,
}

/// Arguments of `load fuzz`.
#[derive(Clone, Debug, Args)]
pub(super) struct FuzzArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Folder of inputs to start from; inputs that bring something new are added.
    #[arg(long, default_value = "tests/data/corpus")]
    corpus: PathBuf,
    /// How long, seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Most inputs.
    #[arg(long, default_value_t = u64::MAX)]
    inputs: u64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leaves the corpus as it is.
    #[arg(long)]
    keep: bool,
}

/// A client's log and the store that it is held against.
#[derive(Clone, Debug, Args)]
pub(super) struct AuditArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Folder of the journal.
    #[arg(long, required_unless_present = "database_url", conflicts_with = "database_url")]
    journal: Option<PathBuf>,
    /// Database of the store `postgres`.
    #[arg(long)]
    database_url: Option<String>,
    /// The client's acknowledgement log.
    #[arg(long)]
    acknowledged: PathBuf,
}

/// A journal and its client's log.
#[derive(Clone, Debug, Args)]
pub(super) struct JournalArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Folder of the journal.
    #[arg(long)]
    journal: PathBuf,
    /// The client's acknowledgement log.
    #[arg(long)]
    acknowledged: PathBuf,
}

/// Arguments of `load victim`.
#[derive(Clone, Debug, Args)]
pub(super) struct VictimArgs {
    #[command(flatten)]
    place: JournalArgs,
    /// Number of the life.
    #[arg(long)]
    life: u64,
    /// Operation of the disk to stop in.
    #[arg(long)]
    stop_at_write: Option<u64>,
}

impl FaultCommand {
    /// Runs the verb.
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Fault> {
        match self {
            FaultCommand::Swarm(arguments) => swarm(arguments, common),
            FaultCommand::Kills(arguments) => kills(arguments, common),
            FaultCommand::Audit(arguments) => audit(arguments),
            FaultCommand::Fuzz(arguments) => fuzz(arguments),
            FaultCommand::Record(arguments) => super::load_city::record(arguments, common),
            FaultCommand::Replay(arguments) => arguments.run(common),
            FaultCommand::Import(arguments) => super::load_city::import(arguments),
            FaultCommand::Headroom(arguments) => super::load_city::headroom(arguments, common),
            FaultCommand::Topology(arguments) => super::load_systems::topology(arguments, common),
            FaultCommand::Ab(arguments) => super::load_systems::ab(arguments, common),
            #[cfg(feature = "server")]
            FaultCommand::Failover(arguments) => super::load_failover::failover(arguments, common),
            FaultCommand::Victim(arguments) => victim(arguments),
        }
    }
}

fn people(scenario: &Scenario) -> LoadWorld<'_> {
    LoadWorld::new(scenario, Some(PEOPLE), 1)
}

fn swarm(arguments: &SwarmArgs, common: &Common) -> Result<Exit, Fault> {
    let scenario = scenario::load(&arguments.scenario)?;
    let world = people(&scenario).first_groups(VILLAGE);
    let seeds = arguments.from..arguments.from + arguments.seeds;
    let (bugs, planted) = arguments.planted();
    let ran: Vec<(u64, Result<swarm::SwarmReport, String>)> =
        super::run::pool(common)?.install(|| {
            seeds.into_par_iter().map(|seed| (seed, swarm::run(&world, seed, bugs))).collect()
        });
    let sound = |of: fn(&swarm::SwarmReport) -> u64| -> u64 {
        ran.iter().filter_map(|(_, result)| result.as_ref().ok()).map(of).sum()
    };
    let failed: Vec<_> = ran
        .iter()
        .filter_map(|(seed, result)| Some((*seed, result.as_ref().err()?)))
        .map(|(seed, error)| {
            let replay = swarm::replay(&arguments.scenario, seed, planted);
            json!({"seed": seed, "found": error, "replay": replay})
        })
        .collect();
    out::print_json(&json!({
        "schema": "aftercare.swarm/1",
        "seeds": arguments.seeds,
        "failed": failed.len(),
        "acknowledged": sound(|report| report.acknowledged),
        "retries": sound(|report| report.retries),
        "crashes": sound(|report| report.crashes),
        "stops": sound(|report| report.stops),
        "damage_seen": sound(|report| report.damage_seen),
        "failures": failed.iter().take(10).collect::<Vec<_>>(),
    }))?;
    Ok(if failed.is_empty() { Exit::Done } else { Exit::Invalid })
}

/// Starts this very program.
struct Program {
    path: PathBuf,
    scenario: PathBuf,
}

impl Starts for Program {
    fn command(&self, verb: &str, arguments: &[String]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["--threads", "2", "load", verb]).arg(&self.scenario).args(arguments);
        command
    }
}

fn kills(arguments: &KillArgs, common: &Common) -> Result<Exit, Fault> {
    let folder: &Path = &arguments.folder;
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        return Err(Fault::input(format!("{} is not empty; name a new folder", folder.display())));
    }
    let path = std::env::current_exe()?;
    let program = Program { path, scenario: arguments.scenario.clone() };
    let (kills, seed) = (arguments.kills, arguments.seed);
    let report = match arguments.store {
        StoreKind::Journal => {
            kills::run(&program, folder, kills, seed, &mut |line| common.note(line))?
        }
        #[cfg(feature = "postgres")]
        StoreKind::Postgres => {
            let scenario = scenario::load(&arguments.scenario)?;
            let (world, told) = (people(&scenario), &mut |line: &str| common.note(line));
            let limits = (kills, seed);
            crate::loadtest::database_kills::run(&program, &world, folder, limits, told)?
        }
        other => {
            let missing = other.missing().unwrap_or_else(|| {
                format!("the store `{}` cannot be killed: journal or postgres can", other.word())
            });
            return Err(Fault::input(missing));
        }
    };
    let mut answer = serde_json::to_value(&report).map_err(Fault::internal)?;
    answer["schema"] = json!("aftercare.kills/1");
    out::print_json(&answer)?;
    Ok(if report.findings.is_empty() { Exit::Done } else { Exit::Invalid })
}

fn fuzz(arguments: &FuzzArgs) -> Result<Exit, Fault> {
    let scenario = scenario::load(&arguments.scenario)?;
    let world = people(&scenario);
    let mut corpus = read_corpus(&arguments.corpus)?;
    let known = corpus.len();
    let limits = (arguments.seconds, arguments.inputs);
    let report = loadtest::fuzz::run(&world, &mut corpus, limits, arguments.seed);
    if !arguments.keep {
        for input in &corpus[known..] {
            let name = blake3::hash(input).to_hex();
            std::fs::write(arguments.corpus.join(&name.as_str()[..16]), input)?;
        }
    }
    out::print_json(&serde_json::to_value(&report).map_err(Fault::internal)?)?;
    Ok(if report.failures.is_empty() { Exit::Done } else { Exit::Invalid })
}

/// The files of a corpus in order of their names; folders in it are left alone.
fn read_corpus(folder: &Path) -> Result<Vec<Vec<u8>>, Fault> {
    let failed = |path: &Path, error: &std::io::Error| {
        Fault::input(format!("{}: cannot be read: {error}", path.display()))
    };
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> =
        paths.collect::<Result<_, _>>().map_err(|error| failed(folder, &error))?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| failed(path, &error));
    let corpus: Vec<Vec<u8>> = paths.iter().map(read).collect::<Result<_, _>>()?;
    if corpus.is_empty() {
        return Err(Fault::input(format!("{} holds no input", folder.display())));
    }
    Ok(corpus)
}

fn audit(arguments: &AuditArgs) -> Result<Exit, Fault> {
    let scenario = scenario::load(&arguments.scenario)?;
    let world = people(&scenario);
    let log = &arguments.acknowledged;
    let audited = match (&arguments.journal, &arguments.database_url) {
        (Some(journal), _) => {
            kills::audit_journal(&world, journal, log).map_err(Fault::internal)?
        }
        (None, url) => audit_database(&world, url.as_deref().unwrap_or_default(), log)?,
    };
    out::print_json(&serde_json::to_value(&audited).map_err(Fault::internal)?)?;
    Ok(if audited.findings.sound() { Exit::Done } else { Exit::Invalid })
}

#[cfg(feature = "postgres")]
fn audit_database(world: &LoadWorld<'_>, url: &str, log: &Path) -> Result<kills::Audited, Fault> {
    crate::loadtest::database_kills::audit(world, url, log).map_err(Fault::internal)
}

#[cfg(not(feature = "postgres"))]
fn audit_database(_: &LoadWorld<'_>, _: &str, _: &Path) -> Result<kills::Audited, Fault> {
    Err(Fault::input(StoreKind::Postgres.missing().unwrap_or_default()))
}

fn victim(arguments: &VictimArgs) -> Result<Exit, Fault> {
    let scenario = scenario::load(&arguments.place.scenario)?;
    let life = Life {
        journal: &arguments.place.journal,
        acknowledged: &arguments.place.acknowledged,
        number: arguments.life,
        stop_at_write: arguments.stop_at_write,
    };
    kills::live(&people(&scenario), &life).map_err(Fault::internal)?;
    Ok(Exit::Done)
}
