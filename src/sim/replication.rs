//! One replication from the first day to the last repaid fen. Must never keep anything between
//! replications.

use super::away::{AwayTotals, Study};
use super::banks::BankTotals;
use super::block::Block;
use super::books::{Books, open_blocks};
use super::city_view::World;
use super::claims::ClaimTotals;
use super::files::FileTotals;
use super::group::GroupScratch;
use super::homes::HomeTotals;
use super::hospital::SiteDay;
use super::midnight::Midnight;
use super::payments::PayTotals;
use super::pharmacy::{Evening, RetailTotals};
use super::settle::SettleDay;
use super::story::VisitStory;
use super::trace::Median;
use crate::clearing::Totals;
use crate::domain::{Day, Fen};
use crate::flow::DayStats;
use crate::ledger::{Audit, PlantedFault};
use crate::metrics::{ArmDay, ArmSums, Buckets, CodeSums, PairSums};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct RunPlan {
    /// Number of this replication, from 1.
    pub replication: u16,
    /// Days with visits.
    pub days: u32,
    /// A fault planted in the policy arm of every block to prove that the audit catches it; the number of
    /// its posting counts from the end of the opening postings.
    pub planted: Option<PlantedFault>,
}

/// How far a replication has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Replication number, from 1.
    pub replication: u16,
    /// Days done.
    pub day: u32,
    /// Visits so far in the policy arm.
    pub visits: u64,
}

/// Why a replication ended early.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// The books do not balance: the run is invalid.
    Invalid(Invalid),
    /// Somebody asked to stop.
    Interrupted,
}

/// A broken identity of the books, with what is needed to replay it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Replication.
    pub replication: u16,
    /// Arm.
    pub arm: String,
    /// Day after which it was seen.
    pub day: Day,
    /// Missing fen.
    pub fen: i64,
    /// What is wrong, with the ids.
    pub what: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the books do not balance by {} fen: replication {}, arm {}, {}: {}",
            self.fen, self.replication, self.arm, self.day, self.what
        )
    }
}

/// One arm's results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArmResult {
    /// Sums over the run.
    pub sums: ArmSums,
    /// The books.
    pub audit: Audit,
    /// Day by day.
    pub days: Vec<ArmDay>,
    /// Outstanding principal by bucket at the end of each week.
    pub buckets: Vec<(Day, Buckets)>,
    /// The same by regulatory class: normal, special mention, substandard, doubtful, loss.
    pub classes: Vec<(Day, Buckets)>,
    /// Lines by credit code, below the first band first; empty without codes.
    pub codes: Vec<CodeSums>,
    /// Station counts by hospital level.
    pub stations: [DayStats; 3],
    /// Most requests in one minute of the run.
    pub peak_minute: u32,
    /// Requests by quarter of an hour on the day with the busiest minute.
    #[serde(default)]
    pub busiest_day: Vec<u32>,
    /// Lines opened so far at the end of each day with visits.
    #[serde(default)]
    pub opened_by_day: Vec<u64>,
    /// Losses of written-off draws less recoveries, in the order of `credit::Bearer`.
    pub losses: [Fen; crate::credit::BEARERS],
    /// Claims on the credit insurer for draws still on the books.
    pub claims: ClaimTotals,
    /// Premiums that insured hospitals paid.
    pub premium: Fen,
    /// Premiums that patients paid for surety bonds.
    pub patient_premium: Fen,
    /// Money between institutions, where the scenario says when it moves.
    pub clearing: Option<Totals>,
    /// Principal owed on lines × nights, to the last night of the books.
    pub lent_fen_days: i128,
    /// Households that spend beyond their means.
    pub homes: HomeTotals,
    /// Reconciliation of the daily files.
    pub files: FileTotals,
    /// With what people paid, where the scenario follows it.
    pub payments: PayTotals,
    /// Purchases at retail pharmacies, where they are followed.
    pub retail: RetailTotals,
    /// What each bank of the scheme lent.
    pub banks: Vec<BankTotals>,
    /// Days on which lines were open within the run: of lines never drawn, and of others.
    pub line_days: [u64; 2],
    /// Lines drawn at least once.
    pub used: u64,
    /// Lines ever more than 90 days past due.
    pub dpd90_accounts: u64,
    /// Last day on which the books moved.
    pub books_closed: Day,
}

impl ArmResult {
    /// People with a record or suspended benefits, and those of them who never drew 500 yuan in all.
    pub fn recorded(&self) -> [u64; 2] {
        let groups = || self.sums.groups.iter();
        [0, 1].map(|which| groups().map(|group| group.recorded[which]).sum())
    }
}

/// One replication's results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replication {
    /// Arms in order, the policy last.
    pub arms: Vec<ArmResult>,
    /// Matched visits.
    pub pairs: PairSums,
    /// Plans that the last day left undone.
    pub left_undone: u64,
    /// Stays of people insured elsewhere, where the scenario has them.
    pub away: Option<AwayTotals>,
    /// One visit told in every arm; the first replication has it, where a line was used.
    #[serde(default)]
    pub story: Option<Box<VisitStory>>,
}

/// Looks at a replication from outside.
pub(super) trait Watch {
    /// Every visit of a day has walked; nothing is settled yet.
    fn walked(&mut self, blocks: &[Block], sites: &[SiteDay], day: Day);
    /// A night is over.
    fn night(&mut self, blocks: &[Block], day: Day);
}

/// Nobody looks.
struct Unwatched;

impl Watch for Unwatched {
    fn walked(&mut self, _: &[Block], _: &[SiteDay], _: Day) {}
    fn night(&mut self, _: &[Block], _: Day) {}
}

/// Runs one replication. `tell` is called after each day and answers whether to go on.
pub fn run(
    world: &World<'_>,
    plan: RunPlan,
    tell: &mut dyn FnMut(Progress) -> bool,
) -> Result<Replication, Stopped> {
    if plan.replication != 1 {
        return run_watched(world, plan, tell, &mut Unwatched);
    }
    let mut median = Median::new(world, plan.replication);
    let mut done = run_watched(world, plan, tell, &mut median)?;
    done.story = median.story().map(Box::new);
    Ok(done)
}

/// The same run, looked at.
pub(super) fn run_watched(
    world: &World<'_>,
    plan: RunPlan,
    tell: &mut dyn FnMut(Progress) -> bool,
    watch: &mut dyn Watch,
) -> Result<Replication, Stopped> {
    let mut blocks = open_blocks(world, plan);
    let eve = Midnight { world, replication: plan.replication, day: world.day(0) };
    blocks
        .par_iter_mut()
        .for_each_init(GroupScratch::default, |scratch, block| eve.eve(block, scratch));
    let mut sites: Vec<SiteDay> =
        (0..world.city.sites.len()).map(|site| SiteDay::new(world, site)).collect();
    let mut books = Books::new(world, plan);
    for index in 0..plan.days {
        let day = world.day(index);
        walk_day(world, plan, &mut blocks, &mut sites, index);
        watch.walked(&blocks, &sites, day);
        settle_blocks(world, plan, &mut blocks, Some(&sites), day);
        watch.night(&blocks, day);
        books.close_day(&mut blocks, day).map_err(Stopped::Invalid)?;
        let visits = books.visits();
        if !tell(Progress { replication: plan.replication, day: index + 1, visits }) {
            return Err(Stopped::Interrupted);
        }
    }
    let left_undone =
        run_out(world, plan, &mut blocks, &mut books, watch).map_err(Stopped::Invalid)?;
    let away = study_away(world, plan, &mut blocks).map_err(Stopped::Invalid)?;
    let (arms, pairs) = books.finish(&blocks, &sites).map_err(Stopped::Invalid)?;
    Ok(Replication { arms, pairs, left_undone, away, story: None })
}

/// Settles the stays of people insured elsewhere once over the relay and once by hand.
fn study_away(
    world: &World<'_>,
    plan: RunPlan,
    blocks: &mut [Block],
) -> Result<Option<AwayTotals>, Invalid> {
    let Some(cross) = &world.scenario.cross_province else { return Ok(None) };
    let arm = world.policy();
    let stays = blocks.iter_mut().flat_map(|block| std::mem::take(&mut block.arms[arm].away));
    let study = Study::new(world, cross, plan.replication, plan.days);
    study.run(stays.collect()).map(Some).map_err(|what| Invalid {
        replication: plan.replication,
        arm: "cross_province".to_owned(),
        day: world.day(plan.days),
        fen: 0,
        what,
    })
}

/// Passes 1 to 3: plans and rehearsals by block, then walks by site.
fn walk_day(
    world: &World<'_>,
    plan: RunPlan,
    blocks: &mut [Block],
    sites: &mut [SiteDay],
    index: u32,
) {
    let day = world.day(index);
    blocks.par_iter_mut().for_each_init(GroupScratch::default, |scratch, block| {
        block.plan(world, plan.replication, index);
        block.rehearse(world, plan.replication, day, scratch);
    });
    let blocks = &*blocks;
    sites.par_iter_mut().for_each(|site| site.walk(world, blocks, plan.replication, day));
}

/// Passes 4 and 5: settlement and midnight by block.
fn settle_blocks(
    world: &World<'_>,
    plan: RunPlan,
    blocks: &mut [Block],
    sites: Option<&[SiteDay]>,
    day: Day,
) {
    let replication = plan.replication;
    blocks.par_iter_mut().enumerate().for_each_init(
        GroupScratch::default,
        |scratch, (number, block)| {
            let settle = SettleDay { world, sites, replication, day, block: number };
            settle.run(block, scratch);
            if sites.is_some() {
                Evening { world, replication, day }.run(block, scratch);
            }
            Midnight { world, replication, day }.run(block, scratch);
        },
    );
}

/// After the last day: stays end, draws are repaid or written off, nobody comes. Returns the plans of
/// visits and admissions that were still waiting.
fn run_out(
    world: &World<'_>,
    plan: RunPlan,
    blocks: &mut [Block],
    books: &mut Books<'_, '_>,
    watch: &mut dyn Watch,
) -> Result<u64, Invalid> {
    let left_undone = blocks.iter_mut().map(Block::drop_unfinished).sum();
    while let Some(day) = blocks.iter().filter_map(Block::next_due).min() {
        books.pass_over(blocks, day);
        blocks.par_iter_mut().for_each(|block| block.plan_stays(world, plan.replication, day));
        settle_blocks(world, plan, blocks, None, day);
        watch.night(blocks, day);
        books.close_night(blocks, day)?;
    }
    Ok(left_undone)
}
