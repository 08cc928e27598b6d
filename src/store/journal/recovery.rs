//! Recovery: newest snapshot, then every block behind it through the same engine. Must never skip a
//! block that cannot be read while a later one can: only a torn end of the log may be dropped, because
//! nobody was answered for it.

use super::JournalOptions;
use super::block::{self, Block, FRAME_BYTES, HEADER_BYTES, Header, Link};
use super::log::{Log, segment_path, sync_folder};
use crate::store::StoreError;
use crate::store::core::{Core, Decided};
use crate::store::image;
use crate::wire::packed::take_request;
use crate::wire::{Batch, Reader, WireError};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

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

/// Path of the snapshot taken before the block with this number.
pub(super) fn snapshot_path(folder: &Path, next: u64) -> PathBuf {
    folder.join(format!("snapshot-{next:020}.bin"))
}

/// Numbers of the files `<stem>-<number>.bin`, ascending.
fn numbers(folder: &Path, stem: &str) -> Result<Vec<u64>, StoreError> {
    let entries = std::fs::read_dir(folder).map_err(StoreError::io("listing the journal"))?;
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(StoreError::io("listing the journal"))?.file_name();
        let name = name.to_string_lossy();
        let number = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
        let number = number.and_then(|rest| rest.strip_suffix(".bin")?.parse::<u64>().ok());
        found.extend(number);
    }
    found.sort_unstable();
    Ok(found)
}

/// Deletes segments and snapshots that begin before a block.
pub(super) fn delete_before(folder: &Path, next: u64) -> Result<(), StoreError> {
    let remove = |path: PathBuf| {
        std::fs::remove_file(path).map_err(StoreError::io("deleting a superfluous file"))
    };
    for number in numbers(folder, "log")?.into_iter().filter(|&number| number < next) {
        remove(segment_path(folder, number))?;
    }
    for number in numbers(folder, "snapshot")?.into_iter().filter(|&number| number < next) {
        remove(snapshot_path(folder, number))?;
    }
    Ok(())
}

/// Deletes what a stopped process left half-written: it never got its name.
fn delete_unfinished(folder: &Path) -> Result<(), StoreError> {
    let io = StoreError::io("deleting an unfinished file");
    for entry in std::fs::read_dir(folder).map_err(&io)? {
        let path = entry.map_err(&io)?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            std::fs::remove_file(path).map_err(&io)?;
        }
    }
    Ok(())
}

/// Brings the core to the end of the log and opens it for appending.
pub(super) fn recover(
    core: &mut Core<'_>,
    folder: &Path,
    options: JournalOptions,
) -> Result<(Log, Recovery), StoreError> {
    let mut recovery = Recovery::default();
    delete_unfinished(folder)?;
    let mut link = Link { number: 0, chain: [0; 32] };
    if let Some(&newest) = numbers(folder, "snapshot")?.last() {
        let file = File::open(snapshot_path(folder, newest));
        let file = file.map_err(StoreError::io("opening a snapshot"))?;
        let place = image::read(core, BufReader::new(file))?;
        link = Link { number: place.next, chain: place.chain };
        recovery.snapshot_at = Some(newest);
    }
    let segments = numbers(folder, "log")?;
    let first = segments.partition_point(|&number| number <= link.number).saturating_sub(1);
    let mut replay = Replay { core, link, recovery, batch: Batch::default() };
    let mut end = None;
    for (position, &number) in segments.iter().enumerate().skip(first) {
        let last = position + 1 == segments.len();
        end = replay.segment(folder, number, last)?;
    }
    let Replay { link, recovery, .. } = replay;
    let identity = core.identity();
    let log = match end {
        Some(end) => reopen(folder, identity, options, &end, link)?,
        None => Log::begin(folder, identity, options.segment_bytes, link)?,
    };
    Ok((log, recovery))
}

/// Where the last segment's blocks end.
struct End {
    segment: u64,
    at: u64,
    size: u64,
    torn: u64,
}

/// Opens the last segment at its end, with a torn block wiped out.
fn reopen(
    folder: &Path,
    identity: [u8; 32],
    options: JournalOptions,
    end: &End,
    link: Link,
) -> Result<Log, StoreError> {
    let io = StoreError::io("reopening the log");
    let path = segment_path(folder, end.segment);
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(&io)?;
    file.seek(SeekFrom::Start(end.at)).map_err(&io)?;
    if end.torn > 0 {
        file.write_all(&vec![0; end.torn as usize]).map_err(&io)?;
        file.sync_all().map_err(&io)?;
        file.seek(SeekFrom::Start(end.at)).map_err(&io)?;
    }
    sync_folder(folder)?;
    let place = (end.at, end.size);
    Ok(Log::resume(folder, identity, options.segment_bytes, file, place, link))
}

struct Replay<'c, 'r> {
    core: &'c mut Core<'r>,
    link: Link,
    recovery: Recovery,
    batch: Batch,
}

impl Replay<'_, '_> {
    /// Replays one segment. `None` when its header was never finished, which only the last may be.
    fn segment(
        &mut self,
        folder: &Path,
        number: u64,
        last: bool,
    ) -> Result<Option<End>, StoreError> {
        let path = segment_path(folder, number);
        let file = path.display().to_string();
        let bytes = std::fs::read(&path).map_err(StoreError::io("reading the log"))?;
        match block::read_header(&bytes) {
            Header::Sound { identity, link } => {
                if identity != self.core.identity() {
                    return Err(StoreError::Foreign { file });
                }
                let joins = link.number <= self.link.number
                    && (link.number < self.link.number || link.chain == self.link.chain);
                if link.number != number || !joins {
                    return Err(StoreError::corrupt(file, "it does not join the log before it"));
                }
            }
            Header::Foreign => return Err(StoreError::Foreign { file }),
            // A crash while the segment was made: it holds no block yet.
            Header::Torn if last && number == self.link.number && !follows(&bytes) => {
                return Ok(None);
            }
            Header::Torn => return Err(StoreError::corrupt(file, "its header is damaged")),
        }
        let at = self.blocks(&bytes, &file)?;
        let torn = torn_bytes(&bytes[at..]);
        if torn > 0 && (!last || follows(&bytes[at..])) {
            let message = format!("block {} at byte {at} is damaged", self.link.number);
            return Err(StoreError::corrupt(file, message));
        }
        self.recovery.torn_bytes += torn as u64;
        let (at, size, torn) = (at as u64, bytes.len() as u64, torn as u64);
        Ok(Some(End { segment: number, at, size, torn }))
    }

    /// Replays blocks from the header on; returns where they end.
    fn blocks(&mut self, bytes: &[u8], file: &str) -> Result<usize, StoreError> {
        let mut at = HEADER_BYTES;
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
            at += block.bytes();
        }
        Ok(at)
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

/// Bytes up to the last that is not zero.
fn torn_bytes(rest: &[u8]) -> usize {
    rest.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)
}

/// Whether a whole block lies anywhere behind the front of `rest`: then the front is damage, not the torn
/// end of the log.
fn follows(rest: &[u8]) -> bool {
    let starts = rest.windows(block::BLOCK.len()).enumerate().skip(1);
    let mut starts = starts.filter(|(_, window)| *window == block::BLOCK);
    starts.any(|(at, _)| rest.len() - at >= FRAME_BYTES && block::read(&rest[at..]).is_some())
}
