//! Items that are given back after their bill was paid: which visits do, of which order, where the money comes back.
//! Must never move money: the engine does.

use super::arm::{Arm, Place};
use super::block::{Kind, Plan};
use super::city_view::World;
use super::plan::orders_of;
use crate::city::Want;
use crate::flow::spec::PayWhen;
use crate::flow::{Channel, PaymentPoint, Stops};
use crate::random::{chance, probability_to_word};

/// Semantic step of a visit's payment words: who gives back, of which order, where.
const REFUND_STEP: u32 = 67;

/// What a visit gives back; the same in every arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GivenBack {
    /// The order of which it is an item.
    pub(super) order: PaymentPoint,
    /// Whether the money comes back in place where everything was paid in place.
    in_place: bool,
}

impl World<'_> {
    /// What a visit gives back at its end.
    pub(super) fn gives_back(&self, want: &Want, replication: u16) -> Option<GivenBack> {
        let spec = self.scenario.refunds.as_ref()?;
        let orders = orders_of(want);
        let tests = orders.lab || orders.imaging;
        if !tests && !orders.drugs {
            return None;
        }
        let place = Place { philox: self.philox, visit: want.visit.raw(), replication };
        let [gives, which, back, _] = place.words(REFUND_STEP);
        let of_tests = tests && (!orders.drugs || which >> 31 == 0);
        chance(gives, probability_to_word(spec.visits)).then_some(GivenBack {
            order: if of_tests { PaymentPoint::Tests } else { PaymentPoint::Drugs },
            in_place: chance(back, probability_to_word(spec.in_place)),
        })
    }
}

/// The stops of a visit with the one for its refund: in place, at a window, or none where the entry is taken out
/// before the bill or the tests were not taken at all.
pub(super) fn with_refund(
    world: &World<'_>,
    arm: &Arm<'_>,
    (plan, granted): (&Plan, u8),
    replication: u16,
    up: Stops,
) -> Stops {
    if plan.kind != Kind::Visit || plan.points & PaymentPoint::REFUND.bit() == 0 {
        return up;
    }
    let Some(back) = world.gives_back(&plan.want, replication) else { return up };
    let on_line = arm.scheme().filter(|_| granted & back.order.bit() != 0);
    let when = on_line.map_or(arm.spec.regime.when, |scheme| scheme.flow.when);
    let not_taken = up.declines_tests() && back.order == PaymentPoint::Tests;
    let channel = match when {
        PayWhen::AfterLeaving => Channel::None,
        _ if not_taken => Channel::None,
        _ if back.in_place && up.trips() == 0 => Channel::Phone,
        _ => Channel::Window,
    };
    up.with(PaymentPoint::REFUND, channel)
}
