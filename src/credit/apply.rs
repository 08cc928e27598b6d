//! Who may open a line and with what limit. Must never look at a relative: that is `family`.

use super::line::LineRow;
use super::spec::{CreditPolicy, LimitRules};
use crate::domain::{AssistanceClass, CareKind, Day, Fen, InsuranceScheme, Refusal};

/// What the scheme knows of a person who asks for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// Age in years.
    pub age: u8,
    /// Basic insurance scheme.
    pub scheme: InsuranceScheme,
    /// Public-credit score.
    pub score: u16,
    /// Whether the person is on the court's list of dishonest judgment debtors.
    pub judgment_debtor: bool,
    /// Whether the person is of a medical-assistance group above the low-income margin: minimum living
    /// or destitute.
    pub poor: bool,
    /// Whether a line has been opened for this person before, whatever became of it.
    pub has_line: bool,
}

/// Whether the applicant may open a line; refusals in the order of `Refusal`. A member of a scheme
/// that the policy does not admit is refused as not insured.
pub fn eligible(policy: &CreditPolicy, applicant: &Applicant) -> Result<(), Refusal> {
    let rules = &policy.eligibility;
    if !rules.schemes[applicant.scheme as usize] {
        Err(Refusal::NotInsured)
    } else if rules.refuses_judgment_debtors && applicant.judgment_debtor {
        Err(Refusal::JudgmentDebtor)
    } else if applicant.age < rules.age_min {
        Err(Refusal::TooYoung)
    } else if applicant.age > rules.age_max {
        Err(Refusal::TooOldForScheme)
    } else if applicant.score < rules.score_min {
        Err(Refusal::ScoreTooLow)
    } else if applicant.has_line {
        Err(Refusal::AlreadyOpen)
    } else if rules.assistance_only && !applicant.poor {
        Err(Refusal::NotEntitled)
    } else {
        Ok(())
    }
}

/// Whether a medical-assistance class counts as poor for [`Applicant::poor`].
pub fn counts_as_poor(class: AssistanceClass) -> bool {
    class >= AssistanceClass::MinimumLiving
}

/// The limit with which a line of this score starts: that of the highest tier reached, never above
/// the ceiling; nothing below the first tier.
pub fn starting_limit(policy: &CreditPolicy, score: u16) -> Fen {
    let rules: &LimitRules = &policy.limits;
    let reached = rules.tiers.partition_point(|tier| tier.score_from <= score);
    match rules.tiers[..reached].last() {
        Some(tier) => tier.limit.min(rules.ceiling),
        None => Fen::ZERO,
    }
}

/// A policy names outpatient care, emergencies and stays; chronic-disease care and retail pharmacies
/// go with outpatient care.
fn covers_as(care: CareKind) -> usize {
    match care {
        CareKind::Outpatient | CareKind::Chronic | CareKind::Pharmacy => 0,
        CareKind::Emergency => 1,
        CareKind::Inpatient => 2,
    }
}

/// Whether the scheme covers this kind of care.
pub fn covers(policy: &CreditPolicy, care: CareKind) -> Result<(), Refusal> {
    if policy.covers[covers_as(care)] { Ok(()) } else { Err(Refusal::CareKindNotCovered) }
}

impl LineRow {
    /// Opens a line for `holder` (position within the city), or says why not.
    pub fn open(
        policy: &CreditPolicy,
        applicant: &Applicant,
        holder: u32,
        day: Day,
    ) -> Result<LineRow, Refusal> {
        eligible(policy, applicant)?;
        Ok(LineRow::new(holder, starting_limit(policy, applicant.score), applicant.score, day))
    }
}
