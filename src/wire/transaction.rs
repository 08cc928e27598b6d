//! Transactions of a hospital's desk as the outside writes them: one JSON object a line, numbered like the
//! national interface (`infno`), with a few words of our own where it has no number. Must never guess a
//! field.

use super::claim::Cumulative;
use super::form::FundingWord;
use super::text::{FeeDetail, care_of, time_of};
use crate::domain::{
    AssistanceClass, CostCause, Day, Employer, Fen, HospitalId, HospitalLevel, InsuranceScheme,
    MemberStatus, TimeMs,
};
use crate::engine::{Funding, Place};
use crate::settlement::{BillLine, Member, Purse, Source, SourceOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the form.
pub const TRANSACTION_SCHEMA: &str = "aftercare.transaction/1";

/// The numbers and words of `infno`.
pub const INFNOS: &[&str] = &[
    "1101",
    "2204",
    "2301",
    "2205",
    "2302",
    "2206",
    "2303",
    "2207",
    "2304",
    "2208",
    "2305",
    "2402",
    "2601",
    "late_fee",
    "status",
    "means",
    "top_up",
    "close_card",
    "deposit",
    "refund_deposit",
    "open_line",
    "repay",
    "issue_card",
    "midnight",
];

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransactionForm {
    /// Request id: the same body again gets the first answer again, another body is refused.
    pub msgid: String,
    /// Local time, as in 2023-11-01T09:30:00.
    pub inf_time: String,
    /// 1101 person; 2204/2301 fees, 2205/2302 their cancellation; 2206/2303 pre-settlement; 2207/2304
    /// settlement; 2208/2305 its cancellation; 2402 discharge; 2601 reversal of a request; and the words
    /// `late_fee`, `status`, `means`, `top_up`, `close_card`, `deposit`, `refund_deposit`, `open_line`,
    /// `repay`, `issue_card`, `midnight`.
    pub infno: String,
    /// Person's number.
    #[serde(default)]
    pub psn_no: Option<String>,
    /// Visit's number.
    #[serde(default)]
    pub mdtrt_id: Option<String>,
    /// 1101: family whose accounts and lines may help; the person alone if left out.
    #[serde(default)]
    pub kin_group: Option<String>,
    /// 1101: age in years.
    #[serde(default)]
    pub age: Option<u8>,
    /// 1101: 0 grandparents, 1 adults in the middle (if left out), 2 children.
    #[serde(default)]
    pub generation: Option<u8>,
    /// 1101: public-credit score.
    #[serde(default)]
    pub score: Option<u16>,
    /// 1101, `status`: 310 employees, 390 residents; left out for the uninsured.
    #[serde(default)]
    pub insutype: Option<String>,
    /// 1101, `status`: status within the scheme.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub status: Option<MemberStatus>,
    /// 1101, `status`: medical-assistance class.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub assistance: Option<AssistanceClass>,
    /// 1101, `status`: supplement that comes with the employer.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub employer: Option<Employer>,
    /// 1101, `status`: whether the person holds the commercial supplement.
    #[serde(default)]
    pub commercial: Option<bool>,
    /// 1101: on the court's list of dishonest judgment debtors.
    #[serde(default)]
    pub judgment_debtor: Option<bool>,
    /// 1101: balance of the personal account, yuan.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub balc: Option<Fen>,
    /// 1101: what the year has used so far (5206).
    #[serde(default)]
    pub cumulative: Option<Cumulative>,
    /// 2204/2301, first of a visit: hospital's number.
    #[serde(default)]
    pub fixmedins: Option<u16>,
    /// The same: level of the hospital.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub hospital_level: Option<HospitalLevel>,
    /// The same: kind of care; 11 for 2204 and 21 for 2301 if left out.
    #[serde(default)]
    pub med_type: Option<String>,
    /// The same: who has to bear the cost by law.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub cost_cause: Option<CostCause>,
    /// The same: whether the hospital takes part in the credit scheme; yes if left out.
    #[serde(default)]
    pub in_scheme: Option<bool>,
    /// Fees.
    #[serde(default)]
    pub feedetail: Option<Vec<FeeDetail>>,
    /// 2304: 1 = a stage of a stay that goes on.
    #[serde(default)]
    pub mid_setl_flag: Option<String>,
    /// How the own part is paid; `own` if left out. On 2402 its presence means settlement at the bedside.
    #[serde(default)]
    pub funding: Option<FundingWord>,
    /// Whether the line may bear less than the whole.
    #[serde(default)]
    pub partial: Option<bool>,
    /// `means`: sources in the order that the person chose, or the name of an order of the rules file.
    #[serde(default)]
    pub order: Option<OrderForm>,
    /// `means`: what own sources hold, yuan; what is left out holds nothing, cash is without end.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub holds: Option<BTreeMap<String, Fen>>,
    /// `means`: whether messages reach the person; yes if left out.
    #[serde(default)]
    pub reached: Option<bool>,
    /// Amount, yuan.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub amount: Option<Fen>,
    /// `repay`: out of the personal account.
    #[serde(default)]
    pub from_account: Option<bool>,
    /// `issue_card`: number of the bank.
    #[serde(default)]
    pub bank: Option<u16>,
    /// 2601: the request that is reversed.
    #[serde(default)]
    pub of_msgid: Option<String>,
    /// `status`: first day of the new status.
    #[serde(default)]
    pub from: Option<String>,
}

/// An order of sources: its name, or the sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OrderForm {
    /// Name of an order of the rules file.
    Named(String),
    /// Sources, first asked first.
    Listed(Vec<String>),
}

fn need<T>(value: Option<T>, field: &str, infno: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{field}`, which {infno} needs"))
}

impl TransactionForm {
    /// When it was sent.
    pub fn at(&self) -> Result<TimeMs, String> {
        time_of(&self.inf_time)
    }

    /// The person that it names.
    pub fn person(&self) -> Result<&str, String> {
        need(self.psn_no.as_deref(), "psn_no", &self.infno)
    }

    /// The visit that it names.
    pub fn visit(&self) -> Result<&str, String> {
        need(self.mdtrt_id.as_deref(), "mdtrt_id", &self.infno)
    }

    /// The amount that it names.
    pub fn amount(&self) -> Result<Fen, String> {
        need(self.amount, "amount", &self.infno)
    }

    /// The bank that it names.
    pub fn bank(&self) -> Result<u16, String> {
        need(self.bank, "bank", &self.infno)
    }

    /// First day of a new status.
    pub fn from(&self) -> Result<Day, String> {
        let text = need(self.from.as_deref(), "from", &self.infno)?;
        Day::parse(text).map_err(|message| format!("from: {message}"))
    }

    /// Insurance facts.
    pub fn member(&self) -> Result<Member, String> {
        let scheme = match self.insutype.as_deref() {
            Some("310") => InsuranceScheme::Employee,
            Some("390") => InsuranceScheme::Resident,
            None => InsuranceScheme::Uninsured,
            Some(other) => {
                return Err(format!("insutype `{other}` is not 310 (employees), 390 (residents)"));
            }
        };
        Ok(Member {
            scheme,
            status: self.status.unwrap_or_default(),
            assistance: self.assistance.unwrap_or_default(),
            employer: self.employer.unwrap_or_default(),
            commercial: self.commercial.unwrap_or_default(),
        })
    }

    /// Where and as what the visit is billed.
    pub fn place(&self) -> Result<Place, String> {
        let usual = if self.infno == "2301" { "21" } else { "11" };
        Ok(Place {
            hospital: HospitalId(need(self.fixmedins, "fixmedins", &self.infno)?),
            level: need(self.hospital_level, "hospital_level", &self.infno)?,
            care: care_of(self.med_type.as_deref().unwrap_or(usual))?,
            cause: self.cost_cause.unwrap_or_default(),
            in_scheme: self.in_scheme.unwrap_or(true),
        })
    }

    /// Fees as the engine's lines.
    pub fn lines(&self) -> Result<Vec<BillLine>, String> {
        let mut lines = Vec::new();
        let fees = need(self.feedetail.as_deref(), "feedetail", &self.infno)?;
        for (index, fee) in fees.iter().enumerate() {
            let place = |message| format!("feedetail {}: {message}", index + 1);
            fee.push_lines(&mut lines).map_err(place)?;
        }
        Ok(lines)
    }

    /// How the own part is paid; what is held for the visit the desk adds.
    pub fn funding(&self) -> Result<Funding, String> {
        self.funding.unwrap_or(FundingWord::Own).funding(self.partial, Fen::ZERO)
    }

    /// Whether a settlement is a stage of a stay.
    pub fn is_stage(&self) -> Result<bool, String> {
        match self.mid_setl_flag.as_deref() {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(other) => Err(format!("mid_setl_flag `{other}` is not 0 or 1")),
        }
    }

    /// The payment means that are chosen; `None` = back to accounts, deposit, line, cash.
    pub fn purse(&self, named: &[(String, SourceOrder)]) -> Result<Option<Purse>, String> {
        let order = match &self.order {
            None => return Ok(None),
            Some(OrderForm::Named(name)) => {
                let found = named.iter().find(|(known, _)| known == name);
                found.map(|(_, order)| *order).ok_or_else(|| {
                    let known: Vec<&str> = named.iter().map(|(known, _)| known.as_str()).collect();
                    format!("order `{name}` is not one of the rules file: {}", known.join(", "))
                })?
            }
            Some(OrderForm::Listed(words)) => {
                let sources: Result<Vec<Source>, String> =
                    words.iter().map(|word| source(word)).collect();
                let twice = |twice: Source| format!("order names `{}` twice", twice.word());
                SourceOrder::new(&sources?).map_err(twice)?
            }
        };
        let mut purse = Purse { order, holds: [Fen::ZERO; Source::OWN] };
        purse.holds[Source::OWN - 1] = Fen(i64::MAX >> 8);
        for (word, &amount) in self.holds.iter().flatten() {
            let at = source(word)?.own().filter(|&at| at > 0);
            let at =
                at.ok_or_else(|| format!("holds `{word}` is not a source that people hold"))?;
            if amount < Fen::ZERO {
                return Err(format!("holds {word} {amount} is negative"));
            }
            purse.holds[at] = amount;
        }
        Ok(Some(purse))
    }
}

fn source(word: &str) -> Result<Source, String> {
    let found = Source::ALL.into_iter().find(|source| source.word() == word);
    found.ok_or_else(|| {
        let words = Source::ALL.map(Source::word).join(", ");
        format!("order `{word}` is not one of {words}")
    })
}
