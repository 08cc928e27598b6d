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
use super::core::{Core, Decided};
use super::image;
use super::memory::MOST_UNDRAINED;
use super::{Store, StoreError, Submission};
use crate::engine::Engine;
use crate::wire::Batch;
use log::Log;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// How a journal lays out its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalOptions {
    /// Bytes of a log segment, written out as zeros before it is used: growing a file costs twenty
    /// times as much as writing into one.
    pub segment_bytes: u64,
}

impl Default for JournalOptions {
    /// 128 MiB: about a million settlements.
    fn default() -> JournalOptions {
        JournalOptions { segment_bytes: 128 << 20 }
    }
}

/// State in memory, commands on disk.
#[derive(Debug)]
pub struct Journal<'r> {
    core: Core<'r>,
    log: Log,
    /// Decided and not yet on disk.
    pending: Decided,
    /// On disk and not yet drained.
    ready: Vec<Answered>,
    spare: Decided,
    stopped: bool,
    /// Held while the journal is open: one process at a time.
    _lock: File,
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
        std::fs::create_dir_all(folder).map_err(StoreError::io("making the journal's folder"))?;
        let lock = lock(folder)?;
        let mut core = Core::open(engine, census);
        let (log, recovery) = recovery::recover(&mut core, folder, options)?;
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
        let folder = self.log.folder().to_path_buf();
        let done = recovery::snapshot_path(&folder, place.next);
        let unfinished = done.with_extension("tmp");
        let file = File::create(&unfinished).map_err(StoreError::io("making a snapshot"))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        image::write(&self.core, place, &mut out)?;
        let file = out.into_inner().map_err(|error| {
            StoreError::io("writing a snapshot")(std::io::Error::other(error.to_string()))
        })?;
        file.sync_all().map_err(StoreError::io("flushing a snapshot"))?;
        std::fs::rename(&unfinished, &done).map_err(StoreError::io("naming a snapshot"))?;
        log::sync_folder(&folder)?;
        self.log.roll()?;
        recovery::delete_before(&folder, place.next)
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
        self.ready.append(&mut self.pending.answers);
        Ok(())
    }
}

impl Store for Journal<'_> {
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
        answers.append(&mut self.ready);
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
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let path: PathBuf = folder.join("LOCK");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let file = options.open(path).map_err(StoreError::io("opening the journal's lock"))?;
    file.try_lock().map_err(|error| {
        let source = std::io::Error::other(error.to_string());
        StoreError::Io { what: "the journal is open in another process", source }
    })?;
    Ok(file)
}
