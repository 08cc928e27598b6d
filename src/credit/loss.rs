//! Who bears a loss. Must never keep a running total: the year's payments come in, the shares go
//! out.

use super::spec::LossRules;
use crate::domain::{Fen, allot};

/// The shares of one loss; they sum to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossShares {
    /// Credit insurer.
    pub insurer: Fen,
    /// Hospital.
    pub hospital: Fen,
    /// Public risk pool.
    pub risk_pool: Fen,
    /// Bank.
    pub bank: Fen,
}

impl LossShares {
    /// The loss that was shared.
    pub fn total(&self) -> Fen {
        self.insurer + self.hospital + self.risk_pool + self.bank
    }
}

/// Shares one loss: the insurer pays its share above the deductible until the year's aggregate
/// limit is used up; bank, hospital and risk pool bear the rest by weight.
pub fn share_loss(rules: &LossRules, loss: Fen, insurer_paid_this_year: Fen) -> LossShares {
    let covered = (loss - rules.insurer_deductible).at_least_zero();
    let limit_left = (rules.insurer_limit_year - insurer_paid_this_year).at_least_zero();
    let insurer = rules.insurer_share.of(covered).min(limit_left);
    let [bank, hospital, risk_pool] = allot(loss - insurer, rules.rest_weights);
    LossShares { insurer, hospital, risk_pool, bank }
}
