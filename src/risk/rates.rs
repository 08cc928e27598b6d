//! Effective rates of repayment plans, for disclosure. Must never set a price: plans come from
//! `credit`.

use crate::domain::{Day, Fen};
use libm::pow;

/// Rates outside this bracket are not looked for (−99 % and +10,000 % a period).
const BRACKET: (f64, f64) = (-0.99, 100.0);

/// The monthly internal rate of return of a plan: `principal` now, `payments` after 1, 2, … months.
/// `None` when there is none (nothing lent or nothing paid).
pub fn monthly_rate(principal: Fen, payments: &[Fen]) -> Option<f64> {
    let lent = principal.0 as f64;
    solve(|rate| {
        let growth = 1.0 / (1.0 + rate);
        payments.iter().rev().fold(0.0, |value, payment| (value + payment.0 as f64) * growth) - lent
    })
}

/// The nominal yearly rate that banks disclose: 12 × the monthly rate.
pub fn nominal_rate(principal: Fen, payments: &[Fen]) -> Option<f64> {
    monthly_rate(principal, payments).map(|rate| 12.0 * rate)
}

/// The effective annual rate: the monthly rate compounded over 12 months.
pub fn effective_annual_rate(principal: Fen, payments: &[Fen]) -> Option<f64> {
    monthly_rate(principal, payments).map(|rate| pow(1.0 + rate, 12.0) - 1.0)
}

/// The effective annual rate of dated flows, Actual/365 from the first one: money out is negative.
pub fn dated_rate(flows: &[(Day, Fen)]) -> Option<f64> {
    let &(start, _) = flows.first()?;
    let value = |rate: f64| {
        let worth = |&(day, amount): &(Day, Fen)| {
            amount.0 as f64 * pow(1.0 + rate, -f64::from(day - start) / 365.0)
        };
        flows.iter().map(worth).sum::<f64>()
    };
    solve(value)
}

/// Ways to count the days between two dates as years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Actual days ÷ 365.
    Actual365Fixed,
    /// Actual days ÷ 360.
    Actual360,
    /// Months of 30 days, years of 360; a 31st counts as a 30th.
    Thirty360European,
    /// Actual days ÷ the length of the calendar year in which each lies.
    ActualActualIsda,
}

/// The years from `start` (inclusive) to `end` (exclusive), by a convention.
pub fn year_fraction(convention: DayCount, start: Day, end: Day) -> f64 {
    let days = f64::from(end - start);
    match convention {
        DayCount::Actual365Fixed => days / 365.0,
        DayCount::Actual360 => days / 360.0,
        DayCount::Thirty360European => {
            let (from, to) = (start.civil(), end.civil());
            let thirty = |day: u8| f64::from(day.min(30));
            let months = f64::from(to.month) - f64::from(from.month);
            let years = f64::from(to.year) - f64::from(from.year);
            years + months / 12.0 + (thirty(to.day) - thirty(from.day)) / 360.0
        }
        DayCount::ActualActualIsda => {
            let (mut at, mut years) = (start, 0.0);
            while at < end {
                let year = at.civil().year;
                let first = |year| Day::from_civil(year, 1, 1);
                let (Some(begins), Some(next)) = (first(year), first(year + 1)) else {
                    return f64::NAN;
                };
                let until = next.min(end);
                years += f64::from(until - at) / f64::from(next - begins);
                at = until;
            }
            years
        }
    }
}

/// The root of a falling function in the bracket, by halving until floats run out.
fn solve(value: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut low, mut high) = BRACKET;
    if value(low) < 0.0 || value(high) > 0.0 {
        return None;
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if value(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_interest_has_rate_zero_and_an_absurd_one_has_none() {
        let yuan = Fen::from_yuan;
        let free = monthly_rate(yuan(300), &[yuan(100); 3]).expect("a rate");
        assert!(free.abs() < 1e-12);
        let dear = monthly_rate(yuan(100), &[yuan(110)]).expect("a rate");
        assert!((dear - 0.1).abs() < 1e-12);
        assert_eq!(monthly_rate(yuan(100), &[]), None);
        assert_eq!(dated_rate(&[]), None);
        assert_eq!(dated_rate(&[(Day(0), yuan(1)), (Day(9), yuan(1))]), None);
    }
}
