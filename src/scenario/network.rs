//! A network file: a queueing network given as data, for `aftercare flow`. Must never know what its
//! customers are, and must leave the rules of a sound network to `flow::network`.

use super::form::{self, Bounds, number};
use super::reader::{Case, Reader};
use super::{InputFile, Problems, distribution, includes, read, stem};
use crate::flow::network::{
    Activity, Appointments, Arrivals, Balking, Batch, Delay, Discipline, Lines, NetworkShift,
    NetworkSpec, NetworkStation, RatePiece, Route, Severity, Stream,
};
use std::path::{Path, PathBuf};

/// The version of the network form that this program reads.
pub const NETWORK_SCHEMA: &str = "aftercare.network/1";
/// Most of anything that is counted.
const MOST: i64 = 1_000_000;
/// The stream of a file that names none.
const ONLY_STREAM: &str = "arrival";
/// The column of a trace that holds the times.
const TRACE_COLUMN: &str = "arrival_s";

/// A network, checked and ready to run.
#[derive(Clone, Debug)]
pub struct NetworkInput {
    /// Stem of the file's name.
    pub name: String,
    /// The network.
    pub spec: NetworkSpec,
    /// Every file that was read.
    pub files: Vec<InputFile>,
    /// What the writer should look at, such as overloaded stations.
    pub warnings: Problems,
}

/// Loads a network.
pub fn load_network(path: &Path) -> Result<NetworkInput, Problems> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let reading = read(path, &[], |r| whole(r, &folder));
    if reading.problems.errors() > 0 {
        return Err(reading.problems);
    }
    let mut files = reading.files;
    files.extend(traces(&reading.resolved).filter_map(|file| {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).ok()?;
        Some(InputFile { path: path.to_string_lossy().into_owned(), text })
    }));
    Ok(NetworkInput { name: stem(path), spec: reading.value, files, warnings: reading.problems })
}

/// Files of recorded arrivals that a network names.
fn traces(network: &serde_json::Value) -> impl Iterator<Item = &str> {
    let streams = network["streams"].as_array().map_or(&[][..], Vec::as_slice);
    let arrivals = streams.iter().map(|stream| &stream["arrivals"]);
    let all = arrivals.chain([&network["arrivals"]]);
    all.filter_map(|arrivals| arrivals["trace"]["file"].as_str())
}

/// Reads every key of a network file; traces are looked for in its folder.
pub(super) fn whole(r: &mut Reader<'_>, folder: &Path) -> NetworkSpec {
    let mark = r.mark();
    r.get("schema", "version of this form", &form::word(&[(NETWORK_SCHEMA, ())]));
    includes(r);
    let network = NetworkSpec {
        stations: r.list("stations", "where customers queue or spend time", station),
        activities: r.list("activities", "what customers do there", activity),
        streams: streams(r, folder),
        routes: r.list("routes", "where customers go next", |r| Route {
            from: r.text("from", "an activity, a stream's name, or \"arrival\""),
            to: r.text("to", "an activity, or \"exit\""),
            probability: r.share("probability", "share of customers who take it"),
        }),
    };
    if r.clean_since(mark) {
        for problem in network.problems() {
            match problem.severity {
                Severity::Error => r.fault(&problem.place, problem.message, "", ""),
                Severity::Warning => r.warn(&problem.place, problem.message, ""),
            }
        }
    }
    network
}

fn streams(r: &mut Reader<'_>, folder: &Path) -> Vec<Stream> {
    let mark = r.mark();
    let only = r.maybe_one_of("arrivals", "how customers come, all alike", &arrivals(folder));
    let named = r.maybe_list("streams", "customers of several kinds", |r| Stream {
        name: r.text("name", "unique; routes may begin with it"),
        priority: r
            .maybe("priority", "rank where a station serves by priority; 0 first", &priority())
            .map_or(0, |priority| priority as u8),
        arrivals: r.one_of("arrivals", "how they come", &arrivals(folder)),
        groups: r
            .maybe_several(
                "groups",
                "shares of groups of 1, 2, 3 ... who come together; absent = alone",
                &number(Bounds::SHARE),
            )
            .unwrap_or_default(),
    });
    if r.clean_since(mark) && only.is_some() == named.is_some() {
        let what = if only.is_some() { "both are given" } else { "neither is given" };
        let key = if only.is_some() { "arrivals" } else { "schema" };
        r.fault(key, what.to_owned(), "either `arrivals` or `streams`", "");
    }
    let only = only.map(|arrivals| vec![Stream::new(ONLY_STREAM, arrivals)]);
    only.or(named).unwrap_or_default()
}

fn priority() -> form::Form<i64> {
    form::count(0, i64::from(u8::MAX))
}

fn intervals(r: &mut Reader<'_>, key: &str, doc: &str) -> Option<Vec<NetworkShift>> {
    r.maybe_list(key, doc, |r| NetworkShift {
        from_s: r.non_negative("from_s", "from the start (of the day, if daily)"),
        to_s: r.non_negative("to_s", "to; those in line by then are still served"),
        servers: r.count("servers", "servers at work, or away", 0, MOST),
    })
}

fn station(r: &mut Reader<'_>) -> NetworkStation {
    let mark = r.mark();
    let name = r.text("name", "unique among stations");
    let small = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
    let servers = r.maybe("servers", "servers, all the time", &form::count(1, MOST)).map(small);
    let shifts = intervals(r, "shifts", "opening intervals; absent = always open");
    let delay = r.maybe_table("delay", "time without servers: a walk, a report", delay);
    if r.clean_since(mark) {
        let given = [servers.is_some(), shifts.is_some(), delay.is_some()];
        let count = given.into_iter().filter(|&given| given).count();
        if count != 1 {
            let what = match count {
                0 => "none is given",
                2 => "both are given",
                _ => "all are given",
            };
            let key = if servers.is_some() { "servers" } else { "name" };
            r.fault(key, what.to_owned(), "one of `servers`, `shifts` and `delay`", "");
        }
    }
    let orders = [
        ("fifo", Discipline::Fifo),
        ("priority", Discipline::Priority),
        ("appointment", Discipline::Appointment),
    ];
    let lines = [("shared", Lines::Shared), ("per_window", Lines::PerWindow)];
    NetworkStation {
        shifts: shifts.unwrap_or_default(),
        breaks: intervals(r, "breaks", "when servers are away").unwrap_or_default(),
        daily: r
            .maybe("daily", "whether shifts and breaks come back each day", &form::flag())
            .unwrap_or(false),
        closed_days: r
            .maybe_several("closed_days", "closed days, counted from 0", &form::count(0, 30))
            .map_or_else(Vec::new, |days| days.into_iter().map(small).collect()),
        discipline: r
            .maybe("discipline", "who is served next; absent = fifo", &form::word(&orders))
            .unwrap_or(Discipline::Fifo),
        lines: r
            .maybe("lines", "how people stand; absent = shared", &form::word(&lines))
            .unwrap_or(Lines::Shared),
        room: r
            .maybe("room", "most customers present; others are sent away", &form::count(1, MOST))
            .map(small),
        balking: r
            .maybe_list("balking", "who goes away at the sight of the line", |r| Balking {
                line: r.count("line", "from so many in line on", 0, MOST),
                share: r.share("share", "share of newcomers that goes away"),
            })
            .unwrap_or_default(),
        patience_s: distribution::maybe(r, "patience", "longest wait that is borne", "s"),
        target_wait_s: r.maybe(
            "target_wait_s",
            "waits above this are counted",
            &number(Bounds::NON_NEGATIVE),
        ),
        delay,
        ..NetworkStation::new(name, servers.unwrap_or(0))
    }
}

fn delay(r: &mut Reader<'_>) -> Delay {
    Delay {
        every_s: r.maybe(
            "every_s",
            "customers go on only at multiples of this",
            &number(Bounds::POSITIVE),
        ),
        batch: r.maybe_table("batch", "customers are gathered first", |r| Batch {
            size: r.count("size", "a batch begins when so many are there", 1, MOST),
            longest_s: r.positive("longest_s", "or so long after the first of them came"),
        }),
    }
}

fn activity(r: &mut Reader<'_>) -> Activity {
    Activity {
        name: r.text("name", "unique among activities"),
        station: r.text("station", "the station's name"),
        service_s: distribution::read(r, "service", "service time of the first pass", "s"),
        again_s: distribution::maybe(r, "again", "service time of later passes", "s"),
    }
}

fn arrivals(folder: &Path) -> [Case<Arrivals>; 5] {
    let folder = folder.to_owned();
    [
        Case::new("poisson", "Poisson arrivals at a constant rate", |r| Arrivals::Poisson {
            mean_gap_s: r.positive("mean_gap_s", "mean time between arrivals"),
            duration_s: r.positive("duration_s", "no arrivals from here on"),
        }),
        Case::new("piecewise", "Poisson arrivals whose rate changes by steps", |r| {
            Arrivals::Piecewise {
                pieces: r.list("pieces", "intervals in rising order", |r| RatePiece {
                    from_s: r.non_negative("from_s", "from"),
                    to_s: r.positive("to_s", "to"),
                    per_hour: r.get("per_hour", "arrivals", &number(Bounds::NON_NEGATIVE)),
                }),
            }
        }),
        Case::new("renewal", "independent times between arrivals", |r| Arrivals::Renewal {
            gap_s: distribution::read(r, "gap", "time between arrivals", "s"),
            duration_s: r.positive("duration_s", "no arrivals from here on"),
        }),
        Case::new("appointments", "appointments at regular times", |r| {
            Arrivals::Appointments(Appointments {
                from_s: r.non_negative("from_s", "first appointment"),
                to_s: r.positive("to_s", "no appointments from here on"),
                every_s: r.positive("every_s", "time between appointments"),
                per_slot: r.count("per_slot", "customers at each", 1, MOST),
                no_show: r.share("no_show", "share that does not come"),
                early_s: r.non_negative("early_s", "how early the earliest come"),
                late_s: distribution::read(r, "late", "how much later than that", "s"),
            })
        }),
        Case::new("trace", "arrivals as recorded, a CSV file", move |r| trace(r, &folder)),
    ]
}

fn trace(r: &mut Reader<'_>, folder: &Path) -> Arrivals {
    let mark = r.mark();
    let file = r.text("file", "CSV file with a column `arrival_s`, beside this file");
    if !r.clean_since(mark) || file.is_empty() {
        return Arrivals::Trace { times_s: Vec::new() };
    }
    let times_s = trace_times(&folder.join(&file)).unwrap_or_else(|message| {
        let expected = format!("a CSV file with a column `{TRACE_COLUMN}` of rising seconds");
        r.fault("file", format!("{file}: {message}"), &expected, "");
        Vec::new()
    });
    Arrivals::Trace { times_s }
}

fn trace_times(path: &PathBuf) -> Result<Vec<f64>, String> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| error.to_string())?;
    let header = reader.headers().map_err(|error| error.to_string())?;
    let column = header.iter().position(|name| name.trim() == TRACE_COLUMN);
    let column = column.ok_or_else(|| format!("no column `{TRACE_COLUMN}`"))?;
    let mut times: Vec<f64> = Vec::new();
    for (row, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| error.to_string())?;
        let cell = record.get(column).unwrap_or_default().trim();
        let time = cell.parse().ok().filter(|time: &f64| time.is_finite() && *time >= 0.0);
        let time = time.ok_or_else(|| format!("line {row}: `{cell}` is not a time"))?;
        if times.last().is_some_and(|&last| time < last) {
            return Err(format!("line {row}: {cell} is earlier than the line before"));
        }
        times.push(time);
    }
    if times.is_empty() { Err("no arrival".to_owned()) } else { Ok(times) }
}
