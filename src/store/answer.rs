//! What a store answers. Must never carry what another kin group may not see.

use crate::domain::Fen;
use crate::engine::Decision;
use crate::wire::RequestId;
use serde::{Deserialize, Serialize};

/// An answer with the id of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Request id.
    pub id: RequestId,
    /// The answer.
    pub answer: Answer,
}

/// The kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The engine decided now.
    Decided(Decision),
    /// The key was used before with the same body: the first answer again.
    Replayed(Decision),
    /// The reply to a query.
    View(View),
    /// The reply to a pre-settlement or to the query of a settlement: nothing was booked.
    Quoted(Decision),
    /// The store did not pass the request to the engine.
    Refused(StoreRefusal),
}

impl Answer {
    /// The decision, whether new or replayed.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Answer::Decided(decision) | Answer::Replayed(decision) => Some(decision),
            Answer::View(_) | Answer::Quoted(_) | Answer::Refused(_) => None,
        }
    }
}

/// Why a request never reached the engine, in checking order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreRefusal {
    /// No such kin group in this store.
    UnknownGroup,
    /// Dated before the books were opened.
    BeforeOpening,
    /// Dated more than 400 days after the shard's last command.
    ClockAhead,
    /// The key was born before yesterday.
    KeyTooOld,
    /// The key is born more than a day after the request's time.
    KeyFromFuture,
    /// The key was used before with another body.
    KeyReused,
    /// An amount outside what one command may move.
    AmountOutOfRange,
    /// The service had no room: nothing was decided, the same command may be sent again.
    Busy,
    /// No answer came in time, and what might have been done was undone: it may be sent under a new key.
    Undone,
}

impl StoreRefusal {
    /// Every word in checking order.
    pub const ALL: [StoreRefusal; 9] = [
        StoreRefusal::UnknownGroup,
        StoreRefusal::BeforeOpening,
        StoreRefusal::ClockAhead,
        StoreRefusal::KeyTooOld,
        StoreRefusal::KeyFromFuture,
        StoreRefusal::KeyReused,
        StoreRefusal::AmountOutOfRange,
        StoreRefusal::Busy,
        StoreRefusal::Undone,
    ];

    /// The word as it stands in reports and files.
    pub const fn word(self) -> &'static str {
        match self {
            StoreRefusal::UnknownGroup => "unknown_group",
            StoreRefusal::BeforeOpening => "before_opening",
            StoreRefusal::ClockAhead => "clock_ahead",
            StoreRefusal::KeyTooOld => "key_too_old",
            StoreRefusal::KeyFromFuture => "key_from_future",
            StoreRefusal::KeyReused => "key_reused",
            StoreRefusal::AmountOutOfRange => "amount_out_of_range",
            StoreRefusal::Busy => "busy",
            StoreRefusal::Undone => "undone",
        }
    }
}

/// A person as of the last command that touched them (transaction 5206 and the line).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Balance of the personal account.
    pub account: Fen,
    /// Free limit of the own line; `None` without a line.
    pub free_limit: Option<Fen>,
    /// Reserved and drawn on the own line.
    pub exposure: Fen,
    /// Eligible expenses of the year.
    pub eligible: Fen,
    /// Paid by the pooled fund this year.
    pub fund: Fen,
}
