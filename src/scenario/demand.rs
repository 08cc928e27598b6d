//! `[demand]`: how often people need care, when, and what it costs. Must never know who pays.

use super::distribution;
use super::form::{Bounds, date, number, or_none};
use super::people::AGES;
use super::reader::{Reader, tidy};
use crate::city::spec::{BillSpec, CourseSpec, DemandSpec, RetailSpec};
use crate::domain::Fen;

/// Hospital levels in the order of every array by level.
pub(super) const LEVELS: [&str; 3] = ["primary", "secondary", "tertiary"];

const HOURS: &str = "hours 0 to 23";

/// Reads `[demand]`.
pub(super) fn read(r: &mut Reader<'_>) -> DemandSpec {
    let positive = number(Bounds::POSITIVE);
    let from_zero = number(Bounds::NON_NEGATIVE);
    DemandSpec {
        visits_per_person_year: r
            .positive("visits_per_person_per_year", "outpatient visits at the listed institutions"),
        emergency_share: r.share("emergency_share", "outpatient visits that are emergencies"),
        admissions_per_person_year: r.non_negative(
            "admissions_per_person_per_year",
            "admissions at the listed institutions",
        ),
        age_relativity: r.array("age_relativities", "visit rate, mean 1", AGES, &positive),
        chronic_relativity: r
            .positive("chronic_relativity", "visit rate of the chronically ill against others"),
        frailty_shape: r
            .positive("frailty_shape", "shape of the gamma spread between people, 1 / variance"),
        month_weights: r.array(
            "month_weights",
            "relative demand",
            "January to December",
            &positive,
        ),
        weekday_weights: r.array(
            "weekday_weights",
            "relative demand",
            "Monday to Sunday",
            &from_zero,
        ),
        hour_shares: r.shares::<24>("hour_shares", "elective arrivals of a day", HOURS),
        emergency_hour_shares: r.shares::<24>(
            "emergency_hour_shares",
            "emergency arrivals of a day",
            HOURS,
        ),
        distance_decay_per_km: r
            .non_negative("distance_decay_per_km", "utility lost per km in the choice of hospital"),
        course: r.table("course", "clinical course by hospital level", |r| {
            LEVELS.map(|level| r.table(level, "", course))
        }),
        bills: r.table("bills", "bills by hospital level", |r| {
            LEVELS.map(|level| r.table(level, "", bill))
        }),
        stay_days: distribution::read(r, "stay", "length of stay", "days"),
        waves: Vec::new(),
        price_rise_per_year: r
            .maybe(
                "price_rise_rate_per_year",
                "rise of all bills a year, linear from the first day; 0 if absent",
                &number(Bounds::NON_NEGATIVE),
            )
            .unwrap_or_default(),
        other_causes: other_causes(r),
        retail: r.maybe_table(
            "retail_pharmacy",
            "purchases at retail pharmacies; absent = they are not followed",
            retail,
        ),
    }
}

fn retail(r: &mut Reader<'_>) -> RetailSpec {
    let none = Fen::ZERO;
    let mark = r.mark();
    let bill = BillSpec {
        registration: none,
        lab_mean: none,
        imaging_mean: none,
        treatment_mean: none,
        drugs_mean: r.yuan("purchase_mean_yuan", "mean purchase"),
        outpatient_cv: r.positive("purchase_cv", "coefficient of variation of purchases"),
        stay_day_mean: none,
        stay_cv: 1.0,
        class_b_share: r.share("class_b_share", "part of a purchase in class B items"),
        class_b_prepay: r
            .share("class_b_prepay_share", "part of class B items that the patient pays first"),
        class_c_share: r.share("class_c_share", "part of a purchase outside the catalogue"),
    };
    if r.clean_since(mark) && bill.class_b_share + bill.class_c_share > 1.0 {
        let sum = tidy(bill.class_b_share + bill.class_c_share);
        let message = format!("class B and class C together are {sum}, more than the purchase");
        r.fault("class_c_share", message, "class_b_share + class_c_share at most 1", "");
    }
    RetailSpec {
        purchases_per_person_year: r.positive("purchases_per_person_per_year", "purchases"),
        bill,
        in_scheme_from: r.get(
            "in_scheme_from",
            "first day in the scheme; none = a line never pays there",
            &or_none(date()),
        ),
    }
}

/// Bills that are not the basic scheme's: none without the table.
fn other_causes(r: &mut Reader<'_>) -> [f64; 3] {
    let doc = "bills for which another payer is liable by law; none if absent";
    let mark = r.mark();
    let shares = r.maybe_table("other_causes", doc, |r| {
        [
            r.share("work_injury_share", "bills for work-injury insurance"),
            r.share("third_party_share", "bills for a liable third party"),
            r.share("public_health_share", "bills for the public-health budget"),
        ]
    });
    let shares = shares.unwrap_or_default();
    if r.clean_since(mark) && shares.iter().sum::<f64>() > 1.0 {
        let message = "the shares sum to more than 1".to_owned();
        r.fault("other_causes", message, "shares that sum to at most 1", "");
    }
    shares
}

fn course(r: &mut Reader<'_>) -> CourseSpec {
    CourseSpec {
        lab: r.share("lab_share", "visits with laboratory tests"),
        imaging: r.share("imaging_share", "visits with imaging"),
        treatment: r.share("treatment_share", "visits with treatment paid separately"),
        drugs: r.share("drugs_share", "visits with drugs"),
        registered_ahead: r
            .share("registered_ahead_share", "visits registered and paid on the phone before"),
    }
}

fn bill(r: &mut Reader<'_>) -> BillSpec {
    let mark = r.mark();
    let bill = BillSpec {
        registration: r.yuan("registration_yuan", "registration and consultation fee"),
        lab_mean: r.yuan("lab_mean_yuan", "mean laboratory order"),
        imaging_mean: r.yuan("imaging_mean_yuan", "mean imaging order"),
        treatment_mean: r.yuan("treatment_mean_yuan", "mean treatment order"),
        drugs_mean: r.yuan("drugs_mean_yuan", "mean prescription"),
        outpatient_cv: r.positive("outpatient_cv", "coefficient of variation of those orders"),
        stay_day_mean: r.yuan("stay_mean_yuan_per_day", "mean bill of a day in hospital"),
        stay_cv: r.positive("stay_cv", "coefficient of variation of a stay's daily bill"),
        class_b_share: r.share("class_b_share", "part of a bill in class B items"),
        class_b_prepay: r
            .share("class_b_prepay_share", "part of class B items that the patient pays first"),
        class_c_share: r.share("class_c_share", "part of a bill outside the catalogue"),
    };
    if r.clean_since(mark) && bill.class_b_share + bill.class_c_share > 1.0 {
        let sum = tidy(bill.class_b_share + bill.class_c_share);
        let message = format!("class B and class C together are {sum}, more than the bill");
        r.fault("class_c_share", message, "class_b_share + class_c_share at most 1", "");
    }
    bill
}
