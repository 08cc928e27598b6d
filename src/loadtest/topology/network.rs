//! The network that all hospitals share on their way to the core: its gateway lets so many messages through at
//! a time, more wait, and what finds no room is turned away. Must never let a message through twice.

use super::parts::Entered;
use super::run::{Event, Run};

impl Run<'_, '_> {
    /// Where a hospital's message comes to: the network, or the core where none stands between.
    pub(super) fn first_stop(&self, call: usize) -> Event {
        if self.network.is_some() { Event::AtNetwork(call) } else { Event::AtCore(call) }
    }

    /// A message comes to the gateway.
    pub(super) fn at_network(&mut self, call: usize) {
        let Some(pool) = &mut self.network else { return };
        match pool.enter(call, self.now_us) {
            Entered::Served => self.serve_network(call),
            Entered::Waits => {}
            Entered::Full => self.turned_away_by_core(call),
        }
    }

    /// A message is through.
    pub(super) fn network_served(&mut self, call: usize) {
        let next = self.network.as_mut().and_then(|pool| pool.leave(self.now_us));
        if let Some(next) = next {
            self.serve_network(next);
        }
        self.agenda.at(self.now_us, Event::AtCore(call));
    }

    fn serve_network(&mut self, call: usize) {
        let Some(system) = &self.topology.network else { return };
        let until = self.service(call, 7, system);
        self.agenda.at(until, Event::NetworkServed(call));
    }
}
