//! `aftercare calibrate`: one input set from one observed outcome.
//! Must never print the value without saying that it was set from the outcome.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, file_name, full, heading, interval, items, quoted, table, text,
};
use crate::experiment::Calibrate;
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Looks between the two ends of one input for the value at which a metric's mean comes out at an \
observed value, on the same seed throughout (regula falsi, with a middle step now and then). It \
goes on until the mean is within a tenth of its interval's half-width of the target, or the \
steps are used; the target must lie within the 95 % interval. The metric has to rise or fall all \
the way between the ends.

The value is SET FROM THE OUTCOME: a scenario with it does not predict that metric any more.

Exit code 99 when the ends do not reach the target, or the steps do not suffice.

Does not do yet: several inputs or targets at once, observed values with their own uncertainty, \
a check on data held back.";

/// Arguments of `calibrate`.
#[derive(Clone, Debug, Args)]
pub(super) struct CalibrateArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// The input and the ends between which to look.
    #[arg(long, value_name = "KEY=A..B")]
    vary: String,
    /// The metric by its dotted path in summary.json, and the observed value.
    #[arg(long, value_name = "PATH=VALUE")]
    target: String,
    /// Most values to try between the ends.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=100))]
    steps: u16,
    #[command(flatten)]
    study: StudyArgs,
}

/// Calibrates.
pub(super) fn run(arguments: &CalibrateArgs, common: &Common) -> Result<Exit, Fault> {
    let CalibrateArgs { scenario, vary, target, steps, study } = arguments;
    let calibrate = Calibrate::new(&study.frame(scenario), vary, target, *steps)?;
    let line = format!(
        "{} --vary {} --target {} --steps {steps}",
        file_name(scenario),
        quoted(vary),
        quoted(target)
    );
    let study = Study {
        verb: "calibrate",
        arguments: study,
        common,
        line,
        inputs: calibrate.inputs(),
        runs: calibrate.runs(),
    };
    study.refuse_task()?;
    let document = study.answer(|tell| calibrate.run(tell), csv)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(if document["status"] == "calibrated" { Exit::Done } else { Exit::Missed })
}

fn csv(document: &Value) -> Csv {
    let path = full(&document["target"]["path"]);
    let header =
        vec![full(&document["key"]), path.clone(), format!("{path}.low"), format!("{path}.high")];
    let row = |tried: &Value| {
        let estimate = &tried["estimate"];
        vec![
            full(&tried["value"]),
            full(&estimate["mean"]),
            full(&estimate["ci95"][0]),
            full(&estimate["ci95"][1]),
        ]
    };
    Csv { header, rows: items(&document["tried"]).map(row).collect() }
}

fn human(document: &Value, common: &Common) -> String {
    let key = text(&document["key"]);
    let path = text(&document["target"]["path"]);
    let [interval_of, reached, yes, no] = [
        common.say("95 % interval", "95%区间"),
        common.say("target within", "含目标"),
        common.say("yes", "是"),
        common.say("no", "否"),
    ];
    let row = |tried: &Value| {
        let estimate = &tried["estimate"];
        let reaches = if tried["reaches"] == true { yes } else { no };
        let figures = [text(&estimate["mean"]), interval(&estimate["ci95"]), reaches.to_owned()];
        [text(&tried["value"])].into_iter().chain(figures).collect()
    };
    let rows = items(&document["tried"]).map(row).collect();
    let mut out = heading(common, document);
    out += &table(&[&key, &path, interval_of, reached], rows, 1);
    out.extend([format!("\n{}: {path} = {}\n", common.say("target", "目标"), target(document))]);
    let status = match text(&document["status"]).as_str() {
        "calibrated" => calibrated(document, common),
        "out_of_range" => common
            .say(
                "out of range: the two ends do not reach the target.",
                "超出范围：两端都达不到目标。",
            )
            .to_owned(),
        _ => common
            .say(
                "not reached: no tried value has the target within its interval.",
                "未达到：所试各值的区间均不含目标。",
            )
            .to_owned(),
    };
    out + &status + "\n"
}

fn target(document: &Value) -> String {
    format!("{} {}", text(&document["target"]["value"]), text(&document["target"]["unit"]))
}

fn calibrated(document: &Value, common: &Common) -> String {
    let warning = common.say(
        "This value was SET FROM THE OUTCOME: the scenario with it cannot be said to predict the \
         target.",
        "该值由结果反推设定：采用它的方案不得再声称“预测”了该目标。",
    );
    let (set, as_good) = (text(&document["set"]), interval(&document["as_good"]));
    format!("--set {set}  ({}: {as_good})\n{warning}", common.say("as good", "同样可行"))
}
