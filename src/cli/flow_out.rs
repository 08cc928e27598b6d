//! What `aftercare flow --out` leaves behind: tables and pictures. Must never write a wall-clock figure,
//! so that the same run writes the same bytes.

use super::args::Common;
use super::fault::Fault;
use super::flow::{MS_PER_SECOND, Ran};
use crate::flow::network::{Interval, NetworkResult, Replication};
use crate::report::{NetworkView, PlaceView, WayView, draw_network};
use serde_json::Value;
use std::path::Path;

/// Intervals aimed at in a table over time.
const INTERVALS: f64 = 96.0;
/// Widths of intervals that a reader can name, seconds.
const WIDTHS_S: [f64; 9] = [10.0, 30.0, 60.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 21_600.0];
const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Keys of the answer that depend on the machine.
const WALL_CLOCK: [&str; 3] = ["seconds", "patients_per_s", "events_per_s"];

/// Width of the intervals for the longest replication.
pub(super) fn interval_s(result: &NetworkResult) -> f64 {
    let end_ms = result.replications.iter().map(|r| r.end_ms).max().unwrap_or(0);
    let wanted = f64::from(end_ms) / MS_PER_SECOND / INTERVALS;
    let fitting = WIDTHS_S.into_iter().find(|width| *width >= wanted);
    fitting.unwrap_or_else(|| libm::ceil(wanted / 86_400.0) * 86_400.0)
}

/// Writes the folder.
pub(super) fn write(
    folder: &Path,
    ran: &Ran,
    answer: &Value,
    common: &Common,
) -> Result<(), Fault> {
    std::fs::create_dir_all(folder)?;
    let mut summary = answer.clone();
    if let Some(map) = summary.as_object_mut() {
        map.retain(|key, _| !WALL_CLOCK.contains(&key.as_str()));
    }
    std::fs::write(folder.join("flow.json"), format!("{summary:#}\n"))?;
    stations(&folder.join("stations.csv"), ran.result)?;
    let over_time: Vec<Vec<Mean>> =
        (0..ran.result.stations.len()).map(|k| over_time(ran.result, k)).collect();
    queues(&folder.join("queues.csv"), ran.result, &over_time)?;
    let lang = common.lang.of_reports();
    let view = view(ran, answer, &over_time, common);
    for (name, svg) in draw_network(&view, lang).map_err(Fault::internal)? {
        std::fs::write(folder.join(format!("{name}.svg")), svg)?;
    }
    Ok(())
}

/// A row a replication and station.
fn stations(path: &Path, result: &NetworkResult) -> Result<(), Fault> {
    let mut table = csv::Writer::from_path(path).map_err(Fault::internal)?;
    let header = [
        "replication",
        "station",
        "served",
        "waited",
        "over_target",
        "turned_away",
        "blocked",
        "balked",
        "reneged",
        "wait_mean_s",
        "wait_p50_s",
        "wait_p90_s",
        "wait_p95_s",
        "wait_p99_s",
        "queue_area_s",
        "wait_sum_s",
        "longest_queue",
        "busy_s",
        "on_duty_s",
        "busy_while_coming_s",
        "on_duty_while_coming_s",
    ];
    table.write_record(header).map_err(Fault::internal)?;
    let seconds = |ms: u64| format!("{:.3}", ms as f64 / MS_PER_SECOND);
    for (number, replication) in result.replications.iter().enumerate() {
        for (name, s) in result.stations.iter().zip(&replication.stations) {
            let counts = [s.served, s.waited, s.over_target, s.turned_away];
            let lost = [s.blocked, s.balked, s.reneged];
            let mut row = vec![number.to_string(), name.clone()];
            row.extend(counts.iter().chain(&lost).map(u64::to_string));
            row.push(format!("{:.3}", s.wait_mean_s()));
            row.extend(s.wait_quantiles_ms.iter().map(|&ms| seconds(u64::from(ms))));
            row.extend([seconds(s.queue_area_ms), seconds(s.wait_sum_ms)]);
            row.push(s.longest_queue.to_string());
            row.extend([seconds(s.busy_ms), seconds(s.capacity_ms)]);
            row.push(seconds(s.busy_while_coming_ms));
            row.push(seconds(s.capacity_while_coming_ms));
            table.write_record(&row).map_err(Fault::internal)?;
        }
    }
    Ok(table.flush()?)
}

/// Means of an interval over all replications; those that have ended count as empty.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    from_s: f64,
    joined: f64,
    waited: f64,
    wait_mean_s: f64,
    queue: f64,
    busy: f64,
}

fn over_time(result: &NetworkResult, station: usize) -> Vec<Mean> {
    let series = || result.replications.iter().map(|r: &Replication| &r.series[station]);
    let count = series().map(|s| s.intervals.len()).max().unwrap_or(0);
    let width_ms = series().next().map_or(1.0, |s| f64::from(s.width_ms));
    let runs = result.replications.len() as f64;
    let mean = |k: usize| {
        let sum = |of: fn(&Interval) -> u64| {
            series().filter_map(|s| s.intervals.get(k)).map(of).sum::<u64>() as f64
        };
        let joined = sum(|i| i.joined);
        Mean {
            from_s: k as f64 * width_ms / MS_PER_SECOND,
            joined: joined / runs,
            waited: sum(|i| i.waited) / runs,
            wait_mean_s: sum(|i| i.wait_sum_ms) / joined.max(1.0) / MS_PER_SECOND,
            queue: sum(|i| i.queue_area_ms) / width_ms / runs,
            busy: sum(|i| i.busy_area_ms) / width_ms / runs,
        }
    };
    (0..count).map(mean).collect()
}

/// A row a station and interval, means over replications.
fn queues(path: &Path, result: &NetworkResult, means: &[Vec<Mean>]) -> Result<(), Fault> {
    let mut table = csv::Writer::from_path(path).map_err(Fault::internal)?;
    let header =
        ["station", "from_s", "joined", "waited", "wait_mean_s", "queue_mean", "in_service_mean"];
    table.write_record(header).map_err(Fault::internal)?;
    for (name, means) in result.stations.iter().zip(means) {
        for m in means {
            let values = [m.joined, m.waited, m.wait_mean_s, m.queue, m.busy];
            let mut row = vec![name.clone(), format!("{}", m.from_s)];
            row.extend(values.map(|value| format!("{value:.4}")));
            table.write_record(&row).map_err(Fault::internal)?;
        }
    }
    Ok(table.flush()?)
}

/// Stations in the order in which a customer can first meet them.
fn order(ran: &Ran) -> Vec<usize> {
    let ways = ran.spec.ways();
    let count = ran.spec.stations.len();
    let mut met: Vec<usize> = Vec::new();
    let mut fresh: Vec<Option<usize>> = vec![None];
    while !fresh.is_empty() {
        let mut next: Vec<(f64, usize)> = ways
            .iter()
            .filter(|way| fresh.contains(&way.0))
            .filter_map(|way| Some((way.2, way.1?)))
            .filter(|(_, to)| !met.contains(to))
            .collect();
        next.sort_by(|a, b| b.0.total_cmp(&a.0));
        fresh.clear();
        for (_, to) in next {
            if !met.contains(&to) {
                met.push(to);
                fresh.push(Some(to));
            }
        }
    }
    met.extend((0..count).filter(|k| !met.contains(k)).collect::<Vec<_>>());
    met
}

fn view(ran: &Ran, answer: &Value, over_time: &[Vec<Mean>], common: &Common) -> NetworkView {
    let order = order(ran);
    let word = |en, zh| PlaceView { name: common.say(en, zh).to_owned(), ..PlaceView::default() };
    let mut places = vec![word("arrival", "到达")];
    places.extend(order.iter().map(|&k| place(ran, answer, (k, &over_time[k]), common)));
    places.push(word("exit", "离开"));
    let last = places.len() - 1;
    let at = |station: Option<usize>, none: usize| {
        let found = station.and_then(|k| order.iter().position(|&other| other == k));
        found.map_or(none, |place| place + 1)
    };
    let ways = ran.spec.ways();
    let ways = ways.iter().map(|&(from, to, share)| WayView {
        from: at(from, 0),
        to: at(to, last),
        share,
    });
    NetworkView { name: ran.name.to_owned(), ways: ways.collect(), places }
}

fn place(ran: &Ran, answer: &Value, (k, means): (usize, &[Mean]), common: &Common) -> PlaceView {
    let station = &ran.spec.stations[k];
    let result = &answer["stations"][&station.name];
    let mean = |key: &str| result[key]["mean"].as_f64().unwrap_or(0.0);
    let most = station.shifts.iter().map(|shift| shift.servers).max();
    let servers = most.unwrap_or(station.servers);
    let note = if station.delay.is_some() {
        common.say("time without servers", "无需服务台").to_owned()
    } else {
        let (servers_word, load) = (common.say("servers", "个服务台"), common.say("load", "负荷"));
        format!("{servers} {servers_word}, {load} {:.2}", mean("utilisation"))
    };
    PlaceView {
        name: station.name.clone(),
        note,
        waits_s: Some(["wait_mean_s", "wait_p90_s", "wait_p99_s"].map(mean)),
        over_time: means
            .iter()
            .map(|mean| (mean.from_s / SECONDS_PER_HOUR, mean.queue, mean.busy))
            .collect(),
    }
}
