//! The request for a city's data as a workbook: written to be filled in, read back as cells of text. Must
//! never judge a value.

use super::fault::Fault;
use crate::scenario::intake::{self, Grid, Tongue};
use calamine::{Data, Reader, open_workbook_auto};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::path::Path;

/// Columns of the city sheet that are filled in: value and source.
const FILL: [u16; 2] = [4, 5];
/// Widths of the city sheet's columns, characters.
const WIDTHS: [f64; 10] = [34.0, 10.0, 46.0, 26.0, 22.0, 30.0, 26.0, 24.0, 24.0, 20.0];
/// Empty rows of the lists that are marked to be filled in.
const OPEN_ROWS: u32 = 40;

/// The workbook's bytes.
pub(super) fn write(grids: &[Grid], tongue: Tongue) -> Result<Vec<u8>, Fault> {
    try_write(grids, tongue).map_err(Fault::internal)
}

fn try_write(grids: &[Grid], tongue: Tongue) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    guide(book.add_worksheet(), tongue)?;
    for (grid, is_city) in grids.iter().zip([true, false, false]) {
        let sheet = book.add_worksheet();
        sheet.set_name(&grid.sheet)?;
        cells(sheet, grid, is_city)?;
    }
    book.save_to_buffer()
}

fn head() -> Format {
    Format::new().set_bold().set_background_color(Color::RGB(0x00DD_E6EE)).set_text_wrap()
}

fn fill() -> Format {
    let line = Color::RGB(0x00B8_A860);
    Format::new()
        .set_background_color(Color::RGB(0x00FF_F8DC))
        .set_border(FormatBorder::Thin)
        .set_border_color(line)
        .set_align(FormatAlign::Top)
}

fn cells(sheet: &mut Worksheet, grid: &Grid, is_city: bool) -> Result<(), XlsxError> {
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, cells) in (0_u32..).zip(&grid.rows) {
        for (column, text) in (0_u16..).zip(cells) {
            let format = match row {
                0 => head(),
                _ if is_city && FILL.contains(&column) => fill(),
                _ => plain.clone(),
            };
            sheet.write_string_with_format(row, column, text, &format)?;
            if row == 0 {
                let width = if is_city { WIDTHS.get(usize::from(column)).copied() } else { None };
                sheet.set_column_width(column, width.unwrap_or(28.0))?;
            }
        }
    }
    if !is_city {
        let columns = grid.rows.first().map_or(0, Vec::len) as u16;
        for row in 1..=OPEN_ROWS {
            for column in 0..columns {
                sheet.write_blank(row, column, &fill())?;
            }
        }
    }
    sheet.set_freeze_panes(1, u16::from(is_city))?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

const GUIDE: [[&str; 2]; 6] = [
    ["Request for data: simulation of treat first, pay later", "数据需求表：“先诊疗后付费”仿真"],
    [
        "1. Fill in the yellow cells of the sheet “city”: value and source (who says so, which year).",
        "1. 在“城市”表的黄色单元格填写数值和来源（出处、年份）。",
    ],
    [
        "2. List hospitals and districts, a row each. Community centres need not be listed: what remains of \
         the visits is given to them.",
        "2. 在“医院”“区县”表逐行填写。基层机构可不列，其余就诊量归入“其他机构”。",
    ],
    [
        "3. Leave empty what nobody knows: it is assumed, marked as such, and listed with its range.",
        "3. 不清楚的留空：程序采用默认值，标注为“假设”，并列出可能范围。",
    ],
    [
        "4. Do not change the first column and the first row. Then: aftercare init my-city --from THIS.xlsx",
        "4. 请勿改动第一列和第一行。完成后运行：aftercare init my-city --from 本文件.xlsx --lang zh",
    ],
    [
        "Only totals are asked for. No data of any person may be entered.",
        "只需汇总数据，请勿填写任何个人信息。",
    ],
];

/// Heads of the table of columns on the first sheet.
const COLUMNS: [[&str; 2]; 6] = [
    ["sheet", "表"],
    ["column", "列"],
    ["unit", "单位"],
    ["what is asked", "所需数据"],
    ["from whom", "向谁索取"],
    ["example", "示例"],
];

/// The first sheet: how to fill in the others.
fn guide(sheet: &mut Worksheet, tongue: Tongue) -> Result<(), XlsxError> {
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(tongue.pick(["read me", "说明"]))?;
    for (column, width) in [(0, 16.0), (1, 22.0), (2, 30.0), (3, 40.0), (4, 34.0), (5, 34.0)] {
        sheet.set_column_width(column, width)?;
    }
    for (row, words) in (0_u32..).zip(GUIDE) {
        let format = if row == 0 { wrap.clone().set_bold() } else { wrap.clone() };
        sheet.merge_range(row, 0, row, 5, tongue.pick(words), &format)?;
        sheet.set_row_height(row, 20.0)?;
    }
    let top = GUIDE.len() as u32 + 1;
    for (column, words) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(top, column, tongue.pick(words), &head())?;
    }
    for (row, cells) in (top + 1..).zip(intake::columns(tongue)) {
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, text, &wrap)?;
        }
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The sheets of a filled workbook (xlsx, xls, ods) as text.
pub(super) fn read(file: &Path) -> Result<Vec<Grid>, Fault> {
    let place = |error: calamine::Error| Fault::input(format!("{}: {error}", file.display()));
    let mut book = open_workbook_auto(file).map_err(place)?;
    let names = book.sheet_names().clone();
    let mut grids = Vec::new();
    for sheet in names {
        let range = book.worksheet_range(&sheet).map_err(place)?;
        let (top, left) = range.start().unwrap_or_default();
        // A sheet whose first rows or columns are empty begins further in; the cells keep their places.
        let blank = vec![Vec::new(); top as usize];
        let row = |cells: &[Data]| {
            let lead = vec![String::new(); left as usize];
            lead.into_iter().chain(cells.iter().map(text)).collect()
        };
        let rows = blank.into_iter().chain(range.rows().map(row)).collect();
        grids.push(Grid { sheet, rows });
    }
    Ok(grids)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(day) => day.as_f64().to_string(),
        Data::Error(error) => error.to_string(),
    }
}
