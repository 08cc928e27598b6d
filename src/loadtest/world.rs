//! The people, hospitals and rules under load, built from a scenario. Must never simulate a day.

use crate::city::City;
use crate::credit::{Applicant, counts_as_poor, eligible};
use crate::domain::{GroupId, HospitalLevel, PersonId, VisitId};
use crate::engine::{Engine, Facts, GroupCredit, Hold, PersonRow, tags};
use crate::random::Philox;
use crate::scenario::Scenario;
use crate::settlement::Member;
use crate::sim::RecordedDay;
use crate::store::Census;

/// What a load test runs against.
#[derive(Debug)]
pub struct LoadWorld<'s> {
    /// The scenario: its rules and the scheme's credit policy decide.
    pub scenario: &'s Scenario,
    /// People and opening rows.
    pub census: Census,
    /// Levels of the hospitals, by number.
    pub hospitals: Vec<HospitalLevel>,
    /// A member of each kin group who may open a line: the first who is eligible.
    pub may_open: Vec<Option<u8>>,
}

impl<'s> LoadWorld<'s> {
    /// Builds the scenario's city, sampled to about `population` people where that is given.
    pub fn new(scenario: &'s Scenario, population: Option<u32>, seed: u64) -> LoadWorld<'s> {
        let sampled = population.map(|people| City::sample(&scenario.city, people).0);
        let spec = sampled.as_ref().unwrap_or(&scenario.city);
        let city = City::build(spec, Philox::new(seed));
        let (year_tag, month_tag) = tags(spec.start);
        let people = 0..city.people.len() as u32;
        let row = |person: u32| PersonRow {
            account: city.account_start(PersonId(person)).packed(),
            year_tag,
            month_tag,
            ..PersonRow::default()
        };
        let groups = 0..city.groups();
        let census = Census {
            first_day: spec.start,
            sizes: groups.clone().map(|at| city.members(GroupId(at)).len() as u8).collect(),
            facts: people.clone().map(|person| facts(&city, person)).collect(),
            rows: people.map(row).collect(),
            more: Vec::new(),
            credit: Vec::new(),
        };
        let may_open = groups.map(|at| may_open(scenario, &city, GroupId(at))).collect();
        let hospitals = city.sites.iter().map(|site| site.level).collect();
        LoadWorld { scenario, census, hospitals, may_open }
    }

    /// The same with its first kin groups only.
    pub fn first_groups(mut self, groups: usize) -> LoadWorld<'s> {
        let census = &mut self.census;
        census.sizes.truncate(groups);
        let people = census.sizes.iter().map(|&size| usize::from(size)).sum();
        census.facts.truncate(people);
        census.rows.truncate(people);
        self.may_open.truncate(groups);
        self
    }

    /// The same people at the midnight before a recorded day.
    pub fn at_midnight(mut self, recorded: &RecordedDay) -> LoadWorld<'s> {
        self.census.first_day = recorded.day;
        self.census.rows.clone_from(&recorded.rows);
        self.census.more.clone_from(&recorded.more);
        self.census.credit.clone_from(&recorded.credit);
        self.census.check();
        self
    }

    /// So many such cities side by side, each with people of its own.
    pub fn cities(mut self, cities: u32) -> LoadWorld<'s> {
        let census = &mut self.census;
        let (groups, people) = (census.sizes.len() as u32, census.rows.len() as u32);
        let times = cities as usize;
        census.sizes = census.sizes.repeat(times);
        census.facts = census.facts.repeat(times);
        census.rows = census.rows.repeat(times);
        census.more = census.more.repeat(times);
        self.may_open = self.may_open.repeat(times);
        let one = std::mem::take(&mut census.credit);
        for city in 0..cities {
            let moved = one.iter().map(|(group, credit)| {
                let lines = credit.lines.iter().map(|line| line.moved(city * people));
                let draws = credit.draws.iter().map(|draw| {
                    let visit = VisitId::from_raw(draw.visit()).moved(city * groups);
                    draw.moved(city * people, visit.raw())
                });
                let holds = credit.holds.iter();
                let holds =
                    holds.map(|hold| Hold { visit: hold.visit.moved(city * groups), ..*hold });
                let credit = GroupCredit {
                    lines: lines.collect(),
                    draws: draws.collect(),
                    holds: holds.collect(),
                };
                (GroupId(group.0 + city * groups), credit)
            });
            census.credit.extend(moved);
        }
        self
    }

    /// The engine of the scenario's policy arm.
    pub fn engine(&self) -> Engine<'s> {
        let scheme = self.scenario.policy.scheme.as_ref();
        Engine { rules: &self.scenario.rules, policy: scheme.map(|scheme| &scheme.credit) }
    }
}

fn facts(city: &City, person: u32) -> Facts {
    let (employer, commercial) = city.covers(PersonId(person));
    let person = city.person(PersonId(person));
    Facts {
        member: Member {
            scheme: person.scheme(),
            status: person.status(),
            assistance: person.assistance(),
            employer,
            commercial,
        },
        age: person.age,
        generation: person.generation,
        score: person.score,
        judgment_debtor: person.judgment_debtor(),
        insured_elsewhere: person.insured_elsewhere(),
        ..Facts::default()
    }
}

fn may_open(scenario: &Scenario, city: &City, group: GroupId) -> Option<u8> {
    let policy = &scenario.policy.scheme.as_ref()?.credit;
    let may = |person: &crate::city::Person| {
        let applicant = Applicant {
            age: person.age,
            scheme: person.scheme(),
            score: person.score,
            judgment_debtor: person.judgment_debtor(),
            insured_elsewhere: person.insured_elsewhere(),
            poor: counts_as_poor(person.assistance()),
            ..Applicant::default()
        };
        eligible(policy, &applicant).is_ok()
    };
    city.group(group).iter().position(may).map(|member| member as u8)
}
