//! The store that keeps everything in memory: the engine's speed without durability. Must never be
//! called durable: an answer is final the moment it is given, and a crash forgets all.

use super::answer::Answered;
use super::audit::AuditReport;
use super::census::Census;
use super::core::{Core, Decided, hand_over};
use super::image::{self, Place};
use super::{Store, StoreError, Submission};
use crate::engine::{Decision, Engine};
use crate::ledger::PlantedFault;
use crate::wire::{Batch, RequestId};
use std::io::{Read, Write};

/// Answers not drained above which a store is busy.
pub(super) const MOST_UNDRAINED: usize = 1 << 16;

/// State in memory.
#[derive(Clone, Debug)]
pub struct Memory<'r> {
    core: Core<'r>,
    out: Decided,
    stopped: bool,
}

impl<'r> Memory<'r> {
    /// Opens the books of a census.
    pub fn open(engine: Engine<'r>, census: &Census) -> Memory<'r> {
        Memory { core: Core::open(engine, census), out: Decided::default(), stopped: false }
    }

    /// Plants a fault in every shard, to prove that the audit sees it.
    pub fn plant(&mut self, fault: PlantedFault) {
        self.core.plant(fault);
    }
}

impl Store for Memory<'_> {
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        if self.out.answers.len() >= MOST_UNDRAINED {
            return Ok(Submission::Busy);
        }
        self.core.decide(batch, false, &mut self.out);
        Ok(Submission::Accepted)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn drain(&mut self, answers: &mut Vec<Answered>) {
        hand_over(&mut self.out.answers, answers);
    }

    fn snapshot<W: Write>(&mut self, out: W) -> Result<(), StoreError> {
        image::write(&self.core, Place::default(), out)
    }

    fn restore<R: Read>(&mut self, input: R) -> Result<(), StoreError> {
        self.out.answers.clear();
        let read = image::read(&mut self.core, input);
        self.stopped = read.is_err();
        read.map(|_| ())
    }

    fn audit(&self) -> AuditReport {
        self.core.audit()
    }

    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError> {
        Ok(self.core.outcomes())
    }
}
