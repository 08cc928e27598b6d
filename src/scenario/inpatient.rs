//! `[inpatient]` and `[[outages]]`: how beds are handed on, what a stay must be able to pay on the way,
//! and when systems are down. Must never know a queue.

use super::form::{self, Bounds, number};
use super::reader::Reader;
use super::sites::check_known;
use super::{InpatientSpec, MeansSpec, OutageSpec, TopUpSpec, distribution};
use crate::flow::Down;

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_SECOND: f64 = 1_000.0;

/// Reads `[inpatient]`.
pub(super) fn read(r: &mut Reader<'_>) -> InpatientSpec {
    let minutes = r.non_negative("bed_handover_min", "from a discharge until its bed can be taken");
    InpatientSpec {
        handover_ms: libm::round(minutes * MS_PER_MINUTE) as u32,
        emergency_share: r.share("emergency_share", "admissions that come through emergency rooms"),
        taken_at_start: r.share("beds_taken_at_start_share", "beds taken on the first day"),
        means: r.maybe_table("means", "who can leave a deposit; everybody if absent", means),
        top_up: r.maybe_table("top_up", "when a deposit is topped up; never if absent", top_up),
        staged_every_days: r.maybe(
            "staged_every_days",
            "days between payments towards a long stay; none if absent",
            &form::count(1, 365),
        ),
        staged_over: r.maybe(
            "staged_over_yuan",
            "personal part not yet covered from which a payment towards a costly stay is due; none if absent",
            &form::yuan(),
        ),
    }
}

fn means(r: &mut Reader<'_>) -> MeansSpec {
    MeansSpec {
        months: distribution::read(r, "at_once", "money at hand, in monthly incomes", "months"),
        returns: r.share("returns_share", "of those turned away come back with the money"),
        return_after_days: r.count("return_after_days", "days until they do", 1, 365),
    }
}

fn top_up(r: &mut Reader<'_>) -> TopUpSpec {
    TopUpSpec {
        used: r.get("used_ratio", "of what is held, before more is asked", &form::ratio(1)),
        amount: r.get("amount_ratio", "of the first deposit, asked each time", &form::ratio(10)),
    }
}

/// Reads one of `[[outages]]`.
pub(super) fn outage(r: &mut Reader<'_>) -> OutageSpec {
    let mark = r.mark();
    let date = r.get("date", "the day", &form::date());
    let from_ms = r.get("from", "begins", &form::clock());
    let to_ms = r.get("to", "is over", &form::clock());
    if r.clean_since(mark) && to_ms <= from_ms {
        r.fault("to", "over before it begins".to_owned(), "a later time than `from`", "");
    }
    let down = form::word(&[("core", Down::Core), ("network", Down::Network)]);
    let extra = number(Bounds::NON_NEGATIVE);
    let window_extra_s =
        r.maybe("window_extra_s", "added to a payment by hand; 0 if absent", &extra);
    OutageSpec {
        date,
        from_ms,
        to_ms,
        down: r.get("down", "what does not answer", &down),
        window_extra_ms: libm::round(window_extra_s.unwrap_or(0.0) * MS_PER_SECOND) as u32,
        sites: r
            .maybe_several("sites", "names of the sites; all if absent", &form::text())
            .unwrap_or_default(),
    }
}

/// Outages of a site must not overlap, and name sites that there are.
pub(super) fn check(r: &Reader<'_>, outages: &[OutageSpec], sites: &[String]) {
    for (index, outage) in outages.iter().enumerate() {
        for name in &outage.sites {
            let key = format!("outages[{index}].sites");
            check_known(r, &key, name, ("institution", "city.sites", sites));
        }
        let clash = outages[..index].iter().any(|other| {
            let all = outage.sites.is_empty() || other.sites.is_empty();
            let shared = all || outage.sites.iter().any(|name| other.sites.contains(name));
            let apart = outage.from_ms >= other.to_ms || outage.to_ms <= other.from_ms;
            shared && !apart && outage.date == other.date
        });
        if clash {
            let key = format!("outages[{index}].from");
            let message = "overlaps an outage before it at the same site".to_owned();
            r.fault(&key, message, "outages of a site one after the other", "");
        }
    }
}
