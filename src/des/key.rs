//! The total order of events: `(ms, class, rank, step)` in one word. At one instant releases come
//! before arrivals before seizes, and within a class the entity of lower rank goes first, whatever
//! order they were scheduled in. Must never contain an insertion counter.

use crate::domain::Ms;

const RANK_BITS: u32 = 22;
const STEP_BITS: u32 = 8;

/// What happens at an event, in the order in which classes act at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventClass {
    /// A server becomes free or comes on shift.
    Release = 0,
    /// An entity joins a station.
    Arrival = 1,
    /// Waiting entities take servers.
    Seize = 2,
    /// An entity that has waited long enough leaves: last, so that a server free at that very
    /// instant still takes it.
    Renege = 3,
}

/// A packed event: 32 bits of time, 2 of class, 22 of rank, 8 of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventKey(u64);

impl EventKey {
    /// Entities that one calendar can order.
    pub const MAX_RANKS: usize = 1 << RANK_BITS;

    /// Later than every event.
    pub(super) const NEVER: EventKey = EventKey(u64::MAX);

    /// Packs an event; panics when the rank does not fit.
    #[inline]
    pub fn new(ms: Ms, class: EventClass, rank: u32, step: u8) -> EventKey {
        assert!((rank as usize) < Self::MAX_RANKS, "invariant: event rank {rank} is too large");
        let tail = (class as u64) << (RANK_BITS + STEP_BITS) | u64::from(rank) << STEP_BITS;
        EventKey(u64::from(ms) << 32 | tail | u64::from(step))
    }

    /// When it happens.
    #[inline]
    pub const fn ms(self) -> Ms {
        (self.0 >> 32) as Ms
    }

    /// The class.
    pub const fn class(self) -> EventClass {
        match (self.0 >> (RANK_BITS + STEP_BITS)) & 3 {
            0 => EventClass::Release,
            1 => EventClass::Arrival,
            2 => EventClass::Seize,
            _ => EventClass::Renege,
        }
    }

    /// Rank of the entity.
    #[inline]
    pub const fn rank(self) -> u32 {
        (self.0 >> STEP_BITS) as u32 & ((1 << RANK_BITS) - 1)
    }

    /// Step of the entity.
    #[inline]
    pub const fn step(self) -> u8 {
        self.0 as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn at_one_instant_releases_precede_arrivals_precede_seizes_then_rank_decides() {
        let in_order = [
            EventKey::new(9, EventClass::Renege, 0, 0),
            EventKey::new(10, EventClass::Release, 7, 0),
            EventKey::new(10, EventClass::Arrival, 2, 9),
            EventKey::new(10, EventClass::Arrival, 5, 0),
            EventKey::new(10, EventClass::Arrival, 5, 1),
            EventKey::new(10, EventClass::Seize, 0, 0),
            EventKey::new(10, EventClass::Renege, 0, 0),
            EventKey::new(11, EventClass::Release, 0, 0),
        ];
        assert!(in_order.is_sorted());
    }

    proptest! {
        #[test]
        fn a_key_gives_back_its_parts(ms: u32, class in 0..4_u8, rank in 0..1_u32 << 22, step: u8) {
            let classes = [
                EventClass::Release, EventClass::Arrival, EventClass::Seize, EventClass::Renege,
            ];
            let class = classes[usize::from(class)];
            let key = EventKey::new(ms, class, rank, step);
            prop_assert_eq!((key.ms(), key.class(), key.rank(), key.step()), (ms, class, rank, step));
        }
    }
}
