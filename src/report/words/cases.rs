//! Words of volume and price a case. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const CASES_CAPTION: Text =
    t("Volume and price of stays, as an insurer watches them", "医保关注的住院量与次均费用");
pub(in super::super) const CASES_STAYS: Text = t("Stays settled", "结算住院人次");
pub(in super::super) const CASES_BILL: Text = t("Bill a stay, yuan", "次均住院费用（元）");
pub(in super::super) const CASES_FUNDS: Text =
    t("Paid by the funds a stay, yuan", "次均基金支付（元）");
pub(in super::super) const CASES_DRIFT: Text = t(
    "Drift of the bill a stay: second half of the months against the first",
    "次均费用变动（后半期较前半期）",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[CASES_CAPTION, CASES_STAYS, CASES_BILL, CASES_FUNDS, CASES_DRIFT];
