//! The answer to a transaction. Must never say that something was settled which was not.

use super::{Envelope, Sign, psn_no, setl_id};
use crate::domain::{Day, Fen};
use crate::engine::Decision;
use crate::wire::digest::digest64;
use crate::wire::{Batch, RequestBody};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An answer of the national interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// 0 = done, -1 = refused.
    pub infcode: i32,
    /// Area (6), time (14), serial (10).
    pub inf_refmsgid: String,
    /// Time of the message that is answered.
    pub refmsg_time: String,
    /// Time of the answer by the same clock.
    pub respond_time: String,
    /// Why it was refused: the word of the refusal, or what was not understood.
    pub err_msg: String,
    /// What the receiver should know although it was done; nothing is said here.
    #[serde(default)]
    pub warn_msg: String,
    /// Signature over `output`, over `err_msg` where there is none.
    #[serde(default)]
    pub cainfo: String,
    /// Kind of signature.
    #[serde(default)]
    pub signtype: String,
    /// What it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
}

/// What a transaction came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The settlement.
    pub setlinfo: Settled,
}

/// A settlement, cancelled or not, or what one would come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settled {
    /// Person.
    pub psn_no: String,
    /// Visit.
    pub mdtrt_id: String,
    /// Settlement.
    pub setl_id: String,
    /// Total.
    #[schemars(with = "String")]
    pub medfee_sumamt: Fen,
    /// Paid by funds.
    #[schemars(with = "String")]
    pub fund_pay_sumamt: Fen,
    /// The person's part.
    #[schemars(with = "String")]
    pub psn_part_amt: Fen,
    /// Paid by personal accounts.
    #[schemars(with = "String")]
    pub acct_pay: Fen,
    /// Paid by the patient now.
    #[schemars(with = "String")]
    pub psn_cash_pay: Fen,
    /// Beyond the national fields: drawn on a line.
    #[schemars(with = "String")]
    pub exp_line: Fen,
    /// Beyond the national fields: left unpaid.
    #[schemars(with = "String")]
    pub exp_receivable: Fen,
    /// Beyond the national fields: handed back to the patient.
    #[schemars(with = "String")]
    pub exp_handed_back: Fen,
    /// Beyond the national fields: position of whose line was used.
    pub exp_holder: Option<u8>,
    /// Beyond the national fields: due date of the draw.
    pub exp_due: Option<String>,
    /// Beyond the national fields: why benefits were withheld.
    pub exp_benefits_refused: Option<String>,
    /// The first answer again: the message had come before.
    pub exp_replayed: bool,
}

impl Reply {
    /// A refusal.
    pub fn refused(asked: Option<&Envelope>, word: &str) -> Reply {
        let mut reply = Reply { infcode: -1, err_msg: word.to_owned(), ..Reply::default() };
        if let Some(asked) = asked {
            reply.head(asked);
        }
        reply
    }

    /// Done without a settlement (2601).
    pub fn done(asked: &Envelope) -> Reply {
        let mut reply = Reply::default();
        reply.head(asked);
        reply
    }

    /// The answer to the only request of a batch.
    pub fn decided(asked: &Envelope, batch: &Batch, decision: &Decision, replayed: bool) -> Reply {
        if let Some(word) = decision.refusal {
            return Reply::refused(Some(asked), word.word());
        }
        let Some(request) = batch.requests().first() else {
            panic!("invariant: message {} asked for something", asked.msgid)
        };
        let (visit, point) = match request.body {
            RequestBody::Reverse { visit, point } | RequestBody::Lookup { visit, point } => {
                (visit, point)
            }
            body => body.claim().map_or_else(Default::default, |claim| (claim.visit, claim.point)),
        };
        let setlinfo = Settled {
            psn_no: psn_no(request.group, request.member),
            mdtrt_id: visit.visit().to_string(),
            setl_id: setl_id(visit, point),
            medfee_sumamt: decision.total,
            fund_pay_sumamt: decision.fund,
            psn_part_amt: decision.person,
            acct_pay: decision.account,
            psn_cash_pay: decision.cash,
            exp_line: decision.line,
            exp_receivable: decision.receivable,
            exp_handed_back: decision.handed_back,
            exp_holder: decision.holder,
            exp_due: decision.due.map(|day| day.to_string()),
            exp_benefits_refused: decision.benefits_refused.map(|word| word.word().to_owned()),
            exp_replayed: replayed,
        };
        Reply { output: Some(Output { setlinfo }), ..Reply::done(asked) }
    }

    /// The reply with a signature.
    pub fn signed(self, sign: &dyn Sign) -> Result<Reply, String> {
        let cainfo = sign.sign(&self.signed_text())?;
        Ok(Reply { cainfo, signtype: sign.kind().to_owned(), ..self })
    }

    /// Whether the signature fits what the reply says.
    pub fn check(&self, sign: &dyn Sign) -> Result<(), String> {
        let fits = self.signtype == sign.kind() && sign.fits(&self.signed_text(), &self.cainfo)?;
        if fits { Ok(()) } else { Err("the signature of the reply does not fit".to_owned()) }
    }

    fn signed_text(&self) -> String {
        let Some(output) = &self.output else { return self.err_msg.clone() };
        serde_json::to_string(output)
            .unwrap_or_else(|error| panic!("invariant: an output is written: {error}"))
    }

    fn head(&mut self, asked: &Envelope) {
        let digits: String = asked.inf_time.chars().filter(char::is_ascii_digit).collect();
        let serial = digest64(asked.msgid.as_bytes()) % 10_000_000_000;
        self.inf_refmsgid = format!("{}{digits}{serial:010}", asked.mdtrtarea_admvs);
        self.refmsg_time.clone_from(&asked.inf_time);
        self.respond_time.clone_from(&asked.inf_time);
    }
}

impl Settled {
    /// The decision that the answer tells of.
    pub fn decision(&self) -> Result<Decision, String> {
        let due = self.exp_due.as_deref().map(Day::parse).transpose()?;
        let words = crate::domain::Refusal::ALL;
        let word = |word: &String| words.into_iter().find(|refusal| refusal.word() == word);
        Ok(Decision {
            total: self.medfee_sumamt,
            fund: self.fund_pay_sumamt,
            person: self.psn_part_amt,
            account: self.acct_pay,
            cash: self.psn_cash_pay,
            line: self.exp_line,
            receivable: self.exp_receivable,
            handed_back: self.exp_handed_back,
            holder: self.exp_holder,
            due,
            benefits_refused: self.exp_benefits_refused.as_ref().and_then(word),
            ..Decision::default()
        })
    }
}
