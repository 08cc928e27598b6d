//! Who bears a loss. Must never keep a running total: the year's payments come in, the shares go
//! out.

use super::spec::{CreditPolicy, LossRules};
use crate::domain::{Fen, allot};

/// Who may bear a part of a loss; the number is the place in lists of bearers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Bearer {
    /// Credit insurer.
    Insurer = 0,
    /// Hospital.
    Hospital = 1,
    /// Public risk pool.
    RiskPool = 2,
    /// Bank.
    Bank = 3,
    /// Guarantor.
    Guarantor = 4,
}

/// Number of bearers.
pub const BEARERS: usize = 5;

impl Bearer {
    /// Every bearer in order.
    pub const ALL: [Bearer; BEARERS] =
        [Bearer::Insurer, Bearer::Hospital, Bearer::RiskPool, Bearer::Bank, Bearer::Guarantor];
}

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
    /// Guarantor.
    pub guarantor: Fen,
}

impl LossShares {
    /// The loss that was shared.
    pub fn total(&self) -> Fen {
        self.by_bearer().into_iter().sum()
    }

    /// The shares in the order of `Bearer`.
    pub fn by_bearer(&self) -> [Fen; BEARERS] {
        [self.insurer, self.hospital, self.risk_pool, self.bank, self.guarantor]
    }

    fn add(&mut self, bearer: Bearer, amount: Fen) {
        let share = match bearer {
            Bearer::Insurer => &mut self.insurer,
            Bearer::Hospital => &mut self.hospital,
            Bearer::RiskPool => &mut self.risk_pool,
            Bearer::Bank => &mut self.bank,
            Bearer::Guarantor => &mut self.guarantor,
        };
        *share += amount;
    }
}

/// Shares one loss: the insurer pays its share above the deductible until the year's aggregate
/// limit is used up; bank, hospital and risk pool bear the rest by weight.
pub fn share_loss(rules: &LossRules, loss: Fen, insurer_paid_this_year: Fen) -> LossShares {
    let insurer = insured_part(rules, loss, insurer_paid_this_year);
    let mut shares = LossShares { insurer, ..LossShares::default() };
    share_rest(rules, loss - insurer, &mut shares);
    shares
}

pub(super) fn insured_part(rules: &LossRules, loss: Fen, paid_this_year: Fen) -> Fen {
    let covered = (loss - rules.insurer_deductible).at_least_zero();
    let limit_left = (rules.insurer_limit_year - paid_this_year).at_least_zero();
    rules.insurer_share.of(covered).min(limit_left)
}

fn share_rest(rules: &LossRules, rest: Fen, shares: &mut LossShares) {
    let [bank, hospital, risk_pool] = allot(rest, rules.rest_weights);
    shares.add(Bearer::Bank, bank);
    shares.add(Bearer::Hospital, hospital);
    shares.add(Bearer::RiskPool, risk_pool);
}

/// Shares one loss down the whole waterfall: the insurer, the layers in their order, the weights.
/// `paid` is what each bearer has paid this year, in the order of `Bearer`.
pub fn share_down(policy: &CreditPolicy, loss: Fen, paid: &[Fen; BEARERS]) -> LossShares {
    let insurer = insured_part(&policy.loss, loss, paid[Bearer::Insurer as usize]);
    share_after_insurer(policy, loss, insurer, paid)
}

/// Shares what the insurer leaves of a loss: the layers in their order, then the weights.
pub(super) fn share_after_insurer(
    policy: &CreditPolicy,
    loss: Fen,
    insurer: Fen,
    paid: &[Fen; BEARERS],
) -> LossShares {
    let mut shares = LossShares { insurer, ..LossShares::default() };
    let mut rest = loss - insurer;
    for layer in &policy.more.waterfall.layers {
        let taken = paid[layer.bearer as usize] + shares.by_bearer()[layer.bearer as usize];
        let left = (layer.limit_year - taken).at_least_zero();
        let part = layer.share.of(rest).min(layer.limit_each).min(left);
        shares.add(layer.bearer, part);
        rest -= part;
    }
    share_rest(&policy.loss, rest, &mut shares);
    shares
}

/// Gives a recovery back: the named bearers in their order up to what they bear, then all others in
/// proportion to what they bear. Nobody gets back more than it bears; `recovered` must not exceed
/// the sum.
pub fn share_recovery(order: &[Bearer], recovered: Fen, borne: &[Fen; BEARERS]) -> [Fen; BEARERS] {
    let mut back = [Fen::ZERO; BEARERS];
    let mut left = recovered;
    for &bearer in order {
        let bears = borne[bearer as usize] - back[bearer as usize];
        let part = left.min(bears.at_least_zero());
        back[bearer as usize] += part;
        left -= part;
    }
    if !left.is_zero() {
        let weights: [u64; BEARERS] =
            std::array::from_fn(|at| (borne[at] - back[at]).at_least_zero().0 as u64);
        for (back, part) in back.iter_mut().zip(allot(left, weights)) {
            *back += part;
        }
    }
    back
}
