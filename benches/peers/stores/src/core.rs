//! The stores of ours under the same work. Must never be spared a step that a peer does.

use crate::work::{Bills, census};
use crate::{Fault, Peer};
use aftercare::engine::Engine;
use aftercare::settlement::spec::Rules;
use aftercare::store::{Journal, JournalOptions, Memory, Store, Submission};
use std::path::Path;

/// A store of ours and its bills.
pub struct Ours<S> {
    store: S,
    bills: Bills,
    answers: Vec<aftercare::store::Answered>,
}

impl<'r> Ours<Memory<'r>> {
    /// State in memory.
    pub fn memory(rules: &'r Rules) -> Ours<Memory<'r>> {
        let engine = Engine { rules, policy: None };
        Ours::over(Memory::open(engine, &census()))
    }
}

impl<'r> Ours<Journal<'r>> {
    /// State in memory, commands in a journal.
    pub fn journal(rules: &'r Rules, folder: &Path) -> Result<Ours<Journal<'r>>, Fault> {
        let engine = Engine { rules, policy: None };
        let options = JournalOptions::default();
        Ok(Ours::over(Journal::open(engine, &census(), folder, options)?.0))
    }
}

impl<S: Store> Ours<S> {
    /// Any store of ours.
    pub fn over(store: S) -> Ours<S> {
        Ours { store, bills: Bills::default(), answers: Vec::new() }
    }
}

impl<S: Store> Peer for Ours<S> {
    fn settle(&mut self, count: usize) -> Result<(), Fault> {
        let batch = self.bills.batch(count);
        if self.store.try_submit(&batch)? == Submission::Busy {
            return Err("the store is busy although it was drained".into());
        }
        self.store.flush()?;
        self.answers.clear();
        self.store.drain(&mut self.answers);
        let settled = self.answers.iter().filter_map(|row| row.answer.decision());
        let settled = settled.filter(|decision| decision.refusal.is_none()).count();
        if settled == count { Ok(()) } else { Err(format!("{settled} of {count} settled").into()) }
    }
}
