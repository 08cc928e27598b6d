//! The thirteen files as a whole: each runs, they share one set of flow parameters, and what their texts leave open
//! has a range that is swept.

use super::town::*;
use aftercare::domain::Fen;
use aftercare::experiment::{Frame, Looks, Sensitivity, Setup, replicate, summary};
use aftercare::report::Lang;
use aftercare::scenario::Scenario;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The files: all that are shipped but for those that show a single thing.
pub(crate) const FILES: [&str; 13] = [
    "beijing",
    "county",
    "cross_province",
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
fn every_shipped_city_is_among_them() {
    let shipped = aftercare::scenario::list(&file("").with_file_name(""));
    let single = ["baseline_city", "payment_means", "province_relay", "smoke"];
    let names = shipped.iter().map(|(name, ..)| name.as_str());
    assert!(names.filter(|name| !single.contains(name)).eq(FILES));
}

/// A run of 4,000 people over a month; a tenth of each city is `--population`.
#[test]
fn each_file_runs_and_its_books_balance() {
    for name in FILES {
        let setup = Setup::new(scheme(name, &[]), 1, 1, 30, Some(4_000));
        let outcome =
            replicate(&setup, &mut |_| true).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let run = &outcome.replications[0];
        for arm in &run.arms {
            assert_eq!(arm.audit.imbalance_fen(), 0, "{name}");
            assert!(arm.sums.billed > Fen::ZERO && arm.sums.claims > 0, "{name}");
        }
        let has_scheme = setup.scenario.policy.scheme.is_some();
        assert_eq!(policy(run).sums.eligible > 0, has_scheme, "{name}");
        assert_eq!(run.away.is_some(), setup.scenario.cross_province.is_some(), "{name}");
    }
}

/// A tenth of the people, as `--population` makes it: the scheme is there, and somebody may open a line at
/// its institutions on the first day wherever somebody may in the whole city.
#[test]
fn a_tenth_of_each_city_holds_members_of_its_scheme() {
    for name in FILES {
        let whole = scheme(name, &[]);
        let tenth = whole.city.people.population / 10;
        let setup = Setup::new(whole.clone(), 1, 1, 1, Some(tenth));
        let note = setup.sample.as_ref().expect("a sample");
        let from_start = |scenario: &Scenario| {
            let sites = scenario.city.sites.iter().filter_map(|site| site.in_scheme_from);
            sites.filter(|&from| from <= scenario.city.start).count()
        };
        let [city, kept] = note.members();
        assert_eq!(city.sites > 0, kept.sites > 0, "{name}: {note:?}");
        assert_eq!(from_start(&whole) > 0, from_start(&setup.scenario) > 0, "{name}");
        let whole_beds =
            whole.city.sites.iter().any(|site| site.in_scheme_from.is_some() && site.beds > 0);
        let kept_beds = setup.scenario.city.sites.iter();
        let kept_beds =
            kept_beds.filter(|site| site.in_scheme_from.is_some()).any(|site| site.beds > 0);
        assert_eq!(whole_beds, kept_beds, "{name}: members with beds");
    }
}

/// What a sample cannot show is said with the scheme's and the sample's name, in both languages. Quanzhou's map
/// with fewer people, so that a tenth of it runs in a moment.
#[test]
fn a_sample_says_what_it_lost() {
    let mut few = scheme("quanzhou", &[]);
    few.city.people.population = 20_000;
    let block = |asked: u32| {
        let setup = Setup::new(few.clone(), 1, 1, 1, Some(asked));
        let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
        summary(&setup, &outcome)["sample"].clone()
    };
    let tenth = block(2_000);
    let warnings = tenth["warnings"].as_array().expect("warnings");
    let [shares, lost] = warnings.as_slice() else { panic!("{tenth:#}") };
    let said = |warning: &Value, language: &str, words: &[&str]| {
        let text = warning[language].as_str().expect("a sentence");
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    said(
        shares,
        "en",
        &["quanzhou_line, sample of 2129 people of Quanzhou", "13.2 %", "10.1 %", "more"],
    );
    said(shares, "zh", &["quanzhou_line", "2129人样本", "13.2%", "10.1%", "偏多"]);
    said(
        lost,
        "en",
        &["none of the city's 2 tertiary institutions in the scheme from the start", "8.7 %"],
    );
    said(lost, "zh", &["不含全市2家自开始即参加的三级机构", "8.7%"]);
    let small = block(200);
    let warnings = small["warnings"].as_array().expect("warnings");
    assert_eq!(warnings.len(), 1, "every stratum is there, made smaller: {small:#}");
    said(&warnings[0], "en", &["waits do not compare"]);
}

/// Tables of which a city has only what is its own.
const SHARED: [&str; 4] = ["flow", "regimes", "demand", "behaviour"];

/// The only keys of these tables in which a city may differ from the others, and why; each has its origin beside
/// it in the file.
const FACTS: [(&str, &str, &str); 17] = [
    (
        "xiamen",
        "demand/bills/tertiary",
        "330.4 yuan a visit, 14,866 a stay: its municipal hospitals",
    ),
    ("xiamen", "demand/stay", "6.8 days a stay: its municipal hospitals"),
    (
        "xiamen",
        "demand/visits_per_person_per_year",
        "visits of its 59 institutions over its people",
    ),
    ("xiamen", "demand/admissions_per_person_per_year", "discharges of these over its people"),
    (
        "guangzhou",
        "demand/visits_per_person_per_year",
        "visits of its institutions over its people",
    ),
    ("guangzhou", "demand/admissions_per_person_per_year", "fits its beds"),
    ("zhuhai", "demand/visits_per_person_per_year", "visits of its institutions over its people"),
    ("zhuhai", "demand/admissions_per_person_per_year", "fits its beds"),
    ("county", "demand/visits_per_person_per_year", "a county, not a city"),
    ("county", "demand/admissions_per_person_per_year", "at hospitals of the county only"),
    ("county", "demand/emergency_share", "a county, not a city"),
    ("cross_province", "demand/visits_per_person_per_year", "a county, not a city"),
    ("cross_province", "demand/admissions_per_person_per_year", "at hospitals of the county only"),
    ("cross_province", "demand/emergency_share", "a county, not a city"),
    ("county", "behaviour", "agreements are signed on the ward, not lines on the phone"),
    (
        "beijing",
        "behaviour",
        "a bill of days instead of a loan of weeks; no credit record is asked",
    ),
    (
        "lianyungang",
        "behaviour",
        "a bill of days instead of a loan of weeks; no credit record is asked",
    ),
];

fn leaves(at: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    match value.as_object() {
        Some(parts) => {
            for (key, part) in parts {
                leaves(&format!("{at}/{key}"), part, into);
            }
        }
        None => drop(into.insert(at.to_owned(), value.clone())),
    }
}

/// Every number that most files have in the shared tables, by key: what most cities have, and who has something else.
fn shared_numbers() -> BTreeMap<String, (Value, Vec<&'static str>)> {
    let mut all: BTreeMap<String, Vec<(&str, Value)>> = BTreeMap::new();
    for name in FILES {
        let resolved = scheme(name, &[]).resolved;
        let mut numbers = BTreeMap::new();
        let tables = SHARED.iter().filter_map(|&table| Some((table, resolved.get(table)?)));
        tables.for_each(|(table, value)| leaves(table, value, &mut numbers));
        for (key, value) in numbers {
            all.entry(key).or_default().push((name, value));
        }
    }
    let judged = |(key, values): (String, Vec<(&'static str, Value)>)| {
        let alike = |value: &Value| values.iter().filter(|(_, other)| other == value).count();
        let usual = values.iter().map(|(_, value)| value).max_by_key(|&value| alike(value));
        let usual = usual.expect("a value").clone();
        let others: Vec<_> =
            values.iter().filter(|(_, value)| *value != usual).map(|(name, _)| *name).collect();
        (key, (usual, others))
    };
    all.into_iter().filter(|(_, values)| 2 * values.len() > FILES.len()).map(judged).collect()
}

#[test]
fn one_set_of_flow_parameters_serves_all_cities_but_for_the_facts_of_each() {
    let numbers = shared_numbers();
    assert!(numbers.len() > 200, "{} numbers", numbers.len());
    let mut used = BTreeSet::new();
    for (key, (_, others)) in &numbers {
        for name in others {
            let fact = FACTS.iter().position(|(of, at, _)| of == name && key.starts_with(at));
            let fact =
                fact.unwrap_or_else(|| panic!("{name}: {key} is its own and no listed fact"));
            used.insert(fact);
            let text = std::fs::read_to_string(file(name)).expect("the file");
            let last = key.rsplit('/').next().expect("a key");
            let own = text.lines().filter(|line| line.contains(last));
            let told = own.filter(|line| {
                ["# source:", "# derived:", "# assumed:", "# choice:"]
                    .iter()
                    .any(|word| line.contains(word))
            });
            assert!(told.count() > 0, "{name}: {key} has no origin in the file");
        }
    }
    for (at, (name, key, why)) in FACTS.iter().enumerate() {
        assert!(used.contains(&at), "{name}: {key} ({why}) is like everybody's: strike the row");
    }
}

/// Xiamen's bills are what its hospitals published: the parts make the mean bill, and a stay its days.
#[test]
fn xiamens_bills_are_its_published_means() {
    let demand = scheme("xiamen", &[]).city.demand;
    let (course, bills) = (&demand.course[2], &demand.bills[2]);
    let parts = [
        (1.0, bills.registration),
        (course.lab, bills.lab_mean),
        (course.imaging, bills.imaging_mean),
        (course.treatment, bills.treatment_mean),
        (course.drugs, bills.drugs_mean),
    ];
    let visit: f64 = parts.iter().map(|(share, mean)| share * mean.0 as f64 / 100.0).sum();
    assert!((visit - 330.4).abs() < 0.5, "{visit} yuan a visit");
    let stay = 6.8 * bills.stay_day_mean.0 as f64 / 100.0;
    assert!((stay / 14_866.0 - 1.0).abs() < 0.005, "{stay} yuan a stay");
}

/// Files; what their text leaves open, and the key that carries the assumption.
type Open = (&'static [&'static str], &'static [(&'static str, &'static str)]);

const OPEN: [Open; 14] = [
    (
        &["dalian_2021", "dalian_2022"],
        &[
            ("how the limit is scored", "credit.limits.tiers[1].score_from"),
            ("59 days from use or from the statement", "credit.free_window"),
            ("4.98 % interest or a fee", "credit.instalments.method"),
            ("number of instalments", "credit.instalments.months"),
            ("age gate", "credit.eligibility.age_max_years"),
            ("a part above the limit", "credit.draws_in_part"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
            ("costs outside the scope", "credit.pays_out_of_catalogue"),
            ("when an overdue bill is debited", "credit.repayment.pays_overdue_bill_after_days"),
        ],
    ),
    (
        &["dalian_2022"],
        &[
            ("staged payment: days", "inpatient.staged_every_days"),
            ("staged payment: amount", "inpatient.staged_over_yuan"),
        ],
    ),
    (
        &["guangzhou"],
        &[
            ("interest", "credit.sanctions.penalty_rate_per_day"),
            ("instalments", "credit.instalments"),
            ("a first source that is short", "credit.draws_in_part"),
            ("family", "credit.family.minors_use_parents_line"),
            ("consequences of default", "credit.sanctions.cancel_after_missed"),
            ("approval takes days", "credit.onboarding.lead_days"),
            ("what the campaign brings", "behaviour.adoption.by_institution.campaigns[0].factor"),
            ("how much is given back", "refunds.item_ratio"),
        ],
    ),
    (
        &["beijing"],
        &[
            ("timing of raises", "credit.limits.raise_after_on_time"),
            ("size of raises", "credit.limits.raise_by_ratio"),
            ("how far it is raised", "credit.limits.ceiling_yuan"),
            ("repayment window", "credit.free_window.fixed_days.free_days"),
            ("what a breach is", "credit.sanctions.freeze_from_dpd_days"),
            ("more than six: the sixth or the seventh", "credit.sanctions.cancel_after_missed"),
            ("premium", "credit.waterfall.premium_ratio"),
        ],
    ),
    (
        &["suzhou"],
        &[
            ("care before payment without a bank limit", "policy.regime"),
            ("limit", "credit.limits.tiers[0].limit_yuan"),
            ("days", "credit.free_window.statement.grace_days"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
            ("family", "credit.family.minors_use_parents_line"),
            ("out-of-area patients", "people.insured_elsewhere_share"),
            ("until their claim at home is paid", "claims_at_home.paid_after_days"),
        ],
    ),
    (
        &["lianyungang"],
        &[
            ("limit", "credit.limits.tiers[0].limit_yuan"),
            ("calendar or working days", "credit.free_window.fixed_days.free_days"),
            ("length of restriction", "credit.sanctions.restriction_days_after_payment"),
            ("restriction for good", "credit.sanctions.cancel_after_missed"),
            ("until the hospital gives up", "credit.write_off_dpd_days"),
            ("refunds: how many", "refunds.visits_share"),
            ("refunds: how much", "refunds.item_ratio"),
            ("refunds: where", "refunds.in_place_share"),
            ("entries taken out", "scheme_flow.refund_trip_share"),
        ],
    ),
    (
        &["zhuhai"],
        &[
            ("size of the limit", "credit.limits.tiers[0].limit_yuan"),
            ("interest", "credit.instalments"),
            ("emergencies exempt", "credit.delinquency.emergencies_exempt"),
            ("days before upload", "credit.sanctions.blacklist_from_dpd_days"),
            ("who decides what is wilful", "credit.delinquency.wilful_up_to_income_months"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
        ],
    ),
    (
        &["mianyang"],
        &[
            ("largest limit", "credit.limits.tiers[0].limit_yuan"),
            ("interest after 56 days", "credit.sanctions.penalty_rate_per_day"),
            ("default", "credit.sanctions.freeze_from_dpd_days"),
            ("how many have registered by real name", "behaviour.applying.unregistered_share"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
        ],
    ),
    (
        &["xiamen"],
        &[
            ("limit table", "credit.limits.tiers[2].score_from"),
            ("repayment", "credit.free_window.fixed_days.free_days"),
            ("how breaches in a row are counted", "credit.limit_extras.score_missed_in_a_row"),
            ("what they cost", "credit.limit_extras.score_missed_points"),
            ("when the bank reports", "credit.collections[2].dpd_days"),
        ],
    ),
    (
        &["quanzhou"],
        &[
            ("rate", "credit.instalments.rate_per_year"),
            ("number of instalments", "credit.instalments.months"),
            ("relatives' own age", "credit.family.parents_use_adult_childs_line"),
            ("default", "credit.sanctions.freeze_from_dpd_days"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
        ],
    ),
    (
        &["kunming"],
        &[
            ("limits", "credit.limits.tiers[0].limit_yuan"),
            ("days", "credit.free_window.fixed_days.free_days"),
            ("instalments", "credit.instalments"),
            ("confirmations without an answer", "scheme_flow.confirm.unanswered_share"),
            ("age gate", "credit.eligibility.age_max_years"),
            ("who bears a loss", "credit.loss.rest_weights.hospital"),
        ],
    ),
    (
        &["county"],
        &[
            ("length of instalments", "credit.instalments.months"),
            ("when a stay is staged", "inpatient.staged_every_days"),
            ("when arrears count as wilful", "credit.sanctions.blacklist_from_dpd_days"),
            ("who decides what is wilful", "credit.delinquency.wilful_up_to_income_months"),
            ("when hardship is established", "credit.delinquency.hardship_from_dpd_days"),
            ("the date agreed on", "credit.free_window.fixed_days.free_days"),
            ("whether the card is held", "scheme_flow.card_held"),
            ("paper or linked data", "entitlement.scheme.proof"),
        ],
    ),
    (
        &["cross_province"],
        &[
            ("clearing cycle", "cross_province.clearing.pays_after_days"),
            ("who pays the hospital", "cross_province.clearing.home_pays_hospital_after_days"),
            ("deposit", "cross_province.clearing.deposit_ratio"),
            ("failure rate: messages", "cross_province.links[3].lost_per_million"),
            ("failure rate: faults", "cross_province.links[3].outages_per_year"),
            ("lost invoices", "cross_province.manual.invoice_lost_share"),
            ("price of a private line", "cross_province.capacity.private_line_yuan_per_year"),
        ],
    ),
    (&FILES, &[("sizes of institutions", "city.size_in_scheme_ratio")]),
];

#[test]
fn what_a_text_leaves_open_has_a_range_that_is_swept() {
    for name in FILES {
        let given = scheme(name, &[]).uncertainty.unwrap_or_else(|| panic!("{name}: no ranges"));
        for input in &given.inputs {
            for lang in [Lang::En, Lang::Zh] {
                let named = aftercare::report::input_name(&input.key, lang);
                assert!(named.is_some(), "{name}: {} has no name on the page", input.key);
            }
        }
        let of_file = OPEN.iter().filter(|(names, _)| names.contains(&name));
        for (point, key) in of_file.flat_map(|(_, points)| *points) {
            let found = given.inputs.iter().any(|input| input.key == *key);
            assert!(found, "{name}, open: {point}; nothing sweeps {key}");
        }
        let path = file(name);
        let frame = Frame {
            scenario: path,
            set: Vec::new(),
            seed: None,
            replications: Some(1),
            days: Some(1),
            population: Some(2_000),
        };
        let swept = Sensitivity::with(&frame, &[], &[], &Looks::default());
        let swept = swept.unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let ends = swept.setups().unwrap_or_else(|why| panic!("{name}: {why:?}"));
        assert_eq!(ends.len(), 1 + 2 * given.inputs.len(), "{name}: both ends of each load");
    }
}
