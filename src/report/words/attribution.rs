//! Words of the attribution's page. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const TITLE: Text =
    t("Where the minutes come from: {title}", "时间从何而来：{title}");
pub(in super::super) const ANSWER: Text = t(
    "All steps together save {whole} minutes a visit against {baseline}; with every order of the steps counted \
     alike, the credit line's share is {line} minutes. As written, on top of today's phones, the scheme saves \
     {written} minutes a visit.",
    "与{baseline}相比，全部步骤合计每次就诊节省{whole}分钟；对各种先后顺序取平均，信用额度的份额为{line}分钟。\
     在当前手机缴费基础上，本方案每次就诊节省{written}分钟。",
);
pub(in super::super) const ANSWER_LADDER: Text = t(
    "All steps together save {whole} minutes a visit against {baseline}. As written, on top of today's phones, \
     the scheme saves {written} minutes a visit.",
    "与{baseline}相比，全部步骤合计每次就诊节省{whole}分钟。在当前手机缴费基础上，本方案每次就诊节省{written}分钟。",
);
pub(in super::super) const LADDER: Text = t("The ladder", "逐步分解");
pub(in super::super) const LADDER_CHART: Text =
    t("Minutes saved a visit, step by step", "每次就诊节省分钟：逐步累计");
pub(in super::super) const LADDER_SUB: Text = t(
    "against {baseline}; each step adds to the one above; lines are 95% intervals of the paired difference",
    "基线：{baseline}；每步在上一步基础上增加；横线为配对差异的95%区间",
);
pub(in super::super) const AXIS_MIN: Text = t("minutes saved a visit", "每次就诊节省分钟");
pub(in super::super) const KEY_MORE: Text = t("saves", "节省");
pub(in super::super) const KEY_LESS: Text = t("costs time", "增加时间");
pub(in super::super) const KEY_SUM: Text = t("all steps", "合计");
pub(in super::super) const LADDER_SAY: Text = t(
    "The order is a choice: what comes later finds fewer stops left to remove. The shares below take every order.",
    "先后顺序是人为选择：后来的步骤可减少的缴费次数更少。下方份额对所有顺序取平均。",
);
pub(in super::super) const STEP: Text = t("Step", "步骤");
pub(in super::super) const FROM_TO: Text = t("{from} → {to}", "{from} → {to}");
pub(in super::super) const MINUTES: Text = t("Minutes a visit", "每次分钟");
pub(in super::super) const INTERVAL: Text = t("95% interval", "95%区间");
pub(in super::super) const HOURS: Text = t("Hours saved in the run", "全程节省小时");
pub(in super::super) const STOPS: Text = t("Stops removed a visit", "每次减少缴费次数");
pub(in super::super) const PER_STOP: Text = t("Minutes a stop", "每次缴费分钟");
pub(in super::super) const STOPS_PART: Text = t("Stops × minutes, min", "次数×分钟（分钟）");
pub(in super::super) const SIMULATED: Text = t("Simulated, min", "模拟结果（分钟）");
pub(in super::super) const EXPLAINED: Text = t(
    "Where the stops leave a gap above 20%, its parts in minutes a visit:",
    "缴费次数与模拟结果相差超过20%时，差距的组成（每次分钟）：",
);
pub(in super::super) const GAP_OF: Text = t("{step}: {parts}", "{step}：{parts}");
pub(in super::super) const STEPS_CAPTION: Text = t(
    "Minutes and yuan by step, against the arm that it starts from",
    "各步骤的时间与金额（相对其起点）",
);
pub(in super::super) const HARM_CAPTION: Text = t(
    "Harm by step, counted in the run, against the arm that it starts from: + = more of it",
    "各步骤的损害（全程计数，相对其起点）：+ 为增加",
);
pub(in super::super) const CANCELLED: Text = t("Lines cancelled", "被取消的额度数");
pub(in super::super) const LEFT: Text =
    t("Patients who left a queue, number", "中途离队的患者人数");
pub(in super::super) const REFUSED_STAYS: Text =
    t("Stays refused for want of a deposit", "因无力交押金未入院的次数");
pub(in super::super) const CHECK_CAPTION: Text = t(
    "The arithmetic: stops removed × minutes a stop beside the simulated saving",
    "算术核对：减少的缴费次数×每次缴费分钟，与模拟节省对照",
);
pub(in super::super) const LOSS: Text = t("Net credit loss, yuan", "净信用损失（元）");
pub(in super::super) const CHARGES: Text =
    t("Interest, penalties, premiums paid by patients, yuan", "患者支付的利息、罚息与保费（元）");
pub(in super::super) const COLLECTION: Text = t("Collection, yuan", "催收成本（元）");
pub(in super::super) const UNPAID: Text = t("Unpaid bills given up, yuan", "医院放弃的欠费（元）");
pub(in super::super) const LATE_LINES: Text = t("Lines over 90 days late", "逾期90天以上额度数");
pub(in super::super) const SUSPENDED: Text = t("People with benefits suspended", "被暂停待遇人数");
pub(in super::super) const TODAY: Text =
    t("What could follow today's phones", "在当前手机缴费之后");
pub(in super::super) const TODAY_CHART: Text =
    t("Minutes saved a visit, each alone", "每次就诊节省分钟：各方案单独实施");
pub(in super::super) const TODAY_SUB: Text = t(
    "against phones as in 2023 (mobile_2023); 95% intervals of the paired difference",
    "基线：2023年手机缴费（mobile_2023）；横线为配对差异的95%区间",
);
pub(in super::super) const TODAY_SAY: Text = t(
    "Each stands alone on top of phones as in 2023, so the bars must not be added.",
    "各方案分别在2023年手机缴费基础上单独实施，各条不可相加；越长节省越多。",
);
pub(in super::super) const SHARES_TABLE: Text =
    t("Shares of what all steps do against {baseline}", "全部步骤相对于{baseline}的效果份额");
pub(in super::super) const SHARES_SAY: Text = t(
    "The bars sum to the whole saving. A component that others can replace gets less than it would save alone.",
    "各份额之和等于全部节省；可被其他组成部分替代的，其份额小于单独实施时的节省。",
);
pub(in super::super) const EFFECT_OWN: Text = t("this scheme, as simulated", "本方案（模拟结果）");
pub(in super::super) const SHARES: Text = t("Shares in every order", "各种顺序下的份额");
pub(in super::super) const SHARES_CHART: Text =
    t("Shapley shares of the minutes saved", "节省分钟的Shapley份额");
pub(in super::super) const SHARES_SUB: Text = t(
    "what each adds, averaged over all 24 orders, against {baseline}; 95% intervals over replications",
    "各组成部分在全部24种顺序下增量的平均；基线：{baseline}；横线为各次重复的95%区间",
);
pub(in super::super) const OF_WHOLE: Text = t("Of the whole", "占比");
pub(in super::super) const COMPONENT: Text = t("Component", "组成部分");
pub(in super::super) const REMAINDER: Text = t(
    "Shares are whole milliseconds, fen and counts in each replication and sum to the whole exactly: each is rounded \
     down, and the units left over go one each to the largest fractions, the earlier component first.",
    "份额在每次重复中以整毫秒、整分与整数计，合计严格等于整体：先向下取整，剩余单位依次给小数部分最大者，相同则靠前者优先。",
);
pub(in super::super) const SEEN: Text = t("What a study would have seen", "一项研究会看到什么");
pub(in super::super) const SEEN_CAPTION: Text = t(
    "Minutes saved a visit: the naive estimate and the paired effect",
    "每次就诊节省分钟：朴素估计与配对效应",
);
pub(in super::super) const ESTIMATE: Text = t("Comparison", "比较方式");
pub(in super::super) const NAIVE: Text = t("Naive", "朴素估计");
pub(in super::super) const TRUE: Text = t("Paired effect, minutes a visit", "配对效应（每次分钟）");
pub(in super::super) const BIAS: Text = t("Bias", "偏差");
pub(in super::super) const BEFORE_AFTER: Text =
    t("before against after, phones having spread meanwhile", "前后对比（期间手机缴费增长）");
pub(in super::super) const USERS_OTHERS: Text = t("users against others", "使用者与非使用者对比");
pub(in super::super) const PARTS_OF_BIAS: Text = t(
    "Of the bias between users and others, {selection} minutes are selection (who uses the line would differ \
     anyway) and {spillover} minutes are what the scheme does to the others.",
    "使用者与非使用者之间的偏差中，{selection}分钟来自选择（使用者本来就不同），{spillover}分钟来自方案对其他人的影响。",
);
pub(in super::super) const RIVALS_CHART: Text =
    t("What a study before and after would credit to the scheme", "前后对比研究会归功于方案的分钟");
pub(in super::super) const RIVALS_SUB: Text = t(
    "each cause alone, baseline {baseline}; 95% intervals over replications",
    "各原因单独作用；基线：{baseline}；横线为各次重复的95%区间",
);
pub(in super::super) const RIVALS_SAY: Text = t(
    "Assumed: the year before had {grown} of the growth of phone payment since 2015; better appointments even out \
     {evened} of the busy hours' arrivals; attention shortens service by {faster}.",
    "假设：此前一年手机缴费已完成2015年以来增长的{grown}；预约改善使{evened}的到院更均匀；受关注使服务时间缩短{faster}。",
);
pub(in super::super) const CAUSE: Text = t("Cause", "原因");
pub(in super::super) const CREDITED: Text = t("Credited, minutes a visit", "被归功的每次分钟");
pub(in super::super) const RIVALS_TABLE: Text = t(
    "Minutes saved a visit against {baseline}, each cause alone",
    "每次就诊节省分钟（相对于{baseline}），各原因单独作用",
);
pub(in super::super) const PILOT: Text = t("A pilot that would find it", "能够检出效应的试点");
pub(in super::super) const PILOT_SAY: Text = t(
    "Stepped wedge: {clusters} hospitals begin in {steps} steps of {days} days ({periods} periods, the first without \
     anybody). Simulated spread of a visit within a hospital {within} minutes, between hospitals {between} minutes \
     (standard deviations). With {visits} visits a hospital and period an effect of {wanted} minutes is found with \
     probability {power}; the smallest effect found with probability {target} is {detectable} minutes.",
    "阶梯楔形设计：{clusters}家医院分{steps}步开始，每步{days}天（共{periods}期，首期均未开始）。模拟得到医院内每次就诊标准差{within}分钟，\
     医院间{between}分钟。每家医院每期{visits}次就诊时，{wanted}分钟的效应被检出的概率为{power}；以{target}的概率能检出的最小效应为{detectable}分钟。",
);
pub(in super::super) const PILOT_NONE: Text =
    t("No hospital has visits enough to plan a pilot.", "没有医院有足够就诊量来设计试点。");
pub(in super::super) const PILOT_CAPTION: Text = t(
    "Power of the pilot by the effect to be found (Hussey and Hughes 2007)",
    "不同效应大小下试点的检验效能（Hussey与Hughes，2007）",
);
pub(in super::super) const EFFECT: Text = t("Effect, minutes a visit", "效应（每次分钟）");
pub(in super::super) const POWER: Text = t("Power", "检验效能");
pub(in super::super) const NEEDED: Text =
    t("Visits needed a hospital and period", "每家医院每期所需就诊量");
pub(in super::super) const LOG: Text = t("What to log:", "需要记录：");
pub(in super::super) const FUNNEL: Text =
    t("From those who may to those who gain", "从符合条件到获益");
pub(in super::super) const FUNNEL_CHART: Text = t("Adoption funnel", "采用漏斗");
pub(in super::super) const FUNNEL_STEP: Text = t("Step", "步骤");
pub(in super::super) const FUNNEL_COUNT: Text =
    t("People, lines or uses, number", "人数、户数或次数");
pub(in super::super) const FUNNEL_SHARE: Text = t("Of the step before", "占上一步");
pub(in super::super) const FUNNEL_EACH: Text = t("({uses} a user)", "（人均{uses}次）");
pub(in super::super) const FUNNEL_NOBODY: Text = t(
    "Nobody used a line in this run, so there are no minutes of a use.",
    "本次运行中无人使用额度，因此没有每次使用的节省时间。",
);
pub(in super::super) const FUNNEL_SUB: Text = t(
    "People, lines and uses under the scheme over the run, mean of replications; in brackets the share of the step before",
    "本方案全程人数、额度数与使用次数（各次重复均值）；括号内为占上一步骤的比例",
);
pub(in super::super) const FUNNEL_AXIS: Text =
    t("people, lines or uses, number", "人数、额度数或次数");
pub(in super::super) const FUNNEL_SAY: Text = t(
    "Applicants who gave up while waiting: {abandoned}. Days to approval: {lead}. The way in: {way}. A user makes {uses} uses, each saving {minutes} minutes ({ends}) against {baseline}, \
     help and sign-up counted.",
    "等待中放弃的申请人：{abandoned}名；审批用时：{lead}天；加入方式：{way}。每名使用者平均使用{uses}次，\
     与{baseline}相比每次节省{minutes}分钟（{ends}），已计入开通与帮助。",
);
pub(in super::super) const TURNED_DOWN: Text =
    t("Applicants turned down, by reason: {reasons}.", "申请被拒的原因：{reasons}。");
pub(in super::super) const CAMPAIGN: Text = t(
    "Campaign of {from} to {to}: sign-up × {factor}; in its {days} days within the run {lines} lines were opened.",
    "宣传活动（{from}至{to}）：开通率×{factor}；本次运行覆盖其中{days}天，期间开通{lines}户。",
);
pub(in super::super) const CAMPAIGN_COST_EACH: Text = t(
    "It cost {cost}, {each} a line opened meanwhile.",
    "活动成本{cost}，折合期间每开通一户{each}。",
);
pub(in super::super) const CAMPAIGN_COST: Text = t("It cost {cost}.", "活动成本{cost}。");
pub(in super::super) const CAMPAIGN_NO_COST: Text =
    t("The scenario states no cost of it (costs.joining).", "情景未给出其成本（costs.joining）。");
pub(in super::super) const OPT_IN: Text = t("opting in", "自愿加入");
pub(in super::super) const OPT_OUT: Text = t("opting out", "默认加入、可退出");
pub(in super::super) const FUNNEL_NOTE: Text = t(
    "Activated: the line was shown at an institution in the scheme. Used: drawn at least once.",
    "激活：额度曾在参加机构出示；使用：至少支用一次。",
);

/// Names of arms, components, causes and steps.
const NAMES: [(&str, Text); 31] = [
    ("windows_2015", t("windows as in 2015", "2015年窗口缴费")),
    ("phone", t("phones as in 2023", "2023年手机缴费")),
    ("in_room", t("payment in the room", "诊间支付")),
    ("auto_debit", t("automatic charge, no credit", "自动扣款（无信用）")),
    ("credit_line", t("the scheme's credit line", "方案的信用额度")),
    ("phone+in_room", t("phones and the room", "手机与诊间")),
    ("phone+auto_debit", t("automatic charge, no credit", "自动扣款（无信用）")),
    ("phone+in_room+auto_debit", t("phones, room, automatic charge", "手机、诊间与自动扣款")),
    ("phone+in_room+auto_debit+credit_line", t("the same with the scheme's line", "再加方案额度")),
    ("pay_once_hospital_books", t("once at the end, hospital's books", "医院挂账、一次结算")),
    ("scheme_as_written", t("the scheme as written", "本方案（按情景）")),
    ("clinical_queues", t("queues for care", "诊疗排队")),
    ("payments_that_remain", t("payments that remain", "剩余缴费")),
    ("sign_up_and_help", t("sign-up and help", "开通与帮助")),
    ("other", t("other", "其他")),
    ("scheme", t("the scheme alone", "仅方案")),
    ("phone_growth", t("growth of phone payment alone", "仅手机缴费增长")),
    ("appointments", t("better appointments alone", "仅预约改善")),
    ("attention", t("attention alone", "仅受关注效应")),
    ("together", t("what they do only together", "共同作用的额外部分")),
    ("all", t("all at once", "全部同时")),
    ("eligible", t("eligible", "符合条件")),
    ("applied", t("applied", "申请")),
    ("opened", t("opened", "开通")),
    ("activated", t("activated", "激活")),
    ("used", t("used", "使用")),
    ("uses", t("uses", "使用次数")),
    ("minutes_per_use", t("minutes saved a use", "每次使用节省分钟")),
    ("whole", t("all steps", "合计")),
    ("hospitals_in_the_scheme", t("hospitals in the scheme", "参加的医院")),
    ("all_hospitals", t("all hospitals", "全部医院")),
];

/// The name of an arm, a component, a cause or a step; `None` for one that has none.
pub(in super::super) fn name_of(key: &str) -> Option<Text> {
    NAMES.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
}
