//! The months of a rollout: figures with their fans, and the curve of each institution. Must never show
//! a month that the run did not reach.

use super::super::figures;
use super::super::replicate::{Outcome, Setup};
use crate::city::spec::SiteSpec;
use crate::clearing::Totals;
use crate::domain::{Day, Fen};
use crate::metrics::{ArmDay, SiteMonth};
use crate::sim::Replication;
use crate::stats::order::quantile_of_sorted;
use serde_json::{Map, Value, json};
use std::ops::Range;

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_HOUR: f64 = 3_600_000.0;
const FEN_PER_YUAN: f64 = 100.0;

/// Percentiles of a fan.
pub(super) const FAN: [u8; 5] = [5, 25, 50, 75, 95];

/// A month's figures under their names, one value a run.
type Figures = Vec<(&'static str, Vec<f64>)>;

/// One row a calendar month (the first and last may be cut by the run). The estimate is that of the
/// replications; the fan is that of `spread` where there is one.
pub(super) fn months(setup: &Setup, outcome: &Outcome, spread: &[Replication]) -> Value {
    let start = setup.scenario.city.start;
    let sites = &setup.scenario.city.sites;
    let month = |days: Range<usize>| {
        let (first, last) = (nth(start, days.start), nth(start, days.end - 1));
        let takes_part = |site: &&SiteSpec| site.in_scheme_from.is_some_and(|day| day <= last);
        let mut row = Map::new();
        row.insert("month".into(), name(first).into());
        row.insert("days".into(), days.len().into());
        row.insert("sites_in_scheme".into(), sites.iter().filter(takes_part).count().into());
        let own = all_figures(&outcome.replications, &days, (first, last));
        let fans =
            if spread.is_empty() { own.clone() } else { all_figures(spread, &days, (first, last)) };
        for ((key, values), (_, fan_of)) in own.into_iter().zip(fans) {
            let mut figure = figures::estimate(&values);
            figure["fan"] = fan(fan_of);
            row.insert(key.into(), figure);
        }
        Value::Object(row)
    };
    months_of(start, setup.days as usize).into_iter().map(month).collect()
}

fn all_figures(runs: &[Replication], days: &Range<usize>, ends: (Day, Day)) -> Figures {
    let each = |of: &dyn Fn(&ArmDay) -> f64| in_days(runs, days.clone(), of);
    let to_end = |of: &dyn Fn(&ArmDay) -> f64| in_days(runs, 0..days.end, of);
    let owed = |day: &ArmDay| yuan(day.drawn - day.repaid - day.written_off);
    let cash = |day: &ArmDay| yuan(day.repaid - day.drawn);
    let mut figures = vec![
        ("matched_visits", each(&|day| day.matched as f64)),
        ("saved_min_per_visit", per_visit(runs, days.clone())),
        ("saved_hours", each(&|day| day.saved_ms as f64 / MS_PER_HOUR)),
        ("saved_hours_to_date", to_end(&|day| day.saved_ms as f64 / MS_PER_HOUR)),
        ("drawn_yuan", each(&|day| yuan(day.drawn))),
        ("repaid_yuan", each(&|day| yuan(day.repaid))),
        ("written_off_yuan", each(&|day| yuan(day.written_off))),
        ("written_off_to_date_yuan", to_end(&|day| yuan(day.written_off))),
        ("outstanding_end_yuan", to_end(&owed)),
        ("overdue_end_yuan", to_end(&|day| yuan(day.overdue_change))),
        ("lender_cash_yuan", each(&cash)),
        ("lender_cash_to_date_yuan", to_end(&cash)),
    ];
    if let Some(gain) = hospital_cash(runs, ends) {
        figures.push(("hospital_cash_gain_yuan", gain));
    }
    figures
}

/// Percentiles over runs.
fn fan(mut values: Vec<f64>) -> Value {
    values.sort_by(f64::total_cmp);
    let at = |percent: u8| quantile_of_sorted(&values, f64::from(percent) / 100.0);
    FAN.iter().map(|&percent| json!(at(percent).map(figures::rounded))).collect()
}

/// Cash of all hospitals at the month's end, policy less first baseline, where money between
/// institutions is followed.
fn hospital_cash(runs: &[Replication], (first, last): (Day, Day)) -> Option<Vec<f64>> {
    let cash = |totals: &Totals| -> Option<Fen> {
        let here = |month: &&crate::clearing::MonthEnd| first <= month.day && month.day <= last;
        let mut ends = totals.months.iter().filter(here).peekable();
        ends.peek()?;
        Some(ends.map(|month| month.position.cash).sum())
    };
    let gain = |run: &Replication| {
        let policy = cash(run.arms.last()?.clearing.as_ref()?)?;
        let baseline = cash(run.arms.first()?.clearing.as_ref()?)?;
        Some(yuan(policy - baseline))
    };
    runs.iter().map(gain).collect()
}

/// Each institution's months: how many of its visits there were, how many of them drew on a line, what
/// they saved.
pub(super) fn institutions(setup: &Setup, outcome: &Outcome) -> Value {
    let city = &setup.scenario.city;
    let months = months_of(city.start, setup.days as usize);
    let none = SiteMonth::default();
    let institution = |(at, site): (usize, &SiteSpec)| {
        let month = |(number, days): (usize, &Range<usize>)| {
            let of = |run: &Replication| {
                let place = number * city.sites.len() + at;
                run.pairs.site_months.get(place).copied().unwrap_or(none)
            };
            let each = |read: fn(&SiteMonth) -> f64| {
                let runs = outcome.replications.iter();
                figures::estimate(&runs.map(|run| read(&of(run))).collect::<Vec<_>>())
            };
            json!({
                "month": name(nth(city.start, days.start)),
                "matched_visits": each(|month| month.visits as f64),
                "credit_share": each(|m| figures::share(m.credit as f64, m.visits as f64)),
                "saved_min_per_visit": each(|month| {
                    figures::share(month.saved_ms as f64 / MS_PER_MINUTE, month.visits as f64)
                }),
            })
        };
        json!({
            "name": site.name,
            "from": site.in_scheme_from.map(|day| day.to_string()),
            "months": months.iter().enumerate().map(month).collect::<Vec<_>>(),
        })
    };
    city.sites.iter().enumerate().map(institution).collect()
}

fn name(day: Day) -> String {
    let civil = day.civil();
    format!("{:04}-{:02}", civil.year, civil.month)
}

fn yuan(amount: Fen) -> f64 {
    amount.0 as f64 / FEN_PER_YUAN
}

fn policy_days(run: &Replication) -> &[ArmDay] {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    &arm.days
}

/// Sums over a range of days, one a replication.
fn in_days(runs: &[Replication], days: Range<usize>, of: &dyn Fn(&ArmDay) -> f64) -> Vec<f64> {
    runs.iter().map(|run| policy_days(run)[days.clone()].iter().map(of).sum()).collect()
}

fn per_visit(runs: &[Replication], days: Range<usize>) -> Vec<f64> {
    let minutes = in_days(runs, days.clone(), &|day| day.saved_ms as f64 / MS_PER_MINUTE);
    let visits = in_days(runs, days, &|day| day.matched as f64);
    minutes.into_iter().zip(visits).map(|(min, visits)| figures::share(min, visits)).collect()
}

/// What the run-out brings when nobody comes any more: most losses fall here, months after the
/// draw.
pub(super) fn after_last_day(outcome: &Outcome) -> Value {
    let runs = &outcome.replications;
    let written_off = runs.iter().map(|run| {
        let of_days: Fen = policy_days(run).iter().map(|day| day.written_off).sum();
        let of_run = run.arms.last().map_or(Fen::ZERO, |arm| arm.sums.written_off);
        yuan(of_run - of_days)
    });
    json!({ "written_off_yuan": figures::estimate(&written_off.collect::<Vec<_>>()) })
}

/// The day with an index.
fn nth(start: Day, index: usize) -> Day {
    let Ok(days) = i32::try_from(index) else { panic!("invariant: a run of {index} days") };
    start + days
}

/// The days of each calendar month.
fn months_of(start: Day, days: usize) -> Vec<Range<usize>> {
    let mut months: Vec<Range<usize>> = Vec::new();
    for index in 0..days {
        match months.last_mut() {
            Some(month) if nth(start, index).civil().day != 1 => month.end = index + 1,
            _ => months.push(index..index + 1),
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_the_calendar() {
        let start = Day::from_civil(2023, 1, 30).expect("a date");
        assert_eq!(months_of(start, 33), [0..2, 2..30, 30..33]);
        assert_eq!(months_of(start, 1), vec![0..1; 1]);
    }

    #[test]
    fn a_fan_holds_the_middle_and_never_crosses() {
        let fan = fan((0..=100).rev().map(f64::from).collect());
        assert_eq!(fan, json!([5.0, 25.0, 50.0, 75.0, 95.0]));
    }
}
