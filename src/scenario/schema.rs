//! The JSON Schema of a scenario file for editors, made by letting the loader ask for its keys:
//! what it knows and what the schema knows cannot differ. Must never hold a key of its own.

use super::reader::{Desk, Reader};
use super::source::Sources;
use super::{NETWORK_SCHEMA, SCHEMA, network, whole};
use serde_json::{Value as Json, json};
use std::path::Path;

/// JSON Schema (draft 07) of a scenario file. No key is required in it, because an included part
/// may supply any of them; `check` knows what is missing.
pub fn schema() -> Json {
    asked_for(SCHEMA, |r| _ = whole(r))
}

/// JSON Schema (draft 07) of a network file.
pub fn network_schema() -> Json {
    asked_for(NETWORK_SCHEMA, |r| _ = network::whole(r, Path::new("")))
}

fn asked_for(title: &str, read: impl FnOnce(&mut Reader<'_>)) -> Json {
    let sources = Sources::default();
    let desk = Desk::new(&sources);
    let ((), asked) = Reader::root(&desk, None, read);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
    });
    if let (Json::Object(schema), Json::Object(asked)) = (&mut schema, asked) {
        schema.extend(asked);
    }
    schema
}
