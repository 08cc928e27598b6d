//! One hospital compiled: how many servers work where and when. Must never hold the state of a day.

use super::hall::{HALLS, hall_of};
use super::spec::{
    FIXED_STATIONS, FlowSpec, FreedWindows, LevelFlowSpec, Places, Shift, Station, StationSpec,
};
use crate::des::Roster;
use crate::domain::{HospitalLevel, MS_PER_DAY, Ms};
use libm::ceil;

/// Consulting departments a hospital can have.
const MAX_DEPARTMENTS: u32 = 40;

/// The stations of one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hospital {
    rosters: Vec<Roster>,
    /// People for whom each hall has room, where halls are counted.
    hall_places: Option<[u32; HALLS]>,
}

impl Hospital {
    /// Staffs a site of a level for its planned outpatient visits a day; `places` are the arm's own
    /// payment places, if it has any, and `freed` says what became of its windows.
    pub fn new(
        spec: &FlowSpec,
        level: HospitalLevel,
        planned_visits_per_day: f64,
        places: Option<Places>,
        freed: FreedWindows,
    ) -> Hospital {
        let halls = spec.halls.map(|halls| halls[level as usize]);
        let level = &spec.levels[level as usize];
        let hall_places =
            halls.map(|per_server| hall_places(level, planned_visits_per_day, per_server));
        let counts = fixed_servers(level, planned_visits_per_day, places, freed);
        let stations = level.stations[..FIXED_STATIONS].iter().zip(counts);
        let mut rosters: Vec<Roster> = stations.map(|(spec, count)| roster(spec, count)).collect();
        rosters.extend(departments(level, planned_visits_per_day));
        Hospital { rosters, hall_places }
    }

    /// People for whom the payment hall and the clinical waiting areas have room, where halls are counted.
    #[inline]
    pub fn hall_places(&self) -> Option<[u32; HALLS]> {
        self.hall_places
    }

    /// Number of consulting departments.
    pub fn departments(&self) -> u32 {
        (self.rosters.len() - FIXED_STATIONS) as u32
    }

    /// The roster of a station: `Station as u8`, or `Department0 as u8` + department.
    #[inline]
    pub fn roster(&self, station: u8) -> &Roster {
        &self.rosters[usize::from(station)]
    }

    /// All rosters by station index.
    pub fn rosters(&self) -> &[Roster] {
        &self.rosters
    }
}

/// `per_1000` for each 1,000 visits, rounded up, at least one. The tiny allowance keeps a product
/// such as 0.3 × 10 from gaining a server by rounding noise.
fn scaled(per_1000: f64, visits_per_day: f64) -> u32 {
    ceil(per_1000 * visits_per_day / 1_000.0 - 1e-9).max(1.0) as u32
}

/// Servers at the fixed stations.
fn fixed_servers(
    level: &LevelFlowSpec,
    visits_per_day: f64,
    places: Option<Places>,
    freed: FreedWindows,
) -> [u32; FIXED_STATIONS] {
    const CASHIER: usize = Station::Cashier as usize;
    let mut per_1000: [f64; FIXED_STATIONS] =
        std::array::from_fn(|station| level.stations[station].servers_per_1000_visits);
    if let Some(places) = places {
        per_1000[CASHIER] = places.cashiers_per_1000;
        per_1000[Station::Kiosk as usize] = places.kiosks_per_1000;
    }
    let mut servers = per_1000.map(|per_1000| scaled(per_1000, visits_per_day));
    let needed = |moved: f64| scaled(per_1000[CASHIER] * (1.0 - moved), visits_per_day);
    let windows = servers[CASHIER];
    match freed {
        FreedWindows::Kept => {}
        FreedWindows::Closed { moved_share } => servers[CASHIER] = needed(moved_share),
        FreedWindows::Redeployed { moved_share, to } => {
            servers[CASHIER] = needed(moved_share);
            servers[to as usize] += windows - servers[CASHIER];
        }
    }
    servers
}

fn servers(station: &StationSpec, visits_per_day: f64) -> u32 {
    scaled(station.servers_per_1000_visits, visits_per_day)
}

/// Room in the halls of a site: a building is the same in every arm, so it follows the level's own servers.
fn hall_places(
    level: &LevelFlowSpec,
    visits_per_day: f64,
    per_server: [f64; HALLS],
) -> [u32; HALLS] {
    let mut places = [0.0; HALLS];
    for (station, spec) in level.stations.iter().enumerate() {
        let hall = hall_of(station);
        let staffed = spec.servers_per_1000_visits > 0.0;
        let count = if staffed { f64::from(servers(spec, visits_per_day)) } else { 0.0 };
        places[hall] += per_server[hall] * count;
    }
    places.map(|places| libm::round(places) as u32)
}

/// Splits the doctors over the departments as evenly as whole doctors allow.
fn departments(
    level: &LevelFlowSpec,
    visits_per_day: f64,
) -> impl Iterator<Item = Roster> + use<'_> {
    let pattern = &level.stations[FIXED_STATIONS];
    let doctors = servers(pattern, visits_per_day);
    let count =
        scaled(level.departments_per_1000_visits, visits_per_day).min(MAX_DEPARTMENTS).min(doctors);
    (0..count).map(move |k| roster(pattern, doctors / count + u32::from(k < doctors % count)))
}

/// Shifts to working servers: staffing rounds up, so a staffed interval has somebody. A station whose
/// last shift reaches midnight stays open through the night: the hospital day ends at 04:00.
fn roster(station: &StationSpec, servers: u32) -> Roster {
    Roster::new(station.shifts.iter().map(|&Shift { from_ms, to_ms, staffing }| {
        let at_work = ceil(staffing * f64::from(servers) - 1e-9).max(0.0) as u32;
        let through_the_night = i64::from(to_ms) >= MS_PER_DAY;
        (from_ms, if through_the_night { Ms::MAX } else { to_ms }, at_work)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{compile, level, open_all_day};
    use super::super::spec::Station;
    use super::*;

    #[test]
    fn doctors_are_split_over_departments_and_every_station_has_somebody() {
        let mut spec = level(0.2, 5, &open_all_day());
        spec.stations[FIXED_STATIONS].servers_per_1000_visits = 11.0;
        spec.departments_per_1000_visits = 3.2;
        let (hospital, _) = compile(&spec);
        let doctors: Vec<u32> =
            hospital.rosters()[FIXED_STATIONS..].iter().map(Roster::servers).collect();
        assert_eq!(doctors, [3, 3, 3, 2], "11 doctors, 4 departments");
        assert_eq!(hospital.departments(), 4);
        assert_eq!(hospital.roster(Station::Imaging as u8).servers(), 1);
    }

    #[test]
    fn freed_windows_are_kept_closed_or_sent_elsewhere_and_nobody_is_lost() {
        let mut spec = level(1.0, 5, &open_all_day());
        spec.stations[Station::Registration as usize].servers_per_1000_visits = 2.0;
        let levels = [spec.clone(), spec.clone(), spec];
        let flow = FlowSpec { levels, closed_weekdays: [false; 7], places_rule: None, halls: None };
        let places = Some(Places { cashiers_per_1000: 6.4, kiosks_per_1000: 3.0 });
        let to = Station::Registration;
        let rows = [
            (FreedWindows::Kept, [2, 7, 3]),
            (FreedWindows::Closed { moved_share: 0.25 }, [2, 5, 3]),
            (FreedWindows::Redeployed { moved_share: 0.25, to }, [4, 5, 3]),
            (FreedWindows::Closed { moved_share: 1.0 }, [2, 1, 3]),
            (FreedWindows::Redeployed { moved_share: 0.0, to }, [2, 7, 3]),
        ];
        for (freed, expected) in rows {
            let hospital = Hospital::new(&flow, HospitalLevel::Primary, 1_000.0, places, freed);
            let found = [Station::Registration, Station::Cashier, Station::Kiosk]
                .map(|station| hospital.roster(station as u8).servers());
            assert_eq!(found, expected, "{freed:?}");
        }
    }

    #[test]
    fn a_shift_that_reaches_midnight_goes_on_through_the_night_and_others_close() {
        let mut spec = level(4.0, 5, &open_all_day());
        spec.stations[Station::Cashier as usize].shifts = vec![
            Shift { from_ms: 28_800_000, to_ms: 43_200_000, staffing: 1.0 },
            Shift { from_ms: 43_200_000, to_ms: 61_200_000, staffing: 0.3 },
        ];
        let (hospital, _) = compile(&spec);
        let cashier = hospital.roster(Station::Cashier as u8);
        assert_eq!(cashier.closes_ms(), Some(61_200_000));
        let hours = cashier.capacity_ms(0, Ms::MAX) / 3_600_000;
        assert_eq!(hours, 4 * 4 + 5 * 2, "four clerks for four hours, two of them for five");
        assert_eq!(hospital.roster(Station::Emergency as u8).closes_ms(), Some(Ms::MAX));
    }
}
