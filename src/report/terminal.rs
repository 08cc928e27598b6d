//! The headline table for a terminal: plain text without colour, Chinese characters two columns wide.
//! Must never print anything by itself.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width,
    presets,
};
use serde_json::Value;

use super::Lang;
use super::doubt::{self, DoubtRow};
use super::headline::{self, FactRow, PLAIN, Style, TimeRow};
use super::source::Summary;
use super::words as w;

/// Narrowest terminal that still gets a table.
const WIDTH_MIN: u16 = 60;

/// The answer, the headline table and the note on its intervals, `width` columns wide.
pub fn headline(summary: &Value, lang: Lang, width: u16) -> String {
    let summary = Summary(summary);
    let width = width.max(WIDTH_MIN);
    let answer = headline::answer(summary, lang, PLAIN);
    let mut parts = vec![summary.title(lang).to_owned()];
    parts.extend(answer.invalid.map(|warning| wrap(&warning, width)));
    parts.push(wrap(&answer.main, width));
    let more = [answer.calibrated, answer.parts, answer.cost].into_iter().flatten();
    parts.extend(more.chain(answer.others).map(|sentence| wrap(&sentence, width)));
    parts.push(time_table(summary, lang, width));
    parts.push(fact_table(&headline::fact_rows(summary, lang, SHORT), lang, width));
    parts.extend(super::sample::warnings(summary, lang).iter().map(|line| wrap(line, width)));
    let notes = headline::interval_notes(summary, lang).join(lang.pick(" ", ""));
    parts.push(wrap(&notes, width));
    parts.extend(super::answer::line(summary, lang).map(|line| wrap(&line, width)));
    parts.extend(doubt_parts(summary, lang, width));
    parts.join("\n\n") + "\n"
}

/// Rules above, below and under the header only.
const LINES: TableStyle = presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());

/// Inside the tables a name must do.
const SHORT: Style = Style { name: |_, _, name| name.to_owned(), ..PLAIN };

fn table(width: u16) -> Table {
    let mut table = Table::new();
    table
        .load_style(LINES)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .force_no_tty();
    table
}

fn time_table(summary: Summary, lang: Lang, width: u16) -> String {
    let mut table = table(width);
    let name = summary.text("baseline");
    let title = headline::named(summary, name, lang, PLAIN);
    let caption = w::HEADLINE_TIME.fill(lang, &[("baseline", &title)]);
    let policy = w::THE_SCHEME.of(lang);
    table.set_header([w::MEASURE.of(lang), name, policy, w::SAVED.of(lang), w::INTERVAL.of(lang)]);
    let rows = headline::time_rows(summary, lang, SHORT);
    let mut measure = String::new();
    for row in rows.into_iter().filter_map(|row| keep_measure(row, &mut measure)) {
        table.add_row([label(&row), row.baseline, row.policy, row.saved, row.interval]);
    }
    align_numbers(&mut table, 1..5);
    format!("{}\n{}", wrap(&caption, width), trimmed(&table))
}

/// Remembers the measure of a block; drops the rows that only the page shows.
fn keep_measure(row: TimeRow, measure: &mut String) -> Option<TimeRow> {
    if let Some(heading) = &row.measure {
        measure.clone_from(heading);
    }
    row.leading.then_some(row)
}

fn label(row: &TimeRow) -> String {
    match &row.measure {
        Some(measure) => measure.clone(),
        None => format!("  {}", row.group),
    }
}

fn fact_table(rows: &[FactRow], lang: Lang, width: u16) -> String {
    let mut table = table(width);
    table.set_header([w::HEADLINE_MONEY.of(lang), w::VALUE.of(lang), w::INTERVAL.of(lang)]);
    for row in rows {
        let indent = if row.part { "  " } else { "" };
        let label = format!("{indent}{}", row.label);
        table.add_row(Row::from([label.as_str(), &row.value, &row.interval]));
    }
    align_numbers(&mut table, 1..3);
    trimmed(&table)
}

/// Both intervals of the headlines and what to measure next; nothing without uncertain inputs.
fn doubt_parts(summary: Summary, lang: Lang, width: u16) -> Vec<String> {
    let rows = doubt::rows(summary, lang);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = table(width);
    let words = [w::DOUBT, w::VALUE, w::DOUBT_NOISE, w::DOUBT_SPREAD];
    table.set_header(words.map(|word| word.of(lang)));
    for DoubtRow { label, value, noise, spread } in rows {
        table.add_row([label, &value, &noise, &spread]);
    }
    align_numbers(&mut table, 1..4);
    let next = doubt::next(summary, lang, |key, _| key.to_owned()).map(|next| wrap(&next, width));
    let note = wrap(&doubt::note(summary, lang), width);
    [Some(trimmed(&table)), Some(note), next].into_iter().flatten().collect()
}

fn align_numbers(table: &mut Table, columns: std::ops::Range<usize>) {
    for index in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(20)));
    }
}

fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Columns that a character takes in a terminal.
pub(super) fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Breaks lines at spaces, and between Chinese characters but not before their punctuation.
fn wrap(text: &str, width: u16) -> String {
    let measure = |piece: &str| piece.chars().map(columns).sum::<usize>() as f64;
    wrap_by(text, f64::from(width), measure).join("\n")
}

/// Breaks `text` into lines whose measure stays within `width`, a single long piece excepted.
pub(super) fn wrap_by(text: &str, width: f64, measure: impl Fn(&str) -> f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && measure(longer.trim_end()) > width {
            lines.push(line.trim_end().to_owned());
            piece.trim_start().clone_into(&mut line);
        } else {
            line = longer;
        }
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Pieces between which a line may break.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for pair in chars.windows(2) {
        let ((_, before), (at, after)) = (pair[0], pair[1]);
        let after_space = before == ' ' && after != ' ';
        let wide = columns(before) == 2 || columns(after) == 2;
        if after_space || wide && after != ' ' && may_split(before, after) {
            cuts.push(at);
        }
    }
    cuts.push(text.len());
    cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect()
}

fn may_split(before: char, after: char) -> bool {
    !"，。；：、）》”！？%".contains(after) && !"（《“".contains(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters_only() {
        assert_eq!(wrap("one two three", 60), "one two three");
        let by_columns = |piece: &str| piece.chars().map(columns).sum::<usize>() as f64;
        let table = [
            ("one two three", 7.0, vec!["one two", "three"]),
            ("节省时间，很好", 8.0, vec!["节省时", "间，很好"]),
            ("约 12.5 分钟", 7.0, vec!["约 12.5", "分钟"]),
            ("unbreakable", 4.0, vec!["unbreakable"]),
        ];
        for (text, width, lines) in table {
            assert_eq!(wrap_by(text, width, by_columns), lines);
        }
    }
}
