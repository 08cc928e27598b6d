//! Several inputs fitted to several observed outcomes at once: damped Gauss–Newton steps on the same
//! luck, slopes by differences. Must never let its result pass as a prediction of what it was fitted to,
//! and never hide that the data do not tell two inputs apart.

use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{Measures, checked, shown};
use super::published::unit;
use super::replicate::Setup;
use super::vary::{Point, Span, decimal, inputs, lines, text_of};
use crate::scenario::{self, Calibration, Scenario};
use crate::stats::fit::{Information, information, step};
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const FIT_SCHEMA: &str = "aftercare.fit/1";

/// Share of a range by which an input is moved for its slope: wide, as counts move in jumps.
const NUDGE: f64 = 0.2;
/// A step below this share of every range ends the search.
const SMALL: f64 = 0.002;
/// Above this condition the inputs cannot be told apart.
const APART: f64 = 1e6;

const METHOD: &str = "weighted least squares: sum over targets of ((simulated mean - observed) / \
    tolerance) squared, by damped Gauss-Newton steps within the given ranges; slopes are differences \
    over a fifth of each range on the same luck; identifiability from the inverse of J'J at the end";

const WARNING: &str = "these values were SET FROM THE OUTCOMES: the scenario with them cannot be said \
    to predict the targets, only what was not used here";

/// An observed outcome.
#[derive(Clone, Debug, PartialEq)]
struct Target {
    path: String,
    observed: f64,
    tolerance: f64,
}

/// A fit that is ready to run.
#[derive(Clone, Debug)]
pub struct Fit {
    frame: Frame,
    scenario: Scenario,
    base: Setup,
    spans: Vec<Span>,
    places: Vec<u32>,
    targets: Vec<Target>,
    /// Outcomes that have no part in the fit.
    held_out: Vec<Target>,
    label: String,
    steps: u16,
}

/// What a fit is made from, as the command line or a file says it.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// `PATH=VALUE+-TOLERANCE` to fit to.
    pub targets: Vec<String>,
    /// The same, held back: the fitted scenario must predict them.
    pub held_out: Vec<String>,
    /// What was observed, for the label.
    pub label: String,
}

impl Observed {
    /// Adds the rows of a table with the columns metric, value, tolerance and use (`fit` or `hold_out`).
    pub fn add_table(&mut self, text: &str) -> Result<(), Trouble> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let wrong = |error: csv::Error| {
            Trouble::Question(format!(
                "the table of observed values: {error}; expected the columns metric, value, \
                 tolerance, use (fit or hold_out)"
            ))
        };
        for row in reader.deserialize() {
            let Row { metric, value, tolerance, r#use } = row.map_err(wrong)?;
            let tolerance = tolerance.map_or_else(String::new, |width| format!("+-{width}"));
            let target = format!("{metric}={value}{tolerance}");
            match r#use {
                Use::Fit => self.targets.push(target),
                Use::HoldOut => self.held_out.push(target),
            }
        }
        Ok(())
    }
}

/// A row of a table of observed values.
#[derive(Debug, Deserialize)]
struct Row {
    metric: String,
    value: String,
    tolerance: Option<String>,
    r#use: Use,
}

/// What an observed value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Use {
    Fit,
    HoldOut,
}

/// The label of results whose values were set from outcomes.
pub(super) fn label(calibration: &Calibration) -> Value {
    let Calibration { on, metrics } = calibration;
    json!({
        "label": { "en": format!("calibrated on {on}"), "zh": format!("已按“{on}”校准") },
        "must_not_predict": metrics,
    })
}

/// A point that was run, in shares of the ranges.
#[derive(Clone, Debug)]
struct Tried {
    shares: Vec<f64>,
    measures: Measures,
    residuals: Vec<f64>,
}

impl Tried {
    fn misfit(&self) -> f64 {
        self.residuals.iter().map(|residual| residual * residual).sum()
    }
}

impl Fit {
    /// Checks `KEY=A..B` (several) and `PATH=VALUE±TOLERANCE` (at least as many; the tolerance is a
    /// hundredth of the value if not given); `label` says on what it was calibrated.
    pub fn new(
        frame: &Frame,
        vary: &[String],
        observed: &Observed,
        steps: u16,
    ) -> Result<Fit, Trouble> {
        let scenario = frame.load()?;
        let spans = vary.iter().map(|t| Span::parse(t)).collect::<Result<Vec<Span>, Trouble>>()?;
        let places = spans
            .iter()
            .map(|span| span.places(frame, &scenario))
            .collect::<Result<Vec<u32>, Trouble>>()?;
        let base = frame.setup(scenario.clone())?;
        let read = |texts: &[String]| {
            texts.iter().map(|text| target(text, &base)).collect::<Result<Vec<Target>, Trouble>>()
        };
        let (targets, held_out) = (read(&observed.targets)?, read(&observed.held_out)?);
        let twice = held_out.iter().find(|held| targets.iter().any(|t| t.path == held.path));
        if let Some(Target { path, .. }) = twice {
            let message = format!("`{path}` is fitted to, so it cannot be held out too");
            return Err(Trouble::Question(message));
        }
        if targets.len() < spans.len() {
            return Err(Trouble::Question(format!(
                "{} inputs need as many observed outcomes at least, not {}",
                spans.len(),
                targets.len()
            )));
        }
        runs(usize::from(steps) * (spans.len() + 1) + 2, base.replications)?;
        let (frame, label) = (frame.clone(), observed.label.clone());
        Ok(Fit { frame, scenario, base, spans, places, targets, held_out, label, steps })
    }

    /// Most replications that can be needed.
    pub fn runs(&self) -> u16 {
        let points = self.steps * (self.spans.len() as u16 + 1) + 2;
        self.base.replications.saturating_mul(points)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.scenario]
    }

    /// Fits; `status` is `calibrated` when every target lies within its tolerance or its interval,
    /// else `left_over`.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let mut best = self.at(&mut bench, vec![0.5; self.spans.len()])?;
        let mut path = vec![self.row(&best)];
        let mut damping = 0.01;
        let mut jacobian = self.slopes(&mut bench, &best)?;
        for _ in 1..self.steps {
            let Some(move_by) = step(&jacobian, &best.residuals, damping) else { break };
            let moved = |(share, by): (&f64, f64)| (share + by).clamp(0.0, 1.0);
            let shares: Vec<f64> = best.shares.iter().zip(move_by).map(moved).collect();
            let length = shares.iter().zip(&best.shares).map(|(a, b)| (a - b).abs());
            if length.fold(0.0, f64::max) < SMALL {
                break;
            }
            let next = self.at(&mut bench, shares)?;
            path.push(self.row(&next));
            if next.misfit() < best.misfit() {
                damping /= 4.0;
                jacobian = self.slopes(&mut bench, &next)?;
                best = next;
            } else {
                damping = damping * 10.0 + 0.1;
            }
        }
        let fresh = self.fresh(&mut bench, &best)?;
        Ok(self.document(&best, &information(&jacobian), path, &fresh))
    }

    /// The fitted values on luck that had no part in the fit.
    fn fresh(&self, bench: &mut Bench<'_>, best: &Tried) -> Result<Measures, Trouble> {
        let lines = lines(&self.scenario, &self.point(&best.shares))?;
        let setup = self.frame.setup(self.frame.load_with(&lines)?)?;
        bench.measure(&Setup { seed: self.base.seed.wrapping_add(1), ..setup })
    }

    fn point(&self, shares: &[f64]) -> Point {
        let place = |index: usize| {
            let span = &self.spans[index];
            (span.key.clone(), text_of(span.at(shares[index], self.places[index])))
        };
        (0..shares.len()).map(place).collect()
    }

    fn at(&self, bench: &mut Bench<'_>, shares: Vec<f64>) -> Result<Tried, Trouble> {
        let lines = lines(&self.scenario, &self.point(&shares))?;
        let measures = bench.measure(&self.frame.setup(self.frame.load_with(&lines)?)?)?;
        let residual = |target: &Target| {
            (measures.estimate(&target.path).mean - target.observed) / target.tolerance
        };
        let residuals = self.targets.iter().map(residual).collect();
        Ok(Tried { shares, measures, residuals })
    }

    /// Slopes of the weighted residuals by share of each range, towards the farther end.
    fn slopes(&self, bench: &mut Bench<'_>, from: &Tried) -> Result<Vec<Vec<f64>>, Trouble> {
        let mut jacobian = vec![Vec::new(); self.targets.len()];
        for index in 0..self.spans.len() {
            let nudge = if from.shares[index] > 0.5 { -NUDGE } else { NUDGE };
            let mut shares = from.shares.clone();
            shares[index] += nudge;
            let there = self.at(bench, shares)?;
            for (row, (a, b)) in
                jacobian.iter_mut().zip(from.residuals.iter().zip(&there.residuals))
            {
                row.push((b - a) / nudge);
            }
        }
        Ok(jacobian)
    }

    fn row(&self, tried: &Tried) -> Value {
        json!({ "inputs": inputs(&self.point(&tried.shares)), "misfit": rounded(tried.misfit()) })
    }

    /// The document: fit, what was left over, the same on fresh luck, the held-out outcomes.
    fn document(
        &self,
        best: &Tried,
        found: &Information,
        path: Vec<Value>,
        fresh: &Measures,
    ) -> Value {
        let point = self.point(&best.shares);
        let rows = |targets: &[Target], measures: &Measures| -> Vec<Value> {
            targets.iter().map(|target| target.row(measures)).collect()
        };
        let targets = rows(&self.targets, &best.measures);
        let met = targets.iter().all(|target| target["reached"] == true);
        let held_out = rows(&self.held_out, fresh);
        let predicted = held_out.iter().filter(|held| held["reached"] == true).count();
        let mut document = head(FIT_SCHEMA, &self.base);
        let mut add = |key: &str, value: Value| document.insert(key.into(), value);
        add("method", METHOD.into());
        add("label", format!("calibrated on {}", self.label).into());
        add("status", if met { "calibrated" } else { "left_over" }.into());
        add("targets", targets.into());
        add(
            "fresh",
            json!({
                "seed": self.base.seed.wrapping_add(1), "targets": rows(&self.targets, fresh),
            }),
        );
        add(
            "held_out",
            json!({
                "outcomes": held_out, "predicted": predicted, "of": self.held_out.len(),
            }),
        );
        add("misfit", rounded(best.misfit()).into());
        add("parameters", self.parameters(best, found));
        add("identifiable", (found.condition <= APART).into());
        add("condition", json!(found.condition.is_finite().then(|| rounded(found.condition))));
        let paths: Vec<&str> = self.targets.iter().map(|target| target.path.as_str()).collect();
        let mark = json!({ "on": self.label, "metrics": paths });
        let set = lines(&self.scenario, &point).unwrap_or_default().into_iter();
        let set = set.chain([scenario::set_line("calibration", &mark)]);
        add("set", set.map(Value::from).collect());
        add("set_from_outcome", true.into());
        add("must_not_predict", paths.into());
        add("warning", WARNING.into());
        add("tried", path.into());
        Value::Object(document)
    }

    /// Each input with its value, its standard error from the tolerances, and its closest twin.
    fn parameters(&self, best: &Tried, found: &Information) -> Value {
        let width = |index: usize| {
            (self.spans[index].high - self.spans[index].low).to_f64().unwrap_or_default().abs()
        };
        let covariance = found.covariance.as_ref();
        let correlation = |a: usize, b: usize| {
            covariance.map(|c| c[a][b] / libm::sqrt(c[a][a] * c[b][b])).unwrap_or_default()
        };
        let count = self.spans.len();
        let row = |(index, (key, value)): (usize, (String, String))| {
            let error = covariance.map(|c| libm::sqrt(c[index][index]) * width(index));
            let twin = (0..count).filter(|&other| other != index).max_by(|&a, &b| {
                correlation(index, a).abs().total_cmp(&correlation(index, b).abs())
            });
            let share = best.shares[index];
            let mut row = Map::new();
            row.insert("value".into(), super::vary::shown(&value));
            row.insert("standard_error".into(), json!(error.map(rounded)));
            row.insert("at_an_end".into(), (share <= 0.0 || share >= 1.0).into());
            row.insert(
                "closest_twin".into(),
                twin.map_or(Value::Null, |other| {
                    json!({ "key": self.spans[other].key,
                        "correlation": rounded(correlation(index, other)) })
                }),
            );
            (key, Value::Object(row))
        };
        let point = self.point(&best.shares);
        Value::Object(point.into_iter().enumerate().map(row).collect())
    }
}

impl Target {
    /// Beside what was simulated, and what is left over.
    fn row(&self, measures: &Measures) -> Value {
        let estimate = measures.estimate(&self.path);
        let gap = estimate.mean - self.observed;
        let within = |[low, high]: [f64; 2]| low <= self.observed && self.observed <= high;
        json!({
            "path": self.path,
            "unit": unit(&self.path),
            "observed": self.observed,
            "tolerance": self.tolerance,
            "simulated": shown(&estimate),
            "left_over": rounded(gap),
            "left_over_in_tolerances": rounded(gap / self.tolerance),
            "reached": gap.abs() <= self.tolerance || estimate.ci95.is_some_and(within),
        })
    }
}

/// Reads `PATH=VALUE` or `PATH=VALUE±TOLERANCE` (also `+-`).
fn target(text: &str, base: &Setup) -> Result<Target, Trouble> {
    let expected = || Trouble::Question(format!("`{text}`: expected PATH=VALUE+-TOLERANCE"));
    let (path, rest) = text.split_once('=').ok_or_else(expected)?;
    let (value, tolerance) = match rest.split_once('±').or_else(|| rest.split_once("+-")) {
        Some((value, tolerance)) => (value, Some(tolerance)),
        None => (rest, None),
    };
    let number = |text: &str| Ok::<f64, Trouble>(decimal(text)?.to_f64().unwrap_or_default());
    let observed = number(value)?;
    let tolerance = match tolerance {
        Some(tolerance) => number(tolerance)?,
        None => (observed * 0.01).abs(),
    };
    if tolerance <= 0.0 {
        return Err(expected());
    }
    Ok(Target { path: checked(base, path)?, observed, tolerance })
}
