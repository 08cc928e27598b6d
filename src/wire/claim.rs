//! A claim to settle and the reply to it, as JSON with the national interface's field names. Must never
//! compute a share: `settlement` does. Amounts are strings in yuan with two decimals.

use super::WireError;
use super::text::{FeeDetail, care_of};
use crate::domain::{
    AssistanceClass, CareKind, CostCause, Employer, Fen, HospitalLevel, InsuranceScheme,
    MemberStatus,
};
use crate::settlement::{BillLine, Member, Reply, Split, YearMore, YearToDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name and version of the claim.
pub const CLAIM_SCHEMA: &str = "aftercare.claim/1";
/// Name and version of the reply.
pub const REPLY_SCHEMA: &str = "aftercare.setlinfo/1";

/// A claim: a person, a bill, and what the year has used so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// `aftercare.claim/1`.
    pub schema: String,
    /// Person's number.
    pub psn_no: String,
    /// Visit's number.
    pub mdtrt_id: String,
    /// Insurance type: 310 employees, 390 residents; absent for the uninsured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insutype: Option<String>,
    /// Status within the scheme (in place of the national `psn_type`, whose codes vary by area).
    #[schemars(with = "String")]
    pub status: MemberStatus,
    /// Medical-assistance class; absent = none.
    #[serde(default)]
    #[schemars(with = "String")]
    pub assistance: AssistanceClass,
    /// Supplement that comes with the employer; absent = none (`civil_service` = `cvlserv_flag` 1).
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub employer: Employer,
    /// Whether the person holds the commercial supplement.
    #[serde(default, skip_serializing_if = "is_default")]
    pub commercial: bool,
    /// Who has to bear the cost by law; absent = illness, the basic scheme's matter.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub cost_cause: CostCause,
    /// Kind of care: 11 outpatient, 13 emergency, 14 chronic, 21 stay, 41 pharmacy.
    pub med_type: String,
    /// Level of the institution.
    #[schemars(with = "String")]
    pub hospital_level: HospitalLevel,
    /// Total, checked against the fee list; yuan.
    #[schemars(with = "String")]
    pub medfee_sumamt: Fen,
    /// Whether the personal account may be used: 0 or 1.
    #[serde(default = "used")]
    pub acct_used_flag: String,
    /// Balance of the personal account, yuan.
    #[serde(default)]
    #[schemars(with = "String")]
    pub balc: Fen,
    /// What the year has used before this bill (transaction 5206).
    #[serde(default)]
    pub cumulative: Cumulative,
    /// Fee list.
    pub feedetail: Vec<FeeDetail>,
}

/// Optional fields are written where they say something.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn used() -> String {
    "1".to_owned()
}

/// The year's cumulative amounts before the bill, yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cumulative {
    /// Eligible outpatient and emergency expenses.
    #[schemars(with = "String")]
    pub outpatient_inscp_scp_amt: Fen,
    /// Pooled fund for them.
    #[schemars(with = "String")]
    pub outpatient_hifp_pay: Fen,
    /// Eligible inpatient expenses.
    #[schemars(with = "String")]
    pub inpatient_inscp_scp_amt: Fen,
    /// Pooled fund for them.
    #[schemars(with = "String")]
    pub inpatient_hifp_pay: Fen,
    /// Compliant personal burden, as the second layer counts it.
    #[schemars(with = "String")]
    pub compliant_burden: Fen,
    /// Paid by the second layer.
    #[schemars(with = "String")]
    pub second_layer_pay: Fen,
    /// Paid by medical assistance.
    #[schemars(with = "String")]
    pub maf_pay: Fen,
    /// Eligible chronic-disease outpatient expenses.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub chronic_inscp_scp_amt: Fen,
    /// Pooled fund for them.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub chronic_hifp_pay: Fen,
    /// In-policy burden paid by the employer's supplement.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub supplement_pay: Fen,
    /// The same by the commercial supplement.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub commercial_pay: Fen,
    /// The same by the emergency relief fund.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub relief_pay: Fen,
    /// The same by charity.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "String")]
    pub charity_pay: Fen,
    /// Stays settled this year.
    pub admissions: u8,
}

/// A claim in the settlement's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleInput {
    /// What the rules look at in the person.
    pub member: Member,
    /// Level of the institution.
    pub level: HospitalLevel,
    /// Kind of care.
    pub care: CareKind,
    /// The year before the bill.
    pub year: YearToDate,
    /// The rest of that year.
    pub more: YearMore,
    /// Who has to bear the cost by law.
    pub cause: CostCause,
    /// Bill lines.
    pub lines: Vec<BillLine>,
    /// What the personal account can pay.
    pub account: Fen,
}

impl Claim {
    /// Reads a claim and checks its schema.
    pub fn parse(text: &str) -> Result<Claim, WireError> {
        let claim: Claim =
            serde_json::from_str(text).map_err(|error| WireError::json(None, &error))?;
        claim.checked()
    }

    /// The claim if its schema is this build's.
    pub(super) fn checked(self) -> Result<Claim, WireError> {
        if self.schema == CLAIM_SCHEMA {
            Ok(self)
        } else {
            Err(WireError::Schema { found: self.schema, expected: CLAIM_SCHEMA })
        }
    }

    /// The claim in the settlement's terms, or the first field that makes no sense.
    pub fn input(&self) -> Result<SettleInput, String> {
        let scheme = match self.insutype.as_deref() {
            Some("310") => InsuranceScheme::Employee,
            Some("390") => InsuranceScheme::Resident,
            None => InsuranceScheme::Uninsured,
            Some(other) => {
                return Err(format!("insutype `{other}` is not 310 (employees), 390 (residents)"));
            }
        };
        let mut lines = Vec::new();
        for (index, fee) in self.feedetail.iter().enumerate() {
            let place = |message| format!("feedetail {}: {message}", index + 1);
            fee.push_lines(&mut lines).map_err(place)?;
        }
        let sum: Fen = lines.iter().map(|line| Fen::unpacked(line.amount_fen)).sum();
        if sum != self.medfee_sumamt {
            let stated = self.medfee_sumamt;
            return Err(format!("medfee_sumamt is {stated}, the fee list sums to {sum}"));
        }
        let account = match self.acct_used_flag.as_str() {
            "1" => self.balc,
            "0" => Fen::ZERO,
            other => return Err(format!("acct_used_flag `{other}` is not 0 or 1")),
        };
        Ok(SettleInput {
            member: Member {
                scheme,
                status: self.status,
                assistance: self.assistance,
                employer: self.employer,
                commercial: self.commercial,
            },
            level: self.hospital_level,
            care: care_of(&self.med_type)?,
            year: self.cumulative.year()?,
            more: self.cumulative.more()?,
            cause: self.cost_cause,
            lines,
            account,
        })
    }
}

impl Cumulative {
    /// The rest of the year in the settlement's terms.
    pub fn more(&self) -> Result<YearMore, String> {
        Ok(YearMore {
            chronic_eligible: packed("chronic_inscp_scp_amt", self.chronic_inscp_scp_amt)?,
            chronic_fund: packed("chronic_hifp_pay", self.chronic_hifp_pay)?,
            extra: [
                packed("supplement_pay", self.supplement_pay)?,
                packed("commercial_pay", self.commercial_pay)?,
                packed("relief_pay", self.relief_pay)?,
                packed("charity_pay", self.charity_pay)?,
            ],
        })
    }

    /// The year in the settlement's terms.
    pub fn year(&self) -> Result<YearToDate, String> {
        Ok(YearToDate {
            outpatient_eligible: packed("outpatient_inscp_scp_amt", self.outpatient_inscp_scp_amt)?,
            outpatient_fund: packed("outpatient_hifp_pay", self.outpatient_hifp_pay)?,
            inpatient_eligible: packed("inpatient_inscp_scp_amt", self.inpatient_inscp_scp_amt)?,
            inpatient_fund: packed("inpatient_hifp_pay", self.inpatient_hifp_pay)?,
            burden: packed("compliant_burden", self.compliant_burden)?,
            second_layer: packed("second_layer_pay", self.second_layer_pay)?,
            assistance: packed("maf_pay", self.maf_pay)?,
            admissions: self.admissions,
        })
    }
}

fn packed(field: &str, amount: Fen) -> Result<u32, String> {
    let range = || format!("cumulative.{field} {amount} is negative or too large");
    u32::try_from(amount.0).map_err(|_| range())
}

/// A settlement reply (node `setlinfo`): the fields that a comparison looks at. `fund_pay_sumamt`
/// follows the region's convention on the personal account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SetlInfo {
    /// `aftercare.setlinfo/1`; may be left out in a list of somebody's replies.
    pub schema: String,
    /// Visit's number.
    pub mdtrt_id: String,
    /// Total.
    #[schemars(with = "String")]
    pub medfee_sumamt: Fen,
    /// Fully self-paid.
    #[schemars(with = "String")]
    pub fulamt_ownpay_amt: Fen,
    /// Above price limits.
    #[schemars(with = "String")]
    pub overlmt_selfpay: Fen,
    /// Initial self-payment of class B.
    #[schemars(with = "String")]
    pub preselfpay_amt: Fen,
    /// Eligible amount.
    #[schemars(with = "String")]
    pub inscp_scp_amt: Fen,
    /// Deductible applied.
    #[schemars(with = "String")]
    pub act_pay_dedc: Fen,
    /// Pooled fund.
    #[schemars(with = "String")]
    pub hifp_pay: Fen,
    /// Civil servants' subsidy.
    #[schemars(with = "String")]
    pub cvlserv_pay: Fen,
    /// Enterprise supplement.
    #[schemars(with = "String")]
    pub hifes_pay: Fen,
    /// Residents' critical illness insurance.
    #[schemars(with = "String")]
    pub hifmi_pay: Fen,
    /// Employees' large-amount subsidy.
    #[schemars(with = "String")]
    pub hifob_pay: Fen,
    /// Medical assistance.
    #[schemars(with = "String")]
    pub maf_pay: Fen,
    /// Other funds.
    #[schemars(with = "String")]
    pub oth_pay: Fen,
    /// All funds.
    #[schemars(with = "String")]
    pub fund_pay_sumamt: Fen,
    /// The person's part.
    #[schemars(with = "String")]
    pub psn_part_amt: Fen,
    /// Personal accounts.
    #[schemars(with = "String")]
    pub acct_pay: Fen,
    /// Relatives' accounts.
    #[schemars(with = "String")]
    pub acct_mulaid_pay: Fen,
    /// What no account paid.
    #[schemars(with = "String")]
    pub psn_cash_pay: Fen,
}

impl SetlInfo {
    /// The reply to a claim that was split and paid.
    pub fn new(mdtrt_id: &str, split: &Split, reply: &Reply) -> SetlInfo {
        SetlInfo {
            schema: REPLY_SCHEMA.to_owned(),
            mdtrt_id: mdtrt_id.to_owned(),
            medfee_sumamt: split.medfee_sumamt,
            fulamt_ownpay_amt: split.fulamt_ownpay_amt,
            overlmt_selfpay: split.overlmt_selfpay,
            preselfpay_amt: split.preselfpay_amt,
            inscp_scp_amt: split.inscp_scp_amt,
            act_pay_dedc: split.act_pay_dedc,
            hifp_pay: split.hifp_pay,
            cvlserv_pay: split.cvlserv_pay,
            hifes_pay: split.hifes_pay,
            hifmi_pay: split.hifmi_pay,
            hifob_pay: split.hifob_pay,
            maf_pay: split.maf_pay,
            oth_pay: split.oth_pay,
            fund_pay_sumamt: reply.fund_pay_sumamt,
            psn_part_amt: reply.psn_part_amt,
            acct_pay: reply.acct_pay,
            acct_mulaid_pay: reply.acct_mulaid_pay,
            psn_cash_pay: reply.psn_cash_pay,
        }
    }

    /// Reads somebody's replies, one JSON object a line; blank lines are allowed.
    pub fn parse_lines(text: &str) -> Result<Vec<SetlInfo>, WireError> {
        let rows = (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty());
        let parse = |(line, row): (u64, &str)| {
            let reply: SetlInfo =
                serde_json::from_str(row).map_err(|error| WireError::json(Some(line), &error))?;
            match reply.schema.as_str() {
                "" | REPLY_SCHEMA => Ok(reply),
                _ => Err(WireError::Schema { found: reply.schema, expected: REPLY_SCHEMA }),
            }
        };
        rows.map(parse).collect()
    }

    /// Fields that differ: name, ours, theirs.
    pub fn differences(&self, theirs: &SetlInfo) -> Vec<(&'static str, Fen, Fen)> {
        let (mine, other) = (self.amounts(), theirs.amounts());
        let pairs = mine.into_iter().zip(other);
        let pairs = pairs.map(|((field, ours), (_, theirs))| (field, ours, theirs));
        pairs.filter(|(_, ours, theirs)| ours != theirs).collect()
    }

    fn amounts(&self) -> [(&'static str, Fen); 18] {
        [
            ("medfee_sumamt", self.medfee_sumamt),
            ("fulamt_ownpay_amt", self.fulamt_ownpay_amt),
            ("overlmt_selfpay", self.overlmt_selfpay),
            ("preselfpay_amt", self.preselfpay_amt),
            ("inscp_scp_amt", self.inscp_scp_amt),
            ("act_pay_dedc", self.act_pay_dedc),
            ("hifp_pay", self.hifp_pay),
            ("cvlserv_pay", self.cvlserv_pay),
            ("hifes_pay", self.hifes_pay),
            ("hifmi_pay", self.hifmi_pay),
            ("hifob_pay", self.hifob_pay),
            ("maf_pay", self.maf_pay),
            ("oth_pay", self.oth_pay),
            ("fund_pay_sumamt", self.fund_pay_sumamt),
            ("psn_part_amt", self.psn_part_amt),
            ("acct_pay", self.acct_pay),
            ("acct_mulaid_pay", self.acct_mulaid_pay),
            ("psn_cash_pay", self.psn_cash_pay),
        ]
    }
}
