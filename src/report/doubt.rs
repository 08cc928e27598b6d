//! The two intervals of each headline side by side, and what to measure next. Must never join the
//! two into one: each keeps its own name.

use super::Lang;
use super::numbers::{DASH, Estimate, Unit, decimal};
use super::page::{Block, Html, RowKind, Table, escape};
use super::sensitivity::input_name;
use super::source::Summary;
use super::words::{self as w, Text};
use serde_json::Value;

/// A headline with both intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DoubtRow {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) noise: String,
    pub(super) spread: String,
}

const ROWS: [(&str, Text, Unit); 8] = [
    ("queue.time_in_hospital.all.saved", w::DOUBT_SAVED, Unit::Plain(2)),
    ("queue.time_in_hospital.credit_users.saved", w::DOUBT_SAVED_USERS, Unit::Plain(2)),
    ("queue.payment_stops.all.saved", w::DOUBT_STOPS, Unit::Plain(2)),
    ("queue.saved_hours_total", w::DOUBT_HOURS, Unit::Count),
    ("credit.used", w::DOUBT_USED, Unit::Count),
    ("credit.drawn_total", w::DOUBT_DRAWN, Unit::Yuan),
    ("credit.dpd90_rate_balance", w::DOUBT_DPD90, Unit::Share),
    ("credit.net_credit_loss", w::DOUBT_LOSS, Unit::Yuan),
];

/// The rows; none when the scenario names no uncertain inputs.
pub(super) fn rows(summary: Summary, lang: Lang) -> Vec<DoubtRow> {
    let headlines = summary.at("uncertainty").get("headlines");
    let row = |(path, label, unit): &(&str, Text, Unit)| {
        let both = headlines?.get(path)?;
        let side = |name: &str| {
            let value = serde_json::json!({ "mean": both["mean"], "ci95": both[name] });
            Some(unit.estimate(lang, &Estimate::read(&value)?))
        };
        let ((value, noise), (_, spread)) = (side("monte_carlo95")?, side("spread95")?);
        Some(DoubtRow { label: label.of(lang), value, noise, spread })
    };
    ROWS.iter().filter_map(row).collect()
}

/// The table of both intervals, its note and what to measure next, for the page.
pub(super) fn blocks(summary: Summary, lang: Lang) -> Vec<Block> {
    let rows = rows(summary, lang);
    if rows.is_empty() {
        return Vec::new();
    }
    let cells = |row: DoubtRow| {
        let DoubtRow { label, value, noise, spread } = row;
        let numbers = [Html::text(&value), Html::text(&noise), Html::text(&spread)];
        (RowKind::Plain, std::iter::once(Html::text(label)).chain(numbers).collect())
    };
    let words = [w::MEASURE, w::VALUE, w::DOUBT_NOISE, w::DOUBT_SPREAD];
    let table = Table {
        caption: Html::text(w::DOUBT.of(lang)),
        head: words.iter().map(|word| Html::text(word.of(lang))).collect(),
        rows: rows.into_iter().map(cells).collect(),
        numeric: true,
    };
    let next = next(summary, lang, named).unwrap_or_default();
    let text = format!("{}{}{next}", note(summary, lang), lang.pick(" ", ""));
    vec![Block::Table(table), Block::Note(Html::trusted(text))]
}

/// An input in words with its key, for the page.
fn named(key: &str, lang: Lang) -> String {
    let code = Html::code(key);
    let Some(name) = input_name(key, lang) else { return code.as_str().to_owned() };
    let (open, close) = lang.pick(("“", "” "), ("“", "”"));
    format!("{open}{}{close}{}", escape(&name), code.as_str())
}

/// How the spread was found, in a sentence.
pub(super) fn note(summary: Summary, lang: Lang) -> String {
    let points = summary.mean("uncertainty.points").map_or(DASH.to_owned(), |n| decimal(n, 0));
    w::DOUBT_NOTE.fill(lang, &[("points", &points)])
}

/// "Measure this next", in a sentence; the inputs that narrow the answer by a hundredth or more.
/// `name` prints an input's key.
pub(super) fn next(summary: Summary, lang: Lang, name: fn(&str, Lang) -> String) -> Option<String> {
    let list = summary.at("uncertainty").get("measure_next")?.as_array()?;
    let telling = |row: &&Value| row["narrows_share"].as_f64() >= Some(0.01);
    let said = |row: &Value| {
        let share = row["narrows_share"].as_f64().unwrap_or_default() * 100.0;
        let key = name(row["key"].as_str().unwrap_or_default(), lang);
        let gaps = [("key", &*key), ("share", &*decimal(share, 0))];
        let worth = row["evppi_yuan"].as_str().and_then(|yuan| yuan.parse::<f64>().ok());
        let worth = worth
            .filter(|yuan| *yuan > 0.0)
            .map(|yuan| w::DOUBT_WORTH.fill(lang, &[("yuan", &Unit::Yuan.say(lang, yuan))]));
        let close = || lang.pick(")", "）").to_owned();
        format!("{}{}", w::DOUBT_NEXT_ONE.fill(lang, &gaps), worth.unwrap_or_else(close))
    };
    let found: Vec<String> = list.iter().filter(telling).take(3).map(said).collect();
    if found.is_empty() {
        return Some(w::DOUBT_NOTHING.of(lang).to_owned());
    }
    let list = found.join(lang.pick("; ", "；"));
    Some(w::DOUBT_NEXT.fill(lang, &[("list", &list)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_intervals_stand_apart_and_the_most_telling_input_leads() {
        let summary = json!({ "uncertainty": {
            "points": 20,
            "headlines": { "credit.net_credit_loss": {
                "mean": "1000.00", "monte_carlo95": ["990.00", "1010.00"],
                "spread95": ["200.00", "3000.00"] } },
            "measure_next": [
                { "key": "a.b", "narrows_share": 0.62, "evppi_yuan": "1200.00" },
                { "key": "c.d", "narrows_share": 0.004, "evppi_yuan": null } ] } });
        let rows = rows(Summary(&summary), Lang::En);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].noise.contains("990") && rows[0].spread.contains("3,000"), "{rows:?}");
        let next = next(Summary(&summary), Lang::Zh, |key, _| key.to_owned()).expect("a sentence");
        assert!(next.contains("a.b") && next.contains("62") && !next.contains("c.d"), "{next}");
        assert!(super::rows(Summary(&json!({})), Lang::En).is_empty());
    }
}
