//! `aftercare run`: load, simulate, write the run folder, print the headline.
//! Must never leave a half-written folder, and never overwrite a result.

use super::args::{Common, Format, Language, RunArgs};
use super::fault::{Exit, Fault};
use super::progress::Meter;
use crate::archive::{self, Existing, FileEntry, Manifest, RunWriter};
use crate::experiment::{self, Outcome, Setup};
use crate::ledger::PlantedFault;
use crate::random::SAMPLER;
use crate::report::{self, Lang};
use crate::scenario::{self, Scenario};
use crate::sim::Stopped;
use jiff::Zoned;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs a scenario.
pub(super) fn run(arguments: &RunArgs, common: &Common) -> Result<Exit, Fault> {
    let scenario = scenario::load_with(&arguments.scenario, &arguments.set)?;
    tell_warnings(&scenario, common);
    let dir = arguments.out.clone().unwrap_or_else(|| PathBuf::from("output").join(&scenario.name));
    let setup = setup_of(arguments, scenario)?;
    let hash = hash_of(&setup, arguments);
    match archive::existing(&dir, &hash)? {
        Existing::SameInput => {
            note(common, &format!("{} holds this very run already", dir.display()));
            return print(&dir, common);
        }
        Existing::OtherInput { hash } if !arguments.force => {
            return Err(Fault::input(format!(
                "{} holds a run of other inputs ({hash}); name another folder with --out, or use \
                 --force (the old folder is renamed)",
                dir.display()
            )));
        }
        Existing::None | Existing::OtherInput { .. } => {}
    }
    let started = Zoned::now();
    let mut meter = Meter::new(setup.replications, setup.days, common.quiet);
    let result = pool(common)?
        .install(|| experiment::replicate(&setup, &mut |progress| meter.tell(progress)));
    meter.finish();
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(Stopped::Invalid(invalid)) => return Err(Fault::invalid(invalid)),
        Err(Stopped::Interrupted) => {
            return Err(Fault::interrupted("interrupted; nothing was written"));
        }
    };
    let finished = Zoned::now();
    let wall = Wall { started, finished };
    write(&dir, arguments, common, &setup, &outcome, &hash, &wall)?;
    print(&dir, common)
}

/// The clock's view of the run.
struct Wall {
    started: Zoned,
    finished: Zoned,
}

fn note(common: &Common, text: &str) {
    if !common.quiet {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

fn tell_warnings(scenario: &Scenario, common: &Common) {
    if !scenario.warnings.is_empty() {
        note(common, &scenario.warnings.to_string());
    }
}

fn setup_of(arguments: &RunArgs, scenario: Scenario) -> Result<Setup, Fault> {
    let defaults = scenario.run;
    let replications = match arguments.replications {
        Some(replications) => replications,
        None => u16::try_from(defaults.replications).map_err(|_| {
            Fault::input("run.replications: expected at most 65535; use --replications")
        })?,
    };
    let mut setup = Setup::new(
        scenario,
        arguments.seed.unwrap_or(defaults.seed),
        replications,
        arguments.days.unwrap_or(defaults.days),
        arguments.population,
    );
    setup.planted =
        arguments.plant_dropped_fen.map(|at_posting| PlantedFault::DropOneFen { at_posting });
    Ok(setup)
}

/// The hash of everything that decides the bytes of the result.
fn hash_of(setup: &Setup, arguments: &RunArgs) -> String {
    let resolved = setup.scenario.resolved.to_string();
    let run = format!(
        "seed {} replications {} days {} population {:?} planted {:?}",
        setup.seed, setup.replications, setup.days, arguments.population, setup.planted
    );
    archive::input_hash(&[
        ("version", archive::TOOL_VERSION.as_bytes()),
        ("sampler", SAMPLER.as_bytes()),
        ("scenario", resolved.as_bytes()),
        ("run", run.as_bytes()),
    ])
}

pub(super) fn pool(common: &Common) -> Result<rayon::ThreadPool, Fault> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(common.threads);
    builder.build().map_err(Fault::internal)
}

fn write(
    dir: &Path,
    arguments: &RunArgs,
    common: &Common,
    setup: &Setup,
    outcome: &Outcome,
    hash: &str,
    wall: &Wall,
) -> Result<(), Fault> {
    let summary = experiment::summary(setup, outcome);
    let mut writer = RunWriter::create(dir, arguments.force)?;
    writer.write("summary.json", pretty(&summary).as_bytes())?;
    for table in experiment::tables(setup, outcome, &summary) {
        writer.csv(table.name, &table.header, &table.rows)?;
    }
    writer.write("scenario.resolved.json", pretty(&setup.scenario.resolved).as_bytes())?;
    let manifest = manifest(arguments, common, setup, outcome, hash, wall);
    writer.draft(&manifest)?;
    write_reports(&mut writer)?;
    if let Some(old) = writer.finish(manifest)? {
        note(common, &format!("the folder that stood there is now {}", old.display()));
    }
    Ok(())
}

/// The pages in both languages, from the files written so far.
fn write_reports(writer: &mut RunWriter) -> Result<(), Fault> {
    for (lang, mark) in [(Lang::En, ""), (Lang::Zh, ".zh")] {
        let rendered = report::render(writer.path(), lang).map_err(Fault::internal)?;
        writer.write(&format!("report{mark}.html"), rendered.html.as_bytes())?;
        for (name, svg) in rendered.charts {
            writer.write(&format!("charts/{name}{mark}.svg"), svg.as_bytes())?;
        }
    }
    Ok(())
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn manifest(
    arguments: &RunArgs,
    common: &Common,
    setup: &Setup,
    outcome: &Outcome,
    hash: &str,
    wall: &Wall,
) -> Manifest {
    let files = setup.scenario.files.iter();
    let name = |path: &str| {
        Path::new(path)
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    Manifest {
        tool_version: archive::TOOL_VERSION.into(),
        sampler: SAMPLER.into(),
        scenario: setup.scenario.name.clone(),
        command: command_line(arguments, setup),
        input_hash: hash.into(),
        seed: setup.seed,
        replications: u32::from(setup.replications),
        threads: if common.threads == 0 {
            rayon::current_num_threads() as u32
        } else {
            common.threads as u32
        },
        inputs: files.map(|file| FileEntry::of(&name(&file.path), file.text.as_bytes())).collect(),
        started_at: wall.started.timestamp().to_string(),
        finished_at: wall.finished.timestamp().to_string(),
        wall: figures(outcome, wall),
        machine: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        ..Manifest::default()
    }
}

/// The command that repeats the run, without machine paths and threads.
fn command_line(arguments: &RunArgs, setup: &Setup) -> String {
    let shown = if arguments.scenario.is_relative() {
        arguments.scenario.as_os_str()
    } else {
        arguments.scenario.file_name().unwrap_or_default()
    };
    let name = shown.to_string_lossy();
    let mut line = format!(
        "aftercare run {name} --seed {} --replications {} --days {}",
        setup.seed, setup.replications, setup.days
    );
    if let Some(population) = arguments.population {
        line += &format!(" --population {population}");
    }
    for set in &arguments.set {
        line += &format!(" --set {set}");
    }
    line
}

/// Wall-clock figures: visits count each arm's once.
fn figures(outcome: &Outcome, wall: &Wall) -> Map<String, Value> {
    let seconds = wall.finished.duration_since(&wall.started).as_secs_f64().max(1e-9);
    let arms = || outcome.replications.iter().flat_map(|run| &run.arms);
    let visits: u64 = arms().flat_map(|arm| &arm.days).map(|day| day.visits).sum();
    let events: u64 = arms().flat_map(|arm| &arm.stations).map(|stats| stats.events).sum();
    let rate = |count: u64| json!((count as f64 / seconds).round());
    let mut figures = Map::new();
    figures.insert("seconds".into(), json!((seconds * 1e3).round() / 1e3));
    figures.insert("visits_simulated_per_s".into(), rate(visits));
    figures.insert("events_per_s".into(), rate(events));
    figures.insert("events".into(), json!(events));
    figures.insert("visits_of_all_arms".into(), json!(visits));
    figures
        .insert("bytes_per_person".into(), json!((outcome.bytes_per_person * 10.0).round() / 10.0));
    figures.insert("core_capacity_per_s".into(), Value::Null);
    figures.insert("headroom".into(), Value::Null);
    figures
}

/// Width of printed tables.
const COLUMNS: u16 = 80;

/// Prints the answer of a run folder.
fn print(dir: &Path, common: &Common) -> Result<Exit, Fault> {
    let (manifest, mut summary) = archive::history::show(dir)?;
    let mut out = std::io::stdout().lock();
    match common.format {
        Format::Json => {
            if let Some(throughput) = summary["throughput"].as_object_mut() {
                throughput.extend(manifest.wall);
            }
            writeln!(out, "{summary:#}")?;
        }
        Format::Human => {
            let lang = match common.lang {
                Language::En => Lang::En,
                Language::Zh => Lang::Zh,
            };
            writeln!(out, "{}", report::headline(&summary, lang, COLUMNS))?;
            writeln!(out, "{}", dir.join("report.html").display())?;
        }
    }
    Ok(Exit::Done)
}
