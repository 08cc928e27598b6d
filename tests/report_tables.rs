//! Every table of every page, in both languages: each number has a unit or is of a kind that has none, each difference
//! names what it is held against, and behind each picture stand a table and a CSV.
#![cfg(feature = "exports")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod run_support;

use run_support::{program, scenario, smoke};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Folders of one answer of each kind that has a page, made once: the run, then the experiments.
fn folders() -> Vec<(&'static str, PathBuf)> {
    static ROOM: OnceLock<tempfile::TempDir> = OnceLock::new();
    let input = "credit.limits.tiers[0].limit_yuan=1000..5000";
    let stages: [(&str, &[&str], &[&str]); 4] = [
        ("compare", &["suzhou.toml"], &["--days", "6"]),
        ("rollout", &[], &["--days", "40", "--waves", "2023-03-01=1"]),
        ("attribute", &[], &["--days", "3"]),
        ("sensitivity", &[], &["--days", "3", "--inputs", input, "--morris", "2", "--sobol", "2"]),
    ];
    let room = ROOM.get_or_init(|| {
        let room = tempfile::tempdir().unwrap();
        for (verb, others, more) in stages {
            let mut command = program(room.path());
            command.arg(verb).arg(scenario("smoke.toml"));
            command.args(others.iter().map(|other| scenario(other))).args(more);
            command.args(["--population", "6000", "--replications", "2", "--out", verb, "--quiet"]);
            command.assert().success();
        }
        room
    });
    let studies = stages.map(|(verb, _, _)| (verb, room.path().join(verb)));
    std::iter::once(("run", smoke())).chain(studies).collect()
}

/// Every page with its name.
fn pages() -> Vec<(String, PathBuf, String)> {
    let two = |(name, folder): (&str, PathBuf)| {
        ["report.html", "report.zh.html"].map(|file| {
            let page = fs::read_to_string(folder.join(file)).unwrap();
            (format!("{name}/{file}"), folder.clone(), page)
        })
    };
    folders().into_iter().flat_map(two).collect()
}

/// The text of a piece of a page.
fn plain(html: &str) -> String {
    let texts = html.split('<').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once('>').map_or("", |(_, text)| text),
    });
    let joined = texts.collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = joined.split_whitespace().collect();
    words.join(" ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A table as its reader sees it.
#[derive(Debug)]
struct Table {
    /// Title of the list that folds it, and its caption.
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    numeric: bool,
}

fn tables(page: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    for (at, _) in page.match_indices("<table class=\"") {
        let before = &page[..at];
        let last = |open: &str, close: &str| {
            let start = before.rfind(open)?;
            // What another table or list lies behind is not this one's.
            let between = &before[start..];
            let foreign = between.contains("</table>") || between.contains("</details>");
            (!foreign).then(|| plain(between.split(close).next().unwrap_or_default()))
        };
        let caption = last("<p class=\"caption\"", "</p>").unwrap_or_default();
        let summary = last("<summary>", "</summary>").unwrap_or_default();
        let body = page[at..].split("</table>").next().unwrap();
        let cells = |row: &str| -> Vec<String> {
            let cell = row.split("<t").skip(1).filter(|cell| cell.starts_with(['h', 'd']));
            let cell = cell.filter(|cell| !cell.starts_with("head"));
            cell.map(|cell| plain(&format!("<t{cell}"))).collect()
        };
        let mut rows = body.split("<tr").skip(1).map(cells);
        tables.push(Table {
            title: format!("{summary} {caption}").trim().to_owned(),
            head: rows.next().unwrap(),
            rows: rows.collect(),
            numeric: body.starts_with("<table class=\"numeric"),
        });
    }
    tables
}

/// Words that are a unit, or that say what is counted.
const UNITS: [&str; 63] = [
    "%",
    "min",
    "Min",
    "hour",
    "Hour",
    "day",
    "Day",
    "month",
    "yuan",
    "Yuan",
    "CNY",
    "fen",
    "share",
    "Share",
    "people",
    "People",
    "visits",
    "Visits",
    "lines",
    "Lines",
    "number",
    "Number",
    "stops",
    "Stays",
    "stays",
    "bills",
    "claims",
    "requests",
    "Requests",
    "draws",
    "score",
    "1,000",
    "10,000",
    "per second",
    "hospitals",
    "patients",
    "分钟",
    "小时",
    "天",
    "日",
    "月",
    "元",
    "占",
    "率",
    "人",
    "次",
    "户",
    "笔",
    "分",
    "万",
    "亿",
    "家",
    "比例",
    "数",
    "份额",
    "Times",
    "times",
    "倍",
    "accounts",
    "Messages",
    "messages",
    "条",
    "项",
];
/// Kinds of numbers that have no unit: shares of one, ratios, indices, parameters.
const UNITLESS: [&str; 20] = [
    "ratio",
    "Ratio",
    "oncentration",
    "multiple",
    "Multiple",
    "orrelation",
    "mu",
    "igma",
    "Alone",
    "interactions",
    "seed",
    "Seed",
    "集中",
    "倍数",
    "相关",
    "单独",
    "交互",
    "弯曲",
    "种子",
    "版本",
];

/// Whether a cell holds a number that needs a unit: zero needs none.
fn counts(cell: &str) -> bool {
    let first = cell.split_whitespace().next().unwrap_or_default();
    let number = first.trim_start_matches(['−', '+', '-']);
    let date = number.len() >= 7 && number.as_bytes()[4] == b'-';
    number.starts_with(|c: char| c.is_ascii_digit())
        && !date
        && number.bytes().any(|b| b.is_ascii_digit() && b != b'0')
}

#[test]
fn every_number_of_every_table_has_a_unit_or_is_of_a_kind_without_one() {
    let mut bare = Vec::new();
    for (name, _, page) in pages() {
        for table in tables(&page).iter().filter(|table| table.numeric) {
            let has = |text: &str| UNITS.iter().chain(&UNITLESS).any(|unit| text.contains(unit));
            let mut heading = String::new();
            for row in &table.rows {
                if row.len() == 1 {
                    heading.clone_from(&row[0]);
                    continue;
                }
                for (cell, head) in row.iter().zip(&table.head).skip(1) {
                    // An interval has the unit of what it closes in.
                    let interval = ["interval", "区间"].iter().any(|word| head.contains(word));
                    let said = [cell, head, &row[0], &heading, &table.title];
                    if counts(cell) && !interval && !said.iter().any(|text| has(text)) {
                        bare.push(format!(
                            "{name}: “{}”: {head} | {} | {cell}",
                            table.title, row[0]
                        ));
                    }
                }
            }
        }
    }
    bare.dedup();
    assert!(bare.is_empty(), "{} without a unit:\n{}", bare.len(), bare.join("\n"));
}

#[test]
fn every_difference_names_what_it_is_held_against() {
    let differences = ["saved", "Saved", "saving", "ifference", "Change", "节省", "差异", "变化"];
    let baselines = [
        "mobile_2023",
        "windows_2015",
        "obile payment before",
        "indows before",
        "手机",
        "窗口",
        "→",
        "as it is",
        "现状",
        "against",
        "相对",
        "对比",
    ];
    let mut open = Vec::new();
    for (name, _, page) in pages() {
        for table in tables(&page) {
            let named = |text: &str| baselines.iter().any(|baseline| text.contains(baseline));
            for head in
                table.head.iter().filter(|head| differences.iter().any(|word| head.contains(word)))
            {
                let rows = table.rows.iter().filter(|row| row.len() > 1);
                let by_row = rows.clone().count() > 0 && rows.clone().all(|row| named(&row[0]));
                if !named(head) && !named(&table.title) && !by_row {
                    open.push(format!("{name}: “{}”: {head}", table.title));
                }
            }
        }
    }
    assert!(open.is_empty(), "{} without a baseline:\n{}", open.len(), open.join("\n"));
}

#[test]
fn behind_each_picture_stand_a_table_and_a_csv() {
    for (name, folder, page) in pages() {
        let figures: Vec<&str> = page.split("<figure>").skip(1).collect();
        assert!(!figures.is_empty(), "{name} has no picture");
        for figure in figures {
            let title = figure.split("<title>").nth(1).unwrap().split('<').next().unwrap();
            let (_, after) = figure.split_once("</svg>").unwrap();
            let after = after.split("</section>").next().unwrap();
            assert!(after.contains("<table"), "{name}: no table behind “{title}”");
            let caption = after.split("</figcaption>").next().unwrap();
            let lists = after.split("<summary>").skip(1);
            let titles = lists.map(|list| list.split("</summary>").next().unwrap());
            let text: String =
                std::iter::once(caption).chain(titles).map(|html| plain(html) + " ").collect();
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
            let mut files = words.map(|word| word.trim_end_matches('.'));
            let file =
                files.find(|word| Path::new(word).extension().is_some_and(|end| end == "csv"));
            let file = file.unwrap_or_else(|| panic!("{name}: “{title}” names no CSV"));
            let rows = fs::read_to_string(folder.join(file)).unwrap().lines().count();
            assert!(rows > 1, "{name}: {file} is empty");
        }
    }
}
