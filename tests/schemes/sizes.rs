//! Sizes and staffing of the thirteen files beside what is usual in the country: no city has absurd numbers, and a page
//! shows them.

use super::files::FILES;
use super::town::*;
use aftercare::domain::HospitalLevel;
use aftercare::flow::spec::Station;
use aftercare::scenario::Scenario;
use std::fmt::Write;
use std::path::Path;

const LEVELS: [HospitalLevel; 3] =
    [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary];

/// Why figures that stand out are left as they are.
const NOTES: &str = "

## What stands out, and why it stays

- Xiamen's secondary hospitals, 2,500 visits a bed: five of the six are districts' maternity and child hospitals. The only public
  figure for such a hospital there is the city's own (in the same table, 1,731,060 visits on 663 beds, 2,611 a bed); the districts' are assumed near it.
  In the country a secondary hospital has about 470. Beds of these six are 600 of 14,832 in the file.
- Suzhou's community centres, 9 % of visits: in the country they and township hospitals have about 38 %. No public figure by level was found for
  the city. The file lists the 83 hospitals that may join and adds ten centres, none of which takes part, up to 4.0 visits a person; in the country it is 6.8, so
  that what lacks are visits outside the scheme. Means over all visits of the city would be diluted by them; figures a visit at hospitals, lines
  and money do not depend on them.
";

/// Figure of the page, what is believable, and the public figure behind it.
const USUAL: [(&str, [f64; 2], &str); 9] = [
    (
        "planned visits a person and year",
        [3.0, 7.0],
        "6.8 at all institutions in the country (2023)",
    ),
    (
        "of them at community and township centres",
        [0.05, 0.65],
        "about 0.38: 2.2 of 5.8 billion (2023)",
    ),
    ("hospital beds per 1,000 people", [2.5, 7.0], "about 5.7 (2023)"),
    ("bed use planned", [0.6, 0.95], "0.79 at hospitals, 0.86 at public ones (2023)"),
    (
        "visits a bed and year, secondary",
        [250.0, 3_000.0],
        "about 470; maternity and eye hospitals several times that",
    ),
    ("visits a bed and year, tertiary", [200.0, 1_800.0], "about 730; 1,500 in Guangzhou"),
    (
        "visits a doctor at work and day, community",
        [25.0, 60.0],
        "general knowledge: 30 to 60 in clinics",
    ),
    ("visits a doctor at work and day, secondary", [25.0, 60.0], "as above"),
    ("visits a doctor at work and day, tertiary", [25.0, 60.0], "as above"),
];

/// The figures of a file, in the order of `USUAL`; none where a level is not there.
fn figures(scenario: &Scenario) -> [Option<f64>; 9] {
    let (city, flow) = (&scenario.city, &scenario.flow);
    let people = f64::from(city.people.population);
    let sum = |of: &dyn Fn(usize) -> f64| (0..city.sites.len()).map(of).sum::<f64>();
    let of_level =
        |at: usize, level: HospitalLevel| f64::from(u8::from(city.sites[at].level == level));
    let visits = sum(&|at| city.sites[at].visits_per_year);
    let beds = sum(&|at| f64::from(city.sites[at].beds));
    let at_level = |level| sum(&|at| city.sites[at].visits_per_year * of_level(at, level));
    let a_bed = |level| {
        let beds = sum(&|at| f64::from(city.sites[at].beds) * of_level(at, level));
        (beds > 0.0).then(|| at_level(level) / beds)
    };
    let doctor = |level: HospitalLevel| {
        let doctors = &flow.levels[level as usize].stations[Station::Department0 as usize];
        (at_level(level) > 0.0).then(|| 1_000.0 / doctors.servers_per_1000_visits)
    };
    let stays = people * city.demand.admissions_per_person_year;
    let [community, secondary, tertiary] = LEVELS;
    [
        Some(visits / people),
        Some(at_level(community) / visits),
        Some(1_000.0 * beds / people),
        Some(stays * city.demand.stay_days.mean() / 365.0 / beds),
        a_bed(secondary),
        a_bed(tertiary),
        doctor(community),
        doctor(secondary),
        doctor(tertiary),
    ]
}

#[test]
fn no_city_has_absurd_numbers_of_visits_beds_or_doctors() {
    for name in FILES {
        let scenario = scheme(name, &[]);
        for ((figure, [low, high], why), value) in USUAL.iter().zip(figures(&scenario)) {
            let Some(value) = value else { continue };
            assert!((*low..=*high).contains(&value), "{name}: {figure} {value:.3}; usual: {why}");
        }
        let hospitals =
            scenario.city.sites.iter().filter(|site| site.level > HospitalLevel::Primary);
        for site in hospitals {
            // But for dental ones, which admit hardly anybody.
            let beds = site.beds >= 20 || site.name.contains("口腔");
            assert!(beds && site.visits_per_year <= 8e6, "{name}: {}", site.name);
        }
    }
}

#[test]
fn each_size_says_its_origin_and_what_else_is_believed() {
    for name in FILES {
        let text = std::fs::read_to_string(file(name)).expect("the file");
        let sizes = text.lines().filter(|line| line.contains("visits_per_year = "));
        for line in sizes {
            let told = ["# source:", "# derived:", "# assumed:", "# choice:"];
            assert!(told.iter().any(|word| line.contains(word)), "{name}: {line}");
        }
        assert!(text.contains("half to one and a half of it are believed"), "{name}");
    }
}

/// The page is renewed with `AFTERCARE_RENEW_SIZES=1 cargo test --test schemes sizes`.
#[test]
fn the_page_of_sizes_is_that_of_the_files() {
    let mut page = String::from(
        "# Sizes and staffing of the thirteen files\n\nPeople, institutions and what they plan, beside what is usual in the country. \
         Doctors at work follow planned visits and the same utilisation in every city (`flow/hospital_default.toml`); so do windows, \
         laboratories and pharmacies. Where each number comes from stands beside it in its file. Written by \
         `AFTERCARE_RENEW_SIZES=1 cargo test --test schemes sizes`.\n\n| city | people | institutions: primary, secondary, tertiary |",
    );
    // Writing to a String cannot fail.
    for (figure, ..) in USUAL {
        let _ = write!(page, " {figure} |");
    }
    page += "\n|---|---|---|";
    page += &"---|".repeat(USUAL.len());
    for name in FILES {
        let scenario = scheme(name, &[]);
        let count = |level| scenario.city.sites.iter().filter(|site| site.level == level).count();
        let [a, b, c] = LEVELS.map(count);
        let people = scenario.city.people.population;
        let _ = write!(page, "\n| {name} | {people} | {a}, {b}, {c} |");
        for value in figures(&scenario) {
            let digits = |value: f64| {
                if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") }
            };
            let _ = write!(page, " {} |", value.map_or_else(|| "–".to_owned(), digits));
        }
    }
    page += "\n| **believable** | | |";
    for (_, [low, high], _) in USUAL {
        let _ = write!(page, " {low} to {high} |");
    }
    page += "\n| **in the country** | | |";
    for (.., why) in USUAL {
        let _ = write!(page, " {why} |");
    }
    page += NOTES;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scheme_sizes.md");
    if std::env::var_os("AFTERCARE_RENEW_SIZES").is_some() {
        std::fs::write(&path, &page).expect("the page");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, page, "renew it as its second paragraph says");
}

/// Visits at institutions of the scheme, of all: the sizes of the others stay.
#[test]
fn sizes_of_the_schemes_institutions_are_swept_in_every_city() {
    for name in FILES {
        let given = scheme(name, &[]).uncertainty.expect("open points");
        assert!(
            given.inputs.iter().any(|input| input.key == "city.size_in_scheme_ratio"),
            "{name}"
        );
    }
    let part = |ratio: &str| {
        let key = format!("city.size_in_scheme_ratio={ratio}");
        let mut map = scheme("lianyungang", &[&key]);
        map.baselines.truncate(1);
        (map.city.people.population, map.city.demand.visits_per_person_year) = (5_000, 100.0);
        map.city.demand.admissions_per_person_year = 0.0;
        let sites = map.city.sites.clone();
        let run = run(map, 2);
        let of = |at: usize| run.pairs.site_months.iter().skip(at).step_by(sites.len());
        let visits = |at: usize| of(at).map(|month| month.visits).sum::<u64>();
        let here = (0..sites.len()).filter(|&at| sites[at].in_scheme_from.is_some());
        let all: u64 = (0..sites.len()).map(visits).sum();
        here.map(visits).sum::<u64>() as f64 / all as f64
    };
    let [small, stated, large] = ["0.5", "1", "1.5"].map(part);
    assert!(small < stated * 0.8 && large > stated * 1.1, "{small}, {stated}, {large} of visits");
}
