//! A typed reader of one table: it hands out values, collects every problem with its place, and
//! remembers which keys were asked for, so that the others are unknown and the schema is complete.
//! A refused value is replaced by a stand-in; the load returns nothing then. Must never stop early.

use super::form::{self, Bounds, Form};
use super::problem::{Problem, Severity};
use super::source::{Place, Sources};
use super::tree::{Node, Value};
use crate::domain::{Fen, Ratio};
use serde_json::{Map, Value as Json, json};
use std::cell::RefCell;

/// Where problems are laid down.
pub(super) struct Desk<'a> {
    sources: &'a Sources,
    problems: RefCell<Vec<(Place, Problem)>>,
}

impl<'a> Desk<'a> {
    /// An empty desk.
    pub(super) fn new(sources: &'a Sources) -> Desk<'a> {
        Desk { sources, problems: RefCell::default() }
    }

    /// All problems in the order of files and text.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|&(place, _)| place);
        problems.into_iter().map(|(_, problem)| problem).collect()
    }

    fn note(&self, at: Place, key: &str, message: String, expected: &str, hint: String) {
        let problem = self.sources.problem(at, key, message);
        let problem = Problem { expected: expected.to_owned(), hint, ..problem };
        self.problems.borrow_mut().push((at, problem));
    }
}

/// One way to fill a table that must have exactly one of several sub-tables.
pub(super) struct Case<T> {
    /// Key of the sub-table.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) doc: &'static str,
    /// Reads the sub-table.
    pub(super) read: Box<dyn Fn(&mut Reader<'_>) -> T>,
}

impl<T> Case<T> {
    /// A case.
    pub(super) fn new(
        name: &'static str,
        doc: &'static str,
        read: impl Fn(&mut Reader<'_>) -> T + 'static,
    ) -> Case<T> {
        Case { name, doc, read: Box::new(read) }
    }
}

/// Reader of one table. Without a table it asks for the same keys, finds nothing and says nothing.
pub(super) struct Reader<'a> {
    desk: &'a Desk<'a>,
    table: Option<&'a Node>,
    path: String,
    asked: Vec<(String, Json)>,
}

impl<'a> Reader<'a> {
    /// Reads a whole tree; unknown keys are reported afterwards. Returns the schema of what was
    /// asked.
    pub(super) fn root<T>(
        desk: &'a Desk<'a>,
        tree: Option<&'a Node>,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> (T, Json) {
        Reader::over(desk, tree, String::new(), read)
    }

    fn over<T>(
        desk: &'a Desk<'a>,
        table: Option<&'a Node>,
        path: String,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> (T, Json) {
        let mut reader = Reader { desk, table, path, asked: Vec::new() };
        let value = read(&mut reader);
        reader.report_unknown();
        (value, reader.schema())
    }

    /// A value that must be there.
    pub(super) fn get<T: Clone>(&mut self, key: &str, doc: &str, form: &Form<T>) -> T {
        self.remember(key, described(form.schema.clone(), doc));
        self.required(key, &form.expected)
            .and_then(|node| self.parse(node, &self.full(key), form))
            .unwrap_or_else(|| form.stand_in.clone())
    }

    /// A value that may be absent.
    pub(super) fn maybe<T: Clone>(&mut self, key: &str, doc: &str, form: &Form<T>) -> Option<T> {
        self.remember(key, described(form.schema.clone(), doc));
        self.node(key).and_then(|node| self.parse(node, &self.full(key), form))
    }

    /// A share or probability, 0 to 1.
    pub(super) fn share(&mut self, key: &str, doc: &str) -> f64 {
        self.get(key, doc, &form::number(Bounds::SHARE))
    }

    /// A number above zero.
    pub(super) fn positive(&mut self, key: &str, doc: &str) -> f64 {
        self.get(key, doc, &form::number(Bounds::POSITIVE))
    }

    /// A number, zero or more.
    pub(super) fn non_negative(&mut self, key: &str, doc: &str) -> f64 {
        self.get(key, doc, &form::number(Bounds::NON_NEGATIVE))
    }

    /// A whole number that fits `T`.
    pub(super) fn count<T: TryFrom<i64>>(
        &mut self,
        key: &str,
        doc: &str,
        low: i64,
        high: i64,
    ) -> T {
        let value = self.get(key, doc, &form::count(low, high));
        T::try_from(value).unwrap_or_else(|_| panic!("invariant: {low} to {high} fits the field"))
    }

    /// An amount in yuan.
    pub(super) fn yuan(&mut self, key: &str, doc: &str) -> Fen {
        self.get(key, doc, &form::yuan())
    }

    /// An exact ratio, 0 to 1.
    pub(super) fn ratio(&mut self, key: &str, doc: &str) -> Ratio {
        self.get(key, doc, &form::ratio(1))
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &str, doc: &str) -> bool {
        self.get(key, doc, &form::flag())
    }

    /// A text.
    pub(super) fn text(&mut self, key: &str, doc: &str) -> String {
        self.get(key, doc, &form::text())
    }

    /// An array of exactly one value per name of `items`.
    pub(super) fn array<T: Clone, const N: usize>(
        &mut self,
        key: &str,
        doc: &str,
        items: &str,
        form: &Form<T>,
    ) -> [T; N] {
        let expected = format!("{N} values ({items}), each {}", form.expected);
        let schema = json!({
            "type": "array", "minItems": N, "maxItems": N, "items": form.schema,
        });
        self.remember(key, described(schema, &format!("{doc}: {items}")));
        let mut values = std::array::from_fn(|_| form.stand_in.clone());
        let Some((node, found)) = self.elements(key, &expected) else { return values };
        if found.len() != N {
            let message = format!("{} values where there must be {N}", found.len());
            self.desk.note(node.at, &self.full(key), message, &expected, String::new());
        }
        for (index, element) in found.iter().take(N).enumerate() {
            let path = format!("{}[{index}]", self.full(key));
            if let Some(value) = self.parse(element, &path, form) {
                values[index] = value;
            }
        }
        values
    }

    /// Shares that sum to 1.
    pub(super) fn shares<const N: usize>(&mut self, key: &str, doc: &str, items: &str) -> [f64; N] {
        let mark = self.mark();
        let shares: [f64; N] = self.array(key, doc, items, &form::number(Bounds::SHARE));
        if self.clean_since(mark) {
            self.check_sum(key, shares.iter().sum());
        }
        shares
    }

    /// Reports shares that do not sum to 1.
    pub(super) fn check_sum(&self, key: &str, sum: f64) {
        let difference = sum - 1.0;
        if difference.abs() > 1e-6 {
            let word = if difference > 0.0 { "too much" } else { "missing" };
            let hint = format!("{} is {word}", tidy(difference.abs()));
            self.fault(key, format!("the shares sum to {}", tidy(sum)), "a sum of 1", &hint);
        }
    }

    /// An array of any length of one form.
    pub(super) fn several<T: Clone>(&mut self, key: &str, doc: &str, form: &Form<T>) -> Vec<T> {
        let expected = format!("an array, each element {}", form.expected);
        let schema = json!({ "type": "array", "items": form.schema });
        self.remember(key, described(schema, doc));
        let Some((_, found)) = self.elements(key, &expected) else { return Vec::new() };
        let read = |(index, element)| {
            self.parse(element, &format!("{}[{index}]", self.full(key)), form)
                .unwrap_or_else(|| form.stand_in.clone())
        };
        found.iter().enumerate().map(read).collect()
    }

    /// An array of any length of one form that may be absent.
    pub(super) fn maybe_several<T: Clone>(
        &mut self,
        key: &str,
        doc: &str,
        form: &Form<T>,
    ) -> Option<Vec<T>> {
        if self.node(key).is_some() {
            return Some(self.several(key, doc, form));
        }
        let schema = json!({ "type": "array", "items": form.schema });
        self.remember(key, described(schema, doc));
        None
    }

    /// A table with one value per name.
    pub(super) fn by<T: Clone, const N: usize>(
        &mut self,
        key: &str,
        doc: &str,
        names: [&str; N],
        form: &Form<T>,
    ) -> [T; N] {
        self.table(key, doc, |r| names.map(|name| r.get(name, "", form)))
    }

    /// A table that must be there.
    pub(super) fn table<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> T {
        let node = self.required(key, "a table").and_then(|node| self.as_table(key, node));
        let (value, schema) = Reader::over(self.desk, node, self.full(key), read);
        self.remember(key, described(schema, doc));
        value
    }

    /// A table that may be absent.
    pub(super) fn maybe_table<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> Option<T> {
        let node = self.node(key).and_then(|node| self.as_table(key, node));
        let (value, schema) = Reader::over(self.desk, node, self.full(key), read);
        self.remember(key, described(schema, doc));
        node.map(|_| value)
    }

    /// A table, or the word "none".
    pub(super) fn table_or_none<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> Option<T> {
        let expected = "a table or \"none\"";
        let found = self.required(key, expected);
        let node = found.filter(|node| matches!(node.value, Value::Table(_)));
        let is_none = |node: &&Node| matches!(&node.value, Value::Text(t) if t == "none");
        if let Some(other) = found.filter(|found| node.is_none() && !is_none(found)) {
            let message = format!("this is {}", other.kind());
            self.desk.note(other.at, &self.full(key), message, expected, String::new());
        }
        let (value, schema) = Reader::over(self.desk, node, self.full(key), read);
        let schema = json!({ "anyOf": [schema, { "const": "none" }] });
        self.remember(key, described(schema, doc));
        node.map(|_| value)
    }

    /// An array of tables that may be absent.
    pub(super) fn maybe_list<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl Fn(&mut Reader<'a>) -> T,
    ) -> Option<Vec<T>> {
        if self.node(key).is_some() {
            return Some(self.list(key, doc, read));
        }
        self.remember_list(key, doc, read);
        None
    }

    /// An array of tables, at least one.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl Fn(&mut Reader<'a>) -> T,
    ) -> Vec<T> {
        let full = self.full(key);
        self.remember_list(key, doc, &read);
        let expected = "an array of tables, at least one";
        let Some((node, found)) = self.elements(key, expected) else { return Vec::new() };
        if found.is_empty() {
            self.desk.note(node.at, &full, "empty".to_owned(), expected, String::new());
        }
        let element = |(index, element): (usize, &'a Node)| {
            let path = format!("{key}[{index}]");
            let node = self.as_table(&path, element);
            Reader::over(self.desk, node, self.full(&path), &read).0
        };
        found.iter().enumerate().map(element).collect()
    }

    fn remember_list<T>(&mut self, key: &str, doc: &str, read: impl Fn(&mut Reader<'a>) -> T) {
        let path = format!("{}[]", self.full(key));
        let (_, item) = Reader::over(self.desk, None, path, read);
        let schema = json!({ "type": "array", "minItems": 1, "items": item });
        self.remember(key, described(schema, doc));
    }

    /// A table whose keys are names given by the writer.
    pub(super) fn named<T>(
        &mut self,
        key: &str,
        doc: &str,
        read: impl Fn(&str, &mut Reader<'a>) -> T,
    ) -> Vec<(String, T)> {
        let found = self.required(key, "a table").and_then(|node| self.as_table(key, node));
        let full = self.full(key);
        let (_, item) = Reader::over(self.desk, None, format!("{full}.*"), |r| read("", r));
        let schema = json!({ "type": "object", "additionalProperties": item });
        self.remember(key, described(schema, doc));
        let entry = |(name, node): &'a (String, Node)| {
            let node = self.as_table(&format!("{key}.{name}"), node);
            let path = format!("{full}.{name}");
            (name.clone(), Reader::over(self.desk, node, path, |r| read(name, r)).0)
        };
        found.map_or(&[][..], Node::entries).iter().map(entry).collect()
    }

    /// A table with exactly one of several sub-tables. When an including file chooses another case
    /// than the included one, its choice stands.
    pub(super) fn one_of<T>(&mut self, key: &str, doc: &str, cases: &[Case<T>]) -> T {
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        let found = self.required(key, &one_of_names(&names));
        self.case(found, key, doc, cases)
            .unwrap_or_else(|| panic!("invariant: {key} has at least one case"))
    }

    /// Such a table that may be absent.
    pub(super) fn maybe_one_of<T>(&mut self, key: &str, doc: &str, cases: &[Case<T>]) -> Option<T> {
        let found = self.node(key);
        let value = self.case(found, key, doc, cases);
        value.filter(|_| found.is_some())
    }

    /// Reads the chosen case, and the others for their keys; without a choice the first stands in.
    fn case<T>(
        &mut self,
        found: Option<&'a Node>,
        key: &str,
        doc: &str,
        cases: &[Case<T>],
    ) -> Option<T> {
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        let full = self.full(key);
        let node = found.and_then(|node| self.as_table(key, node));
        let chosen = node.and_then(|node| self.chosen(node, &full, &names));
        let mut properties = Map::new();
        let mut value = None;
        for case in cases {
            let of_case = chosen.filter(|&(name, _)| name == case.name);
            let path = format!("{full}.{}", case.name);
            let table =
                of_case.and_then(|(name, node)| self.as_table(&format!("{key}.{name}"), node));
            let (read, schema) = Reader::over(self.desk, table, path, |r| (case.read)(r));
            properties.insert(case.name.to_owned(), described(schema, case.doc));
            if table.is_some() || value.is_none() {
                value = Some(read);
            }
        }
        let schema = json!({
            "type": "object", "additionalProperties": false,
            "minProperties": 1, "maxProperties": 1, "properties": properties,
        });
        self.remember(key, described(schema, doc));
        value
    }

    /// The case of the highest layer; reports none, several and unknown ones.
    fn chosen(&self, node: &'a Node, full: &str, names: &[&str]) -> Option<(&'a str, &'a Node)> {
        let expected = &one_of_names(names);
        let top = node.entries().iter().map(|(_, node)| node.layer).max();
        let entries = node.entries().iter().filter(|(_, node)| Some(node.layer) == top);
        let mut known = None;
        for (name, case) in entries {
            let path = format!("{full}.{name}");
            if !names.contains(&name.as_str()) {
                let hint = did_you_mean(name, names.iter().copied());
                self.desk.note(case.key_at, &path, "unknown key".to_owned(), expected, hint);
            } else if known.is_some() {
                let message = "a second choice where one is needed".to_owned();
                self.desk.note(case.key_at, &path, message, expected, String::new());
            } else {
                known = Some((name.as_str(), case));
            }
        }
        if node.entries().is_empty() {
            self.desk.note(node.at, full, "no choice made".to_owned(), expected, String::new());
        }
        known
    }

    /// Reports a problem of meaning at a key (or a path below it, such as `tiers[1].score_from`).
    pub(super) fn fault(&self, key: &str, message: String, expected: &str, hint: &str) {
        let Some(table) = self.table else { return };
        let at = table.find(key).map_or(table.key_at, |node| node.at);
        self.desk.note(at, &self.full(key), message, expected, hint.to_owned());
    }

    /// Warns at a key (or a path below it).
    pub(super) fn warn(&self, key: &str, message: String, expected: &str) {
        self.fault(key, message, expected, "");
        if let Some((_, problem)) = self.desk.problems.borrow_mut().last_mut() {
            problem.severity = Severity::Warning;
        }
    }

    /// The number of errors so far, to be given to `clean_since`.
    pub(super) fn mark(&self) -> usize {
        let problems = self.desk.problems.borrow();
        problems.iter().filter(|(_, problem)| problem.severity == Severity::Error).count()
    }

    /// True when a table is there and nothing went wrong since the mark: checks that compare values
    /// make sense only then.
    pub(super) fn clean_since(&self, mark: usize) -> bool {
        self.table.is_some() && self.mark() == mark
    }

    /// Reports keys that do not rise strictly: the first value that is not above the one before.
    pub(super) fn check_rising<T: PartialOrd>(&self, list: &str, key: &str, values: &[T]) {
        let fall = values.windows(2).position(|pair| pair[1] <= pair[0]);
        if let Some(before) = fall {
            let path = format!("{list}[{}].{key}", before + 1);
            let message = "not above the one before: the steps overlap".to_owned();
            self.fault(&path, message, "strictly rising values", "sort the steps");
        }
    }

    fn parse<T>(&self, node: &Node, path: &str, form: &Form<T>) -> Option<T> {
        let fault = match (form.parse)(node) {
            Ok(value) => return Some(value),
            Err(fault) => fault,
        };
        self.desk.note(node.at, path, fault.message, &form.expected, fault.hint);
        None
    }

    fn elements(&self, key: &str, expected: &str) -> Option<(&'a Node, &'a [Node])> {
        let node = self.required(key, expected)?;
        let Value::Array(items) = &node.value else {
            let message = format!("this is {}", node.kind());
            self.desk.note(node.at, &self.full(key), message, expected, String::new());
            return None;
        };
        Some((node, items))
    }

    fn as_table(&self, key: &str, node: &'a Node) -> Option<&'a Node> {
        if let Value::Table(_) = node.value {
            return Some(node);
        }
        let message = format!("this is {}", node.kind());
        self.desk.note(node.at, &self.full(key), message, "a table", String::new());
        None
    }

    fn node(&self, key: &str) -> Option<&'a Node> {
        self.table?.get(key)
    }

    fn required(&self, key: &str, expected: &str) -> Option<&'a Node> {
        let table = self.table?;
        let node = table.get(key);
        if node.is_none() {
            let (at, hint) = self.missing_place(table);
            self.desk.note(at, &self.full(key), "missing".to_owned(), expected, hint);
        }
        node
    }

    /// Where a missing key is to be written: in its table, or in the scenario when only a shared
    /// part has the table.
    fn missing_place(&self, table: &Node) -> (Place, String) {
        if table.key_at.file == 0 || self.path.contains('[') {
            return (table.key_at, String::new());
        }
        let hint = format!("write it under [{}] here: no included file does", self.path);
        (Place::default(), hint)
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn remember(&mut self, key: &str, schema: Json) {
        self.asked.push((key.to_owned(), schema));
    }

    fn report_unknown(&self) {
        for (key, node) in self.table.map_or(&[][..], Node::entries) {
            if self.asked.iter().any(|(asked, _)| asked == key) {
                continue;
            }
            let names = || self.asked.iter().map(|(asked, _)| asked.as_str());
            let hint = did_you_mean(key, names());
            let all = names().collect::<Vec<_>>().join(", ");
            let expected = if hint.is_empty() { format!("one of {all}") } else { String::new() };
            self.desk.note(node.key_at, &self.full(key), "unknown key".to_owned(), &expected, hint);
        }
    }

    fn schema(self) -> Json {
        let properties: Map<String, Json> = self.asked.into_iter().collect();
        json!({ "type": "object", "additionalProperties": false, "properties": properties })
    }
}

fn one_of_names(names: &[&str]) -> String {
    format!("one of the tables {}", names.join(", "))
}

fn described(mut schema: Json, doc: &str) -> Json {
    if !doc.is_empty() {
        schema["description"] = Json::from(doc);
    }
    schema
}

pub(super) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map_or_else(String::new, |known| format!("did you mean `{known}`?"))
}

/// The known name that is most like `name`, if one is like it at all.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |known: &str| {
        strsim::jaro_winkler(name, known).max(strsim::normalized_damerau_levenshtein(name, known))
    };
    let scored = known.map(|known| (likeness(known), known));
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|&(score, _)| score >= 0.8).map(|(_, known)| known)
}

/// A float without the dust of binary sums.
pub(super) fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
