//! Appending to the log: segments written out ahead, one write and one flush a block. Must never write
//! behind a flush that failed.

use super::block::{self, HEADER_BYTES, Link};
use super::{JournalOptions, segment_name};
use crate::store::StoreError;
use crate::store::disk::{Disk, DiskFile};
use crate::store::image::Place;
use crate::store::planted::Bug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// Zeros written and flushed at a time: a flush of the log never waits behind more than this.
static ZEROS: [u8; 1 << 20] = [0; 1 << 20];

/// Numbers spare files, so that no two logs of this process share one.
static SPARES: AtomicU64 = AtomicU64::new(0);

/// A segment written out ahead, without its name yet.
#[derive(Debug)]
struct Spare<F> {
    name: String,
    file: F,
}

/// Where a log goes on: an open segment, the position of the next block in it and its size.
#[derive(Debug)]
pub(super) struct Open<F> {
    pub(super) file: F,
    pub(super) at: u64,
    pub(super) size: u64,
}

/// The open end of the log.
#[derive(Debug)]
pub(super) struct Log<D: Disk> {
    disk: D,
    identity: [u8; 32],
    options: JournalOptions,
    open: Open<D::File>,
    /// Number of the next block and the seal of the one before.
    link: Link,
    /// A segment being written out ahead.
    ahead: Option<Receiver<std::io::Result<Spare<D::File>>>>,
    buffer: Vec<u8>,
    flushes: u64,
    logged: u64,
    #[cfg(test)]
    pub(super) fail_next_flush: bool,
}

/// A file of zeros on disk, under a name that recovery deletes.
fn zeroed<D: Disk>(disk: &D, bytes: u64) -> std::io::Result<Spare<D::File>> {
    let name = format!("spare-{}.tmp", SPARES.fetch_add(1, Ordering::Relaxed));
    let mut file = disk.create(&name)?;
    let mut at = 0;
    while at < bytes {
        let chunk = (bytes - at).min(ZEROS.len() as u64);
        file.write_at(at, &ZEROS[..chunk as usize])?;
        file.sync()?;
        at += chunk;
    }
    Ok(Spare { name, file })
}

/// Writes a spare segment out on a thread of its own: one of the pool's, while it waits for its half of a
/// batch, would take this up and keep everybody waiting for the disk.
#[expect(clippy::disallowed_methods, reason = "waits for the disk and decides nothing")]
fn write_ahead<D: Disk>(disk: &D, bytes: u64) -> Option<Receiver<std::io::Result<Spare<D::File>>>> {
    if !D::WRITES_AHEAD {
        return None;
    }
    let (sender, receiver) = sync_channel(1);
    let disk = disk.clone();
    std::thread::spawn(move || {
        // Nobody waits for it when the log was closed meanwhile.
        let _ = sender.send(zeroed(&disk, bytes));
    });
    Some(receiver)
}

/// Gives a segment its header and then its name: a file with a segment's name has a whole header.
fn named<D: Disk>(
    disk: &D,
    identity: &[u8; 32],
    spare: Spare<D::File>,
    size: u64,
    link: Link,
) -> std::io::Result<Open<D::File>> {
    let Spare { name, mut file } = spare;
    file.write_at(0, &block::header(identity, size, link))?;
    file.sync()?;
    disk.rename(&name, &segment_name(link.number))?;
    disk.sync_names()?;
    Ok(Open { file, at: HEADER_BYTES as u64, size })
}

impl<D: Disk> Log<D> {
    /// Begins a log with a new segment.
    pub(super) fn begin(
        disk: &D,
        identity: [u8; 32],
        options: JournalOptions,
        link: Link,
    ) -> Result<Log<D>, StoreError> {
        let size = options.segment_bytes;
        let make = || named(disk, &identity, zeroed(disk, size)?, size, link);
        let open = make().map_err(StoreError::io("making a segment"))?;
        Ok(Log::resume(disk, identity, options, open, link))
    }

    /// Goes on in an open segment.
    pub(super) fn resume(
        disk: &D,
        identity: [u8; 32],
        options: JournalOptions,
        open: Open<D::File>,
        link: Link,
    ) -> Log<D> {
        Log {
            disk: disk.clone(),
            identity,
            options,
            open,
            link,
            ahead: write_ahead(disk, options.segment_bytes),
            buffer: Vec::new(),
            flushes: 0,
            logged: 0,
            #[cfg(test)]
            fail_next_flush: false,
        }
    }

    pub(super) fn disk(&self) -> &D {
        &self.disk
    }

    pub(super) fn options(&self) -> JournalOptions {
        self.options
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
        if self.open.at + length > self.open.size {
            self.roll_to(length + HEADER_BYTES as u64)?;
        }
        let written = self.open.file.write_at(self.open.at, &self.buffer);
        written.map_err(StoreError::io("writing the log"))?;
        self.sync()?;
        self.open.at += length;
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
        if self.options.bugs.has(Bug::FlushTooEarly) {
            return Ok(());
        }
        let flushed = self.open.file.sync();
        if flushed.is_err() && self.options.bugs.has(Bug::FlushErrorIgnored) {
            return Ok(());
        }
        flushed.map_err(StoreError::io("flushing the log"))?;
        self.flushes += 1;
        Ok(())
    }

    /// Begins a new segment, unless the present one is still empty.
    pub(super) fn roll(&mut self) -> Result<(), StoreError> {
        if self.open.at > HEADER_BYTES as u64 { self.roll_to(0) } else { Ok(()) }
    }

    /// Begins a new segment of at least so many bytes: the one written ahead, if it is there and fits.
    fn roll_to(&mut self, least: u64) -> Result<(), StoreError> {
        let usual = self.options.segment_bytes;
        let ready = self.ahead.as_ref().filter(|_| least <= usual);
        let spare = ready.and_then(|ahead| ahead.try_recv().ok());
        let used = spare.is_some();
        let size = usual.max(least);
        let make = || {
            let spare = spare.unwrap_or_else(|| zeroed(&self.disk, size))?;
            named(&self.disk, &self.identity, spare, size, self.link)
        };
        self.open = make().map_err(StoreError::io("making a segment"))?;
        if used {
            self.ahead = write_ahead(&self.disk, usual);
        }
        Ok(())
    }
}
