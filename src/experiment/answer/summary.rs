//! `answer` of `summary.json`. Must never leave a share out because it is unwelcome: what cannot be had is
//! `null`, with the reason in the documentation.

use super::super::figures::{count, estimate, money};
use super::super::replicate::Setup;
use super::bank::BankYear;
use super::view::View;
use crate::domain::Fen;
use crate::economics::Party;
use crate::sim::Replication;
use serde_json::{Map, Value, json};

/// The block; `None` for a scenario without `[costs]`.
pub(in super::super) fn answer(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let spec = setup.scenario.costs.as_ref()?;
    let views = |baseline: usize| -> Vec<View> {
        runs.iter().filter_map(|run| View::of(setup, run, baseline)).collect()
    };
    let first = views(0);
    let mut against = Map::new();
    for (index, arm) in setup.scenario.baselines.iter().enumerate() {
        against.insert(arm.name.clone(), comparison(&views(index)));
    }
    let part = setup.sample.as_ref().map(|_| super::facts::scheme(setup).part_of_city.to_f64());
    let mut said = json!({
        "horizon_years": spec.horizon_years,
        "discount_rate_per_year": spec.discount_rate_year.to_f64(),
        "value_of_time_yuan_per_hour": spec.value_of_hour,
        "part_of_city": part,
        "against": against,
        "bank": bank(&first.iter().map(BankYear::of).collect::<Vec<_>>()),
    });
    if let Value::Object(entries) = &mut said {
        entries.extend(super::people::blocks(setup, runs));
    }
    Some(said)
}

/// Everything that is said against one baseline.
fn comparison(views: &[View]) -> Value {
    let each = |read: &dyn Fn(&View) -> f64| estimate(&views.iter().map(read).collect::<Vec<_>>());
    let fen = |read: &dyn Fn(&View) -> Fen| money(views.iter().map(read));
    let gap = views.iter().map(|view| view.book.gap().0.abs()).max().unwrap_or(0);
    let party = |&party: &Party| {
        let npv = money(views.iter().map(|view| view.book.npv(party)));
        (party.word().to_owned(), npv)
    };
    let paying = |&party: &Party| {
        let own = |view: &View| view.book.gain(party, super::view::not_care, |row| row.npv);
        (party.word().to_owned(), money(views.iter().map(own)))
    };
    json!({
        "eligible_visits": count(views.iter().map(|view| view.eligible)),
        "net_hours": each(&View::net_hours),
        "net_hours_per_1000_eligible_visits": each(&View::net_hours_per_1000),
        "cost_per_hour": {
            "society": sometimes(views, |view| view.an_hour(view.resources())),
            "public_purse": sometimes(views, |view| view.an_hour(view.public_purse())),
        },
        "npv_paying_by_party": Party::ALL.iter().map(paying).collect::<Map<_, _>>(),
        "sum_of_paying": fen(&|view| -view.resources()),
        "npv_by_party": Party::ALL.iter().map(party).collect::<Map<_, _>>(),
        "sum_of_parties": fen(&|view| {
            Party::ALL.iter().map(|&party| view.book.npv(party)).sum()
        }),
        "care_part": fen(&|view| -view.book.resources(|row| row.kind.is_care())),
        "resource_cost": fen(&|view| view.book.resources(|_| true)),
        "resource_cost_without_care": fen(&View::resources),
        "time_worth": fen(&View::time_worth),
        "net_benefit": fen(&|view| view.time_worth() - view.resources()),
        "sum_gap_fen": gap,
    })
}

/// An estimate that some replications may not have: then nobody has it.
fn sometimes<T>(of: &[T], read: impl Fn(&T) -> Option<f64>) -> Value {
    let values: Option<Vec<f64>> = of.iter().map(read).collect();
    estimate(&values.unwrap_or_default())
}

/// The bank's year; the same against every baseline, as none lends. What nobody drew has no margin, and no
/// limit no use.
pub(super) fn bank(years: &[BankYear]) -> Value {
    let maybe = |read: fn(&BankYear) -> Option<f64>| sometimes(years, read);
    let yuan = |read: fn(&BankYear) -> f64| {
        money(years.iter().map(|year| Fen(libm::round(read(year) * 100.0) as i64)))
    };
    json!({
        "result_per_year": yuan(BankYear::result),
        "fixed_cost_per_year": yuan(|year| year.fixed),
        "margin_per_yuan_drawn": maybe(BankYear::margin),
        "use_rate": maybe(BankYear::use_rate),
        "break_even_use_rate": maybe(BankYear::break_even_use_rate),
        "break_even_subsidy_share": maybe(BankYear::subsidy_share),
        "break_even_subsidy_yuan_per_line_year": maybe(BankYear::subsidy_per_line),
    })
}
