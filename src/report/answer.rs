//! The section on who gains and who pays: value by party, hours and their price, the bank's year, cash,
//! households, harm. Must never print a value without the name of its baseline, nor hide a loser.

mod groups;

use super::Lang;
use super::behind;
use super::charts::Chart;
use super::headline;
use super::numbers::{DASH, Estimate, Unit, decimal, percent};
use super::page::{Block, Html, RowKind, Section, Table, escape};
use super::source::{Source, Summary, baseline_title, term};
use super::words::{self as w, Text};

/// Use of limits a year below which the section says first that hardly anybody uses them.
const HARDLY_USED: f64 = 0.005;

/// The section; one sentence where the run has no costs.
pub(super) fn section(source: &Source, charts: &[Chart], lang: Lang) -> Section {
    let summary = source.summary();
    let title = Html::text(w::ANSWER_TITLE.of(lang));
    let Some(answer) = Answer::of(summary, lang) else {
        let none = Block::Para(Html::text(w::ANSWER_NO_COSTS.of(lang)));
        return Section { id: "answer", title, blocks: vec![none] };
    };
    let mut blocks = vec![Block::Para(Html::trusted(answer.lead()))];
    blocks.extend(answer.notes().into_iter().map(|note| Block::Note(Html::trusted(note))));
    blocks.extend(charts.iter().filter(|chart| chart.name == "who_gains").filter_map(figure));
    blocks.extend(behind::blocks(&source.behind, "who_gains", summary.text("baseline"), lang));
    blocks.push(Block::Table(answer.parties()));
    blocks.push(Block::Table(answer.hours()));
    blocks.push(Block::Table(answer.bank()));
    blocks.extend(answer.both().map(Block::Table));
    if summary.at("answer.households").is_object() {
        blocks.push(Block::Note(Html::text(w::ANSWER_YEARLY.of(lang))));
    }
    blocks.extend(answer.harm().map(Block::Table));
    blocks.extend(super::costs::blocks(source, lang));
    blocks.extend(answer.by_group());
    Section { id: "answer", title, blocks }
}

/// One sentence for the terminal: the value by party against the main baseline.
pub(super) fn line(summary: Summary<'_>, lang: Lang) -> Option<String> {
    let answer = Answer::of(summary, lang)?;
    let baseline = summary.text("baseline");
    let path = format!("answer.against.{baseline}");
    let party = |(word, estimate): (&str, Estimate)| {
        format!("{} {}", term(lang, word), Unit::Yuan.say(lang, estimate.mean))
    };
    let parties = summary.estimates(&format!("{path}.npv_paying_by_party"));
    let moved = parties.into_iter().filter(|(_, estimate)| estimate.mean != 0.0);
    let list: Vec<String> = moved.map(party).collect();
    let hour = summary.mean(&format!("{path}.cost_per_hour.society"));
    let cost = match hour {
        Some(yuan) if yuan < 0.0 => w::HOUR_GAINS,
        Some(_) => w::HOUR_COSTS,
        None => w::HOUR_NONE,
    };
    let hour = hour.map_or(String::new(), |yuan| Unit::Yuan.say(lang, yuan.abs()));
    let saved = summary.mean(&format!("{path}.net_hours_per_1000_eligible_visits"));
    let saved = saved.map_or(DASH.to_owned(), |hours| decimal(hours, 2));
    let cost = cost.fill(lang, &[("hour", &hour), ("saved", &saved)]);
    let gaps = [
        ("baseline", answer.named(baseline)),
        ("years", answer.plain("horizon_years", 0)),
        ("parties", list.join(lang.pick(", ", "，"))),
        ("cost", cost),
        ("value", answer.value_of_hour()),
    ];
    let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
    Some(w::ANSWER_LINE.fill(lang, &gaps))
}

fn figure(chart: &Chart) -> Option<Block> {
    let svg = chart.svg.clone()?;
    Some(Block::Figure { picture: Html::trusted(svg), caption: Html::text(&chart.caption) })
}

/// The answer of a run in a language.
struct Answer<'a> {
    summary: Summary<'a>,
    lang: Lang,
    /// The baselines, the main one first.
    baselines: Vec<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(summary: Summary<'a>, lang: Lang) -> Option<Answer<'a>> {
        let against = summary.at("answer.against").as_object()?;
        let main = summary.text("baseline");
        let mut baselines: Vec<&str> = against.keys().map(String::as_str).collect();
        baselines.sort_by_key(|name| *name != main);
        Some(Answer { summary, lang, baselines })
    }

    fn say(&self, text: Text) -> Html {
        Html::text(text.of(self.lang))
    }

    /// A baseline's printed title.
    fn named(&self, name: &str) -> String {
        baseline_title(self.summary, name, self.lang)
    }

    fn plain(&self, key: &str, places: usize) -> String {
        let value = self.summary.mean(&format!("answer.{key}"));
        value.map_or(DASH.to_owned(), |value| decimal(value, places))
    }

    fn share(&self, path: &str) -> Option<String> {
        let share = self.summary.mean(path)?;
        Some(percent(share, if share.abs() < 0.001 { 4 } else { 2 }))
    }

    fn value_of_hour(&self) -> String {
        let yuan = self.summary.mean("answer.value_of_time_yuan_per_hour");
        yuan.map_or(DASH.to_owned(), |yuan| Unit::Yuan.say(self.lang, yuan))
    }

    fn lead(&self) -> String {
        let main = self.baselines[0];
        let gap = self.summary.mean(&format!("answer.against.{main}.sum_gap_fen"));
        let rate = self.share("answer.discount_rate_per_year").unwrap_or_default();
        let gaps = [
            ("baseline", escape(&self.named(main))),
            ("years", self.plain("horizon_years", 0)),
            ("rate", rate),
            ("gap", gap.map_or(DASH.to_owned(), |gap| decimal(gap, 0))),
        ];
        let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
        w::ANSWER_LEAD.fill(self.lang, &gaps)
    }

    /// What must be said beside the tables: a sample, a scheme without use, the break-even.
    fn notes(&self) -> Vec<String> {
        let (summary, lang) = (self.summary, self.lang);
        let mut notes = Vec::new();
        if let Some(part) = self.share("answer.part_of_city") {
            notes.push(w::ANSWER_PART.fill(lang, &[("part", &part)]));
        }
        let used = self.share("answer.bank.use_rate").unwrap_or_default();
        let money = |path: &str| {
            summary.mean(path).map_or(DASH.to_owned(), |yuan| Unit::Yuan.say(lang, yuan))
        };
        if summary.mean("answer.bank.use_rate").is_some_and(|share| share < HARDLY_USED) {
            let fixed = money("answer.bank.fixed_cost_per_year");
            notes.push(w::ANSWER_TINY.fill(lang, &[("use", &used), ("fixed", &fixed)]));
        }
        let even = self.share("answer.bank.break_even_use_rate");
        let drawn = summary.mean("answer.bank.use_rate").is_some_and(|share| share > 0.0);
        notes.extend(match even {
            Some(even) => Some(w::ANSWER_EVEN.fill(lang, &[("even", &even), ("use", &used)])),
            None if drawn => Some(w::ANSWER_NEVER.of(lang).to_owned()),
            None => None,
        });
        for name in &self.baselines {
            let path = format!("answer.against.{name}.cost_per_hour.society");
            if summary.mean(&path).is_none() {
                let title = escape(&self.named(name));
                notes.push(w::ANSWER_NO_HOURS.fill(lang, &[("baseline", &title)]));
            }
        }
        notes
    }

    /// An estimate with its interval, and the spread from uncertain inputs where there is one.
    fn cell(&self, path: &str, unit: Unit) -> Html {
        let estimate = self.summary.estimate(path);
        let there = estimate.is_some();
        let (value, interval) = headline::said(self.lang, unit, estimate);
        let both = &self.summary.at("uncertainty.answer")[path];
        let read = serde_json::json!({ "mean": both["mean"], "ci95": both["spread95"] });
        let spread = Estimate::read(&read).filter(|_| there && both.is_object());
        // Where neither luck nor inputs move a figure, it stands alone.
        let still = |one: &Estimate| one.ci95.is_some_and(|[low, high]| (high - low).abs() < 1e-12);
        if estimate.as_ref().is_some_and(still) && spread.as_ref().is_none_or(still) {
            return Html::text(&value);
        }
        let interval = Some(interval).filter(|interval| interval != DASH);
        let noise = interval.map(|interval| match spread {
            Some(_) => w::ANSWER_NOISE.fill(self.lang, &[("noise", &interval)]),
            None => interval,
        });
        let spread = spread.map(|spread| {
            let (_, ends) = unit.estimate(self.lang, &spread);
            w::ANSWER_SPREAD.fill(self.lang, &[("spread", &ends)])
        });
        let value = Html::text(&value).with_aside(&noise.unwrap_or_default());
        value.with_aside(&spread.unwrap_or_default())
    }

    /// A column for each baseline.
    fn columns(&self, first: Text) -> Vec<Html> {
        let column = |name: &&str| {
            let title = escape(&self.named(name));
            Html::trusted(w::ANSWER_AGAINST.fill(self.lang, &[("baseline", &title)]))
        };
        std::iter::once(self.say(first)).chain(self.baselines.iter().map(column)).collect()
    }

    fn row(&self, kind: RowKind, label: Html, key: &str, unit: Unit) -> (RowKind, Vec<Html>) {
        let cell = |name: &&str| self.cell(&format!("answer.against.{name}.{key}"), unit);
        (kind, std::iter::once(label).chain(self.baselines.iter().map(cell)).collect())
    }

    fn parties(&self) -> Table {
        let strong = |text, key| self.row(RowKind::Strong, self.say(text), key, Unit::Yuan);
        let mut rows = self.values(w::ANSWER_PAYING, "npv_paying_by_party");
        rows.push(strong(w::ANSWER_SUM, "sum_of_paying"));
        let time = self.say(w::ANSWER_TIME);
        rows.push(self.row(RowKind::Plain, time, "time_worth", Unit::Yuan));
        rows.push(strong(w::ANSWER_NET, "net_benefit"));
        rows.extend(self.values(w::ANSWER_ALL, "npv_by_party"));
        rows.push(strong(w::ANSWER_SUM, "sum_of_parties"));
        let care = self.say(w::ANSWER_CARE_PART);
        rows.push(self.row(RowKind::Part, care, "care_part", Unit::Yuan));
        Table {
            caption: Html::trusted(
                w::ANSWER_PARTIES.fill(self.lang, &[("years", &self.plain("horizon_years", 0))]),
            ),
            head: self.columns(w::ANSWER_PARTY),
            rows,
            numeric: true,
        }
    }

    /// A heading and the value of each party; the others only where they move.
    fn values(&self, heading: Text, key: &str) -> Vec<(RowKind, Vec<Html>)> {
        let main = format!("answer.against.{}.{key}", self.baselines[0]);
        let mut rows = vec![(RowKind::Heading, vec![self.say(heading)])];
        for (party, estimate) in self.summary.estimates(&main) {
            let label = Html::text(&term(self.lang, party));
            if party != "others" || estimate.mean != 0.0 {
                rows.push(self.row(RowKind::Plain, label, &format!("{key}.{party}"), Unit::Yuan));
            }
        }
        rows
    }

    fn hours(&self) -> Table {
        let rows = [
            (w::ANSWER_ELIGIBLE, "eligible_visits", Unit::Count),
            (w::ANSWER_PER_1000, "net_hours_per_1000_eligible_visits", Unit::Plain(2)),
            (w::ANSWER_SOCIETY, "cost_per_hour.society", Unit::Yuan),
            (w::ANSWER_PURSE, "cost_per_hour.public_purse", Unit::Yuan),
        ];
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|(text, key, unit)| self.row(RowKind::Plain, self.say(text), key, unit))
            .collect();
        let value = Html::text(&self.value_of_hour());
        let value = std::iter::repeat_n(value, self.baselines.len());
        let cells = std::iter::once(self.say(w::ANSWER_VALUE)).chain(value);
        rows.push((RowKind::Strong, cells.collect()));
        Table {
            caption: self.say(w::ANSWER_HOURS),
            head: self.columns(w::MEASURE),
            rows,
            numeric: true,
        }
    }

    /// A table of one value a row, from rows that the run has.
    fn one(&self, caption: Text, rows: &[(RowKind, Text, &str, Unit)]) -> Option<Table> {
        let row = |&(kind, text, path, unit): &(RowKind, Text, &str, Unit)| {
            let there = self.summary.at(path).is_object();
            there.then(|| (kind, vec![self.say(text), self.cell(path, unit)]))
        };
        let rows: Vec<_> = rows.iter().filter_map(row).collect();
        (!rows.is_empty()).then(|| Table {
            caption: self.say(caption),
            head: vec![self.say(w::MEASURE), self.say(w::VALUE)],
            rows,
            numeric: true,
        })
    }

    fn bank(&self) -> Table {
        let rows = [
            (RowKind::Strong, w::BANK_RESULT, "answer.bank.result_per_year", Unit::Yuan),
            (RowKind::Part, w::BANK_FIXED, "answer.bank.fixed_cost_per_year", Unit::Yuan),
            (RowKind::Part, w::BANK_MARGIN, "answer.bank.margin_per_yuan_drawn", Unit::Plain(4)),
            (RowKind::Plain, w::BANK_USE, "answer.bank.use_rate", Unit::Share),
            (RowKind::Plain, w::BANK_EVEN, "answer.bank.break_even_use_rate", Unit::Share),
            (RowKind::Plain, w::BANK_SUBSIDY, "answer.bank.break_even_subsidy_share", Unit::Share),
            (
                RowKind::Plain,
                w::BANK_SUBSIDY_LINE,
                "answer.bank.break_even_subsidy_yuan_per_line_year",
                Unit::Yuan,
            ),
        ];
        self.one(w::ANSWER_BANK, &rows)
            .unwrap_or_else(|| panic!("invariant: an answer has a bank's year"))
    }

    /// Figures of all arms side by side.
    fn both(&self) -> Option<Table> {
        let others = self.baselines[1..].iter();
        let others: Vec<String> = others.map(|name| format!("against.{name}")).collect();
        let sides = [&["baseline".to_owned()], &others[..], &["policy".to_owned()]].concat();
        let rows: [(Text, &str, Unit); 15] = [
            (w::STAY_LOCKED, "stays.locked_yuan_days_per_stay", Unit::Count),
            (w::STAY_PEAK, "stays.peak_over_month_income_share", Unit::Share),
            (w::CHE_YEAR, "households.catastrophic_owed_share", Unit::Share),
            (w::CHE_MONTH, "households.catastrophic_cash_30_days_share", Unit::Share),
            (w::DSO_FUNDS, "hospital.days_sales_outstanding.funds", Unit::Plain(2)),
            (w::DSO_BANKS, "hospital.days_sales_outstanding.banks", Unit::Plain(2)),
            (w::DSO_TRANSIT, "hospital.days_sales_outstanding.in_transit", Unit::Plain(2)),
            (w::DSO_PATIENTS, "hospital.days_sales_outstanding.patients", Unit::Plain(2)),
            (w::ADVANCE_NEED, "hospital.advance_funding_need", Unit::Yuan),
            (w::BAD_DEBT, "hospital.bad_debt", Unit::Yuan),
            (
                w::CROWDED,
                "crowding.payment_hall.crowded_person_minutes_per_1000_visits",
                Unit::Count,
            ),
            (
                w::IN_LINE,
                "crowding.payment_hall.in_line_person_minutes_per_1000_visits",
                Unit::Count,
            ),
            (
                w::CROWDED_CARE,
                "crowding.waiting_areas.crowded_person_minutes_per_1000_visits",
                Unit::Count,
            ),
            (
                w::IN_LINE_CARE,
                "crowding.waiting_areas.in_line_person_minutes_per_1000_visits",
                Unit::Count,
            ),
            (w::LONG_WAITS, "crowding.long_waits_person_minutes_per_1000_visits", Unit::Count),
        ];
        let row = |(text, key, unit): (Text, &str, Unit)| {
            let there = self.summary.at(&format!("answer.{key}")).is_object();
            let cell = |side: &String| self.cell(&format!("answer.{key}.{side}"), unit);
            let cells = || sides.iter().map(cell);
            there.then(|| {
                let cells = std::iter::once(self.say(text)).chain(cells());
                (RowKind::Plain, cells.collect())
            })
        };
        let rows: Vec<_> = rows.into_iter().filter_map(row).collect();
        let named = self.baselines.iter().map(|name| Html::text(&self.named(name)));
        let head = std::iter::once(self.say(w::MEASURE)).chain(named);
        (!rows.is_empty()).then(|| Table {
            caption: self.say(w::ANSWER_BOTH),
            head: head.chain([self.say(w::THE_SCHEME)]).collect(),
            rows,
            numeric: true,
        })
    }

    /// Harm against every baseline; what the scheme alone can do is the same against each.
    fn harm(&self) -> Option<Table> {
        let rows = [
            (RowKind::Plain, w::HARM_RECORD, "recorded_per_10000_users", Unit::Plain(1)),
            (
                RowKind::Part,
                w::HARM_SMALL,
                "recorded_under_500_yuan_per_10000_users",
                Unit::Plain(1),
            ),
            (RowKind::Plain, w::HARM_OTHERS, "minutes_saved_others", Unit::Plain(3)),
            (RowKind::Plain, w::HARM_MINUTES, "concentration_of_minutes", Unit::Plain(3)),
            (RowKind::Plain, w::HARM_APPROVALS, "concentration_of_eligibility", Unit::Plain(3)),
        ];
        let path = |name: &str, key: &str| {
            let own = format!("answer.harm.against.{name}.{key}");
            let there = self.summary.at(&own).is_object();
            if there { own } else { format!("answer.harm.{key}") }
        };
        let row = |(kind, text, key, unit): (RowKind, Text, &str, Unit)| {
            let there = self.summary.at(&format!("answer.harm.{key}")).is_object();
            let cells = self.baselines.iter().map(|name| self.cell(&path(name, key), unit));
            there.then(|| (kind, std::iter::once(self.say(text)).chain(cells).collect()))
        };
        let rows: Vec<_> = rows.into_iter().filter_map(row).collect();
        (!rows.is_empty()).then(|| Table {
            caption: self.say(w::ANSWER_HARM),
            head: self.columns(w::MEASURE),
            rows,
            numeric: true,
        })
    }
}
