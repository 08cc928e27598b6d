//! Words of entitlement shown at the end of a stay, of bills claimed at home, of capacity between provinces. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const ENTITLED_CAPTION: Text = t(
    "Showing at the end of a stay what payers beyond basic insurance owe: paper proofs or data matching, each payer's \
     counter or one window",
    "出院时证明基本医保以外各方应付部分：纸质证明或数据比对，各自窗口或“一站式”窗口",
);
pub(in super::super) const ENTITLED_STAYS: Text =
    t("Stays to which another payer owes something", "有其他支付方分担的住院例数");
pub(in super::super) const ENTITLED_PAYERS: Text =
    t("Payers beyond basic insurance, a stay", "每例基本医保以外的支付方数");
pub(in super::super) const ENTITLED_COUNTERS: Text =
    t("Counters at which it is shown, a stay", "每例办理窗口数");
pub(in super::super) const ENTITLED_PATIENT: Text =
    t("Minutes of the patient or a relative, a stay", "每例患者或家属用时（分钟）");
pub(in super::super) const ENTITLED_CLERK: Text =
    t("Minutes of clerks, a stay", "每例经办人员用时（分钟）");
pub(in super::super) const ENTITLED_PATIENTS: Text =
    t("Hours of patients, the whole run", "患者用时合计（小时）");
pub(in super::super) const ENTITLED_CLERKS: Text =
    t("Hours of clerks, the whole run", "经办人员用时合计（小时）");

pub(in super::super) const LOCKED_CAPTION: Text = t(
    "People insured in another pooling area pay here and claim at home: their own money until it comes back; a line \
     keeps it free until the draw is due",
    "异地参保患者先付费、回参保地报销：报销到账前占用的自有资金（使用信用额度的部分自到期日起计）",
);
pub(in super::super) const LOCKED_PAID: Text = t("Paid here", "本地支付金额");
pub(in super::super) const LOCKED_BACK: Text = t("Comes back from home", "参保地报销金额");
pub(in super::super) const LOCKED_DAYS: Text =
    t("Days for which a yuan of it is the patient's own", "每元报销款由患者垫付的天数");

pub(in super::super) const AWAY_CAPACITY: Text = t(
    "Capacity on the way: a year of 1,000 requests a second costs {private} yuan over private lines to the provincial \
     system and ordinary servers, {city} yuan through the city's platform. The least that serves these hospitals costs \
     {private_least} and {city_least} yuan a year: {private_million} and {city_million} yuan per million requests at \
     this run's volume.",
    "通道容量成本：每秒1000次请求一年，专网直连省级系统加普通服务器为{private}元，经市级平台为{city}元。\
     满足这些医院的最低配置每年分别为{private_least}元和{city_least}元，按本次运行的业务量折合每百万次请求\
     {private_million}元和{city_million}元。",
);
pub(in super::super) const NETWORK_ASKED: Text =
    t("Payments that the card network answered", "支付网络应答笔数");
pub(in super::super) const NETWORK_ANSWER: Text =
    t("Seconds until its answer, mean", "支付网络平均应答时间（秒）");
pub(in super::super) const NETWORK_LATE: Text =
    t("Answers later than a payer waits", "应答超时比例");
