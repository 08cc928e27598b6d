//! Words of patients' other finance and of lines as a reserve. Must never hold a number of a run.

use super::{Text, t};

pub(in super::super) const FINANCE_CAPTION: Text = t(
    "Bills above what patients have at hand: who paid the rest",
    "账单超过手头资金的部分由谁支付",
);
pub(in super::super) const FINANCE_CARD_BILLS: Text =
    t("Bills with a rest paid by credit card instalments", "差额用信用卡分期的账单数");
pub(in super::super) const FINANCE_CARD: Text =
    t("Lent by credit cards, yuan", "信用卡分期金额（元）");
pub(in super::super) const FINANCE_KIN_BILLS: Text =
    t("Bills with a rest lent by relatives", "差额向亲友借款的账单数");
pub(in super::super) const FINANCE_KIN: Text = t("Lent by relatives, yuan", "亲友借款金额（元）");
pub(in super::super) const FINANCE_COST: Text =
    t("What it costs the patients, yuan", "患者为此付出的费用（元）");
pub(in super::super) const FINANCE_WITHOUT: Text =
    t("Visits that went without their tests for want of money", "因缺钱未做检查的就诊次数");
pub(in super::super) const FINANCE_TESTS: Text =
    t("Bills of these tests, yuan", "未做检查的金额（元）");
pub(in super::super) const FINANCE_STAYS: Text =
    t("Stays not had for want of a deposit", "因交不起押金而放弃的住院");
pub(in super::super) const FINANCE_PRICES: Text = t(
    "A yuan in credit card instalments costs {card} yuan, from relatives {kin}, on the line's instalments {line} (terms \
     of the file). What it costs goes from patients to other lenders and stands in the answer as such; care not had is \
     counted, not priced.",
    "每借一元：信用卡分期费用 {card} 元，亲友 {kin} 元，本方案额度分期 {line} 元（按情景条款）。该费用由患者付给其他出借方，\
     已计入各方净现值；未得到的诊疗只计数、不折价。",
);
pub(in super::super) const RESERVE_CAPTION: Text = t(
    "The line as a reserve: bills of people with a line that were above what they had at hand",
    "额度作为应急储备：持有额度者账单超过手头资金的情形",
);
pub(in super::super) const RESERVE_UNUSED: Text =
    t("Lines not drawn until then", "此前未支用的额度");
pub(in super::super) const RESERVE_ALL: Text = t("All lines", "全部额度");
pub(in super::super) const RESERVE_LINES: Text = t("Lines", "户数");
pub(in super::super) const RESERVE_YEARS: Text = t("Line-years", "户·年");
pub(in super::super) const RESERVE_BILLS: Text = t("Bills above own means", "超过手头资金的账单");
pub(in super::super) const RESERVE_MET_BILLS: Text =
    t("of them, covered by the free limit", "其中可用额度足以覆盖");
pub(in super::super) const RESERVE_LACKED: Text = t("What was lacking, yuan", "缺口金额（元）");
pub(in super::super) const RESERVE_MET: Text =
    t("of it, within free limits, yuan", "其中可用额度可覆盖（元）");
pub(in super::super) const RESERVE_WITHOUT: Text =
    t("of that, of people who would else go without tests, yuan", "其中本来会放弃检查者（元）");
pub(in super::super) const RESERVE_USE: Text =
    t("Expected use above own means, yuan a line and year", "每户每年预期动用（元）");
pub(in super::super) const RESERVE_VALUE: Text =
    t("Option value, yuan a line and year", "期权价值（元／户·年）");
pub(in super::super) const RESERVE_NOTE: Text = t(
    "Option value: expected use times what the patient's own source would cost more than the line; never below 0.",
    "期权价值＝预期动用×（患者原有融资成本－额度成本），不低于 0。",
);

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    FINANCE_CAPTION,
    FINANCE_CARD_BILLS,
    FINANCE_CARD,
    FINANCE_KIN_BILLS,
    FINANCE_KIN,
    FINANCE_COST,
    FINANCE_WITHOUT,
    FINANCE_TESTS,
    FINANCE_STAYS,
    FINANCE_PRICES,
    RESERVE_CAPTION,
    RESERVE_UNUSED,
    RESERVE_ALL,
    RESERVE_LINES,
    RESERVE_YEARS,
    RESERVE_BILLS,
    RESERVE_MET_BILLS,
    RESERVE_LACKED,
    RESERVE_MET,
    RESERVE_WITHOUT,
    RESERVE_USE,
    RESERVE_VALUE,
    RESERVE_NOTE,
];
