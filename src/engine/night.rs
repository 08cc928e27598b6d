//! The nights of a draw: its due day, its ageing, its write-off, and who pays besides the patient; the line
//! that pays a hospital's overdue bill. Must never post an amount that `credit` did not return.

use super::apply::{ANY_AMOUNT, Engine};
use super::command::{Decision, TickEvents};
use super::lines::{line_position, next_look, post_accrued, unexpired};
use super::means::usable_account;
use super::rows::{ClaimRow, GroupRows};
use crate::credit::spec::{BlacklistScope, CreditPolicy};
use crate::credit::{self, Aged, Bucket, DrawStage, DueOutcome};
use crate::domain::{AssistanceClass, Day, Fen, HospitalId, Refusal, VisitId};
use crate::ledger::{Code, Role, Sink, transfer};
use crate::settlement::spec::Rules;

impl GroupRows {
    /// A bill that can still be reversed is now borne by a line as far as the line paid it.
    fn move_to_line(&mut self, bill: VisitId, holder: usize, part: Fen) {
        let of_bill = |claim: &&mut ClaimRow| claim.visit.bill(claim.point) == bill;
        if let Some(claim) = self.claims.iter_mut().rfind(of_bill) {
            claim.tender.receivable -= part;
            claim.tender.line += part;
            claim.holder = holder as u8;
        }
    }
}

impl Engine<'_> {
    /// Midnight for one draw: its due day, its ageing, its write-off.
    pub(super) fn tick<S: Sink>(
        &self,
        rows: &mut GroupRows,
        bill: VisitId,
        today: Day,
        sink: &mut S,
    ) -> Decision {
        let (Some(policy), Some(at)) = (self.policy, rows.draw_at(bill)) else {
            return Decision::refused(Refusal::NothingOpen);
        };
        if policy.more.repayment.account_sweep {
            // What has flowed in since the last visit is there to be swept.
            self.touch_holder(rows, bill, today, sink);
        }
        let holder = rows.credit.draws[at].holder();
        let line = line_position(rows, at);
        let (swept, mut paid) = sweep(rows, (self.rules, policy), (at, line), today, sink);
        let (draw, row) = (&mut rows.credit.draws[at], &mut rows.credit.lines[line]);
        let due = credit::fall_due(policy, row, draw, today);
        post_accrued(sink, holder, due.accrued);
        let (mut missed, mut instalments) = (false, false);
        let aged = match due.outcome {
            DueOutcome::Missed(aged) => {
                missed = true;
                post_accrued(sink, holder, aged.accrued);
                aged
            }
            DueOutcome::Converted { .. } => {
                instalments = true;
                Aged::default()
            }
            DueOutcome::Met | DueOutcome::AlreadyOverdue => {
                let aged = credit::age(policy, row, draw, today);
                post_accrued(sink, holder, aged.accrued);
                aged
            }
        };
        post_aged(sink, holder, &aged);
        let me = (holder - rows.first) as usize;
        let income = rows.facts[me].monthly_income;
        let listed = aged.blacklisted && credit::is_wilful(policy, draw, income);
        let mut tick = TickEvents {
            missed,
            instalments,
            cancelled: aged.cancelled,
            blacklisted: listed,
            written_off: aged.write_off.map_or(Fen::ZERO, |lost| lost.principal),
            collection_cost: aged.collection_cost,
            collection_steps: aged.steps.len() as u8,
            entered: stage_entered(&aged),
            ..next_look(policy, draw, today)
        };
        if listed && policy.more.delinquency.blacklist == BlacklistScope::City {
            rows.set_blacklist(me, true);
        }
        let aid = aid_hardship(rows, policy, (at, line), today, sink);
        paid.add(&aid);
        if paid.closed {
            rows.credit.draws.remove(at);
            (tick.next, tick.principal) = (None, Fen::ZERO);
        }
        if rows.credit.lines[line].in_good_standing() {
            // A write-off of waived charges leaves nothing to pay for.
            rows.set_blacklist(me, false);
        }
        Decision {
            tick,
            account: swept,
            fund: aid.total(),
            principal: paid.principal,
            charges: paid.charges,
            closed: paid.closed,
            ..Decision::default()
        }
    }

    /// Lets the line of somebody whose bill was left unpaid at a hospital pay it, as far as the free limit
    /// goes; the rest stays with the hospital. Of two lines the policy's choice says which is asked
    /// (`Banks::asked`).
    #[expect(clippy::too_many_arguments, reason = "one bill, one moment")]
    pub(super) fn debit_overdue<S: Sink>(
        &self,
        rows: &mut GroupRows,
        member: usize,
        bill: VisitId,
        hospital: HospitalId,
        amount: Fen,
        today: Day,
        sink: &mut S,
    ) -> Decision {
        if amount <= Fen::ZERO {
            return Decision::refused(Refusal::AmountNotPositive);
        }
        if rows.draw_at(bill).is_some() {
            return Decision::refused(Refusal::AlreadySettled);
        }
        let of_bill = |claim: &&ClaimRow| claim.visit.bill(claim.point) == bill;
        let open = rows.claims.iter().rfind(of_bill).map(|claim| claim.tender.receivable);
        if open.is_some_and(|open| open < amount) {
            return Decision::refused(Refusal::NothingOpen);
        }
        let debited = self
            .policy
            .filter(|policy| policy.more.repayment.pays_overdue_after.is_some())
            .ok_or(Refusal::NoLine)
            .and_then(|policy| {
                let holder = rows.usable(policy, member, ANY_AMOUNT)?;
                let holder = unexpired(rows, policy, holder)?;
                let at = rows.line_with(policy, holder, amount, ANY_AMOUNT);
                let at = at.ok_or(Refusal::NoLine)?;
                let line = &mut rows.credit.lines[at];
                let part = amount.min(credit::free_limit(line));
                let user = rows.first + member as u32;
                let draw = credit::draw(policy, line, Fen::ZERO, part, bill, user, today)?;
                Ok((holder, part, draw.at(hospital)))
            });
        let (holder, part, draw) = match debited {
            Ok(debited) => debited,
            Err(word) => return Decision::refused(word),
        };
        rows.credit.draws.push(draw);
        rows.move_to_line(bill, holder, part);
        let owed = (Role::HospitalReceivable, rows.first + member as u32);
        let line = rows.first + holder as u32;
        transfer(sink, Code::Draw, (Role::LineReceivable, line), owed, part);
        self.post_premium(line, part, sink);
        Decision {
            line: part,
            holder: Some(holder as u8),
            due: Some(draw.due_on()),
            ..Decision::default()
        }
    }

    /// What a holder pays for the bond on a draw, where the scheme has a surety.
    pub(super) fn post_premium<S: Sink>(&self, holder: u32, drawn: Fen, sink: &mut S) {
        let Some(policy) = self.policy else { return };
        let premium = policy.more.waterfall.patient_premium(drawn);
        let (paid, income) = ((Role::PremiumPaid, holder), (Role::PremiumIncome, holder));
        transfer(sink, Code::Premium, paid, income, premium);
    }
}

/// Takes what is due out of the holder's personal account, where the policy sweeps it.
fn sweep<S: Sink>(
    rows: &mut GroupRows,
    (rules, policy): (&Rules, &CreditPolicy),
    (at, line): (usize, usize),
    today: Day,
    sink: &mut S,
) -> (Fen, Paid) {
    let draw = &rows.credit.draws[at];
    let member = (draw.holder() - rows.first) as usize;
    let balance = usable_account(rules, &rows.people[member]);
    if !policy.more.repayment.account_sweep
        || draw.stage() == DrawStage::WrittenOff
        || balance.is_zero()
    {
        return (Fen::ZERO, Paid::default());
    }
    let offered = credit::amount_due(policy, draw, today).min(balance);
    if offered.is_zero() {
        return (Fen::ZERO, Paid::default());
    }
    let paid = pay_from(rows, policy, (at, line), offered, today, sink);
    let swept = paid.total();
    rows.people[member].account -= swept.packed();
    let holder = rows.credit.draws[at].holder();
    let (account, owed) = ((Role::PersonalAccount, holder), (Role::LineReceivable, holder));
    transfer(sink, Code::Repayment, account, owed, swept);
    (swept, paid)
}

/// Lets the assistance fund pay the overdue draw of somebody who is entitled to assistance.
fn aid_hardship<S: Sink>(
    rows: &mut GroupRows,
    policy: &CreditPolicy,
    (at, line): (usize, usize),
    today: Day,
    sink: &mut S,
) -> Paid {
    let draw = &rows.credit.draws[at];
    let holder = draw.holder();
    let entitled =
        rows.facts[(holder - rows.first) as usize].member.assistance != AssistanceClass::None;
    let from = policy.more.delinquency.hardship_from_dpd;
    let due = from.is_some_and(|from| credit::dpd(draw, today) >= from);
    if !entitled || !due || draw.stage() != DrawStage::Overdue {
        return Paid::default();
    }
    let offered = credit::payoff(policy, draw, today);
    let paid = pay_from(rows, policy, (at, line), offered, today, sink);
    let (aid, owed) = ((Role::HardshipAid, holder), (Role::LineReceivable, holder));
    transfer(sink, Code::HardshipAid, aid, owed, paid.total());
    paid
}

/// What somebody else than the patient paid on a draw at midnight.
#[derive(Clone, Copy, Debug, Default)]
struct Paid {
    principal: Fen,
    charges: Fen,
    closed: bool,
}

impl Paid {
    fn total(self) -> Fen {
        self.principal + self.charges
    }

    fn add(&mut self, other: &Paid) {
        self.principal += other.principal;
        self.charges += other.charges;
        self.closed |= other.closed;
    }
}

/// Pays on a draw that is not written off; the payer's side is the caller's to post.
fn pay_from<S: Sink>(
    rows: &mut GroupRows,
    policy: &CreditPolicy,
    (at, line): (usize, usize),
    offered: Fen,
    today: Day,
    sink: &mut S,
) -> Paid {
    let draw = &mut rows.credit.draws[at];
    let paid = credit::pay(policy, &mut rows.credit.lines[line], draw, offered, today);
    post_accrued(sink, draw.holder(), paid.accrued);
    Paid { principal: paid.principal, charges: paid.penalty + paid.interest, closed: paid.closed }
}

/// The stage of delinquency that ageing entered.
fn stage_entered(aged: &Aged) -> u8 {
    match (&aged.write_off, aged.entered) {
        (Some(_), _) => 5,
        (None, Some(Bucket::D1To30)) => 1,
        (None, Some(Bucket::D31To60)) => 2,
        (None, Some(Bucket::D61To90)) => 3,
        (None, Some(Bucket::D90Plus)) => 4,
        (None, Some(Bucket::Current) | None) => 0,
    }
}

/// Posts a write-off (its loss first falls on the bank; the day's end shares it) and collections.
fn post_aged<S: Sink>(sink: &mut S, holder: u32, aged: &Aged) {
    if let Some(lost) = aged.write_off {
        let owed = (Role::LineReceivable, holder);
        transfer(sink, Code::WriteOff, (Role::BankLoss, holder), owed, lost.principal);
        transfer(sink, Code::WriteOff, (Role::BankInterest, holder), owed, lost.interest);
        transfer(sink, Code::WriteOff, (Role::BankPenalty, holder), owed, lost.penalty);
    }
    let costs = (Role::CollectionCosts, holder);
    let paid = (Role::CollectionsPaid, holder);
    transfer(sink, Code::CollectionCost, costs, paid, aged.collection_cost);
}
