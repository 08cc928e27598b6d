//! What `settle` prints for people. Must never round or reorder what it is given.

use super::compare::{Comparison, Difference, Group};
use super::{Outcome, Settled};
use crate::cli::args::{Common, Language};
use crate::cli::out;
use crate::domain::{Fen, Ratio};
use crate::settlement::Step;
use crate::wire::SetlInfo;
use rust_decimal::Decimal;
use serde_json::json;

/// Differences that are told one by one; all of them are in the JSON answer.
const TOLD: usize = 40;

/// The whole answer.
pub(super) fn human(
    outcome: &Outcome,
    explain: bool,
    comparison: Option<&Comparison>,
    common: &Common,
) -> String {
    let mut text = String::new();
    for claim in &outcome.settled {
        text += &refused(claim, common);
        if explain && claim.refused.is_none() {
            text += &steps(&claim.steps, common);
            text.push('\n');
        } else if comparison.is_none() {
            text += &fields(&claim.reply, common);
            text.push('\n');
        }
    }
    if let Some(comparison) = comparison {
        text += &compared(comparison, common);
    }
    if !outcome.single {
        let (settled, broken) = (count(outcome.settled.len()), count(outcome.faults.len()));
        text += &match common.lang {
            Language::En => format!("{settled} claims settled, {broken} lines broken\n"),
            Language::Zh => format!("结算 {settled} 笔，错误 {broken} 行\n"),
        };
    }
    text
}

fn refused(claim: &Settled, common: &Common) -> String {
    claim.refused.map_or_else(String::new, |word| {
        let says = common.say("no fund pays", "基金不予支付");
        format!("{}: {says}: {}\n", claim.reply.mdtrt_id, word.word())
    })
}

/// Groups first, then the first differences one by one.
fn compared(comparison: &Comparison, common: &Common) -> String {
    let Comparison { differences, groups } = comparison;
    if differences.is_empty() {
        return common.say("no difference\n", "没有差异\n").to_owned();
    }
    let mut text: String = groups.iter().map(|group| told(group, common)).collect();
    text.push('\n');
    text.extend(differences.iter().take(TOLD).map(|difference| line(difference, common)));
    let more = differences.len().saturating_sub(TOLD);
    if more > 0 {
        let says = common.say("more in the JSON answer", "项见 JSON 输出");
        text += &format!("{} {says}\n", count(more));
    }
    let word = common.say("differences", "处差异");
    text + &format!("{} {word}\n", count(differences.len()))
}

/// As in "1,203 differ by 0.01: rounded per line".
fn told(group: &Group, common: &Common) -> String {
    let (en, zh) = group.cause.title();
    let (from, to) = group.between;
    let size = match (from == to, common.lang) {
        (true, _) => from.to_string(),
        (false, Language::En) => format!("{from} to {to}"),
        (false, Language::Zh) => format!("{from} 至 {to}"),
    };
    let claims = count(group.claims);
    match common.lang {
        Language::En => format!("{claims} differ by {size}: {en}\n"),
        Language::Zh => format!("{claims} 笔相差 {size}：{zh}\n"),
    }
}

/// A count with thousands apart.
fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn line(difference: &Difference, common: &Common) -> String {
    let amount = |amount: Option<Fen>| {
        amount.map_or(common.say("no reply", "无回复").to_owned(), |amount| amount.to_string())
    };
    let Difference { mdtrt_id, field, ours, theirs, .. } = difference;
    let (we, they) = (common.say("ours", "本系统"), common.say("theirs", "对方"));
    format!("{mdtrt_id} {field}: {we} {}, {they} {}\n", amount(*ours), amount(*theirs))
}

/// What the reply's fields mean.
const CAPTIONS: [(&str, &str, &str); 18] = [
    ("medfee_sumamt", "Total of the bill", "医疗费总额"),
    ("fulamt_ownpay_amt", "Fully self-paid", "全自费金额"),
    ("overlmt_selfpay", "Self-pay above price limits", "超限价自费费用"),
    ("preselfpay_amt", "Category B initial self-payment", "先行自付金额"),
    ("inscp_scp_amt", "Eligible (in-policy) expenses", "符合政策范围金额"),
    ("act_pay_dedc", "Deductible applied", "实际支付起付线"),
    ("hifp_pay", "Pooled fund", "基本医疗保险统筹基金支出"),
    ("cvlserv_pay", "Civil servants' subsidy", "公务员医疗补助资金支出"),
    ("hifes_pay", "Enterprise supplement", "企业补充医疗保险基金支出"),
    ("hifmi_pay", "Residents' critical illness insurance", "居民大病保险资金支出"),
    ("hifob_pay", "Employees' large-amount subsidy", "职工大额医疗费用补助基金支出"),
    ("maf_pay", "Medical assistance", "医疗救助基金支出"),
    ("oth_pay", "Other funds", "其他支出"),
    ("fund_pay_sumamt", "All funds", "基金支付总额"),
    ("psn_part_amt", "The person's part", "个人负担总金额"),
    ("acct_pay", "Personal accounts", "个人账户支出"),
    ("acct_mulaid_pay", "Relatives' accounts (mutual aid)", "个人账户共济支付金额"),
    ("psn_cash_pay", "What no account paid", "个人现金支出"),
];

/// The reply's fields with what they mean.
fn fields(reply: &SetlInfo, common: &Common) -> String {
    let values = json!(reply);
    let row = |&(field, en, zh): &(&str, &str, &str)| {
        let amount = values[field].as_str().unwrap_or_default();
        vec![field.to_owned(), common.say(en, zh).to_owned(), amount.to_owned()]
    };
    let header = [reply.mdtrt_id.as_str(), common.say("meaning", "含义"), common.say("yuan", "元")];
    out::table(&header, CAPTIONS.iter().map(row).collect(), 2)
}

fn steps(steps: &[Step], common: &Common) -> String {
    let row = |step: &Step| {
        let caption = match common.lang {
            Language::En => step.rule.en(),
            Language::Zh => step.rule.zh(),
        };
        let item = if step.item == 0 { String::new() } else { format!(" {}", step.item) };
        let percent = |rate: Ratio| {
            let percent = rate.to_decimal() * Decimal::from(100);
            format!("{}%", percent.round_dp(4).normalize())
        };
        let year =
            step.accumulator.map_or_else(String::new, |a| format!("{}>{}", a.before, a.after));
        vec![
            format!("{caption}{item}"),
            step.base.to_string(),
            step.rate.map_or_else(String::new, percent),
            step.amount.to_string(),
            year,
        ]
    };
    let header = [
        common.say("step", "步骤"),
        common.say("base", "基数"),
        common.say("rate", "比例"),
        common.say("amount", "金额"),
        common.say("year", "年度累计"),
    ];
    out::table(&header, steps.iter().map(row).collect(), 1)
}
