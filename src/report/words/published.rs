//! Words of what a city has published beside a run. Must never hold a figure of a city.

use super::{Text, t};

pub(in super::super) const TITLE: Text =
    t("Beside what the city has published", "与城市已公布数据对照");
pub(in super::super) const LEAD: Text = t(
    "Numerator and denominator are the same on both sides; they stand under each row. None of these figures was given to \
     the simulation, but for a row that says so. The published range is as wide as its wording (\"50,000 and more\").",
    "两边的分子与分母口径相同，列于各行之下。除注明者外，这些数字都未作为模型输入。报道范围按其措辞取值（如“5 万余人”）。",
);
pub(in super::super) const TOO_SHORT: Text = t(
    "The published figures are of {days} days; this run is shorter, so its figures are not set beside them.",
    "报道对应 {days} 天；本次运行较短，因此不列出对照数字。",
);
pub(in super::super) const CAPTION: Text =
    t("Published figures and this run", "报道数据与本次运行");
pub(in super::super) const WHAT: Text = t("What is counted", "口径");
pub(in super::super) const PUBLISHED: Text = t("Published", "报道");
pub(in super::super) const THIS_RUN: Text = t("This run", "本次运行");
pub(in super::super) const VERDICT: Text = t("How they lie", "对照结果");
pub(in super::super) const AS_OF: Text = t("as of {day}", "截至 {day}");
pub(in super::super) const INSIDE: Text = t("within the published range", "在报道范围内");
pub(in super::super) const OUTSIDE: Text = t("outside the published range", "不在报道范围内");
pub(in super::super) const NOISE: Text =
    t("outside, but the run is too noisy to tell", "不在报道范围内，但本次运行噪声过大、不能判断");
pub(in super::super) const FITTED: Text =
    t("a shared input was fitted to it: no test", "共用输入按其拟合，不作检验");
pub(in super::super) const NOT_COMPARABLE: Text = t("not comparable", "不可比");
pub(in super::super) const NOT_COUNTED: Text = t("not counted in this run", "本次运行未统计");
pub(in super::super) const WHY: Text =
    t("Why figures differ, or cannot be compared:", "为何不同或不可比：");
pub(in super::super) const SHOWN_BY: Text = t("Shown by {command}.", "可由 {command} 得出。");
pub(in super::super) const ARGUMENT: Text =
    t("An argument: no run of the program shows it.", "此为推断，程序没有相应的运行结果。");

pub(in super::super) const MINUTES: Text = t(" min", " 分钟");

const OTHER: Text = t("Another figure", "其他数字");

const QUANTITIES: [(&str, Text); 15] = [
    ("enrolled_share", t("Share of the people with a line", "开通人数占常住人口")),
    ("limits_drawn_share", t("Share of the limits drawn", "用信金额占授信总额")),
    ("mean_limit_yuan", t("Mean limit", "人均额度")),
    ("bills_covered_share", t("Bills that fit the free limit", "额度可覆盖的账单占比")),
    ("uses_per_line", t("Uses per line", "每户使用次数")),
    ("used_share_of_lines", t("Holders who used it", "使用过的开通者占比")),
    ("uses_per_month", t("Visits on the scheme per month", "每月使用人次")),
    ("drawn_per_use_yuan", t("Owed per visit", "次均金额")),
    ("time_saved_share", t("Share of the time saved", "节约时间占比")),
    ("wait_saved_min", t("Waiting saved per visit", "每次就诊减少的等候")),
    ("minutes_saved_per_line", t("Minutes saved per line", "每户节约分钟")),
    ("satisfaction", t("Satisfaction", "满意度")),
    ("signers_growth", t("Growth of signers", "签约人数增长")),
    ("reimbursement_days", t("Days until reimbursed", "报销所需天数")),
    ("claim", t("A worked claim", "报销算例")),
];

/// The name of a quantity of the table of evidence.
pub(in super::super) fn quantity(key: &str) -> Text {
    QUANTITIES.iter().find(|(known, _)| *known == key).map_or(OTHER, |(_, text)| *text)
}

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) fn all() -> Vec<Text> {
    let plain = [
        TITLE,
        LEAD,
        TOO_SHORT,
        CAPTION,
        WHAT,
        PUBLISHED,
        THIS_RUN,
        VERDICT,
        AS_OF,
        INSIDE,
        OUTSIDE,
        NOISE,
        FITTED,
        NOT_COMPARABLE,
        NOT_COUNTED,
        WHY,
        SHOWN_BY,
        ARGUMENT,
        MINUTES,
        OTHER,
    ];
    plain.into_iter().chain(QUANTITIES.map(|(_, text)| text)).collect()
}
