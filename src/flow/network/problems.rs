//! What is wrong with a network given as data: every problem at once, with the place it stands at.
//! Must never correct anything silently.

use super::spec::{
    ARRIVAL, Activity, Arrivals, Discipline, EXIT, Lines, NetworkShift, NetworkSpec,
    NetworkStation, Stream,
};
use crate::random::Distribution;
use libm::fabs;

/// Longest run, seconds: times are 32-bit ms, and lines need room after the last arrival.
const LONGEST_S: f64 = 30.0 * 86_400.0;
/// Activities are marked as passed in one 64-bit word.
pub(super) const MOST_ACTIVITIES: usize = 64;
/// Stations are numbered in a byte.
const MOST_STATIONS: usize = 250;
/// Customers of a replication; their steps are numbered in 30 bits.
const MOST_CUSTOMERS: f64 = 4_000_000.0;

/// Whether a problem stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Cannot be run.
    Error,
    /// Can be run; the result needs care.
    Warning,
}

/// A problem of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where: such as `stations[2]`.
    pub place: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Collects problems.
#[derive(Default)]
pub(super) struct Findings(Vec<Problem>);

impl Findings {
    pub(super) fn add(&mut self, severity: Severity, place: impl Into<String>, message: String) {
        self.0.push(Problem { severity, place: place.into(), message });
    }

    pub(super) fn error(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Error, place, message.into());
    }
}

impl NetworkSpec {
    /// Every problem; empty means that [`super::simulate`] runs it and no station is overloaded.
    pub fn problems(&self) -> Vec<Problem> {
        let mut findings = Findings::default();
        self.check_stations(&mut findings);
        self.check_activities(&mut findings);
        self.check_arrivals(&mut findings);
        self.check_routes(&mut findings);
        if findings.0.is_empty() {
            self.check_paths(&mut findings);
        }
        if findings.0.is_empty() {
            self.check_load(&mut findings);
        }
        findings.0
    }

    pub(super) fn station_index(&self, name: &str) -> Option<usize> {
        self.stations.iter().position(|station| station.name == name)
    }

    pub(super) fn activity_index(&self, name: &str) -> Option<usize> {
        self.activities.iter().position(|activity| activity.name == name)
    }

    fn check_stations(&self, findings: &mut Findings) {
        let count = self.stations.len();
        if count == 0 {
            findings.error("stations", "there is no station");
        }
        if count > MOST_STATIONS {
            findings
                .error("stations", format!("at most {MOST_STATIONS} are possible, got {count}"));
        }
        for (k, station) in self.stations.iter().enumerate() {
            let place = format!("stations[{k}]");
            if self.station_index(&station.name) != Some(k) {
                findings.error(&place, format!("name `{}` is used twice", station.name));
            }
            if station.delay.is_some() {
                check_delay(station, &place, findings);
            } else {
                check_servers(station, &place, findings);
                check_line(station, &place, findings);
            }
        }
    }

    /// Whether customers start from a name.
    fn is_entry(&self, name: &str) -> bool {
        name == ARRIVAL || self.streams.iter().any(|stream| stream.name == name)
    }

    fn check_activities(&self, findings: &mut Findings) {
        let count = self.activities.len();
        if count == 0 || count > MOST_ACTIVITIES {
            findings.error("activities", format!("expected 1 to {MOST_ACTIVITIES}, got {count}"));
        }
        for (k, activity) in self.activities.iter().enumerate() {
            let place = format!("activities[{k}]");
            let Activity { name, station, .. } = activity;
            if self.activity_index(name) != Some(k) {
                findings.error(&place, format!("name `{name}` is used twice"));
            }
            if name == ARRIVAL || name == EXIT {
                findings.error(&place, format!("name `{name}` is reserved for routes"));
            }
            if self.station_index(station).is_none() {
                findings.error(&place, format!("there is no station `{station}`"));
            }
            for distribution in std::iter::once(&activity.service_s).chain(&activity.again_s) {
                if !is_time(distribution) {
                    let message = format!("{distribution:?} is not a distribution of times");
                    findings.error(&place, message);
                }
            }
        }
    }

    fn check_arrivals(&self, findings: &mut Findings) {
        if self.streams.is_empty() {
            findings.error("arrivals", "nobody comes");
        }
        let mut expected = 0.0;
        for (k, stream) in self.streams.iter().enumerate() {
            let place = if self.streams.len() == 1 {
                "arrivals".to_owned()
            } else {
                format!("streams[{k}]")
            };
            let name = &stream.name;
            let twice = self.streams.iter().position(|other| other.name == *name) != Some(k);
            if twice || self.activity_index(name).is_some() || name == EXIT {
                findings.error(&place, format!("name `{name}` is used twice"));
            }
            expected += check_stream(stream, &place, findings);
        }
        if findings.0.is_empty() && !(expected > 0.0 && expected < MOST_CUSTOMERS) {
            let message =
                format!("{expected:.0} customers are expected; possible are 1 to {MOST_CUSTOMERS}");
            findings.error("arrivals", message);
        }
    }

    fn check_routes(&self, findings: &mut Findings) {
        for (k, route) in self.routes.iter().enumerate() {
            let place = format!("routes[{k}]");
            let stream = self.is_entry(&route.from);
            if !stream && self.activity_index(&route.from).is_none() {
                findings.error(&place, format!("there is no activity `{}`", route.from));
            }
            if route.to != EXIT && self.activity_index(&route.to).is_none() {
                findings.error(&place, format!("there is no activity `{}`", route.to));
            }
            if stream && route.to == EXIT {
                findings.error(&place, "customers who leave on arrival cannot be counted");
            }
            if !(0.0..=1.0).contains(&route.probability) {
                let message = format!("probability {} is not within 0 and 1", route.probability);
                findings.error(&place, message);
            }
        }
        let mut from: Vec<&str> =
            self.streams.iter().map(|stream| self.routes_of(&stream.name)).collect();
        from.extend(self.activities.iter().map(|activity| activity.name.as_str()));
        from.sort_unstable();
        from.dedup();
        for from in from {
            let branches = self.routes.iter().filter(|route| route.from == from);
            let sum: f64 = branches.map(|route| route.probability).sum();
            if fabs(sum - 1.0) > 1e-9 {
                findings.error("routes", format!("branches from `{from}` add up to {sum}, not 1"));
            }
        }
    }

    /// Every activity is reached, and from each one customers can get out.
    fn check_paths(&self, findings: &mut Findings) {
        let entries = self.streams.iter().map(|stream| self.routes_of(&stream.name)).collect();
        let reached = self.closure(entries, |route| (&route.from, &route.to));
        let leaving = self.closure(vec![EXIT], |route| (&route.to, &route.from));
        for (k, activity) in self.activities.iter().enumerate() {
            let name = &activity.name;
            if !reached[k] {
                findings.error(format!("activities[{k}]"), format!("no route reaches `{name}`"));
            } else if !leaving[k] {
                let message = format!("customers of `{name}` can never leave");
                findings.error(format!("activities[{k}]"), message);
            }
        }
        for (k, station) in self.stations.iter().enumerate() {
            if self.activities.iter().all(|activity| activity.station != station.name) {
                let message = format!("nothing is done at `{}`", station.name);
                findings.add(Severity::Warning, format!("stations[{k}]"), message);
            }
        }
    }

    /// Activities connected to some names along routes read as (near, far).
    fn closure<'a>(
        &'a self,
        mut fresh: Vec<&'a str>,
        ends: impl Fn(&'a super::Route) -> (&'a String, &'a String),
    ) -> Vec<bool> {
        let mut marked = vec![false; self.activities.len()];
        while let Some(near) = fresh.pop() {
            let routes = self.routes.iter().filter(|route| route.probability > 0.0);
            for (_, far) in routes.map(&ends).filter(|&(from, _)| from == near) {
                if let Some(k) = self.activity_index(far)
                    && !std::mem::replace(&mut marked[k], true)
                {
                    fresh.push(far);
                }
            }
        }
        marked
    }
}

fn check_servers(station: &NetworkStation, place: &str, findings: &mut Findings) {
    let name = &station.name;
    if station.shifts.is_empty() && station.servers == 0 {
        findings.error(place, format!("`{name}` has no server"));
    }
    if !station.shifts.is_empty() && station.shifts.iter().all(|shift| shift.servers == 0) {
        findings.error(place, format!("`{name}` has no server in any shift"));
    }
    check_intervals("shift", &station.shifts, station.daily, (place, findings));
    check_intervals("break", &station.breaks, station.daily, (place, findings));
    if station.daily && station.shifts.is_empty() && station.breaks.is_empty() {
        findings.error(place, format!("`{name}` is daily and has neither shifts nor breaks"));
    }
}

fn check_intervals(
    what: &str,
    intervals: &[NetworkShift],
    daily: bool,
    (place, findings): (&str, &mut Findings),
) {
    let end_s = if daily { 86_400.0 } else { LONGEST_S };
    let mut last_s = 0.0;
    for shift in intervals {
        if !(shift.from_s >= last_s && shift.to_s > shift.from_s && shift.to_s <= end_s) {
            let message = format!(
                "{what} {} to {} s: expected rising {what}s within 0 to {end_s} s",
                shift.from_s, shift.to_s
            );
            findings.error(place, message);
        }
        last_s = shift.to_s;
    }
}

/// What a line may have besides servers.
fn check_line(station: &NetworkStation, place: &str, findings: &mut Findings) {
    let most = station.shifts.iter().map(|s| s.servers).max().unwrap_or(station.servers);
    if let Some(room) = station.room.filter(|&room| room < most) {
        findings.error(place, format!("room for {room} is less than its {most} servers"));
    }
    let same = station.shifts.iter().all(|s| s.servers == most) && station.breaks.is_empty();
    if station.lines == Lines::PerWindow && !same {
        let message = "lines of their own need the same windows in every shift, without breaks";
        findings.error(place, message);
    }
    if station.lines == Lines::PerWindow && station.discipline != Discipline::Fifo {
        findings.error(place, "lines of their own are served in order of joining");
    }
    let rising = station.balking.is_sorted_by(|a, b| a.line < b.line && a.share <= b.share);
    if !rising || station.balking.iter().any(|b| !(0.0..=1.0).contains(&b.share)) {
        findings.error(place, "balking: expected rising lines with rising shares within 0 and 1");
    }
    if let Some(patience) = station.patience_s.as_ref().filter(|patience| !is_time(patience)) {
        findings.error(place, format!("{patience:?} is not a distribution of times"));
    }
    if let Some(target) = station.target_wait_s.filter(|target| !(0.0..LONGEST_S).contains(target))
    {
        findings.error(place, format!("a target of {target} s is not a time"));
    }
}

fn check_delay(station: &NetworkStation, place: &str, findings: &mut Findings) {
    let plain = NetworkStation {
        target_wait_s: station.target_wait_s,
        delay: station.delay,
        ..NetworkStation::new(&station.name, 0)
    };
    if *station != plain {
        findings.error(
            place,
            format!("`{}` is a delay and can have no servers, shifts or line", station.name),
        );
    }
    let delay = station.delay.unwrap_or_default();
    if delay.every_s.is_some_and(|every| !(every > 0.0 && every < LONGEST_S)) {
        findings.error(place, "a delay's rhythm must be above 0");
    }
    if delay.batch.is_some_and(|b| b.size == 0 || !(b.longest_s > 0.0 && b.longest_s < LONGEST_S)) {
        findings.error(place, "a batch needs a size and a longest time above 0");
    }
}

/// Checks a stream; the customers that it brings.
fn check_stream(stream: &Stream, place: &str, findings: &mut Findings) -> f64 {
    check_arrivals_of(stream, place, findings);
    let sum: f64 = stream.groups.iter().sum();
    let shares = stream.groups.iter().all(|share| (0.0..=1.0).contains(share));
    if !stream.groups.is_empty() && (!shares || fabs(sum - 1.0) > 1e-9) {
        findings.error(place, format!("shares of group sizes add up to {sum}, not 1"));
    }
    let mut last_s = 0.0;
    let mut expected = 0.0;
    for piece in stream.pieces() {
        let in_order = piece.from_s >= last_s && piece.to_s > piece.from_s;
        if !in_order || piece.to_s > LONGEST_S {
            let message = format!(
                "interval {} to {} s: expected rising intervals within 0 to {LONGEST_S} s",
                piece.from_s, piece.to_s
            );
            findings.error(place, message);
        }
        if !(piece.per_hour >= 0.0 && piece.per_hour.is_finite()) {
            findings.error(place, format!("rate {} an hour is not valid", piece.per_hour));
        }
        expected += piece.per_hour * (piece.to_s - piece.from_s) / 3_600.0;
        last_s = piece.to_s;
    }
    expected
}

fn check_arrivals_of(stream: &Stream, place: &str, findings: &mut Findings) {
    match &stream.arrivals {
        Arrivals::Trace { times_s } if !is_trace(times_s) => {
            findings.error(place, "a trace needs rising times of 0 or more");
        }
        Arrivals::Appointments(a) => {
            let rhythm = a.every_s > 0.0 && a.to_s > a.from_s && a.from_s >= 0.0;
            if !rhythm || a.per_slot == 0 || !(0.0..=1.0).contains(&a.no_show) {
                findings.error(
                    place,
                    "appointments need rising times, customers and a share of no-shows",
                );
            }
            if !is_time(&a.late_s) || !(0.0..LONGEST_S).contains(&a.early_s) {
                findings.error(place, "lateness is not a distribution of times");
            }
        }
        Arrivals::Renewal { gap_s, .. } if !is_time(gap_s) || gap_s.mean() <= 0.0 => {
            findings.error(place, format!("{gap_s:?} is not a distribution of times"));
        }
        _ => {}
    }
}

fn is_trace(times_s: &[f64]) -> bool {
    let rising = times_s.is_sorted() && times_s.iter().all(|time| *time >= 0.0);
    rising && !times_s.is_empty()
}

fn is_time(distribution: &Distribution) -> bool {
    let valid = match *distribution {
        Distribution::Deterministic { value } => value >= 0.0,
        Distribution::Exponential { mean } => mean > 0.0,
        Distribution::LogNormal { mean, cv } => mean > 0.0 && cv >= 0.0 && cv.is_finite(),
        Distribution::Uniform { low, high } => 0.0 <= low && low <= high,
        Distribution::Triangular { low, mode, high } => 0.0 <= low && low <= mode && mode <= high,
        Distribution::Weibull { scale, shape } => scale > 0.0 && shape > 0.0 && shape.is_finite(),
        Distribution::Gamma { mean, cv } => mean > 0.0 && (0.01..=10.0).contains(&cv),
        Distribution::Empirical { ref edges, ref shares } => {
            let sum: f64 = shares.iter().sum();
            edges.len() == shares.len() + 1
                && edges.is_sorted()
                && edges.first().is_some_and(|&first| first >= 0.0)
                && shares.iter().all(|&share| share >= 0.0)
                && fabs(sum - 1.0) < 1e-9
        }
    };
    let mean = distribution.mean();
    valid && mean.is_finite() && mean < LONGEST_S
}
