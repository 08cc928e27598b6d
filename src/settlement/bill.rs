//! The rows that a split reads and writes: who, what was billed, what the year has used, the
//! answer. Must never hold a rule.

use super::payers::Payer;
use crate::domain::{
    AssistanceClass, CareKind, Employer, Fen, InsuranceScheme, ItemClass, MemberStatus,
};

/// What the rules look at in a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Basic scheme.
    pub scheme: InsuranceScheme,
    /// Status within the scheme.
    pub status: MemberStatus,
    /// Medical-assistance class.
    pub assistance: AssistanceClass,
    /// Supplement that comes with the employer.
    pub employer: Employer,
    /// Whether the person holds the commercial supplement.
    pub commercial: bool,
}

/// One line of a bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillLine {
    /// Amount in fen.
    pub amount_fen: u32,
    /// Catalogue class.
    pub class: ItemClass,
    /// Class B: initial self-payment in 1/10,000, at most 10,000. Class C: `OVER_LIMIT` marks the
    /// part of a covered item that lies above its price limit. Ignored otherwise.
    pub prepay_bp: u16,
}

const _: () = assert!(size_of::<BillLine>() == 8, "eight lines a cache line");

impl BillLine {
    /// Marks a class C line as the part of a covered item above its price limit.
    pub const OVER_LIMIT: u16 = u16::MAX;

    /// The part of a covered item that lies above its price limit, as a line of its own.
    pub const fn over_limit(amount_fen: u32) -> BillLine {
        BillLine { amount_fen, class: ItemClass::C, prepay_bp: BillLine::OVER_LIMIT }
    }
}

/// What a person has used since 1 January, in packed fen. The engine clears it at the year's
/// change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearToDate {
    /// Eligible outpatient and emergency expenses.
    pub outpatient_eligible: u32,
    /// Paid by the pooled fund for them.
    pub outpatient_fund: u32,
    /// Eligible inpatient expenses.
    pub inpatient_eligible: u32,
    /// Paid by the pooled fund for them.
    pub inpatient_fund: u32,
    /// Compliant personal burden, as the second layer counts it.
    pub burden: u32,
    /// Paid by the second layer.
    pub second_layer: u32,
    /// Paid by medical assistance.
    pub assistance: u32,
    /// Admissions settled.
    pub admissions: u8,
}

const _: () = assert!(size_of::<YearToDate>() <= 32, "half a cache line a person");

/// The rest of a person's year, kept only where the rules use it (`Rules::uses_more`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearMore {
    /// Eligible chronic-disease outpatient expenses.
    pub chronic_eligible: u32,
    /// Paid by the pooled fund for them.
    pub chronic_fund: u32,
    /// In-policy burden paid by the employer's supplement, the commercial supplement, relief and
    /// charity.
    pub extra: [u32; 4],
}

/// The split of one bill, in the national interface's field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Total of the bill.
    pub medfee_sumamt: Fen,
    /// Fully self-paid (class C; everything for the uninsured).
    pub fulamt_ownpay_amt: Fen,
    /// Above price limits.
    pub overlmt_selfpay: Fen,
    /// Initial self-payment of class B.
    pub preselfpay_amt: Fen,
    /// Eligible (in-policy) amount.
    pub inscp_scp_amt: Fen,
    /// Deductible applied to this bill.
    pub act_pay_dedc: Fen,
    /// Pooled fund.
    pub hifp_pay: Fen,
    /// Civil servants' subsidy.
    pub cvlserv_pay: Fen,
    /// Enterprise supplement.
    pub hifes_pay: Fen,
    /// Residents' critical illness insurance.
    pub hifmi_pay: Fen,
    /// Employees' large-amount subsidy.
    pub hifob_pay: Fen,
    /// Medical assistance.
    pub maf_pay: Fen,
    /// Other funds: commercial supplement, relief and charity.
    pub oth_pay: Fen,
    /// All funds, without the personal account (`Reply` follows the region's convention).
    pub fund_pay_sumamt: Fen,
    /// The person's part, from whatever means.
    pub psn_part_amt: Fen,
    /// Eligible amount above the pooled fund's ceiling (no national field).
    pub eligible_over_ceiling: Fen,
    /// What this bill adds to the year's compliant burden (no national field).
    pub compliant_burden: Fen,
    /// `oth_pay` by commercial supplement, relief and charity (no national field).
    pub other: [Fen; 3],
    /// In-policy part of what the slots of `YearMore::extra` paid (no national field).
    pub extra_in_policy: [Fen; 4],
    /// What payers bore of fully self-paid items (no national field).
    pub fulamt_borne: Fen,
}

impl Split {
    /// Fills the two sums from the other fields: all funds, and the person's part as what is left.
    pub fn sealed(mut self) -> Split {
        self.oth_pay = self.other.into_iter().sum();
        self.fund_pay_sumamt = self.hifp_pay
            + self.cvlserv_pay
            + self.hifes_pay
            + self.hifmi_pay
            + self.hifob_pay
            + self.maf_pay
            + self.oth_pay;
        self.psn_part_amt = self.medfee_sumamt - self.fund_pay_sumamt;
        self
    }

    /// Field by field: two stages of one stay put together.
    pub fn plus(&self, other: &Split) -> Split {
        self.zip(other, |a, b| a + b)
    }

    /// Field by field: what a stay's split grew by since its earlier stages.
    pub fn minus(&self, other: &Split) -> Split {
        self.zip(other, |a, b| a - b)
    }

    fn zip(&self, o: &Split, with: impl Fn(Fen, Fen) -> Fen) -> Split {
        Split {
            medfee_sumamt: with(self.medfee_sumamt, o.medfee_sumamt),
            fulamt_ownpay_amt: with(self.fulamt_ownpay_amt, o.fulamt_ownpay_amt),
            overlmt_selfpay: with(self.overlmt_selfpay, o.overlmt_selfpay),
            preselfpay_amt: with(self.preselfpay_amt, o.preselfpay_amt),
            inscp_scp_amt: with(self.inscp_scp_amt, o.inscp_scp_amt),
            act_pay_dedc: with(self.act_pay_dedc, o.act_pay_dedc),
            hifp_pay: with(self.hifp_pay, o.hifp_pay),
            cvlserv_pay: with(self.cvlserv_pay, o.cvlserv_pay),
            hifes_pay: with(self.hifes_pay, o.hifes_pay),
            hifmi_pay: with(self.hifmi_pay, o.hifmi_pay),
            hifob_pay: with(self.hifob_pay, o.hifob_pay),
            maf_pay: with(self.maf_pay, o.maf_pay),
            oth_pay: with(self.oth_pay, o.oth_pay),
            fund_pay_sumamt: with(self.fund_pay_sumamt, o.fund_pay_sumamt),
            psn_part_amt: with(self.psn_part_amt, o.psn_part_amt),
            eligible_over_ceiling: with(self.eligible_over_ceiling, o.eligible_over_ceiling),
            compliant_burden: with(self.compliant_burden, o.compliant_burden),
            other: std::array::from_fn(|at| with(self.other[at], o.other[at])),
            extra_in_policy: std::array::from_fn(|at| {
                with(self.extra_in_policy[at], o.extra_in_policy[at])
            }),
            fulamt_borne: with(self.fulamt_borne, o.fulamt_borne),
        }
    }

    /// Whether every payer and the person bear nothing or more.
    pub fn is_sound(&self) -> bool {
        let shares = [
            self.hifp_pay,
            self.cvlserv_pay,
            self.hifes_pay,
            self.hifmi_pay,
            self.hifob_pay,
            self.maf_pay,
            self.psn_part_in_catalogue(),
            self.psn_part_outside(),
        ];
        shares.iter().chain(&self.other).all(|&share| share >= Fen::ZERO)
    }

    /// Paid by the second layer, whichever scheme's.
    pub fn second_layer(&self) -> Fen {
        self.hifmi_pay + self.hifob_pay
    }

    /// The person's part that lies inside the catalogue (all but fully self-paid items).
    pub fn psn_part_in_catalogue(&self) -> Fen {
        self.psn_part_amt - self.psn_part_outside()
    }

    /// The person's part of fully self-paid items.
    pub fn psn_part_outside(&self) -> Fen {
        self.fulamt_ownpay_amt - self.fulamt_borne
    }

    /// What one payer after the pooled fund pays.
    pub fn paid_by(&self, payer: Payer) -> Fen {
        match payer {
            Payer::SecondLayer => self.second_layer(),
            Payer::Assistance => self.maf_pay,
            Payer::CivilServant => self.cvlserv_pay,
            Payer::Enterprise => self.hifes_pay,
            Payer::Commercial => self.other[0],
            Payer::Relief => self.other[1],
            Payer::Charity => self.other[2],
        }
    }
}

impl YearToDate {
    /// The year's in-policy burden that the pooled fund has left so far.
    #[inline]
    pub(super) fn left_by_pooled(&self, more: &YearMore) -> Fen {
        Fen(i64::from(self.outpatient_eligible)
            + i64::from(self.inpatient_eligible)
            + i64::from(more.chronic_eligible)
            - i64::from(self.outpatient_fund)
            - i64::from(self.inpatient_fund)
            - i64::from(more.chronic_fund))
    }

    /// Adds a settled bill, under the kind of care that it counts as (`Rules::counts_as`).
    pub fn commit(&mut self, care: CareKind, split: &Split) {
        if care == CareKind::Inpatient {
            self.admissions = self.admissions.checked_add(1).unwrap_or_else(|| {
                panic!("invariant: fewer than 256 admissions a person and year, {self:?}")
            });
        }
        self.shift(care, split, |amount| amount);
    }

    /// Adds a later stage of a stay whose first stage was committed: no further admission.
    pub fn commit_stage(&mut self, care: CareKind, split: &Split) {
        self.shift(care, split, |amount| amount);
    }

    /// Takes a later stage back; the exact inverse of `commit_stage`.
    pub fn reverse_stage(&mut self, care: CareKind, split: &Split) {
        self.shift(care, split, |amount| -amount);
    }

    /// Takes a settled bill back; the exact inverse of `commit`.
    pub fn reverse(&mut self, care: CareKind, split: &Split) {
        if care == CareKind::Inpatient {
            self.admissions = self.admissions.checked_sub(1).unwrap_or_else(|| {
                panic!("invariant: a reversed stay was settled in this year, {self:?}")
            });
        }
        self.shift(care, split, |amount| -amount);
    }

    #[inline]
    fn shift(&mut self, care: CareKind, split: &Split, signed: impl Fn(Fen) -> Fen) {
        let add = |slot: &mut u32, amount: Fen| {
            *slot = (Fen::unpacked(*slot) + signed(amount)).packed();
        };
        match care {
            CareKind::Outpatient | CareKind::Emergency | CareKind::Pharmacy => {
                add(&mut self.outpatient_eligible, split.inscp_scp_amt);
                add(&mut self.outpatient_fund, split.hifp_pay);
            }
            CareKind::Inpatient => {
                add(&mut self.inpatient_eligible, split.inscp_scp_amt);
                add(&mut self.inpatient_fund, split.hifp_pay);
            }
            CareKind::Chronic => {}
        }
        add(&mut self.burden, split.compliant_burden);
        add(&mut self.second_layer, split.second_layer());
        add(&mut self.assistance, split.maf_pay);
    }
}

impl YearMore {
    /// Adds a settled bill, under the kind of care that it counts as.
    pub fn commit(&mut self, care: CareKind, split: &Split) {
        self.shift(care, split, |amount| amount);
    }

    /// Takes a settled bill back; the exact inverse of `commit`.
    pub fn reverse(&mut self, care: CareKind, split: &Split) {
        self.shift(care, split, |amount| -amount);
    }

    fn shift(&mut self, care: CareKind, split: &Split, signed: impl Fn(Fen) -> Fen) {
        let add = |slot: &mut u32, amount: Fen| {
            *slot = (Fen::unpacked(*slot) + signed(amount)).packed();
        };
        if care == CareKind::Chronic {
            add(&mut self.chronic_eligible, split.inscp_scp_amt);
            add(&mut self.chronic_fund, split.hifp_pay);
        }
        for (slot, &paid) in self.extra.iter_mut().zip(&split.extra_in_policy) {
            add(slot, paid);
        }
    }
}
