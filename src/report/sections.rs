//! What stands on the page, in order. Must never hide a saving's baseline, or that data is missing.

use super::Lang;
use super::asked::{self, Asked};
use super::charts::Chart;
use super::headline::{self, Answer, Style, TimeRow};
use super::institutions;
use super::numbers::{DASH, Estimate, Unit, decimal, percent, places_for};
use super::page::{Block, Html, Page, RowKind, Section, Table, escape};
use super::source::{Arm, ArmRole, GroupRow, Source, StationRow, Summary, arms, distinct, term};
use super::words::{self as w, Text};

/// What the sections are made from.
pub(super) struct Desk<'a> {
    pub(super) source: &'a Source,
    pub(super) summary: Summary<'a>,
    charts: &'a [Chart],
    pub(super) lang: Lang,
    arms: Vec<Arm>,
    /// The main baseline, named, as HTML.
    baseline: String,
}

/// Builds the page.
pub(super) fn build(source: &Source, charts: &[Chart], lang: Lang) -> Page {
    let summary = source.summary();
    let desk = Desk {
        source,
        summary,
        charts,
        lang,
        arms: arms(summary, lang),
        baseline: headline::baseline(summary, lang, MARKED),
    };
    let answer = headline::answer(summary, lang, MARKED);
    let Asked { asked, answers } = asked::asked(source, &answer, lang, MARKED);
    let Answer { main, invalid, .. } = answer;
    Page {
        lang: lang.pick("en", "zh-CN"),
        title: Html::text(summary.title(lang)),
        kicker: Html::text(w::KICKER.of(lang)),
        setting: Html::trusted(desk.setting()),
        warning: invalid.as_deref().map(Html::text),
        asked,
        answer: Html::trusted(main),
        more: answers,
        headline: desk.headline(),
        contents: Html::text(w::CONTENTS.of(lang)),
        short: Html::text(w::SHORT_PRINT.of(lang)),
        sections: desk.sections(),
        other: (
            lang.pick("report.zh.html", "report.html"),
            lang.pick("zh-CN", "en"),
            Html::text(w::OTHER_LANGUAGE.of(lang)),
        ),
    }
}

/// Everything from the run escaped, names marked as such.
const MARKED: Style = Style { name: marked_name, word: escape };

/// Title and name, the name marked as one.
fn marked_name(lang: Lang, title: &str, name: &str) -> String {
    let code = Html::code(name);
    if title == name {
        return code.as_str().to_owned();
    }
    let (title, open, close) = headline::brackets(lang, title);
    format!("{}{open}{}{close}", escape(title), code.as_str())
}

impl Desk<'_> {
    fn sections(&self) -> Vec<Section> {
        let Desk { source, summary, charts, lang, .. } = *self;
        let first = [
            self.cause(),
            super::story::section(source, charts, lang),
            self.who(),
            self.cost(),
            super::answer::section(source, charts, lang),
        ];
        let last = [
            self.settlement(),
            self.load(),
            self.refusals(),
            super::parties::sheets(source, lang),
            super::parties::quote(source, lang),
            self.limits(),
            self.reading(),
            self.reproduce(),
        ];
        let published = super::published::section(summary, lang);
        let claimed = super::falls_and_rises::section(summary, lang);
        first.into_iter().chain(published).chain(claimed).chain(last).collect()
    }

    pub(super) fn say(&self, text: Text) -> Html {
        Html::text(text.of(self.lang))
    }

    pub(super) fn fill(&self, text: Text, gaps: &[(&str, &str)]) -> Html {
        Html::trusted(text.fill(self.lang, gaps))
    }

    /// A sentence or caption that names the baseline.
    fn against(&self, text: Text) -> Html {
        self.fill(text, &[("baseline", &self.baseline)])
    }

    fn count(&self, path: &str) -> String {
        self.summary.mean(path).map_or(DASH.to_owned(), |x| Unit::Count.say(self.lang, x))
    }

    fn setting(&self) -> String {
        let seed = self.summary.at("seed").to_string();
        let replications = headline::replications(self.summary, self.lang);
        let days = self.summary.mean("days").map_or(DASH.to_owned(), |days| decimal(days, 0));
        let gaps = [
            ("population", self.count("population")),
            ("visits", self.count("visits")),
            ("admissions", self.count("admissions")),
            ("days", days),
            ("replications", replications),
            ("seed", seed),
        ];
        let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
        let sampled = self.summary.at("approximations.sampled_city").as_bool() == Some(true);
        let sampled = if sampled { w::LIMIT_SAMPLED.of(self.lang) } else { "" };
        let kept = super::sample::setting(self.summary, self.lang);
        let said = [w::SETTING.fill(self.lang, &gaps), sampled.to_owned(), kept];
        said.join(self.lang.pick(" ", ""))
    }

    fn headline(&self) -> Vec<Block> {
        let notes = headline::interval_notes(self.summary, self.lang);
        let notes = notes.join(self.lang.pick(" ", ""));
        let tables = Block::Pair(self.time_table(), self.fact_table());
        let doubt = super::doubt::blocks(self.summary, self.lang);
        let sample = super::sample::blocks(self.summary, self.lang);
        let notes = std::iter::once(Block::Note(Html::trusted(notes)));
        std::iter::once(tables).chain(sample).chain(notes).chain(doubt).collect()
    }

    fn time_table(&self) -> Table {
        let saved = self.say(w::SAVED).with_aside(w::INTERVAL.of(self.lang));
        let mut rows = Vec::new();
        for row in headline::time_rows(self.summary, self.lang, MARKED) {
            let TimeRow { measure, group, baseline, policy, saved, interval, .. } = row;
            let numbers = [
                Html::text(&baseline),
                Html::text(&policy),
                Html::trusted(format!("<b>{}</b>", escape(&saved))).with_aside(&interval),
            ];
            // Headings may hold a marked name; groups are the page's own words.
            let label = match measure {
                Some(measure) if group.is_empty() => measure,
                Some(measure) => {
                    rows.push((RowKind::Heading, vec![Html::trusted(measure)]));
                    group
                }
                None => group,
            };
            let cells = std::iter::once(Html::trusted(label)).chain(numbers).collect();
            rows.push((RowKind::Plain, cells));
        }
        Table {
            caption: self.against(w::HEADLINE_TIME),
            head: vec![
                self.say(w::MEASURE),
                Html::code(self.summary.text("baseline")),
                self.say(w::THE_SCHEME),
                saved,
            ],
            rows,
            numeric: true,
        }
    }

    fn fact_table(&self) -> Table {
        let rows = headline::fact_rows(self.summary, self.lang, MARKED).into_iter().map(|row| {
            let kind = if row.part { RowKind::Part } else { RowKind::Plain };
            let value = Html::trusted(format!("<b>{}</b>", escape(&row.value)));
            let label = Html::trusted(row.label).with_aside(&row.aside);
            (kind, vec![label, value.with_aside(&row.interval)])
        });
        let value = self.say(w::VALUE).with_aside(w::INTERVAL.of(self.lang));
        Table {
            caption: self.say(w::HEADLINE_MONEY),
            head: vec![self.say(w::MEASURE), value],
            rows: rows.collect(),
            numeric: true,
        }
    }

    /// The figures of these charts, and a note on those without data.
    fn figures(&self, names: &[&str]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut missing = Vec::new();
        for chart in self.charts.iter().filter(|chart| names.contains(&chart.name)) {
            match &chart.svg {
                Some(svg) => {
                    blocks.push(Block::Figure {
                        picture: Html::trusted(svg.clone()),
                        caption: Html::text(&chart.caption),
                    });
                    let behind = &self.source.behind;
                    let rows = super::behind::blocks(behind, chart.name, &self.baseline, self.lang);
                    blocks.extend(rows);
                }
                None => missing.push(chart.title),
            }
        }
        if !missing.is_empty() {
            let list = escape(&missing.join(self.lang.pick("; ", "；")));
            blocks.push(Block::Note(self.fill(w::NOT_LEFT, &[("list", &list)])));
        }
        blocks
    }

    fn cause(&self) -> Section {
        let mut blocks = vec![Block::Para(self.against(w::CAUSE_LEAD))];
        if self.summary.at("queue.check").is_object() {
            blocks.push(Block::Table(self.check_table()));
            blocks.extend(self.check_verdict().map(Block::Note));
        }
        blocks.extend(self.figures(&["time_in_hospital", "waits_by_station", "waits_by_hour"]));
        blocks.extend(self.figures(&["cashier_wait_by_hour"]));
        blocks.extend(self.stations());
        Section { id: "cause", title: self.say(w::CAUSE), blocks }
    }

    fn check_table(&self) -> Table {
        let row = |(text, key, places, kind): (Text, &str, usize, RowKind)| {
            let estimate = self.summary.estimate(&format!("queue.check.{key}"));
            if kind == RowKind::Part && estimate.is_none() {
                return None;
            }
            let [value, interval] = cells(self.lang, Unit::Plain(places), estimate);
            Some((kind, vec![self.say(text), value, interval]))
        };
        let rows = [
            (w::CHECK_STOPS, "stops_removed_per_visit", 3, RowKind::Plain),
            (w::CHECK_MINUTES, "minutes_per_stop", 2, RowKind::Plain),
            (w::CHECK_STOPS_PART, "stops_part_min", 3, RowKind::Plain),
            (w::CHECK_OTHER, "other_queues_min", 3, RowKind::Plain),
            (w::CHECK_CLINICAL, "clinical_queues_min", 3, RowKind::Part),
            (w::CHECK_REMAINING, "remaining_payments_min", 3, RowKind::Part),
            (w::CHECK_SIGN_UP, "sign_up_and_help_min", 3, RowKind::Plain),
            (w::CHECK_EXPLAINED, "explained_min", 3, RowKind::Strong),
            (w::CHECK_SIMULATED, "simulated_min", 3, RowKind::Strong),
        ];
        Table {
            caption: self.against(w::CHECK_CAPTION),
            head: vec![self.say(w::MEASURE), self.say(w::VALUE), self.say(w::INTERVAL)],
            rows: rows.into_iter().filter_map(row).collect(),
            numeric: true,
        }
    }

    /// Whether the explained and the simulated saving agree.
    fn check_verdict(&self) -> Option<Html> {
        let explained = self.summary.estimate("queue.check.explained_min")?;
        let simulated = self.summary.estimate("queue.check.simulated_min")?;
        let gap = simulated.mean - explained.mean;
        let said = decimal(gap.abs(), 3);
        let half = |estimate: &Estimate| estimate.ci95.map(|[low, high]| (high - low) / 2.0);
        Some(match (half(&explained), half(&simulated)) {
            (Some(a), Some(b)) if gap.abs() <= a + b + 5e-4 => self.say(w::CHECK_AGREES),
            (Some(_), Some(_)) => self.fill(w::CHECK_DIFFERS, &[("x", &said)]),
            _ => self.fill(w::CHECK_SINGLE, &[("x", &said)]),
        })
    }

    fn who(&self) -> Section {
        let mut blocks = self.figures(&["payment_by_age", "saved_minutes", "hospitals"]);
        blocks.extend(self.groups());
        Section { id: "who", title: self.say(w::WHO), blocks }
    }

    fn arm(&self, role: ArmRole) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.role == role)
    }

    fn groups(&self) -> Option<Block> {
        let rows = self.source.groups.as_deref()?;
        let (base, policy) = (self.arm(ArmRole::Baseline)?, self.arm(ArmRole::Policy)?);
        let mut body = Vec::new();
        for kind in distinct(rows.iter().map(|row| row.group_kind.as_str())) {
            let of_kind = || rows.iter().filter(move |row| row.group_kind == kind);
            body.push((RowKind::Heading, vec![Html::text(&term(self.lang, kind))]));
            let all: f64 =
                of_kind().filter(|row| policy.is(&row.arm)).filter_map(|row| row.visits).sum();
            for group in distinct(of_kind().map(|row| row.group.as_str())) {
                let find = |arm: &Arm| of_kind().find(|row| row.group == group && arm.is(&row.arm));
                let label = self.group_label(kind, group);
                let cells = group_cells(all, find(base), find(policy));
                body.push((RowKind::Part, std::iter::once(label).chain(cells).collect()));
            }
        }
        let two = |text: Text, arm: &Arm| self.say(text).with_aside(&arm.title);
        let table = Table {
            caption: self.against(w::GROUP_CAPTION),
            head: vec![
                self.say(w::GROUP),
                self.say(w::VISITS),
                two(w::TIME_SHORT, base),
                two(w::TIME_SHORT, policy),
                two(w::PAYMENT_SHORT, base),
                two(w::PAYMENT_SHORT, policy),
                self.say(w::SAVED_MIN),
            ],
            rows: body,
            numeric: true,
        };
        Some(Block::Table(table))
    }

    fn group_label(&self, kind: &str, group: &str) -> Html {
        match kind {
            "district" => Html::foreign(group),
            "age" => Html::text(&group.replace('-', "–")),
            _ => Html::text(&term(self.lang, group)),
        }
    }

    fn stations(&self) -> Option<Block> {
        let rows = self.source.stations.as_deref()?;
        let (base, policy) = (self.arm(ArmRole::Baseline)?, self.arm(ArmRole::Policy)?);
        let mut body = Vec::new();
        for level in distinct(rows.iter().map(|row| row.level.as_str())) {
            let here =
                || rows.iter().filter(move |row| row.level == level && row.served > Some(0.0));
            body.push((RowKind::Heading, vec![Html::text(&term(self.lang, level))]));
            for station in distinct(here().map(|row| row.station.as_str())) {
                let find =
                    |arm: &Arm| here().find(|row| row.station == station && arm.is(&row.arm));
                body.push((RowKind::Part, self.station_cells(station, find(base), find(policy))));
            }
        }
        let head = |text: Text, arm: &Arm| self.fill(text, &[("arm", &escape(&arm.title))]);
        let table = Table {
            caption: self.say(w::STATIONS_CAPTION),
            head: vec![
                self.say(w::STATION),
                head(w::WAIT_OF, base),
                head(w::WAIT_OF, policy),
                head(w::USE_OF, base),
                head(w::USE_OF, policy),
            ],
            rows: body,
            numeric: true,
        };
        Some(Block::Folded {
            title: self.fill(w::STATIONS_TITLE, &[("file", Html::code("stations.csv").as_str())]),
            table,
            note: Html::default(),
            paper: false,
        })
    }

    fn station_cells(
        &self,
        station: &str,
        base: Option<&StationRow>,
        policy: Option<&StationRow>,
    ) -> Vec<Html> {
        let wait = |row: Option<&StationRow>| {
            let wait = row.and_then(|row| row.wait_min_mean);
            Html::text(&wait.map_or(DASH.to_owned(), |x| Unit::Plain(1).say(self.lang, x)))
        };
        let share = |row: Option<&StationRow>| {
            let used = row.and_then(|row| row.utilisation);
            Html::text(&used.map_or(DASH.to_owned(), |share| percent(share, 0)))
        };
        let label = Html::text(&term(self.lang, station));
        vec![label, wait(base), wait(policy), share(base), share(policy)]
    }

    fn cost(&self) -> Section {
        let mut blocks = vec![Block::Para(self.say(w::CREDIT_LEAD))];
        blocks.extend(super::attribution::of_run(self.source, self.charts, self.lang));
        blocks.extend(self.figures(&["adoption", "money", "outstanding"]));
        if self.summary.mean("credit.net_credit_loss").is_some_and(|loss| loss <= 0.0) {
            blocks.push(Block::Note(self.say(w::LOSS_NONE)));
        } else {
            blocks.extend(self.figures(&["losses_by_bearer", "loss_waterfall", "vintages"]));
        }
        // Nothing lent leaves nothing to age, to lose or to share.
        if self.summary.mean("credit.drawn_total") == Some(0.0) {
            return Section { id: "cost", title: self.say(w::CREDIT_TITLE), blocks };
        }
        blocks.extend(super::published::sufficiency(self.summary, self.lang));
        let tables = super::risk::tables(self.summary, self.lang).into_iter();
        let more = super::risk_more::tables(self.summary, self.lang);
        blocks.extend(tables.chain(more).map(Block::Table));
        Section { id: "cost", title: self.say(w::CREDIT_TITLE), blocks }
    }

    fn settlement(&self) -> Section {
        let total = self.summary.mean("settlement.total");
        let total = total.map_or(DASH.to_owned(), |yuan| Unit::Yuan.say(self.lang, yuan));
        let balanced = headline::imbalance_fen(self.summary) == 0.0;
        let lead = if balanced { w::SETTLEMENT_LEAD } else { w::SETTLEMENT_LEAD_BROKEN };
        let gaps = [("claims", &*self.count("settlement.claims")), ("total", &*total)];
        let mut blocks = vec![Block::Para(self.fill(lead, &gaps))];
        blocks.extend(self.funds().map(Block::Table));
        blocks.extend(institutions::payments(self.summary, self.lang));
        blocks.extend(super::banks::cards(self.summary, self.lang).map(Block::Table));
        blocks.extend(super::banks::entitlement(self.summary, self.lang).map(Block::Table));
        blocks.extend(super::banks::claimed_at_home(self.summary, self.lang).map(Block::Table));
        blocks.extend(institutions::retail(self.summary, self.lang));
        blocks.extend(institutions::messages(self.summary, self.lang));
        blocks.extend(super::refunds::table(self.summary, self.lang));
        blocks.extend(super::per_case::blocks(self.summary, self.lang));
        blocks.extend(super::finance::blocks(self.summary, self.lang));
        blocks.extend(super::banks::table(self.summary, self.lang).map(Block::Table));
        blocks.extend(institutions::clearing(self.summary, self.lang));
        blocks.extend(institutions::reconciliation(self.summary, self.lang));
        blocks.extend(institutions::cross_province(self.summary, self.lang));
        Section { id: "settlement", title: self.say(w::SETTLEMENT_TITLE), blocks }
    }

    fn load(&self) -> Section {
        let mut blocks: Vec<Block> = self.requests().map(Block::Para).into_iter().collect();
        blocks.extend(super::headroom::blocks(self.source, self.lang));
        blocks.extend(self.figures(&["requests"]));
        Section { id: "load", title: self.say(w::LOAD_TITLE), blocks }
    }

    fn requests(&self) -> Option<Html> {
        let peak = decimal(self.summary.mean("throughput.peak_requests_per_s")?, 1);
        let each = decimal(self.summary.mean("throughput.requests_per_visit")?, 1);
        Some(self.fill(w::REQUESTS, &[("peak", &peak), ("each", &each)]))
    }

    /// Payers by arm, from the table of funds; each amount with its share of the arm's bills.
    fn funds(&self) -> Option<Table> {
        let rows = self.source.funds.as_deref()?;
        let shown: Vec<&Arm> =
            self.arms.iter().filter(|arm| rows.iter().any(|row| arm.is(&row.arm))).collect();
        let of = |arm: &Arm, role: Option<&str>| -> f64 {
            rows.iter()
                .filter(|row| arm.is(&row.arm) && role.is_none_or(|role| row.role == role))
                .filter_map(|row| row.amount_yuan)
                .sum()
        };
        let cell = |arm: &Arm, role: &str| {
            let (yuan, total) = (of(arm, Some(role)), of(arm, None));
            let share =
                if total > 0.0 { Unit::Share.say(self.lang, yuan / total) } else { DASH.into() };
            Html::text(&Unit::Yuan.say(self.lang, yuan)).with_aside(&share)
        };
        let body = distinct(rows.iter().map(|row| row.role.as_str())).into_iter().map(|role| {
            let label = Html::text(&term(self.lang, role));
            let cells = shown.iter().map(|arm| cell(arm, role));
            (RowKind::Plain, std::iter::once(label).chain(cells).collect())
        });
        let head = shown.iter().map(|arm| Html::text(&arm.title));
        (!shown.is_empty()).then(|| Table {
            caption: self.say(w::FUNDS_CAPTION),
            head: std::iter::once(self.say(w::PAYER)).chain(head).collect(),
            rows: body.collect(),
            numeric: true,
        })
    }

    fn refusals(&self) -> Section {
        let rows = self.summary.estimates("settlement.refused_by_reason");
        let mut blocks = vec![Block::Para(self.say(w::REFUSALS_LEAD))];
        let mut ranked = rows;
        ranked.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
        if ranked.is_empty() {
            blocks.push(Block::Note(self.say(w::REFUSALS_NONE)));
            return Section { id: "refusals", title: self.say(w::REFUSALS_TITLE), blocks };
        }
        let body = ranked.into_iter().map(|(reason, count)| {
            let [value, interval] = cells(self.lang, Unit::Count, Some(count));
            (RowKind::Plain, vec![Html::text(&term(self.lang, reason)), value, interval])
        });
        let table = Table {
            caption: self.say(w::REFUSALS_CAPTION),
            head: vec![self.say(w::REASON), self.say(w::COUNT), self.say(w::INTERVAL)],
            rows: body.collect(),
            numeric: true,
        };
        blocks.push(Block::Table(table));
        Section { id: "refusals", title: self.say(w::REFUSALS_TITLE), blocks }
    }
}

/// A value and its interval as two cells.
pub(super) fn cells(lang: Lang, unit: Unit, estimate: Option<Estimate>) -> [Html; 2] {
    let (value, interval) = headline::said(lang, unit, estimate);
    [Html::text(&value), Html::text(&interval)]
}

/// Share of visits, times and saving; counts would depend on the number of replications.
fn group_cells(all: f64, base: Option<&GroupRow>, policy: Option<&GroupRow>) -> [Html; 6] {
    let minutes = |row: Option<&GroupRow>, pick: fn(&GroupRow) -> Option<f64>| {
        row.and_then(pick).map_or(DASH.to_owned(), |x| Unit::Plain(1).say(Lang::En, x))
    };
    let saved = policy.and_then(|row| row.saved_min_mean);
    let visits = policy.and_then(|row| row.visits).filter(|_| all > 0.0);
    [
        visits.map_or(DASH.to_owned(), |n| percent(n / all, 1)),
        minutes(base, |row| row.time_in_hospital_min_mean),
        minutes(policy, |row| row.time_in_hospital_min_mean),
        minutes(base, |row| row.payment_min_mean),
        minutes(policy, |row| row.payment_min_mean),
        saved.map_or(DASH.to_owned(), |x| Unit::Plain(places_for(x)).say(Lang::En, x)),
    ]
    .map(|text| Html::text(&text))
}
