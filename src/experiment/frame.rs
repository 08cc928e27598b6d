//! What all runs of one experiment share — scenario, overrides, size, seed — and the one primitive
//! on which every experiment stands: run a setup, read its measures. Must never give two points of
//! one experiment different seeds: common random numbers make their differences comparable.

use super::measures::Measures;
use super::parts::{Lab, replicate_in};
use super::replicate::{Outcome, Setup};
use super::summary::titles_of_baselines;
use crate::scenario::{self, Problems, Scenario};
use crate::sim::{Progress, Stopped};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Most replications of one experiment, all points together.
const RUNS_MAX: u64 = 65_535;

/// A scenario with everything that the command line says about its size.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Scenario file.
    pub scenario: PathBuf,
    /// `key = value` lines laid over it.
    pub set: Vec<String>,
    /// Root seed, if not the scenario's.
    pub seed: Option<u64>,
    /// Replications, if not the scenario's.
    pub replications: Option<u16>,
    /// Days with visits, if not the scenario's.
    pub days: Option<u32>,
    /// People of a sample of whole hospitals.
    pub population: Option<u32>,
}

/// Why an experiment gave no answer.
#[derive(Debug)]
pub enum Trouble {
    /// A scenario, or a scenario with an override, cannot be used.
    Scenario(Problems),
    /// The question cannot be asked; the text names a way out.
    Question(String),
    /// A run ended early.
    Stopped(Stopped),
    /// A finished block could not be kept.
    Kept(String),
}

impl From<Problems> for Trouble {
    fn from(problems: Problems) -> Trouble {
        Trouble::Scenario(problems)
    }
}

impl Frame {
    /// The scenario as the command line leaves it.
    pub fn load(&self) -> Result<Scenario, Trouble> {
        self.load_with(&[])
    }

    /// The scenario with further `key = value` lines, which win over those of the frame.
    pub fn load_with(&self, more: &[String]) -> Result<Scenario, Trouble> {
        let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        let over: Vec<String> = more.iter().map(|line| key(line)).collect();
        let kept = self.set.iter().filter(|line| !over.contains(&key(line)));
        let lines: Vec<String> = kept.chain(more).cloned().collect();
        Ok(scenario::load_with(&self.scenario, &lines)?)
    }

    /// The setup of a scenario at this size.
    pub fn setup(&self, scenario: Scenario) -> Result<Setup, Trouble> {
        let defaults = scenario.run;
        let replications = match self.replications {
            Some(replications) => replications,
            None => u16::try_from(defaults.replications).map_err(|_| {
                let most = "run.replications: expected at most 65535; use --replications";
                Trouble::Question(most.to_owned())
            })?,
        };
        let seed = self.seed.unwrap_or(defaults.seed);
        let days = self.days.unwrap_or(defaults.days);
        Ok(Setup::new(scenario, seed, replications, days, self.population))
    }
}

/// Refuses an experiment of too many runs; returns the number of replications of all points.
pub(super) fn runs(points: usize, replications: u16) -> Result<u16, Trouble> {
    let runs = points as u64 * u64::from(replications);
    u16::try_from(runs).map_err(|_| {
        Trouble::Question(format!(
            "{points} points of {replications} replications are {runs} runs; at most {RUNS_MAX}: \
             use fewer values or --replications"
        ))
    })
}

/// Hears the progress of every run of an experiment, keeps its parts, and may stop it.
pub type Tell<'t> = &'t mut dyn Lab;

/// Runs setups one after the other and tells their replications as one long count.
pub(super) struct Bench<'t> {
    tell: Tell<'t>,
    done: u16,
}

impl<'t> Bench<'t> {
    /// A bench that has run nothing.
    pub(super) fn new(tell: Tell<'t>) -> Bench<'t> {
        Bench { tell, done: 0 }
    }

    /// Runs a setup.
    pub(super) fn outcome(&mut self, setup: &Setup) -> Result<Outcome, Trouble> {
        let mut shifted = Shifted { lab: self.tell, done: self.done };
        self.done = self.done.saturating_add(setup.replications);
        replicate_in(setup, &mut shifted)
    }

    /// Runs a setup and reads every metric of every replication.
    pub(super) fn measure(&mut self, setup: &Setup) -> Result<Measures, Trouble> {
        Ok(Measures::of(setup, self.outcome(setup)?))
    }
}

/// A lab that counts the replications of earlier points too.
struct Shifted<'t> {
    lab: &'t mut dyn Lab,
    done: u16,
}

impl Lab for Shifted<'_> {
    fn heard(&mut self, progress: Progress) -> bool {
        let replication = self.done.saturating_add(progress.replication);
        self.lab.heard(Progress { replication, ..progress })
    }

    fn kept(&mut self, key: &str) -> Option<Vec<u8>> {
        self.lab.kept(key)
    }

    fn keep(&mut self, key: &str, bytes: &[u8]) -> Result<(), String> {
        self.lab.keep(key, bytes)
    }

    fn may_run(&self) -> bool {
        self.lab.may_run()
    }
}

/// How every document of an experiment begins.
pub(super) fn head(schema: &str, setup: &Setup) -> Map<String, Value> {
    let sample = setup.sample.as_ref();
    let city = &setup.scenario.city;
    let end = i64::from(city.start.0) + i64::from(setup.days);
    let joined = city.sites.iter().filter_map(|site| site.in_scheme_from);
    let calibration = setup.scenario.calibration.as_ref();
    let head = json!({
        "schema": schema,
        "scenario": setup.scenario.name,
        "titles": { "en": setup.scenario.title_en, "zh": setup.scenario.title_zh },
        "baseline": setup.scenario.baselines[0].name,
        "baselines": titles_of_baselines(&setup.scenario),
        "seed": setup.seed,
        "replications": setup.replications,
        "population": city.people.population,
        "days": setup.days,
        "sampled_city": sample.is_some(),
        "sites": city.sites.len(),
        "sites_in_scheme_at_end": joined.filter(|day| i64::from(day.0) < end).count(),
        "waits_comparable": sample.is_none_or(|note| note.waits_comparable),
    });
    let Value::Object(mut head) = head else { panic!("invariant: an object was written") };
    head.extend(calibration.map(|found| ("calibration".to_owned(), super::fit::label(found))));
    head
}
