//! The reference cases of `tests/data/stats.json` against `aftercare::stats` and `aftercare::random`.
//! Must never skip a topic silently: what is not covered is listed with its reason.

use aftercare::random::Philox;
use aftercare::stats::compare::{control_variate, pairing};
use aftercare::stats::goodness::{chi_square, kolmogorov_smirnov};
use aftercare::stats::order::quantile_ranks;
use aftercare::stats::ranking::{KimNelson, best_of, ocba_fractions};
use aftercare::stats::replications::{ReplicationRule, adjusted_precision, replications_needed};
use aftercare::stats::sensitivity::{
    morris_effects, saltelli_design, sobol_indices, sobol_intervals,
};
use aftercare::stats::series::{batch_means, mser5};
use aftercare::stats::special::poisson_quantile;
use aftercare::stats::{Better, Estimate, Moments, Sobol};
use serde_json::{Value, json};

/// Topics that this crate does not compute, with the reason.
const NOT_COVERED: [(&str, &str); 3] = [
    ("antithetic_exact", "a closed form, answered by `validate --cases` alone: see below"),
    ("importance_sampling_exact", "a closed form, answered by `validate --cases` alone"),
    ("chacha8_streams", "a library's generator, answered by `validate --cases` alone"),
];
const ALPHA: f64 = 0.05;

fn cases() -> Vec<Value> {
    let text = include_str!("data/stats.json");
    let file: Value = serde_json::from_str(text).expect("the case file is JSON");
    file["cases"].as_array().expect("a list of cases").clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn points(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list of points").iter().map(numbers).collect()
}

/// The answer of this crate to a case, in the shape of its `expected`; `None` for topics not known.
fn answer(topic: &str, inputs: &Value) -> Option<Value> {
    Some(match topic {
        "replication_ci" => replication_ci(&numbers(&inputs["replication_means"])),
        "replications_needed" => {
            let pilot = Moments::of(&numbers(&inputs["replication_means"])).expect("a pilot");
            let (gamma, alpha) = (number(&inputs["gamma"]), number(&inputs["alpha"]));
            json!({
                "n_adjusted": replications_needed(&pilot, adjusted_precision(gamma), alpha),
                "n_unadjusted": replications_needed(&pilot, gamma, alpha),
            })
        }
        "sequential_replications" => sequential(inputs),
        "mser5_truncation" => {
            let cut = mser5(&numbers(&inputs["series"])).expect("a long series");
            json!({
                "batches_deleted": cut.batches, "observations_deleted": cut.observations,
                "statistic": cut.statistic, "truncated_mean": cut.mean,
            })
        }
        "batch_means" => truncated_batch_means(&numbers(&inputs["series"])),
        "common_random_numbers" => paired(inputs),
        "control_variate" => control(inputs),
        "kn_constants" => kim_nelson(inputs),
        "ocba_allocation" => ocba(inputs),
        "morris_elementary_effects" => {
            let effects = morris_effects(&points(&inputs["x"]), &numbers(&inputs["y"]))
                .expect("whole trajectories");
            json!({
                "mu": effects.iter().map(|e| e.mu).collect::<Vec<_>>(),
                "mu_star": effects.iter().map(|e| e.mu_star).collect::<Vec<_>>(),
                "sigma": effects.iter().map(|e| e.sigma).collect::<Vec<_>>(),
            })
        }
        "sobol_sequence" => {
            let sobol = Sobol::new(number(&inputs["dim"]) as usize);
            let count = number(&inputs["n"]) as u32;
            json!({ "points": (0..count).map(|i| sobol.point(i)).collect::<Vec<_>>() })
        }
        "quantile_ci" => {
            let n = number(&inputs["n"]) as u64;
            let ranks = quantile_ranks(n, number(&inputs["q"]), ALPHA).expect("enough values");
            json!({ "lo": ranks.low, "hi": ranks.high, "coverage": ranks.coverage })
        }
        "gof_ks" => {
            let mut x = numbers(&inputs["x"]);
            x.sort_by(f64::total_cmp);
            let mean = number(&inputs["mean"]);
            let test = kolmogorov_smirnov(&x, |v| -libm::expm1(-v / mean)).expect("values");
            json!({ "d": test.statistic, "p": test.p_value })
        }
        "gof_chisq_calibration" => {
            let (observed, target) = (numbers(&inputs["observed"]), numbers(&inputs["target"]));
            let test = chi_square(&observed, &target, 0).expect("degrees of freedom");
            json!({ "stat": test.statistic, "p": test.p_value })
        }
        "philox4x32_10_kat" => philox(inputs),
        _ => return None,
    })
}

fn replication_ci(means: &[f64]) -> Value {
    let moments = Moments::of(means).expect("values");
    let estimate = Estimate::of(means).expect("values");
    json!({
        "mean": estimate.mean, "sd": moments.sd(), "half_width": moments.half_width(ALPHA),
        "relative_half_width": estimate.relative_half_width(), "ci": estimate.ci95,
        "half_width_bonferroni5": moments.half_width_bonferroni(ALPHA, 5),
    })
}

fn sequential(inputs: &Value) -> Value {
    let rule = ReplicationRule {
        precision: number(&inputs["precision"]),
        alpha: number(&inputs["alpha"]),
        initial: number(&inputs["initial"]) as usize,
        look_ahead: number(&inputs["look_ahead"]) as usize,
    };
    let stop = rule.stop(&numbers(&inputs["observations"])).expect("the rule stops");
    json!({ "n": stop.n, "relative_half_width_at_n": stop.relative_half_width })
}

fn truncated_batch_means(series: &[f64]) -> Value {
    let cut = mser5(series).expect("a long series");
    let result = batch_means(&series[cut.observations..], 10, ALPHA).expect("ten batches");
    json!({
        "batch_size": result.batch_size, "mean": result.mean, "half_width": result.half_width,
        "lag1_corr_of_batch_means": result.lag1,
    })
}

fn paired(inputs: &Value) -> Value {
    let result = pairing(&numbers(&inputs["baseline"]), &numbers(&inputs["alternative"]), ALPHA)
        .expect("varying pairs");
    json!({
        "mean_diff": result.mean_difference, "paired_ci": result.paired_ci,
        "welch_ci": result.welch_ci, "welch_df": result.welch_df,
        "correlation": result.correlation, "variance_ratio": result.variance_ratio,
    })
}

fn control(inputs: &Value) -> Value {
    let (y, c) = (numbers(&inputs["y"]), numbers(&inputs["c"]));
    let result = control_variate(&y, &c, number(&inputs["mean_c"]), ALPHA).expect("varying");
    json!({
        "beta": result.beta, "adjusted_mean": result.mean, "se": result.standard_error,
        "ci": result.ci, "raw_mean": result.raw.mean, "raw_se": result.raw.standard_error(),
    })
}

fn kim_nelson(inputs: &Value) -> Value {
    let (k, n0) = (number(&inputs["k"]) as u32, number(&inputs["n0"]) as u32);
    let (alpha, delta) = (number(&inputs["alpha"]), number(&inputs["delta"]));
    let kn = KimNelson::new(k, n0, alpha, delta);
    let variance = number(&inputs["s2_il"]);
    json!({
        "eta": kn.eta, "h2": kn.h_squared,
        "w_il": kn.boundary(number(&inputs["r"]) as u32, variance),
        "n_il": kn.most_replications(variance),
        "eta_independent": KimNelson::independent(k, n0, alpha, delta).eta,
    })
}

fn ocba(inputs: &Value) -> Value {
    let (means, variances) = (numbers(&inputs["means"]), numbers(&inputs["variances"]));
    let fractions = ocba_fractions(&means, &variances, Better::Lower).expect("no tie");
    let budget = number(&inputs["budget"]);
    json!({
        "best": best_of(&means, Better::Lower), "fractions": fractions,
        "allocation": fractions.iter().map(|f| f * budget).collect::<Vec<_>>(),
    })
}

fn philox(inputs: &Value) -> Value {
    let run = |line: &Value| {
        let text = line.as_str().expect("hex words");
        let words: Vec<u32> =
            text.split(' ').map(|w| u32::from_str_radix(w, 16).expect("a hex word")).collect();
        let key = u64::from(words[5]) << 32 | u64::from(words[4]);
        let out = Philox::new(key).words([words[0], words[1], words[2], words[3]]);
        out.map(|word| format!("{word:08x}")).join(" ")
    };
    let lines = inputs["counter_key"].as_array().expect("a list");
    json!({ "output": lines.iter().map(run).collect::<Vec<_>>() })
}

/// |got − expected| within either tolerance; strings, lists and objects part by part.
fn agrees(got: &Value, expected: &Value, case: &Value) -> bool {
    match (got, expected) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| agrees(x, y, case))
        }
        (Value::Number(_), Value::Number(_)) => {
            let (got, expected) = (number(got), number(expected));
            let error = (got - expected).abs();
            let absolute = case["abs_tol"].as_f64().is_some_and(|tol| error <= tol);
            let relative = case["rel_tol"].as_f64();
            absolute || relative.is_some_and(|tol| error <= tol * expected.abs())
        }
        _ => got == expected,
    }
}

#[test]
fn every_covered_case_agrees_with_its_reference() {
    let mut faults = Vec::new();
    let mut covered = 0;
    for case in cases() {
        let topic = case["topic"].as_str().expect("a topic");
        let Some(got) = answer(topic, &case["inputs"]) else { continue };
        covered += 1;
        for (key, expected) in case["expected"].as_object().expect("outputs") {
            if !agrees(&got[key], expected, &case) {
                faults.push(format!("{} {key}: got {}, expected {expected}", case["id"], got[key]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(covered, 15);
}

#[test]
fn every_other_topic_has_its_own_test_or_a_reason() {
    const ELSEWHERE: [&str; 2] = ["sobol_indices_ishigami", "nspp_thinning"];
    for case in cases() {
        let topic = case["topic"].as_str().expect("a topic");
        let known = answer(topic, &case["inputs"]).is_some()
            || ELSEWHERE.contains(&topic)
            || NOT_COVERED.iter().any(|(name, _)| *name == topic);
        assert!(known, "topic {topic} is neither covered nor listed");
    }
}

/// The user's own way to the same cases: none may be left out there.
#[test]
fn validate_answers_every_case_of_the_file() {
    let mut command = assert_cmd::Command::cargo_bin("aftercare").expect("the program");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stats.json");
    let words = ["validate", "--cases", file, "--strict", "--formulas-only", "--format", "json"];
    let output = command.args(words).output().expect("it ran");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "every case is met and none is left out: {said}");
    let text = String::from_utf8_lossy(&output.stdout);
    for case in cases() {
        let id = case["id"].as_str().expect("an id");
        assert!(text.contains(id), "{id} is not in the answer");
    }
}

/// An estimate, not a closed form: the exact indices must lie within 0.01 of it, and nearly always in
/// the bootstrap interval.
#[test]
fn sobol_indices_of_the_ishigami_function_are_recovered() {
    let case = cases().into_iter().find(|c| c["topic"] == "sobol_indices_ishigami").expect("case");
    let (a, b) = (number(&case["inputs"]["a"]), number(&case["inputs"]["b"]));
    let ishigami = |x: &Vec<f64>| {
        let x: Vec<f64> = x.iter().map(|u| std::f64::consts::PI * (2.0 * u - 1.0)).collect();
        let second = libm::sin(x[1]);
        libm::sin(x[0]) * (1.0 + b * libm::pow(x[2], 4.0)) + a * second * second
    };
    let sobol = Sobol::new(6).shifted(Philox::new(2), 0);
    let results: Vec<f64> = saltelli_design(3, 4_096, &sobol).iter().map(ishigami).collect();
    let indices = sobol_indices(3, &results).expect("a varying output");
    let intervals = sobol_intervals(3, &results, 200, Philox::new(2)).expect("intervals");
    let expected = &case["expected"];
    for (factor, (got, [first, total])) in indices.iter().zip(intervals).enumerate() {
        let (s1, st) = (number(&expected["S1"][factor]), number(&expected["ST"][factor]));
        assert!((got.first - s1).abs() < 0.01, "S1 of {factor}: {got:?}, expected {s1}");
        assert!((got.total - st).abs() < 0.01, "ST of {factor}: {got:?}, expected {st}");
        assert!(first[0] < s1 && s1 < first[1], "S1 of {factor}: {first:?} misses {s1}");
        assert!(total[0] < st && st < total[1], "ST of {factor}: {total:?} misses {st}");
    }
}

/// Only the Poisson interval of the day's total is computed here; the shape of the day is demand's.
#[test]
fn the_prediction_interval_of_a_day_of_arrivals_is_poisson() {
    let case = cases().into_iter().find(|c| c["topic"] == "nspp_thinning").expect("case");
    let total = number(&case["expected"]["total"]);
    let interval = [poisson_quantile(0.025, total), poisson_quantile(0.975, total)];
    assert_eq!(json!(interval), case["expected"]["total_pi95"]);
}

#[test]
fn the_sobol_table_agrees_with_an_independent_implementation_in_high_dimensions() {
    let point = Sobol::new(40).point(777);
    for (dimension, expected) in SCIPY_POINT_777 {
        assert!((point[dimension] - expected).abs() < 1e-15, "dimension {dimension}");
    }
}

/// Coordinates of point 777 in 40 dimensions by `scipy.stats.qmc.Sobol` 1.17 (32 bits, unscrambled).
const SCIPY_POINT_777: [(usize, f64); 5] = [
    (0, 0.692_382_812_5),
    (7, 0.762_695_312_5),
    (19, 0.752_929_687_5),
    (33, 0.002_929_687_5),
    (39, 0.358_398_437_5),
];
