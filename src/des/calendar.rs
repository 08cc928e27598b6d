//! Event calendars: a binary heap that anybody can check, and time buckets found through a bitmap.
//! Both pop the same keys in the same order. Must never depend on the order of pushes.

use super::key::EventKey;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A calendar of events; each pushed key must be later than the last popped one.
pub trait Calendar {
    /// Empties the calendar and prepares it for entities of rank below `ranks`.
    fn reset(&mut self, ranks: usize);
    /// Schedules an event.
    fn push(&mut self, key: EventKey);
    /// Takes the earliest event.
    fn pop(&mut self) -> Option<EventKey>;
}

/// The plain calendar: a binary heap. It is the oracle of every faster one.
#[derive(Clone, Debug, Default)]
pub struct HeapCalendar {
    heap: BinaryHeap<Reverse<EventKey>>,
}

impl Calendar for HeapCalendar {
    fn reset(&mut self, _ranks: usize) {
        self.heap.clear();
    }

    fn push(&mut self, key: EventKey) {
        self.heap.push(Reverse(key));
    }

    fn pop(&mut self) -> Option<EventKey> {
        self.heap.pop().map(|Reverse(key)| key)
    }
}

/// Days longer than this share the last bucket; ms, 2^27 = 37 hours.
const HORIZON_BITS: u32 = 27;
/// No entity: the end of a bucket's list.
const NONE: u32 = u32::MAX;

/// Time buckets with a bitmap of those in use. Each entity has **at most one** pending event, so a
/// bucket is a list threaded through the entities and a push allocates nothing. Only the bucket
/// whose time has come is sorted.
#[derive(Clone, Debug, Default)]
pub struct BucketCalendar {
    /// Bucket width is 2^shift ms.
    shift: u32,
    /// First entity of each bucket.
    heads: Vec<u32>,
    /// One bit a bucket: not empty.
    used: Vec<u64>,
    /// Pending event and follower in the bucket, by rank; [`EventKey::NEVER`] when none is pending.
    nodes: Vec<(EventKey, u32)>,
    /// The open bucket's keys, latest first.
    open: Vec<EventKey>,
    /// Index of the open bucket.
    current: usize,
}

impl BucketCalendar {
    /// Bucket width for a number of entities, aiming at a handful of events a bucket when each
    /// entity has about eight events in ten busy hours.
    fn shift_for(ranks: usize) -> u32 {
        let wanted_ms = 18_000_000 / ranks.max(1);
        wanted_ms.max(1).ilog2().clamp(8, 18)
    }

    fn bucket(&self, key: EventKey) -> usize {
        (key.ms() as usize >> self.shift).min((1 << (HORIZON_BITS - self.shift)) - 1)
    }

    fn next_used(&self) -> Option<usize> {
        let mut word = self.current / 64;
        let mut bits = self.used.get(word)? & (!0 << (self.current % 64));
        while bits == 0 {
            word += 1;
            bits = *self.used.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }

    fn open_bucket(&mut self, bucket: usize) {
        self.current = bucket;
        self.used[bucket / 64] &= !(1 << (bucket % 64));
        let mut rank = std::mem::replace(&mut self.heads[bucket], NONE);
        while rank != NONE {
            let node = &mut self.nodes[rank as usize];
            self.open.push(std::mem::replace(&mut node.0, EventKey::NEVER));
            rank = node.1;
        }
        self.open.sort_unstable_by(|a, b| b.cmp(a));
    }
}

impl Calendar for BucketCalendar {
    fn reset(&mut self, ranks: usize) {
        self.shift = Self::shift_for(ranks);
        let buckets = 1_usize << (HORIZON_BITS - self.shift);
        self.heads.clear();
        self.heads.resize(buckets, NONE);
        self.used.clear();
        self.used.resize(buckets.div_ceil(64), 0);
        self.nodes.clear();
        self.nodes.resize(ranks, (EventKey::NEVER, NONE));
        self.open.clear();
        self.current = 0;
    }

    #[inline]
    fn push(&mut self, key: EventKey) {
        let bucket = self.bucket(key);
        if bucket <= self.current && !self.open.is_empty() || bucket < self.current {
            let place = self.open.partition_point(|&other| other > key);
            self.open.insert(place, key);
            return;
        }
        let rank = key.rank();
        let node = &mut self.nodes[rank as usize];
        assert!(node.0 == EventKey::NEVER, "invariant: entity {rank} has two pending events");
        *node = (key, self.heads[bucket]);
        self.heads[bucket] = rank;
        self.used[bucket / 64] |= 1 << (bucket % 64);
    }

    #[inline]
    fn pop(&mut self) -> Option<EventKey> {
        if self.open.is_empty() {
            let bucket = self.next_used()?;
            self.open_bucket(bucket);
        }
        self.open.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::EventClass;
    use super::*;
    use proptest::prelude::*;

    /// Runs a calendar in which entity `i` starts at `starts[i]` and comes back after each gap.
    fn history(calendar: &mut impl Calendar, starts: &[u32], gaps: &[u32]) -> Vec<EventKey> {
        calendar.reset(starts.len());
        for (rank, &ms) in (0_u32..).zip(starts) {
            calendar.push(EventKey::new(ms, EventClass::Arrival, rank, 0));
        }
        let mut popped = Vec::new();
        while let Some(key) = calendar.pop() {
            popped.push(key);
            if let Some(&gap) = gaps.get(usize::from(key.step())) {
                let next = key.ms() + (gap >> (key.rank() % 8));
                calendar.push(EventKey::new(next, EventClass::Arrival, key.rank(), key.step() + 1));
            }
        }
        popped
    }

    proptest! {
        #[test]
        fn buckets_pop_exactly_what_the_heap_pops(
            starts in prop::collection::vec(0_u32..50_000_000, 1..80),
            gaps in prop::collection::vec(prop_oneof![0_u32..4, 0_u32..90_000_000], 0..12),
        ) {
            let by_heap = history(&mut HeapCalendar::default(), &starts, &gaps);
            prop_assert!(by_heap.is_sorted());
            let mut buckets = BucketCalendar::default();
            for _day in 0..2 {
                prop_assert_eq!(&history(&mut buckets, &starts, &gaps), &by_heap);
            }
        }
    }
}
