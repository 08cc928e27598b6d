//! Field terms and words of refusal (Chinese terms: docs/glossary.md). Must never carry a rule.

use serde::{Deserialize, Serialize};

/// Basic medical insurance scheme of a person.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum InsuranceScheme {
    /// Employees' BMI (UEBMI).
    Employee = 0,
    /// Urban and rural residents' BMI (URRBMI).
    Resident = 1,
    /// No basic insurance in this pooling area.
    #[default]
    Uninsured = 2,
}

/// Status within a scheme; ratios and deductibles differ by it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum MemberStatus {
    /// In work, or an adult resident.
    #[default]
    Active = 0,
    /// Retired member of the employees' scheme.
    Retired = 1,
    /// Child or student.
    Minor = 2,
}

/// Medical-assistance class of a person.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AssistanceClass {
    /// Not entitled.
    #[default]
    None = 0,
    /// Low-income margin household.
    LowIncome = 1,
    /// Minimum-living-allowance household.
    MinimumLiving = 2,
    /// Destitute.
    Destitute = 3,
}

/// Level of a designated institution.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum HospitalLevel {
    /// Community centre or level-I hospital.
    #[default]
    Primary = 0,
    /// Level-II hospital.
    Secondary = 1,
    /// Level-III hospital.
    Tertiary = 2,
}

/// Kind of care that a bill belongs to (national `med_type` at the edge).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CareKind {
    /// Ordinary outpatient (11).
    #[default]
    Outpatient = 0,
    /// Emergency (13).
    Emergency = 1,
    /// Ordinary inpatient (21).
    Inpatient = 2,
}

/// Catalogue class of a bill line.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum ItemClass {
    /// Class A: wholly in policy.
    #[default]
    A = 0,
    /// Class B: the patient first pays a share.
    B = 1,
    /// Class C: outside the catalogue, fully self-paid.
    C = 2,
}

/// Where in a visit a payment falls due; the unit of a stop code.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ServiceStage {
    /// Registration fee.
    #[default]
    Registration = 0,
    /// Laboratory and imaging ordered at the first consultation.
    Tests = 1,
    /// Treatment or further tests after the review.
    Treatment = 2,
    /// Drugs.
    Drugs = 3,
    /// The stay's bill at discharge.
    Stay = 4,
    /// The deposit at admission.
    Deposit = 5,
}

/// Why something was refused, in checking order: the first word that applies is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Refusal {
    /// The command names a person outside the kin group it was sent to.
    UnknownPerson = 0,
    /// The command is dated before the day from which this group's books are open.
    TooOld = 1,
    /// Insurance status is not normal (no scheme in this pooling area).
    NotInsured = 2,
    /// Insurance benefits are suspended (blacklist) and the case is no emergency.
    BenefitsSuspended = 3,
    /// On the court's list of dishonest judgment debtors.
    JudgmentDebtor = 4,
    /// Below the scheme's minimum age and not covered by a relative's line.
    TooYoung = 5,
    /// Above the scheme's maximum age.
    TooOldForScheme = 6,
    /// Score below the scheme's minimum.
    ScoreTooLow = 7,
    /// A line is already open for this person.
    AlreadyOpen = 8,
    /// The institution does not take part yet.
    InstitutionNotInScheme = 9,
    /// The scheme does not cover this kind of care.
    CareKindNotCovered = 10,
    /// Nobody in the kin group has a line that this person may use.
    NoLine = 11,
    /// The line is frozen because a payment is overdue.
    LineFrozen = 12,
    /// The line was cancelled after too many missed payments.
    LineCancelled = 13,
    /// The free limit is smaller than the personal part.
    LimitExhausted = 14,
    /// The amount is zero or negative where a positive one is needed.
    AmountNotPositive = 15,
    /// There is no open reservation, draw or claim under this id.
    NothingOpen = 16,
    /// Not of the group that the scheme is for (poor people).
    NotEntitled = 17,
}

impl Refusal {
    /// Every word in precedence order.
    pub const ALL: [Refusal; 18] = [
        Refusal::UnknownPerson,
        Refusal::TooOld,
        Refusal::NotInsured,
        Refusal::BenefitsSuspended,
        Refusal::JudgmentDebtor,
        Refusal::TooYoung,
        Refusal::TooOldForScheme,
        Refusal::ScoreTooLow,
        Refusal::AlreadyOpen,
        Refusal::InstitutionNotInScheme,
        Refusal::CareKindNotCovered,
        Refusal::NoLine,
        Refusal::LineFrozen,
        Refusal::LineCancelled,
        Refusal::LimitExhausted,
        Refusal::AmountNotPositive,
        Refusal::NothingOpen,
        Refusal::NotEntitled,
    ];

    /// The word as it stands in reports and files.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::UnknownPerson => "unknown_person",
            Refusal::TooOld => "too_old",
            Refusal::NotInsured => "not_insured",
            Refusal::BenefitsSuspended => "benefits_suspended",
            Refusal::JudgmentDebtor => "judgment_debtor",
            Refusal::TooYoung => "too_young",
            Refusal::TooOldForScheme => "too_old_for_scheme",
            Refusal::ScoreTooLow => "score_too_low",
            Refusal::AlreadyOpen => "already_open",
            Refusal::InstitutionNotInScheme => "institution_not_in_scheme",
            Refusal::CareKindNotCovered => "care_kind_not_covered",
            Refusal::NoLine => "no_line",
            Refusal::LineFrozen => "line_frozen",
            Refusal::LineCancelled => "line_cancelled",
            Refusal::LimitExhausted => "limit_exhausted",
            Refusal::AmountNotPositive => "amount_not_positive",
            Refusal::NothingOpen => "nothing_open",
            Refusal::NotEntitled => "not_entitled",
        }
    }
}
