//! The answer: who gains, who pays, what an hour costs, whom it harms. From the ledger and the counted facts of
//! the replications, under the scenario's `[costs]`. Must never report economics that the scenario gives
//! no costs for, and never print a book that its audit refuses.

mod absent;
mod bank;
mod cells;
mod facts;
mod groups;
mod people;
mod running;
mod summary;
mod tables;
mod view;

pub(super) use facts::scheme;
pub(super) use running::running_cost;
pub(super) use summary::answer;
pub(super) use tables::tables;

use super::replicate::{Outcome, Setup};
use crate::economics::Broken;
use crate::sim::{Invalid, Replication};
use cells::Spread;
use view::View;

/// Holds the books of every replication against their identities; without costs there is nothing to hold.
///
/// # Errors
/// The first book that does not close: the run is invalid.
pub(super) fn audit_answer(setup: &Setup, outcome: &Outcome) -> Result<(), Invalid> {
    for (number, run) in (1..).zip(&outcome.replications) {
        for baseline in 0..setup.scenario.baselines.len() {
            let Some(view) = View::of(setup, run, baseline) else { return Ok(()) };
            let audit = view.book.audit().and_then(|()| audit_groups(&view, run, baseline));
            if let Err(Broken { fen, what }) = audit {
                let name = &setup.scenario.baselines[baseline].name;
                return Err(Invalid {
                    replication: number,
                    arm: setup.scenario.policy.name.clone(),
                    day: setup.scenario.city.start,
                    fen,
                    what: format!("who gains and who pays, against {name}: {what}"),
                });
            }
        }
    }
    Ok(())
}

/// Holds what groups of people kept, and each flow by group, against what all patients kept and the book's flow.
fn audit_groups(view: &View, run: &Replication, baseline: usize) -> Result<(), Broken> {
    let missing = groups::gap(view, run, baseline).0;
    if missing != 0 {
        let what = "what groups of people kept is not what all patients kept".to_owned();
        return Err(Broken { fen: missing, what });
    }
    match Spread::new(view, run, baseline).gaps().find(|(_, gap)| !gap.is_zero()) {
        None => Ok(()),
        Some((kind, gap)) => {
            let what = format!("{} by group is not the book's flow", kind.word());
            Err(Broken { fen: gap.0, what })
        }
    }
}
