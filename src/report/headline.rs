//! The answer and the headline figures as plain text, shared by the page and the terminal. Must never
//! dress up a small saving: a difference below a minute is said in seconds too, and a difference that
//! cannot be told from zero is called that.

use super::Lang;
use super::numbers::{DASH, Estimate, Unit, decimal, percent, places_for};
use super::source::{Summary, baseline_title, term};
use super::words as w;
use super::words::Text;
use serde_json::Value;

/// A row of the time table.
#[derive(Clone, Debug)]
pub(super) struct TimeRow {
    /// The measure, on its first row.
    pub(super) measure: Option<String>,
    pub(super) group: String,
    pub(super) baseline: String,
    pub(super) policy: String,
    pub(super) saved: String,
    pub(super) interval: String,
    /// Whether the terminal shows it too.
    pub(super) leading: bool,
}

/// A row of the table on credit and books.
#[derive(Clone, Debug)]
pub(super) struct FactRow {
    pub(super) label: String,
    pub(super) value: String,
    /// What the value is a share of, or empty.
    pub(super) aside: String,
    pub(super) interval: String,
    /// Whether it is a part of the row above.
    pub(super) part: bool,
}

/// The words of the answer, each a sentence or two.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) main: String,
    /// What the scenario's values were set from, where they were.
    pub(super) calibrated: Option<String>,
    /// The saving of users and of all others, and the hours.
    pub(super) parts: Option<String>,
    /// What was lent and lost.
    pub(super) cost: Option<String>,
    /// The saving against each other baseline.
    pub(super) others: Vec<String>,
    /// Set if the books do not balance.
    pub(super) invalid: Option<String>,
}

/// How words of a run are printed inside sentences: plain in the terminal, marked up on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Prints a regime's title with its name.
    pub(super) name: fn(lang: Lang, title: &str, name: &str) -> String,
    /// Prints any other word from the run's files.
    pub(super) word: fn(&str) -> String,
}

/// Plain text.
pub(super) const PLAIN: Style = Style { name: plain_name, word: str::to_owned };

/// Title and name, for plain text.
fn plain_name(lang: Lang, title: &str, name: &str) -> String {
    if title == name {
        return name.to_owned();
    }
    let (title, open, close) = brackets(lang, title);
    format!("{title}{open}{name}{close}")
}

/// What to put around a name after a title; a title that ends in brackets takes it into them.
pub(super) fn brackets(lang: Lang, title: &str) -> (&str, &'static str, &'static str) {
    match title.strip_suffix([')', '）']) {
        Some(open) => (open, lang.pick("; ", "；"), lang.pick(")", "）")),
        None => (title, lang.pick(" (", "（"), lang.pick(")", "）")),
    }
}

/// The main baseline, named.
pub(super) fn baseline(summary: Summary, lang: Lang, style: Style) -> String {
    named(summary, summary.text("baseline"), lang, style)
}

/// Any regime, named as it stands inside a sentence.
pub(super) fn named(summary: Summary, name: &str, lang: Lang, style: Style) -> String {
    let title = baseline_title(summary, name, lang);
    (style.name)(lang, &lang.pick(lower_first(&title), title.clone()), name)
}

/// Lowers a capital that only stands for the start of a title; leaves `IC card` alone.
fn lower_first(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(std::iter::once(second)).chain(chars).collect()
        }
        _ => title.to_owned(),
    }
}

/// The number of replications, as words.
pub(super) fn replications(summary: Summary, lang: Lang) -> String {
    match summary.mean("replications") {
        Some(n) if n > 1.0 => w::REPLICATIONS.fill(lang, &[("n", &decimal(n, 0))]),
        _ => w::ONE_REPLICATION.of(lang).to_owned(),
    }
}

/// Whether some ledger is out of balance.
pub(super) fn imbalance_fen(summary: Summary) -> f64 {
    summary.mean("settlement.ledger_imbalance_fen").unwrap_or(0.0)
}

/// The answer in sentences.
pub(super) fn answer(summary: Summary, lang: Lang, style: Style) -> Answer {
    let imbalance = imbalance_fen(summary);
    let invalid =
        (imbalance != 0.0).then(|| w::INVALID_BOOKS.fill(lang, &[("fen", &decimal(imbalance, 0))]));
    let baseline = baseline(summary, lang, style);
    let Some(saved) = summary.estimate("queue.time_in_hospital.all.saved") else {
        let main = w::ANSWER_NONE.fill(lang, &[("baseline", &baseline)]);
        return Answer { main, invalid, ..Answer::default() };
    };
    let others = summary.other_baselines().into_iter().filter_map(|name| {
        let path = format!("queue.against.{name}.time_in_hospital.all.saved");
        let change = doubted_change(lang, &summary.estimate(&path)?);
        let baseline = named(summary, name, lang, style);
        Some(w::AGAINST_OTHER.fill(lang, &[("baseline", &baseline), ("change", &change)]))
    });
    Answer {
        main: main_sentence(summary, lang, &baseline, &saved),
        calibrated: calibrated_sentence(summary, lang, style),
        parts: parts_sentence(summary, lang),
        cost: cost_sentence(summary, lang, style),
        others: others.collect(),
        invalid,
    }
}

fn main_sentence(summary: Summary, lang: Lang, baseline: &str, saved: &Estimate) -> String {
    let said = change(lang, saved.mean);
    if saved.covers_zero() {
        let (_, interval) = Unit::Plain(2).estimate(lang, saved);
        let gaps = [("baseline", baseline), ("change", &said), ("interval", &interval)];
        return w::ANSWER_UNCLEAR.fill(lang, &gaps);
    }
    let level = summary.mean("queue.time_in_hospital.all.baseline");
    let said = match level.filter(|level| *level > 0.0 && saved.mean.abs() >= UNSEEN_MIN) {
        Some(level) => {
            let share = saved.mean.abs() / level;
            let share = percent(share, if share < 0.001 { 2 } else { 1 });
            let level = decimal(level, 1);
            w::ANSWER_SHARE.fill(lang, &[("change", &said), ("share", &share), ("level", &level)])
        }
        None => said,
    };
    w::ANSWER.fill(lang, &[("baseline", baseline), ("change", &said)])
}

/// What the scenario's values were set from, where they were: those metrics are no predictions.
fn calibrated_sentence(summary: Summary, lang: Lang, style: Style) -> Option<String> {
    let mark = summary.at("calibration");
    let label = mark["label"][lang.code()].as_str()?;
    let metrics = mark["must_not_predict"].as_array().into_iter().flatten();
    let metrics: Vec<String> =
        metrics.filter_map(|path| path.as_str()).map(|path| (style.word)(path)).collect();
    let gaps = [("label", &*(style.word)(label)), ("metrics", &*metrics.join(", "))];
    Some(w::CALIBRATED.fill(lang, &gaps))
}

fn parts_sentence(summary: Summary, lang: Lang) -> Option<String> {
    let of = |group| {
        let saved = summary.estimate(&format!("queue.time_in_hospital.{group}.saved"))?;
        Some(doubted_change(lang, &saved))
    };
    let (users, others) = (of("credit_users")?, of("others")?);
    let hours = summary.estimate("queue.saved_hours_total")?;
    let amount = Unit::Count.say(lang, hours.mean.abs());
    let hours = match hours.mean {
        _ if hours.covers_zero() => w::HOURS_UNCLEAR.of(lang).to_owned(),
        mean if mean < 0.0 => w::HOURS_LOST_SAID.fill(lang, &[("x", &amount)]),
        _ => w::HOURS_SAVED_SAID.fill(lang, &[("x", &amount)]),
    };
    let share = user_share(summary, lang);
    let gaps = [("share", &*share), ("users", &*users), ("others", &*others), ("hours", &*hours)];
    Some(w::ANSWER_PARTS.fill(lang, &gaps))
}

/// Share of visits that were paid on a line, in brackets, where the summary tells it.
fn user_share(summary: Summary, lang: Lang) -> String {
    let of = |group: &str| summary.mean(&format!("queue.matched_visits.{group}"));
    match (of("credit_users"), of("all")) {
        (Some(users), Some(all)) if all > 0.0 => {
            let share = users / all;
            let share = percent(share, if share < 0.001 { 3 } else { 1 });
            w::SHARE_OF_VISITS.fill(lang, &[("share", &share)])
        }
        _ => String::new(),
    }
}

fn cost_sentence(summary: Summary, lang: Lang, style: Style) -> Option<String> {
    let drawn = summary.mean("credit.drawn_total")?;
    if drawn <= 0.0 {
        let none = summary.mean("credit.opened") == Some(0.0);
        return Some(if none { w::COST_NO_LINE } else { w::COST_NOTHING }.of(lang).to_owned());
    }
    let used = Unit::Count.say(lang, summary.mean("credit.used")?);
    let loss = summary.mean("credit.net_credit_loss")?;
    let gaps = [
        ("drawn", Unit::Yuan.say(lang, drawn)),
        ("used", used),
        ("loss", Unit::Yuan.say(lang, loss)),
        ("bearers", bearers(summary, lang, style, loss)),
    ];
    Some(w::COST.fill(lang, &gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()))))
}

/// Who bears the loss, with shares, largest first; empty without a loss.
fn bearers(summary: Summary, lang: Lang, style: Style, loss: f64) -> String {
    let mut parts = summary.estimates("credit.loss_by_bearer");
    parts.retain(|(_, part)| part.mean > 0.0);
    if loss <= 0.0 || parts.is_empty() {
        return String::new();
    }
    let total: f64 = parts.iter().map(|(_, part)| part.mean).sum();
    parts.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    let said: Vec<String> = parts
        .iter()
        .map(|(bearer, part)| {
            let bearer = (style.word)(&term(lang, bearer));
            format!("{bearer} {}", percent(part.mean / total, 0))
        })
        .collect();
    w::BORNE_BY.fill(lang, &[("list", &said.join(lang.pick(", ", "、")))])
}

/// A change, or that none can be told.
fn doubted_change(lang: Lang, saved: &Estimate) -> String {
    if saved.covers_zero() {
        return w::NO_DIFFERENCE.of(lang).to_owned();
    }
    change(lang, saved.mean)
}

/// Minutes that two digits do not show.
const UNSEEN_MIN: f64 = 0.005;

/// "0.42 minutes (25 seconds) less": a saving is positive.
pub(super) fn change(lang: Lang, saved: f64) -> String {
    let minutes = decimal(saved.abs(), places_for(saved));
    let seconds = decimal(saved.abs() * 60.0, 0);
    let gaps = [("x", minutes.as_str()), ("s", seconds.as_str())];
    let text = match saved {
        s if s.abs() < UNSEEN_MIN => return w::UNCHANGED.of(lang).to_owned(),
        s if s >= 1.0 => w::LESS,
        s if s > 0.0 => w::LESS_SHORT,
        s if s > -1.0 => w::MORE_SHORT,
        _ => w::MORE,
    };
    text.fill(lang, &gaps)
}

const MEASURES: [(&str, Text); 4] = [
    ("time_in_hospital", w::TIME_IN_HOSPITAL),
    ("wait", w::WAIT),
    ("payment", w::PAYMENT),
    ("payment_stops", w::PAYMENT_STOPS),
];
const GROUPS: [(&str, Text); 3] =
    [("all", w::ALL_VISITS), ("credit_users", w::CREDIT_USERS), ("others", w::OTHERS)];

/// The time table: every measure and group, then the hours and the other baselines.
pub(super) fn time_rows(summary: Summary, lang: Lang, style: Style) -> Vec<TimeRow> {
    let mut rows = Vec::new();
    for (measure, title) in MEASURES {
        for (group, group_title) in GROUPS {
            let base = format!("queue.{measure}.{group}");
            let heading = (group == "all").then(|| title.of(lang).to_owned());
            let leading = measure == "time_in_hospital" || group == "all";
            let group = group_title.of(lang).to_owned();
            rows.push(TimeRow { leading, ..triple(summary, lang, &base, heading, group) });
        }
    }
    rows.push(hours_row(summary, lang));
    for name in summary.other_baselines() {
        let base = format!("queue.against.{name}.time_in_hospital.all");
        let title = named(summary, name, lang, style);
        let heading = w::TIME_AGAINST.fill(lang, &[("baseline", &title)]);
        let group = w::ALL_VISITS.of(lang).to_owned();
        rows.push(TimeRow { leading: true, ..triple(summary, lang, &base, Some(heading), group) });
    }
    rows
}

fn triple(
    summary: Summary,
    lang: Lang,
    base: &str,
    measure: Option<String>,
    group: String,
) -> TimeRow {
    // A group without a visit has no minutes.
    let nobody = base.ends_with(".credit_users")
        && summary.mean("queue.matched_visits.credit_users") == Some(0.0);
    let read = |part: &str| summary.estimate(&format!("{base}.{part}")).filter(|_| !nobody);
    let saved = read("saved");
    let unit = Unit::Plain(saved.map_or(1, |saved| places_for(saved.mean)));
    let mean = |arm: &str| read(arm).map_or(DASH.to_owned(), |level| unit.say(lang, level.mean));
    let (baseline, policy) = (mean("baseline"), mean("policy"));
    let (saved, interval) = said(lang, unit, saved);
    TimeRow { measure, group, baseline, policy, saved, interval, leading: false }
}

/// An estimate and its interval, or dashes.
pub(super) fn said(lang: Lang, unit: Unit, estimate: Option<Estimate>) -> (String, String) {
    match estimate {
        Some(estimate) => unit.estimate(lang, &estimate),
        None => (DASH.to_owned(), DASH.to_owned()),
    }
}

fn hours_row(summary: Summary, lang: Lang) -> TimeRow {
    let hours = summary.estimate("queue.saved_hours_total");
    let (saved, interval) = said(lang, Unit::Count, hours);
    TimeRow {
        measure: Some(w::HOURS_SAVED.of(lang).to_owned()),
        group: String::new(),
        baseline: String::new(),
        policy: String::new(),
        saved,
        interval,
        leading: true,
    }
}

/// The table on credit and books.
pub(super) fn fact_rows(summary: Summary, lang: Lang, style: Style) -> Vec<FactRow> {
    let fact = |path: &str, label: Text, unit| {
        let estimate = summary.estimate(&format!("credit.{path}"));
        fact(lang, label.of(lang).to_owned(), unit, estimate)
    };
    let share = |part: &str, whole: &str, text: Text| {
        let of = |path: &str| summary.mean(&format!("credit.{path}"));
        match (of(part), of(whole)) {
            (Some(part), Some(whole)) if whole > 0.0 => {
                text.fill(lang, &[("share", &Unit::Share.say(lang, part / whole))])
            }
            _ => String::new(),
        }
    };
    let with = |row: FactRow, aside: String| FactRow { aside, ..row };
    let mut rows = vec![
        fact("eligible", w::ELIGIBLE, Unit::Count),
        with(fact("opened", w::OPENED, Unit::Count), share("opened", "eligible", w::OF_ELIGIBLE)),
        with(fact("used", w::USED, Unit::Count), share("used", "opened", w::OF_OPENED)),
        fact("limit_total", w::LIMIT_TOTAL, Unit::Yuan),
        with(
            fact("drawn_total", w::DRAWN_TOTAL, Unit::Yuan),
            share("drawn_total", "limit_total", w::OF_LIMIT),
        ),
        fact("dpd90_rate_accounts", w::DPD90_ACCOUNTS, Unit::Share),
        fact("dpd90_rate_balance", w::DPD90_BALANCE, Unit::Share),
        with(
            fact("net_credit_loss", w::NET_LOSS, Unit::Yuan),
            share("net_credit_loss", "drawn_total", w::OF_DRAWN),
        ),
    ];
    rows.extend(loss_rows(summary, lang, style));
    rows.push(fact("recovered", w::RECOVERED, Unit::Yuan));
    rows.extend(
        summary.estimate("credit.collection_cost").map(|cost| {
            self::fact(lang, w::COLLECTION_COST.of(lang).into(), Unit::Yuan, Some(cost))
        }),
    );
    rows.extend(arm_rows(summary, lang, style, ("overdue_patient_receivables", w::RECEIVABLES)));
    rows.extend(arm_rows(summary, lang, style, ("deposits", w::DEPOSITS)));
    rows.extend(loss_per_hour(summary, lang, style));
    let fen = w::FEN.fill(lang, &[("x", &decimal(imbalance_fen(summary), 0))]);
    rows.push(plain_row(w::IMBALANCE.of(lang).to_owned(), fen));
    rows
}

fn fact(lang: Lang, label: String, unit: Unit, estimate: Option<Estimate>) -> FactRow {
    let (value, interval) = said(lang, unit, estimate);
    FactRow { interval, ..plain_row(label, value) }
}

fn plain_row(label: String, value: String) -> FactRow {
    FactRow { label, value, aside: String::new(), interval: String::new(), part: false }
}

fn loss_rows(summary: Summary, lang: Lang, style: Style) -> impl Iterator<Item = FactRow> {
    let parts = summary.estimates("credit.loss_by_bearer").into_iter();
    // Who bears nothing in any replication is left out.
    let borne = |part: &Estimate| part.mean != 0.0 || part.ci95.is_some_and(|ends| ends[1] > 0.0);
    parts.filter(move |(_, part)| borne(part)).map(move |(bearer, part)| {
        let label = w::BORNE.fill(lang, &[("bearer", &(style.word)(&term(lang, bearer)))]);
        FactRow { part: true, ..fact(lang, label, Unit::Yuan, Some(part)) }
    })
}

/// A measure of both arms, one row each.
fn arm_rows(summary: Summary, lang: Lang, style: Style, (key, text): (&str, Text)) -> Vec<FactRow> {
    let title = baseline(summary, lang, style);
    let arms = [("baseline", title), ("policy", lower_first(w::THE_SCHEME.of(lang)))];
    arms.into_iter()
        .filter_map(|(arm, title)| {
            let path = format!("credit.{key}.{arm}");
            let label = text.fill(lang, &[("arm", &title)]);
            Some(fact(lang, label, Unit::Yuan, Some(summary.estimate(&path)?)))
        })
        .collect()
}

/// Yuan lost per hour saved; only where hours are saved beyond doubt.
fn loss_per_hour(summary: Summary, lang: Lang, style: Style) -> Option<FactRow> {
    let hours = summary.estimate("queue.saved_hours_total")?;
    let loss = summary.mean("credit.net_credit_loss")?;
    if hours.mean <= 0.0 || hours.covers_zero() {
        return None;
    }
    let baseline = baseline(summary, lang, style);
    let label = w::LOSS_PER_HOUR.fill(lang, &[("baseline", &baseline)]);
    Some(plain_row(label, Unit::Yuan.say(lang, loss / hours.mean)))
}

/// Below so many replications Student's intervals are mostly the doubt about their own width.
const FEW_REPLICATIONS: f64 = 5.0;

/// What the intervals mean, in sentences.
pub(super) fn interval_notes(summary: Summary, lang: Lang) -> Vec<String> {
    let many = summary.mean("replications").is_some_and(|n| n > 1.0);
    if many {
        let words = replications(summary, lang);
        let first = w::NOTE_MONTE_CARLO.fill(lang, &[("replications", &words)]);
        let inputs = match summary.at("uncertainty") {
            Value::Null => vec![w::NOTE_INPUTS.of(lang).to_owned()],
            _ => Vec::new(),
        };
        let few = summary.mean("replications").is_some_and(|n| n < FEW_REPLICATIONS);
        let few = few.then(|| w::NOTE_FEW.of(lang).to_owned());
        std::iter::once(first).chain(few).chain(inputs).collect()
    } else {
        vec![w::NOTE_SINGLE.of(lang).to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with_saving(saved: &Value) -> Value {
        json!({"baseline": "mobile_2023", "replications": 5,
            "baselines": [{"name": "mobile_2023", "title_en": "Mobile payment", "title_zh": "手机支付"}],
            "queue": {"time_in_hospital": {"all": {"baseline": {"mean": 50.0, "ci95": null},
                "policy": {"mean": 48.0, "ci95": null}, "saved": saved}}}})
    }

    #[test]
    fn the_answer_follows_the_sign_and_the_doubt() {
        let table = [
            (
                json!({"mean": 2.0, "ci95": [1.5, 2.5]}),
                "takes 2.0 minutes less, 4.0% of its 50.0 minutes",
            ),
            (json!({"mean": 0.2, "ci95": [0.1, 0.3]}), "takes 0.20 minutes (12 s) less, 0.4%"),
            (json!({"mean": -0.2, "ci95": [-0.3, -0.1]}), "takes 0.20 minutes (12 s) more"),
            (json!({"mean": -3.0, "ci95": [-4.0, -2.0]}), "takes 3.0 minutes more, 6.0%"),
            (json!({"mean": 0.2, "ci95": [-0.1, 0.5]}), "no measurable difference"),
            (json!({"mean": 0.0, "ci95": [0.0, 0.0]}), "no measurable difference"),
            (json!({"mean": 0.2, "ci95": null}), "takes 0.20 minutes (12 s) less"),
            (json!({"mean": 0.004, "ci95": null}), "takes no less and no more time."),
            (json!(null), "left no visits that can be compared"),
        ];
        for (saved, words) in table {
            let summary = with_saving(&saved);
            let main = answer(Summary(&summary), Lang::En, PLAIN).main;
            assert!(main.contains(words), "{saved}: {main}");
            assert!(main.starts_with("Against mobile payment (mobile_2023), "), "{main}");
            let zh = answer(Summary(&summary), Lang::Zh, PLAIN).main;
            assert!(zh.starts_with("与手机支付（mobile_2023）相比"), "{zh}");
        }
    }

    #[test]
    fn unbalanced_books_come_before_every_figure() {
        let mut summary = with_saving(&json!({"mean": 2.0, "ci95": null}));
        assert!(answer(Summary(&summary), Lang::En, PLAIN).invalid.is_none());
        summary["settlement"]["ledger_imbalance_fen"] = json!(-1);
        let invalid = answer(Summary(&summary), Lang::En, PLAIN).invalid.unwrap();
        assert!(invalid.contains("invalid") && invalid.contains("−1 fen"), "{invalid}");
    }

    #[test]
    fn no_price_per_hour_when_no_hour_is_surely_saved() {
        let mut summary = json!({"baseline": "m", "credit": {"net_credit_loss": {"mean": "90.00"}},
            "queue": {"saved_hours_total": {"mean": 10.0, "ci95": [-1.0, 21.0]}}});
        assert!(loss_per_hour(Summary(&summary), Lang::En, PLAIN).is_none());
        summary["queue"]["saved_hours_total"]["ci95"] = json!([9.0, 11.0]);
        let row = loss_per_hour(Summary(&summary), Lang::En, PLAIN).unwrap();
        assert_eq!(row.value, "CNY 9.00");
        assert!(row.label.ends_with("against m"), "{}", row.label);
    }

    #[test]
    fn a_part_that_cannot_be_told_from_zero_is_not_sold_as_a_saving() {
        let mut summary = with_saving(&json!({"mean": 2.0, "ci95": [1.0, 3.0]}));
        let unclear = json!({"saved": {"mean": 9.0, "ci95": [-1.0, 19.0]}});
        summary["queue"]["time_in_hospital"]["credit_users"] = unclear;
        summary["queue"]["time_in_hospital"]["others"] = json!({"saved": {"mean": 1.5}});
        summary["queue"]["saved_hours_total"] = json!({"mean": 7.0, "ci95": [-1.0, 15.0]});
        let sentence = parts_sentence(Summary(&summary), Lang::En).unwrap();
        assert!(!sentence.contains("9.0") && !sentence.contains('7'), "{sentence}");
        assert!(sentence.contains("no measurable difference"), "{sentence}");
        assert!(sentence.contains("All other visits: 1.5 minutes less"), "{sentence}");
    }

    #[test]
    fn a_name_joins_the_brackets_that_a_title_ends_with() {
        let table = [
            (Lang::En, "Mobile", "Mobile (m)"),
            (Lang::En, "Mobile (2023)", "Mobile (2023; m)"),
            (Lang::Zh, "手机（2023年）", "手机（2023年；m）"),
            (Lang::Zh, "m", "m"),
        ];
        for (lang, title, named) in table {
            assert_eq!(plain_name(lang, title, "m"), named);
        }
    }

    #[test]
    fn titles_are_lowered_only_where_they_are_words() {
        let table = [
            ("Mobile payment", "mobile payment"),
            ("IC card", "IC card"),
            ("A b", "a b"),
            ("", ""),
        ];
        for (title, lowered) in table {
            assert_eq!(lower_first(title), lowered);
        }
    }
}
