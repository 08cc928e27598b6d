//! Cells of the answer that no run can fill, each with its reason, so that none is empty in silence. Must hold
//! only what follows from the metric itself, never what a run happened not to have.

use serde_json::{Value, json};

/// A metric, by what it has no figure, and why: English and Chinese.
const ABSENT: [[&str; 4]; 7] = [
    [
        "bank",
        "baseline",
        "no baseline lends, so the bank's account is the same against each of them",
        "各基线均不放贷，因此银行账目对每个基线相同",
    ],
    [
        "harm.recorded_per_10000_users, harm.recorded_under_500_yuan_per_10000_users, \
         harm.concentration_of_eligibility",
        "baseline",
        "without the scheme nobody has a line, a record for one or a rule to pass, so the figure is the \
         same against each baseline",
        "无方案即无额度、无相应记录、无准入规则，因此对每个基线相同",
    ],
    [
        "hospital.days_sales_outstanding (funds, banks, in transit), hospital.advance_funding_need",
        "age, income, insurance scheme",
        "these pay a hospital one sum for all its patients; what patients themselves owe is told by group \
         (days_own_part_owed_to_hospitals, bills_given_up)",
        "基金、银行与网络按医院合并拨付；患者个人欠费按分组列出",
    ],
    [
        "crowding",
        "age, income, insurance scheme",
        "halls are counted by heads: who stands in one shares its crowd with all others there",
        "大厅按人头计数：身处其中者共享同样的拥挤",
    ],
    [
        "concentration_of_minutes, concentration_of_eligibility",
        "income",
        "the index ranks people by income, and a fifth is one rank",
        "该指数按收入排序，而每个五分位组只有一个位次",
    ],
    [
        "npv_by_party, care_part",
        "age, income, insurance scheme",
        "care that one arm gives and the other does not is told for the city alone; by group the way of \
         paying is told (npv_paying_by_party)",
        "仅在一方发生的诊疗只按全市列出；分组列出的是支付方式的影响",
    ],
    [
        "cost_per_hour.*, net_hours_per_1000_eligible_visits, bank.break_even_use_rate",
        "groups or replications without an hour saved, an eligible visit, a draw or a margin",
        "there is nothing to divide by; one replication without it leaves the cell empty",
        "没有可作分母的量；任一重复缺少时该格留空",
    ],
];

/// The list for the summary.
pub(super) fn absent() -> Value {
    let entry = |&[metric, by, en, zh]: &[&str; 4]| json!({ "metric": metric, "by": by, "because": { "en": en, "zh": zh } });
    ABSENT.iter().map(entry).collect()
}
