//! Field terms under the keys of the tables and the summary (Chinese terms as in the glossary).

use super::{Text, t};

/// The term of a key, if it is known.
pub(in super::super) fn find(key: &str) -> Option<Text> {
    TERMS.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
}

/// Key and term; ordered by theme, searched a few hundred times a report.
const TERMS: &[(&str, Text)] = &[
    // Levels.
    ("primary", t("community / level I", "社区及一级")),
    ("secondary", t("level II", "二级")),
    ("tertiary", t("level III", "三级")),
    // Stations.
    ("registration", t("registration", "挂号窗口")),
    ("cashier", t("cashier windows", "收费窗口")),
    ("kiosk", t("payment kiosks", "自助缴费机")),
    ("laboratory", t("laboratory", "检验采样")),
    ("imaging", t("imaging", "影像检查")),
    ("treatment", t("treatment rooms", "治疗室")),
    ("pharmacy", t("pharmacy", "药房")),
    ("admission_desk", t("admission desk", "入院处")),
    ("discharge_desk", t("discharge desk", "出院处")),
    ("emergency", t("emergency room", "急诊")),
    ("help_desk", t("help desk", "签约服务台")),
    ("department", t("consulting departments", "门诊科室")),
    ("consultation", t("consultations", "诊室就诊")),
    ("departments", t("consulting departments", "门诊科室")),
    // Payers of a bill.
    ("pooled_employee", t("pooled fund, employees", "职工医保统筹基金")),
    ("pooled_resident", t("pooled fund, residents", "居民医保统筹基金")),
    ("pooled_fund", t("pooled fund", "统筹基金")),
    ("personal_account", t("personal accounts", "个人账户")),
    ("family_mutual_aid", t("relatives' personal accounts", "家庭共济账户")),
    ("mutual_aid", t("relatives' personal accounts", "家庭共济账户")),
    ("critical_illness", t("critical illness insurance", "大病保险")),
    ("large_amount", t("large-amount subsidy", "大额医疗补助")),
    ("second_layer", t("critical illness and large-amount cover", "大病与大额补助")),
    ("civil_servant", t("civil-servant subsidy", "公务员补助")),
    ("civil_servant_fund", t("civil-servant subsidy", "公务员补助")),
    ("enterprise_fund", t("enterprise supplement", "企业补充医疗保险")),
    ("commercial_insurer", t("commercial supplement", "商业补充保险")),
    ("emergency_relief", t("emergency disease relief", "疾病应急救助")),
    ("charity", t("charities", "慈善援助")),
    ("assistance", t("medical assistance", "医疗救助")),
    ("medical_assistance", t("medical assistance", "医疗救助")),
    ("credit_line", t("credit lines", "信用额度")),
    ("line", t("credit lines", "信用额度")),
    ("credit", t("credit lines", "信用额度")),
    ("cash", t("patients, at once", "患者当场支付")),
    ("patient", t("patients, at once", "患者当场支付")),
    ("person", t("patients, at once or on credit", "患者（当场或以信用支付）")),
    ("patient_cash", t("patients, at once", "患者当场支付")),
    ("deposit", t("deposits", "预交金")),
    ("receivable", t("unpaid by patients", "患者欠费")),
    ("patient_receivable", t("unpaid by patients", "患者欠费")),
    ("patient_receivables", t("unpaid by patients", "患者欠费")),
    ("hospital_books", t("hospitals' books", "医院挂账")),
    // Parties of the answer.
    ("patients", t("patients", "患者")),
    ("funds", t("insurance funds", "医保基金")),
    ("treasury", t("public budget", "财政")),
    ("platform", t("platform and channel", "平台与支付渠道")),
    ("others", t("guarantors and other payers", "担保与其他支付方")),
    ("patients_time", t("patients' time", "患者时间价值")),
    ("scheme", t("Insurance scheme", "参保类型")),
    ("employee", t("employees", "职工医保")),
    ("resident", t("residents", "居民医保")),
    ("uninsured", t("uninsured", "未参保")),
    ("used_up", t("resources used up", "资源耗费")),
    // Parts of a visit's time, and steps from default to loss.
    ("care", t("care, reports, walking", "诊疗、等报告、步行")),
    ("queues_for_care", t("queues for care", "诊疗排队")),
    ("payment", t("payment", "缴费")),
    ("written_off", t("written off", "核销")),
    ("recovered", t("recovered", "收回")),
    ("net_credit_loss", t("net credit loss", "信用净损失")),
    // Bearers of losses.
    ("insurer", t("credit insurer", "信用保险公司")),
    ("credit_insurer", t("credit insurer", "信用保险公司")),
    ("bank", t("bank", "银行")),
    ("hospital", t("hospitals", "医院")),
    ("hospitals", t("hospitals", "医院")),
    ("pool", t("public risk pool", "风险补偿金")),
    ("risk_pool", t("public risk pool", "风险补偿金")),
    ("guarantor", t("guarantor", "担保人")),
    // Words of refusal, in precedence order.
    ("unknown_person", t("person not in the kin group", "非本亲属组成员")),
    ("too_old", t("dated before the open books", "早于可受理日期")),
    ("not_insured", t("no normal insurance status", "参保状态不正常")),
    ("benefits_suspended", t("insurance benefits suspended", "医保待遇暂停")),
    ("already_settled", t("bill settled before", "重复结算")),
    ("work_injury", t("work-injury insurance pays", "应由工伤保险支付")),
    ("third_party", t("a third party is liable", "应由第三人负担")),
    ("public_health", t("public health pays", "应由公共卫生负担")),
    ("out_of_scope", t("wholly outside the catalogue", "超出支付范围")),
    ("later_claim_first", t("a later settlement comes first", "须先撤销后续结算")),
    ("judgment_debtor", t("dishonest judgment debtor", "失信被执行人")),
    ("too_young", t("below the minimum age", "低于最低年龄")),
    ("too_old_for_scheme", t("above the maximum age", "超过最高年龄")),
    ("score_too_low", t("score too low", "信用评分不足")),
    ("already_open", t("line already open", "已开通额度")),
    ("institution_not_in_scheme", t("institution not in the scheme", "机构未参与")),
    ("care_kind_not_covered", t("kind of care not covered", "就诊类别不在范围")),
    ("no_line", t("no line in the family", "家庭无可用额度")),
    ("line_frozen", t("line frozen (overdue)", "额度因逾期冻结")),
    ("line_cancelled", t("line cancelled", "额度已取消")),
    ("limit_exhausted", t("free limit too small", "可用额度不足")),
    ("amount_not_positive", t("amount not positive", "金额不为正")),
    ("nothing_open", t("nothing open under this number", "无对应未结业务")),
    ("not_entitled", t("not of the group that the scheme is for", "不属于保障对象")),
    ("thin_file", t("thin credit file", "征信记录不足")),
    ("commitment_not_signed", t("commitment not signed", "未签信用承诺")),
    ("no_guardian", t("no guardian", "未成年人无监护人")),
    ("signed_up_too_late", t("signed up after admission", "入院后不可签约")),
    ("family_ceiling", t("family ceiling reached", "家庭额度已满")),
    ("line_expired", t("line expired", "额度已到期")),
    ("blacklisted_here", t("blacklisted at this hospital", "在本院黑名单内")),
    ("insurance_not_admitted", t("this insurance not admitted", "所参保险种不适用")),
    ("real_name_not_registered", t("not registered by real name", "未实名注册")),
    // Kinds of groups.
    ("age", t("Age", "年龄")),
    ("level", t("Hospital level", "医院级别")),
    ("district", t("District", "行政区")),
    ("income", t("Income, fifths from the poorest up", "收入五等分（由低到高）")),
    ("fifth 1", t("1st fifth", "第一组")),
    ("fifth 2", t("2nd fifth", "第二组")),
    ("fifth 3", t("3rd fifth", "第三组")),
    ("fifth 4", t("4th fifth", "第四组")),
    ("fifth 5", t("5th fifth", "第五组")),
    (
        "net credit loss + collection cost",
        t("net credit loss + collection cost", "净信用损失加催收成本"),
    ),
    ("participation", t("Participation", "参与情况")),
    ("credit_users", t("Paid by a line, or may use one", "用信或可用信者")),
    ("non_users", t("All others", "其他人")),
    // Counters of approximations.
    (
        "stop_conflicts",
        t(
            "payment stops that settlement decided otherwise than the rehearsal",
            "预演与实际结算不一致的缴费停留次数",
        ),
    ),
    ("spilled_to_next_day", t("visits carried to the next day", "顺延到次日的就诊")),
    ("left_a_queue", t("patients who left a queue", "排队中途离开的患者")),
    ("admission_waited_for_a_bed", t("admissions put off for want of a bed", "因无床而推迟的住院")),
    (
        "left_undone_after_last_day",
        t("visits left undone after the last day", "最后一天后未完成的就诊"),
    ),
    ("spilled", t("visits carried to the next day", "顺延到次日的就诊")),
    ("spilled_visits", t("visits carried to the next day", "顺延到次日的就诊")),
    ("reneged", t("patients who left a queue", "排队中途离开的患者")),
    ("unmatched", t("visits in one arm only", "仅在一个方案中发生的就诊")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Refusal;

    #[test]
    fn every_word_of_refusal_has_a_term_in_both_languages() {
        for refusal in Refusal::ALL {
            let text = find(refusal.word());
            assert!(text.is_some(), "{} has no term", refusal.word());
        }
    }

    #[test]
    fn no_key_stands_twice_and_no_chinese_term_has_a_latin_letter() {
        for (i, (key, text)) in TERMS.iter().enumerate() {
            assert!(TERMS[..i].iter().all(|(other, _)| other != key), "{key} stands twice");
            assert!(!text.zh.bytes().any(|b| b.is_ascii_alphabetic()), "{}", text.zh);
        }
    }
}
