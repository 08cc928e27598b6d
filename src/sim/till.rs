//! The sink of settled commands: the audit sees every leg, and the hospital's day too where clearing
//! is on. Must never change a posting.

use super::homes::Household;
use super::purses::Seen;
use crate::clearing::SiteBooks;
use crate::domain::HospitalId;
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

    /// The same till, whose commands are a household's, and whose legs groups of people see.
    pub(super) fn of(
        mut self,
        home: Option<&'a mut Household>,
        seen: Option<Seen<'a>>,
    ) -> Till<'a> {
        (self.home, self.seen) = (home, seen);
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
