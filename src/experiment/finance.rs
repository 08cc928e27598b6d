//! What patients finance bills with that are above their own means, arm by arm, and what an opened line is worth as a
//! reserve. Must never price care that nobody had.
//!
//! **The reserve.** A bill counts where a patient who may put it on a line lacks money at hand for it; the free limit
//! meets what it covers of that. Expected use is what limits meet, of all bills in the run, a line and year, for
//! lines never drawn and for all. Each yuan of it is worth what the patient's own source would cost less what the
//! line's instalments cost, and never less than nothing: nobody must use a line. Who would go without otherwise has
//! care, not money; that stands apart.

use super::figures::{count, estimate, money, share};
use super::replicate::Setup;
use crate::behaviour::Source;
use crate::behaviour::spec::OtherFinance;
use crate::credit;
use crate::credit::spec::InstalmentRules;
use crate::domain::Fen;
use crate::metrics::Need;
use crate::sim::{ArmResult, Replication};
use serde_json::{Map, Value, json};

const DAYS_A_YEAR: f64 = 365.0;
/// A sum large enough that rounding to fen does not show in its price.
const SUM: Fen = Fen::from_yuan(1_000_000);

/// The summary's part, where the scenario follows other finance.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let finance = setup.scenario.behaviour.more.other_finance.as_ref()?;
    let baselines = setup.scenario.baselines.iter().enumerate();
    let baselines = baselines.map(|(at, arm)| (arm.name.clone(), arm_block(runs, at)));
    let policy = setup.scenario.baselines.len();
    let mut said = json!({
        "baseline": arm_block(runs, 0),
        "policy": arm_block(runs, policy),
        "baselines": baselines.collect::<Map<_, _>>(),
        "card_cost_per_yuan": price(finance, Source::Card),
        "relatives_cost_per_yuan": price(finance, Source::Relatives),
    });
    if let Some(scheme) = &setup.scenario.policy.scheme {
        let line = line_price(scheme.credit.instalments);
        said["line_cost_per_yuan"] = super::figures::rounded(line).into();
        said["reserve"] = json!({
            "never_drawn": reserve(finance, line, runs, |need, at| need * f64::from(at == 0)),
            "all": reserve(finance, line, runs, |need, _| need),
        });
    }
    Some(said)
}

/// What one arm's patients did about bills above their own means.
fn arm_block(runs: &[Replication], arm: usize) -> Value {
    let arms = || runs.iter().map(move |run| &run.arms[arm]);
    let sums = || arms().map(|arm| &arm.sums.finance);
    let (card, relatives) = (Source::Card as usize, Source::Relatives as usize);
    json!({
        "bills_by_card": count(sums().map(|sums| sums.bills[card])),
        "bills_by_relatives": count(sums().map(|sums| sums.bills[relatives])),
        "lent_by_card": money(sums().map(|sums| sums.lent[card])),
        "lent_by_relatives": money(sums().map(|sums| sums.lent[relatives])),
        "cost_to_patients": money(sums().map(|sums| sums.cost)),
        "visits_without_tests": count(sums().map(|sums| sums.without)),
        "tests_not_had": money(sums().map(|sums| sums.without_billed)),
        "stays_not_had": count(arms().map(|arm| arm.sums.inpatient.gave_up)),
    })
}

/// What a yuan of a source costs.
fn price(finance: &OtherFinance, source: Source) -> f64 {
    super::figures::rounded(finance.cost(source, SUM).0 as f64 / SUM.0 as f64)
}

/// What a yuan on the line costs that is paid back in its instalments; nothing without any.
fn line_price(rules: Option<InstalmentRules>) -> f64 {
    let Some(rules) = rules else { return 0.0 };
    let first = crate::domain::Day(0);
    let plan = credit::schedule(SUM, rules.rate_year, rules.months.into(), rules.method, first);
    let interest: Fen = plan.iter().map(|line| line.interest).sum();
    interest.0 as f64 / SUM.0 as f64
}

/// Lines as a reserve; `of` weighs what is read of lines never drawn (0) and of the others (1).
fn reserve(
    finance: &OtherFinance,
    line: f64,
    runs: &[Replication],
    of: fn(f64, usize) -> f64,
) -> Value {
    let policies = || runs.iter().filter_map(|run| run.arms.last());
    let each =
        |read: &dyn Fn(&ArmResult) -> f64| estimate(&policies().map(read).collect::<Vec<_>>());
    let needs = |arm: &ArmResult, read: &dyn Fn(&Need) -> f64| -> f64 {
        let needs = arm.sums.finance.need.iter().enumerate();
        needs.map(|(at, need)| of(read(need), at)).sum()
    };
    let yuan = |read: &dyn Fn(&Need) -> Fen| {
        money(policies().map(|arm| Fen(needs(arm, &|need| read(need).0 as f64) as i64)))
    };
    let line_years = |arm: &ArmResult| -> f64 {
        let days = arm.line_days.iter().enumerate();
        days.map(|(at, &days)| of(days as f64, at)).sum::<f64>() / DAYS_A_YEAR
    };
    let lines = |arm: &ArmResult| {
        let drawn = arm.used as f64;
        of(arm.sums.opened as f64 - drawn, 0) + of(drawn, 1)
    };
    let met = |need: &Need| need.met.iter().copied().sum::<Fen>();
    let saved = |need: &Need| {
        let worth = |source: Source| {
            let dearer = (price(finance, source) - line).max(0.0);
            need.met[source as usize].0 as f64 / 100.0 * dearer
        };
        worth(Source::Card) + worth(Source::Relatives)
    };
    let in_yuan = |need: &Need| met(need).0 as f64 / 100.0;
    json!({
        "lines": each(&lines),
        "line_years": each(&line_years),
        "bills_above_own_means": each(&|arm| needs(arm, &|need| need.bills as f64)),
        "bills_met": each(&|arm| needs(arm, &|need| need.met_bills as f64)),
        "lacked": yuan(&|need| need.lacked),
        "met": yuan(&met),
        "met_for_want_of_any_other": yuan(&|need| need.met[Source::GoesWithout as usize]),
        "expected_use_per_line_year": each(&|arm| share(needs(arm, &in_yuan), line_years(arm))),
        "option_value_per_line_year": each(&|arm| share(needs(arm, &saved), line_years(arm))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::spec::InstalmentMethod;
    use crate::domain::Ratio;

    #[test]
    fn a_line_in_twelve_parts_at_4_98_percent_costs_2_7_fen_a_yuan_and_a_flat_fee_all_of_it() {
        let rules = |method| {
            let rate_year = Ratio::new(498, 10_000);
            line_price(Some(InstalmentRules { rate_year, months: 12, method }))
        };
        let annuity = rules(InstalmentMethod::Annuity);
        assert!((annuity - 0.027).abs() < 0.0005, "{annuity}");
        assert!((rules(InstalmentMethod::FlatFee) - 0.0498).abs() < 1e-6);
        assert!(line_price(None).abs() < f64::EPSILON);
    }
}
