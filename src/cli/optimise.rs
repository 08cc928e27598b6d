//! `aftercare optimise`: the best point of a grid under constraints.
//! Must never hide that the runner-up might be as good.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, entries, file_name, full, heading, interval, items, label, point,
    quoted, table, text,
};
use crate::experiment::Optimise;
use crate::stats::Better;
use clap::{ArgGroup, Args};
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Runs every point of a grid, keeps those whose means hold every constraint, takes the best mean \
of the objective and runs it and the runner-up again with a fresh seed (the seed plus one): \
choosing the best of many favours luck, so the figures of the choice are not the answer. The \
verdict is the paired difference of the two on the fresh seed; `cannot_tell` when the runner-up \
is not distinguishable.

Exit code 99 when no point holds the constraints, or the best does not on the fresh seed.

The objective may be one of the varied inputs: the fewest servers such that a wait holds.

selection.pcs_at_least is the least probability that the chosen point is truly the best of the \
feasible ones (Bonferroni over paired differences).

--second-stage N runs the points that the first replications cannot tell from the best again, with N \
replications (screen and select); the chosen one is the best of those.

Waits such as queue.payment_queue_p95.all.policy and rates such as credit.net_loss_rate can be bounds: \
the fewest windows such that the p95 wait is at most 15 min and the loss rate at most x.

Does not do yet: search beyond a grid.";

/// Arguments of `optimise`.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("goal").required(true).args(["maximise", "minimise"]))]
pub(super) struct OptimiseArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// An input and its values, as in `sweep`; several make a grid.
    #[arg(long, value_name = "KEY=A..B:N", required = true)]
    vary: Vec<String>,
    /// Metric that should be large.
    #[arg(long, value_name = "PATH")]
    maximise: Option<String>,
    /// Metric that should be small.
    #[arg(long, value_name = "PATH")]
    minimise: Option<String>,
    /// Constraint on a metric's mean.
    #[arg(long, value_name = "PATH<=X")]
    subject_to: Vec<String>,
    /// Replications of the points that cannot be told from the best.
    #[arg(long, value_name = "N")]
    second_stage: Option<u16>,
    #[command(flatten)]
    study: StudyArgs,
}

impl OptimiseArgs {
    /// The objective with its direction; clap has seen to it that there is exactly one.
    fn goal(&self) -> (&str, Better) {
        match (&self.maximise, &self.minimise) {
            (Some(path), _) => (path, Better::Higher),
            (None, path) => (path.as_deref().unwrap_or_default(), Better::Lower),
        }
    }
}

/// Optimises.
pub(super) fn run(arguments: &OptimiseArgs, common: &Common) -> Result<Exit, Fault> {
    let OptimiseArgs { scenario, vary, subject_to, second_stage, study, .. } = arguments;
    let (objective, goal) = arguments.goal();
    let frame = study.frame(scenario);
    let mut optimise = Optimise::new(&frame, vary, (objective, goal), subject_to)?;
    if let Some(replications) = second_stage {
        optimise = optimise.with_second_stage(*replications)?;
    }
    let verb = if goal == Better::Higher { "maximise" } else { "minimise" };
    let mut line = format!("{} --{verb} {objective}", file_name(scenario));
    for vary in vary {
        line.extend([format!(" --vary {}", quoted(vary))]);
    }
    for bound in subject_to {
        line.extend([format!(" --subject-to {}", quoted(bound))]);
    }
    line.extend(second_stage.map(|count| format!(" --second-stage {count}")));
    let study = Study {
        verb: "optimise",
        arguments: study,
        common,
        line,
        inputs: optimise.inputs(),
        runs: optimise.runs(),
    };
    study.refuse_task()?;
    let document = study.answer(|tell| optimise.run(tell), csv)?;
    study.tell(&document, |document| human(document, common))?;
    let missed = ["none_feasible", "no_longer_feasible"].map(Value::from);
    Ok(if missed.contains(&document["verdict"]) { Exit::Missed } else { Exit::Done })
}

fn csv(document: &Value) -> Csv {
    let mut header: Vec<String> =
        items(&document["vary"]).map(|input| full(&input["key"])).collect();
    let objective = full(&document["objective"]["path"]);
    let bounds = items(&document["points"][0]["bounds"]).map(|bound| full(&bound["path"]));
    for path in [objective].into_iter().chain(bounds) {
        header.extend([path.clone(), format!("{path}.low"), format!("{path}.high")]);
    }
    header.push("feasible".into());
    let row = |point: &Value| {
        let estimate = |e: &Value| [&e["mean"], &e["ci95"][0], &e["ci95"][1]].map(full);
        let inputs = entries(&point["inputs"]).map(|(_, value)| full(value));
        let bounds = items(&point["bounds"]).flat_map(|bound| estimate(&bound["estimate"]));
        let figures = estimate(&point["objective"]).into_iter().chain(bounds);
        inputs.chain(figures).chain([full(&point["feasible"])]).collect()
    };
    Csv { header, rows: items(&document["points"]).map(row).collect() }
}

fn row(row: &Value, common: &Common) -> Vec<String> {
    let inputs = entries(&row["inputs"]).map(|(_, value)| text(value));
    let objective = [text(&row["objective"]["mean"]), interval(&row["objective"]["ci95"])];
    let bounds = items(&row["bounds"]).map(|bound| text(&bound["estimate"]["mean"]));
    let holds =
        if row["feasible"] == true { common.say("yes", "是") } else { common.say("no", "否") };
    inputs.chain(objective).chain(bounds).chain([holds.to_owned()]).collect()
}

fn human(document: &Value, common: &Common) -> String {
    let keys: Vec<String> = items(&document["vary"]).map(|input| full(&input["key"])).collect();
    let mut header = keys.clone();
    header.push(label(common, &full(&document["objective"]["path"])));
    header.push(common.say("95 % interval", "95%区间").into());
    let bound = |bound: &Value| {
        let sign = if bound["at_most"] == true { "<=" } else { ">=" };
        format!("{} {sign} {}", label(common, &full(&bound["path"])), text(&bound["value"]))
    };
    header.extend(items(&document["points"][0]["bounds"]).map(bound));
    header.push(common.say("holds", "满足").into());
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows = items(&document["points"]).map(|point| row(point, common)).collect();
    let mut out = heading(common, document) + &table(&header, rows, keys.len());
    let fresh = &document["fresh"];
    let again: Vec<Vec<String>> = [&fresh["best"], &fresh["runner_up"]]
        .into_iter()
        .filter(|point| !point.is_null())
        .map(|point| row(point, common))
        .collect();
    if !again.is_empty() {
        let seed = text(&fresh["seed"]);
        let title = match common.lang {
            Language::En => format!("The best two again with the fresh seed {seed}:"),
            Language::Zh => format!("前两名以新种子{seed}重新运行："),
        };
        out.extend([format!("\n{title}\n{}", table(&header, again, keys.len()))]);
    }
    out + &format!("\n{}\n", conclusion(document, common))
}

fn conclusion(document: &Value, common: &Common) -> String {
    let fresh = &document["fresh"];
    let words = match text(&document["verdict"]).as_str() {
        "none_feasible" => {
            return common.say("No point holds the constraints.", "没有满足约束的点。").to_owned();
        }
        "no_longer_feasible" => common.say(
            "The best point does not hold the constraints on the fresh seed.",
            "最优点在新种子下不满足约束。",
        ),
        "only_one_feasible" => {
            common.say("Only one point holds the constraints.", "只有一个点满足约束。")
        }
        "better" => common.say("The best is better than the runner-up.", "最优点优于次优点。"),
        "worse" => common.say(
            "The runner-up was better on the fresh seed: use more replications.",
            "新种子下次优点更好：请增加重复次数。",
        ),
        _ => common.say(
            "cannot_tell: the runner-up is not distinguishable from the best.",
            "cannot_tell：次优点与最优点无法区分。",
        ),
    };
    let best = common.say("Best", "最优");
    let mut out = format!("{best}: {}. {words}", point(&document["best"]));
    if !fresh["delta"].is_null() {
        let difference = common.say("Best - runner-up", "最优减次优");
        out.extend([format!(
            " {difference}: {} ({})",
            text(&fresh["delta"]),
            interval(&fresh["ci95"])
        )]);
    }
    out
}
