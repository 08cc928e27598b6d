//! Cash, households, hospitals, harm: the answer's figures about people, in the baseline and under the
//! scheme. Must never rank by what it measures: groups are ranked by income.

use super::super::figures::{estimate, money, share};
use super::super::replicate::Setup;
use crate::domain::{AGE_BANDS, Fen, INCOME_BANDS};
use crate::flow::DayStats;
use crate::ledger::Role;
use crate::metrics::{PairGroup, WAIT_STEP_S, Waits, income_of_joint};
use crate::sim::{ArmResult, Replication};
use crate::stats::concentration_index;
use serde_json::{Map, Value, json};

const PER_10_000: f64 = 10_000.0;

/// The blocks, by key; those that the scenario does not follow are left out.
pub(super) fn blocks(setup: &Setup, runs: &[Replication]) -> Map<String, Value> {
    let mut found = Map::new();
    found.insert("stays".into(), stays(setup, runs));
    found.insert("households".into(), households(setup, runs));
    found.insert("hospital".into(), hospital(setup, runs));
    found.insert("crowding".into(), crowding(setup, runs));
    found.insert("harm".into(), harm(setup, runs));
    found.insert("groups".into(), super::groups::groups(setup, runs));
    found.insert("not_applicable".into(), super::absent::absent());
    found
}

type Read = fn(&ArmResult) -> f64;
type Open = fn(&crate::clearing::OpenDays) -> i128;

/// A figure of every arm: of the first baseline, of the policy, and of the other baselines by name.
fn arms(setup: &Setup, of: impl Fn(usize) -> Value) -> Value {
    let others = setup.scenario.baselines.iter().enumerate().skip(1);
    let others = others.map(|(arm, spec)| (spec.name.clone(), of(arm)));
    json!({
        "baseline": of(0),
        "policy": of(setup.scenario.baselines.len()),
        "against": others.collect::<Map<_, _>>(),
    })
}

fn each_arm(setup: &Setup, runs: &[Replication], read: impl Fn(&ArmResult) -> f64) -> Value {
    arms(setup, |arm| estimate(&runs.iter().map(|run| read(&run.arms[arm])).collect::<Vec<_>>()))
}

fn each_arm_fen(setup: &Setup, runs: &[Replication], read: impl Fn(&ArmResult) -> Fen) -> Value {
    arms(setup, |arm| money(runs.iter().map(|run| read(&run.arms[arm]))))
}

fn stays(setup: &Setup, runs: &[Replication]) -> Value {
    let locked: Read = |arm| {
        let stays = &arm.sums.inpatient;
        share(stays.locked_fen_days as f64 / 100.0, stays.admissions as f64)
    };
    let peak: Read = |arm| {
        let stays = &arm.sums.inpatient;
        share(stays.peaks_over_income as f64, stays.bills as f64)
    };
    json!({
        "locked_yuan_days_per_stay": each_arm(setup, runs, locked),
        "peak_over_month_income_share": each_arm(setup, runs, peak),
    })
}

fn households(setup: &Setup, runs: &[Replication]) -> Value {
    json!({
        "catastrophic_owed_share":
            each_arm(setup, runs, |arm| share(arm.homes.owed as f64, arm.homes.homes as f64)),
        "catastrophic_cash_30_days_share":
            each_arm(setup, runs, |arm| share(arm.homes.cash as f64, arm.homes.homes as f64)),
    })
}

/// Hospitals' liquidity; days by payer and advances only where clearing is followed.
fn hospital(setup: &Setup, runs: &[Replication]) -> Value {
    let lost = |arm: &ArmResult| {
        arm.audit.total(Role::HospitalArrearsLoss) + arm.audit.total(Role::HospitalLoss)
    };
    let mut found = Map::new();
    found.insert("bad_debt".into(), each_arm_fen(setup, runs, lost));
    if setup.scenario.policy.clearing.is_none() {
        return Value::Object(found);
    }
    let payers: [(&str, Open); 4] = [
        ("funds", |open| open.funds),
        ("banks", |open| open.banks),
        ("in_transit", |open| open.in_transit),
        ("patients", |open| open.patients),
    ];
    let days = payers.map(|(payer, read)| {
        let days = |arm: &ArmResult| {
            let clearing = arm.clearing.as_ref();
            clearing.map_or(0.0, |all| share(read(&all.open) as f64, all.billed.0 as f64))
        };
        (payer.to_owned(), each_arm(setup, runs, days))
    });
    found.insert("days_sales_outstanding".into(), Value::Object(days.into_iter().collect()));
    found.insert("advance_funding_need".into(), each_arm_fen(setup, runs, advance_need));
    Value::Object(found)
}

/// What the funds owe all hospitals at the worst month's end.
fn advance_need(arm: &ArmResult) -> Fen {
    let Some(clearing) = &arm.clearing else { return Fen::ZERO };
    let mut worst = Fen::ZERO;
    for month in clearing.months.chunk_by(|a, b| a.day == b.day) {
        let owed: Fen = month.iter().map(|end| end.position.funds).sum();
        worst = worst.max(owed);
    }
    worst
}

/// Person-minutes in crowded halls, a thousand visits: head by head where the scenario says how many people a
/// hall holds; and beside it minutes in payment queues of those who waited longer than the stated time.
fn crowding(setup: &Setup, runs: &[Replication]) -> Value {
    let from_s = setup.scenario.costs.as_ref().map_or(0, |costs| costs.crowded_from_s);
    let policy = setup.scenario.baselines.len();
    // A baseline's visits are those that the policy has too; the policy's are those of the first pair.
    let side = |arm: usize| {
        let (pair, side) = if arm == policy { (0, 1) } else { (arm, 0) };
        let minutes = |run: &Replication| {
            let visits = run.pairs.against[pair].iter().map(|class| class.visits).sum::<u64>();
            let waits = &run.pairs.waits[pair][side].payment;
            share(waited_min(waits, u64::from(from_s)) * 1_000.0, visits as f64)
        };
        estimate(&runs.iter().map(minutes).collect::<Vec<_>>())
    };
    let mut found = json!({ "long_waits_person_minutes_per_1000_visits": arms(setup, side) });
    if setup.scenario.flow.halls.is_some() {
        for (hall, name) in ["payment_hall", "waiting_areas"].into_iter().enumerate() {
            found[name] = json!({
                "in_line_person_minutes_per_1000_visits":
                    each_arm(setup, runs, |arm| heads(arm, |stats| stats.halls[hall].person_minutes)),
                "crowded_person_minutes_per_1000_visits":
                    each_arm(setup, runs, |arm| heads(arm, |stats| stats.halls[hall].crowded)),
            });
        }
    }
    found
}

/// Person-minutes of an arm, a thousand visits and stays walked.
fn heads(arm: &ArmResult, read: impl Fn(&DayStats) -> u64) -> f64 {
    let sum = |read: &dyn Fn(&DayStats) -> u64| arm.stations.iter().map(read).sum::<u64>() as f64;
    share(sum(&read) * 1_000.0, sum(&|stats| stats.visits))
}

/// Minutes of all waits above a length; a bin counts at its upper edge.
fn waited_min(waits: &Waits, from_s: u64) -> f64 {
    let bins = (0_u64..).zip(&waits.0).filter(|(bin, _)| bin * WAIT_STEP_S > from_s);
    bins.map(|(bin, &visits)| (bin * WAIT_STEP_S * visits) as f64 / 60.0).sum()
}

/// Harm: what only a scheme can do to its users, then what it does against the first baseline, and against
/// the other baselines by name.
fn harm(setup: &Setup, runs: &[Replication]) -> Value {
    let of_users = |read: fn(&ArmResult) -> u64| {
        let rate = |run: &Replication| {
            run.arms.last().map_or(0.0, |arm| share(read(arm) as f64 * PER_10_000, arm.used as f64))
        };
        estimate(&runs.iter().map(rate).collect::<Vec<_>>())
    };
    let mut found = against_baseline(runs, 0);
    let others = setup.scenario.baselines.iter().enumerate().skip(1);
    let others = others
        .map(|(baseline, arm)| (arm.name.clone(), Value::Object(against_baseline(runs, baseline))));
    found.insert("against".into(), Value::Object(others.collect()));
    let alone = [
        ("recorded_per_10000_users", of_users(|arm| arm.recorded()[0])),
        ("recorded_under_500_yuan_per_10000_users", of_users(|arm| arm.recorded()[1])),
        ("concentration_of_eligibility", index(runs, eligible_by_income)),
    ];
    found.extend(alone.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(found)
}

/// What differs by the baseline that the scheme is held against.
fn against_baseline(runs: &[Replication], baseline: usize) -> Map<String, Value> {
    let others = |run: &Replication| {
        let class = &run.pairs.against[baseline][1];
        share(class.saved_ms() as f64 / 60_000.0, class.visits as f64)
    };
    let others = estimate(&runs.iter().map(others).collect::<Vec<_>>());
    let minutes = index(runs, |run| minutes_by_income(run, baseline));
    let figures = [("minutes_saved_others", others), ("concentration_of_minutes", minutes)];
    figures.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

pub(super) type Groups = Vec<(f64, f64)>;

/// An index that some replication may not have: then nobody has it.
fn index(runs: &[Replication], groups: impl Fn(&Replication) -> Groups) -> Value {
    let values: Option<Vec<f64>> =
        runs.iter().map(|run| concentration_index(&groups(run))).collect();
    estimate(&values.unwrap_or_default())
}

/// Minutes saved a visit by income fifth.
fn minutes_by_income(run: &Replication, baseline: usize) -> Groups {
    let mut bands = [PairGroup::default(); INCOME_BANDS];
    for (cell, sums) in run.pairs.groups[baseline].iter().enumerate() {
        bands[income_of_joint(cell)].add(sums);
    }
    by_income(&bands)
}

/// Visits and what each saves, by income fifth.
pub(super) fn by_income(bands: &[PairGroup; INCOME_BANDS]) -> Groups {
    let mean = |band: &PairGroup| {
        let visits = band.visits.iter().sum::<u64>() as f64;
        (visits, share(band.visits_saved_ms.iter().sum::<i64>() as f64, visits))
    };
    bands.iter().map(mean).collect()
}

fn eligible_by_income(run: &Replication) -> Groups {
    let group = |band: usize| {
        let segment = run.arms.last().map(|arm| arm.sums.risk.segments[AGE_BANDS + band]);
        let segment = segment.unwrap_or_default();
        (segment.adults as f64, share(segment.eligible as f64, segment.adults as f64))
    };
    (0..INCOME_BANDS).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_waits_count_as_crowded() {
        let mut waits = Waits::default();
        for seconds in [0, 60, 600, 660, 1_200] {
            waits.count(seconds * 1_000);
        }
        assert!((waited_min(&waits, 600) - 31.0).abs() < 1e-9, "11 and 20 minutes");
        assert!((waited_min(&waits, 0) - 42.0).abs() < 1e-9);
    }
}
