//! Claims on the credit insurer for draws that are still on the books: filed as draws pass the day that the
//! policy names, brought up to what patients have paid since, settled by the write-off.
//! Must never change a person's row: what patients paid is read from the draws.

use super::block::{Block, OfDraw};
use super::city_view::World;
use crate::credit::spec::CreditPolicy;
use crate::credit::{self, BEARERS, Bearer, Claim, DrawStage, LossShares};
use crate::domain::{Day, Fen, PersonId, VisitId};
use crate::ledger::{Audit, Code, Role, transfer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Claims of one arm over a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTotals {
    /// Draws for which a claim was filed.
    pub filed: u64,
    /// Paid by the insurer on draws still on the books.
    pub paid: Fen,
    /// Passed back to it out of patients' payments before a write-off.
    pub back: Fen,
}

/// The open claims of one arm.
#[derive(Debug, Default)]
pub(super) struct Claims {
    open: BTreeMap<u64, (u32, Claim)>,
    pub(super) totals: ClaimTotals,
}

impl Claims {
    /// Settles the claim on a draw that is written off: the shares of the loss and what of the insurer's is
    /// paid already, or `None` where no claim was filed.
    pub(super) fn write_off(
        &mut self,
        policy: &CreditPolicy,
        lost: OfDraw,
        paid: &[Fen; BEARERS],
        audit: &mut Audit,
    ) -> Option<(LossShares, Fen)> {
        let (holder, mut claim) = self.open.remove(&lost.bill.raw())?;
        self.pass_back(claim.bring_to(policy, lost.amount), holder, audit);
        let (held, bank) = ((Role::ClaimAdvances, holder), (Role::BankLoss, holder));
        transfer(audit, Code::InsurerClaim, held, bank, claim.advanced());
        Some((claim.write_off(policy, paid), claim.advanced()))
    }

    /// Passes on what patients paid on draws under claim since the last night.
    pub(super) fn bring_up(
        &mut self,
        world: &World<'_>,
        (blocks, arm): (&[Block], usize),
        policy: &CreditPolicy,
        audit: &mut Audit,
    ) {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|&bill, (holder, claim)| {
            let left = principal(world, (blocks, arm), *holder, bill);
            let back = claim.bring_to(policy, left);
            self.pass_back(back, *holder, audit);
            !left.is_zero()
        });
        self.open = open;
    }

    /// Files a claim for a draw that has none; the insurer pays at once.
    pub(super) fn file(
        &mut self,
        policy: &CreditPolicy,
        draw: OfDraw,
        paid: &mut [Fen; BEARERS],
        audit: &mut Audit,
    ) {
        if self.open.contains_key(&draw.bill.raw()) {
            return;
        }
        let insurer = &mut paid[Bearer::Insurer as usize];
        let claim = Claim::file(policy, draw.amount, *insurer);
        let advanced = claim.advanced();
        *insurer += advanced;
        self.totals.filed += 1;
        self.totals.paid += advanced;
        let (loss, held) = ((Role::InsurerLoss, draw.holder), (Role::ClaimAdvances, draw.holder));
        transfer(audit, Code::InsurerClaim, loss, held, advanced);
        self.open.insert(draw.bill.raw(), (draw.holder, claim));
    }

    fn pass_back(&mut self, back: Fen, holder: u32, audit: &mut Audit) {
        self.totals.back += back;
        let (held, loss) = ((Role::ClaimAdvances, holder), (Role::InsurerLoss, holder));
        transfer(audit, Code::InsurerClaim, held, loss, back);
    }
}

/// What each bearer has paid in a day's year.
pub(super) fn paid_in(
    (paid_in, paid): &mut (i16, [Fen; BEARERS]),
    day: Day,
) -> &mut [Fen; BEARERS] {
    let year = day.civil().year;
    if *paid_in != year {
        (*paid_in, *paid) = (year, [Fen::ZERO; BEARERS]);
    }
    paid
}

/// Principal left of a draw; zero once it is closed.
fn principal(world: &World<'_>, (blocks, arm): (&[Block], usize), holder: u32, bill: u64) -> Fen {
    let group = world.city.group_of(PersonId(holder)).0;
    let at = blocks.partition_point(|block| block.groups.end <= group);
    let credit = blocks.get(at).and_then(|block| block.arms[arm].credit.get(&group));
    let draws = credit.map_or(&[][..], |credit| &credit.draws);
    let draw = draws.iter().find(|draw| draw.visit() == bill);
    assert!(
        draw.is_none_or(|draw| draw.principal().is_zero() || draw.stage() != DrawStage::WrittenOff),
        "invariant: visit {} was written off and its claim is open",
        VisitId::from_raw(bill),
    );
    draw.map_or(Fen::ZERO, credit::DrawRow::principal)
}
