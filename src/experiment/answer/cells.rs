//! Every row of a book by cell of people: whose money it was where a posting says so, else shared out. Must never
//! lose a fen of a row, nor give one side of it to another cell than the other side.
//!
//! **Who bears what.** Losses, bills given up, interest, penalties, premiums, collections and hardship aid
//! stand with the person whose line or bill it was. What waiting for money costs follows fen × days. The
//! rest is shared out: what grows with lines by lines opened, what grows with draws by yuan drawn,
//! everything else by eligible visits.

use super::view::{View, not_care};
use crate::domain::{Fen, allot};
use crate::economics::{ArmFacts, Kind, Party, Row, use_of_money};
use crate::metrics::{Flow, GroupSums, JOINT_GROUPS, PairGroup};
use crate::sim::Replication;

/// One value a cell of people.
pub(super) type Cells<T> = [T; JOINT_GROUPS];

/// What the way of paying brings a cell, present values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gains {
    /// By party.
    pub(super) parties: [Fen; Party::COUNT],
    /// Resources used.
    pub(super) resources: Fen,
    /// What draws bring the bank, a year's worth.
    pub(super) bank_variable: Fen,
}

impl Gains {
    pub(super) fn add(&mut self, other: &Gains) {
        for (mine, theirs) in self.parties.iter_mut().zip(other.parties) {
            *mine += theirs;
        }
        self.resources += other.resources;
        self.bank_variable += other.bank_variable;
    }
}

/// The groups of an arm by cell.
pub(super) fn of_arm(run: &Replication, arm: usize) -> Cells<GroupSums> {
    let groups = &run.arms[arm].sums.groups;
    std::array::from_fn(|cell| groups.get(cell).copied().unwrap_or_default())
}

/// A book by cell.
pub(super) struct Spread<'a> {
    view: &'a View,
    policy: Cells<GroupSums>,
    before: Cells<GroupSums>,
    eligible: Cells<u64>,
}

impl Spread<'_> {
    /// The book of a replication against a baseline.
    pub(super) fn new<'a>(view: &'a View, run: &Replication, baseline: usize) -> Spread<'a> {
        let pairs: &[PairGroup] = &run.pairs.groups[baseline];
        Spread {
            view,
            policy: of_arm(run, run.arms.len() - 1),
            before: of_arm(run, baseline),
            eligible: std::array::from_fn(|cell| pairs[cell].eligible),
        }
    }

    /// What each cell gains; care stands apart.
    pub(super) fn gains(&self) -> Cells<Gains> {
        let horizon = *self.view.book.horizon();
        let mut found = [Gains::default(); JOINT_GROUPS];
        for row in self.view.book.rows().iter().filter(|row| not_care(row)) {
            let posted = self.posted(row);
            let spread = |whole: Fen, scale: &dyn Fn(Fen) -> Fen| match posted {
                Some(run) => rounded(whole, run.map(scale)),
                None => split(whole, &[&self.weights(row.kind), &self.eligible, &self.people()]),
            };
            let npv = spread(row.npv, &|run| horizon.present(horizon.a_year(run)));
            let year = spread(horizon.a_year(row.run), &|run| horizon.a_year(run));
            for (cell, (npv, year)) in found.iter_mut().zip(npv.into_iter().zip(year)) {
                for &party in Party::ALL {
                    cell.parties[party as usize] += row.gain(party, npv);
                }
                cell.resources += if row.to.is_none() { npv } else { Fen::ZERO };
                cell.bank_variable += row.gain(Party::Bank, year);
            }
        }
        found
    }

    /// By how many fen the cells of a posted kind miss the book's row; none where a row is shared out.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (Kind, Fen)> {
        let rows = self.view.book.rows().iter().filter(|row| flow(row).is_some());
        rows.filter_map(|row| {
            let cells: Fen = self.posted(row)?.into_iter().sum();
            Some((row.kind, cells - row.run))
        })
    }

    /// A row's money of the run by cell, where postings or fen × days tell whose it was.
    fn posted(&self, row: &Row) -> Option<Cells<Fen>> {
        if let Some(flow) = flow(row) {
            let of = |group: &GroupSums| group.purse.flows[flow as usize];
            return Some(std::array::from_fn(|cell| {
                of(&self.policy[cell]) - of(&self.before[cell])
            }));
        }
        if row.kind == Kind::OtherFinance {
            return Some(std::array::from_fn(|cell| {
                self.policy[cell].lent_cost - self.before[cell].lent_cost
            }));
        }
        let (whole, of) = waited(row)?;
        let side = |arm: &ArmFacts, cells: &Cells<GroupSums>| {
            let weights = std::array::from_fn(|cell| positive(of(&cells[cell])));
            let use_of = use_of_money(whole(arm), self.view.spec.funding_rate_year);
            split(use_of, &[&weights, &self.people()])
        };
        let (ours, theirs) =
            (side(&self.view.policy, &self.policy), side(&self.view.baseline, &self.before));
        Some(std::array::from_fn(|cell| ours[cell] - theirs[cell]))
    }

    fn people(&self) -> Cells<u64> {
        self.policy.map(|group| group.people)
    }

    /// By what a kind is shared out.
    fn weights(&self, kind: Kind) -> Cells<u64> {
        match kind {
            Kind::Accounts => self.policy.map(|group| group.lines),
            Kind::LossShare => {
                self.policy.map(|group| positive(group.purse.flows[Flow::NotRepaid as usize].0))
            }
            Kind::Messages
            | Kind::HelpDesk
            | Kind::Handling
            | Kind::ChannelFee
            | Kind::Premium
            | Kind::Subsidy => self.policy.map(|group| positive(group.drawn.0)),
            _ => self.eligible,
        }
    }
}

/// The flow of people that a row repeats; the hospitals' premiums are theirs alone.
fn flow(row: &Row) -> Option<Flow> {
    match row.kind {
        Kind::NotRepaid => Some(Flow::NotRepaid),
        Kind::GivenUp => Some(Flow::GivenUp),
        Kind::LeftOnCards => Some(Flow::LeftOnCards),
        Kind::HardshipAid => Some(Flow::HardshipAid),
        Kind::Interest => Some(Flow::Interest),
        Kind::Penalty => Some(Flow::Penalty),
        Kind::Premium if row.from == Party::Patients => Some(Flow::Premium),
        Kind::Collection => Some(Flow::Collection),
        _ => None,
    }
}

/// A wait for money: what all of it came to in an arm, and the same of a group.
type Wait = (fn(&ArmFacts) -> i128, fn(&GroupSums) -> i64);

/// The wait that a row prices, where patients keep or wait for the money.
fn waited(row: &Row) -> Option<Wait> {
    match (row.kind, row.from, row.to) {
        (Kind::UseOfMoney, Party::Bank, Some(Party::Patients)) => {
            Some((|arm| arm.lent_fen_days, |group| group.purse.line_fen_days))
        }
        (Kind::UseOfMoney, Party::Others, Some(Party::Patients)) => {
            Some((|arm| arm.other_fen_days, |group| group.lent_fen_days))
        }
        (Kind::UseOfMoney, Party::Patients, Some(Party::Hospitals)) => {
            Some((|arm| arm.deposit_fen_days, |group| group.locked_fen_days))
        }
        (Kind::UseOfMoney, Party::Hospitals, Some(Party::Patients)) => {
            Some((|arm| arm.owed_fen_days[3], |group| group.purse.books_fen_days))
        }
        _ => None,
    }
}

/// Parts whose sum is the whole: what rounding leaves, a few fen, goes where most is.
fn rounded(whole: Fen, mut parts: Cells<Fen>) -> Cells<Fen> {
    let left = whole - parts.iter().copied().sum::<Fen>();
    if let Some(most) = parts.iter_mut().max_by_key(|part| part.0.abs()) {
        *most += left;
    }
    parts
}

/// Splits an amount by the first of some weights that are not all zero, without losing a fen.
fn split(whole: Fen, weights: &[&Cells<u64>]) -> Cells<Fen> {
    let weights = weights.iter().find(|weights| weights.iter().any(|&weight| weight > 0));
    let weights = weights.map_or([1; JOINT_GROUPS], |weights| **weights);
    let parts = allot(Fen(whole.0.abs()), weights);
    if whole < Fen::ZERO { parts.map(|part| -part) } else { parts }
}

fn positive(value: i64) -> u64 {
    value.max(0).cast_unsigned()
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
    fn what_rounding_leaves_goes_where_most_is() {
        let mut parts = [Fen::ZERO; JOINT_GROUPS];
        (parts[2], parts[5]) = (Fen(-40), Fen(7));
        let parts = rounded(Fen(-31), parts);
        assert_eq!((parts[2], parts[5]), (Fen(-38), Fen(7)));
    }
}
