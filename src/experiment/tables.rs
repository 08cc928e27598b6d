//! Tidy tables of a run: one row per observation, units in the column names, `.` decimals.
//! Must never compute what `summary` computes otherwise.

use super::figures::{rounded, share};
use super::growth;
use super::inpatient;
use super::replicate::{Outcome, Setup};
use super::risk_tables::{self, SCHEME_WORDS};
use super::story;
use super::summary::{fund_words, of_fund};
use super::{answer, away, banks, between, payments};
use super::{risk_report, risk_views};
use crate::domain::{AGE_BAND_EDGES, AGE_BANDS, Fen, HospitalLevel, INCOME_BANDS, Refusal};
use crate::flow::{DayStats, HOURS, STATION_KINDS};
use crate::metrics::{
    Cells, HISTOGRAM_BINS, HISTOGRAM_FROM_MIN, HISTOGRAM_STEP_MIN, Match, PairSums, Times,
};
use crate::sim::Replication;
use serde_json::Value;

/// A table of the run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// File name.
    pub name: &'static str,
    /// Column names.
    pub header: Vec<&'static str>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

pub(super) const LEVELS: [(&str, HospitalLevel); 3] = [
    ("primary", HospitalLevel::Primary),
    ("secondary", HospitalLevel::Secondary),
    ("tertiary", HospitalLevel::Tertiary),
];

/// Stations by their place in the counts, departments last.
const STATIONS: [&str; STATION_KINDS] = [
    "registration",
    "cashier",
    "kiosk",
    "laboratory",
    "imaging",
    "treatment",
    "pharmacy",
    "admission_desk",
    "discharge_desk",
    "emergency",
    "help_desk",
    "consultation",
];

/// Every table of a finished run.
pub fn tables(setup: &Setup, outcome: &Outcome, summary: &Value) -> Vec<Table> {
    let pairs = all_pairs(setup, outcome);
    let clearing = between::months(setup, outcome);
    let tables = [
        replications(setup, outcome, summary),
        daily(setup, outcome),
        by_hour(setup, outcome),
        by_station_hour(setup, outcome),
        by_group(setup, &pairs),
        stations(setup, outcome),
        hospitals(setup, outcome, &pairs),
        saved_histogram(&pairs),
        credit_buckets(outcome),
        funds(setup, outcome),
        losses(outcome),
        risk_tables::vintages(setup, outcome),
        risk_views::vintage_table(setup, &risk_report::pooled(&outcome.replications)),
        risk_views::class_table(outcome),
        risk_tables::segments(outcome),
        risk_tables::rolls(summary),
        risk_tables::curve(summary),
        refusals(setup, outcome),
        stays(setup, outcome),
        assumptions(setup),
    ];
    let more = [
        clearing,
        payments::discrepancies(setup, outcome),
        away::provinces(setup, outcome),
        payments::means(setup, outcome),
        banks::rows(setup, outcome),
        story::steps(outcome),
        Some(growth::growth(setup, outcome)),
        Some(growth::requests(setup, outcome)),
        Some(super::pictures::time_parts(setup, summary)),
        Some(super::pictures::loss_waterfall(summary)),
        super::funnel::table(setup, &outcome.replications),
    ];
    let answer = answer::tables(setup, outcome, summary);
    tables.into_iter().chain(more.into_iter().flatten()).chain(answer).collect()
}

pub(super) fn table(name: &'static str, header: &[&'static str], rows: Vec<Vec<String>>) -> Table {
    Table { name, header: header.to_vec(), rows }
}

fn number(value: f64) -> String {
    rounded(value).to_string()
}

/// Matched visits of all replications together.
fn all_pairs(setup: &Setup, outcome: &Outcome) -> PairSums {
    let cells =
        Cells { districts: setup.scenario.city.districts.len(), sites: outcome.sites.len() };
    let mut pairs = PairSums::new(setup.scenario.baselines.len(), cells.len());
    for run in &outcome.replications {
        pairs.merge(&run.pairs);
    }
    pairs
}

/// Arm names in order.
pub(super) fn arm_names(setup: &Setup) -> Vec<&str> {
    let arms = setup.scenario.baselines.iter().chain([&setup.scenario.policy]);
    arms.map(|arm| arm.name.as_str()).collect()
}

/// The replications' own values behind each headline saving.
fn replications(setup: &Setup, outcome: &Outcome, _: &Value) -> Table {
    let mut rows = Vec::new();
    for (number_of, run) in (1..).zip(&outcome.replications) {
        let mut push = |metric: String, value: String| {
            rows.push(vec![i32::to_string(&number_of), metric, value]);
        };
        for (baseline, pair) in setup.scenario.baselines.iter().zip(&run.pairs.against) {
            for (class, m) in [("credit_users", &pair[0]), ("others", &pair[1])] {
                let minutes = share(m.saved_ms() as f64 / 60_000.0, m.visits as f64);
                push(format!("saved_min.{}.{class}", baseline.name), number(minutes));
                push(format!("visits.{}.{class}", baseline.name), m.visits.to_string());
            }
        }
        for arm in &run.arms[run.arms.len() - 1..] {
            push("credit.drawn_yuan".into(), arm.sums.drawn.to_string());
            push("credit.written_off_yuan".into(), arm.sums.written_off.to_string());
            push("credit.recovered_yuan".into(), arm.sums.recovered.to_string());
            push("settlement.total_yuan".into(), arm.sums.billed.to_string());
            push("throughput.peak_requests_per_minute".into(), arm.peak_minute.to_string());
        }
    }
    table("replications.csv", &["replication", "metric", "value"], rows)
}

fn daily(setup: &Setup, outcome: &Outcome) -> Table {
    let header = [
        "replication",
        "arm",
        "day",
        "visits",
        "admissions",
        "spilled",
        "reneged",
        "no_bed",
        "drawn_yuan",
        "repaid_yuan",
        "written_off_yuan",
        "outstanding_yuan",
        "overdue_yuan",
    ];
    let mut rows = Vec::new();
    for (replication, run) in (1..).zip(&outcome.replications) {
        for (name, arm) in arm_names(setup).into_iter().zip(&run.arms) {
            let (mut outstanding, mut overdue) = (Fen::ZERO, Fen::ZERO);
            for (index, day) in (0..).zip(&arm.days) {
                outstanding += day.drawn - day.repaid - day.written_off;
                overdue += day.overdue_change;
                rows.push(vec![
                    i32::to_string(&replication),
                    name.into(),
                    (setup.scenario.city.start + index).to_string(),
                    day.visits.to_string(),
                    day.admissions.to_string(),
                    day.spilled.to_string(),
                    day.reneged.to_string(),
                    day.no_bed.to_string(),
                    day.drawn.to_string(),
                    day.repaid.to_string(),
                    day.written_off.to_string(),
                    outstanding.to_string(),
                    overdue.to_string(),
                ]);
            }
        }
    }
    table("daily.csv", &header, rows)
}

/// Station counts of an arm and level over all replications.
fn level_stats(runs: &[Replication], arm: usize, level: HospitalLevel) -> DayStats {
    let mut total = DayStats::default();
    for run in runs {
        total.merge(&run.arms[arm].stations[level as usize]);
    }
    total
}

fn by_hour(setup: &Setup, outcome: &Outcome) -> Table {
    let header =
        ["arm", "level", "hour", "arrivals", "clinical_wait_min_mean", "cashier_wait_min_mean"];
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        for (label, level) in LEVELS {
            let stats = level_stats(&outcome.replications, arm, level);
            let (clinical, payment) = (stats.clinical(), stats.payment());
            for hour in (0..HOURS).filter(|&hour| clinical.arrivals[hour] > 0) {
                let mean = |counts: &crate::flow::Hourly| {
                    let wait = counts.wait_sum_ms[hour] as f64 / 60_000.0;
                    number(share(wait, counts.arrivals[hour] as f64))
                };
                rows.push(vec![
                    name.into(),
                    label.into(),
                    hour.to_string(),
                    clinical.arrivals[hour].to_string(),
                    mean(&clinical),
                    mean(&payment),
                ]);
            }
        }
    }
    table("by_hour.csv", &header, rows)
}

/// Waits by station and hour of joining its line, where anybody joined.
fn by_station_hour(setup: &Setup, outcome: &Outcome) -> Table {
    let header = ["arm", "level", "station", "hour", "arrivals", "wait_min_mean"];
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        for (label, level) in LEVELS {
            let stats = level_stats(&outcome.replications, arm, level);
            for (station, hours) in STATIONS.iter().zip(&stats.hours) {
                for hour in (0..HOURS).filter(|&hour| hours.arrivals[hour] > 0) {
                    let wait = hours.wait_sum_ms[hour] as f64 / 60_000.0;
                    let joined = hours.arrivals[hour];
                    let names = [name, label, station].map(str::to_owned);
                    let numbers =
                        [hour.to_string(), joined.to_string(), number(share(wait, joined as f64))];
                    rows.push(names.into_iter().chain(numbers).collect());
                }
            }
        }
    }
    table("by_station_hour.csv", &header, rows)
}

/// Means of one side of matched visits.
fn side_row(side: &Times, visits: u64) -> Vec<String> {
    let per_visit = |ms: u64| number(share(ms as f64 / 60_000.0, visits as f64));
    vec![
        per_visit(side.wait_ms),
        per_visit(side.payment_ms),
        per_visit(side.in_hospital_ms),
        number(share(side.stops as f64, visits as f64)),
    ]
}

/// Minutes saved a visit; 0 without a visit.
pub(super) fn saved_min(m: &Match) -> f64 {
    share(m.saved_ms() as f64 / 60_000.0, m.visits as f64)
}

fn saved(m: &Match) -> String {
    number(saved_min(m))
}

/// First and last age of a band.
pub(super) fn age_label(band: usize) -> String {
    let (from, next) = (AGE_BAND_EDGES[band], AGE_BAND_EDGES[band + 1]);
    if band + 1 == AGE_BANDS { format!("{from}+") } else { format!("{from}-{}", next - 1) }
}

/// Kind, name and cell of each group of visits.
pub(super) fn group_cells(setup: &Setup) -> Vec<(&'static str, String, usize)> {
    let ages = (0..AGE_BANDS).map(|band| ("age", age_label(band), band));
    let levels =
        LEVELS.map(|(label, level)| ("level", label.to_owned(), Cells::LEVELS + level as usize));
    let incomes = (0..INCOME_BANDS)
        .map(|band| ("income", format!("fifth {}", band + 1), Cells::INCOMES + band));
    let schemes = SCHEME_WORDS.iter().enumerate();
    let schemes = schemes.map(|(at, word)| ("scheme", (*word).to_owned(), Cells::SCHEMES + at));
    let districts = setup.scenario.city.districts.iter().enumerate();
    let districts = districts
        .map(|(index, district)| ("district", district.name.clone(), Cells::DISTRICTS + index));
    ages.chain(levels).chain(incomes).chain(schemes).chain(districts).collect()
}

/// Visits that a line paid and all others, with what they gained: the scheme may cost those who do not use it.
pub(super) fn participation(pairs: &PairSums) -> [(&'static str, String, &Match); 2] {
    let [users, others] = &pairs.against[0];
    [
        ("participation", PARTICIPATION[0].to_owned(), users),
        ("participation", PARTICIPATION[1].to_owned(), others),
    ]
}

/// Words of the groups by participation.
pub(super) const PARTICIPATION: [&str; 2] = ["credit_users", "non_users"];

fn by_group(setup: &Setup, pairs: &PairSums) -> Table {
    let header = [
        "arm",
        "group_kind",
        "group",
        "visits",
        "wait_min_mean",
        "payment_min_mean",
        "time_in_hospital_min_mean",
        "payment_stops_mean",
        "saved_min_mean",
    ];
    let scenario = &setup.scenario;
    let mut rows = Vec::new();
    let cells = group_cells(setup);
    let cells = cells.into_iter().map(|(kind, label, cell)| (kind, label, &pairs.cells[cell]));
    for (kind, label, m) in cells.chain(participation(pairs)) {
        let sides =
            [(&scenario.baselines[0].name, &m.baseline), (&scenario.policy.name, &m.policy)];
        for (arm, side) in sides.into_iter().filter(|_| m.visits > 0) {
            let mut row = vec![arm.clone(), kind.into(), label.clone(), m.visits.to_string()];
            row.extend(side_row(side, m.visits));
            row.push(saved(m));
            rows.push(row);
        }
    }
    table("by_group.csv", &header, rows)
}

fn stations(setup: &Setup, outcome: &Outcome) -> Table {
    let header = ["arm", "level", "station", "served", "wait_min_mean", "utilisation"];
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        for (label, level) in LEVELS {
            let stats = level_stats(&outcome.replications, arm, level);
            for (station, counts) in STATIONS.iter().zip(&stats.stations) {
                if counts.served == 0 {
                    continue;
                }
                let wait = counts.wait_sum_ms as f64 / 60_000.0;
                let joined = (counts.served + counts.reneged) as f64;
                rows.push(vec![
                    name.into(),
                    label.into(),
                    (*station).into(),
                    counts.served.to_string(),
                    number(share(wait, joined)),
                    number(share(counts.busy_ms as f64, counts.capacity_ms as f64)),
                ]);
            }
        }
    }
    table("stations.csv", &header, rows)
}

fn hospitals(setup: &Setup, outcome: &Outcome, pairs: &PairSums) -> Table {
    let header = [
        "arm",
        "hospital",
        "level",
        "visits",
        "wait_min_mean",
        "payment_min_mean",
        "time_in_hospital_min_mean",
        "payment_stops_mean",
        "saved_min_mean",
    ];
    let scenario = &setup.scenario;
    let first = Cells { districts: scenario.city.districts.len(), sites: 0 }.first_site();
    let mut rows = Vec::new();
    for (index, (hospital, level)) in outcome.sites.iter().enumerate() {
        let m = &pairs.cells[first + index];
        let level = LEVELS[*level as usize].0;
        let sides =
            [(&scenario.baselines[0].name, &m.baseline), (&scenario.policy.name, &m.policy)];
        for (arm, side) in sides.into_iter().filter(|_| m.visits > 0) {
            let mut row = vec![arm.clone(), hospital.clone(), level.into(), m.visits.to_string()];
            row.extend(side_row(side, m.visits));
            row.push(saved(m));
            rows.push(row);
        }
    }
    table("hospitals.csv", &header, rows)
}

fn saved_histogram(pairs: &PairSums) -> Table {
    let rows = (0..HISTOGRAM_BINS).map(|bin| {
        let from = HISTOGRAM_FROM_MIN + bin as i64 * HISTOGRAM_STEP_MIN;
        vec![
            from.to_string(),
            (from + HISTOGRAM_STEP_MIN).to_string(),
            pairs.histogram[0][bin].to_string(),
            pairs.histogram[1][bin].to_string(),
        ]
    });
    let header = ["minutes_from", "minutes_to", "visits_credit", "visits_others"];
    table("saved_histogram.csv", &header, rows.collect())
}

/// Outstanding principal by bucket at the end of each week, mean over replications.
fn credit_buckets(outcome: &Outcome) -> Table {
    let header =
        ["day", "current_yuan", "d1_30_yuan", "d31_60_yuan", "d61_90_yuan", "d90_plus_yuan"];
    let runs: Vec<_> = outcome.replications.iter().filter_map(|run| run.arms.last()).collect();
    let weeks = runs.iter().map(|arm| arm.buckets.len()).max().unwrap_or(0);
    let rows = (0..weeks).map(|week| {
        // Replications end when their books are empty; the weeks until then are the same.
        let here: Vec<_> = runs.iter().filter_map(|arm| arm.buckets.get(week)).collect();
        let day = here[0].0;
        assert!(here.iter().all(|row| row.0 == day), "invariant: one week a row, {day}");
        let mut row = vec![day.to_string()];
        for bucket in 0..5 {
            let total: Fen = here.iter().map(|(_, buckets)| buckets.0[bucket]).sum();
            row.push(crate::domain::Ratio::new(1, runs.len() as i64).of(total).to_string());
        }
        row
    });
    table("credit_buckets.csv", &header, rows.collect())
}

/// Sum over replications ÷ their number, half up at the fen.
pub(super) fn mean_fen(total: Fen, outcome: &Outcome) -> String {
    crate::domain::Ratio::new(1, outcome.replications.len() as i64).of(total).to_string()
}

fn funds(setup: &Setup, outcome: &Outcome) -> Table {
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        let runs = &outcome.replications;
        for fund in fund_words(runs.iter().map(|run| &run.arms[arm])) {
            let total = runs.iter().map(|run| of_fund(&run.arms[arm], fund)).sum();
            rows.push(vec![name.into(), fund.into(), mean_fen(total, outcome)]);
        }
    }
    table("funds.csv", &["arm", "role", "amount_yuan"], rows)
}

fn losses(outcome: &Outcome) -> Table {
    let bearers = ["insurer", "hospital", "risk_pool", "bank", "guarantor"];
    let rows = bearers.iter().enumerate().map(|(index, bearer)| {
        let arms = outcome.replications.iter().filter_map(|run| run.arms.last());
        let total = arms.map(|arm| arm.losses[index]).sum();
        vec![(*bearer).into(), mean_fen(total, outcome)]
    });
    table("losses.csv", &["bearer", "amount_yuan"], rows.collect())
}

fn refusals(setup: &Setup, outcome: &Outcome) -> Table {
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        for word in Refusal::ALL {
            let counts = outcome.replications.iter();
            let total: u64 = counts.map(|run| run.arms[arm].sums.refusals[word as usize]).sum();
            if total > 0 {
                let mean = share(total as f64, outcome.replications.len() as f64);
                rows.push(vec![name.into(), word.word().into(), number(mean)]);
            }
        }
    }
    table("refusals.csv", &["arm", "reason", "count"], rows)
}

fn stays(setup: &Setup, outcome: &Outcome) -> Table {
    let rows = inpatient::rows(&arm_names(setup), &outcome.replications);
    table("inpatient.csv", &["arm", "figure", "mean"], rows)
}

fn assumptions(setup: &Setup) -> Table {
    let rows = setup.scenario.assumptions.iter().map(|note| {
        vec![
            note.key.clone(),
            note.value.clone(),
            note.source.clone(),
            note.assumed.to_string(),
            note.file.clone(),
            note.line.to_string(),
        ]
    });
    let header = ["key", "value", "source", "assumed", "file", "line"];
    table("assumptions.csv", &header, rows.collect())
}
