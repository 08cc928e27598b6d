//! How much work a network's customers bring, by the traffic equations: for warnings and for
//! planning. Must never be a substitute for a simulation.

use super::problems::{Findings, Severity};
use super::spec::{NetworkSpec, RatePiece, Stream};
use libm::fabs;

impl NetworkSpec {
    /// Customers a second when most come.
    pub(super) fn peak_per_s(&self) -> f64 {
        let pieces: Vec<_> = self.streams.iter().flat_map(Stream::pieces).collect();
        let at = |time: f64| {
            let now = pieces.iter().filter(|p| p.from_s <= time && time < p.to_s);
            now.map(|p| p.per_hour).sum::<f64>() / 3_600.0
        };
        pieces.iter().map(|piece| at(piece.from_s)).fold(0.0, f64::max)
    }

    /// Warns of stations that are asked for more than they can do when most come.
    pub(super) fn check_load(&self, findings: &mut Findings) {
        let (peak_per_s, offered) = (self.peak_per_s(), self.work_per_customer_s());
        for (k, station) in self.stations.iter().enumerate().filter(|(_, s)| s.delay.is_none()) {
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

    /// Share of all customers whose first steps are found under a name.
    fn share_from(&self, name: &str) -> f64 {
        let customers = |stream: &Stream| {
            let hours = |p: &RatePiece| p.per_hour * (p.to_s - p.from_s);
            stream.pieces().iter().map(hours).sum::<f64>()
        };
        let here = self.streams.iter().filter(|stream| self.routes_of(&stream.name) == name);
        here.map(customers).sum::<f64>() / self.streams.iter().map(customers).sum::<f64>()
    }

    /// Ways between stations and how often a customer takes each: from, to, passes. No station is
    /// the entry, or the exit.
    pub fn ways(&self) -> Vec<(Option<usize>, Option<usize>, f64)> {
        let (passes, _) = self.passes();
        let station = |name: &str| {
            let activity = self.activity_index(name)?;
            self.station_index(&self.activities[activity].station)
        };
        let mut ways: Vec<(Option<usize>, Option<usize>, f64)> = Vec::new();
        for route in self.routes.iter().filter(|route| route.probability > 0.0) {
            let starts = match self.activity_index(&route.from) {
                Some(from) => passes[from],
                None => self.share_from(&route.from),
            };
            let (from, to) = (station(&route.from), station(&route.to));
            let share = starts * route.probability;
            match ways.iter_mut().find(|way| (way.0, way.1) == (from, to)) {
                Some(way) => way.2 += share,
                None => ways.push((from, to, share)),
            }
        }
        ways
    }

    /// How often a customer passes each activity, and the share of customers who pass it at all, from
    /// the traffic equations: with N = (I − Q)⁻¹ an activity is passed V = (arrivals · N) times, by a
    /// share V ÷ `N[j][j]` of customers.
    fn passes(&self) -> (Vec<f64>, Vec<f64>) {
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
                None => first[to] += route.probability * self.share_from(&route.from),
            }
        }
        invert(&mut system);
        let passes = |k: usize| -> f64 {
            system.iter().zip(&first).map(|(row, share)| share * row[count + k]).sum()
        };
        let passes: Vec<f64> = (0..count).map(passes).collect();
        let firsts = passes.iter().enumerate().map(|(k, v)| v / system[k][count + k]).collect();
        (passes, firsts)
    }

    /// Expected service per customer at each station, seconds.
    pub(super) fn work_per_customer_s(&self) -> Vec<f64> {
        let (passes, firsts) = self.passes();
        let mut work = vec![0.0; self.stations.len()];
        for (k, activity) in self.activities.iter().enumerate() {
            let again = activity.again_s.as_ref().unwrap_or(&activity.service_s);
            let seconds =
                firsts[k] * activity.service_s.mean() + (passes[k] - firsts[k]) * again.mean();
            if let Some(station) = self.station_index(&activity.station) {
                work[station] += seconds;
            }
        }
        work
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
