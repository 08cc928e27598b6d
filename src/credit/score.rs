//! The score that a scheme decides by: the public one, or points of an application scorecard; the
//! credit code is the score's grade. Must never see what an applicant is not asked.

use super::apply::Applicant;
use super::more::{Bank, EligibilitySource, Scorecard, Trait};
use super::spec::CreditPolicy;

/// Highest score that a scorecard may give.
const HIGHEST: i64 = 10_000;

/// The score by which an application is decided.
pub fn application_score(policy: &CreditPolicy, applicant: &Applicant) -> u16 {
    match &policy.more.onboarding.scorecard {
        Some(card) => points(card, applicant),
        None => applicant.score,
    }
}

/// The score by which a bank decides: that of its own scorecard, else the scheme's.
pub(super) fn bank_score(policy: &CreditPolicy, bank: &Bank, applicant: &Applicant) -> u16 {
    let own = bank.scorecard.as_ref().map(|card| points(card, applicant));
    own.unwrap_or_else(|| application_score(policy, applicant))
}

fn points(card: &Scorecard, applicant: &Applicant) -> u16 {
    let sum: i64 = card
        .characteristics
        .iter()
        .map(|characteristic| {
            let value = match characteristic.of {
                Trait::Age => i64::from(applicant.age),
                Trait::MonthlyIncome => applicant.monthly_income.0 / 100,
                Trait::PublicScore => i64::from(applicant.score),
                Trait::Scheme => applicant.scheme as i64,
                Trait::InsuredMonths => i64::from(applicant.insured_months),
                Trait::BenefitsUsed => applicant.benefits_used.0 / 100,
                Trait::AccountBalance => applicant.account.0 / 100,
            };
            let bin = characteristic.bins.partition_point(|&(from, _)| from <= value);
            characteristic.bins.get(bin.saturating_sub(1)).map_or(0, |&(_, p)| i64::from(p))
        })
        .sum();
    (i64::from(card.base) + sum).clamp(0, HIGHEST) as u16
}

/// The credit code of a score: the word of the highest band reached; `None` without bands or below
/// the first one.
pub fn credit_code(policy: &CreditPolicy, score: u16) -> Option<&str> {
    let place = code_place(policy, score).checked_sub(1)?;
    policy.more.onboarding.codes.get(place).map(|(_, word)| word.as_str())
}

/// How many bands of credit codes a score has reached; 0 = below the first one.
pub fn code_place(policy: &CreditPolicy, score: u16) -> usize {
    policy.more.onboarding.codes.partition_point(|&(from, _)| from <= score)
}

/// Whether a score is looked up at all.
pub(super) fn looks_up_score(policy: &CreditPolicy) -> bool {
    policy.more.onboarding.source != EligibilitySource::CommitmentOnly
}
