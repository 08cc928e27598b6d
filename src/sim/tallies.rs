//! Sums over blocks and sites when a week or a replication ends. Must never change a row.

use super::block::Block;
use super::city_view::World;
use super::hospital::SiteDay;
use crate::credit;
use crate::credit::spec::{CollectionAction, CreditPolicy};
use crate::domain::{Fen, HospitalLevel};
use crate::metrics::{Buckets, CodeSums};

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

/// A debt below which a record weighs more than the debt.
const SMALL_DEBT: Fen = Fen::from_yuan(500);

/// Holders whose lateness reached the report to a record or the suspension of benefits, by their lines'
/// worst days past due; and those of them who never drew as much as a small debt in all.
pub(super) fn recorded<'a>(
    policy: Option<&CreditPolicy>,
    lines: impl Iterator<Item = &'a credit::LineRow>,
) -> [u64; 2] {
    let Some(policy) = policy else { return [0; 2] };
    let reports = policy.collections.iter();
    let reports = reports.filter(|step| step.action == CollectionAction::Report);
    let marks = reports.map(|step| step.dpd).chain(policy.sanctions.blacklist_from_dpd);
    let Some(mark) = marks.min() else { return [0; 2] };
    let mut found = [0; 2];
    for line in lines.filter(|line| line.worst_dpd() >= mark) {
        found[0] += 1;
        found[1] += u64::from(line.drawn_ever() < SMALL_DEBT);
    }
    found
}
