//! Words of the two intervals. Must never call one by the other's name.

use super::{Text, t};

pub(in super::super) const DOUBT: Text = t("How sure is this?", "结果有多可靠？");
pub(in super::super) const DOUBT_NOISE: Text = t("noise of the simulation", "模拟噪声");
pub(in super::super) const DOUBT_SPREAD: Text =
    t("spread from uncertain inputs", "输入不确定性带来的范围");
pub(in super::super) const DOUBT_NOTE: Text = t(
    "Each figure with its two 95% intervals: the noise of the simulation shrinks with more \
     replications; the spread from uncertain inputs ({points} points over the ranges of the \
     scenario) only with better numbers.",
    "每个数字附两个95%区间：模拟噪声随重复次数增加而缩小；输入不确定性带来的范围（在情景给出的取值范围内取{points}个点）\
     只有在获得更好的数据后才会缩小。",
);
pub(in super::super) const DOUBT_NEXT: Text =
    t("Measure this next: {list}.", "下一步最值得实测的数据：{list}。");
pub(in super::super) const DOUBT_NEXT_ONE: Text = t(
    "{key} (knowing it takes away about {share}% of the spread of the saved minutes",
    "{key}（掌握后可消除节省时间不确定性的约{share}%",
);
pub(in super::super) const DOUBT_WORTH: Text =
    t("; knowing it is worth {yuan} for the decision)", "；对决策的价值为{yuan}）");
pub(in super::super) const DOUBT_NOTHING: Text =
    t("No single uncertain input explains the spread.", "没有任何单个不确定输入能解释这一范围。");
pub(in super::super) const DOUBT_SAVED: Text =
    t("Time in hospital saved, min a visit", "每次就诊节省的在院时间（分钟）");
pub(in super::super) const DOUBT_SAVED_USERS: Text =
    t("  by credit users, min a visit", "  其中信用用户（分钟）");
pub(in super::super) const DOUBT_STOPS: Text =
    t("Payment stops saved a visit", "每次就诊减少的缴费次数");
pub(in super::super) const DOUBT_HOURS: Text = t("Hours saved in all", "共节省小时");
pub(in super::super) const DOUBT_USED: Text = t("Lines used", "使用的额度数");
pub(in super::super) const DOUBT_DRAWN: Text = t("Drawn on lines", "支用金额");
pub(in super::super) const DOUBT_DPD90: Text =
    t("90+ days past due, share of yuan drawn", "逾期90天以上金额占比");
pub(in super::super) const DOUBT_LOSS: Text = t("Net credit loss", "净信用损失");

/// A headline metric in words, as it stands inside a sentence; `None` for any other.
pub(in super::super) fn metric(path: &str) -> Option<Text> {
    let text = match path {
        "queue.time_in_hospital.all.saved" => {
            t("minutes saved of an average visit", "平均每次就诊节省的在院时间")
        }
        "queue.time_in_hospital.credit_users.saved" => {
            t("minutes saved of a visit on a line", "使用额度的就诊节省的在院时间")
        }
        "queue.payment_stops.all.saved" => t("payment stops saved", "减少的缴费次数"),
        "queue.saved_hours_total" => t("hours saved in all", "节省的总小时数"),
        "credit.used" => t("lines used", "使用的额度数"),
        "credit.drawn_total" => t("yuan drawn", "支用金额"),
        "credit.dpd90_rate_balance" => t("yuan more than 90 days late", "逾期90天以上金额占比"),
        "credit.net_credit_loss" => t("net credit loss", "信用净损失"),
        _ => return None,
    };
    Some(text)
}

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    DOUBT,
    DOUBT_NOISE,
    DOUBT_SPREAD,
    DOUBT_NOTE,
    DOUBT_NEXT,
    DOUBT_NEXT_ONE,
    DOUBT_WORTH,
    DOUBT_NOTHING,
    DOUBT_SAVED,
    DOUBT_SAVED_USERS,
    DOUBT_STOPS,
    DOUBT_HOURS,
    DOUBT_USED,
    DOUBT_DRAWN,
    DOUBT_DPD90,
    DOUBT_LOSS,
];
