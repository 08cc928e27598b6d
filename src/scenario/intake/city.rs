//! The city sheet: one fact an item, given or assumed. Must never drop an item that somebody filled in.

use super::Assumed;
use super::ask::{self, Ask, Literal};
use super::grid::{Grid, Wrong, both};
use rust_decimal::Decimal;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Filled in; who says so.
    Given { source: String, row: usize, column: usize },
    /// Left empty; why this value, in English and Chinese.
    Assumed([String; 2]),
}

/// One fact.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) ask: Ask,
    pub(super) literal: Literal,
    pub(super) origin: Origin,
}

/// All facts, in the order of the request.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The sheet that they were read from.
    sheet: String,
    pub(super) list: Vec<Fact>,
}

impl Fact {
    pub(super) fn is_filled(&self) -> bool {
        matches!(self.origin, Origin::Given { .. })
    }

    /// The value as a person reads it.
    pub(super) fn plain(&self) -> &str {
        &self.literal.plain
    }

    /// The comment beside the value in the scenario.
    pub(super) fn comment(&self) -> String {
        match &self.origin {
            Origin::Given { source, .. } => format!("source: {source}"),
            Origin::Assumed([note, _]) if self.ask.low.is_empty() => format!("assumed: {note}"),
            Origin::Assumed([note, _]) => format!("assumed: {note}; {}", self.ask.range()[0]),
        }
    }

    /// Takes another assumed value.
    pub(super) fn assume(&mut self, number: Decimal, note: [&str; 2]) {
        let toml = number.normalize().to_string();
        self.literal = Literal { plain: toml.clone(), toml, number: Some(number) };
        self.origin = Origin::Assumed(note.map(str::to_owned));
    }
}

impl Facts {
    /// Reads the city sheet; without one everything is assumed.
    pub(super) fn read(grids: &[Grid], wrong: &mut Vec<Wrong>) -> Facts {
        let empty = Grid { sheet: super::SHEETS[0].to_owned(), rows: Vec::new() };
        let grid = Grid::find(grids, "city").unwrap_or(&empty);
        let asks = ask::asks();
        let items = grid.column(["item", "编号"]);
        let column = grid.column(["value", "数值"]);
        if !grid.rows.is_empty() && (items.is_none() || column.is_none()) {
            let expected =
                both("a head with the columns `item` and `value`", "含 item 与 value 两列的表头");
            wrong.push(grid.wrong(0, 0, expected));
        }
        unknown(grid, items, &asks, wrong);
        let facts = asks.into_iter().map(|ask| {
            let of_item = |row: &usize| grid.text(*row, items) == ask.item;
            let rows: Vec<usize> = (1..grid.rows.len()).filter(of_item).collect();
            let filled = |row: &&usize| !grid.text(**row, column).is_empty();
            let mut given = rows.iter().filter(filled);
            let first = given.next().copied();
            if let (Some(&second), Some(column)) = (given.next(), column) {
                let en = format!("{} once; it is filled in twice", ask.item);
                let zh = format!("只填一次的 {}；此处重复填写", ask.item);
                wrong.push(grid.wrong(second, column, [en, zh]));
            }
            fact(grid, ask, first.zip(column), wrong)
        });
        Facts { sheet: grid.sheet.clone(), list: facts.collect() }
    }

    /// The sheet's name.
    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// A fact by its item. An unknown item is a broken invariant of the template.
    pub(super) fn get(&self, item: &str) -> &Fact {
        match self.list.iter().find(|fact| fact.ask.item == item) {
            Some(fact) => fact,
            None => panic!("invariant: the request asks for `{item}`"),
        }
    }

    /// The same, to change it.
    pub(super) fn get_mut(&mut self, item: &str) -> &mut Fact {
        match self.list.iter_mut().find(|fact| fact.ask.item == item) {
            Some(fact) => fact,
            None => panic!("invariant: the request asks for `{item}`"),
        }
    }

    /// A fact's number.
    pub(super) fn number(&self, item: &str) -> Decimal {
        self.get(item).literal.number.unwrap_or_default()
    }

    /// What nobody filled in.
    pub(super) fn assumed(&self) -> Vec<Assumed> {
        let open = self.list.iter().filter_map(|fact| match &fact.origin {
            Origin::Assumed(note) => Some((fact, note)),
            Origin::Given { .. } => None,
        });
        open.map(|(fact, note)| Assumed {
            item: fact.ask.item.clone(),
            place: both(&fact.ask.item, &fact.ask.item),
            priority: fact.ask.priority,
            value: fact.ask.said(&fact.literal.plain),
            unit: fact.ask.unit_of_value(),
            range: fact.ask.range(),
            note: note.clone(),
            what: fact.ask.what.clone(),
            from: fact.ask.from.clone(),
        })
        .collect()
    }
}

/// Items that nobody asked for: usually a slip that would be lost in silence.
fn unknown(grid: &Grid, items: Option<usize>, asks: &[Ask], wrong: &mut Vec<Wrong>) {
    let Some(column) = items else { return };
    let names = || asks.iter().map(|ask| ask.item.as_str());
    for row in 1..grid.rows.len() {
        let item = grid.text(row, items);
        if !item.is_empty() && !names().any(|name| name == item) {
            let nearest = crate::scenario::reader::nearest(item, names());
            let hint = |ask: &str, end: &str| {
                nearest.map_or_else(String::new, |name| format!("{ask}{name}{end}"))
            };
            let en = format!("an item of the request{}", hint("; did you mean ", "?"));
            let zh = format!("数据需求表中的编号{}", hint("；是否应为 ", "？"));
            wrong.push(grid.wrong(row, column, [en, zh]));
        }
    }
}

fn fact(grid: &Grid, ask: Ask, place: Option<(usize, usize)>, wrong: &mut Vec<Wrong>) -> Fact {
    let default = || match ask.read(&ask.default) {
        Ok(literal) => literal,
        Err([expected, _]) => panic!("invariant: the default of {} is {expected}", ask.item),
    };
    let Some((row, column)) = place else {
        let (literal, note) = (default(), ask.note.clone());
        return Fact { ask, literal, origin: Origin::Assumed(note) };
    };
    let source = origin(grid, row, column);
    let literal = ask.read(grid.text(row, Some(column))).unwrap_or_else(|expected| {
        wrong.push(grid.wrong(row, column, expected));
        default()
    });
    Fact { ask, literal, origin: Origin::Given { source, row, column } }
}

/// What the writer says about a row, and where it stood.
pub(super) fn origin(grid: &Grid, row: usize, column: usize) -> String {
    let said = grid.text(row, grid.column(["source", "来源"]));
    let place = format!("sheet {}, {}", grid.sheet, super::grid::cell_name(row, column));
    let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if said.is_empty() { format!("filled in, {place}") } else { format!("{said} ({place})") }
}

/// A text as the scenario holds it.
pub(super) fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}
