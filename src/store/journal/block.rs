//! Frames of the log: the segment's header and a block, each sealed with BLAKE3. Must never be changed
//! without a new version number.
//!
//! A segment is a header, blocks back to back, zeros. Header: `AFCJ`, version `u16`, two zero bytes, bytes of
//! the segment `u64`, number of its first block `u64`, identity 32 bytes, chain 32 bytes, seal 32 bytes. Block:
//! `AFCB`, check of the next three fields `u32`, number `u64`, payload bytes `u64`, chain 32 bytes, seal 32 bytes,
//! payload, `AFCE`. The seal covers everything of the frame but itself; the chain is the seal of the block
//! before, so a block that is old, moved or missing is seen.
//!
//! A block that is not whole is either torn (the power went before its flush, nobody was answered) or
//! damaged (it was whole once). A disk writes sectors whole or not at all and segments begin as zeros, so
//! a torn block has a sector, or an end, that is still zero; a written one never has.

use crate::store::disk::SECTOR;
use crate::wire::Reader;
use crate::wire::digest::digest64;

/// First bytes of a segment.
const SEGMENT: [u8; 4] = *b"AFCJ";
/// First bytes of a block.
const BLOCK: [u8; 4] = *b"AFCB";
/// Last bytes of a block: its last sector is never all zero.
const END: [u8; 4] = *b"AFCE";
const VERSION: u16 = 2;

/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: usize = 4 + 2 + 2 + 8 + 8 + 32 + 32 + 32;
/// Bytes of a block before its payload.
const FRAME_BYTES: usize = 4 + 4 + 8 + 8 + 32 + 32;
const UNSEALED: usize = FRAME_BYTES - 32;

/// Number and seal that tie frames together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) chain: [u8; 32],
}

/// A segment's header.
pub(super) fn header(identity: &[u8; 32], size: u64, link: Link) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES);
    out.extend_from_slice(&SEGMENT);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&link.number.to_le_bytes());
    out.extend_from_slice(identity);
    out.extend_from_slice(&link.chain);
    let seal = blake3::hash(&out);
    out.extend_from_slice(seal.as_bytes());
    out
}

/// What a segment's header says, if it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Sound.
    Sound { size: u64, identity: [u8; 32], link: Link },
    /// Another version of the format.
    Foreign,
    /// Not written to the end.
    Torn,
}

/// Reads a header.
pub(super) fn read_header(bytes: &[u8]) -> Header {
    let Some((body, seal)) = bytes.get(..HEADER_BYTES).map(|all| all.split_at(HEADER_BYTES - 32))
    else {
        return Header::Torn;
    };
    if blake3::hash(body).as_bytes() != seal || body[..4] != SEGMENT {
        return Header::Torn;
    }
    if body[4..6] != VERSION.to_le_bytes() {
        return Header::Foreign;
    }
    let mut reader = Reader::new(&body[8..]);
    let mut parts = || {
        let (size, number) = (reader.u64()?, reader.u64()?);
        Ok::<_, crate::wire::WireError>((size, number, reader.array()?, reader.array()?))
    };
    match parts() {
        Ok((size, number, identity, chain)) => {
            Header::Sound { size, identity, link: Link { number, chain } }
        }
        Err(_) => Header::Torn,
    }
}

/// Appends a block; returns its seal.
pub(super) fn put(out: &mut Vec<u8>, link: Link, payload: &[u8]) -> [u8; 32] {
    let start = out.len();
    out.extend_from_slice(&BLOCK);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&link.number.to_le_bytes());
    out.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    out.extend_from_slice(&link.chain);
    let check = check(&out[start..]);
    out[start + 4..start + 8].copy_from_slice(&check);
    let seal = seal(&out[start..], payload);
    out.extend_from_slice(&seal);
    out.extend_from_slice(payload);
    out.extend_from_slice(&END);
    seal
}

/// The check of a frame's number, length and chain.
fn check(frame: &[u8]) -> [u8; 4] {
    (digest64(&frame[8..UNSEALED]) as u32).to_le_bytes()
}

fn seal(frame: &[u8], payload: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(frame);
    hasher.update(payload);
    *hasher.finalize().as_bytes()
}

/// A block as read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) link: Link,
    pub(super) seal: [u8; 32],
    pub(super) payload: &'a [u8],
}

impl Block<'_> {
    /// Bytes of the frame, the payload and the end mark.
    pub(super) fn bytes(&self) -> usize {
        FRAME_BYTES + self.payload.len() + END.len()
    }
}

/// Reads the block at the front, if one is there whole.
pub(super) fn read(bytes: &[u8]) -> Option<Block<'_>> {
    let frame = bytes.get(..FRAME_BYTES)?;
    if frame[..4] != BLOCK || frame[4..8] != check(frame) {
        return None;
    }
    let mut reader = Reader::new(&frame[8..]);
    let (number, length) = (reader.u64().ok()?, reader.u64().ok()?);
    let (chain, claimed): ([u8; 32], [u8; 32]) = (reader.array().ok()?, reader.array().ok()?);
    let end = usize::try_from(length).ok()?.checked_add(FRAME_BYTES)?;
    let payload = bytes.get(FRAME_BYTES..end)?;
    let ended = bytes.get(end..end.checked_add(END.len())?)? == END;
    let sound = ended && seal(&frame[..UNSEALED], payload) == claimed;
    sound.then_some(Block { link: Link { number, chain }, seal: claimed, payload })
}

/// What lies where the next block would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing but zeros.
    Empty,
    /// A block whose flush never ended; so many bytes to wipe.
    Torn(usize),
    /// Something that was whole once.
    Damaged,
}

/// Judges what lies at an offset of a segment, behind its last whole block.
pub(super) fn tail(segment: &[u8], at: usize) -> Tail {
    let rest = &segment[at..];
    let Some(last) = rest.iter().rposition(|&byte| byte != 0) else { return Tail::Empty };
    let extent = at + last + 1;
    let end = stated_end(rest).map(|length| at.saturating_add(length));
    if end.is_some_and(|end| extent > end || end > segment.len()) || follows(rest) {
        return Tail::Damaged;
    }
    // A write that was cut short leaves its end zero: the mark, or already the frame.
    let unended = end.is_some_and(|end| segment[end - END.len()..end] == [0; END.len()]);
    if unended || extent - at < FRAME_BYTES {
        return Tail::Torn(extent - at);
    }
    let end = end.unwrap_or(extent.max(at + FRAME_BYTES).min(segment.len()));
    let mut from = at;
    while from < end {
        let to = end.min((from / SECTOR + 1) * SECTOR);
        if segment[from..to].iter().all(|&byte| byte == 0) {
            return Tail::Torn(extent - at);
        }
        from = to;
    }
    Tail::Damaged
}

/// Length of the block at the front by its frame, if the frame's check holds.
fn stated_end(rest: &[u8]) -> Option<usize> {
    let frame = rest.get(..FRAME_BYTES)?;
    if frame[..4] != BLOCK || frame[4..8] != check(frame) {
        return None;
    }
    let length = Reader::new(&frame[16..24]).u64().ok()?;
    usize::try_from(length).ok()?.checked_add(FRAME_BYTES + END.len())
}

/// Whether a whole block lies anywhere behind the front of `rest`: then the front is damage, not the torn
/// end of the log.
fn follows(rest: &[u8]) -> bool {
    let starts = rest.windows(BLOCK.len()).enumerate().skip(1);
    let mut starts = starts.filter(|(_, window)| *window == BLOCK);
    starts.any(|(at, _)| read(&rest[at..]).is_some())
}
