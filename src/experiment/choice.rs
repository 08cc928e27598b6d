//! What follows from a comparison: which policy is best and how sure that is, which are dominated, who
//! gains and who loses, and what an hour must be worth. Must never drop a policy in silence.

use super::compare::judged;
use super::figures::rounded;
use super::measures::{Group, Measures, shown};
use super::published::{HEADLINES, better};
use crate::stats::compare::pairing;
use crate::stats::order::quantile_of_sorted;
use crate::stats::ranking::{best_of, ocba_fractions};
use crate::stats::{Better, Moments, Verdict, bootstrap, compare};
use serde_json::{Map, Value, json};

/// Minutes of the Pareto picture.
pub(super) const HOURS: &str = "queue.saved_hours_total";
/// Losses of the Pareto picture.
pub(super) const LOSS: &str = "credit.net_credit_loss";
const COLLECTION: &str = "credit.collection_cost";

/// Confidence that a selection asks for.
const SURE: f64 = 0.95;

/// The policies from best to worst, and the least probability that the first is truly the best: one
/// minus the sum of its chances to be beaten by each other one (Bonferroni), each from the paired
/// differences.
pub(super) fn ranking(path: &str, labels: &[&str], measures: &[Measures]) -> Value {
    let Some(direction) = better(path) else { return Value::Null };
    let values: Vec<Vec<f64>> = measures.iter().map(|measures| measures.get(path)).collect();
    let means: Vec<f64> =
        values.iter().map(|v| Moments::of(v).map_or(0.0, |moments| moments.mean)).collect();
    let Some(best) = best_of(&means, direction) else { return Value::Null };
    let wins = |other: usize| compare(&values[other], &values[best], direction)?.p_better;
    let pcs = correct_selection(&values, best, direction);
    let mut order: Vec<usize> = (0..labels.len()).collect();
    let key = |index: usize| if direction == Better::Lower { means[index] } else { -means[index] };
    order.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
    let row = |&index: &usize| {
        let behind = (index != best).then(|| {
            let found = judged(&values[index], &values[best], Some(direction));
            json!({ "delta": rounded(found.delta.mean), "ci95": shown(&found.delta)["ci95"],
                "verdict": found.verdict })
        });
        json!({
            "name": labels[index],
            "estimate": shown(&measures[index].estimate(path)),
            "best_against_it": behind,
            "p_best_is_better": (index != best).then(|| wins(index).map(rounded)),
        })
    };
    let variances: Vec<f64> =
        values.iter().map(|v| Moments::of(v).map_or(0.0, |moments| moments.variance)).collect();
    let next = ocba_fractions(&means, &variances, direction);
    json!({
        "metric": path,
        "direction": direction,
        "order": order.iter().map(row).collect::<Vec<_>>(),
        "best": labels[best],
        "pcs_at_least": pcs.map(rounded),
        "selected": pcs.is_some_and(|pcs| pcs >= SURE),
        "next_replications_ocba": next.map(|shares| {
            labels.iter().zip(shares).map(|(name, share)| ((*name).to_owned(), json!(rounded(share))))
                .collect::<serde_json::Map<_, _>>()
        }),
    })
}

/// The least probability that `best` is truly the best: one minus the sum of its chances to be beaten
/// (Bonferroni); `None` with one replication.
pub(super) fn correct_selection(
    values: &[Vec<f64>],
    best: usize,
    direction: Better,
) -> Option<f64> {
    let others = (0..values.len()).filter(|&index| index != best);
    // Points of an earlier stage have fewer replications: pairs are made of those that both have.
    let both = |other: usize| values[other].len().min(values[best].len());
    let beaten = others.map(|other| {
        let (a, b) = (&values[other][..both(other)], &values[best][..both(other)]);
        compare(a, b, direction)?.p_better.map(|p| 1.0 - p)
    });
    let doubts: Option<f64> = beaten.sum();
    doubts.map(|doubts| (1.0 - doubts).max(0.0))
}

/// Hours saved against money lost: a policy is dominated when another one is no worse in both means and
/// better in one.
pub(super) fn pareto(labels: &[&str], measures: &[Measures]) -> Value {
    let mean = |index: usize, path: &str| measures[index].estimate(path).mean;
    let dominates = |a: usize, b: usize| {
        let (hours, loss) = (mean(a, HOURS) - mean(b, HOURS), mean(a, LOSS) - mean(b, LOSS));
        hours >= 0.0 && loss <= 0.0 && (hours > 0.0 || loss < 0.0)
    };
    let row = |index: usize| {
        let by: Vec<&str> = (0..labels.len())
            .filter(|&other| dominates(other, index))
            .map(|other| labels[other])
            .collect();
        json!({
            "name": labels[index],
            "saved_hours": shown(&measures[index].estimate(HOURS)),
            "net_credit_loss_yuan": shown(&measures[index].estimate(LOSS)),
            "dominated_by": by,
        })
    };
    json!({
        "axes": { "more": HOURS, "less": LOSS },
        "policies": (0..labels.len()).map(row).collect::<Vec<_>>(),
    })
}

/// Minutes saved a visit by group, second − first: who gains, who loses, of whom it cannot be told.
pub(super) fn groups(first: &Measures, second: &Measures) -> Value {
    by_group((first.groups(), second.groups()), "delta_saved_min", Better::Higher)
}

/// Net credit loss and hospitals' bad debt by group of people, second − first, yuan.
pub(super) fn losses(first: &Measures, second: &Measures) -> Value {
    by_group((first.losses(), second.losses()), "delta_net_loss_yuan", Better::Lower)
}

fn by_group((first, second): (&[Group], &[Group]), key: &str, direction: Better) -> Value {
    let row = |(a, b): (&Group, &Group)| {
        let found = judged(&a.values, &b.values, Some(direction));
        let says = match found.verdict {
            Verdict::Better => "gains",
            Verdict::Worse => "loses",
            Verdict::CannotTell => "cannot_tell",
        };
        let mut row = Map::new();
        row.insert("kind".into(), a.kind.into());
        row.insert("group".into(), a.label.as_str().into());
        row.insert(key.into(), rounded(found.delta.mean).into());
        row.insert("ci95".into(), shown(&found.delta)["ci95"].clone());
        row.insert("verdict".into(), json!(found.verdict));
        row.insert("says".into(), says.into());
        Value::Object(row)
    };
    first.iter().zip(second).map(row).collect()
}

/// How much smaller the variance of a difference is for being paired: the middle of the headlines that
/// vary at all.
pub(super) fn variance_ratio(first: &Measures, second: &Measures) -> Value {
    let ratio = |path: &&str| {
        let found = pairing(&second.get(path), &first.get(path), 0.05)?;
        Some(found.variance_ratio).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    };
    let mut ratios: Vec<f64> = HEADLINES.iter().filter_map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    json!({
        "median": quantile_of_sorted(&ratios, 0.5).map(rounded),
        "headlines": ratios.len(),
        "is": "variance of the paired difference over that of independent runs",
    })
}

/// What a patient's hour must be worth so that the second policy is worth its losses.
pub(super) fn break_even(first: &Measures, second: &Measures) -> Value {
    let gap = |path: &str| -> Vec<f64> {
        second.get(path).iter().zip(first.get(path)).map(|(b, a)| b - a).collect()
    };
    let hours = gap(HOURS);
    let cost = gap(LOSS).into_iter().zip(gap(COLLECTION)).map(|(loss, cost)| loss + cost);
    let rows: Vec<(f64, f64)> = hours.into_iter().zip(cost).collect();
    let n = rows.len() as f64;
    let sums = |rows: &[(f64, f64)]| {
        rows.iter().fold((0.0, 0.0), |(hours, cost), row| (hours + row.0, cost + row.1))
    };
    let ratio = |rows: &[(f64, f64)]| {
        let (hours, cost) = sums(rows);
        cost / hours
    };
    let (more_hours, more_cost) = sums(&rows);
    let says = match (more_hours > 0.0, more_cost > 0.0) {
        (true, true) => "worth_it_above",
        (true, false) => "always_worth_it",
        (false, true) => "never_worth_it",
        (false, false) if more_hours == 0.0 && more_cost == 0.0 => "no_difference",
        (false, false) => "worth_it_below",
    };
    let bound = matches!(says, "worth_it_above" | "worth_it_below");
    let interval = bound.then(|| bootstrap::interval(&rows, ratio)).flatten();
    json!({
        "more_hours": rounded(more_hours / n),
        "more_cost_yuan": rounded(more_cost / n),
        "says": says,
        "yuan_per_hour": bound.then(|| rounded(ratio(&rows))),
        "bootstrap95": interval.map(|ends| ends.map(rounded)),
        "cost_is": "net credit loss + collection cost",
    })
}
