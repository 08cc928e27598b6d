//! Why somebody else's split of the same claim may differ: known ways to settle otherwise, tried one by one.
//! Must never call a difference explained that the other way does not reproduce to the fen.

use super::payers::{PayerOrder, Payers};
use super::spec::{BandBase, InpatientRules, LineRounding, OutpatientRules, Rules};
use crate::domain::Ratio;

/// A way in which a split can be made otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Class B rounded half up per line.
    RoundedPerLine,
    /// Class B rounded once on the bill's sum.
    RoundedOnSum,
    /// Class B cut off per line.
    RoundedDown,
    /// The personal account counted among the funds, or not, where the rules say otherwise.
    AccountConvention,
    /// The year's accumulators taken as empty.
    YearForgotten,
    /// No ceiling of the pooled fund applied.
    CeilingForgotten,
    /// The full deductible at every admission.
    DeductibleNotFalling,
    /// The factor on the person's share not applied.
    PersonFactorForgotten,
    /// Bands of stays on the other base.
    OtherBandBase,
    /// Tiers of the second layer on the other base.
    OtherTierBase,
    /// Payers in another order.
    OtherOrder,
    /// The second layer left out.
    NoSecondLayer,
    /// Assistance left out.
    NoAssistance,
    /// All further covers left out.
    NoFurtherCovers,
    /// A cent or two, by no rule known here.
    SmallUnexplained,
    /// More, by no rule known here.
    Unexplained,
    /// A claim without a reply.
    NoReply,
    /// A reply without a claim.
    NoClaim,
}

impl Cause {
    /// The word in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Cause::RoundedPerLine => "rounded_per_line",
            Cause::RoundedOnSum => "rounded_on_sum",
            Cause::RoundedDown => "rounded_down",
            Cause::AccountConvention => "account_convention",
            Cause::YearForgotten => "year_forgotten",
            Cause::CeilingForgotten => "ceiling_forgotten",
            Cause::DeductibleNotFalling => "deductible_not_falling",
            Cause::PersonFactorForgotten => "person_factor_forgotten",
            Cause::OtherBandBase => "other_band_base",
            Cause::OtherTierBase => "other_tier_base",
            Cause::OtherOrder => "other_order",
            Cause::NoSecondLayer => "no_second_layer",
            Cause::NoAssistance => "no_assistance",
            Cause::NoFurtherCovers => "no_further_covers",
            Cause::SmallUnexplained => "small_unexplained",
            Cause::Unexplained => "unexplained",
            Cause::NoReply => "no_reply",
            Cause::NoClaim => "no_claim",
        }
    }

    /// What the other side does, in English and Chinese.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Cause::RoundedPerLine => ("rounded per line", "按明细行四舍五入"),
            Cause::RoundedOnSum => ("rounded once on the bill's sum", "按合计四舍五入"),
            Cause::RoundedDown => ("cut off per line", "按明细行截尾"),
            Cause::AccountConvention => {
                ("personal account among the funds by the other convention", "个账计入基金口径不同")
            }
            Cause::YearForgotten => ("the year's accumulators taken as empty", "未计年度累计"),
            Cause::CeilingForgotten => ("pooled fund's ceiling not applied", "未执行统筹封顶线"),
            Cause::DeductibleNotFalling => ("full deductible at every admission", "起付线未递减"),
            Cause::PersonFactorForgotten => {
                ("factor on the person's share not applied", "未执行退休系数")
            }
            Cause::OtherBandBase => ("bands on the other base", "分段基数不同"),
            Cause::OtherTierBase => ("second layer's tiers on the other base", "大病分段基数不同"),
            Cause::OtherOrder => ("payers in another order", "支付顺序不同"),
            Cause::NoSecondLayer => ("second layer left out", "未计大病或大额"),
            Cause::NoAssistance => ("medical assistance left out", "未计医疗救助"),
            Cause::NoFurtherCovers => ("further covers left out", "未计其他补充保障"),
            Cause::SmallUnexplained => ("a cent or two, no known rule", "分位差异，原因不明"),
            Cause::Unexplained => ("no known rule explains it", "原因不明"),
            Cause::NoReply => ("no reply to the claim", "无回复"),
            Cause::NoClaim => ("no claim behind the reply", "无对应结算"),
        }
    }
}

/// One other way to settle.
#[derive(Clone, Debug)]
pub struct OtherWay {
    /// What it is.
    pub cause: Cause,
    /// Rules that do so.
    pub rules: Rules,
    /// Whether the year's accumulators are taken as empty.
    pub forgets_year: bool,
}

/// Every other way to settle by these rules that is known here, one change each.
pub fn other_ways(rules: &Rules) -> Vec<OtherWay> {
    let mut ways = Vec::new();
    let mut way = |cause, change: &dyn Fn(&mut Rules)| {
        let mut other = rules.clone();
        change(&mut other);
        if other != *rules {
            ways.push(OtherWay { cause, rules: other, forgets_year: false });
        }
    };
    for (cause, rounding) in [
        (Cause::RoundedPerLine, LineRounding::HalfUpPerLine),
        (Cause::RoundedOnSum, LineRounding::HalfUpOnSum),
        (Cause::RoundedDown, LineRounding::DownPerLine),
    ] {
        way(cause, &|r| r.line_rounding = rounding);
    }
    way(Cause::AccountConvention, &|r| r.fund_sum_includes_account ^= true);
    way(Cause::CeilingForgotten, &|r| {
        stays(r).for_each(|stay| stay.ceiling_year = None);
        visits(r).for_each(|visit| visit.ceiling_year = None);
    });
    way(Cause::DeductibleNotFalling, &|r| {
        stays(r).for_each(|stay| stay.repeat_factors = vec![Ratio::ONE]);
    });
    way(Cause::PersonFactorForgotten, &|r| {
        stays(r).for_each(|stay| stay.person_share_factor = Ratio::ONE);
    });
    way(Cause::OtherBandBase, &|r| stays(r).for_each(|stay| swap(&mut stay.band_base)));
    way(Cause::OtherTierBase, &|r| {
        r.second_layer.iter_mut().flatten().for_each(|cover| swap(&mut cover.band_base));
    });
    for order in orders(rules.payers.order) {
        way(Cause::OtherOrder, &|r| r.payers.order = order);
    }
    way(Cause::NoSecondLayer, &|r| r.second_layer = [None, None]);
    way(Cause::NoAssistance, &|r| {
        r.assistance.iter_mut().for_each(|class| class.ratio = Ratio::ZERO);
    });
    way(Cause::NoFurtherCovers, &|r| r.payers.covers = Payers::default().covers);
    ways.push(OtherWay { cause: Cause::YearForgotten, rules: rules.clone(), forgets_year: true });
    ways
}

fn stays(rules: &mut Rules) -> impl Iterator<Item = &mut InpatientRules> {
    rules.scheme.iter_mut().flat_map(|scheme| &mut scheme.inpatient)
}

fn visits(rules: &mut Rules) -> impl Iterator<Item = &mut OutpatientRules> {
    rules.scheme.iter_mut().flat_map(|scheme| {
        let own = scheme.emergency.iter_mut().chain(&mut scheme.pharmacy).flatten();
        let chronic = scheme.chronic.iter_mut().flat_map(|chronic| &mut chronic.by_status);
        scheme.outpatient.iter_mut().chain(own).chain(chronic)
    })
}

fn swap(base: &mut BandBase) {
    *base = match base {
        BandBase::Absolute => BandBase::Excess,
        BandBase::Excess => BandBase::Absolute,
    };
}

/// The order with two neighbours exchanged, and wholly reversed.
fn orders(order: PayerOrder) -> Vec<PayerOrder> {
    let steps = order.steps();
    let swapped = (1..steps.len()).map(|at| {
        let mut other = steps.to_vec();
        other.swap(at - 1, at);
        other
    });
    let reversed = steps.iter().rev().copied().collect();
    let all = swapped.chain(std::iter::once(reversed));
    all.filter_map(|steps| PayerOrder::new(&steps).ok()).collect()
}
