//! Statistics cases: intervals, replications, selection, designs, tests, known-answer vectors.
//! Must never draw a number that the case does not address.

use super::Answer;
use super::inputs::Inputs;
use crate::random::Philox;
use crate::stats::compare::{control_variate, pairing};
use crate::stats::goodness::{chi_square, kolmogorov_smirnov};
use crate::stats::order::quantile_ranks;
use crate::stats::ranking::{KimNelson, best_of, ocba_fractions};
use crate::stats::replications::{ReplicationRule, adjusted_precision, replications_needed};
use crate::stats::sensitivity::morris_effects;
use crate::stats::series::{batch_means, mser5};
use crate::stats::sobol::MAX_DIMENSIONS;
use crate::stats::special::poisson_quantile;
use crate::stats::{Better, Estimate, Moments, Sobol};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

/// Level of all intervals.
const ALPHA: f64 = 0.05;
/// Batches of the batch-means topic.
const BATCHES: usize = 10;

/// Evaluates a topic of this area.
pub(super) fn evaluate(topic: &str, inputs: Inputs) -> Option<Answer> {
    Some(match topic {
        "replication_ci" => replication_ci(inputs),
        "replications_needed" => needed(inputs),
        "sequential_replications" => sequential(inputs),
        "mser5_truncation" => truncation(inputs),
        "batch_means" => batches(inputs),
        "common_random_numbers" => paired(inputs),
        "control_variate" => control(inputs),
        "kn_constants" => kim_nelson(inputs),
        "ocba_allocation" => ocba(inputs),
        "morris_elementary_effects" => morris(inputs),
        "sobol_sequence" => sobol(inputs),
        "sobol_indices_ishigami" => ishigami(inputs),
        "quantile_ci" => ranks(inputs),
        "antithetic_exact" => antithetic(inputs),
        "importance_sampling_exact" => importance(inputs),
        "gof_ks" => exponential_fit(inputs),
        "gof_chisq_calibration" => frequencies(inputs),
        "nspp_thinning" => arrivals(inputs),
        "philox4x32_10_kat" => philox(inputs),
        "chacha8_streams" => chacha(inputs),
        _ => return None,
    })
}

fn few() -> String {
    "too few values for this figure".to_owned()
}

/// The one function that the topic knows: e to the U.
fn antithetic(inputs: Inputs) -> Answer {
    if inputs.at("f").as_str() != Some("exp(U)") {
        return Err("f: expected \"exp(U)\"".to_owned());
    }
    let e = libm::exp(1.0);
    let mean = e - 1.0;
    let variance = (e * e - 1.0) / 2.0 - mean * mean;
    // E[f(U) f(1 - U)] is e.
    let covariance = e - mean * mean;
    let (plain, pair) = (variance / 2.0, f64::midpoint(variance, covariance));
    Ok(json!({
        "mean": mean, "var_plain": variance, "cov_antithetic": covariance,
        "var_antithetic_pair": pair, "efficiency_ratio": plain / pair,
    }))
}

/// P(Z > c) by a mean shift: second moment e^(theta^2) P(Z > c + theta).
fn importance(inputs: Inputs) -> Answer {
    let (c, theta) = (inputs.number("c")?, inputs.number("theta")?);
    let upper = |x: f64| 0.5 * libm::erfc(x * std::f64::consts::FRAC_1_SQRT_2);
    let p = upper(c);
    let second = libm::exp(theta * theta) * upper(c + theta);
    let (shifted, crude) = (second - p * p, p * (1.0 - p));
    let samples = libm::ceil(shifted / (0.05 * p * 0.05 * p));
    Ok(json!({
        "p": p, "second_moment": second, "var_is": shifted, "var_crude": crude,
        "variance_reduction": crude / shifted, "samples_for_5pct_rel_se": samples as u64,
    }))
}

fn replication_ci(inputs: Inputs) -> Answer {
    let means = inputs.numbers("replication_means")?;
    let moments = Moments::of(&means).ok_or_else(few)?;
    let estimate = Estimate::of(&means).ok_or_else(few)?;
    Ok(json!({
        "mean": estimate.mean, "sd": moments.sd(), "half_width": moments.half_width(ALPHA),
        "relative_half_width": estimate.relative_half_width(), "ci": estimate.ci95,
        "half_width_bonferroni5": moments.half_width_bonferroni(ALPHA, 5),
    }))
}

fn needed(inputs: Inputs) -> Answer {
    let pilot = Moments::of(&inputs.numbers("replication_means")?).ok_or_else(few)?;
    let (gamma, alpha) = (inputs.number("gamma")?, inputs.number("alpha")?);
    Ok(json!({
        "n_adjusted": replications_needed(&pilot, adjusted_precision(gamma), alpha),
        "n_unadjusted": replications_needed(&pilot, gamma, alpha),
    }))
}

fn sequential(inputs: Inputs) -> Answer {
    let rule = ReplicationRule {
        precision: inputs.number("precision")?,
        alpha: inputs.number("alpha")?,
        initial: inputs.count("initial")? as usize,
        look_ahead: inputs.count("look_ahead")? as usize,
    };
    let stop = rule.stop(&inputs.numbers("observations")?);
    Ok(json!({
        "n": stop.map(|stop| stop.n),
        "relative_half_width_at_n": stop.map(|stop| stop.relative_half_width),
    }))
}

fn truncation(inputs: Inputs) -> Answer {
    let cut = mser5(&inputs.numbers("series")?).ok_or_else(few)?;
    Ok(json!({
        "batches_deleted": cut.batches, "observations_deleted": cut.observations,
        "statistic": cut.statistic, "truncated_mean": cut.mean,
    }))
}

fn batches(inputs: Inputs) -> Answer {
    let series = inputs.numbers("series")?;
    let cut = mser5(&series).ok_or_else(few)?;
    let result = batch_means(&series[cut.observations..], BATCHES, ALPHA).ok_or_else(few)?;
    Ok(json!({
        "batch_size": result.batch_size, "mean": result.mean, "half_width": result.half_width,
        "lag1_corr_of_batch_means": result.lag1,
    }))
}

fn paired(inputs: Inputs) -> Answer {
    let (first, second) = (inputs.numbers("baseline")?, inputs.numbers("alternative")?);
    if first.len() != second.len() {
        return Err("baseline and alternative: expected as many values".to_owned());
    }
    let result = pairing(&first, &second, ALPHA).ok_or_else(few)?;
    Ok(json!({
        "mean_diff": result.mean_difference, "paired_ci": result.paired_ci,
        "welch_ci": result.welch_ci, "welch_df": result.welch_df,
        "correlation": result.correlation, "variance_ratio": result.variance_ratio,
    }))
}

fn control(inputs: Inputs) -> Answer {
    let (y, c) = (inputs.numbers("y")?, inputs.numbers("c")?);
    let result = control_variate(&y, &c, inputs.number("mean_c")?, ALPHA).ok_or_else(few)?;
    Ok(json!({
        "beta": result.beta, "adjusted_mean": result.mean, "se": result.standard_error,
        "ci": result.ci, "raw_mean": result.raw.mean, "raw_se": result.raw.standard_error(),
    }))
}

fn kim_nelson(inputs: Inputs) -> Answer {
    let (k, n0) = (inputs.count("k")?, inputs.count("n0")?);
    if k < 2 || n0 < 2 {
        return Err("k and n0: expected at least 2".to_owned());
    }
    let (alpha, delta) = (inputs.number("alpha")?, inputs.number("delta")?);
    let kn = KimNelson::new(k, n0, alpha, delta);
    let variance = inputs.number("s2_il")?;
    Ok(json!({
        "eta": kn.eta, "h2": kn.h_squared,
        "w_il": kn.boundary(inputs.count("r")?, variance),
        "n_il": kn.most_replications(variance),
        "eta_independent": KimNelson::independent(k, n0, alpha, delta).eta,
    }))
}

fn ocba(inputs: Inputs) -> Answer {
    let (means, variances) = (inputs.numbers("means")?, inputs.numbers("variances")?);
    let fractions = ocba_fractions(&means, &variances, Better::Lower).ok_or("expected no tie")?;
    let budget = inputs.number("budget")?;
    let allocation: Vec<f64> = fractions.iter().map(|share| share * budget).collect();
    Ok(json!({
        "best": best_of(&means, Better::Lower), "fractions": fractions, "allocation": allocation,
    }))
}

fn morris(inputs: Inputs) -> Answer {
    let effects = morris_effects(&inputs.rows("x")?, &inputs.numbers("y")?).ok_or_else(few)?;
    let column = |of: fn(&crate::stats::sensitivity::Effect) -> f64| {
        effects.iter().map(of).collect::<Vec<f64>>()
    };
    Ok(json!({
        "mu": column(|e| e.mu), "mu_star": column(|e| e.mu_star), "sigma": column(|e| e.sigma),
    }))
}

fn sobol(inputs: Inputs) -> Answer {
    let (dimensions, count) = (inputs.count("dim")? as usize, inputs.count("n")?);
    if dimensions == 0 || dimensions > MAX_DIMENSIONS || count > 1 << 20 {
        return Err(format!("expected 1 to {MAX_DIMENSIONS} dimensions and at most 2^20 points"));
    }
    let sobol = Sobol::new(dimensions);
    Ok(json!({ "points": (0..count).map(|at| sobol.point(at)).collect::<Vec<_>>() }))
}

/// Closed form of the variance decomposition of sin x₁ + a sin² x₂ + b x₃⁴ sin x₁, x uniform on
/// ±π. The estimator of `stats` is held to it in the tests.
fn ishigami(inputs: Inputs) -> Answer {
    let (a, b) = (inputs.number("a")?, inputs.number("b")?);
    let pi4 = libm::pow(std::f64::consts::PI, 4.0);
    let first = 0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0);
    let second = a * a / 8.0;
    let both = b * b * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0);
    let variance = first + second + both;
    Ok(json!({
        "variance": variance,
        "S1": [first / variance, second / variance, 0.0],
        "ST": [(first + both) / variance, second / variance, both / variance],
    }))
}

fn ranks(inputs: Inputs) -> Answer {
    let n = u64::from(inputs.count("n")?);
    let ranks = quantile_ranks(n, inputs.number("q")?, ALPHA).ok_or_else(few)?;
    Ok(json!({ "lo": ranks.low, "hi": ranks.high, "coverage": ranks.coverage }))
}

fn exponential_fit(inputs: Inputs) -> Answer {
    let mut values = inputs.numbers("x")?;
    values.sort_by(f64::total_cmp);
    let mean = inputs.number("mean")?;
    let test = kolmogorov_smirnov(&values, |x| -libm::expm1(-x / mean)).ok_or_else(few)?;
    Ok(json!({ "d": test.statistic, "p": test.p_value }))
}

fn frequencies(inputs: Inputs) -> Answer {
    let (observed, target) = (inputs.numbers("observed")?, inputs.numbers("target")?);
    let test = chi_square(&observed, &target, 0).ok_or_else(few)?;
    Ok(json!({ "stat": test.statistic, "p": test.p_value }))
}

/// Arrivals whose rate changes by steps.
fn arrivals(inputs: Inputs) -> Answer {
    let (rates, edges) = (inputs.numbers("rates_per_hour")?, inputs.numbers("edges_hours")?);
    if edges.len() != rates.len() + 1 || edges.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("edges_hours: expected rising edges, one more than rates".to_owned());
    }
    let width = |at: usize| edges[at + 1] - edges[at];
    let counts: Vec<f64> = rates.iter().enumerate().map(|(at, rate)| rate * width(at)).collect();
    let total: f64 = counts.iter().sum();
    let highest = rates.iter().copied().fold(0.0, f64::max);
    let span = edges[rates.len()] - edges[0];
    let shares: Vec<f64> = counts.iter().map(|count| count / total).collect();
    let interval = [poisson_quantile(0.025, total), poisson_quantile(0.975, total)];
    let mut before = 0.0;
    let mut median = None;
    for (at, count) in counts.iter().enumerate() {
        if median.is_none() && before + count >= total / 2.0 {
            median = Some(edges[at] + (total / 2.0 - before) / rates[at]);
        }
        before += count;
    }
    Ok(json!({
        "expected_counts": counts, "total": total, "acceptance": total / (highest * span),
        "total_pi95": interval, "shares": shares, "median_arrival_time": median,
    }))
}

fn philox(inputs: Inputs) -> Answer {
    let run = |line: &Value| {
        let words = line.as_str().unwrap_or_default().split(' ');
        let words = words.map(|word| u32::from_str_radix(word, 16)).collect::<Result<Vec<_>, _>>();
        let words = words.ok().filter(|words| words.len() == 6);
        let words = words.ok_or_else(|| format!("expected six hex words, got {line}"))?;
        let key = u64::from(words[5]) << 32 | u64::from(words[4]);
        let out = Philox::new(key).words([words[0], words[1], words[2], words[3]]);
        Ok(out.map(|word| format!("{word:08x}")).join(" "))
    };
    let lines = inputs.list("counter_key")?;
    let output = lines.iter().map(run).collect::<Result<Vec<String>, String>>()?;
    Ok(json!({ "output": output }))
}

/// The library's generator, to which results of other simulators are compared; nothing here draws from
/// it.
fn chacha(inputs: Inputs) -> Answer {
    let seed = u64::from(inputs.count("seed_from_u64")?);
    let words = |stream: &Value| {
        let stream = stream.as_u64().ok_or("streams: expected whole numbers")?;
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Ok([(); 3].map(|()| format!("{:016x}", generator.next_u64())))
    };
    let streams = inputs.list("streams")?;
    let words = streams.iter().map(words).collect::<Result<Vec<[String; 3]>, String>>()?;
    Ok(json!({ "words": words }))
}
