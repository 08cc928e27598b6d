//! Words of refunds after payment. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const CAPTION: Text = t(
    "Given back after the bill was paid: settlements cancelled and settled again without the item",
    "缴费后退费：撤销结算并去除该项目后重新结算",
);
pub(in super::super) const VISITS: Text = t("Visits that gave an item back", "退费就诊人次");
pub(in super::super) const TRIPS: Text = t("Trips to a window for it", "为退费到窗口次数");
pub(in super::super) const CANCELLED: Text = t(
    "Settlements cancelled, those that stand on the item's too",
    "撤销的结算笔数（含其后的结算）",
);
pub(in super::super) const TOTAL: Text = t("Bills less", "账单减少金额");
pub(in super::super) const FUNDS: Text = t("of it, back to funds", "其中退回基金");
pub(in super::super) const LINES: Text = t("of it, back to lines", "其中退回授信额度");
pub(in super::super) const BOOKS: Text = t("of it, off the hospitals' books", "其中冲减医院挂账");
pub(in super::super) const PATIENTS: Text =
    t("of it, back to patients", "其中退回患者（账户、现金等）");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] =
    &[CAPTION, VISITS, TRIPS, CANCELLED, TOTAL, FUNDS, LINES, BOOKS, PATIENTS];
