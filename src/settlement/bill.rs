//! The rows that a split reads and writes: who, what was billed, what the year has used, the
//! answer. Must never hold a rule.

use crate::domain::{AssistanceClass, CareKind, Fen, InsuranceScheme, ItemClass, MemberStatus};

/// What the rules look at in a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Basic scheme.
    pub scheme: InsuranceScheme,
    /// Status within the scheme.
    pub status: MemberStatus,
    /// Medical-assistance class.
    pub assistance: AssistanceClass,
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

/// The split of one bill, in the national interface's field names. Fields that no rule here fills
/// (`cvlserv_pay`, `hifes_pay`, `oth_pay`) are zero and take part in the sums.
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
    /// Other funds.
    pub oth_pay: Fen,
    /// All funds, without the personal account (`Reply` follows the region's convention).
    pub fund_pay_sumamt: Fen,
    /// The person's part, from whatever means.
    pub psn_part_amt: Fen,
    /// Eligible amount above the pooled fund's ceiling (no national field).
    pub eligible_over_ceiling: Fen,
    /// What this bill adds to the year's compliant burden (no national field).
    pub compliant_burden: Fen,
}

impl Split {
    /// Fills the two sums from the other fields: all funds, and the person's part as what is left.
    pub fn sealed(mut self) -> Split {
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

    /// Paid by the second layer, whichever scheme's.
    pub fn second_layer(&self) -> Fen {
        self.hifmi_pay + self.hifob_pay
    }

    /// The person's part that lies inside the catalogue (all but fully self-paid items).
    pub fn psn_part_in_catalogue(&self) -> Fen {
        self.psn_part_amt - self.fulamt_ownpay_amt
    }
}

impl YearToDate {
    /// The year's in-policy burden that no fund has paid so far: the base of medical assistance.
    pub fn in_policy_burden(&self) -> Fen {
        Fen(i64::from(self.outpatient_eligible) + i64::from(self.inpatient_eligible)
            - i64::from(self.outpatient_fund)
            - i64::from(self.inpatient_fund)
            - i64::from(self.second_layer))
    }

    /// Adds a settled bill.
    pub fn commit(&mut self, care: CareKind, split: &Split) {
        if care == CareKind::Inpatient {
            self.admissions = self.admissions.checked_add(1).unwrap_or_else(|| {
                panic!("invariant: fewer than 256 admissions a person and year, {self:?}")
            });
        }
        self.shift(care, split, |amount| amount);
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
        let (eligible, fund) = match care {
            CareKind::Outpatient | CareKind::Emergency => {
                (&mut self.outpatient_eligible, &mut self.outpatient_fund)
            }
            CareKind::Inpatient => (&mut self.inpatient_eligible, &mut self.inpatient_fund),
        };
        let add = |slot: &mut u32, amount: Fen| {
            *slot = (Fen::unpacked(*slot) + signed(amount)).packed();
        };
        add(eligible, split.inscp_scp_amt);
        add(fund, split.hifp_pay);
        add(&mut self.burden, split.compliant_burden);
        add(&mut self.second_layer, split.second_layer());
        add(&mut self.assistance, split.maf_pay);
    }
}
