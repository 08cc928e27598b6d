//! One patient's day on two timelines: the story that the run left, as words, picture and tables. Must
//! never look at the simulation, nor add a minute to what the story holds.

use std::fs;
use std::io;
use std::path::Path;

use super::charts::Chart;
use super::headline::{self, PLAIN};
use super::numbers::{DASH, Unit};
use super::page::{Block, Html, RowKind, Section, Table, escape};
use super::source::{Source, capital, term};
use super::words::{self as w, Text, t};
use super::{Error, Lang, Result};
use serde::Deserialize;

const FILE: &str = "story.json";

/// A visit in every arm.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Story {
    pub(super) day: String,
    standing: Option<Standing>,
    pub(super) age: u8,
    pub(super) insurance: String,
    pub(super) hospital: String,
    pub(super) arrival_ms: u32,
    /// Yuan, as text.
    pub(super) bill: String,
    pub(super) arms: Vec<Arm>,
}

/// Where the visit lies among those of its day that a line paid; runs of earlier versions did not tell.
#[derive(Clone, Debug, Deserialize)]
struct Standing {
    users: u32,
    stop_less: u32,
    saved_less: u32,
    chosen_from: Savings,
    all_users: Savings,
}

/// How savings lie, ms.
#[derive(Clone, Debug, Deserialize)]
struct Savings {
    #[serde(rename = "quarter_ms")]
    quarter: i64,
    #[serde(rename = "half_ms")]
    half: i64,
    #[serde(rename = "three_quarters_ms")]
    three_quarters: i64,
}

/// The visit in one arm.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Arm {
    pub(super) exit_ms: u32,
    pub(super) stops: u8,
    pub(super) steps: Vec<Step>,
    fund: String,
    account: String,
    line: String,
    cash: String,
    unpaid: String,
    due: Option<String>,
    after: Vec<Night>,
}

/// One step, times in ms from midnight.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Step {
    pub(super) what: String,
    place: String,
    channel: String,
    pub(super) from_ms: u32,
    pub(super) until_ms: u32,
    pub(super) queue_ms: u32,
}

#[derive(Clone, Debug, Deserialize)]
struct Night {
    day: String,
    left: String,
    dpd: u16,
    stage: String,
}

#[derive(Deserialize)]
struct Document {
    visit: Story,
}

impl Story {
    /// Reads the story of a run folder; `None` where the run left none.
    pub(super) fn read(dir: &Path) -> Result<Option<Story>> {
        let path = dir.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Io { path, source }),
        };
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|source| Error::Json { path, source })?;
        Ok(Some(document.visit).filter(|story| story.arms.len() >= 2))
    }

    /// The first baseline and the policy.
    pub(super) fn two(&self) -> [&Arm; 2] {
        [&self.arms[0], &self.arms[self.arms.len() - 1]]
    }

    /// Minutes from arrival.
    pub(super) fn minute(&self, ms: u32) -> f64 {
        (f64::from(ms) - f64::from(self.arrival_ms)) / 60_000.0
    }
}

/// The section of the page.
pub(super) fn section(source: &Source, charts: &[Chart], lang: Lang) -> Section {
    let title = Html::text(w::DAY_TITLE.of(lang));
    let Some(story) = &source.story else {
        let none = Block::Note(Html::text(w::DAY_NONE.of(lang)));
        return Section { id: "day", title, blocks: vec![none] };
    };
    let summary = source.summary();
    let baseline = headline::baseline(summary, lang, PLAIN);
    let mut blocks = vec![Block::Para(Html::text(&lead(story, &baseline, lang)))];
    if let Some(standing) = &story.standing {
        blocks.push(Block::Note(Html::text(&chosen(standing, &baseline, lang))));
    }
    let figure = charts.iter().find(|chart| chart.name == "one_day");
    if let Some((chart, svg)) = figure.and_then(|chart| Some((chart, chart.svg.as_ref()?))) {
        let picture = Html::trusted(svg.clone());
        blocks.push(Block::Figure { picture, caption: Html::text(&chart.caption) });
    }
    let titles = [capital(&baseline), w::THE_SCHEME.of(lang).to_owned()];
    blocks.push(Block::Table(money(story, &titles, lang)));
    for (arm, title) in story.two().into_iter().zip(&titles) {
        blocks.push(Block::Folded {
            title: Html::trusted(w::DAY_STEPS_OF.fill(
                lang,
                &[("arm", &escape(title)), ("file", Html::code("story.csv").as_str())],
            )),
            table: steps(story, arm, lang),
            note: Html::default(),
            paper: false,
        });
    }
    Section { id: "day", title, blocks }
}

fn lead(story: &Story, baseline: &str, lang: Lang) -> String {
    let [before, after] = story.two().map(|arm| story.minute(arm.exit_ms));
    let gaps = [
        ("day", story.day.clone()),
        ("hospital", story.hospital.clone()),
        ("age", story.age.to_string()),
        ("insurance", insured(&story.insurance).of(lang).to_owned()),
        ("bill", yuan(&story.bill, lang)),
        ("baseline", baseline.to_owned()),
        ("saved", headline::change(lang, before - after)),
    ];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, said)| (*gap, said.as_str())).collect();
    w::DAY_LEAD.fill(lang, &gaps)
}

/// How the visit was chosen, and where it lies among the others.
fn chosen(standing: &Standing, baseline: &str, lang: Lang) -> String {
    let Standing { users, stop_less, saved_less, chosen_from, all_users } = standing;
    let minutes = |ms: i64| Unit::Plain(1).say(lang, ms as f64 / 60_000.0);
    let gaps = [
        ("users", users.to_string()),
        ("spared", stop_less.to_string()),
        ("less", saved_less.to_string()),
        ("from", minutes(chosen_from.quarter)),
        ("to", minutes(chosen_from.three_quarters)),
        ("all_from", minutes(all_users.quarter)),
        ("all_half", minutes(all_users.half)),
        ("all_to", minutes(all_users.three_quarters)),
        ("baseline", baseline.to_owned()),
    ];
    let gaps = gaps.each_ref().map(|(gap, said)| (*gap, said.as_str()));
    let words = if *stop_less > 0 { w::DAY_CHOSEN } else { w::DAY_CHOSEN_ANY };
    words.fill(lang, &gaps)
}

/// A label and what an arm says to it.
type Paid = (Text, fn(&Arm) -> String);

fn money(story: &Story, titles: &[String; 2], lang: Lang) -> Table {
    let arms = story.two();
    let row = |(label, read): Paid| {
        let cells = arms.iter().map(|arm| Html::text(&read(arm)));
        (RowKind::Plain, std::iter::once(Html::text(label.of(lang))).chain(cells).collect())
    };
    let rows: [Paid; 6] = [
        (w::DAY_FUND, |arm| arm.fund.clone()),
        (w::DAY_ACCOUNT, |arm| arm.account.clone()),
        (w::DAY_LINE, |arm| arm.line.clone()),
        (w::DAY_CASH, |arm| arm.cash.clone()),
        (w::DAY_UNPAID, |arm| arm.unpaid.clone()),
        (w::DAY_DUE, |arm| arm.due.clone().unwrap_or_else(|| DASH.to_owned())),
    ];
    let mut rows: Vec<(RowKind, Vec<Html>)> = rows.into_iter().map(row).collect();
    let after = arms.iter().map(|arm| Html::trusted(nights(arm, lang)));
    let label = Html::text(w::DAY_AFTER.of(lang));
    rows.push((RowKind::Plain, std::iter::once(label).chain(after).collect()));
    let heads = titles.iter().map(|title| Html::text(title));
    Table {
        caption: Html::text(w::DAY_MONEY.of(lang)),
        head: std::iter::once(Html::text(w::PAYER.of(lang))).chain(heads).collect(),
        rows,
        numeric: true,
    }
}

/// An amount that is text, with its unit.
fn yuan(amount: &str, lang: Lang) -> String {
    lang.pick(format!("CNY {amount}"), format!("{amount} 元"))
}

/// Each change of the draw after the day, a line each.
fn nights(arm: &Arm, lang: Lang) -> String {
    let line = |night: &Night| {
        let stage = stage(&night.stage).of(lang);
        let late = match night.dpd {
            0 => String::new(),
            days => format!("{}{}", lang.pick(", days late: ", "，逾期天数："), days),
        };
        let colon = lang.pick(": ", "：");
        escape(&format!("{} {stage}{colon}{}{late}", night.day, yuan(&night.left, lang)))
    };
    let lines: Vec<String> = arm.after.iter().map(line).collect();
    if lines.is_empty() { DASH.to_owned() } else { lines.join("<br>") }
}

fn stage(word: &str) -> Text {
    match word {
        "free" => t("owed, interest-free", "未还（免息期）"),
        "instalments" => t("owed, in instalments", "未还（分期）"),
        "overdue" => t("past due", "逾期"),
        "cured" => t("owed, back on plan", "未还（恢复正常）"),
        "written_off" => t("written off", "已核销"),
        _ => t("repaid", "已还清"),
    }
}

fn steps(story: &Story, arm: &Arm, lang: Lang) -> Table {
    let said = |minutes: f64| Html::text(&Unit::Plain(1).say(lang, minutes));
    let minutes = |ms: u32| said(story.minute(ms));
    let row = |step: &Step| {
        let cells = vec![
            Html::text(&named(step, lang)),
            minutes(step.from_ms),
            minutes(step.until_ms),
            said(f64::from(step.queue_ms) / 60_000.0),
        ];
        (RowKind::Plain, cells)
    };
    let shown = arm.steps.iter().filter(|step| step.until_ms > step.from_ms);
    Table {
        caption: Html::default(),
        head: [w::DAY_STEP, w::DAY_FROM, w::DAY_UNTIL, w::DAY_IN_QUEUE]
            .map(|text| Html::text(text.of(lang)))
            .into(),
        rows: shown.map(row).collect(),
        numeric: true,
    }
}

fn insured(word: &str) -> Text {
    match word {
        "employee" => t("employees' scheme", "职工医保"),
        "resident" => t("residents' scheme", "居民医保"),
        _ => t("not insured here", "未在本地参保"),
    }
}

/// A station or payment point in words.
fn place(lang: Lang, word: &str) -> String {
    let known = match word {
        "doctor" => t("the doctor's room", "诊室"),
        "tests" => t("tests", "检查检验"),
        "drugs" => t("drugs", "药品"),
        "treatment" => t("treatment", "治疗"),
        "registration" => t("registration", "挂号"),
        "final" => t("final settlement", "离院结算"),
        "refund" => t("refund", "退费"),
        "stay" => t("the stay", "住院"),
        other => return term(lang, other),
    };
    known.of(lang).to_owned()
}

/// A step in words.
pub(super) fn named(step: &Step, lang: Lang) -> String {
    let what = match step.what.as_str() {
        "walk" => t("walk", "步行"),
        "reports" => t("wait for reports", "等报告"),
        "release" => t("wait for what is packed or booked", "等取药或预约"),
        "desk" => t("sign up, be helped", "签约或接受帮助"),
        "pay" => t("pay", "缴费"),
        _ => t("at", "在"),
    };
    let mut said = what.of(lang).to_owned();
    if !step.place.is_empty() {
        said = format!("{said}{}{}", lang.pick(": ", "："), place(lang, &step.place));
    }
    if !step.channel.is_empty() {
        let channel = match step.channel.as_str() {
            "phone" => t("by phone", "手机"),
            "kiosk" => t("at a kiosk", "自助机"),
            "window" => t("at a window", "窗口"),
            "discharge_desk" => t("at the discharge desk", "出院处"),
            _ => t("no stop", "不停留"),
        };
        let (open, close) = lang.pick((" (", ")"), ("（", "）"));
        said = format!("{said}{open}{}{close}", channel.of(lang));
    }
    said
}
