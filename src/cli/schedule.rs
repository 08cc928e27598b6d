//! `aftercare schedule`: one repayment plan with its effective rates.
//! Must never compute a line of its own: plans come from `credit`, rates from `risk`.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::credit::spec::InstalmentMethod;
use crate::credit::{EarlyPayoff, PlanLine, pay_off_early, schedule};
use crate::domain::{Day, Fen, Ratio};
use crate::risk;
use clap::{Args, ValueEnum};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Name and version of the JSON answer.
const SCHEMA: &str = "aftercare.schedule/1";

/// Ways to repay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Method {
    /// Level payments; interest on the balance (等额本息).
    Annuity,
    /// Level principal; interest on the balance (等额本金).
    EqualPrincipal,
    /// A fee on the original principal each month (分期手续费).
    FlatFee,
}

/// Arguments of `schedule`.
#[derive(Clone, Debug, Args)]
pub(super) struct ScheduleArgs {
    /// Amount lent, yuan.
    #[arg(long, value_name = "YUAN", value_parser = principal)]
    principal: Fen,
    /// Yearly rate in per cent, such as 4.98 (for flat-fee: the yearly fee on the principal).
    #[arg(long, value_name = "PERCENT", value_parser = rate)]
    apr: Ratio,
    /// Number of monthly payments.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=600))]
    months: u16,
    /// How it is repaid.
    #[arg(long, value_enum, default_value_t = Method::Annuity)]
    method: Method,
    /// Day of the first payment, such as 2024-02-25; one month from today if not given.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    first_due: Option<Day>,
    /// Settles the plan for good on this day, every payment due by then having been made.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    pay_off: Option<Day>,
}

/// The largest sum for which interest in fen is exact everywhere: a thousand million yuan.
const LARGEST: Fen = Fen::from_yuan(1_000_000_000);

fn principal(text: &str) -> Result<Fen, String> {
    let amount: Fen = text.parse().map_err(|_| "expected yuan, such as 6000 or 1250.50")?;
    if Fen::ZERO < amount && amount <= LARGEST {
        Ok(amount)
    } else {
        Err(format!("expected more than 0 and at most {LARGEST} yuan"))
    }
}

fn rate(text: &str) -> Result<Ratio, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    let expected = "expected per cent a year, such as 4.98 or 4.98%";
    let percent: Decimal = number.trim().parse().map_err(|_| expected)?;
    if percent.is_sign_negative() || percent > Decimal::from(1_000) {
        return Err("expected 0 to 1000 per cent a year".to_owned());
    }
    if number == text && !percent.is_zero() && percent < Decimal::ONE {
        return Err(format!(
            "below 1 per cent a year: write `{text}%` if that is meant, or {} for {text} as a share",
            (percent * Decimal::from(100)).normalize()
        ));
    }
    let share = percent.normalize() / Decimal::from(100);
    let few = "expected at most six decimals of a per cent";
    if share.normalize().scale() > 8 {
        return Err(few.to_owned());
    }
    Ratio::from_decimal(share).ok_or_else(|| few.to_owned())
}

/// Prints a plan.
pub(super) fn run(arguments: &ScheduleArgs, common: &Common) -> Result<Exit, Fault> {
    let method = match arguments.method {
        Method::Annuity => InstalmentMethod::Annuity,
        Method::EqualPrincipal => InstalmentMethod::EqualPrincipal,
        Method::FlatFee => InstalmentMethod::FlatFee,
    };
    let first_due = match arguments.first_due {
        Some(day) => day,
        None => today()?.plus_months(1),
    };
    check_growth(arguments)?;
    let plan = schedule(arguments.principal, arguments.apr, arguments.months, method, first_due);
    if common.wants_json() {
        out::print_json(&answer(arguments, &plan))?;
    } else {
        out::print(&human(arguments, &plan, common))?;
    }
    Ok(Exit::Done)
}

/// Level payments are computed in 28 digits; a debt that would grow 10¹²-fold leaves too few of them.
fn check_growth(arguments: &ScheduleArgs) -> Result<(), Fault> {
    let digits = f64::from(arguments.months) * libm::log10(1.0 + arguments.apr.to_f64() / 12.0);
    if arguments.method == Method::Annuity && digits > 12.0 {
        return Err(Fault::input(format!(
            "a rate of {} over {} months is no plan that anybody could repay; lower one of them",
            arguments.apr, arguments.months
        )));
    }
    Ok(())
}

fn today() -> Result<Day, Fault> {
    let today = jiff::Zoned::now().date();
    let day = Day::from_civil(today.year(), today.month() as u8, today.day() as u8);
    day.ok_or_else(|| Fault::internal("the machine's clock shows no usable date"))
}

/// Totals and rates of a plan.
struct Totals {
    paid: Fen,
    interest: Fen,
    nominal: Option<f64>,
    effective: Option<f64>,
}

fn totals(arguments: &ScheduleArgs, plan: &[PlanLine]) -> Totals {
    let payments: Vec<Fen> = plan.iter().map(|line| line.payment).collect();
    Totals {
        paid: payments.iter().copied().sum(),
        interest: plan.iter().map(|line| line.interest).sum(),
        nominal: risk::nominal_rate(arguments.principal, &payments),
        effective: risk::effective_annual_rate(arguments.principal, &payments),
    }
}

/// What an early payoff comes to, if one was asked for.
fn early(arguments: &ScheduleArgs, plan: &[PlanLine]) -> Option<(Day, EarlyPayoff)> {
    let day = arguments.pay_off?;
    Some((day, pay_off_early(arguments.principal, plan, day)))
}

fn word(method: Method) -> &'static str {
    match method {
        Method::Annuity => "annuity",
        Method::EqualPrincipal => "equal-principal",
        Method::FlatFee => "flat-fee",
    }
}

fn answer(arguments: &ScheduleArgs, plan: &[PlanLine]) -> Value {
    let totals = totals(arguments, plan);
    let line = |line: &PlanLine| {
        json!({
            "number": line.number,
            "due": line.due.to_string(),
            "payment": line.payment.to_string(),
            "principal": line.principal.to_string(),
            "interest": line.interest.to_string(),
            "balance": line.balance.to_string(),
        })
    };
    json!({
        "schema": SCHEMA,
        "principal": arguments.principal.to_string(),
        "apr": arguments.apr.to_f64(),
        "months": arguments.months,
        "method": word(arguments.method),
        "total_paid": totals.paid.to_string(),
        "total_interest": totals.interest.to_string(),
        "nominal_annual_rate": totals.nominal,
        "effective_annual_rate": totals.effective,
        "pay_off": early(arguments, plan).map(|(day, early)| json!({
            "day": day.to_string(),
            "paid_by_plan": early.paid_by_plan.to_string(),
            "payoff": early.payoff.to_string(),
            "interest_saved": early.interest_saved.to_string(),
        })),
        "schedule": plan.iter().map(line).collect::<Vec<_>>(),
    })
}

fn human(arguments: &ScheduleArgs, plan: &[PlanLine], common: &Common) -> String {
    let charge = match arguments.method {
        Method::FlatFee => common.say("fee", "手续费"),
        _ => common.say("interest", "利息"),
    };
    let header = [
        "#",
        common.say("due", "到期日"),
        common.say("payment", "还款额"),
        common.say("principal", "本金"),
        charge,
        common.say("balance", "剩余本金"),
    ];
    let row = |line: &PlanLine| {
        let amounts = [line.payment, line.principal, line.interest, line.balance];
        let places = [line.number.to_string(), line.due.to_string()];
        places.into_iter().chain(amounts.map(|amount| amount.to_string())).collect()
    };
    let table = out::table(&header, plan.iter().map(row).collect(), 0);
    let totals = totals(arguments, plan);
    let percent = |rate: Option<f64>| rate.map_or("-".to_owned(), |r| format!("{:.4}%", r * 100.0));
    let mut text = format!(
        "{table}\n{} {}  {} {}\n{} {}  {} {}\n",
        common.say("total paid", "还款总额"),
        totals.paid,
        common.say("total interest or fee", "利息或手续费合计"),
        totals.interest,
        common.say("nominal annual rate", "名义年利率"),
        percent(totals.nominal),
        common.say("effective annual rate", "实际年利率"),
        percent(totals.effective),
    );
    if let Some((day, early)) = early(arguments, plan) {
        let line = format!(
            "{} {day}: {} {}  {} {}  {} {}\n",
            common.say("settled early on", "提前结清日"),
            common.say("paid by plan", "已按计划还"),
            early.paid_by_plan,
            common.say("payoff", "结清金额"),
            early.payoff,
            common.say("interest saved", "节省利息"),
            early.interest_saved,
        );
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_per_cent_and_a_share_by_mistake_is_refused() {
        let rows = [
            ("4.98", Ok(Ratio::new(498, 10_000))),
            ("4.98%", Ok(Ratio::new(498, 10_000))),
            ("0", Ok(Ratio::ZERO)),
            ("0.5%", Ok(Ratio::new(5, 1_000))),
            ("18", Ok(Ratio::percent(18))),
            ("0.0498", Err("4.98")),
            ("-1", Err("0 to 1000")),
            ("1e4", Err("0 to 1000")),
            ("x", Err("per cent")),
        ];
        for (text, expected) in rows {
            match (rate(text), expected) {
                (Ok(got), Ok(expected)) => {
                    assert!(got.compare(expected).is_eq(), "{text}: {got:?}");
                }
                (Err(got), Err(part)) => assert!(got.contains(part), "{text}: {got}"),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }
}
