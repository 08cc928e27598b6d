//! The auditor's report on a store: what was re-added and what did not agree. Must never mend anything.

use crate::domain::Fen;
use crate::ledger::{Audit, Role};
use crate::wire::{Reader, WireError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Faults that are spelled out; the rest is only counted.
const SPELLED_OUT: usize = 8;

/// The books of a store, re-added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport {
    /// Commands decided since the books were opened.
    pub commands: u64,
    /// Postings made.
    pub postings: u64,
    /// Absolute imbalances of all commands, fen; 0 when the books balance.
    pub ledger_imbalance_fen: i64,
    /// Disagreements found (an unbalanced command counts as one).
    pub faults: u64,
    /// The first of them in words.
    pub findings: Vec<String>,
    /// Sum of each role's legs, in the order of `Role::ALL`.
    #[schemars(with = "Vec<String>")]
    pub totals: Vec<Fen>,
    /// Draws not closed.
    pub open_draws: u64,
    /// Keys remembered.
    pub keys: u64,
}

impl AuditReport {
    /// Whether everything agreed.
    pub fn sound(&self) -> bool {
        self.faults == 0 && self.ledger_imbalance_fen == 0
    }

    /// What was booked since an earlier report of the same books.
    pub fn since(mut self, before: &AuditReport) -> AuditReport {
        self.commands -= before.commands.min(self.commands);
        self.postings -= before.postings.min(self.postings);
        for (total, earlier) in self.totals.iter_mut().zip(&before.totals) {
            *total -= *earlier;
        }
        self
    }

    /// Sum of one role's legs.
    pub fn total(&self, role: Role) -> Fen {
        self.totals.get(role as usize).copied().unwrap_or(Fen::ZERO)
    }
}

/// Collects findings.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) count: u64,
    pub(super) findings: Vec<String>,
}

impl Faults {
    pub(super) fn push(&mut self, finding: String) {
        self.count += 1;
        if self.findings.len() < SPELLED_OUT {
            self.findings.push(finding);
        }
    }
}

/// What the ledger had summed when an image was taken; the audit goes on from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) totals: [i64; Role::COUNT],
    pub(super) commands: u64,
    pub(super) postings: u64,
    pub(super) imbalance_fen: i64,
}

impl Default for Base {
    fn default() -> Base {
        Base { totals: [0; Role::COUNT], commands: 0, postings: 0, imbalance_fen: 0 }
    }
}

impl Base {
    /// This base with what an audit has seen since.
    pub(super) fn plus(&self, audit: &Audit) -> Base {
        let mut sum = self.clone();
        for (total, more) in sum.totals.iter_mut().zip(audit.totals()) {
            *total += more;
        }
        sum.commands += audit.commands();
        sum.postings += audit.postings();
        sum.imbalance_fen += audit.imbalance_fen();
        sum
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.totals.iter().for_each(|total| out.extend_from_slice(&total.to_le_bytes()));
        out.extend_from_slice(&self.commands.to_le_bytes());
        out.extend_from_slice(&self.postings.to_le_bytes());
        out.extend_from_slice(&self.imbalance_fen.to_le_bytes());
    }

    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Base, WireError> {
        let mut base = Base::default();
        for total in &mut base.totals {
            *total = reader.i64()?;
        }
        base.commands = reader.u64()?;
        base.postings = reader.u64()?;
        base.imbalance_fen = reader.i64()?;
        Ok(base)
    }
}
