//! The answer by age, income and insurance: each metric where a group of people can have it, against every
//! baseline and in every arm. Must never let a grouping lose a fen or a millisecond of the whole.
//!
//! **Who bears what.** Yuan that patients gain are read from the postings, by whose account, line or cash it
//! was; what waiting for money costs follows fen × days. Resources are shared out: what grows with
//! lines by lines opened, what grows with draws by yuan drawn, everything else by eligible visits.

use super::super::figures::{count, estimate, money, share};
use super::super::replicate::Setup;
use super::super::risk_tables::segment_name;
use super::super::tables::{age_label, arm_names};
use super::view::{MS_PER_HOUR, View, not_care};
use crate::domain::{AGE_BANDS, Fen, allot};
use crate::economics::{ArmFacts, Kind, Party, Row, use_of_money};
use crate::metrics::{GroupSums, JOINT_GROUPS, PairGroup, SEGMENTS, segments_of_joint};
use crate::sim::Replication;
use serde_json::{Map, Value, json};

/// One value a cell of people.
type Cells<T> = [T; JOINT_GROUPS];

const PER_10_000: f64 = 10_000.0;
const MS_PER_MINUTE: f64 = 60_000.0;

/// What a cell, or a group of cells, gains and costs against one baseline.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    pair: PairGroup,
    /// Hours of sign-up at home.
    home_hours: f64,
    /// Present values: resources used, what public purses pay, what patients gain.
    resources: Fen,
    purse: Fen,
    patients: Fen,
}

impl Share {
    fn add(&mut self, other: &Share) {
        self.pair.add(&other.pair);
        self.home_hours += other.home_hours;
        self.resources += other.resources;
        self.purse += other.purse;
        self.patients += other.patients;
    }

    fn hours(&self) -> f64 {
        self.pair.saved_ms as f64 / MS_PER_HOUR
    }
}

/// The groups of a run: `kind` → `group` → figures.
pub(super) fn groups(setup: &Setup, runs: &[Replication]) -> Value {
    let baselines = 0..setup.scenario.baselines.len();
    let shares: Vec<Vec<(View, [Share; SEGMENTS])>> = baselines
        .map(|baseline| {
            let of = |run| {
                let view = View::of(setup, run, baseline)?;
                let groups = by_group(&cells(&view, run, baseline));
                Some((view, groups))
            };
            runs.iter().filter_map(of).collect()
        })
        .collect();
    let arms: Vec<Vec<[GroupSums; SEGMENTS]>> = (0..=setup.scenario.baselines.len())
        .map(|arm| runs.iter().map(|run| sums_of(&run.arms[arm].sums.groups)).collect())
        .collect();
    let mut kinds: Map<String, Value> = Map::new();
    for at in 0..SEGMENTS {
        let (kind, label) = name(at);
        let mut group = users(runs, &arms, at);
        let against = setup.scenario.baselines.iter().zip(&shares);
        let against = against.map(|(arm, runs)| {
            (arm.name.clone(), compared(runs, arms.last().map_or(&[][..], Vec::as_slice), at))
        });
        group.insert("against".into(), Value::Object(against.collect()));
        let alone = arm_names(setup).into_iter().zip(&arms);
        let alone = alone.map(|(name, runs)| (name.to_owned(), in_arm(runs, at)));
        group.insert("arms".into(), Value::Object(alone.collect()));
        let entry = kinds.entry(kind).or_insert_with(|| json!({}));
        entry[label] = Value::Object(group);
    }
    Value::Object(kinds)
}

/// Kind and label of a group.
fn name(at: usize) -> (&'static str, String) {
    let (kind, label) = segment_name(at);
    if at < AGE_BANDS { (kind, age_label(at)) } else { (kind, label) }
}

/// Adds cells up to groups; cells that no sums know are empty.
fn sums_of(cells: &[GroupSums]) -> [GroupSums; SEGMENTS] {
    let mut groups = [GroupSums::default(); SEGMENTS];
    for (cell, sums) in cells.iter().enumerate() {
        for at in segments_of_joint(cell) {
            groups[at].add(sums);
        }
    }
    groups
}

fn by_group(cells: &Cells<Share>) -> [Share; SEGMENTS] {
    let mut groups = [Share::default(); SEGMENTS];
    for (cell, share) in cells.iter().enumerate() {
        for at in segments_of_joint(cell) {
            groups[at].add(share);
        }
    }
    groups
}

/// Everything that a replication says of each cell against a baseline.
fn cells(view: &View, run: &Replication, baseline: usize) -> Cells<Share> {
    let (policy, before) = (of_arm(run, run.arms.len() - 1), of_arm(run, baseline));
    let weights = Weights::new(&policy, &run.pairs.groups[baseline]);
    let resources = weights.share_out(view, |row| match row.to {
        None => row.npv,
        Some(_) => Fen::ZERO,
    });
    let purse = weights.share_out(view, |row| {
        -(row.gain(Party::Funds, row.npv) + row.gain(Party::Treasury, row.npv))
    });
    let patients = patients(view, &policy, &before);
    let lines: u64 = weights.lines.iter().sum();
    std::array::from_fn(|cell| Share {
        pair: run.pairs.groups[baseline][cell],
        home_hours: view.home_hours() * share(weights.lines[cell] as f64, lines as f64),
        resources: resources[cell],
        purse: purse[cell],
        patients: patients[cell],
    })
}

fn of_arm(run: &Replication, arm: usize) -> Cells<GroupSums> {
    let groups = &run.arms[arm].sums.groups;
    std::array::from_fn(|cell| groups.get(cell).copied().unwrap_or_default())
}

/// By what costs are shared out.
struct Weights {
    lines: Cells<u64>,
    drawn: Cells<u64>,
    eligible: Cells<u64>,
    people: Cells<u64>,
}

impl Weights {
    fn new(policy: &Cells<GroupSums>, pairs: &[PairGroup]) -> Weights {
        Weights {
            lines: policy.map(|group| group.lines),
            drawn: policy.map(|group| positive(group.drawn.0)),
            eligible: std::array::from_fn(|cell| pairs[cell].eligible),
            people: policy.map(|group| group.people),
        }
    }

    fn of(&self, kind: Kind) -> &Cells<u64> {
        match kind {
            Kind::Accounts => &self.lines,
            Kind::Messages
            | Kind::HelpDesk
            | Kind::Handling
            | Kind::Collection
            | Kind::Subsidy
            | Kind::LossShare
            | Kind::HardshipAid => &self.drawn,
            _ => &self.eligible,
        }
    }

    /// Shares out what `read` takes of the rows that are not care.
    fn share_out(&self, view: &View, read: impl Fn(&Row) -> Fen) -> Cells<Fen> {
        let mut parts = [Fen::ZERO; JOINT_GROUPS];
        for row in view.book.rows().iter().filter(|row| not_care(row)) {
            let more = split(read(row), &[self.of(row.kind), &self.eligible, &self.people]);
            parts.iter_mut().zip(more).for_each(|(part, more)| *part += more);
        }
        parts
    }
}

/// Splits an amount by the first of some weights that are not all zero, without losing a fen.
fn split(whole: Fen, weights: &[&Cells<u64>]) -> Cells<Fen> {
    let weights = weights.iter().find(|weights| weights.iter().any(|&weight| weight > 0));
    let weights = weights.map_or([1; JOINT_GROUPS], |weights| **weights);
    let parts = allot(Fen(whole.0.abs()), weights);
    if whole < Fen::ZERO { parts.map(|part| -part) } else { parts }
}

/// A wait for money: what all of it came to in an arm, the same of a group, and whether patients gain by it.
type Wait = (fn(&ArmFacts) -> i128, fn(&GroupSums) -> i64, bool);

/// Money that patients keep longer than they would have, or wait for.
const WAITS: [Wait; 3] = [
    (|arm| arm.lent_fen_days, |group| group.purse.line_fen_days, true),
    (|arm| arm.deposit_fen_days, |group| group.locked_fen_days, false),
    (|arm| arm.owed_fen_days[3], |group| group.purse.books_fen_days, true),
];

/// What patients of each cell gain by the way of paying, present value.
fn patients(view: &View, policy: &Cells<GroupSums>, before: &Cells<GroupSums>) -> Cells<Fen> {
    let horizon = view.book.horizon();
    let worth = |run: Fen| horizon.present(horizon.a_year(run));
    let mut parts = std::array::from_fn(|cell| worth(gained(&policy[cell], &before[cell])));
    let people = policy.map(|group| group.people);
    for (whole, of, gains) in WAITS {
        for (facts, arm, adds) in [(&view.policy, policy, gains), (&view.baseline, before, !gains)]
        {
            let weights = std::array::from_fn(|cell| positive(of(&arm[cell])));
            let waited = worth(use_of_money(whole(facts), view.spec.funding_rate_year));
            let more = split(if adds { waited } else { -waited }, &[&weights, &people]);
            parts.iter_mut().zip(more).for_each(|(part, more)| *part += more);
        }
    }
    // What rounding leaves, a few fen, goes where most is.
    let whole = view.book.gain(Party::Patients, not_care, |row| row.npv);
    let left = whole - parts.iter().copied().sum::<Fen>();
    if let Some(most) = parts.iter_mut().max_by_key(|part| part.0.abs()) {
        *most += left;
    }
    parts
}

/// What people bore of bills less what they paid, the scheme less the baseline.
fn gained(policy: &GroupSums, before: &GroupSums) -> Fen {
    let kept = |group: &GroupSums| group.purse.own_part - group.purse.paid;
    kept(policy) - kept(before)
}

/// By how many fen what the groups of people kept misses what the book's posted flows give all patients.
pub(super) fn gap(view: &View, run: &Replication, baseline: usize) -> Fen {
    let (policy, before) = (of_arm(run, run.arms.len() - 1), of_arm(run, baseline));
    let kept: Fen = policy.iter().zip(&before).map(|(ours, theirs)| gained(ours, theirs)).sum();
    let posted = |row: &Row| row.kind.is_posted() && not_care(row);
    kept - view.book.gain(Party::Patients, posted, |row| row.run)
}

fn positive(value: i64) -> u64 {
    value.max(0).cast_unsigned()
}

/// What a group is against one baseline.
fn compared(
    views: &[(View, [Share; SEGMENTS])],
    people: &[[GroupSums; SEGMENTS]],
    at: usize,
) -> Value {
    let each = |read: &dyn Fn(&View, &Share) -> Option<f64>| {
        let values: Option<Vec<f64>> =
            views.iter().map(|(view, shares)| read(view, &shares[at])).collect();
        estimate(&values.unwrap_or_default())
    };
    let an_hour = |view: &View, part: &Share, cost: Fen| {
        let hours = view.present(part.hours(), part.home_hours);
        (hours > 0.0).then(|| cost.0 as f64 / 100.0 / hours)
    };
    let per_1000 = views.iter().zip(people).map(|((_, shares), groups)| {
        let people = groups[at].people as f64;
        Fen(libm::round(share(shares[at].patients.0 as f64 * 1_000.0, people)) as i64)
    });
    json!({
        "eligible_visits": count(views.iter().map(|(_, shares)| shares[at].pair.eligible)),
        "net_hours_per_1000_eligible_visits": each(&|view, part| {
            let net = view.net(part.hours(), part.home_hours);
            ratio(net * 1_000.0, part.pair.eligible)
        }),
        "cost_per_hour": {
            "society": each(&|view, part| an_hour(view, part, part.resources)),
            "public_purse": each(&|view, part| an_hour(view, part, part.purse)),
        },
        "npv_paying": money(views.iter().map(|(_, shares)| shares[at].patients)),
        "npv_paying_per_1000_people": money(per_1000),
        "minutes_saved_others": each(&|_, part| {
            ratio(part.pair.others_saved_ms as f64 / MS_PER_MINUTE, part.pair.others)
        }),
    })
}

/// What a group is in one arm.
fn in_arm(runs: &[[GroupSums; SEGMENTS]], at: usize) -> Value {
    let each = |read: &dyn Fn(&GroupSums) -> Option<f64>| {
        let values: Option<Vec<f64>> = runs.iter().map(|groups| read(&groups[at])).collect();
        estimate(&values.unwrap_or_default())
    };
    json!({
        "locked_yuan_days_per_stay":
            each(&|group| ratio(group.locked_fen_days as f64 / 100.0, group.admissions)),
        "peak_over_month_income_share":
            each(&|group| ratio(group.peaks_over_income as f64, group.bills)),
        "catastrophic_owed_share": each(&|group| ratio(group.beyond_owed as f64, group.people)),
        "catastrophic_cash_30_days_share":
            each(&|group| ratio(group.beyond_cash as f64, group.people)),
    })
}

/// People, users and harm of a group under the policy.
fn users(
    runs: &[Replication],
    arms: &[Vec<[GroupSums; SEGMENTS]>],
    at: usize,
) -> Map<String, Value> {
    let groups: Vec<GroupSums> =
        arms.last().map_or(Vec::new(), |runs| runs.iter().map(|groups| groups[at]).collect());
    let of_users = |which: usize| {
        let rate =
            |group: &GroupSums| ratio(group.recorded[which] as f64 * PER_10_000, group.users);
        let rates: Option<Vec<f64>> = groups.iter().map(rate).collect();
        estimate(&rates.unwrap_or_default())
    };
    let eligible = |run: &Replication| {
        let segment = run.arms.last().map(|arm| arm.sums.risk.segments[at]).unwrap_or_default();
        ratio(segment.eligible as f64, segment.adults)
    };
    let eligible: Option<Vec<f64>> = runs.iter().map(eligible).collect();
    let figures = [
        ("people", count(groups.iter().map(|group| group.people))),
        ("users", count(groups.iter().map(|group| group.users))),
        ("eligible_share_of_adults", estimate(&eligible.unwrap_or_default())),
        ("recorded_per_10000_users", of_users(0)),
        ("recorded_under_500_yuan_per_10000_users", of_users(1)),
    ];
    figures.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// `part / whole`; nothing where there is no whole.
fn ratio(part: f64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_split_loses_no_fen_whatever_its_sign(
            whole in -1_000_000_000_i64..1_000_000_000,
            weights in proptest::collection::vec(0_u64..1_000, JOINT_GROUPS),
        ) {
            let weights: Cells<u64> = std::array::from_fn(|cell| weights[cell]);
            let parts = split(Fen(whole), &[&weights]);
            prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(whole));
            for (part, weight) in parts.iter().zip(weights) {
                prop_assert!(part.0 * whole.signum() >= 0 && (weight > 0 || part.0 == 0));
            }
        }
    }

    #[test]
    fn without_weights_the_next_ones_serve() {
        let none = [0; JOINT_GROUPS];
        let mut one = none;
        one[7] = 3;
        let parts = split(Fen(-100), &[&none, &one]);
        assert_eq!((parts[7], parts.iter().copied().sum()), (Fen(-100), Fen(-100)));
        let all: Fen = split(Fen(90), &[&none, &none]).into_iter().sum();
        assert_eq!(all, Fen(90));
    }

    #[test]
    fn groups_of_each_kind_hold_every_cell_once() {
        let mut cells = vec![GroupSums::default(); JOINT_GROUPS];
        cells.iter_mut().zip(1..).for_each(|(cell, number)| cell.people = number);
        let all: u64 = cells.iter().map(|cell| cell.people).sum();
        let groups = sums_of(&cells);
        let kinds: Vec<&str> = (0..SEGMENTS).map(|at| name(at).0).collect();
        for kind in ["age", "income", "scheme"] {
            let of = groups.iter().zip(&kinds).filter(|(_, name)| **name == kind);
            assert_eq!(of.map(|(group, _)| group.people).sum::<u64>(), all, "{kind}");
        }
    }
}
