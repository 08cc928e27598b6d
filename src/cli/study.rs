//! What the experiments' verbs share: their size, the run with its meter, the folder of `--out`,
//! tables. Must never run an experiment twice: a folder that holds its answer already is read.

use super::args::{Common, Language, RunArgs};
use super::attribute::AttributeArgs;
use super::calibrate::CalibrateArgs;
use super::compare::CompareArgs;
use super::fault::{Exit, Fault};
use super::keep::{Bench, Keeping};
use super::optimise::OptimiseArgs;
use super::out::{print, print_json};
use super::rollout::RolloutArgs;
use super::sensitivity::SensitivityArgs;
use super::sweep::SweepArgs;
use crate::archive::{self, Existing, FileEntry, Manifest, Parts, RunWriter};
use crate::experiment::{Frame, Setup, Task, Tell, Trouble};
use crate::random::SAMPLER;
use crate::report::{self, Lang};
use crate::scenario::Scenario;
use crate::sim::Stopped;
use clap::{Args, Subcommand};
use comfy_table::{CellAlignment, Table, presets};
use jiff::Zoned;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The experiments.
#[derive(Debug, Subcommand)]
pub(super) enum StudyCommand {
    /// Compares policies in the first scenario's city, paired on the same luck.
    #[command(long_about = super::compare::LONG)]
    Compare(CompareArgs),
    /// Runs a grid of inputs: one row of headline metrics a point.
    #[command(long_about = super::sweep::LONG)]
    Sweep(SweepArgs),
    /// Says which inputs matter: each alone at its ends, and Morris's screening.
    #[command(long_about = super::sensitivity::LONG)]
    Sensitivity(SensitivityArgs),
    /// Lets institutions join in waves and shows month by month what happens.
    #[command(long_about = super::rollout::LONG)]
    Rollout(RolloutArgs),
    /// Finds the best point of a grid under constraints and holds it against the runner-up.
    #[command(long_about = super::optimise::LONG)]
    Optimise(OptimiseArgs),
    /// Sets one input so that a metric comes out at an observed value.
    #[command(long_about = super::calibrate::LONG)]
    Calibrate(CalibrateArgs),
    /// Says where the minutes come from: a ladder of regimes, and Shapley shares of its components.
    #[command(long_about = super::attribute::LONG)]
    Attribute(AttributeArgs),
}

impl StudyCommand {
    /// Runs the experiment.
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Fault> {
        match self {
            StudyCommand::Compare(arguments) => super::compare::run(arguments, common),
            StudyCommand::Sweep(arguments) => super::sweep::run(arguments, common),
            StudyCommand::Sensitivity(arguments) => super::sensitivity::run(arguments, common),
            StudyCommand::Rollout(arguments) => super::rollout::run(arguments, common),
            StudyCommand::Optimise(arguments) => super::optimise::run(arguments, common),
            StudyCommand::Calibrate(arguments) => super::calibrate::run(arguments, common),
            StudyCommand::Attribute(arguments) => super::attribute::run(arguments, common),
        }
    }
}

/// What every experiment understands.
#[derive(Clone, Debug, Args)]
pub(super) struct StudyArgs {
    /// Root seed; every point runs with the same one.
    #[arg(long)]
    seed: Option<u64>,
    /// Replications of each point.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    replications: Option<u16>,
    /// Days with visits.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: Option<u32>,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Overrides of every scenario, such as `--set people.population=5000`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Folder for the answer: one JSON document, one CSV table and the manifest.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replaces an existing folder of another input; the old one is renamed.
    #[arg(long)]
    force: bool,
    /// Goes on with an interrupted experiment: replications whose parts lie in `<out>.parts` are not
    /// simulated again.
    #[arg(long, requires = "out")]
    resume: bool,
    /// Does one of N tasks of a sweep, a comparison or a sensitivity analysis and leaves its parts in
    /// `<out>.parts`; `env/N` takes the number from `SLURM_ARRAY_TASK_ID` or `JOB_COMPLETION_INDEX`.
    /// `--resume` then makes the answer of all parts.
    #[arg(long, value_name = "I/N", value_parser = super::plan::task, requires = "out", conflicts_with_all = ["resume", "force"])]
    task: Option<Task>,
    /// How parts are used; set by `merge`.
    #[arg(skip)]
    pub(super) keeping: Option<Keeping>,
}

impl StudyArgs {
    /// The options that an experiment shares with `run`.
    pub(super) fn of(run: &RunArgs) -> StudyArgs {
        StudyArgs {
            seed: run.seed,
            replications: run.replications,
            days: run.days,
            population: run.population,
            set: run.set.clone(),
            out: run.out.clone(),
            force: run.force,
            resume: run.resume,
            task: run.task,
            keeping: None,
        }
    }

    /// The frame of a scenario.
    pub(super) fn frame(&self, scenario: &Path) -> Frame {
        Frame {
            scenario: scenario.to_owned(),
            set: self.set.clone(),
            seed: self.seed,
            replications: self.replications,
            days: self.days,
            population: self.population,
        }
    }

    /// The options that decide the answer, as they were given.
    fn line(&self) -> String {
        let mut line = String::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                line.extend([format!(" --{name} {value}")]);
            }
        };
        add("seed", self.seed.map(|value| value.to_string()));
        add("replications", self.replications.map(|value| value.to_string()));
        add("days", self.days.map(|value| value.to_string()));
        add("population", self.population.map(|value| value.to_string()));
        self.set.iter().for_each(|set| add("set", Some(quoted(set))));
        line
    }
}

/// A word as a shell would want it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "=.,:-_[]/".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// The file name of a scenario: paths of a machine stay out of documents.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A CSV table.
#[derive(Debug)]
pub(super) struct Csv {
    /// Column names.
    pub(super) header: Vec<String>,
    /// Rows.
    pub(super) rows: Vec<Vec<String>>,
}

/// A file beside an experiment's document.
#[derive(Debug)]
pub(super) enum Extra {
    /// A table.
    Table(Csv),
    /// Any text.
    Text(String),
}

impl Extra {
    fn write(self, writer: &mut RunWriter, name: &str) -> Result<(), Fault> {
        match self {
            Extra::Table(Csv { header, rows }) => {
                let header: Vec<&str> = header.iter().map(String::as_str).collect();
                writer.csv(name, &header, &rows)?;
            }
            Extra::Text(text) => writer.write(name, text.as_bytes())?,
        }
        Ok(())
    }
}

/// An experiment that is ready: what it is called, what decides it, and how it is told.
pub(super) struct Study<'a> {
    /// The verb, which names the files.
    pub(super) verb: &'static str,
    /// Shared options.
    pub(super) arguments: &'a StudyArgs,
    /// Shared options of all verbs.
    pub(super) common: &'a Common,
    /// The verb's own words of the command line, without machine paths.
    pub(super) line: String,
    /// Scenarios whose content decides the answer.
    pub(super) inputs: Vec<&'a Scenario>,
    /// Replications of all points.
    pub(super) runs: u16,
}

impl Study<'_> {
    /// Gives the answer: from `--out` if it is there already, or by running, which writes it there.
    pub(super) fn answer(
        &self,
        work: impl FnOnce(Tell<'_>) -> Result<Value, Trouble> + Send,
        table: fn(&Value) -> Csv,
    ) -> Result<Value, Fault> {
        self.answer_with(work, table, |_| Vec::new())
    }

    /// The same with further files under their names.
    pub(super) fn answer_with(
        &self,
        work: impl FnOnce(Tell<'_>) -> Result<Value, Trouble> + Send,
        table: fn(&Value) -> Csv,
        more: impl Fn(&Value) -> Vec<(&'static str, Extra)>,
    ) -> Result<Value, Fault> {
        let hash = self.hash();
        let name = format!("{}.json", self.verb);
        if let Some(dir) = &self.arguments.out {
            match archive::existing(dir, &hash)? {
                Existing::SameInput => {
                    self.common.note(&format!("{} holds this very answer already", dir.display()));
                    // What is left where the end came between the answer and the tidying up.
                    Parts::beside(dir).clear();
                    let text = std::fs::read(dir.join(&name))?;
                    return serde_json::from_slice(&text).map_err(Fault::internal);
                }
                Existing::OtherInput { hash } if !self.arguments.force => {
                    return Err(Fault::input(format!(
                        "{} holds an answer of other inputs ({hash}); name another folder with \
                         --out, or use --force (the old folder is renamed)",
                        dir.display()
                    )));
                }
                Existing::None | Existing::OtherInput { .. } => {}
            }
        }
        let started = Zoned::now();
        let parts = self.arguments.out.as_deref().map(Parts::beside);
        let document = self.work(work, parts.as_ref())?;
        if let Some(dir) = &self.arguments.out {
            let mut writer = RunWriter::create(dir, self.arguments.force)?;
            writer.write(&name, format!("{document:#}\n").as_bytes())?;
            let own = format!("{}.csv", self.verb);
            let tables = std::iter::once((own.as_str(), Extra::Table(table(&document))));
            for (name, extra) in tables.chain(more(&document)) {
                extra.write(&mut writer, name)?;
            }
            write_pages(&mut writer, &document)?;
            for (number, scenario) in (1..).zip(&self.inputs) {
                let text = format!("{:#}\n", scenario.resolved);
                writer.write(&resolved_name(number), text.as_bytes())?;
            }
            if let Some(old) = writer.finish(self.manifest(&document, hash, &started))? {
                self.common.note(&format!("the folder that stood there is now {}", old.display()));
            }
        }
        if let Some(parts) = parts {
            parts.clear();
        }
        Ok(document)
    }

    /// Does one task's share of the units instead of the whole, where `--task` asks for it.
    pub(super) fn task(
        &self,
        setups: impl FnOnce() -> Result<Vec<Setup>, Trouble>,
    ) -> Result<Option<Exit>, Fault> {
        let StudyArgs { task: Some(task), out: Some(dir), .. } = self.arguments else {
            return Ok(None);
        };
        if archive::existing(dir, &self.hash())? == Existing::SameInput {
            self.common.note(&format!("{} holds this very answer already", dir.display()));
            return Ok(Some(Exit::Done));
        }
        super::plan::work(*task, &setups()?, dir, self.common).map(Some)
    }

    /// `--task` where the next point depends on the last one's result.
    pub(super) fn refuse_task(&self) -> Result<(), Fault> {
        match self.arguments.task {
            Some(_) => Err(Fault::input(format!(
                "the points of `{}` are not known beforehand, so it has no tasks; run it whole \
                 (--resume goes on where it stopped)",
                self.verb
            ))),
            None => Ok(()),
        }
    }

    fn work(
        &self,
        work: impl FnOnce(Tell<'_>) -> Result<Value, Trouble> + Send,
        parts: Option<&Parts>,
    ) -> Result<Value, Fault> {
        for scenario in &self.inputs {
            if !scenario.warnings.is_empty() {
                self.common.note(&scenario.warnings.to_string());
            }
        }
        // Each replication tells its own days; the meter's bar needs how many there are.
        let days = self.arguments.days.unwrap_or(self.inputs[0].run.days);
        let resumed = if self.arguments.resume { Keeping::GoOn } else { Keeping::Afresh };
        let keeping = self.arguments.keeping.unwrap_or(resumed);
        let parts = parts.map(|parts| (parts, keeping));
        Bench::new(self.runs, days, parts, self.common).work(self.common, work)
    }

    fn command(&self) -> String {
        format!("aftercare {} {}{}", self.verb, self.line, self.arguments.line())
    }

    /// The hash of everything that decides the answer.
    fn hash(&self) -> String {
        let command = self.command();
        let resolved: Vec<String> =
            self.inputs.iter().map(|scenario| scenario.resolved.to_string()).collect();
        let mut parts = vec![
            ("version", archive::TOOL_VERSION.as_bytes()),
            ("sampler", SAMPLER.as_bytes()),
            ("command", command.as_bytes()),
        ];
        parts.extend(resolved.iter().map(|text| ("scenario", text.as_bytes())));
        archive::input_hash(&parts)
    }

    fn manifest(&self, document: &Value, hash: String, started: &Zoned) -> Manifest {
        let files = self.inputs.iter().flat_map(|scenario| &scenario.files);
        let entry = |file: &crate::scenario::InputFile| {
            FileEntry::of(&file_name(Path::new(&file.path)), file.text.as_bytes())
        };
        let number = |key: &str| document[key].as_u64().unwrap_or_default();
        Manifest {
            tool_version: archive::TOOL_VERSION.into(),
            sampler: SAMPLER.into(),
            scenario: self.inputs[0].name.clone(),
            command: self.command(),
            input_hash: hash,
            seed: number("seed"),
            replications: number("replications") as u32,
            threads: self.common.threads as u32,
            inputs: files.map(entry).collect(),
            started_at: started.timestamp().to_string(),
            finished_at: Zoned::now().timestamp().to_string(),
            machine: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            ..Manifest::default()
        }
    }

    /// Prints the document, or the text made of it.
    pub(super) fn tell(
        &self,
        document: &Value,
        human: impl FnOnce(&Value) -> String,
    ) -> Result<(), Fault> {
        if document["waits_comparable"] == false {
            self.common.note(self.common.say(
                "the sample is smaller than one hospital of each level: its waits do not compare \
                 with the full city's",
                "样本小于每级一所医院：其等候时间不能与全市相比",
            ));
        }
        if document["sites_in_scheme_at_end"] == 0 {
            self.common.note(self.common.say(
                "no institution of the simulated city joins the scheme before the last day",
                "模拟城市中没有机构在末日之前加入该计划",
            ));
        }
        if self.common.wants_json() {
            return print_json(document);
        }
        print(&human(document))
    }
}

/// Where an experiment keeps its n-th scenario as it was resolved.
pub(super) fn resolved_name(number: usize) -> String {
    format!("scenarios/{number}.resolved.json")
}

/// The pages of an experiment that has some, in both languages, with their charts.
fn write_pages(writer: &mut RunWriter, document: &Value) -> Result<(), Fault> {
    for (lang, mark) in [(Lang::En, ""), (Lang::Zh, ".zh")] {
        let Some(page) = report::study(document, lang).map_err(Fault::internal)? else { continue };
        writer.write(&format!("report{mark}.html"), page.html.as_bytes())?;
        for (name, svg) in page.charts {
            writer.write(&format!("charts/{name}{mark}.svg"), svg.as_bytes())?;
        }
    }
    Ok(())
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Fault {
        match trouble {
            Trouble::Scenario(problems) => problems.into(),
            Trouble::Question(text) => Fault::input(text),
            Trouble::Stopped(Stopped::Invalid(invalid)) => Fault::invalid(invalid),
            Trouble::Stopped(Stopped::Interrupted) => {
                Fault::interrupted("interrupted; nothing was written")
            }
            Trouble::Kept(text) => Fault::internal(text),
        }
    }
}

/// A table of plain text as wide as its cells, since a folded path cannot be copied; the first
/// `left` columns are aligned to the left.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>, left: usize) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty().set_header(header.to_vec()).add_rows(rows);
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

/// A value of a document as text: numbers short, words bare.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(word) => word.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(value) if value.abs() >= 1000.0 && !number.is_u64() => format!("{value:.0}"),
            Some(value) if !number.is_u64() && !number.is_i64() => short(value),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// At most four decimals, without the zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An interval as text.
pub(super) fn interval(ci95: &Value) -> String {
    match ci95.as_array().map(Vec::as_slice) {
        Some([low, high]) => format!("{} .. {}", text(low), text(high)),
        _ => "-".into(),
    }
}

/// A number of a document in full, for CSV; empty for none.
pub(super) fn full(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}

/// Entries of an object of a document.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Elements of an array of a document.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// `key = value` of a point.
pub(super) fn point(inputs: &Value) -> String {
    let pairs: Vec<String> =
        entries(inputs).map(|(key, value)| format!("{key} = {}", text(value))).collect();
    pairs.join(", ")
}

/// First lines of a human answer: what was run, and how often.
pub(super) fn heading(common: &Common, document: &Value) -> String {
    let title = text(&document["titles"][common.say("en", "zh")]);
    let [people, days, replications, seed] =
        ["population", "days", "replications", "seed"].map(|key| text(&document[key]));
    match common.lang {
        Language::En => format!(
            "{title}: {people} people, {days} days, {replications} replications a point, \
             seed {seed}\n"
        ),
        Language::Zh => {
            format!("{title}：{people}人，{days}天，每点{replications}次重复，种子{seed}\n")
        }
    }
}

/// A figure's short name; one that has none keeps its path.
pub(super) fn label(common: &Common, path: &str) -> String {
    let lang = common.lang.of_reports();
    report::figure_name(path, lang).map_or_else(|| path.to_owned(), str::to_owned)
}

/// A verdict in the language of the user.
pub(super) fn verdict(common: &Common, word: &Value) -> String {
    let known = [
        ("better", "better", "更好"),
        ("worse", "worse", "更差"),
        ("cannot_tell", "cannot tell", "无法判断"),
    ];
    let word = text(word);
    let found = known.iter().find(|(known, _, _)| *known == word);
    found.map_or(word.clone(), |(_, en, zh)| common.say(en, zh).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::HEADLINES;
    use serde_json::json;

    #[test]
    fn every_headline_has_a_name_in_both_languages() {
        for path in HEADLINES {
            for lang in [Lang::En, Lang::Zh] {
                assert!(report::figure_name(path, lang).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn numbers_are_short_for_people_and_whole_for_programs() {
        let table = [
            (json!(0.123_456_78), "0.1235", "0.12345678"),
            (json!(12345.678), "12346", "12345.678"),
            (json!(7), "7", "7"),
            (json!(2.0), "2", "2.0"),
            (json!(null), "-", ""),
            (json!("word"), "word", "word"),
        ];
        for (value, people, programs) in table {
            assert_eq!((text(&value).as_str(), full(&value).as_str()), (people, programs));
        }
        assert_eq!(interval(&json!([0.5, 1.25])), "0.5 .. 1.25");
    }
}
