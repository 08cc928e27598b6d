//! What the verbs print: data on stdout, notes on stderr, tables of 80 columns, two languages.
//! Must never colour anything (so `NO_COLOR` holds everywhere) and never call a closed pipe a fault.

use super::args::{Common, Format, Language};
use super::fault::Fault;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Value, json};
use std::io::{ErrorKind, Write};

/// Widest line of human output.
const COLUMNS: u16 = 80;

impl Common {
    /// The text in the language of the user.
    pub(super) fn say<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        match self.lang {
            Language::En => en,
            Language::Zh => zh,
        }
    }

    /// Whether one JSON document is wanted.
    pub(super) fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    /// A note on stderr, unless `--quiet`.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
        }
    }
}

/// Writes data to stdout; a reader that has heard enough is nobody's fault.
pub(super) fn print(text: &str) -> Result<(), Fault> {
    let mut stdout = std::io::stdout().lock();
    let ended = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match ended {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints one JSON document.
pub(super) fn print_json(value: &Value) -> Result<(), Fault> {
    print(&format!("{value:#}\n"))
}

/// A table of plain text, at most 80 columns wide; the columns after the first `left` ones are
/// aligned to the right.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>, left: usize) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(COLUMNS)
        .set_header(header.to_vec())
        .add_rows(rows);
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let indent = lines.iter().filter(|line| !line.is_empty()).map(|l| leading(l)).min();
    let cut = indent.unwrap_or(0);
    lines.iter().map(|line| format!("{}\n", line.get(cut..).unwrap_or(""))).collect()
}

fn leading(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// `{"mean", "ci95"}` of one value a replication, rounded to six decimals.
pub(super) fn estimate(values: &[f64]) -> Value {
    match crate::stats::Estimate::of(values) {
        Some(estimate) => json!({
            "mean": rounded(estimate.mean),
            "ci95": estimate.ci95.map(|[low, high]| [rounded(low), rounded(high)]),
        }),
        None => json!({ "mean": null, "ci95": null }),
    }
}

/// Six decimals; -0 becomes 0.
pub(super) fn rounded(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6 + 0.0
}

/// Text that fills a table's cell: a number with so many decimals, an empty cell for none.
pub(super) fn cell(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.decimals$}"))
}

/// What is wrong, on stderr, `--quiet` or not.
pub(super) fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
