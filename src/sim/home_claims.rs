//! Bills of people who are insured in another pooling area: what they pay here, and how long their own money is
//! locked until the place of insurance pays it back. Must never post money: what happens at home is not the city's.

use super::city_view::World;
use crate::credit::due_day;
use crate::domain::Day;
use crate::engine::Decision;
use crate::metrics::Elsewhere;

impl World<'_> {
    /// A bill that was settled, or reversed, on a day in one arm. A line keeps the patient's money free until the
    /// draw's due day; a bill that nobody has paid is not reimbursed.
    pub(super) fn elsewhere(&self, arm: usize, day: Day, decision: &Decision) -> Elsewhere {
        let (own, on_line) = (decision.person, decision.line);
        let bill = Elsewhere { claims: 1, own, on_line, ..Elsewhere::default() };
        let Some(home) = self.scenario.claims_at_home else { return bill };
        let to_come = home.reimbursed.of(own - decision.receivable);
        let from_line = home.reimbursed.of(on_line);
        let policy = self.arms[arm].engine.policy;
        let free = policy.map_or(0, |policy| i64::from(due_day(policy.free_window, day) - day));
        let days = i64::from(home.paid_after_days);
        let locked = (to_come - from_line).0 * days + from_line.0 * (days - free).max(0);
        Elsewhere { to_come, locked_fen_days: locked, ..bill }
    }
}
