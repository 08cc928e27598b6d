//! `aftercare export`: the tables of a run as other programs want them. Must never change a run's folder
//! nor a value: only the bytes around the values differ.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::archive::Manifest;
use clap::Args;
use std::path::PathBuf;

/// The mark by which Excel knows UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Arguments of `export`.
#[derive(Clone, Debug, Args)]
pub(super) struct ExportArgs {
    /// Run folder.
    run: PathBuf,
    /// Folder for the tables; `<run>.tables` if not given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Begins every table with a byte order mark, without which Excel shows Chinese names as noise.
    #[arg(long)]
    bom: bool,
}

/// Writes the tables.
pub(super) fn run(arguments: &ExportArgs, common: &Common) -> Result<Exit, Fault> {
    let ExportArgs { run, out, bom } = arguments;
    let manifest = Manifest::read(run)?;
    let mut beside = run.file_name().unwrap_or_default().to_owned();
    beside.push(".tables");
    let dir = out.clone().unwrap_or_else(|| run.with_file_name(beside));
    if dir.exists() && std::fs::read_dir(&dir)?.next().is_some() {
        let place = dir.display();
        return Err(Fault::input(format!("{place} is not empty; name another folder with --out")));
    }
    std::fs::create_dir_all(&dir)?;
    let mut written = 0;
    let tables = manifest.files.iter().filter(|file| {
        std::path::Path::new(&file.name).extension().is_some_and(|end| end == "csv")
    });
    for file in tables {
        let mut bytes = if *bom { BYTE_ORDER_MARK.to_vec() } else { Vec::new() };
        bytes.extend(std::fs::read(run.join(&file.name))?);
        std::fs::write(dir.join(&file.name), bytes)?;
        written += 1;
    }
    out::print(&format!("{written} {}: {}\n", common.say("tables", "张表"), dir.display()))?;
    Ok(Exit::Done)
}
