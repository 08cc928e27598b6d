//! Claims from a stream of NDJSON or CSV lines: each broken line gets a named fault with line and field,
//! and the good ones go on. Must never hold a whole file's text, stop at a broken line, or mend one.

use super::claim::{Claim, SettleInput};
use super::text::FeeText;
use super::transaction::{INFNOS, TRANSACTION_SCHEMA, TransactionForm};
use super::{Cumulative, WireError};
use crate::domain::Fen;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind};

/// Longest line that is read, bytes: a bill of about ten thousand fees.
pub const LONGEST_LINE: usize = 1 << 20;

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The line is longer than `LONGEST_LINE`.
    LineTooLong,
    /// The bytes are no UTF-8.
    NotUtf8,
    /// The line ends in the middle.
    Truncated,
    /// It is no JSON, or not as many CSV columns as the header has.
    Syntax,
    /// A schema of another name or version.
    WrongSchema,
    /// A field that the form does not have.
    UnknownField,
    /// A field that the form needs.
    MissingField,
    /// A value of the wrong kind.
    WrongType,
    /// An amount that is no yuan with at most two decimals.
    BadAmount,
    /// An amount below zero.
    NegativeAmount,
    /// A quantity below zero.
    NegativeQuantity,
    /// A code or share that the form does not know.
    UnknownCode,
    /// Amounts that do not add up.
    SumMismatch,
    /// A visit that an earlier line has already billed.
    DuplicateBill,
}

impl FaultKind {
    /// The word in answers.
    pub const fn word(self) -> &'static str {
        match self {
            FaultKind::LineTooLong => "line_too_long",
            FaultKind::NotUtf8 => "not_utf8",
            FaultKind::Truncated => "truncated",
            FaultKind::Syntax => "syntax",
            FaultKind::WrongSchema => "wrong_schema",
            FaultKind::UnknownField => "unknown_field",
            FaultKind::MissingField => "missing_field",
            FaultKind::WrongType => "wrong_type",
            FaultKind::BadAmount => "bad_amount",
            FaultKind::NegativeAmount => "negative_amount",
            FaultKind::NegativeQuantity => "negative_quantity",
            FaultKind::UnknownCode => "unknown_code",
            FaultKind::SumMismatch => "sum_mismatch",
            FaultKind::DuplicateBill => "duplicate_bill",
        }
    }
}

/// A broken line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Line of the file, from 1.
    pub line: u64,
    /// The field, where one can be named.
    pub field: Option<String>,
    /// What was found and what was expected.
    pub message: String,
}

impl std::fmt::Display for ClaimFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}: {}", self.kind.word(), self.message)
    }
}

/// How the lines are written.
#[derive(Clone, Debug)]
enum Lines {
    Ndjson,
    /// Column names.
    Csv(Vec<String>),
}

/// A stream of claims.
#[derive(Debug)]
pub struct ClaimStream<R> {
    input: R,
    lines: Lines,
    line: u64,
    buffer: Vec<u8>,
    seen: BTreeSet<String>,
}

impl<R: BufRead> ClaimStream<R> {
    /// One JSON object a line.
    pub fn ndjson(input: R) -> ClaimStream<R> {
        let (buffer, seen) = (Vec::new(), BTreeSet::new());
        ClaimStream { input, lines: Lines::Ndjson, line: 0, buffer, seen }
    }

    /// A header line of field names (`cumulative.*` by their path), then one claim a line; `feedetail`
    /// is `class:amount[@selfpay_prop][>overlmt_amt]`, joined by `;`.
    pub fn csv(input: R) -> Result<ClaimStream<R>, ClaimFault> {
        let mut stream = ClaimStream::ndjson(input);
        let header = match stream.next_line() {
            Some(Ok(line)) => line,
            Some(Err(fault)) => return Err(fault),
            None => String::new(),
        };
        let names = cells(&header).map_err(|message| stream.fault(FaultKind::Syntax, message))?;
        stream.lines = Lines::Csv(names);
        Ok(stream)
    }

    fn fault(&self, kind: FaultKind, message: impl Into<String>) -> ClaimFault {
        ClaimFault { kind, line: self.line, field: None, message: message.into() }
    }

    /// The next line that is not blank.
    fn next_line(&mut self) -> Option<Result<String, ClaimFault>> {
        loop {
            self.buffer.clear();
            self.line += 1;
            match read_line(&mut self.input, &mut self.buffer) {
                Ok(Ended::Nothing) => return None,
                Ok(Ended::TooLong(bytes)) => {
                    let message = format!("{bytes} bytes, at most {LONGEST_LINE} are read");
                    return Some(Err(self.fault(FaultKind::LineTooLong, message)));
                }
                Ok(Ended::Line) => {}
                Err(error) => {
                    return Some(Err(self.fault(FaultKind::Truncated, error.to_string())));
                }
            }
            let text = match std::str::from_utf8(&self.buffer) {
                Ok(text) => text.trim(),
                Err(error) => {
                    let at = error.valid_up_to() + 1;
                    let message = format!("byte {at} of the line is no UTF-8 (GBK? convert it)");
                    return Some(Err(self.fault(FaultKind::NotUtf8, message)));
                }
            };
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if !text.is_empty() {
                return Some(Ok(text.to_owned()));
            }
        }
    }

    fn claim(&mut self, text: &str) -> Result<(Claim, SettleInput), ClaimFault> {
        let found = match &self.lines {
            Lines::Ndjson => from_json(text),
            Lines::Csv(names) => from_csv(names, text),
        };
        let line = self.line;
        let place = |(kind, field, message)| ClaimFault { kind, line, field, message };
        let claim = found.map_err(place)?;
        let input = claim.input().map_err(|message| place(named(message)))?;
        if !self.seen.insert(claim.mdtrt_id.clone()) {
            let message = format!("visit {} is billed on an earlier line", claim.mdtrt_id);
            return Err(place((FaultKind::DuplicateBill, Some("mdtrt_id".to_owned()), message)));
        }
        Ok((claim, input))
    }
}

impl<R: BufRead> Iterator for ClaimStream<R> {
    type Item = Result<(Claim, SettleInput), ClaimFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.next_line()?;
        Some(line.and_then(|text| self.claim(&text)))
    }
}

/// A stream of a desk's transactions: a header line with the schema, then one JSON object a line.
#[derive(Debug)]
pub struct TransactionStream<R> {
    lines: ClaimStream<R>,
}

impl<R: BufRead> TransactionStream<R> {
    /// The stream behind its header.
    pub fn new(input: R) -> Result<TransactionStream<R>, ClaimFault> {
        let mut lines = ClaimStream::ndjson(input);
        let header = lines.next_line().unwrap_or_else(|| Ok(String::new()))?;
        let schema = serde_json::from_str::<Value>(&header).ok();
        let found = schema.as_ref().and_then(|header| header["schema"].as_str());
        if found == Some(TRANSACTION_SCHEMA) {
            return Ok(TransactionStream { lines });
        }
        let found = found.unwrap_or("no header").to_owned();
        let error = WireError::Schema { found, expected: TRANSACTION_SCHEMA };
        let fault = lines.fault(FaultKind::WrongSchema, error.to_string());
        Err(ClaimFault { field: Some("schema".to_owned()), ..fault })
    }

    /// A fault of the line that was read last, with the field that its message names.
    pub fn told(&self, message: String) -> ClaimFault {
        let (kind, field, message) = named(message);
        ClaimFault { kind, line: self.lines.line, field, message }
    }
}

impl<R: BufRead> Iterator for TransactionStream<R> {
    type Item = Result<(u64, TransactionForm), ClaimFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next_line()?;
        Some(line.and_then(|text| {
            let form = serde_json::from_str::<TransactionForm>(&text).map_err(|error| {
                let column = error.column();
                let text_of = error.to_string();
                let message = text_of.split(" at line ").next().unwrap_or(&text_of).to_owned();
                let fault = self.told(message);
                let field = fault.field.clone().or_else(|| key_before(&text, column));
                ClaimFault { field, ..fault }
            })?;
            if INFNOS.contains(&form.infno.as_str()) {
                return Ok((self.lines.line, form));
            }
            let known = INFNOS.join(", ");
            Err(self.told(format!("infno `{}` is not one of {known}", form.infno)))
        }))
    }
}

enum Ended {
    Line,
    TooLong(usize),
    Nothing,
}

/// Reads to the next line feed; of a line that is too long only its length is kept.
fn read_line<R: BufRead>(input: &mut R, buffer: &mut Vec<u8>) -> std::io::Result<Ended> {
    let mut length = 0;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() && length == 0 {
            return Ok(Ended::Nothing);
        }
        let end = available.iter().position(|&byte| byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        length += part.len();
        if length <= LONGEST_LINE {
            buffer.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        let over = end.is_some() || available.is_empty();
        input.consume(used);
        if over {
            return Ok(if length > LONGEST_LINE { Ended::TooLong(length) } else { Ended::Line });
        }
    }
}

type Found = (FaultKind, Option<String>, String);

fn from_json(text: &str) -> Result<Claim, Found> {
    Claim::parse(text).map_err(|error| match error {
        WireError::Schema { .. } => {
            (FaultKind::WrongSchema, Some("schema".to_owned()), error.to_string())
        }
        WireError::Text { column, message, .. } => {
            let (kind, field, message) = named(message);
            let field = field.or_else(|| key_before(text, column as usize));
            (kind, field, message)
        }
        WireError::Bytes { message, .. } => (FaultKind::Syntax, None, message.to_owned()),
    })
}

/// The last key that stands before a column.
fn key_before(text: &str, column: usize) -> Option<String> {
    let bytes = text.as_bytes();
    let mut end = bytes[..column.min(bytes.len())].iter().rposition(|&byte| byte == b':')?;
    loop {
        let before = text.get(..end)?.trim_end();
        if let Some(open) = before.strip_suffix('"').and_then(|key| key.rfind('"')) {
            return Some(before[open + 1..before.len() - 1].to_owned());
        }
        end = bytes[..end].iter().rposition(|&byte| byte == b':')?;
    }
}

/// The kind and the field that a message of the form speaks of.
fn named(message: String) -> Found {
    let ticked = |text: &str| text.split('`').nth(1).map(str::to_owned);
    let has = |part: &str| message.contains(part);
    let kind = if has("unknown field") {
        return (FaultKind::UnknownField, ticked(&message), message);
    } else if has("missing field") {
        return (FaultKind::MissingField, ticked(&message), message);
    } else if has("EOF") {
        return (FaultKind::Truncated, None, message);
    } else if has("cnt") && has("negative") {
        FaultKind::NegativeQuantity
    } else if has("negative") || has("is not within") {
        FaultKind::NegativeAmount
    } else if has("is not an amount") || has("more than two decimals") || has("too large") {
        FaultKind::BadAmount
    } else if has("sums to") || has("does not fit") {
        FaultKind::SumMismatch
    } else if has("invalid type") || has("invalid value") {
        FaultKind::WrongType
    } else if has("unknown variant") || has("is not ") || has("selfpay_prop") {
        FaultKind::UnknownCode
    } else {
        FaultKind::Syntax
    };
    let is_field = |word: &&str| FIELDS.contains(word) || word.starts_with("cumulative.");
    let mut words = message.split([' ', ':']).filter(is_field);
    let first = words.next();
    let word = first.filter(|&word| word != "feedetail").or_else(|| words.next()).or(first);
    let field = word.map(str::to_owned);
    (kind, field, message)
}

/// Fields that a message can begin with.
const FIELDS: [&str; 20] = [
    "infno",
    "inf_time",
    "from",
    "order",
    "holds",
    "mid_setl_flag",
    "medfee_sumamt",
    "feedetail",
    "det_item_fee_sumamt",
    "overlmt_amt",
    "selfpay_prop",
    "chrgitm_lv",
    "cnt",
    "pric",
    "pric_uplmt_amt",
    "med_type",
    "insutype",
    "acct_used_flag",
    "balc",
    "status",
];

fn cells(text: &str) -> Result<Vec<String>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let record = reader.records().next().unwrap_or_else(|| Ok(csv::StringRecord::new()));
    let record = record.map_err(|error| error.to_string())?;
    Ok(record.iter().map(|cell| cell.trim().to_owned()).collect())
}

fn from_csv(names: &[String], text: &str) -> Result<Claim, Found> {
    let row = cells(text).map_err(|message| (FaultKind::Syntax, None, message))?;
    if row.len() != names.len() {
        let kind = if row.len() < names.len() { FaultKind::Truncated } else { FaultKind::Syntax };
        let message = format!("{} columns where the header has {}", row.len(), names.len());
        return Err((kind, names.get(row.len()).cloned(), message));
    }
    let mut fields = Map::new();
    let mut cumulative = Map::new();
    for (name, cell) in names.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
        let place = |message: String| {
            let (kind, _, message) = named(message);
            (kind, Some(name.clone()), message)
        };
        let inner = name.strip_prefix("cumulative.");
        let value = value(inner.unwrap_or(name), &cell).map_err(place)?;
        match inner {
            Some(inner) => cumulative.insert(inner.to_owned(), value),
            None => fields.insert(name.clone(), value),
        };
    }
    let cumulative: Result<Cumulative, _> = serde_json::from_value(Value::Object(cumulative));
    let cumulative = cumulative.map_err(|error| named(error.to_string()))?;
    let claim: Result<Claim, _> = serde_json::from_value(Value::Object(fields));
    let claim = claim.map_err(|error| named(error.to_string()))?;
    let claim = Claim { cumulative, ..claim }.checked();
    claim.map_err(|error| (FaultKind::WrongSchema, Some("schema".to_owned()), error.to_string()))
}

/// A cell as the JSON value of its field.
fn value(name: &str, cell: &str) -> Result<Value, String> {
    let text = || Value::from(cell);
    Ok(match name {
        "feedetail" => {
            let fees = FeeText::deserialize(text()).map_err(|error| error.to_string())?;
            serde_json::to_value(fees.0).map_err(|error| error.to_string())?
        }
        "commercial" => match cell {
            "1" | "true" => Value::from(true),
            "0" | "false" => Value::from(false),
            _ => return Err(format!("`{cell}` is not 0, 1, false or true")),
        },
        "admissions" => {
            let count: u8 = cell.parse().map_err(|_| format!("`{cell}` is not 0 to 255"))?;
            Value::from(count)
        }
        "medfee_sumamt" | "balc" => {
            let amount: Fen = cell.parse()?;
            Value::from(amount.to_string())
        }
        _ => text(),
    })
}
