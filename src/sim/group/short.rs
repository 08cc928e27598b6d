//! What a visit's money comes to beside what its patient has at hand. Must never decide how it is paid.

use super::super::finance::OfLine;
use super::{BILLS_A_DAY, Hand, SiteSink, TESTS, Witness};
use crate::credit;
use crate::domain::{CostCause, Fen};
use crate::engine::{Body, Decision, Settle};

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Notes what a settlement, or taking one back, does to the patient's own money.
    pub(super) fn note_money(&mut self, claim: &Settle<'_>, body: &Body<'_>, decision: &Decision) {
        if self.day.world.other_finance().is_none() || decision.refusal.is_some() {
            return;
        }
        let (sign, deposit) = match body {
            Body::Settle { funding, .. } => (1, funding.deposit() - decision.handed_back),
            Body::Reverse { .. } => (-1, Fen::ZERO),
            _ => return,
        };
        let own = Fen(sign * (decision.cash + deposit).0);
        // A cancellation has no lines: nothing of its bill is left outside.
        let outside = self.day.outside_the_line(claim);
        let short = &mut self.state.short;
        short.own += own;
        short.on_line += Fen(sign * decision.line.0);
        short.outside[usize::from(claim.point % BILLS_A_DAY)] = outside;
        short.tests += if claim.point == TESTS { own } else { Fen::ZERO };
    }

    /// Notes what the line of a holder could bear of this visit or stay.
    pub(super) fn note_line(&mut self, holder: usize) {
        let world = self.day.world;
        let policy = world.arms[self.day.arm].engine.policy;
        let covered = policy.is_some_and(|policy| credit::covers(policy, self.care()).is_ok());
        let visit = self.plan.want.visit;
        let ill = || world.cause(visit, self.day.replication) == CostCause::Illness;
        if world.other_finance().is_none() || !covered || !ill() {
            return;
        }
        let Some(at) = self.rows.line_of(holder) else { return };
        let line = &self.rows.credit.lines[at];
        let holds = self.rows.credit.holds.iter().filter(|hold| hold.visit == visit);
        let held: Fen = holds.map(|hold| hold.amount).sum();
        let free = credit::free_limit(line) + held;
        self.state.short.line = Some(OfLine { free, drawn: line.draws() > 0 });
    }
}
