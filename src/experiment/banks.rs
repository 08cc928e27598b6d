//! The scheme's banks as the summary and a table say them. Must never compute an amount but the cost of
//! funds: fen-days times the bank's own rate.

use super::figures::{count, money, rounded, share};
use super::replicate::{Outcome, Setup};
use super::tables::{Table, mean_fen, table};
use crate::credit::spec::Bank;
use crate::domain::{Fen, Ratio};
use crate::sim::{BankTotals, Replication};
use serde_json::{Map, Value, json};

fn banks(setup: &Setup) -> &[Bank] {
    let scheme = setup.scenario.policy.scheme.as_ref();
    scheme.map_or(&[], |scheme| &scheme.credit.more.banks.list)
}

fn of(run: &Replication, at: usize) -> BankTotals {
    run.arms.last().and_then(|arm| arm.banks.get(at)).copied().unwrap_or_default()
}

/// What the money lent cost the bank: half up at the fen.
fn funding(bank: &Bank, totals: &BankTotals) -> Fen {
    let fen_years = Ratio::new(1, 365).of(Fen(i64::try_from(totals.fen_days).unwrap_or(i64::MAX)));
    bank.funding_rate_year.of(fen_years)
}

/// The summary's part, where the scheme names banks.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let banks = banks(setup);
    if banks.is_empty() {
        return None;
    }
    let mut part = Map::new();
    for (at, bank) in banks.iter().enumerate() {
        let each = || runs.iter().map(move |run| of(run, at));
        let said = json!({
            "lines": count(each().map(|totals| totals.lines)),
            "second_lines": count(each().map(|totals| totals.second_lines)),
            "limits": money(each().map(|totals| totals.limits)),
            "draws": count(each().map(|totals| totals.draws)),
            "drawn": money(each().map(|totals| totals.drawn)),
            "lines_over_90_days": count(each().map(|totals| totals.dpd90_lines)),
            "funding_cost": money(each().map(|totals| funding(bank, &totals))),
        });
        part.insert(bank.name.clone(), said);
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
        let mean = |read: fn(&BankTotals) -> u64| {
            let total: u64 = runs.iter().map(|run| read(&of(run, at))).sum();
            rounded(share(total as f64, runs.len() as f64)).to_string()
        };
        let fen = |read: &dyn Fn(&BankTotals) -> Fen| {
            mean_fen(runs.iter().map(|run| read(&of(run, at))).sum(), outcome)
        };
        vec![
            bank.name.clone(),
            bank.joins.map_or_else(String::new, |day| day.to_string()),
            mean(|totals| totals.lines),
            mean(|totals| totals.second_lines),
            fen(&|totals| totals.limits),
            mean(|totals| totals.draws),
            fen(&|totals| totals.drawn),
            mean(|totals| totals.dpd90_lines),
            fen(&|totals| funding(bank, totals)),
        ]
    };
    let header = [
        "bank",
        "joins",
        "lines",
        "second_lines",
        "limits_yuan",
        "draws",
        "drawn_yuan",
        "lines_over_90_days",
        "funding_cost_yuan",
    ];
    Some(table("banks.csv", &header, banks.iter().enumerate().map(row).collect()))
}
