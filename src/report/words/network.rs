//! Words of the pictures of a network. Must never hold a number of a run.

use super::{Text, t};

pub(in crate::report) const N_WAYS: Text = t("Network: {name}", "网络：{name}");
pub(in crate::report) const N_WAYS_SUB: Text = t(
    "Numbers on the ways: passes per customer; orange ways lead back",
    "线上数字：每位顾客经过的次数；橙线为返回",
);
pub(in crate::report) const N_LINES: Text = t("Lines over time: {name}", "队列随时间变化：{name}");
pub(in crate::report) const N_LINES_SUB: Text = t("Means over replications", "各次重复的平均值");
pub(in crate::report) const N_IN_LINE: Text = t("in line", "排队人数");
pub(in crate::report) const N_SERVED: Text = t("being served", "正在服务人数");
pub(in crate::report) const N_HOURS: Text = t("hours from the start", "开始后的小时数");
pub(in crate::report) const N_WAITS: Text = t("Waits by station: {name}", "各站点等候：{name}");
pub(in crate::report) const N_WAITS_SUB: Text = t(
    "Seconds: mean / 90 % / 99 %; lengths are on a square-root scale",
    "秒：平均 / 90% / 99%；长度按平方根刻度",
);
pub(in crate::report) const N_MEAN: Text = t("mean", "平均");
pub(in crate::report) const N_P90: Text = t("9 in 10 wait at most", "九成不超过");
pub(in crate::report) const N_P99: Text = t("99 in 100 wait at most", "99% 不超过");
