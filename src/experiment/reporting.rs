//! The reporting checklists, filled in from the scenario: STRESS-DES (Monks et al. 2019) and CHEERS 2022
//! (Husereau et al. 2022). Must never claim what only a person can know: those items say so.

use super::replicate::{Outcome, Setup};
use crate::random::SAMPLER;
use std::fmt::Write;

/// What only the people behind a study can write.
const TO_WRITE: &str = "*To be written by the authors of the study.*";

/// An item: number, name, answer.
type Item = (&'static str, &'static str, String);

/// Both pages in one Markdown document.
pub fn reporting(setup: &Setup, outcome: &Outcome) -> String {
    let scenario = &setup.scenario;
    let mut page = format!(
        "# Reporting: {} / {}\n\nFilled in from the scenario and the run; items that need a person's word \
         say so.\n",
        scenario.title_en, scenario.title_zh
    );
    for (title, items) in [
        ("STRESS-DES (Monks et al. 2019)", stress(setup, outcome)),
        ("CHEERS 2022 (Husereau et al. 2022)", cheers(setup)),
    ] {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n\n| item | | answer |\n|---|---|---|\n");
        for (number, name, answer) in items {
            let _ = writeln!(page, "| {number} | {name} | {} |", answer.replace('|', "/"));
        }
    }
    page
}

fn arms(setup: &Setup) -> String {
    let baselines =
        setup.scenario.baselines.iter().map(|arm| {
            format!("{} (`{}`; {})", arm.regime.title_en, arm.name, arm.regime.title_zh)
        });
    baselines.collect::<Vec<_>>().join("; ")
}

fn inputs(setup: &Setup) -> String {
    let notes = &setup.scenario.assumptions;
    let assumed = notes.iter().filter(|note| note.assumed).count();
    format!(
        "{} inputs with their sources in `assumptions.csv`, {assumed} of them assumed; distributions \
         and hourly profiles in `scenario.resolved.json`",
        notes.len()
    )
}

fn sites(setup: &Setup) -> String {
    let city = &setup.scenario.city;
    format!("{} institutions, {} people", city.sites.len(), city.people.population)
}

fn doubt(setup: &Setup) -> String {
    match &setup.scenario.uncertainty {
        Some(given) => format!(
            "second order: {} inputs of [uncertainty], Latin hypercube of {} points; `uncertainty` in \
             `summary.json`",
            given.inputs.len(),
            given.points
        ),
        None => {
            "the scenario names no uncertain inputs: intervals hold replication noise only".into()
        }
    }
}

fn stress(setup: &Setup, outcome: &Outcome) -> Vec<Item> {
    let logic = purpose_and_logic(setup).into_iter().chain(parts(setup));
    logic.chain(data_and_runs(setup, outcome)).collect()
}

/// STRESS-DES 1 and 2.1 to 2.4.
fn purpose_and_logic(setup: &Setup) -> Vec<Item> {
    let scenario = &setup.scenario;
    let city = &scenario.city;
    let said = |text: &str| text.to_owned();
    vec![
        (
            "1.1",
            "Purpose",
            format!("{}: minutes, cash and losses of treat-first, pay-later", city.name),
        ),
        (
            "1.2",
            "Outputs",
            said("`summary.json` and the tables; units and directions in `dictionary.csv`"),
        ),
        (
            "1.3",
            "Aims of experimentation",
            format!("policy `{}` against {}", scenario.policy.name, arms(setup)),
        ),
        ("2.1", "Overview diagram", said("`ARCHITECTURE.md`, `docs/life_of_a_visit.md`")),
        (
            "2.2",
            "Base model logic",
            said("five passes a day: plan, rehearse, walk, settle, midnight"),
        ),
        (
            "2.3",
            "Scenario logic",
            said("arms differ in payment regime and credit policy only; same luck"),
        ),
        ("2.4", "Algorithms", said("benefit split, credit engine, departure known at arrival")),
    ]
}

/// STRESS-DES 2.5.
fn parts(setup: &Setup) -> Vec<Item> {
    let said = |text: &str| text.to_owned();
    vec![
        ("2.5.1", "Entities", sites(setup)),
        (
            "2.5.2",
            "Activities",
            said("registration, consultation, tests, pharmacy, payment, stays"),
        ),
        (
            "2.5.3",
            "Resources",
            said("servers by station, level and shift; beds; use in `stations.csv`"),
        ),
        (
            "2.5.4",
            "Queues",
            said("first come first served; patients may leave a queue (`reneged`)"),
        ),
        (
            "2.5.5",
            "Entry and exit",
            said("wants by thinning an hourly profile; exit after the last step"),
        ),
    ]
}

/// STRESS-DES 3 to 6.
fn data_and_runs(setup: &Setup, outcome: &Outcome) -> Vec<Item> {
    let city = &setup.scenario.city;
    let said = |text: &str| text.to_owned();
    let length = format!(
        "{} days from {}, then the books run out without visits until each draw is repaid or written \
         off; unit: ms",
        setup.days, city.start
    );
    let runs = format!(
        "{} replications, mean and Student's 95 % interval; the number that 5 % and 1 % need stands \
         under `quality` in `summary.json`",
        outcome.replications.len()
    );
    vec![
        ("3.1", "Data sources", inputs(setup)),
        ("3.2", "Pre-processing", said("rates and amounts are read as exact decimals")),
        (
            "3.3",
            "Input parameters",
            said("`scenario.resolved.json`; common random numbers by address"),
        ),
        ("3.4", "Assumptions", said("`docs/model_assumptions.md`; counted under `approximations`")),
        (
            "4.1",
            "Initialisation",
            said(
                "each clinic day starts empty (terminating); MSER-5 on the daily saving under `quality`",
            ),
        ),
        ("4.2", "Run length", length),
        ("4.3", "Estimation", runs),
        ("5.1", "Software", format!("aftercare {}", crate::archive::TOOL_VERSION)),
        (
            "5.2",
            "Random sampling",
            format!(
                "{SAMPLER}, seed {}; every draw has an address, so arms share their luck",
                setup.seed
            ),
        ),
        (
            "5.3",
            "Execution",
            said(
                "events by (ms, class, visit rank); parallel by block and site, the same bytes for any \
             number of threads",
            ),
        ),
        ("5.4", "System", said("run time and machine in `manifest.json`")),
        ("6.1", "Code access", TO_WRITE.into()),
    ]
}

fn cheers(setup: &Setup) -> Vec<Item> {
    let scenario = &setup.scenario;
    let said = |text: &str| text.to_owned();
    let person = || TO_WRITE.to_owned();
    let value = scenario.uncertainty.as_ref().and_then(|given| given.value_of_hour_yuan);
    let value = value.map_or_else(
        || said("hours are not priced; `compare` gives the break-even value of an hour"),
        |yuan| format!("an hour of a patient at {yuan} yuan, for the worth of measuring only"),
    );
    let horizon = format!("{} days, and the run-out of the books", setup.days);
    vec![
        ("1", "Title", format!("{} / {}", scenario.title_en, scenario.title_zh)),
        ("2", "Abstract", said("the answer at the head of `report.html`")),
        ("3", "Background and objectives", person()),
        ("4", "Analysis plan", person()),
        ("5", "Study population", sites(setup)),
        ("6", "Setting and location", scenario.city.name.clone()),
        ("7", "Comparators", arms(setup)),
        (
            "8",
            "Perspective",
            said("patients (minutes), payers by bearer of loss, funds, hospitals"),
        ),
        ("9", "Time horizon", horizon),
        ("10", "Discount rate", said("none: the horizon is short and flows are dated")),
        ("11", "Selection of outcomes", said("minutes in hospital, payment stops, draws, losses")),
        ("12", "Measurement of outcomes", said("simulated; definitions in `dictionary.csv`")),
        ("13", "Valuation of outcomes", value),
        (
            "14",
            "Measurement of resources and costs",
            said("collection cost and losses in yuan, exact to the fen"),
        ),
        ("15", "Currency, price date", format!("yuan (CNY), {}", scenario.city.start)),
        ("16", "Rationale of the model", said("`docs/model_assumptions.md`")),
        ("17", "Analytics and assumptions", inputs(setup)),
        ("18", "Heterogeneity", said("`by_group.csv`: age, level, income, district")),
        (
            "19",
            "Distributional effects",
            said("`by_group.csv`; `compare` says who gains and who loses"),
        ),
        ("20", "Uncertainty", doubt(setup)),
        ("21", "Engagement of patients and others", person()),
        ("22", "Study parameters", inputs(setup)),
        ("23", "Summary of main results", said("`summary.json`, `report.html`")),
        ("24", "Effect of uncertainty", doubt(setup)),
        ("25", "Effect of engagement", person()),
        ("26", "Findings, limitations, generalisability", person()),
        ("27", "Source of funding", person()),
        ("28", "Conflicts of interest", person()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use std::path::Path;

    #[test]
    fn both_lists_are_whole_and_name_the_comparators() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
        let setup = Setup::new(scenario::load(&path).expect("the smoke district"), 1, 1, 1, None);
        let outcome = Outcome {
            replications: Vec::new(),
            people: 0,
            sites: Vec::new(),
            bytes_per_person: 0.0,
        };
        assert_eq!((stress(&setup, &outcome).len(), cheers(&setup).len()), (24, 28));
        let page = reporting(&setup, &outcome);
        for word in ["mobile_2023", "windows_2015", "冒烟测试", "philox", "[uncertainty]"] {
            let expected = word != "[uncertainty]";
            assert_eq!(page.contains(word), expected, "{word}");
        }
        assert!(page.lines().all(|line| !line.starts_with('|') || line.matches('|').count() == 4));
    }
}
