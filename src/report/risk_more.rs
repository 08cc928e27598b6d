//! More tables of credit risk: tail, vintages, groups, credit codes, loan classes, sanctions, the bank's
//! annex. Must never compute a figure that the summary does not hold.

use super::Lang;
use super::headline;
use super::numbers::{self, DASH, Unit, decimal};
use super::page::{Html, RowKind, Table};
use super::source::{Summary, term};
use super::words::{self as w, Text};
use crate::domain::AGE_BAND_EDGES;
use serde_json::Value;

/// The tables that the summary has figures for.
pub(super) fn tables(summary: Summary<'_>, lang: Lang) -> Vec<Table> {
    let page = Page { summary, lang };
    let some = [
        page.tail(),
        page.vintages(),
        page.segments(),
        page.codes(),
        page.classes(),
        page.claims(),
        page.sanctions(),
        page.rate(),
        page.annex(),
    ];
    some.into_iter().flatten().collect()
}

struct Page<'a> {
    summary: Summary<'a>,
    lang: Lang,
}

type Row = (RowKind, Vec<Html>);

fn percent(value: &Value) -> Option<String> {
    value.as_f64().map(|share| numbers::percent(share, 2))
}

/// Yuan as text or number.
fn yuan(lang: Lang, value: &Value) -> Option<String> {
    let amount = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    Some(Unit::Yuan.say(lang, amount))
}

fn cells(texts: impl IntoIterator<Item = Option<String>>) -> Vec<Html> {
    texts.into_iter().map(|text| Html::text(&text.unwrap_or_else(|| DASH.to_owned()))).collect()
}

/// The rows whose figures differ from the row before or the row after: a long calm is told by its ends.
fn changing(rows: &[Row]) -> Vec<Row> {
    let same = |a: Option<&Row>, b: &Row| a.is_some_and(|a| a.1[1..] == b.1[1..]);
    let kept = |(at, row): &(usize, &Row)| {
        let before = at.checked_sub(1).and_then(|at| rows.get(at));
        !same(before, row) || !same(rows.get(at + 1), row)
    };
    rows.iter().enumerate().filter(kept).map(|(_, row)| row.clone()).collect()
}

impl Page<'_> {
    fn say(&self, text: Text) -> Html {
        Html::text(text.of(self.lang))
    }

    fn at(&self, key: &str) -> &Value {
        self.summary.at(&format!("credit.risk.{key}"))
    }

    fn table(&self, caption: Text, head: &[Text], rows: Vec<Row>) -> Option<Table> {
        (!rows.is_empty()).then(|| Table {
            caption: self.say(caption),
            head: head.iter().map(|text| self.say(*text)).collect(),
            rows,
            numeric: true,
        })
    }

    /// Two columns: what, how much.
    fn figures(&self, caption: Text, figures: Vec<(Text, Option<String>)>) -> Option<Table> {
        let row = |(text, value): (Text, Option<String>)| {
            value.map(|value| (RowKind::Plain, vec![self.say(text), Html::text(&value)]))
        };
        let rows = figures.into_iter().filter_map(row).collect();
        self.table(caption, &[w::RISK_FIGURE, w::RISK_VALUE], rows)
    }

    /// Rows of an array: a label and its figures.
    fn rows(&self, key: &str, row: impl Fn(&Value) -> (Html, Vec<Option<String>>)) -> Vec<Row> {
        let listed = self.at(key).as_array().into_iter().flatten();
        let row = |item: &Value| {
            let (label, figures) = row(item);
            (RowKind::Plain, std::iter::once(label).chain(cells(figures)).collect())
        };
        listed.map(row).collect()
    }

    fn tail(&self) -> Option<Table> {
        let tail = self.at("loss_distribution");
        let of = |key: &str| yuan(self.lang, &tail["modelled"][key]);
        let figures = vec![
            (
                w::TAIL_CONFIDENCE,
                tail["modelled"].is_object().then(|| percent(&tail["confidence"]))?,
            ),
            (w::TAIL_EXPECTED, of("expected_loss")),
            (w::TAIL_VAR, of("value_at_risk")),
            (w::TAIL_SHORTFALL, of("expected_shortfall")),
            (w::TAIL_WORST, yuan(self.lang, &tail["worst_replication"])),
        ];
        self.figures(w::TAIL_CAPTION, figures)
    }

    fn vintages(&self) -> Option<Table> {
        let rows = self.rows("vintage_curve", |point| {
            let age = point["months_on_book"].as_u64().unwrap_or_default();
            let keys =
                ["ever_31_plus_share", "ever_90_plus_share", "written_off_share", "net_loss_share"];
            (Html::text(&age.to_string()), keys.map(|key| percent(&point[key])).into())
        });
        let rows = changing(&rows);
        let head = [w::VINTAGE_AGE, w::VINTAGE_31, w::VINTAGE_91, w::VINTAGE_LOST, w::VINTAGE_NET];
        self.table(w::VINTAGE_CAPTION, &head, rows)
    }

    fn segments(&self) -> Option<Table> {
        let rows = self.rows("segments", |segment| {
            let name = segment["group"].as_str().unwrap_or_default();
            let label = match segment["group_kind"].as_str() {
                Some("age") => format!("{} {}", w::SEGMENT_AGE.of(self.lang), ages(name)),
                _ => term(self.lang, &name.replace('_', " ")),
            };
            // Nobody eligible draws nothing, so there is nothing to be late.
            let some = segment["eligible_share"].as_f64() > Some(0.0);
            let late = |key: &str| percent(&segment[key]).filter(|_| some);
            let figures =
                vec![percent(&segment["eligible_share"]), late("default_rate"), late("loss_rate")];
            (Html::text(&label), figures)
        });
        let head = [w::FAIR_GROUP, w::FAIR_SHARE, w::SEGMENT_DEFAULT, w::SEGMENT_LOSS];
        self.table(w::SEGMENT_CAPTION, &head, rows)
    }

    fn codes(&self) -> Option<Table> {
        let rows = self.rows("credit_codes", |code| {
            let label = match code["code"].as_str() {
                Some("none") => self.say(w::CODE_NONE),
                word => Html::foreign(word.unwrap_or_default()),
            };
            let whole = |key: &str| code[key].as_f64().map(|n| decimal(n, 0));
            let used = code["lines_used"].as_f64() > Some(0.0);
            let figures = [
                whole("lines"),
                whole("lines_used"),
                whole("lines_cancelled"),
                yuan(self.lang, &code["drawn_yuan"]),
                percent(&code["default_rate_of_lines"]).filter(|_| used),
            ];
            (label, figures.into())
        });
        let head = [
            w::CODE_WORD,
            w::CODE_LINES,
            w::CODE_USED,
            w::CODE_CANCELLED,
            w::CODE_DRAWN,
            w::CODE_DEFAULT,
        ];
        self.table(w::CODE_CAPTION, &head, rows)
    }

    fn classes(&self) -> Option<Table> {
        let classes = [
            (w::CLASS_NORMAL, "normal"),
            (w::CLASS_MENTION, "special_mention"),
            (w::CLASS_SUBSTANDARD, "substandard"),
            (w::CLASS_DOUBTFUL, "doubtful"),
            (w::CLASS_LOSS, "loss"),
        ];
        let row = |(text, key): (Text, &str)| {
            let estimate = self.summary.estimate(&format!("credit.risk.loan_classes.{key}"))?;
            let (value, interval) = headline::said(self.lang, Unit::Yuan, Some(estimate));
            Some((RowKind::Plain, vec![self.say(text), Html::text(&value), Html::text(&interval)]))
        };
        let rows = classes.into_iter().filter_map(row).collect();
        self.table(w::CLASS_CAPTION, &[w::RISK_FIGURE, w::RISK_VALUE, w::RISK_INTERVAL], rows)
    }

    /// What the credit insurer paid on draws still on the books.
    fn claims(&self) -> Option<Table> {
        let from = self.summary.at("credit.insurer_claims.from_days_past_due").as_u64()?;
        let mean = |key: &str| self.summary.mean(&format!("credit.insurer_claims.{key}"));
        let yuan = |key: &str| mean(key).map(|mean| Unit::Yuan.say(self.lang, mean));
        let figures = vec![
            (w::CLAIMS_FROM, Some(from.to_string())),
            (w::CLAIMS_FILED, mean("filed").map(|mean| decimal(mean, 1))),
            (w::CLAIMS_PAID, yuan("paid")),
            (w::CLAIMS_BACK, yuan("paid_back_by_patients")),
        ];
        self.figures(w::CLAIMS_CAPTION, figures)
    }

    /// What befalls late payers, and that a suspension of benefits is legally sensitive.
    fn sanctions(&self) -> Option<Table> {
        let sanctions = self.at("sanctions");
        let from = sanctions["blacklist_from_days_past_due"].as_u64()?;
        let yes = |key: &str| {
            let word = if sanctions[key] == true { w::YES } else { w::NO };
            Some(word.of(self.lang).to_owned())
        };
        let mean = |key: &str| {
            let mean = self.summary.mean(&format!("credit.risk.sanctions.{key}"))?;
            Some(decimal(mean, 1))
        };
        let suspends = sanctions["suspends_insurance_benefits"] == true;
        let caption = if suspends { w::SANCTION_SENSITIVE } else { w::SANCTION_CAPTION };
        let figures = vec![
            (w::SANCTION_FROM, Some(from.to_string())),
            (w::SANCTION_BENEFITS, yes("suspends_insurance_benefits")),
            (w::SANCTION_EXEMPT, yes("emergencies_exempt").filter(|_| suspends)),
            (w::SANCTION_PEOPLE, mean("blacklistings")),
            (w::SANCTION_BILLS, mean("bills_without_benefits").filter(|_| suspends)),
            (w::SANCTION_HERE, mean("lines_refused_at_the_hospital").filter(|_| !suspends)),
        ];
        self.figures(caption, figures)
    }

    /// What the stated rate of instalments means.
    fn rate(&self) -> Option<Table> {
        let rate = self.at("rate_disclosure");
        let method = match rate["method"].as_str()? {
            "annuity" => w::RATE_ANNUITY,
            "equal_principal" => w::RATE_EQUAL,
            _ => w::RATE_FLAT,
        };
        let figures = vec![
            (w::RATE_STATED, percent(&rate["stated_rate"])),
            (w::RATE_MEANING, Some(method.of(self.lang).to_owned())),
            (w::RATE_NOMINAL, percent(&rate["nominal_annual_rate"])),
            (w::RATE_EFFECTIVE, percent(&rate["effective_annual_rate"])),
        ];
        self.figures(w::RATE_CAPTION, figures)
    }

    fn annex(&self) -> Option<Table> {
        let annex = self.at("bank_annex");
        annex.as_object()?;
        let class = match annex["exposure_class"].as_str() {
            Some("other_retail") => w::ANNEX_OTHER,
            _ => w::ANNEX_QRRE,
        };
        let correlation = annex["irb_asset_correlation"].as_f64().map(|r| decimal(r, 4));
        let figures = vec![
            (w::ANNEX_CLASS, Some(class.of(self.lang).to_owned())),
            (w::ANNEX_R, correlation),
            (w::ANNEX_STAGE_1, yuan(self.lang, &annex["ecl_stage_1_yuan"])),
            (w::ANNEX_STAGE_2, yuan(self.lang, &annex["ecl_stage_2_yuan"])),
            (w::ANNEX_STAGE_3, yuan(self.lang, &annex["ecl_stage_3_yuan"])),
            (w::ANNEX_FLOOR, percent(&annex["irb_pd_floor"])),
            (w::ANNEX_K, percent(&annex["irb_capital_ratio_k"])),
            (w::ANNEX_WEIGHT, percent(&annex["irb_risk_weight"])),
            (w::ANNEX_CAPITAL, yuan(self.lang, &annex["irb_capital_yuan"])),
        ];
        self.figures(w::ANNEX_CAPTION, figures)
    }
}

/// A band of ages with both ends, from its first age.
fn ages(from: &str) -> String {
    let place = AGE_BAND_EDGES.iter().position(|edge| edge.to_string() == from);
    match place.and_then(|at| AGE_BAND_EDGES.get(at + 1)) {
        Some(next) if *next < 100 => format!("{from}–{}", next - 1),
        _ => format!("{from}+"),
    }
}
