//! `aftercare sweep`: a grid of inputs, one row a point.
//! Must never drop a point.

use super::args::Common;
use super::args::RunArgs;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, entries, file_name, full, heading, items, label, quoted, table, text,
};
use crate::experiment::{Design, Setup, Sweep};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Runs every combination of the given values, each with the same seed, and gives the headline \
metrics (or those of --metrics) of each point with their 95 % intervals.

  --vary KEY=A..B:N    N values from A to B, both included, in exact decimals
  --vary KEY=V1,V2     these values, as a scenario would have them
  --design lhs:N       N points of a Latin hypercube; --vary KEY=A..B then names the ends
  --design sobol:N     N points (a power of two) of a Sobol sequence, likewise
  --vary 'credit.limits.tiers[0].limit_yuan=500..2000:4'   a value inside a list

With --out the folder gets sweep.csv (one row a point) and sweep.json.

On several machines: --task I/N on each, then `aftercare merge`; `aftercare plan` lists the units.";

/// Arguments of `sweep`.
#[derive(Clone, Debug, Args)]
pub(super) struct SweepArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// An input and its values; several make a grid.
    #[arg(long, value_name = "KEY=A..B:N", required = true)]
    vary: Vec<String>,
    /// Metrics by their dotted path in summary.json; the headlines if not given.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',')]
    metrics: Vec<String>,
    /// How the points lie: grid, lhs:N or sobol:N.
    #[arg(long, default_value = "grid", value_parser = Design::parse)]
    design: Design,
    #[command(flatten)]
    pub(super) study: StudyArgs,
}

impl SweepArgs {
    /// A sweep with the options of a run.
    pub(super) fn of(
        run: &RunArgs,
        vary: Vec<String>,
        metrics: Vec<String>,
        design: Design,
    ) -> SweepArgs {
        let (scenario, study) = (run.scenario.clone(), StudyArgs::of(run));
        SweepArgs { scenario, vary, metrics, design, study }
    }

    /// The setups of its points.
    pub(super) fn setups(&self) -> Result<Vec<Setup>, Fault> {
        let frame = self.study.frame(&self.scenario);
        Ok(Sweep::designed(&frame, &self.vary, &self.metrics, self.design)?.setups()?)
    }
}

/// Sweeps.
pub(super) fn run(arguments: &SweepArgs, common: &Common) -> Result<Exit, Fault> {
    let SweepArgs { scenario, vary, metrics, design, study } = arguments;
    let sweep = Sweep::designed(&study.frame(scenario), vary, metrics, *design)?;
    let mut line = file_name(scenario);
    for vary in vary {
        line.extend([format!(" --vary {}", quoted(vary))]);
    }
    if !metrics.is_empty() {
        line.extend([format!(" --metrics {}", metrics.join(","))]);
    }
    match design {
        Design::Grid => {}
        Design::Latin(points) => line.extend([format!(" --design lhs:{points}")]),
        Design::Sobol(points) => line.extend([format!(" --design sobol:{points}")]),
    }
    let study = Study {
        verb: "sweep",
        arguments: study,
        common,
        line,
        inputs: sweep.inputs(),
        runs: sweep.runs(),
    };
    if let Some(exit) = study.task(|| sweep.setups())? {
        return Ok(exit);
    }
    let document = study.answer(|tell| sweep.run(tell), csv)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(Exit::Done)
}

fn csv(document: &Value) -> Csv {
    let mut header: Vec<String> =
        items(&document["vary"]).map(|input| full(&input["key"])).collect();
    for (path, unit) in entries(&document["units"]) {
        let unit = full(unit).replace(' ', "_");
        header.extend([format!("{path} [{unit}]"), format!("{path}.low"), format!("{path}.high")]);
    }
    let row = |row: &Value| {
        let inputs = entries(&row["inputs"]).map(|(_, value)| full(value));
        let metrics = entries(&row["metrics"]).flat_map(|(_, metric)| {
            [&metric["mean"], &metric["ci95"][0], &metric["ci95"][1]].map(full)
        });
        inputs.chain(metrics).collect()
    };
    Csv { header, rows: items(&document["rows"]).map(row).collect() }
}

/// Metrics side by side in one table of people.
const SIDE_BY_SIDE: usize = 3;

/// A line a point and a column a metric, a few metrics a table.
fn human(document: &Value, common: &Common) -> String {
    let keys: Vec<String> = items(&document["vary"]).map(|input| full(&input["key"])).collect();
    let paths: Vec<&String> = entries(&document["units"]).map(|(path, _)| path).collect();
    let mut out = heading(common, document);
    for paths in paths.chunks(SIDE_BY_SIDE) {
        let labels = paths.iter().map(|path| label(common, path));
        let header: Vec<String> = keys.iter().cloned().chain(labels).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let row = |row: &Value| {
            let inputs = entries(&row["inputs"]).map(|(_, value)| text(value));
            let metrics = paths.iter().map(|path| with_half_width(&row["metrics"][path.as_str()]));
            inputs.chain(metrics).collect()
        };
        let rows = items(&document["rows"]).map(row).collect();
        out.extend(["\n".to_owned(), table(&header, rows, keys.len())]);
    }
    out
}

/// `mean ± half-width`.
fn with_half_width(metric: &Value) -> String {
    let mean = text(&metric["mean"]);
    match (metric["ci95"][0].as_f64(), metric["ci95"][1].as_f64()) {
        (Some(low), Some(high)) => format!("{mean} ± {}", text(&Value::from((high - low) / 2.0))),
        _ => mean,
    }
}
