//! `aftercare init`: a documented start, the request for a city's data, and a city out of a filled one.
//! Must never overwrite a file, and writes nothing when a cell is wrong.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::scenario;
use crate::scenario::intake::{self, Assumed, City, Grid, Meter, SHEETS, Tongue, Wrong};
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub(super) struct InitArgs {
    /// Name of the scenario; the file is NAME.toml.
    #[arg(value_parser = name)]
    name: String,
    /// Folder to write it to.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Writes the request for the city's data instead, to be filled in: FILE.xlsx, or FILE.csv with its
    /// lists FILE.hospitals.csv and FILE.districts.csv.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    template: Option<PathBuf>,
    /// Makes the scenario of a filled request; what was left empty is assumed, marked and listed.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let stem = text.strip_suffix(".toml").unwrap_or(text);
    if !stem.is_empty() && stem.chars().all(fits) {
        Ok(stem.to_owned())
    } else {
        Err("expected letters, digits, `_` and `-`; use --dir for the folder".to_owned())
    }
}

/// Writes a commented scenario, a request, or a city out of one.
pub(super) fn init(arguments: &InitArgs, common: &Common) -> Result<Exit, Fault> {
    if let Some(file) = &arguments.template {
        return template(file, common);
    }
    let path = arguments.dir.join(format!("{}.toml", arguments.name));
    let Some(from) = &arguments.from else {
        create(&[(&path, scenario::template().as_bytes())], common)?;
        if common.wants_json() {
            out::print_json(&json!({ "path": path }))?;
        } else {
            out::print(&format!("{}\n", path.display()))?;
        }
        common.note(&next(&path, common));
        return Ok(Exit::Done);
    };
    let city =
        intake::build(&arguments.name, &read(from)?).map_err(|wrong| told(from, &wrong, common))?;
    let beside = |mark: &str| arguments.dir.join(format!("{}.{mark}", arguments.name));
    let (assumed, missing) = (beside("assumed.csv"), beside("missing.md"));
    let list = csv_of(&city.assumed)?;
    let page = page(&arguments.name, &city, tongue(common));
    let files = [
        (&*path, city.scenario.as_bytes()),
        (&*assumed, list.as_bytes()),
        (&*missing, page.as_bytes()),
    ];
    create(&files, common)?;
    print(&city, &path, common)?;
    common.note(&format!("{}\n{}\n{}", assumed.display(), missing.display(), next(&path, common)));
    Ok(Exit::Done)
}

/// What to do with a new scenario.
fn next(path: &Path, common: &Common) -> String {
    let then = common.say("next", "下一步");
    format!("{then}: aftercare check {0}, aftercare run {0}", path.display())
}

/// The language that was asked for.
fn tongue(common: &Common) -> Tongue {
    match common.lang {
        Language::En => Tongue::En,
        Language::Zh => Tongue::Zh,
    }
}

/// Every wrong cell on a line of its own.
fn told(file: &Path, wrong: &[Wrong], common: &Common) -> Fault {
    let line = |one: &Wrong| {
        let (en, zh) = (one.to_string(), one.zh());
        format!("{}: {}", file_of(file, &one.sheet).display(), common.say(&en, &zh))
    };
    let lines: Vec<String> = wrong.iter().map(line).collect();
    let count = lines.len();
    let en = format!("{} wrong; nothing was written", cells(count));
    let zh = format!("{count} 个单元格有误；未写入任何文件");
    Fault::input(format!("{}\n{}", lines.join("\n"), common.say(&en, &zh)))
}

/// The file that holds a sheet.
fn file_of(file: &Path, sheet: &str) -> PathBuf {
    let own = csv_files(file).into_iter().find(|(name, _)| is_csv(file) && *name == sheet);
    own.map_or_else(|| file.to_owned(), |(_, path)| path)
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell is".to_owned() } else { format!("{count} cells are") }
}

/// Writes new files, all or none: a file that is there is left as it is.
fn create(files: &[(&Path, &[u8])], common: &Common) -> Result<(), Fault> {
    let taken = |path: &Path| {
        let message = common.say(
            "exists already and is left as it is; choose another name",
            "已存在，保持不变；请另取名称",
        );
        Fault::input(format!("{} {message}", path.display()))
    };
    for (path, _) in files {
        if path.exists() {
            return Err(taken(path));
        }
    }
    for (path, bytes) in files {
        let place = |error: std::io::Error| Fault::input(format!("{}: {error}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(place)?;
        }
        let mut file = match std::fs::File::create_new(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(taken(path)),
            Err(error) => return Err(place(error)),
        };
        file.write_all(bytes)?;
    }
    Ok(())
}

fn is_csv(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"))
}

/// The files of a request in CSV: the city's own, then a file a list beside it.
fn csv_files(file: &Path) -> [(&'static str, PathBuf); 3] {
    SHEETS.map(|sheet| match sheet.split_once(' ') {
        Some((word, _)) if word != "city" => (sheet, file.with_extension(format!("{word}.csv"))),
        _ => (sheet, file.to_owned()),
    })
}

/// Writes the request.
fn template(file: &Path, common: &Common) -> Result<Exit, Fault> {
    let grids = intake::request(tongue(common));
    let written: Vec<PathBuf> = if is_csv(file) {
        let mut files = Vec::new();
        for (grid, (_, path)) in grids.iter().zip(csv_files(file)) {
            files.push((path, csv_text(&grid.rows)?));
        }
        let bytes: Vec<_> = files.iter().map(|(path, text)| (&**path, text.as_bytes())).collect();
        create(&bytes, common)?;
        files.into_iter().map(|(path, _)| path).collect()
    } else {
        create(&[(file, &book(&grids, tongue(common))?)], common)?;
        vec![file.to_owned()]
    };
    let lines: Vec<String> = written.iter().map(|path| format!("{}\n", path.display())).collect();
    out::print(&lines.concat())?;
    common.note(common.say(
        "fill in `value` and `source`, list hospitals and districts; what stays empty is assumed and listed",
        "请填写“数值”与“来源”，并列出医院和区县；留空处将采用默认值并单独列出",
    ));
    Ok(Exit::Done)
}

/// CSV that spreadsheets open with Chinese names whole.
fn csv_text(rows: &[Vec<String>]) -> Result<String, Fault> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Fault::internal)?;
    }
    let bytes = writer.into_inner().map_err(Fault::internal)?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// The sheets of a filled request.
fn read(file: &Path) -> Result<Vec<Grid>, Fault> {
    if !is_csv(file) {
        return read_book(file);
    }
    let mut grids = Vec::new();
    for (sheet, path) in csv_files(file) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && path != file => continue,
            Err(error) => return Err(Fault::input(format!("{}: {error}", path.display()))),
        };
        let text = text.trim_start_matches('\u{feff}');
        let reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.into_records() {
            let record =
                record.map_err(|error| Fault::input(format!("{}: {error}", path.display())))?;
            rows.push(record.iter().map(str::to_owned).collect());
        }
        grids.push(Grid { sheet: sheet.to_owned(), rows });
    }
    Ok(grids)
}

#[cfg(feature = "exports")]
fn read_book(file: &Path) -> Result<Vec<Grid>, Fault> {
    super::init_book::read(file)
}

#[cfg(feature = "exports")]
fn book(grids: &[Grid], tongue: Tongue) -> Result<Vec<u8>, Fault> {
    super::init_book::write(grids, tongue)
}

#[cfg(not(feature = "exports"))]
fn read_book(file: &Path) -> Result<Vec<Grid>, Fault> {
    Err(left_out(file))
}

#[cfg(not(feature = "exports"))]
fn book(_: &[Grid], _: Tongue) -> Result<Vec<u8>, Fault> {
    Err(left_out(Path::new("--template")))
}

#[cfg(not(feature = "exports"))]
fn left_out(file: &Path) -> Fault {
    Fault::input(format!(
        "{}: this program was built without the feature `exports` and reads and writes no workbooks; use a \
         file that ends in .csv",
        file.display()
    ))
}

/// The list of what was assumed, in both languages: `item` and the English value are as the scenario has them.
fn csv_of(assumed: &[Assumed]) -> Result<String, Fault> {
    let head = [
        "priority", "item", "value", "value_zh", "unit", "unit_zh", "range", "note", "note_zh",
        "what_en", "what_zh", "from_en", "from_zh",
    ];
    let row = |one: &Assumed| {
        let Assumed { item, priority, value, unit, range, note, what, from, .. } = one;
        let [[value, value_zh], [unit, unit_zh], [note, note_zh]] = [value, unit, note];
        let [[what, what_zh], [from, from_zh]] = [what, from];
        let range = &range[0];
        let words = [
            item, value, value_zh, unit, unit_zh, range, note, note_zh, what, what_zh, from,
            from_zh,
        ];
        std::iter::once(priority.to_string()).chain(words.into_iter().cloned()).collect()
    };
    let rows: Vec<Vec<String>> =
        std::iter::once(head.map(str::to_owned).to_vec()).chain(assumed.iter().map(row)).collect();
    csv_text(&rows)
}

/// The meter in words and as a bar.
fn meter(meter: &Meter, lang: Language) -> String {
    let share = |filled: usize, asked: usize| (filled * 100).checked_div(asked).unwrap_or(100);
    let (filled, asked) = (meter.all_filled(), meter.all_asked());
    let full = share(filled, asked) / 5;
    let bar = format!("[{}{}]", "#".repeat(full), "-".repeat(20 - full));
    let [first, second, third] =
        [0, 1, 2].map(|at| format!("{} / {}", meter.filled[at], meter.asked[at]));
    let percent = share(filled, asked);
    match lang {
        Language::En => format!(
            "{bar} {percent} % complete: {filled} of {asked} cells; priority 1: {first}, 2: {second}, 3: {third}"
        ),
        Language::Zh => format!(
            "{bar} 完成 {percent} %：已填 {filled} / 共 {asked} 格；优先级1：{first}，2：{second}，3：{third}"
        ),
    }
}

/// Prints what was assumed, the most important first.
fn print(city: &City, path: &Path, common: &Common) -> Result<(), Fault> {
    let Meter { filled, asked } = city.meter;
    if common.wants_json() {
        let assumed = city.assumed.iter().map(|one| {
            json!({ "item": one.item, "priority": one.priority, "value": one.value[0],
                "unit": one.unit[0], "range": one.range[0], "note": one.note[0],
                "ask_en": one.from[0], "ask_zh": one.from[1] })
        });
        let assumed: Vec<_> = assumed.collect();
        return out::print_json(&json!({
            "schema": "aftercare.init/1", "path": path, "assumed": assumed,
            "complete": { "filled": filled, "asked": asked },
        }));
    }
    let mut told = String::from(common.say(
        "assumed, by priority (1 moves the answer most); ask for it:\n",
        "以下为假设值，按优先级排列（1影响最大），请索取：\n",
    ));
    for one in &city.assumed {
        told += &listed(one, tongue(common));
    }
    let meter = meter(&city.meter, common.lang);
    out::print(&format!("{told}\n{meter}\n{}\n", path.display()))
}

/// An assumed value on a line: what it is, where it is asked, its value, whom to ask.
fn listed(one: &Assumed, tongue: Tongue) -> String {
    let Assumed { priority, place, value, unit, range, what, from, .. } = one;
    let [what, place, value, unit] =
        [what, place, value, unit].map(|words| tongue.pick(words.each_ref()));
    let [range, from] = [range, from].map(|words| tongue.pick(words.each_ref()));
    let unit = amount(unit);
    match tongue {
        Tongue::En => {
            let range = if range.is_empty() { String::new() } else { format!(" ({range})") };
            format!("{priority}  {what} [{place}] = {value}{unit}{range} <- {from}\n")
        }
        Tongue::Zh => {
            let range = if range.is_empty() { String::new() } else { format!("（{range}）") };
            format!("{priority}  {what} [{place}] = {value}{unit}{range} ← {from}\n")
        }
    }
}

/// A unit behind its value.
fn amount(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

/// The page beside the scenario: how complete, what is missing, whom to ask.
fn page(name: &str, city: &City, tongue: Tongue) -> String {
    let lang = tongue.pick([Language::En, Language::Zh]);
    let [title, lead, head] = match tongue {
        Tongue::En => [
            "what is still missing",
            "Priority 1 moves the answer most. Each value below was assumed; ask for it and fill it in.",
            "| priority | question | asked at | assumed | range | ask | why this value |",
        ],
        Tongue::Zh => [
            "尚缺数据",
            "优先级1对结果影响最大。下列各项均为假设值，请索取后填写。",
            "| 优先级 | 所需数据 | 位置 | 取值 | 范围 | 向谁索取 | 取值依据 |",
        ],
    };
    let meter = meter(&city.meter, lang);
    let mut page = format!(
        "# {name}: {title}\n\n    {meter}\n\n{lead}\n\n{head}\n|---|---|---|---|---|---|---|\n"
    );
    for one in &city.assumed {
        let Assumed { priority, place, value, unit, range, note, what, from, .. } = one;
        let cell = |words: &[String; 2]| tongue.pick(words.each_ref()).replace('|', "/");
        let [what, place, value, unit] = [what, place, value, unit].map(cell);
        let [range, from, note] = [range, from, note].map(cell);
        let unit = amount(&unit);
        let _ = writeln!(
            page,
            "| {priority} | {what} | `{place}` | {value}{unit} | {range} | {from} | {note} |"
        );
    }
    page
}
