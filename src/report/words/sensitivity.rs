//! Words of the sensitivity page: figures, inputs and their values by name. Must never say more than the
//! figures, nor hold a value of a scenario.

use super::{Text, t};

pub(in super::super) const TITLE: Text =
    t("Which inputs matter: {title}", "哪些输入最关键：{title}");
pub(in super::super) const ANSWER: Text = t(
    "Of {inputs} open inputs, “{input}” moves {figure} most: {from} at {low}, {to} at {high}.",
    "在{inputs}项未定输入中，“{input}”对“{figure}”影响最大：取{low}时为{from}，取{high}时为{to}。",
);
pub(in super::super) const ANSWER_NONE: Text = t(
    "None of {inputs} open inputs moves {figure} between its ends.",
    "{inputs}项未定输入在各自范围内均不改变“{figure}”。",
);
pub(in super::super) const HOW: Text = t(
    "Each input alone goes to its low and to its high end, all others as in the scenario; every run has the same \
     luck. A range is a judgement about an input: a short bar may only mean a narrow range.",
    "每次只把一项输入移到范围的下端或上端，其余按情景取值；各次运行使用相同随机数。范围是对输入的判断：条形短也可能只是范围窄。",
);
pub(in super::super) const RANGES: Text = t("What was moved", "变动了哪些输入");
pub(in super::super) const RANGES_SAY: Text = t(
    "What the published texts leave open, with the range that this study gives it.",
    "公开材料未写明的内容，以及本研究给出的取值范围。",
);
pub(in super::super) const NOW: Text = t(
    "As the scenario is: {value} (95% interval {ends}).",
    "按情景取值时：{value}（95%区间{ends}）。",
);
pub(in super::super) const SUB: Text = t(
    "change against the scenario as it is ({value}); lines are 95% intervals of the paired difference",
    "相对情景现值（{value}）的变化；横线为配对差异的95%区间",
);
pub(in super::super) const AXIS: Text = t("change", "变化");
pub(in super::super) const LOW_END: Text = t("at the low end", "取下端");
pub(in super::super) const HIGH_END: Text = t("at the high end", "取上端");
pub(in super::super) const SAY: Text = t(
    "The longest first: how far the figure moves between the two ends of an input. The line above the bars gives \
     the ends of its range and the value now.",
    "按影响由大到小排列：指标在该输入两端之间的变动幅度。条形上方写明范围两端与现值。",
);
pub(in super::super) const RANGE: Text =
    t("{low} … {high}; now {now}", "{low} … {high}；现为{now}");
pub(in super::super) const UNMOVED: Text =
    t("These do not move it: {inputs}.", "以下输入不影响该指标：{inputs}。");
pub(in super::super) const STRONGEST: Text =
    t("What moves each figure most", "对各项指标影响最大的输入");
pub(in super::super) const FIGURE: Text = t("Figure", "指标");
pub(in super::super) const AT: Text = t("{figure} at {input}", "取{input}时{figure}");
pub(in super::super) const NOTHING: Text = t("nothing", "无");
pub(in super::super) const STILL: Text =
    t("No input moves this figure: there is nothing to draw.", "没有输入影响该指标，故无图。");
pub(in super::super) const INPUT: Text = t("Input", "输入");
pub(in super::super) const LOW: Text = t("Low end", "下端");
pub(in super::super) const HIGH: Text = t("High end", "上端");
pub(in super::super) const KEY: Text = t("Key of the scenario", "情景键名");
pub(in super::super) const VALUE_NOW: Text = t("Now", "现值");
pub(in super::super) const AT_LOW: Text = t("Low end", "取下端");
pub(in super::super) const AT_HIGH: Text = t("High end", "取上端");
pub(in super::super) const MORRIS: Text =
    t("All inputs together: Morris's screening", "各输入同时变动：Morris筛选");
pub(in super::super) const MU_STAR: Text = t("Mean absolute effect (mu*)", "平均绝对效应（mu*）");
pub(in super::super) const MU: Text = t("Mean effect (mu)", "平均效应（mu）");
pub(in super::super) const SIGMA: Text =
    t("Curvature or interaction (sigma)", "曲率或交互（sigma）");
pub(in super::super) const SOBOL: Text =
    t("All inputs together: Sobol's shares of the variance", "各输入同时变动：Sobol方差份额");
pub(in super::super) const FIRST: Text = t("Alone", "单独");
pub(in super::super) const TOTAL: Text = t("With interactions", "含交互");
pub(in super::super) const STRESS: Text =
    t("Stresses: several inputs at once", "压力情景：多项同时变动");
pub(in super::super) const STRESS_NAME: Text = t("Stress", "压力情景");
pub(in super::super) const STRESS_VALUE: Text = t("Figure", "指标值");
pub(in super::super) const CHANGE: Text = t("Change", "变化");

/// Figures of `summary.json` by name, units within.
const FIGURES: [(&str, Text); 23] = [
    ("queue.time_in_hospital.all.saved", t("minutes saved a visit", "每次就诊节省分钟")),
    ("queue.wait.all.saved", t("minutes saved in queues a visit", "每次就诊节省排队分钟")),
    ("queue.payment.all.saved", t("minutes saved paying a visit", "每次就诊节省缴费分钟")),
    ("queue.payment_stops.all.saved", t("payment stops saved", "减少缴费次数")),
    (
        "queue.time_in_hospital.credit_users.saved",
        t("minutes saved, credit users", "信用用户节省分钟"),
    ),
    ("queue.time_in_hospital.others.saved", t("minutes saved, others", "其他人节省分钟")),
    ("queue.saved_hours_total", t("hours saved in all", "共节省小时")),
    ("credit.eligible", t("people who may open a line", "符合条件人数")),
    ("credit.opened", t("lines opened", "开通的额度数")),
    ("credit.used", t("lines used", "使用的额度数")),
    ("credit.drawn_total", t("drawn, yuan", "支用金额（元）")),
    ("credit.dpd90_rate_balance", t("90+ days past due, share", "逾期90天以上比例")),
    ("credit.net_credit_loss", t("net credit loss, yuan", "净信用损失（元）")),
    ("credit.loss_by_bearer.bank", t("loss borne by banks, yuan", "银行承担的损失（元）")),
    ("credit.loss_by_bearer.hospital", t("loss borne by hospitals, yuan", "医院承担的损失（元）")),
    (
        "credit.overdue_patient_receivables.policy",
        t("unpaid at hospitals, yuan", "医院患者欠费（元）"),
    ),
    (
        "cross_province.direct.days_to_benefit",
        t("days until the benefit, settled at once", "直接结算：报销到账天数"),
    ),
    (
        "cross_province.manual.days_to_benefit",
        t("days until the benefit, claimed by hand", "手工报销：报销到账天数"),
    ),
    (
        "cross_province.direct.province_of_care_yuan_days",
        t("waiting of the place of care, yuan × days", "就医地垫付占用（元×天）"),
    ),
    ("cross_province.diverted", t("stays sent home to claim by hand", "转为手工报销的住院数")),
    (
        "cross_province.manual.benefits_forgone",
        t("benefits never claimed, by hand, yuan", "手工报销未获报销金额（元）"),
    ),
    ("cross_province.deposits_of_provinces", t("deposits of provinces, yuan", "各省预付金（元）")),
    ("cross_province.messages.lost", t("messages lost on the way", "传输中丢失的报文数")),
];

/// The name of a figure of `summary.json`.
pub(in super::super) fn figure(path: &str) -> Option<Text> {
    FIGURES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// Inputs by name; elements of arrays stand under their key with `[]`, and `{n}` counts them from one.
const INPUTS: &[(&str, Text)] = &[
    (
        "behaviour.adoption.by_institution.chance_per_visit_share",
        t("Visits that lead to sign-up", "就诊带来开通的概率"),
    ),
    (
        "behaviour.adoption.by_institution.campaigns[].factor",
        t("Sign-up during a campaign, times the usual", "宣传期间开通倍数"),
    ),
    (
        "behaviour.use_of_line.outpatient_share",
        t("Visits of holders put on the line", "开通者就诊用信比例"),
    ),
    ("behaviour.repayment.miss_due_share", t("Bills missed on the due day", "到期日未还比例")),
    (
        "behaviour.repayment.cure_90_plus_share",
        t("Recovered after 90 days late", "逾期90天后仍收回的比例"),
    ),
    (
        "credit.limits.tiers[].score_from",
        t("Score that step {n} of the limit asks for", "第{n}档额度起评分"),
    ),
    (
        "credit.collections[].dpd_days",
        t("Days late at step {n} of collections", "第{n}步催收时的逾期天数"),
    ),
    ("credit.limits.tiers[].limit_yuan", t("Limit of step {n}", "第{n}档额度")),
    ("credit.limits.ceiling_yuan", t("Highest limit", "最高额度")),
    ("credit.limits.floor_yuan", t("Lowest limit", "最低额度")),
    (
        "credit.limits.raise_after_on_time",
        t("On-time payments that raise the level", "提额所需按时还款次数"),
    ),
    ("credit.limits.raise_by_ratio", t("By how much a level rises", "每次提额幅度")),
    (
        "credit.limit_extras.score_missed_points",
        t("Score points that a breach costs", "每次违约扣分"),
    ),
    (
        "credit.limit_extras.score_missed_in_a_row",
        t("Breaches in a row that lower the score", "连续违约几次扣分"),
    ),
    ("credit.free_window.fixed_days.free_days", t("Time to pay, free of interest", "免息还款期限")),
    (
        "credit.free_window.statement.grace_days",
        t("From the statement to the due day", "账单日至还款日"),
    ),
    ("credit.instalments", t("What follows: instalments", "到期后是否分期")),
    ("credit.instalments.method", t("How instalments are charged", "分期计费方式")),
    ("credit.instalments.months", t("Length of the instalments", "分期期数")),
    ("credit.instalments.rate_per_year", t("Interest on instalments", "分期利率")),
    ("credit.eligibility.age_max_years", t("Highest age of an applicant", "申请人年龄上限")),
    (
        "credit.draws_in_part",
        t("The line bears part of a bill above the limit", "超出额度的账单可部分垫付"),
    ),
    (
        "credit.pays_out_of_catalogue",
        t("The line pays what is outside the catalogue", "额度可支付目录外费用"),
    ),
    ("credit.loss.rest_weights.hospital", t("Hospitals' weight in a loss", "医院分担损失的权重")),
    (
        "credit.repayment.pays_overdue_bill_after_days",
        t("Until an overdue bill is debited from the line", "医院欠费转由额度扣划的时间"),
    ),
    ("credit.sanctions.penalty_rate_per_day", t("Penalty interest", "罚息")),
    (
        "credit.sanctions.freeze_from_dpd_days",
        t("Days late until the service stops", "逾期多久暂停服务"),
    ),
    (
        "credit.sanctions.cancel_after_missed",
        t("Breaches that a line survives (0: any number)", "额度取消前容许的违约次数（0为不取消）"),
    ),
    (
        "credit.sanctions.blacklist_from_dpd_days",
        t("Days late until benefits stop", "逾期多久暂停医保待遇"),
    ),
    ("credit.write_off_dpd_days", t("Days late until written off", "逾期多久核销")),
    (
        "credit.delinquency.hardship_from_dpd_days",
        t("Days late until hardship is established", "逾期多久认定困难"),
    ),
    (
        "credit.delinquency.emergencies_exempt",
        t("Emergencies keep their benefits", "急诊不受待遇暂停影响"),
    ),
    (
        "credit.waterfall.premium_ratio",
        t("Credit insurer's premium on what is drawn", "信用保险费率（按支用额）"),
    ),
    ("credit.onboarding.lead_days", t("Until an application is approved", "审批时间")),
    (
        "credit.family.minors_use_parents_line",
        t("Children use their parents' line", "子女可用父母额度"),
    ),
    (
        "credit.family.parents_use_adult_childs_line",
        t("Parents use their adult child's line", "父母可用成年子女额度"),
    ),
    (
        "scheme_flow.final_stop_share",
        t("Visits with a stop to pay on leaving", "离院时仍需缴费的比例"),
    ),
    (
        "scheme_flow.confirm.unanswered_share",
        t("Phone confirmations without an answer", "手机确认无应答比例"),
    ),
    ("policy.regime", t("How one pays without a line", "无额度者的缴费方式")),
    (
        "credit.onboarding.points.components[].weight_points",
        t("Weight of the score's component {n}", "信用评分第{n}项权重"),
    ),
    (
        "behaviour.other_finance.at_hand.lognormal.mean_months",
        t("Income at hand for a bill", "可用于付费的手头资金"),
    ),
    (
        "behaviour.other_finance.card.fee_ratio_per_month",
        t("Monthly fee of card instalments", "信用卡分期月手续费率"),
    ),
    (
        "behaviour.applying.on_the_ward_share",
        t("Unsigned emergencies who sign on the ward", "未签约急诊患者在病区补签比例"),
    ),
    (
        "behaviour.debit.unbound_odds",
        t("Odds of missing the due day without a bound card", "未绑卡者错过还款日的比值比"),
    ),
    (
        "behaviour.adoption.joining.opts_out_share",
        t("Enrolment unless one opts out", "默认开通、可选择退出"),
    ),
    ("people.insurance_gap_share", t("People with a gap in contributions", "参保缴费中断人口比例")),
    (
        "scheme_flow.refund_trip_share",
        t("Visits that take entered tests back at a window", "到窗口撤销已记账检查的比例"),
    ),
    (
        "refunds.visits_share",
        t("Visits that give an item back after payment", "缴费后退费的就诊比例"),
    ),
    (
        "city.size_in_scheme_ratio",
        t("Size of the scheme's institutions", "参与机构规模（相对文件所列）"),
    ),
    ("demand.price_rise_rate_per_year", t("Rise of prices", "费用年增长率")),
    ("refunds.item_ratio", t("Part of the order that is given back", "退费金额占该单的比例")),
    (
        "credit.free_window",
        t("Free days: from use or from the statement", "免息期从用信日或账单日起算"),
    ),
    (
        "credit.sanctions.restriction_days_after_payment",
        t("How long a restriction outlasts payment", "还清后限制持续的时间"),
    ),
    (
        "credit.delinquency.wilful_up_to_income_months",
        t(
            "Who is wilful: by days late, or by ability to pay",
            "恶意欠费的认定：按逾期天数或看偿付能力",
        ),
    ),
    (
        "behaviour.applying.unregistered_share",
        t("Applicants not registered by real name", "申请人未实名注册的比例"),
    ),
    ("refunds.in_place_share", t("Refunds made in place", "原路退回（无需到窗口）的比例")),
    (
        "scheme_flow.card_held",
        t("The insurance card is held during the stay", "住院期间扣押医保卡"),
    ),
    (
        "cross_province.clearing.home_pays_hospital_after_days",
        t("Until the place of insurance pays the hospital itself", "参保地直接支付医院的时间"),
    ),
    ("messages.sent_to", t("Who gets the platform's messages", "平台消息发送对象")),
    (
        "messages.previsit.keeps_hour_share",
        t("Told before the visit who come at the hour named", "按通知时段到院的比例"),
    ),
    (
        "messages.treatment.waits_outside_share",
        t("Told of their turn who wait outside the hall", "按到号提醒在厅外候诊的比例"),
    ),
    (
        "messages.guidance.walk_saved_share",
        t("Part of walks that guidance saves", "导诊节省的步行比例"),
    ),
    (
        "messages.charge.pays_in_time_share",
        t("Told of a charge who then pay in time", "经费用提醒后按时付款的比例"),
    ),
    ("people.insured_elsewhere_share", t("People insured in another area", "异地参保人口比例")),
    ("claims_at_home.paid_after_days", t("Until a claim at home is paid", "回参保地报销到账天数")),
    (
        "claims_at_home.reimbursed_ratio",
        t("What the place of insurance pays back", "参保地报销比例"),
    ),
    ("entitlement.scheme.proof", t("How entitlement is proved in the scheme", "待遇资格证明方式")),
    (
        "entitlement.counters.patient_min",
        t("Patient's minutes at a payer's own counter", "每个经办窗口患者用时"),
    ),
    ("people.uninsured_share", t("People without local insurance", "无本地医保人口比例")),
    (
        "people.covers.commercial_share",
        t("Holders of the commercial supplement", "持有商业补充保险的比例"),
    ),
    ("inpatient.staged_every_days", t("Between staged payments of a stay", "住院分阶段结算间隔")),
    ("inpatient.staged_over_yuan", t("Amount at which a stay is staged", "住院分阶段结算金额")),
    (
        "inpatient.means.at_once.lognormal.mean_months",
        t("Income that can be raised at once", "可立即筹得的收入"),
    ),
    (
        "cross_province.clearing.pays_after_days",
        t("Clearing cycle between provinces", "省际清算周期"),
    ),
    (
        "cross_province.clearing.deposit_ratio",
        t("Deposit left with the place of care", "留给就医地的预付金"),
    ),
    (
        "cross_province.links[].lost_per_million",
        t("Messages lost on link {n}", "第{n}段线路丢失的报文"),
    ),
    ("cross_province.links[].outages_per_year", t("Outages of link {n}", "第{n}段线路故障")),
    (
        "cross_province.capacity.private_line_yuan_per_year",
        t("Yearly cost of a private line", "专线年费"),
    ),
    ("cross_province.capacity.server_yuan_per_year", t("Yearly cost of a server", "服务器年成本")),
    ("cross_province.manual.invoice_lost_share", t("Invoices lost", "发票遗失比例")),
];

/// The name of an input, and the place that it has in its list, from one.
pub(in super::super) fn input(key: &str) -> Option<(Text, Option<String>)> {
    let (plain, place) = match (key.find('['), key.find(']')) {
        (Some(open), Some(close)) if open < close => {
            let place = key[open + 1..close].parse::<u32>().ok()?;
            (format!("{}[]{}", &key[..open], &key[close + 1..]), Some((place + 1).to_string()))
        }
        _ => (key.to_owned(), None),
    };
    let found = INPUTS.iter().find(|(known, _)| *known == plain);
    found.map(|(_, text)| (*text, place))
}

/// How the value of a key is said, by the end of its name: factor and wording.
const UNITS: &[(&str, f64, Text)] = &[
    ("rate_per_year", 100.0, t("{x} % a year", "年率{x}%")),
    ("rate_per_day", 100.0, t("{x} % a day", "每日{x}%")),
    ("per_year", 1.0, t("{x} a year", "每年{x}次")),
    ("per_million", 1.0, t("{x} in a million", "每百万{x}")),
    ("yuan", 1.0, t("{x} yuan", "{x}元")),
    ("days", 1.0, t("{x} days", "{x}天")),
    ("months", 1.0, t("{x} months", "{x}个月")),
    ("years", 1.0, t("{x} years", "{x}岁")),
    ("_share", 100.0, t("{x} %", "{x}%")),
    ("_ratio", 100.0, t("{x} %", "{x}%")),
    ("points", 1.0, t("{x} points", "{x}分")),
    ("score_from", 1.0, t("score {x}", "{x}分")),
    ("after_on_time", 1.0, t("{x} payments", "{x}次")),
    ("after_missed", 1.0, t("{x} breaches", "{x}次")),
    ("in_a_row", 1.0, t("{x} breaches", "{x}次")),
    ("_km", 1.0, t("{x} km", "{x}公里")),
    ("_min", 1.0, t("{x} min", "{x}分钟")),
    ("_ms", 1.0, t("{x} ms", "{x}毫秒")),
    ("_s", 1.0, t("{x} s", "{x}秒")),
    ("_h", 1.0, t("{x} h", "{x}小时")),
];

/// Factor and wording of a key's values, where its name ends in a unit.
pub(in super::super) fn unit(key: &str) -> Option<(f64, Text)> {
    UNITS.iter().find(|(end, ..)| key.ends_with(end)).map(|(_, factor, text)| (*factor, *text))
}

/// Readings that are words.
const READINGS: [(&str, Text); 9] = [
    ("participants", t("participants", "签约者")),
    ("everybody", t("everybody", "所有就诊者")),
    ("true", t("yes", "是")),
    ("false", t("no", "否")),
    ("none", t("none", "无")),
    ("annuity", t("interest on what is owed", "按剩余本金计息")),
    ("flat_fee", t("a fee on the first sum", "按初始金额收费")),
    ("mobile_2023", t("by phone before each step", "每步前手机缴费")),
    ("pay_once_hospital_books", t("once at the end", "最后一次结清")),
];

/// A reading in words.
pub(in super::super) fn reading(word: &str) -> Option<Text> {
    READINGS.iter().find(|(known, _)| *known == word).map(|(_, text)| *text)
}

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) fn all() -> Vec<Text> {
    let named = FIGURES.iter().chain(INPUTS).chain(&READINGS).map(|(_, text)| *text);
    let units = UNITS.iter().map(|(.., text)| *text);
    let page = [
        TITLE,
        ANSWER,
        ANSWER_NONE,
        HOW,
        RANGES,
        RANGES_SAY,
        NOW,
        SUB,
        AXIS,
        LOW_END,
        HIGH_END,
        SAY,
        RANGE,
        UNMOVED,
        STILL,
        INPUT,
        LOW,
        HIGH,
        KEY,
        VALUE_NOW,
        AT_LOW,
        AT_HIGH,
        STRONGEST,
        FIGURE,
        AT,
        NOTHING,
        MORRIS,
        MU_STAR,
        MU,
        SIGMA,
        SOBOL,
        FIRST,
        TOTAL,
        STRESS,
        STRESS_NAME,
        STRESS_VALUE,
        CHANGE,
    ];
    named.chain(units).chain(page).collect()
}
