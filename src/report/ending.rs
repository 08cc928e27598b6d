//! The end of the page: limits and what was assumed, how to read it, how to run it again. Must never leave an
//! assumed input out.

use super::numbers::Unit;
use super::page::{Block, Html, RowKind, Section, Table};
use super::sections::{Desk, cells};
use super::source::{AssumptionRow, distinct, is_assumed};
use super::words as w;
use std::collections::BTreeMap;

impl Desk<'_> {
    pub(super) fn limits(&self) -> Section {
        let items = [w::LIMIT_1, w::LIMIT_2, w::LIMIT_3, w::LIMIT_4];
        let mut blocks = vec![Block::List(items.map(|text| self.say(text)).into())];
        blocks.extend(self.approximations().map(Block::Table));
        blocks.extend(self.assumptions());
        Section { id: "limits", title: self.say(w::LIMITS_TITLE), blocks }
    }

    fn approximations(&self) -> Option<Table> {
        let mut counters = self.summary.estimates("approximations");
        let more = [("stop_conflicts", "stop_conflicts"), ("unmatched", "queue.unmatched")];
        for (key, path) in more {
            let count = self.summary.estimate(path);
            let known = counters.iter().any(|(other, _)| *other == key);
            counters.extend(count.filter(|_| !known).map(|count| (key, count)));
        }
        let mut head = vec![self.say(w::COUNTER), self.say(w::COUNT), self.say(w::INTERVAL)];
        // Plain counters have no interval; a column of dashes would say nothing.
        head.truncate(if counters.iter().any(|(_, count)| count.ci95.is_some()) { 3 } else { 2 });
        let body = counters.iter().map(|(key, count)| {
            let [value, interval] = cells(self.lang, Unit::Count, Some(*count));
            let mut row = vec![self.counter(key), value, interval];
            row.truncate(head.len());
            (RowKind::Plain, row)
        });
        (!counters.is_empty()).then(|| Table {
            caption: self.say(w::APPROX_CAPTION),
            rows: body.collect(),
            head: head.clone(),
            numeric: true,
        })
    }

    /// A counter's term, or its key where it has none.
    fn counter(&self, key: &str) -> Html {
        match w::terms::find(key) {
            Some(text) => self.say(text),
            None => Html::code(key),
        }
    }

    fn assumptions(&self) -> Vec<Block> {
        let Some(rows) = self.source.assumptions.as_deref() else { return Vec::new() };
        let mut assumed: Vec<&AssumptionRow> = rows.iter().filter(|row| is_assumed(row)).collect();
        let own = format!("{}.toml", self.summary.text("scenario"));
        let is_own = |row: &&AssumptionRow| row.file.rsplit('/').next() == Some(own.as_str());
        assumed.sort_by_key(|row| !is_own(row));
        let file = Html::code("assumptions.csv");
        let (n, total) = (assumed.len().to_string(), rows.len().to_string());
        let gaps = [("assumed", &*n), ("total", &*total), ("file", file.as_str())];
        if assumed.is_empty() {
            return vec![Block::Para(self.fill(w::ASSUMED_NONE, &gaps))];
        }
        let body = assumed.iter().map(|row| {
            let file = row.file.rsplit('/').next().unwrap_or_default();
            let place = format!("{file}:{}", row.line);
            let cells = vec![
                Html::code(&row.key),
                Html::code(&row.value),
                Html::foreign(&row.source),
                Html::code(&place),
            ];
            (RowKind::Plain, cells)
        });
        let table = Table {
            caption: Html::default(),
            head: [w::INPUT, w::VALUE, w::SOURCE, w::PLACE].map(|text| self.say(text)).into(),
            rows: body.collect(),
            numeric: false,
        };
        let lead = Block::Para(self.fill(w::ASSUMED_LEAD, &gaps));
        let owned = rows.iter().filter(is_own).count();
        let missing = assumed.iter().filter(|row| is_own(row)).count();
        let meter = (missing > 0).then(|| Block::Para(self.meter(&own, owned, missing)));
        let title = self.fill(w::ASSUMED_ALL, &gaps);
        let list = Block::Folded { title, table, note: Html::default(), paper: false };
        let counts = Block::Table(self.assumed_by_part(rows));
        std::iter::once(lead).chain(meter).chain([counts, list]).collect()
    }

    /// How many inputs of each part of each file are assumed: what paper holds of the long list.
    fn assumed_by_part(&self, rows: &[AssumptionRow]) -> Table {
        let part =
            |row: &AssumptionRow| row.key.split(['.', '[']).next().unwrap_or_default().to_owned();
        let mut body = Vec::new();
        for file in distinct(rows.iter().map(|row| row.file.as_str())) {
            let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.file == file) {
                let count = counts.entry(part(row)).or_default();
                count[0] += 1;
                count[1] += usize::from(is_assumed(row));
            }
            counts.retain(|_, [_, assumed]| *assumed > 0);
            if !counts.is_empty() {
                body.push((RowKind::Heading, vec![Html::code(file)]));
            }
            body.extend(counts.iter().map(|(part, [all, assumed])| {
                let numbers = [all, assumed].map(|count| Html::text(&count.to_string()));
                (RowKind::Part, std::iter::once(Html::code(part)).chain(numbers).collect())
            }));
        }
        Table {
            caption: self.say(w::ASSUMED_CAPTION),
            head: [w::INPUT, w::ASSUMED_INPUTS, w::ASSUMED_OF_THEM].map(|t| self.say(t)).into(),
            rows: body,
            numeric: true,
        }
    }

    /// How complete the scenario's own file is.
    fn meter(&self, file: &str, all: usize, missing: usize) -> Html {
        let filled = all - missing;
        let percent = filled * 100 / all.max(1);
        let bar = format!("[{}{}]", "#".repeat(percent / 5), "-".repeat(20 - percent / 5));
        let (file, bar) = (Html::code(file), Html::code(&bar));
        let counts = [all, filled, missing, percent].map(|count| count.to_string());
        let gaps = [
            ("file", file.as_str()),
            ("bar", bar.as_str()),
            ("total", &counts[0]),
            ("filled", &counts[1]),
            ("assumed", &counts[2]),
            ("percent", &counts[3]),
        ];
        self.fill(w::ASSUMED_OWN, &gaps)
    }

    pub(super) fn reading(&self) -> Section {
        let items = [w::READ_1, w::READ_2, w::READ_3, w::READ_4, w::READ_5];
        let blocks = vec![Block::List(items.map(|text| self.say(text)).into())];
        Section { id: "reading", title: self.say(w::READ_TITLE), blocks }
    }

    pub(super) fn reproduce(&self) -> Section {
        let manifest = self.source.manifest.clone().unwrap_or_default();
        let command = if manifest.command.is_empty() { self.command() } else { manifest.command };
        let facts = [
            (w::SEED, self.summary.at("seed").to_string()),
            (w::INPUT_HASH, manifest.input_hash),
            (w::VERSION, manifest.tool_version),
            (w::SAMPLER, manifest.sampler),
            (w::VERIFY, format!("aftercare runs verify output/{}", self.summary.text("scenario"))),
        ];
        let rows = facts.into_iter().filter(|(_, value)| !value.is_empty());
        let rows =
            rows.map(|(text, value)| (RowKind::Plain, vec![self.say(text), Html::code(&value)]));
        let table = Table {
            caption: Html::default(),
            head: Vec::new(),
            rows: rows.collect(),
            numeric: false,
        };
        let blocks = vec![
            Block::Para(self.say(w::REPRODUCE_LEAD)),
            Block::Command(Html::text(&command)),
            Block::Table(table),
        ];
        Section { id: "reproduce", title: self.say(w::REPRODUCE_TITLE), blocks }
    }

    /// The command as far as the summary knows it, for a folder without a manifest.
    fn command(&self) -> String {
        let value = |key: &str| self.summary.at(key).to_string();
        format!(
            "aftercare run scenarios/{}.toml --seed {} --replications {} --days {}",
            self.summary.text("scenario"),
            value("seed"),
            value("replications"),
            value("days"),
        )
    }
}
