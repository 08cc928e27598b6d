//! A FIFO station with several servers and shifts, departure known at arrival: whoever arrives
//! starts at the earliest instant at which a server is free and on shift, so no completion event is
//! needed. Exact because starts never overtake. Must be asked in order of arrival.

use crate::domain::Ms;

/// An interval of the day in which the first `servers` servers work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    from_ms: Ms,
    /// Nominal end: later arrivals belong to a later window.
    to_ms: Ms,
    /// When work in this window really ends for those who arrived before `to_ms`: before a pause
    /// the line is served out, at most until the next opening; after the last window without end.
    serves_until_ms: Ms,
    servers: u32,
}

/// When how many servers work. Data only; the state of a day is in [`Servers`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    windows: Vec<Window>,
    servers: u32,
}

impl Roster {
    /// A roster of intervals `(from, to, servers at work)` in rising order without overlap; an
    /// interval without servers is a pause. Panics when they overlap.
    pub fn new(intervals: impl IntoIterator<Item = (Ms, Ms, u32)>) -> Roster {
        let mut windows: Vec<Window> = Vec::new();
        for (from_ms, to_ms, servers) in intervals {
            if servers == 0 || from_ms >= to_ms {
                continue;
            }
            if let Some(last) = windows.last_mut() {
                assert!(last.to_ms <= from_ms, "invariant: shifts overlap at {from_ms} ms");
                last.serves_until_ms = from_ms;
            }
            windows.push(Window { from_ms, to_ms, serves_until_ms: Ms::MAX, servers });
        }
        let servers = windows.iter().map(|window| window.servers).max().unwrap_or(0);
        Roster { windows, servers }
    }

    /// The same servers all day and all night.
    pub fn always(servers: u32) -> Roster {
        Roster::new([(0, Ms::MAX, servers)])
    }

    /// Most servers ever at work.
    pub fn servers(&self) -> u32 {
        self.servers
    }

    /// First opening of the day, `None` when the station never opens.
    pub fn opens_ms(&self) -> Option<Ms> {
        self.windows.first().map(|window| window.from_ms)
    }

    /// When the station stops accepting for the day, `None` when it never opens.
    pub fn closes_ms(&self) -> Option<Ms> {
        self.windows.last().map(|window| window.to_ms)
    }

    /// Server time on duty between two instants, for utilisation; ms.
    pub fn capacity_ms(&self, from_ms: Ms, to_ms: Ms) -> u64 {
        let span = |w: &Window| w.to_ms.min(to_ms).saturating_sub(w.from_ms.max(from_ms));
        self.windows.iter().map(|w| u64::from(span(w)) * u64::from(w.servers)).sum()
    }

    /// When the pause began in which the station is now, `None` while it is open or before it ever was.
    pub(crate) fn pause_at(&self, now: Ms) -> Option<Ms> {
        self.window_at(now).map(|window| window.to_ms).filter(|&to_ms| to_ms <= now)
    }

    /// When servers come next after an instant.
    pub(crate) fn next_opening(&self, now: Ms) -> Option<Ms> {
        let begun = self.windows.partition_point(|window| window.from_ms <= now);
        self.windows.get(begun).map(|window| window.from_ms)
    }

    /// When the station opens, each time.
    pub(crate) fn openings(&self) -> impl Iterator<Item = Ms> {
        self.windows.iter().map(|window| window.from_ms)
    }

    /// Whether the station is open at `now`.
    pub(crate) fn is_open(&self, now: Ms) -> bool {
        self.window_at(now).is_some_and(|window| now < window.to_ms)
    }

    /// Whether server `index` may start at `now` on somebody who arrived at `arrived_ms`.
    pub(crate) fn on_duty(&self, index: u32, now: Ms, arrived_ms: Ms) -> bool {
        self.window_at(now).is_some_and(|w| {
            let served_out = arrived_ms < w.to_ms && now < w.serves_until_ms;
            index < w.servers && (now < w.to_ms || served_out)
        })
    }

    /// The last window that has begun.
    fn window_at(&self, now: Ms) -> Option<&Window> {
        let begun = self.windows.partition_point(|window| window.from_ms <= now);
        self.windows.get(begun.checked_sub(1)?)
    }
}

/// A start of service found for an arrival; it holds nothing until [`Servers::occupy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When service starts.
    pub start_ms: Ms,
    /// Which server gives it.
    pub server: u32,
}

/// The servers of one station during one day.
#[derive(Clone, Debug, Default)]
pub struct Servers {
    free_ms: Vec<Ms>,
    window: usize,
}

impl Servers {
    /// All servers free, the day not begun.
    pub fn reset(&mut self, roster: &Roster) {
        self.free_ms.clear();
        self.free_ms.resize(roster.servers as usize, 0);
        self.window = 0;
    }

    /// Where and when somebody who joins now would be served; `None` after closing. Times of calls
    /// must not fall. Of several servers that could start at that instant the lowest index does.
    #[inline]
    pub fn find(&mut self, roster: &Roster, now: Ms) -> Option<Slot> {
        while roster.windows.get(self.window)?.to_ms <= now {
            self.window += 1;
        }
        roster.windows[self.window..].iter().find_map(|window| {
            let slot = earliest(&self.free_ms[..window.servers as usize], now.max(window.from_ms));
            (slot.start_ms < window.serves_until_ms).then_some(slot)
        })
    }

    /// The same for somebody who insists on one server.
    #[inline]
    pub fn find_at(&mut self, roster: &Roster, now: Ms, server: u32) -> Option<Slot> {
        while roster.windows.get(self.window)?.to_ms <= now {
            self.window += 1;
        }
        let free_ms = self.free_ms[server as usize];
        roster.windows[self.window..].iter().find_map(|window| {
            let start_ms = now.max(window.from_ms).max(free_ms);
            let works = server < window.servers && start_ms < window.serves_until_ms;
            works.then_some(Slot { start_ms, server })
        })
    }

    /// Takes the slot's server until `until_ms`.
    #[inline]
    pub fn occupy(&mut self, slot: Slot, until_ms: Ms) {
        self.free_ms[slot.server as usize] = until_ms;
    }
}

/// The first server that is free by `floor`, else the one that is free soonest.
#[inline]
fn earliest(free_ms: &[Ms], floor: Ms) -> Slot {
    let mut best = Slot { start_ms: Ms::MAX, server: 0 };
    for (server, &free) in (0_u32..).zip(free_ms) {
        if free <= floor {
            return Slot { start_ms: floor, server };
        }
        if free < best.start_ms {
            best = Slot { start_ms: free, server };
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(servers: &mut Servers, roster: &Roster, now: Ms, service: Ms) -> Option<(Ms, u32)> {
        let slot = servers.find(roster, now)?;
        servers.occupy(slot, slot.start_ms + service);
        Some((slot.start_ms, slot.server))
    }

    /// Two servers in the morning, a pause 100–150, one server in the afternoon, closing at 200.
    #[test]
    fn lines_are_served_out_before_the_pause_and_after_closing() {
        let roster = Roster::new([(10, 100, 2), (150, 200, 1)]);
        let mut servers = Servers::default();
        servers.reset(&roster);
        let rows = [
            (0, 60, Some((10, 0)), "early: waits for opening"),
            (20, 75, Some((20, 1)), "second server"),
            (90, 40, Some((90, 0)), "lowest free index"),
            (99, 10, Some((99, 1)), "the second server came free at 95"),
            (99, 10, Some((109, 1)), "in line before the pause: served out in the pause"),
            (100, 5, Some((150, 0)), "came in the pause: waits for the afternoon"),
            (101, 100, Some((155, 0)), "behind, one server only"),
            (199, 10, Some((255, 0)), "in line at closing: served out"),
            (200, 10, None, "after closing"),
        ];
        for (now, service, expected, why) in rows {
            assert_eq!(serve(&mut servers, &roster, now, service), expected, "{why}");
        }
    }

    #[test]
    fn a_server_whose_shift_ends_finishes_its_client_and_takes_no_more() {
        let roster = Roster::new([(0, 100, 2), (100, 1_000, 1)]);
        let mut servers = Servers::default();
        servers.reset(&roster);
        assert_eq!(serve(&mut servers, &roster, 0, 500), Some((0, 0)));
        assert_eq!(serve(&mut servers, &roster, 1, 150), Some((1, 1)));
        assert_eq!(serve(&mut servers, &roster, 2, 10), Some((500, 0)), "server 1 went off at 100");
    }

    #[test]
    fn a_station_that_never_opens_takes_nobody() {
        let roster = Roster::new([(0, 100, 0)]);
        let mut servers = Servers::default();
        servers.reset(&roster);
        assert_eq!(servers.find(&roster, 5), None);
        assert_eq!(roster.opens_ms(), None);
    }
}
