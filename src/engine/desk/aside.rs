//! What a desk keeps beside visits and settlements: payment means with their balances, receipts and messages,
//! and the accumulators of years that have ended. Must never change a decision of the engine.

use super::{Desk, Notice, Transaction};
use crate::credit::{self, DrawRow};
use crate::domain::{Day, Fen, HospitalId, MS_PER_DAY, Refusal, TimeMs, VisitId};
use crate::engine::command::{Body, Command, Decision};
use crate::engine::rows::{ClaimRow, GROUP_MAX};
use crate::engine::tags;
use crate::ledger::Sink;
use crate::settlement::{OwnParts, Purse, Receipt, Source, YearMore, YearToDate};
use std::collections::BTreeMap;

/// Payment means, notices, ended years.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// Chosen payment means of each member, with what the own sources still hold.
    pub(super) purses: [Option<Purse>; GROUP_MAX],
    /// Members whom no message reaches.
    unreached: [bool; GROUP_MAX],
    /// Balances of top-up cards.
    cards: [Fen; GROUP_MAX],
    /// Banks that hold the members' personal accounts; `None` = kept without a card.
    banks: [Option<u16>; GROUP_MAX],
    notices: Vec<Notice>,
    /// Last day on which draws were looked at.
    ended: Option<Day>,
    /// Accumulators as they stood when a year ended, and as later corrections left them.
    years: BTreeMap<(usize, u8), (YearToDate, YearMore)>,
}

/// Place of the top-up card among the own sources.
const CARD: usize = Purse::CARD;

impl Desk<'_> {
    /// Receipts and messages since they were last taken.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.aside.notices)
    }

    /// The bank that holds a member's personal account; `None` while it is kept without a card.
    pub fn account_bank(&self, member: usize) -> Option<u16> {
        self.aside.banks[member]
    }

    /// What is left on a member's top-up card.
    pub fn card_balance(&self, member: usize) -> Fen {
        self.aside.cards[member]
    }

    /// Before the engine's lazy reset: keeps the accumulators of years that have ended by now.
    pub(super) fn keep_years(&mut self, at: TimeMs) {
        let year = tags(self.rows.last.max(at).day()).0;
        for member in 0..self.rows.size {
            let row = &self.rows.people[member];
            if row.year_tag < year {
                let ended = (row.year, self.rows.more[member]);
                self.aside.years.entry((member, row.year_tag)).or_insert(ended);
            }
        }
    }

    /// Lets draws fall due and age on every day that has ended since the last request.
    pub(super) fn end_days<S: Sink>(&mut self, at: TimeMs, sink: &mut S) {
        let Some(policy) = self.engine.policy else { return };
        let today = self.rows.last.max(at).day();
        let mut ended = self.aside.ended.unwrap_or(today + -1);
        loop {
            let event = |draw: &DrawRow| credit::next_event_day(policy, draw, ended);
            let Some(next) = self.rows.credit.draws.iter().filter_map(event).min() else { break };
            if next >= today {
                break;
            }
            let draws = self.rows.credit.draws.iter().filter(|draw| event(draw) == Some(next));
            let bills: Vec<VisitId> = draws.map(|d| VisitId::from_raw(d.visit())).collect();
            for bill in bills {
                let night = next.start() + (MS_PER_DAY - 1);
                let command =
                    Command { id: self.commands, at: night, member: 0, body: Body::Tick { bill } };
                self.engine.apply(&mut self.rows, &command, sink);
                self.commands += 1;
            }
            ended = next;
        }
        self.aside.ended = Some(today + -1);
    }

    /// Does a step with the accumulators of a year that has ended in the place of this year's, and keeps
    /// what the step made of them. Accounts and lines are today's.
    pub(super) fn in_year<S: Sink, T>(
        &mut self,
        member: usize,
        year: u8,
        at: TimeMs,
        sink: &mut S,
        step: impl FnOnce(&mut Self, &mut S) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let today = self.rows.last.max(at).day();
        if year == tags(today).0 {
            return step(self, sink);
        }
        // The lazy reset first: what the row holds then is this year's, or a year that is in its place.
        self.engine.touch(&mut self.rows, member, today, sink);
        if self.rows.people[member].year_tag == year {
            return step(self, sink);
        }
        let ended = self.aside.years.get(&(member, year)).copied().ok_or(Refusal::TooOld)?;
        let row = self.rows.people[member];
        let now = (row.year, self.rows.more[member], row.year_tag);
        self.set_year(member, (ended.0, ended.1, year));
        let done = step(self, sink);
        let ended = (self.rows.people[member].year, self.rows.more[member]);
        self.aside.years.insert((member, year), ended);
        self.set_year(member, now);
        done
    }

    fn set_year(&mut self, member: usize, (year, more, tag): (YearToDate, YearMore, u8)) {
        let row = &mut self.rows.people[member];
        (row.year, row.year_tag) = (year, tag);
        self.rows.more[member] = more;
    }

    /// The receipt of a settlement that stands; `purse` tells the parts of the patient's own sources.
    pub(super) fn receipt(
        &self,
        visit: VisitId,
        point: u8,
        purse: Option<&Purse>,
    ) -> Option<Receipt> {
        let same = |claim: &&ClaimRow| claim.visit == visit && claim.point == point;
        let claim = self.rows.claims.iter().rfind(same)?;
        Some(Receipt::new(&claim.split, &claim.tender, purse))
    }

    /// After a settlement: own sources are used up, a receipt and a message go out.
    pub(super) fn settled(&mut self, visit: VisitId, point: u8, at: TimeMs) -> Option<OwnParts> {
        let member = self.visits[&visit].member;
        let receipt = self.receipt(visit, point, self.aside.purses[member].as_ref())?;
        let mut parts = OwnParts::default();
        parts.copy_from_slice(&receipt.own[Source::TopUpCard as usize..]);
        self.tell(member, (visit, point), at, false, receipt);
        self.aside.purses[member]?;
        self.move_own(member, parts.map(|part| -part));
        Some(parts)
    }

    /// After a reversal: money goes back to the sources it came from. `parts` are those of the settlement.
    pub(super) fn given_back(
        &mut self,
        (visit, point): (VisitId, u8),
        at: TimeMs,
        parts: Option<OwnParts>,
        receipt: Option<Receipt>,
    ) {
        let Some(receipt) = receipt else { return };
        let member = self.visits[&visit].member;
        if let Some(open) = self.visits.get_mut(&visit) {
            open.deposit += receipt.own[Source::Deposit as usize];
        }
        if let Some(parts) = parts {
            self.move_own(member, parts);
        }
        self.tell(member, (visit, point), at, true, receipt);
    }

    /// Changes what own sources hold; the card's balance stays known whatever order is chosen later.
    fn move_own(&mut self, member: usize, by: OwnParts) {
        self.aside.cards[member] += by[CARD];
        if let Some(purse) = &mut self.aside.purses[member] {
            for (holds, part) in purse.holds.iter_mut().zip(by) {
                *holds += part;
            }
        }
    }

    fn tell(
        &mut self,
        member: usize,
        (visit, point): (VisitId, u8),
        sent: TimeMs,
        taken_back: bool,
        receipt: Receipt,
    ) {
        let reached = !self.aside.unreached[member];
        let message = self.rules.message_cost.map(|cost| (reached, cost));
        self.aside.notices.push(Notice { visit, point, sent, taken_back, receipt, message });
    }

    /// Transactions on payment means.
    pub(super) fn act_on_means<S: Sink>(
        &mut self,
        at: TimeMs,
        asked: &Transaction,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        match *asked {
            Transaction::Means { member, purse, reached } => self.choose(member, purse, reached),
            Transaction::TopUp { member, amount } => {
                let hospital = HospitalId(0);
                let done = self.send(member, at, Body::Deposit { hospital, amount }, sink)?;
                self.move_card(member, amount);
                Ok(done)
            }
            Transaction::CloseCard { member } => {
                let amount = *self.aside.cards.get(member).ok_or(Refusal::UnknownPerson)?;
                let done = self.send(member, at, Body::ReturnDeposit { amount }, sink)?;
                self.move_card(member, -amount);
                Ok(done)
            }
            Transaction::Deposit { visit, amount } => {
                let open = self.visit(visit)?;
                let (member, hospital) = (open.member, open.place.hospital);
                let done = self.send(member, at, Body::Deposit { hospital, amount }, sink)?;
                self.visit(visit)?.deposit += amount;
                Ok(done)
            }
            Transaction::RefundDeposit { visit } => {
                let open = self.visit(visit)?;
                let (member, amount) = (open.member, open.deposit);
                if amount.is_zero() {
                    return Err(Refusal::NothingOpen);
                }
                let done = self.send(member, at, Body::ReturnDeposit { amount }, sink)?;
                self.visit(visit)?.deposit = Fen::ZERO;
                Ok(done)
            }
            Transaction::OpenLine { member } => self.send(member, at, Body::OpenLine, sink),
            Transaction::Repay { visit, offered, from_account } => {
                let last = self.records.iter().rfind(|record| record.visit == visit);
                let bill = visit.bill(last.ok_or(Refusal::NothingOpen)?.point);
                let member = self.visit(visit)?.member;
                let body = if from_account {
                    Body::RepayFromAccount { bill, offered }
                } else {
                    Body::Repay { bill, offered }
                };
                self.send(member, at, body, sink)
            }
            Transaction::IssueCard { member, bank } => self.issue_card(member, bank, at, sink),
            _ => panic!("invariant: the desk acts on {asked:?} itself"),
        }
    }

    fn send<S: Sink>(
        &mut self,
        member: usize,
        at: TimeMs,
        body: Body<'_>,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        let command = Command { id: self.commands, at, member, body };
        let decision = self.engine.apply(&mut self.rows, &command, sink);
        self.commands += 1;
        decision.refusal.map_or(Ok(decision), Err)
    }

    /// A top-up card's balance is the card's, whatever order is chosen later.
    fn choose(
        &mut self,
        member: usize,
        purse: Option<Purse>,
        reached: bool,
    ) -> Result<Decision, Refusal> {
        if member >= self.rows.size {
            return Err(Refusal::UnknownPerson);
        }
        self.aside.unreached[member] = !reached;
        self.aside.purses[member] = purse.map(|mut purse| {
            purse.holds[CARD] = self.aside.cards[member];
            purse
        });
        Ok(Decision::default())
    }

    fn move_card(&mut self, member: usize, by: Fen) {
        let mut parts = OwnParts::default();
        parts[CARD] = by;
        self.move_own(member, parts);
    }

    /// The first card's bank takes the balance over to the fen; a second card of the same bank is nothing
    /// new, a card of another bank moves the account on.
    fn issue_card<S: Sink>(
        &mut self,
        member: usize,
        bank: u16,
        at: TimeMs,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        if self.aside.banks.get(member) == Some(&Some(bank)) {
            return Err(Refusal::AlreadyOpen);
        }
        let done = self.send(member, at, Body::CarryAccount, sink)?;
        self.aside.banks[member] = Some(bank);
        Ok(done)
    }
}
