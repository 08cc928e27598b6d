//! Steps from one arm to the next: minutes, yuan, harm, and the arithmetic check of each. Must never show
//! a step without the arm that it starts from.

use super::facts::{Facts, HARM, MONEY};
use super::figures;
use crate::domain::Fen;
use crate::metrics::Times;
use serde_json::{Map, Value, json};

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_HOUR: f64 = 3_600_000.0;
/// Part of a step's minutes that may come from elsewhere than the stops before the check explains it.
const GAP: f64 = 0.2;

/// An arm of the experiment as steps see it; without facts it is the base.
#[derive(Clone, Copy)]
pub(super) struct Arm<'a> {
    /// Its name in the document.
    pub(super) name: &'a str,
    /// One entry a replication.
    pub(super) facts: Option<&'a [Facts]>,
}

impl Arm<'_> {
    fn at(&self, replication: usize) -> Facts {
        self.facts.map_or_else(Facts::default, |facts| facts[replication])
    }
}

/// The step from one arm to another: differences by replication, on the same luck.
pub(super) fn step(from: Arm<'_>, to: Arm<'_>, adds: Option<&str>) -> Value {
    let Some(all) = to.facts else { panic!("invariant: no step goes to the base") };
    let each = |of: &dyn Fn(&Facts) -> f64| {
        let values = all.iter().enumerate().map(|(at, to)| of(to) - of(&from.at(at)));
        figures::estimate(&values.collect::<Vec<_>>())
    };
    let minutes = |read: fn(&Times) -> u64| each(&move |f| f.saved(read) / MS_PER_MINUTE);
    let money = MONEY.iter().enumerate().map(|(at, (key, _))| {
        let fen = (0..all.len()).map(|k| Fen(all[k].money[at] - from.at(k).money[at]));
        ((*key).to_owned(), figures::money(fen))
    });
    let harm = HARM
        .iter()
        .enumerate()
        .map(|(at, (key, _))| ((*key).to_owned(), each(&move |f| f.harm[at] as f64)));
    json!({
        "from": from.name,
        "to": to.name,
        "adds": adds,
        "minutes_per_visit": minutes(|times| times.in_hospital_ms),
        "waiting_min": minutes(|times| times.wait_ms),
        "paying_min": minutes(|times| times.payment_ms),
        "stops_removed_per_visit": each(&|f| f.saved(|times| times.stops)),
        "hours": each(&|f| f.visits.saved_ms() as f64 / MS_PER_HOUR),
        "matched_visits": figures::count(all.iter().map(|f| f.visits.visits)),
        "unmatched_visits": figures::count(all.iter().map(|f| f.unmatched.cast_unsigned())),
        "yuan": money.collect::<Map<_, _>>(),
        "harm": harm.collect::<Map<_, _>>(),
        "check": check(from, all),
    })
}

/// One replication's arithmetic of a step, minutes a visit.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    simulated: f64,
    stops: f64,
    a_stop: f64,
    from_stops: f64,
    clinical: f64,
    remaining: f64,
    desk: f64,
}

impl Sum {
    fn of(from: &Facts, to: &Facts, starts_at_base: bool) -> Sum {
        let gain = |read: fn(&Times) -> u64| to.saved(read) - from.saved(read);
        let minutes = |read| gain(read) / MS_PER_MINUTE;
        let before = if starts_at_base { to.visits.baseline } else { from.visits.policy };
        let paying = before.payment_ms as f64 / MS_PER_MINUTE;
        let stops = gain(|times| times.stops);
        let a_stop = figures::share(paying, before.stops as f64);
        let from_stops = stops * a_stop;
        Sum {
            simulated: minutes(|times| times.in_hospital_ms),
            stops,
            a_stop,
            from_stops,
            clinical: minutes(|times| times.clinical_wait_ms),
            remaining: minutes(|times| times.payment_ms) - from_stops,
            desk: -minutes(|times| times.desk_ms),
        }
    }

    fn unexplained(&self) -> f64 {
        self.simulated - self.from_stops - self.clinical - self.remaining + self.desk
    }
}

/// Stops removed × minutes a stop beside the simulated minutes; where they differ by more than a fifth,
/// the parts that make the difference, the largest first.
fn check(from: Arm<'_>, to: &[Facts]) -> Value {
    let at_base = from.facts.is_none();
    let sums: Vec<Sum> =
        to.iter().enumerate().map(|(at, to)| Sum::of(&from.at(at), to, at_base)).collect();
    let each =
        |of: &dyn Fn(&Sum) -> f64| figures::estimate(&sums.iter().map(of).collect::<Vec<_>>());
    let mean = |of: &dyn Fn(&Sum) -> f64| {
        figures::share(sums.iter().map(of).sum::<f64>(), sums.len() as f64)
    };
    let (simulated, from_stops) = (mean(&|s| s.simulated), mean(&|s| s.from_stops));
    let gap = figures::share(simulated - from_stops, simulated.abs());
    let refused = to.iter().enumerate().map(|(at, to)| {
        let refused = |facts: &Facts| (facts.line_bills[0] - facts.line_bills[1]) as f64;
        refused(to) - refused(&from.at(at))
    });
    let mut parts = [
        ("clinical_queues", mean(&|s| s.clinical)),
        ("payments_that_remain", mean(&|s| s.remaining)),
        ("sign_up_and_help", -mean(&|s| s.desk)),
        ("other", mean(&Sum::unexplained)),
    ];
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let explained = parts
        .map(|(cause, minutes)| json!({ "cause": cause, "minutes": figures::rounded(minutes) }));
    json!({
        "stops_removed_per_visit": each(&|s| s.stops),
        "minutes_per_stop": each(&|s| s.a_stop),
        "stops_part_min": each(&|s| s.from_stops),
        "simulated_min": each(&|s| s.simulated),
        "gap_share": figures::rounded(gap),
        "clinical_queues_min": each(&|s| s.clinical),
        "remaining_payments_min": each(&|s| s.remaining),
        "sign_up_and_help_min": each(&|s| s.desk),
        "unexplained_min": each(&Sum::unexplained),
        "bills_that_lines_did_not_bear_whole": figures::estimate(&refused.collect::<Vec<_>>()),
        "explained_by": (gap.abs() > GAP).then_some(explained.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Match;

    fn facts(stops: u64, payment_s: u64, clinical_s: u64, total_s: u64) -> Facts {
        let times = |stops, payment_s: u64, clinical_s: u64, total_s: u64| Times {
            wait_ms: clinical_s * 1_000,
            payment_ms: payment_s * 1_000,
            in_hospital_ms: total_s * 1_000,
            stops,
            clinical_wait_ms: clinical_s * 1_000,
            ..Times::default()
        };
        let visits = Match {
            visits: 10,
            baseline: times(30, 9_000, 6_000, 60_000),
            policy: times(stops, payment_s, clinical_s, total_s),
        };
        Facts { visits, ..Facts::default() }
    }

    #[test]
    fn the_parts_of_a_check_sum_to_the_simulated_minutes_and_a_gap_is_explained() {
        // 20 stops of 300 s are gone: 600 s a visit. Queues for care grew by 60 s a visit.
        let first = [facts(10, 3_000, 6_600, 54_600); 2];
        let base = Arm { name: "base", facts: None };
        let told = step(base, Arm { name: "first", facts: Some(&first) }, None);
        let check = &told["check"];
        let mean = |key: &str| check[key]["mean"].as_f64().expect("a mean");
        assert!((mean("stops_part_min") - 10.0).abs() < 1e-9);
        assert!((mean("simulated_min") - 9.0).abs() < 1e-9);
        assert!((mean("clinical_queues_min") + 1.0).abs() < 1e-9);
        assert!(mean("unexplained_min").abs() < 1e-9);
        assert!(check["explained_by"].is_null(), "a gap of a ninth needs no words");
        // No stop less, but the queue at the window is gone: all of it is a gap.
        let second = [facts(10, 2_400, 6_600, 54_000); 2];
        let (from, to) = (
            Arm { name: "first", facts: Some(&first) },
            Arm { name: "second", facts: Some(&second) },
        );
        let told = step(from, to, None);
        assert_eq!(told["check"]["gap_share"], 1.0);
        assert_eq!(told["check"]["explained_by"][0]["cause"], "payments_that_remain");
        assert!((told["minutes_per_visit"]["mean"].as_f64().expect("minutes") - 1.0).abs() < 1e-9);
    }
}
