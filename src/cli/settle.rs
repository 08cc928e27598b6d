//! `aftercare settle`: the split of a claim in the national interface's field names, step by step if
//! asked, and held against somebody's replies. Must never compute a share: `settlement` does.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::domain::Fen;
use crate::scenario;
use crate::settlement::spec::Rules;
use crate::settlement::{Means, Reply, Step, explain, split_with};
use crate::wire::claim::SettleInput;
use crate::wire::{Claim, SetlInfo, WireError};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Name and version of the JSON answer to a list of claims.
const SCHEMA: &str = "aftercare.settle/1";

/// Arguments of `settle`.
#[derive(Clone, Debug, Args)]
pub(super) struct SettleArgs {
    /// Claim (`aftercare schema claim` prints its form); *.ndjson holds one claim a line.
    claim: PathBuf,
    /// Benefit rules, a file with `[rules]` such as `scenarios/rules/urban_2023.toml`.
    #[arg(long, value_name = "RULES.toml")]
    rules: PathBuf,
    /// Tells each step of the split.
    #[arg(long)]
    explain: bool,
    /// Somebody's replies, one JSON object a line, matched by `mdtrt_id`; exit 99 on a difference.
    #[arg(long, value_name = "REPLIES.ndjson")]
    against: Option<PathBuf>,
}

/// A settled claim.
struct Settled {
    reply: SetlInfo,
    steps: Vec<Step>,
}

/// A field on which two replies differ; nothing where a side has no reply at all.
struct Difference {
    mdtrt_id: String,
    field: &'static str,
    ours: Option<Fen>,
    theirs: Option<Fen>,
}

/// Settles the claims of a file.
pub(super) fn run(arguments: &SettleArgs, common: &Common) -> Result<Exit, Fault> {
    let rules = scenario::load_rules(&arguments.rules)?;
    let claims = claims(&arguments.claim)?;
    let replies = arguments.against.as_deref().map(replies).transpose()?;
    let settled: Vec<Settled> = claims
        .iter()
        .map(|claim| settle(&rules, claim).map_err(|m| place(&arguments.claim, m)))
        .collect::<Result<_, Fault>>()?;
    let differences = replies.as_ref().map(|replies| differences(&settled, replies));
    if common.wants_json() {
        let single = !is_list(&arguments.claim);
        out::print_json(&answer(&settled, arguments.explain, differences.as_deref(), single))?;
    } else {
        out::print(&human(&settled, arguments.explain, differences.as_deref(), common))?;
    }
    let differs = differences.is_some_and(|found| !found.is_empty());
    Ok(if differs { Exit::Missed } else { Exit::Done })
}

fn is_list(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ndjson")
}

fn place(path: &Path, message: impl std::fmt::Display) -> Fault {
    Fault::input(format!("{}: {message}", path.display()))
}

fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|error| place(path, format!("cannot be read: {error}")))
}

fn claims(path: &Path) -> Result<Vec<Claim>, Fault> {
    let text = read(path)?;
    let tell = |error: WireError| {
        place(path, format!("{error}\n  hint: `aftercare schema claim` prints the form"))
    };
    if !is_list(path) {
        return Ok(vec![Claim::parse(&text).map_err(tell)?]);
    }
    let rows = (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty());
    let parse = |(line, row): (u64, &str)| {
        Claim::parse(row).map_err(|error| match error {
            WireError::Text { column, message, .. } => {
                tell(WireError::Text { line, column, message })
            }
            other => tell(other),
        })
    };
    rows.map(parse).collect()
}

fn replies(path: &Path) -> Result<Vec<SetlInfo>, Fault> {
    SetlInfo::parse_lines(&read(path)?).map_err(|error| place(path, error))
}

fn settle(rules: &Rules, claim: &Claim) -> Result<Settled, String> {
    let SettleInput { member, level, care, year, more, cause: _, lines, account } =
        claim.input().map_err(|message| format!("{}: {message}", claim.mdtrt_id))?;
    let split = split_with(rules, member, level, care, &year, &more, &lines);
    let means = Means {
        account_own: account,
        account_pays_out_of_catalogue: rules.account.pays_out_of_catalogue,
        ..Means::default()
    };
    let reply = Reply::new(rules, &split, &means.tender(&split));
    Ok(Settled {
        reply: SetlInfo::new(&claim.mdtrt_id, &split, &reply),
        steps: explain(rules, member, level, care, &year, &more, &lines),
    })
}

/// Every field that differs, claim by claim, then replies to claims that nobody made.
fn differences(settled: &[Settled], replies: &[SetlInfo]) -> Vec<Difference> {
    let whole = |mdtrt_id: &str, ours, theirs| Difference {
        mdtrt_id: mdtrt_id.to_owned(),
        field: "psn_part_amt",
        ours,
        theirs,
    };
    let mut found = Vec::new();
    for Settled { reply, .. } in settled {
        let mut theirs = replies.iter().filter(|other| other.mdtrt_id == reply.mdtrt_id).peekable();
        if theirs.peek().is_none() {
            found.push(whole(&reply.mdtrt_id, Some(reply.psn_part_amt), None));
        }
        for (field, ours, theirs) in theirs.flat_map(|other| reply.differences(other)) {
            let (ours, theirs) = (Some(ours), Some(theirs));
            found.push(Difference { mdtrt_id: reply.mdtrt_id.clone(), field, ours, theirs });
        }
    }
    let known = |id: &str| settled.iter().any(|s| s.reply.mdtrt_id == id);
    let strangers = replies.iter().filter(|other| settled.len() > 1 && !known(&other.mdtrt_id));
    found.extend(strangers.map(|other| whole(&other.mdtrt_id, None, Some(other.psn_part_amt))));
    found
}

fn answer(
    settled: &[Settled],
    explain: bool,
    differences: Option<&[Difference]>,
    single: bool,
) -> Value {
    let one = |claim: &Settled| {
        let mut reply = json!(claim.reply);
        if explain {
            reply["steps"] = claim.steps.iter().map(step).collect();
        }
        reply
    };
    let text = |amount: Option<Fen>| amount.map(|amount| amount.to_string());
    let differences = differences.map(|found| {
        let row = |d: &Difference| {
            json!({
                "mdtrt_id": d.mdtrt_id, "field": d.field,
                "ours": text(d.ours), "theirs": text(d.theirs),
            })
        };
        found.iter().map(row).collect::<Vec<_>>()
    });
    let mut answer = match settled {
        [only] if single => one(only),
        _ => json!({ "schema": SCHEMA, "replies": settled.iter().map(one).collect::<Vec<_>>() }),
    };
    if let Some(differences) = differences {
        answer["differences"] = json!(differences);
    }
    answer
}

fn step(step: &Step) -> Value {
    json!({
        "rule": step.rule.word(),
        "item": step.item,
        "field": step.rule.field(),
        "base": step.base.to_string(),
        "rate": step.rate.map(|rate| rate.to_decimal().normalize().to_string()),
        "amount": step.amount.to_string(),
        "en": step.rule.en(),
        "zh": step.rule.zh(),
    })
}

fn human(
    settled: &[Settled],
    explain: bool,
    differences: Option<&[Difference]>,
    common: &Common,
) -> String {
    let mut text = String::new();
    for claim in settled {
        if explain {
            text += &steps(&claim.steps, common);
            text.push('\n');
        } else if differences.is_none() {
            text += &fields(&claim.reply, common);
            text.push('\n');
        }
    }
    if let Some(found) = differences {
        for d in found {
            text += &line(d, common);
        }
        let (same, word) = (found.is_empty(), common.say("differences", "处差异"));
        text += &if same {
            common.say("no difference\n", "没有差异\n").to_owned()
        } else {
            format!("{} {word}\n", found.len())
        };
    }
    text
}

fn line(difference: &Difference, common: &Common) -> String {
    let amount = |amount: Option<Fen>| {
        amount.map_or(common.say("no reply", "无回复").to_owned(), |amount| amount.to_string())
    };
    let Difference { mdtrt_id, field, ours, theirs } = difference;
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
        let percent = |rate: crate::domain::Ratio| {
            let percent = rate.to_decimal() * rust_decimal::Decimal::from(100);
            format!("{}%", percent.round_dp(4).normalize())
        };
        vec![
            format!("{caption}{item}"),
            step.rule.field().to_owned(),
            step.base.to_string(),
            step.rate.map_or_else(String::new, percent),
            step.amount.to_string(),
        ]
    };
    let header = [
        common.say("step", "步骤"),
        common.say("field", "字段"),
        common.say("base", "基数"),
        common.say("rate", "比例"),
        common.say("amount", "金额"),
    ];
    out::table(&header, steps.iter().map(row).collect(), 2)
}
