//! How fast the disk flushes right now: the same machine is forty times slower when it is disturbed.
//! Must never touch the journal's own files.

use super::clock::Clock;
use crate::store::StoreError;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// How long one probe takes.
const PROBE_NS: u64 = 1_000_000_000;
const PAGE: [u8; 4096] = [0x5a; 4096];
const FILE_PAGES: u64 = 256;

/// Flushes a second of single pages written over a preallocated file, for one second.
pub fn flushes_a_second(folder: &Path, clock: &Clock) -> Result<f64, StoreError> {
    let path = folder.join("probe.tmp");
    let result = probe(&path, clock).map_err(|source| StoreError::Io { what: "probing", source });
    // A probe that could not be removed is removed when the journal is opened again.
    let _ = std::fs::remove_file(&path);
    result
}

fn probe(path: &Path, clock: &Clock) -> std::io::Result<f64> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
    for _ in 0..FILE_PAGES {
        file.write_all(&PAGE)?;
    }
    file.sync_all()?;
    let from = clock.ns();
    let mut flushes = 0_u64;
    while clock.ns() - from < PROBE_NS {
        file.seek(SeekFrom::Start(flushes % FILE_PAGES * PAGE.len() as u64))?;
        file.write_all(&PAGE)?;
        file.sync_data()?;
        flushes += 1;
    }
    Ok(flushes as f64 * 1e9 / (clock.ns() - from) as f64)
}
