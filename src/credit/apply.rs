//! Who may open a line and with what limit. Must never look at a relative: that is `family`.

use super::line::LineRow;
use super::score::{application_score, bank_score, looks_up_score};
use super::spec::{CreditPolicy, EligibilitySource, LimitRules, OnTheWard};
use crate::domain::{AssistanceClass, CareKind, Day, Fen, InsuranceScheme, Refusal};

/// Months over which a record of contributions is looked at.
pub const INSURED_MONTHS: u8 = 24;

/// What the scheme knows of a person who asks for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of an application")]
pub struct Applicant {
    /// Age in years.
    pub age: u8,
    /// Basic insurance scheme.
    pub scheme: InsuranceScheme,
    /// Whether the person is insured in another pooling area.
    pub insured_elsewhere: bool,
    /// Public-credit score.
    pub score: u16,
    /// Whether the person is on the court's list of dishonest judgment debtors.
    pub judgment_debtor: bool,
    /// Whether the person is of a medical-assistance group above the low-income margin: minimum living
    /// or destitute.
    pub poor: bool,
    /// Whether a line has been opened for this person before, whatever became of it.
    pub has_line: bool,
    /// Monthly income.
    pub monthly_income: Fen,
    /// Months of the last 24 in which contributions were paid without a gap.
    pub insured_months: u8,
    /// Benefits that the funds paid this calendar year.
    pub benefits_used: Fen,
    /// Balance of the personal account.
    pub account: Fen,
    /// Whether the central bank's record holds too little.
    pub thin_file: bool,
    /// Whether the credit commitment is not signed.
    pub unsigned: bool,
    /// Whether nobody has registered the person by real name with the hospital.
    pub unregistered: bool,
    /// Whether an adult of the generation above is in the kin group.
    pub has_guardian: bool,
}

impl Default for Applicant {
    fn default() -> Applicant {
        Applicant {
            age: 40,
            scheme: InsuranceScheme::Employee,
            insured_elsewhere: false,
            score: 0,
            judgment_debtor: false,
            poor: false,
            has_line: false,
            monthly_income: Fen::ZERO,
            insured_months: INSURED_MONTHS,
            benefits_used: Fen::ZERO,
            account: Fen::ZERO,
            thin_file: false,
            unsigned: false,
            unregistered: false,
            has_guardian: true,
        }
    }
}

/// Whether the applicant may open a line; refusals in the order of `Refusal`. Who has no insurance here, or is insured
/// elsewhere, is refused as not insured where the policy does not admit it; a member of a scheme that it does not admit
/// hears so after everything else.
pub fn eligible(policy: &CreditPolicy, applicant: &Applicant) -> Result<(), Refusal> {
    let rules = &policy.eligibility;
    let admitted = if applicant.insured_elsewhere {
        rules.insured_elsewhere
    } else {
        rules.schemes[applicant.scheme as usize]
    };
    let insured = applicant.scheme != InsuranceScheme::Uninsured && !applicant.insured_elsewhere;
    if !admitted && !insured {
        Err(Refusal::NotInsured)
    } else if rules.refuses_judgment_debtors && applicant.judgment_debtor {
        Err(Refusal::JudgmentDebtor)
    } else if applicant.age < rules.age_min {
        Err(Refusal::TooYoung)
    } else if applicant.age > rules.age_max {
        Err(Refusal::TooOldForScheme)
    } else if looks_up_score(policy) && application_score(policy, applicant) < rules.score_min {
        Err(Refusal::ScoreTooLow)
    } else if applicant.has_line {
        Err(Refusal::AlreadyOpen)
    } else if rules.assistance_only && !applicant.poor {
        Err(Refusal::NotEntitled)
    } else {
        onboards(policy, applicant)?;
        if admitted { Ok(()) } else { Err(Refusal::InsuranceNotAdmitted) }
    }
}

/// The refusals of an application that has passed the gates.
fn onboards(policy: &CreditPolicy, applicant: &Applicant) -> Result<(), Refusal> {
    let rules = &policy.more.onboarding;
    let minor = applicant.age < super::family::ADULT_AGE;
    if rules.source == EligibilitySource::CentralBankRecord && applicant.thin_file {
        Err(Refusal::ThinFile)
    } else if rules.needs_commitment && applicant.unsigned {
        Err(Refusal::CommitmentNotSigned)
    } else if rules.needs_real_name && applicant.unregistered {
        Err(Refusal::RealNameNotRegistered)
    } else if rules.minors_need_guardian && minor && !applicant.has_guardian {
        Err(Refusal::NoGuardian)
    } else {
        Ok(())
    }
}

/// Whether a line may still be opened at this kind of care; a stay may have begun in the emergency room.
pub fn signs_up_here(
    policy: &CreditPolicy,
    care: CareKind,
    emergency: bool,
) -> Result<(), Refusal> {
    let in_time = match policy.more.onboarding.on_the_ward {
        OnTheWard::Anybody => true,
        OnTheWard::Emergencies => emergency || care != CareKind::Inpatient,
        OnTheWard::Nobody => care != CareKind::Inpatient,
    };
    if in_time { Ok(()) } else { Err(Refusal::SignedUpTooLate) }
}

/// The limit of an applicant's new line where the kin group's limits add up to `family` already: by
/// score and income, not below the floor of starts, not above the family's ceiling.
pub fn line_limit(
    policy: &CreditPolicy,
    applicant: &Applicant,
    family: Fen,
) -> Result<Fen, Refusal> {
    limit_of_score(policy, applicant, application_score(policy, applicant), family)
}

/// The same for a score that a bank's own scorecard gives.
fn limit_of_score(
    policy: &CreditPolicy,
    applicant: &Applicant,
    score: u16,
    family: Fen,
) -> Result<Fen, Refusal> {
    let extras = &policy.more.limits;
    let by_score = if looks_up_score(policy) {
        starting_limit(policy, score)
    } else {
        policy.limits.tiers.first().map_or(Fen::ZERO, |tier| tier.limit)
    };
    let by_income = match extras.months_of_income {
        Some(months) => by_score.min(months.of(applicant.monthly_income)),
        None => by_score,
    };
    let start = by_income.max(extras.start_floor).min(policy.limits.ceiling);
    match extras.family_ceiling {
        Some(ceiling) if family >= ceiling => Err(Refusal::FamilyCeiling),
        Some(ceiling) => Ok(start.min(ceiling - family)),
        None => Ok(start),
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
        LineRow::open_in_family(policy, applicant, holder, day, Fen::ZERO)
    }

    /// The same where the kin group's limits add up to `family` already.
    pub fn open_in_family(
        policy: &CreditPolicy,
        applicant: &Applicant,
        holder: u32,
        day: Day,
        family: Fen,
    ) -> Result<LineRow, Refusal> {
        eligible(policy, applicant)?;
        let limit = line_limit(policy, applicant, family)?;
        Ok(LineRow::new(holder, limit, application_score(policy, applicant), day))
    }

    /// Opens a line at one of the scheme's banks: the person's first choice, or the next one in the list
    /// that has joined, holds no line of the person and admits the score. `held` are the banks of the
    /// person's lines. Without banks as `open_in_family`.
    pub fn open_at_bank(
        policy: &CreditPolicy,
        applicant: &Applicant,
        (holder, first_choice): (u32, usize),
        held: &[usize],
        day: Day,
        family: Fen,
    ) -> Result<LineRow, Refusal> {
        let banks = &policy.more.banks;
        if banks.list.is_empty() {
            return LineRow::open_in_family(policy, applicant, holder, day, family);
        }
        let mut word = Refusal::NoLine;
        let turns = 0..banks.list.len();
        for at in turns.map(|step| (first_choice + step) % banks.list.len()) {
            let bank = &banks.list[at];
            if held.contains(&at) || bank.joins.is_some_and(|joins| day < joins) {
                continue;
            }
            let score = bank_score(policy, bank, applicant);
            if looks_up_score(policy) && score < bank.score_min {
                word = Refusal::ScoreTooLow;
                continue;
            }
            eligible(policy, applicant)?;
            let limit = limit_of_score(policy, applicant, score, family)?;
            let limit = bank.limit_factor.of(limit).min(policy.limits.ceiling);
            let line = LineRow::new(holder, limit, score, day);
            return Ok(line.at_bank(at, held.len()));
        }
        // Who may not open a line at all hears why before hearing of banks.
        eligible(policy, applicant).and(Err(word))
    }

    /// Whether the line's term has run out on `day`.
    pub fn has_expired(&self, policy: &CreditPolicy, day: Day) -> bool {
        let valid = policy.more.limits.valid_days;
        valid.is_some_and(|days| day - self.opened() >= i32::from(days))
    }

    /// Why the line takes nothing new on `day` whatever its limit: a restriction that outlasts the payment, its
    /// term, or its moved score.
    pub fn stands_still(&self, policy: &CreditPolicy, day: Day) -> Option<Refusal> {
        let low = policy.more.limits.follows_score
            && looks_up_score(policy)
            && self.score() < policy.eligibility.score_min;
        if low {
            Some(Refusal::ScoreTooLow)
        } else if self.is_restricted(day) {
            Some(Refusal::LineFrozen)
        } else {
            self.has_expired(policy, day).then_some(Refusal::LineExpired)
        }
    }
}
