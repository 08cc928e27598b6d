//! An item given back after its bill was paid: its settlement is cancelled (2208) with those that stand on it, the
//! latest first, and they are settled again in their order without the item. Must never touch a bill of another visit,
//! nor one that was not paid: there the entry is taken out.

use super::{FINAL, Hand, SiteSink, Witness};
use crate::domain::Fen;
use crate::engine::{Body, ClaimRow, Decision, Funding, Settle};
use crate::metrics::RefundSums;

/// A paid bill of the visit: its point, the orders on it, how it was paid.
#[derive(Clone, Copy)]
struct Paid {
    point: u8,
    orders: u8,
    by: By,
}

/// How the own part of a bill was paid.
#[derive(Clone, Copy)]
enum By {
    Oneself,
    Line,
    Books,
}

/// Most bills of a visit: one an order and one at the end.
const MOST: usize = 5;

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Gives back what the visit gives back at its end.
    pub(super) fn give_back(&mut self) {
        let Some(back) = self.day.world.gives_back(&self.plan.want, self.day.replication) else {
            return;
        };
        let order = back.order.bit();
        if (self.state.held | self.state.collected) & order != 0 {
            self.state.given_back = order;
            return;
        }
        let (paid, bills) = self.paid();
        let paid = &paid[..bills];
        let Some(from) = paid.iter().position(|bill| bill.orders & order != 0) else { return };
        let mut sums = RefundSums { visits: 1, ..RefundSums::default() };
        let mut stands = paid.len();
        while stands > from {
            let cancelled = self.take_back(paid[stands - 1].point);
            if cancelled.refusal.is_some() {
                // Another visit's later bill stands on it.
                break;
            }
            stands -= 1;
            sums.cancelled += 1;
            count(&mut sums, &cancelled, 1);
        }
        let given_back = stands == from;
        if given_back {
            self.state.given_back = order;
        }
        for &bill in &paid[stands..] {
            if let Some(settled) = self.settle_again(bill) {
                count(&mut sums, &settled, -1);
            }
        }
        assert!(
            sums.gap().is_zero(),
            "invariant: visit {} gets back {sums:?}",
            self.plan.want.visit
        );
        if given_back {
            self.witness.given_back(&sums);
        }
    }

    /// Cancels the settlement of a point; the money goes back the way it came.
    pub(super) fn take_back(&mut self, point: u8) -> Decision {
        let purse = self.purse();
        let claim = Settle { purse: purse.as_ref(), ..self.settle_with(point, &[]) };
        self.send_claim(claim, Body::Reverse { visit: claim.visit, point: claim.point })
    }

    /// The visit's settled bills in the order in which they were settled.
    fn paid(&self) -> ([Paid; MOST], usize) {
        let mut paid = [Paid { point: 0, orders: 0, by: By::Oneself }; MOST];
        let mut bills = 0;
        for claim in self.rows.claims.iter().filter(|row| row.visit == self.plan.want.visit) {
            let points = 0..=FINAL;
            let Some(point) = points.into_iter().find(|&at| self.number(at) == claim.point) else {
                continue;
            };
            let orders = if point == FINAL { self.state.at_end } else { 1 << point };
            paid[bills] = Paid { point, orders, by: paid_by(claim) };
            bills += 1;
        }
        (paid, bills)
    }

    /// Whose line a bill that is cancelled was drawn on: the engine's answer to a cancellation does not name him.
    pub(super) fn holder_of_reversed(&self, body: &Body<'_>) -> Option<u8> {
        let Body::Reverse { visit, point } = *body else { return None };
        let same = |row: &&ClaimRow| row.visit == visit && row.point == point;
        self.rows.claims.iter().rfind(same).map(|row| row.holder)
    }

    /// Settles a cancelled bill again, paid as before; nothing where nothing is left of it.
    fn settle_again(&mut self, bill: Paid) -> Option<Decision> {
        self.write_lines(bill.orders);
        if self.lines.is_empty() {
            return None;
        }
        let deposit = Fen::ZERO;
        let funding = match bill.by {
            By::Oneself => Funding::Own { deposit },
            By::Line => Funding::Line { partial: false, deposit },
            By::Books => Funding::Receivable { deposit },
        };
        let settled = self.claim(bill.orders, bill.point, funding);
        if settled.refusal.is_none() {
            return Some(settled);
        }
        // The line bears no new draw any more today.
        Some(self.claim(bill.orders, bill.point, Funding::Own { deposit }))
    }
}

fn paid_by(claim: &ClaimRow) -> By {
    if !claim.tender.line.is_zero() {
        By::Line
    } else if claim.tender.receivable.is_zero() {
        By::Oneself
    } else {
        By::Books
    }
}

/// Adds (1) what a cancellation gives back, or takes off (-1) what is settled again.
fn count(sums: &mut RefundSums, decision: &Decision, sign: i64) {
    let signed = |amount: Fen| Fen(amount.0 * sign);
    sums.total += signed(decision.total);
    sums.funds += signed(decision.total - decision.person);
    sums.lines += signed(decision.line);
    sums.books += signed(decision.receivable);
    sums.patients += signed(decision.person - decision.line - decision.receivable);
}
