//! Words of the answer and the headline tables. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const THE_SCHEME: Text = t("The scheme", "本方案");
pub(in super::super) const KICKER: Text =
    t("Treat first, pay later · simulation report", "先诊疗后付费 · 仿真报告");
pub(in super::super) const SETTING: Text = t(
    "{population} people, {visits} visits and {admissions} admissions in {days} days; \
     {replications}, seed {seed}.",
    "{population}人，{days} 天内 {visits}次就诊、{admissions}次住院；{replications}，随机种子 \
     {seed}。",
);
pub(in super::super) const ONE_REPLICATION: Text = t("one replication", "一次重复");
pub(in super::super) const REPLICATIONS: Text = t("{n} replications", "{n} 次重复");
pub(in super::super) const INVALID_BOOKS: Text = t(
    "This run is invalid: the books do not balance (worst replication: {fen} fen). Do not use \
     its figures.",
    "本次运行无效：账目不平（最差一次重复相差 {fen} 分）。请勿使用其中数字。",
);
pub(in super::super) const ANSWER: Text = t(
    "Against {baseline}, an average visit takes {change}.",
    "与{baseline}相比，平均每次就诊{change}。",
);
pub(in super::super) const ANSWER_SHARE: Text = t(
    "{change}, {share} of its {level} minutes in hospital",
    "{change}，占在院时间 {level} 分钟的 {share}",
);
pub(in super::super) const ANSWER_UNCLEAR: Text = t(
    "Against {baseline}, the simulation finds no measurable difference in the time of an \
     average visit: {change}, 95% interval of the saving {interval} minutes.",
    "与{baseline}相比，仿真未发现平均每次就诊时间有可测量的差别：{change}，节省时间的 95% 区间\
     为 {interval} 分钟。",
);
pub(in super::super) const ANSWER_NONE: Text = t(
    "Against {baseline}, the run left no visits that can be compared.",
    "与{baseline}相比，本次运行没有可比较的就诊。",
);
pub(in super::super) const ANSWER_PARTS: Text = t(
    "Visits paid on a credit line{share}: {users}. All other visits: {others}. Over the whole \
     run: {hours}.",
    "使用信用额度付费的就诊{share}：{users}；其他就诊：{others}。整个运行期合计：{hours}。",
);
pub(in super::super) const SHARE_OF_VISITS: Text = t(" ({share} of all)", "（占全部的 {share}）");
pub(in super::super) const LESS: Text = t("{x} minutes less", "减少 {x} 分钟");
pub(in super::super) const MORE: Text = t("{x} minutes more", "增加 {x} 分钟");
pub(in super::super) const LESS_SHORT: Text =
    t("{x} minutes ({s} s) less", "减少 {x} 分钟（{s} 秒）");
pub(in super::super) const MORE_SHORT: Text =
    t("{x} minutes ({s} s) more", "增加 {x} 分钟（{s} 秒）");
pub(in super::super) const UNCHANGED: Text = t("no less and no more time", "时间不变");
pub(in super::super) const HOURS_SAVED_SAID: Text = t("{x} hours saved", "节省 {x}小时");
pub(in super::super) const HOURS_LOST_SAID: Text = t("{x} hours more", "多用 {x}小时");
pub(in super::super) const HOURS_UNCLEAR: Text =
    t("no measurable difference in hours", "总小时数没有可测量的差别");
pub(in super::super) const NO_DIFFERENCE: Text = t("no measurable difference", "没有可测量的差别");
pub(in super::super) const COST: Text = t(
    "The price: {drawn} lent on {used} lines; net credit loss {loss}{bearers}.",
    "代价：{used}个额度共支用 {drawn}；信用净损失 {loss}{bearers}。",
);
pub(in super::super) const COST_NOTHING: Text =
    t("The scheme lent nothing.", "本方案没有发生信用支用。");
pub(in super::super) const COST_NO_LINE: Text = t(
    "The scheme lent nothing: no line was opened. Where only a part of a city is simulated, that can mean that none of \
     its institutions is in the scheme during these days.",
    "本方案没有发生信用支用：没有开通任何额度。只仿真城市的一部分时，可能是因为其中没有机构在此期间参与方案。",
);
pub(in super::super) const BORNE_BY: Text = t(", borne by {list}", "，由{list}承担");
pub(in super::super) const AGAINST_OTHER: Text =
    t("Against {baseline}: {change} per visit.", "与{baseline}相比：每次就诊{change}。");
pub(in super::super) const HEADLINE_TIME: Text = t(
    "Time: minutes per visit, the scheme against {baseline}",
    "时间：每次就诊分钟数，本方案对比{baseline}",
);
pub(in super::super) const HEADLINE_MONEY: Text =
    t("Credit and books of the scheme", "本方案的信用与账目");
pub(in super::super) const MEASURE: Text = t("Measure", "指标");
pub(in super::super) const VALUE: Text = t("Value", "数值");
pub(in super::super) const SAVED: Text = t("Saved", "节省");
pub(in super::super) const SAVED_MIN: Text = t("Saved, min", "节省（分钟）");
pub(in super::super) const INTERVAL: Text = t("95% interval", "95% 区间");
pub(in super::super) const TIME_IN_HOSPITAL: Text = t("Time in hospital, min", "在院时间（分钟）");
pub(in super::super) const WAIT: Text = t("Waiting in queues, min", "排队等候（分钟）");
pub(in super::super) const PAYMENT: Text =
    t("Payment: walk, queue, service, min", "缴费：步行、排队、办理（分钟）");
pub(in super::super) const PAYMENT_STOPS: Text = t("Payment stops, number", "缴费停留（次）");
pub(in super::super) const ALL_VISITS: Text = t("all visits", "全部就诊");
pub(in super::super) const CREDIT_USERS: Text = t("paid on a credit line", "使用信用额度的就诊");
pub(in super::super) const OTHERS: Text = t("all other visits", "其他就诊");
pub(in super::super) const HOURS_SAVED: Text =
    t("Hours saved in the run, all visits", "运行期内节省小时数（全部就诊）");
pub(in super::super) const TIME_AGAINST: Text =
    t("Time in hospital against {baseline}", "在院时间，对比{baseline}");
pub(in super::super) const ELIGIBLE: Text = t("People who may open a line", "符合开通条件的人数");
pub(in super::super) const OPENED: Text = t("Lines opened", "已开通额度");
pub(in super::super) const USED: Text = t("Lines used at least once", "至少用过一次的额度");
pub(in super::super) const LIMIT_TOTAL: Text = t("Sum of limits", "授信额度合计");
pub(in super::super) const DRAWN_TOTAL: Text = t("Drawn", "累计支用");
pub(in super::super) const OF_ELIGIBLE: Text =
    t("{share} of those who may", "占符合条件者的 {share}");
pub(in super::super) const OF_OPENED: Text = t("{share} of lines opened", "占已开通额度的 {share}");
pub(in super::super) const OF_LIMIT: Text = t("{share} of the limits", "占授信额度的 {share}");
pub(in super::super) const DPD90_ACCOUNTS: Text =
    t("Ever 90+ days past due, of lines used", "曾逾期 90 天以上：占已用额度户数");
pub(in super::super) const DPD90_BALANCE: Text =
    t("Ever 90+ days past due, of yuan drawn", "曾逾期 90 天以上：占支用金额");
pub(in super::super) const NET_LOSS: Text = t("Net credit loss", "信用净损失");
pub(in super::super) const OF_DRAWN: Text =
    t("{share} of the drawn amount", "占支用金额的 {share}");
pub(in super::super) const BORNE: Text = t("of which {bearer}", "其中：{bearer}");
pub(in super::super) const RECOVERED: Text = t("Recovered after write-off", "核销后收回");
pub(in super::super) const RECEIVABLES: Text =
    t("Overdue patient receivables: {arm}", "患者逾期欠费：{arm}");
pub(in super::super) const COLLECTION_COST: Text = t("Cost of collections", "催收成本");
pub(in super::super) const DEPOSITS: Text = t("Deposits taken: {arm}", "收取的预交金：{arm}");
pub(in super::super) const LOSS_PER_HOUR: Text = t(
    "Net credit loss per hour saved against {baseline}",
    "每省一小时的信用净损失，对比{baseline}",
);
pub(in super::super) const IMBALANCE: Text =
    t("Ledger imbalance (worst replication)", "账目差额（最差一次重复）");
pub(in super::super) const FEN: Text = t("{x} fen", "{x} 分");
pub(in super::super) const NOTE_MONTE_CARLO: Text = t(
    "The 95% intervals are Monte Carlo: Student's t over {replications} with the same inputs.",
    "95% 区间为蒙特卡罗区间：在相同输入下对{replications}用 t 分布计算。",
);
pub(in super::super) const NOTE_FEW: Text = t(
    "With so few replications they are very wide and may leave the range that is possible, such as a share below 0.",
    "重复次数太少时区间很宽，甚至会超出可能的范围（如占比低于 0）。",
);
pub(in super::super) const NOTE_SINGLE: Text =
    t("One replication: no interval can be given (—).", "仅一次重复：无法给出区间（—）。");
pub(in super::super) const NOTE_INPUTS: Text = t(
    "They do not contain the doubt about the inputs, which is usually larger; the assumed \
     inputs are listed in the report under “Limits”.",
    "区间不包含输入参数的不确定性，而后者通常更大；假设的输入列于报告“局限”一节。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    THE_SCHEME,
    KICKER,
    SETTING,
    ONE_REPLICATION,
    REPLICATIONS,
    INVALID_BOOKS,
    ANSWER,
    ANSWER_SHARE,
    ANSWER_UNCLEAR,
    ANSWER_NONE,
    ANSWER_PARTS,
    SHARE_OF_VISITS,
    LESS,
    MORE,
    LESS_SHORT,
    MORE_SHORT,
    UNCHANGED,
    HOURS_SAVED_SAID,
    HOURS_LOST_SAID,
    HOURS_UNCLEAR,
    NO_DIFFERENCE,
    COST,
    COST_NOTHING,
    COST_NO_LINE,
    BORNE_BY,
    AGAINST_OTHER,
    HEADLINE_TIME,
    HEADLINE_MONEY,
    MEASURE,
    VALUE,
    SAVED,
    INTERVAL,
    TIME_IN_HOSPITAL,
    WAIT,
    PAYMENT,
    PAYMENT_STOPS,
    ALL_VISITS,
    CREDIT_USERS,
    OTHERS,
    HOURS_SAVED,
    TIME_AGAINST,
    ELIGIBLE,
    OPENED,
    USED,
    LIMIT_TOTAL,
    DRAWN_TOTAL,
    OF_ELIGIBLE,
    OF_OPENED,
    OF_LIMIT,
    DPD90_ACCOUNTS,
    DPD90_BALANCE,
    NET_LOSS,
    OF_DRAWN,
    BORNE,
    RECOVERED,
    RECEIVABLES,
    COLLECTION_COST,
    DEPOSITS,
    LOSS_PER_HOUR,
    IMBALANCE,
    FEN,
    NOTE_MONTE_CARLO,
    NOTE_FEW,
    NOTE_SINGLE,
    NOTE_INPUTS,
];

pub(in super::super) const CALIBRATED: Text = t(
    "This scenario is {label}: {metrics} were set from outcomes and are no predictions.",
    "本情景{label}：{metrics}由实测结果设定，不是预测。",
);
