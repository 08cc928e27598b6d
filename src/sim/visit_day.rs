//! What a kin group's day is made of: its events, what it did to each visit, the buffers that are used
//! again, and who looks on. Must never decide anything.

use super::block::Plan;
use super::cards::{Card, CardEvent};
use super::finance::Short;
use super::stays::StayMoney;
use crate::domain::Ms;
use crate::engine::{Body, Decision, GroupRows, Settle};
use crate::flow::PAYMENT_POINTS;
use crate::metrics::RefundSums;
use crate::settlement::{BillLine, Receipt};

/// Something that happens to a visit, in the order in which events of one instant are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Enters the hospital.
    Arrive,
    /// Passes a payment point.
    Point(u8),
    /// Leaves it.
    Leave,
    /// What the visit still holds is drawn at the scheme's hour.
    Capture,
}

/// An event of the group's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) at_ms: Ms,
    pub(super) visit: u16,
    pub(super) what: What,
}

/// How a visit's walk ended, as money sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Walked {
    /// All the way, or to a closed door: what was paid stays paid.
    #[default]
    Through,
    /// Left a queue; the payment point whose service was not had is taken back.
    Left {
        /// The point to take back.
        cancel: Option<u8>,
    },
}

/// What the day did to one visit.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one day")]
pub(super) struct VisitDay {
    pub(super) walked: Walked,
    /// Wants to put the visit on a line.
    pub(super) uses_line: bool,
    /// Points that a line bears.
    pub(super) granted: u8,
    /// Points held on a line and not settled yet.
    pub(super) held: u8,
    /// Own payments collected for one settlement at the end.
    pub(super) collected: u8,
    /// Part of the bill was paid by oneself in one go at the end.
    pub(super) paid_own_at_end: bool,
    /// Points of which the line left something that is paid on the phone.
    pub(super) rest_on_phone: u8,
    /// Points of which the line left something that is paid as the patient pays otherwise.
    pub(super) rest_as_usual: u8,
    /// Signed up at the desk today.
    pub(super) signed_up: bool,
    /// Came through the emergency room to be admitted, and no line could be used.
    pub(super) unsigned: bool,
    /// Of them, opened a line on the ward.
    pub(super) opened_on_ward: bool,
    /// Something was drawn.
    pub(super) drew: bool,
    /// Needs help as a first-time user.
    pub(super) first_use: bool,
    /// What is known of a stay's money when it begins.
    pub(super) money: StayMoney,
    /// Points that an outage sent to a window.
    pub(super) diverted: u8,
    /// Tests charged at once are declined, and the charge is taken back.
    pub(super) refunds: bool,
    /// An elective patient cannot leave the deposit.
    pub(super) lacks_deposit: bool,
    /// They have been charged.
    pub(super) tests_charged: bool,
    /// Points that the hospital's card covered in place.
    pub(super) carded: u8,
    /// Points before which the card was filled.
    pub(super) topped: u8,
    /// Orders on the bill that was settled at the end.
    pub(super) at_end: u8,
    /// Orders of which an item was given back.
    pub(super) given_back: u8,
    /// What the patient pays beside what he has at hand.
    pub(super) short: Short,
    /// Commands sent.
    pub(super) commands: u8,
}

/// Buffers of a group's day, reused from group to group.
#[derive(Debug, Default)]
pub(super) struct GroupScratch {
    pub(super) rows: GroupRows,
    pub(super) events: Vec<Event>,
    pub(super) visits: Vec<VisitDay>,
    pub(super) lines: Vec<BillLine>,
    /// The group's prepaid cards, where the arm has them.
    pub(super) cards: Vec<Card>,
}

/// Sees every decision of a group's day.
pub(super) trait Witness {
    /// A command of a visit was decided at a time of day.
    fn decided(
        &mut self,
        at_ms: Ms,
        visit: usize,
        claim: &Settle<'_>,
        asked: &Body<'_>,
        decision: &Decision,
    );
    /// A settlement's receipt was given, or taken back.
    #[inline]
    fn receipt(&mut self, _: &Settle<'_>, _: &Receipt, _taken_back: bool) {}
    /// An item was given back after its bill was paid.
    #[inline]
    fn given_back(&mut self, _: &RefundSums) {}
    /// Something happened to a hospital's card.
    #[inline]
    fn card(&mut self, _: CardEvent) {}
    /// A stay's bill was settled, to which so many payers beyond basic insurance owe a part.
    #[inline]
    fn entitled(&mut self, _by_scheme: bool, _payers: u64) {}
    /// A line was opened, or refused, at the desk or on the ward.
    fn opened(&mut self, on_the_ward: bool, decision: &Decision);
    /// A sign-up was turned away before the engine was asked.
    fn refused(&mut self, decision: &Decision);
}

/// The witness of the rehearsal: sees nothing.
#[derive(Debug)]
pub(super) struct NoWitness;

impl Witness for NoWitness {
    #[inline]
    fn decided(&mut self, _: Ms, _: usize, _: &Settle<'_>, _: &Body<'_>, _: &Decision) {}
    #[inline]
    fn opened(&mut self, _: bool, _: &Decision) {}
    #[inline]
    fn refused(&mut self, _: &Decision) {}
}

impl GroupScratch {
    /// Starts a group's day of so many visits.
    pub(super) fn begin(&mut self, visits: usize) {
        self.events.clear();
        self.visits.clear();
        self.visits.resize(visits, VisitDay::default());
    }

    /// Enters a visit's events: `points` holds the time of each point, `Ms::MAX` if not reached.
    pub(super) fn enter(
        &mut self,
        visit: usize,
        plan: &Plan,
        at_ms: Ms,
        points: &[Ms; PAYMENT_POINTS],
        exit_ms: Ms,
    ) {
        let index = visit as u16;
        let mut push = |at_ms, what| self.events.push(Event { at_ms, visit: index, what });
        push(at_ms, What::Arrive);
        for (point, &at_ms) in points.iter().enumerate() {
            if at_ms != Ms::MAX && plan.points & 1 << point != 0 {
                push(at_ms, What::Point(point as u8));
            }
        }
        push(exit_ms, What::Leave);
    }
}
