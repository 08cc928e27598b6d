//! Who gains and who pays: books that close to the fen on real runs, costs that can be left out, and a scheme
//! that hardly anybody uses told as such.

use aftercare::experiment::{Setup, replicate, replicate_in, summary, tables};
use aftercare::scenario::{Scenario, load_with};
use aftercare::sim::Progress;
use serde_json::Value;
use std::path::Path;

fn scenario(name: &str, set: &[&str]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let set: Vec<String> = set.iter().map(|line| (*line).to_owned()).collect();
    load_with(&path, &set).unwrap_or_else(|problems| panic!("{problems}"))
}

fn yuan(value: &str) -> i64 {
    let digits: String = value.chars().filter(|char| *char != '.').collect();
    digits.parse().unwrap_or_else(|_| panic!("{value} is an amount"))
}

fn mean(value: &Value) -> f64 {
    let text = value["mean"].as_str().map(str::to_owned);
    text.map_or_else(|| value["mean"].as_f64(), |text| text.parse().ok())
        .unwrap_or_else(|| panic!("{value} has a mean"))
}

#[test]
fn what_all_parties_gain_is_minus_what_is_used_up_in_every_replication_to_the_fen() {
    let setup = Setup::new(scenario("smoke.toml", &[]), 7, 2, 3, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    let tables = tables(&setup, &outcome, &summary);
    let find = |name: &str| tables.iter().find(|table| table.name == name).expect("a table");
    let parties = find("npv_by_party.csv");
    let flows = find("flows.csv");
    assert_eq!(parties.rows.len(), 2 * 2 * 9, "replications, baselines, parties and what is used");
    for replication in ["1", "2"] {
        for baseline in ["mobile_2023", "windows_2015"] {
            let here = |row: &&Vec<String>| row[0] == replication && row[1] == baseline;
            let total = |from: usize| -> i64 {
                parties.rows.iter().filter(here).map(|row| yuan(&row[from])).sum()
            };
            assert_eq!([total(3), total(4), total(5)], [0, 0, 0], "{replication} {baseline}");
            let used: i64 = flows
                .rows
                .iter()
                .filter(here)
                .filter(|row| row[4] == "used_up")
                .map(|row| yuan(&row[8]))
                .sum();
            let said = parties.rows.iter().filter(here).find(|row| row[2] == "used_up");
            assert_eq!(said.map(|row| yuan(&row[5])), Some(used));
            let bank = |row: &&Vec<String>| row[3] == "bank" || row[4] == "bank";
            assert!(flows.rows.iter().filter(here).filter(bank).count() > 4, "the bank's flows");
        }
    }
    for (name, against) in summary["answer"]["against"].as_object().expect("baselines") {
        assert_eq!(against["sum_gap_fen"], 0, "{name}");
        assert!(mean(&against["resource_cost_without_care"]) > 0.0, "{name}");
    }
}

#[test]
fn the_books_of_every_shipped_scheme_close() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("scenarios") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let scenario = scenario(&name, &[]);
        if scenario.costs.is_none() {
            continue;
        }
        seen += 1;
        let setup = Setup::new(scenario, 3, 1, 2, Some(4_000));
        let outcome = replicate_in(&setup, &mut |_: Progress| true);
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
    assert!(seen > 12, "{seen} schemes with costs");
}

#[test]
fn a_wrong_cost_is_named_with_its_place_and_a_way_out() {
    let table = [
        ("costs.discount_rate_per_year = 1.5", "costs.discount_rate_per_year", "between 0 and 1"),
        ("costs.it.borne_by = \"bnak\"", "costs.it.borne_by", "did you mean \"bank\"?"),
        ("costs.bank.set_up_yuan = -1", "costs.bank.set_up_yuan", "0 or more"),
        ("costs.horizon_years = 0", "costs.horizon_years", "from 1 to 30"),
        ("costs.it.set_up = 5", "costs.it.set_up", "set_up_yuan"),
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    for (line, key, way_out) in table {
        let Err(problems) = load_with(&path, &[line.to_owned()]) else {
            panic!("{line} was accepted")
        };
        let text = problems.to_string();
        assert!(text.contains(key) && text.contains(way_out), "{line}: {text}");
    }
}

#[test]
fn without_costs_no_economics_are_reported() {
    let mut scenario = scenario("smoke.toml", &[]);
    scenario.costs = None;
    let setup = Setup::new(scenario, 7, 1, 1, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    assert!(summary.get("answer").is_none());
    let tables = tables(&setup, &outcome, &summary);
    assert!(tables.iter().all(|table| !table.name.contains("npv") && table.name != "flows.csv"));
}

#[test]
fn a_line_that_hardly_anybody_uses_is_a_fixed_cost_with_a_break_even_use_rate() {
    // Dalian's first year: 86,000 yuan of limits of 205 million, 0.04 %.
    let setup = Setup::new(scenario("dalian_2021.toml", &[]), 1, 1, 60, Some(24_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let answer = &summary(&setup, &outcome)["answer"];
    let bank = &answer["bank"];
    // Hardly any of the limits is used (a sample and two months scatter around the published share).
    assert!((0.0..0.01).contains(&mean(&bank["use_rate"])), "{bank}");
    let even = &bank["break_even_use_rate"];
    assert!(even["mean"].is_null() || mean(even) > 10.0 * mean(&bank["use_rate"]), "{bank}");
    assert!(mean(&bank["fixed_cost_per_year"]) > 0.0, "{bank}");
    assert!(mean(&bank["result_per_year"]) < 0.0, "{bank}");
    let against = &answer["against"]["mobile_2023"];
    assert!(mean(&against["npv_by_party"]["hospitals"]) < 0.0, "{against}");
    assert_eq!(against["sum_gap_fen"], 0);
    // Tiny benefit: less than an hour a thousand visits, either way.
    assert!(mean(&against["net_hours_per_1000_eligible_visits"]).abs() < 1.0, "{against}");
    assert!(mean(&against["net_benefit"]) < 0.0, "{against}");
}

/// Limits of 14,000 yuan that one visit in fifty of a holder may use: about 0.04 % of all limits is drawn a year,
/// as in Dalian's first year; public money of 0.1 yuan on a yuan drawn gives draws a margin to break even with.
#[test]
fn limits_used_by_four_in_ten_thousand_are_told_as_such_with_their_break_even() {
    let room = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::cargo_bin("aftercare").expect("the program");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    command.current_dir(room.path()).arg("run").arg(file).args(["--out", "out", "--quiet"]);
    command.args(["--population", "6000", "--days", "20", "--replications", "2"]);
    for line in [
        "credit.limits.tiers=[{ score_from = 500, limit_yuan = 14000 }]",
        "credit.limits.ceiling_yuan=14000",
        "behaviour.use_of_line.outpatient_share=0.02",
        "behaviour.use_of_line.inpatient_share=0",
        "costs.subsidy_ratio=0.1",
    ] {
        command.args(["--set", line]);
    }
    command.assert().success();
    let read = |name: &str| {
        let path = room.path().join("out").join(name);
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let summary: Value = serde_json::from_str(&read("summary.json")).expect("JSON");
    let bank = &summary["answer"]["bank"];
    let of = |key: &str| mean(&bank[key]);
    assert!((0.0002..0.0008).contains(&of("use_rate")), "about 0.04 %: {bank}");
    assert!(
        (0.05..0.1).contains(&of("margin_per_yuan_drawn")),
        "the subsidy, less funding: {bank}"
    );
    // At that use the margin pays the fixed cost, to what the means of two runs differ.
    let limits = mean(&summary["credit"]["limit_total"]);
    let paid = of("break_even_use_rate") * of("margin_per_yuan_drawn") * limits;
    let fixed = of("fixed_cost_per_year");
    assert!((paid / fixed - 1.0).abs() < 0.05, "{paid} of {fixed}");
    assert!(of("break_even_use_rate") > 50.0 * of("use_rate"), "{bank}");
    assert!(of("result_per_year") < -0.9 * fixed, "the cost is fixed: {bank}");
    let against = &summary["answer"]["against"]["mobile_2023"];
    let hours = mean(&against["net_hours_per_1000_eligible_visits"]);
    assert!(hours < 1.0, "a tiny benefit at best: {hours}");
    let said = [
        ("report.html", ["The lines are hardly used: 0.0", "The bank would come out even"]),
        ("report.zh.html", ["额度几乎未被使用", "保本"]),
    ];
    for (file, words) in said {
        let page = read(file);
        assert!(words.iter().all(|words| page.contains(words)), "{file}");
    }
}

#[test]
fn credit_moves_when_money_leaves_a_household_and_not_what_it_owes() {
    let setup = Setup::new(scenario("smoke.toml", &[]), 7, 1, 7, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let answer = &summary(&setup, &outcome)["answer"];
    let homes = &answer["households"];
    let share = |key: &str, side: &str| mean(&homes[key][side]);
    let [before, after] = ["baseline", "policy"].map(|side| share("catastrophic_owed_share", side));
    assert!(before > 0.0 && (after - before).abs() < 0.05 * before, "{homes}");
    let cash = |side: &str| share("catastrophic_cash_30_days_share", side);
    assert!(cash("baseline") > 0.0 && cash("policy") > 0.0, "{homes}");
    let stays = &answer["stays"];
    let locked = |side: &str| mean(&stays["locked_yuan_days_per_stay"][side]);
    assert!(locked("policy") < locked("baseline"), "deposits are waived for holders: {stays}");
    let peak = |side: &str| mean(&stays["peak_over_month_income_share"][side]);
    assert!(peak("policy") <= peak("baseline") && peak("baseline") < 1.0, "{stays}");
    let days = &answer["hospital"]["days_sales_outstanding"];
    let all: f64 = ["funds", "banks", "in_transit", "patients"]
        .iter()
        .map(|payer| mean(&days[payer]["policy"]))
        .sum();
    let said = mean(&summary(&setup, &outcome)["clearing"]["days_sales_outstanding"]["policy"]);
    assert!((all - said).abs() < 1e-4, "{all} by payer, {said} in all");
}

#[test]
fn groups_of_each_kind_add_up_to_the_whole_to_the_fen() {
    let setup = Setup::new(scenario("smoke.toml", &[]), 7, 1, 10, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    let answer = &summary["answer"];
    for (baseline, against) in answer["against"].as_object().expect("baselines") {
        for kind in ["age", "income", "scheme"] {
            let groups = answer["groups"][kind].as_object().expect("groups");
            let sum = |key: &str| -> f64 {
                groups.values().map(|group| mean(&group["against"][baseline][key])).sum()
            };
            let patients: i64 = groups
                .values()
                .map(|group| {
                    yuan(group["against"][baseline]["npv_paying"]["mean"].as_str().expect("yuan"))
                })
                .sum();
            let whole = against["npv_paying_by_party"]["patients"]["mean"].as_str().expect("yuan");
            assert_eq!(patients, yuan(whole), "{baseline} by {kind}");
            assert!((sum("eligible_visits") - mean(&against["eligible_visits"])).abs() < 0.5);
            // Hours a thousand visits, weighted by visits, are the whole's.
            let hours: f64 = groups
                .values()
                .map(|group| &group["against"][baseline])
                .filter(|group| !group["net_hours_per_1000_eligible_visits"]["mean"].is_null())
                .map(|group| {
                    mean(&group["net_hours_per_1000_eligible_visits"])
                        * mean(&group["eligible_visits"])
                })
                .sum();
            let none = groups
                .values()
                .any(|group| mean(&group["against"][baseline]["eligible_visits"]) == 0.0);
            let whole = mean(&against["net_hours"]) * 1_000.0;
            assert!(none || (hours - whole).abs() < 1e-3 * whole.abs().max(1.0), "{hours} {whole}");
        }
    }
    let people = |kind: &str| -> f64 {
        let groups = answer["groups"][kind].as_object().expect("groups");
        groups.values().map(|group| mean(&group["people"])).sum()
    };
    for kind in ["age", "income"] {
        assert!((people(kind) - people("scheme")).abs() < 0.5, "{kind}");
    }
    let rows = tables(&setup, &outcome, &summary);
    let table = rows.iter().find(|table| table.name == "answer_by_group.csv").expect("a table");
    assert!(table.rows.len() > 14 * 40, "{} rows", table.rows.len());
    for row in &table.rows {
        assert!(!row[4].is_empty(), "every row has a unit: {row:?}");
    }
}

#[test]
fn each_group_closes_like_the_whole_and_no_price_is_told_for_those_whom_the_scheme_is_not_meant_for()
 {
    let setup = Setup::new(scenario("smoke.toml", &[]), 7, 1, 10, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let answer = &summary(&setup, &outcome)["answer"];
    let fen = |value: &Value| yuan(value["mean"].as_str().expect("yuan"));
    let baselines = ["mobile_2023", "windows_2015"];
    for kind in ["age", "income", "scheme"] {
        let groups = answer["groups"][kind].as_object().expect("groups");
        for (label, group) in groups {
            for baseline in baselines {
                let against = &group["against"][baseline];
                let parties = against["npv_paying_by_party"].as_object().expect("parties");
                let sum: i64 = parties.values().map(&fen).sum();
                assert_eq!(sum, fen(&against["sum_of_paying"]), "{kind} {label} {baseline}");
                assert_eq!(parties["patients"], against["npv_paying"]);
                let nobody = mean(&against["eligible_visits"]) == 0.0;
                let price = &against["cost_per_hour"]["society"]["mean"];
                assert!(!nobody || price.is_null(), "{kind} {label} {baseline}: {price}");
            }
        }
        for baseline in baselines {
            for party in ["patients", "hospitals", "bank", "platform"] {
                let path = |value: &Value| fen(&value["npv_paying_by_party"][party]);
                let parts: i64 =
                    groups.values().map(|group| path(&group["against"][baseline])).sum();
                assert_eq!(parts, path(&answer["against"][baseline]), "{kind} {party} {baseline}");
            }
        }
        // What the groups' holders leave the bank is its whole margin.
        let lines = |key: &str| -> f64 {
            groups
                .values()
                .map(|group| &group["bank"][key])
                .filter(|v| !v["mean"].is_null())
                .map(mean)
                .sum()
        };
        let whole = mean(&answer["bank"]["result_per_year"]);
        assert!((lines("result_per_year") - whole).abs() < 0.01 * groups.len() as f64, "{kind}");
    }
    let children = &answer["groups"]["age"]["0-4"];
    assert!(children["against"]["mobile_2023"]["cost_per_hour"]["society"]["mean"].is_null());
    assert!(children["bank"]["margin_per_yuan_drawn"]["mean"].is_null(), "{children}");
    let index = |kind: &str, label: &str| {
        answer["groups"][kind][label]["against"]["mobile_2023"]["concentration_of_minutes"].clone()
    };
    assert!(index("age", "60-74").is_object() && index("income", "fifth_1")["mean"].is_null());
    let absent = answer["not_applicable"].as_array().expect("reasons");
    assert!(absent.iter().all(|one| one["because"]["zh"].is_string()) && absent.len() > 4);
}

#[test]
fn harm_and_load_are_told_against_every_baseline_of_the_run() {
    let setup =
        Setup::new(scenario("smoke.toml", &["costs.crowding.wait_s = 60"]), 7, 1, 5, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    let run = &outcome.replications[0];
    let harm = &summary["answer"]["harm"];
    let others =
        [&harm["minutes_saved_others"], &harm["against"]["windows_2015"]["minutes_saved_others"]];
    for (baseline, said) in others.into_iter().enumerate() {
        let class = &run.pairs.against[baseline][1];
        let minutes = class.saved_ms() as f64 / 60_000.0 / class.visits as f64;
        assert!((mean(said) - minutes).abs() < 1e-6, "{baseline}: {said} {minutes}");
    }
    // Windows alone are slower for everybody than phones, so non-users gain more against them.
    assert!(mean(others[1]) > mean(others[0]) + 1.0, "{harm}");
    let long = &summary["answer"]["crowding"]["long_waits_person_minutes_per_1000_visits"];
    assert!(mean(&long["against"]["windows_2015"]) > mean(&long["baseline"]), "{long}");
    let queue = &summary["queue"];
    for block in [queue, &queue["against"]["windows_2015"]] {
        for kind in ["wait", "payment_queue"] {
            let mark = |mark: &str| mean(&block[format!("{kind}_{mark}")]["all"]["baseline"]);
            assert!(mark("p50") <= mark("p95") && mark("p95") <= mark("p99"), "{kind}: {block}");
        }
    }
    // Every arm has its busiest day, and the profile holds the peak of the summary.
    let tables = tables(&setup, &outcome, &summary);
    let profile = tables.iter().find(|table| table.name == "requests.csv").expect("a table");
    for arm in ["mobile_2023", "windows_2015", "smoke_credit"] {
        let rows: Vec<f64> = profile
            .rows
            .iter()
            .filter(|row| row[0] == arm)
            .map(|row| row[2].parse().expect("a rate"))
            .collect();
        assert_eq!(rows.len(), 96, "{arm}");
        let peak = match arm {
            "smoke_credit" => &summary["throughput"]["peak_requests_per_s"],
            _ => &summary["throughput"]["baselines"][arm]["peak_requests_per_s"],
        };
        let busiest = rows.iter().fold(0.0_f64, |a, &b| a.max(b));
        assert!(busiest > 0.0 && busiest <= mean(peak) * 60.0 + 1e-6, "{arm}: {busiest} {peak}");
    }
}

#[test]
fn lines_count_with_their_holders_and_households_with_their_members() {
    let setup = Setup::new(scenario("smoke.toml", &[]), 7, 1, 10, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    let ages = &summary["answer"]["groups"]["age"];
    let users: f64 = ["0-4", "5-14"].iter().map(|age| mean(&ages[age]["users"])).sum();
    assert!(users.abs() < 0.5, "children hold no line: {users}");
    assert!(mean(&ages["15-44"]["users"]) > 0.0, "{ages}");
    let owed = |age: &str| mean(&ages[age]["arms"]["mobile_2023"]["catastrophic_owed_share"]);
    let means: Vec<f64> = ["15-44", "75+"].iter().map(|age| owed(age)).collect();
    assert!(means.iter().all(|share| (0.0..1.0).contains(share)), "{means:?}");
}
