//! All shards of a store and the parallel decision of a batch. Must never let the number of threads
//! show: shards are fixed, and their answers and logs are put together in shard order.

use super::answer::Answered;
use super::audit::{AuditReport, Base, Faults};
use super::book::Book;
use super::census::Census;
use super::planted::Bugs;
use super::shard::Shard;
use crate::domain::Fen;
use crate::engine::{Decision, Engine};
use crate::ledger::PlantedFault;
use crate::store::SHARDS;
use crate::wire::{Batch, RequestId};
use rayon::prelude::*;

/// Batches below this size are decided on the calling thread: waking others costs more.
const PARALLEL_FROM: usize = 256;

/// The shards and the rules they decide by.
#[derive(Clone, Debug)]
pub(super) struct Core<'r> {
    pub(super) engine: Engine<'r>,
    pub(super) shards: Vec<Shard>,
    identity: [u8; 32],
}

/// Answers of decided batches, in shard order within a batch, and their log.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    pub(super) answers: Vec<Answered>,
    pub(super) log: Vec<u8>,
}

/// Appends answers to others; where there are none yet, only the lists change hands.
pub(super) fn hand_over(from: &mut Vec<Answered>, to: &mut Vec<Answered>) {
    if to.is_empty() {
        std::mem::swap(from, to);
    } else {
        to.append(from);
    }
}

impl<'r> Core<'r> {
    pub(super) fn open(engine: Engine<'r>, census: &Census) -> Core<'r> {
        census.check();
        let books = Book::open(census, engine.rules.uses_more()).into_iter();
        let shards = books.map(|book| Shard::new(census.first_day, book)).collect();
        Core { engine, shards, identity: identity(&engine, census) }
    }

    /// Names people and rules: files of another identity are foreign.
    pub(super) fn identity(&self) -> [u8; 32] {
        self.identity
    }

    /// Decides a batch; answers (and with `logging` the log) are appended to `out`.
    pub(super) fn decide(&mut self, batch: &Batch, logging: bool, out: &mut Decided) {
        for (position, request) in (0_u32..).zip(batch.requests()) {
            self.shards[request.group.0 as usize % SHARDS].inbox.push(position);
        }
        let engine = self.engine;
        let run = |shard: &mut Shard| shard.run(&engine, batch, logging);
        if batch.len() < PARALLEL_FROM {
            self.shards.iter_mut().filter(|shard| !shard.inbox.is_empty()).for_each(run);
        } else {
            self.shards.par_iter_mut().filter(|shard| !shard.inbox.is_empty()).for_each(run);
        }
        for shard in &mut self.shards {
            out.answers.append(&mut shard.answers);
            out.log.append(&mut shard.log);
            shard.inbox.clear();
        }
    }

    /// Switches a deliberate fault of a test build on.
    pub(super) fn plant_bug(&mut self, bugs: Bugs) {
        self.shards.iter_mut().for_each(|shard| shard.bugs = bugs);
    }

    /// Every key that is remembered, with its decision.
    pub(super) fn outcomes(&self) -> Vec<(RequestId, Decision)> {
        let entries = self.shards.iter().flat_map(|shard| shard.keys.entries());
        entries.map(|(id, _, decision)| (id, decision)).collect()
    }

    /// Sums over all shards.
    #[cfg(feature = "postgres")]
    pub(super) fn sums(&self) -> Base {
        let mut sums = Base::default();
        for shard in &self.shards {
            let mine = shard.base.plus(&shard.audit);
            sums.totals.iter_mut().zip(mine.totals).for_each(|(sum, more)| *sum += more);
            sums.commands += mine.commands;
            sums.postings += mine.postings;
            sums.imbalance_fen += mine.imbalance_fen;
        }
        sums
    }

    /// Plants a fault in every shard's audit.
    pub(super) fn plant(&mut self, fault: PlantedFault) {
        self.shards.iter_mut().for_each(|shard| shard.audit.plant(fault));
    }

    /// Re-adds everything.
    pub(super) fn audit(&self) -> AuditReport {
        let (mut sum, mut faults) = (Base::default(), Faults::default());
        for shard in &self.shards {
            shard.audit_into(&mut sum, &mut faults);
        }
        let legs: i64 = sum.totals.iter().sum();
        if legs != 0 {
            faults.push(format!("all legs sum to {} instead of 0.00", Fen(legs)));
        }
        AuditReport {
            commands: sum.commands,
            postings: sum.postings,
            ledger_imbalance_fen: sum.imbalance_fen,
            faults: faults.count,
            findings: faults.findings,
            totals: sum.totals.iter().map(|&total| Fen(total)).collect(),
            open_draws: self.shards.iter().map(|shard| shard.book.open_draws()).sum(),
            keys: self.shards.iter().map(|shard| shard.keys.len() as u64).sum(),
        }
    }
}

/// A digest of the people, the benefit rules and the credit policy.
fn identity(engine: &Engine<'_>, census: &Census) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&census.digest());
    // Rules are plain data without floats or maps: their debug text is their value.
    hasher.update(format!("{:?}|{:?}", engine.rules, engine.policy).as_bytes());
    *hasher.finalize().as_bytes()
}
