//! Small hospitals for the tests of this module. Times are short, so that ties are frequent.

use super::spec::{
    ChannelSpec, FIXED_STATIONS, FlowSpec, FreedWindows, LevelFlowSpec, PayWhen, RegimeSpec, Shift,
    StationSpec,
};
use super::{Hospital, LevelTables};
use crate::domain::{AGE_BANDS, HospitalLevel, Ms};
use crate::random::Distribution;

/// Seconds from ms, for distributions of a few ms.
pub(super) fn uniform_ms(low: u32, high: u32) -> Distribution {
    Distribution::Uniform { low: f64::from(low) / 1e3, high: f64::from(high) / 1e3 }
}

pub(super) fn open_all_day() -> Vec<Shift> {
    vec![Shift { from_ms: 0, to_ms: 86_400_000, staffing: 1.0 }]
}

pub(super) fn station(per_1000: f64, service_s: Distribution, shifts: Vec<Shift>) -> StationSpec {
    StationSpec { servers_per_1000_visits: per_1000, service_s, shifts }
}

/// A level whose every station has `per_1000` servers, services of 1 to `longest` ms and one shift
/// list; walks up to `longest` ms, patience without end.
pub(super) fn level(per_1000: f64, longest: Ms, shifts: &[Shift]) -> LevelFlowSpec {
    let pattern = || station(per_1000, uniform_ms(1, longest), shifts.to_vec());
    LevelFlowSpec {
        stations: (0..=FIXED_STATIONS).map(|_| pattern()).collect(),
        departments_per_1000_visits: 2.0,
        review_s: uniform_ms(1, longest),
        walk_s: uniform_ms(0, longest),
        payment_walk_s: uniform_ms(0, longest),
        lab_report_s: uniform_ms(0, 4 * longest),
        imaging_report_s: uniform_ms(0, 4 * longest),
        drug_packing_s: None,
        test_booking_s: None,
        patience_s: Distribution::Deterministic { value: 1e6 },
    }
}

pub(super) fn channels() -> ChannelSpec {
    ChannelSpec {
        phone_share_by_age: [0.7; AGE_BANDS],
        phone_sites_by_level: [0.5; 3],
        kiosk_share_by_level: [0.3; 3],
        phone_s: uniform_ms(0, 5),
        insured_window_extra_s: 0.003,
        phone_failure_share: 0.0,
        phone_timeout_s: 0.002,
    }
}

pub(super) fn regime(when: PayWhen) -> RegimeSpec {
    RegimeSpec {
        name: "test".into(),
        title_en: "test".into(),
        title_zh: "测试".into(),
        when,
        channels: channels(),
        discharge_at_desk: true,
        ahead_pays_on_arrival: false,
        price_decline_share: 0.0,
        refund_trip_share: 0.0,
        debit_signed_share_by_age: [1.0; AGE_BANDS],
        debit_refused_share: 0.0,
    }
}

pub(super) fn compile(level: &LevelFlowSpec) -> (Hospital, LevelTables) {
    let levels = [level.clone(), level.clone(), level.clone()];
    let flow = FlowSpec { levels, closed_weekdays: [false; 7], places_rule: None, halls: None };
    let hospital = Hospital::new(&flow, HospitalLevel::Primary, 1_000.0, None, FreedWindows::Kept);
    (hospital, LevelTables::new(level, &channels()))
}
