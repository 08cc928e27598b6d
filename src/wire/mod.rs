//! The outside forms, each a versioned schema: commands (binary and NDJSON), load traces (CSV), claims
//! and replies (JSON, national field names). Must never decide anything: it only translates.
//!
//! | form | schema | file |
//! |---|---|---|
//! | command, one JSON object a line | `aftercare.command/1` | `*.ndjson` |
//! | command, binary, as the journal keeps it | `AFCR` version 1 | `*.bin` |
//! | load trace, one command a row | `aftercare.trace/1` (the header line) | `*.csv` |
//! | claim to settle | `aftercare.claim/1` | `*.json` |
//! | settlement reply | `aftercare.setlinfo/1` | `*.json`, `*.ndjson` |
//! | transactions of a desk | `aftercare.transaction/1` (the header line) | `*.ndjson` |

pub mod answer;
pub mod bytes;
pub mod claim;
pub mod command;
pub mod digest;
pub mod form;
pub mod national;
pub mod packed;
pub mod request;
pub mod stream;
pub mod text;
pub mod trace;
pub mod transaction;

#[cfg(test)]
mod tests;

pub use bytes::Reader;
pub use claim::{Claim, Cumulative, SetlInfo};
pub use command::{read_commands, write_commands};
pub use request::{Batch, ClaimBody, Request, RequestBody, RequestId};
pub use text::time_text;
pub use trace::{read_trace, write_trace};
pub use transaction::TransactionForm;

/// JSON Schemas of the JSON forms, by name.
pub fn schemas() -> [(&'static str, schemars::Schema); 4] {
    [
        (command::SCHEMA, schemars::schema_for!(command::JsonCommand)),
        (claim::CLAIM_SCHEMA, schemars::schema_for!(Claim)),
        (claim::REPLY_SCHEMA, schemars::schema_for!(SetlInfo)),
        (transaction::TRANSACTION_SCHEMA, schemars::schema_for!(transaction::TransactionForm)),
    ]
}

/// Why an outside form was not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Text that is not the form: line and column count from 1; column 0 = the whole line.
    #[error("line {line}, column {column}: {message}")]
    Text {
        /// Line of the file.
        line: u64,
        /// Column of the line.
        column: u64,
        /// What was wrong and what was expected.
        message: String,
    },
    /// Bytes that are not the form.
    #[error("byte {at}: {message}")]
    Bytes {
        /// Offset from the start of the buffer.
        at: usize,
        /// What was wrong and what was expected.
        message: &'static str,
    },
    /// A file of another version than this build writes.
    #[error("schema is `{found}`, this build reads `{expected}`")]
    Schema {
        /// What the file says.
        found: String,
        /// What this build reads.
        expected: &'static str,
    },
}

impl WireError {
    /// A fault in a text at a line.
    pub(crate) fn at_line(line: u64, message: impl Into<String>) -> WireError {
        WireError::Text { line, column: 0, message: message.into() }
    }

    /// A fault that `serde_json` found; `line` is added when the text is one line of a longer file.
    pub(crate) fn json(line: Option<u64>, error: &serde_json::Error) -> WireError {
        let line = line.unwrap_or(error.line() as u64);
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        WireError::Text { line, column: error.column() as u64, message }
    }
}
