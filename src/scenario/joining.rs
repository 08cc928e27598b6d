//! `[behaviour.adoption.joining]`: groups with their days, how word spreads, opting out; campaigns and
//! institutions' own curves. Must never hold a rule of a scheme: who may have a line is `[credit]`.

use super::form::{self, Bounds, number};
use super::reader::Reader;
use super::sites::check_known;
use crate::behaviour::spec::{AdoptionSpec, Awareness, Campaign, Joining, JoiningGroup, OwnCurve};
use crate::domain::InsuranceScheme;

/// Oldest age that a group can name, years.
const OLDEST: i64 = 120;

/// Reads the table.
pub(super) fn read(r: &mut Reader<'_>) -> Joining {
    Joining {
        groups: r
            .maybe_list("groups", "who may sign up from which day; absent = everybody", group)
            .unwrap_or_default(),
        awareness: r.maybe_table("awareness", "how word spreads; absent = all know", awareness),
        opts_out: r
            .maybe(
                "opts_out_share",
                "people who opt out where all others are enrolled unasked; absent or none = opt-in",
                &form::or_none(number(Bounds::SHARE)),
            )
            .flatten(),
    }
}

fn group(r: &mut Reader<'_>) -> JoiningGroup {
    let mark = r.mark();
    let mut age = |key: &str, doc: &str, otherwise: i64| {
        r.maybe(key, doc, &form::count(0, OLDEST)).unwrap_or(otherwise) as u8
    };
    let age_from = age("age_from_years", "youngest age", 0);
    let age_to = age("age_to_years", "oldest age", OLDEST);
    let schemes = form::word(&[
        ("employee", InsuranceScheme::Employee),
        ("resident", InsuranceScheme::Resident),
        ("uninsured", InsuranceScheme::Uninsured),
    ]);
    let group = JoiningGroup {
        from: r.get("from", "first day of sign-up", &form::date()),
        age_from,
        age_to,
        chronic_only: r
            .maybe("chronic_only", "the chronically ill alone", &form::flag())
            .unwrap_or(false),
        schemes: r
            .maybe_several("schemes", "insurance schemes; any if absent", &schemes)
            .unwrap_or_default(),
        districts: r
            .maybe_several("districts", "districts of residence; any if absent", &form::text())
            .unwrap_or_default(),
    };
    if r.clean_since(mark) && age_to < age_from {
        let message = format!("below age_from_years = {age_from}");
        r.fault("age_to_years", message, "age_from_years <= age_to_years", "");
    }
    group
}

fn awareness(r: &mut Reader<'_>) -> Awareness {
    Awareness {
        at_start: r.share("at_start_share", "people who know of the scheme on the first day"),
        reached_per_month: r
            .share("reached_per_month_share", "of those who do not know, reached by a month"),
        campaigns: r
            .maybe_list("campaigns", "times in which the reach is multiplied", campaign)
            .unwrap_or_default(),
    }
}

/// Reads an institution's own curve.
pub(super) fn own_curve(r: &mut Reader<'_>) -> OwnCurve {
    OwnCurve {
        institution: r.text("institution", "name of the institution"),
        chance_per_visit: r.share("chance_per_visit_share", "visits that lead to sign-up"),
        at_launch: r.share("at_launch_share", "part of that chance on its first day"),
        days_to_full: r.non_negative("days_to_full", "days from there to the full chance"),
    }
}

/// Reads a campaign.
pub(super) fn campaign(r: &mut Reader<'_>) -> Campaign {
    let mark = r.mark();
    let campaign = Campaign {
        from: r.get("from", "first day", &form::date()),
        to: r.get("to", "last day", &form::date()),
        factor: r.non_negative("factor", "factor on the chance of sign-up"),
    };
    if r.clean_since(mark) && campaign.to < campaign.from {
        r.fault("to", format!("before the first day, {}", campaign.from), "from <= to", "");
    }
    campaign
}

/// Names must be those of the city.
pub(super) fn check(
    r: &Reader<'_>,
    adoption: &AdoptionSpec,
    sites: &[String],
    districts: &[String],
) {
    let own = adoption.by_institution.iter().flat_map(|curve| &curve.own);
    for (index, own) in own.enumerate() {
        let key = format!("behaviour.adoption.by_institution.own[{index}].institution");
        check_known(r, &key, &own.institution, ("institution", "city.sites", sites));
    }
    for (index, group) in adoption.joining.groups.iter().enumerate() {
        let key = format!("behaviour.adoption.joining.groups[{index}].districts");
        for name in &group.districts {
            check_known(r, &key, name, ("district", "city.districts", districts));
        }
    }
}
