//! What a network did to requests. Must never count money.

use serde::{Deserialize, Serialize};

/// Calls over a network and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkCounts {
    /// Calls made.
    pub calls: u64,
    /// Commands whose answer did not come: the outcome is unknown.
    pub unknown: u64,
    /// Of these, found done when the core was asked again (5203, or the same key).
    pub found_done: u64,
    /// Of these, undone (2601).
    pub undone: u64,
    /// Commands refused because the core had no room.
    pub busy: u64,
}

impl std::ops::AddAssign for NetworkCounts {
    fn add_assign(&mut self, other: NetworkCounts) {
        self.calls += other.calls;
        self.unknown += other.unknown;
        self.found_done += other.found_done;
        self.undone += other.undone;
        self.busy += other.busy;
    }
}
