//! From ordered care to the steps of a visit. Times are drawn here, from words addressed by the
//! semantic step, so that every arm walks the same program. Must never know who pays or how.

use super::regime::PaymentPoint;
use super::spec::Station;
use super::tables::LevelTables;
use crate::domain::Ms;

/// Semantic steps: the `step` part of a course address. Four words each, in the order listed; never
/// renumber, a step's number is part of a patient's luck.
pub mod course {
    /// Registration service, walk to the department, payment, detour to pay.
    pub const REGISTRATION: u32 = 0;
    /// First consultation, review, walk to the tests, walk back.
    pub const CONSULT: u32 = 1;
    /// Sample, laboratory report, picture, imaging report.
    pub const TESTS: u32 = 2;
    /// Walk from laboratory to imaging, unused, payment, detour to pay.
    pub const TESTS_PAYMENT: u32 = 3;
    /// Treatment, walk to it, payment, detour to pay.
    pub const TREATMENT: u32 = 4;
    /// Dispensing, walk to the pharmacy, payment, detour to pay.
    pub const DRUGS: u32 = 5;
    /// Unused, unused, payment, detour to pay.
    pub const FINAL: u32 = 6;
    /// Admission desk, walk to it, payment of the deposit, detour to pay.
    pub const ADMISSION: u32 = 7;
    /// Unused, walk out of the ward, payment of the stay, detour to pay.
    pub const DISCHARGE: u32 = 8;
    /// Unused, unused, payment towards a stay, detour to pay.
    pub const TOP_UP: u32 = 9;
    /// Packing of drugs, booking of tests, unused, unused.
    pub const RELEASE: u32 = 10;
    /// Unused, unused, the refund at the end of a visit, detour for it.
    pub const REFUND: u32 = 11;
}

/// What was ordered at an outpatient or emergency visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent orders, not a state machine")]
pub struct Orders {
    /// Seen by the emergency room instead of a department; triage registers, nobody queues for it.
    pub emergency: bool,
    /// Registered on the phone before coming; signs in on the way, without a desk. The regime says
    /// whether the fee was paid then too.
    pub registered_ahead: bool,
    /// Laboratory.
    pub lab: bool,
    /// Imaging.
    pub imaging: bool,
    /// Treatment room.
    pub treatment: bool,
    /// Drugs from the pharmacy.
    pub drugs: bool,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StepKind {
    /// Walk for `value` ms.
    Walk,
    /// Be served at station `place` for `value` ms.
    Serve,
    /// A report will be ready `value` ms from now; the patient goes on.
    Report,
    /// Wait until every report is ready.
    AwaitReports,
    /// Wait until what was released is packed or booked.
    AwaitRelease,
    /// Pass payment point `place`; `value` is the word of the service, `detour` that of the walk.
    Pay,
}

/// One step of a visit, 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Station index or payment point.
    pub place: u8,
    /// Upper half of the word of the payment detour; its lower half is fixed.
    pub detour: u16,
    /// Milliseconds, or the word of the payment service.
    pub value: u32,
}

const _: () = assert!(size_of::<Step>() == 8, "a step is 8 bytes (design of the day's memory)");

impl Step {
    /// A walk of `ms`.
    pub const fn walk(ms: Ms) -> Step {
        Step { kind: StepKind::Walk, place: 0, detour: 0, value: ms }
    }

    /// A service of `ms` at a station: `Station as u8`, or `Department0 as u8` + department.
    pub const fn serve(station: u8, ms: Ms) -> Step {
        Step { kind: StepKind::Serve, place: station, detour: 0, value: ms }
    }

    /// A report that is ready after `ms`.
    pub const fn report(ms: Ms) -> Step {
        Step { kind: StepKind::Report, place: 0, detour: 0, value: ms }
    }

    /// The wait for drugs that are being packed, or tests that are being booked.
    pub const fn await_release() -> Step {
        Step { kind: StepKind::AwaitRelease, place: 0, detour: 0, value: 0 }
    }

    /// The wait for all reports.
    pub const fn await_reports() -> Step {
        Step { kind: StepKind::AwaitReports, place: 0, detour: 0, value: 0 }
    }

    /// A payment point with the word of its service and the word of the detour.
    pub const fn pay(point: PaymentPoint, service_word: u32, detour_word: u32) -> Step {
        let detour = (detour_word >> 16) as u16;
        Step { kind: StepKind::Pay, place: point as u8, detour, value: service_word }
    }

    /// The word of the payment detour: 65,536 equally likely values, centred in their cells.
    #[inline]
    pub const fn detour_word(self) -> u32 {
        (self.detour as u32) << 16 | 0x8000
    }
}

/// The payment points that a visit's program has, bit `PaymentPoint as u8` each.
pub fn points_of(orders: Orders) -> u8 {
    let tests = orders.lab || orders.imaging;
    let present = [
        (true, PaymentPoint::Registration),
        (tests, PaymentPoint::Tests),
        (orders.treatment, PaymentPoint::Treatment),
        (orders.drugs, PaymentPoint::Drugs),
        (true, PaymentPoint::Final),
    ];
    present.iter().filter(|(is, _)| *is).fold(0, |mask, (_, point)| mask | point.bit())
}

/// Appends the program of an outpatient or emergency visit. `words` gives the four words of a
/// semantic step (see [`course`]); only steps that happen are asked for.
pub fn outpatient_steps(
    tables: &LevelTables,
    orders: Orders,
    department: u8,
    mut words: impl FnMut(u32) -> [u32; 4],
    out: &mut Vec<Step>,
) {
    let doctor =
        if orders.emergency { Station::Emergency as u8 } else { first_department() + department };
    registration(tables, orders, words(course::REGISTRATION), out);
    let consult = words(course::CONSULT);
    out.push(Step::serve(doctor, tables.service_ms(doctor, consult[0])));
    if orders.lab || orders.imaging {
        tests(tables, orders, consult, &mut words, out);
        out.push(Step::walk(tables.walk.sample(consult[3])));
        out.push(Step::serve(doctor, tables.review.sample(consult[1])));
    }
    if orders.treatment {
        let words = words(course::TREATMENT);
        paid_service(tables, (PaymentPoint::Treatment, Station::Treatment), None, words, out);
    }
    if orders.drugs {
        let packing = tables.packing.as_ref().map(|time| time.sample(words(course::RELEASE)[0]));
        let words = words(course::DRUGS);
        paid_service(tables, (PaymentPoint::Drugs, Station::Pharmacy), packing, words, out);
    }
    let [_, _, payment, detour] = words(course::FINAL);
    out.push(Step::pay(PaymentPoint::Final, payment, detour));
}

const fn first_department() -> u8 {
    Station::Department0 as u8
}

fn registration(tables: &LevelTables, orders: Orders, words: [u32; 4], out: &mut Vec<Step>) {
    let [service, walk, payment, detour] = words;
    if !orders.emergency && !orders.registered_ahead {
        let desk = Station::Registration as u8;
        out.push(Step::serve(desk, tables.service_ms(desk, service)));
    }
    out.push(Step::pay(PaymentPoint::Registration, payment, detour));
    out.push(Step::walk(tables.walk.sample(walk)));
}

/// Pay, draw the sample, take the picture, wait for what is not ready yet: reports run side by side.
fn tests(
    tables: &LevelTables,
    orders: Orders,
    consult: [u32; 4],
    words: &mut impl FnMut(u32) -> [u32; 4],
    out: &mut Vec<Step>,
) {
    let [lab, lab_report, imaging, imaging_report] = words(course::TESTS);
    let [between, _, payment, detour] = words(course::TESTS_PAYMENT);
    let booking = tables.booking.as_ref().map(|time| time.sample(words(course::RELEASE)[1]));
    out.push(Step::pay(PaymentPoint::Tests, payment, detour));
    walk_released(booking, tables.walk.sample(consult[2]), out);
    if orders.lab {
        let station = Station::Laboratory as u8;
        out.push(Step::serve(station, tables.service_ms(station, lab)));
        out.push(Step::report(tables.lab_report.sample(lab_report)));
    }
    if orders.lab && orders.imaging {
        out.push(Step::walk(tables.walk.sample(between)));
    }
    if orders.imaging {
        let station = Station::Imaging as u8;
        out.push(Step::serve(station, tables.service_ms(station, imaging)));
        out.push(Step::report(tables.imaging_report.sample(imaging_report)));
    }
    out.push(Step::await_reports());
}

/// A paid order is released: it is worked on while the patient walks there.
fn walk_released(work_ms: Option<Ms>, walk_ms: Ms, out: &mut Vec<Step>) {
    out.extend(work_ms.map(Step::report));
    out.push(Step::walk(walk_ms));
    out.extend(work_ms.map(|_| Step::await_release()));
}

fn paid_service(
    tables: &LevelTables,
    (point, station): (PaymentPoint, Station),
    work_ms: Option<Ms>,
    [service, walk, payment, detour]: [u32; 4],
    out: &mut Vec<Step>,
) {
    out.push(Step::pay(point, payment, detour));
    walk_released(work_ms, tables.walk.sample(walk), out);
    out.push(Step::serve(station as u8, tables.service_ms(station as u8, service)));
}

/// Appends the program of an admission: the desk, then the deposit.
pub fn admission_steps(
    tables: &LevelTables,
    mut words: impl FnMut(u32) -> [u32; 4],
    out: &mut Vec<Step>,
) {
    let [service, walk, payment, detour] = words(course::ADMISSION);
    let desk = Station::AdmissionDesk as u8;
    out.push(Step::walk(tables.walk.sample(walk)));
    out.push(Step::serve(desk, tables.service_ms(desk, service)));
    out.push(Step::pay(PaymentPoint::Deposit, payment, detour));
}

/// Appends the program of an emergency admission: to the ward, papers and deposit later.
pub fn carried_in_steps(
    tables: &LevelTables,
    mut words: impl FnMut(u32) -> [u32; 4],
    out: &mut Vec<Step>,
) {
    let [_, walk, ..] = words(course::ADMISSION);
    out.push(Step::walk(tables.walk.sample(walk)));
}

/// Appends the program of a payment towards a stay under way, made by a relative.
pub fn top_up_steps(mut words: impl FnMut(u32) -> [u32; 4], out: &mut Vec<Step>) {
    let [_, _, payment, detour] = words(course::TOP_UP);
    out.push(Step::pay(PaymentPoint::Deposit, payment, detour));
}

/// Appends the refund at the end of a visit that was paid.
pub fn refund_step(mut words: impl FnMut(u32) -> [u32; 4], out: &mut Vec<Step>) {
    let [_, _, payment, detour] = words(course::REFUND);
    out.push(Step::pay(PaymentPoint::REFUND, payment, detour));
}

/// Appends the program of a discharge: settle the stay (at the desk or the bedside), then leave.
pub fn discharge_steps(
    tables: &LevelTables,
    mut words: impl FnMut(u32) -> [u32; 4],
    out: &mut Vec<Step>,
) {
    let [_, walk, payment, detour] = words(course::DISCHARGE);
    out.push(Step::pay(PaymentPoint::Stay, payment, detour));
    out.push(Step::walk(tables.walk.sample(walk)));
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{compile, level, open_all_day};
    use super::super::spec::FIXED_STATIONS;
    use super::*;
    use crate::random::Distribution;

    const DEPARTMENT: u8 = 1;

    fn program(orders: Orders) -> Vec<Step> {
        let (_, tables) = compile(&level(2.0, 30, &open_all_day()));
        let mut steps = Vec::new();
        let words = |step: u32| [0x1357_9bdf_u32.wrapping_mul(step + 1); 4];
        outpatient_steps(&tables, orders, DEPARTMENT, words, &mut steps);
        steps
    }

    fn stations(steps: &[Step]) -> Vec<u8> {
        let served = steps.iter().filter(|step| step.kind == StepKind::Serve);
        served.map(|step| step.place).collect()
    }

    fn points(steps: &[Step]) -> Vec<u8> {
        let paid = steps.iter().filter(|step| step.kind == StepKind::Pay);
        paid.map(|step| step.place).collect()
    }

    #[test]
    fn orders_become_stations_and_payment_points_in_order() {
        let department = FIXED_STATIONS as u8 + DEPARTMENT;
        let none = Orders::default();
        let everything = Orders { lab: true, imaging: true, treatment: true, drugs: true, ..none };
        let ahead = Orders { registered_ahead: true, drugs: true, ..none };
        let emergency = Orders { emergency: true, lab: true, ..none };
        let rows = [
            (none, vec![0, department], vec![0, 4]),
            (everything, vec![0, department, 3, 4, department, 5, 6], vec![0, 1, 2, 3, 4]),
            (ahead, vec![department, 6], vec![0, 3, 4]),
            (emergency, vec![9, 3, 9], vec![0, 1, 4]),
        ];
        for (orders, expected_stations, expected_points) in rows {
            let steps = program(orders);
            assert_eq!(stations(&steps), expected_stations, "{orders:?}");
            assert_eq!(points(&steps), expected_points, "{orders:?}");
            let mask = expected_points.iter().fold(0, |mask, point| mask | 1 << point);
            assert_eq!(points_of(orders), mask, "{orders:?}");
        }
    }

    #[test]
    fn the_same_semantic_step_takes_the_same_time_whatever_else_is_ordered() {
        let few = program(Orders { drugs: true, ..Orders::default() });
        let many = program(Orders { lab: true, treatment: true, drugs: true, ..Orders::default() });
        let drugs = |steps: &[Step]| steps[steps.len() - 4..].to_vec();
        assert_eq!(drugs(&few), drugs(&many));
    }

    /// The pharmacy packs while the patient walks; a stop at the window only delays the start of it.
    #[test]
    fn a_paid_order_is_worked_on_while_the_patient_walks() {
        let mut spec = level(2.0, 30, &open_all_day());
        spec.drug_packing_s = Some(Distribution::Deterministic { value: 600.0 });
        spec.test_booking_s = Some(Distribution::Deterministic { value: 240.0 });
        let (_, tables) = compile(&spec);
        let mut steps = Vec::new();
        let orders = Orders { lab: true, drugs: true, ..Orders::default() };
        outpatient_steps(&tables, orders, DEPARTMENT, |_| [7_u32 << 24; 4], &mut steps);
        let kinds = |point: PaymentPoint| {
            let pays = |step: &Step| step.kind == StepKind::Pay && step.place == point as u8;
            let at = steps.iter().position(pays).expect("it is paid");
            steps[at..at + 5].iter().map(|step| (step.kind, step.value)).collect::<Vec<_>>()
        };
        for (point, work_ms) in [(PaymentPoint::Drugs, 600_000), (PaymentPoint::Tests, 240_000)] {
            let kinds = kinds(point);
            assert_eq!(kinds[1], (StepKind::Report, work_ms), "{point:?}");
            assert_eq!(kinds[2].0, StepKind::Walk, "{point:?}");
            assert_eq!(kinds[3].0, StepKind::AwaitRelease, "{point:?}");
            assert_eq!(kinds[4].0, StepKind::Serve, "{point:?}");
        }
        let without = program(orders);
        assert!(without.iter().all(|step| step.kind != StepKind::AwaitRelease), "off by default");
    }
}
