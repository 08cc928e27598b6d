//! `aftercare runs`: the history of finished runs. Must never remove what no manifest of ours lists.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use super::scenarios::looked_in;
use crate::archive::history::{self, Difference, Run, Verification};
use crate::archive::{MANIFEST_FILE, Manifest};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Where `run` leaves its folders.
pub(super) const OUTPUT: &str = "output";

/// Arguments of `runs`.
#[derive(Clone, Debug, Args)]
pub(super) struct RunsArgs {
    #[command(subcommand)]
    verb: Verb,
}

/// What to do with the history. A run is named by its folder, or by its name within `output`.
#[derive(Clone, Debug, Subcommand)]
enum Verb {
    /// Lists the finished runs of a folder.
    List {
        /// Folder of runs.
        #[arg(default_value = OUTPUT)]
        dir: PathBuf,
    },
    /// Shows one run: what it was made from, what it left.
    Show {
        /// The run.
        run: PathBuf,
    },
    /// Lists the values of the summaries that differ between two runs.
    Diff {
        /// First run.
        a: PathBuf,
        /// Second run.
        b: PathBuf,
    },
    /// Hashes every file again, or runs it again with --rerun; exit 99 when one is changed, missing or not listed.
    Verify {
        /// A run, or a folder of runs.
        #[arg(default_value = OUTPUT)]
        dir: PathBuf,
        /// Runs each one again from its resolved inputs and compares the hashes of its figures.
        #[arg(long)]
        rerun: bool,
    },
    /// Removes the files that a run wrote; what somebody else put there stays.
    Rm {
        /// The run.
        run: PathBuf,
    },
}

/// Carries out a verb.
pub(super) fn run(arguments: &RunsArgs, common: &Common) -> Result<Exit, Fault> {
    match &arguments.verb {
        Verb::List { dir } => list(dir, common),
        Verb::Show { run } => show(&named(run), common),
        Verb::Diff { a, b } => diff(&named(a), &named(b), common),
        Verb::Verify { dir, rerun: false } => verify(&named(dir), common),
        Verb::Verify { dir, rerun: true } => super::rerun::verify(&targets(&named(dir))?, common),
        Verb::Rm { run } => rm(&named(run), common),
    }
}

/// A folder as given, or within `output` when nothing stands there.
fn named(run: &Path) -> PathBuf {
    let inside = Path::new(OUTPUT).join(run);
    if !run.exists() && inside.exists() { inside } else { run.to_owned() }
}

fn runs_of(dir: &Path) -> Result<Vec<Run>, Fault> {
    if !dir.is_dir() {
        let place = looked_in(dir);
        return Err(Fault::input(format!("there is no folder {place}; `aftercare run` makes one")));
    }
    Ok(history::list(dir)?)
}

fn list(dir: &Path, common: &Common) -> Result<Exit, Fault> {
    let runs = runs_of(dir)?;
    if common.wants_json() {
        let row = |run: &Run| json!({ "dir": run.dir, "manifest": brief(&run.manifest) });
        out::print_json(&runs.iter().map(row).collect())?;
        return Ok(Exit::Done);
    }
    if runs.is_empty() {
        common.note(&format!("{} {}", common.say("no runs in", "没有运行结果："), looked_in(dir)));
        return Ok(Exit::Done);
    }
    let header = [
        common.say("run", "运行"),
        common.say("scenario", "情景"),
        common.say("finished", "完成时间"),
        common.say("seed", "种子"),
        common.say("repl.", "重复"),
        common.say("seconds", "秒"),
    ];
    let row = |run: &Run| {
        let Manifest { scenario, finished_at, seed, replications, wall, .. } = &run.manifest;
        let name = run.dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let finished = finished_at.split('.').next().unwrap_or_default().to_owned();
        let seconds = wall.get("seconds").and_then(Value::as_f64);
        vec![
            name,
            scenario.clone(),
            finished,
            seed.to_string(),
            replications.to_string(),
            out::cell(seconds, 1),
        ]
    };
    out::print(&out::table(&header, runs.iter().map(row).collect(), 3))?;
    Ok(Exit::Done)
}

/// A manifest without the list of its files.
fn brief(manifest: &Manifest) -> Value {
    let mut value = json!(manifest);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("files");
    }
    value
}

fn show(dir: &Path, common: &Common) -> Result<Exit, Fault> {
    let (manifest, summary) = history::show(dir)?;
    if common.wants_json() {
        out::print_json(&json!({ "dir": dir, "manifest": manifest, "summary": summary }))?;
        return Ok(Exit::Done);
    }
    let facts = [
        (common.say("folder", "目录"), dir.display().to_string()),
        (common.say("command", "命令"), manifest.command.clone()),
        (common.say("version", "版本"), manifest.tool_version.clone()),
        (common.say("input hash", "输入哈希"), manifest.input_hash.clone()),
        (common.say("finished", "完成时间"), manifest.finished_at.clone()),
        (common.say("baseline", "基线"), text(&summary["baseline"])),
        (common.say("population", "人口"), text(&summary["population"])),
        (common.say("days", "天数"), text(&summary["days"])),
        (common.say("visits", "就诊"), text(&summary["visits"]["mean"])),
    ];
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:<width$}  {value}\n");
    let mut told: String = facts.iter().map(line).collect();
    told.push('\n');
    let header = [common.say("file", "文件"), common.say("bytes", "字节")];
    let rows = manifest.files.iter().map(|file| vec![file.name.clone(), file.bytes.to_string()]);
    told += &out::table(&header, rows.collect(), 1);
    out::print(&told)?;
    Ok(Exit::Done)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn diff(a: &Path, b: &Path, common: &Common) -> Result<Exit, Fault> {
    let found = history::diff(a, b)?;
    if common.wants_json() {
        let row = |d: &Difference| json!({ "path": d.path, "a": d.a, "b": d.b });
        out::print_json(&found.iter().map(row).collect())?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        out::print(common.say("the summaries are equal\n", "两份结果相同\n"))?;
        return Ok(Exit::Done);
    }
    let value = |side: &Option<Value>| side.as_ref().map_or_else(|| "-".to_owned(), text);
    let row = |d: &Difference| vec![d.path.clone(), value(&d.a), value(&d.b)];
    let header = [common.say("value", "数值"), "A", "B"];
    out::print(&out::table(&header, found.iter().map(row).collect(), 1))?;
    Ok(Exit::Done)
}

/// The run at `dir`, or the runs inside it.
fn targets(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    if dir.join(MANIFEST_FILE).exists() {
        return Ok(vec![dir.to_owned()]);
    }
    let runs: Vec<PathBuf> = runs_of(dir)?.into_iter().map(|run| run.dir).collect();
    if runs.is_empty() {
        return Err(Fault::input(format!("there is no run in {}", looked_in(dir))));
    }
    Ok(runs)
}

fn verify(dir: &Path, common: &Common) -> Result<Exit, Fault> {
    let mut found = Vec::new();
    for dir in targets(dir)? {
        let verification = history::verify(&dir)?;
        found.push((dir, verification));
    }
    if common.wants_json() {
        let row = |(dir, v): &(PathBuf, Verification)| {
            json!({
                "dir": dir, "sound": v.is_sound(), "intact": v.intact,
                "changed": v.changed, "missing": v.missing, "unlisted": v.unlisted,
            })
        };
        out::print_json(&found.iter().map(row).collect())?;
    } else {
        let told: String = found.iter().map(|(dir, found)| verdict(dir, found, common)).collect();
        out::print(&told)?;
    }
    let sound = found.iter().all(|(_, verification)| verification.is_sound());
    Ok(if sound { Exit::Done } else { Exit::Missed })
}

fn verdict(dir: &Path, found: &Verification, common: &Common) -> String {
    let mut told = format!("{}: {} {}\n", dir.display(), found.intact, {
        common.say("files intact", "个文件完好")
    });
    let lists = [
        (common.say("changed", "已改动"), &found.changed),
        (common.say("missing", "缺失"), &found.missing),
        (common.say("not listed", "未登记"), &found.unlisted),
    ];
    for (word, names) in lists {
        told.extend(names.iter().map(|name| format!("  {word}: {name}\n")));
    }
    told
}

fn rm(dir: &Path, common: &Common) -> Result<Exit, Fault> {
    let kept = history::rm(dir)?;
    if common.wants_json() {
        out::print_json(&json!({ "dir": dir, "removed": true, "kept": kept }))?;
        return Ok(Exit::Done);
    }
    out::print(&format!("{} {}\n", common.say("removed", "已删除"), dir.display()))?;
    if !kept.is_empty() {
        let word = common.say("not ours, left there", "不是本程序的文件，保留");
        common.note(&format!("{word}: {}", kept.join(", ")));
    }
    Ok(Exit::Done)
}
