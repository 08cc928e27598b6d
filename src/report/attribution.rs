//! The page of an attribution: the ladder, the shares, what a study would have seen, the pilot, the funnel.
//! Must never compute a figure that the document does not hold, but where a bar begins.

use super::behind;
use super::charts::{self, Chart, Fall, FallFrame};
use super::headline::{self, PLAIN};
use super::numbers::{self, DASH, Unit};
use super::page::{Block, Html, RowKind, Section, Table};
use super::source::{Source, term};
use super::study::{Desk, ends, list, number, text, word};
use super::words::{Text, attribution as w};
use super::{Lang, Rendered, Result};
use serde_json::Value;

/// The name of an arm, a component, a cause or a step.
fn name(lang: Lang, key: &Value) -> String {
    let key = word(key);
    w::name_of(key).map_or(key.to_owned(), |text| text.of(lang).to_owned())
}

fn mean(estimate: &Value) -> f64 {
    let mean = &estimate["mean"];
    mean.as_f64().or_else(|| word(mean).parse().ok()).unwrap_or_default()
}

fn interval(estimate: &Value) -> Option<[f64; 2]> {
    let end = |at: usize| estimate["ci95"][at].as_f64();
    Some([end(0)?, end(1)?])
}

fn percent(share: &Value) -> String {
    share.as_f64().map_or(DASH.to_owned(), |share| numbers::percent(share, 1))
}

/// A bar from zero.
fn bar(label: String, estimate: &Value) -> Fall {
    Fall {
        label,
        from: 0.0,
        by: mean(estimate),
        ends: interval(estimate),
        sum: false,
        aside: String::new(),
    }
}

/// Yuan of a step: its words, its key.
const YUAN: &[(Text, &str)] = &[
    (w::CHARGES, "patient_charges"),
    (w::LOSS, "net_credit_loss"),
    (w::COLLECTION, "collection_cost"),
    (w::UNPAID, "unpaid_bills_given_up"),
];

/// Harm of a step.
const HARM: &[(Text, &str)] = &[
    (w::LATE_LINES, "lines_over_90_days_late"),
    (w::SUSPENDED, "people_with_benefits_suspended"),
    (w::CANCELLED, "lines_cancelled"),
    (w::LEFT, "patients_who_left_a_queue"),
    (w::REFUSED_STAYS, "stays_refused_for_want_of_deposit"),
];

/// Figures of a step with their intervals.
fn figures<'v>(group: &'v Value, keys: &'v [(Text, &str)]) -> impl Iterator<Item = Html> + 'v {
    keys.iter().map(|(_, key)| {
        let figure = &group[*key];
        text(&number(&figure["mean"])).with_aside(&ends(&figure["ci95"]))
    })
}

impl Desk<'_> {
    /// The attribution's page.
    pub(super) fn attribution(mut self) -> Result<Rendered> {
        let mut sections = vec![self.ladder()?, self.today()?];
        sections.extend(self.shares()?);
        sections.extend([self.seen()?, self.pilot()]);
        sections.extend(self.funnel()?);
        let title = self.title(w::TITLE);
        let answer = self.attribution_answer();
        self.page(title, answer, sections)
    }

    fn baseline_name(&self) -> String {
        name(self.lang, &self.document["baseline"])
    }

    fn attribution_answer(&self) -> Html {
        let whole = number(&self.document["ladder"]["whole"]["minutes_per_visit"]["mean"]);
        let written = list(&self.document["from_today"]).last();
        let written = written.map_or(DASH.to_owned(), |s| number(&s["minutes_per_visit"]["mean"]));
        let line = list(&self.document["shapley"]["components"]).last();
        let line = line.map(|share| number(&share["minutes_per_visit"]["mean"]));
        let baseline = self.baseline_name();
        let mut gaps = vec![
            ("whole", whole.as_str()),
            ("baseline", baseline.as_str()),
            ("written", written.as_str()),
        ];
        match &line {
            Some(line) => {
                gaps.push(("line", line));
                self.fill(w::ANSWER, &gaps)
            }
            None => self.fill(w::ANSWER_LADDER, &gaps),
        }
    }

    fn ladder(&mut self) -> Result<Section> {
        let ladder = &self.document["ladder"];
        let lang = self.lang;
        let mut at = 0.0;
        let mut bars = Vec::new();
        for step in list(&ladder["steps"]) {
            let by = &step["minutes_per_visit"];
            bars.push(Fall { from: at, ..bar(name(lang, &step["adds"]), by) });
            at += mean(by);
        }
        let whole = &ladder["whole"]["minutes_per_visit"];
        bars.push(Fall { sum: true, ..bar(w::KEY_SUM.of(lang).to_owned(), whole) });
        let frame = FallFrame {
            title: w::LADDER_CHART,
            subtitle: w::LADDER_SUB.fill(lang, &[("baseline", &self.baseline_name())]),
            axis: w::AXIS_MIN,
            keys: Some([w::KEY_MORE, w::KEY_LESS, w::KEY_SUM]),
            counts: false,
        };
        let drawn = charts::falls(&frame, &bars, lang);
        let mut blocks = Vec::new();
        blocks.extend(self.figure("ladder", drawn, &self.say(w::LADDER_SAY), "attribute.csv")?);
        let steps: Vec<&Value> = list(&ladder["steps"]).chain([&ladder["whole"]]).collect();
        blocks.extend(self.steps(&steps).map(Block::Table));
        blocks.extend(self.checks(&steps));
        Ok(Section { id: "ladder", title: self.say(w::LADDER), blocks })
    }

    fn way(&self, step: &Value) -> Html {
        let (from, to) = (name(self.lang, &step["from"]), name(self.lang, &step["to"]));
        if step["from"] == self.document["baseline"] && step["adds"].is_null() {
            return self.say(w::KEY_SUM);
        }
        self.fill(w::FROM_TO, &[("from", &from), ("to", &to)])
    }

    /// Minutes and yuan of steps, then the harm of each.
    fn steps(&self, steps: &[&Value]) -> [Table; 2] {
        let row = |step: &&Value| {
            let minutes = &step["minutes_per_visit"];
            let mut cells = vec![
                self.way(step),
                text(&number(&minutes["mean"])).with_aside(&ends(&minutes["ci95"])),
                text(&number(&step["hours"]["mean"])),
            ];
            cells.extend(figures(&step["yuan"], YUAN));
            (RowKind::Plain, cells)
        };
        let harm = |step: &&Value| {
            let cells = std::iter::once(self.way(step)).chain(figures(&step["harm"], HARM));
            (RowKind::Plain, cells.collect())
        };
        let head = |first: &[Text], more: &[(Text, &str)]| -> Vec<Html> {
            let more = more.iter().map(|(text, _)| *text);
            first.iter().copied().chain(more).map(|text| self.say(text)).collect()
        };
        let table =
            |caption, head, rows| Table { caption: self.say(caption), head, rows, numeric: true };
        [
            table(
                w::STEPS_CAPTION,
                head(&[w::STEP, w::MINUTES, w::HOURS], YUAN),
                steps.iter().map(row).collect(),
            ),
            table(w::HARM_CAPTION, head(&[w::STEP], HARM), steps.iter().map(harm).collect()),
        ]
    }

    /// The arithmetic of steps, and a line for each gap that the stops leave.
    fn checks(&self, steps: &[&Value]) -> Vec<Block> {
        let head = [w::STEP, w::STOPS, w::PER_STOP, w::STOPS_PART, w::SIMULATED];
        let keys =
            ["stops_removed_per_visit", "minutes_per_stop", "stops_part_min", "simulated_min"];
        let row = |step: &&Value| {
            let figures = keys.map(|key| text(&number(&step["check"][key]["mean"])));
            (RowKind::Plain, std::iter::once(self.way(step)).chain(figures).collect())
        };
        let table = Table {
            caption: self.say(w::CHECK_CAPTION),
            head: head.map(|t| self.say(t)).into(),
            rows: steps.iter().map(row).collect(),
            numeric: true,
        };
        let gaps: Vec<Html> = steps.iter().filter_map(|step| self.gap(step)).collect();
        let mut blocks = vec![Block::Table(table)];
        if !gaps.is_empty() {
            blocks.extend([Block::Note(self.say(w::EXPLAINED)), Block::List(gaps)]);
        }
        blocks
    }

    /// What makes up the gap of a step, if it is a large one.
    fn gap(&self, step: &Value) -> Option<Html> {
        let part = |part: &Value| {
            format!("{} {}", name(self.lang, &part["cause"]), number(&part["minutes"]))
        };
        let parts: Vec<String> = list(&step["check"]["explained_by"]).map(part).collect();
        let parts = parts.join(self.lang.pick("; ", "；"));
        (!parts.is_empty()).then(|| {
            let to = name(self.lang, &step["to"]);
            self.fill(w::GAP_OF, &[("step", &to), ("parts", &parts)])
        })
    }

    fn today(&mut self) -> Result<Section> {
        let steps: Vec<&Value> = list(&self.document["from_today"]).collect();
        let lang = self.lang;
        let bars: Vec<Fall> = steps
            .iter()
            .map(|step| bar(name(lang, &step["to"]), &step["minutes_per_visit"]))
            .collect();
        let frame = FallFrame {
            title: w::TODAY_CHART,
            subtitle: w::TODAY_SUB.of(lang).to_owned(),
            axis: w::AXIS_MIN,
            keys: None,
            counts: false,
        };
        let drawn = charts::falls(&frame, &bars, lang);
        let mut blocks: Vec<Block> = self
            .figure("from_today", drawn, &self.say(w::TODAY_SAY), "attribute.csv")?
            .into_iter()
            .collect();
        blocks.extend(self.steps(&steps).map(Block::Table));
        blocks.extend(self.checks(&steps));
        Ok(Section { id: "today", title: self.say(w::TODAY), blocks })
    }

    fn shares(&mut self) -> Result<Option<Section>> {
        let shares: Vec<&Value> = list(&self.document["shapley"]["components"]).collect();
        if shares.is_empty() {
            return Ok(None);
        }
        let lang = self.lang;
        let bars: Vec<Fall> = shares
            .iter()
            .map(|share| bar(name(lang, &share["component"]), &share["minutes_per_visit"]))
            .collect();
        let subtitle = w::SHARES_SUB.fill(lang, &[("baseline", &self.baseline_name())]);
        let frame = FallFrame {
            title: w::SHARES_CHART,
            subtitle,
            axis: w::AXIS_MIN,
            keys: None,
            counts: false,
        };
        let drawn = charts::falls(&frame, &bars, lang);
        let mut blocks: Vec<Block> = self
            .figure("shapley", drawn, &self.say(w::SHARES_SAY), "shapley.csv")?
            .into_iter()
            .collect();
        let row = |share: &&Value| {
            let minutes = &share["minutes_per_visit"];
            let cells = vec![
                text(&name(lang, &share["component"])),
                text(&number(&minutes["mean"])),
                text(&ends(&minutes["ci95"])),
                text(&percent(&share["share_of_whole"]["mean"])),
                text(&number(&share["hours"]["mean"])),
                text(&number(&share["yuan"]["patient_charges"]["mean"])),
                text(&number(&share["yuan"]["net_credit_loss"]["mean"])),
                text(&number(&share["harm"]["lines_over_90_days_late"]["mean"])),
            ];
            (RowKind::Plain, cells)
        };
        let head = [
            w::COMPONENT,
            w::MINUTES,
            w::INTERVAL,
            w::OF_WHOLE,
            w::HOURS,
            w::CHARGES,
            w::LOSS,
            w::LATE_LINES,
        ];
        blocks.push(Block::Table(Table {
            caption: self.fill(w::SHARES_TABLE, &[("baseline", &self.baseline_name())]),
            head: head.map(|t| self.say(t)).into(),
            rows: shares.iter().map(row).collect(),
            numeric: true,
        }));
        blocks.push(Block::Note(self.say(w::REMAINDER)));
        Ok(Some(Section { id: "shares", title: self.say(w::SHARES), blocks }))
    }

    fn seen(&mut self) -> Result<Section> {
        let seen = &self.document["study"];
        let lang = self.lang;
        let row = |(words, key): (Text, &str)| {
            let found = &seen[key];
            let figure = |key: &str| {
                text(&number(&found[key]["mean"])).with_aside(&ends(&found[key]["ci95"]))
            };
            let cells =
                vec![self.say(words), figure("naive_min"), figure("true_min"), figure("bias_min")];
            (RowKind::Plain, cells)
        };
        let rows = [(w::BEFORE_AFTER, "before_after"), (w::USERS_OTHERS, "users_against_others")];
        let mut blocks = vec![Block::Table(Table {
            caption: self.say(w::SEEN_CAPTION),
            head: [w::ESTIMATE, w::NAIVE, w::TRUE, w::BIAS].map(|t| self.say(t)).into(),
            rows: rows.into_iter().map(row).collect(),
            numeric: true,
        })];
        let users = &seen["users_against_others"];
        let (selection, spillover) =
            (number(&users["selection_min"]["mean"]), number(&users["spillover_min"]["mean"]));
        let gaps = [("selection", selection.as_str()), ("spillover", &spillover)];
        blocks.push(Block::Note(self.fill(w::PARTS_OF_BIAS, &gaps)));
        let rivals: Vec<&Value> = list(&seen["rivals"]).collect();
        let bars: Vec<Fall> = rivals
            .iter()
            .map(|rival| bar(name(lang, &rival["cause"]), &rival["credited_min"]))
            .collect();
        let frame = FallFrame {
            title: w::RIVALS_CHART,
            subtitle: w::RIVALS_SUB.fill(lang, &[("baseline", word(&seen["baseline"]))]),
            axis: w::AXIS_MIN,
            keys: None,
            counts: false,
        };
        let drawn = charts::falls(&frame, &bars, lang);
        let assumed = &seen["assumed"];
        let [grown, evened, faster] =
            ["before_phone_growth_share", "appointments_evened_share", "attention_faster_share"]
                .map(|key| percent(&assumed[key]));
        let gaps = [("grown", grown.as_str()), ("evened", &evened), ("faster", &faster)];
        let caption = self.fill(w::RIVALS_SAY, &gaps);
        blocks.extend(self.figure("rivals", drawn, &caption, "rivals.csv")?);
        let row = |rival: &&Value| {
            let (credited, real) = (&rival["credited_min"], &rival["true_min"]);
            let cells = vec![
                text(&name(lang, &rival["cause"])),
                text(&number(&credited["mean"])),
                text(&ends(&credited["ci95"])),
                text(&number(&real["mean"])),
            ];
            (RowKind::Plain, cells)
        };
        blocks.push(Block::Table(Table {
            caption: self.fill(w::RIVALS_TABLE, &[("baseline", word(&seen["baseline"]))]),
            head: [w::CAUSE, w::CREDITED, w::INTERVAL, w::TRUE].map(|t| self.say(t)).into(),
            rows: rivals.iter().map(row).collect(),
            numeric: true,
        }));
        Ok(Section { id: "study", title: self.say(w::SEEN), blocks })
    }

    fn pilot(&self) -> Section {
        let pilot = &self.document["pilot"];
        let mut blocks = Vec::new();
        if pilot["steps"].is_null() {
            blocks.push(Block::Para(self.say(w::PILOT_NONE)));
        } else {
            blocks.push(self.pilot_words(pilot));
            let effects = list(&pilot["effects"]).map(|row| (row, ""));
            let own = (&pilot["simulated"], w::EFFECT_OWN.of(self.lang));
            let row = |(row, whose): (&Value, &str)| {
                let needed = &row["needed_visits_per_hospital_and_period"];
                let cells = vec![
                    text(&number(&row["effect_min"])).with_aside(whose),
                    text(&percent(&row["power_share"])),
                    text(&number(needed)),
                ];
                (RowKind::Plain, cells)
            };
            let rows = effects.chain([own]).filter(|(row, _)| !row.is_null());
            blocks.push(Block::Table(Table {
                caption: self.say(w::PILOT_CAPTION),
                head: [w::EFFECT, w::POWER, w::NEEDED].map(|t| self.say(t)).into(),
                rows: rows.map(row).collect(),
                numeric: true,
            }));
            blocks.push(Block::Para(self.say(w::LOG)));
            let said = |entry: &Value| text(word(&entry[self.lang.pick("en", "zh")]));
            blocks.push(Block::List(list(&pilot["log"]).map(said).collect()));
        }
        Section { id: "pilot", title: self.say(w::PILOT), blocks }
    }

    fn pilot_words(&self, pilot: &Value) -> Block {
        let figure = |key: &str| number(&pilot[key]);
        let gaps = [
            ("clusters", figure("clusters")),
            ("steps", figure("steps")),
            ("days", figure("period_days")),
            ("periods", figure("periods")),
            ("within", figure("within_sd_min")),
            ("between", figure("between_sd_min")),
            ("visits", figure("visits_per_hospital_and_period")),
            ("wanted", number(&pilot["wanted"]["effect_min"])),
            ("power", percent(&pilot["wanted"]["power_share"])),
            ("target", percent(&pilot["wanted_power_share"])),
            ("detectable", figure("detectable_min")),
        ];
        let gaps = gaps.each_ref().map(|(gap, said)| (*gap, said.as_str()));
        Block::Para(self.fill(w::PILOT_SAY, &gaps))
    }

    fn funnel(&mut self) -> Result<Option<Section>> {
        let funnel = &self.document["funnel"];
        if funnel.is_null() {
            return Ok(None);
        }
        let lang = self.lang;
        let drawn = charts::funnel(funnel, lang);
        let mut blocks: Vec<Block> = self
            .figure("funnel", drawn, &self.say(w::FUNNEL_NOTE), "funnel_steps.csv")?
            .into_iter()
            .collect();
        blocks.push(self.behind_funnel(funnel, &charts::FUNNEL_STEPS));
        let baseline = word(&self.document["study"]["baseline"]);
        blocks.push(Block::Para(text(&funnel_words(funnel, baseline, lang))));
        Ok(Some(Section { id: "funnel", title: self.say(w::FUNNEL), blocks }))
    }
}

/// The funnel of a run; nothing without a scheme, or for a run of earlier versions.
pub(super) fn of_run(source: &Source, charts: &[Chart], lang: Lang) -> Vec<Block> {
    let summary = source.summary();
    let funnel = summary.at("funnel");
    if !funnel.is_object() {
        return Vec::new();
    }
    let chart = charts.iter().find(|chart| chart.name == "funnel");
    let picture = chart.and_then(|chart| Some((chart.svg.clone()?, &chart.caption)));
    let behind = behind::blocks(&source.behind, "funnel", summary.text("baseline"), lang);
    let figure = picture.map(|(svg, caption)| Block::Figure {
        picture: Html::trusted(svg),
        caption: text(caption),
    });
    let said = match mean(&funnel["used"]) {
        0.0 => {
            let nobody = w::FUNNEL_NOBODY.of(lang).to_owned();
            let reasons = turned_down_words(funnel, lang);
            std::iter::once(nobody).chain(reasons).collect::<Vec<_>>().join(lang.pick(" ", ""))
        }
        _ => funnel_words(funnel, &headline::baseline(summary, lang, PLAIN), lang),
    };
    figure.into_iter().chain(behind).chain([Block::Para(text(&said))]).collect()
}

/// The funnel in a sentence.
fn funnel_words(funnel: &Value, baseline: &str, lang: Lang) -> String {
    let joining = &funnel["joining"];
    let way = if joining["way_in"] == "opt_out" { w::OPT_OUT } else { w::OPT_IN };
    let gaps = [
        ("abandoned", number(&funnel["abandoned"]["mean"])),
        ("lead", number(&funnel["approval_lead_days"])),
        ("way", way.of(lang).to_owned()),
        ("uses", number(&funnel["uses_per_user"]["mean"])),
        ("minutes", number(&funnel["minutes_per_use"]["mean"])),
        ("ends", ends(&funnel["minutes_per_use"]["ci95"])),
        ("baseline", baseline.to_owned()),
    ];
    let gaps = gaps.each_ref().map(|(gap, said)| (*gap, said.as_str()));
    let said = w::FUNNEL_SAY.fill(lang, &gaps);
    let campaigns = list(&funnel["campaigns"]).map(|campaign| campaign_words(campaign, lang));
    let turned_down = turned_down_words(funnel, lang);
    std::iter::once(said)
        .chain(turned_down)
        .chain(campaigns)
        .collect::<Vec<_>>()
        .join(lang.pick(" ", ""))
}

/// Why applicants were turned down, the commonest reason first; nothing where nobody was.
fn turned_down_words(funnel: &Value, lang: Lang) -> Option<String> {
    let mut reasons: Vec<(&String, &Value)> =
        funnel["turned_down_by_reason"].as_object()?.iter().collect();
    reasons.sort_by(|a, b| mean(b.1).total_cmp(&mean(a.1)));
    let told = reasons.iter().map(|(word, count)| {
        lang.pick("{reason} {people}", "{reason}{people}人")
            .replace("{reason}", &term(lang, word))
            .replace("{people}", &number(&count["mean"]))
    });
    let told = told.collect::<Vec<_>>().join(lang.pick(", ", "、"));
    Some(w::TURNED_DOWN.fill(lang, &[("reasons", &told)]))
}

/// A campaign in a sentence or two: when, what it brought, what it cost.
fn campaign_words(campaign: &Value, lang: Lang) -> String {
    let yuan = |value: Option<f64>| value.map(|yuan| Unit::Yuan.say(lang, yuan));
    let cost = yuan(word(&campaign["cost"]).parse().ok());
    let each = &campaign["cost_per_line_opened"];
    let gaps = [
        ("from", word(&campaign["from"]).to_owned()),
        ("to", word(&campaign["to"]).to_owned()),
        ("factor", number(&campaign["factor"])),
        ("days", number(&campaign["days_in_run"])),
        ("lines", number(&campaign["lines_opened"]["mean"])),
        ("cost", cost.clone().unwrap_or_default()),
        ("each", yuan(each["mean"].as_f64()).unwrap_or_default()),
    ];
    let gaps = gaps.each_ref().map(|(gap, said)| (*gap, said.as_str()));
    let cost = match (cost, each["mean"].is_number()) {
        (None, _) => w::CAMPAIGN_NO_COST,
        (Some(_), false) => w::CAMPAIGN_COST,
        (Some(_), true) => w::CAMPAIGN_COST_EACH,
    };
    let words = [w::CAMPAIGN, cost].map(|text| text.fill(lang, &gaps));
    words.join(lang.pick(" ", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_funnel_says_why_applicants_were_turned_down_the_commonest_reason_first() {
        let funnel = json!({ "turned_down_by_reason": {
            "thin_file": { "mean": 4.0 }, "real_name_not_registered": { "mean": 120.0 },
        }});
        let said = |lang| turned_down_words(&funnel, lang).expect("two reasons");
        assert_eq!(
            said(Lang::En),
            "Applicants turned down, by reason: not registered by real name 120, thin credit file 4."
        );
        assert_eq!(said(Lang::Zh), "申请被拒的原因：未实名注册120人、征信记录不足4人。");
        assert_eq!(turned_down_words(&json!({}), Lang::En), None, "nobody was");
    }
}
