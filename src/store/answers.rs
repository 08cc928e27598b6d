//! Answers as NDJSON, as a service writes and a client reads them. Must never leave out an amount that is
//! not zero, nor read what it would write differently.

use super::{Answer, Answered, StoreRefusal, View};
use crate::domain::{Day, Fen, Refusal};
use crate::engine::{Decision, TickEvents};
use crate::wire::{RequestId, WireError};
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
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
        Answer::Quoted(decision) => {
            put_decision(&mut fields, decision);
            "quoted"
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

/// One answer as it is written; an amount of nothing is left out.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Form {
    /// Id of the request.
    request_id: String,
    /// How it was answered: decided, replayed (the first answer again), quoted, view, or refused (by the
    /// store, before anything was decided).
    answer: String,
    /// Why it was refused.
    refusal: Option<String>,
    /// Why benefits were withheld.
    benefits_refused: Option<String>,
    /// Total, yuan.
    #[schemars(with = "String")]
    medfee_sumamt: Fen,
    /// Paid by funds.
    #[schemars(with = "String")]
    fund_pay_sumamt: Fen,
    /// The person's part.
    #[schemars(with = "String")]
    psn_part_amt: Fen,
    /// Paid by personal accounts.
    #[schemars(with = "String")]
    acct_pay: Fen,
    /// Paid by the patient now.
    #[schemars(with = "String")]
    cash: Fen,
    /// Drawn or held on a line.
    #[schemars(with = "String")]
    line: Fen,
    /// Left unpaid.
    #[schemars(with = "String")]
    receivable: Fen,
    /// Handed back to the patient.
    #[schemars(with = "String")]
    handed_back: Fen,
    /// Principal repaid.
    #[schemars(with = "String")]
    principal: Fen,
    /// Paid towards what was written off.
    #[schemars(with = "String")]
    recovered: Fen,
    /// Charges paid.
    #[schemars(with = "String")]
    charges: Fen,
    /// Position of whose line was used.
    holder: Option<u8>,
    /// Due date of the draw.
    due: Option<String>,
    /// Whether the draw is closed.
    closed: bool,
    /// What a midnight did.
    tick: Option<TickForm>,
    /// What a look saw.
    view: Option<ViewForm>,
}

/// What midnight did, as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the form of the engine's events")]
struct TickForm {
    missed: bool,
    instalments: bool,
    cancelled: bool,
    blacklisted: bool,
    #[schemars(with = "String")]
    written_off: Fen,
    #[schemars(with = "String")]
    collection_cost: Fen,
    collection_steps: u8,
    dpd: u16,
    entered: u8,
    #[schemars(with = "String")]
    principal: Fen,
    on_plan: bool,
    instalment: u8,
    next: Option<String>,
}

/// A person's view, as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ViewForm {
    /// Balance of the personal account.
    #[schemars(with = "String")]
    balc: Fen,
    /// What the line still allows; nothing without a line.
    #[schemars(with = "Option<String>")]
    free_limit: Option<Fen>,
    /// What is owed or held on the line.
    #[schemars(with = "String")]
    exposure: Fen,
    /// Eligible costs of the year so far.
    #[schemars(with = "String")]
    inscp_scp_amt: Fen,
    /// Paid by the pooled fund in the year so far.
    #[schemars(with = "String")]
    hifp_pay: Fen,
}

/// The schema of one answer.
pub fn schema() -> Schema {
    schemars::schema_for!(Form)
}

/// Reads a list of answers.
pub fn read(text: &str) -> Result<Vec<Answered>, WireError> {
    let mut lines = (1_u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let (line, header) = lines.next().ok_or_else(|| WireError::at_line(1, "no answers"))?;
    let fault = |line| move |error| WireError::json(Some(line), &error);
    let header: Value = serde_json::from_str(header).map_err(fault(line))?;
    if header["schema"] != SCHEMA {
        return Err(WireError::Schema { found: header["schema"].to_string(), expected: SCHEMA });
    }
    let one = |(line, text): (u64, &str)| {
        let form: Form = serde_json::from_str(text).map_err(fault(line))?;
        form.answered().map_err(|message| WireError::at_line(line, message))
    };
    lines.map(one).collect()
}

/// The engine's word of refusal.
pub fn refusal_of(word: &str) -> Result<Refusal, String> {
    let found = Refusal::ALL.into_iter().find(|refusal| refusal.word() == word);
    found.ok_or_else(|| format!("`{word}` is no word of refusal"))
}

/// The store's word of refusal.
pub fn store_refusal_of(word: &str) -> Result<StoreRefusal, String> {
    let found = StoreRefusal::ALL.into_iter().find(|refusal| refusal.word() == word);
    found.ok_or_else(|| format!("`{word}` is no word of a store"))
}

impl Form {
    fn answered(self) -> Result<Answered, String> {
        let id = (self.request_id.len() == 32).then(|| u128::from_str_radix(&self.request_id, 16));
        let id = id.and_then(Result::ok).map(RequestId);
        let id =
            id.ok_or_else(|| format!("request_id `{}` is not 32 hex digits", self.request_id))?;
        let answer = match self.answer.as_str() {
            "decided" => Answer::Decided(self.decision()?),
            "replayed" => Answer::Replayed(self.decision()?),
            "quoted" => Answer::Quoted(self.decision()?),
            "view" => Answer::View(self.view.ok_or("an answer `view` needs `view`")?.view()),
            "refused" => Answer::Refused(store_refusal_of(&self.refusal.unwrap_or_default())?),
            other => return Err(format!("`{other}` is no kind of answer")),
        };
        Ok(Answered { id, answer })
    }

    fn decision(self) -> Result<Decision, String> {
        let word = |word: Option<String>| word.as_deref().map(refusal_of).transpose();
        Ok(Decision {
            refusal: word(self.refusal)?,
            benefits_refused: word(self.benefits_refused)?,
            total: self.medfee_sumamt,
            fund: self.fund_pay_sumamt,
            person: self.psn_part_amt,
            account: self.acct_pay,
            cash: self.cash,
            line: self.line,
            receivable: self.receivable,
            handed_back: self.handed_back,
            holder: self.holder,
            due: day(self.due)?,
            principal: self.principal,
            recovered: self.recovered,
            charges: self.charges,
            closed: self.closed,
            tick: self.tick.map_or(Ok(TickEvents::default()), TickForm::events)?,
        })
    }
}

fn day(text: Option<String>) -> Result<Option<Day>, String> {
    text.map(|text| Day::parse(&text)).transpose()
}

impl TickForm {
    fn events(self) -> Result<TickEvents, String> {
        Ok(TickEvents {
            missed: self.missed,
            instalments: self.instalments,
            cancelled: self.cancelled,
            blacklisted: self.blacklisted,
            written_off: self.written_off,
            collection_cost: self.collection_cost,
            collection_steps: self.collection_steps,
            dpd: self.dpd,
            entered: self.entered,
            principal: self.principal,
            on_plan: self.on_plan,
            instalment: self.instalment,
            next: day(self.next)?,
        })
    }
}

impl ViewForm {
    fn view(self) -> View {
        View {
            account: self.balc,
            free_limit: self.free_limit,
            exposure: self.exposure,
            eligible: self.inscp_scp_amt,
            fund: self.hifp_pay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testkit::{batches, census, engine, workload};
    use crate::store::{Memory, Store};

    #[test]
    fn what_a_service_writes_a_client_reads_to_the_last_field() {
        let mut store = Memory::open(engine(), &census(40));
        let mut answers = Vec::new();
        for batch in batches(&workload(3_000, 40, 9), 100) {
            store.try_submit(&batch).expect("memory");
            store.drain(&mut answers);
        }
        let view = View { account: Fen(5), free_limit: Some(Fen(7)), ..View::default() };
        answers.push(Answered { id: RequestId(3), answer: Answer::View(view) });
        let quoted = Decision { total: Fen(1), ..Decision::default() };
        answers.push(Answered { id: RequestId(4), answer: Answer::Quoted(quoted) });
        assert_eq!(read(&write(&answers)), Ok(answers));
        for wrong in ["", "{}", "{\"schema\":\"aftercare.answer/1\"}\n{\"answer\":\"maybe\"}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

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
