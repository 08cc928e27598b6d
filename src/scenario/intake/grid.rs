//! Sheets as cells of text, whatever file they came from, and what is wrong with a cell. Must never
//! judge a value.

use std::fmt;

/// A sheet: rows of cells, the head first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Its name; the first word says what it holds.
    pub sheet: String,
    /// Cells as text.
    pub rows: Vec<Vec<String>>,
}

/// A cell that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Sheet.
    pub sheet: String,
    /// Cell, such as `F7`.
    pub cell: String,
    /// What stands in it.
    pub value: String,
    /// What was expected, in English and Chinese.
    pub expected: [String; 2],
}

impl Wrong {
    /// The complaint in Chinese.
    pub fn zh(&self) -> String {
        let Wrong { sheet, cell, value, expected: [_, expected] } = self;
        format!("工作表“{sheet}”，单元格 {cell}：“{value}”；应为{expected}")
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wrong { sheet, cell, value, expected: [expected, _] } = self;
        write!(f, "sheet `{sheet}`, cell {cell}: `{value}`; expected {expected}")
    }
}

/// Whether a heading begins with one of two words; what follows explains it.
fn begins(text: &str, words: [&str; 2]) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

impl Grid {
    /// The sheet whose name begins with a word, or is its Chinese one.
    pub(super) fn find<'g>(grids: &'g [Grid], word: &str) -> Option<&'g Grid> {
        let both = super::SHEETS.map(super::names).into_iter().find(|[en, _]| *en == word)?;
        grids.iter().find(|grid| begins(&grid.sheet, both))
    }

    /// Which column has a heading that begins with a word in English or in Chinese.
    pub(super) fn column(&self, words: [&str; 2]) -> Option<usize> {
        let head = self.rows.first()?;
        head.iter().position(|cell| begins(cell, words))
    }

    /// The text of a cell, empty where there is none.
    pub(super) fn text(&self, row: usize, column: Option<usize>) -> &str {
        let cell = column.and_then(|column| self.rows.get(row)?.get(column));
        cell.map_or("", |cell| cell.trim())
    }

    /// A complaint about a cell.
    pub(super) fn wrong(&self, row: usize, column: usize, expected: [String; 2]) -> Wrong {
        Wrong {
            sheet: self.sheet.clone(),
            cell: cell_name(row, column),
            value: self.text(row, Some(column)).to_owned(),
            expected,
        }
    }
}

/// What was expected, in English and Chinese.
pub(super) fn both(en: impl Into<String>, zh: impl Into<String>) -> [String; 2] {
    [en.into(), zh.into()]
}

/// `A1` for row 0, column 0.
pub(super) fn cell_name(row: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = (left - 1) % 26;
        letters.insert(0, char::from(b'A' + digit as u8));
        left = (left - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}
