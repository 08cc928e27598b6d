//! A masked gateway log as a trace: a mapping file says which column is what, and people are laid onto the
//! population under test by their masked numbers. Must never skip a row that it does not understand, and
//! never write a person's number out.
//!
//! A log has no fee list, so each bill becomes one line of class A over its amount; what the log calls a
//! visit keeps its rows together. Columns are named in `columns`, codes are translated in `commands`, and
//! hospitals that `levels` does not name are tertiary.

use crate::domain::{
    CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel, ItemClass, TimeMs, VisitId,
};
use crate::engine::Funding;
use crate::settlement::BillLine;
use crate::wire::digest::digest64;
use crate::wire::text::{care_of, time_of};
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId, WireError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// Name and version of a mapping file.
pub const MAPPING_SCHEMA: &str = "aftercare.mapping/1";

/// Which column of a log is what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    schema: String,
    /// Columns of the log.
    pub columns: Columns,
    /// Form of the time, as `strptime` reads it; `2023-11-01T09:30:00.250` if left out.
    #[serde(default)]
    pub time: Option<String>,
    /// The log's code of a transaction, and what it is: `pre_settle`, `settle`, `draw`, `reserve`,
    /// `reverse`, `lookup` or `query`.
    pub commands: BTreeMap<String, String>,
    /// Levels of hospitals by the log's code.
    #[serde(default)]
    pub levels: BTreeMap<String, HospitalLevel>,
    /// The log's code of a kind of care, and the nation's.
    #[serde(default)]
    pub care: BTreeMap<String, String>,
    /// Whether hospitals take part in the credit scheme.
    #[serde(default)]
    pub in_scheme: bool,
}

/// Names of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// When it was asked.
    pub at: String,
    /// Code of the transaction.
    pub command: String,
    /// Masked number of the person.
    pub person: String,
    /// Number of the visit; the person's day if left out.
    #[serde(default)]
    pub visit: Option<String>,
    /// Code of the hospital.
    pub hospital: String,
    /// Kind of care; ordinary outpatient if left out.
    #[serde(default)]
    pub care: Option<String>,
    /// Total of the bill, yuan.
    pub amount: String,
}

/// What a transaction of the log can be.
const WORDS: [&str; 7] = ["pre_settle", "settle", "draw", "reserve", "reverse", "lookup", "query"];

/// A row of the log.
type Row = BTreeMap<String, String>;

impl Mapping {
    /// Reads a mapping file.
    pub fn parse(text: &str) -> Result<Mapping, String> {
        let mapping: Mapping = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if mapping.schema != MAPPING_SCHEMA {
            return Err(format!("schema is `{}`, expected `{MAPPING_SCHEMA}`", mapping.schema));
        }
        match mapping.commands.values().find(|word| !WORDS.contains(&word.as_str())) {
            Some(word) => Err(format!("commands: `{word}` is none of {}", WORDS.join(", "))),
            None => Ok(mapping),
        }
    }
}

/// Reads the rows of a log: CSV with a header, or NDJSON where the first byte is a brace.
pub fn rows(mut input: impl BufRead) -> Result<Vec<(u64, Row)>, WireError> {
    let mut text = String::new();
    input.read_to_string(&mut text).map_err(|error| WireError::at_line(1, error.to_string()))?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return csv_rows(text.as_bytes());
    }
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let one = |(line, text): (u64, &str)| {
        let fault = |error| WireError::json(Some(line), &error);
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(fault)?;
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok((line, fields.into_iter().map(|(name, value)| (name, text(value))).collect()))
    };
    lines.map(one).collect()
}

fn csv_rows(input: impl Read) -> Result<Vec<(u64, Row)>, WireError> {
    let mut reader = csv::Reader::from_reader(input);
    let fault = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        WireError::at_line(line, error.to_string())
    };
    let names = reader.headers().map_err(fault)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields = names.iter().zip(&record);
        rows.push((line, fields.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()));
    }
    Ok(rows)
}

fn field<'r>(row: &'r Row, name: &str) -> Result<&'r str, String> {
    row.get(name).map(|text| text.trim()).ok_or_else(|| {
        let names = row.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("no column `{name}`: name one of {names} in `columns` of the mapping")
    })
}

/// Visits met so far.
#[derive(Default)]
struct Visits {
    first_day: Option<Day>,
    /// By group and day: the log's names of its visits.
    known: BTreeMap<(u32, i32), Vec<String>>,
    /// Payment points used, by visit.
    points: BTreeMap<VisitId, u8>,
}

impl Visits {
    fn id(&mut self, group: GroupId, day: Day, name: String) -> Result<VisitId, String> {
        let first = *self.first_day.get_or_insert(day);
        let index = u16::try_from(day - first);
        let index = index.map_err(|_| format!("{day} is more than 65,535 days after {first}"))?;
        let names = self.known.entry((group.0, day.0)).or_default();
        let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let most = VisitId::MAX_PER_DAY as usize;
        if at >= most {
            return Err(format!("kin group {} has more than {most} visits on {day}", group.0));
        }
        Ok(VisitId::new(u32::from(index), group, at as u32))
    }
}

/// Lays a log onto a population of so many people a kin group; the result is in order of time.
pub fn import(rows: Vec<(u64, Row)>, mapping: &Mapping, sizes: &[u8]) -> Result<Batch, WireError> {
    let place = |line: u64| move |message: String| WireError::at_line(line, message);
    let mut timed = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        let at = mapping.at(&row).map_err(place(line))?;
        timed.push((at, line, row));
    }
    timed.sort_by_key(|(at, line, _)| (*at, *line));
    let mut batch = Batch::default();
    let mut visits = Visits::default();
    for (at, line, row) in timed {
        mapping.push(&row, at, sizes, &mut visits, &mut batch).map_err(place(line))?;
    }
    Ok(batch)
}

impl Mapping {
    fn at(&self, row: &Row) -> Result<TimeMs, String> {
        let text = field(row, &self.columns.at)?;
        let at = match &self.time {
            None => time_of(text)?,
            Some(form) => {
                let time = jiff::civil::DateTime::strptime(form, text).map_err(|_| {
                    format!(
                        "`{text}` is not a time of the form `{form}`, as `time` of the mapping says"
                    )
                })?;
                time_of(&time.to_string())?
            }
        };
        let named = (0..1 << 48).contains(&at.0);
        named
            .then_some(at)
            .ok_or_else(|| format!("`{text}` lies outside the years that request ids can name"))
    }

    fn push(
        &self,
        row: &Row,
        at: TimeMs,
        sizes: &[u8],
        visits: &mut Visits,
        batch: &mut Batch,
    ) -> Result<(), String> {
        let columns = &self.columns;
        let code = field(row, &columns.command)?;
        let command = self.commands.get(code);
        let command = command.ok_or_else(|| {
            format!(
                "`commands` does not name `{code}`: add it to the mapping, or take such rows out of \
                 the log"
            )
        })?;
        let command = command.as_str();
        let person = field(row, &columns.person)?;
        if person.is_empty() || sizes.is_empty() {
            return Err(format!("column `{}` is empty: each row needs its person", columns.person));
        }
        let masked = digest64(person.as_bytes());
        let group = GroupId((masked % sizes.len() as u64) as u32);
        let member = (masked >> 32) as u8 % sizes[group.0 as usize].max(1);
        let name = columns.visit.as_ref().map_or(Ok(person), |name| field(row, name))?;
        let visit = visits.id(group, at.day(), name.to_owned())?;
        let next = visits.points.entry(visit).or_insert(0);
        let amount = || -> Result<Fen, String> {
            let wrong = |message| format!("column `{}`: {message}", columns.amount);
            field(row, &columns.amount)?.parse().map_err(wrong)
        };
        let (body, lines) = match command {
            "query" => (RequestBody::Query, Vec::new()),
            "reverse" => {
                let point = next.saturating_sub(1);
                (RequestBody::Reverse { visit, point }, Vec::new())
            }
            "lookup" => {
                let point = next.saturating_sub(1);
                (RequestBody::Lookup { visit, point }, Vec::new())
            }
            word => {
                let (claim, lines) = self.claim(row, (visit, *next), amount()?)?;
                let deposit = Fen::ZERO;
                let body = match word {
                    "pre_settle" => RequestBody::PreSettle { claim },
                    "reserve" => RequestBody::Reserve { claim, partial: false },
                    "draw" => {
                        let funding = Funding::Line { partial: true, deposit };
                        RequestBody::Settle { claim, funding }
                    }
                    _ => RequestBody::Settle { claim, funding: Funding::Own { deposit } },
                };
                if matches!(body, RequestBody::Settle { .. }) {
                    *next = next.saturating_add(1).min(u8::MAX - 1);
                }
                (body, lines)
            }
        };
        let id = RequestId::new(at, batch.len() as u128);
        batch.push(Request { id, at, group, member, body }, &lines);
        Ok(())
    }

    fn claim(
        &self,
        row: &Row,
        (visit, point): (VisitId, u8),
        amount: Fen,
    ) -> Result<(ClaimBody, Vec<BillLine>), String> {
        let code = field(row, &self.columns.hospital)?;
        let care = match &self.columns.care {
            None => CareKind::Outpatient,
            Some(name) => {
                let own = field(row, name)?;
                let wrong = |message| {
                    format!(
                        "column `{name}`: {message}; `care` of the mapping translates a log's codes"
                    )
                };
                care_of(self.care.get(own).map_or(own, String::as_str)).map_err(wrong)?
            }
        };
        let amount_fen = u32::try_from(amount.0).map_err(|_| format!("an amount of {amount}"))?;
        let claim = ClaimBody {
            visit,
            point,
            hospital: HospitalId(digest64(code.as_bytes()) as u16),
            level: self.levels.get(code).copied().unwrap_or(HospitalLevel::Tertiary),
            care,
            cause: CostCause::Illness,
            in_scheme: self.in_scheme,
            lines_from: 0,
            lines: 1,
        };
        Ok((claim, vec![BillLine { amount_fen, class: ItemClass::A, prepay_bp: 0 }]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{read_trace, write_trace};

    const MAPPING: &str = r#"{
        "schema": "aftercare.mapping/1",
        "columns": {"at": "req_time", "command": "infno", "person": "psn_hash", "visit": "mdtrt",
            "hospital": "inst", "care": "type", "amount": "total"},
        "time": "%Y-%m-%d %H:%M:%S",
        "commands": {"2206": "pre_settle", "2207": "settle", "2208": "reverse", "5203": "lookup"},
        "care": {"MZ": "11"}
    }"#;
    const LOG: &str = "req_time,infno,psn_hash,mdtrt,inst,type,total\n\
        2023-11-01 09:30:01,2207,ab12,v1,H1,MZ,120.50\n\
        2023-11-01 09:30:00,2206,ab12,v1,H1,MZ,120.50\n\
        2023-11-01 09:31:00,2208,ab12,v1,H1,MZ,\n\
        2023-11-01 09:32:00,2207,cd34,v2,H2,MZ,15\n";

    fn imported(log: &str) -> Result<Batch, WireError> {
        let mapping = Mapping::parse(MAPPING).expect("a mapping");
        import(rows(log.as_bytes())?, &mapping, &[3, 1, 4])
    }

    #[test]
    fn a_log_becomes_a_trace_that_is_read_again() {
        let batch = imported(LOG).expect("understood");
        let kinds: Vec<u8> = batch.requests().iter().map(|row| row.body.kind()).collect();
        assert_eq!(kinds, [11, 3, 4, 3], "in order of time");
        let [_, settle, reverse, _] = batch.requests() else { panic!("four") };
        let claim = settle.body.claim().expect("a claim");
        assert_eq!(reverse.body, RequestBody::Reverse { visit: claim.visit, point: claim.point });
        let mut text = Vec::new();
        write_trace(&batch, &mut text).expect("written");
        assert_eq!(read_trace(text.as_slice()).expect("read"), batch);
        assert!(!String::from_utf8_lossy(&text).contains("ab12"), "no masked number goes out");
        let json =
            r#"{"req_time":"2023-11-01 09:30:01","infno":"2207","psn_hash":"ab12","mdtrt":"v1",
            "inst":"H1","type":"MZ","total":"120.50"}"#
                .replace('\n', "");
        assert_eq!(imported(&json).expect("NDJSON").len(), 1);
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        let rows = [
            (LOG.replace("2208", "2401"), "line 4", "does not name `2401`"),
            (LOG.replace("09:32:00", "9 o'clock"), "line 5", "not a time"),
            (LOG.replace("120.50", "much"), "line 3", "column `total`: "),
            (LOG.replace("psn_hash", "psn"), "line 3", "no column `psn_hash`: name one of"),
            (LOG.replace("MZ", "XX"), "line 3", "`care` of the mapping translates"),
            (LOG.replace("ab12", ""), "line 3", "each row needs its person"),
            (LOG.replace("v1,H1", "v1"), "line 2", "fields"),
            (
                LOG.replace("11-01 09:32", "11-30 09:32").replacen("2023-11-30", "8023-11-30", 1),
                "line 5",
                "days after",
            ),
            (LOG.replacen("2023", "1923", 1), "line 2", "outside the years"),
        ];
        for (log, line, words) in rows {
            let error = imported(&log).expect_err(words).to_string();
            assert!(error.contains(line) && error.contains(words), "{error}");
        }
    }
}
