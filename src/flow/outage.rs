//! Hours in which the settlement core or the network is down: payers go to windows. Must never guess at
//! load: a schedule is data.

use super::regime::Channel;
use crate::domain::Ms;
use serde::{Deserialize, Serialize};

/// What is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// The settlement core: no insured bill and no line is settled at once.
    Core,
    /// The network: no phone and no kiosk works either.
    Network,
}

/// An outage of one site's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Begins, ms from midnight.
    pub from_ms: Ms,
    /// Is over.
    pub to_ms: Ms,
    /// What is down.
    pub down: Down,
    /// Added to each payment that it sends to a window: the bill is written by hand, ms.
    pub window_extra_ms: Ms,
}

impl Outage {
    /// The channel in this outage of a payment that would go by `up`, and by `down` without the core.
    pub(super) const fn channel(&self, down: Channel) -> Channel {
        match (self.down, down) {
            (Down::Network, Channel::None | Channel::DischargeDesk | Channel::Window)
            | (Down::Core, _) => down,
            (Down::Network, _) => Channel::Window,
        }
    }
}

/// The outage under way at an instant.
#[inline]
pub(super) fn at(outages: &[Outage], now: Ms) -> Option<usize> {
    outages.iter().position(|outage| outage.from_ms <= now && now < outage.to_ms)
}

/// Counts of outages over hospital-days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageStats {
    /// Outages of sites.
    pub outages: u64,
    /// Payments sent to a window that would have gone otherwise.
    pub payments: u64,
    /// Visits with such a payment.
    pub visits: u64,
    /// Their waits at windows, ms.
    pub wait_ms: u64,
    /// From the end of an outage until the last payment that it sent to a window begins, added over
    /// outages, ms.
    pub recovery_sum_ms: u64,
    /// The longest of these, ms.
    pub recovery_max_ms: u64,
}

impl OutageStats {
    /// Adds another day's or site's counts.
    pub fn merge(&mut self, other: &OutageStats) {
        self.outages += other.outages;
        self.payments += other.payments;
        self.visits += other.visits;
        self.wait_ms += other.wait_ms;
        self.recovery_sum_ms += other.recovery_sum_ms;
        self.recovery_max_ms = self.recovery_max_ms.max(other.recovery_max_ms);
    }

    /// Counts outages that are over, with the last start of a payment that each sent to a window.
    pub(super) fn count(&mut self, outages: &[Outage], last_start_ms: &[Ms]) {
        for (outage, &last) in outages.iter().zip(last_start_ms) {
            let recovery = u64::from(last.saturating_sub(outage.to_ms));
            self.outages += 1;
            self.recovery_sum_ms += recovery;
            self.recovery_max_ms = self.recovery_max_ms.max(recovery);
        }
    }
}
