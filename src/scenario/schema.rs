//! The JSON Schema of a scenario file for editors, made by letting the loader ask for its keys: what it
//! knows and what the schema knows cannot differ. Must never hold a key of its own.

use super::reader::{Desk, Reader};
use super::source::Sources;
use super::{SCHEMA, whole};
use serde_json::{Value as Json, json};

/// JSON Schema (draft 07) of a scenario file. No key is required in it, because an included part may
/// supply any of them; `check` knows what is missing.
pub fn schema() -> Json {
    let sources = Sources::default();
    let desk = Desk::new(&sources);
    let (_, asked) = Reader::root(&desk, None, whole);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": SCHEMA,
    });
    if let (Json::Object(schema), Json::Object(asked)) = (&mut schema, asked) {
        schema.extend(asked);
    }
    schema
}
