//! The data behind each picture as a table, as the run's files hold it. Must never show other rows than the
//! file, and says when it shows only the first.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::numbers::decimal;
use super::page::{Block, Html, RowKind, Table, escape};
use super::words as w;
use super::{Error, Lang, Result};

/// Rows that a page shows.
const MOST: usize = 24;

/// A picture, the file behind it, the columns that it is made of.
const FILES: [(&str, &str, &[&str]); 16] = [
    ("time_in_hospital", "time_parts.csv", &["arm", "time_part", "minutes_per_visit"]),
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
    ("loss_waterfall", "loss_waterfall.csv", &["loss_step", "amount_yuan"]),
    ("who_gains", "npv_by_party.csv", &["replication", "baseline", "party", "npv_paying_yuan"]),
    ("funnel", "funnel.csv", &["replication", "funnel_step", "funnel_count", "of_step_before"]),
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
    /// What each column means, in English and Chinese; empty where nothing says so.
    meanings: Vec<[String; 2]>,
    rows: Vec<Vec<String>>,
}

/// A column's head: what it means, its name below; the name alone where no dictionary tells.
fn headed(column: &str, [en, zh]: &[String; 2], lang: Lang) -> Html {
    let name = Html::code(column);
    match lang.pick(en, zh).as_str() {
        "" => name,
        told => Html::trusted(format!("{}<br>{}", escape(told), name.as_str())),
    }
}

/// Meanings of the columns of all tables, in English and Chinese, from the run's own dictionary.
fn dictionary(dir: &Path) -> Result<BTreeMap<String, [String; 2]>> {
    let Ok(bytes) = fs::read(dir.join("dictionary.csv")) else { return Ok(BTreeMap::new()) };
    let mut told = BTreeMap::new();
    for row in csv::Reader::from_reader(bytes.as_slice()).into_deserialize() {
        let row: Told = row.map_err(|source| Error::Table { name: "dictionary.csv", source })?;
        let unit = |text: String| match row.unit.as_str() {
            "" | "date" | "as named" => text,
            unit => format!("{text} [{unit}]"),
        };
        let both = [unit(row.meaning_en), row.meaning_zh];
        told.entry(row.name).or_insert(both);
    }
    Ok(told)
}

/// A row of the dictionary.
#[derive(Deserialize)]
struct Told {
    name: String,
    unit: String,
    meaning_en: String,
    meaning_zh: String,
}

/// Reads what lies behind the pictures; a file that the run did not leave has nothing.
pub(super) fn read(dir: &Path) -> Result<Vec<Behind>> {
    let mut found = Vec::new();
    let dictionary = dictionary(dir)?;
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
        let meaning = |column: &&str| dictionary.get(*column).cloned().unwrap_or_default();
        let meanings = columns.iter().map(meaning).collect();
        found.push(Behind { chart, file, columns, meanings, rows });
    }
    Ok(found)
}

/// A cell: keys of the tables in words, numbers with as many digits as they need, names as they are.
fn cell(column: &str, text: &str, lang: Lang) -> Html {
    let known = match column {
        "funnel_step" => w::attribution::name_of(text),
        "bearer" | "station" | "level" | "group" | "group_kind" | "party" | "time_part"
        | "loss_step" => w::terms::find(text),
        _ => None,
    };
    match (known, text.parse::<f64>()) {
        (Some(word), _) => Html::text(word.of(lang)),
        (None, Ok(number)) => Html::text(&digits(number)),
        (None, Err(_)) => Html::foreign(text),
    }
}

/// A number of a file with four significant digits or all of its whole ones; the file has the rest.
fn digits(x: f64) -> String {
    let places = match x.abs() {
        0.0 => 0,
        size if size >= 1_000.0 => 0,
        size => (3 - libm::floor(libm::log10(size)) as i32).clamp(0, 6) as usize,
    };
    let said = decimal(x, places);
    match said.split_once('.') {
        Some(_) => said.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => said,
    }
}

/// The folded table of a picture, with a note where it is cut. Savings name the baseline (as HTML).
pub(super) fn blocks(all: &[Behind], chart: &str, baseline: &str, lang: Lang) -> Vec<Block> {
    let Some(Behind { file, columns, meanings, rows, .. }) =
        all.iter().find(|one| one.chart == chart)
    else {
        return Vec::new();
    };
    let saved = columns.iter().any(|column| ["saved_min_mean", "minutes_from"].contains(column));
    let words = if saved { w::BEHIND_SAVED } else { w::BEHIND };
    let row = |cells: &Vec<String>| {
        let cells = columns.iter().zip(cells).map(|(column, text)| cell(column, text, lang));
        (RowKind::Plain, cells.collect())
    };
    let table = Table {
        caption: Html::default(),
        head: columns
            .iter()
            .zip(meanings)
            .map(|(column, told)| headed(column, told, lang))
            .collect(),
        rows: rows.iter().take(MOST).map(row).collect(),
        numeric: true,
    };
    let file = Html::code(file);
    let gaps = [("file", file.as_str()), ("baseline", baseline)];
    let title = Html::trusted(words.fill(lang, &gaps));
    let mut note = Html::default();
    if rows.len() > MOST {
        let (n, of) = (MOST.to_string(), rows.len().to_string());
        let gaps = [("n", n.as_str()), ("all", &of), ("file", file.as_str())];
        note = Html::trusted(w::BEHIND_CUT.fill(lang, &gaps));
    }
    vec![Block::Folded { title, table, note, paper: false }]
}
