//! Regimes and schemes as tables: who stops where.

use super::super::fixtures::regime;
use super::*;
use crate::flow::spec::{FreedWindows, SchemeFlowSpec};
use crate::random::Distribution;
use proptest::prelude::*;

const EVERY_POINT: u8 = 0b111_1111;

fn payer(phone_word: u32) -> Payer {
    Payer {
        age_band: 2,
        level: HospitalLevel::Tertiary,
        site_takes_phone: true,
        registered_ahead: false,
        phone_word,
        insured: true,
    }
}

fn channels(stops: Stops) -> [Channel; PAYMENT_POINTS] {
    PaymentPoint::ALL.map(|point| stops.get(point))
}

fn scheme(when: PayWhen, final_stop_share: f64, bedside: bool) -> SchemeFlow {
    SchemeFlow::new(&scheme_spec(when, final_stop_share, bedside))
}

fn scheme_spec(when: PayWhen, final_stop_share: f64, bedside: bool) -> SchemeFlowSpec {
    let none = Distribution::Deterministic { value: 0.0 };
    SchemeFlowSpec {
        when,
        final_stop_share,
        confirm_unanswered_share: None,
        papers_back_s: None,
        bedside,
        sign_up_s: Distribution::Deterministic { value: 90.0 },
        help_s: none,
        refund_trip_share: 0.0,
        repeat_help_share: 0.0,
        settled_after_leaving_share: 0.0,
        freed_windows: FreedWindows::Kept,
    }
}

#[test]
fn each_regime_stops_where_its_rule_says() {
    use Channel::{DischargeDesk as Desk, None as No, Phone, Window};
    let window = u32::MAX;
    let rows = [
        (PayWhen::BeforeEachStep, window, [Window, Window, Window, Window, No, Window, Desk]),
        (PayWhen::BeforeEachStep, 0, [Phone, Phone, Phone, Phone, No, Phone, Desk]),
        (PayWhen::AtOrder, window, [No, No, No, No, No, No, Desk]),
        (PayWhen::OnceAtEnd, window, [No, No, No, No, Window, No, Desk]),
        (PayWhen::AfterLeaving, window, [No; PAYMENT_POINTS]),
    ];
    for (when, phone_word, expected) in rows {
        let stops =
            Regime::new(&regime(when)).stops(payer(phone_word), EVERY_POINT, |_| [u32::MAX; 2]);
        assert_eq!(channels(stops), expected, "{when:?}");
        assert!(stops.insured());
    }
}

#[test]
fn absent_points_have_no_stop_and_low_channel_words_take_the_kiosk() {
    let regime = Regime::new(&regime(PayWhen::BeforeEachStep));
    let points = PaymentPoint::Tests.bit() | PaymentPoint::Drugs.bit();
    let stops = regime.stops(payer(u32::MAX), points, |point| {
        if point == PaymentPoint::Tests as u8 { [0; 2] } else { [u32::MAX; 2] }
    });
    let expected = Stops::default()
        .with(PaymentPoint::Tests, Channel::Kiosk)
        .with(PaymentPoint::Drugs, Channel::Window)
        .with_insured(true);
    assert_eq!((stops, stops.trips()), (expected, 2));
}

#[test]
fn an_insured_bill_needs_a_site_that_takes_it_by_phone() {
    let regime = Regime::new(&regime(PayWhen::BeforeEachStep));
    let at = |site_takes_phone, insured| {
        let payer = Payer { site_takes_phone, insured, ..payer(0) };
        regime.stops(payer, EVERY_POINT, |_| [u32::MAX; 2]).get(PaymentPoint::Drugs)
    };
    assert_eq!(at(false, true), Channel::Window);
    assert_eq!(at(false, false), Channel::Phone);
    assert_eq!(at(true, true), Channel::Phone);
}

#[test]
fn the_fee_of_those_who_registered_ahead_is_paid_when_the_regime_says() {
    for (when, on_arrival, expected) in [
        (PayWhen::BeforeEachStep, false, Channel::None),
        (PayWhen::BeforeEachStep, true, Channel::Window),
        (PayWhen::OnceAtEnd, true, Channel::None),
    ] {
        let mut spec = regime(when);
        spec.ahead_pays_on_arrival = on_arrival;
        let payer = Payer { registered_ahead: true, ..payer(u32::MAX) };
        let stops = Regime::new(&spec).stops(payer, EVERY_POINT, |_| [u32::MAX; 2]);
        assert_eq!(stops.get(PaymentPoint::Registration), expected, "{when:?} {on_arrival}");
    }
}

#[test]
fn a_scheme_replaces_the_stops_of_those_it_grants() {
    use Channel::{DischargeDesk as Desk, None as No, Phone, Window};
    let fallback =
        Regime::new(&regime(PayWhen::BeforeEachStep))
            .stops(payer(u32::MAX), EVERY_POINT, |_| [u32::MAX; 2]);
    let rows = [
        (scheme(PayWhen::AtOrder, 1.0, false), true, [No, No, No, No, No, No, Desk]),
        (scheme(PayWhen::AtOrder, 1.0, true), true, [No, No, No, No, No, No, Phone]),
        (scheme(PayWhen::OnceAtEnd, 1.0, true), true, [No, No, No, No, Window, No, Phone]),
        (scheme(PayWhen::OnceAtEnd, 0.0, true), true, [No, No, No, No, No, No, Phone]),
        (scheme(PayWhen::AfterLeaving, 1.0, true), true, [No; PAYMENT_POINTS]),
        (scheme(PayWhen::AtOrder, 1.0, true), false, channels(fallback)),
    ];
    for (scheme, granted, expected) in rows {
        let stops = scheme_stops(&scheme, fallback, granted, 1 << 31);
        assert_eq!(channels(stops), expected, "{:?}, granted {granted}", scheme.when);
        assert!(stops.insured(), "the bill stays insured");
    }
}

#[test]
fn stops_of_some_points_can_come_from_another_code() {
    let all = PaymentPoint::ALL.iter().fold(Stops::default(), |s, &p| s.with(p, Channel::Window));
    let mixed = Stops::default().with_points(PaymentPoint::Drugs.bit(), all);
    assert_eq!(mixed, Stops::default().with(PaymentPoint::Drugs, Channel::Window));
}

#[test]
fn sign_up_takes_its_time() {
    assert_eq!(scheme(PayWhen::AtOrder, 0.0, false).sign_up_ms(77), 90_000);
}

proptest! {
    #[test]
    fn who_pays_by_phone_at_a_small_share_also_does_at_a_larger(
        small in 0.0..1.0_f64, more in 0.0..1.0_f64, phone_word: u32, channel_word: u32,
    ) {
        let at = |share: f64| {
            let mut spec = regime(PayWhen::BeforeEachStep);
            spec.channels.phone_share_by_age = [share; AGE_BANDS];
            Regime::new(&spec).stops(payer(phone_word), EVERY_POINT, |_| [channel_word, u32::MAX])
        };
        let (few, many) = (at(small), at(small + more * (1.0 - small)));
        for point in PaymentPoint::ALL {
            let (before, after) = (few.get(point), many.get(point));
            prop_assert!(before == after || after == Channel::Phone, "{point:?}: {before:?} {after:?}");
        }
    }
}

/// Automatic debit without credit: the readiest sign first, a short account pays by hand, and more who
/// sign never add a stop.
#[test]
fn only_who_has_signed_and_has_the_money_is_debited() {
    let of = |signed: f64, refused: f64| {
        let mut spec = regime(PayWhen::AtOrder);
        spec.debit_signed_share_by_age = [signed; AGE_BANDS];
        spec.debit_refused_share = refused;
        Regime::new(&spec)
    };
    let stops = |regime: &Regime, phone_word: u32, refusal_word: u32| {
        let words = |_| [u32::MAX, refusal_word.rotate_left(16)];
        channels(regime.stops(payer(phone_word), EVERY_POINT, words))
    };
    let (ready, unready) = (1 << 30, 3 << 30);
    let tests = PaymentPoint::Tests as usize;
    let half = of(0.5, 0.1);
    assert_eq!(stops(&half, ready, u32::MAX)[tests], Channel::None, "signed");
    assert_eq!(stops(&half, unready, u32::MAX)[tests], Channel::Window, "never signed");
    assert_ne!(stops(&half, ready, 0)[tests], Channel::None, "the account is short");
    assert_eq!(stops(&of(0.5, 0.0), ready, 0)[tests], Channel::None, "never short");
    for word in [0, ready, unready, u32::MAX] {
        let trips = |regime: &Regime| {
            stops(regime, word, u32::MAX).iter().filter(|c| **c != Channel::None).count()
        };
        assert!(trips(&of(0.9, 0.0)) <= trips(&half), "{word}");
    }
    assert!(!half.declines_tests(0, true) && !half.declines_tests(0, false), "off by default");
}

/// A line that refuses leaves the stops of one's own way, so the trip costs what it costs there.
#[test]
fn a_refused_line_sends_the_patient_the_way_of_those_without_one() {
    let own = Regime::new(&regime(PayWhen::BeforeEachStep));
    let own = own.stops(payer(u32::MAX), EVERY_POINT, |_| [u32::MAX; 2]);
    assert_eq!(own.get(PaymentPoint::Tests), Channel::Window);
    for when in [PayWhen::OnceAtEnd, PayWhen::AtOrder, PayWhen::AfterLeaving] {
        let refused = scheme_stops(&scheme(when, 0.0, true), own, false, 0);
        assert_eq!(refused, own, "{when:?}");
        let granted = scheme_stops(&scheme(when, 0.0, true), own, true, 0);
        assert!(granted.trips() < own.trips(), "{when:?}");
    }
}

/// Kunming: each order is confirmed where it is issued; without an answer the patient walks.
#[test]
fn confirmations_are_made_in_place_or_after_the_phone_got_no_answer() {
    let own = Regime::new(&regime(PayWhen::BeforeEachStep));
    let own = own.stops(payer(u32::MAX), EVERY_POINT, |_| [u32::MAX; 2]);
    let ahead = own.with(PaymentPoint::Registration, Channel::None);
    let stops = |share: Option<f64>, word: u32| {
        let mut spec = scheme_spec(PayWhen::AtOrder, 0.0, false);
        spec.confirm_unanswered_share = share;
        let scheme = SchemeFlow::new(&spec);
        let line = scheme_stops(&scheme, ahead, true, 0);
        confirmed_stops(&scheme, (line, ahead), PaymentPoint::Tests.bit() | 1, |_| word)
    };
    let at = |share, word| {
        [PaymentPoint::Registration, PaymentPoint::Tests, PaymentPoint::Drugs]
            .map(|point| stops(share, word).get(point))
    };
    let none = Channel::None;
    assert_eq!(at(None, 0), [none; 3], "nothing to confirm");
    assert_eq!(
        at(Some(0.0), 0),
        [none, Channel::Phone, none],
        "paid ahead, confirmed, not granted"
    );
    assert_eq!(at(Some(0.5), 1 << 30), [none, Channel::PhoneThenWindow, none]);
    assert_eq!(at(Some(0.5), 3 << 30), [none, Channel::Phone, none]);
}
