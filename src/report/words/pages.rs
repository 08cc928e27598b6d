//! Words of one patient's day, the objection sheets, the quotation and the data behind pictures. Must never
//! say more than the figures.

use super::{Text, t};

pub(in super::super) const DAY_TITLE: Text =
    t("One patient's day, told twice", "同一位患者的一天，两种结算");
pub(in super::super) const DAY_LEAD: Text = t(
    "A visit on {day} to {hospital}: a patient of {age} years ({insurance}) with a bill of {bill}. Time in \
     hospital under the scheme, against {baseline}: {saved}.",
    "{day}在{hospital}的一次就诊：患者{age}岁（{insurance}），账单{bill}。本方案下的在院时间与{baseline}相比：{saved}。",
);
pub(in super::super) const DAY_CHOSEN: Text = t(
    "A simulated visit, taken from the run by a rule and not for what it shows. A line paid {users} visits of \
     that day; on {spared} of them the patient stopped to pay less often than under {baseline}. Told is the middle \
     one of these {spared} by minutes saved; half of them saved between {from} and {to} minutes. Of all {users} \
     visits on a line the middle one saved {all_half} minutes, half of them between {all_from} and {all_to}; {less} \
     saved less than this patient.",
    "这是仿真就诊，按规则选取，而非为了好看。当日{users}次就诊使用额度，其中{spared}次的缴费停留少于{baseline}；此处讲述这{spared}次中\
     节省时间居中的一次，其中半数节省{from}至{to}分钟。全部{users}次使用额度的就诊中，居中的一次节省{all_half}分钟，半数\
     在{all_from}至{all_to}分钟之间；有{less}次节省少于这位患者。",
);
pub(in super::super) const DAY_CHOSEN_ANY: Text = t(
    "A simulated visit, taken from the run by a rule and not for what it shows. A line paid {users} visits of \
     that day, and on none of them the patient stopped to pay less often than under {baseline}. Told is the middle one \
     by minutes saved; half of them saved between {all_from} and {all_to} minutes; {less} saved less than this patient.",
    "这是仿真就诊，按规则选取，而非为了好看。当日{users}次就诊使用额度，其缴费停留均不少于{baseline}；此处讲述其中节省时间居中的一次，\
     半数节省{all_from}至{all_to}分钟；有{less}次节省少于这位患者。",
);
pub(in super::super) const DAY_CAP: Text = t(
    "Both bars begin at the same arrival; the patient, the orders and the luck are the same. Only how and \
     when the bill is paid differs. The baseline is {baseline}.",
    "两条时间线从同一到达时刻开始，患者、检查项目和随机因素完全相同，只有付款的方式和时间不同。基线为{baseline}。",
);
pub(in super::super) const DAY_SUB: Text =
    t("Minutes from arrival to leaving", "从到达到离院的分钟数");
pub(in super::super) const DAY_AX: Text = t("minutes since arrival", "到达后的分钟数");
pub(in super::super) const DAY_CARE: Text = t("care, walking, reports", "诊疗、步行、等报告");
pub(in super::super) const DAY_QUEUE: Text = t("queues for care", "诊疗排队");
pub(in super::super) const DAY_PAY: Text =
    t("paying: way, queue, service", "缴费：往返、排队、办理");
pub(in super::super) const DAY_DESK: Text = t("signing up and help", "签约与帮助");
pub(in super::super) const DAY_BAR: Text =
    t("{arm}: {minutes} min, {stops} payment trips", "{arm}：{minutes} 分钟，缴费{stops}趟");
pub(in super::super) const DAY_STEPS_OF: Text = t(
    "Every step in minutes since arrival: {arm} ({file})",
    "每一步（到达后的分钟数）：{arm}（{file}）",
);
pub(in super::super) const DAY_STEP: Text = t("Step", "步骤");
pub(in super::super) const DAY_FROM: Text = t("From", "开始");
pub(in super::super) const DAY_UNTIL: Text = t("Until", "结束");
pub(in super::super) const DAY_IN_QUEUE: Text = t("In a queue", "其中排队");
pub(in super::super) const DAY_MONEY: Text = t("Who paid, yuan", "由谁支付（元）");
pub(in super::super) const DAY_FUND: Text = t("Insurance funds", "医保基金");
pub(in super::super) const DAY_ACCOUNT: Text = t("Personal account", "个人账户");
pub(in super::super) const DAY_LINE: Text = t("Credit line", "信用额度");
pub(in super::super) const DAY_CASH: Text = t("Patient, on the day", "患者当日支付");
pub(in super::super) const DAY_UNPAID: Text = t("Left unpaid to the hospital", "医院应收未付");
pub(in super::super) const DAY_DUE: Text = t("The draw is due on", "额度还款到期日");
pub(in super::super) const DAY_AFTER: Text = t("What became of the draw", "该笔支用的后续");
pub(in super::super) const DAY_NONE: Text = t(
    "No visit of the first replication was paid on a line in every arm's sight, so no day can be told.",
    "第一次重复中没有使用额度且各方案均完成的就诊，因此无法讲述一天。",
);
pub(in super::super) const PARTIES_TITLE: Text = t("Objections, party by party", "各方质疑与回答");
pub(in super::super) const PARTIES_LEAD: Text = t(
    "What each party will ask, and the figures of this run that answer it, for better or worse. Where the \
     run has no figure, the sheet says so. In brackets: 95% intervals over replications. Savings are against {baseline}.",
    "各方会提出的问题，以及本次运行中能回答它们的数字，无论好坏；没有数字的如实说明。括号内为各次重复的 95% 区间。节省均对比{baseline}。",
);
pub(in super::super) const PARTY_OF: Text = t("Sheet for: {party}", "答复表：{party}");
pub(in super::super) const OBJECTION: Text = t("Objection", "质疑");
pub(in super::super) const SAYS_RUN: Text =
    t("What this run says (baseline: {baseline})", "本次运行的回答（基线：{baseline}）");
pub(in super::super) const ABSENT: Text =
    t("This run has no figure for it: {why}.", "本次运行没有相应数字：{why}。");
pub(in super::super) const QUOTE_TITLE: Text = t("To quote", "可直接引用");
pub(in super::super) const QUOTE_LEAD: Text = t(
    "Ready to be copied, with the caveat that belongs to it. Do not quote the figure without its baseline.",
    "可连同说明一并复制。引用数字时请勿省略基线。",
);
pub(in super::super) const QUOTE: Text = t(
    "{answer} {noise} {parts} ({version}, simulation of “{title}”: {people} people, {days} days, \
     {replications}.) Caveat: a simulation of the same patients and luck \
     under both ways of paying, no measurement in a hospital; {assumed} of {inputs} inputs are assumed. Run \
     {hash}.",
    "{answer}{noise}{parts}（{version}，“{title}”仿真：{people}人、{days} 天、{replications}。）说明：本结\
     果为相同患者与相同随机因素在两种付款方式下的仿真比较，并非医院实测；{inputs} 项输入中有 {assumed} 项为假设值。运行编\
     号 {hash}。",
);
pub(in super::super) const QUOTE_NOISE: Text = t(
    "95% interval of the saving over replications: {low} to {high} minutes.",
    "节省时间在各次重复间的 95% 区间为 {low} 至 {high} 分钟。",
);
pub(in super::super) const QUOTE_NO_NOISE: Text =
    t("One replication, so no interval.", "仅一次重复，没有区间。");
pub(in super::super) const QUOTE_SPREAD: Text = t(
    "With the doubt about inputs the saving of an average visit lies between {low} and {high} minutes.",
    "计入输入参数的不确定性，平均每次就诊节省时间介于 {low} 至 {high} 分钟。",
);
pub(in super::super) const QUOTE_NO_SPREAD: Text =
    t("The doubt about inputs was not run.", "未计算输入参数不确定性带来的区间。");
pub(in super::super) const BEHIND: Text =
    t("Table behind this picture ({file})", "图表数据（{file}）");
pub(in super::super) const BEHIND_SAVED: Text = t(
    "Table behind this picture ({file}); saved against {baseline}",
    "图表数据（{file}）；节省相对于{baseline}",
);
pub(in super::super) const BEHIND_CUT: Text = t(
    "The first {n} of {all} rows; all of them stand in {file}.",
    "共 {all} 行，此处列出前 {n} 行；完整数据见 {file}。",
);

pub(in super::super) const C_STATIONS: Text = t("Waiting at each station", "各环节的等候时间");
pub(in super::super) const C_STATIONS_SUB: Text =
    t("Mean wait, all hospitals", "平均等候，全部医院");
pub(in super::super) const C_STATIONS_CAP: Text = t(
    "Where waiting falls and where it does not: patients who stop less often arrive elsewhere sooner. The \
     baseline is {baseline}.",
    "哪些环节等候减少、哪些没有：少停留的患者会更早到达其他环节。基线为{baseline}。",
);
pub(in super::super) const C_FALL: Text = t("From default to who bears it", "从核销到由谁承担");
pub(in super::super) const C_FALL_CAP: Text = t(
    "What was written off, less what came back, is the net credit loss; below it stand those who bear it, \
     in the order of the scenario's rules.",
    "核销金额减去核销后收回即信用净损失；其下为按情景规则分担损失的各方。",
);
pub(in super::super) const FALL_OFF: Text = t("Written off", "核销");
pub(in super::super) const FALL_BACK: Text = t("Recovered", "收回");
pub(in super::super) const FALL_NET: Text = t("Net credit loss", "信用净损失");

pub(in super::super) const C_ADOPT: Text = t("Lines opened, day by day", "逐日累计开通额度");
pub(in super::super) const C_ADOPT_SUB: Text =
    t("Under the scheme, mean over replications", "本方案，各次重复平均");
pub(in super::super) const C_ADOPT_CAP: Text = t(
    "The scheme can help only those who sign up; the baseline {baseline} has no lines.",
    "方案只能帮助已签约者；基线{baseline}没有额度。",
);
pub(in super::super) const AX_LINES: Text = t("lines opened", "户");
pub(in super::super) const C_MONEY: Text = t("Drawn and repaid so far", "累计支用与偿还");
pub(in super::super) const C_MONEY_SUB: Text =
    t("Days with visits, mean over replications", "有就诊的日期，各次重复平均");
pub(in super::super) const C_MONEY_CAP: Text = t(
    "The gap between the two is what is lent out; it is repaid or written off after the last day too.",
    "两线之差即在贷余额，最后一天之后仍会偿还或核销。",
);
pub(in super::super) const REPAID_TOTAL: Text = t("Repaid", "累计偿还");
pub(in super::super) const C_VINTAGE: Text = t("How draws turn bad with age", "支用随账龄的变化");
pub(in super::super) const C_VINTAGE_SUB: Text = t(
    "Share of the yuan drawn in a month, by months since then; mean of the months",
    "占当月支用金额的比例，按账龄（月），各月平均",
);
pub(in super::super) const C_VINTAGE_CAP: Text = t(
    "Ever late by then, and lost net of recoveries. Draws of the run's last months have few months behind them.",
    "截至该账龄曾逾期的比例，以及扣除收回后的损失。运行末期的支用账龄较短。",
);
pub(in super::super) const V_31: Text = t("ever 31+ days late", "曾逾期 31 天以上");
pub(in super::super) const V_90: Text = t("ever 90+ days late", "曾逾期 90 天以上");
pub(in super::super) const V_LOSS: Text = t("lost, net", "净损失");
pub(in super::super) const AX_MONTHS: Text = t("months since the draw", "账龄（月）");
pub(in super::super) const AX_PERCENT: Text = t("% of yuan drawn", "占支用金额（%）");
pub(in super::super) const C_REQUESTS: Text =
    t("Requests on the busiest day", "最繁忙一天的请求量");
pub(in super::super) const C_REQUESTS_SUB: Text = t(
    "Requests a minute to the settlement engine, by quarter of an hour",
    "结算引擎每分钟请求数，按一刻钟",
);
pub(in super::super) const C_REQUESTS_CAP: Text = t(
    "For each way of paying, its own day with the busiest minute of the run, mean over replications; the baseline is \
     {baseline}. What a machine can take is measured by a capacity test on that machine, not by this run.",
    "每种支付方式各取其全程最繁忙一分钟所在的那一天，各次重复平均；基线为{baseline}。机器能承受多少须在该机器上用容量测试测定，\
     本次运行不作测定。",
);
pub(in super::super) const AX_CLOCK: Text = t("time of day, hours", "时刻（时）");
pub(in super::super) const AX_REQUESTS: Text = t("requests a minute", "每分钟请求数");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    DAY_TITLE,
    DAY_LEAD,
    DAY_CHOSEN,
    DAY_CHOSEN_ANY,
    DAY_CAP,
    DAY_SUB,
    DAY_AX,
    DAY_CARE,
    DAY_QUEUE,
    DAY_PAY,
    DAY_DESK,
    DAY_BAR,
    DAY_STEPS_OF,
    DAY_STEP,
    DAY_FROM,
    DAY_UNTIL,
    DAY_IN_QUEUE,
    DAY_MONEY,
    DAY_FUND,
    DAY_ACCOUNT,
    DAY_LINE,
    DAY_CASH,
    DAY_UNPAID,
    DAY_DUE,
    DAY_AFTER,
    DAY_NONE,
    PARTIES_TITLE,
    PARTIES_LEAD,
    PARTY_OF,
    OBJECTION,
    SAYS_RUN,
    ABSENT,
    C_ADOPT,
    C_ADOPT_SUB,
    C_ADOPT_CAP,
    AX_LINES,
    C_MONEY,
    C_MONEY_SUB,
    C_MONEY_CAP,
    REPAID_TOTAL,
    C_VINTAGE,
    C_VINTAGE_SUB,
    C_VINTAGE_CAP,
    V_31,
    V_90,
    V_LOSS,
    AX_MONTHS,
    AX_PERCENT,
    C_REQUESTS,
    C_REQUESTS_SUB,
    C_REQUESTS_CAP,
    AX_CLOCK,
    AX_REQUESTS,
    C_STATIONS,
    C_STATIONS_SUB,
    C_STATIONS_CAP,
    C_FALL,
    C_FALL_CAP,
    FALL_OFF,
    FALL_BACK,
    FALL_NET,
    QUOTE_TITLE,
    QUOTE_LEAD,
    QUOTE,
    QUOTE_NOISE,
    QUOTE_NO_NOISE,
    QUOTE_SPREAD,
    QUOTE_NO_SPREAD,
    BEHIND,
    BEHIND_SAVED,
    BEHIND_CUT,
];
