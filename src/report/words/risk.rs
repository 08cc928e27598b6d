//! Words of the risk tables. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const RISK_CAPTION: Text =
    t("The scheme's lines as a portfolio", "本方案信用额度的组合风险");
pub(in super::super) const RISK_FIGURE: Text = t("Figure", "指标");
pub(in super::super) const RISK_VALUE: Text = t("Value", "数值");
pub(in super::super) const RISK_INTERVAL: Text = t("95% interval", "95% 区间");
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
    "本方案全部损失减去基线损失（可正可负）",
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
pub(in super::super) const FAIR_OLD: Text = t(" and over", "岁及以上");
pub(in super::super) const FAIR_POOR: Text = t("Lowest income fifth", "收入最低五分之一");
pub(in super::super) const TAIL_CAPTION: Text = t(
    "Tail of the loss of a year's draws, by importance sampling",
    "信用损失分布的尾部（重要性抽样）",
);
pub(in super::super) const TAIL_CONFIDENCE: Text = t("Confidence", "置信水平");
pub(in super::super) const TAIL_EXPECTED: Text = t("Expected loss", "预期损失");
pub(in super::super) const TAIL_VAR: Text = t("Value at risk", "在险价值");
pub(in super::super) const TAIL_SHORTFALL: Text = t("Expected shortfall", "预期短缺");
pub(in super::super) const TAIL_WORST: Text =
    t("Worst replication, net loss", "最差一次重复的净损失");
pub(in super::super) const VINTAGE_CAPTION: Text = t(
    "Vintages by months on book, all together: yuan so far over yuan drawn (a calm is shown by its first and last month)",
    "按账龄的累计表现（全部批次）：累计金额占支用金额（数值不变的月份只列首末）",
);
pub(in super::super) const VINTAGE_AGE: Text = t("Months on book", "账龄（月）");
pub(in super::super) const VINTAGE_31: Text = t("Ever 31+ days past due", "曾逾期30天以上");
pub(in super::super) const VINTAGE_91: Text = t("Ever 91+ days past due", "曾逾期90天以上");
pub(in super::super) const VINTAGE_LOST: Text = t("Written off", "核销");
pub(in super::super) const VINTAGE_NET: Text = t("Net of recoveries", "扣除回收后");
pub(in super::super) const SEGMENT_CAPTION: Text =
    t("Eligibility, defaults and losses by group", "分群体的准入、违约与损失");
pub(in super::super) const SEGMENT_AGE: Text = t("Age", "年龄");
pub(in super::super) const SEGMENT_DEFAULT: Text = t("Default rate of draws", "每笔违约率");
pub(in super::super) const SEGMENT_LOSS: Text = t("Net loss over yuan drawn", "净损失率");
pub(in super::super) const CODE_CAPTION: Text =
    t("Lines by credit code at the end", "期末按信用码的额度账户");
pub(in super::super) const CODE_WORD: Text = t("Credit code", "信用码");
pub(in super::super) const CODE_NONE: Text = t("below the first code", "未达最低等级");
pub(in super::super) const CODE_LINES: Text = t("Lines", "账户数");
pub(in super::super) const CODE_USED: Text = t("Used", "用信账户");
pub(in super::super) const CODE_CANCELLED: Text = t("Cancelled", "已取消");
pub(in super::super) const CODE_DRAWN: Text = t("Drawn", "用信金额");
pub(in super::super) const CODE_DEFAULT: Text =
    t("Ever 91+ days past due, of those used", "用信账户中曾逾期90天以上");
pub(in super::super) const CLASS_CAPTION: Text =
    t("Loan classes by the card rule, mean of the weeks", "按信用卡规则的贷款五级分类（每周平均）");
pub(in super::super) const CLASS_NORMAL: Text = t("Normal (not past due)", "正常（未逾期）");
pub(in super::super) const CLASS_MENTION: Text = t("Special mention (1–90 days)", "关注（1–90天）");
pub(in super::super) const CLASS_SUBSTANDARD: Text = t("Substandard (91–120)", "次级（91–120天）");
pub(in super::super) const CLASS_DOUBTFUL: Text = t("Doubtful (121–180)", "可疑（121–180天）");
pub(in super::super) const CLASS_LOSS: Text = t("Loss (over 180)", "损失（180天以上）");
pub(in super::super) const CLAIMS_CAPTION: Text =
    t("Claims on the credit insurer before the write-off", "核销前向信用保险人的索赔");
pub(in super::super) const CLAIMS_FROM: Text =
    t("Filed from so many days past due", "索赔起点（逾期天数）");
pub(in super::super) const CLAIMS_FILED: Text = t("Claims a run", "每次运行索赔笔数");
pub(in super::super) const CLAIMS_PAID: Text =
    t("Paid by the insurer, a run", "每次运行保险人赔付");
pub(in super::super) const CLAIMS_BACK: Text =
    t("Of this, back from patients before the write-off", "其中核销前由患者还款追回");
pub(in super::super) const SANCTION_CAPTION: Text = t("Blacklisting", "黑名单");
pub(in super::super) const SANCTION_SENSITIVE: Text = t(
    "Blacklisting: withholding insurance benefits for a credit debt is legally sensitive; have it examined before use",
    "黑名单：因信用欠款暂停医保待遇在法律上敏感，实施前应作合法性审查",
);
pub(in super::super) const SANCTION_FROM: Text = t("From so many days past due", "逾期天数起点");
pub(in super::super) const SANCTION_BENEFITS: Text =
    t("Insurance benefits are suspended", "暂停医保待遇");
pub(in super::super) const SANCTION_EXEMPT: Text = t("Emergencies are exempt", "急诊除外");
pub(in super::super) const SANCTION_PEOPLE: Text = t("Blacklistings a run", "每次运行列入人次");
pub(in super::super) const SANCTION_BILLS: Text =
    t("Bills settled without benefits, a run", "每次运行无待遇结算单数");
pub(in super::super) const SANCTION_HERE: Text =
    t("Refused at the hospital of the debt, a run", "每次运行被欠费医院拒绝次数");
pub(in super::super) const RATE_CAPTION: Text =
    t("What the stated rate of instalments means", "分期利率的含义");
pub(in super::super) const RATE_STATED: Text = t("Stated rate a year", "名义标示利率");
pub(in super::super) const RATE_MEANING: Text = t("Counted as", "计息方式");
pub(in super::super) const RATE_ANNUITY: Text =
    t("interest on the balance, level payments", "按剩余本金计息，等额本息");
pub(in super::super) const RATE_EQUAL: Text =
    t("interest on the balance, level principal", "按剩余本金计息，等额本金");
pub(in super::super) const RATE_FLAT: Text =
    t("a flat fee on the first principal", "按初始本金收取手续费");
pub(in super::super) const RATE_NOMINAL: Text = t("Nominal annual rate", "名义年利率");
pub(in super::super) const RATE_EFFECTIVE: Text = t("Effective annual rate", "实际年利率");
pub(in super::super) const ANNEX_CAPTION: Text = t(
    "Bank annex: expected credit loss in three stages, IRB capital",
    "银行附件：三阶段预期信用损失与内评法资本",
);
pub(in super::super) const ANNEX_STAGE_1: Text = t("Stage 1 (12 months)", "第一阶段（12个月）");
pub(in super::super) const ANNEX_STAGE_2: Text =
    t("Stage 2 (lifetime, over 30 days past due)", "第二阶段（整个存续期，逾期30天以上）");
pub(in super::super) const ANNEX_STAGE_3: Text =
    t("Stage 3 (credit-impaired, over 90 days)", "第三阶段（已减值，逾期90天以上）");
pub(in super::super) const ANNEX_CLASS: Text = t("Exposure class", "风险暴露类别");
pub(in super::super) const ANNEX_QRRE: Text = t("qualifying revolving retail", "合格循环零售");
pub(in super::super) const ANNEX_OTHER: Text = t("other retail", "其他零售");
pub(in super::super) const ANNEX_R: Text = t("Asset correlation R", "资产相关性 R");
pub(in super::super) const ANNEX_FLOOR: Text =
    t("Floor of the probability of default", "违约概率下限");
pub(in super::super) const ANNEX_K: Text = t("Capital requirement K", "资本要求 K");
pub(in super::super) const ANNEX_WEIGHT: Text = t("Risk weight", "风险权重");
pub(in super::super) const ANNEX_CAPITAL: Text = t("Capital", "资本");
pub(in super::super) const YES: Text = t("yes", "是");
pub(in super::super) const NO: Text = t("no", "否");
