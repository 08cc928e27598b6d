//! Tables over time: how the scheme grows, and the requests of the busiest day. Must never mix arms.

use super::figures::rounded;
use super::replicate::{Outcome, Setup};
use super::tables::{Table, table};
use crate::domain::Fen;
use crate::sim::{ArmResult, Replication};

fn policy(run: &Replication) -> &ArmResult {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    arm
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> String {
    rounded(values.sum::<f64>() / count.max(1) as f64).to_string()
}

/// `growth.csv`: the policy arm day by day, means over replications.
pub(super) fn growth(setup: &Setup, outcome: &Outcome) -> Table {
    let header = ["day", "lines_opened", "drawn_to_date_yuan", "repaid_to_date_yuan"];
    let runs = &outcome.replications;
    let days = runs.iter().map(|run| policy(run).opened_by_day.len()).min().unwrap_or(0);
    let mut sums = vec![[Fen::ZERO; 2]; runs.len()];
    let mut rows = Vec::with_capacity(days);
    for index in 0..days {
        for (sum, run) in sums.iter_mut().zip(runs) {
            let day = &policy(run).days[index];
            sum[0] += day.drawn;
            sum[1] += day.repaid;
        }
        let opened = runs.iter().map(|run| policy(run).opened_by_day[index] as f64);
        let yuan = |at: usize| mean(sums.iter().map(|sum| sum[at].0 as f64 / 100.0), runs.len());
        rows.push(vec![
            (setup.scenario.city.start + index as i32).to_string(),
            mean(opened, runs.len()),
            yuan(0),
            yuan(1),
        ]);
    }
    table("growth.csv", &header, rows)
}

/// `requests.csv`: requests a minute by quarter of an hour on the day with the busiest minute.
pub(super) fn requests(setup: &Setup, outcome: &Outcome) -> Table {
    let header = ["arm", "from_min", "requests_per_min"];
    let runs = &outcome.replications;
    let scenario = &setup.scenario;
    let names = scenario.baselines.iter().chain([&scenario.policy]).map(|arm| arm.name.clone());
    let mut rows = Vec::new();
    for (arm, name) in names.enumerate() {
        let quarters = runs.iter().map(|run| run.arms[arm].busiest_day.len()).min().unwrap_or(0);
        for quarter in 0..quarters {
            let rate = |run: &Replication| f64::from(run.arms[arm].busiest_day[quarter]) / 15.0;
            rows.push(vec![
                name.clone(),
                (quarter * 15).to_string(),
                mean(runs.iter().map(rate), runs.len()),
            ]);
        }
    }
    table("requests.csv", &header, rows)
}
