//! The idempotency table: request id → digest of its body and the first answer, a table a day of birth.
//! Must never forget a key that is young enough to be accepted.

use crate::domain::Day;
use crate::engine::Decision;
use crate::store::StoreError;
use crate::wire::answer::take_decision;
use crate::wire::{Reader, RequestId};
use std::collections::VecDeque;

/// A key born before yesterday is refused, so two days (and a clock that runs ahead) are kept.
pub(super) const KEPT_BEFORE_TODAY: i32 = 1;
const SMALLEST: usize = 64;
/// Slots moved into a larger table with each new key: it is filled long before it must grow again, and no
/// request waits for a whole table.
const MOVED_A_KEY: usize = 8;
/// Bytes of a piece of the answers: they never move either.
const PIECE: usize = 1 << 16;
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// One entry, as words so that a fresh table is untouched zero pages: the halves of the id, the digest of
/// the body, the answer's offset + 1 (0 = empty).
type Slot = [u64; 4];

fn id_of(slot: Slot) -> u128 {
    u128::from(slot[1]) << 64 | u128::from(slot[0])
}

/// Keys of one day of birth: open addressing with linear probing, at most 5/8 full. While it grows, the
/// slots from `moved` on of the smaller table are still looked up there.
#[derive(Clone, Debug)]
struct DayTable {
    day: i32,
    used: usize,
    slots: Vec<Slot>,
    smaller: Vec<Slot>,
    moved: usize,
    answers: Vec<Vec<u8>>,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    /// Never seen.
    New,
    /// Seen with this body; the first answer.
    Same(Decision),
    /// Seen with another body.
    Other,
}

/// All tables, oldest day first.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    tables: VecDeque<DayTable>,
}

impl Keys {
    /// Looks a key up.
    pub(super) fn find(&self, id: RequestId, body: u64) -> Known {
        let day = id.born().day().0;
        let Some(table) = self.tables.iter().find(|table| table.day == day) else {
            return Known::New;
        };
        let slot = table.find(id.0);
        if slot[3] == 0 {
            Known::New
        } else if slot[2] == body {
            Known::Same(table.decision(slot))
        } else {
            Known::Other
        }
    }

    /// Reads where a key would lie, to have it in cache when it is looked up.
    #[inline]
    pub(super) fn touch(&self, id: RequestId) -> u64 {
        let day = id.born().day().0;
        let table = self.tables.iter().find(|table| table.day == day);
        table.map_or(0, |table| table.slots[home(&table.slots, id.0)][3])
    }

    /// Remembers a key with its packed answer.
    pub(super) fn remember(&mut self, id: RequestId, body: u64, packed: &[u8]) {
        let day = id.born().day().0;
        let at = self.tables.partition_point(|table| table.day < day);
        if self.tables.get(at).is_none_or(|table| table.day != day) {
            self.tables.insert(at, DayTable::new(day, SMALLEST));
        }
        self.tables[at].insert(id.0, body, packed);
    }

    /// Forgets keys that are now refused for their age.
    pub(super) fn forget_before(&mut self, today: Day) {
        while self.tables.front().is_some_and(|table| table.day < today.0 - KEPT_BEFORE_TODAY) {
            self.tables.pop_front();
        }
    }

    /// Every key with the digest of its body and its first answer.
    pub(super) fn entries(&self) -> impl Iterator<Item = (RequestId, u64, Decision)> {
        let taken = |table: &DayTable| {
            let entry = |slot: Slot| (RequestId(id_of(slot)), slot[2], table.decision(slot));
            table.taken().into_iter().map(entry).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(taken)
    }

    /// Number of keys.
    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(|table| table.used).sum()
    }

    /// Appends all keys, each day's by id.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.tables.len() as u32).to_le_bytes());
        for table in &self.tables {
            out.extend_from_slice(&table.day.to_le_bytes());
            out.extend_from_slice(&(table.used as u64).to_le_bytes());
            for slot in table.taken() {
                let packed = table.packed(slot);
                out.extend_from_slice(&id_of(slot).to_le_bytes());
                out.extend_from_slice(&slot[2].to_le_bytes());
                out.extend_from_slice(&(packed.len() as u16).to_le_bytes());
                out.extend_from_slice(packed);
            }
        }
    }

    /// Reads what `put` wrote.
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Keys, crate::wire::WireError> {
        let mut keys = Keys::default();
        for _ in 0..reader.u32()? {
            let day = reader.u32()?.cast_signed();
            let mut table = DayTable::new(day, SMALLEST);
            for _ in 0..reader.u64()? {
                let (id, body) = (reader.u128()?, reader.u64()?);
                let length = usize::from(reader.u16()?);
                let packed = reader.slice(length)?;
                take_decision(&mut Reader::new(packed))?;
                table.insert(id, body, packed);
            }
            keys.tables.push_back(table);
        }
        Ok(keys)
    }
}

/// Where the search for a key begins.
#[inline]
fn home(slots: &[Slot], id: u128) -> usize {
    let mixed = (id as u64 ^ (id >> 64) as u64).wrapping_mul(MULTIPLIER);
    (mixed >> (64 - slots.len().ilog2())) as usize
}

/// The slot that holds the key, or the empty one where it belongs.
#[inline]
fn place(slots: &[Slot], id: u128) -> usize {
    let mask = slots.len() - 1;
    let mut at = home(slots, id);
    while slots[at][3] != 0 && id_of(slots[at]) != id {
        at = (at + 1) & mask;
    }
    at
}

impl DayTable {
    fn new(day: i32, size: usize) -> DayTable {
        let slots = vec![[0; 4]; size];
        DayTable { day, used: 0, slots, smaller: Vec::new(), moved: 0, answers: Vec::new() }
    }

    /// The key's slot, or an empty one.
    #[inline]
    fn find(&self, id: u128) -> Slot {
        let slot = self.slots[place(&self.slots, id)];
        if slot[3] != 0 || self.smaller.is_empty() {
            return slot;
        }
        self.smaller[place(&self.smaller, id)]
    }

    fn insert(&mut self, id: u128, body: u64, packed: &[u8]) {
        if self.used * 8 >= self.slots.len() * 5 {
            self.move_slots(usize::MAX);
            let larger = vec![[0; 4]; self.slots.len() * 2];
            self.smaller = std::mem::replace(&mut self.slots, larger);
        }
        self.move_slots(MOVED_A_KEY);
        assert!(self.find(id)[3] == 0, "invariant: request {id:032x} is remembered once");
        let answer = self.keep(packed) + 1;
        let at = place(&self.slots, id);
        self.slots[at] = [id as u64, (id >> 64) as u64, body, answer];
        self.used += 1;
    }

    /// Moves the next slots of the smaller table; the last one lets it go.
    fn move_slots(&mut self, count: usize) {
        let end = self.smaller.len().min(self.moved.saturating_add(count));
        for at in self.moved..end {
            let slot = self.smaller[at];
            if slot[3] != 0 {
                let to = place(&self.slots, id_of(slot));
                self.slots[to] = slot;
            }
        }
        self.moved = end;
        if end == self.smaller.len() {
            (self.smaller, self.moved) = (Vec::new(), 0);
        }
    }

    /// Keeps an answer; its offset.
    fn keep(&mut self, packed: &[u8]) -> u64 {
        assert!(packed.len() <= PIECE, "invariant: an answer is smaller than a piece");
        let full = |piece: &Vec<u8>| piece.len() + packed.len() > PIECE;
        if self.answers.last().is_none_or(full) {
            self.answers.push(Vec::with_capacity(PIECE));
        }
        let number = self.answers.len() - 1;
        let piece = &mut self.answers[number];
        let at = piece.len();
        piece.extend_from_slice(packed);
        (number * PIECE + at) as u64
    }

    /// Slots in use, by id: an image does not tell in which order keys came.
    fn taken(&self) -> Vec<Slot> {
        let waiting = self.smaller.iter().skip(self.moved);
        let all = self.slots.iter().chain(waiting).filter(|slot| slot[3] != 0);
        let mut taken: Vec<Slot> = all.copied().collect();
        taken.sort_unstable_by_key(|slot| id_of(*slot));
        taken
    }

    /// The answers from a slot's on.
    fn from(&self, slot: Slot) -> &[u8] {
        let at = slot[3] as usize - 1;
        &self.answers[at / PIECE][at % PIECE..]
    }

    fn decision(&self, slot: Slot) -> Decision {
        let decision = take_decision(&mut Reader::new(self.from(slot)));
        decision
            .unwrap_or_else(|error| panic!("invariant: answer of {:032x}: {error}", id_of(slot)))
    }

    fn packed(&self, slot: Slot) -> &[u8] {
        let mut reader = Reader::new(self.from(slot));
        let end = take_decision(&mut reader).map_or(0, |_| reader.position());
        &self.from(slot)[..end]
    }
}

/// A key table fault as a store's.
pub(super) fn foreign(error: &crate::wire::WireError) -> StoreError {
    StoreError::corrupt("image", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Fen, TimeMs};
    use crate::wire::answer::put_decision;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn packed(fen: i64) -> Vec<u8> {
        let mut out = Vec::new();
        put_decision(&mut out, &Decision { total: Fen(fen), ..Decision::default() });
        out
    }

    fn key(day: i32, serial: u64) -> RequestId {
        RequestId::new(Day(day).start() + 5, u128::from(serial))
    }

    proptest! {
        #[test]
        fn keys_behave_like_an_ordered_map_and_survive_packing(
            inserts in proptest::collection::vec((0_i32..3, 0_u64..400), 0..600),
        ) {
            let mut keys = Keys::default();
            let mut oracle = BTreeMap::new();
            for (index, (day, serial)) in inserts.into_iter().enumerate() {
                let (id, amount) = (key(100 + day, serial), 1 + i64::try_from(index).expect("small"));
                if let std::collections::btree_map::Entry::Vacant(place) = oracle.entry(id) {
                    prop_assert_eq!(keys.find(id, 7), Known::New);
                    keys.remember(id, 7, &packed(amount));
                    place.insert(amount);
                } else {
                    prop_assert!(matches!(keys.find(id, 7), Known::Same(_)));
                    prop_assert_eq!(keys.find(id, 8), Known::Other);
                }
            }
            let mut bytes = Vec::new();
            keys.put(&mut bytes);
            let copy = Keys::take(&mut Reader::new(&bytes)).expect("what was put is read");
            prop_assert_eq!((copy.len(), keys.len()), (oracle.len(), oracle.len()));
            let mut again = Vec::new();
            copy.put(&mut again);
            prop_assert!(again == bytes, "an image is written as it was read");
            for (&id, &amount) in &oracle {
                for table in [&keys, &copy] {
                    let expected = Decision { total: Fen(amount), ..Decision::default() };
                    prop_assert_eq!(table.find(id, 7), Known::Same(expected));
                }
            }
        }
    }

    #[test]
    fn keys_of_the_day_before_yesterday_are_forgotten() {
        let mut keys = Keys::default();
        for day in [10, 11, 12] {
            keys.remember(key(day, 1), 1, &packed(1));
        }
        keys.forget_before(TimeMs(Day(12).start().0).day());
        assert_eq!(keys.find(key(10, 1), 1), Known::New);
        assert!(matches!(keys.find(key(11, 1), 1), Known::Same(_)));
        assert_eq!(keys.len(), 2);
    }
}
