//! The manifest of a run: what went in, what came out, and how long it took on which machine.
//! The only file of a run that may hold clock readings; must never be read by anything that decides.

use std::io;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Error, Result};

/// File name of the manifest within a run folder.
pub const MANIFEST_FILE: &str = "manifest.json";
/// File name of the summary within a run folder.
pub const SUMMARY_FILE: &str = "summary.json";
/// Version word by which a run folder is known as ours.
pub const MANIFEST_SCHEMA: &str = "aftercare/manifest/1";
/// What every version of ours begins with.
const SCHEMA_FAMILY: &str = "aftercare/manifest/";

/// One file, with its size and hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path within the run folder (or, for an input, as the scenario names it), with `/`.
    pub name: String,
    /// Size, bytes.
    pub bytes: u64,
    /// blake3, hexadecimal.
    pub blake3: String,
}

impl FileEntry {
    /// Describes `bytes` under `name`.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            blake3: blake3::hash(bytes).to_hex().to_string(),
        }
    }
}

/// What a run was made from and what it left. Times are strings given by the caller.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// [`MANIFEST_SCHEMA`]; set by `RunWriter`.
    pub schema: String,
    /// Version of the tool.
    pub tool_version: String,
    /// Version word of the addressed sampler.
    pub sampler: String,
    /// Scenario key.
    pub scenario: String,
    /// Command that repeats the run, without threads and machine paths.
    pub command: String,
    /// `archive::input_hash` of all inputs.
    pub input_hash: String,
    /// Seed.
    pub seed: u64,
    /// Number of replications.
    pub replications: u32,
    /// Worker threads; without influence on any other file.
    pub threads: u32,
    /// Inputs with their hashes.
    pub inputs: Vec<FileEntry>,
    /// Outputs with their hashes, by name; set by `RunWriter`.
    pub files: Vec<FileEntry>,
    /// Start, as the caller's clock wrote it.
    pub started_at: String,
    /// End, as the caller's clock wrote it.
    pub finished_at: String,
    /// Wall-clock figures such as `visits_simulated_per_s`.
    pub wall: Map<String, Value>,
    /// Processor, cores and system, as the caller describes them.
    pub machine: String,
}

impl Manifest {
    /// Reads the manifest of a run folder; a folder without ours is [`Error::Foreign`].
    pub fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(MANIFEST_FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(absent(dir)),
            Err(source) => return Err(Error::Io { path, source }),
        };
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| absent(dir))?;
        if !value["schema"].as_str().is_some_and(|s| s.starts_with(SCHEMA_FAMILY)) {
            return Err(absent(dir));
        }
        let manifest: Self =
            serde_json::from_value(value).map_err(|source| Error::Json { path, source })?;
        manifest.files.iter().try_for_each(|file| check_name(&file.name))?;
        Ok(manifest)
    }

    pub(super) fn to_bytes(&self, dir: &Path) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|source| Error::Json { path: dir.join(MANIFEST_FILE), source })?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn absent(dir: &Path) -> Error {
    if dir.exists() {
        Error::Foreign { dir: dir.to_owned() }
    } else {
        Error::Missing { dir: dir.to_owned() }
    }
}

/// Accepts plain relative names with `/`, so that no part of a run can lie outside its folder.
pub(super) fn check_name(name: &str) -> Result<()> {
    let bad = |reason| Err(Error::BadName { name: name.to_owned(), reason });
    if name.is_empty() {
        return bad("it is empty");
    }
    if name == MANIFEST_FILE {
        return bad("the manifest is written by `finish`");
    }
    if name.contains(['\\', '\0']) || name.starts_with('.') || name.contains("/.") {
        return bad("hidden names, dots that climb, and backslashes are not allowed");
    }
    if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
        return bad("it must be relative and stay inside the folder");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_or_hide_are_refused() {
        for good in ["summary.json", "charts/losses.zh.svg", "a/b/c.csv"] {
            check_name(good).unwrap();
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../x",
            "a/./b",
            ".hidden",
            "a/.b",
            "a\\b",
            "manifest.json",
        ] {
            assert!(check_name(bad).is_err(), "`{bad}` was accepted");
        }
    }

    #[test]
    fn a_manifest_that_lists_a_file_outside_is_not_read() {
        let room = tempfile::tempdir().unwrap();
        let text =
            r#"{"schema":"aftercare/manifest/1","files":[{"name":"../x","bytes":1,"blake3":""}]}"#;
        std::fs::write(room.path().join(MANIFEST_FILE), text).unwrap();
        assert!(matches!(Manifest::read(room.path()), Err(Error::BadName { .. })));
    }

    #[test]
    fn somebody_elses_manifest_is_foreign() {
        let room = tempfile::tempdir().unwrap();
        for text in ["{}", "not json", r#"{"schema":"webapp/1"}"#, r#"{"schema":7}"#] {
            std::fs::write(room.path().join(MANIFEST_FILE), text).unwrap();
            assert!(matches!(Manifest::read(room.path()), Err(Error::Foreign { .. })), "{text}");
        }
    }
}
