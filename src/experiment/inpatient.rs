//! Stays, outages, the help desk and second thoughts about prices, arm by arm: the same figures for `summary.json` and
//! `inpatient.csv`. Must never compare arms: that is `summary`'s.

use super::figures::{estimate, money, rounded, share};
use crate::domain::Fen;
use crate::flow::spec::Station;
use crate::flow::{DayStats, OutageStats, StationStats, WardStats};
use crate::sim::{ArmResult, Replication};
use serde_json::{Map, Value, json};

const MS_PER_MINUTE: f64 = 60_000.0;

/// A figure of one arm in one replication.
type Figure = (&'static str, fn(&ArmResult) -> f64);
/// An amount of one arm in one replication.
type Amount = (&'static str, fn(&ArmResult) -> Fen);

/// Figures of stays.
const STAYS: [Figure; 19] = [
    ("admissions", |arm| arm.sums.inpatient.admissions as f64),
    ("emergencies", |arm| ward(arm).emergencies as f64),
    ("extra_beds", |arm| ward(arm).extra_beds as f64),
    ("occupancy_share", |arm| share(ward(arm).census as f64, ward(arm).bed_days as f64)),
    ("sent_home_without_bed", |arm| ward(arm).no_bed as f64),
    ("bed_wait_days_mean", |arm| a_stay(arm, arm.sums.inpatient.bed_wait_days as f64)),
    ("bed_wait_min_mean", |arm| a_stay(arm, ward(arm).bed_wait_ms as f64 / MS_PER_MINUTE)),
    ("turned_away", |arm| arm.sums.inpatient.turned_away as f64),
    ("gave_up", |arm| arm.sums.inpatient.gave_up as f64),
    ("deposits_on_line", |arm| arm.sums.inpatient.on_line as f64),
    ("unsigned_emergencies", |arm| arm.sums.inpatient.unsigned as f64),
    ("signed_on_the_ward", |arm| arm.sums.inpatient.signed_on_ward as f64),
    ("unsigned_emergencies_with_deposit", |arm| arm.sums.inpatient.unsigned_deposits as f64),
    ("top_ups", |arm| arm.sums.inpatient.top_ups as f64),
    ("staged_payments", |arm| arm.sums.inpatient.staged as f64),
    ("settled_after_leaving", |arm| arm.sums.inpatient.settled_after_leaving as f64),
    ("discharges", |arm| arm.sums.inpatient.discharges as f64),
    ("discharge_min_mean", |arm| {
        let stays = &arm.sums.inpatient;
        share(stays.discharge_ms as f64 / MS_PER_MINUTE, stays.discharges as f64)
    }),
    ("payment_min_mean", |arm| a_stay(arm, arm.sums.inpatient.payment_ms as f64 / MS_PER_MINUTE)),
];

/// Amounts of stays; yuan-days are yuan held times days held.
const STAY_AMOUNTS: [Amount; 3] = [
    ("deposits_yuan", |arm| arm.sums.deposits),
    ("paid_on_the_way_yuan", |arm| arm.sums.inpatient.paid_on_the_way),
    ("cash_locked_yuan_days", |arm| Fen(arm.sums.inpatient.locked_fen_days)),
];

const OUTAGES: [Figure; 6] = [
    ("site_outages", |arm| outage(arm).outages as f64),
    ("diverted_payments", |arm| outage(arm).payments as f64),
    ("diverted_visits", |arm| outage(arm).visits as f64),
    ("diverted_wait_min_mean", |arm| {
        share(outage(arm).wait_ms as f64 / MS_PER_MINUTE, outage(arm).payments as f64)
    }),
    ("recovery_min_mean", |arm| {
        share(outage(arm).recovery_sum_ms as f64 / MS_PER_MINUTE, outage(arm).outages as f64)
    }),
    ("recovery_min_longest", |arm| outage(arm).recovery_max_ms as f64 / MS_PER_MINUTE),
];

const PRICES: [Figure; 2] = [
    ("declined_tests", |arm| arm.sums.declined as f64),
    ("refund_trips", |arm| arm.sums.refund_trips as f64),
];

/// The help desk of the scheme; all 0 where nobody is sent to one.
const HELP_DESK: [Figure; 4] = [
    ("visits", |arm| help_desk(arm).served as f64),
    ("wait_min_mean", |arm| {
        share(help_desk(arm).wait_sum_ms as f64 / MS_PER_MINUTE, help_desk(arm).served as f64)
    }),
    ("utilisation_share", |arm| {
        share(help_desk(arm).busy_ms as f64, help_desk(arm).capacity_ms as f64)
    }),
    ("staff_hours", |arm| match help_desk(arm) {
        unused if unused.served == 0 => 0.0,
        desk => desk.capacity_ms as f64 / (60.0 * MS_PER_MINUTE),
    }),
];

fn all_levels(arm: &ArmResult) -> DayStats {
    let mut total = DayStats::default();
    for level in &arm.stations {
        total.merge(level);
    }
    total
}

fn ward(arm: &ArmResult) -> WardStats {
    all_levels(arm).ward
}

fn outage(arm: &ArmResult) -> OutageStats {
    all_levels(arm).outage
}

fn help_desk(arm: &ArmResult) -> StationStats {
    all_levels(arm).stations[Station::HelpDesk as usize]
}

fn a_stay(arm: &ArmResult, total: f64) -> f64 {
    share(total, arm.sums.inpatient.admissions as f64)
}

/// `inpatient`, `help_desk`, `outages` and `prices` of the summary: each figure under the first baseline and the
/// policy.
pub(super) fn blocks(runs: &[Replication]) -> [(&'static str, Value); 4] {
    let mut stays = figures(runs, &STAYS);
    for (name, read) in STAY_AMOUNTS {
        let of = |arm: usize| money(runs.iter().map(|run| read(&run.arms[arm])));
        stays.insert(name.into(), json!({ "baseline": of(0), "policy": of(policy(runs)) }));
    }
    [
        ("inpatient", Value::Object(stays)),
        ("help_desk", Value::Object(figures(runs, &HELP_DESK))),
        ("outages", Value::Object(figures(runs, &OUTAGES))),
        ("prices", Value::Object(figures(runs, &PRICES))),
    ]
}

fn policy(runs: &[Replication]) -> usize {
    runs.first().map_or(0, |run| run.arms.len() - 1)
}

fn figures(runs: &[Replication], list: &[Figure]) -> Map<String, Value> {
    let side = |arm: usize, read: fn(&ArmResult) -> f64| {
        estimate(&runs.iter().map(|run| read(&run.arms[arm])).collect::<Vec<_>>())
    };
    list.iter()
        .map(|&(name, read)| {
            let both = json!({ "baseline": side(0, read), "policy": side(policy(runs), read) });
            (name.to_owned(), both)
        })
        .collect()
}

/// Rows `arm, figure, mean over replications` of every arm.
pub(super) fn rows(arms: &[&str], runs: &[Replication]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mean = |total: f64| rounded(share(total, runs.len() as f64)).to_string();
    for (arm, name) in arms.iter().enumerate() {
        for (figure, read) in STAYS.iter().chain(&HELP_DESK).chain(&OUTAGES).chain(&PRICES) {
            let total = runs.iter().map(|run| read(&run.arms[arm])).sum();
            rows.push(vec![(*name).into(), (*figure).into(), mean(total)]);
        }
        for (figure, read) in STAY_AMOUNTS {
            let total: Fen = runs.iter().map(|run| read(&run.arms[arm])).sum();
            let yuan = Fen(total.0 / (runs.len() as i64).max(1));
            rows.push(vec![(*name).into(), figure.into(), yuan.to_string()]);
        }
    }
    rows
}
