//! Instalment plans, exact to the fen: each line rounded half up, the last line clears the
//! principal. Must never meet a float; effective rates for disclosure are in `risk`.

use super::spec::InstalmentMethod;
use crate::domain::{Day, Fen, Ratio};
use rust_decimal::{Decimal, RoundingStrategy};

/// One line of a repayment plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// Number of the line, from 1.
    pub number: u16,
    /// Payment: principal + interest (or fee).
    pub payment: Fen,
    /// Principal in the payment.
    pub principal: Fen,
    /// Interest or fee in the payment.
    pub interest: Fen,
    /// Principal left after the payment.
    pub balance: Fen,
    /// Due day.
    pub due: Day,
}

/// What defines a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) principal: Fen,
    pub(super) rate_year: Ratio,
    pub(super) months: u16,
    pub(super) method: InstalmentMethod,
}

/// A repayment plan over `months` monthly lines, the first on `first_due`, the k-th on the same day
/// of the month k − 1 months later (or that month's last day). `rate_year` is read as `method`
/// says.
pub fn schedule(
    principal: Fen,
    rate_year: Ratio,
    months: u16,
    method: InstalmentMethod,
    first_due: Day,
) -> Vec<PlanLine> {
    let terms = Terms { principal, rate_year, months, method };
    let mut balance = principal;
    let line = |number: u16| {
        let (principal, interest) = line_of_plan(&terms, balance, number);
        balance -= principal;
        let payment = principal + interest;
        let due = first_due.plus_months(i32::from(number) - 1);
        PlanLine { number, payment, principal, interest, balance, due }
    };
    (1..=months).map(line).collect()
}

/// A plan settled for good before its end, every line due by then having been paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlyPayoff {
    /// Payments due by the day, paid as planned (the day's own line among them).
    pub paid_by_plan: Fen,
    /// What is asked on the day besides: the principal that is left.
    pub payoff: Fen,
    /// Interest or fee that the rest of the plan would have cost.
    pub interest_saved: Fen,
}

/// Settles a plan on `day`. As with `payoff` on a draw, interest of lines not yet due is not asked,
/// nor any for the days since the last one.
pub fn pay_off_early(principal: Fen, plan: &[PlanLine], day: Day) -> EarlyPayoff {
    let due = plan.partition_point(|line| line.due <= day);
    let (paid, open) = plan.split_at(due);
    EarlyPayoff {
        paid_by_plan: paid.iter().map(|line| line.payment).sum(),
        payoff: paid.last().map_or(principal, |line| line.balance),
        interest_saved: open.iter().map(|line| line.interest).sum(),
    }
}

/// Principal and interest of line `number` when `balance` is still to fall due.
pub(super) fn line_of_plan(terms: &Terms, balance: Fen, number: u16) -> (Fen, Fen) {
    let rate_month = terms.rate_year.divided_by(12);
    let interest = match terms.method {
        InstalmentMethod::Annuity | InstalmentMethod::EqualPrincipal => rate_month.of(balance),
        InstalmentMethod::FlatFee => rate_month.of(terms.principal),
    };
    if number >= terms.months {
        return (balance, interest);
    }
    let principal = match terms.method {
        InstalmentMethod::Annuity => (level_payment(terms) - interest).at_least_zero(),
        InstalmentMethod::EqualPrincipal | InstalmentMethod::FlatFee => {
            Ratio::new(1, i64::from(terms.months)).of(terms.principal)
        }
    };
    (principal.min(balance), interest)
}

/// The annuity payment P·i·q/(q − 1), q = (1 + i)^n, in 28 significant digits, rounded half up at
/// the fen.
fn level_payment(terms: &Terms) -> Fen {
    if terms.rate_year.is_zero() {
        return Ratio::new(1, i64::from(terms.months)).of(terms.principal);
    }
    let rate = terms.rate_year.divided_by(12).to_decimal();
    let growth = (0..terms.months).fold(Decimal::ONE, |power, _| power * (Decimal::ONE + rate));
    let exact = Decimal::from(terms.principal.0) * (rate * growth / (growth - Decimal::ONE));
    let fen = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    Fen(i64::try_from(fen.mantissa()).unwrap_or_else(|_| {
        panic!("invariant: an instalment of {} fits 64-bit fen", terms.principal)
    }))
}
