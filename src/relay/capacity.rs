//! What capacity on the way across provinces costs: servers of the systems and lines between them, with a private
//! line to the provincial system or through the systems in between. Must never hold a price: prices are data.

use super::Link;
use crate::domain::{Fen, Ratio};

/// Yearly cost of ordinary servers and of lines, and what each bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// A server in a year: price by its years of use, power, upkeep.
    pub server_year: Fen,
    /// Requests a second that a server bears.
    pub server_per_s: u32,
    /// A hospital's private line to the provincial system in a year.
    pub private_line_year: Fen,
    /// A line of the shared network in a year.
    pub shared_line_year: Fen,
    /// Requests a second that a line bears.
    pub line_per_s: u32,
}

impl Capacity {
    /// The systems on a route; the first line is private on a direct one.
    fn systems(links: &[Link], direct: bool) -> i64 {
        links.iter().filter(|link| !(direct && link.left_out_by_direct)).count() as i64
    }

    fn first_line(&self, direct: bool) -> Fen {
        if direct { self.private_line_year } else { self.shared_line_year }
    }

    /// A year of bearing so many requests a second: every system needs its servers, every line its share.
    pub fn year_of(&self, links: &[Link], direct: bool, requests_per_s: i64) -> Fen {
        let systems = Capacity::systems(links, direct);
        let servers = Fen(self.server_year.0 * systems);
        let lines = self.first_line(direct) + Fen(self.shared_line_year.0 * (systems - 1).max(0));
        Ratio::new(requests_per_s, i64::from(self.server_per_s)).of(servers)
            + Ratio::new(requests_per_s, i64::from(self.line_per_s)).of(lines)
    }

    /// A year of the least that serves so many hospitals: one server in each system, a first line for each hospital, one
    /// line between systems.
    pub fn least_year(&self, links: &[Link], direct: bool, hospitals: i64) -> Fen {
        let systems = Capacity::systems(links, direct);
        Fen(self.server_year.0 * systems)
            + Fen(self.first_line(direct).0 * hospitals)
            + Fen(self.shared_line_year.0 * (systems - 1).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, yuan: server 30,000 a year and 500 requests a second, private line 60,000, shared line 12,000, each 400
    /// requests a second; a city platform that a private line leaves out, and two systems behind it.
    #[test]
    fn a_private_line_saves_a_system_and_costs_a_line() {
        let capacity = Capacity {
            server_year: Fen::from_yuan(30_000),
            server_per_s: 500,
            private_line_year: Fen::from_yuan(60_000),
            shared_line_year: Fen::from_yuan(12_000),
            line_per_s: 400,
        };
        let link = |left_out_by_direct| Link { left_out_by_direct, ..Link::default() };
        let links = [link(true), link(false), link(false)];
        let yuan = |fen: Fen| fen.0 / 100;
        // 3 × 30,000 × 2 + 3 × 12,000 × 2.5; 2 × 30,000 × 2 + (60,000 + 12,000) × 2.5.
        assert_eq!(yuan(capacity.year_of(&links, false, 1_000)), 180_000 + 90_000);
        assert_eq!(yuan(capacity.year_of(&links, true, 1_000)), 120_000 + 180_000);
        // Four hospitals: 90,000 + 4 × 12,000 + 2 × 12,000; 60,000 + 4 × 60,000 + 12,000.
        assert_eq!(yuan(capacity.least_year(&links, false, 4)), 162_000);
        assert_eq!(yuan(capacity.least_year(&links, true, 4)), 312_000);
    }
}
