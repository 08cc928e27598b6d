//! Hospitals as queueing networks and payment regimes as plain data, built by `scenario`.
//! Must never hold money, insurance or credit.

use super::hall::HALLS;
use crate::domain::{AGE_BANDS, Ms};
use crate::random::Distribution;

/// Stations of a hospital; consulting departments follow `Department0` by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Station {
    /// Registration windows.
    Registration = 0,
    /// Cashier windows.
    Cashier = 1,
    /// Self-service payment kiosks.
    Kiosk = 2,
    /// Blood draw and other samples.
    Laboratory = 3,
    /// Imaging.
    Imaging = 4,
    /// Treatment rooms.
    Treatment = 5,
    /// Pharmacy windows.
    Pharmacy = 6,
    /// Admission desk.
    AdmissionDesk = 7,
    /// Discharge desk.
    DischargeDesk = 8,
    /// Emergency room doctors.
    Emergency = 9,
    /// Help desk: sign-up for the scheme, and help with it.
    HelpDesk = 10,
    /// First consulting department; department k is station 11 + k.
    Department0 = 11,
}

/// Number of stations before the departments.
pub const FIXED_STATIONS: usize = 11;

/// An opening interval within the day, ms from midnight. A day may have several (lunch).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// Opens.
    pub from_ms: Ms,
    /// Accepts until; those in line by then are still served.
    pub to_ms: Ms,
    /// Share of the station's servers at work in this interval, 0 to 1.
    pub staffing: f64,
}

/// A kind of station at one hospital level.
#[derive(Clone, Debug, PartialEq)]
pub struct StationSpec {
    /// Servers per 1,000 planned outpatient visits a day (rounded up, at least one); 0 at payment
    /// places that follow a [`PlacesRule`].
    pub servers_per_1000_visits: f64,
    /// Service time, seconds.
    pub service_s: Distribution,
    /// Opening intervals in rising order.
    pub shifts: Vec<Shift>,
}

/// Everything that moves patients at one hospital level.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelFlowSpec {
    /// Stations by `Station as usize` for the fixed ones; the last is the pattern of every department
    /// (its servers are the doctors of all departments together). A help desk without shifts is none:
    /// sign-up and help then take their time and no line; its service time is not used.
    pub stations: Vec<StationSpec>,
    /// Number of consulting departments per 1,000 planned visits a day (rounded up, 1 to 40).
    pub departments_per_1000_visits: f64,
    /// Service time of a consultation after reports, seconds.
    pub review_s: Distribution,
    /// Walk between two clinical stations, seconds.
    pub walk_s: Distribution,
    /// Detour to a cashier window or kiosk and back, seconds.
    pub payment_walk_s: Distribution,
    /// Time from sample to laboratory report, seconds.
    pub lab_report_s: Distribution,
    /// Time from picture to imaging report, seconds.
    pub imaging_report_s: Distribution,
    /// Time the pharmacy packs, from the moment the prescription is released, seconds; `None`: nothing is
    /// packed ahead.
    pub drug_packing_s: Option<Distribution>,
    /// Time until tests can begin, from the moment the order is released, seconds; `None`: at once.
    pub test_booking_s: Option<Distribution>,
    /// Longest wait in one queue that a patient bears, seconds; beyond it the patient leaves.
    pub patience_s: Distribution,
}

/// When the steps of a visit are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayWhen {
    /// Before each step, by the patient.
    BeforeEachStep,
    /// At each order, automatically, without a stop.
    AtOrder,
    /// Once, before leaving.
    OnceAtEnd,
    /// After leaving, without a stop.
    AfterLeaving,
}

/// How payments are made by those who pay themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelSpec {
    /// Share of people who pay by phone where the site can take it, by age band.
    pub phone_share_by_age: [f64; AGE_BANDS],
    /// Share of sites, by level, where insured bills can be paid by phone.
    pub phone_sites_by_level: [f64; 3],
    /// Share of the other payments made at a kiosk, by level.
    pub kiosk_share_by_level: [f64; 3],
    /// Time of a payment on the phone, seconds (in place, no walk).
    pub phone_s: Distribution,
    /// Added time at a window for an insured bill, seconds.
    pub insured_window_extra_s: f64,
    /// Share of payments on the phone that fail: no signal, or no answer in time.
    pub phone_failure_share: f64,
    /// Time lost before such a payment is given up, seconds.
    pub phone_timeout_s: f64,
}

/// A payment regime: when and where a visit pays. Money sources belong to the arm.
#[derive(Clone, Debug, PartialEq)]
pub struct RegimeSpec {
    /// Key, such as `mobile_2023`.
    pub name: String,
    /// Printed title, English.
    pub title_en: String,
    /// Printed title, Chinese.
    pub title_zh: String,
    /// When non-participants (or, in a baseline, all) pay.
    pub when: PayWhen,
    /// Channels of those who pay themselves.
    pub channels: ChannelSpec,
    /// Whether a stay is paid at the discharge desk (true) or at the bedside (false).
    pub discharge_at_desk: bool,
    /// Whether those who registered ahead still pay the fee when they arrive (true), or paid it on the
    /// phone when they booked (false).
    pub ahead_pays_on_arrival: bool,
    /// Share of visits with tests that decline them where the price is seen before paying by hand.
    pub price_decline_share: f64,
    /// Share of visits with tests charged automatically that decline them then and make a trip to the
    /// window for the refund.
    pub refund_trip_share: f64,
    /// Share of people, by age band, who have signed for automatic debit; the others pay by hand
    /// (`AtOrder` only). The readiest to pay by phone sign first.
    pub debit_signed_share_by_age: [f64; AGE_BANDS],
    /// Share of automatic debits that the account cannot bear; those are paid by hand (`AtOrder` only).
    pub debit_refused_share: f64,
}

/// Servers at the payment places of a site, per 1,000 planned visits a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// Cashier windows.
    pub cashiers_per_1000: f64,
    /// Kiosks.
    pub kiosks_per_1000: f64,
}

/// The payment places of an arm by level, at sites without and with phone payment of insured bills.
pub type PaymentPlaces = [[Places; 2]; 3];

/// How busy the payment places of every arm are to be with the arm's own payers, in the busiest hour of
/// a mean day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacesRule {
    /// Cashier windows, above 0.
    pub cashier_utilisation: f64,
    /// Kiosks, above 0.
    pub kiosk_utilisation: f64,
}

/// What a hospital in the scheme does with cashier windows that it no longer needs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FreedWindows {
    /// They stay open.
    #[default]
    Kept,
    /// They are closed from the day on which the hospital joins.
    Closed {
        /// Share of the payments at windows that the hospital expects to lose to the scheme.
        moved_share: f64,
    },
    /// Their clerks work elsewhere from that day.
    Redeployed {
        /// Share of the payments at windows that the hospital expects to lose to the scheme.
        moved_share: f64,
        /// Where the clerks work then.
        to: Station,
    },
}

/// How a scheme changes payment for visits that are put on a line (or on the hospital's books).
#[derive(Clone, Debug, PartialEq)]
pub struct SchemeFlowSpec {
    /// When participants pay.
    pub when: PayWhen,
    /// Share of final settlements that need a stop at a window or kiosk (`OnceAtEnd` only).
    pub final_stop_share: f64,
    /// Whether a participant's stay is paid at the bedside.
    pub bedside: bool,
    /// Time to sign up at the hospital's desk, seconds, once a person.
    pub sign_up_s: Distribution,
    /// Help needed by a first-time user at the point of care, seconds, once a person.
    pub help_s: Distribution,
    /// Share of visits with tests put on the line that decline them then and make a trip to the window: for the
    /// refund (`AtOrder`), or to have the entry taken out of the bill (`OnceAtEnd`).
    pub refund_trip_share: f64,
    /// Share of later uses that need help once more.
    pub repeat_help_share: f64,
    /// Share of stays on the line that leave without a stop and are settled afterwards.
    pub settled_after_leaving_share: f64,
    /// What happens to cashier windows that the scheme frees.
    pub freed_windows: FreedWindows,
    /// Time at the desk to give back papers that the hospital held during a stay on the line, seconds; `None` = it
    /// keeps copies.
    pub papers_back_s: Option<Distribution>,
    /// Where participants confirm each order on the phone: the share of confirmations that get no answer
    /// (no signal, no battery) and are made at a kiosk or window. `None` = nothing to confirm.
    pub confirm_unanswered_share: Option<f64>,
}

/// Flow of the whole city: by hospital level.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowSpec {
    /// Primary, secondary, tertiary.
    pub levels: [LevelFlowSpec; 3],
    /// Days on which elective care is closed (0 = Monday … 6 = Sunday).
    pub closed_weekdays: [bool; 7],
    /// The rule by which each arm's payment places are staffed; without one all arms have those of
    /// `levels`.
    pub places_rule: Option<PlacesRule>,
    /// People for whom the payment hall and the clinical waiting areas have room, by server of `levels` there,
    /// by level; without them halls are not counted.
    pub halls: Option<[[f64; HALLS]; 3]>,
}
