//! Words of money between institutions. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const CLEARING_CAPTION: Text = t(
    "Money between institutions: balances are means over the days with visits, all hospitals",
    "机构间资金：余额为有就诊日的日均值，全部医院合计",
);
pub(in super::super) const CLEARING_DSO: Text = t(
    "Days sales outstanding (all that is owed ÷ billed a day)",
    "应收账款周转天数（应收合计÷日均收入）",
);
pub(in super::super) const CLEARING_FUND_DAYS: Text =
    t("Days from a claim to its fund's payment", "医保结算到拨付的平均天数");
pub(in super::super) const CLEARING_FUNDS: Text =
    t("Owed by funds and personal accounts", "医保基金与个人账户应付");
pub(in super::super) const CLEARING_BANKS: Text =
    t("Owed by banks for draws", "银行应付信用支付款");
pub(in super::super) const CLEARING_TRANSIT: Text =
    t("Paid by card or wallet, on its way", "银行卡与移动支付在途款");
pub(in super::super) const CLEARING_PATIENTS: Text = t("Unpaid by patients", "患者欠费余额");
pub(in super::super) const CLEARING_DEPOSITS: Text = t("Deposits held for patients", "预交金余额");
pub(in super::super) const CLEARING_ADVANCE: Text =
    t("Advance funding held for the funds", "医保预付金（周转金）余额");
pub(in super::super) const CLEARING_CASH: Text =
    t("Hospitals' cash on the last day, from nothing on the first", "期末医院资金（期初记零）");
pub(in super::super) const CLEARING_STILL_OWED: Text =
    t("Still owed by the funds on the last day", "期末医保基金应付");
pub(in super::super) const CLEARING_CARRIED: Text =
    t("Carried by the card network", "经支付网络清算金额");
pub(in super::super) const CLEARING_FEES: Text =
    t("Network fees that hospitals bear", "医院承担的支付手续费");

pub(in super::super) const RECONCILED_CAPTION: Text = t(
    "Four-sided reconciliation of the daily files (hospital, insurer, bank, network); each is in reconciliation.csv",
    "四方对账（医院、医保、银行、支付网络）；逐笔见 reconciliation.csv",
);
pub(in super::super) const FAULT_PLANTED: Text = t("Planted, number", "植入差错（条）");
pub(in super::super) const FAULT_NAMED: Text = t("Found and named right, number", "正确发现（条）");
pub(in super::super) const FAULT_MISSING: Text = t("Record missing", "漏记");
pub(in super::super) const FAULT_DUPLICATE: Text = t("Record twice", "重复");
pub(in super::super) const FAULT_AMOUNT: Text = t("Wrong amount", "金额不符");
pub(in super::super) const FAULT_DAY: Text = t("Wrong day", "日期不符");
pub(in super::super) const FAULT_ALARMS: Text = t("Named though nobody planted it", "误报");
pub(in super::super) const PAYMENTS_CAPTION: Text =
    t("With what the bills were paid, the whole run", "支付方式（全程）");
pub(in super::super) const PAY_RECEIPTS: Text = t("Electronic receipts", "电子票据");
pub(in super::super) const PAY_BOOKED: Text = t("Booked by funds", "基金记账");
pub(in super::super) const PAY_ACCOUNT: Text = t("Personal account", "个人账户");
pub(in super::super) const PAY_FAMILY: Text = t("Relatives' accounts", "家庭共济账户");
pub(in super::super) const PAY_DEPOSIT: Text = t("Deposit", "预交金");
pub(in super::super) const PAY_LINE: Text = t("Credit line", "信用额度");
pub(in super::super) const PAY_CARD: Text = t("Debit card", "银行卡");
pub(in super::super) const PAY_WECHAT: Text = t("WeChat Pay", "微信支付");
pub(in super::super) const PAY_ALIPAY: Text = t("Alipay", "支付宝");
pub(in super::super) const PAY_ECNY: Text = t("e-CNY", "数字人民币");
pub(in super::super) const PAY_CASH: Text = t("Cash", "现金");
pub(in super::super) const PAY_UNPAID: Text = t("Not paid at once", "当时未付");
pub(in super::super) const PAY_ON: Text =
    t("Own part took more than one source", "使用多种方式的占比");
pub(in super::super) const PAY_REACHED: Text = t("Messages that reached the patient", "短信送达率");
pub(in super::super) const PAY_MESSAGES: Text = t("Cost of messages", "短信费用");
pub(in super::super) const PAY_FIRST_CARDS: Text =
    t("First social-security cards issued", "首次发放社保卡张数");
pub(in super::super) const PAY_CARRIED: Text =
    t("Balances carried over to their banks", "转入发卡银行的账户余额");
pub(in super::super) const PAY_CARDS_ISSUED: Text = t("Hospital cards issued", "发放就诊卡张数");
pub(in super::super) const PAY_CARD_TOP_UPS: Text = t("Times a card was filled", "就诊卡充值次数");
pub(in super::super) const PAY_CARD_PUT: Text =
    t("Put on cards, their price included", "就诊卡充值金额（含卡押金）");
pub(in super::super) const PAY_CARD_PAID: Text = t("Paid with cards", "就诊卡支付金额");
pub(in super::super) const PAY_CARD_BACK: Text =
    t("Given back for cards handed in", "退卡退款金额");
pub(in super::super) const PAY_CARD_LEFT: Text =
    t("Left on cards that nobody hands in", "未退就诊卡沉淀余额");
pub(in super::super) const PAY_CARD_SHARE: Text =
    t("Payments that the balance covered in place", "余额足付占比");
pub(in super::super) const RETAIL_CAPTION: Text =
    t("Purchases at retail pharmacies", "定点零售药店购药");
pub(in super::super) const RETAIL_PURCHASES: Text = t("Purchases", "购药次数");
pub(in super::super) const RETAIL_BILLED: Text = t("Their prices", "购药金额");
pub(in super::super) const RETAIL_FUNDS: Text = t("Paid by funds", "基金支付");
pub(in super::super) const RETAIL_ACCOUNTS: Text = t("Paid from personal accounts", "个人账户支付");
pub(in super::super) const RETAIL_LINES: Text = t("Drawn on lines", "信用额度支付");
pub(in super::super) const RETAIL_OWN: Text = t("Paid with own money", "现金等自付");

pub(in super::super) const MESSAGES_CAPTION: Text =
    t("Messages of the scheme's platform, the whole run", "平台消息记录（全程）");
pub(in super::super) const MESSAGES_SENT: Text = t("Sent", "发送");
pub(in super::super) const MESSAGES_REACHED: Text = t("Arrived", "送达");
pub(in super::super) const MESSAGES_ACTED: Text = t("Acted on", "起作用");
pub(in super::super) const MESSAGES_COST: Text = t("Cost", "费用");
pub(in super::super) const MESSAGES_PREVISIT: Text =
    t("Before a booked visit: when to come", "就诊前通知（到院时段）");
pub(in super::super) const MESSAGES_TREATMENT: Text =
    t("At the visit: when the turn comes", "诊疗提醒（候诊到号）");
pub(in super::super) const MESSAGES_GUIDANCE: Text = t("At the visit: where to go", "院内导诊指引");
pub(in super::super) const MESSAGES_CHARGE: Text =
    t("At each charge: what is owed until when", "费用发生提醒（应付金额与期限）");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    CLEARING_CAPTION,
    CLEARING_DSO,
    CLEARING_FUND_DAYS,
    CLEARING_FUNDS,
    CLEARING_BANKS,
    CLEARING_TRANSIT,
    CLEARING_PATIENTS,
    CLEARING_DEPOSITS,
    CLEARING_ADVANCE,
    CLEARING_CASH,
    CLEARING_STILL_OWED,
    CLEARING_CARRIED,
    CLEARING_FEES,
    RECONCILED_CAPTION,
    FAULT_PLANTED,
    FAULT_NAMED,
    FAULT_MISSING,
    FAULT_DUPLICATE,
    FAULT_AMOUNT,
    FAULT_DAY,
    FAULT_ALARMS,
    PAYMENTS_CAPTION,
    PAY_RECEIPTS,
    PAY_BOOKED,
    PAY_ACCOUNT,
    PAY_FAMILY,
    PAY_DEPOSIT,
    PAY_LINE,
    PAY_CARD,
    PAY_WECHAT,
    PAY_ALIPAY,
    PAY_ECNY,
    PAY_CASH,
    PAY_UNPAID,
    PAY_ON,
    PAY_REACHED,
    PAY_MESSAGES,
    PAY_FIRST_CARDS,
    PAY_CARRIED,
    PAY_CARDS_ISSUED,
    PAY_CARD_TOP_UPS,
    PAY_CARD_PUT,
    PAY_CARD_PAID,
    PAY_CARD_BACK,
    PAY_CARD_LEFT,
    PAY_CARD_SHARE,
    RETAIL_CAPTION,
    RETAIL_PURCHASES,
    RETAIL_BILLED,
    RETAIL_FUNDS,
    RETAIL_ACCOUNTS,
    RETAIL_LINES,
    RETAIL_OWN,
    MESSAGES_CAPTION,
    MESSAGES_SENT,
    MESSAGES_REACHED,
    MESSAGES_ACTED,
    MESSAGES_COST,
    MESSAGES_PREVISIT,
    MESSAGES_TREATMENT,
    MESSAGES_GUIDANCE,
    MESSAGES_CHARGE,
];
