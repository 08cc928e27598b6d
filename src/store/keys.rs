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
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// One entry; `answer` is the answer's offset + 1, 0 = empty.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    id: u128,
    body: u64,
    answer: u64,
}

/// Keys of one day of birth: open addressing with linear probing, at most 5/8 full.
#[derive(Clone, Debug)]
struct DayTable {
    day: i32,
    used: usize,
    slots: Vec<Slot>,
    answers: Vec<u8>,
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
        let slot = table.slots[table.place(id.0)];
        if slot.answer == 0 {
            Known::New
        } else if slot.body == body {
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
        table.map_or(0, |table| table.slots[table.home(id.0)].answer)
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
            let taken = table.slots.iter().filter(|slot| slot.answer != 0);
            let entry = |slot: &Slot| (RequestId(slot.id), slot.body, table.decision(*slot));
            taken.map(entry).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(taken)
    }

    /// Number of keys.
    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(|table| table.used).sum()
    }

    /// Appends all keys in table order.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.tables.len() as u32).to_le_bytes());
        for table in &self.tables {
            out.extend_from_slice(&table.day.to_le_bytes());
            out.extend_from_slice(&(table.used as u64).to_le_bytes());
            for slot in table.slots.iter().filter(|slot| slot.answer != 0) {
                let packed = table.packed(*slot);
                out.extend_from_slice(&slot.id.to_le_bytes());
                out.extend_from_slice(&slot.body.to_le_bytes());
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

impl DayTable {
    fn new(day: i32, size: usize) -> DayTable {
        DayTable { day, used: 0, slots: vec![Slot::default(); size], answers: Vec::new() }
    }

    /// Where the search for a key begins.
    #[inline]
    fn home(&self, id: u128) -> usize {
        let mixed = (id as u64 ^ (id >> 64) as u64).wrapping_mul(MULTIPLIER);
        (mixed >> (64 - self.slots.len().ilog2())) as usize
    }

    /// The slot that holds the key, or the empty one where it belongs.
    #[inline]
    fn place(&self, id: u128) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.home(id);
        while self.slots[at].answer != 0 && self.slots[at].id != id {
            at = (at + 1) & mask;
        }
        at
    }

    fn insert(&mut self, id: u128, body: u64, packed: &[u8]) {
        if self.used * 8 >= self.slots.len() * 5 {
            self.grow();
        }
        let at = self.place(id);
        assert!(self.slots[at].answer == 0, "invariant: request {id:032x} is remembered once");
        self.slots[at] = Slot { id, body, answer: self.answers.len() as u64 + 1 };
        self.answers.extend_from_slice(packed);
        self.used += 1;
    }

    fn grow(&mut self) {
        let larger = vec![Slot::default(); self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, larger);
        for slot in old.into_iter().filter(|slot| slot.answer != 0) {
            let at = self.place(slot.id);
            self.slots[at] = slot;
        }
    }

    fn decision(&self, slot: Slot) -> Decision {
        let mut reader = Reader::new(&self.answers[slot.answer as usize - 1..]);
        let decision = take_decision(&mut reader);
        decision.unwrap_or_else(|error| panic!("invariant: answer of {:032x}: {error}", slot.id))
    }

    fn packed(&self, slot: Slot) -> &[u8] {
        let from = slot.answer as usize - 1;
        let mut reader = Reader::new(&self.answers[from..]);
        let end = take_decision(&mut reader).map(|_| from + reader.position());
        &self.answers[from..end.unwrap_or(from)]
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
