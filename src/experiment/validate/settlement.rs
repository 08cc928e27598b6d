//! Benefit cases: a case's inputs become a rule set and bills, `settlement` splits them to the fen.
//! Must never compute a share.

use super::Answer;
use super::inputs::{Inputs, list, ratio, yuan};
use crate::domain::{
    AssistanceClass, CareKind, Fen, HospitalLevel, InsuranceScheme, ItemClass, MemberStatus, Ratio,
};
use crate::settlement::spec::{
    AccountRules, AssistanceRules, Band, BandBase, InpatientRules, LineRounding, OutpatientRules,
    Payers, Rules, SchemeRules, TieredCover,
};
use crate::settlement::{BillLine, Means, Member, Reply, Split, YearToDate, split};
use serde_json::{Value, json};

/// Most cases stand at a tertiary hospital.
const LEVEL: HospitalLevel = HospitalLevel::Tertiary;

/// Evaluates a topic of this area.
pub(super) fn evaluate(topic: &str, inputs: Inputs) -> Option<Answer> {
    Some(match topic {
        "published_settlement" => published(inputs),
        "observed_settlement_beijing_retiree" => beijing_retiree(inputs),
        "observed_receipt_outpatient_pooled" => outpatient_receipt(inputs),
        "resident_tier3_with_catastrophic" | "resident_pool_cap_hit" => resident(inputs),
        "beijing_employee_bands" => beijing_employee(inputs),
        "catastrophic_band_convention" => band_conventions(inputs),
        "outpatient_annual_deductible" => annual_deductible(inputs),
        "repeat_admission_deductible" => repeat_admissions(inputs),
        "line_level_abc_split" => line_level(inputs),
        "account_family_credit_waterfall" => waterfall(inputs),
        _ => return None,
    })
}

/// Rules that pay nothing; cases fill in what they are about.
fn blank_rules() -> Rules {
    let outpatient = OutpatientRules {
        deductible_year: Fen::ZERO,
        ratio_by_level: [Ratio::ZERO; 3],
        ceiling_year: None,
    };
    let inpatient = InpatientRules {
        deductible_by_level: [Fen::ZERO; 3],
        repeat_factors: vec![Ratio::ONE],
        bands_by_level: std::array::from_fn(|_| vec![flat(Ratio::ZERO)]),
        band_base: BandBase::Absolute,
        person_share_factor: Ratio::ONE,
        ceiling_year: None,
    };
    let scheme = SchemeRules {
        outpatient: std::array::from_fn(|_| outpatient.clone()),
        inpatient: std::array::from_fn(|_| inpatient.clone()),
        emergency: None,
        pharmacy: None,
        chronic: None,
    };
    Rules {
        name: "case".to_owned(),
        version: 1,
        scheme: [scheme.clone(), scheme],
        second_layer: [None, None],
        assistance: [AssistanceRules::default(); 4],
        account: AccountRules {
            active_monthly: Fen::ZERO,
            retired_monthly: Fen::ZERO,
            family_mutual_aid: true,
            pays_out_of_catalogue: false,
            needs_card: false,
        },
        fund_sum_includes_account: false,
        line_rounding: LineRounding::HalfUpPerLine,
        payers: Payers::default(),
        reverses_latest_first: false,
    }
}

fn flat(ratio: Ratio) -> Band {
    Band { from: Fen::ZERO, ratio }
}

fn line(amount: Fen, class: ItemClass, prepay_bp: u16) -> BillLine {
    BillLine { amount_fen: amount.packed(), class, prepay_bp }
}

fn class_a(amount: Fen) -> BillLine {
    line(amount, ItemClass::A, 0)
}

/// What is left of a whole; an error when a part is larger than it.
fn rest(whole: Fen, part: Fen, what: &str) -> Result<Fen, String> {
    let rest = whole - part;
    if rest < Fen::ZERO { Err(format!("{what}: {part} is more than {whole}")) } else { Ok(rest) }
}

/// A member and the rules that the case gives them.
struct Desk {
    rules: Rules,
    member: Member,
    care: CareKind,
    year: YearToDate,
}

impl Desk {
    fn new(scheme: InsuranceScheme, care: CareKind) -> Desk {
        let (status, assistance) = (MemberStatus::Active, AssistanceClass::None);
        let member = Member { scheme, status, assistance, ..Member::default() };
        Desk { rules: blank_rules(), member, care, year: YearToDate::default() }
    }

    fn split(&self, lines: &[BillLine]) -> Split {
        split(&self.rules, self.member, LEVEL, self.care, &self.year, lines)
    }

    /// Settles one bill and remembers it.
    fn settle(&mut self, lines: &[BillLine]) -> Split {
        let answer = self.split(lines);
        self.year.commit(self.care, &answer);
        answer
    }

    fn inpatient(&mut self) -> &mut InpatientRules {
        let status = self.member.status as usize;
        &mut self.rules.scheme[self.member.scheme as usize].inpatient[status]
    }

    fn outpatient(&mut self) -> &mut OutpatientRules {
        let status = self.member.status as usize;
        &mut self.rules.scheme[self.member.scheme as usize].outpatient[status]
    }

    fn stay(&mut self, deductible: Fen, bands: Vec<Band>) {
        let rules = self.inpatient();
        rules.deductible_by_level[LEVEL as usize] = deductible;
        rules.bands_by_level[LEVEL as usize] = bands;
    }
}

/// Bands written as `[from, to, ratio]`.
fn bands(inputs: Inputs, key: &str) -> Result<Vec<Band>, String> {
    let band = |band: &Value| Ok(Band { from: yuan(&band[0])?, ratio: ratio(&band[2])? });
    let bands: Vec<Band> = inputs.list(key)?.iter().map(band).collect::<Result<_, String>>()?;
    if bands.is_empty() { Err(format!("{key}: expected a band")) } else { Ok(bands) }
}

fn cover(threshold: Fen, tiers: Vec<Band>, band_base: BandBase) -> TieredCover {
    TieredCover {
        threshold,
        tiers,
        band_base,
        ceiling_year: None,
        poor_threshold_factor: Ratio::ONE,
        poor_added_ratio: Ratio::ZERO,
        counts_cost_sharing: true,
        counts_excess_over_ceiling: true,
    }
}

fn published(inputs: Inputs) -> Answer {
    let amount = |key| {
        if inputs.at(key).is_null() { Ok(Fen::ZERO) } else { inputs.yuan(key) }
    };
    let split = Split {
        medfee_sumamt: inputs.yuan("medfee_sumamt")?,
        hifp_pay: amount("hifp_pay")?,
        hifmi_pay: amount("hifmi_pay")?,
        hifob_pay: amount("hifob_pay")?,
        maf_pay: amount("maf_pay")?,
        other: [amount("oth_pay")?, Fen::ZERO, Fen::ZERO],
        ..Split::default()
    }
    .sealed();
    let reply = Reply::new(&blank_rules(), &split, &Means::default().tender(&split));
    let quarter = Ratio::percent(25).of(split.medfee_sumamt);
    Ok(json!({
        "psn_cash_pay": reply.psn_cash_pay,
        "fund_pay_sumamt": reply.fund_pay_sumamt,
        "personal_share": split.psn_part_amt.0 as f64 / split.medfee_sumamt.0 as f64,
        "under_25_percent": split.psn_part_amt < quarter,
    }))
}

fn beijing_retiree(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Employee, CareKind::Inpatient);
    desk.member.status = MemberStatus::Retired;
    let person_shares = bands(inputs, "employee_bands")?.into_iter();
    let pooled = person_shares.map(|b| Band { ratio: b.ratio.complement(), ..b }).collect();
    desk.stay(inputs.yuan("deductible")?, pooled);
    let large_rate = inputs.ratio("large_fund_rate")?;
    let mut large = cover(Fen::ZERO, vec![flat(large_rate)], BandBase::Excess);
    large.counts_cost_sharing = false;
    desk.rules.second_layer[0] = Some(large);
    desk.inpatient().person_share_factor = inputs.ratio("retiree_factor")?;
    // The pool ended at a known position: what it pays up to there is what was left of its ceiling.
    let to_position = desk.split(&[class_a(inputs.yuan("pool_position_end")?)]);
    desk.inpatient().ceiling_year = Some(to_position.hifp_pay);
    let in_scope = inputs.yuan("in_scope")?;
    let outside = rest(inputs.yuan("total")?, in_scope, "in_scope")?;
    let split = desk.split(&[class_a(in_scope), line(outside, ItemClass::C, 0)]);
    let over = split.eligible_over_ceiling;
    Ok(json!({
        "pool_self_pay": in_scope - split.act_pay_dedc - split.hifp_pay - over,
        "pool_pay": split.hifp_pay,
        "large_amount_base": over,
        "large_fund_pay": split.hifob_pay,
        "large_self_pay": over - split.hifob_pay,
        "out_of_scope": split.fulamt_ownpay_amt,
        "personal_total": split.psn_part_amt,
    }))
}

fn outpatient_receipt(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Employee, CareKind::Outpatient);
    desk.outpatient().ratio_by_level[LEVEL as usize] = inputs.ratio("ratio")?;
    if !inputs.at("deductible").is_null() {
        desk.outpatient().deductible_year = inputs.yuan("deductible")?;
    }
    let in_scope = inputs.yuan("in_scope")?;
    let outside = rest(inputs.yuan("total")?, in_scope, "in_scope")?;
    let split = desk.settle(&[class_a(in_scope), line(outside, ItemClass::C, 0)]);
    let means = Means {
        account_own: inputs.yuan("account_balance_after")? + split.psn_part_amt,
        account_pays_out_of_catalogue: true,
        ..Means::default()
    };
    let tender = means.tender(&split);
    Ok(json!({
        "fund": split.hifp_pay,
        "account": tender.account_own,
        "cash": tender.cash,
        "self_pay_reported": split.psn_part_amt,
    }))
}

fn resident(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Resident, CareKind::Inpatient);
    let tiers = bands(inputs, "cat_bands")?;
    desk.stay(inputs.yuan("deductible")?, vec![flat(inputs.ratio("ratio")?)]);
    desk.inpatient().ceiling_year = Some(inputs.yuan("pool_cap")?);
    desk.year.inpatient_fund = inputs.yuan("pool_used")?.packed();
    let mut serious = cover(tiers[0].from, tiers, BandBase::Absolute);
    serious.ceiling_year = Some(inputs.yuan("cat_cap")?);
    serious.counts_excess_over_ceiling = inputs.flag("excess_over_cap_counts_as_compliant");
    desk.rules.second_layer[1] = Some(serious);
    let full = inputs.yuan("class_c_full_self")?;
    let first = inputs.yuan("class_b_first_pay")?;
    let covered = rest(inputs.yuan("total")?, full + first, "class_c_full_self")?;
    // A class B line whose initial self-payment is all of it stands for the given sum of such
    // payments.
    let all = 10_000;
    let lines = [line(full, ItemClass::C, 0), line(first, ItemClass::B, all), class_a(covered)];
    let split = desk.split(&lines);
    let reply = Reply::new(&desk.rules, &split, &Means::default().tender(&split));
    Ok(json!({
        "in_scope": split.inscp_scp_amt,
        "deductible_paid": split.act_pay_dedc,
        "basic_pay": split.hifp_pay,
        "compliant_burden": split.compliant_burden,
        "catastrophic_pay": split.hifmi_pay,
        "personal_total": split.psn_part_amt,
        "account_pay": reply.acct_pay,
        "cash": reply.psn_cash_pay,
    }))
}

/// Beijing's article 36: 85, 90 and 95 per cent at tertiary hospitals, edges at 30,000 and 40,000
/// yuan; retirees bear 60 per cent of an employee's share.
fn beijing_employee(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Employee, CareKind::Inpatient);
    if inputs.flag("retired") {
        desk.member.status = MemberStatus::Retired;
        desk.inpatient().person_share_factor = Ratio::percent(60);
    }
    let band =
        |(from, percent)| Band { from: Fen::from_yuan(from), ratio: Ratio::percent(percent) };
    let article_36 = [(0, 85), (30_000, 90), (40_000, 95)].map(band);
    desk.stay(inputs.yuan("deductible")?, article_36.to_vec());
    let split = desk.split(&[class_a(inputs.yuan("in_scope")?)]);
    Ok(json!({
        "deductible_paid": split.act_pay_dedc,
        "self_pay_in_bands": split.psn_part_amt - split.act_pay_dedc,
        "pool_pay": split.hifp_pay,
        "personal_in_scope": split.psn_part_amt,
    }))
}

/// Bands written as `[to, ratio]`.
fn band_conventions(inputs: Inputs) -> Answer {
    let mut from = Fen::ZERO;
    let mut tiers = Vec::new();
    for band in inputs.list("bands")? {
        tiers.push(Band { from, ratio: ratio(&band[1])? });
        if !band[0].is_null() {
            from = yuan(&band[0])?;
        }
    }
    let deductible = inputs.yuan("deductible")?;
    let burden = inputs.yuan("compliant_burden")?;
    let pays = |band_base| {
        let mut desk = Desk::new(InsuranceScheme::Resident, CareKind::Inpatient);
        desk.rules.second_layer[1] = Some(cover(deductible, tiers.clone(), band_base));
        desk.split(&[class_a(burden)]).hifmi_pay
    };
    Ok(json!({
        "absolute_bands": pays(BandBase::Absolute),
        "excess_bands": pays(BandBase::Excess),
    }))
}

fn annual_deductible(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Employee, CareKind::Outpatient);
    let cap = inputs.yuan("annual_cap")?;
    desk.outpatient().deductible_year = inputs.yuan("annual_deductible")?;
    desk.outpatient().ceiling_year = Some(cap);
    let (mut rows, mut fund, mut deductible) = (Vec::new(), Fen::ZERO, Fen::ZERO);
    for visit in inputs.list("visits_amount_ratio")? {
        desk.outpatient().ratio_by_level[LEVEL as usize] = ratio(&visit[1])?;
        let split = desk.settle(&[class_a(yuan(&visit[0])?)]);
        rows.push([split.medfee_sumamt, split.act_pay_dedc, split.hifp_pay, split.psn_part_amt]);
        fund += split.hifp_pay;
        deductible += split.act_pay_dedc;
    }
    Ok(json!({
        "rows_amount_deductible_fund_personal": rows,
        "fund_total": fund,
        "deductible_used": deductible,
        "cap_hit": fund >= cap,
    }))
}

fn repeat_admissions(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Employee, CareKind::Inpatient);
    desk.stay(inputs.yuan("deductible_first")?, vec![flat(inputs.ratio("ratio")?)]);
    let factors = inputs.list("factors")?.iter().map(ratio).collect::<Result<Vec<_>, _>>()?;
    if factors.is_empty() {
        return Err("factors: expected at least one".to_owned());
    }
    desk.inpatient().repeat_factors = factors;
    let (mut rows, mut fund) = (Vec::new(), Fen::ZERO);
    for amount in inputs.list("in_scope")? {
        let split = desk.settle(&[class_a(yuan(amount)?)]);
        rows.push([split.inscp_scp_amt, split.act_pay_dedc, split.hifp_pay, split.psn_part_amt]);
        fund += split.hifp_pay;
    }
    Ok(json!({ "rows_inscope_deductible_fund_personal": rows, "fund_total": fund }))
}

fn line_level(inputs: Inputs) -> Answer {
    let mut desk = Desk::new(InsuranceScheme::Resident, CareKind::Inpatient);
    desk.stay(inputs.yuan("deductible")?, vec![flat(inputs.ratio("ratio")?)]);
    let row = |row: &Value| {
        let class = match row[0].as_str() {
            Some("A") => ItemClass::A,
            Some("B") => ItemClass::B,
            Some("C") => ItemClass::C,
            _ => return Err(format!("{} is no catalogue class", row[0])),
        };
        let prepay = ratio(&row[2])?.of(Fen(10_000)).0;
        let bp = u16::try_from(prepay).ok().filter(|&bp| bp <= 10_000);
        let bp = bp.ok_or_else(|| format!("initial self-payment {} is no share", row[2]))?;
        Ok(line(yuan(&row[1])?, class, if class == ItemClass::B { bp } else { 0 }))
    };
    let lines = list(inputs.at("lines_class_amount_prepay"))?;
    let lines: Vec<BillLine> = lines.iter().map(row).collect::<Result<_, String>>()?;
    let split = desk.split(&lines);
    Ok(json!({
        "medfee_sumamt": split.medfee_sumamt,
        "preselfpay_amt": split.preselfpay_amt,
        "fulamt_ownpay_amt": split.fulamt_ownpay_amt,
        "inscp_scp_amt": split.inscp_scp_amt,
        "act_pay_dedc": split.act_pay_dedc,
        "hifp_pay": split.hifp_pay,
        "psn_part_amt": split.psn_part_amt,
    }))
}

/// The case's `psn_cash_pay` is the cash left after the line, which the tender calls `cash`.
fn waterfall(inputs: Inputs) -> Answer {
    let medfee_sumamt = inputs.yuan("psn_part_amt")?;
    let split = Split { medfee_sumamt, inscp_scp_amt: medfee_sumamt, ..Split::default() }.sealed();
    let means = Means {
        account_own: inputs.yuan("own_account")?,
        account_family: inputs.yuan("family_account")?,
        line: inputs.yuan("credit_available")?,
        ..Means::default()
    };
    let tender = means.tender(&split);
    let reply = Reply::new(&blank_rules(), &split, &tender);
    Ok(json!({
        "acct_pay": reply.acct_pay,
        "acct_mulaid_pay": reply.acct_mulaid_pay,
        "credit_draw": tender.line,
        "psn_cash_pay": tender.cash,
    }))
}
