//! A grid or another design over inputs: one row a point, every point on the same luck.
//! Must never leave a point out: a value that the scenario refuses stops the sweep before it runs.

use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, chosen, paths, shown};
use super::published::{headlines, unit};
use super::replicate::Setup;
use super::vary::{Point, Span, Vary, combinations, inputs, lines, text_of};
use crate::random::Philox;
use crate::scenario::Scenario;
use crate::stats::design::{latin_hypercube, sobol_points};
use crate::stats::sobol::MAX_DIMENSIONS;
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const SWEEP_SCHEMA: &str = "aftercare.sweep/1";

/// A sweep that is ready to run.
#[derive(Clone, Debug)]
pub struct Sweep {
    grid: Grid,
    metrics: Vec<String>,
}

/// The points of an experiment, checked.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    frame: Frame,
    /// The scenario without overrides of points.
    pub(super) base: Setup,
    scenario: Scenario,
    vary: Vec<Vary>,
    /// Every combination.
    pub(super) points: Vec<Point>,
}

/// How the points of a sweep lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Every combination of the given values.
    Grid,
    /// A Latin hypercube of so many points between the ends.
    Latin(u32),
    /// The first so many points of a shifted Sobol sequence between the ends.
    Sobol(u32),
}

impl Design {
    /// Reads `grid`, `lhs:N` or `sobol:N`.
    pub fn parse(text: &str) -> Result<Design, String> {
        let expected = || format!("`{text}`: expected grid, lhs:N or sobol:N");
        if text == "grid" {
            return Ok(Design::Grid);
        }
        let (kind, count) = text.split_once(':').ok_or_else(expected)?;
        let count: u32 = count.parse().ok().filter(|n| *n >= 2).ok_or_else(expected)?;
        match kind {
            "lhs" => Ok(Design::Latin(count)),
            "sobol" if count.is_power_of_two() => Ok(Design::Sobol(count)),
            "sobol" => Err(format!("`{text}`: Sobol points are balanced in powers of two only")),
            _ => Err(expected()),
        }
    }

    fn shares(self, dimensions: usize, philox: Philox) -> Option<Vec<Vec<f64>>> {
        match self {
            Design::Grid => None,
            Design::Latin(points) => Some(latin_hypercube(points, dimensions, philox)),
            Design::Sobol(points) => sobol_points(points, dimensions, philox),
        }
    }
}

impl Grid {
    /// The points of a design between the ends `KEY=LOW..HIGH`; a grid reads `--vary` as such.
    fn designed(frame: &Frame, vary: &[String], design: Design) -> Result<Grid, Trouble> {
        if design == Design::Grid {
            return Grid::new(frame, vary);
        }
        let scenario = frame.load()?;
        let base = frame.setup(scenario.clone())?;
        let spans = vary.iter().map(|t| Span::parse(t)).collect::<Result<Vec<Span>, Trouble>>()?;
        let shares = design.shares(spans.len(), Philox::new(base.seed)).ok_or_else(|| {
            Trouble::Question(format!("a Sobol design takes at most {MAX_DIMENSIONS} inputs"))
        })?;
        runs(shares.len(), base.replications)?;
        let mut vary = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            let places = span.places(frame, &scenario)?;
            let values = shares.iter().map(|point| text_of(span.at(point[index], places)));
            vary.push(Vary { key: span.key.clone(), values: values.collect() });
        }
        let point = |at: usize| {
            vary.iter().map(|input| (input.key.clone(), input.values[at].clone())).collect()
        };
        let points = (0..shares.len()).map(point).collect();
        Ok(Grid { frame: frame.clone(), base, scenario, vary, points })
    }

    /// Reads `--vary` and makes every combination.
    pub(super) fn new(frame: &Frame, vary: &[String]) -> Result<Grid, Trouble> {
        let scenario = frame.load()?;
        let read = |text: &String| Vary::parse(text, frame, &scenario);
        let vary = vary.iter().map(read).collect::<Result<Vec<Vary>, Trouble>>()?;
        for (index, input) in vary.iter().enumerate() {
            if vary[..index].iter().any(|before| before.key == input.key) {
                return Err(Trouble::Question(format!("`{}` is varied twice", input.key)));
            }
        }
        let base = frame.setup(scenario.clone())?;
        let count: u64 = vary.iter().map(|input| input.values.len() as u64).product();
        runs(usize::try_from(count).unwrap_or(usize::MAX), base.replications)?;
        let points = combinations(&vary);
        Ok(Grid { frame: frame.clone(), base, scenario, vary, points })
    }

    /// Loads every point once, so that nothing runs when one of them is refused.
    pub(super) fn check(&self, metrics: &[String]) -> Result<(), Trouble> {
        for point in &self.points {
            let known = paths(&self.setup(point)?);
            if let Some(path) = metrics.iter().find(|path| !known.contains(path)) {
                let at = inputs(point);
                let message = format!("at {at} there is no metric `{path}`: choose another");
                return Err(Trouble::Question(message));
            }
        }
        Ok(())
    }

    /// Replications of all points.
    pub(super) fn runs(&self) -> u16 {
        self.base.replications.saturating_mul(self.points.len() as u16)
    }

    /// The scenario at a point.
    pub(super) fn setup(&self, point: &Point) -> Result<Setup, Trouble> {
        self.frame.setup(self.frame.load_with(&lines(&self.scenario, point)?)?)
    }

    /// Runs every point in order.
    pub(super) fn measure(&self, bench: &mut Bench<'_>) -> Result<Vec<Measures>, Trouble> {
        self.points.iter().map(|point| bench.measure(&self.setup(point)?)).collect()
    }

    /// The scenario as it was loaded.
    pub(super) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The varied inputs, for the document.
    pub(super) fn vary(&self) -> Value {
        let of = |input: &Vary| {
            let values: Vec<Value> = input.values.iter().map(|v| super::vary::shown(v)).collect();
            json!({ "key": input.key, "values": values })
        };
        self.vary.iter().map(of).collect()
    }
}

impl Sweep {
    /// Checks the inputs and the metrics (the headlines when none is named).
    pub fn new(frame: &Frame, vary: &[String], metrics: &[String]) -> Result<Sweep, Trouble> {
        Sweep::designed(frame, vary, metrics, Design::Grid)
    }

    /// The same with points of another design.
    pub fn designed(
        frame: &Frame,
        vary: &[String],
        metrics: &[String],
        design: Design,
    ) -> Result<Sweep, Trouble> {
        let grid = Grid::designed(frame, vary, design)?;
        let metrics = chosen(&grid.base, metrics, &headlines())?;
        grid.check(&metrics)?;
        Ok(Sweep { grid, metrics })
    }

    /// Replications of all points.
    pub fn runs(&self) -> u16 {
        self.grid.runs()
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![self.grid.scenario()]
    }

    /// The setups of all points, in order.
    pub fn setups(&self) -> Result<Vec<Setup>, Trouble> {
        self.grid.points.iter().map(|point| self.grid.setup(point)).collect()
    }

    /// Runs every point.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let measures = self.grid.measure(&mut Bench::new(tell))?;
        let row = |(point, measures): (&Point, &Measures)| {
            let metrics =
                self.metrics.iter().map(|path| (path.clone(), shown(&measures.estimate(path))));
            json!({ "inputs": inputs(point), "metrics": metrics.collect::<Map<_, _>>() })
        };
        let rows: Value = self.grid.points.iter().zip(&measures).map(row).collect();
        let mut document = head(SWEEP_SCHEMA, &self.grid.base);
        document.insert("vary".into(), self.grid.vary());
        document.insert("units".into(), units(&self.metrics));
        document.insert("rows".into(), rows);
        Ok(Value::Object(document))
    }
}

/// `{path: unit}`.
pub(super) fn units(metrics: &[String]) -> Value {
    let of = |path: &String| (path.clone(), Value::from(unit(path)));
    Value::Object(metrics.iter().map(of).collect())
}
