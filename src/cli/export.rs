//! `aftercare export`: the tables of a run as other programs want them. Must never change a run's folder
//! nor a value: only the bytes around the values differ.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::archive::{Manifest, export};
use crate::report::{self, Capacity, Lang};
use crate::wire::RequestBody;
use clap::Args;
use std::path::{Path, PathBuf};

/// Arguments of `export`.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ExportArgs {
    /// Run folder.
    run: PathBuf,
    /// Folder for the tables, plain CSV if no other form is asked for; `<run>.tables` if not given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// CSV tables that begin with a byte order mark, without which Excel shows Chinese names as noise.
    #[arg(long)]
    bom: bool,
    /// Parquet partitioned by scenario, arm and replication, for `DuckDB`, pandas, R, Spark.
    #[arg(long)]
    parquet: bool,
    /// One Excel workbook: metrics with intervals, a sheet a table, the dictionary.
    #[arg(long)]
    xlsx: bool,
    /// The report's pages in English and Chinese, made anew from the run's files.
    #[arg(long)]
    html: bool,
    /// The report as Word documents in English and Chinese.
    #[arg(long)]
    docx: bool,
    /// The JSON of `load` or `load headroom`, so that the report says the headroom; may be repeated.
    #[arg(long, value_name = "FILE")]
    capacity: Vec<PathBuf>,
}

/// Writes the tables.
pub(super) fn run(arguments: &ExportArgs, common: &Common) -> Result<Exit, Fault> {
    let ExportArgs { run, out, bom, parquet, xlsx, html, docx, capacity } = arguments;
    Manifest::read(run)?;
    if !(capacity.is_empty() || *html || *docx) {
        return Err(Fault::input("--capacity belongs to a report; add --html or --docx"));
    }
    let capacities = capacities(capacity)?;
    let mut beside = run.file_name().unwrap_or_default().to_owned();
    beside.push(".tables");
    let dir = out.clone().unwrap_or_else(|| run.with_file_name(beside));
    if dir.exists() && std::fs::read_dir(&dir)?.next().is_some() {
        let place = dir.display();
        return Err(Fault::input(format!("{place} is not empty; name another folder with --out")));
    }
    std::fs::create_dir_all(&dir)?;
    let mut written = Vec::new();
    if *bom || !(*parquet || *xlsx || *html || *docx) {
        let tables = export::csv(run, &dir, *bom)?;
        written.push(format!("{tables} {}", common.say("CSV tables", "张CSV表")));
    }
    if *parquet {
        let files = as_parquet(run, &dir)?;
        written.push(format!("{files} {}", common.say("Parquet files", "个Parquet文件")));
    }
    if *xlsx {
        let sheets = as_workbook(run, &dir)?;
        written.push(format!(
            "{} {sheets}",
            common.say("a workbook, sheets:", "一个工作簿，工作表数")
        ));
    }
    if *html {
        for (lang, name) in [(Lang::En, "report.html"), (Lang::Zh, "report.zh.html")] {
            let page = report::render_beside(run, &capacities, lang).map_err(Fault::internal)?;
            std::fs::write(dir.join(name), page.html)?;
        }
        written.push(common.say("2 pages", "2个网页").to_owned());
    }
    if *docx {
        for lang in [Lang::En, Lang::Zh] {
            let name = lang.code().replace("en", "report.docx").replace("zh", "report.zh.docx");
            super::word::write(run, &capacities, lang, &dir.join(name))?;
        }
        written.push(common.say("2 Word documents", "2份Word文档").to_owned());
    }
    out::print(&format!("{}: {}\n", written.join(", "), dir.display()))?;
    Ok(Exit::Done)
}

/// What capacity tests found, in the order of the files.
fn capacities(files: &[PathBuf]) -> Result<Vec<Capacity>, Fault> {
    let mut found = Vec::new();
    for file in files {
        let wrong =
            |error: &dyn std::fmt::Display| Fault::input(format!("{}: {error}", file.display()));
        let text = std::fs::read(file).map_err(|error| wrong(&error))?;
        let document = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
        let read = Capacity::read(&document, &RequestBody::WORDS);
        found.extend(read.map_err(|error| wrong(&error))?);
    }
    Ok(found)
}

#[cfg(feature = "exports")]
fn as_parquet(run: &Path, dir: &Path) -> Result<usize, Fault> {
    Ok(export::parquet(run, dir)?)
}

#[cfg(feature = "exports")]
fn as_workbook(run: &Path, dir: &Path) -> Result<usize, Fault> {
    Ok(export::workbook(run, dir)?)
}

#[cfg(not(feature = "exports"))]
fn as_parquet(_: &Path, _: &Path) -> Result<usize, Fault> {
    Err(left_out("--parquet"))
}

#[cfg(not(feature = "exports"))]
fn as_workbook(_: &Path, _: &Path) -> Result<usize, Fault> {
    Err(left_out("--xlsx"))
}

#[cfg(not(feature = "exports"))]
fn left_out(option: &str) -> Fault {
    Fault::input(format!(
        "{option}: this program was built without the feature `exports`; CSV tables can be written"
    ))
}
