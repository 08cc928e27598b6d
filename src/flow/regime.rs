//! Where each payment point of a visit is paid, as a stop code. Must never know an amount or who
//! lends; a larger phone share only ever adds phone payers, so regimes are nested.

use super::spec::{PayWhen, RegimeSpec, SchemeFlowSpec, Station};
use crate::domain::{AGE_BANDS, HospitalLevel, Ms};
use crate::random::{QuantileTable, chance, probability_to_word};

/// Number of payment points.
pub const PAYMENT_POINTS: usize = 7;

/// Where in a visit or stay money falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum PaymentPoint {
    /// Registration fee.
    Registration = 0,
    /// Laboratory and imaging.
    Tests = 1,
    /// Treatment.
    Treatment = 2,
    /// Drugs.
    Drugs = 3,
    /// The one settlement before leaving.
    Final = 4,
    /// Deposit at admission.
    Deposit = 5,
    /// The stay's bill.
    Stay = 6,
}

impl PaymentPoint {
    /// Every point, by index.
    pub const ALL: [PaymentPoint; PAYMENT_POINTS] = [
        PaymentPoint::Registration,
        PaymentPoint::Tests,
        PaymentPoint::Treatment,
        PaymentPoint::Drugs,
        PaymentPoint::Final,
        PaymentPoint::Deposit,
        PaymentPoint::Stay,
    ];

    /// The point's bit in a set of points.
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How a payment point is passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Channel {
    /// Without a stop.
    #[default]
    None = 0,
    /// In place, on the phone or at the bedside.
    Phone = 1,
    /// At a self-service kiosk.
    Kiosk = 2,
    /// At a cashier window.
    Window = 3,
    /// At the discharge desk.
    DischargeDesk = 4,
}

impl Channel {
    /// Number of channels.
    pub const COUNT: usize = 5;

    const ALL: [Channel; Channel::COUNT] =
        [Channel::None, Channel::Phone, Channel::Kiosk, Channel::Window, Channel::DischargeDesk];

    /// The station where the patient queues, `None` when there is no trip.
    pub const fn station(self) -> Option<Station> {
        match self {
            Channel::None | Channel::Phone => None,
            Channel::Kiosk => Some(Station::Kiosk),
            Channel::Window => Some(Station::Cashier),
            Channel::DischargeDesk => Some(Station::DischargeDesk),
        }
    }
}

/// The channel of every payment point, four bits a point, and whether the bill is insured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops(u32);

const INSURED_BIT: u32 = 1 << 31;

impl Stops {
    /// The channel of a point.
    #[inline]
    pub const fn get(self, point: PaymentPoint) -> Channel {
        self.at(point as u8)
    }

    /// The channel of the point with this index.
    #[inline]
    pub(super) const fn at(self, point: u8) -> Channel {
        Channel::ALL[((self.0 >> (4 * point)) & 0xf) as usize]
    }

    /// The same stops with another channel at one point.
    pub const fn with(self, point: PaymentPoint, channel: Channel) -> Stops {
        let shift = 4 * point as u8;
        Stops(self.0 & !(0xf << shift) | (channel as u32) << shift)
    }

    /// These stops, but those of `other` at the points of a set.
    pub fn with_points(self, points: u8, other: Stops) -> Stops {
        let chosen = PaymentPoint::ALL.iter().filter(|point| points & point.bit() != 0);
        chosen.fold(self, |stops, &point| stops.with(point, other.get(point)))
    }

    /// Whether bills take the window's longer, insured way.
    #[inline]
    pub const fn insured(self) -> bool {
        self.0 & INSURED_BIT != 0
    }

    /// The same stops with insured or self-paid bills.
    pub const fn with_insured(self, insured: bool) -> Stops {
        Stops(if insured { self.0 | INSURED_BIT } else { self.0 & !INSURED_BIT })
    }

    /// Trips to a window, kiosk or desk that the code asks for at most.
    pub fn trips(self) -> u32 {
        let trips = |point: &&PaymentPoint| self.get(**point).station().is_some();
        PaymentPoint::ALL.iter().filter(trips).count() as u32
    }
}

/// The answer of the rehearsal: stops with the core reachable and with the core down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopCode {
    /// When the settlement core answers.
    pub up: Stops,
    /// When it does not.
    pub down: Stops,
}

const _: () = assert!(size_of::<StopCode>() == 8, "a stop code is 8 bytes");

/// Who pays: what the choice of a channel may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payer {
    /// Age band (see [`crate::domain::age_band`]).
    pub age_band: u8,
    /// Level of the hospital.
    pub level: HospitalLevel,
    /// Whether insured bills can be paid by phone at this site.
    pub site_takes_phone: bool,
    /// Whether the visit was registered on the phone before coming.
    pub registered_ahead: bool,
    /// The person's latent readiness to pay by phone; smaller is readier.
    pub phone_word: u32,
    /// Whether the bill is insured.
    pub insured: bool,
}

/// A payment regime with its shares as threshold words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    when: PayWhen,
    phone: [u32; AGE_BANDS],
    phone_sites: [u32; 3],
    kiosk: [u32; 3],
    discharge_at_desk: bool,
    ahead_pays_on_arrival: bool,
}

impl Regime {
    /// Compiles a regime.
    pub fn new(spec: &RegimeSpec) -> Regime {
        let channels = &spec.channels;
        Regime {
            when: spec.when,
            phone: channels.phone_share_by_age.map(probability_to_word),
            phone_sites: channels.phone_sites_by_level.map(probability_to_word),
            kiosk: channels.kiosk_share_by_level.map(probability_to_word),
            discharge_at_desk: spec.discharge_at_desk,
            ahead_pays_on_arrival: spec.ahead_pays_on_arrival,
        }
    }

    /// Whether insured bills can be paid by phone at a site with this latent word.
    pub fn site_takes_phone(&self, level: HospitalLevel, site_word: u32) -> bool {
        chance(site_word, self.phone_sites[level as usize])
    }

    /// The stops of a visit that has the points of a set. `channel_word` is the latent word of a
    /// point: below the kiosk share the kiosk is taken instead of the window.
    pub fn stops(
        &self,
        payer: Payer,
        points_present: u8,
        channel_word: impl Fn(u8) -> u32,
    ) -> Stops {
        let present = PaymentPoint::ALL.iter().filter(|point| points_present & point.bit() != 0);
        present.fold(Stops::default().with_insured(payer.insured), |stops, &point| {
            stops.with(point, self.channel(payer, point, &channel_word))
        })
    }

    fn channel(
        &self,
        payer: Payer,
        point: PaymentPoint,
        channel_word: &impl Fn(u8) -> u32,
    ) -> Channel {
        match (self.when, point) {
            (PayWhen::AfterLeaving, _) => Channel::None,
            (_, PaymentPoint::Registration) if self.paid_ahead(payer) => Channel::None,
            (_, PaymentPoint::Stay) if self.discharge_at_desk => Channel::DischargeDesk,
            (_, PaymentPoint::Stay) => Channel::Phone,
            (PayWhen::AtOrder, _) | (PayWhen::BeforeEachStep, PaymentPoint::Final) => Channel::None,
            (PayWhen::OnceAtEnd, point) if point != PaymentPoint::Final => Channel::None,
            (PayWhen::BeforeEachStep | PayWhen::OnceAtEnd, point) => {
                self.own_channel(payer, channel_word(point as u8))
            }
        }
    }

    /// Whether the registration fee was paid before coming.
    fn paid_ahead(&self, payer: Payer) -> bool {
        payer.registered_ahead && !self.ahead_pays_on_arrival
    }

    /// Phone for those who are ready and may, else kiosk or window.
    fn own_channel(&self, payer: Payer, channel_word: u32) -> Channel {
        let may = payer.site_takes_phone || !payer.insured;
        if may && chance(payer.phone_word, self.phone[usize::from(payer.age_band)]) {
            Channel::Phone
        } else if chance(channel_word, self.kiosk[payer.level as usize]) {
            Channel::Kiosk
        } else {
            Channel::Window
        }
    }
}

/// A scheme's payment rule with its share as a threshold word and its times as tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeFlow {
    when: PayWhen,
    final_stop: u32,
    bedside: bool,
    sign_up: QuantileTable,
    help: QuantileTable,
}

impl SchemeFlow {
    /// Compiles a scheme.
    pub fn new(spec: &SchemeFlowSpec) -> SchemeFlow {
        SchemeFlow {
            when: spec.when,
            final_stop: probability_to_word(spec.final_stop_share),
            bedside: spec.bedside,
            sign_up: spec.sign_up_s.table(1_000.0),
            help: spec.help_s.table(1_000.0),
        }
    }

    /// Time to sign up at the desk, ms.
    pub fn sign_up_ms(&self, word: u32) -> Ms {
        self.sign_up.sample(word)
    }

    /// Help that a first-time user needs, ms.
    pub fn help_ms(&self, word: u32) -> Ms {
        self.help.sample(word)
    }
}

/// The stops of a visit whose bill goes on a line or on the hospital's books (`granted`); otherwise
/// those of its regime (`fallback`). The deposit is then waived or held on the line. A final stop
/// is made where the patient pays otherwise: at a kiosk if the fallback has one, else at a window.
pub fn scheme_stops(scheme: &SchemeFlow, fallback: Stops, granted: bool, word: u32) -> Stops {
    if !granted || scheme.when == PayWhen::BeforeEachStep {
        return fallback;
    }
    let stay = match fallback.get(PaymentPoint::Stay) {
        Channel::DischargeDesk if scheme.bedside => Channel::Phone,
        other => other,
    };
    let stops = Stops::default().with_insured(fallback.insured());
    match scheme.when {
        PayWhen::AfterLeaving => stops,
        PayWhen::OnceAtEnd if chance(word, scheme.final_stop) => {
            stops.with(PaymentPoint::Stay, stay).with(PaymentPoint::Final, final_place(fallback))
        }
        _ => stops.with(PaymentPoint::Stay, stay),
    }
}

fn final_place(fallback: Stops) -> Channel {
    let kiosk = PaymentPoint::ALL.iter().any(|&point| fallback.get(point) == Channel::Kiosk);
    if kiosk { Channel::Kiosk } else { Channel::Window }
}

#[cfg(test)]
#[path = "regime_tests.rs"]
mod tests;
