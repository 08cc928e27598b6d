//! The second interval: a Latin hypercube over the uncertain inputs of a scenario, each point a run on
//! the same luck. Must never mix it with the noise of replications: both intervals stand side by side,
//! each under its own name.

use super::figures::rounded;
use super::frame::{Bench, Frame, Tell, Trouble};
use super::measures::Measures;
use super::published::{HEADLINES, unit};
use super::replicate::Setup;
use super::vary::{Point, Span, lines, shown};
use crate::domain::Fen;
use crate::random::Philox;
use crate::scenario::{Scenario, UncertainInput, Uncertainty};
use crate::stats::design::latin_hypercube;
use crate::stats::order::quantile_of_sorted;
use crate::stats::regression::{conditional_mean, evppi};
use serde_json::{Map, Value, json};

/// The headline whose doubt is to be narrowed.
const OBJECTIVE: &str = "queue.time_in_hospital.all.saved";
/// Least points of a design that says anything about its ends.
const LEAST_POINTS: u32 = 5;

const METHOD: &str = "each point of a Latin hypercube over the ranges of [uncertainty] is run on the \
    same luck as the first replications_per_point replications of the run itself; spread95 is the 2.5 \
    to 97.5 % range of the points' means, moved by what those replications of the run differ from all \
    of them, so that the luck of a few does not look like doubt; monte_carlo95 is the Student \
    interval over replications at the scenario's own values; narrows_share is the share of the \
    spread's variance that knowing the input would take away (adjusted R2 of a parabola); evppi_yuan \
    is the expected value of partial perfect information for doing against not doing, with the net \
    benefit hours saved x value_of_hour_yuan - net credit loss - collection cost";

/// A second-order design that is ready to run.
#[derive(Clone, Debug)]
pub struct Doubt {
    frame: Frame,
    scenario: Scenario,
    given: Uncertainty,
    points: Vec<Point>,
    /// A scheme that takes the place of the scenario's own.
    scheme: Option<Scenario>,
}

impl Doubt {
    /// The design of a scenario with `[uncertainty]`; `points` wins over the scenario's own number,
    /// and no points means no design. Every point is loaded once before any runs.
    pub fn new(
        frame: &Frame,
        points: Option<u32>,
        scheme: Option<&Scenario>,
    ) -> Result<Option<Doubt>, Trouble> {
        let scenario = frame.load()?;
        let Some(given) = scenario.uncertainty.clone() else {
            return match points {
                Some(1..) => Err(Trouble::Question(
                    "the scenario has no [uncertainty]: name its uncertain inputs there first"
                        .into(),
                )),
                _ => Ok(None),
            };
        };
        let count = points.unwrap_or(given.points);
        if count == 0 {
            return Ok(None);
        }
        if count < LEAST_POINTS {
            let message = format!("{count} points show no spread: expected {LEAST_POINTS} or more");
            return Err(Trouble::Question(message));
        }
        let seed = frame.seed.unwrap_or(scenario.run.seed);
        let spans = given.inputs.iter().map(Span::of).collect::<Vec<Span>>();
        let places = spans
            .iter()
            .map(|span| span.places(frame, &scenario))
            .collect::<Result<Vec<u32>, Trouble>>()?;
        let design = latin_hypercube(count, spans.len(), Philox::new(seed));
        let point = |shares: &Vec<f64>| -> Point {
            let place = |index: usize| {
                let share = along(&given.inputs[index], shares[index]);
                let span = &spans[index];
                (span.key.clone(), span.text(span.at(share, places[index])))
            };
            (0..spans.len()).map(place).collect()
        };
        let points = design.iter().map(point).collect();
        let scheme = scheme.cloned();
        let doubt = Doubt { frame: frame.clone(), scenario, given, points, scheme };
        doubt.setups()?;
        Ok(Some(doubt))
    }

    /// The setups of all points: as many replications as the scenario asks for.
    pub fn setups(&self) -> Result<Vec<Setup>, Trouble> {
        let setup = |point: &Point| {
            let mut scenario = self.frame.load_with(&lines(&self.scenario, point)?)?;
            if let Some(scheme) = &self.scheme {
                scenario.adopt(scheme);
            }
            let setup = self.frame.setup(scenario)?;
            Ok(Setup { replications: self.given.replications, ..setup })
        };
        self.points.iter().map(setup).collect()
    }

    /// Replications of all points.
    pub fn runs(&self) -> u16 {
        self.given.replications.saturating_mul(self.points.len() as u16)
    }

    /// Runs the points and sets their spread beside the noise of the run itself.
    pub fn run(&self, tell: Tell<'_>, base: &Measures) -> Result<Spread, Trouble> {
        let mut bench = Bench::new(tell);
        let measured = self
            .setups()?
            .iter()
            .map(|setup| bench.measure(setup))
            .collect::<Result<Vec<Measures>, Trouble>>()?;
        let means = |path: &str| -> Vec<f64> {
            measured.iter().map(|point| point.estimate(path).mean).collect()
        };
        let headlines = HEADLINES.iter().map(|path| {
            let found = both(path, base, &means(path), self.given.replications);
            ((*path).to_owned(), found)
        });
        // Only what every point has: an hour that is not saved has no price.
        let common = |path: &&str| {
            let has = |point: &Measures| point.known().any(|known| known == *path);
            in_answer(path) && measured.iter().all(has)
        };
        let answer = base.known().filter(common).map(|path| {
            let found = both(path, base, &means(path), self.given.replications);
            (path.to_owned(), found)
        });
        let value = json!({
            "method": METHOD,
            "labels": {
                "monte_carlo95": { "en": "noise of the simulation", "zh": "模拟噪声（蒙特卡洛）" },
                "spread95": { "en": "spread from uncertain inputs", "zh": "输入不确定性带来的范围" },
            },
            "points": self.points.len(),
            "replications_per_point": self.given.replications,
            "inputs": self.given.inputs.iter().map(range).collect::<Vec<_>>(),
            "headlines": headlines.collect::<Map<_, _>>(),
            "answer": answer.collect::<Map<_, _>>(),
            "measure_next": self.measure_next(&means),
        });
        let rows = self.points.iter().zip(&measured).map(|(point, measures)| {
            let inputs = point.iter().map(|(_, value)| value.clone());
            let outputs = HEADLINES.iter().map(|path| rounded(measures.estimate(path).mean));
            inputs.chain(outputs.map(|value| value.to_string())).collect()
        });
        let keys = self.given.inputs.iter().map(|input| input.key.clone());
        let paths = HEADLINES.iter().map(|path| format!("{path} [{}]", unit(path)));
        Ok(Spread { value, header: keys.chain(paths).collect(), rows: rows.collect() })
    }

    /// The inputs, the one that would narrow the answer most first.
    fn measure_next(&self, means: &dyn Fn(&str) -> Vec<f64>) -> Value {
        let answer = means(OBJECTIVE);
        let benefit = self.given.value_of_hour_yuan.map(|hour| self.net_benefit(means, hour));
        let mut found: Vec<(f64, Value)> = Vec::new();
        for (index, input) in self.given.inputs.iter().enumerate() {
            let values: Vec<f64> =
                self.points.iter().map(|point| place_of(input, &point[index].1)).collect();
            let narrows = conditional_mean(&values, &answer).map_or(0.0, |fit| fit.narrowed);
            let worth = benefit.as_ref().and_then(|benefit| conditional_mean(&values, benefit));
            let worth = worth.map(|fit| Fen(libm::round(evppi(&fit) * 100.0) as i64).to_string());
            let row = json!({
                "key": input.key,
                "narrows": OBJECTIVE,
                "narrows_share": rounded(narrows),
                "evppi_yuan": worth,
            });
            found.push((narrows, row));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// Net benefit of doing it, by point, yuan over the run.
    fn net_benefit(&self, means: &dyn Fn(&str) -> Vec<f64>, hour_yuan: f64) -> Vec<f64> {
        let [hours, loss, cost] =
            ["queue.saved_hours_total", "credit.net_credit_loss", "credit.collection_cost"]
                .map(means);
        let of = |index: usize| hours[index] * hour_yuan - loss[index] - cost[index];
        (0..self.points.len()).map(of).collect()
    }
}

/// What the design found: for the summary, and the points themselves as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The summary's `uncertainty`.
    pub value: Value,
    /// Columns of the points: inputs, then headlines with their units.
    pub header: Vec<String>,
    /// One row a point.
    pub rows: Vec<Vec<String>>,
}

/// Whether a figure beside the headlines stands in the report's answers: who gains, and the load.
fn in_answer(path: &str) -> bool {
    path.starts_with("answer.") || path.starts_with("throughput.")
}

/// How far between the ends a uniform draw lies: evenly, or by a triangle with its top at `mode`.
fn along(input: &UncertainInput, uniform: f64) -> f64 {
    let Some(mode) = input.mode else { return uniform };
    let top = (mode - input.low) / (input.high - input.low);
    if uniform < top {
        libm::sqrt(uniform * top)
    } else {
        1.0 - libm::sqrt((1.0 - uniform) * (1.0 - top))
    }
}

/// A value as a number: its place among the readings where there are some.
fn place_of(input: &UncertainInput, text: &str) -> f64 {
    let reading = input.readings.iter().position(|reading| reading == text);
    reading.map_or_else(|| text.parse().unwrap_or_default(), |place| place as f64)
}

fn range(input: &UncertainInput) -> Value {
    if !input.readings.is_empty() {
        let readings: Vec<Value> = input.readings.iter().map(|text| shown(text)).collect();
        return json!({ "key": input.key, "readings": readings });
    }
    json!({
        "key": input.key,
        "low": shown(&input.low.to_string()),
        "high": shown(&input.high.to_string()),
        "mode": input.mode,
    })
}

/// By how much the mean of all replications lies above that of the first `shared` of them.
fn luck_of_the_first(all: &[f64], shared: u16) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    mean(all) - mean(&all[..all.len().min(usize::from(shared))])
}

/// Both intervals of a headline; money as yuan text. The points share the luck of the run's first
/// replications.
fn both(path: &str, base: &Measures, points: &[f64], shared: u16) -> Value {
    let estimate = base.estimate(path);
    let luck = luck_of_the_first(&base.get(path), shared);
    let mut sorted: Vec<f64> = points.iter().map(|point| point + luck).collect();
    sorted.sort_by(f64::total_cmp);
    let ends = [0.025, 0.975].map(|q| quantile_of_sorted(&sorted, q).unwrap_or_default());
    let figure = |value: f64| match unit(path) {
        "yuan" => Value::from(Fen(libm::round(value * 100.0) as i64).to_string()),
        _ => Value::from(rounded(value)),
    };
    json!({
        "mean": figure(estimate.mean),
        "monte_carlo95": estimate.ci95.map(|[low, high]| [figure(low), figure(high)]),
        "spread95": ends.map(figure),
        "unit": unit(path),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_held_against_the_replications_that_share_their_luck() {
        let table: [(&[f64], u16, f64); 4] = [
            (&[1.0, 2.0, 6.0], 1, 2.0),
            (&[1.0, 2.0, 6.0], 2, 1.5),
            (&[1.0, 2.0, 6.0], 3, 0.0),
            (&[5.0], 4, 0.0),
        ];
        for (all, shared, expected) in table {
            let luck = luck_of_the_first(all, shared);
            assert!((luck - expected).abs() < 1e-12, "{all:?} {shared}: {luck}");
        }
    }

    #[test]
    fn a_triangle_leans_to_its_mode_and_keeps_its_ends() {
        let input = |mode| UncertainInput {
            key: "k".into(),
            low: 2.0,
            high: 12.0,
            mode,
            readings: Vec::new(),
        };
        assert!((along(&input(None), 0.25) - 0.25).abs() < 1e-12);
        let leaning = input(Some(4.0));
        let table = [(0.0, 0.0), (0.2, 0.2), (1.0, 1.0), (0.05, 0.1)];
        for (uniform, share) in table {
            assert!((along(&leaning, uniform) - share).abs() < 1e-12, "{uniform}");
        }
        let mean = (0..10_000).map(|n| along(&leaning, (f64::from(n) + 0.5) / 1e4)).sum::<f64>();
        // (low + high + mode) / 3 = 6, which is 0.4 of the way.
        assert!((mean / 1e4 - 0.4).abs() < 1e-4, "{mean}");
    }
}
