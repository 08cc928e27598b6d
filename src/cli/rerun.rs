//! `aftercare runs verify --rerun`: a finished run once more from its resolved inputs, figure by figure.
//! Must never touch the run that it verifies.

use super::args::{Cli, Command, Common, RunArgs};
use super::fault::{Exit, Fault};
use super::keep::Keeping;
use super::out;
use super::run::{self, Order};
use super::study::resolved_name;
use crate::archive::{FileEntry, Manifest, TOOL_VERSION, history};
use crate::scenario;
use clap::Parser;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Files that hold words or paths of inputs beside the figures, or are made of the others.
const NOT_FIGURES: [&str; 4] =
    ["assumptions.csv", "scenario.resolved.json", "reporting.md", "manifest.json"];

/// What a second run found.
struct Found {
    dir: PathBuf,
    same: usize,
    differ: Vec<String>,
    version: String,
}

/// Runs each run again.
pub(super) fn verify(dirs: &[PathBuf], common: &Common) -> Result<Exit, Fault> {
    let found = dirs.iter().map(|dir| again(dir, common)).collect::<Result<Vec<Found>, Fault>>()?;
    if common.wants_json() {
        let row = |found: &Found| {
            json!({
                "dir": found.dir, "same": found.same, "differ": found.differ,
                "written_by": found.version, "this_program": TOOL_VERSION,
            })
        };
        out::print_json(&found.iter().map(row).collect::<Value>())?;
    } else {
        for found in &found {
            let same = common.say("files of figures came out the same", "个数据文件结果相同");
            let mut told = format!("{}: {} {same}\n", found.dir.display(), found.same);
            let word = common.say("differs", "不同");
            told.extend(found.differ.iter().map(|name| format!("  {word}: {name}\n")));
            if !found.differ.is_empty() && found.version != TOOL_VERSION {
                let by = common.say("it was written by another version:", "由其他版本写出：");
                told += &format!("  {by} {}\n", found.version);
            }
            out::print(&told)?;
        }
    }
    let sound = found.iter().all(|found| found.differ.is_empty());
    Ok(if sound { Exit::Done } else { Exit::Missed })
}

fn again(dir: &Path, common: &Common) -> Result<Found, Fault> {
    let manifest = Manifest::read(dir)?;
    if dir.join(resolved_name(1)).exists() {
        return study_again(dir, &manifest);
    }
    let text = std::fs::read(dir.join("scenario.resolved.json")).map_err(|_| {
        Fault::input(format!(
            "{} holds no scenario.resolved.json: it cannot be run again",
            dir.display()
        ))
    })?;
    let resolved: Value = serde_json::from_slice(&text).map_err(Fault::internal)?;
    let room = beside(dir);
    std::fs::create_dir_all(&room)?;
    let path = room.join(format!("{}.toml", manifest.scenario));
    std::fs::write(&path, scenario::resolved_text(&resolved))?;
    let ended = rerun(&manifest, &path, &room.join("run"), common);
    let found = ended.map(|()| compare(dir, &room.join("run"), &manifest));
    // The second run served its purpose; what stands in its folder is all ours.
    let _ = history::rm(&room.join("run"));
    let _ = std::fs::remove_file(&path);
    let _ = std::fs::remove_dir(&room);
    found?
}

/// An experiment once more: this very program on the scenarios that lie in its folder.
fn study_again(dir: &Path, manifest: &Manifest) -> Result<Found, Fault> {
    let room = beside(dir);
    let again = || -> Result<Found, Fault> {
        let words = study_words(manifest, dir, &room)?;
        let program = std::env::current_exe()?;
        let mut command = std::process::Command::new(program);
        command.args(words).arg("--quiet").stdout(Stdio::null());
        let ended = command.output()?;
        if !room.join("again").exists() {
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            return Err(Fault::input(format!("`{}` ended so: {said}", manifest.command)));
        }
        compare(dir, &room.join("again"), manifest)
    };
    let found = again();
    // All of it is ours: the scenarios were written a moment ago.
    let _ = std::fs::remove_dir_all(&room);
    found
}

/// The experiment's command on its own scenarios, each in a folder of its own under its old name.
fn study_words(manifest: &Manifest, dir: &Path, room: &Path) -> Result<Vec<String>, Fault> {
    let given = split(&manifest.command);
    let mut words = vec![given.get(1).cloned().unwrap_or_default()];
    let mut given = given.into_iter().skip(2).peekable();
    let mut number = 0;
    while let Some(name) = given.next_if(|word| !word.starts_with("--")) {
        number += 1;
        let text = std::fs::read(dir.join(resolved_name(number)))?;
        let resolved: Value = serde_json::from_slice(&text).map_err(Fault::internal)?;
        let folder = room.join(number.to_string());
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        std::fs::write(&path, scenario::resolved_text(&resolved))?;
        words.push(path.to_string_lossy().into_owned());
    }
    words.extend(["--out".into(), room.join("again").to_string_lossy().into_owned()]);
    while let Some(word) = given.next() {
        if word == "--set" {
            given.next();
        } else {
            words.push(word);
        }
    }
    Ok(words)
}

/// A folder of our own beside the run.
fn beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    dir.with_file_name(format!(".{name}.rerun-{}", std::process::id()))
}

fn rerun(manifest: &Manifest, scenario: &Path, out: &Path, common: &Common) -> Result<(), Fault> {
    let arguments = arguments(&manifest.command, scenario, out)?;
    let order = Order::new(&arguments, common)?;
    run::produce(&order, &arguments, common, Keeping::Afresh)
}

/// The manifest's command for another scenario file; overrides are in the resolved inputs already.
fn arguments(command: &str, scenario: &Path, out: &Path) -> Result<RunArgs, Fault> {
    let mut words = split(command).into_iter();
    let mut kept: Vec<String> = words.by_ref().take(2).collect();
    words.next();
    kept.extend([scenario.to_string_lossy().into_owned()]);
    kept.extend(["--out".into(), out.to_string_lossy().into_owned()]);
    while let Some(word) = words.next() {
        if word == "--set" || word == "--scheme" {
            words.next();
        } else {
            kept.push(word);
        }
    }
    match Cli::try_parse_from(&kept).map(|cli| cli.command) {
        Ok(Command::Run(arguments)) => Ok(arguments),
        _ => Err(Fault::input(format!("`{command}` is not the command of a run"))),
    }
}

/// The words of a command line, single quotes taken off.
fn split(command: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for character in command.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => {
                if let Some(word) = words.last_mut() {
                    word.push(other);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn compare(dir: &Path, second: &Path, manifest: &Manifest) -> Result<Found, Fault> {
    let figures = |file: &&FileEntry| {
        let ends = |end: &str| Path::new(&file.name).extension().is_some_and(|own| own == end);
        let answer = ends("json") && !file.name.contains('/');
        !NOT_FIGURES.contains(&file.name.as_str()) && (ends("csv") || answer)
    };
    let again = Manifest::read(second)?;
    let (mut same, mut differ) = (0, Vec::new());
    for file in manifest.files.iter().filter(figures) {
        // The bytes that lie there now, so that a changed file is found as well as a changed result.
        let now = std::fs::read(dir.join(&file.name)).unwrap_or_default();
        let now = FileEntry::of(&file.name, &now);
        if again.files.contains(&now) { same += 1 } else { differ.push(file.name.clone()) }
    }
    Ok(Found { dir: dir.to_owned(), same, differ, version: manifest.tool_version.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_back_without_its_overrides() {
        let command = "aftercare run smoke.toml --seed 3 --replications 2 --days 4 --population 6000 \
                       --set 'a.b = [1, 2]' --uncertainty 8";
        let read =
            arguments(command, Path::new("there/x.toml"), Path::new("there/y")).expect("a run");
        assert_eq!((read.seed, read.days, read.population), (Some(3), Some(4), Some(6_000)));
        assert_eq!((read.set.len(), read.uncertainty), (0, Some(8)));
        assert!(arguments("aftercare sweep x", Path::new("x"), Path::new("y")).is_err());
    }
}
