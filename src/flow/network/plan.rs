//! What is run after what. Stations that feed each other in a circle form a stage; the stages are in
//! the order in which customers pass them. Inside a stage stations can be run one after the other
//! over a window of time that is shorter than the shortest service on any way back. Must never
//! choose a method that is not exact for the station.

use super::compile::{CompiledActivity, Network};
use super::spec::NetworkSpec;
use crate::domain::Ms;

/// Stages of up to so many stations are tried in every order.
const TRY_ALL: usize = 6;
/// The share of services that may be shorter than what a window is planned with.
const SHORT_SHARE: f64 = 1.0 / 5_000.0;
/// Customers that must be expected in a window, else a calendar is cheaper.
const LEAST_PER_WINDOW: f64 = 0.5;

/// Stations that are run together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// In the order in which a window passes them.
    pub(super) stations: Vec<u8>,
    pub(super) how: How,
}

/// How a stage is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Station after station, window after window; no window is longer than the shortest service of
    /// these activities, which lead back.
    Windows { back: Vec<u8> },
    /// By a calendar of events.
    Events,
}

/// The stages of a network.
pub(super) fn stages(spec: &NetworkSpec, network: &Network) -> Vec<Stage> {
    let count = network.stations.len();
    let reach = reach(network);
    let upstream = |k: usize| (0..count).filter(|&from| reach[from][k] && !reach[k][from]).count();
    let mut heads: Vec<usize> = (0..count)
        .filter(|&k| (0..k).all(|earlier| !(reach[k][earlier] && reach[earlier][k])))
        .collect();
    heads.sort_by_key(|&k| upstream(k));
    let peak: f64 = spec.peak_per_s();
    let stage = |&head: &usize| {
        let circle = |k: &usize| *k == head || reach[head][*k] && reach[*k][head];
        let stations: Vec<u8> = (0..count).filter(circle).map(|k| k as u8).collect();
        plan(network, stations, peak)
    };
    heads.iter().map(stage).collect()
}

/// Which stations can be reached from which, by at least one route.
fn reach(network: &Network) -> Vec<Vec<bool>> {
    let count = network.stations.len();
    let mut reach = vec![vec![false; count]; count];
    for activity in &network.activities {
        for to in targets(network, activity) {
            reach[usize::from(activity.station)][usize::from(to)] = true;
        }
    }
    for via in 0..count {
        let onward = reach[via].clone();
        for row in reach.iter_mut().filter(|row| row[via]) {
            row.iter_mut().zip(&onward).for_each(|(reached, more)| *reached |= more);
        }
    }
    reach
}

fn targets<'a>(
    network: &'a Network,
    activity: &'a CompiledActivity,
) -> impl Iterator<Item = u8> + 'a {
    activity.next.stations().filter(|&station| station != network.exit())
}

fn plan(network: &Network, stations: Vec<u8>, peak_per_s: f64) -> Stage {
    let all = stations.iter().all(|&k| network.stations[usize::from(k)].method.has_windows());
    if !all {
        return Stage { stations, how: How::Events };
    }
    let best = orders(&stations)
        .into_iter()
        .map(|order| {
            let back = back(network, &order);
            let shortest = back.iter().map(|&a| short_ms(network, a)).min().unwrap_or(Ms::MAX);
            (shortest, order, back)
        })
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (shortest, stations, back) = best.unwrap_or_default();
    let expected = peak_per_s * f64::from(shortest) / 1_000.0;
    let how = if expected >= LEAST_PER_WINDOW { How::Windows { back } } else { How::Events };
    Stage { stations, how }
}

/// Activities from which a route leads to the same station or an earlier one of the order.
fn back(network: &Network, order: &[u8]) -> Vec<u8> {
    let place = |station: u8| order.iter().position(|&other| other == station);
    let leads_back = |activity: &CompiledActivity| {
        let here = place(activity.station);
        here.is_some()
            && targets(network, activity).any(|to| place(to).is_some_and(|to| Some(to) <= here))
    };
    let numbered = (0_u8..).zip(&network.activities);
    numbered.filter(|(_, activity)| leads_back(activity)).map(|(k, _)| k).collect()
}

/// A service of an activity that few services fall below.
fn short_ms(network: &Network, activity: u8) -> Ms {
    let activity = &network.activities[usize::from(activity)];
    let word = (SHORT_SHARE * 4_294_967_296.0) as u32;
    let short = |table: usize| network.tables[table].sample(word);
    short(activity.service).min(short(activity.again))
}

/// Every order of a few stations, the rotations of many.
fn orders(stations: &[u8]) -> Vec<Vec<u8>> {
    if stations.len() > TRY_ALL {
        let rotated = |by: usize| {
            let mut order = stations.to_vec();
            order.rotate_left(by);
            order
        };
        return (0..stations.len()).map(rotated).collect();
    }
    let Some((&first, rest)) = stations.split_first() else { return vec![Vec::new()] };
    let with_first = |order: Vec<u8>| {
        (0..=order.len()).map(move |place| {
            let mut longer = order.clone();
            longer.insert(place, first);
            longer
        })
    };
    orders(rest).into_iter().flat_map(with_first).collect()
}
