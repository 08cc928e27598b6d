//! A command as the outside writes it: one flat row, the same for NDJSON and CSV. Must never guess a
//! missing field or ignore one that the command does not take.

use super::request::{Batch, ClaimBody, Request, RequestBody, RequestId};
use super::text::{FeeDetail, care_of, med_type, time_of, time_text, visit_of};
use crate::domain::{CostCause, Fen, GroupId, HospitalId, HospitalLevel, TimeMs, VisitId};
use crate::engine::Funding;
use crate::settlement::BillLine;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most bill lines of a claim: the binary record of a command is at most 64 KiB.
pub(crate) const MOST_LINES: usize = 5_000;

/// A command of the outside; `F` is the form's fee list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandForm<F> {
    /// Request id: 32 hexadecimal digits, the first 12 its birth in ms. A trace may leave it out.
    #[serde(default)]
    pub request_id: Option<String>,
    /// Local time, as in 2023-11-01T09:30:00.250.
    pub at: String,
    /// What is asked: a word of `RequestBody::WORDS`.
    pub command: String,
    /// Kin group.
    pub kin_group: u32,
    /// Position of the person within the group.
    pub member: u8,
    /// Visit, as in d3-g17-0.
    #[serde(default)]
    pub mdtrt_id: Option<String>,
    /// Payment point of the visit (the charge batch).
    #[serde(default)]
    pub chrg_bchno: Option<u8>,
    /// Hospital's number.
    #[serde(default)]
    pub fixmedins: Option<u16>,
    /// Level of the hospital.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub hospital_level: Option<HospitalLevel>,
    /// Kind of care: 11 outpatient, 13 emergency, 21 stay.
    #[serde(default)]
    pub med_type: Option<String>,
    /// Whether the hospital takes part in the credit scheme.
    #[serde(default)]
    pub in_scheme: Option<bool>,
    /// Who has to bear the cost by law: `illness` (if left out), `work_injury`,
    /// `third_party`, `public_health`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub cost_cause: Option<CostCause>,
    /// Whether less than the whole may go on the line.
    #[serde(default)]
    pub partial: Option<bool>,
    /// How the personal part is paid.
    #[serde(default)]
    pub funding: Option<FundingWord>,
    /// Deposit held for the bill, yuan.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub deposit: Option<Fen>,
    /// Amount, yuan.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub amount: Option<Fen>,
    /// Whether the hospital gives the bill up.
    #[serde(default)]
    pub written_off: Option<bool>,
    /// Fee list.
    #[serde(default)]
    pub feedetail: Option<F>,
}

/// How a personal part is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundingWord {
    /// By the patient now.
    Own,
    /// By a credit line.
    Line,
    /// Left on the hospital's books.
    Receivable,
}

impl FundingWord {
    /// The funding that the word stands for; only a line takes `partial`.
    pub(in crate::wire) fn funding(
        self,
        partial: Option<bool>,
        deposit: Fen,
    ) -> Result<Funding, String> {
        if deposit < Fen::ZERO {
            return Err(format!("deposit {deposit} is negative"));
        }
        match (self, partial) {
            (FundingWord::Line, partial) => {
                Ok(Funding::Line { partial: partial.unwrap_or(false), deposit })
            }
            (_, Some(_)) => Err("only funding `line` takes `partial`".to_owned()),
            (FundingWord::Own, None) => Ok(Funding::Own { deposit }),
            (FundingWord::Receivable, None) => Ok(Funding::Receivable { deposit }),
        }
    }

    /// The word of a funding, its `partial` and its deposit.
    pub(in crate::wire) fn of(funding: Funding) -> (FundingWord, Option<bool>, Fen) {
        match funding {
            Funding::Own { deposit } => (FundingWord::Own, None, deposit),
            Funding::Line { partial, deposit } => (FundingWord::Line, Some(partial), deposit),
            Funding::Receivable { deposit } => (FundingWord::Receivable, None, deposit),
        }
    }
}

/// A fee list of either form.
pub trait FeeList: Sized {
    /// The list's details.
    fn details(&self) -> &[FeeDetail];
    /// A list of these details.
    fn from_details(details: Vec<FeeDetail>) -> Self;
}

impl FeeList for Vec<FeeDetail> {
    fn details(&self) -> &[FeeDetail] {
        self
    }
    fn from_details(details: Vec<FeeDetail>) -> Self {
        details
    }
}

impl FeeList for super::text::FeeText {
    fn details(&self) -> &[FeeDetail] {
        &self.0
    }
    fn from_details(details: Vec<FeeDetail>) -> Self {
        super::text::FeeText(details)
    }
}

const CLAIM: [&str; 7] =
    ["mdtrt_id", "chrg_bchno", "fixmedins", "hospital_level", "med_type", "in_scheme", "feedetail"];

/// The fields that a command takes beside the common ones.
fn taken(command: &str) -> Vec<&'static str> {
    match command {
        "reserve" => [&CLAIM[..], &["cost_cause", "partial"]].concat(),
        "pre_settle" => [&CLAIM[..], &["cost_cause"]].concat(),
        "settle" => [&CLAIM[..], &["cost_cause", "funding", "partial", "deposit"]].concat(),
        "reverse" | "tick" | "lookup" => vec!["mdtrt_id", "chrg_bchno"],
        "release" => vec!["mdtrt_id"],
        "deposit" => vec!["fixmedins", "amount"],
        "repay" => vec!["mdtrt_id", "chrg_bchno", "amount"],
        "arrears" => vec!["fixmedins", "amount", "written_off"],
        "debit_overdue" => vec!["mdtrt_id", "chrg_bchno", "fixmedins", "amount"],
        _ => Vec::new(),
    }
}

/// The field's value, or what is missing.
fn need<T>(value: Option<T>, field: &str, command: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("command `{command}` needs `{field}`"))
}

impl<F: FeeList> CommandForm<F> {
    /// Appends the request to a batch. `row` numbers a request without an id, in its trace.
    pub fn push_into(&self, batch: &mut Batch, row: u64) -> Result<(), String> {
        self.check_fields()?;
        let at = time_of(&self.at)?;
        if !(0..1 << 48).contains(&at.0) {
            return Err(format!("`{}` lies outside the years that request ids can name", self.at));
        }
        let mut lines = Vec::new();
        let body = self.body(&mut lines)?;
        let id = self.id(at, row)?;
        let group = GroupId(self.kin_group);
        batch.push(Request { id, at, group, member: self.member, body }, &lines);
        Ok(())
    }

    fn id(&self, at: TimeMs, row: u64) -> Result<RequestId, String> {
        let Some(text) = &self.request_id else {
            return Ok(RequestId::new(at, u128::from(row)));
        };
        let id = (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok()).flatten();
        id.map(RequestId).ok_or_else(|| format!("request_id `{text}` is not 32 hex digits"))
    }

    /// Names a field that the command does not take, or an unknown command with the nearest word.
    fn check_fields(&self) -> Result<(), String> {
        let command = self.command.as_str();
        if !RequestBody::WORDS.contains(&command) {
            let distance = |word: &&str| strsim::damerau_levenshtein(word, command);
            let nearest = RequestBody::WORDS.into_iter().min_by_key(distance).unwrap_or_default();
            return Err(format!("unknown command `{command}`; the nearest word is `{nearest}`"));
        }
        let given = [
            ("mdtrt_id", self.mdtrt_id.is_some()),
            ("chrg_bchno", self.chrg_bchno.is_some()),
            ("fixmedins", self.fixmedins.is_some()),
            ("hospital_level", self.hospital_level.is_some()),
            ("med_type", self.med_type.is_some()),
            ("in_scheme", self.in_scheme.is_some()),
            ("cost_cause", self.cost_cause.is_some()),
            ("partial", self.partial.is_some()),
            ("funding", self.funding.is_some()),
            ("deposit", self.deposit.is_some()),
            ("amount", self.amount.is_some()),
            ("written_off", self.written_off.is_some()),
            ("feedetail", self.feedetail.is_some()),
        ];
        let taken = taken(command);
        let extra = given.iter().find(|(field, given)| *given && !taken.contains(field));
        extra.map_or(Ok(()), |(field, _)| Err(format!("command `{command}` takes no `{field}`")))
    }

    fn body(&self, lines: &mut Vec<BillLine>) -> Result<RequestBody, String> {
        let command = self.command.as_str();
        let hospital = || need(self.fixmedins, "fixmedins", command).map(HospitalId);
        let amount = || need(self.amount, "amount", command);
        Ok(match command {
            "open_line" => RequestBody::OpenLine,
            "reserve" => RequestBody::Reserve {
                claim: self.claim(lines)?,
                partial: self.partial.unwrap_or(false),
            },
            "settle" => RequestBody::Settle { claim: self.claim(lines)?, funding: self.paid()? },
            "pre_settle" => RequestBody::PreSettle { claim: self.claim(lines)? },
            "lookup" => RequestBody::Lookup { visit: self.visit()?, point: self.point()? },
            "reverse" => RequestBody::Reverse { visit: self.visit()?, point: self.point()? },
            "release" => RequestBody::Release { visit: self.visit()? },
            "deposit" => RequestBody::Deposit { hospital: hospital()?, amount: amount()? },
            "repay" => {
                let bill = self.visit()?.bill(self.point()?);
                RequestBody::Repay { bill, offered: amount()? }
            }
            "tick" => RequestBody::Tick { bill: self.visit()?.bill(self.point()?) },
            "arrears" => RequestBody::Arrears {
                hospital: hospital()?,
                amount: amount()?,
                written_off: need(self.written_off, "written_off", command)?,
            },
            "debit_overdue" => RequestBody::DebitOverdue {
                bill: self.visit()?.bill(self.point()?),
                hospital: hospital()?,
                amount: amount()?,
            },
            _ => RequestBody::Query,
        })
    }

    fn visit(&self) -> Result<VisitId, String> {
        visit_of(need(self.mdtrt_id.as_deref(), "mdtrt_id", &self.command)?)
    }

    fn point(&self) -> Result<u8, String> {
        let point = need(self.chrg_bchno, "chrg_bchno", &self.command)?;
        if point < u8::MAX { Ok(point) } else { Err("chrg_bchno is at most 254".to_owned()) }
    }

    fn paid(&self) -> Result<Funding, String> {
        let funding = need(self.funding, "funding", &self.command)?;
        funding.funding(self.partial, self.deposit.unwrap_or(Fen::ZERO))
    }

    fn claim(&self, lines: &mut Vec<BillLine>) -> Result<ClaimBody, String> {
        let command = self.command.as_str();
        let fees = need(self.feedetail.as_ref(), "feedetail", command)?;
        for (index, fee) in fees.details().iter().enumerate() {
            let place = |message| format!("feedetail {}: {message}", index + 1);
            fee.push_lines(lines).map_err(place)?;
        }
        if lines.len() > MOST_LINES {
            return Err(format!("feedetail has more than {MOST_LINES} lines"));
        }
        let count = lines.len() as u16;
        Ok(ClaimBody {
            visit: self.visit()?,
            point: self.point()?,
            hospital: HospitalId(need(self.fixmedins, "fixmedins", command)?),
            level: need(self.hospital_level, "hospital_level", command)?,
            care: care_of(need(self.med_type.as_deref(), "med_type", command)?)?,
            cause: self.cost_cause.unwrap_or_default(),
            in_scheme: need(self.in_scheme, "in_scheme", command)?,
            lines_from: 0,
            lines: count,
        })
    }

    /// The outside form of one of a batch's requests.
    pub fn of(request: &Request, lines: &[BillLine]) -> CommandForm<F> {
        let mut form = CommandForm::blank(request);
        match request.body {
            RequestBody::Query | RequestBody::OpenLine => {}
            RequestBody::Reserve { ref claim, partial } => {
                form.set_claim(claim, lines);
                form.partial = Some(partial);
            }
            RequestBody::Settle { ref claim, funding } => {
                form.set_claim(claim, lines);
                form.set_funding(funding);
            }
            RequestBody::PreSettle { ref claim } => form.set_claim(claim, lines),
            RequestBody::Reverse { visit, point } | RequestBody::Lookup { visit, point } => {
                form.set_visit(visit, Some(point));
            }
            RequestBody::Release { visit } => form.set_visit(visit, None),
            RequestBody::Deposit { hospital, amount } => {
                (form.fixmedins, form.amount) = (Some(hospital.0), Some(amount));
            }
            RequestBody::Repay { bill, offered } => {
                form.set_bill(bill);
                form.amount = Some(offered);
            }
            RequestBody::Tick { bill } => form.set_bill(bill),
            RequestBody::Arrears { hospital, amount, written_off } => {
                (form.fixmedins, form.amount) = (Some(hospital.0), Some(amount));
                form.written_off = Some(written_off);
            }
            RequestBody::DebitOverdue { bill, hospital, amount } => {
                form.set_bill(bill);
                (form.fixmedins, form.amount) = (Some(hospital.0), Some(amount));
            }
        }
        form
    }

    fn blank(request: &Request) -> CommandForm<F> {
        CommandForm {
            request_id: Some(request.id.to_string()),
            at: time_text(request.at),
            command: RequestBody::WORDS[usize::from(request.body.kind())].to_owned(),
            kin_group: request.group.0,
            member: request.member,
            mdtrt_id: None,
            chrg_bchno: None,
            fixmedins: None,
            hospital_level: None,
            med_type: None,
            in_scheme: None,
            cost_cause: None,
            partial: None,
            funding: None,
            deposit: None,
            amount: None,
            written_off: None,
            feedetail: None,
        }
    }

    fn set_visit(&mut self, visit: VisitId, point: Option<u8>) {
        self.mdtrt_id = Some(visit.visit().to_string());
        self.chrg_bchno = point;
    }

    /// A bill's top byte is its payment point + 1; a visit that is no bill has no point.
    fn set_bill(&mut self, bill: VisitId) {
        let top = (bill.raw() >> 56) as u8;
        self.set_visit(bill, top.checked_sub(1));
    }

    fn set_claim(&mut self, claim: &ClaimBody, lines: &[BillLine]) {
        self.set_visit(claim.visit, Some(claim.point));
        self.fixmedins = Some(claim.hospital.0);
        self.hospital_level = Some(claim.level);
        self.med_type = Some(med_type(claim.care).to_owned());
        self.in_scheme = Some(claim.in_scheme);
        self.cost_cause = Some(claim.cause).filter(|&cause| cause != CostCause::Illness);
        self.feedetail = Some(F::from_details(lines.iter().map(FeeDetail::of).collect()));
    }

    fn set_funding(&mut self, funding: Funding) {
        let (word, partial, deposit) = FundingWord::of(funding);
        (self.funding, self.partial, self.deposit) = (Some(word), partial, Some(deposit));
    }
}
