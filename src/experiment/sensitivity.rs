//! Which inputs matter: each one alone at its ends (tornado), and Morris's screening of all
//! together. Must never rank inputs whose ends the user did not give: a range is a judgement about
//! an input.

use super::compare::judged;
use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, chosen, shown};
use super::published::unit;
use super::replicate::Setup;
use super::vary::{Point, Span, inputs, lines, text_of, value_at};
use crate::random::Philox;
use crate::scenario::Scenario;
use crate::stats::sensitivity::{Effect, morris_design, morris_effects};
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const SENSITIVITY_SCHEMA: &str = "aftercare.sensitivity/1";

/// What is looked at when the user names no metric.
const OBJECTIVE: &str = "queue.time_in_hospital.all.saved";
/// Levels of Morris's grid (Campolongo et al. 2007 use four).
const LEVELS: u32 = 4;

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
    metrics: Vec<String>,
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
        let scenario = frame.load()?;
        let spans =
            spans.iter().map(|text| Span::parse(text)).collect::<Result<Vec<Span>, Trouble>>()?;
        let places = spans
            .iter()
            .map(|span| span.places(frame, &scenario))
            .collect::<Result<Vec<u32>, Trouble>>()?;
        let base = frame.setup(scenario.clone())?;
        let metrics = chosen(&base, metrics, &[OBJECTIVE.to_owned()])?;
        let end = |span: &Span, value| vec![(span.key.clone(), text_of(value))];
        let ends = spans.iter().map(|span| [end(span, span.low), end(span, span.high)]).collect();
        let design = match trajectories {
            0 => Vec::new(),
            _ => morris_design(spans.len(), trajectories, LEVELS, Philox::new(base.seed)),
        };
        let point = |shares: &Vec<f64>| {
            let inputs = spans.iter().zip(&places).zip(shares);
            inputs
                .map(|((span, &places), &share)| {
                    (span.key.clone(), text_of(span.at(share, places)))
                })
                .collect()
        };
        let screen: Vec<Point> = design.iter().map(point).collect();
        let found = Sensitivity {
            frame: frame.clone(),
            scenario,
            base,
            spans,
            ends,
            design,
            screen,
            metrics,
        };
        runs(found.count(), found.base.replications)?;
        found.points().try_for_each(|point| found.setup(point).map(|_| ()))?;
        Ok(found)
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.ends.iter().flatten().chain(&self.screen)
    }

    fn count(&self) -> usize {
        1 + 2 * self.ends.len() + self.screen.len()
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
        let (ends, screen) = measured.split_at(2 * self.ends.len());
        let of = |path: &String| {
            let found = json!({
                "unit": unit(path),
                "base": shown(&base.estimate(path)),
                "tornado": self.tornado(path, &base, ends),
                "morris": self.morris(path, screen),
            });
            (path.clone(), found)
        };
        let mut document = head(SENSITIVITY_SCHEMA, &self.base);
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
}
