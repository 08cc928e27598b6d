//! The data behind each picture as a table, as the run's files hold it. Must never show other rows than the
//! file, and says when it shows only the first.

use std::fs;
use std::path::Path;

use super::page::{Block, Html, RowKind, Table};
use super::source::term;
use super::words as w;
use super::{Error, Lang, Result};

/// Rows that a page shows.
const MOST: usize = 24;

/// A picture, the file behind it, the columns that it is made of.
const FILES: [(&str, &str, &[&str]); 12] = [
    (
        "payment_by_age",
        "by_group.csv",
        &["arm", "group_kind", "group", "visits", "payment_min_mean"],
    ),
    (
        "cashier_wait_by_hour",
        "by_hour.csv",
        &["arm", "level", "hour", "arrivals", "cashier_wait_min_mean"],
    ),
    (
        "saved_minutes",
        "saved_histogram.csv",
        &["minutes_from", "minutes_to", "visits_credit", "visits_others"],
    ),
    ("hospitals", "hospitals.csv", &["hospital", "arm", "visits", "saved_min_mean"]),
    (
        "outstanding",
        "credit_buckets.csv",
        &["day", "current_yuan", "d1_30_yuan", "d31_60_yuan", "d61_90_yuan", "d90_plus_yuan"],
    ),
    ("losses_by_bearer", "losses.csv", &["bearer", "amount_yuan"]),
    (
        "waits_by_hour",
        "by_station_hour.csv",
        &["arm", "level", "station", "hour", "arrivals", "wait_min_mean"],
    ),
    ("waits_by_station", "stations.csv", &["arm", "level", "station", "served", "wait_min_mean"]),
    ("adoption", "growth.csv", &["day", "lines_opened"]),
    ("money", "growth.csv", &["day", "drawn_to_date_yuan", "repaid_to_date_yuan"]),
    ("requests", "requests.csv", &["arm", "from_min", "requests_per_min"]),
    (
        "vintages",
        "credit_vintage_curves.csv",
        &["month", "months_on_book", "ever_31_plus_share", "ever_90_plus_share", "net_loss_share"],
    ),
];

/// The rows behind a picture.
#[derive(Clone, Debug)]
pub(super) struct Behind {
    chart: &'static str,
    file: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

/// Reads what lies behind the pictures; a file that the run did not leave has nothing.
pub(super) fn read(dir: &Path) -> Result<Vec<Behind>> {
    let mut found = Vec::new();
    for (chart, file, columns) in FILES {
        let Ok(bytes) = fs::read(dir.join(file)) else { continue };
        let table = |source| Error::Table { name: file, source };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let head = reader.headers().map_err(table)?.clone();
        let places: Option<Vec<usize>> =
            columns.iter().map(|column| head.iter().position(|name| name == *column)).collect();
        let Some(places) = places else { continue };
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(table)?;
            let cell = |&place: &usize| record.get(place).unwrap_or_default().to_owned();
            rows.push(places.iter().map(cell).collect());
        }
        found.push(Behind { chart, file, columns, rows });
    }
    Ok(found)
}

/// The folded table of a picture, with a note where it is cut.
pub(super) fn blocks(all: &[Behind], chart: &str, lang: Lang) -> Vec<Block> {
    let Some(Behind { file, columns, rows, .. }) = all.iter().find(|one| one.chart == chart) else {
        return Vec::new();
    };
    let row = |cells: &Vec<String>| {
        let cell = |(at, text): (usize, &String)| match columns[at] {
            "bearer" | "station" | "level" | "group" | "group_kind"
                if w::terms::find(text).is_some() =>
            {
                Html::text(&term(lang, text))
            }
            _ => Html::foreign(text),
        };
        (RowKind::Plain, cells.iter().enumerate().map(cell).collect())
    };
    let table = Table {
        caption: Html::default(),
        head: columns.iter().map(|column| Html::code(column)).collect(),
        rows: rows.iter().take(MOST).map(row).collect(),
        numeric: true,
    };
    let file = Html::code(file);
    let title = Html::trusted(w::BEHIND.fill(lang, &[("file", file.as_str())]));
    let mut blocks = vec![Block::Folded { title, table }];
    if rows.len() > MOST {
        let (n, of) = (MOST.to_string(), rows.len().to_string());
        let gaps = [("n", n.as_str()), ("all", &of), ("file", file.as_str())];
        blocks.push(Block::Note(Html::trusted(w::BEHIND_CUT.fill(lang, &gaps))));
    }
    blocks
}
