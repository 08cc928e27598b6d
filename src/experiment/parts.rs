//! Units of work: a block of replications of one setup, named by a hash of all that decides its result.
//! Must never simulate a block that is kept already, and never take a part whose name is not its own.

use super::answer::audit_answer;
use super::frame::Trouble;
use super::replicate::{Outcome, Setup};
use crate::domain::HospitalLevel;
use crate::random::SAMPLER;
use crate::sim::{self, Progress, Replication, RunPlan, Stopped, World};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Version of a part's form.
pub const PART_SCHEMA: &str = "aftercare.part/1";

/// What an experiment asks of its surroundings: who hears its progress, and where finished blocks
/// are kept. Any closure that hears progress is one that keeps nothing.
pub trait Lab {
    /// Hears one day's progress; false stops the run.
    fn heard(&mut self, progress: Progress) -> bool;

    /// The bytes kept under a key.
    fn kept(&mut self, _key: &str) -> Option<Vec<u8>> {
        None
    }

    /// Keeps a finished block; an error names the place and the cause.
    fn keep(&mut self, _key: &str, _bytes: &[u8]) -> Result<(), String> {
        Ok(())
    }

    /// Whether blocks that are not kept may be simulated.
    fn may_run(&self) -> bool {
        true
    }
}

impl<F: FnMut(Progress) -> bool> Lab for F {
    fn heard(&mut self, progress: Progress) -> bool {
        self(progress)
    }
}

/// One unit of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Content hash of everything that decides the result, hexadecimal.
    pub key: String,
    /// First replication, from 1.
    pub first: u16,
    /// Number of replications.
    pub count: u16,
}

/// What a unit leaves behind: exact integer sums, so a summary made of parts has the bytes of one
/// made in a single run.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    schema: String,
    key: String,
    people: u64,
    sites: Vec<(String, HospitalLevel)>,
    bytes_per_person: f64,
    replications: Vec<Replication>,
}

/// The units of a setup, in order.
pub fn units(setup: &Setup) -> Vec<Unit> {
    let mut setup_hash = blake3::Hasher::new();
    let Setup { scenario, seed, days, planted, .. } = setup;
    let content = format!("{}\n{seed} {days} {planted:?}", scenario.content());
    for piece in [PART_SCHEMA, crate::archive::TOOL_VERSION, SAMPLER, &content] {
        setup_hash.update(&(piece.len() as u64).to_le_bytes());
        setup_hash.update(piece.as_bytes());
    }
    let block = setup.block.max(1);
    let starts = (1..=setup.replications).step_by(usize::from(block));
    starts
        .map(|first| {
            let count = block.min(setup.replications - first + 1);
            let mut hasher = setup_hash.clone();
            hasher.update(&first.to_le_bytes()).update(&count.to_le_bytes());
            let mut key = String::with_capacity(32);
            for byte in &hasher.finalize().as_bytes()[..16] {
                let _ = write!(key, "{byte:02x}");
            }
            Unit { key, first, count }
        })
        .collect()
}

/// Simulates a unit, or reads it where it is kept.
struct Worker<'s> {
    setup: &'s Setup,
    /// Built when the first unit has to be simulated.
    world: Option<World<'s>>,
}

impl Worker<'_> {
    fn part(&mut self, unit: &Unit, lab: &mut dyn Lab) -> Result<Part, Trouble> {
        let kept = lab.kept(&unit.key).and_then(|bytes| read(unit, &bytes));
        if let Some(part) = kept {
            let days = self.setup.days;
            let last = unit.first + unit.count - 1;
            lab.heard(Progress { replication: last, day: days, visits: 0 });
            return Ok(part);
        }
        if !lab.may_run() {
            let Unit { key, first, .. } = unit;
            let message = format!("replication {first} of a point is not there yet (part {key})");
            return Err(Trouble::Question(format!("{message}; `aftercare plan` lists what is")));
        }
        let part = self.simulate(unit, lab)?;
        let bytes = serde_json::to_vec(&part).map_err(|e| Trouble::Kept(e.to_string()))?;
        lab.keep(&unit.key, &bytes).map_err(Trouble::Kept)?;
        Ok(part)
    }

    fn simulate(&mut self, unit: &Unit, lab: &mut dyn Lab) -> Result<Part, Trouble> {
        let Setup { scenario, seed, days, planted, .. } = self.setup;
        let world = self.world.get_or_insert_with(|| World::new(scenario, *seed));
        let mut replications = Vec::with_capacity(usize::from(unit.count));
        for replication in unit.first..unit.first + unit.count {
            let plan = RunPlan { replication, days: *days, planted: *planted };
            let done = sim::run(world, plan, &mut |progress| lab.heard(progress));
            replications.push(done.map_err(Trouble::Stopped)?);
        }
        let sites = &world.city.sites;
        Ok(Part {
            schema: PART_SCHEMA.to_owned(),
            key: unit.key.clone(),
            people: world.city.people.len() as u64,
            sites: sites.iter().map(|site| (site.name.clone(), site.level)).collect(),
            bytes_per_person: world.bytes_per_person(),
            replications,
        })
    }
}

/// A part, if it is whole and really this unit's.
fn read(unit: &Unit, bytes: &[u8]) -> Option<Part> {
    let part: Part = serde_json::from_slice(bytes).ok()?;
    let own = part.schema == PART_SCHEMA
        && part.key == unit.key
        && part.replications.len() == usize::from(unit.count);
    own.then_some(part)
}

/// Every replication of a setup, those that are kept read and the others simulated and kept.
pub fn replicate_in(setup: &Setup, lab: &mut dyn Lab) -> Result<Outcome, Trouble> {
    replicate_until(setup, lab, |_| false)
}

/// Replications one after the other until `enough` says so or all of the setup are done.
pub fn replicate_until(
    setup: &Setup,
    lab: &mut dyn Lab,
    mut enough: impl FnMut(&Outcome) -> bool,
) -> Result<Outcome, Trouble> {
    let mut worker = Worker { setup, world: None };
    let mut outcome: Option<Outcome> = None;
    for unit in units(setup) {
        let Part { people, sites, bytes_per_person, replications, .. } = worker.part(&unit, lab)?;
        let whole = outcome.get_or_insert_with(|| Outcome {
            replications: Vec::new(),
            people,
            sites,
            bytes_per_person,
        });
        whole.replications.extend(replications);
        if enough(whole) {
            break;
        }
    }
    let missing = || Trouble::Question("expected at least one replication".to_owned());
    let outcome = outcome.ok_or_else(missing)?;
    let audited = audit_answer(setup, &outcome);
    audited.map_err(|invalid| Trouble::Stopped(Stopped::Invalid(invalid)))?;
    Ok(outcome)
}

/// Which of several tasks this one is: units are dealt out in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Number of this task, from 1.
    pub index: u32,
    /// Number of tasks.
    pub of: u32,
}

impl Task {
    /// Whether the unit at a position belongs to this task.
    pub fn owns(self, position: usize) -> bool {
        position as u64 % u64::from(self.of) == u64::from(self.index) - 1
    }
}

/// What a task did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Units of this task.
    pub units: usize,
    /// Units that were kept already.
    pub kept: usize,
}

/// Does one task's units of several setups; nothing is returned but the count, as a task has only
/// its own parts.
pub fn run_task(setups: &[Setup], task: Task, lab: &mut dyn Lab) -> Result<Share, Trouble> {
    let mut share = Share::default();
    let mut position = 0;
    for setup in setups {
        let mut worker = Worker { setup, world: None };
        for unit in units(setup) {
            if task.owns(position) {
                share.units += 1;
                share.kept += usize::from(lab.kept(&unit.key).is_some());
                worker.part(&unit, lab)?;
            }
            position += 1;
        }
    }
    Ok(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use std::collections::BTreeMap;
    use std::path::Path;

    fn setup(block: u16) -> Setup {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
        let scenario = scenario::load(&path).expect("the smoke district");
        Setup { block, ..Setup::new(scenario, 3, 3, 1, Some(6_000)) }
    }

    #[derive(Default)]
    struct Shelf {
        parts: BTreeMap<String, Vec<u8>>,
        days: usize,
        room: usize,
    }

    impl Lab for Shelf {
        fn heard(&mut self, progress: Progress) -> bool {
            self.days += usize::from(progress.visits > 0);
            true
        }
        fn kept(&mut self, key: &str) -> Option<Vec<u8>> {
            self.parts.get(key).cloned()
        }
        fn keep(&mut self, key: &str, bytes: &[u8]) -> Result<(), String> {
            if self.parts.len() == self.room {
                return Err("No space left on device".to_owned());
            }
            self.parts.insert(key.to_owned(), bytes.to_vec());
            Ok(())
        }
    }

    fn sums(outcome: &Outcome) -> String {
        format!(
            "{:?}",
            outcome.replications.iter().map(|r| (&r.arms, &r.pairs)).collect::<Vec<_>>()
        )
    }

    #[test]
    fn kept_parts_give_the_very_sums_and_are_not_run_again() {
        let setup = setup(1);
        let mut shelf = Shelf { room: 9, ..Shelf::default() };
        let first = replicate_in(&setup, &mut shelf).expect("three runs");
        assert_eq!((shelf.parts.len(), shelf.days), (3, 3));
        let again = replicate_in(&setup, &mut shelf).expect("three parts");
        assert_eq!(shelf.days, 3, "nothing was simulated");
        let summary = |outcome: &Outcome| crate::experiment::summary(&setup, outcome).to_string();
        assert_eq!(summary(&first), summary(&again));
        let plain = crate::experiment::replicate(&setup, &mut |_| true).expect("three runs");
        assert_eq!(sums(&plain).len(), sums(&first).len());
        assert_eq!(summary(&plain), summary(&first));
    }

    #[test]
    fn a_full_shelf_stops_the_run_and_a_torn_or_foreign_part_is_run_anew() {
        let setup = setup(1);
        let mut shelf = Shelf { room: 1, ..Shelf::default() };
        let full = replicate_in(&setup, &mut shelf);
        assert!(matches!(full, Err(Trouble::Kept(text)) if text.contains("No space")));
        shelf.room = 9;
        let keys: Vec<String> = units(&setup).into_iter().map(|unit| unit.key).collect();
        let whole = shelf.parts[&keys[0]].clone();
        shelf.parts.insert(keys[1].clone(), whole.clone());
        shelf.parts.insert(keys[2].clone(), whole[..whole.len() / 2].to_vec());
        let mended = replicate_in(&setup, &mut shelf).expect("three runs");
        let plain = crate::experiment::replicate(&setup, &mut |_| true).expect("three runs");
        let summary = |outcome: &Outcome| crate::experiment::summary(&setup, outcome).to_string();
        assert_eq!(summary(&mended), summary(&plain));
    }

    #[test]
    fn a_key_is_the_content_and_blocks_share_the_replications_out() {
        let one = units(&setup(1));
        assert_eq!(units(&setup(1)), one);
        let two: Vec<(u16, u16)> = units(&setup(2)).iter().map(|u| (u.first, u.count)).collect();
        assert_eq!(two, [(1, 2), (3, 1)]);
        let mut other = setup(1);
        other.scenario.policy.deposit = crate::scenario::DepositRule::None;
        assert!(units(&other).iter().zip(&one).all(|(a, b)| a.key != b.key));
        let mut renamed = setup(1);
        renamed.scenario.title_en = "another title".into();
        assert_eq!(units(&renamed), one, "words decide nothing");
        let dealt: Vec<u32> = (0..5)
            .map(|at| (1..=3).find(|&index| Task { index, of: 3 }.owns(at)).expect("an owner"))
            .collect();
        assert_eq!(dealt, [1, 2, 3, 1, 2]);
    }
}
