//! Each feature of a network alone, on customers who come at given seconds: what it does to whom. The
//! random networks hold the fast methods to the plain ones; here the plain meaning is held to words.

use super::*;
use crate::random::Distribution;

fn fixed(value: f64) -> Distribution {
    Distribution::Deterministic { value }
}

/// One station where each customer stays `service_s`, and streams of (priority, seconds of arrival).
fn run(station: NetworkStation, service_s: f64, streams: &[(u8, &[f64])]) -> Replication {
    let route = |from: &str, to: &str| Route { from: from.into(), to: to.into(), probability: 1.0 };
    let streams = (0..).zip(streams).map(|(k, &(priority, times_s))| Stream {
        priority,
        ..Stream::new(format!("stream {k}"), Arrivals::Trace { times_s: times_s.to_vec() })
    });
    let spec = NetworkSpec {
        activities: vec![Activity {
            name: "visit".into(),
            station: station.name.clone(),
            service_s: fixed(service_s),
            again_s: None,
        }],
        stations: vec![station],
        streams: streams.collect(),
        routes: vec![route(ARRIVAL, "visit"), route("visit", EXIT)],
    };
    let both = [false, true].map(|plain| {
        let options = Options { plain, ..Options::default() };
        simulate_with(&spec, 1, 1, options).expect("a valid network").replications.remove(0)
    });
    assert_eq!(both[0], both[1], "fast and plain");
    assert!(both[0].is_conserved(), "{:?}", both[0]);
    both[0].clone()
}

/// A window with one server.
fn window() -> NetworkStation {
    NetworkStation::new("window", 1)
}

fn seconds(ms: u64) -> u64 {
    assert_eq!(ms % 1_000, 0, "{ms} ms are no whole seconds");
    ms / 1_000
}

#[test]
fn a_full_room_sends_newcomers_away() {
    let day =
        run(NetworkStation { room: Some(2), ..window() }, 100.0, &[(0, &[0.0, 10.0, 20.0, 150.0])]);
    assert_eq!((day.blocked, day.done), (1, 3), "the third finds two; at 150 there is one");
    assert_eq!(seconds(day.stations[0].wait_sum_ms), 90 + 50);
}

#[test]
fn a_long_line_is_balked_at_and_a_short_one_is_not() {
    let balking = vec![Balking { line: 1, share: 0.0 }, Balking { line: 2, share: 1.0 }];
    let day = run(NetworkStation { balking, ..window() }, 100.0, &[(0, &[0.0, 1.0, 2.0, 3.0])]);
    assert_eq!((day.balked, day.done), (1, 3), "two in line are one too many; one is not");
}

#[test]
fn patience_ends_the_wait_of_those_who_are_not_served_by_then() {
    let patience_s = Some(fixed(50.0));
    let day = run(NetworkStation { patience_s, ..window() }, 100.0, &[(0, &[0.0, 10.0, 50.0])]);
    assert_eq!((day.reneged, day.done), (1, 2), "the third waits exactly as long as he bears");
    assert_eq!(seconds(day.stations[0].wait_sum_ms), 50 + 50);
}

#[test]
fn a_batch_goes_on_when_it_is_full_or_has_gathered_long_enough() {
    let batch = Some(Batch { size: 2, longest_s: 60.0 });
    let reports = |delay| NetworkStation { servers: 0, delay: Some(delay), ..window() };
    let times: [f64; 3] = [0.0, 20.0, 100.0];
    let day = run(reports(Delay { every_s: None, batch }), 30.0, &[(0, &times)]);
    assert_eq!(day.end_ms, 190_000, "the third alone, after a minute");
    assert_eq!(seconds(day.time_in_system_sum_ms), 50 + 30 + 90);
    let day = run(reports(Delay { every_s: Some(120.0), batch: None }), 30.0, &[(0, &times)]);
    assert_eq!(seconds(day.time_in_system_sum_ms), 120 + 100 + 140, "every two minutes");
}

#[test]
fn the_elderly_and_emergencies_go_first_and_nobody_is_interrupted() {
    let streams: [(u8, &[f64]); 2] = [(1, &[0.0, 10.0, 20.0]), (0, &[30.0])];
    let waits = |discipline| {
        let day = run(NetworkStation { discipline, ..window() }, 100.0, &streams);
        day.stations[0].wait_quantiles_ms[3] / 1_000
    };
    assert_eq!(waits(Discipline::Fifo), 270, "he who came last");
    assert_eq!(waits(Discipline::Priority), 280, "he who came at 20: first 30, then 10, then 20");
}

#[test]
fn the_earlier_appointment_goes_first_and_some_do_not_come_or_come_late() {
    let booked = |no_show, late_s: f64| Appointments {
        from_s: 0.0,
        to_s: 300.0,
        every_s: 60.0,
        per_slot: 2,
        no_show,
        early_s: 0.0,
        late_s: fixed(late_s),
    };
    let spec = |appointments| NetworkSpec {
        stations: vec![NetworkStation { discipline: Discipline::Appointment, ..window() }],
        activities: vec![Activity {
            name: "visit".into(),
            station: "window".into(),
            service_s: fixed(10.0),
            again_s: None,
        }],
        streams: vec![Stream::new("booked", Arrivals::Appointments(appointments))],
        routes: vec![
            Route { from: ARRIVAL.into(), to: "visit".into(), probability: 1.0 },
            Route { from: "visit".into(), to: EXIT.into(), probability: 1.0 },
        ],
    };
    let day = |appointments| {
        let result = simulate(&spec(appointments), 7, 1).expect("a valid network");
        result.replications[0].clone()
    };
    let on_time = day(booked(0.0, 0.0));
    assert_eq!((on_time.customers, on_time.no_shows, on_time.end_ms), (10, 0, 260_000));
    assert_eq!(day(booked(0.0, 45.0)).end_ms, 260_000 + 45_000, "everybody is 45 s late");
    let few = day(booked(0.5, 0.0));
    assert_eq!(few.customers + few.no_shows, 10);
    assert!(few.no_shows > 0 && few.customers > 0);
}

#[test]
fn breaks_holidays_and_closing_hold_and_the_line_is_served_out() {
    let shift = |from_s, to_s, servers| NetworkShift { from_s, to_s, servers };
    let station = NetworkStation {
        shifts: vec![shift(0.0, 300.0, 1)],
        breaks: vec![shift(50.0, 100.0, 1)],
        ..window()
    };
    let day = run(station.clone(), 100.0, &[(0, &[60.0, 210.0, 290.0, 301.0])]);
    assert_eq!((day.turned_away, day.done), (1, 3), "one came after closing");
    assert_eq!(day.end_ms, 410_000, "after the break 100-200, 210-310, and served out");
    let holiday = NetworkStation { daily: true, closed_days: vec![0], ..station };
    let day = run(holiday, 100.0, &[(0, &[60.0])]);
    assert_eq!(day.end_ms, 86_400_000 + 100_000, "waits for the next morning");
}
