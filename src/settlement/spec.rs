//! The benefit rules of one pooling area as plain data, built by `scenario` (or by `wire` from a
//! rules file) and obeyed by `split`. Must never hold a float or a default that stands for a rule.

use crate::domain::{CareKind, Fen, InsuranceScheme, Ratio};

pub use super::payers::{ExtraCover, OutsideCover, Payer, PayerOrder, Payers, Who};

/// How bands of an amount are laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandBase {
    /// Band edges are positions on the absolute amount; the part below the deductible is skipped.
    Absolute,
    /// Band edges are counted from the deductible upwards.
    Excess,
}

/// One band: from this edge upwards (until the next band's edge) the payer bears this ratio.
/// The first band reaches down to the deductible or threshold, wherever that lies for this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Lower edge.
    pub from: Fen,
    /// Ratio paid inside the band.
    pub ratio: Ratio,
}

/// How the initial self-payment of class B lines is rounded to the fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineRounding {
    /// Half up, line by line.
    #[default]
    HalfUpPerLine,
    /// Cut off, line by line.
    DownPerLine,
    /// Half up, once on the exact sum of the bill.
    HalfUpOnSum,
}

/// Ordinary outpatient pooling of one scheme and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutpatientRules {
    /// Deductible per calendar year.
    pub deductible_year: Fen,
    /// Fund ratio by hospital level (primary, secondary, tertiary).
    pub ratio_by_level: [Ratio; 3],
    /// Most the pooled fund pays for outpatient care in a year; `None` = no ceiling.
    pub ceiling_year: Option<Fen>,
}

/// Inpatient benefits of one scheme and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InpatientRules {
    /// Deductible of the year's first admission by hospital level.
    pub deductible_by_level: [Fen; 3],
    /// Factor on the deductible of the 1st, 2nd, … admission of the year; the last repeats.
    pub repeat_factors: Vec<Ratio>,
    /// Bands by hospital level; at least one each, edges strictly rising.
    pub bands_by_level: [Vec<Band>; 3],
    /// What the band edges count.
    pub band_base: BandBase,
    /// Factor on the person's share (a retiree pays 60 % of an employee's share in Beijing); 1 =
    /// none.
    pub person_share_factor: Ratio,
    /// Most the pooled fund pays for inpatient care in a year; `None` = no ceiling.
    pub ceiling_year: Option<Fen>,
}

/// Outpatient care of filed chronic and special diseases, with accumulators of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChronicRules {
    /// Deductible, ratios and ceiling by status.
    pub by_status: [OutpatientRules; 3],
    /// Whether its payments also use up the inpatient ceiling.
    pub shares_inpatient_ceiling: bool,
}

/// Benefits of one basic scheme. Indexed by `MemberStatus as usize` (active, retired, minor).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeRules {
    /// Outpatient pooling by status.
    pub outpatient: [OutpatientRules; 3],
    /// Inpatient benefits by status.
    pub inpatient: [InpatientRules; 3],
    /// Emergency by status, on the outpatient accumulators; `None` = as ordinary outpatient.
    pub emergency: Option<[OutpatientRules; 3]>,
    /// Retail pharmacies by status, on the outpatient accumulators; `None` = as ordinary outpatient.
    pub pharmacy: Option<[OutpatientRules; 3]>,
    /// Chronic-disease outpatient care; `None` = settled as ordinary outpatient.
    pub chronic: Option<ChronicRules>,
}

/// A second layer over the compliant personal burden of the year (critical illness insurance for
/// residents, large-amount subsidy for employees).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TieredCover {
    /// The year's burden below which nothing is paid.
    pub threshold: Fen,
    /// Tiers over the burden, edges strictly rising.
    pub tiers: Vec<Band>,
    /// What the tier edges count.
    pub band_base: BandBase,
    /// Most it pays in a year; `None` = no ceiling.
    pub ceiling_year: Option<Fen>,
    /// Factor on the threshold for people with a medical-assistance class (0.5 = halved).
    pub poor_threshold_factor: Ratio,
    /// Ratio added to each tier for people with a medical-assistance class.
    pub poor_added_ratio: Ratio,
    /// Whether the deductible and the person's share below the pooled fund's ceiling count as
    /// compliant burden (critical illness insurance: yes; a subsidy for what lies above the ceiling
    /// only: no).
    pub counts_cost_sharing: bool,
    /// Whether eligible expenses above the pooled fund's ceiling count as compliant burden.
    pub counts_excess_over_ceiling: bool,
}

/// Medical assistance for one class of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssistanceRules {
    /// The year's personal in-policy burden below which nothing is paid.
    pub threshold: Fen,
    /// Share of the burden above the threshold that is paid.
    pub ratio: Ratio,
    /// Most it pays in a year; zero means the class gets nothing.
    pub ceiling_year: Fen,
}

/// Personal (medical savings) accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRules {
    /// Monthly inflow of a working employee's account.
    pub active_monthly: Fen,
    /// Monthly inflow of a retiree's account.
    pub retired_monthly: Fen,
    /// Whether relatives of the kin group may use the balance (family mutual aid).
    pub family_mutual_aid: bool,
    /// Whether the account may pay fully self-paid items too.
    pub pays_out_of_catalogue: bool,
    /// Whether only the holder of a social-security card can use the account (not the e-credential alone).
    pub needs_card: bool,
}

/// All benefit rules of a pooling area. `scheme` is indexed by `InsuranceScheme` (employee,
/// resident).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Name of the rule set, as in the rules file.
    pub name: String,
    /// Version carried by commands.
    pub version: u32,
    /// Basic insurance by scheme.
    pub scheme: [SchemeRules; 2],
    /// Second layer by scheme: employees' large-amount subsidy, residents' critical illness
    /// insurance.
    pub second_layer: [Option<TieredCover>; 2],
    /// Assistance by `AssistanceClass` (none, low income, minimum living, destitute).
    pub assistance: [AssistanceRules; 4],
    /// Personal accounts of the employees' scheme.
    pub account: AccountRules,
    /// Regional convention: whether `fund_pay_sumamt` includes the personal account (Guangdong) or
    /// not.
    pub fund_sum_includes_account: bool,
    /// Rounding of the initial self-payment.
    pub line_rounding: LineRounding,
    /// Who pays after the pooled fund, in which order, and the covers beyond the second layer and
    /// assistance.
    pub payers: Payers,
    /// Whether a settlement can be reversed only after all later ones of the same person and
    /// accumulators (2208, 2305). Without it a later claim keeps the split that it got.
    pub reverses_latest_first: bool,
}

impl Rules {
    /// The kind of care as which a bill is settled and counted: chronic care without rules of its own
    /// is ordinary outpatient care.
    #[inline]
    pub fn counts_as(&self, scheme: InsuranceScheme, care: CareKind) -> CareKind {
        if care != CareKind::Chronic {
            return care;
        }
        let own = self.scheme.get(scheme as usize).is_some_and(|rules| rules.chronic.is_some());
        if own { care } else { CareKind::Outpatient }
    }

    /// Whether a person's year needs `YearMore`: chronic care of its own, or covers beyond the second
    /// layer and assistance.
    pub fn uses_more(&self) -> bool {
        self.payers.has_extra() || self.scheme.iter().any(|rules| rules.chronic.is_some())
    }
}
