//! The answer's tables: every flow with payer and payee, each party's value, hours by group. Must never
//! average a book: a replication's book closes to the fen, a mean of books need not.

use super::super::figures::{rounded, share};
use super::super::replicate::{Outcome, Setup};
use super::super::tables::{Table, group_cells, table};
use super::view::{View, hours, not_care};
use crate::domain::Fen;
use crate::economics::Party;
use crate::metrics::Match;

/// Who a flow of used-up resources goes to.
const USED: &str = "used_up";

/// The tables; none without costs.
pub(in super::super) fn tables(setup: &Setup, outcome: &Outcome) -> Vec<Table> {
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
    vec![parties(&views), flows(&views), groups(setup, outcome)]
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

/// Net hours a thousand eligible visits by group against the first baseline, all replications together;
/// sign-up at home has no visit and stands in the total alone.
fn groups(setup: &Setup, outcome: &Outcome) -> Table {
    let baseline = &setup.scenario.baselines[0].name;
    let mut rows = Vec::new();
    for (kind, label, cell) in group_cells(setup) {
        let mut all = Match::default();
        let mut eligible = 0;
        for run in &outcome.replications {
            all.merge(&run.pairs.cells[cell]);
            eligible += run.pairs.eligible_cells[cell];
        }
        if eligible > 0 {
            let net = share(hours(&all) * 1_000.0, eligible as f64);
            let cells = [baseline.as_str(), kind, &label].map(str::to_owned);
            let numbers = [eligible.to_string(), rounded(net).to_string()];
            rows.push(cells.into_iter().chain(numbers).collect());
        }
    }
    let header = ["baseline", "group_kind", "group", "eligible_visits", "net_hours_per_1000"];
    table("hours_by_group.csv", &header, rows)
}
