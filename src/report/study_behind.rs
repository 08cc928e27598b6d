//! The tables behind the pictures of the experiments' pages. Must never hold a number that the document does
//! not, and each names the file that has all of them.

use super::numbers::{DASH, percent};
use super::page::{Block, Html, RowKind, Table};
use super::study::{Desk, ends, list, number, text, word};
use super::words::{self, Text, attribution, study as w};
use serde_json::Value;

/// An estimate with its interval below.
pub(super) fn figure(value: &Value) -> Html {
    text(&number(&value["mean"])).with_aside(&ends(&value["ci95"]))
}

impl Desk<'_> {
    /// A caption that names the file of its picture.
    pub(super) fn with_file(&self, caption: &Html, file: &str) -> Html {
        let file = Html::code(file);
        let named = w::NUMBERS_IN.fill(self.lang, &[("file", file.as_str())]);
        Html::trusted(format!("{}{}{named}", caption.as_str(), self.lang.pick(" ", "")))
    }

    fn folded(&self, file: &str, table: Table) -> Block {
        let file = Html::code(file);
        let title = words::BEHIND.fill(self.lang, &[("file", file.as_str())]);
        Block::Folded { title: Html::trusted(title), table, note: Html::default(), paper: false }
    }

    pub(super) fn behind_pareto(&self) -> Block {
        let row = |policy: &Value| {
            let by: Vec<&str> = list(&policy["dominated_by"]).map(word).collect();
            let by = if by.is_empty() { text(DASH) } else { Html::foreign(&by.join(", ")) };
            let cells = vec![
                Html::code(word(&policy["name"])).with_aside(self.scheme(word(&policy["name"]))),
                figure(&policy["saved_hours"]),
                figure(&policy["net_credit_loss_yuan"]),
                by,
            ];
            (RowKind::Plain, cells)
        };
        Block::Table(Table {
            caption: self.fill(w::PARETO_TABLE, &[("baseline", &self.baseline())]),
            head: [w::POLICY, w::PARETO_X, w::PARETO_Y, w::BEATEN].map(|t| self.say(t)).into(),
            rows: list(&self.document["pareto"]["policies"]).map(row).collect(),
            numeric: true,
        })
    }

    /// What each pair's picture would be drawn from: hours, cost and the price at which they are even.
    pub(super) fn behind_even(&self) -> Block {
        let row = |pair: &Value| {
            let even = &pair["break_even"];
            let price = &even["yuan_per_hour"];
            let pair = format!("{} → {}", word(&pair["first"]), word(&pair["second"]));
            let around = if price.is_null() { String::new() } else { ends(&even["bootstrap95"]) };
            let cells = vec![
                Html::code(&pair),
                text(&number(&even["more_hours"])),
                text(&number(&even["more_cost_yuan"])),
                text(&number(price)).with_aside(&around),
            ];
            (RowKind::Plain, cells)
        };
        let caption = self.fill(w::EVEN_TABLE, &[("baseline", &self.baseline())]);
        Block::Table(Table {
            caption: self.with_file(&caption, "break_even.csv"),
            head: [w::PAIR, w::EVEN_HOURS, w::EVEN_MORE, w::EVEN_PRICE].map(|t| self.say(t)).into(),
            rows: list(&self.document["pairs"]).map(row).collect(),
            numeric: true,
        })
    }

    /// A fan by month: the percentiles over the runs.
    pub(super) fn behind_fan(&self, key: &str, title: Text, unit: Text) -> Block {
        let percentiles: Vec<String> =
            list(&self.document["fan"]["percentiles"]).map(number).collect();
        let unit = unit.of(self.lang);
        let head = percentiles
            .iter()
            .map(|p| self.fill(w::PERCENTILE, &[("p", p.as_str()), ("unit", unit)]));
        let row = |month: &Value| {
            let cells = list(&month[key]["fan"]).map(|value| text(&number(value)));
            let name = text(word(&month["month"]));
            (RowKind::Plain, std::iter::once(name).chain(cells).collect::<Vec<_>>())
        };
        let rows = list(&self.document["months"]).map(row);
        let table = Table {
            caption: self.say(title),
            head: std::iter::once(self.say(w::MONTH)).chain(head).collect(),
            rows: rows.filter(|(_, cells)| cells.len() > 1).collect(),
            numeric: true,
        };
        self.folded("rollout.csv", table)
    }

    /// The steps of the funnel with their intervals, each against the step before.
    pub(super) fn behind_funnel(&self, funnel: &Value, steps: &[&str]) -> Block {
        let mut before = None;
        let mut rows = Vec::new();
        for step in steps {
            let count = funnel[*step]["mean"].as_f64();
            let share = count.zip(before).filter(|(_, before)| *before > 0.0);
            let share = share.map_or(DASH.to_owned(), |(count, before)| percent(count / before, 1));
            let label = attribution::name_of(step).map_or(*step, |text| text.of(self.lang));
            rows.push((RowKind::Plain, vec![text(label), figure(&funnel[*step]), text(&share)]));
            before = count;
        }
        let head = [attribution::FUNNEL_STEP, attribution::FUNNEL_COUNT, attribution::FUNNEL_SHARE];
        let table = Table {
            caption: Html::default(),
            head: head.map(|words| self.say(words)).into(),
            rows,
            numeric: true,
        };
        self.folded("funnel_steps.csv", table)
    }
}
