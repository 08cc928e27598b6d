//! One input set so that one metric comes out at an observed value: regula falsi between two ends.
//! Must never let its result pass as a prediction: the metric was the target, and the document says
//! so.

use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble, head, runs};
use super::measures::{checked, shown};
use super::published::unit;
use super::replicate::Setup;
use super::vary::{Span, decimal, lines, text_of};
use crate::scenario::{self, Scenario};
use crate::stats::Estimate;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde_json::{Map, Value, json};

/// Version of the document's form.
pub const CALIBRATE_SCHEMA: &str = "aftercare.calibrate/1";

/// A mean this close to the target, in half-widths of its interval, needs no further step.
const CLOSE: f64 = 0.1;

const WARNING: &str = "this value was SET FROM THE OUTCOME: the scenario with it cannot be said to \
    predict the target, only what was not used here";

/// A calibration that is ready to run.
#[derive(Clone, Debug)]
pub struct Calibrate {
    frame: Frame,
    scenario: Scenario,
    base: Setup,
    span: Span,
    places: u32,
    path: String,
    target: f64,
    label: String,
    steps: u16,
}

/// A value that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tried {
    value: Decimal,
    estimate: Estimate,
}

impl Tried {
    fn gap(&self, target: f64) -> f64 {
        self.estimate.mean - target
    }

    fn reaches(&self, target: f64) -> bool {
        self.estimate.ci95.is_some_and(|[low, high]| low <= target && target <= high)
    }

    fn close(&self, target: f64) -> bool {
        let half = self.estimate.half_width().unwrap_or_default();
        self.gap(target).abs() <= CLOSE * half
    }
}

impl Calibrate {
    /// Checks `KEY=A..B` and `PATH=VALUE`; at most `steps` values between the ends are tried; the label says
    /// on what it was calibrated.
    pub fn new(
        frame: &Frame,
        vary: &str,
        (target, label): (&str, &str),
        steps: u16,
    ) -> Result<Calibrate, Trouble> {
        let scenario = frame.load()?;
        let span = Span::parse(vary)?;
        let places = span.places(frame, &scenario)?;
        let base = frame.setup(scenario.clone())?;
        let expected = || Trouble::Question(format!("`{target}`: expected PATH=VALUE"));
        let (path, value) = target.split_once('=').ok_or_else(expected)?;
        let path = checked(&base, path)?;
        let target = decimal(value)?.to_f64().unwrap_or_default();
        if base.replications < 2 {
            let message = "a target is reached when it lies within the interval, and one \
                replication has none; use --replications 2 or more";
            return Err(Trouble::Question(message.into()));
        }
        runs(usize::from(steps) + 2, base.replications)?;
        let (frame, label) = (frame.clone(), label.to_owned());
        Ok(Calibrate { frame, scenario, base, span, places, path, target, label, steps })
    }

    /// Most replications that can be needed.
    pub fn runs(&self) -> u16 {
        self.base.replications.saturating_mul(self.steps + 2)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.scenario]
    }

    /// Looks for the value; `status` of the document is `calibrated`, `out_of_range` or
    /// `not_reached`.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let mut tried = Vec::new();
        for end in [self.span.low, self.span.high] {
            tried.push(self.try_value(&mut bench, end)?);
        }
        let found = self.search(&mut bench, &mut tried)?;
        Ok(self.document(&tried, found))
    }

    fn try_value(&self, bench: &mut Bench<'_>, value: Decimal) -> Result<Tried, Trouble> {
        let point = vec![(self.span.key.clone(), text_of(value))];
        let scenario = self.frame.load_with(&lines(&self.scenario, &point)?)?;
        let measures = bench.measure(&self.frame.setup(scenario)?)?;
        Ok(Tried { value, estimate: measures.estimate(&self.path) })
    }

    /// Narrows the bracket until a mean is close, the key has no value in between, or the steps are
    /// used.
    fn search(
        &self,
        bench: &mut Bench<'_>,
        tried: &mut Vec<Tried>,
    ) -> Result<Option<Tried>, Trouble> {
        let (mut a, mut b) = (tried[0], tried[1]);
        let brackets = a.gap(self.target) * b.gap(self.target) <= 0.0;
        for step in 0..if brackets { self.steps } else { 0 } {
            if tried.iter().any(|tried| tried.close(self.target)) {
                break;
            }
            let Some(value) = self.between(&a, &b, step) else { break };
            let new = self.try_value(bench, value)?;
            tried.push(new);
            let same_side = new.gap(self.target) * a.gap(self.target) > 0.0;
            *(if same_side { &mut a } else { &mut b }) = new;
        }
        let reached = tried.iter().filter(|tried| tried.reaches(self.target));
        let nearest =
            reached.min_by(|x, y| x.gap(self.target).abs().total_cmp(&y.gap(self.target).abs()));
        Ok(nearest.copied())
    }

    /// The next value: on the straight line between the ends, or the middle at every third step, so
    /// that a bent curve cannot hold one end for ever. `None` when the key has no value in between.
    fn between(&self, a: &Tried, b: &Tried, step: u16) -> Option<Decimal> {
        let share = a.gap(self.target) / (a.gap(self.target) - b.gap(self.target));
        let share = if step % 3 == 2 || !share.is_finite() { 0.5 } else { share };
        let bracket =
            Span { key: String::new(), low: a.value, high: b.value, readings: Vec::new() };
        [share, 0.5]
            .into_iter()
            .map(|share| bracket.at(share, self.places))
            .find(|value| *value != a.value && *value != b.value)
    }

    fn document(&self, tried: &[Tried], found: Option<Tried>) -> Value {
        let target = self.target;
        let crossed = tried.iter().any(|t| t.gap(target) >= 0.0)
            && tried.iter().any(|t| t.gap(target) <= 0.0);
        let status = match (found, crossed) {
            (Some(_), _) => "calibrated",
            (None, true) => "not_reached",
            (None, false) => "out_of_range",
        };
        let mut document = head(CALIBRATE_SCHEMA, &self.base);
        let value = |tried: &Tried| tried.value.to_f64();
        let mut add = |key: &str, value: Value| document.insert(key.into(), value);
        add("status", status.into());
        add("key", self.span.key.as_str().into());
        add("target", json!({ "path": self.path, "value": target, "unit": unit(&self.path) }));
        add("value", json!(found.as_ref().and_then(value)));
        add("reached", found.as_ref().map_or(Value::Null, |found| shown(&found.estimate)));
        add("as_good", self.as_good(tried, found));
        add("set", json!(found.map(|t| format!("{}={}", self.span.key, text_of(t.value)))));
        let mark = json!({ "on": self.label, "metrics": [self.path] });
        add("label", format!("calibrated on {}", self.label).into());
        let point = found.map(|t| vec![(self.span.key.clone(), text_of(t.value))]);
        let set = point.map(|point| lines(&self.scenario, &point).unwrap_or_default());
        let set = set.into_iter().flatten().chain([scenario::set_line("calibration", &mark)]);
        add("lines", set.map(Value::from).collect());
        add("set_from_outcome", true.into());
        add("must_not_predict", json!([self.path]));
        add("warning", WARNING.into());
        let row = |tried: &Tried| {
            let mut row = Map::new();
            row.insert("value".into(), json!(value(tried)));
            row.insert("estimate".into(), shown(&tried.estimate));
            row.insert("reaches".into(), tried.reaches(target).into());
            Value::Object(row)
        };
        add("tried", tried.iter().map(row).collect());
        Value::Object(document)
    }

    /// The values that would do as well, by the straight line between the two ends of the range:
    /// half a width of the interval to either side. Wide means that the target hardly determines
    /// the input.
    fn as_good(&self, tried: &[Tried], found: Option<Tried>) -> Value {
        let slope = (tried[1].estimate.mean - tried[0].estimate.mean)
            / (self.span.high - self.span.low).to_f64().unwrap_or_default();
        let half = found.and_then(|found| found.estimate.half_width());
        let (Some(half), Some(found)) = (half, found) else { return Value::Null };
        let reach = Decimal::from_f64((half / slope).abs());
        let low = self.span.low.min(self.span.high);
        let high = self.span.low.max(self.span.high);
        let ends = match reach {
            Some(reach) => [
                found.value.checked_sub(reach).unwrap_or(low).max(low),
                found.value.checked_add(reach).unwrap_or(high).min(high),
            ],
            None => [low, high],
        };
        ends.into_iter().map(|end| end.to_f64().map(rounded)).collect()
    }
}
