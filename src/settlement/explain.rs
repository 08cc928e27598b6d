//! The same split told step by step, for readers of `settle --explain`. Must never compute an
//! amount of its own: it only records what the split hands it.

use super::bill::{BillLine, Member, YearToDate};
use super::spec::Rules;
use super::split::Case;
use crate::domain::{CareKind, Fen, HospitalLevel, Ratio};

/// The rule that made a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepRule {
    /// Sum of the lines.
    Total,
    /// Class C lines (for the uninsured: all lines).
    FullySelfPaid,
    /// Parts above price limits.
    OverLimit,
    /// Initial self-payment of one class B line.
    InitialSelfPayment,
    /// Eligible amount.
    Eligible,
    /// What is open of the yearly outpatient deductible, and what of it this bill bears.
    DeductibleYear,
    /// The deductible of this admission, and what of it this bill bears.
    DeductibleAdmission,
    /// The pooled fund's share of one band.
    PooledBand,
    /// What the pooled fund's yearly ceiling took away.
    PooledCeiling,
    /// All that the pooled fund pays; base = eligible amount above its ceiling.
    Pooled,
    /// What the bill adds to the year's compliant burden; base = the burden before it.
    Burden,
    /// The second layer's share of one tier of the year's burden.
    SecondLayerTier,
    /// What the second layer owed for the burden before this bill.
    SecondLayerBefore,
    /// What the second layer's yearly ceiling took away.
    SecondLayerCeiling,
    /// Medical assistance on the increase of the remaining burden above its threshold.
    Assistance,
    /// What assistance's yearly ceiling took away.
    AssistanceCeiling,
    /// All funds together.
    Funds,
    /// What the person pays.
    PersonPart,
}

impl StepRule {
    /// The national interface's field that the step fills or adds to; empty when there is none.
    pub const fn field(self) -> &'static str {
        match self {
            StepRule::Total => "medfee_sumamt",
            StepRule::FullySelfPaid => "fulamt_ownpay_amt",
            StepRule::OverLimit => "overlmt_selfpay",
            StepRule::InitialSelfPayment => "preselfpay_amt",
            StepRule::Eligible => "inscp_scp_amt",
            StepRule::DeductibleYear | StepRule::DeductibleAdmission => "act_pay_dedc",
            StepRule::PooledBand | StepRule::PooledCeiling | StepRule::Pooled => "hifp_pay",
            StepRule::Burden => "",
            StepRule::SecondLayerTier
            | StepRule::SecondLayerBefore
            | StepRule::SecondLayerCeiling => "hifmi_pay/hifob_pay",
            StepRule::Assistance | StepRule::AssistanceCeiling => "maf_pay",
            StepRule::Funds => "fund_pay_sumamt",
            StepRule::PersonPart => "psn_part_amt",
        }
    }

    /// Caption in English.
    pub const fn en(self) -> &'static str {
        match self {
            StepRule::Total => "Total of the bill",
            StepRule::FullySelfPaid => "Fully self-paid items (class C)",
            StepRule::OverLimit => "Self-pay above price limits",
            StepRule::InitialSelfPayment => "Category B initial self-payment, line",
            StepRule::Eligible => "Eligible (in-policy) expenses",
            StepRule::DeductibleYear => "Deductible, per year: open before, borne now",
            StepRule::DeductibleAdmission => "Deductible of this admission: due, borne",
            StepRule::PooledBand => "Pooled fund, band",
            StepRule::PooledCeiling => "Cut by the pooled fund's yearly ceiling",
            StepRule::Pooled => "Pooled fund pays (base: eligible above its ceiling)",
            StepRule::Burden => "Compliant burden of the year: before, added",
            StepRule::SecondLayerTier => "Second layer on the year's burden, tier",
            StepRule::SecondLayerBefore => "Second layer due for the burden before this bill",
            StepRule::SecondLayerCeiling => "Cut by the second layer's yearly ceiling",
            StepRule::Assistance => "Medical assistance on the added burden",
            StepRule::AssistanceCeiling => "Cut by assistance's yearly ceiling",
            StepRule::Funds => "All funds pay",
            StepRule::PersonPart => "The person pays",
        }
    }

    /// Caption in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            StepRule::Total => "医疗费总额",
            StepRule::FullySelfPaid => "全自费（丙类）",
            StepRule::OverLimit => "超限价自费",
            StepRule::InitialSelfPayment => "乙类先行自付，明细行",
            StepRule::Eligible => "符合政策范围金额",
            StepRule::DeductibleYear => "年度起付线：剩余、本次承担",
            StepRule::DeductibleAdmission => "本次住院起付线：应付、承担",
            StepRule::PooledBand => "统筹基金分段支付，第几段",
            StepRule::PooledCeiling => "统筹基金年度封顶扣减",
            StepRule::Pooled => "统筹基金支付（基数：封顶线以上金额）",
            StepRule::Burden => "年度合规个人负担：此前、本次增加",
            StepRule::SecondLayerTier => "大病保险/大额补助分段，第几段",
            StepRule::SecondLayerBefore => "此前负担已对应的大病/大额支付",
            StepRule::SecondLayerCeiling => "大病/大额年度封顶扣减",
            StepRule::Assistance => "医疗救助（新增负担）",
            StepRule::AssistanceCeiling => "医疗救助年度封顶扣减",
            StepRule::Funds => "基金支付总额",
            StepRule::PersonPart => "个人负担总金额",
        }
    }
}

/// One step of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule that made it.
    pub rule: StepRule,
    /// Number of the bill line, band or tier, from 1; 0 when the step is about the whole bill.
    pub item: u16,
    /// What the rule was applied to.
    pub base: Fen,
    /// The rate, where there is one.
    pub rate: Option<Ratio>,
    /// The result; negative where something is taken away again.
    pub amount: Fen,
}

/// Splits a bill as `split` does and tells every step.
pub fn explain(
    rules: &Rules,
    member: Member,
    level: HospitalLevel,
    care: CareKind,
    year: &YearToDate,
    lines: &[BillLine],
) -> Vec<Step> {
    let mut steps = Vec::new();
    Case { rules, member, level, care, year }.split(lines, &mut steps);
    steps.sort_by_key(|step| step.rule.phase());
    steps
}

impl StepRule {
    /// Lines are told after the total, bands as they come: a stable sort keeps the order within a
    /// phase.
    const fn phase(self) -> u8 {
        match self {
            StepRule::Total => 0,
            StepRule::FullySelfPaid => 1,
            StepRule::OverLimit => 2,
            StepRule::InitialSelfPayment => 3,
            StepRule::Eligible => 4,
            _ => 5,
        }
    }
}

/// Who listens to a split.
pub(super) trait Trace {
    /// Takes one step.
    fn step(&mut self, rule: StepRule, item: usize, base: Fen, rate: Option<Ratio>, amount: Fen);

    /// Takes a cut by a ceiling, when there was one.
    #[inline]
    fn cut(&mut self, rule: StepRule, full: Fen, pays: Fen) {
        if pays < full {
            self.step(rule, 0, full, None, pays - full);
        }
    }
}

/// The listener of the hot path: nobody.
pub(super) struct Silent;

impl Trace for Silent {
    #[inline(always)]
    fn step(&mut self, _: StepRule, _: usize, _: Fen, _: Option<Ratio>, _: Fen) {}
}

impl Trace for Vec<Step> {
    fn step(&mut self, rule: StepRule, item: usize, base: Fen, rate: Option<Ratio>, amount: Fen) {
        self.push(Step { rule, item: item as u16, base, rate, amount });
    }
}
