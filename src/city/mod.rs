//! People in kin groups, hospitals, and the demand for care. Random, by address.
//! Must never know how anything is paid.
//!
//! | file | holds |
//! |---|---|
//! | `spec` | the city as plain data |
//! | `person`, `households`, `population` | who lives here, with whom, and their traits |
//! | `covers` | supplements beside basic insurance |
//! | `sample` | a smaller city of whole hospitals |
//! | `calendar`, `choice`, `bills`, `demand` | when, where, at what price and how often care is wanted |
//! | `retail` | purchases at retail pharmacies |

mod bills;
mod calendar;
mod choice;
mod covers;
mod demand;
mod households;
mod person;
mod pick;
mod population;
mod retail;
mod sample;
pub mod spec;
#[cfg(test)]
mod tests;

pub use bills::{BillPart, BillTables};
pub use calendar::YEAR_DAYS;
pub use demand::{Demand, Orders, Want, WantKind};
pub use person::{ADULT_AGE, CHILD, GRANDPARENT, MIDDLE, Person, RATE_ONE, RETIREMENT_AGE};
pub use retail::{Purchase, Retail};
pub use sample::{Joins, Part, SampleNote, Stratum};

use crate::domain::{
    Day, Employer, Fen, GroupId, HospitalLevel, INCOME_BANDS, InsuranceScheme, MemberStatus,
    PersonId,
};
use crate::random::{Address, Philox, Purpose};
use covers::Cover;
use spec::{CitySpec, SiteSpec};
use std::ops::Range;

/// One institution of a built city.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Name as printed.
    pub name: String,
    /// Level.
    pub level: HospitalLevel,
    /// Index of its district.
    pub district: u8,
    /// Open beds; 0 = no inpatient care.
    pub beds: u32,
    /// First day in the scheme; `None` = never.
    pub in_scheme_from: Option<Day>,
    /// Expected outpatient visits a day over the first year, emergencies included. `Demand` sends
    /// exactly these in expectation, wherever people live.
    pub planned_visits_per_day: f64,
    /// Latent word of the site: takes phones for insured bills when below the regime's share.
    pub word: u32,
}

/// A city as built: its people never change within a run and are shared by replications.
#[derive(Clone, Debug)]
pub struct City {
    /// Everybody, in kin-group order; a `PersonId` is a position here.
    pub people: Vec<Person>,
    /// First person of each kin group, and the number of people: one entry more than groups.
    pub group_first: Vec<u32>,
    /// Institutions; a `HospitalId` is a position here.
    pub sites: Vec<Site>,
    /// Largest difference between an asked and an attainable share of an age class; above a few
    /// parts in a million, kin sizes and age shares of the scenario contradict each other.
    pub age_gap: f64,
    monthly_income: [Fen; INCOME_BANDS],
    account_start: [Fen; 2],
    /// Supplements by person; empty where nobody has one.
    covers: Vec<Cover>,
}

impl City {
    /// Builds people and sites; the same city for any number of threads.
    pub fn build(spec: &CitySpec, philox: Philox) -> City {
        let population = population::build(spec, philox);
        let covers = covers::draw(&spec.people.covers, &population.people, philox);
        City {
            people: population.people,
            group_first: population.group_first,
            sites: build_sites(spec, philox),
            age_gap: population.age_gap,
            monthly_income: spec.people.monthly_income,
            account_start: spec.people.account_start,
            covers,
        }
    }

    /// Supplements of a person: the employer's, and whether the commercial one is held.
    #[inline]
    pub fn covers(&self, person: PersonId) -> (Employer, bool) {
        self.covers.get(person.0 as usize).copied().unwrap_or_default()
    }

    /// A smaller city of whole hospitals with about `population` people; see `SampleNote`.
    pub fn sample(spec: &CitySpec, population: u32) -> (CitySpec, SampleNote) {
        sample::sample(spec, population)
    }

    /// Number of kin groups.
    pub fn groups(&self) -> u32 {
        self.group_first.len() as u32 - 1
    }

    /// The kin group of a person, by binary search.
    pub fn group_of(&self, person: PersonId) -> GroupId {
        GroupId(self.group_first.partition_point(|&first| first <= person.0) as u32 - 1)
    }

    /// Positions of a kin group's members.
    #[inline]
    pub fn members(&self, group: GroupId) -> Range<usize> {
        let at = group.0 as usize;
        self.group_first[at] as usize..self.group_first[at + 1] as usize
    }

    /// The members of a kin group.
    #[inline]
    pub fn group(&self, group: GroupId) -> &[Person] {
        &self.people[self.members(group)]
    }

    /// One person.
    #[inline]
    pub fn person(&self, person: PersonId) -> &Person {
        &self.people[person.0 as usize]
    }

    /// Personal-account balance at the start: employees and retirees only, even between nothing and
    /// twice the mean of the status, rising with ability to pay.
    pub fn account_start(&self, person: PersonId) -> Fen {
        let person = self.person(person);
        let mean = match (person.scheme(), person.status()) {
            (InsuranceScheme::Employee, MemberStatus::Retired) => self.account_start[1],
            (InsuranceScheme::Employee, _) => self.account_start[0],
            _ => return Fen::ZERO,
        };
        Fen((mean.0 * (2 * i64::from(person.ability) + 1)) >> 16)
    }

    /// Monthly income of an adult of a person's household, the person's own or, for a minor, a grown-up's.
    pub fn income_of_household(&self, person: PersonId) -> Fen {
        self.monthly_income[usize::from(self.person(person).income_band)]
    }

    /// Monthly income of an adult by band; nothing for a minor.
    pub fn monthly_income(&self, person: PersonId) -> Fen {
        let person = self.person(person);
        if person.adult() {
            self.monthly_income[usize::from(person.income_band)]
        } else {
            Fen::ZERO
        }
    }
}

/// Sites with their share of the city's visits.
fn build_sites(spec: &CitySpec, philox: Philox) -> Vec<Site> {
    let people = f64::from(spec.people.population);
    let per_day = spec.demand.visits_per_person_year * people / calendar::YEAR_DAYS;
    let total: f64 = spec.sites.iter().map(|site| site.visits_per_year).sum();
    let build = |(id, site): (u64, &SiteSpec)| Site {
        name: site.name.clone(),
        level: site.level,
        district: site.district,
        beds: site.beds,
        in_scheme_from: site.in_scheme_from,
        planned_visits_per_day: per_day * site.visits_per_year / total,
        word: philox.block(Address::new(id, 0, Purpose::Site))[0],
    };
    (0..).zip(&spec.sites).map(build).collect()
}
