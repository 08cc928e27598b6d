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
];
