//! The lists of districts and hospitals: rows as filled in, gaps closed so that plans meet demand and beds
//! meet admissions. Must never change a filled cell.

use super::ask::{self, Column, Literal};
use super::city::{Facts, origin, quoted};
use super::grid::{Grid, Wrong, both};
use super::{Assumed, Meter};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::fmt::Write;

const USUAL: &str = include_str!("../../../scenarios/intake/usual_places.csv");

/// What is usual of an institution of a level, where nothing was filled in.
#[derive(Clone, Debug, Deserialize)]
struct Usual {
    level: String,
    visits_weight: Decimal,
    beds_weight: Decimal,
    share_of_visits: Decimal,
    beds_used_share: Decimal,
    km_apart: Decimal,
}

/// A row of a list: a value a column, and the columns that were left empty.
#[derive(Clone, Debug, Default)]
struct Row {
    cells: Vec<Option<Literal>>,
    source: String,
    at: usize,
}

#[derive(Clone, Debug)]
struct District {
    name: String,
    people: Decimal,
    at: [Decimal; 2],
    origin: String,
}

#[derive(Clone, Debug)]
struct Site {
    name: String,
    level: String,
    district: String,
    visits: Option<Decimal>,
    beds: Option<Decimal>,
    from: String,
    /// Columns that were left empty.
    open: Vec<&'static str>,
    source: String,
    row: usize,
}

/// Districts and hospitals, all gaps closed.
#[derive(Clone, Debug)]
pub(super) struct Places {
    districts: Vec<District>,
    sites: Vec<Site>,
    pub(super) assumed: Vec<Assumed>,
    pub(super) meter: Meter,
}

impl Places {
    /// Reads both lists.
    pub(super) fn read(grids: &[Grid], facts: &Facts, wrong: &mut Vec<Wrong>) -> Places {
        let mut places = Places {
            districts: Vec::new(),
            sites: Vec::new(),
            assumed: Vec::new(),
            meter: Meter::default(),
        };
        let usual = usual();
        let districts = rows(grids, "districts", wrong, &mut places);
        places.take_districts(&districts, facts, &usual[0]);
        let hospitals = rows(grids, "hospitals", wrong, &mut places);
        places.take_sites(grids, &hospitals, facts, wrong);
        places.name_twice(grids, wrong);
        if wrong.is_empty() {
            places.close(facts, &usual);
        }
        places
    }

    fn take_districts(&mut self, rows: &[Row], facts: &Facts, usual: &Usual) {
        let population = facts.number("population");
        let known: Decimal = rows.iter().filter_map(|row| number(row, 1)).sum();
        let open = rows.iter().filter(|row| number(row, 1).is_none()).count();
        let each =
            (population - known).max(population / Decimal::from(20)) / Decimal::from(open.max(1));
        let columns = ask::columns("districts");
        for (at, row) in rows.iter().enumerate() {
            let people = number(row, 1).unwrap_or(each);
            let apart = usual.km_apart * Decimal::from(at);
            let at = [number(row, 2).unwrap_or(apart), number(row, 3).unwrap_or_default()];
            let values = [Decimal::ZERO, people.round(), at[0], at[1]];
            for ((Column { ask }, cell), value) in columns.iter().zip(&row.cells).zip(values) {
                if cell.is_none() {
                    let name = plain(row, 0);
                    self.assumed.push(assumed(ask, &LISTS[0], row.at, &name, &value.to_string()));
                }
            }
            let whole = row.cells.iter().all(Option::is_some);
            let origin = if whole {
                format!("source: {}", row.source)
            } else {
                format!("assumed: what was left empty; the rest {}", row.source)
            };
            self.districts.push(District { name: plain(row, 0), people, at, origin });
        }
        if rows.is_empty() {
            self.districts.push(District {
                name: "Whole city 全市".to_owned(),
                people: population,
                at: [Decimal::ZERO; 2],
                origin: "assumed: one district holds the whole city".to_owned(),
            });
        }
    }

    fn take_sites(&mut self, grids: &[Grid], rows: &[Row], facts: &Facts, wrong: &mut Vec<Wrong>) {
        let grid = Grid::find(grids, "hospitals");
        let start = facts.get("start").plain();
        for row in rows {
            let district = plain(row, 2);
            let known = self.districts.iter().any(|one| one.name == district);
            if let (Some(grid), false) = (grid, known || district.is_empty()) {
                let names: Vec<&str> = self.districts.iter().map(|one| one.name.as_str()).collect();
                let column = grid.column(["district", "所在区县"]).unwrap_or(0);
                let en = format!("one of the districts: {}", names.join(", "));
                let zh = format!("区县表中的名称之一：{}", names.join("、"));
                wrong.push(grid.wrong(row.at, column, [en, zh]));
            }
            let columns =
                ["name", "level", "district", "visits_per_year", "beds", "in_scheme_from"];
            let open = columns.into_iter().zip(&row.cells).filter(|(_, cell)| cell.is_none());
            let or =
                |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
            self.sites.push(Site {
                name: plain(row, 0),
                level: or(plain(row, 1), "secondary"),
                district: or(district, &self.districts[0].name),
                visits: number(row, 3),
                beds: number(row, 4),
                from: toml(row, 5).unwrap_or_else(|| start.to_owned()),
                open: open.map(|(column, _)| column).collect(),
                source: row.source.clone(),
                row: row.at,
            });
        }
    }

    /// Names must tell rows apart.
    fn name_twice(&self, grids: &[Grid], wrong: &mut Vec<Wrong>) {
        let Some(grid) = Grid::find(grids, "hospitals") else { return };
        for (at, site) in self.sites.iter().enumerate() {
            if self.sites[..at].iter().any(|other| other.name == site.name) {
                let column = grid.column(["name", "名称"]).unwrap_or(0);
                let expected = both("a name of its own", "不与其他行重复的名称");
                wrong.push(grid.wrong(site.row, column, expected));
            }
        }
    }

    /// Visits and beds where they were left empty, and institutions for the visits that are left.
    fn close(&mut self, facts: &Facts, usual: &[Usual]) {
        let people = facts.number("population");
        let demand = people * facts.number("visits_per_person_per_year");
        if self.sites.is_empty() {
            self.usual_sites(demand, usual, facts);
        }
        self.visits(demand, usual);
        let beds = self.beds(facts, usual);
        self.rest(demand, beds, usual);
        self.tell();
    }

    /// Visits of hospitals that state none: as many as the others of their weight, or a part of the demand.
    fn visits(&mut self, demand: Decimal, usual: &[Usual]) {
        let weight = |site: &Site| of(usual, &site.level).visits_weight;
        let known: Decimal = self.sites.iter().filter_map(|site| site.visits).sum();
        let sum = |open: bool| -> Decimal {
            self.sites.iter().filter(|site| site.visits.is_none() == open).map(weight).sum()
        };
        let (stated, open) = (sum(false), sum(true));
        if open.is_zero() {
            return;
        }
        let named = self.sites.iter().any(|site| site.level == "primary");
        let centres =
            if named { Decimal::ZERO } else { of(usual, "primary").share_of_visits * demand };
        let room = (demand - known - centres).max(demand / Decimal::from(20)) / open;
        let unit = if stated.is_zero() { room } else { (known / stated).min(room) };
        for site in self.sites.iter_mut().filter(|site| site.visits.is_none()) {
            let visits = unit * of(usual, &site.level).visits_weight;
            site.visits = Some(visits.round().max(Decimal::ONE));
        }
    }

    /// A tertiary and a secondary hospital where none is named.
    fn usual_sites(&mut self, demand: Decimal, usual: &[Usual], facts: &Facts) {
        let from = facts.get("start").plain().to_owned();
        let names =
            [("tertiary", "First hospital 第一医院"), ("secondary", "Second hospital 第二医院")];
        for (level, name) in names {
            let visits = (demand * of(usual, level).share_of_visits).round();
            self.sites.push(Site {
                name: name.to_owned(),
                level: level.to_owned(),
                district: self.districts[0].name.clone(),
                visits: Some(visits),
                beds: None,
                from: from.clone(),
                open: vec!["name", "level", "visits_per_year", "beds", "in_scheme_from"],
                source: String::new(),
                row: 0,
            });
        }
    }

    /// Institutions of each district for the visits and beds that no named one has: hospitals for the beds, with as
    /// many visits a bed as hospitals usually have, and centres for the visits that are left. `beds` are those that
    /// the city needs.
    fn rest(&mut self, demand: Decimal, beds: Decimal, usual: &[Usual]) {
        let planned: Decimal = self.sites.iter().filter_map(|site| site.visits).sum();
        let left = demand - planned;
        let people: Decimal = self.districts.iter().map(|one| one.people).sum();
        if left * Decimal::from(50) < demand {
            return;
        }
        let stated: Decimal = self.sites.iter().filter_map(|site| site.beds).sum();
        let mut left_beds = (beds - stated).max(Decimal::ZERO);
        if left_beds * Decimal::from(50) < beds {
            left_beds = Decimal::ZERO;
        }
        let at_hospitals =
            of(usual, "tertiary").share_of_visits + of(usual, "secondary").share_of_visits;
        let visits_a_bed = at_hospitals * demand / beds.max(Decimal::ONE);
        let mut found = Vec::new();
        for district in &self.districts {
            let share = district.people / people;
            let [visits, beds] = [left * share, left_beds * share];
            let at_hospitals = (beds * visits_a_bed).min(visits);
            let mut stand = |level: &str, name: &str, visits: Decimal, beds: Decimal| {
                found.push(Site {
                    name: format!("{}: {name}", district.name),
                    level: level.to_owned(),
                    district: district.name.clone(),
                    visits: Some(visits.round().max(Decimal::ONE)),
                    beds: Some(beds.ceil()),
                    from: "\"none\"".to_owned(),
                    open: vec!["visits_per_year", "beds"],
                    source: String::new(),
                    row: 0,
                });
            };
            if !beds.is_zero() {
                stand("secondary", "other hospitals 其他医院", at_hospitals, beds);
            }
            stand("primary", "other institutions 其他机构", visits - at_hospitals, Decimal::ZERO);
        }
        self.sites.extend(found);
    }

    /// Beds of hospitals that state none; all that the city needs.
    fn beds(&mut self, facts: &Facts, usual: &[Usual]) -> Decimal {
        let days = facts.number("population")
            * facts.number("admissions_per_person_per_year")
            * facts.number("stay_mean_days");
        let need = days / Decimal::from(365) / usual[0].beds_used_share;
        let stated: Decimal = self.sites.iter().filter_map(|site| site.beds).sum();
        let weight = |site: &Site| {
            let Usual { visits_weight, beds_weight, .. } = of(usual, &site.level);
            site.visits.unwrap_or_default() * beds_weight / visits_weight
        };
        let sum = |open: bool| -> Decimal {
            self.sites.iter().filter(|site| site.beds.is_none() == open).map(weight).sum()
        };
        let (known, open) = (sum(false), sum(true));
        let left = (need - stated).max(Decimal::ZERO);
        let fitting = if open.is_zero() { Decimal::ZERO } else { left / open };
        let unit =
            if known.is_zero() || stated.is_zero() { fitting } else { fitting.min(stated / known) };
        for site in self.sites.iter_mut().filter(|site| site.beds.is_none()) {
            site.beds = Some((unit * weight(site)).ceil());
        }
        need
    }

    /// The open cells of each row, one entry a row that was filled in; one for all hospitals without any.
    fn tell(&mut self) {
        let columns = ask::columns("hospitals");
        for site in &self.sites {
            for open in &site.open {
                let Some(Column { ask }) = columns.iter().find(|column| column.ask.item == *open)
                else {
                    continue;
                };
                let value = match *open {
                    "visits_per_year" => site.visits.unwrap_or_default().to_string(),
                    "beds" => site.beds.unwrap_or_default().to_string(),
                    "level" => site.level.clone(),
                    "district" => site.district.clone(),
                    "in_scheme_from" => site.from.trim_matches('"').to_owned(),
                    _ => site.name.clone(),
                };
                self.assumed.push(assumed(ask, &LISTS[1], site.row, &site.name, &value));
            }
        }
    }

    /// The districts as rows of the scenario.
    pub(super) fn districts_toml(&self) -> String {
        let people: Decimal = self.districts.iter().map(|one| one.people).sum();
        let mut left = Decimal::ONE;
        let mut out = String::new();
        for (at, one) in self.districts.iter().enumerate() {
            let share = (one.people / people).round_dp(9);
            let share = if at + 1 == self.districts.len() { left } else { share };
            left -= share;
            let (name, [x, y]) = (quoted(&one.name), one.at);
            let share = share.normalize();
            let _ = writeln!(
                out,
                "  {{ name = {name}, population_share = {share}, x_km = {x}, y_km = {y} }},  # {}",
                one.origin
            );
        }
        out
    }

    /// The institutions as rows of the scenario.
    pub(super) fn sites_toml(&self) -> String {
        let mut out = String::new();
        for site in &self.sites {
            let Site { level, from, source, open, .. } = site;
            let origin = match (open.is_empty(), source.is_empty()) {
                (true, _) => format!("source: {source}"),
                (false, true) => {
                    "assumed: nobody named these institutions; half to double".to_owned()
                }
                (false, false) => {
                    format!("assumed: {}, half to double; the rest {source}", open.join(", "))
                }
            };
            let (name, district) = (quoted(&site.name), quoted(&site.district));
            let (visits, beds) = (site.visits.unwrap_or_default(), site.beds.unwrap_or_default());
            let _ = writeln!(
                out,
                "  {{ name = {name}, level = \"{level}\", district = {district}, visits_per_year = {visits}, \
                 beds = {beds}, in_scheme_from = {from} }},  # {origin}"
            );
        }
        out
    }
}

fn usual() -> Vec<Usual> {
    let read = csv::Reader::from_reader(USUAL.as_bytes()).into_deserialize().collect();
    match read {
        Ok(rows) => rows,
        Err(error) => panic!("invariant: the shipped sizes can be read: {error}"),
    }
}

fn of<'u>(usual: &'u [Usual], level: &str) -> &'u Usual {
    match usual.iter().find(|one| one.level == level) {
        Some(one) => one,
        None => panic!("invariant: a usual size of level {level}"),
    }
}

/// The rows of a list that hold anything; cells counted, wrong ones told.
fn rows(grids: &[Grid], sheet: &str, wrong: &mut Vec<Wrong>, places: &mut Places) -> Vec<Row> {
    let columns = ask::columns(sheet);
    let mut found = Vec::new();
    let grid = Grid::find(grids, sheet);
    for (at, grid) in
        grid.into_iter().flat_map(|grid| (1..grid.rows.len()).map(move |at| (at, grid)))
    {
        let place =
            |column: &Column| grid.column([&column.ask.item, &super::head_zh(&column.ask.what[1])]);
        if columns.iter().all(|column| grid.text(at, place(column)).is_empty()) {
            continue;
        }
        let mut row = Row { cells: Vec::new(), source: origin(grid, at, 0), at };
        for column in &columns {
            let text = grid.text(at, place(column));
            places.meter.count(column.ask.priority, !text.is_empty());
            if text.is_empty() && column.ask.item == "name" {
                let expected = both("a name in every row", "名称（每行必填）");
                wrong.push(grid.wrong(at, place(column).unwrap_or(0), expected));
            }
            let read = (!text.is_empty()).then(|| column.ask.read(text));
            row.cells.push(match read {
                Some(Err(expected)) => {
                    wrong.push(grid.wrong(at, place(column).unwrap_or(0), expected));
                    None
                }
                Some(Ok(literal)) => Some(literal),
                None => None,
            });
        }
        found.push(row);
    }
    if found.is_empty() {
        for column in &columns {
            places.meter.count(column.ask.priority, false);
        }
    }
    found
}

/// The lists by name in English and Chinese.
const LISTS: [[&str; 2]; 2] = [["districts", "区县表"], ["hospitals", "医院表"]];

/// What was assumed of a row of a list; row 0 holds what nobody named.
fn assumed(ask: &ask::Ask, list: &[&str; 2], row: usize, name: &str, value: &str) -> Assumed {
    let [en, zh] = list;
    let place = match row {
        0 => both(*en, *zh),
        row => [format!("{en} row {}", row + 1), format!("{zh}第{}行", row + 1)],
    };
    let [what, what_zh] = &ask.what;
    Assumed {
        item: format!("{}: {} of {name}", place[0], ask.item),
        place,
        what: [format!("{name}: {what}"), format!("{name}：{what_zh}")],
        value: ask.said(value),
        priority: ask.priority,
        unit: ask.unit_of_value(),
        range: ask.range(),
        note: ask.note.clone(),
        from: ask.from.clone(),
    }
}

fn number(row: &Row, column: usize) -> Option<Decimal> {
    row.cells.get(column)?.as_ref()?.number
}

fn plain(row: &Row, column: usize) -> String {
    let cell = row.cells.get(column).and_then(Option::as_ref);
    cell.map_or_else(String::new, |cell| cell.plain.clone())
}

fn toml(row: &Row, column: usize) -> Option<String> {
    Some(row.cells.get(column)?.as_ref()?.toml.clone())
}
