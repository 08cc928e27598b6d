//! Time as integers: days of the civil calendar and milliseconds. Must never read a clock.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Sub};

/// A span or a time of day in milliseconds, as stations use it.
pub type Ms = u32;

/// Milliseconds in one minute.
pub const MS_PER_MINUTE: i64 = 60_000;
/// Milliseconds in one day.
pub const MS_PER_DAY: i64 = 86_400_000;

/// A civil day, counted from 1970-01-01 in the city's local calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A local instant in milliseconds since 1970-01-01T00:00 of the city's calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeMs(pub i64);

/// A day taken apart. Month and day count from 1; weekday 0 is Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Calendar year.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Day of the week, Monday = 0 to Sunday = 6.
    pub weekday: u8,
    /// Day of the year, 1 to 366.
    pub day_of_year: u16,
}

impl Day {
    /// The day of a civil date, `None` when there is no such date.
    pub fn from_civil(year: i16, month: u8, day: u8) -> Option<Day> {
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Day::from_date(date))
    }

    fn from_date(date: Date) -> Day {
        let days = date.since(Date::ZERO.saturating_add(1970.years())).map(|span| span.get_days());
        match days {
            Ok(days) => Day(days),
            Err(error) => panic!("invariant: civil dates differ by a count of days: {error}"),
        }
    }

    fn date(self) -> Date {
        Date::ZERO.saturating_add(1970.years()).saturating_add(self.0.days())
    }

    /// Year, month, day and weekday.
    pub fn civil(self) -> Civil {
        let date = self.date();
        Civil {
            year: date.year(),
            month: date.month().unsigned_abs(),
            day: date.day().unsigned_abs(),
            weekday: date.weekday().to_monday_zero_offset().unsigned_abs(),
            day_of_year: date.day_of_year().unsigned_abs(),
        }
    }

    /// The same day of the month `months` later, or that month's last day.
    pub fn plus_months(self, months: i32) -> Day {
        Day::from_date(self.date().saturating_add(months.months()))
    }

    /// The instant at which this day begins.
    pub fn start(self) -> TimeMs {
        TimeMs(i64::from(self.0) * MS_PER_DAY)
    }

    /// Parses an ISO date such as 2023-11-01.
    pub fn parse(text: &str) -> Result<Day, String> {
        let date: Date =
            text.parse().map_err(|_| format!("`{text}` is not a date (YYYY-MM-DD)"))?;
        Ok(Day::from_date(date))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        Day::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl Add<i32> for Day {
    type Output = Day;
    fn add(self, days: i32) -> Day {
        Day(self.0 + days)
    }
}

impl Sub for Day {
    type Output = i32;
    fn sub(self, other: Day) -> i32 {
        self.0 - other.0
    }
}

impl TimeMs {
    /// The civil day that contains this instant.
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(MS_PER_DAY) as i32)
    }
}

impl Add<i64> for TimeMs {
    type Output = TimeMs;
    fn add(self, ms: i64) -> TimeMs {
        TimeMs(self.0 + ms)
    }
}

impl Sub for TimeMs {
    type Output = i64;
    fn sub(self, other: TimeMs) -> i64 {
        self.0 - other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_days_round_trip_through_leap_years_and_month_ends() {
        let leap = Day::from_civil(2024, 2, 29).expect("a leap day");
        assert_eq!(leap.to_string(), "2024-02-29");
        assert_eq!(Day::parse("2024-02-29"), Ok(leap));
        assert_eq!((leap + 1).to_string(), "2024-03-01");
        let january_end = Day::from_civil(2024, 1, 31).expect("a date");
        assert_eq!(january_end.plus_months(1), leap);
        assert_eq!(Day::from_civil(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day(0).civil().weekday, 3, "1970-01-01 was a Thursday");
        assert!(Day::from_civil(2023, 2, 29).is_none());
        assert_eq!(Day(-1).to_string(), "1969-12-31");
    }
}
