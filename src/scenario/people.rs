//! `[people]`: who lives in the city. Must never know about care or payment.

use super::form::{Bounds, number, yuan};
use super::reader::Reader;
use crate::city::spec::{CoverShares, PeopleSpec};
use crate::domain::{AGE_BANDS, INCOME_BANDS};

/// The age bands, as the documentation and messages name them.
pub(super) const AGES: &str = "ages 0-4, 5-14, 15-44, 45-59, 60-74, 75+";

/// Reads `[people]`.
pub(super) fn read(r: &mut Reader<'_>) -> PeopleSpec {
    let share = number(Bounds::SHARE);
    let mark = r.mark();
    let assistance_shares = r.by(
        "assistance_shares",
        "people by medical-assistance class",
        ["low_income", "minimum_living", "destitute"],
        &share,
    );
    if r.clean_since(mark) && assistance_shares.iter().sum::<f64>() > 1.0 {
        r.fault("assistance_shares", "the shares sum to more than 1".to_owned(), "", "");
    }
    let people = PeopleSpec {
        population: r.count("population", "people simulated", 1, 100_000_000),
        age_shares: r.shares::<AGE_BANDS>("age_shares", "people by age band", AGES),
        kin_size_shares: r.shares::<8>(
            "kin_size_shares",
            "kin groups by number of members",
            "1, 2, 3, 4, 5, 6, 7, 8 members",
        ),
        employee_share_working_age: r
            .share("employee_share_working_age", "people of 18-59 in the employees' scheme"),
        retired_share: r
            .share("retired_share_over_60", "people of 60+ retired in the employees' scheme"),
        uninsured_share: r.share("uninsured_share", "people without any basic insurance"),
        elsewhere_share: maybe_share(
            r,
            "insured_elsewhere_share",
            "people insured in another pooling area, who claim at home; 0 if absent",
        ),
        assistance_shares,
        judgment_debtor_share: r
            .share("judgment_debtor_share", "adults on the court's list of dishonest debtors"),
        monthly_income: r.array(
            "monthly_income_yuan",
            "monthly income of an adult by fifth of the population",
            "fifths, poorest first",
            &yuan(),
        ),
        chronic_share: r.array("chronic_shares", "people with a chronic illness", AGES, &share),
        score_mean: r.positive("score_mean", "mean of the public-credit score, points"),
        score_sd: r.non_negative("score_sd", "standard deviation of the score, points"),
        account_start: r.by(
            "account_start_yuan",
            "mean balance of the personal account on the first day",
            ["active", "retired"],
            &yuan(),
        ),
        covers: r
            .maybe_table("covers", "supplements; nobody has one if absent", covers)
            .unwrap_or_default(),
        without_card: maybe_share(
            r,
            "without_card_share",
            "people without a social-security card; 0 if absent",
        ),
        first_card_per_year: maybe_share(
            r,
            "first_card_share_per_year",
            "of them, given their first card in a year, whose bank takes the account over; 0 if absent",
        ),
        insurance_gap: maybe_share(
            r,
            "insurance_gap_share",
            "insured people whose contributions of the last two years have a gap; 0 if absent",
        ),
    };
    check_income(r, mark, &people.monthly_income);
    check_insured(r, mark, &people);
    people
}

fn maybe_share(r: &mut Reader<'_>, key: &'static str, about: &'static str) -> f64 {
    r.maybe(key, about, &number(Bounds::SHARE)).unwrap_or(0.0)
}

fn check_insured(r: &Reader<'_>, mark: usize, people: &PeopleSpec) {
    if r.clean_since(mark) && people.uninsured_share + people.elsewhere_share > 1.0 {
        let message = "more than everybody, with uninsured_share".to_owned();
        r.fault("insured_elsewhere_share", message, "both shares sum to at most 1", "");
    }
}

fn covers(r: &mut Reader<'_>) -> CoverShares {
    let mark = r.mark();
    let covers = CoverShares {
        civil_service: r.share("civil_service_share", "employees with the civil servants' subsidy"),
        enterprise: r.share("enterprise_share", "employees with an enterprise's supplement"),
        commercial: r.share("commercial_share", "insured people with the commercial supplement"),
    };
    if r.clean_since(mark) && covers.civil_service + covers.enterprise > 1.0 {
        let message = "with civil_service_share more than all employees".to_owned();
        r.fault("enterprise_share", message, "shares that sum to at most 1", "");
    }
    covers
}

fn check_income(r: &Reader<'_>, mark: usize, income: &[crate::domain::Fen; INCOME_BANDS]) {
    let fall = income.windows(2).position(|pair| pair[1] < pair[0]);
    if let Some(before) = fall.filter(|_| r.clean_since(mark)) {
        let path = format!("monthly_income_yuan[{}]", before + 1);
        let message = "below the poorer fifth before it".to_owned();
        r.fault(&path, message, "fifths from the poorest to the richest", "");
    }
}
