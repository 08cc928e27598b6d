//! Surroundings of a run: its meter, its parts on disk, and what is said when it stops early.
//! Must never lose a finished part, nor say that one is kept when it is not.

use super::args::Common;
use super::fault::Fault;
use super::progress::Meter;
use super::run::pool;
use crate::archive::Parts;
use crate::experiment::{Lab, Trouble};
use crate::sim::{Progress, Stopped};

/// What happens to parts that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// They are removed first.
    Afresh,
    /// They are used; what is missing is run.
    GoOn,
    /// They are used; a missing one is an error.
    PartsOnly,
}

/// A lab on this machine.
pub(super) struct Bench<'p> {
    meter: Meter,
    parts: Option<(&'p Parts, Keeping)>,
}

impl<'p> Bench<'p> {
    /// A bench for so many replications of so many days.
    pub(super) fn new(
        runs: u16,
        days: u32,
        parts: Option<(&'p Parts, Keeping)>,
        common: &Common,
    ) -> Bench<'p> {
        if let Some((parts, Keeping::Afresh)) = parts {
            parts.clear();
        }
        Bench { meter: Meter::new(runs, days, common.quiet), parts }
    }

    /// Does the work on the threads asked for. A run that stops early says what it leaves.
    pub(super) fn work<T: Send>(
        mut self,
        common: &Common,
        work: impl FnOnce(&mut dyn Lab) -> Result<T, Trouble> + Send,
    ) -> Result<T, Fault> {
        let result = pool(common)?.install(|| work(&mut self));
        let left = self.parts.map_or_else(String::new, |(parts, _)| left(parts));
        self.meter.finish();
        result.map_err(|trouble| match trouble {
            Trouble::Stopped(Stopped::Interrupted) => {
                let left = if left.is_empty() { "; nothing was written" } else { &left };
                Fault::interrupted(format!("interrupted{left}"))
            }
            Trouble::Kept(text) => Fault::internal(format!("{text}{left}")),
            other => other.into(),
        })
    }
}

fn left(parts: &Parts) -> String {
    match parts.count() {
        0 => String::new(),
        count => format!(
            "; {count} finished parts are in {}: the same command with --resume goes on from there",
            parts.dir().display()
        ),
    }
}

impl Lab for Bench<'_> {
    fn heard(&mut self, progress: Progress) -> bool {
        self.meter.tell(progress)
    }

    fn kept(&mut self, key: &str) -> Option<Vec<u8>> {
        self.parts.and_then(|(parts, _)| parts.get(key))
    }

    fn keep(&mut self, key: &str, bytes: &[u8]) -> Result<(), String> {
        self.parts.map_or(Ok(()), |(parts, _)| parts.put(key, bytes).map_err(|e| e.to_string()))
    }

    fn may_run(&self) -> bool {
        !matches!(self.parts, Some((_, Keeping::PartsOnly)))
    }
}
