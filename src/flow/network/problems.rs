//! What is wrong with a network given as data: every problem at once, with the place it stands at.
//! Must never correct anything silently.

use super::{ARRIVAL, Activity, EXIT, NetworkSpec, NetworkStation};
use crate::des::EventKey;
use crate::random::Distribution;
use libm::{fabs, tgamma};

/// Longest run, seconds: times are 32-bit ms, and lines need room after the last arrival.
const LONGEST_S: f64 = 30.0 * 86_400.0;
/// Activities are marked as passed in one 64-bit word.
const MOST_ACTIVITIES: usize = 64;

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
struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, severity: Severity, place: impl Into<String>, message: String) {
        self.0.push(Problem { severity, place: place.into(), message });
    }

    fn error(&mut self, place: impl Into<String>, message: impl Into<String>) {
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
        if self.stations.is_empty() {
            findings.error("stations", "there is no station");
        }
        for (k, station) in self.stations.iter().enumerate() {
            let place = format!("stations[{k}]");
            if self.station_index(&station.name) != Some(k) {
                findings.error(&place, format!("name `{}` is used twice", station.name));
            }
            check_servers(station, &place, findings);
        }
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
        let pieces = self.arrivals.pieces();
        let mut expected = 0.0;
        let mut last_s = 0.0;
        for piece in &pieces {
            let in_order = piece.from_s >= last_s && piece.to_s > piece.from_s;
            if !in_order || piece.to_s > LONGEST_S {
                let message = format!(
                    "interval {} to {} s: expected rising intervals within 0 to {LONGEST_S} s",
                    piece.from_s, piece.to_s
                );
                findings.error("arrivals", message);
            }
            if !(piece.per_hour >= 0.0 && piece.per_hour.is_finite()) {
                findings.error("arrivals", format!("rate {} an hour is not valid", piece.per_hour));
            }
            expected += piece.per_hour * (piece.to_s - piece.from_s) / 3_600.0;
            last_s = piece.to_s;
        }
        let most = EventKey::MAX_RANKS as f64;
        if findings.0.is_empty() && !(expected > 0.0 && expected < 0.9 * most) {
            let message = format!("{expected:.0} customers are expected; possible are 1 to {most}");
            findings.error("arrivals", message);
        }
    }

    fn check_routes(&self, findings: &mut Findings) {
        for (k, route) in self.routes.iter().enumerate() {
            let place = format!("routes[{k}]");
            if route.from != ARRIVAL && self.activity_index(&route.from).is_none() {
                findings.error(&place, format!("there is no activity `{}`", route.from));
            }
            if route.to != EXIT && self.activity_index(&route.to).is_none() {
                findings.error(&place, format!("there is no activity `{}`", route.to));
            }
            if route.from == ARRIVAL && route.to == EXIT {
                findings.error(&place, "customers who leave on arrival cannot be counted");
            }
            if !(0.0..=1.0).contains(&route.probability) {
                let message = format!("probability {} is not within 0 and 1", route.probability);
                findings.error(&place, message);
            }
        }
        let names = self.activities.iter().map(|activity| activity.name.as_str());
        for from in std::iter::once(ARRIVAL).chain(names) {
            let branches = self.routes.iter().filter(|route| route.from == from);
            let sum: f64 = branches.map(|route| route.probability).sum();
            if fabs(sum - 1.0) > 1e-9 {
                findings.error("routes", format!("branches from `{from}` add up to {sum}, not 1"));
            }
        }
    }

    /// Every activity is reached, and from each one customers can get out.
    fn check_paths(&self, findings: &mut Findings) {
        let reached = self.closure(ARRIVAL, |route| (&route.from, &route.to));
        let leaving = self.closure(EXIT, |route| (&route.to, &route.from));
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

    /// Activities connected to `start` along routes read as (near, far).
    fn closure<'a>(
        &'a self,
        start: &'a str,
        ends: impl Fn(&'a super::Route) -> (&'a String, &'a String),
    ) -> Vec<bool> {
        let mut marked = vec![false; self.activities.len()];
        let mut fresh = vec![start];
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

    fn check_load(&self, findings: &mut Findings) {
        let pieces = self.arrivals.pieces();
        let peak_per_s = pieces.iter().map(|p| p.per_hour).fold(0.0, f64::max) / 3_600.0;
        let offered = self.work_per_customer_s();
        for (k, station) in self.stations.iter().enumerate() {
            let most = station.shifts.iter().map(|shift| shift.servers).max();
            let servers = f64::from(most.unwrap_or(station.servers));
            let load = peak_per_s * offered[k] / servers;
            if load >= 1.0 {
                let message = format!(
                    "`{}` is overloaded at the peak: {load:.2} of its servers' time is asked for",
                    station.name
                );
                findings.add(Severity::Warning, format!("stations[{k}]"), message);
            }
        }
    }

    /// Expected service per customer at each station, seconds, from the traffic equations. With
    /// N = (I − Q)⁻¹ an activity is passed V = (arrivals · N) times, by a share
    /// V ÷ `N[j][j]` of customers at all.
    pub(super) fn work_per_customer_s(&self) -> Vec<f64> {
        let count = self.activities.len();
        let mut system = vec![vec![0.0; 2 * count]; count];
        let mut first = vec![0.0; count];
        for (k, row) in system.iter_mut().enumerate() {
            (row[k], row[count + k]) = (1.0, 1.0);
        }
        for route in &self.routes {
            let Some(to) = self.activity_index(&route.to) else { continue };
            match self.activity_index(&route.from) {
                Some(from) => system[from][to] -= route.probability,
                None => first[to] += route.probability,
            }
        }
        invert(&mut system);
        let mut work = vec![0.0; self.stations.len()];
        for (k, activity) in self.activities.iter().enumerate() {
            let passes: f64 =
                system.iter().zip(&first).map(|(row, share)| share * row[count + k]).sum();
            let firsts = passes / system[k][count + k];
            let again = activity.again_s.as_ref().unwrap_or(&activity.service_s);
            let seconds = firsts * mean(&activity.service_s) + (passes - firsts) * mean(again);
            if let Some(station) = self.station_index(&activity.station) {
                work[station] += seconds;
            }
        }
        work
    }
}

fn check_servers(station: &NetworkStation, place: &str, findings: &mut Findings) {
    if station.shifts.is_empty() && station.servers == 0 {
        findings.error(place, format!("`{}` has no server", station.name));
    }
    if !station.shifts.is_empty() && station.shifts.iter().all(|shift| shift.servers == 0) {
        findings.error(place, format!("`{}` has no server in any shift", station.name));
    }
    let mut last_s = 0.0;
    for shift in &station.shifts {
        if !(shift.from_s >= last_s && shift.to_s > shift.from_s && shift.to_s <= LONGEST_S) {
            let message = format!(
                "shift {} to {} s: expected rising shifts within 0 to {LONGEST_S} s",
                shift.from_s, shift.to_s
            );
            findings.error(place, message);
        }
        last_s = shift.to_s;
    }
}

/// Gauss–Jordan on `[A | I]`; A = I − Q of a network that everybody leaves is regular.
fn invert(system: &mut [Vec<f64>]) {
    for column in 0..system.len() {
        let pivot = (column..system.len())
            .max_by(|&a, &b| fabs(system[a][column]).total_cmp(&fabs(system[b][column])))
            .unwrap_or(column);
        system.swap(column, pivot);
        let scale = system[column][column];
        system[column].iter_mut().for_each(|value| *value /= scale);
        let line = system[column].clone();
        for (k, row) in system.iter_mut().enumerate() {
            let factor = row[column];
            if k != column && factor != 0.0 {
                row.iter_mut().zip(&line).for_each(|(value, other)| *value -= factor * other);
            }
        }
    }
}

fn mean(distribution: &Distribution) -> f64 {
    match *distribution {
        Distribution::Deterministic { value } => value,
        Distribution::Exponential { mean } | Distribution::LogNormal { mean, .. } => mean,
        Distribution::Uniform { low, high } => f64::midpoint(low, high),
        Distribution::Triangular { low, mode, high } => (low + mode + high) / 3.0,
        Distribution::Weibull { scale, shape } => scale * tgamma(1.0 + 1.0 / shape),
    }
}

fn is_time(distribution: &Distribution) -> bool {
    let valid = match *distribution {
        Distribution::Deterministic { value } => value >= 0.0,
        Distribution::Exponential { mean } => mean > 0.0,
        Distribution::LogNormal { mean, cv } => mean > 0.0 && cv >= 0.0 && cv.is_finite(),
        Distribution::Uniform { low, high } => 0.0 <= low && low <= high,
        Distribution::Triangular { low, mode, high } => 0.0 <= low && low <= mode && mode <= high,
        Distribution::Weibull { scale, shape } => scale > 0.0 && shape > 0.0 && shape.is_finite(),
    };
    let mean = mean(distribution);
    valid && mean.is_finite() && mean < LONGEST_S
}
