//! Deliberate faults, to show that the auditor and the swarm see them. Must never be part of a build that
//! is not a test's: without the feature `planted-bugs` there is nothing to switch on.

/// The faults, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// A leg of a transfer never reaches the ledger.
    LostPosting,
    /// A draw is entered twice.
    DoubledDraw,
    /// One command may move one fen more than the limit.
    LimitOffByOne,
    /// A repeated key is given somebody else's answer.
    StaleAnswer,
    /// An answer is given before its flush.
    FlushTooEarly,
    /// A flush that failed counts as done.
    FlushErrorIgnored,
    /// Some keys are not remembered: a retry runs again.
    KeyForgotten,
    /// The same key with another body is answered as a retry.
    BodyNotCompared,
    /// The log is deleted before the snapshot that replaces it is on disk.
    SnapshotUnflushed,
    /// Recovery takes a damaged block for a torn one.
    DamageSkipped,
    /// What a command did to a personal account is not written back.
    LostUpdate,
    /// A command is booked and answered as refused.
    RefusedButBooked,
}

impl Bug {
    /// Every fault with the word of the command line.
    pub const ALL: [(&'static str, Bug); 12] = [
        ("lost_posting", Bug::LostPosting),
        ("doubled_draw", Bug::DoubledDraw),
        ("limit_off_by_one", Bug::LimitOffByOne),
        ("stale_answer", Bug::StaleAnswer),
        ("flush_too_early", Bug::FlushTooEarly),
        ("flush_error_ignored", Bug::FlushErrorIgnored),
        ("key_forgotten", Bug::KeyForgotten),
        ("body_not_compared", Bug::BodyNotCompared),
        ("snapshot_unflushed", Bug::SnapshotUnflushed),
        ("damage_skipped", Bug::DamageSkipped),
        ("lost_update", Bug::LostUpdate),
        ("refused_but_booked", Bug::RefusedButBooked),
    ];
}

/// The fault that is switched on; never one in a shipped build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bugs {
    #[cfg(any(test, feature = "planted-bugs"))]
    on: Option<Bug>,
}

impl Bugs {
    /// None.
    pub const NONE: Bugs = Bugs {
        #[cfg(any(test, feature = "planted-bugs"))]
        on: None,
    };

    /// Switches one fault on.
    #[cfg(any(test, feature = "planted-bugs"))]
    pub fn planted(bug: Bug) -> Bugs {
        Bugs { on: Some(bug) }
    }

    /// Whether a fault is switched on.
    #[inline]
    #[cfg(any(test, feature = "planted-bugs"))]
    pub(super) fn has(self, bug: Bug) -> bool {
        self.on == Some(bug)
    }

    /// Whether a fault is switched on: never.
    #[inline]
    #[cfg(not(any(test, feature = "planted-bugs")))]
    #[expect(clippy::unused_self, reason = "the test build's signature")]
    pub(super) const fn has(self, _: Bug) -> bool {
        false
    }
}
