//! Where a run stood still: its slowest groups, phase by phase, and the flushes of the log's disk. Must never
//! cost a group more than a comparison.

use super::clock::Clock;
use super::report::Quantiles;
use crate::store::disk::{Disk, DiskFile, RealDisk};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Groups and flushes kept of a run.
const KEPT: usize = 50;
/// Bytes that a segment written out ahead flushes at a time; a group of the log is smaller.
const AHEAD: u64 = 1 << 20;

/// One of the slowest groups of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowGroup {
    /// When it was handed over, ms from the start of the run.
    pub at_ms: f64,
    /// Its requests.
    pub requests: u64,
    /// From the store's last answer to this group's hand-over, without waiting for something to be due: the
    /// driver's work, or the machine ran something else, ms.
    pub before_ms: f64,
    /// Handing it over: in a journal it is decided while the group before it is flushed, ms.
    pub submit_ms: f64,
    /// Its flush, if nothing more was due, and the taking of answers, ms.
    pub flush_ms: f64,
}

impl SlowGroup {
    fn total_ms(&self) -> f64 {
        self.before_ms + self.submit_ms + self.flush_ms
    }
}

/// What the disk did under a journal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiskReport {
    /// Flushes of the log.
    pub flushes: u64,
    /// How long they took.
    pub flush: Quantiles,
    /// How long those of segments written out ahead took, a MiB each.
    pub flush_ahead: Quantiles,
    /// Bytes logged.
    pub bytes_logged: u64,
    /// Single-page flushes a second of the idle disk, before the run and after.
    pub probe_per_s: [f64; 2],
    /// Commands replayed when the journal was opened again, and how long that took.
    pub recovered_commands: u64,
    /// Seconds of recovery.
    pub recovery_s: f64,
    /// Whether the recovered books equal those before.
    pub recovered_equal: bool,
}

/// The slowest groups so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Slowest {
    groups: Vec<SlowGroup>,
    least_ms: f64,
}

impl Slowest {
    /// Keeps a group if it is among the slowest.
    pub(super) fn see(&mut self, group: SlowGroup) {
        if self.groups.len() == KEPT && group.total_ms() <= self.least_ms {
            return;
        }
        let slower = |other: &SlowGroup| other.total_ms() >= group.total_ms();
        let at = self.groups.partition_point(slower);
        self.groups.insert(at, group);
        self.groups.truncate(KEPT);
        self.least_ms = self.groups.last().map_or(0.0, SlowGroup::total_ms);
    }

    /// Slowest first.
    pub(super) fn into_groups(self) -> Vec<SlowGroup> {
        self.groups
    }
}

/// A folder of the file system whose flushes are timed.
#[derive(Clone, Debug)]
pub(super) struct WatchedDisk {
    disk: RealDisk,
    clock: Clock,
    seen: Arc<Mutex<Flushes>>,
}

/// How long flushes took, ns.
#[derive(Debug)]
pub(super) struct Flushes {
    log: Histogram<u64>,
    ahead: Histogram<u64>,
}

/// A file whose flushes are timed.
#[derive(Debug)]
pub(super) struct WatchedFile {
    file: File,
    unflushed: u64,
    clock: Clock,
    seen: Arc<Mutex<Flushes>>,
}

impl WatchedDisk {
    pub(super) fn at(folder: &Path, clock: &Clock) -> WatchedDisk {
        let histogram = || {
            Histogram::new_with_bounds(1_000, 60_000_000_000, 3)
                .unwrap_or_else(|error| panic!("invariant: the bounds are sound: {error}"))
        };
        let seen = Arc::new(Mutex::new(Flushes { log: histogram(), ahead: histogram() }));
        WatchedDisk { disk: RealDisk::at(folder), clock: *clock, seen }
    }

    /// Flushes of the log, and of segments written out ahead.
    pub(super) fn flushes(&self) -> [Quantiles; 2] {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        [Quantiles::of(&seen.log), Quantiles::of(&seen.ahead)]
    }

    fn watch(&self, file: File) -> WatchedFile {
        WatchedFile { file, unflushed: 0, clock: self.clock, seen: Arc::clone(&self.seen) }
    }
}

impl Disk for WatchedDisk {
    type File = WatchedFile;
    type Lock = File;
    const WRITES_AHEAD: bool = RealDisk::WRITES_AHEAD;

    fn open(&self) -> io::Result<File> {
        self.disk.open()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.disk.read(name)
    }

    fn create(&self, name: &str) -> io::Result<WatchedFile> {
        self.disk.create(name).map(|file| self.watch(file))
    }

    fn reopen(&self, name: &str) -> io::Result<WatchedFile> {
        self.disk.reopen(name).map(|file| self.watch(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.disk.sync_names()
    }

    fn path(&self, name: &str) -> String {
        self.disk.path(name)
    }
}

impl DiskFile for WatchedFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.unflushed += bytes.len() as u64;
        self.file.write_at(at, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        let from = self.clock.ns();
        let result = self.file.sync();
        let took = self.clock.ns() - from;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = if self.unflushed < AHEAD { &mut seen.log } else { &mut seen.ahead };
        histogram.saturating_record(took);
        self.unflushed = 0;
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_groups_are_kept_slowest_first() {
        let mut slowest = Slowest::default();
        for number in 0..400_u32 {
            let ms = f64::from(number * 37 % 400);
            let (before_ms, submit_ms) = (ms / 2.0, ms / 2.0);
            let at_ms = f64::from(number);
            let group = SlowGroup { at_ms, requests: 1, before_ms, submit_ms, flush_ms: 0.0 };
            slowest.see(group);
        }
        let kept: Vec<f64> = slowest.into_groups().iter().map(SlowGroup::total_ms).collect();
        let expected: Vec<f64> = (350..400).rev().map(f64::from).collect();
        assert_eq!(kept, expected);
    }

    #[test]
    fn flushes_of_the_log_and_of_segments_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = WatchedDisk::at(folder.path(), &Clock::start());
        let mut file = disk.create("log").expect("made");
        for bytes in [100, AHEAD as usize, 200] {
            file.write_at(0, &vec![1; bytes]).expect("written");
            file.sync().expect("flushed");
        }
        let seen = disk.seen.lock().expect("whole");
        assert_eq!((seen.log.len(), seen.ahead.len()), (2, 1));
    }
}
