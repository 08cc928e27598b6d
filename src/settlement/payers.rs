//! Who pays after the pooled fund and before the patient: the stated order, and the covers beyond the
//! second layer and assistance. Must never hold what a person has used.

use super::bill::Member;
use super::spec::{Band, BandBase};
use crate::domain::{CareKind, Employer, Fen, Ratio};

/// A payer after the pooled fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Payer {
    /// Critical illness insurance (residents) or large-amount subsidy (employees).
    SecondLayer = 0,
    /// Medical assistance.
    Assistance = 1,
    /// Civil servants' medical subsidy.
    CivilServant = 2,
    /// Enterprise supplementary insurance.
    Enterprise = 3,
    /// Commercial supplementary insurance.
    Commercial = 4,
    /// Emergency disease relief fund.
    Relief = 5,
    /// Charity.
    Charity = 6,
}

impl Payer {
    /// Number of payers.
    pub const COUNT: usize = 7;
    /// Those with an `ExtraCover`.
    pub const EXTRA: usize = 5;
    /// Every payer in numeric order.
    pub const ALL: [Payer; Payer::COUNT] = [
        Payer::SecondLayer,
        Payer::Assistance,
        Payer::CivilServant,
        Payer::Enterprise,
        Payer::Commercial,
        Payer::Relief,
        Payer::Charity,
    ];

    /// The word in rules files.
    pub const fn word(self) -> &'static str {
        match self {
            Payer::SecondLayer => "second_layer",
            Payer::Assistance => "assistance",
            Payer::CivilServant => "civil_servant",
            Payer::Enterprise => "enterprise",
            Payer::Commercial => "commercial",
            Payer::Relief => "relief",
            Payer::Charity => "charity",
        }
    }

    /// Name in English and Chinese.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Payer::SecondLayer => ("Second layer", "大病保险/大额补助"),
            Payer::Assistance => ("Medical assistance", "医疗救助"),
            Payer::CivilServant => ("Civil servants' subsidy", "公务员医疗补助"),
            Payer::Enterprise => ("Enterprise supplement", "企业补充医疗保险"),
            Payer::Commercial => ("Commercial supplement", "商业补充保险"),
            Payer::Relief => ("Emergency disease relief", "疾病应急救助"),
            Payer::Charity => ("Charity", "慈善救助"),
        }
    }

    /// The national field that the payer fills or adds to.
    pub const fn field(self) -> &'static str {
        match self {
            Payer::SecondLayer => "hifmi_pay/hifob_pay",
            Payer::Assistance => "maf_pay",
            Payer::CivilServant => "cvlserv_pay",
            Payer::Enterprise => "hifes_pay",
            Payer::Commercial | Payer::Relief | Payer::Charity => "oth_pay",
        }
    }

    /// Position among the covers of `Payers`; `None` for the second layer and assistance.
    #[inline]
    pub const fn extra(self) -> Option<usize> {
        (self as usize).checked_sub(2)
    }

    /// Whether the payer knows the person at all.
    #[inline]
    pub(super) fn belongs_to(self, member: Member) -> bool {
        match self {
            Payer::CivilServant => member.employer == Employer::CivilService,
            Payer::Enterprise => member.employer == Employer::EnterpriseWithSupplement,
            Payer::Commercial => member.commercial,
            _ => true,
        }
    }

    /// The year's slot in `YearMore`: a person has one employer, so that the two employers' covers
    /// share a slot.
    #[inline]
    pub(super) const fn slot(self) -> usize {
        match self {
            Payer::SecondLayer | Payer::Assistance | Payer::CivilServant | Payer::Enterprise => 0,
            Payer::Commercial => 1,
            Payer::Relief => 2,
            Payer::Charity => 3,
        }
    }
}

/// The order in which payers are asked; nobody twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayerOrder {
    list: [Payer; Payer::COUNT],
    count: u8,
}

impl Default for PayerOrder {
    /// Second layer, then assistance.
    fn default() -> PayerOrder {
        PayerOrder { list: Payer::ALL, count: 2 }
    }
}

impl PayerOrder {
    /// The order of a list; the payer that is named twice is the error.
    pub fn new(payers: &[Payer]) -> Result<PayerOrder, Payer> {
        let mut order = PayerOrder { list: Payer::ALL, count: 0 };
        for &payer in payers {
            if order.steps().contains(&payer) {
                return Err(payer);
            }
            order.list[usize::from(order.count)] = payer;
            order.count += 1;
        }
        Ok(order)
    }

    /// The payers, first asked first.
    #[inline]
    pub fn steps(&self) -> &[Payer] {
        &self.list[..usize::from(self.count)]
    }
}

/// All payers after the pooled fund.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payers {
    /// Who is asked when.
    pub order: PayerOrder,
    /// Covers by `Payer::extra`; a payer in the order without a cover pays nothing.
    pub covers: [Option<ExtraCover>; Payer::EXTRA],
}

impl Payers {
    /// Whether a payer beyond the second layer and assistance can be asked.
    pub fn has_extra(&self) -> bool {
        self.order
            .steps()
            .iter()
            .filter_map(|payer| payer.extra())
            .any(|at| self.covers[at].is_some())
    }
}

/// Whom a cover helps, and with which care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// By `InsuranceScheme` (employee, resident, uninsured).
    pub schemes: [bool; 3],
    /// By `AssistanceClass` (none, low income, minimum living, destitute).
    pub assistance: [bool; 4],
    /// By `CareKind` (outpatient, emergency, inpatient, chronic, pharmacy).
    pub care: [bool; 5],
}

impl Who {
    /// Everybody with every care.
    pub const ALL: Who = Who { schemes: [true; 3], assistance: [true; 4], care: [true; 5] };

    #[inline]
    pub(super) fn admits(&self, member: Member, care: CareKind) -> bool {
        self.schemes[member.scheme as usize]
            && self.assistance[member.assistance as usize]
            && self.care[care as usize]
    }
}

/// A cover of the in-policy burden that earlier payers left, and perhaps of what lies outside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraCover {
    /// Whom it helps.
    pub who: Who,
    /// The year's in-policy burden below which nothing is paid.
    pub threshold: Fen,
    /// Tiers over that burden, edges strictly rising; at least one.
    pub tiers: Vec<Band>,
    /// What the tier edges count.
    pub band_base: BandBase,
    /// Most it pays of the in-policy burden in a year; `None` = no ceiling.
    pub ceiling_year: Option<Fen>,
    /// Cover of what lies outside the eligible amount.
    pub outside: Option<OutsideCover>,
}

/// A bill's amounts outside the eligible one, as a cover counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideCover {
    /// Deductible of each bill.
    pub deductible_bill: Fen,
    /// Share paid above it.
    pub ratio: Ratio,
    /// Most it pays on one bill; `None` = no ceiling.
    pub ceiling_bill: Option<Fen>,
    /// Counts the initial self-payment of class B.
    pub counts_initial_self_payment: bool,
    /// Counts what lies above price limits.
    pub counts_over_limit: bool,
    /// Counts fully self-paid items.
    pub counts_fully_self_paid: bool,
}
