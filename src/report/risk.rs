//! Tables of credit risk: portfolio figures, loss curve, fairness of the gates. Must never compute a
//! figure that the summary does not hold.

use super::Lang;
use super::headline;
use super::numbers::{self, DASH, Unit, decimal};
use super::page::{Html, RowKind, Table};
use super::source::Summary;
use super::words::{self as w, Text};
use serde_json::Value;

/// The tables that the summary has figures for.
pub(super) fn tables(summary: Summary<'_>, lang: Lang) -> Vec<Table> {
    if !summary.at("credit.risk").is_object() {
        return Vec::new();
    }
    let some = [portfolio(summary, lang), curve(summary, lang), fairness(summary, lang)];
    some.into_iter().flatten().collect()
}

fn say(lang: Lang, text: Text) -> Html {
    Html::text(text.of(lang))
}

fn portfolio(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    let figures = [
        (w::RISK_PD, "pd_per_draw", Unit::Share),
        (w::RISK_LGD, "lgd", Unit::Share),
        (w::RISK_EAD, "ead_per_default_yuan", Unit::Yuan),
        (w::RISK_ROLL_1, "roll_rates.current_to_1_30", Unit::Share),
        (w::RISK_ROLL_2, "roll_rates.1_30_to_31_60", Unit::Share),
        (w::RISK_ROLL_3, "roll_rates.31_60_to_61_90", Unit::Share),
        (w::RISK_ROLL_4, "roll_rates.61_90_to_90_plus", Unit::Share),
        (w::RISK_ROLL_5, "roll_rates.90_plus_to_write_off", Unit::Share),
        (w::RISK_BASELINE_LOSS, "against_baseline.baseline_bad_debt", Unit::Yuan),
        (w::RISK_DIFFERENCE, "against_baseline.difference", Unit::Yuan),
    ];
    let rows: Vec<_> = figures
        .into_iter()
        .filter_map(|(text, path, unit)| {
            let estimate = summary.estimate(&format!("credit.risk.{path}"))?;
            let (value, interval) = headline::said(lang, unit, Some(estimate));
            let cells = vec![say(lang, text), Html::text(&value), Html::text(&interval)];
            Some((RowKind::Plain, cells))
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        caption: say(lang, w::RISK_CAPTION),
        head: [w::RISK_FIGURE, w::RISK_VALUE, w::RISK_INTERVAL].map(|t| say(lang, t)).into(),
        rows,
        numeric: true,
    })
}

fn percent(value: &Value) -> String {
    value.as_f64().map_or(DASH.to_owned(), |share| numbers::percent(share, 2))
}

fn curve(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    let curve = summary.at("credit.risk.loss_curve");
    let yuan = |value: &Value| value.as_f64().map_or(DASH.to_owned(), |x| Unit::Yuan.say(lang, x));
    let row = |point: &Value| {
        let multiple = point["multiple"].as_f64().map_or(DASH.to_owned(), |x| decimal(x, 2));
        let texts = [
            multiple,
            percent(&point["default_rate"]),
            yuan(&point["loss_yuan"]),
            yuan(&point["net_yuan"]),
        ];
        (RowKind::Plain, texts.map(|text| Html::text(&text)).into())
    };
    let rows: Vec<(RowKind, Vec<Html>)> =
        curve["points"].as_array().into_iter().flatten().map(row).collect();
    let caption = match &curve["break_even_default_rate"] {
        Value::Null => w::CURVE_CAPTION.of(lang).to_owned(),
        rate => {
            let (caption, even) = (w::CURVE_CAPTION.of(lang), w::CURVE_BREAK_EVEN.of(lang));
            let (open, close) = lang.pick((" (", ")"), ("（", "）"));
            format!("{caption}{open}{even} {}{close}", percent(rate))
        }
    };
    let head = [w::CURVE_MULTIPLE, w::CURVE_RATE, w::CURVE_LOSS, w::CURVE_NET];
    (!rows.is_empty()).then(|| Table {
        caption: Html::text(&caption),
        head: head.map(|text| say(lang, text)).into(),
        rows,
        numeric: true,
    })
}

fn fairness(summary: Summary<'_>, lang: Lang) -> Option<Table> {
    let row = |group: &Value| {
        let name = match group["group"].as_str() {
            Some("income_lowest_fifth") => say(lang, w::FAIR_POOR),
            other => {
                let name = other.unwrap_or_default();
                let age = name.strip_prefix("age_").and_then(|rest| rest.strip_suffix("_plus"));
                let old = |age: &str| format!("{age}{}", w::FAIR_OLD.of(lang));
                Html::text(&age.map_or_else(|| name.to_owned(), old))
            }
        };
        let ratio = group["ratio"].as_f64().map_or(DASH.to_owned(), |x| decimal(x, 2));
        let cells =
            [percent(&group["eligible_share"]), percent(&group["eligible_share_others"]), ratio];
        (RowKind::Plain, std::iter::once(name).chain(cells.map(|text| Html::text(&text))).collect())
    };
    let groups = summary.at("credit.risk.fairness").as_array();
    let rows: Vec<(RowKind, Vec<Html>)> = groups.into_iter().flatten().map(row).collect();
    let head = [w::FAIR_GROUP, w::FAIR_SHARE, w::FAIR_OTHERS, w::FAIR_RATIO];
    (!rows.is_empty()).then(|| Table {
        caption: say(lang, w::FAIR_CAPTION),
        head: head.map(|text| say(lang, text)).into(),
        rows,
        numeric: true,
    })
}
