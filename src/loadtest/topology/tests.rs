//! Calls counted, outcomes resolved, breakers opened; the three sides agree at the end.

use super::spec::SystemSpec;
use super::*;
use crate::loadtest::tests::world;

fn topology(lost_per_million: u32) -> Topology {
    let text = include_str!("../../../docs/core_topology.json");
    let mut topology = Topology::parse(text).expect("the shipped topology");
    topology.hospital_to_core.lost_per_million = lost_per_million;
    topology.core_to_bank.lost_per_million = lost_per_million;
    topology
}

const LOAD: Load =
    Load { visits: 3_000, visits_per_s: 100.0, through_bank_percent: 30, hospitals: 4, seed: 7 };

fn ran(topology: &Topology, paying: Paying) -> TopologyReport {
    let report = run(&world(), topology, paying, &LOAD).expect("memory");
    assert_eq!((report.disagreements, report.bank_disagreements), (0, 0), "{report:?}");
    assert_eq!(report.findings, Vec::<String>::new());
    report
}

#[test]
fn without_losses_a_visit_sends_two_calls_a_bill() {
    let per_order = ran(&topology(0), Paying::PerOrder);
    let once = ran(&topology(0), Paying::OnceAtEnd);
    assert!((per_order.calls_a_visit - 6.0).abs() < 0.01, "{per_order:?}");
    assert!((once.calls_a_visit - 2.0).abs() < 0.01, "{once:?}");
    assert_eq!(once.unknown, 0);
    // Little's law: 600 calls a second hold 98 ms of a hospital's places on average, and more with
    // the bank; four hospitals of 50 places.
    let used = per_order.utilisation[0];
    assert!((0.25..0.6).contains(&used), "{used}");
    // A bill is a trial and a settlement, each at least its mean path of 100 ms.
    assert!((150.0..400.0).contains(&once.bill_p50_ms), "{}", once.bill_p50_ms);
}

#[test]
fn unknown_outcomes_are_found_or_undone_and_nobody_disagrees() {
    let mut lossy = topology(30_000);
    // Two per cent of 50,000 calls would keep the breakers open; here only losses are looked at.
    lossy.hospital_to_core.breaker_failures = 1_000;
    lossy.core_to_bank.breaker_failures = 1_000;
    let report = ran(&lossy, Paying::PerOrder);
    // 9,000 settlements lose one of two messages with 5.9 %, half of each kind.
    assert!((350..800).contains(&report.unknown), "{report:?}");
    assert!(report.found_done > 100 && report.undone > 100, "{report:?}");
    assert!(report.taken_back_at_bank > 20, "{report:?}");
    let resolved = report.found_done + report.undone + report.left_for_reconciliation;
    assert_eq!(resolved, report.unknown, "{report:?}");
}

#[test]
fn a_bank_that_hangs_opens_the_breaker_and_others_are_served() {
    let mut slow = topology(0);
    slow.bank.service_ms = 30_000.0;
    let report = ran(&slow, Paying::OnceAtEnd);
    assert!(report.breakers_opened[1] > 0 && report.turned_away > 100, "{report:?}");
    assert!(report.settled > 1_800, "those who pay themselves are served: {report:?}");
}

#[test]
fn a_narrow_network_saturates_first_and_turns_nobody_s_money_around() {
    let mut narrow = topology(0);
    // 300 messages a second where 200 are offered: Little's law says two thirds in use.
    narrow.network = Some(SystemSpec { pool: 3, queue: 5_000, service_ms: 10.0, cv: 0.3 });
    let report = ran(&narrow, Paying::OnceAtEnd);
    let used = report.network_utilisation.expect("a network");
    // 3,000 arrivals scatter by 1.8 % of the rate, services by less; four standard deviations.
    assert!((used - 2.0 / 3.0).abs() < 0.05, "{used}");
    assert_eq!(report.first_to_saturate, "network", "{report:?}");
    assert_eq!((report.unknown, report.turned_away), (0, 0), "{report:?}");
    // Half of that and no room to wait: most are turned away and told so at once; nobody disagrees.
    narrow.network = Some(SystemSpec { pool: 1, queue: 2, service_ms: 10.0, cv: 0.3 });
    let report = ran(&narrow, Paying::OnceAtEnd);
    assert!(report.turned_away > 1_000 && report.to_a_window > 1_000, "{report:?}");
    let mut without = topology(0);
    without.network = None;
    assert_eq!(ran(&without, Paying::OnceAtEnd).network_utilisation, None);
}
