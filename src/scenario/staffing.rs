//! How busy the stations of a level are in the peak hour of a mean day, from the numbers of the
//! scenario alone: the arithmetic behind the staffing of `flow`. Must never set a value, and must
//! not be read as a result: it knows no queue and no rounding up to whole servers.

use super::demand::LEVELS;
use super::reader::Reader;
use crate::city::spec::{CitySpec, SiteSpec};
use crate::flow::spec::{ChannelSpec, FlowSpec, LevelFlowSpec, PayWhen, RegimeSpec, Station};
use crate::random::Distribution;

/// Stations in the order of the shares that `utilisation` gives, with their keys.
pub(super) const BUSY: [(Station, &str); 9] = [
    (Station::Registration, "registration"),
    (Station::Cashier, "cashier"),
    (Station::Kiosk, "kiosk"),
    (Station::Laboratory, "laboratory"),
    (Station::Imaging, "imaging"),
    (Station::Treatment, "treatment"),
    (Station::Pharmacy, "pharmacy"),
    (Station::Emergency, "emergency"),
    (Station::Department0, "departments"),
];

/// Warns of stations that cannot serve the peak hour of a mean day: their queues grow for hours.
pub(super) fn check(r: &Reader<'_>, city: &CitySpec, flow: &FlowSpec, regime: &RegimeSpec) {
    for (level, name) in LEVELS.iter().enumerate() {
        let busy = utilisation(city, flow, regime, level);
        for ((_, station), share) in BUSY.iter().zip(busy) {
            if share >= 1.0 {
                let key = format!(
                    "flow.levels.{name}.stations.{station}.servers_per_1000_visits_per_day"
                );
                let message = format!(
                    "the peak hour of a mean day brings {share:.2} times the work that can be \
                     done, under {}",
                    regime.name
                );
                r.warn(&key, message, "below 1, or queues grow for hours");
            }
        }
    }
}

/// Work offered in the peak hour over work that can be done, by station of `BUSY`.
pub(super) fn utilisation(
    city: &CitySpec,
    flow: &FlowSpec,
    regime: &RegimeSpec,
    level: usize,
) -> [f64; BUSY.len()] {
    let flow = &flow.levels[level];
    let (hour, arrivals) = peak(city, emergency_share(city, level));
    let (night, emergencies) = peak(city, 1.0);
    let work = work_per_visit(city, flow, regime, level);
    std::array::from_fn(|index| {
        let station = BUSY[index].0;
        let (hour, arrivals) =
            if station == Station::Emergency { (night, emergencies) } else { (hour, arrivals) };
        let spec = &flow.stations[station as usize];
        let servers = spec.servers_per_1000_visits * staffing(spec, hour);
        let offered = 1000.0 * arrivals * work[index] / 3600.0;
        if servers > 0.0 { offered / servers } else { 0.0 }
    })
}

/// The hour with most arrivals, and its share of the day's, when this share are emergencies.
fn peak(city: &CitySpec, emergency: f64) -> (usize, f64) {
    let demand = &city.demand;
    let share = |hour: usize| {
        demand.hour_shares[hour] * (1.0 - emergency)
            + demand.emergency_hour_shares[hour] * emergency
    };
    let hours = (0..24).map(|hour| (hour, share(hour)));
    hours.fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
}

/// Share of emergencies among the visits of a level: they go to sites with beds.
fn emergency_share(city: &CitySpec, level: usize) -> f64 {
    let visits = |with: &dyn Fn(&SiteSpec) -> bool| -> f64 {
        city.sites.iter().filter(|site| with(site)).map(|site| site.visits_per_year).sum()
    };
    let of_level = |site: &SiteSpec| site.level as usize == level;
    let open = visits(&|site| site.beds > 0);
    let here = visits(&|site| of_level(site) && site.beds > 0);
    let share = city.demand.emergency_share * visits(&|_| true) / open;
    if here > 0.0 { share * here / visits(&of_level) } else { 0.0 }
}

/// Share of a station's servers at work in the middle of an hour.
fn staffing(spec: &crate::flow::spec::StationSpec, hour: usize) -> f64 {
    let middle = hour as u32 * 3_600_000 + 1_800_000;
    let open = |shift: &&crate::flow::spec::Shift| shift.from_ms <= middle && middle < shift.to_ms;
    spec.shifts.iter().find(open).map_or(0.0, |shift| shift.staffing)
}

/// Seconds of work that a mean visit brings to each station of `BUSY`.
fn work_per_visit(
    city: &CitySpec,
    flow: &LevelFlowSpec,
    regime: &RegimeSpec,
    level: usize,
) -> [f64; BUSY.len()] {
    let course = &city.demand.course[level];
    let emergency = emergency_share(city, level);
    let tests = 1.0 - (1.0 - course.lab) * (1.0 - course.imaging);
    let (registration, later) = match regime.when {
        PayWhen::BeforeEachStep => {
            (1.0 - course.registered_ahead, tests + course.treatment + course.drugs)
        }
        PayWhen::OnceAtEnd => (0.0, 1.0),
        PayWhen::AtOrder | PayWhen::AfterLeaving => (0.0, 0.0),
    };
    let in_person = 1.0 - in_place_share(city, &regime.channels, level);
    let kiosk = regime.channels.kiosk_share_by_level[level];
    let window = in_person * (1.0 - kiosk);
    let extra = regime.channels.insured_window_extra_s * (1.0 - city.people.uninsured_share);
    let service = |station: Station| mean(&flow.stations[station as usize].service_s);
    [
        (1.0 - course.registered_ahead) * service(Station::Registration),
        (registration + later) * window * (service(Station::Cashier) + extra)
            / regime.channels.windows_factor_by_level[level],
        (registration + later) * in_person * kiosk * service(Station::Kiosk),
        course.lab * service(Station::Laboratory),
        course.imaging * service(Station::Imaging),
        course.treatment * service(Station::Treatment),
        course.drugs * service(Station::Pharmacy),
        emergency * service(Station::Emergency),
        (1.0 - emergency) * (service(Station::Department0) + tests * mean(&flow.review_s)),
    ]
}

/// Share of payments made in place at a level, weighted by the visits of each age.
fn in_place_share(city: &CitySpec, channels: &ChannelSpec, level: usize) -> f64 {
    let ages = city.people.age_shares.iter().zip(&city.demand.age_relativity);
    let weights = ages.map(|(share, relativity)| share * relativity);
    let pairs = weights.zip(&channels.phone_share_by_age);
    let (able, all) = pairs
        .fold((0.0, 0.0), |(able, all), (weight, share)| (able + weight * share, all + weight));
    able / all * channels.phone_sites_by_level[level]
}

/// Mean of a distribution in its own unit.
pub(super) fn mean(distribution: &Distribution) -> f64 {
    match *distribution {
        Distribution::Deterministic { value } => value,
        Distribution::Exponential { mean } | Distribution::LogNormal { mean, .. } => mean,
        Distribution::Uniform { low, high } => f64::midpoint(low, high),
        Distribution::Triangular { low, mode, high } => (low + mode + high) / 3.0,
        Distribution::Weibull { scale, shape } => scale * libm::tgamma(1.0 + 1.0 / shape),
    }
}
