//! Every scheme on every other scheme's city: it runs, and who is refused, and why, is told.

use super::files::FILES;
use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::experiment::{Setup, replicate, summary};
use aftercare::scenario::Scenario;
use aftercare::sim::Replication;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The files with lines of credit.
fn schemes() -> impl Iterator<Item = &'static str> {
    FILES.into_iter().filter(|&name| name != "cross_province")
}

/// Who may not open a line, by word.
fn reasons(credit: &Value) -> BTreeMap<String, u64> {
    let reasons = credit["ineligible_by_reason"].as_object().expect("reasons");
    let count = |reason: &Value| reason["mean"].as_f64().expect("a number") as u64;
    reasons.iter().map(|(word, reason)| (word.clone(), count(reason))).collect()
}

/// One cell of the page: the share who may, and the commonest reason of the others.
fn cell(city: &Scenario, rules: &Scenario) -> String {
    let mut pair = city.clone();
    pair.adopt(rules);
    pair.baselines.truncate(1);
    let setup = Setup::new(pair, 1, 1, 1, Some(600));
    let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    let answer = summary(&setup, &outcome);
    if setup.scenario.policy.scheme.is_none() {
        assert!(answer["cross_province"]["stays"].is_object(), "the relay runs");
        return "relay".to_owned();
    }
    let credit = &answer["credit"];
    let may = credit["eligible"]["mean"].as_f64().expect("a number") as u64;
    let not = reasons(credit);
    let people = answer["population"].as_f64().expect("a number") as u64;
    let told: u64 = not.values().sum();
    assert_eq!(may + told, people, "{} on {}: everybody is told", rules.name, city.name);
    let first = not.iter().filter(|(_, count)| **count > 0).max_by_key(|(_, count)| **count);
    let why = first.map_or_else(String::new, |(word, count)| {
        format!("; {} {}", word.replace('_', " "), share(*count, people))
    });
    format!("{}{why}", share(may, people))
}

fn share(part: u64, whole: u64) -> String {
    format!("{} %", (part * 100 + whole / 2) / whole)
}

/// The page is renewed with `AFTERCARE_RENEW_PAIRS=1 cargo test --test schemes pairs`.
#[test]
fn every_schemes_rules_run_on_every_other_schemes_city() {
    let files: Vec<_> = FILES.iter().map(|name| scheme(name, &[])).collect();
    let mut page = String::from(
        "# Every scheme's rules on every other scheme's city\n\nRows are cities, columns are rules. In each pair a sample of about \
         600 people of the city lives under the rules: the share who may open a line, then the commonest reason of those who may not, \
         with its share (`not insured`: in no insurance that the rules admit). All reasons of a pair: `aftercare run scenarios/CITY.toml --scheme scenarios/RULES.toml`, in the report and as \
         `credit.ineligible_by_reason` in `summary.json`. Under the rules of `cross_province` nobody holds a line; stays pass the relay. \
         Written by `AFTERCARE_RENEW_PAIRS=1 cargo test --test schemes pairs`.\n\n| city |",
    );
    // Writing to a String cannot fail.
    for name in FILES {
        let _ = write!(page, " {name} |");
    }
    page += "\n|---|";
    page += &"---|".repeat(FILES.len());
    for city in &files {
        let cells: Vec<String> = files.iter().map(|rules| cell(city, rules)).collect();
        let mut different = cells.clone();
        different.sort();
        different.dedup();
        assert!(different.len() >= 7, "schemes differ in whom they admit: {cells:?}");
        let _ = write!(page, "\n| {} | {} |", city.name, cells.join(" | "));
    }
    page.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scheme_pairs.md");
    if std::env::var_os("AFTERCARE_RENEW_PAIRS").is_some() {
        std::fs::write(&path, &page).expect("the page");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, page, "renew it as its second paragraph says");
}

#[test]
fn each_file_of_a_scheme_is_without_warnings() {
    for name in FILES {
        let problems = aftercare::scenario::check(&file(name));
        assert!(problems.is_empty(), "{name}: {problems}");
    }
}

/// In the same town, with the same people and visits, what one scheme's text promises more of than another's.
#[test]
fn policies_differ_in_the_direction_that_their_rules_say() {
    let runs: BTreeMap<&str, Replication> =
        schemes().map(|name| (name, run(town(name, &[]), 4))).collect();
    let sums = |name: &str| &policy(&runs[name]).sums;
    let rising = |what: &str, names: &[&str], of: &dyn Fn(&str) -> i64| {
        let values: Vec<i64> = names.iter().map(|name| of(name)).collect();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{what}: {names:?} {values:?}");
    };
    rising("who may", &["county", "quanzhou", "mianyang", "lianyungang", "beijing"], &|name| {
        sums(name).eligible as i64
    });
    rising("drawn", &["county", "xiamen", "beijing", "lianyungang"], &|name| sums(name).drawn.0);
    rising("drawn", &["dalian_2021", "dalian_2022", "zhuhai"], &|name| sums(name).drawn.0);
    let mean = |name: &str| sums(name).limit_total.0 / sums(name).opened as i64;
    rising("mean limit", &["xiamen", "dalian_2021", "dalian_2022", "lianyungang"], &mean);
    let deposits = |name: &str| sums(name).deposits.0;
    rising("deposits", &["zhuhai", "quanzhou", "mianyang"], &deposits);
    rising("deposits", &["dalian_2022", "dalian_2021"], &deposits);
    let per_visit = |name: &str| {
        let users = visits(&runs[name])[0];
        (1_000 * sums(name).draws / users.visits.max(1)) as i64
    };
    rising("draws a visit", &["xiamen", "kunming"], &per_visit);
    rising("draws a visit", &["beijing", "guangzhou"], &per_visit);
    let trips = |name: &str| visits(&runs[name])[0].policy.stops as i64;
    rising("trips of users", &["suzhou", "kunming", "lianyungang", "xiamen"], &trips);
    for name in ["suzhou", "guangzhou", "mianyang", "beijing"] {
        assert_eq!(trips(name), 0, "{name}: no trip is left");
    }
    let word = |name: &str, word: Refusal| shut_out(sums(name), word);
    assert!(
        word("quanzhou", Refusal::TooOldForScheme) > word("mianyang", Refusal::TooOldForScheme)
    );
    assert_eq!(
        word("beijing", Refusal::ScoreTooLow) + word("lianyungang", Refusal::ScoreTooLow),
        0
    );
    assert!(word("county", Refusal::NotEntitled) > word("xiamen", Refusal::NotEntitled));
    assert!(sums("xiamen").drawn > Fen::ZERO);
}
