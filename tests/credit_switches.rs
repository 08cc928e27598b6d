//! Every rule of penalties, reminders and loss sharing that a scenario file knows, switched off and on with
//! the same luck, moves the reported losses in the stated direction with a paired 95 % interval. The list
//! of rules is read from the schema of scenario files: a new key without a row here fails.

mod credit_rows;

use aftercare::experiment::{Setup, replicate};
use aftercare::scenario;
use aftercare::sim::ArmResult;
use aftercare::stats::Estimate;
use credit_rows::{DISTRICT, Days, LATE, NO_LOSS, Row, SCORE, SCORE_KEYS, SHARING, TABLES};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const REPLICATIONS: u16 = 8;

fn rows() -> impl Iterator<Item = &'static Row> {
    LATE.iter().chain(&SCORE).chain(&SHARING)
}

/// Leaves of a schema: `table.key`.
fn leaves(path: &str, schema: &Value, found: &mut BTreeSet<String>) {
    let inner = schema["anyOf"]
        .as_array()
        .and_then(|cases| cases.iter().find(|case| case["properties"].is_object()));
    let schema = inner.unwrap_or(schema);
    let items = &schema["items"];
    match (&schema["properties"], &items["properties"]) {
        (Value::Object(keys), _) => {
            for (key, below) in keys {
                leaves(&format!("{path}.{key}"), below, found);
            }
        }
        (_, Value::Object(_)) => leaves(path, items, found),
        _ => {
            found.insert(path.to_owned());
        }
    }
}

/// Leaves of lines of TOML with their values: `credit.table.key`; of an array of tables all values in a row.
fn settings(path: &str, value: &toml::Value, found: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(keys) => {
            for (key, below) in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                settings(&path, below, found);
            }
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for item in items {
                settings(path, item, found);
            }
        }
        value => {
            found.entry(path.to_owned()).or_default().push_str(&value.to_string());
        }
    }
}

fn parsed(lines: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let table: toml::Table = toml::from_str(lines).expect("lines of the table are TOML");
    settings("", &toml::Value::Table(table), &mut found);
    found
}

/// Keys that a row switches: those that it sets to another value than the district with the row's off lines.
fn switched(row: &Row) -> BTreeSet<String> {
    let mut before = parsed(DISTRICT);
    before.extend(parsed(row.off));
    let changed = |(key, value): &(String, String)| before.get(key) != Some(value);
    parsed(row.on).into_iter().filter(changed).map(|(key, _)| key).collect()
}

#[test]
fn every_rule_of_the_schema_is_switched_by_a_row_or_moves_no_loss() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/scenario.schema.json");
    let text = std::fs::read_to_string(file).expect("the committed schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let credit = &schema["properties"]["credit"]["properties"];
    let mut rules: BTreeSet<String> = SCORE_KEYS.iter().map(|key| (*key).to_owned()).collect();
    for table in TABLES {
        leaves(table, &credit[table], &mut rules);
    }
    let by_rows: BTreeSet<String> = rows()
        .flat_map(switched)
        .filter_map(|key| key.strip_prefix("credit.").map(str::to_owned))
        .collect();
    let quiet: BTreeSet<String> = NO_LOSS.iter().map(|(key, _)| (*key).to_owned()).collect();
    let covered: BTreeSet<String> = by_rows.union(&quiet).cloned().collect();
    let missing: Vec<&String> = rules.difference(&covered).collect();
    assert!(missing.is_empty(), "rules of the schema that no row switches: {missing:?}");
    let unknown: Vec<&String> = covered.difference(&rules).collect();
    assert!(unknown.is_empty(), "rows switch what the schema does not know: {unknown:?}");
    // Words of an action are rules too.
    let actions = credit["collections"]["items"]["properties"]["action"]["enum"].as_array();
    let told = |word: &Value| rows().any(|row| row.on.contains(&format!("action = {word}")));
    let actions = actions.expect("actions");
    assert!(actions.len() >= 5 && actions.iter().all(told), "{actions:?}");
}

/// The policy arm of each replication: the district with these lines, and those laid over it.
fn run(folder: &Path, (off, on): (&str, &str), days: Days) -> Vec<ArmResult> {
    let layer = tempfile::Builder::new().suffix(".toml").tempfile_in(folder).expect("a file");
    std::fs::write(&layer, format!("include = [\"district.toml\"]\n{off}\n")).expect("written");
    let set: Vec<String> = on.lines().map(|line| line.trim().to_owned()).collect();
    let scenario = scenario::load_with(layer.path(), &set);
    let scenario = scenario.unwrap_or_else(|problems| panic!("{off}\n{on}: {problems}"));
    let days = match days {
        Days::Six => 6,
        Days::Thirty => 30,
    };
    let setup = Setup::new(scenario, 3, REPLICATIONS, days, None);
    let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
    outcome.replications.into_iter().filter_map(|run| run.arms.into_iter().next_back()).collect()
}

/// Holds `on` − `off` of a row to its direction, replication by replication.
fn complaint(row: &Row, off: &[ArmResult], on: &[ArmResult]) -> Option<String> {
    let pairs = off.iter().zip(on);
    let differences: Vec<f64> =
        pairs.map(|(off, on)| ((row.figure)(on) - (row.figure)(off)) as f64).collect();
    let [low, high] = Estimate::of(&differences).and_then(|e| e.ci95).expect("an interval");
    let stated = if row.falls { high < 0.0 } else { low > 0.0 };
    let sums = [off, on].map(|arms| arms.iter().map(row.figure).sum::<i64>());
    (!stated).then(|| format!("{low}..{high}, off and on {sums:?}, {differences:?}"))
}

fn hold(table: &[Row]) {
    let folder = tempfile::tempdir().expect("a folder");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let text = DISTRICT.replace("smoke.toml", scenarios.to_str().expect("a path"));
    std::fs::write(folder.path().join("district.toml"), text).expect("written");
    let offs: BTreeSet<(&str, Days)> = table.iter().map(|row| (row.off, row.days)).collect();
    let runs: BTreeMap<(&str, Days), Vec<ArmResult>> =
        offs.into_par_iter().map(|off| (off, run(folder.path(), (off.0, ""), off.1))).collect();
    let wrong: Vec<String> = table
        .par_iter()
        .filter_map(|row| {
            let on = run(folder.path(), (row.off, row.on), row.days);
            let told = complaint(row, &runs[&(row.off, row.days)], &on);
            told.map(|told| format!("{}: {told}", row.what))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_of_late_payment_moves_the_loss_as_stated() {
    hold(&LATE);
}

#[test]
fn each_rule_of_score_and_limit_moves_what_is_lent_as_stated() {
    hold(&SCORE);
}

#[test]
fn each_rule_of_loss_sharing_moves_the_loss_to_its_bearer() {
    hold(&SHARING);
}
