//! `aftercare run`: load, simulate, write the run folder, print the headline.
//! Must never leave a half-written folder, and never overwrite a result.

use super::args::{Common, Format, RunArgs};
use super::fault::{Exit, Fault};
use super::keep::{Bench, Keeping};
use super::study::quoted;
use crate::archive::{self, Existing, FileEntry, Manifest, Parts, RunWriter};
use crate::experiment::{
    self, Doubt, Frame, Gate, Judged, Lab, Measures, Outcome, Setup, Spread, Trouble, Until,
};
use crate::ledger::PlantedFault;
use crate::random::SAMPLER;
use crate::report::{self, Lang};
use crate::scenario::{self, Scenario};
use jiff::Zoned;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A run that is ready: what to simulate, where it goes, what decides it.
pub(super) struct Order {
    pub(super) setup: Setup,
    pub(super) dir: PathBuf,
    hash: String,
    doubt: Option<Doubt>,
    until: Option<Until>,
    gates: Vec<Gate>,
}

impl Order {
    /// Reads the scenario of a command line.
    pub(super) fn new(arguments: &RunArgs, common: &Common) -> Result<Order, Fault> {
        let mut scenario = scenario::load_with(&arguments.scenario, &arguments.set)?;
        let scheme = arguments.scheme.as_deref().map(scenario::load).transpose()?;
        if let Some(other) = &scheme {
            scenario.adopt(other);
            scenario.name = format!("{}_on_{}", other.name, scenario.name);
        }
        tell_warnings(&scenario, common);
        let named = || PathBuf::from("output").join(&scenario.name);
        let dir = arguments.out.clone().unwrap_or_else(named);
        let mut setup = setup_of(arguments, scenario)?;
        let until =
            arguments.until.as_deref().map(|text| Until::parse(text, &setup)).transpose()?;
        if until.is_some() {
            (setup.replications, setup.block) = (arguments.replications_max, 1);
        }
        let hash = hash_of(&setup, arguments);
        let doubt = Doubt::new(&frame_of(arguments), arguments.uncertainty, scheme.as_ref())?;
        let gates = setup.scenario.gates.iter().chain(&arguments.gate);
        let gates = gates.map(|text| Gate::parse(text, &setup)).collect::<Result<_, Trouble>>()?;
        Ok(Order { setup, dir, hash, doubt, until, gates })
    }

    /// Every setup that the result needs: the scenario as it is, then the points of its doubt.
    pub(super) fn setups(&self) -> Result<Vec<Setup>, Fault> {
        let points = self.doubt.as_ref().map_or(Ok(Vec::new()), Doubt::setups)?;
        Ok(std::iter::once(self.setup.clone()).chain(points).collect())
    }

    /// Whether the result stands there already.
    pub(super) fn is_done(&self) -> Result<bool, Fault> {
        Ok(archive::existing(&self.dir, &self.hash)? == Existing::SameInput)
    }
}

/// Runs a scenario.
pub(super) fn run(arguments: &RunArgs, common: &Common) -> Result<Exit, Fault> {
    let order = Order::new(arguments, common)?;
    if let Some(task) = arguments.task {
        if order.is_done()? {
            note(common, &format!("{} holds this very run already", order.dir.display()));
            return Ok(Exit::Done);
        }
        return super::plan::work(task, &order.setups()?, &order.dir, common);
    }
    let keeping = if arguments.resume { Keeping::GoOn } else { Keeping::Afresh };
    finish(&order, arguments, common, keeping)
}

/// Brings a run to its end and prints it.
pub(super) fn finish(
    order: &Order,
    arguments: &RunArgs,
    common: &Common,
    keeping: Keeping,
) -> Result<Exit, Fault> {
    produce(order, arguments, common, keeping)?;
    print(&order.dir, &order.gates, common)
}

/// Brings a run to its end without a word on stdout.
pub(super) fn produce(
    order: &Order,
    arguments: &RunArgs,
    common: &Common,
    keeping: Keeping,
) -> Result<(), Fault> {
    let Order { setup, dir, hash, .. } = order;
    match archive::existing(dir, hash)? {
        Existing::SameInput => {
            note(common, &format!("{} holds this very run already", dir.display()));
            // What is left where the end came between the result and the tidying up.
            Parts::beside(dir).clear();
            return Ok(());
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
    let parts = Parts::beside(dir);
    let runs = setup.replications + order.doubt.as_ref().map_or(0, Doubt::runs);
    let bench = Bench::new(runs, setup.days, Some((&parts, keeping)), common);
    let (setup, outcome, more) = bench.work(common, |lab| simulate(order, lab))?;
    let finished = Zoned::now();
    let wall = Wall { started, finished };
    let done = Done { setup: &setup, outcome: &outcome, more: &more, hash, wall: &wall };
    write(dir, arguments, common, &done)?;
    parts.clear();
    Ok(())
}

/// What stands in the summary beside the replications' own figures.
struct More {
    quality: Value,
    spread: Option<Spread>,
}

/// Runs the replications, then the points of the scenario's doubt.
fn simulate(order: &Order, lab: &mut dyn Lab) -> Result<(Setup, Outcome, More), Trouble> {
    let mut setup = order.setup.clone();
    let enough = |sofar: &Outcome| order.until.as_ref().is_some_and(|u| u.met(&order.setup, sofar));
    let outcome = experiment::replicate_until(&setup, lab, enough)?;
    setup.replications = outcome.replications.len() as u16;
    let measures = Measures::read(&setup, &outcome);
    let mut quality = experiment::quality(&outcome, &measures);
    if let Some(until) = &order.until {
        quality["stopped"] = until.told(&measures);
    }
    let spread = order.doubt.as_ref().map(|doubt| doubt.run(lab, &measures)).transpose()?;
    Ok((setup, outcome, More { quality, spread }))
}

/// A run that is done, for the writer.
struct Done<'d> {
    setup: &'d Setup,
    outcome: &'d Outcome,
    more: &'d More,
    hash: &'d str,
    wall: &'d Wall,
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
    setup.block = arguments.block;
    setup.unpaid_fen = arguments.plant_unpaid_fen;
    setup.planted =
        arguments.plant_dropped_fen.map(|at_posting| PlantedFault::DropOneFen { at_posting });
    Ok(setup)
}

/// The scenario with its options as experiments take them.
fn frame_of(arguments: &RunArgs) -> Frame {
    Frame {
        scenario: arguments.scenario.clone(),
        set: arguments.set.clone(),
        seed: arguments.seed,
        replications: arguments.replications,
        days: arguments.days,
        population: arguments.population,
    }
}

/// The hash of everything that decides the bytes of the result.
fn hash_of(setup: &Setup, arguments: &RunArgs) -> String {
    let resolved = setup.scenario.resolved.to_string();
    let run = format!(
        "seed {} replications {} days {} population {:?} planted {:?} uncertainty {:?} until {:?}",
        setup.seed,
        setup.replications,
        setup.days,
        arguments.population,
        setup.planted,
        arguments.uncertainty,
        arguments.until
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

fn write(dir: &Path, arguments: &RunArgs, common: &Common, done: &Done<'_>) -> Result<(), Fault> {
    let Done { setup, outcome, more, .. } = *done;
    let summary = experiment::run_summary(
        setup,
        outcome,
        &more.quality,
        more.spread.as_ref().map(|spread| &spread.value),
    );
    let mut writer = RunWriter::create(dir, arguments.force)?;
    writer.write("summary.json", pretty(&summary).as_bytes())?;
    let tables = experiment::tables(setup, outcome, &summary);
    for table in tables.iter().chain([&experiment::dictionary(setup, &tables)]) {
        writer.csv(table.name, &table.header, &table.rows)?;
    }
    if let Some(story) = experiment::story(outcome) {
        writer.write("story.json", pretty(&story).as_bytes())?;
    }
    writer.write("reporting.md", experiment::reporting(setup, outcome).as_bytes())?;
    if let Some(Spread { header, rows, .. }) = &more.spread {
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        writer.csv("uncertainty.csv", &header, rows)?;
    }
    writer.write("scenario.resolved.json", pretty(&setup.scenario.resolved).as_bytes())?;
    let manifest = manifest(arguments, common, done);
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

fn manifest(arguments: &RunArgs, common: &Common, done: &Done<'_>) -> Manifest {
    let Done { setup, outcome, hash, wall, .. } = *done;
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
    let until = arguments.until.as_ref().map(|until| {
        format!("--until {} --replications-max {}", quoted(until), arguments.replications_max)
    });
    let length = until.unwrap_or_else(|| format!("--replications {}", setup.replications));
    let mut line =
        format!("aftercare run {name} --seed {} {length} --days {}", setup.seed, setup.days);
    if let Some(population) = arguments.population {
        line += &format!(" --population {population}");
    }
    if let Some(scheme) = &arguments.scheme {
        line += &format!(" --scheme {}", scheme.display());
    }
    for set in &arguments.set {
        line += &format!(" --set {}", quoted(set));
    }
    if let Some(points) = arguments.uncertainty {
        line += &format!(" --uncertainty {points}");
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

/// One line about a gate; a missed one is told even with `--quiet`.
fn tell_gate(gate: &Judged, common: &Common) {
    let value = gate.value.map_or_else(|| "-".to_owned(), |value| format!("{value}"));
    let unsure = match gate.interval_agrees {
        Some(false) => common.say("; the 95 % interval does not agree", "；95%区间不一致"),
        _ => "",
    };
    let word = if gate.held {
        common.say("gate held", "门限满足")
    } else {
        common.say("gate missed", "门限未满足")
    };
    let line = format!("{word}: {} ({value}{unsure})", gate.gate);
    if gate.held {
        note(common, &line);
    } else {
        super::out::complain(&format!("{line}\n"));
    }
}

/// Width of printed tables.
const COLUMNS: u16 = 80;

/// Prints the answer of a run folder and holds the gates against it.
fn print(dir: &Path, gates: &[Gate], common: &Common) -> Result<Exit, Fault> {
    let (manifest, mut summary) = archive::history::show(dir)?;
    let judged: Vec<Judged> = gates.iter().map(|gate| gate.judge(&summary)).collect();
    let mut out = std::io::stdout().lock();
    let lang = common.lang.of_reports();
    match common.format {
        Format::Docx => {
            let path = super::word::beside(dir, lang);
            super::word::write(dir, &[], lang, &path)?;
            writeln!(out, "{}", path.display())?;
        }
        Format::Json => {
            if let Some(throughput) = summary["throughput"].as_object_mut() {
                throughput.extend(manifest.wall);
            }
            if !gates.is_empty() {
                summary["gates"] = judged.iter().map(Judged::to_json).collect();
            }
            writeln!(out, "{summary:#}")?;
        }
        Format::Human => {
            writeln!(out, "{}", report::headline(&summary, lang, COLUMNS))?;
            writeln!(out, "{}", dir.join("report.html").display())?;
        }
    }
    for gate in &judged {
        tell_gate(gate, common);
    }
    let missed = judged.iter().any(|gate| !gate.held);
    Ok(if missed { Exit::Missed } else { Exit::Done })
}
