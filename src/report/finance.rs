//! Patients' other finance and the line as a reserve, where the run followed them. Must never show a figure that the
//! run did not leave.

use super::Lang;
use super::institutions::{baseline_and_scheme, two_sides};
use super::numbers::Unit;
use super::page::{Block, Html, Table};
use super::source::Summary;
use super::words::{self as w, Text};

/// Both tables with what they mean.
pub(super) fn blocks(summary: Summary<'_>, lang: Lang) -> Vec<Block> {
    if summary.at("other_finance").as_object().is_none() {
        return Vec::new();
    }
    let path = |key: &str, side: &str| format!("other_finance.{side}.{key}");
    let arms = Table {
        caption: Html::text(w::FINANCE_CAPTION.of(lang)),
        head: baseline_and_scheme(summary, lang),
        rows: two_sides(summary, lang, &ARMS, (["baseline", "policy"], path)),
        numeric: true,
    };
    let mut blocks = vec![Block::Table(arms)];
    let price = |key: &str| summary.at(&format!("other_finance.{key}_cost_per_yuan")).as_f64();
    if let (Some(card), Some(kin), Some(line)) = (price("card"), price("relatives"), price("line"))
    {
        let said = [("card", card), ("kin", kin), ("line", line)];
        let said = said.map(|(gap, price)| (gap, Unit::Plain(3).say(lang, price)));
        let gaps = said.each_ref().map(|(gap, price)| (*gap, price.as_str()));
        blocks.push(Block::Para(Html::trusted(w::FINANCE_PRICES.fill(lang, &gaps))));
    }
    if summary.at("other_finance.reserve").as_object().is_some() {
        let path = |key: &str, side: &str| format!("other_finance.reserve.{side}.{key}");
        blocks.push(Block::Table(Table {
            caption: Html::text(w::RESERVE_CAPTION.of(lang)),
            head: [w::MEASURE, w::RESERVE_UNUSED, w::RESERVE_ALL]
                .map(|text| Html::text(text.of(lang)))
                .to_vec(),
            rows: two_sides(summary, lang, &RESERVE, (["never_drawn", "all"], path)),
            numeric: true,
        }));
        blocks.push(Block::Para(Html::text(w::RESERVE_NOTE.of(lang))));
    }
    blocks
}

const ARMS: [(Text, &str, Unit); 8] = [
    (w::FINANCE_CARD_BILLS, "bills_by_card", Unit::Count),
    (w::FINANCE_CARD, "lent_by_card", Unit::Yuan),
    (w::FINANCE_KIN_BILLS, "bills_by_relatives", Unit::Count),
    (w::FINANCE_KIN, "lent_by_relatives", Unit::Yuan),
    (w::FINANCE_COST, "cost_to_patients", Unit::Yuan),
    (w::FINANCE_WITHOUT, "visits_without_tests", Unit::Count),
    (w::FINANCE_TESTS, "tests_not_had", Unit::Yuan),
    (w::FINANCE_STAYS, "stays_not_had", Unit::Count),
];

const RESERVE: [(Text, &str, Unit); 9] = [
    (w::RESERVE_LINES, "lines", Unit::Count),
    (w::RESERVE_YEARS, "line_years", Unit::Plain(1)),
    (w::RESERVE_BILLS, "bills_above_own_means", Unit::Count),
    (w::RESERVE_MET_BILLS, "bills_met", Unit::Count),
    (w::RESERVE_LACKED, "lacked", Unit::Yuan),
    (w::RESERVE_MET, "met", Unit::Yuan),
    (w::RESERVE_WITHOUT, "met_for_want_of_any_other", Unit::Yuan),
    (w::RESERVE_USE, "expected_use_per_line_year", Unit::Plain(2)),
    (w::RESERVE_VALUE, "option_value_per_line_year", Unit::Plain(2)),
];
