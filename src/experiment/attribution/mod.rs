//! Where the minutes come from: a ladder of payment regimes on the same luck, and what each component is
//! worth in whatever order it came. Must never compare two arms on different luck.

mod facts;
mod ladder;
mod pilot;
mod regimes;
mod shapley;
mod study;

use super::frame::{self, Bench, Frame, Tell, Trouble, head, runs};
use super::replicate::{self, Setup};
use super::{figures, funnel};
use crate::scenario::{Scenario, set_line};
use facts::{Facts, HARM, MONEY};
use ladder::{Arm, step};
use regimes::{BASE, COMPONENTS, Component, PAY_ONCE, SETS, composed, set_key, shipped_name};
use serde_json::{Map, Value, json};
use study::Seen;

/// Version of the document's form.
pub const ATTRIBUTION_SCHEMA: &str = "aftercare.attribution/1";

/// The sets of the ladder after the base: each adds a component to the one before.
const LADDER: [usize; COMPONENTS] = [0b0001, 0b0011, 0b0111, 0b1111];
/// The set that stands for today's practice.
const TODAY: usize = 0b0001;
/// The set of automatic charges with phones and nothing else, as the regime of that name has it.
const AUTO_AS_SHIPPED: usize = 0b0101;
/// The scheme as the scenario has it.
const AS_WRITTEN: &str = "scheme_as_written";

const METHOD: &str = "every arm runs against windows_2015 on the same city and the same random numbers; a \
    step is the difference of two arms by replication, and ci95 is Student's interval of these paired \
    differences; a Shapley share is the mean of what a component adds over all 24 orders, in whole \
    milliseconds, fen and counts by replication";
const REMAINDER: &str = "each share is rounded down to a whole unit; the units left over, at most three, go \
    one each to the shares that lost the largest fraction, the earlier component first; so the shares \
    sum to the whole exactly in every replication";

/// An attribution that is ready to run.
#[derive(Clone, Debug)]
pub struct Attribution {
    scenario: Scenario,
    points: Vec<Point>,
    whole_game: bool,
    seen: Seen,
}

/// One arm to run against the base.
#[derive(Clone, Debug)]
struct Point {
    name: String,
    set: Option<usize>,
    regime: Value,
    shipped: Option<&'static str>,
    setup: Setup,
}

impl Attribution {
    /// Prepares the arms of a scenario with a scheme; only those of the ladder if no shares are wanted.
    pub fn new(frame: &Frame, whole_game: bool) -> Result<Attribution, Trouble> {
        let scenario = frame.load()?;
        if scenario.policy.scheme.is_none() {
            let message = format!(
                "{} has no scheme, so there is nothing to attribute; it needs [credit] and \
                 [scheme_flow]",
                scenario.name
            );
            return Err(Trouble::Question(message));
        }
        let sets: Vec<usize> = if whole_game {
            (1..SETS).collect()
        } else {
            LADDER.into_iter().chain([AUTO_AS_SHIPPED]).collect()
        };
        let mut points = Vec::new();
        for set in sets {
            let regime = composed(&scenario, set);
            let shipped = (set & Component::CreditLine.bit() == 0)
                .then(|| shipped_name(&scenario, set))
                .flatten();
            let credit = set & Component::CreditLine.bit() != 0;
            let setup = setup(frame, &scenario, &regime, credit)?;
            points.push(Point { name: set_key(set), set: Some(set), regime, shipped, setup });
        }
        let once = regimes::regime(&scenario, PAY_ONCE);
        let pay_once = setup(frame, &scenario, &once, false)?;
        points.push(named(PAY_ONCE, once, Some(PAY_ONCE), pay_once));
        let own = scenario.resolved["policy"]["regime"].as_str().unwrap_or_default();
        let own = regimes::regime(&scenario, own);
        let written = setup(frame, &scenario, &own, true)?;
        points.push(named(AS_WRITTEN, own, None, written));
        let seen = Seen::new(frame, &scenario)?;
        runs(points.len() + seen.setups().len(), points[0].setup.replications)?;
        Ok(Attribution { scenario, points, whole_game, seen })
    }

    /// Replications of all arms together.
    pub fn runs(&self) -> u16 {
        let arms = self.points.len() + self.seen.setups().len();
        self.points[0].setup.replications * arms as u16
    }

    /// The resolved scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.scenario]
    }

    /// The setups of all arms, in order.
    pub fn setups(&self) -> Vec<Setup> {
        let arms = self.points.iter().map(|point| &point.setup);
        arms.chain(self.seen.setups()).cloned().collect()
    }

    /// Runs every arm and tells the ladder and the shares.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let mut facts = Vec::with_capacity(self.points.len());
        for point in &self.points {
            let outcome = bench.outcome(&point.setup)?;
            facts.push(outcome.replications.iter().map(Facts::of).collect::<Vec<Facts>>());
        }
        let mut document = head(ATTRIBUTION_SCHEMA, &self.points[0].setup);
        document.insert("baseline".into(), BASE.into());
        document.insert("method".into(), METHOD.into());
        document.insert("arms".into(), self.arms(&facts));
        document.insert("ladder".into(), self.ladder(&facts));
        document.insert("from_today".into(), self.after_today(&facts));
        if self.whole_game {
            document.insert("shapley".into(), self.shapley(&facts));
        }
        let (seen, outcome) = self.seen.run(&mut bench)?;
        let setup = &self.seen.setups()[0];
        let (spec, taking_part) = (&self.seen.spec().pilot, &self.seen.taking_part);
        let effect = &seen["before_after"]["true_min"];
        let runs = &outcome.replications;
        document.insert("pilot".into(), pilot::told(spec, (runs, setup.days), taking_part, effect));
        document.insert("study".into(), seen);
        document.extend(funnel::funnel(setup, runs).map(|told| ("funnel".to_owned(), told)));
        Ok(Value::Object(document))
    }

    /// Each arm with the data of its regime.
    fn arms(&self, facts: &[Vec<Facts>]) -> Value {
        let base = json!({
            "name": BASE,
            "components": [],
            "credit": false,
            "same_as": BASE,
            "regime": composed(&self.scenario, 0),
        });
        let arm = |(point, facts): (&Point, &Vec<Facts>)| {
            let components = Component::ALL
                .into_iter()
                .filter(|component| point.set.is_some_and(|set| set & component.bit() != 0));
            let minutes: Vec<f64> =
                facts.iter().map(|f| f.saved(|times| times.in_hospital_ms) / 60_000.0).collect();
            json!({
                "name": point.name,
                "components": components.map(Component::key).collect::<Vec<_>>(),
                "credit": point.setup.scenario.policy.scheme.is_some(),
                "same_as": point.shipped,
                "regime": point.regime,
                "saved_min_per_visit": figures::estimate(&minutes),
            })
        };
        std::iter::once(base).chain(self.points.iter().zip(facts).map(arm)).collect()
    }

    fn arm<'a>(&'a self, facts: &'a [Vec<Facts>], name: &str) -> Arm<'a> {
        let Some(at) = self.points.iter().position(|point| point.name == name) else {
            panic!("invariant: the arm {name} is run")
        };
        Arm { name: &self.points[at].name, facts: Some(&facts[at]) }
    }

    fn ladder(&self, facts: &[Vec<Facts>]) -> Value {
        let mut from = Arm { name: BASE, facts: None };
        let mut steps = Vec::new();
        for (set, component) in LADDER.into_iter().zip(Component::ALL) {
            let to = self.arm(facts, &set_key(set));
            steps.push(step(from, to, Some(component.key())));
            from = to;
        }
        let base = Arm { name: BASE, facts: None };
        json!({ "steps": steps, "whole": step(base, from, None) })
    }

    /// What else could come after today's practice, each alone.
    fn after_today(&self, facts: &[Vec<Facts>]) -> Value {
        let today = self.arm(facts, &set_key(TODAY));
        let auto = set_key(AUTO_AS_SHIPPED);
        let names = [PAY_ONCE, auto.as_str(), AS_WRITTEN];
        names.into_iter().map(|name| step(today, self.arm(facts, name), None)).collect()
    }

    fn shapley(&self, facts: &[Vec<Facts>]) -> Value {
        let whole = self.arm(facts, &set_key(SETS - 1));
        let Some(last) = whole.facts else { panic!("invariant: the whole game is run") };
        // Values by measure and replication, of every set.
        let game = |read: &dyn Fn(&Facts) -> i64, replication: usize| -> Vec<i64> {
            let mut values = vec![0; SETS];
            for (point, facts) in self.points.iter().zip(facts) {
                if let Some(set) = point.set {
                    values[set] = read(&facts[replication]);
                }
            }
            values
        };
        let shares = |read: &dyn Fn(&Facts) -> i64| -> Vec<Vec<i64>> {
            (0..last.len()).map(|at| shapley::shares(&game(read, at))).collect()
        };
        let saved = shares(&|f| f.visits.saved_ms());
        let money = MONEY.map(|(key, _)| key);
        let money_shares: Vec<_> =
            (0..money.len()).map(|at| shares(&move |f: &Facts| f.money[at])).collect();
        let harm_shares: Vec<_> =
            (0..HARM.len()).map(|at| shares(&move |f: &Facts| f.harm[at])).collect();
        let component = |component: &Component| {
            let who = *component as usize;
            let minutes = saved.iter().zip(last).map(|(shares, facts)| {
                figures::share(shares[who] as f64 / 60_000.0, facts.visits.visits as f64)
            });
            let of_whole = saved.iter().zip(last).map(|(shares, facts)| {
                figures::share(shares[who] as f64, facts.visits.saved_ms() as f64)
            });
            let hours = saved.iter().map(|shares| shares[who] as f64 / 3_600_000.0);
            let yuan = money.iter().zip(&money_shares).map(|(key, runs)| {
                let fen = runs.iter().map(|shares| crate::domain::Fen(shares[who]));
                ((*key).to_owned(), figures::money(fen))
            });
            let harm = HARM.iter().zip(&harm_shares).map(|((key, _), runs)| {
                let counts: Vec<f64> = runs.iter().map(|shares| shares[who] as f64).collect();
                ((*key).to_owned(), figures::estimate(&counts))
            });
            json!({
                "component": component.key(),
                "minutes_per_visit": figures::estimate(&minutes.collect::<Vec<_>>()),
                "share_of_whole": figures::estimate(&of_whole.collect::<Vec<_>>()),
                "hours": figures::estimate(&hours.collect::<Vec<_>>()),
                "ms_by_replication": saved.iter().map(|shares| shares[who]).collect::<Vec<_>>(),
                "yuan": yuan.collect::<Map<_, _>>(),
                "harm": harm.collect::<Map<_, _>>(),
            })
        };
        json!({
            "remainder_rule": REMAINDER,
            "whole_ms_by_replication":
                last.iter().map(|facts| facts.visits.saved_ms()).collect::<Vec<_>>(),
            "components": Component::ALL.iter().map(component).collect::<Vec<_>>(),
        })
    }
}

fn named(name: &str, regime: Value, shipped: Option<&'static str>, setup: Setup) -> Point {
    Point { name: name.to_owned(), set: None, regime, shipped, setup }
}

/// A regime with or without the scheme, against the base, in the scenario's city.
fn setup(
    frame: &Frame,
    scenario: &Scenario,
    regime: &Value,
    credit: bool,
) -> Result<Setup, Trouble> {
    const OWN: &str = "attribution_arm";
    const START: &str = "attribution_base";
    let deposit = &scenario.resolved["baselines"][0]["deposit"];
    let mut lines = vec![
        set_line(&format!("regimes.{START}"), &composed(scenario, 0)),
        set_line(&format!("regimes.{OWN}"), regime),
        set_line("baselines", &json!([{ "regime": START, "deposit": deposit, "name": BASE }])),
        set_line("policy.regime", &OWN.into()),
        set_line("policy.name", &OWN.into()),
    ];
    if !credit {
        lines.push(set_line("policy.deposit", deposit));
    }
    let mut arm = frame.load_with(&lines)?;
    if !credit {
        arm.policy.scheme = None;
    }
    arm.name.clone_from(&scenario.name);
    frame.setup(arm)
}
