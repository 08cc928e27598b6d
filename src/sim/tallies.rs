//! Sums over blocks and sites when a week or a replication ends. Must never change a row.

use super::block::Block;
use super::city_view::World;
use super::hospital::SiteDay;
use super::purses::cell_of;
use crate::credit;
use crate::credit::spec::{CollectionAction, CreditPolicy};
use crate::domain::{Fen, GroupId, HospitalLevel, PersonId};
use crate::metrics::{ArmSums, Buckets, CodeSums, GroupSums, JOINT_GROUPS};

/// Counts of stations by hospital level.
pub(super) fn stations(
    world: &World<'_>,
    sites: &[SiteDay],
    arm: usize,
) -> [crate::flow::DayStats; 3] {
    let levels = [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary];
    levels.map(|level| {
        let mut total = crate::flow::DayStats::default();
        for (site, state) in world.city.sites.iter().zip(sites) {
            if site.level == level {
                total.merge(&state.arms[arm].stats);
            }
        }
        total
    })
}

/// Outstanding principal of an arm by the place that `of` gives a draw.
pub(super) fn outstanding(
    blocks: &[Block],
    arm: usize,
    of: impl Fn(&credit::DrawRow) -> usize,
) -> Buckets {
    let mut sums = Buckets::default();
    for block in blocks {
        for draw in block.arms[arm].credit.values().flat_map(|credit| &credit.draws) {
            if draw.stage() != credit::DrawStage::WrittenOff {
                sums.0[of(draw)] += draw.principal();
            }
        }
    }
    sums
}

/// Lines by the credit code of their score, below the first band too; none without codes.
pub(super) fn codes<'a>(
    policy: Option<&CreditPolicy>,
    lines: impl Iterator<Item = &'a credit::LineRow>,
) -> Vec<CodeSums> {
    let Some(policy) = policy.filter(|policy| !policy.more.onboarding.codes.is_empty()) else {
        return Vec::new();
    };
    let mut sums = vec![CodeSums::default(); policy.more.onboarding.codes.len() + 1];
    for line in lines {
        let code = &mut sums[credit::code_place(policy, line.score())];
        code.lines += 1;
        code.used += u64::from(line.draws() > 0);
        code.defaulted += u64::from(line.worst_dpd() > 90);
        code.cancelled += u64::from(line.status() == credit::LineStatus::Cancelled);
        code.drawn += line.drawn_ever();
    }
    sums
}

/// Days with visits on which lines were open: of lines never drawn, and of others.
pub(super) fn line_days<'a>(
    world: &World<'_>,
    days: u32,
    lines: impl Iterator<Item = &'a credit::LineRow>,
) -> [u64; 2] {
    let mut sums = [0; 2];
    for line in lines {
        let from = line.opened().max(world.day(0));
        let open = (world.day(days) - from).max(0);
        sums[usize::from(line.draws() > 0)] += u64::from(open.cast_unsigned());
    }
    sums
}

/// A debt below which a record weighs more than the debt.
const SMALL_DEBT: Fen = Fen::from_yuan(500);

/// Days past due from which a line is reported to a record or benefits are suspended, if ever.
fn mark(policy: &CreditPolicy) -> Option<u16> {
    let reports = policy.collections.iter();
    let reports = reports.filter(|step| step.action == CollectionAction::Report);
    reports.map(|step| step.dpd).chain(policy.sanctions.blacklist_from_dpd).min()
}

/// Whether a line's lateness reached the mark; and whether it did and never drew as much as a small debt.
fn recorded(mark: Option<u16>, line: &credit::LineRow) -> [u64; 2] {
    let found = mark.is_some_and(|mark| line.worst_dpd() >= mark);
    [u64::from(found), u64::from(found && line.drawn_ever() < SMALL_DEBT)]
}

/// Every group of people of an arm: stays, purses, households, and lines by their holders.
pub(super) fn groups(
    world: &World<'_>,
    blocks: &[Block],
    arm: usize,
    (days, sums): (u32, &ArmSums),
) -> Vec<GroupSums> {
    let mut groups = vec![GroupSums::default(); JOINT_GROUPS];
    for (mine, stays) in groups.iter_mut().zip(&sums.groups) {
        mine.add(stays);
    }
    let mark = world.arms[arm].engine.policy.and_then(mark);
    for block in blocks {
        let state = &block.arms[arm];
        state.homes.count_people(&world.city, days, &mut groups);
        if arm == world.policy() {
            count_adults(world, block, &mut groups);
        }
        for (mine, purse) in groups.iter_mut().zip(state.purses.rows()) {
            mine.purse.add(purse);
        }
        for line in state.lines() {
            let holder = world.city.person(PersonId(line.holder()));
            let mine = &mut groups[cell_of(holder)];
            mine.lines += 1;
            mine.limits += line.start_limit();
            mine.users += u64::from(line.draws() > 0);
            mine.drawn += line.drawn_ever();
            for (count, more) in mine.recorded.iter_mut().zip(recorded(mark, line)) {
                *count += more;
            }
        }
    }
    groups
}

/// Adults of a block and those who may open a line, by group.
fn count_adults(world: &World<'_>, block: &Block, groups: &mut [GroupSums]) {
    for group in block.groups.clone() {
        for id in world.city.members(GroupId(group)) {
            let person = &world.city.people[id];
            if person.age >= credit::ADULT_AGE {
                let mine = &mut groups[cell_of(person)];
                mine.adults += 1;
                mine.eligible += u64::from(world.may_open(PersonId(id as u32)));
            }
        }
    }
}
