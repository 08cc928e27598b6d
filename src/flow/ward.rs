//! Beds of a site through a day: who takes one, who waits for one, when one is handed over.
//! Must never refuse an emergency, and never let an elective patient overtake another.

use super::hospital::Hospital;
use super::spec::Station;
use crate::domain::{MS_PER_DAY, Ms};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The step of an event that is about a bed and not about a station.
pub(super) const BED_STEP: u8 = u8::MAX;

/// What a visit does with a bed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BedUse {
    /// Nothing.
    #[default]
    None,
    /// Takes one when one is free, in order of asking.
    Elective,
    /// Takes one at once; an extra one is put up if none is free.
    Emergency,
    /// Frees the patient's own when the visit is done.
    Frees,
}

impl BedUse {
    /// Whether the visit needs a bed before its first step.
    pub(super) const fn asks(self) -> bool {
        matches!(self, BedUse::Elective | BedUse::Emergency)
    }
}

/// The answer to somebody who asks for a bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BedAnswer {
    /// It is taken.
    Taken,
    /// The patient is on the list.
    Waits,
    /// Nobody admits elective patients any more today.
    TooLate,
}

/// The beds of a site in one arm: carried from day to day.
#[derive(Clone, Debug, Default)]
pub struct Beds {
    /// Open beds.
    open: u32,
    /// Free ones; negative when emergencies lie in extra beds.
    free: i32,
    /// Taken at midnight of the day under way.
    at_midnight: u32,
    /// Ranks of those who wait, in order of asking.
    waiting: VecDeque<u32>,
}

impl Beds {
    /// A site with so many open beds, of which some are taken.
    pub fn new(open: u32, taken: u32) -> Beds {
        let free = open.cast_signed() - taken.cast_signed();
        Beds { open, free, at_midnight: taken, waiting: VecDeque::new() }
    }

    /// Open beds.
    pub fn open(&self) -> u32 {
        self.open
    }

    /// Beds taken, extra ones too.
    pub fn taken(&self) -> u32 {
        (self.open.cast_signed() - self.free).max(0).cast_unsigned()
    }

    /// Beds taken at the last midnight.
    pub fn at_midnight(&self) -> u32 {
        self.at_midnight
    }

    /// Frees beds before a day begins.
    pub fn release(&mut self, beds: u32) {
        self.free += beds.cast_signed();
    }

    /// Begins a day: nobody waits.
    pub(super) fn begin(&mut self) {
        self.waiting.clear();
        self.at_midnight = self.taken();
    }

    /// Somebody asks for a bed.
    pub(super) fn ask(
        &mut self,
        hospital: &Hospital,
        wants: BedUse,
        rank: u32,
        now: Ms,
    ) -> BedAnswer {
        if wants == BedUse::Elective && !admits(hospital, now) {
            return BedAnswer::TooLate;
        }
        if wants == BedUse::Elective && self.free <= 0 {
            self.waiting.push_back(rank);
            return BedAnswer::Waits;
        }
        self.free -= 1;
        self.census(now);
        BedAnswer::Taken
    }

    /// A bed is handed over: the rank that takes it, if somebody waits and is still admitted.
    pub(super) fn hand_over(&mut self, hospital: &Hospital, now: Ms) -> Option<u32> {
        self.free += 1;
        let next =
            if self.free > 0 && admits(hospital, now) { self.waiting.pop_front() } else { None };
        self.free -= i32::from(next.is_some());
        self.census(now);
        next
    }

    /// The next one of those who got none today.
    pub(super) fn left_over(&mut self) -> Option<u32> {
        self.waiting.pop_front()
    }

    fn census(&mut self, now: Ms) {
        if i64::from(now) <= MS_PER_DAY {
            self.at_midnight = self.taken();
        }
    }
}

/// Whether the admission desk still accepts: nobody is called to a closed desk.
fn admits(hospital: &Hospital, now: Ms) -> bool {
    hospital.roster(Station::AdmissionDesk as u8).closes_ms().is_some_and(|closes| now < closes)
}

/// Counts of wards over hospital-days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WardStats {
    /// Beds taken at midnight, added over the days.
    pub census: u64,
    /// Open beds, added over the days.
    pub bed_days: u64,
    /// Emergencies that took a bed.
    pub emergencies: u64,
    /// Those of them for whom an extra bed was put up.
    pub extra_beds: u64,
    /// Waits within the day of those who got a bed, ms.
    pub bed_wait_ms: u64,
    /// Elective patients who went home without a bed; again for each day.
    pub no_bed: u64,
    /// Elective patients turned away because they could not leave the deposit.
    pub turned_away: u64,
}

impl WardStats {
    /// Adds another day's or site's counts.
    pub fn merge(&mut self, other: &WardStats) {
        self.census += other.census;
        self.bed_days += other.bed_days;
        self.emergencies += other.emergencies;
        self.extra_beds += other.extra_beds;
        self.bed_wait_ms += other.bed_wait_ms;
        self.no_bed += other.no_bed;
        self.turned_away += other.turned_away;
    }
}
