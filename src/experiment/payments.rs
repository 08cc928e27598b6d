//! With what people paid and what the reconciliation named, as the summary and tables say it. Must never
//! compute an amount: `sim` kept the sums.

use super::figures::{amounts, count, counts, estimate, money, rounded, share};
use super::replicate::{Outcome, Setup};
use super::tables::{Table, arm_names, mean_fen, table};
use crate::clearing::{Fault, Part, Side};
use crate::domain::{Fen, VisitId};
use crate::settlement::Source;
use crate::sim::{CardTotals, Found, NetworkAnswers, PayTotals, Replication};
use serde_json::{Map, Value, json};

/// The summary's part, where the scenario says with what people pay.
pub(super) fn payments(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.payment_means.as_ref()?;
    let of = |arm: fn(&Replication) -> usize| -> Vec<&PayTotals> {
        runs.iter().map(|run| &run.arms[arm(run)].payments).collect()
    };
    let (baseline, policy) = (of(|_| 0), of(|run| run.arms.len() - 1));
    let mut said = json!({ "baseline": side(&baseline), "policy": side(&policy) });
    if setup.scenario.payment_means.as_ref()?.network.is_some() {
        for (name, each) in [("baseline", &baseline), ("policy", &policy)] {
            if let Some(entries) = said[name].as_object_mut() {
                entries.extend(answers(each));
            }
        }
    }
    Some(said)
}

/// How long the card network took to answer.
fn answers(each: &[&PayTotals]) -> [(String, Value); 3] {
    let of = |read: fn(&NetworkAnswers) -> f64| {
        estimate(&each.iter().map(|totals| read(&totals.answers)).collect::<Vec<_>>())
    };
    let asked = count(each.iter().map(|totals| totals.answers.asked));
    [
        ("network_asked".to_owned(), asked),
        (
            "network_answer_s_mean".to_owned(),
            of(|answers| share(answers.wait_ms as f64 / MS_PER_SECOND, answers.asked as f64)),
        ),
        (
            "network_too_late_share".to_owned(),
            of(|answers| share(answers.too_late as f64, answers.asked as f64)),
        ),
    ]
}

const MS_PER_SECOND: f64 = 1_000.0;

fn side(each: &[&PayTotals]) -> Value {
    let mut paid = Map::new();
    for source in Source::ALL {
        let of = each.iter().map(|totals| totals.paid[source as usize]);
        paid.insert(source.word().to_owned(), money(of));
    }
    let shares = |read: fn(&PayTotals) -> (f64, f64)| {
        let of = |totals: &&PayTotals| share(read(totals).0, read(totals).1);
        estimate(&each.iter().map(of).collect::<Vec<_>>())
    };
    json!({
        "receipts": counts(each, |totals| totals.receipts.max(0).cast_unsigned()),
        "billed": amounts(each, |totals| totals.billed),
        "booked_by_funds": amounts(each, |totals| totals.booked),
        "paid_by_means": paid,
        "unpaid_at_once": amounts(each, |totals| totals.unpaid),
        "went_on_to_another_source_share":
            shares(|totals| (totals.fell_short as f64, totals.receipts as f64)),
        "messages_sent": counts(each, |totals| totals.sent),
        "messages_reached_share": shares(|totals| (totals.reached as f64, totals.sent as f64)),
        "message_cost": amounts(each, |totals| totals.message_cost),
        "first_cards": counts(each, |totals| totals.first_cards),
        "carried_to_first_cards": amounts(each, |totals| totals.carried),
    })
}

/// Hospitals' cards by the arms in which people carry them.
pub(super) fn cards(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.payment_means.as_ref()?.cards.as_ref()?;
    let mut said = Map::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        let each = || runs.iter().map(move |run| run.arms[arm].payments.cards);
        if each().all(|cards| cards.issued == 0) {
            continue;
        }
        let in_place = each().map(|CardTotals { in_place, top_ups, .. }| {
            share(in_place as f64, (in_place + top_ups) as f64)
        });
        let of = json!({
            "issued_cards": count(each().map(|cards| cards.issued)),
            "handed_in_cards": count(each().map(|cards| cards.handed_in)),
            "left_cards": count(each().map(|cards| cards.left.0)),
            "top_ups": count(each().map(|cards| cards.top_ups)),
            "paid_in_place_share": estimate(&in_place.collect::<Vec<_>>()),
            "put_on": money(each().map(|cards| cards.put_on + cards.deposits)),
            "paid_with": money(each().map(|cards| cards.spent)),
            "given_back": money(each().map(|cards| cards.given_back)),
            "left": money(each().map(|cards| cards.left.1)),
        });
        said.insert(name.to_owned(), of);
    }
    (!said.is_empty()).then_some(Value::Object(said))
}

/// Purchases at retail pharmacies, where they are followed.
pub(super) fn retail(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    setup.scenario.city.demand.retail.as_ref()?;
    let side = |arm: fn(&Replication) -> usize| {
        let each = || runs.iter().map(move |run| run.arms[arm(run)].retail);
        json!({
            "purchases": count(each().map(|totals| totals.purchases)),
            "billed": money(each().map(|totals| totals.billed)),
            "paid_by_funds": money(each().map(|totals| totals.funds)),
            "paid_from_accounts": money(each().map(|totals| totals.account)),
            "drawn_on_lines": money(each().map(|totals| totals.line)),
            "paid_with_own_money": money(each().map(|totals| totals.own)),
        })
    };
    Some(json!({ "baseline": side(|_| 0), "policy": side(|run| run.arms.len() - 1) }))
}

/// Sources by arm, mean over replications.
pub(super) fn means(setup: &Setup, outcome: &Outcome) -> Option<Table> {
    setup.scenario.payment_means.as_ref()?;
    let mut rows = Vec::new();
    for (arm, name) in arm_names(setup).into_iter().enumerate() {
        let each = || outcome.replications.iter().map(|run| &run.arms[arm].payments);
        for source in Source::ALL {
            let at = source as usize;
            let uses: i64 = each().map(|totals| totals.uses[at]).sum();
            let paid: Fen = each().map(|totals| totals.paid[at]).sum();
            rows.push(vec![
                name.to_owned(),
                source.word().to_owned(),
                rounded(share(uses as f64, outcome.replications.len() as f64)).to_string(),
                mean_fen(paid, outcome),
            ]);
        }
    }
    Some(table("payments.csv", &["arm", "means", "receipts", "paid_yuan"], rows))
}

/// Every discrepancy that the policy arm's reconciliation named, with what had been planted.
pub(super) fn discrepancies(setup: &Setup, outcome: &Outcome) -> Option<Table> {
    setup.scenario.policy.clearing?.mistakes?;
    let header = [
        "replication",
        "day",
        "bill",
        "point",
        "part",
        "side",
        "fault",
        "off_by_yuan",
        "off_by_days",
        "found",
    ];
    let mut rows = Vec::new();
    for (number, run) in (1..).zip(&outcome.replications) {
        let Some(arm) = run.arms.last() else { continue };
        let mut named = arm.files.named_each.clone();
        named.sort_unstable();
        rows.extend(named.iter().map(|each| {
            let bill = VisitId::from_raw(each.bill);
            let fault = Fault::NAMES[usize::from(each.fault)];
            let [mut yuan, mut days] = [String::new(), String::new()];
            match fault {
                "wrong_amount" => yuan = Fen(each.off_by).to_string(),
                "wrong_day" => days = each.off_by.to_string(),
                _ => {}
            }
            let found = match each.found {
                Found::NamedRight => "named_right",
                Found::FalseAlarm => "false_alarm",
                Found::Missed => "missed",
            };
            vec![
                number.to_string(),
                each.made.to_string(),
                bill.visit().to_string(),
                ((each.bill >> 56) as i64 - 1).to_string(),
                Part::NAMES[usize::from(each.part)].to_owned(),
                Side::NAMES[usize::from(each.side)].to_owned(),
                fault.to_owned(),
                yuan,
                days,
                found.to_owned(),
            ]
        }));
    }
    Some(table("reconciliation.csv", &header, rows))
}
