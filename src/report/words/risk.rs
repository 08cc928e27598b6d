//! Words of the risk tables. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const RISK_CAPTION: Text =
    t("The scheme's lines as a portfolio", "本方案信用额度的组合风险");
pub(in super::super) const RISK_FIGURE: Text = t("Figure", "指标");
pub(in super::super) const RISK_VALUE: Text = t("Value", "数值");
pub(in super::super) const RISK_INTERVAL: Text = t("95 % interval", "95% 区间");
pub(in super::super) const RISK_PD: Text =
    t("Probability of default of a draw (90+ days)", "每笔用信的违约概率（逾期90天以上）");
pub(in super::super) const RISK_LGD: Text = t("Loss given default", "违约损失率");
pub(in super::super) const RISK_EAD: Text = t("Exposure at default, each", "违约敞口（每笔）");
pub(in super::super) const RISK_ROLL_1: Text =
    t("Roll rate: due → 1–30 days past due", "滚动率：到期 → 逾期1–30天");
pub(in super::super) const RISK_ROLL_2: Text =
    t("Roll rate: 1–30 → 31–60", "滚动率：1–30 → 31–60天");
pub(in super::super) const RISK_ROLL_3: Text =
    t("Roll rate: 31–60 → 61–90", "滚动率：31–60 → 61–90天");
pub(in super::super) const RISK_ROLL_4: Text =
    t("Roll rate: 61–90 → 90+", "滚动率：61–90 → 90天以上");
pub(in super::super) const RISK_ROLL_5: Text =
    t("Roll rate: 90+ → written off", "滚动率：90天以上 → 核销");
pub(in super::super) const RISK_BASELINE_LOSS: Text =
    t("Bad debt of hospitals in the baseline", "基线下医院的坏账");
pub(in super::super) const RISK_DIFFERENCE: Text = t(
    "All losses of the policy less the baseline's (either sign)",
    "政策组全部损失减去基线损失（可正可负）",
);
pub(in super::super) const CURVE_CAPTION: Text = t(
    "If the uncertain default rate were so many times as high: what lending costs less what it brings",
    "若不确定的违约率为若干倍：放款的净成本",
);
pub(in super::super) const CURVE_MULTIPLE: Text = t("Default rate ×", "违约率倍数");
pub(in super::super) const CURVE_RATE: Text = t("Default rate", "违约率");
pub(in super::super) const CURVE_LOSS: Text = t("Losses and collections", "损失与催收成本");
pub(in super::super) const CURVE_NET: Text =
    t("Net of charges and of bad debt avoided", "扣除息费收入与避免的坏账后");
pub(in super::super) const CURVE_BREAK_EVEN: Text =
    t("break-even at a default rate of", "盈亏平衡违约率");
pub(in super::super) const FAIR_CAPTION: Text =
    t("Who may open a line: the four-fifths rule", "谁可以开通：五分之四规则");
pub(in super::super) const FAIR_GROUP: Text = t("Group", "群体");
pub(in super::super) const FAIR_SHARE: Text = t("Eligible", "符合条件");
pub(in super::super) const FAIR_OTHERS: Text = t("Eligible, others", "其他人符合条件");
pub(in super::super) const FAIR_RATIO: Text = t("Ratio (≥ 0.8)", "比值（≥ 0.8）");
pub(in super::super) const FAIR_OLD: Text = t("60 and over", "60岁及以上");
pub(in super::super) const FAIR_POOR: Text = t("Lowest income fifth", "收入最低五分之一");
