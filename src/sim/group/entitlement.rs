//! At the end of a stay: which payers beyond basic insurance owe a part of the bill. Must never change who pays.

use super::{Hand, STAY, SiteSink, Witness};
use crate::settlement::Payer;

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Tells how many of them there are, where the scenario follows what it takes to show it.
    pub(super) fn show_entitlement(&mut self) {
        if self.day.world.scenario.entitlement.is_none() {
            return;
        }
        let stay = self.settle_with(STAY, &[]);
        let row =
            self.rows.claims.iter().rfind(|row| (row.visit, row.point) == (stay.visit, stay.point));
        let Some(row) = row else { return };
        let owes = |payer: &&Payer| !row.split.paid_by(**payer).is_zero();
        let payers = Payer::ALL.iter().filter(owes).count();
        self.witness.entitled(self.state.uses_line, payers as u64);
    }
}
