//! The data dictionary of a run folder: every column of every table, and every metric of the summary,
//! with unit and meaning in both languages. Must never describe a column that no table has.

use super::measures::paths;
use super::published::{better, unit};
use super::replicate::Setup;
use super::tables::Table;
use crate::stats::Better;

/// Name, unit, English and Chinese meaning of a column; a name means the same in every table.
type Column = (&'static str, &'static str, &'static str, &'static str);

const COLUMNS: &[Column] = &[
    ("baseline", "", "Baseline beside which the row stands", "对照"),
    ("party", "", "Party; used_up = resources that nobody receives", "主体（used_up 为资源耗费）"),
    ("npv_care_yuan", "yuan", "Gain by more or less care, present value", "诊疗量变化带来的净现值"),
    ("npv_paying_yuan", "yuan", "Gain by the way of paying, present value", "支付方式带来的净现值"),
    ("npv_yuan", "yuan", "Present value over the horizon", "全部年限净现值"),
    (
        "npv_time_yuan",
        "yuan",
        "Worth of time saved, beside the sum",
        "节省时间的价值（不计入合计）",
    ),
    ("flow", "", "Why the flow was made", "流量类别"),
    ("payer", "", "Who pays (a negative amount: receives)", "付款方（负数为收款）"),
    ("payee", "", "Who receives; used_up = nobody", "收款方（used_up 为资源耗费）"),
    ("once_yuan", "yuan", "At the beginning", "期初一次性金额"),
    ("run_yuan", "yuan", "During the run", "模拟期内金额"),
    ("yearly_yuan", "yuan", "A year's worth", "折合每年金额"),
    (
        "against_or_arm",
        "",
        "Baseline of a comparison, or arm of a figure that an arm has alone; empty = the scheme",
        "对照（比较）或所属方案（单独指标）；空为本方案",
    ),
    ("unit", "", "Unit of the row's figures", "本行数值单位"),
    (
        "ci95_low",
        "unit",
        "Noise of the simulation: lower end of the 95 % interval",
        "模拟噪声95%区间下限",
    ),
    ("ci95_high", "unit", "The same, upper end", "模拟噪声95%区间上限"),
    ("spread95_low", "unit", "Spread from uncertain inputs: lower end", "输入不确定性95%范围下限"),
    ("spread95_high", "unit", "The same, upper end", "输入不确定性95%范围上限"),
    ("time_part", "", "What the minutes of a visit are spent on", "时间去向"),
    ("minutes_per_visit", "min", "Minutes of an average visit", "平均每次就诊分钟数"),
    ("loss_step", "", "Step from what was written off to who bears it", "从核销到承担方的步骤"),
    ("funnel_step", "", "Step from eligible people to uses, then minutes a use", "漏斗步骤"),
    ("funnel_count", "as named", "People, lines, uses, or minutes a use", "该步骤数量"),
    ("of_step_before", "share", "Share of the step before", "占上一步骤的比例"),
    ("month_end", "date", "Last day of the month", "月末日期"),
    ("lines_opened", "lines", "Lines opened so far, mean over replications", "累计开通额度户数"),
    ("drawn_to_date_yuan", "yuan", "Drawn so far, mean over replications", "累计支用"),
    ("repaid_to_date_yuan", "yuan", "Repaid so far, mean over replications", "累计偿还"),
    ("requests_per_min", "1/min", "Requests a minute, mean over replications", "每分钟请求数"),
    ("step", "", "Number of the step in the visit, from 1", "就诊步骤序号"),
    ("what", "", "Walk, serve, reports, release, pay or desk", "步骤类型"),
    ("place", "", "Station, or payment point of a payment", "环节或缴费点"),
    ("channel", "", "How it was paid", "缴费方式"),
    ("from_min", "min", "Began, minutes from midnight", "开始（自零时起分钟）"),
    ("until_min", "min", "Over, minutes from midnight", "结束（自零时起分钟）"),
    ("queue_min", "min", "Of it, in a queue", "其中排队"),
    ("detour_min", "min", "Of it, on the way to pay and back", "其中缴费往返步行"),
    ("months_on_book", "months", "Months since the month of the draw", "账龄（月）"),
    ("written_off_share", "share", "Yuan written off by then over yuan drawn", "累计核销占比"),
    (
        "net_loss_share",
        "share",
        "Yuan lost by then, net of recoveries, over yuan drawn",
        "累计净损失占比",
    ),
    ("normal_yuan", "yuan", "Owed, class normal", "正常类贷款余额"),
    ("special_mention_yuan", "yuan", "Owed, class special mention", "关注类贷款余额"),
    ("substandard_yuan", "yuan", "Owed, class substandard", "次级类贷款余额"),
    ("doubtful_yuan", "yuan", "Owed, class doubtful", "可疑类贷款余额"),
    ("loss_class_yuan", "yuan", "Owed, class loss", "损失类贷款余额"),
    ("advance_yuan", "yuan", "Advance funding held at the month's end", "月末医保预付金余额"),
    ("assistance_yuan", "yuan", "Stated to medical assistance", "医疗救助应付"),
    ("billed_yuan", "yuan", "Billed in the month", "当月医疗收入"),
    ("cash_yuan", "yuan", "Cash received so far, at the month's end", "月末累计到账资金"),
    ("charity_yuan", "yuan", "Stated to charities", "慈善援助应付"),
    ("civil_servant_fund_yuan", "yuan", "Stated to the civil servants' subsidy", "公务员补助应付"),
    ("commercial_insurer_yuan", "yuan", "Stated to commercial supplements", "商业补充保险应付"),
    ("figure", "", "Figure of `inpatient` or `cross_province` in summary.json", "指标名"),
    ("mean", "", "Mean over replications, in the unit of the figure's name", "各次重复的均值"),
    ("deposits_held_yuan", "yuan", "Deposits held at the month's end", "月末预交金余额"),
    ("emergency_relief_yuan", "yuan", "Stated to emergency relief", "疾病应急救助应付"),
    ("enterprise_fund_yuan", "yuan", "Stated to enterprise supplements", "企业补充保险应付"),
    ("in_transit_yuan", "yuan", "Paid by card or wallet, on its way", "支付在途款"),
    ("owed_by_banks_yuan", "yuan", "Owed by banks for draws", "银行应付款"),
    ("owed_by_funds_yuan", "yuan", "Owed by the funds", "医保基金应付"),
    ("personal_account_yuan", "yuan", "Stated to personal accounts", "个人账户应付"),
    ("pooled_employee_yuan", "yuan", "Stated to the employees' pooled fund", "职工统筹基金应付"),
    ("pooled_resident_yuan", "yuan", "Stated to the residents' pooled fund", "居民统筹基金应付"),
    (
        "second_layer_yuan",
        "yuan",
        "Stated to critical illness and large-amount cover",
        "大病与大额补助应付",
    ),
    ("unpaid_by_patients_yuan", "yuan", "Bills unpaid by patients", "患者欠费"),
    ("bill", "", "Visit of the bill", "账单对应就诊"),
    ("point", "", "Payment point of the bill", "缴费点"),
    ("part", "", "Part of the settlement", "结算组成部分"),
    ("side", "", "Side whose file is wrong", "出错一方"),
    ("fault", "", "What is wrong", "差错类型"),
    ("off_by_yuan", "yuan", "By how much an amount is off", "金额差额"),
    ("off_by_days", "days", "By how many days a date is off", "日期相差天数"),
    ("found", "", "Named right, a false alarm, or missed", "是否正确发现"),
    ("bank", "", "Bank of the scheme", "银行"),
    ("joins", "date", "First day on which it opens lines", "开始授信日期"),
    ("lines", "lines", "Lines opened", "开通额度户数"),
    ("second_lines", "lines", "Second lines of their holders", "第二额度户数"),
    ("limits_yuan", "yuan", "Limits in force at the end", "期末授信总额"),
    ("lines_over_90_days", "lines", "Lines ever more than 90 days past due", "曾逾期90天以上户数"),
    ("funding_cost_yuan", "yuan", "Cost of the money lent", "资金成本"),
    ("score_min", "points", "Lowest score that the bank admits", "银行准入最低分"),
    ("blacklisted", "times", "Blacklistings for the bank's draws", "因该行逾期列入黑名单次数"),
    ("lines_cancelled", "lines", "Lines cancelled for good", "永久取消额度户数"),
    ("interest_and_penalties_yuan", "yuan", "Interest and penalties received", "利息与罚息收入"),
    (
        "funding_cost_of_free_days_yuan",
        "yuan",
        "Of it, for interest-free days",
        "其中免息期资金成本",
    ),
    ("loss_borne_yuan", "yuan", "What the bank itself bears", "银行自担净损失"),
    ("means", "", "Source of the own part", "支付方式"),
    ("receipts", "receipts", "Receipts to which the source gave something", "涉及票据数"),
    ("paid_yuan", "yuan", "What it gave", "支付金额"),
    (
        "bad_debt_yuan",
        "yuan",
        "Bills of the group that hospitals gave up, all replications",
        "该组被医院核销的欠费",
    ),
    ("adults", "people", "Adults of the group, all replications", "该组成年人数"),
    (
        "default_rate",
        "share",
        "Draws that went more than 90 days past due",
        "违约率（逾期90天以上）",
    ),
    ("draws", "draws", "Draws, all replications", "垫付笔数"),
    ("eligible_share", "share", "Adults who may open a line", "符合条件者占比"),
    ("ever_1_plus_share", "share", "Yuan ever past due over yuan drawn", "曾逾期金额占比"),
    ("ever_31_plus_share", "share", "Yuan ever more than 30 days past due", "曾逾期30天以上占比"),
    ("ever_61_plus_share", "share", "Yuan ever more than 60 days past due", "曾逾期60天以上占比"),
    ("ever_90_plus_share", "share", "Yuan ever more than 90 days past due", "曾逾期90天以上占比"),
    ("from", "", "State at the beginning of a month", "月初状态"),
    ("loss_rate", "share", "Net loss over yuan drawn", "净损失率"),
    ("loss_yuan", "yuan", "Loss at that default rate", "该违约率下的损失"),
    ("month", "month", "Calendar month of the draw", "垫付月份"),
    ("multiple", "", "Multiple of the scenario's default rate", "违约率倍数"),
    ("net_loss_yuan", "yuan", "Written off less recovered", "净损失"),
    ("net_yuan", "yuan", "Net result at that default rate", "该违约率下的净额"),
    ("probability_per_month", "share", "Probability to be there a month later", "一个月后转移概率"),
    ("recovered_yuan", "yuan", "Recovered after write-off", "核销后回收"),
    ("to", "", "State at its end", "月末状态"),
    ("admissions", "stays", "Admissions of the day", "当日入院人次"),
    (
        "amount_yuan",
        "yuan",
        "Amount over the run, mean over replications",
        "全程金额（各次重复均值）",
    ),
    ("arm", "", "Arm: a baseline or the policy", "对照组或政策组"),
    ("arrivals", "patients", "Patients who joined a queue in the hour", "该小时到达人数"),
    ("assumed", "", "Whether nobody has published the value", "是否为假设值"),
    ("bearer", "", "Who bears the loss", "损失承担方"),
    ("cashier_wait_min_mean", "min", "Mean wait at windows and kiosks", "缴费排队平均等候"),
    ("clinical_wait_min_mean", "min", "Mean wait at clinical stations", "诊疗排队平均等候"),
    (
        "count",
        "refusals",
        "Refusals over the run, mean over replications",
        "拒绝次数（各次重复均值）",
    ),
    ("current_yuan", "yuan", "Owed and not past due", "未逾期余额"),
    ("d1_30_yuan", "yuan", "Owed, 1 to 30 days past due", "逾期1–30天余额"),
    ("d31_60_yuan", "yuan", "Owed, 31 to 60 days past due", "逾期31–60天余额"),
    ("d61_90_yuan", "yuan", "Owed, 61 to 90 days past due", "逾期61–90天余额"),
    ("d90_plus_yuan", "yuan", "Owed, more than 90 days past due", "逾期90天以上余额"),
    ("day", "date", "Day of the simulated calendar", "模拟日期"),
    (
        "drawn_yuan",
        "yuan",
        "Drawn on lines (that day, or by the row's draws)",
        "垫付金额（当日或该行）",
    ),
    ("file", "", "File in which the value stands", "取值所在文件"),
    ("group", "", "The group of visits", "就诊分组"),
    ("group_kind", "", "What the group is formed by", "分组依据"),
    ("hospital", "", "Hospital", "医院"),
    ("hour", "h", "Hour of the hospital day (24 to 27: after midnight)", "时段（24–27为次日凌晨）"),
    ("key", "", "Key of the scenario", "情景参数键"),
    ("level", "", "Hospital level", "医院等级"),
    ("line", "", "Line in that file", "所在行"),
    ("metric", "", "What the value is", "指标名"),
    ("minutes_from", "min", "Lower edge of the bin of saved minutes", "节省分钟区间下限"),
    ("minutes_to", "min", "Upper edge of the bin", "节省分钟区间上限"),
    ("outstanding_yuan", "yuan", "Owed on lines at the end of the day", "当日末垫付余额"),
    ("overdue_yuan", "yuan", "Of that, past due", "其中逾期"),
    ("payment_min_mean", "min", "Mean minutes of payment trips a visit", "每次就诊缴费平均用时"),
    ("payment_stops_mean", "stops", "Mean payment stops a visit", "每次就诊平均缴费次数"),
    ("reason", "", "Word of refusal", "拒绝原因"),
    ("reneged", "patients", "Patients who left a queue that day", "当日放弃排队人数"),
    ("repaid_yuan", "yuan", "Principal repaid that day", "当日还款本金"),
    ("replication", "", "Number of the replication, from 1", "重复编号"),
    ("role", "", "Account of the books: a fund or the person", "账户：基金或个人"),
    (
        "saved_min_mean",
        "min",
        "Mean time in hospital saved a visit against the first baseline",
        "每次就诊平均节省在院时间",
    ),
    ("served", "patients", "Patients served", "服务人数"),
    ("source", "", "Origin of the value, beginning with its word", "数据来源"),
    ("spilled", "visits", "Visits put off to the next day", "顺延至次日的就诊"),
    ("no_bed", "stays", "Admissions put off for want of a bed", "因无床位推迟的入院"),
    ("station", "", "Kind of station", "环节"),
    ("time_in_hospital_min_mean", "min", "Mean minutes from arrival to exit", "平均在院时间"),
    ("utilisation", "share", "Busy time over open server time", "开放时间占用率"),
    ("value", "as named", "Value", "数值"),
    (
        "visits",
        "visits",
        "Visits that ended (of groups: matched visits)",
        "就诊人次（分组表为配对就诊）",
    ),
    ("visits_credit", "visits", "Visits of credit users in the bin", "信用就诊数"),
    ("visits_others", "visits", "Visits of the others in the bin", "其他就诊数"),
    ("wait_min_mean", "min", "Mean minutes in queues", "平均排队时间"),
    (
        "written_off_yuan",
        "yuan",
        "Principal written off (that day, or of the row's draws)",
        "核销本金（当日或该行）",
    ),
];

/// Unit and meaning of a column; `None` for one that nobody described.
fn described(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|(known, ..)| *known == name)
}

/// The dictionary as a table.
pub fn dictionary(setup: &Setup, tables: &[Table]) -> Table {
    let mut rows = Vec::new();
    for table in tables {
        for column in &table.header {
            let (unit, en, zh) =
                described(column).map_or(("", "", ""), |(_, u, en, zh)| (u, en, zh));
            rows.push([table.name, column, unit, "", en, zh].map(str::to_owned).to_vec());
        }
    }
    for path in paths(setup) {
        let direction = match better(&path) {
            Some(Better::Higher) => "higher",
            Some(Better::Lower) => "lower",
            None => "",
        };
        let en = "Estimate: mean and ci95 over replications";
        let row = ["summary.json", &path, unit(&path), direction, en, "估计值：均值与95%区间"];
        rows.push(row.map(str::to_owned).to_vec());
    }
    let header = vec!["table", "name", "unit", "better", "meaning_en", "meaning_zh"];
    Table { name: "dictionary.csv", header, rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{replicate, summary, tables};
    use crate::scenario;
    use std::path::Path;

    #[test]
    fn every_column_of_every_table_is_described_and_no_other() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/payment_means.toml");
        let scenario = scenario::load(&path).expect("the district with every table");
        let setup = Setup::new(scenario, 1, 1, 1, Some(6_000));
        let outcome = replicate(&setup, &mut |_| true).expect("a day");
        let tables = tables(&setup, &outcome, &summary(&setup, &outcome));
        let mut used: Vec<&str> = tables.iter().flat_map(|table| table.header.clone()).collect();
        used.sort_unstable();
        used.dedup();
        let missing: Vec<&&str> = used.iter().filter(|name| described(name).is_none()).collect();
        assert!(missing.is_empty(), "not described: {missing:?}");
        let unused: Vec<&str> =
            COLUMNS.iter().map(|(name, ..)| *name).filter(|name| !used.contains(name)).collect();
        assert!(unused.is_empty(), "no table has: {unused:?}");
        let whole = dictionary(&setup, &tables);
        assert!(
            whole.rows.iter().any(|row| row[1] == "credit.net_credit_loss" && row[3] == "lower")
        );
    }
}
