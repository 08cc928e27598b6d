//! A load trace as CSV: when each command was asked, in order of time. Must never reorder rows; a trace
//! that is out of order is refused.
//!
//! The first line is `# aftercare.trace/1`, the second the header with the columns of `CommandForm` in
//! its order; empty cells are fields that the command does not take. `request_id` may be empty: the
//! load driver gives each row a fresh key anyway.

use super::WireError;
use super::form::CommandForm;
use super::request::Batch;
use super::text::FeeText;
use std::io::{Read, Write};

/// Name and version of the form.
pub const SCHEMA: &str = "aftercare.trace/1";

/// A command of the CSV form.
pub type CsvCommand = CommandForm<FeeText>;

/// Reads a trace; rows must not go back in time.
pub fn read_trace(mut input: impl Read) -> Result<Batch, WireError> {
    let mut text = String::new();
    input.read_to_string(&mut text).map_err(|error| WireError::at_line(1, error.to_string()))?;
    let first = text.lines().next().unwrap_or_default();
    let found = first.strip_prefix("# ").unwrap_or(first).trim();
    if found != SCHEMA {
        return Err(WireError::Schema { found: found.to_owned(), expected: SCHEMA });
    }
    let mut batch = Batch::default();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| fault(&error, 2))?.clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| fault(&error, 0))? {
        let line = record.position().map_or(0, csv::Position::line);
        let form: CsvCommand =
            record.deserialize(Some(&headers)).map_err(|error| fault(&error, line))?;
        let place = |message: String| WireError::at_line(line, message);
        form.push_into(&mut batch, line).map_err(place)?;
        let [.., before, now] = batch.requests() else { continue };
        if now.at < before.at {
            return Err(WireError::at_line(line, "the row is earlier than the one before it"));
        }
    }
    Ok(batch)
}

/// The fault with its line; for a cell, its column of the header.
fn fault(error: &csv::Error, line: u64) -> WireError {
    let line = error.position().map_or(line, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => WireError::Text {
            line,
            column: err.field().map_or(0, |field| field + 1),
            message: err.kind().to_string(),
        },
        _ => WireError::at_line(line, error.to_string()),
    }
}

/// Writes a batch as a trace.
pub fn write_trace(batch: &Batch, mut out: impl Write) -> Result<(), csv::Error> {
    writeln!(out, "# {SCHEMA}")?;
    let mut writer = csv::Writer::from_writer(out);
    for request in batch.requests() {
        writer.serialize(CsvCommand::of(request, batch.lines_of(request)))?;
    }
    writer.flush()?;
    Ok(())
}
