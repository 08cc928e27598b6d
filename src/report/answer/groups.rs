//! The answer by age, income and insurance: long tables that open on demand. Must never print a group's
//! figure without the name of its baseline or arm.

use super::Answer;
use crate::report::numbers::{Estimate, Unit};
use crate::report::page::{Block, Html, RowKind, Table, escape};
use crate::report::source::term;
use crate::report::words::{self as w, Text};
use serde_json::Value;

/// A column: its words, and the path of its figures below a group.
type Column = (String, String, Unit);

/// Kinds of groups.
const KINDS: [&str; 3] = ["age", "income", "scheme"];

impl Answer<'_> {
    /// What is said once about groups, then the tables; nothing for a run from before groups were counted.
    pub(super) fn by_group(&self) -> Vec<Block> {
        if !self.summary.at("answer.groups").is_object() {
            return Vec::new();
        }
        let mut blocks = vec![Block::Note(self.say(w::GROUPS_NOTE))];
        for (at, name) in self.baselines.iter().enumerate() {
            let title =
                w::GROUPS_AGAINST.fill(self.lang, &[("baseline", &escape(&self.named(name)))]);
            let against = |text: Text, key: &str, unit| {
                (text.of(self.lang).to_owned(), format!("against.{name}.{key}"), unit)
            };
            let columns = [
                against(w::ANSWER_ELIGIBLE, "eligible_visits", Unit::Count),
                against(w::GROUP_HOURS, "net_hours_per_1000_eligible_visits", Unit::Plain(2)),
                against(w::GROUP_SOCIETY, "cost_per_hour.society", Unit::Yuan),
                against(w::GROUP_PURSE, "cost_per_hour.public_purse", Unit::Yuan),
                against(w::GROUP_PATIENTS, "npv_paying_per_1000_people", Unit::Yuan),
                against(w::GROUP_OTHERS, "minutes_saved_others", Unit::Plain(3)),
                against(w::GROUP_INDEX_MINUTES, "concentration_of_minutes", Unit::Plain(3)),
            ];
            // The main baseline's is for paper too.
            blocks.push(self.folded(&Html::trusted(title), &columns, at == 0));
            blocks.push(self.parties_by_group(name));
        }
        let bank = [
            (w::GROUP_MARGIN, "margin_per_yuan_drawn", Unit::Plain(4)),
            (w::GROUP_USE_RATE, "use_rate", Unit::Share),
            (w::GROUP_BREAK_EVEN, "break_even_use_rate", Unit::Share),
            (w::GROUP_SUBSIDY, "break_even_subsidy_share", Unit::Share),
            (w::GROUP_SUBSIDY_LINE, "break_even_subsidy_yuan_per_line_year", Unit::Yuan),
        ];
        let bank = bank
            .map(|(text, key, unit)| (text.of(self.lang).to_owned(), format!("bank.{key}"), unit));
        blocks.push(self.folded(&self.say(w::GROUPS_BANK), &bank, false));
        let stays = [
            (w::STAY_LOCKED, "locked_yuan_days_per_stay", Unit::Count),
            (w::STAY_PEAK, "peak_over_month_income_share", Unit::Share),
        ];
        blocks.push(self.folded(&self.say(w::GROUPS_STAYS), &self.in_arms(&stays), false));
        let homes = [
            (w::GROUP_CHE_YEAR, "catastrophic_owed_share", Unit::Share),
            (w::GROUP_CHE_MONTH, "catastrophic_cash_30_days_share", Unit::Share),
        ];
        blocks.push(self.folded(&self.say(w::GROUPS_HOMES), &self.in_arms(&homes), false));
        let owed = [
            (w::GROUP_GIVEN_UP, "bills_given_up", Unit::Yuan),
            (w::GROUP_DAYS_OWED, "days_own_part_owed_to_hospitals", Unit::Plain(2)),
        ];
        blocks.push(self.folded(&self.say(w::GROUPS_OWED), &self.in_arms(&owed), false));
        let users = [
            (w::GROUP_PEOPLE, "people", Unit::Count),
            (w::GROUP_ELIGIBLE, "eligible_share_of_adults", Unit::Share),
            (w::GROUP_USERS, "users", Unit::Count),
            (w::HARM_RECORD, "recorded_per_10000_users", Unit::Plain(1)),
            (w::HARM_SMALL, "recorded_under_500_yuan_per_10000_users", Unit::Plain(1)),
            (w::GROUP_INDEX_ELIGIBLE, "concentration_of_eligibility", Unit::Plain(3)),
        ];
        let users =
            users.map(|(text, key, unit)| (text.of(self.lang).to_owned(), key.to_owned(), unit));
        blocks.push(self.folded(&self.say(w::GROUPS_USERS), &users, false));
        blocks.extend(self.absent());
        blocks
    }

    /// Each party's value by group of the people whose money it is, and their sum.
    fn parties_by_group(&self, baseline: &str) -> Block {
        let title =
            w::GROUPS_PARTIES.fill(self.lang, &[("baseline", &escape(&self.named(baseline)))]);
        let path = format!("answer.against.{baseline}.npv_paying_by_party");
        // A party that nothing moves has no column.
        let moved = |(_, estimate): &(&str, Estimate)| estimate.mean != 0.0;
        let parties = self.summary.estimates(&path).into_iter().filter(moved);
        let columns = parties.map(|(party, _)| {
            let key = format!("against.{baseline}.npv_paying_by_party.{party}");
            (term(self.lang, party), key, Unit::Yuan)
        });
        let sum = format!("against.{baseline}.sum_of_paying");
        let sum = (w::GROUP_SUM.of(self.lang).to_owned(), sum, Unit::Yuan);
        let columns: Vec<Column> = columns.chain([sum]).collect();
        self.folded(&Html::trusted(title), &columns, false)
    }

    /// Metrics that have no figure by something, with the reason.
    fn absent(&self) -> Option<Block> {
        let reasons = self.summary.at("answer.not_applicable").as_array()?;
        let row = |one: &Value| {
            let text = |value: &Value| Html::text(value.as_str().unwrap_or_default());
            let because = &one["because"][self.lang.pick("en", "zh")];
            (RowKind::Plain, vec![text(&one["metric"]), text(&one["by"]), text(because)])
        };
        let title = self.say(w::NO_FIGURE);
        let head =
            [w::NO_FIGURE_METRIC, w::NO_FIGURE_BY, w::NO_FIGURE_WHY].map(|text| self.say(text));
        let rows = reasons.iter().map(row).collect();
        let table = Table { caption: Html::default(), head: head.to_vec(), rows, numeric: false };
        let title = self.in_file(&title, "summary.json");
        Some(Block::Folded { title, table, note: Html::default(), paper: false })
    }

    /// A title with the file that holds its table: of a long one paper has the title alone.
    fn in_file(&self, title: &Html, file: &str) -> Html {
        let (title, file) = (title.as_str(), Html::code(file));
        let [open, close] = self.lang.pick([" (", ")"], ["（", "）"]);
        Html::trusted(format!("{title}{open}{}{close}", file.as_str()))
    }

    /// Figures of an arm, a column for each arm that has them.
    fn in_arms(&self, figures: &[(Text, &str, Unit)]) -> Vec<Column> {
        let policy = self.summary.text("policy");
        let arms = self.baselines.iter().copied().chain([policy]);
        let arms: Vec<(&str, String)> = arms
            .map(|arm| {
                let scheme = arm == policy;
                let title =
                    if scheme { w::THE_SCHEME.of(self.lang).to_owned() } else { self.named(arm) };
                (arm, title)
            })
            .collect();
        let columns = figures.iter().flat_map(|(text, key, unit)| {
            arms.iter().map(move |(arm, title)| {
                let words = format!("{}: {title}", text.of(self.lang));
                (words, format!("arms.{arm}.{key}"), *unit)
            })
        });
        columns.collect()
    }

    /// A row for each group of each kind.
    fn folded(&self, title: &Html, columns: &[Column], paper: bool) -> Block {
        let head = columns.iter().map(|(words, _, _)| Html::text(words));
        let head: Vec<Html> = std::iter::once(self.say(w::GROUP)).chain(head).collect();
        let mut rows = Vec::new();
        for kind in KINDS {
            rows.push((RowKind::Heading, vec![Html::text(&term(self.lang, kind))]));
            let groups = self.summary.at(&format!("answer.groups.{kind}")).as_object();
            for group in groups.into_iter().flat_map(|groups| groups.keys()) {
                let path = format!("answer.groups.{kind}.{group}");
                let cells =
                    columns.iter().map(|(_, key, unit)| self.cell(&format!("{path}.{key}"), *unit));
                let label = Html::text(&self.group_named(kind, group));
                rows.push((RowKind::Plain, std::iter::once(label).chain(cells).collect()));
            }
        }
        let table = Table { caption: Html::default(), head, rows, numeric: true };
        let title = self.in_file(title, "answer_by_group.csv");
        Block::Folded { title, table, note: Html::default(), paper }
    }

    fn group_named(&self, kind: &str, group: &str) -> String {
        if kind == "age" {
            // An en dash between word joiners: a band never breaks over two lines.
            let ages = group.replace('-', "\u{2060}–\u{2060}");
            return w::GROUP_AGED.fill(self.lang, &[("ages", &ages)]);
        }
        term(self.lang, &group.replace('_', " "))
    }
}
