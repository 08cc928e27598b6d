//! Cards of schemes: rules, assumptions and published figures of a scenario as one page of Markdown, written from
//! the scenario so that they cannot drift. Must never hold a rule or a number of its own.

use super::card_results::Figure;
use super::fault::Fault;
use crate::experiment::outcomes::{self, Published};
use crate::scenario::{self, InputNote, Scenario};
use std::fmt::Write;
use std::path::Path;

/// Writes a card for every scenario of `folder` that has a scheme, into `out`.
pub(super) fn write(folder: &Path, out: &Path) -> Result<usize, Fault> {
    let place = |path: &Path, what: &dyn std::fmt::Display| {
        Fault::input(format!("{}: {what}", path.display()))
    };
    let evidence = folder.join("evidence/outcomes.csv");
    let rows = match std::fs::read_to_string(&evidence) {
        Ok(text) => outcomes::read(&text).map_err(|what| place(&evidence, &what))?,
        Err(_) => Vec::new(),
    };
    let results = super::card_results::read(folder)?;
    std::fs::create_dir_all(out).map_err(|error| place(out, &error))?;
    let mut written = 0;
    for (name, ..) in scenario::list(folder) {
        let scenario = scenario::load(&folder.join(format!("{name}.toml")))?;
        let Some(text) = card(&scenario, &rows, &results) else { continue };
        let file = out.join(format!("{name}.md"));
        std::fs::write(&file, text).map_err(|error| place(&file, &error))?;
        written += 1;
    }
    Ok(written)
}

/// Tables of a scenario that hold a scheme's rules.
const RULES: [&str; 9] = [
    "credit.",
    "scheme_flow.",
    "payment_means.",
    "cross_province.",
    "inpatient.staged_every_days",
    "inpatient.staged_over_yuan",
    "clearing.policy.",
    "demand.other_causes.",
    "rules.account.needs_card",
];

/// The card of a scenario; `None` where there is neither a scheme nor a relay between provinces.
fn card(scenario: &Scenario, rows: &[Published], results: &[Figure]) -> Option<String> {
    if scenario.policy.scheme.is_none() && scenario.cross_province.is_none() {
        return None;
    }
    let mut text = format!("# {}\n\n{}\n\n", scenario.title_en, scenario.title_zh);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Written from `scenarios/{}.toml` by `aftercare scenarios --cards docs/schemes`; edit the scenario, not this page.\n",
        scenario.name
    );
    city(scenario, &mut text);
    let rules = |note: &&InputNote| RULES.iter().any(|part| note.key.starts_with(part));
    table("Rules 规则", scenario.assumptions.iter().filter(rules), &mut text);
    let own = |note: &&InputNote| {
        note.assumed
            && !["city.", "uncertainty."].iter().any(|part| note.key.starts_with(part))
            && !rules(note)
            && note.file.ends_with(&format!("{}.toml", scenario.name))
    };
    table("Assumptions of its own 自身假设", scenario.assumptions.iter().filter(own), &mut text);
    open_points(scenario, &mut text);
    super::card_results::section(&scenario.name, results, &mut text);
    published(scenario, rows, &mut text);
    Some(text)
}

fn city(scenario: &Scenario, text: &mut String) {
    let city = &scenario.city;
    let last = city.start + (scenario.run.days as i32 - 1);
    let levels = ["primary", "secondary", "tertiary"];
    let _ = writeln!(
        text,
        "{}: {} people, {} to {last}. Baselines: {}.\n\n| institutions | in the model | in the scheme on the last day |\n|---|---|---|",
        city.name,
        city.people.population,
        city.start,
        scenario
            .baselines
            .iter()
            .map(|arm| format!("`{}`", arm.name))
            .collect::<Vec<_>>()
            .join(", "),
    );
    for (index, level) in levels.iter().enumerate() {
        let of_level = || city.sites.iter().filter(move |site| site.level as usize == index);
        let joined = of_level().filter(|site| site.in_scheme_from.is_some_and(|day| day <= last));
        let _ = writeln!(text, "| {level} | {} | {} |", of_level().count(), joined.count());
    }
    text.push('\n');
}

/// What the scheme's text leaves open: the ranges that the sensitivity page sweeps.
fn open_points(scenario: &Scenario, text: &mut String) {
    let Some(given) = &scenario.uncertainty else { return };
    let _ = writeln!(
        text,
        "## Open points 未明之处\n\nSwept by `aftercare sensitivity scenarios/{}.toml`.\n\n| key | range |\n|---|---|",
        scenario.name
    );
    for input in &given.inputs {
        let range = if input.readings.is_empty() {
            format!("{} to {}", input.low, input.high)
        } else {
            input.readings.join(" or ")
        };
        let _ = writeln!(text, "| `{}` | `{range}` |", input.key);
    }
    text.push('\n');
}

fn table<'n>(title: &str, notes: impl Iterator<Item = &'n InputNote>, text: &mut String) {
    let _ = writeln!(text, "## {title}\n\n| key | value | origin |\n|---|---|---|");
    for note in notes {
        let origin = if note.source.is_empty() { "–" } else { &note.source };
        let _ =
            writeln!(text, "| `{}` | `{}` | {} |", note.key, note.value, origin.replace('|', "/"));
    }
    text.push('\n');
}

fn published(scenario: &Scenario, rows: &[Published], text: &mut String) {
    let own: Vec<&Published> = rows.iter().filter(|row| row.scenario == scenario.name).collect();
    if own.is_empty() {
        let _ = writeln!(text, "## Published outcomes 公开成效\n\nNone is published.");
        return;
    }
    let _ = writeln!(
        text,
        "## Published outcomes 公开成效\n\n`aftercare validate` lays the simulated figures beside them.\n\n| outcome | published | as of | kind | definition |\n|---|---|---|---|---|"
    );
    for row in own {
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {} | {} |",
            row.quantity.replace('_', " "),
            row.reported,
            row.unit,
            row.as_of,
            row.kind.word().replace('_', " "),
            row.definition_en,
        );
    }
}
