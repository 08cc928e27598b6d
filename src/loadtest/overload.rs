//! More than a store can do: what finds a full group waiting is refused at its intended start. Must never
//! compare an overload with a capacity that was measured under other conditions.

use super::driver::Driver;
use super::feed::Feed;
use super::source::Synthetic;
use super::{LoadError, LoadPlan};
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};

/// Most steps up to the highest rate that is answered, and the steps in which more was offered and not a
/// twentieth more answered, after which it is found.
const MOST_STEPS_UP: usize = 12;
const STEPS_IN_VAIN: usize = 2;
const MORE: f64 = 1.05;
/// Pairs of a run at the capacity and one at its multiple.
const PAIRS: usize = 3;

/// What happened at a multiple of the capacity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overload {
    /// Highest rate answered while one group may wait and the rest is refused, requests a second: the
    /// median of the pairs.
    pub capacity_per_s: f64,
    /// Requests a second offered.
    pub offered_per_s: f64,
    /// Requests a second answered, the median of the pairs.
    pub answered_per_s: f64,
    /// Of the capacity beside it in its pair, the median.
    pub share_of_capacity: f64,
    /// The least and the most share of a pair.
    pub share_bounds: [f64; 2],
    /// Capacity and answered of each pair, in turns: so neither is always the later one with the larger books.
    pub pairs: Vec<[f64; 2]>,
    /// 99th percentile of the accepted requests, ms; the largest of the pairs.
    pub p99_ms: f64,
    /// Requests refused at once, in all pairs.
    pub refused: u64,
}

impl Overload {
    /// The outcome in one line.
    pub(super) fn told(&self) -> String {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        format!(
            "{:.0}/s offered, {:.0}/s answered ({} of {:.0}/s; {} to {} in {} pairs), p99 {:.3} ms, {} \
             refused at once",
            self.offered_per_s,
            self.answered_per_s,
            percent(self.share_of_capacity),
            self.capacity_per_s,
            percent(self.share_bounds[0]),
            percent(self.share_bounds[1]),
            self.pairs.len(),
            self.p99_ms,
            self.refused
        )
    }
}

/// A store, what is sent to it, and who hears of it.
struct Bench<'a, 'c, S: Store> {
    driver: &'a mut Driver<'c>,
    store: &'a mut S,
    plan: &'a LoadPlan,
    told: &'a mut dyn FnMut(&str),
}

impl<S: Store> Bench<'_, '_, S> {
    /// Requests a second answered of so many offered.
    fn run(&mut self, mut source: Synthetic, rate: f64) -> Result<(Synthetic, f64), StoreError> {
        source.begin(rate, self.plan.duration);
        let feed = Feed::bounded(source, self.plan.most_a_batch);
        let source = self.driver.run(self.store, feed, rate)?;
        let answered = self.driver.measured().achieved_per_s();
        (self.told)(&format!(
            "{rate:>12.0}/s offered, {answered:>12.0}/s answered, the rest refused"
        ));
        Ok((source, answered))
    }
}

/// Finds the rate at which the most is answered by offering more until no more is, then runs it and a multiple of
/// what was answered in turns. All have the same waiting room: like with like.
pub(super) fn run<S: Store>(
    driver: &mut Driver<'_>,
    store: &mut S,
    mut source: Synthetic,
    (plan, times): (&LoadPlan, f64),
    told: &mut dyn FnMut(&str),
) -> Result<Overload, LoadError> {
    let earlier = driver.measured().clone();
    let mut bench = Bench { driver, store, plan, told };
    let (mut rate, mut best, mut in_vain) = (earlier.achieved_per_s(), [0.0; 2], 0);
    for _ in 0..MOST_STEPS_UP {
        let answered;
        (source, answered) = bench.run(source, rate)?;
        in_vain += usize::from(answered < MORE * best[1]);
        if answered > best[1] {
            best = [rate, answered];
        }
        if in_vain == STEPS_IN_VAIN {
            break;
        }
        rate *= 1.5;
    }
    let [found_at, capacity] = best;
    let rates = [found_at, capacity * times];
    let (mut pairs, mut p99_ms, mut refused) = (Vec::new(), 0.0_f64, 0);
    for pair in 0..PAIRS {
        let mut answered = [0.0; 2];
        for side in [pair % 2, 1 - pair % 2] {
            (source, answered[side]) = bench.run(source, rates[side])?;
            let measured = bench.driver.measured();
            if side == 1 {
                p99_ms = p99_ms.max(measured.latency_ns.value_at_quantile(0.99) as f64 / 1e6);
                refused += measured.refused_at_once;
            }
        }
        pairs.push(answered);
    }
    bench.driver.put_back(earlier);
    let share = |pair: &[f64; 2]| pair[1] / pair[0].max(1.0);
    let mut shares: Vec<f64> = pairs.iter().map(share).collect();
    shares.sort_by(f64::total_cmp);
    Ok(Overload {
        capacity_per_s: median(pairs.iter().map(|pair| pair[0])),
        offered_per_s: rates[1],
        answered_per_s: median(pairs.iter().map(|pair| pair[1])),
        share_of_capacity: median(shares.iter().copied()),
        share_bounds: [shares[0], shares[PAIRS - 1]],
        pairs,
        p99_ms,
        refused,
    })
}

/// The middle one of an odd number of values.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
