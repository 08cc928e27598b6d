//! What it takes patients and clerks to show what other payers owe. Must never hold a price of a minute.

use serde::{Deserialize, Serialize};

/// Stays of one arm to which payers beyond basic insurance owe something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitlementSums {
    /// Stays whose bill was settled.
    pub stays: u64,
    /// Those of them to which another payer owed something.
    pub entitled: u64,
    /// Payers beyond basic insurance, added over stays.
    pub payers: u64,
    /// Counters at which the patient showed his entitlement.
    pub counters: u64,
    /// Minutes of patients.
    pub patient_min: u64,
    /// Minutes of clerks.
    pub clerk_min: u64,
}

impl EntitlementSums {
    /// Adds another block's sums.
    pub fn merge(&mut self, other: &EntitlementSums) {
        self.stays += other.stays;
        self.entitled += other.entitled;
        self.payers += other.payers;
        self.counters += other.counters;
        self.patient_min += other.patient_min;
        self.clerk_min += other.clerk_min;
    }
}
