//! The sink of settled commands: the audit sees every leg, and the hospital's day too where clearing
//! is on. Must never change a posting.

use super::city_view::World;
use super::homes::{Homes, Household};
use super::purses::{Purses, Seen};
use crate::clearing::SiteBooks;
use crate::domain::{Day, HospitalId};
use crate::ledger::{Audit, Discard, Posting, Sink};

/// A sink that is told which hospital the next command concerns.
pub(super) trait SiteSink: Sink {
    /// The next command concerns this hospital.
    fn at(&mut self, hospital: HospitalId);
}

impl SiteSink for Discard {
    #[inline]
    fn at(&mut self, _: HospitalId) {}
}

/// Audit and hospitals' days of one arm and block.
#[derive(Debug)]
pub(super) struct Till<'a> {
    audit: &'a mut Audit,
    sites: Option<&'a mut SiteBooks>,
    at: Option<HospitalId>,
    home: Option<&'a mut Household>,
    seen: Option<Seen<'a>>,
}

impl<'a> Till<'a> {
    /// A till over the books of an arm.
    pub(super) fn new(audit: &'a mut Audit, sites: &'a mut SiteBooks) -> Till<'a> {
        let sites = sites.is_on().then_some(sites);
        Till { audit, sites, at: None, home: None, seen: None }
    }

    /// The same till, whose commands are a kin group's on a day: its household and groups of people see
    /// every leg.
    pub(super) fn of(
        mut self,
        world: &'a World<'_>,
        (homes, purses): (&'a mut Homes, &'a mut Purses),
        group: u32,
        day: Day,
    ) -> Till<'a> {
        let index = world.index(day);
        self.home = homes.on(group, index);
        self.seen = purses.on(&world.city, index);
        self
    }
}

impl SiteSink for Till<'_> {
    #[inline]
    fn at(&mut self, hospital: HospitalId) {
        self.at = Some(hospital);
    }
}

impl Sink for Till<'_> {
    #[inline]
    fn post(&mut self, posting: Posting) {
        if let (Some(sites), Some(hospital)) = (&mut self.sites, self.at) {
            sites.post(hospital, &posting);
        }
        if let Some(home) = &mut self.home {
            home.see(&posting);
        }
        if let Some(seen) = &mut self.seen {
            seen.see(&posting);
        }
        self.audit.post(posting);
    }

    #[inline]
    fn close(&mut self, command: u128) {
        self.at = None;
        if let Some(home) = &mut self.home {
            home.close();
        }
        self.audit.close(command);
    }
}
