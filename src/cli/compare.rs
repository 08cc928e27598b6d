//! `aftercare compare`: policies of several scenarios in the first one's city.
//! Must never print a verdict that the document does not hold.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Extra, Study, StudyArgs, entries, file_name, full, heading, interval, items, label, table,
    text, verdict,
};
use crate::experiment::{Compare, HEADLINES};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Runs the policy of every scenario in the FIRST scenario's city: its people, demand, \
institutions, rules, behaviour, baselines and seed. Of the others only [policy], [scheme_flow] \
and [credit] are taken, and the answer lists which of their other parts differ and were not \
taken.

Each metric's difference (second - first) is paired by replication on common random numbers, \
with a 95 % interval and a verdict (better, worse, cannot_tell) by the published direction of \
the metric. A metric without a better side (how many people, how much drawn) has no verdict.

Below the pairs: a ranking with the least probability that its first is truly the best (and how \
to deal out the next replications), hours saved against money lost with the dominated policies \
marked, minutes gained or lost by group, and what an hour must be worth to pay for the losses.

variance_ratio is the variance of the paired differences over that of independent runs: well \
below 1 means that common random numbers help.

With --out the folder gets compare.json, compare.csv (one row a pair and metric), pareto.csv, break_even.csv and \
the pages.";

/// Arguments of `compare`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// Scenario files; the first one's city is the stage.
    #[arg(required = true, num_args = 2..)]
    scenarios: Vec<PathBuf>,
    /// Metrics by their dotted path in summary.json; all (as a table: the headlines) if not given.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',')]
    metrics: Vec<String>,
    /// Metric by which the policies are ranked.
    #[arg(long, value_name = "PATH", default_value = "queue.time_in_hospital.all.saved")]
    rank: String,
    #[command(flatten)]
    study: StudyArgs,
}

/// Compares.
pub(super) fn run(arguments: &CompareArgs, common: &Common) -> Result<Exit, Fault> {
    let CompareArgs { scenarios, metrics, rank, study } = arguments;
    let frame = study.frame(&scenarios[0]);
    let compare = Compare::new(&frame, &scenarios[1..], metrics)?.ranked_by(rank)?;
    let names: Vec<String> = scenarios.iter().map(|path| file_name(path)).collect();
    let mut line = names.join(" ");
    if !metrics.is_empty() {
        line.extend([format!(" --metrics {}", metrics.join(","))]);
    }
    line.extend([format!(" --rank {rank}")]);
    let study = Study {
        verb: "compare",
        arguments: study,
        common,
        line,
        inputs: compare.inputs(),
        runs: compare.runs(),
    };
    if let Some(exit) = study.task(|| Ok(compare.setups()))? {
        return Ok(exit);
    }
    let document = study.answer_with(|tell| compare.run(tell), csv, pictures)?;
    study.tell(&document, |document| human(document, metrics.is_empty(), common))?;
    Ok(Exit::Done)
}

/// The numbers of the page's pictures.
fn pictures(document: &Value) -> Vec<(&'static str, Extra)> {
    let table = |header: &[&str], rows| {
        Extra::Table(Csv { header: header.iter().map(|&name| name.to_owned()).collect(), rows })
    };
    let policy = |policy: &Value| {
        let estimates = ["saved_hours", "net_credit_loss_yuan"].map(|key| &policy[key]);
        let figures =
            estimates.into_iter().flat_map(|it| [&it["mean"], &it["ci95"][0], &it["ci95"][1]]);
        let by: Vec<String> = items(&policy["dominated_by"]).map(text).collect();
        let name = std::iter::once(full(&policy["name"]));
        name.chain(figures.map(full)).chain([by.join(" ")]).collect()
    };
    let even = |pair: &Value| {
        let even = &pair["break_even"];
        let keys = ["says", "more_hours", "more_cost_yuan", "yuan_per_hour"].map(|key| &even[key]);
        let ends = [0, 1].map(|end| &even["bootstrap95"][end]);
        let names = [&pair["first"], &pair["second"]];
        names.into_iter().chain(keys).chain(ends).map(full).collect()
    };
    let policies = items(&document["pareto"]["policies"]).map(policy).collect();
    let pairs = items(&document["pairs"]).map(even).collect();
    vec![("pareto.csv", table(&PARETO, policies)), ("break_even.csv", table(&BREAK_EVEN, pairs))]
}

const PARETO: [&str; 8] = [
    "policy",
    "saved_hours",
    "saved_hours_low",
    "saved_hours_high",
    "net_credit_loss_yuan",
    "net_credit_loss_yuan_low",
    "net_credit_loss_yuan_high",
    "dominated_by",
];
const BREAK_EVEN: [&str; 8] = [
    "first",
    "second",
    "says",
    "more_hours",
    "more_cost_yuan",
    "yuan_per_hour",
    "yuan_per_hour_low",
    "yuan_per_hour_high",
];

fn csv(document: &Value) -> Csv {
    let header = ["first", "second", "metric", "unit", "delta", "ci95_low", "ci95_high", "verdict"];
    let mut rows = Vec::new();
    for pair in items(&document["pairs"]) {
        for (path, metric) in entries(&pair["metrics"]) {
            rows.push(vec![
                full(&pair["first"]),
                full(&pair["second"]),
                path.clone(),
                full(&metric["unit"]),
                full(&metric["delta"]),
                full(&metric["ci95"][0]),
                full(&metric["ci95"][1]),
                full(&metric["verdict"]),
            ]);
        }
    }
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

fn human(document: &Value, headlines: bool, common: &Common) -> String {
    let mut out = heading(common, document);
    for policy in items(&document["policies"]) {
        let parts: Vec<String> = items(&policy["not_taken"]).map(text).collect();
        if !parts.is_empty() {
            let (name, parts) = (text(&policy["name"]), parts.join(", "));
            let note = common.say("differs, but was not taken:", "不同但未采用：");
            out.extend([format!("{name}: {note} {parts}\n")]);
        }
    }
    let [metric, first, second, delta, ci95, word] = [
        common.say("metric", "指标"),
        common.say("first", "第一"),
        common.say("second", "第二"),
        common.say("second - first", "第二减第一"),
        common.say("95 % interval", "95%区间"),
        common.say("verdict", "结论"),
    ];
    for pair in items(&document["pairs"]) {
        out.extend([format!("\n{} → {}\n", text(&pair["first"]), text(&pair["second"]))]);
        let metrics = &pair["metrics"];
        let paths: Vec<&str> = if headlines {
            HEADLINES.to_vec()
        } else {
            entries(metrics).map(|(path, _)| path.as_str()).collect()
        };
        let row = |path: &&str| {
            let m = &metrics[*path];
            vec![
                label(common, path),
                text(&m["first"]["mean"]),
                text(&m["second"]["mean"]),
                text(&m["delta"]),
                interval(&m["ci95"]),
                if m["direction"].is_null() { "-".into() } else { verdict(common, &m["verdict"]) },
            ]
        };
        let rows = paths.iter().map(row).collect();
        out += &table(&[metric, first, second, delta, ci95, word], rows, 1);
    }
    out + &conclusions(document, common)
}

/// What follows for the choice: ranking, dominance, groups, break-even.
fn conclusions(document: &Value, common: &Common) -> String {
    let mut out = ranking(&document["ranking"], common);
    let [name, hours, loss, by] = [
        common.say("policy", "政策"),
        common.say("hours saved", "节省小时"),
        common.say("net credit loss, yuan", "净信用损失（元）"),
        common.say("dominated by", "劣于"),
    ];
    let row = |policy: &Value| {
        let by: Vec<String> = items(&policy["dominated_by"]).map(text).collect();
        vec![
            text(&policy["name"]),
            text(&policy["saved_hours"]["mean"]),
            text(&policy["net_credit_loss_yuan"]["mean"]),
            if by.is_empty() { "-".into() } else { by.join(", ") },
        ]
    };
    let rows = items(&document["pareto"]["policies"]).map(row).collect();
    out += &format!("\n{}", table(&[name, hours, loss, by], rows, 1));
    for pair in items(&document["pairs"]) {
        out += &format!("\n{} → {}\n", text(&pair["first"]), text(&pair["second"]));
        out += &groups(pair, common);
        out += &losses(pair, common);
        let median = text(&pair["variance_ratio"]["median"]);
        let ratio = common.say(
            "variance of paired over independent runs, middle of the headlines",
            "配对与独立运行的方差比（主要指标中位数）",
        );
        out += &format!("{ratio}: {median}\n");
        out += &break_even(&pair["break_even"], common);
    }
    out
}

fn ranking(ranking: &Value, common: &Common) -> String {
    let metric = full(&ranking["metric"]);
    let names: Vec<String> = items(&ranking["order"]).map(|row| text(&row["name"])).collect();
    let sure = match ranking["pcs_at_least"].as_f64() {
        Some(pcs) => format!("{:.1} %", pcs * 100.0),
        None => "-".into(),
    };
    let by = common.say("ranking by", "排序依据");
    let correct =
        common.say("probability that the first is the best: at least", "第一名确为最优的概率至少");
    format!("\n{by} {}: {}\n{correct} {sure}\n", label(common, &metric), names.join(" > "))
}

/// Groups of a list that gain or lose for sure, with the figure of a key.
fn sure(list: &Value, says: &str, key: &str) -> String {
    let found = items(list).filter(|group| group["says"] == says);
    let named = found.map(|group| {
        format!("{} {} ({})", text(&group["kind"]), text(&group["group"]), text(&group[key]))
    });
    let names: Vec<String> = named.collect();
    if names.is_empty() { "-".into() } else { names.join(", ") }
}

/// Groups of visits that gain or lose minutes for sure.
fn groups(pair: &Value, common: &Common) -> String {
    let told = |says| sure(&pair["groups"], says, "delta_saved_min");
    let gain = common.say("gain, min a visit", "受益（分钟/次）");
    let lose = common.say("lose, min a visit", "受损（分钟/次）");
    format!("{gain}: {}\n{lose}: {}\n", told("gains"), told("loses"))
}

/// Groups of holders whose lines lose less or more for sure.
fn losses(pair: &Value, common: &Common) -> String {
    let told = |says| sure(&pair["losses_by_group"], says, "delta_net_loss_yuan");
    let less = common.say("holders whose lines lose less, yuan", "损失减少的人群（元）");
    let more = common.say("holders whose lines lose more, yuan", "损失增加的人群（元）");
    format!("{less}: {}\n{more}: {}\n", told("gains"), told("loses"))
}

fn break_even(found: &Value, common: &Common) -> String {
    let price = format!("{} ({})", text(&found["yuan_per_hour"]), interval(&found["bootstrap95"]));
    let head = common.say("break-even", "盈亏平衡");
    let says = match found["says"].as_str().unwrap_or_default() {
        "worth_it_above" => {
            common.say("worth it if an hour is worth more yuan than", "每小时价值高于（元）时值得")
        }
        "worth_it_below" => {
            common.say("worth it if an hour is worth less yuan than", "每小时价值低于（元）时值得")
        }
        "always_worth_it" => common.say("saves hours and costs no more", "节省时间且不增加成本"),
        "never_worth_it" => common.say("costs more and saves no hours", "增加成本且不节省时间"),
        _ => common.say("no difference", "无差异"),
    };
    let price = if found["yuan_per_hour"].is_null() { String::new() } else { format!(" {price}") };
    format!("{head}: {says}{price}\n")
}
