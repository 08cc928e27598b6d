//! Words of the page's sections. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const CAUSE: Text = t("Where the minutes come from", "节省的时间从何而来");
pub(in super::super) const CAUSE_LEAD: Text = t(
    "The saving must follow from its causes. The table adds them up and sets the sum beside \
     what the simulated clocks say, per visit and against {baseline}.",
    "节省的时间必须能由其原因解释。下表将各原因相加，并与仿真时钟的结果对照：按每次就诊计，对\
     比{baseline}。",
);
pub(in super::super) const CHECK_CAPTION: Text = t(
    "The saving and its causes, per visit, against {baseline}",
    "每次就诊的节省时间及其原因，对比{baseline}",
);
pub(in super::super) const CHECK_STOPS: Text =
    t("Payment stops removed, number", "减少的缴费停留（次）");
pub(in super::super) const CHECK_MINUTES: Text =
    t("× minutes of a stop removed", "× 每次停留的分钟数");
pub(in super::super) const CHECK_STOPS_PART: Text =
    t("= minutes from removed stops", "= 由减少停留节省的分钟数");
pub(in super::super) const CHECK_OTHER: Text =
    t("+ change in the other queues, min", "+ 其他队列的变化（分钟）");
pub(in super::super) const CHECK_CLINICAL: Text =
    t("of which queues for care, min", "其中：诊疗排队（分钟）");
pub(in super::super) const CHECK_REMAINING: Text =
    t("of which payments that remain, min", "其中：仍保留的缴费（分钟）");
pub(in super::super) const CHECK_SIGN_UP: Text =
    t("− signing up and help, min", "− 签约与帮助所用时间（分钟）");
pub(in super::super) const CHECK_EXPLAINED: Text =
    t("= explained saving, min", "= 可解释的节省（分钟）");
pub(in super::super) const CHECK_SIMULATED: Text =
    t("Simulated saving, min", "仿真得到的节省（分钟）");
pub(in super::super) const CHECK_AGREES: Text =
    t("The two agree within their intervals.", "两者在区间内一致。");
pub(in super::super) const CHECK_DIFFERS: Text = t(
    "The two differ by {x} minutes, more than their intervals allow: read the saving with \
     caution.",
    "两者相差 {x} 分钟，超出各自区间：解读节省时间时应谨慎。",
);
pub(in super::super) const CHECK_SINGLE: Text = t(
    "The two differ by {x} minutes; with one replication there is no interval to judge it by.",
    "两者相差 {x} 分钟；仅一次重复，没有区间可供判断。",
);
pub(in super::super) const WHO: Text = t("Who gains, where and when", "谁受益，在哪里，什么时候");
pub(in super::super) const GROUP_CAPTION: Text = t(
    "By group: minutes per visit and saving against {baseline}",
    "分组：每次就诊分钟数，以及对比{baseline}的节省",
);
pub(in super::super) const GROUP: Text = t("Group", "分组");
pub(in super::super) const VISITS: Text = t("Share of visits", "就诊占比");
pub(in super::super) const TIME_SHORT: Text = t("Time in hospital, min", "在院时间（分钟）");
pub(in super::super) const PAYMENT_SHORT: Text = t("Payment, min", "缴费（分钟）");
pub(in super::super) const STATIONS_TITLE: Text =
    t("Stations: waiting and use of servers ({file})", "各环节：等候与窗口占用（{file}）");
pub(in super::super) const STATIONS_CAPTION: Text = t(
    "Mean wait in minutes and share of open server time in use",
    "平均等候（分钟）与开放时间占用率",
);
pub(in super::super) const STATION: Text = t("Station", "环节");
pub(in super::super) const WAIT_OF: Text = t("Wait, min: {arm}", "等候（分钟）：{arm}");
pub(in super::super) const USE_OF: Text = t("In use, %: {arm}", "占用（%）：{arm}");
pub(in super::super) const CREDIT_TITLE: Text =
    t("What it costs and who bears it", "代价多少，由谁承担");
pub(in super::super) const CREDIT_LEAD: Text = t(
    "Credit moves the moment of payment; it does not make care cheaper. What is not repaid is a \
     loss that somebody bears.",
    "信用只改变付款时间，并不降低医疗费用；未偿还的部分就是损失，总有人承担。",
);
pub(in super::super) const LOSS_NONE: Text = t(
    "No draw was written off beyond what was recovered, so nobody bears a credit loss.",
    "核销未超过收回，因此没有人承担信用损失。",
);
pub(in super::super) const SETTLEMENT_TITLE: Text = t("Who paid the bills", "账单由谁支付");
pub(in super::super) const SETTLEMENT_LEAD: Text = t(
    "{claims} claims over {total} were settled; the parts sum to the bills to the fen.",
    "共结算 {claims}笔、{total}；各方支付之和与账单分毫不差。",
);
pub(in super::super) const SETTLEMENT_LEAD_BROKEN: Text = t(
    "{claims} claims over {total} were settled, but the books do not balance.",
    "共结算 {claims}笔、{total}，但账目不平。",
);
pub(in super::super) const REQUESTS: Text = t(
    "In its busiest minute the city sends {peak} requests a second to the settlement engine; a \
     visit makes {each} on average.",
    "在最繁忙的一分钟内，城市每秒向结算引擎发出 {peak} 个请求；平均每次就诊 {each} 个。",
);
pub(in super::super) const FUNDS_CAPTION: Text = t("Payers of all bills", "全部账单的支付方");
pub(in super::super) const PAYER: Text = t("Payer", "支付方");
pub(in super::super) const LOAD_TITLE: Text =
    t("The busiest day, and the room left", "最繁忙的一天与系统余量");
pub(in super::super) const REFUSALS_TITLE: Text = t("What was refused", "被拒绝的请求");
pub(in super::super) const REFUSALS_LEAD: Text = t(
    "Each refusal is counted under the first word that applies. “No line in the family” is the \
     ordinary case of people who did not sign up.",
    "每次拒绝按最先适用的原因计数。“家庭无可用额度”即未签约者的一般情况。",
);
pub(in super::super) const REFUSALS_NONE: Text = t("Nothing was refused.", "没有拒绝任何请求。");
pub(in super::super) const REFUSALS_CAPTION: Text = t("Refusals by reason", "按原因统计的拒绝次数");
pub(in super::super) const REASON: Text = t("Reason", "原因");
pub(in super::super) const COUNT: Text = t("Number", "次数");
pub(in super::super) const LIMITS_TITLE: Text =
    t("Limits, and inputs of low confidence", "局限与低可信度输入");
pub(in super::super) const LIMIT_1: Text = t(
    "Times are differences between simulated arms with the same patients and the same luck. \
     They are not measurements in a hospital.",
    "时间差来自患者与随机因素相同的多个仿真方案之间的比较，并非医院实测。",
);
pub(in super::super) const LIMIT_2: Text = t(
    "Percentages that cities have published (of waiting, of time in hospital, of “visit time”) \
     have different denominators; none is reproduced here unless the same measure is named.",
    "各城市公布的百分比（等候、在院时间、“就诊时间”）分母不同；除非指标相同，本报告不与其对照。",
);
pub(in super::super) const LIMIT_3: Text = t("Satisfaction is not simulated.", "满意度未作仿真。");
pub(in super::super) const LIMIT_4: Text = t(
    "Each saving depends on its baseline: the same scheme usually saves more against windows \
     than against phones.",
    "节省多少取决于基线：同一方案通常对比窗口缴费节省较多，对比手机支付节省较少。",
);
pub(in super::super) const LIMIT_SAMPLED: Text = t(
    "This run simulates a sample of whole hospitals with their own demand, not the whole city; \
     totals are those of the sample.",
    "本次运行只仿真部分医院及其就诊需求，而非全市；合计数为样本合计。",
);
pub(in super::super) const SAMPLE_KEPT: Text = t(
    "It keeps {kept} of the city's {all} institutions and {members} of the scheme's {all_members}.",
    "保留全市{all}家机构中的{kept}家，其中参加机构{all_members}家中的{members}家。",
);
pub(in super::super) const APPROX_CAPTION: Text =
    t("Approximations that came into play, counted", "起作用的近似处理及其计数");
pub(in super::super) const COUNTER: Text = t("Counter", "计数项");
pub(in super::super) const ASSUMED_LEAD: Text = t(
    "{assumed} of {total} inputs are assumed, without a source. The table counts them by file and part; each stands \
     with its value and reason in {file}.",
    "{total} 项输入中有 {assumed} 项为无来源的假设值。下表按文件和部分计数；逐项的取值与理由见 {file}。",
);
pub(in super::super) const ASSUMED_OWN: Text = t(
    "{file} itself states {total} inputs: {filled} with a source, {assumed} assumed ({bar} {percent}% complete). The \
     assumed ones stand first in the list; ask for them first.",
    "{file} 自身给出 {total} 项输入：{filled} 项有来源，{assumed} 项为假设（{bar} 完成 {percent}%）。这些假设列在最前，请优先索取。",
);
pub(in super::super) const ASSUMED_NONE: Text = t(
    "Every one of the {total} inputs has a source; they stand in {file}.",
    "{total} 项输入均有来源，见 {file}。",
);
pub(in super::super) const ASSUMED_CAPTION: Text = t("Inputs that are assumed", "假设的输入");
pub(in super::super) const ASSUMED_ALL: Text =
    t("Every assumed input with its value ({file})", "逐项列出全部假设的输入（{file}）");
pub(in super::super) const ASSUMED_INPUTS: Text = t("Inputs, number", "输入（项）");
pub(in super::super) const ASSUMED_OF_THEM: Text = t("Assumed of them, number", "其中假设（项）");
pub(in super::super) const INPUT: Text = t("Input", "输入");
pub(in super::super) const SOURCE: Text = t("Source", "来源");
pub(in super::super) const PLACE: Text = t("Where", "位置");
pub(in super::super) const READ_TITLE: Text = t("How to read this", "如何阅读本报告");
pub(in super::super) const READ_1: Text = t(
    "“Saved” is the baseline minus the scheme, over visits that took place in both; a negative \
     figure is time lost. No saving has a meaning without its baseline.",
    "“节省”= 基线减本方案，仅计两者都发生的就诊；负数表示时间增加。离开基线谈节省没有意义。",
);
pub(in super::super) const READ_2: Text = t(
    "“Paid on a credit line” compares the visits that drew on a line under the scheme with the \
     same visits under the baseline.",
    "“使用信用额度的就诊”指在本方案下支用了额度的就诊，与它们在基线下的情形比较。",
);
pub(in super::super) const READ_3: Text = t(
    "“Payment” is the walk to a cashier or kiosk and back, the queue there and the service. \
     “Queues” are all queues, those at the cashier too, so the two overlap and must not be \
     added.",
    "“缴费”指往返收费处或自助机的步行、在那里的排队和办理。“排队”包括所有队列，也含收费队列，两\
     者有重叠，不可相加。",
);
pub(in super::super) const READ_4: Text = t(
    "“Ever 90+ days past due” counts each yuan (or line) that was at any time more than 90 days \
     late, divided by the yuan drawn (or lines used). After the last day the books run on until \
     each draw is repaid or written off.",
    "“曾逾期 90 天以上”指任何时候逾期超过 90 天的金额（或户数）除以支用金额（或已用户数）。最后\
     一天之后账目继续运行，直到每笔支用偿还或核销。",
);
pub(in super::super) const READ_5: Text = t(
    "Net credit loss is what was written off less what was recovered.",
    "信用净损失 = 核销金额减核销后收回金额。",
);
pub(in super::super) const REPRODUCE_TITLE: Text = t("Reproduce this run", "复现本次运行");
pub(in super::super) const REPRODUCE_LEAD: Text = t(
    "The same command, version and inputs leave the same files, byte for byte, whatever the \
     number of threads.",
    "相同的命令、版本和输入会得到逐字节相同的文件，与线程数无关。",
);
pub(in super::super) const SEED: Text = t("Seed", "随机种子");
pub(in super::super) const INPUT_HASH: Text = t("Hash of all inputs", "全部输入的哈希值");
pub(in super::super) const VERSION: Text = t("Tool version", "工具版本");
pub(in super::super) const SAMPLER: Text = t("Sampler", "抽样器");
pub(in super::super) const VERIFY: Text = t("Check", "校验");
pub(in super::super) const CONTENTS: Text = t("Contents", "目录");
pub(in super::super) const SHORT_PRINT: Text = t(
    "print the short form: question, answers, pictures, objections, limits, how to repeat it",
    "打印简版：问题、结论、图、各方质疑、局限与复现方法",
);
pub(in super::super) const NOT_LEFT: Text = t(
    "Not shown, because the run left no data for it: {list}.",
    "因本次运行未留下数据而未显示：{list}。",
);
pub(in super::super) const OTHER_LANGUAGE: Text = t("中文", "English");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    CAUSE,
    CAUSE_LEAD,
    CHECK_CAPTION,
    CHECK_STOPS,
    CHECK_MINUTES,
    CHECK_STOPS_PART,
    CHECK_OTHER,
    CHECK_CLINICAL,
    CHECK_REMAINING,
    CHECK_SIGN_UP,
    CHECK_EXPLAINED,
    CHECK_SIMULATED,
    CHECK_AGREES,
    CHECK_DIFFERS,
    CHECK_SINGLE,
    WHO,
    GROUP_CAPTION,
    GROUP,
    VISITS,
    TIME_SHORT,
    PAYMENT_SHORT,
    STATIONS_TITLE,
    STATIONS_CAPTION,
    STATION,
    WAIT_OF,
    USE_OF,
    CREDIT_TITLE,
    CREDIT_LEAD,
    LOSS_NONE,
    SETTLEMENT_TITLE,
    SETTLEMENT_LEAD,
    SETTLEMENT_LEAD_BROKEN,
    REQUESTS,
    FUNDS_CAPTION,
    PAYER,
    LOAD_TITLE,
    REFUSALS_TITLE,
    REFUSALS_LEAD,
    REFUSALS_NONE,
    REFUSALS_CAPTION,
    REASON,
    COUNT,
    LIMITS_TITLE,
    LIMIT_1,
    LIMIT_2,
    LIMIT_3,
    LIMIT_4,
    LIMIT_SAMPLED,
    APPROX_CAPTION,
    COUNTER,
    ASSUMED_LEAD,
    ASSUMED_OWN,
    ASSUMED_NONE,
    ASSUMED_CAPTION,
    ASSUMED_ALL,
    ASSUMED_INPUTS,
    ASSUMED_OF_THEM,
    INPUT,
    SOURCE,
    PLACE,
    READ_TITLE,
    READ_1,
    READ_2,
    READ_3,
    READ_4,
    READ_5,
    REPRODUCE_TITLE,
    REPRODUCE_LEAD,
    SEED,
    INPUT_HASH,
    VERSION,
    SAMPLER,
    VERIFY,
    CONTENTS,
    SHORT_PRINT,
    NOT_LEFT,
    OTHER_LANGUAGE,
];
