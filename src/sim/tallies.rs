//! Sums over blocks and sites when a week or a replication ends. Must never change a row.

use super::block::Block;
use super::city_view::World;
use super::hospital::SiteDay;
use crate::credit;
use crate::credit::spec::CreditPolicy;
use crate::domain::HospitalLevel;
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
