//! `[regimes.*]`, `[deposits.*]` and `[scheme_flow]`: when and where a visit pays.
//! Must never know from what it pays.

use super::DepositRule;
use super::demand::LEVELS;
use super::distribution;
use super::form::{self, Bounds, number, yuan};
use super::people::AGES;
use super::reader::{Case, Reader};
use crate::flow::spec::{ChannelSpec, FreedWindows, PayWhen, RegimeSpec, SchemeFlowSpec, Station};

/// Reads `[regimes.NAME]`.
pub(super) fn regime(name: &str, r: &mut Reader<'_>) -> RegimeSpec {
    RegimeSpec {
        name: name.to_owned(),
        title_en: r.text("title_en", "printed title, English"),
        title_zh: r.text("title_zh", "printed title, Chinese"),
        when: pay_when(r),
        channels: r.table("channels", "how those pay who pay themselves", channels),
        discharge_at_desk: r
            .flag("discharge_at_desk", "a stay is paid at the desk, not at the bedside"),
        ahead_pays_on_arrival: r
            .maybe(
                "ahead_pays_on_arrival",
                "who registered ahead pays the fee on arrival; false if absent",
                &form::flag(),
            )
            .unwrap_or(false),
    }
}

fn pay_when(r: &mut Reader<'_>) -> PayWhen {
    let words = [
        ("before_each_step", PayWhen::BeforeEachStep),
        ("at_order", PayWhen::AtOrder),
        ("once_at_end", PayWhen::OnceAtEnd),
        ("after_leaving", PayWhen::AfterLeaving),
    ];
    r.get("when", "when the steps of a visit are paid", &form::word(&words))
}

fn channels(r: &mut Reader<'_>) -> ChannelSpec {
    let share = number(Bounds::SHARE);
    ChannelSpec {
        phone_share_by_age: r.array(
            "phone_shares_by_age",
            "people who pay in place where the site can take it",
            AGES,
            &share,
        ),
        phone_sites_by_level: r.by(
            "phone_site_shares",
            "sites where insured bills can be paid in place",
            LEVELS,
            &share,
        ),
        kiosk_share_by_level: r.by(
            "kiosk_shares",
            "other payments made at a kiosk",
            LEVELS,
            &share,
        ),
        phone_s: distribution::read(r, "phone", "time of a payment in place", "s"),
        insured_window_extra_s: r
            .non_negative("insured_window_extra_s", "added window time for an insured bill"),
    }
}

/// Reads `[deposits.NAME]`: the inpatient half of a regime.
pub(super) fn deposit(_: &str, r: &mut Reader<'_>) -> DepositRule {
    let cases = [
        Case::new("waived", "no deposit", |_: &mut Reader<'_>| DepositRule::None),
        Case::new("amount", "a sum by hospital level", |r| DepositRule::Amount {
            by_level: r.by("by_level_yuan", "deposit at admission", LEVELS, &yuan()),
        }),
        Case::new("expected_person_part", "a share of the mean personal part of like stays", |r| {
            DepositRule::ShareOfExpectedPersonPart {
                share: r.get("share", "of the mean personal part", &form::ratio(10)),
            }
        }),
    ];
    r.one_of("rule", "what is left at admission", &cases)
}

/// Reads `[scheme_flow]`.
pub(super) fn scheme_flow(r: &mut Reader<'_>) -> SchemeFlowSpec {
    SchemeFlowSpec {
        when: pay_when(r),
        final_stop_share: r
            .share("final_stop_share", "final settlements that need a window or kiosk"),
        bedside: r.flag("bedside", "a participant's stay is paid at the bedside"),
        sign_up_s: distribution::read(r, "sign_up", "sign-up at the desk, once a person", "s"),
        help_s: distribution::read(r, "help", "help for first-time users, once a person", "s"),
        freed_windows: r
            .maybe_one_of(
                "freed_windows",
                "cashier windows that hospitals in the scheme no longer need; kept if absent",
                &freed_windows(),
            )
            .unwrap_or_default(),
    }
}

const MOVED: (&str, &str) =
    ("payments_moved_share", "payments at windows that hospitals expect to lose to the scheme");

fn freed_windows() -> [Case<FreedWindows>; 3] {
    [
        Case::new("kept", "they stay open", |_: &mut Reader<'_>| FreedWindows::Kept),
        Case::new("closed", "they are closed when the hospital joins", |r| FreedWindows::Closed {
            moved_share: r.share(MOVED.0, MOVED.1),
        }),
        Case::new("redeployed", "their clerks work elsewhere then", |r| FreedWindows::Redeployed {
            moved_share: r.share(MOVED.0, MOVED.1),
            to: r.get("to", "the station where they work", &form::word(&CLERKS_WORK)),
        }),
    ]
}

/// Stations whose work a cashier can do.
const CLERKS_WORK: [(&str, Station); 4] = [
    ("registration", Station::Registration),
    ("pharmacy", Station::Pharmacy),
    ("admission_desk", Station::AdmissionDesk),
    ("discharge_desk", Station::DischargeDesk),
];
