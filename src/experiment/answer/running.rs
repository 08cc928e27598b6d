//! What taking payments costs the hospitals day by day, a visit, in both arms of a comparison. Must never hold a price,
//! nor count what comes once, what is lost on bills, or care.

use super::super::figures::share;
use super::super::replicate::Setup;
use super::view::View;
use crate::economics::{Kind, Party, Row};
use crate::sim::{ArmResult, Replication};

const MS_PER_HOUR: f64 = 3_600_000.0;

/// Flows of the book that are hospitals' running cost where hospitals pay them.
const RUNNING: [Kind; 10] = [
    Kind::Collection,
    Kind::NetworkFee,
    Kind::ChannelFee,
    Kind::It,
    Kind::HospitalSystem,
    Kind::DeskStaff,
    Kind::StaffSaved,
    Kind::Messages,
    Kind::HelpDesk,
    Kind::Handling,
];

/// Yuan a visit under a baseline and under the policy: the baseline's clerks while they serve (registration, windows,
/// admission, discharge) and its network fees; the policy's are those and what the book says that it adds or
/// saves. `None` without costs.
pub(in super::super) fn running_cost(
    setup: &Setup,
    run: &Replication,
    baseline: usize,
) -> Option<[f64; 2]> {
    let view = View::of(setup, run, baseline)?;
    let before = &view.baseline;
    let hours = (before.windows_ms + before.desk_ms) as f64 / MS_PER_HOUR;
    let clerks = hours * view.spec.hospital.clerk_hour.0 as f64;
    let fees = before.network_fees.0 as f64;
    let running = |row: &Row| RUNNING.contains(&row.kind);
    let a_year = -view.book.gain(Party::Hospitals, running, |row| row.yearly).0 as f64;
    let added = a_year / view.book.horizon().year_of_run().to_f64();
    let a_visit = |fen: f64, arm: &ArmResult| {
        let visits: u64 = arm.days.iter().map(|day| day.visits).sum();
        share(fen / 100.0, visits as f64)
    };
    let [first, last] = [&run.arms[baseline], run.arms.last()?];
    Some([a_visit(clerks + fees, first), a_visit(clerks + fees + added, last)])
}
