//! Counts of a hospital-day: integers that merge by addition in any order. Must never hold a mean.

use super::hall::{HALLS, HallStats};
use super::outage::OutageStats;
use super::spec::{FIXED_STATIONS, Station};
use super::ward::WardStats;
use crate::des::Roster;
use crate::domain::Ms;
use serde::{Deserialize, Serialize};

/// Station kinds that are counted: the fixed ones, and all departments together.
pub const STATION_KINDS: usize = FIXED_STATIONS + 1;
/// Hours of a hospital day, from midnight to 04:00 of the next day; later ones count in the last.
pub const HOURS: usize = 28;

const MS_PER_HOUR: Ms = 3_600_000;
/// The hospital day begins at 04:00.
const DAY_BEGINS_MS: Ms = 4 * MS_PER_HOUR;

/// Counts of one kind of station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationStats {
    /// Patients served.
    pub served: u64,
    /// Patients who left the line unserved.
    pub reneged: u64,
    /// Patients who came after closing.
    pub closed: u64,
    /// Sum of waits of the served and the reneged, ms.
    pub wait_sum_ms: u64,
    /// Sum of services, ms.
    pub busy_ms: u64,
    /// Server time on duty from 04:00 to 04:00, ms.
    pub capacity_ms: u64,
    /// Longest line of people who were served in the end (a department's longest for departments).
    pub max_queue: u32,
}

/// Arrivals at a group of stations and their waits, by hour of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hourly {
    /// Patients who joined.
    pub arrivals: [u64; HOURS],
    /// Their waits, ms.
    pub wait_sum_ms: [u64; HOURS],
}

/// Counts of hospital-days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayStats {
    /// By station kind: `Station as usize`, departments at the last index.
    pub stations: [StationStats; STATION_KINDS],
    /// The same stations by hour of arrival.
    pub hours: [Hourly; STATION_KINDS],
    /// Payment hall and clinical waiting areas, where halls are counted.
    pub halls: [HallStats; HALLS],
    /// Visits walked.
    pub visits: u64,
    /// Visits that came to their end.
    pub done: u64,
    /// Visits left out of impatience.
    pub reneged: u64,
    /// Visits that found a station closed.
    pub closed: u64,
    /// Wards.
    pub ward: WardStats,
    /// Outages.
    pub outage: OutageStats,
    /// Arrivals, starts of service and completions, the usual count of events.
    pub events: u64,
}

/// The kind of a station index.
#[inline]
pub(super) const fn kind(station: u8) -> usize {
    let station = station as usize;
    if station < FIXED_STATIONS { station } else { FIXED_STATIONS }
}

impl DayStats {
    /// Adds another day's or site's counts.
    pub fn merge(&mut self, other: &DayStats) {
        for (mine, theirs) in self.stations.iter_mut().zip(&other.stations) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.hours.iter_mut().zip(&other.hours) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.halls.iter_mut().zip(&other.halls) {
            mine.merge(theirs);
        }
        self.visits += other.visits;
        self.done += other.done;
        self.reneged += other.reneged;
        self.closed += other.closed;
        self.ward.merge(&other.ward);
        self.outage.merge(&other.outage);
        self.events += other.events;
    }

    #[inline]
    pub(super) fn count_wait(&mut self, station: u8, joined_ms: Ms, wait_ms: Ms) {
        let kind = kind(station);
        self.stations[kind].wait_sum_ms += u64::from(wait_ms);
        self.hours[kind].count(joined_ms, wait_ms);
    }

    /// Cashier windows and kiosks by hour.
    pub fn payment(&self) -> Hourly {
        self.hours_of(&[Station::Cashier, Station::Kiosk])
    }

    /// Every clinical station, registration and the admission desk by hour.
    pub fn clinical(&self) -> Hourly {
        const OTHERS: [usize; 4] = [
            Station::Cashier as usize,
            Station::Kiosk as usize,
            Station::DischargeDesk as usize,
            Station::HelpDesk as usize,
        ];
        let mut total = Hourly::default();
        for (kind, hours) in self.hours.iter().enumerate() {
            if !OTHERS.contains(&kind) {
                total.merge(hours);
            }
        }
        total
    }

    fn hours_of(&self, stations: &[Station]) -> Hourly {
        let mut total = Hourly::default();
        for &station in stations {
            total.merge(&self.hours[station as usize]);
        }
        total
    }

    #[inline]
    pub(super) fn count_service(&mut self, station: u8, service_ms: Ms) {
        let counts = &mut self.stations[kind(station)];
        counts.served += 1;
        counts.busy_ms += u64::from(service_ms);
        self.events += 2;
    }

    pub(super) fn count_station(&mut self, station: u8, roster: &Roster, longest: u32) {
        let counts = &mut self.stations[kind(station)];
        counts.capacity_ms += roster.capacity_ms(DAY_BEGINS_MS, HOURS as Ms * MS_PER_HOUR);
        counts.max_queue = counts.max_queue.max(longest);
    }
}

impl StationStats {
    fn merge(&mut self, other: &StationStats) {
        self.served += other.served;
        self.reneged += other.reneged;
        self.closed += other.closed;
        self.wait_sum_ms += other.wait_sum_ms;
        self.busy_ms += other.busy_ms;
        self.capacity_ms += other.capacity_ms;
        self.max_queue = self.max_queue.max(other.max_queue);
    }
}

impl Hourly {
    fn merge(&mut self, other: &Hourly) {
        for hour in 0..HOURS {
            self.arrivals[hour] += other.arrivals[hour];
            self.wait_sum_ms[hour] += other.wait_sum_ms[hour];
        }
    }

    #[inline]
    fn count(&mut self, joined_ms: Ms, wait_ms: Ms) {
        let hour = ((joined_ms / MS_PER_HOUR) as usize).min(HOURS - 1);
        self.arrivals[hour] += 1;
        self.wait_sum_ms[hour] += u64::from(wait_ms);
    }
}
