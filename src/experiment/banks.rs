//! The scheme's banks as the summary and a table say them. Must never compute an amount but the cost of
//! funds: fen-days times the bank's own rate.

use super::figures::{count, money, rounded, share};
use super::replicate::{Outcome, Setup};
use super::tables::{Table, mean_fen, table};
use crate::credit::spec::Bank;
use crate::domain::{Fen, Ratio};
use crate::sim::{BankTotals, Replication};
use serde_json::{Map, Value};

fn banks(setup: &Setup) -> &[Bank] {
    let scheme = setup.scenario.policy.scheme.as_ref();
    scheme.map_or(&[], |scheme| &scheme.credit.more.banks.list)
}

fn of(run: &Replication, at: usize) -> BankTotals {
    run.arms.last().and_then(|arm| arm.banks.get(at)).copied().unwrap_or_default()
}

/// What money lent for so many fen-days cost the bank: half up at the fen.
fn funding(bank: &Bank, fen_days: i128) -> Fen {
    let fen_years = Ratio::new(1, 365).of(Fen(i64::try_from(fen_days).unwrap_or(i64::MAX)));
    bank.funding_rate_year.of(fen_years)
}

/// Reads a count of a bank.
type Count = fn(&BankTotals) -> u64;

/// Counts by key.
const COUNTS: [(&str, Count); 6] = [
    ("lines", |totals| totals.lines),
    ("second_lines", |totals| totals.second_lines),
    ("draws", |totals| totals.draws),
    ("lines_over_90_days", |totals| totals.dpd90_lines),
    ("blacklisted", |totals| totals.blacklisted),
    ("lines_cancelled", |totals| totals.cancelled),
];

/// Reads an amount of a bank.
type Amount = fn(&Bank, &BankTotals) -> Fen;

/// Amounts by key and column.
const AMOUNTS: [(&str, &str, Amount); 8] = [
    ("limits", "limits_yuan", |_, totals| totals.limits),
    ("drawn", "drawn_yuan", |_, totals| totals.drawn),
    ("interest_and_penalties", "interest_and_penalties_yuan", |_, totals| totals.charges),
    ("funding_cost", "funding_cost_yuan", |bank, totals| funding(bank, totals.fen_days)),
    ("funding_cost_of_free_days", "funding_cost_of_free_days_yuan", |bank, totals| {
        funding(bank, totals.free_fen_days)
    }),
    ("written_off", "written_off_yuan", |_, totals| totals.written_off),
    ("recovered", "recovered_yuan", |_, totals| totals.recovered),
    ("loss_borne", "loss_borne_yuan", |_, totals| totals.borne),
];

/// The summary's part, where the scheme names banks.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let banks = banks(setup);
    if banks.is_empty() {
        return None;
    }
    let mut part = Map::new();
    for (at, bank) in banks.iter().enumerate() {
        let each = || runs.iter().map(move |run| of(run, at));
        let mut said = Map::new();
        for (key, read) in COUNTS {
            said.insert(key.to_owned(), count(each().map(|totals| read(&totals))));
        }
        for (key, _, read) in AMOUNTS {
            said.insert(key.to_owned(), money(each().map(|totals| read(bank, &totals))));
        }
        part.insert(bank.name.clone(), Value::Object(said));
    }
    Some(Value::Object(part))
}

/// A row a bank, mean over replications.
pub(super) fn rows(setup: &Setup, outcome: &Outcome) -> Option<Table> {
    let banks = banks(setup);
    if banks.is_empty() {
        return None;
    }
    let runs = &outcome.replications;
    let row = |(at, bank): (usize, &Bank)| {
        let mean = |read: Count| {
            let total: u64 = runs.iter().map(|run| read(&of(run, at))).sum();
            rounded(share(total as f64, runs.len() as f64)).to_string()
        };
        let fen =
            |read: Amount| mean_fen(runs.iter().map(|run| read(bank, &of(run, at))).sum(), outcome);
        let mut cells = vec![
            bank.name.clone(),
            bank.joins.map_or_else(String::new, |day| day.to_string()),
            bank.score_min.to_string(),
        ];
        cells.extend(COUNTS.iter().map(|&(_, read)| mean(read)));
        cells.extend(AMOUNTS.iter().map(|&(_, _, read)| fen(read)));
        cells
    };
    let mut header = vec!["bank", "joins", "score_min"];
    header.extend(COUNTS.iter().map(|&(key, _)| key));
    header.extend(AMOUNTS.iter().map(|&(_, column, _)| column));
    Some(table("banks.csv", &header, banks.iter().enumerate().map(row).collect()))
}
