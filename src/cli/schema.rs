//! `aftercare schema`: the outside forms as JSON Schema. Must never hold a key that its reader does
//! not know: forms are asked from their readers; only the summary's is written out, and tested.

use super::fault::{Exit, Fault};
use super::out;
use crate::scenario;
use crate::wire::claim::{CLAIM_SCHEMA, REPLY_SCHEMA};
use crate::wire::command::JsonCommand;
use crate::wire::trace::SCHEMA as TRACE_SCHEMA;
use crate::wire::transaction::TRANSACTION_SCHEMA;
use crate::wire::{Claim, SetlInfo, TransactionForm};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

/// The outside forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Scenario file (TOML).
    Scenario,
    /// Network file of `flow` (TOML).
    Network,
    /// Claim of `settle` (JSON).
    Claim,
    /// Reply of `settle` (JSON, NDJSON).
    Reply,
    /// Transaction of a desk for `settle` (NDJSON).
    Transaction,
    /// Benefit rules (TOML).
    Rules,
    /// Command to the engine (NDJSON).
    Command,
    /// Load trace (CSV).
    Trace,
    /// summary.json of a run.
    Summary,
}

/// Arguments of `schema`.
#[derive(Clone, Debug, Args)]
pub(super) struct SchemaArgs {
    /// The form.
    #[arg(value_enum, default_value_t = Form::Scenario)]
    form: Form,
}

/// Prints a form as JSON Schema.
pub(super) fn run(arguments: &SchemaArgs) -> Result<Exit, Fault> {
    let schema = match arguments.form {
        Form::Scenario => scenario::schema(),
        Form::Network => scenario::network_schema(),
        Form::Rules => rules(),
        Form::Claim => titled(CLAIM_SCHEMA, schemars::schema_for!(Claim).into()),
        Form::Reply => titled(REPLY_SCHEMA, schemars::schema_for!(SetlInfo).into()),
        Form::Transaction => {
            titled(TRANSACTION_SCHEMA, schemars::schema_for!(TransactionForm).into())
        }
        Form::Command => titled("aftercare.command/1", schemars::schema_for!(JsonCommand).into()),
        Form::Trace => trace(),
        Form::Summary => summary().map_err(Fault::internal)?,
    };
    out::print_json(&schema)?;
    Ok(Exit::Done)
}

fn titled(title: &str, mut schema: Value) -> Value {
    schema["title"] = json!(title);
    schema
}

/// The `[rules]` of a scenario stand alone in a rules file.
fn rules() -> Value {
    let scenario = scenario::schema();
    json!({
        "$schema": scenario["$schema"],
        "title": "aftercare.rules",
        "type": "object",
        "properties": {
            "include": scenario["properties"]["include"],
            "rules": scenario["properties"]["rules"],
        },
        "additionalProperties": false,
    })
}

/// A row of the CSV, column by column.
fn trace() -> Value {
    let command: Value = schemars::schema_for!(JsonCommand).into();
    json!({
        "$schema": command["$schema"],
        "title": TRACE_SCHEMA,
        "description": format!(
            "CSV. First line `# {TRACE_SCHEMA}`, second line the header with these columns in this \
             order, then one command a row in order of time. Empty cells are fields that the \
             command does not take. Cells hold what the field of the same name holds in a command \
             (`aftercare schema command`), the fee list as text."
        ),
        "columns": command["properties"].as_object().map(|p| p.keys().collect::<Vec<_>>()),
        "properties": command["properties"],
        "$defs": command["$defs"],
    })
}

/// The form of summary.json.
fn summary() -> Result<Value, serde_json::Error> {
    serde_json::from_str(include_str!("summary.schema.json"))
}
