//! Answers as NDJSON. Must never leave out an amount that is not zero.

use crate::domain::Fen;
use crate::engine::{Decision, TickEvents};
use crate::store::{Answer, Answered, View};
use serde_json::{Map, Value, json};

/// Name and version of the form: a header line, then one JSON object an answer.
pub const SCHEMA: &str = "aftercare.answer/1";

/// A list of answers.
pub fn write(answers: &[Answered]) -> String {
    let mut text = format!("{}\n", json!({ "schema": SCHEMA }));
    for answered in answers {
        text += &format!("{}\n", one(answered));
    }
    text
}

/// One answer: the request's id, how it was answered, and what is not empty.
fn one(answered: &Answered) -> Value {
    let mut fields = Map::new();
    fields.insert("request_id".to_owned(), json!(answered.id.to_string()));
    let word = match &answered.answer {
        Answer::Decided(decision) => {
            put_decision(&mut fields, decision);
            "decided"
        }
        Answer::Replayed(decision) => {
            put_decision(&mut fields, decision);
            "replayed"
        }
        Answer::View(view) => {
            put_view(&mut fields, view);
            "view"
        }
        Answer::Refused(word) => {
            fields.insert("refusal".to_owned(), json!(word.word()));
            "refused"
        }
    };
    fields.insert("answer".to_owned(), json!(word));
    Value::Object(fields)
}

fn put_amounts<const N: usize>(fields: &mut Map<String, Value>, amounts: [(&str, Fen); N]) {
    let some = amounts.into_iter().filter(|(_, amount)| !amount.is_zero());
    fields.extend(some.map(|(name, amount)| (name.to_owned(), json!(amount))));
}

fn put_decision(fields: &mut Map<String, Value>, decision: &Decision) {
    if let Some(word) = decision.refusal {
        fields.insert("refusal".to_owned(), json!(word.word()));
    }
    if let Some(word) = decision.benefits_refused {
        fields.insert("benefits_refused".to_owned(), json!(word.word()));
    }
    put_amounts(
        fields,
        [
            ("medfee_sumamt", decision.total),
            ("fund_pay_sumamt", decision.fund),
            ("psn_part_amt", decision.person),
            ("acct_pay", decision.account),
            ("cash", decision.cash),
            ("line", decision.line),
            ("receivable", decision.receivable),
            ("handed_back", decision.handed_back),
            ("principal", decision.principal),
            ("recovered", decision.recovered),
            ("charges", decision.charges),
        ],
    );
    if let Some(holder) = decision.holder {
        fields.insert("holder".to_owned(), json!(holder));
    }
    if let Some(due) = decision.due {
        fields.insert("due".to_owned(), json!(due.to_string()));
    }
    if decision.closed {
        fields.insert("closed".to_owned(), json!(true));
    }
    if decision.tick != TickEvents::default() {
        fields.insert("tick".to_owned(), tick(&decision.tick));
    }
}

/// What midnight did, all of it: a tick is rare.
fn tick(events: &TickEvents) -> Value {
    json!({
        "missed": events.missed,
        "instalments": events.instalments,
        "cancelled": events.cancelled,
        "blacklisted": events.blacklisted,
        "written_off": events.written_off,
        "collection_cost": events.collection_cost,
        "collection_steps": events.collection_steps,
        "dpd": events.dpd,
        "entered": events.entered,
        "principal": events.principal,
        "on_plan": events.on_plan,
        "instalment": events.instalment,
        "next": events.next.map(|day| day.to_string()),
    })
}

fn put_view(fields: &mut Map<String, Value>, view: &View) {
    let view = json!({
        "balc": view.account,
        "free_limit": view.free_limit,
        "exposure": view.exposure,
        "inscp_scp_amt": view.eligible,
        "hifp_pay": view.fund,
    });
    fields.insert("view".to_owned(), view);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Refusal;
    use crate::store::StoreRefusal;
    use crate::wire::RequestId;

    #[test]
    fn an_answer_says_how_it_came_about_and_what_is_not_empty() {
        let decision = Decision { total: Fen(1_234), cash: Fen(1_234), ..Decision::default() };
        let refused = Decision::refused(Refusal::NoLine);
        let rows = [
            (
                Answer::Decided(decision),
                r#""medfee_sumamt":"12.34","cash":"12.34","answer":"decided""#,
            ),
            (Answer::Replayed(refused), r#""refusal":"no_line","answer":"replayed""#),
            (
                Answer::Refused(StoreRefusal::KeyReused),
                r#""refusal":"key_reused","answer":"refused""#,
            ),
        ];
        for (answer, expected) in rows {
            let text = write(&[Answered { id: RequestId(7), answer }]);
            let expected = format!(
                "{{\"schema\":\"aftercare.answer/1\"}}\n{{\"request_id\":\"{:032x}\",{expected}}}\n",
                7
            );
            assert_eq!(text, expected);
        }
    }
}
