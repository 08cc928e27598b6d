//! What a stop to pay takes: which points are passed in place, which need a trip, what is not bought at
//! its price. Must never know an amount.

use super::pathway::{Step, StepKind};
use super::regime::{Channel, PaymentPoint, Stops};
use super::spec::Station;
use super::tables::LevelTables;
use crate::domain::Ms;

/// What happens at a payment point.
pub(super) enum Payment {
    /// No line: no stop, the phone, or a place that takes no time at all.
    Passed { service_ms: Ms, trips: u8 },
    /// There is a line to join, after some time lost on the phone.
    Trip { before_ms: Ms },
    /// The price is seen first and the tests are not taken.
    Declined,
    /// The deposit cannot be left.
    TurnedAway,
}

/// What happens at a payment point that is passed by a channel.
#[inline]
pub(super) fn payment(tables: &LevelTables, stops: Stops, channel: Channel, step: Step) -> Payment {
    if channel != Channel::None && declines(stops, step) {
        return Payment::Declined;
    }
    if stops.lacks_deposit() && step.place == PaymentPoint::Deposit as u8 {
        return Payment::TurnedAway;
    }
    match channel {
        Channel::None => Payment::Passed { service_ms: 0, trips: 0 },
        Channel::Phone => Payment::Passed { service_ms: tables.phone.sample(step.value), trips: 0 },
        channel => {
            let before_ms = if channel.tried_phone() { tables.phone_timeout_ms } else { 0 };
            if tables.free[channel as usize] {
                Payment::Passed { service_ms: before_ms, trips: 1 }
            } else {
                Payment::Trip { before_ms }
            }
        }
    }
}

/// Whether tests are not taken when their price is seen at this step.
#[inline]
pub(super) fn declines(stops: Stops, step: Step) -> bool {
    stops.declines_tests() && step.place == PaymentPoint::Tests as u8
}

/// The step after the tests and the consultation about them; the end of a program that is cut off before that.
pub(super) fn after_tests(program: &[Step], from: u8) -> u8 {
    let rest = &program[usize::from(from)..];
    let reports = rest.iter().position(|step| step.kind == StepKind::AwaitReports);
    // After the reports: the walk back and the consultation.
    let left_out = reports.map_or(rest.len(), |at| (at + 3).min(rest.len()));
    from + left_out as u8
}

/// The detour of a payment: there and back.
#[inline]
pub(super) fn detour(tables: &LevelTables, step: Step) -> (Ms, Ms) {
    let whole = tables.payment_walk.sample(step.detour_word());
    (whole / 2, whole - whole / 2)
}

#[inline]
pub(super) fn payment_service(
    tables: &LevelTables,
    stops: Stops,
    channel: Channel,
    step: Step,
) -> Ms {
    let Some(station) = channel.station() else { return 0 };
    let extra = if stops.insured() && station == Station::Cashier {
        tables.insured_window_extra_ms
    } else {
        0
    };
    tables.service_ms(station as u8, step.value) + extra
}
