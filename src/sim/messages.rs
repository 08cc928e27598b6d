//! What the policy's platform tells patients around today's visits, and what they do about it. Must never change
//! what a visit needs, nor reach an arm without the platform.

use super::arm::takes_part;
use super::block::{Block, Kind, Plan};
use super::city_view::World;
use crate::city::Orders;
use crate::domain::{Day, HospitalLevel, MessageKind, Ms, VisitId};
use crate::engine::PersonRow;
use crate::flow::PaymentPoint;
use crate::flow::spec::{Shift, Station};
use crate::metrics::MessageSums;
use crate::random::{Address, Purpose, chance, probability_to_word};
use crate::scenario::MessagesSpec;

/// What became of a message to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    reached: bool,
    /// Acts on it; only somebody reached does.
    acts: bool,
    /// Word that names an hour.
    hour: u32,
}

impl World<'_> {
    /// What the policy's platform tells; `None` = there is none.
    pub(super) fn messages(&self) -> Option<&MessagesSpec> {
        self.scenario.policy.scheme.as_ref()?.messages.as_ref()
    }

    /// What becomes of the messages of a kind to a visit's patient; `None` = none is sent.
    fn answer(&self, kind: MessageKind, visit: VisitId, replication: u16) -> Option<Answer> {
        let spec = self.messages()?.of(kind)?;
        let address = Address::new(visit.raw(), replication, Purpose::Means);
        let [reach, act, hour, _] = self.philox.block(address.item(FIRST_ITEM + kind as u8));
        let reached = chance(reach, probability_to_word(spec.reached));
        // Guidance helps everybody whom it reaches; its effect is a part of the walk.
        let acts = kind == MessageKind::Guidance || chance(act, probability_to_word(spec.effect));
        Some(Answer { reached, acts: reached && acts, hour })
    }

    /// Counts the messages about charges of a visit that its line bears.
    pub(super) fn tell_of_charges(
        &self,
        plan: &Plan,
        charged: u8,
        replication: u16,
        sums: &mut MessageSums,
    ) {
        let charges = u64::from((charged & CHARGES).count_ones());
        if charges == 0 {
            return;
        }
        if let Some(answer) = self.answer(MessageKind::Charge, plan.want.visit, replication) {
            sums.send(MessageKind::Charge, charges, answer.reached);
        }
    }

    /// Whether a message about a charge makes somebody pay on the due day what would have been missed.
    pub(super) fn pays_as_told(
        &self,
        arm: usize,
        bill: VisitId,
        replication: u16,
        sums: &mut MessageSums,
    ) -> bool {
        let answer = (arm == self.policy())
            .then(|| self.answer(MessageKind::Charge, bill.visit(), replication))
            .flatten();
        let pays = answer.is_some_and(|answer| answer.acts);
        if pays {
            sums.act(MessageKind::Charge);
        }
        pays
    }

    /// An hour of the clinic's day: each doctor's hour is named equally often.
    fn named_ms(&self, level: HospitalLevel, word: u32) -> Ms {
        let clinic = &self.scenario.flow.levels[level as usize].stations;
        let shifts = &clinic[Station::Department0 as usize].shifts;
        let weight =
            |shift: &Shift| (f64::from(shift.to_ms - shift.from_ms) * shift.staffing) as u64;
        let mut at = (u64::from(word) * shifts.iter().map(weight).sum::<u64>()) >> 32;
        for shift in shifts {
            let here = weight(shift);
            if at < here {
                let width = u64::from(shift.to_ms - shift.from_ms);
                return shift.from_ms + (at * width / here) as Ms;
            }
            at -= here;
        }
        panic!("invariant: word {word:#x} falls within the clinic's shifts")
    }
}

impl Block {
    /// Sends today's messages before and at visits, and enters what comes of them in the plans.
    pub(super) fn tell(&mut self, world: &World<'_>, replication: u16, day: Day) {
        let Some(spec) = world.messages() else { return };
        let policy = world.policy();
        let Block { today, arms, first_person, .. } = self;
        let state = &mut arms[policy];
        for plan in &mut today.plans {
            let site = &world.city.sites[usize::from(plan.want.site.0)];
            let row = &state.rows[(plan.want.person.0 - *first_person) as usize];
            let told = plan.kind == Kind::Visit
                && !plan.carried
                && plan.is_in(policy)
                && takes_part(site.in_scheme_from, day)
                && (spec.to_everybody || row.has(PersonRow::GROUP_HAS_LINE));
            if told {
                world.tell_visit(plan, replication, &mut state.sums.messages);
            }
        }
    }
}

impl World<'_> {
    fn tell_visit(&self, plan: &mut Plan, replication: u16, sums: &mut MessageSums) {
        let mut ask = |kind| {
            let answer = self.answer(kind, plan.want.visit, replication)?;
            sums.send(kind, 1, answer.reached);
            if answer.acts {
                sums.act(kind);
            }
            answer.acts.then_some(answer.hour)
        };
        let booked = plan.want.orders.has(Orders::AHEAD);
        let hour = booked.then(|| ask(MessageKind::Previsit)).flatten();
        plan.told.called = ask(MessageKind::Treatment).is_some();
        plan.told.guided = ask(MessageKind::Guidance).is_some();
        if let Some(word) = hour {
            let level = self.city.sites[usize::from(plan.want.site.0)].level;
            plan.comes_ms = self.named_ms(level, word);
        }
    }

    /// Whether somebody may come at another hour under the policy than elsewhere.
    pub(super) fn moves_arrivals(&self, arm: usize) -> bool {
        arm == self.policy()
            && self.messages().is_some_and(|spec| spec.of(MessageKind::Previsit).is_some())
    }
}

impl Plan {
    /// When the patient comes in an arm, ms from midnight.
    pub(super) fn arrival_ms(&self, is_policy: bool) -> Ms {
        if is_policy { self.comes_ms } else { self.want.arrival_ms }
    }
}

/// First item of messages at an address of payment means; payment means themselves use those below.
const FIRST_ITEM: u8 = 8;
/// Points at which a charge is entered.
const CHARGES: u8 = PaymentPoint::Registration.bit()
    | PaymentPoint::Tests.bit()
    | PaymentPoint::Treatment.bit()
    | PaymentPoint::Drugs.bit()
    | PaymentPoint::Stay.bit();
