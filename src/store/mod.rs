//! The engine behind a store: batched, asynchronous, idempotent. A synchronous call cannot express group
//! commit, so a batch is submitted, made durable and answered in three steps.
//! Must never decide anything itself, and never answer what a crash could still take back.
//!
//! ```text
//! try_submit(batch) → accepted | busy      decided in memory, shard by shard, on all cores
//! flush()                                  what was accepted survives a crash (no-op in `memory`)
//! drain(answers)                           answers that are final, in the order of submission
//! ```
//!
//! **Idempotency.** Keys live in the store and in its snapshot: the same key with the same body is given
//! the first answer again, with another body it is refused by name. A key tells its own age; keys born
//! before yesterday are refused as too old and never run again.

pub mod answer;
pub mod answers;
pub mod audit;
mod book;
pub mod census;
mod claims;
mod core;
pub mod disk;
#[cfg(feature = "server")]
pub mod http;
mod image;
pub mod journal;
mod keys;
pub mod memory;
pub mod midnight;
pub mod network;
pub mod planted;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(test)]
mod promises;
mod shard;
pub mod simdisk;
#[cfg(test)]
pub(crate) mod testkit;

pub use answer::{Answer, Answered, StoreRefusal, View};
pub use audit::AuditReport;
pub use census::Census;
pub use journal::{Journal, JournalOptions};
pub use memory::Memory;
pub use network::NetworkCounts;

use crate::engine::Decision;
use crate::wire::{Batch, RequestId};
use std::io::{Read, Write};

/// Shards of a store; fixed, because answers at the edge of a day are given per shard.
pub const SHARDS: usize = 64;

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// Every request of the batch will be answered.
    Accepted,
    /// Nothing was taken: drain first.
    Busy,
}

/// Why a store stopped. Nothing is retried: a flush that failed may have lost what it says it kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's word.
        source: std::io::Error,
    },
    /// A file is damaged.
    #[error("{file}: {message}")]
    Corrupt {
        /// File name.
        file: String,
        /// What is wrong, and where.
        message: String,
    },
    /// A file belongs to other people, rules or another format.
    #[error("{file} was written for other people, rules or another version of the format")]
    Foreign {
        /// File name.
        file: String,
    },
    /// Replaying a command gave another decision than the one that was answered.
    #[error("{file}, block {sequence}: request {request} replays to a different decision")]
    Diverged {
        /// File name.
        file: String,
        /// Number of the block.
        sequence: u64,
        /// Request id.
        request: String,
    },
    /// An earlier fault made the store's state unsure.
    #[error("the store stopped after an earlier fault; open it again to recover")]
    Stopped,
}

impl StoreError {
    /// Wraps a system error with what was being done.
    pub(crate) fn io(what: &'static str) -> impl Fn(std::io::Error) -> StoreError {
        move |source| StoreError::Io { what, source }
    }

    /// A damaged file.
    pub(crate) fn corrupt(file: impl Into<String>, message: impl Into<String>) -> StoreError {
        StoreError::Corrupt { file: file.into(), message: message.into() }
    }
}

/// The contract that every store keeps.
pub trait Store {
    /// Takes a batch whole or not at all.
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError>;
    /// Makes every accepted command survive a crash; its answers are then ready to be drained.
    fn flush(&mut self) -> Result<(), StoreError>;
    /// Appends the answers that are final; never waits.
    fn drain(&mut self, answers: &mut Vec<Answered>);
    /// Writes an image of the state after every accepted command.
    fn snapshot<W: Write>(&mut self, out: W) -> Result<(), StoreError>;
    /// Replaces the state by an image's; answers not yet drained are dropped.
    fn restore<R: Read>(&mut self, image: R) -> Result<(), StoreError>;
    /// Re-adds the books: legs, holds against reservations, draws against lines, account balances.
    fn audit(&self) -> AuditReport;
    /// What became of every key that is remembered: the auditor's evidence, in no particular order.
    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError>;
}

/// The kinds of store that the command line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// State in memory, nothing survives.
    Memory,
    /// State in memory, commands in a journal on disk.
    Journal,
    /// `PostgreSQL`.
    Postgres,
    /// Another process over HTTP.
    Http,
}

impl StoreKind {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            StoreKind::Memory => "memory",
            StoreKind::Journal => "journal",
            StoreKind::Postgres => "postgres",
            StoreKind::Http => "http",
        }
    }

    /// Why this build cannot open such a store (bad usage, exit 2), or nothing when it can.
    pub fn missing(self) -> Option<String> {
        let feature = match self {
            StoreKind::Memory | StoreKind::Journal => return None,
            StoreKind::Postgres if cfg!(feature = "postgres") => return None,
            StoreKind::Http if cfg!(feature = "server") => return None,
            StoreKind::Postgres => "postgres",
            StoreKind::Http => "server",
        };
        let word = self.word();
        Some(format!("this build has no store `{word}`; build it with `--features {feature}`"))
    }
}

impl std::str::FromStr for StoreKind {
    type Err = String;

    fn from_str(word: &str) -> Result<StoreKind, String> {
        const ALL: [StoreKind; 4] =
            [StoreKind::Memory, StoreKind::Journal, StoreKind::Postgres, StoreKind::Http];
        ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            format!("`{word}` is not a store; expected memory, journal, postgres or http")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_was_not_built_in_is_named_with_the_way_to_get_it() {
        let postgres = !cfg!(feature = "postgres");
        let http = !cfg!(feature = "server");
        let rows = [("memory", false), ("journal", false), ("postgres", postgres), ("http", http)];
        for (word, missing) in rows {
            let kind: StoreKind = word.parse().expect(word);
            let message = kind.missing();
            assert_eq!(message.is_some(), missing, "{word}");
            assert!(message.is_none_or(|message| message.contains("--features")));
        }
        assert!("redis".parse::<StoreKind>().is_err());
    }
}
