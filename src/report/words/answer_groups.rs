//! Words of the answer by group of people. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const GROUPS_NOTE: Text = t(
    "By age, income and insurance: what people gained or lost in yuan is read from the postings, by whose account, line or cash it was. Costs are shared out: those that grow with lines by lines opened, those that grow with draws by yuan drawn, everything else by eligible visits; the groups of each kind add up to the whole. The bank's break-even and the liquidity of hospitals belong to no group of patients, crowding belongs to halls. Every row with both intervals: answer_by_group.csv.",
    "按年龄、收入与参保类型：患者的金额得失取自账簿（按账户、额度或现金归属）。成本分摊：随开户增长的按开户数，随支用增长的按支用额，其余按符合条件的就诊；每种分组之和等于总数。银行盈亏平衡和医院流动性不按患者分组，拥挤程度属于大厅。全部数据及两种区间见 answer_by_group.csv。",
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
    "Patients' net present value by the way of payingper 1,000 people",
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
];
