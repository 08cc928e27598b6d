//! `[cross_province]`: stays of people insured elsewhere, the relay between provinces, and what manual
//! reimbursement would be. Must never switch the rule on where the file does not.

use super::form::{count, or_none, ratio, text, yuan};
use super::reader::Reader;
use super::sites::check_known;
use super::{CrossProvince, rules};
use crate::city::spec::SiteSpec;
use crate::domain::{Fen, Ms};
use crate::relay::spec::{CrossSpec, ManualSpec, ProvinceClearing};
use crate::relay::{Asking, Capacity, Link};

/// Reads `[cross_province]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>, sites: &[SiteSpec]) -> Option<CrossProvince> {
    r.maybe_table("cross_province", "stays of people insured in another province", |r| {
        let spec = spec(r);
        check(r, &spec, sites);
        let doc = "benefit rules of the province of insurance; the city's if absent";
        CrossProvince { spec, rules: r.maybe_table("rules", doc, rules::read) }
    })
}

/// Its hospitals must be the city's.
fn check(r: &Reader<'_>, spec: &CrossSpec, sites: &[SiteSpec]) {
    let names: Vec<String> = sites.iter().map(|site| site.name.clone()).collect();
    for site in &spec.sites {
        check_known(r, "sites", site, ("institution", "city.sites", &names));
    }
}

fn spec(r: &mut Reader<'_>) -> CrossSpec {
    CrossSpec {
        insured_elsewhere: r
            .ratio("insured_elsewhere_share", "share of insured people who are insured elsewhere"),
        direct_connection: r
            .flag("direct_connection", "hospitals reach the hub without the systems in between"),
        links: r.list("links", "systems on the way out, in order", link),
        asking: r.table("asking", "attempts and time-outs of the hospital", asking),
        waits_for_repair_h: r.count(
            "waits_for_repair_h",
            "hours for which a patient puts off leaving until a fault is repaired",
            0,
            240,
        ),
        clerk_min: r.count("clerk_min", "clerk minutes of a stay settled directly", 0, 1_000),
        manual: r.table("manual", "manual reimbursement, the counterfactual", manual),
        clearing: r.table("clearing", "who pays whom, when", clearing),
        sites: r
            .maybe_several(
                "sites",
                "hospitals at which people from elsewhere are treated; absent = all",
                &text(),
            )
            .unwrap_or_default(),
        capacity: r.maybe_table(
            "capacity",
            "what servers and lines on the way cost; absent = not asked",
            capacity,
        ),
        provinces: r.list("provinces", "provinces of insurance", |r| {
            (r.text("name", "name"), r.count("weight", "relative number of people", 1, 1_000_000))
        }),
    }
}

fn link(r: &mut Reader<'_>) -> Link {
    Link {
        name: r.get("name", "name of the system", &text()),
        latency_ms: values(r, "latency_ms", "time over the link, one way", 600_000),
        service_ms: r.count("service_ms", "time inside the system", 0, 600_000),
        lost_per_million: r.count("lost_per_million", "messages lost while it is up", 0, 1_000_000),
        left_out_by_direct: r
            .flag("left_out_by_direct_connection", "a direct connection leaves this system out"),
        outages_per_year: r.count("outages_per_year", "planned and other faults", 0, 365),
        outage_min: values(r, "outage_min", "length of a fault in minutes", 100_000),
    }
}

/// Equally likely whole numbers, at least one.
fn values(r: &mut Reader<'_>, key: &str, doc: &str, high: i64) -> Vec<u32> {
    let mark = r.mark();
    let found = r.several(key, &format!("{doc}: equally likely values"), &count(0, high));
    if r.clean_since(mark) && found.is_empty() {
        r.fault(key, "empty".to_owned(), "at least one value", "write [0] for none");
    }
    found.into_iter().map(|value| Ms::try_from(value).unwrap_or(Ms::MAX)).collect()
}

fn capacity(r: &mut Reader<'_>) -> Capacity {
    let bears = "requests a second that it bears";
    Capacity {
        server_year: r.yuan("server_yuan_per_year", "an ordinary server: price, power, upkeep"),
        server_per_s: r.count("requests_per_s_per_server", bears, 1, 1_000_000),
        private_line_year: r
            .yuan("private_line_yuan_per_year", "a hospital's line to the provincial system"),
        shared_line_year: r.yuan("shared_line_yuan_per_year", "a line of the shared network"),
        line_per_s: r.count("requests_per_s_per_line", bears, 1, 1_000_000),
    }
}

fn asking(r: &mut Reader<'_>) -> Asking {
    Asking {
        timeout_ms: r.count("timeout_ms", "time after which an attempt is unanswered", 1, 600_000),
        pause_ms: r.count("pause_ms", "pause before the next attempt", 0, 600_000),
        attempts: r.count("attempts", "attempts in all", 1, 20),
        duplicated_per_million: r.count(
            "duplicated_per_million",
            "requests that arrive twice",
            0,
            1_000_000,
        ),
    }
}

fn manual(r: &mut Reader<'_>) -> ManualSpec {
    ManualSpec {
        days_to_payment: values(r, "days_to_payment", "days from leaving to the payment", 3_650),
        invoice_lost: r.ratio("invoice_lost_share", "stays whose invoice is lost"),
        return_trips: values(r, "return_trips", "trips back to the province of insurance", 20),
        trip_cost: r.yuan("trip_cost_yuan", "cost of a trip"),
        clerk_min: r.count("clerk_min", "clerk minutes of a claim", 0, 10_000),
        can_raise: amounts(r, "can_raise_yuan", "what a patient can raise at once"),
        days_to_borrow: values(r, "days_to_borrow", "days until the rest is borrowed", 365),
        never_found: r.ratio("never_found_share", "of those who must borrow, who never can"),
    }
}

fn amounts(r: &mut Reader<'_>, key: &str, doc: &str) -> Vec<Fen> {
    let mark = r.mark();
    let found = r.several(key, &format!("{doc}: equally likely values"), &yuan());
    if r.clean_since(mark) && found.is_empty() {
        r.fault(key, "empty".to_owned(), "at least one amount", "");
    }
    found
}

fn clearing(r: &mut Reader<'_>) -> ProvinceClearing {
    ProvinceClearing {
        hospital_paid_after_days: r.count(
            "hospital_paid_after_days",
            "days from a settlement to the hospital's payment by the province of care",
            0,
            360,
        ),
        pays_after_days: r.count(
            "pays_after_days",
            "days from a month's end to the payment of the province of insurance",
            0,
            360,
        ),
        home_pays_after_days: r
            .maybe(
                "home_pays_hospital_after_days",
                "days from a month's end until the place of insurance itself pays the hospital; absent = the \
                 province of care pays first",
                &or_none(count(0, 360)),
            )
            .flatten()
            .map(|days| days as u16),
        deposit: r.get(
            "deposit_ratio",
            "deposit of the province of insurance as a share of its first month",
            &ratio(12),
        ),
        sub_account: r.get(
            "sub_account_prepaid_ratio",
            "prepayment to an insurer-operated sub-account for critical illness; 0 = none",
            &ratio(12),
        ),
    }
}
