//! Volume and price of stays in each arm, and how the price moves within the run: what an insurer watches. Must never
//! say why it moves.

use super::figures::{count, estimate, share};
use super::replicate::Setup;
use crate::metrics::{CaseMonth, Cases};
use crate::sim::Replication;
use serde_json::{Value, json};

/// The summary's part, where anybody can be admitted.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    if setup.scenario.city.demand.admissions_per_person_year <= 0.0 {
        return None;
    }
    let policy = setup.scenario.baselines.len();
    Some(json!({ "baseline": side(runs, 0), "policy": side(runs, policy) }))
}

fn side(runs: &[Replication], arm: usize) -> Value {
    let cases = || runs.iter().map(move |run| &run.arms[arm].sums.cases);
    let each = |read: &dyn Fn(&Cases) -> f64| estimate(&cases().map(read).collect::<Vec<_>>());
    json!({
        "stays": count(cases().map(|cases| cases.all().stays)),
        "bill_per_stay": each(&|cases| bill(&cases.all())),
        "funds_per_stay": each(&|cases| {
            let all = cases.all();
            share(all.funds.0 as f64 / 100.0, all.stays as f64)
        }),
        "bill_drift_share": each(&drift),
    })
}

fn bill(of: &CaseMonth) -> f64 {
    share(of.billed.0 as f64 / 100.0, of.stays as f64)
}

/// The mean bill of the second half of the months against that of the first, less one; 0 where a half is empty.
fn drift(cases: &Cases) -> f64 {
    let (all, first) = (cases.all(), cases.until(cases.months() / 2));
    let second = CaseMonth {
        stays: all.stays - first.stays,
        billed: all.billed - first.billed,
        funds: all.funds - first.funds,
    };
    if first.stays == 0 || second.stays == 0 { 0.0 } else { bill(&second) / bill(&first) - 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fen;

    #[test]
    fn drift_is_the_second_half_of_the_months_against_the_first() {
        let mut cases = Cases::default();
        for (month, yuan) in [(0, 1_000), (0, 3_000), (1, 2_000), (2, 3_000), (3, 1_400)] {
            cases.count(month, Fen::from_yuan(yuan), Fen::ZERO);
        }
        assert!((drift(&cases) - 0.1).abs() < 1e-9, "2,200 against 2,000");
        assert!(drift(&Cases::default()).abs() < f64::EPSILON);
    }
}
