//! The table of costs as inputs: every input of `[costs]` with its value, its basis and what the scenario says of
//! it. Must never show a cost without its basis, nor leave an assumed one out.

use super::Lang;
use super::numbers::{Unit, decimal};
use super::page::{Block, Html, RowKind, Table};
use super::source::{AssumptionRow, Source, term};
use super::words::{self as w, Text};

/// Keys of inputs that are costs begin so.
const PREFIX: &str = "costs.";

/// The words that a comment begins with, and what each is called.
const BASES: [(&str, Text); 4] = [
    ("assumed", w::BASIS_ASSUMED),
    ("source", w::BASIS_SOURCE),
    ("choice", w::BASIS_CHOICE),
    ("derived", w::BASIS_DERIVED),
];

/// How many inputs have a source, and the table; nothing where the run left no list of inputs.
pub(super) fn blocks(source: &Source, lang: Lang) -> Vec<Block> {
    let rows = source.assumptions.iter().flatten();
    let own: Vec<(&str, &AssumptionRow)> =
        rows.filter_map(|row| Some((row.key.strip_prefix(PREFIX)?, row))).collect();
    if own.is_empty() {
        return Vec::new();
    }
    let assumed = own.iter().filter(|(_, row)| basis(row).0 == w::BASIS_ASSUMED).count();
    let [all, sourced, assumed] =
        [own.len(), own.len() - assumed, assumed].map(|count| count.to_string());
    let gaps = [("all", &*all), ("sourced", &*sourced), ("assumed", &*assumed)];
    let lead = Block::Para(Html::text(&w::COSTS_LEAD.fill(lang, &gaps)));
    let title = Html::text(w::COSTS_TITLE.of(lang));
    let head = [w::COST_INPUT, w::VALUE, w::COST_SAID, w::COST_BASIS];
    let table = Table {
        caption: Html::default(),
        head: head.map(|text| Html::text(text.of(lang))).into(),
        rows: own.iter().map(|(key, row)| (RowKind::Plain, cells(key, row, lang))).collect(),
        numeric: false,
    };
    vec![lead, Block::Folded { title, table, note: Html::default(), paper: true }]
}

fn cells(key: &str, row: &AssumptionRow, lang: Lang) -> Vec<Html> {
    let name = match w::cost_input(key) {
        Some(text) => Html::text(text.of(lang)),
        None => Html::code(&row.key),
    };
    let (basis, said) = basis(row);
    vec![
        name,
        Html::text(&value(key, &row.value, lang)),
        Html::foreign(said),
        Html::text(basis.of(lang)),
    ]
}

/// The basis of an input, and what is said of it; an input without a word has no source.
fn basis(row: &AssumptionRow) -> (Text, &str) {
    let text = row.source.as_str();
    let found = BASES.into_iter().find_map(|(word, name)| Some((name, text.strip_prefix(word)?)));
    found.map_or((w::BASIS_ASSUMED, text), |(name, said)| {
        (name, said.trim_start_matches([':', ' ']))
    })
}

/// A value with the unit that its key names; a party by its name.
fn value(key: &str, value: &str, lang: Lang) -> String {
    let Ok(number) = value.parse::<f64>() else { return term(lang, value) };
    let last = key.rsplit_once("_by").map_or(key, |(key, _)| key);
    if last.contains("yuan") {
        return Unit::Yuan.say(lang, number);
    }
    if last.contains("rate") || last.contains("ratio") {
        let per_cent = number * 100.0;
        let places = (0_u8..4).find(|&places| fits(per_cent, places)).unwrap_or(4).into();
        return format!("{}%", decimal(per_cent, places));
    }
    let said = decimal(number, if fits(number, 0) { 0 } else { 2 });
    if last.ends_with("_s") { w::COST_SECONDS.fill(lang, &[("n", &said)]) } else { said }
}

/// Whether so many decimals say all of a number.
fn fits(number: f64, places: u8) -> bool {
    let scaled = number * libm::pow(10.0, f64::from(places));
    (scaled - libm::round(scaled)).abs() < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, value: &str, source: &str) -> AssumptionRow {
        let [key, value, source] = [key, value, source].map(str::to_owned);
        let (assumed, file) = ("true".to_owned(), "costs.toml".to_owned());
        AssumptionRow { key, value, source, assumed, file, line: "1".to_owned() }
    }

    #[test]
    fn a_cost_stands_with_its_value_its_basis_and_what_is_said_of_it() {
        let table = [
            (
                "it.set_up_yuan",
                "5000000",
                "assumed: 2-15 million",
                ["Scheme's IT: set-up", "CNY 5.00 million", "2-15 million", "assumed"],
            ),
            (
                "it.borne_by",
                "treasury",
                "assumed: the city",
                ["Scheme's IT: borne by", "public budget", "the city", "assumed"],
            ),
            (
                "discount_rate_per_year",
                "0.05",
                "source: guidelines",
                ["Discount rate a year", "5%", "guidelines", "source"],
            ),
            (
                "channel.fee_ratio",
                "0.0015",
                "derived: 1.5 / 1,000",
                ["Channel fee, of what is drawn", "0.15%", "1.5 / 1,000", "derived"],
            ),
            (
                "sign_up.at_home_s",
                "480",
                "",
                ["Sign-up at home, a patient's time", "480 s", "", "assumed"],
            ),
            (
                "messages.per_1000_draws",
                "2000",
                "choice: two",
                ["Messages per 1,000 draws", "2,000", "two", "choice of this study"],
            ),
        ];
        for (key, value, source, said) in table {
            let row = row(&format!("costs.{key}"), value, source);
            let found = cells(key, &row, Lang::En);
            let text: Vec<String> = found.iter().map(|cell| plain(cell.as_str())).collect();
            assert_eq!(text, said, "{key}");
            assert!(w::cost_input(key).is_some_and(|name| !name.zh.is_empty()));
        }
    }

    /// Text without markup.
    fn plain(html: &str) -> String {
        let pieces = html.split('<').map(|piece| piece.rsplit('>').next().unwrap_or_default());
        pieces.collect::<String>().replace("&#x27;", "'").replace("&#39;", "'")
    }
}
