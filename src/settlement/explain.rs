//! The same split told step by step, for readers of `settle --explain`. Must never compute an
//! amount of its own: it only records what the split hands it.

use super::bill::{BillLine, Member, YearMore, YearToDate};
use super::payers::Payer;
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
    /// A payer's share of one tier of the year's burden.
    Tier(Payer),
    /// What a payer owed for the burden before this bill.
    PaidFor(Payer),
    /// Medical assistance on the increase of the remaining burden above its threshold.
    Assistance,
    /// A payer's share of amounts outside the eligible one.
    Outside(Payer),
    /// What a payer's yearly ceiling took away.
    Ceiling(Payer),
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
            StepRule::Assistance => Payer::Assistance.field(),
            StepRule::Tier(payer)
            | StepRule::PaidFor(payer)
            | StepRule::Outside(payer)
            | StepRule::Ceiling(payer) => payer.field(),
            StepRule::Funds => "fund_pay_sumamt",
            StepRule::PersonPart => "psn_part_amt",
        }
    }

    /// Captions in English and Chinese, without the payer.
    const fn caption(self) -> (&'static str, &'static str) {
        match self {
            StepRule::Total => ("Total of the bill", "医疗费总额"),
            StepRule::FullySelfPaid => ("Fully self-paid items (class C)", "全自费（丙类）"),
            StepRule::OverLimit => ("Self-pay above price limits", "超限价自费"),
            StepRule::InitialSelfPayment => {
                ("Category B initial self-payment, line", "乙类先行自付，明细行")
            }
            StepRule::Eligible => ("Eligible (in-policy) expenses", "符合政策范围金额"),
            StepRule::DeductibleYear => {
                ("Deductible, per year: open before, borne now", "年度起付线：剩余、本次承担")
            }
            StepRule::DeductibleAdmission => {
                ("Deductible of this admission: due, borne", "本次住院起付线：应付、承担")
            }
            StepRule::PooledBand => ("Pooled fund, band", "统筹基金分段支付，第几段"),
            StepRule::PooledCeiling => {
                ("Cut by the pooled fund's yearly ceiling", "统筹基金年度封顶扣减")
            }
            StepRule::Pooled => (
                "Pooled fund pays (base: eligible above its ceiling)",
                "统筹基金支付（基数：封顶线以上金额）",
            ),
            StepRule::Burden => {
                ("Compliant burden of the year: before, added", "年度合规个人负担：此前、本次增加")
            }
            StepRule::Assistance => {
                ("Medical assistance on the added burden", "医疗救助（新增负担）")
            }
            StepRule::Tier(_) => ("on the year's burden, tier", "年度负担分段，第几段"),
            StepRule::PaidFor(_) => ("due for the burden before this bill", "此前负担已对应的支付"),
            StepRule::Outside(_) => ("outside the eligible amount", "政策范围外"),
            StepRule::Ceiling(_) => ("cut by its yearly ceiling", "年度封顶扣减"),
            StepRule::Funds => ("All funds pay", "基金支付总额"),
            StepRule::PersonPart => ("The person pays", "个人负担总金额"),
        }
    }

    const fn payer(self) -> Option<Payer> {
        match self {
            StepRule::Tier(payer)
            | StepRule::PaidFor(payer)
            | StepRule::Outside(payer)
            | StepRule::Ceiling(payer) => Some(payer),
            _ => None,
        }
    }

    /// Caption in English.
    pub fn en(self) -> String {
        let caption = self.caption().0;
        self.payer().map_or(caption.to_owned(), |payer| format!("{}: {caption}", payer.title().0))
    }

    /// Caption in Chinese.
    pub fn zh(self) -> String {
        let caption = self.caption().1;
        self.payer().map_or(caption.to_owned(), |payer| format!("{}：{caption}", payer.title().1))
    }

    /// The word in files.
    pub fn word(self) -> String {
        let word = match self {
            StepRule::Total => "total",
            StepRule::FullySelfPaid => "fully_self_paid",
            StepRule::OverLimit => "over_limit",
            StepRule::InitialSelfPayment => "initial_self_payment",
            StepRule::Eligible => "eligible",
            StepRule::DeductibleYear => "deductible_year",
            StepRule::DeductibleAdmission => "deductible_admission",
            StepRule::PooledBand => "pooled_band",
            StepRule::PooledCeiling => "pooled_ceiling",
            StepRule::Pooled => "pooled",
            StepRule::Burden => "compliant_burden",
            StepRule::Assistance => "assistance",
            StepRule::Tier(_) => "tier",
            StepRule::PaidFor(_) => "paid_for",
            StepRule::Outside(_) => "outside",
            StepRule::Ceiling(_) => "ceiling",
            StepRule::Funds => "funds",
            StepRule::PersonPart => "person_part",
        };
        self.payer().map_or(word.to_owned(), |payer| format!("{}_{word}", payer.word()))
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
    /// The yearly amount that the step changes, with its value before and after.
    pub accumulator: Option<Accumulator>,
}

/// Splits a bill as `split_with` does and tells every step.
pub fn explain(
    rules: &Rules,
    member: Member,
    level: HospitalLevel,
    care: CareKind,
    year: &YearToDate,
    more: &YearMore,
    lines: &[BillLine],
) -> Vec<Step> {
    let mut steps = Vec::new();
    let care = rules.counts_as(member.scheme, care);
    Case { rules, member, level, care, year, more }.split(lines, &mut steps);
    steps.sort_by_key(|step| step.rule.phase());
    let mut running = Running { care, year: *year, more: *more };
    for step in &mut steps {
        step.accumulator = running.take(step.rule, step.amount);
    }
    steps
}

/// A yearly amount that a step changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accumulator {
    /// Its name in a claim's `cumulative`.
    pub name: &'static str,
    /// Before the step.
    pub before: Fen,
    /// After the step.
    pub after: Fen,
}

/// The accumulators while the steps are told.
struct Running {
    care: CareKind,
    year: YearToDate,
    more: YearMore,
}

impl Running {
    fn take(&mut self, rule: StepRule, amount: Fen) -> Option<Accumulator> {
        let (name, slot) = self.slot(rule)?;
        let before = Fen::unpacked(*slot);
        let after = before + amount;
        *slot = after.at_least_zero().packed();
        Some(Accumulator { name, before, after })
    }

    fn slot(&mut self, rule: StepRule) -> Option<(&'static str, &mut u32)> {
        let (year, more) = (&mut self.year, &mut self.more);
        Some(match (rule, self.care) {
            (StepRule::Eligible, CareKind::Inpatient) => {
                ("inpatient_inscp_scp_amt", &mut year.inpatient_eligible)
            }
            (StepRule::Eligible, CareKind::Chronic) => {
                ("chronic_inscp_scp_amt", &mut more.chronic_eligible)
            }
            (StepRule::Eligible, _) => ("outpatient_inscp_scp_amt", &mut year.outpatient_eligible),
            (StepRule::Pooled, CareKind::Inpatient) => {
                ("inpatient_hifp_pay", &mut year.inpatient_fund)
            }
            (StepRule::Pooled, CareKind::Chronic) => ("chronic_hifp_pay", &mut more.chronic_fund),
            (StepRule::Pooled, _) => ("outpatient_hifp_pay", &mut year.outpatient_fund),
            (StepRule::Burden, _) => ("compliant_burden", &mut year.burden),
            (StepRule::Assistance, _) => ("maf_pay", &mut year.assistance),
            (StepRule::Tier(payer) | StepRule::PaidFor(payer) | StepRule::Ceiling(payer), _) => {
                match payer {
                    Payer::SecondLayer => ("second_layer_pay", &mut year.second_layer),
                    Payer::Assistance => ("maf_pay", &mut year.assistance),
                    _ => (EXTRA_NAMES[payer.slot()], &mut more.extra[payer.slot()]),
                }
            }
            _ => return None,
        })
    }
}

/// Names of the slots of `YearMore::extra` in a claim's `cumulative`.
const EXTRA_NAMES: [&str; 4] = ["supplement_pay", "commercial_pay", "relief_pay", "charity_pay"];

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
        self.push(Step { rule, item: item as u16, base, rate, amount, accumulator: None });
    }
}
