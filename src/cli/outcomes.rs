//! The outcomes half of `validate`: reads the tables, runs the comparison, prints it, puts it into a README.
//! Must never judge: that is `experiment::outcomes`.

use super::args::Common;
use super::fault::Fault;
use crate::experiment::outcomes::{self, Frame, Judged, Kind, Shared, Verdict};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Published outcomes, in a copy of the sources.
const EVIDENCE: &str = "scenarios/evidence/outcomes.csv";
/// Ranges of the shared inputs.
const SPREAD: &str = "scenarios/evidence/spread.csv";
/// Comparable outcomes that must lie inside; declared with the table, before it was compared.
pub(super) const DECLARED: usize = 6;
/// Where the table stands in a README.
const MARKS: [&str; 2] = ["<!-- validation -->", "<!-- /validation -->"];

/// What was asked.
pub(super) struct Asked<'a> {
    /// A table of the user's own.
    pub(super) evidence: Option<&'a Path>,
    /// Points through the shared inputs.
    pub(super) points: u32,
}

/// Runs the comparison.
pub(super) fn judged(asked: &Asked<'_>) -> Result<Vec<Judged>, Fault> {
    let file = asked.evidence.unwrap_or(Path::new(EVIDENCE));
    let rows = parsed(file, outcomes::read)?;
    let spread: Vec<Shared> = parsed(Path::new(SPREAD), outcomes::read_spread)?;
    let folder = PathBuf::from("scenarios");
    let frame = Frame { folder, points: asked.points, people: 20_000, days_of_times: 14, seed: 1 };
    Ok(outcomes::judge(&rows, &spread, &frame)?)
}

fn parsed<T>(file: &Path, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Fault> {
    let place = |what: String| Fault::input(format!("{}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| place(error.to_string()))?;
    read(&text).map_err(place)
}

/// How many comparable outcomes there are, and how many lie inside.
pub(super) fn score(judged: &[Judged]) -> (usize, usize) {
    let count = |verdict| judged.iter().filter(|row| row.verdict == verdict).count();
    (count(Verdict::Inside), count(Verdict::Inside) + count(Verdict::Outside))
}

/// Whether fewer lie inside than were declared; a user's own table declares nothing.
pub(super) fn missed(judged: &[Judged], own: bool) -> bool {
    !own && score(judged).0 < DECLARED
}

/// The answer as JSON.
pub(super) fn answer(judged: &[Judged]) -> Value {
    let (inside, comparable) = score(judged);
    let skill = |held_out| {
        outcomes::skill(judged, held_out)
            .map(|s| json!({ "skill": (s.skill * 1e3).round() / 1e3, "outcomes": s.outcomes }))
    };
    json!({
        "inside": inside,
        "comparable": comparable,
        "declared": DECLARED,
        "skill_against_mean_of_others": skill(false),
        "skill_held_out": skill(true),
        "said": said(judged),
        "rows": judged.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(judged: &Judged) -> Value {
    let published = &judged.published;
    let (en, zh) = words(judged);
    json!({
        "id": published.id,
        "city": published.city,
        "quantity": published.quantity,
        "baseline": published.baseline,
        "as_of": published.as_of,
        "kind": published.kind.word(),
        "held_out": published.held_out,
        "reported": [published.low, published.reported, published.high],
        "simulated": judged.simulated,
        "unit": published.unit,
        "verdict": match judged.verdict {
            Verdict::Inside => "inside",
            Verdict::Outside => "outside",
            Verdict::None => published.kind.word(),
        },
        "verdict_en": en,
        "verdict_zh": zh,
        "published_shown": shown(published.reported, &published.unit),
        "simulated_shown": simulated(judged),
        "definition_en": published.definition_en,
        "definition_zh": published.definition_zh,
        "why": why(judged),
    })
}

fn words(judged: &Judged) -> (&'static str, &'static str) {
    match (judged.verdict, judged.published.kind) {
        (Verdict::Inside, _) => ("inside", "相符"),
        (Verdict::Outside, _) => ("outside", "不符"),
        (_, Kind::Fitted) => ("fitted, not judged", "用于校准，不作判断"),
        (_, Kind::Input) => ("an input, not judged", "输入，不作判断"),
        _ => ("not comparable", "不可比"),
    }
}

/// The note of the table and, where the two disagree, the likely reason.
fn why(judged: &Judged) -> String {
    let note = judged.published.note_en.clone();
    if judged.verdict != Verdict::Outside {
        return note;
    }
    let reason = match judged.published.quantity.as_str() {
        "enrolled_share" => {
            "one chance of sign-up a visit serves all cities: drives by staff and by the city, enrolment in bulk and \
             dates of joining that are not published are not in it"
        }
        "limits_drawn_share" | "bills_covered_share" | "drawn_per_use_yuan" => {
            "what people pay from their accounts and pockets before a line, and the local size of bills, are assumed"
        }
        "mean_limit_yuan" => "the split of holders over the limits by score is assumed",
        "uses_per_line" | "used_share_of_lines" | "uses_per_month" => {
            "one share of visits serves all cities; some count each payment of a visit, some each registration, and \
             hospitals that make the scheme the usual way in are not told apart"
        }
        "time_saved_share" | "wait_saved_min" | "minutes_saved_per_line" => {
            "queues at windows before the scheme, and which part of a visit the city counts, are not published"
        }
        _ => "not known",
    };
    if note.is_empty() { reason.to_owned() } else { format!("{note}; likely: {reason}") }
}

/// A number with the digits that its size deserves.
fn shown(value: f64, unit: &str) -> String {
    let (value, unit) = if unit == "share" { (value * 100.0, "%") } else { (value, unit) };
    let places = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.places$} {unit}")
}

fn simulated(judged: &Judged) -> String {
    let unit = &judged.published.unit;
    match judged.simulated {
        None => "–".to_owned(),
        Some([low, _, high]) if shown(low, unit) == shown(high, unit) => shown(low, unit),
        Some([low, middle, high]) => {
            format!("{} ({} to {})", shown(middle, unit), shown(low, unit), shown(high, unit))
        }
    }
}

/// What it comes to.
fn said(judged: &[Judged]) -> String {
    let (inside, comparable) = score(judged);
    let mut text = format!(
        "{inside} of {comparable} comparable outcomes inside ({DECLARED} declared beforehand)"
    );
    for (words, held_out) in
        [("skill against the mean of the others", false), ("of held-out cities", true)]
    {
        if let Some(skill) = outcomes::skill(judged, held_out) {
            let _ = write!(text, "; {words} {:.2} ({} outcomes)", skill.skill, skill.outcomes);
        }
    }
    text
}

/// The table for people.
pub(super) fn human(judged: &[Judged], common: &Common) -> String {
    let mut text = String::new();
    for row in judged {
        let (en, zh) = words(row);
        let published = &row.published;
        let _ = writeln!(
            text,
            "{:<20} {:<24} {} {}, {} {}",
            common.say(en, zh),
            published.id,
            common.say("published", "报道"),
            shown(published.reported, &published.unit),
            common.say("simulated", "模拟"),
            simulated(row),
        );
        if row.verdict == Verdict::Outside || published.kind == Kind::NotComparable {
            let _ = writeln!(text, "{:<20} {}", "", why(row));
        }
    }
    text + "\n" + &said(judged) + "\n"
}

/// Puts the table between the marks of a README.
pub(super) fn into_readme(file: &Path, judged: &[Judged]) -> Result<(), Fault> {
    let place = |what: &dyn std::fmt::Display| Fault::input(format!("{}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| place(&error))?;
    let [from, to] = MARKS;
    let (Some(start), Some(end)) = (text.find(from), text.find(to)) else {
        return Err(place(&format!("expected the lines {from} and {to}")));
    };
    let table = markdown(judged);
    let new = format!("{}{from}\n{table}{}", &text[..start], &text[end..]);
    std::fs::write(file, new).map_err(|error| place(&error))
}

fn markdown(judged: &[Judged]) -> String {
    let mut text = String::from(
        "| outcome | published | simulated: middle (range) | verdict |\n|---|---|---|---|\n",
    );
    for row in judged.iter().filter(|row| row.published.kind != Kind::Input) {
        let published = &row.published;
        let held = if published.held_out { ", held out" } else { "" };
        let verdict = match row.verdict {
            Verdict::Inside => "inside".to_owned(),
            Verdict::Outside => "**outside**".to_owned(),
            Verdict::None => words(row).0.to_owned(),
        };
        let _ = writeln!(
            text,
            "| {}: {}{held} | {} | {} | {verdict} |",
            published.city,
            published.quantity.replace('_', " "),
            shown(published.reported, &published.unit),
            simulated(row),
        );
    }
    text + "\n" + &said(judged) + ".\n"
}
