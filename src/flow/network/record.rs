//! What a station's replication is remembered by, and the sums made of it afterwards. The length of
//! the line is swept from the events of joining and leaving, not added from waits, so that Little's
//! law is a real check. Must never influence who is served when.

use super::compile::CompiledStation;
use super::result::{ActivityResult, StationResult};
use super::windows::Passed;
use crate::domain::Ms;

/// Bins in which waits are counted before the few near a quantile are ranked.
const BINS: usize = 1_024;
/// Quantiles of waits, in percent.
pub(super) const PERCENTS: [usize; 4] = [50, 90, 95, 99];

/// A visit to a station, kept only for pictures of the day.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "every field is an instant in ms")]
pub(super) struct Visit {
    pub(super) joined_ms: Ms,
    /// Start of service, or when the customer gave up.
    pub(super) left_line_ms: Ms,
    /// End of service; the same as above for who gave up.
    pub(super) left_ms: Ms,
}

/// How somebody left without service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The station had closed.
    Closed,
    /// There was no room.
    Blocked,
    /// The line was too long.
    Balked,
}

/// One station's replication.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Waits above 0: joined in the upper half, left the line in the lower. The vector is longer than
    /// `waited`, so that a wait is written without asking whether it is one.
    waits: Vec<u64>,
    waited: usize,
    /// By activity.
    activities: Vec<ActivityResult>,
    /// When the last customer comes, and service after that instant.
    last_came_ms: Ms,
    late_ms: u64,
    closed: u64,
    blocked: u64,
    balked: u64,
    reneged: u64,
    /// Area and longest line, when events have counted them.
    pub(super) swept: Option<(u64, u32)>,
    pub(super) visits: Option<Vec<Visit>>,
    spans: Vec<Ms>,
    leaving: Vec<Ms>,
}

impl Record {
    pub(super) fn reset(&mut self, activities: usize, visits: bool, last_came_ms: Ms) {
        self.waited = 0;
        (self.last_came_ms, self.late_ms) = (last_came_ms, 0);
        self.activities.clear();
        self.activities.resize(activities, ActivityResult::default());
        (self.closed, self.blocked, self.balked, self.reneged) = (0, 0, 0, 0);
        self.swept = None;
        self.visits = visits.then(Vec::new);
    }

    /// Makes place for so many more visits, before they are told.
    #[inline]
    pub(super) fn expect(&mut self, visits: usize) {
        let wanted = self.waited + visits;
        if self.waits.len() < wanted {
            self.waits.resize(wanted.max(2 * self.waits.len()), 0);
        }
    }

    /// A customer was or will be served.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as a call it costs more than what it does")]
    pub(super) fn serve(&mut self, activity: u8, visit: Visit) {
        let sums = &mut self.activities[usize::from(activity)];
        sums.served += 1;
        sums.busy_ms += u64::from(visit.left_ms - visit.left_line_ms);
        if visit.left_ms > self.last_came_ms {
            let late_ms = visit.left_ms - visit.left_line_ms.max(self.last_came_ms);
            self.late_ms += u64::from(late_ms);
        }
        self.wait(activity, visit);
    }

    /// Customers were or will be served; those of the warm-up are not told.
    pub(super) fn serve_all(&mut self, passed: &[Passed], first_counted: u32) {
        let counted = || passed.iter().filter(|&&(_, index, _)| index >= first_counted);
        for (visit, _, step) in counted() {
            let sums = &mut self.activities[usize::from(step.activity)];
            sums.served += 1;
            sums.busy_ms += u64::from(visit.left_ms - visit.left_line_ms);
            sums.wait_sum_ms += u64::from(visit.left_line_ms - visit.joined_ms);
            let from_ms = visit.left_line_ms.max(self.last_came_ms);
            self.late_ms += u64::from(visit.left_ms.saturating_sub(from_ms));
        }
        let mut waited = 0;
        let waits = &mut self.waits[self.waited..];
        for (visit, ..) in counted() {
            waits[waited] = u64::from(visit.joined_ms) << 32 | u64::from(visit.left_line_ms);
            waited += usize::from(visit.left_line_ms > visit.joined_ms);
        }
        self.waited += waited;
        if let Some(visits) = &mut self.visits {
            visits.extend(counted().map(|&(visit, ..)| visit));
        }
    }

    /// A customer gave up.
    pub(super) fn renege(&mut self, activity: u8, joined_ms: Ms, left_ms: Ms) {
        self.reneged += 1;
        self.expect(1);
        self.wait(activity, Visit { joined_ms, left_line_ms: left_ms, left_ms });
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as a call it costs more than what it does")]
    fn wait(&mut self, activity: u8, visit: Visit) {
        let wait_ms = visit.left_line_ms - visit.joined_ms;
        self.activities[usize::from(activity)].wait_sum_ms += u64::from(wait_ms);
        self.waits[self.waited] = u64::from(visit.joined_ms) << 32 | u64::from(visit.left_line_ms);
        self.waited += usize::from(wait_ms > 0);
        if let Some(visits) = &mut self.visits {
            visits.push(visit);
        }
    }

    pub(super) fn lose(&mut self, how: Lost) {
        match how {
            Lost::Closed => self.closed += 1,
            Lost::Blocked => self.blocked += 1,
            Lost::Balked => self.balked += 1,
        }
    }

    /// The sums; `from_ms` to `end_ms` is the time that counts.
    pub(super) fn finish(
        &mut self,
        station: &CompiledStation,
        from_ms: Ms,
        end_ms: Ms,
    ) -> StationResult {
        let span = |&wait: &u64| (wait as Ms) - (wait >> 32) as Ms;
        self.spans.clear();
        self.spans.extend(self.waits[..self.waited].iter().map(span));
        let (queue_area_ms, longest_queue) = match self.swept {
            Some(swept) => swept,
            None => self.sweep(),
        };
        let activities = &self.activities;
        let sum = |of: fn(&ActivityResult) -> u64| activities.iter().map(of).sum::<u64>();
        let served = sum(|a| a.served);
        let waited = self.spans.len() as u64;
        let over = self.spans.iter().filter(|&&span| span > station.target_ms).count() as u64;
        let at_once = (served + self.reneged - waited) as usize;
        StationResult {
            served,
            waited,
            over_target: over,
            turned_away: self.closed,
            blocked: self.blocked,
            balked: self.balked,
            reneged: self.reneged,
            wait_sum_ms: sum(|a| a.wait_sum_ms),
            queue_area_ms,
            wait_quantiles_ms: quantiles(&self.spans, at_once),
            longest_queue,
            busy_ms: sum(|a| a.busy_ms),
            capacity_ms: station.roster.capacity_ms(from_ms, end_ms),
            busy_while_coming_ms: sum(|a| a.busy_ms) - self.late_ms,
            capacity_while_coming_ms: station.roster.capacity_ms(from_ms, self.last_came_ms),
            activities: activities.clone(),
        }
    }

    /// Area under the length of the line, ms × customers, and its greatest length: what lies between
    /// the numbers of those who have joined and who have left, each in the order of the clock.
    fn sweep(&mut self) -> (u64, u32) {
        let waits = &mut self.waits[..self.waited];
        self.leaving.clear();
        self.leaving.extend(waits.iter().map(|&wait| wait as Ms));
        if !waits.is_sorted_by_key(|wait| wait >> 32) {
            waits.sort_unstable();
        }
        if !self.leaving.is_sorted() {
            self.leaving.sort_unstable();
        }
        let (mut area, mut longest) = (0_u64, 0);
        for (place, (wait, &left)) in waits.iter().zip(&self.leaving).enumerate() {
            let joined = (wait >> 32) as Ms;
            area += u64::from(left - joined);
            // More are in line than ever before if he who left so many before is still there.
            while longest <= place && self.leaving[place - longest] > joined {
                longest += 1;
            }
        }
        (area, longest as u32)
    }
}

/// For each percentage the smallest value that at least so many in 100 of all values do not exceed,
/// where `zeros` further values are 0; 0 of nothing.
pub(super) fn quantiles(values: &[Ms], zeros: usize) -> [Ms; PERCENTS.len()] {
    let largest = values.iter().copied().max().unwrap_or(0);
    let shift = (32 - largest.leading_zeros()).saturating_sub(BINS.ilog2());
    let mut counts = [0_u32; BINS];
    for value in values {
        counts[(value >> shift) as usize] += 1;
    }
    // The bin of each quantile and its place within it.
    let places = PERCENTS.map(|percent| {
        let place = ((values.len() + zeros) * percent).div_ceil(100);
        let mut left = place.checked_sub(zeros + 1)?;
        let bin = counts.iter().position(|&count| {
            let here = left < count as usize;
            if !here {
                left -= count as usize;
            }
            here
        })?;
        Some((bin, left))
    });
    let mut wanted = [false; BINS];
    for (bin, _) in places.into_iter().flatten() {
        wanted[bin] = true;
    }
    let near: Vec<Ms> =
        values.iter().copied().filter(|value| wanted[(value >> shift) as usize]).collect();
    places.map(|place| {
        place.map_or(0, |(bin, place)| {
            let of_bin = near.iter().copied().filter(|value| (value >> shift) as usize == bin);
            let mut of_bin: Vec<Ms> = of_bin.collect();
            *of_bin.select_nth_unstable(place).1
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_count_the_zeros_that_are_not_stored() {
        assert_eq!(quantiles(&[20, 10], 8), [0, 10, 20, 20]);
        assert_eq!(quantiles(&[], 0), [0; 4]);
        assert_eq!(quantiles(&[7], 0), [7; 4]);
    }

    proptest! {
        #[test]
        fn counted_quantiles_are_those_of_the_sorted_values(
            values in prop::collection::vec(1_u32..4_000_000, 0..400),
            zeros in 0_usize..300,
        ) {
            let mut sorted = vec![0; zeros];
            sorted.extend(&values);
            sorted.sort_unstable();
            let expected = PERCENTS.map(|percent| {
                let place = (sorted.len() * percent).div_ceil(100);
                if place == 0 { 0 } else { sorted[place - 1] }
            });
            prop_assert_eq!(quantiles(&values, zeros), expected);
        }
    }
}
