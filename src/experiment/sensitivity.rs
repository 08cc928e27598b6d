//! Which inputs matter: each one alone at its ends (tornado), Morris's screening and Sobol's indices
//! of all together, and named stresses of several at once. Must never rank inputs whose ends nobody
//! gave (here or in `[uncertainty]`): a range is a judgement about an input.

use super::compare::judged;
use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, chosen, shown};
use super::published::unit;
use super::replicate::Setup;
use super::vary::{Point, Span, inputs, lines, value_at};
use crate::random::Philox;
use crate::scenario::Scenario;
use crate::stats::Sobol;
use crate::stats::sensitivity::{
    Effect, Indices, morris_design, morris_effects, saltelli_design, sobol_indices, sobol_intervals,
};
use crate::stats::sobol::MAX_DIMENSIONS;
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const SENSITIVITY_SCHEMA: &str = "aftercare.sensitivity/1";

/// What is looked at when the user names no metric, where the scenario has lines of credit.
const OF_LINES: [&str; 8] = [
    "queue.time_in_hospital.all.saved",
    "queue.time_in_hospital.credit_users.saved",
    "credit.used",
    "credit.drawn_total",
    "credit.dpd90_rate_balance",
    "credit.net_credit_loss",
    "credit.loss_by_bearer.bank",
    "credit.overdue_patient_receivables.policy",
];
/// The same where it has stays of people insured elsewhere.
const OF_PROVINCES: [&str; 6] = [
    "cross_province.direct.days_to_benefit",
    "cross_province.manual.days_to_benefit",
    "cross_province.direct.province_of_care_yuan_days",
    "cross_province.diverted",
    "cross_province.manual.benefits_forgone",
    "cross_province.deposits_of_provinces",
];
/// Levels of Morris's grid (Campolongo et al. 2007 use four).
const LEVELS: u32 = 4;
/// Resamples behind the intervals of Sobol's indices.
const RESAMPLES: u32 = 1_000;

/// A sensitivity analysis that is ready to run.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    frame: Frame,
    scenario: Scenario,
    base: Setup,
    spans: Vec<Span>,
    /// Low and high end of each input, in order.
    ends: Vec<[Point; 2]>,
    design: Vec<Vec<f64>>,
    screen: Vec<Point>,
    saltelli: Vec<Point>,
    stresses: Vec<(String, Point)>,
    metrics: Vec<String>,
}

/// What is looked at beside the tornado.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Trajectories of Morris's screening, 0 for none.
    pub trajectories: u32,
    /// Base points of Sobol's indices (a power of two), 0 for none.
    pub sobol: u32,
    /// Stresses: `NAME: KEY=VALUE; KEY=VALUE`.
    pub stresses: Vec<String>,
}

impl Sensitivity {
    /// Checks the inputs at both ends and the metrics; `trajectories` of Morris's design, 0 for
    /// none.
    pub fn new(
        frame: &Frame,
        spans: &[String],
        metrics: &[String],
        trajectories: u32,
    ) -> Result<Sensitivity, Trouble> {
        Sensitivity::with(frame, spans, metrics, &Looks { trajectories, ..Looks::default() })
    }

    /// The same with further looks; without spans the ranges of `[uncertainty]` are taken.
    pub fn with(
        frame: &Frame,
        spans: &[String],
        metrics: &[String],
        looks: &Looks,
    ) -> Result<Sensitivity, Trouble> {
        let scenario = frame.load()?;
        let spans = ranges(&scenario, spans)?;
        let places = spans
            .iter()
            .map(|span| span.places(frame, &scenario))
            .collect::<Result<Vec<u32>, Trouble>>()?;
        let base = frame.setup(scenario.clone())?;
        let metrics = chosen(&base, metrics, &headlines(&scenario))?;
        let end = |span: &Span, value| vec![(span.key.clone(), span.text(value))];
        let ends = spans.iter().map(|span| [end(span, span.low), end(span, span.high)]).collect();
        let philox = Philox::new(base.seed);
        let design = match looks.trajectories {
            0 => Vec::new(),
            trajectories => morris_design(spans.len(), trajectories, LEVELS, philox),
        };
        let sobol = sobol_design(spans.len(), looks.sobol, philox)?;
        let stresses = looks.stresses.iter().map(|text| stress(text));
        let stresses = stresses.collect::<Result<Vec<(String, Point)>, Trouble>>()?;
        let point = |shares: &Vec<f64>| {
            let inputs = spans.iter().zip(&places).zip(shares);
            inputs
                .map(|((span, &places), &share)| {
                    (span.key.clone(), span.text(span.at(share, places)))
                })
                .collect()
        };
        let screen: Vec<Point> = design.iter().map(point).collect();
        let saltelli: Vec<Point> = sobol.iter().map(point).collect();
        let found = Sensitivity {
            frame: frame.clone(),
            scenario,
            base,
            spans,
            ends,
            design,
            screen,
            saltelli,
            stresses,
            metrics,
        };
        runs(found.count(), found.base.replications)?;
        found.points().try_for_each(|point| found.setup(point).map(|_| ()))?;
        Ok(found)
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        let stresses = self.stresses.iter().map(|(_, point)| point);
        self.ends.iter().flatten().chain(&self.screen).chain(&self.saltelli).chain(stresses)
    }

    fn count(&self) -> usize {
        1 + 2 * self.ends.len() + self.screen.len() + self.saltelli.len() + self.stresses.len()
    }

    fn setup(&self, point: &Point) -> Result<Setup, Trouble> {
        self.frame.setup(self.frame.load_with(&lines(&self.scenario, point)?)?)
    }

    /// Replications of all points.
    pub fn runs(&self) -> u16 {
        self.base.replications.saturating_mul(self.count() as u16)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.scenario]
    }

    /// The setups of all points, the base first.
    pub fn setups(&self) -> Result<Vec<Setup>, Trouble> {
        let points = self.points().map(|point| self.setup(point));
        std::iter::once(Ok(self.base.clone())).chain(points).collect()
    }

    /// Runs the base, both ends of every input and the screening.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let base = bench.measure(&self.base)?;
        let measured = self
            .points()
            .map(|point| bench.measure(&self.setup(point)?))
            .collect::<Result<Vec<Measures>, Trouble>>()?;
        let (ends, rest) = measured.split_at(2 * self.ends.len());
        let (screen, rest) = rest.split_at(self.screen.len());
        let (saltelli, stressed) = rest.split_at(self.saltelli.len());
        let of = |path: &String| {
            let found = json!({
                "unit": unit(path),
                "base": shown(&base.estimate(path)),
                "tornado": self.tornado(path, &base, ends),
                "morris": self.morris(path, screen),
                "sobol": self.sobol(path, saltelli),
                "stress": self.stress(path, &base, stressed),
            });
            (path.clone(), found)
        };
        let mut document = head(SENSITIVITY_SCHEMA, &self.base);
        document.insert("order".into(), self.metrics.clone().into());
        document.insert("metrics".into(), Value::Object(self.metrics.iter().map(of).collect()));
        Ok(Value::Object(document))
    }

    /// One bar an input, the longest first.
    fn tornado(&self, path: &str, base: &Measures, ends: &[Measures]) -> Value {
        let base = base.get(path);
        let mut bars: Vec<(f64, Value)> = Vec::new();
        for ((span, points), pair) in self.spans.iter().zip(&self.ends).zip(ends.chunks_exact(2)) {
            let side = |index: usize| {
                let delta = judged(&base, &pair[index].get(path), None).delta;
                let mut side = Map::new();
                let value = &inputs(&points[index])[&span.key];
                side.insert("value".into(), value.clone());
                side.insert("delta".into(), rounded(delta.mean).into());
                side.insert("ci95".into(), shown(&delta)["ci95"].clone());
                side
            };
            let swing = judged(&pair[0].get(path), &pair[1].get(path), None).delta;
            let bar = json!({
                "key": span.key,
                "base": value_at(&self.scenario, &span.key),
                "low": side(0),
                "high": side(1),
                "swing": shown(&swing),
            });
            bars.push((swing.mean.abs(), bar));
        }
        bars.sort_by(|a, b| b.0.total_cmp(&a.0));
        bars.into_iter().map(|(_, bar)| bar).collect()
    }

    /// Morris's effects of the means, the largest mean absolute effect first; null without a
    /// screening.
    fn morris(&self, path: &str, screen: &[Measures]) -> Value {
        let results: Vec<f64> = screen.iter().map(|point| point.estimate(path).mean).collect();
        let Some(effects) = morris_effects(&self.design, &results) else { return Value::Null };
        let mut found: Vec<(&Span, Effect)> = self.spans.iter().zip(effects).collect();
        found.sort_by(|a, b| b.1.mu_star.total_cmp(&a.1.mu_star));
        let of = |(span, effect): &(&Span, Effect)| {
            json!({
                "key": span.key,
                "mu": rounded(effect.mu),
                "mu_star": rounded(effect.mu_star),
                "sigma": rounded(effect.sigma),
            })
        };
        found.iter().map(of).collect()
    }

    /// Sobol's indices of the means with bootstrap intervals, the largest total first; null without
    /// a design or when the metric does not vary.
    fn sobol(&self, path: &str, points: &[Measures]) -> Value {
        if points.is_empty() {
            return Value::Null;
        }
        let results: Vec<f64> = points.iter().map(|point| point.estimate(path).mean).collect();
        let (factors, philox) = (self.spans.len(), Philox::new(self.base.seed));
        let found = sobol_indices(factors, &results);
        let ends = sobol_intervals(factors, &results, RESAMPLES, philox);
        let (Some(found), Some(ends)) = (found, ends) else { return Value::Null };
        let mut rows: Vec<_> = self.spans.iter().zip(found).zip(ends).collect();
        rows.sort_by(|a, b| b.0.1.total.total_cmp(&a.0.1.total));
        let of = |((span, indices), [first, total]): &((&Span, Indices), [[f64; 2]; 2])| {
            json!({
                "key": span.key,
                "first": rounded(indices.first),
                "first_ci95": first.map(rounded),
                "total": rounded(indices.total),
                "total_ci95": total.map(rounded),
            })
        };
        rows.iter().map(of).collect()
    }

    /// What each stress does, against the scenario as it is.
    fn stress(&self, path: &str, base: &Measures, stressed: &[Measures]) -> Value {
        let base = base.get(path);
        let of = |((name, point), measures): (&(String, Point), &Measures)| {
            let delta = judged(&base, &measures.get(path), None).delta;
            json!({
                "name": name,
                "inputs": inputs(point),
                "estimate": shown(&measures.estimate(path)),
                "delta": rounded(delta.mean),
                "ci95": shown(&delta)["ci95"],
            })
        };
        self.stresses.iter().zip(stressed).map(of).collect()
    }
}

/// The figures that a scenario has something to say about.
fn headlines(scenario: &Scenario) -> Vec<String> {
    let lines = scenario.policy.scheme.as_ref().map(|_| OF_LINES.as_slice());
    let provinces = scenario.cross_province.as_ref().map(|_| OF_PROVINCES.as_slice());
    let found: Vec<&str> = lines.into_iter().chain(provinces).flatten().copied().collect();
    // Neither lines nor provinces: the minutes are always there.
    let found = if found.is_empty() { vec![OF_LINES[0]] } else { found };
    found.into_iter().map(str::to_owned).collect()
}

/// The given ranges, or those of `[uncertainty]`.
fn ranges(scenario: &Scenario, spans: &[String]) -> Result<Vec<Span>, Trouble> {
    if !spans.is_empty() {
        return spans.iter().map(|text| Span::parse(text)).collect();
    }
    let Some(given) = &scenario.uncertainty else {
        let message = "no range is given: use --inputs KEY=LOW..HIGH, or write [uncertainty]";
        return Err(Trouble::Question(message.into()));
    };
    Ok(given.inputs.iter().map(Span::of).collect())
}

/// Saltelli's design in the first half of twice as many dimensions; empty for no points.
fn sobol_design(factors: usize, base: u32, philox: Philox) -> Result<Vec<Vec<f64>>, Trouble> {
    if base == 0 {
        return Ok(Vec::new());
    }
    if !base.is_power_of_two() || 2 * factors > MAX_DIMENSIONS {
        return Err(Trouble::Question(format!(
            "Sobol's indices need a power of two of base points (not {base}) and at most {} inputs",
            MAX_DIMENSIONS / 2
        )));
    }
    Ok(saltelli_design(factors, base, &Sobol::new(2 * factors).shifted(philox, 0)))
}

/// Reads `NAME: KEY=VALUE; KEY=VALUE`.
fn stress(text: &str) -> Result<(String, Point), Trouble> {
    let expected = || Trouble::Question(format!("`{text}`: expected 'NAME: KEY=VALUE; KEY=VALUE'"));
    let (name, rest) = text.split_once(':').ok_or_else(expected)?;
    let set = |piece: &str| {
        let (key, value) = piece.split_once('=').ok_or_else(expected)?;
        Ok((key.trim().to_owned(), value.trim().to_owned()))
    };
    let point = rest.split(';').map(set).collect::<Result<Point, Trouble>>()?;
    Ok((name.trim().to_owned(), point))
}
