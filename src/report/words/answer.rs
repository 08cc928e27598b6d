//! Words of the answer: who gains, who pays, what an hour costs, whom it harms. Must never hold a number of
//! a run.

use super::{Text, t};

pub(in super::super) const ANSWER_TITLE: Text = t("Who gains, who pays", "谁受益、谁付出");
pub(in super::super) const ANSWER_NO_COSTS: Text = t(
    "The scenario states no costs ([costs]), so the run reports no economics: no value by party, no cost per hour, no break-even.",
    "情景未给出成本参数，因此本次运行不报告经济评价：没有各方净现值、每小时成本和盈亏平衡点。",
);
pub(in super::super) const ANSWER_LEAD: Text = t(
    "Every flow between parties is one line with a payer and a payee, read from the books and from counted facts, the scheme less the baseline {baseline}. {years} years like the run are added up at {rate} a year. What one party gains another pays; what all gain together is minus the resources used, to the fen (missing: {gap} fen).",
    "各方之间的每笔流量都是一行、有付款方和收款方，取自账簿与模拟计数，为本方案减去基线 {baseline}。按与本次运行相同的 {years} 年、年折现率 {rate} 合计。一方所得即另一方所付；各方合计等于资源耗费的相反数，精确到分（差额：{gap} 分）。",
);
pub(in super::super) const ANSWER_PART: Text = t(
    "Only a part of the city was simulated ({part} of its people): it bears that part of systems that serve the whole city.",
    "本次只模拟了全市人口的 {part}，服务全市的系统成本按此比例分摊。",
);
pub(in super::super) const ANSWER_TINY: Text = t(
    "The lines are hardly used: {use} of the limits a year. The benefit is tiny and the cost is fixed ({fixed} a year at the bank).",
    "额度几乎未被使用：每年只用了 {use}。收益极小，而成本固定（银行每年 {fixed}）。",
);
pub(in super::super) const ANSWER_EVEN: Text = t(
    "The bank would come out even with no subsidy if {even} of the limits were used a year; {use} are.",
    "若每年使用额度的 {even}，银行无需补贴即可保本；目前为 {use}。",
);
pub(in super::super) const ANSWER_NEVER: Text = t(
    "Each yuan drawn costs the bank more than it brings, before any fixed cost: no use rate makes it come out even without a subsidy.",
    "未计固定成本，每支用一元银行即已亏损：没有补贴时，任何使用率都无法保本。",
);
pub(in super::super) const ANSWER_NO_HOURS: Text = t(
    "Against {baseline} hours are not saved in every replication, so there is no cost of an hour.",
    "相对于 {baseline}，并非每次重复都节省了时间，因此没有每小时成本。",
);
pub(in super::super) const ANSWER_YEARLY: Text = t(
    "Credit does not lower what is owed. The yearly share should therefore hardly move; what moves is when the money leaves the household.",
    "信用支付不会减少应付的医疗费用，因此全年口径几乎不变；变化的是现金流出家庭的时点。",
);
pub(in super::super) const ANSWER_PARTIES: Text = t(
    "Net present value by party over {years} years: + gains, − pays",
    "各方 {years} 年净现值：+ 为受益，− 为付出",
);
pub(in super::super) const ANSWER_PAYING: Text = t("By the way of paying", "支付方式带来的变化");
pub(in super::super) const ANSWER_ALL: Text =
    t("With more or less care and who pays for it", "计入诊疗量变化及其付费");
pub(in super::super) const ANSWER_PARTY: Text = t("Party", "主体");
pub(in super::super) const ANSWER_AGAINST: Text = t("Against {baseline}", "相对于 {baseline}");
pub(in super::super) const ANSWER_SUM: Text =
    t("All parties = minus the resources used", "各方合计＝资源耗费的相反数");
pub(in super::super) const ANSWER_CARE_PART: Text =
    t("of it, cost of more or less care", "其中：诊疗量增减的成本");
pub(in super::super) const ANSWER_TIME: Text =
    t("Patients' time, at its value (beside the sum)", "患者时间价值（不计入合计）");
pub(in super::super) const ANSWER_NET: Text =
    t("Time worth less resources, care apart", "时间价值减资源耗费（不含诊疗量变化）");
pub(in super::super) const ANSWER_HOURS: Text =
    t("Hours and what they cost, by baseline", "节省的时间及其成本（按基线）");
pub(in super::super) const ANSWER_PER_1000: Text =
    t("Net hours saved, per 1,000 eligible visits", "每千次符合条件的就诊净节省小时数");
pub(in super::super) const ANSWER_ELIGIBLE: Text = t("Eligible visits", "符合条件的就诊");
pub(in super::super) const ANSWER_SOCIETY: Text =
    t("Yuan an hour, society (transfers cancel)", "每小时成本：全社会（转移支付抵消）");
pub(in super::super) const ANSWER_PURSE: Text =
    t("Yuan an hour, public purse (funds and treasury)", "每小时成本：公共资金（医保与财政）");
pub(in super::super) const ANSWER_VALUE: Text =
    t("An hour of a patient is valued at", "患者每小时时间价值取");
pub(in super::super) const ANSWER_BANK: Text = t("The bank's year", "银行年度账");
pub(in super::super) const BANK_RESULT: Text = t("Result of a year", "年度损益");
pub(in super::super) const BANK_FIXED: Text =
    t("Fixed cost of a year, set-up spread over the years", "年固定成本（含分摊的建设成本）");
pub(in super::super) const BANK_MARGIN: Text = t(
    "Left of each yuan drawn, before fixed costs, yuan",
    "每支用一元的边际收益（元，未计固定成本）",
);
pub(in super::super) const BANK_USE: Text =
    t("Drawn a year, of the limits opened", "额度使用率（年支用额÷授信总额）");
pub(in super::super) const BANK_EVEN: Text =
    t("Use of limits at which no subsidy is needed", "无需补贴的额度使用率");
pub(in super::super) const BANK_SUBSIDY: Text = t(
    "Break-even subsidy, of what is drawn (− = the bank earns)",
    "盈亏平衡补贴：占支用额（− 表示银行盈利）",
);
pub(in super::super) const BANK_SUBSIDY_LINE: Text =
    t("Break-even subsidy, yuan a line and year", "盈亏平衡补贴：每户每年");
pub(in super::super) const ANSWER_BOTH: Text = t(
    "Cash, households, hospitals: each baseline, and the scheme",
    "现金、家庭与医院：各基线与本方案",
);
pub(in super::super) const STAY_LOCKED: Text =
    t("Cash locked in deposits, yuan-days per stay", "每次住院押金占用（元·天）");
pub(in super::super) const STAY_PEAK: Text = t(
    "Stays whose deposits exceed a month of household income",
    "押金峰值超过家庭月收入的住院占比",
);
pub(in super::super) const CHE_YEAR: Text = t(
    "Households beyond 40% of capacity to pay: what they owe, the run",
    "灾难性卫生支出家庭占比：按全程应付",
);
pub(in super::super) const CHE_MONTH: Text =
    t("The same for the cash that leaves them in any 30 days", "同上：按任一30天现金流出");
pub(in super::super) const DSO_FUNDS: Text =
    t("Days sales outstanding, days: funds", "应收账款周转（天）：医保基金");
pub(in super::super) const DSO_BANKS: Text =
    t("Days sales outstanding, days: banks", "应收账款周转（天）：银行");
pub(in super::super) const DSO_TRANSIT: Text =
    t("Days sales outstanding, days: card network", "应收账款周转（天）：支付网络");
pub(in super::super) const DSO_PATIENTS: Text =
    t("Days sales outstanding, days: patients", "应收账款周转（天）：患者");
pub(in super::super) const ADVANCE_NEED: Text = t(
    "Advance funding that would cover what funds owe at the worst month's end",
    "覆盖月末最高医保应付所需的预付金",
);
pub(in super::super) const BAD_DEBT: Text = t("Bad debt of hospitals, the run", "医院坏账（全程）");
pub(in super::super) const CROWDED: Text = t(
    "Person-minutes in crowded payment halls, per 1,000 visits",
    "拥挤收费大厅内的人·分钟（每千次就诊）",
);
pub(in super::super) const IN_LINE: Text = t(
    "Person-minutes in line in payment halls, per 1,000 visits",
    "收费大厅排队人·分钟合计（每千次就诊）",
);
pub(in super::super) const CROWDED_CARE: Text = t(
    "Person-minutes in crowded clinical waiting areas, per 1,000 visits",
    "拥挤候诊区内的人·分钟（每千次就诊）",
);
pub(in super::super) const IN_LINE_CARE: Text = t(
    "Person-minutes in line in clinical waiting areas, per 1,000 visits",
    "候诊区排队人·分钟合计（每千次就诊）",
);
pub(in super::super) const LONG_WAITS: Text = t(
    "Person-minutes in payment lines of those who waited long, per 1,000 visits",
    "久候者缴费排队人·分钟（每千次就诊）",
);
pub(in super::super) const ANSWER_HARM: Text = t("Harm and equity", "损害与公平");
pub(in super::super) const HARM_RECORD: Text = t(
    "People with a record or suspended benefits, of 10,000 users",
    "每万名使用者中有不良记录或暂停待遇的人数",
);
pub(in super::super) const HARM_SMALL: Text =
    t("Of them, for debts under 500 yuan", "其中欠款不足500元的");
pub(in super::super) const HARM_OTHERS: Text = t(
    "Minutes a visit saved for those without a line (− = lost)",
    "未使用者每次就诊节省的分钟数（− 为增加）",
);
pub(in super::super) const HARM_MINUTES: Text = t(
    "Concentration index of minutes saved by income, −1 to 1 (+ = the rich gain more)",
    "节省时间的收入集中指数，−1 至 1（+ 为偏向高收入）",
);
pub(in super::super) const HARM_APPROVALS: Text = t(
    "Concentration index of eligibility by income, −1 to 1 (+ = the rich are admitted more)",
    "准入资格的收入集中指数，−1 至 1（+ 为偏向高收入）",
);
pub(in super::super) const ANSWER_LINE: Text = t(
    "Who gains and who pays over {years} years, against {baseline}: {parties}. {cost} A patient's hour is valued at {value}.",
    "{years} 年内各方净现值（相对于 {baseline}）：{parties}。{cost}患者每小时时间价值取 {value}。",
);
pub(in super::super) const HOUR_COSTS: Text =
    t("An hour saved costs society {hour}.", "全社会每节省一小时的成本为 {hour}。");
pub(in super::super) const HOUR_GAINS: Text = t(
    "An hour saved costs society nothing: with each of them it saves {hour} of resources, too.",
    "节省时间不增加全社会成本：每节省一小时还节约资源 {hour}。",
);
pub(in super::super) const HOUR_NONE: Text = t(
    "An hour has no cost: not every replication saves hours (mean {saved} per 1,000 eligible visits, sign-up and help \
     counted).",
    "没有每小时成本：并非每次重复都节省了时间（每千次符合条件的就诊平均 {saved} 小时，已计入开通与帮助）。",
);
pub(in super::super) const ANSWER_NOISE: Text = t("noise: {noise}", "模拟噪声：{noise}");
pub(in super::super) const ANSWER_SPREAD: Text = t("inputs: {spread}", "输入不确定性：{spread}");
pub(in super::super) const C_PARTIES: Text = t("Who gains and who pays", "谁受益、谁付出");
pub(in super::super) const C_PARTIES_SUB: Text = t(
    "Net present value by party against {baseline}, by the way of paying; patients' time stands beside the sum",
    "支付方式带来的各方净现值，相对于 {baseline}；患者时间价值单列",
);
pub(in super::super) const C_PARTIES_CAP: Text = t(
    "Bars to the right gain, bars to the left pay, against {baseline}. Behind it: npv_by_party.csv and flows.csv.",
    "向右为受益，向左为付出，相对于 {baseline}。数据见 npv_by_party.csv 与 flows.csv。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    ANSWER_TITLE,
    ANSWER_NO_COSTS,
    ANSWER_LEAD,
    ANSWER_PART,
    ANSWER_TINY,
    ANSWER_EVEN,
    ANSWER_NEVER,
    ANSWER_NO_HOURS,
    ANSWER_YEARLY,
    ANSWER_PARTIES,
    ANSWER_PAYING,
    ANSWER_ALL,
    ANSWER_PARTY,
    ANSWER_AGAINST,
    ANSWER_SUM,
    ANSWER_CARE_PART,
    ANSWER_TIME,
    ANSWER_NET,
    ANSWER_HOURS,
    ANSWER_PER_1000,
    ANSWER_ELIGIBLE,
    ANSWER_SOCIETY,
    ANSWER_PURSE,
    ANSWER_VALUE,
    ANSWER_BANK,
    BANK_RESULT,
    BANK_FIXED,
    BANK_MARGIN,
    BANK_USE,
    BANK_EVEN,
    BANK_SUBSIDY,
    BANK_SUBSIDY_LINE,
    ANSWER_BOTH,
    STAY_LOCKED,
    STAY_PEAK,
    CHE_YEAR,
    CHE_MONTH,
    DSO_FUNDS,
    DSO_BANKS,
    DSO_TRANSIT,
    DSO_PATIENTS,
    ADVANCE_NEED,
    BAD_DEBT,
    CROWDED,
    IN_LINE,
    CROWDED_CARE,
    IN_LINE_CARE,
    LONG_WAITS,
    ANSWER_HARM,
    HARM_RECORD,
    HARM_SMALL,
    HARM_OTHERS,
    HARM_MINUTES,
    HARM_APPROVALS,
    ANSWER_LINE,
    HOUR_COSTS,
    HOUR_GAINS,
    HOUR_NONE,
    ANSWER_NOISE,
    ANSWER_SPREAD,
    C_PARTIES,
    C_PARTIES_SUB,
    C_PARTIES_CAP,
];
