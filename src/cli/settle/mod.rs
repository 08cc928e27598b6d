//! `aftercare settle`: the split of claims in the national interface's field names, step by step if asked,
//! and held against somebody's replies; or a desk's transactions, answered one by one. Must never
//! compute a share: `settlement` does.

mod compare;
mod desk;
mod office;
mod text;

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::domain::{CostCause, Fen, Refusal};
use crate::scenario;
use crate::settlement::spec::Rules;
use crate::settlement::{Means, Reply, Step, explain, self_paid, split_with};
use crate::wire::claim::SettleInput;
use crate::wire::stream::{ClaimFault, ClaimStream};
use crate::wire::{Claim, SetlInfo, WireError};
use clap::Args;
use compare::{Comparison, compare};
use serde_json::{Value, json};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Name and version of the JSON answer to a list of claims.
const SCHEMA: &str = "aftercare.settle/1";

/// Arguments of `settle`.
#[derive(Clone, Debug, Args)]
pub(super) struct SettleArgs {
    /// Claim (`aftercare schema claim` prints its form); *.ndjson and *.csv hold one claim a line. An *.ndjson
    /// whose first line names `aftercare.transaction/1` holds a desk's transactions (`aftercare schema
    /// transaction`).
    claim: PathBuf,
    /// Benefit rules, a file with `[rules]` such as `scenarios/rules/urban_2023.toml`.
    #[arg(long, value_name = "RULES.toml")]
    rules: PathBuf,
    /// Tells each step of the split, with the year's accumulators before and after it.
    #[arg(long)]
    explain: bool,
    /// Somebody's replies, one JSON object a line, matched by `mdtrt_id`; differences are grouped by the
    /// rule that explains them; exit 99 on a difference.
    #[arg(long, value_name = "REPLIES.ndjson")]
    against: Option<PathBuf>,
    /// Scenario whose credit policy opens lines; for transactions only.
    #[arg(long, value_name = "SCENARIO.toml")]
    scheme: Option<PathBuf>,
}

/// A settled claim.
struct Settled {
    claim: Claim,
    input: SettleInput,
    reply: SetlInfo,
    /// Why no fund pays.
    refused: Option<Refusal>,
    steps: Vec<Step>,
}

/// What a file of claims came to.
struct Outcome {
    settled: Vec<Settled>,
    faults: Vec<ClaimFault>,
    /// The file held one claim, not a list.
    single: bool,
}

/// Settles the claims of a file: broken lines are told, the others are settled; exit 2 when a line was
/// broken.
pub(super) fn run(arguments: &SettleArgs, common: &Common) -> Result<Exit, Fault> {
    if desk::holds_transactions(arguments) {
        return desk::run(arguments, common);
    }
    let rules = scenario::load_rules(&arguments.rules)?;
    let replies = arguments.against.as_deref().map(replies).transpose()?;
    let outcome = outcome(&arguments.claim, &rules, arguments.explain)?;
    let comparison =
        replies.as_ref().map(|replies| compare(&rules, &outcome.settled, replies, outcome.single));
    let comparison = comparison.as_ref();
    if common.wants_json() {
        out::print_json(&answer(&outcome, arguments.explain, comparison))?;
    } else {
        out::print(&text::human(&outcome, arguments.explain, comparison, common))?;
        outcome.faults.iter().for_each(|fault| {
            out::complain(&format!("{}: {fault}\n", arguments.claim.display()));
        });
    }
    Ok(match comparison {
        _ if !outcome.faults.is_empty() => Exit::BadInput,
        Some(comparison) if !comparison.differences.is_empty() => Exit::Missed,
        _ => Exit::Done,
    })
}

fn place(path: &Path, message: impl std::fmt::Display) -> Fault {
    Fault::input(format!("{}: {message}", path.display()))
}

fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|error| place(path, format!("cannot be read: {error}")))
}

fn outcome(path: &Path, rules: &Rules, explained: bool) -> Result<Outcome, Fault> {
    let ends = |with: &str| path.extension().is_some_and(|end| end == with);
    if !ends("ndjson") && !ends("csv") {
        let tell = |error: WireError| {
            place(path, format!("{error}\n  hint: `aftercare schema claim` prints the form"))
        };
        let claim = Claim::parse(&read(path)?).map_err(tell)?;
        let input = claim
            .input()
            .map_err(|message| place(path, format!("{}: {message}", claim.mdtrt_id)))?;
        let settled = vec![settle(rules, claim, input, explained)];
        return Ok(Outcome { settled, faults: Vec::new(), single: true });
    }
    let file = File::open(path).map_err(|error| place(path, format!("cannot be read: {error}")))?;
    let lines = BufReader::new(file);
    let stream = if ends("csv") {
        ClaimStream::csv(lines).map_err(|fault| place(path, fault))?
    } else {
        ClaimStream::ndjson(lines)
    };
    let mut outcome = Outcome { settled: Vec::new(), faults: Vec::new(), single: false };
    for found in stream {
        match found {
            Ok((claim, input)) => outcome.settled.push(settle(rules, claim, input, explained)),
            Err(fault) => outcome.faults.push(fault),
        }
    }
    Ok(outcome)
}

fn replies(path: &Path) -> Result<Vec<SetlInfo>, Fault> {
    SetlInfo::parse_lines(&read(path)?).map_err(|error| place(path, error))
}

fn settle(rules: &Rules, claim: Claim, input: SettleInput, explained: bool) -> Settled {
    let reply = reply(rules, &claim, &input);
    let SettleInput { member, level, care, ref year, ref more, cause, ref lines, .. } = input;
    let told = explained && cause == CostCause::Illness;
    let steps =
        if told { explain(rules, member, level, care, year, more, lines) } else { Vec::new() };
    Settled { reply, refused: cause.refusal(), steps, claim, input }
}

/// The reply by some rules.
fn reply(rules: &Rules, claim: &Claim, input: &SettleInput) -> SetlInfo {
    let SettleInput { member, level, care, year, more, cause, lines, account } = input;
    let split = match cause {
        CostCause::Illness => split_with(rules, *member, *level, *care, year, more, lines),
        _ => self_paid(lines),
    };
    let means = Means {
        account_own: *account,
        account_pays_out_of_catalogue: rules.account.pays_out_of_catalogue,
        ..Means::default()
    };
    SetlInfo::new(&claim.mdtrt_id, &split, &Reply::new(rules, &split, &means.tender(&split)))
}

fn answer(outcome: &Outcome, explain: bool, comparison: Option<&Comparison>) -> Value {
    let one = |claim: &Settled| {
        let mut reply = json!(claim.reply);
        if let Some(word) = claim.refused {
            reply["benefits_refused"] = json!(word.word());
        }
        if explain {
            reply["steps"] = claim.steps.iter().map(step).collect();
        }
        reply
    };
    let mut answer = match &outcome.settled[..] {
        [only] if outcome.single => one(only),
        settled => json!({
            "schema": SCHEMA,
            "settled": settled.len(),
            "broken": outcome.faults.len(),
            "replies": settled.iter().map(one).collect::<Vec<_>>(),
            "faults": outcome.faults.iter().map(fault).collect::<Vec<_>>(),
        }),
    };
    if let Some(comparison) = comparison {
        answer["groups"] = comparison.groups.iter().map(compare::Group::json).collect();
        answer["differences"] = comparison.differences.iter().map(difference).collect();
    }
    answer
}

fn fault(fault: &ClaimFault) -> Value {
    json!({
        "line": fault.line,
        "field": fault.field,
        "kind": fault.kind.word(),
        "message": fault.message,
    })
}

fn difference(difference: &compare::Difference) -> Value {
    let text = |amount: Option<Fen>| amount.map(|amount| amount.to_string());
    json!({
        "mdtrt_id": difference.mdtrt_id,
        "field": difference.field,
        "ours": text(difference.ours),
        "theirs": text(difference.theirs),
        "cause": difference.cause.word(),
    })
}

fn step(step: &Step) -> Value {
    let accumulator = step.accumulator.map(|accumulator| {
        json!({
            "name": accumulator.name,
            "before": accumulator.before.to_string(),
            "after": accumulator.after.to_string(),
        })
    });
    json!({
        "rule": step.rule.word(),
        "item": step.item,
        "field": step.rule.field(),
        "base": step.base.to_string(),
        "rate": step.rate.map(|rate| rate.to_decimal().normalize().to_string()),
        "amount": step.amount.to_string(),
        "accumulator": accumulator,
        "en": step.rule.en(),
        "zh": step.rule.zh(),
    })
}
