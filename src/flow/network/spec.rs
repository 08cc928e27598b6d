//! A network as plain data: stations, activities, streams of arrivals, routes. Must hold no rule of
//! how a network is run; what does not fit together is told by `problems`.

use crate::random::Distribution;

/// The name by which routes say where customers come from, whatever their stream.
pub const ARRIVAL: &str = "arrival";
/// The name by which routes say that customers leave.
pub const EXIT: &str = "exit";

/// A network. Names tie its parts together; [`NetworkSpec::problems`] says what does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSpec {
    /// Where customers queue or spend time.
    pub stations: Vec<NetworkStation>,
    /// What customers do there; one station may serve several activities from one line.
    pub activities: Vec<Activity>,
    /// Who comes, and when.
    pub streams: Vec<Stream>,
    /// Where they go next, with what probability.
    pub routes: Vec<Route>,
}

/// A place with servers and a line, or one where customers only spend time.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkStation {
    /// Name, unique among stations.
    pub name: String,
    /// Servers, all the time; counts only without shifts.
    pub servers: u32,
    /// Opening intervals; none means always open. After the last one ends newcomers are turned away.
    pub shifts: Vec<NetworkShift>,
    /// Intervals in which so many servers are away.
    pub breaks: Vec<NetworkShift>,
    /// Whether shifts and breaks are those of a day and come back every day.
    pub daily: bool,
    /// Days on which the station stays closed, counted from 0 at the start.
    pub closed_days: Vec<u32>,
    /// Who is served next.
    pub discipline: Discipline,
    /// One line for all servers, or one each.
    pub lines: Lines,
    /// Most customers present, those in service included; others are sent away. `None`: no limit.
    pub room: Option<u32>,
    /// Shares of newcomers who go away at the sight of the line; rising in both.
    pub balking: Vec<Balking>,
    /// Longest wait that a customer bears, seconds; `None`: any.
    pub patience_s: Option<Distribution>,
    /// Waits above this are counted, seconds.
    pub target_wait_s: Option<f64>,
    /// A place without servers, where everybody spends the activity's time at once.
    pub delay: Option<Delay>,
}

impl NetworkStation {
    /// A station with one FIFO line that never closes.
    pub fn new(name: impl Into<String>, servers: u32) -> NetworkStation {
        NetworkStation {
            name: name.into(),
            servers,
            shifts: Vec::new(),
            breaks: Vec::new(),
            daily: false,
            closed_days: Vec::new(),
            discipline: Discipline::Fifo,
            lines: Lines::Shared,
            room: None,
            balking: Vec::new(),
            patience_s: None,
            target_wait_s: None,
            delay: None,
        }
    }
}

/// An interval in which a station works (or, as a break, in which servers are away).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkShift {
    /// Opens, seconds from the start (of the day when shifts are daily).
    pub from_s: f64,
    /// Accepts until, likewise; those in line by then are still served.
    pub to_s: f64,
    /// Servers at work, or away.
    pub servers: u32,
}

/// Who is served next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// Whoever joined first.
    Fifo,
    /// The stream with the lowest priority number, then whoever joined first; nobody is interrupted.
    Priority,
    /// Whoever has the earliest appointment; for others the time of their arrival at the network.
    Appointment,
}

/// How people stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One line for all servers.
    Shared,
    /// A line at each window; newcomers join where the fewest are, and stay there.
    PerWindow,
}

/// From a length of line on, a share of newcomers goes away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balking {
    /// Customers in line (at the shortest one when each window has its own).
    pub line: u32,
    /// Share that goes away, 0 to 1.
    pub share: f64,
}

/// Time without a server: a walk, the making of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Delay {
    /// Customers go on only at multiples of this, seconds (reports handed out every half hour).
    pub every_s: Option<f64>,
    /// Customers are gathered into a batch, whose time then begins together.
    pub batch: Option<Batch>,
}

/// When a batch begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    /// As soon as so many are there.
    pub size: u32,
    /// Or so long after the first of them came, seconds.
    pub longest_s: f64,
}

/// A kind of service at a station. Every service takes at least a millisecond.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Name, unique among activities.
    pub name: String,
    /// The station's name.
    pub station: String,
    /// Service time of a customer's first pass, seconds.
    pub service_s: Distribution,
    /// Service time of later passes (a review), seconds; `None` means as the first.
    pub again_s: Option<Distribution>,
}

/// A branch of a route. The branches from one place add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// An activity, a stream's name, or [`ARRIVAL`] for streams without routes of their own.
    pub from: String,
    /// An activity, or [`EXIT`].
    pub to: String,
    /// Share of customers who take it.
    pub probability: f64,
}

/// A stream of customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Name, unique among streams and activities.
    pub name: String,
    /// Rank where a station serves by priority; 0 goes first.
    pub priority: u8,
    /// When they come.
    pub arrivals: Arrivals,
    /// Shares of groups of 1, 2, 3 … who come together; empty means everybody comes alone.
    pub groups: Vec<f64>,
}

impl Stream {
    /// A stream of single customers.
    pub fn new(name: impl Into<String>, arrivals: Arrivals) -> Stream {
        Stream { name: name.into(), priority: 0, arrivals, groups: Vec::new() }
    }
}

/// How customers come.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Poisson arrivals at a constant rate.
    Poisson {
        /// Mean time between arrivals, seconds.
        mean_gap_s: f64,
        /// No arrivals from here on, seconds.
        duration_s: f64,
    },
    /// Poisson arrivals whose rate changes by steps.
    Piecewise {
        /// Intervals in rising order; between them nobody comes.
        pieces: Vec<RatePiece>,
    },
    /// Independent times between arrivals.
    Renewal {
        /// Time between arrivals, seconds.
        gap_s: Distribution,
        /// No arrivals from here on, seconds.
        duration_s: f64,
    },
    /// Appointments at regular times.
    Appointments(Appointments),
    /// Arrivals as recorded.
    Trace {
        /// Times in rising order, seconds from the start.
        times_s: Vec<f64>,
    },
}

/// Appointments at regular times, kept more or less.
#[derive(Clone, Debug, PartialEq)]
pub struct Appointments {
    /// First appointment, seconds from the start.
    pub from_s: f64,
    /// No appointments from here on, seconds.
    pub to_s: f64,
    /// Time between appointments, seconds.
    pub every_s: f64,
    /// Customers at each.
    pub per_slot: u32,
    /// Share that does not come.
    pub no_show: f64,
    /// How much earlier than the appointment the earliest come, seconds.
    pub early_s: f64,
    /// How much later than that a customer comes, seconds.
    pub late_s: Distribution,
}

impl Appointments {
    /// Number of appointments.
    pub fn slots(&self) -> u32 {
        let slots = libm::ceil((self.to_s - self.from_s) / self.every_s - 1e-9);
        slots.clamp(0.0, 1e9) as u32
    }
}

/// An interval of constant arrival rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePiece {
    /// From, seconds.
    pub from_s: f64,
    /// To, seconds.
    pub to_s: f64,
    /// Arrivals per hour.
    pub per_hour: f64,
}

impl Stream {
    /// The stream as intervals of constant rate of customers: what planning looks at.
    pub fn pieces(&self) -> Vec<RatePiece> {
        let sizes = self.groups.iter().zip(1_u32..);
        let size: f64 = sizes.map(|(share, size)| share * f64::from(size)).sum();
        let size = if self.groups.is_empty() { 1.0 } else { size };
        let steady = |from_s, to_s, count: f64| {
            vec![RatePiece { from_s, to_s, per_hour: size * 3_600.0 * count / (to_s - from_s) }]
        };
        match &self.arrivals {
            Arrivals::Poisson { mean_gap_s, duration_s } => {
                steady(0.0, *duration_s, duration_s / mean_gap_s)
            }
            Arrivals::Piecewise { pieces } => {
                let scaled = pieces.iter().map(|p| RatePiece { per_hour: p.per_hour * size, ..*p });
                scaled.collect()
            }
            Arrivals::Renewal { gap_s, duration_s } => {
                steady(0.0, *duration_s, duration_s / gap_s.mean())
            }
            Arrivals::Appointments(a) => {
                let coming = f64::from(a.slots()) * f64::from(a.per_slot) * (1.0 - a.no_show);
                steady(a.from_s, a.to_s, coming)
            }
            Arrivals::Trace { times_s } => {
                let (first, last) = (times_s.first().copied(), times_s.last().copied());
                let from = first.unwrap_or(0.0);
                steady(from, last.unwrap_or(0.0).max(from + 1.0), times_s.len() as f64)
            }
        }
    }
}
