//! `baselines`, `[policy]`, `[credit]` and `[scheme_flow]`: what is compared. Must never build a
//! baseline that the file does not name.

use super::reader::{Reader, nearest};
use super::{ArmSpec, DepositRule, SchemeSpec, clearing, credit, form, messages, regime};
use crate::flow::spec::RegimeSpec;

/// Most baselines of one scenario: an arm's state has room for the policy and these.
pub const BASELINES_MAX: usize = 3;

/// The regimes and deposit rules that arms may name.
pub(super) struct Shelf {
    regimes: Vec<(String, RegimeSpec)>,
    deposits: Vec<(String, DepositRule)>,
}

/// Reads everything that makes arms: the baselines, then the policy.
pub(super) fn read(r: &mut Reader<'_>) -> (Vec<ArmSpec>, ArmSpec) {
    let shelf = Shelf {
        regimes: r.named("regimes", "payment regimes by name", regime::regime),
        deposits: r.named("deposits", "deposit rules by name", regime::deposit),
    };
    let mark = r.mark();
    let baselines =
        r.list("baselines", "arms to compare with, the first is the default", |r| arm(r, &shelf));
    let policy = r.table("policy", "the arm under study", |r| arm(r, &shelf));
    let clean = r.clean_since(mark);
    let scheme = scheme(r);
    let (usual, own) = clearing::read(r);
    let policy = ArmSpec { scheme, clearing: own, ..policy };
    let with = |arm| ArmSpec { clearing: usual, ..arm };
    let baselines: Vec<ArmSpec> = baselines.into_iter().map(with).collect();
    if baselines.len() > BASELINES_MAX {
        let expected = format!("at most {BASELINES_MAX}");
        let message = format!("{} baselines", baselines.len());
        r.fault("baselines", message, &expected, "keep those that the report is to show");
    }
    if clean {
        check_names(r, &baselines, &policy);
    }
    (baselines, policy)
}

fn arm(r: &mut Reader<'_>, shelf: &Shelf) -> ArmSpec {
    let regime = named(r, "regime", "payment regime of those who pay themselves", &shelf.regimes);
    let deposit = named(r, "deposit", "deposit rule at admission", &shelf.deposits);
    let name = r.maybe("name", "name of the arm; the regime's name if absent", &form::text());
    let (regime_name, regime) = regime.map_or_else(stand_in, |(name, regime)| (name, regime));
    let deposit = deposit.map_or(DepositRule::None, |(_, deposit)| deposit);
    ArmSpec {
        name: name.unwrap_or(regime_name),
        regime,
        deposit,
        places: None,
        scheme: None,
        clearing: None,
    }
}

/// What goes on with the check when the regime is not known.
fn stand_in() -> (String, RegimeSpec) {
    use crate::flow::spec::{ChannelSpec, PayWhen};
    let channels = ChannelSpec {
        phone_share_by_age: [0.0; crate::domain::AGE_BANDS],
        phone_sites_by_level: [0.0; 3],
        kiosk_share_by_level: [0.0; 3],
        phone_s: crate::random::Distribution::Deterministic { value: 0.0 },
        insured_window_extra_s: 0.0,
        phone_failure_share: 0.0,
        phone_timeout_s: 0.0,
    };
    let regime = RegimeSpec {
        name: String::new(),
        title_en: String::new(),
        title_zh: String::new(),
        when: PayWhen::BeforeEachStep,
        channels,
        discharge_at_desk: true,
        ahead_pays_on_arrival: false,
        price_decline_share: 0.0,
        refund_trip_share: 0.0,
        debit_signed_share_by_age: [1.0; crate::domain::AGE_BANDS],
        debit_refused_share: 0.0,
    };
    (String::new(), regime)
}

/// A value that names an entry of a table elsewhere in the file.
fn named<T: Clone>(
    r: &mut Reader<'_>,
    key: &str,
    doc: &str,
    known: &[(String, T)],
) -> Option<(String, T)> {
    let mark = r.mark();
    let name = r.text(key, doc);
    let found = known.iter().find(|(other, _)| *other == name).cloned();
    if found.is_none() && r.clean_since(mark) {
        let names = || known.iter().map(|(name, _)| name.as_str());
        let hint = nearest(&name, names()).map_or_else(
            || format!("is the file with this {key} in `include`?"),
            |near| format!("did you mean \"{near}\"?"),
        );
        let expected = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        r.fault(key, format!("there is no {key} `{name}`"), &expected, &hint);
    }
    found
}

/// `[credit]` and `[scheme_flow]` come together or not at all.
fn scheme(r: &mut Reader<'_>) -> Option<SchemeSpec> {
    let credit = r.maybe_table("credit", "the policy's credit rules", credit::read);
    let flow = r.maybe_table("scheme_flow", "how participants pay", regime::scheme_flow);
    let messages = messages::read(r);
    let (lone, other) = match (credit, flow) {
        (Some(credit), Some(flow)) => return Some(SchemeSpec { credit, flow, messages }),
        (None, None) if messages.is_some() => ("messages", "[credit] and [scheme_flow]"),
        (None, None) => return None,
        (Some(_), None) => ("credit", "[scheme_flow]"),
        (None, Some(_)) => ("scheme_flow", "[credit]"),
    };
    let message = format!("a scheme needs {other} too");
    r.fault(lone, message, "both [credit] and [scheme_flow], or neither", "");
    None
}

fn check_names(r: &Reader<'_>, baselines: &[ArmSpec], policy: &ArmSpec) {
    for (index, arm) in baselines.iter().enumerate() {
        if baselines[..index].iter().any(|other| other.name == arm.name) {
            let message = format!("a second baseline `{}`", arm.name);
            r.fault(&format!("baselines[{index}]"), message, "a name of its own", "set `name`");
        }
    }
    if baselines.iter().any(|arm| arm.name == policy.name) {
        let message = format!("the policy has the name of the baseline `{}`", policy.name);
        r.fault("policy", message, "a name of its own", "set `name` in [policy]");
    }
}
