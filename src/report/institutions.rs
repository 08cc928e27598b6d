//! The table of money between institutions: who owes the hospitals, for how long, what they hold.
//! Must never show a figure that the run did not leave.

use super::Lang;
use super::headline;
use super::numbers::Unit;
use super::page::{Block, Html, RowKind, Table};
use super::source::Summary;
use super::words::{self as w, Text};

/// The words above two columns: the baseline's and the scheme's.
pub(super) fn baseline_and_scheme(summary: Summary<'_>, lang: Lang) -> Vec<Html> {
    vec![
        Html::text(w::MEASURE.of(lang)),
        Html::code(summary.text("baseline")),
        Html::text(w::THE_SCHEME.of(lang)),
    ]
}

/// Rows of two estimates with their intervals; `path` names a key's estimate on a side.
pub(super) fn two_sides(
    summary: Summary<'_>,
    lang: Lang,
    rows: &[(Text, &str, Unit)],
    (sides, path): ([&str; 2], impl Fn(&str, &str) -> String),
) -> Vec<(RowKind, Vec<Html>)> {
    let row = |&(text, key, unit): &(Text, &str, Unit)| {
        let [left, right] = sides.map(|side| {
            let (value, interval) = headline::said(lang, unit, summary.estimate(&path(key, side)));
            Html::text(&value).with_aside(&interval)
        });
        (RowKind::Plain, vec![Html::text(text.of(lang)), left, right])
    };
    rows.iter().map(row).collect()
}

/// The table, where the run followed money between institutions.
pub(super) fn clearing(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("clearing").as_object()?;
    let path = |key: &str, side: &str| format!("clearing.{key}.{side}");
    let table = Table {
        caption: Html::text(w::CLEARING_CAPTION.of(lang)),
        head: baseline_and_scheme(summary, lang),
        rows: two_sides(summary, lang, &ROWS, (["baseline", "policy"], path)),
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

/// What the four-sided reconciliation found, by kind, where the run followed the daily files.
pub(super) fn reconciliation(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("clearing.reconciliation").as_object()?;
    let cell = |path: &str| {
        let estimate = summary.estimate(&format!("clearing.reconciliation.{path}"));
        Html::text(&headline::said(lang, Unit::Count, estimate).0)
    };
    let row = |(kind, text): (&str, Text)| {
        let cells = ["planted", "named_right"].map(|side| cell(&format!("{side}.{kind}")));
        let [planted, named] = cells;
        (RowKind::Plain, vec![Html::text(text.of(lang)), planted, named])
    };
    let mut rows: Vec<_> = FAULTS.into_iter().map(row).collect();
    let alarms = vec![Html::text(w::FAULT_ALARMS.of(lang)), Html::text(""), cell("false_alarms")];
    rows.push((RowKind::Plain, alarms));
    let table = Table {
        caption: Html::text(w::RECONCILED_CAPTION.of(lang)),
        head: [w::MEASURE, w::FAULT_PLANTED, w::FAULT_NAMED]
            .map(|text| Html::text(text.of(lang)))
            .to_vec(),
        rows,
        numeric: true,
    };
    Some(Block::Table(table))
}

const FAULTS: [(&str, Text); 4] = [
    ("missing", w::FAULT_MISSING),
    ("duplicate", w::FAULT_DUPLICATE),
    ("wrong_amount", w::FAULT_AMOUNT),
    ("wrong_day", w::FAULT_DAY),
];

/// With what people paid their part, where the run followed it.
pub(super) fn payments(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("payments").as_object()?;
    let path = |key: &str, side: &str| format!("payments.{side}.{key}");
    let followed = summary.at("payments.policy.network_asked").is_object();
    let network: &[_] = if followed { &NETWORK_ROWS } else { &[] };
    let rows = [&PAYMENT_ROWS, network].concat();
    let table = Table {
        caption: Html::text(w::PAYMENTS_CAPTION.of(lang)),
        head: baseline_and_scheme(summary, lang),
        rows: two_sides(summary, lang, &rows, (["baseline", "policy"], path)),
        numeric: true,
    };
    Some(Block::Table(table))
}

/// What the scheme's platform told patients, where it sends messages.
pub(super) fn messages(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("messages").as_object()?;
    let row = |(kind, text): &(&str, Text)| {
        summary.at(&format!("messages.{kind}")).as_object()?;
        let cell = |key: &str, unit: Unit| {
            let estimate = summary.estimate(&format!("messages.{kind}.{key}"));
            Html::text(&headline::said(lang, unit, estimate).0)
        };
        let [sent, reached, acted] = ["sent", "reached", "acted"].map(|key| cell(key, Unit::Count));
        let cost = cell("cost", Unit::Yuan);
        Some((RowKind::Plain, vec![Html::text(text.of(lang)), sent, reached, acted, cost]))
    };
    let table = Table {
        caption: Html::text(w::MESSAGES_CAPTION.of(lang)),
        head: [
            w::MEASURE,
            w::MESSAGES_SENT,
            w::MESSAGES_REACHED,
            w::MESSAGES_ACTED,
            w::MESSAGES_COST,
        ]
        .map(|text| Html::text(text.of(lang)))
        .to_vec(),
        rows: MESSAGES.iter().filter_map(row).collect(),
        numeric: true,
    };
    Some(Block::Table(table))
}

const MESSAGES: [(&str, Text); 4] = [
    ("previsit", w::MESSAGES_PREVISIT),
    ("treatment", w::MESSAGES_TREATMENT),
    ("guidance", w::MESSAGES_GUIDANCE),
    ("charge", w::MESSAGES_CHARGE),
];

/// Purchases at retail pharmacies, where the run followed them.
pub(super) fn retail(summary: Summary<'_>, lang: Lang) -> Option<Block> {
    summary.at("retail_pharmacies").as_object()?;
    let path = |key: &str, side: &str| format!("retail_pharmacies.{side}.{key}");
    let table = Table {
        caption: Html::text(w::RETAIL_CAPTION.of(lang)),
        head: baseline_and_scheme(summary, lang),
        rows: two_sides(summary, lang, &RETAIL_ROWS, (["baseline", "policy"], path)),
        numeric: true,
    };
    Some(Block::Table(table))
}

const RETAIL_ROWS: [(Text, &str, Unit); 6] = [
    (w::RETAIL_PURCHASES, "purchases", Unit::Count),
    (w::RETAIL_BILLED, "billed", Unit::Yuan),
    (w::RETAIL_FUNDS, "paid_by_funds", Unit::Yuan),
    (w::RETAIL_ACCOUNTS, "paid_from_accounts", Unit::Yuan),
    (w::RETAIL_LINES, "drawn_on_lines", Unit::Yuan),
    (w::RETAIL_OWN, "paid_with_own_money", Unit::Yuan),
];

const PAYMENT_ROWS: [(Text, &str, Unit); 17] = [
    (w::PAY_RECEIPTS, "receipts", Unit::Count),
    (w::PAY_BOOKED, "booked_by_funds", Unit::Yuan),
    (w::PAY_ACCOUNT, "paid_by_means.account", Unit::Yuan),
    (w::PAY_FAMILY, "paid_by_means.family_account", Unit::Yuan),
    (w::PAY_DEPOSIT, "paid_by_means.deposit", Unit::Yuan),
    (w::PAY_LINE, "paid_by_means.line", Unit::Yuan),
    (w::PAY_CARD, "paid_by_means.debit_card", Unit::Yuan),
    (w::PAY_WECHAT, "paid_by_means.wechat", Unit::Yuan),
    (w::PAY_ALIPAY, "paid_by_means.alipay", Unit::Yuan),
    (w::PAY_ECNY, "paid_by_means.e_cny", Unit::Yuan),
    (w::PAY_CASH, "paid_by_means.cash", Unit::Yuan),
    (w::PAY_UNPAID, "unpaid_at_once", Unit::Yuan),
    (w::PAY_ON, "went_on_to_another_source_share", Unit::Share),
    (w::PAY_REACHED, "messages_reached_share", Unit::Share),
    (w::PAY_MESSAGES, "message_cost", Unit::Yuan),
    (w::PAY_FIRST_CARDS, "first_cards", Unit::Count),
    (w::PAY_CARRIED, "carried_to_first_cards", Unit::Yuan),
];

/// Where the scenario says how long the card network takes.
const NETWORK_ROWS: [(Text, &str, Unit); 3] = [
    (w::NETWORK_ASKED, "network_asked", Unit::Count),
    (w::NETWORK_ANSWER, "network_answer_s_mean", Unit::Plain(2)),
    (w::NETWORK_LATE, "network_too_late_share", Unit::Share),
];

/// Cross-province stays: a sentence on the relay and the table of both ways, where the run has them.
pub(super) fn cross_province(summary: Summary<'_>, lang: Lang) -> Vec<Block> {
    if summary.at("cross_province").as_object().is_none() {
        return Vec::new();
    }
    let said = |path: &str, unit: Unit| {
        let estimate = summary.estimate(&format!("cross_province.{path}"));
        headline::said(lang, unit, estimate).0
    };
    let gaps = [
        ("diverted", said("diverted", Unit::Count)),
        ("repaired", said("faults_repaired_within_24h_share", Unit::Share)),
        ("faults", said("faults", Unit::Count)),
        ("median", said("answer_s.median", Unit::Plain(1))),
        ("p95", said("answer_s.p95", Unit::Plain(1))),
        ("other", said("answer_other_connection_s.median", Unit::Plain(1))),
    ];
    let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
    let path = |key: &str, side: &str| format!("cross_province.{side}.{key}");
    let stays = said("stays", Unit::Count);
    let table = Table {
        caption: Html::trusted(w::AWAY_CAPTION.fill(lang, &[("stays", &stays)])),
        head: [w::MEASURE, w::AWAY_DIRECT, w::AWAY_MANUAL]
            .map(|text| Html::text(text.of(lang)))
            .to_vec(),
        rows: two_sides(summary, lang, &AWAY_ROWS, (["direct", "manual"], path)),
        numeric: true,
    };
    let relay = Html::trusted(w::AWAY_RELAY.fill(lang, &gaps));
    let days = said("hospitals_wait_days", Unit::Plain(1));
    let hospitals = Html::trusted(w::AWAY_HOSPITALS.fill(lang, &[("days", &days)]));
    let mut blocks = vec![Block::Table(table), Block::Para(relay), Block::Para(hospitals)];
    if summary.at("cross_province.capacity").as_object().is_some() {
        let gap = |route: &str, key: &str| said(&format!("capacity.{route}.{key}"), Unit::Count);
        let [of_1000, least, million] =
            ["per_1000_requests_per_s", "least_for_these_hospitals", "per_million_requests"];
        let gaps = [
            ("private", gap("private_line", of_1000)),
            ("city", gap("through_the_city", of_1000)),
            ("private_least", gap("private_line", least)),
            ("city_least", gap("through_the_city", least)),
            ("private_million", gap("private_line", million)),
            ("city_million", gap("through_the_city", million)),
        ];
        let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
        blocks.push(Block::Para(Html::trusted(w::AWAY_CAPACITY.fill(lang, &gaps))));
    }
    if summary.mean("cross_province.prepaid_to_sub_account").is_some_and(|yuan| yuan > 0.0) {
        let gaps = [
            ("prepaid", said("prepaid_to_sub_account", Unit::Yuan)),
            ("at_once", said("paid_from_sub_account_at_once", Unit::Yuan)),
            ("later", said("paid_from_sub_account_later", Unit::Yuan)),
        ];
        let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
        blocks.push(Block::Para(Html::trusted(w::AWAY_SUB_ACCOUNT.fill(lang, &gaps))));
    }
    blocks
}

const AWAY_ROWS: [(Text, &str, Unit); 8] = [
    (w::AWAY_DAYS, "days_to_benefit", Unit::Plain(1)),
    (w::AWAY_ADVANCED, "advanced_by_patients", Unit::Yuan),
    (w::AWAY_LOCKED, "patients_yuan_days", Unit::Count),
    (w::AWAY_PROVINCE, "province_of_care_yuan_days", Unit::Count),
    (w::AWAY_FORGONE, "benefits_forgone", Unit::Yuan),
    (w::AWAY_INTERRUPTED, "treatment_interrupted", Unit::Count),
    (w::AWAY_TRIPS, "return_trips", Unit::Count),
    (w::AWAY_CLERKS, "clerk_hours", Unit::Plain(1)),
];
