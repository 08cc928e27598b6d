//! What the core does with a call: the store decides, keeps out and undoes. Must never settle what was
//! undone before it came.

use super::run::{ORDERS, Paying, Run, Visit};
use crate::domain::{CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, ItemClass};
use crate::engine::Funding;
use crate::settlement::BillLine;
use crate::store::{Answer, Store, StoreError};
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};

/// Amount of an order, fen; amounts do not change the work.
const ORDER_FEN: u32 = 9_000;

impl Run<'_, '_> {
    pub(super) fn tell(
        &mut self,
        group: GroupId,
        member: u8,
        body: RequestBody,
        lines: &[BillLine],
    ) -> Result<Answer, StoreError> {
        self.serial += 1;
        let at = self.open_at + (self.now_us / 1_000) as i64;
        let id = RequestId::new(at, u128::from(self.serial));
        let mut batch = Batch::default();
        batch.push(Request { id, at, group, member, body }, lines);
        self.store.try_submit(&batch)?;
        let mut answers = Vec::new();
        self.store.drain(&mut answers);
        let answer = answers.pop().map(|answered| answered.answer);
        Ok(answer.unwrap_or_else(|| panic!("invariant: memory answers at once, {id}")))
    }

    pub(super) fn claim(&self, call: usize) -> (ClaimBody, Vec<BillLine>) {
        let visit = self.visits[self.calls[call].visit];
        let orders = if self.paying == Paying::PerOrder { 1 } else { ORDERS };
        let line = BillLine { amount_fen: ORDER_FEN, class: ItemClass::A, prepay_bp: 0 };
        let lines = vec![line; usize::from(orders)];
        let claim = ClaimBody {
            visit: visit.id,
            point: self.calls[call].point,
            hospital: HospitalId(visit.hospital as u16),
            level: HospitalLevel::Tertiary,
            care: CareKind::Outpatient,
            cause: CostCause::Illness,
            in_scheme: true,
            lines_from: 0,
            lines: lines.len() as u16,
        };
        (claim, lines)
    }

    pub(super) fn pre_settle(&mut self, call: usize) -> Result<(), StoreError> {
        let (claim, lines) = self.claim(call);
        let Visit { group, member, .. } = self.visits[self.calls[call].visit];
        self.tell(group, member, RequestBody::PreSettle { claim }, &lines).map(|_| ())
    }

    pub(super) fn settle(&mut self, call: usize) -> Result<(), StoreError> {
        let (claim, lines) = self.claim(call);
        let Visit { group, member, through_bank, .. } = self.visits[self.calls[call].visit];
        let deposit = Fen::ZERO;
        let funding = if through_bank {
            Funding::Line { partial: false, deposit }
        } else {
            Funding::Own { deposit }
        };
        let answer = self.tell(group, member, RequestBody::Settle { claim, funding }, &lines)?;
        let decision = answer.decision().copied();
        let stands = decision.is_some_and(|decision| decision.refusal.is_none());
        let this = &mut self.calls[call];
        (this.decision, this.stands) = (decision, stands);
        // A draw that the core refuses is taken back at the bank.
        this.bank_undone |= !stands;
        Ok(())
    }

    /// Undoes a settlement, or keeps it out if it has not come.
    pub(super) fn undo(&mut self, settlement: usize) -> Result<(), StoreError> {
        let this = &mut self.calls[settlement];
        (this.kept_out, this.bank_undone) = (true, true);
        if !std::mem::replace(&mut this.stands, false) {
            return Ok(());
        }
        let (point, Visit { id, group, member, .. }) = (this.point, self.visits[this.visit]);
        self.tell(group, member, RequestBody::Reverse { visit: id, point }, &[]).map(|_| ())
    }
}
