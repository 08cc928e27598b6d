//! The table of the scheme's banks: what each has lent, earned, lost and sanctioned. Must never show a figure that
//! the run did not leave.

use super::Lang;
use super::headline;
use super::numbers::{Estimate, Unit};
use super::page::{Html, RowKind, Table};
use super::source::Summary;
use super::words::{self as w, Text};

/// The table, a column a bank, where the scheme names banks.
pub(super) fn table(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    let banks = summary.at("banks").as_object()?;
    let names = banks.keys().map(|name| Html::text(name));
    let row = |&(text, key, unit): &(Text, &str, Unit)| {
        let cells = banks.values().map(|bank| {
            let (value, interval) = headline::said(lang, unit, Estimate::read(&bank[key]));
            Html::text(&value).with_aside(&interval)
        });
        (RowKind::Plain, [Html::text(text.of(lang))].into_iter().chain(cells).collect())
    };
    Some(Table {
        caption: Html::text(w::BANKS_CAPTION.of(lang)),
        head: [Html::text(w::MEASURE.of(lang))].into_iter().chain(names).collect(),
        rows: ROWS.iter().map(row).collect(),
        numeric: true,
    })
}

const ROWS: [(Text, &str, Unit); 13] = [
    (w::BANK_LINES, "lines", Unit::Count),
    (w::BANK_SECOND, "second_lines", Unit::Count),
    (w::BANK_LIMITS, "limits", Unit::Yuan),
    (w::BANK_DRAWN, "drawn", Unit::Yuan),
    (w::BANK_EARNED, "interest_and_penalties", Unit::Yuan),
    (w::BANK_FUNDING, "funding_cost", Unit::Yuan),
    (w::BANK_FREE, "funding_cost_of_free_days", Unit::Yuan),
    (w::BANK_LATE, "lines_over_90_days", Unit::Count),
    (w::BANK_WRITTEN_OFF, "written_off", Unit::Yuan),
    (w::BANK_RECOVERED, "recovered", Unit::Yuan),
    (w::BANK_BORNE, "loss_borne", Unit::Yuan),
    (w::BANK_BLACKLISTED, "blacklisted", Unit::Count),
    (w::BANK_CANCELLED, "lines_cancelled", Unit::Count),
];
