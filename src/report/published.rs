//! What the run's city has published, beside the run's own figures: the same definitions, and why they differ.
//! Must never judge a figure that is not comparable, nor compute one that the run did not leave.

use super::Lang;
use super::numbers::{DASH, Estimate, Unit, three_digits};
use super::page::{Block, Html, RowKind, Section, Table};
use super::source::Summary;
use super::words::{Text, published as p};
use serde_json::Value;

/// The section; nothing where the run's scenario has no published figure, or runs under another scheme's rules.
pub(super) fn section(summary: Summary<'_>, lang: Lang) -> Option<Section> {
    let rows = summary.at("published.rows").as_array()?;
    let reached = summary.at("published.reached").as_bool() == Some(true);
    let days = summary.mean("published.days_of_the_published_period").unwrap_or_default();
    let days = Unit::Count.say(lang, days);
    let mut blocks = vec![Block::Para(Html::text(p::LEAD.of(lang)))];
    if !reached {
        blocks.push(Block::Note(Html::text(&p::TOO_SHORT.fill(lang, &[("days", &days)]))));
    }
    blocks.push(Block::Table(Table {
        caption: Html::text(p::CAPTION.of(lang)),
        head: [p::WHAT, p::PUBLISHED, p::THIS_RUN, p::VERDICT]
            .map(|text| Html::text(text.of(lang)))
            .into(),
        rows: rows.iter().map(|row| (RowKind::Plain, cells(row, lang))).collect(),
        numeric: true,
    }));
    let why: Vec<Html> = rows.iter().filter_map(|row| why(row, lang)).collect();
    if !why.is_empty() {
        blocks.push(Block::Para(Html::text(p::WHY.of(lang))));
        blocks.push(Block::List(why));
    }
    Some(Section { id: "published", title: Html::text(p::TITLE.of(lang)), blocks })
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap_or_default()
}

/// A text of the row that it has in both languages.
fn said<'r>(row: &'r Value, key: &str, lang: Lang) -> &'r str {
    text(row, &format!("{key}_{}", lang.code()))
}

/// What is counted; published with the width of its wording; this run with its interval; how they lie.
fn cells(row: &Value, lang: Lang) -> Vec<Html> {
    let unit = text(row, "unit");
    let figure = |at: usize| row["published"][at].as_f64().unwrap_or_default();
    let [low, reported, high] = [0, 1, 2].map(figure);
    let to = lang.pick("to", "至");
    let width = |low: f64, high: f64| {
        let [from, until] = [low, high].map(|x| amount(x, unit, lang));
        if from == until { String::new() } else { format!("{from} {to} {until}") }
    };
    let run = Estimate::read(&row["this_run"]);
    let own = run.map_or(DASH.to_owned(), |run| amount(run.mean, unit, lang));
    let interval = run.and_then(|run| run.ci95).map_or_else(String::new, |[a, b]| width(a, b));
    let as_of = p::AS_OF.fill(lang, &[("day", text(row, "as_of"))]);
    let published = [as_of, width(low, high)].join(lang.pick("; ", "；"));
    let published = published.trim_end_matches(['；', ';', ' ']);
    vec![
        Html::text(p::quantity(text(row, "quantity")).of(lang)).with_aside(said(
            row,
            "definition",
            lang,
        )),
        Html::text(&amount(reported, unit, lang)).with_aside(published),
        Html::text(&own).with_aside(&interval),
        Html::text(verdict(row, run, [low, high]).of(lang)),
    ]
}

/// Where the run's figure lies; an interval that meets the published range with its end alone tells nothing.
fn verdict(row: &Value, run: Option<Estimate>, [low, high]: [f64; 2]) -> Text {
    let Some(run) = run.filter(|_| text(row, "kind") != "not_comparable") else {
        let told = text(row, "kind") == "not_comparable";
        return if told { p::NOT_COMPARABLE } else { p::NOT_COUNTED };
    };
    let [from, to] = run.ci95.unwrap_or([run.mean; 2]);
    match text(row, "kind") {
        "fitted" => p::FITTED,
        _ if low <= run.mean && run.mean <= high => p::INSIDE,
        _ if from <= high && low <= to => p::NOISE,
        _ => p::OUTSIDE,
    }
}

/// The recorded reason, and what of the program shows it.
fn why(row: &Value, lang: Lang) -> Option<Html> {
    let reason = Some(said(row, "reason", lang)).filter(|reason| !reason.is_empty())?;
    let name = p::quantity(text(row, "quantity")).of(lang);
    let colon = lang.pick(": ", "：");
    let told = format!("{}{}", Html::text(&format!("{name}{colon}{reason}")).as_str(), stop(lang));
    let shown = text(row, "shown_by");
    if shown.is_empty() {
        return Some(Html::trusted(told + Html::text(p::ARGUMENT.of(lang)).as_str()));
    }
    let found = Html::text(&format!("{}{}", said(row, "found", lang), stop(lang)));
    let by = shown.split(';').map(|command| Html::code(command.trim()).as_str().to_owned());
    let by = by.collect::<Vec<_>>().join(lang.pick(", ", "、"));
    let by = p::SHOWN_BY.fill(lang, &[("command", &by)]);
    Some(Html::trusted(format!("{told}{}{}{by}", found.as_str(), lang.pick(" ", ""))))
}

fn stop(lang: Lang) -> &'static str {
    lang.pick(". ", "。")
}

/// A figure in the unit of the table of evidence, with three digits.
fn amount(x: f64, unit: &str, lang: Lang) -> String {
    let digits = |x: f64| {
        let said = three_digits(x);
        if !said.contains('.') {
            return said;
        }
        said.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match unit {
        "share" => format!("{}%", digits(x * 100.0)),
        "yuan" => Unit::Yuan.say(lang, x),
        "visits" | "sites" => Unit::Count.say(lang, x),
        "min" => format!("{}{}", digits(x), p::MINUTES.of(lang)),
        _ => digits(x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(row: &Value, reached: bool, lang: Lang) -> String {
        let summary = json!({ "published": {
            "days_of_the_published_period": 363, "reached": reached, "rows": [row],
        }});
        format!("{:?}", section(Summary(&summary), lang).expect("a section").blocks)
    }

    fn drawn() -> Value {
        json!({
            "id": "d", "quantity": "limits_drawn_share", "unit": "share", "kind": "comparable",
            "as_of": "2022-04-12", "published": [0.0003, 0.00042, 0.0006],
            "this_run": { "mean": 0.0021, "ci95": [0.0019, 0.0023] },
            "definition_en": "86,000 of 205 million", "definition_zh": "8.6万元/2.05亿元",
            "reason_en": "bills < half a month", "reason_zh": "原因", "shown_by": "aftercare sweep A; aftercare run B",
            "found_en": "0.1 %", "found_zh": "结果",
        })
    }

    #[test]
    fn the_published_share_stands_beside_the_runs_own_with_definition_and_reason() {
        for (lang, parts) in [
            (Lang::En, ["0.042%", "0.21%", "86,000 of 205 million", "as of 2022-04-12", "outside"]),
            (Lang::Zh, ["0.042%", "0.21%", "8.6万元/2.05亿元", "2022-04-12", "不在报道范围内"]),
        ] {
            let page = page(&drawn(), true, lang);
            for part in parts {
                assert!(page.contains(part), "{part}: {page}");
            }
        }
        let page = page(&drawn(), true, Lang::En);
        assert!(
            page.contains("&lt; half a month") && page.contains("<code>aftercare sweep A</code>"),
            "{page}"
        );
    }

    #[test]
    fn a_run_that_meets_the_range_is_inside_and_what_cannot_be_compared_is_not_judged() {
        let mut row = drawn();
        row["this_run"]["ci95"] = json!([0.0005, 0.0037]);
        assert!(page(&row, true, Lang::En).contains("too noisy"));
        row["this_run"]["mean"] = json!(0.0005);
        assert!(page(&row, true, Lang::En).contains("within the published range"));
        row["kind"] = json!("not_comparable");
        assert!(page(&row, true, Lang::En).contains("not comparable"));
        row["shown_by"] = json!("");
        assert!(page(&row, true, Lang::En).contains("An argument"));
        assert_eq!(section(Summary(&json!({})), Lang::En).map(|_| ()), None);
    }

    #[test]
    fn a_run_that_ends_early_says_so_and_shows_no_figure() {
        let mut row = drawn();
        row["this_run"] = Value::Null;
        let page = page(&row, false, Lang::En);
        assert!(page.contains("363 days") && page.contains("not counted in this run"), "{page}");
    }
}
