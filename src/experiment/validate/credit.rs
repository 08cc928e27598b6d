//! Credit cases: plans, due days, loss shares, five tiers, effective rates. Must never round: the rooms
//! under test do, once.

use super::Answer;
use super::inputs::{Inputs, day, yuan};
use crate::credit::spec::{FreeWindow, InstalmentMethod, LossRules};
use crate::credit::{FiveTier, PlanLine, due_day, five_tier, schedule, share_loss};
use crate::domain::{Day, Fen};
use crate::risk::{dated_rate, effective_annual_rate, monthly_rate, nominal_rate};
use libm::pow;
use serde_json::{Value, json};

/// Evaluates a topic of this area.
pub(super) fn evaluate(topic: &str, inputs: Inputs) -> Option<Answer> {
    Some(match topic {
        "instalment_annuity" => annuity(inputs),
        "instalment_equal_principal" => equal_principal(inputs),
        "flat_fee_apr" => flat_fee(inputs),
        "xirr_act365" => xirr(inputs),
        "interest_free_days" => free_days(inputs),
        "loss_waterfall_claims" => claims(inputs),
        "card_five_tier" => tiers(inputs),
        _ => return None,
    })
}

fn plan(inputs: Inputs, rate: &str, method: InstalmentMethod) -> Result<Vec<PlanLine>, String> {
    let months = u16::try_from(inputs.count("months")?).ok().filter(|months| *months > 0);
    let months = months.ok_or("months: expected at least 1")?;
    // Dates do not enter: the cases give none.
    let plan = schedule(inputs.yuan("principal")?, inputs.ratio(rate)?, months, method, Day(0));
    Ok(plan)
}

fn payments(plan: &[PlanLine]) -> Vec<Fen> {
    plan.iter().map(|line| line.payment).collect()
}

/// Number, payment, principal, interest, balance of each line.
fn lines(plan: &[PlanLine]) -> Vec<Value> {
    let line = |line: &PlanLine| {
        json!([line.number, line.payment, line.principal, line.interest, line.balance])
    };
    plan.iter().map(line).collect()
}

/// Interest from the plan in fen; the unrounded figures from the annuity formula.
fn annuity(inputs: Inputs) -> Answer {
    let plan = plan(inputs, "apr_nominal", InstalmentMethod::Annuity)?;
    let (principal, months) = (inputs.number("principal")?, inputs.number("months")?);
    let rate = inputs.number("apr_nominal")? / 12.0;
    let payment = if rate > 0.0 {
        principal * rate / (1.0 - pow(1.0 + rate, -months))
    } else {
        principal / months
    };
    let after = |k: f64| {
        let grown = pow(1.0 + rate, k);
        let paid = if rate > 0.0 { payment * (grown - 1.0) / rate } else { payment * k };
        principal * grown - paid
    };
    let mut answer = json!({
        "payment": payment,
        "total_interest": payment * months - principal,
        "effective_annual_rate": pow(1.0 + rate, 12.0) - 1.0,
        "payment_fen": plan.first().map(|line| line.payment),
        "last_payment_fen": plan.last().map(|line| line.payment),
        "total_paid_fen": payments(&plan).into_iter().sum::<Fen>(),
        "schedule_fen": lines(&plan),
    });
    for k in 1..=plan.len() {
        answer[format!("balance_after_{k}")] = json!(after(k as f64));
    }
    Ok(answer)
}

fn equal_principal(inputs: Inputs) -> Answer {
    let plan = plan(inputs, "apr_nominal", InstalmentMethod::EqualPrincipal)?;
    let exact = inputs.number("principal")? * inputs.number("apr_nominal")? / 12.0
        * (inputs.number("months")? + 1.0)
        / 2.0;
    Ok(json!({
        "total_interest_exact": exact,
        "total_interest_fen": plan.iter().map(|line| line.interest).sum::<Fen>(),
        "first_payment_fen": plan.first().map(|line| line.payment),
        "last_payment_fen": plan.last().map(|line| line.payment),
        "schedule_fen": lines(&plan),
    }))
}

fn flat_fee(inputs: Inputs) -> Answer {
    let plan = plan(inputs, "flat_fee_pa", InstalmentMethod::FlatFee)?;
    let (principal, paid) = (inputs.yuan("principal")?, payments(&plan));
    Ok(json!({
        "payment": paid.first(),
        "monthly_irr": monthly_rate(principal, &paid),
        "nominal_apr": nominal_rate(principal, &paid),
        "effective_annual": effective_annual_rate(principal, &paid),
    }))
}

fn xirr(inputs: Inputs) -> Answer {
    let dates = inputs.list("dates")?.iter().map(day).collect::<Result<Vec<Day>, _>>()?;
    let amounts = inputs.numbers("amounts")?.into_iter();
    let amounts = amounts.map(|amount| Fen(libm::round(amount * 100.0) as i64));
    let flows: Vec<(Day, Fen)> = dates.into_iter().zip(amounts).collect();
    Ok(json!({ "xirr": dated_rate(&flows) }))
}

fn free_days(inputs: Inputs) -> Answer {
    let statement_day = u8::try_from(inputs.count("statement_day")?).ok();
    let statement_day = statement_day.filter(|day| (1..=28).contains(day));
    let statement_day = statement_day.ok_or("statement_day: expected 1 to 28")?;
    let grace_days = u16::try_from(inputs.count("grace_days")?).map_err(|e| e.to_string())?;
    let window = FreeWindow::Statement { statement_day, grace_days };
    let drawn = inputs.list("draw_dates")?.iter().map(day).collect::<Result<Vec<Day>, _>>()?;
    let row = |&drawn: &Day| {
        let due = due_day(window, drawn);
        let cut = due + -i32::from(grace_days);
        json!([drawn.to_string(), cut.to_string(), due.to_string(), due - drawn])
    };
    let first = *drawn.first().ok_or("draw_dates: expected at least one")?;
    let longest = (0..366).map(|k| due_day(window, first + k) - (first + k)).max();
    Ok(json!({
        "rows_draw_statement_due_days": drawn.iter().map(row).collect::<Vec<_>>(),
        "max_days": longest,
    }))
}

fn claims(inputs: Inputs) -> Answer {
    let rules = LossRules {
        insurer_share: inputs.ratio("insurer_share")?,
        insurer_deductible: inputs.yuan("deductible_each")?,
        insurer_limit_year: inputs.yuan("aggregate_limit")?,
        rest_weights: [1, 0, 0],
    };
    let (mut rows, mut insurer, mut bank) = (Vec::new(), Fen::ZERO, Fen::ZERO);
    for loss in inputs.list("losses")? {
        let loss = yuan(loss)?;
        let shares = share_loss(&rules, loss, insurer);
        rows.push([loss, shares.insurer, shares.bank]);
        insurer += shares.insurer;
        bank += shares.bank;
    }
    Ok(json!({
        "rows_loss_insurer_bank": rows,
        "insurer_total": insurer,
        "bank_total": bank,
        "limit_left": rules.insurer_limit_year - insurer,
    }))
}

fn tiers(inputs: Inputs) -> Answer {
    let name = |dpd: f64| match five_tier(dpd as u16) {
        FiveTier::Normal => "正常",
        FiveTier::SpecialMention => "关注",
        FiveTier::Substandard => "次级",
        FiveTier::Doubtful => "可疑",
        FiveTier::Loss => "损失",
    };
    let names: Vec<&str> = inputs.numbers("dpd")?.into_iter().map(name).collect();
    Ok(json!({ "tier": names }))
}
