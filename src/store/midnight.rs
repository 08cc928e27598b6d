//! A city's midnight as a file: rows, lines and draws of everybody, to open a store with. Must never be read
//! for other people than it was written for.
//!
//! `AFCM`, version `u16`, day `i32`, digest of the people 32 bytes, people `u32`, their rows; 1 and the rest
//! of their years, or 0; groups with credit `u32`, each its number and lines; then the BLAKE3 digest of
//! all before it. Little-endian throughout.

use super::census::Census;
use super::image::{put_credit, put_facts, put_more, put_person};
use super::image::{take_credit, take_more, take_person};
use super::keys::foreign;
use crate::domain::{Day, GroupId};
use crate::store::StoreError;
use crate::wire::{Reader, WireError};
use std::io::{Read, Write};

const MAGIC: [u8; 4] = *b"AFCM";
const VERSION: u16 = 1;
const SEAL: usize = 32;
const FILE: &str = "midnight";

/// Names the people: who they are, not what they own.
fn people(census: &Census) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&census.sizes);
    let mut packed = Vec::with_capacity(64);
    for facts in &census.facts {
        packed.clear();
        put_facts(&mut packed, *facts);
        hasher.update(&packed);
    }
    *hasher.finalize().as_bytes()
}

/// Writes a midnight.
pub fn write<W: Write>(census: &Census, mut out: W) -> Result<(), StoreError> {
    let mut bytes = Vec::from(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&census.first_day.0.to_le_bytes());
    bytes.extend_from_slice(&people(census));
    bytes.extend_from_slice(&(census.rows.len() as u32).to_le_bytes());
    census.rows.iter().for_each(|row| put_person(&mut bytes, row));
    bytes.push(u8::from(!census.more.is_empty()));
    census.more.iter().for_each(|more| put_more(&mut bytes, more));
    bytes.extend_from_slice(&(census.credit.len() as u32).to_le_bytes());
    for (group, credit) in &census.credit {
        bytes.extend_from_slice(&group.0.to_le_bytes());
        put_credit(&mut bytes, credit);
    }
    let seal = *blake3::hash(&bytes).as_bytes();
    bytes.extend_from_slice(&seal);
    out.write_all(&bytes).map_err(StoreError::io("writing a midnight"))
}

/// Replaces the opening rows of the same people by a midnight's.
pub fn read<R: Read>(census: &mut Census, mut input: R) -> Result<(), StoreError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(StoreError::io("reading a midnight"))?;
    let Some(body) = bytes.len().checked_sub(SEAL) else {
        return Err(StoreError::corrupt(FILE, "it is too short"));
    };
    let (body, seal) = bytes.split_at(body);
    if blake3::hash(body).as_bytes() != seal {
        return Err(StoreError::corrupt(FILE, "its seal does not fit its bytes"));
    }
    let mut reader = Reader::new(body);
    let whose = people(census);
    let mut head = || -> Result<_, WireError> {
        let known = reader.array::<4>()? == MAGIC && reader.u16()? == VERSION;
        let day = Day(reader.u32()?.cast_signed());
        Ok((known, day, reader.array::<32>()?, reader.u32()? as usize))
    };
    let (known, day, theirs, count) = head().map_err(|error| foreign(&error))?;
    if !known || theirs != whose || count != census.facts.len() {
        return Err(StoreError::Foreign { file: FILE.to_owned() });
    }
    census.first_day = day;
    take_rows(census, &mut reader).map_err(|error| foreign(&error))?;
    census.check();
    Ok(())
}

fn take_rows(census: &mut Census, reader: &mut Reader<'_>) -> Result<(), WireError> {
    for row in &mut census.rows {
        *row = take_person(reader)?;
    }
    census.more.clear();
    if reader.u8()? == 1 {
        for _ in 0..census.rows.len() {
            census.more.push(take_more(reader)?);
        }
    }
    census.credit.clear();
    for _ in 0..reader.u32()? {
        let group = GroupId(reader.u32()?);
        if group.0 as usize >= census.sizes.len() {
            return Err(reader.fault("no such kin group"));
        }
        census.credit.push((group, take_credit(reader)?));
    }
    if reader.remaining() > 0 { Err(reader.fault("bytes are left over")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fen;
    use crate::engine::Hold;
    use crate::store::testkit;

    #[test]
    fn a_midnight_is_read_for_its_own_people_only() {
        let mut census = testkit::census(20);
        census.rows[3].account = 777;
        let mut credit = crate::engine::GroupCredit::default();
        credit.holds.push(Hold {
            visit: crate::domain::VisitId::default(),
            holder: 0,
            amount: Fen(5),
            on: census.first_day,
        });
        census.credit.push((GroupId(7), credit));
        let mut bytes = Vec::new();
        write(&census, &mut bytes).expect("written");
        let mut other = testkit::census(20);
        read(&mut other, bytes.as_slice()).expect("the same people");
        assert_eq!(other.digest(), census.digest());
        let wrong = read(&mut testkit::census(21), bytes.as_slice());
        assert!(matches!(wrong, Err(StoreError::Foreign { .. })));
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        let damaged = read(&mut testkit::census(20), bytes.as_slice());
        assert!(matches!(damaged, Err(StoreError::Corrupt { .. })));
    }
}
