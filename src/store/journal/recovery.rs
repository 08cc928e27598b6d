//! Recovery: newest snapshot, then every block behind it through the same engine. Must never skip a
//! block that cannot be read while a later one can: only a torn end of the log may be dropped, because
//! nobody was answered for it.

use super::block::{self, Block, HEADER_BYTES, Header, Link, Tail};
use super::log::{Log, Open};
use super::{JournalOptions, segment_name, snapshot_name};
use crate::store::StoreError;
use crate::store::core::{Core, Decided};
use crate::store::disk::{Disk, DiskFile};
use crate::store::image;
use crate::store::planted::Bug;
use crate::wire::packed::take_request;
use crate::wire::{Batch, Reader, WireError};

/// What recovery found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Number of the block at which the snapshot was taken, if there was one.
    pub snapshot_at: Option<u64>,
    /// Blocks replayed.
    pub blocks: u64,
    /// Commands replayed, each to the decision that was logged.
    pub commands: u64,
    /// Bytes of an unfinished block at the end of the log, dropped unanswered.
    pub torn_bytes: u64,
}

/// Numbers of the files `<stem>-<number>.bin`, ascending.
fn numbers<D: Disk>(disk: &D, stem: &str) -> Result<Vec<u64>, StoreError> {
    let mut found = Vec::new();
    for name in disk.list().map_err(StoreError::io("listing the journal"))? {
        let number = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
        let number = number.and_then(|rest| rest.strip_suffix(".bin")?.parse::<u64>().ok());
        found.extend(number);
    }
    found.sort_unstable();
    Ok(found)
}

/// Deletes segments and snapshots that begin before a block.
pub(super) fn delete_before<D: Disk>(disk: &D, next: u64) -> Result<(), StoreError> {
    let remove =
        |name: String| disk.remove(&name).map_err(StoreError::io("deleting a superfluous file"));
    for number in numbers(disk, "log")?.into_iter().filter(|&number| number < next) {
        remove(segment_name(number))?;
    }
    for number in numbers(disk, "snapshot")?.into_iter().filter(|&number| number < next) {
        remove(snapshot_name(number))?;
    }
    Ok(())
}

/// Deletes what a stopped process left half-written: it never got its name.
fn delete_unfinished<D: Disk>(disk: &D) -> Result<(), StoreError> {
    for name in disk.list().map_err(StoreError::io("listing the journal"))? {
        if std::path::Path::new(&name).extension().is_some_and(|extension| extension == "tmp") {
            disk.remove(&name).map_err(StoreError::io("deleting an unfinished file"))?;
        }
    }
    Ok(())
}

/// Brings the core to the end of the log and opens it for appending.
pub(super) fn recover<D: Disk>(
    core: &mut Core<'_>,
    disk: &D,
    options: JournalOptions,
) -> Result<(Log<D>, Recovery), StoreError> {
    let mut recovery = Recovery::default();
    delete_unfinished(disk)?;
    let mut link = Link { number: 0, chain: [0; 32] };
    if let Some(&newest) = numbers(disk, "snapshot")?.last() {
        let bytes = disk.read(&snapshot_name(newest));
        let bytes = bytes.map_err(StoreError::io("reading a snapshot"))?;
        let place = image::read(core, bytes.as_slice())?;
        link = Link { number: place.next, chain: place.chain };
        recovery.snapshot_at = Some(newest);
    }
    let segments = numbers(disk, "log")?;
    let first = segments.partition_point(|&number| number <= link.number).saturating_sub(1);
    let mut replay = Replay { core, link, recovery, options, batch: Batch::default() };
    let mut end = None;
    for (position, &number) in segments.iter().enumerate().skip(first) {
        let last = position + 1 == segments.len();
        end = Some(replay.segment(disk, number, last)?);
    }
    let Replay { link, recovery, .. } = replay;
    let identity = core.identity();
    let log = match end {
        Some(end) => reopen(disk, identity, options, &end, link)?,
        None => Log::begin(disk, identity, options, link)?,
    };
    Ok((log, recovery))
}

/// Where the last segment's blocks end.
struct End {
    segment: u64,
    /// Offset and bytes of the last whole block.
    last: u64,
    block: Vec<u8>,
    at: u64,
    size: u64,
    torn: u64,
}

/// Opens the last segment at its end. The last block is written again and flushed: it may have been
/// read from a cache that a failed flush had left clean and unwritten. A torn block is wiped out.
fn reopen<D: Disk>(
    disk: &D,
    identity: [u8; 32],
    options: JournalOptions,
    end: &End,
    link: Link,
) -> Result<Log<D>, StoreError> {
    let again = || {
        let mut file = disk.reopen(&segment_name(end.segment))?;
        if !end.block.is_empty() {
            file.write_at(end.last, &end.block)?;
        }
        if end.torn > 0 {
            file.write_at(end.at, &vec![0; end.torn as usize])?;
        }
        file.sync()?;
        disk.sync_names()?;
        Ok(Open { file, at: end.at, size: end.size })
    };
    let open = again().map_err(StoreError::io("reopening the log"))?;
    Ok(Log::resume(disk, identity, options, open, link))
}

struct Replay<'c, 'r> {
    core: &'c mut Core<'r>,
    link: Link,
    recovery: Recovery,
    options: JournalOptions,
    batch: Batch,
}

impl Replay<'_, '_> {
    /// Replays one segment.
    fn segment<D: Disk>(&mut self, disk: &D, number: u64, last: bool) -> Result<End, StoreError> {
        let name = segment_name(number);
        let file = disk.path(&name);
        let bytes = disk.read(&name).map_err(StoreError::io("reading the log"))?;
        match block::read_header(&bytes) {
            Header::Sound { size, identity, link } => {
                if identity != self.core.identity() {
                    return Err(StoreError::Foreign { file });
                }
                let joins = link.number <= self.link.number
                    && (link.number < self.link.number || link.chain == self.link.chain);
                if link.number != number || !joins {
                    return Err(StoreError::corrupt(file, "it does not join the log before it"));
                }
                if size != bytes.len() as u64 {
                    let length = bytes.len();
                    let message = format!("it is damaged: {length} bytes instead of {size}");
                    return Err(StoreError::corrupt(file, message));
                }
            }
            Header::Foreign => return Err(StoreError::Foreign { file }),
            Header::Torn => return Err(StoreError::corrupt(file, "its header is damaged")),
        }
        let (last_block, at) = self.blocks(&bytes, &file)?;
        let skips = self.options.bugs.has(Bug::DamageSkipped);
        let torn = match block::tail(&bytes, at) {
            Tail::Empty => 0,
            Tail::Torn(torn) if last => torn,
            Tail::Damaged if skips => bytes.len() - at,
            _ => {
                let message = format!("block {} at byte {at} is damaged", self.link.number);
                return Err(StoreError::corrupt(file, message));
            }
        };
        self.recovery.torn_bytes += torn as u64;
        let block = bytes[last_block..at].to_vec();
        let (at, size, torn) = (at as u64, bytes.len() as u64, torn as u64);
        Ok(End { segment: number, last: last_block as u64, block, at, size, torn })
    }

    /// Replays blocks from the header on; returns where the last begins and where they end.
    fn blocks(&mut self, bytes: &[u8], file: &str) -> Result<(usize, usize), StoreError> {
        let (mut last, mut at) = (HEADER_BYTES, HEADER_BYTES);
        while let Some(block) = block::read(&bytes[at..]) {
            if block.link.number >= self.link.number {
                if block.link != self.link {
                    let message = format!(
                        "block {} at byte {at} does not follow block {}",
                        block.link.number,
                        self.link.number.wrapping_sub(1)
                    );
                    return Err(StoreError::corrupt(file, message));
                }
                self.block(&block, file)?;
                self.link = Link { number: self.link.number + 1, chain: block.seal };
            }
            last = at;
            at += block.bytes();
        }
        Ok((last, at))
    }

    /// Decides a block's commands again; the log this makes must equal the payload.
    fn block(&mut self, block: &Block<'_>, file: &str) -> Result<(), StoreError> {
        self.batch.clear();
        let fault = |error: WireError| {
            let message = format!("block {}: {error}", block.link.number);
            StoreError::corrupt(file, message)
        };
        let mut reader = Reader::new(block.payload);
        while reader.remaining() > 0 {
            take_request(&mut reader, &mut self.batch).map_err(fault)?;
            reader.u64().map_err(fault)?;
        }
        let mut again = Decided::default();
        self.core.decide(&self.batch, true, &mut again);
        if again.log != block.payload {
            return Err(StoreError::Diverged {
                file: file.to_owned(),
                sequence: block.link.number,
                request: first_difference(block.payload, &again.log),
            });
        }
        self.recovery.blocks += 1;
        self.recovery.commands += self.batch.len() as u64;
        Ok(())
    }
}

/// The id of the first record whose bytes or decision differ.
fn first_difference(logged: &[u8], again: &[u8]) -> String {
    let mut batch = Batch::default();
    let mut reader = Reader::new(logged);
    loop {
        let from = reader.position();
        let read = take_request(&mut reader, &mut batch).and_then(|()| reader.u64());
        let same = again.get(from..reader.position()) == logged.get(from..reader.position());
        if read.is_err() || !same {
            let request = batch.requests().last();
            return request.map_or_else(|| "unreadable".to_owned(), |found| found.id.to_string());
        }
        if reader.remaining() == 0 {
            return "none: the replayed log is longer".to_owned();
        }
    }
}
