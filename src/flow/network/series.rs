//! A station over time: who came, how long they waited, how many stood in line and were served in
//! each interval. Must never be kept unless asked for: it costs more than the run.

use super::record::Visit;
use crate::domain::Ms;

/// Intervals of one station.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Width of the intervals, ms.
    pub width_ms: Ms,
    /// In order, from the start.
    pub intervals: Vec<Interval>,
}

/// One interval of one station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Customers who joined.
    pub joined: u64,
    /// Those of them who did not start at once.
    pub waited: u64,
    /// Their times in line, ms.
    pub wait_sum_ms: u64,
    /// Area under the length of the line, ms × customers.
    pub queue_area_ms: u64,
    /// Area under the number in service, ms × customers.
    pub busy_area_ms: u64,
}

impl Series {
    pub(super) fn of(visits: &[Visit], width_ms: Ms, end_ms: Ms) -> Series {
        let count = (end_ms / width_ms) as usize + 1;
        let mut series = Series { width_ms, intervals: vec![Interval::default(); count] };
        for visit in visits {
            let place = ((visit.joined_ms / width_ms) as usize).min(count - 1);
            let wait = visit.left_line_ms - visit.joined_ms;
            let interval = &mut series.intervals[place];
            interval.joined += 1;
            interval.waited += u64::from(wait > 0);
            interval.wait_sum_ms += u64::from(wait);
            series.spread(visit.joined_ms, visit.left_line_ms, |i| &mut i.queue_area_ms);
            series.spread(visit.left_line_ms, visit.left_ms, |i| &mut i.busy_area_ms);
        }
        series
    }

    /// Adds the time from one instant to another to the intervals in which it lies.
    fn spread(&mut self, from_ms: Ms, to_ms: Ms, area: fn(&mut Interval) -> &mut u64) {
        let (width, mut from) = (u64::from(self.width_ms), u64::from(from_ms));
        while from < u64::from(to_ms) {
            let place = from / width;
            let to = u64::from(to_ms).min((place + 1) * width);
            if let Some(interval) = self.intervals.get_mut(place as usize) {
                *area(interval) += to - from;
            }
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spread_over_the_intervals_they_lie_in() {
        let visits = [
            Visit { joined_ms: 5, left_line_ms: 25, left_ms: 31 },
            Visit { joined_ms: 12, left_line_ms: 12, left_ms: 14 },
        ];
        let series = Series::of(&visits, 10, 31);
        let of = |f: fn(&Interval) -> u64| series.intervals.iter().map(f).collect::<Vec<_>>();
        assert_eq!(of(|i| i.joined), [1, 1, 0, 0]);
        assert_eq!(of(|i| i.waited), [1, 0, 0, 0]);
        assert_eq!(of(|i| i.wait_sum_ms), [20, 0, 0, 0]);
        assert_eq!(of(|i| i.queue_area_ms), [5, 10, 5, 0]);
        assert_eq!(of(|i| i.busy_area_ms), [0, 2, 5, 1]);
    }
}
