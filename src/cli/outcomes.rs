//! The outcomes half of `validate`: reads the tables, runs the comparison, prints it, puts it into a README.
//! Must never judge: that is `experiment::outcomes`.

use super::args::Common;
use super::fault::Fault;
use crate::experiment::outcomes::{self, Frame, Judged, Kind, Reason, Shared, Verdict};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Published outcomes, in a copy of the sources.
const EVIDENCE: &str = "scenarios/evidence/outcomes.csv";
/// Ranges of the shared inputs.
const SPREAD: &str = "scenarios/evidence/spread.csv";
/// Why outcomes are not inside, or not comparable.
const REASONS: &str = "scenarios/evidence/reasons.csv";
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

/// What was compared, and what is known about it.
pub(super) struct Compared {
    /// The rows with their verdicts.
    rows: Vec<Judged>,
    /// Reasons by the name of a row; none for a table of the user's own.
    reasons: Vec<Reason>,
    /// Whether the table is the user's own.
    own: bool,
}

/// Runs the comparison.
pub(super) fn compared(asked: &Asked<'_>) -> Result<Compared, Fault> {
    let file = asked.evidence.unwrap_or(Path::new(EVIDENCE));
    let rows = parsed(file, outcomes::read)?;
    let spread: Vec<Shared> = parsed(Path::new(SPREAD), outcomes::read_spread)?;
    let own = asked.evidence.is_some();
    let reasons =
        if own { Vec::new() } else { parsed(Path::new(REASONS), outcomes::read_reasons)? };
    let folder = PathBuf::from("scenarios");
    let frame = Frame { folder, points: asked.points, people: 20_000, days_of_times: 14, seed: 1 };
    Ok(Compared { rows: outcomes::judge(&rows, &spread, &frame)?, reasons, own })
}

fn parsed<T>(file: &Path, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Fault> {
    let place = |what: String| Fault::input(format!("{}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| place(error.to_string()))?;
    read(&text).map_err(place)
}

impl Compared {
    /// How many comparable outcomes lie inside, and how many there are.
    fn score(&self) -> (usize, usize) {
        let count = |verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        (count(Verdict::Inside), count(Verdict::Inside) + count(Verdict::Outside))
    }

    /// Whether fewer lie inside than were declared; a user's own table declares nothing.
    pub(super) fn missed(&self) -> bool {
        !self.own && self.score().0 < DECLARED
    }

    /// The answer as JSON.
    pub(super) fn answer(&self) -> Value {
        let (inside, comparable) = self.score();
        let skill = |held_out| {
            outcomes::skill(&self.rows, held_out)
                .map(|s| json!({ "skill": (s.skill * 1e3).round() / 1e3, "outcomes": s.outcomes }))
        };
        json!({
            "inside": inside,
            "comparable": comparable,
            "declared": (!self.own).then_some(DECLARED),
            "skill_against_mean_of_others": skill(false),
            "skill_held_out": skill(true),
            "said": self.said(),
            "rows": self.rows.iter().map(|row| self.row(row)).collect::<Vec<_>>(),
        })
    }

    fn row(&self, judged: &Judged) -> Value {
        let published = &judged.published;
        let (en, zh) = words(judged);
        let [why_en, why_zh] = self.why(judged);
        let proof = self.reason(judged);
        let proof = |pick: fn(&Reason) -> &str| proof.map_or("", pick);
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
            "published_from": shown(published.low, &published.unit),
            "published_to": shown(published.high, &published.unit),
            "simulated_shown": simulated(judged),
            "definition_en": published.definition_en,
            "definition_zh": published.definition_zh,
            "why": why_en,
            "why_zh": why_zh,
            "argument_only": self.reason(judged).is_some_and(|reason| reason.shown_by.is_empty()),
            "shown_by": proof(|reason| &reason.shown_by),
            "found": proof(|reason| &reason.found_en),
            "found_zh": proof(|reason| &reason.found_zh),
        })
    }

    /// The recorded reason of a row that is outside or cannot be compared.
    fn reason(&self, judged: &Judged) -> Option<&Reason> {
        let open =
            judged.verdict == Verdict::Outside || judged.published.kind == Kind::NotComparable;
        self.reasons.iter().find(|reason| open && reason.id == judged.published.id)
    }

    /// The note of the table and, where the two disagree or cannot be compared, the reason: English, Chinese.
    fn why(&self, judged: &Judged) -> [String; 2] {
        let note = judged.published.note_en.as_str();
        let known = self.reason(judged);
        match (judged.verdict, judged.published.kind, known) {
            (Verdict::Outside, _, Some(reason)) => {
                [joined(note, &reason.reason_en), reason.reason_zh.clone()]
            }
            (Verdict::Outside, ..) => {
                let unknown = "no reason is recorded for this row".to_owned();
                let en = if note.is_empty() { unknown } else { format!("{note}; {unknown}") };
                [en, "未记录原因".to_owned()]
            }
            (_, Kind::NotComparable, Some(reason)) => {
                [reason.reason_en.clone(), reason.reason_zh.clone()]
            }
            _ => [note.to_owned(), String::new()],
        }
    }

    /// What it comes to.
    fn said(&self) -> String {
        let (inside, comparable) = self.score();
        let mut text = format!("{inside} of {comparable} comparable outcomes inside");
        if !self.own {
            let _ = write!(text, " ({DECLARED} declared beforehand)");
        }
        for (words, held_out) in
            [("skill against the mean of the others", false), ("of held-out cities", true)]
        {
            if let Some(skill) = outcomes::skill(&self.rows, held_out) {
                let _ = write!(text, "; {words} {:.2} ({} outcomes)", skill.skill, skill.outcomes);
            }
        }
        text
    }

    /// The table for people.
    pub(super) fn human(&self, common: &Common) -> String {
        let mut text = String::new();
        for row in &self.rows {
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
                let [en, zh] = self.why(row);
                let _ = writeln!(text, "{:<20} {}", "", common.say(&en, &zh));
                for line in self.proof(row, common) {
                    let _ = writeln!(text, "{:<20} {line}", "");
                }
            }
        }
        text + "\n" + &self.said() + "\n"
    }

    /// What the program itself shows of a reason, and with which commands.
    fn proof(&self, judged: &Judged, common: &Common) -> Vec<String> {
        let Some(reason) = self.reason(judged) else { return Vec::new() };
        if reason.shown_by.is_empty() {
            let argument =
                common.say("an argument: no run shows it", "此为推断，没有相应的运行结果");
            return vec![argument.to_owned()];
        }
        let found = common.say(&reason.found_en, &reason.found_zh).to_owned();
        let commands = reason.shown_by.split(';').map(|command| format!("  {}", command.trim()));
        std::iter::once(found).chain(commands).collect()
    }

    fn markdown(&self) -> String {
        let mut text = String::from(
            "| outcome | published | simulated: middle (range) | verdict |\n|---|---|---|---|\n",
        );
        for row in self.rows.iter().filter(|row| row.published.kind != Kind::Input) {
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
        text + "\n" + &self.said() + ".\n"
    }
}

fn joined(note: &str, reason: &str) -> String {
    if note.is_empty() { format!("likely: {reason}") } else { format!("{note}; likely: {reason}") }
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

/// A README with a marked place for the table.
pub(super) struct Readme<'a> {
    file: &'a Path,
    before: String,
    after: String,
}

impl<'a> Readme<'a> {
    /// Reads the file and finds the marks; nothing is written.
    pub(super) fn of(file: &'a Path) -> Result<Readme<'a>, Fault> {
        let place =
            |what: &dyn std::fmt::Display| Fault::input(format!("{}: {what}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| place(&error))?;
        let [from, to] = MARKS;
        let found = text.split_once(from).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(to)?;
            Some((format!("{before}{from}"), format!("{to}{after}")))
        });
        let Some((before, after)) = found else {
            return Err(place(&format!("expected the lines {from} and {to}, in this order")));
        };
        Ok(Readme { file, before, after })
    }

    /// Puts the table between the marks.
    pub(super) fn fill(&self, compared: &Compared) -> Result<(), Fault> {
        let new = format!("{}\n{}{}", self.before, compared.markdown(), self.after);
        std::fs::write(self.file, new)
            .map_err(|error| Fault::input(format!("{}: {error}", self.file.display())))
    }
}
