//! Entries of a visit for one bill at the end that are taken out again before it is made. Must never take back a
//! bill that was settled.

use super::{Hand, SiteSink, Witness};

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Takes a point's entry out; a line that then holds nothing is let go.
    pub(super) fn strike(&mut self, point: u8) {
        self.state.held &= !(1 << point);
        self.state.collected &= !(1 << point);
        if self.state.held == 0 {
            self.release();
        }
    }
}
