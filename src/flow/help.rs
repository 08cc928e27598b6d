//! The help desk of a scheme: who stands in its line. Must never lengthen the care of an emergency.

use super::hospital::Hospital;
use super::pathway::StepKind;
use super::spec::Station;
use super::walk::{Arrival, Day};
use super::ward::{BED_STEP, BedUse};

/// The step of an event that is about the help desk and not about the program.
pub(super) const DESK_STEP: u8 = BED_STEP - 1;
/// The help desk among the stations.
pub(super) const HELP_DESK: u8 = Station::HelpDesk as u8;

/// Whether a visit joins the line of the help desk when it comes. Emergencies and those who find the desk
/// closed, or a hospital without one, are helped where they are: it takes them the same time and no line.
#[inline]
pub(super) fn queues(hospital: &Hospital, day: &Day<'_>, arrival: &Arrival) -> bool {
    arrival.extra_desk_ms > 0
        && arrival.bed != BedUse::Emergency
        && hospital.roster(HELP_DESK).is_open(arrival.at_ms)
        && !is_emergency(day, arrival)
}

fn is_emergency(day: &Day<'_>, arrival: &Arrival) -> bool {
    let doctor = Station::Emergency as u8;
    day.program(arrival).iter().any(|step| step.kind == StepKind::Serve && step.place == doctor)
}
