//! Words of price and volume per case. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const CAPTION: Text = t(
    "Price and volume per case of stays: the first fourth of the run against the last",
    "住院次均费用与例数变动：模拟期首个四分之一与末个四分之一对照",
);
pub(in super::super) const BILL: Text =
    t("Mean bill of a stay, first fourth", "次均住院费用（首期）");
pub(in super::super) const BILL_LAST: Text = t("last fourth", "末期");
pub(in super::super) const BILL_DRIFT: Text = t("drift of the price", "价格变动");
pub(in super::super) const CASES: Text =
    t("Stays per 1,000 people, first fourth", "每千人住院例数（首期）");
pub(in super::super) const CASES_DRIFT: Text = t("drift of the volume", "例数变动");
pub(in super::super) const NOTE: Text = t(
    "A drift that every arm has is prices or the season; what the scheme's column has beyond the others is what insurers watch for.",
    "各方案共有的变动来自价格或季节；仅本方案多出的部分才是医保方需要关注的变动。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[CAPTION, BILL, BILL_LAST, BILL_DRIFT, CASES, CASES_DRIFT, NOTE];
