//! The notification record: what was sent, what arrived, what people did about it. Must never hold a price.

use crate::domain::MessageKind;
use serde::{Deserialize, Serialize};

/// Messages of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Sent.
    pub sent: u64,
    /// Arrived.
    pub reached: u64,
    /// Changed what somebody did: came at the hour named, waited outside the hall, was guided, paid in time
    /// what would have been missed.
    pub acted: u64,
}

/// Messages by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSums([Sent; MessageKind::COUNT]);

impl MessageSums {
    /// Messages of a kind.
    pub fn of(&self, kind: MessageKind) -> Sent {
        self.0[kind as usize]
    }

    /// Counts so many messages of a kind to somebody, and whether they reached him.
    pub fn send(&mut self, kind: MessageKind, number: u64, reached: bool) {
        let record = &mut self.0[kind as usize];
        record.sent += number;
        record.reached += if reached { number } else { 0 };
    }

    /// Counts somebody who did something about a message.
    pub fn act(&mut self, kind: MessageKind) {
        self.0[kind as usize].acted += 1;
    }

    /// Adds another block's messages.
    pub fn merge(&mut self, other: &MessageSums) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            mine.sent += theirs.sent;
            mine.reached += theirs.reached;
            mine.acted += theirs.acted;
        }
    }
}
