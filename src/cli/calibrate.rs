//! `aftercare calibrate`: inputs set from observed outcomes, with some held out.
//! Must never print the value without saying that it was set from the outcome.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Extra, Study, StudyArgs, entries, file_name, full, heading, interval, items, label,
    quoted, table, text,
};
use crate::experiment::{Calibrate, Fit, Observed, Tell};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What `--help` says.
pub(super) const LONG: &str = "\
Looks between the two ends of one input for the value at which a metric's mean comes out at an \
observed value, on the same seed throughout (regula falsi, with a middle step now and then). It \
goes on until the mean is within a tenth of its interval's half-width of the target, or the \
steps are used; the target must lie within the 95 % interval. The metric has to rise or fall all \
the way between the ends.

The value is SET FROM THE OUTCOME: a scenario with it does not predict that metric any more.

Exit code 99 when the ends do not reach the target, or the steps do not suffice.

Several --vary or --target, a target with its tolerance (PATH=VALUE+-T), --hold-out or --observed are \
fitted together by weighted least squares (damped Gauss-Newton on the same luck): the answer has the \
values with standard errors, what was left over of each target, whether the targets tell the inputs \
apart, the same targets on a fresh seed, and the held-out outcomes, which the fitted values must predict.

  --observed FILE.csv     columns metric, value, tolerance, use; use is fit or hold_out
  --hold-out PATH=VALUE+-T

Any number of the scenario can be fitted: station times (flow.levels.L.stations.S.service...), staffing \
(...servers_per_1000_visits_per_day), sign-up (behaviour.adoption...), repayment (behaviour.repayment...).

With --out the folder gets calibrated.toml: the scenario with the fitted values laid over it and its \
[calibration], by which every result says \"calibrated on ...\" and names what it does not predict. Put it \
beside the scenario.";

/// Arguments of `calibrate`.
#[derive(Clone, Debug, Args)]
pub(super) struct CalibrateArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// An input and the ends between which to look; several are fitted together.
    #[arg(long, value_name = "KEY=A..B", required = true)]
    vary: Vec<String>,
    /// A metric by its dotted path in summary.json, its observed value and how closely it is known.
    #[arg(long, value_name = "PATH=VALUE[+-TOLERANCE]", required_unless_present = "observed")]
    target: Vec<String>,
    /// An observed value that has no part in the fit: the fitted scenario must predict it.
    #[arg(long, value_name = "PATH=VALUE[+-TOLERANCE]")]
    hold_out: Vec<String>,
    /// A table of observed values: metric, value, tolerance, use (fit or `hold_out`).
    #[arg(long, value_name = "FILE.csv")]
    observed: Option<PathBuf>,
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
    let CalibrateArgs { scenario, vary, label, steps, study, .. } = arguments;
    let observed = arguments.observed()?;
    let mut line = file_name(scenario);
    let lists = [("vary", vary), ("target", &observed.targets), ("hold-out", &observed.held_out)];
    for (name, values) in lists {
        for value in values {
            line.extend([format!(" --{name} {}", quoted(value))]);
        }
    }
    line.extend([format!(" --steps {steps} --label {}", quoted(label))]);
    let frame = study.frame(scenario);
    let one = match (vary.as_slice(), observed.targets.as_slice(), observed.held_out.as_slice()) {
        ([key], [one], []) if !one.contains('±') && !one.contains("+-") => Some((key, one)),
        _ => None,
    };
    let Some((key, target)) = one else {
        return fit(&Fit::new(&frame, vary, &observed, *steps)?, line, arguments, common);
    };
    let calibrate = Calibrate::new(&frame, key, (target, label), *steps)?;
    let study = Study {
        verb: "calibrate",
        arguments: study,
        common,
        line,
        inputs: calibrate.inputs(),
        runs: calibrate.runs(),
    };
    study.refuse_task()?;
    let work = |tell: Tell<'_>| calibrate.run(tell);
    let more = |document: &Value| calibrated_file(scenario, document, "lines");
    let document = study.answer_with(work, csv, more)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(if document["status"] == "calibrated" { Exit::Done } else { Exit::Missed })
}

impl CalibrateArgs {
    /// What the command line and the table say was observed.
    fn observed(&self) -> Result<Observed, Fault> {
        let mut observed = Observed {
            targets: self.target.clone(),
            held_out: self.hold_out.clone(),
            label: self.label.clone(),
        };
        if let Some(path) = &self.observed {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Fault::input(format!("{}: {error}", path.display())))?;
            observed.add_table(&text)?;
        }
        Ok(observed)
    }
}

/// A scenario file with the fitted values over the scenario; none where nothing was found.
fn calibrated_file(scenario: &Path, document: &Value, lines: &str) -> Vec<(&'static str, Extra)> {
    if document["status"] != "calibrated" {
        return Vec::new();
    }
    let name = file_name(scenario);
    let schema = crate::scenario::SCHEMA;
    let mut text = format!(
        "# {name} with values SET FROM OUTCOMES; put this file beside it.\n\
         schema = \"{schema}\"\ninclude = [\"{name}\"]\n\n"
    );
    for line in items(&document[lines]).map(full) {
        text += &format!("{line}  # derived: set from the outcomes that `calibration` names\n");
    }
    vec![("calibrated.toml", Extra::Text(text))]
}

/// Several inputs, or targets with a tolerance: least squares.
fn fit(fit: &Fit, line: String, arguments: &CalibrateArgs, common: &Common) -> Result<Exit, Fault> {
    let (inputs, runs) = (fit.inputs(), fit.runs());
    let study =
        Study { verb: "calibrate", arguments: &arguments.study, common, line, inputs, runs };
    study.refuse_task()?;
    let more = |document: &Value| calibrated_file(&arguments.scenario, document, "set");
    let document = study.answer_with(|tell| fit.run(tell), fit_csv, more)?;
    study.tell(&document, |document| fit_human(document, common))?;
    Ok(if document["status"] == "calibrated" { Exit::Done } else { Exit::Missed })
}

fn fit_csv(document: &Value) -> Csv {
    let header =
        ["use", "metric", "unit", "observed", "tolerance", "simulated", "left_over", "reached"];
    let row = |(r#use, target): (&str, &Value)| {
        let simulated = &target["simulated"]["mean"];
        let [path, unit, observed] = ["path", "unit", "observed"].map(|key| &target[key]);
        let [tolerance, left, reached] = ["tolerance", "left_over", "reached"].map(|k| &target[k]);
        let cells = [path, unit, observed, tolerance, simulated, left, reached].map(full);
        std::iter::once(r#use.to_owned()).chain(cells).collect()
    };
    let fitted = items(&document["targets"]).map(|target| ("fit", target));
    let fresh = items(&document["fresh"]["targets"]).map(|target| ("fit, fresh seed", target));
    let held = items(&document["held_out"]["outcomes"]).map(|target| ("hold_out", target));
    let rows = fitted.chain(fresh).chain(held).map(row).collect();
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
    let held: Vec<Vec<String>> = items(&document["held_out"]["outcomes"]).map(row).collect();
    if !held.is_empty() {
        let title = common.say(
            "Held out, simulated on a fresh seed; within tolerance or interval",
            "留出的实测值（新种子模拟）；落在容差或区间内",
        );
        let [hit, of] = ["predicted", "of"].map(|key| text(&document["held_out"][key]));
        out.extend([format!("{title}: {hit} / {of}\n{}\n", table(&head, held, 1))]);
    }
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
