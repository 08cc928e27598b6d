//! Cross-province stays as the summary and a table say them: direct settlement beside manual
//! reimbursement. Must never compute an amount: `sim` kept the books.

use super::figures::{amounts, count, counts, estimate, share};
use super::replicate::{Outcome, Setup};
use super::tables::{Table, mean_fen, table};
use crate::domain::Fen;
use crate::sim::{AwaySide, AwayTotals, Replication};
use serde_json::{Map, Value, json};

const FEN_DAYS_PER_YUAN_DAY: f64 = 100.0;
const MS_PER_SECOND: f64 = 1_000.0;

/// The summary's part, where the scenario has people insured elsewhere.
pub(super) fn cross_province(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let cross = setup.scenario.cross_province.as_ref()?;
    let none = AwayTotals::default();
    let each: Vec<&AwayTotals> =
        runs.iter().map(|run| run.away.as_ref().unwrap_or(&none)).collect();
    let figure = |read: fn(&AwayTotals) -> f64| {
        estimate(&each.iter().map(|totals| read(totals)).collect::<Vec<_>>())
    };
    let mut said = json!({
        "stays": counts(&each, |totals| totals.stays),
        "billed": amounts(&each, |totals| totals.billed),
        "paid_by_funds": amounts(&each, |totals| totals.funds),
        "paid_by_persons": amounts(&each, |totals| totals.person),
        "settled_at_once": counts(&each, |totals| totals.at_once),
        "settled_after_repair": counts(&each, |totals| totals.after_repair),
        "diverted": counts(&each, |totals| totals.diverted),
        "diverted_share": figure(|t| share(t.diverted as f64, t.stays as f64)),
        "faults": counts(&each, |totals| totals.faults[0]),
        "faults_repaired_within_24h_share":
            figure(|t| share(t.faults[1] as f64, t.faults[0] as f64)),
        "answer_s": answers(&each, |totals| &totals.answer_ms),
        "answer_other_connection_s": answers(&each, |totals| &totals.other_answer_ms),
        "messages": messages(&each),
        "reversed": counts(&each, |totals| totals.reversed),
        "deposits_of_provinces": amounts(&each, |totals| totals.prepaid[0]),
        "prepaid_to_sub_account": amounts(&each, |totals| totals.prepaid[1]),
        "paid_from_sub_account_at_once": amounts(&each, |totals| totals.from_sub_account[0]),
        "paid_from_sub_account_later": amounts(&each, |totals| totals.from_sub_account[1]),
        "sub_account_yuan_days":
            figure(|totals| totals.sub_account_fen_days as f64 / FEN_DAYS_PER_YUAN_DAY),
        "hospitals_wait_days": figure(|totals| {
            share(totals.hospital_fen_days as f64, totals.funds_to_hospitals.0 as f64)
        }),
        "direct": side(&each, |totals| &totals.direct),
        "manual": side(&each, |totals| &totals.manual),
    });
    if let Some(capacity) = super::capacity::capacity(setup, cross, runs) {
        said["capacity"] = capacity;
    }
    Some(said)
}

/// Median, 95th percentile and longest answer, seconds.
fn answers(each: &[&AwayTotals], read: fn(&AwayTotals) -> &Vec<u32>) -> Value {
    let quantile = |share: usize| {
        let at = |sorted: &Vec<u32>| {
            let last = sorted.len().saturating_sub(1);
            sorted.get(last * share / 100).map_or(0.0, |&ms| f64::from(ms) / MS_PER_SECOND)
        };
        estimate(&each.iter().map(|totals| at(read(totals))).collect::<Vec<_>>())
    };
    json!({ "median": quantile(50), "p95": quantile(95), "longest": quantile(100) })
}

fn messages(each: &[&AwayTotals]) -> Value {
    let names = ["attempts", "timed_out", "replayed", "ignored_answers", "out_of_order", "lost"];
    let entry = |(place, name): (usize, &str)| {
        let counts = each.iter().map(|totals| totals.messages[place]);
        (name.to_owned(), count(counts))
    };
    Value::Object(names.into_iter().enumerate().map(entry).collect::<Map<_, _>>())
}

fn side(each: &[&AwayTotals], of: fn(&AwayTotals) -> &AwaySide) -> Value {
    let each: Vec<&AwaySide> = each.iter().map(|totals| of(totals)).collect();
    let figure = |read: fn(&AwaySide) -> f64| {
        estimate(&each.iter().map(|side| read(side)).collect::<Vec<_>>())
    };
    json!({
        "patients_yuan_days": figure(|side| side.patient_fen_days as f64 / FEN_DAYS_PER_YUAN_DAY),
        "province_of_care_yuan_days":
            figure(|side| side.province_fen_days as f64 / FEN_DAYS_PER_YUAN_DAY),
        "advanced_by_patients": amounts(&each, |side| side.advanced),
        "days_to_benefit": figure(|s| share(s.benefit_days as f64, s.benefited as f64)),
        "benefits_forgone": amounts(&each, |side| side.forgone),
        "stays_without_benefit": counts(&each, |side| side.forgone_stays),
        "treatment_interrupted": counts(&each, |side| side.interrupted),
        "unpaid_bills": amounts(&each, |side| side.unpaid),
        "return_trips": counts(&each, |side| side.trips),
        "trip_cost": amounts(&each, |side| side.trip_cost),
        "clerk_hours": figure(|side| side.clerk_min as f64 / 60.0),
    })
}

/// Stays by province of insurance, mean over replications.
pub(super) fn provinces(setup: &Setup, outcome: &Outcome) -> Option<Table> {
    let cross = setup.scenario.cross_province.as_ref()?;
    let runs = || outcome.replications.iter().filter_map(|run| run.away.as_ref());
    let names = cross.spec.provinces.iter().enumerate();
    let rows = names.map(|(place, (name, _))| {
        let mean = |read: fn(&(u64, Fen, Fen, u64)) -> u64| {
            let total: u64 = runs().map(|totals| read(&totals.provinces[place])).sum();
            super::figures::rounded(share(total as f64, outcome.replications.len() as f64))
                .to_string()
        };
        vec![
            name.clone(),
            mean(|row| row.0),
            mean_fen(runs().map(|totals| totals.provinces[place].1).sum(), outcome),
            mean_fen(runs().map(|totals| totals.provinces[place].2).sum(), outcome),
            mean(|row| row.3),
        ]
    });
    let header = ["province", "stays", "billed_yuan", "funds_yuan", "diverted"];
    Some(table("cross_province.csv", &header, rows.collect()))
}
