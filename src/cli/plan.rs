//! `aftercare plan` and `aftercare merge`: one piece of work in many units, on any number of machines.
//! Must never need the machines to talk: a unit's name is its content, and a part appears whole.

use super::args::{Common, RunArgs};
use super::fault::{Exit, Fault};
use super::keep::{Bench, Keeping};
use super::out;
use super::run::{self, Order};
use super::sweep::{self, SweepArgs};
use crate::archive::Parts;
use crate::experiment::{self, Design, Setup, Task};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.plan/1";

/// Arguments of `plan` and `merge`: those of `run`, and of a sweep's own.
#[derive(Clone, Debug, Args)]
pub(super) struct WorkArgs {
    #[command(flatten)]
    run: RunArgs,
    /// An input of a sweep and its values: KEY=A..B:N, or KEY=V1,V2,...
    #[arg(long, value_name = "KEY=…")]
    vary: Vec<String>,
    /// Metrics of a sweep by their dotted paths.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',', requires = "vary")]
    metrics: Vec<String>,
    /// How the points of a sweep lie: grid, lhs:N or sobol:N.
    #[arg(long, default_value = "grid", requires = "vary", value_parser = Design::parse)]
    design: Design,
}

impl WorkArgs {
    fn sweep(&self) -> SweepArgs {
        SweepArgs::of(&self.run, self.vary.clone(), self.metrics.clone(), self.design)
    }
}

/// Reads `I/N`, `env/N` or `N` (the number then comes from the environment).
#[expect(clippy::disallowed_methods, reason = "this is `cli`: a scheduler names its tasks so")]
pub(super) fn task(text: &str) -> Result<Task, String> {
    read(text, |name| std::env::var(name).ok()?.trim().parse().ok())
}

fn read(text: &str, env: impl Fn(&str) -> Option<u32>) -> Result<Task, String> {
    let (index, of) = text.split_once('/').unwrap_or(("env", text));
    let of: u32 = of.trim().parse().map_err(|_| "expected I/N, such as 3/8".to_owned())?;
    let index = match index.trim() {
        "env" => from_environment(env)?,
        number => number.parse().map_err(|_| "expected I/N, such as 3/8".to_owned())?,
    };
    if index == 0 || index > of {
        return Err(format!("task {index} is not one of 1 to {of}"));
    }
    Ok(Task { index, of })
}

/// A scheduler's number of this task, counted from 1.
fn from_environment(env: impl Fn(&str) -> Option<u32>) -> Result<u32, String> {
    if let Some(id) = env("SLURM_ARRAY_TASK_ID") {
        let first = env("SLURM_ARRAY_TASK_MIN").unwrap_or_else(|| id.min(1));
        return id.checked_sub(first).map(|index| index + 1).ok_or_else(|| {
            format!("SLURM_ARRAY_TASK_ID {id} is below SLURM_ARRAY_TASK_MIN {first}")
        });
    }
    let index = env("JOB_COMPLETION_INDEX").map(|index| index + 1);
    index.ok_or_else(|| {
        "which task is this? SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX are not set; write I/N"
            .to_owned()
    })
}

/// Does a task's units and leaves their parts beside `dir`.
pub(super) fn work(
    task: Task,
    setups: &[Setup],
    dir: &Path,
    common: &Common,
) -> Result<Exit, Fault> {
    let parts = Parts::beside(dir);
    let runs: u32 = setups.iter().map(|setup| u32::from(setup.replications)).sum();
    let runs = u16::try_from(runs.div_ceil(task.of)).unwrap_or(u16::MAX);
    let days = setups.first().map_or(0, |setup| setup.days);
    let bench = Bench::new(runs, days, Some((&parts, Keeping::GoOn)), common);
    let share = bench.work(common, |lab| experiment::run_task(setups, task, lab))?;
    let Task { index, of } = task;
    if common.wants_json() {
        let done = json!({
            "schema": SCHEMA, "task": index, "of": of,
            "units": share.units, "were_done": share.kept, "parts": parts.dir(),
        });
        out::print_json(&done)?;
        return Ok(Exit::Done);
    }
    let were = common.say("were done before", "此前已完成");
    let units = common.say("units", "个单元");
    out::print(&format!(
        "{} {index}/{of}: {} {units}, {} {were}: {}\n",
        common.say("task", "任务"),
        share.units,
        share.kept,
        parts.dir().display()
    ))?;
    Ok(Exit::Done)
}

/// Lists the units.
pub(super) fn plan(arguments: &WorkArgs, common: &Common) -> Result<Exit, Fault> {
    let (setups, dir) = if arguments.vary.is_empty() {
        let order = Order::new(&arguments.run, common)?;
        (order.setups()?, order.dir)
    } else {
        (arguments.sweep().setups()?, place(arguments)?.to_owned())
    };
    let parts = Parts::beside(&dir);
    let mut rows = Vec::new();
    for (point, setup) in setups.iter().enumerate() {
        for unit in experiment::units(setup) {
            let done = parts.get(&unit.key).is_some();
            rows.push((point + 1, unit, done));
        }
    }
    let done = rows.iter().filter(|(_, _, done)| *done).count();
    if common.wants_json() {
        let row = |(at, (point, unit, done)): (usize, &(usize, experiment::Unit, bool))| {
            json!({
                "unit": at + 1, "point": point, "first_replication": unit.first,
                "replications": unit.count, "part": unit.key, "done": done,
            })
        };
        let units: Vec<Value> = rows.iter().enumerate().map(row).collect();
        out::print_json(&json!({
            "schema": SCHEMA, "parts": parts.dir(), "done": done, "units": units,
        }))?;
        return Ok(Exit::Done);
    }
    let header = [
        common.say("unit", "单元"),
        common.say("point", "参数点"),
        common.say("replications", "重复"),
        common.say("part", "分块"),
        common.say("done", "完成"),
    ];
    let row = |(at, (point, unit, done)): (usize, &(usize, experiment::Unit, bool))| {
        let last = unit.first + unit.count - 1;
        let yes = if *done { common.say("yes", "是") } else { common.say("no", "否") };
        vec![
            (at + 1).to_string(),
            point.to_string(),
            format!("{}-{last}", unit.first),
            unit.key.clone(),
            yes.to_owned(),
        ]
    };
    let mut text = out::table(&header, rows.iter().enumerate().map(row).collect(), 0);
    let total = rows.len();
    let hint = common.say(
        "each of N machines: --task I/N on the same command; then aftercare merge",
        "在N台机器上各运行一次 --task I/N，然后 aftercare merge",
    );
    text += &format!("\n{done} / {total} {}\n{hint}\n", common.say("done", "已完成"));
    out::print(&text)?;
    Ok(Exit::Done)
}

fn place(arguments: &WorkArgs) -> Result<&Path, Fault> {
    let missing = || Fault::input("a sweep's parts lie beside its folder: name it with --out");
    arguments.run.out.as_deref().ok_or_else(missing)
}

/// Makes the result of parts alone.
pub(super) fn merge(arguments: &WorkArgs, common: &Common) -> Result<Exit, Fault> {
    if arguments.vary.is_empty() {
        let order = Order::new(&arguments.run, common)?;
        return run::finish(&order, &arguments.run, common, Keeping::PartsOnly);
    }
    place(arguments)?;
    let mut sweep = arguments.sweep();
    sweep.study.keeping = Some(Keeping::PartsOnly);
    sweep::run(&sweep, common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_read_from_the_word_or_from_the_scheduler() {
        let slurm = |name: &str| (name == "SLURM_ARRAY_TASK_ID").then_some(3);
        let from_zero = |name: &str| match name {
            "SLURM_ARRAY_TASK_ID" => Some(3),
            "SLURM_ARRAY_TASK_MIN" => Some(0),
            _ => None,
        };
        let kubernetes = |name: &str| (name == "JOB_COMPLETION_INDEX").then_some(0);
        let nothing = |_: &str| None;
        let index = |read: Result<Task, String>| read.map(|task| (task.index, task.of));
        assert_eq!(index(read("3/8", nothing)), Ok((3, 8)));
        assert_eq!(index(read("env/8", slurm)), Ok((3, 8)));
        assert_eq!(index(read("8", slurm)), Ok((3, 8)));
        assert_eq!(index(read("env/8", from_zero)), Ok((4, 8)));
        assert_eq!(index(read("env/8", kubernetes)), Ok((1, 8)));
        for text in ["0/8", "9/8", "a/8", "1/0", "1/"] {
            assert!(read(text, nothing).is_err(), "{text}");
        }
        assert!(read("env/8", nothing).is_err_and(|text| text.contains("JOB_COMPLETION_INDEX")));
    }
}
