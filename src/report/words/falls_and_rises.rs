//! Words of the four falls and two rises. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const TITLE: Text = t("Four falls and two rises", "“四降两升”对照");
pub(in super::super) const LEAD: Text = t(
    "Cities count such schemes by four falls (queues a visit, queueing time, waiting time, the hospitals' running cost) and two rises \
     (appointments, satisfaction). Here they stand side by side under each way of paying, of the same visits.",
    "各地常以“四降两升”评价此类做法：四降为排队次数、排队时间、等候时间、医院运行成本，两升为预约率、满意度。下表列出相同就诊在各种缴费方式下的数值。",
);
pub(in super::super) const CAPTION: Text =
    t("Four falls and two rises, a visit", "“四降两升”（每次就诊）");
pub(in super::super) const MEASURE: Text = t("Measure", "指标");
pub(in super::super) const CLAIMED: Text = t("Claimed", "宣称");
pub(in super::super) const BEFORE: Text = t("Without the scheme", "无本方案");
pub(in super::super) const FALLS: Text = t("falls", "降");
pub(in super::super) const RISES: Text = t("rises", "升");
pub(in super::super) const QUEUES: Text = t("Queues to pay, number", "缴费排队次数");
pub(in super::super) const QUEUES_ARE: Text = t(
    "trips to a window, kiosk or desk; clinical queues are as many in each arm",
    "到窗口、自助机、服务台的次数；诊疗排队次数各方案相同",
);
pub(in super::super) const QUEUEING: Text = t("Queueing time, min", "排队时间（分钟）");
pub(in super::super) const QUEUEING_IS: Text = t("in those lines", "缴费排队");
pub(in super::super) const WAITING: Text = t("Waiting time, min", "等候时间（分钟）");
pub(in super::super) const WAITING_IS: Text =
    t("in all lines of the visit, clinical ones too", "就诊全程各类排队，含诊疗排队");
pub(in super::super) const USERS: Text = t("of it, visits on the line", "其中信用就诊");
pub(in super::super) const COST: Text = t("Hospitals' running cost, yuan", "医院运行成本（元）");
pub(in super::super) const COST_IS: Text = t(
    "of taking payments: clerks while they serve, fees, messages, upkeep and help where hospitals bear them",
    "收费环节：窗口人员服务工时，以及由医院承担的手续费、消息费、系统维护与咨询服务",
);
pub(in super::super) const AHEAD: Text = t("Appointments", "预约率");
pub(in super::super) const AHEAD_IS: Text =
    t("an input: not simulated, so alike in each arm", "为输入值，未作仿真，各方案相同");
pub(in super::super) const NOTICE: Text =
    t("of it, came at the hour that a notice named", "其中按通知时段到院");
pub(in super::super) const SATISFACTION: Text = t("Satisfaction", "满意度");
pub(in super::super) const NOT_COMPARABLE: Text = t("not comparable", "不可比");
pub(in super::super) const SATISFACTION_IS: Text = t(
    "an answer to a questionnaire, not simulated; the row below is what a run can show of it",
    "来自问卷，未作仿真；下一行为仿真可给出的相近指标",
);
pub(in super::super) const NOBODY: Text = t(
    "— among visits on the line: no visit was put on the line in this run.",
    "信用就诊项为“—”：本次运行中没有信用就诊。",
);
pub(in super::super) const LONG: Text =
    t("more than {min} min around payment", "缴费环节超过 {min} 分钟的就诊占比");
pub(in super::super) const LONG_USERS: Text =
    t("of the visits on the line, more than {min} min", "信用就诊中超过 {min} 分钟的占比");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    TITLE,
    LEAD,
    CAPTION,
    MEASURE,
    CLAIMED,
    BEFORE,
    FALLS,
    RISES,
    QUEUES,
    QUEUES_ARE,
    QUEUEING,
    QUEUEING_IS,
    WAITING,
    WAITING_IS,
    USERS,
    COST,
    COST_IS,
    AHEAD,
    AHEAD_IS,
    NOTICE,
    SATISFACTION,
    NOT_COMPARABLE,
    SATISFACTION_IS,
    NOBODY,
    LONG,
    LONG_USERS,
];
