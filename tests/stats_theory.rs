//! The statistics keep their promises: intervals cover as often as they say, indices and effects come out
//! at their known values, and a known effect is found with the predicted number of replications.

use aftercare::des::{Roster, Servers};
use aftercare::random::{Address, Philox, Purpose, unit};
use aftercare::stats::replications::{adjusted_precision, replications_needed};
use aftercare::stats::sensitivity::{
    morris_design, morris_effects, saltelli_design, sobol_indices, sobol_intervals,
};
use aftercare::stats::{Better, compare::pairing};
use aftercare::stats::{Estimate, Moments, Sobol, Verdict, bootstrap, compare};
use std::f64::consts::PI;

/// Mean wait, ms, of customers of an M/M/c after a warm-up; `slower` stretches every service.
fn mean_wait(seed: u64, servers: u32, gap_ms: f64, service_ms: f64, slower: f64) -> f64 {
    const WARM_UP: u32 = 600;
    const COUNTED: u32 = 3_000;
    let philox = Philox::new(seed);
    let roster = Roster::always(servers);
    let mut state = Servers::default();
    state.reset(&roster);
    let (mut now, mut waits) = (0.0, 0.0);
    for customer in 0..WARM_UP + COUNTED {
        let words = philox.block(Address::new(u64::from(customer), 1, Purpose::Load));
        now -= gap_ms * libm::log(unit(words[0]));
        let arrived = now as u32;
        let service = -service_ms * slower * libm::log(unit(words[1]));
        let slot = state.find(&roster, arrived).expect("always open");
        state.occupy(slot, slot.start_ms + service as u32);
        if customer >= WARM_UP {
            waits += f64::from(slot.start_ms - arrived);
        }
    }
    waits / f64::from(COUNTED)
}

/// Mean wait of an M/M/c in steady state (Erlang C).
fn erlang_wait(servers: u32, gap_ms: f64, service_ms: f64) -> f64 {
    let offered = service_ms / gap_ms;
    let (mut term, mut sum) = (1.0, 0.0);
    for k in 0..servers {
        sum += term;
        term *= offered / f64::from(k + 1);
    }
    let load = offered / f64::from(servers);
    let waiting = term / (1.0 - load);
    waiting / (sum + waiting) * service_ms / (f64::from(servers) * (1.0 - load))
}

/// 400 experiments of ten replications: the number that covers is binomial with sd 1.1 % of 400.
#[test]
fn intervals_of_simulated_waits_cover_the_truth_as_often_as_they_say() {
    let (servers, gap, service) = (3, 1_000.0, 2_100.0);
    let truth = erlang_wait(servers, gap, service);
    let (mut student, mut resampled) = (0, 0);
    for experiment in 0..400 {
        let waits: Vec<f64> =
            (0..10).map(|n| mean_wait(experiment * 10 + n, servers, gap, service, 1.0)).collect();
        let covers = |ends: [f64; 2]| u32::from(ends[0] <= truth && truth <= ends[1]);
        student += covers(Estimate::of(&waits).and_then(|e| e.ci95).expect("an interval"));
        resampled += covers(bootstrap::mean_interval(&waits).expect("an interval"));
    }
    let share = |covered: u32| f64::from(covered) / 400.0;
    assert!((0.92..=0.98).contains(&share(student)), "Student covers {}", share(student));
    // The percentile bootstrap of ten values is known to be short: about 90 %.
    assert!((0.84..=0.97).contains(&share(resampled)), "bootstrap covers {}", share(resampled));
}

/// Service times 5 % longer on the same luck: the pilot says how many pairs are needed, and with them
/// the difference is found; pairing needs a small part of the variance of independent runs.
#[test]
fn a_known_effect_of_five_percent_is_found_with_the_predicted_replications() {
    let wait = |seed: u64, slower: f64| mean_wait(seed, 3, 1_000.0, 1_800.0, slower);
    let pairs = |seeds: std::ops::Range<u64>| -> (Vec<f64>, Vec<f64>) {
        seeds.map(|seed| (wait(seed, 1.0), wait(seed, 1.05))).unzip()
    };
    let (base, slower) = pairs(0..10);
    let differences: Vec<f64> = slower.iter().zip(&base).map(|(b, a)| b - a).collect();
    let pilot = Moments::of(&differences).expect("ten differences");
    // Zero is excluded when the half-width is below the mean: relative precision 1.
    let needed = replications_needed(&Moments { n: 2, ..pilot }, 1.0, 0.05).expect("a number");
    assert!((2..=10).contains(&needed), "{needed}");
    let (base, slower) = pairs(100..100 + u64::from(needed.max(4)));
    let found = compare(&base, &slower, Better::Lower).expect("pairs");
    assert_eq!(found.verdict, Verdict::Worse, "{found:?}");
    let theory = erlang_wait(3, 1_000.0, 1_890.0) - erlang_wait(3, 1_000.0, 1_800.0);
    assert!((found.delta.mean - theory).abs() < 0.5 * theory, "{found:?} against {theory}");
    let (base, slower) = pairs(0..40);
    let ratio = pairing(&slower, &base, 0.05).expect("forty pairs").variance_ratio;
    assert!(ratio < 0.2, "variance of pairs over that of independent runs: {ratio}");
    let alone = Moments::of(&base).expect("forty values");
    let precise = replications_needed(&alone, adjusted_precision(0.05), 0.05);
    assert!(precise.is_some_and(|n| n > needed), "one mean to 5 % needs more: {precise:?}");
}

fn ishigami(x: &[f64]) -> f64 {
    let [a, b, c] = [0, 1, 2].map(|index| PI * (2.0 * x[index] - 1.0));
    libm::sin(a) + 7.0 * libm::pow(libm::sin(b), 2.0) + 0.1 * libm::pow(c, 4.0) * libm::sin(a)
}

/// Sobol's g-function with a = 0, 1, 4.5, 9.
const G: [f64; 4] = [0.0, 1.0, 4.5, 9.0];

fn g_function(x: &[f64]) -> f64 {
    x.iter().zip(G).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
}

#[test]
fn sobol_indices_of_the_g_function_match_their_closed_form_within_their_intervals() {
    let partial = G.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let whole = partial.iter().map(|v| 1.0 + v).product::<f64>();
    let philox = Philox::new(7);
    let design = saltelli_design(4, 4_096, &Sobol::new(8).shifted(philox, 0));
    let results: Vec<f64> = design.iter().map(|point| g_function(point)).collect();
    let found = sobol_indices(4, &results).expect("indices");
    let ends = sobol_intervals(4, &results, 200, philox).expect("intervals");
    for (index, v) in partial.into_iter().enumerate() {
        let first = v / (whole - 1.0);
        let total = v * whole / (1.0 + v) / (whole - 1.0);
        let got = found[index];
        assert!((got.first - first).abs() < 0.02, "S{index}: {} against {first}", got.first);
        assert!((got.total - total).abs() < 0.02, "T{index}: {} against {total}", got.total);
        for ([low, high], truth) in ends[index].into_iter().zip([first, total]) {
            // A bootstrap of quasi-random rows is wide: it must hold the truth.
            assert!(
                low - 0.005 <= truth && truth <= high + 0.005,
                "{index}: {low}..{high} {truth}"
            );
        }
    }
}

/// Expected effect of a factor over every start of the grid with four levels: exact, by enumeration.
fn exact_effect(f: fn(&[f64]) -> f64, factors: usize, factor: usize) -> (f64, f64) {
    let (mut mu, mut star, mut count) = (0.0, 0.0, 0.0);
    for code in 0..4_usize.pow(factors as u32) {
        let level = |index: usize| (code / 4_usize.pow(index as u32) % 4) as f64 / 3.0;
        let mut point: Vec<f64> = (0..factors).map(level).collect();
        if point[factor] > 0.4 {
            continue;
        }
        let before = f(&point);
        point[factor] += 2.0 / 3.0;
        let effect = (f(&point) - before) / (2.0 / 3.0);
        (mu, star, count) = (mu + effect, star + effect.abs(), count + 1.0);
    }
    (mu / count, star / count)
}

#[test]
fn morris_effects_match_their_exact_expectations() {
    type Model = fn(&[f64]) -> f64;
    let functions: [(Model, usize); 2] = [(ishigami, 3), (g_function, 4)];
    for (f, factors) in functions {
        let design = morris_design(factors, 1_000, 4, Philox::new(11));
        let results: Vec<f64> = design.iter().map(|point| f(point)).collect();
        let effects = morris_effects(&design, &results).expect("effects");
        for (factor, effect) in effects.iter().enumerate() {
            let (mu, star) = exact_effect(f, factors, factor);
            // Standard error of 1,000 trajectories; four of them.
            let allowed = 4.0 * effect.sigma / libm::sqrt(1_000.0) + 1e-9;
            assert!((effect.mu - mu).abs() <= allowed, "mu {factor}: {} {mu}", effect.mu);
            assert!((effect.mu_star - star).abs() <= allowed, "mu* {factor}: {}", effect.mu_star);
        }
    }
    // 7 sin² from -π to π/3 is 5.25, over a step of two thirds: the published 7.875.
    assert!((exact_effect(ishigami, 3, 1).1 - 7.875).abs() < 1e-9);
}
