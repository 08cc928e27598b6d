//! `aftercare check`: everything that is wrong with input files, all at once. Must never run one.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::scenario::{self, Problem, Severity};
use crate::wire::{self, Claim, SetlInfo};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.check/1";

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenarios, networks, rules, claims, replies, commands or traces, recognised by content.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Checks every file; exit 2 when one of them cannot be used.
pub(super) fn run(arguments: &CheckArgs, common: &Common) -> Result<Exit, Fault> {
    let checked: Vec<(&PathBuf, Vec<Problem>)> =
        arguments.files.iter().map(|file| (file, problems(file))).collect();
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    if common.wants_json() {
        out::print_json(&answer(&checked))?;
    } else {
        for (file, problems) in &checked {
            let told: String = problems.iter().map(ToString::to_string).collect();
            if problems.iter().any(is_error) {
                out::complain(&told);
                continue;
            }
            common.note(&told);
            out::print(&format!("{}: {}\n", file.display(), common.say("ok", "通过")))?;
        }
    }
    let errors = checked.iter().flat_map(|(_, problems)| problems).filter(|p| is_error(p)).count();
    if errors > 0 && !common.wants_json() {
        let word = common.say("errors", "处错误");
        out::complain(&format!("{errors} {word}\n"));
    }
    Ok(if errors > 0 { Exit::BadInput } else { Exit::Done })
}

fn answer(checked: &[(&PathBuf, Vec<Problem>)]) -> Value {
    let one = |(file, problems): &(&PathBuf, Vec<Problem>)| {
        let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
        json!({
            "file": file.display().to_string(),
            "ok": errors == 0,
            "problems": problems.iter().map(told).collect::<Vec<_>>(),
        })
    };
    json!({ "schema": SCHEMA, "files": checked.iter().map(one).collect::<Vec<_>>() })
}

fn told(problem: &Problem) -> Value {
    json!({
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key,
        "message": problem.message,
        "expected": problem.expected,
        "hint": problem.hint,
    })
}

/// What a file holds decides who reads it: JSON and CSV are outside forms, the rest is TOML.
fn problems(path: &Path) -> Vec<Problem> {
    let Ok(text) = std::fs::read_to_string(path) else { return scenario::check(path).list };
    let start = text.trim_start();
    if start.starts_with('{') {
        let found = json_problem(&text);
        return found.map(|message| outside(path, message)).into_iter().collect();
    }
    if start.starts_with("# aftercare.trace/") {
        let found = wire::read_trace(text.as_bytes()).err();
        return found.map(|error| outside(path, error.to_string())).into_iter().collect();
    }
    scenario::check(path).list
}

/// What is wrong with a JSON document or a list of them, one a line.
fn json_problem(text: &str) -> Option<String> {
    let first: Value = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => match serde_json::from_str(text.lines().next().unwrap_or_default()) {
            Ok(row) => row,
            Err(_) => return Some(format!("not JSON: {error}")),
        },
    };
    let schema = first["schema"].as_str().unwrap_or_default();
    if schema.starts_with("aftercare.claim/") {
        let parsed = Claim::parse(text).map_err(|error| error.to_string());
        return parsed.and_then(|claim| claim.input().map(drop)).err();
    }
    if first.get("command").is_some() {
        return wire::read_commands(text.as_bytes()).err().map(|error| error.to_string());
    }
    if schema.starts_with("aftercare.setlinfo/") {
        return SetlInfo::parse_lines(text).err().map(|error| error.to_string());
    }
    let known = "expected `schema` aftercare.claim/1 or aftercare.setlinfo/1, or commands";
    Some(format!("nothing known: {known}"))
}

fn outside(path: &Path, message: String) -> Problem {
    Problem {
        severity: Severity::Error,
        file: path.display().to_string(),
        line: 0,
        column: 0,
        key: String::new(),
        message,
        expected: String::new(),
        hint: String::new(),
        source_line: String::new(),
        width: 1,
    }
}
