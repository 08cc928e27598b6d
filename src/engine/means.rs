//! Payment means beside the claim itself: the tender in the patient's order, deposits given back, a line repaid
//! from the personal account, an account carried over to a card. Must never create money: each
//! command's legs sum to zero.

use super::apply::Engine;
use super::command::{Decision, Settle};
use super::lines::take_payment;
use super::rows::{GROUP_MAX, GroupRows, PersonRow};
use crate::credit::DrawStage;
use crate::domain::{Day, Fen, Refusal, VisitId};
use crate::ledger::{Code, Posting, Role, Sink, transfer};
use crate::settlement::spec::Rules;
use crate::settlement::{Means, Split, Tender};

impl Settle<'_> {
    /// Lays the means over the person's part, in the patient's order where one was chosen.
    #[inline]
    pub(super) fn tender(&self, means: &Means, split: &Split) -> Tender {
        match self.purse {
            None => means.tender(split),
            Some(purse) => purse.tender(means, split),
        }
    }
}

impl Engine<'_> {
    /// What a top-up card would be asked for if it held enough, before this month's inflow of accounts.
    pub fn card_part(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        today: Day,
    ) -> Fen {
        let split = self.pre_settle(rows, member, claim, today);
        claim.tender(&self.means(rows, member, Fen::ZERO), &split).prepaid
    }

    /// Brings the holder of a draw up to date, so that the account holds this month's inflow.
    pub(super) fn touch_holder<S: Sink>(
        &self,
        rows: &mut GroupRows,
        bill: VisitId,
        today: Day,
        sink: &mut S,
    ) {
        if let Some(at) = rows.draw_at(bill) {
            let member = (rows.credit.draws[at].holder() - rows.first) as usize;
            self.touch(rows, member, today, sink);
        }
    }

    /// The holder repays a draw from the personal account, with at most what it holds: as `Repay` does, also
    /// before anything has fallen due.
    pub(super) fn repay_from_account<S: Sink>(
        &self,
        rows: &mut GroupRows,
        bill: VisitId,
        offered: Fen,
        today: Day,
        sink: &mut S,
    ) -> Decision {
        if offered <= Fen::ZERO {
            return Decision::refused(Refusal::AmountNotPositive);
        }
        let (Some(policy), Some(at)) = (self.policy, rows.draw_at(bill)) else {
            return Decision::refused(Refusal::NothingOpen);
        };
        let draw = &rows.credit.draws[at];
        let member = (draw.holder() - rows.first) as usize;
        let offered = offered.min(usable_account(self.rules, &rows.people[member]));
        if offered <= Fen::ZERO || draw.stage() == DrawStage::WrittenOff {
            return Decision::refused(Refusal::NothingOpen);
        }
        let paid = take_payment(rows, policy, at, (Role::PersonalAccount, offered), today, sink);
        let account = paid.principal + paid.charges;
        rows.people[member].account -= account.packed();
        // What is not needed never left the account.
        Decision { account, handed_back: Fen::ZERO, ..paid }
    }
}

/// What an account can pay today: nothing without a card where the rules ask for one.
#[inline]
pub(super) fn usable_account(rules: &Rules, row: &PersonRow) -> Fen {
    let closed = rules.account.needs_card && row.has(PersonRow::NO_CARD);
    if closed { Fen::ZERO } else { Fen::unpacked(row.account) }
}

/// Takes family mutual aid out of relatives' accounts in group order.
pub(super) fn take_aid(
    rules: &Rules,
    rows: &mut GroupRows,
    member: usize,
    mut left: Fen,
) -> [u32; GROUP_MAX] {
    let mut aid = [0; GROUP_MAX];
    for other in (0..rows.size).filter(|&other| other != member) {
        if left.is_zero() {
            break;
        }
        let part = left.min(usable_account(rules, &rows.people[other]));
        rows.people[other].account -= part.packed();
        aid[other] = part.packed();
        left -= part;
    }
    assert!(left.is_zero(), "invariant: relatives of the group at {} lack {left}", rows.first);
    aid
}

/// A deposit or a card's balance goes back to the person; the desk knows how much is held.
pub(super) fn return_deposit<S: Sink>(person: u32, amount: Fen, sink: &mut S) -> Decision {
    if amount <= Fen::ZERO {
        return Decision::refused(Refusal::AmountNotPositive);
    }
    let (held, cash) = ((Role::HospitalDeposits, person), (Role::PersonCash, person));
    transfer(sink, Code::DepositReturned, held, cash, amount);
    Decision { handed_back: amount, ..Decision::default() }
}

/// The agency hands an account's balance to the bank of its first card: two legs on the same account, so
/// that the books show the amount and the balance stays what it was to the fen. From now on the account
/// is one with a card.
pub(super) fn carry_account<S: Sink>(
    rows: &mut GroupRows,
    member: usize,
    sink: &mut S,
) -> Decision {
    rows.people[member].flags &= !PersonRow::NO_CARD;
    let balance = Fen::unpacked(rows.people[member].account);
    let party = rows.first + member as u32;
    for amount in [balance, -balance] {
        if !amount.is_zero() {
            let (role, code) = (Role::PersonalAccount, Code::AccountCarried);
            sink.post(Posting { role, code, party, amount });
        }
    }
    Decision { account: balance, ..Decision::default() }
}
