//! What one replication says about the quantities that cities publish. Must never round before it divides.

use super::evidence::Published;
use crate::domain::{Day, Fen};
use crate::metrics::Times;
use crate::sim::Replication;

const DAYS_PER_MONTH: f64 = 30.0;
const MS_PER_MINUTE: f64 = 60_000.0;

/// What one run says.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) people: f64,
    pub(super) days: f64,
    /// People of the city ÷ people simulated.
    pub(super) scale: f64,
    pub(super) opened: f64,
    pub(super) used: f64,
    pub(super) limits: f64,
    pub(super) drawn: f64,
    pub(super) bills: f64,
    pub(super) bills_covered: f64,
    pub(super) uses: f64,
    /// First days of the institutions that have joined by the last day.
    pub(super) joins: Vec<Day>,
    pub(super) minutes: f64,
    pub(super) minutes_saved: f64,
    pub(super) wait_saved: f64,
}

impl Facts {
    /// The policy's arm of a replication, with people, days and scale; times against the baseline of this index.
    pub(super) fn of(
        run: &Replication,
        (people, days, scale): (f64, f64, f64),
        baseline: Option<usize>,
    ) -> Facts {
        let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
        let yuan = |amount: Fen| amount.0 as f64 / 100.0;
        let [bills, covered] = arm.sums.line_bills_of_all();
        let money = Facts {
            people,
            days,
            scale,
            opened: arm.sums.opened as f64,
            used: arm.used as f64,
            limits: yuan(arm.sums.limit_total),
            drawn: yuan(arm.sums.drawn),
            bills: bills as f64,
            bills_covered: covered as f64,
            uses: run.pairs.against[0][0].visits as f64,
            ..Facts::default()
        };
        let Some(baseline) = baseline else { return money };
        let users = &run.pairs.against[baseline][0];
        let visits = (users.visits as f64).max(1.0);
        let minutes = |ms: u64| ms as f64 / MS_PER_MINUTE / visits;
        // A wait around payment is a queue and a walk and a service: the queue stands in both figures.
        let wait = |times: &Times| minutes(times.clinical_wait_ms) + minutes(times.payment_ms);
        let before = minutes(users.baseline.in_hospital_ms);
        Facts {
            minutes: before,
            minutes_saved: before - minutes(users.policy.in_hospital_ms),
            wait_saved: wait(&users.baseline) - wait(&users.policy),
            ..money
        }
    }
}

/// The value of a row: whole-city facts, and facts of the hospitals for times.
pub(super) fn quantity(row: &Published, city: &Facts, times: &Facts) -> f64 {
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    match row.quantity.as_str() {
        "enrolled_share" => share(city.opened, city.people),
        "limits_drawn_share" => share(city.drawn, city.limits),
        "mean_limit_yuan" => share(city.limits, city.opened),
        "bills_covered_share" => share(city.bills_covered, city.bills),
        "uses_per_line" => share(city.uses, city.opened),
        "used_share_of_lines" => share(city.used, city.opened),
        "uses_per_month" => city.uses * city.scale / (city.days / DAYS_PER_MONTH),
        "drawn_per_use_yuan" => share(city.drawn, city.uses),
        "time_saved_share" => share(times.minutes_saved, times.minutes),
        "wait_saved_min" => times.wait_saved,
        "minutes_saved_per_line" => times.minutes_saved * share(city.uses, city.opened),
        "sites_in_scheme" => {
            let by = row.published_by();
            let joined = city.joins.iter().filter(|&&day| by.is_none_or(|by| day <= by));
            joined.count() as f64
        }
        other => panic!("invariant: quantity {other} was checked when the table was read"),
    }
}
