//! Tables of a run folder by columns, each with the kind that its unit says. Must never guess a kind
//! from the cells where the dictionary has a unit: tables of two runs must agree.

use super::super::{Error, Result};
use super::table_files;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The table that describes all columns and metrics.
const DICTIONARY: &str = "dictionary.csv";

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words.
    Text,
    /// Whole numbers without a unit: numbers of things.
    Whole,
    /// Numbers with a unit, or with decimals.
    Number,
    /// Days.
    Date,
    /// `true` or `false`.
    Flag,
}

/// A column with its cells as they stand in the CSV file; empty = no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) cells: Vec<String>,
}

/// A table of a run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    /// File name without its ending.
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
}

/// What the dictionary says of a column or metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) better: String,
    pub(super) meaning_en: String,
    pub(super) meaning_zh: String,
}

/// Every table of a run, the dictionary's own rows apart.
pub(super) fn read(run: &Path) -> Result<(Vec<Sheet>, Vec<Entry>)> {
    let names = table_files(run)?;
    let entries = if names.iter().any(|name| name == DICTIONARY) {
        dictionary(&cells(run, DICTIONARY)?)
    } else {
        Vec::new()
    };
    let unit = |table: &str, column: &str| {
        let own = |entry: &&Entry| entry.table == table && entry.name == column;
        entries.iter().find(own).map_or("", |entry| entry.unit.as_str())
    };
    let tables = names.iter().filter(|name| *name != DICTIONARY);
    let sheet = |name: &String| sheet(name, cells(run, name)?, |column| unit(name, column));
    Ok((tables.map(sheet).collect::<Result<_>>()?, entries))
}

/// Header and rows of a table.
fn cells(run: &Path, name: &str) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let path = run.join(name);
    let bytes = fs::read(&path).map_err(Error::io(&path))?;
    let table = |source| Error::Table { name: name.to_owned(), source };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let row = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = reader.headers().map(row).map_err(table)?;
    let table = |source| Error::Table { name: name.to_owned(), source };
    let rows = reader.records().map(|record| Ok(row(&record.map_err(table)?)));
    Ok((header, rows.collect::<Result<_>>()?))
}

fn dictionary((header, rows): &(Vec<String>, Vec<Vec<String>>)) -> Vec<Entry> {
    let at: BTreeMap<&str, usize> =
        header.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let entry = |row: &Vec<String>| {
        let cell = |name: &str| at.get(name).and_then(|&index| row.get(index)).cloned();
        let cell = |name: &str| cell(name).unwrap_or_default();
        Entry {
            table: cell("table"),
            name: cell("name"),
            unit: cell("unit"),
            better: cell("better"),
            meaning_en: cell("meaning_en"),
            meaning_zh: cell("meaning_zh"),
        }
    };
    rows.iter().map(entry).collect()
}

/// A table by columns.
fn sheet<'u>(
    file: &str,
    (header, rows): (Vec<String>, Vec<Vec<String>>),
    unit: impl Fn(&str) -> &'u str,
) -> Result<Sheet> {
    let count = rows.len();
    let mut columns: Vec<Column> = header
        .into_iter()
        .map(|name| Column { name, kind: Kind::Text, cells: Vec::with_capacity(count) })
        .collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.cells.push(cell);
        }
    }
    for column in &mut columns {
        column.kind = kind(unit(&column.name), &column.cells);
        let reads = |cell: &String| cell.is_empty() || is(column.kind, cell);
        if let Some(cell) = column.cells.iter().find(|cell| !reads(cell)) {
            let reason = format!("column {}: `{cell}` is not what its unit says", column.name);
            return Err(Error::Export { name: file.to_owned(), reason });
        }
    }
    let name = file.strip_suffix(".csv").unwrap_or(file).to_owned();
    Ok(Sheet { name, columns, rows: count })
}

/// The kind of a column: from its unit, so that tables of several runs agree; columns without a unit
/// are what all their cells are.
fn kind(unit: &str, cells: &[String]) -> Kind {
    match unit {
        "date" => Kind::Date,
        "month" => Kind::Text,
        "" | "as named" => [Kind::Whole, Kind::Number, Kind::Flag]
            .into_iter()
            .find(|&kind| cells.iter().all(|cell| is(kind, cell)) && !cells.is_empty())
            .unwrap_or(Kind::Text),
        _ => Kind::Number,
    }
}

fn is(kind: Kind, cell: &str) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Whole => cell.parse::<i64>().is_ok(),
        Kind::Number => number(cell).is_some(),
        Kind::Date => date(cell).is_some(),
        Kind::Flag => cell.parse::<bool>().is_ok(),
    }
}

pub(super) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}

pub(super) fn date(cell: &str) -> Option<jiff::civil::Date> {
    cell.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(unit: &str, cells: &[&str]) -> Kind {
        kind(unit, &cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_columns_kind_follows_its_unit_and_then_its_cells() {
        let table = [
            ("yuan", vec!["12", "3"], Kind::Number),
            ("date", vec!["2023-03-06"], Kind::Date),
            ("month", vec!["2023-03"], Kind::Text),
            ("", vec!["1", "2"], Kind::Whole),
            ("", vec!["1", "2.5"], Kind::Number),
            ("", vec!["true", "false"], Kind::Flag),
            ("", vec!["1", "two"], Kind::Text),
            ("", vec![], Kind::Text),
        ];
        for (unit, cells, expected) in table {
            assert_eq!(column(unit, &cells), expected, "{unit} {cells:?}");
        }
    }

    #[test]
    fn a_cell_that_its_unit_does_not_allow_is_told() {
        let rows = vec![vec!["much".to_owned()]];
        let wrong = sheet("t.csv", (vec!["owed".to_owned()], rows), |_| "yuan");
        assert!(wrong.is_err_and(|error| error.to_string().contains("owed")));
    }
}
