//! The best order of institutions for a budget of sites: one after the other, each the one that gains most
//! beside those before it. Must never call an order best without holding it against the plain one, the
//! largest first, on luck that had no part in the choice.

use super::super::compare::judged;
use super::super::figures::rounded;
use super::super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::super::measures::{Measures, checked, shown};
use super::super::published::{better, unit};
use super::super::replicate::Setup;
use super::RolloutPlan;
use super::joining;
use super::waves::largest;
use crate::domain::Day;
use crate::scenario::Scenario;
use crate::stats::Better;
use serde_json::{Value, json};

/// Version of the document's form.
pub const ROLLOUT_ORDER_SCHEMA: &str = "aftercare.rollout_order/1";

/// What is shown beside the objective.
const LOSS: &str = "credit.net_credit_loss";

const METHOD: &str = "forward selection on one seed: at each step the institution is added whose gain in \
    the objective beside those before it is largest; a gain found at an earlier step is taken as the \
    most it can be now (gains shrink as others join), so only leaders are run again; the whole choice \
    and the largest-first choice are then run on a fresh seed and compared, paired";

/// A search that is ready to run.
#[derive(Clone, Debug)]
pub struct Order {
    setup: Setup,
    budget: usize,
    from: Day,
    objective: String,
    goal: Better,
}

/// What a choice of institutions comes to.
struct Tried {
    sites: Vec<usize>,
    measures: Measures,
}

impl Order {
    /// Checks the budget, the day and the objective; groups, campaigns and the way in are the plan's, its
    /// waves are not looked at.
    pub fn new(
        frame: &Frame,
        plan: &RolloutPlan,
        (budget, from): (usize, &str),
        objective: &str,
    ) -> Result<Order, Trouble> {
        let mut scenario = frame.load()?;
        joining::apply(&mut scenario, plan)?;
        let setup = frame.setup(scenario)?;
        let sites = setup.scenario.city.sites.len();
        if budget == 0 || budget > sites {
            let message = format!("--budget {budget}: the simulated city has {sites} institutions");
            return Err(Trouble::Question(message));
        }
        let objective = checked(&setup, objective)?;
        let Some(goal) = better(&objective) else {
            let message = format!("`{objective}` has no better side, so no order gains most");
            return Err(Trouble::Question(message));
        };
        let from = Day::parse(from.trim()).map_err(Trouble::Question)?;
        let order = Order { setup, budget, from, objective, goal };
        runs(order.most_points(), order.setup.replications)?;
        Ok(order)
    }

    /// Points if nothing could be spared.
    fn most_points(&self) -> usize {
        let sites = self.setup.scenario.city.sites.len();
        (0..self.budget).map(|step| sites - step).sum::<usize>() + 3
    }

    /// Most replications that can be needed.
    pub fn runs(&self) -> u16 {
        let points = u16::try_from(self.most_points()).unwrap_or(u16::MAX);
        self.setup.replications.saturating_mul(points)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.setup.scenario]
    }

    /// Finds the order.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let seed = self.setup.seed;
        let nobody = self.with(&mut bench, Vec::new(), seed)?;
        let mut tried = 1;
        // The most that each institution can still add; unknown = without end.
        let mut most = vec![f64::INFINITY; self.setup.scenario.city.sites.len()];
        let mut steps: Vec<(f64, Tried)> = Vec::new();
        while steps.len() < self.budget {
            let sofar = steps.last().map_or(&nobody, |(_, tried)| tried);
            let next = self.leader(&mut bench, sofar, &mut most, &mut tried)?;
            steps.push(next);
        }
        let chosen = steps.last().map(|(_, tried)| tried.sites.clone()).unwrap_or_default();
        let fresh = self.fresh(&mut bench, chosen)?;
        Ok(self.document(&nobody, &steps, fresh, tried))
    }

    /// The institution that adds most: the leader by the bounds is run until it stays the leader.
    fn leader(
        &self,
        bench: &mut Bench<'_>,
        sofar: &Tried,
        most: &mut [f64],
        tried: &mut u32,
    ) -> Result<(f64, Tried), Trouble> {
        let mut run: Vec<(usize, f64, Tried)> = Vec::new();
        loop {
            let left = (0..most.len()).filter(|site| !sofar.sites.contains(site));
            let by_gain = |a: &usize, b: &usize| most[*a].total_cmp(&most[*b]).then(b.cmp(a));
            let Some(first) = left.max_by(by_gain) else {
                panic!("invariant: the budget is at most the number of institutions")
            };
            if let Some(at) = run.iter().position(|(site, ..)| *site == first) {
                let (_, gain, tried) = run.swap_remove(at);
                return Ok((gain, tried));
            }
            let mut sites = sofar.sites.clone();
            sites.push(first);
            let with = self.with(bench, sites, self.setup.seed)?;
            *tried += 1;
            let gain = self.gain(&with, sofar);
            most[first] = gain;
            run.push((first, gain, with));
        }
    }

    fn value(&self, tried: &Tried) -> f64 {
        let mean = tried.measures.estimate(&self.objective).mean;
        if self.goal == Better::Lower { -mean } else { mean }
    }

    fn gain(&self, with: &Tried, without: &Tried) -> f64 {
        self.value(with) - self.value(without)
    }

    /// A run with these institutions in the scheme and no others.
    fn with(&self, bench: &mut Bench<'_>, sites: Vec<usize>, seed: u64) -> Result<Tried, Trouble> {
        let mut setup = Setup { seed, ..self.setup.clone() };
        for (at, site) in setup.scenario.city.sites.iter_mut().enumerate() {
            site.in_scheme_from = sites.contains(&at).then_some(self.from);
        }
        Ok(Tried { sites, measures: bench.measure(&setup)? })
    }

    /// The choice and the largest-first one on a seed that had no part in the choice.
    fn fresh(&self, bench: &mut Bench<'_>, chosen: Vec<usize>) -> Result<Value, Trouble> {
        let mut plain = self.setup.scenario.city.sites.clone();
        for site in &mut plain {
            site.in_scheme_from = None;
        }
        let plain = largest(&plain, self.budget)?;
        let seed = self.setup.seed.wrapping_add(1);
        let mut sorted = [chosen.clone(), plain.clone()];
        for sites in &mut sorted {
            sites.sort_unstable();
        }
        let same = sorted[0] == sorted[1];
        let ours = self.with(bench, chosen, seed)?;
        let names = |tried: &Tried| -> Vec<String> {
            let name = |&site: &usize| self.setup.scenario.city.sites[site].name.clone();
            tried.sites.iter().map(name).collect()
        };
        let estimate = |tried: &Tried| shown(&tried.measures.estimate(&self.objective));
        if same {
            return Ok(json!({
                "seed": seed, "chosen": estimate(&ours), "largest_first": estimate(&ours),
                "largest_first_sites": names(&Tried { sites: plain, ..ours }),
                "delta": 0.0, "ci95": [0.0, 0.0], "verdict": "the_same_institutions",
            }));
        }
        let theirs = self.with(bench, plain, seed)?;
        let (a, b) = (theirs.measures.get(&self.objective), ours.measures.get(&self.objective));
        let found = judged(&a, &b, Some(self.goal));
        Ok(json!({
            "seed": seed,
            "chosen": estimate(&ours),
            "largest_first": estimate(&theirs),
            "largest_first_sites": names(&theirs),
            "delta": rounded(found.delta.mean),
            "ci95": shown(&found.delta)["ci95"],
            "verdict": found.verdict,
        }))
    }

    fn document(&self, nobody: &Tried, steps: &[(f64, Tried)], fresh: Value, points: u32) -> Value {
        let step = |(number, (gain, tried)): (usize, &(f64, Tried))| {
            let added = tried.sites.last().map(|&site| &self.setup.scenario.city.sites[site]);
            json!({
                "step": number + 1,
                "institution": added.map(|site| site.name.as_str()),
                "visits_per_year": added.map(|site| site.visits_per_year),
                "gain": rounded(*gain),
                "objective": shown(&tried.measures.estimate(&self.objective)),
                "net_credit_loss_yuan": shown(&tried.measures.estimate(LOSS)),
            })
        };
        let mut document = head(ROLLOUT_ORDER_SCHEMA, &self.setup);
        let mut add = |key: &str, value: Value| document.insert(key.into(), value);
        add("method", METHOD.into());
        add(
            "objective",
            json!({
                "path": self.objective, "unit": unit(&self.objective), "goal": self.goal,
            }),
        );
        add("budget", self.budget.into());
        add("from", self.from.to_string().into());
        add("without_any", shown(&nobody.measures.estimate(&self.objective)));
        add("order", steps.iter().enumerate().map(step).collect());
        add("points_run", points.into());
        add("fresh", fresh);
        Value::Object(document)
    }
}
