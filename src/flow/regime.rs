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

    /// What is given back after an outpatient visit was paid: visits leave no deposit, so it stands in that place of
    /// the stop code.
    pub const REFUND: PaymentPoint = PaymentPoint::Deposit;

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
    /// At a kiosk after the phone was tried in vain.
    PhoneThenKiosk = 5,
    /// At a window after the phone was tried in vain.
    PhoneThenWindow = 6,
}

impl Channel {
    /// Number of channels.
    pub const COUNT: usize = 7;

    const ALL: [Channel; Channel::COUNT] = [
        Channel::None,
        Channel::Phone,
        Channel::Kiosk,
        Channel::Window,
        Channel::DischargeDesk,
        Channel::PhoneThenKiosk,
        Channel::PhoneThenWindow,
    ];

    /// Whether the phone was tried first, in vain.
    pub const fn tried_phone(self) -> bool {
        matches!(self, Channel::PhoneThenKiosk | Channel::PhoneThenWindow)
    }

    /// The station where the patient queues, `None` when there is no trip.
    pub const fn station(self) -> Option<Station> {
        match self {
            Channel::None | Channel::Phone => None,
            Channel::Kiosk | Channel::PhoneThenKiosk => Some(Station::Kiosk),
            Channel::Window | Channel::PhoneThenWindow => Some(Station::Cashier),
            Channel::DischargeDesk => Some(Station::DischargeDesk),
        }
    }
}

/// The channel of every payment point, four bits a point, and whether the bill is insured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops(u32);

/// Points at which care is ordered.
const ORDERS: u8 = PaymentPoint::Registration.bit()
    | PaymentPoint::Tests.bit()
    | PaymentPoint::Treatment.bit()
    | PaymentPoint::Drugs.bit();

const INSURED_BIT: u32 = 1 << 31;
/// Tests are not wanted at their price.
const DECLINES_BIT: u32 = 1 << 28;
/// The deposit cannot be left.
const NO_DEPOSIT_BIT: u32 = 1 << 29;

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

    /// Whether the patient declines the tests when their price is seen.
    #[inline]
    pub const fn declines_tests(self) -> bool {
        self.0 & DECLINES_BIT != 0
    }

    /// The same stops of somebody who declines the tests.
    pub const fn declining_tests(self) -> Stops {
        Stops(self.0 | DECLINES_BIT)
    }

    /// Whether the patient cannot leave the deposit that is asked.
    #[inline]
    pub const fn lacks_deposit(self) -> bool {
        self.0 & NO_DEPOSIT_BIT != 0
    }

    /// The same stops of somebody who cannot leave the deposit.
    pub const fn lacking_deposit(self) -> Stops {
        Stops(self.0 | NO_DEPOSIT_BIT)
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
    phone_fails: u32,
    discharge_at_desk: bool,
    ahead_pays_on_arrival: bool,
    price_decline: u32,
    refund_trip: u32,
    debit_signed: [u32; AGE_BANDS],
    debit_refused: u32,
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
            phone_fails: probability_to_word(channels.phone_failure_share),
            discharge_at_desk: spec.discharge_at_desk,
            ahead_pays_on_arrival: spec.ahead_pays_on_arrival,
            price_decline: probability_to_word(spec.price_decline_share),
            refund_trip: probability_to_word(spec.refund_trip_share),
            debit_signed: spec.debit_signed_share_by_age.map(probability_to_word),
            debit_refused: probability_to_word(spec.debit_refused_share),
        }
    }

    /// Whether insured bills can be paid by phone at a site with this latent word.
    pub fn site_takes_phone(&self, level: HospitalLevel, site_word: u32) -> bool {
        chance(site_word, self.phone_sites[level as usize])
    }

    /// The stops of a visit that has the points of a set. `channel_words` are the latent words of a
    /// point: below the kiosk share the kiosk is taken instead of the window; below the failure share
    /// the phone is tried in vain.
    pub fn stops(
        &self,
        payer: Payer,
        points_present: u8,
        channel_words: impl Fn(u8) -> [u32; 2],
    ) -> Stops {
        let present = PaymentPoint::ALL.iter().filter(|point| points_present & point.bit() != 0);
        present.fold(Stops::default().with_insured(payer.insured), |stops, &point| {
            stops.with(point, self.channel(payer, point, &channel_words))
        })
    }

    fn channel(
        &self,
        payer: Payer,
        point: PaymentPoint,
        channel_words: &impl Fn(u8) -> [u32; 2],
    ) -> Channel {
        match (self.when, point) {
            (PayWhen::AfterLeaving, _) => Channel::None,
            (_, PaymentPoint::Registration) if self.paid_ahead(payer) => Channel::None,
            (_, PaymentPoint::Stay) if self.discharge_at_desk => Channel::DischargeDesk,
            (_, PaymentPoint::Stay) => Channel::Phone,
            (PayWhen::AtOrder, point) if point.bit() & ORDERS != 0 => {
                let words = channel_words(point as u8);
                if self.debits(payer, words) {
                    Channel::None
                } else {
                    self.own_channel(payer, words)
                }
            }
            (PayWhen::AtOrder, _) | (PayWhen::BeforeEachStep, PaymentPoint::Final) => Channel::None,
            (PayWhen::OnceAtEnd, point) if point != PaymentPoint::Final => Channel::None,
            (PayWhen::BeforeEachStep | PayWhen::OnceAtEnd, point) => {
                self.own_channel(payer, channel_words(point as u8))
            }
        }
    }

    /// The stops of a visit that pays with a hospital's card: in place where its balance covers the point, at
    /// a kiosk or window where the card is filled first.
    pub fn card_stops(
        &self,
        stops: Stops,
        level: HospitalLevel,
        (covered, filled): (u8, u8),
        channel_words: impl Fn(u8) -> [u32; 2],
    ) -> Stops {
        let asked = |point: &&PaymentPoint| stops.get(**point) != Channel::None;
        PaymentPoint::ALL.iter().filter(asked).fold(stops, |stops, &point| {
            let [kiosk_word, _] = channel_words(point as u8);
            if filled & point.bit() != 0 {
                let kiosk = chance(kiosk_word, self.kiosk[level as usize]);
                stops.with(point, if kiosk { Channel::Kiosk } else { Channel::Window })
            } else if covered & point.bit() != 0 {
                stops.with(point, Channel::Phone)
            } else {
                stops
            }
        })
    }

    /// Whether an order is debited: the payer has signed, and the account bears it.
    fn debits(&self, payer: Payer, [_, failure_word]: [u32; 2]) -> bool {
        let signed = chance(payer.phone_word, self.debit_signed[usize::from(payer.age_band)]);
        // The lower half of the word: its upper half says whether a phone fails.
        signed && !chance(failure_word.rotate_left(16), self.debit_refused)
    }

    /// Whether somebody who pays for himself declines the tests: on seeing the price before paying by
    /// hand, or after an automatic charge. The word is the same in every regime, so a larger share only
    /// adds to those who do.
    pub fn declines_tests(&self, word: u32, by_hand: bool) -> bool {
        match self.when {
            PayWhen::BeforeEachStep => chance(word, self.price_decline),
            PayWhen::AtOrder if by_hand => chance(word, self.price_decline),
            PayWhen::AtOrder => chance(word, self.refund_trip),
            PayWhen::OnceAtEnd | PayWhen::AfterLeaving => false,
        }
    }

    /// Whether anybody ever declines tests under this regime.
    pub fn may_decline(&self) -> bool {
        self.price_decline != 0 || self.refund_trip != 0
    }

    /// Points that the regime charges automatically, of those present.
    pub fn charged(&self, points: u8, paid_ahead: bool) -> u8 {
        let ahead = if paid_ahead { PaymentPoint::Registration.bit() } else { 0 };
        if self.when == PayWhen::AtOrder { points & ORDERS & !ahead } else { 0 }
    }

    /// Whether the registration fee was paid before coming.
    pub fn paid_ahead(&self, payer: Payer) -> bool {
        payer.registered_ahead && !self.ahead_pays_on_arrival
    }

    /// Phone for those who are ready and may, else kiosk or window.
    fn own_channel(&self, payer: Payer, [kiosk_word, failure_word]: [u32; 2]) -> Channel {
        let may = payer.site_takes_phone || !payer.insured;
        let phone = may && chance(payer.phone_word, self.phone[usize::from(payer.age_band)]);
        let kiosk = chance(kiosk_word, self.kiosk[payer.level as usize]);
        match (phone && !chance(failure_word, self.phone_fails), phone, kiosk) {
            (true, ..) => Channel::Phone,
            (_, true, true) => Channel::PhoneThenKiosk,
            (_, true, false) => Channel::PhoneThenWindow,
            (_, false, true) => Channel::Kiosk,
            (_, false, false) => Channel::Window,
        }
    }
}

/// The stops of the same visit while the settlement core is down. `owed` are the points that pass
/// without a stop only because the core answers: charged automatically or held on a line.
pub fn stops_without_core(up: Stops, owed: u8) -> Stops {
    PaymentPoint::ALL.iter().fold(up, |stops, &point| {
        let by_hand =
            if point == PaymentPoint::Stay { Channel::DischargeDesk } else { Channel::Window };
        let channel = match up.get(point) {
            Channel::None if owed & point.bit() != 0 => by_hand,
            Channel::None => Channel::None,
            other if up.insured() && other != Channel::DischargeDesk => by_hand,
            other => other,
        };
        stops.with(point, channel)
    })
}

/// A scheme's payment rule with its share as a threshold word and its times as tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeFlow {
    when: PayWhen,
    final_stop: u32,
    bedside: bool,
    refund_trip: u32,
    repeat_help: u32,
    settled_after: u32,
    confirm_unanswered: Option<u32>,
    papers_back: Option<QuantileTable>,
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
            refund_trip: probability_to_word(spec.refund_trip_share),
            repeat_help: probability_to_word(spec.repeat_help_share),
            settled_after: probability_to_word(spec.settled_after_leaving_share),
            confirm_unanswered: spec.confirm_unanswered_share.map(probability_to_word),
            papers_back: spec.papers_back_s.as_ref().map(|time| time.table(1_000.0)),
            sign_up: spec.sign_up_s.table(1_000.0),
            help: spec.help_s.table(1_000.0),
        }
    }

    /// Time to get papers back at the end of a stay on the line, ms; 0 where the hospital keeps copies.
    pub fn papers_back_ms(&self, word: u32) -> Ms {
        self.papers_back.as_ref().map_or(0, |time| time.sample(word))
    }

    /// Time to sign up at the desk, ms.
    pub fn sign_up_ms(&self, word: u32) -> Ms {
        self.sign_up.sample(word)
    }

    /// Help that a first-time user needs, ms.
    pub fn help_ms(&self, word: u32) -> Ms {
        self.help.sample(word)
    }

    /// Whether a later use needs help once more.
    pub fn needs_help_again(&self, word: u32) -> bool {
        chance(word, self.repeat_help)
    }

    /// Whether anybody ever has a charge on the line refunded.
    pub fn may_refund(&self) -> bool {
        self.refund_trip != 0
    }

    /// Whether tests put on the line are declined then: charged at once they are paid back at the end, entered for
    /// one bill at the end the entry is taken out of it; either takes a trip to the window.
    pub fn refunds_tests(&self, word: u32) -> bool {
        matches!(self.when, PayWhen::AtOrder | PayWhen::OnceAtEnd) && chance(word, self.refund_trip)
    }

    /// Whether a stay on the line is settled after the patient has left.
    pub fn settled_after_leaving(&self, word: u32) -> bool {
        chance(word, self.settled_after)
    }

    /// Points that pass without a stop only because the core answers, of those that the line bears.
    pub fn owed_without_core(&self, granted: u8) -> u8 {
        let end = matches!(self.when, PayWhen::OnceAtEnd) && granted & ORDERS != 0;
        granted | if end { PaymentPoint::Final.bit() } else { 0 }
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

/// The stops of orders on a line where each one is confirmed on the phone: in place, or at a kiosk or window
/// after the phone got no answer. What was paid before coming is not confirmed again.
pub fn confirmed_stops(
    scheme: &SchemeFlow,
    (line, fallback): (Stops, Stops),
    granted: u8,
    word: impl Fn(u8) -> u32,
) -> Stops {
    let Some(unanswered) = scheme.confirm_unanswered else { return line };
    let orders = PaymentPoint::ALL.iter().filter(|point| granted & ORDERS & point.bit() != 0);
    let due = orders.filter(|&&point| fallback.get(point) != Channel::None);
    due.fold(line, |stops, &point| {
        let place = match final_place(fallback) {
            Channel::Kiosk => Channel::PhoneThenKiosk,
            _ => Channel::PhoneThenWindow,
        };
        let answers = !chance(word(point as u8), unanswered);
        stops.with(point, if answers { Channel::Phone } else { place })
    })
}

/// Where the rest of a bill is paid that a line bore in part: on the phone by those who pay so.
pub fn place_of_rest(own: Stops) -> Channel {
    let by_phone = PaymentPoint::ALL.iter().any(|&point| own.get(point) == Channel::Phone);
    if by_phone { Channel::Phone } else { final_place(own) }
}

fn final_place(fallback: Stops) -> Channel {
    let at_kiosk = |channel| matches!(channel, Channel::Kiosk | Channel::PhoneThenKiosk);
    let kiosk = PaymentPoint::ALL.iter().any(|&point| at_kiosk(fallback.get(point)));
    if kiosk { Channel::Kiosk } else { Channel::Window }
}

#[cfg(test)]
#[path = "regime_tests.rs"]
mod tests;
