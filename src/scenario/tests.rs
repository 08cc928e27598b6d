//! Specification of the loader: shipped files load silently, broken ones say exactly what is wrong.

use super::*;
use crate::flow::spec::{FreedWindows, PayWhen, RegimeSpec, Station};
use std::path::PathBuf;

/// Scenarios whose stations are not those of a city of today.
const OTHER_STATIONS: [&str; 3] = ["cross_province", "payment_means", "province_relay"];

/// The names of all scenarios that are shipped.
fn shipped_names() -> Vec<String> {
    list(Path::new("scenarios")).into_iter().map(|(name, ..)| name).collect()
}

fn shipped_path(name: &str) -> PathBuf {
    PathBuf::from(format!("scenarios/{name}.toml"))
}

fn shipped_scenario(name: &str) -> Scenario {
    load(&shipped_path(name)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Loads a few lines laid over the smoke scenario, from a folder of their own.
fn over_smoke(lines: &str) -> Result<Scenario, Problems> {
    let set: Vec<String> = lines.lines().map(str::to_owned).collect();
    load_with(&shipped_path("smoke"), &set)
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of scenarios");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_shipped_scenario_loads_without_a_warning() {
    let names = shipped_names();
    assert!(names.len() > 15, "{names:?}");
    for name in &names {
        let problems = check(&shipped_path(name));
        assert!(problems.is_empty(), "{problems}");
        let scenario = shipped_scenario(name);
        assert_eq!(scenario.name, *name);
        // A stay across provinces is compared with the windows of its year.
        if name != "cross_province" {
            assert_eq!(scenario.baselines[0].name, "mobile_2023", "the default baseline of {name}");
        }
        assert!(scenario.assumptions.iter().all(|note| !note.source.is_empty()));
    }
}

/// After a message or key was changed on purpose: `cargo run --example renew_scenario_files`, and read
/// the diff.
#[test]
fn each_broken_file_says_exactly_what_stands_beside_it() {
    let files = toml_files("scenarios/broken");
    assert!(files.len() >= 10);
    for path in files {
        let expected = std::fs::read_to_string(path.with_extension("expected")).expect("a text");
        assert_eq!(check(&path).to_string(), expected, "{}", path.display());
    }
}

#[test]
fn five_mistakes_give_five_messages_with_line_and_column() {
    let problems = load(Path::new("scenarios/broken/five_mistakes.toml")).expect_err("broken");
    let places: Vec<_> = problems.list.iter().map(|p| (p.line, p.column, p.key.as_str())).collect();
    let expected = [
        (6, 1, "people.populaton"),
        (7, 19, "people.uninsured_share"),
        (8, 14, "people.age_shares"),
        (11, 22, "demand.chronic_relativity"),
        (15, 17, "credit.eligibility.age_max_years"),
    ];
    assert_eq!(places, expected);
    assert_eq!(problems.errors(), 5);
    assert!(problems.list[0].hint.contains("`population`"), "{}", problems.list[0]);
}

#[test]
fn later_layers_win_key_by_key() {
    let smoke = shipped_scenario("smoke");
    // The scenario over its part, and the part where the scenario says nothing.
    assert_eq!(smoke.city.people.population, 20_000);
    assert!((smoke.city.people.uninsured_share - 0.04).abs() < 1e-12);
    // A line of `--set` over both; a case chosen above replaces the case below.
    let set = "people.uninsured_share = 0.5 # choice: a test\n\
               demand.stay.fixed = { value_days = 3 } # choice: a test";
    let changed = over_smoke(set).expect("sound lines");
    assert!((changed.city.people.uninsured_share - 0.5).abs() < 1e-12);
    assert_eq!(
        changed.city.demand.stay_days,
        crate::random::Distribution::Deterministic { value: 3.0 }
    );
    let note = changed.assumptions.iter().find(|note| note.key == "people.uninsured_share");
    assert_eq!(note.map(|note| (note.file.as_str(), note.line)), Some(("--set", 1)));
}

#[test]
fn the_order_of_includes_decides_between_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    write("a.toml", "[people]\npopulation = 1000 # choice: a\nscore_mean = 601 # choice: a");
    write("b.toml", "[people]\nscore_mean = 602 # choice: b\nscore_sd = 62 # choice: b");
    let smoke = std::fs::canonicalize("scenarios/smoke.toml").expect("a path");
    let parts = format!("include = ['{}', 'a.toml', 'b.toml']\n", smoke.display());
    write("c.toml", &format!("{parts}[people]\nscore_sd = 63 # choice: c"));
    let problems_or = load(&folder.path().join("c.toml"));
    let people = problems_or.unwrap_or_else(|problems| panic!("{problems}")).city.people;
    assert_eq!(people.population, 1000);
    assert!((people.score_mean - 602.0).abs() < 1e-12, "b is later than a");
    assert!((people.score_sd - 63.0).abs() < 1e-12, "the file itself is last");
}

#[test]
fn shipped_parts_are_found_from_any_folder_and_listed_without_gaps() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("my_city.toml");
    std::fs::write(&path, template()).expect("written");
    let scenario = load(&path).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.name, "my_city");
    assert!(scenario.files.iter().skip(1).all(|file| file.path.starts_with("<shipped>/")));
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing written");

    let known: Vec<&str> = shipped::SHIPPED.iter().map(|&(name, _)| name).collect();
    let mut on_disk = Vec::new();
    for folder in ["behaviour", "credit", "flow", "parts", "regimes", "rules"] {
        for path in toml_files(&format!("scenarios/{folder}")) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a text");
            // A rule set with a schema of its own is a file for `settle`, not a part.
            if !text.contains("\nschema = ") {
                on_disk.push(format!("{folder}/{name}"));
            }
        }
    }
    assert_eq!(known, on_disk);
}

#[test]
fn every_shipped_regime_and_deposit_can_be_named() {
    let regimes = [
        "windows_2015",
        "topup_card",
        "mobile_2023",
        "in_room",
        "auto_debit_no_credit",
        "pay_once_hospital_books",
    ];
    let deposits = ["deposit_free_amount", "deposit_ceiling_2025", "deposit_waived_by_hospital"];
    let folder = tempfile::tempdir().expect("a folder");
    let smoke = std::fs::canonicalize("scenarios/smoke.toml").expect("a path");
    let includes = regimes.iter().chain(&deposits).map(|name| format!("'regimes/{name}.toml'"));
    let includes = includes.collect::<Vec<_>>().join(", ");
    let arm = |(index, regime): (usize, &&str)| {
        format!("{{ regime = '{regime}', deposit = '{}' }}", deposits[index % 3])
    };
    let path = folder.path().join("all.toml");
    let load_with = |some: std::ops::Range<usize>| {
        let arms = regimes.iter().enumerate().skip(some.start).take(some.len()).map(arm);
        let arms = arms.collect::<Vec<_>>().join(", ");
        let smoke = smoke.display();
        let text = format!("include = ['{smoke}', {includes}]\nbaselines = [{arms}]\n");
        std::fs::write(&path, text).expect("written");
        load(&path)
    };
    let most = super::BASELINES_MAX;
    let [scenario, others] = [0..most, most..2 * most]
        .map(|some| load_with(some).unwrap_or_else(|problems| panic!("{problems}")));
    let both = scenario.baselines.iter().chain(&others.baselines);
    let names: Vec<&str> = both.map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, regimes);
    let told = load_with(0..most + 1).map(|_| ()).expect_err("one too many").to_string();
    assert!(told.contains("4 baselines") && told.contains("at most 3"), "{told}");
    assert_eq!(scenario.baselines[2].deposit, DepositRule::None);
    // The ceiling of 2025: never more than the mean personal part of like stays.
    let usual = Some([1_000, 3_000, 5_000].map(Fen::from_yuan));
    let ceiling = DepositRule::ShareOfExpectedPersonPart { share: Ratio::ONE, usual };
    assert_eq!(scenario.baselines[1].deposit, ceiling);
    let debit = &others.baselines[1].regime;
    assert!(debit.debit_refused_share > 0.0 && debit.debit_signed_share_by_age[2] < 1.0);
}

#[test]
fn wrong_outages_and_debits_are_told_with_a_way_out() {
    let outages = |list: &str| over_smoke(&format!("outages = [{list}] # choice: a test"));
    let outage = |from: &str, to: &str, more: &str| {
        format!("{{ date = 2024-03-01, from = '{from}', to = '{to}', down = 'core'{more} }}")
    };
    let said = |list: &str| outages(list).expect_err("a mistake").to_string();
    let good = outage("09:00", "11:00", ", window_extra_s = 60");
    assert_eq!(outages(&good).expect("sound").outages[0].window_extra_ms, 60_000);
    let rows = [
        (outage("11:00", "09:00", ""), "over before it begins", "later time than `from`"),
        (
            outage("09:00", "11:00", ", sites = ['nowhere']"),
            "no institution `nowhere`",
            "city.sites",
        ),
        (format!("{good}, {}", outage("10:00", "12:00", "")), "overlaps", "one after the other"),
        (good.replace("core", "cores"), "cores", "network"),
        (good.replace("60", "-60"), "window_extra_s", "0"),
        (good.replace("09:00", "25:00"), "25:00", "from"),
    ];
    for (list, words, way_out) in rows {
        let said = said(&list);
        assert!(said.contains(words) && said.contains(way_out), "{list}: {said}");
    }
    let debit = "{ signed_shares_by_age = [1, 1, 1, 1, 1, 1], refused_share = 0.1 }";
    let line = format!("regimes.mobile_2023.debit = {debit} # choice: a test");
    let said = over_smoke(&line).expect_err("paid by hand there").to_string();
    assert!(said.contains("nothing is debited") && said.contains("at_order"), "{said}");
}

#[test]
fn work_on_a_paid_order_is_read_and_absent_by_default() {
    let level = |line: &str| {
        let line = format!("{line} # choice: a test");
        over_smoke(&line).expect("sound").flow.levels[2].clone()
    };
    let plain = level("run.days = 3");
    assert_eq!((plain.drug_packing_s, plain.test_booking_s), (None, None));
    let packed = level("flow.levels.tertiary.drug_packing = { fixed = { value_s = 300 } }");
    assert_eq!(packed.drug_packing_s, Some(Distribution::Deterministic { value: 300.0 }));
}

#[test]
fn a_help_desk_is_read_with_its_shifts_and_none_is_needed() {
    let desk = |scenario: &Scenario| {
        let stations = &scenario.flow.levels[2].stations;
        stations[Station::HelpDesk as usize].clone()
    };
    let set = |line: &str| over_smoke(&format!("{line} # choice: a test"));
    let key = "flow.levels.tertiary.stations.help_desk";
    let few = set(&format!("{key}.servers_per_1000_visits_per_day = 4")).expect("sound");
    assert_eq!((desk(&few).servers_per_1000_visits, desk(&few).shifts.len()), (4.0, 2));
    let said = set(&format!("{key}.shifts = \"dask\"")).expect_err("no such shifts").to_string();
    assert!(said.contains("dask") && said.contains("did you mean \"desk\"?"), "{said}");
    let said = set(&format!("{key}.service = 4")).expect_err("not its own").to_string();
    assert!(said.contains("service"), "{said}");
}

#[test]
fn money_and_rates_are_read_exactly() {
    let set = "demand.bills.primary.registration_yuan = 1_000.05 # choice: a test\n\
               credit.instalments.rate_per_year = 4.98e-2 # choice: a test";
    let scenario = over_smoke(set).expect("sound lines");
    assert_eq!(scenario.city.demand.bills[0].registration, Fen(100_005));
    let scheme = scenario.policy.scheme.expect("a scheme");
    let rate = scheme.credit.instalments.expect("instalments").rate_year;
    assert_eq!(rate.to_decimal(), rust_decimal::Decimal::new(498, 4));
}

#[test]
fn xiamen_is_what_its_sources_say() {
    let xiamen = shipped_scenario("xiamen");
    assert_eq!(xiamen.city.sites.len(), 59);
    let centres = xiamen.city.sites.iter().filter(|site| site.level as usize == 0).count();
    assert_eq!(centres, 39);
    assert!(xiamen.city.sites.iter().all(|site| site.in_scheme_from.is_some()));
    let on = |day: &str| {
        let day = crate::domain::Day::parse(day).expect("a day");
        xiamen.city.sites.iter().filter(|site| site.in_scheme_from <= Some(day)).count()
    };
    assert_eq!((on("2023-01-01"), on("2023-02-15"), on("2023-06-30")), (5, 22, 51));
    let scheme = xiamen.policy.scheme.expect("a scheme");
    let tiers = &scheme.credit.limits.tiers;
    assert_eq!(tiers.first().map(|tier| tier.limit), Some(Fen::from_yuan(500)));
    assert_eq!(tiers.last().map(|tier| tier.limit), Some(Fen::from_yuan(3000)));
    assert!(scheme.credit.family.minors_use_parents_line);
    let names: Vec<&str> = xiamen.baselines.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["mobile_2023", "windows_2015", "topup_card"]);
}

#[test]
fn the_same_input_gives_the_same_echo() {
    let [first, second] = [(); 2].map(|()| shipped_scenario("xiamen").resolved.to_string());
    assert_eq!(first, second);
    let back: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!(back["people"]["population"], 5_308_000);
}

#[test]
fn refunds_are_off_unless_named_and_their_parts_are_shares() {
    assert_eq!(shipped_scenario("smoke").refunds, None);
    let lines = |visits: &str, item: &str| {
        format!(
            "refunds.visits_share = {visits} # choice: a test\nrefunds.item_ratio = {item} # choice: a test\n\
             refunds.in_place_share = 0.5 # choice: a test"
        )
    };
    let spec = over_smoke(&lines("0.25", "0.5")).expect("sound lines").refunds.expect("refunds");
    assert_eq!(spec.item.of(crate::domain::Fen(101)), crate::domain::Fen(51));
    for (visits, item, key) in
        [("1.5", "0.5", "refunds.visits_share"), ("0.1", "1.5", "refunds.item_ratio")]
    {
        let problems = over_smoke(&lines(visits, item)).expect_err("more than all");
        assert!(problems.to_string().contains(key), "{problems}");
    }
}

#[test]
fn rules_load_alone() {
    let rules = load_rules(Path::new("scenarios/rules/urban_2023.toml"))
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(rules.name, "urban_2023");
    assert_eq!(rules, shipped_scenario("smoke").rules);
    let problems = load_rules(&shipped_path("smoke")).expect_err("a scenario is not a rules file");
    assert!(problems.to_string().contains("unknown key"), "{problems}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let problems = load(Path::new("scenarios/nowhere.toml")).expect_err("no such file");
    assert!(problems.to_string().starts_with("scenarios/nowhere.toml: cannot be read"));
}

/// Every key of every shipped file stands in the schema, and every key of the schema is read: the
/// schema is what the loader asked for, so the second half is shown on a key made up.
#[test]
fn the_schema_knows_every_key_that_the_loader_knows() {
    let schema = without_references(&schema(), &schema());
    for name in shipped_names() {
        let resolved = shipped_scenario(&name).resolved;
        keys_are_in(&schema, &resolved, &name);
    }
    assert!(schema["properties"]["people"]["properties"].get("populaton").is_none());
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
}

fn committed_schemas() -> [(&'static str, String); 2] {
    let pretty = |schema| serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
    [
        ("scenarios/scenario.schema.json", pretty(schema())),
        ("scenarios/networks/network.schema.json", pretty(network_schema())),
    ]
}

#[test]
fn the_committed_schemas_are_those_of_the_loader() {
    for (path, schema) in committed_schemas() {
        assert_eq!(std::fs::read_to_string(path).expect("a schema"), schema, "{path}");
    }
}

#[test]
fn the_documentation_names_every_table_and_regime() {
    let text = std::fs::read_to_string("docs/writing_a_scenario.md").expect("the page");
    let schema = schema();
    let tables = schema["properties"].as_object().expect("keys").keys().cloned();
    let parts = shipped::SHIPPED.iter().map(|&(name, _)| name.to_owned());
    for name in tables.chain(parts).chain(ORIGINS.map(|(word, _)| word.to_owned())) {
        assert!(text.contains(&format!("`{name}`")), "`{name}` is not in the page");
    }
}

/// The schema with every reference replaced by what it points to.
fn without_references(part: &serde_json::Value, root: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match part {
        Value::Object(entries) => {
            if let Some(pointer) = entries.get("$ref").and_then(Value::as_str) {
                let target = root.pointer(pointer.trim_start_matches('#'));
                return without_references(target.expect("a place in the schema"), root);
            }
            let inner =
                |(key, value): (&String, &Value)| (key.clone(), without_references(value, root));
            Value::Object(entries.iter().map(inner).collect())
        }
        Value::Array(list) => {
            Value::Array(list.iter().map(|value| without_references(value, root)).collect())
        }
        other => other.clone(),
    }
}

/// The part of JSON Schema that the loader's schema uses, applied to names only.
fn keys_are_in(schema: &serde_json::Value, value: &serde_json::Value, path: &str) {
    use serde_json::Value as Json;
    if let Some(any) = schema["anyOf"].as_array() {
        let table = any.iter().find(|one| one["type"] == "object");
        if let (Some(table), true) = (table, value.is_object()) {
            keys_are_in(table, value, path);
        }
        return;
    }
    // A form that takes any value names no keys.
    if schema.get("type").is_none() && schema.get("properties").is_none() {
        return;
    }
    match value {
        Json::Object(entries) => {
            for (key, value) in entries {
                let known = &schema["properties"][key.as_str()];
                let known = if known.is_null() { &schema["additionalProperties"] } else { known };
                assert!(known.is_object(), "{path}.{key} is not in the schema");
                keys_are_in(known, value, &format!("{path}.{key}"));
            }
        }
        Json::Array(items) => {
            for item in items {
                keys_are_in(&schema["items"], item, path);
            }
        }
        _ => {}
    }
}

/// The arithmetic in the comments of `flow/hospital_default.toml`: 0.85 to 0.95 with all visits in
/// one stream; emergencies, who come at other hours and to hospitals only, move it a little.
/// Cashiers follow a rule of their own; kiosks are those of a site without phones today.
#[test]
fn staffing_follows_stated_utilisation() {
    let past = shipped_scenario("smoke").baselines.remove(1).regime;
    assert_eq!(past.name, "windows_2015");
    let usual = |name: &String| !OTHER_STATIONS.contains(&name.as_str());
    for name in shipped_names().into_iter().filter(usual) {
        let Scenario { city, flow, baselines, .. } = shipped_scenario(&name);
        let now = &baselines[0].regime;
        for level in 0..3 {
            let busy = |regime, phone_sites| {
                staffing::LevelWork { city: &city, flow: &flow, regime, level, phone_sites }
                    .utilisation()
            };
            let then = busy(&past, past.channels.phone_sites_by_level[level]);
            let without_phones = busy(now, 0.0);
            for (index, &(_, station)) in staffing::BUSY.iter().enumerate() {
                let share = match station {
                    "cashier" => continue,
                    "kiosk" => without_phones[index],
                    _ => then[index],
                };
                let nobody = station == "emergency" && share.abs() < 1e-12;
                let text = format!("{name}: {station} at level {level} is busy {share:.3}");
                assert!(nobody || (0.65..=1.0).contains(&share), "{text}");
            }
        }
    }
}

/// Servers per 1,000 visits at a tertiary hospital, by hand: payments a visit × their share in the busiest
/// hour × not in place × not at a kiosk × service ÷ 3,600 ÷ utilisation.
#[test]
fn each_arm_has_the_windows_of_its_own_payers() {
    let smoke = shipped_scenario("smoke");
    let [now, then] = [0, 1].map(|arm| smoke.baselines[arm].places.expect("a rule")[2]);
    let window_s = 60.0 + 24.0 * 0.96;
    let by_hand = |payments: f64, trips: f64| 1000.0 * payments * trips * window_s / 3600.0 / 0.95;
    // Of visits weighted by age 0.587 are of people who pay by phone now, 0.168 then; the 4 % uninsured
    // may everywhere. The busiest hour, from 10, has 0.330 × 0.131 registrations (then 1 × 0.131), 0.149
    // first orders and 0.535 × 0.184 drugs and treatments after reports.
    let expected = [
        (now[1].cashiers_per_1000, by_hand(0.2904, (1.0 - 0.587) * 0.65)),
        (now[0].cashiers_per_1000, by_hand(0.2904, (1.0 - 0.587 * 0.04) * 0.65)),
        (then[1].cashiers_per_1000, by_hand(0.3781, (1.0 - 0.168) * 0.80)),
    ];
    for (found, by_hand) in expected {
        assert!((found / by_hand - 1.0).abs() < 0.01, "{found} where {by_hand} by hand");
    }
    assert_eq!(smoke.policy.places, smoke.baselines[0].places, "the policy has its regime's");
    // Where everybody who pays by phone now has signed for debits that never fail, the others pay by hand at
    // each order, at every site; where nobody has signed all is as now.
    let mut debits = smoke.baselines[0].regime.clone();
    let able = debits.channels.phone_share_by_age;
    (debits.when, debits.debit_refused_share) = (PayWhen::AtOrder, 0.0);
    let places = |regime: &RegimeSpec| {
        staffing::places(&smoke.city, &smoke.flow, regime).expect("a rule")[2]
    };
    for (signed, expected) in [(able, [now[1], now[1]]), ([0.0; 6], now)] {
        debits.debit_signed_share_by_age = signed;
        for (found, expected) in places(&debits).iter().zip(expected) {
            let off = found.cashiers_per_1000 / expected.cashiers_per_1000 - 1.0;
            assert!(off.abs() < 0.02, "{found:?} {expected:?}");
        }
    }
    let fixed = "flow.payment_places.by_stations = {} # choice: a test";
    let fixed = over_smoke(fixed).expect("a sound line");
    assert!(fixed.baselines.iter().chain([&fixed.policy]).all(|arm| arm.places.is_none()));
}

#[test]
fn freed_windows_are_read_and_wrong_ones_have_a_way_out() {
    let policy = |line: &str| over_smoke(&format!("{line} # choice: a test"));
    let freed =
        |line: &str| policy(line).expect("sound").policy.scheme.expect("one").flow.freed_windows;
    assert_eq!(freed("run.days = 3"), FreedWindows::Kept, "the default");
    let line = "scheme_flow.freed_windows.closed = { payments_moved_share = 0.2 }";
    assert_eq!(freed(line), FreedWindows::Closed { moved_share: 0.2 });
    let away = "scheme_flow.freed_windows.redeployed";
    let line = format!("{away} = {{ payments_moved_share = 0.2, to = 'pharmacy' }}");
    let to = Station::Pharmacy;
    assert_eq!(freed(&line), FreedWindows::Redeployed { moved_share: 0.2, to });
    let line = format!("{away} = {{ payments_moved_share = 20, to = 'farmacy' }}");
    let said = policy(&line).expect_err("two mistakes").to_string();
    assert!(said.contains("for 20 % write 0.2") && said.contains("pharmacy"), "{said}");
}

#[test]
fn a_network_loads_and_its_faults_point_into_the_file() {
    let network = load_network(Path::new("scenarios/networks/outpatient_day.toml"))
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(network.name, "outpatient_day");
    assert!(network.warnings.is_empty(), "{}", network.warnings);
    assert_eq!((network.spec.stations.len(), network.spec.activities.len()), (5, 7));
    assert_eq!(network.spec.problems(), [], "no station is overloaded");
    assert_eq!(network_schema()["title"], NETWORK_SCHEMA);
    assert!(check(Path::new("scenarios/networks/outpatient_day.toml")).is_empty());
}
