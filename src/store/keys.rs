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
/// Slots of the next larger table that are written with each new key from the time that the present one is
/// half full: it is whole when it is needed.
const MADE_A_KEY: usize = 16;
/// Slots moved into a larger table with each new key: it is filled long before it must grow again, and no
/// request waits for a whole table.
const MOVED_A_KEY: usize = 8;
/// Bytes of a piece of the answers: they never move either.
const PIECE: usize = 1 << 16;
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// One entry: the key's mark, and where it lies with its answer + 1 (0 = empty). Four share a line of memory.
type Slot = [u64; 2];
/// Bytes of a key before its answer: the id and the digest of the body.
const KEY: usize = 16 + 8;

/// Keys of one day of birth: open addressing with linear probing, at most 5/8 full. It grows in small
/// steps: the larger table is written ahead, then the slots are moved; those from `moved` on of the smaller
/// table are still looked up there.
#[derive(Clone, Debug)]
struct DayTable {
    day: i32,
    used: usize,
    slots: Vec<Slot>,
    larger: Vec<Slot>,
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
        if slot[1] == 0 {
            Known::New
        } else if table.body(slot) == body {
            Known::Same(table.decision(slot))
        } else {
            Known::Other
        }
    }

    /// Reads where a key would lie, to have it in cache when it is looked up.
    #[inline]
    pub(super) fn touch(&self, id: RequestId) -> u64 {
        let day = id.born().day().0;
        let Some(table) = self.tables.iter().find(|table| table.day == day) else { return 0 };
        let read = |slots: &[Slot]| slots[home(slots, mark(id.0))][1];
        let older = if table.smaller.is_empty() { 0 } else { read(&table.smaller) };
        read(&table.slots) ^ older
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
            let entry =
                |slot: Slot| (RequestId(table.id(slot)), table.body(slot), table.decision(slot));
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
                out.extend_from_slice(&table.id(slot).to_le_bytes());
                out.extend_from_slice(&table.body(slot).to_le_bytes());
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

/// The mark of a key: different keys may share one, so whoever finds it looks at the key itself.
#[inline]
fn mark(id: u128) -> u64 {
    (id as u64 ^ (id >> 64) as u64).wrapping_mul(MULTIPLIER)
}

/// Where the search for a mark begins: its upper bits, so that a larger table keeps the order.
#[inline]
fn home(slots: &[Slot], mark: u64) -> usize {
    (mark >> (64 - slots.len().ilog2())) as usize
}

/// The first slot from the mark's home on that is empty, or that has the mark and is the one.
#[inline]
fn place(slots: &[Slot], mark: u64, is: impl Fn(Slot) -> bool) -> usize {
    let mask = slots.len() - 1;
    let mut at = home(slots, mark);
    while slots[at][1] != 0 && !(slots[at][0] == mark && is(slots[at])) {
        at = (at + 1) & mask;
    }
    at
}

impl DayTable {
    fn new(day: i32, size: usize) -> DayTable {
        let slots = vec![[0; 2]; size];
        DayTable {
            day,
            used: 0,
            slots,
            larger: Vec::new(),
            smaller: Vec::new(),
            moved: 0,
            answers: Vec::new(),
        }
    }

    /// The key's slot, or an empty one.
    #[inline]
    fn find(&self, id: u128) -> Slot {
        let (mark, is) = (mark(id), |slot| self.id(slot) == id);
        let slot = self.slots[place(&self.slots, mark, is)];
        if slot[1] != 0 || self.smaller.is_empty() {
            return slot;
        }
        self.smaller[place(&self.smaller, mark, is)]
    }

    fn insert(&mut self, id: u128, body: u64, packed: &[u8]) {
        self.grow_a_little();
        let (mark, is) = (mark(id), |slot| self.id(slot) == id);
        let at = place(&self.slots, mark, is);
        let older = if self.smaller.is_empty() {
            0
        } else {
            self.smaller[place(&self.smaller, mark, is)][1]
        };
        let known = self.slots[at][1] | older;
        assert!(known == 0, "invariant: request {id:032x} is remembered once");
        self.slots[at] = [mark, self.keep(id, body, packed) + 1];
        self.used += 1;
    }

    /// The next small step of growing, if the table is about to.
    fn grow_a_little(&mut self) {
        if self.used * 8 >= self.slots.len() * 5 {
            self.move_slots(usize::MAX);
            self.make_slots(usize::MAX);
            let larger = std::mem::take(&mut self.larger);
            self.smaller = std::mem::replace(&mut self.slots, larger);
        } else if self.used * 2 >= self.slots.len() {
            self.make_slots(MADE_A_KEY);
        }
        self.move_slots(MOVED_A_KEY);
    }

    /// Writes the next slots of the larger table. Pages that are fresh from the system must be written before
    /// they are read: one that was read is copied by its first write, and every core is interrupted.
    fn make_slots(&mut self, count: usize) {
        let size = 2 * self.slots.len();
        if self.larger.capacity() < size {
            self.larger.reserve_exact(size);
        }
        let to = size.min(self.larger.len().saturating_add(count));
        self.larger.resize(to, [0; 2]);
    }

    /// Moves the next slots of the smaller table; the last one lets it go.
    fn move_slots(&mut self, count: usize) {
        let end = self.smaller.len().min(self.moved.saturating_add(count));
        for at in self.moved..end {
            let slot = self.smaller[at];
            if slot[1] != 0 {
                let to = place(&self.slots, slot[0], |_| false);
                self.slots[to] = slot;
            }
        }
        self.moved = end;
        if end == self.smaller.len() {
            (self.smaller, self.moved) = (Vec::new(), 0);
        }
    }

    /// Keeps a key with its answer; where.
    fn keep(&mut self, id: u128, body: u64, packed: &[u8]) -> u64 {
        let length = KEY + packed.len();
        assert!(length <= PIECE, "invariant: an answer is smaller than a piece");
        let full = |piece: &Vec<u8>| piece.len() + length > PIECE;
        if self.answers.last().is_none_or(full) {
            self.answers.push(Vec::with_capacity(PIECE));
        }
        let number = self.answers.len() - 1;
        let piece = &mut self.answers[number];
        let at = piece.len();
        piece.extend_from_slice(&id.to_le_bytes());
        piece.extend_from_slice(&body.to_le_bytes());
        piece.extend_from_slice(packed);
        (number * PIECE + at) as u64
    }

    /// Slots in use, by id: an image does not tell in which order keys came.
    fn taken(&self) -> Vec<Slot> {
        let waiting = self.smaller.iter().skip(self.moved);
        let all = self.slots.iter().chain(waiting).filter(|slot| slot[1] != 0);
        let mut taken: Vec<Slot> = all.copied().collect();
        taken.sort_unstable_by_key(|slot| self.id(*slot));
        taken
    }

    /// What is kept from a slot's key on.
    fn from(&self, slot: Slot) -> &[u8] {
        let at = slot[1] as usize - 1;
        &self.answers[at / PIECE][at % PIECE..]
    }

    /// The key and the digest of its body.
    fn key(&self, slot: Slot) -> (u128, u64) {
        let mut reader = Reader::new(self.from(slot));
        let mut read = || Ok::<_, crate::wire::WireError>((reader.u128()?, reader.u64()?));
        read().unwrap_or_else(|error| panic!("invariant: a key is kept whole: {error}"))
    }

    fn id(&self, slot: Slot) -> u128 {
        self.key(slot).0
    }

    fn body(&self, slot: Slot) -> u64 {
        self.key(slot).1
    }

    fn decision(&self, slot: Slot) -> Decision {
        let decision = take_decision(&mut Reader::new(&self.from(slot)[KEY..]));
        decision
            .unwrap_or_else(|error| panic!("invariant: answer of {:032x}: {error}", self.id(slot)))
    }

    fn packed(&self, slot: Slot) -> &[u8] {
        let packed = &self.from(slot)[KEY..];
        let mut reader = Reader::new(packed);
        let end = take_decision(&mut reader).map_or(0, |_| reader.position());
        &packed[..end]
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
    fn different_keys_that_share_a_mark_stay_apart() {
        let born = key(100, 0).0;
        // The same bits turned over in both halves fold to the same mark.
        let twin = born ^ (3 | 3 << 64);
        assert_eq!(mark(born), mark(twin));
        let mut keys = Keys::default();
        keys.remember(RequestId(born), 7, &packed(1));
        assert_eq!(keys.find(RequestId(twin), 7), Known::New);
        keys.remember(RequestId(twin), 8, &packed(2));
        for (id, body, fen) in [(born, 7, 1), (twin, 8, 2)] {
            let expected = Decision { total: Fen(fen), ..Decision::default() };
            assert_eq!(keys.find(RequestId(id), body), Known::Same(expected));
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
