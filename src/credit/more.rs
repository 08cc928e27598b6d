//! Rules that a scheme may add to the plain policy, as data; the default is none of them.
//! Must never hold a float or a probability: people's behaviour lives in `behaviour`.

use super::loss::Bearer;
use crate::domain::{Day, Fen, Ms, Ratio};

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoreRules {
    /// Applying for a line.
    pub onboarding: Onboarding,
    /// Setting and moving limits.
    pub limits: LimitExtras,
    /// Drawing and repaying.
    pub repayment: RepaymentExtras,
    /// Late payers.
    pub delinquency: DelinquencyExtras,
    /// Who bears losses, beyond insurer and weights.
    pub waterfall: Waterfall,
    /// Direct relatives (parents, children, spouse; insured) may be bound to a holder's line. The
    /// holder's age gate does not bind the relative.
    pub relatives_may_be_bound: bool,
    /// Whether a line whose free limit is smaller than the personal part bears what it can; else it refuses
    /// the bill as a whole.
    pub draws_in_part: bool,
    /// Whether the report carries a bank's annex: expected credit loss in three stages, IRB capital.
    pub bank_annex: bool,
    /// Banks that grant the lines; the default is one nameless bank.
    pub banks: Banks,
    /// What the risk report is made with.
    pub report: ReportRules,
}

/// The banks of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banks {
    /// The banks; empty = one nameless bank with the scheme's own rules.
    pub list: Vec<Bank>,
    /// Lines that one person may hold, each at another bank: 1 or 2.
    pub lines_each: u8,
    /// Which of a person's lines is asked for a bill.
    pub asked: LineChoice,
}

/// Which of a person's lines bears a bill, be it reserved, drawn or an unpaid bill that a line is asked for.
/// A line whose term has run out or whose score has fallen is passed over; the first one that can is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineChoice {
    /// Who is asked first.
    pub order: LineOrder,
    /// Whether a line that bears the whole amount goes before one that bears a part of it.
    pub enough_first: bool,
}

/// In which order a person's lines are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineOrder {
    /// The line that was opened first: that of the bank of first choice.
    #[default]
    FirstOpened,
    /// The line that was opened last.
    LastOpened,
    /// The line with the largest free limit; of equal ones the first opened.
    MostFree,
}

impl Default for Banks {
    fn default() -> Banks {
        Banks { list: Vec::new(), lines_each: 1, asked: LineChoice::default() }
    }
}

/// A bank that grants lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// Name as printed.
    pub name: String,
    /// First day on which it opens lines; `None` = from the start.
    pub joins: Option<Day>,
    /// Relative number of people whose first choice it is.
    pub weight: u32,
    /// Its own application scorecard; `None` = the scheme's score.
    pub scorecard: Option<Scorecard>,
    /// Lowest score that its scorecard admits, beside the scheme's own.
    pub score_min: u16,
    /// Factor on the scheme's limits.
    pub limit_factor: Ratio,
    /// What its money costs a year.
    pub funding_rate_year: Ratio,
}

/// Where eligibility is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EligibilitySource {
    /// The city's public-credit platform: everybody has a score there.
    #[default]
    PublicPlatform,
    /// The central bank's credit record: people without one are refused as thin files.
    CentralBankRecord,
    /// A signed commitment only: no score is looked up.
    CommitmentOnly,
}

/// Who may sign up once admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTheWard {
    /// Anybody.
    Anybody,
    /// Who came through the emergency room.
    Emergencies,
    /// Nobody.
    Nobody,
}

/// How people apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onboarding {
    /// Where eligibility is looked up.
    pub source: EligibilitySource,
    /// Whether the credit commitment must be signed.
    pub needs_commitment: bool,
    /// Whether the applicant must be registered by real name with the hospital's app or telephone.
    pub needs_real_name: bool,
    /// Whether a minor's own line needs an adult of the generation above in the kin group.
    pub minors_need_guardian: bool,
    /// Who may still sign up at an admission; for all others it must precede it.
    pub on_the_ward: OnTheWard,
    /// Days from the application to the line.
    pub lead_days: u16,
    /// Application scorecard; `None` = the public-credit score as it is.
    pub scorecard: Option<Scorecard>,
    /// Credit codes by rising score: lowest score and word.
    pub codes: Vec<(u16, String)>,
}

impl Default for Onboarding {
    fn default() -> Onboarding {
        Onboarding {
            source: EligibilitySource::default(),
            needs_commitment: false,
            needs_real_name: false,
            minors_need_guardian: false,
            on_the_ward: OnTheWard::Anybody,
            lead_days: 0,
            scorecard: None,
            codes: Vec::new(),
        }
    }
}

/// A characteristic of an applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Age in years.
    Age,
    /// Monthly income in yuan.
    MonthlyIncome,
    /// Public-credit score.
    PublicScore,
    /// Basic insurance scheme: 0 = employee, 1 = resident, 2 = uninsured.
    Scheme,
    /// Months of the last 24 in which contributions were paid without a gap.
    InsuredMonths,
    /// Benefits that the funds paid for the applicant this calendar year, yuan.
    BenefitsUsed,
    /// Balance of the personal account, yuan.
    AccountBalance,
}

/// A characteristic with the points of its bins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characteristic {
    /// Of what.
    pub of: Trait,
    /// Lowest value and points of each bin, by rising value; the first bin reaches down without end.
    pub bins: Vec<(i64, i32)>,
}

/// An application scorecard in whole points (the weights of evidence are in the scenario).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scorecard {
    /// Points that everybody has.
    pub base: i32,
    /// Characteristics.
    pub characteristics: Vec<Characteristic>,
}

/// How limits are set and moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitExtras {
    /// Months of income that a starting limit may reach; `None` = income does not matter.
    pub months_of_income: Option<Ratio>,
    /// Lowest starting limit.
    pub start_floor: Fen,
    /// Most that the limits of a kin group add up to.
    pub family_ceiling: Option<Fen>,
    /// Days after which a line expires; `None` = never.
    pub valid_days: Option<u16>,
    /// Points that a draw repaid on time adds to the score.
    pub score_on_time: u16,
    /// Points that a missed payment costs.
    pub score_missed: u16,
    /// Missed payments in a row from which each costs these points: a draw repaid on time ends the row. 0 and 1: every
    /// missed payment does.
    pub missed_in_a_row: u8,
    /// Points that a report to the credit record costs.
    pub score_reported: u16,
    /// Whether the moving score moves the limit to its tier, and stops new draws below the lowest
    /// admitted score.
    pub follows_score: bool,
}

/// How draws are made and repaid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepaymentExtras {
    /// Fee at each missed due date; `None` = none.
    pub late_fee: Option<LateFee>,
    /// Days past due from which money goes to principal before interest and penalty.
    pub principal_first_from_dpd: Option<u16>,
    /// Whether the holder's personal account is swept on a due date.
    pub account_sweep: bool,
    /// Hour at which what a visit still holds is drawn, for visits that have ended by then.
    pub capture_at: Option<Ms>,
    /// Days after which a reservation lapses; `None` = with the visit.
    pub hold_days: Option<u16>,
    /// Days after which the line pays a bill that was left unpaid at the hospital; `None` = never.
    pub pays_overdue_after: Option<u16>,
}

/// A late fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFee {
    /// Share of the overdue amount.
    pub ratio: Ratio,
    /// Least.
    pub least: Fen,
    /// Most.
    pub most: Fen,
}

/// Which record is told of a missed payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CreditRecord {
    /// The city's public-credit platform.
    #[default]
    PublicPlatform,
    /// The central bank's credit record.
    CentralBank,
    /// The scheme's own list of missed payments.
    SchemeList,
}

/// How far a blacklisting reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlacklistScope {
    /// Insurance benefits are suspended in the whole city.
    #[default]
    City,
    /// The hospital of the unpaid draw takes no line of this person any more; benefits stay.
    Hospital,
}

/// What else happens to late payers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelinquencyExtras {
    /// Whether emergencies keep their benefits during a suspension. Withholding them is legally
    /// sensitive; the county rules exempt them by name.
    pub emergencies_exempt: bool,
    /// How far a blacklisting reaches.
    pub blacklist: BlacklistScope,
    /// Where reports go.
    pub record: CreditRecord,
    /// Days past due at which a draw of somebody entitled to medical assistance is paid by the
    /// assistance fund instead of being pursued; `None` = never.
    pub hardship_from_dpd: Option<u16>,
    /// Who is listed as wilful: only who owes at most so many months of own income, others are in hardship;
    /// `None` = by days past due alone.
    pub wilful_income_months: Option<Ratio>,
    /// Monthly parts in which an unpaid hospital bill may be paid by agreement; 1 = at once.
    pub agreement_months: u8,
}

impl Default for DelinquencyExtras {
    fn default() -> DelinquencyExtras {
        DelinquencyExtras {
            emergencies_exempt: true,
            blacklist: BlacklistScope::default(),
            record: CreditRecord::default(),
            hardship_from_dpd: None,
            wilful_income_months: None,
            agreement_months: 1,
        }
    }
}

/// What the insurer sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cover {
    /// Trade-credit insurance: the hospital is insured and pays the premium; the claim against the
    /// patient passes to the insurer.
    #[default]
    TradeCredit,
    /// Surety bond: the patient is the policyholder and pays the premium on each draw; the surety
    /// pays the loss and has recourse to the patient before everybody else.
    SuretyBond,
}

/// A layer of a loss after the insurer: the bearer takes a share of what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Who.
    pub bearer: Bearer,
    /// Share of what is left of a loss.
    pub share: Ratio,
    /// Most of one loss.
    pub limit_each: Fen,
    /// Most in a year.
    pub limit_year: Fen,
}

/// Who bears losses, beyond insurer and weights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waterfall {
    /// What the insurer sells.
    pub cover: Cover,
    /// Premium on each yuan drawn.
    pub premium: Ratio,
    /// Days past due at which the insurer pays its part of a draw that is still on the books; the
    /// patient's later payments come back in the order of recoveries. `None` = at the write-off.
    pub claim_from_dpd: Option<u16>,
    /// Layers between the insurer and the weights, in order.
    pub layers: Vec<Layer>,
    /// Order in which recoveries go back; bearers not named share what is left in proportion to what
    /// they bear. Empty: all in proportion, but a surety first.
    pub recovery_order: Vec<Bearer>,
}

impl Waterfall {
    /// What the patient pays for the bond on a draw; the rest of all premiums is the hospital's.
    pub fn patient_premium(&self, drawn: Fen) -> Fen {
        match self.cover {
            Cover::TradeCredit => Fen::ZERO,
            Cover::SuretyBond => self.premium.of(drawn),
        }
    }

    /// What the insured hospital pays for a day's draws.
    pub fn hospital_premium(&self, drawn: Fen) -> Fen {
        match self.cover {
            Cover::TradeCredit => self.premium.of(drawn),
            Cover::SuretyBond => Fen::ZERO,
        }
    }

    /// The order of recoveries in force.
    pub fn order(&self) -> &[Bearer] {
        match self.cover {
            Cover::SuretyBond if self.recovery_order.is_empty() => &[Bearer::Insurer],
            Cover::SuretyBond | Cover::TradeCredit => &self.recovery_order,
        }
    }
}

/// What the risk report is made with; regulatory figures carry their source in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRules {
    /// Confidence of value at risk and expected shortfall; `None` = the tail is not modelled.
    pub confidence: Option<Ratio>,
    /// Lowest probability of default of the bank's capital rule; the annex needs it.
    pub irb_pd_floor: Option<Ratio>,
    /// Retail class of the lines in the bank's capital rule.
    pub exposure_class: ExposureClass,
    /// Sampled paths of the loss distribution.
    pub tail_paths: u32,
    /// Draws followed one by one on a path; a larger book is followed by fewer, larger draws.
    pub tail_draws: u32,
    /// Multiples of the run's default rate on the loss curve.
    pub curve: Vec<Ratio>,
    /// Age in years from which people count as old in the fairness table; an edge of an age band.
    pub old_from_years: u8,
}

impl Default for ReportRules {
    /// Assumed: 1,000 aimed paths leave about 3 % on a tail of 1 %, and 5,000 draws are close to the
    /// granular limit (both are held by tests of `risk::Book`); lines of a few thousand yuan revolve;
    /// the default rate of a new scheme is known within a factor of six; 60 is China's usual age of
    /// retirement.
    fn default() -> ReportRules {
        let quarters = [0, 1, 2, 4, 6, 8, 12, 16, 24];
        ReportRules {
            confidence: None,
            irb_pd_floor: None,
            exposure_class: ExposureClass::default(),
            tail_paths: 1_000,
            tail_draws: 5_000,
            curve: quarters.map(|n| Ratio::new(n, 4)).into(),
            old_from_years: 60,
        }
    }
}

/// Retail classes of the Basel capital rule that a line can belong to (CRE30.23, CRE31.14 to 31.16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExposureClass {
    /// Qualifying revolving retail: revolving, unsecured, small, of low volatility.
    #[default]
    QualifyingRevolving,
    /// Other retail: what does not qualify, an instalment loan for one.
    OtherRetail,
}
