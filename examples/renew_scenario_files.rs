//! Rewrites the committed schemas and the expected messages of the broken scenarios, after a key or a
//! message was changed on purpose. Must never be part of a test: read its diff before committing it.

use aftercare::scenario::{check, network_schema, schema};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schemas = [
        ("scenarios/scenario.schema.json", schema()),
        ("scenarios/networks/network.schema.json", network_schema()),
    ];
    for (path, schema) in schemas {
        std::fs::write(path, serde_json::to_string_pretty(&schema)? + "\n")?;
    }
    for entry in std::fs::read_dir("scenarios/broken")? {
        let path: PathBuf = entry?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            std::fs::write(path.with_extension("expected"), check(&path).to_string())?;
        }
    }
    Ok(())
}
