//! Outcomes that cities have published, as a table: read and checked. Must never hold a published figure
//! of its own, and never pass over a row.

use crate::domain::Day;
use serde::Deserialize;

/// What kind of comparison a row allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same thing can be computed.
    Comparable,
    /// A shared parameter was chosen so that it comes out.
    Fitted,
    /// The scenario was given it.
    Input,
    /// The note says why nothing is computed.
    NotComparable,
}

impl Kind {
    /// The word as it stands in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Comparable => "comparable",
            Kind::Fitted => "fitted",
            Kind::Input => "input",
            Kind::NotComparable => "not_comparable",
        }
    }
}

/// One published outcome.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its name in answers.
    pub id: String,
    /// The city, as printed.
    pub city: String,
    /// Stem of the scenario file.
    pub scenario: String,
    /// What is compared; one of [`QUANTITIES`] where something is computed.
    pub quantity: String,
    /// Arm against which time is saved; empty where none is.
    pub baseline: String,
    /// Lower end of what the wording allows.
    pub low: f64,
    /// The figure as published.
    pub reported: f64,
    /// Upper end of what the wording allows.
    pub high: f64,
    /// Unit.
    pub unit: String,
    /// When it was published.
    pub as_of: String,
    /// What kind of comparison it allows.
    pub kind: Kind,
    /// Whether the city was kept out of every choice of parameters.
    #[serde(deserialize_with = "yes_or_no")]
    pub held_out: bool,
    /// Numerator and denominator, English.
    pub definition_en: String,
    /// Numerator and denominator, Chinese.
    pub definition_zh: String,
    /// What else the reader must know.
    pub note_en: String,
}

impl Published {
    /// The last day of the month, or the day, on which the figure was published; `None` for a year or a word.
    pub(super) fn published_by(&self) -> Option<Day> {
        let month = || Day::parse(&format!("{}-01", self.as_of)).ok();
        let day = Day::parse(&self.as_of).ok();
        day.or_else(|| month().map(|first| first.plus_months(1) + -1))
    }
}

/// Quantities that a simulation gives.
pub const QUANTITIES: [&str; 12] = [
    "enrolled_share",
    "limits_drawn_share",
    "mean_limit_yuan",
    "bills_covered_share",
    "uses_per_line",
    "used_share_of_lines",
    "uses_per_month",
    "drawn_per_use_yuan",
    "time_saved_share",
    "wait_saved_min",
    "minutes_saved_per_line",
    "sites_in_scheme",
];

/// Quantities that need a baseline.
const OF_TIME: [&str; 3] = ["time_saved_share", "wait_saved_min", "minutes_saved_per_line"];

fn yes_or_no<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(serde::de::Error::custom(format!("expected yes or no, got `{other}`"))),
    }
}

/// Reads a table of published outcomes; the message names line and column of the table.
pub fn read(text: &str) -> Result<Vec<Published>, String> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let row: Published = row.map_err(|error| error.to_string())?;
        check(&row).map_err(|what| format!("row {} ({}): {what}", index + 1, row.id))?;
        rows.push(row);
    }
    if rows.is_empty() { Err("no row".to_owned()) } else { Ok(rows) }
}

fn check(row: &Published) -> Result<(), String> {
    let computed = row.kind != Kind::NotComparable && row.quantity != "claim";
    if computed && !QUANTITIES.contains(&row.quantity.as_str()) {
        return Err(format!(
            "quantity `{}`: expected one of {}",
            row.quantity,
            QUANTITIES.join(", ")
        ));
    }
    if !(row.low <= row.reported && row.reported <= row.high) {
        return Err(format!(
            "expected low <= reported <= high, got {}, {}, {}",
            row.low, row.reported, row.high
        ));
    }
    if computed && OF_TIME.contains(&row.quantity.as_str()) == row.baseline.is_empty() {
        return Err("baseline: named for quantities of time, and for no other".to_owned());
    }
    Ok(())
}

/// One end of an input's range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// The value itself.
    Value(f64),
    /// A factor on the scenario's value.
    Factor(f64),
}

impl End {
    /// The value, where the scenario has `own`.
    pub(super) fn of(self, own: f64) -> f64 {
        match self {
            End::Value(value) => value,
            End::Factor(factor) => factor * own,
        }
    }
}

/// An uncertain input that all cities share.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Dotted key of the scenario.
    pub key: String,
    /// Lower end.
    pub low: End,
    /// Upper end.
    pub high: End,
}

/// Reads `key,low,high,why`.
pub fn read_spread(text: &str) -> Result<Vec<Shared>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let end = |text: &str| {
        let (factor, digits) = match text.strip_prefix('x') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let value: f64 =
            digits.parse().map_err(|_| format!("`{text}` is no number and no factor"))?;
        Ok::<End, String>(if factor { End::Factor(value) } else { End::Value(value) })
    };
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(|error| error.to_string())?;
        let field = |at: usize| row.get(at).unwrap_or_default();
        Ok(Shared { key: field(0).to_owned(), low: end(field(1))?, high: end(field(2))? })
    };
    reader.records().map(row).collect()
}

/// Why an outcome is not inside, or not comparable.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The outcome.
    pub id: String,
    /// English.
    pub reason_en: String,
    /// Chinese.
    pub reason_zh: String,
    /// Commands of the program that show it, `;` between them; empty = an argument only.
    pub shown_by: String,
    /// What they gave, English; empty where there is no command.
    pub found_en: String,
    /// What they gave, Chinese.
    pub found_zh: String,
}

/// Reads `id,reason_en,reason_zh,shown_by,found_en,found_zh`.
pub fn read_reasons(text: &str) -> Result<Vec<Reason>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.map_err(|error| error.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "id,city,scenario,quantity,baseline,low,reported,high,unit,as_of,kind,held_out,definition_en,definition_zh,note_en\n";

    #[test]
    fn a_row_that_cannot_be_compared_as_it_says_is_refused_with_its_place() {
        let row = |quantity: &str, baseline: &str, low: &str, held: &str| {
            let text = format!(
                "{HEADER}a,A,smoke,{quantity},{baseline},{low},2,3,x,2023,comparable,{held},d,d,n\n"
            );
            read(&text).map(|rows| rows.len())
        };
        assert_eq!(row("uses_per_line", "", "1", "no"), Ok(1));
        let table = [
            (row("uses_per_lines", "", "1", "no"), "row 1 (a): quantity `uses_per_lines`"),
            (row("uses_per_line", "", "4", "no"), "expected low <= reported <= high"),
            (row("uses_per_line", "windows_2015", "1", "no"), "baseline"),
            (row("time_saved_share", "", "1", "no"), "baseline"),
            (row("uses_per_line", "", "1", "maybe"), "yes or no"),
        ];
        for (answer, words) in table {
            let message = answer.expect_err("a wrong row");
            assert!(message.contains(words), "{message}");
        }
        assert!(read(HEADER).is_err());
    }

    #[test]
    fn a_figure_was_published_by_a_day_or_by_the_end_of_a_month() {
        let rows = read(include_str!("../../../scenarios/evidence/outcomes.csv")).expect("a table");
        let table = [
            ("2022-04-12", Some("2022-04-12")),
            ("2023-11", Some("2023-11-30")),
            ("2023-12", Some("2023-12-31")),
            ("2018", None),
            ("about 2018", None),
        ];
        for (as_of, last) in table {
            let row = Published { as_of: as_of.into(), ..rows[0].clone() };
            assert_eq!(row.published_by().map(|day| day.to_string()).as_deref(), last, "{as_of}");
        }
    }

    #[test]
    fn the_shipped_tables_are_read_whole() {
        let rows = read(include_str!("../../../scenarios/evidence/outcomes.csv")).expect("a table");
        let held: std::collections::BTreeSet<&str> =
            rows.iter().filter(|row| row.held_out).map(|row| row.city.as_str()).collect();
        assert_eq!(held.len(), 2, "two cities are held out: {held:?}");
        assert_eq!(rows.iter().filter(|row| row.kind == Kind::Comparable).count(), 17);
        let spread = read_spread(include_str!("../../../scenarios/evidence/spread.csv"));
        assert_eq!(spread.expect("ranges").len(), 6);
    }
    #[test]
    fn what_cannot_be_compared_has_its_reason_in_both_languages_and_no_reason_is_astray() {
        let rows = read(include_str!("../../../scenarios/evidence/outcomes.csv")).expect("a table");
        let reasons = read_reasons(include_str!("../../../scenarios/evidence/reasons.csv"));
        let reasons = reasons.expect("reasons");
        for reason in &reasons {
            let judged = rows.iter().find(|row| row.id == reason.id).map(|row| row.kind);
            assert!(
                matches!(judged, Some(Kind::Comparable | Kind::NotComparable)),
                "{}: {judged:?}",
                reason.id
            );
            assert!(reason.reason_en.len() > 40 && reason.reason_zh.len() > 40, "{}", reason.id);
        }
        for row in rows.iter().filter(|row| row.kind == Kind::NotComparable) {
            assert!(reasons.iter().any(|reason| reason.id == row.id), "{}", row.id);
        }
        assert!(read_reasons("id,reason_en\na,b\n").is_err(), "a column is missing");
    }
}
