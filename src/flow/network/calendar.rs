//! Calendars of packed events: a plain binary heap, and boxes of time that are sorted when their
//! turn comes. Both pop the same events in the same order. Must never depend on the order of pushes.

use crate::domain::Ms;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Boxes at hand; later events lie in one heap.
const AHEAD: u64 = 1_024;
/// Events aimed at in a box: a customer has some six.
const BOXES_PER_COMER: u64 = 2;

/// A calendar; each pushed event must be later than the last popped one.
pub(super) trait Queue {
    /// Empties the calendar and prepares it for so many who come until `last_ms`.
    fn reset(&mut self, last_ms: Ms, comers: usize);
    fn push(&mut self, event: u64);
    fn pop(&mut self) -> Option<u64>;
}

/// The plain calendar.
#[derive(Debug, Default)]
pub(super) struct Heap(BinaryHeap<Reverse<u64>>);

impl Queue for Heap {
    fn reset(&mut self, _last_ms: Ms, _comers: usize) {
        self.0.clear();
    }

    fn push(&mut self, event: u64) {
        self.0.push(Reverse(event));
    }

    fn pop(&mut self) -> Option<u64> {
        self.0.pop().map(|Reverse(event)| event)
    }
}

/// Boxes of time.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    /// The box of an instant is `ms × scale`, in units of 2^-32.
    scale: u64,
    ring: Vec<Vec<u64>>,
    far: Vec<u64>,
    /// Events of the open box and of earlier ones, latest first.
    open: Vec<u64>,
    /// The first box that has not been opened.
    next: u64,
    pending: usize,
}

impl Boxes {
    fn lay(&mut self, event: u64) {
        let place = self.place(event);
        if place - self.next < AHEAD {
            self.ring[(place % AHEAD) as usize].push(event);
        } else {
            self.far.push(event);
        }
    }

    fn place(&self, event: u64) -> u64 {
        ((event >> 32) * self.scale) >> 32
    }

    fn open_next(&mut self) {
        if self.far.len() == self.pending {
            let first = self.far.iter().map(|&event| self.place(event)).min();
            self.next = first.unwrap_or(self.next).max(self.next);
            self.fetch();
        } else if self.next.is_multiple_of(AHEAD / 2) {
            self.fetch();
        }
        std::mem::swap(&mut self.open, &mut self.ring[(self.next % AHEAD) as usize]);
        self.open.sort_unstable_by(|a, b| b.cmp(a));
        self.next += 1;
    }

    fn fetch(&mut self) {
        let far = std::mem::take(&mut self.far);
        for event in far {
            self.lay(event);
        }
    }
}

impl Queue for Boxes {
    fn reset(&mut self, last_ms: Ms, comers: usize) {
        let boxes = comers as u64 * BOXES_PER_COMER + 1;
        let width = (u64::from(last_ms) / boxes).max(1);
        self.scale = (1_u64 << 32).div_ceil(width);
        self.ring.resize_with(AHEAD as usize, Vec::new);
        self.ring.iter_mut().for_each(Vec::clear);
        self.far.clear();
        self.open.clear();
        (self.next, self.pending) = (0, 0);
    }

    #[inline]
    fn push(&mut self, event: u64) {
        self.pending += 1;
        if self.place(event) < self.next {
            let place = self.open.partition_point(|&other| other > event);
            self.open.insert(place, event);
        } else {
            self.lay(event);
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<u64> {
        if self.pending == 0 {
            return None;
        }
        while self.open.is_empty() {
            self.open_next();
        }
        self.pending -= 1;
        self.open.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pops everything; each event brings one more after a gap, as long as there are gaps.
    fn history(queue: &mut impl Queue, starts: &[u32], gaps: &[u32]) -> Vec<u64> {
        queue.reset(50_000_000, starts.len());
        for (k, &ms) in (0_u64..).zip(starts) {
            queue.push(u64::from(ms) << 32 | k);
        }
        let (mut popped, mut gaps) = (Vec::new(), gaps.iter());
        while let Some(event) = queue.pop() {
            popped.push(event);
            if let Some(&gap) = gaps.next() {
                queue.push(event + (u64::from(gap) << 32) + 1_000);
            }
        }
        popped
    }

    proptest! {
        #[test]
        fn boxes_pop_exactly_what_the_heap_pops(
            starts in prop::collection::vec(0_u32..50_000_000, 1..60),
            gaps in prop::collection::vec(prop_oneof![0_u32..4, 0_u32..90_000_000], 0..40),
        ) {
            let plain = history(&mut Heap::default(), &starts, &gaps);
            prop_assert!(plain.is_sorted());
            let mut boxes = Boxes::default();
            for _ in 0..2 {
                prop_assert_eq!(&history(&mut boxes, &starts, &gaps), &plain);
            }
        }
    }
}
