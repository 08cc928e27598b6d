//! Words of the table of costs: each input of `[costs]` by name. Must never hold a cost.

use super::{Text, t};

pub(in super::super) const COSTS_TITLE: Text =
    t("Costs as inputs, each with its source or “assumed”", "成本输入：逐项注明来源或“假设”");
pub(in super::super) const COSTS_LEAD: Text = t(
    "What the books do not post is priced by {all} inputs of [costs]: {sourced} are published or a choice of this study, \
     {assumed} are assumed. The table says where each comes from.",
    "账簿以外的成本由[costs]的{all}项输入定价：{sourced}项有来源或属本研究的设定，{assumed}项为假设。下表逐项说明依据。",
);
pub(in super::super) const COST_INPUT: Text = t("Cost", "成本项");
pub(in super::super) const COST_BASIS: Text = t("Basis", "依据");
pub(in super::super) const COST_SAID: Text = t("What is said of it", "说明（原文）");
pub(in super::super) const BASIS_ASSUMED: Text = t("assumed", "假设");
pub(in super::super) const BASIS_SOURCE: Text = t("source", "来源");
pub(in super::super) const BASIS_CHOICE: Text = t("choice of this study", "本研究设定");
pub(in super::super) const BASIS_DERIVED: Text = t("derived", "推算");
pub(in super::super) const COST_SECONDS: Text = t("{n} s", "{n}秒");

/// Inputs below `costs.`, in the order of the file.
const INPUTS: [(&str, Text); 37] = [
    ("horizon_years", t("Years added up", "合计年数")),
    ("discount_rate_per_year", t("Discount rate a year", "年折现率")),
    ("funding_rate_per_year", t("Funding: use of money a year", "资金占用年利率")),
    ("value_of_time_yuan_per_hour", t("Value of a patient's hour", "患者每小时时间价值")),
    ("care_cost_ratio", t("Cost of care, of its price", "诊疗成本占收费的比例")),
    ("subsidy_ratio", t("Public subsidy, of what is drawn", "财政补贴占支用额的比例")),
    ("it.borne_by", t("Scheme's IT: borne by", "方案信息系统：承担方")),
    ("it.set_up_yuan", t("Scheme's IT: set-up", "方案信息系统：建设")),
    ("it.running_yuan_per_year", t("Scheme's IT: a year", "方案信息系统：每年运行")),
    ("bank.set_up_yuan", t("Bank's system: set-up", "银行系统：建设")),
    ("bank.running_yuan_per_year", t("Bank's system and people: a year", "银行系统与人员：每年")),
    ("bank.opening_yuan_per_line", t("Bank: opening a line", "银行：每开通一户")),
    ("bank.account_yuan_per_line_year", t("Bank: keeping a line a year", "银行：每户每年维护")),
    (
        "hospital.rework_yuan_per_site.primary",
        t("Hospital system rework: primary", "医院系统改造：基层"),
    ),
    (
        "hospital.rework_yuan_per_site.secondary",
        t("Hospital system rework: secondary", "医院系统改造：二级"),
    ),
    (
        "hospital.rework_yuan_per_site.tertiary",
        t("Hospital system rework: tertiary", "医院系统改造：三级"),
    ),
    ("hospital.upkeep_ratio_per_year", t("Upkeep of the rework a year", "改造部分年维护占比")),
    ("hospital.clerk_yuan_per_hour", t("Staff: an hour of a clerk", "人员：收费员每小时")),
    (
        "hospital.clerk_saved_ratio",
        t("Staff hours freed that can really be saved", "腾出工时中真正可节省的比例"),
    ),
    ("messages.borne_by", t("Messages: borne by", "短信：承担方")),
    ("messages.yuan_each", t("Messages: each", "短信：每条")),
    ("messages.per_1000_draws", t("Messages per 1,000 draws", "每千次支用短信条数")),
    ("messages.per_1000_line_years", t("Messages per 1,000 lines a year", "每千户每年短信条数")),
    ("help_desk.borne_by", t("Help desk: borne by", "客服热线：承担方")),
    (
        "help_desk.calls_per_1000_draws",
        t("Help desk: calls per 1,000 draws", "客服热线：每千次支用来电"),
    ),
    ("help_desk.yuan_per_call", t("Help desk: a call", "客服热线：每次来电")),
    ("channel.fee_ratio", t("Channel fee, of what is drawn", "渠道费率（占支用额）")),
    ("channel.fee_yuan_per_item", t("Channel fee, of each draw", "渠道费：每笔")),
    (
        "channel.handling_yuan_per_1000_items",
        t("Channel's own cost of 1,000 draws", "渠道自身成本：每千笔"),
    ),
    ("joining.borne_by", t("Telling people: borne by", "告知与宣传：承担方")),
    ("joining.yuan_per_member_told", t("Telling a member of enrolment", "告知每名参保人")),
    ("joining.campaign_yuan_per_day", t("Campaigns: a day", "宣传活动：每天")),
    ("collection.borne_by", t("Collection: borne by", "催收：承担方")),
    ("sign_up.at_home_s", t("Sign-up at home, a patient's time", "在家开通所需时间（患者）")),
    ("crowding.wait_s", t("A line is crowded from a wait of", "排队多久算拥挤")),
    (
        "household.subsistence_yuan_per_person_month",
        t("Subsistence of a person and month", "每人每月基本生活费"),
    ),
    (
        "household.catastrophic_ratio",
        t(
            "Health spending is catastrophic from, of capacity to pay",
            "灾难性支出界限（占支付能力）",
        ),
    ),
];

/// The name of an input of `[costs]`, its key below `costs.`.
pub(in super::super) fn cost_input(key: &str) -> Option<Text> {
    INPUTS.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
}

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) fn all() -> Vec<Text> {
    let own = [
        COSTS_TITLE,
        COSTS_LEAD,
        COST_INPUT,
        COST_BASIS,
        COST_SAID,
        BASIS_ASSUMED,
        BASIS_SOURCE,
        BASIS_CHOICE,
        BASIS_DERIVED,
        COST_SECONDS,
    ];
    own.into_iter().chain(INPUTS.map(|(_, text)| text)).collect()
}
