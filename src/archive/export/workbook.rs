//! One Excel workbook: what is in it, the metrics with units and intervals, every table on a sheet of
//! its own. Must never cut a table short: one that no sheet can hold is an error.

use super::super::{Error, Manifest, Result, SUMMARY_FILE};
use super::put;
use super::table::{Column, Entry, Kind, Sheet, date, number, read};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;
use std::path::Path;

/// Most rows of a sheet, the header among them.
const SHEET_ROWS: usize = 1_048_576;
/// Columns are at most this wide, in characters.
const WIDEST: usize = 60;

type Step<T = ()> = std::result::Result<T, XlsxError>;

/// Formats of cells.
struct Styles {
    head: Format,
    day: Format,
}

/// Writes `<scenario>.xlsx` under `out`; returns the number of sheets.
pub fn workbook(run: &Path, out: &Path) -> Result<usize> {
    let scenario = Manifest::read(run)?.scenario;
    let (sheets, entries) = read(run)?;
    let path = run.join(SUMMARY_FILE);
    let text = std::fs::read(&path).map_err(Error::io(&path))?;
    let summary: Value =
        serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })?;
    if let Some(long) = sheets.iter().find(|sheet| sheet.rows >= SHEET_ROWS) {
        let reason = format!("{} rows do not fit on a sheet; use --parquet", long.rows);
        return Err(Error::Export { name: long.name.clone(), reason });
    }
    let failed = |error: XlsxError| Error::Export {
        name: format!("{scenario}.xlsx"),
        reason: error.to_string(),
    };
    let bytes = book(&summary, &sheets, &entries).map_err(failed)?;
    put(&out.join(format!("{scenario}.xlsx")), &bytes)?;
    Ok(sheets.len() + 3)
}

fn book(summary: &Value, sheets: &[Sheet], entries: &[Entry]) -> Step<Vec<u8>> {
    let mut book = Workbook::new();
    // The same bytes for the same run: no clock.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    let styles = Styles {
        head: Format::new().set_bold().set_border_bottom(FormatBorder::Thin),
        day: Format::new().set_num_format("yyyy-mm-dd"),
    };
    contents(book.add_worksheet(), sheets, &styles)?;
    metrics(book.add_worksheet(), summary, entries, &styles)?;
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(short(&sheet.name))?;
        for (at, column) in (0_u16..).zip(&sheet.columns) {
            fill(page, at, column, &styles)?;
        }
        finish(page, sheet.columns.len(), sheet.rows)?;
    }
    described(book.add_worksheet(), entries, &styles)?;
    book.save_to_buffer()
}

/// Excel's limit on the name of a sheet.
fn short(name: &str) -> String {
    name.chars().take(31).collect()
}

fn contents(page: &mut Worksheet, sheets: &[Sheet], styles: &Styles) -> Step {
    page.set_name("contents")?;
    head(page, &["sheet", "rows", "columns"], styles)?;
    for (row, sheet) in (1_u32..).zip(sheets) {
        page.write_string(row, 0, &sheet.name)?;
        page.write_number(row, 1, sheet.rows as f64)?;
        page.write_number(row, 2, sheet.columns.len() as f64)?;
    }
    finish(page, 3, sheets.len())
}

/// Every metric of the summary: unit, better side, mean, both ends of its interval.
fn metrics(page: &mut Worksheet, summary: &Value, entries: &[Entry], styles: &Styles) -> Step {
    page.set_name("metrics")?;
    head(page, &["metric", "unit", "better", "mean", "ci95_low", "ci95_high"], styles)?;
    let mut row = 0;
    for entry in entries.iter().filter(|entry| entry.table == SUMMARY_FILE) {
        let found = summary.pointer(&format!("/{}", entry.name.replace('.', "/")));
        let Some(found) = found else { continue };
        row += 1;
        for (at, text) in (0_u16..).zip([&entry.name, &entry.unit, &entry.better]) {
            page.write_string(row, at, text)?;
        }
        for (at, value) in (3_u16..).zip([&found["mean"], &found["ci95"][0], &found["ci95"][1]]) {
            let value = value.as_f64().or_else(|| number(value.as_str()?));
            if let Some(value) = value {
                page.write_number(row, at, value)?;
            }
        }
    }
    finish(page, 6, row as usize)
}

fn described(page: &mut Worksheet, entries: &[Entry], styles: &Styles) -> Step {
    page.set_name("dictionary")?;
    head(page, &["table", "name", "unit", "better", "meaning_en", "meaning_zh"], styles)?;
    for (row, entry) in (1_u32..).zip(entries) {
        let Entry { table, name, unit, better, meaning_en, meaning_zh } = entry;
        for (at, text) in (0_u16..).zip([table, name, unit, better, meaning_en, meaning_zh]) {
            page.write_string(row, at, text)?;
        }
    }
    finish(page, 6, entries.len())
}

fn head(page: &mut Worksheet, names: &[&str], styles: &Styles) -> Step {
    for (at, name) in (0_u16..).zip(names) {
        page.write_string_with_format(0, at, *name, &styles.head)?;
        page.set_column_width(at, (name.len() + 2) as f64)?;
    }
    Ok(())
}

/// Head and cells of a column, as wide as its longest cell.
fn fill(page: &mut Worksheet, at: u16, column: &Column, styles: &Styles) -> Step {
    page.write_string_with_format(0, at, &column.name, &styles.head)?;
    let cells = column.cells.iter().map(|cell| cell.chars().count());
    let widest = cells.chain([column.name.len()]).max().unwrap_or(0).min(WIDEST);
    page.set_column_width(at, (widest + 2) as f64)?;
    for (row, cell) in (1_u32..).zip(&column.cells) {
        match column.kind {
            _ if cell.is_empty() => {}
            Kind::Text => {
                page.write_string(row, at, cell)?;
            }
            Kind::Whole | Kind::Number => {
                page.write_number(row, at, number(cell).unwrap_or_default())?;
            }
            Kind::Flag => {
                page.write_boolean(row, at, cell == "true")?;
            }
            Kind::Date => {
                let Some(day) = date(cell) else { continue };
                let [year, month, of_month] = [day.year(), day.month().into(), day.day().into()];
                let day = ExcelDateTime::from_ymd(year as u16, month as u8, of_month as u8)?;
                page.write_datetime_with_format(row, at, &day, &styles.day)?;
            }
        }
    }
    Ok(())
}

/// The head stays in sight, and every column can be filtered.
fn finish(page: &mut Worksheet, columns: usize, rows: usize) -> Step {
    page.set_freeze_panes(1, 0)?;
    if columns > 0 {
        page.autofilter(0, 0, rows as u32, columns as u16 - 1)?;
    }
    Ok(())
}
