//! Run folders on disk: atomic writing, hashes, the manifest and the run history. Must never look at
//! a clock, know a scenario's meaning, or replace or remove a folder that it did not write.
//!
//! Every function fails with [`Error`], whose text names the path and a way out.

pub mod export;
pub mod history;
mod manifest;
mod parts;
mod writer;

use std::io;
use std::path::{Path, PathBuf};

pub use manifest::{FileEntry, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest, SUMMARY_FILE};
pub use parts::Parts;
pub use writer::RunWriter;

/// The version of the program and of its sources: part of every result's identity, so that a run of
/// older code is never shown for one of newer.
pub const TOOL_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("AFTERCARE_SOURCES"));

/// Why a run folder could not be read, written or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds something, but no manifest of this tool.
    #[error(
        "{dir} was not written by aftercare (no manifest.json of ours in it), so it is left alone; \
         name another folder with --out, or move this one away"
    )]
    Foreign {
        /// The folder.
        dir: PathBuf,
    },
    /// A finished run stands where a new one should go.
    #[error(
        "{dir} already holds a run; keep it and name another folder, or use --force (it is renamed)"
    )]
    Exists {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder is not there.
    #[error("there is no run folder {dir}")]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// A part's name would leave the folder, hide, or clash.
    #[error("`{name}` cannot name a part of a run: {reason}")]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A row of a table has another number of cells than its header.
    #[error("table {name}: {source}")]
    Table {
        /// File name within the run.
        name: String,
        /// What the CSV writer said.
        source: csv::Error,
    },
    /// A table does not fit the form that was asked for.
    #[error("{name}: {reason}")]
    Export {
        /// The table or file.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A JSON part cannot be read or written.
    #[error("{path}: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        |source| Error::Io { path: path.to_owned(), source }
    }
}

/// Result of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// Hashes all inputs of a run: blake3 over length-prefixed names and bytes, in the order given.
/// The prefixes keep two different lists from ever reading as the same stream.
pub fn input_hash(parts: &[(&str, &[u8])]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(parts.len() as u64).to_le_bytes());
    for (name, bytes) in parts {
        for piece in [name.as_bytes(), bytes] {
            hasher.update(&(piece.len() as u64).to_le_bytes());
            hasher.update(piece);
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// What stands where a run's folder should go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing, or an empty folder.
    None,
    /// A finished run of the same inputs.
    SameInput,
    /// A finished run of other inputs.
    OtherInput {
        /// Their hash.
        hash: String,
    },
}

/// Says what stands at `dir`; fails with [`Error::Foreign`] if it is not ours.
pub fn existing(dir: &Path, input_hash: &str) -> Result<Existing> {
    if is_free(dir)? {
        return Ok(Existing::None);
    }
    let manifest = Manifest::read(dir)?;
    Ok(if manifest.input_hash == input_hash {
        Existing::SameInput
    } else {
        Existing::OtherInput { hash: manifest.input_hash }
    })
}

/// Whether `dir` is absent or an empty folder.
fn is_free(dir: &Path) -> Result<bool> {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(Error::Foreign { dir: dir.to_owned() })
        }
        Err(source) => Err(Error::Io { path: dir.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cut_moved_between_name_and_bytes_changes_the_hash() {
        let table: [&[(&str, &[u8])]; 5] = [
            &[("ab", b"c")],
            &[("a", b"bc")],
            &[("ab", b"c"), ("", b"")],
            &[("", b""), ("ab", b"c")],
            &[],
        ];
        let hashes: std::collections::BTreeSet<_> = table.iter().map(|p| input_hash(p)).collect();
        assert_eq!(hashes.len(), table.len());
        assert!(hashes.iter().all(|h| h.len() == 64));
    }

    proptest! {
        #[test]
        fn equal_parts_hash_equally_and_one_flipped_byte_does_not(
            bytes in proptest::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(),
        ) {
            let mut other = bytes.clone();
            other[at.index(bytes.len())] ^= 1;
            prop_assert_eq!(input_hash(&[("x", &bytes)]), input_hash(&[("x", &bytes)]));
            prop_assert_ne!(input_hash(&[("x", &bytes)]), input_hash(&[("x", &other)]));
        }
    }

    #[test]
    fn absent_and_empty_folders_are_free_and_foreign_things_are_refused() {
        let room = tempfile::tempdir().unwrap();
        assert_eq!(existing(&room.path().join("none"), "h").unwrap(), Existing::None);
        assert_eq!(existing(room.path(), "h").unwrap(), Existing::None);
        std::fs::write(room.path().join("notes.txt"), "mine").unwrap();
        let error = existing(room.path(), "h").unwrap_err();
        assert!(matches!(error, Error::Foreign { .. }));
        assert!(error.to_string().contains("--out"), "{error}");
        let file = room.path().join("notes.txt");
        assert!(matches!(existing(&file, "h"), Err(Error::Foreign { .. })));
    }
}
