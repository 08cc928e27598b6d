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

/// Supplementary cover that comes with the employer; a person has at most one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Employer {
    /// No supplement.
    #[default]
    None = 0,
    /// Civil service, or treated like it.
    CivilService = 1,
    /// Enterprise with supplementary insurance.
    EnterpriseWithSupplement = 2,
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
    /// Outpatient care of a filed chronic or special disease (14).
    Chronic = 3,
    /// Purchase at a retail pharmacy (41).
    Pharmacy = 4,
}

/// Who has to bear the cost of a bill by law, before any benefit is looked at.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CostCause {
    /// Illness or accident of the insured: the basic scheme's matter.
    #[default]
    Illness = 0,
    /// Work-injury insurance.
    WorkInjury = 1,
    /// A liable third party.
    ThirdParty = 2,
    /// The public-health budget.
    PublicHealth = 3,
}

impl CostCause {
    /// The refusal that the cause means for funds and lines.
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            CostCause::Illness => None,
            CostCause::WorkInjury => Some(Refusal::WorkInjury),
            CostCause::ThirdParty => Some(Refusal::ThirdParty),
            CostCause::PublicHealth => Some(Refusal::PublicHealth),
        }
    }
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

/// What a scheme's platform tells a patient around a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MessageKind {
    /// Before a visit: at which hour to come.
    Previsit = 0,
    /// During it: when the turn comes.
    Treatment = 1,
    /// During it: where to go next.
    Guidance = 2,
    /// After a charge was entered: what is owed until when.
    Charge = 3,
}

impl MessageKind {
    /// Number of kinds.
    pub const COUNT: usize = 4;
    /// Every kind in order.
    pub const ALL: [MessageKind; MessageKind::COUNT] =
        [MessageKind::Previsit, MessageKind::Treatment, MessageKind::Guidance, MessageKind::Charge];

    /// The word as it stands in scenarios and files.
    pub fn word(self) -> &'static str {
        match self {
            MessageKind::Previsit => "previsit",
            MessageKind::Treatment => "treatment",
            MessageKind::Guidance => "guidance",
            MessageKind::Charge => "charge",
        }
    }
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
    /// The bill number is settled already, and not reversed since.
    AlreadySettled = 2,
    /// Work-injury insurance has to bear the cost.
    WorkInjury = 3,
    /// A liable third party has to bear the cost.
    ThirdParty = 4,
    /// The public-health budget has to bear the cost.
    PublicHealth = 5,
    /// Insurance status is not normal (no scheme in this pooling area).
    NotInsured = 6,
    /// Insurance benefits are suspended (blacklist) and the case is no emergency.
    BenefitsSuspended = 7,
    /// On the court's list of dishonest judgment debtors.
    JudgmentDebtor = 8,
    /// Below the scheme's minimum age and not covered by a relative's line.
    TooYoung = 9,
    /// Above the scheme's maximum age.
    TooOldForScheme = 10,
    /// Score below the scheme's minimum.
    ScoreTooLow = 11,
    /// A line is already open for this person.
    AlreadyOpen = 12,
    /// The institution does not take part yet.
    InstitutionNotInScheme = 13,
    /// The scheme does not cover this kind of care.
    CareKindNotCovered = 14,
    /// The whole bill lies outside the catalogue, which the line may not pay.
    OutOfScope = 15,
    /// Nobody in the kin group has a line that this person may use.
    NoLine = 16,
    /// The line is frozen because a payment is overdue.
    LineFrozen = 17,
    /// The line was cancelled after too many missed payments.
    LineCancelled = 18,
    /// The free limit is smaller than the personal part.
    LimitExhausted = 19,
    /// The amount is zero or negative where a positive one is needed.
    AmountNotPositive = 20,
    /// A later settlement of the same person stands on this one: it is reversed first.
    LaterClaimFirst = 21,
    /// There is no open reservation, draw or claim under this id.
    NothingOpen = 22,
    /// Not of the group that the scheme is for (poor people).
    NotEntitled = 23,
    /// The central bank's record holds too little about the applicant.
    ThinFile = 24,
    /// The credit commitment is not signed.
    CommitmentNotSigned = 25,
    /// A minor applies without a guardian in the kin group.
    NoGuardian = 26,
    /// The scheme wants the line to be there before the admission.
    SignedUpTooLate = 27,
    /// The limits of the kin group have reached their ceiling.
    FamilyCeiling = 28,
    /// The line's term has run out.
    LineExpired = 29,
    /// Blacklisted at this hospital: a draw made there is long past due.
    BlacklistedHere = 30,
    /// Insured here, but by a scheme whose members the line is not for.
    InsuranceNotAdmitted = 31,
    /// Not registered by real name with the hospital, where the scheme is opened there.
    RealNameNotRegistered = 32,
}

impl Refusal {
    /// Every word in precedence order.
    pub const ALL: [Refusal; 33] = [
        Refusal::UnknownPerson,
        Refusal::TooOld,
        Refusal::AlreadySettled,
        Refusal::WorkInjury,
        Refusal::ThirdParty,
        Refusal::PublicHealth,
        Refusal::NotInsured,
        Refusal::BenefitsSuspended,
        Refusal::JudgmentDebtor,
        Refusal::TooYoung,
        Refusal::TooOldForScheme,
        Refusal::ScoreTooLow,
        Refusal::AlreadyOpen,
        Refusal::InstitutionNotInScheme,
        Refusal::CareKindNotCovered,
        Refusal::OutOfScope,
        Refusal::NoLine,
        Refusal::LineFrozen,
        Refusal::LineCancelled,
        Refusal::LimitExhausted,
        Refusal::AmountNotPositive,
        Refusal::LaterClaimFirst,
        Refusal::NothingOpen,
        Refusal::NotEntitled,
        Refusal::ThinFile,
        Refusal::CommitmentNotSigned,
        Refusal::NoGuardian,
        Refusal::SignedUpTooLate,
        Refusal::FamilyCeiling,
        Refusal::LineExpired,
        Refusal::BlacklistedHere,
        Refusal::InsuranceNotAdmitted,
        Refusal::RealNameNotRegistered,
    ];

    /// The word as it stands in reports and files.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::UnknownPerson => "unknown_person",
            Refusal::TooOld => "too_old",
            Refusal::AlreadySettled => "already_settled",
            Refusal::WorkInjury => "work_injury",
            Refusal::ThirdParty => "third_party",
            Refusal::PublicHealth => "public_health",
            Refusal::NotInsured => "not_insured",
            Refusal::BenefitsSuspended => "benefits_suspended",
            Refusal::JudgmentDebtor => "judgment_debtor",
            Refusal::TooYoung => "too_young",
            Refusal::TooOldForScheme => "too_old_for_scheme",
            Refusal::ScoreTooLow => "score_too_low",
            Refusal::AlreadyOpen => "already_open",
            Refusal::InstitutionNotInScheme => "institution_not_in_scheme",
            Refusal::CareKindNotCovered => "care_kind_not_covered",
            Refusal::OutOfScope => "out_of_scope",
            Refusal::NoLine => "no_line",
            Refusal::LineFrozen => "line_frozen",
            Refusal::LineCancelled => "line_cancelled",
            Refusal::LimitExhausted => "limit_exhausted",
            Refusal::AmountNotPositive => "amount_not_positive",
            Refusal::LaterClaimFirst => "later_claim_first",
            Refusal::NothingOpen => "nothing_open",
            Refusal::NotEntitled => "not_entitled",
            Refusal::ThinFile => "thin_file",
            Refusal::CommitmentNotSigned => "commitment_not_signed",
            Refusal::NoGuardian => "no_guardian",
            Refusal::SignedUpTooLate => "signed_up_too_late",
            Refusal::FamilyCeiling => "family_ceiling",
            Refusal::LineExpired => "line_expired",
            Refusal::BlacklistedHere => "blacklisted_here",
            Refusal::InsuranceNotAdmitted => "insurance_not_admitted",
            Refusal::RealNameNotRegistered => "real_name_not_registered",
        }
    }
}
