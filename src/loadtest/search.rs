//! The highest rate within an objective: doubling until it is missed, then bisection. Must never report
//! a rate whose own step was not measured.

use super::driver::{Driver, Measured};
use super::feed::Feed;
use super::report::{Objective, Step};
use super::source::Synthetic;
use super::{LoadError, LoadPlan};
use crate::store::Store;

/// The bisection stops when the bounds are this close.
const CLOSE: f64 = 0.05;
const MOST_STEPS: usize = 20;
/// Rates are not searched below this.
const SLOWEST: f64 = 10.0;

/// Doubt that a statement about repeats leaves.
const DOUBT: f64 = 0.05;

/// The least share of runs that hold, as sure as 95 %, when `held` of `times` repeats did (Clopper and Pearson's
/// exact bound): the share at which so many or more hold only one time in twenty. Nothing without repeats.
pub(super) fn holds_at_least([times, held]: [u64; 2]) -> Option<f64> {
    if times == 0 {
        return None;
    }
    let (mut least, mut most) = (0.0, 1.0);
    for _ in 0..60 {
        let share = f64::midpoint(least, most);
        if at_least(times, held, share) < DOUBT { least = share } else { most = share }
    }
    Some(if held == 0 { 0.0 } else { least })
}

/// Probability that at least `held` of `times` independent runs hold, each with this probability.
fn at_least(times: u64, held: u64, share: f64) -> f64 {
    let (mut choices, mut sum) = (1.0, 0.0);
    for number in 0..=times {
        if number >= held {
            let (hold, miss) = (number as f64, (times - number) as f64);
            sum += choices * libm::pow(share, hold) * libm::pow(1.0 - share, miss);
        }
        choices *= (times - number) as f64 / (number + 1) as f64;
    }
    sum
}

/// Bounds of the search: highest rate that held, lowest that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bounds {
    held: Option<f64>,
    missed: Option<f64>,
}

impl Bounds {
    /// The next rate to try; `None` when the bounds are close, or hopeless.
    fn next(self, start: f64) -> Option<f64> {
        match (self.held, self.missed) {
            (None, None) => Some(start),
            (Some(held), None) => Some(held * 2.0),
            (None, Some(missed)) => Some(missed / 2.0).filter(|&rate| rate >= SLOWEST),
            (Some(held), Some(missed)) => {
                (missed / held > 1.0 + CLOSE).then(|| libm::sqrt(held * missed))
            }
        }
    }

    fn learn(&mut self, rate: f64, held: bool) {
        if held {
            self.held = Some(rate);
        } else {
            self.missed = Some(rate);
        }
    }
}

/// Runs steps until the bounds are close; the figures given back are those of the best step.
pub(super) fn search<S: Store>(
    driver: &mut Driver<'_>,
    store: &mut S,
    mut source: Synthetic,
    plan: &LoadPlan,
    told: &mut dyn FnMut(&str),
) -> Result<(Measured, Synthetic), LoadError> {
    let objective =
        plan.objective.unwrap_or(Objective { kind: None, quantile: 0.99, ms: f64::INFINITY });
    let mut bounds = Bounds::default();
    let mut steps: Vec<Step> = Vec::new();
    let mut best: Option<Measured> = None;
    while let Some(rate) = bounds.next(plan.rate).filter(|_| steps.len() < MOST_STEPS) {
        source.begin(rate, plan.duration);
        source = driver.run(store, Feed::start(source, plan.most_a_batch), rate)?;
        let step = Step::of(driver.measured(), objective);
        told(&step.line());
        bounds.learn(rate, step.held);
        if step.held || best.is_none() {
            best = Some(driver.measured().clone());
        }
        let generator_failed = step.generator_was_late;
        steps.push(step);
        // What the generator cannot make, no store can be blamed for.
        if generator_failed {
            break;
        }
    }
    if let Some(held) = bounds.held {
        for _ in 0..plan.repeats {
            source.begin(held, plan.duration);
            source = driver.run(store, Feed::start(source, plan.most_a_batch), held)?;
            let step = Step::of(driver.measured(), objective);
            told(&format!("again: {}", step.line()));
            steps.push(Step { again: true, ..step });
        }
    }
    driver.keep_steps(steps);
    let last = driver.measured();
    let best = best.unwrap_or_else(|| last.clone());
    Ok((Measured { books: last.books.clone(), steps: last.steps.clone(), ..best }, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(capacity: f64, start: f64) -> (Bounds, usize) {
        let (mut bounds, mut steps) = (Bounds::default(), 0);
        while let Some(rate) = bounds.next(start) {
            bounds.learn(rate, rate <= capacity);
            steps += 1;
        }
        (bounds, steps)
    }

    #[test]
    fn what_repeats_prove_is_the_exact_binomial_bound() {
        // Five of five: the fifth root of 0.05. Nine of ten: tables of Clopper and Pearson, one-sided 95 %.
        let table = [([5, 5], 0.549_28), ([10, 9], 0.605_84), ([20, 20], 0.860_89), ([4, 0], 0.0)];
        for (repeats, share) in table {
            let found = holds_at_least(repeats).expect("repeats");
            assert!((found - share).abs() < 1e-4, "{repeats:?}: {found}");
        }
        assert_eq!(holds_at_least([0, 0]), None);
    }

    #[test]
    fn the_search_brackets_the_capacity_from_either_side() {
        for start in [50.0, 10_000.0, 4_000_000.0] {
            let (bounds, steps) = found(123_456.0, start);
            let (held, missed) = (bounds.held.expect("held"), bounds.missed.expect("missed"));
            assert!(held <= 123_456.0 && 123_456.0 < missed, "{bounds:?}");
            assert!(missed / held <= 1.0 + CLOSE && steps <= MOST_STEPS, "{steps} steps");
        }
    }

    #[test]
    fn a_store_that_holds_nothing_ends_the_search() {
        let (bounds, _) = found(0.0, 1_000.0);
        assert_eq!(bounds.held, None);
        assert!(bounds.missed.expect("missed") < 2.0 * SLOWEST);
    }
}
