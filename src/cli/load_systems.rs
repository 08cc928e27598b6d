//! `aftercare load topology | failover | ab`: several systems in virtual time, a core that dies and comes back
//! under load, and two builds or stores measured turn by turn. Must never compare runs that were not
//! interleaved.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::loadtest::LoadWorld;
use crate::loadtest::topology::{Load, Paying, Topology, TopologyReport, run};
use crate::scenario;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Arguments of `load topology`.
#[derive(Clone, Debug, Args)]
pub(super) struct TopologyArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// Systems and lines (`aftercare.topology/1`).
    #[arg(long, default_value = "docs/core_topology.json")]
    topology: PathBuf,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Visits in all.
    #[arg(long, default_value_t = 20_000)]
    visits: usize,
    /// Visits a second.
    #[arg(long, default_value_t = 100.0)]
    visits_per_s: f64,
    /// Share of visits that are drawn on a line at the bank, per cent.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100))]
    through_bank_percent: u32,
    /// Hospitals.
    #[arg(long, default_value_t = 19)]
    hospitals: usize,
    /// Root seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Arguments of `load ab`.
#[derive(Clone, Debug, Args)]
pub(super) struct AbArgs {
    /// What A runs, as arguments of `load`, such as `--store journal --rate 50000`.
    #[arg(long, allow_hyphen_values = true)]
    a: String,
    /// What B runs.
    #[arg(long, allow_hyphen_values = true)]
    b: String,
    /// Program of A; this one if not given.
    #[arg(long)]
    program_a: Option<PathBuf>,
    /// Program of B; this one if not given.
    #[arg(long)]
    program_b: Option<PathBuf>,
    /// Turns of A and B, one after the other.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    turns: u32,
    /// Folder for journals of both.
    #[arg(long, default_value = "output/ab")]
    folder: PathBuf,
}

/// Runs both ways of paying through a topology.
pub(super) fn topology(arguments: &TopologyArgs, common: &Common) -> Result<Exit, Fault> {
    let scenario = scenario::load(&arguments.scenario)?;
    let text = std::fs::read_to_string(&arguments.topology);
    let text = text.map_err(|e| Fault::input(format!("{}: {e}", arguments.topology.display())))?;
    let topology = Topology::parse(&text).map_err(Fault::input)?;
    if !(arguments.visits_per_s.is_finite() && arguments.visits_per_s > 0.0) {
        return Err(Fault::input("--visits-per-s: expected a number above 0"));
    }
    let load = Load {
        visits: arguments.visits,
        visits_per_s: arguments.visits_per_s,
        through_bank_percent: arguments.through_bank_percent,
        hospitals: arguments.hospitals,
        seed: arguments.seed,
    };
    let world = LoadWorld::new(&scenario, arguments.population, arguments.seed);
    let ways = [("per_order", Paying::PerOrder), ("once_at_end", Paying::OnceAtEnd)];
    let mut answer = json!({"schema": "aftercare.topology_report/1"});
    let mut reports = Vec::new();
    for (name, paying) in ways {
        let report = run(&world, &topology, paying, &load).map_err(Fault::internal)?;
        answer[name] = serde_json::to_value(&report).map_err(Fault::internal)?;
        reports.push(report);
    }
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&shown(&reports, common))?;
    }
    let agreed = |report: &TopologyReport| {
        report.disagreements + report.bank_disagreements == 0 && report.findings.is_empty()
    };
    Ok(if reports.iter().all(agreed) { Exit::Done } else { Exit::Invalid })
}

/// The text of a report in one row.
type Of = fn(&TopologyReport) -> String;

fn shown(reports: &[TopologyReport], common: &Common) -> String {
    let head = [
        "",
        common.say("a bill an order", "每单付费"),
        common.say("once at the end", "最后一次付费"),
    ];
    let rows: [(&str, &str, Of); 11] = [
        ("calls a visit", "每次就诊调用", |r| format!("{:.2}", r.calls_a_visit)),
        ("calls by transaction", "各交易调用", |r| {
            r.calls.iter().map(|(code, n)| format!("{code}: {n}")).collect::<Vec<_>>().join(", ")
        }),
        ("bills settled", "已结算", |r| r.settled.to_string()),
        ("to a window", "转窗口", |r| r.to_a_window.to_string()),
        ("outcome unknown", "结果未知", |r| r.unknown.to_string()),
        ("found done by 5203", "5203 查到已结", |r| r.found_done.to_string()),
        ("undone by 2601", "2601 已冲正", |r| r.undone.to_string()),
        ("breakers opened", "熔断次数", |r| format!("{:?}", r.breakers_opened)),
        ("a bill p50 / p99", "单笔 p50 / p99", |r| {
            format!("{:.0} / {:.0} ms", r.bill_p50_ms, r.bill_p99_ms)
        }),
        (
            "in use: hospital, core, bank, network",
            "占用：医院、核心、银行、网络",
            |r| {
                let shares = r.utilisation.into_iter().chain(r.network_utilisation);
                shares.map(|share| format!("{:.0} %", 100.0 * share)).collect::<Vec<_>>().join(", ")
            },
        ),
        ("first to saturate", "最先饱和", |r| {
            format!("{} at {:.0} visits/s", r.first_to_saturate, r.saturates_at_visits_per_s)
        }),
    ];
    let rows = rows.into_iter().map(|(en, zh, of)| {
        let label = common.say(en, zh).to_owned();
        std::iter::once(label).chain(reports.iter().map(of)).collect()
    });
    out::table(&head, rows.collect(), 1)
}

/// Runs A and B turn by turn and compares what they answered and how fast.
pub(super) fn ab(arguments: &AbArgs, common: &Common) -> Result<Exit, Fault> {
    let own = std::env::current_exe()?;
    let sides = [
        ("a", arguments.program_a.as_ref().unwrap_or(&own), &arguments.a),
        ("b", arguments.program_b.as_ref().unwrap_or(&own), &arguments.b),
    ];
    let mut measured: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
    let mut verdicts: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    for turn in 0..arguments.turns {
        // The order changes from turn to turn, so that none is always the second.
        let order = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
        for side in order {
            let (name, program, text) = &sides[side];
            let journal = arguments.folder.join(format!("{name}-{turn}"));
            let report = one_run(program, text, &journal)?;
            let number = |key: &str| report[key].as_f64().unwrap_or(f64::NAN);
            let rate = report["capacity_per_s"].as_f64().unwrap_or(number("achieved_per_s"));
            let verdict = report["verdict"].as_str().unwrap_or("?").to_owned();
            common.note(&format!(
                "{name} {turn}: {rate:.0}/s, p99 {:.3} ms, {verdict}",
                number("p99_ms")
            ));
            measured[side].push([rate, number("p99_ms")]);
            verdicts[side].push(verdict);
        }
    }
    let side = |at: usize| {
        let of = |field: usize| median(measured[at].iter().map(|row| row[field]).collect());
        json!({
            "program": sides[at].1.display().to_string(),
            "arguments": sides[at].2,
            "per_s": of(0),
            "p99_ms": of(1),
            "verdicts": verdicts[at],
        })
    };
    let ratios = |field: usize| -> Value {
        let pairs = measured[0].iter().zip(&measured[1]);
        let mut all: Vec<f64> = pairs.map(|(a, b)| b[field] / a[field]).collect();
        all.sort_by(f64::total_cmp);
        json!({"median": median(all.clone()), "least": all.first(), "most": all.last()})
    };
    let answer = json!({
        "schema": "aftercare.ab/1",
        "turns": arguments.turns,
        "a": side(0),
        "b": side(1),
        "b_by_a": {"per_s": ratios(0), "p99_ms": ratios(1)},
    });
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&turns_shown(&answer, common))?;
    }
    let unsound = verdicts.iter().flatten().any(|verdict| verdict == "unsound");
    Ok(if unsound { Exit::Invalid } else { Exit::Done })
}

/// Both sides, their ratio, and how many turns the machine spoilt.
fn turns_shown(answer: &Value, common: &Common) -> String {
    let head = [
        "",
        common.say("requests/s", "每秒请求"),
        common.say("p99, ms", "p99（毫秒）"),
        common.say("turns that were ok", "有效轮数"),
    ];
    let cell = |value: &Value, decimals| out::cell(value.as_f64(), decimals);
    let side = |name: &str| {
        let side = &answer[name];
        let verdicts = side["verdicts"].as_array().map_or(&[][..], Vec::as_slice);
        let ok = verdicts.iter().filter(|verdict| *verdict == "ok" || *verdict == "slo_missed");
        let program = side["program"].as_str().unwrap_or_default();
        let arguments = side["arguments"].as_str().unwrap_or_default();
        vec![
            format!("{}: {program} load {arguments}", name.to_uppercase()),
            cell(&side["per_s"], 0),
            cell(&side["p99_ms"], 3),
            format!("{} / {}", ok.count(), verdicts.len()),
        ]
    };
    let ratio = |field: &str| {
        let all = &answer["b_by_a"][field];
        let [middle, least, most] = ["median", "least", "most"].map(|key| cell(&all[key], 3));
        format!("{middle} ({least} – {most})")
    };
    let label = common.say("B by A, turn by turn", "B / A（逐轮）").to_owned();
    let rows =
        vec![side("a"), side("b"), vec![label, ratio("per_s"), ratio("p99_ms"), String::new()]];
    out::table(&head, rows, 1)
}

/// One turn of one side; its journal is gone afterwards.
fn one_run(program: &Path, text: &str, journal: &Path) -> Result<Value, Fault> {
    let cannot = |error| Fault::input(format!("{}: cannot be run: {error}", program.display()));
    let output = Command::new(program)
        .args(["--quiet", "--format", "json", "load"])
        .args(text.split_whitespace())
        .arg("--journal")
        .arg(journal)
        .output()
        .map_err(cannot)?;
    // A store without a journal left none.
    let _ = std::fs::remove_dir_all(journal);
    let fault = || Fault::input(String::from_utf8_lossy(&output.stderr).into_owned());
    serde_json::from_slice(&output.stdout).map_err(|_| fault())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
