//! Purchases at the city's retail pharmacies: how many, by whom, for how much. Must never walk through a hospital
//! nor know who pays.
//!
//! A kin group buys Poisson(rate) times a day, the rate in proportion to its members' visit rates. Word g mod 4 of
//! block (Retail, g div 4, day) decides how many; what a purchase is comes from (Retail, its number).

use super::City;
use super::bills::{BillPart, LevelBills};
use super::calendar::YEAR_DAYS;
use super::demand::poisson;
use super::spec::RetailSpec;
use crate::domain::{Fen, GroupId, Ms, PersonId, VisitId};
use crate::random::{Address, Philox, Purpose, probability_to_word};
use libm::exp;
use std::ops::Range;

/// Numbers of purchases within a group's day: above those of visits and of the visits that they lead to.
const FIRST_NUMBER: u32 = 224;
/// Kin groups served by one block of random words.
const LANES: u32 = 4;
/// Pharmacies sell from nine in the morning, for twelve hours.
const OPEN: [Ms; 2] = [9 * 3_600_000, 12 * 3_600_000];

/// A purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Day, kin group and number.
    pub visit: VisitId,
    /// The buyer.
    pub person: PersonId,
    /// When, ms from midnight.
    pub at_ms: Ms,
    /// Price of all.
    pub amount: Fen,
    /// Word that cuts it into catalogue classes.
    pub word: u32,
}

/// Retail pharmacies of a city, compiled.
#[derive(Clone, Debug)]
pub struct Retail {
    /// Below this word a group buys nothing.
    none: Vec<u32>,
    /// Purchases a day per unit of a person's rate.
    per_unit: f64,
    bills: LevelBills,
}

impl Retail {
    /// Compiles the purchases of a built city.
    pub fn new(city: &City, spec: &RetailSpec) -> Retail {
        let rates: u64 = city.people.iter().map(|person| u64::from(person.rate)).sum();
        let a_day = spec.purchases_per_person_year * city.people.len() as f64 / YEAR_DAYS;
        let per_unit = a_day / (rates.max(1) as f64);
        let rate = |group| group_rate(city, GroupId(group)) as f64 * per_unit;
        let none = (0..city.groups()).map(|group| probability_to_word(exp(-rate(group))));
        Retail { none: none.collect(), per_unit, bills: LevelBills::new(&spec.bill) }
    }

    /// Appends a day's purchases of some kin groups, by group and number.
    pub fn purchases(
        &self,
        city: &City,
        philox: Philox,
        (replication, day_index): (u16, u32),
        groups: Range<u32>,
        out: &mut Vec<Purchase>,
    ) {
        for group in groups {
            let place = Address::new(u64::from(group / LANES), replication, Purpose::Retail);
            let word = philox.block(place.at(day_index))[(group % LANES) as usize];
            let none = self.none[group as usize];
            if word < none {
                continue;
            }
            let group = GroupId(group);
            let weight = group_rate(city, group);
            let count = poisson(word, none, weight as f64 * self.per_unit);
            for number in 0..count.min(VisitId::MAX_PER_DAY - FIRST_NUMBER) {
                let visit = VisitId::new(day_index, group, FIRST_NUMBER + number);
                let address = Address::new(visit.raw(), replication, Purpose::Retail).item(1);
                let [who, when, amount, word] = philox.block(address);
                let at_ms = OPEN[0] + ((u64::from(when) * u64::from(OPEN[1])) >> 32) as Ms;
                let person = buyer(city, group, (u64::from(who) * weight) >> 32);
                let amount = Fen::unpacked(self.bills.order(DRUGS, amount));
                out.push(Purchase { visit, person, at_ms, amount, word });
            }
        }
    }

    /// Cuts a purchase into catalogue classes.
    pub fn lines(&self, purchase: &Purchase) -> [BillPart; 3] {
        self.bills.lines(purchase.amount, purchase.word)
    }
}

/// Place of drugs among the orders of a bill.
const DRUGS: usize = 3;

fn group_rate(city: &City, group: GroupId) -> u64 {
    city.group(group).iter().map(|person| u64::from(person.rate)).sum()
}

/// The member at a place on the line of all members' rates.
fn buyer(city: &City, group: GroupId, mut at: u64) -> PersonId {
    let members = city.members(group);
    for (member, person) in city.people[members.clone()].iter().enumerate() {
        if at < u64::from(person.rate) {
            return PersonId((members.start + member) as u32);
        }
        at -= u64::from(person.rate);
    }
    panic!("invariant: a purchase of group {} is a member's", group.0)
}
