//! Sign-up at a hospital: at the desk as was meant, or on the ward by who came through the emergency room unsigned.
//! Must never open a line that the engine refuses.

use super::{Hand, SiteSink, Witness};
use crate::credit::signs_up_here;
use crate::domain::{CareKind, Refusal};
use crate::engine::{Body, Decision, PersonRow};

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Signs up here if that was meant, or if an unsigned emergency does so on the ward.
    pub(super) fn sign_up(&mut self) {
        let member = self.member();
        let engine = &self.day.world.arms[self.day.arm].engine;
        let Some(policy) = engine.policy else { return };
        let meant = self.rows.people[member].has(PersonRow::SIGN_UP_PENDING);
        let emergency = self.plan.emergency && self.care() == CareKind::Inpatient;
        self.state.unsigned = emergency && !meant && !engine.may_use_line(self.rows, member);
        let at_once = policy.more.onboarding.lead_days == 0;
        let on_the_ward = self.state.unsigned && at_once && self.signs_on_the_ward();
        if !meant && !on_the_ward {
            return;
        }
        if signs_up_here(policy, self.care(), emergency).is_err() {
            if meant {
                self.witness.refused(&Decision::refused(Refusal::SignedUpTooLate));
            }
            return;
        }
        let replication = self.day.replication;
        self.day.world.show_file(self.rows, member, replication);
        self.rows.people[member].flags &= !PersonRow::SIGN_UP_PENDING;
        let decision = self.send(0, Body::OpenLine);
        self.state.signed_up = true;
        if decision.refusal.is_none() {
            self.rows.people[0].flags |= PersonRow::GROUP_HAS_LINE;
            self.state.opened_on_ward = on_the_ward;
        }
        self.witness.opened(on_the_ward, &decision);
    }

    /// Whether an unsigned emergency, or a relative, signs on the ward; only who may have a line is asked.
    fn signs_on_the_ward(&self) -> bool {
        let (world, want) = (self.day.world, &self.plan.want);
        let visit = want.visit.raw();
        world.may_open(want.person)
            && world.behaviour.signs_on_the_ward(world.philox, visit, self.day.replication)
    }
}
