//! A visit that pays with the hospital's card: before a payment that its balance does not cover the card is
//! filled at a window or kiosk. Must never pay: the claim that follows does.

use super::super::cards::{Card, CardEvent};
use super::{Hand, SiteSink, Witness};
use crate::domain::Fen;
use crate::engine::{Body, Settle};
use crate::random::{Address, Purpose};
use crate::relay::pick;
use crate::settlement::{Purse, Source};

/// More than any bill.
const ENOUGH: Fen = Fen(i64::MAX >> 8);
/// Item of the word that says how much is put on a card.
const TOP_UP_ITEM: u8 = 4;

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// The visit's card: the patient's at this hospital.
    fn card(&self) -> Option<usize> {
        let (member, hospital) = (self.member() as u8, self.plan.want.site);
        self.cards.iter().position(|card| card.is(member, hospital))
    }

    /// What is on it.
    pub(super) fn card_balance(&self) -> Fen {
        self.card().map_or(Fen::ZERO, |at| self.cards[at].balance)
    }

    /// Before the patient pays some points himself: notes whether the card covers them in place, else
    /// fills it by as many top-ups of the patient's usual size as are needed.
    pub(super) fn fill_card(&mut self, points: u8, point: u8) {
        let world = self.day.world;
        let Some(rules) = world.card_rules(self.day.arm) else { return };
        let purse = self.purse();
        let uses_card = |purse: &Purse| purse.order.steps().contains(&Source::TopUpCard);
        let Some(mut purse) = purse.filter(uses_card) else { return };
        purse.holds[Purse::CARD] = ENOUGH;
        self.write_lines(points);
        let lines = std::mem::take(self.lines);
        let claim = Settle { purse: Some(&purse), ..self.settle_with(point, &lines) };
        let engine = &world.arms[self.day.arm].engine;
        let due = engine.card_part(self.rows, self.member(), &claim, self.day.day);
        *self.lines = lines;
        let lacks = due - self.card_balance();
        if due.is_zero() {
            return;
        }
        if lacks <= Fen::ZERO {
            self.state.carded |= points;
            return self.witness.card(CardEvent::InPlace);
        }
        self.state.topped |= points;
        let visit = self.plan.want.visit.raw();
        let address = Address::new(visit, self.day.replication, Purpose::Means).item(TOP_UP_ITEM);
        let word = world.philox.block(address.at(u32::from(point)))[0];
        let each = pick(&rules.top_up, word).0.max(1);
        let amount = Fen((lacks.0 + each - 1) / each * each);
        let (member, hospital) = (self.member() as u8, self.plan.want.site);
        let price = self.card().is_none().then_some(rules.price);
        let at = self.card().unwrap_or_else(|| {
            let balance = Fen::ZERO;
            self.cards.push(Card { member, hospital, balance, used: self.day.day });
            self.cards.len() - 1
        });
        self.cards[at].balance += amount;
        let amount_paid = amount + price.unwrap_or(Fen::ZERO);
        self.send(point, Body::Deposit { hospital, amount: amount_paid });
        self.witness.card(CardEvent::TopUp { amount, price });
    }

    /// A claim was paid with the card, or (negative) taken back to it.
    pub(super) fn paid_with_card(&mut self, amount: Fen) {
        if amount.is_zero() {
            return;
        }
        let Some(at) = self.card() else {
            let visit = self.plan.want.visit;
            panic!("invariant: visit {visit} pays {amount} with a card that nobody issued");
        };
        self.cards[at].balance -= amount;
        self.cards[at].used = self.day.day;
        self.witness.card(CardEvent::Paid { amount });
    }
}
