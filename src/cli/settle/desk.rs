//! What `settle` prints of a stream of transactions. Must never round or reorder what it is given.

use super::office::{Answered, Counts, Office};
use super::{SettleArgs, fault, place};
use crate::cli::args::{Common, Language};
use crate::cli::fault::{Exit, Fault};
use crate::cli::out;
use crate::domain::Fen;
use crate::engine::{Decision, Engine, Notice};
use crate::ledger::Role;
use crate::scenario;
use crate::settlement::{Receipt, Source};
use crate::wire::stream::{ClaimFault, TransactionStream};
use crate::wire::time_text;
use crate::wire::transaction::TRANSACTION_SCHEMA;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.desk/1";

/// Whether a file's first line says that it holds transactions.
pub(super) fn holds_transactions(arguments: &SettleArgs) -> bool {
    let Ok(file) = File::open(&arguments.claim) else { return false };
    let mut first = String::new();
    let read = BufReader::new(file).read_line(&mut first);
    let family = TRANSACTION_SCHEMA.split('/').next().unwrap_or_default();
    read.is_ok() && first.len() < 200 && first.contains(family)
}

/// Answers every line; broken ones are told and passed over; exit 2 when there was one.
pub(super) fn run(arguments: &SettleArgs, common: &Common) -> Result<Exit, Fault> {
    let (rules, spec) = scenario::load_desk(&arguments.rules)?;
    let city = arguments.scheme.as_deref().map(scenario::load).transpose()?;
    let policy = city.as_ref().and_then(|city| city.policy.scheme.as_ref());
    let engine = Engine { rules: &rules, policy: policy.map(|scheme| &scheme.credit) };
    let path = &arguments.claim;
    let file = File::open(path).map_err(|error| place(path, format!("cannot be read: {error}")))?;
    let told = |fault: ClaimFault| place(path, fault);
    let mut stream = TransactionStream::new(BufReader::new(file)).map_err(told)?;
    let mut office = Office::new(&rules, &spec, engine);
    let (mut answers, mut faults) = (Vec::new(), Vec::new());
    while let Some(found) = stream.next() {
        let answered = found.and_then(|(line, form)| {
            office.answer(line, form).map_err(|message| stream.told(message))
        });
        match answered {
            Ok(answered) => answers.push(answered),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(imbalance) = office.audit.imbalance() {
        return Err(Fault::internal(imbalance));
    }
    if common.wants_json() {
        out::print_json(&answer(&answers, &faults, &office))?;
    } else {
        out::print(&human(&answers, arguments.explain, faults.len(), common))?;
        for fault in &faults {
            out::complain(&format!("{}: {fault}\n", path.display()));
        }
    }
    Ok(if faults.is_empty() { Exit::Done } else { Exit::BadInput })
}

fn answer(answers: &[Answered], faults: &[ClaimFault], office: &Office<'_>) -> Value {
    let counts = Counts::of(answers);
    let totals: Map<String, Value> = Role::ALL
        .iter()
        .map(|&role| (role.word(), office.audit.total(role)))
        .filter(|(_, total)| !total.is_zero())
        .map(|(word, total)| (word.to_owned(), json!(total.to_string())))
        .collect();
    json!({
        "schema": SCHEMA,
        "done": counts.done,
        "refused": counts.refused,
        "replayed": counts.replayed,
        "broken": faults.len(),
        "messages": {
            "sent": counts.sent,
            "reached": counts.reached,
            "cost": counts.message_cost.to_string(),
        },
        "books": totals,
        "answers": answers.iter().map(one).collect::<Vec<_>>(),
        "faults": faults.iter().map(fault).collect::<Vec<_>>(),
    })
}

fn one(answered: &Answered) -> Value {
    json!({
        "line": answered.line,
        "msgid": answered.form.msgid,
        "infno": answered.form.infno,
        "answer": answered.word(),
        "replayed": answered.replayed,
        "decisions": answered.decisions().iter().map(decision).collect::<Vec<_>>(),
        "setlinfo": answered.replies,
        "receipts": answered.notices.iter().map(notice).collect::<Vec<_>>(),
    })
}

fn decision(decision: &Decision) -> Value {
    let amounts = [
        ("total", decision.total),
        ("fund", decision.fund),
        ("person", decision.person),
        ("account", decision.account),
        ("cash", decision.cash),
        ("line", decision.line),
        ("receivable", decision.receivable),
        ("handed_back", decision.handed_back),
        ("principal", decision.principal),
        ("charges", decision.charges),
    ];
    let mut said: Map<String, Value> = amounts
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(name, amount)| (name.to_owned(), json!(amount.to_string())))
        .collect();
    if let Some(word) = decision.benefits_refused {
        said.insert("benefits_refused".to_owned(), json!(word.word()));
    }
    Value::Object(said)
}

fn notice((visit, notice): &(String, Notice)) -> Value {
    let Receipt { total, booked, own, unpaid } = notice.receipt;
    let parts: Map<String, Value> = Source::ALL
        .into_iter()
        .zip(own)
        .filter(|(_, paid)| !paid.is_zero())
        .map(|(source, paid)| (source.word().to_owned(), json!(paid.to_string())))
        .collect();
    let message = notice.message.map(|(reached, cost)| {
        json!({ "sent": time_text(notice.sent), "reached": reached, "cost": cost.to_string() })
    });
    json!({
        "mdtrt_id": visit,
        "chrg_bchno": notice.point,
        "taken_back": notice.taken_back,
        "total": total.to_string(),
        "booked": booked.to_string(),
        "own_part": notice.receipt.own_part().to_string(),
        "own": parts,
        "unpaid": unpaid.to_string(),
        "message": message,
    })
}

fn human(answers: &[Answered], explain: bool, broken: usize, common: &Common) -> String {
    let row = |each: &Answered| {
        let sum = |read: fn(&Decision) -> Fen| -> String {
            let sum: Fen = each.decisions().iter().map(read).sum();
            if sum.is_zero() { String::new() } else { sum.to_string() }
        };
        let visit = each.form.mdtrt_id.clone().or_else(|| each.form.psn_no.clone());
        vec![
            each.line.to_string(),
            each.form.infno.clone(),
            visit.unwrap_or_default(),
            each.word().to_owned() + if each.replayed { " *" } else { "" },
            sum(|decision| decision.total),
            sum(|decision| decision.fund),
            sum(|decision| decision.person),
        ]
    };
    let header = [
        common.say("line", "行"),
        "infno",
        common.say("visit/person", "就诊/人员"),
        common.say("answer", "结果"),
        common.say("total", "总额"),
        common.say("funds", "基金"),
        common.say("person", "个人"),
    ];
    let mut text = out::table(&header, answers.iter().map(row).collect(), 4);
    if explain {
        let notices = answers.iter().flat_map(|each| &each.notices);
        notices.for_each(|told| text += &receipt(told, common));
    }
    let Counts { done, refused, replayed, sent, reached, message_cost } = Counts::of(answers);
    text + &match common.lang {
        Language::En => format!(
            "{done} done, {refused} refused, {replayed} replayed (*), {broken} lines broken; \
             {sent} messages, {reached} reached, {message_cost} yuan\n"
        ),
        Language::Zh => format!(
            "完成 {done} 笔，拒绝 {refused} 笔，重放（*）{replayed} 笔，错误 {broken} 行；短信 {sent} 条，送达 \
             {reached} 条，费用 {message_cost} 元\n"
        ),
    }
}

/// A receipt in one line: booked part, own part by source.
fn receipt((visit, notice): &(String, Notice), common: &Common) -> String {
    let Receipt { total, booked, own, unpaid } = notice.receipt;
    let title = |source: Source| common.say(source.title().0, source.title().1).to_owned();
    let mut parts: Vec<String> = Source::ALL
        .into_iter()
        .zip(own)
        .filter(|(_, paid)| !paid.is_zero())
        .map(|(source, paid)| format!("{} {paid}", title(source)))
        .collect();
    if !unpaid.is_zero() {
        parts.push(format!("{} {unpaid}", common.say("unpaid", "未付")));
    }
    let kind = if notice.taken_back {
        common.say("taken back", "冲红")
    } else {
        common.say("receipt", "电子票据")
    };
    let booked_says = common.say("booked", "基金记账");
    format!(
        "{visit}/{}: {kind} {total} = {booked_says} {booked} + {}\n",
        notice.point,
        parts.join(" + ")
    )
}
