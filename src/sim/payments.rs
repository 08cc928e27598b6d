//! With what people pay their part in one arm: the order that a visit's patient chose, receipts, messages, and
//! what of it travels over a card or wallet network. Must never move money: the engine did.

use super::cards::CardTotals;
use super::city_view::World;
use super::network_answers::NetworkAnswers;
use crate::clearing::spec::ClearingSpec;
use crate::clearing::{Channel, SiteFlows};
use crate::domain::{Fen, HospitalId, PersonId, VisitId};
use crate::engine::{Body, GroupRows, Settle};
use crate::random::{Address, Purpose};
use crate::relay::{of_million, pick};
use crate::settlement::{Purse, Receipt, Source};
use serde::{Deserialize, Serialize};

/// What a replication's payments come to in one arm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayTotals {
    /// Receipts given, less receipts taken back.
    pub receipts: i64,
    /// Their bills.
    pub billed: Fen,
    /// Booked by funds.
    pub booked: Fen,
    /// Receipts to which each source gave something, by `Source`.
    pub uses: [i64; Source::COUNT],
    /// What each source gave, by `Source`.
    pub paid: [Fen; Source::COUNT],
    /// Own parts that nobody had paid when the receipt was given.
    pub unpaid: Fen,
    /// Receipts whose own part took more than one source.
    pub fell_short: i64,
    /// Messages sent.
    pub sent: u64,
    /// Messages that reached the patient.
    pub reached: u64,
    /// Cost of messages.
    pub message_cost: Fen,
    /// First cards issued to people whose account had none.
    pub first_cards: u64,
    /// Balances that the cards' banks took over.
    pub carried: Fen,
    /// The hospitals' prepaid cards.
    pub cards: CardTotals,
    /// How long the card network took.
    pub answers: NetworkAnswers,
}

impl PayTotals {
    /// Adds another block's totals.
    pub(super) fn merge(&mut self, other: &PayTotals) {
        self.receipts += other.receipts;
        self.billed += other.billed;
        self.booked += other.booked;
        for at in 0..Source::COUNT {
            self.uses[at] += other.uses[at];
            self.paid[at] += other.paid[at];
        }
        self.unpaid += other.unpaid;
        self.fell_short += other.fell_short;
        self.sent += other.sent;
        self.reached += other.reached;
        self.message_cost += other.message_cost;
        self.first_cards += other.first_cards;
        self.carried += other.carried;
        self.cards.merge(&other.cards);
        self.answers.merge(&other.answers);
    }

    fn count(&mut self, receipt: &Receipt, sign: i64) {
        assert!(receipt.adds_up(), "invariant: receipt {receipt:?} sums to its bill");
        let with_sign = |amount: Fen| Fen(amount.0 * sign);
        self.receipts += sign;
        self.billed += with_sign(receipt.total);
        self.booked += with_sign(receipt.booked);
        self.unpaid += with_sign(receipt.unpaid);
        let mut sources = 0;
        for (at, &paid) in receipt.own.iter().enumerate().filter(|(_, paid)| !paid.is_zero()) {
            self.uses[at] += sign;
            self.paid[at] += with_sign(paid);
            sources += 1;
        }
        self.fell_short += if sources > 1 { sign } else { 0 };
    }
}

/// A hospital's day as payment means see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PaidToday {
    /// Patients' own money for bills.
    own: Fen,
    /// Of it, over a network.
    network: Fen,
}

/// One block's payments in one arm; empty where the scenario does not follow them.
#[derive(Debug, Default)]
pub(super) struct PayDay {
    pub(super) totals: PayTotals,
    sites: Vec<PaidToday>,
}

impl PayDay {
    /// Nothing paid yet at any hospital.
    pub(super) fn open(world: &World<'_>) -> PayDay {
        let followed = world.scenario.payment_means.is_some();
        let hospitals = if followed { world.institutions() } else { 0 };
        PayDay { totals: PayTotals::default(), sites: vec![PaidToday::default(); hospitals] }
    }

    /// Counts a receipt and its message.
    pub(super) fn count(
        &mut self,
        world: &World<'_>,
        replication: u16,
        (hospital, bill): (HospitalId, VisitId),
        receipt: &Receipt,
        taken_back: bool,
    ) {
        let Some(habits) = &world.scenario.payment_means else { return };
        let sign = if taken_back { -1 } else { 1 };
        self.totals.count(receipt, sign);
        let address = Address::new(bill.raw(), replication, Purpose::Means).item(2);
        let words = world.philox.block(address);
        let word = words[usize::from(taken_back)];
        self.totals.sent += 1;
        self.totals.reached += u64::from(of_million(word, habits.reached_per_million));
        self.totals.message_cost += habits.message_cost;
        let carried =
            |source: &Source| source.by_network() && !receipt.own[*source as usize].is_zero();
        if let Some(network) = habits.network.as_ref().filter(|_| Source::ALL.iter().any(carried)) {
            self.totals.answers.ask(network, words[2 + usize::from(taken_back)]);
        }
        let today = &mut self.sites[usize::from(hospital.0)];
        for source in Source::ALL.into_iter().filter(|source| source.own().is_some()) {
            let paid = Fen(receipt.own[source as usize].0 * sign);
            today.own += paid;
            today.network += if source.by_network() { paid } else { Fen::ZERO };
        }
    }

    /// Says what of today's own money a network carries, and begins an empty day. Money that is no bill
    /// (deposits, old debts) travels as the clearing's share says.
    pub(super) fn drain_into(&mut self, spec: &ClearingSpec, city: &mut [SiteFlows]) {
        for (flow, today) in city.iter_mut().zip(&mut self.sites) {
            let today = std::mem::take(today);
            let own = flow.amount(Channel::Own);
            let network = flow.network.unwrap_or_else(|| spec.network_share.of(own));
            let more = today.network - spec.network_share.of(today.own);
            flow.network = Some(network + more);
        }
    }
}

/// The order that a visit's patient chose and what the sources hold; `None` where nobody follows it. The
/// same at every payment point and in every arm.
pub(super) fn purse(
    world: &World<'_>,
    visit: VisitId,
    person: PersonId,
    replication: u16,
) -> Option<Purse> {
    let habits = &world.scenario.payment_means.as_ref()?.habits;
    let address = Address::new(visit.raw(), replication, Purpose::Means);
    let [choice, ..] = world.philox.block(address);
    let band = world.city.people[person.0 as usize].age_band();
    let total: u64 = habits.iter().map(|habit| u64::from(habit.weight_by_age[band])).sum();
    let mut left = (u64::from(choice) * total) >> 32;
    let habit = habits.iter().find(|habit| {
        let weight = u64::from(habit.weight_by_age[band]);
        let here = left < weight;
        left = left.saturating_sub(weight);
        here
    })?;
    let words = [world.philox.block(address.item(1)), world.philox.block(address.item(3))];
    let holds = std::array::from_fn(|at| {
        let values = &habit.holds[at];
        // What is on a hospital's card is known there.
        if at == Purse::CARD {
            Fen::ZERO
        } else if values.is_empty() {
            ENOUGH
        } else {
            pick(values, words[at / 4][at % 4])
        }
    });
    Some(Purse { order: habit.order, holds })
}

/// More than any bill.
const ENOUGH: Fen = Fen(i64::MAX >> 8);

/// What a network carries of a settlement's own money.
pub(super) fn over_network(purse: &Purse, cash: Fen) -> Fen {
    let parts = purse.own_parts(cash);
    let sources = Source::ALL.into_iter().filter(|source| source.by_network());
    sources.filter_map(Source::own).map(|at| parts[at]).sum()
}

/// The receipt of the settlement that a command is about, as the rows have it.
pub(super) fn receipt_of(rows: &GroupRows, claim: &Settle<'_>, body: &Body<'_>) -> Option<Receipt> {
    let purse = claim.purse?;
    let (visit, point) = match *body {
        Body::Settle { ref claim, .. } => (claim.visit, claim.point),
        Body::Reverse { visit, point } => (visit, point),
        _ => return None,
    };
    let same = |row: &&crate::engine::ClaimRow| row.visit == visit && row.point == point;
    let row = rows.claims.iter().rfind(same)?;
    Some(Receipt::new(&row.split, &row.tender, Some(purse)))
}
