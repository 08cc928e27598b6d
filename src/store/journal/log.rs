//! Appending to the log: segments written out ahead, one write and one flush a block. Must never write
//! behind a flush that failed.

use super::block::{self, HEADER_BYTES, Link};
use crate::store::StoreError;
use crate::store::image::Place;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// Numbers spare files, so that no two logs of this process share one.
static SPARES: AtomicU64 = AtomicU64::new(0);

/// A segment written out ahead, without its name yet.
#[derive(Debug)]
struct Spare {
    path: PathBuf,
    file: File,
}

/// The open end of the log.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    identity: [u8; 32],
    segment_bytes: u64,
    file: File,
    /// Position of the next block in the segment, and the segment's size.
    at: u64,
    size: u64,
    /// Number of the next block and the seal of the one before.
    link: Link,
    /// A segment being written out ahead.
    ahead: Receiver<std::io::Result<Spare>>,
    buffer: Vec<u8>,
    flushes: u64,
    logged: u64,
    #[cfg(test)]
    pub(super) fail_next_flush: bool,
}

/// Path of the segment whose first block has this number.
pub(super) fn segment_path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("log-{first:020}.bin"))
}

/// Makes names in a folder survive a crash.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(StoreError::io("flushing the journal's folder"))
}

/// A file of zeros on disk.
fn zeroed(path: &Path, bytes: u64) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).read(true).write(true).open(path)?;
    let mut left = bytes;
    while left > 0 {
        let chunk = left.min(ZEROS.len() as u64);
        file.write_all(&ZEROS[..chunk as usize])?;
        left -= chunk;
    }
    file.sync_all()?;
    Ok(file)
}

/// Writes a spare segment out on another thread of the pool.
fn write_ahead(folder: &Path, bytes: u64) -> Receiver<std::io::Result<Spare>> {
    let (sender, receiver) = sync_channel(1);
    let number = SPARES.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!("spare-{number}.tmp"));
    rayon::spawn(move || {
        // Nobody waits for it when the log was closed meanwhile.
        let _ = sender.send(zeroed(&path, bytes).map(|file| Spare { path, file }));
    });
    receiver
}

impl Log {
    /// Begins a log with a new segment.
    pub(super) fn begin(
        folder: &Path,
        identity: [u8; 32],
        segment_bytes: u64,
        link: Link,
    ) -> Result<Log, StoreError> {
        let path = segment_path(folder, link.number);
        let file = zeroed(&path, segment_bytes).map_err(StoreError::io("making a segment"))?;
        let mut log = Log::resume(folder, identity, segment_bytes, file, (0, segment_bytes), link);
        log.write_header()?;
        Ok(log)
    }

    /// Goes on in an open segment at a position.
    pub(super) fn resume(
        folder: &Path,
        identity: [u8; 32],
        segment_bytes: u64,
        file: File,
        (at, size): (u64, u64),
        link: Link,
    ) -> Log {
        Log {
            folder: folder.to_path_buf(),
            identity,
            segment_bytes,
            file,
            at,
            size,
            link,
            ahead: write_ahead(folder, segment_bytes),
            buffer: Vec::new(),
            flushes: 0,
            logged: 0,
            #[cfg(test)]
            fail_next_flush: false,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn flushes(&self) -> u64 {
        self.flushes
    }

    pub(super) fn bytes_logged(&self) -> u64 {
        self.logged
    }

    /// Where an image taken now belongs.
    pub(super) fn place(&self) -> Place {
        Place { next: self.link.number, chain: self.link.chain }
    }

    /// Writes one block and waits until it is on disk; nothing for an empty payload.
    pub(super) fn append(&mut self, payload: &[u8]) -> Result<(), StoreError> {
        if payload.is_empty() {
            return Ok(());
        }
        self.buffer.clear();
        let seal = block::put(&mut self.buffer, self.link, payload);
        let length = self.buffer.len() as u64;
        if self.at + length > self.size {
            self.roll_to(length + HEADER_BYTES as u64)?;
        }
        let io = StoreError::io("writing the log");
        self.file.write_all(&self.buffer).map_err(io)?;
        self.sync()?;
        self.at += length;
        self.logged += length;
        self.link = Link { number: self.link.number + 1, chain: seal };
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        #[cfg(test)]
        if std::mem::take(&mut self.fail_next_flush) {
            let source = std::io::Error::other("planted");
            return Err(StoreError::Io { what: "flushing the log", source });
        }
        self.file.sync_data().map_err(StoreError::io("flushing the log"))?;
        self.flushes += 1;
        Ok(())
    }

    /// Begins a new segment, unless the present one is still empty.
    pub(super) fn roll(&mut self) -> Result<(), StoreError> {
        if self.at > HEADER_BYTES as u64 { self.roll_to(0) } else { Ok(()) }
    }

    /// Begins a new segment of at least so many bytes: the one written ahead, if it is there and fits.
    fn roll_to(&mut self, least: u64) -> Result<(), StoreError> {
        let path = segment_path(&self.folder, self.link.number);
        let io = StoreError::io("making a segment");
        let fits = least <= self.segment_bytes;
        if let Some(spare) = fits.then(|| self.ahead.try_recv().ok()).flatten() {
            let Spare { path: unnamed, file } = spare.map_err(&io)?;
            std::fs::rename(unnamed, &path).map_err(&io)?;
            (self.file, self.size) = (file, self.segment_bytes);
            self.ahead = write_ahead(&self.folder, self.segment_bytes);
        } else {
            self.size = self.segment_bytes.max(least);
            self.file = zeroed(&path, self.size).map_err(&io)?;
        }
        self.write_header()
    }

    fn write_header(&mut self) -> Result<(), StoreError> {
        let io = StoreError::io("writing a segment's header");
        self.file.seek(SeekFrom::Start(0)).map_err(&io)?;
        self.file.write_all(&block::header(&self.identity, self.link)).map_err(&io)?;
        self.file.sync_all().map_err(&io)?;
        self.at = HEADER_BYTES as u64;
        sync_folder(&self.folder)
    }
}
