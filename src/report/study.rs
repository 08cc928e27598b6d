//! Pages of experiments, made from their documents alone: a rollout with its fans, a comparison with its
//! Pareto picture and break-even. Must never compute a figure that the document does not hold.

use super::charts::{self, Fan, Frame, Place};
use super::headline::{self, PLAIN};
use super::numbers::{DASH, decimal, percent, places_for, telling};
use super::page::{self, Block, Html, Page, RowKind, Section, Table};
use super::source::{Summary, term};
use super::words::{self, Text, study as w};
use super::{Error, Lang, Rendered, Result};
use serde_json::Value;

/// The page of an experiment's document; `None` for those that have none.
pub fn study(document: &Value, lang: Lang) -> Result<Option<Rendered>> {
    let desk = Desk { document, lang, charts: Vec::new() };
    match document["schema"].as_str().unwrap_or_default() {
        schema if schema.starts_with("aftercare.rollout/") => desk.rollout().map(Some),
        schema if schema.starts_with("aftercare.compare/") => desk.compare().map(Some),
        schema if schema.starts_with("aftercare.attribution/") => desk.attribution().map(Some),
        schema if schema.starts_with("aftercare.sensitivity/") => desk.sensitivity().map(Some),
        _ => Ok(None),
    }
}

/// A document that becomes a page.
pub(super) struct Desk<'d> {
    pub(super) document: &'d Value,
    pub(super) lang: Lang,
    charts: Vec<(&'static str, String)>,
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A number with as many decimals as it needs; money may be text.
pub(super) fn number(value: &Value) -> String {
    let x = value.as_f64().or_else(|| word(value).parse().ok());
    let places = |x: f64| if x.fract() == 0.0 || x.abs() >= 100.0 { 0 } else { places_for(x) };
    x.map_or(DASH.to_owned(), |x| telling(x, places(x)))
}

pub(super) fn ends(ci95: &Value) -> String {
    interval(ci95, number)
}

/// A number of a column in which every row has as many decimals.
fn fine(value: &Value, places: usize) -> String {
    value.as_f64().map_or(DASH.to_owned(), |x| telling(x, places))
}

fn fine_ends(ci95: &Value, places: usize) -> String {
    interval(ci95, |end| fine(end, places))
}

fn interval(ci95: &Value, said: impl Fn(&Value) -> String) -> String {
    match ci95.as_array().map(Vec::as_slice) {
        Some([low, high]) => match [low, high].map(said) {
            [low, high] if low == high => "±0".to_owned(),
            [low, high] => format!("{low} … {high}"),
        },
        _ => DASH.to_owned(),
    }
}

pub(super) fn text(html: &str) -> Html {
    Html::text(html)
}

impl Desk<'_> {
    pub(super) fn say(&self, words: Text) -> Html {
        text(words.of(self.lang))
    }

    pub(super) fn fill(&self, words: Text, gaps: &[(&str, &str)]) -> Html {
        text(&words.fill(self.lang, gaps))
    }

    pub(super) fn title(&self, words: Text) -> Html {
        let title = word(&self.document["titles"][self.lang.pick("en", "zh")]);
        self.fill(words, &[("title", title)])
    }

    /// The baseline as it stands inside a sentence.
    pub(super) fn baseline(&self) -> String {
        headline::baseline(Summary(self.document), self.lang, PLAIN)
    }

    pub(super) fn page(
        self,
        title: Html,
        answer: Html,
        sections: Vec<Section>,
    ) -> Result<Rendered> {
        let [people, days, replications, seed] =
            ["population", "days", "replications", "seed"].map(|key| number(&self.document[key]));
        let baseline = self.baseline();
        let gaps = [
            ("people", people.as_str()),
            ("days", &days),
            ("replications", &replications),
            ("seed", &seed),
            ("baseline", &baseline),
        ];
        let lang = self.lang;
        let html = page::render(&Page {
            lang: lang.pick("en", "zh-CN"),
            title,
            kicker: self.say(w::KICKER),
            setting: self.fill(w::SETTING, &gaps),
            warning: None,
            asked: Html::default(),
            answer,
            more: Vec::new(),
            headline: Vec::new(),
            contents: self.say(w::CONTENTS),
            short: Html::default(),
            sections,
            other: (
                lang.pick("report.zh.html", "report.html"),
                lang.pick("zh-CN", "en"),
                self.say(words::OTHER_LANGUAGE),
            ),
        })?;
        Ok(Rendered { html, charts: self.charts })
    }

    /// Takes a chart in, if there was data for it; `file` holds its numbers.
    pub(super) fn figure(
        &mut self,
        name: &'static str,
        drawn: std::result::Result<Option<String>, String>,
        caption: &Html,
        file: &str,
    ) -> Result<Option<Block>> {
        let caption = self.with_file(caption, file);
        let svg = drawn.map_err(|reason| Error::Draw { name, reason })?;
        Ok(svg.map(|svg| {
            let picture = Html::trusted(svg.clone());
            self.charts.push((name, svg));
            Block::Figure { picture, caption }
        }))
    }

    fn rollout(mut self) -> Result<Rendered> {
        let document = self.document;
        let totals = &document["totals"];
        let mean = |path: &str| number(&totals[path]["mean"]);
        let gaps = [
            ("sites", number(&document["sites_in_scheme_at_end"])),
            ("hours", mean("queue.saved_hours_total")),
            ("around", ends(&totals["queue.saved_hours_total"]["ci95"])),
            ("baseline", self.baseline()),
            ("loss", mean("credit.net_credit_loss")),
        ];
        let gaps: Vec<(&str, &str)> =
            gaps.iter().map(|(gap, said)| (*gap, said.as_str())).collect();
        let answer = self.fill(w::ROLLOUT_ANSWER, &gaps);
        let mut fans = Vec::new();
        for (name, key, title, unit, caption) in FANS {
            let fan = self.fan(key, title, unit);
            if let Some(fan) = fan {
                let drawn = charts::fan(&fan, self.lang);
                let caption = self.say(caption);
                fans.extend(self.figure(name, drawn, &caption, "rollout.csv")?);
                fans.push(self.behind_fan(key, title, unit));
            }
        }
        let late = number(&document["after_last_day"]["written_off_yuan"]["mean"]);
        fans.push(Block::Note(self.fill(w::LATE_LOSS, &[("late", &late)])));
        let sections = vec![
            Section { id: "waves", title: self.say(w::WAVES), blocks: self.waves() },
            Section { id: "months", title: self.say(w::MONTHS), blocks: fans },
            Section { id: "curves", title: self.say(w::CURVES), blocks: vec![self.curves()] },
        ];
        let title = self.title(w::ROLLOUT);
        self.page(title, answer, sections)
    }

    fn fan(&self, key: &str, title: Text, unit: Text) -> Option<Fan<'_>> {
        let fan = &self.document["fan"];
        // What is held against a baseline names it.
        let against = match key {
            "saved_hours_to_date" | "hospital_cash_gain_yuan" => {
                w::FAN_AGAINST.fill(self.lang, &[("baseline", &self.baseline())])
            }
            _ => String::new(),
        };
        let words = if fan["over"] == "replications" { w::FAN_SUB_LUCK } else { w::FAN_SUB_INPUTS };
        let month = |month: &'_ Value| -> Option<[f64; 5]> {
            let at: Vec<f64> = list(&month[key]["fan"]).filter_map(Value::as_f64).collect();
            at.try_into().ok()
        };
        // A cut month has no month's end, and no figure of it.
        let months: Vec<_> = list(&self.document["months"])
            .filter_map(|row| Some((word(&row["month"]), month(row)?)))
            .collect();
        (!months.is_empty()).then(|| Fan {
            title: title.of(self.lang).to_owned(),
            subtitle: format!(
                "{against}{}",
                words.fill(self.lang, &[("runs", &number(&fan["runs"]))])
            ),
            months,
            unit,
            bands: [w::BAND_WIDE, w::BAND_HALF, w::BAND_MIDDLE],
        })
    }

    fn waves(&self) -> Vec<Block> {
        let between = self.lang.pick(", ", "、");
        let row = |wave: &Value| {
            let sites: Vec<&str> = list(&wave["sites"]).map(word).collect();
            // A date is not broken at its hyphens.
            let from = word(&wave["from"]).replace('-', "\u{2011}");
            (RowKind::Plain, vec![text(&from), Html::foreign(&sites.join(between))])
        };
        let table = Block::Table(Table {
            caption: Html::default(),
            head: vec![self.say(w::WAVE_FROM), self.say(w::WAVE_SITES)],
            rows: list(&self.document["waves"]).map(row).collect(),
            numeric: false,
        });
        let sampled = self.document["sampled_city"] == true;
        let note = sampled.then(|| {
            let [people, sites] = ["population", "sites"].map(|key| number(&self.document[key]));
            Block::Note(self.fill(w::WAVES_SAMPLE, &[("people", &people), ("sites", &sites)]))
        });
        std::iter::once(table).chain(note).collect()
    }

    /// Institutions by month: the share of visits on a line.
    fn curves(&self) -> Block {
        let months = list(&self.document["months"]).map(|month| text(word(&month["month"])));
        let share = |month: &Value| {
            let mean = month["credit_share"]["mean"].as_f64();
            text(&mean.map_or(DASH.to_owned(), |share| percent(share, 1)))
        };
        let row = |site: &Value| {
            let cells = list(&site["months"]).map(share);
            let name = Html::foreign(word(&site["name"]));
            (RowKind::Plain, std::iter::once(name).chain(cells).collect())
        };
        let joined = list(&self.document["institutions"]).filter(|site| !site["from"].is_null());
        Block::Table(Table {
            caption: self.say(w::CURVES_CAPTION),
            head: std::iter::once(self.say(w::WAVE_SITES)).chain(months).collect(),
            rows: joined.map(row).collect(),
            numeric: true,
        })
    }

    fn compare(mut self) -> Result<Rendered> {
        let ranking = &self.document["ranking"];
        let sure = ranking["pcs_at_least"].as_f64();
        let sure = sure.map_or(DASH.to_owned(), |share| percent(share, 1));
        let metric = words::metric(word(&ranking["metric"]));
        let metric = metric.map_or(word(&ranking["metric"]), |text| text.of(self.lang));
        let baseline = self.baseline();
        let gaps = [
            ("metric", metric),
            ("best", word(&ranking["best"])),
            ("sure", sure.as_str()),
            ("baseline", &baseline),
        ];
        let answer = self.fill(w::COMPARE_ANSWER, &gaps);
        let pareto = self.pareto();
        let caption = self.fill(w::PARETO_CAP, &[("baseline", &baseline)]);
        let pareto = self.figure("pareto", pareto, &caption, "pareto.csv")?;
        let mut sections = vec![Section {
            id: "pareto",
            title: self.say(w::PARETO),
            blocks: pareto.into_iter().chain([self.behind_pareto()]).collect(),
        }];
        let (mut even, mut groups) = (Vec::new(), Vec::new());
        for pair in list(&self.document["pairs"]) {
            even.extend(self.even(pair)?);
            groups.extend(self.groups(pair));
        }
        even.push(self.behind_even());
        sections.push(Section { id: "even", title: self.say(w::EVEN), blocks: even });
        sections.push(Section { id: "groups", title: self.say(w::GROUPS), blocks: groups });
        let title = self.title(w::COMPARE);
        self.page(title, answer, sections)
    }

    /// The title of a policy's scenario.
    pub(super) fn scheme(&self, name: &str) -> &str {
        let policy = list(&self.document["policies"]).find(|policy| policy["name"] == name);
        policy.map_or("", |policy| word(&policy["titles"][self.lang.pick("en", "zh")]))
    }

    fn pareto(&self) -> std::result::Result<Option<String>, String> {
        let three = |estimate: &Value| {
            let mean = estimate["mean"].as_f64().unwrap_or_default();
            let end = |at: usize| estimate["ci95"][at].as_f64().unwrap_or(mean);
            [mean, end(0), end(1)]
        };
        let mut places = Vec::new();
        for policy in list(&self.document["pareto"]["policies"]) {
            places.push(Place {
                name: word(&policy["name"]),
                more: three(&policy["saved_hours"]),
                less: three(&policy["net_credit_loss_yuan"]),
                dominated: list(&policy["dominated_by"]).next().is_some(),
            });
        }
        let frame = Frame {
            title: w::PARETO,
            subtitle: w::PARETO_SUB.fill(self.lang, &[("baseline", &self.baseline())]),
            x: w::PARETO_X,
            y: w::PARETO_Y,
            keys: [w::FRONT, w::DOMINATED],
        };
        charts::pareto(&frame, &places, self.lang)
    }

    /// What an hour must be worth, in words and, where there is such a price, as a picture.
    fn even(&mut self, pair: &Value) -> Result<Vec<Block>> {
        let even = &pair["break_even"];
        let words = match word(&even["says"]) {
            "worth_it_above" => w::EVEN_ABOVE,
            "worth_it_below" => w::EVEN_BELOW,
            "always_worth_it" => w::EVEN_ALWAYS,
            "never_worth_it" => w::EVEN_NEVER,
            _ => w::EVEN_NONE,
        };
        let (price, around) = (number(&even["yuan_per_hour"]), ends(&even["bootstrap95"]));
        let gaps = [
            ("first", word(&pair["first"])),
            ("second", word(&pair["second"])),
            ("price", &price),
            ("ends", &around),
        ];
        let mut blocks = vec![Block::Para(self.fill(words, &gaps))];
        let apart = &pair["metrics"]["queue.saved_hours_total"];
        if apart["verdict"] == "cannot_tell" {
            let around = ends(&apart["ci95"]);
            blocks.push(Block::Note(self.fill(w::EVEN_UNSURE, &[("around", &around)])));
        }
        let (hours, cost) = (number(&even["more_hours"]), number(&even["more_cost_yuan"]));
        let is = term(self.lang, word(&even["cost_is"]));
        let gaps = [("hours", hours.as_str()), ("cost", &cost), ("is", &is)];
        blocks.push(Block::Note(self.fill(w::EVEN_COST, &gaps)));
        let ratio = &pair["variance_ratio"];
        if let Some(middle) = ratio["median"].as_f64() {
            let (middle, count) = (decimal(middle, 3), number(&ratio["headlines"]));
            let gaps = [("ratio", middle.as_str()), ("count", &count)];
            blocks.push(Block::Note(self.fill(w::VARIANCE, &gaps)));
        }
        let figures = ["more_hours", "more_cost_yuan", "yuan_per_hour"].map(|k| even[k].as_f64());
        if let ([Some(hours), Some(cost), Some(at)], true) = (figures, self.charts.len() == 1) {
            let names = [("first", word(&pair["first"])), ("second", word(&pair["second"]))];
            let frame = Frame {
                title: w::EVEN_CHART,
                subtitle: w::EVEN_CHART_SUB.fill(self.lang, &names),
                x: w::EVEN_X,
                y: w::UNIT_YUAN,
                keys: [w::EVEN_LINE, w::EVEN_BAND],
            };
            let band = [0, 1].map(|end| even["bootstrap95"][end].as_f64());
            let band = if let [Some(from), Some(to)] = band { Some([from, to]) } else { None };
            let drawn = charts::break_even(&frame, (hours, cost), (at, band), self.lang);
            let caption = self.say(w::EVEN_CHART_CAP);
            blocks.extend(self.figure("break_even", drawn, &caption, "break_even.csv")?);
        }
        Ok(blocks)
    }

    fn groups(&self, pair: &Value) -> Vec<Block> {
        let names = format!("{} → {}", word(&pair["first"]), word(&pair["second"]));
        let table = |list_of: &Value, key: &str, places: usize, caption: Text| {
            let row = |group: &Value| {
                let says = match word(&group["says"]) {
                    "gains" => w::GAINS,
                    "loses" => w::LOSES,
                    _ => w::CANNOT_TELL,
                };
                let [kind, of] = ["kind", "group"].map(|key| term(self.lang, word(&group[key])));
                let colon = self.lang.pick(": ", "：");
                let name = format!("{kind}{colon}{}", of.replace('-', "–"));
                let cells = vec![
                    Html::foreign(&name),
                    text(&fine(&group[key], places)),
                    text(&fine_ends(&group["ci95"], places)),
                    self.say(says),
                ];
                (RowKind::Plain, cells)
            };
            Table {
                caption: text(&format!(
                    "{names}{}{}",
                    self.lang.pick(": ", "："),
                    caption.of(self.lang)
                )),
                head: [w::GROUP, w::DELTA, w::INTERVAL, w::SAYS].map(|t| self.say(t)).into(),
                rows: list(list_of).map(row).collect(),
                numeric: true,
            }
        };
        vec![
            Block::Table(table(&pair["groups"], "delta_saved_min", 3, w::GROUPS_MINUTES)),
            Block::Table(table(&pair["losses_by_group"], "delta_net_loss_yuan", 2, w::GROUPS_LOSS)),
        ]
    }
}

/// Fans of a rollout: name of the chart, figure of a month, words, unit.
const FANS: [(&str, &str, Text, Text, Text); 4] = [
    ("saved_hours", "saved_hours_to_date", w::FAN_HOURS, w::UNIT_HOURS, w::FAN_HOURS_SAY),
    ("lender_cash", "lender_cash_to_date_yuan", w::FAN_CASH, w::UNIT_YUAN, w::FAN_CASH_SAY),
    ("losses", "written_off_to_date_yuan", w::FAN_LOSS, w::UNIT_YUAN, w::FAN_LOSS_SAY),
    (
        "hospital_cash",
        "hospital_cash_gain_yuan",
        w::FAN_HOSPITAL,
        w::UNIT_YUAN,
        w::FAN_HOSPITAL_SAY,
    ),
];
