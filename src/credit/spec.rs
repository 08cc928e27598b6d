//! The credit policy of a scheme as plain data, built by `scenario` and obeyed by this module's
//! functions. Must never hold a float or a probability: people's behaviour lives in `behaviour`.

pub use super::loss::{BEARERS, Bearer};
pub use super::more::{
    Bank, Banks, BlacklistScope, Characteristic, Cover, CreditRecord, DelinquencyExtras,
    EligibilitySource, ExposureClass, LateFee, Layer, LimitExtras, LineChoice, LineOrder,
    MoreRules, OnTheWard, Onboarding, RepaymentExtras, ReportRules, Scorecard, Trait, Waterfall,
};
use crate::domain::{Fen, Ratio};

/// Who may open a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// Youngest age, inclusive.
    pub age_min: u8,
    /// Oldest age, inclusive.
    pub age_max: u8,
    /// Whether members of the scheme may open one (employees, residents, uninsured).
    pub schemes: [bool; 3],
    /// Whether people insured in another pooling area may.
    pub insured_elsewhere: bool,
    /// Lowest score, inclusive.
    pub score_min: u16,
    /// Whether people on the court's list of dishonest judgment debtors are refused.
    pub refuses_judgment_debtors: bool,
    /// Whether only poor people are admitted: minimum living, destitute.
    pub assistance_only: bool,
}

/// A limit by score: from this score upwards, this limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitTier {
    /// Lowest score of the tier.
    pub score_from: u16,
    /// Limit of the tier.
    pub limit: Fen,
}

/// How limits are set and moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRules {
    /// Tiers by rising score; the first starts at or below `Eligibility::score_min`.
    pub tiers: Vec<LimitTier>,
    /// Number of on-time repayments in a row after which the limit rises; 0 = never.
    pub raise_after_on_time: u8,
    /// Relative rise.
    pub raise_by: Ratio,
    /// Relative cut after a missed payment.
    pub cut_by: Ratio,
    /// Highest limit a line can reach.
    pub ceiling: Fen,
    /// Lowest limit after cuts.
    pub floor: Fen,
}

/// Which relatives of the kin group may use a holder's line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FamilyRules {
    /// People under 18 may use a parent's line.
    pub minors_use_parents_line: bool,
    /// Parents may use the line of their adult child (who bears the repayment).
    pub parents_use_adult_childs_line: bool,
    /// Spouses may use each other's line.
    pub spouses_share: bool,
}

/// When a draw falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeWindow {
    /// A fixed number of days after the draw (56, 59; 3 for pay-within-3-days bills).
    FixedDays {
        /// Interest-free days.
        days: u16,
    },
    /// On a statement cycle: cut at the start of this day of each month, due so many days later.
    Statement {
        /// Day of the month of the cut, 1 to 28.
        statement_day: u8,
        /// Days from the statement to the due date.
        grace_days: u16,
    },
}

/// How the interest of instalments is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstalmentMethod {
    /// Equal payments, nominal yearly rate on the declining balance.
    Annuity,
    /// Equal principal, nominal yearly rate on the declining balance.
    EqualPrincipal,
    /// Flat fee a year on the original principal.
    FlatFee,
}

/// Automatic conversion of an unpaid due amount into instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstalmentRules {
    /// Nominal rate a year, read as `method` says.
    pub rate_year: Ratio,
    /// Number of monthly instalments.
    pub months: u8,
    /// Meaning of the rate.
    pub method: InstalmentMethod,
}

/// Automatic debit from the bound bank account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoDebitRules {
    /// Further tries after the first one on the due date.
    pub retries: u8,
    /// Days between tries.
    pub retry_every_days: u8,
}

/// What happens to a late payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SanctionRules {
    /// Penalty interest a day on the overdue amount, simple.
    pub penalty_rate_day: Ratio,
    /// Most that penalties may reach, as a share of the overdue principal.
    pub penalty_ceiling: Ratio,
    /// Days past due from which the line is frozen.
    pub freeze_from_dpd: u16,
    /// Misses allowed; the next one cancels the line for good (6: the seventh cancels); 0 = never.
    /// A draw that becomes overdue is one miss, whatever it takes to cure it.
    pub cancel_after_missed: u8,
    /// Days past due from which the person is blacklisted (benefits suspended until paid); `None` =
    /// never.
    pub blacklist_from_dpd: Option<u16>,
    /// Days for which a line that was frozen takes nothing new after everything overdue was paid.
    pub restriction_days: u16,
}

/// One step of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectionStep {
    /// Days past due on which it happens.
    pub dpd: u16,
    /// What is done.
    pub action: CollectionAction,
    /// Cost to the bearer of collections.
    pub cost: Fen,
}

/// Actions of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CollectionAction {
    /// Short message.
    Reminder,
    /// Telephone call.
    Call,
    /// Report to the credit record.
    Report,
    /// Outside agency.
    Agency,
    /// Lawsuit.
    Lawsuit,
}

/// Who bears a written-off draw: the credit insurer first (share of the loss above a deductible, up
/// to an aggregate limit a year), then hospital, risk pool and bank in exact shares of the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossRules {
    /// Insurer's share of each loss above `insurer_deductible`.
    pub insurer_share: Ratio,
    /// Part of each loss that the insurer does not cover.
    pub insurer_deductible: Fen,
    /// Most the insurer pays in a policy year.
    pub insurer_limit_year: Fen,
    /// Weights of bank, hospital and public risk pool in what is left (they are exact shares).
    pub rest_weights: [u64; 3],
}

/// A scheme's credit policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditPolicy {
    /// Who may open a line.
    pub eligibility: Eligibility,
    /// Limits.
    pub limits: LimitRules,
    /// Family use.
    pub family: FamilyRules,
    /// Kinds of care covered (outpatient, emergency, inpatient).
    pub covers: [bool; 3],
    /// Whether the line may pay fully self-paid items.
    pub pays_out_of_catalogue: bool,
    /// Whether people with a usable line leave no deposit at admission.
    pub deposit_free: bool,
    /// Whether a usable line may stand for the deposit, as far as it goes; the rest is left in cash.
    pub funds_deposit: bool,
    /// Due dates.
    pub free_window: FreeWindow,
    /// Automatic debit.
    pub auto_debit: AutoDebitRules,
    /// Conversion into instalments at the end of the free window; `None` = due in full.
    pub instalments: Option<InstalmentRules>,
    /// Late payers.
    pub sanctions: SanctionRules,
    /// Steps of collections by rising days past due.
    pub collections: Vec<CollectionStep>,
    /// Days past due at which what is left is written off.
    pub write_off_dpd: u16,
    /// Who bears losses.
    pub loss: LossRules,
    /// Rules that the scheme adds; the default is none of them.
    pub more: MoreRules,
}
