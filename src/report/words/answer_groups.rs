//! Words of the answer by group of people. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const GROUPS_NOTE: Text = t(
    "By age, income and insurance: what people gained or lost in yuan is read from the postings, by whose account, line or cash it was; so are the bank's interest and losses. Costs are shared out: those that grow with lines by lines opened, those that grow with draws by yuan drawn, everything else by eligible visits; the groups of each kind add up to the whole. A dash: nobody of the group had such a visit, draw or stay, or no hour was saved, so there is nothing to divide by. The age bands are those by which scenarios give rates by age. Every row with both intervals: answer_by_group.csv.",
    "按年龄、收入与参保类型：患者的金额得失取自账簿（按账户、额度或现金归属），银行的利息与损失亦然。成本分摊：随开户增长的按开户数，随支用增长的按支用额，其余按符合条件的就诊；每种分组之和等于总数。“—”表示该组没有相应的就诊、支用或住院，或未节省时间，因而无分母可除。年龄段即情景文件按年龄给出比率时所用的分段。全部数据及两种区间见 answer_by_group.csv。",
);
pub(in super::super) const GROUPS_AGAINST: Text =
    t("Time and money by group, against {baseline}", "分组：时间与金额（相对于 {baseline}）");
pub(in super::super) const GROUPS_STAYS: Text =
    t("Deposits by group, in each arm", "分组：各方案下的住院押金");
pub(in super::super) const GROUPS_HOMES: Text = t(
    "Catastrophic spending by group, in each arm: people in households beyond 40% of capacity to pay",
    "分组：各方案下灾难性卫生支出家庭中的人口占比（支付能力的40%）",
);
pub(in super::super) const GROUPS_USERS: Text = t(
    "Approval, use and records by group, under the scheme",
    "分组：本方案下的准入、使用与不良记录",
);
pub(in super::super) const GROUP_AGED: Text = t("aged {ages}", "{ages} 岁");
pub(in super::super) const GROUP_HOURS: Text =
    t("Net hours saved, per 1,000 eligible visits", "每千次符合条件的就诊净节省小时数");
pub(in super::super) const GROUP_SOCIETY: Text = t("Yuan an hour, society", "每小时成本：全社会");
pub(in super::super) const GROUP_PURSE: Text =
    t("Yuan an hour, public purse", "每小时成本：公共资金");
pub(in super::super) const GROUP_PATIENTS: Text = t(
    "Patients' net present value by the way of paying, per 1,000 people",
    "每千人患者净现值（支付方式变化）",
);
pub(in super::super) const GROUP_OTHERS: Text =
    t("Minutes saved a visit for those without a line", "未使用者每次就诊节省分钟");
pub(in super::super) const GROUP_CHE_YEAR: Text = t("By what is owed, the run", "按全程应付");
pub(in super::super) const GROUP_CHE_MONTH: Text =
    t("By cash in any 30 days", "按任一30天现金流出");
pub(in super::super) const GROUP_PEOPLE: Text = t("People", "人数");
pub(in super::super) const GROUP_ELIGIBLE: Text = t("Eligible, of adults", "符合条件占成年人");
pub(in super::super) const GROUP_USERS: Text = t("Lines used", "使用额度户数");
pub(in super::super) const GROUPS_PARTIES: Text = t(
    "Who gains by group, against {baseline}: net present value by the way of paying",
    "分组：各方净现值（支付方式变化，相对于 {baseline}）",
);
pub(in super::super) const GROUP_SUM: Text =
    t("Sum: minus the resources used", "合计：负的资源成本");
pub(in super::super) const GROUPS_BANK: Text =
    t("The bank's account by group of its line holders", "分组：银行账目（按额度持有人）");
pub(in super::super) const GROUP_MARGIN: Text =
    t("Left of a yuan drawn, yuan", "每支用1元的余留（元）");
pub(in super::super) const GROUP_USE_RATE: Text =
    t("Drawn a year, of limits", "年支用额占授信额度");
pub(in super::super) const GROUP_BREAK_EVEN: Text = t("Break-even use of limits", "盈亏平衡使用率");
pub(in super::super) const GROUP_SUBSIDY: Text =
    t("Break-even subsidy on a yuan drawn", "盈亏平衡补贴：占支用额");
pub(in super::super) const GROUP_SUBSIDY_LINE: Text =
    t("The same, a line and year", "同上：每户每年");
pub(in super::super) const GROUPS_OWED: Text =
    t("Owed to hospitals by group, in each arm", "分组：各方案下患者对医院的欠费");
pub(in super::super) const GROUP_GIVEN_UP: Text =
    t("Bills that hospitals gave up", "医院放弃追收的费用");
pub(in super::super) const GROUP_DAYS_OWED: Text =
    t("Days that the own part is owed", "个人部分挂账天数");
pub(in super::super) const GROUP_INDEX_MINUTES: Text =
    t("Concentration of minutes by income, within the group", "组内按收入的节省时间集中指数");
pub(in super::super) const GROUP_INDEX_ELIGIBLE: Text =
    t("Concentration of eligibility by income, within the group", "组内按收入的准入集中指数");
pub(in super::super) const NO_FIGURE: Text =
    t("What has no figure, and why", "没有数值的单元格及其原因");
pub(in super::super) const NO_FIGURE_METRIC: Text = t("Metric", "指标");
pub(in super::super) const NO_FIGURE_BY: Text = t("Not by", "不按");
pub(in super::super) const NO_FIGURE_WHY: Text = t("Because", "原因");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    GROUPS_NOTE,
    GROUPS_AGAINST,
    GROUPS_STAYS,
    GROUPS_HOMES,
    GROUPS_USERS,
    GROUP_AGED,
    GROUP_HOURS,
    GROUP_SOCIETY,
    GROUP_PURSE,
    GROUP_PATIENTS,
    GROUP_OTHERS,
    GROUP_CHE_YEAR,
    GROUP_CHE_MONTH,
    GROUP_PEOPLE,
    GROUP_ELIGIBLE,
    GROUP_USERS,
    GROUPS_PARTIES,
    GROUP_SUM,
    GROUPS_BANK,
    GROUP_MARGIN,
    GROUP_USE_RATE,
    GROUP_BREAK_EVEN,
    GROUP_SUBSIDY,
    GROUP_SUBSIDY_LINE,
    GROUPS_OWED,
    GROUP_GIVEN_UP,
    GROUP_DAYS_OWED,
    GROUP_INDEX_MINUTES,
    GROUP_INDEX_ELIGIBLE,
    NO_FIGURE,
    NO_FIGURE_METRIC,
    NO_FIGURE_BY,
    NO_FIGURE_WHY,
];
