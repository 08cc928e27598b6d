//! A city as plain data: people, hospitals and demand, built by `scenario`. Must never hold a payment rule.

use crate::domain::{AGE_BANDS, Day, Fen, HospitalLevel, INCOME_BANDS};
use crate::random::Distribution;

/// A district with its centre on a flat map.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictSpec {
    /// Name as printed.
    pub name: String,
    /// Share of the population, summing to 1 over districts.
    pub population_share: f64,
    /// East coordinate, km.
    pub x_km: f64,
    /// North coordinate, km.
    pub y_km: f64,
}

/// Who lives in the city. Arrays over age bands follow `domain::AGE_BAND_EDGES`.
#[derive(Clone, Debug, PartialEq)]
pub struct PeopleSpec {
    /// Number of insured and uninsured people simulated as residents.
    pub population: u32,
    /// Share of people by age band, summing to 1.
    pub age_shares: [f64; AGE_BANDS],
    /// Share of kin groups by number of members, 1 to 8, summing to 1.
    pub kin_size_shares: [f64; 8],
    /// Share of adults of working age (18–59) in the employees' scheme.
    pub employee_share_working_age: f64,
    /// Share of people of 60 and over who are retired members of the employees' scheme.
    pub retired_share: f64,
    /// Share of people with no insurance in the pooling area.
    pub uninsured_share: f64,
    /// Share of people insured in another pooling area.
    pub elsewhere_share: f64,
    /// Share of people by assistance class: low income, minimum living, destitute.
    pub assistance_shares: [f64; 3],
    /// Share of people on the court's list of dishonest judgment debtors (adults).
    pub judgment_debtor_share: f64,
    /// Monthly income per adult by band (fifths of the population).
    pub monthly_income: [Fen; INCOME_BANDS],
    /// Share of people with a chronic illness by age band.
    pub chronic_share: [f64; AGE_BANDS],
    /// Mean and standard deviation of the public-credit score, scale and cut-offs as the scheme states.
    pub score_mean: f64,
    /// Standard deviation of the score.
    pub score_sd: f64,
    /// Personal-account balance at the start: mean of working employees and of retirees.
    pub account_start: [Fen; 2],
    /// Supplements beside basic insurance.
    pub covers: CoverShares,
    /// Share of people without a social-security card; their account is used with the e-credential.
    pub without_card: f64,
    /// Share of those without a card who are given their first one within a year.
    pub first_card_per_year: f64,
    /// Share of insured people whose contributions of the last two years have a gap.
    pub insurance_gap: f64,
}

/// Who has a supplement beside basic insurance; the default is nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CoverShares {
    /// Members of the employees' scheme with the civil servants' subsidy, retired ones included.
    pub civil_service: f64,
    /// Members of the employees' scheme whose enterprise has a supplement.
    pub enterprise: f64,
    /// Insured people who hold the commercial supplement.
    pub commercial: f64,
}

/// Demand for care. Weights are relative; rates are per person and year.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandSpec {
    /// Outpatient visits per person and year at the scheme's institutions.
    pub visits_per_person_year: f64,
    /// Share of outpatient visits that are emergencies.
    pub emergency_share: f64,
    /// Admissions per person and year at the scheme's institutions.
    pub admissions_per_person_year: f64,
    /// Relative visit rate by age band.
    pub age_relativity: [f64; AGE_BANDS],
    /// Relative rate of the chronically ill against others of their age.
    pub chronic_relativity: f64,
    /// Shape of the gamma frailty that spreads rates between like people (variance = 1/shape).
    pub frailty_shape: f64,
    /// Month weights, January to December.
    pub month_weights: [f64; 12],
    /// Weekday weights, Monday to Sunday.
    pub weekday_weights: [f64; 7],
    /// Share of a day's arrivals by hour of the day, 24 values summing to 1 (elective).
    pub hour_shares: [f64; 24],
    /// Share by hour for emergencies.
    pub emergency_hour_shares: [f64; 24],
    /// Choice of hospital: utility lost per km.
    pub distance_decay_per_km: f64,
    /// Clinical course of an outpatient visit by hospital level.
    pub course: [CourseSpec; 3],
    /// Bills by hospital level.
    pub bills: [BillSpec; 3],
    /// Length of stay in days.
    pub stay_days: Distribution,
    /// Epidemic waves.
    pub waves: Vec<Wave>,
    /// Rise of all bills a year, linear from the first day; 0 = prices stay.
    pub price_rise_per_year: f64,
    /// Shares of bills that are for work-injury insurance, a third party, the public-health budget.
    pub other_causes: [f64; 3],
    /// Purchases at retail pharmacies; `None` = they are not followed.
    pub retail: Option<RetailSpec>,
}

/// Purchases at the city's retail pharmacies, which stand together as one institution.
#[derive(Clone, Debug, PartialEq)]
pub struct RetailSpec {
    /// Purchases per person and year.
    pub purchases_per_person_year: f64,
    /// Size and classes of a purchase; of the orders only drugs are used.
    pub bill: BillSpec,
    /// First day in the scheme; `None` = a line never pays there.
    pub in_scheme_from: Option<Day>,
}

/// Probabilities of the outpatient pathway at one level.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseSpec {
    /// Probability of laboratory tests after the first consultation.
    pub lab: f64,
    /// Probability of imaging after the first consultation.
    pub imaging: f64,
    /// Probability of treatment or further tests, paid separately, after the (last) consultation.
    pub treatment: f64,
    /// Probability of drugs.
    pub drugs: f64,
    /// Share of visits that register (and pay the fee) by appointment on the phone before arrival.
    pub registered_ahead: f64,
}

/// Bill sizes at one level, in fen. Each part is log-normal.
#[derive(Clone, Debug, PartialEq)]
pub struct BillSpec {
    /// Registration and consultation fee.
    pub registration: Fen,
    /// Mean of a laboratory order.
    pub lab_mean: Fen,
    /// Mean of an imaging order.
    pub imaging_mean: Fen,
    /// Mean of a treatment order.
    pub treatment_mean: Fen,
    /// Mean of a prescription.
    pub drugs_mean: Fen,
    /// Coefficient of variation of those orders.
    pub outpatient_cv: f64,
    /// Mean bill of a day in hospital.
    pub stay_day_mean: Fen,
    /// Coefficient of variation of a day's bill (one draw a stay).
    pub stay_cv: f64,
    /// Share of a bill in class B items.
    pub class_b_share: f64,
    /// Share of class B items that the patient pays first.
    pub class_b_prepay: f64,
    /// Share of a bill outside the catalogue (class C).
    pub class_c_share: f64,
}

/// Days of the run on which all demand is multiplied: an epidemic wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// First day of the run, from 0.
    pub from_day: u32,
    /// Last day.
    pub to_day: u32,
    /// Factor on visits, emergencies and admissions.
    pub factor: f64,
}

/// One institution.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteSpec {
    /// Name as printed.
    pub name: String,
    /// Level.
    pub level: HospitalLevel,
    /// Index of its district.
    pub district: u8,
    /// Relative attraction (planned outpatient visits a year).
    pub visits_per_year: f64,
    /// Open beds; 0 = no inpatient care.
    pub beds: u32,
    /// First day in the scheme; `None` = never.
    pub in_scheme_from: Option<Day>,
}

/// A city.
#[derive(Clone, Debug, PartialEq)]
pub struct CitySpec {
    /// Name as printed.
    pub name: String,
    /// First simulated day.
    pub start: Day,
    /// Districts.
    pub districts: Vec<DistrictSpec>,
    /// People.
    pub people: PeopleSpec,
    /// Demand.
    pub demand: DemandSpec,
    /// Institutions.
    pub sites: Vec<SiteSpec>,
}
