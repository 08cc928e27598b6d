//! Institutions and groups join the scheme in waves: what each month saves, lends and loses, how each
//! institution's visits take to the line, and which order of institutions gains most. Must never move a
//! loss to the month of its draw: a month shows what was written off in it.

mod joining;
mod months;
mod order;
mod waves;

pub(super) use joining::{campaigns, days_in_run, told as joining_told};
pub use order::{Order, ROLLOUT_ORDER_SCHEMA};

use super::frame::{Bench, Frame, Tell, Trouble, head};
use super::measures::{Measures, shown};
use super::published::{HEADLINES, unit};
use super::replicate::{Outcome, Setup};
use super::uncertainty::Doubt;
use crate::scenario::Scenario;
use crate::sim::Replication;
use serde_json::{Map, Value, json};
use waves::{Wave, join};

/// Version of the document's form.
pub const ROLLOUT_SCHEMA: &str = "aftercare.rollout/2";

/// How a scheme is rolled out, as the command line says it; what is left empty is the scenario's.
#[derive(Clone, Debug, Default)]
pub struct RolloutPlan {
    /// `DATE=N` (the N largest that are left) or `DATE=NAME,NAME`; a piece without a date belongs to
    /// the one before.
    pub waves: Vec<String>,
    /// `DATE=GROUP`: groups of people, such as `60+`, `18-59`, `chronic`, `employee`, a district, `all`.
    pub groups: Vec<String>,
    /// `FROM..TO=FACTOR` on sign-up at visits and on the reach of the word.
    pub campaigns: Vec<String>,
    /// `KNOWN:REACHED`: shares that know on the first day and that a month reaches.
    pub awareness: Option<String>,
    /// Share that opts out where everybody else is enrolled unasked.
    pub opt_out: Option<f64>,
    /// People sign up themselves, whatever the scenario says.
    pub opt_in: bool,
    /// Points through the scenario's uncertain inputs, for the fans.
    pub uncertainty: Option<u32>,
}

/// A rollout that is ready to run.
#[derive(Clone, Debug)]
pub struct Rollout {
    setup: Setup,
    waves: Vec<Wave>,
    /// Points of the second order, with the same waves.
    points: Vec<Setup>,
}

impl Rollout {
    /// Gives each institution the day of its wave; those in no wave stay out.
    pub fn new(frame: &Frame, waves: &[String]) -> Result<Rollout, Trouble> {
        Rollout::with(frame, &RolloutPlan { waves: waves.to_vec(), ..RolloutPlan::default() })
    }

    /// The same with groups, campaigns, awareness and the way in.
    pub fn with(frame: &Frame, plan: &RolloutPlan) -> Result<Rollout, Trouble> {
        let mut scenario = frame.load()?;
        let waves = planned(&mut scenario, plan)?;
        let points = match Doubt::new(frame, Some(plan.uncertainty.unwrap_or(0)), None)? {
            Some(doubt) => doubt.setups()?,
            None => Vec::new(),
        };
        let with_plan = |mut point: Setup| {
            for site in &mut point.scenario.city.sites {
                let same = scenario.city.sites.iter().find(|other| other.name == site.name);
                site.in_scheme_from = same.and_then(|same| same.in_scheme_from);
            }
            joining::apply(&mut point.scenario, plan).map(|()| point)
        };
        let points = points.into_iter().map(with_plan).collect::<Result<_, _>>()?;
        Ok(Rollout { setup: frame.setup(scenario)?, waves, points })
    }

    /// Replications.
    pub fn runs(&self) -> u16 {
        let points = self.points.iter().map(|point| point.replications);
        points.fold(self.setup.replications, u16::saturating_add)
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.setup.scenario]
    }

    /// Runs the waves.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let mut bench = Bench::new(tell);
        let outcome = bench.outcome(&self.setup)?;
        let points = self
            .points
            .iter()
            .map(|point| bench.outcome(point))
            .collect::<Result<Vec<Outcome>, Trouble>>()?;
        let spread: Vec<Replication> =
            points.into_iter().flat_map(|point| point.replications).collect();
        let waves = self
            .waves
            .iter()
            .map(|wave| json!({ "from": wave.from.to_string(), "sites": wave.sites }));
        let mut document = head(ROLLOUT_SCHEMA, &self.setup);
        document.insert("waves".into(), waves.collect());
        document.insert("joining".into(), joining::told(&self.setup.scenario));
        let over = if spread.is_empty() { "replications" } else { "uncertain_inputs" };
        document.insert(
            "fan".into(),
            json!({
                "percentiles": months::FAN,
                "over": over,
                "runs": if spread.is_empty() { outcome.replications.len() } else { spread.len() },
            }),
        );
        document.insert("months".into(), months::months(&self.setup, &outcome, &spread));
        document.insert("institutions".into(), months::institutions(&self.setup, &outcome));
        document.insert("after_last_day".into(), months::after_last_day(&outcome));
        let measures = Measures::of(&self.setup, outcome);
        let total = |path: &str| {
            let mut total = shown(&measures.estimate(path));
            total["unit"] = unit(path).into();
            (path.to_owned(), total)
        };
        let totals: Map<String, Value> = HEADLINES.into_iter().map(total).collect();
        document.insert("totals".into(), Value::Object(totals));
        Ok(Value::Object(document))
    }
}

/// Lays a plan over a scenario.
fn planned(scenario: &mut Scenario, plan: &RolloutPlan) -> Result<Vec<Wave>, Trouble> {
    joining::apply(scenario, plan)?;
    join(&mut scenario.city.sites, &plan.waves)
}
