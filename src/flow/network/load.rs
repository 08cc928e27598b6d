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
                None => first[to] += route.probability * self.share_from(&route.from),
            }
        }
        invert(&mut system);
        let mut work = vec![0.0; self.stations.len()];
        for (k, activity) in self.activities.iter().enumerate() {
            let passes: f64 =
                system.iter().zip(&first).map(|(row, share)| share * row[count + k]).sum();
            let firsts = passes / system[k][count + k];
            let again = activity.again_s.as_ref().unwrap_or(&activity.service_s);
            let seconds = firsts * activity.service_s.mean() + (passes - firsts) * again.mean();
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
