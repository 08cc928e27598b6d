//! Experiments on the smoke scenario, a few days long: what an analyst may rely on.

use aftercare::experiment::{
    Calibrate, Compare, Design, Fit, Frame, HEADLINES, Looks, Measures, Observed, Optimise,
    Rollout, Sensitivity, Setup, Sweep, Trouble, paths, published, replicate, summary,
};
use aftercare::stats::Better;
use serde_json::Value;
use std::path::{Path, PathBuf};

const SAVED: &str = "queue.time_in_hospital.all.saved";
const DRAWN: &str = "credit.drawn_total";

fn smoke() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml")
}

/// A small sample: 6,000 people, three days, three replications.
fn frame() -> Frame {
    Frame {
        scenario: smoke(),
        set: Vec::new(),
        seed: Some(7),
        replications: Some(3),
        days: Some(3),
        population: Some(6_000),
    }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn go(_: aftercare::sim::Progress) -> bool {
    true
}

fn mean(value: &Value) -> f64 {
    value["mean"].as_f64().expect("a mean")
}

fn message<T>(result: Result<T, Trouble>) -> String {
    match result {
        Ok(_) => panic!("a mistake was accepted"),
        Err(Trouble::Question(text)) => text,
        Err(Trouble::Scenario(problems)) => problems.to_string(),
        Err(Trouble::Stopped(stopped)) => panic!("{stopped:?}"),
        Err(Trouble::Kept(text)) => panic!("{text}"),
    }
}

/// A copy of the smoke scenario with a text replaced, in a folder of its own.
fn changed(from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let text = std::fs::read_to_string(smoke()).expect("the smoke scenario");
    assert!(text.contains(from), "{from} is not in the smoke scenario");
    let room = tempfile::tempdir().expect("a folder");
    let path = room.path().join("other.toml");
    std::fs::write(&path, text.replace(from, to)).expect("a copy");
    (room, path)
}

#[test]
fn a_scenario_against_itself_differs_by_exactly_nothing() {
    let compare = Compare::new(&frame(), &[smoke()], &[]).expect("twice the same");
    let document = compare.run(&mut go).expect("two runs");
    let pair = &document["pairs"][0];
    assert_eq!((&pair["first"], &pair["second"]), (&"smoke".into(), &"smoke#2".into()));
    let metrics = pair["metrics"].as_object().expect("metrics");
    assert!(metrics.len() > 60, "{} metrics", metrics.len());
    for (path, metric) in metrics {
        let expected = Value::from(vec![0.0, 0.0]);
        assert_eq!(metric["delta"], 0.0, "{path}");
        assert_eq!(metric["ci95"], expected, "{path}");
        assert_eq!(metric["verdict"], "cannot_tell", "{path}");
    }
}

#[test]
fn one_fen_of_limit_is_a_difference_and_a_smaller_limit_lends_less() {
    let limits = "{ score_from = 500, limit_yuan = 500 }";
    let table = [
        ("{ score_from = 500, limit_yuan = 499.99 }", "credit.limit_total", -1.0),
        ("{ score_from = 500, limit_yuan = 100 }", DRAWN, -50.0),
    ];
    for (to, metric, at_most) in table {
        let (_room, other) = changed(limits, to);
        let frame = Frame { days: Some(7), population: None, ..frame() };
        let set = Frame { set: words(&["credit.limits.floor_yuan=100"]), ..frame };
        let compare = Compare::new(&set, &[other], &words(&[metric])).expect("a pair");
        let document = compare.run(&mut go).expect("two runs");
        let found = &document["pairs"][0]["metrics"][metric];
        let delta = found["delta"].as_f64().expect("a number");
        assert!(delta < at_most, "{metric}: {found}");
        let apart = mean(&found["second"]) - mean(&found["first"]);
        assert!((apart - delta).abs() < 1e-3, "delta is second - first: {found}");
        assert_eq!(found["verdict"], "cannot_tell", "money lent has no better side");
    }
}

#[test]
fn fewer_stops_are_told_to_be_better_by_the_published_direction() {
    let (_room, other) = changed("final_stop_share = 0.4", "final_stop_share = 0");
    let metric = "queue.payment_stops.credit_users.saved";
    let compare = Compare::new(&frame(), &[other], &words(&[metric])).expect("a pair");
    let document = compare.run(&mut go).expect("two runs");
    let found = &document["pairs"][0]["metrics"][metric];
    assert!(found["delta"].as_f64() > Some(0.1), "{found}");
    assert_eq!((&found["verdict"], &found["direction"]), (&"better".into(), &"higher".into()));
    assert_eq!(document["policies"][1]["not_taken"], Value::Array(Vec::new()));
}

#[test]
fn three_policies_are_ranked_pictured_and_priced() {
    let (_a, fewer) = changed("final_stop_share = 0.4", "final_stop_share = 0");
    let (_b, more) = changed("final_stop_share = 0.4", "final_stop_share = 1");
    let compare = Compare::new(&frame(), &[fewer, more], &words(&[SAVED])).expect("three policies");
    let document = compare.run(&mut go).expect("three runs");
    let ranking = &document["ranking"];
    assert_eq!((&ranking["metric"], &ranking["best"]), (&SAVED.into(), &"other".into()));
    let order: Vec<&Value> = ranking["order"].as_array().expect("a list").iter().collect();
    let names: Vec<&Value> = order.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["other", "smoke", "other#3"]);
    let pcs = ranking["pcs_at_least"].as_f64().expect("a probability");
    assert!((0.0..=1.0).contains(&pcs), "{ranking}");
    let pair = |index: usize| &document["pairs"][index];
    assert_eq!(document["pairs"].as_array().map(Vec::len), Some(3));
    let groups = pair(0)["groups"].as_array().expect("groups");
    let kinds: Vec<&str> = groups.iter().filter_map(|group| group["kind"].as_str()).collect();
    for kind in ["age", "level", "income", "district", "scheme", "participation"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let of_levels = groups.iter().filter(|group| group["kind"] == "level");
    let gain: Vec<f64> = of_levels.filter_map(|g| g["delta_saved_min"].as_f64()).collect();
    assert!(gain.iter().any(|min| *min > 0.0), "{groups:?}");
    let losses = pair(0)["losses_by_group"].as_array().expect("holders");
    let kinds: Vec<&str> = losses.iter().filter_map(|group| group["kind"].as_str()).collect();
    for kind in ["age", "income", "scheme", "participation"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
        // Whatever people are grouped by, the same yuan are lost.
        let of = |kind: &str| -> f64 {
            let rows = losses.iter().filter(|group| group["kind"] == kind);
            rows.filter_map(|group| group["delta_net_loss_yuan"].as_f64()).sum()
        };
        assert!((of(kind) - of("age")).abs() < 0.02, "{kind}: {} {}", of(kind), of("age"));
    }
    for group in groups.iter().chain(losses) {
        let expected = match group["verdict"].as_str() {
            Some("better") => "gains",
            Some("worse") => "loses",
            _ => "cannot_tell",
        };
        assert_eq!(group["says"], expected, "{group}");
    }
    let ratio = pair(0)["variance_ratio"]["median"].as_f64();
    assert!(ratio < Some(0.5), "well below 1: {ratio:?}");
    let even = &pair(0)["break_even"];
    assert!(even["more_hours"].as_f64() > Some(0.0), "{even}");
    let pareto = document["pareto"]["policies"].as_array().expect("policies");
    assert!(pareto.iter().any(|policy| policy["dominated_by"] == serde_json::json!([])));
    assert!(
        message(Compare::new(&frame(), &[smoke()], &[]).expect("a pair").ranked_by(DRAWN))
            .contains("no better side")
    );
}

#[test]
fn pairs_need_a_fraction_of_the_variance_of_independent_runs() {
    let (_room, other) = changed("final_stop_share = 0.4", "final_stop_share = 0.3");
    let frame = Frame { replications: Some(6), ..frame() };
    let metric = "queue.time_in_hospital.all.policy";
    let compare = Compare::new(&frame, &[other], &words(&[metric])).expect("a pair");
    let document = compare.run(&mut go).expect("two runs");
    let ratio = document["pairs"][0]["metrics"][metric]["variance_ratio"].as_f64();
    assert!(ratio < Some(0.5), "{ratio:?}");
}

#[test]
fn other_designs_lie_between_the_ends_and_indices_come_with_intervals() {
    let vary = words(&["behaviour.use_of_line.outpatient_share=0.1..0.9"]);
    let sweep = |design| Sweep::designed(&frame(), &vary, &words(&[DRAWN]), design);
    let latin = sweep(Design::Latin(5)).expect("five points").run(&mut go).expect("runs");
    let rows = latin["rows"].as_array().expect("rows");
    let mut fifths: Vec<u32> = rows
        .iter()
        .filter_map(|row| row["inputs"]["behaviour.use_of_line.outpatient_share"].as_f64())
        .map(|value| ((value - 0.1) / 0.16) as u32)
        .collect();
    fifths.sort_unstable();
    assert_eq!(fifths, [0, 1, 2, 3, 4], "a point in each fifth");
    assert_eq!(sweep(Design::Sobol(4)).expect("four points").runs(), 4 * 3);
    for wrong in ["lhs", "lhs:1", "sobol:6", "box:4"] {
        assert!(Design::parse(wrong).is_err(), "{wrong}");
    }
    let inputs = words(&[
        "behaviour.use_of_line.outpatient_share=0..0.9",
        "credit.sanctions.penalty_rate_per_day=0.0004..0.0005",
    ]);
    let looks = Looks {
        trajectories: 0,
        sobol: 4,
        stresses: words(&["bad year: behaviour.repayment.miss_due_share=0.6"]),
    };
    let metric = "credit.draws";
    let found = Sensitivity::with(&frame(), &inputs, &words(&[metric]), &looks).expect("inputs");
    assert_eq!(found.runs(), (1 + 4 + 4 * 4 + 1) * 3);
    let document = found.run(&mut go).expect("runs");
    let of = &document["metrics"][metric];
    assert_eq!(of["sobol"][0]["key"], "behaviour.use_of_line.outpatient_share");
    assert_eq!(of["sobol"][0]["total_ci95"].as_array().map(Vec::len), Some(2));
    assert!(of["sobol"][1]["total"].as_f64() < Some(0.05), "a penalty makes no draw: {of}");
    assert_eq!(of["stress"][0]["name"], "bad year");
}

#[test]
fn two_inputs_are_fitted_to_three_outcomes_and_twins_are_told() {
    let [share, miss] =
        ["behaviour.use_of_line.outpatient_share", "behaviour.repayment.miss_due_share"];
    let frame = Frame { days: Some(5), population: None, ..frame() };
    let set = words(&[&format!("{share}=0.37"), &format!("{miss}=0.4")]);
    let known = Frame { set, ..frame.clone() };
    let setup = known.setup(known.load().expect("smoke")).expect("a setup");
    let measures = Measures::of(&setup, replicate(&setup, &mut go).expect("three runs"));
    let target = |path: &str, tolerance: f64| {
        let mean = measures.estimate(path).mean;
        format!("{path}={mean}+-{}", mean.abs() * tolerance)
    };
    let targets =
        [target("credit.draws", 0.02), target(DRAWN, 0.05), target("credit.written_off", 0.1)];
    let vary = words(&[&format!("{share}=0.05..0.9"), &format!("{miss}=0.05..0.9")]);
    let held = target("credit.overdue_patient_receivables.policy", 0.5);
    let observed = Observed {
        targets: targets.to_vec(),
        held_out: vec![target("credit.used", 0.2), held],
        label: "the smoke district".into(),
    };
    let fit = Fit::new(&frame, &vary, &observed, 8).expect("a fit");
    let found = fit.run(&mut go).expect("runs");
    assert_eq!(found["status"], "calibrated", "{found:#}");
    assert_eq!(found["label"], "calibrated on the smoke district");
    let value = |key: &str| found["parameters"][key]["value"].as_f64().expect("a value");
    assert!((value(share) - 0.37).abs() < 0.06, "{found:#}");
    assert!((0.05..=0.9).contains(&value(miss)), "{found:#}");
    assert!(found["identifiable"].is_boolean() && found["set_from_outcome"] == true);
    assert_eq!(found["held_out"]["of"], 2);
    assert_eq!(found["held_out"]["outcomes"][0]["reached"], true, "{:#}", found["held_out"]);
    assert_eq!(found["fresh"]["seed"], 8);
    let set: Vec<&str> =
        found["set"].as_array().expect("lines").iter().filter_map(Value::as_str).collect();
    let marked = Frame { set: words(&set), ..frame.clone() };
    let setup = marked.setup(marked.load().expect("the fitted scenario")).expect("a setup");
    let whole = summary(&setup, &replicate(&setup, &mut go).expect("three runs"));
    assert_eq!(whole["calibration"]["label"]["en"], "calibrated on the smoke district");
    assert_eq!(whole["calibration"]["must_not_predict"][0], "credit.draws");
    let few = Observed { targets: targets[..1].to_vec(), ..Observed::default() };
    assert!(message(Fit::new(&frame, &vary, &few, 8)).contains("as many observed outcomes"));
    let both = Observed { held_out: targets[..1].to_vec(), ..observed };
    assert!(message(Fit::new(&frame, &vary, &both, 8)).contains("held out"));
}

#[test]
fn the_objective_may_be_an_input_and_the_choice_has_a_probability() {
    let key = "behaviour.use_of_line.outpatient_share";
    let vary = words(&[&format!("{key}=0..0.9:4")]);
    let frame = Frame { days: Some(5), population: None, ..frame() };
    let goal = (key, Better::Lower);
    let bounds = words(&["credit.draws>=1"]);
    let found = Optimise::new(&frame, &vary, goal, &bounds).expect("a search");
    let document = found.run(&mut go).expect("runs");
    let least = document["best"][key].as_f64().expect("a value");
    assert!((0.0..0.9).contains(&least), "{document:#}");
    assert_eq!(document["verdict"], "better", "an input is known exactly");
    assert_eq!(document["selection"]["pcs_at_least"], 1.0);
}

#[test]
fn what_is_not_taken_from_the_second_scenario_is_named() {
    let (_room, other) = changed("population = 20000", "population = 19000");
    let compare = Compare::new(&frame(), &[other], &words(&[SAVED])).expect("a pair");
    let document = compare.run(&mut go).expect("two runs");
    assert_eq!(document["policies"][1]["not_taken"], Value::from(vec!["people"]));
    assert_eq!(document["pairs"][0]["metrics"][SAVED]["delta"], 0.0);
}

#[test]
fn measures_are_the_summarys_own_means_and_each_is_published() {
    let setup = frame().setup(frame().load().expect("smoke")).expect("a setup");
    let outcome = replicate(&setup, &mut go).expect("three replications");
    let whole = summary(&setup, &outcome);
    let measures = Measures::of(&setup, outcome);
    for path in paths(&setup) {
        let pointer = format!("/{}/mean", path.replace('.', "/"));
        assert!(published(&path).is_some(), "{path} has no row in the published table");
        assert_eq!(measures.get(&path).len(), 3, "{path}");
        if let Some(mean) = whole.pointer(&pointer) {
            let mean = mean.as_str().map_or(mean.as_f64(), |yuan| yuan.parse().ok());
            let gap = measures.estimate(&path).mean - mean.expect("a number");
            assert!(gap.abs() < 0.01, "{path}: off by {gap}");
        }
    }
}

#[test]
fn a_sweep_has_a_row_for_every_point_of_its_grid() {
    let vary = words(&[
        "behaviour.use_of_line.outpatient_share=0..0.8:3",
        "credit.limits.tiers[0].limit_yuan=500,1500",
    ]);
    let sweep = Sweep::new(&frame(), &vary, &[]).expect("a grid");
    assert_eq!(sweep.runs(), 6 * 3);
    let document = sweep.run(&mut go).expect("six points");
    let rows = document["rows"].as_array().expect("rows");
    let inputs: Vec<String> = rows.iter().map(|row| row["inputs"].to_string()).collect();
    let expected = |share: &str, limit: u32| {
        format!(
            "{{\"behaviour.use_of_line.outpatient_share\":{share},\
             \"credit.limits.tiers[0].limit_yuan\":{limit}}}"
        )
    };
    let points =
        [("0", 500), ("0", 1500), ("0.4", 500), ("0.4", 1500), ("0.8", 500), ("0.8", 1500)];
    assert_eq!(inputs, points.map(|(share, limit)| expected(share, limit)));
    let drawn: Vec<f64> = rows.iter().map(|row| mean(&row["metrics"][DRAWN])).collect();
    assert!(drawn[0] < drawn[2] && drawn[2] < drawn[4], "more use, more drawn: {drawn:?}");
    assert_eq!(rows[0]["metrics"].as_object().map(serde_json::Map::len), Some(HEADLINES.len()));
}

#[test]
fn mistakes_name_the_nearest_valid_word() {
    let vary = words(&["behaviour.use_of_line.outpatient_share=0..1:2"]);
    let table = [
        (
            message(Sweep::new(&frame(), &vary, &words(&["credit.drawn_totl"]))),
            "credit.drawn_total",
        ),
        (
            message(Sweep::new(&frame(), &words(&["credit.limits.flor_yuan=1..2:2"]), &[])),
            "floor_yuan",
        ),
        (
            message(Sweep::new(&frame(), &words(&["credit.limits.tiers[0].limit=1..2:2"]), &[])),
            "credit.limits.tiers[0].limit_yuan",
        ),
        (
            message(Compare::new(&frame(), &[smoke()], &words(&["queue.wait.all.save"]))),
            "queue.wait.all.saved",
        ),
        (message(Rollout::new(&frame(), &words(&["2023-03-06=Distrct Hospital"]))), "区医院"),
        (message(Sweep::new(&frame(), &words(&["run.days=1..2:2"]), &[])), "--days"),
        (message(Sweep::new(&frame(), &words(&["people.population=1..2"]), &[])), "A..B:N"),
    ];
    for (text, expected) in table {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
}

#[test]
fn a_key_of_whole_numbers_gets_whole_numbers() {
    let vary = words(&["credit.free_window.fixed_days.free_days=1..10:4"]);
    let document = Sweep::new(&frame(), &vary, &[]).expect("a grid").run(&mut go).expect("runs");
    let days = serde_json::json!([1, 4, 7, 10]);
    assert_eq!(document["vary"][0]["values"], days);
    let crowded = words(&["credit.free_window.fixed_days.free_days=1..3:4"]);
    assert!(message(Sweep::new(&frame(), &crowded, &[])).contains("fewer than 4"));
}

#[test]
fn the_tornado_puts_the_input_that_moves_most_first() {
    let inputs = words(&[
        "credit.sanctions.penalty_rate_per_day=0.0004..0.0005",
        "behaviour.use_of_line.outpatient_share=0..0.9",
    ]);
    let found = Sensitivity::new(&frame(), &inputs, &words(&[DRAWN]), 2).expect("two inputs");
    assert_eq!(found.runs(), (1 + 2 * 2 + 2 * 3) * 3);
    let document = found.run(&mut go).expect("five points");
    let metric = &document["metrics"][DRAWN];
    let [first, second] = [0, 1].map(|index| &metric["tornado"][index]);
    assert_eq!(first["key"], "behaviour.use_of_line.outpatient_share");
    assert_eq!(first["base"], 0.9);
    assert_eq!(first["high"]["delta"], 0.0, "the high end is the scenario as it is: {first}");
    assert!(first["low"]["delta"].as_f64() < Some(0.0), "{first}");
    assert_eq!(second["swing"]["mean"], 0.0, "a penalty is not lent: {second}");
    assert_eq!(metric["morris"][0]["key"], first["key"]);
    assert!(metric["morris"][0]["mu_star"].as_f64() > Some(0.0), "{metric}");
}

#[test]
fn a_rollout_saves_nothing_before_the_first_wave_and_its_months_add_up() {
    let frame = Frame { days: Some(40), replications: Some(2), population: None, ..frame() };
    let waves = words(&["2023-04-01=1"]);
    let document = Rollout::new(&frame, &waves).expect("a wave").run(&mut go).expect("a run");
    let months = document["months"].as_array().expect("months");
    assert_eq!(document["waves"][0]["sites"], Value::from(vec!["First Hospital 第一医院"]));
    let names: Vec<&Value> = months.iter().map(|month| &month["month"]).collect();
    assert_eq!(names, ["2023-03", "2023-04"]);
    assert_eq!((&document["sites"], &document["sites_in_scheme_at_end"]), (&3.into(), &1.into()));
    assert_eq!(
        (&months[0]["sites_in_scheme"], &months[1]["sites_in_scheme"]),
        (&0.into(), &1.into())
    );
    assert_eq!(months[0]["drawn_yuan"]["mean"], 0.0);
    assert_eq!(months[0]["saved_hours"]["mean"], 0.0, "nobody may pay later before the wave");
    assert!(mean(&months[1]["drawn_yuan"]) > 0.0);
    let sum = |key: &str| months.iter().map(|month| mean(&month[key])).sum::<f64>();
    let total = |path: &str| mean(&document["totals"][path]);
    assert!((sum("saved_hours") - total("queue.saved_hours_total")).abs() < 1e-4);
    let after = mean(&document["after_last_day"]["written_off_yuan"]);
    assert!(sum("drawn_yuan") <= total(DRAWN) + 0.01);
    assert!(after > 0.0, "misses of the smoke test are written off months later");
}

#[test]
fn the_best_feasible_point_is_held_against_the_runner_up_on_fresh_luck() {
    let vary = words(&["behaviour.use_of_line.outpatient_share=0..0.9:4"]);
    let frame = Frame { days: Some(7), population: None, ..frame() };
    let run = |bounds: &[&str]| {
        let goal = ("credit.draws", Better::Higher);
        let found = Optimise::new(&frame, &vary, goal, &words(bounds)).expect("a search");
        found.run(&mut go).expect("runs")
    };
    let free = run(&[]);
    assert_eq!(free["best"]["behaviour.use_of_line.outpatient_share"], 0.9);
    assert_eq!(free["runner_up"]["behaviour.use_of_line.outpatient_share"], 0.6);
    assert_eq!(free["verdict"], "better", "{}", free["fresh"]);
    assert_eq!(free["fresh"]["seed"], 8);
    let at_none = free["points"][0]["objective"]["mean"].as_f64().expect("a mean");
    let bound = format!("credit.draws<={}", at_none + 1.0);
    let bounded = run(&[&bound]);
    assert_eq!(bounded["best"]["behaviour.use_of_line.outpatient_share"], 0);
    assert_eq!(run(&["credit.draws<=-1"])["verdict"], "none_feasible");
}

#[test]
fn points_that_do_the_same_cannot_be_told_apart() {
    let vary = words(&["credit.sanctions.penalty_rate_per_day=0.0004,0.0005"]);
    let goal = ("credit.drawn_total", Better::Higher);
    let found = Optimise::new(&frame(), &vary, goal, &[]).expect("a search");
    assert_eq!(found.run(&mut go).expect("runs")["verdict"], "cannot_tell");
}

#[test]
fn calibration_finds_the_value_that_made_the_outcome() {
    let key = "behaviour.use_of_line.outpatient_share";
    let frame = Frame { days: Some(5), population: None, ..frame() };
    let known = Frame { set: words(&[&format!("{key}=0.37")]), ..frame.clone() };
    let setup = known.setup(known.load().expect("smoke")).expect("a setup");
    let outcome = replicate(&setup, &mut go).expect("three replications");
    let target = Measures::of(&setup, outcome).estimate("credit.draws").mean;
    let range = format!("{key}=0.05..0.9");
    let found = Calibrate::new(&frame, &range, (&format!("credit.draws={target}"), "smoke"), 12)
        .expect("a calibration")
        .run(&mut go)
        .expect("runs");
    assert_eq!(found["status"], "calibrated", "{found:#}");
    let value = found["value"].as_f64().expect("a value");
    assert!((value - 0.37).abs() < 0.05, "{value} is far from 0.37: {found:#}");
    let [low, high] = [0, 1].map(|end| found["as_good"][end].as_f64().expect("an end"));
    assert!(low <= 0.37 && 0.37 <= high, "{low}..{high}");
    assert_eq!(found["set_from_outcome"], true);
    assert_eq!(found["must_not_predict"], Value::from(vec!["credit.draws"]));
}

#[test]
fn a_target_beyond_both_ends_is_out_of_range() {
    let range = "behaviour.use_of_line.outpatient_share=0.1..0.2";
    let found =
        Calibrate::new(&frame(), range, ("credit.draws=1000000", "x"), 12).expect("a question");
    let document = found.run(&mut go).expect("two ends");
    assert_eq!(document["status"], "out_of_range");
    assert_eq!(document["value"], Value::Null);
    assert_eq!(document["tried"].as_array().map(Vec::len), Some(2));
    let one = Frame { replications: Some(1), ..frame() };
    assert!(
        message(Calibrate::new(&one, range, ("credit.draws=5", "x"), 12))
            .contains("--replications 2")
    );
}

#[test]
fn an_experiment_gives_the_same_bytes_again() {
    let setup = |frame: &Frame| -> Setup { frame.setup(frame.load().expect("smoke")).expect("ok") };
    assert_eq!(setup(&frame()).seed, 7);
    let vary = words(&["credit.limits.tiers[2].limit_yuan=4000..8000:2"]);
    let run = || Sweep::new(&frame(), &vary, &[]).expect("a grid").run(&mut go).expect("runs");
    assert_eq!(run().to_string(), run().to_string());
}

mod command_line {
    use super::smoke;
    use assert_cmd::Command;

    fn aftercare(words: &[&str]) -> Command {
        let mut command = Command::cargo_bin("aftercare").expect("the program");
        let small = ["--days", "2", "--population", "6000", "--replications", "2", "--quiet"];
        command.arg(words[0]).arg(smoke()).args(&words[1..]).args(small);
        command
    }

    #[test]
    fn each_outcome_has_its_exit_code() {
        let key = "behaviour.use_of_line.outpatient_share";
        let (grid, range) = (format!("{key}=0..0.9:2"), format!("{key}=0..0.9"));
        let table: [(&[&str], i32); 7] = [
            (&["sweep", "--vary", &grid, "--metrics", "credit.used"], 0),
            (&["sweep", "--vary", &grid, "--metrics", "credit.uses"], 2),
            (&["sweep", "--vary", "credit.limts=1..2:2"], 2),
            (&["optimise", "--vary", &grid, "--maximise", "credit.used"], 0),
            (
                &[
                    "optimise",
                    "--vary",
                    &grid,
                    "--minimise",
                    "credit.used",
                    "--subject-to",
                    "credit.used<=-1",
                ],
                99,
            ),
            (&["calibrate", "--vary", &range, "--target", "credit.draws=1000000"], 99),
            (&["rollout", "--waves", "2023-03-06=2", "--lang", "zh"], 0),
        ];
        for (words, code) in table {
            let output = aftercare(words).output().expect("it ran");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
            assert_eq!(output.stdout.is_empty(), code == 2, "{words:?}");
        }
    }

    #[test]
    fn a_sweep_leaves_its_table_and_the_same_question_is_not_run_twice() {
        let room = tempfile::tempdir().expect("a folder");
        let out = room.path().join("swept");
        let out = out.to_str().expect("a plain name");
        let words = ["sweep", "--vary", "credit.draws_max=1", "--out", out];
        assert_eq!(aftercare(&words).output().expect("it ran").status.code(), Some(2));
        let words = |n: &str| {
            let vary = format!("credit.free_window.fixed_days.free_days=1..7:{n}");
            let mut command = aftercare(&["sweep", "--vary", &vary, "--out", out]);
            command.output().expect("it ran")
        };
        let first = words("3");
        assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
        let table = std::fs::read_to_string(format!("{out}/sweep.csv")).expect("a table");
        assert_eq!(table.lines().count(), 1 + 3, "{table}");
        assert_eq!(words("3").stdout, first.stdout);
        assert_eq!(words("4").status.code(), Some(2), "a folder of another question");
    }
}
