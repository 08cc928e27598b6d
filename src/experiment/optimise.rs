//! The best point of a grid under constraints, held against the runner-up on fresh luck. Must never
//! report the figures by which a point was chosen as its result: the choice favours luck.

use super::choice;
use super::compare::judged;
use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, checked, shown};
use super::replicate::Setup;
use super::sweep::{Grid, units};
use super::vary::{Point, decimal, inputs};
use crate::scenario::Scenario;
use crate::stats::ranking::best_of;
use crate::stats::{Better, Estimate, Verdict};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const OPTIMISE_SCHEMA: &str = "aftercare.optimise/1";

/// A search that is ready to run.
#[derive(Clone, Debug)]
pub struct Optimise {
    grid: Grid,
    objective: String,
    goal: Better,
    bounds: Vec<Bound>,
    fresh_seed: u64,
    /// Replications of the points that the first stage cannot tell from the best.
    second: Option<u16>,
}

/// A constraint on a metric's mean.
#[derive(Clone, Debug, PartialEq)]
struct Bound {
    path: String,
    at_most: bool,
    value: f64,
}

impl Bound {
    /// Reads `PATH<=X` or `PATH>=X`.
    fn parse(text: &str, base: &Setup) -> Result<Bound, Trouble> {
        let (path, value, at_most) = match (text.split_once("<="), text.split_once(">=")) {
            (Some((path, value)), None) => (path, value, true),
            (None, Some((path, value))) => (path, value, false),
            _ => {
                let message = format!("`{text}`: expected 'PATH<=X' or 'PATH>=X'");
                return Err(Trouble::Question(message));
            }
        };
        let value = decimal(value)?.to_f64().unwrap_or_default();
        Ok(Bound { path: checked(base, path)?, at_most, value })
    }

    fn holds(&self, value: f64) -> bool {
        if self.at_most { value <= self.value } else { value >= self.value }
    }

    /// The bound at a point: does it hold by the mean, and does the whole interval agree?
    fn shown(&self, measures: &Measures) -> Value {
        let estimate = measures.estimate(&self.path);
        let sure = estimate.ci95.map(|[low, high]| self.holds(low) == self.holds(high));
        json!({
            "path": self.path,
            "at_most": self.at_most,
            "value": self.value,
            "estimate": shown(&estimate),
            "holds": self.holds(estimate.mean),
            "interval_agrees": sure,
        })
    }
}

impl Optimise {
    /// Checks the inputs, the objective and the constraints.
    pub fn new(
        frame: &Frame,
        vary: &[String],
        (objective, goal): (&str, Better),
        subject_to: &[String],
    ) -> Result<Optimise, Trouble> {
        let grid = Grid::new(frame, vary)?;
        let varied = grid.points[0].iter().any(|(key, _)| key == objective);
        let objective = if varied { objective.to_owned() } else { checked(&grid.base, objective)? };
        let bounds = subject_to
            .iter()
            .map(|text| Bound::parse(text, &grid.base))
            .collect::<Result<Vec<Bound>, Trouble>>()?;
        runs(grid.points.len() + 2, grid.base.replications)?;
        let fresh_seed = grid.base.seed.wrapping_add(1);
        let found = Optimise { grid, objective, goal, bounds, fresh_seed, second: None };
        found.grid.check(&found.metrics())?;
        Ok(found)
    }

    /// Runs the points that the first stage cannot tell from the best again, with more replications.
    pub fn with_second_stage(self, replications: u16) -> Result<Optimise, Trouble> {
        let first = self.grid.base.replications;
        if replications <= first {
            let message = format!(
                "a second stage needs more replications than the first: more than {first}, not \
                 {replications}"
            );
            return Err(Trouble::Question(message));
        }
        runs(self.grid.points.len() + 2, replications)?;
        Ok(Optimise { second: Some(replications), ..self })
    }

    fn metrics(&self) -> Vec<String> {
        let bounds = self.bounds.iter().map(|bound| bound.path.clone());
        let metric = (!self.is_input()).then(|| self.objective.clone());
        metric.into_iter().chain(bounds).collect()
    }

    /// Whether the objective is one of the varied inputs ("the fewest windows such that ...").
    fn is_input(&self) -> bool {
        self.grid.points[0].iter().any(|(key, _)| *key == self.objective)
    }

    /// The objective at a point, one value a replication.
    fn objective(&self, point: &Point, measures: &Measures) -> Vec<f64> {
        let input = point.iter().find(|(key, _)| *key == self.objective);
        match input {
            Some((_, value)) => {
                vec![value.parse().unwrap_or(f64::NAN); measures.replications()]
            }
            None => measures.get(&self.objective),
        }
    }

    fn objective_estimate(&self, point: &Point, measures: &Measures) -> Estimate {
        let values = self.objective(point, measures);
        let Some(estimate) = Estimate::of(&values) else {
            panic!("invariant: a point of no replications")
        };
        estimate
    }

    /// The second stage: whatever is feasible and not worse than the best for sure runs on. Returns how
    /// many points did.
    fn screen(
        &self,
        bench: &mut Bench<'_>,
        measures: &mut [Measures],
    ) -> Result<Option<usize>, Trouble> {
        let (Some(replications), (Some(best), _)) = (self.second, self.choose(measures)) else {
            return Ok(None);
        };
        let values = |index: usize| self.objective(&self.grid.points[index], &measures[index]);
        let at_best = values(best);
        let worse = |index: usize| {
            judged(&at_best, &values(index), Some(self.goal)).verdict == Verdict::Worse
        };
        let left: Vec<usize> = (0..measures.len())
            .filter(|&index| self.feasible(&measures[index]) && !worse(index))
            .collect();
        for &index in &left {
            let setup = self.grid.setup(&self.grid.points[index])?;
            measures[index] = bench.measure(&Setup { replications, ..setup })?;
        }
        Ok(Some(left.len()))
    }

    /// The least probability that the chosen point is truly the best of the feasible ones.
    fn selection(&self, measures: &[Measures], best: Option<usize>) -> Value {
        let feasible = (0..measures.len()).filter(|&index| self.feasible(&measures[index]));
        let indices: Vec<usize> = feasible.collect();
        let Some(place) = best.and_then(|best| indices.iter().position(|&i| i == best)) else {
            return Value::Null;
        };
        let values = indices.iter().map(|&i| self.objective(&self.grid.points[i], &measures[i]));
        let pcs = choice::correct_selection(&values.collect::<Vec<_>>(), place, self.goal);
        json!({ "feasible": indices.len(), "pcs_at_least": pcs.map(rounded) })
    }

    /// Replications of all points and of the fresh runs.
    pub fn runs(&self) -> u16 {
        let points = self.grid.points.len() as u16;
        let second = self.second.map_or(0, |count| count.saturating_mul(points));
        let fresh = 2 * self.second.unwrap_or(self.grid.base.replications);
        self.grid.runs().saturating_add(second).saturating_add(fresh)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![self.grid.scenario()]
    }

    /// Runs the grid, chooses, and runs the best two again with another seed. `verdict` of the
    /// document is `none_feasible`, `only_one_feasible`, `no_longer_feasible`, or the best against
    /// the runner-up.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let mut measures = self.grid.measure(&mut bench)?;
        let screened = self.screen(&mut bench, &mut measures)?;
        let (best, runner_up) = self.choose(&measures);
        let point = |index: Option<usize>| index.map(|index| inputs(&self.grid.points[index]));
        let mut document = head(OPTIMISE_SCHEMA, &self.grid.base);
        let goal = if self.goal == Better::Higher { "maximise" } else { "minimise" };
        document.insert("objective".into(), json!({ "path": self.objective, "goal": goal }));
        document.insert("units".into(), units(&self.metrics()));
        document.insert("vary".into(), self.grid.vary());
        let points = self.grid.points.iter().zip(&measures);
        document.insert("points".into(), points.map(|(p, m)| self.row(p, m)).collect());
        document.insert("best".into(), point(best).into());
        document.insert("runner_up".into(), point(runner_up).into());
        let mut selection = self.selection(&measures, best);
        if let (Some(points), true) = (screened, selection.is_object()) {
            selection["second_stage"] = json!({ "points": points, "replications": self.second });
        }
        document.insert("selection".into(), selection);
        let (verdict, fresh) = self.confirm(&mut bench, best, runner_up)?;
        document.insert("fresh".into(), fresh);
        document.insert("verdict".into(), verdict);
        Ok(Value::Object(document))
    }

    fn feasible(&self, measures: &Measures) -> bool {
        self.bounds.iter().all(|bound| bound.holds(measures.estimate(&bound.path).mean))
    }

    /// The two best feasible points by their means.
    fn choose(&self, measures: &[Measures]) -> (Option<usize>, Option<usize>) {
        let mut left: Vec<usize> =
            (0..measures.len()).filter(|&index| self.feasible(&measures[index])).collect();
        let mut take = || {
            let mean = |&index: &usize| {
                self.objective_estimate(&self.grid.points[index], &measures[index]).mean
            };
            let means: Vec<f64> = left.iter().map(mean).collect();
            best_of(&means, self.goal).map(|position| left.remove(position))
        };
        (take(), take())
    }

    fn row(&self, point: &Point, measures: &Measures) -> Value {
        json!({
            "inputs": inputs(point),
            "replications": measures.replications(),
            "objective": shown(&self.objective_estimate(point, measures)),
            "bounds": self.bounds.iter().map(|bound| bound.shown(measures)).collect::<Vec<_>>(),
            "feasible": self.feasible(measures),
        })
    }

    /// A point on fresh luck.
    fn again(&self, bench: &mut Bench<'_>, index: usize) -> Result<(&Point, Measures), Trouble> {
        let point = &self.grid.points[index];
        let setup = self.grid.setup(point)?;
        let replications = self.second.unwrap_or(setup.replications);
        let setup = Setup { seed: self.fresh_seed, replications, ..setup };
        Ok((point, bench.measure(&setup)?))
    }

    /// The best two again, with a seed that had no part in the choice.
    fn confirm(
        &self,
        bench: &mut Bench<'_>,
        best: Option<usize>,
        runner_up: Option<usize>,
    ) -> Result<(Value, Value), Trouble> {
        let Some(best) = best else { return Ok(("none_feasible".into(), Value::Null)) };
        let (point, first) = self.again(bench, best)?;
        let second = runner_up.map(|index| self.again(bench, index)).transpose()?;
        let mut fresh = Map::new();
        fresh.insert("seed".into(), self.fresh_seed.into());
        fresh.insert("best".into(), self.row(point, &first));
        let mut verdict: Value = "only_one_feasible".into();
        if let Some((other, second)) = second {
            let (a, b) = (self.objective(other, &second), self.objective(point, &first));
            let found = judged(&a, &b, Some(self.goal));
            fresh.insert("runner_up".into(), self.row(other, &second));
            fresh.insert("delta".into(), rounded(found.delta.mean).into());
            fresh.insert("ci95".into(), shown(&found.delta)["ci95"].clone());
            verdict = json!(found.verdict);
        }
        if !self.feasible(&first) {
            verdict = "no_longer_feasible".into();
        }
        Ok((verdict, Value::Object(fresh)))
    }
}
