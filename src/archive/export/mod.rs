//! The tables of a run folder for other tools: plain CSV, CSV for Excel, partitioned Parquet, one
//! workbook. Must never change a run's folder nor a value: only the bytes around the values differ.

#[cfg(feature = "exports")]
mod parquet;
#[cfg(feature = "exports")]
mod table;
#[cfg(feature = "exports")]
mod workbook;

use super::{Error, Manifest, Result};
use std::fs;
use std::path::Path;

#[cfg(feature = "exports")]
pub use parquet::parquet;
#[cfg(feature = "exports")]
pub use workbook::workbook;

/// The mark by which Excel knows UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Copies every CSV table to `out`, beginning with a byte order mark if `bom`; returns how many.
pub fn csv(run: &Path, out: &Path, bom: bool) -> Result<usize> {
    let names = table_files(run)?;
    for name in &names {
        let path = run.join(name);
        let mut bytes = if bom { BYTE_ORDER_MARK.to_vec() } else { Vec::new() };
        bytes.extend(fs::read(&path).map_err(Error::io(&path))?);
        put(&out.join(name), &bytes)?;
    }
    Ok(names.len())
}

/// Writes one file with the folders above it.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    fs::write(path, bytes).map_err(Error::io(path))
}

/// Names of the CSV files that the manifest lists.
fn table_files(run: &Path) -> Result<Vec<String>> {
    let files = Manifest::read(run)?.files.into_iter().map(|file| file.name);
    Ok(files.filter(|name| Path::new(name).extension().is_some_and(|end| end == "csv")).collect())
}
