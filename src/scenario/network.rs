//! A network file: a queueing network given as data, for `aftercare flow`. Must never know what its
//! customers are, and must leave the rules of a sound network to `flow::network`.

use super::form::{self, Bounds, number};
use super::reader::{Case, Reader};
use super::{InputFile, Problems, distribution, includes, read, stem};
use crate::flow::network::{
    Activity, Arrivals, NetworkShift, NetworkSpec, NetworkStation, RatePiece, Route, Severity,
};
use std::path::Path;

/// The version of the network form that this program reads.
pub const NETWORK_SCHEMA: &str = "aftercare.network/1";

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
    let reading = read(path, &[], whole);
    if reading.problems.errors() > 0 {
        return Err(reading.problems);
    }
    Ok(NetworkInput {
        name: stem(path),
        spec: reading.value,
        files: reading.files,
        warnings: reading.problems,
    })
}

/// Reads every key of a network file.
pub(super) fn whole(r: &mut Reader<'_>) -> NetworkSpec {
    let mark = r.mark();
    r.get("schema", "version of this form", &form::word(&[(NETWORK_SCHEMA, ())]));
    includes(r);
    let network = NetworkSpec {
        stations: r.list("stations", "where customers queue", station),
        activities: r.list("activities", "what customers do there", activity),
        arrivals: r.one_of("arrivals", "how customers come", &arrivals()),
        routes: r.list("routes", "where customers go next", |r| Route {
            from: r.text("from", "an activity, or \"arrival\""),
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

fn station(r: &mut Reader<'_>) -> NetworkStation {
    let mark = r.mark();
    let name = r.text("name", "unique among stations");
    let servers = r.maybe("servers", "servers, all the time", &form::count(1, 1_000_000));
    let shifts =
        r.maybe_list("shifts", "opening intervals; absent = always open", |r| NetworkShift {
            from_s: r.non_negative("from_s", "opens, from the start"),
            to_s: r.non_negative("to_s", "accepts until"),
            servers: r.count("servers", "servers at work", 0, 1_000_000),
        });
    if r.clean_since(mark) && servers.is_some() == shifts.is_some() {
        let what = if servers.is_some() { "both are given" } else { "neither is given" };
        let key = if servers.is_some() { "servers" } else { "name" };
        r.fault(key, what.to_owned(), "either `servers` or `shifts`", "");
    }
    let servers = servers.and_then(|servers| u32::try_from(servers).ok()).unwrap_or(0);
    NetworkStation { name, servers, shifts: shifts.unwrap_or_default() }
}

fn activity(r: &mut Reader<'_>) -> Activity {
    Activity {
        name: r.text("name", "unique among activities"),
        station: r.text("station", "the station's name"),
        service_s: distribution::read(r, "service", "service time of the first pass", "s"),
        again_s: distribution::maybe(r, "again", "service time of later passes", "s"),
    }
}

fn arrivals() -> [Case<Arrivals>; 2] {
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
    ]
}
