//! Money between institutions, as the summary and a table say it: days sales outstanding, what is
//! still owed by whom, deposits, advance funding, cash. Must never compute a balance: `clearing`
//! kept them to the fen.

use super::figures::{count, estimate, money, share};
use super::replicate::{Outcome, Setup};
use super::tables::{Table, arm_names, mean_fen, table};
use crate::clearing::{Fault, OpenDays, Totals};
use crate::domain::Fen;
use crate::sim::{FileTotals, Replication};
use serde_json::{Map, Value, json};

/// The summary's part, where the scenario follows money between institutions.
pub(super) fn clearing(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.policy.clearing?;
    let none = Totals::default();
    let arms = |arm: fn(&Replication) -> usize| -> Vec<&Totals> {
        runs.iter().map(|run| run.arms[arm(run)].clearing.as_ref().unwrap_or(&none)).collect()
    };
    let sides = [("baseline", arms(|_| 0)), ("policy", arms(|run| run.arms.len() - 1))];
    let mut part = Map::new();
    for (name, read) in DAYS {
        let side = |totals: &[&Totals]| {
            estimate(&totals.iter().map(|each| read(each)).collect::<Vec<_>>())
        };
        part.insert(name.into(), both(&sides, side));
    }
    for (name, read) in AMOUNTS {
        let side = |totals: &[&Totals]| money(totals.iter().map(|each| read(each)));
        part.insert(name.into(), both(&sides, side));
    }
    if setup.scenario.policy.clearing.is_some_and(|spec| spec.mistakes.is_some()) {
        part.insert("reconciliation".into(), reconciliation(runs));
    }
    Some(Value::Object(part))
}

/// What the policy arm's four-sided reconciliation found beside what was planted.
fn reconciliation(runs: &[Replication]) -> Value {
    let none = FileTotals::default();
    let files = || runs.iter().map(|run| run.arms.last().map_or(&none, |arm| &arm.files));
    let kinds = |read: fn(&FileTotals) -> [u64; Fault::KINDS]| {
        let entry = |(kind, name): (usize, &str)| {
            (name.to_owned(), count(files().map(move |totals| read(totals)[kind])))
        };
        Value::Object(Fault::NAMES.into_iter().enumerate().map(entry).collect())
    };
    json!({
        "records": count(files().map(|totals| totals.records)),
        "planted": kinds(|totals| totals.planted),
        "named_right": kinds(|totals| totals.named),
        "false_alarms": count(files().map(|totals| totals.false_alarms)),
        "at_stake": money(files().map(|totals| totals.at_stake)),
    })
}

fn both(sides: &[(&str, Vec<&Totals>); 2], side: impl Fn(&[&Totals]) -> Value) -> Value {
    json!({ sides[0].0: side(&sides[0].1), sides[1].0: side(&sides[1].1) })
}

type Days = (&'static str, fn(&Totals) -> f64);
type Amount = (&'static str, fn(&Totals) -> Fen);

const DAYS: [Days; 2] = [
    ("days_sales_outstanding", |totals| {
        let OpenDays { funds, banks, in_transit, patients, .. } = totals.open;
        share((funds + banks + in_transit + patients) as f64, totals.billed.0 as f64)
    }),
    ("days_to_fund_payment", |totals| {
        share(totals.fund_fen_days as f64, totals.funds_paid.0 as f64)
    }),
];

const AMOUNTS: [Amount; 13] = [
    ("owed_by_funds", |totals| per_day(totals, totals.open.funds)),
    ("owed_by_banks", |totals| per_day(totals, totals.open.banks)),
    ("in_transit", |totals| per_day(totals, totals.open.in_transit)),
    ("unpaid_by_patients", |totals| per_day(totals, totals.open.patients)),
    ("deposits_held", |totals| per_day(totals, totals.open.deposits)),
    ("advance_funding", |totals| per_day(totals, totals.open.advance)),
    ("hospital_cash_at_end", |totals| totals.at_end.cash),
    ("owed_by_funds_at_end", |totals| totals.at_end.funds),
    ("funds_paid", |totals| totals.funds_paid),
    ("banks_paid", |totals| totals.banks_paid),
    ("patients_paid", |totals| totals.patients_paid),
    ("network_carried", |totals| totals.network_carried),
    ("network_fees", |totals| totals.network_fees),
];

/// The institution after the last hospital.
const PHARMACIES: &str = "Retail pharmacies 定点零售药店";

/// Mean over the days with visits, whole fen.
fn per_day(totals: &Totals, fen_days: i128) -> Fen {
    let days = i128::from(totals.days.max(1));
    let fen = i64::try_from(fen_days.div_euclid(days));
    Fen(fen.unwrap_or_else(|_| panic!("invariant: a mean balance of {fen_days} fen-days fits")))
}

/// Every hospital's month: billed, stated to each fund, where it stood; mean over replications.
pub(super) fn months(setup: &Setup, outcome: &Outcome) -> Option<Table> {
    setup.scenario.policy.clearing?;
    let header = [
        "arm",
        "month_end",
        "hospital",
        "billed_yuan",
        "pooled_employee_yuan",
        "pooled_resident_yuan",
        "second_layer_yuan",
        "assistance_yuan",
        "personal_account_yuan",
        "civil_servant_fund_yuan",
        "enterprise_fund_yuan",
        "commercial_insurer_yuan",
        "emergency_relief_yuan",
        "charity_yuan",
        "cash_yuan",
        "owed_by_funds_yuan",
        "owed_by_banks_yuan",
        "in_transit_yuan",
        "unpaid_by_patients_yuan",
        "deposits_held_yuan",
        "advance_yuan",
    ];
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        let totals =
            || outcome.replications.iter().filter_map(|run| run.arms[arm].clearing.as_ref());
        let longest = totals().max_by_key(|each| each.months.len());
        for first in longest.map_or(&[][..], |each| &each.months) {
            let same = || {
                totals().filter_map(|each| {
                    let like = |month: &&crate::clearing::MonthEnd| {
                        month.day == first.day && month.hospital == first.hospital
                    };
                    each.months.iter().find(like)
                })
            };
            let mean = |read: &dyn Fn(&crate::clearing::MonthEnd) -> Fen| {
                mean_fen(same().map(read).sum(), outcome)
            };
            let site = outcome.sites.get(usize::from(first.hospital.0));
            let hospital = site.map_or(PHARMACIES, |site| &site.0).to_owned();
            let mut row = vec![name.to_owned(), first.day.to_string(), hospital];
            row.push(mean(&|month| month.billed));
            row.extend((0..first.stated.len()).map(|fund| mean(&|month| month.stated[fund])));
            row.push(mean(&|month| month.position.cash));
            row.push(mean(&|month| month.position.funds));
            row.push(mean(&|month| month.position.banks));
            row.push(mean(&|month| month.position.in_transit));
            row.push(mean(&|month| month.position.patients));
            row.push(mean(&|month| month.position.deposits));
            row.push(mean(&|month| month.position.advance));
            rows.push(row);
        }
    }
    Some(table("clearing.csv", &header, rows))
}
