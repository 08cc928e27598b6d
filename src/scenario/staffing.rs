//! How busy the stations of a level are in the peak hour of a mean day, from the numbers of the
//! scenario alone: the arithmetic behind the staffing of `flow`, and the payment places of an arm by
//! that arithmetic. Must never look at an outcome, nor be read as one: it knows no queue and no
//! rounding up to whole servers.

use super::demand::LEVELS;
use super::reader::Reader;
use crate::city::spec::{CitySpec, SiteSpec};
use crate::flow::spec::{
    FlowSpec, PayWhen, PaymentPlaces, Places, PlacesRule, RegimeSpec, Shift, Station, StationSpec,
};
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
/// Sites that do not take phones are looked at where there are any.
pub(super) fn check(r: &Reader<'_>, city: &CitySpec, flow: &FlowSpec, regime: &RegimeSpec) {
    for (level, name) in LEVELS.iter().enumerate() {
        let everywhere = regime.channels.phone_sites_by_level[level] >= 1.0;
        let (phone_sites, words) =
            if everywhere { (1.0, "") } else { (0.0, " where phones are not taken") };
        let busy = LevelWork { city, flow, regime, level, phone_sites }.utilisation();
        for ((place, station), share) in BUSY.iter().zip(busy) {
            let follows = matches!(place, Station::Cashier | Station::Kiosk);
            if share >= 1.0 && !(follows && flow.places_rule.is_some()) {
                let key = format!(
                    "flow.levels.{name}.stations.{station}.servers_per_1000_visits_per_day"
                );
                let message = format!(
                    "the peak hour of a mean day brings {share:.2} times the work that can be \
                     done, under {}{words}",
                    regime.name
                );
                r.warn(&key, message, "below 1, or queues grow for hours");
            }
        }
    }
}

/// The payment places that a regime's own payers need, if the flow has a rule for them.
pub(super) fn places(
    city: &CitySpec,
    flow: &FlowSpec,
    regime: &RegimeSpec,
) -> Option<PaymentPlaces> {
    let rule = flow.places_rule?;
    let kind =
        |level, phone_sites| LevelWork { city, flow, regime, level, phone_sites }.places(rule);
    Some(std::array::from_fn(|level| [kind(level, 0.0), kind(level, 1.0)]))
}

/// One level of a city under a regime.
#[derive(Clone, Copy)]
pub(super) struct LevelWork<'s> {
    /// People and demand.
    pub(super) city: &'s CitySpec,
    /// Stations.
    pub(super) flow: &'s FlowSpec,
    /// Who pays where.
    pub(super) regime: &'s RegimeSpec,
    /// Hospital level.
    pub(super) level: usize,
    /// Share of sites that take payments in place: 0 or 1 for a kind of site, between for the mean.
    pub(super) phone_sites: f64,
}

impl LevelWork<'_> {
    /// Work offered in the peak hour over work that can be done, by station of `BUSY`.
    pub(super) fn utilisation(self) -> [f64; BUSY.len()] {
        let all = self.arrivals(emergency_share(self.city, self.level));
        let emergencies = self.arrivals(1.0);
        let payments = self.payments(&all);
        let work = self.work_seconds();
        std::array::from_fn(|index| {
            let station = BUSY[index].0;
            let (hour, customers) = peak(match station {
                Station::Emergency => &emergencies,
                Station::Cashier | Station::Kiosk => &payments,
                _ => &all,
            });
            let spec = &self.flow.levels[self.level].stations[station as usize];
            let servers = spec.servers_per_1000_visits * staffing(spec, hour);
            let offered = 1000.0 * customers * work[index] / 3600.0;
            if servers > 0.0 { offered / servers } else { 0.0 }
        })
    }

    /// Payment places whose busiest hour is as busy as a rule says.
    fn places(self, rule: PlacesRule) -> Places {
        let arrivals = self.arrivals(emergency_share(self.city, self.level));
        let (hour, payments) = peak(&self.payments(&arrivals));
        let work = self.work_seconds();
        let per_1000 = |station: Station, utilisation: f64| {
            let spec = &self.flow.levels[self.level].stations[station as usize];
            let at_work = staffing(spec, hour);
            let index = BUSY.iter().position(|(other, _)| *other == station);
            let seconds = index.map_or(0.0, |index| work[index]);
            let needed = 1000.0 * payments * seconds / 3600.0 / utilisation;
            if at_work > 0.0 { needed / at_work } else { needed }
        };
        Places {
            cashiers_per_1000: per_1000(Station::Cashier, rule.cashier_utilisation),
            kiosks_per_1000: per_1000(Station::Kiosk, rule.kiosk_utilisation),
        }
    }

    /// Share of a day's visits by hour of arrival, when this share of them are emergencies.
    fn arrivals(self, emergency: f64) -> [f64; 24] {
        let demand = &self.city.demand;
        std::array::from_fn(|hour| {
            demand.hour_shares[hour] * (1.0 - emergency)
                + demand.emergency_hour_shares[hour] * emergency
        })
    }

    /// Payments per visit by hour. Registration is paid on arrival, the first orders half an hour
    /// later, and what follows a test's report two hours later.
    fn payments(self, arrivals: &[f64; 24]) -> [f64; 24] {
        let course = &self.city.demand.course[self.level];
        let emergency = emergency_share(self.city, self.level);
        let tests = self.tests();
        let ahead = course.registered_ahead * (1.0 - emergency);
        let first = if self.regime.ahead_pays_on_arrival { 1.0 } else { 1.0 - ahead };
        let last = course.treatment + course.drugs;
        std::array::from_fn(|hour| {
            let ago = |hours: usize| arrivals[(hour + 24 - hours) % 24];
            let soon = f64::midpoint(ago(0), ago(1));
            match self.regime.when {
                PayWhen::BeforeEachStep | PayWhen::AtOrder => {
                    first * ago(0) + (tests + last * (1.0 - tests)) * soon + last * tests * ago(2)
                }
                PayWhen::OnceAtEnd => (1.0 - tests) * soon + tests * ago(2),
                PayWhen::AfterLeaving => 0.0,
            }
        })
    }

    /// Share of visits with a test.
    fn tests(self) -> f64 {
        let course = &self.city.demand.course[self.level];
        1.0 - (1.0 - course.lab) * (1.0 - course.imaging)
    }

    /// Seconds of work at each station of `BUSY`: of a mean payment at cashiers and kiosks, of a
    /// mean visit elsewhere.
    fn work_seconds(self) -> [f64; BUSY.len()] {
        let LevelWork { city, regime, level, .. } = self;
        let flow = &self.flow.levels[level];
        let course = &city.demand.course[level];
        let emergency = emergency_share(city, level);
        let uninsured = city.people.uninsured_share;
        let may = self.phone_sites + (1.0 - self.phone_sites) * uninsured;
        let (by_hand, in_place) = by_hand(city, regime);
        let trips = by_hand - in_place * may * (1.0 - regime.channels.phone_failure_share);
        let kiosk = regime.channels.kiosk_share_by_level[level];
        let extra = regime.channels.insured_window_extra_s * (1.0 - uninsured);
        let service = |station: Station| mean(&flow.stations[station as usize].service_s);
        let consultation = service(Station::Department0) + self.tests() * mean(&flow.review_s);
        [
            (1.0 - course.registered_ahead) * (1.0 - emergency) * service(Station::Registration),
            trips * (1.0 - kiosk) * (service(Station::Cashier) + extra),
            trips * kiosk * service(Station::Kiosk),
            course.lab * service(Station::Laboratory),
            course.imaging * service(Station::Imaging),
            course.treatment * service(Station::Treatment),
            course.drugs * service(Station::Pharmacy),
            emergency * service(Station::Emergency),
            (1.0 - emergency) * consultation,
        ]
    }
}

/// The busiest hour and what it brings.
fn peak(hours: &[f64; 24]) -> (usize, f64) {
    let numbered = hours.iter().copied().enumerate();
    numbered.fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
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
fn staffing(spec: &StationSpec, hour: usize) -> f64 {
    let middle = hour as u32 * 3_600_000 + 1_800_000;
    let open = |shift: &&Shift| shift.from_ms <= middle && middle < shift.to_ms;
    spec.shifts.iter().find(open).map_or(0.0, |shift| shift.staffing)
}

/// Share of payments made by hand, and of these in place where a site takes them, weighted by the
/// visits of each age. Where orders are debited at once, who has not signed pays by hand, and so does
/// whose debit is refused; the readiest to pay in place sign first.
fn by_hand(city: &CitySpec, regime: &RegimeSpec) -> (f64, f64) {
    let debits = regime.when == PayWhen::AtOrder;
    let ages = city.people.age_shares.iter().zip(&city.demand.age_relativity);
    let (mut hand, mut in_place, mut all) = (0.0, 0.0, 0.0);
    for (age, (share, relativity)) in ages.enumerate() {
        let weight = share * relativity;
        let able = regime.channels.phone_share_by_age[age];
        let signed = if debits { regime.debit_signed_share_by_age[age] } else { 0.0 };
        let refused = regime.debit_refused_share;
        hand += weight * (1.0 - signed + signed * refused);
        in_place += weight * ((able - signed).max(0.0) + able.min(signed) * refused);
        all += weight;
    }
    (hand / all, in_place / all)
}

/// Mean of a distribution in its own unit.
pub(super) fn mean(distribution: &Distribution) -> f64 {
    distribution.mean()
}
