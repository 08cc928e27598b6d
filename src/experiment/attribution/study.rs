//! What a study without common random numbers would have seen of the same run: before against after,
//! users against others, and what else could have made the difference. Must never call an estimate true
//! that is not paired visit by visit on the same luck.

use super::figures;
use super::frame::{Bench, Frame, Trouble};
use super::regimes::{BASE, regime};
use super::replicate::{Outcome, Setup};
use crate::metrics::{Match, Times};
use crate::random::Distribution;
use crate::scenario::{Scenario, StudySpec, set_line, shipped_study};
use crate::sim::Replication;
use serde_json::{Value, json};

const MS_PER_MINUTE: f64 = 60_000.0;
const BEFORE: &str = "year_before";

/// What changes in a world beside the scheme, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct World {
    appointments: bool,
    attention: bool,
}

const WORLDS: [World; 4] = [
    World { appointments: false, attention: false },
    World { appointments: true, attention: false },
    World { appointments: false, attention: true },
    World { appointments: true, attention: true },
];

/// A study that is ready to run.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    spec: StudySpec,
    setups: Vec<Setup>,
    /// Institutions in the scheme by the last day, by site.
    pub(super) taking_part: Vec<bool>,
}

impl Seen {
    /// Prepares the worlds of a scenario.
    pub(super) fn new(frame: &Frame, scenario: &Scenario) -> Result<Seen, Trouble> {
        let mut lines = Vec::new();
        if scenario.study.is_none() {
            let Some(shipped) = shipped_study() else { panic!("invariant: [study] is shipped") };
            lines.push(set_line("study", &shipped));
        }
        let with_study = frame.load_with(&lines)?;
        let Some(spec) = with_study.study else { panic!("invariant: [study] was laid over") };
        let first = &scenario.resolved["baselines"][0];
        let name = first["regime"].as_str().unwrap_or_default();
        let before =
            between(&regime(scenario, BASE), &regime(scenario, name), spec.before_phone_growth);
        let earlier = json!({
            "regime": "study_before", "deposit": first["deposit"], "name": BEFORE,
        });
        lines.push(set_line("regimes.study_before", &before));
        lines.push(set_line("baselines", &json!([first, earlier])));
        let mut setups = Vec::new();
        for world in WORLDS {
            let mut changed = frame.load_with(&lines)?;
            change(&mut changed, world, &spec);
            setups.push(frame.setup(changed)?);
        }
        let setup = &setups[0];
        let end = setup.scenario.city.start + setup.days.cast_signed();
        let sites = setup.scenario.city.sites.iter();
        let taking_part =
            sites.map(|site| site.in_scheme_from.is_some_and(|from| from < end)).collect();
        Ok(Seen { spec, setups, taking_part })
    }

    /// The setups of all worlds, in order.
    pub(super) fn setups(&self) -> &[Setup] {
        &self.setups
    }

    /// The pilot's settings.
    pub(super) fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// Runs the worlds: what a study would have seen, and the run of the scenario as it is.
    pub(super) fn run(&self, bench: &mut Bench<'_>) -> Result<(Value, Outcome), Trouble> {
        let mut first = None;
        let mut worlds = Vec::new();
        for setup in &self.setups {
            let outcome = bench.outcome(setup)?;
            worlds.push(outcome.replications.iter().map(View::of).collect::<Vec<View>>());
            first.get_or_insert(outcome);
        }
        let Some(first) = first else { panic!("invariant: there is a world") };
        Ok((self.told(&worlds), first))
    }

    fn told(&self, worlds: &[Vec<View>]) -> Value {
        let views = &worlds[0];
        let each = |of: &dyn Fn(&View) -> f64| estimate(views.iter().map(of));
        let before_after = json!({
            "naive_min": each(&View::before_after),
            "true_min": each(&View::effect),
            "bias_min": each(&|v| v.before_after() - v.effect()),
        });
        // A replication without a user has nothing to say about users.
        let with_users: Vec<&View> =
            views.iter().filter(|v| v.now[0].visits > 0 && v.now[1].visits > 0).collect();
        let users = |of: &dyn Fn(&View) -> f64| estimate(with_users.iter().map(|v| of(v)));
        json!({
            "assumed": {
                "before_phone_growth_share": self.spec.before_phone_growth,
                "appointments_evened_share": self.spec.appointments_evened,
                "attention_faster_share": self.spec.attention_faster,
            },
            "baseline": self.setups[0].scenario.baselines[0].name,
            "before_after": before_after,
            "users_against_others": {
                "naive_min": users(&View::users_against_others),
                "true_min": users(&View::effect_on_users),
                "bias_min": users(&|v| v.users_against_others() - v.effect_on_users()),
                "selection_min": users(&View::selection),
                "spillover_min": users(&View::spillover),
                "user_visits": figures::count(views.iter().map(|v| v.now[0].visits)),
                "other_visits": figures::count(views.iter().map(|v| v.now[1].visits)),
            },
            "rivals": rivals(worlds),
        })
    }
}

fn estimate(values: impl Iterator<Item = f64>) -> Value {
    figures::estimate(&values.collect::<Vec<_>>())
}

/// What a study before and after would credit to the scheme if only one cause were at work, and if all
/// were.
fn rivals(worlds: &[Vec<View>]) -> Value {
    let runs = 0..worlds[0].len();
    let each = |of: &dyn Fn(usize) -> f64| estimate(runs.clone().map(of));
    let quicker = |world: usize| {
        move |at: usize| worlds[0][at].without_scheme() - worlds[world][at].without_scheme()
    };
    let growth = |at: usize| worlds[0][at].growth();
    let scheme = |at: usize| worlds[0][at].effect();
    let all = |at: usize| worlds[0][at].year_before() - worlds[3][at].with_scheme();
    let (appointments, attention) = (quicker(1), quicker(2));
    let sum = |at: usize| scheme(at) + growth(at) + appointments(at) + attention(at);
    let row = |cause: &str, credited: Value, real: Value| json!({ "cause": cause, "credited_min": credited, "true_min": real });
    let nothing = || each(&|_| 0.0);
    json!([
        row("scheme", each(&scheme), each(&scheme)),
        row("phone_growth", each(&growth), nothing()),
        row("appointments", each(&appointments), nothing()),
        row("attention", each(&attention), nothing()),
        row("together", each(&|at| all(at) - sum(at)), nothing()),
        row("all", each(&all), each(&|at| worlds[3][at].effect())),
    ])
}

/// One replication of one world.
#[derive(Clone, Copy, Debug)]
struct View {
    /// The baseline against the policy: visits on a line, and others.
    now: [Match; 2],
    /// The year before against the policy: all visits.
    before: Match,
}

/// Mean time in hospital of one side, minutes.
fn mean(visits: u64, times: &Times) -> f64 {
    figures::share(times.in_hospital_ms as f64 / MS_PER_MINUTE, visits as f64)
}

impl View {
    fn of(run: &Replication) -> View {
        let mut before = run.pairs.against[1][0];
        before.merge(&run.pairs.against[1][1]);
        View { now: run.pairs.against[0], before }
    }

    fn all(&self) -> Match {
        let mut all = self.now[0];
        all.merge(&self.now[1]);
        all
    }

    /// The paired effect on all visits.
    fn effect(&self) -> f64 {
        let all = self.all();
        figures::share(all.saved_ms() as f64 / MS_PER_MINUTE, all.visits as f64)
    }

    fn before_after(&self) -> f64 {
        figures::share(self.before.saved_ms() as f64 / MS_PER_MINUTE, self.before.visits as f64)
    }

    /// What the growth of phone payment alone would have saved.
    fn growth(&self) -> f64 {
        self.before_after() - self.effect()
    }

    fn year_before(&self) -> f64 {
        mean(self.before.visits, &self.before.baseline)
    }

    fn without_scheme(&self) -> f64 {
        let all = self.all();
        mean(all.visits, &all.baseline)
    }

    fn with_scheme(&self) -> f64 {
        let all = self.all();
        mean(all.visits, &all.policy)
    }

    /// Others' time less users' time, both with the scheme.
    fn users_against_others(&self) -> f64 {
        let [users, others] = self.now;
        mean(others.visits, &others.policy) - mean(users.visits, &users.policy)
    }

    /// The paired effect on users.
    fn effect_on_users(&self) -> f64 {
        let users = self.now[0];
        figures::share(users.saved_ms() as f64 / MS_PER_MINUTE, users.visits as f64)
    }

    /// How much longer others would have been in hospital without any scheme.
    fn selection(&self) -> f64 {
        let [users, others] = self.now;
        mean(others.visits, &others.baseline) - mean(users.visits, &users.baseline)
    }

    /// How much longer others are in hospital because of the scheme.
    fn spillover(&self) -> f64 {
        let others = self.now[1];
        -figures::share(others.saved_ms() as f64 / MS_PER_MINUTE, others.visits as f64)
    }
}

/// A regime with the phones of a year between two regimes; all else is the later one's.
fn between(early: &Value, late: &Value, grown: f64) -> Value {
    let mut regime = late.clone();
    for key in ["phone_shares_by_age", "phone_site_shares", "kiosk_shares"] {
        let (a, b) = (&early["channels"][key], &late["channels"][key]);
        regime["channels"][key] = mixed(a, b, grown);
    }
    for key in ["title_en", "title_zh"] {
        regime[key] = BEFORE.into();
    }
    regime
}

fn mixed(a: &Value, b: &Value, grown: f64) -> Value {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.iter().zip(b).map(|(a, b)| mixed(a, b, grown)).collect()
        }
        (Value::Object(a), Value::Object(b)) => {
            let pair = |(key, late): (&String, &Value)| {
                (key.clone(), mixed(a.get(key).unwrap_or(late), late, grown))
            };
            Value::Object(b.iter().map(pair).collect())
        }
        _ => match (a.as_f64(), b.as_f64()) {
            // Exactly the later one where all has grown.
            (Some(a), Some(b)) => json!(a * (1.0 - grown) + b * grown),
            _ => b.clone(),
        },
    }
}

/// Lays a world's other causes over a scenario. Staff and opening hours stay.
fn change(scenario: &mut Scenario, world: World, spec: &StudySpec) {
    if world.appointments {
        even_out(&mut scenario.city.demand.hour_shares, spec.appointments_evened);
    }
    if world.attention {
        let factor = 1.0 - spec.attention_faster;
        for level in &mut scenario.flow.levels {
            for station in &mut level.stations {
                quicken(&mut station.service_s, factor);
            }
            quicken(&mut level.review_s, factor);
        }
    }
}

/// Spreads a part of the arrivals of the busy hours, those with more than an even share, evenly over
/// these hours; lunch and the ends of the day stay as they are.
fn even_out(hours: &mut [f64; 24], part: f64) {
    let open = hours.iter().filter(|share| **share > 0.0).count() as f64;
    let busy = |share: &&mut f64| **share * open > 1.0;
    let shares: Vec<f64> = hours.iter_mut().filter(busy).map(|share| *share).collect();
    let even = figures::share(shares.iter().sum(), shares.len() as f64);
    for share in hours.iter_mut().filter(busy) {
        *share = *share * (1.0 - part) + even * part;
    }
}

/// Scales a time.
fn quicken(time: &mut Distribution, factor: f64) {
    match time {
        Distribution::Deterministic { value } => *value *= factor,
        Distribution::Exponential { mean }
        | Distribution::Gamma { mean, .. }
        | Distribution::LogNormal { mean, .. } => *mean *= factor,
        Distribution::Empirical { edges, .. } => {
            for edge in edges {
                *edge *= factor;
            }
        }
        Distribution::Uniform { low, high } => {
            *low *= factor;
            *high *= factor;
        }
        Distribution::Triangular { low, mode, high } => {
            *low *= factor;
            *mode *= factor;
            *high *= factor;
        }
        Distribution::Weibull { scale, .. } => *scale *= factor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(seconds: u64) -> Times {
        Times { in_hospital_ms: seconds * 1_000, ..Times::default() }
    }

    #[test]
    fn a_naive_difference_is_the_effect_and_selection_and_spillover() {
        let users = Match { visits: 3, baseline: times(5_400), policy: times(4_500) };
        let others = Match { visits: 7, baseline: times(16_800), policy: times(17_640) };
        let view = View { now: [users, others], before: Match::default() };
        assert!((view.effect_on_users() - 5.0).abs() < 1e-9);
        assert!((view.selection() - 10.0).abs() < 1e-9);
        assert!((view.spillover() - 2.0).abs() < 1e-9);
        let parts = view.effect_on_users() + view.selection() + view.spillover();
        assert!((view.users_against_others() - parts).abs() < 1e-9);
    }

    #[test]
    fn the_year_before_lies_between_the_regimes() {
        let early = json!({ "channels": { "phone_shares_by_age": [0.25, 0.0], "kiosk_shares":
            { "primary": 0.0 }, "phone_site_shares": { "primary": 0.1 } } });
        let late = json!({ "channels": { "phone_shares_by_age": [0.75, 0.7], "kiosk_shares":
            { "primary": 0.4 }, "phone_site_shares": { "primary": 0.3 } }, "when": "x" });
        let half = between(&early, &late, 0.5);
        assert_eq!(half["channels"]["phone_shares_by_age"], json!([0.5, 0.35]));
        assert_eq!(half["when"], "x");
        assert_eq!(between(&early, &late, 1.0)["channels"], late["channels"]);
    }

    #[test]
    fn appointments_even_out_the_busy_hours_and_lose_nobody() {
        let mut hours = [0.0; 24];
        (hours[8], hours[9], hours[12], hours[15]) = (0.5, 0.3, 0.05, 0.15);
        even_out(&mut hours, 0.5);
        for (hour, share) in [(8, 0.45), (9, 0.35), (12, 0.05), (15, 0.15)] {
            assert!((hours[hour] - share).abs() < 1e-12, "{hours:?}");
        }
        even_out(&mut hours, 1.0);
        assert!((hours[8] - 0.4).abs() < 1e-12 && (hours[9] - 0.4).abs() < 1e-12, "{hours:?}");
    }

    #[test]
    fn attention_scales_the_mean_of_every_time() {
        let mut times = [
            Distribution::Deterministic { value: 10.0 },
            Distribution::Exponential { mean: 10.0 },
            Distribution::Gamma { mean: 10.0, cv: 0.5 },
            Distribution::LogNormal { mean: 10.0, cv: 0.5 },
            Distribution::Uniform { low: 5.0, high: 15.0 },
            Distribution::Triangular { low: 5.0, mode: 6.0, high: 15.0 },
            Distribution::Weibull { scale: 10.0, shape: 1.5 },
        ];
        for time in &mut times {
            let before = time.mean();
            quicken(time, 0.9);
            assert!((time.mean() / before - 0.9).abs() < 1e-9, "{time:?}");
        }
    }
}
