//! The quantile tables of one hospital level under one payment regime: a uniform word becomes a
//! time in ms. Must never consume a draw; the same word gives the same clinical time in every arm.

use super::regime::Channel;
use super::spec::{ChannelSpec, FIXED_STATIONS, LevelFlowSpec, Station};
use crate::domain::Ms;
use crate::random::{Distribution, QuantileTable};
use libm::round;

const MS_PER_SECOND: f64 = 1_000.0;

/// Times of one level, shared by its sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelTables {
    /// Service by `Station as usize`; the last is that of a first consultation.
    pub(super) services: Vec<QuantileTable>,
    /// Consultation after reports.
    pub(super) review: QuantileTable,
    /// Walk between clinical stations.
    pub(super) walk: QuantileTable,
    /// Detour to a payment place and back.
    pub(super) payment_walk: QuantileTable,
    /// Sample to laboratory report.
    pub(super) lab_report: QuantileTable,
    /// Picture to imaging report.
    pub(super) imaging_report: QuantileTable,
    /// From a released prescription to packed drugs.
    pub(super) packing: Option<QuantileTable>,
    /// From a released order to tests that can begin.
    pub(super) booking: Option<QuantileTable>,
    /// Longest wait borne in one clinical queue.
    pub(super) patience: QuantileTable,
    /// Payment on the phone.
    pub(super) phone: QuantileTable,
    /// Lost before a payment on the phone is given up.
    pub(super) phone_timeout_ms: Ms,
    /// Added at a window for an insured bill.
    pub(super) insured_window_extra_ms: Ms,
    /// By `Channel as usize`: a stop there takes neither walk nor service, so there is no stop.
    pub(super) free: [bool; Channel::COUNT],
    /// What is left of a walk of somebody who is guided, in parts of [`WHOLE_WALK`].
    guided_walk: u32,
}

/// A walk as long as without guidance.
const WHOLE_WALK: u32 = 1 << 16;

impl LevelTables {
    /// Compiles a level and the regime's channels. Panics when a station is missing.
    pub fn new(level: &LevelFlowSpec, channels: &ChannelSpec) -> LevelTables {
        assert!(
            level.stations.len() == FIXED_STATIONS + 1,
            "invariant: a level has {} stations, got {}",
            FIXED_STATIONS + 1,
            level.stations.len()
        );
        let table = |distribution: &Distribution| distribution.table(MS_PER_SECOND);
        let mut tables = LevelTables {
            services: level.stations.iter().map(|station| table(&station.service_s)).collect(),
            review: table(&level.review_s),
            walk: table(&level.walk_s),
            payment_walk: table(&level.payment_walk_s),
            lab_report: table(&level.lab_report_s),
            imaging_report: table(&level.imaging_report_s),
            packing: level.drug_packing_s.as_ref().map(table),
            booking: level.test_booking_s.as_ref().map(table),
            patience: table(&level.patience_s),
            phone: table(&channels.phone_s),
            phone_timeout_ms: round(channels.phone_timeout_s * MS_PER_SECOND) as Ms,
            insured_window_extra_ms: round(channels.insured_window_extra_s * MS_PER_SECOND) as Ms,
            free: [false; Channel::COUNT],
            guided_walk: WHOLE_WALK,
        };
        let is_zero = |table: &QuantileTable| table.sample(u32::MAX) == 0;
        let trips = [
            Channel::Kiosk,
            Channel::Window,
            Channel::DischargeDesk,
            Channel::PhoneThenKiosk,
            Channel::PhoneThenWindow,
        ];
        for channel in trips {
            let service = channel.station().map(|station| &tables.services[station as usize]);
            tables.free[channel as usize] =
                is_zero(&tables.payment_walk) && service.is_some_and(is_zero);
        }
        tables
    }

    /// Lets guidance save a share of each walk of those who are guided.
    pub fn guide(&mut self, saved_share: f64) {
        self.guided_walk = round((1.0 - saved_share) * f64::from(WHOLE_WALK)) as u32;
    }

    /// A walk of somebody who is guided.
    #[inline]
    pub(super) fn guided_ms(&self, walk_ms: Ms) -> Ms {
        ((u64::from(walk_ms) * u64::from(self.guided_walk)) >> 16) as Ms
    }

    /// Service time of a first visit to a station; departments share one table.
    #[inline]
    pub(super) fn service_ms(&self, station: u8, word: u32) -> Ms {
        self.services[usize::from(station).min(Station::Department0 as usize)].sample(word)
    }
}
