//! What is asked for, as data: items of the city sheet and columns of the lists, and how a cell's text
//! becomes a value. Must never know a file's form.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::grid::both;
use crate::domain::Day;

const REQUEST: &str = include_str!("../../../scenarios/intake/request.csv");
const PLACES: &str = include_str!("../../../scenarios/intake/places.csv");

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Its name on the sheet.
    pub(super) item: String,
    /// Key of the scenario whose doubt can be varied; empty = none.
    pub(super) key: String,
    /// 1 = moves the answer most.
    pub(super) priority: u8,
    pub(super) kind: Kind,
    /// Least and most that is accepted.
    pub(super) bounds: [Option<Decimal>; 2],
    pub(super) default: String,
    /// Ends of the range of the default; may be empty.
    pub(super) low: String,
    pub(super) high: String,
    /// English and Chinese, like what follows.
    pub(super) unit: [String; 2],
    pub(super) what: [String; 2],
    pub(super) from: [String; 2],
    pub(super) example: String,
    /// Why the default, in English and Chinese.
    pub(super) note: [String; 2],
}

impl Ask {
    /// The range of the default in English and Chinese, or nothing where the note tells it.
    pub(super) fn range(&self) -> [String; 2] {
        let Ask { low, high, .. } = self;
        if low.is_empty() {
            both("", "")
        } else {
            [format!("{low} to {high}"), format!("{low} 至 {high}")]
        }
    }

    /// The unit of a value that is an amount; what only says which words a cell may hold is none.
    pub(super) fn unit_of_value(&self) -> [String; 2] {
        match self.kind {
            Kind::Count | Kind::Number | Kind::Yuan | Kind::Share | Kind::Yuans(_) => {
                self.unit.clone()
            }
            _ => both("", ""),
        }
    }

    /// A value as people say it in English and Chinese: words by their names, not by those of the scenario.
    pub(super) fn said(&self, text: &str) -> [String; 2] {
        match &self.kind {
            Kind::Flag => match flag(text) {
                Some(true) => both("yes", "是"),
                Some(false) => both("no", "否"),
                None => both(text, text),
            },
            Kind::DateOrNone if is_none(text) => both("none", "无"),
            Kind::Word(words) => {
                let names = words.iter().find(|names| names.iter().any(|name| name == text));
                let zh = names.and_then(|names| names.get(1)).map_or(text, String::as_str);
                both(text, zh)
            }
            _ => both(text, text),
        }
    }
}

/// A column of one of the lists.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) ask: Ask,
}

/// What a cell may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Date,
    /// A date or `none`.
    DateOrNone,
    /// A whole number.
    Count,
    Number,
    /// At most two decimals.
    Yuan,
    Share,
    Flag,
    /// One of some words, each with the other names that are understood, the Chinese one first.
    Word(Vec<Vec<String>>),
    /// So many amounts that never fall.
    Yuans(usize),
    /// So many shares that sum to 1.
    Shares(usize),
}

/// A cell's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    /// As the scenario holds it.
    pub(super) toml: String,
    /// As a person reads it.
    pub(super) plain: String,
    /// The number, where it is one.
    pub(super) number: Option<Decimal>,
}

/// A row of the data files.
#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default, alias = "column")]
    item: String,
    #[serde(default)]
    sheet: String,
    #[serde(default)]
    key: String,
    priority: u8,
    kind: String,
    least: String,
    most: String,
    #[serde(default)]
    default: String,
    low: String,
    high: String,
    unit: String,
    unit_zh: String,
    what_en: String,
    what_zh: String,
    from_en: String,
    from_zh: String,
    example: String,
    note: String,
    note_zh: String,
}

fn rows(text: &str) -> Vec<Row> {
    let read = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect();
    match read {
        Ok(rows) => rows,
        Err(error) => panic!("invariant: the shipped request can be read: {error}"),
    }
}

impl From<Row> for Ask {
    fn from(row: Row) -> Ask {
        let bound = |text: &str| text.parse().ok();
        Ask {
            bounds: [bound(&row.least), bound(&row.most)],
            kind: Kind::of(&row.kind),
            item: row.item,
            key: row.key,
            priority: row.priority,
            default: row.default,
            low: row.low,
            high: row.high,
            unit: [row.unit, row.unit_zh],
            what: [row.what_en, row.what_zh],
            from: [row.from_en, row.from_zh],
            example: row.example,
            note: [row.note, row.note_zh],
        }
    }
}

/// The questions of the city sheet, in order.
pub(super) fn asks() -> Vec<Ask> {
    rows(REQUEST).into_iter().map(Ask::from).collect()
}

/// The columns of a list, in order.
pub(super) fn columns(sheet: &str) -> Vec<Column> {
    let own = rows(PLACES).into_iter().filter(|row| row.sheet == sheet);
    own.map(|row| Column { ask: row.into() }).collect()
}

impl Kind {
    fn of(text: &str) -> Kind {
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let count = rest.parse().unwrap_or(1);
        match word {
            "date" => Kind::Date,
            "date or none" => Kind::DateOrNone,
            "count" => Kind::Count,
            "number" => Kind::Number,
            "yuan" => Kind::Yuan,
            "share" => Kind::Share,
            "flag" => Kind::Flag,
            "word" => {
                let names = |word: &str| word.split('/').map(str::to_owned).collect();
                Kind::Word(rest.split('|').map(names).collect())
            }
            "yuans" => Kind::Yuans(count),
            "shares" => Kind::Shares(count),
            _ => Kind::Text,
        }
    }
}

impl Ask {
    /// The value of a cell, or what was expected in it.
    pub(super) fn read(&self, text: &str) -> Result<Literal, [String; 2]> {
        let text = text.trim();
        self.value(text).ok_or_else(|| self.expected(text))
    }

    fn value(&self, text: &str) -> Option<Literal> {
        let plain = text.to_owned();
        let of = |toml: String| Some(Literal { toml, plain: plain.clone(), number: None });
        match &self.kind {
            Kind::Text => of(super::city::quoted(text)),
            Kind::DateOrNone if is_none(text) => of("\"none\"".to_owned()),
            Kind::Date | Kind::DateOrNone => {
                let day = date(text)?.to_string();
                Some(Literal { toml: day.clone(), plain: day, number: None })
            }
            Kind::Flag => of(flag(text)?.to_string()),
            Kind::Word(words) => {
                let is = |names: &&Vec<String>| names.iter().any(|n| n.eq_ignore_ascii_case(text));
                let word = words.iter().find(is)?.first()?;
                let toml = format!("\"{word}\"");
                Some(Literal { toml, plain: word.clone(), number: None })
            }
            Kind::Yuans(count) => {
                let list = self.list(text, *count)?;
                let rises = list.windows(2).all(|pair| pair[0] <= pair[1]);
                of(array(&list)).filter(|_| rises && list.iter().all(is_yuan))
            }
            Kind::Shares(count) => {
                let list = self.list(text, *count)?;
                let sum: Decimal = list.iter().sum();
                of(array(&list)).filter(|_| sum == Decimal::ONE)
            }
            Kind::Count | Kind::Number | Kind::Yuan | Kind::Share => {
                let number = self.number(text)?;
                let toml = number.to_string();
                Some(Literal { plain: toml.clone(), toml, number: Some(number) })
            }
        }
    }

    fn list(&self, text: &str, count: usize) -> Option<Vec<Decimal>> {
        let split = |c: char| matches!(c, ';' | '；' | '|' | ' ' | '、');
        let parts = text.split(split).filter(|part| !part.is_empty());
        let list: Option<Vec<Decimal>> = parts.map(|part| self.number(part)).collect();
        list.filter(|list| list.len() == count)
    }

    fn number(&self, text: &str) -> Option<Decimal> {
        let (text, by) = match text.strip_suffix(['%', '％']) {
            Some(cut) => (cut.trim_end(), Decimal::ONE_HUNDRED),
            None => (text, Decimal::ONE),
        };
        let digits: String = text.chars().filter(|c| !matches!(c, ',' | '，')).collect();
        let read = digits.parse().or_else(|_| Decimal::from_scientific(&digits)).ok();
        // Spreadsheets hold binary floats: nine decimals are more than anybody typed.
        let number = (read? / by).round_dp(9).normalize();
        let fits = match self.kind {
            Kind::Count => number.is_integer(),
            Kind::Yuan => is_yuan(&number),
            Kind::Share | Kind::Shares(_) => number >= Decimal::ZERO && number <= Decimal::ONE,
            _ => true,
        };
        let [least, most] = self.bounds;
        let inside = least.is_none_or(|least| number >= least) && most.is_none_or(|m| number <= m);
        (fits && inside).then_some(number)
    }

    /// What the cell should hold, in words.
    fn expected(&self, text: &str) -> [String; 2] {
        let [from, to] = match self.bounds {
            [Some(least), Some(most)] => {
                [format!(" from {least} to {most}"), format!("（{least} 至 {most}）")]
            }
            _ => Default::default(),
        };
        match &self.kind {
            Kind::Text => both("a text", "文字"),
            Kind::Date => both("a date such as 2025-01-31", "日期，如 2025-01-31"),
            Kind::DateOrNone => {
                both("a date such as 2025-01-31, or none", "日期，如 2025-01-31，或“无”")
            }
            Kind::Count => [format!("a whole number{from}"), format!("整数{to}")],
            Kind::Number => [format!("a number{from}"), format!("数字{to}")],
            Kind::Yuan => {
                [format!("yuan with at most two decimals{from}"), format!("元，至多两位小数{to}")]
            }
            Kind::Share => share(text),
            Kind::Flag => both("yes or no", "“是”或“否”"),
            Kind::Word(words) => {
                let each = |names: &Vec<String>| names[..names.len().min(2)].join(" ");
                let words: Vec<String> = words.iter().map(each).collect();
                [format!("one of {}", words.join(", ")), format!("以下之一：{}", words.join("、"))]
            }
            Kind::Yuans(count) => [
                format!("{count} amounts, the lowest first, with ; between them"),
                format!("{count} 个金额，由低到高，以“；”分隔"),
            ],
            Kind::Shares(count) => [
                format!("{count} shares with a sum of 1, with ; between them"),
                format!("{count} 个占比，合计为 1，以“；”分隔"),
            ],
        }
    }
}

/// What a share should look like; a bare number up to a hundred was most likely meant as a percentage.
fn share(text: &str) -> [String; 2] {
    let percent = text.parse::<Decimal>().ok();
    let percent =
        percent.filter(|number| *number > Decimal::ONE && *number <= Decimal::ONE_HUNDRED);
    let hint = |ask: &str, end: &str| {
        percent.map_or_else(String::new, |number| format!("{ask}{number}%{end}"))
    };
    [
        format!("a share between 0 and 1, or a percentage{}", hint("; did you mean ", "?")),
        format!("0 至 1 之间的占比，或百分数{}", hint("；是否应为 ", "？")),
    ]
}

fn is_yuan(number: &Decimal) -> bool {
    number.round_dp(2) == *number
}

fn is_none(text: &str) -> bool {
    ["none", "no", "无", "否"].iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match text {
        _ if is(&["yes", "true", "y", "1", "是", "有"]) => Some(true),
        _ if is(&["no", "false", "n", "0", "否", "无"]) => Some(false),
        _ => None,
    }
}

/// A date as people write it, or a spreadsheet's day number.
fn date(text: &str) -> Option<Day> {
    /// Day number of 1970-01-01 in a spreadsheet.
    const EPOCH: i32 = 25_569;
    let dashed = text.replace(['/', '.', '年', '月'], "-").replace('日', "");
    let parts: Vec<&str> = dashed.split('-').collect();
    match parts.as_slice() {
        [year, month, day] => {
            Day::from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        [serial] => {
            let serial: i32 = serial.parse().ok()?;
            (20_000..80_000).contains(&serial).then(|| Day(serial - EPOCH))
        }
        _ => None,
    }
}

fn array(list: &[Decimal]) -> String {
    let list: Vec<String> = list.iter().map(Decimal::to_string).collect();
    format!("[{}]", list.join(", "))
}
