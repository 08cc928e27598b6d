//! Words of the charts. Must never say more than the figures.

use super::{Text, t};

pub(in super::super) const C_TIME: Text =
    t("Where the minutes of a visit go", "一次就诊的时间花在哪里");
pub(in super::super) const C_TIME_SUB: Text =
    t("Mean over all visits under each payment regime", "各支付方式下全部就诊的平均值");
pub(in super::super) const C_TIME_CAP: Text = t(
    "Only the payment part can be removed by paying later. Waiting for doctors, tests and drugs \
     remains, and can shrink or grow a little as patients arrive there at other times. The \
     baseline of this report is {baseline}.",
    "后付费只能去掉缴费部分；等医生、检查和取药的时间仍在，只会因患者到达时间改变而略有增减。本\
     报告的基线是{baseline}。",
);
pub(in super::super) const SEG_CARE: Text = t("care, reports, walking", "诊疗、等报告、步行");
pub(in super::super) const SEG_REST: Text = t("everything else", "其余时间");
pub(in super::super) const SEG_QUEUE: Text = t("queues for care", "诊疗排队");
pub(in super::super) const SEG_PAYMENT: Text = t("payment", "缴费");
pub(in super::super) const PAYMENT_OF: Text =
    t("{title}: payment takes {x}", "{title}：其中缴费 {x}");
pub(in super::super) const AX_MIN_VISIT: Text = t("minutes per visit", "每次就诊分钟数");
pub(in super::super) const C_AGE: Text = t("Payment minutes by age", "各年龄的缴费时间");
pub(in super::super) const C_AGE_SUB: Text = t(
    "Walk, queue and service of payment trips, by payment regime",
    "缴费的步行、排队与办理，按支付方式",
);
pub(in super::super) const C_AGE_CAP: Text = t(
    "Payment takes longest for those who pay at windows rather than by phone. Whether the \
     scheme helps them depends on who signs up. The baseline of this report is {baseline}.",
    "在窗口而非手机上付费的人，缴费用时最长；方案能否帮到他们，取决于谁来签约。本报告的基线\
     是{baseline}。",
);
pub(in super::super) const AX_AGE: Text = t("age, years", "年龄（岁）");
pub(in super::super) const C_HOUR: Text =
    t("Waiting at the cashier over the day", "一天中收费处的等候");
pub(in super::super) const C_HOUR_SUB: Text =
    t("Mean wait by hour of arrival, all hospitals", "按到达时刻的平均等候，全部医院");
pub(in super::super) const C_HOUR_CAP: Text = t(
    "Fewer payers at the windows can shorten the queue for everybody, also for those without a \
     line. How much depends on how crowded the windows are under {baseline}.",
    "窗口缴费的人少了，所有人的队都可能变短，包括没有额度的人。缩短多少取决于{baseline}下窗口的\
     拥挤程度。",
);
pub(in super::super) const AX_HOUR: Text = t("hour of arrival", "到达时刻（时）");
pub(in super::super) const AX_MIN_WAIT: Text = t("minutes", "分钟");
pub(in super::super) const C_HIST: Text =
    t("How many minutes single visits save", "单次就诊节省的时间分布");
pub(in super::super) const C_HIST_SUB: Text = t(
    "Share of visits by minutes saved against {baseline}",
    "按节省分钟数统计的就诊占比，对比{baseline}",
);
pub(in super::super) const C_HIST_CAP: Text = t(
    "Left of zero a visit took longer than under {baseline}. The grey bar begins at zero: it \
     holds the visits whose time did not change, and small savings. The outermost bars hold all \
     visits beyond them.",
    "零点左侧的就诊比{baseline}下用时更长。灰色柱从零开始，包含时间不变和略有节省的就诊。最外侧\
     的柱包含其外的全部就诊。",
);
pub(in super::super) const H_USERS: Text = t("Visits paid on a credit line", "使用信用额度的就诊");
pub(in super::super) const H_OTHERS: Text = t("All other visits", "其他就诊");
pub(in super::super) const AX_SAVED: Text =
    t("minutes saved (negative: longer)", "节省分钟数（负数为更长）");
pub(in super::super) const C_OUT: Text = t("What is owed, day by day", "逐日未偿余额");
pub(in super::super) const C_OUT_SUB: Text =
    t("Credit lines under the scheme, mean over replications", "本方案的信用额度，各次重复平均");
pub(in super::super) const C_OUT_CAP: Text = t(
    "The upper panel is all that is owed, the lower one what is past its due date, on its own \
     scale.",
    "上图为全部未偿余额，下图为其中已逾期部分，刻度不同。",
);
pub(in super::super) const P_OUT: Text = t("Owed in all", "全部未偿");
pub(in super::super) const P_OVERDUE: Text = t("Past due", "其中已逾期");
pub(in super::super) const B_1: Text = t("1–30 days late", "逾期 1–30 天");
pub(in super::super) const B_31: Text = t("31–60 days", "31–60 天");
pub(in super::super) const B_61: Text = t("61–90 days", "61–90 天");
pub(in super::super) const B_90: Text = t("over 90 days", "90 天以上");
pub(in super::super) const AX_DAY: Text = t("day of the run", "运行第几天");
pub(in super::super) const AX_YUAN: Text = t("yuan", "元");
pub(in super::super) const AX_YUAN_K: Text = t("thousand yuan", "千元");
pub(in super::super) const AX_YUAN_W: Text = t("ten thousand yuan", "万元");
pub(in super::super) const AX_YUAN_M: Text = t("million yuan", "百万元");
pub(in super::super) const C_LOSS: Text = t("Who bears the net credit loss", "信用净损失由谁承担");
pub(in super::super) const C_LOSS_SUB: Text =
    t("Under the scheme, after recoveries", "本方案，扣除收回后");
pub(in super::super) const C_LOSS_CAP: Text = t(
    "The order in which losses are shared is a rule of the scenario; see the loss rules there.",
    "损失的分担次序由情景文件中的规则决定。",
);
pub(in super::super) const C_HOSP: Text =
    t("Hospitals that gain most and least", "节省最多与最少的医院");
pub(in super::super) const C_HOSP_SUB: Text = t(
    "Minutes saved per visit against {baseline}; highest and lowest",
    "每次就诊节省分钟数，对比{baseline}；最高与最低",
);
pub(in super::super) const C_HOSP_CAP: Text = t(
    "Small institutions see few visits, so part of their distance from the mean is chance.",
    "小机构就诊量少，与均值的差距有一部分是偶然。",
);
pub(in super::super) const AX_SAVED_VISIT: Text =
    t("minutes saved per visit", "每次就诊节省分钟数");

pub(in super::super) const C_HEAT: Text = t("Waits by station and hour", "各环节分时等候时间");
pub(in super::super) const C_HEAT_SUB: Text = t(
    "Mean minutes in line of those who joined in that hour, all hospitals",
    "该小时内开始排队者的平均等候分钟数（全部医院）",
);
pub(in super::super) const C_HEAT_CAP: Text = t(
    "Above the baseline {baseline}, below the scheme; darker is longer, the number is minutes. Who joins while a station is closed (at noon, before it opens) waits until it opens. Hours outside 7 to 18, and hospital levels apart, are in by_station_hour.csv.",
    "上为基线 {baseline}，下为本方案；颜色越深等候越长，数字为分钟。午休或开诊前到达者须等到开放。7 至 18 时以外及分医院级别的数据见 by_station_hour.csv。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    C_HEAT,
    C_HEAT_SUB,
    C_HEAT_CAP,
    C_TIME,
    C_TIME_SUB,
    C_TIME_CAP,
    SEG_CARE,
    SEG_REST,
    SEG_QUEUE,
    SEG_PAYMENT,
    PAYMENT_OF,
    AX_MIN_VISIT,
    C_AGE,
    C_AGE_SUB,
    C_AGE_CAP,
    AX_AGE,
    C_HOUR,
    C_HOUR_SUB,
    C_HOUR_CAP,
    AX_HOUR,
    AX_MIN_WAIT,
    C_HIST,
    C_HIST_SUB,
    C_HIST_CAP,
    H_USERS,
    H_OTHERS,
    AX_SAVED,
    C_OUT,
    C_OUT_SUB,
    C_OUT_CAP,
    P_OUT,
    P_OVERDUE,
    B_1,
    B_31,
    B_61,
    B_90,
    AX_DAY,
    AX_YUAN,
    AX_YUAN_K,
    AX_YUAN_W,
    AX_YUAN_M,
    C_LOSS,
    C_LOSS_SUB,
    C_LOSS_CAP,
    C_HOSP,
    C_HOSP_SUB,
    C_HOSP_CAP,
    AX_SAVED_VISIT,
];
