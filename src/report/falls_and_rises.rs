//! Four falls and two rises side by side, under each baseline and under the scheme. Must never put a number beside
//! satisfaction, nor call an input a result, nor a zero what no visit shows.

use super::Lang;
use super::headline;
use super::numbers::{Estimate, Unit, decimal};
use super::page::{Block, Html, RowKind, Section, Table};
use super::source::{Summary, baseline_title, capital};
use super::words::{self as w, Text, falls_and_rises as f};
use serde_json::Value;

/// A measure of two classes of visits: label, definition, key, unit.
type Measure = (Text, Text, &'static str, Unit);

const FALLS: [Measure; 3] = [
    (f::QUEUES, f::QUEUES_ARE, "queues_per_visit", Unit::Plain(2)),
    (f::QUEUEING, f::QUEUEING_IS, "queueing_min", Unit::Plain(2)),
    (f::WAITING, f::WAITING_IS, "waiting_min", Unit::Plain(2)),
];

/// The section; nothing where the run did not count them.
pub(super) fn section(summary: Summary<'_>, lang: Lang) -> Option<Section> {
    let against = summary.at("falls_and_rises.against").as_object()?;
    let long = summary.mean("falls_and_rises.long_around_payment_min")?;
    let main = summary.text("baseline");
    let mut names: Vec<&String> = against.keys().collect();
    names.sort_by_key(|name| name.as_str() != main);
    let mut rows = Vec::new();
    for name in names {
        let title = capital(&baseline_title(summary, name, lang));
        rows.push((RowKind::Heading, vec![Html::text(&title)]));
        rows.extend(Beside { figures: &against[name], lang, long }.rows());
    }
    let table = Table {
        caption: Html::text(f::CAPTION.of(lang)),
        head: [f::MEASURE, f::CLAIMED, f::BEFORE, w::THE_SCHEME]
            .map(|text| Html::text(text.of(lang)))
            .into(),
        rows,
        numeric: true,
    };
    let users =
        |figures: &Value| figures["queues_per_visit"]["credit_users"]["policy"]["mean"].is_null();
    let nobody = against.values().any(users).then(|| Block::Note(Html::text(f::NOBODY.of(lang))));
    let mut blocks = vec![Block::Para(Html::text(f::LEAD.of(lang))), Block::Table(table)];
    blocks.extend(nobody);
    Some(Section { id: "falls_and_rises", title: Html::text(f::TITLE.of(lang)), blocks })
}

/// The figures beside one baseline.
struct Beside<'a> {
    figures: &'a Value,
    lang: Lang,
    long: f64,
}

type Row = (RowKind, Vec<Html>);

impl Beside<'_> {
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (label, is, key, unit) in FALLS {
            rows.push(self.row((label, is), f::FALLS, unit, &format!("/{key}/all")));
            rows.push(self.part(f::USERS.of(self.lang), unit, &format!("/{key}/credit_users")));
        }
        rows.push(self.row((f::COST, f::COST_IS), f::FALLS, Unit::Plain(2), "/running_cost_yuan"));
        let ahead = "/registered_ahead_share";
        rows.push(self.row((f::AHEAD, f::AHEAD_IS), f::RISES, Unit::Share, ahead));
        let notice = "/hour_by_notice_share";
        if self.figures.pointer(notice).is_some_and(|both| both["policy"]["mean"] != 0.0) {
            rows.push(self.part(f::NOTICE.of(self.lang), Unit::Share, notice));
        }
        let not = || self.say(f::NOT_COMPARABLE);
        let satisfaction = self.say(f::SATISFACTION).with_aside(f::SATISFACTION_IS.of(self.lang));
        rows.push((RowKind::Plain, vec![satisfaction, self.say(f::RISES), not(), not()]));
        let min = decimal(self.long, 0);
        for (text, class) in [(f::LONG, "all"), (f::LONG_USERS, "credit_users")] {
            let label = text.fill(self.lang, &[("min", &min)]);
            let path = format!("/long_around_payment_share/{class}");
            rows.push(self.part(&label, Unit::Share, &path));
        }
        rows
    }

    fn say(&self, text: Text) -> Html {
        Html::text(text.of(self.lang))
    }

    fn row(&self, (label, is): (Text, Text), claimed: Text, unit: Unit, path: &str) -> Row {
        let label = self.say(label).with_aside(is.of(self.lang));
        let [before, after] = self.sides(unit, path);
        (RowKind::Plain, vec![label, self.say(claimed), before, after])
    }

    fn part(&self, label: &str, unit: Unit, path: &str) -> Row {
        let [before, after] = self.sides(unit, path);
        (RowKind::Part, vec![Html::text(label), Html::text(""), before, after])
    }

    fn sides(&self, unit: Unit, path: &str) -> [Html; 2] {
        ["baseline", "policy"].map(|side| {
            let estimate = self.figures.pointer(path).and_then(|both| Estimate::read(&both[side]));
            let (value, interval) = headline::said(self.lang, unit, estimate);
            Html::text(&value).with_aside(&interval)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn falls_and_rises_stand_side_by_side_and_satisfaction_has_no_number() {
        let both = |a: f64, b: f64| json!({ "baseline": { "mean": a }, "policy": { "mean": b } });
        let classes = |a, b| json!({ "all": both(a, b), "credit_users": both(a, b / 2.0) });
        let of = |stops: f64| {
            json!({
                "queues_per_visit": classes(stops, 0.5), "queueing_min": classes(4.0, 1.0),
                "waiting_min": classes(9.0, 7.0), "long_around_payment_share": classes(0.25, 0.0625),
                "registered_ahead_share": both(0.5, 0.5), "hour_by_notice_share": both(0.0, 0.125),
                "satisfaction": "not_comparable",
            })
        };
        let summary = json!({
            "baseline": "phone",
            "falls_and_rises": {
                "long_around_payment_min": 10,
                "against": { "cards": of(2.25), "phone": of(1.75) },
            },
        });
        for (lang, words) in [
            (
                Lang::En,
                ["not comparable", "an input", "12.50%", "25.00%", "more than 10 min", "2.25"],
            ),
            (Lang::Zh, ["不可比", "为输入值", "12.50%", "25.00%", "超过 10 分钟", "2.25"]),
        ] {
            let page = format!("{:?}", section(Summary(&summary), lang).expect("a section").blocks);
            for word in words {
                assert!(page.contains(word), "{word}: {page}");
            }
            assert!(page.find("1.75") < page.find("2.25"), "the main baseline stands first");
        }
        assert!(section(Summary(&json!({})), Lang::En).is_none());
    }

    #[test]
    fn where_no_visit_was_on_the_line_a_dash_stands_with_its_reason() {
        let both =
            |mean: Value| json!({ "baseline": { "mean": mean }, "policy": { "mean": mean } });
        let page = |users: Value| {
            let of = json!({ "all": both(json!(2.25)), "credit_users": both(users) });
            let figures = json!({ "queues_per_visit": of, "queueing_min": of, "waiting_min": of });
            let summary = json!({
                "baseline": "phone",
                "falls_and_rises": { "long_around_payment_min": 10, "against": { "phone": figures } },
            });
            format!("{:?}", section(Summary(&summary), Lang::En).expect("a section").blocks)
        };
        let (some, nobody) = (page(json!(0.0)), page(Value::Null));
        let reason = "no visit was put on the line";
        let zero = "\"0 <small>";
        assert!(some.contains(zero) && !some.contains(reason), "{some}");
        assert!(nobody.contains(reason) && !nobody.contains(zero), "{nobody}");
    }
}
