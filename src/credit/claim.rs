//! A claim on the credit insurer for a draw that is long past due and still on the books: what the insurer
//! pays ahead of the write-off, how the patient's later payments come back to it, and what is left to
//! share at the write-off. Must never let the insurer hold more than the draw still owes.

use super::loss::{BEARERS, Bearer, LossShares, insured_part, share_after_insurer, share_recovery};
use super::spec::CreditPolicy;
use crate::domain::Fen;

/// An open claim on one draw; a draw has one claim in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    principal: Fen,
    advanced: Fen,
}

/// Whether the insurer is asked for its part of a draw so many days past due.
pub fn claim_due(policy: &CreditPolicy, dpd: u16) -> bool {
    policy.more.waterfall.claim_from_dpd.is_some_and(|from| dpd >= from)
}

impl Claim {
    /// The insurer pays its part of the principal that is owed now, within its deductible, its share and
    /// what its yearly limit has left. The claim against the patient passes to it as far as it paid.
    pub fn file(policy: &CreditPolicy, principal: Fen, insurer_paid_this_year: Fen) -> Claim {
        assert!(principal > Fen::ZERO, "invariant: a claim on a draw that owes {principal}");
        let advanced = insured_part(&policy.loss, principal, insurer_paid_this_year);
        Claim { principal, advanced }
    }

    /// What the insurer has paid on the draw and not got back.
    pub fn advanced(&self) -> Fen {
        self.advanced
    }

    /// Principal has come in: it goes to insurer and bank in the order of recoveries, as far as each
    /// bears the draw. Returns the insurer's part.
    pub fn bring_to(&mut self, policy: &CreditPolicy, principal_left: Fen) -> Fen {
        let paid = self.principal - principal_left;
        assert!(paid >= Fen::ZERO, "invariant: a draw under claim grew by {}", -paid);
        let mut borne = [Fen::ZERO; BEARERS];
        borne[Bearer::Insurer as usize] = self.advanced;
        borne[Bearer::Bank as usize] = self.principal - self.advanced;
        let back = share_recovery(policy.more.waterfall.order(), paid, &borne);
        let back = back[Bearer::Insurer as usize];
        self.principal = principal_left;
        self.advanced -= back;
        back
    }

    /// The shares of what is written off: the insurer's is what it has paid already, the rest goes down the
    /// layers and weights. `paid` is what each bearer has paid this year.
    pub fn write_off(&self, policy: &CreditPolicy, paid: &[Fen; BEARERS]) -> LossShares {
        share_after_insurer(policy, self.principal, self.advanced, paid)
    }
}
