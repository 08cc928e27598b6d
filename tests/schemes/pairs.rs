//! Every scheme on every other scheme's city: it runs, and who is refused, and why, is told.

use super::town::*;
use aftercare::domain::Fen;
use aftercare::experiment::{Setup, replicate, summary};

/// The schemes.
const SCHEMES: [&str; 12] = [
    "beijing",
    "county",
    "dalian_2021",
    "dalian_2022",
    "guangzhou",
    "kunming",
    "lianyungang",
    "mianyang",
    "quanzhou",
    "suzhou",
    "xiamen",
    "zhuhai",
];

#[test]
fn every_schemes_rules_run_on_every_other_schemes_city() {
    let files: Vec<_> = SCHEMES.iter().map(|name| scheme(name, &[])).collect();
    for city in &files {
        let mut eligible = Vec::new();
        for rules in &files {
            let mut pair = city.clone();
            pair.adopt(rules);
            pair.baselines.truncate(1);
            let setup = Setup::new(pair, 1, 1, 2, Some(1_000));
            let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
            let answer = summary(&setup, &outcome);
            let credit = &answer["credit"];
            let may = credit["eligible"]["mean"].as_f64().expect("a number");
            let not: f64 = (credit["ineligible_by_reason"].as_object().expect("reasons").values())
                .map(|reason| reason["mean"].as_f64().expect("a number"))
                .sum();
            let people = answer["population"].as_f64().expect("a number");
            assert_eq!(
                (may + not) as u64,
                people as u64,
                "{} on {}: everybody is told",
                rules.name,
                city.name
            );
            eligible.push(may as u64);
        }
        eligible.sort_unstable();
        eligible.dedup();
        assert!(eligible.len() >= 6, "schemes differ in whom they admit: {eligible:?}");
    }
}

#[test]
fn each_file_of_a_scheme_is_without_warnings() {
    for name in SCHEMES {
        let problems = aftercare::scenario::check(&file(name));
        assert!(problems.is_empty(), "{name}: {problems}");
    }
}

#[test]
fn stricter_schemes_draw_less_in_the_same_town() {
    let drawn = |name: &str| sums(town(name, &[]), 3).drawn;
    assert!(drawn("county") < drawn("quanzhou") && drawn("dalian_2021") < drawn("dalian_2022"));
    assert!(drawn("xiamen") > Fen::ZERO && drawn("xiamen") < drawn("lianyungang"));
}
