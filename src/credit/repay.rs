//! Money that comes in on a draw: payments by the hierarchy penalty → interest → principal, refunds
//! of reversed claims, recoveries after a write-off. Must never keep a fen that was not owed.

use super::draw::{Accrued, DrawRow, DrawStage, bring_to};
use super::line::LineRow;
use super::spec::CreditPolicy;
use crate::domain::{Day, Fen};

/// Where a payment went. `penalty + interest + principal + recovered + left_over` is the amount
/// paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// Charges booked by the passing of days before the payment.
    pub accrued: Accrued,
    /// Paid on penalty.
    pub penalty: Fen,
    /// Paid on interest.
    pub interest: Fen,
    /// Paid on principal.
    pub principal: Fen,
    /// Paid on the claim of a written-off draw.
    pub recovered: Fen,
    /// Not owed: goes back to the payer.
    pub left_over: Fen,
    /// Whether nothing is past due on this draw any more, after something was. When the line is in
    /// good standing too (`LineRow::in_good_standing`), a blacklisting is lifted.
    pub cured: bool,
    /// Whether nothing is owed on this draw any more; the row may be dropped.
    pub closed: bool,
    /// Whether the line came out of a freeze.
    pub unfrozen: bool,
    /// The new limit, if on-time repayment raised it.
    pub raised_to: Option<Fen>,
}

/// Where the money of a reversed claim went. The five amounts sum to the refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refund {
    /// Charges booked by the passing of days before the refund.
    pub accrued: Accrued,
    /// Taken off the principal.
    pub principal: Fen,
    /// Taken off the claim of a written-off draw.
    pub recovered: Fen,
    /// Taken off interest.
    pub interest: Fen,
    /// Taken off penalty.
    pub penalty: Fen,
    /// For the person, who has repaid that much already.
    pub to_person: Fen,
    /// Whether nothing is past due on this draw any more, after something was. When the line is in
    /// good standing too (`LineRow::in_good_standing`), a blacklisting is lifted.
    pub cured: bool,
    /// Whether nothing is owed on this draw any more; the row may be dropped.
    pub closed: bool,
    /// Whether the line came out of a freeze.
    pub unfrozen: bool,
}

/// What an auto-debit asks on `day`: all that has fallen due, with penalty to that day.
pub fn amount_due(policy: &CreditPolicy, draw: &DrawRow, day: Day) -> Fen {
    let mut then = *draw;
    then.accrue(policy, day);
    then.due_now()
}

/// What settles the draw for good on `day`. Interest of instalments not yet due is not asked.
pub fn payoff(policy: &CreditPolicy, draw: &DrawRow, day: Day) -> Fen {
    let mut then = *draw;
    then.accrue(policy, day);
    then.outstanding()
}

/// Takes `amount` in: penalty, interest, principal due, then principal not yet due (which shortens
/// the plan). On a draw that closes without ever having been missed the on-time run grows.
pub fn pay(
    policy: &CreditPolicy,
    line: &mut LineRow,
    draw: &mut DrawRow,
    amount: Fen,
    day: Day,
) -> Payment {
    assert!(amount >= Fen::ZERO, "invariant: visit {} is repaid {amount}", draw.visit);
    let accrued = bring_to(policy, line, draw, day);
    if draw.stage() == DrawStage::WrittenOff {
        return recover(line, draw, amount);
    }
    check_due_days_were_closed(draw, day);
    let base = draw.penalty_base();
    let never_missed = matches!(draw.stage(), DrawStage::Free | DrawStage::Instalments);
    let mut purse = Purse(amount);
    let (penalty, interest, principal) = if principal_first(policy, draw, day) {
        let due = take_principal_up_to(line, draw, &mut purse, draw.due_principal());
        let interest = purse.take(&mut draw.interest);
        let penalty = purse.take(&mut draw.penalty);
        (penalty, interest, due + take_principal(line, draw, &mut purse))
    } else {
        let penalty = purse.take(&mut draw.penalty);
        let interest = purse.take(&mut draw.interest);
        (penalty, interest, take_principal(line, draw, &mut purse))
    };
    line.clear_charges(penalty + interest);
    let end = settle(policy, line, draw, base, day);
    let on_time = end.closed && never_missed;
    let raised_to = if on_time {
        let raised = line.count_on_time(&policy.limits, policy.more.limits.score_on_time);
        line.follow_score(policy);
        raised
    } else {
        None
    };
    Payment {
        accrued,
        penalty,
        interest,
        principal,
        recovered: Fen::ZERO,
        left_over: purse.0,
        cured: end.cured,
        closed: end.closed,
        unfrozen: end.unfrozen,
        raised_to,
    }
}

/// Gives the money of a reversed claim back: it undoes principal first (due before not yet due),
/// then charges; the rest is the person's. Charges already booked are not recomputed. A refund is
/// no repayment: the on-time run stays.
pub fn refund(
    policy: &CreditPolicy,
    line: &mut LineRow,
    draw: &mut DrawRow,
    amount: Fen,
    day: Day,
) -> Refund {
    assert!(amount >= Fen::ZERO, "invariant: visit {} is refunded {amount}", draw.visit);
    let accrued = bring_to(policy, line, draw, day);
    if draw.stage() == DrawStage::WrittenOff {
        let Payment { recovered, left_over, cured, closed, unfrozen, .. } =
            recover(line, draw, amount);
        let to_person = left_over;
        return Refund { recovered, to_person, cured, closed, unfrozen, ..Refund::default() };
    }
    check_due_days_were_closed(draw, day);
    let base = draw.penalty_base();
    let mut purse = Purse(amount);
    let principal = take_principal(line, draw, &mut purse);
    let interest = purse.take(&mut draw.interest);
    let penalty = purse.take(&mut draw.penalty);
    line.clear_charges(interest + penalty);
    let end = settle(policy, line, draw, base, day);
    Refund {
        accrued,
        principal,
        recovered: Fen::ZERO,
        interest,
        penalty,
        to_person: purse.0,
        cured: end.cured,
        closed: end.closed,
        unfrozen: end.unfrozen,
    }
}

/// Long-overdue draws: principal before charges, where the policy says so.
fn principal_first(policy: &CreditPolicy, draw: &DrawRow, day: Day) -> bool {
    let from = policy.more.repayment.principal_first_from_dpd;
    from.is_some_and(|from| super::late::dpd(draw, day) >= from)
}

fn take_principal_up_to(
    line: &mut LineRow,
    draw: &mut DrawRow,
    purse: &mut Purse,
    most: Fen,
) -> Fen {
    let kept = Purse(purse.0 - purse.0.min(most));
    purse.0 -= kept.0;
    let principal = take_principal(line, draw, purse);
    purse.0 += kept.0;
    principal
}

fn take_principal(line: &mut LineRow, draw: &mut DrawRow, purse: &mut Purse) -> Fen {
    let principal = purse.take(&mut draw.principal);
    draw.due_principal = (draw.due_principal() - principal).at_least_zero().packed();
    line.reduce_principal(principal);
    principal
}

/// A draw with something due since an earlier day must have been made overdue by `fall_due` on that
/// day.
fn check_due_days_were_closed(draw: &DrawRow, day: Day) {
    let waits = draw.stage() != DrawStage::Overdue && !draw.due_now().is_zero();
    assert!(
        !waits || day <= draw.overdue_since(),
        "invariant: visit {} fell due on {} and nobody closed that day",
        draw.visit,
        draw.overdue_since(),
    );
}

struct End {
    cured: bool,
    closed: bool,
    unfrozen: bool,
}

/// After money came in: starts penalty on the new base, ends an episode, closes the draw.
fn settle(
    policy: &CreditPolicy,
    line: &mut LineRow,
    draw: &mut DrawRow,
    base_before: Fen,
    day: Day,
) -> End {
    let cured = draw.stage() == DrawStage::Overdue && draw.due_now().is_zero();
    if cured {
        draw.stage = DrawStage::Cured;
        draw.end_episode();
        line.overdue_draws -= 1;
    } else if draw.penalty_base() != base_before {
        draw.rebase(day);
    }
    let closed = draw.outstanding().is_zero();
    if closed {
        line.open_draws -= 1;
    }
    let unfrozen = cured && line.unfreeze();
    let restriction = policy.sanctions.restriction_days;
    if unfrozen && restriction > 0 {
        line.restrict_until(day + i32::from(restriction));
    }
    End { cured, closed, unfrozen }
}

fn recover(line: &mut LineRow, draw: &mut DrawRow, amount: Fen) -> Payment {
    let mut purse = Purse(amount);
    let was_open = draw.principal > 0;
    let recovered = purse.take(&mut draw.principal);
    draw.due_principal = draw.principal;
    let closed = draw.principal == 0;
    if closed && was_open {
        line.written_off_draws -= 1;
    }
    Payment {
        recovered,
        left_over: purse.0,
        cured: closed && was_open,
        closed,
        unfrozen: line.unfreeze(),
        ..Payment::default()
    }
}

/// Money on its way into a row.
struct Purse(Fen);

impl Purse {
    /// Pays as much of `owed` as the purse holds.
    fn take(&mut self, owed: &mut u32) -> Fen {
        let paid = self.0.min(Fen::unpacked(*owed));
        *owed -= paid.packed();
        self.0 -= paid;
        paid
    }
}
