//! Results on the cards of schemes: taken from finished runs into a table beside the evidence, read from there.
//! Must never run a simulation nor change a figure.

use super::fault::Fault;
use crate::experiment::unit;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where the table lies in the folder of scenarios.
const TABLE: &str = "evidence/results.csv";
/// Metrics of a card; a path that ends in `.*` stands for every entry that is not zero.
const METRICS: [&str; 19] = [
    "visits",
    "admissions",
    "queue.time_in_hospital.credit_users.saved",
    "queue.payment_stops.credit_users.saved",
    "queue.time_in_hospital.all.saved",
    "credit.eligible",
    "credit.ineligible_by_reason.*",
    "credit.opened",
    "credit.used",
    "credit.draws",
    "credit.drawn_total",
    "credit.dpd90_rate_balance",
    "credit.net_credit_loss",
    "settlement.refused_by_reason.*",
    "cross_province.stays",
    "cross_province.settled_at_once",
    "cross_province.diverted",
    "cross_province.direct.days_to_benefit",
    "cross_province.manual.days_to_benefit",
];
const HEADER: [&str; 8] =
    ["scenario", "population", "days", "replications", "seed", "metric", "unit", "mean"];

/// One figure of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    cells: [String; HEADER.len()],
}

impl Figure {
    fn scenario(&self) -> &str {
        &self.cells[0]
    }
}

/// The figures on file; none without a file.
pub(super) fn read(scenarios: &Path) -> Result<Vec<Figure>, Fault> {
    let path = scenarios.join(TABLE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let place = |what: &dyn std::fmt::Display| Fault::input(format!("{}: {what}", path.display()));
    let mut reader = csv::Reader::from_path(&path).map_err(|error| place(&error))?;
    let figure = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| place(&error))?;
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        Ok(Figure { cells: std::array::from_fn(cell) })
    };
    reader.records().map(figure).collect()
}

/// Takes the figures of finished runs over into the table, in place of earlier ones of the same scenario.
pub(super) fn take(scenarios: &Path, runs: &[PathBuf]) -> Result<usize, Fault> {
    let mut table = read(scenarios)?;
    for run in runs {
        let fresh = of_run(run)?;
        table.retain(|row| fresh.first().is_none_or(|new| new.scenario() != row.scenario()));
        table.extend(fresh);
    }
    table.sort_by(|a, b| a.scenario().cmp(b.scenario()));
    let path = scenarios.join(TABLE);
    let place = |what: &dyn std::fmt::Display| Fault::input(format!("{}: {what}", path.display()));
    let mut writer = csv::Writer::from_path(&path).map_err(|error| place(&error))?;
    writer.write_record(HEADER).map_err(|error| place(&error))?;
    for row in &table {
        writer.write_record(&row.cells).map_err(|error| place(&error))?;
    }
    writer.flush()?;
    Ok(runs.len())
}

fn of_run(run: &Path) -> Result<Vec<Figure>, Fault> {
    let path = run.join("summary.json");
    let place = |what: &dyn std::fmt::Display| Fault::input(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| place(&error))?;
    let summary: Value = serde_json::from_str(&text).map_err(|error| place(&error))?;
    let head = ["scenario", "population", "days", "replications", "seed"];
    let head = head.map(|key| shown(&summary[key]));
    if head[0].is_empty() {
        return Err(place(&"not the summary of a run"));
    }
    let mut figures = Vec::new();
    for metric in METRICS {
        for (path, value) in found(&summary, metric) {
            let [scenario, population, days, replications, seed] = head.clone();
            let unit = unit(&path).to_owned();
            let cells = [scenario, population, days, replications, seed, path, unit, value];
            figures.push(Figure { cells });
        }
    }
    Ok(figures)
}

/// The means at a path of a summary.
fn found(summary: &Value, metric: &str) -> Vec<(String, String)> {
    let at = |path: &str| summary.pointer(&format!("/{}", path.replace('.', "/")));
    let Some(path) = metric.strip_suffix(".*") else {
        let value = at(metric).map(|value| shown(&value["mean"]));
        return value
            .filter(|value| !value.is_empty())
            .map(|v| (metric.into(), v))
            .into_iter()
            .collect();
    };
    let entries = at(path).and_then(Value::as_object).into_iter().flatten();
    let entry =
        |(name, value): (&String, &Value)| (format!("{path}.{name}"), shown(&value["mean"]));
    entries
        .map(entry)
        .filter(|(_, mean)| !mean.is_empty() && mean != "0" && mean != "0.0")
        .collect()
}

/// A value as text; nothing where there is none.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The results of a scenario as a card says them.
pub(super) fn section(scenario: &str, table: &[Figure], text: &mut String) {
    let own: Vec<&Figure> = table.iter().filter(|row| row.scenario() == scenario).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "## Results 结果\n");
    let Some(first) = own.first() else {
        let _ = writeln!(text, "None is on file: `aftercare scenarios --take RUN_FOLDER`.\n");
        return;
    };
    let [_, people, days, replications, seed, ..] = &first.cells;
    let _ = writeln!(
        text,
        "Of a run of {people} people over {days} days, {replications} replication(s), seed {seed}; taken over by `aftercare \
         scenarios --take RUN_FOLDER`. Reasons are of people who may not open a line, and of refused requests.\n\n\
         | metric | mean | unit |\n|---|---|---|"
    );
    for row in own {
        let [.., metric, unit, mean] = &row.cells;
        let _ = writeln!(text, "| `{metric}` | {mean} | {unit} |");
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_run_are_taken_over_once_and_shown() {
        let room = tempfile::tempdir().expect("a folder");
        let (scenarios, run) = (room.path().join("scenarios"), room.path().join("run"));
        std::fs::create_dir_all(scenarios.join("evidence")).expect("a folder");
        std::fs::create_dir_all(&run).expect("a folder");
        let summary = |lines: f64| {
            let reasons = serde_json::json!({"too_old": {"mean": 0.0}, "thin_file": {"mean": 7.0}});
            serde_json::json!({
                "scenario": "a", "population": 10, "days": 3, "replications": 1, "seed": 1,
                "visits": {"mean": 5.0},
                "credit": {"opened": {"mean": lines}, "drawn_total": {"mean": "1.50"},
                           "ineligible_by_reason": reasons},
            })
        };
        for lines in [4.0, 6.0] {
            std::fs::write(run.join("summary.json"), summary(lines).to_string()).expect("a run");
            assert_eq!(take(&scenarios, std::slice::from_ref(&run)).expect("taken"), 1);
        }
        let table = read(&scenarios).expect("a table");
        assert_eq!(table.len(), 4, "the second run took the place of the first: {table:?}");
        let mut text = String::new();
        section("a", &table, &mut text);
        assert!(text.contains("| `credit.opened` | 6.0 | lines |"), "{text}");
        assert!(
            text.contains("| `credit.drawn_total` | 1.50 | yuan |") && text.contains("thin_file")
        );
        assert!(!text.contains("too_old"), "nobody was");
        text.clear();
        section("b", &table, &mut text);
        assert!(text.contains("None is on file"));
        assert!(take(&scenarios, &[room.path().join("none")]).is_err());
    }
}
