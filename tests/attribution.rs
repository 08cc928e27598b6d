//! Where the minutes come from: what a planner may rely on. Small samples of the smoke district.
#![allow(clippy::float_cmp, reason = "on the same luck nothing is exactly nothing")]

use aftercare::experiment::{Attribution, Frame, Trouble, replicate};
use aftercare::report::{self, Lang};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn smoke() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml")
}

/// 6,000 people, two days, two replications.
fn frame(set: &[&str]) -> Frame {
    Frame {
        scenario: smoke(),
        set: set.iter().map(|&line| line.to_owned()).collect(),
        seed: Some(7),
        replications: Some(2),
        days: Some(2),
        population: Some(6_000),
    }
}

fn go(_: aftercare::sim::Progress) -> bool {
    true
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).expect("a list")
}

fn mean(value: &Value) -> f64 {
    let mean = &value["mean"];
    mean.as_f64().or_else(|| mean.as_str()?.parse().ok()).expect("a mean")
}

#[test]
fn shares_and_steps_sum_to_the_whole_exactly() {
    let attribution = Attribution::new(&frame(&[]), true).expect("a scheme");
    assert_eq!(attribution.runs(), 2 * (17 + 4));
    let document = attribution.run(&mut go).expect("all arms");
    let shapley = &document["shapley"];
    let whole = list(&shapley["whole_ms_by_replication"]);
    for (at, whole) in whole.iter().enumerate() {
        let shares = list(&shapley["components"]).iter();
        let sum: i64 =
            shares.map(|share| share["ms_by_replication"][at].as_i64().expect("ms")).sum();
        assert_eq!(Some(sum), whole.as_i64(), "replication {at}");
    }
    let ladder = &document["ladder"];
    for path in [["minutes_per_visit", ""], ["hours", ""], ["yuan", "net_credit_loss"]] {
        let figure = |step: &Value| match path {
            [key, ""] => mean(&step[key]),
            [group, key] => mean(&step[group][key]),
        };
        let sum: f64 = list(&ladder["steps"]).iter().map(figure).sum();
        // Each step is rounded to six decimals, amounts to the fen.
        assert!((sum - figure(&ladder["whole"])).abs() < 0.025, "{path:?}: {sum}");
        if path[1].is_empty() || path[0] == "yuan" {
            let shares: f64 = list(&shapley["components"]).iter().map(figure).sum();
            assert!((shares - figure(&ladder["whole"])).abs() < 0.025, "{path:?}: {shares}");
        }
    }
    // So does harm, step by step, and every component's share of it.
    for key in ladder["whole"]["harm"].as_object().expect("kinds of harm").keys() {
        let harm = |step: &Value| mean(&step["harm"][key]);
        for parts in [&ladder["steps"], &shapley["components"]] {
            let sum: f64 = list(parts).iter().map(harm).sum();
            assert!((sum - harm(&ladder["whole"])).abs() < 1e-4, "{key}: {sum}");
        }
    }
    // The check's parts make up each step, and a large gap has its words.
    for step in list(&ladder["steps"]).iter().chain(list(&document["from_today"])) {
        let check = &step["check"];
        let part = |key: &str| mean(&check[key]);
        let sum =
            part("stops_part_min") + part("clinical_queues_min") + part("remaining_payments_min")
                - part("sign_up_and_help_min")
                + part("unexplained_min");
        assert!((sum - part("simulated_min")).abs() < 1e-4, "{step:#}");
        let gap = check["gap_share"].as_f64().expect("a share");
        assert_eq!(gap.abs() > 0.2, !check["explained_by"].is_null(), "{step:#}");
    }
    pages(&document);
    // Windows of 2015 against phones of 2023: the first step saves time, and lends nothing.
    let first = &ladder["steps"][0];
    assert!(mean(&first["minutes_per_visit"]) > 1.0, "{first:#}");
    assert_eq!(mean(&first["yuan"]["net_credit_loss"]), 0.0);
}

/// The document as a page with its pictures, in both languages.
fn pages(document: &Value) {
    for (lang, title) in [(Lang::En, "Shapley shares"), (Lang::Zh, "Shapley份额")] {
        let page = report::study(document, lang).expect("drawn").expect("a page");
        let names: Vec<&str> = page.charts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["ladder", "from_today", "shapley", "rivals", "funnel"]);
        assert!(page.html.contains(title) && !page.html.contains("NaN"));
        let harm = lang_words(lang);
        assert!(harm.iter().all(|words| page.html.matches(words).count() >= 2), "{harm:?}");
        for (name, svg) in &page.charts {
            assert!(svg.contains("<title>") && page.html.contains(svg.as_str()), "{name}");
        }
    }
}

/// Kinds of harm that the tables of both chapters name.
fn lang_words(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::En => {
            ["Lines over 90 days late", "Patients who left a queue", "Stays refused for want"]
        }
        Lang::Zh => ["被取消的额度数", "中途离队的患者人数", "因无力交押金未入院的次数"],
    }
}

/// A study before and after credits to the scheme whatever else happened: each cause alone exactly as much as it
/// was planted to do, which is nothing where it is nothing.
#[test]
fn each_rival_cause_alone_is_credited_to_a_scheme_that_it_owes_nothing() {
    let nobody = ["behaviour.adoption.share_at_start = 0", "behaviour.adoption.share_at_end = 0"];
    let rivals = |grown: f64, evened: f64, faster: f64| {
        let mut study = aftercare::scenario::shipped_study().expect("the shipped study");
        study["before_phone_growth_share"] = grown.into();
        study["appointments"]["evened_share"] = evened.into();
        study["attention"]["faster_share"] = faster.into();
        let study = aftercare::scenario::set_line("study", &study);
        let set: Vec<&str> = nobody.into_iter().chain([study.as_str()]).collect();
        let attribution = Attribution::new(&frame(&set), false).expect("a scheme");
        let document = attribution.run(&mut go).expect("the ladder");
        let causes = ["scheme", "phone_growth", "appointments", "attention", "together", "all"];
        let rows = list(&document["study"]["rivals"]);
        let named: Vec<&str> = rows.iter().filter_map(|row| row["cause"].as_str()).collect();
        assert_eq!(named, causes);
        assert!(rows.iter().all(|row| mean(&row["true_min"]) == 0.0), "{rows:#?}");
        causes.map(|cause| {
            let row = rows.iter().find(|row| row["cause"] == cause).expect("a row");
            mean(&row["credited_min"])
        })
    };
    assert_eq!(rivals(1.0, 0.0, 0.0), [0.0; 6], "nothing happened");
    let [_, grown, evened, faster, _, all] = rivals(1.0, 0.0, 0.1);
    assert_eq!((grown, evened), (0.0, 0.0));
    assert!(faster > 0.2 && (all - faster).abs() < 1e-6, "attention alone: {faster} of {all}");
    let [_, grown, evened, faster, _, all] = rivals(1.0, 0.5, 0.0);
    assert_eq!((grown, faster), (0.0, 0.0));
    assert!(evened != 0.0 && (all - evened).abs() < 1e-6, "appointments alone: {evened} of {all}");
}

#[test]
fn a_scheme_that_nobody_joins_gets_nothing() {
    let nobody = ["behaviour.adoption.share_at_start = 0", "behaviour.adoption.share_at_end = 0"];
    let document =
        Attribution::new(&frame(&nobody), true).expect("a scheme").run(&mut go).expect("all arms");
    let last = &document["ladder"]["steps"][3];
    assert_eq!(last["adds"], "credit_line");
    let line = &document["shapley"]["components"][3];
    for found in [&last["minutes_per_visit"], &last["hours"], &line["minutes_per_visit"]] {
        assert_eq!(mean(found), 0.0, "{document:#}");
        assert_eq!(found["ci95"], Value::from(vec![0.0, 0.0]));
    }
    assert!(list(&line["ms_by_replication"]).iter().all(|ms| ms == 0));
}

#[test]
fn a_scenario_without_a_scheme_is_refused() {
    let text = std::fs::read_to_string(smoke()).expect("the smoke scenario");
    let (without, _) = text.split_once("[scheme_flow]").expect("a scheme at the file's end");
    let room = tempfile::tempdir().expect("a folder");
    let path = room.path().join("plain.toml");
    std::fs::write(&path, without).expect("a copy");
    let found = Attribution::new(&Frame { scenario: path, ..frame(&[]) }, false);
    match found {
        Err(Trouble::Question(text)) => assert!(text.contains("has no scheme"), "{text}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

/// A city of two districts, each with one hospital and nobody waiting, whose consultations are `longer`
/// seconds longer in New town; only New town joins, and members pay as `when` says.
fn planted(longer: u32, when: &str) -> Value {
    let mut city = aftercare::scenario::load(&smoke()).expect("the smoke district").resolved;
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let mut level = city["flow"]["levels"]["tertiary"].clone();
    for station in level["stations"].as_object_mut().expect("stations").values_mut() {
        if let Some(servers) = station.get_mut("servers_per_1000_visits_per_day") {
            *servers = 2_000.into();
        }
    }
    for (name, seconds) in [("tertiary", 300), ("secondary", 300 + longer)] {
        level["stations"]["departments"]["service"] =
            serde_json::json!({ "fixed": { "value_s": seconds } });
        city["flow"]["levels"][name] = level.clone();
        city["demand"]["course"][name] = city["demand"]["course"]["tertiary"].clone();
        for key in ["lab_share", "imaging_share"] {
            city["demand"]["course"][name][key] = 0.into();
        }
    }
    city["flow"]["payment_places"] = json(r#"{ "by_stations": {} }"#);
    let sites = city["city"]["sites"].as_array_mut().expect("sites");
    sites.truncate(2);
    for site in sites {
        site["in_scheme_from"] = "2023-01-01".into();
        site["visits_per_year"] = 40_000.into();
    }
    for (key, value) in [
        ("emergency_share", "0"),
        ("distance_decay_per_km", "20"),
        ("admissions_per_person_per_year", "0"),
    ] {
        city["demand"][key] = json(value);
    }
    city["scheme_flow"]["when"] = when.into();
    for key in ["sign_up", "help"] {
        city["scheme_flow"][key] = json(r#"{ "fixed": { "value_s": 0 } }"#);
    }
    let adoption = &mut city["behaviour"]["adoption"];
    for (key, value) in [
        ("share_at_start", "1"),
        ("share_at_end", "1"),
        ("over_60_factor", "1"),
        ("need_weight", "0"),
        ("joining", r#"{ "groups": [{ "from": "2023-01-01", "districts": ["New town 新城"] }] }"#),
    ] {
        adoption[key] = json(value);
    }
    city
}

/// What a study sees of the planted city, and by how many minutes users are planted to be slower than
/// others: `longer` less the part of the others who are at the slow hospital too (their bills ask
/// nothing of a line, or the line refuses).
fn study_of(longer: u32, when: &str) -> (Value, f64) {
    let room = tempfile::tempdir().expect("a folder");
    let path = room.path().join("planted.toml");
    let text = aftercare::scenario::resolved_text(&planted(longer, when));
    std::fs::write(&path, text).expect("a scenario");
    let frame = Frame { scenario: path, population: None, ..frame(&[]) };
    let attribution = match Attribution::new(&frame, false) {
        Ok(attribution) => attribution,
        Err(Trouble::Scenario(problems)) => panic!("{problems}"),
        Err(other) => panic!("{other:?}"),
    };
    let setups = attribution.setups();
    let as_it_is = replicate(&setups[setups.len() - 4], &mut go).expect("the city as it is");
    let planted = as_it_is.replications.iter().map(|run| {
        let [fast, slow] = [0, 1].map(|site| run.pairs.site_months[site]);
        assert_eq!(fast.credit, 0, "only New town joins");
        let others = (fast.visits + slow.visits - slow.credit) as f64;
        f64::from(longer) / 60.0 * (1.0 - (slow.visits - slow.credit) as f64 / others)
    });
    let planted: Vec<f64> = planted.collect();
    let document = attribution.run(&mut go).expect("the ladder");
    (document["study"].clone(), planted.iter().sum::<f64>() / planted.len() as f64)
}

/// Members pay as before, so the scheme does nothing; but the members' hospital takes ten minutes longer.
#[test]
fn planted_selection_biases_the_naive_difference_by_the_planted_amount_and_not_the_paired_effect() {
    let [(alike, _), (slower, planted)] =
        [0, 600].map(|longer| study_of(longer, "before_each_step"));
    assert!(planted > 6.0, "{planted} min");
    let mut bias = [0.0; 2];
    for (seen, bias) in [&alike, &slower].into_iter().zip(&mut bias) {
        let users = &seen["users_against_others"];
        assert!(mean(&users["user_visits"]) > 50.0, "{users:#}");
        assert!(mean(&users["other_visits"]) > 150.0, "{users:#}");
        for effect in ["true_min", "spillover_min"] {
            assert_eq!(mean(&users[effect]), 0.0, "{users:#}");
        }
        assert_eq!(mean(&seen["before_after"]["true_min"]), 0.0);
        *bias = mean(&users["bias_min"]);
    }
    // Users pay more by hand than others even without the plant; on the same luck that stays as it is,
    // so the tolerance is not that of two samples (of 100 users and 300 others with a standard
    // deviation of 10 minutes it would be 3 x 1.2): only who then comes before a closing hour
    // differs.
    assert!((bias[0] - bias[1] - planted).abs() < 0.5, "{planted} min: {bias:?}");
}

/// Now the scheme saves the members their stops: the paired effect is the same whatever was planted.
#[test]
fn the_paired_effect_does_not_see_the_planted_selection() {
    let [(alike, _), (slower, planted)] = [0, 600].map(|longer| study_of(longer, "after_leaving"));
    let of = |seen: &Value, key: &str| mean(&seen["users_against_others"][key]);
    let effects = [&alike, &slower].map(|seen| of(seen, "true_min"));
    assert!(effects[0] > 0.5, "{effects:?}");
    // Nobody waits, so only who comes before closing time differs between the two.
    assert!((effects[0] - effects[1]).abs() < 0.1, "{effects:?}");
    let naive = [&alike, &slower].map(|seen| of(seen, "naive_min"));
    assert!((naive[0] - naive[1] - planted).abs() < 0.5, "{planted} min: {naive:?}");
}

#[test]
fn when_only_phones_grew_the_scheme_gets_nothing_and_a_study_would_credit_it() {
    let nobody = ["behaviour.adoption.share_at_start = 0", "behaviour.adoption.share_at_end = 0"];
    let mut study = aftercare::scenario::shipped_study().expect("the shipped study");
    study["before_phone_growth_share"] = 0.3.into();
    let study = aftercare::scenario::set_line("study", &study);
    let set: Vec<&str> = nobody.into_iter().chain([study.as_str()]).collect();
    let document =
        Attribution::new(&frame(&set), false).expect("a scheme").run(&mut go).expect("the ladder");
    let seen = &document["study"];
    let nothing = Value::from(vec![0.0, 0.0]);
    let real = &seen["before_after"]["true_min"];
    assert_eq!((mean(real), &real["ci95"]), (0.0, &nothing), "{seen:#}");
    assert!(mean(&seen["before_after"]["naive_min"]) > 0.5, "{seen:#}");
    let written = list(&document["from_today"]).last().expect("the scheme as written");
    assert_eq!(mean(&written["minutes_per_visit"]), 0.0);
    let rivals = list(&seen["rivals"]);
    assert_eq!(mean(&rivals[0]["credited_min"]), 0.0);
    assert_eq!(rivals[1]["credited_min"], seen["before_after"]["naive_min"]);
    // The parts and what they do only together make up the whole.
    let parts: f64 = rivals[..5].iter().map(|rival| mean(&rival["credited_min"])).sum();
    assert!((parts - mean(&rivals[5]["credited_min"])).abs() < 1e-5, "{seen:#}");
}

#[test]
fn the_funnel_narrows_from_those_who_may_to_those_who_use() {
    let document =
        Attribution::new(&frame(&[]), false).expect("a scheme").run(&mut go).expect("the ladder");
    let funnel = &document["funnel"];
    let counts = ["eligible", "applied", "opened", "activated", "used"];
    let counts = counts.map(|step| mean(&funnel[step]));
    assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]), "{counts:?}");
    assert!(counts[4] > 0.0 && mean(&funnel["uses"]) >= counts[4], "{funnel:#}");
    assert_eq!(funnel["joining"]["way_in"], "opt_in");
    // The pilot plans with the simulated spread.
    let pilot = &document["pilot"];
    assert!(pilot["within_sd_min"].as_f64().expect("minutes") > 5.0, "{pilot:#}");
    let log = list(&pilot["log"]);
    assert_eq!(log.len(), 9);
    assert!(log.iter().all(|item| item["en"].is_string() && item["zh"].is_string()), "{log:?}");
    // A smaller effect needs a larger sample, and the needed sample has the wanted power.
    let effects = list(&pilot["effects"]);
    let needed: Vec<Option<u64>> =
        effects.iter().map(|row| row["needed_visits_per_hospital_and_period"].as_u64()).collect();
    let found: Vec<u64> = needed.iter().copied().flatten().collect();
    assert!(found.len() > 2 && found.windows(2).all(|pair| pair[0] > pair[1]), "{needed:?}");
    let power: Vec<f64> =
        effects.iter().map(|row| row["power_share"].as_f64().expect("a share")).collect();
    assert!(power.windows(2).all(|pair| pair[0] < pair[1]), "{power:?}");
    let visits = pilot["visits_per_hospital_and_period"].as_f64().expect("visits");
    let wanted = pilot["wanted_power_share"].as_f64().expect("a share");
    for (needed, power) in needed.iter().zip(&power) {
        let enough = needed.is_some_and(|needed| visits >= needed as f64);
        assert_eq!(enough, *power >= wanted, "{needed:?} of {visits}: {power}");
    }
}

/// Treated first on the hospital's books, one in ten leaves without paying: the step says what that costs, and
/// only there.
#[test]
fn once_at_the_end_on_the_hospitals_books_is_a_loss_of_the_hospital() {
    let leave = ["behaviour.window_arrears.on_books_share = 0.1"];
    let never = ["behaviour.window_arrears.on_books_share = 0"];
    let lost = |set: &[&str]| {
        let attribution = Attribution::new(&frame(set), false).expect("a scheme");
        let document = attribution.run(&mut go).expect("the ladder");
        let steps = list(&document["from_today"]);
        let once = steps.iter().find(|step| step["to"] == "pay_once_hospital_books");
        let ladder = list(&document["ladder"]["steps"])[..3].iter();
        let others: f64 = ladder.map(|step| mean(&step["yuan"]["unpaid_bills_given_up"])).sum();
        let once = once.expect("the step");
        (mean(&once["yuan"]["unpaid_bills_given_up"]), mean(&once["minutes_per_visit"]), others)
    };
    let (given_up, saved, others) = lost(&leave);
    let (nothing, without, _) = lost(&never);
    assert!(given_up > 100.0, "{given_up} yuan of hundreds of visits");
    assert_eq!((nothing, others), (0.0, 0.0));
    // Who leaves without paying is counted at the window all the same: no minute moves.
    assert_eq!(saved, without);
}
