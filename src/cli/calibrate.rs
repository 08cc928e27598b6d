//! `aftercare calibrate`: one input set from one observed outcome.
//! Must never print the value without saying that it was set from the outcome.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Study, StudyArgs, entries, file_name, full, heading, interval, items, label, quoted,
    table, text,
};
use crate::experiment::{Calibrate, Fit};
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

Several --vary or --target, or a target with its tolerance (PATH=VALUE+-T), are fitted together by \
weighted least squares (damped Gauss-Newton on the same luck): the answer has the values with \
standard errors, what was left over of each target, and whether the targets tell the inputs apart.

Does not do yet: a check on data held back.";

/// Arguments of `calibrate`.
#[derive(Clone, Debug, Args)]
pub(super) struct CalibrateArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// An input and the ends between which to look; several are fitted together.
    #[arg(long, value_name = "KEY=A..B", required = true)]
    vary: Vec<String>,
    /// A metric by its dotted path in summary.json, its observed value and how closely it is known.
    #[arg(long, value_name = "PATH=VALUE[+-TOLERANCE]", required = true)]
    target: Vec<String>,
    /// What was observed, for the label "calibrated on ...".
    #[arg(long, value_name = "TEXT", default_value = "the observed values of the command line")]
    label: String,
    /// Most values to try between the ends.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=100))]
    steps: u16,
    #[command(flatten)]
    study: StudyArgs,
}

/// Calibrates.
pub(super) fn run(arguments: &CalibrateArgs, common: &Common) -> Result<Exit, Fault> {
    let CalibrateArgs { scenario, vary, target, label, steps, study } = arguments;
    let mut line = file_name(scenario);
    for (name, values) in [("vary", vary), ("target", target)] {
        for value in values {
            line.extend([format!(" --{name} {}", quoted(value))]);
        }
    }
    line.extend([format!(" --steps {steps} --label {}", quoted(label))]);
    let frame = study.frame(scenario);
    let [key] = vary.as_slice() else {
        return fit(&Fit::new(&frame, vary, target, label, *steps)?, line, arguments, common);
    };
    let observed = match target.as_slice() {
        [one] if !one.contains('±') && !one.contains("+-") => one,
        _ => return fit(&Fit::new(&frame, vary, target, label, *steps)?, line, arguments, common),
    };
    let calibrate = Calibrate::new(&frame, key, observed, *steps)?;
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

/// Several inputs, or targets with a tolerance: least squares.
fn fit(fit: &Fit, line: String, arguments: &CalibrateArgs, common: &Common) -> Result<Exit, Fault> {
    let (inputs, runs) = (fit.inputs(), fit.runs());
    let study =
        Study { verb: "calibrate", arguments: &arguments.study, common, line, inputs, runs };
    study.refuse_task()?;
    let document = study.answer(|tell| fit.run(tell), fit_csv)?;
    study.tell(&document, |document| fit_human(document, common))?;
    Ok(if document["status"] == "calibrated" { Exit::Done } else { Exit::Missed })
}

fn fit_csv(document: &Value) -> Csv {
    let header = ["metric", "unit", "observed", "tolerance", "simulated", "left_over", "reached"];
    let row = |target: &Value| {
        let plain = |key: &str| full(&target[key]);
        let simulated = full(&target["simulated"]["mean"]);
        let [path, unit, observed] = ["path", "unit", "observed"].map(plain);
        let [tolerance, left, reached] = ["tolerance", "left_over", "reached"].map(plain);
        vec![path, unit, observed, tolerance, simulated, left, reached]
    };
    let rows = items(&document["targets"]).map(row).collect();
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

fn fit_human(document: &Value, common: &Common) -> String {
    let mut out = heading(common, document);
    let [input, value, error, twin] = [
        common.say("input", "输入"),
        common.say("value", "数值"),
        common.say("standard error", "标准误"),
        common.say("closest twin", "最相关的输入"),
    ];
    let row = |(key, found): (&String, &Value)| {
        let twin = &found["closest_twin"];
        let twin = if twin.is_null() {
            "-".to_owned()
        } else {
            format!("{} ({})", text(&twin["key"]), text(&twin["correlation"]))
        };
        vec![key.clone(), text(&found["value"]), text(&found["standard_error"]), twin]
    };
    let rows = entries(&document["parameters"]).map(row).collect();
    out += &table(&[input, value, error, twin], rows, 1);
    let row = |target: &Value| {
        let name = label(common, &full(&target["path"]));
        let simulated = &target["simulated"]["mean"];
        let cells = [&target["observed"], &target["tolerance"], simulated, &target["left_over"]];
        [name].into_iter().chain(cells.map(text)).collect()
    };
    let head = [
        common.say("target", "目标"),
        common.say("observed", "实测"),
        common.say("tolerance", "容差"),
        common.say("simulated", "模拟"),
        common.say("left over", "剩余"),
    ];
    let rows = items(&document["targets"]).map(row).collect();
    out.extend([format!("\n{}\n", table(&head, rows, 1))]);
    if document["identifiable"] != true {
        let note = common.say(
            "The targets do NOT tell these inputs apart: other values fit as well.",
            "这些目标无法区分各输入：其他取值同样符合。",
        );
        out.extend([note, "\n"]);
    }
    let sets: Vec<String> =
        items(&document["set"]).map(|set| format!("--set {}", quoted(&full(set)))).collect();
    out + &format!(
        "{}\n{}\n{}\n",
        sets.join(" "),
        full(&document["label"]),
        full(&document["warning"])
    )
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
