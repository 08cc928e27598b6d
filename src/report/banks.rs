//! Tables with a column each: the scheme's banks; the hospitals' cards, entitlement and claims at home by arm. Must never show a figure that the
//! run did not leave.

use super::Lang;
use super::headline;
use super::numbers::{Estimate, Unit};
use super::page::{Html, RowKind, Table};
use super::source::{Summary, arm_title};
use super::words::{self as w, Text};

/// The table, a column a bank, where the scheme names banks.
pub(super) fn table(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    columns(summary, lang, ("banks", w::BANKS_CAPTION), &ROWS)
}

/// The table of hospitals' cards, a column an arm, where people carry them.
pub(super) fn cards(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    columns(summary, lang, ("hospital_cards", w::CARDS_CAPTION), &CARD_ROWS)
}

/// What it takes to show what other payers owe for a stay, a column an arm, where the run followed it.
pub(super) fn entitlement(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    columns(summary, lang, ("entitlement", w::ENTITLED_CAPTION), &ENTITLED_ROWS)
}

/// Money of people who claim at home, a column an arm, where the run followed it.
pub(super) fn claimed_at_home(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    columns(summary, lang, ("insured_elsewhere.locked", w::LOCKED_CAPTION), &LOCKED_ROWS)
}

fn columns(
    summary: Summary<'_>,
    lang: Lang,
    (key, caption): (&str, Text),
    rows: &[(Text, &str, Unit)],
) -> Option<Table> {
    let each = summary.at(key).as_object()?;
    let names = each.keys().map(|name| Html::text(&arm_title(summary, name, lang)));
    let row = |&(text, key, unit): &(Text, &str, Unit)| {
        let cells = each.values().map(|one| {
            let (value, interval) = headline::said(lang, unit, Estimate::read(&one[key]));
            Html::text(&value).with_aside(&interval)
        });
        (RowKind::Plain, [Html::text(text.of(lang))].into_iter().chain(cells).collect())
    };
    Some(Table {
        caption: Html::text(caption.of(lang)),
        head: [Html::text(w::MEASURE.of(lang))].into_iter().chain(names).collect(),
        rows: rows.iter().map(row).collect(),
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

const CARD_ROWS: [(Text, &str, Unit); 7] = [
    (w::PAY_CARDS_ISSUED, "issued_cards", Unit::Count),
    (w::PAY_CARD_TOP_UPS, "top_ups", Unit::Count),
    (w::PAY_CARD_SHARE, "paid_in_place_share", Unit::Share),
    (w::PAY_CARD_PUT, "put_on", Unit::Yuan),
    (w::PAY_CARD_PAID, "paid_with", Unit::Yuan),
    (w::PAY_CARD_BACK, "given_back", Unit::Yuan),
    (w::PAY_CARD_LEFT, "left", Unit::Yuan),
];

const ENTITLED_ROWS: [(Text, &str, Unit); 7] = [
    (w::ENTITLED_STAYS, "entitled_stays", Unit::Count),
    (w::ENTITLED_PAYERS, "payers_per_stay", Unit::Plain(2)),
    (w::ENTITLED_COUNTERS, "counters_per_stay", Unit::Plain(2)),
    (w::ENTITLED_PATIENT, "patient_min_per_stay", Unit::Plain(1)),
    (w::ENTITLED_CLERK, "clerk_min_per_stay", Unit::Plain(1)),
    (w::ENTITLED_PATIENTS, "patient_hours", Unit::Count),
    (w::ENTITLED_CLERKS, "clerk_hours", Unit::Count),
];

const LOCKED_ROWS: [(Text, &str, Unit); 4] = [
    (w::LOCKED_PAID, "paid_here", Unit::Yuan),
    (w::LOCKED_BACK, "comes_back", Unit::Yuan),
    (w::AWAY_LOCKED, "patients_yuan_days", Unit::Count),
    (w::LOCKED_DAYS, "days_out_of_pocket", Unit::Plain(1)),
];
