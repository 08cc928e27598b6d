//! A city from a filled request for data: what is asked, how its cells are read, and the scenario that they
//! make, every gap filled by a marked default. Must never write a file, and holds no default of its own:
//! those are data in `scenarios/intake`.

mod ask;
mod city;
mod grid;
mod ladder;
mod places;
#[cfg(test)]
mod tests;

pub use grid::{Grid, Wrong};

use ask::{Ask, Column};
use city::{Facts, Origin};
use places::Places;
use std::fmt::Write;

const TEMPLATE: &str = include_str!("../../../scenarios/intake/city.template");

/// The sheets of a request by the word that their names begin with; the second half of each name is Chinese.
pub const SHEETS: [&str; 3] = ["city 城市", "hospitals 医院", "districts 区县"];

/// The language of a request and of what is said about it: the place of its words in a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    En = 0,
    /// Chinese.
    Zh = 1,
}

impl Tongue {
    /// The wording in this language.
    pub fn pick<T>(self, [en, zh]: [T; 2]) -> T {
        match self {
            Tongue::En => en,
            Tongue::Zh => zh,
        }
    }
}

/// Something that nobody filled in, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// What was asked: an item of the city sheet, or `hospitals row 4: beds`.
    pub item: String,
    /// Where it is asked, in English and Chinese like all that follows: the item, or the row of a list.
    pub place: [String; 2],
    /// 1 = moves the answer most, 3 = least.
    pub priority: u8,
    /// The value that was taken.
    pub value: [String; 2],
    /// Its unit.
    pub unit: [String; 2],
    /// The range in which the true value may lie.
    pub range: [String; 2],
    /// Why this value.
    pub note: [String; 2],
    /// The question.
    pub what: [String; 2],
    /// Whom to ask.
    pub from: [String; 2],
}

/// How much of what was asked is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Cells filled in, by priority 1, 2, 3.
    pub filled: [usize; 3],
    /// Cells asked, by priority.
    pub asked: [usize; 3],
}

impl Meter {
    /// Filled cells of all priorities.
    pub fn all_filled(&self) -> usize {
        self.filled.iter().sum()
    }

    /// Asked cells of all priorities.
    pub fn all_asked(&self) -> usize {
        self.asked.iter().sum()
    }

    fn count(&mut self, priority: u8, filled: bool) {
        let at = usize::from(priority.clamp(1, 3)) - 1;
        self.asked[at] += 1;
        self.filled[at] += usize::from(filled);
    }
}

/// A city made from a filled request.
#[derive(Clone, Debug)]
pub struct City {
    /// The scenario file.
    pub scenario: String,
    /// What was assumed, the most important first.
    pub assumed: Vec<Assumed>,
    /// How complete the request was.
    pub meter: Meter,
}

/// Heads of the city sheet's columns: the first word of each is what a reader looks for.
const CITY_HEAD: [[&str; 2]; 10] = [
    ["item", "编号"],
    ["priority (1–3)", "优先级（1–3）"],
    ["what is asked", "所需数据"],
    ["unit", "单位"],
    ["value ← fill in", "数值 ← 填写"],
    ["source ← fill in", "来源 ← 填写"],
    ["from whom", "向谁索取"],
    ["example", "示例"],
    ["left empty", "留空则取"],
    ["range", "可能范围"],
];

/// The empty request as sheets of cells in a language, the head of each first.
pub fn request(tongue: Tongue) -> Vec<Grid> {
    let row = |ask: Ask| {
        let [default, example] =
            [&ask.default, &ask.example].map(|text| tongue.pick(ask.said(text)));
        let range = tongue.pick(ask.range());
        let Ask { item, priority, unit, what, from, .. } = ask;
        let [unit, what, from] = [unit, what, from].map(|words| tongue.pick(words));
        let (priority, blank) = (priority.to_string(), String::new);
        vec![item, priority, what, unit, blank(), blank(), from, example, default, range]
    };
    let head = CITY_HEAD.map(|words| tongue.pick(words).to_owned()).to_vec();
    let city = std::iter::once(head).chain(ask::asks().into_iter().map(row)).collect();
    let table = |sheet: &str| {
        let columns = ask::columns(sheet).into_iter();
        let head = |Column { ask }: Column| tongue.pick([ask.item, head_zh(&ask.what[1])]);
        let source = tongue.pick(["source", "来源"]).to_owned();
        vec![columns.map(head).chain([source]).collect()]
    };
    let rows = [city, table("hospitals"), table("districts")];
    let sheet = |(name, rows): (&str, _)| Grid { sheet: tongue.pick(names(name)).into(), rows };
    SHEETS.into_iter().zip(rows).map(sheet).collect()
}

/// The English and the Chinese half of a sheet's name.
fn names(sheet: &str) -> [&str; 2] {
    sheet.split_once(' ').map_or([sheet; 2], |(en, zh)| [en, zh])
}

/// The Chinese head of a list's column: the question without what explains it.
fn head_zh(what: &str) -> String {
    what.split(['：', '（']).next().unwrap_or(what).to_owned()
}

/// What the columns of the lists mean, for a page beside them: sheet, column, unit, question, whom to ask, an
/// example.
pub fn columns(tongue: Tongue) -> Vec<[String; 6]> {
    let of = |sheet: &'static str, name: [&'static str; 2]| {
        ask::columns(sheet).into_iter().map(move |Column { ask }| {
            let example = tongue.pick(ask.said(&ask.example));
            let Ask { item, unit, what, from, .. } = ask;
            let column = tongue.pick([item, head_zh(&what[1])]);
            let [unit, what, from] = [unit, what, from].map(|words| tongue.pick(words));
            [tongue.pick(name).to_owned(), column, unit, what, from, example]
        })
    };
    of("hospitals", ["hospitals", "医院"]).chain(of("districts", ["districts", "区县"])).collect()
}

/// Makes a scenario of the sheets, or says every cell that is wrong.
pub fn build(name: &str, grids: &[Grid]) -> Result<City, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut facts = Facts::read(grids, &mut wrong);
    ladder::climb(&mut facts, &mut wrong);
    let places = Places::read(grids, &facts, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut assumed = facts.assumed();
    assumed.extend(places.assumed.iter().cloned());
    assumed.sort_by_key(|one| one.priority);
    let mut meter = places.meter;
    for fact in &facts.list {
        meter.count(fact.ask.priority, fact.is_filled());
    }
    Ok(City { scenario: scenario(name, &facts, &places), assumed, meter })
}

/// Closes the gaps of the template: `@item@` is a value, `@?item@` where it comes from.
fn scenario(name: &str, facts: &Facts, places: &Places) -> String {
    let mut out = String::with_capacity(TEMPLATE.len() * 2);
    for (at, piece) in TEMPLATE.split('@').enumerate() {
        if at % 2 == 0 {
            out.push_str(piece);
            continue;
        }
        match piece.strip_prefix('?') {
            Some(item) => out.push_str(&facts.get(item).comment()),
            None => out.push_str(&gap(piece, name, facts, places)),
        }
    }
    out
}

fn gap(gap: &str, name: &str, facts: &Facts, places: &Places) -> String {
    let today = facts.get("regime_today").plain();
    let city = facts.get("city_name");
    match gap {
        "title_en" | "title_zh" => {
            let known = if city.is_filled() { city.plain() } else { name };
            city::quoted(known)
        }
        "districts" => places.districts_toml(),
        "sites" => places.sites_toml(),
        "uncertain" => uncertain(facts),
        "regimes" => regimes(today).map(|name| format!("  \"regimes/{name}.toml\",\n")).concat(),
        "baselines" => regimes(today)
            .map(|name| {
                format!("  {{ regime = \"{name}\", deposit = \"deposit_free_amount\" }},\n")
            })
            .concat(),
        item => facts.get(item).literal.toml.clone(),
    }
}

/// Today's regime, and windows beside it, or phones where windows are today's.
fn regimes(today: &str) -> [&str; 2] {
    [today, if today == "windows_2015" { "mobile_2023" } else { "windows_2015" }]
}

/// Assumed numbers with a range that a single key of the scenario holds.
fn uncertain(facts: &Facts) -> String {
    let mut out = String::new();
    for fact in facts.list.iter().filter(|fact| !fact.is_filled()) {
        let Ask { item, key, low, high, .. } = &fact.ask;
        let Origin::Assumed([note, _]) = &fact.origin else { continue };
        if !key.is_empty() && !low.is_empty() && low != high {
            let mode = &fact.literal.toml;
            let _ = writeln!(
                out,
                "  {{ key = \"{key}\", low = {low}, high = {high}, mode = {mode} }},  # assumed: {item}: \
                 {note}"
            );
        }
    }
    out
}
