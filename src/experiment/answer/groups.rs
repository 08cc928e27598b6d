//! The answer by age, income and insurance: each metric where a group of people can have it, against every
//! baseline and in every arm. Must never let a grouping lose a fen or a millisecond of the whole.

use super::super::figures::{count, estimate, money, share};
use super::super::replicate::Setup;
use super::super::risk_tables::segment_name;
use super::super::tables::{age_label, arm_names};
use super::bank::BankYear;
use super::cells::{Cells, Gains, Spread};
use super::people::by_income;
use super::summary::bank;
use super::view::{MS_PER_HOUR, View, not_care};
use crate::domain::{AGE_BANDS, Fen, INCOME_BANDS};
use crate::economics::{Party, Row};
use crate::metrics::{Flow, GroupSums, PairGroup, SEGMENTS, income_of_joint, segments_of_joint};
use crate::sim::Replication;
use crate::stats::concentration_index;
use serde_json::{Map, Value, json};

const PER_10_000: f64 = 10_000.0;
const MS_PER_MINUTE: f64 = 60_000.0;

/// What a cell, or a group of cells, gains and costs against one baseline.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    pair: PairGroup,
    /// Its visits by income fifth.
    incomes: [PairGroup; INCOME_BANDS],
    /// Hours of sign-up at home.
    home_hours: f64,
    gains: Gains,
}

impl Share {
    fn add(&mut self, other: &Share) {
        self.pair.add(&other.pair);
        for (mine, theirs) in self.incomes.iter_mut().zip(&other.incomes) {
            mine.add(theirs);
        }
        self.home_hours += other.home_hours;
        self.gains.add(&other.gains);
    }

    fn hours(&self) -> f64 {
        self.pair.saved_ms as f64 / MS_PER_HOUR
    }

    fn gain(&self, party: Party) -> Fen {
        self.gains.parties[party as usize]
    }

    /// What public purses pay.
    fn purse(&self) -> Fen {
        -(self.gain(Party::Funds) + self.gain(Party::Treasury))
    }
}

/// The groups of one replication against one baseline.
type Of = (View, [Share; SEGMENTS]);

/// The groups of a run: `kind` → `group` → figures.
pub(super) fn groups(setup: &Setup, runs: &[Replication]) -> Value {
    let baselines = 0..setup.scenario.baselines.len();
    let shares: Vec<Vec<Of>> = baselines
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
        group.insert(
            "bank".into(),
            bank_of(&shares[0], arms.last().map_or(&[][..], Vec::as_slice), at),
        );
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
    let gains = Spread::new(view, run, baseline).gains();
    let lines = super::cells::of_arm(run, run.arms.len() - 1).map(|group| group.lines);
    let all: u64 = lines.iter().sum();
    std::array::from_fn(|cell| {
        let pair = run.pairs.groups[baseline][cell];
        let mut incomes = [PairGroup::default(); INCOME_BANDS];
        incomes[income_of_joint(cell)] = pair;
        Share {
            pair,
            incomes,
            home_hours: view.home_hours() * share(lines[cell] as f64, all as f64),
            gains: gains[cell],
        }
    })
}

/// What people bore of bills less what they paid, the scheme less the baseline.
fn gained(policy: &GroupSums, before: &GroupSums) -> Fen {
    let kept = |group: &GroupSums| group.purse.own_part - group.purse.paid;
    kept(policy) - kept(before)
}

/// By how many fen what the groups of people kept misses what the book's posted flows give all patients.
pub(super) fn gap(view: &View, run: &Replication, baseline: usize) -> Fen {
    let of_arm = |arm| super::cells::of_arm(run, arm);
    let (policy, before) = (of_arm(run.arms.len() - 1), of_arm(baseline));
    let kept: Fen = policy.iter().zip(&before).map(|(ours, theirs)| gained(ours, theirs)).sum();
    let posted = |row: &Row| row.kind.is_posted() && not_care(row);
    kept - view.book.gain(Party::Patients, posted, |row| row.run)
}

/// The bank's year by the holders of a group; its fixed cost is shared out like every row.
fn bank_of(views: &[Of], people: &[[GroupSums; SEGMENTS]], at: usize) -> Value {
    let year = |((view, shares), groups): (&Of, &[GroupSums; SEGMENTS])| {
        let (gains, group) = (&shares[at].gains, &groups[at]);
        let npv = gains.parties[Party::Bank as usize];
        BankYear::of_group(view, (npv, gains.bank_variable), group)
    };
    bank(&views.iter().zip(people).map(year).collect::<Vec<_>>())
}

/// What a group is against one baseline.
fn compared(views: &[Of], people: &[[GroupSums; SEGMENTS]], at: usize) -> Value {
    let each = |read: &dyn Fn(&View, &Share) -> Option<f64>| {
        let values: Option<Vec<f64>> =
            views.iter().map(|(view, shares)| read(view, &shares[at])).collect();
        estimate(&values.unwrap_or_default())
    };
    // Hours that a group gains without being meant for the scheme have no price: it bears no cost.
    let an_hour = |view: &View, part: &Share, cost: Fen| {
        let hours = view.present(part.hours(), part.home_hours);
        (hours > 0.0 && part.pair.eligible > 0).then(|| cost.0 as f64 / 100.0 / hours)
    };
    let per_1000 = views.iter().zip(people).map(|((_, shares), groups)| {
        let people = groups[at].people as f64;
        let patients = shares[at].gain(Party::Patients);
        Fen(libm::round(share(patients.0 as f64 * 1_000.0, people)) as i64)
    });
    let party = |&party: &Party| {
        let gains = money(views.iter().map(|(_, shares)| shares[at].gain(party)));
        (party.word().to_owned(), gains)
    };
    let index = |shares: &[Share; SEGMENTS]| {
        ranks(at).then(|| concentration_index(&by_income(&shares[at].incomes))).flatten()
    };
    json!({
        "eligible_visits": count(views.iter().map(|(_, shares)| shares[at].pair.eligible)),
        "net_hours_per_1000_eligible_visits": each(&|view, part| {
            let net = view.net(part.hours(), part.home_hours);
            ratio(net * 1_000.0, part.pair.eligible)
        }),
        "cost_per_hour": {
            "society": each(&|view, part| an_hour(view, part, part.gains.resources)),
            "public_purse": each(&|view, part| an_hour(view, part, part.purse())),
        },
        "npv_paying": money(views.iter().map(|(_, shares)| shares[at].gain(Party::Patients))),
        "npv_paying_per_1000_people": money(per_1000),
        "npv_paying_by_party": Party::ALL.iter().map(party).collect::<Map<_, _>>(),
        "sum_of_paying": money(views.iter().map(|(_, shares)| -shares[at].gains.resources)),
        "minutes_saved_others": each(&|_, part| {
            ratio(part.pair.visits_saved_ms[1] as f64 / MS_PER_MINUTE, part.pair.visits[1])
        }),
        "concentration_of_minutes": maybe(views.iter().map(|(_, shares)| index(shares))),
    })
}

/// An estimate that some replication may not have: then nobody has it.
fn maybe(values: impl Iterator<Item = Option<f64>>) -> Value {
    estimate(&values.collect::<Option<Vec<f64>>>().unwrap_or_default())
}

/// Whether the people of a group can be ranked by income: a fifth has nothing left to rank.
fn ranks(at: usize) -> bool {
    !(AGE_BANDS..AGE_BANDS + INCOME_BANDS).contains(&at)
}

/// Concentration by income of who may open a line, among the adults of a group.
fn concentration_of_eligibility(run: &Replication, at: usize) -> Option<f64> {
    let cells = super::cells::of_arm(run, run.arms.len() - 1);
    let mut fifths = [GroupSums::default(); INCOME_BANDS];
    for (cell, sums) in cells.iter().enumerate() {
        if segments_of_joint(cell).contains(&at) {
            fifths[income_of_joint(cell)].add(sums);
        }
    }
    let adults = |fifth: &GroupSums| fifth.adults as f64;
    let fifths =
        fifths.iter().map(|fifth| (adults(fifth), share(fifth.eligible as f64, adults(fifth))));
    ranks(at).then(|| concentration_index(&fifths.collect::<Vec<_>>())).flatten()
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
        "bills_given_up": money(runs.iter().map(|groups| {
            groups[at].purse.flows[Flow::GivenUp as usize]
        })),
        "days_own_part_owed_to_hospitals": each(&|group| {
            ratio(group.purse.books_fen_days as f64, positive(group.purse.own_part.0))
        }),
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
    let eligible = groups.iter().map(|group| ratio(group.eligible as f64, group.adults));
    let figures = [
        ("people", count(groups.iter().map(|group| group.people))),
        ("users", count(groups.iter().map(|group| group.users))),
        ("eligible_share_of_adults", maybe(eligible)),
        (
            "concentration_of_eligibility",
            maybe(runs.iter().map(|run| concentration_of_eligibility(run, at))),
        ),
        ("recorded_per_10000_users", of_users(0)),
        ("recorded_under_500_yuan_per_10000_users", of_users(1)),
    ];
    figures.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn positive(value: i64) -> u64 {
    value.max(0).cast_unsigned()
}

/// `part / whole`; nothing where there is no whole.
fn ratio(part: f64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::JOINT_GROUPS;

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
