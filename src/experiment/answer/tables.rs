//! The answer's tables: every flow with payer and payee, each party's value, every figure by group. Must never
//! average a book: a replication's book closes to the fen, a mean of books need not.

use super::super::published::unit;
use super::super::replicate::{Outcome, Setup};
use super::super::tables::{Table, table};
use super::view::{View, not_care};
use crate::domain::Fen;
use crate::economics::Party;
use serde_json::Value;

/// Who a flow of used-up resources goes to.
const USED: &str = "used_up";

/// The tables; none without costs.
pub(in super::super) fn tables(setup: &Setup, outcome: &Outcome, summary: &Value) -> Vec<Table> {
    if setup.scenario.costs.is_none() {
        return Vec::new();
    }
    let mut views = Vec::new();
    for (number, run) in (1..).zip(&outcome.replications) {
        for (baseline, arm) in setup.scenario.baselines.iter().enumerate() {
            let view = View::of(setup, run, baseline);
            views.extend(view.map(|view| (i32::to_string(&number), arm.name.clone(), view)));
        }
    }
    vec![parties(&views), flows(&views), groups(summary)]
}

type Named = (String, String, View);

/// Each party's value by replication and baseline, and what is used up: the sum is zero.
fn parties(views: &[Named]) -> Table {
    let mut rows = Vec::new();
    for (replication, baseline, view) in views {
        let mut push = |party: &str, care: Fen, paying: Fen, time: Fen| {
            let amounts = [care, paying, care + paying, time].map(|fen| fen.to_string());
            let names = [replication.clone(), baseline.clone(), party.to_owned()];
            rows.push(names.into_iter().chain(amounts).collect());
        };
        for &party in Party::ALL {
            let care = view.book.gain(party, |row| row.kind.is_care(), |row| row.npv);
            let paying = view.book.gain(party, not_care, |row| row.npv);
            let time = if party == Party::Patients { view.time_worth() } else { Fen::ZERO };
            push(party.word(), care, paying, time);
        }
        let care = view.book.resources(|row| row.kind.is_care());
        push(USED, care, view.resources(), Fen::ZERO);
    }
    let header = [
        "replication",
        "baseline",
        "party",
        "npv_care_yuan",
        "npv_paying_yuan",
        "npv_yuan",
        "npv_time_yuan",
    ];
    table("npv_by_party.csv", &header, rows)
}

/// Every flow, policy less baseline.
fn flows(views: &[Named]) -> Table {
    let mut rows = Vec::new();
    for (replication, baseline, view) in views {
        for row in view.book.rows() {
            let to = row.to.map_or(USED, Party::word);
            let mut cells = vec![replication.clone(), baseline.clone()];
            cells.extend([row.kind.word(), row.from.word(), to].map(str::to_owned));
            cells.extend([row.once, row.run, row.yearly, row.npv].map(|fen| fen.to_string()));
            rows.push(cells);
        }
    }
    let header = [
        "replication",
        "baseline",
        "flow",
        "payer",
        "payee",
        "once_yuan",
        "run_yuan",
        "yearly_yuan",
        "npv_yuan",
    ];
    table("flows.csv", &header, rows)
}

/// Every figure of the answer by group, with both intervals where there are two; read from the summary.
fn groups(summary: &Value) -> Table {
    let answer = &summary["answer"]["groups"];
    let mut rows = Vec::new();
    for (kind, labels) in answer.as_object().into_iter().flatten() {
        for (group, figures) in labels.as_object().into_iter().flatten() {
            let path = format!("answer.groups.{kind}.{group}");
            let from = path.len() + 1;
            let mut found = Vec::new();
            leaves(figures, &path, &mut found);
            for (path, value) in found {
                let (side, metric) = side_and_metric(&path[from..]);
                let spread = &summary["uncertainty"]["answer"][&path]["spread95"];
                let mut row = [kind, group, side, metric, unit(&path)].map(str::to_owned).to_vec();
                row.push(text(&value["mean"]));
                row.extend([&value["ci95"], spread].into_iter().flat_map(ends));
                rows.push(row);
            }
        }
    }
    let header = [
        "group_kind",
        "group",
        "against_or_arm",
        "metric",
        "unit",
        "mean",
        "ci95_low",
        "ci95_high",
        "spread95_low",
        "spread95_high",
    ];
    table("answer_by_group.csv", &header, rows)
}

/// The estimates below a value, with their paths.
fn leaves<'v>(value: &'v Value, path: &str, found: &mut Vec<(String, &'v Value)>) {
    let Value::Object(entries) = value else { return };
    if entries.contains_key("mean") {
        found.push((path.to_owned(), value));
        return;
    }
    for (key, inner) in entries {
        leaves(inner, &format!("{path}.{key}"), found);
    }
}

/// `against.<baseline>.<metric>` and `arms.<arm>.<metric>` apart; what is the scheme's alone has no side.
fn side_and_metric(path: &str) -> (&str, &str) {
    let inside = path.strip_prefix("against.").or_else(|| path.strip_prefix("arms."));
    inside.and_then(|inside| inside.split_once('.')).unwrap_or(("", path))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.as_f64().map_or_else(String::new, |n| n.to_string()), str::to_owned)
}

fn ends(interval: &Value) -> [String; 2] {
    [text(&interval[0]), text(&interval[1])]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_names_the_group_the_side_and_both_intervals() {
        let summary = json!({
            "answer": { "groups": { "age": { "75+": {
                "users": { "mean": 3.0, "ci95": null },
                "against": { "mobile_2023": { "cost_per_hour": {
                    "society": { "mean": 12.5, "ci95": [12.0, 13.0] } } } },
            } } } },
            "uncertainty": { "answer": {
                "answer.groups.age.75+.against.mobile_2023.cost_per_hour.society":
                    { "spread95": [5.0, 50.0] } } },
        });
        let rows = groups(&summary).rows;
        let hour = ["age", "75+", "mobile_2023", "cost_per_hour.society", "yuan/h"];
        let hour = [&hour[..], &["12.5", "12", "13", "5", "50"]].concat();
        let users = vec!["age", "75+", "", "users", "people", "3", "", "", "", ""];
        assert_eq!(rows.len(), 2);
        assert!(
            rows.iter().any(|row| *row == hour) && rows.iter().any(|row| *row == users),
            "{rows:?}"
        );
    }
}
