//! The table of what was given back after it was paid, a column an arm. Must never show a figure that the run did not
//! leave.

use super::Lang;
use super::headline;
use super::numbers::{Estimate, Unit};
use super::page::{Block, Html, RowKind, Table};
use super::source::{Summary, arm_title};
use super::words::{self as w, Text, refunds as r};

const ROWS: [(Text, &str, Unit); 8] = [
    (r::VISITS, "visits", Unit::Count),
    (r::TRIPS, "trips", Unit::Count),
    (r::CANCELLED, "settlements_cancelled", Unit::Count),
    (r::TOTAL, "given_back", Unit::Yuan),
    (r::FUNDS, "to_funds", Unit::Yuan),
    (r::LINES, "to_lines", Unit::Yuan),
    (r::BOOKS, "off_hospital_books", Unit::Yuan),
    (r::PATIENTS, "to_patients", Unit::Yuan),
];

/// The table, where the scenario has refunds.
pub(super) fn table(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    let baselines = summary.at("refunds.baselines").as_object()?;
    let mut head = vec![Html::text(w::MEASURE.of(lang))];
    head.extend(baselines.keys().map(|name| Html::text(&arm_title(summary, name, lang))));
    head.push(Html::text(w::THE_SCHEME.of(lang)));
    let arms: Vec<_> = baselines.values().chain([summary.at("refunds.policy")]).collect();
    let row = |&(text, key, unit): &(Text, &str, Unit)| {
        let cells = arms.iter().map(|arm| {
            let (value, interval) = headline::said(lang, unit, Estimate::read(&arm[key]));
            Html::text(&value).with_aside(&interval)
        });
        let label = [Html::text(text.of(lang))];
        (RowKind::Plain, label.into_iter().chain(cells).collect())
    };
    Some(Block::Table(Table {
        caption: Html::text(r::CAPTION.of(lang)),
        head,
        rows: ROWS.iter().map(row).collect(),
        numeric: true,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_arm_has_a_column_and_without_refunds_there_is_no_table() {
        let arm = |yuan: &str| json!({ "visits": { "mean": 12.0 }, "to_lines": { "mean": yuan } });
        let summary = json!({ "refunds": {
            "baselines": { "phone": arm("0.00"), "windows": arm("0.00") }, "policy": arm("34.50"),
        }});
        for (lang, words) in
            [(Lang::En, ["back to lines", "34.50"]), (Lang::Zh, ["退回授信额度", "34.50"])]
        {
            let page = format!("{:?}", table(Summary(&summary), lang).expect("a table"));
            assert!(words.iter().all(|word| page.contains(word)), "{page}");
            assert!(page.contains("phone") && page.contains("windows"), "{page}");
        }
        assert!(table(Summary(&json!({})), Lang::En).is_none());
    }
}
