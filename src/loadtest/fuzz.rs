//! Foreign bytes: bodies and envelopes of the HTTP interfaces, traces, gateway logs, binary records and
//! claims, mutated from a corpus.
//! What is understood goes to a store whose books must stay sound; nothing may panic, and memory must not
//! grow from one store to the next. An input that brings
//! a new message of a reader or a new answer joins the corpus. Must never skip an input that failed.

use super::clock::Clock;
use super::import::{self, Mapping};
use super::over_time::resident_kib;
use super::world::LoadWorld;
use crate::random::{Address, Philox, Purpose};
use crate::store::{Answer, Memory, Store};
use crate::wire::national::{Areas, Asked, Envelope, Unsigned};
use crate::wire::packed::read_records;
use crate::wire::{Batch, Claim, read_commands, read_trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Stores after which memory is first looked at, and the growth from there that is a leak, KiB; what joins
/// the corpus is no leak.
const WARM_STORES: u64 = 5;
const LEAK_KIB: u64 = 64 << 10;
/// Longest input, bytes.
const LONGEST: usize = 16 << 10;
/// Inputs after which a store is opened anew.
const A_STORE: u64 = 2_000;
/// Most inputs that one run adds to the corpus: it is kept beside the source.
const MOST_NEW: usize = 1_000;
/// Letters of a message that tell it from others.
const MESSAGE_LETTERS: usize = 60;
/// The area whose messages are tried, the mapping of a gateway's log, and the groups it is laid onto.
const AREA: &str = "440100";
const MAPPING: &str = r#"{"schema": "aftercare.mapping/1", "columns": {"at": "at", "command": "infno",
    "person": "psn", "visit": "mdtrt", "hospital": "inst", "care": "type", "amount": "total"},
    "commands": {"2206": "pre_settle", "2207": "settle", "2208": "reverse", "5203": "lookup"}}"#;
const SIZES: [u8; 4] = [3, 1, 4, 2];
/// Pieces that a blind mutation would seldom find.
const WORDS: [&[u8]; 20] = [
    b"-1",
    b"0",
    b"99999999999999999999",
    b"1e308",
    b"NaN",
    b"\"\"",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b"2207",
    b"2208",
    b"5203",
    b"2601",
    b"settle",
    b"reserve",
    b"repay",
    b"arrears",
    b"2023-11-01T08:12:00",
];

/// What the fuzzing showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FuzzReport {
    /// Inputs tried.
    pub inputs: u64,
    /// Inputs that were understood whole.
    pub understood: u64,
    /// Commands that a store decided.
    pub decided: u64,
    /// Inputs of the corpus at the end.
    pub corpus: usize,
    /// Growth of resident memory since the first stores, beyond what joined the corpus, KiB.
    pub grown_kib: u64,
    /// Panics and unsound books, with the input in hexadecimal digits.
    pub failures: Vec<String>,
}

/// Fuzzes for so many seconds or inputs, whichever ends first; `corpus` grows.
pub fn run(
    world: &LoadWorld<'_>,
    corpus: &mut Vec<Vec<u8>>,
    (seconds, inputs): (u64, u64),
    seed: u64,
) -> FuzzReport {
    let clock = Clock::start();
    let mut report = FuzzReport::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut store = Memory::open(world.engine(), &world.census);
    let known = corpus.len();
    let mut warm = None;
    let bytes = |corpus: &[Vec<u8>]| corpus.iter().map(|input| input.len() as u64).sum::<u64>();
    let mut dice = Dice { philox: Philox::new(seed), number: 0 };
    while report.inputs < inputs && clock.ns() < seconds.saturating_mul(1_000_000_000) {
        report.inputs += 1;
        if report.inputs % A_STORE == 0 {
            store = Memory::open(world.engine(), &world.census);
            if report.inputs / A_STORE == WARM_STORES {
                warm = resident_kib().map(|kib| kib.saturating_sub(bytes(corpus) / 1024));
            }
        }
        // What is in the corpus is tried as it is, first of all.
        let own = usize::try_from(report.inputs - 1).ok().filter(|&at| at < known);
        let input = own.map_or_else(|| mutate(corpus, &mut dice), |at| corpus[at].clone());
        let tried = catch_unwind(AssertUnwindSafe(|| one(&input, &mut store)));
        match tried {
            Ok(Ok(outcome)) => {
                report.understood += u64::from(outcome.understood);
                report.decided += outcome.decided;
                // Once the corpus is full nothing is remembered: what messages quote has no end.
                if corpus.len() < known + MOST_NEW {
                    let before = seen.len();
                    seen.extend(outcome.features);
                    if seen.len() > before && own.is_none() {
                        corpus.push(input);
                    }
                }
            }
            Ok(Err(unsound)) => fail(&mut report, &unsound, &input),
            Err(_) => {
                fail(&mut report, "panicked", &input);
                store = Memory::open(world.engine(), &world.census);
            }
        }
    }
    report.corpus = corpus.len();
    drop(store);
    if let (Some(warm), Some(now)) = (warm, resident_kib()) {
        report.grown_kib = now.saturating_sub(warm + bytes(corpus) / 1024);
        if report.grown_kib > LEAK_KIB {
            report.failures.push(format!("memory grew by {} KiB", report.grown_kib));
        }
    }
    report
}

fn fail(report: &mut FuzzReport, what: &str, input: &[u8]) {
    if report.failures.len() < 20 {
        let hex: Vec<String> = input.iter().map(|byte| format!("{byte:02x}")).collect();
        report.failures.push(format!("{what}: {}", hex.concat()));
    }
}

/// What one input did.
struct Outcome {
    understood: bool,
    decided: u64,
    /// What each reader and the store said, a text each.
    features: Vec<String>,
}

/// Gives an input to every reader, and what is understood to the store.
fn one(input: &[u8], store: &mut Memory<'_>) -> Result<Outcome, String> {
    let mut features = Vec::new();
    let (mut understood, mut decided) = (false, 0);
    let batches = [read_commands(input), read_trace(input), read_records(input)];
    for (reader, read) in ["commands", "trace", "records"].into_iter().zip(batches) {
        match read {
            Ok(batch) => {
                understood = true;
                decided += submit(&batch, store, &mut features)?;
            }
            Err(error) => features.push(shape(reader, &error)),
        }
    }
    if let Ok(text) = std::str::from_utf8(input) {
        match Claim::parse(text).map(|claim| claim.input()) {
            Ok(Ok(_)) => understood = true,
            Ok(Err(message)) => features.push(shape("claim", &message)),
            Err(error) => features.push(shape("claim", &error)),
        }
        let areas = Areas::only(AREA);
        match Envelope::read(text, &areas, &Unsigned) {
            Ok((_, Asked::Request(batch))) => {
                understood = true;
                decided += submit(&batch, store, &mut features)?;
            }
            Ok((_, Asked::Undo { .. })) => understood = true,
            Err(message) => features.push(shape("envelope", &message)),
        }
        let mapping = Mapping::parse(MAPPING)?;
        match import::rows(input).and_then(|rows| import::import(rows, &mapping, &SIZES)) {
            Ok(batch) if batch.is_empty() => {}
            Ok(batch) => {
                understood = true;
                decided += submit(&batch, store, &mut features)?;
            }
            Err(error) => features.push(shape("log", &error)),
        }
    }
    Ok(Outcome { understood, decided, features })
}

fn submit(
    batch: &Batch,
    store: &mut Memory<'_>,
    features: &mut Vec<String>,
) -> Result<u64, String> {
    let mut answers = Vec::new();
    store.try_submit(batch).map_err(|error| error.to_string())?;
    store.drain(&mut answers);
    let mut decided = 0;
    for answered in &answers {
        decided += u64::from(matches!(answered.answer, Answer::Decided(_)));
        features.push(match &answered.answer {
            Answer::Decided(decision) => format!("d{:?}", decision.refusal),
            Answer::Replayed(_) => "r".to_owned(),
            Answer::View(_) => "v".to_owned(),
            Answer::Quoted(quoted) => format!("q{:?}", quoted.refusal),
            Answer::Refused(word) => word.word().to_owned(),
        });
    }
    let books = store.audit();
    if answers.len() != batch.len() {
        return Err(format!("{} requests, {} answers", batch.len(), answers.len()));
    }
    if books.sound() { Ok(decided) } else { Err(books.findings.join("; ")) }
}

/// A reader's message without what varies from input to input: what it quotes, and numbers.
fn shape(reader: &str, message: &impl ToString) -> String {
    let message = message.to_string().replace(['"', '\''], "`");
    let said = message.split('`').step_by(2).collect::<Vec<_>>().concat();
    let letters = said.chars().filter(char::is_ascii_alphabetic).take(MESSAGE_LETTERS);
    format!("{reader}:{}", letters.collect::<String>())
}

/// Draws of the fuzzer, one after the other.
struct Dice {
    philox: Philox,
    number: u64,
}

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.number += 1;
        let word = self.philox.block(Address::new(self.number, 3, Purpose::Load))[0];
        ((u64::from(word) * n as u64) >> 32) as usize
    }
}

/// An input of the corpus with a few changes: most are small, so that some are still understood.
fn mutate(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].clone();
    let most = [1, 1, 2, 8][dice.below(4)];
    for _ in 0..=dice.below(most) {
        let at = dice.below(input.len() + 1);
        let end = (at + 1 + dice.below(24)).min(input.len());
        match dice.below(14) {
            7..=10 => change_digit(&mut input, at, dice),
            11 | 12 => change_line(&mut input, at, dice),
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 if at < input.len() => input[at] = dice.below(256) as u8,
            2 => drop(input.drain(at.min(end)..end)),
            3 => {
                let piece = input[at.min(end)..end].to_vec();
                input.splice(at..at, piece);
            }
            4 => drop(input.splice(at..at, WORDS[dice.below(WORDS.len())].iter().copied())),
            5 => {
                let word = WORDS[dice.below(WORDS.len())];
                input.splice(at.min(end)..end, word.iter().copied());
            }
            _ => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                let to = (from + dice.below(400)).min(other.len());
                input.splice(at..at, other[from..to].iter().copied());
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// Another digit in place of the next one.
fn change_digit(input: &mut [u8], at: usize, dice: &mut Dice) {
    if let Some(digit) = input.iter_mut().skip(at).find(|byte| byte.is_ascii_digit()) {
        *digit = b'0' + dice.below(10) as u8;
    }
}

/// The line at a place twice, or not at all.
fn change_line(input: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    let from = input[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let end =
        input[at..].iter().position(|&byte| byte == b'\n').map_or(input.len(), |n| at + n + 1);
    if dice.below(2) == 0 {
        let line = input[from..end].to_vec();
        input.splice(from..from, line);
    } else {
        input.drain(from..end);
    }
}
