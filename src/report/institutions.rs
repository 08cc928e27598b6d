//! The table of money between institutions: who owes the hospitals, for how long, what they hold.
//! Must never show a figure that the run did not leave.

use super::Lang;
use super::headline;
use super::numbers::Unit;
use super::page::{Block, Html, RowKind, Table};
use super::source::Summary;
use super::words::{self as w, Text};

/// The table, where the run followed money between institutions.
pub(super) fn clearing(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("clearing").as_object()?;
    let rows = ROWS.into_iter().map(|(text, key, unit)| {
        let cell = |side: &str| {
            let estimate = summary.estimate(&format!("clearing.{key}.{side}"));
            let (value, interval) = headline::said(lang, unit, estimate);
            Html::text(&value).with_aside(&interval)
        };
        let label = Html::text(text.of(lang));
        (RowKind::Plain, vec![label, cell("baseline"), cell("policy")])
    });
    let table = Table {
        caption: Html::text(w::CLEARING_CAPTION.of(lang)),
        head: vec![
            Html::text(w::MEASURE.of(lang)),
            Html::code(summary.text("baseline")),
            Html::text(w::THE_SCHEME.of(lang)),
        ],
        rows: rows.collect(),
        numeric: true,
    };
    Some(Block::Table(table))
}

const ROWS: [(Text, &str, Unit); 12] = [
    (w::CLEARING_DSO, "days_sales_outstanding", Unit::Plain(1)),
    (w::CLEARING_FUND_DAYS, "days_to_fund_payment", Unit::Plain(1)),
    (w::CLEARING_FUNDS, "owed_by_funds", Unit::Yuan),
    (w::CLEARING_BANKS, "owed_by_banks", Unit::Yuan),
    (w::CLEARING_TRANSIT, "in_transit", Unit::Yuan),
    (w::CLEARING_PATIENTS, "unpaid_by_patients", Unit::Yuan),
    (w::CLEARING_DEPOSITS, "deposits_held", Unit::Yuan),
    (w::CLEARING_ADVANCE, "advance_funding", Unit::Yuan),
    (w::CLEARING_CASH, "hospital_cash_at_end", Unit::Yuan),
    (w::CLEARING_STILL_OWED, "owed_by_funds_at_end", Unit::Yuan),
    (w::CLEARING_CARRIED, "network_carried", Unit::Yuan),
    (w::CLEARING_FEES, "network_fees", Unit::Yuan),
];
