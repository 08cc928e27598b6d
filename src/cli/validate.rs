//! `aftercare validate`: reference cases against the program, a line a case. Must never pass over a case
//! in silence.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use super::outcomes::{self, Asked, Compared, Readme};
use super::scenarios::looked_in;
use crate::experiment::validate::{self, CaseResult, Check, Ending, Leaf, LeftOut};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.validate/1";
/// Where the shipped cases lie in a copy of the sources.
const SHIPPED: &str = "tests/data";
/// Widest value that is printed whole.
const WIDEST: usize = 24;

const LONG: &str = "\
Evaluates each case's inputs and compares every expected output within the case's own tolerance.

Settlement, credit, portfolio and statistics topics call the modules that the simulation uses; a few \
unrounded figures of a plan and all queueing topics are closed forms kept with this command. The \
simulator itself is held to every queueing topic that has an exact value and an open network (outputs \
marked `simulated`): the value must lie in the 99 % interval over replications, which from end to end must \
be narrower than 2 % of the value; values below 0.01 of a daily swing are left to the formula, and named \
with the replications that they would take. A miss is tried once more with another seed (marked `second try`). How many 95 % intervals miss at the first try is \
counted at the end, of the whole checks and of a tenth of each check's replications at a time: about one \
in twenty should, and with 200 or more of the latter fewer than 2 % or more than 9 % fail the command.

Then lays what cities have published beside what the same program gives for them, every city at the same points \
of the shared inputs (docs/validation_outcomes.md), and writes both halves as a page. Run it in a copy of the sources.";

/// Arguments of `validate`.
#[derive(Clone, Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct ValidateArgs {
    /// File of reference cases, or a folder of such files; the shipped cases if not given.
    #[arg(long, value_name = "FILE|DIR")]
    cases: Option<PathBuf>,
    /// Leaves out the simulations beside the formulas: they take some minutes in a release build.
    #[arg(long)]
    formulas_only: bool,
    /// Fails also when a topic or an output is not covered.
    #[arg(long)]
    strict: bool,
    /// Table of published outcomes of your own, in the form of `scenarios/evidence/outcomes.csv`.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// One half only; `--cases` alone means `cases`.
    #[arg(long, value_enum)]
    only: Option<Half>,
    /// Points through the shared uncertain inputs at which every city is simulated.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=256))]
    points: u32,
    /// Where the page goes; `validation.html` if outcomes are compared and nothing else is said.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// README into whose marked place the table of outcomes is put.
    #[arg(long, value_name = "FILE", conflicts_with = "evidence")]
    readme: Option<PathBuf>,
}

/// The halves of `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Half {
    /// Theory and reference cases.
    Cases,
    /// Published outcomes.
    Outcomes,
}

impl ValidateArgs {
    fn wants(&self, half: Half) -> bool {
        match self.only {
            Some(only) => only == half,
            None => half == Half::Cases || self.cases.is_none() || self.evidence.is_some(),
        }
    }
}

/// Runs the cases and the comparison; exit 99 when a case fails, or when fewer outcomes lie inside than were
/// declared.
pub(super) fn run(arguments: &ValidateArgs, common: &Common) -> Result<Exit, Fault> {
    let pool = super::run::pool(common)?;
    // Before minutes of simulation: a README without the marked place is left as it is.
    let readme = arguments.readme.as_deref().map(Readme::of).transpose()?;
    let results: Vec<CaseResult> = if arguments.wants(Half::Cases) {
        let cases = cases(arguments)?;
        pool.install(|| cases.par_iter().map(|case| run_case(case, arguments)).collect())
    } else {
        Vec::new()
    };
    let asked = Asked { evidence: arguments.evidence.as_deref(), points: arguments.points };
    let compared: Option<Compared> = if arguments.wants(Half::Outcomes) {
        Some(pool.install(|| outcomes::compared(&asked))?)
    } else {
        None
    };
    let whole = answer(&results, compared.as_ref());
    write_page(arguments, &whole)?;
    if let (Some(readme), Some(compared)) = (&readme, &compared) {
        readme.fill(compared)?;
    }
    if common.wants_json() {
        out::print_json(&whole)?;
    } else {
        out::print(&human(&results, common))?;
        if let Some(compared) = &compared {
            out::print(&compared.human(common))?;
        }
    }
    let count = |ending: Ending| results.iter().filter(|result| result.ending == ending).count();
    let open = count(Ending::NotCovered) + count(Ending::Partly);
    let missed = count(Ending::Failed) > 0
        || Coverage::of(&results).is_honest() == Some(false)
        || (arguments.strict && open > 0)
        || compared.is_some_and(|compared| compared.missed());
    Ok(if missed { Exit::Missed } else { Exit::Done })
}

fn run_case(case: &Value, arguments: &ValidateArgs) -> CaseResult {
    validate::run_case_with(case, !arguments.formulas_only)
}

/// The page, where one was asked for or outcomes were compared.
fn write_page(arguments: &ValidateArgs, whole: &Value) -> Result<(), Fault> {
    let usual = || (!whole["outcomes"].is_null()).then(|| PathBuf::from("validation.html"));
    let Some(page) = arguments.page.clone().or_else(usual) else { return Ok(()) };
    std::fs::write(&page, crate::report::validation(whole))
        .map_err(|error| Fault::input(format!("{}: {error}", page.display())))
}

fn cases(arguments: &ValidateArgs) -> Result<Vec<Value>, Fault> {
    let place = arguments.cases.clone().unwrap_or_else(|| PathBuf::from(SHIPPED));
    let hint = "name a file or a folder with --cases, or start in a copy of the sources";
    let files = if place.is_dir() { json_files(&place)? } else { vec![place.clone()] };
    if !place.exists() {
        let looked = looked_in(&place);
        return Err(Fault::input(format!("there are no cases at {looked}; {hint}")));
    }
    let mut all = Vec::new();
    for file in &files {
        match read(file)? {
            Some(cases) => all.extend(cases),
            None if place.is_dir() => {}
            None => {
                let form = r#"expected {"cases": [{"id", "topic", "inputs", "expected", ...}]}"#;
                return Err(Fault::input(format!("{} holds no cases: {form}", file.display())));
            }
        }
    }
    if all.is_empty() {
        return Err(Fault::input(format!("there are no cases at {}; {hint}", looked_in(&place))));
    }
    Ok(all)
}

fn json_files(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    let unreadable = |error: std::io::Error| Fault::input(format!("{}: {error}", dir.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Result<Option<Vec<Value>>, Fault> {
    let place =
        |error: &dyn std::fmt::Display| Fault::input(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| place(&error))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| place(&error))?;
    Ok(validate::cases(&value))
}

fn word(ending: &Ending) -> &'static str {
    match ending {
        Ending::Passed => "passed",
        Ending::Failed => "failed",
        Ending::Partly => "partly",
        Ending::NotCovered => "not_covered",
    }
}

fn count(results: &[CaseResult], ending: &Ending) -> usize {
    results.iter().filter(|result| result.ending == *ending).count()
}

fn answer(results: &[CaseResult], compared: Option<&Compared>) -> Value {
    let leaf = |leaf: &Leaf| {
        json!({
            "output": leaf.path,
            "check": match leaf.check {
                Check::Met => "met",
                Check::Missed => "missed",
                Check::NotComputed => "not_computed",
            },
            "got": leaf.got,
            "expected": leaf.expected,
        })
    };
    let left = |left: &LeftOut| json!({ "output": left.path, "least_replications": left.least_replications });
    let case = |result: &CaseResult| {
        json!({
            "id": result.id,
            "topic": result.topic,
            "result": word(&result.ending),
            "message": result.message,
            "outputs": result.leaves.iter().map(leaf).collect::<Vec<_>>(),
            "left_to_formula": result.left_out.iter().map(left).collect::<Vec<_>>(),
        })
    };
    let coverage = Coverage::of(results);
    json!({
        "schema": SCHEMA,
        "simulated_checks": coverage.checks,
        "simulated_missed_95": coverage.missed,
        "simulated_groups": coverage.groups,
        "simulated_groups_missed_95": coverage.groups_missed,
        "intervals_honest": coverage.is_honest(),
        "passed": count(results, &Ending::Passed),
        "failed": count(results, &Ending::Failed),
        "partly": count(results, &Ending::Partly),
        "not_covered": count(results, &Ending::NotCovered),
        "cases": results.iter().map(case).collect::<Vec<_>>(),
        "outcomes": compared.map(Compared::answer),
    })
}

/// How often the first 95 % intervals missed the exact value: of the checks as a whole, and of tenths of
/// their replications.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Coverage {
    checks: u64,
    missed: u64,
    groups: u64,
    groups_missed: u64,
}

impl Coverage {
    fn of(results: &[CaseResult]) -> Coverage {
        let mut coverage = Coverage::default();
        for leaf in results.iter().flat_map(|result| &result.leaves) {
            let Some(in_95) = leaf.got["in_95"].as_bool() else { continue };
            coverage.checks += 1;
            coverage.missed += u64::from(!in_95);
            coverage.groups += leaf.got["groups"].as_u64().unwrap_or(0);
            coverage.groups_missed += leaf.got["groups_missed_95"].as_u64().unwrap_or(0);
        }
        coverage
    }

    /// Whether the intervals miss about as often as they say; `None` with too few to tell. Outputs of
    /// one run rise and fall together, so the bounds are wider than those of a binomial count.
    fn is_honest(self) -> Option<bool> {
        let share = self.groups_missed as f64 / self.groups.max(1) as f64;
        (self.groups >= LEAST_GROUPS).then_some((0.02..=0.09).contains(&share))
    }
}

/// Intervals that can tell 5 % from 2 % and from 9 %.
const LEAST_GROUPS: u64 = 200;

fn human(results: &[CaseResult], common: &Common) -> String {
    let mut text: String = results.iter().map(|result| lines(result, common)).collect();
    text += &left_to_formula(results, common);
    let coverage = Coverage::of(results);
    if coverage.checks > 0 {
        text += &format!(
            "\n{} {}, {} {}; {} {} {}\n",
            coverage.checks,
            common.say("simulated checks", "项模拟检验"),
            coverage.missed,
            common.say(
                "of their 95 % intervals miss the exact value (about 5 % should)",
                "项的 95% 区间未含精确值（约 5% 属正常）",
            ),
            coverage.groups_missed,
            common.say("of the intervals of tenths, of", "个十分之一区间未含，共"),
            coverage.groups,
        );
    }
    text += &format!(
        "\n{} {}, {} {}, {} {}, {} {}\n",
        count(results, &Ending::Passed),
        common.say("passed", "通过"),
        count(results, &Ending::Failed),
        common.say("failed", "失败"),
        count(results, &Ending::Partly),
        common.say("partly covered", "部分覆盖"),
        count(results, &Ending::NotCovered),
        common.say("not covered", "未覆盖"),
    );
    text
}

/// Outputs that are too rare to be simulated, with the length of the run that they would take.
fn left_to_formula(results: &[CaseResult], common: &Common) -> String {
    let line = |id: &str, left: &LeftOut| {
        let how = common.say("simulating it would take at least", "若模拟至少需要");
        let runs = common.say("replications: formula only", "次重复，仅以公式检验");
        let word = common.say("left", "公式");
        format!("{word:<7} {id} {}: {how} {} {runs}\n", left.path, left.least_replications)
    };
    let all =
        results.iter().flat_map(|result| result.left_out.iter().map(move |left| (result, left)));
    all.map(|(result, left)| line(&result.id, left)).collect()
}

/// A line a case: its first output, or every output that does not agree on a line of its own.
fn lines(result: &CaseResult, common: &Common) -> String {
    let CaseResult { id, topic, leaves, message, .. } = result;
    let line = |word: &str, leaf: &Leaf, more: &str| {
        let (got, expected) = (shown(&leaf.got), shown(&leaf.expected));
        let (a, b) = (common.say("got", "得到"), common.say("expected", "预期"));
        format!("{word:<7} {id} {}: {a} {got}, {b} {expected}{more}\n", leaf.path)
    };
    let of = |check: Check| leaves.iter().filter(move |leaf| leaf.check == check);
    match result.ending {
        Ending::NotCovered => format!("{:<7} {id} {topic}\n", common.say("open", "未覆盖")),
        Ending::Failed if of(Check::Missed).next().is_none() => {
            let why = if message.is_empty() { "nothing is expected" } else { message };
            format!("{:<7} {id} {topic}: {why}\n", common.say("FAILED", "失败"))
        }
        Ending::Failed => {
            let word = common.say("FAILED", "失败");
            of(Check::Missed).map(|leaf| line(word, leaf, "")).collect()
        }
        Ending::Partly => {
            let open: Vec<&str> = of(Check::NotComputed).map(|leaf| leaf.path.as_str()).collect();
            let (word, what) = (common.say("partly", "部分"), common.say("not computed", "未计算"));
            format!("{word:<7} {id} {topic}: {what} {}\n", open.join(", "))
        }
        Ending::Passed => {
            let more =
                if leaves.len() > 1 { format!(" (1/{})", leaves.len()) } else { String::new() };
            leaves
                .first()
                .map_or_else(String::new, |leaf| line(common.say("ok", "通过"), leaf, &more))
        }
    }
}

/// A value on one line, cut to what fits beside another one; numbers with ten decimals at most.
fn shown(value: &Value) -> String {
    if let Some(number) = value.as_f64().filter(|_| value.is_f64()) {
        let places = if number.abs() < 1e-3 { 14 } else { 10 };
        let short = format!("{number:.places$}");
        return short.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= WIDEST {
        return text;
    }
    format!("{}…", text.chars().take(WIDEST - 1).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(groups: u64, missed: u64) -> CaseResult {
        let got = json!({"in_95": missed == 0, "groups": groups, "groups_missed_95": missed});
        let leaf =
            Leaf { path: "wq (simulated)".into(), check: Check::Met, got, expected: json!(1.0) };
        CaseResult {
            id: "x".into(),
            topic: "mmc".into(),
            ending: Ending::Passed,
            leaves: vec![leaf],
            left_out: Vec::new(),
            message: String::new(),
        }
    }

    #[test]
    fn intervals_that_never_miss_are_as_wrong_as_those_that_miss_too_often() {
        let rows = [
            ((400, 20), Some(true)),
            ((400, 0), Some(false)),
            ((400, 6), Some(false)),
            ((400, 80), Some(false)),
            ((100, 0), None),
        ];
        for ((groups, missed), honest) in rows {
            let results = [result(groups, missed)];
            assert_eq!(Coverage::of(&results).is_honest(), honest, "{missed} of {groups}");
        }
        assert_eq!(Coverage::of(&[result(10, 0), result(10, 1)]).missed, 1);
    }
}
