//! `[regimes.*]`, `[deposits.*]` and `[scheme_flow]`: when and where a visit pays.
//! Must never know from what it pays.

use super::DepositRule;
use super::demand::LEVELS;
use super::distribution;
use super::form::{self, Bounds, number, yuan};
use super::people::AGES;
use super::reader::{Case, Reader};
use crate::domain::AGE_BANDS;
use crate::flow::spec::{ChannelSpec, FreedWindows, PayWhen, RegimeSpec, SchemeFlowSpec, Station};
use crate::random::Distribution;

/// Reads `[regimes.NAME]`.
pub(super) fn regime(name: &str, r: &mut Reader<'_>) -> RegimeSpec {
    let (title_en, title_zh) = (
        r.text("title_en", "printed title, English"),
        r.text("title_zh", "printed title, Chinese"),
    );
    let when = pay_when(r);
    let debit = r.maybe_table("debit", "who is debited; everybody, always, if absent", debit);
    if debit.is_some() && when != PayWhen::AtOrder {
        let message = "nothing is debited under this regime".to_owned();
        r.fault("debit", message, "`when = \"at_order\"`, or no such table", "");
    }
    let (debit_signed_share_by_age, debit_refused_share) = debit.unwrap_or(([1.0; AGE_BANDS], 0.0));
    RegimeSpec {
        name: name.to_owned(),
        title_en,
        title_zh,
        when,
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
        price_decline_share: off(
            r,
            "price_decline_share",
            "visits with tests that decline them when they see the price before paying",
        ),
        refund_trip_share: off(r, "refund_trip_share", REFUND),
        debit_signed_share_by_age,
        debit_refused_share,
    }
}

fn debit(r: &mut Reader<'_>) -> ([f64; AGE_BANDS], f64) {
    let signed = "people who have signed for automatic debit; the others pay by hand";
    let refused = "debits that the account cannot bear; they are paid by hand";
    let shares = r.array("signed_shares_by_age", signed, AGES, &number(Bounds::SHARE));
    (shares, r.share("refused_share", refused))
}

const REFUND: &str = "visits with tests charged or entered automatically that decline them and go to a window: for the \
     refund, or to have the entry taken out of the bill at the end";

/// A share that is 0 if absent.
fn off(r: &mut Reader<'_>, key: &str, doc: &str) -> f64 {
    let doc = format!("{doc}; 0 if absent");
    r.maybe(key, &doc, &number(Bounds::SHARE)).unwrap_or(0.0)
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
        phone_failure_share: r
            .maybe("phone_failure_share", "payments in place that fail; 0 if absent", &share)
            .unwrap_or(0.0),
        phone_timeout_s: r
            .maybe(
                "phone_timeout_s",
                "time lost before such a payment is given up; 0 if absent",
                &number(Bounds::NON_NEGATIVE),
            )
            .unwrap_or(0.0),
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
                usual: r.maybe_table(
                    "by_level_yuan",
                    "what is asked where it is less than that share; always the share if absent",
                    |r| LEVELS.map(|level| r.get(level, "", &yuan())),
                ),
            }
        }),
    ];
    r.one_of("rule", "what is left at admission", &cases)
}

/// Reads `[scheme_flow]`.
pub(super) fn scheme_flow(r: &mut Reader<'_>) -> SchemeFlowSpec {
    let when = pay_when(r);
    SchemeFlowSpec {
        when,
        papers_back_s: papers_back(r),
        confirm_unanswered_share: confirm(r, when),
        final_stop_share: r
            .share("final_stop_share", "final settlements that need a window or kiosk"),
        bedside: r.flag("bedside", "a participant's stay is paid at the bedside"),
        sign_up_s: distribution::read(r, "sign_up", "sign-up at the desk, once a person", "s"),
        help_s: distribution::read(r, "help", "help for first-time users, once a person", "s"),
        refund_trip_share: off(r, "refund_trip_share", REFUND),
        repeat_help_share: off(r, "repeat_help_share", "later uses that need help once more"),
        settled_after_leaving_share: off(
            r,
            "settled_after_leaving_share",
            "stays on the line that leave without a stop and are settled afterwards",
        ),
        freed_windows: r
            .maybe_one_of(
                "freed_windows",
                "cashier windows that hospitals in the scheme no longer need; kept if absent",
                &freed_windows(),
            )
            .unwrap_or_default(),
    }
}

/// Confirmations belong to orders that are charged when they are issued.
/// Whether the hospital keeps papers as a security, and how long it takes to give them back.
fn papers_back(r: &mut Reader<'_>) -> Option<Distribution> {
    let doc = "the hospital keeps the insurance card until a stay on the line is over; absent = copies only";
    let held = r.maybe("card_held", doc, &form::flag()).unwrap_or(false);
    let mark = r.mark();
    let back = distribution::maybe(r, "card_back", "to give the card back at the end", "s");
    if held && back.is_none() && r.clean_since(mark) {
        let message = "how long it takes to give the card back is not said".to_owned();
        r.fault("card_held", message, "card_back beside it", "");
    }
    back.filter(|_| held)
}

fn confirm(r: &mut Reader<'_>, when: PayWhen) -> Option<f64> {
    let mark = r.mark();
    let doc = "participants confirm each order on the phone; nothing to confirm if absent";
    let share = r.maybe_table("confirm", doc, |r| {
        r.share("unanswered_share", "confirmations that fail and are made at a kiosk or window")
    });
    if share.is_some() && when != PayWhen::AtOrder && r.clean_since(mark) {
        let message = "no order is charged when it is issued".to_owned();
        r.fault("confirm", message, "`when = \"at_order\"`, or no such table", "");
    }
    share
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
