//! Results of replications: integers only, and means read from them. Must never hold a value that
//! depends on how a replication was run.

use super::compile::MS_PER_SECOND;
use super::record::PERCENTS;
use super::series::Series;
use crate::domain::Ms;

/// What a network did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkResult {
    /// Station names, in the order of [`Replication::stations`].
    pub stations: Vec<String>,
    /// By replication.
    pub replications: Vec<Replication>,
}

/// One replication. Customers who came during the warm-up are simulated but not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replication {
    /// Customers who came.
    pub customers: u64,
    /// Customers who passed their whole way.
    pub done: u64,
    /// Customers turned away by a station that had closed.
    pub turned_away: u64,
    /// Customers for whom there was no room.
    pub blocked: u64,
    /// Customers who went away at the sight of a line.
    pub balked: u64,
    /// Customers who left a line.
    pub reneged: u64,
    /// Appointments that were not kept; their customers never came.
    pub no_shows: u64,
    /// Arrivals, starts of service and completions.
    pub events: u64,
    /// Sum of times from arrival to exit, ms.
    pub time_in_system_sum_ms: u64,
    /// When the last customer left, ms.
    pub end_ms: Ms,
    /// By station.
    pub stations: Vec<StationResult>,
    /// By station over time, customers of the warm-up left out; empty unless asked for.
    pub series: Vec<Series>,
}

/// One station in one replication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StationResult {
    /// Services given.
    pub served: u64,
    /// Customers who did not start at once.
    pub waited: u64,
    /// Waits above the station's target.
    pub over_target: u64,
    /// Customers who came after closing.
    pub turned_away: u64,
    /// Customers for whom there was no room.
    pub blocked: u64,
    /// Customers who went away at the sight of the line.
    pub balked: u64,
    /// Customers who left the line.
    pub reneged: u64,
    /// Sum of times in line of the served and of those who left it, ms.
    pub wait_sum_ms: u64,
    /// Area under the length of the line, ms × customers, swept from events: Little's law says
    /// that it equals the sum of waits.
    pub queue_area_ms: u64,
    /// Waits that 50, 90, 95 and 99 in 100 do not exceed, ms.
    pub wait_quantiles_ms: [Ms; PERCENTS.len()],
    /// Longest line.
    pub longest_queue: u32,
    /// Sum of services, ms.
    pub busy_ms: u64,
    /// Server time on duty from the end of the warm-up to the end of the replication, ms.
    pub capacity_ms: u64,
    /// Services as far as they lie before the arrival of the last customer, ms.
    pub busy_while_coming_ms: u64,
    /// Server time on duty from the end of the warm-up to that arrival, ms.
    pub capacity_while_coming_ms: u64,
    /// By activity of the network.
    pub activities: Vec<ActivityResult>,
}

/// One activity at one station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityResult {
    /// Services given.
    pub served: u64,
    /// Sum of services, ms.
    pub busy_ms: u64,
    /// Sum of times in line, ms.
    pub wait_sum_ms: u64,
}

impl ActivityResult {
    /// Mean wait of the served, seconds; exact where nobody leaves the line.
    pub fn wait_mean_s(&self) -> f64 {
        self.wait_sum_ms as f64 / self.served.max(1) as f64 / MS_PER_SECOND
    }
}

impl StationResult {
    /// Customers who joined the line.
    pub fn joined(&self) -> u64 {
        self.served + self.reneged
    }

    /// Mean wait of those who joined, seconds; 0 when nobody did.
    pub fn wait_mean_s(&self) -> f64 {
        self.wait_sum_ms as f64 / self.joined().max(1) as f64 / MS_PER_SECOND
    }

    /// Share of the servers' time on duty that was spent serving while customers came: from the end of
    /// the warm-up to the last arrival. Service after a shift has ended counts, so it may exceed 1.
    pub fn utilisation(&self) -> f64 {
        self.busy_while_coming_ms as f64 / self.capacity_while_coming_ms.max(1) as f64
    }

    /// The same from the end of the warm-up until the last customer has left the network.
    pub fn utilisation_to_end(&self) -> f64 {
        self.busy_ms as f64 / self.capacity_ms.max(1) as f64
    }

    /// Share of those who joined of which `count` is a part.
    pub fn share(&self, count: u64) -> f64 {
        count as f64 / self.joined().max(1) as f64
    }
}

impl Replication {
    /// Mean time from arrival to exit, seconds.
    pub fn time_in_system_mean_s(&self) -> f64 {
        self.time_in_system_sum_ms as f64 / self.customers.max(1) as f64 / MS_PER_SECOND
    }

    /// Whether everybody who came is accounted for, and each line's area is its sum of waits.
    pub fn is_conserved(&self) -> bool {
        let lost = self.turned_away + self.blocked + self.balked + self.reneged;
        let lines = self.stations.iter().all(|s| s.queue_area_ms == s.wait_sum_ms);
        lines && self.customers == self.done + lost
    }
}
