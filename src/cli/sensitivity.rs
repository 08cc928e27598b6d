//! `aftercare sensitivity`: which inputs matter.
//! Must never print an input's rank without its range.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, entries, file_name, full, heading, interval, items, label, quoted,
    table, text,
};
use crate::experiment::{Looks, Sensitivity};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Moves each input alone to its low and its high end, the others as in the scenario, and sorts the \
inputs by how far the metric moves between the ends (a tornado). Every run has the same seed; \
intervals are of paired differences against the scenario as it is.

With --morris R, Morris's screening is added: R trajectories of (inputs + 1) points each on four \
levels; mu* is the mean absolute effect over the whole range of an input, sigma shows \
interaction or curvature.

--sobol N gives the share of the variance of each input alone (first) and with its interactions \
(total), with bootstrap intervals. --stress runs several overrides at once against the scenario \
as it is.";

/// Arguments of `sensitivity`.
#[derive(Clone, Debug, Args)]
pub(super) struct SensitivityArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// Inputs with their ends; those of `[uncertainty]` if not given.
    #[arg(long, value_name = "KEY=LOW..HIGH,…", value_delimiter = ',')]
    inputs: Vec<String>,
    /// Metrics by their dotted path in summary.json; minutes saved a visit if not given.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',')]
    metrics: Vec<String>,
    /// Trajectories of Morris's screening; none if not given (10 to 20 are usual).
    #[arg(long, value_name = "R", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1_000))]
    morris: u32,
    /// Base points of Sobol's indices, a power of two; N x (inputs + 2) points are run.
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=65_536))]
    sobol: u32,
    /// Several inputs at once, under a name.
    #[arg(long, value_name = "NAME: KEY=VALUE; …")]
    stress: Vec<String>,
    #[command(flatten)]
    study: StudyArgs,
}

/// Moves the inputs.
pub(super) fn run(arguments: &SensitivityArgs, common: &Common) -> Result<Exit, Fault> {
    let SensitivityArgs { scenario, inputs, metrics, morris, sobol, stress, study } = arguments;
    let looks = Looks { trajectories: *morris, sobol: *sobol, stresses: stress.clone() };
    let sensitivity = Sensitivity::with(&study.frame(scenario), inputs, metrics, &looks)?;
    let mut line = file_name(scenario);
    if !inputs.is_empty() {
        line.extend([format!(" --inputs {}", quoted(&inputs.join(",")))]);
    }
    if *sobol > 0 {
        line.extend([format!(" --sobol {sobol}")]);
    }
    for stress in stress {
        line.extend([format!(" --stress {}", quoted(stress))]);
    }
    if !metrics.is_empty() {
        line.extend([format!(" --metrics {}", metrics.join(","))]);
    }
    if *morris > 0 {
        line.extend([format!(" --morris {morris}")]);
    }
    let study = Study {
        verb: "sensitivity",
        arguments: study,
        common,
        line,
        inputs: sensitivity.inputs(),
        runs: sensitivity.runs(),
    };
    if let Some(exit) = study.task(|| sensitivity.setups())? {
        return Ok(exit);
    }
    let document = study.answer(|tell| sensitivity.run(tell), csv)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(Exit::Done)
}

fn csv(document: &Value) -> Csv {
    let header = ["metric", "unit", "key", "end", "value", "delta", "ci95_low", "ci95_high"];
    let mut rows = Vec::new();
    for (path, metric) in entries(&document["metrics"]) {
        for bar in items(&metric["tornado"]) {
            for end in ["low", "high"] {
                let side = &bar[end];
                rows.push(vec![
                    path.clone(),
                    full(&metric["unit"]),
                    full(&bar["key"]),
                    end.to_owned(),
                    full(&side["value"]),
                    full(&side["delta"]),
                    full(&side["ci95"][0]),
                    full(&side["ci95"][1]),
                ]);
            }
        }
    }
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

fn human(document: &Value, common: &Common) -> String {
    let mut out = heading(common, document);
    let [input, base, low, high, change, ci95] = [
        common.say("input", "输入"),
        common.say("now", "现值"),
        common.say("low", "低"),
        common.say("high", "高"),
        common.say("change", "变化"),
        common.say("95 % interval", "95%区间"),
    ];
    for (path, metric) in entries(&document["metrics"]) {
        let (name, unit) = (label(common, path), text(&metric["unit"]));
        let now = common.say("as it is", "现状");
        out.extend([format!("\n{name} ({unit}), {now}: {}\n", text(&metric["base"]["mean"]))]);
        let bar = |bar: &Value| {
            let side = |end: &str| {
                let side = &bar[end];
                [text(&side["value"]), text(&side["delta"]), interval(&side["ci95"])]
            };
            let keys = [text(&bar["key"]), text(&bar["base"])];
            keys.into_iter().chain(side("low")).chain(side("high")).collect()
        };
        let rows = items(&metric["tornado"]).map(bar).collect();
        out += &table(&[input, base, low, change, ci95, high, change, ci95], rows, 1);
        let effects: Vec<Vec<String>> = items(&metric["morris"])
            .map(|row| ["key", "mu_star", "mu", "sigma"].map(|name| text(&row[name])).to_vec())
            .collect();
        if !effects.is_empty() {
            out.extend([format!("\n{}", table(&[input, "mu*", "mu", "sigma"], effects, 1))]);
        }
        out += &indices(metric, common);
    }
    out
}

/// Sobol's indices and the stresses of a metric.
fn indices(metric: &Value, common: &Common) -> String {
    let mut out = String::new();
    let input = common.say("input", "输入");
    let sobol: Vec<Vec<String>> = items(&metric["sobol"])
        .map(|row| {
            let ends = ["first_ci95", "total_ci95"].map(|name| interval(&row[name]));
            let [first, total] = ends;
            vec![text(&row["key"]), text(&row["first"]), first, text(&row["total"]), total]
        })
        .collect();
    if !sobol.is_empty() {
        let head = [input, "S1", "95 %", "ST", "95 %"];
        out.extend([format!("\n{}", table(&head, sobol, 1))]);
    }
    let stress: Vec<Vec<String>> = items(&metric["stress"])
        .map(|row| {
            let name = text(&row["name"]);
            vec![name, text(&row["estimate"]["mean"]), text(&row["delta"]), interval(&row["ci95"])]
        })
        .collect();
    if !stress.is_empty() {
        let head = [
            common.say("stress", "压力情景"),
            common.say("value", "数值"),
            common.say("change", "变化"),
            common.say("95 % interval", "95%区间"),
        ];
        out.extend([format!("\n{}", table(&head, stress, 1))]);
    }
    out
}
