//! Commands as NDJSON: a header line with the schema, then one JSON object a line. Must never skip a
//! line that it does not understand.

use super::WireError;
use super::form::CommandForm;
use super::request::Batch;
use super::text::FeeDetail;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

/// Name and version of the form.
pub const SCHEMA: &str = "aftercare.command/1";

/// A command of the JSON form.
pub type JsonCommand = CommandForm<Vec<FeeDetail>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    schema: String,
}

/// Reads a file of commands; blank lines are allowed.
pub fn read_commands(input: impl BufRead) -> Result<Batch, WireError> {
    let mut batch = Batch::default();
    let mut header_seen = false;
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|error| WireError::at_line(line, error.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let fault = |error| WireError::json(Some(line), &error);
        if header_seen {
            let form: JsonCommand = serde_json::from_str(&text).map_err(fault)?;
            if form.request_id.is_none() {
                return Err(WireError::at_line(line, "a command needs `request_id`"));
            }
            let place = |message: String| WireError::at_line(line, message);
            form.push_into(&mut batch, line).map_err(place)?;
        } else {
            let header: Header = serde_json::from_str(&text).map_err(fault)?;
            if header.schema != SCHEMA {
                return Err(WireError::Schema { found: header.schema, expected: SCHEMA });
            }
            header_seen = true;
        }
    }
    if header_seen { Ok(batch) } else { Err(WireError::at_line(1, "the file is empty")) }
}

/// Writes a batch; fields that a command does not take are left out.
pub fn write_commands(batch: &Batch, mut out: impl Write) -> std::io::Result<()> {
    serde_json::to_writer(&mut out, &Header { schema: SCHEMA.to_owned() })?;
    writeln!(out)?;
    for request in batch.requests() {
        let form = JsonCommand::of(request, batch.lines_of(request));
        let value = serde_json::to_value(&form)?;
        let fields = value.as_object().into_iter().flatten();
        let given: serde_json::Map<_, _> =
            fields.filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
        serde_json::to_writer(&mut out, &given)?;
        writeln!(out)?;
    }
    Ok(())
}
