//! The JSON Schema of a scenario file for editors, made by letting the loader ask for its keys:
//! what it knows and what the schema knows cannot differ. Must never hold a key of its own.

use super::reader::{Desk, Reader};
use super::source::Sources;
use super::{NETWORK_SCHEMA, SCHEMA, network, whole};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
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
    share(&mut schema, "#", &mut BTreeMap::new());
    schema
}

/// Least length of a part that is worth a reference.
const WORTH_SHARING: usize = 1_000;

/// Says each large part once: where the same form is asked for again (hospital levels, two sets of
/// rules), a reference to the first place stands instead.
fn share(schema: &mut Json, pointer: &str, seen: &mut BTreeMap<String, String>) {
    let text = schema.to_string();
    if text.len() < WORTH_SHARING {
        return;
    }
    if let Some(first) = seen.get(&text) {
        *schema = json!({ "$ref": first });
        return;
    }
    if let Some(parts) = schema.get_mut("properties").and_then(Json::as_object_mut) {
        for (key, part) in parts {
            share(part, &format!("{pointer}/properties/{key}"), seen);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get_mut(key) {
            share(part, &format!("{pointer}/{key}"), seen);
        }
    }
    if let Some(cases) = schema.get_mut("anyOf").and_then(Json::as_array_mut) {
        for (index, case) in cases.iter_mut().enumerate() {
            share(case, &format!("{pointer}/anyOf/{index}"), seen);
        }
    }
    seen.insert(text, pointer.to_owned());
}
