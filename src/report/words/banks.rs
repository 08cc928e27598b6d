//! Words of the scheme's banks. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const BANKS_CAPTION: Text = t(
    "The scheme's banks: lines, cost of free days, losses and sanctions",
    "合作银行：额度、免息期成本、损失与惩戒",
);
pub(in super::super) const BANK_LINES: Text = t("Lines opened", "开通额度户数");
pub(in super::super) const BANK_SECOND: Text =
    t("of these, second lines of their holders", "其中第二额度户数");
pub(in super::super) const BANK_LIMITS: Text = t("Limits in force at the end", "期末授信总额");
pub(in super::super) const BANK_DRAWN: Text = t("Drawn", "累计支用金额");
pub(in super::super) const BANK_EARNED: Text =
    t("Interest and penalties received", "利息与罚息收入");
pub(in super::super) const BANK_FUNDING: Text = t("Cost of the money lent", "资金成本");
pub(in super::super) const BANK_FREE: Text =
    t("of it, for interest-free days", "其中免息期资金成本");
pub(in super::super) const BANK_LATE: Text =
    t("Lines ever more than 90 days past due", "曾逾期90天以上户数");
pub(in super::super) const BANK_WRITTEN_OFF: Text = t("Written off", "核销本金");
pub(in super::super) const BANK_RECOVERED: Text = t("Recovered since", "核销后回收");
pub(in super::super) const BANK_BORNE: Text =
    t("Loss that the bank itself bears", "银行自担净损失");
pub(in super::super) const BANK_BLACKLISTED: Text =
    t("Blacklistings for its draws", "列入黑名单次数");
pub(in super::super) const BANK_CANCELLED: Text = t("Lines cancelled for good", "永久取消额度户数");
pub(in super::super) const CARDS_CAPTION: Text =
    t("Hospitals' prepaid cards, by arm", "医院就诊卡预存（按方案）");

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    BANKS_CAPTION,
    CARDS_CAPTION,
    BANK_LINES,
    BANK_SECOND,
    BANK_LIMITS,
    BANK_DRAWN,
    BANK_EARNED,
    BANK_FUNDING,
    BANK_FREE,
    BANK_LATE,
    BANK_WRITTEN_OFF,
    BANK_RECOVERED,
    BANK_BORNE,
    BANK_BLACKLISTED,
    BANK_CANCELLED,
];
