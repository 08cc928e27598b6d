//! Frames of the log: the segment's header and a block, each sealed with BLAKE3. Must never be changed
//! without a new version number.
//!
//! A segment is a header, blocks back to back, zeros. Header: `AFCJ`, version `u16`, two zero bytes, number
//! of its first block `u64`, identity 32 bytes, chain 32 bytes, seal 32 bytes. Block: `AFCB`, four zero bytes,
//! number `u64`, payload bytes `u64`, chain 32 bytes, seal 32 bytes, payload. The seal covers everything
//! of the frame but itself; the chain is the seal of the block before, so a block that is old, moved or
//! missing is seen.

use crate::wire::Reader;

/// First bytes of a segment.
const SEGMENT: [u8; 4] = *b"AFCJ";
/// First bytes of a block.
pub(super) const BLOCK: [u8; 4] = *b"AFCB";
const VERSION: u16 = 1;

/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: usize = 4 + 2 + 2 + 8 + 32 + 32 + 32;
/// Bytes of a block before its payload.
pub(super) const FRAME_BYTES: usize = 4 + 4 + 8 + 8 + 32 + 32;
const UNSEALED: usize = FRAME_BYTES - 32;

/// Number and seal that tie frames together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) chain: [u8; 32],
}

/// A segment's header.
pub(super) fn header(identity: &[u8; 32], link: Link) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES);
    out.extend_from_slice(&SEGMENT);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
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
    Sound { identity: [u8; 32], link: Link },
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
    let parts =
        (|| Ok::<_, crate::wire::WireError>((reader.u64()?, reader.array()?, reader.array()?)))();
    match parts {
        Ok((number, identity, chain)) => Header::Sound { identity, link: Link { number, chain } },
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
    let seal = seal(&out[start..], payload);
    out.extend_from_slice(&seal);
    out.extend_from_slice(payload);
    seal
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
    /// Bytes of the frame and the payload.
    pub(super) fn bytes(&self) -> usize {
        FRAME_BYTES + self.payload.len()
    }
}

/// Reads the block at the front, if one is there whole.
pub(super) fn read(bytes: &[u8]) -> Option<Block<'_>> {
    let frame = bytes.get(..FRAME_BYTES)?;
    if frame[..4] != BLOCK {
        return None;
    }
    let mut reader = Reader::new(&frame[8..]);
    let (number, length) = (reader.u64().ok()?, reader.u64().ok()?);
    let (chain, claimed): ([u8; 32], [u8; 32]) = (reader.array().ok()?, reader.array().ok()?);
    let end = usize::try_from(length).ok()?.checked_add(FRAME_BYTES)?;
    let payload = bytes.get(FRAME_BYTES..end)?;
    let sound = seal(&frame[..UNSEALED], payload) == claimed;
    sound.then_some(Block { link: Link { number, chain }, seal: claimed, payload })
}
