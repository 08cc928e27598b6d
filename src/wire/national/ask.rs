//! A transaction as a hospital sends it, and the request that it is. Must never accept a field that the
//! transaction does not take, nor make a second request of one message.

use super::{Areas, Sign, Unread};
use crate::domain::{
    CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, TimeMs, VisitId,
};
use crate::engine::Funding;
use crate::settlement::BillLine;
use crate::wire::digest::digest64;
use crate::wire::form::{FundingWord, MOST_LINES};
use crate::wire::text::{FeeDetail, care_of, med_type, time_of, time_text, visit_of};
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message of the national interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Number of the transaction.
    pub infno: String,
    /// Institution (12), time (14), serial (4): the key of the message.
    pub msgid: String,
    /// Area of care.
    pub mdtrtarea_admvs: String,
    /// Area of enrolment.
    pub insuplc_admdvs: String,
    /// Code of the receiving system.
    #[serde(default)]
    pub recer_sys_code: String,
    /// Device.
    #[serde(default)]
    pub dev_no: String,
    /// Safety of the device.
    #[serde(default)]
    pub dev_safe_info: String,
    /// Signature over `input`.
    #[serde(default)]
    pub cainfo: String,
    /// Kind of signature.
    #[serde(default)]
    pub signtype: String,
    /// Version: V1.0.
    pub infver: String,
    /// 1 staff, 2 kiosk, 3 mobile.
    pub opter_type: String,
    /// Who sends.
    pub opter: String,
    /// Name of who sends.
    #[serde(default)]
    pub opter_name: String,
    /// Local time, as in `2023-11-01 09:30:00`.
    pub inf_time: String,
    /// Institution: `H` and eleven digits.
    pub fixmedins_code: String,
    /// Name of the institution.
    #[serde(default)]
    pub fixmedins_name: String,
    /// Sign-in number.
    #[serde(default)]
    pub sign_no: String,
    /// What is asked.
    pub input: Input,
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The transaction's fields.
    pub data: Data,
    /// Fees of a settlement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedetail: Vec<FeeDetail>,
    /// What the scheme needs beyond the national fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<Exp>,
}

/// Fields of the transactions; each takes its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Person: `g17-2`.
    pub psn_no: String,
    /// Visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdtrt_id: Option<String>,
    /// Settlement: visit and payment point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setl_id: Option<String>,
    /// Payment point of the visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chrg_bchno: Option<String>,
    /// Kind of certificate: 01 e-credential, 02 identity number, 03 card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdtrt_cert_type: Option<String>,
    /// Certificate; not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdtrt_cert_no: Option<String>,
    /// Kind of care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub med_type: Option<String>,
    /// Total of the bill, checked against the fees.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub medfee_sumamt: Option<Fen>,
    /// 01 = by item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psn_setlway: Option<String>,
    /// Insurance; not looked at: the core knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insutype: Option<String>,
    /// 1 = personal accounts pay first, as the rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acct_used_flag: Option<String>,
    /// Stage of a stay; only 0 is served here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mid_setl_flag: Option<String>,
    /// Invoice; not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invono: Option<String>,
    /// The message to be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omsgid: Option<String>,
    /// Its transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oinfno: Option<String>,
}

/// What the scheme needs beyond the national fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exp {
    /// Level of the hospital.
    #[schemars(with = "String")]
    pub hospital_level: HospitalLevel,
    /// Whether the hospital takes part in the credit scheme.
    pub in_scheme: bool,
    /// Who has to bear the cost by law; illness if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub cost_cause: Option<CostCause>,
    /// How the personal part is paid: own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<FundingWord>,
    /// Whether less than the whole may go on the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// Deposit held for the bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub deposit: Option<Fen>,
}

/// What a message comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One request, alone in its batch.
    Request(Batch),
    /// Undo what another message did (2601).
    Undo {
        /// That message.
        omsgid: String,
        /// Key, time and person of the reversal.
        by: Request,
    },
}

/// The number of a person.
pub fn psn_no(group: GroupId, member: u8) -> String {
    format!("g{}-{member}", group.0)
}

/// The number of a settlement.
pub fn setl_id(visit: VisitId, point: u8) -> String {
    format!("{}/{point}", visit.visit())
}

fn person_of(text: &str) -> Result<(GroupId, u8), String> {
    let parse = || {
        let (group, member) = text.strip_prefix('g')?.split_once('-')?;
        Some((GroupId(group.parse().ok()?), member.parse().ok()?))
    };
    parse().ok_or_else(|| format!("psn_no `{text}` is not a person such as g17-2"))
}

fn settlement_of(text: &str) -> Result<(VisitId, u8), String> {
    let wrong = || format!("setl_id `{text}` is not a settlement such as d3-g17-0/2");
    let (visit, point) = text.split_once('/').ok_or_else(wrong)?;
    let point: u8 = point.parse().map_err(|_| wrong())?;
    if point == u8::MAX { Err(wrong()) } else { Ok((visit_of(visit)?, point)) }
}

/// `2023-11-01 09:30:00` of an instant.
fn national_time(at: TimeMs) -> String {
    time_text(TimeMs(at.0.div_euclid(1_000) * 1_000)).replace('T', " ")
}

fn time_of_national(text: &str) -> Result<TimeMs, String> {
    let shape = text.len() == 19 && text.as_bytes().get(10) == Some(&b' ');
    let time = if shape { time_of(&text.replace(' ', "T")) } else { Err(String::new()) };
    let at =
        time.map_err(|_| format!("inf_time `{text}` is not a time such as 2023-11-01 09:30:00"))?;
    if (0..1 << 48).contains(&at.0) {
        Ok(at)
    } else {
        Err(format!("inf_time `{text}` is too far away"))
    }
}

/// The key of a message: born at its time, told apart by institution and serial.
fn key_of(msgid: &str, code: &str) -> Result<RequestId, String> {
    let wrong = || {
        format!(
            "msgid `{msgid}` is not the institution's 12 characters, a time of 14 digits, a serial of 4"
        )
    };
    let (Some(own), Some(time), Some(serial)) =
        (msgid.get(..12), msgid.get(12..26), msgid.get(26..))
    else {
        return Err(wrong());
    };
    let digits = time.bytes().chain(serial.bytes()).all(|byte| byte.is_ascii_digit());
    if own != code || serial.len() != 4 || !digits {
        return Err(wrong());
    }
    let at = |from: usize, to: usize| &time[from..to];
    let text = format!(
        "{}-{}-{} {}:{}:{}",
        at(0, 4),
        at(4, 6),
        at(6, 8),
        at(8, 10),
        at(10, 12),
        at(12, 14)
    );
    let born = time_of_national(&text).map_err(|_| wrong())?;
    let number: u16 = serial.parse().map_err(|_| wrong())?;
    Ok(RequestId::new(born, u128::from(digest64(own.as_bytes())) << 16 | u128::from(number)))
}

/// An institution's code.
fn code_of(hospital: HospitalId) -> String {
    format!("H{:011}", hospital.0)
}

fn hospital_of(code: &str) -> Result<HospitalId, String> {
    let digits = code.strip_prefix('H').filter(|digits| digits.len() == 11);
    let number = digits.and_then(|digits| digits.parse().ok()).map(HospitalId);
    number
        .ok_or_else(|| format!("fixmedins_code `{code}` is not `H` and eleven digits below 65,536"))
}

impl Envelope {
    /// Reads a message: area, signature, fields, and what it asks for.
    pub fn read(text: &str, areas: &Areas, sign: &dyn Sign) -> Result<(Envelope, Asked), Unread> {
        let mut envelope: Envelope =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        envelope.check_signature(sign)?;
        areas.to_national(&mut envelope)?;
        let asked = envelope.asked()?;
        Ok((envelope, asked))
    }

    fn signed_text(&self) -> String {
        serde_json::to_string(&self.input)
            .unwrap_or_else(|error| panic!("invariant: an input is written: {error}"))
    }

    fn check_signature(&self, sign: &dyn Sign) -> Result<(), Unread> {
        if self.infver != "V1.0" {
            return Err(Unread::Wrong(format!("infver `{}` is not V1.0", self.infver)));
        }
        let fits = || sign.fits(&self.signed_text(), &self.cainfo).map_err(Unread::Unchecked);
        if self.signtype == sign.kind() && fits()? {
            return Ok(());
        }
        let kind = if sign.kind().is_empty() { "none" } else { sign.kind() };
        Err(Unread::Wrong(format!("the signature does not fit; expected signtype: {kind}")))
    }

    fn asked(&self) -> Result<Asked, String> {
        let data = &self.input.data;
        let id = key_of(&self.msgid, &self.fixmedins_code)?;
        let at = time_of_national(&self.inf_time)?;
        let (group, member) = person_of(&data.psn_no)?;
        let settlement = || {
            let text = data.setl_id.as_deref();
            settlement_of(text.ok_or_else(|| format!("infno {} needs setl_id", self.infno))?)
        };
        let mut lines = Vec::new();
        let body = match self.infno.as_str() {
            "2206" | "2303" => RequestBody::PreSettle { claim: self.claim(&mut lines)? },
            "2207" | "2304" => {
                let claim = self.claim(&mut lines)?;
                RequestBody::Settle { claim, funding: self.funding()? }
            }
            "2208" | "2305" => {
                let (visit, point) = settlement()?;
                RequestBody::Reverse { visit, point }
            }
            "5203" => {
                let (visit, point) = settlement()?;
                RequestBody::Lookup { visit, point }
            }
            "2601" => {
                let omsgid = data.omsgid.clone().ok_or("infno 2601 needs omsgid")?;
                let by = Request { id, at, group, member, body: RequestBody::Query };
                return Ok(Asked::Undo { omsgid, by });
            }
            other => {
                return Err(format!(
                    "infno `{other}` is not 2206, 2207, 2208, 2303, 2304, 2305, 2601 or 5203"
                ));
            }
        };
        let mut batch = Batch::default();
        batch.push(Request { id, at, group, member, body }, &lines);
        Ok(Asked::Request(batch))
    }

    fn claim(&self, lines: &mut Vec<BillLine>) -> Result<ClaimBody, String> {
        let Input { data, feedetail, exp } = &self.input;
        let need = |field: &str| format!("infno {} needs {field}", self.infno);
        let care = care_of(data.med_type.as_deref().ok_or_else(|| need("med_type"))?)?;
        if (care == CareKind::Inpatient) != self.infno.starts_with("23") {
            return Err(format!("infno {} does not take this med_type", self.infno));
        }
        let fixed = [
            ("psn_setlway", &data.psn_setlway, "01"),
            ("acct_used_flag", &data.acct_used_flag, "1"),
            ("mid_setl_flag", &data.mid_setl_flag, "0"),
        ];
        for (field, value, only) in fixed {
            if value.as_deref().is_some_and(|value| value != only) {
                return Err(format!("{field} is served as {only} only"));
            }
        }
        for (number, fee) in (1..).zip(feedetail) {
            fee.push_lines(lines).map_err(|message| format!("feedetail {number}: {message}"))?;
        }
        if lines.len() > MOST_LINES {
            return Err(format!("feedetail has more than {MOST_LINES} lines"));
        }
        let total = Fen(lines.iter().map(|line| i64::from(line.amount_fen)).sum());
        if data.medfee_sumamt.is_some_and(|stated| stated != total) {
            return Err(format!("medfee_sumamt does not fit the fees: {total}"));
        }
        let exp = exp.as_ref().ok_or_else(|| need("exp"))?;
        let point = data.chrg_bchno.as_deref().unwrap_or("0");
        let point: u8 =
            point.parse().map_err(|_| format!("chrg_bchno `{point}` is not 0 to 254"))?;
        if point == u8::MAX {
            return Err("chrg_bchno is at most 254".to_owned());
        }
        Ok(ClaimBody {
            visit: visit_of(data.mdtrt_id.as_deref().ok_or_else(|| need("mdtrt_id"))?)?,
            point,
            hospital: hospital_of(&self.fixmedins_code)?,
            level: exp.hospital_level,
            care,
            cause: exp.cost_cause.unwrap_or_default(),
            in_scheme: exp.in_scheme,
            lines_from: 0,
            lines: lines.len() as u16,
        })
    }

    fn funding(&self) -> Result<Funding, String> {
        let exp = self.input.exp.clone().unwrap_or_default();
        let word = exp.funding.unwrap_or(FundingWord::Own);
        word.funding(exp.partial, exp.deposit.unwrap_or(Fen::ZERO))
    }
}

/// Who sends: area, institution's habits and signature.
#[derive(Clone, Copy)]
pub struct Sender<'s> {
    /// Area of care and of enrolment.
    pub area: &'s str,
    /// The dictionary.
    pub areas: &'s Areas,
    /// The signature.
    pub sign: &'s dyn Sign,
}

impl std::fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("area", &self.area).finish_non_exhaustive()
    }
}

impl Sender<'_> {
    /// The message of a request; the word of a command that the interface does not have.
    pub fn message(&self, request: &Request, lines: &[BillLine]) -> Result<Envelope, String> {
        let mut data = Data { psn_no: psn_no(request.group, request.member), ..Data::default() };
        let (mut feedetail, mut exp, mut hospital) = (Vec::new(), None, HospitalId(0));
        if let Some(claim) = request.body.claim() {
            hospital = claim.hospital;
            data.mdtrt_id = Some(claim.visit.visit().to_string());
            data.chrg_bchno = Some(claim.point.to_string());
            data.med_type = Some(med_type(claim.care).to_owned());
            let total = lines.iter().map(|line| i64::from(line.amount_fen)).sum();
            data.medfee_sumamt = Some(Fen(total));
            data.psn_setlway = Some("01".to_owned());
            data.acct_used_flag = Some("1".to_owned());
            feedetail = lines.iter().map(FeeDetail::of).collect();
            exp = Some(exp_of(claim, request));
        }
        let stay = request.body.claim().is_some_and(|claim| claim.care == CareKind::Inpatient);
        let infno = match (&request.body, stay) {
            (RequestBody::PreSettle { .. }, false) => "2206",
            (RequestBody::PreSettle { .. }, true) => "2303",
            (RequestBody::Settle { .. }, false) => "2207",
            (RequestBody::Settle { .. }, true) => "2304",
            (RequestBody::Reverse { visit, point }, _) => {
                data.setl_id = Some(setl_id(*visit, *point));
                "2208"
            }
            (RequestBody::Lookup { visit, point }, _) => {
                data.setl_id = Some(setl_id(*visit, *point));
                "5203"
            }
            (body, _) => return Err(RequestBody::WORDS[usize::from(body.kind())].to_owned()),
        };
        self.envelope(infno, request, hospital, Input { data, feedetail, exp })
    }

    /// The message that undoes another one (2601), under the key and time of `by`.
    pub fn undo(&self, message: &Envelope, by: &Request) -> Result<Envelope, String> {
        let data = Data {
            psn_no: message.input.data.psn_no.clone(),
            omsgid: Some(message.msgid.clone()),
            oinfno: Some(message.infno.clone()),
            ..Data::default()
        };
        let hospital = hospital_of(&message.fixmedins_code)?;
        self.envelope("2601", by, hospital, Input { data, ..Input::default() })
    }

    fn envelope(
        &self,
        infno: &str,
        request: &Request,
        hospital: HospitalId,
        input: Input,
    ) -> Result<Envelope, String> {
        let (code, time) = (code_of(hospital), national_time(request.at));
        let digits: String = time.chars().filter(char::is_ascii_digit).collect();
        let serial = request.id.serial() % 10_000;
        let mut envelope = Envelope {
            infno: infno.to_owned(),
            msgid: format!("{code}{digits}{serial:04}"),
            mdtrtarea_admvs: self.area.to_owned(),
            insuplc_admdvs: self.area.to_owned(),
            recer_sys_code: "aftercare".to_owned(),
            dev_no: String::new(),
            dev_safe_info: String::new(),
            cainfo: String::new(),
            signtype: self.sign.kind().to_owned(),
            infver: "V1.0".to_owned(),
            opter_type: "1".to_owned(),
            opter: "aftercare".to_owned(),
            opter_name: String::new(),
            inf_time: time,
            fixmedins_code: code,
            fixmedins_name: String::new(),
            sign_no: String::new(),
            input,
        };
        self.areas.to_local(&mut envelope)?;
        envelope.cainfo = self.sign.sign(&envelope.signed_text())?;
        Ok(envelope)
    }
}

fn exp_of(claim: &ClaimBody, request: &Request) -> Exp {
    let mut exp = Exp {
        hospital_level: claim.level,
        in_scheme: claim.in_scheme,
        cost_cause: Some(claim.cause).filter(|&cause| cause != CostCause::Illness),
        ..Exp::default()
    };
    let RequestBody::Settle { funding, .. } = request.body else { return exp };
    let (word, partial, deposit) = FundingWord::of(funding);
    (exp.funding, exp.partial, exp.deposit) = (Some(word), partial, Some(deposit));
    exp
}
