//! Words of the pages of experiments. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const KICKER: Text = t("aftercare: an experiment", "aftercare：实验");
pub(in super::super) const SETTING: Text = t(
    "{people} people, {days} days, {replications} replications a point, seed {seed}; every point on the \
     same luck, against {baseline}.",
    "{people}人，{days}天，每点{replications}次重复，种子{seed}；各点使用相同随机数，基线为{baseline}。",
);
pub(in super::super) const CONTENTS: Text = t("Contents", "目录");

pub(in super::super) const ROLLOUT: Text = t("Rollout: {title}", "推广：{title}");
pub(in super::super) const ROLLOUT_ANSWER: Text = t(
    "{sites} institutions take part by the last day; {hours} hours are saved in all against {baseline} (95 % \
     interval {around}), and {loss} yuan are lost net of recoveries.",
    "至末日共有{sites}家机构参加；与{baseline}相比共节省{hours}小时（95%区间 {around}），净信用损失{loss}元。",
);
pub(in super::super) const WAVES_SAMPLE: Text = t(
    "The run is a sample of {people} people with {sites} institutions: the others of a wave are not simulated \
     and count in no figure.",
    "本次运行为{people}人样本，含{sites}家机构；批次中的其他机构未模拟，不计入任何数字。",
);
pub(in super::super) const WAVES: Text = t("Waves", "批次");
pub(in super::super) const WAVE_FROM: Text = t("From", "自");
pub(in super::super) const WAVE_SITES: Text = t("Institutions", "机构");
pub(in super::super) const MONTHS: Text = t("Month by month", "逐月");
pub(in super::super) const FAN_SUB_LUCK: Text = t(
    "over {runs} replications: luck alone, not the doubt about inputs",
    "{runs}次重复：仅反映随机性，不含输入的不确定性",
);
pub(in super::super) const FAN_SUB_INPUTS: Text = t(
    "over {runs} runs through the uncertain inputs of the scenario",
    "{runs}次运行，覆盖情景中不确定的输入",
);
pub(in super::super) const FAN_AGAINST: Text = t("against {baseline}, ", "对比{baseline}，");
pub(in super::super) const BAND_WIDE: Text = t("5–95%", "5–95%");
pub(in super::super) const BAND_HALF: Text = t("25–75 %", "25–75%");
pub(in super::super) const BAND_MIDDLE: Text = t("middle", "中位数");
pub(in super::super) const UNIT_HOURS: Text = t("hours", "小时");
pub(in super::super) const UNIT_YUAN: Text = t("yuan", "元");
pub(in super::super) const FAN_HOURS: Text =
    t("Hours saved by the month's end", "截至月末累计节省小时");
pub(in super::super) const FAN_CASH: Text = t(
    "The lender's cash by the month's end: repaid less lent",
    "截至月末出资方累计现金（还款减支用）",
);
pub(in super::super) const FAN_LOSS: Text = t("Written off by the month's end", "截至月末累计核销");
pub(in super::super) const FAN_HOSPITAL: Text =
    t("Hospitals' gain of cash at the month's end", "月末医院现金增益");
pub(in super::super) const FAN_HOURS_SAY: Text = t(
    "Below zero where signing up and help take longer than the stops that fall away.",
    "低于零表示开通与帮助所花时间超过省去的缴费停留。",
);
pub(in super::super) const FAN_CASH_SAY: Text =
    t("Below zero while more has been lent than has come back.", "低于零表示支用尚未全部收回。");
pub(in super::super) const FAN_LOSS_SAY: Text =
    t("A loss follows its draw by months.", "损失比用信晚数月出现。");
pub(in super::super) const FAN_HOSPITAL_SAY: Text = t(
    "Against the same hospitals in the first baseline; above zero where lenders pay sooner than patients.",
    "与首个基线下的同一批医院相比；高于零表示出资方付款早于患者。",
);
pub(in super::super) const LATE_LOSS: Text = t(
    "Most losses come after the last day: {late} yuan are written off in the run-out.",
    "多数损失发生在末日之后：收尾期核销{late}元。",
);
pub(in super::super) const CURVES: Text = t("Adoption by institution", "各机构采用曲线");
pub(in super::super) const CURVES_CAPTION: Text =
    t("Share of an institution's visits on a line, by month", "各机构每月使用额度的就诊占比");

pub(in super::super) const COMPARE: Text =
    t("Comparison in the city of “{title}”", "比较（城市：“{title}”）");
pub(in super::super) const COMPARE_ANSWER: Text = t(
    "Against {baseline}, {best} is first by {metric}; the probability that it truly is the best is at least {sure}.",
    "对比{baseline}，按{metric}，{best}排第一；其确为最优的概率至少为{sure}。",
);
pub(in super::super) const PARETO: Text = t("Minutes against losses", "节省时间与损失");
pub(in super::super) const PARETO_SUB: Text = t(
    "Hours saved in the run against {baseline}; lines are 95% intervals over replications",
    "全程节省小时（对比{baseline}）；横竖线为各次重复的95%区间",
);
pub(in super::super) const PARETO_CAP: Text = t(
    "Each dot is a policy; right and down is better. A hollow dot is a policy that another one beats in both. The \
     baseline is {baseline}.",
    "每点为一项政策，越靠右下越好；空心点表示有其他政策在两方面都更好。基线为{baseline}。",
);
pub(in super::super) const PARETO_TABLE: Text = t(
    "Behind the picture: hours saved in the run against {baseline} and net credit loss, 95% intervals below",
    "图中数据：全程节省小时（对比{baseline}）与净信用损失，下方为 95% 区间",
);
pub(in super::super) const POLICY: Text = t("Policy of scenario", "政策（情景）");
pub(in super::super) const BEATEN: Text = t("Better in both", "两方面都更好的政策");
pub(in super::super) const PARETO_X: Text = t("hours saved", "节省小时");
pub(in super::super) const PARETO_Y: Text = t("net credit loss, yuan", "净信用损失（元）");
pub(in super::super) const FRONT: Text =
    t("● no other policy is as good in both", "● 不被其他政策同时超过");
pub(in super::super) const DOMINATED: Text =
    t("○ another policy is better in both", "○ 被其他政策同时超过");
pub(in super::super) const GROUPS: Text = t("Who gains and who loses", "谁受益、谁受损");
pub(in super::super) const GROUP: Text = t("Group", "群体");
pub(in super::super) const GROUPS_MINUTES: Text =
    t("Minutes saved a visit, second less first", "每次就诊节省分钟（第二减第一）");
pub(in super::super) const GROUPS_LOSS: Text = t(
    "What lines lost and bills that hospitals gave up, yuan, second less first",
    "信用净损失与医院核销的欠费（元，第二减第一）",
);
pub(in super::super) const DELTA: Text = t("Difference", "差异");
pub(in super::super) const INTERVAL: Text = t("95% interval", "95%区间");
pub(in super::super) const SAYS: Text = t("Says", "结论");
pub(in super::super) const GAINS: Text = t("gains", "受益");
pub(in super::super) const LOSES: Text = t("loses", "受损");
pub(in super::super) const CANNOT_TELL: Text = t("cannot tell", "无法判断");
pub(in super::super) const NUMBERS_IN: Text = t("Its numbers: {file}.", "数据见{file}。");
pub(in super::super) const MONTH: Text = t("Month", "月份");
pub(in super::super) const PERCENTILE: Text =
    t("{p}th percentile, {unit}", "第{p}百分位数（{unit}）");
pub(in super::super) const PAIR: Text = t("Pair: first → second", "一对政策：第一 → 第二");
pub(in super::super) const EVEN_TABLE: Text = t(
    "Behind the picture: what the second policy saves and costs more than the first, both held against {baseline}, 95% \
     interval below.",
    "图中数据：第二项政策比第一项多节省与多花费（二者均以{baseline}为基线），下方为95%区间。",
);
pub(in super::super) const EVEN_HOURS: Text = t("More hours saved", "多节省小时");
pub(in super::super) const EVEN_MORE: Text = t("More cost, yuan", "多花费（元）");
pub(in super::super) const EVEN_PRICE: Text =
    t("Even where an hour is worth, yuan", "盈亏平衡的每小时价值（元）");
pub(in super::super) const EVEN: Text = t("Break-even", "盈亏平衡");
pub(in super::super) const EVEN_ABOVE: Text = t(
    "{second} is worth more than {first} where a patient's hour is worth more than {price} yuan ({ends}).",
    "当患者每小时价值高于{price}元（{ends}）时，{second}优于{first}。",
);
pub(in super::super) const EVEN_BELOW: Text = t(
    "{second} is worth more than {first} where a patient's hour is worth less than {price} yuan ({ends}).",
    "当患者每小时价值低于{price}元（{ends}）时，{second}优于{first}。",
);
pub(in super::super) const EVEN_ALWAYS: Text = t(
    "{second} saves hours against {first} and costs no more.",
    "与{first}相比，{second}节省时间且不增加成本。",
);
pub(in super::super) const EVEN_NEVER: Text = t(
    "{second} costs more than {first} and saves no hours.",
    "与{first}相比，{second}增加成本且不节省时间。",
);
pub(in super::super) const EVEN_NONE: Text =
    t("{second} and {first} do not differ.", "{second}与{first}无差异。");
pub(in super::super) const EVEN_COST: Text = t(
    "More hours saved by the former: {hours} (− = fewer); more cost: {cost} yuan (− = less). The cost is {is}.",
    "前者多节省 {hours} 小时（− 为更少），多花费 {cost} 元（− 为更少）；成本为{is}。",
);
pub(in super::super) const EVEN_UNSURE: Text = t(
    "Yet their hours cannot be told apart here: the 95% interval of the difference is {around} h. The sentence above holds \
     for the mean only.",
    "但两者节省的小时在此无法区分：差值的95%区间为{around}小时。上句仅就均值而言。",
);
pub(in super::super) const EVEN_CHART: Text =
    t("Net worth by what an hour is worth", "净收益与每小时价值");
pub(in super::super) const EVEN_CHART_SUB: Text = t(
    "{second} held against {first}: more hours saved × worth of an hour − more cost; at the dot it is even",
    "{second}相对于{first}：多节省小时×每小时价值−多花费；圆点处盈亏平衡",
);
pub(in super::super) const EVEN_CHART_CAP: Text = t(
    "Where the line is above zero the second policy is worth its cost. The dot is the break-even, the grey band its 95% \
     interval.",
    "横线在零以上时，第二项政策物有所值。圆点为盈亏平衡点，灰色带为其95%区间。",
);
pub(in super::super) const EVEN_X: Text = t("yuan an hour", "元/小时");
pub(in super::super) const EVEN_LINE: Text = t("net worth", "净收益");
pub(in super::super) const EVEN_BAND: Text = t("95% of the break-even", "盈亏平衡点95%区间");
pub(in super::super) const VARIANCE: Text = t(
    "Pairing on the same luck leaves {ratio} of the variance of independent runs (middle of {count} headlines).",
    "使用相同随机数配对后，方差仅为独立运行的{ratio}（{count}个主要指标的中位数）。",
);
