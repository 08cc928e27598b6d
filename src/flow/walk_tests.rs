//! The walk against its event-by-event oracle, and its rules one by one.

use super::super::fixtures::{compile, level, open_all_day, uniform_ms};
use super::super::outage::{Down, Outage};
use super::super::pathway::{Orders, outpatient_steps};
use super::super::regime::PaymentPoint;
use super::super::spec::{LevelFlowSpec, Shift};
use super::super::{admission_steps, carried_in_steps, discharge_steps, oracle};
use super::*;
use crate::des::HeapCalendar;
use crate::random::{Address, Distribution, Philox, Purpose};
use proptest::prelude::*;

const REGISTRATION: u8 = Station::Registration as u8;
const LABORATORY: u8 = Station::Laboratory as u8;
const PHARMACY: u8 = Station::Pharmacy as u8;

/// Walks a day afresh: outcomes and counts.
fn walked(site: &(Hospital, LevelTables), day: Day<'_>) -> (Vec<Outcome>, DayStats) {
    walked_with_beds(site, day, &mut Beds::default())
}

fn walked_with_beds(
    site: &(Hospital, LevelTables),
    day: Day<'_>,
    beds: &mut Beds,
) -> (Vec<Outcome>, DayStats) {
    let (mut out, mut stats) = (Vec::new(), DayStats::default());
    let mut scratch = Scratch::default();
    walk(&site.0, &site.1, day, beds, &mut scratch, &mut out, &mut stats);
    (out, stats)
}

/// A day without outages on which every department is open.
fn day_of<'a>(arrivals: &'a [Arrival], steps: &'a [Step]) -> Day<'a> {
    Day { arrivals, steps, weekday_closed: false, handover_ms: 0, outages: &[] }
}

/// Visits of one hand-written program each.
fn visits(rows: &[(Ms, &[Step])]) -> (Vec<Arrival>, Vec<Step>) {
    let mut steps = Vec::new();
    let arrivals = rows.iter().map(|&(at_ms, program)| {
        let first_step = steps.len() as u32;
        steps.extend_from_slice(program);
        Arrival { at_ms, first_step, steps: program.len() as u32, ..Arrival::default() }
    });
    (arrivals.collect(), steps)
}

/// A random level: servers, services, shifts with or without a pause, patience.
fn any_level() -> impl Strategy<Value = LevelFlowSpec> {
    let shifts = prop_oneof![
        Just(open_all_day()),
        (0_u32..60, 1_u32..80, 0_u32..60, 1_u32..120, 0.0..1.0_f64).prop_map(
            |(open, morning, pause, afternoon, staffing)| {
                let noon = open + morning;
                let again = noon + pause;
                vec![
                    Shift { from_ms: open, to_ms: noon, staffing },
                    Shift { from_ms: again, to_ms: again + afternoon, staffing: 1.0 },
                    Shift { from_ms: again + afternoon, to_ms: again + 150, staffing: 0.4 },
                ]
                .into_iter()
                .filter(|shift| shift.from_ms < shift.to_ms)
                .collect()
            }
        ),
    ];
    (1.0..5.0_f64, 1_u32..40, shifts, 0_u32..80, any::<bool>()).prop_map(
        |(servers, longest, shifts, patience, free_cashier)| {
            let mut level = level(servers, longest, &shifts);
            level.patience_s = uniform_ms(patience, 3 * patience + 1);
            if free_cashier {
                make_payment_free(&mut level);
            }
            level
        },
    )
}

fn make_payment_free(level: &mut LevelFlowSpec) {
    let zero = Distribution::Deterministic { value: 0.0 };
    level.payment_walk_s = zero.clone();
    for station in [Station::Cashier, Station::Kiosk, Station::DischargeDesk] {
        level.stations[station as usize].service_s = zero.clone();
    }
}

/// A site like another one, where paid orders are worked on while the patient walks.
fn with_released_work(level: &LevelFlowSpec, longest_ms: Ms) -> LevelFlowSpec {
    let high = f64::from(longest_ms) / 1_000.0;
    let work = Some(Distribution::Uniform { low: 0.0, high });
    LevelFlowSpec { drug_packing_s: work.clone(), test_booking_s: work, ..level.clone() }
}

/// A day of visits with random orders, stops and plans carried over.
fn random_day(
    site: &(Hospital, LevelTables),
    seed: u64,
    count: u32,
    span_ms: Ms,
) -> (Vec<Arrival>, Vec<Step>) {
    let philox = Philox::new(seed);
    let mut steps = Vec::new();
    let mut arrivals: Vec<Arrival> = (0..count)
        .map(|visit| {
            let address = Address::new(u64::from(visit), 0, Purpose::Course);
            let words = |step| philox.block(address.at(step));
            let [when, what, who, how] =
                philox.block(Address::new(u64::from(visit), 0, Purpose::Visit));
            let first_step = steps.len() as u32;
            match what % 16 {
                0 if who & 0x3000 == 0 => carried_in_steps(&site.1, words, &mut steps),
                0 => admission_steps(&site.1, words, &mut steps),
                1 => discharge_steps(&site.1, words, &mut steps),
                _ => {
                    let department = (who % site.0.departments()) as u8;
                    outpatient_steps(&site.1, orders(what), department, words, &mut steps);
                }
            }
            let count = steps.len() as u32 - first_step;
            Arrival {
                at_ms: when % span_ms,
                first_step,
                steps: count,
                stops: any_stops(how),
                extra_desk_ms: if who & 0x700 == 0 { how % 9 } else { 0 },
                bed: match what % 16 {
                    0 if who & 0x3000 == 0 => BedUse::Emergency,
                    0 => BedUse::Elective,
                    1 => BedUse::Frees,
                    _ => BedUse::None,
                },
                told: Told { guided: who & 0x10 == 0, called: who & 0x20 == 0 },
                stops_down: any_stops(how.rotate_left(9)),
                patience_word: who,
                resume_at: if how & 0xf00 == 0 { (how % count) as u8 } else { 0 },
            }
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.at_ms);
    (arrivals, steps)
}

fn orders(word: u32) -> Orders {
    let bit = |k: u32| word >> k & 1 == 1;
    Orders {
        emergency: word & 0x700 == 0,
        registered_ahead: bit(12),
        lab: bit(13),
        imaging: bit(14),
        treatment: bit(15),
        drugs: bit(16),
    }
}

fn any_stops(word: u32) -> Stops {
    use Channel::{DischargeDesk, Kiosk, None, Phone, PhoneThenKiosk, PhoneThenWindow, Window};
    let channels =
        [None, Phone, Kiosk, Window, DischargeDesk, PhoneThenKiosk, PhoneThenWindow, Window];
    let stops = PaymentPoint::ALL.iter().fold(
        Stops::default().with_insured(word >> 31 == 1),
        |stops, &point| {
            stops.with(point, channels[(word >> (4 * point as u32)) as usize % channels.len()])
        },
    );
    match word % 5 {
        0 => stops.declining_tests(),
        1 => stops.lacking_deposit(),
        _ => stops,
    }
}

/// Some outages in rising order.
fn any_outages() -> impl Strategy<Value = Vec<Outage>> {
    let one = (0_u32..90, 1_u32..90, any::<bool>(), 0_u32..9);
    proptest::collection::vec(one, 0..4).prop_map(|rows| {
        let mut now = 0;
        rows.into_iter()
            .map(|(gap, length, core, window_extra_ms)| {
                let from_ms = now + gap;
                now = from_ms + length;
                let down = if core { Down::Core } else { Down::Network };
                Outage { from_ms, to_ms: now, down, window_extra_ms }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn random_days_are_bit_identical_to_explicit_completions_on_a_heap(
        level in any_level(), seed: u64, count in 1_u32..70, span_ms in 1_u32..300, closed: bool,
        open_beds in 0_u32..6, handover_ms in 0_u32..20, outages in any_outages(),
    ) {
        let level = if seed.is_multiple_of(2) { with_released_work(&level, 40) } else { level };
        let site = compile(&level);
        let (arrivals, steps) = random_day(&site, seed, count, span_ms);
        let day = Day { weekday_closed: closed, handover_ms, outages: &outages, ..day_of(&arrivals, &steps) };
        let place = Place { hospital: &site.0, tables: &site.1 };
        let start = Beds::new(open_beds, open_beds / 2);
        let [mut beds, mut heap_beds, mut oracle_beds] = [(); 3].map(|()| start.clone());
        let (fast, stats) = walked_with_beds(&site, day, &mut beds);

        let (mut heap, mut rooms) = (HeapCalendar::default(), Rooms::default());
        let (mut on_heap, mut heap_stats) = (Vec::new(), DayStats::default());
        heap_beds.begin();
        let on = (&mut heap_beds, &mut heap);
        Walker::new(place, day, on, &mut rooms, &mut on_heap, &mut heap_stats).run();
        prop_assert_eq!(&fast, &on_heap);
        prop_assert_eq!(stats, heap_stats);
        prop_assert_eq!(&fast, &oracle::walk(place, day, &mut oracle_beds));
        let after = [&beds, &heap_beds, &oracle_beds].map(|beds| (beds.taken(), beds.at_midnight()));
        prop_assert!(after == [after[0]; 3], "{after:?}");
        let freed = arrivals.iter().zip(&fast);
        let freed = freed.filter(|(a, o)| a.bed == BedUse::Frees && o.end == End::Done).count();
        let admitted = fast.iter().filter(|o| o.has_bed && o.end == End::Done).count();
        let taken = (open_beds / 2) as usize + admitted;
        prop_assert_eq!(beds.taken() as usize, taken.saturating_sub(freed), "no bed is lost");

        prop_assert_eq!(stats.visits, u64::from(count));
        prop_assert_eq!(stats.done + stats.reneged + stats.closed + stats.ward.no_bed + stats.ward.turned_away, stats.visits);
        let waited: u64 = fast.iter().map(|o| u64::from(o.wait_ms + o.pay_queue_ms + o.desk_queue_ms)).sum();
        prop_assert_eq!(stats.stations.iter().map(|s| s.wait_sum_ms).sum::<u64>(), waited);
    }

    #[test]
    fn a_cashier_without_walk_queue_or_service_changes_no_time(
        mut level in any_level(), seed: u64, count in 1_u32..70, span_ms in 1_u32..300,
    ) {
        make_payment_free(&mut level);
        let site = compile(&level);
        let (mut arrivals, steps) = random_day(&site, seed, count, span_ms);
        for arrival in &mut arrivals {
            let trips = PaymentPoint::ALL.iter().zip([2, 3, 4].iter().cycle());
            arrival.stops = trips.fold(Stops::default().with_insured(true), |stops, (&point, &k)| {
                stops.with(point, [Channel::Kiosk, Channel::Window, Channel::DischargeDesk][k - 2])
            });
        }
        let (stopping, _) = walked(&site, day_of(&arrivals, &steps));
        for arrival in &mut arrivals {
            arrival.stops = Stops::default();
        }
        let (passing, _) = walked(&site, day_of(&arrivals, &steps));
        let without_trips = |outcomes: Vec<Outcome>| -> Vec<Outcome> {
            outcomes.into_iter().map(|outcome| Outcome { stops: 0, ..outcome }).collect()
        };
        prop_assert_eq!(without_trips(stopping), without_trips(passing));
    }

    #[test]
    fn the_area_under_each_line_is_the_sum_of_its_waits(
        seed: u64, count in 1_u32..200, servers in 1.0..4.0_f64,
    ) {
        let site = compile(&level(servers, 30, &open_all_day()));
        let (arrivals, steps) = random_day(&site, seed, count, 500);
        let day = day_of(&arrivals, &steps);
        let place = Place { hospital: &site.0, tables: &site.1 };
        let (mut calendar, mut rooms) = (BucketCalendar::default(), Rooms::default());
        let (mut out, mut stats) = (Vec::new(), DayStats::default());
        let on = (&mut Beds::default(), &mut calendar);
        Walker::new(place, day, on, &mut rooms, &mut out, &mut stats).run();
        let mut areas = [0; super::super::STATION_KINDS];
        for (station, (_, meter)) in (0_u8..).zip(&mut rooms.stations) {
            areas[kind(station)] += meter.finish();
        }
        prop_assert_eq!(areas, stats.stations.map(|station| station.wait_sum_ms));
    }
}

#[test]
fn at_one_instant_a_release_precedes_arrivals_and_arrivals_go_by_rank() {
    let site = compile(&level(1.0, 5, &open_all_day()));
    let late = [Step::walk(10), Step::serve(REGISTRATION, 7)];
    let early = [Step::serve(REGISTRATION, 10)];
    let last = [Step::walk(8), Step::serve(REGISTRATION, 7)];
    let (arrivals, steps) = visits(&[(0, &late), (0, &early), (2, &last)]);
    let (out, _) = walked(&site, day_of(&arrivals, &steps));
    assert_eq!(out[1].exit_ms, 10);
    assert_eq!(out[0].wait_ms, 0, "the release at 10 comes before the arrival at 10");
    assert_eq!(out[2].wait_ms, 7, "both arrive at 10; the lower rank is first");
}

#[test]
fn impatient_patients_leave_after_their_patience_and_take_no_server() {
    let mut level = level(1.0, 5, &open_all_day());
    level.patience_s = uniform_ms(20, 20);
    let site = compile(&level);
    let program = [Step::serve(LABORATORY, 50)];
    let (arrivals, steps) = visits(&[(0, &program), (10, &program), (30, &program)]);
    let (out, stats) = walked(&site, day_of(&arrivals, &steps));
    let ends: Vec<(End, Ms, u8)> = out.iter().map(|o| (o.end, o.exit_ms, o.steps_done)).collect();
    assert_eq!(
        ends,
        [(End::Done, 50, 1), (End::Reneged, 30, 0), (End::Done, 100, 1)],
        "the third waits exactly its patience: 20 ms"
    );
    assert_eq!((stats.reneged, stats.stations[usize::from(LABORATORY)].reneged), (1, 1));
    assert_eq!(stats.stations[usize::from(LABORATORY)].wait_sum_ms, 20 + 20);
}

#[test]
fn who_comes_after_closing_is_carried_and_resumes_at_that_step() {
    let mut level = level(1.0, 5, &open_all_day());
    level.stations[usize::from(PHARMACY)].shifts =
        vec![Shift { from_ms: 100, to_ms: 200, staffing: 1.0 }];
    let site = compile(&level);
    let program =
        [Step::serve(LABORATORY, 50), Step::walk(10), Step::serve(PHARMACY, 5), Step::walk(1)];
    let (mut arrivals, steps) = visits(&[(0, &program), (150, &program)]);
    let (out, _) = walked(&site, day_of(&arrivals, &steps));
    assert_eq!((out[0].end, out[0].exit_ms, out[0].wait_ms), (End::Done, 106, 40), "opens at 100");
    assert_eq!((out[1].end, out[1].exit_ms, out[1].steps_done), (End::Closed, 210, 2));
    arrivals[1].resume_at = out[1].steps_done;
    let (next_day, _) = walked(&site, day_of(&arrivals[1..], &steps));
    assert_eq!((next_day[0].end, next_day[0].exit_ms, next_day[0].steps_done), (End::Done, 156, 4));
}

#[test]
fn early_birds_do_not_lose_patience_before_the_doors_open() {
    let mut level = level(1.0, 5, &[Shift { from_ms: 500, to_ms: 900, staffing: 1.0 }]);
    level.patience_s = uniform_ms(20, 20);
    let site = compile(&level);
    let program = [Step::serve(REGISTRATION, 30)];
    let (arrivals, steps) = visits(&[(0, &program), (1, &program)]);
    let (out, _) = walked(&site, day_of(&arrivals, &steps));
    assert_eq!((out[0].end, out[0].wait_ms), (End::Done, 500));
    assert_eq!((out[1].end, out[1].exit_ms), (End::Reneged, 520), "patience counts from opening");
}

#[test]
fn on_a_closed_weekday_elective_visits_end_at_the_door_and_emergencies_go_on() {
    let site = compile(&level(1.0, 5, &open_all_day()));
    let elective = [Step::walk(3), Step::serve(Station::Department0 as u8, 5)];
    let emergency = [Step::walk(3), Step::serve(Station::Emergency as u8, 5)];
    let (arrivals, steps) = visits(&[(7, &elective), (7, &emergency)]);
    let (out, _) = walked(&site, Day { weekday_closed: true, ..day_of(&arrivals, &steps) });
    assert_eq!((out[0].end, out[0].exit_ms), (End::Closed, 7));
    assert_eq!((out[1].end, out[1].exit_ms), (End::Done, 15));
}

#[test]
fn a_trip_costs_walk_queue_and_service_and_the_phone_only_its_service() {
    let mut level = level(1.0, 5, &open_all_day());
    level.payment_walk_s = uniform_ms(11, 11);
    level.stations[Station::Cashier as usize].service_s = uniform_ms(40, 40);
    let site = compile(&level);
    let program = [Step::pay(PaymentPoint::Tests, 1 << 31, 0), Step::serve(LABORATORY, 9)];
    let (mut arrivals, steps) = visits(&[(0, &program), (0, &program), (0, &program)]);
    let window = Stops::default().with(PaymentPoint::Tests, Channel::Window);
    arrivals[0].stops = window.with_insured(true);
    arrivals[1].stops = window;
    arrivals[2].stops = Stops::default().with(PaymentPoint::Tests, Channel::Phone);
    let (out, stats) = walked(&site, day_of(&arrivals, &steps));
    let parts = |o: &Outcome| (o.pay_walk_ms, o.pay_queue_ms, o.pay_service_ms, o.stops);
    assert_eq!(parts(&out[0]), (11, 0, 43, 1), "an insured bill takes 3 ms more at the window");
    assert_eq!(parts(&out[1]), (11, 43, 40, 1));
    assert_eq!((parts(&out[2]).0, parts(&out[2]).3), (0, 0));
    assert_eq!(out[0].point_ms[PaymentPoint::Tests as usize], 5 + 43);
    assert_eq!(out[0].point_ms[PaymentPoint::Drugs as usize], NOT_REACHED);
    let hours =
        (stats.payment().arrivals[0], stats.payment().wait_sum_ms[0], stats.clinical().arrivals[0]);
    assert_eq!(hours, (2, 43, 3));
}

#[test]
fn reports_run_side_by_side_and_the_later_one_is_awaited() {
    let site = compile(&level(1.0, 5, &open_all_day()));
    let program = [
        Step::serve(LABORATORY, 10),
        Step::report(100),
        Step::serve(Station::Imaging as u8, 30),
        Step::report(20),
        Step::await_reports(),
    ];
    let (arrivals, steps) = visits(&[(0, &program)]);
    let (out, _) = walked(&site, day_of(&arrivals, &steps));
    assert_eq!((out[0].exit_ms, out[0].clinical_ms), (110, 110));
}

/// Sign-up and help: one clerk at the desk from 10 to 100.
#[test]
fn the_help_desk_has_a_line_and_who_finds_it_closed_or_is_an_emergency_is_helped_without_one() {
    let mut level = level(1.0, 5, &open_all_day());
    level.stations[Station::HelpDesk as usize].shifts =
        vec![Shift { from_ms: 10, to_ms: 100, staffing: 1.0 }];
    let elective = [Step::walk(3)];
    let emergency = [Step::serve(Station::Emergency as u8, 5)];
    let rows: [(Ms, &[Step]); 5] =
        [(0, &elective), (10, &elective), (12, &elective), (12, &emergency), (100, &elective)];
    let (mut arrivals, steps) = visits(&rows);
    for arrival in &mut arrivals {
        arrival.extra_desk_ms = 40;
    }
    let parts = |o: &Outcome| (o.desk_queue_ms, o.desk_ms, o.exit_ms);
    let (out, stats) = walked(&compile(&level), day_of(&arrivals, &steps));
    let found: Vec<_> = out.iter().map(parts).collect();
    assert_eq!(
        found,
        [(0, 40, 43), (0, 40, 53), (38, 40, 93), (0, 40, 57), (0, 40, 143)],
        "before opening, first, second in line, an emergency, after closing"
    );
    let desk = stats.stations[Station::HelpDesk as usize];
    assert_eq!((desk.served, desk.wait_sum_ms, desk.busy_ms), (2, 38, 80));
    assert_eq!(stats.clinical().arrivals[0], 1, "its line is no clinical queue");

    level.stations[Station::HelpDesk as usize].shifts = Vec::new();
    let (out, stats) = walked(&compile(&level), day_of(&arrivals, &steps));
    assert!(out.iter().all(|o| (o.desk_queue_ms, o.desk_ms) == (0, 40)), "there is no desk");
    assert_eq!(stats.stations[Station::HelpDesk as usize].served, 0);
}

/// Whoever signs up asks for a bed only then, and waits for it from then on.
#[test]
fn the_line_of_the_help_desk_comes_before_the_bed() {
    let site = compile(&level(1.0, 5, &open_all_day()));
    let admission = [Step::walk(3)];
    let discharge = [Step::walk(90)];
    let (mut arrivals, steps) = visits(&[(0, &discharge), (0, &admission), (0, &admission)]);
    arrivals[0].bed = BedUse::Frees;
    for arrival in &mut arrivals[1..] {
        (arrival.bed, arrival.extra_desk_ms) = (BedUse::Elective, 30);
    }
    let day = day_of(&arrivals, &steps);
    let (out, stats) = walked_with_beds(&site, day, &mut Beds::new(1, 1));
    let parts = |o: &Outcome| (o.desk_queue_ms, o.desk_ms, o.bed_ms, o.end);
    assert_eq!(parts(&out[1]), (0, 30, 60, End::Done), "asks at 30, the bed is free at 90");
    assert_eq!(parts(&out[2]), (30, 30, 0, End::NoBed));
    assert_eq!((out[2].exit_ms, stats.ward.bed_wait_ms), (60, 60));
}
