//! Words of cross-province stays. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const AWAY_CAPTION: Text = t(
    "Stays of people insured in another province: direct settlement beside manual reimbursement of \
     the same {stays} stays",
    "跨省异地住院：同样{stays}例住院，直接结算与手工报销对照",
);
pub(in super::super) const AWAY_DIRECT: Text = t("Direct settlement", "直接结算");
pub(in super::super) const AWAY_MANUAL: Text = t("Manual reimbursement", "手工报销");
pub(in super::super) const AWAY_LOCKED: Text =
    t("Patients' money locked, yuan-days", "患者垫资占用（元·日）");
pub(in super::super) const AWAY_PROVINCE: Text =
    t("Money of the province of care locked, yuan-days", "就医省垫资占用（元·日）");
pub(in super::super) const AWAY_ADVANCED: Text = t("Advanced by patients", "患者垫付金额");
pub(in super::super) const AWAY_DAYS: Text = t("Days until the benefit is had", "获得报销的天数");
pub(in super::super) const AWAY_FORGONE: Text =
    t("Benefits never paid (invoice lost, bill unpaid)", "未能报销金额（票据遗失或未结清）");
pub(in super::super) const AWAY_INTERRUPTED: Text =
    t("Treatments stopped for want of money", "因缺钱中断治疗例数");
pub(in super::super) const AWAY_TRIPS: Text = t("Trips back", "返乡往返次数");
pub(in super::super) const AWAY_CLERKS: Text = t("Clerk hours", "经办工时（小时）");
pub(in super::super) const AWAY_RELAY: Text = t(
    "{diverted} stays were diverted to manual reimbursement; {repaired} of {faults} faults were \
     repaired within 24 hours. Half of the settlements took at most {median} seconds from the first \
     request to the last answer, 95% at most {p95}; over the other kind of connection the median \
     is {other} seconds.",
    "{diverted}例转为手工报销；{faults}次故障中{repaired}在24小时内排除。半数结算从首个请求到最后应答不超过\
     {median}秒，95%不超过{p95}秒；改用另一种连接方式的中位数为{other}秒。",
);
pub(in super::super) const AWAY_HOSPITALS: Text = t(
    "Hospitals wait {days} days on average for the funds' part of the stays settled directly.",
    "直接结算住院的基金部分，医院平均等待{days}天到账。",
);
pub(in super::super) const AWAY_SUB_ACCOUNT: Text = t(
    "An insurer pays the critical illness part from a sub-account that the fund prepaid with \
     {prepaid}: {at_once} at the months' ends, {later} after the fund had filled it again.",
    "大病保险部分由承办保险公司从专户支付，基金预拨{prepaid}：月末即付{at_once}，基金补足后再付{later}。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    AWAY_CAPTION,
    AWAY_DIRECT,
    AWAY_MANUAL,
    AWAY_LOCKED,
    AWAY_PROVINCE,
    AWAY_ADVANCED,
    AWAY_DAYS,
    AWAY_FORGONE,
    AWAY_INTERRUPTED,
    AWAY_TRIPS,
    AWAY_CLERKS,
    AWAY_RELAY,
    AWAY_HOSPITALS,
    AWAY_SUB_ACCOUNT,
];
