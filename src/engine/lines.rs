//! Commands on credit lines: open, reserve, draw, refund, repay. Must never post an
//! amount that `credit` did not return.

use super::apply::{ANY_AMOUNT, Engine};
use super::command::{Decision, Settle, TickEvents};
use super::rows::{GroupRows, Hold, PersonRow};
use crate::credit::spec::{BlacklistScope, CreditPolicy};
use crate::credit::{self, Accrued, Applicant, DrawStage, LineRow};
use crate::domain::{Day, Fen, HospitalId, Refusal, VisitId};
use crate::ledger::{Code, Role, Sink, transfer};
use crate::settlement::{Means, Split};

/// A draw that a claim just made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    pub(super) amount: Fen,
    pub(super) holder: usize,
    pub(super) due: Option<Day>,
}

impl GroupRows {
    /// Takes the hold of a visit off its line.
    pub(super) fn take_hold(&mut self, visit: VisitId) -> Option<Hold> {
        let at = self.credit.holds.iter().position(|hold| hold.visit == visit)?;
        let hold = self.credit.holds.remove(at);
        if let Some(line) = self.line_of_hold(&hold) {
            credit::release(&mut self.credit.lines[line], hold.amount);
        }
        Some(hold)
    }

    /// The member whose line a user may use for `need`, by the family rules. Where nothing is needed (an
    /// account pays everything) the line must still be one that could bear something.
    pub(super) fn usable(
        &self,
        policy: &CreditPolicy,
        user: usize,
        need: Fen,
    ) -> Result<usize, Refusal> {
        let need = need.max(ANY_AMOUNT);
        credit::usable_line(policy, user, need, &self.kin[..self.size], |member| {
            self.line_with(policy, member, need, need).map(|line| &self.credit.lines[line])
        })
    }

    pub(super) fn draw_at(&self, bill: VisitId) -> Option<usize> {
        self.credit.draws.iter().position(|draw| draw.visit() == bill.raw())
    }

    /// Lifts or sets the holder's and nobody else's suspension of benefits.
    pub(super) fn set_blacklist(&mut self, holder: usize, suspended: bool) {
        let flags = &mut self.people[holder].flags;
        *flags = if suspended {
            *flags | PersonRow::BLACKLISTED
        } else {
            *flags & !PersonRow::BLACKLISTED
        };
    }
}

impl Engine<'_> {
    /// Whether a member, or a relative by the family rules, has a line that the member may ask for.
    pub fn may_use_line(&self, rows: &GroupRows, member: usize) -> bool {
        self.line_shown(rows, member).is_some()
    }

    /// The holder of the line that a member shows first: the member, or a relative by the family rules.
    pub fn line_shown(&self, rows: &GroupRows, member: usize) -> Option<usize> {
        let policy = self.policy.filter(|_| !rows.credit.lines.is_empty())?;
        credit::candidates(policy, member, &rows.kin[..rows.size])
            .find(|&other| rows.line_of(other).is_some())
    }

    /// Whether a limit smaller than a bill bears what it can.
    pub(super) fn draws_in_part(&self) -> bool {
        self.policy.is_some_and(|policy| policy.more.draws_in_part)
    }

    /// Opens a line at the score's starting limit.
    pub(super) fn open_line(&self, rows: &mut GroupRows, member: usize, today: Day) -> Decision {
        let Some(policy) = self.policy else {
            return Decision::refused(Refusal::NoLine);
        };
        let facts = rows.facts[member];
        let holder = rows.first + member as u32;
        let own = rows.credit.lines.iter().filter(|line| line.holder() == holder);
        let held: Vec<usize> = own.map(LineRow::bank).collect();
        let applicant = Applicant {
            age: facts.age,
            scheme: facts.member.scheme,
            insured_elsewhere: facts.insured_elsewhere,
            score: facts.score,
            judgment_debtor: facts.judgment_debtor,
            poor: credit::counts_as_poor(facts.member.assistance),
            has_line: held.len() >= usize::from(policy.more.banks.lines_each),
            monthly_income: facts.monthly_income,
            insured_months: facts.insured_months,
            benefits_used: rows.people[member].benefits_used(today),
            account: Fen::unpacked(rows.people[member].account),
            thin_file: facts.thin_file,
            unsigned: facts.unsigned,
            unregistered: facts.unregistered,
            has_guardian: credit::has_guardian(&rows.kin[..rows.size], member),
        };
        let family: Fen = rows.credit.lines.iter().map(LineRow::limit).sum();
        let who = (holder, usize::from(facts.bank));
        match LineRow::open_at_bank(policy, &applicant, who, &held, today, family) {
            Ok(line) => {
                let limit = line.limit();
                rows.credit.lines.push(line);
                Decision { line: limit, holder: Some(member as u8), ..Decision::default() }
            }
            Err(word) => Decision::refused(word),
        }
    }

    /// Whether the scheme covers a claim at all; words in the order of precedence.
    fn covered(policy: &CreditPolicy, claim: &Settle<'_>) -> Result<(), Refusal> {
        if let Some(word) = claim.cause.refusal() {
            return Err(word);
        }
        if !claim.in_scheme {
            return Err(Refusal::InstitutionNotInScheme);
        }
        credit::covers(policy, claim.care)?;
        if !policy.pays_out_of_catalogue && claim.is_out_of_scope() {
            return Err(Refusal::OutOfScope);
        }
        Ok(())
    }

    /// The member whose line bears `need` of a claim, or the first word that applies: the patient's age
    /// comes before the institution and the kind of care, these before the line.
    pub(super) fn line_for(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        need: Fen,
    ) -> Result<usize, Refusal> {
        let policy = self.policy.ok_or(Refusal::NoLine)?;
        if is_barred(rows, policy, member, claim.hospital) {
            return Err(Refusal::BlacklistedHere);
        }
        let mut covered = Self::covered(policy, claim);
        if policy.eligibility.refuses_judgment_debtors && rows.facts[member].judgment_debtor {
            let debtor = Refusal::JudgmentDebtor;
            covered = Err(covered.map_or_else(|word| word.min(debtor), |()| debtor));
        }
        match (covered, rows.usable(policy, member, need)) {
            (Err(outside), Err(line)) => Err(outside.min(line)),
            (covered, line) => covered.and(line),
        }
        .and_then(|holder| unexpired(rows, policy, holder))
    }

    /// Gives back reservations that have lapsed.
    pub(super) fn lapse_holds(&self, rows: &mut GroupRows, today: Day) {
        let Some(days) = self.policy.and_then(|policy| policy.more.repayment.hold_days) else {
            return;
        };
        let lapsed = |hold: &Hold| today - hold.on >= i32::from(days);
        while let Some(visit) = rows.credit.holds.iter().find(|hold| lapsed(hold)).map(|h| h.visit)
        {
            rows.take_hold(visit);
        }
    }

    /// Holds the personal part of the visit's bills so far; a hold already there grows or shrinks.
    pub(super) fn reserve(
        &self,
        rows: &mut GroupRows,
        member: usize,
        claim: &Settle<'_>,
        partial: bool,
    ) -> Decision {
        if claim.is_empty() {
            return self.empty_claim(rows, member, claim);
        }
        let partial = partial || self.draws_in_part();
        let (split, benefits_refused) = self.split(rows, member, claim);
        let need = line_part(claim, self.means(rows, member, Fen::ZERO), &split);
        let answer = match rows.credit.holds.iter().position(|hold| hold.visit == claim.visit) {
            Some(hold) => self
                .policy
                .ok_or(Refusal::NoLine)
                .and_then(|policy| Self::covered(policy, claim))
                .and_then(|()| resize_hold(rows, hold, need, partial)),
            None => self.hold_on_line(rows, member, claim, need, partial),
        };
        match answer {
            Ok((holder, amount)) => Decision {
                benefits_refused,
                person: split.psn_part_amt,
                line: amount,
                cash: split.psn_part_amt - amount,
                holder: Some(holder as u8),
                ..Decision::default()
            },
            Err(word) => Decision::refused(word),
        }
    }

    fn hold_on_line(
        &self,
        rows: &mut GroupRows,
        member: usize,
        claim: &Settle<'_>,
        need: Fen,
        partial: bool,
    ) -> Result<(usize, Fen), Refusal> {
        let least = if partial { ANY_AMOUNT } else { need };
        let policy = self.policy.ok_or(Refusal::NoLine)?;
        let holder = self.line_for(rows, member, claim, least)?;
        let Some(line) = rows.line_with(policy, holder, need, least) else {
            return Err(Refusal::NoLine);
        };
        let row = &mut rows.credit.lines[line];
        let amount = if partial { need.min(credit::free_limit(row)) } else { need };
        if !amount.is_zero() {
            credit::reserve(row, amount)?;
            let marked = holder as u8 | if row.place() > 0 { Hold::SECOND } else { 0 };
            let (visit, on) = (claim.visit, rows.last.day());
            rows.credit.holds.push(Hold { visit, holder: marked, amount, on });
        }
        Ok((holder, amount))
    }

    /// Draws what the claim leaves for a line, using and ending the visit's hold.
    #[expect(clippy::too_many_arguments, reason = "one claim, one split, one moment")]
    pub(super) fn draw(
        &self,
        rows: &mut GroupRows,
        member: usize,
        claim: &Settle<'_>,
        split: &Split,
        means: Means,
        partial: bool,
        today: Day,
    ) -> Result<Drawn, Refusal> {
        let policy = self.policy.ok_or(Refusal::NoLine)?;
        let need = line_part(claim, means, split);
        let held = rows.credit.holds.iter().find(|hold| hold.visit == claim.visit);
        let (holder, line, reservation) = if let Some(hold) = held {
            Self::covered(policy, claim)?;
            (usize::from(hold.member()), rows.line_of_hold(hold), hold.amount)
        } else {
            let least = if partial { ANY_AMOUNT } else { need };
            let holder = self.line_for(rows, member, claim, least)?;
            (holder, rows.line_with(policy, holder, need, least), Fen::ZERO)
        };
        let Some(line) = line else {
            return Err(Refusal::NoLine);
        };
        let row = &mut rows.credit.lines[line];
        let ceiling = credit::draw_ceiling(row, reservation);
        let amount = if partial { need.min(ceiling) } else { need };
        if amount.is_zero() {
            rows.take_hold(claim.visit);
            return Ok(Drawn { amount, holder, due: None });
        }
        let bill = claim.visit.bill(claim.point);
        let user = rows.first + member as u32;
        let draw = credit::draw(policy, row, reservation, amount, bill, user, today)?;
        let draw = draw.at(claim.hospital);
        rows.credit.holds.retain(|hold| hold.visit != claim.visit);
        rows.credit.draws.push(draw);
        Ok(Drawn { amount, holder, due: Some(draw.due_on()) })
    }

    /// Gives a reversed claim's money back to its line; returns what goes to the holder instead, who
    /// repaid that much already.
    pub(super) fn refund<S: Sink>(
        &self,
        rows: &mut GroupRows,
        bill: VisitId,
        holder: usize,
        amount: Fen,
        today: Day,
        sink: &mut S,
    ) -> Fen {
        let (Some(policy), false) = (self.policy, amount.is_zero()) else {
            return Fen::ZERO;
        };
        let holder = rows.first + holder as u32;
        let premium = policy.more.waterfall.patient_premium(amount);
        let (back, paid) = ((Role::PremiumIncome, holder), (Role::PremiumPaid, holder));
        transfer(sink, Code::Premium, back, paid, premium);
        let Some(at) = rows.draw_at(bill) else {
            let owed = (Role::LineReceivable, holder);
            transfer(sink, Code::ClaimReversed, owed, (Role::PersonCash, holder), amount);
            return amount;
        };
        let line = line_position(rows, at);
        let draw = &mut rows.credit.draws[at];
        let refund = credit::refund(policy, &mut rows.credit.lines[line], draw, amount, today);
        post_accrued(sink, holder, refund.accrued);
        let code = Code::ClaimReversed;
        let owed = (Role::LineReceivable, holder);
        transfer(sink, code, owed, (Role::PersonCash, holder), refund.to_person);
        transfer(sink, code, owed, (Role::Recovered, holder), refund.recovered);
        if refund.closed {
            rows.credit.draws.remove(at);
        }
        if rows.credit.lines[line].in_good_standing() {
            rows.set_blacklist((holder - rows.first) as usize, false);
        }
        refund.to_person
    }

    /// What a patient who pays today pays on a bill's draw: the whole draw inside the interest-free
    /// window or after a write-off, else all that has fallen due. Nothing when the draw is closed.
    pub fn asked(&self, rows: &GroupRows, bill: VisitId, today: Day) -> Fen {
        let (Some(policy), Some(at)) = (self.policy, rows.draw_at(bill)) else {
            return Fen::ZERO;
        };
        let draw = &rows.credit.draws[at];
        match draw.stage() {
            DrawStage::Free => credit::payoff(policy, draw, today),
            DrawStage::WrittenOff => draw.principal(),
            DrawStage::Instalments | DrawStage::Overdue | DrawStage::Cured => {
                credit::amount_due(policy, draw, today)
            }
        }
    }

    /// Takes a payment on a draw.
    pub(super) fn repay<S: Sink>(
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
        let paid = take_payment(rows, policy, at, (Role::PersonCash, offered), today, sink);
        Decision { cash: paid.principal + paid.charges + paid.recovered, ..paid }
    }
}

/// Takes a payment of the holder on a draw out of cash or the personal account, and says what it did; which
/// of the two gave it is the caller's to say.
pub(super) fn take_payment<S: Sink>(
    rows: &mut GroupRows,
    policy: &CreditPolicy,
    at: usize,
    (source, offered): (Role, Fen),
    today: Day,
    sink: &mut S,
) -> Decision {
    let holder = rows.credit.draws[at].holder();
    let line = line_position(rows, at);
    let draw = &mut rows.credit.draws[at];
    let paid = credit::pay(policy, &mut rows.credit.lines[line], draw, offered, today);
    post_accrued(sink, holder, paid.accrued);
    let from = (source, holder);
    let charges = paid.penalty + paid.interest;
    let on_line = charges + paid.principal;
    transfer(sink, Code::Repayment, from, (Role::LineReceivable, holder), on_line);
    transfer(sink, Code::Recovery, from, (Role::Recovered, holder), paid.recovered);
    let tick = next_look(policy, draw, today);
    if paid.closed {
        rows.credit.draws.remove(at);
    }
    if rows.credit.lines[line].in_good_standing() {
        rows.set_blacklist((holder - rows.first) as usize, false);
    }
    Decision {
        principal: paid.principal,
        recovered: paid.recovered,
        charges,
        handed_back: paid.left_over,
        closed: paid.closed,
        tick,
        ..Decision::default()
    }
}

/// A holder all of whose lines have run out or fallen too low in score takes no new reservation and no new
/// draw.
pub(super) fn unexpired(
    rows: &GroupRows,
    policy: &CreditPolicy,
    holder: usize,
) -> Result<usize, Refusal> {
    let still = |at: usize| rows.credit.lines[at].stands_still(policy, rows.last.day());
    let asked = rows.line_with(policy, holder, ANY_AMOUNT, ANY_AMOUNT);
    asked.and_then(still).map_or(Ok(holder), Err)
}

/// Where the scheme blacklists by hospital: whether a draw that this person made or answers for there
/// is past due for too long.
fn is_barred(rows: &GroupRows, policy: &CreditPolicy, member: usize, hospital: HospitalId) -> bool {
    let Some(from) = policy.sanctions.blacklist_from_dpd else { return false };
    if policy.more.delinquency.blacklist != BlacklistScope::Hospital {
        return false;
    }
    let person = rows.first + member as u32;
    rows.credit.draws.iter().any(|draw| {
        let own = draw.user() == person || draw.holder() == person;
        own && draw.hospital() == hospital && credit::dpd(draw, rows.last.day()) >= from
    })
}

/// What a line is asked for: the personal part that accounts and deposit leave, without what the line
/// may not pay.
fn line_part(claim: &Settle<'_>, means: Means, split: &Split) -> Fen {
    claim.tender(&Means { line: Fen(i64::from(u32::MAX)), ..means }, split).line
}

/// Makes a hold larger or smaller; a refusal leaves it as it was.
fn resize_hold(
    rows: &mut GroupRows,
    hold: usize,
    need: Fen,
    partial: bool,
) -> Result<(usize, Fen), Refusal> {
    let holder = usize::from(rows.credit.holds[hold].member());
    let Some(line) = rows.line_of_hold(&rows.credit.holds[hold]) else {
        return Err(Refusal::NoLine);
    };
    let row = &mut rows.credit.lines[line];
    let held = &mut rows.credit.holds[hold].amount;
    if need < *held {
        credit::release(row, *held - need);
        *held = need;
    } else if need > *held {
        let more = need - *held;
        let more = if partial { more.min(credit::free_limit(row)) } else { more };
        if !more.is_zero() {
            credit::reserve(row, more)?;
            *held += more;
        }
    }
    Ok((holder, *held))
}

/// The line of an open draw.
pub(super) fn line_position(rows: &GroupRows, draw: usize) -> usize {
    let key = rows.credit.draws[draw].line_key();
    let found = rows.line_by_key(key);
    found.unwrap_or_else(|| panic!("invariant: line {key} of an open draw is there"))
}

/// Where a draw stands tonight and when it must be looked at again.
pub(super) fn next_look(policy: &CreditPolicy, draw: &credit::DrawRow, today: Day) -> TickEvents {
    TickEvents {
        dpd: credit::dpd(draw, today),
        principal: draw.principal(),
        on_plan: matches!(draw.stage(), DrawStage::Instalments | DrawStage::Cured),
        instalment: draw.instalment(),
        next: credit::next_event_day(policy, draw, today),
        ..TickEvents::default()
    }
}

pub(super) fn post_accrued<S: Sink>(sink: &mut S, holder: u32, accrued: Accrued) {
    let owed = (Role::LineReceivable, holder);
    transfer(sink, Code::Interest, owed, (Role::BankInterest, holder), accrued.interest);
    transfer(sink, Code::Penalty, owed, (Role::BankPenalty, holder), accrued.penalty);
}
