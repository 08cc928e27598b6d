//! The durable store: state in memory, every command with the digest of its decision in an append-only
//! log, flushed before the answer. Must never answer what is not on disk, and never go on after a flush
//! that failed: what the system then holds is unknown.
//!
//! A batch is one block of the log. While one core decides a batch, another flushes the batch before it;
//! answers wait for their own flush. Recovery reads the newest snapshot, replays the blocks behind it
//! through the same engine, and stops on the first decision that differs.

mod block;
mod log;
mod recovery;
#[cfg(test)]
mod tests;

pub use recovery::Recovery;

use super::answer::Answered;
use super::audit::AuditReport;
use super::census::Census;
use super::core::{Core, Decided, hand_over};
use super::disk::{Disk, DiskFile, RealDisk, Stream};
use super::image;
use super::memory::MOST_UNDRAINED;
use super::planted::{Bug, Bugs};
use super::{Store, StoreError, Submission};
use crate::engine::{Decision, Engine};
use crate::wire::{Batch, RequestId};
use log::Log;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

/// How a journal lays out its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalOptions {
    /// Bytes of a log segment, written out as zeros before it is used: growing a file costs twenty
    /// times as much as writing into one.
    pub segment_bytes: u64,
    /// The deliberate fault of a test build.
    pub bugs: Bugs,
}

impl Default for JournalOptions {
    /// 128 MiB: about a million settlements.
    fn default() -> JournalOptions {
        JournalOptions { segment_bytes: 128 << 20, bugs: Bugs::default() }
    }
}

/// Name of the segment whose first block has this number.
fn segment_name(first: u64) -> String {
    format!("log-{first:020}.bin")
}

/// Name of the snapshot taken before the block with this number.
fn snapshot_name(next: u64) -> String {
    format!("snapshot-{next:020}.bin")
}

/// State in memory, commands on disk.
#[derive(Debug)]
pub struct Journal<'r, D: Disk = RealDisk> {
    core: Core<'r>,
    log: Log<D>,
    /// Decided and not yet on disk.
    pending: Decided,
    /// On disk and not yet drained.
    ready: Vec<Answered>,
    spare: Decided,
    stopped: bool,
    /// Held while the journal is open: one process at a time.
    _lock: D::Lock,
}

impl<'r> Journal<'r> {
    /// Opens a journal folder, recovering what it holds; an empty or missing folder starts from the
    /// census.
    pub fn open(
        engine: Engine<'r>,
        census: &Census,
        folder: &Path,
        options: JournalOptions,
    ) -> Result<(Journal<'r>, Recovery), StoreError> {
        Journal::open_on(&RealDisk::at(folder), engine, census, options)
    }
}

impl<'r, D: Disk> Journal<'r, D> {
    /// Opens a journal on a disk, recovering what it holds.
    pub fn open_on(
        disk: &D,
        engine: Engine<'r>,
        census: &Census,
        options: JournalOptions,
    ) -> Result<(Journal<'r, D>, Recovery), StoreError> {
        let lock = disk.open().map_err(StoreError::io("opening the journal's folder"))?;
        let mut core = Core::open(engine, census);
        core.plant_bug(options.bugs);
        let (log, recovery) = recovery::recover(&mut core, disk, options)?;
        let journal = Journal {
            core,
            log,
            pending: Decided::default(),
            ready: Vec::new(),
            spare: Decided::default(),
            stopped: false,
            _lock: lock,
        };
        Ok((journal, recovery))
    }

    /// Writes a snapshot beside the log, begins a new segment and deletes what both make superfluous.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        let result = self.write_checkpoint();
        self.stopped |= result.is_err();
        result
    }

    fn write_checkpoint(&mut self) -> Result<(), StoreError> {
        let place = self.log.place();
        let disk = self.log.disk().clone();
        let done = snapshot_name(place.next);
        let unfinished = format!("{done}.tmp");
        let mut file = disk.create(&unfinished).map_err(StoreError::io("making a snapshot"))?;
        let mut out = BufWriter::with_capacity(1 << 20, Stream::new(&mut file));
        image::write(&self.core, place, &mut out)?;
        out.flush().map_err(StoreError::io("writing a snapshot"))?;
        drop(out);
        if !self.log.options().bugs.has(Bug::SnapshotUnflushed) {
            file.sync().map_err(StoreError::io("flushing a snapshot"))?;
        }
        disk.rename(&unfinished, &done).map_err(StoreError::io("naming a snapshot"))?;
        disk.sync_names().map_err(StoreError::io("flushing the journal's folder"))?;
        self.log.roll()?;
        recovery::delete_before(&disk, place.next)
    }

    /// Number of flushes so far.
    pub fn flushes(&self) -> u64 {
        self.log.flushes()
    }

    /// Bytes logged so far, without preallocation.
    pub fn bytes_logged(&self) -> u64 {
        self.log.bytes_logged()
    }

    /// Puts the pending block on disk and its answers among the ready.
    fn commit(&mut self) -> Result<(), StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        let result = self.log.append(&self.pending.log);
        self.finish(result)
    }

    fn finish(&mut self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        self.stopped |= result.is_err();
        result?;
        self.pending.log.clear();
        hand_over(&mut self.pending.answers, &mut self.ready);
        Ok(())
    }
}

impl<D: Disk> Store for Journal<'_, D> {
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        if self.ready.len() + self.pending.answers.len() >= MOST_UNDRAINED {
            return Ok(Submission::Busy);
        }
        if self.pending.answers.is_empty() {
            self.core.decide(batch, true, &mut self.pending);
            return Ok(Submission::Accepted);
        }
        // One core decides this batch while another flushes the one before it.
        let Journal { core, log, pending, spare, .. } = self;
        let (result, ()) =
            rayon::join(|| log.append(&pending.log), || core.decide(batch, true, spare));
        self.finish(result)?;
        std::mem::swap(&mut self.pending, &mut self.spare);
        Ok(Submission::Accepted)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.commit()
    }

    fn drain(&mut self, answers: &mut Vec<Answered>) {
        hand_over(&mut self.ready, answers);
    }

    fn snapshot<W: Write>(&mut self, out: W) -> Result<(), StoreError> {
        self.flush()?;
        image::write(&self.core, self.log.place(), out)
    }

    fn restore<R: Read>(&mut self, input: R) -> Result<(), StoreError> {
        self.pending = Decided::default();
        self.ready.clear();
        let read = image::read(&mut self.core, input);
        self.stopped |= read.is_err();
        read?;
        self.checkpoint()
    }

    fn audit(&self) -> AuditReport {
        self.core.audit()
    }

    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError> {
        Ok(self.core.outcomes())
    }
}
