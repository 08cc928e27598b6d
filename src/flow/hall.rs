//! Who stands in line in a site's halls, head by head at every full minute: the payment hall and the
//! clinical waiting areas. Must never know a reason for a wait, and allocates nothing once warm.

use super::spec::{FIXED_STATIONS, Station};
use crate::domain::Ms;
use serde::{Deserialize, Serialize};

/// Halls of a site: where people pay, register, are admitted, discharged and helped; where they wait for care.
pub const HALLS: usize = 2;

const MS_PER_MINUTE: Ms = 60_000;
/// Full minutes of a hospital day, to 04:00 of the next day.
const MINUTES: usize = 28 * 60;

/// The hall of a station.
#[inline]
pub(super) const fn hall_of(station: usize) -> usize {
    const PAYS: [bool; FIXED_STATIONS] = {
        let mut pays = [false; FIXED_STATIONS];
        pays[Station::Registration as usize] = true;
        pays[Station::Cashier as usize] = true;
        pays[Station::Kiosk as usize] = true;
        pays[Station::AdmissionDesk as usize] = true;
        pays[Station::DischargeDesk as usize] = true;
        pays[Station::HelpDesk as usize] = true;
        pays
    };
    if station < FIXED_STATIONS && PAYS[station] { 0 } else { 1 }
}

/// Counts of one hall over site-days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HallStats {
    /// Heads at full minutes, added up: person-minutes in line.
    pub person_minutes: u64,
    /// Those at minutes when the hall held more people than it has places.
    pub crowded: u64,
}

impl HallStats {
    /// Adds another site's or day's counts.
    pub fn merge(&mut self, other: &HallStats) {
        self.person_minutes += other.person_minutes;
        self.crowded += other.crowded;
    }
}

/// Comings and goings of a day by full minute; empty while nobody asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Halls([Vec<i32>; HALLS]);

impl Halls {
    /// Begins a day; `counts` = whether halls have a stated size.
    pub(super) fn reset(&mut self, counts: bool) {
        for hall in &mut self.0 {
            hall.clear();
            hall.resize(if counts { MINUTES + 1 } else { 0 }, 0);
        }
    }

    /// Somebody stands in the line of a station from one instant until before another.
    #[inline]
    pub(super) fn stand(&mut self, station: u8, from: Ms, until: Ms) {
        let hall = &mut self.0[hall_of(usize::from(station))];
        if hall.is_empty() {
            return;
        }
        let [first, end] =
            [from, until].map(|ms| (ms.div_ceil(MS_PER_MINUTE) as usize).min(MINUTES));
        hall[first] += 1;
        hall[end] -= 1;
    }

    /// Ends a day in halls of so many places.
    pub(super) fn close(&self, places: [u32; HALLS], stats: &mut [HallStats; HALLS]) {
        for ((hall, places), stats) in self.0.iter().zip(places).zip(stats) {
            let mut heads = 0_i32;
            for change in hall {
                heads += change;
                let here = heads.unsigned_abs();
                stats.person_minutes += u64::from(here);
                stats.crowded += u64::from(if here > places { here } else { 0 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_counted_at_full_minutes_and_a_full_hall_is_not_crowded() {
        const CASHIER: u8 = Station::Cashier as u8;
        let mut halls = Halls::default();
        halls.reset(true);
        // At minutes 1, 2, 3 there are one, three and one; between minutes nobody is seen.
        halls.stand(CASHIER, 60_000, 180_001);
        halls.stand(CASHIER, 61_000, 120_001);
        halls.stand(Station::HelpDesk as u8, 119_999, 150_000);
        halls.stand(CASHIER, 60_001, 119_999);
        halls.stand(Station::Department0 as u8 + 3, 0, 600_000);
        let mut stats = [HallStats::default(); HALLS];
        halls.close([2, 0], &mut stats);
        assert_eq!(stats[0], HallStats { person_minutes: 5, crowded: 3 });
        assert_eq!(stats[1], HallStats { person_minutes: 10, crowded: 10 });
        let mut roomy = [HallStats::default(); HALLS];
        halls.close([3, 1], &mut roomy);
        assert_eq!((roomy[0].crowded, roomy[1].crowded), (0, 0));
    }

    #[test]
    fn halls_without_a_size_count_nothing_and_a_day_ends_at_four() {
        let mut halls = Halls::default();
        halls.reset(false);
        halls.stand(0, 0, 600_000);
        let mut stats = [HallStats::default(); HALLS];
        halls.close([0; HALLS], &mut stats);
        assert_eq!(stats, [HallStats::default(); HALLS]);
        halls.reset(true);
        halls.stand(0, 27 * 3_600_000, 40 * 3_600_000);
        halls.close([0; HALLS], &mut stats);
        assert_eq!(stats[0].person_minutes, 60);
    }
}
