//! The table of price and volume per case, a column an arm. Must never show a figure that the run did not leave.

use super::Lang;
use super::headline;
use super::numbers::{Estimate, Unit};
use super::page::{Block, Html, RowKind, Table};
use super::source::{Summary, arm_title};
use super::words::{self as w, Text, per_case as p};

const ROWS: [(RowKind, Text, &str, Unit); 6] = [
    (RowKind::Plain, p::BILL, "/bill_yuan/first_quarter", Unit::Yuan),
    (RowKind::Part, p::BILL_LAST, "/bill_yuan/last_quarter", Unit::Yuan),
    (RowKind::Part, p::BILL_DRIFT, "/bill_yuan/drift_share", Unit::Share),
    (RowKind::Plain, p::CASES, "/cases_per_1000_people/first_quarter", Unit::Plain(2)),
    (RowKind::Part, p::BILL_LAST, "/cases_per_1000_people/last_quarter", Unit::Plain(2)),
    (RowKind::Part, p::CASES_DRIFT, "/cases_per_1000_people/drift_share", Unit::Share),
];

/// The table and how to read it, where the run is long enough; the scheme's column is the last.
pub(super) fn blocks(summary: Summary<'_>, lang: Lang) -> Vec<Block> {
    let Some(arms) = summary.at("per_case.arms").as_object() else { return Vec::new() };
    let scheme = summary.text("policy");
    let mut arms: Vec<_> = arms.iter().collect();
    arms.sort_by_key(|(name, _)| name.as_str() == scheme);
    let mut head = vec![Html::text(w::MEASURE.of(lang))];
    head.extend(arms.iter().map(|(name, _)| Html::text(&arm_title(summary, name, lang))));
    let row = |&(kind, text, path, unit): &(RowKind, Text, &str, Unit)| {
        let cells = arms.iter().map(|(_, figures)| {
            let estimate = figures.pointer(path).and_then(Estimate::read);
            let (value, interval) = headline::said(lang, unit, estimate);
            Html::text(&value).with_aside(&interval)
        });
        (kind, [Html::text(text.of(lang))].into_iter().chain(cells).collect())
    };
    let table = Table {
        caption: Html::text(p::CAPTION.of(lang)),
        head,
        rows: ROWS.iter().map(row).collect(),
        numeric: true,
    };
    vec![Block::Table(table), Block::Note(Html::text(p::NOTE.of(lang)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schemes_column_is_the_last_and_short_runs_have_no_table() {
        let arm = |drift: f64| json!({ "bill_yuan": { "drift_share": { "mean": drift } } });
        let summary = json!({
            "policy": "a_scheme",
            "per_case": { "arms": { "a_scheme": arm(0.125), "phone": arm(0.0625) } },
        });
        for (lang, word) in [(Lang::En, "drift of the price"), (Lang::Zh, "价格变动")] {
            let page = format!("{:?}", blocks(Summary(&summary), lang));
            assert!(page.contains(word) && page.contains("12.50%"), "{page}");
            let scheme = w::THE_SCHEME.of(lang);
            assert!(page.find("phone") < page.find(scheme) && page.contains(scheme), "{page}");
        }
        assert!(blocks(Summary(&json!({})), Lang::En).is_empty());
    }
}
