//! Prepaid hospital cards between visits: what is on them, when they are filled, and what is fetched back. A
//! card is one hospital's, which holds its balance as a deposit. Must never move money: the engine does.

use super::block::{ArmBlock, Calendar, Due, Entry};
use super::city_view::World;
use super::group::GroupDay;
use super::midnight::Midnight;
use crate::domain::{Day, Fen, HospitalId, PersonId, VisitId};
use crate::random::{Address, Purpose};
use crate::relay::of_million;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// A card of a kin group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Card {
    /// The holder's position within the group.
    pub(super) member: u8,
    /// Whose card it is.
    pub(super) hospital: HospitalId,
    /// What is on it.
    pub(super) balance: Fen,
    /// Last day on which it was filled or paid with.
    pub(super) used: Day,
}

impl Card {
    /// Whether it is this member's at this hospital.
    pub(super) fn is(&self, member: u8, hospital: HospitalId) -> bool {
        self.member == member && self.hospital == hospital
    }
}

/// The cards of one block and arm, by kin group.
#[derive(Debug, Default)]
pub(super) struct Cards(BTreeMap<u32, Vec<Card>>);

impl Cards {
    /// Copies a group's cards out.
    pub(super) fn gather(&self, group: u32, into: &mut Vec<Card>) {
        into.clear();
        into.extend(self.0.get(&group).into_iter().flatten());
    }

    /// Writes a group's cards back.
    pub(super) fn scatter(&mut self, group: u32, cards: &[Card]) {
        if !cards.is_empty() {
            let own = self.0.entry(group).or_default();
            own.clear();
            own.extend_from_slice(cards);
        }
    }

    /// A person's card at a hospital.
    pub(super) fn of(&self, group: u32, member: u8, hospital: HospitalId) -> Option<Card> {
        self.0.get(&group)?.iter().find(|card| card.is(member, hospital)).copied()
    }

    /// Takes a card back.
    pub(super) fn hand_in(&mut self, group: u32, member: u8, hospital: HospitalId) {
        if let Some(cards) = self.0.get_mut(&group) {
            cards.retain(|card| !card.is(member, hospital));
        }
    }

    /// Number of cards and what is on them.
    pub(super) fn held(&self) -> (u64, Fen) {
        let cards = || self.0.values().flatten();
        (cards().count() as u64, cards().map(|card| card.balance).sum())
    }
}

/// What a replication's cards come to in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardTotals {
    /// Cards issued.
    pub issued: u64,
    /// Top-ups at a window or kiosk.
    pub top_ups: u64,
    /// Put on cards.
    pub put_on: Fen,
    /// Returnable prices of the cards themselves.
    pub deposits: Fen,
    /// Payments that a card's balance covered in place.
    pub in_place: u64,
    /// Paid with cards, less what was taken back.
    pub spent: Fen,
    /// Cards handed in.
    pub handed_in: u64,
    /// Given back for them: what was left, and the price of the card.
    pub given_back: Fen,
    /// Cards that nobody has handed in when the books close, and what is on them with their prices.
    pub left: (u64, Fen),
}

impl CardTotals {
    /// Adds another block's totals.
    pub(super) fn merge(&mut self, other: &CardTotals) {
        self.issued += other.issued;
        self.top_ups += other.top_ups;
        self.put_on += other.put_on;
        self.deposits += other.deposits;
        self.in_place += other.in_place;
        self.spent += other.spent;
        self.handed_in += other.handed_in;
        self.given_back += other.given_back;
        self.left.0 += other.left.0;
        self.left.1 += other.left.1;
    }
}

/// What a visit did with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CardEvent {
    /// It was filled; `price` is the returnable price of a new card.
    TopUp { amount: Fen, price: Option<Fen> },
    /// Its balance covered a payment.
    InPlace,
    /// It paid, or (negative) a payment came back.
    Paid { amount: Fen },
}

impl CardTotals {
    /// Counts what a visit did.
    pub(super) fn count(&mut self, event: CardEvent) {
        match event {
            CardEvent::TopUp { amount, price } => {
                self.top_ups += 1;
                self.put_on += amount;
                self.issued += u64::from(price.is_some());
                self.deposits += price.unwrap_or(Fen::ZERO);
            }
            CardEvent::InPlace => self.in_place += 1,
            CardEvent::Paid { amount } => self.spent += amount,
        }
    }
}

/// Item of the word that says whether an idle card is handed in.
const HAND_IN_ITEM: u8 = 5;

/// A person's card at a hospital as one number.
fn entity(person: u32, hospital: HospitalId) -> u64 {
    u64::from(person) << 16 | u64::from(hospital.0)
}

/// Whom a first card reaches before the last day with visits. An account's number is that of no bill and of
/// no hospital's card.
pub(super) fn first_cards(world: &World<'_>, days: u32, people: Range<u32>) -> Calendar {
    let mut calendar = Calendar::default();
    for person in people {
        let Some(day) = world.first_card_on(person).filter(|&day| day < days) else { continue };
        let group = world.city.group_of(PersonId(person)).0;
        let bill = VisitId::from_raw(entity(person, HospitalId(u16::MAX)));
        let entry = Entry { group, person, bill, due: Due::FirstCard };
        calendar.enter(world.day(day), entry);
    }
    calendar
}

impl GroupDay<'_, '_> {
    /// Ends a group's day: its cards are kept, and those of today may be handed in when they have been idle.
    pub(super) fn keep_cards(&self, state: &mut ArmBlock, group: u32, cards: &[Card]) {
        let Some(rules) = self.world.card_rules(self.arm) else { return };
        let first = self.world.city.group_first[group as usize];
        for card in cards.iter().filter(|card| card.used == self.day) {
            let due = Due::HandIn { hospital: card.hospital.0 };
            let person = first + u32::from(card.member);
            // No bill has this number: its top byte is zero.
            let bill = VisitId::from_raw(entity(person, card.hospital));
            let entry = Entry { group, person, bill, due };
            state.calendar.enter(self.day + i32::from(rules.idle_days), entry);
        }
        state.cards.scatter(group, cards);
    }
}

impl Midnight<'_, '_> {
    /// What a card's holder gets for it tonight, who has not used it for as long as the rules say and thinks
    /// of it.
    pub(super) fn hands_in(
        &self,
        state: &mut ArmBlock,
        arm: usize,
        entry: &Entry,
        hospital: HospitalId,
    ) -> Option<Fen> {
        let rules = self.world.card_rules(arm)?;
        let member = (entry.person - self.world.city.group_first[entry.group as usize]) as u8;
        let card = state.cards.of(entry.group, member, hospital)?;
        let idle = self.day - card.used >= i32::from(rules.idle_days);
        let holder = entity(entry.person, hospital);
        let address = Address::new(holder, self.replication, Purpose::Means).item(HAND_IN_ITEM);
        let word = self.world.philox.block(address.at(self.day.0.cast_unsigned()))[0];
        if !idle || !of_million(word, rules.handed_in_per_million) {
            return None;
        }
        state.cards.hand_in(entry.group, member, hospital);
        let back = card.balance + rules.price;
        let totals = &mut state.pay.totals.cards;
        totals.handed_in += 1;
        totals.given_back += back;
        (!back.is_zero()).then_some(back)
    }
}
