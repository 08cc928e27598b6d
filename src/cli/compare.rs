//! `aftercare compare`: policies of several scenarios in the first one's city.
//! Must never print a verdict that the document does not hold.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, entries, file_name, full, heading, interval, items, label, table, text,
    verdict,
};
use crate::experiment::{Compare, HEADLINES};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Runs the policy of every scenario in the FIRST scenario's city: its people, demand, \
institutions, rules, behaviour, baselines and seed. Of the others only [policy], [scheme_flow] \
and [credit] are taken, and the answer lists which of their other parts differ and were not \
taken.

Each metric's difference (second - first) is paired by replication on common random numbers, \
with a 95 % interval and a verdict (better, worse, cannot_tell) by the published direction of \
the metric. A metric without a better side (how many people, how much drawn) has no verdict.

Does not do yet: more than pairs (ranking and selection, Pareto picture), who gains and who \
loses by group, break-even, intervals from uncertain inputs.";

/// Arguments of `compare`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// Scenario files; the first one's city is the stage.
    #[arg(required = true, num_args = 2..)]
    scenarios: Vec<PathBuf>,
    /// Metrics by their dotted path in summary.json; all (as a table: the headlines) if not given.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',')]
    metrics: Vec<String>,
    #[command(flatten)]
    study: StudyArgs,
}

/// Compares.
pub(super) fn run(arguments: &CompareArgs, common: &Common) -> Result<Exit, Fault> {
    let CompareArgs { scenarios, metrics, study } = arguments;
    let frame = study.frame(&scenarios[0]);
    let compare = Compare::new(&frame, &scenarios[1..], metrics)?;
    let names: Vec<String> = scenarios.iter().map(|path| file_name(path)).collect();
    let mut line = names.join(" ");
    if !metrics.is_empty() {
        line.extend([format!(" --metrics {}", metrics.join(","))]);
    }
    let study = Study {
        verb: "compare",
        arguments: study,
        common,
        line,
        inputs: compare.inputs(),
        runs: compare.runs(),
    };
    if let Some(exit) = study.task(|| Ok(compare.setups()))? {
        return Ok(exit);
    }
    let document = study.answer(|tell| compare.run(tell), csv)?;
    study.tell(&document, |document| human(document, metrics.is_empty(), common))?;
    Ok(Exit::Done)
}

fn csv(document: &Value) -> Csv {
    let header = ["first", "second", "metric", "unit", "delta", "ci95_low", "ci95_high", "verdict"];
    let mut rows = Vec::new();
    for pair in items(&document["pairs"]) {
        for (path, metric) in entries(&pair["metrics"]) {
            rows.push(vec![
                full(&pair["first"]),
                full(&pair["second"]),
                path.clone(),
                full(&metric["unit"]),
                full(&metric["delta"]),
                full(&metric["ci95"][0]),
                full(&metric["ci95"][1]),
                full(&metric["verdict"]),
            ]);
        }
    }
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

fn human(document: &Value, headlines: bool, common: &Common) -> String {
    let mut out = heading(common, document);
    for policy in items(&document["policies"]) {
        let parts: Vec<String> = items(&policy["not_taken"]).map(text).collect();
        if !parts.is_empty() {
            let (name, parts) = (text(&policy["name"]), parts.join(", "));
            let note = common.say("differs, but was not taken:", "不同但未采用：");
            out.extend([format!("{name}: {note} {parts}\n")]);
        }
    }
    let [metric, first, second, delta, ci95, word] = [
        common.say("metric", "指标"),
        common.say("first", "第一"),
        common.say("second", "第二"),
        common.say("second - first", "第二减第一"),
        common.say("95 % interval", "95%区间"),
        common.say("verdict", "结论"),
    ];
    for pair in items(&document["pairs"]) {
        out.extend([format!("\n{} → {}\n", text(&pair["first"]), text(&pair["second"]))]);
        let metrics = &pair["metrics"];
        let paths: Vec<&str> = if headlines {
            HEADLINES.to_vec()
        } else {
            entries(metrics).map(|(path, _)| path.as_str()).collect()
        };
        let row = |path: &&str| {
            let m = &metrics[*path];
            vec![
                label(common, path),
                text(&m["first"]["mean"]),
                text(&m["second"]["mean"]),
                text(&m["delta"]),
                interval(&m["ci95"]),
                if m["direction"].is_null() { "-".into() } else { verdict(common, &m["verdict"]) },
            ]
        };
        let rows = paths.iter().map(row).collect();
        out += &table(&[metric, first, second, delta, ci95, word], rows, 1);
    }
    out
}
