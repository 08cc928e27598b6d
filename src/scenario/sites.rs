//! `[city]`: name, calendar, districts and institutions. Must never know what goes on inside one.

use super::form::{self, or_none};
use super::reader::{Reader, did_you_mean, nearest};
use crate::city::spec::{DistrictSpec, SiteSpec};
use crate::domain::{Day, HospitalLevel};

/// What `[city]` holds.
pub(super) struct City {
    /// Name as printed.
    pub(super) name: String,
    /// First simulated day.
    pub(super) start: Day,
    /// Districts.
    pub(super) districts: Vec<DistrictSpec>,
    /// Institutions.
    pub(super) sites: Vec<SiteSpec>,
}

/// Reads `[city]`.
pub(super) fn read(r: &mut Reader<'_>) -> City {
    let name = r.text("name", "name as printed");
    let start = r.get("start", "first simulated day", &form::date());
    let mark = r.mark();
    let districts = r.list("districts", "districts with their centres on a flat map", district);
    if r.clean_since(mark) {
        check_unique(r, "districts", districts.iter().map(|d| d.name.as_str()));
        r.check_sum("districts", districts.iter().map(|d| d.population_share).sum());
        if districts.len() > 255 {
            r.fault("districts", "more than 255 districts".to_owned(), "", "");
        }
    }
    let mark = r.mark();
    let mut sites = r.list("sites", "institutions", |r| site(r, &districts));
    let doc = "visits and beds of institutions that take part on some day, times this; 1 if absent";
    let size = r.maybe("size_in_scheme_ratio", doc, &form::number(form::Bounds::POSITIVE));
    resize(&mut sites, size.unwrap_or(1.0));
    if r.clean_since(mark) {
        check_unique(r, "sites", sites.iter().map(|site| site.name.as_str()));
        if sites.len() > usize::from(u16::MAX) {
            r.fault("sites", "more than 65,535 institutions".to_owned(), "", "");
        }
    }
    City { name, start, districts, sites }
}

/// Makes the institutions of the scheme larger or smaller beside the others, whose plans stay.
fn resize(sites: &mut [SiteSpec], ratio: f64) {
    for site in sites.iter_mut().filter(|site| site.in_scheme_from.is_some()) {
        site.visits_per_year *= ratio;
        let beds = libm::round(f64::from(site.beds) * ratio) as u32;
        site.beds = if site.beds > 0 { beds.max(1) } else { 0 };
    }
}

fn district(r: &mut Reader<'_>) -> DistrictSpec {
    DistrictSpec {
        name: r.text("name", "name as printed"),
        population_share: r.share("population_share", "share of the city's people"),
        x_km: r.get("x_km", "east coordinate", &form::number(form::Bounds::ANY)),
        y_km: r.get("y_km", "north coordinate", &form::number(form::Bounds::ANY)),
    }
}

fn site(r: &mut Reader<'_>, districts: &[DistrictSpec]) -> SiteSpec {
    let level = form::word(&[
        ("primary", HospitalLevel::Primary),
        ("secondary", HospitalLevel::Secondary),
        ("tertiary", HospitalLevel::Tertiary),
    ]);
    SiteSpec {
        name: r.text("name", "name as printed"),
        level: r.get("level", "hospital level", &level),
        district: in_district(r, districts),
        visits_per_year: r.positive("visits_per_year", "planned outpatient visits"),
        beds: r.count("beds", "open beds, 0 = no inpatient care", 0, 100_000),
        in_scheme_from: r.get("in_scheme_from", "first day in the scheme", &or_none(form::date())),
    }
}

fn in_district(r: &mut Reader<'_>, districts: &[DistrictSpec]) -> u8 {
    let mark = r.mark();
    let name = r.text("district", "name of its district");
    let found = districts.iter().position(|district| district.name == name);
    if found.is_none() && r.clean_since(mark) && !districts.is_empty() {
        let names = || districts.iter().map(|district| district.name.as_str());
        let hint =
            nearest(&name, names()).map_or_else(String::new, |n| format!("did you mean \"{n}\"?"));
        let expected = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        r.fault("district", format!("there is no district `{name}`"), &expected, &hint);
    }
    found.and_then(|index| u8::try_from(index).ok()).unwrap_or(0)
}

/// Reports a second use of a name in a list of tables.
pub(super) fn check_unique<'n>(r: &Reader<'_>, list: &str, names: impl Iterator<Item = &'n str>) {
    let mut seen = std::collections::BTreeSet::new();
    for (index, name) in names.enumerate() {
        if !seen.insert(name) {
            let message = format!("the name `{name}` is used twice");
            r.fault(&format!("{list}[{index}].name"), message, "a name of its own", "");
        }
    }
}

/// Names that a hint lists where none is like the one given.
const NAMES_LISTED: usize = 6;

/// Reports a name that a list of the city does not have, with the nearest one or else the first few.
pub(super) fn check_known(
    r: &Reader<'_>,
    key: &str,
    name: &String,
    (what, list, names): (&str, &str, &[String]),
) {
    if names.contains(name) {
        return;
    }
    let near = did_you_mean(name, names.iter().map(String::as_str));
    let hint = if near.is_empty() && !names.is_empty() {
        let rest = if names.len() > NAMES_LISTED { ", ..." } else { "" };
        let first = &names[..names.len().min(NAMES_LISTED)];
        format!("{list} has `{}`{rest}", first.join("`, `"))
    } else {
        near
    };
    r.fault(key, format!("there is no {what} `{name}`"), &format!("names of {list}"), &hint);
}
